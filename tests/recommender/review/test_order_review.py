"""Order review by cases that a clinician can read: the consistency matrix cell by cell, and each
card.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.cards.findings import Finding
from recommender.guidance.policy import Policy
from recommender.guidance.regimens import MAINT_1M
from recommender.language import Claim
from recommender.language.course import Course, FollowUp, Test, TestOrder
from recommender.language.doses import PhaseKind
from recommender.language.edits import AddFollowUps, AddRegimen, ChangeOrder, RemoveOrder, apply
from recommender.remedies.labels import describe_tests
from recommender.review.order_review import review
from recommender.safety.plausibility import is_unit_error
from recommender.treatment.table import recommend
from tests.recommender.review_cases import FACTS, WORDS, build_case
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import LINES, folic, order, person

FOLDER = Path(__file__).parents[1] / "cases" / "review"
EXPECTATIONS = frozenset({"card", "cards", "says", "reason", "offers", "overrides"})


def _checked_review(case: dict[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of a case, after checking that they are safe and that every suggestion
    resolves its card.
    """
    scenario, course, policy = build_case(case)
    findings, problems = review_violations(course, scenario, recommend(scenario, policy), policy)
    assert not problems
    return findings


def _said(finding: Finding) -> str:
    return " ".join((finding.indicator.value, *map(str, (finding.card, *finding.also_found))))


def _matrix() -> list[Any]:
    matrix = yaml.safe_load((FOLDER / "matrix.yaml").read_text(encoding="utf-8"))
    rows = matrix["orders"].items()
    return [
        pytest.param(
            matrix["people"][column].split(", "), order, cell, id=f"{order}, {column}: {cell}"
        )
        for order, cells in rows
        for column, cell in cells.items()
    ]


@pytest.mark.parametrize(("who", "order", "cell"), _matrix())
def test_cell_of_the_consistency_matrix(who: list[str], order: str, cell: str) -> None:
    scenario, course, policy = build_case({"who": who, "orders": order})
    findings = review(course, scenario, recommend(scenario, policy), policy)
    assert "; ".join(_said(finding) for finding in findings) == cell.replace("-", "")


def test_the_matrix_has_every_order() -> None:
    matrix = yaml.safe_load((FOLDER / "matrix.yaml").read_text(encoding="utf-8"))
    assert set(matrix["orders"]) == set(LINES)


def _cards() -> list[Any]:
    files = [FOLDER / f"{name}.yaml" for name in ("cards", "courses", "orders")]
    return [
        pytest.param(case, id=case["case"])
        for file in files
        for case in yaml.safe_load(file.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("case", _cards())
def test_card(case: dict[str, Any]) -> None:
    assert not set(case) - WORDS - EXPECTATIONS, (
        f"a case may not say {set(case) - WORDS - EXPECTATIONS}"
    )
    findings = _checked_review(case)
    shown = findings[:1] if "card" in case else findings
    assert ("; ".join(_said(finding) for finding in shown) or "-") == case.get(
        "card", case.get("cards")
    )
    assert case.get("says", "") in (findings[0].summary if findings else "")
    assert case.get("reason", "") in (" ".join(findings[0].reasons) if findings else "")
    if "offers" in case:
        labels = [resolution.label for finding in shown for resolution in finding.resolutions]
        assert len(labels) == len(case["offers"]), labels
        assert all(
            label.startswith(start) for label, start in zip(labels, case["offers"], strict=True)
        ), labels
    if "overrides" in case:
        assert [reason.code for finding in shown for reason in finding.override_reasons] == case[
            "overrides"
        ]


def test_a_level_between_the_reviews_is_taken_out_and_a_review_comes_in_its_place_I7() -> None:
    who = ["no signs", "confirmed", "pernicious anaemia", "eGFR 95", "every 2 months for 270 days"]
    (finding,) = _checked_review({"who": who, "orders": "B12 test"})
    review_added, level_removed = finding.resolutions[0].edits
    assert isinstance(review_added, AddFollowUps)
    assert [item.test for item in review_added.follow_ups] == [Test.SYMPTOM_REVIEW]
    assert level_removed == RemoveOrder("ServiceRequest/1")


@pytest.mark.parametrize(("who", "tests"), [([], []), (["warfarin"], [Test.INR])])
def test_only_tests_that_nobody_plans_otherwise_come_with_injections_K5(
    who: list[str], tests: list[Test]
) -> None:
    (finding,) = _checked_review(
        {
            "who": ["signs", "confirmed", "pernicious anaemia", "eGFR 95", *who],
            "orders": "oral 1000",
        }
    )
    (resolution,) = finding.resolutions
    assert [
        item.test
        for edit in resolution.edits
        if isinstance(edit, AddFollowUps)
        for item in edit.follow_ups
    ] == tests


def test_maintenance_for_life_keeps_no_number_of_doses_when_its_dose_is_put_right_I4() -> None:
    line = LINES["monthly"]
    assert line.timing
    bounded = replace(
        line, dose=line.dose and line.dose / 4, timing=replace(line.timing, count=4, count_max=6)
    )
    scenario = person(
        *(FACTS[name] for name in ("signs", "confirmed", "pernicious anaemia", "eGFR 95"))
    )
    course = Course((order("a", LINES["alternate days"]), order("b", bounded)))
    (finding,) = review(course, scenario, recommend(scenario, Policy()), Policy())
    (edit,) = finding.resolutions[0].edits
    assert isinstance(edit, ChangeOrder)
    assert edit.phase.line == MAINT_1M.line


def test_tablets_for_prophylaxis_are_put_right_as_prophylaxis_P4() -> None:
    who = ["no signs", "unlikely", "bariatric", "eGFR 95"]
    (finding,) = _checked_review(
        {"who": who, "orders": "oral weekly", "policy": {"bariatricMaintenance": "ORAL_DAILY"}}
    )
    (edit,) = finding.resolutions[0].edits
    assert isinstance(edit, ChangeOrder)
    assert edit.phase.kind is PhaseKind.PROPHYLAXIS


def test_why_nothing_can_be_drafted_is_said_where_the_missing_product_is_PS3() -> None:
    who = ["signs", "confirmed", "pernicious anaemia", "eGFR 95"]
    (finding,) = _checked_review(
        {"who": who, "orders": "subcutaneous loading", "policy": "no hydroxocobalamin"}
    )
    folded = "Hydroxocobalamin is not available here: source it or ask a specialist today."
    assert folded in finding.reasons
    assert any(
        reason.startswith("Hydroxocobalamin injection is not available on the formulary: source it")
        for reason in finding.reasons
    )


@pytest.mark.parametrize(
    ("months", "words"),
    [
        ((3,), "3 months"),
        ((1,), "1 month"),
        ((3, 6), "3 and 6 months"),
        ((3, 6, 12), "3, 6 and 12 months"),
    ],
)
def test_the_months_of_a_repeated_test_are_listed_as_they_are_read(
    months: tuple[int, ...], words: str
) -> None:
    planned = [
        FollowUp(Test.SERUM_B12, months=month, why="review", citations=("S35",)) for month in months
    ]
    assert describe_tests(planned) == f"B12 in {words}"


def test_what_a_draft_rests_on_is_kept_with_it_while_nobody_knows_of_symptoms_U1() -> None:
    (finding,) = _checked_review(
        {
            "who": ["not recorded", "confirmed", "pernicious anaemia", "eGFR 95"],
            "orders": "oral 1000",
        }
    )
    drafted = [
        edit
        for resolution in finding.resolutions
        for edit in resolution.edits
        if isinstance(edit, AddRegimen)
    ]
    assert [edit.claims for edit in drafted] == [(Claim.SIGNS_PRESENT,), (Claim.SIGNS_ABSENT,)]


def test_injections_before_tablets_come_with_their_technique_M3() -> None:
    who = ["no signs", "confirmed", "bariatric", "eGFR 95", "platelets 40"]
    policy = {"bariatricMaintenance": "ORAL_DAILY"}
    (finding,) = _checked_review({"who": who, "orders": "folic acid 5 mg", "policy": policy})
    (edit,) = [
        edit
        for resolution in finding.resolutions
        for edit in resolution.edits
        if isinstance(edit, AddRegimen)
    ]
    assert [phase.line.route.value for phase in edit.regimen.phases if phase.line.route] == [
        "intramuscular",
        "oral",
    ]
    assert edit.technique


WHOLE_COURSE = ["three a week for 2 weeks", "every 2 months"]
NOT_ASKED = ["confirmed", "pernicious anaemia", "eGFR 95"]


@pytest.mark.parametrize(
    ("who", "orders", "asked", "unasked"),
    [
        (NOT_ASKED, WHOLE_COURSE, "info b2", ""),
        (NOT_ASKED, ["alternate days", "every 2 months"], "", ""),
        (["no signs", *NOT_ASKED], WHOLE_COURSE, "", ""),
        (["signs", *NOT_ASKED], WHOLE_COURSE, "warning b3", "warning b3"),
        (["confirmed", "diet", "eGFR 95"], ["oral 1000"], "info b2", "info b2"),
    ],
)
def test_loading_is_asked_about_where_no_opened_chart_asks_Q93(
    who: list[str], orders: list[str], asked: str, unasked: str
) -> None:
    scenario, course, policy = build_case({"who": who, "orders": orders})
    advised = recommend(scenario, policy)

    def said(**known: bool) -> str:
        return "; ".join(map(_said, review(course, scenario, advised, policy, **known)))

    assert (said(chart_asks=False), said(), said(chart_asks=True)) == (asked, unasked, unasked)


def test_the_leg_taken_after_the_question_is_not_asked_about_again_Q93() -> None:
    scenario, course, policy = build_case({"who": NOT_ASKED, "orders": WHOLE_COURSE})
    advised = recommend(scenario, policy)
    (finding,) = review(course, scenario, advised, policy, chart_asks=False)
    assert finding.resolutions
    for resolution in finding.resolutions:
        after = apply(course, resolution.edits, scenario.as_of)
        assert not review(after, scenario, advised, policy, chart_asks=False), resolution.label


@pytest.mark.parametrize("said", ["every 2 months", "three a week for 2 weeks"])
def test_nothing_is_marked_while_it_is_open_which_dose_is_meant_Q41(said: str) -> None:
    loading = {"line": "three a week for 2 weeks", "written": said, "words": "as written"}
    case = {"who": ["no signs", "confirmed", "pernicious anaemia"], "orders": [loading]}
    scenario, course, policy = build_case(case)
    (finding,) = review(course, scenario, recommend(scenario, policy), policy)

    found = {card.id for card in (finding.card, *finding.also_found)}
    assert ("b20" in found) is (said == "every 2 months")
    assert "b5" in found
    assert [one.recommended for one in finding.resolutions] == [said != "every 2 months"]


def test_to_go_on_with_treatment_is_what_is_recommended_when_it_is_stopped_f1() -> None:
    who = ["no signs", "confirmed", "pernicious anaemia", "eGFR 95", "every 2 months active"]
    (finding,) = _checked_review({"who": who, "orders": "stop"})
    assert [(resolution.label, resolution.recommended) for resolution in finding.resolutions] == [
        ("Do not stop: B12 goes on as ordered", True)
    ]


def test_a_dose_of_folic_acid_is_no_unit_error_of_vitamin_b12_I11() -> None:
    assert not is_unit_error(order("f", folic(10_000_000)))


@pytest.mark.parametrize(("drafted", "cards"), [(True, []), (False, ["c3"])])
def test_only_a_vitamin_b12_test_of_the_draft_set_answers_folic_acid(
    drafted: bool, cards: list[str]
) -> None:
    scenario = person(
        *(FACTS[name] for name in ("no signs", "unknown", "cause unknown", "eGFR 95"))
    )
    course = Course(
        (order("f", folic()),), (TestOrder("ServiceRequest/1", Test.SERUM_B12, drafted=drafted),)
    )
    assert [
        finding.card.id
        for finding in review(course, scenario, recommend(scenario, Policy()), Policy())
    ] == cards


def test_potassium_is_tested_when_a_supplement_is_changed_to_treatment_K9() -> None:
    (finding,) = _checked_review(
        {"who": ["no signs", "confirmed", "diet", "eGFR 95", "potassium 3"], "orders": "oral 50"}
    )
    _, added = next(
        resolution.edits
        for resolution in finding.resolutions
        if isinstance(resolution.edits[0], ChangeOrder)
    )
    assert isinstance(added, AddFollowUps)
    assert [(item.test, item.days) for item in added.follow_ups] == [
        (Test.POTASSIUM, 0),
        (Test.POTASSIUM, 2),
    ]
