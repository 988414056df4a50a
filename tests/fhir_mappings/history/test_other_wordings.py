"""Wordings in other shapes and languages than the listed ones: none of them leaves a known "no"
(Q26, Q27).
"""

from __future__ import annotations

import csv
from typing import Any

import pytest

from fhir_mappings.intake.understanding import HINTS
from fhir_mappings.terminology import TERMINOLOGY, Concept
from recommender.language import Because, Cause, HintAt, RecordArea, Truth
from tests.fhir_mappings.records import SNOMED, condition, map_all, procedure, scenario_of

GENERIC = [
    ("http://snomed.info/sct", "196411000000103", "Transfer-degraded record entry"),
    ("http://snomed.info/sct", "64572001", "Disease"),
    ("http://snomed.info/sct", "404684003", "Clinical finding"),
    ("http://snomed.info/sct", "282291009", "Diagnosis"),
    ("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "OTH", "other"),
    ("http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked", "Masked"),
    ("http://hl7.org/fhir/sid/icd-10", "R69", "Causes inconnues et non precisees"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "R69", "Illness, unspecified"),
]


def worded(text: str, **changes: Any) -> dict[str, Any]:
    return condition("", code={"text": text}, **changes)


POINTS_AT: list[tuple[HintAt, str, list[str]]] = [
    (
        HintAt.LEBERS,
        "lebers",
        [
            "Mitochondrial optic neuropathy",
            "Hereditary optic atrophy",
            "Hereditäre Optikusneuropathie",
            "Neuropathie optique héréditaire",
            "Atrofia ottica ereditaria",
            "Ziekte van Leber",
            "Lebers sykdom",
            "Doença de Leber",
            "Erfelijke opticusneuropathie",
            "mitochondrial DNA 11778 mutation",
            "m.14484T>C mutation",
            "Bilateral optic neuropathy, genetic testing pending",
            "Brother has optic atrophy",
        ],
    ),
    (
        HintAt.METHOTREXATE,
        "methotrexate",
        [
            "On methotrexate",
            "Methotrexate monitoring",
            "Rheumatoid arthritis, MTX weekly",
            "Metotrexato semanal",
            "Methotrexattherapie",
        ],
    ),
    (
        HintAt.BLEEDING_DISORDER,
        "bleeding_disorder",
        [
            "Christmas disease",
            "Prolonged APTT ?cause",
            "F8 gene mutation",
            "Bleeds after dental work, see haematology letter",
            "Verlängerte Blutungszeit",
            "Bernard-Soulier syndrome",
            "Platelet function disorder",
            "Afibrinogenaemia",
            "Clotting disorder",
            "Gerinnungsstörung",
            "Déficit en facteur XI",
            "Trastorno de la coagulación",
            "Emofilia A lieve",
            "Stollingsstoornis",
            "Blödningsrubbning",
            "Distúrbios da coagulação",
        ],
    ),
    (
        HintAt.KIDNEY_DISEASE,
        "kidney_disease",
        [
            "Renal failure",
            "Renal impairment",
            "Acute kidney injury",
            "IgA nephropathy",
            "Polycystic kidney disease",
            "Lupus nephritis",
            "eGFR 38",
            "Uraemia",
            "Chronische Niereninsuffizienz Stadium 4",
            "Diabetische Nephropathie",
            "Insuffisance rénale terminale",
            "Enfermedad renal crónica estadio 4",
            "Insufficienza renale cronica",
            "Nierfalen",
            "Kronisk njursjukdom",
            "Nyresvigt",
            "Lesão renal aguda",
        ],
    ),
    (
        HintAt.NITROUS_OXIDE,
        "nitrous_oxide",
        ["Nitrous", "Uses NOS canisters", "Whippits", "Gaz hilarant", "Óxido nitroso", "Lattergas"],
    ),
    (
        HintAt.HAEMOLYSIS,
        "haemolysis",
        ["HbSS", "Drépanocytose", "Kugelzellanämie", "Anemia falciforme", "Sikkelcelziekte"],
    ),
    (
        HintAt.RAISES_B12,
        "raises_b12",
        ["Polycythaemia vera", "Chronic myeloid leukaemia", "Leberzirrhose", "Metastatic disease"],
    ),
    (
        HintAt.PREGNANCY,
        "pregnant",
        ["Antenatal care", "Incinta", "Gestante", "Hyperemesis gravidarum", "Schwanger 20. SSW"],
    ),
]


@pytest.mark.parametrize(
    ("at", "fact", "text"), [(at, fact, text) for at, fact, texts in POINTS_AT for text in texts]
)
def test_a_wording_that_points_at_a_fact_leaves_no_known_no(
    at: HintAt, fact: str, text: str
) -> None:
    scenario = scenario_of(worded(text))
    found = getattr(scenario, fact)
    assert not found.is_false, found.reason
    if found.is_unknown:
        assert found.because is Because.HINT
        assert scenario.hints_at(at)[0].words == text[:60]
        assert text[:40] in found.reason


@pytest.mark.parametrize(
    "text",
    [
        "Numb feet",
        "Balance problems",
        "Poor memory",
        "Small fibre neuropathy",
        "Loss of vibration sense",
        "Visual loss",
        "Sore tongue",
        "Kribbelparästhesien beider Füße",
        "Troubles de la marche",
        "Sclérose combinée de la moelle",
        "Inestabilidad de la marcha",
        "Disturbi della marcia",
        "Geheugenstoornis",
        "Minnesstörning",
        "Føleforstyrrelser",
        "Ustø gange",
        "Alteração da marcha",
    ],
)
def test_a_wording_of_a_sign_is_quoted_in_the_reason(text: str) -> None:
    scenario = scenario_of(worded(text))
    assert [hint.words for hint in scenario.hints_at(HintAt.NEUROLOGY)] == [text[:60]]
    assert text[:40] in scenario.neurological_reason


@pytest.mark.parametrize("text", ["Haemodialysis", "Peritoneal dialysis", "On haemodialysis"])
def test_dialysis_in_the_problem_list_counts(text: str) -> None:
    scenario = scenario_of(worded(text))
    assert scenario.dialysis.is_true
    assert scenario.kidney_disease.is_true


@pytest.mark.parametrize(
    "text", ["Hämodialyse", "Hémodialyse", "Emodialisi", "Diálisis peritoneal", "CAPD"]
)
@pytest.mark.parametrize("listed", [worded, lambda text: procedure("", code={"text": text})])
def test_dialysis_in_other_words_is_no_known_no_in_either_list(listed: Any, text: str) -> None:
    scenario = scenario_of(listed(text))
    assert not scenario.dialysis.is_false
    assert not scenario.kidney_disease.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Pyelonephritis",
        "Kidney stone",
        "Cognitive behavioural therapy",
        "Haemophilus influenzae",
        "Deafness",
        "Fatty liver",
        "Balloon angioplasty",
        "Prolonged QT interval",
        "Rectal bleeding",
        "11778 Main Street",
    ],
)
def test_other_wordings_point_at_nothing(text: str) -> None:
    assert scenario_of(worded(text)).hints == ()


@pytest.mark.parametrize(("system", "code", "display"), GENERIC)
@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Haemophilia A", "bleeding_disorder"),
        ("Leber's hereditary optic neuropathy", "lebers"),
        ("CKD stage 4", "kidney_disease"),
        ("Nitrous oxide misuse", "nitrous_oxide"),
        ("Sickle cell disease", "haemolysis"),
        ("Pregnant", "pregnant"),
    ],
)
def test_a_code_without_meaning_leaves_the_words_to_decide(
    text: str, fact: str, system: str, code: str, display: str
) -> None:
    coding = {"system": system, "code": code, "display": display}
    entry = condition("", days=30, code={"coding": [coding], "text": text}, id="c1")
    mapped = map_all(entry)
    assert getattr(mapped.scenario, fact).truth is Truth.TRUE
    listed = mapped.scenario.list_of(RecordArea.CONDITIONS)
    assert (listed.by_code, listed.by_words, listed.not_understood) == (0, 1, 0)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("CKD stage 4, GFR 15-29 ml/min", "kidney_disease"),
        ("CKD stage 3a (eGFR 45-59 ml/min/1.73 m2)", "kidney_disease"),
        ("Stage 4 chronic kidney disease", "kidney_disease"),
        ("ESRD on HD", "kidney_disease"),
        ("ESRD on HD", "dialysis"),
        ("End stage renal disease on haemodialysis", "dialysis"),
        ("CKD 5 on dialysis", "dialysis"),
    ],
)
def test_the_kidneys_as_american_problem_lists_have_them(text: str, fact: str) -> None:
    assert getattr(scenario_of(worded(text)), fact).truth is Truth.TRUE


def test_a_name_turned_round_at_its_comma_is_the_name() -> None:
    causes = {one.cause for one in scenario_of(worded("Anaemia, pernicious")).causes}
    assert causes == {Cause.PERNICIOUS_ANAEMIA}


@pytest.mark.parametrize(
    "text",
    [
        "Keine Hämophilie",
        "Pas d'hémophilie",
        "Sin hemofilia",
        "Geen hemofilie",
        "Ingen hemofili",
        "Sem hemofilia",
        "Suspicion d'hémophilie A",
        "Familienanamnese Hämophilie A",
        "Antecedentes familiares de hemofilia A",
        "Ärftlighet för hemofili A",
        "História familiar de hemofilia A",
        "Haemophilia A in brother",
        "Haemophilia A - not confirmed",
        "Hemofilia A descartada",
        "Hæmofili A udelukket",
    ],
)
def test_denied_doubted_and_family_wordings_decide_nothing_in_any_language(text: str) -> None:
    fact = scenario_of(worded(text)).bleeding_disorder
    assert (fact.truth, fact.because) == (Truth.UNKNOWN, Because.HINT)


def test_a_word_beside_a_code_of_another_disease_is_shown() -> None:
    entry = condition(
        "", code={"coding": [{"system": SNOMED, "code": "38341003"}], "text": "Renal"}
    )
    assert scenario_of(entry).kidney_disease.is_false
    entry["code"]["text"] = "Hypertension with renal impairment"
    assert scenario_of(entry).kidney_disease.because is Because.HINT


@pytest.mark.parametrize(
    ("system", "code"),
    [
        (SNOMED, "431698006"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "K95.09"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "Z46.51"),
    ],
)
@pytest.mark.parametrize("make", [condition, procedure])
def test_a_code_that_implies_a_gastric_band_is_asked_about(
    make: Any, system: str, code: str
) -> None:
    scenario = scenario_of(make(code, system=system))
    assert scenario.causes == ()
    assert len(scenario.hints_at(HintAt.BARIATRIC_SURGERY)) == 1


@pytest.mark.parametrize(
    "text",
    ["Gastric band", "Lap-Band 2010", "Anneau gastrique", "Bendaggio gastrico", "Maagband"],
)
@pytest.mark.parametrize("make", [condition, procedure])
def test_a_gastric_band_in_words_is_asked_about(make: Any, text: str) -> None:
    scenario = scenario_of(make("", code={"text": text}))
    assert scenario.hints_at(HintAt.BARIATRIC_SURGERY)[0].words == text


def test_magenband_is_a_gastric_band() -> None:
    (cause,) = scenario_of(procedure("", code={"text": "Magenband"})).causes
    assert cause.cause is Cause.GASTRIC_BAND


def test_a_name_of_the_terminology_may_hold_words_that_elsewhere_deny() -> None:
    assert scenario_of(worded("Hemoglobin SS disease without crisis")).haemolysis.is_true
    assert scenario_of(worded("Haemophilia A (excluded)")).bleeding_disorder.because is Because.HINT
    assert scenario_of(worded("Haemophilia A?")).bleeding_disorder.because is Because.HINT


@pytest.mark.parametrize(
    ("fact", "text"),
    [
        ("lebers", "Optic atrophy - maternal inheritance"),
        ("lebers", "Mitochondrial disease with optic atrophy"),
        ("bleeding_disorder", "Prothrombin deficiency"),
        ("bleeding_disorder", "Hermansky-Pudlak syndrome"),
        ("bleeding_disorder", "Bleeds a lot after dental extraction"),
        ("kidney_disease", "Alport syndrome"),
        ("kidney_disease", "Low clearance clinic"),
        ("nitrous_oxide", "Volatile substance abuse"),
        ("haemolysis", "Cold agglutinin disease"),
        ("haemolysis", "Pyruvate kinase deficiency"),
        ("haemolysis", "Elliptocytosis"),
        ("raises_b12", "Carcinomatosis"),
        ("raises_b12", "Stage IV breast cancer"),
        ("raises_b12", "Portal hypertension"),
    ],
)
def test_rarer_names_of_what_decides_are_asked_about(fact: str, text: str) -> None:
    assert getattr(scenario_of(worded(text)), fact).because is Because.HINT


def test_a_treatment_said_of_a_diagnosis_is_asked_about() -> None:
    scenario = scenario_of(worded("PA - on 3 monthly B12"))
    assert scenario.hints_at(HintAt.B12_TREATMENT)[0].words == "PA - on 3 monthly B12"


@pytest.mark.parametrize(
    "text",
    [
        "Dysaesthesia",
        "Sensory disturbance",
        "Reduced proprioception",
        "Loss of position sense",
        "Absent ankle jerks",
        "Glove and stocking",
        "Clumsy hands",
        "Can't feel feet",
        "Extensor plantars",
        "SCD of cord",
        "Stikninger i fødderne",
    ],
)
def test_signs_of_the_nerves_in_other_words_are_asked_about(text: str) -> None:
    scenario = scenario_of(worded(text))
    assert scenario.hints_at(HintAt.NEUROLOGY)[0].words == text


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Terminal ileitis", HintAt.CAUSE),
        ("SIBO", HintAt.CAUSE),
        ("Fish tapeworm", HintAt.CAUSE),
        ("Intrinsic factor antibody positive", HintAt.CAUSE),
        ("Whipple's procedure", HintAt.GASTRIC_SURGERY),
        ("Stomach stapling", HintAt.BARIATRIC_SURGERY),
        ("Expecting baby", HintAt.PREGNANCY),
    ],
)
def test_causes_in_other_words_are_asked_about(text: str, at: HintAt) -> None:
    assert at in [hint.at for hint in scenario_of(worded(text)).hints]


@pytest.mark.parametrize("text", ["Intrinsic factor antibody negative", "Whipple's disease"])
def test_what_only_looks_like_one_is_no_hint_at_surgery_or_antibodies(text: str) -> None:
    hints = scenario_of(worded(text)).hints
    assert not [hint for hint in hints if hint.at in (HintAt.CAUSE, HintAt.GASTRIC_SURGERY)]


def test_whatever_words_show_is_asked_about_somewhere() -> None:
    with (TERMINOLOGY / "words.csv").open(encoding="utf-8", newline="") as file:
        shown = {
            Concept(row["concept"])
            for row in csv.DictReader(file)
            if row["kind"] == "shows" and row["role"] != "exclude"
        }
    assert len(shown) > 20
    assert shown <= set(HINTS)


def test_a_note_in_brackets_takes_nothing_from_a_diagnosis_unless_it_denies_it() -> None:
    noted = scenario_of(worded("Pernicious anaemia (PA)"))
    assert [found.cause for found in noted.causes] == [Cause.PERNICIOUS_ANAEMIA]
    assert scenario_of(worded("Leber hereditary optic neuropathy (11778)")).lebers.is_true
    for text in ("Gastric bypass (reversed 2018)", "Vegan (until 2019)"):
        scenario = scenario_of(worded(text))
        assert scenario.causes == ()
        assert scenario.hints


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12 deficiency (non anemic)",
        "B12 deficiency without anaemia",
        "Addison anaemia",
        "Pernisiøs anemi",
        "Kobalaminmangel",
    ],
)
def test_deficiency_as_it_is_plainly_called_counts(text: str) -> None:
    """Its first is how American problem lists call it: "non" denies the anaemia."""
    assert scenario_of(worded(text)).deficiency_diagnosis.is_true


@pytest.mark.parametrize("text", ["Deficiency, vitamin B12", "B12 or folate deficiency"])
def test_deficiency_called_in_another_order_is_asked_about(text: str) -> None:
    assert [hint.at for hint in scenario_of(worded(text)).hints] == [HintAt.DEFICIENCY]


@pytest.mark.parametrize("text", ["Folate deficiency", "Iron deficiency without anaemia"])
def test_a_deficiency_of_something_else_is_no_bleeding_disorder(text: str) -> None:
    scenario = scenario_of(worded(text))
    assert scenario.hints == ()
    assert scenario.bleeding_disorder.is_false
