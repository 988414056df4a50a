"""The chart of a patient of a FHIR server on this machine, as a patient-view request."""

from __future__ import annotations

import uuid
from typing import Any

from cds_service.protocol import Problem, bad_request, operation_outcome
from cds_service.retrieval import Reach, read_patient
from cds_service.site import is_web_url
from fhir_mappings.fhir import Availability, RecordPart
from fhir_mappings.terminology import ValueSets


def read_chart(body: Any, value_sets: ValueSets) -> dict[str, Any]:
    """Return the request with the chart in its prefetch, as the prefetch queries give it.

    Args:
        body: `base`, `patient` and, where one is needed, `token`; only this machine is reached.
    Raises: Problem 400 for an address that is none, 502 when the Patient is not available.
    """
    named = body if isinstance(body, dict) else {}
    base, patient, token = (str(named.get(key) or "") for key in ("base", "patient", "token"))
    if not is_web_url(base):
        raise bad_request("base", "another text", "the http URL of a FHIR server")
    if not patient:
        raise bad_request("patient", "nothing", "the id of a patient")
    record = read_patient(base, token, patient, value_sets, Reach.LOOPBACK)
    if not record.part("patient").resources:
        why = record.part("patient").reason or "there is no such patient"
        raise Problem(502, "incomplete", f"The server does not give the Patient: {why}.")
    return {
        "hook": "patient-view",
        "hookInstance": str(uuid.uuid4()),
        "context": {"userId": "Practitioner/example", "patientId": patient},
        "prefetch": {key: _as_prefetch(key, part) for key, part in record.parts.items()},
    }


def _as_prefetch(key: str, part: RecordPart) -> Any:
    resources = [placed.resource for placed in part.resources]
    if key == "patient":
        return resources[0]
    if part.availability is Availability.UNAVAILABLE:
        return operation_outcome("incomplete", part.reason or "not available")
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": resource} for resource in resources],
    }
