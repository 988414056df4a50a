"""The parts of a product's name, one for each ingredient: "folic acid 1 mg / vitamin B12 0.5 mg",
"cyanocobalamin, vitamin B-12, 1,000 mcg tablet".
"""

from __future__ import annotations

import re

from fhir_mappings.dosing import MASS_UNITS, fold, plain_numbers, read_strengths

_MASS = "|".join(sorted(MASS_UNITS, key=len, reverse=True))
_PER_ML = re.compile(r" */ *(?=\d*(?:\.\d*)? ?ml\b)")
_PARTS = re.compile(r" / | ?\+ ?|, | and | with ")
_B12 = r"\(?(?:vitamine?|vit\.?) ?b[ -]?12\)?"
_COBALAMIN = r"\(?[a-z]{2,8}cobalamine?\)?"
_NAMED_TWICE = re.compile(
    rf"(?<![a-z])(?:({_COBALAMIN}),? {_B12}|{_B12},? ({_COBALAMIN}))(?:,? ?\(vitamin b[ -]?12\))?"
    r"(?![a-z0-9-])"
)
"""One ingredient by two names, as an American drug file lists it: "cyanocobalamin, vitamin B-12,
1,000 mcg tablet".
"""

LONGEST_NAME = 500
"""Characters; what is longer is a story, not the name of a product."""


def _once(match: re.Match[str]) -> str:
    return str(match[1] or match[2])


def split_name(name: str) -> list[str]:
    """Return the parts of a product name, one for each ingredient, in lower case and with plain
    numbers; none of a text that is too long for a name.
    """
    if len(name) > LONGEST_NAME:
        return []
    plain = _NAMED_TWICE.sub(_once, _PER_ML.sub("/", plain_numbers(fold(name))))
    dashed = plain.split(" - ")
    if len(dashed) > 1 and all(map(read_strengths, dashed)):
        return dashed
    return _each_with_its_strength(plain) or _with_forms_joined(_PARTS.split(plain))


_FORM_WORDS = re.compile(
    rf"(?:[\d.]+(?:x|\b)|{_MASS}|mls?|/|\(|\)|%|"
    r"sol(?:utions?|n|uciones|ucion|ucao|uzione|v)?|l(?:o|oe)sung|oplosning|opplosning|losning|"
    r"oplossing|susp(?:ensions?|ension|ensao)?|suspensjon|liquid|in[jiy]\w*|"
    r"film[\w-]*|coated|overtruk\w*|drager\w*|pellicul\w*|rivestit\w*|recubiert\w*|revestid\w*|"
    r"omhuld\w*|uberzogen\w*|tab(?:s|l\w*)?|tbl|comprim\w*|compress[ae]|cpr?|caps?(?:ul\w*)?|"
    r"kaps(?:el|ler)\w*|gelul\w*|amp(?:s|[ou]\w*)?|fial[ae]|vials?|oral\w*|sublingual\w*|chewable|dispersible|effervescent|"
    r"(?:sustained|extended|prolonged|modified|slow|release|depot)|multi-?dose|single-?dose|"
    r"sl|subl|loz\w*|odt|[ect]r|disintegrating|"
    r"intramuscular\w*|intramuskul\w*|im|for|of|til|till|zur|pour|per|para|voor|stk?|pcs|liuos|[-.x])"
)
_WORDS = re.compile(r"[^\W\d_][\w-]*|[\d.]+x?|\S")


def _with_forms_joined(parts: list[str]) -> list[str]:
    """Return the parts of a name; as one where all but one are its form and strength alone, set off
    by commas ("Vibeden injektionsvæske, opløsning 1 mg/ml").
    """
    if len(parts) == 1:
        return parts
    named = sum(not all(map(_FORM_WORDS.fullmatch, _WORDS.findall(part))) for part in parts)
    joined = " ".join(parts)
    return [joined] if named == 1 and len(read_strengths(joined)) == 1 else parts


_UNIT_ONCE = rf"\d{{1,9}}(?:\.\d{{1,9}})?(?: ?(?:{_MASS}))?"
_IN_TWO_LISTS = re.compile(
    rf"([a-z][a-z0-9 ]*(?:[-/][a-z][a-z0-9 ]*)+) ({_UNIT_ONCE}(?:[-/]{_UNIT_ONCE})+)(?![\w/-])"
)
"""The ingredients joined by hyphens or strokes, then their strengths in the same order; the unit
may stand once, behind the last.
"""
_HYPHEN_IN_A_NAME = re.compile(r"(?<=\bb)-(?=\d{1,2}\b)|\bl-(?=methyl)")
_UNIT_BEHIND = re.compile(rf"({_MASS})$")


def _each_with_its_strength(plain: str) -> list[str]:
    """Return the ingredients with their strengths of a name that lists first these, then those, as
    American drug files do ("folic acid-vit b6-vit b12 2.5 mg-25 mg-2 mg tablet"); nothing where
    there are more of one than of the other.
    """
    listed = "-" in plain or "/" in plain
    found = _IN_TWO_LISTS.search(_HYPHEN_IN_A_NAME.sub("", plain)) if listed else None
    if found is None:
        return []
    names, amounts = re.split("[-/]", found[1]), re.split("[-/]", found[2])
    last = _UNIT_BEHIND.search(amounts[-1])
    if len(names) != len(amounts) or last is None:
        return []
    with_units = (one if _UNIT_BEHIND.search(one) else f"{one} {last[1]}" for one in amounts)
    return [f"{name} {amount}" for name, amount in zip(names, with_units, strict=True)]
