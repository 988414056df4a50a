"""What one prefetch value means: data, known absent, incomplete, or not known. The tri-state table
of the protocol, in one function.

The answers of the FHIR server are read by the same function, so that both sources mean the same.
"""

from __future__ import annotations

import datetime as dt
from itertools import chain
from typing import Any

import msgspec
from msgspec.structs import replace

from cds_service.protocol.bundles import (
    WITHHELD,
    Within,
    bundles_within,
    empty_entries,
    included,
    lacks_some,
    next_link,
    plain_list,
    resources_within,
    stamped_on,
    why_not_whole,
)
from cds_service.protocol.errors import bad_request, kind_of
from fhir_mappings.fhir import (
    Availability,
    Placed,
    RecordPart,
    is_cut,
    says_not_all_came,
    says_not_filled,
    says_suppressed,
)

_MEDICINES = frozenset(
    {
        "MedicationRequest",
        "MedicationOrder",
        "MedicationPrescription",
        "MedicationStatement",
        "MedicationUsage",
        "MedicationAdministration",
        "MedicationDispense",
        "Medication",
    }
)

TYPES: dict[str, frozenset[str]] = {
    "patient": frozenset({"Patient"}),
    "conditions": frozenset({"Condition"}),
    "labs": frozenset({"Observation", "DiagnosticReport", "QuestionnaireResponse", "Specimen"}),
    "medications": _MEDICINES,
    "statements": _MEDICINES,
    "administrations": _MEDICINES,
    "procedures": frozenset({"Procedure"}),
    "allergies": frozenset({"AllergyIntolerance"}),
    "supplies": frozenset({"MedicationDispense"}),
    "answers": frozenset({"QuestionnaireResponse"}),
}
"""Resource types that each key may hold; the medicine keys may hold one another's. Others are not
used (R57). The last two are no keys of prefetch: a FHIR server is asked for them beside a list.
"""


class NotSent:
    """The value of a key that the request does not have; not the same as null."""


NOT_SENT = NotSent()

QUERY_FAILED = "the EHR's own query failed"

MOST_ENTRIES = 20_000
"""Resources under one key that are read (R181)."""


class Reading(msgspec.Struct, frozen=True):
    """What one key was found to hold. `next_url` is where the rest is; `to_fetch`: the FHIR server
    should be asked.

    `unusable` lists what came and cannot be used, each with the reason.
    """

    part: RecordPart
    next_url: str = ""
    to_fetch: bool = False
    unusable: tuple[tuple[Placed, str], ...] = ()


def read_part(
    key: str, value: Any, place: str, source: str = "prefetch", read_before: int = 0
) -> Reading:
    """Return what the value of one key means. That there is no Patient is nothing known of one.

    Args:
        read_before: how many resources earlier pages of the same list held.
    Raises: Problem 400 when there are more resources than are read.
    Source: R48 to R58 and their decision table.
    """
    reading = _read_part(key, value, place, source, read_before)
    part = reading.part
    if key == "patient" and part.availability is Availability.COMPLETE and not part.resources:
        return replace(_unavailable("there is no such Patient", source), unusable=reading.unusable)
    return reading


def _read_part(key: str, value: Any, place: str, source: str, read_before: int) -> Reading:
    if isinstance(value, NotSent):
        return _unavailable("not sent by the EHR", source, to_fetch=True)
    if value is None:
        return Reading(RecordPart(Availability.COMPLETE, source=source))
    if not isinstance(value, dict | list) or not value:
        why = f"is {_shape(value)}, not a FHIR resource"
        return replace(
            _unavailable("malformed", source, to_fetch=True), unusable=((Placed(place, {}), why),)
        )
    if isinstance(value, dict) and _is_wrapper(value):
        return _read_wrapper(key, value, place, source)
    return _read_resources(key, value, place, source, read_before)


def _unavailable(reason: str, source: str, to_fetch: bool = False) -> Reading:
    return Reading(
        RecordPart(Availability.UNAVAILABLE, reason=reason, source=source), to_fetch=to_fetch
    )


def _shape(value: Any) -> str:
    return f"{kind_of(value)} without content" if isinstance(value, dict | list) else kind_of(value)


def _is_wrapper(value: dict[str, Any]) -> bool:
    """The shape of prefetch before CDS Hooks 1.0: `{"response": {"status": ...}, "resource":
    ...}`.
    """
    return "resourceType" not in value and ("response" in value or "resource" in value)


def _read_wrapper(key: str, value: dict[str, Any], place: str, source: str) -> Reading:
    response = value.get("response")
    status = str(response.get("status", "200")) if isinstance(response, dict) else "200"
    if status.startswith(("404", "410")) and key == "patient":
        return read_part(key, None, place, source)
    if not status.startswith("2"):
        return _unavailable(QUERY_FAILED, source)
    return read_part(key, value.get("resource"), f"{place}.resource", source)


def _read_resources(
    key: str, value: dict[str, Any] | list[Any], place: str, source: str, read_before: int
) -> Reading:
    """Read a Bundle, a bare array, or a single resource in the place of either."""
    listed = plain_list(TYPES[key], value, place)
    found = resources_within(value, place) if listed is None else listed
    if len(found) > MOST_ENTRIES:
        raise bad_request(place, f"{len(found)} resources", f"at most {MOST_ENTRIES}")
    if listed is not None:
        if SAYS_OF_A_LIST.isdisjoint(value):
            return Reading(RecordPart(Availability.COMPLETE, tuple(listed), "", source))
        reason = "" if key == "patient" else why_not_whole(value, len(found) + read_before)
        return _reading(value, listed, reason, source)
    outcomes, usable, foreign = _sort(key, found)
    within = list(bundles_within(value, place))
    empty = _empty(value, place, within)
    unusable = _name_unusable(key, outcomes, foreign, empty)
    failed = any(is_failure(outcome.resource) for outcome in outcomes)
    if not usable and (
        failed
        or empty
        or not (outcomes or _is_list(value))
        or not {placed.place for placed in foreign} <= included(value, place)
    ):
        why = QUERY_FAILED if failed else "nothing of the expected type could be read"
        return replace(_unavailable(why, source, to_fetch=not failed), unusable=unusable)
    reason = ""
    if key != "patient":
        some_unread = bool(empty) or lacks_some(within) or _is_some_unfilled(foreign)
        reason = _why_incomplete(value, found, failed, some_unread, read_before)
    return _reading(value, usable, reason, source, unusable)


SAYS_OF_A_LIST = frozenset({"implicitRules", "link", "meta", "timestamp", "total", "_total"})
"""Members by which a Bundle may say that it is not all there is, or of which day it is."""


def _reading(
    value: Any,
    usable: list[Placed],
    why_incomplete: str,
    source: str,
    unusable: tuple[tuple[Placed, str], ...] = (),
) -> Reading:
    availability = Availability.INCOMPLETE if why_incomplete else Availability.COMPLETE
    part = RecordPart(availability, tuple(usable), why_incomplete, source, _stamped(value))
    return Reading(part, next_link(value), unusable=unusable)


def _empty(value: Any, place: str, within: list[Within]) -> list[str]:
    """Return the places of entries of which nothing can be read, in a list and the Bundles in
    it.
    """
    inner = (empty_entries(one.bundle, one.place) for one in within)
    return list(chain(empty_entries(value, place), *inner))


def _name_unusable(
    key: str, outcomes: list[Placed], foreign: list[Placed], empty: list[str]
) -> tuple[tuple[Placed, str], ...]:
    """Return what came and cannot be used, each place once, with the reason."""
    wrong_type = f"is of a type that is not read under {key}"
    of_the_query = "says how the query went, and nothing of the patient"
    said = {placed.place: (placed, wrong_type) for placed in foreign}
    said |= {where: (Placed(where, {}), "holds no readable resource") for where in empty}
    said |= {placed.place: (placed, of_the_query) for placed in outcomes}
    return tuple(said.values())


def _sort(key: str, found: list[Placed]) -> tuple[list[Placed], list[Placed], list[Placed]]:
    """Return the OperationOutcomes, what is read under this key, and what is not."""
    outcomes, usable, foreign = [], [], []
    for placed in found:
        kind = placed.resource.get("resourceType")
        if kind == "OperationOutcome":
            outcomes.append(placed)
        elif isinstance(kind, str) and kind in TYPES[key]:
            usable.append(placed)
        else:
            foreign.append(placed)
    return outcomes, usable, foreign


def _is_list(value: dict[str, Any] | list[Any]) -> bool:
    return isinstance(value, list) or value.get("resourceType") == "Bundle" or "entry" in value


def is_failure(outcome: dict[str, Any]) -> bool:
    """Whether an OperationOutcome speaks of an error; one that cannot be read counts as one
    (R54).
    """
    issues = outcome.get("issue")
    severities = (
        [issue.get("severity") for issue in issues if isinstance(issue, dict)]
        if isinstance(issues, list)
        else []
    )
    return not severities or any(
        severity not in ("warning", "information", "success") for severity in severities
    )


def _is_some_unfilled(foreign: list[Placed]) -> bool:
    """Return whether a List beside the entries is empty and does not say that there is none."""
    return any(says_not_filled(placed.resource) for placed in foreign)


def _is_some_withheld(found: list[Placed]) -> bool:
    """Return whether labels of a resource, or an outcome, say that something was taken out."""
    for placed in found:
        resource = placed.resource
        if "issue" in resource and says_suppressed(resource):
            return True
        meta = resource.get("meta")
        if isinstance(meta, dict) and ("security" in meta or "tag" in meta) and is_cut(resource):
            return True
    return False


def _stamped(value: Any) -> dt.date | None:
    """Return when a list says that it was put together; a single resource is no list."""
    is_bundle = isinstance(value, dict) and value.get("resourceType") == "Bundle"
    return stamped_on(value) if is_bundle else None


def _why_incomplete(
    value: Any, found: list[Placed], failed: bool, some_unread: bool, read_before: int
) -> str:
    """Return why there may be more than came; empty when what came is all there is."""
    if (
        not _is_list(value)
        and found
        and found[0].resource.get("resourceType") != "OperationOutcome"
    ):
        return "a single resource came where a list was expected"
    if failed:
        return "the EHR reports an error beside the results"
    if _is_some_withheld(found):
        return WITHHELD
    if any(says_not_all_came(placed.resource) for placed in found):
        return "the EHR says that not all of it came"
    if some_unread:
        return "some of it cannot be read"
    return why_not_whole(value, len(found) + read_before)
