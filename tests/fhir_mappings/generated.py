"""Records as real ones are written, made by the thousand: every fact in codes, words, systems and
languages, with noise, negations, wrong subjects and wrong statuses. The mapped fact is never a
known value other than the one written.

`python -m tests.fhir_mappings.generated 100000` runs so many records; a second number is that of
the first, so that parts can be run side by side.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from fhir_mappings.terminology import Concept, Role
from recommender.language import ClinicalScenario, Truth
from tests.fhir_mappings.generated_facts import FACTS, Written
from tests.fhir_mappings.generated_medicines import loosened_uses, make, wrong_values
from tests.fhir_mappings.generated_people import make_person, wrong_answers
from tests.fhir_mappings.records import (
    SNOMED,
    VALUE_SETS,
    allergy,
    concept,
    condition,
    procedure,
    scenario_of,
)

Resource = dict[str, Any]
LOCAL = "https://hospital.example.org/codes"
ICD_10 = "http://hl7.org/fhir/sid/icd-10"


NEGATED = ("No {}", "{} excluded", "{} ruled out", "Not {}")
OTHERS = ("Family history of {}", "FH {}", "Mother has {}", "Brother: {}", "Carrier of {}")
DOUBTED = ("?{}", "Possible {}", "Suspected {}", "{}?", "Query {}", "At risk of {}")
AROUND = ("{}", "{} ", "{}.", "Known {}", "  {}", "{} 2014", "H/O {}", "Severe {}")

SPELLINGS = {
    SNOMED: (
        SNOMED,
        f"{SNOMED}|20240101",
        "https://snomed.info/sct",
        "HTTP://SNOMED.INFO/sct/",
        "http://snomed.info/sct/83821000000107",
        "urn:oid:2.16.840.1.113883.6.96",
        "2.16.840.1.113883.6.96",
    ),
    ICD_10: (
        ICD_10,
        f"{ICD_10}|2019",
        "http://fhir.de/CodeSystem/bfarm/icd-10-gm",
        "http://hl7.org/fhir/sid/icd-10-se",
        "http://hl7.org/fhir/sid/icd-10-am",
        "https://smt.esante.gouv.fr/terminologie-cim-10/",
        "urn:oid:2.16.578.1.12.4.1.1.7110",
    ),
}
GENERIC = (
    concept(SNOMED, "196411000000103", "Transfer-degraded record entry"),
    concept(SNOMED, "64572001", "Disease"),
    concept(ICD_10, "R69", "Unspecified morbidity"),
    concept(LOCAL, "Z1"),
    {},
)
NOISE = ("Essential hypertension", "Knee pain", "Asthma", "Annual review", "Osteoarthritis of hip")
NOT_UNDERSTOOD: tuple[Resource, ...] = (
    concept(LOCAL, "Q9"),
    {"text": "Bluthochdruck"},
    {"text": "高血圧"},
    concept(SNOMED, "64572001", "Disease"),
)
NO_STATUS = ("refuted", "entered-in-error")


IMPLIED = {
    "kidney_disease": ("dialysis",),
    "deficiency_diagnosis": ("pernicious",),
}
"""Facts that another one says, too: who is on dialysis has kidney disease."""

DEFICIENCY = {
    Concept.B12_DEFICIENCY_ANAEMIA,
    Concept.COGNITIVE_IMPAIRMENT_OF_B12_DEFICIENCY,
    Concept.OPTIC_NEUROPATHY_OF_B12_DEFICIENCY,
}
"""What says that there is a deficiency beside the finding itself."""


CALLED_B12 = "11248"
"""The code of cyanocobalamin in RxNorm, which calls it vitamin B12."""


@dataclass
class Record:
    """Resources, and what was written of each fact: TRUE, or FALSE where it was denied, said of
    somebody else, or not at all; UNKNOWN where it was doubted.
    """

    resources: tuple[Resource, ...]
    truths: dict[str, Truth]

    @cached_property
    def mapped(self) -> ClinicalScenario:
        """What the mapping makes of it."""
        return scenario_of(*self.resources)


def make_record(number: int) -> Record:
    """Return the record of a number, always the same."""
    chance = random.Random(number)
    resources: list[Resource] = []
    truths: dict[str, Truth] = {}
    said: set[str] = set()
    for item in FACTS:
        way = chance.choice(("none", "none", "code", "words", "denied", "other", "doubt", "status"))
        truths[item.name] = Truth.TRUE if way in ("code", "words") else Truth.FALSE
        if way == "doubt":
            truths[item.name] = Truth.UNKNOWN
        if way != "none":
            resources.append(_write(item, way, chance))
        if way == "code":
            said |= _said_too(resources[-1])
    truths |= dict.fromkeys(said, Truth.TRUE)
    for fact, implying in IMPLIED.items():
        for other in implying:
            truths[fact] = truths[fact] | truths[other]
    for _ in range(chance.randrange(4)):
        resources.append(condition("", code={"text": chance.choice(NOISE)}))
    if chance.random() < 0.3:
        resources.append(condition("", code=chance.choice(NOT_UNDERSTOOD)))
    chance.shuffle(resources)
    return Record(tuple(resources), truths)


def _said_too(resource: Resource) -> set[str]:
    """Return every fact that the code of a resource says: one of them may say several
    ("Megaloblastic anaemia due to coeliac disease").
    """
    concepts = {match.concept for match in VALUE_SETS.concepts(resource["code"])}
    said = {item.name for item in FACTS if item.concept in concepts}
    diagnosed = resource["resourceType"] == "Condition" and concepts & DEFICIENCY
    called_b12 = CALLED_B12 in (one.get("code") for one in resource["code"].get("coding", ()))
    said |= {"deficiency_diagnosis"} if diagnosed else set()
    return said | ({"allergy_b12"} if called_b12 else set())


def _write(item: Written, way: str, chance: random.Random) -> Resource:
    words = chance.choice(item.words)
    if way == "code" or (way == "status" and chance.random() < 0.5):
        code = _coded(item, chance)
    else:
        frames = {"denied": NEGATED, "other": OTHERS, "doubt": DOUBTED}.get(way, AROUND)
        code = {**chance.choice(GENERIC), "text": chance.choice(frames).format(words)}
    resource = item.make("", code=code)
    if way == "status" and item.make is procedure:
        resource["status"] = "not-done"
    elif way == "status" and chance.random() < 0.3:
        about = {"reference": "Patient/somebody-else"}
        resource["patient" if item.make is allergy else "subject"] = about
    elif way == "status":
        resource["verificationStatus"] = {"coding": [{"code": chance.choice(NO_STATUS)}]}
    return resource


def _coded(item: Written, chance: random.Random) -> Resource:
    members = [
        member for member in VALUE_SETS.members.get(item.concept, ()) if member.role is Role.INCLUDE
    ]
    if not members:
        return {"text": chance.choice(item.words)}
    member = chance.choice(members)
    system = chance.choice(SPELLINGS.get(member.system, (member.system,)))
    display = member.display if chance.random() < 0.5 else ""
    return concept(system, member.code, display)


def wrong_facts(record: Record) -> list[str]:
    """Return the facts whose mapped value is known and not the one written."""
    scenario = record.mapped
    wrong = []
    for item in FACTS:
        mapped, written = item.read(scenario), record.truths[item.name]
        known = not mapped.is_unknown
        if known and mapped is not written:
            wrong.append(f"{item.name}: written {written.value}, mapped {mapped.value}")
    return wrong


def loosened_facts(record: Record, number: int) -> list[str]:
    """Return the facts that became a known "no" when an entry that is not understood was added
    (every other record), or when a code lost its system.
    """
    chance = random.Random(number)
    before = record.mapped
    extra = chance.choice((condition, procedure, allergy))("", code=chance.choice(NOT_UNDERSTOOD))
    coded = [one for one in record.resources if one["code"].get("coding")]
    changed = []
    if number % 2 or not coded:
        changed.append(scenario_of(*record.resources, extra))
    else:
        lost = chance.choice(coded)
        bare = [{k: v for k, v in c.items() if k != "system"} for c in lost["code"]["coding"]]
        without = {**lost, "code": {**lost["code"], "coding": bare}}
        others = [one for one in record.resources if one is not lost]
        changed.append(scenario_of(*others, without))
    return [
        f"{item.name}: {item.read(before).value}, then a known no"
        for after in changed
        for item in FACTS
        if not item.read(before).is_false and item.read(after).is_false
    ]


PROGRESS = 1000
"""Records after which a run says how far it came."""


def main() -> int:
    """Make and map so many records of each kind: history, results and medicines, people; exit 1
    when a fact of one is wrong.
    """
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    started, wrong = time.perf_counter(), 0
    counts: Counter[str] = Counter()
    for seed in range(first, first + number):
        if seed > first and seed % PROGRESS == 0:
            print(f"{seed - first} records, {wrong} wrong facts", flush=True)
        record, made = make_record(seed), make(seed)
        for complaint in (
            *wrong_facts(record),
            *loosened_facts(record, seed),
            *wrong_values(made),
            *loosened_uses(made, seed),
            *wrong_answers(make_person(seed)),
        ):
            wrong += 1
            counts[complaint] += 1
            if wrong <= 20:
                print(f"record {seed}: {complaint}")
    for complaint, times in counts.most_common():
        print(f"{times:7} {complaint}")
    print(f"{number} records in {time.perf_counter() - started:.0f} s, {wrong} wrong facts")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
