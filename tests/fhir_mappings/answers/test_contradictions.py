"""Answers that contradict themselves, or are made by what is not understood, are no "no".

Expected by decisions F10 (only an explicit negative is one), I28, I30; F13 (antibodies).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language import Cause, HintAt
from tests.fhir_mappings.records import LOINC, OWN, SNOMED, days_ago, observation, scenario_of

INTERPRETED = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
PARAESTHESIA, ANTIBODY, PREGNANCY = "91019004", "31444-3", "82810-3"


def flagged(*codes: str, text: str = "") -> dict[str, Any]:
    flags: list[dict[str, Any]] = [
        {"coding": [{"system": INTERPRETED, "code": one}]} for one in codes
    ]
    return {"interpretation": flags + ([{"text": text}] if text else [])}


def screen(**changes: Any) -> dict[str, Any]:
    return observation("neuro-screen", system=OWN, days=5, **changes)


@pytest.mark.parametrize(
    "said",
    [
        {"valueBoolean": False},
        {"valueString": "Negative"},
        {"valueCodeableConcept": {"coding": [{"display": "Negative (qualifier value)"}]}},
        flagged("NEG"),
        flagged(text="Negative"),
    ],
)
def test_a_plain_no_is_one(said: dict[str, Any]) -> None:
    assert scenario_of(screen(**said)).neurological_screen.is_false


@pytest.mark.parametrize(
    "said",
    [
        flagged("NEG", "POS"),
        {"valueBoolean": False} | flagged("POS"),
        {"valueBoolean": False} | flagged("A"),
        {"valueBoolean": False, "valueString": "Positive"},
        {"valueCodeableConcept": {"coding": [{"code": "NEG"}], "text": "Positive"}},
        {"valueCodeableConcept": {"coding": [{"display": "Negative"}, {"display": "Positive"}]}},
        {"valueCodeableConcept": [{"text": "Negative"}, {"text": "Positive"}]},
        flagged("N"),
        {"valueInteger": 0},
    ],
)
def test_what_contradicts_itself_is_no_no_F10(said: dict[str, Any]) -> None:
    assert not scenario_of(screen(**said)).neurological_screen.is_false


def test_a_no_by_its_day_of_issue_alone_may_be_of_long_before_I30() -> None:
    answers = [
        screen(valueBoolean=False),
        observation(PREGNANCY, days=5, valueCodeableConcept={"text": "Not pregnant"}),
    ]
    for answer in answers:
        del answer["effectiveDateTime"]
        answer["issued"] = f"{days_ago(5)}T10:00:00Z"
    scenario = scenario_of(*answers)
    assert scenario.neurological_screen.is_unknown
    assert scenario.pregnant.is_unknown


@pytest.mark.parametrize(
    "changed",
    [
        {"modifierExtension": [{"url": "urn:x"}]},
        {
            "item": [
                {
                    "linkId": "neuro-screen",
                    "modifierExtension": [{"url": "urn:x"}],
                    "answer": [{"valueBoolean": False}],
                }
            ]
        },
    ],
)
def test_an_answer_that_is_changed_by_what_is_not_read_is_none(changed: dict[str, Any]) -> None:
    response = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": "Patient/pat-1"},
        "authored": days_ago(5),
        "item": [{"linkId": "neuro-screen", "answer": [{"valueBoolean": False}]}],
    }
    assert scenario_of(response).neurological_screen.is_false
    assert scenario_of(response | changed).neurological_screen.is_unknown


@pytest.mark.parametrize(
    "said",
    [flagged("N"), flagged("NEG"), flagged(text="Negative"), flagged(text="Not detected")],
)
def test_a_sign_that_its_interpretation_denies_is_none(said: dict[str, Any]) -> None:
    assert not scenario_of(observation(PARAESTHESIA, system=SNOMED, **said)).neurological_findings


@pytest.mark.parametrize("said", [{}, flagged("A"), flagged("POS"), flagged(text="Positive")])
def test_a_sign_that_nothing_denies_is_one(said: dict[str, Any]) -> None:
    assert scenario_of(observation(PARAESTHESIA, system=SNOMED, **said)).neurological_findings


UNITS = {"value": 95, "unit": "U/mL"}
POSITIVE = {"coding": [{"system": SNOMED, "display": "Positive (qualifier value)"}]}


@pytest.mark.parametrize(
    "said",
    [
        flagged("POS"),
        flagged("N", "POS"),
        flagged(text="Positive"),
        {"valueCodeableConcept": POSITIVE},
        {"valueQuantity": UNITS} | flagged(text="High"),
        {"valueQuantity": UNITS, "referenceRange": [{"high": {"value": 20, "unit": "U/mL"}}]},
    ],
)
def test_an_antibody_is_there_in_whatever_form_it_is_said_F13(said: dict[str, Any]) -> None:
    (cause,) = scenario_of(observation(ANTIBODY, system=LOINC, **said)).causes
    assert cause.cause is Cause.PERNICIOUS_ANAEMIA


@pytest.mark.parametrize(
    "said",
    [
        flagged("NEG"),
        {"valueQuantity": UNITS, "referenceRange": [{"high": {"value": 200, "unit": "U/mL"}}]},
        {"valueQuantity": UNITS, "referenceRange": [{"high": {"value": 20, "unit": "kU/L"}}]},
        {"valueQuantity": UNITS | {"comparator": "<"}, "referenceRange": [{"high": {"value": 20}}]},
        {
            "valueQuantity": UNITS | {"comparator": ["<"]},
            "referenceRange": [{"high": {"value": 20}}],
        },
        {"valueQuantity": UNITS},
        {
            "valueQuantity": UNITS,
            "referenceRange": [{"high": {"value": 20}}, {"low": {"value": 90}}],
        },
    ],
)
def test_an_antibody_of_which_nobody_says_that_it_is_there_is_no_cause(said: Any) -> None:
    assert not scenario_of(observation(ANTIBODY, system=LOINC, **said)).causes


@pytest.mark.parametrize(
    "said",
    [
        {"valueString": "weak positive"},
        {"valueString": "Equivocal"},
        {"valueString": "1:80"},
        {"valueQuantity": UNITS},
        {"valueQuantity": UNITS | {"comparator": "<"}, "referenceRange": [{"high": {"value": 20}}]},
        {"valueQuantity": UNITS, "referenceRange": [{"high": {"value": 20, "unit": "kU/L"}}]},
        {
            "valueQuantity": UNITS,
            "referenceRange": [{"high": {"value": 20}}, {"low": {"value": 90}}],
        },
    ],
)
def test_an_antibody_that_its_result_leaves_open_is_asked_about_F13_Q27(said: Any) -> None:
    scenario = scenario_of(observation(ANTIBODY, system=LOINC, **said))

    assert not scenario.causes
    assert [hint.at for hint in scenario.hints] == [HintAt.CAUSE]


@pytest.mark.parametrize(
    "said",
    [
        {"valueString": "Negative"},
        {"valueString": "1.0 (negative)"},
        {"valueString": "Not detected"},
        {"valueString": "<1.5 AU/mL"},
        flagged("NEG"),
        {"valueQuantity": UNITS} | flagged("N"),
        {"valueQuantity": UNITS | {"comparator": "<"}},
        {"valueQuantity": UNITS, "referenceRange": [{"high": {"value": 200, "unit": "U/mL"}}]},
        {
            "valueQuantity": UNITS,
            "referenceRange": [{"high": {"value": 95}}, {"high": {"value": 120}}],
        },
        {"dataAbsentReason": {"text": "haemolysed"}},
        {},
    ],
)
def test_an_antibody_that_is_not_there_or_was_not_measured_asks_nothing(said: Any) -> None:
    scenario = scenario_of(observation(ANTIBODY, system=LOINC, **said))

    assert (scenario.causes, scenario.hints) == ((), ())


@pytest.mark.parametrize(
    ("value", "is_no"),
    [
        ({"valueString": "negative"}, True),
        ({"valueString": "normal"}, False),
        (
            {
                "valueCodeableConcept": {
                    "coding": [{"system": SNOMED, "code": "60001007"}],
                    "text": "Pregnant",
                }
            },
            False,
        ),
    ],
)
def test_a_pregnancy_may_be_normal_and_is_not_denied_by_a_code_alone(
    value: Any, is_no: bool
) -> None:
    assert scenario_of(observation(PREGNANCY, **value)).pregnant.is_false is is_no
