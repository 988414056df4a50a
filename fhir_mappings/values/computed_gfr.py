"""Estimates GFR from creatinine where the laboratory reported none: the CKD-EPI equation of 2021,
which asks for no race.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from fhir_mappings.intake import completed_years
from fhir_mappings.values.quantities import show_number
from fhir_mappings.values.units import MOLAR_MASS, Analyte
from recommender.language import Alarm, Comparator, Measurement, Quantity, Unit

UMOL_PER_MG_DL = 10000 / MOLAR_MASS[Analyte.CREATININE]
ADULT_FROM = 18
"""The equation holds for adults."""


def estimate_gfr(creatinine: Decimal, age: int, female: bool) -> Decimal:
    """Return mL/min per 1.73 m2 by CKD-EPI 2021 from creatinine in umol/L and age in full years."""
    kappa, alpha = (
        (Decimal("0.7"), Decimal("-0.241")) if female else (Decimal("0.9"), Decimal("-0.302"))
    )
    ratio = creatinine * UMOL_PER_MG_DL.denominator / UMOL_PER_MG_DL.numerator / kappa
    low, high = min(ratio, Decimal(1)), max(ratio, Decimal(1))
    result = Decimal(142) * low**alpha * high ** Decimal("-1.200") * Decimal("0.9938") ** age
    return result * Decimal("1.012") if female else result


def compute_egfr(
    creatinine: Measurement, born: dt.date | None, female: bool | None
) -> Measurement | None:
    """Return the eGFR computed from a creatinine result, marked as computed; `None` when the
    equation cannot be applied.

    It cannot to a result with a comparator, to an unknown birth date or sex, or under 18 years.
    """
    quantity, date = creatinine.quantity, creatinine.date
    if (
        quantity is None
        or date is None
        or quantity.comparator is not Comparator.EXACT
        or born is None
        or female is None
    ):
        return None
    age = completed_years(born, date)
    if age < ADULT_FROM:
        return None
    value = estimate_gfr(quantity.value, age, female)
    source = creatinine.evidence[0]
    shown = f"eGFR {show_number(value)} mL/min/1.73 m², computed by CKD-EPI 2021"
    evidence = source._replace(converted=shown, date=date)
    return Measurement(
        Quantity(value, Unit.EGFR),
        date,
        f"computed by CKD-EPI 2021 from creatinine {source.reported}",
        (evidence,),
        by_issue=creatinine.by_issue,
        alarms_only=Alarm.LOW if creatinine.by_issue else None,
    )
