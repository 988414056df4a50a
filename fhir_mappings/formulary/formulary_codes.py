"""Whether the codes, the name and the strength of a formulary row are those of the product that the
row says: read by the product's own readers, and stopping start-up where not (Q62).
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing import read_strengths
from fhir_mappings.formulary.row_names import is_strength_alone, problems_of_name, strange_letters
from fhir_mappings.products import identify_product, split_name
from fhir_mappings.terminology import ATC, Field, ValueSets, load_value_sets
from recommender.language import Substance

ANOTHER = "another medicine"

LEAST = Decimal(10)
"""Micrograms in one mL or piece: less is no product for replacement, but a slip of unit."""


def other_products(row: Mapping[str, Any]) -> Iterator[str]:
    """Yield in what a row, whose members have the right shape, names another product than it
    says.
    """
    substance = Substance(row["substance"])
    for number, coding in enumerate(row.get("codings", [])):
        if other := _other_of_code(coding, substance):
            yield (
                f"codings[{number}]: found a code of {other}, expected one of {substance.value}."
            )
    if other := _other_of_name(row["text"]):
        yield f"text: names {other}, expected a product of {substance.value}."
    for place, name in _names_of(row):
        yield from (f"{place}: {why}." for why in problems_of_name(name, built_in_value_sets()))
    for key in ("strength", "dispense_unit"):
        yield from (f"{key}: {why}." for why in strange_letters(str(row.get(key, ""))))
    yield from _wrong_strength(str(row.get("strength", "")))


def _names_of(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a draft shows of the row, each with its place."""
    yield "text", row["text"]
    for number, coding in enumerate(row.get("codings", [])):
        if coding.get("display"):
            yield f"codings[{number}].display", coding["display"]


def _other_of_code(coding: Mapping[str, Any], substance: Substance) -> str:
    """Return of what else a code is, empty where it is of this substance or of nothing that is
    known. ATC is a closed list: a code of it that is not read as the substance is of another.
    """
    value_sets = built_in_value_sets()
    plain = {"system": coding["system"], "code": coding["code"]}
    product = identify_product({"coding": [plain]}, value_sets)
    found = {ingredient.substance for ingredient in product.ingredients}
    if found & {substance, Substance.COBALAMIN_UNSPECIFIED}:
        return ""
    if found:
        return ", ".join(sorted(one.value for one in found))
    is_atc = value_sets.normalise_system(coding["system"]) == ATC
    return ANOTHER if is_atc or value_sets.match_coding(plain) else ""


def _other_of_name(text: str) -> str:
    """Return which medicine that is no vitamin B12 a name is of; empty where it is of none."""
    value_sets = built_in_value_sets()
    product = identify_product({"text": text}, value_sets)
    if any(ingredient.substance.is_cobalamin for ingredient in product.ingredients):
        return ""
    if product.ingredients:
        return ", ".join(sorted(one.substance.value for one in product.ingredients))
    return ANOTHER if value_sets.match_text(text, Field.DRUGS) else ""


def _wrong_strength(strength: str) -> Iterator[str]:
    if not strength:
        return
    read = [one for part in split_name(strength) for one in read_strengths(part)]
    if not read:
        yield f'strength: found "{strength}", expected a mass such as "1 mg/mL" or "1 mg".'
    elif not is_strength_alone(strength):
        yield f'strength: found "{strength}", expected one strength and nothing else.'
    elif any(one.micrograms < LEAST for one in read):
        yield (
            f"strength: found less than {LEAST} micrograms in one mL or piece, expected a product "
            f"for replacement, which holds 1 mg or so."
        )


@functools.cache
def built_in_value_sets() -> ValueSets:
    """Return the codes without those of a site, which the rows of a formulary are judged by."""
    return load_value_sets()
