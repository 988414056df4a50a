"""Medicines by their names: salts, brands and other languages, and names that only look alike."""

import pytest

from fhir_mappings.products.identify import identify_product
from fhir_mappings.products.product import Form
from fhir_mappings.terminology import RXNORM
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language import Anticoagulant, LoweringDrug, Substance
from tests.yardstick import turns_of

VALUE_SETS = load_value_sets()
HC, CC = Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN
MC, AC = Substance.METHYLCOBALAMIN, Substance.ADENOSYLCOBALAMIN
B12, FA = Substance.COBALAMIN_UNSPECIFIED, Substance.FOLIC_ACID


def product(text: str):
    return identify_product({"text": text}, VALUE_SETS)


@pytest.mark.parametrize(
    ("text", "substance"),
    [
        ("Hydroxocobalaminacetat 1000 µg Injektionslösung", HC),
        ("HYDROXOCOBALAMINI ACETAS 1 mg", HC),
        ("acétate d’hydroxocobalamine 1 mg/ml", HC),
        ("hydroxokobalamin injektionsvätska", HC),
        ("Hydroksokobalamin 1 mg/ml", HC),
        ("hidroxocobalamina 1 mg", HC),
        ("idrossocobalamina 1 mg fiala", HC),
        ("Hidroxicobalamina 1 mg solución inyectable", HC),
        ("VITAMINA B12 HIDROXICOBALAMINA 1MG/ML INY 1ML", HC),
        ("Hydroxykobalamin 1 mg/ml", HC),
        ("Hydroksykobalamin injeksjonsvæske", HC),
        ("Idroxocobalamina acetato 5 mg/2 ml", HC),
        ("Hydroxo 5000 inj", HC),
        ("vitamin b12a 1 mg injection", HC),
        ("Cobalin-H 1mg/1ml solution for injection ampoules", HC),
        ("Neo-Cytamen 1000mcg/1ml", HC),
        ("Dodécavit 500 µg/2 ml", HC),
        ("Depofort B12 ampoule", HC),
        ("Vibeden 1 mg/ml injektionsvæske", HC),
        ("Hydrocobamine 500 microgram/ml", HC),
        ("COHEMIN DEPOT injektioneste, liuos 1 mg/ml", HC),
        ("hydroksokobalamiini 1 mg/ml", HC),
        ("Erycytol Depot 1 mg-Ampullen", HC),
        ("Dobetin 5000 microgrammi/2 ml", CC),
        ("cyanokobalamin 1 mg tabletter", CC),
        ("cianocobalamina 1000 mcg", CC),
        ("Cyanocobalaminum", CC),
        ("Orobalin 1mg tablets", CC),
        ("Betolvex 1 mg", CC),
        ("Nascobal nasal spray", CC),
        ("B12 Ankermann 1.000 µg", CC),
        ("Optovite B12 ampollas", CC),
        ("Cytamen", B12),
        ("Cytamen 1000micrograms/1ml solution for injection ampoules", B12),
        ("Folina 5 mg capsule molli", FA),
        ("FOLINA*20CPS 5MG", FA),
        ("GEROFOL TBL 5MG", FA),
        ("Kwas foliowy 15 mg tabletki", FA),
        ("Kyselina listová 10 mg", FA),
        ("FOLIK ASIT 5 MG TABLET", FA),
        ("Folsav tabletta", FA),
        ("Acid folic 5 mg comprimate", FA),
        ("Foolhape 5 mg", FA),
        ("Folio rūgštis 5 mg", FA),
        ("Folna kiselina 5 mg tablete", FA),
        ("Folna kislina 5 mg", FA),
        ("Folijskābe 5 mg tabletes", FA),
        ("Tablet Asam Folat 5 mg", FA),
        ("Fólínsýra 5 mg töflur", FA),
        ("Sýanókóbalamín 1 mg", CC),
        ("Nervijen", MC),
        ("Endofolin 5 mg comprimido", FA),
        ("Behepan 1 mg", B12),
        ("Neo-B12", B12),
        ("vitamine B12 1000 µg", B12),
        ("vit. B12 inj", B12),
        ("B-12 injection", B12),
        ("VitB12", B12),
        ("kobalamin", B12),
        ("Metylkobalamin", MC),
        ("methyl vitamin B12 1000 mcg", MC),
        ("Methycobal 500 mcg", MC),
        ("coenzyme B12", AC),
        ("Folsäure 5 mg Tabletten", FA),
        ("ACFOL 5 mg comprimidos", FA),
        ("Folverlan 5 mg", FA),
        ("Lexpec 2.5mg/5ml Oral Solution", FA),
        ("Folidex 400mcg 60cpr", FA),
        ("Folvidon tablett 5 mg", FA),
        ("Folsaeure 5 mg", FA),
        ("acide folique 5 mg comprimé", FA),
        ("ácido fólico 5 mg", FA),
        ("foliumzuur 5 mg", FA),
        ("folsyre 5 mg", FA),
        ("Foolihappoa 1 mg", FA),
        ("Speciafoldine 5 mg", FA),
        ("folinate de calcium 15 mg", Substance.FOLINIC_ACID),
        ("Ledervorin Calcium", Substance.FOLINIC_ACID),
    ],
)
def test_substance_by_salt_brand_and_language(text, substance):
    found = product(text)

    assert [item.substance for item in found.ingredients] == [substance]
    assert found.matched_by == "text"
    assert not found.is_combination


@pytest.mark.parametrize(
    "text",
    [
        "transcobalamin II level",
        "holo-transcobalamin",
        "folic acid antagonist",
        "vitamin B1 100 mg tablets",
        "vitamin B complex lookup B120",
        "cyanocobalamin Co-57 capsule",
        "Cyanocobalamin (57-Co)",
        "Radioisotope labelled vitamin B12",
        "Penthrox inhaler",
        "Trexan 50 mg",
        "Qtern 5 mg/10 mg",
        "aripiprazole 10 mg",
        "Forceval capsules",
        "Metox",
        "proteas",
    ],
)
def test_names_that_look_alike_are_no_medicine_of_ours(text):
    found = product(text)

    assert not found.has_cobalamin or found.is_combination
    assert found.lowering is None
    assert not found.methotrexate
    assert not found.anticoagulant


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ELIQUIS 5 mg tablet", Anticoagulant.DIRECT_ORAL),
        ("Xarelto 20 mg", Anticoagulant.DIRECT_ORAL),
        ("Lixiana", Anticoagulant.DIRECT_ORAL),
        ("Pradaxa 110 mg", Anticoagulant.DIRECT_ORAL),
        ("apixabán 5 mg", Anticoagulant.DIRECT_ORAL),
        ("Apiksaban 5 mg", Anticoagulant.DIRECT_ORAL),
        ("rivaroksaban 20 mg", Anticoagulant.DIRECT_ORAL),
        ("DOAK", Anticoagulant.DIRECT_ORAL),
        ("Marevan 1 mg", Anticoagulant.WARFARIN),
        ("Marcoumar", Anticoagulant.WARFARIN),
        ("Sintrom 4 mg", Anticoagulant.WARFARIN),
        ("Phenprocoumon-ratiopharm", Anticoagulant.WARFARIN),
        ("varfarina 5 mg", Anticoagulant.WARFARIN),
        ("Previscan 20 mg", Anticoagulant.WARFARIN),
        ("Clexane 40 mg", Anticoagulant.HEPARIN),
        ("Fragmin 5000", Anticoagulant.HEPARIN),
        ("Innohep", Anticoagulant.HEPARIN),
        ("héparine calcique", Anticoagulant.HEPARIN),
        ("Enoxaparinnatrium", Anticoagulant.HEPARIN),
        ("Enoksaparin", Anticoagulant.HEPARIN),
        ("LMWH", Anticoagulant.HEPARIN),
        ("Arixtra 2,5 mg", Anticoagulant.HEPARIN),
    ],
)
def test_anticoagulants_by_brand_and_language(text, kind):
    assert product(text).anticoagulant_class is kind


@pytest.mark.parametrize(
    "text", ["heparin sodium lock flush", "Heparin gel 30000", "heparinoid cream", "Hepar 3"]
)
def test_a_flush_or_a_gel_is_no_anticoagulant(text):
    assert not product(text).anticoagulant


@pytest.mark.parametrize(
    ("text", "drug"),
    [
        ("Metforminhydrochlorid 1000 mg", LoweringDrug.METFORMIN),
        ("Glucophage 500 mg", LoweringDrug.METFORMIN),
        ("Janumet", LoweringDrug.METFORMIN),
        ("Rabeprazolnatrium 20 mg", LoweringDrug.PROTON_PUMP_INHIBITOR),
        ("dexrabeprazole 10 mg", LoweringDrug.PROTON_PUMP_INHIBITOR),
        ("Tegoprazan 50 mg", LoweringDrug.PROTON_PUMP_INHIBITOR),
        ("Inexium 40 mg", LoweringDrug.PROTON_PUMP_INHIBITOR),
        ("oméprazole 20 mg", LoweringDrug.PROTON_PUMP_INHIBITOR),
        ("Zantac 150", LoweringDrug.H2_RECEPTOR_ANTAGONIST),
        ("Colchicum-Dispert", LoweringDrug.COLCHICINE),
        ("colchicina 1 mg", LoweringDrug.COLCHICINE),
    ],
)
def test_medicines_that_lower_b12_by_brand_and_language(text, drug):
    assert product(text).lowering is drug


@pytest.mark.parametrize(
    "text",
    [
        "Metoject PEN",
        "methotrexaat 2,5 mg",
        "Nordimet",
        "Imeth",
        "Metotrexat 10 mg",
        "metotreksat tabletter 2,5 mg",
        "Metotab 7,5 mg",
    ],
)
def test_methotrexate_by_brand_and_language(text):
    assert product(text).methotrexate


@pytest.mark.parametrize("text", ["Lachgas", "protoxyde d'azote", "Entonox", "lustgas", "Kalinox"])
def test_nitrous_oxide_by_brand_and_language(text):
    assert product(text).nitrous_oxide


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("Berocca multivitamin (incl. B12 10 mcg)", 10),
        ("multivitamin tablets", None),
        ("Vitamin B complex", None),
        ("Vit B co strong", None),
        ("Multivit with iron", None),
        ("B-vitamin complex", None),
        ("Multiple vitamin tablet", None),
        ("Neurobion", None),
        ("multivitamine, vitamine B12 2,5 µg", None),
        ("Vitamin B-Komplex", None),
        ("Citoneurin 5000", None),
        ("TRIBEDOCE DX C/3 AMP", None),
        ("Bedoyecta Tri solución inyectable", None),
        ("Dexabion sol iny c/2 amp", None),
        ("TrioBe tablett", 500),
        ("Milgamma N, Ampulle", None),
        ("Kombilipen 2 ml", None),
        ("Becosules Z", None),
        ("INJ OPTINEURON", None),
        ("Vitcofol injection", None),
        ("Cerefolin NAC", None),
        ("Nervijen P", None),
    ],
)
def test_multivitamins_are_combinations_Q75(text, content):
    found = product(text)

    assert found.is_combination
    if content is not None:
        strength = found.ingredients[0].strength
        assert strength is not None
        assert strength.micrograms == content


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Vitamin B12 1 mg Injektionslösung", Form.INJECTION),
        ("hydroxocobalamine 1 mg ampul", Form.INJECTION),
        ("acide folique comprimé", Form.TABLET),
        ("cianocobalamina compresse", Form.TABLET),
        ("Vitamin B12 Tropfen", Form.ORAL_LIQUID),
        ("vitamina B12 solución inyectable", Form.INJECTION),
        ("CYANOCOBALAMIN 1000 MCG/ML IJ SOLN", Form.INJECTION),
        ("HYDROXOCOBALAMIN ACETATE 1000 MCG/ML IM SOLN", Form.INJECTION),
        ("VITAMIN B-12 1000 MCG PO TBCR", Form.TABLET),
        ("VITAMIN B-12 1000 MCG SL SUBL", Form.TABLET),
        ("CYANOCOBALAMIN 500 MCG/0.1ML NA SOLN", Form.NASAL),
        ("VITAMIN B-12 1000 MCG/15ML PO LIQD", Form.ORAL_LIQUID),
        ("Vitamin B12 im Sirup", Form.ORAL_LIQUID),
        ("Vitamin B12 IM", Form.UNKNOWN),
        ("Cyanocobalamin eye drops", Form.UNKNOWN),
    ],
)
def test_the_form_in_other_languages(text, form):
    assert product(text).form is form


@pytest.mark.parametrize("piece", ["cobalamin ", "9", "1 mg ", "9.", "1/", "(x) ", "mg/"])
def test_a_text_of_thirty_thousand_characters_is_no_name_and_costs_no_time(piece):
    long = (piece * 30_000)[:30_000]
    coded = {"coding": [{"system": RXNORM, "code": "5514", "display": long}], "text": long}

    def read() -> None:
        assert not product(long).ingredients
        assert [item.substance for item in identify_product(coded, VALUE_SETS).ingredients] == [HC]

    assert turns_of(read)[1] < 36_000_000
