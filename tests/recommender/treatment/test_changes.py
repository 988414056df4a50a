"""What would change the advice: unknown facts first, and only those that would."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from recommender.guidance.policy import Policy
from recommender.treatment.table import decide, recommend
from recommender.treatment.what_would_change import VARIATIONS, nearest_changes, with_nerve_signs
from tests.recommender.people import build_scenario


def changes(**known: Any) -> tuple[str, ...]:
    return tuple(nearest_changes(recommend(build_scenario(known), Policy()), Policy()))


def test_the_open_neurological_answer_comes_first() -> None:
    first, second, *_ = changes(total_b12=100, egfr=90)
    assert first.startswith("if neurological symptoms were present: N1, ")
    assert second.startswith("if neurological symptoms were explicitly absent: M6, ")


def test_a_changed_leg_is_said_where_the_rule_stays() -> None:
    found = [
        line
        for line in changes(total_b12=100, egfr=90)
        if line.startswith("if kidney function were reduced")
    ]
    assert found == [
        "if kidney function were reduced: U1, no neurological symptoms: Hydroxocobalamin 1000 "
        "micrograms (1 mg) by intramuscular injection "
        "three times a week for 2 weeks (6 doses), then every 2 to 3 months for life"
    ]


def test_what_changes_nothing_is_not_said() -> None:
    assert not any(
        line.startswith("if kidney") for line in changes(total_b12=100, signs=["paraesthesia"])
    )
    assert changes(deceased="yes") == ()


def test_a_known_fact_is_varied_after_the_unknown_ones() -> None:
    lines = changes(total_b12=100, neurological_screen="no", egfr=90)
    cause = next(number for number, line in enumerate(lines) if "pernicious anaemia" in line)
    nerves = next(number for number, line in enumerate(lines) if "symptoms were present" in line)
    assert cause < nerves


def test_recurrence_is_asked_about_on_maintenance_only() -> None:
    assert any(
        "symptoms had returned" in line
        for line in changes(orders=[{"phase": "MAINT-N", "days_ago": 200}], injections=[20])
    )
    assert not any("symptoms had returned" in line for line in changes(total_b12=100))


def test_deficiency_is_not_varied_while_treatment_is_under_way() -> None:
    assert not any(
        "deficiency were" in line
        for line in changes(orders=[{"phase": "MAINT-N", "days_ago": 200}], injections=[20])
    )


def test_new_signs_are_asked_about_on_maintenance() -> None:
    assert any(
        line.startswith("if neurological symptoms were present: T1, ")
        for line in changes(orders=[{"phase": "MAINT-N", "days_ago": 200}], injections=[20])
    )


def test_signs_after_a_lapse_reload() -> None:
    lapsed = {
        "orders": [{"phase": "MAINT-M", "days_ago": 300}],
        "injections": [200],
        "neurological_screen": "no",
    }
    assert any(
        line.startswith("if neurological symptoms were present: T4a, ")
        for line in changes(**lapsed)
    )


def test_a_regimen_that_would_not_be_drafted_is_said_with_its_reason() -> None:
    lines = changes(causes=["bariatric surgery"], total_b12=400, egfr=90, female="yes", age=30)
    reason = "In pregnancy nothing is drafted before deficiency is shown: the prescriber decides."
    assert f"if the person were pregnant: P4, fewer options: {reason}" in lines


def test_pregnancy_is_not_asked_about_where_it_cannot_be() -> None:
    known = {"causes": ["bariatric surgery"], "total_b12": 400, "egfr": 90}
    assert any("pregnant" in line for line in changes(**known, female="yes", age=55))
    assert not any("pregnant" in line for line in changes(**known, female="yes", age=56))
    assert not any("pregnant" in line for line in changes(**known, female="no", age=30))
    assert not any(
        "pregnant" in line for line in changes(**known, female="yes", age=30, pregnant="no")
    )


def test_a_single_option_is_said_without_a_condition() -> None:
    lines = changes(
        total_b12=100,
        neurological_screen="no",
        causes=["pernicious anaemia or autoimmune gastritis"],
        past_signs=["paraesthesia"],
    )
    assert all(", :" not in line for line in lines)
    oral = changes(orders=[{"phase": "ORAL", "days_ago": 60}], egfr=90)
    assert any(
        line.startswith("if kidney function were reduced: T6, Hydroxocobalamin 1000")
        for line in oral
    )


LEVELS = (None, 100, 160, 185, 300, 400)
ACIDS = (None, 200, 400)
BESIDE: tuple[dict[str, Any], ...] = (
    {},
    {"egfr": 90},
    {"egfr": 20},
    {"symptoms": "yes"},
    {"nitrous_oxide": "yes"},
    {"pregnant": "yes", "female": "yes"},
    {"causes": ["pernicious anaemia or autoimmune gastritis"]},
    {"causes": ["bariatric surgery"]},
    {"deficiency_diagnosis": "yes"},
    {"unavailable": ["laboratory results"]},
    {"orders": [{"phase": "MAINT-N", "days_ago": 300}]},
    {"injections": [400]},
)


@pytest.mark.parametrize("beside", BESIDE, ids=str)
@pytest.mark.parametrize("acid", ACIDS)
@pytest.mark.parametrize("level", LEVELS)
def test_what_signs_would_change_is_what_they_change_D4(
    level: int | None, acid: int | None, beside: dict[str, Any]
) -> None:
    """The rule that is named is the one that holds once a sign is recorded today."""
    known = {"total_b12": level, "mma": acid} | beside
    known = {name: value for name, value in known.items() if value is not None}
    now = recommend(build_scenario(known), Policy())
    signs = {"dated_signs": {"paraesthesia": 0}}
    then = recommend(build_scenario(known | signs), Policy())
    told = decide(with_nerve_signs(now.assessment), Policy())
    assert (told.rule, bool(told.options)) == (then.rule, bool(then.options))
    lines = [line for line in nearest_changes(now, Policy()) if "symptoms were present" in line]
    assert all(f": {then.rule}, " in line for line in lines)


RECORDED = {
    "neurological symptoms were explicitly absent": {"neurological_screen": "no"},
    "kidney function were sufficient": {"egfr": 90},
    "kidney function were reduced": {"egfr": 40},
    "pernicious anaemia were the cause": {
        "causes": ["pernicious anaemia or autoimmune gastritis"],
        "deficiency_diagnosis": "yes",
    },
    "more than 20 cm of ileum had been resected": {
        "causes": ["ileal resection"],
        "ileal_resection_length": 30,
    },
    "bariatric surgery had been done": {"causes": ["bariatric surgery"]},
    "deficiency were confirmed": {"deficiency_diagnosis": "yes"},
}
"""What a record says where that is so."""


@pytest.mark.parametrize("beside", BESIDE, ids=str)
@pytest.mark.parametrize("words", RECORDED)
def test_what_is_not_known_would_change_what_it_changes_once_recorded(
    words: str, beside: dict[str, Any]
) -> None:
    recorded = RECORDED[words]
    vary = next(one for one in VARIATIONS if one.words == words)
    for level, acid in itertools.product(LEVELS, ACIDS):
        known = {"total_b12": level, "mma": acid} | beside
        known = {name: value for name, value in known.items() if value is not None}
        now = recommend(build_scenario(known), Policy()).assessment
        if set(recorded) & set(known) or not (vary.open(now) and vary.applies(now)):
            continue
        then = recommend(build_scenario(known | recorded), Policy())
        assert decide(vary.vary(now), Policy()).rule == then.rule, known
