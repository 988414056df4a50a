"""Which medicine it is: ingredients, strengths, form, and products that are wrong for vitamin B12
replacement.
"""

from decimal import Decimal

import pytest

from fhir_mappings.products.identify import identify_product
from fhir_mappings.products.product import Form
from fhir_mappings.terminology.code_systems import ATC, DMD, RXNORM, SNOMED
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.doses import Substance
from recommender.language.scenario import Anticoagulant, LoweringDrug

VALUE_SETS = load_value_sets()
HC, CC, MC = Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN, Substance.METHYLCOBALAMIN
B12, FOLIC, FOLINIC = Substance.COBALAMIN_UNSPECIFIED, Substance.FOLIC_ACID, Substance.FOLINIC_ACID


def coded(system: str, code: str, text: str = "") -> dict:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def strengths(product) -> dict:
    return {
        item.substance: item.strength and (item.strength.micrograms, item.strength.per_ml)
        for item in product.ingredients
    }


@pytest.mark.parametrize(
    ("concept", "expected", "form"),
    [
        (coded(RXNORM, "309593"), {CC: (1000, False)}, Form.TABLET),
        (coded(RXNORM, "198891"), {CC: (2500, False)}, Form.TABLET),
        (coded(RXNORM, "309594"), {CC: (1000, True)}, Form.INJECTION),
        (coded("urn:oid:2.16.840.1.113883.6.88", "1539820"), {MC: (1000, False)}, Form.TABLET),
        (
            coded(RXNORM, "5514", "Hydroxocobalamin 1 mg/mL solution for injection"),
            {HC: (1000, True)},
            Form.INJECTION,
        ),
        (coded(RXNORM, "5514"), {HC: None}, Form.UNKNOWN),
        (coded(SNOMED, "327529002"), {HC: None}, Form.UNKNOWN),
        (coded(DMD, "327529002"), {HC: None}, Form.UNKNOWN),
        (coded(ATC, "B03BA03"), {HC: None}, Form.UNKNOWN),
        (coded(ATC, "B03BA"), {B12: None}, Form.UNKNOWN),
        (coded(RXNORM, "476628"), {CC: (500, False), FOLIC: (1000, False)}, Form.TABLET),
        (coded(ATC, "B03AE01"), {B12: None, FOLIC: None}, Form.UNKNOWN),
        (coded(RXNORM, "199318"), {FOLIC: (5000, False)}, Form.TABLET),
        (coded(RXNORM, "6313"), {FOLINIC: None}, Form.UNKNOWN),
        (coded(RXNORM, "1025342"), {FOLIC: None}, Form.UNKNOWN),
    ],
)
def test_a_code_says_the_ingredients_and_their_strengths(concept, expected, form):
    product = identify_product(concept, VALUE_SETS)

    assert strengths(product) == expected
    assert product.form is form
    assert product.matched_by == "code"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hydroxocobalamin 1 MG/ML Injectable Solution", {HC: (1000, True)}),
        ("Hydroxycobalamin 1000 micrograms/ml inj", {HC: (1000, True)}),
        ("Hydroxocobalamin 1mg/1ml solution for injection ampoules", {HC: (1000, True)}),
        ("Cyanocobalamin 50microgram tablets", {CC: (50, False)}),
        ("cyanocobalamin 1,000 mcg tablet", {CC: (1000, False)}),
        ("Vitamin B12 2,5 mg tablets", {B12: (2500, False)}),
        ("Vit B12 injection", {B12: None}),
        ("Mecobalamin 500 mcg tab", {MC: (500, False)}),
        (
            "Folic Acid 1 MG / Vitamin B 12 0.5 MG Oral Tablet",
            {B12: (500, False), FOLIC: (1000, False)},
        ),
        ("Ferrous fumarate 322mg / Folic acid 350microgram tablets", {FOLIC: (350, False)}),
        ("Calcium folinate 15mg tablets", {FOLINIC: (15000, False)}),
        (
            "cyanocobalamin-folic acid-pyridoxine 2 mg-2.5 mg-25 mg tablet",
            {CC: (2000, False), FOLIC: (2500, False)},
        ),
        (
            "folic acid-vit B6-vit B12 2.5 mg-25 mg-500 mcg tablet",
            {B12: (500, False), FOLIC: (2500, False)},
        ),
        (
            "Folic acid 2.5 mg - pyridoxine 25 mg - cyanocobalamin 2 mg",
            {CC: (2000, False), FOLIC: (2500, False)},
        ),
        ("cyanocobalamin-folic acid 2 mg-2.5 mg-25 mg tablet", {CC: None, FOLIC: None}),
        (
            "cyanocobalamin/folic acid/pyridoxine 1-2.5-25 mg tablet",
            {CC: (1000, False), FOLIC: (2500, False)},
        ),
        (
            "FOLIC ACID-VIT B-6-VIT B-12 2.2-25-0.5 MG PO TABS",
            {B12: (500, False), FOLIC: (2200, False)},
        ),
        ("vit B12-folic acid 500-400 mcg tab", {B12: (500, False), FOLIC: (400, False)}),
        ("L-methylfolate-B6-B12 3-35-2 mg caps", {B12: (2000, False), FOLIC: (3000, False)}),
        (
            "FA-PYRIDOXINE-CYANOCOBALAMIN 2.5-25-2 MG PO TABS",
            {CC: (2000, False), FOLIC: None},
        ),
        ("cyanocobalamin 1-2.5-25 mg tablet", {CC: None}),
        ("FOLBIC 2.5-25-2 MG PO TABS", {B12: (2000, False), FOLIC: (2500, False)}),
        ("Metanx", {B12: (2000, False), FOLIC: (3000, False)}),
        ("NEPHRO-VITE 0.8 MG PO TABS", {B12: None, FOLIC: None}),
        ("Vitamin B12 - 1000 mcg tablet", {B12: (1000, False)}),
        ("Vitamin B12-1000 mcg tablet", {B12: (1000, False)}),
        ("Vitamin B-12-500mcg", {B12: (500, False)}),
        ("Vitamin B12-ratiopharm 1000 mcg", {B12: (1000, False)}),
        ("Hydroxocobalamin solution for injection, 1 mg/ml", {HC: (1000, True)}),
        ("Vibeden, injektionsvæske, opløsning, 1 mg/ml", {HC: (1000, True)}),
        ("Behepan injektionsvätska, lösning 1 mg/ml", {B12: (1000, True)}),
        ("Cyanocobalamin, tablet, film-coated, 10 mg", {CC: (10000, False)}),
        ("Hydroxocobalamin Injektionslösung, 1 mg/ml, 10 Ampullen", {HC: (1000, True)}),
        ("Cyanocobalamin, pyridoxine tablets 100 mg", {CC: None}),
        ("Cyanocobalamin, folic acid, 5 mg tablets", {CC: None, FOLIC: None}),
        ("cyanocobalamin, vitamin B-12, 1,000 mcg tablet", {CC: (1000, False)}),
        ("cyanocobalamin, vitamin B-12, (VITAMIN B-12) 1,000 mcg tablet", {CC: (1000, False)}),
        ("cyanocobalamin, vitamin B-12, 1,000 mcg/mL injection", {CC: (1000, True)}),
        ("cyanocobalamin, vitamin B-12, 2,500 mcg Subl", {CC: (2500, False)}),
        ("vitamin B-12, cyanocobalamin, 500 mcg Lozg", {CC: (500, False)}),
        ("methylcobalamin, vitamin B12, 500 mcg lozenge", {MC: (500, False)}),
        (
            "cyanocobalamin, vitamin B-12, folic acid 1 mg tablet",
            {CC: None, FOLIC: (1000, False)},
        ),
        ("cyanocobalamin, vitamin B-12, zinc 10 mg tablet", {CC: None}),
        ("vitamin B12,500 mcg tablet", {B12: (500, False)}),
        ("B12,5000 mcg tablet", {B12: (5000, False)}),
        ("vitamin B-12,1000 mcg tablet", {B12: (1000, False)}),
        ("Cyanocobalamin 1 mg, 2 mg tablets", {CC: (1000, False)}),
    ],
)
def test_words_are_read_where_no_code_is_known_and_said_to_be_words(text, expected):
    product = identify_product({"text": text}, VALUE_SETS)

    assert strengths(product) == expected
    assert product.matched_by == "text"


def test_rxnorm_calls_cyanocobalamin_vitamin_B12():
    product = identify_product(
        coded(RXNORM, "999999999", "Vitamin B 12 0.75 MG Oral Tablet"), VALUE_SETS
    )

    assert strengths(product) == {CC: (750, False)}


@pytest.mark.parametrize(
    "concept",
    [
        {"text": "Vitamin B12 level"},
        {"text": "Etodolac 500 MG Oral Tablet"},
        coded(SNOMED, "5692007", "Cyanocobalamin (58-Co)"),
        coded(RXNORM, "309596"),
        coded(ATC, "V04CX02", "folic acid"),
        None,
        [],
        "B12",
        {},
    ],
)
def test_look_alikes_and_other_things_hold_nothing_of_ours(concept):
    assert identify_product(concept, VALUE_SETS).ingredients == ()


@pytest.mark.parametrize(
    "concept",
    [
        coded(RXNORM, "700499"),
        coded(ATC, "V03AB33"),
        coded(RXNORM, "5514", "Cyanokit 5 g powder"),
        {"text": "CYANOKIT"},
        {"text": "Hydroxocobalamin 5 g powder for solution for infusion"},
        coded(RXNORM, "5514", "Hydroxocobalamin 5000 MG Injection"),
        {"text": "Hydroxocobalamin 2.5 g vial"},
    ],
)
def test_the_cyanide_antidote_is_a_product_error_I11(concept):
    product = identify_product(concept, VALUE_SETS)

    assert product.antidote
    assert "cyanide antidote" in product.error


@pytest.mark.parametrize(
    "name",
    [
        "Hydroxocobalamin 1 g",
        "Hydroxocobalamin 5000 mg/mL",
        "Cyanocobalamin 5 g",
        "Hydroxocobalamin 5 mg",
    ],
)
def test_what_may_be_a_slip_of_the_unit_is_not_called_the_antidote_I33(name):
    assert not identify_product({"text": name}, VALUE_SETS).antidote


@pytest.mark.parametrize(
    "concept",
    [
        coded(SNOMED, "24856311000001103"),
        {"text": "Hydroxocobalamin 10mg/2ml solution for injection ampoules"},
    ],
)
def test_the_ampoule_of_ten_milligrams_is_a_product_error_I11(concept):
    product = identify_product(concept, VALUE_SETS)

    assert "10 times" in product.error
    assert not product.antidote
    assert product.ingredients[0].strength.container == Decimal(2)


def test_code_and_name_that_disagree_leave_the_form_of_vitamin_B12_unknown():
    product = identify_product(coded(RXNORM, "5514", "Cyanocobalamin 1 mg tablet"), VALUE_SETS)

    assert [item.substance for item in product.ingredients] == [B12]
    assert "different forms" in product.doubt


def test_names_that_disagree_on_the_strength_leave_it_unknown():
    product = identify_product(coded(RXNORM, "309593", "Cyanocobalamin 500 mcg tablet"), VALUE_SETS)

    assert strengths(product) == {CC: None}


@pytest.mark.parametrize(
    ("concept", "drug"),
    [
        (coded(RXNORM, "6809"), LoweringDrug.METFORMIN),
        (coded(ATC, "A10BD07"), LoweringDrug.METFORMIN),
        (coded(ATC, "A10BD19"), None),
        (
            coded(RXNORM, "861007", "metformin hydrochloride 500 MG Oral Tablet"),
            LoweringDrug.METFORMIN,
        ),
        (coded(ATC, "A02BC01"), LoweringDrug.PROTON_PUMP_INHIBITOR),
        (coded(ATC, "A02BA03"), LoweringDrug.H2_RECEPTOR_ANTAGONIST),
        (coded(RXNORM, "2683"), LoweringDrug.COLCHICINE),
        ({"text": "Colchicine 500 microgram tablets"}, LoweringDrug.COLCHICINE),
        ({"text": "Methotrexate 2.5 mg tablets"}, None),
    ],
)
def test_medicines_that_lower_vitamin_B12(concept, drug):
    assert identify_product(concept, VALUE_SETS).lowering is drug


@pytest.mark.parametrize(
    ("concept", "kind"),
    [
        (coded(RXNORM, "11289"), Anticoagulant.WARFARIN),
        (coded(ATC, "B01AA03"), Anticoagulant.WARFARIN),
        (coded(ATC, "B01AF02"), Anticoagulant.DIRECT_ORAL),
        (coded(ATC, "B01AE07"), Anticoagulant.DIRECT_ORAL),
        (coded(RXNORM, "67108"), Anticoagulant.HEPARIN),
        ({"text": "Rivaroxaban 20 mg tablets"}, Anticoagulant.DIRECT_ORAL),
        (coded(SNOMED, "372862008"), None),
    ],
)
def test_anticoagulants_and_their_class(concept, kind):
    product = identify_product(concept, VALUE_SETS)

    assert product.anticoagulant
    assert product.anticoagulant_class is kind


@pytest.mark.parametrize("concept", [coded(RXNORM, "6851"), {"text": "Methotrexate 10 mg weekly"}])
def test_methotrexate_is_seen(concept):
    assert identify_product(concept, VALUE_SETS).methotrexate


def test_a_medication_resource_may_say_its_ingredients_and_strength():
    medication = {
        "resourceType": "Medication",
        "form": {"coding": [{"system": SNOMED, "code": "385219001"}]},
        "ingredient": [
            {
                "itemCodeableConcept": coded(SNOMED, "1217428002"),
                "strength": {
                    "numerator": {"value": 1, "unit": "mg"},
                    "denominator": {"value": 1, "unit": "mL"},
                },
            }
        ],
    }

    product = identify_product(None, VALUE_SETS, medication)

    assert strengths(product) == {HC: (1000, True)}
    assert product.form is Form.INJECTION


@pytest.mark.parametrize(
    "text",
    [
        "Metformin 500 mg (monitor B12)",
        "Metformin 500 mg check vitamin B12 yearly",
        "Omeprazole 20 mg (may lower vitamin B12)",
        "Methotrexate 10 mg weekly with folic acid 5 mg",
        "Methotrexat 15 mg, Folsäure 5 mg am Folgetag",
        "Prednisolone 5 mg, allergic to cyanocobalamin",
        "Needle 23G for hydroxocobalamin injection",
        "Ferrous sulfate 200 mg, B12 normal",
        "Thiamine 100 mg (check B12)",
        "Metformin 500 mg (B12 yearly)",
        "Metformin 500 mg, annual B12",
        "Metformina 500 mg (controlar B12)",
        "Metformin 500 mg with meals, B12 recheck in 6 months",
        "Warfarin 3 mg (give B12 IM with pressure)",
        "Apixaban 5 mg - B12 given IM",
        "Sulfasalazine 500 mg, add folic acid",
        "Nitrous oxide (avoid in B12 deficiency)",
        "Ferrous sulfate 200 mg, no vitamin B12",
        "Iron tablets without folic acid or vitamin B12",
        "Multivitamin without vitamin B12",
        "B12-free multivitamin",
    ],
)
def test_a_name_that_denies_vitamin_b12_or_only_speaks_of_it_is_another_product_Q27(text):
    assert identify_product({"text": text}, VALUE_SETS).ingredients == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Folic acid 5 mg (B12 checked)", {FOLIC: (5000, False)}),
        ("Folic acid 5 mg, not for B12 deficiency", {FOLIC: (5000, False)}),
        ("Hydroxocobalamin 1 mg, not cyanocobalamin", {HC: (1000, False)}),
        ("Hydroxocobalamin 1 mg (check folate)", {HC: (1000, False)}),
        ("Multivitamin without folic acid", {B12: None}),
    ],
)
def test_a_product_holds_what_its_name_does_not_deny_Q27(text, expected):
    assert strengths(identify_product({"text": text}, VALUE_SETS)) == expected


@pytest.mark.parametrize(
    ("text", "substance"),
    [
        ("Metformin 500 mg / methylcobalamin 500 mcg", MC),
        ("Pregabalin 75 mg + methylcobalamin 1500 mcg capsules", MC),
        ("Ferrous sulfate 325 mg with folic acid 400 mcg", FOLIC),
        ("Iron (ferrous fumarate 322 mg and folic acid 350 mcg)", FOLIC),
        ("Ferrous sulphate 325mg/folic acid 350 microgram modified-release tablets", FOLIC),
        ("Pregabalin 75mg methylcobalamin 750mcg", MC),
        ("Gabapentin 300 mg-methylcobalamin 500 mcg", MC),
        ("Diclofenac sodium cyanocobalamin", CC),
        ("Lidocaine hydrochloride hydroxocobalamin injection", HC),
        ("Thiamine 100 mg, pyridoxine 100 mg, cyanocobalamin 1 mg", CC),
        ("Calcium, vitamin D, B12 supplement", B12),
        ("Iron 14 mg, B12 for energy", B12),
        ("Zinc B12 low dose tablets", B12),
        ("Cyanocobalamin 1 mg tablets sugar free", CC),
        ("Vitamin B12 1 mg (no preservative)", B12),
        ("Vitamin B12 injection kit with syringes", B12),
    ],
)
def test_a_combination_with_another_medicine_stays_one_Q27(text, substance):
    product = identify_product({"text": text}, VALUE_SETS)

    assert [item.substance for item in product.ingredients] == [substance]


def test_the_code_of_another_medicine_that_is_in_no_list_stays_that_beside_such_a_note_Q27():
    product = identify_product(coded(RXNORM, "861007", "Metformin (monitor B12)"), VALUE_SETS)

    assert (product.ingredients, product.lowering) == ((), LoweringDrug.METFORMIN)
