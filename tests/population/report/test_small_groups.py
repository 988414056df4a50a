"""The sums over groups of rules are shown as far as no small count follows from them."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from population.report.counts import Counts
from population.report.small_counts import SMALL
from population.report.tables import build_tables
from population.report.unseen import GROUPS
from recommender.treatment import RULES

GROUP_OF = {rule: name for name, rules in GROUPS.items() for rule in rules}


def told(counted: dict[str, int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what the report tells of each rule and of each group."""
    counts = Counts(rules=Counter(counted), decisions=sum(counted.values()))
    tables = {table.name: table for table in build_tables(counts, False)}
    groups = {row[0]: row[1] for row in tables["groups"].rows} if "groups" in tables else {}
    return {row[0]: row[2] for row in tables["rules"].rows}, groups


def test_a_small_rule_is_covered_by_another_of_its_group_and_the_sum_is_shown() -> None:
    rules, groups = told({"E2": 900, "M1": 8, "M2": 40, "M4": 3})

    assert (rules["M4"], rules["M1"], rules["M2"]) == (SMALL, "hidden", 40)
    assert groups["untreated: treatment is indicated"] == 51


def test_a_small_rule_of_no_group_is_covered_without_a_rule_of_a_group() -> None:
    rules, groups = told({"E2": 900, "G2": 3, "P1": 8, "P2": 50, "E1": 20})

    assert (rules["G2"], rules["E1"], rules["P1"]) == (SMALL, "hidden", 8)
    assert groups["prophylaxis or yearly test is due"] == 58


@pytest.mark.parametrize("seed", range(200))
def test_no_small_count_follows_from_the_sums_that_are_shown(seed: int) -> None:
    """A count follows where it is the only one hidden of a sum that can be known."""
    chance = Random(seed)
    names = [rule.id for rule in RULES]
    counted = {rule: chance.choice([0, 0, 1, 3, 4, 5, 7, 30, 200]) for rule in names}
    counted = {rule: count for rule, count in counted.items() if count}
    rules, groups = told(counted)

    unseen = {rule for rule in counted if isinstance(rules[rule], str)}
    known = {name for name, told_of in groups.items() if not isinstance(told_of, str)}
    sums = [{rule for rule in unseen if GROUP_OF.get(rule) == name} for name in known]
    sums.append({rule for rule in unseen if GROUP_OF.get(rule) not in known})

    assert all(rule in unseen for rule, count in counted.items() if count < 5)
    assert all(len(together) != 1 for together in sums)
