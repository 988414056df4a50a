"""Results and medicines as real records write them, made by the thousand: units, comparators,
words, dates and statuses of results; names, systems, statuses, intents and kinds of entry of
medicines. What is mapped is never known and other than what was written.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from recommender.language import ClinicalScenario, Fact, LoweringDrug, Measurement, Truth
from tests.fhir_mappings.records import (
    ATC,
    LOINC,
    RXNORM,
    SNOMED,
    SUBJECT,
    concept,
    days_ago,
    observation,
    scenario_of,
)

Resource = dict[str, Any]


@dataclass(frozen=True)
class Test:
    """A laboratory test: its codes, its names, a unit with the factor into that of the fact."""

    fact: str
    codes: tuple[tuple[str, str], ...]
    names: tuple[str, ...]
    units: tuple[tuple[str, Decimal], ...]
    low: int
    high: int
    days: int


ONE = Decimal(1)
TESTS = (
    Test(
        "total_b12",
        ((LOINC, "2132-9"),),
        ("Vitamin B12", "Serum B12", "S-Kobalamin", "Vitamine B12", "Cobalamin"),
        (("pg/mL", ONE), ("ng/L", ONE), ("pg/ml", ONE)),
        50,
        900,
        360,
    ),
    Test(
        "mma",
        ((LOINC, "13964-2"),),
        ("Methylmalonic acid", "Methylmalonsäure", "MMA"),
        (("nmol/L", ONE), ("umol/L", Decimal(1000))),
        100,
        900,
        180,
    ),
    Test(
        "platelets",
        ((LOINC, "777-3"), (LOINC, "26515-7")),
        ("Platelets", "Platelet count", "Thrombozyten", "Plaquettes"),
        (("10*9/L", ONE), ("10*3/uL", ONE), ("x10^9/L", ONE)),
        5,
        400,
        6,
    ),
    Test(
        "egfr",
        ((LOINC, "98979-8"), (LOINC, "62238-1")),
        ("eGFR", "Estimated GFR", "Estimated glomerular filtration rate"),
        (("mL/min/{1.73_m2}", ONE), ("mL/min/1.73m2", ONE)),
        5,
        120,
        360,
    ),
    Test(
        "holotranscobalamin",
        ((LOINC, "72160-5"),),
        ("Holotranscobalamin", "Active B12"),
        (("pmol/L", ONE),),
        5,
        120,
        360,
    ),
    Test(
        "homocysteine",
        ((LOINC, "13965-9"),),
        ("Homocysteine", "Homocystein"),
        (("umol/L", ONE), ("nmol/mL", ONE)),
        4,
        90,
        180,
    ),
    Test(
        "folate",
        ((LOINC, "2284-8"),),
        ("Serum folate", "Folate serum"),
        (("ng/mL", ONE), ("ug/L", ONE)),
        1,
        19,
        180,
    ),
    Test("mcv", ((LOINC, "787-2"),), ("MCV",), (("fL", ONE),), 70, 125, 13),
    Test("inr", ((LOINC, "6301-6"),), ("INR",), (("{INR}", ONE), ("", ONE)), 1, 8, 29),
    Test(
        "potassium",
        ((LOINC, "2823-3"),),
        ("Serum potassium", "Plasma potassium"),
        (("mmol/L", ONE), ("mEq/L", ONE)),
        2,
        6,
        13,
    ),
    Test(
        "haemoglobin",
        ((LOINC, "718-7"),),
        ("Haemoglobin", "Hb"),
        (("g/dL", Decimal(10)), ("g/L", ONE)),
        0,
        0,
        13,
    ),
)
GENERIC = (
    concept(SNOMED, "196411000000103", "Transfer-degraded record entry"),
    concept(SNOMED, "24641000000107", "Investigation result"),
    {},
)
NO_RESULT = ("preliminary", "cancelled", "entered-in-error", "registered", "unknown")


@dataclass
class Made:
    """Results and medicines, and what was written: of each test the value in the unit of its fact,
    `None` where none counts; of each use of a medicine its truth.
    """

    results: tuple[Resource, ...]
    medicines: tuple[Resource, ...]
    values: dict[str, Decimal | None]
    truths: dict[str, Truth]

    @cached_property
    def medicines_mapped(self) -> ClinicalScenario:
        """What the mapping makes of the medicines alone."""
        return scenario_of(*self.medicines)


def make(number: int) -> Made:
    """Return the results and medicines of a number, always the same."""
    chance = random.Random(number)
    results: list[Resource] = []
    values: dict[str, Decimal | None] = {}
    for test in TESTS:
        way = chance.choice(("none", "code", "name", "words", "status", "old", "unit", "other"))
        values[test.fact] = None
        if way == "none":
            continue
        unit, factor = chance.choice(test.units)
        if test.fact == "haemoglobin":
            written = Decimal(chance.randint(60, 170)) / factor
        else:
            written = Decimal(chance.randint(test.low, test.high)) / factor
        counts = way in ("code", "name", "words")
        values[test.fact] = written * factor if counts else None
        results.append(_result(test, way, str(written), unit, chance))
    medicines: list[Resource] = []
    truths: dict[str, Truth] = {}
    for use in USES:
        way = chance.choice(WAYS)
        truths[use.fact] = way.truth
        medicines += _entry(use, way, chance)
    chance.shuffle(results)
    chance.shuffle(medicines)
    return Made(tuple(results), tuple(medicines), values, truths)


def _result(test: Test, way: str, number: str, unit: str, chance: random.Random) -> Resource:
    system, code = chance.choice(test.codes)
    coded = concept(system, code)
    named = {**chance.choice(GENERIC), "text": chance.choice(test.names)}
    said: Resource = {"valueQuantity": {"value": float(number), "unit": unit, "code": unit}}
    if not unit:
        said = {"valueQuantity": {"value": float(number)}}
    changes: Resource = {"code": named if way == "name" or chance.random() < 0.3 else coded}
    days = chance.randint(0, test.days)
    if way == "words" and unit:
        text = f"{number} {unit}"
        said = chance.choice(({"valueString": text}, {"valueCodeableConcept": {"text": text}}))
    elif way == "status":
        changes["status"] = chance.choice(NO_RESULT)
    elif way == "old":
        days += 500
    elif way == "unit":
        said = {"valueQuantity": {"value": float(number), "unit": "kg", "code": "kg"}}
    elif way == "other":
        changes["subject"] = {"reference": "Patient/somebody-else"}
    return observation("", days=days, **changes, **said)


@dataclass(frozen=True)
class Use:
    """A use of a medicine: the fact, its codes and its names."""

    fact: str
    codes: tuple[tuple[str, str], ...]
    names: tuple[str, ...]

    lowers: LoweringDrug | None = None

    def read(self, scenario: ClinicalScenario) -> Truth:
        if self.lowers is None:
            found: Fact = getattr(scenario, self.fact)
            return found.truth
        used = any(item.drug is self.lowers for item in scenario.lowering_drugs)
        return Truth.TRUE if used else Truth.UNKNOWN


USES = (
    Use(
        "anticoagulant_fact",
        ((RXNORM, "11289"), (ATC, "B01AA03"), (ATC, "B01AF02")),
        ("Warfarin 3mg tablets", "Eliquis 5 mg", "Marcumar", "Xarelto 20mg", "Sintrom 4"),
    ),
    Use("methotrexate", ((RXNORM, "6851"),), ("Methotrexate 2.5mg tablets", "Methotrexat")),
    Use(
        "metformin",
        ((RXNORM, "6809"), (ATC, "A10BA02")),
        ("Metformin 500mg tablets", "Glucophage", "Metformina 850 mg"),
        LoweringDrug.METFORMIN,
    ),
    Use(
        "proton pump inhibitor",
        ((RXNORM, "7646"), (ATC, "A02BC01")),
        ("Omeprazole 20mg gastro-resistant capsules", "Lansoprazole 15 mg", "Pantoprazol 40"),
        LoweringDrug.PROTON_PUMP_INHIBITOR,
    ),
    Use(
        "b12_supplement_before_test",
        ((RXNORM, "11248"), (ATC, "B03BA01"), (ATC, "B03BA03")),
        ("Cyanocobalamin 1 mg", "Vitamin B12 1000 micrograms", "Hydroxocobalamin", "Behepan"),
    ),
)
SPELLINGS = {
    ATC: (ATC, "http://fhir.de/CodeSystem/bfarm/atc", "urn:oid:2.16.840.1.113883.6.73"),
    RXNORM: (RXNORM, "urn:oid:2.16.840.1.113883.6.88", f"{RXNORM}|2024"),
}


@dataclass(frozen=True)
class Way:
    """How an entry says that a medicine is taken, and what that means."""

    kind: str
    truth: Truth
    changes: tuple[tuple[str, Any], ...] = ()


ORDER, STATED = "MedicationRequest", "MedicationStatement"
GIVEN, DISPENSED = "MedicationAdministration", "MedicationDispense"
WAYS = (
    Way("", Truth.FALSE),
    Way("", Truth.FALSE),
    Way(ORDER, Truth.TRUE, (("status", "active"), ("intent", "order"))),
    Way(ORDER, Truth.TRUE, (("status", "active"), ("intent", "instance-order"))),
    Way(
        ORDER,
        Truth.TRUE,
        (("status", "active"), ("intent", "plan"), ("reportedBoolean", True)),
    ),
    Way(ORDER, Truth.UNKNOWN, (("status", "unknown"), ("intent", "order"))),
    Way(ORDER, Truth.UNKNOWN, (("status", "active"), ("intent", "plan"))),
    Way(ORDER, Truth.FALSE, (("status", "cancelled"), ("intent", "order"))),
    Way(ORDER, Truth.FALSE, (("status", "active"), ("intent", "proposal"))),
    Way(
        ORDER,
        Truth.FALSE,
        (("status", "active"), ("intent", "order"), ("doNotPerform", True)),
    ),
    Way(
        ORDER,
        Truth.FALSE,
        (
            ("status", "active"),
            ("intent", "order"),
            ("subject", {"reference": "Patient/somebody-else"}),
        ),
    ),
    Way(STATED, Truth.TRUE, (("status", "active"),)),
    Way(STATED, Truth.UNKNOWN, (("status", "unknown"),)),
    Way(STATED, Truth.FALSE, (("status", "not-taken"),)),
    Way(DISPENSED, Truth.TRUE, (("status", "completed"),)),
    Way(GIVEN, Truth.TRUE, (("status", "completed"),)),
    Way(GIVEN, Truth.FALSE, (("status", "not-done"),)),
)


def _entry(use: Use, way: Way, chance: random.Random) -> list[Resource]:
    if not way.kind:
        return []
    if chance.random() < 0.5:
        system, code = chance.choice(use.codes)
        medicine = concept(chance.choice(SPELLINGS[system]), code)
    else:
        degraded = concept(SNOMED, "196421000000109", "Transfer-degraded medication entry")
        medicine = {**chance.choice(({}, degraded)), "text": chance.choice(use.names)}
    day = days_ago(chance.randint(1, 60))
    dates = {
        ORDER: {"authoredOn": day},
        STATED: {"effectivePeriod": {"start": day}},
        DISPENSED: {"whenHandedOver": day},
        GIVEN: {"effectiveDateTime": day},
    }[way.kind]
    body = {"resourceType": way.kind, "subject": SUBJECT, "medicationCodeableConcept": medicine}
    return [{**body, **dates, **dict(way.changes)}]


def wrong_values(made: Made) -> list[str]:
    """Return the results and uses whose mapped value is known and not the one written. Exposure
    before a test hangs on its day, so the uses are asked of a record without results.
    """
    wrong = []
    scenario, without = scenario_of(*made.results, *made.medicines), made.medicines_mapped
    for fact, written in made.values.items():
        measured: Measurement = getattr(scenario, fact)
        value = None if measured.quantity is None else measured.quantity.value
        if value is not None and value != written:
            wrong.append(f"{fact}: written {written}, mapped {value}")
    for use in USES:
        mapped, truth = use.read(without), made.truths[use.fact]
        may_be = use.lowers is not None and truth.is_unknown  # what may lower it counts (F27)
        if not mapped.is_unknown and mapped is not truth and not may_be:
            wrong.append(f"{use.fact}: written {truth.value}, mapped {mapped.value}")
    return wrong


NOT_UNDERSTOOD: tuple[Resource, ...] = (
    concept("https://hospital.example.org/codes", "Q9"),
    {"text": "Tablets as before"},
    {"text": "薬"},
    {},
)


def loosened_uses(made: Made, number: int) -> list[str]:
    """Return the uses that became a known "no" when a medicine that is not understood was added
    (every other record), or when a code lost its system.
    """
    chance = random.Random(number)
    before = made.medicines_mapped
    extra = _entry_of(chance.choice(NOT_UNDERSTOOD))
    coded = [one for one in made.medicines if one["medicationCodeableConcept"].get("coding")]
    changed = []
    if number % 2 or not coded:
        changed.append(scenario_of(*made.medicines, extra))
    else:
        lost = chance.choice(coded)
        said = lost["medicationCodeableConcept"]
        bare = [{k: v for k, v in coding.items() if k != "system"} for coding in said["coding"]]
        without = {**lost, "medicationCodeableConcept": {**said, "coding": bare}}
        changed.append(scenario_of(*[one for one in made.medicines if one is not lost], without))
    return [
        f"{use.fact}: {use.read(before).value}, then a known no"
        for after in changed
        for use in USES
        if not use.read(before).is_false and use.read(after).is_false
    ]


def _entry_of(medicine: Resource) -> Resource:
    return {
        "resourceType": ORDER,
        "status": "active",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": days_ago(5),
        "medicationCodeableConcept": medicine,
    }
