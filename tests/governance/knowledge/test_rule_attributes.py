"""What each rule is said to look at is what it looks at: one fact is changed at a time."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from governance.knowledge import attributes_as_json
from governance.knowledge.reviews import list_reviews
from governance.knowledge.rule_attributes import (
    EVERYWHERE,
    OF_CONDITIONS,
    OF_FACTS,
    OF_OFFERS,
    uses_beside,
    uses_of_rule,
)
from recommender.assessment import assess
from recommender.guidance import FACTS
from recommender.language import (
    Cause,
    CauseFinding,
    ClinicalScenario,
    Fact,
    Measurement,
    Quantity,
    Truth,
    Unit,
)
from recommender.treatment import RULES
from recommender.treatment.table import decide
from tests.recommender.people import TODAY, build_policy, build_scenario, evidence
from tests.recommender.treatment.test_cases import read_cases

Change = Callable[[ClinicalScenario], ClinicalScenario]


def _measured(value: str, unit: Unit) -> Measurement:
    day = TODAY - dt.timedelta(days=30)
    return Measurement(Quantity(Decimal(value), unit), day) if value else Measurement()


def _set(**values: Any) -> Change:
    return lambda scenario: replace(scenario, **values)


def _diet(recorded: bool) -> Change:
    added = (CauseFinding(Cause.DIETARY, evidence("Condition/diet")),) if recorded else ()

    def change(scenario: ClinicalScenario) -> ClinicalScenario:
        kept = (one for one in scenario.causes if one.cause is not Cause.DIETARY)
        return replace(scenario, causes=(*kept, *added))

    return change


def _truths(fact: str) -> list[Change]:
    return [_set(**{fact: Fact(truth, "tried")}) for truth in Truth]


CHANGES: dict[str, list[Change]] = {
    "age": [_set(age=_measured(years, Unit.YEARS)) for years in ("", "17", "58")],
    "egfr": [_set(egfr=_measured(value, Unit.EGFR)) for value in ("", "20", "55", "90")],
    "causes": [_diet(False), _diet(True)],
    **{
        fact: _truths(fact)
        for fact in (
            "female",
            "pregnant",
            "planning_pregnancy",
            "breastfeeding",
            "symptoms",
            "recurrence",
            "neurological_screen",
            "nitrous_oxide",
        )
    },
}
"""Every fact of the attributes in which rules differ, with the values that are tried."""

EVERYWHERE_READ = {fact for fact, reader in FACTS.items() if set(reader.by) & set(EVERYWHERE)}
ASKED = {"pregnant", "planning_pregnancy"}
"""Facts that decide which test a row asks for."""


def _people() -> Iterator[tuple[ClinicalScenario, Any]]:
    """Yield people of all kinds: the cases of the decision table, each also with nerves known."""
    for parameters in read_cases():
        case = parameters.values[0]
        known = build_scenario(case.get("known") or {})
        policy = build_policy(case.get("policy", {}), case.get("available"))
        yield known, policy
        screened = Fact(Truth.FALSE, "answered")
        yield replace(known, neurological_screen=screened), policy


@pytest.fixture(scope="module")
def seen() -> tuple[dict[Any, set[str]], dict[str, set[str]]]:
    """Which facts change whether a condition holds, and what a row says that goes on to hold."""
    of_conditions: dict[Any, set[str]] = defaultdict(set)
    of_rows: dict[str, set[str]] = defaultdict(set)
    conditions = {condition for rule in RULES for condition in rule.when}
    for person, policy in _people():
        for fact, changes in CHANGES.items():
            tried = []
            for change in changes:
                assessment = assess(change(person), policy)
                held = {one for one in conditions if one.holds(assessment, policy)}
                tried.append((held, decide(assessment, policy)))
            for (held, said), (other, otherwise) in itertools.pairwise(tried):
                for condition in held ^ other:
                    of_conditions[condition].add(fact)
                if said.rule == otherwise.rule and said.follow_ups != otherwise.follow_ups:
                    of_rows[said.rule].add(fact)
    return of_conditions, of_rows


def test_a_condition_reads_what_it_is_said_to_read_and_nothing_else(
    seen: tuple[dict[Any, set[str]], dict[str, set[str]]],
) -> None:
    found = seen[0]
    assert set(found) == set(OF_CONDITIONS)
    of_uses: dict[Any, set[str]] = defaultdict(set)
    for condition, facts in found.items():
        assert facts <= {use.fact for use in OF_CONDITIONS[condition]}, condition.words
        of_uses[OF_CONDITIONS[condition]] |= facts
    for uses, facts in of_uses.items():  # deficiency is one fact, whatever is asked of it
        assert facts == {use.fact for use in uses}


def test_tests_that_a_row_asks_for_by_these_facts_are_said(
    seen: tuple[dict[Any, set[str]], dict[str, set[str]]],
) -> None:
    for rule, facts in seen[1].items():
        said = {use.fact for one in RULES if one.id == rule for use in uses_of_rule(one.id)}
        assert facts - EVERYWHERE_READ <= said, rule
        own = {use.fact for use in OF_OFFERS.get(rule, ())}  # type: ignore[call-overload]
        assert own & ASKED <= facts, rule


def test_every_fact_of_the_attributes_is_one_of_the_record() -> None:
    used = {use.fact for uses in (*OF_CONDITIONS.values(), *OF_OFFERS.values()) for use in uses}

    assert used <= set(FACTS)
    assert set(OF_FACTS) | {"causes"} == set(CHANGES)
    assert set(EVERYWHERE) <= set(uses_beside())


def test_each_rule_has_its_own_attributes_in_their_order() -> None:
    rules = {one["rule"]: one for one in attributes_as_json()["rules"]}

    assert set(rules) == {review.rule for review in list_reviews()}
    for one in rules.values():
        numbers = [attribute["number"] for attribute in one["attributes"]]
        assert numbers[:2] == [1, 4]
        assert numbers == sorted(set(numbers))
        assert one["uses"] == [attribute["name"] for attribute in one["attributes"][2:]]
    assert "lower is used" in str(rules["M6"]["attributes"])
    assert "lower is used" not in str(rules["T6"]["attributes"])
