"""Order review by cases that a clinician can read: the consistency matrix cell by cell, and each card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.course import AddFollowUps, RemoveOrder, Test
from recommender.findings import Finding
from recommender.order_review import review
from recommender.treatment import recommend
from tests.recommender.review_cases import WORDS, build_case
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import LINES

FOLDER = Path(__file__).parent / "cases" / "review"
EXPECTATIONS = frozenset({"card", "cards", "says", "reason", "offers", "overrides"})


def _checked_review(case: dict[str, Any]) -> tuple[Finding, ...]:
    """Return the findings of a case, after checking that they are safe and that every suggestion resolves its card."""
    scenario, course, policy = build_case(case)
    findings, problems = review_violations(course, scenario, recommend(scenario, policy), policy)
    assert not problems
    return findings


def _said(finding: Finding) -> str:
    return " ".join((finding.indicator.value, finding.card, *finding.also_found))


def _matrix() -> list[Any]:
    matrix = yaml.safe_load((FOLDER / "matrix.yaml").read_text(encoding="utf-8"))
    rows = matrix["orders"].items()
    return [
        pytest.param(matrix["people"][column].split(", "), order, cell, id=f"{order}, {column}: {cell}")
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
    files = [FOLDER / "cards.yaml", FOLDER / "courses.yaml"]
    return [pytest.param(case, id=case["case"]) for file in files for case in yaml.safe_load(file.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("case", _cards())
def test_card(case: dict[str, Any]) -> None:
    assert not set(case) - WORDS - EXPECTATIONS, f"a case may not say {set(case) - WORDS - EXPECTATIONS}"
    findings = _checked_review(case)
    shown = findings[:1] if "card" in case else findings
    assert ("; ".join(_said(finding) for finding in shown) or "-") == case.get("card", case.get("cards"))
    assert case.get("says", "") in (findings[0].summary if findings else "")
    assert case.get("reason", "") in (" ".join(findings[0].reasons) if findings else "")
    if "offers" in case:
        labels = [resolution.label for finding in shown for resolution in finding.resolutions]
        assert len(labels) == len(case["offers"]), labels
        assert all(label.startswith(start) for label, start in zip(labels, case["offers"], strict=True)), labels
    if "overrides" in case:
        assert [reason.code for finding in shown for reason in finding.override_reasons] == case["overrides"]


def test_a_level_between_the_reviews_is_taken_out_and_a_review_comes_in_its_place_I7() -> None:
    who = ["no signs", "confirmed", "pernicious anaemia", "eGFR 95", "every 2 months for 270 days"]
    (finding,) = _checked_review({"who": who, "orders": "B12 test"})
    review_added, level_removed = finding.resolutions[0].edits
    assert isinstance(review_added, AddFollowUps)
    assert [item.test for item in review_added.follow_ups] == [Test.SYMPTOM_REVIEW]
    assert level_removed == RemoveOrder("ServiceRequest/1")
