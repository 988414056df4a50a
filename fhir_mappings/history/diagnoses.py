"""Conditions as they stand: which concept, current or past, suspected or refuted, since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    DateSpan,
    Placed,
    as_dict,
    is_changed,
    is_reversed,
    read_clinical,
    read_date,
    read_flag,
    read_onset,
    read_verification,
)
from fhir_mappings.intake import (
    HINTS,
    RecordIndex,
    cite,
    describe_codes,
    name_entry,
    newest_day,
    why_role_unused,
    why_status,
    why_unknown,
)
from fhir_mappings.judging import certainty_of
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.values import note_of_mistake
from recommender.language import Because, Choice, Evidence, Fact, Truth


class Standing(Choice):
    """How a Condition stands: what its clinical and verification status say together."""

    CURRENT = "current"
    SUSPECTED = "suspected"
    INACTIVE = "inactive"
    RESOLVED = "resolved"
    REFUTED = "refuted"


class Diagnosis(NamedTuple):
    """One Condition with everything that is asked about it."""

    placed: Placed
    match: Match
    standing: Standing
    evidence: Evidence
    onset: DateSpan | None
    recorded: DateSpan | None
    abated: DateSpan | None
    recurrent: bool
    past_in_words: bool = False

    @property
    def concept(self) -> Concept:
        return self.match.concept

    @property
    def began(self) -> DateSpan | None:
        """Its onset, or when it was recorded."""
        return self.onset or self.recorded

    @property
    def is_certain(self) -> bool:
        return (
            self.standing is not Standing.SUSPECTED
            and self.match.role is Role.INCLUDE
            and not self.past_in_words
        )

    @property
    def doubt(self) -> str:
        name = self.evidence.display
        return f"{name}, {self.standing.value}" if self.standing is Standing.SUSPECTED else name

    def is_before(self, day: dt.date) -> bool:
        """Return whether it began before the day; an undated one may not have."""
        return self.began is not None and self.began.latest < day


def read_diagnoses(index: RecordIndex) -> Diagnoses:
    """Return one Diagnosis for each thing a Condition stands for; the receipt says why the others
    are not used.
    """
    diagnoses = [
        diagnosis for placed in index.of_type("Condition") for diagnosis in _read_one(index, placed)
    ]
    return Diagnoses(index, tuple(diagnoses), frozenset(item.concept for item in diagnoses))


def _read_one(index: RecordIndex, placed: Placed) -> list[Diagnosis]:
    resource, code = placed.resource, placed.resource.get("code")
    verification = read_verification(resource)
    if verification == "entered-in-error":
        index.receipt.ignore(placed, partial(_why_in_error, code))
        return []
    judged = index.understanding.judged[placed.place]
    if not judged.matches:
        index.receipt.ignore(placed, partial(why_unknown, code))
        return []
    standing = _standing(resource, verification, judged.past, index.tomorrow)
    onset, recorded, abated = read_onset(resource), _recorded(resource), _abated(resource)
    dated = [span for span in (onset, recorded) if span and span.earliest > index.tomorrow]
    if dated:
        name = name_entry(code, judged.matches[0])
        index.receipt.ignore(placed, f"{name}, in the future: {dated[0]}")
        return []
    recurrent = read_clinical(resource) in ("recurrence", "relapse")
    past, day = judged.past and standing is Standing.INACTIVE, newest_day(onset or recorded)
    found = []
    for match in judged.matches:
        evidence = cite(placed, match, code, day, standing.value)
        dates = (onset, recorded, abated)
        found.append(Diagnosis(placed, match, standing, evidence, *dates, recurrent, past))
    return found


def _standing(
    resource: dict[str, Any], verification: str, past: bool, tomorrow: dt.date
) -> Standing:
    """Return how a Condition stands; one that its words call past ("history of") is inactive."""
    certainty = certainty_of(resource)
    if is_changed(resource) or note_of_mistake(resource):
        return Standing.SUSPECTED  # over or refuted, it may mean the opposite
    if verification == "refuted" or certainty == "A":
        return Standing.REFUTED
    clinical = read_clinical(resource)
    if clinical == "resolved" or (clinical not in _SAYS_IF_OVER and _is_over(resource, tomorrow)):
        return Standing.RESOLVED
    if clinical in ("inactive", "remission") or past or certainty == "Z":
        return Standing.INACTIVE
    # A missing status, or one of no known meaning, is read as current: that restricts.
    doubted = verification in ("provisional", "differential", "unconfirmed") or certainty == "V"
    return Standing.SUSPECTED if doubted else Standing.CURRENT


_SAYS_IF_OVER = frozenset({"active", "recurrence", "relapse", "inactive", "remission"})


def _is_over(resource: dict[str, Any], tomorrow: dt.date) -> bool:
    """Return whether a Condition without a clinical status says that it ended: by a day that has
    come, an age, or a yes. A day to come, one before it began, and what cannot be read ("ongoing")
    are no end.
    """
    ended = _abated(resource)
    if ended is not None:
        return ended.earliest <= tomorrow and not is_reversed(read_onset(resource), ended)
    aged = as_dict(resource.get("abatementAge") or resource.get("abatementRange"))
    return read_flag(resource.get("abatementBoolean")) is True or bool(aged)


def _why_in_error(codeable: Any) -> str:
    return why_status(describe_codes(codeable), "entered-in-error")


def _recorded(resource: dict[str, Any]) -> DateSpan | None:
    """When it was written down: `recordedDate` (R4, R5), `assertedDate` (STU3), `dateRecorded`
    (DSTU2).
    """
    return next(
        (
            span
            for name in ("recordedDate", "assertedDate", "dateRecorded")
            if (span := read_date(resource.get(name)))
        ),
        None,
    )


def _abated(resource: dict[str, Any]) -> DateSpan | None:
    return read_date(resource.get("abatementDateTime")) or read_date(
        as_dict(resource.get("abatementPeriod")).get("end")
    )


def _why_not_used(match: Match, standing: Standing) -> str:
    """What the receipt says of a known condition that no fact made use of."""
    current = standing is Standing.CURRENT
    return why_role_unused(match, "known, but no rule asks for it" if current else standing.value)


def evidence_of(diagnoses: Iterable[Diagnosis]) -> tuple[Evidence, ...]:
    """Return what a fact cites that rests on these."""
    return tuple(diagnosis.evidence for diagnosis in diagnoses)


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """All diagnoses of the record, and how to ask them a question."""

    index: RecordIndex
    listed: tuple[Diagnosis, ...]
    concepts: frozenset[Concept]

    def of(self, concepts: Collection[Concept], *standings: Standing) -> list[Diagnosis]:
        """Return the diagnoses of these concepts that stand so, other than those that merely look
        alike.
        """
        if self.concepts.isdisjoint(concepts):
            return []
        return [
            diagnosis
            for diagnosis in self.listed
            if diagnosis.match.concept in concepts
            and diagnosis.standing in standings
            and diagnosis.match.role not in NOT_COUNTED
        ]

    def claim(
        self,
        concepts: Collection[Concept],
        nothing: Fact,
        standings: tuple[Standing, ...] = (Standing.CURRENT,),
        since: dt.date | None = None,
    ) -> Fact:
        """Return whether the person has one of these: TRUE if sure, UNKNOWN if only suspected,
        ambiguous or undated, else `nothing`.

        Args:
            nothing: the fact when none of them is recorded.
            standings: which standings count.
            since: the first day from which an entry counts; `None` for any time.
        """
        if self.concepts.isdisjoint(concepts):
            return nothing
        found = self._asked(concepts, standings, since)
        sure = [
            item
            for item in found
            if (item.is_certain or (item.past_in_words and Standing.INACTIVE in standings))
            and (since is None or item.began is not None)
        ]
        if sure:
            return Fact(Truth.TRUE, "", evidence_of(sure))
        return self._doubt(found) if found else nothing

    def _asked(
        self, concepts: Collection[Concept], standings: tuple[Standing, ...], since: dt.date | None
    ) -> list[Diagnosis]:
        """Return what may count, sure or not; the receipt says what is too long ago."""
        asked = self.of(concepts, *standings, Standing.SUSPECTED)
        # "history of" does not say that it is over: where only the present counts it is a doubt
        asked += [
            item
            for item in self.of(concepts, Standing.INACTIVE)
            if item.past_in_words and Standing.INACTIVE not in standings
        ]
        found = []
        for item in asked:
            if since is not None and item.is_before(since):
                self.index.receipt.ignore(
                    item.placed,
                    f"too long ago to say how it is now: {item.evidence.display}, {item.began}",
                )
            else:
                found.append(item)
        return found

    def _doubt(self, found: list[Diagnosis]) -> Fact:
        """Return the unknown fact of entries that are not certain, or whose date does not show
        that they still hold.
        """
        evidence, first = evidence_of(found), found[0]
        why = (
            f"no date, so it may be over: {first.evidence.display}"
            if first.is_certain
            else f"not certain: {first.doubt}"
        )
        return Fact(Truth.UNKNOWN, why, evidence, because=self._hint(found))

    def _hint(self, found: list[Diagnosis]) -> Because:
        """Note what does not decide as hints (Q26): codes, suspicions, a pregnancy without a day;
        return the reason.
        """
        hinted = False
        for item in found:
            for at in HINTS.get(item.concept, ()):
                hinted = True
                said, date = item.doubt or item.evidence.display, newest_day(item.began)
                self.index.understanding.hint(at, item.placed, said, date)
        return Because.HINT if hinted else Because.NOT_CERTAIN

    def close(self) -> None:
        """Write into the receipt what is said of each diagnosis that no fact cites."""
        for item in self.listed:
            self.index.receipt.unless_cited(item.placed, _why_not_used(item.match, item.standing))


NOT_COUNTED = frozenset({Role.EXCLUDE, Role.CONTEXT, Role.HISTORY})
"""Roles of codes on which no rule fires."""
