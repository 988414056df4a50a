"""What a first line or a fact line says of one fact: {b12}, {finding}, {cause} of cards.md 4.

Every word is ours or a number of the record; what the record says in words is only ever quoted.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from recommender.assessment import Assessment, TreatmentPhase
from recommender.language import (
    Cause,
    ClinicalScenario,
    Measurement,
    NeurologicalFinding,
    NeurologicalSign,
    NotCounted,
    Order,
    OrderState,
    RecordArea,
    Route,
    UncountedResult,
    Unit,
    is_treatment_dose,
)
from recommender.wording.short import (
    capital,
    join,
    say_date,
    say_often,
    say_result,
    with_date,
)

_URGENT_FIRST = (
    NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
    NeurologicalSign.MYELOPATHY,
    NeurologicalSign.OPTIC_NEUROPATHY,
)

CAUSE_WORDS = {
    Cause.PERNICIOUS_ANAEMIA: "pernicious anaemia",
    Cause.TOTAL_GASTRECTOMY: "total gastrectomy",
    Cause.ILEAL_RESECTION: "ileal resection",
    Cause.CROHNS_ILEAL: "ileal Crohn's disease",
    Cause.BARIATRIC: "bariatric surgery",
    Cause.GASTRECTOMY_OTHER: "gastric surgery",
    Cause.GASTRIC_BAND: "gastric band",
    Cause.OTHER_MALABSORPTION: "malabsorption",
    Cause.DIETARY: "diet low in B12",
    Cause.DRUG: "medicine that lowers B12",
    Cause.NITROUS_OXIDE: "nitrous oxide",
}

LISTS = {
    RecordArea.CONDITIONS: "conditions",
    RecordArea.LABORATORY: "laboratory results",
    RecordArea.MEDICATIONS: "medication list",
    RecordArea.PROCEDURES: "procedures",
    RecordArea.ALLERGIES: "allergies",
}
"""Parts of the record a card speaks of when they could not be read; the others change nothing
(Q6).
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The facts of one person in words; a property is empty where there is nothing to say.

    `dated`: with dates in brackets; a first line that would be too long is tried without.
    """

    scenario: ClinicalScenario
    assessment: Assessment
    dated: bool = True

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
        low.
        """
        s = self.scenario
        total = self.result("B12", s.total_b12)
        active = self.result("active B12", s.holotranscobalamin)
        if total and active and _active_alone_is_low(s):
            return capital(active)
        return total or capital(active) or self._in_doubt

    @property
    def _in_doubt(self) -> str:
        """A result that is low in either unit, where it is what shows deficiency (Q35)."""
        newest = next(iter(self.scenario.uncounted_b12), None)
        shown = newest is not None and newest.why is NotCounted.UNIT_CONTRADICTS
        return (
            f"{self.older_level}, low in either unit"
            if shown and self.assessment.is_deficient
            else ""
        )

    @property
    def b12(self) -> str:
        """{b12}; without a result the cause, else the diagnosis."""
        return self.level or self.cause or self.diagnosis

    @property
    def diagnosis(self) -> str:
        s = self.scenario
        if not s.deficiency_diagnosis.is_true:
            return ""
        return self.on("B12 deficiency recorded", s.deficiency_diagnosed_on)

    @property
    def older_level(self) -> str:
        """The newest result that does not decide, as it was reported."""
        uncounted = self.scenario.uncounted_b12
        return self.uncounted(uncounted[0]) if uncounted else ""

    def uncounted(self, result: UncountedResult) -> str:
        """Say a result that does not decide, as it was reported, with its date where this is
        dated.
        """
        words = f"B12 {result.evidence.reported}".strip()
        date = result.evidence.date if self.dated else None
        return with_date(words, date, self.as_of, by_issue=result.by_issue)

    # --- nerves

    @property
    def findings(self) -> tuple[NeurologicalFinding, ...]:
        """The recorded signs that are present, the urgent ones first, then the newest."""
        present = [found for found in self.scenario.neurological_findings if found.current]
        return tuple(
            sorted(present, key=lambda found: (_urgency(found), -_ordinal(found.evidence.date)))
        )

    @property
    def finding(self) -> str:
        """{finding}: the sign that presses most, "Nerve signs" by a positive screen alone."""
        if self.findings:
            first = self.findings[0]
            return self.on(capital(first.sign.value), first.evidence.date)
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
        return capital(CAUSE_WORDS[first]) if first else ""

    @property
    def causes(self) -> str:
        """Every recorded cause with the date of its entry."""
        said = {
            one.cause: self.on(CAUSE_WORDS[one.cause], one.evidence.date)
            for one in self.scenario.causes
        }
        return ", ".join(said.values())

    def year_of(self, cause: Cause) -> str:
        """The year of an operation, with a space before it; empty when not recorded."""
        for one in self.scenario.causes:
            if one.cause is cause and one.evidence.date:
                return f" {one.evidence.date.year}"
        return ""

    @property
    def ileum(self) -> str:
        """How much ileum was resected: "25 cm", empty when not known."""
        return _length(self.scenario.ileal_resection_length)

    @property
    def crohns(self) -> str:
        """How much ileum Crohn's disease takes: "40 cm", empty when not known."""
        return _length(self.scenario.crohns_ileal_extent)

    # --- treatment

    @property
    def order(self) -> Order | None:
        """The active order of the current treatment."""
        key = self.assessment.treatment.order_key
        return next((order for order in self.scenario.orders if key and order.key == key), None)

    @property
    def product(self) -> str:
        substance = self.assessment.treatment.substance
        return substance.value.partition(" (")[0] if substance else "vitamin B12"

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
    def last_supply(self) -> str:
        """The newest supply of tablets: "Tablets last supplied 29 Jul for 30 days"."""
        dated = [dose for dose in self.scenario.doses if dose.date and dose.route is Route.ORAL]
        newest = max(dated, key=lambda dose: dose.date or dt.date.min, default=None)
        if newest is None:
            return "Tablets of B12 have lapsed"
        days = newest.supply_days
        how_long = f" for {days:f} days" if days is not None else ""
        return f"Tablets last supplied {self.day(newest.date)}{how_long}"

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
        product = line.substance.value.partition(" (")[0] if line else "vitamin B12"
        when = f"ordered {self.day(order.authored)}" if order.authored else "ordered"
        if order.state is OrderState.ON_HOLD:
            when = f"on hold ({when})"
        return " ".join(part for part in (product, say_often(line), when) if part)

    # --- record

    @property
    def unread(self) -> str:
        """The parts of the record that could not be read."""
        return join([LISTS[area] for area in LISTS if area in self.scenario.unavailable])

    @property
    def not_whole(self) -> str:
        """The parts of the record of which only a part came."""
        areas = self.scenario.incomplete - self.scenario.unavailable
        return join([LISTS[area] for area in LISTS if area in areas])


def _urgency(found: NeurologicalFinding) -> int:
    return _URGENT_FIRST.index(found.sign) if found.sign in _URGENT_FIRST else len(_URGENT_FIRST)


def _ordinal(date: dt.date | None) -> int:
    return date.toordinal() if date else 0


def _length(measured: Measurement) -> str:
    return say_result("", measured, dt.date.min, dated=False).strip() if measured.is_known else ""


def _active_alone_is_low(scenario: ClinicalScenario) -> bool:
    """Whether the fraction of the deficiency limit that active B12 reaches is the smaller one."""
    limits = {Unit.PMOL_PER_L: 133, Unit.PG_PER_ML: 180}
    total, active = scenario.total_b12.quantity, scenario.holotranscobalamin.quantity
    if total is None or active is None or total.unit not in limits:
        return False
    return active.value / 25 < total.value / limits[total.unit]
