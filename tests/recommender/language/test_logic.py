"""Three-valued truth, and results with comparators (decisions 2.1, Q9)."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recommender.language import NO_RESULT
from recommender.language.logic import (
    NONE_RECORDED,
    NOT_RECORDED,
    Comparator,
    Fact,
    Measurement,
    Quantity,
    Truth,
    Unit,
    any_true,
    truth_of,
)

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (T, T, T, T),
        (T, F, F, T),
        (T, U, U, T),
        (F, T, F, T),
        (F, F, F, F),
        (F, U, F, U),
        (U, T, U, T),
        (U, F, F, U),
        (U, U, U, U),
    ],
)
def test_and_or_of_two_truths(one: Truth, other: Truth, both: Truth, either: Truth) -> None:
    assert (one & other, one | other) == (both, either)


def test_not_of_a_truth() -> None:
    assert (~T, ~F, ~U) == (F, T, U)


def test_a_truth_is_one_of_three_and_restricts_unless_false() -> None:
    said = [
        (truth.is_true, truth.is_false, truth.is_unknown, truth.may_be_true) for truth in (T, F, U)
    ]
    assert said == [
        (True, False, False, True),
        (False, True, False, False),
        (False, False, True, True),
    ]
    facts = [
        (fact.is_true, fact.is_false, fact.is_unknown, fact.may_be_true)
        for fact in (Fact(T), Fact(F), Fact(U))
    ]
    assert facts == said


def test_a_truth_has_no_bool() -> None:
    with pytest.raises(
        TypeError, match="a Truth has no bool: say is_true, is_false, is_unknown or may_be_true"
    ):
        bool(T)


def test_a_claim_becomes_a_truth_and_none_is_unknown() -> None:
    assert (truth_of(True), truth_of(False), truth_of(None)) == (T, F, U)


def test_any_true_is_the_or_of_all() -> None:
    assert [any_true(truths) for truths in ((), (F, F), (F, U), (F, U, T), (T, F))] == [
        F,
        F,
        U,
        T,
        T,
    ]


def test_open_and_closed_world() -> None:
    assert (NOT_RECORDED.truth, NOT_RECORDED.reason) == (U, "none recorded")
    assert (NONE_RECORDED.truth, NONE_RECORDED.reason) == (F, "none recorded")


@pytest.mark.parametrize(
    ("comparator", "below", "above"),
    [
        # of a limit of 10: a result of 9, 10 and 11
        (Comparator.EXACT, (T, F, F), (F, F, T)),
        (Comparator.LESS, (T, T, U), (F, F, U)),
        (Comparator.AT_MOST, (T, U, U), (F, F, U)),
        (Comparator.MORE, (U, F, F), (U, T, T)),
        (Comparator.AT_LEAST, (U, F, F), (U, U, T)),
    ],
)
def test_a_limit_is_decided_only_if_every_allowed_value_agrees_Q9(
    comparator: Comparator, below: tuple[Truth, ...], above: tuple[Truth, ...]
) -> None:
    results = [Quantity(Decimal(value), Unit.RATIO, comparator) for value in (9, 10, 11)]
    assert tuple(result.below(Decimal(10)) for result in results) == below
    assert tuple(result.above(Decimal(10)) for result in results) == above
    assert tuple(Measurement(result).below(Decimal(10)) for result in results) == below
    assert tuple(Measurement(result).above(Decimal(10)) for result in results) == above


def test_without_a_result_nothing_is_below_or_above() -> None:
    none = NO_RESULT
    assert (none.is_known, none.below(Decimal(1)), none.above(Decimal(1)), none.reason) == (
        False,
        U,
        U,
        "none recorded",
    )
    assert Measurement(Quantity(Decimal(1), Unit.RATIO)).is_known
