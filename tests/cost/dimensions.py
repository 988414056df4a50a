"""Requests that grow along one dimension, the rest as in the demonstration.

Each function takes a size and returns the request; sizes stay below the limits of counts.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from cds_service.demonstration import load_request

Json = dict[str, Any]
AS_OF = dt.date(2026, 11, 26)
BASE = load_request(AS_OF)
SUBJECT = {"reference": f"Patient/{BASE['context']['patientId']}"}
LOINC, SNOMED = "http://loinc.org", "http://snomed.info/sct"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def request() -> Json:
    return copy.deepcopy(BASE)


def draft() -> Json:
    found: Json = copy.deepcopy(BASE["context"]["draftOrders"]["entry"][0]["resource"])
    return found


def with_draft(change: Callable[[Json], Any]) -> Json:
    body = request()
    change(body["context"]["draftOrders"]["entry"][0]["resource"])
    return body


def with_entries(key: str, resources: list[Json]) -> Json:
    body = request()
    entries = body["prefetch"].setdefault(key, {"resourceType": "Bundle", "entry": []})
    if not isinstance(entries, dict) or "entry" not in entries:
        entries = body["prefetch"][key] = {"resourceType": "Bundle", "entry": []}
    entries["entry"] += [{"resource": resource} for resource in resources]
    return body


def condition(number: int, text: str = "", code: str = "44054006") -> Json:
    return {
        "resourceType": "Condition",
        "id": f"c{number}",
        "subject": SUBJECT,
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": SNOMED, "code": code}], "text": text or f"Word {number}"},
        "onsetDateTime": f"20{number % 20 + 5:02}-05-01",
    }


def observation(number: int, code: str = "2132-9", value: Any = 200, unit: str = "pg/mL") -> Json:
    day = AS_OF - dt.timedelta(days=number % 1500)
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "subject": SUBJECT,
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "effectiveDateTime": day.isoformat(),
        "valueQuantity": {"value": value, "unit": unit},
    }


def order(number: int, kind: str = "MedicationRequest", text: str = "") -> Json:
    return {
        "resourceType": kind,
        "id": f"m{number}",
        "status": "active" if kind != "MedicationAdministration" else "completed",
        "intent": "order",
        "subject": SUBJECT,
        "authoredOn": (AS_OF - dt.timedelta(days=number % 900)).isoformat(),
        "effectiveDateTime": (AS_OF - dt.timedelta(days=number % 900)).isoformat(),
        "medicationCodeableConcept": {
            "text": text or "Hydroxocobalamin 1000 micrograms/ml injection"
        },
        "dosageInstruction": [{"text": f"1 ampoule every {number % 9 + 2} weeks"}],
    }


def procedure(number: int, code: str = "53442002", text: str = "Gastrectomy") -> Json:
    return {
        "resourceType": "Procedure",
        "id": f"p{number}",
        "status": "completed",
        "subject": SUBJECT,
        "performedDateTime": (AS_OF - dt.timedelta(days=number % 3000)).isoformat(),
        "code": {"coding": [{"system": SNOMED, "code": code}], "text": text},
    }


def allergy(number: int) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"a{number}",
        "patient": SUBJECT,
        "code": {"text": f"Substance {number}"},
        "reaction": [{"manifestation": [{"text": "rash"}]}],
    }


def drafts(number: int, selected: int, text: str = "") -> Json:
    body = request()
    made = []
    for each in range(number):
        one = draft() | {"id": f"d{each}"}
        if text:
            one["medicationCodeableConcept"] = {"text": text}
        made.append({"resource": one})
    body["context"]["draftOrders"]["entry"] = made
    body["context"]["selections"] = [f"MedicationRequest/d{each}" for each in range(selected)]
    return body


def selections_of_one(number: int) -> Json:
    body = request()
    body["context"]["selections"] += [f"MedicationRequest/none-{each}" for each in range(number)]
    return body


def dosage_lines(number: int) -> Json:
    line = BASE["context"]["draftOrders"]["entry"][0]["resource"]["dosageInstruction"][0]
    return with_draft(
        lambda one: one.update(dosageInstruction=[line | {"sequence": n} for n in range(number)])
    )


def written_lines(number: int) -> Json:
    return with_draft(
        lambda one: one.update(
            dosageInstruction=[{"text": f"1 tablet every {n % 9 + 2} days"} for n in range(number)]
        )
    )


def codings(number: int) -> Json:
    return with_draft(
        lambda one: one["medicationCodeableConcept"]["coding"].extend(
            {"system": RXNORM, "code": str(n), "display": f"Name {n} mg"} for n in range(number)
        )
    )


def nested_bundles(number: int) -> Json:
    body = request()
    body["prefetch"]["conditions"]["entry"] += [
        {"resource": {"resourceType": "Bundle", "entry": [{"resource": condition(n)}]}}
        for n in range(number)
    ]
    return body


def foreign_keys(number: int) -> Json:
    body = request()
    body["prefetch"]["devices"] = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"resourceType": "Device", "id": str(n)}} for n in range(number)],
    }
    return body


def contained(number: int) -> Json:
    medicine = {"resourceType": "Medication", "code": {"text": "Cyanocobalamin 1 mg tablet"}}
    return with_draft(
        lambda one: one.update(contained=[medicine | {"id": f"k{n}"} for n in range(number)])
    )


def shared_medications(number: int) -> Json:
    medicine = {"resourceType": "Medication", "code": {"text": "Cyanocobalamin 1 mg tablet"}}
    return with_entries("medications", [medicine | {"id": f"k{n}"} for n in range(number)])


def referenced_medications(number: int) -> Json:
    medicine = {"resourceType": "Medication", "code": {"text": "Cyanocobalamin 1 mg tablet"}}
    orders = [order(n) for n in range(number)]
    for n, one in enumerate(orders):
        del one["medicationCodeableConcept"]
        one["medicationReference"] = {"reference": f"Medication/k{n}"}
    return with_entries("medications", [medicine | {"id": f"k{n}"} for n in range(number)] + orders)


def reasons(number: int) -> Json:
    return with_draft(
        lambda one: one.update(reasonCode=[{"text": f"Reason {n}"} for n in range(number)])
    )


def notes(number: int) -> Json:
    return with_draft(lambda one: one.update(note=[{"text": f"Note {n}"} for n in range(number)]))


def components(number: int) -> Json:
    panel = observation(1)
    panel["component"] = [
        {k: observation(n)[k] for k in ("code", "valueQuantity")} for n in range(number)
    ]
    return with_entries("labs", [panel])


def answers(number: int) -> Json:
    form = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": SUBJECT,
        "authored": AS_OF.isoformat(),
        "item": [
            {"linkId": str(n), "text": "Numbness", "answer": [{"valueBoolean": True}]}
            for n in range(number)
        ],
    }
    return with_entries("labs", [form])


def interpretations(number: int) -> Json:
    one = observation(1)
    one["interpretation"] = [{"coding": [{"code": "L"}]} for _ in range(number)]
    one["referenceRange"] = [{"low": {"value": n}} for n in range(number)]
    return with_entries("labs", [one])


def reactions(number: int) -> Json:
    one = allergy(1)
    one["reaction"] = [{"manifestation": [{"text": f"rash {n}"}]} for n in range(number)]
    return with_entries("allergies", [one])


def events(number: int) -> Json:
    days = [(AS_OF + dt.timedelta(days=n)).isoformat() for n in range(number)]
    return with_draft(lambda one: one["dosageInstruction"][0]["timing"].update(event=days))


def display(text: Callable[[int], str]) -> Callable[[int], Json]:
    def build(number: int) -> Json:
        def change(one: Json) -> None:
            name = f"Vitamin B12 {text(number)}"
            one["medicationCodeableConcept"] = {
                "text": name,
                "coding": [{"system": RXNORM, "code": "309593", "display": name}],
            }

        return with_draft(change)

    return build


def dosage_text(text: Callable[[int], str]) -> Callable[[int], Json]:
    return lambda number: with_draft(
        lambda one: one.update(dosageInstruction=[{"text": text(number)}])
    )


def condition_text(text: Callable[[int], str]) -> Callable[[int], Json]:
    return lambda number: with_entries("conditions", [condition(1, text(number), "999")])


def procedure_text(text: Callable[[int], str]) -> Callable[[int], Json]:
    return lambda number: with_entries("procedures", [procedure(1, "999", text(number))])


def result_text(text: Callable[[int], str]) -> Callable[[int], Json]:
    def build(number: int) -> Json:
        one = observation(1)
        del one["valueQuantity"]
        return with_entries("labs", [one | {"valueString": text(number)}])

    return build


def unit(text: Callable[[int], str]) -> Callable[[int], Json]:
    return lambda number: with_entries("labs", [observation(1, unit=text(number))])


COUNTS: dict[str, Callable[[int], Json]] = {
    "drafts, all selected": lambda n: drafts(n, n),
    "drafts, one selected": lambda n: drafts(n, 1),
    "drafts of folic acid": lambda n: drafts(n, n, "Folic acid 5 mg tablet"),
    "drafts of injections": lambda n: drafts(n, n, "Hydroxocobalamin 1 mg/ml injection"),
    "drafts of other medicines": lambda n: drafts(n, n, "Amoxicillin 500 mg capsule"),
    "selections that name no draft": selections_of_one,
    "dosage lines": dosage_lines,
    "dosage lines in words": written_lines,
    "codings of the medicine": codings,
    "contained resources": contained,
    "reasons of a draft": reasons,
    "notes of a draft": notes,
    "dates of a timing": events,
    "conditions": lambda n: with_entries("conditions", [condition(i) for i in range(n)]),
    "conditions that count": lambda n: with_entries(
        "conditions", [condition(i, "Pernicious anemia", "84027009") for i in range(n)]
    ),
    "B12 results": lambda n: with_entries("labs", [observation(i) for i in range(n)]),
    "eGFR results": lambda n: with_entries(
        "labs", [observation(i, "33914-3", 70, "mL/min/1.73 m2") for i in range(n)]
    ),
    "unknown results": lambda n: with_entries("labs", [observation(i, "0-0") for i in range(n)]),
    "components of a result": components,
    "answers of a form": answers,
    "interpretations and ranges": interpretations,
    "orders on record": lambda n: with_entries("medications", [order(i) for i in range(n)]),
    "orders of other medicines": lambda n: with_entries(
        "medications", [order(i, text=f"Medicine {i} mg") for i in range(n)]
    ),
    "orders dated in the future": lambda n: with_entries(
        "medications", [order(i) | {"authoredOn": "2027-05-01"} for i in range(n)]
    ),
    "Medications": shared_medications,
    "orders by reference": referenced_medications,
    "administrations": lambda n: with_entries(
        "administrations", [order(i, "MedicationAdministration") for i in range(n)]
    ),
    "statements": lambda n: with_entries(
        "statements", [order(i, "MedicationStatement") for i in range(n)]
    ),
    "procedures": lambda n: with_entries("procedures", [procedure(i) for i in range(n)]),
    "procedures in words": lambda n: with_entries(
        "procedures", [procedure(i, "999", f"Ileal resection {i} cm") for i in range(n)]
    ),
    "allergies": lambda n: with_entries("allergies", [allergy(i) for i in range(n)]),
    "reactions of an allergy": reactions,
    "Bundles within a Bundle": nested_bundles,
    "resources under keys that are not ours": foreign_keys,
}
"""By the number of something."""

_PIECES: dict[str, str] = {
    "digits": "1",
    "digits and spaces": "1 ",
    "digits and commas": "1,",
    "digits and full stops": "1.",
    "spaces": " ",
    "line ends": "\n",
    "opening brackets": "(",
    "brackets": "()",
    "letters": "a",
    "initials": "a.",
    "mg and numbers": "1 mg ",
    "slashes": "1 mg / ",
    "per ml": "/1 ml",
    "hyphens": "1-",
    "commas and spaces": " ,",
    "words": "every day ",
    "accents": "e\u0301",
    "cobalamin": "cobalamin ",
    "heparin": "heparin ",
}

_PLACES: dict[str, Callable[[Callable[[int], str]], Callable[[int], Json]]] = {
    "medicine name": display,
    "dosage": dosage_text,
    "condition": condition_text,
    "procedure": procedure_text,
    "result": result_text,
    "unit": unit,
}


def _repeated(piece: str) -> Callable[[int], str]:
    return lambda number: (piece * (number // len(piece) + 1))[:number]


TEXTS: dict[str, Callable[[int], Json]] = {
    f"{place}: {name}": place_of(_repeated(piece))
    for place, place_of in _PLACES.items()
    for name, piece in _PIECES.items()
}
"""By the length of a text."""

NUMBERS: dict[str, Callable[[int], Json]] = {
    "digits of a result": lambda n: with_entries(
        "labs", [observation(1, value=Decimal("1" * n + ".5"))]
    ),
    "exponent of a result": lambda n: with_entries(
        "labs", [observation(1, value=Decimal(f"1E{n}"))]
    ),
    "exponent of a dose": lambda n: with_draft(
        lambda one: one["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"].update(
            value=Decimal(f"1E{n}")
        )
    ),
    "exponent of a period": lambda n: with_draft(
        lambda one: one["dosageInstruction"][0]["timing"]["repeat"].update(period=Decimal(f"1E{n}"))
    ),
}
"""By the size of a number."""
