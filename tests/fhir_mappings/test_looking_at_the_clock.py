"""Whoever has a clock is asked all along the mapping, so that no list is read to its end after the
time is over (R182).
"""

from __future__ import annotations

import itertools
import sys
from types import FrameType
from typing import Any

import pytest

from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import LOINC, RXNORM, load_value_sets
from tests.fhir_mappings.records import AS_OF, allergy, concept, condition, procedure, record_of

MANY = 50
VALUE_SETS = load_value_sets()
PERSON = {"reference": "Patient/pat-1"}


def medicine(kind: str) -> dict[str, Any]:
    code = concept(RXNORM, "5514", text="Hydroxocobalamin")
    return {
        "resourceType": kind,
        "status": "active",
        "intent": "order",
        "subject": PERSON,
        "medicationCodeableConcept": code,
    }


RESULT = {
    "resourceType": "Observation",
    "status": "final",
    "subject": PERSON,
    "code": concept(LOINC, "14685-2"),
}
ENTRIES: dict[str, dict[str, Any]] = {
    "conditions": condition("84027009"),
    "conditions in words": {**condition("84027009"), "code": {"text": "Ileal resection 30 cm"}},
    "procedures": procedure("307193005"),
    "procedures in words": {**procedure("307193005"), "code": {"text": "Ileal resection"}},
    "allergies": allergy("1217428002"),
    "orders": medicine("MedicationRequest"),
    "statements": medicine("MedicationStatement"),
    "administrations": medicine("MedicationAdministration"),
    "orders of other medicines": {
        **medicine("MedicationRequest"),
        "medicationCodeableConcept": concept(RXNORM, "617310"),
    },
    "results": RESULT,
    "results of nothing": {**RESULT, "code": {"text": "Rhubarb"}},
}


class OutOfTimeError(Exception):
    """The clock's answer."""


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_the_clock_is_looked_at_for_every_entry_R182(entry: dict[str, Any]) -> None:
    ticks = itertools.count()
    map_scenario(record_of([entry] * MANY), AS_OF, VALUE_SETS, tick=lambda: next(ticks))
    assert next(ticks) >= MANY


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_what_the_clock_raises_ends_the_mapping_in_the_middle_of_a_list(
    entry: dict[str, Any],
) -> None:
    ticks = itertools.count()

    def tick() -> None:
        if next(ticks) == MANY // 2:
            raise OutOfTimeError

    with pytest.raises(OutOfTimeError):
        map_scenario(record_of([entry] * MANY), AS_OF, VALUE_SETS, tick=tick)
    assert next(ticks) == MANY // 2 + 1


DAY = {"status": "final", "subject": PERSON, "effectiveDateTime": "2026-05-01"}
IN_WORDS: dict[str, dict[str, Any]] = {
    "results": {
        **DAY,
        "resourceType": "Observation",
        "code": {"text": "Vitamin B12 level of ward {n}"},
        "valueString": "{n}5 pmol/L (145-{n}00)",
    },
    "panels": {
        **DAY,
        "resourceType": "Observation",
        "code": {"text": "Panel {n}"},
        "component": [
            {"code": {"text": "Vitamin B12"}, "valueString": "95 pmol/L"},
            {"code": {"text": "Numbness of foot {n}"}, "valueString": "yes"},
        ],
    },
    "reports": {
        **DAY,
        "resourceType": "DiagnosticReport",
        "code": {"text": "Blood {n}"},
        "conclusion": "Vegan, mother with disease of Leber {n}",
    },
    "answers": {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": PERSON,
        "authored": "2026-05-01",
        "item": [{"text": "Numbness {n}?", "answer": [{"valueString": "yes, both feet"}]}],
    },
}


def numbered(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {name: numbered(member, number) for name, member in value.items()}
    if isinstance(value, list):
        return [numbered(item, number) for item in value]
    return value.replace("{n}", str(number)) if isinstance(value, str) else value


@pytest.mark.parametrize("entry", IN_WORDS.values(), ids=IN_WORDS)
def test_no_reading_of_a_list_goes_on_without_a_look_R182(entry: dict[str, Any]) -> None:
    """Between two looks less is done than a few readings of each entry would cost."""
    entries = [{**numbered(entry, number), "id": f"e{number}"} for number in range(MANY)]
    stretches = [0]

    def count(_: FrameType, event: str, __: Any) -> None:
        stretches[-1] += event == "call"

    map_scenario(record_of(entries), AS_OF, VALUE_SETS)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        map_scenario(record_of(entries), AS_OF, VALUE_SETS, tick=lambda: stretches.append(0))
    finally:
        sys.setprofile(before)
    assert max(stretches) < 120 * MANY
