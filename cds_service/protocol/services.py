"""The services: what discovery says of each is this list, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from cds_service.protocol.hook_request import (
    MEDICATION_REFILL,
    ORDER_SELECT,
    ORDER_SIGN,
    PATIENT_VIEW,
)
from fhir_mappings.fhir import PREFETCH_KEYS
from fhir_mappings.terminology import URGENT, ValueSets, observation_search_codes

BASE = "/cds-services"

SHARED_ID = "b12"
"""The one id under which a client may call every hook (R167)."""

OWN_REASONS = "urn:b12-cds:override-reason"
REASONS_OF_HL7 = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"
"""The code systems of override reasons: on a card, and in the feedback that comes back (R82)."""


class Service(msgspec.Struct, frozen=True):
    """One CDS service as discovery shows it. `prefetch` maps the key to its template; every key is
    optional. `queries` are the templates of what the service itself asks for each key, side by
    side (R189). `hook_version` is the published version of the hook.
    """

    id: str
    hook: str
    title: str
    description: str
    usage_requirements: str
    prefetch: Mapping[str, str]
    queries: Mapping[str, tuple[str, ...]]
    hook_version: str

    @property
    def path(self) -> str:
        return f"{BASE}/{self.id}"

    def as_json(self) -> dict[str, Any]:
        """Return the entry of the discovery answer (R13 to R18)."""
        return {
            "hook": self.hook,
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "usageRequirements": self.usage_requirements,
            "prefetch": dict(self.prefetch),
        }


USAGE = (
    "Every prefetch key is optional: what is missing is read from fhirServer where the client "
    "allows it, "
    "and is otherwise reported on the card as unknown. For adults only."
)


class _Row(NamedTuple):
    """What tells a service from the others."""

    id: str
    hook: str
    title: str
    description: str
    hook_version: str = "1.0.0"


ROWS = (
    _Row(
        "b12-order-select",
        ORDER_SELECT,
        "Vitamin B12: order being chosen",
        "Checks a vitamin B12 or folic acid order against the patient's record while it is "
        "being chosen, says what is not known, "
        "and offers the complete regimen as draft orders.",
    ),
    _Row(
        "b12-order-sign",
        ORDER_SIGN,
        "Vitamin B12: orders about to be signed",
        "Checks every vitamin B12 and folic acid order, stops and holds included, before it is "
        "signed.",
    ),
    _Row(
        "b12-patient-view",
        PATIENT_VIEW,
        "Vitamin B12: chart opened",
        "Proposes treatment when vitamin B12 deficiency is confirmed and none is ordered, and "
        "points out treatment that is unsafe.",
    ),
    _Row(
        "b12-medication-refill",
        MEDICATION_REFILL,
        "Vitamin B12: order being refilled",
        "Checks a vitamin B12 or folic acid order that is being refilled: dose and interval, "
        "symptoms that returned, doses that were missed, and reviews that are due.",
        hook_version="0.1.0",
    ),
)
"""The services in the order in which discovery lists them; a new hook is a row here."""


def build_services(value_sets: ValueSets) -> tuple[Service, ...]:
    """Return the services in the order in which discovery lists them."""
    prefetch, queries = build_prefetch(value_sets), build_queries(value_sets)
    return tuple(
        Service(
            row.id,
            row.hook,
            row.title,
            row.description,
            USAGE,
            prefetch,
            queries,
            row.hook_version,
        )
        for row in ROWS
    )


def build_prefetch(value_sets: ValueSets) -> dict[str, str]:
    """Return the prefetch template of each key; reads and searches with plain parameters only, one
    token each (R39 to R47).
    """
    patient = "patient={{context.patientId}}"
    templates = {
        "patient": "Patient/{{context.patientId}}",
        "conditions": f"Condition?{patient}&_count=250",
        "labs": _results(observation_search_codes(value_sets)),
        "medications": f"MedicationRequest?{patient}&_sort=-authoredon&_count=250",
        "statements": f"MedicationStatement?{patient}&_count=250",
        "administrations": f"MedicationAdministration?{patient}&_count=250",
        "procedures": f"Procedure?{patient}&_count=250",
        "allergies": f"AllergyIntolerance?{patient}&_count=250",
    }
    return {key: templates[key] for key in PREFETCH_KEYS}


def _results(codes: Iterable[str]) -> str:
    return (
        f"Observation?patient={{{{context.patientId}}}}&code={','.join(codes)}"
        f"&_sort=-date&_count=250"
    )


def build_queries(value_sets: ValueSets) -> dict[str, tuple[str, ...]]:
    """Return what the service asks a FHIR server for each key: the templates of prefetch, but
    laboratory results in two, the small and urgent ones first (R189).
    """
    urgent = observation_search_codes(value_sets, URGENT)
    rest = [code for code in observation_search_codes(value_sets) if code not in urgent]
    one_each = {key: (template,) for key, template in build_prefetch(value_sets).items()}
    return {**one_each, "labs": (_results(urgent), _results(rest))}
