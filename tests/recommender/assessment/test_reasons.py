"""Why a derived fact is as it is: the reason and the evidence belong to the value, in words that
are true in every case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.assessment.assessment import assess
from recommender.guidance.policy import Policy
from recommender.language import Hint, HintAt
from recommender.language.course import Course
from recommender.language.logic import Fact, Truth
from recommender.review.order_review import review
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario
from tests.recommender.review_space import oral, order


def ask(**known: Any) -> Recommendation:
    return recommend(build_scenario(known), Policy())


def fact(name: str, **known: Any) -> Fact:
    return dict(ask(**known).assessment.facts)[name]


@pytest.mark.parametrize(
    ("name", "known", "reason"),
    [
        ("ileal_resection_over_20_cm", {}, "no ileal resection recorded"),
        ("ileal_resection_over_20_cm", {"unavailable": ["procedures"]}, "procedures not available"),
        (
            "ileal_resection_over_20_cm",
            {"incomplete": ["procedures"]},
            "only part of the procedures came",
        ),
        ("ileal_resection_over_20_cm", {"causes": ["ileal resection"]}, "none recorded"),
        ("ileal_resection_over_20_cm", {"ileal_resection_complete": "yes"}, ""),
        (
            "ileal_resection_over_20_cm",
            {"causes": ["ileal resection"], "ileal_resection_length": 25},
            "",
        ),
        (
            "crohns_ileal_extent_over_limit",
            {"unavailable": ["laboratory results"]},
            "no ileal Crohn's disease recorded",
        ),
        (
            "crohns_ileal_extent_over_limit",
            {"unavailable": ["conditions"]},
            "conditions not available",
        ),
        (
            "crohns_ileal_extent_over_limit",
            {"causes": ["Crohn's disease of the ileum"]},
            "none recorded",
        ),
        (
            "established_malabsorption",
            {"causes": ["pernicious anaemia or autoimmune gastritis"]},
            "",
        ),
        (
            "established_malabsorption",
            {"causes": ["ileal resection"]},
            "length of ileal resection or extent of ileal Crohn's disease not known",
        ),
        (
            "established_malabsorption",
            {"causes": ["bariatric surgery"], "unavailable": ["procedures"]},
            "procedures not available, or only in part",
        ),
        (
            "kidney_function",
            {"egfr": 90, "unavailable": ["conditions"]},
            "conditions not available",
        ),
        ("kidney_function", {"incomplete": ["conditions"]}, "none recorded"),
        ("kidney_function", {"kidney_disease": "yes"}, ""),
        ("neurological_involvement", {"signs": ["paraesthesia"]}, ""),
        ("neurological_involvement", {"neurological_screen": "no"}, ""),
        ("adult", {"age": ">=17"}, "the date of birth on record is not exact enough"),
        ("treatment_phase", {}, "no vitamin B12 treatment recorded in the last 15 months"),
    ],
)
def test_the_reason_fits_the_value(name: str, known: dict[str, Any], reason: str) -> None:
    assert fact(name, **known).reason == reason


def test_kidneys_known_from_a_diagnosis_cite_no_result_that_was_not_used() -> None:
    assert [
        entry.reference for entry in fact("kidney_function", kidney_disease="yes").evidence
    ] == ["Condition/kidney_disease"]
    assert [entry.reference for entry in fact("kidney_function", egfr=40).evidence] == [
        "Observation/egfr"
    ]


def test_an_order_that_cannot_be_read_is_named() -> None:
    found = fact(
        "treatment_phase",
        orders=[{"substance": "hydroxocobalamin", "route": "intramuscular", "dose": 1000}],
    )
    assert found.is_unknown
    assert found.reason == "an active order could not be read, no dose with a date is on record"
    assert [entry.reference for entry in found.evidence] == ["MedicationRequest/0"]


def test_several_causes_are_all_named() -> None:
    causes = ["pernicious anaemia or autoimmune gastritis", "diet low in vitamin B12"]
    assert (
        fact("cause", causes=causes).value
        == "diet low in vitamin B12, pernicious anaemia or autoimmune gastritis"
    )


def test_adult_advice_is_not_given_to_a_child_or_somebody_of_unknown_age() -> None:
    assert ask(age=12, total_b12=90).advice == ()
    assert ask(age="<30", total_b12=90).advice == ()
    assert ask(age=18, total_b12=90).advice != ()


def test_tests_that_a_change_of_course_asks_for_are_due_now_not_before_a_first_dose() -> None:
    under_way = ask(orders=[{"phase": "M-LOAD", "days_ago": 3}], signs=["paraesthesia"])
    assert under_way.rule == "T0"
    assert {item.why for item in under_way.follow_ups if not item.months} == {"now"}
    fresh = ask(total_b12=90, signs=["paraesthesia"])
    assert {item.why for item in fresh.follow_ups if not item.months and not item.days} >= {
        "before the first dose"
    }


def test_two_parts_of_the_record_that_did_not_come_are_both_named() -> None:
    found = fact(
        "established_malabsorption",
        causes=["diet low in vitamin B12"],
        unavailable=["conditions"],
        incomplete=["procedures"],
    )
    assert found.reason == "conditions and procedures not available, or only in part"


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ({}, "no vitamin B12 treatment recorded in the last 15 months"),
        ({"unavailable": ["medication statements"]}, "no vitamin B12 treatment recorded"),
        ({"incomplete": ["medication statements"]}, "only part of the medication list came"),
        ({"incomplete": ["medication orders"]}, "only part of the medication list came"),
    ],
)
def test_statements_that_came_in_part_leave_open_whether_b12_is_given_Q26(
    missing: dict[str, list[str]], reason: str
) -> None:
    assert fact("treatment_phase", total_b12=90, **missing).reason.startswith(reason)


@pytest.mark.parametrize("cause", ["ileal resection", "Crohn's disease of the ileum"])
def test_ileal_disease_of_unknown_size_leaves_malabsorption_open(cause: str) -> None:
    reason = "length of ileal resection or extent of ileal Crohn's disease not known"
    assert fact("established_malabsorption", causes=[cause]).reason == reason


def test_deficiency_rests_on_results_and_diagnosis() -> None:
    found = fact(
        "deficiency", total_b12=400, holotranscobalamin=90, mma=200, deficiency_diagnosis="yes"
    )
    assert [item.reference for item in found.evidence] == [
        "Observation/total_b12",
        "Observation/holotranscobalamin",
        "Observation/mma",
        "Condition/deficiency_diagnosis",
    ]


def test_an_unread_medication_list_is_said_with_its_reason() -> None:
    words = [advice.text for advice in ask(total_b12=100, unavailable=["medication orders"]).advice]
    assert (
        "Treatment so far is not known (the medication list could not be read): check for vitamin "
        "B12 given elsewhere." in words
    )
    assert (
        "The allergy list was not available: check for reactions to vitamin B12 products."
        not in words
    )
    words = [advice.text for advice in ask(total_b12=100, unavailable=["allergies"]).advice]
    assert (
        "The allergy list was not available: check for reactions to vitamin B12 products." in words
    )


def test_kidney_results_that_do_not_count_are_shown_where_the_kidneys_are_not_known() -> None:
    unusable = build_scenario({"egfr": 90}).egfr._replace(
        quantity=None, reason="older than 12 months"
    )
    found = recommend(replace(build_scenario({}), egfr=unusable), Policy())
    kidneys = dict(found.assessment.facts)["kidney_function"]
    assert (kidneys.reason, [item.reference for item in kidneys.evidence]) == (
        "older than 12 months",
        ["Observation/egfr"],
    )
    known = recommend(replace(build_scenario({"kidney_disease": "yes"}), egfr=unusable), Policy())
    assert [
        item.reference for item in dict(known.assessment.facts)["kidney_function"].evidence
    ] == ["Condition/kidney_disease"]


@pytest.mark.parametrize(
    ("part", "reason"),
    [("unavailable", "conditions not available"), ("incomplete", "conditions incomplete")],
)
def test_diagnoses_that_did_not_come_leave_nerves_open_and_say_how(part: str, reason: str) -> None:
    assert fact("neurological_involvement", **{part: ["conditions"]}).reason == reason


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("M-LOAD", "an order for loading injections was completed"),
        ("MAINT-N", "one prescription was issued, nothing since, on 2026-10-12"),
    ],
)
def test_a_completed_order_is_said_by_its_kind(phase: str, words: str) -> None:
    order = {"phase": phase, "days_ago": 40, "ended_days_ago": 10, "state": "completed"}
    assert fact("treatment_phase", orders=[order]).reason == words


def test_the_newest_injection_is_cited_first_and_none_of_an_earlier_course() -> None:
    doses = [
        {"route": "intramuscular", "dose": 1000, "days_ago": days} for days in (400, 398, 9, 5, 2)
    ]
    found = fact("treatment_phase", orders=[{"phase": "M-LOAD", "days_ago": 10}], doses=doses)
    assert [entry.reference for entry in found.evidence] == [
        "MedicationRequest/0",
        *(f"MedicationAdministration/{n}" for n in (4, 3, 2)),
    ]


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "is not known"),
        (
            {"total_b12": 400, "b12_supplement_before_test": "yes"},
            "vitamin B12 was, or may have been, taken before it",
        ),
        (
            {"total_b12": 400, "b12_supplement_before_test": "unknown"},
            "vitamin B12 was, or may have been, taken before it",
        ),
        ({"total_b12": 400, "nitrous_oxide": "yes"}, "nitrous oxide makes it mislead"),
        ({"total_b12": 400, "unavailable": ["medication orders"]}, "treatment so far is not known"),
        ({"total_b12": "<400", "b12_supplement_before_test": "no"}, "it is not exact enough"),
    ],
)
def test_b13_says_why_the_result_on_record_decides_nothing(
    known: dict[str, Any], said: str
) -> None:
    scenario = build_scenario({"egfr": 90, "neurological_screen": "no", **known})
    (card,) = review(
        Course((order("draft", oral()),)), scenario, recommend(scenario, Policy()), Policy()
    )
    assert card.card.id == "b13"
    assert said in card.reasons[0]
    assert ("B12 400" in card.summary or "B12 <400" in card.summary) is ("total_b12" in known)


@pytest.mark.parametrize(
    ("at", "name"),
    [
        (HintAt.LEBERS, "lebers"),
        (HintAt.BLEEDING_DISORDER, "bleeding_disorder"),
        (HintAt.ANTICOAGULANT, "on_anticoagulant"),
        (HintAt.COBALT_ALLERGY, "cobalt_allergy"),
    ],
)
def test_a_hint_leaves_no_known_no_though_the_list_says_none_Q28_I26(at: HintAt, name: str) -> None:
    """Even where the mapping had made a "no" of it (H24)."""
    scenario = build_scenario({"platelets": 200, "egfr": 90})
    hinted = replace(scenario, hints=(Hint(at, "as written", "Condition/1"),))
    before, after = (assess(one, Policy()) for one in (scenario, hinted))
    assert (getattr(before, name), getattr(after, name)) == (Truth.FALSE, Truth.UNKNOWN)


CAUSES = ["pernicious anaemia or autoimmune gastritis", "medicine that lowers vitamin B12"]


def test_only_what_can_establish_malabsorption_is_evidence_for_it_2_3() -> None:
    both = fact("established_malabsorption", causes=CAUSES)
    alone = fact("established_malabsorption", causes=CAUSES[:1])
    assert both.is_true
    assert len(fact("cause", causes=CAUSES).evidence) == 2
    assert len(both.evidence) == len(alone.evidence) == 1
