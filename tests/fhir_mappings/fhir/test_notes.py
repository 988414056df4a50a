"""Notes and comments are read whatever the version calls them, as Annotations or as plain text."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.fhir import read_notes


@pytest.mark.parametrize(
    ("resource", "texts"),
    [
        ({}, []),
        ({"note": None}, []),
        ({"note": [{"text": " seen in clinic "}]}, ["seen in clinic"]),
        ({"note": {"text": "one object"}}, ["one object"]),
        ({"note": "plain text, as DSTU2 orders have it"}, ["plain text, as DSTU2 orders have it"]),
        ({"notes": "a Condition of DSTU2"}, ["a Condition of DSTU2"]),
        ({"notes": [{"text": "a Procedure of DSTU2"}]}, ["a Procedure of DSTU2"]),
        ({"comment": "a result of STU3"}, ["a result of STU3"]),
        ({"comments": "a result of DSTU2"}, ["a result of DSTU2"]),
        (
            {"note": [{"text": "first"}, "second", {"time": "2026-01-01"}, 7], "comment": "third"},
            ["first", "second", "third"],
        ),
    ],
)
def test_words_of_notes(resource: dict[str, Any], texts: list[str]) -> None:
    assert read_notes(resource) == texts
