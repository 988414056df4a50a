"""docs/generated/recommendations.md: every case of the decision table with all that is said of it,
for a clinician to check.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from recommender.language.course import FollowUp
from recommender.language.dose_words import describe_regimen
from recommender.language.logic import Fact
from recommender.treatment.recommendation import Option, Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_policy, build_scenario

PAGE = Path(__file__).parents[1] / "docs" / "generated" / "recommendations.md"
CASES = Path(__file__).parents[1] / "tests" / "recommender" / "cases"

INTRODUCTION = """# What is recommended, case by case

Generated from the clinical cases of the test suite by `python -m
pages.recommendations`; "known" is all that the
record says (an adult of 50 unless an age is given). It is meant to be laid beside the guidance and
checked by a clinician.
"""


def render() -> str:
    """Return the page."""
    lines = [INTRODUCTION]
    for name, title in (
        ("vignettes", "Worked examples"),
        ("rules", "Every row of the decision table"),
    ):
        lines += [f"## {title}", ""]
        for case in yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8")):
            lines += _case(case, with_facts=name == "vignettes")
    return "\n".join(lines).rstrip() + "\n"


def _case(case: dict[str, Any], *, with_facts: bool) -> list[str]:
    known = case.get("known") or {}
    policy = build_policy(case.get("policy", {}), case.get("available"))
    found = recommend(build_scenario(known), policy)
    site = "".join(f"; site: {key} = {value}" for key, value in case.get("policy", {}).items())
    formulary = f"; formulary: {', '.join(case['available'])}" if "available" in case else ""
    lines = [
        f"### {case['case']}",
        "",
        f"Known: {_known(known)}{site}{formulary}",
        "",
        *_said(found),
    ]
    if with_facts:
        lines += [
            "- facts:",
            *(f"  - {name}: {_fact(fact)}" for name, fact in found.assessment.facts),
        ]
    return [*lines, ""]


def _said(found: Recommendation) -> list[str]:
    beside = f", with {', '.join(found.also)}" if found.also else ""
    lines = [
        f"- **{found.rule}**{beside} ({found.outcome.value}): {found.summary} "
        f"({_cited(found.citations)})"
    ]
    lines += [f"- offered: {_option(option)}" for option in found.options]
    lines += (
        [f"- acceptable: {'; '.join(regimen.id for regimen in found.acceptable)}"]
        if found.acceptable
        else []
    )
    lines += [f"- not drafted: {found.not_drafted}"] if found.not_drafted else []
    lines += [f"- needed: {need}" for need in found.needs]
    lines += [f"- {line}" for line in _tests(found.follow_ups)]
    lines += [
        f"- {advice.id}: {advice.text} ({_cited(advice.citations)})" for advice in found.advice
    ]
    return [*lines, f"- technique: {' '.join(found.technique)}"]


def _option(option: Option) -> str:
    condition = f"{option.condition}: " if option.condition else ""
    tests = "; ".join(_tests(option.follow_ups))
    what = describe_regimen(option.regimen) if option.regimen else tests or "nothing to draft"
    resting = (
        f" ({_cited(tuple(c for phase in option.regimen.phases for c in phase.citations))})"
        if option.regimen
        else ""
    )
    return (
        f"{condition}{what}{resting}{f' in place of {option.replaces}' if option.replaces else ''}"
    )


def _tests(follow_ups: tuple[FollowUp, ...]) -> list[str]:
    """One line per day and reason."""
    lines: dict[tuple[str, str], list[str]] = {}
    for item in follow_ups:
        when = (
            f"in {item.months} months"
            if item.months
            else f"in {item.days} days"
            if item.days
            else "now"
        )
        lines.setdefault((when, item.why), []).append(
            f"{item.test.value} ({_cited(item.citations)})"
        )
    return [f"{when}, {why}: {', '.join(tests)}" for (when, why), tests in lines.items()]


def _fact(fact: Fact) -> str:
    value = fact.value or fact.truth.value
    reason = f", {fact.reason}" if fact.reason else ""
    seen = ", ".join(item.reference for item in fact.evidence)
    return f"{value} ({fact.truth.value}{reason}){f' from {seen}' if seen else ''}"


def _known(known: dict[str, Any]) -> str:
    return (
        "; ".join(f"{key} {_plain(value)}" for key, value in known.items()).replace("_", " ")
        or "nothing"
    )


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_plain(item)}" for key, item in value.items())
    return str(value)


def _cited(citations: tuple[str, ...]) -> str:
    return ", ".join(citations)
