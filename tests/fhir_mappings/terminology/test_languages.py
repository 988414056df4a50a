"""The language of a record: words of a language with a list are understood where the site, the
patient or the entry states it, and what decides safety is looked for in every language (Q26).
"""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import LANGUAGES, SiteCodes, load_value_sets
from recommender.language import Because, ClinicalScenario
from tests.fhir_mappings.records import AS_OF, VALUE_SETS, condition, patient, record_of

ORDINARY = {
    "de": ["Arterielle Hypertonie", "Diabetes mellitus Typ 2", "Chronische Rückenschmerzen"],
    "fr": ["Hypertension artérielle essentielle", "Lombalgie chronique", "Asthme allergique"],
    "es": ["Hipertensión arterial", "Diabetes mellitus tipo 2", "Dolor lumbar crónico de espalda"],
    "it": ["Ipertensione arteriosa", "Diabete mellito tipo 2", "Reflusso gastroesofageo"],
    "pt": ["Hipertensão arterial", "Diabetes mellitus tipo 2", "Dor crônica no joelho"],
    "nl": ["Hoge bloeddruk", "Diabetes mellitus type 2", "Chronische lage rugpijn"],
    "sv": ["Högt blodtryck", "Diabetes mellitus typ 2", "Kronisk smärta i rygg"],
    "da": ["Forhøjet blodtryk", "Diabetes mellitus type 2", "Kronisk smerte i ryg"],
    "no": ["Høyt blodtrykk", "Diabetes mellitus type 2", "Kronisk smerte i rygg"],
}
TAGS = {"de": "de-AT", "no": "nb", "pt": "pt-BR"}
CASES = [(language, text) for language, texts in ORDINARY.items() for text in texts]


def worded(text: str, **changes: Any) -> dict[str, Any]:
    return condition("", code={"text": text}, **changes)


def scenario_of_patient(*resources: dict[str, Any], **changes: Any) -> ClinicalScenario:
    return map_scenario(record_of([patient(**changes), *resources]), AS_OF, VALUE_SETS).scenario


def test_every_language_of_the_wordings_has_a_list() -> None:
    assert set(LANGUAGES) == {"en", *ORDINARY}


@pytest.mark.parametrize(("language", "text"), CASES)
def test_ordinary_words_are_understood_in_the_language_that_the_entry_states(
    language: str, text: str
) -> None:
    tag = TAGS.get(language, language)
    assert scenario_of_patient(worded(text, language=tag)).lebers.is_false


@pytest.mark.parametrize(("language", "text"), CASES)
def test_ordinary_words_are_understood_in_the_language_of_the_patient(
    language: str, text: str
) -> None:
    tag = TAGS.get(language, language)
    spoken = [{"language": {"coding": [{"code": tag}]}, "preferred": True}]
    assert scenario_of_patient(worded(text), language=tag).lebers.is_false
    assert scenario_of_patient(worded(text), communication=spoken).lebers.is_false


@pytest.mark.parametrize(("language", "text"), CASES)
def test_ordinary_words_are_understood_in_the_languages_of_the_site(
    language: str, text: str
) -> None:
    value_sets = load_value_sets(SiteCodes(languages=("en", language)))
    record = record_of([patient(), worded(text)])
    assert map_scenario(record, AS_OF, value_sets).scenario.lebers.is_false


@pytest.mark.parametrize(
    "text", ["Arterielle Hypertonie", "Lombalgie chronique", "Hoge bloeddruk", "Högt blodtryck"]
)
def test_without_a_stated_language_they_are_a_gap(text: str) -> None:
    assert scenario_of_patient(worded(text)).lebers.because is Because.NOT_UNDERSTOOD


def test_one_entry_states_its_language_for_itself_alone() -> None:
    german = worded("Arterielle Hypertonie", language="de")
    scenario = scenario_of_patient(german, worded("Chronische Rückenschmerzen"))
    (listed,) = [item for item in scenario.lists if item.entries == 2]
    assert (listed.by_words, listed.not_understood) == (1, 1)


@pytest.mark.parametrize("tag", ["xx", "pl", "", 5, None])
def test_a_language_without_a_list_changes_nothing(tag: Any) -> None:
    fact = scenario_of_patient(worded("Nadciśnienie tętnicze", language=tag)).lebers
    assert fact.because is Because.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Blutungsneigung bei Hämophilie"),
        ("fr", "Maladie de Willebrand"),
        ("es", "Trastorno de la coagulación"),
        ("nl", "Ziekte van von Willebrand"),
        ("sv", "Blödarsjuka"),
    ],
)
def test_what_decides_safety_is_never_ordinary_in_its_own_language(
    language: str, text: str
) -> None:
    assert not scenario_of_patient(worded(text, language=language)).bleeding_disorder.is_false
