"""A slip of the pen in the name of vitamin B12 is shown, and never means "no treatment"."""

import pytest

from fhir_mappings.products.near_names import near_b12_name
from recommender.language import HintAt
from tests.fhir_mappings.records import SUBJECT, scenario_of


def ordered(text: str, **changes):
    return {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": "2026-05-01",
        "medicationCodeableConcept": {"text": text},
        **changes,
    }


@pytest.mark.parametrize(
    "text",
    [
        "Hydroxocobalmin 1mg injection",
        "Hydrocobalamin inj",
        "Cyanocobalmin 1 mg",
        "ciancobalamina",
        "hydroxocobolamine",
        "cynocobalamin tablets",
        "NeuroB12 forte",
        "SanaB-12 1000",
        "vitamin b12b 1 mg injection",
    ],
)
def test_a_name_that_is_nearly_right_is_a_hint_at_treatment(text):
    scenario = scenario_of(ordered(text))

    assert [(hint.at, hint.words) for hint in scenario.hints] == [(HintAt.B12_TREATMENT, text)]
    assert scenario.orders == ()
    assert scenario.b12_supplement_before_test.is_unknown


@pytest.mark.parametrize(
    "text",
    ["holotranscobalamin", "transcobalamin II", "hydroxychloroquine", "hydrocortisone", "9" * 600],
)
def test_other_names_are_none(text):
    assert near_b12_name({"text": text}) == ""


@pytest.mark.parametrize(
    "text",
    ["Syringe for B12 injection", "Needles 23G for vitamin B-12", "Syringe for hydroxocobalamin"],
)
def test_what_an_injection_needs_is_a_hint_at_treatment_and_no_order_of_it(text):
    scenario = scenario_of(ordered(text))

    assert [(hint.at, hint.words) for hint in scenario.hints] == [(HintAt.B12_TREATMENT, text)]
    assert scenario.orders == ()


@pytest.mark.parametrize(
    "text",
    [
        "Apixaban 5 mg - B12 given IM",
        "Insulin glargine, patient on B12",
        "Metformin 500 mg, B12 monthly",
        "Levothyroxine 50 micrograms (take after B12)",
        "Chlorphenamine before hydroxocobalamin",
    ],
)
def test_another_medicine_that_says_that_vitamin_b12_is_given_is_a_hint_at_treatment(text):
    scenario = scenario_of(ordered(text))

    assert [(hint.at, hint.words) for hint in scenario.hints] == [(HintAt.B12_TREATMENT, text)]
    assert scenario.orders == ()
    assert scenario.b12_supplement_before_test.is_unknown


def test_another_medicine_that_speaks_of_vitamin_b12_is_neither_order_nor_hint():
    scenario = scenario_of(ordered("Metformin 500 mg (monitor B12)"))

    assert (scenario.hints, scenario.orders) == ((), ())


def test_a_cancelled_order_is_no_hint():
    assert scenario_of(ordered("Hydroxocobalmin", status="cancelled")).hints == ()
