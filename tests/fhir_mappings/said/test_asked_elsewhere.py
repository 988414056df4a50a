"""Of what answers, observations and reports say of bleeding, kidneys, operations, nitrous oxide,
anticoagulants and treatment nobody says "none recorded"; what is denied, of the family or long over
leaves it as it was (Q26 to Q28).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import ClinicalScenario, HintAt
from tests.fhir_mappings.records import SNOMED, SUBJECT, concept, days_ago, observation, scenario_of

ASKED = {
    "Do you have a bleeding disorder?": HintAt.BLEEDING_DISORDER,
    "Haemophilia": HintAt.BLEEDING_DISORDER,
    "Do you take blood thinners?": HintAt.ANTICOAGULANT,
    "Kidney failure": HintAt.KIDNEY_DISEASE,
    "Are you on dialysis?": HintAt.DIALYSIS,
    "Do you use nitrous oxide?": HintAt.NITROUS_OXIDE,
    "Sickle cell disease": HintAt.HAEMOLYSIS,
    "Cirrhosis of the liver": HintAt.RAISES_B12,
    "Have you had a gastric bypass?": HintAt.BARIATRIC_SURGERY,
    "Has part of your stomach been removed (gastrectomy)?": HintAt.GASTRIC_SURGERY,
    "Do you take methotrexate?": HintAt.METHOTREXATE,
    "Do you take vitamin B12 tablets?": HintAt.B12_TREATMENT,
    "Pernicious anaemia": HintAt.CAUSE,
}
KNOWN_NO = {
    HintAt.BLEEDING_DISORDER: "bleeding_disorder",
    HintAt.ANTICOAGULANT: "anticoagulant_fact",
    HintAt.KIDNEY_DISEASE: "kidney_disease",
    HintAt.DIALYSIS: "dialysis",
    HintAt.NITROUS_OXIDE: "nitrous_oxide",
    HintAt.HAEMOLYSIS: "haemolysis",
    HintAt.RAISES_B12: "raises_b12",
    HintAt.METHOTREXATE: "methotrexate",
}
CODED = {
    "90935002": HintAt.BLEEDING_DISORDER,
    "431857002": HintAt.KIDNEY_DISEASE,
    "105502003": HintAt.DIALYSIS,
    "290484004": HintAt.NITROUS_OXIDE,
    "417357006": HintAt.HAEMOLYSIS,
    "19943007": HintAt.RAISES_B12,
    "84027009": HintAt.CAUSE,
}


@pytest.mark.parametrize("answer", ["not sure", "I don't know", "weiß nicht", "je ne sais pas"])
def test_who_does_not_know_leaves_it_open(answer: str) -> None:
    scenario = answered("Do you have a bleeding disorder?", valueString=answer)
    assert HintAt.BLEEDING_DISORDER in {hint.at for hint in scenario.hints}


@pytest.mark.parametrize(
    ("answer", "is_yes"),
    [
        ({"valueCoding": {"code": "Y"}}, True),
        ({"valueCoding": {"system": "urn:site:answers", "code": "1"}}, True),
        ({"valueString": "x"}, True),
        ({"valueString": "✓"}, True),
        ({"valueCoding": {"code": "N"}}, False),
        ({"valueCoding": {"system": "urn:site:answers", "code": "0", "display": "No"}}, False),
    ],
)
def test_answers_by_codes_alone_and_ticks_are_heard(answer: Any, is_yes: bool) -> None:
    """A code alone that is neither yes nor no leaves it open."""
    hints = {hint.at for hint in answered("Do you have a bleeding disorder?", **answer).hints}
    assert (HintAt.BLEEDING_DISORDER in hints) is is_yes


def answered(question: str, days: int = 5, status: str = "completed", **answer: Any) -> Any:
    return scenario_of(
        {
            "resourceType": "QuestionnaireResponse",
            "status": status,
            "subject": SUBJECT,
            "authored": days_ago(days),
            "item": [{"linkId": "1", "text": question, "answer": [answer]}],
        }
    )


def pointed_at(scenario: ClinicalScenario) -> set[HintAt]:
    return {hint.at for hint in scenario.hints}


@pytest.mark.parametrize("question", ASKED)
def test_a_yes_is_quoted_and_no_known_no(question: str) -> None:
    at = ASKED[question]
    for scenario in (
        answered(question, valueBoolean=True),
        answered(question, status="in-progress", valueString="yes"),
        answered(question, valueCoding={"code": "Y"}),
        answered(question, valueString="Y"),
        answered(question, valueString="Yes, since 2019"),
        answered(question, valueString="ja, seit 2 Jahren"),
        answered(question, valueString="Oui (depuis 2019)"),
        answered(question, valueString="Sì - see letter"),
        answered(question, valueString="sometimes"),
        answered(question, valueString="Known"),
        answered(question, valueCoding={"display": "Quite a bit"}),
        scenario_of(observation("", code={"text": question}, valueBoolean=True)),
        scenario_of(observation("", code={"text": question}, valueString="possibly")),
    ):
        assert at in pointed_at(scenario)
        if at in KNOWN_NO:
            assert getattr(scenario, KNOWN_NO[at]).is_unknown


@pytest.mark.parametrize("question", ASKED)
def test_a_no_leaves_it_as_it_was(question: str) -> None:
    for scenario in (
        answered(question, valueBoolean=False),
        answered(question, valueString="No"),
        answered(question, valueString="N"),
        answered(question, valueString="No, never"),
        answered(question, valueString="nein, nie"),
        answered(question, valueString="Nej aldrig"),
        answered(question, valueCoding={"code": "N"}),
        answered(question, status="entered-in-error", valueBoolean=True),
        scenario_of(observation("", code={"text": question}, valueBoolean=False)),
    ):
        assert ASKED[question] not in pointed_at(scenario)
        if ASKED[question] in KNOWN_NO:
            assert getattr(scenario, KNOWN_NO[ASKED[question]]).is_false


@pytest.mark.parametrize("code", CODED)
def test_a_code_is_quoted_wherever_it_stands(code: str) -> None:
    coded = concept(SNOMED, code)
    report = {"resourceType": "DiagnosticReport", "status": "final", "subject": SUBJECT}
    for entry in (
        observation("", code=coded),
        observation("", code=coded, valueBoolean=True),
        observation("", code={"text": "Finding"}, valueCodeableConcept=coded),
        observation(
            "", code={"text": "History"}, component=[{"code": coded, "valueString": "yes"}]
        ),
        report | {"effectiveDateTime": days_ago(9), "conclusionCode": [coded]},
    ):
        assert CODED[code] in pointed_at(scenario_of(entry))
    for said in ({"valueBoolean": False}, {"valueString": "absent"}):
        assert CODED[code] not in pointed_at(scenario_of(observation("", code=coded, **said)))
    of_another = observation("", code=coded, focus=[{"reference": "Patient/child"}])
    assert CODED[code] not in pointed_at(scenario_of(of_another))


def test_what_an_answer_lists_is_read_part_by_part() -> None:
    listed = answered("Illnesses?", valueString="No diabetes, haemophilia A; gout, no dialysis")
    assert pointed_at(listed) == {HintAt.BLEEDING_DISORDER}
    taken = answered("Medicines?", valueString="warfarin, paracetamol")
    assert pointed_at(taken) == {HintAt.ANTICOAGULANT}


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Illnesses in the family?", "haemophilia"),
        ("Allergies?", "warfarin"),
        ("Anything else?", "allergic to heparin"),
        ("Kidney function", "normal"),
        ("Which sports?", "running"),
        ("Do you take blood thinners?", "never"),
        ("I confirm that I do not take warfarin", "yes"),
        ("Have you been told about the risks of nitrous oxide?", "yes"),
        ("Does your husband take warfarin?", "yes"),
        ("Illnesses?", "No history of haemophilia, kidney failure, cirrhosis"),
    ],
)
def test_what_is_of_somebody_else_an_allergy_or_denied_points_at_nothing_here(
    question: str, said: str
) -> None:
    assert not pointed_at(answered(question, valueString=said)) & (set(ASKED.values()))


def test_a_long_history_is_read_sentence_by_sentence() -> None:
    lives = "Lives with her husband in a bungalow, retired teacher, walks a mile each day. " * 4
    said = observation(
        "", code={"text": "Past medical history"}, valueString=f"{lives}Haemophilia A, mild."
    )
    (hint,) = scenario_of(said).hints
    assert (hint.at, hint.words) == (HintAt.BLEEDING_DISORDER, "Haemophilia A")


@pytest.mark.parametrize("answer", ["yes", "Yes, since May"])
def test_a_pregnancy_planned_and_one_told_of_in_more_than_a_yes_are_asked_about_F2(
    answer: str,
) -> None:
    asked = answered("Are you trying to conceive?", valueString=answer)
    assert pointed_at(asked) == {HintAt.PLANNING_PREGNANCY}
    pregnant = answered("Are you pregnant?", valueString=f"{answer}, 12 weeks")
    assert HintAt.PREGNANCY in pointed_at(pregnant)


@pytest.mark.parametrize("asked", ["Gebruikt u bloedverdunners?", "Bruker du blodfortynnende?"])
def test_anticoagulants_are_asked_for_in_other_languages(asked: str) -> None:
    assert pointed_at(answered(asked, valueString="ja")) == {HintAt.ANTICOAGULANT}


def test_what_is_taken_or_used_is_asked_about_for_a_year() -> None:
    assert pointed_at(answered("Nitrous oxide use", days=300, valueBoolean=True))
    assert not pointed_at(answered("Nitrous oxide use", days=500, valueBoolean=True))
    assert pointed_at(answered("Haemophilia", days=5000, valueBoolean=True))


def test_a_laboratorys_comment_to_everybody_points_at_nothing() -> None:
    comment = "Chronic kidney disease is defined by an eGFR below 60 for more than 3 months."
    said = observation("", code={"text": "eGFR comment"}, valueString=comment)
    assert not pointed_at(scenario_of(said))


@pytest.mark.parametrize(
    "read",
    [
        observation("", code={"text": "Intrinsic factor antibodies"}, valueString="Positive"),
        observation("", code={"text": "Vitamin B12 injection"}),
        observation("308752009", system=SNOMED, code=concept(SNOMED, "308752009")),
        observation(
            "",
            code={"text": "Diet"},
            valueCodeableConcept=concept(SNOMED, "24930006", text="Vegan diet"),
        ),
    ],
)
def test_what_an_observation_is_read_as_is_not_said_to_be_unread_Q28(read: Any) -> None:
    scenario = scenario_of(read)
    assert scenario.causes or scenario.doses
    assert not pointed_at(scenario)


def test_a_laboratorys_list_of_what_may_be_points_at_nothing() -> None:
    comment = (
        "Low B12 may be seen in pernicious anaemia, vegan diet, haemophilia and metformin use."
    )
    said = observation("", code={"text": "Comment"}, valueString=comment)
    assert not pointed_at(scenario_of(said))


@pytest.mark.parametrize(
    ("name", "said", "at"),
    [
        ("Past medical history", "cirrhosis of the liver, no diabetes", HintAt.RAISES_B12),
        ("Diagnosis", "now dependent on dialysis", HintAt.DIALYSIS),
        ("Current medication", "Apixaban 5 mg twice a day", HintAt.ANTICOAGULANT),
        ("Anamnese", "Hämophilie bekannt", HintAt.BLEEDING_DISORDER),
        ("Tidligere sygdomme", "kronisk nyreinsufficiens", HintAt.KIDNEY_DISEASE),
        ("Tidigare sjukdomar", "kronisk njursvikt", HintAt.KIDNEY_DISEASE),
        ("Substance use", "nitrous oxide at weekends", HintAt.NITROUS_OXIDE),
        ("Medicación habitual", "Sintrom según pauta", HintAt.ANTICOAGULANT),
        ("Treatment given", "B12 injection 1 mg IM left deltoid", HintAt.B12_TREATMENT),
        ("Nursing intervention", "hydroxocobalamin 1 mg IM", HintAt.B12_TREATMENT),
    ],
)
def test_an_observation_that_lists_illnesses_or_medicines_is_read_like_an_answer(
    name: str, said: str, at: HintAt
) -> None:
    assert at in pointed_at(scenario_of(observation("", code={"text": name}, valueString=said)))
    denied = observation("", code={"text": name}, valueString=f"no {said}".replace(",", " and"))
    assert at not in pointed_at(scenario_of(denied))
    of_family = observation("", code={"text": f"{name} of the mother"}, valueString=said)
    assert at not in pointed_at(scenario_of(of_family))


def test_a_pregnancy_that_an_answer_names_is_asked_about_while_it_may_last_F2() -> None:
    said = (
        {"valueString": "pregnant, 12 weeks"},
        {"valueCoding": {"system": SNOMED, "code": "77386006", "display": "Pregnant"}},
    )
    for answer in said:
        assert HintAt.PREGNANCY in pointed_at(answered("Which of these apply?", **answer))
        assert not pointed_at(answered("Which of these apply?", days=330, **answer))
        assert not pointed_at(answered("Illnesses of the sister", **answer))
    for answer in ({"valueString": "not pregnant"}, {"valueBoolean": False}):
        assert not pointed_at(answered("Are you pregnant?", **answer))
