"""What kidneys, blood and reactions are taken for: each limit at, below and above it, by date of
issue, with a comparator, and with a result dated in the future.

Expectations: decisions 2.3 (R), F16 to F21, K2 to K5, K9, Q9 (a comparator decides only where every
value it allows agrees), Q28 and I26 (hints), Q31 (a result of the future), Q33 and I30 (a date of
issue alone alarms and never reassures), Q52, Q58.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.assessment import Assessment, PlateletBand
from recommender.assessment.assessment import assess
from recommender.guidance import Policy
from recommender.language import (
    Alarm,
    Allergen,
    Allergy,
    ClinicalScenario,
    Comparator,
    Fact,
    Hint,
    HintAt,
    ListUnderstood,
    Measurement,
    NotCounted,
    PassedOver,
    Quantity,
    RecordArea,
    Truth,
    Unit,
)
from tests.recommender.people import TODAY, build_scenario, evidence

YES, NO, UNKNOWN = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
SEEN = evidence("Observation/1")


def assessed(scenario: ClinicalScenario | None = None, **facts: Any) -> Assessment:
    return assess(replace(scenario or build_scenario({}), **facts), Policy())


def result(value: str, unit: Unit, **more: Any) -> Measurement:
    """A result as "40", "<40" or ">=40"."""
    number = value.lstrip("<>=")
    comparator = Comparator(value.removesuffix(number))
    return Measurement(Quantity(Decimal(number), unit, comparator), TODAY, "", (SEEN,), **more)


def future(value: str | None, unit: Unit) -> PassedOver:
    quantity = None if value is None else Quantity(Decimal(value), unit)
    return PassedOver(SEEN, NotCounted.IN_FUTURE, quantity)


TWO_SIDED = [
    # fact, what is asked, unit, alarms, the limit itself does, the last that does not
    ("egfr", "renal", Unit.EGFR, "59.9", "60", Alarm.LOW),
    ("haemoglobin", "severe_anaemia", Unit.G_PER_L, "79.9", "80", Alarm.LOW),
    ("potassium", "low_potassium", Unit.MMOL_PER_L, "3.49", "3.5", Alarm.LOW),
    ("inr", "inr_high", Unit.RATIO, "3.1", "3.0", Alarm.HIGH),
]


@pytest.mark.parametrize(("fact", "asked", "unit", "alarms", "reassures", "side"), TWO_SIDED)
def test_a_limit_by_value_issue_comparator_and_future(
    fact: str, asked: str, unit: Unit, alarms: str, reassures: str, side: Alarm
) -> None:
    def found(value: str, **more: Any) -> Truth:
        truth: Truth = getattr(assessed(**{fact: result(value, unit, **more)}), asked)
        return truth

    towards, away = ("<", ">=") if side is Alarm.LOW else (">", "<=")
    assert found(alarms) is YES
    assert found(reassures) is NO
    # a comparator decides only where all it allows agrees
    assert found(f"{towards}{reassures}") is YES
    assert found(f"{towards}999" if side is Alarm.LOW else f"{towards}1") is UNKNOWN
    assert found(f"{away}{reassures}") is NO
    assert found(f"{away}{alarms}") is UNKNOWN
    # a date of issue alone, as the mapping marks it, and as it is known besides
    assert found(alarms, by_issue=True, alarms_only=side) is YES
    assert found(reassures, by_issue=True, alarms_only=side) is UNKNOWN
    # one of the future speaks against one that reassures, never against one that alarms
    assert found(reassures, passed_over=future(alarms, unit)) is UNKNOWN
    assert found(reassures, passed_over=future(None, unit)) is UNKNOWN
    assert found(reassures, passed_over=future(reassures, unit)) is NO
    assert found(alarms, passed_over=future(reassures, unit)) is YES
    assert found(alarms, passed_over=future(alarms, unit)) is YES
    nothing = Measurement(None, None, "none recorded", passed_over=future(reassures, unit))
    assert getattr(assessed(**{fact: nothing}), asked) is UNKNOWN


@pytest.mark.parametrize(
    ("fact", "asked", "reassures"), [("egfr", "renal", "90"), ("inr", "inr_high", "2")]
)
def test_kidneys_and_inr_are_never_good_by_a_date_of_issue_Q33(
    fact: str, asked: str, reassures: str
) -> None:
    units = {"egfr": Unit.EGFR, "inr": Unit.RATIO}
    by_issue = result(reassures, units[fact], by_issue=True)
    assert getattr(assessed(**{fact: by_issue}), asked) is UNKNOWN


BELOW, TO_24, TO_50, ABOVE, OPEN = (
    PlateletBand.BELOW_10,
    PlateletBand.FROM_10_TO_24,
    PlateletBand.FROM_25_TO_50,
    PlateletBand.ABOVE_50,
    PlateletBand.UNKNOWN,
)


@pytest.mark.parametrize(
    ("value", "more", "band"),
    [
        ("9.9", {}, BELOW),
        ("10", {}, TO_24),
        ("24.9", {}, TO_24),
        ("25", {}, TO_50),
        ("50", {}, TO_50),
        ("50.1", {}, ABOVE),
        # the most severe that is certain, and no more
        ("<10", {}, BELOW),
        ("<=10", {}, TO_24),
        ("<20", {}, TO_24),
        ("<25", {}, TO_24),
        ("<=25", {}, TO_50),
        ("<=50", {}, TO_50),
        ("<51", {}, OPEN),
        (">50", {}, ABOVE),
        (">=50", {}, OPEN),
        (">10", {}, OPEN),
        # by its date of issue it alarms and never reassures
        ("9", {"by_issue": True}, BELOW),
        ("24", {"by_issue": True}, TO_24),
        ("50", {"by_issue": True}, TO_50),
        ("51", {"by_issue": True}, OPEN),
        # one of the future takes a good one back, and nothing from a low one
        ("200", {"passed_over": future("51", Unit.PER_NL)}, ABOVE),
        ("200", {"passed_over": future("50", Unit.PER_NL)}, OPEN),
        ("200", {"passed_over": future("8", Unit.PER_NL)}, OPEN),
        ("200", {"passed_over": future(None, Unit.PER_NL)}, OPEN),
        ("40", {"passed_over": future("200", Unit.PER_NL)}, TO_50),
        ("20", {"passed_over": future("200", Unit.PER_NL)}, TO_24),
    ],
)
def test_the_band_of_a_platelet_count_K2_K3_K4(
    value: str, more: dict[str, Any], band: PlateletBand
) -> None:
    assert assessed(platelets=result(value, Unit.PER_NL, **more)).platelets is band


@pytest.mark.parametrize(
    ("platelets", "unusable"),
    [
        (Measurement(None, None, "none recorded"), False),
        (result("200", Unit.PER_NL), False),
        (result("40", Unit.PER_NL, by_issue=True), True),
        (Measurement(passed_over=PassedOver(SEEN, NotCounted.UNIT_MISSING)), True),
        (Measurement(passed_over=PassedOver(SEEN, NotCounted.PRELIMINARY)), True),
        (Measurement(passed_over=PassedOver(SEEN, NotCounted.TOO_OLD)), False),
    ],
)
def test_a_count_that_came_and_cannot_be_used_is_told_from_none_Q58(
    platelets: Measurement, unusable: bool
) -> None:
    assert assessed(platelets=platelets).platelets_unusable == unusable


@pytest.mark.parametrize(
    ("lists", "unread", "in_part"),
    [
        ({}, False, False),
        ({"unavailable": ["laboratory results"]}, True, False),
        ({"incomplete": ["laboratory results"]}, True, True),
        (
            {"unavailable": ["laboratory results"], "incomplete": ["laboratory results"]},
            True,
            False,
        ),
        ({"unavailable": ["conditions"], "incomplete": ["allergies"]}, False, False),
    ],
)
def test_results_that_did_not_come_or_not_whole_Q58(
    lists: dict[str, Any], unread: bool, in_part: bool
) -> None:
    found = assessed(build_scenario(lists))
    assert (found.laboratory_unread, found.laboratory_in_part) == (unread, in_part)


GOOD = {"egfr": "90", "kidney_disease": "no"}
KIDNEYS: list[tuple[dict[str, Any], Truth]] = [
    (GOOD, NO),
    ({"egfr": "90"}, NO),
    ({"kidney_disease": "no"}, UNKNOWN),
    (GOOD | {"kidney_disease": "yes"}, YES),
    (GOOD | {"kidney_disease": "unknown"}, NO),
    (GOOD | {"dialysis": "yes"}, YES),
    (GOOD | {"hints": {"kidney_disease": "kidneys"}}, UNKNOWN),
    (GOOD | {"hints": {"dialysis": "HD"}}, UNKNOWN),
    (GOOD | {"hints": {"lebers": "eyes"}}, NO),
    ({"egfr": "59", "hints": {"kidney_disease": "kidneys"}}, YES),
    ({"egfr": "59", "unavailable": ["conditions"]}, YES),
    (GOOD | {"unavailable": ["conditions"]}, UNKNOWN),
    (GOOD | {"unavailable": ["procedures"]}, NO),
]


@pytest.mark.parametrize(("known", "renal"), KIDNEYS)
def test_reduced_kidney_function_R_Q6_Q28(known: dict[str, Any], renal: Truth) -> None:
    assert assessed(build_scenario(known)).renal is renal


HINTED = [
    ("lebers", HintAt.LEBERS, "lebers"),
    ("bleeding_disorder", HintAt.BLEEDING_DISORDER, "bleeding_disorder"),
    ("anticoagulant_fact", HintAt.ANTICOAGULANT, "on_anticoagulant"),
]


@pytest.mark.parametrize(("fact", "at", "asked"), HINTED)
def test_a_hint_leaves_no_known_no_and_takes_back_no_yes_I26(
    fact: str, at: HintAt, asked: str
) -> None:
    hint = (Hint(at, "words", "Condition/1"),)
    for truth, with_hint in ((YES, YES), (UNKNOWN, UNKNOWN), (NO, UNKNOWN)):
        known = {fact: Fact(truth, "recorded", (SEEN,))}
        assert getattr(assessed(**known), asked) is truth
        assert getattr(assessed(**known, hints=hint), asked) is with_hint


def allergies(*found: Allergy) -> dict[str, Any]:
    return {"allergies": found, "allergy_fact": Fact(YES if found else NO, "", (SEEN,))}


def understood(not_understood: int) -> dict[str, Any]:
    one = ListUnderstood(RecordArea.ALLERGIES, True, 3, 3 - not_understood, 0, not_understood)
    return {"lists": (one,)}


def reaction(to: Allergen, severe: Truth, *, active: bool = True) -> Allergy:
    return Allergy(to, severe, SEEN, active=active)


@pytest.mark.parametrize(
    ("facts", "unclear"),
    [
        (allergies(), False),
        (allergies(reaction(Allergen.HYDROXOCOBALAMIN, YES)), False),
        (allergies() | {"hints": (Hint(HintAt.ALLERGY, "B12?", "AllergyIntolerance/1"),)}, True),
        ({"allergy_fact": Fact(UNKNOWN, "not understood")}, True),
        (allergies() | understood(1), True),
        (allergies() | understood(0), False),
    ],
)
def test_an_allergy_entry_that_may_be_one_Q28(facts: dict[str, Any], unclear: bool) -> None:
    assert assessed(**facts).allergy_unclear == unclear


@pytest.mark.parametrize(
    ("severe", "active", "past"),
    [(YES, False, True), (YES, True, False), (UNKNOWN, False, False), (NO, False, False)],
)
def test_past_reactions_are_severe_and_marked_inactive_Q80(
    severe: Truth, active: bool, past: bool
) -> None:
    one = reaction(Allergen.HYDROXOCOBALAMIN, severe, active=active)
    found = assessed(**allergies(one)).past_reactions
    assert found == ({Allergen.HYDROXOCOBALAMIN} if past else frozenset())


@pytest.mark.parametrize(
    ("allergen", "field"),
    [
        (Allergen.HYDROXOCOBALAMIN, "hydroxocobalamin_allergy"),
        (Allergen.CYANOCOBALAMIN, "cyanocobalamin_allergy"),
        (Allergen.UNSPECIFIED_B12, "unspecified_b12_allergy"),
        (Allergen.COBALT, "cobalt_allergy"),
    ],
)
def test_a_reaction_is_to_its_substance_alone_F21(allergen: Allergen, field: str) -> None:
    fields = {
        "hydroxocobalamin_allergy",
        "cyanocobalamin_allergy",
        "unspecified_b12_allergy",
        "cobalt_allergy",
    }
    for severe in Truth:
        found = assessed(**allergies(reaction(allergen, severe)))
        assert {one for one in fields if getattr(found, one).is_true} == {field}
        reacted = {
            Allergen.HYDROXOCOBALAMIN: found.severe_reaction_hydroxocobalamin,
            Allergen.CYANOCOBALAMIN: found.severe_reaction_cyanocobalamin,
            Allergen.UNSPECIFIED_B12: found.severe_reaction_unspecified,
        }
        assert all(truth is (severe if one is allergen else NO) for one, truth in reacted.items())
    for came in ("unavailable", "incomplete"):
        unread = assessed(build_scenario({came: ["allergies"]}))
        assert all(getattr(unread, one) is UNKNOWN for one in fields)
        assert unread.severe_reaction_hydroxocobalamin is UNKNOWN
        assert unread.allergies_unavailable == (came == "unavailable")
    hinted = assessed(
        **allergies(), hints=(Hint(HintAt.COBALT_ALLERGY, "nickel", "AllergyIntolerance/1"),)
    )
    assert hinted.cobalt_allergy is UNKNOWN
    assert hinted.hydroxocobalamin_allergy is NO


def test_reactions_to_what_products_hold_besides_Q63() -> None:
    reactions = (
        reaction(Allergen.BENZYL_ALCOHOL, NO),
        reaction(Allergen.MACROGOL, UNKNOWN, active=False),
        reaction(Allergen.CYANOCOBALAMIN, YES),
    )
    found = assessed(**allergies(*reactions)).excipient_reactions
    assert found == {Allergen.BENZYL_ALCOHOL, Allergen.MACROGOL}
