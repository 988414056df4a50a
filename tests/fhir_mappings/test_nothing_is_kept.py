"""Nothing of a record outlasts the reading of it: no cache of the process holds its words."""

from __future__ import annotations

import functools
import gc
from typing import Any

from benchmarks.alone.mapping import place
from benchmarks.scenarios.records import AS_OF, make_record
from fhir_mappings.fhir import PatientRecord
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import load_value_sets

OF_OUR_PATTERNS = {
    "fhir_mappings.text.search.as_word",
    "fhir_mappings.terminology.wordings._as_whole",
}
"""What these hold are patterns of our own lists, compiled when a text first calls for them."""


def a_record(words: str) -> PatientRecord:
    """Return a record in which every entry is named by words of its own."""
    keys = make_record(40)
    entries: list[dict[str, Any]] = [*keys["conditions"], *keys["procedures"], *keys["labs"]]
    for entry in entries:
        entry["code"] = {"text": f"{words} {entry['id']}"}
    for order in keys["medications"]:
        order["medicationCodeableConcept"] = {"text": f"{words} {order['id']}"}
    for result in keys["labs"]:
        result["valueQuantity"] |= {"unit": f"{words} per mL", "code": None}
    return place(keys)


def test_no_cache_holds_the_words_of_a_record() -> None:
    value_sets = load_value_sets()
    map_scenario(a_record("Numb feet, seen by the first doctor"), AS_OF, value_sets)
    before = remembered()

    map_scenario(a_record("Ataxic gait, seen by the second doctor"), AS_OF, value_sets)

    assert remembered() == before


def remembered() -> dict[str, int]:
    """Return how many entries each cache of our own functions holds."""
    held = {
        f"{found.__module__}.{found.__qualname__}": found.cache_info().currsize
        for found in gc.get_objects()
        if isinstance(found, functools._lru_cache_wrapper)
        and found.__module__.startswith(("fhir_mappings.", "recommender."))
    }
    return {name: size for name, size in held.items() if name not in OF_OUR_PATTERNS}
