"""Results of vitamin B12 that do not decide by themselves, each limit at, below and above it.

Expectations: decisions D2 and D5b (2.3), Q88 (the last of D4; D5b of any age where somebody is ill
or the cause is permanent), E3 (2.4), Q29 and I18, Q33, Q35 (i) and (iii). D2's class is below 133
pmol/L; 133 to 258 is borderline. As of 21 November 2026.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.guidance import Policy
from recommender.language import (
    Evidence,
    Measurement,
    NotCounted,
    Quantity,
    Test,
    UncountedResult,
    Unit,
)
from recommender.treatment.table import recommend
from tests.recommender.people import ago, build_scenario, evidence


def older(value: object, days: int, why: str, *readings: int, **more: Any) -> UncountedResult:
    """A result that does not decide, of total vitamin B12 in pmol/L, or with other readings."""
    seen = Evidence("Observation/older", date=ago(days), reported=str(value))
    values = readings or (() if value is None else (value,))
    found = tuple(Quantity(Decimal(str(one)), Unit.PMOL_PER_L) for one in values)
    return UncountedResult(Test.SERUM_B12, NotCounted[why], seen, found, **more)


def found_of(known: dict[str, Any], *uncounted: UncountedResult, **more: Any) -> tuple[str, str]:
    """Return how sure deficiency is, and the rule."""
    scenario = replace(build_scenario(known), uncounted_b12=uncounted, **more)
    found = recommend(scenario, Policy())
    return found.assessment.deficiency.value, str(found.rule)


WELL = {"neurological_screen": "no", "symptoms": "no"}
OLD = "TOO_OLD"
INJECTION = {"substance": "hydroxocobalamin", "route": "intramuscular", "dose": 1000}
WEEKLY = INJECTION | {"every": "1 week", "state": "completed"}

REPEATED = [
    # of D2's class and older than 12 months
    (WELL, [older(98, 400, OLD)], "E3"),
    (WELL, [older("132.9", 400, OLD)], "E3"),
    (WELL, [older(133, 400, OLD)], "E2"),
    ({}, [older(98, 400, OLD)], "E3"),
    # followed by one that is not low, or not
    (WELL, [older(259, 400, OLD), older(98, 800, OLD)], "E2"),
    (WELL, [older(258, 400, OLD), older(98, 800, OLD)], "E3"),
    (WELL, [older(98, 400, OLD), older(259, 800, OLD)], "E3"),
    # treated since, before it, or not with vitamin B12 that was given
    (WELL | {"injections": [799]}, [older(98, 800, OLD)], "E2"),
    (WELL | {"injections": [801]}, [older(98, 800, OLD)], "E3"),
    (
        WELL | {"orders": [WEEKLY | {"days_ago": 790, "ended_days_ago": 700}]},
        [older(98, 800, OLD)],
        "E2",
    ),
    (
        WELL | {"orders": [WEEKLY | {"days_ago": 900, "ended_days_ago": 810}]},
        [older(98, 800, OLD)],
        "E3",
    ),
    (
        WELL | {"orders": [WEEKLY | {"days_ago": 900, "ended_days_ago": 790}]},
        [older(98, 800, OLD)],
        "E2",
    ),
    # the newest untreated of two counts
    (WELL | {"injections": [799]}, [older(98, 500, OLD), older(90, 800, OLD)], "E3"),
    # one that cannot be used: low or borderline in any reading, or flagged
    (WELL, [older(98, 40, "PRELIMINARY")], "E3"),
    (WELL, [older(258, 40, "PRELIMINARY")], "E3"),
    (WELL, [older(259, 40, "PRELIMINARY")], "E2"),
    (WELL, [older(None, 40, "UNIT_MISSING")], "E2"),
    (WELL, [older(None, 40, "UNIT_MISSING", flagged_low=True)], "E3"),
    (WELL, [older(259, 40, "PRELIMINARY", flagged_low=True)], "E3"),
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 400, 258)], "E3"),
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 400, 259)], "E2"),
    # one taken on treatment, low or borderline: the last one only
    (WELL, [older(258, 40, "ON_TREATMENT")], "E3"),
    (WELL, [older(259, 40, "ON_TREATMENT")], "E2"),
    (WELL, [older(400, 40, "ON_TREATMENT"), older(98, 90, "ON_TREATMENT")], "E2"),
    (WELL, [older(400, 40, "ON_TREATMENT"), older(98, 400, OLD)], "E3"),
]


@pytest.mark.parametrize(("known", "uncounted", "rule"), REPEATED)
def test_which_older_or_unusable_result_is_to_be_repeated_E3(
    known: dict[str, Any], uncounted: list[UncountedResult], rule: str
) -> None:
    assert found_of(known, *uncounted) == ("unknown", rule)


NOW = WELL | {"total_b12": 400}
ILEUM = {"causes": ["ileal resection"], "ileal_resection_length": 15}
DIET = {"causes": ["diet low in vitamin B12"]}
TABLETS = {"substance": "cyanocobalamin", "route": "oral", "dose": 50, "every": "1 day"}


def taken(begun: int, ended: int) -> dict[str, Any]:
    """A supplement between two days, as days ago."""
    order = TABLETS | {"state": "completed", "days_ago": begun, "ended_days_ago": ended}
    return {"orders": [order], "b12_supplement_before_test": "no"}


CONTRADICTED = [
    (NOW, [], "unlikely"),
    (NOW, [older(98, 1, "NEWER_COUNTS")], "unresolved"),
    (NOW, [older(98, 365, "NEWER_COUNTS")], "unresolved"),
    (NOW, [older(98, 366, OLD)], "unlikely"),
    (NOW, [older("132.9", 100, "NEWER_COUNTS")], "unresolved"),
    (NOW, [older(133, 100, "NEWER_COUNTS")], "unlikely"),
    (NOW, [older(200, 50, "NEWER_COUNTS"), older(98, 100, "NEWER_COUNTS")], "unresolved"),
    # at any age where somebody is ill or the cause is permanent, not where it may pass (Q88)
    (NOW | {"symptoms": "yes"}, [older(98, 900, OLD)], "unresolved"),
    (NOW | {"symptoms": "unknown"}, [older(98, 900, OLD)], "unlikely"),
    (NOW | {"neurological_screen": "unknown"}, [older(98, 900, OLD)], "unlikely"),
    ({"total_b12": 400, "signs": ["paraesthesia"]}, [older(98, 900, OLD)], "unresolved"),
    (NOW | ILEUM, [older(98, 900, OLD)], "unresolved"),
    (NOW | DIET, [older(98, 900, OLD)], "unlikely"),
    (NOW | DIET, [older(98, 365, OLD)], "unresolved"),
    # vitamin B12 of any dose between
    (NOW | taken(300, 200), [older(98, 350, "NEWER_COUNTS")], "unlikely"),
    (NOW | taken(900, 349), [older(98, 350, "NEWER_COUNTS")], "unlikely"),
    (NOW | taken(900, 350), [older(98, 350, "NEWER_COUNTS")], "unresolved"),
    # the last of D4: borderline now, unless methylmalonic acid is not raised
    (WELL | {"total_b12": 200}, [], "unresolved"),
    (WELL | {"total_b12": 200}, [older(98, 365, "NEWER_COUNTS")], "probable"),
    (WELL | {"total_b12": 200}, [older(98, 366, OLD)], "unresolved"),
    (WELL | {"total_b12": 200}, [older(133, 100, "NEWER_COUNTS")], "unresolved"),
    (WELL | {"total_b12": 200, "mma": "<300"}, [older(98, 365, "NEWER_COUNTS")], "probable"),
    (WELL | {"total_b12": 200} | taken(300, 200), [older(98, 350, OLD)], "unresolved"),
    # what was never usable, or was taken on treatment, contradicts nothing
    (NOW, [older(98, 100, "UNIT_MISSING")], "unlikely"),
    (NOW, [older(98, 100, "ON_TREATMENT")], "unlikely"),
]


@pytest.mark.parametrize(("known", "uncounted", "expected"), CONTRADICTED)
def test_a_low_result_before_one_that_is_not_D5b_Q88(
    known: dict[str, Any], uncounted: list[UncountedResult], expected: str
) -> None:
    assert found_of(known, *uncounted)[0] == expected


UNUSABLE = Measurement(
    None,
    ago(10),
    "unit missing",
    (evidence("Observation/unusable"),),
    because=NotCounted.UNIT_MISSING,
    flagged_low=True,
)
NEWER = "NEWER_COUNTS"

RIGHT_BEFORE = [
    ([older(98, 20, NEWER)], True),
    ([older("132.9", 20, NEWER)], True),
    ([older(133, 20, NEWER)], False),
    ([older(98, 375, NEWER)], True),
    ([older(98, 376, NEWER)], False),
    # the one right before it
    ([older(400, 15, NEWER), older(98, 20, NEWER)], False),
    ([older(200, 15, NEWER), older(98, 20, NEWER)], False),
    # what is of no use between, or is not low by its date of issue alone, takes nothing from it
    ([older(None, 15, "UNIT_MISSING"), older(98, 20, NEWER)], True),
    ([older(None, 15, NEWER), older(98, 20, NEWER)], True),
    ([older(400, 15, NEWER, by_issue=True), older(98, 20, NEWER)], True),
    ([older(98, 15, NEWER, by_issue=True)], True),
    ([older(400, 15, NEWER, by_issue=True)], False),
    # nor does one taken on treatment stand for it
    ([older(98, 20, "ON_TREATMENT")], False),
]


NOT_FLAGGED = UNUSABLE._replace(flagged_low=False)
SOUND = Measurement(
    Quantity(Decimal(400), Unit.PMOL_PER_L), ago(10), "", (evidence("Observation/400"),)
)
BY_ISSUE = SOUND._replace(by_issue=True)


@pytest.mark.parametrize(("uncounted", "decides"), RIGHT_BEFORE)
def test_the_low_result_right_before_one_that_takes_nothing_back_Q35_Q33(
    uncounted: list[UncountedResult], decides: bool
) -> None:
    """Behind one that cannot be used, or is not low by its date of issue alone; one that counts and
    is not low contradicts it, and confirms nothing (D5b).
    """
    for newest in (UNUSABLE, NOT_FLAGGED, BY_ISSUE):
        found, _ = found_of(WELL, *uncounted, total_b12=newest)
        assert (found == "confirmed") == decides
    assert found_of(WELL, *uncounted, total_b12=SOUND)[0] != "confirmed"


IN_BOTH = [
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 98, 72)], "confirmed"),
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 98, 132)], "confirmed"),
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 98, 133)], "unknown"),
    (WELL, [older("?", 365, "UNIT_CONTRADICTS", 98, 72)], "confirmed"),
    (WELL, [older("?", 366, "UNIT_CONTRADICTS", 98, 72)], "unknown"),
    (WELL, [older("?", 40, "UNIT_CONTRADICTS", 98)], "unknown"),
    (WELL, [older("?", 40, "UNIT_MISSING", 98, 72)], "unknown"),
    # a usable one of the same day or older does not outvote it, a newer one does
    (
        WELL | {"total_b12": "400 on 2026-11-11"},
        [older("?", 10, "UNIT_CONTRADICTS", 98, 72)],
        "confirmed",
    ),
    (
        WELL | {"total_b12": "400 on 2026-11-10"},
        [older("?", 10, "UNIT_CONTRADICTS", 98, 72)],
        "confirmed",
    ),
    (
        WELL | {"total_b12": "400 on 2026-11-12"},
        [older("?", 10, "UNIT_CONTRADICTS", 98, 72)],
        "unlikely",
    ),
    (
        WELL | {"holotranscobalamin": "90 on 2026-11-12"},
        [older("?", 10, "UNIT_CONTRADICTS", 98, 72)],
        "unlikely",
    ),
    # behind another that cannot be used
    (
        WELL,
        [older(None, 5, "UNIT_MISSING"), older("?", 40, "UNIT_CONTRADICTS", 98, 72)],
        "confirmed",
    ),
]


@pytest.mark.parametrize(("known", "uncounted", "expected"), IN_BOTH)
def test_a_result_that_is_low_whichever_unit_is_right_Q35(
    known: dict[str, Any], uncounted: list[UncountedResult], expected: str
) -> None:
    assert found_of(known, *uncounted)[0] == expected


def without_day(value: object, why: str, **more: Any) -> UncountedResult:
    found = older(value, 1, why, **more)
    return replace(found, evidence=found.evidence._replace(date=None))


MAY_BE_NEWEST = [
    ([without_day(None, "UNIT_MISSING", flagged_low=True)], "unknown"),
    ([without_day(None, "IN_WORDS", flagged_low=True)], "unknown"),
    ([without_day(80, "UNIT_MISSING")], "unknown"),
    ([without_day(98, "IMPLAUSIBLE")], "unknown"),
    ([without_day(80, "NO_DATE")], "unknown"),
    ([without_day(None, "UNIT_MISSING")], "unlikely"),
    ([without_day(400, "UNIT_MISSING")], "unlikely"),
    ([without_day(98, "NAMES_CONTRADICT")], "unlikely"),
    ([older(None, 400, "UNIT_MISSING", flagged_low=True)], "unlikely"),
]


@pytest.mark.parametrize(("uncounted", "expected"), MAY_BE_NEWEST)
def test_one_without_its_day_whose_value_cannot_be_used_may_be_the_newest_D6_Q35(
    uncounted: list[UncountedResult], expected: str
) -> None:
    assert found_of(NOW, *uncounted)[0] == expected
