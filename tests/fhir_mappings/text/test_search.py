"""A search by how words begin finds what trying every pattern finds."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import pytest

from fhir_mappings.terminology import TERMINOLOGY
from fhir_mappings.text import as_word, index_beginnings, normalise_text
from fhir_mappings.text.search import beginnings_of

PHRASES = Path(__file__).parents[1] / "judging" / "phrases.csv"


@pytest.mark.parametrize(
    ("pattern", "begins"),
    [
        ("leber", {"leb"}),
        ("b ?12", {"b 1", "b12"}),
        ("(?:vit(?:amin)? )?b12", {"vit", "b12"}),
        ("[ck]obalt", {"cob", "kob"}),
        ("h(?:a?e)mo", {"hae", "hem"}),
        ("itp|ckd", {"itp", "ckd"}),
        ("ma*n", {"ma", "mn"}),
        ("ma+n", {"ma"}),
        ("ma{0,2}n", {"ma", "mn"}),
        ("x(?![a-z])y", {"xy"}),
        (r"v\.? ?wd", {"v. ", "v.w", "v w", "vwd"}),
        ("(?:magen)? ?bypass", {"mag", "by", "byp"}),
        (r"\w*ostomy", {""}),
        ("[0-9.]+ cm", {""}),
        ("(?:^|is )on", {"on", "is "}),
        (r"a\d", {"a"}),
    ],
)
def test_how_what_a_pattern_matches_begins(pattern: str, begins: set[str]) -> None:
    assert beginnings_of(pattern) == begins


def test_a_bracket_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="bracket"):
        beginnings_of("a)b")


def read(name: Path, column: str) -> list[str]:
    with name.open(encoding="utf-8", newline="") as file:
        return [row[column] for row in csv.DictReader(file)]


def test_every_wording_is_found_in_every_text_in_which_trying_it_finds_it() -> None:
    patterns = read(TERMINOLOGY / "words.csv", "pattern")
    texts = [*read(PHRASES, "text"), *read(TERMINOLOGY / "texts.csv", "text")]
    texts += [display for display in read(TERMINOLOGY / "conditions.csv", "display") if display]
    joined = [f"{one}, {other} 2012" for one, other in itertools.pairwise(texts[::3])]
    beginnings = index_beginnings(patterns)
    compiled = [as_word(pattern) for pattern in patterns]

    for text in map(normalise_text, (*texts, *joined)):
        tried = {number for number, pattern in enumerate(compiled) if pattern.search(text)}
        assert tried <= set(beginnings.candidates(text)), text
