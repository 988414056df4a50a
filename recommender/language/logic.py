"""Three-valued truth, and what a record says with the evidence for it.

Source: decisions 2.1 (Kleene logic; restrict on true-or-unknown, permit only on the explicit fact).
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from recommender.language.choices import Choice
from recommender.language.understanding import Because, NotCounted


class Truth(Choice):
    """True, false, or not known. It has no `bool`: code must say which of the three it means."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __init__(self, said: str) -> None:
        self.is_true = said == "true"
        self.is_false = said == "false"
        self.is_unknown = said == "unknown"
        self.may_be_true = said != "false"
        """True or unknown: what every restricting rule acts on."""

    def __and__(self, other: Truth) -> Truth:
        if self.is_false or other.is_false:
            return Truth.FALSE
        if self.is_unknown or other.is_unknown:
            return Truth.UNKNOWN
        return Truth.TRUE

    def __or__(self, other: Truth) -> Truth:
        if self.is_true or other.is_true:
            return Truth.TRUE
        if self.is_unknown or other.is_unknown:
            return Truth.UNKNOWN
        return Truth.FALSE

    def __invert__(self) -> Truth:
        if self.is_unknown:
            return self
        return Truth.FALSE if self.is_true else Truth.TRUE

    def __bool__(self) -> bool:
        raise TypeError("a Truth has no bool: say is_true, is_false, is_unknown or may_be_true")


def truth_of(claim: bool | None) -> Truth:
    """Return the Truth of a plain claim; `None` is UNKNOWN."""
    if claim is None:
        return Truth.UNKNOWN
    return Truth.TRUE if claim else Truth.FALSE


def any_true(truths: Iterable[Truth]) -> Truth:
    """Return the Kleene `or` of all of them; FALSE for none."""
    result = Truth.FALSE
    for truth in truths:
        result = result | truth
    return result


class EvidenceRole(Choice):
    """What an entry does for the fact that cites it."""

    DECIDES = "decides"
    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"


class Evidence(NamedTuple):
    """One entry of the record that a fact rests on; opaque to the rules, shown again in card and
    receipt.

    `reported` is the value as the record has it, `converted` the same in the unit it was compared
    in (empty when that is the reported one). `role` is what it does for a fact that is known.
    `display` is how the record names it, `name` what its code or its words are listed as.
    """

    reference: str
    code: str = ""
    display: str = ""
    reported: str = ""
    converted: str = ""
    date: dt.date | None = None
    role: EvidenceRole = EvidenceRole.DECIDES
    name: str = ""


class Fact(NamedTuple):
    """A claim about the person: its truth, why it is so, and the evidence.

    `reason` is always filled for UNKNOWN ("none recorded", "not available", ...) and may be for the
    others. `value` says in words which of several values holds ("probable", "25 to 50"), and is
    empty where the truth says it all. `because` is the reason as a code, `None` where something
    else than these decided.
    """

    truth: Truth = Truth.UNKNOWN
    reason: str = "none recorded"
    evidence: tuple[Evidence, ...] = ()
    value: str = ""
    because: Because | None = None

    @property
    def is_true(self) -> bool:
        return self.truth.is_true

    @property
    def is_false(self) -> bool:
        return self.truth.is_false

    @property
    def is_unknown(self) -> bool:
        return self.truth.is_unknown

    @property
    def may_be_true(self) -> bool:
        return self.truth.may_be_true

    @property
    def is_gap(self) -> bool:
        """Return whether it is unknown only for entries not understood or a list not whole (Q28).

        A list that was not available at all is no such gap: Q6 holds.
        """
        return self.because in (Because.NOT_UNDERSTOOD, Because.LIST_NOT_COMPLETE)


NOT_RECORDED = Fact(because=Because.NONE_RECORDED)
"""Open world: nothing is recorded, so the claim is not known."""

NONE_RECORDED = Fact(Truth.FALSE, "none recorded", because=Because.NONE_RECORDED)
"""Closed world (decisions 2.1): no record counts as false, and the card says "none recorded"."""


class Unit(Choice):
    """The units in which a quantity reaches the rules; a value stands in the unit it was reported
    in.
    """

    PG_PER_ML = "pg/mL"
    PMOL_PER_L = "pmol/L"
    NMOL_PER_L = "nmol/L"
    UMOL_PER_L = "umol/L"
    NG_PER_ML = "ng/mL"
    G_PER_L = "g/L"
    FL = "fL"
    PER_NL = "10*9/L"
    MMOL_PER_L = "mmol/L"
    EGFR = "mL/min/{1.73_m2}"
    RATIO = "1"
    CM = "cm"
    YEARS = "a"


class Comparator(Choice):
    """How the true value stands to the number reported; EXACT when the number is the value."""

    EXACT = ""
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit and comparator, at full precision."""

    value: Decimal
    unit: Unit
    comparator: Comparator = Comparator.EXACT

    def below(self, limit: Decimal) -> Truth:
        """Return whether the value is below the limit (strictly): decided only if every allowed
        value agrees (Q9).
        """
        match self.comparator:
            case Comparator.EXACT:
                return truth_of(self.value < limit)
            case Comparator.LESS:
                return Truth.TRUE if self.value <= limit else Truth.UNKNOWN
            case Comparator.AT_MOST:
                return Truth.TRUE if self.value < limit else Truth.UNKNOWN
            case Comparator.MORE | Comparator.AT_LEAST:
                return Truth.FALSE if self.value >= limit else Truth.UNKNOWN

    def above(self, limit: Decimal) -> Truth:
        """Return whether the value is above the limit (strictly): decided only if every allowed
        value agrees (Q9).
        """
        match self.comparator:
            case Comparator.EXACT:
                return truth_of(self.value > limit)
            case Comparator.MORE:
                return Truth.TRUE if self.value >= limit else Truth.UNKNOWN
            case Comparator.AT_LEAST:
                return Truth.TRUE if self.value > limit else Truth.UNKNOWN
            case Comparator.LESS | Comparator.AT_MOST:
                return Truth.FALSE if self.value <= limit else Truth.UNKNOWN


class Alarm(enum.Enum):
    """On which side a result is of concern."""

    LOW = "low"
    HIGH = "high"


class PassedOver(NamedTuple):
    """A result on record that does not count, and why: its value where it could be read, else as
    reported. `of`: what it is a result of, where that is another test ("creatinine"). `several`:
    its value is the most worrying of those that it may have.
    """

    evidence: Evidence
    why: NotCounted
    quantity: Quantity | None = None
    of: str = ""
    several: bool = False


class Measurement(NamedTuple):
    """The newest usable result of one kind, or why there is none.

    `quantity` is `None` when nothing usable is recorded; `reason` then says why ("none recorded",
    "not available", "unit missing", "older than 12 months", ...). `by_issue`: the date is the day
    of issue alone, so the result may alarm and never exclude (Q33). `flagged_low`: its laboratory
    calls it low, or it lies below its own range (Q60). `alarms_only`: it may answer "low" or "high"
    and nothing that would reassure; its opposite is UNKNOWN (I30). `because` is the reason as a
    code, `None` where something else than these decided. `passed_over` is the newest result of the
    kind where there is no usable one: as reported, and why it does not count (Q36); beside a usable
    one, the newest that is dated in the future (Q31). `behind`: the usable results before one that
    cannot be used or leaves it open, newest first: where one alarms it takes its place, and
    `stands_in_for` is then the newer one (I30).
    """

    quantity: Quantity | None = None
    date: dt.date | None = None
    reason: str = ""
    evidence: tuple[Evidence, ...] = ()
    by_issue: bool = False
    flagged_low: bool = False
    alarms_only: Alarm | None = None
    because: Because | NotCounted | None = None
    passed_over: PassedOver | None = None
    behind: tuple[Measurement, ...] = ()
    stands_in_for: Measurement | None = None

    @property
    def is_known(self) -> bool:
        return self.quantity is not None

    @property
    def is_newest_usable(self) -> bool:
        """Return whether it is usable and no newer one is to be repeated."""
        return self.quantity is not None and self.stands_in_for is None

    def doubted_by_later(self, alarms: Callable[[Quantity], Truth]) -> bool:
        """Return whether a result dated in the future may alarm where this one reassures: it may be
        the newest, with a slip in its date (Q31).
        """
        later = self.passed_over
        if self.quantity is None or later is None:
            return False
        return later.quantity is None or not alarms(later.quantity).is_false

    def below(self, limit: Decimal) -> Truth:
        """Return whether the value is below the limit; UNKNOWN when there is no usable value."""
        if self.quantity is None:
            return Truth.UNKNOWN
        found = self.quantity.below(limit)
        return self._unless_reassuring(found, found.is_false, found.is_true)

    def above(self, limit: Decimal) -> Truth:
        """Return whether the value is above the limit; UNKNOWN when there is no usable value."""
        if self.quantity is None:
            return Truth.UNKNOWN
        found = self.quantity.above(limit)
        return self._unless_reassuring(found, found.is_true, found.is_false)

    def _unless_reassuring(self, found: Truth, not_low: bool, not_high: bool) -> Truth:
        """Return the answer, UNKNOWN where it says that what the result may alarm of is not so."""
        reassures = not_low if self.alarms_only is Alarm.LOW else not_high
        return Truth.UNKNOWN if self.alarms_only and reassures else found


NO_RESULT = Measurement(reason="none recorded", because=Because.NONE_RECORDED)
"""No result is recorded."""
