"""Tolerant readers over plain FHIR JSON: whatever the JSON is, they answer with a value or with
nothing, and never raise but for more codings or dosage lines than are read (TooMany).
"""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from collections.abc import Hashable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from recommender.language import MonthDate, YearDate, as_recorded, months_after

Json = Any
"""Anything that came out of a JSON parser."""


MOST_CODINGS = 200
"""Codings of one concept that are read (R181)."""

MOST_LINES = 200
"""Dosage lines of one order that are read (R181)."""


class TooMany(Exception):
    """There is more of something than is read; the text says of what, and the limit."""


def at_most(values: list[Json], most: int, of_what: str) -> list[Json]:
    """Return the values as they are.

    Raises: TooMany when there are more than so many.
    Source: R181.
    """
    if len(values) > most:
        raise TooMany(f"{len(values)} {of_what}, expected at most {most}")
    return values


def as_list(value: Json) -> list[Json]:
    """Return a list as it is, nothing as an empty list, and anything else as a list of one (an
    object where an array belongs, R166).
    """
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def as_dict(value: Json) -> dict[str, Json]:
    """Return an object as it is, the first object of an array, and an empty object otherwise."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return value[0]
    return {}


def as_text(value: Json) -> str:
    """Return a string without the white space around it, and an empty string for anything that is
    no string.
    """
    return value.strip() if isinstance(value, str) else ""


def as_key(stated: Json) -> Hashable:
    """Return what a CodeableConcept is remembered by: the same for those that are written alike and
    for no others.

    Texts with one coding, as nearly all have, are their own key: to write the whole out takes five
    times as long.
    """
    try:
        (coding,) = stated["coding"]
        text, members = stated.get("text"), coding.items()
    except (AttributeError, KeyError, TypeError, ValueError):
        return repr(stated)
    holds_no_more = len(stated) == 1 + (text is not None)
    if holds_no_more and _TEXTS.issuperset(map(type, (text, *coding.values()))):
        return (text, *members)
    return repr(stated)


_TEXTS = frozenset({str, type(None)})


def codings_of(codeable: Json) -> list[dict[str, Json]]:
    """Return the Codings of a CodeableConcept.

    Also reads a Coding standing in its place, a list of either, and a bare code (a Coding without
    system).

    Raises: TooMany.
    """
    if isinstance(codeable, dict):
        codings = codeable.get("coding")
        if isinstance(codings, list):
            if len(codings) == 1 and isinstance(codings[0], dict):  # as nearly all are
                return codings
            if len(codings) > MOST_CODINGS:
                at_most(codings, MOST_CODINGS, "codings of one concept")
            return [coding for coding in codings if isinstance(coding, dict)]
        if codings is not None:
            return [codings] if isinstance(codings, dict) else []
        return [codeable] if "code" in codeable else []
    if isinstance(codeable, list):
        return [
            coding for item in codeable if not isinstance(item, list) for coding in codings_of(item)
        ]
    return [{"code": codeable}] if isinstance(codeable, str) and codeable.strip() else []


def texts_of(codeable: Json) -> list[str]:
    """Return the words of a CodeableConcept: its text first, then the displays of its codings; of a
    text in its place, the text where it is more than one word: one may be a bare code.
    """
    if codeable is None:
        return []
    if isinstance(codeable, str):
        return [codeable.strip()] if len(codeable.split()) > 1 else []
    if isinstance(codeable, dict):
        texts = [codeable.get("text")]
    else:
        texts = [item.get("text") for item in as_list(codeable) if isinstance(item, dict)]
    for coding in codings_of(codeable):
        texts.append(coding.get("display"))
    said = []
    for text in texts:
        if isinstance(text, str) and (words := text.strip()):
            said.append(words)
    return said


def words_of(codeable: Json) -> str:
    """Return how to name a CodeableConcept to a reader: its words, else `system|code`, else an
    empty string.
    """
    texts = texts_of(codeable)
    if texts:
        return texts[0]
    return next((coding_of(coding) for coding in codings_of(codeable)), "")


def coding_of(coding: dict[str, Json]) -> str:
    """Return a Coding as `system|code`; without system just the code."""
    system, code = as_text(coding.get("system")), as_text(coding.get("code"))
    return f"{system}|{code}" if system else code


LARGEST = 29
"""The power of ten beyond which a number stands for nothing that is measured."""


def read_number(value: Json, largest: int = LARGEST) -> Decimal | None:
    """Return a JSON number, or a text that holds one, as an exact Decimal: the digits as written,
    not the binary fraction behind them; `None` for anything else.

    Args:
        largest: the power of ten beyond which, and below the negative of which, none is read.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        text = str(value).strip()
        number = Decimal(text if "_" not in text else "")  # Python alone takes 1_000 for a number
    except (InvalidOperation, ValueError):
        return None  # ValueError: an integer of more digits than Python turns into text
    return number if number.is_finite() and abs(number.adjusted()) <= largest else None


UNREADABLE_SIGN = "?"


def comparator_of(quantity: Mapping[str, Json]) -> str:
    """Return the comparator of a Quantity as written; a sign that stands for none where something
    is there that cannot be read: the number is then no exact one.
    """
    comparator = quantity.get("comparator")
    if comparator is None or isinstance(comparator, str):
        return as_text(comparator)
    return UNREADABLE_SIGN


def read_flag(value: Json) -> bool | None:
    """Return a boolean element, also one written as text (R166); false where it is absent, `None`
    where it cannot be read: an entry that may deny itself (not given, not to be given) counts for
    nothing.
    """
    if isinstance(value, str):
        return {"true": True, "false": False, "": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else (False if value is None else None)


CHANGES = frozenset({"modifierExtension", "implicitRules"})
"""Elements by which a resource says that it may not be understood without what they name."""


def what_changes(element: Mapping[str, Json]) -> str:
    """Return in words what modifies an element: an extension, or the rules it was made by (FHIR's
    `modifierExtension`, `implicitRules`); empty for nothing. Neither is read, and with either it
    may mean the opposite.
    """
    if CHANGES.isdisjoint(element):
        return ""
    if as_list(element.get("modifierExtension")):
        return "an extension that is not read"
    return "a set of rules that is not read" if element.get("implicitRules") else ""


def is_changed(element: Mapping[str, Json]) -> bool:
    """Return whether something that is not read modifies an element."""
    return not CHANGES.isdisjoint(element) and bool(what_changes(element))


def version_key(resource: dict[str, Json]) -> str:
    """Return a text by which the versions of one resource are put in order, the newest last: by
    `meta.lastUpdated` as a moment in UTC, then by a number in `meta.versionId`.

    A `lastUpdated` that is no dateTime comes before any that is.
    """
    meta = as_dict(resource.get("meta"))
    number = as_text(meta.get("versionId"))
    placed = number.rjust(20, "0") if number.isascii() and number.isdecimal() else ""
    try:
        moment = dt.datetime.fromisoformat(as_text(meta.get("lastUpdated")))
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        updated = zoned.astimezone(dt.UTC).isoformat(timespec="microseconds")
    except (ValueError, OverflowError):
        updated = ""
    return f"{updated} {placed}"


class DateSpan(NamedTuple):
    """The days a date may mean: one day for a full date, a month or a year for a partial one. A
    tuple, since one call makes many.
    """

    earliest: dt.date
    latest: dt.date

    @property
    def is_one_day(self) -> bool:
        return self.earliest == self.latest

    def __str__(self) -> str:
        return as_recorded(self.earliest)


def read_date(value: Json) -> DateSpan | None:
    """Return the days that a FHIR date, dateTime or instant may mean; `None` when it is none of
    these.

    A time with an offset is taken to UTC first; a time without one keeps its day.
    """
    if not isinstance(value, str):
        return None
    text = value.strip()
    try:
        if len(text) == 10:
            day = dt.date.fromisoformat(text)
        elif len(text) > 10:
            moment = dt.datetime.fromisoformat(text)
            day = (moment if moment.tzinfo in (None, dt.UTC) else moment.astimezone(dt.UTC)).date()
        elif len(text) == 7 and text[4] == "-":
            year, month = int(text[:4]), int(text[5:])
            last = calendar.monthrange(year, month)[1]
            return DateSpan(MonthDate(year, month, 1), MonthDate(year, month, last))
        elif len(text) == 4:
            return DateSpan(YearDate(int(text), 1, 1), YearDate(int(text), 12, 31))
        else:
            return None
    except (ValueError, OverflowError):
        return None
    return DateSpan(day, day)


def read_period(value: Json) -> tuple[DateSpan | None, DateSpan | None]:
    """Return start and end of a Period; `None` for a side that is not there."""
    if value is None:
        return None, None
    period = as_dict(value)
    return read_date(period.get("start")), read_date(period.get("end"))


def read_onset(diagnosis: Mapping[str, Json]) -> DateSpan | None:
    """Return when a diagnosis began, as far as a day, month or year is stated."""
    start, _ = read_period(diagnosis.get("onsetPeriod"))
    return read_date(diagnosis.get("onsetDateTime")) or start


def is_reversed(start: DateSpan | None, end: DateSpan | None) -> bool:
    """Return whether a Period ends before it starts, so that nobody knows which day is meant."""
    return start is not None and end is not None and end.latest < start.earliest


@functools.lru_cache(maxsize=256)
def months_before(day: dt.date, months: int) -> dt.date:
    """Return the day so many months earlier; the last of the month when that month is shorter."""
    return months_after(day, -months)
