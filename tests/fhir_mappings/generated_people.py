"""People and what was asked of them, made by the thousand: birth date, sex and death in every form,
and Observations that answer a question: screens, symptoms, pregnancy, lengths of ileum. What is
mapped is never known and other than what was written.
"""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from fhir_mappings.scenario_mapping import map_scenario
from recommender.language import Comparator, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    LOINC,
    OWN,
    SNOMED,
    VALUE_SETS,
    concept,
    days_ago,
    observation,
    patient,
    record_of,
)

Resource = dict[str, Any]
OTHER = {"reference": "Patient/somebody-else"}
YES: tuple[Resource, ...] = (
    {"valueBoolean": True},
    {"valueString": "Yes"},
    {"valueString": "positive"},
    {"valueCodeableConcept": {"text": "Present"}},
    {"valueCodeableConcept": concept(SNOMED, "373066001", "Yes")},
)
NO: tuple[Resource, ...] = (
    {"valueBoolean": False},
    {"valueString": "No"},
    {"valueString": "NEGATIVE"},
    {"valueCodeableConcept": {"text": "absent"}},
    {"valueCodeableConcept": concept(SNOMED, "373067005", "No")},
)
NEITHER: tuple[Resource, ...] = (
    {"valueString": "not asked"},
    {"valueCodeableConcept": {"text": "see letter"}},
    {"dataAbsentReason": {"text": "unknown"}},
    {},
)
NO_RESULT = ("preliminary", "cancelled", "entered-in-error", "registered")
QUESTIONS = (
    ("neurological_screen", (OWN, "neuro-screen")),
    ("symptoms", (OWN, "b12-symptoms")),
)
LENGTHS = (
    ("ileal_resection_length", "ileal-resection-length"),
    ("crohns_ileal_extent", "crohns-ileal-extent"),
)
UNITS = (("cm", Decimal(1)), ("mm", Decimal("0.1")), ("[in_i]", Decimal("2.54")))


@dataclass
class Asked:
    """A person's record, and what was written of each fact: a truth, or a number, `None` where
    nothing that counts was written.
    """

    person: Resource
    answers: list[Resource] = field(default_factory=list)
    truths: dict[str, Truth] = field(default_factory=dict)
    numbers: dict[str, Decimal | None] = field(default_factory=dict)


def make_person(number: int) -> Asked:
    """Return the person of a number, always the same."""
    chance = random.Random(number)
    asked = Asked(patient())
    _born(asked, chance)
    _sex_and_death(asked, chance)
    for fact, (system, code) in QUESTIONS:
        _answer(asked, fact, concept(system, code), chance)
    _pregnancy(asked, chance)
    for fact, code in LENGTHS:
        _length(asked, fact, code, chance)
    chance.shuffle(asked.answers)
    return asked


def _born(asked: Asked, chance: random.Random) -> None:
    """Write a birth date: whole, its year and month, its year, in the future, unreadable, none."""
    born = AS_OF - dt.timedelta(days=chance.randint(0, 45000))
    had = (AS_OF.month, AS_OF.day) >= (born.month, born.day)
    age: Decimal | None = Decimal(AS_OF.year - born.year - (not had))
    way = chance.choice(("day", "day", "month", "year", "future", "words", "none"))
    written = born.isoformat()
    if way == "month":
        written = written[:7]
    elif way == "year":
        written = written[:4]
    elif way == "future":
        written = (AS_OF + dt.timedelta(days=chance.randint(400, 9000))).isoformat()
    elif way == "words":
        written = chance.choice(("unknown", "01.02.1950", "about 1950"))
    asked.person.pop("birthDate")
    if way != "none":
        asked.person["birthDate"] = written
    asked.numbers["age"] = age if way in ("day", "month", "year") else None


def _sex_and_death(asked: Asked, chance: random.Random) -> None:
    sex = chance.choice(("female", "male", "other", "unknown", "Female", "", "f"))
    asked.person["gender"] = sex
    known = {"female": Truth.TRUE, "male": Truth.FALSE}
    asked.truths["female"] = known.get(sex.lower(), Truth.UNKNOWN)
    way = chance.choice(("none", "none", "no", "yes", "day", "words"))
    asked.truths["deceased"] = Truth.TRUE if way in ("yes", "day") else Truth.FALSE
    if way in ("no", "yes"):
        asked.person["deceasedBoolean"] = way == "yes"
    elif way == "day":
        asked.person["deceasedDateTime"] = days_ago(10)
    elif way == "words":
        asked.person["deceasedBoolean"] = chance.choice(("perhaps", 1, "no"))
        asked.truths["deceased"] = Truth.UNKNOWN


def _answer(asked: Asked, fact: str, code: Resource, chance: random.Random) -> None:
    way = chance.choice(("none", "yes", "no", "neither", "status", "other", "old", "future"))
    asked.truths[fact] = Truth.UNKNOWN
    if way == "none":
        return
    said = dict(chance.choice({"yes": YES, "no": NO, "neither": NEITHER}.get(way, YES + NO)))
    changes: Resource = {"code": code}
    days = chance.randint(0, 80)
    if way == "status":
        changes["status"] = chance.choice(NO_RESULT)
    elif way == "other":
        changes["subject"] = OTHER
    elif way == "old":
        days += 400
    elif way == "future":
        days = -30
    elif way in ("yes", "no"):
        asked.truths[fact] = Truth.TRUE if way == "yes" else Truth.FALSE
    asked.answers.append(observation("", days=days, **changes, **said))


PREGNANT = (concept(SNOMED, "77386006"), concept(LOINC, "LA15173-0"))
NOT_PREGNANT = (concept(SNOMED, "60001007"),)


def _pregnancy(asked: Asked, chance: random.Random) -> None:
    way = chance.choice(("none", "yes", "no", "neither", "status", "other", "old"))
    asked.truths["pregnant"] = Truth.UNKNOWN
    if way == "none":
        return
    coded = {"yes": PREGNANT, "no": NOT_PREGNANT, "neither": (concept(LOINC, "LA4489-6"),)}
    said = {"valueCodeableConcept": chance.choice(coded.get(way, PREGNANT + NOT_PREGNANT))}
    changes: Resource = {"days": chance.randint(0, 25)}
    if way == "status":
        changes["status"] = chance.choice(NO_RESULT)
    elif way == "other":
        changes["subject"] = OTHER
    elif way == "old":
        changes["days"] += 400
    else:
        truths = {"yes": Truth.TRUE, "no": Truth.FALSE, "neither": Truth.UNKNOWN}
        asked.truths["pregnant"] = truths[way]
    asked.answers.append(observation("82810-3", **changes, **said))


def _length(asked: Asked, fact: str, code: str, chance: random.Random) -> None:
    way = chance.choice(("none", "value", "words", "unit", "status", "other", "negative"))
    asked.numbers[fact] = None
    if way == "none":
        return
    unit, factor = chance.choice(UNITS)
    number = Decimal(chance.randint(1, 90))
    said: Resource = {"valueQuantity": {"value": float(number), "unit": unit, "code": unit}}
    changes: Resource = {"code": concept(OWN, code)}
    if way == "words":
        said = {"valueString": f"{number} {unit}"}
    elif way == "unit":
        said = {"valueQuantity": {"value": float(number), "unit": "kg", "code": "kg"}}
    elif way == "negative":
        said["valueQuantity"]["value"] = -float(number)
    elif way == "status":
        changes["status"] = chance.choice(NO_RESULT)
    elif way == "other":
        changes["subject"] = OTHER
    if way in ("value", "words"):
        asked.numbers[fact] = number * factor
    asked.answers.append(observation("", days=chance.randint(0, 900), **changes, **said))


def wrong_answers(asked: Asked) -> list[str]:
    """Return the facts whose mapped value is known and not the one written."""
    resources = (asked.person, *asked.answers)
    scenario = map_scenario(record_of(resources), AS_OF, VALUE_SETS).scenario
    wrong = []
    for fact, written in asked.truths.items():
        mapped: Truth = getattr(scenario, fact).truth
        if not mapped.is_unknown and mapped is not written:
            wrong.append(f"{fact}: written {written.value}, mapped {mapped.value}")
    for fact, number in asked.numbers.items():
        quantity = getattr(scenario, fact).quantity
        if quantity is not None and not _may_be(quantity.value, quantity.comparator, number):
            wrong.append(f"{fact}: written {number}, mapped {quantity.value}")
    return wrong


def _may_be(value: Decimal, comparator: Comparator, written: Decimal | None) -> bool:
    """Return whether a mapped number says what was written: an age of which only the lower bound
    is certain, too.
    """
    if written is None:
        return False
    if comparator is Comparator.AT_LEAST:
        return written - 1 <= value <= written
    return value == written
