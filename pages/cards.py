"""docs/generated/cards.md: each card as the clinician sees it, from an example."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from recommender.cards import CARDS, Finding
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_cases import build_case, describe_orders, describe_person

PAGE = Path(__file__).parents[1] / "docs" / "generated" / "cards.md"
CASES = Path(__file__).parents[1] / "tests" / "recommender" / "cases" / "review"
_ON_MAINTENANCE = ["no signs", "confirmed", "diet", "eGFR 95", "doses only"]
MORE_EXAMPLES: tuple[dict[str, Any], ...] = (
    {"who": _ON_MAINTENANCE, "orders": "every 2 months of 250 micrograms"},
    {"who": _ON_MAINTENANCE, "orders": "CC monthly"},
    {"who": ["no signs", "confirmed", "pernicious anaemia", "eGFR 95"], "orders": "oral 1000"},
    {"who": _ON_MAINTENANCE, "orders": "intravenous"},
    {"who": ["no signs", "confirmed", "diet", "eGFR 95"], "orders": "oral methylcobalamin"},
)
"""Cards that no case of `cards.yaml` shows as the first one."""

HEAD = """# The cards

Every card of order review as the clinician sees it, and every sentence that a card may say, each
from one example. Written by `./run pages`; a test fails when this page is out of date. The facts
of the patient with their dates, which every card also lists, are left out here.
"""


def render() -> str:
    """Return the page."""
    shown = list(_examples())
    missing = (
        {card.id for card in CARDS} - {finding.card.id for _, _, finding in shown} - _NEVER_FIRST
    )
    assert not missing, f"no example shows {sorted(missing)} as the first card"
    sections = {
        card.id: "\n".join(_example(*example) for example in shown if example[2].card == card)
        for card in CARDS
    }
    return "\n".join(
        [HEAD, *(f"## {card}\n\n{examples}" for card, examples in sections.items() if examples)]
    )


NOT_YET = {"a3", "b19", "b20", "b21", "b22", "b23", "b24", "d5", "d6", "m1"}
"""Cards of the register that no check yields yet."""

_NEVER_FIRST: set[str] = {"g1"} | NOT_YET
"""Cards that are always folded into another: what g1 asks for is due anyway (k1)."""


def _examples() -> Iterator[tuple[str, str, Finding]]:
    """Yield every example that shows a card, or a sentence, that none before it showed."""
    said: set[str] = set()
    for case in _tried():
        scenario, course, policy = build_case(case)
        for finding in review(course, scenario, recommend(scenario, policy), policy):
            sentences = {
                re.sub("^Ordered [^.;]*", "Ordered", words)
                for words in (finding.card.id, finding.summary, *finding.reasons)
            }
            if not sentences <= said:
                said |= sentences
                yield describe_person(case), describe_orders(case), finding


def _tried() -> Iterator[dict[str, Any]]:
    """Yield the cases, the further examples, and the cells of the consistency matrix."""
    yield from yaml.safe_load((CASES / "cards.yaml").read_text(encoding="utf-8"))
    yield from MORE_EXAMPLES
    matrix = yaml.safe_load((CASES / "matrix.yaml").read_text(encoding="utf-8"))
    for who, course in itertools.product(matrix["people"].values(), matrix["orders"]):
        yield {"who": who.split(", "), "orders": course}
    yield from yaml.safe_load((CASES / "courses.yaml").read_text(encoding="utf-8"))


def _example(who: str, course: str, finding: Finding) -> str:
    lines = [f"> **{finding.indicator.value.upper()}** {finding.summary}", ""]
    lines += [
        f"Ordered: {course}. Patient: {who}. Rule {finding.rule}; {', '.join(finding.citations)}.",
        "",
    ]
    lines += [*(f"- {reason}" for reason in finding.reasons), ""]
    if finding.also_found:
        lines += [f"Also found: {', '.join(card.id for card in finding.also_found)}.", ""]
    if finding.resolutions:
        several = "one of" if len(finding.resolutions) > 1 else "one"
        lines += [
            f"Suggestions ({several}):",
            "",
            *(f"- [ ] {resolution.label}" for resolution in finding.resolutions),
            "",
        ]
    if finding.override_reasons:
        reasons = (
            f"{reason.display}{' (comment needed)' if reason.requires_comment else ''}"
            for reason in finding.override_reasons
        )
        lines += [f"Override reasons: {'; '.join(reasons)}.", ""]
    return "\n".join(lines)
