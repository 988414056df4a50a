"""The catalogue of regimens as phases of doses (decisions 2.5), and the types that doses are made of.

The same `DoseLine` describes what is recommended and what was ordered, so that comparing them is comparing values.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from decimal import Decimal


class Substance(enum.Enum):
    """A cobalamin or a folate. COBALAMIN_UNSPECIFIED: it is vitamin B12, but which form is not recorded."""

    HYDROXOCOBALAMIN = "hydroxocobalamin"
    CYANOCOBALAMIN = "cyanocobalamin"
    METHYLCOBALAMIN = "methylcobalamin"
    ADENOSYLCOBALAMIN = "adenosylcobalamin"
    COBALAMIN_UNSPECIFIED = "vitamin B12 (form not recorded)"
    FOLIC_ACID = "folic acid"
    FOLINIC_ACID = "folinic acid"

    @property
    def is_cobalamin(self) -> bool:
        return self not in (Substance.FOLIC_ACID, Substance.FOLINIC_ACID)


class Route(enum.Enum):
    """How a dose is given. Sublingual and buccal count as ORAL (Q22)."""

    INTRAMUSCULAR = "intramuscular"
    ORAL = "oral"
    SUBCUTANEOUS = "subcutaneous"
    NASAL = "nasal"
    INTRAVENOUS = "intravenous"

    @property
    def is_parenteral(self) -> bool:
        return self in (Route.INTRAMUSCULAR, Route.SUBCUTANEOUS, Route.INTRAVENOUS)


class PeriodUnit(enum.Enum):
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
"""Shortest and longest number of days one unit stands for (decisions 2.7: 1 month = 28 to 31 days)."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How often: `frequency` doses every `period` units (to `period_max` when it is a range).

    `count` is the number of doses after which it ends, `duration` (value, unit) the time after which it ends;
    `None` means no such bound.
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
    """One substance by one route at one dose and timing. `None` in any part: not recorded or not readable.

    `dose` is the single dose in micrograms.
    """

    substance: Substance
    route: Route | None
    dose: Decimal | None
    timing: Timing | None
    as_needed: bool = False


class PhaseKind(enum.Enum):
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


INJECTION_DOSE = Decimal(1000)
"""Micrograms of every parenteral dose (S2)."""


def _injection(timing: Timing) -> DoseLine:
    return DoseLine(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR, INJECTION_DOSE, timing)


def _every(period: int, unit: PeriodUnit, period_max: int | None = None) -> Timing:
    return Timing(1, Decimal(period), unit, None if period_max is None else Decimal(period_max))


_TWO_WEEKS = (Decimal(2), PeriodUnit.WEEK)
_LIFELONG = "for life"

N_LOAD = Phase(
    "N-LOAD", PhaseKind.LOADING, _injection(_every(2, PeriodUnit.DAY)), "until no further neurological improvement", False, ("S7", "S65")
)
MAINT_N = Phase("MAINT-N", PhaseKind.MAINTENANCE, _injection(_every(2, PeriodUnit.MONTH)), _LIFELONG, True, ("S9", "S66"), True)
M_LOAD = Phase(
    "M-LOAD",
    PhaseKind.LOADING,
    _injection(Timing(3, Decimal(1), PeriodUnit.WEEK, count=6, duration=_TWO_WEEKS)),
    "after dose 6",
    False,
    ("S10", "S62"),
)
M_LOAD_ALT = Phase(
    "M-LOAD-ALT",
    PhaseKind.LOADING,
    _injection(Timing(1, Decimal(1), PeriodUnit.DAY, count=5, count_max=6)),
    "after 5 to 6 doses",
    False,
    ("S11",),
)
MAINT_M = Phase("MAINT-M", PhaseKind.MAINTENANCE, _injection(_every(2, PeriodUnit.MONTH, 3)), _LIFELONG, True, ("S12", "S13", "S63"), True)
MAINT_1M = Phase(
    "MAINT-1M", PhaseKind.MAINTENANCE, _injection(_every(1, PeriodUnit.MONTH)), _LIFELONG, True, ("S14", "S22", "S71", "S90"), True
)
MAINT_BAR = Phase("MAINT-BAR", PhaseKind.MAINTENANCE, _injection(_every(3, PeriodUnit.MONTH)), "indefinitely", True, ("S17",), True)
ORAL = Phase(
    "ORAL",
    PhaseKind.ORAL,
    DoseLine(Substance.CYANOCOBALAMIN, Route.ORAL, Decimal(1000), _every(1, PeriodUnit.DAY)),
    "indefinitely",
    True,
    ("S18", "S47", "S52", "S56", "S57"),
)

PROPH_1M = Phase("PROPH-1M", PhaseKind.PROPHYLAXIS, _injection(_every(1, PeriodUnit.MONTH)), _LIFELONG, True, ("S22", "S71", "S73"))
PROPH_3M = Phase("PROPH-3M", PhaseKind.PROPHYLAXIS, _injection(_every(3, PeriodUnit.MONTH)), "indefinitely", True, ("S17", "S70"))
PROPH_ORAL = replace(ORAL, id="PROPH-ORAL", kind=PhaseKind.PROPHYLAXIS, citations=("S18", "S70"))

CATALOGUE: tuple[Phase, ...] = (N_LOAD, MAINT_N, M_LOAD, M_LOAD_ALT, MAINT_M, MAINT_1M, MAINT_BAR, ORAL, PROPH_1M, PROPH_3M, PROPH_ORAL)
"""Every phase that can be recommended or accepted (decisions 2.5)."""


def with_interval(phase: Phase, period: int, unit: PeriodUnit, citations: tuple[str, ...] = ()) -> Phase:
    """Return the maintenance phase at another interval, named by it ("MAINT-2WK")."""
    name = f"MAINT-{period}{'M' if unit is PeriodUnit.MONTH else unit.value.upper()}"
    line = replace(phase.line, timing=_every(period, unit))
    return replace(phase, id=name, line=line, citations=citations or phase.citations)


def starting_now(phase: Phase) -> Phase:
    """Return the phase without a wait for a loading course before it."""
    return replace(phase, starts_after_loading=False)


def with_oral_dose(phase: Phase, micrograms: int) -> Phase:
    """Return the oral phase at another daily dose (C26)."""
    return replace(phase, line=replace(phase.line, dose=Decimal(micrograms)))
