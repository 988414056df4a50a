"""New drafts are judged as templates: drafts that differ only in whom they are for and on which day
are validated once.

A template is a draft written as bytes with samples in place of the ids, the day and the group. Each
of these has to have exactly the form that is replaced, and is valid in that form wherever a sample
is; everything else is in it as it will leave. So a draft is as valid as its template, and
what is remembered holds nothing of a patient.
"""

from __future__ import annotations

import datetime as dt
import functools
import marshal
import re
from collections.abc import Callable
from typing import Any

from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.fhir import FhirVersion, Resource

MOST_TEMPLATES = 1024
"""Texts of about 2 kB that are remembered: the phases and tests in each version, with their rules,
claims and techniques.
"""

_SAMPLE_DAY = "2000-01-01"
_SAMPLE_GROUP = {
    "system": "urn:ietf:rfc:3986",
    "value": "urn:uuid:00000000-0000-4000-8000-000000000000",
}
_REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/[A-Za-z0-9.-]{1,64}")
_GROUP = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OTHER_DAY = re.compile(rb"-(?<=[0-9]{4}-)(?:(?!01-01)|(?<!2000-))[0-9]{2}-[0-9]{2}")
"""A day that is not the sample; looked for by its first hyphen, which is quick."""

PLAIN = 0
"""The form of `marshal` that writes equal drafts as equal bytes, at a tenth of what JSON costs."""


def check_new_draft(draft: Resource, version: FhirVersion) -> list[str]:
    """Return what `check_outgoing` says of a draft, for one that is written here and holds nothing
    that was received but ids.
    """
    template = write_template(draft)
    return (
        check_outgoing(draft, version)
        if template is None
        else list(_check_template(template, version))
    )


@functools.lru_cache(MOST_TEMPLATES)
def _check_template(template: bytes, version: FhirVersion) -> tuple[str, ...]:
    return tuple(check_outgoing(marshal.loads(template), version))


def write_template(draft: Resource) -> bytes | None:
    """Return the draft as bytes, with samples for what is a patient's; `None` where that has
    another form, or another day is told.
    """
    template = dict(draft)
    for name, sample in _SAMPLES.items():
        if name in template:
            template[name] = sample(template[name])
            if template[name] is None:
                return None
    if "id" in template:
        return None
    _with_sample_periods(template)
    try:
        written = marshal.dumps(template, PLAIN)
    except ValueError:
        return None
    return None if _OTHER_DAY.search(written) else written


def _with_sample_periods(draft: Resource) -> None:
    """Put samples in the place of the supply period and the starts of a draft, where they are
    written; one of another form, or elsewhere, stays and is then told as another day.
    """
    supply = draft.get("dispenseRequest")
    if isinstance(supply, dict) and "validityPeriod" in supply:
        period = _sample_period(supply["validityPeriod"])
        draft["dispenseRequest"] = {**supply, "validityPeriod": period}
    lines = draft.get("dosageInstruction")
    if isinstance(lines, list):
        draft["dosageInstruction"] = [_with_sample_start(line) for line in lines]


def _with_sample_start(line: Any) -> Any:
    timing = line.get("timing") if isinstance(line, dict) else None
    repeat = timing.get("repeat") if isinstance(timing, dict) else None
    if not isinstance(timing, dict) or not isinstance(repeat, dict) or "boundsPeriod" not in repeat:
        return line
    sample = {**repeat, "boundsPeriod": _sample_period(repeat["boundsPeriod"])}
    return {**line, "timing": {**timing, "repeat": sample}}


def _sample_period(value: Any) -> Any:
    """Return a period of whole days that does not end before it starts as a sample of its form."""
    if not isinstance(value, dict) or not value or not set(value) <= {"start", "end"}:
        return value
    if any(_sample_day(day) is None for day in value.values()):
        return value
    if value.get("end", "9999-12-31") < value.get("start", ""):
        return value
    return dict.fromkeys(value, _SAMPLE_DAY)


def _sample_reference(value: Any) -> Any:
    """Return a reference with a sample's id, also as STU3 and R5 wrap it, and a reason in words as
    it is; `None` for anything else.
    """
    match value:
        case str():
            found = _REFERENCE.fullmatch(value)
            return f"{found[1]}/sample" if found else None
        case [one]:
            inner = _sample_reference(one)
            return None if inner is None else [inner]
        case {"concept": _} if len(value) == 1:
            return value
        case {"reference": one} | {"agent": one} if len(value) == 1:
            inner = _sample_reference(one)
            [name] = value
            return None if inner is None else {name: inner}
        case _:
            return None


def _sample_day(value: Any) -> Any:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return None
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return None
    return _SAMPLE_DAY


def _sample_group(value: Any) -> Any:
    match value:
        case {"system": "urn:ietf:rfc:3986", "value": str(group), **others} if (
            not others and _GROUP.fullmatch(group)
        ):
            return _SAMPLE_GROUP
        case _:
            return None


_SAMPLES: dict[str, Callable[[Any], Any]] = {
    "subject": _sample_reference,
    "encounter": _sample_reference,
    "context": _sample_reference,
    "requester": _sample_reference,
    "priorPrescription": _sample_reference,
    "reasonReference": _sample_reference,
    "reason": _sample_reference,
    "authoredOn": _sample_day,
    "occurrenceDateTime": _sample_day,
    "groupIdentifier": _sample_group,
}
"""The members that are a patient's, with what puts a sample in their place: `None` when they have
not exactly the form that is written.
"""
