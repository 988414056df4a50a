"""What of a record is not understood: entries of which no code and no word is known, and results
whose value cannot be used. A site would have to name them for us.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any

from cds_service.decision import Decision
from fhir_mappings.fhir import (
    Placed,
    TooMany,
    as_key,
    as_list,
    as_text,
    codings_of,
    read_medication,
    reference_of,
    texts_of,
)
from fhir_mappings.intake import Receipt
from fhir_mappings.judging import Understood
from fhir_mappings.terminology import Field, ValueSets, known_systems

LONGEST_TEXT = 80
"""Characters of a name that are kept: a longer one is a story and may name somebody."""


MOST_REMEMBERED = 50_000
"""Different names of tests whose meaning is remembered; the same few are seen again and again."""


class NotUnderstood:
    """Finds the names in records of which no fact is read and which nothing tells apart."""

    def __init__(self, value_sets: ValueSets) -> None:
        self._value_sets = value_sets
        self._systems = known_systems(value_sets)
        self._tests: dict[Hashable, bool] = {}

    def find(self, decision: Decision) -> Iterator[dict[str, str]]:
        """Yield each such name in the lists of a record once: of a result where no code of a system
        we know and no word names the test, of any other entry as the decision itself understood it
        (Q26).
        """
        receipt, seen = decision.case.mapped.receipt, set()
        for key, placed in decision.record.entries():
            name = self._name_of(placed, receipt)
            if name is None or (found := (key, *name, unit_of(placed.resource))) in seen:
                continue
            seen.add(found)
            yield dict(zip(("list", "system", "code", "text", "unit"), found, strict=True))

    def _name_of(self, placed: Placed, receipt: Receipt) -> tuple[str, str, str] | None:
        """Return the name of an entry that is not understood."""
        try:
            if placed.type == "Observation":
                understood = self._is_known_test(placed.resource.get("code"))
            else:
                understood = receipt.understood_by(placed) != Understood.NOT.value
            return None if understood else _name_of(_stated_of(placed.resource), self._value_sets)
        except TooMany:  # an entry that the decision set aside unread, as of another patient
            return None

    def _is_known_test(self, stated: Any) -> bool:
        written = as_key(stated)
        if written not in self._tests:
            if len(self._tests) >= MOST_REMEMBERED:
                self._tests.clear()
            systems = {
                self._value_sets.normalise_system(one.get("system")) for one in codings_of(stated)
            }
            by_words = self._value_sets.find(stated, Field.LABS, Field.OBSERVATIONS)
            self._tests[written] = not self._systems.isdisjoint(systems) or bool(by_words)
        return self._tests[written]


def _stated_of(resource: Mapping[str, Any]) -> Any:
    """Return what an entry says it is: its code, or its medicine, also one that it contains. A
    Medication beside it is an entry of its own.
    """
    medicine, reference = read_medication(resource)
    target = reference_of(reference)
    contained = (
        item.get("code")
        for item in as_list(resource.get("contained"))
        if isinstance(item, dict) and target == f"#{item.get('id')}"
    )
    return resource.get("code") or medicine or next(contained, None)


def _name_of(stated: Any, value_sets: ValueSets) -> tuple[str, str, str] | None:
    """Return the first coding's system and code, and the first text; `None` where nothing is
    stated, or only a text that is too long for a name.
    """
    coding = next(iter(codings_of(stated)), {})
    code, text = as_text(coding.get("code")), next(iter(texts_of(stated)), "")
    if not (code or text) or (not code and len(text) > LONGEST_TEXT):
        return None
    return value_sets.normalise_system(coding.get("system")), code, text[:LONGEST_TEXT]


def unit_of(resource: Mapping[str, Any]) -> str:
    """Return the unit of a result as it came; empty where there is none."""
    quantity = resource.get("valueQuantity")
    if not isinstance(quantity, dict):
        return ""
    return as_text(quantity.get("unit")) or as_text(quantity.get("code"))


def find_not_used(decision: Decision) -> Iterator[dict[str, str]]:
    """Yield for each test the reasons, as codes, why values of it cannot be used, with the unit
    they came in; each once.
    """
    seen: set[tuple[str, str, str]] = set()
    for analyte, results in decision.results.items():
        for result in results:
            why = result.reading.why
            if why is None:
                continue
            code = why.name.lower().replace("_", "-")
            found = (analyte.value, code, unit_of(result.observed.body))
            if found not in seen:
                seen.add(found)
                yield dict(zip(("test", "why", "unit"), found, strict=True))
