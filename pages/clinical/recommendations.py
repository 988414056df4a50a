"""docs/generated/recommendations: every case of the decision table with all that is said of it, one
page for each rule, for a clinician to check.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from recommender.language import say_claims
from recommender.language.course import FollowUp
from recommender.language.dose_words import describe_regimen
from recommender.language.logic import Fact
from recommender.treatment.recommendation import Option, Recommendation
from recommender.treatment.table import RULES, recommend
from tests.recommender.people import build_policy, build_scenario

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "recommendations" / "index.md"
CASES = Path(__file__).parents[2] / "tests" / "recommender" / "cases"

INTRODUCTION = """# What is recommended, case by case

Generated from the clinical cases of the test suite by `./run pages`; "known" is all that the record
says (an adult of 50 unless an age is given). It is meant to be laid beside the guidance and checked
by a clinician. A case stands on the page of the rule that it leads to.

- [Worked examples](worked-examples.md), with every fact
"""


def render_all() -> dict[Path, str]:
    """Return the index, the worked examples, and the page of each rule."""
    told = [_tell(case) for case in _cases("rules")]
    worked = "".join(section for _, section in map(_tell_with_facts, _cases("vignettes")))
    index = [INTRODUCTION]
    pages = {PAGE.with_name("worked-examples.md"): f"# Worked examples\n\n{BACK}\n{worked}"}
    for rule in dict.fromkeys(row.id for row in RULES):
        sections = [section for name, section in told if name == rule]
        if sections:
            head = f"# Rule {rule}\n\n{BACK} ([the rule](../decision-table.md))\n"
            pages[PAGE.with_name(f"{rule}.md")] = head + "".join(sections)
            index.append(f"- [{rule}]({rule}.md): {len(sections)} case{'s'[: len(sections) - 1]}")
        else:
            index.append(f"- {rule}: its cases are among the [cards](../cards/index.md)")
    assert {name for name, _ in told} <= {row.id for row in RULES}
    pages[PAGE] = "\n".join(index) + "\n"
    return pages


BACK = "[All rules](index.md)"


def _cases(name: str) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = yaml.safe_load((CASES / f"{name}.yaml").read_text("utf-8"))
    return read


def _tell_with_facts(case: dict[str, Any]) -> tuple[str, str]:
    return _tell(case, with_facts=True)


def _tell(case: dict[str, Any], with_facts: bool = False) -> tuple[str, str]:
    """Return the rule that a case leads to, and its section."""
    known = case.get("known") or {}
    policy = build_policy(case.get("policy", {}), case.get("available"))
    found = recommend(build_scenario(known), policy)
    site = "".join(f"; site: {key} = {value}" for key, value in case.get("policy", {}).items())
    formulary = f"; formulary: {', '.join(case['available'])}" if "available" in case else ""
    lines = [
        "",
        f"## {case['case']}",
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
    return found.rule, "\n".join(lines) + "\n"


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
    condition = f"{say_claims(option.claims)}: " if option.claims else ""
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
