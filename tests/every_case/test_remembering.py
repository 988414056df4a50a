"""Value sets that remember what names mean, as for a whole population, answer as those do that
forget it after each record.
"""

from __future__ import annotations

from typing import Any

from fhir_mappings.terminology import load_value_sets
from fhir_mappings.terminology.value_sets import MOST_REMEMBERED, ValueSets
from tests.every_case.cases import every_case
from tests.every_case.digests import digest_of


def kept_in(value_sets: ValueSets) -> dict[tuple[str, ...], dict[Any, Any]]:
    assert value_sets._remembered is not None
    return value_sets._remembered


def test_every_case_is_answered_the_same_by_those_that_remember() -> None:
    remembering = load_value_sets().remembering()
    cases = [*every_case(at_every_hook=False)]

    again = [
        case.name
        for turn in (cases, reversed(cases))
        for case in turn
        if digest_of(case, remembering) != digest_of(case)
    ]

    assert again == []
    assert sum(map(len, kept_in(remembering).values())) > 100


def test_languages_are_remembered_apart() -> None:
    remembering = load_value_sets().remembering()

    remembering.memory()["name"] = "as English reads it"

    assert remembering.speaking(["de"]).memory() == {}
    assert remembering.memory() == {"name": "as English reads it"}


def test_memory_is_bounded() -> None:
    remembering = load_value_sets().remembering()
    kept = remembering.memory()
    kept.update(dict.fromkeys(range(MOST_REMEMBERED)))

    assert len(remembering.memory()) == MOST_REMEMBERED
    kept["one more"] = None
    assert remembering.memory() == {}


def test_value_sets_as_they_are_loaded_remember_nothing() -> None:
    value_sets = load_value_sets()

    value_sets.memory()["name"] = "meaning"

    assert not value_sets.remembers
    assert value_sets.memory() == {}
