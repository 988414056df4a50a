"""Whether the name of a formulary row names one product that holds vitamin B12 and nothing else.

What a draft shows is this name: a word of it that is not understood may be a second substance.
Source: Q62.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from fhir_mappings.dosing import read_strengths
from fhir_mappings.judging import names_another_substance
from fhir_mappings.products import identify_product, split_name
from fhir_mappings.terminology import ValueSets
from fhir_mappings.text import letter_not_latin, without_accents
from recommender.language import Substance

_UNITS = "mg mcg ug µg g ml l microgram micrograms mikrogramm mikrogram microgrammes milligram unit"
_FORMS = (
    "solution solutions losung injektionslosung injectable injection injections inj injektion "
    "oplossing losning oplosning opplosning solucion soluzione solucao injetavel "
    "iniettabile inyectable suspension liquid drops tropfen ampoule ampoules ampule "
    "ampules ampulle ampullen amp amps ampolla ampul fiala fiale vial vials syringe syringes "
    "prefilled pre filled cartridge tablet tablets tabletten tabletter tab tabs capsule capsules "
    "kapsel kapseln caps comprime comprimes comprimidos compresse filmtabletten lozenge spray "
    "film coated chewable sublingual buccal"
)
_ROUTES = "oral nasal mouth im iv sc po intramuscular subcutaneous intravenous use"
_SALTS = "acetate hydrochloride chloride hydrochlorid acetat base b vitamin cobalamin"
_PACKS = (
    "glass plastic sterile aqueous depot retard forte long acting single multi dose doses units "
    "pack packs box boxes bottle bottles strip tub blister piece pieces stk stuck st size sugar "
    "gluten lactose preservative latex free vegan vegetarian kosher halal ward stock pharmacy "
    "clinic refrigerated fridge needle needles diluent solvent water local own brand generic"
)
_SMALL = "for of per in a the each by from x at to as is without no zur pour para"

PLAIN = frozenset(" ".join((_UNITS, _FORMS, _ROUTES, _SALTS, _PACKS, _SMALL)).split())
"""Words that name no substance besides: units, forms, packages, routes, salts."""

_JOINTS = re.compile(r"\b(?:with|and|plus|und|mit|et|avec|y|con|e|en|met|och|og|med)\b|[+&/,;]")
"""What joins a second substance to a product."""

_PER_ML = re.compile(r"\s*/\s*(?=\d*[.,]?\d*\s*ml\b)")
_EITHER = re.compile(r"\b(?:or|oder|ou|eller|oppure)\b")
_RANGE = re.compile(r"\d\s*(?:-|–|to|bis)\s*\d[\d.,]*\s*(?:mg|mcg|µg|ug|microgram)")
_ANOTHER_USE = re.compile(
    r"\b(?:not|never|instead|antidote|cyanide|extract|complex|komplex|complexe|complejo|kit|liver|"
    r"multi ?vitamin\w*|thiamin\w*|tiamin\w*|pyridox\w*|riboflavin\w*|niacin\w*|nicotinam\w*|"
    r"biotin\w*|lidoca?in\w*|lignoca\w*|folic|folat\w*|iron|ferr\w*|magnesium)\b"
)
"""Words of another use, and of what is mixed with vitamin B12."""
_BRACKETS = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"[^\W\d_]+")


def problems_of_name(name: str, value_sets: ValueSets) -> Iterator[str]:
    """Yield why a name is not that of one product of vitamin B12 alone; nothing for one that is."""
    text = without_accents(name.lower())
    product = identify_product({"text": name}, value_sets)
    substances = {item.substance for item in product.ingredients}
    if not any(substance.is_cobalamin for substance in substances):
        yield (
            f'"{name}" names no vitamin B12 that is understood; write the substance beside the '
            f'brand, such as "Brand (hydroxocobalamin)"'
        )
        return
    yield from strange_letters(name)
    others = sorted(one.value for one in substances if not one.is_cobalamin)
    mixed = product.combined or product.multivitamin or bool(others)
    if mixed or len(substances - {Substance.COBALAMIN_UNSPECIFIED}) > 1:
        yield f'"{name}" names several substances, expected vitamin B12 alone'
    elif _EITHER.search(text) or _RANGE.search(text) or len(strengths_in(name)) > 1:
        yield f'"{name}" names several products or strengths, expected one'
    elif strange := _strange_word(text, value_sets):
        yield (
            f'"{name}" says "{strange}", which is not understood: a second substance? A maker '
            f"stands behind the name or in brackets"
        )


def strange_letters(text: str) -> Iterator[str]:
    """Yield why a text may look like another word than it is: who reads it sees "Cyanokit", and
    the readers of words do not (Q62).
    """
    if letter := letter_not_latin(text):
        yield f'"{text}" holds "{letter}", expected Latin letters and figures alone'


def is_strength_alone(strength: str) -> bool:
    """Return whether a strength is one amount, with nothing beside it but units."""
    text = without_accents(strength.lower())
    strange = set(_WORD.findall(text)) - PLAIN
    several = _EITHER.search(text) or _RANGE.search(text) or len(strengths_in(strength)) > 1
    return not strange and not several


def strengths_in(text: str) -> set[tuple[Decimal, bool]]:
    """Return the strengths that a text names, in micrograms, and whether they are per mL."""
    return {
        (one.micrograms, one.per_ml) for part in split_name(text) for one in read_strengths(part)
    }


def _strange_word(text: str, value_sets: ValueSets) -> str:
    """Return the first word that may be another substance or another use: one that is known as
    such, or one that nobody knows in a part that is joined to the name. Empty where there is none.
    """
    if found := _ANOTHER_USE.search(text):
        return str(found[0])
    for part in _JOINTS.split(_PER_ML.sub(" per ", text)):
        names_b12 = bool(identify_product({"text": part}, value_sets).ingredients)
        for word in _WORD.findall(_BRACKETS.sub(" ", part) if names_b12 else part):
            known = word in PLAIN or (names_b12 and not names_another_substance(word, ()))
            if not known:
                return str(word)
    return ""
