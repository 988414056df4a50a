"""The course: all vitamin B12 and folic acid orders, drafted and active, read together, and the
tests ordered with them.
"""

from __future__ import annotations

import calendar
import datetime as dt
import enum
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from recommender.language.choices import Choice, Claims
from recommender.language.doses import DoseLine, Route, Substance, Timing
from recommender.language.logic import Evidence


class OrderState(Choice):
    """Where an order stands. STOP is a drafted stop, hold or cancellation of an order (card f1);
    OLD_DRAFT a stored draft of the course that is too old to count as ordered, CANCELLED one that
    was never in force (Q78); UNBOUND_DRAFT a young one that nothing binds to the course.
    """

    DRAFT = "draft"
    ACTIVE = "active"
    ON_HOLD = "on hold"
    COMPLETED = "completed"
    STOPPED = "stopped"
    STOP = "drafted stop"
    OLD_DRAFT = "old draft"
    CANCELLED = "cancelled"
    UNBOUND_DRAFT = "draft that nothing binds"


class InjectionSite(Choice):
    """The body site an injection was ordered for; only what the guidance speaks of."""

    DELTOID = "deltoid"
    VASTUS_LATERALIS = "vastus lateralis"
    BUTTOCK = "buttock"


class FolateIndication(enum.Enum):
    """Why folic acid is given, where that protects it from removal (decisions 2.8)."""

    PREGNANCY = "pregnancy or preconception"
    METHOTREXATE = "methotrexate"
    SPECIALIST = "haemolysis or dialysis, by specialist"


@dataclass(frozen=True)
class Order:
    """One medication order that holds vitamin B12 or folic acid.

    `lines` has one DoseLine per ingredient that matters (a combination product has several).
    `not_computable` says what could not be read of dose or frequency, and is empty when all was.
    `product` is the name as the record has it. `product_error` is set when the product itself is
    wrong for vitamin B12 replacement (Cyanokit, an ampoule of 10 mg). `replaces` is the key of the
    order this one takes the place of (Q16). `technique_noted`: the order carries injection
    technique text. `claims` is what a prescriber stated by taking a choice, as the draft carries
    it. `part_of` is the key of the order whose later dosage line this is, or empty.

    `written` is what the words of the order say where they can be read and the order is structured
    as well (Q41), `words` those words. `from_words`: the line itself was read from words.
    `implausible` says what of the frequency nobody can mean (Q42), or is empty. `planned`: it is a
    plan that nobody reported as taken (Q32). `combination`: vitamin B12 is one of several
    vitamins in it (Q75). `group`, `based_on` and `identifiers` name the course it belongs to (Q56).
    `supply_days` is for how long its supply lasts, repeats included, `valid_until` the last day on
    which it may be supplied: an end of the order, not of treatment (Q38). `review_noted`: its words
    bind its end to a review or to improvement (Q39, Q81). `antidote`: the cyanide antidote (I11).
    `count_alone` is the number of doses where that is all the order says of how often, else `None`.
    `forbids`: it is a stop that forbids the product instead of ending an order. `misfit` names the
    form and the route where the product cannot be given so, or is empty. `doubt` says what leaves
    open whether it orders anything, or is empty. `stated`: it is told of as taken, and not ordered.
    """

    key: str
    state: OrderState
    lines: tuple[DoseLine, ...]
    product: str
    selected: bool = False
    not_computable: str = ""
    product_error: str = ""
    authored: dt.date | None = None
    starts: dt.date | None = None
    ends: dt.date | None = None
    site: InjectionSite | None = None
    folate_indication: FolateIndication | None = None
    replaces: str = ""
    technique_noted: bool = False
    evidence: Evidence | None = None
    claims: Claims = ()
    part_of: str = ""
    written: DoseLine | None = None
    words: str = ""
    from_words: bool = False
    implausible: str = ""
    planned: bool = False
    combination: bool = False
    group: str = ""
    based_on: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()
    supply_days: Decimal | None = None
    valid_until: dt.date | None = None
    review_noted: bool = False
    antidote: bool = False
    count_alone: int | None = None
    forbids: bool = False
    misfit: str = ""
    doubt: str = ""
    stated: bool = False

    @property
    def has_cobalamin(self) -> bool:
        return self.cobalamin is not None

    @property
    def has_folate(self) -> bool:
        return self.folate is not None

    @property
    def cobalamin(self) -> DoseLine | None:
        """The vitamin B12 line, or `None` when the product holds none."""
        for line in self.lines:
            if line.substance.is_cobalamin:
                return line
        return None

    @property
    def folate(self) -> DoseLine | None:
        """The folic or folinic acid line, or `None` when the product holds none."""
        for line in self.lines:
            if not line.substance.is_cobalamin:
                return line
        return None

    @property
    def is_folinic(self) -> bool:
        """Whether it is folinic acid, a rescue that never waits (2.8, I17)."""
        return self.folate is not None and self.folate.substance is Substance.FOLINIC_ACID


class DoseKind(enum.Enum):
    """How a dose came into the record (Q12, Q30)."""

    GIVEN = "given"
    EVENT = "recorded as given, without the product"
    DISPENSED = "dispensed"
    ISSUED = "issued"
    STATED = "stated as taken"


@dataclass(frozen=True, slots=True)
class DoseGiven:
    """One dose that was given, dispensed, issued or stated as taken. `date` is `None` when not
    recorded; `dose` in micrograms.

    `timing` is how often the entry says that it is taken, `None` where it does not say or cannot be
    read. `supply_days` is for how long what was dispensed or issued lasts.
    """

    substance: Substance
    route: Route | None
    dose: Decimal | None
    date: dt.date | None
    evidence: Evidence
    kind: DoseKind = DoseKind.GIVEN
    timing: Timing | None = None
    supply_days: Decimal | None = None


class Test(Choice):
    """A test or review that the guidance asks for."""

    __test__ = False  # not a pytest class

    SERUM_B12 = "serum vitamin B12"
    HOLOTRANSCOBALAMIN = "active vitamin B12 (holotranscobalamin)"
    MMA = "methylmalonic acid"
    HOMOCYSTEINE = "homocysteine"
    FULL_BLOOD_COUNT = "full blood count"
    FOLATE = "serum folate"
    EGFR = "kidney function (eGFR)"
    POTASSIUM = "potassium"
    INR = "INR"
    INTRINSIC_FACTOR_ANTIBODY = "intrinsic factor antibody"
    COELIAC_SEROLOGY = "coeliac serology"
    SYMPTOM_REVIEW = "symptom and neurological review"


B12_LEVELS = frozenset({Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN})
"""The tests of the level of vitamin B12, either of which stands for the other."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One test or review to order: when it is due (days or months after today; both zero = now),
    and why.
    """

    test: Test
    months: int = 0
    days: int = 0
    why: str = ""
    citations: tuple[str, ...] = ()


def distinct_follow_ups(follow_ups: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    """Return one follow-up for each test and time, the first of each: potassium is asked for as a
    sample and for anaemia.
    """
    kept: dict[tuple[Test, int, int], FollowUp] = {}
    for item in follow_ups:
        kept.setdefault((item.test, item.months, item.days), item)
    return tuple(kept.values())


def due_date(follow_up: FollowUp, as_of: dt.date) -> dt.date:
    """Return the day the test is due; a day of the month that the later month lacks becomes its
    last day.
    """
    return months_after(as_of, follow_up.months) + dt.timedelta(days=follow_up.days)


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the day so many calendar months later, or earlier for a negative number; a day that
    the month lacks becomes its last.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1] if day.day > 28 else day.day
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def is_bound_together(one: Order, other: Order) -> bool:
    """Return whether two orders are one course: of one group, or one names the other (Q56)."""
    if one.group and one.group == other.group:
        return True
    named = {other.key, *other.identifiers}
    return bool(named & {*one.based_on, one.replaces}) or bool(
        {one.key, *one.identifiers} & {*other.based_on, other.replaces}
    )


class TestPurpose(Choice):
    """What a test is ordered for, where its reason is one that no interval follows from (Q54)."""

    __test__ = False  # not a pytest class

    ADHERENCE = "adherence"
    DIAGNOSIS = "diagnosis"


@dataclass(frozen=True, slots=True)
class TestOrder:
    """A laboratory test or review in the draft set, or already ordered; `purpose` is `None` where
    its reason is none of these, or is not known.
    """

    __test__ = False  # not a pytest class

    key: str
    test: Test
    selected: bool = False
    due: dt.date | None = None
    drafted: bool = True
    purpose: TestPurpose | None = None


@dataclass(frozen=True)
class Course:
    """All vitamin B12 and folic acid orders, drafted and active, the tests ordered with them,
    and the doses given.
    """

    orders: tuple[Order, ...] = ()
    tests: tuple[TestOrder, ...] = ()
    doses: tuple[DoseGiven, ...] = ()
    lowering_drug_selected: bool = False

    @functools.cached_property
    def drafts(self) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.state is OrderState.DRAFT)

    @functools.cached_property
    def active(self) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.state is OrderState.ACTIVE)

    @functools.cached_property
    def selected(self) -> tuple[Order, ...]:
        return tuple(order for order in self.orders if order.selected)

    @property
    def has_anything_selected(self) -> bool:
        return (
            bool(self.selected)
            or any(test.selected for test in self.tests)
            or self.lowering_drug_selected
        )
