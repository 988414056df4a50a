"""Every setting has its default, its allowed values, and is refused outside them, all problems at
once.
"""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any

import pytest

from recommender.guidance.policy import (
    BUILT_IN_PRODUCTS,
    SETTINGS,
    AltDailyLoading,
    BariatricMaintenance,
    ConfirmConsistentOrders,
    FolateGateOpens,
    NonNeuroMaintenance,
    NonNeuroRoute,
    OralInEstablishedMalabsorption,
    Policy,
    PolicyError,
    SubcutaneousHydroxocobalamin,
    policy_as_dict,
)
from recommender.language.doses import Route, Substance

DEFAULTS = {
    "nonNeuroRoute": "ORAL_FIRST",
    "oralInEstablishedMalabsorption": "OVERRIDE_ONLY",
    "nonNeuroMaintenance": "RANGE_2_3",
    "minMaintenanceDays": 7,
    "glossitisCountsAsNeuro": True,
    "neuroExtended": True,
    "b12LowPmolL": 133,
    "b12HighPmolL": 258,
    "b12LowPgMl": 180,
    "b12HighPgMl": 350,
    "mmaNmolL": 271,
    "mmaMinEgfr": 60,
    "crohnsAnyExtentProphylaxis": False,
    "crohnsExtentCm": 30,
    "ilealMaintenanceMonths": 1,
    "bariatricMaintenance": "EITHER",
    "scHydroxocobalamin": "ADVISE_ONLY",
    "cyanoMinEgfr": 60,
    "draftMethylcobalamin": False,
    "lifelongForDietary": True,
    "stableChecks": 2,
    "altDailyLoading": "ACCEPT",
    "neuroReviewDays": 14,
    "folateGateOpens": "FIRST_DOSE",
    "oralDoseMcg": 1000,
    "cyanoImProtocol": "NONE",
    "minAgeYears": 18,
    "dietaryLowDoseAccepted": False,
    "severeHbGperL": 80,
    "confirmConsistentOrders": "ACTIONABLE_ONLY",
    "loweringDrugCards": False,
    "standingOrderMonths": 15,
    "prefetchMaxAgeHours": 24,
    "oldEncounterDiagnosisMonths": 12,
    "neuroMinLoadingDays": 14,
    "altLoadingAccepted": True,
    "gastrectomyProphylaxis": "OFFER",
    "traceB12McgPerDay": 25,
    "renewalWindowDays": 31,
    "maxOralPerDay": 6,
    "kidneyAskAge": 50,
    "monitoringCards": "PATIENT_VIEW_AND_REFILL",
    "monitoringGraceDays": 30,
    "refillCards": True,
    "sourcesDiffer": True,
    "infoSilenceDays": 90,
    "prescriptionMonths": 12,
    "neuroRepeats": 5,
    "draftDispense": True,
    "draftSubstitution": True,
    "draftSite": True,
    "draftStart": True,
}
"""Decisions 2.9, defaults of section 1."""


def test_the_defaults_are_those_of_the_guidance() -> None:
    assert policy_as_dict(Policy()) == DEFAULTS
    assert policy_as_dict(Policy.from_settings(DEFAULTS)) == DEFAULTS
    assert Policy.from_settings({}) == Policy()
    assert Policy().available_products == BUILT_IN_PRODUCTS
    assert (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR) in BUILT_IN_PRODUCTS


def test_every_setting_stands_in_the_table() -> None:
    assert {setting.field for setting in SETTINGS} == {field.name for field in fields(Policy)} - {
        "available_products",
        "product_excipients",
    }
    assert all(setting.source and setting.meaning and setting.expected for setting in SETTINGS)


@pytest.mark.parametrize(
    ("key", "inside", "outside"),
    [
        ("minMaintenanceDays", (7, 28), (6, 29)),
        ("mmaNmolL", (200, 400), (199, 401)),
        ("mmaMinEgfr", (45, 90), (44, 91)),
        ("crohnsExtentCm", (30, 60), (29, 61)),
        ("ilealMaintenanceMonths", (1, 2, 3), (0, 4)),
        ("cyanoMinEgfr", (45, 60), (44, 61)),
        ("stableChecks", (2, 4), (1, 5)),
        ("neuroReviewDays", (7, 28), (6, 29)),
        ("oralDoseMcg", (1000, 2000), (999, 1500, 2001)),
        ("minAgeYears", (18, 21, 25), (17, 26)),
        ("severeHbGperL", (70, 100), (69, 101)),
    ],
)
def test_a_number_is_taken_within_its_bounds_only(
    key: str, inside: tuple[int, ...], outside: tuple[int, ...]
) -> None:
    for value in inside:
        assert policy_as_dict(Policy.from_settings({key: value}))[key] == value
    for value in outside:
        with pytest.raises(PolicyError, match=f"^{key}: found {value}, expected "):
            Policy.from_settings({key: value})


@pytest.mark.parametrize(
    ("low", "high", "taken"),
    [
        ((100, 136), (200, 271), True),
        ((99, 134), (200, 271), False),
        ((200, 271), (400, 542), True),
        ((201, 272), (401, 544), False),
    ],
)
def test_the_laboratorys_limits_are_taken_within_bounds(
    low: tuple[int, int], high: tuple[int, int], taken: bool
) -> None:
    settings = {
        "b12LowPmolL": low[0],
        "b12LowPgMl": low[1],
        "b12HighPmolL": high[0],
        "b12HighPgMl": high[1],
    }
    if taken:
        assert Policy.from_settings(settings).b12_low_pmol_l == Decimal(low[0])
    else:
        with pytest.raises(PolicyError):
            Policy.from_settings(settings)


def test_a_limit_moved_in_one_unit_only_is_refused() -> None:
    with pytest.raises(
        PolicyError,
        match=r"b12LowPmolL and b12LowPgMl: found 150 pmol/L and 180 pg/mL, .* \(150 pmol/L is "
        r"about 203 pg/mL\)",
    ):
        Policy.from_settings({"b12LowPmolL": 150})
    with pytest.raises(PolicyError, match="b12HighPmolL and b12HighPgMl"):
        Policy.from_settings({"b12HighPgMl": 400})


@pytest.mark.parametrize(
    ("key", "choices"),
    [
        ("nonNeuroRoute", NonNeuroRoute),
        ("oralInEstablishedMalabsorption", OralInEstablishedMalabsorption),
        ("nonNeuroMaintenance", NonNeuroMaintenance),
        ("bariatricMaintenance", BariatricMaintenance),
        ("scHydroxocobalamin", SubcutaneousHydroxocobalamin),
        ("altDailyLoading", AltDailyLoading),
        ("folateGateOpens", FolateGateOpens),
        ("confirmConsistentOrders", ConfirmConsistentOrders),
    ],
)
def test_a_choice_is_taken_by_its_name_only(key: str, choices: type) -> None:
    for member in choices:  # type: ignore[attr-defined]
        assert policy_as_dict(Policy.from_settings({key: member.value}))[key] == member.value
    with pytest.raises(PolicyError, match=f"{key}: found SOMETIMES, expected "):
        Policy.from_settings({key: "SOMETIMES"})


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, value in DEFAULTS.items()
        if isinstance(value, bool) and key != "draftMethylcobalamin"
    ],
)
def test_a_switch_is_true_or_false(key: str) -> None:
    for value in (True, False):
        assert policy_as_dict(Policy.from_settings({key: value}))[key] is value
    with pytest.raises(PolicyError, match=f"{key}: found 1, expected true or false"):
        Policy.from_settings({key: 1})


def test_methylcobalamin_is_never_drafted_C17() -> None:
    with pytest.raises(PolicyError, match="draftMethylcobalamin: found true, expected false"):
        Policy.from_settings({"draftMethylcobalamin": True})


REFERENCE = "Shortage protocol v2, 2026-01-05, A. Officer"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f" {REFERENCE} ", REFERENCE),
        ("NONE", ""),
        ("", ""),
        *[(word, "") for word in ("no", "None.", "TBC", "to be confirmed", "n/a", "pending")],
    ],
)
def test_a_word_that_says_that_there_is_no_protocol_is_none_Q62(text: str, kept: str) -> None:
    assert Policy.from_settings({"cyanoImProtocol": text}).cyano_im_protocol == kept


@pytest.mark.parametrize(
    "found",
    [
        7,
        "Protocol 7",
        "signed",
        "Protocol 7, 2026-01-05",
        "Protocol 7, 2026-13-05, A. Officer",
        "to be confirmed, 2026-01-05, A. Officer",
        "Protocol 7 v2, 2026-01-05, tbc",
    ],
)
def test_a_protocol_is_a_reference_with_date_and_approver_Q62(found: Any) -> None:
    with pytest.raises(PolicyError, match=r"cyanoImProtocol: found .*, expected name and version"):
        Policy.from_settings({"cyanoImProtocol": found})


@pytest.mark.parametrize("value", [True, "7", None, float("nan"), float("inf"), 7.5])
def test_what_is_not_a_whole_number_is_refused(value: object) -> None:
    with pytest.raises(
        PolicyError, match=r"minMaintenanceDays: found .*, expected a whole number from 7 to 28"
    ):
        Policy.from_settings({"minMaintenanceDays": value})


def test_a_fraction_is_taken_where_a_number_is_expected() -> None:
    assert Policy.from_settings({"mmaNmolL": 271.5}).mma_nmol_l == Decimal("271.5")
    assert policy_as_dict(Policy.from_settings({"mmaNmolL": 271.5}))["mmaNmolL"] == 271.5
    wrong = 'mmaNmolL: found "271", expected a number from 200 to 400'
    with pytest.raises(PolicyError, match=wrong):
        Policy.from_settings({"mmaNmolL": "271"})


def test_all_problems_are_said_at_once_with_the_nearest_name() -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.from_settings({"nonNeuroRout": "IM_FIRST", "minAgeYears": 12, "cyanoMinEgfr": 30})
    assert refused.value.problems == (
        "nonNeuroRout: no such setting; the nearest name is nonNeuroRoute",
        "cyanoMinEgfr: found 30, expected a number from 45 to 60",
        "minAgeYears: found 12, expected a whole number from 18 to 25",
    )
    assert str(refused.value) == "; ".join(refused.value.problems)


def test_a_policy_built_in_code_is_checked_too() -> None:
    with pytest.raises(PolicyError, match="minAgeYears"):
        Policy(min_age_years=12)
    with pytest.raises(PolicyError, match="oralDoseMcg: found 1500, expected 1000 or 2000"):
        Policy(oral_dose_mcg=1500)


def test_the_version_changes_with_the_settings_only() -> None:
    assert Policy().version == Policy.from_settings({}).version
    assert Policy().version != Policy(min_age_years=20).version
    assert len(Policy().version) == 12


@pytest.mark.parametrize(
    ("name", "near"), [("glossitisCountsAsNeurological", "glossitisCountsAsNeuro"), ("#", "")]
)
def test_a_name_that_is_no_setting_is_said_with_the_nearest_one(name: str, near: str) -> None:
    with pytest.raises(PolicyError, match=f"{name}: no such setting; the nearest name is {near}"):
        Policy.from_settings({name: True})
