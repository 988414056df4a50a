"""An older result that alarms goes on restricting behind a newer one that cannot be used; one that
does not alarm says nothing for today.

Expectations: decisions F16, F18, F19, F23, K2 to K5, K9, Q9, Q10, Q33, I30; d1 (eGFR below 30).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from recommender.assessment import Assessment, PlateletBand, assess, with_older_alarms
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Measurement, Test, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    VALUE_SETS,
    Resource,
    condition,
    days_ago,
    observation,
    record_of,
    scenario_of,
)

ALARMS: dict[str, tuple[str, str, Any, Any, int]] = {
    "platelets": ("777-3", "10*9/L", 8, 240, 90),
    "inr": ("6301-6", "{INR}", 4.1, 1.1, 30),
    "potassium": ("2823-3", "mmol/L", 3.1, 4.4, 14),
    "egfr": ("98979-8", "mL/min/{1.73_m2}", 25, 95, 365),
    "haemoglobin": ("718-7", "g/L", 62, 140, 14),
}
"""Code, unit, a value that alarms, one that does not, and the days that it counts."""
KINDS = list(ALARMS)


def result(kind: str, days: int, *, alarms: bool = True, **changes: Any) -> Resource:
    code, unit, low, fine, _ = ALARMS[kind]
    return observation(code, low if alarms else fine, unit, days, **changes)


def unusable(kind: str, days: int, how: str) -> Resource:
    code, unit, low, fine, _ = ALARMS[kind]
    quantity = {"value": fine, "unit": unit}
    coded = {"system": "http://unitsofmeasure.org", "code": unit}
    changes: dict[str, Resource] = {
        "no unit": {"valueQuantity": {"value": fine}},
        "no unit, flagged": {
            "valueQuantity": {"value": fine},
            "interpretation": [{"coding": [{"code": "H"}]}],
        },
        "unknown unit": {"valueQuantity": {"value": fine, "unit": "zorkmids"}},
        "unit of another kind": {"valueQuantity": {"value": fine, "unit": "kg", "code": "kg"}},
        "not plausible": {"valueQuantity": {**quantity, **coded, "value": 99999}},
        "below nothing": {"valueQuantity": {**quantity, **coded, "value": -1}},
        "in words": {"valueString": "see the letter"},
        "coded words": {"valueCodeableConcept": {"text": "clotted, approximately fine"}},
        "a closed range": {
            "valueRange": {"low": {**quantity, **coded}, "high": {**quantity, **coded}}
        },
        "two values": {
            "valueQuantity": [{**quantity, **coded}, {**quantity, **coded, "value": low}]
        },
        "a comparator that is none": {"valueQuantity": {**quantity, **coded, "comparator": "~"}},
    }
    return observation(code, days=days, **changes[how])


WAYS = [
    "no unit",
    "no unit, flagged",
    "unknown unit",
    "unit of another kind",
    "not plausible",
    "below nothing",
    "in words",
    "coded words",
    "a closed range",
    "two values",
    "a comparator that is none",
]
INR_HAS_NO_UNIT = {("inr", "no unit"), ("inr", "no unit, flagged")}
CROSSED = [(kind, how) for kind in KINDS for how in WAYS if (kind, how) not in INR_HAS_NO_UNIT]


def settled(*resources: Resource) -> ClinicalScenario:
    return with_older_alarms(scenario_of(*resources), Policy())


def fact(scenario: ClinicalScenario, kind: str) -> Measurement:
    found: Measurement = getattr(scenario, kind)
    return found


def assessed(*resources: Resource, policy: Policy | None = None) -> Assessment:
    return assess(scenario_of(*resources), policy or Policy())


def alarm_of(found: Assessment, kind: str) -> Truth:
    """Return whether it alarms, as the rules see it."""
    few = {
        PlateletBand.UNKNOWN: Truth.UNKNOWN,
        PlateletBand.ABOVE_50: Truth.FALSE,
    }
    return {
        "platelets": few.get(found.platelets, Truth.TRUE),
        "inr": found.inr_high,
        "potassium": found.low_potassium,
        "egfr": found.renal,
        "haemoglobin": found.severe_anaemia,
    }[kind]


@pytest.mark.parametrize(("kind", "how"), CROSSED)
def test_an_older_alarm_stands_behind_one_that_cannot_be_used_I30(kind: str, how: str) -> None:
    older, newer = result(kind, 9), unusable(kind, 2, how)
    alone = fact(scenario_of(newer), kind)
    assert not alone.is_known, "the newer one must be of no use, or this tests nothing"

    found = fact(settled(older, newer), kind)

    assert found.quantity is not None
    assert found.quantity.value == Decimal(str(ALARMS[kind][2]))
    assert found.date is not None
    assert found.date.isoformat() == days_ago(9)
    assert found.stands_in_for is not None
    assert found.stands_in_for.date is not None
    assert found.stands_in_for.date.isoformat() == days_ago(2)
    assert "a newer result cannot be used" in found.reason
    assert alarm_of(assessed(older, newer), kind).is_true


@pytest.mark.parametrize(("kind", "how"), CROSSED)
def test_an_older_one_that_does_not_alarm_leaves_it_unknown(kind: str, how: str) -> None:
    newer = unusable(kind, 2, how)
    found = fact(settled(result(kind, 9, alarms=False), newer), kind)
    assert not found.is_known
    assert alarm_of(assessed(result(kind, 9, alarms=False), newer), kind).is_unknown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["unknown unit", "in words"])
def test_beyond_its_window_an_alarm_counts_for_nothing(kind: str, how: str) -> None:
    days = ALARMS[kind][4]
    newer = unusable(kind, 2, how)
    assert alarm_of(assessed(result(kind, days), newer), kind).is_true
    assert alarm_of(assessed(result(kind, days + 1), newer), kind).is_unknown


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["unknown unit", "in words"])
def test_a_usable_one_after_it_decides_alone(kind: str, how: str) -> None:
    older, between = result(kind, 9), unusable(kind, 5, how)
    found = settled(older, between, result(kind, 2, alarms=False))
    assert fact(found, kind).stands_in_for is None
    cleared = assessed(older, between, result(kind, 2, alarms=False))
    assert alarm_of(cleared, kind).is_false
    again = assessed(result(kind, 9, alarms=False), between, result(kind, 2))
    assert alarm_of(again, kind).is_true


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", ["unknown unit", "in words"])
def test_a_usable_one_between_decides_what_stands(kind: str, how: str) -> None:
    newer = unusable(kind, 2, how)
    calm = (result(kind, 9), result(kind, 5, alarms=False), newer)
    assert alarm_of(assessed(*calm), kind).is_unknown
    worse = (result(kind, 9, alarms=False), result(kind, 5), newer)
    assert alarm_of(assessed(*worse), kind).is_true


@pytest.mark.parametrize("kind", KINDS)
def test_several_that_cannot_be_used_take_no_more_than_one(kind: str) -> None:
    newer = [unusable(kind, days, WAYS[2 + days]) for days in (2, 4, 5)]
    assert alarm_of(assessed(result(kind, 9), *newer), kind).is_true
    found = fact(settled(result(kind, 9), *newer), kind)
    assert found.stands_in_for is not None
    assert found.stands_in_for.date is not None
    assert found.stands_in_for.date.isoformat() == days_ago(2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "changes",
    [
        {"status": "preliminary"},
        {"status": "entered-in-error"},
        {"status": "zorkmid"},
        {"status": None},
        {"effectiveDateTime": days_ago(-9)},
        {"effectiveDateTime": "soon"},
        {"focus": [{"reference": "Patient/donor"}]},
        {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
        {"valueQuantity": None, "dataAbsentReason": {"coding": [{"code": "not-performed"}]}},
    ],
    ids=str,
)
def test_what_never_counts_hides_no_alarm(kind: str, changes: Resource) -> None:
    newer = {**result(kind, 2, alarms=False), **changes}
    assert alarm_of(assessed(result(kind, 9), newer), kind).is_true


CHANGES: list[Resource] = [
    {"modifierExtension": [{"url": "urn:x", "valueBoolean": True}]},
    {"implicitRules": "https://example.org/rules-of-ours"},
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("changed", CHANGES, ids=str)
@pytest.mark.parametrize("alarms", [True, False])
def test_one_that_is_changed_leaves_nothing_known_of_today_I30(
    kind: str, changed: Resource, alarms: bool
) -> None:
    """It came and cannot be used, as one whose unit is missing: the older one permits nothing."""
    newer = result(kind, 2, alarms=alarms, **changed)
    assert alarm_of(assessed(result(kind, 9, alarms=False), newer), kind).is_unknown
    assert alarm_of(assessed(newer, result(kind, 1, alarms=False)), kind).is_false
    found = fact(settled(result(kind, 9), newer), kind)
    assert found.stands_in_for is not None
    assert found.stands_in_for.date is not None
    assert found.stands_in_for.date.isoformat() == days_ago(2)


# --- one of which only the date of issue is known (Q33, I30)


def issued(kind: str, days: int, *, alarms: bool = False) -> Resource:
    found = result(kind, 1, alarms=alarms)
    del found["effectiveDateTime"]
    return {**found, "issued": f"{days_ago(days)}T08:00:00Z"}


@pytest.mark.parametrize("kind", KINDS)
def test_a_date_of_issue_takes_back_no_alarm_I30(kind: str) -> None:
    assert alarm_of(assessed(result(kind, 9), issued(kind, 2)), kind).is_true
    assert alarm_of(assessed(result(kind, 9, alarms=False), issued(kind, 2)), kind).is_unknown
    found = fact(settled(result(kind, 9), issued(kind, 2)), kind)
    assert "known only by its date of issue" in found.reason


@pytest.mark.parametrize("kind", KINDS)
def test_nor_does_one_behind_one_that_cannot_be_used_I30(kind: str) -> None:
    newer = (issued(kind, 5), unusable(kind, 2, "unknown unit"))
    assert alarm_of(assessed(result(kind, 9), *newer), kind).is_true
    assert alarm_of(assessed(result(kind, 9, alarms=False), *newer), kind).is_unknown
    alarming = (issued(kind, 5, alarms=True), unusable(kind, 2, "unknown unit"))
    assert alarm_of(assessed(*alarming), kind).is_true


def test_a_milder_one_by_its_date_of_issue_lowers_nothing_I30() -> None:
    mild = observation("777-3", 40, "10*9/L", 1)
    del mild["effectiveDateTime"]
    mild["issued"] = f"{days_ago(2)}T08:00:00Z"
    assert assessed(mild).platelets is PlateletBand.FROM_25_TO_50
    assert assessed(result("platelets", 9), mild).platelets is PlateletBand.BELOW_10
    assert assessed(observation("777-3", 45, "10*9/L", 5), mild).platelets is (
        PlateletBand.FROM_25_TO_50
    )


# --- one whose comparator leaves all of it open (2.1: "<300" is unknown; Q9)


@pytest.mark.parametrize(
    ("kind", "value", "sign"),
    [
        ("platelets", 100, "<"),
        ("platelets", 5, ">"),
        ("inr", 2, ">"),
        ("inr", 4.5, "<"),
        ("potassium", 3, ">"),
        ("egfr", 15, ">"),
        ("egfr", 90, "<"),
        ("haemoglobin", 70, ">"),
    ],
)
def test_a_comparator_that_leaves_it_open_takes_back_no_alarm(
    kind: str, value: float, sign: str
) -> None:
    code, unit = ALARMS[kind][:2]
    newer = observation(code, value, unit, 2)
    newer["valueQuantity"]["comparator"] = sign
    assert alarm_of(assessed(newer), kind).is_unknown
    assert alarm_of(assessed(result(kind, 9), newer), kind).is_true
    assert alarm_of(assessed(result(kind, 9, alarms=False), newer), kind).is_unknown


@pytest.mark.parametrize(
    ("kind", "value", "sign"),
    [("platelets", 50, ">"), ("inr", 1.5, "<"), ("potassium", 3.5, ">"), ("egfr", 60, ">")],
)
def test_one_that_answers_clears_it(kind: str, value: float, sign: str) -> None:
    code, unit = ALARMS[kind][:2]
    newer = observation(code, value, unit, 2)
    newer["valueQuantity"]["comparator"] = sign
    assert alarm_of(assessed(result(kind, 9), newer), kind).is_false


# --- platelets: the band, and how fast a low count ages (F18, Q10)


@pytest.mark.parametrize(
    ("count", "days", "band"),
    [
        (8, 90, PlateletBand.BELOW_10),
        (9.9, 60, PlateletBand.BELOW_10),
        (10, 60, PlateletBand.FROM_10_TO_24),
        (24.9, 5, PlateletBand.FROM_10_TO_24),
        (25, 5, PlateletBand.FROM_25_TO_50),
        (49, 90, PlateletBand.FROM_25_TO_50),
        (50, 30, PlateletBand.FROM_25_TO_50),
        (50, 31, PlateletBand.UNKNOWN),
        (51, 5, PlateletBand.UNKNOWN),
        (8, 91, PlateletBand.UNKNOWN),
    ],
)
def test_the_band_and_the_age_of_a_count_behind_another_F18(
    count: float, days: int, band: PlateletBand
) -> None:
    older = observation("777-3", count, "10*9/L", days)
    found = assessed(older, unusable("platelets", 2, "no unit"))
    assert found.platelets is band
    if band is PlateletBand.BELOW_10:
        (said,) = [told for name, told in found.facts if name == "platelet_band"]
        assert f"last count {days} days ago, repeat" in said.reason
        assert "a newer result cannot be used" in said.reason


# --- kidneys: the limit of the site and 30, creatinine alone, a coded injury


@pytest.mark.parametrize(
    ("value", "limit", "reduced", "severe"),
    [
        (29.9, 60, True, True),
        (30, 60, True, False),
        (59, 60, True, False),
        (60, 60, False, False),
        (44, 45, True, False),
        (45, 45, False, False),
    ],
)
def test_the_limits_of_an_egfr_behind_another_F16(
    value: float, limit: int, reduced: bool, severe: bool
) -> None:
    policy = Policy.from_settings({"cyanoMinEgfr": limit})
    older = observation("98979-8", value, "mL/min/{1.73_m2}", 200)
    found = assessed(older, unusable("egfr", 2, "no unit"), policy=policy)
    assert found.renal is (Truth.TRUE if reduced else Truth.UNKNOWN)
    assert found.renal_severe.is_true is severe
    assert Test.EGFR not in found.tests_on_record  # it is to be repeated


def creatinine(value: float, days: int, **changes: Any) -> Resource:
    return observation("14682-9", value, "umol/L", days, **changes)


BAD_CREATININE = observation("14682-9", 80, "", 2)


def test_a_creatinine_that_alarms_stands_behind_one_that_cannot_be_used() -> None:
    found = assessed(creatinine(250, 9), BAD_CREATININE)
    assert found.renal.is_true
    assert found.renal_severe.is_true
    assert assessed(creatinine(60, 9), BAD_CREATININE).renal.is_unknown


def test_a_worse_creatinine_since_the_egfr_is_not_hidden_by_one_that_cannot_be_used() -> None:
    good = result("egfr", 30, alarms=False)
    assert assessed(good, creatinine(250, 9), BAD_CREATININE).renal.is_true
    assert assessed(good, creatinine(60, 9), BAD_CREATININE).renal.is_false
    assert assessed(good, creatinine(250, 40), BAD_CREATININE).renal.is_false  # older than it


def test_an_older_creatinine_permits_nothing_behind_an_egfr_that_cannot_be_used() -> None:
    newer = unusable("egfr", 2, "no unit")
    assert assessed(creatinine(60, 9), newer).renal.is_unknown
    assert assessed(creatinine(250, 9), newer).renal.is_true
    assert assessed(creatinine(60, 2), newer).renal.is_false  # of the same day it is computed
    assert assessed(creatinine(60, 1), newer).renal.is_false


def test_of_egfr_and_creatinine_behind_the_newer_one_speaks() -> None:
    newer = unusable("egfr", 2, "no unit")
    assert assessed(result("egfr", 9), creatinine(60, 5), newer).renal.is_unknown
    assert assessed(result("egfr", 9, alarms=False), creatinine(250, 5), newer).renal.is_true
    assert assessed(result("egfr", 5), creatinine(60, 9), newer).renal.is_true


def test_one_by_race_permits_nothing_behind_an_egfr_that_cannot_be_used() -> None:
    newer = unusable("egfr", 2, "no unit")
    by_race = observation("88294-4", 95, "mL/min/{1.73_m2}", 9)
    low = observation("88294-4", 25, "mL/min/{1.73_m2}", 9)
    assert assessed(by_race).renal.is_false
    assert assessed(by_race, newer).renal.is_unknown
    assert assessed(low, newer).renal.is_true


def test_after_a_kidney_injury_only_the_last_week_counts_F16() -> None:
    injury = condition("14669001", days=3)
    newer = unusable("egfr", 2, "no unit")
    found = fact(settled(result("egfr", 8), newer, injury), "egfr")
    assert not found.is_known
    assert fact(settled(result("egfr", 7), newer, injury), "egfr").is_known


# --- what is shown


@pytest.mark.parametrize("kind", KINDS)
def test_the_scenario_as_mapped_knows_neither_and_settling_twice_is_settling_once(
    kind: str,
) -> None:
    mapped = scenario_of(result(kind, 9), unusable(kind, 2, "in words"))
    assert not fact(mapped, kind).is_known
    once = with_older_alarms(mapped, Policy())
    assert with_older_alarms(once, Policy()) is once


def test_the_level_of_vitamin_b12_and_methylmalonic_acid_do_not_stand_behind_one_Q35() -> None:
    old = [observation("14685-2", 96, "pmol/L", 9), observation("13964-2", 900, "nmol/L", 9)]
    new = [observation("14685-2", 96, "", 2), observation("13964-2", 900, "", 2)]
    record = map_scenario(record_of([*old, *new]), AS_OF, VALUE_SETS).scenario
    found = with_older_alarms(record, Policy())
    assert not found.total_b12.is_known
    assert not found.mma.is_known


def test_a_worse_creatinine_since_one_by_race_is_not_hidden_either() -> None:
    by_race = observation("88294-4", 95, "mL/min/{1.73_m2}", 30)
    found = assessed(by_race, creatinine(250, 9), BAD_CREATININE)
    assert found.renal.is_true


def test_between_a_low_egfr_and_a_better_creatinine_one_of_no_use_takes_nothing_back_Q35() -> None:
    """Without it the recorded eGFR counts (F16); what cannot be used quietens nothing."""
    between = unusable("egfr", 9, "no unit")
    low, good = result("egfr", 30), result("egfr", 30, alarms=False)
    assert assessed(low, creatinine(60, 2)).renal.is_true
    assert assessed(low, between, creatinine(60, 2)).renal.is_true
    assert assessed(good, between, creatinine(60, 2)).renal.is_false
    assert assessed(good, between, creatinine(250, 2)).renal.is_true
