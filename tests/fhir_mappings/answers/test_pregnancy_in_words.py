"""Pregnancy as answers and results say it in words (F2): there is no code here for a day of birth
to come or for a test, so they point at it and decide nothing.
"""

from __future__ import annotations

import pytest

from recommender.language import HintAt, Truth
from tests.fhir_mappings.records import (
    LOINC,
    SNOMED,
    Resource,
    concept,
    days_ago,
    observation,
    procedure,
    scenario_of,
)

STATUS = "82810-3"
PREGNANT = {"system": SNOMED, "code": "77386006"}
NOT_PREGNANT = {"system": SNOMED, "code": "60001007"}


@pytest.mark.parametrize(
    ("words", "truth"),
    [
        ("Pregnant", Truth.TRUE),
        ("Currently pregnant", Truth.TRUE),
        ("schwanger", Truth.TRUE),
        ("Not pregnant", Truth.FALSE),
        ("Possibly pregnant", Truth.UNKNOWN),
        ("Nicht schwanger", Truth.UNKNOWN),
        ("Unknown", Truth.UNKNOWN),
    ],
)
def test_a_status_is_read_by_the_words_of_its_answer(words: str, truth: Truth) -> None:
    coded = observation(STATUS, valueCodeableConcept={"text": words})
    assert scenario_of(coded).pregnant.truth is truth
    assert scenario_of(observation(STATUS, valueString=words)).pregnant.truth is truth


@pytest.mark.parametrize(
    "said",
    [
        {"valueCodeableConcept": concept(SNOMED, "77386006", text="Not pregnant")},
        {"valueCodeableConcept": {"coding": [PREGNANT, NOT_PREGNANT]}},
        {"valueCodeableConcept": {"coding": [NOT_PREGNANT]}, "valueString": "Pregnant"},
        {"valueCodeableConcept": {"coding": [NOT_PREGNANT]}, "dataAbsentReason": {"text": "error"}},
        {"valueCodeableConcept": {"coding": [PREGNANT]}, "dataAbsentReason": {"text": "error"}},
    ],
)
def test_a_status_that_contradicts_itself_is_neither_2_1(said: Resource) -> None:
    """As a yes it protects folic acid, as a no it protects it no longer."""
    assert scenario_of(observation(STATUS, **said)).pregnant.is_unknown


def named(text: str, **value: object) -> Resource:
    return observation("", code={"text": text}, days=30, **value)


@pytest.mark.parametrize(
    "result",
    [
        named("Estimated date of delivery", valueDateTime="2026-11-01"),
        named("EDD", valueDateTime=days_ago(0)),
        named("EDD (agreed)", valueDateTime="2026-11-01"),
        named("Delivery date Estimated from last menstrual period", valueDateTime="2026-11-01"),
        named("Delivery date US composite estimate", valueDateTime="2026-11-01"),
        named("Errechneter Geburtstermin", valueDateTime="2026-11-01"),
        named("Pregnancy test", valueCodeableConcept={"text": "Positive"}),
        named("Choriogonadotropin (pregnancy test) [Presence] in Urine", valueString="Positive"),
        named("Schwangerschaftstest (Urin)", valueString="positiv"),
        named("Beräknad förlossning", valueDateTime="2027-04-10"),
        named("Serum hCG", valueString="positive"),
        named("EDD", valueString="1 March 2027"),
        named("Gestational age", valueQuantity={"value": 12, "unit": "weeks"}),
        named("SSW", valueString="12+3"),
        named("Currently pregnant?", valueBoolean=True),
        named("Is the patient pregnant", valueCodeableConcept={"text": "Yes"}),
        named("Schwanger?", valueString="ja"),
        named("Enceinte ?", valueString="oui"),
        {**named("Pregnancy test", valueString="positive"), "effectiveDateTime": None},
        observation(
            "11778-8",
            code=concept(LOINC, "11778-8", "Delivery date Estimated"),
            valueDateTime="2026-11-01",
        ),
    ],
)
def test_what_points_at_a_pregnancy_is_a_hint(result: Resource) -> None:
    scenario = scenario_of(result)
    assert [hint.at for hint in scenario.hints] == [HintAt.PREGNANCY]
    assert scenario.pregnant.is_unknown


@pytest.mark.parametrize(
    "result",
    [
        named("Estimated date of delivery", valueDateTime=days_ago(1)),
        named("Pregnancy test", valueCodeableConcept={"text": "Negative"}),
        named("Pregnancy test"),
        {**named("Pregnancy test", valueString="positive"), "effectiveDateTime": days_ago(295)},
        named("Referral due date given", valueDateTime="2026-11-01"),
        named("Currently pregnant?", valueBoolean=False),
        named("Schwanger?", valueString="nein"),
        named("Is the patient pregnant", valueString="declined"),
        named("Gestational age"),
        {**named("Gestational age", valueString="39w"), "effectiveDateTime": days_ago(295)},
    ],
)
def test_what_is_over_negative_or_another_thing_is_none(result: Resource) -> None:
    assert scenario_of(result).hints == ()


@pytest.mark.parametrize(
    "odd",
    [
        {"effectiveDateTime": None},
        {"effectiveDateTime": "2025"},
        {"status": "preliminary"},
        {"status": "unknown"},
        {"valueCodeableConcept": concept(SNOMED, "102874004", text="Possible pregnancy")},
        {"valueCodeableConcept": {"text": "Pregnant, 12 weeks"}},
        {"valueCodeableConcept": {"coding": [PREGNANT, NOT_PREGNANT]}},
    ],
)
def test_a_pregnancy_that_an_answer_leaves_open_is_a_hint_Q28(odd: Resource) -> None:
    told = observation(STATUS, valueCodeableConcept={"coding": [PREGNANT]}) | odd
    scenario = scenario_of({key: value for key, value in told.items() if value is not None})
    assert scenario.pregnant.is_unknown
    assert [hint.at for hint in scenario.hints] == [HintAt.PREGNANCY]


@pytest.mark.parametrize(
    "odd",
    [
        {"effectiveDateTime": days_ago(295)},
        {"status": "entered-in-error"},
        {"status": "cancelled"},
        {"valueCodeableConcept": {"coding": [NOT_PREGNANT]}},
        {"valueCodeableConcept": {"text": "Unknown"}},
        {"valueCodeableConcept": None, "dataAbsentReason": {"text": "asked, not known"}},
    ],
)
def test_an_answer_that_is_over_void_or_tells_of_none_hints_at_nothing(odd: Resource) -> None:
    told = observation(STATUS, valueCodeableConcept={"coding": [PREGNANT]}) | odd
    assert scenario_of({k: v for k, v in told.items() if v is not None}).hints == ()


@pytest.mark.parametrize(("said", "truth"), [(True, Truth.TRUE), (False, Truth.FALSE)])
def test_the_question_whether_somebody_is_pregnant_is_answered_F2(said: bool, truth: Truth) -> None:
    assert scenario_of(named("Pregnant?", valueBoolean=said)).pregnant.truth is truth


def test_an_answer_pregnant_to_a_question_nobody_knows_is_a_hint() -> None:
    answer = concept(LOINC, "LA15173-0", "Pregnant")
    scenario = scenario_of(named("Obstetric status", valueCodeableConcept=answer))
    assert scenario.pregnant.is_unknown
    assert [hint.at for hint in scenario.hints] == [HintAt.PREGNANCY]


@pytest.mark.parametrize(
    ("status", "answer", "hints"),
    [
        ("completed", {"valueBoolean": True}, 1),
        ("completed", {"valueCoding": {"display": "Ja"}}, 1),
        ("completed", {"valueBoolean": False}, 0),
        ("entered-in-error", {"valueBoolean": True}, 0),
    ],
)
def test_a_questionnaire_that_says_so_is_a_hint(status: str, answer: Resource, hints: int) -> None:
    asked = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": status,
        "authored": days_ago(20),
        "item": [{"linkId": "1", "text": "Are you pregnant?", "answer": [answer]}],
    }
    assert len(scenario_of(asked).hints) == hints


@pytest.mark.parametrize(
    ("name", "value", "may_be"),
    [
        ("beta-hCG", {"valueQuantity": {"value": 25000, "unit": "IU/L"}}, True),
        ("Human chorionic gonadotropin", {"valueQuantity": {"value": 9, "unit": "IU/L"}}, True),
        ("hCG", {"valueString": "> 10000 IU/L"}, True),
        ("hCG", {"valueQuantity": {"value": 5, "comparator": "<", "unit": "IU/L"}}, False),
        ("hCG", {"valueString": "<2"}, False),
        ("hCG", {"valueQuantity": {"value": 1, "unit": "IU/L"}}, False),
    ],
)
def test_a_measured_hcg_tells_of_a_pregnancy_that_may_be_I17(
    name: str, value: Resource, may_be: bool
) -> None:
    hints = [hint.at for hint in scenario_of(named(name, **value)).hints]
    assert (HintAt.PREGNANCY in hints) is may_be


@pytest.mark.parametrize(
    ("operation", "days", "at"),
    [
        ("Obstetric ultrasound 12 weeks", 20, HintAt.PREGNANCY),
        ("Antenatal booking visit", 20, HintAt.PREGNANCY),
        ("Schwangerenvorsorge", 20, HintAt.PREGNANCY),
        ("Antenatal booking visit", 900, None),
        ("Embryo transfer", 20, HintAt.PLANNING_PREGNANCY),
        ("Intrauterine insemination", 20, HintAt.PLANNING_PREGNANCY),
        ("Embryo transfer", 900, None),
        ("Caesarean section", 20, None),
        ("Surgical management of miscarriage", 20, None),
    ],
)
def test_procedures_of_a_pregnancy_tell_of_it_while_it_may_last_F2(
    operation: str, days: int, at: HintAt | None
) -> None:
    done = procedure("", days=days, code={"text": operation})
    assert [hint.at for hint in scenario_of(done).hints] == ([at] if at else [])
