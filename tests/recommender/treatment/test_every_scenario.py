"""The proof: no combination of the facts that the table reads is answered unsafely. The full
product runs with `python -m tests.prove`.
"""

from __future__ import annotations

import pytest

from recommender.assessment.derived_facts import Assessment
from recommender.deficiency.grounds import Deficiency
from recommender.guidance.policy import Policy
from recommender.treatment.table import RULES, decide
from tests.recommender.every_scenario import QUICK, Sweep
from tests.recommender.invariants import violations


def run(sweep: Sweep) -> tuple[int, set[str]]:
    """Decide every combination of a sweep and check it; return how many there were and which rules
    fired.
    """
    count, rules = 0, set()
    for assessment in sweep.assessments():
        for policy in sweep.policies:
            found = decide(assessment, policy)
            broken = violations(found, policy)
            assert not broken, f"{broken}\n{found.rule} {found.options}\n{assessment}"
            assert found.rule in expected_rules(assessment, policy), (
                f"{found.rule} is not of the cell of 2.10: {assessment}"
            )
            rules.add(found.rule)
            count += 1
    return count, rules


_UNDER_WAY = ("0", "1", "1b", "2", "3", "3b", "4a", "4", "5b", "5", "8", "6")


def expected_rules(a: Assessment, _: Policy) -> set[str]:
    """Return the rules of the cell of the totality table 2.10 that the facts fall into."""
    if a.deceased.is_true:
        return {"deceased"}
    if not a.adult.is_true:
        return {"G1"}
    if not a.untreated:
        return {"G2", *(f"T{name}" for name in _UNDER_WAY)}
    prophylaxis = {"G2", "P1", "P2", "P3", "P4", "P5", "P6"}
    if a.neurological.is_true:
        return {
            "G2",
            {Deficiency.UNLIKELY: "N3", Deficiency.CONFIRMED: "N1", Deficiency.PROBABLE: "N1"}.get(
                a.deficiency, "N2"
            ),
        }
    if a.treatment.unknown_by_record:
        return {"G2", "T7"}
    if a.is_deficient:
        return (
            {"G2", "U1"}
            if a.neurological.is_unknown
            else {"G2", *(f"M{number}" for number in range(1, 9))}
        )
    cell = {Deficiency.UNRESOLVED: {"G2", "B1"}, Deficiency.UNLIKELY: prophylaxis | {"E1"}}
    return cell.get(a.deficiency, prophylaxis | {"E3" if a.low_once else "E2"})


@pytest.mark.parametrize("sweep", QUICK, ids=lambda sweep: sweep.name)
def test_no_combination_is_answered_unsafely(
    sweep: Sweep, record_property: pytest.RecordProperty
) -> None:
    count, _ = run(sweep)
    record_property("combinations", count)
    assert count == sweep.count


def test_every_rule_fires_somewhere() -> None:
    """A row that never fires would be a row that nobody can reach."""
    wanted = {rule.id for rule in RULES} - {"G2"}  # that one is reached in "every circumstance"
    named = ("every row", "every policy", "who", "symptoms")
    for sweep in (sweep for sweep in QUICK if sweep.name.startswith(named)):
        for assessment in sweep.assessments():
            wanted.discard(decide(assessment, sweep.policies[0]).rule)
            if not wanted:
                return
    assert not wanted
