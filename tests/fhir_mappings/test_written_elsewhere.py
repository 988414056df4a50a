"""Entries in words as other systems and countries write them, in `elsewhere.csv`: those of ours are
never a known "no", at a site of English and at one of ten languages; ordinary ones leave nothing
open (Q26 to Q28).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from recommender.language import ClinicalScenario, HintAt
from tests.fhir_mappings.noise import as_resource, map_words, open_facts
from tests.fhir_mappings.records import Resource, days_ago, procedure

ALL_LANGUAGES = ("de", "fr", "es", "it", "pt", "nl", "sv", "da", "no")
DEGRADED = "Transfer-degraded record entry (record artifact): "


def _rows() -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    with Path(__file__).with_name("elsewhere.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["kind"], row["fact"]].append(row["text"])
    return found


ROWS = _rows()
OURS = sorted(pair for pair in ROWS if pair[1] != "quiet")


def _resource(kind: str, text: str) -> Resource:
    if kind == "operation":
        return procedure("", code={"text": text}, performedDateTime=days_ago(40))
    return as_resource(kind, text)


def _hinted(scenario: ClinicalScenario, at: HintAt) -> bool:
    return bool(scenario.hints_at(at))


def _taken(scenario: ClinicalScenario) -> bool:
    return bool(
        scenario.orders or scenario.combinations or not scenario.b12_supplement_before_test.is_false
    )


ASKED: dict[str, Callable[[ClinicalScenario], bool]] = {
    "nerves": lambda s: bool(s.neurological_findings) or _hinted(s, HintAt.NEUROLOGY),
    "cause": lambda s: bool(s.causes or s.hints),
    "deficiency": lambda s: s.deficiency_diagnosis.is_true or _hinted(s, HintAt.DEFICIENCY),
    "treatment": lambda s: bool(s.orders or s.doses) or _hinted(s, HintAt.B12_TREATMENT),
    "b12_supplement_before_test": _taken,
}
"""What must be seen of an entry; of the other facts, that they are no known "no"."""


def _is_lost(scenario: ClinicalScenario, fact: str) -> bool:
    asked = ASKED.get(fact)
    return not asked(scenario) if asked else getattr(scenario, fact).is_false


@pytest.mark.parametrize(("kind", "fact"), OURS)
def test_what_is_ours_is_never_lost(kind: str, fact: str) -> None:
    texts = ROWS[kind, fact]
    assert len(texts) >= 10
    assert [text for text in texts if _is_lost(map_words(_resource(kind, text)), fact)] == []


@pytest.mark.parametrize(
    ("kind", "fact"), [pair for pair in OURS if pair[0] == "problem" and pair[1] not in ASKED]
)
def test_nor_behind_the_words_of_a_system_nor_where_all_languages_are_stated(
    kind: str, fact: str
) -> None:
    lost = [
        text
        for text in ROWS[kind, fact]
        if _is_lost(map_words(_resource(kind, DEGRADED + text)), fact)
        or _is_lost(map_words(_resource(kind, text), spoken=ALL_LANGUAGES), fact)
    ]
    assert lost == []


@pytest.mark.parametrize("kind", ["problem", "medicine", "allergy"])
def test_ordinary_entries_leave_nothing_open(kind: str) -> None:
    texts = ROWS[kind, "quiet"]
    assert len(texts) >= 50
    opened = [
        text
        for text in texts
        if open_facts(scenario := map_words(_resource(kind, text))) or scenario.hints
    ]
    assert opened == []
