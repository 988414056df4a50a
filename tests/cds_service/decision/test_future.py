"""What is dated after tomorrow is no fact, but it is shown, and no "none" is said beside it.

Expectations: decisions Q27, Q31, I2, I27; F16, F18, F19; cards.md d2, h5.
"""

from __future__ import annotations

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import cards_of, only_card, request

LATER = "on 2027-03-03"
FEW_LATER = f"platelets 8 10*9/L, {LATER}"
LOW_EGFR_LATER = f"eGFR 25 mL/min/{{1.73_m2}}, {LATER}"
NOT_NOW = "eGFR 25 (3 Mar 2027) cannot be used (it is dated in the future)"
TABLETS_DAILY = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
WELL = ["B12 96 pmol/L, on 2026-11-02", "no neurological symptoms, on 2026-11-20"]
EGFR_90 = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
DIET = "vegan diet, since 2020-01-01"


def test_an_egfr_of_the_future_is_not_no_kidney_result_Q31_I27() -> None:
    card = only_card(request(TABLETS_DAILY, conditions=[DIET], results=[*WELL, LOW_EGFR_LATER]))
    assert card["summary"] == f"{NOT_NOW}: check eGFR, or use hydroxocobalamin"
    assert "in 12 months" not in card["detail"].replace("and 12 months", "")


def test_a_low_egfr_of_the_future_beside_a_good_one_leaves_kidneys_unknown_Q31_I2() -> None:
    results = [*WELL, EGFR_90, LOW_EGFR_LATER]
    card = only_card(request(TABLETS_DAILY, conditions=[DIET], results=results))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"eGFR 90 (6 Nov); {NOT_NOW}")
    assert "sufficient" not in card["detail"]


@pytest.mark.parametrize("good", ["on 2027-02-01", "on 2027-04-01"])
def test_of_several_of_the_future_the_least_reassuring_counts_Q31_I2(good: str) -> None:
    results = [*WELL, EGFR_90, LOW_EGFR_LATER, f"eGFR 88 mL/min/{{1.73_m2}}, {good}"]
    card = only_card(request(TABLETS_DAILY, conditions=[DIET], results=results))
    assert card["summary"].startswith(f"eGFR 90 (6 Nov); {NOT_NOW}")


@pytest.mark.parametrize("good", ["on 2027-02-01", "on 2027-04-01"])
def test_of_several_counts_of_the_future_the_lowest_counts_Q31_K2(good: str) -> None:
    counts = ["platelets 200 10*9/L, on 2026-11-20", FEW_LATER, f"platelets 210 10*9/L, {good}"]
    card = only_card(request(conditions=[DIET], results=[*WELL, *counts]))
    assert "platelet count on record cannot be used: repeat it" in card["detail"]


def test_an_egfr_that_is_not_final_is_not_no_kidney_result_I27() -> None:
    asked = request(
        TABLETS_DAILY,
        conditions=[DIET],
        results=[*WELL, "eGFR 64 mL/min/{1.73_m2}, on 2026-11-06"],
    )
    labs = asked["prefetch"]["labs"]["entry"]
    labs[-1]["resource"]["status"] = "preliminary"
    summary = only_card(asked)["summary"]
    assert summary.startswith("eGFR 64 (6 Nov) cannot be used (it is preliminary): check eGFR")
    labs[-1]["resource"]["status"] = "entered-in-error"
    assert only_card(asked)["summary"].startswith("No kidney result in 12 months")


def test_a_good_egfr_of_the_future_beside_a_good_one_is_no_noise() -> None:
    later = f"eGFR 85 mL/min/{{1.73_m2}}, {LATER}"
    assert (
        cards_of(request(TABLETS_DAILY, conditions=[DIET], results=[*WELL, EGFR_90, later])) == []
    )


def test_a_good_egfr_of_the_future_hides_no_reason_why_the_kidneys_are_not_known() -> None:
    """What is not known is the diagnosis: nobody is sent for an eGFR instead (cards.md d2)."""
    later = f"eGFR 88 mL/min/{{1.73_m2}}, {LATER}"
    asked = request(TABLETS_DAILY, conditions=[DIET], results=[*WELL, EGFR_90, later])
    failed = {"severity": "error", "code": "exception"}
    asked["prefetch"]["conditions"] = {"resourceType": "OperationOutcome", "issue": [failed]}
    (card,) = (one for one in cards_of(asked) if "eGFR" in one["summary"])
    assert card["summary"].startswith("eGFR 90 (6 Nov), whether kidney disease is recorded is not")
    assert "The eGFR on record is sufficient" in card["detail"]


def test_an_egfr_below_the_limit_is_reduced_whatever_is_dated_later() -> None:
    results = [*WELL, "eGFR 25 mL/min/{1.73_m2}, on 2026-11-06", f"{EGFR_90[:-13]}{LATER}"]
    card = only_card(request(TABLETS_DAILY, conditions=[DIET], results=results))
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("eGFR 25 (6 Nov)")


@pytest.mark.parametrize("counted", [[], ["platelets 200 10*9/L, on 2026-11-20"]])
def test_few_platelets_of_the_future_are_not_no_count_K2(counted: list[str]) -> None:
    results = [*WELL, *counted, FEW_LATER]
    card = only_card(request(conditions=[DIET], results=results))
    assert "platelet count on record cannot be used: repeat it" in card["detail"]


@pytest.mark.parametrize("counted", [[], ["INR 2.4 {INR}, on 2026-11-20"]])
def test_a_high_inr_of_the_future_is_asked_about_h5(counted: list[str]) -> None:
    loading = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
    asked = request(
        loading,
        "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months",
        conditions=["pernicious anaemia, since 2022-11-15"],
        results=[*WELL, EGFR_90, *counted, f"INR 6.0 {{INR}}, {LATER}"],
        active=["warfarin, 5 mg, oral, daily, since 2026-01-01"],
    )
    summary = only_card(asked)["summary"]
    said = "On warfarin, INR 6 (3 Mar 2027) cannot be used: check it before an IM injection"
    assert summary == said


@pytest.mark.parametrize(
    "condition", ["pernicious anaemia", "ileal Crohn disease", "B12 deficiency", "pregnancy"]
)
def test_a_diagnosis_of_the_future_is_shown_with_its_date_Q31(condition: str) -> None:
    asked = request(conditions=[f"'{condition}', since 2027-03-03"], results=[*WELL, EGFR_90])
    card = only_card(asked)
    assert f"In the record, not read: 'dated 2027-03-03: {condition}'." in card["detail"]


def test_what_presses_more_is_quoted_before_the_future_Q27() -> None:
    hints = [
        "'numbness both feet', since 2026-11-01",
        "'chronic kidney disease?', since 2026-11-01",
    ]
    later = [f"'{one}', since 2027-03-03" for one in ("pernicious anaemia", "pregnancy")]
    asked = request(conditions=[*later, *hints], results=[WELL[0], EGFR_90])
    (card,) = cards_of(asked)
    assert card["detail"].count("In the record, not read") == 2
    assert "2027-03-03" not in card["detail"]
