"""Supply, validity and start of a drafted order: what a pharmacist needs beside the dose.

What cannot be computed is left out, never guessed. Source: cards.md 8; Q48, Q93; I20, I35.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from fhir_mappings.drafts.dosage_instruction import as_json_number, write_quantity
from fhir_mappings.fhir import Resource
from fhir_mappings.formulary import FormularyRow
from fhir_mappings.products import Form, Product
from recommender.language import (
    DAYS_PER_UNIT,
    PeriodUnit,
    Phase,
    PhaseKind,
    Route,
    Timing,
    months_after,
)

ORAL_SUPPLY_DAYS = 90
"""Days of tablets dispensed at a time."""

OPEN_LOADING_DOSES = 7
OPEN_LOADING_DAYS = 14
"""What is dispensed at a time of alternate days without an end."""

OPEN_LOADING_MONTHS = 6
"""Months for which an alternate-day order may be dispensed; its end is improvement, not a date."""

LOADING_VALID_DAYS = 28


class Writing(NamedTuple):
    """Which parts of a drafted order the site wants, and for how long it prescribes (settings of
    decisions 2.9).
    """

    dispense: bool = True
    substitution: bool = True
    site: bool = True
    start: bool = True
    prescription_months: int = 12
    neuro_repeats: int = 5


ALL_OF_IT = Writing()


class Following(NamedTuple):
    """What a drafted phase follows: the loading phase of the same suggestion, and the newest
    injection on record where no loading is to come; `None` for what there is not. `lasts_a_month`:
    it was of cyanocobalamin, which is repeated monthly (C27).
    """

    after: Phase | None = None
    last_injection: dt.date | None = None
    lasts_a_month: bool = False


def write_dispense(phase: Phase, row: FormularyRow | None, writing: Writing) -> Resource:
    """Return `dispenseRequest` without its days; empty where the product does not give the dose in
    whole or half units.
    """
    timing = phase.line.timing
    units = _units_of_a_dose(phase, row)
    if timing is None or row is None or units is None:
        return {}
    doses, duration = _doses_at_a_time(phase, timing)
    counted = {"quantity": {"value": as_json_number(units * doses), "unit": row.dispense_unit}}
    return {
        "numberOfRepeatsAllowed": _repeats(phase, timing, writing),
        **(counted if row.dispense_unit else {}),
        "expectedSupplyDuration": duration,
    }


def first_dose(phase: Phase, as_of: dt.date, follows: Following) -> dt.date | None:
    """Return the day of the first dose where it is fixed: today, one interval after the last
    injection (a month at most after cyanocobalamin), or after a loading course that has an end
    (injections one interval later, tablets at once); `None` where that end is open (I35), or its
    course is not ours.
    """
    if phase.kind is PhaseKind.LOADING:
        return None
    after = follows.after
    if after is None or after.kind is not PhaseKind.LOADING:
        return _after_the_last(phase, as_of, follows)
    timing, loading = phase.line.timing, after.line.timing
    if timing is None or loading is None or loading.duration is None:
        return None
    value, unit = loading.duration
    ends = as_of + dt.timedelta(days=int(value * DAYS_PER_UNIT[unit][0]))
    return _one_interval_after(ends, timing) if phase.starts_after_loading else ends


def _after_the_last(phase: Phase, as_of: dt.date, follows: Following) -> dt.date | None:
    timing, last = phase.line.timing, follows.last_injection
    if last is None or timing is None or phase.line.route is Route.ORAL:
        return None if phase.starts_after_loading else as_of
    due = _one_interval_after(last, timing)
    if follows.lasts_a_month:
        due = min(due, months_after(last, 1))
    return max(as_of, due)


def _one_interval_after(day: dt.date, timing: Timing) -> dt.date:
    if timing.unit is PeriodUnit.MONTH:
        return months_after(day, int(timing.period))
    return day + dt.timedelta(days=int(timing.period * DAYS_PER_UNIT[timing.unit][0]))


def _units_of_a_dose(phase: Phase, row: FormularyRow | None) -> Decimal | None:
    """Return how many units of the formulary row one dose takes, in whole or half units."""
    if row is None or phase.line.dose is None:
        return None
    units = row.units_of(phase.line.dose)
    return units if units is not None and (units * 2) % 1 == 0 and units > 0 else None


MOST_TABLETS = 2
MOST_ML = {Form.ORAL_LIQUID: 30, Form.INJECTION: 3}
"""What one dose takes at most: of a strength that needs more, or other parts of a tablet than
halves, another is taken.
"""


def gives_the_dose(product: Product, phase: Phase) -> bool:
    """Return whether the dose is half a tablet, one, or some, or not too many mL (cards.md 8):
    nobody takes a fifth of a tablet of 5 mg, ten of 100 micrograms, or 140 mL of a solution. True
    where the strength is not known.
    """
    strength = product.ingredients[0].strength if product.ingredients else None
    if strength is None or not strength.micrograms or phase.line.dose is None:
        return True
    units = phase.line.dose / strength.micrograms
    if strength.per_ml:
        return units <= MOST_ML.get(product.form, units)
    whole = (units * 2) % 1 == 0
    return product.form is not Form.TABLET or (units <= MOST_TABLETS and whole)


def _doses_at_a_time(phase: Phase, timing: Timing) -> tuple[Decimal, Resource]:
    if phase.line.route is Route.ORAL:
        return Decimal(ORAL_SUPPLY_DAYS) * timing.frequency, _duration(ORAL_SUPPLY_DAYS, "d")
    if phase.kind is not PhaseKind.LOADING:
        return Decimal(1), _duration(timing.period, timing.unit.value)
    if not timing.is_bounded:
        return Decimal(OPEN_LOADING_DOSES), _duration(OPEN_LOADING_DAYS, "d")
    doses = Decimal(timing.count_max or timing.count or 1)
    return doses, _duration(OPEN_LOADING_DAYS if timing.duration else doses, "d")


def _repeats(phase: Phase, timing: Timing, writing: Writing) -> int:
    """Repeats after the first supply, rounded down and never negative."""
    if phase.kind is PhaseKind.LOADING:
        return 0 if timing.is_bounded else writing.neuro_repeats
    if phase.line.route is Route.ORAL:
        return max(writing.prescription_months // 3 - 1, 0)
    if timing.unit is PeriodUnit.MONTH:
        return max(int(writing.prescription_months // timing.period) - 1, 0)
    days = timing.period * DAYS_PER_UNIT[timing.unit][1]
    return max(int(writing.prescription_months * 30 // days) - 1, 0)


def write_validity(phase: Phase, as_of: dt.date, follows: Following, writing: Writing) -> Resource:
    """Return `validityPeriod` of the supply."""
    if phase.kind is PhaseKind.LOADING:
        timing = phase.line.timing
        bounded = timing is not None and timing.is_bounded
        end = (
            as_of + dt.timedelta(days=LOADING_VALID_DAYS)
            if bounded
            else months_after(as_of, OPEN_LOADING_MONTHS)
        )
        return _period(as_of, end)
    start = first_dose(phase, as_of, follows)
    if start is None:
        months = writing.prescription_months + OPEN_LOADING_MONTHS
        return _period(as_of, months_after(as_of, months))
    return _period(start, months_after(start, writing.prescription_months))


def _period(start: dt.date, end: dt.date) -> Resource:
    return {"start": start.isoformat(), "end": end.isoformat()}


def _duration(value: Decimal | int, unit: str) -> Resource:
    return write_quantity(Decimal(value), unit, unit)
