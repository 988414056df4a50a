"""Read one patient from a FHIR server that a person names; only the command line does this."""

from __future__ import annotations

import time
from urllib.parse import quote

from cds_service.protocol import build_prefetch
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.fhir_server import NO_ADDRESS, FhirServer
from cds_service.retrieval.patient_record import TOKEN, ask_beside, join_beside
from cds_service.site import WebAddress, read_address
from fhir_mappings.fhir import Availability, PatientRecord, RecordPart
from fhir_mappings.terminology import ValueSets

SECONDS = 30
"""How long all queries together may take; a person has more patience than an order screen."""


def read_patient(
    base: str,
    token: str,
    patient_id: str,
    value_sets: ValueSets,
    reach: Reach = Reach.ANYWHERE,
    authorities: str = "",
) -> PatientRecord:
    """Return the record of a patient as the prefetch queries give it.

    Args:
        base: the FHIR base URL, http or https. token: the bearer token, or empty.
        reach: which addresses may be connected to.
        authorities: trusted besides the public ones, as PEM text.
    Raises: nothing for a server that fails: the parts are then unavailable, with the reason.
    """
    templates = build_prefetch(value_sets)
    address = read_address(base.rstrip("/"))
    if address is None:
        none = RecordPart(Availability.UNAVAILABLE, reason=NO_ADDRESS, source="fhirServer")
        return PatientRecord(patient_id, dict.fromkeys(templates, none))
    server = FhirServer(address, token, reach)
    queries: dict[str, list[WebAddress | None]] = {
        key: [address.below(template.replace(TOKEN, quote(patient_id, safe="")))]
        for key, template in templates.items()
    }
    queries |= ask_beside(server, templates, patient_id)
    client = FhirClient(authorities)
    try:
        readings = join_beside(client.fetch(server, queries, time.monotonic() + SECONDS))
    finally:
        client.close()
    return PatientRecord(patient_id, {key: reading.part for key, reading in readings.items()})
