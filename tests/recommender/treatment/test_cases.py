"""Clinical cases that a clinician can read: who, what is known, what must follow. Each is named by
one sentence with its number.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from recommender.language import say_claims
from recommender.monitoring.follow_up import maintenance_phase
from recommender.treatment.recommendation import Option, Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_policy, build_scenario

FOLDER = Path(__file__).parents[1] / "cases"


def read_cases() -> list[Any]:
    """Return every case of the folder, with a readable id."""
    cases = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            cases.append(pytest.param(case, id=f"{path.stem}: {case['case']}"))
    return cases


@pytest.mark.parametrize("case", read_cases())
def test_case(case: dict[str, Any]) -> None:
    unknown = set(case) - {"case", "known", "policy", "available", "expect"}
    assert not unknown, f"a case may not say {unknown}"
    policy = build_policy(case.get("policy", {}), case.get("available"))
    scenario = build_scenario(case.get("known") or {})
    found = recommend(scenario, policy)
    for key, expected in case["expect"].items():
        assert _seen(key, found, policy) == expected, f"{key}: {found.assessment}"


def _seen(key: str, found: Recommendation, policy: Any) -> Any:
    """What the recommendation says of one thing a case may expect, in the words of the cases."""
    assessment = found.assessment
    match key:
        case "rule":
            return found.rule
        case "also":
            return list(found.also)
        case "outcome":
            return found.outcome.value
        case "offers":
            return [_offered(option) for option in found.options]
        case "replaces":
            return sorted({option.replaces for option in found.options})
        case "routes":
            return sorted(
                {
                    phase.line.route.value
                    for option in found.options
                    if option.regimen
                    for phase in option.regimen.phases
                }
            )
        case "acceptable":
            return [regimen.id for regimen in found.acceptable]
        case "tests":
            return [_test(item.test.value, item.months, item.days) for item in found.follow_ups]
        case "needs":
            return list(found.needs)
        case "advice":
            return [item.id for item in found.advice]
        case "not_drafted":
            return found.not_drafted
        case "drafts_nothing":
            return bool(found.not_drafted) and all(
                option.regimen is None for option in found.options
            )
        case "technique":
            return len(found.technique)
        case "maintenance":
            return maintenance_phase(assessment, policy).id
        case "unknown_phase":
            unknown = assessment.treatment.unknown
            return unknown.name if unknown else ""
        case "treatment":
            return assessment.treatment.phase.value
        case "loading_complete" | "dose_documented" | "alternate_days" | "maintenance_ordered":
            return getattr(assessment.treatment, key)
        case _:
            value = getattr(assessment, key)
            return value.value if hasattr(value, "value") else value


def _offered(option: Option) -> str:
    regimen = (
        option.regimen.id
        if option.regimen
        else "test first"
        if option.follow_ups
        else "nothing to draft"
    )
    return f"{say_claims(option.claims)}: {regimen}" if option.claims else regimen


def _test(name: str, months: int, days: int) -> str:
    when = f" in {months} months" if months else f" in {days} days" if days else ""
    return name + when
