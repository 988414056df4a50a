"""Read one patient from a FHIR server that a person names; only the command line does this."""

from __future__ import annotations

import time
from urllib.parse import quote

from cds_service.protocol import build_prefetch
from cds_service.retrieval.fhir_client import FhirClient, FhirServer
from cds_service.retrieval.outbound import Reach
from cds_service.retrieval.patient_record import TOKEN
from fhir_mappings.fhir import PatientRecord
from fhir_mappings.terminology import ValueSets

SECONDS = 30
"""How long all queries together may take; a person has more patience than an order screen."""


def read_patient(base: str, token: str, patient_id: str, value_sets: ValueSets) -> PatientRecord:
    """Return the record of a patient as the prefetch queries give it.

    Args:
        base: the FHIR base URL, http or https. token: the bearer token, or empty.
    Raises: nothing for a server that fails: the parts are then unavailable, with the reason.
    """
    server = FhirServer(base.rstrip("/"), token, Reach.ANYWHERE)
    queries = {
        key: f"{server.base}/{template.replace(TOKEN, quote(patient_id, safe=''))}"
        for key, template in build_prefetch(value_sets).items()
    }
    client = FhirClient()
    try:
        readings = client.fetch(server, queries, time.monotonic() + SECONDS)
    finally:
        client.close()
    return PatientRecord(patient_id, {key: reading.part for key, reading in readings.items()})
