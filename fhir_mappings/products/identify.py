"""Which medicine is this: its ingredients of ours with their strengths, its form, and what is wrong
with it.

A product is known by its codes; words are the last resort and said to be. A combination is its
ingredients.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import chain
from typing import Any

from fhir_mappings.dosing import Strength, shorten
from fhir_mappings.fhir import as_list, as_text, codings_of, texts_of, words_of
from fhir_mappings.products.forms import read_form
from fhir_mappings.products.ingredient_strengths import (
    agreed_strengths,
    item_of,
    read_named_strengths,
    read_stated_strengths,
    strengths_of_brands,
)
from fhir_mappings.products.name_parts import split_name
from fhir_mappings.products.near_names import says_b12_is_given
from fhir_mappings.products.product import Ingredient, Product
from fhir_mappings.products.spoken_names import take_spoken_off
from fhir_mappings.products.substances import (
    COMBINATIONS,
    MULTIVITAMINS,
    SUBSTANCES,
    find_substances,
)
from fhir_mappings.products.uses import read_uses
from fhir_mappings.terminology import LONGEST_TEXT, Concept, Field, Match, ValueSets
from fhir_mappings.text import normalise_text
from recommender.language import Substance

_TEST = re.compile(r"\b(?:level|levels|assay|test(?! dose)|antibod\w+)\b")
_ONLY_A_TEST = re.compile(rf"\W*(?:(?:serum|plasma|blood) )?{_TEST.pattern}\W*")
_PART = re.compile(r"[,;:(]| - ")
_ASIDE = re.compile(
    r"\b(?:check|recheck|monitor|measure|repeat|adjust|titrat|await|depend|accord|before|after|until)"
    r"\w*\b.*"
)
_STRENGTH_OR_FORM = re.compile(
    r"\d ?(?:m?c?g|ug|µg|ml|i\.?u\.?|units?)\b|\b(?:tab|cap|inj|amp|sol|syrup|drops?|vial)"
)
"""Of a name in which "level" or "test" stands: its parts, what is said of a medicine in passing
("monitor levels"), and what makes it a medicine all the same.
"""

_ANTIDOTE = re.compile(r"cyanokit")

_IS_THE_ANTIDOTE = (
    "this product is the cyanide antidote (5 g of hydroxocobalamin), not vitamin B12 replacement"
)

_A_GRAM = Decimal(1_000_000)
"""Micrograms."""

_ISOTOPE = re.compile(
    r"\bco-?(?:57|58|60)\b|cobalt-?(?:57|58|60)|\b(?:57|58|60) ?-?co(?:balt)?\b|"
    r"radio-?(?:isotope|label|active)"
)


def identify_product(
    codeable: Any, value_sets: ValueSets, medication: Mapping[str, Any] | None = None
) -> Product:
    """Return the medicine that a CodeableConcept, or the Medication resource it points to, stands
    for.

    Anything that is not of interest here, a look-alike too, comes back as a Product without
    ingredients or uses.
    """
    resource = medication or {}
    items = (item_of(part) for part in as_list(resource.get("ingredient")))
    concepts = [codeable, resource.get("code"), *items]
    texts = _texts(concepts)
    if not texts:
        concepts = list(map(_in_words, concepts))
        texts = _texts(concepts)
    matches = _matches(concepts, value_sets)
    name = shorten(next(iter(texts), "") or _name_of(matches) or _any_code(concepts))
    if not matches:
        return Product(name)
    return Product(
        name,
        form=read_form(texts, matches, resource, value_sets),
        matched_by=matches[0].matched_by,
        source=matches[0].source,
        **read_uses(matches),
        **_read_content(matches, texts, concepts, resource, value_sets),
    )


def _read_content(
    matches: list[Match],
    texts: list[str],
    concepts: list[Any],
    resource: Mapping[str, Any],
    value_sets: ValueSets,
) -> dict[str, Any]:
    """Return what of ours a product holds, and whether as a combination or a multivitamin (Q49,
    Q75); nothing of one without an ingredient of ours.
    """
    names = {text: split_name(take_spoken_off(text)[0]) for text in texts}
    parts = chain.from_iterable(names.values())
    substances, doubt = find_substances(matches, texts, parts, concepts, value_sets)
    if not substances:
        return {}
    for match in matches:
        if match.matched_by == "code" and match.member.display not in names:
            names[match.member.display] = split_name(match.member.display)
    strengths = strengths_of_brands(matches, substances) | agreed_strengths(
        read_named_strengths(names.values(), substances),
        read_stated_strengths(resource, substances, value_sets),
    )
    error, antidote = _find_error(matches, texts, strengths, value_sets)
    named = {match.concept for match in matches}
    return {
        "ingredients": tuple(Ingredient(one, strengths.get(one)) for one in substances),
        "error": error,
        "antidote": antidote,
        "doubt": doubt,
        "combined": not named.isdisjoint(COMBINATIONS),
        "multivitamin": not named.isdisjoint(MULTIVITAMINS),
    }


def names_nothing(codeable: Any, value_sets: ValueSets) -> bool:
    """Return whether a CodeableConcept names no medicine that is of interest here, by code or by
    words: `identify_product` would find neither ingredients nor uses.
    """
    return not _matches((codeable,), value_sets)


def b12_given_beside(codeable: Any, value_sets: ValueSets) -> str:
    """Return the text of another medicine that says that vitamin B12 is given ("Apixaban, on B12");
    empty for none.
    """
    said = next(filter(says_b12_is_given, texts_of(codeable)), "")
    return said if said and not identify_product(codeable, value_sets).has_cobalamin else ""


def _texts(concepts: Iterable[Any]) -> list[str]:
    named = (text[:LONGEST_TEXT] for concept in concepts for text in texts_of(concept))
    return list(dict.fromkeys(named))


_WORDS = re.compile(r"[a-z]{5}|[a-z]{3,} [a-z\d]", re.IGNORECASE)


def _in_words(concept: Any) -> Any:
    """Return a CodeableConcept that has no words, with the name that stands in the place of its
    code: systems without a list of medicines write `"code": "FOLIC ACID"`.
    """
    codes = (as_text(coding.get("code")) for coding in codings_of(concept))
    name = next(filter(_WORDS.search, codes), "")
    return {"text": name, "coding": codings_of(concept)} if name else concept


def _name_of(matches: Iterable[Match]) -> str:
    return next((match.member.display for match in matches), "")


def _any_code(concepts: Iterable[Any]) -> str:
    return next((name for name in map(words_of, concepts) if name), "medicine without a name")


def _matches(concepts: Iterable[Any], value_sets: ValueSets) -> list[Match]:
    """Return what the codes say; only when no code is known, what the words say."""
    listed = list(concepts)
    coded = [match for concept in listed for match in value_sets.concepts(concept)]
    if coded:
        return coded
    spoken = [match for concept in listed for match in value_sets.match_words(concept, Field.DRUGS)]
    return [match for match in spoken if _is_named(match)]


def _is_named(match: Match) -> bool:
    """Return whether a text names what was found in it: not a test of it, an isotope of cobalt, or
    a product that holds none of it.
    """
    rest, no_more = take_spoken_off(match.source)
    if _names_a_test(rest.lower()) or _ISOTOPE.search(match.source.lower()):
        return False
    held = SUBSTANCES.get(match.concept, ())
    return not held or not no_more.issuperset(held)


def _names_a_test(name: str) -> bool:
    """Return whether a name is that of a test ("Vitamin B12, serum level"), and not of a medicine
    that speaks of one ("Warfarin, dose by INR test").
    """
    if not _TEST.search(name) or _STRENGTH_OR_FORM.search(name):
        return False
    first, *others = _PART.split(name)
    return _TEST.search(_ASIDE.sub(" ", first)) is not None or any(
        map(_ONLY_A_TEST.fullmatch, others)
    )


_ANTIDOTE_FROM = Decimal(2_500_000)
"""Micrograms of hydroxocobalamin in one vial from which it is the antidote, whatever its name
(I11): the kit has one vial of 5 g, or had two of 2.5 g.
"""


def _find_error(
    matches: Iterable[Match],
    texts: list[str],
    strengths: Mapping[Substance, Strength],
    value_sets: ValueSets,
) -> tuple[str, bool]:
    """Return what is wrong with the product itself, and whether it is the cyanide antidote
    (I11).
    """
    concepts = {match.concept for match in matches}
    vial = _micrograms_in_a_vial(strengths.get(Substance.HYDROXOCOBALAMIN))
    if (
        Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE in concepts
        or any(_ANTIDOTE.search(text.lower()) for text in texts)
        or vial >= _ANTIDOTE_FROM
    ):
        return _IS_THE_ANTIDOTE, True
    lookalikes = {
        normalise_text(member.display)
        for member in value_sets.members.get(Concept.HYDROXOCOBALAMIN_LOOKALIKE, ())
    }
    if Concept.HYDROXOCOBALAMIN_LOOKALIKE in concepts or lookalikes & {
        normalise_text(text) for text in texts
    }:
        return "one ampoule of this product holds 10 mg, 10 times the usual", False
    return _error_of_strength(strengths), False


def _micrograms_in_a_vial(strength: Strength | None) -> Decimal:
    """Return the content of a vial, 0 where the name does not say it."""
    if strength is None or (strength.per_ml and strength.container is None):
        return Decimal(0)
    return strength.micrograms * (strength.container or 1)


def _error_of_strength(strengths: Mapping[Substance, Strength]) -> str:
    """Return the slip of unit in a product named with a gram of vitamin B12 (I11)."""
    grams = (
        substance.is_cobalamin and strength.micrograms >= _A_GRAM
        for substance, strength in strengths.items()
    )
    return "this product is named with 1 g or more in one mL or piece" if any(grams) else ""
