"""Dose, route, site and timing from dosage instructions, or in words what could not be computed.

Nothing is guessed: a dose given only as text, a range, lines that disagree or a unit without a
strength is "not computable". A dose that is merely wrong ("1000 mg") is read as it stands, so that
it can be called wrong.
Source: cards.md 2; decisions 1.1, Q22; R157, R166.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

from fhir_mappings.dosing import (
    MASS_UNITS,
    VOLUME_UNITS,
    NotComputable,
    TimingReading,
    WrittenDosage,
    read_number,
    read_timing,
    read_written,
    shorten,
    spelt_unit,
)
from fhir_mappings.fhir import as_dict, as_list, as_text, texts_of, words_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.medicines.products import Form, Ingredient, Product
from fhir_mappings.terminology import Concept, Field, ValueSets
from recommender.language import DoseLine, InjectionSite, Route, Timing

ROUTES: dict[Concept, Route] = {
    Concept.ROUTE_IM: Route.INTRAMUSCULAR,
    Concept.ROUTE_ORAL: Route.ORAL,
    # Sublingual and buccal count as oral (Q22).
    Concept.ROUTE_SUBLINGUAL: Route.ORAL,
    Concept.ROUTE_SUBCUTANEOUS: Route.SUBCUTANEOUS,
    Concept.ROUTE_NASAL: Route.NASAL,
    Concept.ROUTE_INTRAVENOUS: Route.INTRAVENOUS,
}

SITES: dict[Concept, InjectionSite] = {
    Concept.SITE_DELTOID: InjectionSite.DELTOID,
    Concept.SITE_VASTUS_LATERALIS: InjectionSite.VASTUS_LATERALIS,
    Concept.SITE_BUTTOCK: InjectionSite.BUTTOCK,
}

_PIECES = frozenset(
    [
        "tablet",
        "tablets",
        "tab",
        "tabs",
        "tbl",
        "pill",
        "pills",
        "capsule",
        "capsules",
        "cap",
        "caps",
        "caplet",
        "caplets",
        "lozenge",
        "lozenges",
        *[
            "tabletten",
            "tablette",
            "tabletter",
            "tablett",
            "comprimé",
            "comprimés",
            "comprime",
            "comprimes",
        ],
        *[
            "comprimido",
            "comprimidos",
            "compressa",
            "compresse",
            "kapsel",
            "kapseln",
            "gélule",
            "gélules",
        ],
        *["cápsula", "cápsulas", "capsula", "capsulas"],
    ]
)
_CONTAINERS = frozenset(
    [
        "ampoule",
        "ampoules",
        "ampule",
        "ampules",
        "amp",
        "amps",
        "vial",
        "vials",
        "syringe",
        "syringes",
        "ampulle",
        "ampullen",
        "ampul",
        "ampullen",
        "ampolla",
        "ampollas",
        "ampola",
        "ampolas",
        "fiala",
        "fiale",
        "ampull",
        "ampuller",
        "injection",
        "injections",
    ]
)
_SNOMED_UNITS = {
    "428673006": "tablet",
    "428641000": "capsule",
    "413516001": "ampoule",
    "258773002": "ml",
}
_TECHNIQUE = re.compile(r"gauge|needle|pressure|press (?:firmly )?(?:for|on)|transfusion")

LARGEST_AMOUNT = Decimal(10) ** 9
"""A number of tablets, millilitres or milligrams above this is a slip of the pen and is not
computed with.
"""

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True)
class Dosage:
    """What the dosage instructions of one order say: a line per ingredient, and in `problem` what
    could not be read.

    `written` is what the words say beside a structure (Q41); `from_words`: the line was read from
    words, at least in part. `implausible` says what of the frequency nobody can mean (Q42).
    `review_noted`: the words bind the end to improvement or to a review of it (Q81).
    `count_alone`: how many doses, where nothing says how often.
    """

    lines: tuple[DoseLine, ...]
    problem: str = ""
    starts: dt.date | None = None
    ends: dt.date | None = None
    site: InjectionSite | None = None
    technique_noted: bool = False
    text: str = ""
    written: DoseLine | None = None
    from_words: bool = False
    implausible: str = ""
    review_noted: bool = False
    count_alone: int | None = None


def read_dosage(
    resource: Mapping[str, Any],
    product: Product,
    value_sets: ValueSets,
    authored: dt.date | None = None,
    read_before: LinesRead | None = None,
) -> Dosage:
    """Return the dosage of an order, statement, dispense or administration of this product.

    An injection whose route is not recorded keeps none: it could go into muscle, skin or vein, and
    the guidance differs.
    """
    written = _written_lines(resource)
    noted = _notes_technique(resource)
    first = _read_once(
        written[0] if written else {}, noted, product, value_sets, authored, read_before
    )
    if len(written) <= 1:
        return first
    unclear = tuple(replace(line, dose=None, timing=None) for line in first.lines)
    text = "; ".join(text for text in (as_text(line.get("text")) for line in written) if text)
    return replace(first, lines=unclear, problem="several dosage lines that differ", text=text)


def read_phases(
    resource: Mapping[str, Any],
    product: Product,
    value_sets: ValueSets,
    authored: dt.date | None = None,
    read_before: LinesRead | None = None,
) -> tuple[Dosage, ...]:
    """Return the dosages of an order whose lines follow one another (loading, then maintenance);
    one dosage for any other order.

    Lines follow one another when each can be computed, no two are equally frequent, and either all
    carry their own sequence number or all but the last come to an end.
    """
    lines = _written_lines(resource)
    if len(lines) <= 1:
        return (read_dosage(resource, product, value_sets, authored, read_before),)
    numbers = [line.get("sequence") for line in lines]
    numbered = all(isinstance(number, int) for number in numbers) and len(set(numbers)) == len(
        numbers
    )
    if numbered:
        lines = sorted(lines, key=lambda line: int(line["sequence"]))
    noted = _notes_technique(resource)
    phases = tuple(
        _read_once(line, noted, product, value_sets, authored, read_before) for line in lines
    )
    timings = [phase.lines[0].timing for phase in phases if phase.lines and not phase.problem]
    known = [timing for timing in timings if timing]
    distinct = len({timing.shortest_interval for timing in known}) == len(lines)
    if distinct and (numbered or all(timing.is_bounded for timing in known[:-1])):
        return phases
    return (read_dosage(resource, product, value_sets, authored, read_before),)


def _written_lines(resource: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the dosage lines without copies of one another."""
    lines = [
        line for line in as_list(fhir_versions.read_dosages(resource)) if isinstance(line, dict)
    ]
    if len(lines) <= 1:
        return lines
    seen = {json.dumps(line, sort_keys=True, default=str): line for line in lines}
    return list(seen.values())


LinesRead = dict[tuple[str, bool, Product, dt.date | None], Dosage]
"""Dosage lines of one record that were read, by how they are written and what they depend on."""


def _read_once(
    line: Mapping[str, Any],
    technique_noted: bool,
    product: Product,
    value_sets: ValueSets,
    authored: dt.date | None,
    read_before: LinesRead | None,
) -> Dosage:
    """Return what a line says; one that stands in several orders of a record is read once. The day
    of the order counts only where the line has an end.
    """
    if read_before is None:
        return _read_line(line, technique_noted, product, value_sets, authored)
    written = repr(line)
    key = (written, technique_noted, product, authored if "bounds" in written else None)
    found = read_before.get(key)
    if found is None:
        found = _read_line(line, technique_noted, product, value_sets, authored)
        read_before[key] = found
    return found


def _read_line(
    line: Mapping[str, Any],
    technique_noted: bool,
    product: Product,
    value_sets: ValueSets,
    authored: dt.date | None,
) -> Dosage:
    problems: list[str] = []
    words = _words_of_line(line, product)
    as_needed = fhir_versions.read_as_needed(line) or words.as_needed
    # "as needed" says how often, without a frequency (Q42)
    timing = _attempt(
        lambda: _timing_or_words(read_timing, line, authored, words),
        [] if as_needed and not as_dict(line.get("timing")) else problems,
    ) or TimingReading(None)
    # Folic acid is judged by its daily dose, whatever its route.
    route = _attempt(
        lambda: _read_route(line, product, value_sets, words),
        problems if product.has_cobalamin else [],
    )
    doses = [
        _attempt(
            lambda item=item: _read_dose(line, item, product, words, value_sets.units),  # type: ignore[misc]
            problems,
        )
        for item in product.ingredients
    ]
    if product.doubt:
        problems.append(product.doubt)
    as_needed = as_needed or timing.as_needed
    substances = [item.substance for item in product.ingredients]
    lines = tuple(
        DoseLine(substance, route, dose, timing.timing, as_needed)
        for substance, dose in zip(substances, doses, strict=True)
    )
    structured = not _only_words(line)
    return Dosage(
        lines=lines,
        problem=_in_words(problems, line, timing),
        starts=timing.starts,
        ends=timing.ends,
        site=_read_site(line, value_sets),
        technique_noted=technique_noted,
        text=as_text(line.get("text")),
        written=_written_beside(words, timing, product) if structured else None,
        from_words=words.whole and words.says_something and not structured,
        implausible=_implausible(timing.timing, line),
        review_noted=words.review_noted,
        count_alone=_count_alone(line) if timing.timing is None else None,
    )


def _count_alone(line: Mapping[str, Any]) -> int | None:
    """Return the number of doses of a line without a frequency; `None` when it says none."""
    repeat = as_dict(as_dict(line.get("timing")).get("repeat"))
    count = read_number(repeat.get("countMax") or repeat.get("count"))
    return int(count) if count is not None and 0 < count <= MOST_DOSES else None


MOST_DOSES = 10000
"""A number of doses above this is a slip of the pen."""


def _words_of_line(line: Mapping[str, Any], product: Product) -> WrittenDosage:
    """Return what the text and the instruction to the patient say (Q41)."""
    texts = (as_text(line.get(name)) for name in ("text", "patientInstruction"))
    said = [text for text in dict.fromkeys(texts) if text]
    return read_written("; ".join(said), (product.name,))


def _only_words(line: Mapping[str, Any]) -> bool:
    """Return whether neither amount nor timing of a line is structured."""
    quantities, ranges = fhir_versions.read_dose_quantities(line)
    return not (quantities or ranges or as_dict(line.get("timing")))


def _timing_or_words(
    read: Callable[..., TimingReading],
    line: Mapping[str, Any],
    authored: dt.date | None,
    words: WrittenDosage,
) -> TimingReading:
    """Return the structured timing; of a line without any the one in words, where these are read
    whole (Q37).
    """
    if not as_dict(line.get("timing")) and words.whole and words.timing:
        return TimingReading(words.timing, words.as_needed)
    return read(line.get("timing"), authored)


def _written_beside(
    words: WrittenDosage, timing: TimingReading, product: Product
) -> DoseLine | None:
    """Return what the words beside a structure say, for the first ingredient that can be weighed;
    `None` when they say nothing that can be compared.
    """
    rhythm = words.timing or timing.written
    item = next(iter(product.ingredients), None)
    if item is None or not (words.says_something or rhythm):
        return None
    return DoseLine(item.substance, words.route, _dose_in_words(words, item, product), rhythm)


def _dose_in_words(
    words: WrittenDosage, ingredient: Ingredient, product: Product
) -> Decimal | None:
    """Return the dose that the words name, `None` when they name none or several."""
    doses = [
        _attempt(
            lambda number=number, unit=unit: _micrograms(  # type: ignore[misc]
                {"value": number, "unit": unit}, ingredient, product
            ),
            [],
        )
        for number, unit in words.amounts
    ]
    known = {dose for dose in doses if dose is not None}
    return known.pop() if len(known) == 1 else None


MOST_IN_A_DAY = 24
"""Doses a day above which a frequency is a slip of unit or product, whatever the medicine (Q42)."""


def _implausible(timing: Timing | None, line: Mapping[str, Any]) -> str:
    """Return what of a frequency nobody can mean: doses by the second or minute, more than one an
    hour; empty for none.
    """
    repeat = as_dict(as_dict(line.get("timing")).get("repeat"))
    unit = as_text(fhir_versions.read_period_unit(repeat)).lower()
    if unit in ("s", "sec", "second", "seconds", "min", "minute", "minutes"):
        return f"a period counted in {'seconds' if unit.startswith('s') else 'minutes'}"
    if timing is not None and 1 / timing.shortest_interval > MOST_IN_A_DAY:
        return f"more than {MOST_IN_A_DAY} doses a day"
    return ""


def _attempt(read: Callable[[], _Read], problems: list[str]) -> _Read | None:
    """Return what was read; where nothing could be, note why and return `None`."""
    try:
        return read()
    except NotComputable as why:
        if str(why) not in problems:
            problems.append(str(why))
        return None


def _in_words(problems: list[str], line: Mapping[str, Any], timing: TimingReading) -> str:
    """Return the problems as one sentence; an order that says everything in free text is named as
    that.
    """
    text = as_text(line.get("text")) or as_text(line.get("patientInstruction"))
    nothing_structured = timing.timing is None and not any(fhir_versions.read_dose_quantities(line))
    if text and nothing_structured and problems:
        return f'dose only as text: "{shorten(text)}"'
    return "; ".join(problems)


def _read_dose(
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
    quantities = [*quantities, *(_fixed_range(item) for item in ranges)]
    quantities = [_in_known_unit(as_dict(item), site_units) for item in quantities]
    if not quantities:
        spoken = _dose_in_words(words, ingredient, product) if words.whole else None
        if spoken is None:
            raise NotComputable("dose not stated")
        return spoken
    doses: set[Decimal] = set()
    reasons: list[str] = []
    for quantity in quantities:
        dose = _attempt(
            lambda quantity=quantity: _micrograms(  # type: ignore[misc]
                quantity, ingredient, product
            ),
            reasons,
        )
        doses |= set() if dose is None else {dose}
    if len(doses) > 1:
        raise NotComputable(
            "doses that differ: "
            + " and ".join(f"{dose.normalize():f} micrograms" for dose in sorted(doses))
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


def reads_dose_unit(unit: str) -> bool:
    """Return whether a dose in this unit is read: a mass, a volume, or a piece."""
    known = (MASS_UNITS, VOLUME_UNITS, _PIECES, _CONTAINERS)
    return any(unit.lower() in units for units in known)


def _fixed_range(dose_range: Any) -> dict[str, Any]:
    """Return the quantity of a range whose ends are equal."""
    low, high = as_dict(as_dict(dose_range).get("low")), as_dict(as_dict(dose_range).get("high"))
    ends = {(read_number(end.get("value")), spelt_unit(end)) for end in (low, high) if end}
    if len(ends) == 1 and low and high:
        return high
    raise NotComputable("dose is a range: " + " to ".join(_said(end) for end in (low, high) if end))


def _said(quantity: Mapping[str, Any]) -> str:
    value, unit = (
        quantity.get("value"),
        as_text(quantity.get("unit")) or as_text(quantity.get("code")),
    )
    return shorten(f"{'?' if value is None else value} {unit}".strip())


def _micrograms(quantity: Mapping[str, Any], ingredient: Ingredient, product: Product) -> Decimal:
    """Return a Quantity of a product as micrograms of one ingredient."""
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
    coded = _SNOMED_UNITS.get(code) or code.lower().strip("{}") if code and code != "G" else ""
    spelt = as_text(quantity.get("unit"))
    worded = "" if spelt == "G" else spelt.lower().strip("{}")
    known = [
        unit
        for unit in (coded, worded)
        if unit in MASS_UNITS or unit in VOLUME_UNITS or unit in _PIECES or unit in _CONTAINERS
    ]
    if len(known) == 2 and MASS_UNITS.get(known[0]) != MASS_UNITS.get(known[1]):
        raise NotComputable(f"unit and its code disagree: {spelt} and {code}")
    return known[0] if known else coded or worded


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


def _read_route(
    line: Mapping[str, Any], product: Product, value_sets: ValueSets, words: WrittenDosage
) -> Route:
    """Return the route the line names, or the only one the product's form can have, or the one its
    words name.
    """
    stated = line.get("route")
    routes = {
        ROUTES[match.concept]
        for match in value_sets.find(stated, Field.ROUTES)
        if match.concept in ROUTES
    }
    if not routes:
        # Clients put their own codes beside the words; the words are asked even where a standard
        # code is not known.
        spoken = [
            match
            for text in texts_of(stated)
            for match in value_sets.match_text(text, Field.ROUTES)
        ]
        routes = {ROUTES[match.concept] for match in spoken if match.concept in ROUTES}
    if len(routes) == 1:
        return routes.pop()
    if routes:
        raise NotComputable("route is given in two ways that differ")
    if words_of(stated):
        raise NotComputable(f"route is not known here: {shorten(words_of(stated))}")
    if product.form.route is not None:
        return product.form.route
    if words.route is not None:
        return words.route
    raise NotComputable("route not recorded")


def _read_site(line: Mapping[str, Any], value_sets: ValueSets) -> InjectionSite | None:
    stated = (line[name] for name in ("site", "siteCodeableConcept") if name in line)
    matches = (match for site in stated for match in value_sets.find(site, Field.ROUTES))
    return next((SITES[match.concept] for match in matches if match.concept in SITES), None)


def _notes_technique(resource: Mapping[str, Any]) -> bool:
    """Return whether the order says how to inject when bleeding is a risk: needle, pressure or
    transfusion.
    """
    lines = [
        line for line in as_list(fhir_versions.read_dosages(resource)) if isinstance(line, dict)
    ]
    instructions = [
        item for line in lines for item in fhir_versions.read_additional_instructions(line)
    ]
    texts = [text for item in instructions for text in texts_of(item)]
    texts += [as_text(line.get(name)) for line in lines for name in ("text", "patientInstruction")]
    texts += [
        as_text(as_dict(note).get("text") if isinstance(note, dict) else note)
        for note in as_list(resource.get("note"))
    ]
    return any(_TECHNIQUE.search(text.lower()) for text in texts)
