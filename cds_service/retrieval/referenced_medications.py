"""Read the Medications that orders point to, and that did not come with the request, from the
client's FHIR server; and the medicines supplied, where no dose of an order is known.

Where no server may be asked, or it does not say, the medicine stays unknown, and the receipt gives
the reason.

Source: R65, R160.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec
import structlog

from cds_service.protocol import PATIENT_VIEW, Reading
from cds_service.retrieval.fhir_client import Retrieval
from cds_service.retrieval.fhir_server import FhirServer, NoAccess, find_id
from cds_service.retrieval.patient_record import BESIDE, address_of, with_more
from fhir_mappings.fhir import Availability, PatientRecord, Placed
from fhir_mappings.medicines import find_nameless, lacks_doses
from fhir_mappings.terminology import ValueSets

MOST_MEDICATIONS = 20
"""Medications that are asked for in one call; the rest stay unknown."""

NOT_THERE = "the FHIR server gave no such Medication"
ELSEWHERE = "the reference does not lead to a Medication on the FHIR server"
TOO_MANY = f"more than {MOST_MEDICATIONS} Medications would have to be read"

log = structlog.get_logger(__name__)


class Medications(msgspec.Struct, frozen=True):
    """The Medications that were read in one call, and why others were not, by reference."""

    found: tuple[Placed, ...] = ()
    missing: Mapping[str, str] = msgspec.field(default_factory=dict)

    def leave_open(self, references: Iterable[str]) -> list[str]:
        """Return the references of which nothing was found out yet, each once."""
        known = {placed.reference for placed in self.found} | self.missing.keys()
        return [
            reference
            for reference in dict.fromkeys(references)
            if reference and reference not in known
        ]


NONE_READ = Medications()


def read_medications(
    references: Iterable[str], retrieval: Retrieval, before: Medications = NONE_READ
) -> Medications:
    """Return `before` and what these references point to, all read at once.

    Args:
        before: what was read earlier in this call; it is not asked for again and counts towards the
            limit.
    """
    wanted = before.leave_open(references)
    if not wanted:
        return before
    try:
        server = retrieval.find_server()
    except NoAccess as reason:
        read = Medications(missing=dict.fromkeys(wanted, str(reason)))
    else:
        most = MOST_MEDICATIONS - len(before.found) - len(before.missing)
        read = _read(wanted, server, retrieval, most)
    if read.missing:
        log.info("medicines are not known", reasons=sorted(set(read.missing.values())))
    return Medications(before.found + read.found, {**before.missing, **read.missing})


def _read(
    references: list[str], server: FhirServer, retrieval: Retrieval, most: int
) -> Medications:
    ids = {reference: find_id(server, "Medication", reference) for reference in references}
    asked = [identity for identity in dict.fromkeys(ids.values()) if identity][: max(0, most)]
    readings = retrieval.fhir.read_medications(server, asked, retrieval.deadline)
    found = {
        identity: placed
        for identity, reading in readings.items()
        if (placed := _medication(identity, reading))
    }
    missing = {
        reference: _why_missing(identity, readings)
        for reference, identity in ids.items()
        if identity not in found
    }
    return Medications(tuple(found.values()), missing)


def _medication(identity: str, reading: Reading) -> Placed | None:
    """Return the Medication that was asked for; another one in its place is none."""
    return next(
        (
            placed
            for placed in reading.part.resources
            if placed.reference == f"Medication/{identity}"
        ),
        None,
    )


def _why_missing(identity: str, readings: Mapping[str, Reading]) -> str:
    if not identity:
        return ELSEWHERE
    if identity not in readings:
        return TOO_MANY
    return NOT_THERE if readings[identity].part.resources else readings[identity].part.reason


def find_open_references(record: PatientRecord, as_of: dt.date) -> tuple[str, ...]:
    """Return where the entries of this patient's record point that do not say which medicine they
    are about.
    """
    return find_nameless(record, as_of)


def with_medications(record: PatientRecord, read: Medications) -> PatientRecord:
    """Return the record with the Medications that were read, and a line of the receipt for each
    that was not.
    """
    if not read.found and not read.missing:
        return record
    part = record.part("medications")
    parts = {**record.parts, "medications": part._replace(resources=part.resources + read.found)}
    missing = (
        (Placed(reference, {"resourceType": "Medication"}), why)
        for reference, why in read.missing.items()
    )
    return replace(record, parts=parts, unusable=(*record.unusable, *missing))


def with_supplies(
    record: PatientRecord, retrieval: Retrieval, value_sets: ValueSets
) -> PatientRecord:
    """Return the record with the medicines supplied, where vitamin B12 is ordered and no dose of it
    came by prefetch. Where no FHIR server may be asked, or it gives none, the record is as it came.
    """
    part = record.part("administrations")
    if part.source == "fhirServer":
        return record  # asked for beside them
    try:
        server = retrieval.find_server()
    except NoAccess:
        return record
    if not lacks_doses(record, value_sets, is_ordered=retrieval.request.hook != PATIENT_VIEW):
        return record
    key, template = BESIDE["administrations"]
    asked = {key: address_of(server, template, retrieval.request.patient_id)}
    found = retrieval.fhir.fetch(server, asked, retrieval.deadline)[key]
    if found.part.availability is Availability.UNAVAILABLE:
        return record
    whole = with_more(Reading(part), found).part
    return replace(record, parts={**record.parts, "administrations": whole})
