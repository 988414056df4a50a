"""Dose, route, site and timing from dosage instructions, or in words what could not be computed.

Nothing is guessed: a dose only as text, a range, lines that disagree or a unit without a strength
is "not computable". A dose that is merely wrong ("1000 mg") is read, so that it can be called so.
Source: cards.md 2; decisions 1.1, Q22; R157, R166.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing import (
    TimingReading,
    WrittenDosage,
    by_number,
    follow_one_another,
    in_turn,
    read_bounds,
    read_timing,
    read_written,
    shorten,
    slip_among,
    weigh,
    why_implausible,
)
from fhir_mappings.fhir import as_dict, as_list, as_text, is_changed, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.medicines.dose_amounts import attempt, count_alone, dose_in_words, read_dose
from fhir_mappings.medicines.routes_and_sites import notes_technique, read_route, read_site
from fhir_mappings.products import Form, Ingredient, Product
from fhir_mappings.terminology import ValueSets
from recommender.language import DoseLine, InjectionSite, Timing


class Dosage(NamedTuple):
    """What the dosage instructions of one order say: a line per ingredient, and in `problem` what
    could not be read.

    `written` is what the words say beside a structure (Q41); `from_words`: read from words, at
    least in part. `implausible` says what of the frequency nobody can mean (Q42).
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
    noted = notes_technique(resource)
    lines = written or [{}]
    read = [_read_once(one, noted, product, value_sets, authored, read_before) for one in lines]
    first = read[0]
    if len(read) == 1:
        return first
    said = [line for dosage in read for line in dosage.lines]

    def highest(line: DoseLine) -> Decimal | None:
        return slip_among(one.dose for one in said if one.substance is line.substance)

    unclear = tuple(replace(line, dose=highest(line), timing=None) for line in first.lines)
    text = "; ".join(text for text in (as_text(line.get("text")) for line in written) if text)
    return first._replace(lines=unclear, problem="several dosage lines that differ", text=text)


def read_phases(
    resource: Mapping[str, Any],
    product: Product,
    value_sets: ValueSets,
    authored: dt.date | None = None,
    read_before: LinesRead | None = None,
) -> tuple[Dosage, ...]:
    """Return the dosages of an order whose lines follow one another (loading, then maintenance);
    one dosage for any other order. The words of a line may say several in turn.
    """
    lines = _written_lines(resource)
    text = as_text(lines[0].get("text")) if len(lines) == 1 and _only_words(lines[0]) else ""
    if text:
        lines = in_turn(lines[0], lambda part: _read_words(part, product))
    if len(lines) <= 1:
        return (read_dosage(resource, product, value_sets, authored, read_before),)
    lines, numbered = by_number(lines)
    noted = notes_technique(resource)
    phases = tuple(
        _read_once(line, noted, product, value_sets, authored, read_before) for line in lines
    )
    timings = [phase.lines[0].timing for phase in phases if phase.lines and not phase.problem]
    known = [timing for timing in timings if timing]
    if len(known) == len(lines) and follow_one_another(known, numbered):
        return tuple(phase._replace(text=text or phase.text) for phase in phases)
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
    timing = _read_timing(line, authored, words, problems)
    lines = _read_lines(line, product, value_sets, words, timing, problems)
    if product.doubt:
        problems.append(product.doubt)
    if is_changed(line) or is_changed(as_dict(line.get("timing"))):
        problems.append("the dosage is changed by an extension that is not read")
    structured = not _only_words(line)
    return Dosage(
        lines=lines,
        problem=_in_words(problems, line, timing),
        starts=timing.starts,
        ends=timing.ends,
        site=read_site(line, value_sets),
        technique_noted=technique_noted,
        text=as_text(line.get("text")),
        written=_written_beside(words, timing, product) if structured else None,
        from_words=words.whole and words.says_something and not structured,
        implausible=why_implausible(timing.timing, line),
        review_noted=words.review_noted,
        count_alone=count_alone(line) if timing.timing is None else None,
    )


def _read_timing(
    line: Mapping[str, Any],
    authored: dt.date | None,
    words: WrittenDosage,
    problems: list[str],
) -> TimingReading:
    """Return the timing of a line; "as needed" says how often, without a frequency (Q42)."""
    needed = _is_as_needed(line, words) and not as_dict(line.get("timing"))
    read = attempt(
        lambda: _timing_or_words(read_timing, line, authored, words), [] if needed else problems
    )
    return read or read_bounds(line.get("timing"))


def _is_as_needed(line: Mapping[str, Any], words: WrittenDosage) -> bool:
    return fhir_versions.read_as_needed(line) or words.as_needed


def _read_lines(
    line: Mapping[str, Any],
    product: Product,
    value_sets: ValueSets,
    words: WrittenDosage,
    timing: TimingReading,
    problems: list[str],
) -> tuple[DoseLine, ...]:
    """Return what a line says of each ingredient."""
    # Folic acid is judged by its daily dose, whatever its route.
    route = attempt(
        lambda: read_route(line, product, value_sets, words),
        problems if product.has_cobalamin else [],
    )
    as_needed = _is_as_needed(line, words) or timing.as_needed

    def dose_of(item: Ingredient) -> Decimal | None:
        return weigh(lambda: read_dose(line, item, product, words, value_sets.units), problems)

    return tuple(
        DoseLine(item.substance, route, dose_of(item), timing.timing, as_needed)
        for item in product.ingredients
    )


def _words_of_line(line: Mapping[str, Any], product: Product) -> WrittenDosage:
    """Return what the text and the instructions say (Q41); of the additional ones those that are a
    dosage and nothing else.
    """
    texts = [as_text(line.get(name)) for name in ("text", "patientInstruction")]
    for instruction in fhir_versions.read_additional_instructions(line):
        texts += [text for text in texts_of(instruction) if read_written(text, ()).is_all]
    return _read_words("; ".join(text for text in dict.fromkeys(texts) if text), product)


def _read_words(text: str, product: Product) -> WrittenDosage:
    return read_written(text, (product.name,), of_tablets=product.form is Form.TABLET)


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


def _in_words(problems: list[str], line: Mapping[str, Any], timing: TimingReading) -> str:
    """Return the problems as one sentence; an order that says everything in free text is named as
    that.
    """
    text = as_text(line.get("text")) or as_text(line.get("patientInstruction"))
    nothing_structured = timing.timing is None and not any(fhir_versions.read_dose_quantities(line))
    if text and nothing_structured and problems:
        return f'dose only as text: "{shorten(text)}"'
    return "; ".join(problems)
