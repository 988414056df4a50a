"""What the name of a product says in passing makes of it neither a test nor a combination.

Expectations: decisions Q27 (of a product), I3, I26.
"""

import pytest

from fhir_mappings.products import identify_product
from fhir_mappings.terminology import load_value_sets
from recommender.language import HintAt, Substance
from tests.fhir_mappings.products.test_near_names import ordered
from tests.fhir_mappings.records import scenario_of

VALUE_SETS = load_value_sets()


def held(text: str) -> list[Substance]:
    return [one.substance for one in identify_product({"text": text}, VALUE_SETS).ingredients]


@pytest.mark.parametrize(
    "text",
    [
        "Folic acid 5 mg (B12 level awaited)",
        "Folic acid 5 mg tablet - test B12 first",
        "Folic acid (B12 test requested)",
        "Folic acid - check B12 level",
        "Folic acid 5 mg, B12 replete",
        "Folic acid 5 mg once B12 given",
        "Folic acid 5mg; B12 injections already started",
        "Folic acid 5 mg (on B12 injections)",
        "Folsäure 5 mg (B12-Mangel ausgeschlossen)",
        "Acide folique 5 mg (B12 dosée)",
        "Acido folico 5 mg, B12 normale",
        "Folic acid 5 mg *B12 replete*",
    ],
)
def test_folic_acid_beside_which_vitamin_b12_is_spoken_of_is_folic_acid_alone_I3(text):
    assert held(text) == [Substance.FOLIC_ACID]


@pytest.mark.parametrize(
    "text",
    [
        "Hydroxocobalamin 1mg/ml injection (check B12 level after)",
        "Hydroxocobalamin, check level in 3 months",
        "Hydroxocobalamin (intrinsic factor antibody positive)",
        "Hydroxocobalamin test dose",
        "Hydroxocobalamin (folate level normal)",
    ],
)
def test_vitamin_b12_beside_which_a_test_is_spoken_of_is_vitamin_b12(text):
    assert held(text) == [Substance.HYDROXOCOBALAMIN]


@pytest.mark.parametrize(
    "text",
    [
        "Vitamin B12, serum level",
        "Vitamin B12 levels (serum)",
        "Folate level",
        "Folic acid, blood test",
        "Vitamin B complex (excluding B12)",
        "Vitamin B complex, does not contain vitamin B12",
        "Complexe B sans B12",
        "Complejo B sin vitamina B12",
        "B-vitamin uten B12",
        "Metformin 500mg tablets *B12 bloods*",
        "Apixaban 5 mg (B12 injections due)",
        "Sulfasalazine 500 mg, folic acid supplementation",
        "Iron infusion, B12 and folate normal",
        "Iron 100 mg - B12/folate pending",
        "Vitamin D3 (B12 normal)",
        "Sharps bin for B12",
    ],
)
def test_a_test_and_what_holds_neither_of_the_two_is_no_order_of_them_Q27(text):
    assert held(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Folic acid; cyanocobalamin; pyridoxine",
        "Cyanocobalamin folic acid pyridoxine",
        "Folic acid 800 mcg pyridoxine 3 mg B12 500 mcg",
        "Pyridoxine, B12, folic acid",
        "Folsäure Vitamin B12 Kapseln",
        "Folic acid tablets containing B12",
        "Folic acid [B12]",
        "Folic acid 5 mg and vitamin B12 1 mg",
        "Ácido fólico, vitamina B12, hierro",
        "Foliumzuur en vitamine B12",
    ],
)
def test_a_combination_of_the_two_stays_one_Q27(text):
    assert len(held(text)) == 2


@pytest.mark.parametrize("text", ["Vitamin B12 (as methylcobalamin) 1000 mcg", "Vitamin B1 B12"])
def test_the_name_of_the_form_and_of_vitamins_beside_it_is_kept(text):
    assert len(held(text)) == 1


@pytest.mark.parametrize(
    "text",
    ["Warfarin, dose as per INR test", "Warfarin - monitor levels", "Apixaban (anti-Xa level)"],
)
def test_an_anticoagulant_whose_name_speaks_of_a_test_is_one_I26(text):
    assert identify_product({"text": text}, VALUE_SETS).anticoagulant


@pytest.mark.parametrize("text", ["Heparin level", "Heparin antibody"])
def test_a_test_of_an_anticoagulant_is_none(text):
    assert not identify_product({"text": text}, VALUE_SETS).anticoagulant


def test_methotrexate_whose_name_speaks_of_a_test_is_methotrexate_I17():
    assert identify_product({"text": "Methotrexate, blood test monthly"}, VALUE_SETS).methotrexate


def test_folic_acid_that_says_that_vitamin_b12_is_given_is_a_hint_at_it_and_no_treatment_Q28():
    scenario = scenario_of(ordered("Folic acid 5 mg (on B12 injections)"))

    assert [hint.at for hint in scenario.hints] == [HintAt.B12_TREATMENT]
