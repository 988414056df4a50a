"""What must not change an answer, and what must not make it quieter, over every case there is: the
listing of entries, entries beside the point, copies, other years, entries that nobody can read.

A quarter of the cases, always the same ones. Source: decisions Q26, Q28, Q58, I26, I27.
"""

from __future__ import annotations

import copy
import datetime as dt
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest

from cds_service.decision import decide_request
from cds_service.protocol import Problem
from fhir_mappings.terminology import load_value_sets
from tests.every_case.cases import Case, Json, every_case

VALUE_SETS = load_value_sets()
CASES = [
    case for case in every_case(at_every_hook=False) if isinstance(case.request["context"], dict)
][::4]
LISTS = {
    "conditions": "Condition",
    "labs": "Observation",
    "medications": "MedicationRequest",
    "statements": "MedicationStatement",
    "procedures": "Procedure",
    "allergies": "AllergyIntolerance",
}
LOUDNESS = {"info": 1, "warning": 2, "critical": 3}


def cards_of(case: Case, request: Json | None = None, day: dt.date | None = None) -> list[Json]:
    try:
        decision = decide_request(
            request or case.request, case.settings, VALUE_SETS, day or case.day
        )
    except Problem as refusal:
        return [{"summary": f"refused: {refusal.status}", "indicator": "critical"}]
    return list(decision.cards)


def said(cards: list[Json]) -> list[tuple[str, str]]:
    return [(card["indicator"], card["summary"]) for card in cards]


def loudest(cards: list[Json]) -> int:
    return max((LOUDNESS[card["indicator"]] for card in cards), default=0)


def with_entry(case: Case, key: str, resource: Json) -> Json | None:
    """Return the request with one more entry in a list; `None` where the list did not come."""
    bundle = (case.request.get("prefetch") or {}).get(key)
    if not isinstance(bundle, dict) or not isinstance(bundle.get("entry"), list):
        return None
    request = copy.deepcopy(case.request)
    bundle = request["prefetch"][key]
    bundle["entry"].append({"resource": resource})
    if isinstance(bundle.get("total"), int):
        bundle["total"] += 1
    return request


def entry_of(case: Case, key: str, code: Json) -> Json:
    """Return an entry of a list with this code, as it stands in most records."""
    about = {"reference": f"Patient/{case.request['context'].get('patientId', '')}"}
    named = "medicationCodeableConcept" if key in ("medications", "statements") else "code"
    status = "final" if key == "labs" else "completed" if key == "procedures" else "active"
    return {
        "resourceType": LISTS[key],
        "id": "beside-the-point",
        "status": status,
        "intent": "order",
        "subject": about,
        "patient": about,
        "authoredOn": "2026-01-10",
        "dateAsserted": "2026-01-10",
        named: code,
    }


def where_asked(key: str, code: Json) -> Iterator[tuple[Case, Json]]:
    for case in CASES:
        if request := with_entry(case, key, entry_of(case, key, code)):
            yield case, request


BESIDE_THE_POINT = {
    "medications": {"coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}]},
    "labs": {"coding": [{"system": "http://loinc.org", "code": "2951-2"}], "text": "Sodium"},
    "conditions": {"text": "Sprained ankle"},
}


@pytest.mark.parametrize("key", BESIDE_THE_POINT)
def test_an_entry_beside_the_point_changes_no_card(key: str) -> None:
    for case, request in where_asked(key, BESIDE_THE_POINT[key]):
        assert said(cards_of(case, request)) == said(cards_of(case)), case.name


NOT_READABLE = {"coding": [{"system": "urn:oid:1.2.3.4.5", "code": "local-1"}]}


@pytest.mark.parametrize("key", LISTS)
def test_an_entry_that_nobody_can_read_never_makes_the_answer_quieter(key: str) -> None:
    for case, request in where_asked(key, NOT_READABLE):
        assert loudest(cards_of(case, request)) >= loudest(cards_of(case)), case.name


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        members = [(name, shuffled(part, chance)) for name, part in value.items()]
        chance.shuffle(members)
        return dict(members)
    return [shuffled(part, chance) for part in value] if isinstance(value, list) else value


def test_the_order_of_entries_and_members_changes_no_card() -> None:
    chance = random.Random(7)
    for case in CASES:
        request = shuffled(case.request, chance)
        for bundle in (request.get("prefetch") or {}).values():
            if isinstance(bundle, dict) and isinstance(bundle.get("entry"), list):
                chance.shuffle(bundle["entry"])
        assert said(cards_of(case, request)) == said(cards_of(case)), case.name


def test_an_entry_sent_twice_changes_no_card() -> None:
    for case in CASES:
        request = copy.deepcopy(case.request)
        for bundle in (request.get("prefetch") or {}).values():
            if isinstance(bundle, dict) and isinstance(bundle.get("entry"), list):
                bundle["entry"] += copy.deepcopy(bundle["entry"])
                if isinstance(bundle.get("total"), int):
                    bundle["total"] *= 2
        assert said(cards_of(case, request)) == said(cards_of(case)), case.name


DAY = re.compile(r"(\d{4})(-\d{2}(?:-\d{2}.*)?)")
YEAR = re.compile(r"\b20\d\d\b")


def four_years_on(value: Any) -> Any:
    """Return a request with every date four years later, so that leap years stay where they are."""
    if isinstance(value, dict):
        return {name: four_years_on(part) for name, part in value.items()}
    if isinstance(value, list):
        return [four_years_on(part) for part in value]
    found = DAY.fullmatch(value) if isinstance(value, str) else None
    return f"{int(found[1]) + 4}{found[2]}" if found else value


def test_four_years_later_the_same_is_said() -> None:
    for case in CASES:
        later = case.day.replace(year=case.day.year + 4)
        now, then = said(cards_of(case)), said(cards_of(case, four_years_on(case.request), later))
        assert YEAR.sub("", str(now)) == YEAR.sub("", str(then)), case.name


SURE = re.compile(r"not treated|no B12 ordered|No B12 treatment|no loading on record|never loaded")


def test_without_the_medication_list_nothing_is_said_of_no_treatment_Q58() -> None:
    for case in CASES:
        prefetch = case.request.get("prefetch") or {}
        if "medications" not in prefetch:
            continue
        less = {name: part for name, part in prefetch.items() if name != "medications"}
        for card in cards_of(case, {**case.request, "prefetch": less}):
            assert not SURE.search(card["summary"] + card.get("detail", "")), case.name
