"""The space over which order review is proven: people, and the orders that are drafted for them."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

from recommender.guidance.policy import (
    AltDailyLoading,
    FolateGateOpens,
    NonNeuroRoute,
    OralInEstablishedMalabsorption,
    Policy,
    SubcutaneousHydroxocobalamin,
)
from recommender.guidance.regimens import (
    M_LOAD,
    M_LOAD_ALT,
    MAINT_1M,
    MAINT_BAR,
    MAINT_M,
    MAINT_N,
    N_LOAD,
)
from recommender.language.course import (
    Course,
    DoseGiven,
    FolateIndication,
    InjectionSite,
    Order,
    OrderState,
    Test,
    TestOrder,
)
from recommender.language.doses import DoseLine, PeriodUnit, Route, Substance, Timing
from recommender.language.logic import (
    NO_RESULT,
    NOT_RECORDED,
    Evidence,
    Fact,
    Measurement,
    PassedOver,
    Quantity,
    Truth,
    Unit,
)
from recommender.language.scenario import (
    Allergen,
    Allergy,
    Anticoagulant,
    Cause,
    CauseFinding,
    ClinicalScenario,
    NeurologicalFinding,
    NeurologicalSign,
    ReviewDone,
    UncountedResult,
)
from recommender.language.understanding import (
    Hint,
    HintAt,
    ListUnderstood,
    NotCounted,
    RecordArea,
)

TODAY = dt.date(2026, 11, 21)
SEEN = Evidence("Observation/1")
YES, NO = Fact(Truth.TRUE, "recorded"), Fact(Truth.FALSE, "recorded")


def measured(value: object, unit: Unit) -> Measurement:
    """Return a result of today."""
    return Measurement(Quantity(Decimal(str(value)), unit), TODAY, "")


# --- people
# --------------------------------------------------------------------------------------------------

NEUROLOGY: dict[str, dict[str, Any]] = {
    "signs": {
        "neurological_findings": (NeurologicalFinding(NeurologicalSign.PARAESTHESIA, True, SEEN),)
    },
    "new signs": {
        "neurological_findings": (
            NeurologicalFinding(NeurologicalSign.PARAESTHESIA, True, SEEN, is_new=True),
        )
    },
    "no signs": {"neurological_screen": NO},
    "not recorded": {},
}

DEFICIENCY: dict[str, dict[str, Any]] = {
    "confirmed": {"total_b12": measured(90, Unit.PMOL_PER_L)},
    "unresolved": {"total_b12": measured(200, Unit.PMOL_PER_L)},
    "unlikely": {"total_b12": measured(400, Unit.PMOL_PER_L)},
    "unknown": {},
}


def unusable(value: object, unit: Unit) -> Measurement:
    """A result that is not final yet, where no other is on record."""
    passed = PassedOver(SEEN, NotCounted.PRELIMINARY, measured(value, unit).quantity)
    return Measurement(None, SEEN.date, "preliminary", (SEEN,), passed_over=passed)


def _cause(*causes: Cause) -> tuple[CauseFinding, ...]:
    return tuple(CauseFinding(cause, SEEN) for cause in causes)


CAUSES: dict[str, dict[str, Any]] = {
    "cause unknown": {},
    "pernicious anaemia": {"causes": _cause(Cause.PERNICIOUS_ANAEMIA)},
    "ileum 25 cm": {
        "causes": _cause(Cause.ILEAL_RESECTION),
        "ileal_resection_length": measured(25, Unit.CM),
    },
    "Crohn's 40 cm": {
        "causes": _cause(Cause.CROHNS_ILEAL),
        "crohns_ileal_extent": measured(40, Unit.CM),
    },
    "Crohn's": {"causes": _cause(Cause.CROHNS_ILEAL)},
    "bariatric": {"causes": _cause(Cause.BARIATRIC)},
    "coeliac": {"causes": _cause(Cause.OTHER_MALABSORPTION)},
    "diet": {"causes": _cause(Cause.DIETARY)},
    "diet resolved": {"causes": _cause(Cause.DIETARY), "cause_resolved": YES},
}

KIDNEYS: dict[str, dict[str, Any]] = {
    "eGFR 95": {"egfr": measured(95, Unit.EGFR), "kidney_disease": NO},
    "eGFR 40": {"egfr": measured(40, Unit.EGFR), "kidney_disease": NO},
    "eGFR 20": {"egfr": measured(20, Unit.EGFR), "kidney_disease": NO},
    "eGFR unknown": {"egfr": NO_RESULT, "kidney_disease": NOT_RECORDED},
}

REVIEWED = (ReviewDone(Test.FULL_BLOOD_COUNT, TODAY - dt.timedelta(days=10)),)

LISTS = tuple(area for area in RecordArea if area is not RecordArea.PATIENT)
"""The lists of the record that may be missing, cut off or not understood."""

EXTRAS: dict[str, dict[str, Any]] = {
    "platelets 40": {"platelets": measured(40, Unit.PER_NL)},
    "platelets 20": {"platelets": measured(20, Unit.PER_NL)},
    "platelets 5": {"platelets": measured(5, Unit.PER_NL)},
    "INR 4": {
        "inr": measured(4, Unit.RATIO),
        "anticoagulant": Anticoagulant.WARFARIN,
        "anticoagulant_fact": YES,
    },
    "warfarin": {"anticoagulant": Anticoagulant.WARFARIN, "anticoagulant_fact": YES},
    "haemophilia": {"bleeding_disorder": YES},
    "haemoglobin 60": {"haemoglobin": measured(60, Unit.G_PER_L)},
    "potassium 3": {"potassium": measured(3, Unit.MMOL_PER_L)},
    "pregnant": {"pregnant": YES, "female": YES},
    "symptoms": {"symptoms": YES},
    "never reviewed": {"reviews_done": ()},
    "recurrence": {"recurrence": YES},
    "nitrous oxide": {"nitrous_oxide": YES},
    "Leber's": {"lebers": YES},
    "methotrexate": {"methotrexate": YES},
    "severe HC reaction": {"allergies": (Allergy(Allergen.HYDROXOCOBALAMIN, Truth.TRUE, SEEN),)},
    "HC allergy": {"allergies": (Allergy(Allergen.HYDROXOCOBALAMIN, Truth.FALSE, SEEN),)},
    "severe CC reaction": {"allergies": (Allergy(Allergen.CYANOCOBALAMIN, Truth.TRUE, SEEN),)},
    "CC allergy": {"allergies": (Allergy(Allergen.CYANOCOBALAMIN, Truth.UNKNOWN, SEEN),)},
    "excipient allergy": {"allergies": (Allergy(Allergen.BENZYL_ALCOHOL, Truth.UNKNOWN, SEEN),)},
    "severe excipient reaction": {
        "allergies": (Allergy(Allergen.BENZYL_ALCOHOL, Truth.TRUE, SEEN),)
    },
    "B12 allergy": {"allergies": (Allergy(Allergen.UNSPECIFIED_B12, Truth.TRUE, SEEN),)},
    "age 10": {"age": measured(10, Unit.YEARS)},
    "age unknown": {"age": NO_RESULT},
    "deceased": {"deceased": YES},
    **{
        f"words of {at.value}": {"hints": (Hint(at, "words that may mean it", "Condition/9"),)}
        for at in HintAt
    },
    **{f"{area.value} unread": {"unavailable": frozenset({area})} for area in LISTS},
    **{f"{area.value} not whole": {"incomplete": frozenset({area})} for area in LISTS},
    **{
        f"{area.value} not understood": {
            "lists": (ListUnderstood(area, True, entries=3, by_code=2, not_understood=1),)
        }
        for area in LISTS
    },
}


# --- orders
# --------------------------------------------------------------------------------------------------


def every(period: int, unit: PeriodUnit, frequency: int = 1, **bounds: Any) -> Timing:
    """Return a timing of so many doses every so many days, weeks or months."""
    return Timing(frequency, Decimal(period), unit, **bounds)


DAY, WEEK, MONTH = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH
DAILY = every(1, DAY)


def injection(
    timing: Timing | None, dose: object = 1000, substance: Substance = Substance.HYDROXOCOBALAMIN
) -> DoseLine:
    """Return an injection into muscle."""
    return DoseLine(substance, Route.INTRAMUSCULAR, Decimal(str(dose)), timing)


def oral(
    dose: object = 1000,
    timing: Timing | None = DAILY,
    substance: Substance = Substance.CYANOCOBALAMIN,
) -> DoseLine:
    """Return a dose by mouth."""
    return DoseLine(substance, Route.ORAL, None if dose is None else Decimal(str(dose)), timing)


def folic(dose: object = 5000, substance: Substance = Substance.FOLIC_ACID) -> DoseLine:
    """Return folic or folinic acid once daily by mouth."""
    return DoseLine(substance, Route.ORAL, None if dose is None else Decimal(str(dose)), DAILY)


LINES: dict[str, DoseLine] = {
    "alternate days": N_LOAD.line,
    "alternate days for 2 weeks": injection(every(2, DAY, duration=(Decimal(2), WEEK))),
    "alternate days for 10 days": injection(every(2, DAY, duration=(Decimal(10), DAY))),
    "alternate days for 7 doses": injection(every(2, DAY, count=7)),
    "three a week for 2 weeks": M_LOAD.line,
    "three a week": injection(every(1, WEEK, 3)),
    "three a week for 1 week": injection(every(1, WEEK, 3, duration=(Decimal(1), WEEK))),
    "twice a week": injection(every(1, WEEK, 2)),
    "daily for 5 to 6 doses": M_LOAD_ALT.line,
    "daily injections": injection(DAILY),
    "daily for 2 weeks": injection(every(1, DAY, duration=(Decimal(2), WEEK))),
    "twice a day": injection(every(1, DAY, 2)),
    "one injection": injection(every(1, DAY, count=1)),
    "weekly": injection(every(1, WEEK)),
    "every 3 weeks": injection(every(3, WEEK)),
    "monthly": MAINT_1M.line,
    "every 2 months": MAINT_N.line,
    "every 2 to 3 months": MAINT_M.line,
    "every 3 months": MAINT_BAR.line,
    "every 6 months": injection(every(6, MONTH)),
    "injections as needed": replace(injection(None), as_needed=True),
    "loading of 500 micrograms": injection(M_LOAD.line.timing, 500),
    "alternate days of 2000 micrograms": injection(N_LOAD.line.timing, 2000),
    "every 2 months of 250 micrograms": injection(MAINT_N.line.timing, 250),
    "every 6 months of 100 micrograms": injection(every(6, MONTH), 100),
    "1000 mg": injection(DAILY, 1_000_000),
    "5 mg injection": injection(MAINT_N.line.timing, 5000),
    "CC loading": injection(M_LOAD.line.timing, 1000, Substance.CYANOCOBALAMIN),
    "CC alternate days": injection(N_LOAD.line.timing, 1000, Substance.CYANOCOBALAMIN),
    "CC monthly": injection(MAINT_1M.line.timing, 1000, Substance.CYANOCOBALAMIN),
    "CC every 3 months": injection(MAINT_BAR.line.timing, 1000, Substance.CYANOCOBALAMIN),
    "B12 injection of unknown form": injection(
        M_LOAD.line.timing, 1000, Substance.COBALAMIN_UNSPECIFIED
    ),
    "methylcobalamin injection": injection(M_LOAD.line.timing, 1000, Substance.METHYLCOBALAMIN),
    "subcutaneous loading": replace(M_LOAD.line, route=Route.SUBCUTANEOUS),
    "subcutaneous every 2 months": replace(MAINT_N.line, route=Route.SUBCUTANEOUS),
    "intravenous": replace(M_LOAD.line, route=Route.INTRAVENOUS),
    "nasal": DoseLine(Substance.CYANOCOBALAMIN, Route.NASAL, Decimal(500), every(1, WEEK)),
    "no route": DoseLine(Substance.CYANOCOBALAMIN, None, Decimal(1000), MAINT_1M.line.timing),
    "oral 1000": oral(1000),
    "oral 2000": oral(2000),
    "oral 50": oral(50),
    "oral 5000": oral(5000),
    "oral 10 mg": oral(10000),
    "oral 8 times a day": oral(125, every(1, DAY, 8)),
    "oral 30 times a day": oral(1000, every(1, DAY, 30)),
    "oral weekly": oral(1000, every(1, WEEK)),
    "oral as needed": replace(oral(1000, None), as_needed=True),
    "oral of unknown form": oral(1000, DAILY, Substance.COBALAMIN_UNSPECIFIED),
    "oral methylcobalamin": oral(1000, DAILY, Substance.METHYLCOBALAMIN),
    "oral without dose": oral(None),
}


def order(name: str, *lines: DoseLine, state: OrderState = OrderState.DRAFT, **more: Any) -> Order:
    """Return an order; drafts and drafted stops are selected unless said otherwise."""
    more.setdefault("selected", state in (OrderState.DRAFT, OrderState.STOP))
    return Order(f"MedicationRequest/{name}", state, lines, name, **more)


def single_courses() -> Iterator[tuple[str, Course]]:
    """Yield a course of one drafted order for each line."""
    for name, line in LINES.items():
        yield name, Course((order("a", line),))


PAIRS = (
    ("alternate days", "every 2 months"),
    ("alternate days", "every 3 months"),
    ("three a week for 2 weeks", "every 2 to 3 months"),
    ("three a week for 2 weeks", "every 2 months"),
    ("three a week for 2 weeks", "monthly"),
    ("three a week for 2 weeks", "every 6 months"),
    ("three a week for 2 weeks", "oral 1000"),
    ("daily for 5 to 6 doses", "monthly"),
    ("daily for 5 to 6 doses", "alternate days"),
    ("oral 1000", "oral 1000"),
    ("oral 1000", "every 2 months"),
    ("oral 50", "alternate days"),
    ("CC loading", "CC monthly"),
    ("CC loading", "every 2 months"),
    ("loading of 500 micrograms", "every 6 months"),
    ("every 2 months", "every 2 months"),
    ("1000 mg", "every 2 months"),
    ("subcutaneous loading", "every 2 months"),
)


def paired_courses() -> Iterator[tuple[str, Course]]:
    """Yield courses of two drafted orders, both selected, and with only the first selected."""
    for one, other in PAIRS:
        first, second = order("a", LINES[one]), order("b", LINES[other])
        yield f"{one} + {other}", Course((first, second))
        yield f"{one} + ({other})", Course((first, replace(second, selected=False)))
        whole = replace(second, key="MedicationRequest/a#2", part_of=first.key)
        yield f"{one}, then {other}", Course((first, whole))


def folate_courses() -> Iterator[tuple[str, Course]]:
    """Yield courses with folic or folinic acid, alone, beside vitamin B12, and in one product with
    it.
    """
    folates = {
        "folic acid 5 mg": order("f", folic()),
        "folic acid 400": order("f", folic(400)),
        "folic acid of unknown dose": order("f", folic(None)),
        "folic acid in pregnancy": order(
            "f", folic(400), folate_indication=FolateIndication.PREGNANCY
        ),
        "folinic acid": order("f", folic(15000, Substance.FOLINIC_ACID)),
        "folic acid next month": order("f", folic(), starts=TODAY + dt.timedelta(days=30)),
    }
    for name, folate in folates.items():
        yield name, Course((folate,))
        for other in ("oral 50", "oral 1000", "three a week for 2 weeks", "CC monthly", "1000 mg"):
            yield f"{name} + {other}", Course((folate, order("a", LINES[other])))
            yield f"{name} + ({other})", Course((folate, order("a", LINES[other], selected=False)))
    yield "folic acid 5 mg with B12 10 in one", Course((order("a", folic(), oral(10)),))
    yield "folic acid 5 mg with B12 1000 in one", Course((order("a", folic(), oral(1000)),))
    yield "folic acid 400 with B12 3 in one", Course((order("a", folic(400), oral(3)),))


def other_courses() -> Iterator[tuple[str, Course]]:
    """Yield stops, tests, sites, technique, product errors and what cannot be read."""
    yield "stop", Course((order("s", MAINT_N.line, state=OrderState.STOP),))
    yield (
        "stop and start",
        Course((order("s", oral(), state=OrderState.STOP), order("a", MAINT_N.line))),
    )
    yield "stop of a supplement", Course((order("s", oral(50), state=OrderState.STOP),))
    yield "B12 test", Course(tests=(TestOrder("ServiceRequest/1", Test.SERUM_B12, True),))
    yield "MMA test", Course(tests=(TestOrder("ServiceRequest/1", Test.MMA, True),))
    yield "lowering drug", Course(lowering_drug_selected=True)
    yield (
        "Cyanokit",
        Course(
            (
                order(
                    "a", injection(None, 5_000_000), product_error="it is the antidote for cyanide"
                ),
            )
        ),
    )
    yield (
        "text only",
        Course(
            (order("a", replace(injection(None), dose=None), not_computable="dose only as text"),)
        ),
    )
    for site in InjectionSite:
        yield f"loading into the {site.value}", Course((order("a", M_LOAD.line, site=site),))
    yield (
        "maintenance into the buttock",
        Course((order("a", MAINT_1M.line, site=InjectionSite.BUTTOCK),)),
    )
    yield "loading with technique", Course((order("a", M_LOAD.line, technique_noted=True),))
    test = TestOrder("ServiceRequest/1", Test.EGFR)
    yield "oral with eGFR", Course((order("a", oral()),), (test,))
    yield "nothing selected", Course((order("a", oral(), selected=False),))


def courses() -> list[tuple[str, Course]]:
    """Return every course by name."""
    return [*single_courses(), *paired_courses(), *folate_courses(), *other_courses()]


# --- treatment so far
# --------------------------------------------------------------------------------------------------


def _active(line: DoseLine, days: int = 200) -> dict[str, Any]:
    return {
        "orders": (
            order(
                "active", line, state=OrderState.ACTIVE, authored=TODAY - dt.timedelta(days=days)
            ),
        )
    }


def _given(*days: int) -> tuple[DoseGiven, ...]:
    return tuple(
        DoseGiven(
            Substance.HYDROXOCOBALAMIN,
            Route.INTRAMUSCULAR,
            Decimal(1000),
            TODAY - dt.timedelta(days=day),
            SEEN,
        )
        for day in days
    )


TREATMENT: dict[str, dict[str, Any]] = {
    "untreated": {},
    "alternate days active": _active(N_LOAD.line, 10),
    "loading active": _active(M_LOAD.line, 5),
    "loading complete": _active(M_LOAD.line, 20) | {"doses": _given(20, 18, 16, 13, 11, 9)},
    "every 2 months active": _active(MAINT_N.line) | {"doses": _given(20)},
    "every 3 months active": _active(MAINT_BAR.line) | {"doses": _given(20)},
    "every 2 months for 270 days": _active(MAINT_N.line, 270) | {"doses": _given(20)},
    "every 3 months, lapsed": _active(MAINT_BAR.line, 400) | {"doses": _given(380, 290)},
    "CC monthly active": _active(LINES["CC monthly"]) | {"doses": _given(20)},
    "oral active": _active(oral()),
    "supplement active": _active(oral(50)),
    "doses only": {"doses": _given(150, 90, 30)},
}

LONG_TREATMENT: dict[str, dict[str, Any]] = {
    "every 2 months for 2 years": _active(MAINT_N.line, 730) | {"doses": _given(20)},
    "every 3 months for 2 years": _active(MAINT_BAR.line, 730) | {"doses": _given(20)},
    "doses of 2 years": {"doses": _given(450, 390, 330, 270, 210, 150, 90, 30)},
}


TURNS: dict[str, dict[str, Any]] = {
    "standing order without a dose": _active(MAINT_BAR.line, 900),
    "alternate days ended": _active(LINES["alternate days for 2 weeks"], 40)
    | {"doses": _given(40, 38, 36, 34, 32, 30, 28)},
    "the order ends this week": {
        "orders": (
            order(
                "active",
                MAINT_N.line,
                state=OrderState.ACTIVE,
                authored=TODAY - dt.timedelta(days=360),
                ends=TODAY + dt.timedelta(days=5),
            ),
        ),
        "doses": _given(140, 80, 20),
    },
    "total gastrectomy": {"causes": _cause(Cause.TOTAL_GASTRECTOMY)},
    "low two years ago": {
        "uncounted_b12": (
            UncountedResult(
                Test.SERUM_B12,
                NotCounted.TOO_OLD,
                Evidence("Observation/old", date=TODAY - dt.timedelta(days=730)),
                (Quantity(Decimal(90), Unit.PMOL_PER_L),),
            ),
        )
    },
}
"""What leads to rows that the product does not reach: T7, T3b, T8, P5, E3."""


def person(*parts: dict[str, Any]) -> ClinicalScenario:
    """Return an adult of 50 with normal platelets and kidneys whose reviews are done, with these
    facts.
    """
    facts: dict[str, Any] = {
        "as_of": TODAY,
        "age": measured(50, Unit.YEARS),
        "platelets": measured(200, Unit.PER_NL),
        "reviews_done": REVIEWED,
    }
    for part in parts:
        facts |= part
    return ClinicalScenario(**facts)


Named = tuple[str, ClinicalScenario]


def people() -> Iterator[Named]:
    """Yield the product of neurology, deficiency, cause, kidneys and treatment so far."""
    for names in itertools.product(NEUROLOGY, DEFICIENCY, CAUSES, KIDNEYS, TREATMENT):
        neurology, deficiency, cause, kidneys, treatment = names
        if treatment not in ("untreated", "supplement active") and deficiency != "confirmed":
            continue  # on treatment the results decide nothing
        parts = (
            NEUROLOGY[neurology],
            DEFICIENCY[deficiency],
            CAUSES[cause],
            KIDNEYS[kidneys],
            TREATMENT[treatment],
        )
        yield ", ".join(names), person(*parts)


def people_with_extras() -> Iterator[Named]:
    """Yield people with one further fact each: platelets, allergies, pregnancy, age."""
    for names in itertools.product(
        NEUROLOGY,
        ("confirmed", "unknown"),
        ("cause unknown", "pernicious anaemia"),
        ("eGFR 95", "eGFR 40"),
        EXTRAS,
    ):
        neurology, deficiency, cause, kidneys, extra = names
        for treatment in ("untreated", "every 2 months active", "oral active"):
            parts = (
                NEUROLOGY[neurology],
                DEFICIENCY[deficiency],
                CAUSES[cause],
                KIDNEYS[kidneys],
                TREATMENT[treatment],
                EXTRAS[extra],
            )
            yield ", ".join((*names, treatment)), person(*parts)


def people_at_turns() -> Iterator[Named]:
    """Yield people whose treatment or results lead to a row that few reach."""
    for names in itertools.product(
        NEUROLOGY, DEFICIENCY, ("cause unknown", "diet"), KIDNEYS, TURNS
    ):
        neurology, deficiency, cause, kidneys, turn = names
        parts = (
            NEUROLOGY[neurology],
            DEFICIENCY[deficiency],
            CAUSES[cause],
            KIDNEYS[kidneys],
            TURNS[turn],
        )
        yield ", ".join(names), person(*parts)


def with_record(course: Course, scenario: ClinicalScenario) -> Course:
    """Return the course with the active orders and doses of the record, as the mapping puts them
    together.
    """
    stopped = [
        replace(item, replaces=scenario.orders[0].key)
        if scenario.orders and item.state is OrderState.STOP
        else item
        for item in course.orders
    ]
    return replace(course, orders=(*stopped, *scenario.orders), doses=scenario.doses)


NO_HYDROXOCOBALAMIN = frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL)})

POLICIES: dict[str, Policy] = {
    "default": Policy(),
    "injections first": Policy(
        non_neuro_route=NonNeuroRoute.IM_FIRST, alt_daily_loading=AltDailyLoading.OFFER
    ),
    "strict": Policy(
        folate_gate_opens=FolateGateOpens.LOADING_COMPLETE,
        alt_daily_loading=AltDailyLoading.REJECT,
        oral_in_established_malabsorption=OralInEstablishedMalabsorption.NEVER,
        ileal_maintenance_months=2,
    ),
    "oral allowed": Policy(
        oral_in_established_malabsorption=OralInEstablishedMalabsorption.ALLOWED,
        oral_dose_mcg=2000,
        lowering_drug_cards=True,
    ),
    "no hydroxocobalamin": Policy(available_products=NO_HYDROXOCOBALAMIN),
    "cyanocobalamin protocol": Policy(
        available_products=NO_HYDROXOCOBALAMIN, cyano_im_protocol="signed"
    ),
    "benzyl alcohol in injections": Policy(
        product_excipients=frozenset(
            (substance, Route.INTRAMUSCULAR, Allergen.BENZYL_ALCOHOL)
            for substance in (Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN)
        )
    ),
    "subcutaneous drafted": Policy(sc_hydroxocobalamin=SubcutaneousHydroxocobalamin.DRAFT),
}
