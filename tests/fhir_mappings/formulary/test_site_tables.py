"""Tables of a site pass the product's own readers, and reach the reading of a dosage (Q62)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fhir_mappings.formulary import check_units, read_formulary
from fhir_mappings.medicines.dosage import read_dosage
from fhir_mappings.products.identify import identify_product
from fhir_mappings.terminology import (
    SiteCodes,
    TerminologyError,
    check_codes,
    load_value_sets,
)
from fhir_mappings.terminology.site_codes import against_its_name
from recommender.language import Cause, Route
from tests.fhir_mappings.records import AS_OF, map_scenario, patient, procedure, record_of

INJECTION = {
    "substance": "hydroxocobalamin",
    "route": "IM",
    "strength": "1 mg/mL",
    "text": "Hydroxocobalamin 1 mg/mL solution for injection",
    "codings": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "5514"}],
}


def problems_of(**changes: Any) -> list[str]:
    return read_formulary([{**INJECTION, **changes}])[1]


def test_a_row_that_names_one_product_is_used() -> None:
    assert problems_of() == []
    assert problems_of(text="Hydroxocobalamin", codings=[]) == []
    own = {"system": "urn:site", "code": "1", "display": "Brand (hydroxocobalamin) 1 mg/mL"}
    assert problems_of(text="Our own brand (hydroxocobalamin)", codings=[own]) == []


@pytest.mark.parametrize(
    "text",
    [
        "Hydroxocobalamin 1mg/1ml solution for injection ampoules",
        "Hydroxocobalamin acetate 1000 mcg/mL IM injection",
        "Hydroxocobalamin hydrochloride 1 mg/mL, glass ampoule, ward stock",
        "Hydroxocobalamin 1,000 microgram/mL, 1 mL amp",
        "Hydroxocobalamin 1 mg/mL injection (preservative-free)",
        "Hydroxocobalamin 1 mg/mL for IM and SC use",
        "Hydroxocobalamin 1 mg/mL Amdipharm 1 ml ampoules, pack of 5",
        "Hydroxocobalamin inj. 1 mg/mL (Teva)",
        "Hydroxocobalamin 2 mg/2 mL ampoule",
        "Cobalin-H 1 mg/mL",
        "Neo-Cytamen 1000 micrograms/mL",
        "B12 Depot-Rotexmedica 1 mg/mL",
        "Hydroxocobalamin 1 mg/mL Injektionslösung",
        "Hydroxocobalamin 1 mg/ml injektionsvätska, lösning",
        "Hydroxocobalamin 1 mg/ml injeksjonsvæske, oppløsning",
    ],
)
def test_a_name_of_one_product_alone_is_taken_with_maker_package_and_form(text: str) -> None:
    assert problems_of(text=text) == []
    assert problems_of(codings=[{"system": "urn:site", "code": "1", "display": text}]) == []


RIGHT = [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "5514"}]


@pytest.mark.parametrize(
    "text",
    [
        "Amoxicillin capsule",
        "insulin",
        "see protocol",
        "Water for injection",
        "Our own brand",
        "not hydroxocobalamin",
        "Vitamin B complex injection",
        "Hydroxocobalamin 1 mg/mL injection with thiamine and pyridoxine",
        "Hydroxocobalamin 1 mg/mL (thiamine, pyridoxine)",
        "Hydroxocobalamin thiamine injection",
        "Hydroxocobalamin 1 mg/mL + lidocaine injection",
        "Hydroxocobalamin 1 mg/mL mit Lidocain",
        "Hydroxocobalamin 1 mg/mL injection, folic acid 5 mg",
        "Hydroxocobalamin 1 mg/mL, multivitamin",
        "Hydroxocobalamin 1 mg/mL & biotin",
        "Hydroxocobalamin / magnesium",
        "Cobalamin liver extract injection",
        "Hydroxocobalamin 1 mg/mL (cyanide antidote)",
        "Hydroxocobalamin injection 1 mg/mL or 2 mg/mL",
        "Hydroxocobalamin 1 mg/mL, 2 mg/mL",
        "Hydroxocobalamin 1-2 mg/mL",
        "Hydroxocobalamin 1 to 2 mg/mL injection",
        "Hydroxocobalamin 1 mg/mL tablets or injection",
        "Hydroxocobalamin or cyanocobalamin 1 mg/mL injection",
    ],
)
def test_a_name_that_may_be_of_something_else_is_refused_beside_a_right_code_Q62(text: str) -> None:
    """Whether it stands in the text, or in what a code is shown as."""
    for changes in ({"text": text}, {"text": text, "strength": ""}):
        assert any("text" in one for one in problems_of(**changes, codings=RIGHT)), changes
        assert problems_of(**changes, codings=[])
    assert problems_of(codings=[RIGHT[0] | {"display": text}])


LOOK_ALIKE = {
    "Cyrillic": "Hydroxocobalamin 1 mg/mL (Cy\u0430nokit)",
    "Cyrillic word": "Hydroxocobalamin 1 mg/mL (\u041b\u0438\u0434\u043e\u043a\u0430\u0438\u043d)",
    "Greek": "Hydroxocobalamin 1 mg/mL (\u039byanokit)",
    "full width": "Hydroxocobalamin 1 mg/mL (\uff23yanokit)",
    "mathematical": "Hydroxocobalamin 1 mg/mL (\U0001d402yanokit)",
    "not seen": "Hydroxocobalamin 1 mg/mL (Cyano\u200bkit)",
    "soft hyphen": "Hydroxocobalamin 1 mg/mL (Cyano\u00adkit)",
    "turned round": "Hydroxocobalamin 1 mg/mL \u202egnirts",
    "figures": "Hydroxocobalamin \u0661 mg/mL",
    "two lines": "Hydroxocobalamin 1 mg/mL\nCyano kit",
}


@pytest.mark.parametrize("text", LOOK_ALIKE.values(), ids=LOOK_ALIKE)
def test_letters_that_only_look_like_those_of_a_name_are_refused_Q62(text: str) -> None:
    """The readers of words would take "Cyanokit" with a Cyrillic letter for the name of a maker."""
    for changes in ({"text": text}, {"codings": [RIGHT[0] | {"display": text}]}):
        assert any("expected Latin letters and figures" in one for one in problems_of(**changes))


def test_strength_and_unit_are_written_in_letters_that_are_read_Q62() -> None:
    assert problems_of(strength="1 m\u0433/mL")
    assert problems_of(dispense_unit="\u0430mpoule")
    written_so = (
        "Hydroxocobalamin 1000 \u00b5g/mL Injektionsl\u00f6sung (Gl\u00fcck\u00ae)",
        "Hydroxocobalamin 1000 \u03bcg/mL injektionsv\u00e4tska, l\u00f6sning",
        "Hydroxocobalamin 1 mg/mL Injektionslo\u0308sung \u2013 5 St\u00fcck",
    )
    for text in written_so:
        assert problems_of(text=text) == [], text


@pytest.mark.parametrize(
    "changes",
    [
        {"strength": "1 mg/mL or 2 mg/mL"},
        {"strength": "1 mg/mL with lidocaine"},
        {"strength": "1-2 mg/mL"},
        {"dispense_unit": "tablet"},
        {"codings": [RIGHT[0] | {"display": "Hydroxocobalamin 2 mg/mL"}]},
    ],
)
def test_one_strength_in_one_form_is_asked_for_Q62(changes: dict[str, Any]) -> None:
    assert problems_of(**changes)


def test_tablets_are_not_counted_in_ampoules_Q62() -> None:
    tablets = {
        "substance": "cyanocobalamin",
        "route": "PO",
        "strength": "1 mg",
        "text": "Cyanocobalamin 1 mg tablet",
        "codings": [],
    }
    assert problems_of(**tablets, dispense_unit="tablet") == []
    assert problems_of(**tablets, dispense_unit="ampoule")


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"text": "Cyanocobalamin 1 mg/mL solution for injection"}, "different forms"),
        ({"substance": "cyanocobalamin"}, "they name hydroxocobalamin"),
        (
            {"codings": [{"system": "http://www.whocc.no/atc", "code": "B03BA01"}]},
            "different forms",
        ),
        ({"text": "Hydroxocobalamin 1 mg tablets", "strength": "1 mg"}, "tablet or capsule"),
        ({"route": "PO"}, "injection"),
        ({"text": "Hydroxocobalamin 500 micrograms/mL injection"}, "another one in the text"),
        ({"text": "Cyanokit"}, "cyanide antidote"),
        ({"codings": [{"system": "http://www.whocc.no/atc", "code": "V03AB33"}]}, "antidote"),
    ],
)
def test_a_row_whose_codes_or_text_name_another_product_is_refused(
    changes: dict[str, Any], what: str
) -> None:
    (problem, *_) = problems_of(**changes)
    assert what in problem


def test_the_units_of_a_site_reach_the_doses(tmp_path: Path) -> None:
    units = tmp_path / "units.csv"
    units.write_text("spelling,ucum\nMikro,ug\nStech,ampoule\n", encoding="utf-8")
    value_sets = load_value_sets(SiteCodes(units=units))
    product = identify_product({"text": "Hydroxocobalamin 1mg/1ml injection ampoules"}, value_sets)
    for value, unit in ((1000, "Mikro"), (1, "Stech")):
        quantity = {"value": value, "unit": unit}
        line = {
            "timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": quantity}],
        }
        dosage = read_dosage({"dosageInstruction": [line]}, product, value_sets)
        assert dosage.lines[0].dose == Decimal(1000), unit
        plain = read_dosage({"dosageInstruction": [line]}, product, load_value_sets())
        assert plain.lines[0].dose is None, unit


def test_the_routes_of_a_site_reach_the_dosage(tmp_path: Path) -> None:
    routes = tmp_path / "routes.csv"
    routes.write_text("text,concept\nin den Muskel,route_im\n", encoding="utf-8")
    value_sets = load_value_sets(SiteCodes(routes=routes))
    product = identify_product({"text": "Hydroxocobalamin"}, value_sets)
    line = {"route": {"text": "in den Muskel"}}
    dosage = read_dosage({"dosageInstruction": [line]}, product, value_sets)
    assert dosage.lines[0].route is Route.INTRAMUSCULAR


def test_a_site_that_may_use_cpt_adds_the_gastric_band(tmp_path: Path) -> None:
    codes = tmp_path / "codes.csv"
    cpt = "http://www.ama-assn.org/go/cpt"
    codes.write_text(f"concept,system_uri,code\ngastric_band,{cpt},43770\n", encoding="utf-8")
    record = record_of([patient(), procedure("43770", system=cpt)])
    found = map_scenario(record, AS_OF, load_value_sets(SiteCodes(add=codes))).scenario.causes
    assert [cause.cause for cause in found] == [Cause.GASTRIC_BAND]


@pytest.mark.parametrize(
    ("spelling", "unit"),
    [
        ("pg/mL", "pmol/L"),
        ("ng/l", "pmol/L"),
        ("PMOL/L", "pg/mL"),
        ("pg / mL", "pmol/L"),
        ("g/dL", "g/L"),
        ("mg", "ug"),
        ("MCG", "mg"),
        ("mL", "ampoule"),
        ("Tabletten", "ampoule"),
    ],
)
def test_a_unit_that_is_read_already_is_not_made_another_H44_Q62(spelling: str, unit: str) -> None:
    [problem] = check_units({spelling: unit})
    assert problem == (
        f'"{spelling}" is read already, as another unit than "{unit}"; expected a spelling that is '
        "not read"
    )


def test_a_unit_that_is_not_read_and_another_spelling_of_the_same_are_taken() -> None:
    own = {"pmol pro L": "pmol/L", "Stech": "ampoule", "mcg/L": "ug/L", "Mikro": "ug", "Amp": "amp"}
    assert check_units(own) == []
    assert check_units({"Einh": "foo/bar"}) == ['found "foo/bar", expected a unit that is read']


@pytest.mark.parametrize(
    ("kind", "line", "known"),
    [
        ("routes", "oral,route_im", "route_oral"),
        ("routes", "I.M.,route_oral", "route_im"),
        ("systems", "http://loinc.org,http://snomed.info/sct", "http://loinc.org"),
        ("systems", "LOINC,http://snomed.info/sct", "http://loinc.org"),
    ],
)
def test_what_is_read_already_is_not_made_something_else_H44_Q62(
    tmp_path: Path, kind: str, line: str, known: str
) -> None:
    path = tmp_path / "own.csv"
    columns = "text,concept" if kind == "routes" else "spelling,system_uri"
    path.write_text(f"{columns}\n{line}\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match=f"is read as {known} already, not as "):
        load_value_sets(SiteCodes(**{kind: path}))


@pytest.mark.parametrize(
    ("concept", "display", "named"),
    [
        ("serum_b12", "Ferritin", "ferritin"),
        ("serum_b12", "Serum folate", "folate_serum"),
        ("serum_b12", "Holotranscobalamin", "active_b12_holotc"),
        ("platelets", "Vitamin B12", "serum_b12"),
        ("serum_b12", "Thrombozyten", "platelets"),
        ("hydroxocobalamin", "Folic acid 5 mg tablet", "folic_acid"),
        ("cyanocobalamin", "Methotrexate 50 mg injection", "other_interacting"),
        ("pernicious_anaemia", "Coeliac disease", "coeliac"),
    ],
)
def test_a_code_whose_name_is_that_of_something_else_is_refused_H44_Q62(
    tmp_path: Path, concept: str, display: str, named: str
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        f"concept,system_uri,code,display\n{concept},urn:site,X1,{display}\n", encoding="utf-8"
    )
    [problem] = check_codes(path)
    assert problem.startswith(f'Line 2: "{display}" names {named}')


@pytest.mark.parametrize(
    ("concept", "display", "said"),
    [
        ("serum_b12", "Vitamin B12 (urine)", "another specimen"),
        ("serum_b12", "Vitamin B12, 24 h Urin", "another specimen"),
        ("serum_b12", "Kobalamin i spoturin", "another specimen"),
        ("serum_b12", "B12 [CSF]", "another specimen"),
        ("active_b12_holotc", "Holotranscobalamin (Liquor)", "another specimen"),
        ("homocysteine", "Homocyst\u00e9ine (urines, LCR)", "another specimen"),
        ("creatinine", "Creatinina en orina", "another specimen"),
        ("potassium", "Potassium, stool", "another specimen"),
        ("serum_b12", "F\u043elate", "mixes letters"),
        ("hydroxocobalamin", "F\u043elic acid 5 mg", "mixes letters"),
        ("pernicious_anaemia", "Coelia\u0441 disease", "mixes letters"),
        ("serum_b12", "Fo\u200blate", "mixes letters"),
    ],
)
def test_another_specimen_and_letters_that_look_alike_are_refused_H44_Q62(
    tmp_path: Path, concept: str, display: str, said: str
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        f'concept,system_uri,code,display\n{concept},urn:site,X1,"{display}"\n', encoding="utf-8"
    )
    [problem] = check_codes(path)
    assert problem.startswith("Line 2: ")
    assert said in problem


def test_a_spelling_of_a_site_mixes_no_letters_that_look_alike(tmp_path: Path) -> None:
    path = tmp_path / "routes.csv"
    path.write_text("text,concept\n\u043eral,route_im\n", encoding="utf-8")
    with pytest.raises(TerminologyError, match=r"line 2: .* mixes letters that look alike"):
        load_value_sets(SiteCodes(routes=path))


@pytest.mark.parametrize(
    ("concept", "display"),
    [
        ("mma_urine", "Methylmalonic acid (urine)"),
        ("pregnancy_status", "Pregnancy test (urine)"),
        ("serum_b12_lookalike", "Our test of B12 in urine"),
        ("serum_b12", "\u0412\u0438\u0442\u0430\u043c\u0438\u043d B12"),
        ("serum_b12", "Vitamin B12 (our laboratory)"),
        ("serum_b12", "B12S"),
        ("hydroxocobalamin", "Vitamin B12 Depot"),
        ("folic_acid_oral", "Folic acid 5 mg tablet"),
    ],
)
def test_a_code_with_a_name_of_its_own_or_a_coarser_one_is_taken(
    tmp_path: Path, concept: str, display: str
) -> None:
    path = tmp_path / "codes.csv"
    path.write_text(
        f"concept,system_uri,code,display\n{concept},urn:site,X1,{display}\n", encoding="utf-8"
    )
    assert check_codes(path) == []


def test_a_comma_that_moves_the_cells_is_said(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    row = "serum_b12,urn:site,X1,Vitamin B12, serum,SCnc"
    path.write_text(f"concept,system_uri,code,display,property\n{row}\n", encoding="utf-8")
    [problem] = check_codes(path)
    assert problem.startswith("Line 2: found more cells than columns")


def test_a_quote_that_is_not_closed_swallows_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "codes.csv"
    rows = 'serum_b12,urn:site,"X1\nferritin,urn:site,X2\n'
    path.write_text(f"concept,system_uri,code\n{rows}", encoding="utf-8")
    [problem] = check_codes(path)
    assert problem.startswith("codes.csv cannot be read as a UTF-8 CSV file")

    path.write_text('spelling,ucum\n"pmol pro L,pmol/L\nng pro L,ng/L\n', encoding="utf-8")
    with pytest.raises(TerminologyError, match="cannot be read as a UTF-8 CSV file: "):
        load_value_sets(SiteCodes(units=path))


@pytest.mark.parametrize("sign", ["\0", "\u200b", "\u202e"])
def test_a_sign_that_is_not_seen_in_a_code_is_said(tmp_path: Path, sign: str) -> None:
    """No coding of a record is written so: the line would say nothing, and nobody would know."""
    path = tmp_path / "codes.csv"
    path.write_text(f"concept,system_uri,code\nserum_b12,urn:site,X{sign}1\n", encoding="utf-8")
    [problem] = check_codes(path)
    assert problem.startswith("Line 2: found a sign that is not seen")


def test_no_row_of_the_built_in_tables_is_named_as_something_else() -> None:
    value_sets = load_value_sets()
    for members in value_sets.members.values():
        for member in members:
            assert against_its_name(0, member, value_sets) == []
