"""A newer creatinine whose value cannot be used beside an eGFR that counts, and a level of vitamin
B12 without day or unit that its laboratory calls low (decisions D6, F16, I27, I30, Q35; d2).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import cards_of, labels, only_card, request

Json = dict[str, Any]
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
NOT_LOW = "B12 450 pmol/L, on 2026-11-02"
EGFR_90 = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"


def _last(asked: Json) -> Json:
    found: Json = asked["prefetch"]["labs"]["entry"][-1]["resource"]
    return found


# --- eGFR: a newer creatinine that may give a lower one


CYANOCOBALAMIN = "cyanocobalamin injection, 1000 mcg, IM, three times a week for 2 weeks"
MASS = {"coding": [{"system": "http://loinc.org", "code": "2160-0"}]}


def _creatinine(value: Json, day: str = "2026-11-20", **more: Any) -> Json:
    asked = request(
        CYANOCOBALAMIN, results=[NO_SIGNS, LOW, EGFR_90, f"creatinine 400 umol/L, on {day}"]
    )
    del _last(asked)["valueQuantity"]
    _last(asked).update({"code": MASS} | value | more)
    return asked


def _quantity(value: float, unit: str = "") -> Json:
    coded = {"unit": unit, "system": "http://unitsofmeasure.org", "code": unit} if unit else {}
    return {"valueQuantity": {"value": value} | coded}


HIGH = {"interpretation": [{"text": "High"}]}
WORSE = [
    (_quantity(400, "umol/L"), {}),  # the code says mass, the unit says otherwise
    (_quantity(400), {}),  # umol/L: in mg/dL nobody has that
    (_quantity(4.5), {}),
    (_quantity(4000, "mg/dL"), {}),
    ({"valueString": "see report"}, HIGH),
]


@pytest.mark.parametrize(("value", "more"), WORSE, ids=str)
def test_a_newer_creatinine_that_cannot_be_used_and_may_be_worse_permits_nothing_d2(
    value: Json, more: Json
) -> None:
    card = only_card(_creatinine(value, **more))
    assert card["source"]["topic"]["code"] == "d2"
    assert "eGFR 90" in card["summary"]
    assert "creatinine" in card["summary"]
    assert "cannot be used" in card["summary"]
    assert not any("Cyanocobalamin" in label for label in labels(card))


NO_WORSE = [
    (_quantity(0.4), "2026-11-20"),
    (_quantity(60, "umol/L"), "2026-11-20"),
    (_quantity(400, "umol/L"), "2026-11-05"),
    (_quantity(400), "2026-11-06"),
    ({"valueString": "see report"}, "2026-11-20"),
]


@pytest.mark.parametrize(("value", "day"), NO_WORSE, ids=str)
def test_one_that_is_no_worse_or_no_newer_says_nothing(value: Json, day: str) -> None:
    codes = {card["source"]["topic"]["code"] for card in cards_of(_creatinine(value, day))}
    assert not codes & {"d1", "d2"}


@pytest.mark.parametrize(
    ("comparator", "value", "told"),
    [(">", 3, True), (">=", 3, True), (">", 0.7, True), ("<", 5, True), ("<", 0.7, False)],
)
def test_a_newer_creatinine_that_is_a_bound_permits_nothing_if_it_may_be_worse_d2(
    comparator: str, value: float, told: bool
) -> None:
    asked = _creatinine(_quantity(value, "mg/dL"))
    _last(asked)["valueQuantity"]["comparator"] = comparator
    codes = {card["source"]["topic"]["code"] for card in cards_of(asked)}
    assert ("d2" in codes) is told


@pytest.mark.parametrize(("value", "told"), [(4.0, True), (0.9, False)])
def test_a_newer_creatinine_of_one_of_unknown_sex_is_told_if_it_is_worse_for_either_d2(
    value: float, told: bool
) -> None:
    asked = _creatinine(_quantity(value, "mg/dL"))
    del asked["prefetch"]["patient"]["gender"]
    codes = {card["source"]["topic"]["code"] for card in cards_of(asked)}
    assert ("d2" in codes) is told


PRELIMINARY = [
    (_quantity(3, "mg/dL"), ">", True),
    (_quantity(0.7, "mg/dL"), ">=", True),
    (_quantity(200, "umol/L"), ">", True),  # the code says mass
    (_quantity(400), "", True),
    (_quantity(400, "umol/L"), "", True),
    ({"valueString": "see report"} | HIGH, "", True),
    (_quantity(0.7, "mg/dL"), "<", False),
    (_quantity(60), "", False),
    ({"valueString": "see report"}, "", False),
    ({"valueString": "pending"}, "", False),
    ({}, "", False),
]


@pytest.mark.parametrize("status", ["preliminary", "registered"])
@pytest.mark.parametrize(("value", "comparator", "told"), PRELIMINARY, ids=str)
def test_so_does_one_that_is_not_final_and_one_still_to_come_says_nothing_d2(
    value: Json, comparator: str, told: bool, status: str
) -> None:
    asked = _creatinine(value, status=status)
    if comparator:
        _last(asked)["valueQuantity"]["comparator"] = comparator
    codes = {card["source"]["topic"]["code"] for card in cards_of(asked)}
    assert ("d2" in codes) is told


@pytest.mark.parametrize(("value", "told"), [(4.0, True), (0.9, False)])
def test_so_does_one_that_is_not_final_of_one_of_unknown_sex_d2(value: float, told: bool) -> None:
    asked = _creatinine(_quantity(value, "mg/dL"), status="preliminary")
    del asked["prefetch"]["patient"]["gender"]
    codes = {card["source"]["topic"]["code"] for card in cards_of(asked)}
    assert ("d2" in codes) is told


MILD, SEVERE = 95, 400  # without a unit: umol/L
PAIRS = [
    (first, second, statuses)
    for first, second in ((MILD, SEVERE), (SEVERE, MILD))
    for statuses in (
        ("final", "final"),
        ("preliminary", "preliminary"),
        ("preliminary", "final"),
        ("final", "preliminary"),
    )
]


@pytest.mark.parametrize(("first", "second", "statuses"), PAIRS, ids=str)
def test_of_several_that_may_be_worse_the_worst_speaks_d2(
    first: int, second: int, statuses: tuple[str, str]
) -> None:
    asked = _creatinine(_quantity(first), "2026-11-15", status=statuses[0])
    later = _creatinine(_quantity(second), status=statuses[1])
    newest = _last(later) | {"id": "later"}
    asked["prefetch"]["labs"]["entry"].append({"resource": newest})
    cards = {card["source"]["topic"]["code"]: card["summary"] for card in cards_of(asked)}
    assert "d2" in cards
    assert "creatinine 400" in cards["d2"]


# --- vitamin B12 without its day or a unit, that its laboratory calls low


def test_folic_acid_waits_for_a_level_without_day_and_unit_that_is_flagged_low_D6() -> None:
    asked = request(FOLIC_ACID, results=[NO_SIGNS, NOT_LOW, "B12 80 pmol/L, on 2026-11-20"])
    del _last(asked)["effectiveDateTime"]
    _last(asked).update({"valueQuantity": {"value": 80}, "interpretation": [{"text": "Low"}]})
    card = only_card(asked)
    assert card["summary"].startswith("B12 80 ")
    assert "cannot be used" in card["summary"]
    assert labels(card) == ["Order B12 before folic acid"]


# --- a borderline level before one that cannot be used (I30, Q35)


BORDERLINE = "B12 170 pmol/L, on 2026-09-01"
MMA_500, MMA_150 = "MMA 500 nmol/L, on 2026-09-02", "MMA 150 nmol/L, on 2026-09-02"
RECENT = "B12 300 pmol/L, on 2026-11-10"


def _opened(*results: str, **chart: Any) -> Json:
    return request(results=[EGFR_90, *results], **chart)


def _said(asked: Json) -> list[tuple[str, list[str]]]:
    return [(card["indicator"], labels(card)) for card in cards_of(asked)]


UNUSABLE = [
    {"valueQuantity": {"value": 300}},
    {"valueString": "see comment"},
    {"issued": "2026-11-10T10:00:00Z"},
]


def _made_unusable(asked: Json, how: Json) -> Json:
    del _last(asked)["effectiveDateTime" if "issued" in how else "valueQuantity"]
    _last(asked).update(how)
    return asked


@pytest.mark.parametrize("how", UNUSABLE, ids=str)
@pytest.mark.parametrize(
    ("before", "chart"),
    [
        ([BORDERLINE], {}),
        ([MMA_500, BORDERLINE], {}),
        ([BORDERLINE], {"conditions": ["paraesthesia, since 2026-10-02"]}),
    ],
    ids=str,
)
def test_a_result_that_cannot_be_used_takes_nothing_from_a_borderline_level_I30(
    how: Json, before: list[str], chart: Json
) -> None:
    alone = _said(_opened(*before, **chart))
    assert alone
    asked = _made_unusable(_opened(*before, RECENT, **chart), how)
    assert _said(asked) == alone
    assert "not counted" in cards_of(asked)[0]["detail"]


def test_behind_a_result_that_cannot_be_used_a_borderline_level_excludes_nothing_D6() -> None:
    asked = _made_unusable(_opened(MMA_150, BORDERLINE, RECENT), UNUSABLE[1])
    assert cards_of(asked) == []
    folic = request(FOLIC_ACID, results=[EGFR_90, MMA_150, BORDERLINE, RECENT])
    card = only_card(_made_unusable(folic, UNUSABLE[1]))
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("c3", "warning")


def test_a_level_that_is_flagged_low_is_repeated_beside_a_borderline_one_E3() -> None:
    asked = _opened(BORDERLINE, "B12 120 pmol/L; flagged low, unit missing, on 2026-11-10")
    assert only_card(asked)["summary"].startswith("B12 120 (10 Nov), flagged low")


def test_a_methylmalonic_acid_that_cannot_be_used_is_named_where_one_is_asked_for_b18() -> None:
    tablets = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
    asked = request(tablets, results=[EGFR_90, "B12 170 pmol/L, on 2026-11-02", MMA_500])
    _last(asked)["valueQuantity"] = {"value": 500}
    card = only_card(asked)
    assert card["source"]["topic"]["code"] == "b18"
    assert "ethylmalonic acid 500 (2 Sep) cannot be used (its unit is missing)" in card["detail"]


# --- platelets without a unit: so few are counted in thousands per microlitre alone


@pytest.mark.parametrize(("count", "told"), [(8, True), (50, True), (51, False), (45000, False)])
def test_few_platelets_without_a_unit_are_told_beside_a_right_order_h5(
    count: int, told: bool
) -> None:
    asked = request(
        "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
        "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months",
        results=[NO_SIGNS, LOW, EGFR_90, f"platelets {count} 10*9/L, on 2026-11-20"],
        conditions=["pernicious anaemia, since 2022-11-15"],
    )
    _last(asked)["valueQuantity"] = {"value": count}
    said = [card["summary"] for card in cards_of(asked)]
    few = f"Platelets {count} (20 Nov) cannot be used (its unit is missing)"
    assert any(summary.startswith(few) for summary in said) is told


def test_a_cause_on_record_is_not_called_no_reason_recorded_I33() -> None:
    well = ["B12 450 pmol/L, on 2026-11-06", "no neurological symptoms, on 2026-11-20"]
    loading = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
    said = only_card(request(loading, conditions=["vegan diet, since 2020-01-01"], results=well))
    assert said["summary"].endswith("the guidance gives no preventive B12 for diet low in B12")
    ended = only_card(request(loading, results=well))
    assert ended["summary"].endswith("no reason for B12 is recorded")


# --- a number among other words, and a range (Q35 v)


INJECTIONS = (
    "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks",
    "hydroxocobalamin, 1000 mcg, IM, every 2 months",
)


def _written(how: Json, result: str, *orders: str, **chart: Any) -> list[tuple[str, str]]:
    asked = request(*orders, results=[result], **chart)
    del _last(asked)["valueQuantity"]
    _last(asked).update(how)
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards_of(asked)]


RANGE = {"low": {"value": 90, "unit": "pmol/L"}, "high": {"value": 120, "unit": "pmol/L"}}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"valueString": "ca. 96 pmol/L"}, True),
        ({"valueString": "96 pmol/L, please repeat"}, True),
        ({"valueString": "250 - 260 pmol/L"}, True),
        ({"valueRange": RANGE}, True),
        ({"valueString": "ca. 420 pmol/L"}, False),
        ({"valueString": "see comment"}, False),
    ],
    ids=str,
)
def test_a_level_among_words_that_may_be_low_is_repeated_E3(how: Json, told: bool) -> None:
    assert _written(how, LOW) == ([("k1", "info")] if told else [])


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("24,000 /uL", ("h5", "info")),
        ("24 10*9/L clumped", ("h5", "info")),
        ("24 10*9/L (Ref 150 - 400)", ("h2", "warning")),
        ("24 (L) 10*9/L", ("h2", "warning")),
        ("24 150-400 10*9/L", ("h5", "info")),
        ("low (<10 10*9/L)", ("h5", "info")),
        ("240 10*9/L clumped", None),
        ("2.4 lakh/cumm", None),
        ("240'000 /uL", None),
    ],
)
def test_few_platelets_among_words_are_read_again_before_an_injection(
    said: str, topic: tuple[str, str] | None
) -> None:
    chart = {"conditions": ["pernicious anaemia, since 2026-10-01"]}
    result = "platelets 24 10*9/L, on 2026-11-18"
    found = _written({"valueString": said}, result, *INJECTIONS, **chart)
    assert found == ([topic] if topic else [])


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ("420 pmol/L", "b17"),
        ("420 pmol/L (148-600)", "b17"),
        ("420 pmol/L (L)", "b18"),
        ("L 420 pmol/L", "b18"),
        ("420 pmol/L (500-900)", "b18"),
    ],
)
def test_a_written_level_that_its_laboratory_marks_low_excludes_nothing_Q60(
    said: str, topic: str
) -> None:
    found = _written({"valueString": said}, "B12 420 pmol/L, on 2026-11-18", *INJECTIONS)
    assert [code for code, _ in found] == [topic]
