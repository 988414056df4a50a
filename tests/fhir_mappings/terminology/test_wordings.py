"""What the searching of words takes for granted of the lists of wordings."""

from __future__ import annotations

import csv
import re
from typing import Any

import pytest

from fhir_mappings.judging.spoken_of import NAMES_OF_B12
from fhir_mappings.terminology import Concept, Field
from fhir_mappings.terminology.members import TERMINOLOGY
from fhir_mappings.terminology.wordings import _load_wordings

WORDINGS = [(field, one) for field, listed in _load_wordings().items() for one in listed.each]
GIVEN = [
    one.member.display for _, one in WORDINGS if one.member.concept is Concept.B12_ADMINISTRATION
]
NAMES = (
    "hydroxocobalamin",
    "cyanocobalamin",
    "[ck]obalamin",
    "cytamen",
    "cobalin",
    "b12",
    "behepan",
    "vibeden",
    "hydrocobamin",
    "betolv",
    "cohemin",
    "megamilbedoce",
    "dodecavit",
    "erycytol",
)
NEVER = "(?!)"


def must_hold(parsed: Any) -> bool:
    """Return whether whatever a pattern matches holds the piece that can never match."""
    for operation, argument in parsed:
        name = str(operation)
        if name in ("FAILURE",) or (name == "ASSERT_NOT" and not list(argument[1])):
            return True
        if name == "SUBPATTERN" and must_hold(argument[3]):
            return True
        if name == "BRANCH" and all(must_hold(branch) for branch in argument[1]):
            return True
        if name == "MAX_REPEAT" and argument[0] > 0 and must_hold(argument[2]):
            return True
    return False


@pytest.mark.parametrize("pattern", GIVEN)
def test_every_wording_of_vitamin_b12_given_names_it(pattern):
    without = pattern
    for name in NAMES:
        assert NAMES_OF_B12.search(name.replace("[ck]", "k"))
        without = without.replace(name, NEVER)

    assert must_hold(re._parser.parse(without))


def test_what_may_be_left_out_is_told_from_what_may_not():
    assert must_hold(re._parser.parse(f"(?:vit )?(?:{NEVER}|a{NEVER}b)(?:c)*"))
    assert not must_hold(re._parser.parse(f"(?:{NEVER})?a|b{NEVER}"))
    assert not must_hold(re._parser.parse("b12(?! level)"))


@pytest.mark.parametrize("field", list(_load_wordings()), ids=lambda field: field.value)
def test_a_wording_that_decides_looks_at_nothing_around_it(field):
    """A whole text is so only judged by a wording that stands somewhere in it."""
    around = re.compile(r"\^|\$|\(\?[!=<]|\\b")
    deciding = [one.member.display for of, one in WORDINGS if of is field and one.decides]

    assert deciding or field is Field.DRUGS
    assert not [pattern for pattern in deciding if around.search(pattern)]


@pytest.mark.parametrize(
    ("listed", "column"), [("words", 5), ("word_markers", 2), ("open_words", 2), ("open_words", 3)]
)
def test_no_pattern_waits_for_letters_that_a_normal_text_never_has(
    listed: str, column: int
) -> None:
    """A text is normalised before it is searched: "bloeding" becomes "bleding"."""
    with (TERMINOLOGY / f"{listed}.csv").open(encoding="utf-8", newline="") as file:
        words = [word for row in csv.reader(file) for word in re.findall("[a-z]+", row[column])]
    assert [word for word in words if "oed" in word or "aem" in word] == []
