"""What a first line or a fact line says of one fact: {b12}, {finding}, {cause} of cards.md 4.

Every word is ours or a number of the record; what the record says in words is only ever quoted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from recommender.assessment import Assessment
from recommender.deficiency import (
    Deficiency,
    Ground,
    active_alone_is_low,
    contradicting_result,
    low_in_both_readings,
    mma_is_raised,
)
from recommender.guidance import Policy
from recommender.language import (
    Cause,
    ClinicalScenario,
    Measurement,
    NeurologicalFinding,
    NotCounted,
    Order,
    OrderState,
    RecordArea,
    UncountedResult,
    is_treatment_dose,
)
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording.names import CAUSE_WORDS, doubt_of, length, named_sign, ordinal, urgency
from recommender.wording.short import (
    SHORT_QUOTE,
    capital,
    name_of,
    quote,
    say_date,
    say_often,
    say_result,
    with_date,
)

_BY_MMA = frozenset({Ground.MMA, Ground.MMA_AGAINST_LEVEL, Ground.PROBABLE})
"""Grounds on which methylmalonic acid may be what shows deficiency."""


@dataclass(frozen=True, slots=True)
class Words:
    """The facts of one person in words; a property is empty where there is nothing to say.

    `dated`: with dates in brackets, `newer`: with a newer result that cannot be used; a first line
    that would be too long is tried without.
    """

    scenario: ClinicalScenario
    assessment: Assessment
    policy: Policy
    dated: bool = True
    newer: bool = True

    @property
    def as_of(self) -> dt.date:
        return self.scenario.as_of

    def result(self, name: str, result: Measurement) -> str:
        """Say a result, with its date where this is dated."""
        return say_result(name, result, self.as_of, dated=self.dated)

    def on(self, words: str, date: dt.date | None) -> str:
        """Say words with their date, where this is dated."""
        return with_date(words, date if self.dated else None, self.as_of)

    def day(self, date: dt.date | None) -> str:
        """Say a date alone; it is part of the sentence and never left out."""
        return say_date(date, self.as_of)

    # --- deficiency

    @property
    def level(self) -> str:
        """The result that decides: total B12, or active B12 where there is no total or it alone is
        low, with what else shows deficiency; none where a newer one leads that cannot count (Q36).
        """
        s = self.scenario
        if self.assessment.ground is Ground.NEWER_MAY_BE_LOW:
            return ""
        total = self.low_in_either_unit or self.result("B12", s.total_b12)
        active = self.result("active B12", s.holotranscobalamin)
        if total and active and active_alone_is_low(s, self.policy):
            return capital(active)
        measured = total or capital(active)
        return f"{self._before_level}{measured}{self._beside_level}" if measured else ""

    @property
    def _before_level(self) -> str:
        """The diagnosis that alone shows deficiency beside a level that does not (D2)."""
        if self.assessment.ground is not Ground.DIAGNOSIS:
            return ""
        return f"{self.without_level}, " if self.without_level else ""

    @property
    def low_in_either_unit(self) -> str:
        """A result whose unit contradicts its test, as reported, low in either (Q35)."""
        level = self.scenario.total_b12
        if level.quantity is not None and level.because is NotCounted.UNIT_CONTRADICTS:
            cited = level.evidence[0]
        elif doubtful := low_in_both_readings(self.scenario, self.policy):
            cited = doubtful.evidence
        else:
            return ""
        return f"{self.on(f'B12 {cited.reported}', cited.date)}, low in either unit"

    @property
    def _beside_level(self) -> str:
        """What shows deficiency beside a level that is not low: methylmalonic acid, or a low result
        before (D3, D4); empty where the level itself does, or signs do.
        """
        a = self.assessment
        if a.deficiency not in (Deficiency.CONFIRMED, Deficiency.PROBABLE):
            return ""
        if a.ground is Ground.LOW_BEFORE:
            before = contradicting_result(self.scenario, self.policy)
            return f" after {self.uncounted(before)}" if before else ""
        if a.ground in _BY_MMA and mma_is_raised(self.scenario, self.policy).is_true:
            return f", {self.result('MMA', self.scenario.mma)}"
        return ""

    @property
    def b12(self) -> str:
        """{b12}; without a result what shows the deficiency."""
        return self.level or self.without_level

    @property
    def without_level(self) -> str:
        """What shows deficiency where no level does: pernicious anaemia, which is one, else the
        diagnosis; a diet, a medicine or an operation is only why there may be one (cards.md 4).
        """
        is_pa = any(one.cause is Cause.PERNICIOUS_ANAEMIA for one in self.scenario.causes)
        return self.cause if is_pa else self.diagnosis or self.cause

    @property
    def diagnosis(self) -> str:
        s = self.scenario
        if not s.deficiency_diagnosis.is_true:
            return ""
        if s.deficiency_diagnosed_on and not s.deficiency_recorded_on:
            return "B12 deficiency is the order's reason"
        return self.on("B12 deficiency recorded", s.deficiency_recorded_on)

    @property
    def older_level(self) -> str:
        """The newest result that does not decide, as it was reported."""
        uncounted = self.scenario.uncounted_b12
        return self.uncounted(uncounted[0]) if uncounted else ""

    def uncounted(self, result: UncountedResult) -> str:
        """Say a result that does not decide, as reported, with its date where this is dated."""
        reported = result.evidence.reported
        reported = reported.partition(", issued ")[0] if result.by_issue else reported
        said = reported if len(reported) <= SHORT_QUOTE else quote(reported, SHORT_QUOTE)
        date = result.evidence.date if self.dated else None
        return with_date(f"B12 {said}".strip(), date, self.as_of, by_issue=result.by_issue)

    @property
    def findings(self) -> tuple[NeurologicalFinding, ...]:
        """The recorded signs that are present, the urgent ones first, then the newest."""
        present = [found for found in self.scenario.neurological_findings if found.current]
        return tuple(
            sorted(present, key=lambda found: (urgency(found), -ordinal(found.evidence.date)))
        )

    @property
    def finding(self) -> str:
        """{finding}: the sign that presses most, "Nerve signs" by a positive screen alone."""
        if self.findings:
            first = self.findings[0]
            return self.on(capital(named_sign(first)), first.evidence.date)
        if not self.assessment.neurological.is_true:
            return ""
        screen = self.scenario.neurological_screen
        day = screen.evidence[0].date if screen.is_true and screen.evidence else None
        return self.on("Nerve signs", day)

    # --- cause

    @property
    def cause(self) -> str:
        """{cause}: the cause that weighs most, with its year where it is an operation."""
        found = {one.cause for one in self.scenario.causes}
        first = next((cause for cause in Cause if cause in found), None) if found else None
        doubt = doubt_of(self.scenario.causes, first) if first else ""
        return f"{capital(CAUSE_WORDS[first])}{doubt}" if first else ""

    def year_of(self, cause: Cause) -> str:
        """The year of an operation, with a space before it; empty when not recorded."""
        for one in self.scenario.causes:
            if one.cause is cause and one.dated and one.evidence.date:
                return f" {one.evidence.date.year}"
        return ""

    @property
    def ileum(self) -> str:
        """How much ileum was resected: "25 cm", empty when not known."""
        return length(self.scenario.ileal_resection_length)

    @property
    def crohns(self) -> str:
        """How much ileum Crohn's disease takes: "40 cm", empty when not known."""
        return length(self.scenario.crohns_ileal_extent)

    # --- treatment

    @property
    def order(self) -> Order | None:
        """The active order of the current treatment."""
        key = self.assessment.treatment.order_key
        return next((order for order in self.scenario.orders if key and order.key == key), None)

    @property
    def product(self) -> str:
        substance = self.assessment.treatment.substance
        return name_of(substance) if substance else "vitamin B12"

    @property
    def treatment(self) -> str:
        """The treatment under way: "hydroxocobalamin every 3 months", "tablets"."""
        if self.assessment.treatment.phase is TreatmentPhase.ORAL:
            return "tablets"
        order = self.order
        often = say_often(order.cobalamin) if order else ""
        return f"{self.product} {often}".strip()

    @property
    def last_dose(self) -> dt.date | None:
        """The day of the newest dose on record, of any kind; `None` when none has a date."""
        return max((dose.date for dose in self.scenario.doses if dose.date), default=None)

    @property
    def last_order(self) -> dt.date | None:
        """The day of the newest order that is over, of which no dose is on record, where nothing is
        under way: who had one is not "not treated" (I27).
        """
        return None if self.last_dose else self.assessment.treatment.treated_before

    @property
    def whole_medication_list(self) -> bool:
        """Whether the list of medicines came whole: only then may a card say "not treated"
        (I33).
        """
        return RecordArea.MEDICATIONS not in self.scenario.unavailable | self.scenario.incomplete

    @property
    def never_treated(self) -> bool:
        """Whether "not treated" may be said: no treatment, no dose of old, nothing ordered, and the
        list whole.
        """
        return (
            self.assessment.treatment.phase is TreatmentPhase.NONE
            and self.whole_medication_list
            and not self.scenario.doses
            and self.only_ordered is None
            and self.last_order is None
        )

    @property
    def only_ordered(self) -> Order | None:
        """The newest order that would treat, active before on hold, where nothing of it is on
        record as given: ordered is not given, and not "untreated" either (I27, Q55, Q78).
        """
        if self.assessment.treatment.phase is not TreatmentPhase.NONE:
            return None
        running = [
            order
            for order in self.scenario.orders
            if order.state in (OrderState.ACTIVE, OrderState.ON_HOLD)
            and is_treatment_dose(order.cobalamin).may_be_true
        ]
        return max(
            running,
            key=lambda order: (
                order.state is OrderState.ACTIVE,
                order.authored or dt.date.min,
            ),
            default=None,
        )

    def as_ordered(self, order: Order) -> str:
        """What an order is and since when: "hydroxocobalamin every 2 months ordered 16 Nov"; one
        that is on hold says so.
        """
        line = order.cobalamin
        product = name_of(line.substance) if line else "vitamin B12"
        when = f"ordered {self.day(order.authored)}" if order.authored else "ordered"
        if order.state is OrderState.ON_HOLD:
            when = f"on hold ({when})"
        return " ".join(part for part in (product, say_often(line), when) if part)
