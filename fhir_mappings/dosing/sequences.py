"""Dosage lines that follow one another, and one text that says several in turn: "1 mg IM three
times a week for 2 weeks, then every 3 months".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from fhir_mappings.dosing.dosage_words import WrittenDosage
from fhir_mappings.fhir import as_text
from recommender.language import Timing

Line = dict[str, Any]

_THEN = re.compile(
    r"[.,;\s]*(?<![a-z])(?:and )?(?:then|thereafter|followed by|afterwards|dann|danach|"
    r"anschlie(?:ß|ss)end|puis|ensuite|luego|después|poi|dopo|depois|daarna|sedan|därefter|derefter|"
    r"deretter)(?![a-z])[,:]?\s*|[.,;]\s*(?=maintenance\b)",
    re.IGNORECASE,
)


def by_number(lines: Sequence[Line]) -> tuple[list[Line], bool]:
    """Return dosage lines by their sequence numbers, and whether each has its own."""
    numbers = [line.get("sequence") for line in lines]
    if len({number for number in numbers if isinstance(number, int)}) < len(lines):
        return list(lines), False
    return sorted(lines, key=lambda line: int(line["sequence"])), True


def follow_one_another(timings: Sequence[Timing], numbered: bool) -> bool:
    """Return whether these are the timings of phases: no two equally frequent, and each but the
    last comes to an end; of numbered ones, one may go on until a less frequent one takes its place.
    """
    distinct = len({timing.shortest_interval for timing in timings}) == len(timings)
    return distinct and all(
        one.is_bounded or (numbered and one.longest_interval <= after.shortest_interval)
        for one, after in pairwise(timings)
    )


def in_turn(line: Mapping[str, Any], read: Callable[[str], WrittenDosage]) -> list[Line]:
    """Return a line of words that says several dosages in turn as a line for each; one that names
    no dose has that of the first. Any other line, and one of which a part is not read whole or does
    not say when it ends, is returned as it is.
    """
    parts = [part for part in _THEN.split(as_text(line.get("text"))) if part.strip()]
    if len(parts) < 2 or line.get("patientInstruction"):
        return [dict(line)]
    first, *_ = said = [read(part) for part in parts]
    whole = all(one.is_all and one.timing and one.route in (None, first.route) for one in said)
    ends = all(one.review_noted or (one.timing and one.timing.is_bounded) for one in said[:-1])
    if not (whole and ends and first.amounts):
        return [dict(line)]
    dose = ", ".join(f"{number} {unit}" for number, unit in first.amounts)
    route = first.route.value if first.route else ""
    texts = [
        " ".join((part, "" if one.amounts else dose, "" if one.route else route)).strip()
        for part, one in zip(parts, said, strict=True)
    ]
    return [{**line, "text": text, "sequence": at} for at, text in enumerate(texts, 1)]
