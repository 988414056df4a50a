"""Order review by cases that a clinician can read: the consistency matrix cell by cell, and each card."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.findings import Finding
from recommender.order_review import review
from recommender.treatment import recommend
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    EXTRAS,
    KIDNEYS,
    LINES,
    NEUROLOGY,
    POLICIES,
    TREATMENT,
    courses,
    person,
    with_record,
)

FOLDER = Path(__file__).parent / "cases" / "review"
FACTS = NEUROLOGY | DEFICIENCY | CAUSES | KIDNEYS | TREATMENT | EXTRAS
COURSES = dict(courses())


def _review(who: list[str], course: str, policy: str = "default") -> tuple[Finding, ...]:
    scenario = person(*(FACTS[name] for name in who))
    found = recommend(scenario, POLICIES[policy])
    return review(with_record(COURSES[course], scenario), scenario, found, POLICIES[policy])


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
    assert "; ".join(_said(finding) for finding in _review(who, order)) == cell.replace("-", "")


def test_the_matrix_has_every_order() -> None:
    matrix = yaml.safe_load((FOLDER / "matrix.yaml").read_text(encoding="utf-8"))
    assert set(matrix["orders"]) == set(LINES)


def _cards() -> list[Any]:
    cases = yaml.safe_load((FOLDER / "cards.yaml").read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["case"]) for case in cases]


@pytest.mark.parametrize("case", _cards())
def test_card(case: dict[str, Any]) -> None:
    findings = _review(case["who"], case["orders"], case.get("policy", "default"))
    assert (_said(findings[0]) if findings else "-") == case["card"]
    assert case.get("says", "") in (findings[0].summary if findings else "")
    if "offers" in case:
        labels = [resolution.label for resolution in findings[0].resolutions]
        assert len(labels) == len(case["offers"]), labels
        assert all(label.startswith(start) for label, start in zip(labels, case["offers"], strict=True)), labels
