"""How sure we are of vitamin B12 deficiency: rows D1 to D7 of decisions 2.3, first match wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recommender.deficiency.grounds import Deficiency, Ground, NotConclusive
from recommender.deficiency.levels import B12Class
from recommender.language import Truth

_BORDERLINE = (B12Class.BORDERLINE, B12Class.LOW_BORDERLINE)


@dataclass(frozen=True, slots=True)
class DeficiencyFacts:
    """What rows D1 to D7 ask, each from a closed set. `neurological` leaves out signs whose code
    names another cause (Q4). `newer_may_be_low`: so may be a level that cannot count (D6).

    `treatment_unknown`: the phase is not NONE, whatever the reason (Q29). `by_issue`: the level is
    known by its date of issue alone (Q33). `low_before` and `low_in_the_year_before` are D5b and
    the last of D4. `nitrous_oxide_misleads`: exposure is recorded, hinted, or its lists were not
    available (Q28).
    """

    treatment_unknown: bool
    b12: B12Class
    by_issue: bool
    low_before: bool
    low_in_the_year_before: bool
    newer_may_be_low: bool
    not_conclusive: NotConclusive | None
    on_trace: bool
    trace_unstated: bool
    nitrous_oxide_misleads: bool
    mma_raised: Truth
    mma_measured: bool
    mma_readable: Truth
    homocysteine_raised: Truth
    diagnosed: Truth
    neurological: Truth
    symptoms: Truth
    nitrous_oxide: Truth
    supplement: Truth
    only_low_total_b12_in_pregnancy: bool
    only_an_outdated_diagnosis: bool
    on_treatment: bool = False

    @property
    def borderline(self) -> bool:
        return self.b12 in _BORDERLINE

    @property
    def not_low(self) -> bool:
        return self.b12 is B12Class.NOT_LOW

    @property
    def raised_and_readable(self) -> bool:
        return self.mma_raised.is_true and self.mma_readable.is_true

    @property
    def ill(self) -> bool:
        return (self.symptoms | self.neurological).is_true


@dataclass(frozen=True, slots=True)
class DeficiencyRow:
    """One row of the table: its id, what follows, as a code on which ground, when it holds, and the
    same in words.
    """

    id: str
    deficiency: Deficiency
    ground: Ground
    when: Callable[[DeficiencyFacts], bool]
    words: str


def _level_not_conclusive(f: DeficiencyFacts) -> bool:
    """A level that excludes nothing, and methylmalonic acid that does not decide either (Q79)."""
    if f.not_conclusive is None or not (f.not_low or f.borderline):
        return False
    decided = f.mma_raised.is_false and not f.neurological.is_true
    return not decided or f.not_conclusive is NotConclusive.INTRINSIC_FACTOR


def _exclusion_stands(f: DeficiencyFacts) -> bool:
    """Nothing makes a reassuring result misleading: nitrous oxide, treatment that may be under way,
    or a date of issue alone (I18, Q6, Q29, Q33).
    """
    return not f.nitrous_oxide_misleads and not f.treatment_unknown and not f.by_issue


def _trace_does_not_raise(f: DeficiencyFacts) -> bool:
    """On a multivitamin a level that is not low stands only where its content is stated and nobody
    is ill (Q49, Q75).
    """
    return not f.on_trace or (not f.trace_unstated and not f.ill)


def _no_raised_mma(f: DeficiencyFacts) -> bool:
    """Methylmalonic acid was not measured, or is certainly not raised."""
    return f.mma_raised.is_false or not f.mma_measured


def _nitrous_oxide_with_signs(f: DeficiencyFacts) -> bool:
    signs = f.neurological | f.mma_raised | f.homocysteine_raised
    return f.nitrous_oxide.is_true and signs.is_true


_ROWS_THAT_SHOW: tuple[DeficiencyRow, ...] = (
    DeficiencyRow(
        "D1",
        Deficiency.DIAGNOSED,
        Ground.ON_TREATMENT,
        lambda f: f.on_treatment,
        "vitamin B12 treatment is under way or was given",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.UNRESOLVED,
        Ground.PREGNANCY,
        lambda f: f.only_low_total_b12_in_pregnancy,
        "low total vitamin B12 is the only abnormality, and it falls in normal pregnancy",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.UNKNOWN,
        Ground.OUTDATED_DIAGNOSIS,
        lambda f: f.only_an_outdated_diagnosis,
        "the diagnosis is recorded, but a later test without treatment was normal: "
        "still deficient?",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.CONFIRMED,
        Ground.LOW,
        lambda f: f.b12 is B12Class.LOW,
        "vitamin B12 is below the deficiency limit",
    ),
    DeficiencyRow(
        "D2",
        Deficiency.CONFIRMED,
        Ground.DIAGNOSIS,
        lambda f: f.diagnosed.is_true,
        "vitamin B12 deficiency is recorded as a diagnosis",
    ),
    DeficiencyRow(
        "D3",
        Deficiency.CONFIRMED,
        Ground.MMA,
        lambda f: f.borderline and f.raised_and_readable,
        "borderline vitamin B12 with raised methylmalonic acid and sufficient kidney function",
    ),
    DeficiencyRow(
        "D3",
        Deficiency.CONFIRMED,
        Ground.MMA_AGAINST_LEVEL,
        lambda f: (
            f.not_low
            and f.not_conclusive is NotConclusive.INTRINSIC_FACTOR
            and f.raised_and_readable
        ),
        "raised methylmalonic acid with sufficient kidney function, and pernicious anaemia, "
        "in which the level can be falsely normal",
    ),
)


def _probable(
    when: Callable[[DeficiencyFacts], bool], words: str, ground: Ground = Ground.PROBABLE
) -> DeficiencyRow:
    return DeficiencyRow("D4", Deficiency.PROBABLE, ground, when, words)


_ROWS_OF_PROBABILITY: tuple[DeficiencyRow, ...] = (
    _probable(
        lambda f: f.borderline and f.neurological.is_true,
        "borderline vitamin B12 with neurological involvement",
    ),
    _probable(
        lambda f: f.b12 is B12Class.LOW_BORDERLINE and f.symptoms.is_true,
        "vitamin B12 at the low end of borderline with symptoms",
    ),
    _probable(
        lambda f: f.mma_raised.is_true and not f.mma_readable.is_true and f.symptoms.is_true,
        "raised methylmalonic acid with symptoms; kidney function is reduced or unknown, so it "
        "supports but does not confirm",
    ),
    _probable(
        lambda f: f.not_low and f.raised_and_readable and f.ill,
        "raised methylmalonic acid with symptoms although vitamin B12 is not low",
    ),
    _probable(
        lambda f: f.not_low and f.not_conclusive is not None and f.raised_and_readable,
        "raised methylmalonic acid with sufficient kidney function; the level is not conclusive",
    ),
    _probable(
        _nitrous_oxide_with_signs,
        "nitrous oxide exposure with neurological involvement, raised methylmalonic acid or "
        "raised homocysteine",
    ),
    _probable(
        lambda f: f.borderline and f.low_in_the_year_before and not f.mma_raised.is_false,
        "borderline vitamin B12, and below the deficiency limit in the 12 months before, "
        "without vitamin B12 between",
        Ground.LOW_BEFORE,
    ),
)


_ROWS_THAT_LEAVE_OPEN: tuple[DeficiencyRow, ...] = (
    DeficiencyRow(
        "D5b",
        Deficiency.UNRESOLVED,
        Ground.CONTRADICT,
        lambda f: (f.not_low or f.borderline) and f.low_before,
        "two results contradict each other: low before, not low now, no vitamin B12 between",
    ),
    DeficiencyRow(
        "D5",
        Deficiency.UNRESOLVED,
        Ground.BORDERLINE,
        lambda f: f.borderline and not f.mma_raised.is_false,
        "borderline vitamin B12; methylmalonic acid is missing or cannot be interpreted",
    ),
    DeficiencyRow(
        "D5",
        Deficiency.UNRESOLVED,
        Ground.LEVEL_NOT_CONCLUSIVE,
        _level_not_conclusive,
        "the level does not exclude deficiency",
    ),
    DeficiencyRow(
        "D7",
        Deficiency.UNKNOWN,
        Ground.NEWER_MAY_BE_LOW,
        lambda f: (f.not_low or f.borderline) and f.newer_may_be_low,
        "a newer vitamin B12 that cannot count may be low",
    ),
    DeficiencyRow(
        "D6",
        Deficiency.UNLIKELY,
        Ground.EXCLUDED,
        lambda f: (
            f.borderline
            and f.mma_raised.is_false
            and _exclusion_stands(f)
            and _trace_does_not_raise(f)
            and not f.supplement.is_true
        ),
        "borderline vitamin B12 with normal methylmalonic acid",
    ),
    DeficiencyRow(
        "D6",
        Deficiency.UNLIKELY,
        Ground.EXCLUDED,
        lambda f: (
            f.not_low
            and _exclusion_stands(f)
            and _trace_does_not_raise(f)
            and f.supplement.is_false
            and _no_raised_mma(f)
        ),
        "vitamin B12 is not low",
    ),
    DeficiencyRow(
        "D7",
        Deficiency.UNKNOWN,
        Ground.NOTHING_DECIDES,
        lambda _: True,
        "no usable test decides it",
    ),
)


ROWS: tuple[DeficiencyRow, ...] = (
    *_ROWS_THAT_SHOW,
    *_ROWS_OF_PROBABILITY,
    *_ROWS_THAT_LEAVE_OPEN,
)
"""Decisions 2.3, row by row; a row of the document that has several ways to hold stands here once
for each.
"""
