"""How often the ordinary entries of a record leave a closed fact open, by entry, fact and patient.

`python -m tests.fhir_mappings.noise` takes the everyday problems, operations, medicines and
allergies of `everyday.csv`, in words alone, as a site without codes would send them, and makes of
them so many people: each with three to ten problems, none to three operations, none to eight
medicines and none to two allergies. Nothing of it says anything of vitamin B12: whatever is then
not "none" is noise.
"""

from __future__ import annotations

import csv
import random
import sys
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

from fhir_mappings.scenario_mapping import map_scenario
from recommender.language import ClinicalScenario, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    SUBJECT,
    VALUE_SETS,
    Resource,
    allergy,
    condition,
    days_ago,
    patient,
    procedure,
    record_of,
)

FACTS = (
    "lebers",
    "bleeding_disorder",
    "kidney_disease",
    "dialysis",
    "haemolysis",
    "raises_b12",
    "nitrous_oxide",
    "allergy_fact",
    "anticoagulant_fact",
    "methotrexate",
    "b12_supplement_before_test",
    "ileal_resection_complete",
)
"""The facts of which "none recorded" may be said."""

MOST = {"problem": (3, 10), "operation": (0, 3), "medicine": (0, 8), "allergy": (0, 2)}
"""How many entries of each kind one person has, at least and at most."""


def read_everyday(language: str) -> dict[str, list[str]]:
    """Return the everyday entries of a language by kind."""
    found: dict[str, list[str]] = defaultdict(list)
    with Path(__file__).with_name("everyday.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["language"] == language:
                found[row["kind"]].append(row["text"])
    return found


def as_resource(kind: str, text: str) -> Resource:
    """Return one entry in words alone."""
    code = {"text": text}
    if kind == "medicine":
        return {
            "resourceType": "MedicationRequest",
            "status": "active",
            "intent": "order",
            "subject": SUBJECT,
            "authoredOn": days_ago(90),
            "medicationCodeableConcept": code,
        }
    make = {"problem": condition, "operation": procedure, "allergy": allergy}[kind]
    return make("", code=code)


def map_words(*resources: Resource, spoken: tuple[str, ...] = ()) -> ClinicalScenario:
    """Map a record at a site that states these languages beside English."""
    sets = replace(VALUE_SETS, languages=("en", *spoken))
    return map_scenario(record_of([patient(), *resources]), AS_OF, sets).scenario


def open_facts(scenario: ClinicalScenario) -> list[str]:
    """Return the closed facts that are not "none"."""
    return [name for name in FACTS if getattr(scenario, name).truth is not Truth.FALSE]


def noisy_entries(language: str, spoken: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return by kind the everyday entries that leave some closed fact open."""
    return {
        kind: [
            text for text in texts if open_facts(map_words(as_resource(kind, text), spoken=spoken))
        ]
        for kind, texts in read_everyday(language).items()
    }


def count_people(language: str, people: int, spoken: tuple[str, ...] = ()) -> Counter[str]:
    """Return of so many people for how many each fact is left open, and any at all."""
    everyday, counted = read_everyday(language), Counter[str]()
    for number in range(people):
        chance = random.Random(number)
        resources = [
            as_resource(kind, text)
            for kind, texts in everyday.items()
            for text in chance.sample(texts, chance.randint(*MOST[kind]))
        ]
        left_open = open_facts(map_words(*resources, spoken=spoken))
        counted.update(left_open)
        counted["any"] += bool(left_open)
    return counted


def main() -> int:
    """Print the table of entries, then that of so many people (500)."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    for language, spoken in (("en", ()), ("en-2", ()), ("de", ()), ("de", ("de",))):
        site = f"{language}, site states {', '.join(('en', *spoken))}"
        every = read_everyday(language)
        for kind, noisy in noisy_entries(language, spoken).items():
            print(f"{site}: {kind}: {len(noisy)} of {len(every[kind])}: {'; '.join(noisy)}")
        for name, times in count_people(language, people, spoken).most_common():
            print(f"{site}: {name}: {times} of {people} people ({100 * times / people:.1f} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
