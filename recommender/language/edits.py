"""The edits of a course that a prescriber can accept, and what the course is after them. Keys are
opaque: the edits name orders and tests by them.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from recommender.language.choices import Claims, changed
from recommender.language.course import (
    Course,
    FollowUp,
    InjectionSite,
    Order,
    OrderState,
    TestOrder,
    due_date,
)
from recommender.language.doses import Phase, PhaseKind, Regimen


@dataclass(frozen=True, slots=True)
class AddRegimen:
    """Draft every phase of a regimen. `replaces` is the key of the active order it takes over from
    (Q16), or empty; `old_loading` that of a loading course that is active though nobody goes on
    with it, which the loading phase takes over from.

    `claims` is what the prescriber states by taking it; the draft carries it.
    """

    regimen: Regimen
    technique: tuple[str, ...] = ()
    replaces: str = ""
    starts: dt.date | None = None
    claims: Claims = ()
    old_loading: str = ""

    def prior_of(self, phase: Phase) -> str:
        """Return the key of the active order that a phase takes over from, or empty."""
        return (phase.kind is PhaseKind.LOADING and self.old_loading) or self.replaces


@dataclass(frozen=True, slots=True)
class ChangeOrder:
    """Rewrite a drafted order as this phase, keeping its key. `claims` and `replaces` as in
    AddRegimen. `completes`: the order had lost its dose, so that nothing of it is gone against.
    """

    key: str
    phase: Phase
    technique: tuple[str, ...] = ()
    claims: Claims = ()
    replaces: str = ""
    completes: bool = False


@dataclass(frozen=True, slots=True)
class RemoveOrder:
    """Take a draft (also a drafted stop, or a test) out of the draft set."""

    key: str


@dataclass(frozen=True, slots=True)
class AddFollowUps:
    """Draft these tests and reviews."""

    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class AddTechnique:
    """Write injection technique into a drafted order."""

    key: str
    technique: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeStart:
    """Let a drafted order start on this day."""

    key: str
    starts: dt.date


@dataclass(frozen=True, slots=True)
class ChangeSite:
    """Order the injection for another site."""

    key: str
    site: InjectionSite


@dataclass(frozen=True, slots=True)
class NameReplaced:
    """Let a drafted order name the active order that it renews or takes the place of (Q38).

    `written` is the day of that order; `changes`: the draft differs from it; `claims`: what is
    stated by taking the edit, where no drafted regimen carries it.
    """

    key: str
    replaces: str
    written: dt.date | None = None
    changes: bool = False
    claims: Claims = ()


Edit = (
    AddRegimen
    | ChangeOrder
    | RemoveOrder
    | AddFollowUps
    | AddTechnique
    | ChangeStart
    | ChangeSite
    | NameReplaced
)
"""One change of the course that a prescriber can accept."""


def apply(course: Course, edits: tuple[Edit, ...], as_of: dt.date) -> Course:
    """Return the course after the edits. Created orders are selected, as an EHR sends them next.

    An edit that names a key which is not in the course changes nothing.
    """
    for edit in edits:
        course = _apply_one(course, edit, as_of)
    return course


def _apply_one(course: Course, edit: Edit, as_of: dt.date) -> Course:
    match edit:
        case AddRegimen():
            return _with_regimen(course, edit)
        case ChangeOrder():
            return _rewritten(course, edit)
        case RemoveOrder(key):
            return _without(course, key)
        case AddFollowUps():
            return _with_tests(course, edit, as_of)
        case AddTechnique(key, _):
            return _change(course, key, technique_noted=True)
        case ChangeStart(key, starts):
            return _change(course, key, starts=starts)
        case ChangeSite(key, site):
            return _with_site(course, key, site)
        case NameReplaced(key=key, replaces=replaces, claims=claims):
            stated = {"claims": claims} if claims else {}
            return _change(course, key, replaces=replaces, **stated)


def _with_regimen(course: Course, edit: AddRegimen) -> Course:
    keys = _free_keys("new/", (order.key for order in course.orders))
    added = tuple(_drafted(edit, phase, next(keys)) for phase in edit.regimen.phases)
    return replace(course, orders=course.orders + added)


def _rewritten(course: Course, edit: ChangeOrder) -> Course:
    line = edit.phase.line
    return _change(
        course,
        edit.key,
        **({"replaces": edit.replaces} if edit.replaces else {}),
        lines=(line,),
        not_computable="",
        misfit="",
        product_error="",
        product=line.substance.value,
        technique_noted=bool(edit.technique),
        claims=edit.claims,
        written=None,
        words="",
        from_words=False,
        implausible="",
        count_alone=None,
        combination=False,
        antidote=False,
    )


def _without(course: Course, key: str) -> Course:
    """An order goes with all its dosage lines."""
    kept = tuple(order for order in course.orders if key not in (order.key, order.part_of))
    tests = tuple(test for test in course.tests if test.key != key)
    return replace(course, orders=kept, tests=tests)


def _with_tests(course: Course, edit: AddFollowUps, as_of: dt.date) -> Course:
    keys = _free_keys("new-test/", (test.key for test in course.tests))
    drafted = tuple(
        TestOrder(next(keys), item.test, selected=True, due=due_date(item, as_of))
        for item in edit.follow_ups
    )
    return replace(course, tests=course.tests + drafted)


def _free_keys(prefix: str, taken: Iterable[str]) -> Iterator[str]:
    """Yield keys that no order or test has yet."""
    known = set(taken)
    return (key for number in itertools.count() if (key := f"{prefix}{number}") not in known)


def _drafted(edit: AddRegimen, phase: Phase, key: str) -> Order:
    return Order(
        key=key,
        state=OrderState.DRAFT,
        lines=(phase.line,),
        product=phase.line.substance.value,
        selected=True,
        starts=edit.starts,
        replaces=edit.prior_of(phase),
        technique_noted=bool(edit.technique),
        claims=edit.claims,
    )


def _with_site(course: Course, key: str, site: InjectionSite) -> Course:
    """An order is injected at one site, whatever its dosage lines."""
    parts = [order.key for order in course.orders if key in (order.key, order.part_of)]
    for part in parts:
        course = _change(course, part, site=site)
    return course


def _change(course: Course, key: str, **changes: object) -> Course:
    orders = tuple(
        changed(order, **changes) if order.key == key else order for order in course.orders
    )
    return replace(course, orders=orders)
