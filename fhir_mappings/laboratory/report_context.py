"""What stands around a result: the day its sample was taken, the report that names it, and what its
laboratory says of it.

The day is the result's own, else the specimen's, else that of the report or panel that lists it,
else the day of issue, which may only alarm (Q33).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing import read_number
from fhir_mappings.fhir import (
    DateSpan,
    PatientRecord,
    Placed,
    as_dict,
    as_list,
    as_text,
    codings_of,
    contained_in,
    is_mistaken,
    is_reversed,
    read_date,
    read_period,
    reference_of,
    texts_of,
)
from fhir_mappings.intake import RecordIndex
from fhir_mappings.values import is_marked_low, says_high, says_low

OWN_DATES = ("effectiveDateTime", "effectiveInstant", "appliesDateTime")
OWN_PERIODS = ("effectivePeriod", "appliesPeriod")
OWN_TIMES = frozenset((*OWN_DATES, *OWN_PERIODS, "effectiveTiming"))

LOW_FLAGS = frozenset({"L", "LL", "LU", "<", "↓"})
HIGH_FLAGS = frozenset({"H", "HH", "HU", ">", "↑"})


_NAME_BEFORE = re.compile(
    r"^(?:serum |plasma )?(?:vit(?:amin|\.)? ?)?b ?12(?: level)?[ :=-]+(?=[<>]? ?\d)", re.IGNORECASE
)
"""The name of the test before its value, as a conclusion repeats it."""


class Dated(NamedTuple):
    """The days on which a result may have applied, as the record has them; `by_issue`: only the day
    of issue is known.
    """

    day: DateSpan | None
    written: Any = None
    by_issue: bool = False


@dataclass(frozen=True, slots=True)
class ReportContext:
    """The specimens of a record by reference, for each result the report that lists it and the
    panel that has it as a member, and where there are reports the names of the results that came.
    """

    specimens: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    reports: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    panels: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    came: frozenset[str] = frozenset()

    @classmethod
    def of(cls, index: RecordIndex) -> ReportContext:
        """Index the Specimens, DiagnosticReports and panels of a record; of two reports or panels
        that list one result the first counts.
        """
        specimens: dict[str, dict[str, Any]] = {}
        for placed in index.by_type.get("Specimen", ()):
            specimens.setdefault(placed.reference, placed.resource)
            specimens.setdefault(placed.full_url, placed.resource)
        specimens.pop("", None)
        results, given = (
            index.by_type.get(name, ()) for name in ("Observation", "DiagnosticReport")
        )
        reports, panels = _by_listed(given, "result"), _by_listed(results, "hasMember")
        named = results if given else ()
        came = {name for one in named for name in (one.reference, one.full_url)} - {""}
        return cls(specimens, reports, panels, frozenset(came))

    def report_of(self, placed: Placed, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Return the report that lists a result; empty for none."""
        own = as_text(resource.get("id"))
        for name in (placed.reference, placed.full_url, f"Observation/{own}" if own else ""):
            if name and name in self.reports:
                return self.reports[name]
        return {}

    def name_by_report(self, placed: Placed, resource: Mapping[str, Any]) -> Any:
        """Return what the report of a result measures, where that result is the only one in it;
        `None` otherwise.
        """
        report = self.report_of(placed, resource)
        return report.get("code") if len(as_list(report.get("result"))) == 1 else None

    def date(self, placed: Placed, resource: Mapping[str, Any]) -> Dated:
        """Return when the result applied, by the first source that states it (Q33)."""
        if _says_when(resource):
            return Dated(*effective_day(resource))
        collected = self._collected(resource)
        if collected:
            return Dated(read_date(collected), collected)
        report = self.report_of(placed, resource)
        panel = self.panels.get(placed.reference) or self.panels.get(placed.full_url, {})
        for lists_it in (report, panel):
            day, written = effective_day(lists_it)
            if day is not None:
                return Dated(day, written)
        issued = resource.get("issued") or report.get("issued")
        return Dated(read_date(issued), issued, by_issue=True) if issued else Dated(None)

    def conclude(self, report: Mapping[str, Any]) -> dict[str, Any]:
        """Return a report none of whose results came as a result of its own, with its conclusion as
        the value; empty where one came, and for one that lists none and concludes nothing.
        """
        listed = {reference_of(as_dict(item)) for item in as_list(report.get("result"))}
        if not listed.isdisjoint(self.came):
            return {}
        concluded = _NAME_BEFORE.sub("", as_text(report.get("conclusion")))
        if not (listed or concluded):
            return {}
        return {**report, **({"valueString": concluded} if concluded else {})}

    def specimen_of(self, resource: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the sample that a result names; empty where it did not come."""
        reference = reference_of(as_dict(resource.get("specimen")))
        if reference.startswith("#"):
            return contained_in(resource, reference)
        return self.specimens.get(reference, {})

    def _collected(self, resource: Mapping[str, Any]) -> Any:
        """Return when the sample was taken, of a period its end, as the record has it."""
        sample = self.specimen_of(resource)
        collection = {} if is_mistaken(sample) else as_dict(sample.get("collection"))
        period = as_dict(collection.get("collectedPeriod"))
        written = collection.get("collectedDateTime") or period.get("end") or period.get("start")
        return written if read_date(written) else None


def effective_day(resource: Mapping[str, Any]) -> tuple[DateSpan | None, Any]:
    """Return the days on which a result may have applied by its own word, and how the record has
    them.

    Reads `effective[x]`, DSTU2's `appliesDateTime`, and of a period or a series the end.
    """
    for name in OWN_DATES:
        if name in resource:
            return read_date(resource[name]), resource[name]
    for name in OWN_PERIODS:
        if name in resource:
            period = as_dict(resource[name])
            written = period.get("end") or period.get("start")
            return (None if is_reversed(*read_period(period)) else read_date(written)), written
    events = [
        event
        for event in as_list(as_dict(resource.get("effectiveTiming")).get("event"))
        if read_date(event)
    ]
    last = max(events, key=moment_of, default=None)
    return read_date(last), last


def _by_listed(placed: Sequence[Placed], key: str) -> dict[str, dict[str, Any]]:
    """Return by each reference under a key the first resource that holds it and is no mistake."""
    found: dict[str, dict[str, Any]] = {}
    for resource in (one.resource for one in placed if one.resource.get(key)):
        if not is_mistaken(resource):
            for listed in as_list(resource[key]):
                found.setdefault(reference_of(as_dict(listed)), resource)
    found.pop("", None)
    return found


class Undated(NamedTuple):
    """What would date results that do not say themselves when their sample was taken (Q33):
    references of Specimens that did not come, and ids of results whose report may say it.
    """

    specimens: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


def find_undated(record: PatientRecord) -> Undated:
    """Return what of the record is missing to date its results."""
    labs = record.part("labs").resources
    undated = [one for one in labs if not _says_when(one.resource) and one.type == "Observation"]
    if not undated:
        return Undated()
    came = {name for placed in labs for name in (placed.reference, placed.full_url)}
    reported = {
        reference_of(as_dict(listed))
        for placed in labs
        if placed.type == "DiagnosticReport"
        for listed in as_list(placed.resource.get("result"))
    }
    specimens: list[str] = []
    results: list[str] = []
    for placed in undated:
        stated = as_dict(placed.resource.get("specimen"))
        reference = reference_of(stated)
        if reference:
            is_here = reference.startswith("#") or reference in came
            specimens += [] if is_here else [as_text(stated.get("reference"))]
        elif placed.reference not in reported and placed.resource.get("id"):
            results.append(as_text(placed.resource["id"]))
    return Undated(tuple(dict.fromkeys(specimens)), tuple(dict.fromkeys(results)))


def _says_when(resource: Mapping[str, Any]) -> bool:
    return not OWN_TIMES.isdisjoint(resource)


def moment_of(written: Any) -> str:
    """Return a dateTime in UTC in a form that sorts; a date without a time sorts before the times
    of its day.
    """
    text = as_text(written)
    if len(text) > 10:
        try:
            moment = dt.datetime.fromisoformat(text)
            moment = moment if moment.tzinfo is None else moment.astimezone(dt.UTC)
            return moment.replace(tzinfo=None).isoformat()
        except (ValueError, OverflowError):
            return ""
    return text


FLAGGED_IN = frozenset({"interpretation", "valueString", "valueCodeableConcept"})
"""Where a result may be called low or high."""


def is_flagged_low(result: Mapping[str, Any]) -> bool:
    """Return whether the laboratory calls a result low, or it lies below its own reference range;
    the units of result and range must not differ (Q60).
    """
    if _is_flagged(result, LOW_FLAGS, says_low) or is_marked_low(
        as_text(result.get("valueString"))
    ):
        return True
    quantity = as_dict(result.get("valueQuantity"))
    value = read_number(quantity.get("value"))
    if value is None or as_text(quantity.get("comparator")) not in ("", "<", "<="):
        return False
    lows = [as_dict(as_dict(item).get("low")) for item in as_list(result.get("referenceRange"))]
    return any(_is_below(value, _unit_of(quantity), low) for low in lows[:1])


def is_flagged_high(result: Mapping[str, Any]) -> bool:
    """Return whether the laboratory calls a result high; its reference range is not asked."""
    return _is_flagged(result, HIGH_FLAGS, says_high)


def _is_flagged(
    result: Mapping[str, Any], flags: frozenset[str], says: Callable[[str], bool]
) -> bool:
    """Say whether a flag, or a value that is nothing but the flag ("Low"), is one of these."""
    if FLAGGED_IN.isdisjoint(result):
        return False
    said = {as_text(result.get("valueString"))}
    codes = set()
    for flag in (*as_list(result.get("interpretation")), result.get("valueCodeableConcept")):
        codes |= {as_text(as_dict(coding).get("code")).upper() for coding in codings_of(flag)}
        said.update(texts_of(flag))
    words = {text.strip(" .!*").upper() for text in (*said, *codes)}
    return bool(words & flags) or any(map(says, words))


def _is_below(value: Decimal, unit: str, low: Mapping[str, Any]) -> bool:
    limit = read_number(low.get("value"))
    return limit is not None and value < limit and (not unit or _unit_of(low) in ("", unit))


def _unit_of(quantity: Mapping[str, Any]) -> str:
    return (as_text(quantity.get("unit")) or as_text(quantity.get("code"))).lower()


NEVER_TAKEN = frozenset({"not-performed", "not-applicable", "not-asked"})
"""Reasons for no value (FHIR data-absent-reason) that say that there was no test."""

PARTS = ("component", "hasMember", "related")
"""What holds the results of a panel that has no value of its own."""


def was_taken(result: dict[str, Any]) -> bool:
    """Return whether a result without a value is of a test that was done all the same: the sample
    was lost or spoilt, or the value was left out.
    """
    codes = {as_text(coding.get("code")) for coding in codings_of(result.get("dataAbsentReason"))}
    return not codes & NEVER_TAKEN and not any(part in result for part in PARTS)
