"""What a first line says of the record holds at this site and for the part that came."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.deficiency import active_alone_is_low
from recommender.guidance.policy import Policy
from recommender.language import (
    Allergen,
    Anticoagulant,
    Cause,
    CauseFinding,
    Comparator,
    Course,
    Evidence,
    Fact,
    Measurement,
    NotCounted,
    PassedOver,
    PeriodUnit,
    Quantity,
    RecordArea,
    Route,
    Substance,
    Test,
    Truth,
    UncountedResult,
    Unit,
)
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from recommender.wording import Words, in_sentence, name_of
from recommender.wording.short import plain
from tests.recommender.people import build_scenario
from tests.recommender.review_cases import FACTS
from tests.recommender.review_space import (
    NO,
    every,
    folic,
    injection,
    measured,
    order,
    person,
)


@pytest.mark.parametrize(
    ("low", "total", "active", "said"),
    [
        (133, 132, 24, True),  # 24/25 is less than 132/133
        (133, 120, 24, False),
        (148, 132, 24, False),  # at a site whose limit is 148 the total is the lower one
        (133, 133, 25, False),
        (133, None, 24, False),
        (133, 132, None, False),
    ],
)
def test_of_two_levels_the_one_further_below_its_limit_at_this_site_is_said(
    low: int, total: int | None, active: int | None, said: bool
) -> None:
    taken = {"total_b12": total, "holotranscobalamin": active}
    scenario = build_scenario({name: value for name, value in taken.items() if value is not None})
    policy = Policy(b12_low_pmol_l=Decimal(low), b12_low_pg_ml=Decimal({133: 180, 148: 201}[low]))

    assert active_alone_is_low(scenario, policy) is said


@pytest.mark.parametrize(
    ("lists", "lead"),
    [
        ({}, "No kidney result in 12 months"),
        ({"unavailable": frozenset({RecordArea.LABORATORY})}, "Kidney results could not be read"),
        (
            {"incomplete": frozenset({RecordArea.LABORATORY})},
            "No kidney result among those that came, the list is not complete",
        ),
    ],
)
def test_no_kidney_result_is_said_of_a_whole_list_only(
    lists: dict[str, frozenset[RecordArea]], lead: str
) -> None:
    named = ("no signs", "confirmed", "pernicious anaemia", "eGFR unknown")
    scenario = person(*(FACTS[name] for name in named), lists)
    course = Course(
        (order("a", injection(every(1, PeriodUnit.MONTH), substance=Substance.CYANOCOBALAMIN)),)
    )
    found = review(course, scenario, recommend(scenario, Policy()), Policy())

    said = [finding.summary for finding in found if finding.card.id == "d2"]
    assert said == [f"{lead}: check eGFR, or use hydroxocobalamin"]


@pytest.mark.parametrize(
    ("product", "name"),
    [
        (Substance.HYDROXOCOBALAMIN, "hydroxocobalamin"),
        (Substance.COBALAMIN_UNSPECIFIED, "vitamin B12"),
        (Allergen.UNSPECIFIED_B12, "vitamin B12"),
        (Allergen.MACROGOL, "polyethylene glycol"),
    ],
)
def test_a_form_that_is_not_recorded_is_vitamin_b12(
    product: Substance | Allergen, name: str
) -> None:
    assert name_of(product) == name


def test_a_long_result_in_words_is_quoted_in_short_and_never_becomes_no_test_I27() -> None:
    written = "Result to follow from the reference laboratory, please contact them for advice"
    told = UncountedResult(
        Test.SERUM_B12, NotCounted.IN_WORDS, Evidence("Observation/words", reported=written)
    )
    scenario = person({"uncounted_b12": (told,)})
    course = Course((order("a", injection(every(2, PeriodUnit.DAY))),))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert found.summary == (
        "B12 'Result to follow from the ref…' cannot be used (it is reported in words):"
        " confirm or repeat it"
    )


@pytest.mark.parametrize(
    ("fact", "lead"),
    [
        (Fact(Truth.TRUE), "On warfarin, no INR in 30 days: check it before an IM injection"),
        (
            Fact(Truth.TRUE, "", (Evidence("MedicationRequest/1", display="Warfarin 3 mg"),)),
            "On warfarin, no INR in 30 days: check it before an IM injection",
        ),
        (
            Fact(Truth.TRUE, "", (Evidence("MedicationRequest/1", display="Marcumar 3 mg"),)),
            "On 'Marcumar 3 mg', no INR in 30 days: check it before an IM injection",
        ),
        (
            Fact(Truth.UNKNOWN, "a plan"),
            "Perhaps on warfarin, no INR in 30 days: ask, and check it before an IM injection",
        ),
    ],
)
def test_warfarin_of_which_use_is_not_certain_is_no_use_I33(fact: Fact, lead: str) -> None:
    taken = {"anticoagulant": Anticoagulant.WARFARIN, "anticoagulant_fact": fact}
    scenario = person(*(FACTS[name] for name in ("confirmed", "signs")), taken)
    loading, maintenance = every(2, PeriodUnit.DAY), every(2, PeriodUnit.MONTH)
    course = Course((order("a", injection(loading)), order("b", injection(maintenance))))
    found = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert [finding.summary for finding in found] == [lead]


@pytest.mark.parametrize(
    ("reported", "month", "said"),
    [
        ("4 to 5", 11, "INR 4 to 5 (20 Nov) cannot be used"),
        ("see the book of the clinic", 11, "INR 'see the book of the…' (20 Nov) cannot be used"),
        ("4 to 5", 9, "no INR in 30 days"),
    ],
)
def test_an_inr_that_cannot_be_used_is_never_none_Q58(reported: str, month: int, said: str) -> None:
    seen = Evidence("Observation/i", reported=reported, date=dt.date(2026, month, 20))
    inr = Measurement(passed_over=PassedOver(seen, NotCounted.NOT_READABLE))
    taken = {"anticoagulant": Anticoagulant.WARFARIN, "anticoagulant_fact": Fact(Truth.TRUE)}
    scenario = person(*(FACTS[name] for name in ("confirmed", "signs")), taken, {"inr": inr})
    loading, maintenance = every(2, PeriodUnit.DAY), every(2, PeriodUnit.MONTH)
    course = Course((order("a", injection(loading)), order("b", injection(maintenance))))
    found = review(course, scenario, recommend(scenario, Policy()), Policy())
    assert found[0].summary == f"On warfarin, {said}: check it before an IM injection"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (("pernicious anaemia",), "Pernicious anaemia, B12 400 pmol/L (21 Nov), not treated"),
        ((), "B12 deficiency recorded, B12 400 pmol/L (21 Nov), not treated"),
    ],
)
def test_a_level_that_does_not_decide_stands_after_the_diagnosis_that_does_D2(
    facts: tuple[str, ...], said: str
) -> None:
    recorded = {"deficiency_diagnosis": Fact(Truth.TRUE, "recorded")}
    scenario = person(*(FACTS[name] for name in ("unlikely", *facts)), recorded)
    course = Course((order("a", folic()),))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert found.summary == f"{said}: start B12 before folic acid"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "B12 deficiency recorded"),
        ({"deficiency_recorded_on": dt.date(2026, 5, 1)}, "B12 deficiency recorded (1 May)"),
        ({"deficiency_diagnosed_on": dt.date(2026, 5, 1)}, "B12 deficiency is the order's reason"),
        (FACTS["pernicious anaemia"], "Pernicious anaemia recorded"),
    ],
)
def test_a_diagnosis_alone_is_said_to_be_recorded_once_C1(known: dict[str, Any], said: str) -> None:
    scenario = person({"deficiency_diagnosis": Fact(Truth.TRUE, "recorded")}, known)
    course = Course((order("a", folic()),))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert found.summary == f"{said}, no B12 treatment: start B12 before folic acid"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (("unlikely", "pernicious anaemia"), "pernicious anaemia, B12 400 pmol/L (21 Nov)"),
        (("unlikely",), "B12 deficiency recorded, B12 400 pmol/L (21 Nov)"),
        (("confirmed", "pernicious anaemia"), "B12 90 pmol/L (21 Nov)"),
    ],
)
def test_a_level_after_other_words_begins_in_small_letters(
    names: tuple[str, ...], said: str
) -> None:
    recorded = {"deficiency_diagnosis": Fact(Truth.TRUE, "recorded")}
    scenario = person(*(FACTS[name] for name in names), recorded)
    assessment = recommend(scenario, Policy()).assessment

    assert in_sentence(Words(scenario, assessment, Policy()).level) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("15.07076449186554131240098018", "15.07"),
        ("59.996", "59.99"),
        ("123.4567", "123.4"),
        ("0.271", "0.271"),
        ("20500", "20500"),
        ("88.0", "88"),
    ],
)
def test_a_computed_number_is_cut_to_four_digits_and_never_rounded_over_a_limit(
    number: str, said: str
) -> None:
    assert plain(Decimal(number)) == said


def test_an_egfr_that_leaves_the_limit_open_is_said_as_such() -> None:
    open_result = Quantity(Decimal(59), Unit.EGFR, Comparator.MORE)
    above = {"egfr": measured(59, Unit.EGFR)._replace(quantity=open_result)}
    scenario = person(FACTS["confirmed"], FACTS["no signs"], {"kidney_disease": NO}, above)
    tablets = replace(injection(every(1, PeriodUnit.DAY)), substance=Substance.CYANOCOBALAMIN)
    course = Course((order("a", replace(tablets, route=Route.ORAL)),))
    found = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert [finding.summary for finding in found if finding.card.id == "d2"] == [
        "eGFR >59 (21 Nov) leaves kidney function open: check eGFR, or use hydroxocobalamin"
    ]


@pytest.mark.parametrize(
    ("by_result", "why"),
    [(True, "intrinsic factor antibody"), (False, "pernicious anaemia or autoimmune gastritis")],
)
def test_an_antibody_is_named_only_where_a_test_found_it_I33(by_result: bool, why: str) -> None:
    seen = Evidence("Condition/1", reported="current")
    causes = {"causes": (CauseFinding(Cause.PERNICIOUS_ANAEMIA, seen, by_result=by_result),)}
    scenario = person(FACTS["unlikely"], FACTS["no signs"], causes)
    course = Course((order("a", injection(every(2, PeriodUnit.DAY))),))
    (found,) = review(course, scenario, recommend(scenario, Policy()), Policy())

    assert f"does not exclude deficiency ({why})" in found.summary
