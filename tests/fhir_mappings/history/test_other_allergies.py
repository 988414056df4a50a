"""Allergies in other shapes, brands and languages: what may be vitamin B12 is never a known "no"
(F21, Q27, Q28).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import Allergen, Because, HintAt, Truth
from tests.fhir_mappings.records import SNOMED, allergy, concept, condition, scenario_of

DRUG_ALLERGY = concept(SNOMED, "416098002", "Drug allergy")
DEGRADED = concept(SNOMED, "196461000000101", "Transfer-degraded drug allergy")
COLLAPSED = [{"description": "Collapsed after hydroxocobalamin injection"}]


def allergic(text: str, **changes: Any) -> dict[str, Any]:
    return allergy("", code={"text": text}, **changes)


@pytest.mark.parametrize("code", [{}, DRUG_ALLERGY, DEGRADED], ids=["words", "type", "degraded"])
@pytest.mark.parametrize(
    "text",
    [
        "NeoCytamen",
        "NEO-CYTAMEN 1000",
        "CobalinH",
        "Behepan",
        "Hydroxocobalaminacetat",
        "Cianocobalamina",
        "Optovite",
        "Vitamina B12",
        "Vit. B-12",
        "Methylcobalamin",
        "Adverse reaction to vitamin B12 injection",
        "Allergie à la vitamine B12",
    ],
)
def test_a_name_of_vitamin_b12_counts_in_any_spelling(text: str, code: dict[str, Any]) -> None:
    scenario = scenario_of(allergy("", code={**code, "text": text}))
    assert scenario.allergy_fact.is_true
    assert scenario.allergies[0].severe is Truth.UNKNOWN


@pytest.mark.parametrize(
    "text",
    ["Novobedouze", "Cobamin", "Neurobion", "Berocca", "Vitamin injection", "unknown drug"],
)
def test_a_name_that_may_be_vitamin_b12_is_a_hint(text: str) -> None:
    scenario = scenario_of(allergic(text))
    assert (scenario.allergy_fact.truth, scenario.allergy_fact.because) == (
        Truth.UNKNOWN,
        Because.HINT,
    )
    assert scenario.hints_at(HintAt.ALLERGY)[0].words == text


@pytest.mark.parametrize(
    "text",
    [
        "Kobalt",
        "Kobaltallergie",
        "Cobalto",
        "Kobaltallergi",
        "Kobolt",
        "Koboltklorid",
        "Patch test: cobalt positive",
    ],
)
def test_cobalt_in_other_languages_is_no_known_no(text: str) -> None:
    scenario = scenario_of(allergic(text))
    assert not scenario.allergy_fact.is_false


@pytest.mark.parametrize(
    ("text", "excipient"),
    [
        ("Parabens", Allergen.PARABENS),
        ("methyl hydroxybenzoate", Allergen.PARABENS),
        ("Benzylalkohol", Allergen.BENZYL_ALCOHOL),
        ("Alcool benzylique", Allergen.BENZYL_ALCOHOL),
        ("PEG", Allergen.MACROGOL),
        ("Macrogol", Allergen.MACROGOL),
    ],
)
def test_excipients_count_in_other_names(text: str, excipient: Allergen) -> None:
    (found,) = scenario_of(allergic(text)).allergies
    assert found.allergen is excipient


def test_a_reaction_described_in_words_is_a_hint() -> None:
    fact = scenario_of(allergy("", code=DRUG_ALLERGY, reaction=COLLAPSED)).allergy_fact
    assert (fact.truth, fact.because) == (Truth.UNKNOWN, Because.HINT)
    assert "Collapsed after hydroxocobalamin" in fact.reason


@pytest.mark.parametrize(
    "text",
    [
        "Keine bekannten Allergien",
        "Pas d'allergie connue",
        "Sin alergias conocidas",
        "Nessuna allergia nota",
        "Geen bekende allergieën",
        "Inga kända allergier",
        "Ingen kendte allergier",
        "Sem alergias conhecidas",
    ],
)
def test_none_known_in_so_many_words_is_understood_in_every_language(text: str) -> None:
    assert scenario_of(allergic(text)).allergy_fact.is_false


@pytest.mark.parametrize(
    "text",
    [
        "Alergia a hidroxocobalamina",
        "Overgevoelig voor hydroxocobalamine",
        "Allergia a idrossocobalamina",
        "Neo-Cytamen allergy",
    ],
)
def test_an_allergy_in_the_problem_list_counts_in_other_languages(text: str) -> None:
    assert scenario_of(condition("", code={"text": text})).allergy_fact.is_true


@pytest.mark.parametrize("text", ["Rash after hydroxocobalamin", "Collapse after B12 injection"])
def test_a_reaction_in_the_problem_list_is_a_hint(text: str) -> None:
    scenario = scenario_of(condition("", code={"text": text}))
    assert scenario.allergy_fact.because is Because.HINT


def test_a_rash_alone_points_at_no_allergy() -> None:
    assert scenario_of(condition("", code={"text": "Rash after penicillin"})).allergy_fact.is_false


@pytest.mark.parametrize("text", ["Metals", "Metal jewellery", "Métaux"])
def test_a_metal_without_a_name_may_be_cobalt(text: str) -> None:
    assert scenario_of(allergic(text)).allergy_fact.is_unknown


@pytest.mark.parametrize(
    "text",
    ["Ibuprofen 400mg tablets", "Amoxicillin 500mg capsules", "Not known to have allergies"],
)
def test_a_strength_or_a_form_beside_a_known_name_leaves_nothing_open(text: str) -> None:
    assert scenario_of(allergic(text)).allergy_fact.is_false


NO_KNOWN_DRUG_ALLERGY = concept(SNOMED, "409137002", "No known drug allergy (situation)")


@pytest.mark.parametrize(
    "code",
    [
        NO_KNOWN_DRUG_ALLERGY,
        concept(SNOMED, "409137002", "No known history of drug allergy"),
        concept(SNOMED, "716186003", "No known allergy (situation)"),
        {"text": "No known drug allergies (situation)"},
        {"text": "No known active allergies"},
        {"text": "Patient denies allergies"},
        {"text": "Seasonal allergy"},
        {"text": "Environmental allergies"},
    ],
)
def test_no_known_allergy_is_none_with_the_tag_of_its_code_system_too(code: dict[str, Any]) -> None:
    scenario = scenario_of(allergy("", code=code))
    assert scenario.allergy_fact.is_false
    assert not scenario.hints


@pytest.mark.parametrize(
    "text",
    [
        "No known drug allergies (except vitamin B12)",
        "Seasonal B12 injection reaction",
        "Allergies not on file",
    ],
)
def test_what_only_begins_so_is_not_none(text: str) -> None:
    assert not scenario_of(allergic(text)).allergy_fact.is_false


DENIED_OR_DOUBTED = [
    "Nie allergisch auf {}",
    "Allergie auf {} ausgeschlossen",
    "Fragliche Allergie gegen {}",
    "Tochter: Allergie gegen {}",
    "Aucune allergie à {}",
    "Jamais de réaction à {}",
    "Allergie à {} exclue",
    "Allergie possible à {}",
    "Mère allergique à {}",
    "Ninguna alergia a {}",
    "Niega alergia a {}",
    "Alergia a {} descartada",
    "Posible alergia a {}",
    "Madre alérgica a {}",
    "Nessuna allergia a {}",
    "Nega allergia a {}",
    "Allergia a {} esclusa",
    "Possibile allergia a {}",
    "Madre allergica a {}",
    "Nenhuma alergia a {}",
    "Alergia a {} excluída",
    "Possível alergia a {}",
    "Mãe alérgica a {}",
    "Nooit allergisch voor {}",
    "Allergie voor {} uitgesloten",
    "Mogelijke allergie voor {}",
    "Moeder allergisch voor {}",
    "Inga reaktioner på {}",
    "Ej allergisk mot {}",
    "Allergi mot {} utesluten",
    "Misstänkt allergi mot {}",
    "Moder allergisk mot {}",
    "Aldrig allergisk over for {}",
    "Allergi over for {} udelukket",
    "Mulig allergi over for {}",
    "Mor allergisk over for {}",
    "Aldri allergisk mot {}",
    "Allergi mot {} utelukket",
    "Mor allergisk mot {}",
    "Previously thought allergic to {}",
    "{} (delabelled)",
]
SAID_OUTRIGHT = [
    "Allergie auf {}",
    "Allergie à {}",
    "Alergia a {}",
    "Allergia a {}",
    "Allergie voor {}",
    "Allergi mot {}",
    "Allergi over for {}",
    "{} allergy",
]


@pytest.mark.parametrize("make", [allergy, condition])
@pytest.mark.parametrize("name", ["Hydroxocobalamin", "Vitamin B12"])
def test_an_allergy_denied_or_doubted_in_the_language_of_the_record_is_none_Q27(
    name: str, make: Any
) -> None:
    """They had been "severe reaction recorded", and the right injections were forbidden."""
    for text in DENIED_OR_DOUBTED:
        scenario = scenario_of(make("", code={"text": text.format(name)}))
        assert scenario.allergies == (), text
        assert not scenario.allergy_fact.is_true
    for text in SAID_OUTRIGHT:
        assert scenario_of(make("", code={"text": text.format(name)})).allergies, text


AFFIRMED_BESIDE_A_DENIAL = [
    "Anaphylaxis to {}. No other allergies",
    "Anaphylaxis to {}, no reaction to penicillin",
    "Anaphylaxis to {}, never rechallenged",
    "Anaphylaxis to {}, not to be given again",
    "{}: anaphylaxis 2019, resolved with adrenaline",
    "Family history of penicillin allergy; anaphylaxis to {}",
    "Anaphylaxie nach {}, keine anderen Allergien",
    "Anaphylaxie auf {}, nie wieder geben",
    "Choc anaphylactique à {}, aucune autre allergie",
    "Choc anaphylactique à {}, jamais réintroduite",
    "Anafilaxia a {}, nunca volver a administrar",
    "Anafilaxia a {}, ninguna otra alergia",
    "Anafilassi da {}, nessuna altra allergia",
    "Anafylaxie door {}, nooit meer geven",
    "Anafylaxi av {}, ej penicillin",
    "Anafylaxi av {}, skall ej ges",
    "Anafylaksi etter {}, aldri gi igjen",
    "Anafilaxia a {}, nunca mais",
    "Anaphylaxis to {}, reported by daughter",
    "Mother reports anaphylaxis to {} in childhood",
    "Anaphylaxis to {}, witnessed by son; family informed",
    "Laut Tochter Anaphylaxie auf {}",
    "Selon sa fille, choc anaphylactique à {}",
    "Anafilaxia a {} según su hija",
    "Anafilassi da {}, riferisce la figlia",
    "Anafylaxie door {} volgens dochter",
    "Anaphylaxis to {} (Dr Inga Pai)",
    "Anaphylaxis to {}; patient education given",
]


@pytest.mark.parametrize("make", [allergy, condition])
@pytest.mark.parametrize("name", ["Hydroxocobalamin", "Vitamin B12"])
def test_a_denial_of_something_else_takes_no_severe_reaction_back_Q27_I16(
    name: str, make: Any
) -> None:
    """They were hints, beside which injections of the same were offered."""
    for text in AFFIRMED_BESIDE_A_DENIAL:
        found = scenario_of(make("", code={"text": text.format(name)})).allergies
        assert [one.severe for one in found] == [Truth.TRUE], text


@pytest.mark.parametrize(
    ("text", "allergen"),
    [
        ("Allergic to hydroxocobalamin, not cyanocobalamin", Allergen.HYDROXOCOBALAMIN),
        ("Cyanocobalamin excluded; hydroxocobalamin allergy", Allergen.HYDROXOCOBALAMIN),
        ("Rash with hydroxocobalamin, not anaphylaxis", Allergen.HYDROXOCOBALAMIN),
        ("No known allergies except hydroxocobalamin", Allergen.HYDROXOCOBALAMIN),
        ("Cobalt allergy, no reaction to nickel", Allergen.COBALT),
        ("Tål ej B12", Allergen.UNSPECIFIED_B12),
        ("Verdraagt B12 slecht", Allergen.UNSPECIFIED_B12),
        ("Ne tolère plus la vitamine B12", Allergen.UNSPECIFIED_B12),
    ],
)
def test_what_else_a_denial_does_not_deny_Q27(text: str, allergen: Allergen) -> None:
    (found,) = scenario_of(allergic(text)).allergies
    assert (found.allergen, found.severe) == (allergen, Truth.UNKNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "Hydroxocobalamin, no allergy",
        "Penicillin rash, no allergy to vitamin B12",
        "Not allergic to hydroxocobalamin, allergic to penicillin",
        "No reaction when hydroxocobalamin given",
        "No anaphylaxis to vitamin B12",
        "No GI upset with vitamin B12",
        "Nicht mehr allergisch auf Vitamin B12",
        "B12 injection, not allergic to B12",
        "Possible cyanocobalamin, definite hydroxocobalamin",
        "Vitamin B12 excluded, penicillin confirmed",
        "No allergy to B12 per daughter",
        "Daughter reports no allergy to B12",
        "Dr Smith says no allergy to B12",
        "Mother: anaphylaxis to hydroxocobalamin",
        "Family history: anaphylaxis to B12",
    ],
)
def test_a_denial_of_this_one_or_a_doubt_of_ours_stays_a_hint_Q27(text: str) -> None:
    scenario = scenario_of(allergic(text))
    assert scenario.allergies == ()
    assert scenario.allergy_fact.because is Because.HINT


RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@pytest.mark.parametrize(
    "coding",
    [
        {"system": RXNORM, "code": "11248", "display": "vitamin B 12"},
        {"system": RXNORM, "code": "11248"},
    ],
)
def test_an_allergy_called_vitamin_b12_by_its_code_is_to_a_form_that_nobody_knows(
    coding: dict[str, Any],
) -> None:
    """RxNorm calls cyanocobalamin "vitamin B12"; by its words the same entry was to any form."""
    scenario = scenario_of(allergy("", code={"coding": [coding]}))
    named = {one.allergen for one in scenario.allergies}
    assert named == {Allergen.CYANOCOBALAMIN, Allergen.UNSPECIFIED_B12}


@pytest.mark.parametrize("display", ["cyanocobalamin", "Cyanocobalamin (vitamin B12)"])
def test_an_allergy_called_cyanocobalamin_is_to_that(display: str) -> None:
    coding = {"system": RXNORM, "code": "11248", "display": display}
    scenario = scenario_of(allergy("", code={"coding": [coding]}))
    assert [one.allergen for one in scenario.allergies] == [Allergen.CYANOCOBALAMIN]
