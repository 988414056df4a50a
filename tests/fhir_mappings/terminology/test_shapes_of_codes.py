"""Codes and systems in forms that real senders use; a word in the place of a code is no code."""

from __future__ import annotations

import pytest

from fhir_mappings.terminology import SNOMED
from recommender.language import Because, Cause
from tests.fhir_mappings.records import concept, condition, scenario_of


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/icd-10", "Haemophilia A"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "unknown"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "Ausschluss"),
        (SNOMED, "haemophilia"),
        (SNOMED, "12"),
    ],
)
def test_a_word_in_the_place_of_a_code_is_not_understood(system: str, code: str) -> None:
    fact = scenario_of(condition("", code=concept(system, code))).bleeding_disorder
    assert fact.because is Because.NOT_UNDERSTOOD


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/icd-10", "I10"),
        ("http://hl7.org/fhir/sid/icd-10-cm", "E11.9"),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", "J45.9+"),
        ("urn:oid:1.2.208.176.2.4", "DJ44"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "401.9"),
        ("http://hl7.org/fhir/sid/icd-9-cm", "V58.61X"),
        (SNOMED, "38341003"),
    ],
)
def test_a_code_of_another_disease_is_understood(system: str, code: str) -> None:
    assert scenario_of(condition("", code=concept(system, code))).lebers.is_false


@pytest.mark.parametrize(
    "system",
    [
        "snomed.info/sct",
        "SNOMED.info/SCT/731000124108",
        "http://snomed.info/sct?version=http://snomed.info/sct/900000000000207008",
        "https://snomed.info/sct|2024",
    ],
)
def test_snomed_ct_is_read_without_a_scheme_and_with_a_query(system: str) -> None:
    (cause,) = scenario_of(condition("84027009", system=system)).causes
    assert cause.cause is Cause.PERNICIOUS_ANAEMIA


def test_a_system_that_only_begins_like_snomed_ct_is_another() -> None:
    assert scenario_of(condition("84027009", system="http://snomed.info/sctx")).causes == ()


SPANISH = "http://hl7.org/fhir/sid/icd-10-es"
DANISH = "urn:oid:1.2.208.176.2.4.12"


@pytest.mark.parametrize("code", ["D66", "D68.01", "D680"])
def test_a_spanish_code_counts_where_both_lists_agree(code: str) -> None:
    assert scenario_of(condition(code, SPANISH)).bleeding_disorder.is_true


@pytest.mark.parametrize("code", ["K50.8", "H47.2", "I10", "Z99"])
def test_another_spanish_code_is_not_understood(code: str) -> None:
    scenario = scenario_of(condition(code, SPANISH))
    assert scenario.causes == ()
    assert scenario.bleeding_disorder.because is Because.NOT_UNDERSTOOD


def test_beside_another_spanish_code_the_words_decide() -> None:
    code = concept(SPANISH, "Z99", "Hemofilia")
    assert scenario_of(condition("", code=code)).bleeding_disorder.is_true


def test_a_danish_code_is_told_from_one_of_the_icpc_by_its_form() -> None:
    assert scenario_of(condition("DD66", DANISH)).bleeding_disorder.is_true
    other = scenario_of(condition("D66", DANISH)).bleeding_disorder
    assert other.because is Because.NOT_UNDERSTOOD


@pytest.mark.parametrize("code", ["D66", "D51.0"])
def test_a_canadian_code_is_not_read(code: str) -> None:
    """What it may stand for is asked about; of the rest nothing is known."""
    scenario = scenario_of(condition(code, "http://hl7.org/fhir/sid/icd-10-ca"))
    asked = Because.HINT if code == "D66" else Because.NOT_UNDERSTOOD
    assert scenario.bleeding_disorder.because is asked
    assert scenario.causes == ()
