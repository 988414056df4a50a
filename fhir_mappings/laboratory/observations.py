"""Observations as they stand: which concept, which value, which day; components, contained and
panel results one by one.

Source: decisions 2.1 (status, latest by effective time, never by time of issue).
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import DateSpan, Placed, as_dict, as_list, as_text, code_of, read_date
from fhir_mappings.intake import RecordIndex, name_entry, why_status, why_unknown
from fhir_mappings.terminology import Field, Match, Role

COUNTED_STATUSES = frozenset({"final", "amended", "corrected"})
"""Only these results count (decisions 2.1)."""

COUNTED_ROLES = (Role.INCLUDE, Role.ACCEPT_OLD)
"""A code in one of these roles gives a result of its concept."""


class Observed(NamedTuple):
    """One result: an Observation, one of its components, or a contained Observation.

    `body` holds its value; `code` what it measures; `matches` what that stands for, or with
    `from_answer` what the coded answer stands for. `day` is when it applied, `written` how the
    record has that. A tuple, since one call may make thousands.
    """

    placed: Placed
    body: dict[str, Any]
    code: Any
    matches: tuple[Match, ...]
    day: DateSpan | None
    written: Any
    from_answer: bool = False

    @property
    def moment(self) -> str:
        """A text that orders results of one day."""
        return _moment(self.written)


def read_observations(index: RecordIndex) -> list[Observed]:
    """Return the results that stand for something we know and whose status counts; the receipt says
    why the others are not read.
    """
    tomorrow = index.as_of + dt.timedelta(days=1)
    observed: list[Observed] = []
    for placed in index.by_type.get("Observation", ()):
        observed += _read_one(index, placed, placed.resource, tomorrow)
    for placed in index.by_type.get("DiagnosticReport", ()):
        index.receipt.ignore(placed, "a report: its results are read one by one")
        observed += _read_contained(index, placed, tomorrow)
    return observed


def _read_one(
    index: RecordIndex, placed: Placed, resource: dict[str, Any], tomorrow: dt.date
) -> list[Observed]:
    found = _find_known(index, resource)
    if not found:
        index.receipt.ignore(placed, partial(_why_unknown, resource))
        return _read_contained(index, placed, tomorrow) if "contained" in resource else []
    status = code_of(resource.get("status"))
    if status not in COUNTED_STATUSES:
        index.receipt.ignore(placed, why_status(_name(found), status))
        _note_uncounted(index, found, _in_words(status))
        return []
    day, written = effective_day(resource)
    if day is not None and day.earliest > tomorrow:
        index.receipt.ignore(placed, f"{_name(found)}, in the future: {day}")
        _note_uncounted(index, found, "in the future")
        return []
    observed = [
        Observed(placed, body, code, matches, day, written, from_answer)
        for body, code, matches, from_answer in found
    ]
    return (
        observed + _read_contained(index, placed, tomorrow) if "contained" in resource else observed
    )


def _note_uncounted(index: RecordIndex, found: list[_Known], why: str) -> None:
    for concept in {
        match.concept
        for _, _, matches, _ in found
        for match in matches
        if match.role in COUNTED_ROLES
    }:
        index.uncounted.setdefault(concept, []).append(why)


def _in_words(status: str) -> str:
    if status in ("registered", "preliminary", "cancelled", "entered-in-error"):
        return status
    return f"of status {status}" if status else "without a status"


_Known = tuple[dict[str, Any], Any, tuple[Match, ...], bool]


def _name(found: list[_Known]) -> str:
    _, code, matches, _ = found[0]
    return name_entry(code, matches[0])


def _find_known(index: RecordIndex, resource: dict[str, Any]) -> list[_Known]:
    """Return of an Observation and its components those that stand for something: body, code, what
    it stands for, if by its answer.
    """
    parts = [resource]
    if "component" in resource:
        parts += [
            component for component in as_list(resource["component"]) if isinstance(component, dict)
        ]
    found: list[_Known] = []
    for body in parts:
        code = body.get("code")
        matches = index.value_sets.find(code, Field.LABS, Field.OBSERVATIONS)
        if matches:
            found.append((body, code, matches, False))
        elif "valueCodeableConcept" in body:  # what a coded answer stands for ("Diet: vegan")
            answers = index.value_sets.concepts(body["valueCodeableConcept"])
            found += [(body, code, answers, True)] if answers else []
    return found


def _read_contained(index: RecordIndex, placed: Placed, tomorrow: dt.date) -> list[Observed]:
    """Read the Observations inside a resource; they take status and time from it where they have
    none of their own.
    """
    outer = placed.resource
    inherited = {
        name: outer[name]
        for name in outer
        if name in ("status", "effectiveDateTime", "effectivePeriod", "subject")
    }
    observed: list[Observed] = []
    for inner in as_list(outer.get("contained")):
        if isinstance(inner, dict) and inner.get("resourceType") == "Observation":
            # What stands inside contained resources is not followed further: FHIR allows no second
            # level.
            resource = {
                name: value for name, value in {**inherited, **inner}.items() if name != "contained"
            }
            observed += _read_one(index, placed, resource, tomorrow)
    return observed


def _why_unknown(resource: dict[str, Any]) -> str:
    if ("hasMember" in resource or "related" in resource) and not any(
        name.startswith("value") for name in resource
    ):
        return "a panel: its results are read one by one"
    return why_unknown(resource.get("code"))


def effective_day(resource: dict[str, Any]) -> tuple[DateSpan | None, Any]:
    """Return the days on which a result may have applied, and how the record has them.

    Reads `effective[x]`, DSTU2's `appliesDateTime`, and of a period or a series the end. The time
    of issue never stands in for it.
    """
    for name in ("effectiveDateTime", "effectiveInstant", "appliesDateTime"):
        if name in resource:
            return read_date(resource[name]), resource[name]
    for name in ("effectivePeriod", "appliesPeriod"):
        if name in resource:
            period = as_dict(resource[name])
            written = period.get("end") or period.get("start")
            return read_date(written), written
    events = [
        event
        for event in as_list(as_dict(resource.get("effectiveTiming")).get("event"))
        if read_date(event)
    ]
    last = max(events, key=_moment, default=None)
    return read_date(last), last


def why_no_day(resource: dict[str, Any]) -> str:
    """Return why a result has no day on which it applied."""
    written = [
        as_text(resource[name])
        for name in ("effectiveDateTime", "effectiveInstant", "appliesDateTime")
        if name in resource
    ]
    if any(written):
        return f"date not readable: {' '.join(written)}"
    return "no date on which the sample was taken; the date of issue does not count"


def _moment(written: Any) -> str:
    """Return a dateTime in UTC in a form that sorts; a date without a time sorts before the times
    of its day.
    """
    text = as_text(written)
    if len(text) > 10:
        try:
            moment = dt.datetime.fromisoformat(text)
            return (
                (moment if moment.tzinfo is None else moment.astimezone(dt.UTC))
                .replace(tzinfo=None)
                .isoformat()
            )
        except (ValueError, OverflowError):
            return ""
    return text


def why_not_used(match: Match) -> str:
    """Return what the receipt says of a known code that is not a result to count."""
    name = match.member.display
    match match.role:
        case Role.EXCLUDE:
            return f"looks alike, does not count: {name}"
        case Role.REVIEW:
            return f"not specific enough to count: {name}"
        case Role.SEPARATE:
            return f"another test with other limits: {name}"
        case Role.ORDER:
            return f"a panel: its results are read one by one ({name})"
    return f"background, no rule rests on it: {name}"
