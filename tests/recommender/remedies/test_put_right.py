"""What a suggestion does with each draft: kept, changed, taken out, and what is created beside it.

Expectations: decisions Q25 (the same product is changed, another is replaced; of two phases the
loading keeps its draft; the client's order of the drafts says nothing), Q38 RN7 (one of two goes,
and not the right one), I35 (maintenance waits for loading), I17, Q65.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from recommender.guidance import Policy
from recommender.guidance.regimens import M_LOAD, MAINT_M, MAINT_N, N_LOAD
from recommender.language import (
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    Course,
    DoseLine,
    Edit,
    NameReplaced,
    Order,
    PeriodUnit,
    RemoveOrder,
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
    TODAY,
    TREATMENT,
    TURNS,
    order,
    person,
    with_record,
)

GOOD = [DEFICIENCY["confirmed"], CAUSES["pernicious anaemia"], KIDNEYS["eGFR 95"]]
WELL, SIGNS = [NEUROLOGY["no signs"], *GOOD], [NEUROLOGY["signs"], *GOOD]
LOADING, EVERY_2 = "three a week for 2 weeks", "every 2 months"


def drafts(*lines: str) -> tuple[Order, ...]:
    return tuple(order(name, LINES[line]) for name, line in zip("abcdef", lines, strict=False))


def suggested(
    who: list[dict[str, Any]], orders: tuple[Order, ...], policy: Policy | None = None
) -> list[tuple[Edit, ...]]:
    policy = policy or Policy()
    scenario = person(*who)
    course = with_record(Course(orders), scenario)
    findings = review(course, scenario, recommend(scenario, policy), policy)
    return [one.edits for finding in findings for one in finding.resolutions]


def in_words(edits: tuple[Edit, ...]) -> str:
    """Say the edits of drugs: "create M-LOAD", "change a to MAINT-M", "take out b"."""
    said = []
    for edit in edits:
        match edit:
            case AddRegimen():
                waits = any(one.starts_after_loading for one in edit.regimen.phases)
                said.append(f"create {edit.regimen.id}{' after loading' * waits}")
            case ChangeOrder():
                said.append(f"change {edit.key.rpartition('/')[2]} to {edit.phase.id}")
            case RemoveOrder():
                said.append(f"take out {edit.key.rpartition('/')[2]}")
    return ", ".join(said)


DONE = [
    # right as it is
    (WELL, drafts(LOADING, EVERY_2), []),
    (SIGNS, drafts("alternate days", EVERY_2), []),
    # what is missing is created, and injections for life wait for the loading that is drafted
    (WELL, drafts(LOADING), ["create MAINT-M after loading"]),
    (SIGNS, drafts("alternate days"), ["create MAINT-N after loading"]),
    (WELL, drafts(EVERY_2), ["create M-LOAD, change a to MAINT-M"]),  # its start (b4)
    (
        WELL,
        drafts("loading of 500 micrograms"),
        ["create MAINT-M after loading, change a to M-LOAD"],
    ),
    (SIGNS, drafts(LOADING), ["create MAINT-N after loading, change a to N-LOAD"]),
    (SIGNS, drafts(LOADING, EVERY_2), ["change a to N-LOAD"]),
    (WELL, drafts(LOADING, "every 6 months"), ["change b to MAINT-M"]),
    # another product or route is replaced
    (WELL, drafts("oral 1000"), ["create M-LOAD+MAINT-M after loading, take out a"]),
    (SIGNS, drafts("oral 1000"), ["create N-LOAD+MAINT-N after loading, take out a"]),
    (SIGNS, drafts("oral 1000", EVERY_2), ["create N-LOAD, take out a"]),
    (WELL, drafts("1000 mg"), ["create M-LOAD+MAINT-M after loading, take out a"]),
    (WELL, drafts("1000 mg", EVERY_2), ["create M-LOAD, take out a"]),
    # of two of one kind the right one stays, whichever comes first
    (WELL, drafts(LOADING, EVERY_2, EVERY_2), ["take out c"]),
    (WELL, drafts(LOADING, "every 6 months", EVERY_2), ["take out b"]),
    (WELL, drafts(LOADING, EVERY_2, "every 6 months"), ["take out c"]),
    (SIGNS, drafts(LOADING, "alternate days", EVERY_2), ["take out a"]),
    (SIGNS, drafts("alternate days", LOADING, EVERY_2), ["take out b"]),
]


@pytest.mark.parametrize(("who", "orders", "expected"), DONE)
def test_what_is_done_with_each_draft_Q25(
    who: list[dict[str, Any]], orders: tuple[Order, ...], expected: list[str]
) -> None:
    found = [words for edits in suggested(who, orders) if (words := in_words(edits))]
    assert found == expected


TOGETHER = [
    (LOADING, EVERY_2, EVERY_2),
    (LOADING, "every 6 months", EVERY_2),
    (LOADING, "oral 1000", EVERY_2),
    ("loading of 500 micrograms", "every 6 months", "oral 5000"),
    ("CC loading", "CC monthly", EVERY_2),
    ("1000 mg", EVERY_2, "oral 1000"),
    ("alternate days", LOADING, "monthly"),
    ("daily for 5 to 6 doses", "every 2 months of 250 micrograms", "nasal"),
]
PEOPLE = {
    "well": WELL,
    "signs": SIGNS,
    "not recorded": [NEUROLOGY["not recorded"], *GOOD],
    "diet": [NEUROLOGY["no signs"], DEFICIENCY["confirmed"], CAUSES["diet"], KIDNEYS["eGFR 40"]],
    "treated": [*WELL, TREATMENT["every 2 months active"]],
    "few platelets": [*WELL, EXTRAS["platelets 20"]],
}


@pytest.mark.parametrize("lines", TOGETHER, ids=" + ".join)
@pytest.mark.parametrize("who", PEOPLE)
def test_the_order_in_which_drafts_are_sent_says_nothing_Q25(
    who: str, lines: tuple[str, ...]
) -> None:
    first, *others = itertools.permutations(drafts(*lines))
    expected = [set(edits) for edits in suggested(PEOPLE[who], first)]
    for orders in others:
        assert [set(edits) for edits in suggested(PEOPLE[who], orders)] == expected


def test_technique_is_written_into_what_stays_and_what_comes_and_nowhere_else_I13() -> None:
    (edits,) = suggested(PEOPLE["few platelets"], drafts(LOADING))
    (created,) = (edit for edit in edits if isinstance(edit, AddRegimen))
    (written,) = (edit for edit in edits if isinstance(edit, AddTechnique))
    assert created.technique
    assert (written.key, written.technique) == ("MedicationRequest/a", created.technique)
    (edits,) = suggested([*SIGNS, EXTRAS["platelets 20"]], drafts(LOADING, EVERY_2))
    (changed,) = (edit for edit in edits if isinstance(edit, ChangeOrder))
    assert changed.technique
    assert [edit.key for edit in edits if isinstance(edit, AddTechnique)] == ["MedicationRequest/b"]


DIET = [NEUROLOGY["no signs"], DEFICIENCY["confirmed"], CAUSES["diet"], KIDNEYS["eGFR 95"]]
TREATED = [*WELL, TREATMENT["every 2 months active"]]
LAPSED = [*WELL, TREATMENT["every 3 months, lapsed"]]
ENDED = [*SIGNS, TURNS["alternate days ended"]]
RECURRING = [*WELL, TREATMENT["every 3 months active"], EXTRAS["recurrence"]]
ACTIVE = "MedicationRequest/active"


def named(*lines: str) -> tuple[Order, ...]:
    first, *others = drafts(*lines)
    return (replace(first, replaces=ACTIVE), *others)


GOES_ON = [
    # a draft that is put right names the active order it goes on from, once (Q16, Q38)
    (TREATED, drafts("every 6 months"), ["change a to MAINT-M"], True),
    (TREATED, named("every 6 months"), ["change a to MAINT-M"], False),
    (TREATED, drafts("every 2 months of 250 micrograms"), ["change a to MAINT-M"], True),
    ([*DIET, TREATMENT["oral active"]], drafts("oral weekly"), ["change a to ORAL"], True),
    # symptoms that return shorten the interval by one step (T2)
    (RECURRING, drafts("every 3 months"), ["change a to MAINT-2M"], True),
    # a lapsed course goes on from its order (T4), loading again beside it stays
    (LAPSED, drafts("every 6 months"), ["change a to MAINT-M"], True),
    (LAPSED, drafts(LOADING, "every 6 months"), ["change b to MAINT-M"], True),
    # alternate days have ended (T3b): they go on, or nothing is loaded any more
    (
        ENDED,
        drafts("alternate days"),
        ["create MAINT-N after loading", "change a to MAINT-N"],
        True,
    ),
    # nothing is on record to go on from
    (WELL, drafts(LOADING, "every 6 months"), ["change b to MAINT-M"], False),
]


@pytest.mark.parametrize(("who", "orders", "expected", "names"), GOES_ON)
def test_what_goes_on_from_an_active_order_Q16_Q38(
    who: list[dict[str, Any]], orders: tuple[Order, ...], expected: list[str], names: bool
) -> None:
    found = suggested(who, orders)
    assert [words for edits in found if (words := in_words(edits))] == expected
    changed = {edit.key for edits in found for edit in edits if isinstance(edit, ChangeOrder)}
    naming = [edit for edits in found for edit in edits if isinstance(edit, NameReplaced)]
    assert bool(naming) == names
    written = TODAY - dt.timedelta(days=400 if who is LAPSED else 40 if who is ENDED else 200)
    for edit in naming:
        assert edit.key in changed
        assert (edit.replaces, edit.written, edit.changes) == (ACTIVE, written, True)


def of_dose(line: DoseLine, micrograms: int) -> Order:
    return order("b", replace(line, dose=Decimal(micrograms)))


def bounded(line: DoseLine, micrograms: int) -> Order:
    """The same with an end after a year."""
    assert line.timing
    timing = replace(line.timing, duration=(Decimal(1), PeriodUnit.YEAR))
    return of_dose(replace(line, timing=timing), micrograms)


REGIMENS = [
    # only what is wrong changes: an accepted rhythm stays, but alternate days are for nerve signs
    (WELL, drafts("alternate days of 2000 micrograms"), M_LOAD.line),
    (WELL, drafts("loading of 500 micrograms"), M_LOAD.line),
    (WELL, drafts(LOADING, "every 6 months"), MAINT_M.line),
    (WELL, drafts(LOADING, "every 2 months of 250 micrograms"), LINES["every 2 months"]),
    # with nerve signs no end is left in it (I20)
    (SIGNS, drafts("alternate days of 2000 micrograms"), N_LOAD.line),
    (SIGNS, drafts("alternate days for 10 days", EVERY_2), N_LOAD.line),
    (SIGNS, drafts(LOADING, EVERY_2), N_LOAD.line),
    # nor in what goes on for life (I4)
    (WELL, (*drafts(LOADING), bounded(MAINT_N.line, 250)), MAINT_N.line),
    # more than monthly is for symptoms that return (S15)
    (WELL, (*drafts(LOADING), of_dose(LINES["weekly"], 250)), MAINT_M.line),
    (WELL, (*drafts(LOADING), of_dose(LINES["monthly"], 250)), LINES["monthly"]),
]


@pytest.mark.parametrize(("who", "orders", "line"), REGIMENS)
def test_what_a_draft_is_changed_to_I4_I20(
    who: list[dict[str, Any]], orders: tuple[Order, ...], line: DoseLine
) -> None:
    (edits,) = suggested(who, orders)
    (changed,) = (edit for edit in edits if isinstance(edit, ChangeOrder))
    assert changed.phase.line == line


def test_a_draft_of_which_it_is_not_known_whether_it_orders_anything_is_replaced() -> None:
    (draft,) = drafts("loading of 500 micrograms")
    (edits,) = suggested(WELL, (replace(draft, doubt="its status is not understood"),))
    assert in_words(edits) == "create M-LOAD+MAINT-M after loading, take out a"
