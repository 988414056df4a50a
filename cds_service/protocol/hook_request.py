"""Parse and check one hook request: what the service needs must be right, everything else is taken
as far as it can be read.

Source: R26 to R38, R154 to R157, R166.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from cds_service.protocol.bundles import empty_entries, fullest_of, resources_within
from cds_service.protocol.errors import bad_request, kind_of
from cds_service.protocol.json_text import UnreadPrefetch
from cds_service.protocol.long_texts import LongText, whole_text
from fhir_mappings.fhir import Placed
from fhir_mappings.selections import with_held_orders

PATIENT_VIEW = "patient-view"
ORDER_SELECT = "order-select"
ORDER_SIGN = "order-sign"
MEDICATION_REFILL = "medication-refill"


class Reviewed(enum.Enum):
    """What a hook asks to be looked at."""

    ORDERS = "the drafted orders"
    RECORD = "the record: what is due"
    REFILL = "orders that are continued"


class Hook(msgspec.Struct, frozen=True):
    """One hook as a row: where its drafts are found, and what is looked at.

    `drafts_in` are the members of the context that may hold the drafts, the first that is there and
    not empty counts; without any the hook has none. `selects`: the selections name what is being
    ordered, else every draft is.
    """

    name: str
    reviewed: Reviewed
    drafts_in: tuple[str, ...] = ()
    selects: bool = False


HOOK_ROWS: Mapping[str, Hook] = {
    row.name: row
    for row in (
        Hook(ORDER_SELECT, Reviewed.ORDERS, ("draftOrders",), selects=True),
        Hook(ORDER_SIGN, Reviewed.ORDERS, ("draftOrders",)),
        Hook(PATIENT_VIEW, Reviewed.RECORD),
        Hook(MEDICATION_REFILL, Reviewed.REFILL, ("medications", "draftOrders")),
    )
}
"""Every hook that the service knows; a new one is a row here and one of the services."""

HOOKS = tuple(HOOK_ROWS)
ORDER_HOOKS = frozenset(row.name for row in HOOK_ROWS.values() if row.drafts_in)
"""The hooks that bring drafts."""

EPIC_FHIR_VERSION = "com.epic.cdshooks.request.fhir-version"
"""Request extension in which Epic names the FHIR version (R158)."""

_Tolerated = list[tuple[str, str]]

MOST_DRAFTS = MOST_SELECTIONS = 200
"""Draft orders and selections of one call; a larger order set is no clinician's screen (R181)."""


@dataclass(frozen=True, slots=True)
class HookRequest:
    """One call of a hook. Ids are bare; `user_id` is `Type/id`, or empty when the type is not
    known.

    `drafts` are the resources of `context.draftOrders` in their order, order or not. `prefetch` is
    as received, `access_token` empty when none came and never shown; `no_access` says why the FHIR
    server may not be asked although one was named. `version_hint` is the FHIR
    version as the client names it, or empty. `tolerated` lists what was off but not needed: (place,
    what is wrong).
    """

    hook: str
    hook_instance: str
    patient_id: str
    encounter_id: str = ""
    user_id: str = ""
    selections: tuple[str, ...] = ()
    drafts: tuple[Placed, ...] = ()
    fhir_server: str = ""
    access_token: str = field(default="", repr=False)
    no_access: str = ""
    prefetch: Mapping[str, Any] = field(default_factory=dict, repr=False)
    extension: Mapping[str, Any] = field(default_factory=dict, repr=False)
    version_hint: str = ""
    tolerated: tuple[tuple[str, str], ...] = ()


def parse_hook_request(body: Any, hook: str) -> HookRequest:
    """Return the request of a call to a service of this hook.

    Raises: Problem 400 when the body is no object, or a member that the advice needs is missing or
    of the wrong type, or there are more drafts or selections than are read.
    Source: R26 to R37, R181.
    """
    instance, context = _check_shape(body, hook)
    tolerated: _Tolerated = []
    patient_id = _patient_id(context)
    _check_one_patient(body, patient_id)
    extension = _optional(body, "extension", dict, tolerated)
    version_hint = extension.get(EPIC_FHIR_VERSION)
    fhir_server, access_token, no_access = _fhir_access(body, tolerated)
    return HookRequest(
        hook=hook,
        hook_instance=instance,
        patient_id=patient_id,
        encounter_id=_bare_id(context.get("encounterId"), "Encounter"),
        user_id=_typed_id(context.get("userId")),
        selections=_selections(context, tolerated),
        drafts=_drafts(context, hook, tolerated),
        fhir_server=fhir_server,
        access_token=access_token,
        no_access=no_access,
        prefetch=_prefetch(body, tolerated),
        extension=extension,
        version_hint=version_hint if isinstance(version_hint, str) else "",
        tolerated=tuple(tolerated),
    )


def _check_shape(body: Any, hook: str) -> tuple[str, dict[str, Any]]:
    """Return the hook instance and the context of a request of this hook."""
    if not isinstance(body, dict):
        raise bad_request(
            "The body", kind_of(body), "an object with hook, hookInstance and context"
        )
    _check_hook(body, hook)
    instance = _required_text(body, "hookInstance", "hookInstance")
    context = body.get("context")
    if not isinstance(context, dict):
        raise bad_request("context", _found(body, "context"), "an object with patientId")
    return instance, context


def _prefetch(body: dict[str, Any], tolerated: _Tolerated) -> Mapping[str, Any]:
    """Return prefetch as it came; of an order hook it is read when it is looked into."""
    unread = body.get("prefetch")
    if isinstance(unread, UnreadPrefetch):
        return unread
    return _optional(body, "prefetch", dict, tolerated)  # type: ignore[no-any-return]


def _check_hook(body: dict[str, Any], hook: str) -> None:
    named = _required_text(body, "hook", "hook")
    if named != hook:
        raise bad_request("hook", "another hook", f'"{hook}", the hook of this service')


def _required_text(parent: dict[str, Any], key: str, where: str) -> str:
    value = parent.get(key)
    if not isinstance(value, str) or not value.strip():
        raise bad_request(where, _found(parent, key), "a non-empty string")
    return value


def _found(parent: dict[str, Any], key: str) -> str:
    return kind_of(parent[key]) if key in parent else "nothing"


def _optional(
    parent: dict[str, Any], key: str, kind: type, tolerated: _Tolerated, where: str = ""
) -> Any:
    """Return the member, or an empty value of its kind; null counts as absent."""
    value = parent.get(key)
    if isinstance(value, kind):
        return value
    if value is not None:
        tolerated.append((where or key, f"is {kind_of(value)}, so it was not read"))
    return kind()


def _patient_id(context: dict[str, Any]) -> str:
    given = _required_text(context, "patientId", "context.patientId")
    if isinstance(given, LongText):
        raise bad_request("context.patientId", "a very long string", "the id of a Patient")
    identity = _bare_id(context["patientId"], "Patient")
    if not identity or identity in (".", ".."):
        raise bad_request("context.patientId", "a string without an id", "the id of a Patient")
    return identity


def _check_one_patient(body: dict[str, Any], patient_id: str) -> None:
    """Raise Problem 400 when the token, or the Patient that came, is another patient's (Q64)."""
    authorization = body.get("fhirAuthorization")
    named = authorization.get("patient") if isinstance(authorization, dict) else None
    if named and _bare_id(named, "Patient") != patient_id:
        raise bad_request("fhirAuthorization.patient", "another patient", OF_THE_CONTEXT)


OF_THE_CONTEXT = "the patient of context.patientId"
NOT_AN_ORDER = "holds no resource with a resourceType, expected an order; nothing of it was checked"


def _bare_id(value: Any, kind: str) -> str:
    """Return the id of an id, a `Type/id` or an absolute URL of it, each with or without a version
    (R37); empty for anything else, as for a `Type/id` of another type.
    """
    if not isinstance(value, str):
        return ""
    parts = [part for part in value.strip().split("/_history", 1)[0].split("/") if part]
    if kind in parts[:-1]:
        return parts[parts.index(kind) + 1]
    if len(parts) == 2 and parts[0].isalpha() and parts[0][0].isupper():
        return ""
    return parts[-1] if parts and parts[-1] != kind else ""


USER_TYPES = frozenset(
    {"Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Organization", "Device"}
)
"""What a user may be, so that FHIR takes it as the requester of an order."""


def _typed_id(value: Any) -> str:
    """Return `Type/id` of a relative or absolute reference; empty for a bare id, as its type is not
    known (R37), and for a type that can order nothing.
    """
    if not isinstance(value, str):
        return ""
    parts = [part for part in value.strip().split("/_history", 1)[0].split("/") if part]
    return "/".join(parts[-2:]) if len(parts) >= 2 and parts[-2] in USER_TYPES else ""


NO_SERVER = "the EHR named no FHIR server"
NO_TOKEN = "the EHR's authorization holds no access token"
OTHER_TOKEN = "the EHR's access token is of another type than Bearer"
"""Why no FHIR server may be asked, in words for card and receipt."""


def _fhir_access(body: dict[str, Any], tolerated: _Tolerated) -> tuple[str, str, str]:
    """Return server, token, and why the server may not be asked. An authorization without server,
    without token, or with a token that is not to be shown as Bearer, gives no access (R29, R62).

    An empty token is what crd-request-generator sends for an open server; that one can be read
    without any (R60). A type that is not stated is taken as Bearer, the only one there is (R62).
    """
    server = _optional(body, "fhirServer", str, tolerated).strip()
    authorization = _optional(body, "fhirAuthorization", dict, tolerated)
    if not authorization:
        return server, "", ""
    if not server:
        tolerated.append(
            ("fhirServer", "is missing beside fhirAuthorization, so nothing was fetched")
        )
        return "", "", NO_SERVER
    token, kind = authorization.get("access_token"), authorization.get("token_type")
    if not isinstance(token, str):
        tolerated.append(("fhirAuthorization.access_token", "is missing, so nothing was fetched"))
        return "", "", NO_TOKEN
    if kind is not None and not (isinstance(kind, str) and kind.strip().lower() == "bearer"):
        tolerated.append(("fhirAuthorization.token_type", "is not Bearer, so nothing was fetched"))
        return "", "", OTHER_TOKEN
    return server, whole_text(token).strip(), ""


def _selections(context: dict[str, Any], tolerated: _Tolerated) -> tuple[str, ...]:
    selections = context.get("selections")
    if isinstance(selections, str):
        return (selections,)
    listed = _optional(context, "selections", list, tolerated, "context.selections")
    _check_count("context.selections", len(listed), MOST_SELECTIONS)
    return tuple(item for item in listed if isinstance(item, str))


def _check_count(where: str, found: int, most: int) -> None:
    if found > most:
        raise bad_request(where, f"{found} entries", f"at most {most}")


def _drafts(context: dict[str, Any], hook: str, tolerated: _Tolerated) -> tuple[Placed, ...]:
    members = HOOK_ROWS[hook].drafts_in
    if not members:
        return ()
    there = [name for name in members if name in context] or members
    member = there[0] if len(there) == 1 else fullest_of(there, context)
    drafts, place = context.get(member), f"context.{member}"
    if not isinstance(drafts, dict | list):
        raise bad_request(place, _found(context, member), "a Bundle of the draft orders")
    if isinstance(drafts, dict) and "entry" in drafts:
        drafts = {**drafts, "resourceType": "Bundle"}  # by another name it holds the same
    found = tuple(with_held_orders(resources_within(drafts, place)))
    _check_count(place, len(found), MOST_DRAFTS)
    tolerated += [(unread, NOT_AN_ORDER) for unread in empty_entries(drafts, place)]
    return found
