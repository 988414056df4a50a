"""Assemble the patient record of one call: what prefetch holds, then what is missing from the FHIR
server within the deadline.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

import msgspec

from cds_service.protocol import (
    MOST_ENTRIES,
    NOT_SENT,
    OF_THE_CONTEXT,
    HookRequest,
    Reading,
    asks_for_another,
    asks_for_another_type,
    asks_for_fewer,
    bad_request,
    codes_of_template,
    read_part,
    resources_within,
)
from cds_service.retrieval.fhir_client import (
    NOT_OFFERED,
    REFUSED,
    Retrieval,
    add_page,
    append_page,
    cut_short,
)
from cds_service.retrieval.fhir_server import FhirServer, NoAccess, find_id
from cds_service.site import WebAddress
from fhir_mappings.fhir import Availability, PatientRecord, Placed, subject_id
from fhir_mappings.intake import is_about_another
from fhir_mappings.laboratory import Undated, find_undated

TOKEN = "{{context.patientId}}"
"""The one prefetch token our templates use."""


def assemble_record(queries: Mapping[str, Sequence[str]], retrieval: Retrieval) -> PatientRecord:
    """Return the record of the patient; a list that cannot be read is unavailable, with the reason.

    Args:
        queries: for each prefetch key the templates of what is asked for it side by side.
    Raises: Problem 400 when the Patient is another's.
    Source: R47 to R63; Q64.
    """
    request = retrieval.request
    readings = _read_prefetch(request, queries)
    if any(reading.to_fetch or reading.next_url for reading in readings.values()):
        readings |= _complete(readings, queries, retrieval)
    _check_patient(readings, request.patient_id)
    record = _as_record(request, readings)
    undated = find_undated(record)
    if not (undated.specimens or undated.results):
        return record
    return _with_dates(record, undated, retrieval)


MOST_UNDATED = 20
"""Specimens, and results whose report is looked for, that are asked for in one call."""


def _with_dates(record: PatientRecord, undated: Undated, retrieval: Retrieval) -> PatientRecord:
    """Return the record with the Specimens and reports that say when its results were sampled, as
    far as they can be read; without them the next step of Q33 holds.
    """
    try:
        server = retrieval.find_server()
    except NoAccess:
        return record
    ids = [find_id(server, "Specimen", reference) for reference in undated.specimens]
    specimens = [quote(one, safe="") for one in ids if one][:MOST_UNDATED]
    results = [f"Observation/{quote(one, safe='')}" for one in undated.results][:MOST_UNDATED]
    asked = [
        server.base.below(f"{kind}={','.join(listed)}&_count=100")
        for kind, listed in (("Specimen?_id", specimens), ("DiagnosticReport?result", results))
        if listed
    ]
    if not asked:
        return record
    found = retrieval.fhir.fetch(server, {"labs": asked}, retrieval.deadline)["labs"]
    part = record.part("labs")
    parts = {**record.parts, "labs": part._replace(resources=part.resources + found.part.resources)}
    return replace(record, parts=parts)


def _check_patient(readings: Mapping[str, Reading], patient_id: str) -> None:
    """Raise Problem 400 when the Patient that was read is not the one of the call (Q64)."""
    patients = readings["patient"].part.resources if "patient" in readings else ()
    for placed in patients:
        stated = placed.resource.get("id")
        identity = str(stated).strip() if isinstance(stated, str | int) else ""
        if identity and identity != patient_id:
            raise bad_request(placed.place, "another Patient", OF_THE_CONTEXT)


def assemble_from_prefetch(request: HookRequest, templates: Mapping[str, str]) -> PatientRecord:
    """Return the record as the request alone gives it; nothing is fetched."""
    queries = {key: (template,) for key, template in templates.items()}
    return _as_record(request, _read_prefetch(request, queries))


FEWER_CODES = "the EHR searched for fewer codes than are asked for"
OF_ANOTHER_TYPE = "the list that came was searched for another type of resource"
OF_ANOTHER = "the list that came was searched for another patient"


def _read_prefetch(
    request: HookRequest, queries: Mapping[str, Sequence[str]]
) -> dict[str, Reading]:
    return {key: _read_sent(request, key, templates) for key, templates in queries.items()}


def _read_sent(request: HookRequest, key: str, templates: Sequence[str]) -> Reading:
    """Return what came under a key: less than all there is where its `self` link asks for less than
    our templates, and without what only the link makes another patient's (Q61, Q64).
    """
    value = request.prefetch.get(key, NOT_SENT)
    reading = read_part(key, value, f"prefetch.{key}")
    if key == "patient" or not isinstance(value, dict) or "link" not in value:
        return reading
    if asks_for_another(value, request.patient_id):
        return _without_another(reading)
    if templates and all(asks_for_another_type(value, template) for template in templates):
        return cut_short(reading, OF_ANOTHER_TYPE)
    codes = frozenset().union(*map(codes_of_template, templates))
    return cut_short(reading, FEWER_CODES) if asks_for_fewer(value, codes) else reading


def _without_another(reading: Reading) -> Reading:
    """Return the list without the resources that name no patient themselves; where none is left, it
    is asked for.
    """
    kept = tuple(one for one in reading.part.resources if subject_id(one.resource))
    dropped = tuple(
        (one, OF_ANOTHER) for one in reading.part.resources if not subject_id(one.resource)
    )
    availability = Availability.INCOMPLETE if kept else Availability.UNAVAILABLE
    part = reading.part._replace(availability=availability, resources=kept, reason=OF_ANOTHER)
    return Reading(part, to_fetch=not kept, unusable=reading.unusable + dropped)


def _as_record(request: HookRequest, readings: Mapping[str, Reading]) -> PatientRecord:
    tolerated = [(Placed(place, {}), why) for place, why in request.tolerated]
    unusable = [what for reading in readings.values() for what in reading.unusable]
    parts = {key: reading.part for key, reading in readings.items()}
    return PatientRecord(
        request.patient_id, parts, (*tolerated, *unusable, *_unadvertised(request, parts))
    )


def _complete(
    readings: Mapping[str, Reading], queries: Mapping[str, Sequence[str]], retrieval: Retrieval
) -> dict[str, Reading]:
    """Return the readings that the FHIR server could add to, or the reason why not."""
    try:
        server = retrieval.find_server()
    except NoAccess as reason:
        return {
            key: _not_fetched(reading, str(reason))
            for key, reading in readings.items()
            if reading.to_fetch
        }
    starts = {
        key: _starts(reading, server, queries[key], retrieval.request.patient_id)
        for key, reading in readings.items()
        if reading.to_fetch or reading.next_url
    }
    whole = [key for key in starts if readings[key].to_fetch]
    starts |= ask_beside(server, whole, retrieval.request.patient_id)
    came = {key: len(one.part.resources) for key, one in readings.items() if one.next_url}
    fetched = join_beside(retrieval.fhir.fetch(server, starts, retrieval.deadline, came))
    return {key: _joined(readings[key], answer) for key, answer in fetched.items()}


BESIDE = {
    "administrations": ("supplies", f"MedicationDispense?patient={TOKEN}&_count=250"),
    "labs": ("answers", f"QuestionnaireResponse?patient={TOKEN}&_count=250"),
}
"""What is asked for beside a list that a FHIR server gives, and adds to it: medicines supplied, and
answers to questions.
"""


def ask_beside(
    server: FhirServer, lists: Iterable[str], patient_id: str
) -> dict[str, list[WebAddress | None]]:
    """Return what is asked for beside these lists, last of all."""
    return {
        key: address_of(server, template, patient_id)
        for key, template in (BESIDE[listed] for listed in lists if listed in BESIDE)
    }


def join_beside(fetched: Mapping[str, Reading]) -> dict[str, Reading]:
    """Return the lists, each with what came beside it."""
    lists = dict(fetched)
    for listed, (key, _) in BESIDE.items():
        if key in lists:
            lists[listed] = with_more(lists[listed], lists.pop(key))
    return lists


def with_more(whole: Reading, more: Reading) -> Reading:
    """Return a list with what was asked for beside it. A server that does not offer that, or not to
    this caller, leaves the list as it is; one that failed leaves it incomplete. A list that could
    not be read itself stays one that could not, whatever came beside it (Q58, Q59).
    """
    nothing_came = more.part.availability is Availability.UNAVAILABLE
    if nothing_came and more.part.reason in (NOT_OFFERED, REFUSED):
        return whole
    if whole.part.availability is Availability.UNAVAILABLE:
        resources = whole.part.resources + more.part.resources
        return msgspec.structs.replace(whole, part=whole.part._replace(resources=resources))
    return append_page(whole, more)


def address_of(server: FhirServer, template: str, patient_id: str) -> list[WebAddress | None]:
    return [server.base.below(template.replace(TOKEN, quote(patient_id, safe="")))]


def _not_fetched(reading: Reading, reason: str) -> Reading:
    return msgspec.structs.replace(
        reading, part=reading.part._replace(reason=f"{reading.part.reason}, and {reason}")
    )


def _starts(
    reading: Reading, server: FhirServer, templates: Sequence[str], patient_id: str
) -> list[WebAddress | None]:
    """Return where to read on: the queries of a key that was not sent, or the next page of one that
    was.
    """
    if reading.to_fetch:
        return [
            address
            for template in templates
            for address in address_of(server, template, patient_id)
        ]
    return [server.base.below("").follow(reading.next_url)]


def _joined(sent: Reading, fetched: Reading) -> Reading:
    if sent.next_url:
        return add_page(sent, fetched)
    return msgspec.structs.replace(fetched, unusable=sent.unusable + fetched.unusable)


def _unadvertised(request: HookRequest, ours: Mapping[str, object]) -> list[tuple[Placed, str]]:
    """Return the resources under keys that are not ours, so that the receipt can say that nothing
    was read there (R49).

    Raises: Problem 400 when they are more together than are read under one key.
    """
    found: list[tuple[Placed, str]] = []
    for key in [key for key in request.prefetch if key not in ours]:
        why = f'came under the prefetch key "{key}", which is not one of this service'
        for placed in resources_within(request.prefetch[key], f"prefetch.{key}"):
            foreign = is_about_another(placed.resource, request.patient_id)
            found.append((placed, f"{why}; about another patient" if foreign else why))
        if len(found) > MOST_ENTRIES:
            text = f"at most {MOST_ENTRIES} under keys that are not of this service"
            raise bad_request("prefetch", f"{len(found)} resources", text)
    return found


def describe_availability(record: PatientRecord) -> dict[str, str]:
    """Return for each key what the call had: data, absent, incomplete, or unavailable with the
    reason (R145).
    """
    described = {}
    for key, part in record.parts.items():
        match part.availability:
            case Availability.COMPLETE:
                described[key] = "data" if part.resources else "absent"
            case Availability.INCOMPLETE:
                described[key] = f"incomplete: {part.reason}"
            case Availability.UNAVAILABLE:
                described[key] = f"unknown: {part.reason}"
    return described
