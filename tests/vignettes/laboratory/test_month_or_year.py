"""Of a result or an answer of which only the month or year is known nobody knows whether it is the
newest: beside one of a day in it the worse counts, of answers yes (decisions D2, Q1, Q33, I2, I17,
I30; conflicts.md). A yes that cannot count yet takes the word of a no (Q31, Q35).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.chart import SNOMED
from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
EGFR_90 = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
DIET = "vegan diet, since 2020-01-01"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
COARSE = pytest.mark.parametrize("coarse", ["2026", "2026-11"])


def _answer(asked: Json, code: Json, day: str, **value: Any) -> None:
    labs = asked["prefetch"]["labs"]
    about = {"reference": "Patient/p1"}
    entry = {"resourceType": "Observation", "id": f"a{labs['total']}", "status": "final"}
    entry |= {"code": {"coding": [code]}, "subject": about, "effectiveDateTime": day, **value}
    labs["entry"].append({"resource": entry})
    labs["total"] += 1


def _screen(asked: Json, day: str, *, found: bool, **odd: Any) -> None:
    code = {"system": "urn:b12-cds:observation", "code": "neuro-screen"}
    _answer(asked, code, day, valueBoolean=found, **odd)


@COARSE
def test_a_good_egfr_permits_nothing_beside_a_low_one_that_may_be_newer_I2(coarse: str) -> None:
    good = f"eGFR 95 mL/min/{{1.73_m2}}, on {coarse}"
    results = [LOW, NO_SIGNS, "eGFR 25 mL/min/{1.73_m2}, on 2026-11-05", good]
    card = only_card(request(TABLETS, conditions=[DIET], results=results))
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("eGFR 25 (5 Nov): avoid cyanocobalamin")


@COARSE
def test_a_creatinine_that_may_be_newer_outweighs_a_good_egfr_F16(coarse: str) -> None:
    results = [LOW, NO_SIGNS, EGFR_90, f"creatinine 180 umol/L, on {coarse}"]
    card = only_card(request(TABLETS, conditions=[DIET], results=results))
    assert card["summary"].startswith("eGFR 26.")
    assert not any("yanocobalamin" in label for label in labels(card))


@COARSE
@pytest.mark.parametrize("usual", ["450 pmol/L", "500 pg/mL"])
def test_a_level_not_low_excuses_no_low_one_that_may_be_newer(coarse: str, usual: str) -> None:
    results = [NO_SIGNS, "B12 110 pmol/L, on 2026-11-02", f"B12 {usual}, on {coarse}"]
    card = only_card(request(FOLIC_ACID, results=results))
    assert card["indicator"] == "critical"
    assert card["summary"].startswith("B12 110 pmol/L (2 Nov), not treated")


def test_a_low_level_before_the_newest_for_sure_does_not_count_again() -> None:
    """The one of the year may be the newest, the one of January is not."""
    results = ["B12 450 pmol/L, on 2026", "B12 110 pmol/L, on 2024-12-20"]
    results = [NO_SIGNS, "B12 440 pmol/L, on 2026-11-02", *results]
    assert cards_of(request(FOLIC_ACID, results=results)) == []


def test_few_platelets_of_a_day_in_the_month_are_told_K4() -> None:
    results = [
        LOW,
        NO_SIGNS,
        "platelets 8 10*9/L, on 2026-11-16",
        "platelets 240 10*9/L, on 2026-11",
    ]
    cards = cards_of(request(LOADING, conditions=[DIET], results=results))
    assert cards[0]["summary"].startswith("Platelets 8 (16 Nov)")


@COARSE
def test_no_nerve_signs_of_a_month_silence_no_signs_of_a_day_in_it_I1(coarse: str) -> None:
    asked = request(TABLETS, conditions=[DIET], results=[LOW, EGFR_90])
    _screen(asked, "2026-11-10", found=True)
    _screen(asked, coarse, found=False)
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert "injections, not tablets" in card["summary"]


def test_no_nerve_signs_of_a_month_alone_count_Q1() -> None:
    asked = request(TABLETS, conditions=[DIET], results=[LOW, EGFR_90])
    _screen(asked, "2026-11", found=False)
    assert cards_of(asked) == []


@COARSE
def test_not_pregnant_of_a_month_unprotects_no_folic_acid_I17(coarse: str) -> None:
    asked = request(FOLIC_ACID, born="1992-02-02", results=[LOW, NO_SIGNS, EGFR_90])
    status = {"system": "http://loinc.org", "code": "82810-3"}
    for day, code in (("2026-11-10", "77386006"), (coarse, "60001007")):
        value = {"coding": [{"system": SNOMED, "code": code}]}
        _answer(asked, status, day, valueCodeableConcept=value)
    card = only_card(asked)
    assert "keep this folic acid" in card["summary"]
    deleted = [a for s in card["suggestions"] for a in s["actions"] if a["type"] == "delete"]
    assert deleted == []


@pytest.mark.parametrize(
    ("day", "odd"),
    [
        ("2026-11-25", {"status": "preliminary"}),
        ("2026-11-25", {"status": "unknown"}),
        ("2027-03-03", {}),
    ],
)
def test_signs_found_that_cannot_count_yet_take_the_word_of_none_found(day: str, odd: Json) -> None:
    asked = request(TABLETS, conditions=[DIET], results=[LOW, EGFR_90, NO_SIGNS])
    _screen(asked, day, found=True, **odd)
    card = only_card(asked)
    assert "ask about numbness, gait and memory" in card["summary"]  # b2, as nothing is known
    assert any(label.startswith("NEURO signs") for label in labels(card))


@pytest.mark.parametrize(
    ("day", "found", "status"),
    [
        ("2026-11-25", False, "preliminary"),
        ("2027-03-03", False, "final"),
        ("2026-11-15", True, "preliminary"),
        ("2026-11-25", True, "entered-in-error"),
    ],
)
def test_what_says_no_was_withdrawn_or_is_older_is_no_noise(
    day: str, found: bool, status: str
) -> None:
    asked = request(TABLETS, conditions=[DIET], results=[LOW, EGFR_90, NO_SIGNS])
    _screen(asked, day, found=found, status=status)
    assert cards_of(asked) == []
