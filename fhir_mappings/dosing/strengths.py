"""How strong a product is: the amounts in the parts of its name, and the units they are written in;
and the amounts in the words of a dosage.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing.interval_vocabulary import ADVERB_WORDS, NUMBERS, PER, fold
from fhir_mappings.dosing.timing import read_number
from fhir_mappings.fhir import as_dict, as_text

MASS_UNITS: dict[str, Decimal] = {
    word: micrograms
    for micrograms, words in {
        Decimal(1): "ug mcg mcgs µg μg microg microgs microgram micrograms mikrogramm mikrogram "
        "microgramme microgrammes microgramos microgrammi microgramas microgrammo gamma gammas γ",
        Decimal(1000): "mg mgs milligram milligrams milligramm milligramme milligrammes miligramo "
        "miligramos milligrammi miligramas",
        Decimal(1_000_000): "g gm gram grams",
        Decimal("0.001"): "ng nanogram nanograms",
    }.items()
    for word in words.split()
}
"""Micrograms in one unit, by spelling in lower case."""

VOLUME_UNITS = frozenset(
    {"ml", "mls", "milliliter", "milliliters", "millilitre", "millilitres", "cc"}
)


class Strength(NamedTuple):
    """How much of an ingredient: micrograms in one tablet, or in one mL. `container` is the mL in
    one ampoule, where the name says it.
    """

    micrograms: Decimal
    per_ml: bool = False
    container: Decimal | None = None


_MICROGRAMS = "|".join(sorted({fold(u) for u, f in MASS_UNITS.items() if f == 1}, key=len)[::-1])
_THOUSANDS = re.compile(
    r"(?<![\d.,])([1-9]\d{0,2})(?:,(?=\d{3}(?!\d))"  # 1,000
    rf"|[ '’](?=000 ?(?:{_MICROGRAMS})\b)"  # 1 000 µg, 1'000 µg
    rf"|\.(?=[05]00 ?(?:{_MICROGRAMS})\b))"  # 1.000 µg
)
_COMMA_BEHIND_B12 = re.compile(r"(?<![a-z0-9])(b[ -]?12),(?=\d)")
"""In "vitamin B12,500 mcg" it parts the name from the strength: no twelve thousand."""
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_BARE_POINT = re.compile(r"(?:(?<=^)|(?<=[ (]))\.(?=\d)")


def plain_numbers(folded: str) -> str:
    """Return folded words whose numbers are plain: thousands joined ("1,000", and of micrograms
    "1.000", "1.500", "1 000", "1'000", as German, French and Swiss labels write them), a decimal
    comma as a full stop, ".5" as "0.5". Of three decimals of a microgram nobody speaks.
    """
    parted = _COMMA_BEHIND_B12.sub(r"\1, ", folded)
    return _BARE_POINT.sub("0.", _DECIMAL_COMMA.sub(".", _THOUSANDS.sub(r"\1", parted)))


_NUMBER = r"((?!0\d)\d{1,9}(?:\.\d{1,9})?)"
_MASS = "|".join(sorted(MASS_UNITS, key=len, reverse=True))
_STRENGTH = re.compile(
    rf"(?<![\d.])(?:(?<!\d-)|(?<=b12-)|(?<=b-12-)){_NUMBER} ?({_MASS})\b"
    rf"(?: ?(?:/|per|pro|par|por|je|in) ?(?:{_NUMBER} ?)?(ml|millilit(?:er|re)s?)\b)?"
)
_CONTAINER = re.compile(rf"(?<![\w./]){_NUMBER} ?ml\b")


def read_strengths(part: str) -> list[Strength]:
    """Return every amount that one part of a product name gives."""
    return [_read_strength(match) for match in _STRENGTH.finditer(part)]


def _read_strength(match: re.Match[str]) -> Strength:
    micrograms = Decimal(match[1]) * MASS_UNITS[match[2]]
    volume = Decimal(match[3]) if match[3] else None
    if not match[4]:
        return Strength(micrograms)
    return Strength(micrograms / volume if volume else micrograms, True, volume)


def read_container(parts: list[str]) -> Decimal | None:
    """Return the millilitres of one ampoule that a product name gives beside its strength; `None`
    for none or for several.
    """
    found = {Decimal(number) for number in _CONTAINER.findall(" ".join(parts))}
    return found.pop() if len(found) == 1 else None


def read_ratio(ratio: Mapping[str, Any]) -> Strength | None:
    """Return the strength of a Ratio of a mass to millilitres or to pieces."""
    numerator, denominator = as_dict(ratio.get("numerator")), as_dict(ratio.get("denominator"))
    factor, amount = MASS_UNITS.get(spelt_unit(numerator)), read_number(numerator.get("value"))
    per = read_number(denominator.get("value", 1))
    if not factor or not amount or amount < 0 or not per or per < 0:
        return None
    return Strength(amount * factor / per, per_ml=spelt_unit(denominator) in VOLUME_UNITS)


def spelt_unit(quantity: Mapping[str, Any]) -> str:
    """Return the unit of a Quantity in lower case, its code first; annotations in braces after a
    unit are dropped.
    """
    for name in ("code", "unit"):
        text = as_text(quantity.get(name))
        # "G" is gauss in UCUM: it is not read as gram.
        if text and text != "G":
            return re.sub(r"(?<=\w)\{.*", "", text.lower())
    return ""


# --- amounts in the words of a dosage

_WEIGHTS = "|".join(
    sorted({fold(unit) for unit in MASS_UNITS if unit not in ("ng",)}, key=len, reverse=True)
)
A_NUMBER = rf"(\d{{1,7}}(?:\.\d{{1,4}})?|{'|'.join(sorted(NUMBERS, key=len, reverse=True))})"
_PIECES = {
    "tablet": "tablets?|tabs?|tabl|tbl|tabletten|tablette|tabletter|tablett|comprimes?|"
    "comprimidos?|comp|cpr|cp|compresse|compressa|caplets?|lozenges?|to be taken",
    "capsule": "capsules?|caps?|kapseln?|kapsler|gelules?|capsulas?|capsule",
    "ampoule": "ampoules?|ampules?|amps?|ampullen?|ampuller|ampull|ampul|ampollas?|ampolas?|fiale?|"
    "fl|injektione?n?|injektioner|injeksjone?r?|injectie|inyeccion|"
    "fiala|vials?|injections?|inj|doses?|to be (?:given|injected|administered)",
    "ml": "mls?|millilit(?:er|re)s?|cc",
}
STRENGTH_IN_WORDS = re.compile(
    rf"\d{{1,7}}(?:\.\d{{1,4}})? ?(?:{_WEIGHTS}) ?(?:/|per|in) ?(?:\d{{1,4}}(?:\.\d{{1,3}})? ?)?"
    r"(?:ml|millilit(?:er|re)s?|tablet|tab|ampoule|amp|vial)(?![a-z])"
)
RANGE_OF_AMOUNTS = re.compile(
    rf"(?<![a-z0-9.]){A_NUMBER} ?(?:-|to|or|bis) ?{A_NUMBER} ?(?:{_WEIGHTS}|"
    rf"{'|'.join(_PIECES.values())})(?![a-z])"
)
_LOST_POINT = rf"0\d[\d.]* ?(?:{_WEIGHTS}|{_PIECES['ml']})(?![a-z])"
"""What may have been a part of one: "05 mL"; of pieces ("01 comprimido") it is a habit."""
_AMOUNT = re.compile(
    rf"(?<![a-z0-9./,\u2044-])(?!{_LOST_POINT}){A_NUMBER} ?x? ?"
    rf"(?:(?P<mass>{_WEIGHTS})"
    + "".join(rf"|(?P<{name}>{words})" for name, words in _PIECES.items())
    + r")(?![a-z0-9/])"
)


_WEIGHT = rf"\d{{1,7}}(?:\.\d{{1,4}})? ?(?:{_WEIGHTS})"
_TO_SWALLOW = rf"(?:film ?-?coated |oral )?(?P<piece>{_PIECES['tablet']}|{_PIECES['capsule']})"
_CONTAINERS = (
    "ampoules?|ampules?|amps?|ampullen?|ampuller|ampull?|ampollas?|ampolas?|fial[ae]|vials?"
)
_PIECE_OF_STRENGTH = re.compile(
    rf"(?<![a-z0-9./,\u2044-])(?:(?P<n>{'|'.join(NUMBERS)}|\d{{1,2}}(?= ?x)) ?(?:x ?)?|an? |"
    r"(?<![0-9] )(?=[0-9.]+ ?[a-z]+ (?:tablet|tab|capsule|cap)(?![a-z])))"
    rf"(?P<weight>{_WEIGHT})"
    rf"(?: {_TO_SWALLOW}|(?: ?/ ?[0-9.]* ?ml)? (?P<given>{_CONTAINERS}))(?![a-z0-9/])"
)
"""Pieces by their strength: "one 1 mg tablet", "2 x 500 mcg tablets", "a 1 mg tablet"; of digits
alone before it nobody knows where they end ("2 500 mcg").
"""
_TIMES_AN_AMOUNT = re.compile(
    rf"(?<![a-z0-9./,\u2044-])(?P<n>{'|'.join(NUMBERS)}|\d{{1,2}}) ?x ?"
    rf"(?P<amount>(?P<number>\d{{1,7}}(?:\.\d{{1,4}})?) ?(?:(?P<mass>{_WEIGHTS})|"
    rf"{'|'.join(_PIECES.values())})(?![a-z0-9/])(?:[,;:]? (?:im|sc|iv|po)(?![a-z]))?)"
    rf"(?P<often> ?[,;:.]? ?(?=(?:{PER}|{ADVERB_WORDS})(?![a-z]))(?!(?:a|an|i|om|on) ))?"
)
"""How many times an amount: "6 x 1 mg", "3 x 1 Ampulle pro Woche"."""


_IS_SWALLOWED = re.compile(rf"\d ?(?:{_PIECES['tablet']}|{_PIECES['capsule']})(?![a-z])")


def write_counts_behind(text: str) -> str:
    """Return words of a dosage in which the strength of a piece stands behind it, and how many
    times an amount is given behind the amount.
    """
    return _TIMES_AN_AMOUNT.sub(_count_behind, _PIECE_OF_STRENGTH.sub(_strength_behind, text))


def _strength_behind(match: re.Match[str]) -> str:
    """Return "1 tablet 1 mg" for "one 1 mg tablet"; of several to be injected nobody knows whether
    they are one dose.
    """
    count = int(NUMBERS.get(match["n"], 0) or match["n"] or 1)
    if match["given"]:
        return f"1 ampoule {match['weight']}" if count == 1 else "several pieces"
    number = match["weight"].rstrip(string.ascii_letters + " ")
    unit = match["weight"].removeprefix(number)
    return f"{count} {match['piece']} {Decimal(number) * count:f}{unit}"


def _count_behind(match: re.Match[str]) -> str:
    count = int(NUMBERS.get(match["n"], 0) or match["n"])
    if count == 1:
        plain = match["mass"] or Decimal(match["number"]) == 1
        return f"{match['amount']}{match['often'] or ''}" if plain else match[0]
    if match["often"]:
        return f"{match['amount']} {count}x "
    if _IS_SWALLOWED.search(match["amount"]):  # so many a day, or in all
        return f"{count} times {match['amount']}"
    return f"{match['amount']} x {count}"


def take_amounts(text: str) -> tuple[tuple[tuple[Decimal, str], ...], str]:
    """Return the amounts in words with their units (a mass unit, "tablet", "capsule", "ampoule" or
    "ml"), each once, and the text without them.
    """
    amounts: list[tuple[Decimal, str]] = []
    for match in _AMOUNT.finditer(text):
        unit = match["mass"] or next(name for name in _PIECES if match[name])
        amount = (Decimal(NUMBERS.get(match[1], 0) or match[1]), unit)
        if amount not in amounts:
            amounts.append(amount)
    return tuple(amounts), _AMOUNT.sub(" ", text)


def with_unit_beside(
    quantity: dict[str, Any], amounts: Iterable[tuple[Decimal, str]]
) -> dict[str, Any]:
    """Return a quantity that states no unit with the one of the same number in the words beside it
    ("Take one tablet", 1); as it is where these say none or several.
    """
    if quantity.get("unit") or quantity.get("code"):
        return quantity
    number = read_number(quantity.get("value"))
    units = [unit for amount, unit in amounts if amount == number]
    return {**quantity, "unit": units[0]} if len(units) == 1 else quantity
