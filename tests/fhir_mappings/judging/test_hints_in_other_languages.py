"""Words that point at one fact say nothing of the others where the rest of the text is not
understood (Q26).
"""

from __future__ import annotations

import pytest

from recommender.language import HintAt
from tests.fhir_mappings.records import condition, procedure, scenario_of


@pytest.mark.parametrize(
    "text",
    ["opticusneuropathie zwiebel", "DOA / LHON", "Hémophilie grisou", "MDS thrombocytopenia"],
)
def test_the_rest_of_the_text_leaves_the_list_open(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.hints
    assert scenario.nitrous_oxide.is_unknown
    assert scenario.dialysis.is_unknown


@pytest.mark.parametrize(
    "text",
    [
        "Niereninsuffizienz Stadium III",
        "terminale Niereninsuffizienz",
        "Morbus Leber",
        "LHON - Leber hereditary optic neuropathy",
        "Numbness of both feet",
        "Hémophilie mineure",
    ],
)
def test_a_text_that_says_no_more_is_understood(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.hints
    assert scenario.nitrous_oxide.is_false


def test_a_note_that_points_at_something_does_not_explain_the_name_of_the_entry() -> None:
    scenario = scenario_of(condition("", code={"text": "高血圧"}, note=[{"text": "numb feet"}]))
    assert [hint.at for hint in scenario.hints] == [HintAt.NEUROLOGY]
    assert scenario.lebers.is_unknown


@pytest.mark.parametrize("text", ["Leberse opticusneuropathie", "m.11778G>A mutation"])
def test_lebers_in_further_wordings_is_a_hint(text: str) -> None:
    fact = scenario_of(condition("", code={"text": text})).lebers
    assert fact.is_unknown
    assert "not read" in fact.reason


@pytest.mark.parametrize(
    "text",
    [
        "B12-vitaminmangel",
        "Vitaminb12mangel",
        "B12-vitaminbrist",
        "Mangel på vitamin B12",
        "Défice de vitamina B12",
        "Carencia de B12",
    ],
)
def test_the_deficiency_in_further_wordings(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).deficiency_diagnosis.is_true


@pytest.mark.parametrize("text", ["Von Willebrand disease, type I", "Willebrand-Syndrom Typ 1"])
def test_a_type_in_roman_numbers_stands_around_a_name(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).bleeding_disorder.is_true


ASKED_ABOUT = {
    HintAt.RAISES_B12: (
        "Virushepatitis B",
        "Leberzellkarzinom",
        "Akutes Leberversagen",
        "Cancer du foie",
        "Insuffisance hépatique aiguë",
        "Hépatite B",
        "Cáncer de hígado",
        "Policitemia vera",
        "Hepatitis viral aguda",
        "Câncer de fígado",
        "Falência hepática",
        "Tumore del fegato",
        "Insufficienza epatica acuta",
        "Leverkanker",
        "Levercancer",
        "Leverkræft",
        "Leversvikt",
        "Malignant neoplasm of liver",
        "Acute liver failure",
    ),
    HintAt.HAEMOLYSIS: (
        "Anämie durch Enzymdefekt",
        "Hereditäre Elliptozytose",
        "Nächtliche Hämoglobinurie",
        "Hémoglobinopathie",
        "Déficit en G6PD",
        "Anemia por deficiencia enzimática",
        "Trastorno falciforme",
        "Eliptocitosis",
        "Anemia por distúrbio enzimático",
        "Eliptocitose hereditária",
        "Ellissocitosi",
        "Hemoglobinopati",
    ),
    HintAt.BLEEDING_DISORDER: (
        "Thrombozytopenische Purpura",
        "Purpura thrombopénique",
        "Púrpura trombocitopénica",
        "Afección hemorrágica",
        "Afecção hemorrágica",
        "Diatesi emorragica",
        "Piastrinopenia",
    ),
    HintAt.NITROUS_OXIDE: (
        "Missbrauch flüchtiger Lösungsmittel",
        "Vergiftung durch Stickoxid",
        "Uso de disolventes volátiles",
        "Uso de solventes voláteis",
        "Usage de solvants volatils",
    ),
    HintAt.NEUROLOGY: (
        "Amnesie",
        "Episodes of amnesia",
        "Trastorno cognoscitivo leve",
        "Transtorno cognitivo leve",
        "Störung des Ganges",
        "Trastorno de la marcha",
        "Distúrbio da coordenação",
        "Anestesia cutânea",
        "Anästhesie der Haut",
        "Alteración de la sensibilidad cutánea",
    ),
    HintAt.KIDNEY_DISEASE: (
        "Diabetes mit Nierenkomplikationen",
        "Diabetes com complicações renais",
        "Diabetes con complicaciones renales",
        "Enfermedad cardiorrenal",
    ),
    HintAt.DIALYSIS: (
        "Performance of Urinary Filtration, Intermittent, Less than 6 Hours Per Day",
        "Continuous renal replacement therapy",
    ),
    HintAt.CAUSE: (
        "Syndrom der blinden Schlinge",
        "Síndrome del asa ciega",
        "Síndrome da alça cega",
        "Difilobotríase",
    ),
    HintAt.PREGNANCY: ("Gestational diabetes", "Gestationsdiabetes", "Diabetes gestacional"),
}


@pytest.mark.parametrize("at", ASKED_ABOUT, ids=lambda at: at.name)
def test_what_the_classification_of_diseases_counts_is_asked_about_in_other_languages(
    at: HintAt,
) -> None:
    silent = [
        text
        for text in ASKED_ABOUT[at]
        if at not in [hint.at for hint in scenario_of(condition("", code={"text": text})).hints]
    ]
    assert silent == []


def test_an_irritable_bowel_in_dutch_is_no_nerve_sign() -> None:
    assert scenario_of(condition("", code={"text": "Prikkelbare darm"})).hints == ()


@pytest.mark.parametrize(
    "text",
    [
        "Katzenallergie",
        "Hausstaubmilbenallergie",
        "Huisstofmijtallergie",
        "Pollenallergi",
        "Græsallergi",
        "Allergie saisonnière",
        "Alergia estacional",
    ],
)
def test_an_allergy_to_the_surroundings_joined_to_its_cause_leaves_nothing_open(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).allergy_fact.is_false


@pytest.mark.parametrize(
    "text",
    ["B12-Allergie", "Cobalaminallergie", "Koboltallergi", "Vitaminallergie", "Metallallergie"],
)
def test_an_allergy_joined_to_what_may_be_vitamin_b12_is_not_passed_over(text: str) -> None:
    assert not scenario_of(condition("", code={"text": text})).allergy_fact.is_false


@pytest.mark.parametrize("text", ["Gastrectomy 2010", "Total gastrectomy in 2010", "Gastrektomie"])
def test_an_operation_is_read_with_its_year_and_in_german(text: str) -> None:
    assert len(scenario_of(procedure("", code={"text": text})).causes) == 1


@pytest.mark.parametrize("text", ["Right hemicolectomy", "Hémicolectomie droite"])
def test_a_right_hemicolectomy_is_asked_about(text: str) -> None:
    scenario = scenario_of(procedure("", code={"text": text}))
    assert HintAt.ILEAL_SURGERY in [hint.at for hint in scenario.hints]


@pytest.mark.parametrize("text", ["GI bleeding", "Nose bleeds", "Postmenopausal bleeding"])
def test_a_bleeding_that_is_no_disorder_leaves_nothing_open(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.bleeding_disorder.is_false
    assert scenario.lebers.is_false


@pytest.mark.parametrize("text", ["Easy bruising", "Bleeds easily", "Low platelets"])
def test_what_may_be_a_bleeding_disorder_is_a_hint_at_it_alone(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.bleeding_disorder.is_unknown
    assert scenario.lebers.is_false


@pytest.mark.parametrize("system", [{"system": "http://hl7.org/fhir/sid/icd-10"}, {}])
def test_a_denied_wording_is_understood_with_and_without_the_system_beside_it(
    system: dict[str, str],
) -> None:
    coding = {**system, "code": "R69", "display": "Unspecified morbidity"}
    known = scenario_of(condition("", code={"coding": [coding], "text": "Glossite excluded"}))
    assert known.lebers.is_false
    foreign = {"coding": [coding], "text": "Glossite zwiebel"}
    assert scenario_of(condition("", code=foreign)).lebers.is_unknown


@pytest.mark.parametrize("unseen", "\u00ad\u200c\u200d\u200e\u200f\u2060\ufeff")
@pytest.mark.parametrize("text", ["Leb|er's optic atrophy", "Hämo|philie A"])
def test_a_sign_that_nobody_sees_is_no_end_of_a_word(text: str, unseen: str) -> None:
    """A soft hyphen stands where a word may be parted at the end of a line; joiners and marks of
    direction come with texts that were copied.
    """
    text = text.replace("|", unseen)
    scenario = scenario_of(condition("", code={"text": text}))
    asked = scenario.lebers if text.startswith("L") else scenario.bleeding_disorder
    assert not asked.is_false


@pytest.mark.parametrize("signed", ["Dr Mor", "Dr. Inga Pai", "Prof. Nie", "R. Sohn", "Moder, E."])
def test_who_signed_an_entry_neither_denies_it_nor_is_a_relative_Q27(signed: str) -> None:
    scenario = scenario_of(condition("", code={"text": f"Haemophilia A ({signed})"}))
    assert scenario.bleeding_disorder.is_true


@pytest.mark.parametrize(
    "text",
    [
        "Haemophilia A (Mutter)",
        "Haemophilia A (Sohn)",
        "Dr Smith No Haemophilia A",
        "Mor: haemophilia A",
        "Haemophilia A (Not Confirmed)",
    ],
)
def test_a_relative_or_a_denial_beside_it_still_does_Q27(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert not scenario.bleeding_disorder.is_true


@pytest.mark.parametrize(
    "text",
    [
        "Folate deficiency",
        "Folic acid deficiency anaemia",
        "Folsäuremangel",
        "Folsäuremangelanämie",
        "Carence en folates",
        "Déficit de ácido fólico",
        "Carenza di folati",
        "Foliumzuurtekort",
        "Folatbrist",
        "Deficiência de ácido fólico",
        "Fiber deficiency",
    ],
)
def test_a_lack_of_folate_is_no_bleeding_disorder_and_leaves_nothing_open(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.bleeding_disorder.is_false
    assert scenario.lebers.is_false
    assert scenario.deficiency_diagnosis.is_unknown


@pytest.mark.parametrize("text", ["F8 deficiency", "Factor XI deficiency", "Factor VIII inhibitor"])
def test_a_lack_of_a_clotting_factor_is_not_passed_over(text: str) -> None:
    assert not scenario_of(condition("", code={"text": text})).bleeding_disorder.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12 and folate deficiency",
        "B12 & folate deficiency",
        "B12/folate deficiency",
        "Folate and vitamin B12 deficiency anaemia",
        "B12 and iron deficiency",
        "Vitamin-B12- und Folsäuremangelanämie",
        "Carence en vitamine B12 et en folates",
        "Déficit de vitamina B12 y ácido fólico",
        "Carenza di vitamina B12 e folati",
        "Vitamine B12- en foliumzuurtekort",
        "B12- och folatbrist",
        "Deficiência de vitamina B12 e ácido fólico",
    ],
)
def test_a_lack_of_vitamin_b12_and_another_is_one_of_vitamin_b12(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).deficiency_diagnosis.is_true


@pytest.mark.parametrize(
    "text",
    ["B12 or folate deficiency", "B12, iron and folate deficiency", "No B12 and folate lack"],
)
def test_a_lack_of_one_or_the_other_is_not_said_to_be_that_of_vitamin_b12(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).deficiency_diagnosis.is_unknown


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Combined degeneration of cord", HintAt.NEUROLOGY),
        ("Megaloblastic anaemia", HintAt.DEFICIENCY),
        ("Megaloblastäre Anämie", HintAt.DEFICIENCY),
        ("Imerslund-Gräsbeck syndrome", HintAt.DEFICIENCY),
        ("Transcobalamin II deficiency", HintAt.DEFICIENCY),
        ("Methylmalonic acidaemia", HintAt.DEFICIENCY),
        ("Positive gastric parietal cell antibodies", HintAt.CAUSE),
        ("IF antibodies positive", HintAt.CAUSE),
        ("Intrinsic-Faktor-Antikörper positiv", HintAt.CAUSE),
        ("Anticorps anti-facteur intrinsèque positifs", HintAt.CAUSE),
        ("Malnutrition", HintAt.CAUSE),
        ("Anorexia nervosa", HintAt.CAUSE),
        ("Ondervoeding", HintAt.CAUSE),
        ("Denutrition sévère", HintAt.CAUSE),
    ],
)
def test_what_may_be_a_reason_for_b12_is_asked_about_b17(text: str, at: HintAt) -> None:
    hints = {hint.at for hint in scenario_of(condition("", code={"text": text})).hints}
    assert at in hints


@pytest.mark.parametrize("text", ["Parietal cell antibodies negative", "Nutrition", "Alcohol use"])
def test_what_is_none_is_not(text: str) -> None:
    hints = {hint.at for hint in scenario_of(condition("", code={"text": text})).hints}
    assert hints.isdisjoint({HintAt.CAUSE, HintAt.DEFICIENCY})


@pytest.mark.parametrize(("days", "asked"), [(20, True), (900, False)])
def test_nitrous_oxide_of_a_procedure_is_asked_about_for_a_year_F13(days: int, asked: bool) -> None:
    done = procedure("", days=days, code={"text": "Extraction under nitrous oxide sedation"})
    hints = {hint.at for hint in scenario_of(done).hints}
    assert (HintAt.NITROUS_OXIDE in hints) is asked
