"""What else stands in a record: problems, results and medicines that are none of ours, by words
and local codes.
"""

from __future__ import annotations

import datetime as dt
from random import Random
from typing import Any

from synthetic.records import Chart
from synthetic.vocabulary import (
    LOCAL,
    NOISE_ALLERGENS,
    NOISE_MEDICINES,
    NOISE_OPERATIONS,
    NOISE_PROBLEMS,
    NOISE_TESTS,
)

Resource = dict[str, Any]


def add_noise(chart: Chart, chance: Random, tests: int = 6, most: int = 3) -> None:
    """Add what does not matter to a record: up to so many problems and medicines, an operation now
    and then, and so many results.
    """
    for name in chance.sample(NOISE_PROBLEMS, chance.randint(1, most)):
        chart.resources.append(_problem(chart, name, chance))
    for name in chance.sample(NOISE_MEDICINES, chance.randint(0, most - 1)):
        chart.resources.append(_medicine(chart, name, chance))
    if chance.random() < 0.25:
        chart.resources.append(_allergy(chart, chance.choice(NOISE_ALLERGENS)))
    if chance.random() < 0.15:
        chart.resources.append(_statement(chart, chance.choice(NOISE_MEDICINES)))
    if chance.random() < 0.3:
        chart.resources.append(_operation(chart, chance.choice(NOISE_OPERATIONS), chance))
    for name in chance.sample(NOISE_TESTS, tests):
        chart.resources.append(_result(chart, name, chance))


def _base(chart: Chart, kind: str) -> Resource:
    return {
        "resourceType": kind,
        "id": f"n{len(chart.resources)}-{chart.patient}",
        "subject": {"reference": f"Patient/{chart.patient}"},
    }


def _coded(name: str) -> Resource:
    code = "".join(letter for letter in name.upper() if letter.isalnum())[:12]
    return {"coding": [{"system": LOCAL, "code": code, "display": name}], "text": name}


def _day(chart: Chart, chance: Random) -> str:
    return (chart.as_of - dt.timedelta(days=chance.randint(1, 3000))).isoformat()


def _problem(chart: Chart, name: str, chance: Random) -> Resource:
    day = _day(chart, chance)
    status = {"coding": [{"system": _CLINICAL, "code": chance.choice(("active", "resolved"))}]}
    return _base(chart, "Condition") | {
        "clinicalStatus": status,
        "code": _coded(name),
        "onsetDateTime": day,
        "recordedDate": day,
    }


_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def _medicine(chart: Chart, name: str, chance: Random) -> Resource:
    return _base(chart, "MedicationRequest") | {
        "status": chance.choice(("active", "completed")),
        "intent": "order",
        "medicationCodeableConcept": {"text": name},
        "authoredOn": _day(chart, chance),
    }


def _allergy(chart: Chart, name: str) -> Resource:
    resource = _base(chart, "AllergyIntolerance") | {
        "clinicalStatus": {"coding": [{"system": _ALLERGY, "code": "active"}]},
        "code": {"text": name},
        "recordedDate": (chart.as_of - dt.timedelta(days=1500)).isoformat(),
    }
    resource["patient"] = resource.pop("subject")
    return resource


_ALLERGY = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"


def _statement(chart: Chart, name: str) -> Resource:
    day = (chart.as_of - dt.timedelta(days=200)).isoformat()
    return _base(chart, "MedicationStatement") | {
        "status": "active",
        "medicationCodeableConcept": {"text": name},
        "dateAsserted": day,
        "effectiveDateTime": day,
    }


def _operation(chart: Chart, name: str, chance: Random) -> Resource:
    day = _day(chart, chance)
    return _base(chart, "Procedure") | {
        "status": "completed",
        "code": _coded(name),
        "performedDateTime": day,
        "meta": {"lastUpdated": f"{day}T12:00:00Z"},
    }


def _result(chart: Chart, name: str, chance: Random) -> Resource:
    moment = f"{_day(chart, chance)}T08:00:00Z"
    return _base(chart, "Observation") | {
        "status": "final",
        "code": _coded(name),
        "effectiveDateTime": moment,
        "issued": moment,
        "valueQuantity": {"value": chance.randint(1, 200), "unit": "1"},
    }
