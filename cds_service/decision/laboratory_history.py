"""Laboratory results over time: every readable result of the kinds that rules ask for, in the unit
it was reported in, with its bands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from cds_service.cards import LABELS, UNIT_WORDS
from fhir_mappings.laboratory import Result, Results
from fhir_mappings.values import Analyte
from recommender.assessment import Band, bands_of
from recommender.guidance import Policy
from recommender.language import Quantity, Unit

SHOWN = {
    Analyte.TOTAL_B12: "total_b12",
    Analyte.HOLOTRANSCOBALAMIN: "holotranscobalamin",
    Analyte.MMA: "mma",
    Analyte.HOMOCYSTEINE: "homocysteine",
    Analyte.EGFR: "egfr",
    Analyte.PLATELETS: "platelets",
    Analyte.HAEMOGLOBIN: "haemoglobin",
    Analyte.POTASSIUM: "potassium",
    Analyte.INR: "inr",
}
"""What is shown over time, in this order, by the name of its fact."""

Series = dict[tuple[Analyte, Unit], list[tuple[Result, Quantity, dt.date]]]


def describe_history(
    results: Results, used: Collection[str], policy: Policy
) -> list[dict[str, Any]]:
    """Return one series for each analyte and unit. Two unit systems of one analyte are two series,
    never one (I9).

    Args:
        used: the places of the resources that a fact rests on.
    """
    series: Series = {}
    for analyte in SHOWN:
        for result in sorted(results.get(analyte, ()), key=lambda each: each.newness):
            quantity, day = result.reading.quantity, result.observed.day
            if quantity is not None and day is not None:
                series.setdefault((analyte, quantity.unit), []).append(
                    (result, quantity, day.earliest)
                )
    return [
        _series_as_json(analyte, unit, points, used, policy)
        for (analyte, unit), points in series.items()
    ]


def _series_as_json(
    analyte: Analyte,
    unit: Unit,
    points: list[tuple[Result, Quantity, dt.date]],
    used: Collection[str],
    policy: Policy,
) -> dict[str, Any]:
    fact, unit_words = SHOWN[analyte], UNIT_WORDS.get(unit.value, unit.value)
    return {
        "fact": fact,
        "label": LABELS.get(fact, fact),
        **({"unit": unit_words} if unit_words else {}),
        "bands": [_band_as_json(band) for band in bands_of(fact, unit, policy)],
        "points": [
            {
                "date": day.isoformat(),
                "value": float(quantity.value),
                "reported": result.reading.reported,
                "reference": result.observed.placed.reference,
                "used": result.observed.placed.place in used,
            }
            for result, quantity, day in points
        ],
    }


def _band_as_json(band: Band) -> dict[str, Any]:
    limits = {"from": _number(band.low), "to": _number(band.high)}
    words = {"label": band.words, "concern": band.concern}
    return {name: word for name, word in words.items() if word} | {
        name: limit for name, limit in limits.items() if limit is not None
    }


def _number(limit: Decimal | None) -> float | int | None:
    if limit is None:
        return None
    return int(limit) if limit == limit.to_integral_value() else float(limit)
