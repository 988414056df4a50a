"""Nerve signs, Leber's disease and allergies are shown from whatever carries them: an observation
inside another or inside a report, what a report concludes, a question under its heading; what is
denied there is not (F21, F22, Q26 to Q28).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import ClinicalScenario, HintAt
from tests.fhir_mappings.records import (
    SNOMED,
    SUBJECT,
    concept,
    days_ago,
    observation,
    scenario_of,
)

SAID = {
    "Numb feet": HintAt.NEUROLOGY,
    "Leber hereditary optic neuropathy": HintAt.LEBERS,
    "Allergy to hydroxocobalamin": HintAt.ALLERGY,
    "Allergic to cobalt": HintAt.COBALT_ALLERGY,
}
CODED = {
    HintAt.NEUROLOGY: concept(SNOMED, "91019004"),
    HintAt.LEBERS: concept(SNOMED, "58610003"),
}


def report(**said: Any) -> ClinicalScenario:
    body = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "subject": SUBJECT,
        "effectiveDateTime": days_ago(5),
        "code": {"text": "Report"},
    }
    return scenario_of(body | said)


def answers(*items: Any) -> ClinicalScenario:
    body = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": SUBJECT,
        "authored": days_ago(5),
        "item": list(items),
    }
    return scenario_of(body)


def inner(name: str, **said: Any) -> dict[str, Any]:
    return {"resourceType": "Observation", "id": "in", "code": {"text": name}, **said}


def pointed_at(scenario: ClinicalScenario) -> set[HintAt]:
    return {hint.at for hint in scenario.hints}


@pytest.mark.parametrize("said", SAID)
def test_it_is_shown_from_inside_another_resource(said: str) -> None:
    inside = inner(said, valueBoolean=True)
    panel = observation("", code={"text": "Panel"}, contained=[inside])
    assert SAID[said] in pointed_at(scenario_of(panel))
    assert SAID[said] in pointed_at(report(contained=[inside]))
    assert SAID[said] not in pointed_at(report(contained=[inside], status="entered-in-error"))
    assert SAID[said] not in pointed_at(report(contained=[inner(said, valueBoolean=False)]))


@pytest.mark.parametrize("said", SAID)
def test_it_is_shown_from_what_a_report_concludes(said: str) -> None:
    assert SAID[said] in pointed_at(report(conclusion=f"Examined today. {said}; otherwise well."))
    assert SAID[said] in pointed_at(report(conclusionCode=[{"text": said}]))
    assert SAID[said] in pointed_at(report(codedDiagnosis=[{"text": said}]))


@pytest.mark.parametrize(
    "conclusion",
    [
        "Findings consistent with pernicious anaemia",
        "Autoimmune atrophic gastritis on biopsy",
        "Final diagnosis: autoimmune gastritis",
        "Tyder på perniciös anemi",
    ],
)
def test_what_a_report_finds_it_consistent_with_is_shown(conclusion: str) -> None:
    assert HintAt.CAUSE in pointed_at(report(conclusion=conclusion))
    assert not pointed_at(report(conclusion=f"No {conclusion[0].lower()}{conclusion[1:]}"))


@pytest.mark.parametrize("at", CODED)
def test_a_coded_conclusion_without_words_is_shown(at: HintAt) -> None:
    assert at in pointed_at(report(conclusionCode=[CODED[at]]))
    scenario = report(conclusionCode=[CODED[at]])
    assert not scenario.neurological_findings
    assert not scenario.lebers.is_true


@pytest.mark.parametrize(
    "conclusion",
    [
        "Normal study. No neuropathy, no numb feet.",
        "Myelopathy is excluded",
        "Low vitamin B12 can cause neuropathy and numb feet",
        "If there is neuropathy, do not wait for MMA",
        "Consider testing where neuropathy is present",
        "Vitamin B12 deficiency is associated with neuropathy",
        "Allergy to hydroxocobalamin excluded. Without Leber hereditary optic neuropathy",
        "Keine Neuropathie",
    ],
)
def test_what_a_report_denies_or_tells_everybody_is_not_shown(conclusion: str) -> None:
    assert not pointed_at(report(conclusion=conclusion))


def test_signs_of_an_old_report_are_not_asked_about() -> None:
    assert not pointed_at(report(conclusion="Numb feet", effectiveDateTime=days_ago(200)))


def test_the_heading_of_a_question_is_read_with_it() -> None:
    to_what = {"linkId": "2", "text": "To what?", "answer": [{"valueString": "hydroxocobalamin"}]}
    under = {"linkId": "1", "text": "Allergies", "item": [to_what]}
    inside = {"linkId": "1", "text": "Any allergy?", "answer": [{"valueString": "yes"}]}
    inside["answer"][0]["item"] = [to_what]  # type: ignore[index]
    for item in (under, inside):
        scenario = answers(item)
        assert HintAt.ALLERGY in pointed_at(scenario)
        assert scenario.allergy_fact.is_unknown
    other = {"linkId": "1", "text": "Supplements", "item": [to_what]}
    assert HintAt.ALLERGY not in pointed_at(answers(other))


def test_signs_asked_of_the_family_are_not_the_persons() -> None:
    yes = {"linkId": "2", "text": "Numb feet", "answer": [{"valueBoolean": True}]}
    assert HintAt.NEUROLOGY in pointed_at(answers(yes))
    assert not pointed_at(answers({"linkId": "1", "text": "Your mother", "item": [yes]}))
    brought = {
        "linkId": "1",
        "text": "Illnesses in the family",
        "answer": [{"valueString": "numb"}],
    }
    assert not pointed_at(answers(brought))


def flagged(code: str) -> list[dict[str, Any]]:
    return [{"coding": [{"code": code}]}]


def test_an_interpretation_denies_and_affirms_like_a_value() -> None:
    for said, at in SAID.items():
        seen = {"text": said}
        assert at not in pointed_at(
            scenario_of(observation("", code=seen, interpretation=flagged("NEG")))
        )
        assert at in pointed_at(
            scenario_of(observation("", code=seen, interpretation=flagged("POS")))
        )


@pytest.mark.parametrize("code", [{"text": "Numb feet"}, concept(SNOMED, "91019004")], ids=str)
@pytest.mark.parametrize(
    "said",
    [
        {"valueString": "Possible"},
        {"valueCodeableConcept": {"text": "suspected"}},
        {"valueBoolean": True, "status": "preliminary"},
    ],
    ids=str,
)
def test_a_sign_in_doubt_is_asked_about_and_decides_nothing(code: Any, said: Any) -> None:
    scenario = scenario_of(observation("", code=code, **said))
    assert HintAt.NEUROLOGY in pointed_at(scenario)
    assert not scenario.neurological_findings


@pytest.mark.parametrize("said", ["No", "mother", "not present", "absent"])
def test_a_sign_that_is_denied_or_of_somebody_else_is_not_asked_about(said: str) -> None:
    for code in ({"text": "Numb feet"}, concept(SNOMED, "91019004", "Paresthesia")):
        assert not pointed_at(scenario_of(observation("", code=code, valueString=said)))


def test_a_sign_by_its_name_alone_is_there() -> None:
    bare = observation("", code={"text": "Paraesthesia"})
    assert HintAt.NEUROLOGY in pointed_at(scenario_of(bare))
    for name in ("Neuropathy screening", "Numbness?", "Foot examination"):
        assert not pointed_at(scenario_of(observation("", code={"text": name})))
    missing = {"dataAbsentReason": concept("", "not-asked")}
    assert not pointed_at(scenario_of(observation("", code={"text": "Paraesthesia"}, **missing)))


def test_the_name_of_an_allergy_tells_of_no_treatment() -> None:
    allergic = {"text": "Allergy to hydroxocobalamin"}
    for said in ({"valueBoolean": False}, {"valueBoolean": True}):
        found = scenario_of(observation("", code=allergic, **said))
        assert HintAt.B12_TREATMENT not in pointed_at(found)
    given = {"text": "Vitamin B12 injection given"}
    assert HintAt.B12_TREATMENT in pointed_at(
        scenario_of(observation("", code=given, valueString="see letter", status="preliminary"))
    )
    denied = scenario_of(observation("", code=given, valueBoolean=False))
    assert HintAt.B12_TREATMENT not in pointed_at(denied)


@pytest.mark.parametrize(
    ("name", "found", "usual"),
    [
        ("Vibration sense", "reduced both feet", "normal"),
        ("Monofilament test", "Abnormal", "Normal"),
        ("Ankle reflexes", "absent", "present"),
        ("Pallästhesie", "herabgesetzt 4/8", "nicht herabgesetzt"),
        ("Sensibilité vibratoire", "diminuée", "normale"),
    ],
)
def test_an_examination_of_the_nerves_and_its_answer_name_the_sign_together_Q27(
    name: str, found: str, usual: str
) -> None:
    def examined(answer: str, title: str = name) -> ClinicalScenario:
        given = {"code": {"text": title}, "valueCodeableConcept": {"text": answer}}
        return scenario_of(observation("", days=10, **given))

    assert [hint.words for hint in examined(found).hints] == [f"{name}: {found}"]
    assert not pointed_at(examined(usual))
    assert not pointed_at(examined(found, "Appetite"))


@pytest.mark.parametrize("name", ["Paresthesia of foot", "Numbness of foot"])
def test_an_observation_that_is_called_by_a_listed_sign_and_has_no_value_is_one_Q27(
    name: str,
) -> None:
    said = scenario_of(observation("", days=10, code={"text": name}))
    assert [hint.words for hint in said.hints] == [name]
    assert not pointed_at(scenario_of(observation("", days=10, code={"text": f"{name} score"})))
