"""Which of several results speaks: the newest, or one behind it that alarms.

Expectations: decisions I30, Q9, Q33, Q35 (vi); F16, F18, K2 to K4. Of eGFR the limits are 30 and 60
(`cyanoMinEgfr`), of platelets 10, 25 and 50, of haemoglobin 80 (`severeHbGPerL`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from recommender.assessment import with_older_alarms
from recommender.guidance import Policy
from recommender.language import (
    Alarm,
    ClinicalScenario,
    Comparator,
    Measurement,
    NotCounted,
    Quantity,
    Unit,
)
from tests.recommender.people import build_scenario, evidence

UNITS = {
    "platelets": Unit.PER_NL,
    "egfr": Unit.EGFR,
    "haemoglobin": Unit.G_PER_L,
}
NEWEST = dt.date(2026, 11, 20)


def plain(fact: str, value: int, days: int = 0) -> Measurement:
    """A result of which all is known; the days count back from the newest."""
    found = evidence(f"Observation/{value}")._replace(reported=str(value))
    quantity = Quantity(Decimal(value), UNITS[fact])
    return Measurement(quantity, NEWEST - dt.timedelta(days), evidence=(found,))


def issued(fact: str, value: int, days: int = 0) -> Measurement:
    """A result that only its date of issue dates, so that it alarms alone (Q33)."""
    return plain(fact, value, days)._replace(by_issue=True, alarms_only=Alarm.LOW)


def below(fact: str, value: int, days: int = 0) -> Measurement:
    """A result reported as "<30"."""
    quantity = Quantity(Decimal(value), UNITS[fact], Comparator.LESS)
    return plain(fact, value, days)._replace(quantity=quantity)


def unusable(reported: str = "77") -> Measurement:
    found = evidence("Observation/unusable")._replace(reported=reported)
    return Measurement(None, NEWEST, "unit missing", (found,), because=NotCounted.UNIT_MISSING)


def that_speaks(fact: str, newest: Measurement, *behind: Measurement) -> Measurement:
    scenario = replace(build_scenario({}), **{fact: newest._replace(behind=behind)})
    found: Measurement = getattr(with_older_alarms(scenario, Policy()), fact)
    return found


def value_of(found: Measurement) -> int | None:
    return int(found.quantity.value) if found.quantity else None


P, E, H = "platelets", "egfr", "haemoglobin"
CASES = [
    # what is behind a result that says what it says is not asked
    (P, below(P, 40), [plain(P, 8, 5)], 40, False),
    # nor behind one by date of issue that alarms as much
    (P, issued(P, 8), [plain(P, 8, 5)], 8, False),
    (P, issued(P, 8), [plain(P, 240, 5)], 8, False),
    # a reassuring date of issue takes back nothing (Q33)
    (P, issued(P, 240), [plain(P, 8, 5)], 8, True),
    (E, issued(E, 90), [plain(E, 25, 5)], 25, True),
    (H, issued(H, 130), [plain(H, 62, 5)], 62, True),
    # nor does one that cannot be used
    (P, unusable(), [plain(P, 8, 5)], 8, True),
    (P, unusable(), [plain(P, 32, 5)], 32, True),
    (E, unusable(), [plain(E, 45, 5)], 45, True),
    (H, unusable(), [plain(H, 62, 5)], 62, True),
    # between: one by issue does not answer, a plain one does
    (P, unusable(), [issued(P, 240, 2), plain(P, 8, 5)], 8, True),
    (P, unusable(), [plain(P, 240, 2), plain(P, 8, 5)], None, False),
    (P, unusable(), [below(P, 40, 2), plain(P, 8, 5)], 40, True),
    (H, unusable(), [plain(H, 80, 2), plain(H, 62, 5)], None, False),
    # of two that alarm the one that alarms most
    (E, unusable(), [issued(E, 40, 2), plain(E, 25, 5)], 25, True),
    (E, unusable(), [issued(E, 25, 2), plain(E, 40, 5)], 25, True),
    (E, issued(E, 40), [plain(E, 25, 5)], 25, True),
    (E, issued(E, 40), [plain(E, 45, 5)], 40, False),
    (P, unusable(), [issued(P, 32, 2), plain(P, 20, 5)], 20, True),
    # none alarms: nothing is known
    (P, unusable(), [plain(P, 240, 5)], None, False),
    (E, unusable(), [plain(E, 60, 5)], None, False),
    (H, unusable(), [plain(H, 80, 5)], None, False),
]


@pytest.mark.parametrize(("fact", "newest", "behind", "value", "older"), CASES)
def test_which_result_speaks_I30(
    fact: str, newest: Measurement, behind: list[Measurement], value: int | None, older: bool
) -> None:
    found = that_speaks(fact, newest, *behind)
    assert value_of(found) == value
    assert (found.stands_in_for is not None) == older
    assert found.behind == ()
    if older:
        assert found.stands_in_for == newest
        assert found.alarms_only is Alarm.LOW
    else:
        assert found == newest


@pytest.mark.parametrize(
    ("newest", "said"),
    [
        (unusable(), "a newer result cannot be used: unit missing"),
        (issued(P, 240), "a newer result is known only by its date of issue"),
        (
            plain(P, 300)._replace(quantity=Quantity(Decimal(300), UNITS[P], Comparator.LESS)),
            "a newer result leaves it open: 300",
        ),
        (
            plain(P, 300)._replace(
                quantity=Quantity(Decimal(300), UNITS[P], Comparator.LESS), evidence=()
            ),
            "a newer result leaves it open: ",
        ),
    ],
)
def test_the_reason_says_why_the_newer_one_does_not_speak(newest: Measurement, said: str) -> None:
    assert that_speaks(P, newest, plain(P, 8, 5)).reason == said


def test_a_reason_of_the_older_one_stays_before_it() -> None:
    older = plain(P, 8, 5)._replace(reason="last count 5 days ago, repeat")
    found = that_speaks(P, unusable(), older)
    newer = "a newer result cannot be used: unit missing"
    assert found.reason == f"last count 5 days ago, repeat; {newer}"


def test_what_already_says_that_it_stands_for_a_newer_one_says_it_once() -> None:
    """An eGFR computed from a creatinine behind one that cannot be used says so (F16)."""
    older = plain(E, 25, 5)._replace(reason="computed", stands_in_for=unusable())
    assert that_speaks(E, unusable(), older).reason == "computed"


def test_without_older_results_the_scenario_is_the_same() -> None:
    scenario: ClinicalScenario = build_scenario({"platelets": 8})
    assert with_older_alarms(scenario, Policy()) is scenario
