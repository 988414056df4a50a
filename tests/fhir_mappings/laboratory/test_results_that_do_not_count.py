"""Results as real laboratories send them: dated by their specimen or by issue alone, written in
words, without a unit, named by their report, contradicting themselves; and why each does not
decide.

Source: Q33, Q35, Q36, F35.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.terminology.loading import load_value_sets
from recommender.language import (
    Alarm,
    Comparator,
    Measurement,
    NotCounted,
    Quantity,
    Test,
    Truth,
    UncountedResult,
    Unit,
)
from tests.fhir_mappings.records import (
    LOINC,
    OWN,
    SNOMED,
    SUBJECT,
    Resource,
    concept,
    days_ago,
    injection_given,
    map_all,
    observation,
    scenario_of,
)

B12_MASS, B12_MOLES, HOLOTC, FOLATE = "2132-9", "14685-2", "72160-5", "2284-8"


def b12(value: object = 96, unit: str = "pmol/L", **changes: Any) -> Resource:
    return observation(B12_MOLES, value, unit, 10, **changes)


def undated(resource: Resource, **changes: Any) -> Resource:
    kept = {name: value for name, value in resource.items() if name != "effectiveDateTime"}
    return {**kept, **changes}


def only(*resources: Resource) -> UncountedResult:
    (found,) = scenario_of(*resources).uncounted_b12
    return found


def specimen(**collection: Any) -> Resource:
    return {"resourceType": "Specimen", "id": "s", "subject": SUBJECT, "collection": collection}


def report(*results: str, **changes: Any) -> Resource:
    listed = [{"reference": name} for name in results]
    return {
        "resourceType": "DiagnosticReport",
        "id": "r",
        "status": "final",
        "subject": SUBJECT,
        "code": {"text": "Bloods"},
        "result": listed,
        **changes,
    }


# --- the day of a result (Q33)


@pytest.mark.parametrize(
    "others",
    [
        [specimen(collectedDateTime=days_ago(30))],
        [specimen(collectedPeriod={"start": days_ago(31), "end": days_ago(30)})],
        [specimen(collectedPeriod={"start": days_ago(30)})],
    ],
)
def test_the_specimen_dates_a_result_that_has_no_date(others):
    result = undated(b12(), specimen={"reference": "Specimen/s"}, issued=days_ago(5))
    measured = scenario_of(result, *others).total_b12

    assert (str(measured.date), measured.by_issue) == (days_ago(30), False)


def test_a_contained_specimen_dates_a_result():
    inside = specimen(collectedDateTime=days_ago(30))
    result = undated(b12(), specimen={"reference": "#s"}, contained=[inside])

    assert str(scenario_of(result).total_b12.date) == days_ago(30)


def test_the_report_that_lists_a_result_dates_it():
    result = undated(b12(id="one"), issued=days_ago(5))
    listing = report("Observation/one", effectiveDateTime=days_ago(20))
    measured = scenario_of(result, listing).total_b12

    assert (str(measured.date), measured.by_issue) == (days_ago(20), False)


def test_its_own_date_outweighs_specimen_and_report():
    result = b12(id="one", specimen={"reference": "Specimen/s"})
    others = (
        specimen(collectedDateTime=days_ago(30)),
        report("Observation/one", effectiveDateTime=days_ago(20)),
    )

    assert str(scenario_of(result, *others).total_b12.date) == days_ago(10)


@pytest.mark.parametrize("where", ["result", "report"])
def test_the_day_of_issue_dates_a_result_that_has_no_other(where):
    own = {"issued": f"{days_ago(4)}T10:00:00Z"}
    result = undated(b12(id="one"), **(own if where == "result" else {}))
    others = [report("Observation/one", **own)] if where == "report" else []
    scenario = scenario_of(result, *others)

    assert (str(scenario.total_b12.date), scenario.total_b12.by_issue) == (days_ago(4), True)
    assert "sampling date not recorded" in scenario.total_b12.evidence[0].reported
    (told,) = scenario.uncounted_b12
    assert (told.why, told.by_issue, told.test) == (NotCounted.BY_ISSUE, True, Test.SERUM_B12)


def test_a_result_without_any_date_is_told():
    found = only(undated(b12()))

    assert (found.why, found.readings) == (
        NotCounted.NO_DATE,
        (Quantity(Decimal(96), Unit.PMOL_PER_L),),
    )


def by_issue(code: str, value: object, unit: str) -> Resource:
    return undated(observation(code, value, unit, 1), issued=days_ago(1))


@pytest.mark.parametrize(
    ("name", "code", "unit", "worrying", "reassuring", "limit", "side"),
    [
        ("egfr", "98979-8", "mL/min/{1.73_m2}", 59, 61, 60, Alarm.LOW),
        ("platelets", "777-3", "10*9/L", 49, 51, 50, Alarm.LOW),
        ("haemoglobin", "718-7", "g/L", 79, 81, 80, Alarm.LOW),
        ("potassium", "2823-3", "mmol/L", 3, 4, 3.5, Alarm.LOW),
        ("mma", "13964-2", "nmol/L", 272, 270, 271, Alarm.HIGH),
        ("homocysteine", "13965-9", "umol/L", 16, 14, 15, Alarm.HIGH),
        ("inr", "6301-6", "", 3.5, 2.5, 3, Alarm.HIGH),
    ],
)
def test_a_date_of_issue_may_alarm_and_never_reassures_I30(
    name, code, unit, worrying, reassuring, limit, side
):
    def asked(value: float) -> tuple[Truth, Truth]:
        measured: Measurement = getattr(scenario_of(by_issue(code, value, unit)), name)
        assert measured.alarms_only is side
        return measured.below(Decimal(str(limit))), measured.above(Decimal(str(limit)))

    low = side is Alarm.LOW
    assert asked(worrying) == ((Truth.TRUE, Truth.FALSE) if low else (Truth.FALSE, Truth.TRUE))
    assert asked(reassuring) == (Truth.UNKNOWN, Truth.UNKNOWN)


def test_an_egfr_computed_from_a_creatinine_by_issue_may_only_alarm():
    measured = scenario_of(by_issue("2160-0", 0.7, "mg/dL")).egfr

    assert (measured.by_issue, measured.alarms_only) == (True, Alarm.LOW)


# --- results in words (Q35)


@pytest.mark.parametrize(
    ("said", "quantity"),
    [
        ("<150 pg/mL", Quantity(Decimal(150), Unit.PG_PER_ML, Comparator.LESS)),
        ("less than 150 pg/mL", Quantity(Decimal(150), Unit.PG_PER_ML, Comparator.LESS)),
        ("Less Than 150 ng/L", Quantity(Decimal(150), Unit.PG_PER_ML, Comparator.LESS)),
        ("= 150 pg/mL", Quantity(Decimal(150), Unit.PG_PER_ML)),
        ("150 pg/mL", Quantity(Decimal(150), Unit.PG_PER_ML)),
        (">2000 pg/mL", Quantity(Decimal(2000), Unit.PG_PER_ML, Comparator.MORE)),
        ("more than 2000 pg/mL", Quantity(Decimal(2000), Unit.PG_PER_ML, Comparator.MORE)),
        ("at least 300 pg/mL", Quantity(Decimal(300), Unit.PG_PER_ML, Comparator.AT_LEAST)),
        ("below 83 pg/mL", Quantity(Decimal(83), Unit.PG_PER_ML, Comparator.LESS)),
    ],
)
@pytest.mark.parametrize("where", ["string", "concept", "note", "comment"])
def test_a_number_in_words_is_read_wherever_it_stands(said, quantity, where):
    places = {
        "string": {"valueString": said},
        "concept": {"valueCodeableConcept": {"text": said}},
        "note": {"note": [{"text": said}]},
        "comment": {"comment": said},
    }
    result = observation(B12_MASS, 1, "pg/mL", 10)
    del result["valueQuantity"]

    assert scenario_of({**result, **places[where]}).total_b12.quantity == quantity


@pytest.mark.parametrize(
    "said",
    [
        "low",
        "150",
        "9" * 30_000,
        "< " * 10_000,
        "about 150 pg/mL, " * 10,
    ],
)
def test_words_that_are_no_number_with_a_unit_are_told_and_never_guessed(said):
    result = observation(B12_MASS, 1, "pg/mL", 10)
    del result["valueQuantity"]
    found = only({**result, "valueString": said})

    assert found.why in (NotCounted.IN_WORDS, NotCounted.UNIT_MISSING, NotCounted.NOT_READABLE)
    assert found.readings == ()
    assert len(found.evidence.reported) < 200


@pytest.mark.parametrize(
    ("said", "may_be"),
    [
        ("1,500 pg/mL", [1500]),
        ("about 150 pg/mL", [150]),
        ("150 to 200 pg/mL", [150, 200]),
        ("150 pg/mL on 3 May, 96 in July", [150]),
    ],
)
def test_a_number_among_words_is_a_value_it_may_have_and_none_that_counts_Q35(said, may_be):
    result = observation(B12_MASS, 1, "pg/mL", 10)
    del result["valueQuantity"]
    found = only({**result, "valueString": said})

    assert found.why in (NotCounted.IN_WORDS, NotCounted.NOT_READABLE)
    assert [one.value for one in found.readings] == may_be
    assert not scenario_of({**result, "valueString": said}).total_b12.is_known


# --- units (Q35)


def test_a_result_without_a_unit_is_told_with_its_flag_L06():
    bare = observation(B12_MASS, 140, "", 10)
    bare["valueQuantity"] = {"value": 140}
    ranged = {"referenceRange": [{"low": {"value": 211, "unit": "pg/mL"}}]}

    assert (only(bare).why, only(bare).flagged_low) == (NotCounted.UNIT_MISSING, False)
    assert only({**bare, **ranged}).flagged_low
    assert not scenario_of(bare).total_b12.is_known


def test_unit_and_code_that_contradict_give_both_readings():
    found = only(observation(B12_MASS, 133, "pmol/L", 10))

    assert found.why is NotCounted.UNIT_CONTRADICTS
    assert found.readings == (
        Quantity(Decimal(133), Unit.PMOL_PER_L),
        Quantity(Decimal(133), Unit.PG_PER_ML),
    )


@pytest.mark.parametrize("value", [20, 132])
def test_a_result_that_is_low_whichever_unit_holds_counts_as_low_Q35(value):
    found = scenario_of(observation(B12_MASS, value, "pmol/L", 10)).total_b12

    assert found.quantity == Quantity(Decimal(value), Unit.PMOL_PER_L, Comparator.AT_MOST)
    assert found.below(Decimal(133)).is_true


@pytest.mark.parametrize("value", [5, 133, 400])
def test_one_that_is_not_or_cannot_be_does_not_Q35(value):
    assert not scenario_of(observation(B12_MASS, value, "pmol/L", 10)).total_b12.is_known


def test_a_site_gives_the_unit_of_results_that_have_none(tmp_path):
    table = tmp_path / "codes.csv"
    table.write_text(
        "concept,system_uri,code,unit\nserum_b12,urn:lab,B12,pg/mL\nserum_b12,urn:lab,B12X,\n"
    )
    value_sets = load_value_sets(table)
    matches = value_sets.match_coding({"system": "urn:lab", "code": "B12"})
    assert [match.member.unit for match in matches] == ["pg/mL"]


# --- flags (Q60)


@pytest.mark.parametrize(
    ("changes", "low"),
    [
        ({"interpretation": [{"coding": [{"code": "L"}]}]}, True),
        ({"interpretation": [{"coding": [{"code": "LL"}]}]}, True),
        ({"interpretation": {"text": "Low"}}, True),
        ({"interpretation": [{"text": "below range"}]}, True),
        ({"interpretation": [{"text": "low out of range"}]}, True),
        ({"interpretation": [{"text": "erniedrigt"}]}, True),
        ({"interpretation": [{"text": "inférieur à la normale"}]}, True),
        ({"interpretation": [{"coding": [{"display": "Lågt"}]}]}, True),
        ({"interpretation": [{"text": "↓"}]}, True),
        ({"interpretation": [{"text": "low normal"}]}, False),
        ({"interpretation": [{"text": "nicht erniedrigt"}]}, False),
        ({"interpretation": [{"coding": [{"code": "N"}]}]}, False),
        ({"interpretation": [{"coding": [{"code": "H"}]}]}, False),
        ({"referenceRange": [{"low": {"value": 97, "unit": "pmol/L"}}]}, True),
        ({"referenceRange": [{"low": {"value": 96, "unit": "pmol/L"}}]}, False),
        ({"referenceRange": [{"low": {"value": 400, "unit": "pg/mL"}}]}, False),
        ({"referenceRange": [{"high": {"value": 10, "unit": "pmol/L"}}]}, False),
        ({}, False),
    ],
)
def test_what_the_laboratory_calls_low(changes, low):
    assert scenario_of(b12(**changes)).total_b12.flagged_low is low


@pytest.mark.parametrize(
    ("value", "low"),
    [
        ({"valueString": "Low"}, True),
        ({"valueString": "LOW."}, True),
        ({"valueString": "L"}, True),
        ({"valueCodeableConcept": {"text": "below normal"}}, True),
        ({"valueCodeableConcept": {"coding": [{"code": "L"}]}}, True),
        ({"valueString": "Normal"}, False),
        ({"valueString": "not low"}, False),
        ({"valueString": "Low sample volume"}, False),
        ({"valueString": "H"}, False),
    ],
)
def test_a_value_that_is_nothing_but_the_flag_is_the_flag(value, low):
    bare = observation(B12_MASS, 140, "", 10)
    del bare["valueQuantity"]

    assert only(bare | value).flagged_low is low


# --- names (Q35) and reports


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (B12_MASS, {"display": "Folate [Mass/volume] in Serum", "text": "Folate, serum"}),
        (B12_MASS, {"display": "Vitamin B12", "text": "Folate, serum"}),
        (B12_MASS, {"text": "Active B12"}),
        (B12_MASS, {"text": "Holotranscobalamin"}),
        (B12_MASS, {"text": "Haemoglobin"}),
        (HOLOTC, {"text": "Vitamin B12"}),
        (HOLOTC, {"display": "Cobalamin (Vitamin B12) [Mass/volume] in Serum or Plasma"}),
    ],
)
def test_a_result_coded_as_one_test_and_called_another_is_unusable_J01(code, said):
    result = observation(code, 8, "ng/mL", 10, code=concept(LOINC, code, **said))
    scenario = scenario_of(result)

    assert not scenario.total_b12.is_known
    assert not scenario.holotranscobalamin.is_known
    (told,) = scenario.uncounted_b12
    assert (told.why, told.readings) == (NotCounted.NAMES_CONTRADICT, ())


@pytest.mark.parametrize(
    "said",
    [
        {"text": "Vitamin B12"},
        {"text": "B12 and folate"},
        {"text": "VB12 (Roche)"},
        {"display": "Cobalamin (Vitamin B12) [Mass/volume] in Serum or Plasma"},
        {"text": "P-Kobalamin"},
        {},
    ],
)
def test_other_words_beside_a_code_do_no_harm(said):
    result = observation(B12_MASS, 150, "pg/mL", 10, code=concept(LOINC, B12_MASS, **said))

    assert scenario_of(result).total_b12.is_known


def test_a_folate_coded_as_b12_is_no_folate_either():
    code = concept(LOINC, FOLATE, text="Vitamin B12")
    scenario = scenario_of(observation(FOLATE, 8, "ng/mL", 10, code=code))

    assert not scenario.folate.is_known
    assert not scenario.total_b12.is_known


@pytest.mark.parametrize("code", [None, {}, {"coding": [{"system": "urn:lab", "code": "4711"}]}])
def test_a_result_is_named_by_the_report_that_lists_it_alone(code):
    result = b12(id="one") | {"code": code}
    if code is None:
        del result["code"]
    named = report("Observation/one", code=concept(LOINC, B12_MOLES))

    assert scenario_of(result, named).total_b12.is_known
    assert not scenario_of(
        result, report("Observation/one", "Observation/two", code=concept(LOINC, B12_MOLES))
    ).total_b12.is_known


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12",
        "S-B12",
        "P-Kobalamin",
        "vitamine B12 sérique",
        "Vitamina B12 sérica",
        "B12-vitamin",
        "VITB12",
        "Vitamin B12 concentration",
    ],
)
def test_a_local_name_is_enough_in_every_language(text):
    result = observation("x", 150, "pg/mL", 10, code={"text": text})

    assert scenario_of(result).total_b12.is_known


@pytest.mark.parametrize(
    "text",
    [
        "holo-transcobalamin",
        "Holotranskobalamin",
        "aktives Vitamin B12",
        "Holotranscobalamin (aktives Vitamin B12)",
        "Active B12",
        "holo tc",
    ],
)
def test_active_b12_is_never_total_b12(text):
    scenario = scenario_of(observation("x", 30, "pmol/L", 10, code={"text": text}))

    assert scenario.holotranscobalamin.is_known
    assert not scenario.total_b12.is_known


@pytest.mark.parametrize(
    ("text", "name", "value", "unit"),
    [
        ("Methylmalonsäure", "mma", 300, "nmol/L"),
        ("S-Metylmalonsyre", "mma", 300, "nmol/L"),
        ("homocystéine", "homocysteine", 14, "µmol/L"),
        ("Thrombozyten", "platelets", 220, "/nl"),
        ("B-Trombocyter", "platelets", 220, "10*9/L"),
        ("DFGe", "egfr", 80, "mL/min/1.73m2"),
        ("filtrado glomerular estimado", "egfr", 80, "mL/min/1.73m2"),
        ("folates sériques", "folate", 8, "ng/mL"),
        ("VGM", "mcv", 104, "fL"),
    ],
)
def test_other_tests_by_their_local_name(text, name, value, unit):
    days = 2
    result = observation("x", value, unit, days, code={"text": text})

    assert getattr(scenario_of(result), name).is_known


@pytest.mark.parametrize(
    ("code", "name", "value", "unit"),
    [
        ("NPU01700", "total_b12", 150, "pmol/L"),
        ("NPU02319", "haemoglobin", 8, "mmol/L"),
        ("NPU03568", "platelets", 220, "10*9/L"),
        ("NPU01685", "inr", 2, ""),
        ("DNK35302", "egfr", 80, "mL/min/1.73m2"),
    ],
)
@pytest.mark.parametrize("system", ["http://npu-terminology.org", "urn:oid:1.2.208.176.2.1"])
def test_nordic_codes(system, code, name, value, unit):
    result = observation(code, value, unit, 2, code=concept(system, code))

    assert getattr(scenario_of(result), name).is_known


@pytest.mark.parametrize("text", ["urine methylmalonic acid", "U-MMA", "MPV", "vitamin B1"])
def test_other_tests_are_not_taken_for_ours(text):
    scenario = scenario_of(observation("x", 150, "pg/mL", 10, code={"text": text}))

    known = [scenario.total_b12, scenario.mma, scenario.platelets]
    assert not any(measured.is_known for measured in known)


# --- which result does not decide, and why (F35, Q36)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"status": "preliminary"}, NotCounted.PRELIMINARY),
        ({"status": "registered"}, NotCounted.PRELIMINARY),
        ({"status": "unknown"}, NotCounted.OTHER_STATUS),
        ({"effectiveDateTime": days_ago(-5)}, NotCounted.IN_FUTURE),
        ({"effectiveDateTime": days_ago(420)}, NotCounted.TOO_OLD),
        ({"valueQuantity": {"value": 5, "unit": "pmol/L"}}, NotCounted.IMPLAUSIBLE),
        ({"valueQuantity": {"value": "x", "unit": "pmol/L"}}, NotCounted.NOT_READABLE),
        ({"valueQuantity": {"value": 96, "unit": "furlong"}}, NotCounted.NOT_READABLE),
    ],
)
def test_a_result_that_does_not_decide_is_told_with_its_reason(changes, why):
    assert only(b12(**changes)).why is why


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_what_never_was_a_result_is_not_told(status):
    assert scenario_of(b12(status=status)).uncounted_b12 == ()


def without_value(**changes: Any) -> Resource:
    result = b12(**changes)
    del result["valueQuantity"]
    return result


def absent(code: str, text: str = "") -> dict[str, Any]:
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    return {"coding": [{"system": system, "code": code}], "text": text}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dataAbsentReason": {"text": "haemolysed"}},
        {"dataAbsentReason": absent("error", "insufficient sample")},
        {"dataAbsentReason": absent("masked")},
    ],
)
def test_a_test_that_gave_no_value_is_told_as_one_without_a_result_Q36(changes):
    told = only(without_value(**changes))

    assert (told.why, told.readings) == (NotCounted.NO_VALUE, ())


@pytest.mark.parametrize("code", ["not-performed", "not-asked", "not-applicable"])
def test_a_test_that_was_never_done_is_not_told(code):
    assert scenario_of(without_value(dataAbsentReason=absent(code))).uncounted_b12 == ()


@pytest.mark.parametrize("name", ["hasMember", "component"])
def test_a_panel_without_a_value_of_its_own_is_not_told(name):
    panel = without_value(**{name: [{"reference": "Observation/other"}]})

    assert scenario_of(panel).uncounted_b12 == ()


def test_a_result_that_is_still_awaited_is_told_as_preliminary_Q35():
    told = only(without_value(status="registered"))

    assert (told.why, told.readings) == (NotCounted.PRELIMINARY, ())


@pytest.mark.parametrize(
    "focus",
    [
        {"reference": "RelatedPerson/child"},
        {"reference": "Patient/donor"},
        {"display": "the donor"},
        {"identifier": {"value": "7"}},
    ],
)
def test_a_result_whose_focus_is_not_the_patient_decides_nothing(focus):
    scenario = scenario_of(b12(focus=[focus]))

    assert not scenario.total_b12.is_known
    (told,) = scenario.uncounted_b12
    assert (told.why, told.readings) == (NotCounted.ABOUT_ANOTHER, ())


def test_a_result_whose_focus_is_the_patient_counts():
    assert scenario_of(b12(focus=[SUBJECT])).total_b12.is_known


@pytest.mark.parametrize(
    "text",
    ["Vitamin B12 and folate", "Vitamin B12/Folate", "B12 & Ferritin, Folate", "Folate + B12"],
)
def test_a_value_under_the_names_of_several_tests_is_of_none_of_them_Q35(text):
    scenario = scenario_of(b12(code={"text": text}))

    assert not scenario.total_b12.is_known
    assert not scenario.folate.is_known
    if "Ferritin" not in text:  # a test that is none of ours leaves the name not understood
        (told,) = scenario.uncounted_b12
        assert (told.why, told.readings) == (NotCounted.SEVERAL_TESTS, ())


def test_a_value_under_the_codes_of_two_tests_is_of_neither_Q35():
    both = {"coding": concept(LOINC, B12_MOLES)["coding"] + concept(LOINC, FOLATE)["coding"]}
    scenario = scenario_of(b12(code=both))

    assert not scenario.total_b12.is_known
    assert not scenario.folate.is_known
    (told,) = scenario.uncounted_b12
    assert (told.why, told.readings) == (NotCounted.SEVERAL_TESTS, ())


def test_older_results_are_told_newest_first_and_for_five_years():
    scenario = scenario_of(
        b12(96, id="now"),
        b12(300, id="last-year", effectiveDateTime=days_ago(200)),
        b12(90, id="old", effectiveDateTime=days_ago(700)),
        b12(80, id="very-old", effectiveDateTime=days_ago(5 * 366 + 10)),
        observation(HOLOTC, 20, "pmol/L", 500, id="holo"),
    )

    assert [(item.evidence.reference, item.why, item.test) for item in scenario.uncounted_b12] == [
        ("Observation/last-year", NotCounted.NEWER_COUNTS, Test.SERUM_B12),
        ("Observation/holo", NotCounted.TOO_OLD, Test.HOLOTRANSCOBALAMIN),
        ("Observation/old", NotCounted.TOO_OLD, Test.SERUM_B12),
    ]
    assert [item.readings[0].value for item in scenario.uncounted_b12] == [300, 20, 90]


def test_a_result_on_treatment_is_told_as_that():
    given = [injection_given(60), injection_given(58)]
    scenario = scenario_of(b12(400), *given)

    assert [item.why for item in scenario.uncounted_b12] == [NotCounted.ON_TREATMENT]


# --- events and questionnaires


@pytest.mark.parametrize(
    "code",
    [
        concept(SNOMED, "308752009", text="Vitamin B12 injection"),
        concept(SNOMED, "709544008"),
        {"text": "B12 injection given"},
        {"text": "Vitamin B12 injection"},
        {"text": "Hydroxocobalamin injection given"},
    ],
)
def test_an_injection_recorded_as_an_observation_is_a_dose_H09(code):
    event = observation("x", 1, "", 40, code=code)
    del event["valueQuantity"]
    mapped = map_all(event)

    (dose,) = mapped.scenario.doses
    assert (str(dose.date), dose.kind.name, dose.dose) == (days_ago(40), "EVENT", None)
    assert [line.used_for for line in mapped.lines() if line.type == "Observation"] == [
        ("b12_supplement_before_test", "treatment_phase")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"valueBoolean": False},
        {"valueString": "no"},
        {"status": "entered-in-error"},
        {"status": "preliminary"},
        {"code": {"text": "B12 injection due"}},
        {"code": {"text": "B12 injection declined"}},
        {"effectiveDateTime": days_ago(-9)},
    ],
)
def test_an_event_that_did_not_happen_is_no_dose(changes):
    event = observation("x", 1, "", 40, code=concept(SNOMED, "308752009"))
    del event["valueQuantity"]

    assert scenario_of({**event, **changes}).doses == ()


def answered(link: str, answer: Resource, **changes: Any) -> Resource:
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": SUBJECT,
        "authored": days_ago(3),
        "item": [{"linkId": "group", "item": [{"linkId": link, "answer": [answer]}]}],
        **changes,
    }


def test_a_questionnaire_answers_our_own_questions_Q1():
    screen = scenario_of(answered("neuro-screen", {"valueBoolean": False})).neurological_screen

    assert screen.truth is Truth.FALSE
    assert (
        scenario_of(
            observation("neuro-screen", 1, "", 3, code=concept(OWN, "neuro-screen"))
            | {"valueBoolean": False, "valueQuantity": None}
        ).neurological_screen.truth
        is Truth.FALSE
    )


@pytest.mark.parametrize(
    "response",
    [
        answered("neuro-screen", {"valueBoolean": False}, status="in-progress"),
        answered("neuro-screen", {}),
        answered("q17", {"valueBoolean": False}),
        answered("neuro-screen", {"valueBoolean": False}, authored=days_ago(-9)),
    ],
)
def test_other_answers_say_nothing(response):
    assert scenario_of(response).neurological_screen.is_unknown


# --- what a low result of another status or day asks for (E3), and reports without their results


@pytest.mark.parametrize("changes", [{"status": "unknown"}, {"effectiveDateTime": days_ago(-5)}])
def test_a_low_result_of_unknown_status_or_of_the_future_may_ask_for_a_test_E3(changes):
    assert only(b12(**changes)).readings != ()


def concluding(**changes: Any) -> Resource:
    return {
        "resourceType": "DiagnosticReport",
        "id": "report",
        "status": "final",
        "subject": SUBJECT,
        "code": concept(LOINC, "14685-2"),
        "effectiveDateTime": days_ago(5),
        **changes,
    }


@pytest.mark.parametrize(
    "conclusion", ["96 pmol/L", "B12 96 pmol/L", "Serum vitamin B12 level: 96 pmol/L"]
)
def test_a_report_that_has_its_result_in_its_conclusion_is_read_Q35_v(conclusion):
    found = scenario_of(concluding(conclusion=conclusion)).total_b12

    assert found.quantity == Quantity(Decimal(96), Unit.PMOL_PER_L)


def test_a_conclusion_in_words_is_told_and_is_no_missing_test_I27():
    assert only(concluding(conclusion="within the reference range")).why is NotCounted.IN_WORDS


HAEMATINICS = {"text": "Haematinics"}


@pytest.mark.parametrize(
    "told",
    [
        "Vitamin B12 96 pg/mL - low. Suggest IF antibodies",
        "Ferritin normal; serum B12 level is 96.5 ng/L",
        "Vitamina B12: <150 pg/ml",
        "Her vitamin B12 was 96 pg/mL",
        "Vitamin B12 was 2000 pg/mL",
    ],
)
def test_a_level_told_in_the_words_of_a_report_is_no_missing_test_and_does_not_count_I27_Q36(told):
    comment = observation("", code={"text": "Comment"}, valueString=told)

    for record in (concluding(code=HAEMATINICS, conclusion=told), comment):
        assert only(record).why is NotCounted.IN_WORDS
        assert scenario_of(record).total_b12.quantity is None
        assert scenario_of(b12(id="one"), record).uncounted_b12 == ()


@pytest.mark.parametrize(
    "told",
    [
        "Vitamin B12 reference range 200-900 pg/mL",
        "If vitamin B12 < 150 pmol/L consider intrinsic factor antibodies",
        "Vitamin B12 was 96 pg/mL in 2019",
        "Vitamin B12 1000 mcg IM given",
        "Folate 3 ng/mL",
    ],
)
def test_what_every_report_says_of_vitamin_b12_is_no_level(told):
    assert scenario_of(concluding(code=HAEMATINICS, conclusion=told)).uncounted_b12 == ()


def test_a_report_whose_results_did_not_come_is_told_as_one_without_a_result_I27():
    told = only(concluding(result=[{"reference": "Observation/elsewhere"}]))

    assert told.why is NotCounted.NO_VALUE


@pytest.mark.parametrize(
    "changes",
    [{"code": concept(LOINC, "2284-8"), "conclusion": "low"}, {}, {"conclusion": ""}],
)
def test_a_report_of_another_test_or_that_says_nothing_is_not_told(changes):
    assert scenario_of(concluding(**changes)).uncounted_b12 == ()


def test_a_report_whose_result_came_says_nothing_beside_it():
    result = b12(id="one")
    listed = concluding(result=[{"reference": "Observation/one"}], conclusion="300 pmol/L")

    assert scenario_of(result, listed) == scenario_of(result)


@pytest.mark.parametrize(
    "listed",
    [{"display": "Vitamin B12"}, {"identifier": {"value": "7"}}, {"reference": ""}, {}, None],
)
def test_a_result_listed_without_a_reference_did_not_come_with_another_one_Q35_v(listed):
    report = concluding(result=[listed], conclusion="96 pmol/L")
    of_another_test = observation("3016-3", 2, "mIU/L", 5)

    for labs in ([report], [of_another_test, report]):
        assert scenario_of(*labs).total_b12.quantity == Quantity(Decimal(96), Unit.PMOL_PER_L)


def test_the_member_of_a_panel_is_of_the_day_of_the_panel_Q33():
    member = b12(id="member")
    del member["effectiveDateTime"]
    panel = observation("x", 0, "", 5, code={"text": "Haematinics"}, hasMember=[])
    del panel["valueQuantity"]
    assert only(member, panel).why is NotCounted.NO_DATE

    panel["hasMember"] = [{"reference": "Observation/other"}, {"reference": "Observation/member"}]
    assert scenario_of(member, panel).total_b12.is_known


def test_what_a_value_cannot_be_is_no_reading_of_it_Q35():
    """0.2 micrograms per litre are 200 pg/mL; as a number of pmol/L nobody has so little."""
    found = only(b12(Decimal("0.2"), "ug/L"))

    assert found.why is NotCounted.UNIT_CONTRADICTS
    assert found.readings == (Quantity(Decimal(200), Unit.PG_PER_ML),)
