"""The bands into which the rules sort laboratory results, for showing a result beside the limits it
is judged by.

The rules themselves do not read this; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from recommender.assessment.blood_and_reactions import (
    INR_HIGH_ABOVE,
    PLATELET_LIMITS,
    POTASSIUM_LOW_BELOW,
)
from recommender.deficiency import HOLOTC_HIGH, HOLOTC_LOW, SEVERE_RENAL_BELOW
from recommender.guidance import Policy
from recommender.language import Unit


@dataclass(frozen=True, slots=True)
class Band:
    """One band: its name, its limits (`None`: open on that side), and how much concern it is:
    "high", "some" or "none".
    """

    words: str
    low: Decimal | None
    high: Decimal | None
    concern: str


def bands_of(fact: str, unit: Unit, policy: Policy) -> tuple[Band, ...]:
    """Return the bands of a result in the unit it was reported in, from low to high; empty where
    the rules have no limit.
    """
    match fact, unit:
        case "total_b12", Unit.PMOL_PER_L:
            return _low_borderline_fine(policy.b12_low_pmol_l, policy.b12_high_pmol_l)
        case "total_b12", Unit.PG_PER_ML:
            return _low_borderline_fine(policy.b12_low_pg_ml, policy.b12_high_pg_ml)
        case "holotranscobalamin", _:
            return _low_borderline_fine(HOLOTC_LOW, HOLOTC_HIGH)
        case "mma", _:
            return _high_alone("not raised", policy.mma_nmol_l, "raised")
        case "inr", _:
            return _high_alone("not high", INR_HIGH_ABOVE, "high")
        case "haemoglobin", _:
            return _low_alone("severe anaemia", policy.severe_hb_g_per_l, "")
        case "potassium", _:
            return _low_alone("low", POTASSIUM_LOW_BELOW, "not low")
        case "egfr", _:
            return _kidneys(policy.cyano_min_egfr)
        case "platelets", _:
            return _platelets()
    return ()


def _high_alone(below: str, limit: Decimal, above: str) -> tuple[Band, ...]:
    return Band(below, None, limit, "none"), Band(above, limit, None, "high")


def _low_alone(below: str, limit: Decimal, above: str) -> tuple[Band, ...]:
    return Band(below, None, limit, "high"), Band(above, limit, None, "none")


def _kidneys(sufficient_from: Decimal) -> tuple[Band, ...]:
    return (
        Band("severely reduced", None, SEVERE_RENAL_BELOW, "high"),
        Band("reduced", SEVERE_RENAL_BELOW, sufficient_from, "some"),
        Band("not reduced", sufficient_from, None, "none"),
    )


def _platelets() -> tuple[Band, ...]:
    ten, twenty_five, fifty = PLATELET_LIMITS
    return (
        Band("below 10", None, ten, "high"),
        Band("10 to 24", ten, twenty_five, "high"),
        Band("25 to 50", twenty_five, fifty, "some"),
        Band("above 50", fifty, None, "none"),
    )


def _low_borderline_fine(low: Decimal, high: Decimal) -> tuple[Band, ...]:
    return (
        Band("deficient", None, low, "high"),
        Band("borderline", low, high, "some"),
        Band("not low", high, None, "none"),
    )
