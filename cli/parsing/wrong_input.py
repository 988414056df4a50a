"""What a file is that holds no request, and the next step, as the workbench says them too."""

from __future__ import annotations

import re
from typing import Any

from cds_service.protocol import HOOKS

OF_A_PATIENT = "with --patient its patient-view is explained"
ALL_OF_IT = "put it into a Bundle with its Patient and explain that with --patient"
NEEDS_PATIENT = "add the Patient to whom the resources belong"

OF_A_RECORD = frozenset(
    {
        "AllergyIntolerance",
        "Condition",
        "DiagnosticReport",
        "Medication",
        "MedicationAdministration",
        "MedicationDispense",
        "MedicationOrder",
        "MedicationRequest",
        "MedicationStatement",
        "MedicationUsage",
        "Observation",
        "Procedure",
    }
)
"""Types of resources that are read from a patient's record."""

_TEXTS: tuple[tuple[bytes, str], ...] = (
    (rb"\x1f\x8b", "it is compressed by gzip; unpack it first"),
    (rb"PK\x03\x04", "it is a ZIP archive; unpack it first"),
    (rb"(?:\xff\xfe|\xfe\xff)", "it is UTF-16 text; save it as UTF-8"),
    (
        rb"(?i)<(?:!doctype html|html)",
        "it is a web page, often the login page of a server; save what the server answers to "
        "Accept: application/fhir+json",
    ),
    (
        rb"<",
        "it is XML, and JSON is read; ask the server with Accept: application/fhir+json "
        "(or _format=json)",
    ),
    (
        rb"MSH\|",
        "it is a message of HL7 version 2, and FHIR is read; read the chart with --fhir BASE "
        "--patient ID",
    ),
    (rb"curl\s", "it is a call of curl; save the body behind --data alone"),
    (rb"(?:HTTP/\d|POST /|GET /)", "it is a call with its headers; save its body alone"),
    (rb"eyJ[\w-]+(?:\.[\w-]*)*=*\s*$", "it is a token or base64; save the request itself"),
    (rb"[^\n{}\[\]\"]+,[^\n{}\[\]\"]+\n", "it looks like a table (CSV); FHIR resources are read"),
    (rb"\[[a-z_.]+\]\s*\n", "it looks like a site file; b12-cds check-config reads that"),
)
"""How a text that is no JSON begins, and what it is with the next step."""


def what_text_is(content: bytes) -> str:
    """Return what a text is that is no JSON, with the next step; "" when it only has a mistake."""
    begins = content[:2000].lstrip()
    for pattern, words in _TEXTS:
        if re.match(pattern, begins):
            return words
    return "it is an image or another binary file" if b"\0" in begins else ""


def next_step(value: Any, as_patient: bool) -> str:
    """Return what can be done with a JSON value that is not what was asked for; "" for nothing.

    Args: as_patient: one patient's resources were asked for, not a request.
    """
    if isinstance(value, list) and value and all(_kind(one) for one in value):
        return "" if as_patient else OF_A_PATIENT
    if not isinstance(value, dict):
        return ""
    if kind := _kind(value):
        return _of_resource(kind, as_patient)
    if isinstance(value.get("cards"), list) or isinstance(value.get("feedback"), list):
        return "explain the request that got the cards"
    if isinstance(value.get("services"), list):
        return "explain what is sent to one of the services"
    if isinstance(value.get("hook"), str):
        return "leave --patient out" if as_patient else _of_request(value)
    return 'add the hook, such as "order-select"' if "context" in value else ""


def _of_request(request: dict[str, Any]) -> str:
    if "context" not in request:
        return "an EHR sends patientId and the draft orders in context"
    return "" if request["hook"] in HOOKS else "change its hook to explain it as one of ours"


def _of_resource(kind: str, as_patient: bool) -> str:
    if kind == "OperationOutcome":
        return "it is the error of a server: ask the server again"
    if kind in ("Patient", "Bundle"):
        return "" if as_patient else OF_A_PATIENT
    return ALL_OF_IT if kind in OF_A_RECORD else "it is no part of a patient's record"


def _kind(value: Any) -> str:
    kind = value.get("resourceType") if isinstance(value, dict) else None
    return kind if isinstance(kind, str) else ""
