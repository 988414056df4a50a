"""The critical warnings and those beside them by an older result that alarms, behind a newer one
that cannot be used: as loud as without the newer one, and naming both.

Expectations: cards.md 4 (d1, d2, f1, h1 to h5, k2, b15, b16), 7 (rules 1, 3, 4); decisions F16,
F18, F19, K2 to K5, K9, Q10, Q60, I2, I12, I13, I30.
"""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.decision import decide_request, explain
from tests.every_case.cases import site
from tests.vignettes.test_one_change import opened
from tests.vignettes.test_stops_and_doubtful_orders import (
    TODAY,
    VALUE_SETS,
    cards_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
SIGNS = "paraesthesia, since 2026-11-10"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-06"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
CYANO = "cyanocobalamin injection, 1000 mcg, IM, three times a week for 2 weeks"
AFTER = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
CODES = {
    "platelets": ("777-3", "10*9/L"),
    "INR": ("6301-6", "{INR}"),
    "potassium": ("2823-3", "mmol/L"),
    "haemoglobin": ("718-7", "g/dL"),
    "eGFR": ("98979-8", "mL/min/{1.73_m2}"),
}
NOT_USABLE = "a newer result cannot be used"
WAYS: dict[str, Json] = {
    "no unit": {"valueQuantity": {"value": 77}},
    "unknown unit": {"valueQuantity": {"value": 77, "unit": "zorkmids"}},
    "not plausible": {"valueQuantity": {"value": -7, "unit": "the unit", "code": "the unit"}},
    "in words": {"valueString": "see the letter"},
    "flagged": {
        "valueQuantity": {"value": 77, "unit": "zorkmids"},
        "interpretation": [{"coding": [{"code": "N"}]}],
    },
}


def newer(name: str, how: str, day: str = "2026-11-24") -> Json:
    """Return a result of 24 November that cannot be used."""
    code, unit = CODES[name]
    value = dict(WAYS[how])
    if quantity := value.get("valueQuantity"):
        value["valueQuantity"] = {
            key: unit if word == "the unit" else word for key, word in quantity.items()
        }
    if name == "INR" and how == "no unit":
        value = WAYS["unknown unit"]  # an INR has none
    return {
        "resourceType": "Observation",
        "id": f"newer-{name}-{day}",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": day,
        **value,
    }


def with_newer(asked: Json, *results: Json) -> Json:
    asked["prefetch"]["labs"]["entry"] += [{"resource": one} for one in results]
    asked["prefetch"]["labs"]["total"] = len(asked["prefetch"]["labs"]["entry"])
    return asked


def ordered(older: str, *drafts: str, signs: str | None = None) -> Json:
    results = [LOW, older, *([] if signs else [NO_SIGNS])]
    if not older.startswith("eGFR"):
        results.append(KIDNEYS)
    conditions = [ANAEMIA, *([signs] if signs else [])]
    return request(*(drafts or (LOADING, AFTER)), conditions=conditions, results=results)


ALARMS = [
    (
        "platelets",
        "platelets 8 10*9/L, on 2026-11-22",
        "critical",
        f"Platelets 8 (22 Nov); {NOT_USABLE}: consider platelet transfusion before an IM injection",
    ),
    (
        "platelets",
        "platelets 20 10*9/L, on 2026-11-22",
        "warning",
        f"Platelets 20 (22 Nov); {NOT_USABLE}: ask haematology before an IM injection, or use "
        "another route",
    ),
    (
        "platelets",
        "platelets 32 10*9/L, on 2026-11-22",
        "warning",
        f"Platelets 32 (22 Nov); {NOT_USABLE}: 25-27 gauge needle, press 5 to 10 minutes",
    ),
    (
        "INR",
        "INR 4.1 {INR}, on 2026-11-01",
        "warning",
        f"INR 4.1 (1 Nov); {NOT_USABLE}: defer the IM injection or choose another route",
    ),
    (
        "potassium",
        "potassium 3.1 mmol/L, on 2026-11-15",
        "warning",
        f"Potassium 3.1 mmol/L (15 Nov); {NOT_USABLE}: correct it, recheck within 48 hours of "
        "starting B12",
    ),
    (
        "haemoglobin",
        "haemoglobin 6.2 g/dL, on 2026-11-15",
        "warning",
        f"Haemoglobin 62 g/L (15 Nov); {NOT_USABLE}: check potassium now and within 48 hours of "
        "starting B12",
    ),
]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(("name", "older", "indicator", "summary"), ALARMS)
def test_an_older_alarm_speaks_and_names_both_I30(
    name: str, older: str, indicator: str, summary: str, how: str
) -> None:
    alone = only_card(ordered(older))
    card = only_card(with_newer(ordered(older), newer(name, how)))

    assert (card["indicator"], card["summary"]) == (indicator, summary)
    assert alone["indicator"] == indicator
    assert alone["summary"] == summary.replace(f"; {NOT_USABLE}", "")
    assert labels(card) == labels(alone)
    assert "newer result" in card["detail"]
    assert "(24 Nov) cannot be used" in card["detail"]


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize(("egfr", "indicator"), [(25, "critical"), (40, "warning")])
def test_an_older_egfr_speaks_and_names_both_d1(egfr: int, indicator: str, how: str) -> None:
    asked = ordered(f"eGFR {egfr} mL/min/{{1.73_m2}}, on 2026-02-01", CYANO, AFTER)
    card = only_card(with_newer(asked, newer("eGFR", how)))

    assert card["indicator"] == indicator
    use = "avoid cyanocobalamin, use hydroxocobalamin"
    assert card["summary"] == f"eGFR {egfr} (1 Feb); {NOT_USABLE}: {use}"
    assert not any("cyanocobalamin 1 mg" in label.lower() for label in labels(card)), "I2"
    assert "eGFR" in card["detail"].split("Before the first dose:")[1].split(".")[0]


CALM = [
    ("platelets", "platelets 240 10*9/L, on 2026-11-22"),
    ("INR", "INR 1.1 {INR}, on 2026-11-01"),
    ("potassium", "potassium 4.4 mmol/L, on 2026-11-15"),
    ("haemoglobin", "haemoglobin 12.6 g/dL, on 2026-11-15"),
]


@pytest.mark.parametrize("how", ["unknown unit", "in words"])
@pytest.mark.parametrize(("name", "older"), CALM)
def test_an_older_one_that_does_not_alarm_changes_nothing(name: str, older: str, how: str) -> None:
    without = request(LOADING, AFTER, conditions=[ANAEMIA], results=[LOW, NO_SIGNS, KIDNEYS])
    found = cards_of(with_newer(ordered(older), newer(name, how)))
    expected = cards_of(with_newer(without, newer(name, how)))
    assert [(one["indicator"], one["summary"]) for one in found] == [
        (one["indicator"], one["summary"]) for one in expected
    ]


@pytest.mark.parametrize("how", ["unknown unit", "in words"])
def test_an_older_egfr_that_suffices_permits_nothing_I2(how: str) -> None:
    asked = ordered("eGFR 90 mL/min/{1.73_m2}, on 2026-02-01", CYANO, AFTER)
    card = only_card(with_newer(asked, newer("eGFR", how)))
    assert card["indicator"] == "warning"
    assert "(24 Nov) cannot be used" in card["summary"]
    assert card["summary"].endswith("check eGFR, or use hydroxocobalamin")


@pytest.mark.parametrize(("name", "older", "_", "summary"), ALARMS)
def test_a_usable_one_after_it_clears_it(name: str, older: str, _: str, summary: str) -> None:
    code, unit = CODES[name]
    fine = {"platelets": 240, "INR": 1.1, "potassium": 4.4, "haemoglobin": 12.6}[name]
    usable = newer(name, "in words", "2026-11-25")
    del usable["valueString"]
    usable["valueQuantity"] = {
        "value": fine,
        "unit": unit,
        "system": "http://unitsofmeasure.org",
        "code": unit,
    }
    said = cards_of(with_newer(ordered(older), newer(name, "in words"), usable))
    assert not any(name.lower() in one["summary"].lower() for one in said), code


def test_with_nerve_signs_nothing_waits_I12() -> None:
    asked = ordered("platelets 8 10*9/L, on 2026-11-22", signs=SIGNS)
    card = only_card(with_newer(asked, newer("platelets", "no unit")))
    assert card["indicator"] == "critical"
    assert card["summary"] == (
        f"Paraesthesia, platelets 8; {NOT_USABLE}: give B12 today; ring haematology now about "
        "needle, transfusion or route"
    )


def test_a_first_line_with_no_room_for_it_says_it_below_I12() -> None:
    cord = "subacute combined degeneration, since 2026-11-10"
    asked = ordered("platelets 8 10*9/L, on 2026-11-22", signs=cord)
    card = only_card(with_newer(asked, newer("platelets", "no unit")))
    assert "platelets 8: give B12 today" in card["summary"]
    assert "newer result 77 (24 Nov) cannot be used (its unit is missing)" in card["detail"]


def test_an_old_count_is_to_be_repeated_and_the_newer_one_is_named_Q10() -> None:
    asked = ordered("platelets 8 10*9/L, on 2026-10-01")
    card = only_card(with_newer(asked, newer("platelets", "no unit")))
    assert card["indicator"] == "critical"
    assert "Platelets 8 (1 Oct), 56 days ago: repeat it; newer result 77 (24 Nov)" in card["detail"]


def test_the_technique_is_drafted_where_an_older_count_alarms_I13() -> None:
    results = [LOW, NO_SIGNS, KIDNEYS, "platelets 8 10*9/L, on 2026-11-22"]
    asked = with_newer(opened(conditions=[ANAEMIA], results=results), newer("platelets", "no unit"))
    card = only_card(asked)
    assert "consider platelet transfusion before the injection" in card["detail"]
    assert "Platelets 8 (22 Nov); newer result 77 (24 Nov) cannot be used" in card["detail"]


def test_on_warfarin_an_older_high_inr_is_said_and_not_only_asked_for_h4() -> None:
    asked = request(
        LOADING,
        AFTER,
        conditions=[ANAEMIA],
        results=[LOW, NO_SIGNS, KIDNEYS, "INR 4.1 {INR}, on 2026-11-20"],
        active=["warfarin, 5 mg, oral, daily, since 2026-01-01"],
    )
    card = only_card(with_newer(asked, newer("INR", "unknown unit")))
    assert card["indicator"] == "warning"
    assert card["summary"].startswith(f"INR 4.1 (20 Nov); {NOT_USABLE}: defer")


def test_a_stop_is_not_called_right_by_an_older_egfr_alone_I30() -> None:
    taken = "cyanocobalamin injection, 1000 mcg, IM, every month, since 2025-12-01"
    given = [
        f"cyanocobalamin injection, 1000 mcg, IM, on 2026-{month}-05"
        for month in ("09", "10", "11")
    ]
    chart = {
        "conditions": [ANAEMIA],
        "active": [taken],
        "given": given,
    }
    stop = f"stop: {taken.rpartition(',')[0]}"
    low = "eGFR 25 mL/min/{1.73_m2}, on 2026-02-01"
    plain = only_card(request(stop, results=[NO_SIGNS, low], **chart))
    assert plain["summary"].startswith("Stopping cyanocobalamin is right")
    doubted = with_newer(request(stop, results=[NO_SIGNS, low], **chart), newer("eGFR", "no unit"))
    assert only_card(doubted)["indicator"] == "warning"
    assert "is right" not in only_card(doubted)["summary"]


def test_what_explains_shows_the_same_as_the_card() -> None:
    asked = with_newer(
        ordered("platelets 8 10*9/L, on 2026-11-22"), newer("platelets", "unknown unit")
    )
    explained = explain(decide_request(asked, site(), VALUE_SETS, TODAY))

    facts = {fact["name"]: fact for fact in explained["facts"]}
    for name in ("platelets", "platelet_band"):
        assert facts[name]["certainty"] == "known"
        assert "a newer result cannot be used" in facts[name]["reason"]
        assert [entry["reported"] for entry in facts[name]["evidence"]] == ["8 10*9/L"]
    of = {line["reference"]: line for line in explained["resources"]}
    assert of[facts["platelets"]["evidence"][0]["reference"]]["for"] == ["platelets"]
    assert of["Observation/newer-platelets-2026-11-24"]["used"] is False
    (series,) = [one for one in explained["laboratory"] if one["fact"] == "platelets"]
    assert [point["used"] for point in series["points"]] == [True]
    assert explained["decision"]["headline"].startswith(f"Platelets 8 (22 Nov); {NOT_USABLE}")


# --- vitamin B12 still low on tablets (T5b, b22, Q71)


VEGAN = "vegan diet, since 2020-01-01"
TAKEN = {
    "active": ["vitamin B12 tablet 1 mg, 1 tablet, oral, daily, since 2026-04-01"],
    "supplied": ["vitamin B12 tablet 1 mg, on 2026-10-07, for 90 days"],
}
ON_TABLETS = {"conditions": [VEGAN], "results": [LOW, NO_SIGNS, KIDNEYS]} | TAKEN


def level(value: str, day: str = "2026-11-24") -> Json:
    """Return a vitamin B12 result without a unit, or with another than any of its own."""
    return newer("platelets", value, day) | {
        "id": f"level-{day}",
        "code": {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]},
    }


@pytest.mark.parametrize("how", ["no unit", "unknown unit", "in words"])
def test_tablets_still_fail_behind_a_level_that_cannot_be_used_T5b(how: str) -> None:
    alone = only_card(opened(**ON_TABLETS))
    card = only_card(with_newer(opened(**ON_TABLETS), level(how)))
    assert card["indicator"] == alone["indicator"]
    said = "B12 96 pmol/L (6 Nov) after 7 months of tablets"
    assert alone["summary"].startswith(f"{said}: check they are taken")
    assert card["summary"].startswith(f"{said}, {NOT_USABLE}: check they are taken")
    assert labels(card) == labels(alone)
    assert "(24 Nov) cannot be used" in card["detail"]


@pytest.mark.parametrize(("value", "alarms"), [(420, True), (80, False)])
def test_tablets_still_fail_behind_a_level_not_low_by_its_issue_alone_Q33(
    value: int, alarms: bool
) -> None:
    """One that is low by its issue alone speaks for itself."""
    unit = {"system": "http://unitsofmeasure.org", "code": "pmol/L", "unit": "pmol/L"}
    issued = level("no unit") | {"issued": "2026-11-24T08:00:00Z"}
    issued["valueQuantity"] = {"value": value} | unit
    del issued["effectiveDateTime"]
    card = only_card(with_newer(opened(**ON_TABLETS), issued))
    shown = "B12 96 pmol/L (6 Nov)" if alarms else "B12 80 pmol/L (issued 24 Nov)"
    assert card["summary"].startswith(f"{shown} after 7 months of tablets")
    assert "B12 96 pmol/L" not in card["summary"] or alarms


@pytest.mark.parametrize("how", ["no unit", "in words"])
def test_folic_acid_waits_behind_a_level_that_cannot_be_used_c2(how: str) -> None:
    folic_acid = "folic acid tablet 5 mg, 5 mg, oral, daily"
    card = only_card(with_newer(request(folic_acid, **ON_TABLETS), level(how)))
    assert card["indicator"] == "warning"
    assert card["summary"] == (
        f"B12 96 pmol/L (6 Nov) on tablets, {NOT_USABLE}: change to injections before folic acid"
    )


def test_a_level_that_is_not_low_on_tablets_says_nothing_behind_one() -> None:
    calm = ON_TABLETS | {"results": ["B12 420 pmol/L, on 2026-11-06", NO_SIGNS, KIDNEYS]}
    assert cards_of(with_newer(opened(**calm), level("no unit"))) == cards_of(
        with_newer(
            opened(**TAKEN, conditions=[VEGAN], results=[NO_SIGNS, KIDNEYS]), level("no unit")
        )
    )


# --- vitamin B12 behind a flagged one (Q35, Q60): what is between and of no use takes nothing


FLAGGED = "B12 96 pmol/L; flagged low, unit missing, on 2026-11-20"


def test_what_is_of_no_use_between_takes_nothing_from_the_low_level_before_I30() -> None:
    code = {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]}
    unit = {"system": "http://unitsofmeasure.org", "code": "pmol/L", "unit": "pmol/L"}
    between = {
        "resourceType": "Observation",
        "id": "between",
        "status": "final",
        "code": code,
        "subject": {"reference": "Patient/p1"},
    }
    dated = between | {"effectiveDateTime": "2026-11-12"}
    words = dated | {"valueString": "see the letter"}
    issued = between | {"issued": "2026-11-12T08:00:00Z", "valueQuantity": {"value": 420, **unit}}
    usable = dated | {"valueQuantity": {"value": 420, **unit}}

    def said(*more: Json) -> str:
        asked = opened(conditions=[], results=[LOW, FLAGGED, NO_SIGNS, KIDNEYS])
        return str(only_card(with_newer(asked, *more))["summary"])

    assert said().startswith("B12 96 pmol/L (6 Nov)")
    assert said(words) == said()
    assert said(issued) == said()
    assert said(usable) != said()


# --- a result of no known day


def without_day(asked: Json, code: str) -> Json:
    """Return the request with the day of the results of this code left out."""
    for entry in asked["prefetch"]["labs"]["entry"]:
        if code in {coding["code"] for coding in entry["resource"]["code"]["coding"]}:
            del entry["resource"]["effectiveDateTime"]
    return asked


def test_a_result_without_its_day_is_told_and_is_not_none_Q58_I33() -> None:
    results = [LOW, NO_SIGNS, "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
    tablets = "vitamin B12 tablet 1 mg, 1000 mcg, oral, daily"
    diet = ["vegan diet, since 2020-01-01"]
    asked = request(tablets, conditions=diet, results=results)
    card = only_card(without_day(asked, CODES["eGFR"][0]))
    assert card["summary"].startswith("eGFR 90 cannot be used (its day is not recorded)")
    assert "No kidney result" not in card["summary"] + card["detail"]

    few = [*results, "platelets 15 10*9/L, on 2026-11-25"]
    asked = request(LOADING, AFTER, conditions=[ANAEMIA], results=few)
    assert only_card(asked)["summary"].startswith("Platelets 15")
    asked = request(LOADING, conditions=[ANAEMIA], results=few)
    card = only_card(without_day(asked, CODES["platelets"][0]))
    assert "The platelet count on record cannot be used: repeat it" in card["detail"]
    assert "No recent platelet count" not in card["detail"]

    high = [*results, "INR 4.2 {INR}, on 2026-11-24"]
    warfarin = ["warfarin, 5 mg, oral, daily, since 2026-01-01"]
    asked = request(LOADING, AFTER, conditions=[ANAEMIA], results=high, active=warfarin)
    (card,) = cards_of(without_day(asked, CODES["INR"][0]))
    assert "INR 4.2 cannot be used" in card["summary"] + card["detail"]
    assert "no INR in 30 days" not in card["summary"] + card["detail"]
