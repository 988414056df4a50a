"""The bands that a result is shown in are the classes that the rules put it in."""

from __future__ import annotations

from decimal import Decimal

import pytest

from recommender.assessment.assessment import assess
from recommender.assessment.bands import bands_of
from recommender.assessment.derived_facts import PlateletBand
from recommender.deficiency.grounds import Deficiency
from recommender.guidance.policy import Policy
from recommender.language.logic import Truth, Unit
from tests.recommender.people import build_scenario

THREE = ("deficient high", "borderline some", "not low none")


@pytest.mark.parametrize(
    ("fact", "unit", "limits", "bands"),
    [
        ("total_b12", Unit.PMOL_PER_L, (133, 258), THREE),
        ("total_b12", Unit.PG_PER_ML, (180, 350), THREE),
        ("holotranscobalamin", Unit.PMOL_PER_L, (25, 70), THREE),
        ("mma", Unit.NMOL_PER_L, (271,), ("not raised none", "raised high")),
        (
            "egfr",
            Unit.EGFR,
            (30, 60),
            ("severely reduced high", "reduced some", "not reduced none"),
        ),
        (
            "platelets",
            Unit.PER_NL,
            (10, 25, 50),
            ("below 10 high", "10 to 24 high", "25 to 50 some", "above 50 none"),
        ),
        ("haemoglobin", Unit.G_PER_L, (80,), ("severe anaemia high", " none")),
        ("potassium", Unit.MMOL_PER_L, (Decimal("3.5"),), ("low high", "not low none")),
        ("inr", Unit.RATIO, (3,), ("not high none", "high high")),
        ("homocysteine", Unit.UMOL_PER_L, (), ()),
        ("total_b12", Unit.NMOL_PER_L, (), ()),
    ],
)
def test_bands_of_a_result(
    fact: str, unit: Unit, limits: tuple[int, ...], bands: tuple[str, ...]
) -> None:
    found = bands_of(fact, unit, Policy())
    assert tuple(f"{band.words} {band.concern}" for band in found) == bands
    assert tuple(band.low for band in found) == ((None, *limits) if bands else ())
    assert tuple(band.high for band in found) == ((*limits, None) if bands else ())


def test_bands_move_with_the_policy() -> None:
    policy = Policy.from_settings({"cyanoMinEgfr": 45, "severeHbGperL": 90, "mmaNmolL": 300})
    assert [
        bands_of("egfr", Unit.EGFR, policy)[1].high,
        bands_of("mma", Unit.NMOL_PER_L, policy)[1].low,
    ] == [45, 300]
    assert bands_of("haemoglobin", Unit.G_PER_L, policy)[0].high == 90


@pytest.mark.parametrize(("count", "band"), [(9, 0), (10, 1), (24, 1), (25, 2), (50, 2), (51, 3)])
def test_a_platelet_count_is_shown_in_the_band_it_is_judged_by(count: int, band: int) -> None:
    judged = (
        PlateletBand.BELOW_10,
        PlateletBand.FROM_10_TO_24,
        PlateletBand.FROM_25_TO_50,
        PlateletBand.ABOVE_50,
    )
    shown = bands_of("platelets", Unit.PER_NL, Policy())[band]
    assert assess(build_scenario({"platelets": count}), Policy()).platelets is judged[band]
    assert shown.low is None or shown.low <= count
    assert shown.high is None or count <= shown.high


@pytest.mark.parametrize(
    ("fact", "just_outside", "judged"),
    [
        ("egfr", 60, "renal"),
        ("haemoglobin", 80, "severe_anaemia"),
        ("potassium", 3.5, "low_potassium"),
    ],
)
def test_a_limit_itself_is_not_below_it(fact: str, just_outside: float, judged: str) -> None:
    assert getattr(assess(build_scenario({fact: just_outside}), Policy()), judged) is Truth.FALSE
    assert (
        getattr(assess(build_scenario({fact: just_outside - 0.1}), Policy()), judged) is Truth.TRUE
    )


def test_a_low_holotranscobalamin_is_deficient() -> None:
    assert (
        assess(build_scenario({"holotranscobalamin": 24}), Policy()).deficiency
        is Deficiency.CONFIRMED
    )
    assert (
        assess(build_scenario({"holotranscobalamin": 25}), Policy()).deficiency
        is Deficiency.UNRESOLVED
    )
    assert (
        assess(build_scenario({"holotranscobalamin": 70}), Policy()).deficiency
        is Deficiency.UNRESOLVED
    )
