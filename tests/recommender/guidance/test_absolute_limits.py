"""Limits that no setting moves (Q62, Q90): tried at both ends of every setting, one by one."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance.policy import SETTINGS, Policy, PolicyError, Setting
from recommender.language.doses import Route, Substance
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario

DIET = ["diet low in vitamin B12"]
MOLAR_LOW, MOLAR_HIGH = {100: 136, 200: 271}, {200: 271, 400: 542}
"""A limit in pmol/L with the same one in pg/mL, which moves with it."""


def _ends(setting: Setting) -> list[dict[str, Any]]:
    """The setting at each end of what it may be, with what must move with it."""
    if setting.bounds is not None:
        found = [int(end) for end in setting.bounds]
    elif isinstance(setting.choices, tuple):
        found = list(setting.choices)
    elif setting.choices is not None:
        found = [choice.value for choice in setting.choices]
    else:
        found = ["signed protocol 3, 2026-01-05, the pharmacy committee"]
    return [_with_twin(setting.key, end) for end in found]


def _with_twin(key: str, end: Any) -> dict[str, Any]:
    match key:
        case "b12LowPmolL" | "b12LowPgMl":
            molar = 100 if end in (100, 135) else 200
            return {"b12LowPmolL": molar, "b12LowPgMl": MOLAR_LOW[molar]}
        case "b12HighPmolL" | "b12HighPgMl":
            molar = 200 if end in (200, 270) else 400
            return {"b12HighPmolL": molar, "b12HighPgMl": MOLAR_HIGH[molar]}
    return {key: end}


EVERY_END = [settings for setting in SETTINGS for settings in _ends(setting)]


def asked(settings: dict[str, Any], **known: Any) -> Recommendation:
    return recommend(build_scenario(known), Policy.from_settings(settings))


def drafts(found: Recommendation) -> list[tuple[Substance, Route | None]]:
    return [
        (phase.line.substance, phase.line.route)
        for option in found.options
        if option.regimen
        for phase in option.regimen.phases
    ]


@pytest.mark.parametrize("settings", EVERY_END, ids=str)
def test_cyanocobalamin_never_below_an_egfr_of_45(settings: dict[str, Any]) -> None:
    for neuro in ("no", "unknown"):
        found = asked(
            settings, total_b12=90, neurological_screen=neuro, egfr=44, causes=DIET,
            kidney_disease="no",
        )  # fmt: skip
        assert found.options
        assert Substance.CYANOCOBALAMIN not in {substance for substance, _ in drafts(found)}


@pytest.mark.parametrize("settings", EVERY_END, ids=str)
def test_never_tablets_first_with_nerve_signs(settings: dict[str, Any]) -> None:
    for level in (90, 210, None):
        known = {} if level is None else {"total_b12": level}
        found = asked(settings, signs=["paraesthesia"], egfr=95, causes=DIET, **known)
        assert drafts(found) or level == 210
        assert Route.ORAL not in {route for _, route in drafts(found)}


@pytest.mark.parametrize("settings", EVERY_END, ids=str)
def test_nobody_under_18_is_recommended_anything(settings: dict[str, Any]) -> None:
    assert not asked(settings, age=17, total_b12=50, signs=["paraesthesia"]).options


@pytest.mark.parametrize("settings", EVERY_END, ids=str)
def test_b12_below_100_pmol_is_low_and_above_400_is_not(settings: dict[str, Any]) -> None:
    known = {"neurological_screen": "no", "egfr": 95, "causes": DIET}
    assert asked(settings, total_b12=99, **known).assessment.is_deficient
    assert not asked(settings, total_b12=401, **known).assessment.is_deficient


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"cyanoMinEgfr": 44}, "cyanoMinEgfr"),
        ({"minAgeYears": 17}, "minAgeYears"),
        ({"b12LowPmolL": 99, "b12LowPgMl": 134}, "b12LowPmolL"),
        ({"b12LowPmolL": 201, "b12LowPgMl": 272}, "b12LowPmolL"),
        (
            {"b12LowPmolL": 200, "b12LowPgMl": 271, "b12HighPmolL": 200, "b12HighPgMl": 271},
            "expected the first below the second",
        ),
    ],
)
def test_a_site_file_beyond_them_is_refused(settings: dict[str, Any], named: str) -> None:
    with pytest.raises(PolicyError, match=named):
        Policy.from_settings(settings)
