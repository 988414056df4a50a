"""The amount of a dose as micrograms of one ingredient, from quantities or words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from fhir_mappings.dosing import (
    HIGHEST_COUNT,
    MASS_UNITS,
    VOLUME_UNITS,
    DosesDiffer,
    NotComputable,
    TimingReading,
    WrittenDosage,
    by_each_unit,
    read_number,
    shorten,
    spelt_unit,
    with_unit_beside,
)
from fhir_mappings.fhir import as_dict, as_text, comparator_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.products import Form, Ingredient, Product
from recommender.language import DoseLine, Timing

_OF_EITHER = "stuk stuks stk stück stueck styck piece pieces each ea"
_OF_PIECES = (
    "tablet tablets tab tabs tbl tabl pill pills capsule capsules cap caps caplet caplets lozenge "
    "lozenges tabletten tablette tabletter tablett tabletti tablettia filmtablette filmtabletten "
    "brausetablette brausetabletten comprimé comprimés comprime comprimes comprimido comprimidos "
    "compressa compresse kapsel kapseln gélule gélules cápsula cápsulas capsula capsulas"
)
_OF_CONTAINERS = (
    "ampoule ampoules ampule ampules amp amps vial vials syringe syringes ampulle ampullen ampul "
    "ampolla ampollas ampola ampolas fiala fiale ampull ampuller ampulli injection injections inj "
    "spritze spritzen"
)
_PIECES = frozenset(f"{_OF_PIECES} {_OF_EITHER}".split())
_CONTAINERS = frozenset(f"{_OF_CONTAINERS} {_OF_EITHER}".split()) | {
    "pre-filled disposable injection"
}
"""Units that count pieces; some count whatever the product is, a tablet or an ampoule."""
_SNOMED_UNITS = {
    "428673006": "tablet",
    "428641000": "capsule",
    "413516001": "ampoule",
    "258773002": "ml",
}
LARGEST_AMOUNT = Decimal(10) ** 9
"""A number of tablets, millilitres or milligrams above this is a slip of the pen and is not
computed with.
"""

_Read = TypeVar("_Read")


def attempt(read: Callable[[], _Read], problems: list[str]) -> _Read | None:
    """Return what was read; where nothing could be, note why and return `None`."""
    try:
        return read()
    except NotComputable as why:
        if str(why) not in problems:
            problems.append(str(why))
        return None


def dose_in_words(words: WrittenDosage, ingredient: Ingredient, product: Product) -> Decimal | None:
    """Return the dose that the words name, `None` when they name none or several."""
    doses = [
        attempt(
            lambda number=number, unit=unit: _micrograms(  # type: ignore[misc]
                {"value": number, "unit": unit}, ingredient, product
            ),
            [],
        )
        for number, unit in words.amounts
    ]
    known = {dose for dose in doses if dose is not None}
    return known.pop() if len(known) == 1 else None


def written_beside(
    words: WrittenDosage, timing: TimingReading, product: Product
) -> DoseLine | None:
    """Return what the words beside a structure say, for the first ingredient that can be weighed;
    `None` when they say nothing that can be compared.
    """
    rhythm = words.timing or timing.written or _counted(timing.timing, words.count_alone)
    item = next(iter(product.ingredients), None)
    if item is None or not (words.says_something or rhythm):
        return None
    return DoseLine(item.substance, words.route, dose_in_words(words, item, product), rhythm)


def _counted(timing: Timing | None, count: int | None) -> Timing | None:
    """Return a structured rhythm with the number of doses that the words alone say; `None` where
    either says no number.
    """
    if timing is None or timing.count is None or count is None:
        return None
    return replace(timing, count=count, count_max=None)


def read_dose(
    line: Mapping[str, Any],
    ingredient: Ingredient,
    product: Product,
    words: WrittenDosage,
    site_units: Mapping[str, str],
) -> Decimal:
    """Return the single dose of one ingredient in micrograms; of a line without a quantity the one
    in words, where these are read whole.

    Several quantities (ordered, calculated, amount given) must agree once converted; those that
    cannot be converted do not count as long as one can.
    """
    quantities, ranges = fhir_versions.read_dose_quantities(line)
    largest = _largest_end(ranges, ingredient, product, site_units)
    quantities = [*quantities, *(_fixed_range(item, largest) for item in ranges)]
    known = (_in_known_unit(as_dict(item), site_units) for item in quantities)
    quantities = [one for item in known for one in by_each_unit(item)]
    beside = words.amounts if words.whole else ()
    quantities = [with_unit_beside(item, beside) for item in quantities]
    if not quantities:
        spoken = dose_in_words(words, ingredient, product) if words.whole else None
        if spoken is None:
            raise NotComputable("dose not stated")
        return spoken
    return _agreed(quantities, ingredient, product)


def _agreed(quantities: list[dict[str, Any]], ingredient: Ingredient, product: Product) -> Decimal:
    """Return the dose that several quantities of one line agree on."""
    doses: set[Decimal] = set()
    reasons: list[str] = []
    for quantity in quantities:
        dose = attempt(
            lambda quantity=quantity: _micrograms(  # type: ignore[misc]
                quantity, ingredient, product
            ),
            reasons,
        )
        doses |= set() if dose is None else {dose}
    if len(doses) > 1:
        raise DosesDiffer(
            "doses that differ: "
            + " and ".join(f"{dose.normalize():f} micrograms" for dose in sorted(doses)),
            max(doses),
        )
    if not doses or any("not a usable number" in reason for reason in reasons):
        raise NotComputable(reasons[0])
    return doses.pop()


def _in_known_unit(quantity: dict[str, Any], site_units: Mapping[str, str]) -> dict[str, Any]:
    """Return a quantity whose unit, as the site writes it, is one that is read."""
    for name in ("unit", "code"):
        known = site_units.get(as_text(quantity.get(name)))
        if known:
            return {**quantity, "unit": known, "code": known}
    return quantity


def kind_of_dose_unit(unit: str) -> tuple[str, object] | None:
    """Return what a dose in this unit is read as: a mass with its micrograms, a volume, or pieces
    and of which kind; `None` for a unit that is not read.
    """
    plain = _plain(unit)
    if plain in MASS_UNITS:
        return "mass", MASS_UNITS[plain]
    if plain in VOLUME_UNITS:
        return "volume", "ml"
    pieces = (plain in _PIECES, plain in _CONTAINERS)
    return ("pieces", pieces) if any(pieces) else None


def _largest_end(
    ranges: list[Any], ingredient: Ingredient, product: Product, site_units: Mapping[str, str]
) -> Decimal | None:
    """Return the highest end of ranges in micrograms, of one without an upper end the lower;
    `None` where none can be computed.
    """
    known = [as_dict(one).get("high") or as_dict(one).get("low") for one in ranges]
    ends = [_in_known_unit(as_dict(end), site_units) for end in known]
    read = (attempt(lambda end=end: _micrograms(end, ingredient, product), []) for end in ends)  # type: ignore[misc]
    return max((dose for dose in read if dose is not None), default=None)


def _fixed_range(dose_range: Any, largest: Decimal | None) -> dict[str, Any]:
    """Return the quantity of a range whose ends are equal."""
    low, high = as_dict(as_dict(dose_range).get("low")), as_dict(as_dict(dose_range).get("high"))
    ends = {(read_number(end.get("value")), spelt_unit(end)) for end in (low, high) if end}
    if len(ends) == 1 and low and high:
        return high
    said = " to ".join(_said(end) for end in (low, high) if end)
    raise DosesDiffer(f"dose is a range: {said}", largest)


def _said(quantity: Mapping[str, Any]) -> str:
    value, unit = (
        quantity.get("value"),
        as_text(quantity.get("unit")) or as_text(quantity.get("code")),
    )
    return shorten(f"{'?' if value is None else value} {unit}".strip())


def _micrograms(quantity: Mapping[str, Any], ingredient: Ingredient, product: Product) -> Decimal:
    """Return a Quantity of a product as micrograms of one ingredient; one with a comparator says no
    dose (FHIR SimpleQuantity has none).
    """
    if comparator := comparator_of(quantity):
        raise NotComputable(f"dose is not one number: {shorten(comparator)}{_said(quantity)}")
    value = read_number(quantity.get("value"))
    if value is None or not 0 < value <= LARGEST_AMOUNT:
        raise NotComputable(f"dose is not a usable number: {_said(quantity)}")
    unit = _unit_of(quantity)
    if unit in MASS_UNITS:
        if len(product.ingredients) > 1:
            raise NotComputable(
                f"dose by weight of a product with several ingredients: {_said(quantity)}"
            )
        return value * MASS_UNITS[unit]
    return value * _micrograms_per(unit, ingredient, product, quantity)


def _unit_of(quantity: Mapping[str, Any]) -> str:
    """Return the unit in lower case, words for SNOMED CT units and braces taken off; code and unit
    must not contradict each other.
    """
    code = as_text(quantity.get("code"))
    coded = _SNOMED_UNITS.get(code) or _plain(code) if code and code != "G" else ""
    spelt = as_text(quantity.get("unit"))
    worded = "" if spelt == "G" else _plain(spelt)
    known = [
        unit
        for unit in (coded, worded)
        if unit in MASS_UNITS or unit in VOLUME_UNITS or unit in _PIECES or unit in _CONTAINERS
    ]
    if len(known) == 2 and MASS_UNITS.get(known[0]) != MASS_UNITS.get(known[1]):
        raise NotComputable(f"unit and its code disagree: {spelt} and {code}")
    return known[0] if known else coded or worded


def _plain(unit: str) -> str:
    """Return a unit in lower case without its braces, a dot, an optional plural, and what SNOMED CT
    adds: "Ampule (unit of presentation)", "Injection - unit of product usage".
    """
    plain = _SNOMED_TAG.sub("", unit.lower())
    return plain.strip("{}").removesuffix("(s)").removesuffix(".")


_SNOMED_TAG = re.compile(r" (?:\(unit of presentation\)|- unit of product usage.*)$")


def _micrograms_per(
    unit: str, ingredient: Ingredient, product: Product, quantity: Mapping[str, Any]
) -> Decimal:
    """Return the micrograms of the ingredient in one millilitre, tablet or ampoule of the
    product.
    """
    strength = ingredient.strength
    if not unit:
        raise NotComputable(f"unit of the dose is missing: {_said(quantity)}")
    if unit not in VOLUME_UNITS and unit not in _PIECES and unit not in _CONTAINERS:
        raise NotComputable(f"dose cannot be computed from its unit: {_said(quantity)}")
    if strength is None:
        raise NotComputable(f"strength of the product is not known: {_said(quantity)}")
    if unit in VOLUME_UNITS and strength.per_ml:
        return strength.micrograms
    if unit in _PIECES and not strength.per_ml and product.form is not Form.INJECTION:
        return strength.micrograms
    if unit in _CONTAINERS and product.form in (Form.INJECTION, Form.UNKNOWN):
        if not strength.per_ml:
            return strength.micrograms
        if strength.container:
            return strength.micrograms * strength.container
    raise NotComputable(f"dose does not fit the product: {_said(quantity)} of {product.name}")


_HOW_OFTEN = ("period", "dayOfWeek", "when", "timeOfDay")
"""Members of `Timing.repeat` that say how often; a frequency without a period does not."""


def count_alone(line: Mapping[str, Any]) -> int | None:
    """Return the number of doses of a line that says nothing of how often; `None` when it says
    none, and where it does say how often but that cannot be read.
    """
    timing = as_dict(line.get("timing"))
    repeat = as_dict(timing.get("repeat"))
    if timing.get("code") or any(repeat.get(name) for name in _HOW_OFTEN):
        return None
    count = read_number(repeat.get("countMax") or repeat.get("count"))
    return int(count) if count is not None and 0 < count <= HIGHEST_COUNT else None
