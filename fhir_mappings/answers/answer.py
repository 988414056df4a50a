"""One answer to a question, and which of several is the newest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from fhir_mappings.fhir import sayings_of
from fhir_mappings.intake import RecordIndex, cite, name_entry
from fhir_mappings.laboratory import Observed
from fhir_mappings.terminology import Concept, Match
from fhir_mappings.values import ABNORMAL, FOUND, NORMAL, NOT_FOUND, read_booleanish
from recommender.language import Because, Evidence, Fact, Truth


class Answer(NamedTuple):
    """One Observation as one thing it stands for."""

    observed: Observed
    match: Match

    @property
    def date(self) -> dt.date | None:
        return self.observed.day.latest if self.observed.day else None

    @property
    def first_day(self) -> dt.date:
        """The first day it may be of."""
        return self.observed.day.earliest if self.observed.day else dt.date.min

    def cite(self, reported: str = "", meaning: str = "") -> Evidence:
        return cite(
            self.observed.placed, self.match, self.observed.code, self.date, reported, meaning
        )

    @property
    def name(self) -> str:
        return name_entry(self.observed.code, self.match)

    @property
    def when(self) -> str:
        return str(self.observed.day) if self.observed.day else "no date"

    @property
    def newness(self) -> tuple[dt.date, str, str]:
        """Sorts answers from old to new; one without a date comes first."""
        return self.date or dt.date.min, self.observed.moment, self.observed.placed.reference

    def is_within(self, as_of: dt.date, days: int) -> bool:
        """Return whether it was given in the last so many days; one without a full date cannot show
        that.
        """
        day = self.observed.day
        return day is not None and day.earliest >= as_of - dt.timedelta(days=days)


Answers = dict[Concept, list[Answer]]
"""The answers of a record by what they answer, the newest first."""


def read_answer(answer: Answer) -> bool | None:
    """Return what an answer says by its value, else by its interpretation; `None` for neither, for
    a no beside an interpretation that says otherwise, and of one that cannot count.
    """
    if answer.observed.not_counted is not None:
        return None
    said, flags = read_booleanish(answer.observed.body), interpretations_of(answer)
    if said is not None:
        return None if not said and flags & (FOUND | ABNORMAL) else said
    if flags.isdisjoint(FOUND | NOT_FOUND):
        return None
    return None if flags & NOT_FOUND and flags & (FOUND | ABNORMAL) else not flags & NOT_FOUND


def interpretations_of(answer: Answer) -> set[str]:
    """Return every code and word by which a result is interpreted."""
    return sayings_of(answer.observed.body.get("interpretation"))


def affirms(answer: Answer) -> bool | None:
    """Return whether an Observation that names a finding says that it is there; `None` when its
    answer cannot be read.
    """
    if answer.observed.not_counted is not None:
        return None
    if answer.observed.from_answer:
        return True
    said = read_answer(answer)
    has_value = any(
        name.startswith("value") or name == "dataAbsentReason" for name in answer.observed.body
    )
    if said is not None or has_value:
        return said
    return None if interpretations_of(answer) & (NORMAL | NOT_FOUND) else True


NEITHER_YES_NOR_NO = "answer not readable as yes or no"


def take_newest(
    index: RecordIndex,
    answers: Iterable[Answer],
    says_yes: Callable[[Answer], bool | None] = read_answer,
) -> Answer | None:
    """Return the newest of the answers to one question, after writing into the receipt that it
    outweighs the others. Of two of one moment, or of one day where the time of one is not known,
    yes outweighs no: it is what restricts. So it does where of a month or year nobody knows the
    day, and either may be the newest.
    """
    listed = list(answers)
    newest = max(listed, key=lambda answer: answer.newness, default=None)
    if newest is not None and len(listed) > 1:
        since = max(answer.first_day for answer in listed)
        of_the_day = [one for one in listed if (one.date or dt.date.min) >= since]
        timed = all("T" in answer.observed.moment for answer in of_the_day)
        moment = newest.observed.moment
        rivals = [one for one in of_the_day if not timed or one.observed.moment == moment]
        newest = max(rivals, key=lambda one: (says_yes(one) is True, *one.newness))
    for older in listed:
        if newest is not None and older.observed.placed is not newest.observed.placed:
            why = partial(why_outweighed, older, newest, is_read=says_yes(newest) is not None)
            index.receipt.ignore(older.observed.placed, why)
    return newest


def why_outweighed(older: Answer, newest: Answer, *, is_read: bool) -> str:
    """Return what the receipt says of an answer that another one outweighs, or stands before where
    that cannot be read.
    """
    reference = newest.observed.placed.reference
    if not is_read:
        day = newest.observed.day
        return f"{older.name}, behind an answer that cannot be read: {reference} of {day}"
    if older.date == newest.date:
        return f"{older.name}, outweighed by another answer of the same day: {reference}"
    return f"{older.name}, outweighed by a newer answer: {reference} of {newest.observed.day}"


def unread(index: RecordIndex, answer: Answer, why: str) -> Fact:
    """Return the unknown fact of an answer that does not count; the receipt says whose it is,
    too.
    """
    index.receipt.ignore(answer.observed.placed, f"{answer.name}, {why}")
    return Fact(Truth.UNKNOWN, why, (answer.cite(),), because=Because.NOT_CERTAIN)
