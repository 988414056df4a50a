"""What a fact rests on, as the card and the receipt show it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from fhir_mappings.fhir import DateSpan, Placed, coding_of, codings_of, texts_of, words_of
from fhir_mappings.terminology import Match, Role
from recommender.language import Evidence, YearDate, not_after


def cite(
    placed: Placed,
    match: Match,
    codeable: Any,
    date: dt.date | None,
    reported: str = "",
    converted: str = "",
) -> Evidence:
    """Return the evidence of one entry of the record; a match by words says so."""
    code = match.source if match.matched_by == "code" else "matched by text"
    display = name_entry(codeable, match)
    name = match.member.display
    return Evidence(placed.reference, code, display, reported, converted, date, name=name)


_SEMANTIC_TAG = re.compile(
    r" \((disorder|finding|situation|procedure|regime/therapy|observable "
    r"entity|substance|product)\)$"
)
"""What SNOMED CT puts behind its full names; a reader needs no such word."""


def name_entry(codeable: Any, match: Match) -> str:
    """Return how to name a known entry to a reader: by its own words, else by what its code is
    listed as.
    """
    return _SEMANTIC_TAG.sub("", words_as_recorded(codeable, match))


def words_as_recorded(codeable: Any, match: Match) -> str:
    """Return the words of a known entry as they came, else what its code is listed as."""
    texts = texts_of(codeable)
    return " ".join((texts[0] if texts else match.member.display or words_of(codeable)).split())


def newest_day(span: DateSpan | None) -> dt.date | None:
    """Return the last day a date may mean, for showing and ordering; `None` when there is no
    date.
    """
    return None if span is None else span.latest


def day_given(day: dt.date | None, as_of: dt.date) -> dt.date | None:
    """Return the day on which a dose counts as given, today at the latest; `None` also where the
    record gives only this year or the last one, since it may then be due or long overdue.
    """
    if day is None or (isinstance(day, YearDate) and day.year >= as_of.year - 1):
        return None
    return not_after(day, as_of)


ROLE_WORDS = {
    Role.EXCLUDE: "looks alike, does not count",
    Role.REVIEW: "not specific enough to count",
    Role.CONTEXT: "background, no rule rests on it",
    Role.HISTORY: "of the past, not current",
    Role.SEPARATE: "another test with other limits",
    Role.ORDER: "a panel, its results are read one by one",
}
"""Why a known code is not used, by what it is listed as."""


def why_role_unused(match: Match, otherwise: str) -> str:
    """Return what the receipt says of a known code that no fact made use of; `otherwise` where its
    role does not say why.
    """
    return f"{ROLE_WORDS.get(match.role, otherwise)}: {match.words}"


def describe_codes(codeable: Any) -> str:
    """Return a CodeableConcept for a receipt line: its codes as `system|code` and its words, "no
    code" when it has neither.
    """
    codes = [coding_of(coding) for coding in codings_of(codeable)]
    named = ", ".join(filter(None, codes))
    words = " ".join(next(iter(texts_of(codeable)), codes[0] if codes else "").split())
    if not named:
        return words or "no code"
    return named if words in ("", named) else f"{named} ({words})"


def why_unknown(codeable: Any) -> str:
    """Return what the receipt says of an entry whose code, or words without a code, mean nothing to
    us.
    """
    coded = any(map(coding_of, codings_of(codeable)))
    said = "code not in any value set" if coded else "without a code, in words not known here"
    return f"{said}: {describe_codes(codeable)}"


def why_status(name: str, status: str) -> str:
    """Return what the receipt says of an entry whose status keeps it from being used."""
    return f"{name}, {say_status(status)}"


def say_status(status: str) -> str:
    """Return a status for the receipt; the code stands apart, so that 'unknown' is read as one."""
    return f"status is '{status}'" if status else "no status"
