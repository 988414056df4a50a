"""A line is sorted by its head where that tells enough, and read whole otherwise: both tell the
same.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from fhir_mappings.terminology import load_value_sets
from population.slices import sorting
from population.slices.kept import Sorted
from population.slices.sieve import Sieve
from population.slices.sorting import sort_lines
from population.sources.content import Lines, split_lines

VALUE_SETS = load_value_sets()


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/a:p"}},
        {"resourceType": "Condition", "id": "c", "subject": {"reference": " Patient/p "}},
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "http://x/Patient/p"}},
        {"resourceType": "Condition", "id": "c", "subject": {"reference": "Group/g"}},
        {"resourceType": "Condition", "id": "c", "subject": {"identifier": {"value": "1"}}},
        {"resourceType": "Condition", "id": "c", "subject": [{"reference": "Patient/p"}]},
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {},
            "patient": {"reference": "Patient/p"},
        },
        {"resourceType": "Condition", "id": "", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Condition", "id": 7, "subject": {"reference": "Patient/p"}},
        {"resourceType": "Condition", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Condition", "id": "c"},
        {"resourceType": "AllergyIntolerance", "id": "a", "patient": {"reference": "Patient/p"}},
        {"resourceType": "Encounter", "id": "e", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Medication", "id": "m", "subject": {"reference": "Patient/p"}},
        {"resourceType": "Patient", "id": "p", "patient": {"reference": "Patient/q"}},
        {
            "resourceType": "Condition",
            "id": "c",
            "meta": {"lastUpdated": 7},
            "subject": {"reference": "Patient/p"},
        },
        {
            "resourceType": "Condition",
            "id": "c",
            "meta": {"lastUpdated": "2020-01-01"},
            "subject": {"reference": "Patient/p"},
        },
    ],
    ids=str,
)
def test_a_resource_is_sorted_alike_by_its_head_and_read_whole(
    resource: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ways of reading one line must tell the same of it, or the quick one must leave it."""
    content = json.dumps(resource).encode()
    quick, whole = Sorted(), Sorted()

    sort_one(content, quick)
    monkeypatch.setattr(sorting, "_keep_by_head", lambda *_: False)
    sort_one(content, whole)

    assert quick == whole


def sort_one(content: bytes, into: Sorted) -> None:
    lines = Lines(1, split_lines(b'{"resourceType":"Condition"}\n' + content))
    sort_lines(lines, Sieve(VALUE_SETS), into)


@pytest.mark.parametrize("tail", [b"", b"}", b',"x":', b"\xff"])
def test_a_line_that_is_no_json_is_a_fault_either_way(tail: bytes) -> None:
    begun = b'{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/p"},"n":"\xff"'
    found = Sorted()

    sort_one(begun + tail, found)

    assert len(found.faults) == 2  # the first line has no subject
    assert found.kept == []
