"""docs/generated/cards: each card as a clinician sees it, one page for each group of cards."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from recommender.cards import CARDS, Finding
from recommender.review.order_review import review, review_record, review_refill
from recommender.treatment.table import recommend
from recommender.wording import capital
from tests.recommender.review_cases import build_case, describe_orders, describe_person

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "cards" / "index.md"
CASES = Path(__file__).parents[2] / "tests" / "recommender" / "cases" / "review"
_ON_MAINTENANCE = ["no signs", "confirmed", "diet", "eGFR 95", "doses only"]
_OPENED = [
    ["no signs", "confirmed", "pernicious anaemia", "eGFR 95", *more]
    for more in (
        ["every 2 months for 2 years", "never reviewed"],
        ["every 2 months for 2 years", "recurrence"],
        ["every 2 months for 2 years", "new signs"],
        ["oral active"],
    )
]
_ON_TABLETS = {
    "orders": [
        {
            "substance": "cyanocobalamin",
            "route": "oral",
            "dose": 1000,
            "every": "1 day",
            "days_ago": 200,
        }
    ]
}
MORE_EXAMPLES: tuple[dict[str, Any], ...] = (
    {"who": _ON_MAINTENANCE, "orders": "every 2 months of 250 micrograms"},
    {"who": _ON_MAINTENANCE, "orders": "CC monthly"},
    {"who": ["no signs", "confirmed", "pernicious anaemia", "eGFR 95"], "orders": "oral 1000"},
    {"who": _ON_MAINTENANCE, "orders": "intravenous"},
    {"who": ["no signs", "confirmed", "diet", "eGFR 95"], "orders": "oral methylcobalamin"},
    *({"who": who, "hook": "patient-view"} for who in _OPENED),
    *(
        {"who": [signs, level, cause, "eGFR 95"], "hook": "patient-view"}
        for signs in ("signs", "no signs", "not recorded")
        for level in ("confirmed", "unresolved", "unlikely", "unknown")
        for cause in ("pernicious anaemia", "ileum 25 cm", "Crohn's", "bariatric", "diet")
    ),
    {"who": [*_ON_MAINTENANCE, "never reviewed"], "orders": "every 2 months", "hook": "refill"},
    {
        "who": [],
        "known": {"unavailable": ["conditions", "laboratory results", "medication orders"]},
        "hook": "patient-view",
    },
    {
        "who": ["no signs", "confirmed", "diet", "eGFR 95", "symptoms"],
        "known": _ON_TABLETS,
        "orders": "oral 1000",
        "hook": "refill",
    },
    *(
        {"who": _ON_MAINTENANCE, "known": {"hints": {at: words}}, "orders": order}
        for at, words, order in (
            ("allergies", "reaction to vitamin jab?", "every 2 months"),
            ("lebers", "eyes: ?Leber", "oral 1000"),
        )
    ),
    {"who": _ON_MAINTENANCE, "orders": [{"folate": 20000}]},
)
"""Cards that no case of `cards.yaml` shows as the first one."""

GROUPS = {
    "a": "Right orders",
    "b": "Orders of B12",
    "c": "Folic acid",
    "d": "Kidneys, eyes, reactions",
    "e": "Two orders at once",
    "f": "Stops",
    "g": "Medicines that lower B12",
    "h": "Bleeding",
    "i": "Tests on treatment",
    "k": "What is due, and what else matters",
    "m": "Reviews",
}

INDEX = """# The cards

Every card of order review as a clinician sees it, and every first line and sentence that a card may
say, each from one example. Written by `./run pages`; a test fails when a page is out of date.

| group | cards |
|---|---|
"""


def render() -> str:
    """Return the index page."""
    rows = (
        f"| [{title}]({group}.md) | "
        f"{', '.join(f'{card.id} {card.name}' for card in CARDS if card.id[0] == group)} |"
        for group, title in GROUPS.items()
    )
    return INDEX + "\n".join(rows) + "\n"


def render_all() -> dict[Path, str]:
    """Return the index and the page of each group."""
    shown = list(_examples())
    missing = (
        {card.id for card in CARDS} - {finding.card.id for _, _, finding in shown} - _NEVER_FIRST
    )
    assert not missing, f"no example shows {sorted(missing)} as the first card"
    pages = {PAGE: render()}
    for group, title in GROUPS.items():
        sections = [f"# {title}\n\n[All cards](index.md)\n"]
        for card in CARDS:
            examples = [_example(*one) for one in shown if one[2].card == card]
            if card.id[0] == group and examples:
                sections.append(f"## {card.id}: {card.name}\n\n" + "\n".join(examples))
        pages[PAGE.with_name(f"{group}.md")] = "\n".join(sections).rstrip() + "\n"
    return pages


def detail_of(finding: Finding) -> str:
    """Return the detail of a card as it is sent, without what only an answer knows."""
    below = finding.detail
    parts = [
        " ".join(below.unread),
        "\n\n".join(finding.sentences),
        "\n".join(f"- {capital(fact)}" for fact in below.facts),
        below.tests,
        below.differs,
        f"[Why: rule {finding.rule}](../decision-table.md)",
    ]
    return "\n\n".join(part for part in parts if part)


_NEVER_FIRST: set[str] = {"g1"}
"""Cards that are always folded into another: what g1 asks for is due anyway (k1)."""


def _examples() -> Iterator[tuple[str, str, Finding]]:
    """Yield every example that shows a card, or a sentence, that none before it showed."""
    said: set[str] = set()
    for case in tried():
        for finding in _findings(case):
            sentences = {
                re.sub("^Ordered [^.;]*", "Ordered", words)
                for words in (finding.card.id, finding.summary, *finding.reasons)
            }
            if not sentences <= said:
                said |= sentences
                yield describe_person(case), _asked(case), finding


def _findings(case: dict[str, Any]) -> tuple[Finding, ...]:
    """Return what is said of a case where it happens: an order, a refill, or the record opened."""
    scenario, course, policy = build_case(case)
    recommendation = recommend(scenario, policy)
    match case.get("hook", "order"):
        case "patient-view":
            return review_record(scenario, recommendation, policy)
        case "refill":
            return review_refill(course, scenario, recommendation, policy)
    return review(course, scenario, recommendation, policy)


def _asked(case: dict[str, Any]) -> str:
    """Say what happens in a case: the record is opened, or what is ordered or refilled."""
    match case.get("hook", "order"):
        case "patient-view":
            return "The record is opened"
        case "refill":
            return f"Refilled: {describe_orders(case)}"
    return f"Ordered: {describe_orders(case)}"


def tried() -> Iterator[dict[str, Any]]:
    """Yield the cases, the further examples, and the cells of the consistency matrix."""
    yield from yaml.safe_load((CASES / "cards.yaml").read_text(encoding="utf-8"))
    yield from MORE_EXAMPLES
    matrix = yaml.safe_load((CASES / "matrix.yaml").read_text(encoding="utf-8"))
    for who, course in itertools.product(matrix["people"].values(), matrix["orders"]):
        yield {"who": who.split(", "), "orders": course}
    yield from yaml.safe_load((CASES / "courses.yaml").read_text(encoding="utf-8"))
    yield from yaml.safe_load((CASES / "orders.yaml").read_text(encoding="utf-8"))


def _example(who: str, asked: str, finding: Finding) -> str:
    lines = [f"{asked}. Patient: {who}.", ""]
    card = [f"**{finding.indicator.value.upper()}** **{finding.summary}**", ""]
    card += [*detail_of(finding).splitlines(), ""]
    card += [f"- [ ] {resolution.label}" for resolution in finding.resolutions]
    if finding.override_reasons:
        reasons = (
            f"{reason.display}{' (comment needed)' if reason.requires_comment else ''}"
            for reason in finding.override_reasons
        )
        card += ["", f"Override: {'; '.join(reasons)}."]
    lines += [f"> {line}".rstrip() for line in card]
    behind = [f"rests on {', '.join(finding.citations)}"] if finding.citations else []
    if finding.also_found:
        behind.append(f"also found {', '.join(card.id for card in finding.also_found)}")
    return "\n".join([*lines, "", f"Behind it: rule {finding.rule}; {'; '.join(behind)}.", ""])
