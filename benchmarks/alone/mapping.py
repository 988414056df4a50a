"""What mapping a record costs, beside parsing the same bytes with orjson.

Run: `python -m benchmarks.alone.mapping [resources]`. The records are made here: one patient with
results, diagnoses and orders, of which every result and a third of the rest feed a fact; and one
with as many results that no rule asks for. Times are processor time, the best of several rounds of
both in turn. Putting the parsed resources into a record is not counted: the service does it as it
reads the request.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import orjson

from benchmarks.scenarios.records import AS_OF, make_record, make_vital_signs
from fhir_mappings.fhir.record import Availability, PatientRecord, Placed, RecordPart
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology.loading import load_value_sets
from fhir_mappings.terminology.value_sets import ValueSets


def place(keys: dict[str, list[dict[str, Any]]]) -> PatientRecord:
    """Return the record as the service hands it to the mapping."""
    parts = {
        key: RecordPart(
            Availability.COMPLETE,
            tuple(Placed(f"prefetch.{key}.entry[{at}]", item) for at, item in enumerate(found)),
        )
        for key, found in keys.items()
    }
    return PatientRecord("p1", parts)


def best_of(rounds: int, *actions: Callable[[], object]) -> list[float]:
    """Return the shortest time of each action in seconds; they take turns, so that a busy machine
    slows all of them.
    """
    times: list[list[float]] = [[] for _ in actions]
    for _ in range(rounds):
        for action, taken in zip(actions, times, strict=True):
            start = time.process_time()
            action()
            taken.append(time.process_time() - start)
    return [min(taken) for taken in times]


def measure(name: str, keys: dict[str, list[dict[str, Any]]], value_sets: ValueSets) -> None:
    """Print the cost of mapping one record beside the cost of parsing it."""
    text = orjson.dumps(keys)
    record = place(orjson.loads(text))
    parse, mapping = best_of(
        100, lambda: orjson.loads(text), lambda: map_scenario(record, AS_OF, value_sets)
    )
    print(f"{name}, {len(text) / 1024:.0f} KiB")
    print(f"{'orjson.loads':<14}{parse * 1000:8.3f} ms")
    print(f"{'map_scenario':<14}{mapping * 1000:8.3f} ms{mapping / parse:8.2f}x")


def main(resources: int) -> None:
    """Measure a record in which much is of interest, and one in which nothing is."""
    value_sets = load_value_sets()
    measure(f"{resources} resources", make_record(resources), value_sets)
    measure(f"{resources} results of no interest", make_vital_signs(resources), value_sets)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
