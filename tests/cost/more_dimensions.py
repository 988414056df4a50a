"""More dimensions along which a request grows: what resources carry beside what is read, how they
refer to one another, and lists that are compared with lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cost.dimensions import (
    AS_OF,
    LOINC,
    SUBJECT,
    Json,
    allergy,
    condition,
    observation,
    order,
    procedure,
    request,
    with_draft,
    with_entries,
)

Made = Callable[[int], Json]


def each(number: int, made: Callable[[int], Any]) -> list[Any]:
    return [made(n) for n in range(number)]


def of_draft(name: str, made: Callable[[int], Any]) -> Made:
    """Grow a member of the draft."""
    return lambda number: with_draft(lambda one: one.update({name: each(number, made)}))


def of_patient(name: str, made: Callable[[int], Any]) -> Made:
    def build(number: int) -> Json:
        body = request()
        body["prefetch"]["patient"][name] = each(number, made)
        return body

    return build


def of_one(key: str, resource: Json, name: str, made: Callable[[int], Any]) -> Made:
    """Grow a member of one resource under a prefetch key."""
    return lambda number: with_entries(key, [resource | {name: each(number, made)}])


def lists(**made: Callable[[int], Json]) -> Made:
    """Grow several prefetch lists together."""

    def build(number: int) -> Json:
        body = request()
        for key, one in made.items():
            entries = [{"resource": resource} for resource in each(number, one)]
            body["prefetch"][key] = {"resourceType": "Bundle", "entry": entries}
        return body

    return build


def named(text: str, kind: str = "MedicationRequest") -> Callable[[int], Json]:
    return lambda number: order(number, kind, text)


def coded(text: str, code: str) -> Callable[[int], Json]:
    return lambda number: condition(number, text, code)


def undated(number: int, **members: Any) -> Json:
    result = observation(number) | members
    del result["effectiveDateTime"]
    return result


def report(number: int, results: list[int]) -> Json:
    return {
        "resourceType": "DiagnosticReport",
        "id": f"r{number}",
        "status": "final",
        "subject": SUBJECT,
        "effectiveDateTime": "2026-01-01",
        "result": [{"reference": f"Observation/o{one}"} for one in results],
    }


def specimen(number: int) -> Json:
    return {
        "resourceType": "Specimen",
        "id": f"s{number}",
        "collection": {"collectedDateTime": "2026-01-01"},
    }


def one_report_of_many(number: int) -> Json:
    return with_entries("labs", [*each(number, undated), report(0, list(range(number)))])


def reports(number: int) -> Json:
    return with_entries("labs", [undated(1), *each(number, lambda n: report(n, [1]))])


def reports_of_their_own(number: int) -> Json:
    """Every undated result in a report of its own."""
    return with_entries("labs", [*each(number, undated), *each(number, lambda n: report(n, [n]))])


def panels_of_others(number: int) -> Json:
    """Undated results beside panels that hold other ones."""
    panel = each(number, lambda n: observation(n) | {"id": f"p{n}", "hasMember": [MISSING]})
    return with_entries("labs", [*each(number, undated), *panel])


MISSING = {"reference": "Observation/elsewhere"}


def specimens(number: int) -> Json:
    results = each(number, lambda n: undated(n, specimen={"reference": f"Specimen/s{n}"}))
    return with_entries("labs", results + each(number, specimen))


def in_a_circle(number: int) -> Json:
    def one(n: int) -> Json:
        return order(n) | {
            "priorPrescription": {"reference": f"MedicationRequest/m{(n + 1) % number}"}
        }

    return with_entries("medications", each(number, one))


def given(number: int) -> Json:
    return order(number, "MedicationAdministration") | {
        "request": {"reference": f"MedicationRequest/m{number}"}
    }


def reference(kind: str) -> Callable[[int], Json]:
    return lambda number: {"reference": f"{kind}/{kind[0].lower()}{number}"}


def text(words: str) -> Callable[[int], Json]:
    return lambda number: {"text": f"{words} {number}"}


def coding(number: int) -> Json:
    return {"system": LOINC, "code": str(number), "display": f"Vitamin B12 {number}"}


def ingredients(number: int) -> Json:
    def one(n: int) -> Json:
        return {
            "itemCodeableConcept": {"text": f"Cyanocobalamin {n}"},
            "strength": {"numerator": {"value": 1, "unit": "mg"}},
        }

    def change(draft: Json) -> None:
        del draft["medicationCodeableConcept"]
        draft["medicationReference"] = {"reference": "#k"}
        medicine = {"resourceType": "Medication", "id": "k", "ingredient": each(number, one)}
        draft["contained"] = [medicine]

    return with_draft(change)


def asked(number: int) -> Json:
    answers = each(number, lambda n: {"linkId": str(n), "answer": [{"valueString": "yes"}]})
    form = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "status": "completed",
        "subject": SUBJECT,
        "authored": AS_OF.isoformat(),
        "item": [{"linkId": "g", "text": "Tingling in the feet", "item": answers}],
    }
    return with_entries("labs", [form])


def extension(number: int) -> Json:
    return {"url": f"http://example.org/{number}", "valueString": "hydroxocobalamin 1 mg"}


MORE: dict[str, Made] = {
    "extensions of a draft": of_draft("extension", extension),
    "identifiers of a draft": of_draft("identifier", lambda n: {"value": str(n)}),
    "reasons of a draft by reference": of_draft("reasonReference", reference("Condition")),
    "what supports a draft": of_draft("supportingInformation", reference("Observation")),
    "names of the patient": of_patient("name", lambda n: {"family": f"N{n}", "given": ["A"]}),
    "telecom of the patient": of_patient("telecom", lambda n: {"value": str(n)}),
    "links of the patient": of_patient("link", lambda n: {"other": reference("Patient")(n)}),
    "notes of a result": of_one("labs", observation(1), "note", text("haemolysed")),
    "members of a result": of_one("labs", observation(1), "hasMember", reference("Observation")),
    "codings of a result": lambda n: with_entries(
        "labs", [observation(1) | {"code": {"coding": each(n, coding)}}]
    ),
    "evidence of a condition": of_one(
        "conditions", condition(1), "evidence", lambda n: {"code": [{"text": f"numb {n}"}]}
    ),
    "notes of a condition": of_one("conditions", condition(1), "note", text("no longer")),
    "sites of a procedure": of_one("procedures", procedure(1), "bodySite", text("ileum")),
    "one report of undated results": one_report_of_many,
    "reports of one undated result": reports,
    "reports of one undated result each": reports_of_their_own,
    "undated results beside panels of others": panels_of_others,
    "specimens": specimens,
    "orders that replace one another in a circle": in_a_circle,
    "ingredients of a contained Medication": ingredients,
    "answers below a question": asked,
    "orders and what was given of them": lists(medications=order, administrations=given),
    "orders and statements of B12": lists(
        medications=order, statements=named("", "MedicationStatement")
    ),
    "warfarin, ordered again and again": lists(medications=named("Warfarin 5 mg tablet")),
    "metformin, ordered again and again": lists(medications=named("Metformin 500 mg tablet")),
    "omeprazole, ordered again and again": lists(medications=named("Omeprazole 20 mg capsule")),
    "nitrous oxide, given again and again": lists(
        administrations=named("Nitrous oxide 50 %", "MedicationAdministration")
    ),
    "thrombocytopenia, and platelets": lists(
        conditions=coded("Thrombocytopenia", "302215000"),
        labs=lambda n: observation(n, "777-3", 250, "10*9/L"),
    ),
    "an anticoagulant coded, and warfarin": lists(
        conditions=coded("Long-term current use of anticoagulant", "711150003"),
        medications=named("Warfarin 5 mg tablet"),
    ),
    "kidney disease, and eGFR": lists(
        conditions=coded("Chronic kidney disease stage 3", "433144002"),
        labs=lambda n: observation(n, "33914-3", 50, "mL/min/1.73 m2"),
    ),
    "the same resource": lambda n: with_entries("conditions", [condition(1)] * n),
    "results corrected on one day": lambda n: with_entries(
        "labs", each(n, lambda one: observation(0, value=100 + one) | {"id": f"q{one}"})
    ),
    "every list": lists(
        conditions=condition,
        labs=observation,
        medications=order,
        administrations=given,
        procedures=procedure,
        allergies=allergy,
    ),
}
"""By the number of something, besides COUNTS."""
