"""Which concept is this coding: systems, hierarchies, look-alikes, site additions, and words as a
last resort.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from fhir_mappings.terminology.code_systems import (
    ATC,
    ICD_10,
    ICD_10_CM,
    LOINC,
    READ_V2,
    RXNORM,
    SNOMED,
)
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.loading import load_value_sets
from fhir_mappings.terminology.members import TERMINOLOGY, Field, Role, TerminologyError
from fhir_mappings.text import normalise_text

VALUE_SETS = load_value_sets()


def concepts(system: str, code: str) -> set[Concept]:
    return {match.concept for match in VALUE_SETS.match_coding({"system": system, "code": code})}


def all_rows() -> list[dict[str, str]]:
    rows: list[dict[str, str]] = []
    for field in Field:
        with (TERMINOLOGY / f"{field.value}.csv").open(encoding="utf-8", newline="") as file:
            rows += list(csv.DictReader(file))
    return rows


def test_every_row_of_the_terminology_is_found_under_its_concept_and_role() -> None:
    rows = all_rows()
    assert len(rows) > 1300
    for row in rows:
        matches = VALUE_SETS.match_coding({"system": row["system_uri"], "code": row["code"]})
        assert (Concept(row["concept"]), Role(row["role"])) in {
            (match.concept, match.role) for match in matches
        }, row


def test_every_concept_has_a_row_or_a_word() -> None:
    named = {row["concept"] for row in all_rows()}
    with (TERMINOLOGY / "texts.csv").open(encoding="utf-8", newline="") as file:
        named |= {row["concept"] for row in csv.DictReader(file)}
    with (TERMINOLOGY / "medicine_names.csv").open(encoding="utf-8", newline="") as file:
        named |= {row["concept"] for row in csv.DictReader(file)}
    assert named == {concept.value for concept in Concept}


def test_no_code_of_a_licensed_procedure_terminology_is_shipped() -> None:
    assert not [row for row in all_rows() if "ama-assn" in row["system_uri"]]


@pytest.mark.parametrize(
    "spelling",
    [
        "http://snomed.info/sct",
        "https://snomed.info/sct",
        " http://snomed.info/sct ",
        "http://snomed.info/sct/",
        "urn:oid:2.16.840.1.113883.6.96",
        "2.16.840.1.113883.6.96",
        "http://snomed.info/sct/999000041000000102/version/20240101",
        "http://snomed.info/sct??",
        "SNOMEDCT",
        "SCT",
        "OID:2.16.840.1.113883.6.96",
        "urn: oid: 2.16.840.1.113883.6.96",
        "URN:OID:2.16.840.1.113883.6.96",
    ],
)
def test_a_system_is_found_in_all_its_spellings(spelling: str) -> None:
    assert concepts(spelling, "84027009") == {Concept.PERNICIOUS_ANAEMIA}


@pytest.mark.parametrize(
    "spelling",
    [
        "http://hl7.org/fhir/sid/srt",
        "http://example.org/local",
        "",
        "https://fhir.hl7.org.uk/Id/egton-codes",
    ],
)
def test_a_code_under_another_system_is_not_matched(spelling: str) -> None:
    assert concepts(spelling, "84027009") == set()


@pytest.mark.parametrize(
    ("system", "code", "concept"),
    [
        ("LN", "2132-9", Concept.SERUM_B12),
        ("I10", "D51.0", Concept.PERNICIOUS_ANAEMIA),
        ("I9C", "281.0", Concept.PERNICIOUS_ANAEMIA),
        ("http://hl7.org/fhir/sid/icd-10-us", "D51.0", Concept.PERNICIOUS_ANAEMIA),
        ("http://hl7.org/fhir/sid/icd-10-pcs", "0DT60ZZ", Concept.TOTAL_GASTRECTOMY),
        ("https://fhir.ee/CodeSystem/atc-ee", "B03BA03", Concept.HYDROXOCOBALAMIN),
        ("urn:oid:1.2.246.537.6.32.2007", "B03BA01", Concept.CYANOCOBALAMIN),
        ("https://sukl.cz/terminology/CodeSystem/dlp-atc", "B03BB01", Concept.FOLIC_ACID),
    ],
)
def test_spellings_of_converters_and_of_other_countries_are_found(
    system: str, code: str, concept: Concept
) -> None:
    assert concept in concepts(system, code)


@pytest.mark.parametrize(
    "system",
    [
        "https://terminologia.saude.gov.br/fhir/CodeSystem/BRCID10",
        "https://uzis.cz/terminology/CodeSystem/mkn-10",
        "https://fhir.ee/CodeSystem/rhk10",
        "urn:oid:1.2.246.537.6.1",
        "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/ICD10-2013-full",
    ],
)
def test_further_national_lists_are_read_at_four_characters(system: str) -> None:
    assert concepts(system, "D510") == {Concept.PERNICIOUS_ANAEMIA}
    assert concepts(system, "N18.51") == {Concept.CKD_STAGE_5}


def test_a_code_without_a_system_is_not_matched() -> None:
    assert VALUE_SETS.concepts({"coding": [{"code": "84027009"}]}) == ()


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (ICD_10_CM, "E11.22", {Concept.DIABETIC_CKD}),
        (ICD_10_CM, "K50.0", {Concept.CROHN_ILEAL}),
        (ICD_10_CM, "K50.012", {Concept.CROHN_ILEAL}),
        (ICD_10_CM, "K50.812", {Concept.CROHN_ILEAL}),
        (ICD_10_CM, "K50.111", {Concept.CROHN_NOT_ILEAL}),
        (ICD_10_CM, "K50.912", {Concept.CROHN_UNSPECIFIED}),
        (ICD_10_CM, "N18.3", {Concept.CKD_STAGE_3}),
        (ICD_10_CM, "D510", {Concept.PERNICIOUS_ANAEMIA}),
        (ICD_10_CM, "d51.0", {Concept.PERNICIOUS_ANAEMIA}),
        (ICD_10_CM, "K51.90", {Concept.CROHN_LOOKALIKE}),
        (ICD_10_CM, "F03.91", {Concept.COGNITIVE_IMPAIRMENT}),
        (ICD_10_CM, "Z34.03", {Concept.PREGNANT}),
        (ICD_10_CM, "Z33.2", set()),
        (ICD_10_CM, "H47.21", set()),
        (ICD_10_CM, "D50.9", set()),
        (ICD_10_CM, "G63.2", {Concept.PERIPHERAL_NEUROPATHY_OTHER_CAUSE}),
        (ICD_10, "D51.0†", {Concept.PERNICIOUS_ANAEMIA}),
        (ICD_10, "K50.80", {Concept.CROHN_ILEAL}),
        (ATC, "B03BA01", {Concept.CYANOCOBALAMIN}),
        (ATC, "b03ba03", {Concept.HYDROXOCOBALAMIN}),
        (ATC, "B03BA99", {Concept.B12_GROUP}),
        (ATC, "B03BB02", set()),
        (ATC, "V03AB33", {Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE}),
        (READ_V2, "42T..00", {Concept.SERUM_B12}),
        (RXNORM, "309595", {Concept.CYANOCOBALAMIN_ORAL}),
        (RXNORM, "309594", {Concept.CYANOCOBALAMIN_INJECTION}),
        (RXNORM, "309596", {Concept.COBALAMIN_LOOKALIKE}),
    ],
)
def test_hierarchical_codes_stand_for_the_codes_below_them_and_neighbours_stay_apart(
    system: str, code: str, expected: set[Concept]
) -> None:
    assert concepts(system, code) == expected


def test_one_code_may_be_included_for_one_concept_and_excluded_for_another() -> None:
    roles = {
        match.concept: match.role
        for match in VALUE_SETS.match_coding({"system": SNOMED, "code": "169565003"})
    }
    assert roles == {
        Concept.PREGNANT: Role.INCLUDE,
        Concept.PLANNING_PREGNANCY_LOOKALIKE: Role.EXCLUDE,
    }


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("2171-7", Concept.SERUM_B12_LOOKALIKE),
        ("72157-1", Concept.ACTIVE_B12_LOOKALIKE),
        ("20646-6", Concept.HOMOCYSTEINE_LOOKALIKE),
        ("32623-1", Concept.MCV_LOOKALIKE),
        ("32287-5", Concept.MMA_URINE),
    ],
)
def test_look_alikes_of_the_laboratory_are_known_as_such(code: str, expected: Concept) -> None:
    (match,) = VALUE_SETS.match_coding({"system": LOINC, "code": code})
    assert match.concept is expected
    assert match.role is not Role.INCLUDE


def test_a_dmd_id_is_found_under_snomed_and_the_other_way_round() -> None:
    assert (
        concepts(SNOMED, "25673006") == concepts("https://dmd.nhs.uk", "25673006") == {Concept.PPI}
    )


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("Vitamin B 12", Field.LABS, Concept.SERUM_B12),
        ("Serum vitamin B12 level", Field.LABS, Concept.SERUM_B12),
        ("Pernicious Anaemia (disorder)", Field.CONDITIONS, Concept.PERNICIOUS_ANAEMIA),
        ("Crohn's disease", Field.CONDITIONS, Concept.CROHN_UNSPECIFIED),
        ("mecobalamin 500 mcg tabs", Field.DRUGS, Concept.METHYLCOBALAMIN),
        ("Inj. hydroxycobalamin 1mg/ml", Field.DRUGS, Concept.HYDROXOCOBALAMIN),
        ("IM", Field.ROUTES, Concept.ROUTE_IM),
        ("I.M.", Field.ROUTES, Concept.ROUTE_IM),
        ("vit. B12 level", Field.LABS, Concept.SERUM_B12),
        ("Vit. B.12", Field.LABS, Concept.SERUM_B12),
        ("Pernicious anaemia.", Field.CONDITIONS, Concept.PERNICIOUS_ANAEMIA),
    ],
)
def test_words_are_matched_and_the_match_says_so(
    text: str, field: Field, expected: Concept
) -> None:
    matches = VALUE_SETS.find({"text": text}, field)
    assert [match.concept for match in matches] == [expected]
    assert {match.matched_by for match in matches} == {"text"}


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12 binding capacity",
        "Haemoglobin A1c",
        "Urine creatinine",
        "",
        "no pernicious anaemia",
    ],
)
def test_other_words_are_not_matched_but_as_look_alikes(text: str) -> None:
    found = VALUE_SETS.find({"text": text}, Field.LABS, Field.CONDITIONS)
    assert {match.role for match in found} <= {Role.EXCLUDE}


def test_a_decimal_point_is_no_full_stop() -> None:
    assert normalise_text("Inj. Hydroxocobalamin 1.5 mg.") == "inj hydroxocobalamin 1.5 mg"
    assert normalise_text("Folic acid .4 mg") == "folic acid .4 mg"


def test_words_are_not_asked_beside_a_standard_code_that_is_in_no_value_set() -> None:
    codeable = {"coding": [{"system": LOINC, "code": "99999-9"}], "text": "Vitamin B12"}
    assert VALUE_SETS.find(codeable, Field.LABS) == ()
    local = {
        "coding": [{"system": "http://lab.example.org", "code": "VB12"}],
        "text": "Vitamin B12",
    }
    assert [match.concept for match in VALUE_SETS.find(local, Field.LABS)] == [Concept.SERUM_B12]


def test_words_of_a_medicine_are_asked_beside_a_product_code_that_is_not_listed() -> None:
    codeable = {
        "coding": [
            {
                "system": RXNORM,
                "code": "999999",
                "display": "hydroxocobalamin 1 MG/ML Injectable Solution",
            }
        ]
    }
    assert [match.concept for match in VALUE_SETS.find(codeable, Field.DRUGS)] == [
        Concept.HYDROXOCOBALAMIN
    ]


def test_a_site_adds_its_own_codes(tmp_path: Path) -> None:
    extra = tmp_path / "local.csv"
    extra.write_text(
        "concept,system_uri,code\nserum_b12,http://lab.example.org,VB12\nneuro_screen,http://lab.example.org,NS\n",
        encoding="utf-8",
    )
    value_sets = load_value_sets(extra)
    (match,) = value_sets.match_coding({"system": "http://lab.example.org", "code": "VB12"})
    assert (match.concept, match.role) == (Concept.SERUM_B12, Role.INCLUDE)
    assert VALUE_SETS.match_coding({"system": "http://lab.example.org", "code": "VB12"}) == ()


def test_everything_wrong_in_a_site_file_is_said_at_once_with_lines(tmp_path: Path) -> None:
    extra = tmp_path / "local.csv"
    extra.write_text(
        "concept,system_uri,code,role\nserum_b13,http://x,1,\nserum_b12,,2,\nserum_b12,http://x,3,maybe\n",
        encoding="utf-8",
    )
    with pytest.raises(TerminologyError) as error:
        load_value_sets(extra)
    message = str(error.value)
    assert "line 2: concept 'serum_b13' is not known" in message
    assert "line 3: system_uri and code must both be given" in message
    assert "line 4: role 'maybe' is not known" in message


def test_a_site_file_without_the_needed_columns_is_refused(tmp_path: Path) -> None:
    extra = tmp_path / "local.csv"
    extra.write_text("concept;system_uri;code\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match="the columns code, concept, system_uri are missing"):
        load_value_sets(extra)


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_site_file_that_cannot_be_read_is_refused_in_plain_words(
    tmp_path: Path, content: bytes | None
) -> None:
    extra = tmp_path / "local.csv"
    if content is not None:
        extra.write_bytes(content)
    with pytest.raises(TerminologyError, match=r"local\.csv cannot be read as a UTF-8 CSV file"):
        load_value_sets(extra)


def test_a_very_long_text_is_no_name() -> None:
    assert VALUE_SETS.find({"text": "(" * 100_000}, Field.CONDITIONS, Field.DRUGS) == ()
    assert VALUE_SETS.normalise_system("x" * 100_000) == "x" * 100_000
