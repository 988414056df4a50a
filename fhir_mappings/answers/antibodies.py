"""Antibodies to intrinsic factor: there, not there, or a result that leaves it open and is asked
about (F13, Q27).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from fhir_mappings.answers.answer import Answer, interpretations_of
from fhir_mappings.fhir import as_dict, as_list, as_text, comparator_of, read_number, texts_of
from fhir_mappings.intake import RecordIndex
from fhir_mappings.values import ABNORMAL, FOUND, NORMAL, NOT_FOUND, read_booleanish
from recommender.language import Cause, CauseFinding, HintAt


def read_antibodies(index: RecordIndex, answers: Iterable[Answer]) -> list[CauseFinding]:
    """Return the antibodies that are there as a cause; note those whose result leaves it open."""
    found: list[CauseFinding] = []
    for answer in answers:
        placed = answer.observed.placed
        if _is_positive(answer):
            antibody = answer.cite("positive")
            found.append(CauseFinding(Cause.PERNICIOUS_ANAEMIA, antibody, by_result=True))
            continue
        said = _value_of(answer.observed.body)
        if said and not _is_absent(answer, said):
            index.understanding.hint(HintAt.CAUSE, placed, f"{answer.name}: {said}", answer.date)
        index.receipt.ignore(placed, "intrinsic factor antibody not positive")
    return found


def _is_positive(answer: Answer) -> bool:
    """Return whether an antibody is there, by the result's value or by what the laboratory calls a
    number: a flag, or that it lies above its range.
    """
    body = answer.observed.body
    said = read_booleanish(body)
    if said is not None:
        return said
    return bool(interpretations_of(answer) & (FOUND | ABNORMAL)) or _is_above_range(body)


def _is_above_range(result: dict[str, Any]) -> bool:
    """Return whether a number lies above its laboratory's own range, in the same unit. Of several
    ranges ("negative", "equivocal", "positive") nobody says here which is the usual one.
    """
    quantity, limits = as_dict(result.get("valueQuantity")), _limits_of(result)
    value = read_number(quantity.get("value"))
    if value is None or len(limits) != 1:
        return False
    return value > limits[0] and comparator_of(quantity) in ("", ">", ">=")


def _limits_of(result: dict[str, Any]) -> list[Decimal]:
    """Return where the laboratory's ranges end, each in the unit of the result or without one."""
    quantity = as_dict(result.get("valueQuantity"))
    highs = [as_dict(as_dict(one).get("high")) for one in as_list(result.get("referenceRange"))]
    limits: list[Decimal] = []
    for high in highs:
        units = {as_text(one.get("unit") or one.get("code")).lower() for one in (quantity, high)}
        if len(units - {""}) <= 1 and (limit := read_number(high.get("value"))) is not None:
            limits.append(limit)
    return limits if len(limits) == len(highs) else []


def _value_of(result: dict[str, Any]) -> str:
    """Return what a result says, as it is written; empty for one without a value."""
    quantity = as_dict(result.get("valueQuantity"))
    number = " ".join(
        as_text(part) or str(part)
        for part in (quantity.get("value"), quantity.get("unit") or quantity.get("code"))
        if part is not None
    )
    words = (*texts_of(result.get("valueCodeableConcept")), as_text(result.get("valueString")))
    return next(filter(None, (*words, f"{comparator_of(quantity)}{number}")), "")


_NOT_THERE = re.compile(
    r"^<|negativ|\bneg\b|\bnot?\b|non[ -]?reacti|nicht|absent|undetect|within|\bnorm(?:al)?\b|nein|"
    r"\bnee\b|\bnej\b|niet|\bikke\b|\binte\b|ingen|geen|kein",
    re.IGNORECASE,
)


def _is_absent(answer: Answer, said: str) -> bool:
    """Return whether a result says that there is none: in words, by a flag, by a limit below which
    it lies, or in the lowest of its laboratory's ranges.
    """
    body = answer.observed.body
    if read_booleanish(body) is False or interpretations_of(answer) & (NORMAL | NOT_FOUND):
        return True
    quantity, limits = as_dict(body.get("valueQuantity")), _limits_of(body)
    value = read_number(quantity.get("value"))
    if value is None:
        return _NOT_THERE.search(said) is not None
    comparator = comparator_of(quantity)
    if limits and comparator not in (">", ">="):
        return value <= min(limits)
    return comparator in ("<", "<=")
