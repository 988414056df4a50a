"""Writes docs/cards.md: each card as the clinician sees it, from an example (`python -m tests.recommender.card_gallery`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from recommender.card_texts import CARDS
from recommender.findings import Finding
from recommender.order_review import review
from recommender.treatment import recommend
from tests.recommender.review_space import CAUSES, DEFICIENCY, EXTRAS, KIDNEYS, NEUROLOGY, POLICIES, TREATMENT, courses, person, with_record

PAGE = Path(__file__).parents[2] / "docs" / "cards.md"
CASES = Path(__file__).parent / "cases" / "review" / "cards.yaml"
MORE_EXAMPLES = {
    "b7": (["no signs", "confirmed", "diet", "eGFR 95", "doses only"], "every 2 months of 250 micrograms", "default"),
    "b9": (["no signs", "confirmed", "diet", "eGFR 95", "doses only"], "CC monthly", "default"),
    "b10": (["no signs", "confirmed", "pernicious anaemia", "eGFR 95"], "oral 1000", "default"),
    "b15": (["no signs", "confirmed", "diet", "eGFR 95", "doses only"], "intravenous", "default"),
    "b16": (["no signs", "confirmed", "diet", "eGFR 95"], "oral methylcobalamin", "default"),
}
"""Cards that no case of `cards.yaml` shows as the first one."""

FACTS = NEUROLOGY | DEFICIENCY | CAUSES | KIDNEYS | TREATMENT | EXTRAS

HEAD = """# The cards

Every card of order review as the clinician sees it, each from one example. Written by `python -m tests.recommender.card_gallery`; a test
fails when this page is out of date. The facts of the patient with their dates, which every card also lists, are left out here.
"""


def write_page() -> str:
    """Return the page."""
    shown = {finding.card: (who, course, finding) for who, course, finding in _examples()}
    missing = set(CARDS) - set(shown) - _NEVER_FIRST
    assert not missing, f"no example shows {sorted(missing)} as the first card"
    sections = [_section(card, *shown[card]) for card in CARDS if card in shown]
    return "\n".join([HEAD, *sections])


_NEVER_FIRST: set[str] = {"g1"}
"""Cards that are always folded into another: what g1 asks for is due anyway (k1)."""


def _examples() -> Iterator[tuple[list[str], str, Finding]]:
    cases = yaml.safe_load(CASES.read_text(encoding="utf-8"))
    tried = [(case["who"], case["orders"], case.get("policy", "default")) for case in cases]
    seen: set[str] = set()
    known = dict(courses())
    for who, course, policy in (*tried, *MORE_EXAMPLES.values()):
        scenario = person(*(FACTS[name] for name in who))
        found = recommend(scenario, POLICIES[policy])
        for finding in review(with_record(known[course], scenario), scenario, found, POLICIES[policy]):
            if finding.card not in seen:
                seen.add(finding.card)
                yield who, course, finding


def _section(card: str, who: list[str], course: str, finding: Finding) -> str:
    lines = [f"## {card}", "", f"> **{finding.indicator.value.upper()}** {finding.summary}", ""]
    lines += [f"Ordered: {course}. Patient: {', '.join(who)}. Rule {finding.rule}; {', '.join(finding.citations)}.", ""]
    lines += [*(f"- {reason}" for reason in finding.reasons), ""]
    if finding.also_found:
        lines += [f"Also found: {', '.join(finding.also_found)}.", ""]
    if finding.resolutions:
        several = "one of" if len(finding.resolutions) > 1 else "one"
        lines += [f"Suggestions ({several}):", "", *(f"- [ ] {resolution.label}" for resolution in finding.resolutions), ""]
    if finding.override_reasons:
        reasons = (f"{reason.display}{' (comment needed)' if reason.requires_comment else ''}" for reason in finding.override_reasons)
        lines += [f"Override reasons: {'; '.join(reasons)}.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
