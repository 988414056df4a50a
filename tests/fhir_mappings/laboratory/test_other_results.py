"""Results in other words, names and shapes: read as they stand, or told with their reason, and
never a silent "none" (Q33 to Q36).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from recommender.language import Because, Comparator, NotCounted
from tests.fhir_mappings.records import (
    LOINC,
    SNOMED,
    concept,
    map_all,
    observation,
    patient,
    scenario_of,
)

B12 = "2132-9"
DEGRADED = concept(SNOMED, "196411000000103", "Transfer-degraded record entry")
PLACEHOLDER = concept(SNOMED, "24641000000107", "Investigation result")
LOCAL = concept("urn:oid:1.2.3.4", "X1")


@pytest.mark.parametrize(
    ("said", "comparator", "value"),
    [
        ("kleiner als 150 pg/ml", Comparator.LESS, 150),
        ("moins de 150 pg/mL", Comparator.LESS, 150),
        ("inférieur à 150 pg/mL", Comparator.LESS, 150),
        ("menor de 150 pg/mL", Comparator.LESS, 150),
        ("minore di 150 pg/mL", Comparator.LESS, 150),
        ("minder dan 150 pg/mL", Comparator.LESS, 150),
        ("mindre än 150 pg/mL", Comparator.LESS, 150),
        ("größer als 2000 pg/mL", Comparator.MORE, 2000),
        ("supérieur à 2000 pg/mL", Comparator.MORE, 2000),
        ("mayor de 2000 pg/mL", Comparator.MORE, 2000),
        ("150 pg/mL (L)", Comparator.EXACT, 150),
        ("L 150 pg/mL", Comparator.EXACT, 150),
        ("LOW: 150 pg/mL", Comparator.EXACT, 150),
        ("[L] <150 pg/mL", Comparator.LESS, 150),
        ("* 150 pg/mL", Comparator.EXACT, 150),
        ("150 pg/mL L", Comparator.EXACT, 150),
        ("= 150 pg/mL", Comparator.EXACT, 150),
    ],
)
@pytest.mark.parametrize(
    "where",
    [lambda text: {"valueString": text}, lambda text: {"valueCodeableConcept": {"text": text}}],
)
def test_a_number_in_words_of_other_languages_or_with_a_mark_is_read(
    said: str, comparator: Comparator, value: int, where: Any
) -> None:
    found = scenario_of(observation(B12, **where(said))).total_b12
    assert found.quantity is not None, found.reason
    assert (found.quantity.comparator, found.quantity.value) == (comparator, Decimal(value))
    assert found.evidence[0].reported == said


def test_a_comparator_inside_the_number_is_read() -> None:
    result = observation(B12, valueQuantity={"value": "<98", "unit": "pg/mL"})
    quantity = scenario_of(result).total_b12.quantity
    assert quantity is not None
    assert (quantity.comparator, quantity.value) == (Comparator.LESS, Decimal(98))


@pytest.mark.parametrize(
    "said", ["1,200 pg/mL", "~150 pg/mL", "150-160 pg/mL", "150", "low", "150 pg/dL"]
)
def test_what_is_no_number_with_a_unit_is_told_with_its_reason(said: str) -> None:
    scenario = scenario_of(observation(B12, valueString=said))
    assert not scenario.total_b12.is_known
    assert isinstance(scenario.total_b12.because, NotCounted)
    (told,) = scenario.uncounted_b12
    assert said in told.evidence.reported


@pytest.mark.parametrize(
    "said",
    [
        "Ferritin",
        "Folsäure",
        "Vitamin D",
        "Vitamin C",
        "Unsaturated B12 binding capacity",
        "Active B12",
        "Homocysteine",
        "Haemoglobin",
    ],
)
def test_a_code_and_words_of_different_tests_contradict(said: str) -> None:
    result = observation(B12, 98, "pg/mL", code=concept("http://loinc.org", B12, "", said))
    scenario = scenario_of(result)
    assert not scenario.total_b12.is_known
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.NAMES_CONTRADICT]


@pytest.mark.parametrize(
    ("fact", "names", "value", "unit"),
    [
        (
            "total_b12",
            [
                *("Total B12", "Cobalamins", "Vitamin B12 i.S.", "Vitamine B12", "S-Kobalamin"),
                *("Vitamina B12 en suero", "Vitamina B12 no soro", "Vitamin B12 im Serum"),
            ],
            98,
            "pg/mL",
        ),
        ("holotranscobalamin", ["Active B12", "Aktives B12", "Holo-TC"], 20, "pmol/L"),
        ("mma", ["Methylmalonate", "S-Metylmalonat", "MMA serum"], 500, "nmol/L"),
        (
            "egfr",
            ["GFR (MDRD)", "DFG estimé", "Glomeruläre Filtrationsrate", "GFR estimated"],
            50,
            "mL/min/1.73m2",
        ),
        ("platelets", ["Plaquettes", "Plaquetas", "Piastrine", "Thrombocytes"], 40, "10*9/L"),
    ],
)
@pytest.mark.parametrize("code", [{}, DEGRADED, PLACEHOLDER, LOCAL])
def test_a_test_by_its_name_counts_whatever_empty_code_stands_beside_it(
    fact: str, names: list[str], value: int, unit: str, code: dict[str, Any]
) -> None:
    for name in names:
        result = observation("", value, unit, code={**code, "text": name}, id="o1")
        mapped = map_all(result)
        assert getattr(mapped.scenario, fact).is_known, name
        (line,) = [line for line in mapped.lines() if line.type == "Observation"]
        assert line.understood == "words"


@pytest.mark.parametrize(
    ("resource", "because"),
    [
        (observation(B12, valueQuantity={"value": 98}), NotCounted.UNIT_MISSING),
        (observation(B12, 98, "pg/mL", days=500), NotCounted.TOO_OLD),
        (observation(B12, 98, "pg/mL", effectiveDateTime=None), NotCounted.NO_DATE),
        (observation(B12, 98, "pg/mL", status="preliminary"), NotCounted.OTHER_STATUS),
        (observation(B12, 160, "pmol/L"), NotCounted.UNIT_CONTRADICTS),
        (observation(B12, 3, "pg/mL"), NotCounted.IMPLAUSIBLE),
    ],
)
def test_an_unknown_result_says_why_as_a_code(resource: dict[str, Any], because: object) -> None:
    assert scenario_of(resource).total_b12.because is because


def test_no_result_says_what_of_the_list_is_missing_as_a_code() -> None:
    assert scenario_of().total_b12.because is Because.NONE_RECORDED
    unavailable = scenario_of(unavailable=["labs"]).total_b12
    assert unavailable.because is Because.COULD_NOT_BE_READ
    assert scenario_of(incomplete=["labs"]).total_b12.because is Because.LIST_NOT_COMPLETE


URINE_WORDS = [
    "Urine creatinine",
    "Creatinine (urine)",
    "Creatinine, random urine",
    "U-Kreatinin urin",
]


@pytest.mark.parametrize("said", URINE_WORDS)
def test_words_of_another_fluid_contradict_the_code_of_a_test_in_blood_Q35(said: str) -> None:
    coded = {**concept(LOINC, "2160-0"), "text": said}
    scenario = scenario_of(patient(), observation("2160-0", 4.9, "mg/dL", code=coded))
    assert scenario.egfr.quantity is None
    acid = {**concept(LOINC, "13964-2"), "text": "MMA, urine"}
    scenario = scenario_of(patient(), observation("13964-2", 490, "nmol/L", code=acid))
    assert scenario.mma.quantity is None


@pytest.mark.parametrize(
    "changes",
    [
        {"specimen": {"display": "Urine"}},
        {
            "specimen": {"reference": "#s"},
            "contained": [
                {"resourceType": "Specimen", "id": "s", "type": {"text": "Urine specimen"}}
            ],
        },
    ],
)
def test_a_sample_of_another_fluid_contradicts_a_test_in_blood_Q35(changes: dict[str, Any]) -> None:
    scenario = scenario_of(patient(), observation("2160-0", 4.9, "mg/dL", **changes))
    assert scenario.egfr.quantity is None


@pytest.mark.parametrize("sample", ["Serum", "Venous blood specimen", "Plasma"])
def test_a_sample_of_blood_contradicts_nothing(sample: str) -> None:
    of_blood = {"specimen": {"display": sample}}
    scenario = scenario_of(patient(), observation("2160-0", 0.9, "mg/dL", **of_blood))
    assert scenario.egfr.quantity is not None
