"""A newer result that is worse and cannot count yet takes the word of an older one that reassures:
it is not final, dated in the future, or changed by what is not read (decisions D6, E3, Q31, Q35,
Q36, 2.8; I2, I30).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_one_change import opened
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
NOT_LOW = "B12 450 pmol/L, on 2026-11-02"
EGFR_90 = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
DIET = "vegan diet, since 2020-01-01"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"
INJECTIONS = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"


def _preliminary(asked: Json) -> None:
    _last(asked)["status"] = "preliminary"


def _of_no_known_status(asked: Json) -> None:
    _last(asked)["status"] = "unknown"


def _of_the_future(asked: Json) -> None:
    _last(asked)["effectiveDateTime"] = "2027-03-03"


def _changed(asked: Json) -> None:
    _last(asked)["modifierExtension"] = [{"url": "urn:x", "valueBoolean": True}]


def _without_day(asked: Json) -> None:
    del _last(asked)["effectiveDateTime"]


def _of_the_same_day(change: Any) -> Any:
    def changed(asked: Json) -> None:
        change(asked)
        _last(asked)["effectiveDateTime"] = "2026-11-02"

    return changed


def _cancelled(asked: Json) -> None:
    _last(asked)["status"] = "cancelled"


def _older(asked: Json) -> None:
    _preliminary(asked)
    _last(asked)["effectiveDateTime"] = "2026-10-01"


def _last(asked: Json) -> Json:
    found: Json = asked["prefetch"]["labs"]["entry"][-1]["resource"]
    return found


NOT_YET = [_preliminary, _of_no_known_status, _of_the_future]


# --- vitamin B12: no level excuses what is newer and may be low


MAY_BE_NEWEST = [*NOT_YET, _changed, _without_day, _of_the_same_day(_changed)]


@pytest.mark.parametrize("change", MAY_BE_NEWEST)
@pytest.mark.parametrize("newer", ["80", "200"])
def test_folic_acid_waits_for_a_newer_level_that_may_be_low_D6_c3(change: Any, newer: str) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, f"B12 {newer} pmol/L, on 2026-11-20"])
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"B12 {newer} pmol/L ")
    assert "cannot be used" in card["summary"]
    assert "B12 450 pmol/L (2 Nov)" in card["detail"]  # what is known stays on the card (I22)
    assert labels(card) == ["Order B12 before folic acid"]


@pytest.mark.parametrize("change", MAY_BE_NEWEST)
@pytest.mark.parametrize(
    "before", ["B12 300 pmol/L, on 2026-03-06", "B12 96 pmol/L, on 2024-03-06"]
)
def test_it_leads_whatever_else_does_not_decide_Q36(change: Any, before: str) -> None:
    doubtful = "B12 80 pmol/L, on 2026-11-20"
    asked = request(FOLIC_ACID, results=[NO_SIGNS, before, NOT_LOW, doubtful])
    change(asked)
    card = only_card(asked)
    assert card["summary"].startswith("B12 80 pmol/L ")
    assert "; B12 80 pmol/L" in card["detail"]


def test_a_later_one_that_reassures_and_cannot_count_does_not_lead_Q36() -> None:
    results = ["B12 500 pmol/L, on 2026-11-22", NOT_LOW, "B12 80 pmol/L, on 2026-11-20"]
    asked = request(FOLIC_ACID, results=[*results, NO_SIGNS])
    for entry in asked["prefetch"]["labs"]["entry"]:
        value = entry["resource"].get("valueQuantity", {}).get("value")
        entry["resource"]["status"] = "preliminary" if value in (500, 80) else "final"
    assert only_card(asked)["summary"].startswith("B12 80 pmol/L (20 Nov) cannot be used")


@pytest.mark.parametrize(("comparator", "waits"), [("<", True), (">", False)])
def test_one_that_is_low_or_borderline_whatever_its_comparator_allows_D6_Q9(
    comparator: str, waits: bool
) -> None:
    """Below 150 pmol/L; above it may be anything."""
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, "B12 150 pmol/L, on 2026-11-20"])
    _preliminary(asked)
    _last(asked)["valueQuantity"]["comparator"] = comparator
    assert bool(cards_of(asked)) is waits


@pytest.mark.parametrize("change", [*NOT_YET, _changed])
def test_an_order_is_not_called_needless_by_an_older_level_b17_b13(change: Any) -> None:
    asked = request(INJECTIONS, results=[NO_SIGNS, NOT_LOW, "B12 80 pmol/L, on 2026-11-20"])
    change(asked)
    card = only_card(asked)
    assert "is not low" not in card["summary"]
    assert card["summary"].startswith("B12 80 pmol/L (")
    assert any(label.startswith("Order B12,") for label in labels(card))


def test_with_nerve_signs_it_is_no_N3_and_b12_is_tested_again() -> None:
    asked = opened(
        conditions=["paraesthesia, since 2026-11-10"],
        results=[NOT_LOW, "B12 80 pmol/L, on 2026-11-20"],
    )
    _preliminary(asked)
    (card,) = cards_of(asked)
    assert "B12 status open" in card["summary"]
    assert any(label.startswith("Order B12,") for label in labels(card))


@pytest.mark.parametrize("change", [_cancelled, _older, _of_the_same_day(_preliminary)])
def test_a_low_level_that_was_withdrawn_or_is_older_is_no_noise(change: Any) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, "B12 80 pmol/L, on 2026-11-20"])
    change(asked)
    assert cards_of(asked) == []


@pytest.mark.parametrize("change", [*NOT_YET, _changed])
def test_a_newer_level_that_is_not_low_either_is_no_noise(change: Any) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, "B12 500 pmol/L, on 2026-11-20"])
    change(asked)
    assert cards_of(asked) == []


@pytest.mark.parametrize("change", NOT_YET)
def test_a_low_level_goes_on_deciding_before_one_that_cannot_count(change: Any) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, LOW, "B12 500 pmol/L, on 2026-11-20"])
    change(asked)
    assert only_card(asked)["indicator"] == "critical"


@pytest.mark.parametrize("change", NOT_YET)
@pytest.mark.parametrize("before", [[], ["MMA 100 nmol/L, on 2026-11-05"]])
def test_a_raised_mma_that_cannot_count_yet_leaves_the_level_open_D6(
    change: Any, before: list[str]
) -> None:
    asked = request(
        FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, *before, "MMA 900 nmol/L, on 2026-11-20"]
    )
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert "methylmalonic acid 900 nmol/L (" in card["detail"]


@pytest.mark.parametrize("change", NOT_YET)
def test_a_usual_mma_that_cannot_count_yet_is_no_noise(change: Any) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, "MMA 100 nmol/L, on 2026-11-20"])
    change(asked)
    assert cards_of(asked) == []


# --- kidneys and blood


@pytest.mark.parametrize("change", NOT_YET)
@pytest.mark.parametrize(
    ("newer", "shown"),
    [("eGFR 20 mL/min/{1.73_m2}", "eGFR 20 ("), ("creatinine 180 umol/L", "eGFR 26.")],
)
def test_a_good_egfr_permits_nothing_before_a_newer_one_that_is_low_I2(
    change: Any, newer: str, shown: str
) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"{newer}, on 2026-11-20"]
    asked = request(TABLETS, conditions=[DIET], results=results)
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"eGFR 90 (6 Nov); {shown}")
    assert not any("yanocobalamin" in label for label in labels(card))


@pytest.mark.parametrize("newer", ["eGFR 92 mL/min/{1.73_m2}", "creatinine 60 umol/L"])
@pytest.mark.parametrize("change", NOT_YET)
def test_a_newer_one_that_is_good_too_is_no_noise(change: Any, newer: str) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"{newer}, on 2026-11-20"]
    asked = request(TABLETS, conditions=[DIET], results=results)
    change(asked)
    assert cards_of(asked) == []


@pytest.mark.parametrize("change", [_cancelled, _older])
def test_a_low_egfr_that_was_withdrawn_or_is_older_is_no_noise(change: Any) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, "eGFR 20 mL/min/{1.73_m2}, on 2026-11-20"]
    asked = request(TABLETS, conditions=[DIET], results=results)
    change(asked)
    assert cards_of(asked) == []


@pytest.mark.parametrize("change", NOT_YET)
@pytest.mark.parametrize(
    ("usual", "newer", "said"),
    [
        ("potassium 4.1 mmol/L", "potassium 2.6 mmol/L", "Potassium 2.6 mmol/L ("),
        ("haemoglobin 12.8 g/dL", "haemoglobin 6.2 g/dL", "Haemoglobin 62 g/L ("),
    ],
)
def test_a_usual_one_hides_no_newer_one_that_is_low_before_treatment_starts_K9(
    change: Any, usual: str, newer: str, said: str
) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"{usual}, on 2026-11-18", f"{newer}, on 2026-11-20"]
    asked = opened(conditions=[DIET], results=results)
    change(asked)
    assert said in only_card(asked)["detail"]


# --- a low level is taken back by nothing that cannot be used, or is dated by its issue alone


def _without_unit(asked: Json) -> None:
    _last(asked)["valueQuantity"] = {"value": _last(asked)["valueQuantity"]["value"]}


def _in_words(asked: Json) -> None:
    del _last(asked)["valueQuantity"]
    _last(asked)["valueString"] = "see comment"


def _by_issue(asked: Json) -> None:
    _last(asked)["issued"] = f"{_last(asked).pop('effectiveDateTime')}T10:00:00Z"


@pytest.mark.parametrize("newer", ["80", "450"])
@pytest.mark.parametrize("change", [_without_unit, _in_words])
def test_a_low_level_goes_on_deciding_before_one_that_cannot_be_used_I30(
    change: Any, newer: str
) -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, LOW, f"B12 {newer} pmol/L, on 2026-11-20"])
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("B12 96 pmol/L (2 Nov), not treated")
    assert "(20 Nov), not counted: " in card["detail"]


def test_a_low_level_goes_on_deciding_before_one_not_low_by_its_issue_alone_Q33() -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, LOW, "B12 450 pmol/L, on 2026-11-20"])
    _by_issue(asked)
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("B12 96 pmol/L (2 Nov), not treated")
    assert "B12 450 pmol/L (issued 20 Nov), not counted" in card["detail"]


@pytest.mark.parametrize("change", [_without_unit, _in_words, _by_issue])
def test_a_low_level_of_more_than_a_year_before_is_to_be_repeated_E3(change: Any) -> None:
    old = "B12 96 pmol/L, on 2025-10-02"
    asked = request(FOLIC_ACID, results=[NO_SIGNS, old, "B12 450 pmol/L, on 2026-11-20"])
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "warning"
    assert "not treated" not in card["summary"]


# --- few platelets before an injection


RIGHT = (
    "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
    "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months",
)


@pytest.mark.parametrize("change", [*NOT_YET, _changed])
@pytest.mark.parametrize("usual", [[], ["platelets 240 10*9/L, on 2026-11-18"]])
def test_a_few_platelets_that_cannot_count_are_told_on_an_injection_h5(
    change: Any, usual: list[str]
) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, *usual, "platelets 8 10*9/L, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET], results=results)
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "info"
    assert card["summary"].startswith("Platelets 8 (")
    assert "cannot be used" in card["summary"]
    assert "platelets 8 (" in card["detail"].lower()


@pytest.mark.parametrize("change", [*NOT_YET, _changed, _without_unit, _cancelled])
def test_many_platelets_that_cannot_count_are_no_noise(change: Any) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, "platelets 240 10*9/L, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET], results=results)
    change(asked)
    assert cards_of(asked) == []


@pytest.mark.parametrize("change", NOT_YET)
@pytest.mark.parametrize("usual", [[], ["INR 1.1 {INR}, on 2026-11-10"]])
def test_a_high_inr_that_cannot_count_is_told_on_an_injection_h5(
    change: Any, usual: list[str]
) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, *usual, "INR 5.2 {INR}, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET], results=results)
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "info"
    assert card["summary"].startswith("INR 5.2 (")
    assert card["summary"].endswith("read or repeat it; fine needle, firm pressure")


def test_a_bleeding_disorder_is_told_beside_a_high_inr_that_cannot_count_K6() -> None:
    results = [LOW, NO_SIGNS, EGFR_90, "INR 5.2 {INR}, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET, "'Haemophilia A', since 1990-01-01"], results=results)
    _preliminary(asked)
    said = str(only_card(asked))
    assert "INR 5.2 (20 Nov) cannot be used" in said
    assert "Bleeding disorder recorded" in said


@pytest.mark.parametrize("value", ["3.0", "1.1"])
def test_an_inr_in_range_that_cannot_count_is_no_noise(value: str) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"INR {value} {{INR}}, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET], results=results)
    _preliminary(asked)
    assert cards_of(asked) == []


def test_tablets_are_not_told_of_a_high_inr() -> None:
    results = [LOW, NO_SIGNS, EGFR_90, "INR 5.2 {INR}, on 2026-11-20"]
    asked = request(TABLETS, conditions=[DIET], results=results)
    _preliminary(asked)
    assert "INR" not in str(cards_of(asked))


LOW_BLOOD = {"potassium 2.6 mmol/L": "Potassium 2.6", "haemoglobin 6.0 g/dL": "Haemoglobin 60"}


@pytest.mark.parametrize("change", NOT_YET)
@pytest.mark.parametrize("low", LOW_BLOOD)
def test_a_low_result_that_cannot_count_is_told_before_treatment_starts_k2(
    change: Any, low: str
) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"{low}, on 2026-11-20"]
    asked = request(*RIGHT, conditions=[DIET], results=results)
    change(asked)
    card = only_card(asked)
    assert card["indicator"] == "info"
    assert card["summary"].startswith(f"{LOW_BLOOD[low]} ")
    assert card["summary"].endswith("read or repeat it today")


def test_a_worse_count_is_named_beside_the_one_that_counts_h1() -> None:
    results = [LOW, NO_SIGNS, EGFR_90, "platelets 40 10*9/L, on 2026-11-22"]
    results.append("platelets 8 10*9/L, on 2026-11-24")
    asked = request(*RIGHT, conditions=[DIET], results=results)
    _preliminary(asked)
    card = only_card(asked)
    assert card["summary"].startswith("Platelets 40 (22 Nov)")
    assert "platelets 8 (24 Nov) cannot be used (it is preliminary)" in card["detail"]
