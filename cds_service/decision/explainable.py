"""What can be explained: a hook request of any of the services, or a Bundle of one patient's
resources. Nothing is fetched.

The command line and the workbench both read their input here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from cds_service.decision.decide import Decision, decide, read_orders
from cds_service.protocol import (
    HOOKS,
    PATIENT_VIEW,
    TYPES,
    HookRequest,
    bad_request,
    build_prefetch,
    kind_of,
    parse_hook_request,
    resources_within,
)
from cds_service.retrieval import assemble_from_prefetch
from cds_service.site import DEMONSTRATION_CLIENT, Basis, Client, Settings
from fhir_mappings.fhir import (
    PREFETCH_KEYS,
    Availability,
    PatientRecord,
    Placed,
    RecordPart,
    as_text,
)
from fhir_mappings.terminology import ValueSets


def decide_request(
    body: Any,
    settings: Settings,
    value_sets: ValueSets,
    as_of: dt.date,
    client: Client = DEMONSTRATION_CLIENT,
    written: bool = True,
) -> Decision:
    """Return the decision on a hook request as the request alone gives it; `written`: its cards
    too.

    A captured exchange, an object with the request under `body`, is read as its request.
    Raises: Problem 400 when it is no hook request of ours.
    """
    if isinstance(body, dict) and "hook" not in body and isinstance(body.get("body"), dict):
        body = body["body"]
    if not isinstance(body, dict) or "hook" not in body:
        raise bad_request(
            "The request",
            _kind_of_input(body),
            "a hook request: an object with hook, hookInstance and context",
        )
    hook = body["hook"]
    if hook not in HOOKS:
        raise bad_request(
            "hook",
            "another hook" if isinstance(hook, str) else kind_of(hook),
            f"one of {', '.join(HOOKS)}",
        )
    request = parse_hook_request(body, hook)
    basis = Basis(settings, value_sets, client, as_of)
    orders = read_orders(request, basis)
    record = assemble_from_prefetch(request, build_prefetch(value_sets))
    return decide(request, record, orders, basis, written=written)


def decide_bundle(
    bundle: Any,
    settings: Settings,
    value_sets: ValueSets,
    as_of: dt.date,
    client: Client = DEMONSTRATION_CLIENT,
) -> Decision:
    """Return the patient-view decision on a Bundle of one patient's resources, taken as all there
    is.

    Raises: Problem 400 when it is no Bundle or does not hold exactly one Patient.
    """
    if not isinstance(bundle, dict) or bundle.get("resourceType") != "Bundle":
        raise bad_request(
            "The file", _kind_of_input(bundle), "a FHIR Bundle of one patient's resources"
        )
    placed = tuple(resources_within(bundle, "Bundle"))
    patients = [item.resource for item in placed if item.resource.get("resourceType") == "Patient"]
    if len(patients) != 1:
        raise bad_request("The Bundle", f"{len(patients)} Patient resources", "exactly one")
    identity = patients[0].get("id")
    if not isinstance(identity, str) or not identity:
        raise bad_request(
            "The Patient of the Bundle", "no id", "an id that the other resources refer to"
        )
    record = PatientRecord(identity, _parts(placed), tuple(_others(placed)))
    return decide_chart(record, settings, value_sets, as_of, client)


def decide_chart(
    record: PatientRecord,
    settings: Settings,
    value_sets: ValueSets,
    as_of: dt.date,
    client: Client = DEMONSTRATION_CLIENT,
) -> Decision:
    """Return the patient-view decision on a record, whatever it was read from."""
    request = HookRequest(PATIENT_VIEW, "explain", record.patient_id)
    basis = Basis(settings, value_sets, client, as_of)
    return decide(request, record, read_orders(request, basis), basis)


_MESSAGES = {
    "cards": "an answer with its cards",
    "services": "a list of services",
    "feedback": "feedback on cards",
}
"""Other messages of CDS Hooks, by the list they hold."""


def _kind_of_input(value: Any) -> str:
    """Name what was given, without showing any of it."""
    if not isinstance(value, dict):
        return kind_of(value)
    if "hook" in value:
        return "a hook request"
    for member, words in _MESSAGES.items():
        if isinstance(value.get(member), list):
            return words
    kind = value.get("resourceType")
    if isinstance(kind, str) and kind.isalpha() and len(kind) < 40:
        return f"a FHIR {kind}"
    return "an object of another kind"


def _parts(placed: tuple[Placed, ...]) -> Mapping[str, RecordPart]:
    """Return the Bundle sorted into the parts of the record; medicines of every kind stand
    together.
    """
    parts = {
        key: tuple(
            item for item in placed if as_text(item.resource.get("resourceType")) in TYPES[key]
        )
        for key in PREFETCH_KEYS
    }
    parts |= {"statements": (), "administrations": ()}
    return {
        key: RecordPart(Availability.COMPLETE, resources, source="Bundle")
        for key, resources in parts.items()
    }


def _others(placed: tuple[Placed, ...]) -> list[tuple[Placed, str]]:
    known = frozenset().union(*TYPES.values())
    return [
        (item, f"resources of type {item.resource.get('resourceType')} are not read")
        for item in placed
        if as_text(item.resource.get("resourceType")) not in known
    ]
