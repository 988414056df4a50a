"""Which suggestion is marked as recommended: the only one, where nothing that it rests on is open.

Expectations: decisions U1, M7, I1 (a choice is never marked), Q6 and Q28 (allergies), Q58
(treatment so far), Q63 (excipients), C14, K3 to K5 and I12 (bleeding: the card says to ask first;
with nerve signs nothing waits), card b15 (under the skin with few platelets).
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.guidance import Policy
from recommender.language import (
    Allergen,
    Allergy,
    Course,
    Fact,
    Hint,
    HintAt,
    ListUnderstood,
    RecordArea,
    Truth,
    Unit,
)
from recommender.review import review
from recommender.treatment.table import recommend
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    EXTRAS,
    KIDNEYS,
    LINES,
    NEUROLOGY,
    SEEN,
    TREATMENT,
    measured,
    order,
    person,
    unusable,
    with_record,
)

GOOD = [DEFICIENCY["confirmed"], CAUSES["pernicious anaemia"], KIDNEYS["eGFR 95"]]
WELL, SIGNS = [NEUROLOGY["no signs"], *GOOD], [NEUROLOGY["signs"], *GOOD]


def marked(who: list[dict[str, Any]], *lines: str) -> list[bool]:
    """Return for each suggestion that drafts vitamin B12 whether it is marked."""
    orders = tuple(order(name, LINES[line]) for name, line in zip("abc", lines, strict=False))
    scenario = person(*who)
    course = with_record(Course(orders), scenario)
    findings = review(course, scenario, recommend(scenario, Policy()), Policy())
    return [one.recommended for finding in findings for one in finding.resolutions]


def unread(area: RecordArea) -> dict[str, Any]:
    return {"unavailable": frozenset({area})}


def not_understood(area: RecordArea) -> dict[str, Any]:
    return {"lists": (ListUnderstood(area, True, entries=3, by_code=2, not_understood=1),)}


HINT = {"hints": (Hint(HintAt.ALLERGY, "rash after injection", "AllergyIntolerance/9"),)}
OPEN_LIST = {"allergy_fact": Fact(Truth.UNKNOWN, "not understood")}
EXCIPIENT = {"allergies": (Allergy(Allergen.PARABENS, Truth.FALSE, SEEN),)}
PLATELETS = {number: {"platelets": measured(number, Unit.PER_NL)} for number in (9, 24, 25, 50, 51)}
INR = {
    number: EXTRAS["warfarin"] | {"inr": measured(number, Unit.RATIO)} for number in ("3.0", "3.1")
}

ONE_REGIMEN = [
    ({}, True, True),
    # allergies that did not come, are hinted at or not understood (Q6, Q28)
    (unread(RecordArea.ALLERGIES), False, False),
    (HINT, False, False),
    (OPEN_LIST, False, False),
    # treatment so far could not be read (Q58)
    (unread(RecordArea.MEDICATIONS), False, False),
    # results and statements open nothing of it
    (unread(RecordArea.STATEMENTS), True, True),
    (not_understood(RecordArea.PROCEDURES), True, True),
    # a reaction to what a product may hold besides (Q63)
    (EXCIPIENT, False, False),
    # haematology or the INR first, unless nerve signs press (K3 to K5, I12)
    (PLATELETS[51], True, True),
    (PLATELETS[50], True, True),
    (PLATELETS[25], True, True),
    (PLATELETS[24], False, True),
    (PLATELETS[9], False, True),
    (INR["3.0"], True, True),
    (INR["3.1"], False, True),
    (EXTRAS["haemophilia"], True, True),
    # the same, if a result that cannot be used is right (2.1)
    ({"platelets": unusable(24, Unit.PER_NL)}, False, True),
    ({"platelets": unusable(30, Unit.PER_NL)}, True, True),
    ({"inr": unusable(8, Unit.RATIO)}, False, True),
    ({"inr": unusable(2, Unit.RATIO)}, True, True),
]


@pytest.mark.parametrize(("facts", "well", "with_signs"), ONE_REGIMEN)
def test_the_only_regimen_is_marked_where_nothing_is_open(
    facts: dict[str, Any], well: bool, with_signs: bool
) -> None:
    """Tablets in pernicious anaemia (b10) or with nerve signs (b1): injections in their place."""
    assert marked([*WELL, facts], "oral 1000") == [well]
    assert marked([*SIGNS, facts], "oral 1000") == [with_signs]


def test_a_choice_is_never_marked_U1_M7_I1() -> None:
    asked = [NEUROLOGY["not recorded"], *GOOD]
    assert marked(asked, "oral 1000") == [False, False]
    assert marked(asked, "every 6 months") == [False, False]
    diet = [NEUROLOGY["not recorded"], DEFICIENCY["confirmed"], CAUSES["diet"]]
    assert set(marked([*diet, KIDNEYS["eGFR 95"]], "oral 50")) == {False}


UNDER_THE_SKIN = [
    ({}, [True]),
    (PLATELETS[51], [True]),
    # few platelets make it reasonable: into muscle is offered and not marked (b15, C14)
    (PLATELETS[50], [False]),
    (PLATELETS[25], [False]),
    (PLATELETS[24], []),
    (EXTRAS["haemophilia"], []),
]


@pytest.mark.parametrize(("facts", "expected"), UNDER_THE_SKIN)
def test_into_muscle_instead_of_under_the_skin_b15(
    facts: dict[str, Any], expected: list[bool]
) -> None:
    treated = [*WELL, TREATMENT["loading complete"], facts]
    assert marked(treated, "subcutaneous every 2 months") == expected
