"""The decision as a person reads it: outcome, headline, reasons and conditions (CONTRACT)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from cds_service.cards.facts_in_words import OTHER
from cds_service.decision import decide_request, explain
from cds_service.decision.row_facts import facts_of_condition
from cds_service.site import demonstration
from cds_service.workbench.prepared import load_patients
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance import cite
from recommender.language import Because, NotCounted
from recommender.treatment import RULES
from synthetic import sandbox_patients

AS_OF = dt.date(2026, 11, 21)
VALUE_SETS = load_value_sets()


LISTS_THAT_MAY_BE_EMPTY = frozenset({"resources", "hints", "course", "laboratory", "cards"})
"""The lists of the explain JSON itself are there without an entry too."""


def _empty_members(value: object, name: str = "") -> Iterator[str]:
    """Yield the names of members without value."""
    if value is None or value == "" or value == [] or value == {}:
        yield name
    inner = value.items() if isinstance(value, dict) else ()
    for key, one in inner:
        yield from _empty_members(one, key)
    for one in value if isinstance(value, list) else ():
        yield from _empty_members(one, name)


@pytest.mark.parametrize("key", ["conditions", "labs", "procedures", "medications", "allergies"])
@pytest.mark.parametrize("how", ["missing", "in part"])
def test_what_did_not_come_is_a_reason_with_a_code_of_its_own(key: str, how: str) -> None:
    request = load_patients()[0].request_at(AS_OF)
    request["prefetch"].pop(key, None)
    if how == "in part":
        page = {"relation": "next", "url": "https://ehr.example/next"}
        request["prefetch"][key] = {"resourceType": "Bundle", "link": [page]}

    told = explain(decide_request(request, demonstration(), VALUE_SETS, AS_OF))

    codes = {fact["reasonCode"] for fact in told["facts"] if fact["certainty"] == "unknown"}
    assert OTHER not in codes
    assert {"missing": "could-not-be-read", "in part": "list-not-complete"}[how] in codes


def test_every_reason_of_every_prepared_and_test_patient_has_a_code_of_its_own() -> None:
    codes = {code.code for code in (*Because, *NotCounted)}
    settings = demonstration()
    requests = [patient.request_at(AS_OF) for patient in load_patients()]
    requests += [patient.request() for patient in sandbox_patients(AS_OF)]
    for request in requests:
        decision = decide_request(request, settings, VALUE_SETS, AS_OF)
        for fact in decision.unknown_facts:
            assert fact.kind_of_reason in codes, (fact.name, fact.reason)


def test_every_prepared_patient_is_told_in_short() -> None:
    settings = demonstration()
    for patient in load_patients():
        told = explain(decide_request(patient.request_at(AS_OF), settings, VALUE_SETS, AS_OF))
        decision = told["decision"]

        assert (told["outcome"] == "speaks") is bool(told["cards"])
        assert decision["headline"]
        states = {one["words"]: one["state"] for one in decision["conditions"]}
        assert set(states.values()) <= {"met", "not met", "not looked at"}
        fired = next(row for row in decision["trace"] if row["fired"])
        assert fired["rule"] == decision["rule"]
        assert any(one.get("recordSays") for one in decision["conditions"])
        assert decision["statementTexts"] == {
            cited: cite(cited) for cited in decision["statements"]
        }
        assert not {name for name in _empty_members(told) if name not in LISTS_THAT_MAY_BE_EMPTY}
        assert not [
            fact["name"]
            for fact in told["facts"]
            if fact["certainty"] == "unknown" and fact["reasonCode"] == OTHER
        ]
        if told["cards"]:
            assert decision["headline"].startswith(told["cards"][0]["summary"][:40])


def test_every_condition_but_that_of_the_policy_names_the_facts_it_looks_at() -> None:
    conditions = [condition for rule in RULES for condition in rule.when]
    without = {one.words for one in conditions if not facts_of_condition(one)}

    assert len(conditions) > 50
    assert without == {"the site starts with injections"}
