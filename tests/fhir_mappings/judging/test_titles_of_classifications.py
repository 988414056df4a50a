"""Titles of national classifications that share words with what counts and say another thing
(Q27).
"""

from __future__ import annotations

import pytest

from recommender.language import HintAt, NeurologicalSign
from tests.fhir_mappings.noise import as_resource, map_words, open_facts
from tests.fhir_mappings.records import concept, condition, scenario_of

GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"


@pytest.mark.parametrize(
    "text",
    [
        "Instabilité du genou",
        "Instabilité chronique de la cheville",
        "Inestabilidad de la rodilla",
        "Instabilità della spalla",
        "Spondilosi lombare senza mielopatia",
        "Spondylose uten myelopati",
        "Diskusprolaps uden myelopati",
        "Cervicalgie sans myélopathie",
        "Electrolyte imbalance",
        "Tab af følelsesmæssig kontakt",
    ],
)
def test_what_is_no_nerve_sign_is_not_asked_about(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints_at(HintAt.NEUROLOGY)


@pytest.mark.parametrize("text", ["", "Optic atrophy", "Optikusatrophie"])
def test_optic_atrophy_in_the_classification_may_be_lebers_whatever_its_title(text: str) -> None:
    """Its words name a sign of the nerves; the code holds Leber's disease too."""
    scenario = scenario_of(condition("H47.2", GM, code=concept(GM, "H47.2", text=text)))
    assert scenario.lebers.is_unknown
    assert HintAt.LEBERS in {hint.at for hint in scenario.hints} or not text
    assert [finding.sign for finding in scenario.neurological_findings] == [
        NeurologicalSign.OPTIC_NEUROPATHY
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Neurological symptoms",
        "Neuro deficit",
        "B12 deficiency with neurological involvement",
        "Neurologische Ausfälle",
        "Neurologisches Defizit",
        "Troubles neurologiques",
        "Alteraciones neurológicas",
        "Sintomas neurológicos",
        "Manifestazioni neurologiche",
        "Neurologische klachten",
        "Neurologiska symtom",
        "Neurologiske udfald",
        "Nevrologiske symptomer",
    ],
)
def test_signs_of_the_nerves_by_no_other_name_are_asked_about(text: str) -> None:
    assert map_words(as_resource("problem", text)).hints_at(HintAt.NEUROLOGY)


@pytest.mark.parametrize("text", ["Antepartum haemorrhage", "Threatened miscarriage"])
def test_what_only_the_pregnant_have_is_asked_about(text: str) -> None:
    assert map_words(as_resource("problem", text)).hints_at(HintAt.PREGNANCY)


@pytest.mark.parametrize(
    "text",
    [
        "Miscarriage in first trimester",
        "Second trimester abortion",
        "Aborto en el primer trimestre",
        "Fausse couche du premier trimestre",
        "Aborto nel primo trimestre",
    ],
)
def test_a_pregnancy_that_ended_in_a_trimester_is_none(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints_at(HintAt.PREGNANCY)


@pytest.mark.parametrize("text", ["Instabilité à la marche", "Inestabilidad al caminar"])
def test_instability_in_walking_still_is(text: str) -> None:
    assert map_words(as_resource("problem", text)).hints_at(HintAt.NEUROLOGY)


@pytest.mark.parametrize(
    "text",
    [
        "Lactose malabsorption",
        "Malassorbimento di lattosio",
        "Malabsorption af jern",
        "Celiac artery compression syndrome",
        "Traumatismo del tronco celiaco",
    ],
)
def test_malabsorption_of_another_thing_is_no_reason_for_vitamin_b12(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints_at(HintAt.CAUSE)


@pytest.mark.parametrize(
    "text",
    [
        "Déficit en facteur intrinsèque",
        "Deficiencia de factor intrínseco",
        "Deficiência de fator intrínseco",
        "Deficit di fattore intrinseco",
    ],
)
def test_a_lack_of_intrinsic_factor_is_no_bleeding_disorder(text: str) -> None:
    scenario = map_words(as_resource("problem", text))
    assert scenario.hints_at(HintAt.CAUSE)
    assert not scenario.hints_at(HintAt.BLEEDING_DISORDER)


@pytest.mark.parametrize("text", ["Perniziöse/Folsäuremangelanämie", "Anemi B12/folsyremangel"])
def test_two_names_of_things_that_share_words_leave_nothing_else_open(text: str) -> None:
    scenario = map_words(as_resource("problem", text))
    assert scenario.hints_at(HintAt.DEFICIENCY)
    assert scenario.lebers.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Venstresidig hemikolektomi",
        "Hemicolectomía izquierda",
        "Sleeve lobectomy",
        "Sleeve-resektion af bronkie",
        "Removal of tube from small intestine",
        "Excision of Stomach, Open Approach, Diagnostic",
        "Bypass Ileum to Cutaneous, Open Approach",
    ],
)
def test_an_operation_that_takes_no_part_of_these_is_not_asked_about(text: str) -> None:
    assert not map_words(as_resource("operation", text)).hints


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Akut mellanöreinflammation"),
        ("sv", "Sjukdom i andningsorganen"),
        ("no", "Luftveisinfeksjon øvre akutt"),
        ("no", "Fremmedlegeme i øyet"),
        ("da", "Betændelse i livmoderhalsen"),
        ("da", "Kontaktdermatitis UNS"),
        ("fr", "Luxation de l'épaule"),
        ("fr", "Affections du col de l'utérus"),
        ("it", "Lussazione della spalla"),
        ("it", "Traumatismo superficiale del polso"),
        ("de", "Kurzatmigkeit"),
        ("de", "Luxation des Handgelenkes"),
        ("es", "Trastornos de la articulación del hombro"),
        ("es", "Úlceras bucales"),
        ("pt", "Luxação da articulação do ombro"),
        ("pt", "Tosse persistente"),
    ],
)
def test_everyday_titles_leave_nothing_open_where_their_language_is_stated(
    language: str, text: str
) -> None:
    assert not open_facts(map_words(as_resource("problem", text), spoken=(language,)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "Doenças renais"),
        ("pt", "Outros transtornos do rim"),
        ("pt", "Ausência adquirida do rim"),
        ("fr", "Autres affections du rein"),
        ("de", "Künstliche Niere"),
        ("de", "Lebererkrankung, nicht näher bezeichnet"),
        ("es", "Trastornos del hígado"),
        ("da", "Leversygdom UNS"),
        ("it", "Cecità di entrambi gli occhi"),
        ("pt", "Outras afecções hemorrágicas especificadas"),
        ("sv", "Hemorragisk sjukdom"),
        ("no", "Nedsatt syn"),
        ("it", "Esposizione a gas"),
        ("es", "Ablación de una parte del cuerpo de 30 cm"),
    ],
)
def test_what_may_be_one_of_the_facts_leaves_it_open_all_the_same(language: str, text: str) -> None:
    assert open_facts(map_words(as_resource("problem", text), spoken=(language,)))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Blood disorder NOS"),
        ("en", "Neurological disease"),
        ("de", "Erkrankung des Blutes"),
        ("fr", "Maladie du sang"),
        ("es", "Enfermedad neurológica"),
        ("da", "Blodsygdom"),
        ("no", "Sykdom i blodsystemet"),
    ],
)
def test_a_disease_of_blood_or_nerves_that_is_not_named_leaves_them_open(
    language: str, text: str
) -> None:
    assert open_facts(map_words(as_resource("problem", text), spoken=(language,)))


@pytest.mark.parametrize("text", ["Blood pressure problem", "Disease of blood vessels"])
def test_a_disease_of_what_blood_runs_in_leaves_nothing_open(text: str) -> None:
    assert not open_facts(map_words(as_resource("problem", text), spoken=("en",)))


@pytest.mark.parametrize(
    "text",
    [
        "MRC Breathlessness Scale: grade 3",
        "Medical Research Council (MRC) dyspnoea scale grade 2",
        "Small bowel obstruction, s/p LOA 2019",
        "Lysis of adhesions (LOA)",
        "Colecistectomía dic 2019",
        "Frattura femore 12 dic 2018",
        "Bor i eget hus",
        "Faldet i hus",
    ],
)
def test_a_short_name_that_means_another_thing_points_at_nothing(text: str) -> None:
    assert not map_words(as_resource("problem", text)).hints


@pytest.mark.parametrize("text", ["MRC stade 3b", "HUS", "Atypical HUS 2015", "DIC", "Acute DIC"])
def test_a_short_name_of_a_disease_still_does(text: str) -> None:
    assert map_words(as_resource("problem", text)).hints
