"""What an order shows by itself, whoever it is for: a dose, a product or a frequency that nobody
can mean, words against fields, and what of it could not be read (Q41, Q42, Q44, I11).

It holds whatever could be read of the record, and is said even when nothing could (Q57).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import Case, Issue, is_readable, issue_of
from recommender.language import (
    MOST_DOSES_A_DAY,
    UNIT_ERROR_INJECTED,
    DoseLine,
    DosePart,
    Order,
    Rhythm,
    differences,
    is_injected,
    read_line,
)

UNIT_ERROR_ORAL = Decimal(10000)
"""Micrograms by mouth from which a unit error is likely (card b8)."""

DAILY_COURSE_DAYS = Decimal(14)
"""Days for which injections every day are still a course (Q42)."""


def check_alone(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b8, b21 and b20: what the order says that cannot be meant so."""
    line = order.cobalamin
    if line is None:
        return
    if is_unit_error(order):
        yield _unit_error(order)
    yield from _frequency(case, order)
    if parts := contradiction_of(order):
        yield _two_readings(order, parts)


def is_implausible(order: Order) -> bool:
    """Return whether dose, product or frequency are such that nothing else about the dosage is
    worth saying: some reading of the order is a slip.
    """
    return is_unit_error(order) or any(_is_slip(line) for line in _readings(order))


def is_unit_error(order: Order) -> bool:
    """Return whether some reading of dose or product looks like an error (I11, Q41)."""
    return bool(order.product_error) or order.antidote or any(map(_is_too_much, _readings(order)))


def contradiction_of(order: Order) -> tuple[DosePart, ...]:
    """Return in what words and fields of the order differ, where both can be read (Q41)."""
    line = order.cobalamin
    if line is None or order.written is None or order.from_words:
        return ()
    return differences(line, order.written)


def _readings(order: Order) -> Iterator[DoseLine]:
    """Yield what the fields say, and what the words say where they say something else; the words
    name neither substance nor product.
    """
    line = order.cobalamin
    if line is None:
        return
    yield line
    written = order.written
    if written is not None and contradiction_of(order):
        route = written.route or line.route
        dose, timing = written.dose or line.dose, written.timing or line.timing
        yield DoseLine(line.substance, route, dose, timing, line.as_needed)


def _is_too_much(line: DoseLine) -> bool:
    """Return whether a dose is an error of unit or product; where no route is known, as of an
    injection.
    """
    if line.dose is None:
        return False
    injected = is_injected(line) or line.route is None
    return line.dose >= (UNIT_ERROR_INJECTED if injected else UNIT_ERROR_ORAL)


def _is_slip(line: DoseLine) -> bool:
    """Return whether the frequency of a line is critical: more than one injection a day, or more
    than 24 doses by mouth (Q42).
    """
    if line.timing is None:
        return False
    a_day = 1 / line.timing.shortest_interval
    return a_day > (1 if is_injected(line) else MOST_DOSES_A_DAY)


# --- the cards


def _unit_error(order: Order) -> Issue:
    found = order.product_error or "the dose is far above any dose of vitamin B12 replacement"
    return issue_of(
        cards.B8_UNIT_OR_PRODUCT,
        CRITICAL,
        order,
        f"Check the product and the unit: {found}. Every dose of the guidance is 1000 micrograms "
        f"(1 mg).",
        ("S2", "X9"),
    )


def _frequency(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b21: critical for a slip, a warning for many doses by mouth, or for injections every
    day that go on, where nerve signs do not call for many (Q42).

    The frequency of a form that lost its dose is what the form puts there: only a slip of it counts
    (cards.md 8).
    """
    readings = tuple(_readings(order))
    card = cards.B21_FREQUENCY
    if order.implausible or any(map(_is_slip, readings)):
        reason = "No form of vitamin B12 is given so often: check number, period and unit."
        yield issue_of(card, CRITICAL, order, reason, ("S7", "S10", "S12"))
    elif is_unit_error(order):
        return
    elif any(_is_often_by_mouth(case, line) for line in readings):
        reason = "Tablets of vitamin B12 are taken once a day."
        yield issue_of(card, WARNING, order, reason, ("S47", "S52"))
    elif (
        is_readable(order)
        and not case.assessment.neurological.is_true
        and any(map(_goes_on_daily, readings))
    ):
        reason = "Injections every day are a loading course of 5 to 6 doses, not a treatment."
        if case.rule == "G1":
            reason = "Injections every day are given for some days only."
        yield issue_of(card, WARNING, order, reason, ("S10", "S11", "S12"))


def _is_often_by_mouth(case: Case, line: DoseLine) -> bool:
    if line.timing is None or is_injected(line):
        return False
    return 1 / line.timing.shortest_interval > case.policy.max_oral_per_day


def _goes_on_daily(line: DoseLine) -> bool:
    """Return whether injections are given daily without an end, or for more than 14 days."""
    read = read_line(line)
    if not read.is_injected or read.rhythm is not Rhythm.DAILY:
        return False
    return read.bound_days is None or read.bound_days > DAILY_COURSE_DAYS


def _two_readings(order: Order, parts: tuple[DosePart, ...]) -> Issue:
    named = " and ".join(part.value for part in parts)
    reason = f"Fields and text differ in {named}; which of them is dispensed or given is not known."
    return issue_of(cards.B20_TEXT_AGAINST_FIELDS, WARNING, order, reason, ("S2",))


def check_readable(order: Order) -> Iterator[Issue]:
    """Yield b14: route, dose or frequency of the order cannot be read."""
    if is_readable(order):
        return
    missing = order.not_computable or "route, dose or frequency is not recorded"
    said = order.words or order.doubt
    why = "" if said else f"Not checked against the guidance: {missing}. "
    reason = f"{why}Nothing here says that the order is right."
    yield issue_of(cards.B14_UNREADABLE, INFO, order, reason, ("S2",))
