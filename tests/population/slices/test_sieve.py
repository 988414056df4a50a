"""What may be dropped unread: nothing by which the answer of a patient could differ."""

from __future__ import annotations

import json

import pytest

from fhir_mappings.terminology import Field, Role, load_value_sets
from population.slices.kept import Sorted
from population.slices.sieve import Sieve
from population.slices.sorting import sort_lines
from population.sources.content import Lines, split_lines

VALUE_SETS = load_value_sets()
SIEVE = Sieve(VALUE_SETS)
WEIGHT = {"text": "Body weight"}


def is_kept(code: object, kind: str = "Observation", **more: object) -> bool:
    resource = {"resourceType": kind, "id": "o", "code": code, **more}
    resource["subject"] = {"reference": "Patient/p"}
    found = Sorted()
    line = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
    sort_lines(Lines(1, split_lines(line + b"\n")), SIEVE, found)
    return bool(found.kept)


def test_every_text_by_which_a_result_is_read_is_kept() -> None:
    dropped = [
        text
        for field in (Field.LABS, Field.OBSERVATIONS)
        for text in VALUE_SETS.texts(field)
        if not is_kept({"text": text})
        and any(match.role is not Role.EXCLUDE for match in VALUE_SETS.match_text(text, field))
    ]
    assert dropped == []


def test_every_code_of_every_list_is_kept() -> None:
    codes = {member.code for listed in VALUE_SETS.members.values() for member in listed}
    lines = [f'{{"resourceType":"Observation","code":"{code}"}}\n'.encode() for code in codes]

    found = SIEVE.find(Lines(1, split_lines(b"".join(lines))))
    assert found == set(range(len(lines)))


@pytest.mark.parametrize(
    "text",
    ["Folsäure", "Fols\u0061\u0308ure", "ácido fólico", "Kobalamín", "Ｂ１２", "Vitamin B₁₂"],
)
def test_a_name_with_accents_is_kept_as_it_is_read(text: str) -> None:
    assert VALUE_SETS.match_text(text, Field.LABS)
    assert is_kept({"text": text})
    assert is_kept({"text": f"Größe/{text}"})


def test_other_letters_in_a_name_that_is_none_of_ours_keep_nothing() -> None:
    assert not is_kept({"text": "Körpergröße"})


@pytest.mark.parametrize(
    "text",
    [
        "EDD",
        "EDC",
        "due date",
        "Estimated due date",
        "Estimated date of delivery",
        "Expected date of confinement",
        "Delivery date",
        "hCG",
        "Urine h-CG",
        "Serum pregnancy test",
        "Choriogonadotropin [Presence] in Urine",
        "Beräknad förlossning",
        "P-Krea",
        "Plt Ct",
        "Trombocitos",
        "CKD-EPI",
        "Cytamen injection given",
        "VB12 given",
        "Allergies",
        "Drug allergy",
        "Alergia a Neocytamen",
        "Hypersensitivity to Behepan",
        "Bad reaction to Xobaline",
        "Adverse drug reaction",
        "Overgevoeligheid voor Xobaline",
        "Überempfindlichkeit gegen Xobaline",
    ],
)
def test_a_name_that_is_a_hint_is_kept(text: str) -> None:
    """A chart that speaks of a pregnancy, of vitamin B12 given or of an allergy is answered
    otherwise (Q27, Q28).
    """
    assert is_kept({"text": text})


@pytest.mark.parametrize("text", ["TSH", "Glucose", "Cholesterol", "Serum iron", "HbA1c"])
def test_a_name_by_which_a_result_is_known_for_another_test_keeps_nothing(text: str) -> None:
    assert not is_kept({"text": text})
    assert is_kept({"text": f"{text} / vitamin B12"})


@pytest.mark.parametrize(
    "code",
    [
        {"coding": [{"system": "http://hospital.example", "code": "X1"}]},
        {"coding": [{"code": "X1", "system": "http://a"}, {"code": "X2", "userSelected": True}]},
        {"coding": []},
        {},
        {"extension": [{"url": "http://x", "valueCode": "unknown"}]},
    ],
    ids=str,
)
def test_a_result_without_a_name_may_be_named_by_its_report_and_is_kept(code: object) -> None:
    assert is_kept(code)


def test_a_code_with_words_is_no_result_without_a_name() -> None:
    coding = {"system": "http://hospital.example", "code": "X1"}
    assert not is_kept({"coding": [coding | {"display": "Body weight"}]})
    assert not is_kept({"coding": [coding], "text": "Body weight"})


def test_a_report_that_lists_results_may_date_them_and_is_kept() -> None:
    result = [{"reference": "Observation/1"}]
    assert is_kept(WEIGHT, "DiagnosticReport", result=result)
    assert not is_kept(WEIGHT, "DiagnosticReport")


@pytest.mark.parametrize("said", ["conclusion", "conclusionCode", "codedDiagnosis"])
def test_what_a_report_concludes_is_read_and_kept(said: str) -> None:
    concluded: object = "Severe neuropathy of both legs"
    if said != "conclusion":
        concluded = [{"text": concluded}]
    assert is_kept(WEIGHT, "DiagnosticReport", **{said: concluded})


def test_what_people_answer_is_read_and_kept() -> None:
    item = {"linkId": "1", "text": "Do your feet feel numb?"}
    answered = item | {"answer": [{"valueBoolean": True}]}
    assert is_kept(WEIGHT, "QuestionnaireResponse", item=[answered])
    assert not is_kept(WEIGHT, "QuestionnaireResponse", item=[item])


@pytest.mark.parametrize(
    "text",
    [
        "Kaliémie",
        "S-Kalium",
        "Human chorionic gonadotropin",
        "Active-B12 Architect",
        "Holo-TC",
    ],
)
def test_a_name_that_leaves_open_which_test_it_is_is_kept(text: str) -> None:
    assert is_kept({"text": text})
