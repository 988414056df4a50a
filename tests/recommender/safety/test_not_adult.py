"""What is said where adult guidance does not hold: order by order, fact by fact.

Expectations: decisions Q14 (k4 of a treatment-dose or unreadable order, and b8, b21, c1, d3 to d6
with nothing created), Q57 (what the order alone shows, where not even the age could be read), Q61,
Q66 (folic acid of a dose that nobody means), Q52 (only what is severe and active is to go).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from recommender.cards import Finding
from recommender.language import (
    NO_RESULT,
    AddRegimen,
    Allergen,
    Allergy,
    ChangeOrder,
    ChangeStart,
    Fact,
    Hint,
    HintAt,
    RecordArea,
    RemoveOrder,
    Truth,
    Unit,
)
from recommender.review import review
from recommender.review.not_adult import says_more_than_the_record
from recommender.treatment.table import recommend
from tests.recommender.review_cases import build_case
from tests.recommender.review_space import SEEN, measured

CHILD = {"age": measured(17, Unit.YEARS)}
NO_AGE = {"age": NO_RESULT}
UNREAD = {"age": NO_RESULT, "unavailable": frozenset({RecordArea.PATIENT})}
UNTREATED = ["no signs", "confirmed", "pernicious anaemia", "eGFR 95"]
OPEN = ["not recorded", "unknown", "cause unknown", "eGFR 95"]


def findings_of(who: list[str], *orders: Any, **further: Any) -> tuple[Finding, ...]:
    scenario, course, policy = build_case({"who": who, "orders": list(orders)})
    scenario = replace(scenario, **further)
    return review(course, scenario, recommend(scenario, policy), policy)


def said(findings: tuple[Finding, ...]) -> str:
    assert len(findings) <= 1  # one card, whatever was found
    return " ".join(
        " ".join((one.indicator.value, *map(str, (one.card, *one.also_found)))) for one in findings
    )


def removes(findings: tuple[Finding, ...]) -> bool:
    """Return whether a draft is offered for removal, after checking that nothing is created."""
    edits = [edit for one in findings for offered in one.resolutions for edit in offered.edits]
    assert not any(isinstance(edit, AddRegimen | ChangeOrder | ChangeStart) for edit in edits)
    return any(isinstance(edit, RemoveOrder) for edit in edits)


SHOWN = {"b8", "b12", "b15", "b20", "b21"}
"""Cards of what an order alone shows."""

ALONE = [
    # treatment dose or unreadable: k4; below it, not a matter of treatment
    ("three a week for 2 weeks", "info k4", "info k4", False),
    ("every 6 months", "info k4", "info k4", False),
    ("oral 1000", "info k4", "info k4", False),
    ("oral without dose", "info k4", "info k4", False),
    ("oral 50", "", "", False),
    # dose and interval of adults are not applied
    ("alternate days of 2000 micrograms", "info k4", "info k4", False),
    ("every 2 months of 250 micrograms", "info k4", "info k4", False),
    ("injections as needed", "info k4", "info k4", False),
    ("methylcobalamin injection", "info k4", "info k4", False),
    # a slip harms at any age
    ("1000 mg", "critical b8 k4", "critical b8 k4", True),
    ("5 mg injection", "critical b8 k4", "critical b8 k4", True),
    ("twice a day", "critical b21 k4", "critical b21 k4", True),
    ("oral 30 times a day", "critical b21 k4", "critical b21 k4", True),
    ("oral 8 times a day", "warning b21 k4", "warning b21 k4", False),
    ("daily injections", "warning b21 k4", "warning b21 k4", False),
    # route, site, contradiction: only where nothing could be read of whom it is for
    ("intravenous", "info k4", "warning b15 k4", False),
    ({"line": "three a week for 2 weeks", "site": "buttock"}, "info k4", "info b12 k4", False),
    (
        {"line": "three a week for 2 weeks", "written": "monthly"},
        "info k4",
        "warning b20 k4",
        False,
    ),
    ({"line": "monthly", "antidote": True}, "critical b8 k4", "critical b8 k4", True),
]


@pytest.mark.parametrize(("order", "of_a_child", "unread", "removed"), ALONE)
def test_what_an_order_shows_Q14_Q57(
    order: Any, of_a_child: str, unread: str, removed: bool
) -> None:
    for whose in (CHILD, NO_AGE):
        for who in (UNTREATED, OPEN):
            found = findings_of(who, order, **whose)
            assert said(found) == of_a_child, whose
            assert removes(found) == removed
    found = findings_of(OPEN, order, **UNREAD)
    assert said(found) == unread
    assert removes(found) == removed
    assert says_more_than_the_record(found) == bool(set(unread.split()) & SHOWN)


HC, CC = "three a week for 2 weeks", "oral 1000"


def reacts(to: Allergen, severe: Truth, *, active: bool = True) -> dict[str, Any]:
    return {"allergies": (Allergy(to, severe, SEEN, active=active),)}


def hints(at: HintAt) -> dict[str, Any]:
    return {"hints": (Hint(at, "words that may mean it", "Condition/9"),)}


YES, NO, OPEN_TRUTH = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
HC_ALLERGY, CC_ALLERGY = Allergen.HYDROXOCOBALAMIN, Allergen.CYANOCOBALAMIN

FORBIDDEN = [
    (HC, reacts(HC_ALLERGY, YES), "critical d4 k4", True),
    (HC, reacts(Allergen.UNSPECIFIED_B12, YES), "critical d4 k4", True),
    (CC, reacts(CC_ALLERGY, YES), "critical d4 k4", True),
    (CC, reacts(Allergen.UNSPECIFIED_B12, YES), "critical d4 k4", True),
    # another substance
    (CC, reacts(HC_ALLERGY, YES), "info k4", False),
    (HC, reacts(CC_ALLERGY, YES), "info k4", False),
    # not severe, not stated, or not active any more: to be cleared, not taken out
    (HC, reacts(HC_ALLERGY, NO), "warning d4 k4", False),
    (HC, reacts(HC_ALLERGY, OPEN_TRUTH), "warning d4 k4", False),
    (HC, reacts(HC_ALLERGY, YES, active=False), "warning d4 k4", False),
    # words that may mean it
    (HC, hints(HintAt.ALLERGY), "warning d5 k4", False),
    (CC, hints(HintAt.ALLERGY), "warning d5 k4", False),
    (CC, hints(HintAt.LEBERS), "warning d6 k4", False),
    (HC, hints(HintAt.LEBERS), "info k4", False),
    # Leber's disease forbids cyanocobalamin alone, also below treatment dose
    (CC, {"lebers": Fact(YES, "recorded")}, "critical d3 k4", True),
    ("oral 50", {"lebers": Fact(YES, "recorded")}, "critical d3", True),
    (HC, {"lebers": Fact(YES, "recorded")}, "info k4", False),
    # kidneys and platelets are not asked about at this age (Q14)
    (CC, {"egfr": measured(20, Unit.EGFR)}, "info k4", False),
    (HC, {"platelets": measured(5, Unit.PER_NL)}, "info k4", False),
]


@pytest.mark.parametrize(("order", "known", "expected", "removed"), FORBIDDEN)
@pytest.mark.parametrize("whose", [CHILD, NO_AGE, UNREAD], ids=["child", "no age", "unread"])
def test_what_forbids_the_product_at_any_age_Q14(
    order: str, known: dict[str, Any], expected: str, removed: bool, whose: dict[str, Any]
) -> None:
    found = findings_of(UNTREATED, order, **known, **whose)
    assert said(found) == expected
    assert removes(found) == removed


FOLIC = [
    (UNTREATED, {"folate": 5000}, "critical c1", True),
    (UNTREATED, {"folate": 400}, "", False),
    (UNTREATED, {"folate": 5000, "indication": "pregnancy or preconception"}, "", False),
    (UNTREATED, {"folinic": 15000}, "", False),
    (OPEN, {"folate": 5000}, "", False),
    (OPEN, {"folate": 15000}, "", False),
    (OPEN, {"folate": 15001}, "warning b24", True),
    (OPEN, {"folate": 49999}, "warning b24", True),
    (OPEN, {"folate": 50000}, "critical b24", True),
    (OPEN, {"folate": 50000, "indication": "pregnancy or preconception"}, "critical b24", False),
]


@pytest.mark.parametrize(("who", "order", "expected", "removed"), FOLIC)
@pytest.mark.parametrize("whose", [CHILD, NO_AGE], ids=["child", "no age"])
def test_folic_acid_at_any_age_Q14_Q66(
    who: list[str], order: dict[str, Any], expected: str, removed: bool, whose: dict[str, Any]
) -> None:
    found = findings_of(who, order, **whose)
    assert said(found) == expected
    assert removes(found) == removed


@pytest.mark.parametrize(("years", "expected"), [(17, "info k4"), ("17.9", "info k4"), (18, "")])
def test_adults_from_18_G1(years: object, expected: str) -> None:
    """A right course of somebody of 18 is silent; of 17 it is not judged."""
    found = findings_of(UNTREATED, HC, "every 2 months", age=measured(years, Unit.YEARS))
    assert said(found) == expected
    assert not removes(found)


def test_k4_speaks_of_each_order_once_and_not_of_the_supplement_beside_it() -> None:
    (found,) = findings_of(UNTREATED, HC, "oral 50", "every 2 months", **CHILD)
    assert found.about == ("MedicationRequest/a", "MedicationRequest/c")
