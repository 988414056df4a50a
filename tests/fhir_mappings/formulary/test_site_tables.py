"""Tables of a site pass the product's own readers, and reach the reading of a dosage (Q62)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fhir_mappings.formulary import read_formulary
from fhir_mappings.medicines.dosage import read_dosage
from fhir_mappings.products.identify import identify_product
from fhir_mappings.terminology import SiteCodes, load_value_sets
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
    assert problems_of(text="Our own brand", codings=[{"system": "urn:site", "code": "1"}]) == []


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
