"""Modifiers K1 to K16 and the advice about the signs themselves: each with what triggers it and
what does not.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.language.course import Test
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario

DEFICIENT = {
    "total_b12": 100,
    "neurological_screen": "no",
    "egfr": 90,
    "platelets": 200,
    "causes": ["other malabsorption"],
}
"""Injections are advised, and nothing needs care but the site."""


def ask(**known: Any) -> Recommendation:
    return recommend(build_scenario(DEFICIENT | known), Policy())


def said(found: Recommendation, modifier: str) -> str:
    return " ".join(advice.text for advice in found.advice if advice.id == modifier)


@pytest.mark.parametrize(
    ("missing", "why"),
    [
        ("unavailable", "could not be read: look it up"),
        ("incomplete", "among the results that came, the list is not complete: look it up"),
    ],
)
def test_each_of_the_three_sentences_is_said_where_it_is_true_Q58(missing: str, why: str) -> None:
    without = {key: value for key, value in DEFICIENT.items() if key != "platelets"}
    person = without | {"anticoagulant": "warfarin"}
    whole = recommend(build_scenario(person), Policy())
    found = recommend(build_scenario(person | {missing: ["laboratory results"]}), Policy())

    assert "No recent platelet count" in said(whole, "K2")
    assert "without a recent INR" in said(whole, "K5")
    assert f"platelet count {why}" in said(found, "K2")
    assert f"INR {why}" in said(found, "K5")
    assert "No recent" not in said(found, "K2")
    assert "without a recent" not in said(found, "K5")


def test_nothing_but_the_site_is_said_where_nothing_needs_care() -> None:
    assert [advice.id for advice in ask().advice] == ["K1"]


@pytest.mark.parametrize(
    ("known", "modifier", "words"),
    [
        ({}, "K1", "deltoid or vastus lateralis"),
        ({"platelets": 50}, "K2", "25 to 27 gauge"),
        ({"platelets": 25}, "K2", "5 to 10 minutes"),
        ({"platelets": 8}, "K2", "25 to 27 gauge"),
        ({"platelets": "<60"}, "K2", "repeat it without waiting for it"),
        ({"platelets": ">20"}, "K2", "repeat it without waiting for it"),
        ({"platelets": 24}, "K3", "contact haematology"),
        ({"platelets": 8}, "K3", "contact haematology"),
        ({"platelets": 9}, "K4", "platelet transfusion"),
        ({"inr": 3.1}, "K5", "defer the intramuscular injection"),
        (
            {"inr": 3.1, "signs": ["paraesthesia"]},
            "K5",
            "do not delay vitamin B12; take same-day advice",
        ),
        ({"anticoagulant": "warfarin"}, "K5", "check the INR"),
        ({"anticoagulant": "warfarin", "inr": 2.5}, "K6", "firm pressure"),
        ({"anticoagulant": "direct oral anticoagulant"}, "K6", "firm pressure"),
        ({"anticoagulant": "heparin"}, "K6", "firm pressure"),
        ({"bleeding_disorder": "yes"}, "K6", "haemophilia centre"),
        ({"egfr": 59}, "K7", "no cyanocobalamin"),
        ({"lebers": "yes"}, "K8", "loss of vision"),
        ({"haemoglobin": 79}, "K9", "within the first 48 hours"),
        ({"potassium": 3.4}, "K9", "within the first 48 hours"),
        ({"pregnant": "yes"}, "K10", "review at 1 month"),
        ({"female": "yes"}, "K10", "not recorded"),
        ({"breastfeeding": "yes"}, "K11", "breastfed infant"),
        ({"allergies": {"cobalt": "no"}}, "K12", "72 hours"),
        ({"lowering_drugs": ["metformin"]}, "K13", "do not stop metformin"),
        ({"lowering_drugs": ["proton pump inhibitor"]}, "K13", "still needed"),
        ({"nitrous_oxide": "yes"}, "K14", "stop it"),
        ({"signs": ["optic neuropathy"]}, "K15", "same-day emergency"),
        ({"causes": []}, "K16", "intrinsic factor antibody"),
        ({"signs": ["paraesthesia"]}, "N1", "urgent neurology"),
        ({"signs": ["glossitis"]}, "C6", "not a sign of nerve damage"),
        ({"signs_with_other_cause": ["peripheral neuropathy"]}, "Q4", "uncertain"),
        ({"unavailable": ["allergies"]}, "Q6", "allergy list was not available"),
        ({"unavailable": ["medication orders"]}, "Q6", "check for vitamin B12 given elsewhere"),
    ],
)
def test_a_modifier_applies(known: dict[str, Any], modifier: str, words: str) -> None:
    assert words in said(ask(**known), modifier)


@pytest.mark.parametrize(
    ("known", "modifier"),
    [
        ({"platelets": 51}, "K2"),
        ({"platelets": 25}, "K3"),
        ({"platelets": 10}, "K4"),
        ({"inr": 3.0}, "K5"),
        ({"anticoagulant": "warfarin", "inr": 2.5}, "K5"),
        ({"anticoagulant": "direct oral anticoagulant"}, "K5"),
        ({"anticoagulant": "warfarin", "inr": 3.1}, "K6"),
        ({"bleeding_disorder": "unknown"}, "K6"),
        ({"egfr": 60}, "K7"),
        ({"lebers": "unknown"}, "K8"),
        ({"haemoglobin": 80, "potassium": 3.5}, "K9"),
        (
            {
                "haemoglobin": 70,
                "orders": [{"phase": "MAINT-N", "days_ago": 90}],
                "injections": [20],
            },
            "K9",
        ),
        ({"pregnant": "no", "female": "yes"}, "K10"),
        ({"breastfeeding": "unknown"}, "K11"),
        ({"allergies": {"hydroxocobalamin": "no"}}, "K12"),
        ({"nitrous_oxide": "no"}, "K14"),
        ({"signs": ["paraesthesia"]}, "K15"),
        ({"causes": [], "total_b12": 400}, "K16"),
        ({"signs": ["glossitis"]}, "N1"),
        ({"signs": ["paraesthesia"]}, "Q4"),
    ],
)
def test_a_modifier_does_not_apply(known: dict[str, Any], modifier: str) -> None:
    assert not said(ask(**known), modifier)


def test_acid_lowering_is_not_spoken_of_with_metformin_alone() -> None:
    assert "still needed" not in said(ask(lowering_drugs=["metformin"]), "K13")


def test_injections_are_not_spoken_of_where_nothing_is_injected() -> None:
    found = ask(causes=["diet low in vitamin B12"], platelets=8, anticoagulant="warfarin")
    assert found.rule == "M6"
    assert not {advice.id for advice in found.advice} & {"K1", "K2", "K3", "K4", "K5", "K6"}


@pytest.mark.parametrize(
    "known", [{"anticoagulant": "heparin"}, {"bleeding_disorder": "yes"}, {"inr": 3.1}]
)
def test_bleeding_changes_the_technique_in_the_order(known: dict[str, Any]) -> None:
    assert ask(**known).technique[-1].startswith("Fine needle")


def test_the_technique_in_the_order_grows_with_fewer_platelets() -> None:
    lengths = [len(ask(platelets=count).technique) for count in (60, 40, 20, 5)]
    assert lengths == [1, 2, 3, 4]


@pytest.mark.parametrize("known", [{"haemoglobin": 79}, {"potassium": 3.4}])
def test_potassium_is_checked_now_and_at_48_hours_K9(known: dict[str, Any]) -> None:
    due = [
        (item.months, item.days) for item in ask(**known).follow_ups if item.test is Test.POTASSIUM
    ]
    assert due == [(0, 0), (0, 2)]


def test_the_first_year_is_reviewed_at_3_6_and_12_months_S35() -> None:
    months = {item.months for item in ask().follow_ups if item.test is Test.SYMPTOM_REVIEW}
    assert months == {3, 6, 12}
    for test in (Test.SERUM_B12, Test.FULL_BLOOD_COUNT, Test.HOMOCYSTEINE):
        assert [item.months for item in ask().follow_ups if item.test is test and item.months] == [
            3,
            6,
            12,
        ]


@pytest.mark.parametrize("known", [{"pregnant": "yes"}, {"breastfeeding": "yes"}])
def test_pregnancy_and_breastfeeding_are_reviewed_at_1_month(known: dict[str, Any]) -> None:
    assert min(item.months for item in ask(**known).follow_ups if item.months) == 1


def test_what_is_on_record_is_not_asked_for_before_the_first_dose() -> None:
    now = [
        item.test
        for item in ask(haemoglobin=120, folate=20, potassium=4).follow_ups
        if not item.months
    ]
    assert now == []
    now = [item.test for item in ask(egfr="<70").follow_ups if not item.months]
    assert now == [Test.FULL_BLOOD_COUNT, Test.FOLATE, Test.POTASSIUM]


@pytest.mark.parametrize(
    ("blood", "again"),
    [
        ({"haemoglobin": 120, "potassium": ">2.5"}, [Test.POTASSIUM]),
        ({"haemoglobin": 120, "potassium": ">3.5"}, []),
        ({"haemoglobin": ">70", "potassium": 4}, [Test.FULL_BLOOD_COUNT]),
        ({"haemoglobin": "<130", "potassium": 4}, [Test.FULL_BLOOD_COUNT]),
        ({"haemoglobin": ">90", "potassium": 4}, []),
    ],
)
def test_what_leaves_its_limit_open_is_taken_again_Q9(
    blood: dict[str, Any], again: list[Test]
) -> None:
    """Limits: potassium 3.5 mmol/L, haemoglobin 80 g/L (K9)."""
    now = [item.test for item in ask(folate=20, **blood).follow_ups if not item.months]
    assert now == again


def test_the_cause_is_looked_for_where_none_is_known_K16() -> None:
    tests = {item.test for item in ask(causes=[]).follow_ups}
    assert {Test.INTRINSIC_FACTOR_ANTIBODY, Test.COELIAC_SEROLOGY} <= tests
    assert not {Test.INTRINSIC_FACTOR_ANTIBODY, Test.COELIAC_SEROLOGY} & {
        item.test for item in ask().follow_ups
    }
