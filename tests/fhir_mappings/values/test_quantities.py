"""Units and results: exact factors, all spellings, and a reason whenever a result cannot be used
(decisions 1.1, 2.1, Q8, Q9).
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_mappings.values.ileum_lengths import read_involved_length, read_resected_length
from fhir_mappings.values.quantities import PLAUSIBLE, read_quantity
from fhir_mappings.values.result_values import read_result
from fhir_mappings.values.units import UNITS, Analyte, Kind, _read_spelling, ucum_of
from fhir_mappings.values.written_results import is_marked_low
from fhir_mappings.values.yes_or_no import read_booleanish
from recommender.language.logic import Comparator, Quantity, Unit

UCUM = "http://unitsofmeasure.org"
B12 = Analyte.TOTAL_B12


def quantity(value: object, unit: str = "", comparator: str = "") -> dict[str, Any]:
    return {
        "value": value,
        **({"unit": unit} if unit else {}),
        **({"comparator": comparator} if comparator else {}),
    }


@pytest.mark.parametrize(
    ("spelling", "ucum"),
    [
        ("pg/mL", "pg/mL"),
        ("PG/ML", "pg/mL"),
        ("pg / ml", "pg/mL"),
        ("picograms per milliliter", "pg/mL"),
        ("nanogram per liter", "ng/L"),
        ("ng.L-1", "ng/L"),
        ("pg/cc", "pg/mL"),
        ("pmol.L-1", "pmol/L"),
        ("ng/l", "ng/L"),
        ("mcg/L", "ug/L"),
        ("µg/L", "ug/L"),
        ("μmol/L", "umol/L"),
        ("mcmol/L", "umol/L"),
        ("micromoles/litre", "umol/L"),
        ("gm/dL", "g/dL"),
        ("K/uL", "10*3/uL"),
        ("10X3/UL", "10*3/uL"),
        ("Tsd./µL", "10*3/uL"),
        ("Gpt/l", "10*9/L"),
        ("E9/L", "10*9/L"),
        ("x10 9/L", "10*9/L"),
        ("10*9/L{platelets}", "10*9/L"),
        ("nL-1", "/nL"),
        ("mmols/L", "mmol/L"),
        ("ml/min/1,73qm", "mL/min/{1.73_m2}"),
        ("109/L", ""),
        ("10*6/L", ""),
        ("g/100 mL", "g/dL"),
        ("gm%", "g/dL"),
        ("mL/min/1.73", "mL/min/{1.73_m2}"),
        ("mls/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/min/1.73m2 BSA", "mL/min/{1.73_m2}"),
        ("mL/min/BSA", ""),
        ("k/ul", "10*3/uL"),
        ("10*3/uL", "10*3/uL"),
        ("10^3/uL", "10*3/uL"),
        ("x10E3/uL", "10*3/uL"),
        ("10(3)/mcL", "10*3/uL"),
        ("Thousand/uL", "10*3/uL"),
        ("1000/mm3", "10*3/mm3"),
        ("x10^9/L", "10*9/L"),
        ("X10*9/L", "10*9/L"),
        ("x10e9/l", "10*9/L"),
        ("×10⁹/L", "10*9/L"),
        ("10 9/L", "10*9/L"),
        ("billion per liter", "10*9/L"),
        ("giga.l-1", "10*9/L"),
        ("G/L", "10*9/L"),
        ("g/L", "g/L"),
        ("/cmm", "/mm3"),
        ("cells per microliter", "/uL"),
        ("{cells}/uL", "/uL"),
        ("mEq/L", "meq/L"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
        ("mL/min/{1.73_m2}", "mL/min/{1.73_m2}"),
        ("ml/min/1.73 m²", "mL/min/{1.73_m2}"),
        ("mL/min/1.73.m2", "mL/min/{1.73_m2}"),
        ("mL/min per 1.73 sq m", "mL/min/{1.73_m2}"),
        ("INR", "{INR}"),
        ("inches", "[in_i]"),
        ("um^3", "um3"),
        ("mL/min", ""),
        ("10*6/uL", ""),
        ("mg", ""),
        ("%", ""),
        ("", ""),
        ("furlong", ""),
    ],
)
def test_a_spelling_stands_for_its_unit(spelling: str, ucum: str) -> None:
    assert ucum_of(spelling) == ucum


@pytest.mark.parametrize(
    ("analyte", "ucum"), [(analyte, ucum) for analyte, rows in UNITS.items() for ucum in rows]
)
def test_every_listed_unit_is_its_own_spelling(analyte: Analyte, ucum: str) -> None:
    assert ucum_of(ucum) == _read_spelling(ucum) == ucum
    assert ucum_of(ucum.upper()) == ucum or analyte in (Analyte.HAEMOGLOBIN, Analyte.PLATELETS)


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "expected", "expected_unit"),
    [
        (B12, 142, "pmol/L", "142", Unit.PMOL_PER_L),
        (B12, 0.142, "nmol/L", "142", Unit.PMOL_PER_L),
        (B12, 192, "ng/L", "192", Unit.PG_PER_ML),
        (B12, 19.2, "ng/dL", "192", Unit.PG_PER_ML),
        (B12, 19200, "pg/dL", "192", Unit.PG_PER_ML),
        (Analyte.MMA, 0.271, "umol/L", "271", Unit.NMOL_PER_L),
        (Analyte.MMA, 0.271, "nmol/mL", "271", Unit.NMOL_PER_L),
        (Analyte.MMA, 271, "nmol/L", "271", Unit.NMOL_PER_L),
        (Analyte.HAEMOGLOBIN, 7.9, "g/dL", "79", Unit.G_PER_L),
        (Analyte.HAEMOGLOBIN, 5, "mmol/L", "80.55", Unit.G_PER_L),
        (Analyte.PLATELETS, 24000, "/uL", "24", Unit.PER_NL),
        (Analyte.PLATELETS, 24, "K/uL", "24", Unit.PER_NL),
        (Analyte.POTASSIUM, 3.4, "mEq/L", "3.4", Unit.MMOL_PER_L),
        (Analyte.POTASSIUM, 17.204, "mg/dL", "4.4", Unit.MMOL_PER_L),
        (Analyte.EGFR, 59, "mL/min/1.73m2", "59", Unit.EGFR),
        (Analyte.EGFR, 1, "mL/s/1.73m2", "60", Unit.EGFR),
        (Analyte.LENGTH, 250, "mm", "25", Unit.CM),
        (Analyte.LENGTH, 10, "in", "25.4", Unit.CM),
        (Analyte.FOLATE, 3.1, "ug/L", "3.1", Unit.NG_PER_ML),
        (Analyte.FOLATE, 7, "nmol/L", "7", Unit.NMOL_PER_L),
        (Analyte.INR, 2.4, "", "2.4", Unit.RATIO),
    ],
)
def test_a_value_is_converted_exactly(
    analyte: Analyte, value: float, unit: str, expected: str, expected_unit: Unit
) -> None:
    reading = read_quantity(quantity(value, unit), analyte)
    assert reading.quantity is not None
    assert (reading.quantity.value, reading.quantity.unit) == (Decimal(expected), expected_unit)


def test_mass_and_substance_of_vitamin_b12_are_never_converted_into_each_other() -> None:
    units = {row.kind: row.unit for row in UNITS[B12].values()}
    assert units == {Kind.MASS: Unit.PG_PER_ML, Kind.SUBSTANCE: Unit.PMOL_PER_L}


@pytest.mark.parametrize(
    ("value", "shown"), [(180, "180 pg/mL"), (179.99999999, "179.99999999 pg/mL")]
)
def test_a_value_keeps_its_full_precision(value: float, shown: str) -> None:
    reading = read_quantity(quantity(value, "pg/mL"), B12)
    assert reading.reported == shown
    assert reading.quantity is not None
    assert str(reading.quantity.value) == shown.split(" ", maxsplit=1)[0]


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ({"valueQuantity": {"value": 142}}, "unit missing: 142"),
        ({"valueQuantity": {"unit": "pg/mL"}}, "no readable number: pg/mL"),
        ({"valueQuantity": {"value": True, "unit": "pg/mL"}}, "no readable number: pg/mL"),
        ({"valueQuantity": {"value": "NaN", "unit": "pg/mL"}}, "no readable number: pg/mL"),
        ({"valueQuantity": {"value": 10**5000, "unit": "pg/mL"}}, "no readable number: pg/mL"),
        (
            {"valueQuantity": {"value": 142, "unit": "mg/L"}},
            "unit not accepted for total vitamin B12: 142 mg/L",
        ),
        (
            {"valueQuantity": {"value": 142, "unit": "pmol/L", "code": "pg/mL"}},
            "the unit in words (pmol/L) contradicts its code (pg/mL): 142 pmol/L",
        ),
        ({"valueQuantity": {"value": 9, "unit": "pg/mL"}}, "implausible: 9 pg/mL"),
        ({"valueQuantity": {"value": 20001, "unit": "pg/mL"}}, "implausible: 20001 pg/mL"),
        ({"valueQuantity": {"value": -200, "unit": "pg/mL"}}, "implausible: -200 pg/mL"),
        (
            {"valueQuantity": {"value": 142, "unit": "pg/mL", "comparator": "ad"}},
            "comparator not known: ad142 pg/mL",
        ),
        *(
            (
                {"valueQuantity": {"value": 142, "unit": "pg/mL", "comparator": unreadable}},
                "comparator not known: ?142 pg/mL",
            )
            for unreadable in (["<"], {"code": "<"}, 1, True)
        ),
        (
            {"valueQuantity": {"value": "1_42", "unit": "pg/mL"}},
            "no readable number: pg/mL",
        ),
        (
            {"valueString": "see comment"},
            "reported as text that is not a number with a unit: see comment",
        ),
        (
            {"valueString": "1,234 pg/mL"},
            "reported as text that is not a number with a unit: 1,234 pg/mL",
        ),
        ({"valueString": "142"}, "unit missing: 142"),
        ({"valueInteger": 142}, "unit missing: 142"),
        (
            {
                "valueRange": {
                    "low": {"value": 100, "unit": "pg/mL"},
                    "high": {"value": 200, "unit": "pg/mL"},
                }
            },
            "reported as a range: 100 pg/mL to 200 pg/mL",
        ),
        ({"valueCodeableConcept": {"text": "Low"}}, "reported in words, not as a number: Low"),
        ({"valueRatio": {}}, "reported as valueRatio, expected a number with a unit"),
        ({"dataAbsentReason": {"text": "specimen haemolysed"}}, "no result: specimen haemolysed"),
        (
            {"dataAbsentReason": {}, "valueQuantity": {"value": 142, "unit": "pg/mL"}},
            "no result: reason not given",
        ),
        ({}, "no value"),
    ],
)
def test_an_unusable_result_says_why(result: dict[str, Any], reason: str) -> None:
    reading = read_result(result, B12)
    assert reading.quantity is None
    assert reading.reason == reason


@pytest.mark.parametrize(
    ("kind", "unit", "usable"),
    [
        ("MCnc", "pg/mL", True),
        ("MCnc", "pmol/L", False),
        ("SCnc", "pmol/L", True),
        ("SCnc", "ng/L", False),
        ("mixed", "pmol/L", True),
        ("mixed", "pg/mL", True),
        ("", "pmol/L", True),
    ],
)
def test_the_property_of_the_code_and_the_unit_must_not_contradict_each_other(
    kind: str, unit: str, usable: bool
) -> None:
    reading = read_quantity(quantity(300, unit), B12, kind)
    assert (reading.quantity is not None) is usable
    assert usable or "the unit says otherwise: 300" in reading.reason


@pytest.mark.parametrize(
    ("result", "value", "comparator"),
    [
        ({"valueString": "<150 pg/mL"}, "150", Comparator.LESS),
        ({"valueString": "> 2000 ng/L"}, "2000", Comparator.MORE),
        ({"valueString": "≤150 pg/mL"}, "150", Comparator.AT_MOST),
        ({"valueString": ">=150 pg/mL"}, "150", Comparator.AT_LEAST),
        ({"valueString": "150,5 pg/mL"}, "150.5", Comparator.EXACT),
        ({"valueQuantity": quantity(150, "pg/mL", "<")}, "150", Comparator.LESS),
        ({"valueRange": {"low": quantity(150, "pg/mL")}}, "150", Comparator.AT_LEAST),
        ({"valueRange": {"high": quantity(150, "pg/mL")}}, "150", Comparator.AT_MOST),
    ],
)
def test_comparators_are_kept(result: dict[str, Any], value: str, comparator: Comparator) -> None:
    reading = read_result(result, B12)
    assert reading.quantity is not None
    assert (reading.quantity.value, reading.quantity.comparator) == (Decimal(value), comparator)


def test_a_code_of_another_unit_system_is_not_read_and_the_words_are() -> None:
    sent = {"value": 3, "unit": "ng/mL", "system": "http://snomed.info/sct", "code": "258806002"}
    reading = read_quantity(sent, Analyte.FOLATE)
    assert reading.quantity is not None
    assert reading.quantity.unit is Unit.NG_PER_ML


def test_kelvin_per_microlitre_is_a_platelet_count_only() -> None:
    assert (
        read_quantity({"value": 142, "code": "K/uL", "system": UCUM}, Analyte.PLATELETS).quantity
        is not None
    )
    assert (
        read_quantity({"value": 142, "code": "K/uL", "system": UCUM}, Analyte.HAEMOGLOBIN).quantity
        is None
    )


@pytest.mark.parametrize(
    ("analyte", "unit", "below", "low", "high", "above"),
    [
        (B12, "pg/mL", "9.99", "10", "20000", "20000.01"),
        (Analyte.MMA, "nmol/L", "19.9", "20", "100000", "100001"),
        (Analyte.EGFR, "mL/min/1.73m2", "-1", "0", "200", "201"),
        (Analyte.PLATELETS, "10*9/L", "-1", "0", "3000", "3001"),
    ],
)
def test_implausible_values_are_unknown_at_both_ends(
    analyte: Analyte, unit: str, below: str, low: str, high: str, above: str
) -> None:
    usable = [
        read_quantity(quantity(Decimal(value), unit), analyte).quantity is not None
        for value in (below, low, high, above)
    ]
    assert usable == [False, True, True, False]


def test_every_unit_that_a_reading_can_have_has_plausible_limits() -> None:
    assert {(analyte, row.unit) for analyte, rows in UNITS.items() for row in rows.values()} == set(
        PLAUSIBLE
    )


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Resection of 25 cm of terminal ileum", "25"),
        ("Ileal resection 25 cm", "25"),
        ("Laparoscopic ileocaecal resection of approx. 22.5 cm of ileum, 2019", "22.5"),
        ("12,5 cm ileum removed.", "12.5"),
        ("length of ileum resected: 30 cm", "30"),
        ("status post ileal resection length: 18 cm", "18"),
        ("Stricture 25 cm from ileocaecal valve, short segment removed", None),
        ("Stricture 25 cm from the valve; 8 cm removed", None),
        ("Ileal resection. No 25 cm segment was removed", None),
        ("removed 25cm", None),
        ("25 cm of ileum, 10 cm of colon", None),
        ("30-60 cm", None),
        ("ileum resected", None),
        ("25 mm of ileum removed", None),
        ("40 cm of ileum involved", None),
    ],
)
def test_a_resected_length_is_read_from_a_whole_text_of_a_fixed_form(
    text: str, length: str | None
) -> None:
    found = read_resected_length([text, "Ileal resection"])
    assert (None if found is None else str(found.value)) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Ileal Crohn's disease 40 cm involved", "40"),
        ("extent of ileal involvement: 35 cm", "35"),
        ("40 cm of terminal ileum involved", "40"),
        ("Ileal Crohn's, stricture 40 cm from the valve", None),
        ("40 cm involved", None),
        ("25 cm of ileum removed", None),
    ],
)
def test_an_involved_length_is_read_likewise(text: str, length: str | None) -> None:
    found = read_involved_length([text])
    assert (None if found is None else str(found.value)) == length


def test_texts_that_name_different_lengths_name_none() -> None:
    assert read_resected_length(["Ileal resection 25 cm", "18 cm of ileum removed"]) is None


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ({"valueBoolean": False}, False),
        ({"valueBoolean": True}, True),
        ({"valueString": "NEGATIVE"}, False),
        ({"valueString": "Positive."}, True),
        ({"valueCodeableConcept": {"text": "Not detected"}}, False),
        ({"valueCodeableConcept": {"coding": [{"code": "POS"}]}}, True),
        ({"valueString": "equivocal"}, None),
        *(({"valueString": word}, True) for word in ("ja", "Oui", "sí", "sì", "sim", "positief")),
        *(
            ({"valueString": word}, False)
            for word in ("nein", "Non", "nee", "nej", "não", "négatif")
        ),
        ({"valueCodeableConcept": {"text": "Nicht nachgewiesen"}}, False),
        ({"valueString": "Påvist"}, True),
        ({"valueString": "Ikke påvist"}, False),
        ({"valueString": "Vielleicht"}, None),
        ({"valueBoolean": True, "dataAbsentReason": {"text": "x"}}, None),
        ({}, None),
    ],
)
def test_yes_and_no_are_read_in_all_their_forms(result: dict[str, Any], said: bool | None) -> None:
    assert read_booleanish(result) is said


@pytest.mark.parametrize(
    "text",
    [
        "No neurological symptoms",
        "No signs of neuropathy.",
        "No, none",
        "None reported",
        "Not pregnant",
        "Pregnancy test negative",
        "Nothing abnormal detected",
        "Nicht schwanger",
        "Keine Taubheit",
        "Ingen tegn til nevropati",
        "Pas de signe neurologique",
    ],
)
def test_words_beside_a_coded_no_that_deny_as_well_are_a_no(text: str) -> None:
    coded = {"coding": [{"code": "NEG", "display": "Negative"}], "text": text}
    assert read_booleanish({"valueCodeableConcept": coded}) is False


@pytest.mark.parametrize(
    "text",
    [
        "numb toes",
        "NEG: numb toes",
        "No, but numb toes since June",
        "No pain but numb",
        "Normal gait, numb feet",
        "Not sure",
        "not yet asked",
        "Not excluded",
        "not ruled out",
        "no change",
        "Nicht ausgeschlossen",
        "equivocal",
        "Nicht bekannt",
    ],
)
def test_words_beside_a_coded_no_that_say_more_leave_it_open(text: str) -> None:
    coded = {"coding": [{"code": "NEG", "display": "Negative"}], "text": text}
    assert read_booleanish({"valueCodeableConcept": coded}) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["value", "unit", "code", "system", "comparator", "low"]), inner
        )
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "valueQuantity",
                "valueString",
                "valueRange",
                "valueCodeableConcept",
                "dataAbsentReason",
            ]
        ),
        JSON,
    ),
    st.sampled_from(list(Analyte)),
    st.sampled_from(["", "MCnc", "SCnc", "mixed"]),
)
def test_reading_a_result_never_fails_and_always_has_a_reason_or_a_value(
    result: dict[str, Any], analyte: Analyte, kind: str
) -> None:
    reading = read_result(result, analyte, kind)
    assert (reading.quantity is None) is bool(reading.reason)
    assert read_booleanish(result) in (True, False, None)


@given(
    st.sampled_from([(analyte, ucum) for analyte, rows in UNITS.items() for ucum in rows]),
    st.decimals("0.001", "99999", places=3),
)
def test_a_plausible_value_is_its_number_times_the_factor(
    row: tuple[Analyte, str], value: Decimal
) -> None:
    analyte, ucum = row
    reading = read_quantity({"value": value, "code": ucum, "system": UCUM}, analyte)
    if reading.quantity is not None and reading.quantity.comparator is Comparator.EXACT:
        expected = Fraction(value) * UNITS[analyte][ucum].factor
        assert abs(Fraction(reading.quantity.value) - expected) <= expected / 10**20


@pytest.mark.parametrize(
    ("value", "unit", "number", "comparator"),
    [
        (45, "/uL", "45", Comparator.AT_MOST),
        (999, "/mm3", "999", Comparator.AT_MOST),
        (1000, "/uL", "1", Comparator.EXACT),
        (45000, "/uL", "45", Comparator.EXACT),
        (0, "/uL", "0", Comparator.EXACT),
        ("0.5", "10*9/L", "0.5", Comparator.EXACT),
    ],
)
def test_a_platelet_count_per_microlitre_below_1000_is_at_most_that_many_thousands_Q8(
    value: object, unit: str, number: str, comparator: Comparator
) -> None:
    reading = read_quantity({"value": value, "unit": unit}, Analyte.PLATELETS)
    assert reading.quantity == Quantity(Decimal(number), Unit.PER_NL, comparator)
    assert (reading.reason == f"may be a count in thousands: {value} {unit}") is (
        comparator is Comparator.AT_MOST
    )


def test_of_a_platelet_count_that_may_be_in_thousands_the_comparator_is_kept() -> None:
    below = read_quantity({"value": 45, "unit": "/uL", "comparator": "<"}, Analyte.PLATELETS)
    above = read_quantity({"value": 45, "unit": "/uL", "comparator": ">"}, Analyte.PLATELETS)
    assert (below.quantity, below.converted) == (
        Quantity(Decimal(45), Unit.PER_NL, Comparator.LESS),
        "<45 10*9/L",
    )
    assert above.quantity == Quantity(Decimal("0.045"), Unit.PER_NL, Comparator.MORE)


@pytest.mark.parametrize(
    ("analyte", "value", "may_be"),
    [
        (Analyte.POTASSIUM, 2.6, 2.6),
        (Analyte.POTASSIUM, 14, None),  # mg/dL, or nothing: no potassium of 14 mmol/L
        (Analyte.HAEMOGLOBIN, 52, 52),
        (Analyte.HAEMOGLOBIN, 5.2, 52),
        (Analyte.HAEMOGLOBIN, 12, 120),
        (Analyte.PLATELETS, 12, 12),
        (Analyte.TOTAL_B12, 96, None),  # two units, and neither is the likelier (I9)
    ],
)
def test_what_a_number_without_its_unit_may_be(
    analyte: Analyte, value: float, may_be: float | None
) -> None:
    """It decides nothing; the rules hear whether it may be low (Q35)."""
    read = read_quantity(quantity(value), analyte)
    assert read.quantity is None
    assert [float(one.value) for one in read.readings] == ([may_be] if may_be else [])


@pytest.mark.parametrize(
    ("analyte", "text", "value"),
    [
        (B12, "110 pmol/L (148-600)", "110"),
        (B12, "110 pmol/L (148 - 600 pmol/L)", "110"),
        (B12, "110 (148-600) pmol/L", "110"),
        (B12, "110 pmol/L [148-600] L", "110"),
        (B12, "110 pmol/L (>148)", "110"),
        (B12, "110 pmol/L Ref: 148 - 600", "110"),
        (B12, "110 pmol/L (reference range 148 to 600)", "110"),
        (B12, "110 [pmol/L]", "110"),
        (B12, "350 pmol/L, normal 148-600 pmol/L", "350"),
        (B12, "350 pmol/L; Referenzbereich 148-600 pmol/L", "350"),
        (B12, "350 pmol/L (valeurs de référence: 148-600 pmol/L)", "350"),
        (B12, "350 pmol/L normal range: 148-600", "350"),
        (B12, "350 pmol/L VN 148-600 pmol/L", "350"),
        (Analyte.MMA, "0,410 µmol/L", "410"),
        (Analyte.PLATELETS, "24 10*9/L (Ref 150 - 400)", "24"),
        (Analyte.PLATELETS, "24.10^9/L", "24"),
        (Analyte.PLATELETS, "24*10^9/L", "24"),
        (Analyte.INR, "3.5 (2.0-3.0)", "3.5"),
        (Analyte.INR, "8.2 (target 2-3)", "8.2"),
        (Analyte.POTASSIUM, "2.9 mmol/L (3.5-5.0)", "2.9"),
    ],
)
def test_what_is_usual_stands_beside_a_written_result(
    analyte: Analyte, text: str, value: str
) -> None:
    read = read_result({"valueString": text}, analyte).quantity
    assert read is not None
    assert (read.value, read.comparator) == (Decimal(value), Comparator.EXACT)


@pytest.mark.parametrize(
    ("analyte", "text", "values"),
    [
        (B12, "ca. 110 pmol/L", ["110"]),
        (B12, "~110 pmol/L", ["110"]),
        (B12, "110 pmol/L low, repeat", ["110"]),
        (B12, "B12: 110 pmol/L", ["110"]),
        (B12, "130 - 140 pmol/L", ["130", "140"]),
        (B12, "110 pmol/L previous 300 pmol/L", ["110", "300"]),
        (B12, "350 pmol/L (borderline 148-220 pmol/L)", ["350"]),
        (B12, "350 pmol/L; low if <148 pmol/L", ["350"]),
        (B12, "350 pmol/L, low if <148 pmol/L; repeat 120 pmol/L", ["350", "120"]),
        (B12, "1,100 pmol/L", ["1100"]),
        (B12, "see comment", []),
        (B12, "148-600", []),
        (B12, "110", []),
        (B12, "110 pmol", []),
        (Analyte.PLATELETS, "24,000 /uL", ["24"]),
        (Analyte.PLATELETS, "24 000/mm3", ["24"]),
        (Analyte.PLATELETS, "24 10*9/L clumped", ["24"]),
        (Analyte.PLATELETS, "24 ± 2 10*9/L", ["24"]),
        (Analyte.EGFR, "about 45 mL/min/1.73 m2", ["45"]),
        # a range or a limit that is all there is
        (Analyte.PLATELETS, "low (<10 10*9/L)", ["10"]),
        (Analyte.PLATELETS, "Platelet count of <10 10*9/L", ["10"]),
        (Analyte.PLATELETS, "in the range 20-30 10*9/L", ["20", "30"]),
        (Analyte.PLATELETS, "between 20 and 30 10*9/L", ["20", "30"]),
        (Analyte.POTASSIUM, "value of 2.6-2.8 mmol/L", ["2.6", "2.8"]),
        (B12, "in range 148-600 pmol/L", []),
        (B12, "normal (148-600 pmol/L)", []),
        # what is usual, without a word of it, before the unit
        (Analyte.PLATELETS, "24 150-400 10*9/L", ["24"]),
        (Analyte.POTASSIUM, "2.6 3.5-5.0 mmol/L", ["2.6"]),
        (Analyte.EGFR, "28 >60 mL/min/1.73m2", ["28"]),
        (Analyte.EGFR, "75 mL/min/1.73m2 (stage 3 <60 mL/min/1.73m2)", ["75"]),
        (Analyte.EGFR, "75 mL/min/1.73m2, stage 3 if <60 mL/min/1.73m2", ["75"]),
        (Analyte.EGFR, "28 mL/min/1.73m2; >60 normal", ["28"]),
        # words in the place of the unit
        (Analyte.POTASSIUM, "2.6 haemolysed", ["2.6"]),
        (Analyte.POTASSIUM, "2.6 mmol", ["2.6"]),
        (Analyte.POTASSIUM, "2.6 %", []),
        (Analyte.EGFR, "28 (L)", ["28"]),
        (Analyte.INR, "2.5 prev 8.2", ["2.5"]),
        # an apostrophe between the thousands
        (Analyte.PLATELETS, "150'000 /uL", ["150"]),
        (B12, "1'110 pmol/L", ["1110"]),
    ],
)
def test_a_value_among_other_words_is_one_it_may_have(
    analyte: Analyte, text: str, values: list[str]
) -> None:
    read = read_result({"valueString": text}, analyte)
    assert read.quantity is None
    assert read.why is not None
    assert [one.value for one in read.readings] == [Decimal(value) for value in values]


def test_the_ends_of_a_range_are_values_it_may_have() -> None:
    ends = {"low": quantity(90, "pmol/L"), "high": quantity(120, "pmol/L")}
    read = read_result({"valueRange": ends}, B12)
    assert read.quantity is None
    assert [one.value for one in read.readings] == [90, 120]


@pytest.mark.parametrize("flag", ["(L)", "[L]", "(low)", "(H)"])
def test_a_flag_in_brackets_is_no_unit(flag: str) -> None:
    read = read_result({"valueString": f"110 {flag}"}, B12)
    assert (read.quantity, read.readings) == (None, ())


@pytest.mark.parametrize(
    ("analyte", "text", "value"),
    [
        (Analyte.PLATELETS, "24 (L) 10*9/L", "24"),
        (Analyte.PLATELETS, "24 L x10^9/L", "24"),
        (Analyte.PLATELETS, "24 10*9/L (critical low)", "24"),
        (Analyte.POTASSIUM, "2.6 (L) mmol/L", "2.6"),
        (Analyte.POTASSIUM, "2.6* mmol/L", "2.6"),
        (Analyte.POTASSIUM, "2.6 mmol/L !", "2.6"),
        (Analyte.POTASSIUM, "4.2 mmol/L (N)", "4.2"),
        (Analyte.HAEMOGLOBIN, "5.5 L g/dL", "55"),
        (Analyte.INR, "8.2 (H)", "8.2"),
        (Analyte.INR, "8.2*", "8.2"),
        (Analyte.INR, "INR: 8.2", "8.2"),
        (B12, "110 \u2193 pmol/L", "110"),
        (B12, "110 L pmol/L (148-600)", "110"),
    ],
)
def test_the_mark_of_the_laboratory_is_no_unit(analyte: Analyte, text: str, value: str) -> None:
    read = read_result({"valueString": text}, analyte).quantity
    assert read is not None
    assert read.value == Decimal(value)


@pytest.mark.parametrize(
    "unit", ["lakh/cumm", "lakhs/cu.mm", "Lakhs per cumm", "lac/cumm", "lakhs", "10^5/mm3"]
)
def test_a_lakh_is_a_hundred_thousand(unit: str) -> None:
    read = read_result({"valueString": f"1.5 {unit}"}, Analyte.PLATELETS).quantity
    assert read == Quantity(Decimal(150), Unit.PER_NL)


@pytest.mark.parametrize(
    ("text", "low"),
    [
        ("400 pmol/L (L)", True),
        ("400 pmol/L L", True),
        ("400 (L) pmol/L", True),
        ("L 400 pmol/L", True),
        ("400 pmol/L LOW", True),
        ("400 pmol/L \u2193", True),
        ("400 pmol/L L (148-600)", True),
        ("400 pmol/L (500-900)", True),
        ("400 (500-900) pmol/L", True),
        ("400 pmol/L Ref: 500 - 900 pmol/L", True),
        ("400 pmol/L (>500)", True),
        ("400 pmol/L", False),
        ("400 pmol / L", False),
        ("400 pmol per L", False),
        ("400 pmol/L H", False),
        ("400 pmol/L not low", False),
        ("400 pmol/L low if <148 pmol/L", False),
        ("400 pmol/L (148-600)", False),
        ("400 pmol/L (500-900 pg/mL)", False),
        ("400 pmol/L (<500)", False),
        (">400 pmol/L (500-900)", False),
    ],
)
def test_a_written_result_is_marked_low(text: str, low: bool) -> None:
    assert is_marked_low(text) is low
