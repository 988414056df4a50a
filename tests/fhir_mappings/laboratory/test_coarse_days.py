"""Results of which only the month is known, beside others: of those that may be the newest the most
worrying one speaks, and of those that cannot be none.

Expectations: decisions I30 (a doubt lowers no restriction), F16, F18, F19, F23. As of 15 June 2026.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.fhir_mappings.records import Resource, observation, scenario_of

KINDS: dict[str, tuple[str, str, int, int]] = {
    "platelets": ("777-3", "10*9/L", 8, 240),
    "egfr": ("98979-8", "mL/min/{1.73_m2}", 25, 95),
    "inr": ("6301-6", "{INR}", 4, 1),
    "haemoglobin": ("718-7", "g/L", 62, 140),
}
"""Code, unit, a value that alarms, one that does not."""

BAD, GOOD = True, False
CASES: list[tuple[list[tuple[str, bool]], bool]] = [
    # one of the month beside one of a day in it, or of the day before it
    ([("2026-06", GOOD), ("2026-06-10", BAD)], BAD),
    ([("2026-06", GOOD), ("2026-06-01", BAD)], BAD),
    ([("2026-06", GOOD), ("2026-05-31", BAD)], GOOD),
    ([("2026-06", BAD), ("2026-06-10", GOOD)], BAD),
    ([("2026-06", BAD), ("2026-05-31", GOOD)], BAD),
    # of two in the month the earlier one cannot be the newest
    ([("2026-06", GOOD), ("2026-06-10", BAD), ("2026-06-12", GOOD)], GOOD),
    ([("2026-06", GOOD), ("2026-06-10", GOOD), ("2026-06-12", BAD)], BAD),
    ([("2026-06", BAD), ("2026-06-10", GOOD), ("2026-06-12", GOOD)], BAD),
    # two of the month
    ([("2026-06", GOOD), ("2026-06", BAD)], BAD),
    # days alone: the newest
    ([("2026-06-12", GOOD), ("2026-06-10", BAD)], GOOD),
    ([("2026-06-12", BAD), ("2026-06-10", GOOD)], BAD),
]


def results(kind: str, sent: list[tuple[str, bool]]) -> list[Resource]:
    code, unit, bad, good = KINDS[kind]
    return [
        observation(code, bad if alarms else good, unit, effectiveDateTime=day)
        | {"id": f"result-{number}"}
        for number, (day, alarms) in enumerate(sent)
    ]


@pytest.mark.parametrize("kind", ["platelets", "egfr"])
@pytest.mark.parametrize(("sent", "speaks"), CASES)
def test_which_of_several_speaks_where_a_day_is_not_known_I30(
    kind: str, sent: list[tuple[str, bool]], speaks: bool
) -> None:
    bad, good = KINDS[kind][2:]
    for records in (results(kind, sent), results(kind, sent)[::-1]):
        found: Any = getattr(scenario_of(*records), kind)
        assert found.quantity.value == (bad if speaks else good)


@pytest.mark.parametrize("kind", KINDS)
def test_a_month_that_began_before_the_days_that_count_is_no_result(kind: str) -> None:
    days_that_count = {"platelets": "2026-03", "egfr": "2025-06", "inr": "2026-05"}
    month = days_that_count.get(kind, "2026-05")
    found: Any = getattr(scenario_of(*results(kind, [(month, GOOD)])), kind)
    assert found.quantity is None


@pytest.mark.parametrize(
    ("molar", "mass", "speaks"),
    [
        # 190 pg/mL are 140 pmol/L, 271 are 200 (1.1)
        (150, 190, 190),
        (139, 190, 139),
        (201, 271, 271),
        (199, 271, 199),
        (400, 300, 300),
        (200, 300, 200),
    ],
)
def test_of_two_levels_of_one_day_in_two_units_the_lower_one_speaks(
    molar: int, mass: int, speaks: int
) -> None:
    sent = [observation("14685-2", molar, "pmol/L"), observation("2132-9", mass, "pg/mL")]
    sent = [one | {"id": f"level-{number}"} for number, one in enumerate(sent)]
    for records in (sent, sent[::-1]):
        found = scenario_of(*records).total_b12
        assert found.quantity is not None
        assert found.quantity.value == speaks
