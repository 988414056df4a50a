"""Dosage lines that follow one another, and one text that says several in turn: "1 mg IM three
times a week for 2 weeks, then every 3 months".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from fhir_mappings.dosing.dosage_words import WrittenDosage
from fhir_mappings.dosing.interval_words import THEN_CHECKED
from fhir_mappings.fhir import as_text
from fhir_mappings.fhir import versions as fhir_versions
from recommender.language import Timing

Line = dict[str, Any]

THEN = re.compile(
    r"(?<![.,;\s])[.,;\s]*(?<![a-z])(?:(?:and|und|et|y|e|en|og|och) )?"
    r"(?:then|thereafter|followed by|afterwards|after that|subsequently|dann|danach|"
    r"anschlie(?:ß|ss)end|anschl\.|im anschluss|puis|ensuite|luego|después|posteriormente|poi|"
    r"quindi|successivamente|dopo|depois|daarna|vervolgens|dan|sedan|därefter|derefter|herefter|"
    r"deretter|heretter)(?![a-z]|\.\d)[,:]?\s*|[.,;]\s*(?=maintenance\b)",
    re.IGNORECASE,
)
"""What stands between two dosages that follow each other, in words; of a run of signs before it
only the first is tried.
"""


def by_number(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """Return dosage lines by their sequence numbers, the later ones without a "then" before all
    their words, and whether each has its own number.
    """
    numbers = [line.get("sequence") for line in lines]
    numbered = len({number for number in numbers if isinstance(number, int)}) == len(lines)
    first, *later = (
        sorted(lines, key=lambda line: int(line["sequence"])) if numbered else list(lines)
    )
    return [first, *map(_without_then, later)], numbered


def _without_then(line: Line) -> Line:
    parts = parts_in_turn(as_text(line.get("text")))
    return {**line, "text": parts[0]} if len(parts) == 1 else line


def follow_one_another(timings: Sequence[Timing], numbered: bool) -> bool:
    """Return whether these are the timings of phases: each less frequent than the one before, and
    each but the last comes to an end; of numbered ones, one may go on until a less frequent one
    takes its place. What grows more frequent is maintenance before its loading, or a slip.
    """
    return all(
        one.shortest_interval < after.shortest_interval
        and (one.is_bounded or (numbered and one.longest_interval <= after.shortest_interval))
        for one, after in pairwise(timings)
    )


_THEREAFTER = re.compile(
    r"(?:[,;] ?(?:and )?| and )(?:then )?([^,;.]{3,40}) (?:thereafter|afterwards|after that)\.?$",
    re.IGNORECASE,
)
"""A last dosage with its "then" behind it: ", monthly thereafter"."""

_NEXT = re.compile(
    r"[,;] ?(?=(?:once |twice )?(?:daily|weekly|monthly|every|q ?\d)\b)", re.IGNORECASE
)
"""Between dosages before the last "then": "daily for 1 week, weekly for 1 month, then ..."."""


def parts_in_turn(text: str) -> list[str]:
    """Return the parts of a text that "then" stands between, or the one after it."""
    *before, last = THEN.split(_THEREAFTER.sub(r" then \1", THEN_CHECKED.sub("", text)))
    parts = [part for one in before for part in _NEXT.split(one)]
    return [part for part in (*parts, last) if part.strip()]


def in_turn(line: Line, read: Callable[[str], WrittenDosage]) -> list[Line]:
    """Return a line whose words say several dosages in turn as a line for each: one that names no
    dose has that of the first, and fields say how often the first is given. Any other line, and one
    of which a part is not read whole or does not say when it ends, is returned as it is.
    """
    parts = parts_in_turn(as_text(line.get("text")))
    if len(parts) < 2 or line.get("patientInstruction"):
        return [line]
    first, *_ = said = [read(part) for part in parts]
    whole = all(one.is_all and one.timing and one.route in (None, first.route) for one in said)
    ends = all(one.review_noted or (one.timing and one.timing.is_bounded) for one in said[:-1])
    if not (whole and ends and (first.amounts or any(fhir_versions.read_dose_quantities(line)))):
        return [line]
    dose = ", ".join(f"{number} {unit}" for number, unit in first.amounts)
    route = first.route.value if first.route else ""
    texts = [
        " ".join((part, "" if one.amounts else dose, "" if one.route else route)).strip()
        for part, one in zip(parts, said, strict=True)
    ]
    later = {name: value for name, value in line.items() if name != "timing"}
    return [
        {**(later if at > 1 else line), "text": text, "sequence": at}
        for at, text in enumerate(texts, 1)
    ]
