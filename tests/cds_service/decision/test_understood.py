"""The explain JSON and the metrics say what was understood of each list, and which words were not
read.
"""

from __future__ import annotations

from typing import Any

import pytest

from cds_service.decision.explain_words import say
from cds_service.telemetry.metrics import count_understood, write_metrics
from recommender.language import Hint, HintAt, ListUnderstood, RecordArea
from tests.cds_service.decision.test_receipt import PATIENT, bundle, explain_prefetch

SUBJECT = {"reference": "Patient/p"}
SNOMED = "http://snomed.info/sct"


def problem(name: str, code: dict[str, Any]) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "id": name,
        "subject": SUBJECT,
        "code": code,
        "recordedDate": "2026-03-02",
    }


EXPLAINED = explain_prefetch(
    patient=PATIENT,
    conditions=bundle(
        problem("coded", {"coding": [{"system": SNOMED, "code": "84027009"}]}),
        problem("worded", {"text": "Knee pain"}),
        problem("hint", {"text": "Sehnervatrophie Typ Leber"}),
        problem("not", {"coding": [{"system": "urn:local", "code": "1"}]}),
    ),
    allergies=bundle(),
    labs={"resourceType": "Bundle", "entry": [{"resource": "no resource"}]},
)


def test_each_list_says_how_far_it_was_understood() -> None:
    lists = {listed["key"]: listed for listed in EXPLAINED["lists"]}
    assert lists["conditions"] == {
        "key": "conditions",
        "complete": True,
        "entries": 4,
        "byCode": 1,
        "byWords": 1,
        "notUnderstood": 2,
    }
    assert lists["allergies"]["entries"] == 0
    assert not lists["procedures"]["complete"]


def test_hints_quote_the_words_with_reference_and_date() -> None:
    assert EXPLAINED["hints"] == [
        {
            "fact": "lebers",
            "words": "Sehnervatrophie Typ Leber",
            "reference": "Condition/hint",
            "date": "2026-03-02",
        }
    ]


@pytest.mark.parametrize(
    ("name", "state", "understood"),
    [
        ("coded", "used", "code"),
        ("worded", "not used", "words"),
        ("hint", "not read", "not"),  # German words beside the hint may hold more
        ("not", "not understood", "not"),
    ],
)
def test_a_resource_says_what_became_of_it(name: str, state: str, understood: str) -> None:
    (line,) = [line for line in EXPLAINED["resources"] if line["reference"] == f"Condition/{name}"]
    assert (line["state"], line["understood"]) == (state, understood)


@pytest.mark.parametrize(
    ("name", "certainty", "code"),
    [
        ("lebers", "unknown", "hint"),
        ("bleeding_disorder", "unknown", "not-understood"),
        ("dialysis", "unknown", "could-not-be-read"),
        ("anticoagulant", "unknown", "could-not-be-read"),
        ("allergies", "known", "none-recorded"),
        ("symptoms", "unknown", "could-not-be-read"),
    ],
)
def test_a_fact_gives_its_reason_as_a_code(name: str, certainty: str, code: str) -> None:
    (fact,) = [fact for fact in EXPLAINED["facts"] if fact["name"] == name]
    assert (fact["certainty"], fact["reasonCode"]) == (certainty, code)


def test_every_unknown_fact_has_a_reason_code() -> None:
    unknown = [fact for fact in EXPLAINED["facts"] if fact["certainty"] == "unknown"]
    assert unknown
    assert all(fact["reasonCode"] for fact in unknown)


def test_what_is_no_resource_was_not_read() -> None:
    states = [
        line["state"]
        for line in EXPLAINED["resources"]
        if line["place"].startswith("prefetch.labs")
    ]
    assert states == ["not read"]


def test_the_terminal_says_it_too() -> None:
    said = say(EXPLAINED, colour=False, width=200)
    assert "conditions: 4 entries, 1 by code, 1 by words, 2 not understood" in said
    assert "in the record, not read: 'Sehnervatrophie Typ Leber' (Condition/hint" in said


def test_metrics_count_by_code_and_hold_no_words() -> None:
    listed = ListUnderstood(RecordArea.CONDITIONS, True, 3, 1, 1, 1)
    count_understood([listed], [Hint(HintAt.LEBERS, "secret words", "Condition/1")])
    text = write_metrics()[0].decode()
    assert 'b12_cds_entries_total{by="not",list="conditions"}' in text
    assert 'b12_cds_hints_total{fact="lebers"}' in text
    assert "secret" not in text
