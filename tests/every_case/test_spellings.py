"""The same request spelled otherwise says the same: units, rhythms, codings, contained and included
Medications, the versions of FHIR, references, and where results and entries stand.

A part of the cases, always the same ones. Source: decisions Q8, Q43; PROTOCOL R57, R166.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.every_case.cases import Case, Json, every_case
from tests.every_case.test_metamorphic import cards_of

CASES = [
    case for case in every_case(at_every_hook=True) if isinstance(case.request["context"], dict)
][::16]
UCUM = "http://unitsofmeasure.org"
ELSEWHERE = "https://ehr.example/fhir/"


def said(cards: list[Json]) -> list[tuple[Any, ...]]:
    labels = [tuple(one["label"] for one in card.get("suggestions", ())) for card in cards]
    return [
        (card["indicator"], card["summary"], label)
        for card, label in zip(cards, labels, strict=True)
    ]


def lists_of(request: Json) -> Iterator[Json]:
    context, prefetch = request["context"], request.get("prefetch") or {}
    for bundle in (*prefetch.values(), context.get("draftOrders"), context.get("medications")):
        if isinstance(bundle, dict) and isinstance(bundle.get("entry"), list):
            yield bundle


def resources(request: Json, *types: str) -> Iterator[Json]:
    for bundle in lists_of(request):
        for entry in bundle["entry"]:
            resource = entry.get("resource") if isinstance(entry, dict) else None
            if isinstance(resource, dict) and resource.get("resourceType") in types:
                yield resource


def orders(request: Json) -> Iterator[Json]:
    return resources(request, "MedicationRequest")


def dosages(request: Json) -> Iterator[Json]:
    for order in orders(request):
        lines = order.get("dosageInstruction")
        yield from (line for line in (lines if isinstance(lines, list) else ()))


def doses(request: Json) -> Iterator[Json]:
    for line in dosages(request):
        for rate in line.get("doseAndRate") or ():
            if isinstance(rate.get("doseQuantity"), dict):
                yield rate["doseQuantity"]


def repeats(request: Json) -> Iterator[tuple[Json, Json]]:
    for line in dosages(request):
        timing = line.get("timing")
        if isinstance(timing, dict) and isinstance(timing.get("repeat"), dict):
            yield timing, timing["repeat"]


def named(request: Json) -> Iterator[tuple[Json, Any]]:
    """Take the medicine out of each order, and yield both."""
    for order in list(orders(request)):
        if "medicationCodeableConcept" in order:
            yield order, order.pop("medicationCodeableConcept")


def contained(request: Json) -> None:
    for order, code in named(request):
        inside = {"resourceType": "Medication", "id": "inside", "code": code}
        order["contained"] = [*order.get("contained", ()), inside]
        order["medicationReference"] = {"reference": "#inside"}


def included(request: Json, where: str = "") -> None:
    medicines = []
    for number, (order, code) in enumerate(named(request)):
        medicine = {"resourceType": "Medication", "id": f"m{number}", "code": code}
        url = f"{ELSEWHERE}Medication/m{number}"
        medicines.append({"fullUrl": url, "resource": medicine, "search": {"mode": "include"}})
        order["medicationReference"] = {"reference": f"{where}Medication/m{number}"}
    for bundle in lists_of(request):
        if any(entry["resource"].get("medicationReference") for entry in bundle["entry"]):
            bundle["entry"] += medicines


def included_elsewhere(request: Json) -> None:
    included(request, ELSEWHERE)


def in_r5(request: Json) -> None:
    for order, code in named(request):
        order["medication"] = {"concept": code}
        order["reason"] = [{"concept": one} for one in order.pop("reasonCode", ())]


def in_stu3(request: Json) -> None:
    for line in dosages(request):
        for rate in line.pop("doseAndRate", None) or ():
            line |= rate
    for problem in resources(request, "Condition"):
        for name in ("clinicalStatus", "verificationStatus"):
            coded = (problem.get(name) or {}).get("coding")
            if coded:
                problem[name] = coded[0]["code"]
        if "recordedDate" in problem:
            problem["assertedDate"] = problem.pop("recordedDate")


def in_milligrams(request: Json) -> None:
    for dose in doses(request):
        if dose.get("code") == "ug" and isinstance(dose.get("value"), int):
            dose |= {"value": dose["value"] / 1000, "unit": "mg", "code": "mg", "system": UCUM}


def in_words_of_the_unit(request: Json) -> None:
    for dose in doses(request):
        if dose.get("code") == "ug":
            dose.pop("code")
            dose.pop("system", None)
            dose["unit"] = "mcg"


def in_hours(request: Json) -> None:
    for _, repeat in repeats(request):
        if repeat.get("periodUnit") == "d" and isinstance(repeat.get("period"), int):
            repeat |= {"period": 24 * repeat["period"], "periodUnit": "h"}


def by_a_code(request: Json) -> None:
    codes = {(1, "d"): "QD", (2, "d"): "QOD", (1, "wk"): "WK", (1, "mo"): "MO"}
    for timing, repeat in repeats(request):
        code = codes.get((repeat.get("period", 0), repeat.get("periodUnit", "")))
        plain = set(repeat) <= {"frequency", "period", "periodUnit"}
        if code and plain and repeat.get("frequency", 1) == 1:
            del timing["repeat"]
            timing["code"] = {"coding": [{"code": code}]}


def bounds_in_days(request: Json) -> None:
    for _, repeat in repeats(request):
        bound = repeat.get("boundsDuration") or {}
        if bound.get("code") == "wk":
            bound |= {"value": 7 * bound["value"], "unit": "days", "code": "d"}


def with_a_local_code(request: Json) -> None:
    for order in orders(request):
        code = order.get("medicationCodeableConcept") or {}
        if code.get("coding"):
            code["coding"].insert(0, {"system": "urn:oid:1.2.3.4.5", "code": "L-77"})


def in_capitals(request: Json) -> None:
    for order in orders(request):
        code = order.get("medicationCodeableConcept") or {}
        for holder, name in ((code, "text"), *((one, "display") for one in code.get("coding", ()))):
            if isinstance(holder.get(name), str):
                holder[name] = holder[name].upper()


def absolute(request: Json) -> None:
    for resource in resources(
        request, "MedicationRequest", "Condition", "Observation", "Procedure"
    ):
        subject = resource.get("subject") or {}
        if str(subject.get("reference", "")).startswith("Patient/"):
            subject["reference"] = ELSEWHERE + subject["reference"]


def in_bundles_of_one(request: Json) -> None:
    for bundle in (request.get("prefetch") or {}).values():
        if (
            isinstance(bundle, dict)
            and len(bundle.get("entry") or ()) > 1
            and not bundle.get("link")
        ):
            inner = {"resourceType": "Bundle", "type": "searchset"}
            bundle["entry"] = [{"resource": inner | {"entry": [one]}} for one in bundle["entry"]]


OF_A_VALUE = ("valueQuantity", "interpretation", "referenceRange")
"""What belongs to a value, and stands beside it in a component too."""


def results_in_components(request: Json) -> None:
    for result in resources(request, "Observation"):
        if "valueQuantity" in result and "component" not in result:
            moved = [name for name in OF_A_VALUE if name in result]
            part = {"code": result["code"]} | {name: result.pop(name) for name in moved}
            result |= {"component": [part], "code": {"text": "Blood results"}}


def with_neutral_notes(request: Json) -> None:
    for resource in resources(request, "MedicationRequest", "Condition", "Procedure"):
        resource.setdefault("note", []).append({"text": "Discussed with the patient."})


def drafts_in_another_order(request: Json) -> None:
    context = request["context"]
    if context.get("selections"):
        context["selections"].reverse()
    if isinstance(context.get("draftOrders"), dict):
        context["draftOrders"]["entry"].reverse()


SPELLINGS = [
    contained,
    included,
    included_elsewhere,
    in_r5,
    in_stu3,
    in_milligrams,
    in_words_of_the_unit,
    in_hours,
    by_a_code,
    bounds_in_days,
    with_a_local_code,
    in_capitals,
    absolute,
    in_bundles_of_one,
    results_in_components,
    with_neutral_notes,
    drafts_in_another_order,
]


@pytest.mark.parametrize("spell", SPELLINGS, ids=lambda one: one.__name__)
def test_another_spelling_says_the_same(spell: Callable[[Json], None]) -> None:
    changed = 0
    for case in CASES:
        request = copy.deepcopy(case.request)
        spell(request)
        if request != case.request:
            changed += 1
            assert said(cards_of(case, request)) == said(cards_of(case)), case.name
    assert changed


def test_most_cases_are_spelled_otherwise() -> None:
    assert len(CASES) > 30
    assert all(isinstance(case, Case) for case in CASES)
