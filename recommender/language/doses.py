"""The types that doses are made of: one line of a course, its timing, and the phases of a regimen.

The same `DoseLine` describes what is recommended and what was ordered, so that comparing them is
comparing values (decisions 2.5).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal

from recommender.language.choices import Choice


class Substance(Choice):
    """A cobalamin or a folate. COBALAMIN_UNSPECIFIED: it is vitamin B12, but which form is not
    recorded.
    """

    HYDROXOCOBALAMIN = "hydroxocobalamin"
    CYANOCOBALAMIN = "cyanocobalamin"
    METHYLCOBALAMIN = "methylcobalamin"
    ADENOSYLCOBALAMIN = "adenosylcobalamin"
    COBALAMIN_UNSPECIFIED = "vitamin B12 (form not recorded)"
    FOLIC_ACID = "folic acid"
    FOLINIC_ACID = "folinic acid"

    def __init__(self, words: str) -> None:
        self.is_cobalamin = words not in ("folic acid", "folinic acid")


class Route(Choice):
    """How a dose is given. Sublingual and buccal count as ORAL (Q22)."""

    INTRAMUSCULAR = "intramuscular"
    ORAL = "oral"
    SUBCUTANEOUS = "subcutaneous"
    NASAL = "nasal"
    INTRAVENOUS = "intravenous"

    def __init__(self, words: str) -> None:
        self.is_parenteral = words in ("intramuscular", "subcutaneous", "intravenous")


class PeriodUnit(Choice):
    """Unit of a dosing period; the value is its UCUM code."""

    DAY = "d"
    WEEK = "wk"
    MONTH = "mo"
    YEAR = "a"


DAYS_PER_UNIT: dict[PeriodUnit, tuple[int, int]] = {
    PeriodUnit.DAY: (1, 1),
    PeriodUnit.WEEK: (7, 7),
    PeriodUnit.MONTH: (28, 31),
    PeriodUnit.YEAR: (365, 366),
}
"""Shortest and longest number of days one unit stands for (decisions 2.7: 1 month = 28 to 31
days).
"""

SHORTEST_MONTH = Decimal(DAYS_PER_UNIT[PeriodUnit.MONTH][0])
"""Days: injections as often as monthly are acceptable for anybody (S14, S90)."""

LONGEST_MONTH = Decimal(DAYS_PER_UNIT[PeriodUnit.MONTH][1])
"""Days up to which injections are monthly."""

MONTH_DAYS = Decimal("30.44")
"""Days of a month on average, where only how long something lasts is known."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How often: `frequency` doses every `period` units (to `period_max` when it is a range).

    `count` is the number of doses after which it ends, `duration` (value, unit) the time after
    which it ends; `None` means no such bound.
    """

    frequency: int
    period: Decimal
    unit: PeriodUnit
    period_max: Decimal | None = None
    count: int | None = None
    count_max: int | None = None
    duration: tuple[Decimal, PeriodUnit] | None = None

    @property
    def is_bounded(self) -> bool:
        return self.count is not None or self.duration is not None

    @property
    def is_single(self) -> bool:
        """Whether it is one dose and no more, by its number of doses."""
        return self.count == 1 and self.count_max in (None, 1)

    @property
    def shortest_interval(self) -> Decimal:
        """Days from dose to dose at the most frequent reading."""
        return self.period * DAYS_PER_UNIT[self.unit][0] / self.frequency

    @property
    def longest_interval(self) -> Decimal:
        """Days from dose to dose at the least frequent reading."""
        return (self.period_max or self.period) * DAYS_PER_UNIT[self.unit][1] / self.frequency

    @property
    def doses_per_day(self) -> Decimal:
        """Doses per day at the least frequent reading."""
        return 1 / self.longest_interval


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One substance by one route at one dose and timing. `None` in any part: not recorded or not
    readable.

    `dose` is the single dose in micrograms.
    """

    substance: Substance
    route: Route | None
    dose: Decimal | None
    timing: Timing | None
    as_needed: bool = False


class DosePart(enum.Enum):
    """A part of a dose line in which two ways of saying it can differ (Q41)."""

    DOSE = "dose"
    FREQUENCY = "frequency"
    ROUTE = "route"
    NUMBER = "number of doses"


SAME_DOSE_WITHIN = Decimal("0.01")
"""Two doses that differ by no more than this share of the larger are the same (Q41)."""


def contradictions(line: DoseLine, written: DoseLine) -> tuple[DosePart, ...]:
    """Return in what structure and words differ; what either of them does not say is no difference.

    Intervals differ when no number of days fits both (2.7: a month is 28 to 31 days), but for a
    fortnight: "every 15 days" is the French, Spanish, Italian or Portuguese of "every 2 weeks".
    """
    found = []
    if line.dose and written.dose:
        larger, smaller = max(line.dose, written.dose), min(line.dose, written.dose)
        if larger - smaller > larger * SAME_DOSE_WITHIN:
            found.append(DosePart.DOSE)
    one, other = line.timing, written.timing
    if one and other and not _may_be_the_same(one, other):
        found.append(DosePart.FREQUENCY)
    if line.route and written.route and line.route is not written.route:
        found.append(DosePart.ROUTE)
    if one and other and not _count_fits(one, other):
        found.append(DosePart.NUMBER)
    return tuple(found)


def is_same_line(line: DoseLine, other: DoseLine) -> bool:
    """Return whether two lines are the same treatment: substance, route, dose, and intervals that
    fit each other (2.7).
    """
    return (
        line.substance is other.substance
        and line.route is other.route
        and line.timing is not None
        and other.timing is not None
        and not contradictions(line, other)
    )


_FORTNIGHT = {Decimal(14), Decimal(15)}
"""Days."""


def _may_be_the_same(one: Timing, other: Timing) -> bool:
    ends = {one.shortest_interval, one.longest_interval}
    return (
        one.shortest_interval <= other.longest_interval
        and other.shortest_interval <= one.longest_interval
    ) or ends | {other.shortest_interval, other.longest_interval} == _FORTNIGHT


def _count_fits(one: Timing, other: Timing) -> bool:
    """Return whether the two numbers of doses, each of which may be a range, overlap. What has no
    end fits any number but one: a single dose is not repeated.
    """
    if one.count is None or other.count is None:
        return (one.is_bounded or not other.is_single) and (other.is_bounded or not one.is_single)
    first, second = one.count, other.count
    return first <= (other.count_max or second) and second <= (one.count_max or first)


class PhaseKind(Choice):
    """What a phase of a regimen is for."""

    LOADING = "loading"
    MAINTENANCE = "maintenance"
    PROPHYLAXIS = "prophylaxis"
    ORAL = "oral treatment"


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a regimen: the dose line, how it ends, and the statements it rests on."""

    id: str
    kind: PhaseKind
    line: DoseLine
    ends: str
    lifelong: bool
    citations: tuple[str, ...]
    starts_after_loading: bool = False


@dataclass(frozen=True, slots=True)
class Regimen:
    """Phases in the order in which they are given."""

    phases: tuple[Phase, ...]

    @property
    def id(self) -> str:
        return "+".join(phase.id for phase in self.phases)
