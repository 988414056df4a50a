"""The folic acid gate, row by row of decisions 2.8: when each state holds, when it does not, and
what an unknown fact does.

Columns: what is known of the person (words of `people.py`), what is ordered beside the folic acid,
and the state of the gate.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.case.case import Case
from recommender.folic_acid.folic_acid import check_folate
from recommender.folic_acid.gate import (
    FolateClass,
    FolateGate,
    folate_class,
    folate_gate,
    gas_leaves_level_open,
)
from recommender.guidance.policy import FolateGateOpens, Policy
from recommender.guidance.regimens import MAINT_N
from recommender.language.course import Course, FolateIndication, Order, OrderState, Test, TestOrder
from recommender.language.doses import DoseLine, Route, Substance
from recommender.language.logic import NO_RESULT, Truth
from recommender.language.scenario import ClinicalScenario
from recommender.treatment.table import recommend
from tests.recommender.people import TODAY, build_scenario
from tests.recommender.review_space import DAY as DAYS
from tests.recommender.review_space import LINES, every, folic, order

EXCLUDED, TREATED, PENDING, CLOSED, UNKNOWN = (
    FolateGate.OPEN_EXCLUDED,
    FolateGate.OPEN_TREATED,
    FolateGate.PENDING,
    FolateGate.CLOSED,
    FolateGate.UNKNOWN,
)
LOW, NORMAL, BORDERLINE = (
    {"total_b12": 100},
    {"total_b12": 400, "nitrous_oxide": "no"},
    {"total_b12": 200},
)
TAKEN: dict[str, Any] = {"orders": [{"phase": "ORAL", "days_ago": 100}], "oral_doses": [100, 10]}
AFTER_LOADING = Policy(folate_gate_opens=FolateGateOpens.LOADING_COMPLETE)


def case_of(known: dict[str, Any], *drafted: Order, policy: Policy | None = None) -> Case:
    policy = policy or Policy()
    scenario = build_scenario(known)
    course = Course((order("f", folic()), *drafted, *scenario.orders), doses=scenario.doses)
    return Case(course, scenario, recommend(scenario, policy), policy)


HINTED = {"hints": {"neurological_involvement": ["numb feet", 10]}}
"""Words of the record that may be nerve signs (Q69)."""


def days_ago(days: int) -> str:
    return f"400 pmol/L on {TODAY - dt.timedelta(days=days)}"


@pytest.mark.parametrize(
    ("known", "state"),
    [
        # OPEN-EXCLUDED: deficiency unlikely, test within 6 months, no nitrous oxide, no symptoms
        (NORMAL, EXCLUDED),
        ({"holotranscobalamin": 90, "nitrous_oxide": "no"}, EXCLUDED),
        (NORMAL | {"total_b12": days_ago(183)}, EXCLUDED),
        (NORMAL | {"total_b12": days_ago(184)}, UNKNOWN),
        (NORMAL | {"total_b12": days_ago(-1)}, UNKNOWN),
        (NORMAL | {"symptoms": "yes"}, UNKNOWN),
        (NORMAL | {"symptoms": "unknown"}, EXCLUDED),
        (NORMAL | {"nitrous_oxide": "yes"}, UNKNOWN),
        (NORMAL | {"nitrous_oxide": "unknown"}, UNKNOWN),
        (NORMAL | {"signs": ["paraesthesia"]}, UNKNOWN),
        (NORMAL | HINTED, UNKNOWN),
        (NORMAL | HINTED | {"mma": 150}, EXCLUDED),
        (NORMAL | HINTED | {"mma": 300}, UNKNOWN),
        (NORMAL | {"neurological_screen": "no"}, EXCLUDED),
        (NORMAL | {"unavailable": ["laboratory results"]}, EXCLUDED),
        (NORMAL | {"unavailable": ["medication orders"]}, UNKNOWN),
        # CLOSED: deficiency shown and no treatment ordered, or treatment lapsed
        (LOW, CLOSED),
        ({"deficiency_diagnosis": "yes"}, CLOSED),
        ({"total_b12": 135, "symptoms": "yes"}, CLOSED),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 300}], "injections": [300]}, CLOSED),
        # UNKNOWN: nothing decides
        ({}, UNKNOWN),
        (BORDERLINE, UNKNOWN),
        ({"total_b12": 135, "symptoms": "unknown"}, UNKNOWN),
        ({"total_b12": "<300 pg/mL"}, UNKNOWN),
        ({"total_b12": 400, "b12_supplement_before_test": "yes"}, UNKNOWN),
    ],
)
def test_gate_without_treatment(known: dict[str, Any], state: FolateGate) -> None:
    assert folate_gate(case_of(known)) is state


@pytest.mark.parametrize(
    ("known", "policy", "state"),
    [
        # OPEN-TREATED: active treatment and a documented dose
        ({"orders": [{"phase": "M-LOAD", "days_ago": 3}], "injections": [2]}, None, TREATED),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [50]}, None, TREATED),
        ({"orders": [{"phase": "ORAL", "days_ago": 14}], "oral_doses": [14]}, None, TREATED),
        ({"injections": [150, 90, 30]}, None, TREATED),
        # tablets that fail wait for injections where B12 is still low, not for symptoms alone (Q71)
        (TAKEN | {"symptoms": "yes", "total_b12_on_treatment": 300}, None, TREATED),
        (TAKEN | {"symptoms": "yes", "total_b12_on_treatment": 120}, None, PENDING),
        # PENDING: ordered, no dose documented; an order alone, of any age, is none (Q12)
        ({"orders": [{"phase": "M-LOAD", "days_ago": 3}]}, None, PENDING),
        ({"orders": [{"phase": "ORAL", "days_ago": 13}]}, None, PENDING),
        ({"orders": [{"phase": "ORAL", "days_ago": 300}]}, None, PENDING),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 900}], "total_b12": 90}, None, PENDING),
        # the record says that there may be treatment (Q29, T7): asked, and not "not treated"
        (LOW | {"hints": {"b12_treatment": "on B12 injections"}}, None, PENDING),
        (
            LOW | {"hints": {"b12_treatment": "on B12 injections"}, "signs": ["paraesthesia"]},
            None,
            CLOSED,
        ),
        # strict sites wait until loading is complete (C25)
        (
            {"orders": [{"phase": "M-LOAD", "days_ago": 3}], "injections": [2]},
            AFTER_LOADING,
            PENDING,
        ),
        (
            {
                "orders": [{"phase": "M-LOAD", "days_ago": 20}],
                "injections": [20, 18, 16, 13, 11, 9],
            },
            AFTER_LOADING,
            TREATED,
        ),
        (
            {"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [50]},
            AFTER_LOADING,
            TREATED,
        ),
        (
            {"orders": [{"phase": "ORAL", "days_ago": 14}], "oral_doses": [14]},
            AFTER_LOADING,
            TREATED,
        ),
    ],
)
def test_gate_with_treatment_on_record(
    known: dict[str, Any], policy: Policy | None, state: FolateGate
) -> None:
    assert folate_gate(case_of(known, policy=policy)) is state


@pytest.mark.parametrize(
    ("drafted", "state"),
    [
        (order("a", LINES["oral 1000"]), PENDING),
        (order("a", LINES["oral 1000"], selected=False), PENDING),
        (order("a", LINES["oral 50"]), CLOSED),
        (order("a", LINES["oral without dose"]), CLOSED),
        (order("a", LINES["1000 mg"], product_error="it is another product"), CLOSED),
        (order("a", LINES["oral 1000"], state=OrderState.STOP), CLOSED),
        (order("a", LINES["oral 1000"], state=OrderState.COMPLETED), CLOSED),
        (order("a", LINES["oral 1000"], state=OrderState.ON_HOLD), CLOSED),
        (order("a", LINES["oral 1000"], state=OrderState.ACTIVE), PENDING),
        (order("a", folic(), LINES["oral 1000"]), PENDING),
        (order("a", folic(), LINES["oral 50"]), CLOSED),
    ],
)
def test_gate_of_a_person_with_deficiency_by_what_is_ordered_beside(
    drafted: Order, state: FolateGate
) -> None:
    assert folate_gate(case_of(LOW, drafted)) is state


@pytest.mark.parametrize("route", [Route.ORAL, Route.INTRAMUSCULAR])
def test_treatment_dose_begins_at_1000_by_mouth_and_250_by_injection(route: Route) -> None:
    limit = Decimal(1000) if route is Route.ORAL else Decimal(250)
    for dose, state in ((limit - 1, CLOSED), (limit, PENDING), (limit + 1, PENDING)):
        line = DoseLine(Substance.HYDROXOCOBALAMIN, route, dose, every(1, DAYS))
        assert folate_gate(case_of(LOW, order("a", line))) is state


def test_an_order_that_has_lapsed_shows_that_no_dose_comes_but_a_new_draft_brings_one() -> None:
    lapsed = {"orders": [{"phase": "MAINT-N", "days_ago": 300}], "injections": [300]}
    assert folate_gate(case_of(lapsed)) is CLOSED
    assert folate_gate(case_of(lapsed, order("a", MAINT_N.line))) is PENDING


# --- dose and indication
# --------------------------------------------------------------------------------------------------

THERAPEUTIC, LOW_DOSE, PROTECTED = FolateClass.THERAPEUTIC, FolateClass.LOW, FolateClass.PROTECTED


@pytest.mark.parametrize(
    ("dose", "expected"),
    [
        (399, LOW_DOSE),
        (400, LOW_DOSE),
        (401, THERAPEUTIC),
        (999, THERAPEUTIC),
        (1000, THERAPEUTIC),
        (None, THERAPEUTIC),
    ],
)
def test_folic_acid_is_low_up_to_400_micrograms_a_day(
    dose: int | None, expected: FolateClass
) -> None:
    assert folate_class(order("f", folic(dose)), case_of({})) is expected


@pytest.mark.parametrize(("fields", "words"), [(400, 5000), (5000, 400)])
def test_the_higher_of_fields_and_words_counts_Q41(fields: int, words: int) -> None:
    drafted = order("f", folic(fields), written=folic(words))
    assert folate_class(drafted, case_of({})) is THERAPEUTIC


def test_the_daily_dose_counts_not_the_single_one() -> None:
    twice = replace(folic(400), timing=every(1, DAYS, 2))
    assert folate_class(order("f", twice), case_of({})) is THERAPEUTIC
    assert (
        folate_class(order("f", replace(folic(5000), timing=every(14, DAYS))), case_of({}))
        is LOW_DOSE
    )


@pytest.mark.parametrize("indication", FolateIndication)
def test_an_indication_of_the_order_protects_it(indication: FolateIndication) -> None:
    assert folate_class(order("f", folic(), folate_indication=indication), case_of({})) is PROTECTED


@pytest.mark.parametrize(
    "fact", ["pregnant", "planning_pregnancy", "methotrexate", "haemolysis", "dialysis"]
)
def test_a_fact_of_the_record_protects_any_dose_only_when_it_is_explicit(fact: str) -> None:
    for value, expected in (("yes", PROTECTED), ("no", THERAPEUTIC), ("unknown", THERAPEUTIC)):
        assert folate_class(order("f", folic()), case_of({fact: value})) is expected


def test_folinic_acid_is_protected_whatever_it_is_for() -> None:
    assert folate_class(order("f", folic(15000, Substance.FOLINIC_ACID)), case_of({})) is PROTECTED


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"methotrexate": "yes", "pregnant": "yes"}, "Keep this order (methotrexate)."),
        (
            {"pregnant": "yes", "holotranscobalamin": 20},
            "Keep this order (pregnancy or preconception).",
        ),
        ({"planning_pregnancy": "yes"}, "Keep this order (pregnancy or preconception)."),
        (
            {"pregnant": "yes", "methotrexate": "unknown"},
            "Keep this order (pregnancy or preconception).",
        ),
        ({"dialysis": "yes"}, "Keep this order (haemolysis or dialysis)."),
    ],
)
def test_why_an_order_is_to_be_kept_is_said(known: dict[str, Any], reason: str) -> None:
    (issue,) = check_folate(
        case := case_of({"holotranscobalamin": 20} | known), case.selected_folate[0]
    )
    assert (issue.card.id, issue.reasons) == ("c4", (reason,))


@pytest.mark.parametrize(
    ("indication", "reason"),
    [
        (FolateIndication.METHOTREXATE, "Keep this order (methotrexate)."),
        (FolateIndication.PREGNANCY, "Keep this order (pregnancy or preconception)."),
        (FolateIndication.SPECIALIST, "Keep this order (haemolysis or dialysis)."),
    ],
)
def test_the_indication_of_the_order_is_said(indication: FolateIndication, reason: str) -> None:
    (issue,) = check_folate(case_of(LOW), order("f", folic(), folate_indication=indication))
    assert (issue.card.id, issue.reasons) == ("c4", (reason,))


def test_only_folic_acid_that_is_not_protected_is_therapeutic_when_it_cannot_be_read() -> None:
    unread = {FolateIndication.PREGNANCY: False, None: True}
    for indication, said in unread.items():
        drafted = order("f", folic(None), folate_indication=indication)
        (issue,) = check_folate(case_of(LOW, order("a", LINES["oral 1000"])), drafted)
        assert issue.card.id == "c2"
        assert ("treated as therapeutic" in issue.reasons[0]) is said


# --- gate and class together
# ------------------------------------------------------------------------------------------------

STATES: dict[FolateGate, dict[str, Any]] = {
    CLOSED: LOW,
    PENDING: {"orders": [{"phase": "M-LOAD", "days_ago": 3}]},
    UNKNOWN: {"causes": ["diet low in vitamin B12"]},
    EXCLUDED: NORMAL,
    TREATED: {"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [50]},
}
SAID = {
    CLOSED: ("critical c1", "warning c5", "warning c4"),
    PENDING: ("warning c2", "info c2", "info c2"),
    UNKNOWN: ("warning c3", "-", "info c3"),
    EXCLUDED: ("-", "-", "-"),
    TREATED: ("-", "-", "-"),
}
"""The matrix of 2.8: therapeutic, low, protected."""


@pytest.mark.parametrize("state", FolateGate)
def test_cell_of_the_folate_matrix(state: FolateGate) -> None:
    case = case_of(STATES[state])
    assert folate_gate(case) is state
    orders = (
        order("f", folic()),
        order("f", folic(400)),
        order("f", folic(400), folate_indication=FolateIndication.PREGNANCY),
    )
    for drafted, expected in zip(orders, SAID[state], strict=True):
        said = [f"{issue.indicator.value} {issue.card}" for issue in check_folate(case, drafted)]
        assert "; ".join(said) == expected.replace("-", "")


@pytest.mark.parametrize(
    ("known", "drafted", "asked"),
    [
        ({"nitrous_oxide": "yes"}, None, True),
        ({"hints": {"nitrous_oxide": "laughing gas?"}}, None, True),
        ({"nitrous_oxide": "no"}, None, False),
        ({"nitrous_oxide": "yes", "mma": 200}, None, False),
        ({"nitrous_oxide": "yes"}, Test.MMA, False),
        ({"nitrous_oxide": "yes"}, Test.SERUM_B12, True),
    ],
)
def test_beside_nitrous_oxide_another_level_would_mislead_again_K14(
    known: dict[str, Any], drafted: Test | None, asked: bool
) -> None:
    case = case_of({"total_b12": 400} | known)
    tests = (TestOrder("t", drafted),) if drafted else ()
    case = replace(case, course=replace(case.course, tests=tests))
    assert gas_leaves_level_open(case) is asked


@pytest.mark.parametrize(
    ("known", "asks"),
    [
        ({}, False),
        ({"causes": ["diet low in vitamin B12"]}, True),
        ({"lowering_drugs": ["metformin"]}, True),
        ({"nitrous_oxide": "yes"}, True),
        ({"nitrous_oxide": "unknown"}, False),
        (
            {"pregnant": "yes", "total_b12": 100, "haemoglobin": 120, "neurological_screen": "no"},
            True,
        ),
        ({"pregnant": "yes"}, False),
        ({"total_b12": 200}, False),
    ],
)
def test_protected_folic_acid_asks_for_a_test_only_with_a_risk_factor_Q13(
    known: dict[str, Any], asks: bool
) -> None:
    drafted = order("f", folic(400), folate_indication=FolateIndication.PREGNANCY)
    assert [issue.card.id for issue in check_folate(case_of(known), drafted)] == (
        ["c3"] if asks else []
    )


@pytest.mark.parametrize("test", ["serum vitamin B12", "active vitamin B12 (holotranscobalamin)"])
@pytest.mark.parametrize("protected", [True, False])
def test_a_drafted_test_resolves_c3_Q17(test: str, protected: bool) -> None:
    case = case_of({"causes": ["diet low in vitamin B12"]})
    with_test = replace(
        case, course=replace(case.course, tests=(TestOrder("ServiceRequest/1", Test(test)),))
    )
    drafted = order(
        "f", folic(), folate_indication=FolateIndication.PREGNANCY if protected else None
    )
    assert [issue.card.id for issue in check_folate(case, drafted)] == ["c3"]
    assert not list(check_folate(with_test, drafted))


# --- which comes first
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folate_in", "b12_in", "asks"),
    [
        (0, 0, True),
        (1, 0, False),
        (5, 5, True),
        (6, 5, False),
        (5, 6, True),
        (1, -3, False),
        (0, -3, True),
    ],
)
def test_folic_acid_starts_at_least_a_day_after_the_first_dose_Q17(
    folate_in: int, b12_in: int, asks: bool
) -> None:
    first = order("a", LINES["oral 1000"], starts=TODAY + dt.timedelta(days=b12_in))
    drafted = order("f", folic(), starts=TODAY + dt.timedelta(days=folate_in))
    assert [issue.card.id for issue in check_folate(case_of(LOW, first), drafted)] == (
        ["c2"] if asks else []
    )


def test_of_two_orders_the_earlier_first_dose_counts() -> None:
    early, late = (
        order(name, LINES["oral 1000"], starts=TODAY + dt.timedelta(days=days))
        for name, days in (("a", 2), ("b", 9))
    )
    drafted = order("f", folic(), starts=TODAY + dt.timedelta(days=3))
    assert not list(check_folate(case_of(LOW, early, late), drafted))
    assert list(check_folate(case_of(LOW, late), drafted))


# --- unknown opens nothing
# --------------------------------------------------------------------------------------------------

PEOPLE: tuple[dict[str, Any], ...] = (
    NORMAL,
    LOW,
    BORDERLINE,
    *STATES.values(),
    {"holotranscobalamin": 90, "nitrous_oxide": "no"},
)
OPEN = frozenset({EXCLUDED, TREATED})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nitrous_oxide", "yes"),
        ("nitrous_oxide", "no"),
        ("b12_supplement_before_test", "yes"),
        ("b12_supplement_before_test", "no"),
        # where no diagnosis and no symptoms are recorded the results speak: "no symptoms T"
        # (2.3, 2.8); so only their "no" is taken away here
        ("symptoms", "no"),
        ("neurological_screen", "no"),
        ("deficiency_diagnosis", "no"),
    ],
)
def test_making_a_fact_unknown_never_opens_the_gate(field: str, value: str) -> None:
    for known in PEOPLE:
        case = case_of(known | {field: value})
        if folate_gate(case) in OPEN:
            continue
        blurred = replace(
            case.scenario, **{field: getattr(case.scenario, field)._replace(truth=Truth.UNKNOWN)}
        )
        assert _gate(case, blurred) not in OPEN, known


@pytest.mark.parametrize("result", ["total_b12", "holotranscobalamin", "mma", "egfr"])
def test_losing_a_result_never_opens_the_gate(result: str) -> None:
    for known in PEOPLE:
        case = case_of(known)
        if folate_gate(case) not in OPEN:
            assert _gate(case, replace(case.scenario, **{result: NO_RESULT})) not in OPEN, known


def _gate(case: Case, scenario: ClinicalScenario) -> FolateGate:
    return folate_gate(Case(case.course, scenario, recommend(scenario, case.policy), case.policy))
