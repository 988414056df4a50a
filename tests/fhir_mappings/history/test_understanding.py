"""What was understood of the lists of a record, and what "none" then means (Q26 to Q28, Q31, Q46,
Q52).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from recommender.language import Allergen, Because, Cause, HintAt, RecordArea, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    ICD_10_CM,
    OWN,
    SNOMED,
    allergy,
    concept,
    condition,
    days_ago,
    map_all,
    observation,
    procedure,
    scenario_of,
)

GM = "http://fhir.de/CodeSystem/bfarm/icd-10-gm"
CERTAINTY = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"
DEGRADED = concept(SNOMED, "196411000000103", "Transfer-degraded record entry")
DRUG_ALLERGY = concept(SNOMED, "416098002", "Drug allergy")
LOCAL = "https://hospital.example.org/codes"


def worded(text: str, **changes: Any) -> dict[str, Any]:
    return condition("", code={"text": text}, **changes)


def operated(text: str, **changes: Any) -> dict[str, Any]:
    return procedure("", code={"text": text}, **changes)


def allergic(text: str, **changes: Any) -> dict[str, Any]:
    return allergy("", code={"text": text}, **changes)


# Words of conditions


@pytest.mark.parametrize(
    "text",
    [
        "Leber's optic neuropathy",
        "Leber hereditary optic neuropathy",
        "LHON",
        "H/O Leber's optic atrophy 2009",
        "Lebersche hereditäre Optikusneuropathie",
        "Neuropathie optique héréditaire de Leber",
        "Neuropatía óptica de Leber",
        "Neuropatia ottica ereditaria di Leber",
        "leber’s hereditary optic atrophy",
    ],
)
def test_a_whole_wording_of_lebers_decides(text: str) -> None:
    fact = scenario_of(worded(text)).lebers
    assert fact.is_true
    assert [entry.code for entry in fact.evidence] == ["matched by text"]


@pytest.mark.parametrize(
    "text",
    [
        "Sehnervatrophie Typ Leber",
        "Leber hereditary optic neuroretinopathy",
        "m.11778G>A Leber mutation",
        "Family history of Leber's hereditary optic neuropathy",
        "?LHON",
        "LHON carrier",
        "Mother has Leber's optic atrophy",
        "Leber's disease",
        "Seen by ophthalmology, Leber's optic neuropathy not excluded",
    ],
)
def test_words_that_only_point_at_lebers_are_a_hint(text: str) -> None:
    scenario = scenario_of(worded(text, id="c"))
    assert (scenario.lebers.truth, scenario.lebers.because) == (Truth.UNKNOWN, Because.HINT)
    (hint,) = scenario.hints_at(HintAt.LEBERS)
    assert (hint.reference, hint.words) == ("Condition/c", text[:60])
    assert text[:50] in scenario.lebers.reason


@pytest.mark.parametrize(
    "text", ["Leber congenital amaurosis", "Fatty liver", "Haemophilus influenzae infection"]
)
def test_look_alikes_are_no_hint(text: str) -> None:
    scenario = scenario_of(worded(text))
    assert scenario.lebers.is_false
    assert scenario.bleeding_disorder.is_false
    assert scenario.hints_at(HintAt.LEBERS, HintAt.BLEEDING_DISORDER) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Mild haemophilia A",
        "Haemophilia A",
        "Hemophilia B, severe",
        "von Willebrand's disease",
        "Von Willebrand disease type 1",
        "Factor XI deficiency",
        "Hämophilie A",
        "Hémophilie B",
        "History of bleeding disorder",
    ],
)
def test_a_whole_wording_of_a_bleeding_disorder_decides(text: str) -> None:
    assert scenario_of(worded(text)).bleeding_disorder.is_true


@pytest.mark.parametrize(
    "text",
    ["Possible von Willebrand", "No haemophilia", "Bleeding disorder ruled out", "FH haemophilia"],
)
def test_a_bleeding_disorder_beside_a_marker_is_a_hint(text: str) -> None:
    assert scenario_of(worded(text)).bleeding_disorder.because is Because.HINT


def test_words_of_a_note_show_and_never_decide() -> None:
    scenario = scenario_of(
        condition("38341003", note=[{"text": "known haemophilia A, sees haematology"}])
    )
    assert scenario.bleeding_disorder.because is Because.HINT


def test_words_beside_a_code_of_another_thing_are_a_hint() -> None:
    code = concept(SNOMED, "73211009", "Diabetes mellitus", "Diabetes, numbness in both feet")
    scenario = scenario_of(condition("", code=code))
    assert [hint.words for hint in scenario.hints_at(HintAt.NEUROLOGY)] == [
        "Diabetes, numbness in both feet"
    ]


def test_a_code_that_decides_a_fact_leaves_no_hint_at_it() -> None:
    code = concept(SNOMED, "84027009", "Pernicious anaemia", "Pernicious anaemia?")
    assert scenario_of(condition("", code=code)).hints == ()


def test_refuted_and_mistaken_entries_point_at_nothing() -> None:
    for status in ("refuted", "entered-in-error"):
        entry = worded("LHON", verificationStatus={"coding": [{"code": status}]})
        scenario = scenario_of(entry)
        assert scenario.lebers.is_false
        assert scenario.list_of(RecordArea.CONDITIONS).not_understood == 0


# Codes that say nothing


@pytest.mark.parametrize(
    "code",
    [
        DEGRADED,
        concept(SNOMED, "64572001", "Disease"),
        concept(SNOMED, "404684003", "Clinical finding"),
        concept("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK", "unknown"),
        concept("http://hl7.org/fhir/sid/icd-10", "R69", "Unspecified morbidity"),
        concept("https://smt.esante.gouv.fr/terminologie-cim-10", "R69", "Causes inconnues"),
    ],
)
def test_a_code_that_says_nothing_does_not_silence_the_words(code: dict[str, Any]) -> None:
    assert scenario_of(condition("", code={**code, "text": "Haemophilia A"})).bleeding_disorder
    assert scenario_of(
        condition("", code={**code, "text": "Haemophilia A"})
    ).bleeding_disorder.is_true


@pytest.mark.parametrize("code", [DEGRADED, concept(LOCAL, "x17"), {"text": "高血圧"}, {}])
def test_an_entry_without_code_and_words_is_a_gap(code: dict[str, Any]) -> None:
    scenario = scenario_of(condition("", code=code))
    listed = scenario.list_of(RecordArea.CONDITIONS)
    assert (listed.entries, listed.not_understood) == (1, 1)
    assert scenario.lebers.because is Because.NOT_UNDERSTOOD
    assert scenario.lebers.reason == "1 entry of the problem list could not be understood"
    assert scenario.lebers.is_gap
    assert scenario.hints == ()


def test_vignette_58_codes_and_english_words_are_understood() -> None:
    coded = [condition(code) for code in ("38341003", "55822004", "73211009", "195967001")]
    texts = ["Knee pain", "Essential hypertension", "Annual diabetic review"]
    scenario = scenario_of(*coded, *map(worded, texts))
    assert scenario.lebers.is_false
    listed = scenario.list_of(RecordArea.CONDITIONS)
    assert (listed.entries, listed.by_code, listed.by_words, listed.not_understood) == (7, 4, 3, 0)


@pytest.mark.parametrize(
    "text", ["Bluthochdruck", "Hypertension artérielle essentielle du...", "x"]
)
def test_words_of_another_language_and_cut_ones_are_not_understood(text: str) -> None:
    assert scenario_of(worded(text)).lebers.because is Because.NOT_UNDERSTOOD


# Systems


@pytest.mark.parametrize(
    "system",
    [
        GM,
        "http://fhir.de/CodeSystem/dimdi/icd-10-gm",
        "http://hl7.org/fhir/sid/icd-10-nl",
        "http://hl7.org/fhir/sid/icd-10-se",
        "urn:oid:1.2.752.116.1.1.1.1.3",
        "1.2.752.116.1.1.1.1.8",
        "http://hl7.org/fhir/sid/icd-10-am",
        "http://hl7.org/fhir/sid/icd-10-uk",
        "https://smt.esante.gouv.fr/terminologie-cim-10/",
        "urn:oid:2.16.578.1.12.4.1.1.7110",
        "HTTP://HL7.org/fhir/sid/icd-10",
        "http://hl7.org/fhir/sid/icd-10|2019",
        "URN:OID:2.16.840.1.113883.6.3",
    ],
)
@pytest.mark.parametrize("code", ["D66", "d66", "D66.-"])
def test_national_editions_of_the_icd_10_are_read(system: str, code: str) -> None:
    assert scenario_of(condition(code, system)).bleeding_disorder.is_true


def test_a_national_code_is_read_at_four_characters_and_no_further() -> None:
    assert Cause.PERNICIOUS_ANAEMIA in causes(condition("D51.0", GM))
    assert Cause.PERNICIOUS_ANAEMIA in causes(condition("D510", GM))
    assert Cause.PERNICIOUS_ANAEMIA in causes(condition("DD510", "urn:oid:1.2.208.176.2.4"))
    assert Cause.CROHNS_ILEAL not in causes(condition("K50.82", GM))


def causes(*resources: dict[str, Any]) -> set[Cause]:
    return {found.cause for found in scenario_of(*resources).causes}


@pytest.mark.parametrize(
    "system",
    [
        "http://snomed.info/sct|20240101",
        "http://snomed.info/sct|http://snomed.info/sct/900000000000207008/version/20240101",
        "https://snomed.info/sct",
        "HTTP://SNOMED.INFO/sct/",
        "http://snomed.info/sct/83821000000107",
        "SNOMEDCT_US",
        "urn:OID:2.16.840.1.113883.6.96",
        "2.16.840.1.113883.6.96",
    ],
)
def test_spellings_of_snomed_ct_are_read(system: str) -> None:
    assert Cause.PERNICIOUS_ANAEMIA in causes(condition("84027009", system))


@pytest.mark.parametrize(
    ("letter", "truth"), [("A", "false"), ("V", "unknown"), ("Z", "true"), ("G", "true")]
)
def test_the_german_certainty_counts(letter: str, truth: str) -> None:
    extension = [{"url": CERTAINTY, "valueCoding": {"code": letter}}]
    coding = {"system": GM, "code": "D66", "extension": extension}
    assert scenario_of(condition("", code={"coding": [coding]})).bleeding_disorder.truth is Truth(
        truth
    )


def test_a_code_of_an_unknown_system_makes_none_unknown() -> None:
    assert scenario_of(condition("A1", LOCAL)).lebers.because is Because.NOT_UNDERSTOOD
    assert scenario_of(condition("A15", ICD_10_CM)).lebers.is_false


# Operations in words


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("Total gastrectomy", Cause.TOTAL_GASTRECTOMY),
        ("s/p gastric bypass 2012", Cause.BARIATRIC),
        ("Status post sleeve gastrectomy", Cause.BARIATRIC),
        ("Roux-en-Y gastric bypass", Cause.BARIATRIC),
        ("Terminal ileal resection", Cause.ILEAL_RESECTION),
        ("Schlauchmagen", Cause.BARIATRIC),
    ],
)
def test_an_operation_in_words_counts_in_either_list(text: str, cause: Cause) -> None:
    assert cause in causes(worded(text))
    assert cause in causes(procedure("", code={"text": text}))
    assert cause in causes(procedure("", code=concept("http://www.ama-assn.org/go/cpt", "1", text)))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Referred for gastric bypass", HintAt.BARIATRIC_SURGERY),
        ("Gastric band removed", HintAt.BARIATRIC_SURGERY),
        ("Gastrectomy for cancer, extent unclear", HintAt.GASTRIC_SURGERY),
        ("Ileum partly resected in 1999", HintAt.ILEAL_SURGERY),
        ("Considering bariatric surgery", HintAt.BARIATRIC_SURGERY),
    ],
)
def test_an_operation_that_is_not_sure_is_a_hint(text: str, at: HintAt) -> None:
    scenario = scenario_of(procedure("", code={"text": text}))
    assert scenario.causes == ()
    assert [hint.words for hint in scenario.hints_at(at)] == [text]


# Allergies


@pytest.mark.parametrize(
    ("text", "allergen"),
    [
        ("Cobalin-H", Allergen.HYDROXOCOBALAMIN),
        ("Neo-Cytamen injection", Allergen.HYDROXOCOBALAMIN),
        ("Hydroxocobalaminacetat", Allergen.HYDROXOCOBALAMIN),
        ("hydroxocobalamin acetate", Allergen.HYDROXOCOBALAMIN),
        ("Cianocobalamina", Allergen.CYANOCOBALAMIN),
        ("Vitamin B12", Allergen.UNSPECIFIED_B12),
        ("B12 injections", Allergen.UNSPECIFIED_B12),
    ],
)
def test_an_allergy_by_brand_salt_and_language_counts(text: str, allergen: Allergen) -> None:
    for code in ({"text": text}, {**DRUG_ALLERGY, "text": text}, {"coding": [{"display": text}]}):
        found = scenario_of(allergy("", code=code, criticality="high")).allergies
        assert [(item.allergen, item.severe, item.active) for item in found] == [
            (allergen, Truth.TRUE, True)
        ]


@pytest.mark.parametrize(
    "text",
    [
        "Allergy to hydroxocobalamin",
        "Anaphylaxis to Cobalin-H",
        "Hypersensitivity to vitamin B12",
        "Adverse reaction to cyanocobalamin",
        "Hydroxocobalamin allergy",
    ],
)
def test_an_allergy_kept_as_a_condition_counts(text: str) -> None:
    for code in ({"text": text}, concept(SNOMED, "294926003", text)):
        scenario = scenario_of(condition("", code=code))
        assert len(scenario.allergies) == 1
        assert scenario.allergy_fact.is_true
    assert scenario_of(condition("", code={"text": text}, clinical="resolved")).allergies == () or (
        text.startswith("Anaphylaxis")
    )


@pytest.mark.parametrize(
    "text",
    [
        "reaction to vitamin jab?",
        "Not allergic to hydroxocobalamin",
        "?B12 injection",
        "Drug allergy",
        "Multiple drug allergies",
        "Mother allergic to vitamin B12",
        "Possible reaction to Neo-Cytamen",
    ],
)
def test_an_allergy_that_is_doubted_or_unnamed_is_a_hint(text: str) -> None:
    scenario = scenario_of(allergic(text))
    assert scenario.allergies == ()
    assert scenario.allergy_fact.because is Because.HINT
    assert [hint.words for hint in scenario.hints_at(HintAt.ALLERGY)] == [text]


@pytest.mark.parametrize(
    "text", ["Penicillin", "No known drug allergies", "Peanuts", "Vitamin C", "Amoxicillin 500 mg"]
)
def test_other_allergies_and_none_in_so_many_words_are_understood(text: str) -> None:
    scenario = scenario_of(allergic(text))
    assert scenario.allergy_fact.is_false
    assert scenario.list_of(RecordArea.ALLERGIES).not_understood == 0


def test_an_allergy_with_nothing_but_its_type_is_a_hint() -> None:
    scenario = scenario_of(allergy("", code=DRUG_ALLERGY))
    assert scenario.allergy_fact.because is Because.HINT
    assert scenario.list_of(RecordArea.ALLERGIES).not_understood == 1


@pytest.mark.parametrize(
    "code",
    [
        concept(LOCAL, "77"),
        concept("http://www.nlm.nih.gov/research/umls/rxnorm", "858069"),
        {"text": "アレルギー"},
        {"text": "??"},
    ],
)
def test_an_allergy_that_is_not_understood_is_a_gap(code: dict[str, Any]) -> None:
    assert scenario_of(allergy("", code=code)).allergy_fact.is_gap


def test_a_degraded_allergy_that_says_resolved_is_over() -> None:
    code = {**concept(SNOMED, "196461000000101", "Transfer-degraded drug allergy")}
    mild = allergy("", code={**code, "text": "Resolved 'Hydroxocobalamin allergy'"})
    assert scenario_of(mild).allergies == ()
    (found,) = scenario_of({**mild, "criticality": "high"}).allergies
    assert (found.allergen, found.active) == (Allergen.HYDROXOCOBALAMIN, False)


@pytest.mark.parametrize("status", ["inactive", "resolved"])
def test_an_ended_allergy_counts_while_it_is_severe(status: str) -> None:
    ended = {"clinicalStatus": {"coding": [{"code": status}]}}
    assert scenario_of(allergic("Vitamin B12", **ended)).allergies == ()
    (found,) = scenario_of(allergic("Vitamin B12", criticality="high", **ended)).allergies
    assert not found.active


# Entries of the future


def test_tomorrow_counts_as_today_and_later_is_no_fact_and_no_none() -> None:
    tomorrow, later = days_ago(-1), days_ago(-2)
    coded = {"system": SNOMED, "diagnosis": "58610003"}
    assert scenario_of(condition(**coded, recordedDate=tomorrow)).lebers.is_true
    scenario = scenario_of(condition(**coded, recordedDate=later))
    assert scenario.lebers.because is Because.IN_FUTURE
    assert f"dated {later}" in scenario.lebers.reason
    assert scenario_of(condition("38341003", recordedDate=later)).lebers.is_false


def test_an_operation_and_an_allergy_of_the_future_are_no_facts() -> None:
    later = days_ago(-2)
    scenario = scenario_of(
        procedure("37593003", performedDateTime=later), allergic("Vitamin B12", recordedDate=later)
    )
    assert scenario.causes == ()
    assert scenario.allergies == ()
    assert scenario.allergy_fact.because is Because.IN_FUTURE
    assert scenario.ileal_resection_complete.because is Because.IN_FUTURE


# Medicines


def medicine(code: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": code,
        "subject": {"reference": "Patient/pat-1"},
        "authoredOn": days_ago(20),
        **changes,
    }


RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
RAMIPRIL_BY_ATC = {"system": "http://www.whocc.no/atc", "code": "C09AA05"}


@pytest.mark.parametrize(
    ("code", "gap"),
    [
        ({"text": "Ramipril 5 mg capsules"}, False),
        (concept("http://www.whocc.no/atc", "C09AA05"), False),
        (concept("http://hl7.org/fhir/sid/ndc", "0002-8215-01"), True),
        (concept("http://hl7.org/fhir/sid/ndc", "0002-8215-01", "Insulin"), False),
        (concept("http://fhir.de/CodeSystem/ifa/pzn", "04855419"), True),
        (concept(RXNORM, "858069"), True),
        (concept(RXNORM, "858069", "Colchicine 0.6 MG [Colcrys]"), False),
        ({**concept(RXNORM, "858069"), "text": "Imported record, not coded"}, True),
        (concept(RXNORM, "858069", "858069"), True),
        (concept(RXNORM, "858069", "コルヒチン錠"), True),
        ({"coding": [{"system": RXNORM, "code": "858069"}, RAMIPRIL_BY_ATC]}, False),
        ({}, True),
    ],
)
def test_a_medicine_that_is_not_understood_makes_none_unknown(
    code: dict[str, Any], gap: bool
) -> None:
    scenario = scenario_of(medicine(code))
    assert scenario.methotrexate.is_unknown is gap
    if gap:
        assert scenario.methotrexate.is_gap


def test_an_old_or_mistaken_order_of_an_unknown_medicine_is_no_gap() -> None:
    code = concept("http://hl7.org/fhir/sid/ndc", "0002-8215-01")
    old = medicine(code, status="completed", authoredOn=days_ago(2000))
    wrong = medicine(code, status="entered-in-error")
    assert scenario_of(old, wrong).methotrexate.is_false


# The receipt


def test_the_receipt_says_by_what_each_entry_was_understood() -> None:
    mapped = map_all(
        condition("84027009", id="code"),
        worded("Haemophilia A", id="words"),
        worded("Possible haemophilia", id="hint"),
        condition("1", LOCAL, id="not"),
        worded("Knee pain", id="knee"),
    )
    lines = {line.reference: line for line in mapped.lines() if line.type == "Condition"}
    said = {
        name: (lines[f"Condition/{name}"].state, lines[f"Condition/{name}"].understood)
        for name in ("code", "words", "hint", "not", "knee")
    }
    assert said == {
        "code": ("used", "code"),
        "words": ("used", "words"),
        "hint": ("not read", "words"),
        "not": ("not understood", "not"),
        "knee": ("not used", "words"),
    }
    assert lines["Condition/hint"].ignored == "in the record, not read: 'Possible haemophilia'"


def test_texts_of_any_length_and_kind_are_read_without_harm() -> None:
    for text in ("haemophilia " * 100_000, "\x00\x1b[31m\u202e", "a" * 5_000_000, "((((" * 10_000):
        assert scenario_of(worded(text), allergic(text)).as_of == AS_OF


# Signs of old encounters, and negative interpretations


ENCOUNTER = [{"coding": [{"code": "encounter-diagnosis"}]}]


@pytest.mark.parametrize(
    ("code", "days", "changes", "counts"),
    [
        ("91019004", 364, {}, True),
        ("91019004", 367, {}, False),
        ("91019004", 3000, {"category": []}, True),
        ("91019004", 3000, {"clinicalStatus": {"coding": [{"code": "active"}]}}, True),
        ("60576007", 3000, {}, True),
    ],
)
def test_a_sign_of_an_old_encounter_is_a_hint(
    code: str, days: int, changes: dict[str, Any], counts: bool
) -> None:
    entry = condition(code, days=days, **{"category": ENCOUNTER, "clinicalStatus": None, **changes})
    scenario = scenario_of(entry)
    assert bool(scenario.neurological_findings) is counts
    assert bool(scenario.hints_at(HintAt.NEUROLOGY)) is not counts


def test_a_negative_interpretation_denies_a_sign_and_answers_a_screen() -> None:
    sign = observation("91019004", system=SNOMED, interpretation=[{"coding": [{"code": "NEG"}]}])
    assert scenario_of(sign).neurological_findings == ()
    screen = observation("neuro-screen", system=OWN, interpretation={"coding": [{"code": "NEG"}]})
    assert scenario_of(screen).neurological_screen.is_false
    found = observation("neuro-screen", system=OWN, interpretation={"coding": [{"code": "POS"}]})
    assert scenario_of(found).neurological_screen.is_true


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("On B12 injections", True),
        ("Injection of hydroxocobalamin at home", True),
        ("Vitamin-B12-Mangelanämie durch Mangel an Intrinsic-Faktor", False),
        ("Reaction to B12 injections", False),
        ("Low B12", False),
    ],
)
def test_words_of_the_problem_list_may_point_at_b12_treatment(text: str, hinted: bool) -> None:
    assert bool(scenario_of(worded(text)).hints_at(HintAt.B12_TREATMENT)) is hinted


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("H/O dialysis dependence", "dialysis"),
        ("History of CKD stage 4", "kidney_disease"),
        ("Previous nitrous oxide misuse", "nitrous_oxide"),
    ],
)
def test_history_of_what_counts_only_now_is_a_hint(text: str, fact: str) -> None:
    assert getattr(scenario_of(worded(text)), fact).because is Because.HINT


def test_the_name_of_a_code_without_meaning_is_no_word() -> None:
    for code in ({"text": "Disease"}, {"coding": [{"code": "64572001", "display": "Disease"}]}):
        assert scenario_of(condition("", code=code)).lebers.is_gap


@pytest.mark.parametrize(
    ("text", "hinted"),
    [
        ("Aquacobalamin", True),
        ("Nitritokobalamin", True),
        ("Hydroxocobalmin", True),
        ("Cyanocobalmine", True),
        ("Transcobalamin", False),
        ("Hydroxychloroquine", False),
        ("Hydrocortisone", False),
    ],
)
def test_other_cobalamins_and_slips_of_their_names_are_hints(text: str, hinted: bool) -> None:
    scenario = scenario_of(allergic(text))
    assert bool(scenario.allergies) or (scenario.allergy_fact.because is Because.HINT) is hinted
    assert scenario.allergy_fact.is_false is not hinted


@pytest.mark.parametrize(
    ("written", "truth"),
    [
        ("D66 A", "false"),
        ("D66A", "false"),
        ("D66.-A", "false"),
        ("D66 V", "unknown"),
        ("D66V", "unknown"),
        ("D66 Z", "true"),
        ("D66 G", "true"),
        ("D66", "true"),
    ],
)
def test_the_german_certainty_counts_behind_the_code_too(written: str, truth: str) -> None:
    scenario = scenario_of(condition(written, GM))
    assert scenario.bleeding_disorder.truth is Truth(truth)


def test_letters_behind_codes_of_other_editions_are_no_certainty() -> None:
    swedish = condition("D66A", "http://hl7.org/fhir/sid/icd-10-se")
    assert scenario_of(swedish).bleeding_disorder.is_true


@pytest.mark.parametrize(
    ("url", "value"),
    [
        (f"{CERTAINTY}|1.0", {"valueCoding": {"code": "A"}}),
        ("HTTP://FHIR.DE/StructureDefinition/icd-10-gm-diagnosesicherheit", {"valueCode": "A"}),
        (
            "https://fhir.kbv.de/StructureDefinition/KBV_EX_Base_Diagnosesicherheit",
            {"valueCodeableConcept": {"coding": [{"code": "A"}]}},
        ),
    ],
)
def test_the_german_certainty_counts_whoever_publishes_it(url: str, value: dict[str, Any]) -> None:
    coding = {"system": GM, "code": "D66", "extension": [{"url": url, **value}]}
    assert scenario_of(condition("", code={"coding": [coding]})).bleeding_disorder.is_false


@pytest.mark.parametrize(
    ("entry", "at", "quoted"),
    [
        (
            lambda later: allergic("Hydroxocobalamin", criticality="high", recordedDate=later),
            HintAt.ALLERGY,
            "Hydroxocobalamin",
        ),
        (lambda later: condition("58610003", recordedDate=later), HintAt.LEBERS, "58610003"),
        (lambda later: condition("58610003", onsetDateTime=later), HintAt.LEBERS, "58610003"),
        (
            lambda later: condition("90935002", onsetPeriod={"start": later}),
            HintAt.BLEEDING_DISORDER,
            "90935002",
        ),
        (
            lambda later: procedure("37593003", performedDateTime=later),
            HintAt.ILEAL_SURGERY,
            "37593003",
        ),
        (
            lambda later: medicine({"text": "Warfarin 3 mg"}, authoredOn=later),
            HintAt.ANTICOAGULANT,
            "Warfarin 3 mg",
        ),
        (
            lambda later: medicine({"text": "Hydroxocobalamin 1 mg"}, authoredOn=later),
            HintAt.B12_TREATMENT,
            "Hydroxocobalamin 1 mg",
        ),
    ],
)
def test_what_is_dated_in_the_future_is_shown_with_its_date_Q31(
    entry: Callable[[str], dict[str, Any]], at: HintAt, quoted: str
) -> None:
    later = days_ago(-2)
    hints = [hint for hint in scenario_of(entry(later)).hints if hint.at is at]
    assert [hint.words.startswith(f"dated {later}: ") for hint in hints] == [True]
    assert quoted in hints[0].words


@pytest.mark.parametrize("later", [days_ago(-2), "2027", "2099-01"])
@pytest.mark.parametrize("onset", ["onsetDateTime", "onsetPeriod"])
def test_what_began_in_the_future_is_no_known_no_Q31(onset: str, later: str) -> None:
    begun = {onset: {"start": later} if onset == "onsetPeriod" else later}
    for code, fact in (
        ("58610003", "lebers"),
        ("90935002", "bleeding_disorder"),
        ("431857002", "kidney_disease"),
        ("417357006", "haemolysis"),
    ):
        assert getattr(scenario_of(condition(code, **begun)), fact).is_unknown


def test_an_end_before_the_beginning_ends_nothing_I26() -> None:
    ended = {"onsetDateTime": days_ago(40), "abatementDateTime": days_ago(90)}
    written = condition("431857002", clinicalStatus=None, **ended)
    assert scenario_of(written).kidney_disease.is_true
    ended["abatementDateTime"] = days_ago(20)
    assert scenario_of(written | ended).kidney_disease.is_false


def test_a_planned_operation_is_rightly_dated_in_the_future() -> None:
    planned = procedure("37593003", performedDateTime=days_ago(-2), status="preparation")
    assert scenario_of(planned).hints == ()


def test_an_allergy_of_the_future_to_something_else_is_not_shown() -> None:
    assert scenario_of(allergic("Penicillin", recordedDate=days_ago(-2))).hints == ()


# What stands elsewhere in an entry


@pytest.mark.parametrize(
    "evidence",
    [
        {"code": [{"text": "Leber hereditary optic neuropathy"}]},
        {"code": {"text": "Leber hereditary optic neuropathy"}},
        {"concept": {"text": "Leber hereditary optic neuropathy"}},
    ],
)
def test_the_evidence_of_a_condition_is_read_as_words_in_every_version(
    evidence: dict[str, Any],
) -> None:
    scenario = scenario_of(condition("76976005", evidence=[evidence]))
    assert scenario.lebers.because is Because.HINT


@pytest.mark.parametrize("manifestation", [{"text": "Anaphylaxis to Neo-Cytamen"}])
def test_a_manifestation_may_name_what_the_allergy_is_to(manifestation: dict[str, Any]) -> None:
    for said in (manifestation, {"concept": manifestation}):
        entry = allergic("Adverse reaction", reaction=[{"manifestation": [said]}])
        (hint,) = scenario_of(entry).hints
        assert (hint.at, hint.words) == (HintAt.ALLERGY, "Anaphylaxis to Neo-Cytamen")


@pytest.mark.parametrize(
    ("described", "severe"),
    [
        ("anaphylaxis, ambulance called", True),
        ("Anafilaxia", True),
        ("Anafylactische shock", True),
        ("Shock anafilattico", True),
        ("Anafylaktisk reaktion", True),
        ("no anaphylaxis", False),
        ("Rash, no anaphylaxis", False),
        ("Anaphylaxis was ruled out", False),
        ("sin signos de anafilaxia", False),
        ("keine Anaphylaxie", False),
    ],
)
def test_a_reaction_described_as_anaphylaxis_is_severe_Q52(described: str, severe: bool) -> None:
    for reaction in ({"description": described}, {"manifestation": [{"text": described}]}):
        (found,) = scenario_of(allergic("Hydroxocobalamin", reaction=[reaction])).allergies
        assert found.severe.is_true is severe


def test_the_name_of_an_allergy_may_say_that_it_was_anaphylaxis_Q52() -> None:
    (found,) = scenario_of(allergic("Hydroxocobalamin (anaphylaxis)")).allergies
    assert found.severe.is_true
    manifestation = {"text": "Rash, not itchy; anaphylaxis"}
    reaction = [{"manifestation": [manifestation]}]
    (found,) = scenario_of(allergic("Hydroxocobalamin", reaction=reaction)).allergies
    assert found.severe.is_true


# Injections that were stopped


@pytest.mark.parametrize(("days", "hinted"), [(77, True), (457, True), (458, False)])
def test_injections_that_were_stopped_were_given_until_then_I18(days: int, hinted: bool) -> None:
    stopped = procedure(
        "", code={"text": "B12 injections stopped"}, performedDateTime=days_ago(days)
    )
    hints = scenario_of(stopped).hints
    assert [hint.at for hint in hints] == ([HintAt.B12_TREATMENT] if hinted else [])


@pytest.mark.parametrize(
    "text",
    [
        "Parenteral administration of vitamin B12",
        "Vit B12 IM 1000mcg",
        "B12 deficiency treatment started",
        "Treated for B12 deficiency",
        "Vitamin-B12-Gabe i.m.",
        "Cobalamininjektion",
        "Vitamin B12 infusion",
    ],
)
def test_b12_given_is_seen_in_these_words_too(text: str) -> None:
    for entry in (worded(text), procedure("999999991", code=concept(SNOMED, "999999991", text))):
        assert HintAt.B12_TREATMENT in {hint.at for hint in scenario_of(entry).hints}


@pytest.mark.parametrize("text", ["Stricture 25\u00a0cm from the valve", "stricture  25  cm up"])
def test_a_length_is_quoted_however_its_number_is_spaced_C34(text: str) -> None:
    entry = procedure("173949003", note=[{"text": f"Ileal resection, {text}"}])
    assert HintAt.ILEAL_LENGTH in {hint.at for hint in scenario_of(entry).hints}


@pytest.mark.parametrize(
    "said", [{"notDone": True}, {"notPerformed": True}, {"status": "not-done"}]
)
def test_an_operation_that_was_not_done_shows_nothing_in_any_version(said: dict[str, Any]) -> None:
    entry = procedure("", code={"text": "Total gastrectomy"}, **said)
    assert scenario_of(entry).hints == ()


@pytest.mark.parametrize(
    ("system", "code", "at"),
    [
        (SNOMED, "34000006", HintAt.CAUSE),
        (ICD_10_CM, "K50.90", HintAt.CAUSE),
        (ICD_10_CM, "E53.8", HintAt.DEFICIENCY),
    ],
)
def test_a_code_that_is_not_specific_is_asked_about_though_it_has_no_words_Q26(
    system: str, code: str, at: HintAt
) -> None:
    scenario = scenario_of(condition(code, system))

    assert [hint.at for hint in scenario.hints] == [at]
    assert scenario.causes == ()
    assert scenario.deficiency_diagnosis.is_unknown


def test_so_is_that_of_an_operation() -> None:
    scenario = scenario_of(procedure("0DTF0ZZ", "http://www.cms.gov/Medicare/Coding/ICD10"))

    assert [hint.at for hint in scenario.hints] == [HintAt.ILEAL_SURGERY]


def test_injections_that_were_begun_are_asked_about_in_the_problem_list_and_given_elsewhere() -> (
    None
):
    begun = "66E3.", "http://read.info/readv2"
    listed, given = scenario_of(condition(*begun)), scenario_of(procedure(*begun, days=100))

    assert [(hint.at, hint.words) for hint in listed.hints] == [
        (HintAt.B12_TREATMENT, "B12 injections started")
    ]
    assert listed.doses == ()
    assert given.hints == ()
    assert len(given.doses) == 1


# The flag for risk of American problem lists


@pytest.mark.parametrize("flag", ["(HCC)", "(CMS/HCC)", "(HHS-HCC)"])
def test_a_flag_for_risk_is_no_cancer_of_the_liver(flag: str) -> None:
    scenario = scenario_of(
        worded(f"Von Willebrand disease {flag}"),
        worded(f"Pulmonary embolism {flag}"),
        condition("", code=concept(ICD_10_CM, "D69.6", f"Thrombocytopenia {flag}")),
    )

    assert scenario.bleeding_disorder.truth is Truth.TRUE
    assert not scenario.hints_at(HintAt.RAISES_B12)


@pytest.mark.parametrize("text", ["HCC", "HCC, resected 2020", "Hepatocellular carcinoma (HCC)"])
def test_a_cancer_of_the_liver_by_its_short_name_is_one_all_the_same(text: str) -> None:
    scenario = scenario_of(worded(text))

    assert scenario.hints_at(HintAt.RAISES_B12) or scenario.raises_b12.truth is Truth.TRUE


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("[X]Pernicious anaemia", "deficiency_diagnosis"),
        ("Vitamin B12 deficiency anaemia NOS", "deficiency_diagnosis"),
        ("[D]Haemophilia A", "bleeding_disorder"),
        ("[V]Haemophilia", "bleeding_disorder"),
        ("Von Willebrand disease, N.O.S.", "bleeding_disorder"),
        ("D51.0 Pernicious anemia", "deficiency_diagnosis"),
        ("Pernicious anemia - D51.0", "deficiency_diagnosis"),
        ("E53.8 (ICD-10-CM) - Vitamin B12 deficiency", "deficiency_diagnosis"),
        ("[D51.0] Pernicious anemia", "deficiency_diagnosis"),
        ("266468003 - Pernicious anaemia", "deficiency_diagnosis"),
        ("D66 - Hemophilia A", "bleeding_disorder"),
        ("1. Pernicious anemia", "deficiency_diagnosis"),
        ("Pernicious anemia - Primary", "deficiency_diagnosis"),
        ("B12 deficiency", "deficiency_diagnosis"),
    ],
)
def test_a_name_counts_with_what_systems_put_around_it(text: str, fact: str) -> None:
    scenario = scenario_of(worded(text))

    assert getattr(scenario, fact).truth is Truth.TRUE
    assert not scenario.hints


def test_neuropathy_nos_is_neuropathy() -> None:
    (finding,) = scenario_of(worded("Neuropathy NOS")).neurological_findings

    assert finding.current


@pytest.mark.parametrize(
    "text",
    ["[X]Family history of haemophilia", "?Pernicious anaemia NOS", "1. ? D51.0 pernicious anemia"],
)
def test_a_term_that_doubts_or_is_of_the_family_is_none_with_its_tag_either(text: str) -> None:
    scenario = scenario_of(worded(text))

    assert scenario.bleeding_disorder.truth is not Truth.TRUE
    assert scenario.deficiency_diagnosis.truth is not Truth.TRUE


# Diagnoses that their words call over, or not settled


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12 deficiency (resolved)",
        "Vitamin B12 deficiency (inactive)",
        "Pernicious anaemia (provisional)",
        "Pernicious anaemia [differential]",
        "Pernicious anaemia, working diagnosis",
        "Pernicious anaemia (entered in error)",
        "Perniziöse Anämie (abgeklungen)",
        "Anémie de Biermer (résolue)",
        "Anemia perniciosa (resuelta)",
        "Anemia perniciosa (inattiva)",
        "Pernicieuze anemie (inactief)",
        "Perniciös anemi (inaktiv)",
    ],
)
def test_a_diagnosis_that_its_words_call_over_or_not_settled_is_asked_about(text: str) -> None:
    scenario = scenario_of(worded(text))

    assert scenario.deficiency_diagnosis.truth is Truth.UNKNOWN
    assert scenario.hints_at(HintAt.DEFICIENCY)


def test_a_deficiency_by_its_code_is_one_whatever_stands_in_brackets_as_its_status_says() -> None:
    code = concept(ICD_10_CM, "D51.0", "Pernicious anemia (inactive)")

    assert scenario_of(condition("", code=code)).deficiency_diagnosis.truth is Truth.TRUE


@pytest.mark.parametrize("text", ["Anaphylaxis to hydroxocobalamin (inactive)", "B12 (inaktiv)"])
def test_an_allergy_that_is_called_inactive_still_is_one(text: str) -> None:
    scenario = scenario_of(allergic(text))

    assert scenario.allergies
    assert not scenario.hints_at(HintAt.ALLERGY)


# Operations that their words call not done


NOT_DONE = [
    "Total gastrectomy (deferred)",
    "Total gastrectomy (cancelled)",
    "Total gastrectomy [aborted]",
    "Total gastrectomy (on hold)",
    "Total gastrectomy (waiting list)",
    "Gastric bypass (patient changed mind)",
    "Totale Gastrektomie (abgesagt)",
    "Gastrectomie totale (annulée)",
    "Gastrectomía total (aplazada)",
    "Gastrectomia total (adiada)",
    "Gastrectomia totale (rinviata)",
    "Totale gastrectomie (uitgesteld)",
    "Total gastrektomi (uppskjuten)",
]


@pytest.mark.parametrize("text", NOT_DONE)
@pytest.mark.parametrize("listed", [worded, operated])
def test_an_operation_that_its_words_call_not_done_is_asked_about(
    listed: Callable[[str], dict[str, Any]], text: str
) -> None:
    scenario = scenario_of(listed(text))

    assert not scenario.causes
    assert scenario.hints_at(HintAt.GASTRIC_SURGERY) or scenario.hints_at(HintAt.BARIATRIC_SURGERY)


@pytest.mark.parametrize("listed", [worded, operated])
def test_an_operation_with_a_note_in_brackets_counts(
    listed: Callable[[str], dict[str, Any]],
) -> None:
    for text in ("Total gastrectomy (laparoscopic)", "Total gastrectomy (2019)"):
        assert {found.cause for found in scenario_of(listed(text)).causes} == {
            Cause.TOTAL_GASTRECTOMY
        }


def test_what_is_not_done_takes_nothing_from_a_diagnosis() -> None:
    """Beside a diagnosis the words speak of something else: it stands, and restricts as before."""
    anaemia = scenario_of(worded("Pernicious anaemia (injections postponed)"))
    kidneys = scenario_of(worded("Chronic kidney disease stage 4 (transplant deferred)"))
    lebers = scenario_of(worded("Leber's optic atrophy (gene therapy attempted)"))
    blood = scenario_of(worded("Haemophilia A (scheduled review)"))

    assert {found.cause for found in anaemia.causes} == {Cause.PERNICIOUS_ANAEMIA}
    assert kidneys.kidney_disease.truth is Truth.TRUE
    assert lebers.lebers.truth is Truth.TRUE
    assert blood.bleeding_disorder.truth is Truth.TRUE


@pytest.mark.parametrize(
    "system",
    [
        "http://hl7.org/fhir/sid/icd-10-ca",
        "http://www.hl7korea.or.kr/CodeSystem/kostat-kcd-8",
        "http://fhir.example.ar/CodeSystem/cie-10",
        "ICD10",
        "urn:site:icd_10",
    ],
)
@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("N18.5", HintAt.KIDNEY_DISEASE),
        ("Z992", HintAt.DIALYSIS),
        ("D66", HintAt.BLEEDING_DISORDER),
        ("D51.0", HintAt.CAUSE),
    ],
)
def test_a_code_of_an_edition_of_the_icd_10_in_no_list_is_asked_about_Q26(
    system: str, code: str, at: HintAt
) -> None:
    """What it stands for there is not known; it was counted alone and never named."""
    scenario = scenario_of(condition(code, system))

    assert [hint.words for hint in scenario.hints_at(at)] == [code]
    assert scenario.causes == ()


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("http://hl7.org/fhir/sid/icd-10-ca", "I10"),
        ("http://example.org/icd-10-procedures", "D51.0"),
        ("http://example.org/local", "D51.0"),
        ("", "D51.0"),
    ],
)
def test_another_code_and_one_of_another_list_are_not_asked_about(system: str, code: str) -> None:
    scenario = scenario_of(condition(code, system))
    assert not any(scenario.hints_at(at) for at in HintAt)


def test_words_beside_such_a_code_decide_and_the_code_asks_about_the_rest() -> None:
    code = {**concept("http://hl7.org/fhir/sid/icd-10-ca", "N18.5"), "text": "Kidney failure"}
    scenario = scenario_of(condition("", code=code))
    assert scenario.kidney_disease.is_true or scenario.hints_at(HintAt.KIDNEY_DISEASE)
