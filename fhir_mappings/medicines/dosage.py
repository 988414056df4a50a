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
    THEN,
    TimingReading,
    WrittenDosage,
    by_number,
    follow_one_another,
    in_turn,
    in_words,
    names_as_needed_alone,
    names_once_alone,
    parts_in_turn,
    read_bounds,
    read_timing,
    read_worded,
    read_written,
    slip_among,
    weigh,
    why_implausible,
)
from fhir_mappings.fhir import as_dict, as_list, as_text, is_changed, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.medicines.dose_amounts import attempt, count_alone, read_dose, written_beside
from fhir_mappings.medicines.routes_and_sites import notes_technique, read_route, read_site
from fhir_mappings.products import Form, Ingredient, Product
from fhir_mappings.terminology import ValueSets
from recommender.language import DoseLine, InjectionSite, Route, contradictions


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
    """Return the dosage of an order, statement, dispense or administration of this product. An
    injection whose route is not recorded keeps none: the guidance differs by it.
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
    """Return the dosages of lines, or words of one, that follow each other; else the one dosage."""
    lines = _written_lines(resource)
    alone = lines[0] if len(lines) == 1 else {}
    text = as_text(alone.get("text"))
    turns = THEN.search(text)
    if turns:
        lines = in_turn(alone, lambda part: _read_words(part, product))
    if len(lines) > 1:
        lines, numbered = by_number(lines)
        noted = notes_technique(resource)
        phases = tuple(
            _read_once(line, noted, product, value_sets, authored, read_before) for line in lines
        )
        timings = [phase.lines[0].timing for phase in phases if phase.lines and not phase.problem]
        known = [timing for timing in timings if timing]
        at_odds = text and _says_otherwise(phases[0])
        if len(known) == len(lines) and follow_one_another(known, numbered) and not at_odds:
            return tuple(phase._replace(text=text or phase.text) for phase in phases)
    dosage = read_dosage(resource, product, value_sets, authored, read_before)
    turns = turns or THEN.search(str(alone.get("patientInstruction", "")))
    return (_with_words_in_turn(dosage, alone, product) if turns else dosage,)


def _says_otherwise(dosage: Dosage) -> bool:
    """Return whether words beside the fields contradict them (Q41)."""
    fields = next(iter(dosage.lines), None)
    return bool(fields and dosage.written and contradictions(fields, dosage.written))


def _with_words_in_turn(dosage: Dosage, line: Mapping[str, Any], product: Product) -> Dosage:
    """Return a dosage by fields with what one part of a "then" beside them says otherwise, of
    several the highest dose (Q41).
    """
    texts = [as_text(line.get(name)) for name in ("text", "patientInstruction")]
    parts = [part for text in texts for part in parts_in_turn(text) if part != text]
    if not parts or dosage.from_words or not any(one.timing for one in dosage.lines):
        return dosage
    told = [
        dosage._replace(written=written_beside(words, TimingReading(None), product), text=part)
        for part, words in ((part, _read_words(part, product)) for part in parts)
        if words.is_all
    ]
    otherwise = [one for one in told if _says_otherwise(one)]
    return max(otherwise, key=lambda one: (one.written and one.written.dose) or 0, default=dosage)


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
        problem=in_words(problems, line, timing),
        starts=timing.starts,
        ends=timing.ends,
        site=read_site(line, value_sets),
        technique_noted=technique_noted,
        text=as_text(line.get("text")),
        written=written_beside(words, timing, product) if structured else None,
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
    timing = line.get("timing")
    needed = names_as_needed_alone(timing) or (_is_as_needed(line, words) and not as_dict(timing))
    read = attempt(
        lambda: _timing_or_words(read_timing, line, authored, words), [] if needed else problems
    )
    return read or read_bounds(timing)


def _is_as_needed(line: Mapping[str, Any], words: WrittenDosage) -> bool:
    coded = names_as_needed_alone(line.get("timing"))
    return coded or fhir_versions.read_as_needed(line) or words.as_needed


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

    rhythm = timing.timing
    if route is Route.ORAL and names_once_alone(line.get("timing")):
        problems.append('frequency is only "once": once a day, or once in all')
        rhythm = None

    def dose_of(item: Ingredient) -> Decimal | None:
        return weigh(lambda: read_dose(line, item, product, words, value_sets.units), problems)

    return tuple(
        DoseLine(item.substance, route, dose_of(item), rhythm, as_needed)
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
    """Return the structured timing; of a line without any, or with its bounds alone, the one in
    words, where these are read whole (Q37).
    """
    said, timing = words.timing if words.whole else None, line.get("timing")
    return read_worded(said, words.as_needed, timing, authored) or read(timing, authored)
