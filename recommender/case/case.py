"""What order review looks at: the course, the person, the recommendation, and which column of the
consistency matrix holds.
"""

from __future__ import annotations

import enum
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar, cast

from recommender.assessment import Assessment, with_older_alarms
from recommender.case.course_reading import is_standing, is_treatment
from recommender.deficiency import Deficiency, NotConclusive, behind_a_flag, with_low_level
from recommender.guidance import Policy, RuleGroup
from recommender.language import (
    LONGEST_MONTH,
    Cause,
    ClinicalScenario,
    Course,
    DoseLine,
    Order,
    OrderState,
    Phase,
    PhaseKind,
    Regimen,
    Route,
    Substance,
    Test,
    Truth,
)
from recommender.monitoring import interval_of, longest_acceptable_interval
from recommender.treatment import Recommendation
from recommender.treatment_so_far import TreatmentPhase

Answer = TypeVar("Answer")


class Column(enum.Enum):
    """The columns of the consistency matrix (cards.md 3), and NONE where nothing calls for vitamin
    B12.
    """

    NEUROLOGICAL = "neurological loading"
    QUESTION = "neurological symptoms unconfirmed"
    LOADING = "loading without neurological symptoms"
    MAINTENANCE = "prophylaxis or treatment under way"
    NONE = "no treatment indicated"


_COLUMN_OF_RULE = {
    "N1": Column.NEUROLOGICAL,
    "N2": Column.NEUROLOGICAL,
    "T0": Column.NEUROLOGICAL,
    "T1b": Column.NEUROLOGICAL,
    "T4a": Column.NEUROLOGICAL,
    "U1": Column.QUESTION,
}


_PROPHYLAXIS_RULES = {"P1", "P2", "P4", "P5"}


@dataclass(frozen=True)
class Case:
    """Everything a check may look at. The course is the only part that a resolution changes.

    `refill`: the drafts continue orders that are taken already (cards.md 9).
    `chart_asks`: whether opening the chart asks about nerve signs; true unless it is known that
    the client never says that a chart is opened (Q93).
    """

    course: Course
    scenario: ClinicalScenario
    recommendation: Recommendation
    policy: Policy
    refill: bool = False
    chart_asks: bool = True

    @functools.cached_property
    def assessment(self) -> Assessment:
        return self.recommendation.assessment

    @functools.cached_property
    def rule(self) -> str:
        return self.recommendation.rule

    @property
    def group(self) -> RuleGroup:
        """What kind of row of the decision table speaks."""
        return self.recommendation.group

    @property
    def is_under_way(self) -> bool:
        """Whether treatment is under way, or may be (T7)."""
        return self.group in (RuleGroup.UNDER_WAY, RuleGroup.ASK)

    @property
    def column(self) -> Column:
        if self.rule in _COLUMN_OF_RULE:
            return _COLUMN_OF_RULE[self.rule]
        if self.group is RuleGroup.LOADING:
            return Column.LOADING
        if self.is_under_way or self.is_prophylaxis:
            return Column.MAINTENANCE
        return Column.NONE

    @property
    def is_prophylaxis(self) -> bool:
        rules = {self.rule, *self.recommendation.also}
        treated = self.is_under_way or self.group in (RuleGroup.LOADING, RuleGroup.CHOICE)
        return bool(_PROPHYLAXIS_RULES & rules) and not treated

    @functools.cached_property
    def drafts(self) -> tuple[Order, ...]:
        """The selected drafts that hold vitamin B12: what the prescriber is ordering now."""
        return tuple(
            order for order in self.course.drafts if order.selected and order.has_cobalamin
        )

    @functools.cached_property
    def all_drafts(self) -> tuple[Order, ...]:
        """Every draft that holds vitamin B12, selected or not."""
        return tuple(order for order in self.course.drafts if order.has_cobalamin)

    @functools.cached_property
    def standing(self) -> tuple[Order, ...]:
        """The active orders of vitamin B12 at treatment dose that no draft takes over from or
        stops.
        """
        ended = {order.replaces for order in self.course.orders if order.replaces}
        return tuple(
            order
            for order in self.course.orders
            if is_standing(order) and is_treatment(order) and not {order.key, order.part_of} & ended
        )

    @functools.cached_property
    def selected_folate(self) -> tuple[Order, ...]:
        return tuple(order for order in self.course.drafts if order.selected and order.has_folate)

    @functools.cached_property
    def selected_stops(self) -> tuple[Order, ...]:
        return tuple(
            order
            for order in self.course.orders
            if order.selected and order.state is OrderState.STOP and order.has_cobalamin
        )

    @functools.cached_property
    def _worked_out(self) -> dict[Callable[[Case], object], object]:
        return {}

    def once(self, work: Callable[[Case], Answer]) -> Answer:
        """Return what a function of a module says of this case, worked out once."""
        if work not in self._worked_out:
            self._worked_out[work] = work(self)
        return cast(Answer, self._worked_out[work])

    @property
    def offered_regimens(self) -> tuple[Regimen, ...]:
        """Every regimen that is recommended."""
        options = self.recommendation.options
        return tuple(option.regimen for option in options if option.regimen)

    @property
    def offered_phases(self) -> Iterator[Phase]:
        """Every phase that is recommended."""
        return (phase for regimen in self.offered_regimens for phase in regimen.phases)

    @property
    def phases(self) -> Iterator[Phase]:
        """Every phase that is recommended or acceptable here."""
        yield from self.offered_phases
        for regimen in self.recommendation.acceptable:
            yield from regimen.phases

    @property
    def causes_of_ileal_disease(self) -> Truth:
        return self.assessment.ileal_resection_over_limit | self.assessment.crohns_over_limit

    @property
    def kidneys_surely_reduced(self) -> bool:
        """Reduced, and not only by a result behind a newer one that cannot be used: that restricts
        and makes nothing right or quieter (I30).
        """
        s = self.scenario
        diagnosed = (s.kidney_disease.truth | s.dialysis.truth).is_true
        sure = diagnosed or s.egfr.stands_in_for is None
        return self.assessment.renal.is_true and sure

    @property
    def good_egfr_doubted(self) -> bool:
        """A result dated in the future speaks against an eGFR that is sufficient (Q31)."""
        egfr, limit = self.scenario.egfr, self.policy.cyano_min_egfr
        return egfr.doubted_by_later(lambda later: later.below(limit))

    @property
    def needs_treatment(self) -> bool:
        """Deficiency is shown, or treatment is under way."""
        return self.assessment.is_deficient or self.assessment.deficiency is Deficiency.DIAGNOSED

    @property
    def excluded_for_now(self) -> bool:
        """Whether methylmalonic acid that is not raised answers a level that pernicious anaemia
        makes doubtful: nothing is asked again so soon (Q79).
        """
        a = self.assessment
        doubtful = a.not_conclusive is NotConclusive.INTRINSIC_FACTOR
        return self.rule == "B1" and doubtful and a.mma_excludes

    @property
    def starts_treatment(self) -> bool:
        return self.assessment.starts_or_resumes

    @property
    def had_a_dose(self) -> bool:
        """Treatment starts, as far as known, or again, but a dose is on record, with its date or
        without: what comes is no first dose.
        """
        treatment = self.assessment.treatment
        if treatment.phase is TreatmentPhase.LAPSED:
            return True
        undated = (dose.substance for dose in self.scenario.doses if dose.date is None)
        dosed = treatment.last_dose is not None or any(one.is_cobalamin for one in undated)
        return treatment.phase is TreatmentPhase.UNKNOWN and dosed

    @property
    def dietary_only(self) -> bool:
        return bool(self.assessment.causes) and self.assessment.causes <= {Cause.DIETARY}

    @property
    def signs(self) -> str:
        """What counts as neurological here, in words: glossitis alone is not called a sign of nerve
        damage (C6).
        """
        return "Glossitis" if self.assessment.glossitis_only else "Neurological signs"

    def is_advised_product(self, line: DoseLine) -> bool:
        """Return whether some recommended or acceptable phase has this substance by this route."""
        return any(_is_same_product(phase, line) for phase in self.phases)

    def is_offered_product(self, line: DoseLine) -> bool:
        """Return whether some recommended phase has this substance by this route, so that it can be
        had.
        """
        return any(_is_same_product(phase, line) for phase in self.offered_phases)

    def longest_interval(self, line: DoseLine) -> Decimal:
        """Return the longest interval in days that is not too long for this product (2.7, Q15)."""
        days = longest_acceptable_interval(self.assessment, self.policy)
        if self.rule in ("T1", "T2") or self.is_prophylaxis:
            days = max((interval_of(phase) for phase in self.phases), default=days)
        elif self.rule == "T7":  # what is offered if nothing is given any more is never too long
            offered = (one for one in self.phases if one.kind is PhaseKind.PROPHYLAXIS)
            days = max((days, *map(interval_of, offered)))
        return min(days, LONGEST_MONTH) if line.substance is Substance.CYANOCOBALAMIN else days

    def with_order(self, order: Order) -> Case:
        """Return the case with this order in the place of the one with its key."""
        orders = tuple(order if other.key == order.key else other for other in self.course.orders)
        return replace(self, course=replace(self.course, orders=orders))


def case_of(
    course: Course,
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    policy: Policy,
    *,
    refill: bool = False,
    chart_asks: bool = True,
) -> Case:
    """Return the case, with the results that decided: also a low level taken after treatment that
    is over, and older ones that alarm.
    """
    phase = recommendation.assessment.treatment.phase
    scenario = with_older_alarms(scenario, policy)
    settled = with_low_level(behind_a_flag(scenario, policy), policy, phase)
    return Case(course, settled, recommendation, policy, refill, chart_asks)


def has_test(case: Case, test: Test) -> bool:
    """Return whether the draft set holds the test."""
    return any(ordered.test is test and ordered.drafted for ordered in case.course.tests)


def _is_same_product(phase: Phase, line: DoseLine) -> bool:
    return phase.line.substance is line.substance and phase.line.route is line.route


def is_muscle_or_unknown(line: DoseLine) -> bool:
    """Return whether the line goes into muscle, or into an unrecorded place."""
    return line.route in (Route.INTRAMUSCULAR, None)
