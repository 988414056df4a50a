"""The formulary: which products a site has, and under which codes a draft orders them."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing import read_strengths
from fhir_mappings.formulary.formulary_codes import built_in_value_sets, other_products
from fhir_mappings.formulary.row_names import strengths_in
from fhir_mappings.products import Form, form_of_words, identify_product, split_name
from fhir_mappings.terminology import ATC, DMD, RXNORM, SNOMED
from recommender.language import EXCIPIENTS, Allergen, Route, Substance


class ProductCoding(NamedTuple):
    """One code of a product."""

    system: str
    code: str
    display: str = ""


class FormularyRow(NamedTuple):
    """One product: what a draft names, and whether the site has it. `dispense_unit` is what is
    counted when it is dispensed, empty where the site does not say. `strength` is as on the label,
    and empty where not stated. `excipients`: what else it holds that people react to (Q63); one
    that is not listed is not known to be absent.
    """

    substance: Substance
    route: Route
    strength: str
    text: str
    codings: tuple[ProductCoding, ...]
    available: bool = True
    dispense_unit: str = ""
    excipients: tuple[Allergen, ...] = ()

    def units_of(self, dose: Decimal) -> Decimal | None:
        """Return how many of what is counted (ampoules, mL, tablets) hold the dose in micrograms;
        `None` where the strength cannot be read. An ampoule that names no volume holds 1 mL.
        """
        held = _content_of_one(self.strength, self.dispense_unit)
        return None if held is None else dose / held


@functools.lru_cache(maxsize=256)
def _content_of_one(strength: str, dispense_unit: str) -> Decimal | None:
    """Return the micrograms in one of what is counted; `None` where the strength, a text of the
    site's formulary, cannot be read.
    """
    strengths = [one for part in split_name(strength) for one in read_strengths(part)]
    if len(strengths) != 1 or strengths[0].micrograms <= 0:
        return None
    one = strengths[0]
    held = one.micrograms
    if one.per_ml and dispense_unit.lower() != "ml":
        held *= one.container or 1
    return held


BUILT_IN = (
    FormularyRow(
        Substance.HYDROXOCOBALAMIN,
        Route.INTRAMUSCULAR,
        "1 mg/mL",
        "Hydroxocobalamin 1 mg/mL solution for injection",
        (
            ProductCoding(RXNORM, "5514", "hydroxocobalamin"),
            ProductCoding(SNOMED, "327529002"),
            ProductCoding(DMD, "327529002"),
            ProductCoding(ATC, "B03BA03", "hydroxocobalamin"),
        ),
        dispense_unit="ampoule",
    ),
    FormularyRow(
        Substance.CYANOCOBALAMIN,
        Route.ORAL,
        "1 mg",
        "Cyanocobalamin 1 mg oral tablet",
        (
            ProductCoding(RXNORM, "309593", "Vitamin B 12 1 MG Oral Tablet"),
            ProductCoding(ATC, "B03BA01", "cyanocobalamin"),
        ),
        dispense_unit="tablet",
    ),
)
"""Verified codes only; a site replaces them by its own product codes."""

ROUTE_WORDS = {
    "IM": Route.INTRAMUSCULAR,
    "PO": Route.ORAL,
    "SC": Route.SUBCUTANEOUS,
    "IV": Route.INTRAVENOUS,
    "NASAL": Route.NASAL,
    **{route.value.upper(): route for route in Route},
}
"""What a site file may call a route, in capitals."""


ANTIDOTE_FROM = Decimal(10_000)
"""Micrograms in one mL or piece: a slip of unit, or the antidote to cyanide; no draft may name such
a product (I11).
"""


EXCIPIENT_NAMES = {allergen.value: allergen for allergen in Allergen if allergen in EXCIPIENTS}
"""What a site file may list as excipients: those that an allergy is read for."""


def excipients_of(
    formulary: Sequence[FormularyRow],
) -> frozenset[tuple[Substance, Route, Allergen]]:
    """Return what the products hold besides, also those that are not in stock (Q63)."""
    return frozenset(
        (row.substance, row.route, allergen) for row in formulary for allergen in row.excipients
    )


def read_formulary(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[FormularyRow, ...], list[str]]:
    """Return the rows of a site's formulary, and for each that cannot be used `[n].key: why`."""
    read, problems = [], []
    for number, row in enumerate(rows):
        wrong = _problems_of(row)
        wrong = wrong or list(other_products(row))
        problems += [f"[{number}].{problem}" for problem in wrong]
        if not wrong:
            read.append(_read_row(row))
    return tuple(read), problems


def _problems_of(row: Mapping[str, Any]) -> list[str]:
    substances = [substance.value for substance in Substance if substance.is_cobalamin]
    problems = []
    if row.get("substance") not in substances:
        problems.append(
            f'substance: found "{row.get("substance", "")}", expected one of: '
            f"{', '.join(substances)}."
        )
    if str(row.get("route", "")).upper() not in ROUTE_WORDS:
        problems.append(
            f'route: found "{row.get("route", "")}", expected one of: '
            f"{', '.join(word for word in ROUTE_WORDS)}."
        )
    if not row.get("text"):
        problems.append(
            "text: is missing; expected the name of the product as a draft order shows it."
        )
    named = f"{row.get('strength', '')} / {row.get('text', '')}"
    if any(
        strength.micrograms >= ANTIDOTE_FROM
        for part in split_name(named)
        for strength in read_strengths(part)
    ):
        problems.append(
            "strength: found 10 mg or more in one mL or piece, expected a product for replacement, "
            "which holds 1 mg or so."
        )
    problems += [*_problems_of_excipients(row), *_problems_of_codings(row)]
    return problems or _contradictions_of(row)


def _problems_of_excipients(row: Mapping[str, Any]) -> Iterator[str]:
    for name in row.get("excipients", []):
        if name not in EXCIPIENT_NAMES:
            yield f'excipients: found "{name}", expected some of: {", ".join(EXCIPIENT_NAMES)}.'


def _problems_of_codings(row: Mapping[str, Any]) -> Iterator[str]:
    for number, coding in enumerate(row.get("codings", [])):
        if not all(isinstance(coding.get(key), str) and coding[key] for key in ("system", "code")):
            yield f"codings[{number}]: expected a system and a code."


FORMS_OF_ROUTES: dict[Route, frozenset[Form]] = {
    Route.INTRAMUSCULAR: frozenset({Form.INJECTION, Form.UNKNOWN}),
    Route.SUBCUTANEOUS: frozenset({Form.INJECTION, Form.UNKNOWN}),
    Route.INTRAVENOUS: frozenset({Form.INJECTION, Form.UNKNOWN}),
    Route.ORAL: frozenset({Form.TABLET, Form.ORAL_LIQUID, Form.UNKNOWN}),
    Route.NASAL: frozenset({Form.NASAL, Form.UNKNOWN}),
}
"""The forms that a product for a route may have."""


def _contradictions_of(row: Mapping[str, Any]) -> list[str]:
    """Return in what the codings and the text of a row, read as those of any order, name another
    product than the row says (Q62).
    """
    named = {"coding": list(row.get("codings", [])), "text": row["text"]}
    product = identify_product(named, built_in_value_sets())
    substance, route = Substance(row["substance"]), ROUTE_WORDS[str(row["route"]).upper()]
    found = {item.substance for item in product.ingredients if item.substance.is_cobalamin}
    problems = []
    if product.antidote or product.error:
        problems.append(f"text: {product.error}.")
    if product.doubt or (found and not found & {substance, Substance.COBALAMIN_UNSPECIFIED}):
        said = product.doubt or f"they name {', '.join(sorted(item.value for item in found))}"
        problems.append(f"codings and text: {said}, expected {substance.value} alone.")
    if product.form not in FORMS_OF_ROUTES[route]:
        problems.append(
            f"codings and text: they name a form ({product.form.value}) that is not given by the "
            f"route {route.value}."
        )
    displays = [str(coding.get("display", "")) for coding in row.get("codings", [])]
    texts = (row.get("strength"), row["text"], *displays)
    stated = [found for found in (strengths_in(str(text)) for text in texts) if found]
    if any(one.isdisjoint(two) for one, two in itertools.combinations(stated, 2)):
        problems.append("strength: found another one in the text, expected the same.")
    if _form_counted(row) not in FORMS_OF_ROUTES[route]:
        problems.append(
            f'dispense_unit: found "{row["dispense_unit"]}", which is not given by the route '
            f"{route.value}."
        )
    return problems


def _form_counted(row: Mapping[str, Any]) -> Form:
    return form_of_words(str(row.get("dispense_unit", "")).lower())


def _read_row(row: Mapping[str, Any]) -> FormularyRow:
    return FormularyRow(
        Substance(row["substance"]),
        ROUTE_WORDS[row["route"].upper()],
        row.get("strength", ""),
        row["text"],
        tuple(
            ProductCoding(coding["system"], coding["code"], coding.get("display", ""))
            for coding in row.get("codings", [])
        ),
        row.get("available", True),
        row.get("dispense_unit", ""),
        tuple(EXCIPIENT_NAMES[name] for name in row.get("excipients", [])),
    )
