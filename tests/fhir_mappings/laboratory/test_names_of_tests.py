"""Names of laboratory tests as other systems write them: what is a test's whole name but for words
such as "serum" and "level" counts; a name in which vitamin B12 only stands is told and decides
nothing (Q36).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import NotCounted
from tests.fhir_mappings.records import LOINC, SUBJECT, concept, days_ago, scenario_of

AS_NAMED = (
    "Vit. B12 i.S.",
    "B12 assay",
    "Haematinics: B12",
    "Vitamin B12 SerPl-mCnc",
    "Vitamin B12 SerPl QN",
    "Vit B12 (plasma)",
    "Vitamin B12 (ECLIA)",
    "Serum B12 (XE2pf)",
    "Vitamin B12 (observable entity)",
    "Result: vitamin B12 level",
    "Dosage de la vitamine B12",
    "Vitamine B12 (dosage)",
    "Vitamina B12, dosagem",
    "Dosagem de vitamina B12",
    "Dosaje de vitamina B12",
    "Dosaggio vitamina B12",
    "Determinación de vitamina B12",
    "Vitamin-B12-Bestimmung",
    "Vitamine B12 bepaling",
    "Vitamin B12 (Cyanocobalamin)",
    "Cyanocobalamin (Vitamin B12), Serum",
    "Vitamin B12, serum by CMIA",
    "S. Vitamin B12 *",
    "Vitamin B12 Lvl",
    "Doseamento de vitamina B12",
    "Niveles de vitamina B12",
    "Taux de vitamine B12",
    "Vitamin B12 value",
    "Vitamin-B12-Konzentration",
)


def result(name: str, value: float, unit: str, **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name},
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(20),
        "valueQuantity": {"value": value, "unit": unit},
        **changes,
    }


@pytest.mark.parametrize("name", AS_NAMED)
def test_words_around_a_name_do_not_hide_a_result(name: str) -> None:
    assert scenario_of(result(name, 98, "ng/L")).total_b12.quantity is not None


@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("mma", "Serum methylmalonate", 420, "nmol/L"),
        ("homocysteine", "tHcy", 22, "umol/L"),
        ("egfr", "eGFR/1.73m2", 35, "mL/min/1.73m2"),
        ("egfr", "eGFRcreat (CKD-EPI)/1.73 m*2", 35, "mL/min/1.73m2"),
        ("egfr", "Glomerular filtration rate", 35, "mL/min/1.73m2"),
        ("platelets", "Platelet count - observation", 22, "10*9/L"),
        ("inr", "PT-INR", 3.9, ""),
        ("haemoglobin", "Haemoglobin (Hb)", 7.1, "g/dL"),
        ("haemoglobin", "HEMOGLOBIN-HB", 7.1, "g/dL"),
        ("haemoglobin", "Hb% (Haemoglobin)", 7.1, "g/dL"),
        ("platelets", "Platelet Count (PLT)", 22, "10*9/L"),
        ("platelets", "Total platelet count", 22, "10*9/L"),
        ("platelets", "Bloedplaatjes", 22, "10*3/uL"),
        ("platelets", "B-Blodplader", 22, "10*9/L"),
        ("platelets", "Blodplater", 22, "10*9/L"),
        ("potassium", "Serum Potassium (K+)", 2.9, "mmol/L"),
        ("potassium", "S.POTASSIUM", 2.9, "mmol/L"),
        ("egfr", "S. Creatinine", 3.4, "mg/dL"),
        ("egfr", "CREATININE (SERUM/Jaffe kinetic)", 3.4, "mg/dL"),
        ("egfr", "Serum creatinine (mod. Jaffe)", 3.4, "mg/dL"),
        ("mcv", "MCV (Mean Corpuscular Volume)", 118, "fL"),
        ("potassium", "Kalium [Mol/Volumen] in Serum oder Plasma", 2.9, "mmol/L"),
        ("potassium", "Potasio en suero o plasma", 2.9, "mmol/L"),
        ("platelets", "Thrombozyten [#/Volumen] in Blut mit automatisierter Zählung", 22, "10*9/L"),
        ("egfr", "Creatinin [Mol/Volumen] in Serum oder Plasma", 300, "umol/L"),
        ("homocysteine", "Homocystein [Mol/Volumen] in Serum oder Plasma", 22, "umol/L"),
        ("holotranscobalamin", "Holo-Transcobalamin II [Mol/Volumen] in Serum", 22, "pmol/L"),
        ("total_b12", "Cobalamin (Vitamin B12) [Masse/Volumen] in Blut", 98, "ng/L"),
        ("mma", "Methylmalonat [Mol/Volumen] in Serum oder Plasma", 420, "nmol/L"),
        ("folate", "Vitamin b9 / Folic acid", 1.4, "ng/mL"),
        ("holotranscobalamin", "Vitamine B12 active", 22, "pmol/L"),
        ("holotranscobalamin", "Holo-Transcobalamin (aktives Vitamin B12)", 22, "pmol/L"),
        ("haemoglobin", "Hämoglobin", 7.1, "g/dL"),
        ("haemoglobin", "Hémoglobine", 7.1, "g/dL"),
        ("platelets", "Thrombozyten i.B.", 22, "10*9/L"),
        ("potassium", "S-Kalium", 2.9, "mmol/L"),
        ("potassium", "Kalium i.S.", 2.9, "mmol/L"),
        ("potassium", "Potassium (P)", 2.9, "mmol/L"),
        ("egfr", "Creatinine, S", 300, "umol/L"),
    ],
)
def test_other_tests_are_found_as_well(fact: str, name: str, value: float, unit: str) -> None:
    lately = result(name, value, unit, effectiveDateTime=days_ago(3))
    assert getattr(scenario_of(lately), fact).quantity is not None


@pytest.mark.parametrize("form", ["{} ({})", "{} {}", "{}, {}", "{} [{}]", "{}_{}", "{} in {}"])
@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("haemoglobin", "Hemoglobin", 7.1, "g/dL"),
        ("haemoglobin", "Hb", 71, "g/L"),
        ("haemoglobin", "Hémoglobine", 7.1, "g/100 mL"),
        ("mcv", "MCV", 118, "fL"),
        ("platelets", "Platelets", 22, "10^3/uL"),
        ("platelets", "Plt", 22, "x10*9/L"),
        ("platelets", "Thrombozyten", 22, "G/l"),
        ("folate", "Folate", 1.4, "ng/mL"),
        ("egfr", "eGFR", 35, "mL/min/1.73m2"),
        ("egfr", "S-Kreatinin", 300, "µmol/L"),
        ("total_b12", "Vitamin B12", 98, "pg/mL"),
        ("mma", "Serum MMA", 420, "nmol/L"),
    ],
)
def test_the_unit_behind_a_name_does_not_hide_a_result(
    form: str, fact: str, name: str, value: float, unit: str
) -> None:
    lately = result(form.format(name, unit), value, unit, effectiveDateTime=days_ago(3))
    assert getattr(scenario_of(lately), fact).quantity is not None


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        ("egfr", "Creatinine (mg/24h)"),
        ("egfr", "Creatinine (g/d)"),
        ("potassium", "Potassium (mmol/24 h)"),
        ("potassium", "Potassium mmol/mol"),
    ],
)
def test_a_unit_of_what_is_lost_in_a_day_is_not_taken_off(fact: str, name: str) -> None:
    told = getattr(scenario_of(result(name, 2.5, "", effectiveDateTime=days_ago(3))), fact)
    assert (told.quantity, told.passed_over) == (None, None)


@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("haemoglobin", "P-Hemoglobin", 30, "g/L"),
        ("folate", "Erc-Folat", 300, "nmol/L"),
        ("potassium", "U-Kalium", 2.9, "mmol/L"),
        ("potassium", "Potassium (U)", 2.9, "mmol/L"),
        ("egfr", "Creatinine, U", 300, "umol/L"),
        ("platelets", "P-Trombocyter", 22, "10*9/L"),
    ],
)
def test_the_letter_of_another_specimen_makes_it_another_test(
    fact: str, name: str, value: float, unit: str
) -> None:
    lately = result(name, value, unit, effectiveDateTime=days_ago(3))
    assert getattr(scenario_of(lately), fact).quantity is None


@pytest.mark.parametrize(
    "name",
    [
        "Cianocobalamina",
        "S-B12-TC2",
        "Cyanocobalamin (serum)",
        "VB12",
        "Active-B12 Architect",
        "B12 send away",
        "Vit B12 ext",
    ],
)
def test_a_name_that_is_not_certain_is_told_and_decides_nothing(name: str) -> None:
    scenario = scenario_of(result(name, 98, "ng/L"))

    assert scenario.total_b12.quantity is None
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.NAME_UNCERTAIN]


@pytest.mark.parametrize(
    "name",
    [
        "Vitamin B12 (urine)",
        "Vitamin B12 (binding capacity)",
        "Vitamin B12 (active)",
        "Vitamin B12 [CSF]",
    ],
)
def test_what_stands_in_brackets_may_make_it_another_test(name: str) -> None:
    assert scenario_of(result(name, 98, "ng/L")).total_b12.quantity is None


def test_a_code_in_no_list_beside_the_name_is_told_and_decides_nothing() -> None:
    code = concept(LOINC, "99999-8", "Vitamin B12", "Vitamin B12")
    scenario = scenario_of(result("", 98, "ng/L", code=code))

    assert scenario.total_b12.quantity is None
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.NAME_UNCERTAIN]


@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("platelets", "Platelets", 8, "10*9/L"),
        ("egfr", "Estimated GFR", 25, "mL/min/1.73m2"),
        ("inr", "INR", 6.1, ""),
    ],
)
def test_another_test_by_a_code_in_no_list_is_named_and_decides_nothing(
    fact: str, name: str, value: float, unit: str
) -> None:
    """That there is no such result may not be said beside it (I27)."""
    scenario = scenario_of(result("", value, unit, code=concept(LOINC, "99999-8", name, name)))
    measured = getattr(scenario, fact)

    assert measured.quantity is None
    assert measured.passed_over.why is NotCounted.NAME_UNCERTAIN
    assert measured.passed_over.evidence.display == name


@pytest.mark.parametrize(
    ("fact", "name", "unit"),
    [
        ("egfr", "Cystatin C eGFR", "mL/min/1.73m2"),
        ("egfr", "eGFRcr", "mL/min/1.73m2"),
        ("egfr", "eGFR non African American", "mL/min/1.73m2"),
        ("egfr", "Glomerular filtration, predicted", "mL/min/1.73m2"),
        ("platelets", "Platelets (citrate)", "10*9/L"),
        ("platelets", "Plaquetas (citrato)", "10*9/L"),
        ("platelets", "Thrombozyten (Citrat)", "10*9/L"),
        ("platelets", "Plättchenzahl", "10*9/L"),
        ("platelets", "TPK", "10*9/L"),
        ("egfr", "eVFG", "mL/min/1.73m2"),
        ("egfr", "Glomerulaire filtratie", "mL/min"),
        ("egfr", "CKD-EPI", "mL/min/1.73m2"),
        ("egfr", "P-Krea", "umol/L"),
        ("egfr", "Creatinine, Ser/Plas", "mg/dL"),
        ("egfr", "U&E creatinine", "umol/L"),
        ("egfr", "SCr", "mg/dL"),
        ("platelets", "Plt Ct", "10*9/L"),
        ("platelets", "B-Trom", "10*9/L"),
        ("platelets", "Trombocitos", "10*9/L"),
        ("potassium", "Potassium, Ser/Plas", "mmol/L"),
        ("inr", "Intl Normal Ratio", ""),
        ("egfr", "Creatinine", "mg/dL"),
        ("egfr", "Créatinine plasmatique", "umol/L"),
        ("egfr", "Creatinine clearance", "mL/min"),
        ("potassium", "Potassium", "mmol/L"),
        ("potassium", "Kalium", "mmol/L"),
        ("potassium", "Kaliémie", "mmol/L"),
        ("potassium", "K+", "mmol/L"),
        ("potassium", "K", "mmol/L"),
        ("potassium", "K+ (blood gas)", "mmol/L"),
        ("haemoglobin", "tHb", "g/dL"),
        ("haemoglobin", "HGB POCT", "g/dL"),
        ("haemoglobin", "Hämoglobin, POCT", "g/dL"),
        ("haemoglobin", "Hemoglobin, point of care", "g/dL"),
        ("inr", "Prothrombin INR", ""),
        ("egfr", "Est, Glom Filt Rate", "mL/min/1.73m2"),
        ("egfr", "Creatinine concentration", "umol/L"),
        ("potassium", "Potassium concentration", "mmol/L"),
        ("potassium", "Potassium (mmol/L)", "mmol/L"),
        ("potassium", "U&E - Potassium", "mmol/L"),
        ("potassium", "U&E: potassium", "mmol/L"),
        ("potassium", "Kalium mmol/l", "mmol/L"),
        ("egfr", "Creatinine (mg/dL)", "mg/dL"),
        ("egfr", "Creatinine, umol/L", "umol/L"),
        ("haemoglobin", "Dosage d'hémoglobine", "g/dL"),
        ("potassium", "Kaliumkonzentration", "mmol/L"),
        ("haemoglobin", "Hemoglobin by colorimetric assays", "g/dL"),
        ("haemoglobin", "Hemoglobin [Mass/volume] in Blood by Oximetry", "g/dL"),
        ("haemoglobin", "Hämoglobinkonzentration", "g/dL"),
        ("platelets", "Thrombozytenkonzentration", "10*9/L"),
        ("mma", "Methylmalonic acid - external", "nmol/L"),
        ("mma", "MMA (send away)", "nmol/L"),
        ("egfr", "Glom. Filtrationsrate", "mL/min/1.73m2"),
        ("egfr", "Clearance da creatinina", "mL/min"),
        ("egfr", "RFG estimado", "mL/min/1.73m2"),
        ("egfr", "Creatinemia", "mg/dL"),
        ("potassium", "P-K", "mmol/L"),
        ("potassium", "fP-K", "mmol/L"),
        ("potassium", "Potas", "mmol/L"),
        ("potassium", "Potasi", "mmol/L"),
        ("potassium", "Potasemia", "mmol/L"),
        ("potassium", "Potassiemia", "mmol/L"),
        ("potassium", "Caliemia", "mmol/L"),
        ("haemoglobin", "San-Hemoglobina; c.massa", "g/L"),
    ],
)
def test_a_name_in_no_list_that_holds_that_of_a_test_is_told_I27(
    fact: str, name: str, unit: str
) -> None:
    told = result(name, 20, unit, effectiveDateTime=days_ago(1))
    measured = getattr(scenario_of(told), fact)

    assert measured.quantity is None
    assert measured.passed_over.why is NotCounted.NAME_UNCERTAIN


@pytest.mark.parametrize(
    "name",
    [
        "Mean platelet volume",
        "Platelet distribution width",
        "Platelet aggregation",
        "Platelet antibodies",
        "Pleural fluid platelets",
        "Glomerular basement membrane antibody",
        "GFR stage",
        "GFR category",
        "EGFR mutation analysis",
        "EGFR T790M",
        "EGFR gene, exon 19 deletion",
        "Epidermal growth factor receptor (EGFR)",
        "Glomerulonephritis screen",
        "Glomeruli",
        "eGFR comment",
        "Thrombocytopenia screen",
        "Heparin-induced thrombocytopenia",
        "Anti-platelet therapy",
        "Urine creatinine",
        "Microalbumin/creatinine ratio",
        "Albumin/creatinine",
        "U creatinine",
        "Creatine kinase",
        "Urine potassium",
        "Potassium hydroxide preparation",
        "Haemoglobin A1c",
        "Mean corpuscular haemoglobin",
        "Haemoglobin electrophoresis",
        "Methaemoglobin",
        "MetHb",
        "Mittlere korpuskuläre Hämoglobinkonzentration",
        "Thrombozytenkonzentrat",
        "Urine methylmalonic acid",
        "Methylmalonic aciduria screen",
        "MMA/creatinine ratio",
        "INR target range",
    ],
)
def test_one_that_holds_it_and_is_another_is_none(name: str) -> None:
    scenario = scenario_of(result(name, 20, "10*9/L", effectiveDateTime=days_ago(1)))
    for fact in ("potassium", "haemoglobin", "inr", "mma"):
        assert getattr(scenario, fact).passed_over is None

    assert (scenario.platelets.passed_over, scenario.egfr.passed_over) == (None, None)


@pytest.mark.parametrize("name", ["Trombocytter", "B-Trombocytter", "trombocytter"])
def test_platelets_are_read_in_danish_and_norwegian(name: str) -> None:
    assert scenario_of(result(name, 20, "10*9/L")).platelets.below(25).is_true


@pytest.mark.parametrize("name", ["Platelets in body fluid", "Mean platelet volume", "Creatinine"])
def test_a_code_in_no_list_beside_another_name_is_another_test(name: str) -> None:
    code = concept(LOINC, "99999-8", name, name)
    scenario = scenario_of(result("", 8, "10*9/L", code=code))

    assert scenario.platelets.passed_over is None
    assert scenario.egfr.quantity is None


@pytest.mark.parametrize(
    "name",
    [
        "Vitamin B12 binding capacity",
        "Urine vitamin B12",
        "Vitamin B12 intake",
        "Dietary B12",
        "B12 injection dose",
        "B12 dosage",
        "Vitamin B12 dosage",
        "Hydroxocobalamin dose given",
        "B12/folate ratio",
        "Vitamin B12 deficiency screening score",
        "Transcobalamin II",
        "Vitamin B1",
        "Cianocobalamina dose",
    ],
)
def test_what_is_no_level_of_vitamin_b12_is_not_told_as_one(name: str) -> None:
    scenario = scenario_of(result(name, 98, "ng/L"))

    assert scenario.total_b12.quantity is None
    assert scenario.uncounted_b12 == ()


@pytest.mark.parametrize(
    "name", ["Plasma haemoglobin", "Red cell folate level", "Urine creatinine"]
)
def test_a_specimen_is_not_taken_off_where_it_names_another_test(name: str) -> None:
    scenario = scenario_of(result(name, 9, "g/dL"))

    assert scenario.haemoglobin.quantity is None
    assert scenario.folate.quantity is None


def test_a_result_coded_as_folate_and_called_vitamin_b12_is_told() -> None:
    code = concept(LOINC, "2284-8", "", "Vitamin B12")
    scenario = scenario_of(result("", 98, "ng/L", code=code))

    assert scenario.folate.quantity is None
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.NAMES_CONTRADICT]


@pytest.mark.parametrize("name", ["Vitamin B12", "Serum vitamin B12 level"])
def test_a_result_changed_by_an_extension_is_told_and_decides_nothing(name: str) -> None:
    changed = {"modifierExtension": [{"url": "https://example.org/not", "valueBoolean": True}]}
    scenario = scenario_of(result(name, 900, "ng/L", **changed))

    assert scenario.total_b12.quantity is None
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.CHANGED]


@pytest.mark.parametrize(
    "name",
    [
        "1,25-Dihydroxyvitamin D",
        "Folate, RBC",
        "Erythrozyten-Folat",
        "Transcobalamin II",
        "Vitamin B12 binding capacity",
        "Vitamin B12 bioactive",
        "Vitamin B1 (thiamine)",
        "Beta-2 microglobulin",
    ],
)
@pytest.mark.parametrize("display", [True, False])
def test_the_code_of_vitamin_b12_beside_words_of_another_test_is_not_used_Q35(
    name: str, display: bool
) -> None:
    coding = {"system": LOINC, "code": "2132-9"} | ({"display": name} if display else {})
    code = {"coding": [coding]} | ({} if display else {"text": name})
    scenario = scenario_of(result(name, 450, "pg/mL", code=code))
    assert not scenario.total_b12.is_known
    assert [told.why for told in scenario.uncounted_b12] == [NotCounted.NAMES_CONTRADICT]


@pytest.mark.parametrize(
    "name", [*AS_NAMED, "Vitamin B12/Folate", "Haematinics", "See report", "Vitamin B complex"]
)
def test_the_code_of_vitamin_b12_beside_its_own_or_empty_words_counts(name: str) -> None:
    code = concept(LOINC, "2132-9") | {"text": name}
    assert scenario_of(result(name, 450, "pg/mL", code=code)).total_b12.is_known


@pytest.mark.parametrize("unit", ["mil/mm3", "mil/mm³", "miles/mm3", "mila/mmc", "Tsd/µl"])
def test_platelets_in_thousands_as_romance_laboratories_write_them(unit: str) -> None:
    assert scenario_of(result("Platelets", 30, unit)).platelets.below(50).is_true


def test_few_platelets_in_a_unit_that_is_not_known_are_told_Q35() -> None:
    told = scenario_of(result("Platelets", 30, "units")).platelets
    assert not told.is_known
    assert told.passed_over is not None
    assert told.passed_over.quantity is not None


@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("potassium", "Potassium (K+)", 2.9, "mmol/L"),  # of urine as well
        ("platelets", "Platelet Morphology", 22, ""),
        ("platelets", "Platelets (Hb)", 22, "10*9/L"),
        ("platelets", "Thrombozyten [#/Volumen] in Plasma", 22, "10*9/L"),
        ("folate", "Folat [Masse/Volumen] in Blut", 1.4, "ng/mL"),
        ("folate", "Whole blood folate", 15, "ng/mL"),
        ("folate", "Folate, whole blood, automated", 15, "ng/mL"),
        ("haemoglobin", "Hemoglobin [Mass/volume] in Plasma", 7.1, "g/dL"),
        ("haemoglobin", "Haemoglobin (K)", 7.1, "g/dL"),
        ("total_b12", "Cyanocobalamin 1000 mcg", 1000, "mcg"),
        ("total_b12", "Cyanocobalamin", 1000, "mcg"),
        ("total_b12", "Cyanocobalamin given", 98, "ng/L"),
        ("haemoglobin", "Urine haemoglobin (Hb)", 7.1, "g/dL"),
    ],
)
def test_another_name_beside_it_does_not_make_a_test(
    fact: str, name: str, value: float, unit: str
) -> None:
    lately = result(name, value, unit, effectiveDateTime=days_ago(3))
    assert getattr(scenario_of(lately), fact).quantity is None


def test_a_name_that_may_be_of_two_tests_is_said_so() -> None:
    reason = scenario_of(
        result("Potassium", 2.9, "mmol/L", effectiveDateTime=days_ago(3))
    ).potassium.reason
    assert "whose name leaves open which test it is" in reason


@pytest.mark.parametrize(
    ("fact", "name"),
    [
        ("platelets", "aPTT in thrombozytenarmem Plasma mit Gerinnungstest"),
        ("platelets", "Thrombozytenklumpen [Nachweis] in Blut"),
        ("haemoglobin", "Hämoglobin [Masse/Volumen] in Körperflüssigkeit"),
        ("haemoglobin", "Hämoglobinmuster [Interpretation] in Blut"),
        ("potassium", "Kalium [Mol/Volumen] in Stuhl"),
    ],
)
def test_a_german_name_of_another_test_is_not_told_as_one_of_ours(fact: str, name: str) -> None:
    lately = result(name, 22, "s", effectiveDateTime=days_ago(3))
    assert getattr(scenario_of(lately), fact).reason == "none recorded"


@pytest.mark.parametrize(
    ("fact", "name", "value", "unit"),
    [
        ("potassium", "Vitamin K", 2.6, "mmol/L"),
        ("potassium", "U-K", 2.6, "mmol/L"),
        ("potassium", "P-K2", 2.6, "mmol/L"),
        ("potassium", "Urine K+", 2.6, "mmol/L"),
        ("haemoglobin", "Hb S", 40, "g/L"),
        ("haemoglobin", "COHb", 40, "g/L"),
        ("haemoglobin", "Hb A2", 40, "g/L"),
    ],
)
def test_short_names_of_another_test_are_not_told(
    fact: str, name: str, value: float, unit: str
) -> None:
    told = getattr(scenario_of(result(name, value, unit, effectiveDateTime=days_ago(3))), fact)
    assert not told.is_known
    assert told.passed_over is None
