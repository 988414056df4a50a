"""A drafted stop of vitamin B12: when it is spoken of, how loudly, and when it is right.

Expectations: card f1 and f2 of cards.md 4, decisions Q20, Q72 (right: a reaction recorded or
hinted, cyanocobalamin with reduced kidneys or Leber's recorded or hinted, another treatment that
goes on; forbidding counts only for what is active), Q75 (a multivitamin is no treatment), C18.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from recommender.cards import Finding
from recommender.guidance import Policy
from recommender.language import (
    AddFollowUps,
    Allergen,
    Allergy,
    Course,
    Fact,
    Hint,
    HintAt,
    Measurement,
    NeurologicalFinding,
    NeurologicalSign,
    NotCounted,
    Order,
    OrderState,
    Test,
    TestOrder,
    Truth,
    Unit,
)
from recommender.review import review
from recommender.treatment.table import recommend
from tests.recommender.review_space import (
    CAUSES,
    LINES,
    NEUROLOGY,
    SEEN,
    TREATMENT,
    folic,
    measured,
    order,
    person,
    unusable,
    with_record,
)

STANDS = OrderState.ACTIVE
ACTIVE = "MedicationRequest/active"
NO = {"neurological_screen": Fact(Truth.FALSE, "recorded"), "kidney_disease": Fact(Truth.FALSE, "")}
GOOD = NO | {"egfr": measured(90, Unit.EGFR)}
YES, UNKNOWN = Fact(Truth.TRUE, "recorded"), Fact(Truth.UNKNOWN, "not understood")
HC, CC = "every 2 months active", "CC monthly active"


def stop_of(line: str, **more: Any) -> Order:
    more = {"replaces": ACTIVE} | more
    return order("stop", LINES[line], state=OrderState.STOP, **more)


def said_of(
    facts: Iterable[dict[str, Any]], *orders: Order, policy: Policy | None = None, **more: Any
) -> tuple[Finding, ...]:
    policy = policy or Policy()
    scenario = person(*facts)
    course = with_record(Course(orders, **more), scenario)
    # the stops name what they end; those that end nothing of the record say so themselves
    course = replace(course, orders=(*orders, *scenario.orders))
    return review(course, scenario, recommend(scenario, policy), policy)


def loudness(findings: Iterable[Finding]) -> str:
    """Return how loudly f1 or f2 is said, or nothing."""
    return " ".join(
        f"{one.indicator.value} {one.card}" for one in findings if one.card.id in ("f1", "f2")
    )


def allergy(to: Allergen, severe: Truth = Truth.FALSE) -> dict[str, Any]:
    return {"allergies": (Allergy(to, severe, SEEN),)}


def hint(at: HintAt) -> dict[str, Any]:
    return {"hints": (Hint(at, "words that may mean it", "Condition/9"),)}


LOW = Measurement(measured(40, Unit.EGFR).quantity, SEEN.date, "", (SEEN,))
NOT_USABLE = Measurement(None, SEEN.date, "unit missing", (SEEN,), because=NotCounted.UNIT_MISSING)
BEHIND = {"egfr": NOT_USABLE._replace(behind=(LOW,))}
LOUD, RIGHT = "warning f1", "info f1"

OF_A_PRODUCT = [
    (HC, "every 2 months", {}, LOUD),
    (CC, "CC monthly", {}, LOUD),
    # a reaction to what is stopped, recorded or hinted; to something else it is no reason
    (HC, "every 2 months", allergy(Allergen.HYDROXOCOBALAMIN), RIGHT),
    (HC, "every 2 months", allergy(Allergen.HYDROXOCOBALAMIN, Truth.TRUE), RIGHT),
    (HC, "every 2 months", allergy(Allergen.CYANOCOBALAMIN), LOUD),
    (HC, "every 2 months", allergy(Allergen.UNSPECIFIED_B12), RIGHT),
    (CC, "CC monthly", allergy(Allergen.CYANOCOBALAMIN), RIGHT),
    (CC, "CC monthly", allergy(Allergen.HYDROXOCOBALAMIN), LOUD),
    (HC, "every 2 months", hint(HintAt.ALLERGY), RIGHT),
    # kidneys: surely reduced, and of cyanocobalamin alone
    (CC, "CC monthly", {"egfr": measured(59, Unit.EGFR)}, RIGHT),
    (CC, "CC monthly", {"egfr": measured(60, Unit.EGFR)}, LOUD),
    (CC, "CC monthly", {"kidney_disease": YES}, RIGHT),
    (CC, "CC monthly", {"egfr": NOT_USABLE}, LOUD),
    (CC, "CC monthly", BEHIND, LOUD),
    (CC, "CC monthly", BEHIND | {"kidney_disease": YES}, RIGHT),
    (HC, "every 2 months", {"egfr": measured(20, Unit.EGFR)}, LOUD),
    # Leber's disease recorded or hinted; a list that was not understood makes no stop right
    (CC, "CC monthly", {"lebers": YES}, RIGHT),
    (CC, "CC monthly", hint(HintAt.LEBERS), RIGHT),
    (CC, "CC monthly", {"lebers": UNKNOWN}, LOUD),
    (HC, "every 2 months", {"lebers": YES}, LOUD),
    (HC, "every 2 months", hint(HintAt.LEBERS), LOUD),
    # nerve signs now or before make it critical, right stops are never loud
    (HC, "every 2 months", {"neurological_screen": UNKNOWN}, LOUD),
    (CC, "CC monthly", {"egfr": measured(59, Unit.EGFR)}, RIGHT),
]


@pytest.mark.parametrize(("treatment", "line", "facts", "expected"), OF_A_PRODUCT)
def test_when_it_is_right_to_stop_a_product_Q72(
    treatment: str, line: str, facts: dict[str, Any], expected: str
) -> None:
    """A stop that is right is never offered for deletion; any other is."""
    findings = said_of(
        [GOOD, CAUSES["pernicious anaemia"], TREATMENT[treatment], facts], stop_of(line)
    )
    assert loudness(findings) == expected
    spoken = [one for one in findings if one.card.id == "f1"]
    assert all(bool(one.resolutions) == (expected == LOUD) for one in spoken)
    assert all(one.about == ("MedicationRequest/stop",) for one in spoken)


def signs_before() -> dict[str, Any]:
    finding = NeurologicalFinding(NeurologicalSign.PARAESTHESIA, False, SEEN)
    return {"neurological_findings": (finding,)}


RESOLVED = CAUSES["diet"] | {"cause_resolved": YES}

BY_CAUSE = [
    ({}, {}, LOUD),
    (CAUSES["pernicious anaemia"], {}, LOUD),
    (CAUSES["pernicious anaemia"], {"cause_resolved": YES}, LOUD),
    (CAUSES["bariatric"], {"cause_resolved": YES}, LOUD),
    (CAUSES["coeliac"], {"cause_resolved": YES}, LOUD),
    (CAUSES["diet"], {}, LOUD),
    (CAUSES["diet"], {"cause_resolved": UNKNOWN}, LOUD),
    (CAUSES["diet"], {"cause_resolved": Fact(Truth.FALSE, "recorded")}, LOUD),
    # the cause is resolved: f2, as loud as the site has it (C18)
    (RESOLVED, {}, "warning f2"),
    (RESOLVED, signs_before(), "warning f2"),
    # nerve signs at any time make f1 critical
    ({}, signs_before(), "critical f1"),
    (CAUSES["diet"], signs_before(), "critical f1"),
    ({}, {"neurological_screen": UNKNOWN}, LOUD),
]


@pytest.mark.parametrize(("cause", "facts", "expected"), BY_CAUSE)
def test_a_stop_by_its_cause_f1_f2_C18(
    cause: dict[str, Any], facts: dict[str, Any], expected: str
) -> None:
    parts = [GOOD, TREATMENT[HC], cause, facts]
    assert loudness(said_of(parts, stop_of("every 2 months"))) == expected
    not_for_life = said_of(
        parts, stop_of("every 2 months"), policy=Policy(lifelong_for_dietary=False)
    )
    assert loudness(not_for_life) == expected.replace("warning f2", "info f2")
    tested = (TestOrder("ServiceRequest/1", Test.SERUM_B12),)
    with_test = said_of(parts, stop_of("every 2 months"), tests=tested)
    assert loudness(with_test) == expected.replace("warning f2", "")


def active(name: str, line: str, **more: Any) -> Order:
    return order(name, LINES[line], state=OrderState.ACTIVE, **more)


SUPPLEMENT = order("stop", LINES["oral 50"], state=OrderState.STOP, combination=True)

NO_STOP = [
    # another treatment goes on, active or drafted, at treatment dose
    ([stop_of("every 2 months"), order("new", LINES["monthly"])], ""),
    ([stop_of("every 2 months"), active("other", "monthly")], ""),
    ([stop_of("every 2 months"), order("new", LINES["oral 1000"])], ""),
    ([stop_of("every 2 months"), order("new", LINES["oral 50"])], LOUD),
    ([stop_of("every 2 months"), active("other", "oral 50")], LOUD),
    ([stop_of("every 2 months"), order("new", folic())], LOUD),
    ([stop_of("every 2 months"), order("new", LINES["oral without dose"])], LOUD),
    ([stop_of("every 2 months"), active("other", "oral without dose")], LOUD),
    # the order on record itself, found by its id (Q56)
    ([replace(stop_of("every 2 months", replaces=""), key=ACTIVE)], LOUD),
    # what stays on hold, or is itself stopped, does not go on
    ([stop_of("every 2 months"), order("held", LINES["monthly"], state=OrderState.ON_HOLD)], LOUD),
    # a stop that names nothing of the record: the treatment on record goes on
    ([stop_of("monthly", replaces="")], ""),
    # below treatment dose nothing is lost while treatment goes on
    ([stop_of("oral 50", replaces="")], ""),
    ([SUPPLEMENT], ""),
    # forbidding counts for what is active, and only if nothing else goes on
    ([stop_of("every 2 months", forbids=True)], LOUD),
    ([stop_of("CC monthly", replaces="", forbids=True)], ""),
    ([stop_of("oral 1000", forbids=True)], ""),
    (
        [stop_of("CC monthly", replaces="", forbids=True), order("f", folic(), state=STANDS)],
        "",
    ),
]


@pytest.mark.parametrize(("orders", "expected"), NO_STOP)
def test_what_ends_no_treatment_is_no_stop_Q20_Q72(orders: list[Order], expected: str) -> None:
    parts = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC]]
    assert loudness(said_of(parts, *orders)) == expected


LOW_B12 = {"total_b12": measured(90, Unit.PMOL_PER_L)}

ALONE = [
    # B12 alone is never a trace: a stop of it counts where anything speaks for deficiency
    ("oral 50", False, LOW_B12, LOUD),
    ("oral 50", False, CAUSES["diet"], LOUD),
    ("oral 50", False, {"symptoms": YES}, LOUD),
    ("oral 50", False, {}, ""),
    # a multivitamin treats nothing whatever is known
    ("oral 50", True, LOW_B12, ""),
    ("oral 50", True, CAUSES["diet"], ""),
    ("oral 1000", True, LOW_B12, LOUD),
    ("oral 1000", False, {}, LOUD),
]


@pytest.mark.parametrize(("line", "combination", "facts", "expected"), ALONE)
def test_a_stop_of_what_is_below_treatment_dose_Q75(
    line: str, combination: bool, facts: dict[str, Any], expected: str
) -> None:
    stop = stop_of(line, replaces="", combination=combination)
    assert loudness(said_of([GOOD, facts], stop)) == expected


REPLACED = [
    (order("new", folic(400), replaces=ACTIVE), LOUD),
    (order("new", LINES["oral 50"], combination=True, replaces=ACTIVE), LOUD),
    (order("new", folic(400), LINES["oral 50"], combination=True, replaces=ACTIVE), LOUD),
    # not selected, replacing nothing that is active, or itself treatment
    (order("new", folic(400), replaces=ACTIVE, selected=False), ""),
    (order("new", folic(400), replaces="MedicationRequest/other"), ""),
    (order("new", folic(400)), ""),
    (order("new", LINES["monthly"], replaces=ACTIVE), ""),
    (order("new", LINES["oral 1000"], combination=True, replaces=ACTIVE), ""),
]


@pytest.mark.parametrize(("draft", "expected"), REPLACED)
def test_a_draft_that_replaces_treatment_and_is_none_ends_it_f1(
    draft: Order, expected: str
) -> None:
    parts = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC]]
    findings = said_of(parts, draft)
    assert loudness(findings) == expected
    assert all(one.about == (draft.key,) for one in findings if one.card.id == "f1")
    if expected:
        assert loudness(said_of(parts, draft, active("other", "monthly"))) == ""
        resolved = [GOOD, RESOLVED, TREATMENT[HC]]
        assert loudness(said_of(resolved, draft)) == ""


@pytest.mark.parametrize(
    ("first", "facts"),
    [
        (SUPPLEMENT, {}),
        (stop_of("CC monthly", replaces="", forbids=True), {}),
        (stop_of("CC monthly"), allergy(Allergen.CYANOCOBALAMIN)),
    ],
)
def test_each_of_several_stops_is_looked_at(first: Order, facts: dict[str, Any]) -> None:
    parts = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC], facts]
    stops = (replace(first, key="first"), stop_of("every 2 months"))
    (finding,) = (one for one in said_of(parts, *stops) if one.card.id == "f1")
    assert finding.indicator.value == "warning"
    assert "MedicationRequest/stop" in finding.about
    removed = {edit.key for one in finding.resolutions for edit in one.edits}
    assert removed == {"MedicationRequest/stop"}  # what is right stays (Q72)


def test_a_right_stop_beside_one_of_a_cause_that_has_passed_is_not_taken_back_Q72_C18() -> None:
    parts = [GOOD, RESOLVED, TREATMENT[HC], allergy(Allergen.CYANOCOBALAMIN)]
    stops = (replace(stop_of("CC monthly"), key="right"), stop_of("every 2 months"))
    (finding,) = (one for one in said_of(parts, *stops) if one.card.id in ("f1", "f2"))
    edits = [edit for one in finding.resolutions for edit in one.edits]
    assert edits
    assert all(isinstance(edit, AddFollowUps) for edit in edits)


@pytest.mark.parametrize(
    ("old", "facts", "expected"),
    [
        ("oral without dose", {}, LOUD),
        ("oral 50", LOW_B12, LOUD),
        ("oral 50", {}, ""),
        ("oral 1000", {}, LOUD),
    ],
)
def test_what_may_be_treatment_and_is_replaced_by_none_f1_Q75(
    old: str, facts: dict[str, Any], expected: str
) -> None:
    """As a stop of it would be: a dose that cannot be read may treat, and B12 alone is no trace."""
    draft = order("new", folic(400), replaces="MedicationRequest/old")
    assert loudness(said_of([GOOD, facts], draft, active("old", old))) == expected


def test_what_is_below_treatment_dose_is_all_there_is_where_the_other_dose_is_not_known() -> None:
    stop = stop_of("oral 50", replaces="")
    other = active("other", "oral without dose")
    assert loudness(said_of([GOOD, LOW_B12], stop, other)) == LOUD
    assert loudness(said_of([GOOD, LOW_B12], stop, active("other", "oral 1000"))) == ""


def test_forbidding_what_is_due_and_nobody_takes_is_no_stop_and_not_silent_Q20() -> None:
    """What is due is said, if loud, without a suggestion; a stop of what is taken is f1 alone."""
    forbids = stop_of("monthly", replaces="", forbids=True)
    (finding,) = said_of([GOOD, LOW_B12], forbids)
    assert (finding.indicator.value, finding.card.id) == ("warning", "k1")
    assert finding.resolutions == ()
    assert said_of([GOOD, CAUSES["bariatric"]], forbids) == ()
    stopped = stop_of("every 2 months")
    parts = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC]]
    assert [one.card.id for one in said_of(parts, stopped, replace(forbids, key="b"))] == ["f1"]


@pytest.mark.parametrize(
    ("treatment", "line", "facts", "reason"),
    [
        (HC, "every 2 months", {}, "The cause of deficiency is not known"),
        (HC, "every 2 months", CAUSES["pernicious anaemia"], "The cause is permanent"),
        (HC, "every 2 months", CAUSES["diet"], "The cause is not recorded as resolved"),
        (
            HC,
            "every 2 months",
            CAUSES["diet"] | {"cause_resolved": UNKNOWN},
            "Whether every cause has passed is not known",
        ),
        ("oral active", "oral 1000", {}, "The cause of deficiency is not known"),
        ("oral active", "oral 1000", NEUROLOGY["not recorded"], "The cause of deficiency"),
        ("oral active", "oral 1000", NEUROLOGY["signs"], "With nerve signs, injections on alt"),
        (HC, "every 2 months", NEUROLOGY["signs"], "The cause of deficiency is not known"),
    ],
)
def test_why_it_is_not_to_be_stopped(
    treatment: str, line: str, facts: dict[str, Any], reason: str
) -> None:
    parts = [GOOD, {"neurological_screen": UNKNOWN}, TREATMENT[treatment], facts]
    (finding,) = (one for one in said_of(parts, stop_of(line)) if one.card.id == "f1")
    assert finding.reasons[0].startswith(reason)


INR_8 = {"inr": measured(8, Unit.RATIO)}


@pytest.mark.parametrize(
    ("facts", "result"),
    [
        (INR_8, "INR 8"),
        ({"inr": measured(2, Unit.RATIO)}, ""),
        ({"platelets": measured(24, Unit.PER_NL)}, "platelets 24"),
        ({"platelets": measured(8, Unit.PER_NL)}, "platelets 8"),
        ({"platelets": measured(25, Unit.PER_NL)}, ""),
    ],
)
def test_what_puts_an_injection_off_is_no_reason_to_stop(
    facts: dict[str, Any], result: str
) -> None:
    """K3 to K5 put the injection off, f1 keeps the treatment: one card says both, and going on as
    ordered is then not marked.
    """
    known = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC], facts]
    (card,) = (one for one in said_of(known, stop_of("every 2 months")) if one.card.id == "f1")
    assert loudness([card]) == LOUD
    (one,) = card.resolutions
    if result:
        assert card.summary.startswith(f"Pernicious anaemia, {result} (")
        assert card.summary.endswith("put the injection off; it is no reason to stop B12")
    else:
        assert "put the injection off" not in card.summary
    assert one.recommended is not bool(result)
    assert ("put off" in one.label) is bool(result)


@pytest.mark.parametrize(
    ("facts", "waits"),
    [
        ({"inr": unusable(8, Unit.RATIO)}, True),
        ({"inr": unusable(2, Unit.RATIO)}, False),
        ({"platelets": unusable(12, Unit.PER_NL)}, True),
        ({"platelets": unusable(30, Unit.PER_NL)}, False),
        ({"inr": unusable(8, Unit.RATIO)} | {"platelets": measured(12, Unit.PER_NL)}, False),
        ({"inr": unusable(8, Unit.RATIO)} | NEUROLOGY["signs"], False),
    ],
)
def test_a_result_that_cannot_be_used_and_would_put_it_off_is_read_first(
    facts: dict[str, Any], waits: bool
) -> None:
    """What is not known restricts too: going on as ordered is not marked (K3 to K5, 2.1)."""
    known = [GOOD, CAUSES["pernicious anaemia"], TREATMENT[HC], facts]
    (card,) = (one for one in said_of(known, stop_of("every 2 months")) if one.card.id == "f1")
    said = [reason for reason in card.reasons if "cannot be used" in reason]
    assert bool(said) is waits
    assert not (waits and card.resolutions[0].recommended)
    assert "put off" not in card.resolutions[0].label or "platelets" in facts


def test_tablets_and_nerve_signs_wait_for_no_bleeding_result() -> None:
    """INR says nothing of tablets, and with nerve signs nothing is put off (I12)."""
    pa = CAUSES["pernicious anaemia"]
    tablets = said_of([GOOD, pa, TREATMENT["oral active"], INR_8], stop_of("oral 1000"))
    signs = said_of([GOOD, pa, TREATMENT[HC], INR_8, NEUROLOGY["signs"]], stop_of("every 2 months"))
    for findings in (tablets, signs):
        said = " ".join(text for one in findings for text in (one.summary, *one.reasons))
        assert "put the" not in said
