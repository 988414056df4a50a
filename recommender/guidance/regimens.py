"""The catalogue of regimens as phases of doses (decisions 2.5)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from recommender.language import DoseLine, PeriodUnit, Phase, PhaseKind, Route, Substance, Timing

INJECTION_DOSE = Decimal(1000)
"""Micrograms of every parenteral dose (S2)."""

ORAL_DOSES = (Decimal(1000), Decimal(2000))
"""Micrograms a day by mouth that the guidance gives, from and to (S47, S52)."""

LOADING_DOSES = 6
"""Injections of a loading course without neurological involvement (S10)."""

DAILY_LOADING_DOSES = (5, 6)
"""Injections of a loading course that is given daily, from and to (S11)."""


def _injection(timing: Timing) -> DoseLine:
    return DoseLine(Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR, INJECTION_DOSE, timing)


def _every(period: int, unit: PeriodUnit, period_max: int | None = None) -> Timing:
    return Timing(1, Decimal(period), unit, None if period_max is None else Decimal(period_max))


_TWO_WEEKS = (Decimal(2), PeriodUnit.WEEK)
_LIFELONG = "for life"

N_LOAD = Phase(
    "N-LOAD",
    PhaseKind.LOADING,
    _injection(_every(2, PeriodUnit.DAY)),
    "until no further neurological improvement",
    False,
    ("S7", "S65"),
)
MAINT_N = Phase(
    "MAINT-N",
    PhaseKind.MAINTENANCE,
    _injection(_every(2, PeriodUnit.MONTH)),
    _LIFELONG,
    True,
    ("S9", "S66"),
    True,
)
M_LOAD = Phase(
    "M-LOAD",
    PhaseKind.LOADING,
    _injection(Timing(3, Decimal(1), PeriodUnit.WEEK, count=LOADING_DOSES, duration=_TWO_WEEKS)),
    "after dose 6",
    False,
    ("S10", "S62"),
)
M_LOAD_ALT = Phase(
    "M-LOAD-ALT",
    PhaseKind.LOADING,
    _injection(
        Timing(
            1,
            Decimal(1),
            PeriodUnit.DAY,
            count=DAILY_LOADING_DOSES[0],
            count_max=DAILY_LOADING_DOSES[1],
        )
    ),
    "after 5 to 6 doses",
    False,
    ("S11",),
)
MAINT_M = Phase(
    "MAINT-M",
    PhaseKind.MAINTENANCE,
    _injection(_every(2, PeriodUnit.MONTH, 3)),
    _LIFELONG,
    True,
    ("S12", "S13", "S63"),
    True,
)
MAINT_1M = Phase(
    "MAINT-1M",
    PhaseKind.MAINTENANCE,
    _injection(_every(1, PeriodUnit.MONTH)),
    _LIFELONG,
    True,
    ("S14", "S22", "S71", "S90"),
    True,
)
MAINT_BAR = Phase(
    "MAINT-BAR",
    PhaseKind.MAINTENANCE,
    _injection(_every(3, PeriodUnit.MONTH)),
    "indefinitely",
    True,
    ("S17",),
    True,
)
ORAL = Phase(
    "ORAL",
    PhaseKind.ORAL,
    DoseLine(Substance.CYANOCOBALAMIN, Route.ORAL, ORAL_DOSES[0], _every(1, PeriodUnit.DAY)),
    "indefinitely",
    True,
    ("S18", "S47", "S52", "S56", "S57"),
)

PROPH_1M = Phase(
    "PROPH-1M",
    PhaseKind.PROPHYLAXIS,
    _injection(_every(1, PeriodUnit.MONTH)),
    _LIFELONG,
    True,
    ("S22", "S71", "S73"),
)
PROPH_3M = Phase(
    "PROPH-3M",
    PhaseKind.PROPHYLAXIS,
    _injection(_every(3, PeriodUnit.MONTH)),
    "indefinitely",
    True,
    ("S17", "S70"),
)
PROPH_M = replace(
    MAINT_M,
    id="PROPH-M",
    kind=PhaseKind.PROPHYLAXIS,
    citations=("S13", "S85", "X8"),
    starts_after_loading=False,
)
PROPH_ORAL = replace(ORAL, id="PROPH-ORAL", kind=PhaseKind.PROPHYLAXIS, citations=("S18", "S70"))

CATALOGUE: tuple[Phase, ...] = (
    N_LOAD,
    MAINT_N,
    M_LOAD,
    M_LOAD_ALT,
    MAINT_M,
    MAINT_1M,
    MAINT_BAR,
    ORAL,
    PROPH_1M,
    PROPH_3M,
    PROPH_M,
    PROPH_ORAL,
)
"""Every phase that can be recommended or accepted (decisions 2.5)."""


def with_interval(
    phase: Phase, period: int, unit: PeriodUnit, citations: tuple[str, ...] = ()
) -> Phase:
    """Return the maintenance phase at another interval, named by it ("MAINT-2WK")."""
    return with_timing(phase, _every(period, unit), citations)


def with_timing(phase: Phase, timing: Timing, citations: tuple[str, ...] = ()) -> Phase:
    """Return the maintenance phase at another timing, named by it ("MAINT-2WK", "MAINT-6-8WK")."""
    unit = "M" if timing.unit is PeriodUnit.MONTH else timing.unit.value.upper()
    longest = f"-{timing.period_max.normalize():f}" if timing.period_max is not None else ""
    name = f"MAINT-{timing.period.normalize():f}{longest}{unit}"
    line = replace(phase.line, timing=timing)
    return replace(phase, id=name, line=line, citations=citations or phase.citations)


def starting_now(phase: Phase) -> Phase:
    """Return the phase without a wait for a loading course before it."""
    return replace(phase, starts_after_loading=False)


def with_oral_dose(phase: Phase, micrograms: int) -> Phase:
    """Return the oral phase at another daily dose (C26)."""
    return replace(phase, line=replace(phase.line, dose=Decimal(micrograms)))
