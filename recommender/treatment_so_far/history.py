"""The orders and doses of vitamin B12 at treatment dose, sorted out by kind."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from recommender.guidance import LOADING_DOSES, look_back
from recommender.language import (
    ClinicalScenario,
    DoseGiven,
    DoseKind,
    DoseLine,
    Order,
    OrderState,
    Route,
    Substance,
    is_one_injection,
    is_treatment_dose,
)
from recommender.treatment_so_far.entries import (
    LOADING_WINDOW,
    doses_given,
    ended_recently,
    given_before,
    has_ended,
    in_force_since,
    may_treat,
    on_hold,
    undated,
)
from recommender.treatment_so_far.reading import (
    interval_of_order,
    is_alternate_days,
    is_injected,
    is_loading,
    start_of,
)

LAPSED_AFTER = Decimal("1.5")
"""Intervals since the last dose after which treatment has lapsed (2.3)."""


LONGEST_INTERVAL = Decimal(93)
"""Days: three months, the longest maintenance interval (S12, S17)."""


@dataclass(frozen=True, slots=True)
class History:
    """What is ordered and what was given, at treatment dose.

    `loading`, `maintenance` and `oral` are active orders that have not ended; on hold is no
    treatment (Q55). `waiting` are orders on hold. `over` are active orders whose end has passed,
    `ended` completed ones of 15 months. `unreadable` are active ones whose dosage could not be
    read, `once` active ones of a single injection, `planned` active plans of which nobody reported
    that they are taken (Q32). `given_before` are injections longer ago than 15 months, `undated`
    doses of which nobody wrote when. `renewed` says since when orders are in force that others went
    before, by key.
    """

    as_of: dt.date
    loading: tuple[Order, ...]
    maintenance: tuple[Order, ...]
    oral: tuple[Order, ...]
    waiting: tuple[Order, ...]
    over: tuple[Order, ...]
    ended: tuple[Order, ...]
    unreadable: tuple[Order, ...]
    planned: tuple[Order, ...]
    given: tuple[DoseGiven, ...]
    all_orders: tuple[Order, ...]
    once: tuple[Order, ...] = ()
    given_before: tuple[dt.date, ...] = ()
    undated: tuple[DoseGiven, ...] = ()
    renewed: Mapping[str, dt.date | None] = field(default_factory=dict)

    @classmethod
    def of(cls, scenario: ClinicalScenario) -> History:
        """Sort out what the record holds; a multivitamin is no treatment (Q49)."""
        as_of = scenario.as_of
        b12 = tuple(order for order in scenario.orders if may_treat(order))
        active = [order for order in b12 if order.state is OrderState.ACTIVE]
        planned = tuple(order for order in active if order.planned)
        running = [order for order in active if not order.planned]
        current = [order for order in running if not has_ended(order, as_of)]
        treating = [order for order in current if is_treatment_dose(order.cobalamin).is_true]
        injected = [order for order in treating if is_injected(order.cobalamin)]
        timed = [order for order in injected if interval_of_order(order) is not None]
        return cls(
            as_of=as_of,
            loading=tuple(order for order in timed if is_loading(order)),
            maintenance=tuple(order for order in timed if not is_loading(order)),
            oral=tuple(order for order in treating if not is_injected(order.cobalamin)),
            waiting=on_hold(b12),
            over=tuple(order for order in running if has_ended(order, as_of)),
            ended=tuple(order for order in b12 if ended_recently(order, as_of)),
            unreadable=tuple(
                order for order in current if is_treatment_dose(order.cobalamin).is_unknown
            )
            + tuple(order for order in injected if _is_unread(order)),
            once=tuple(order for order in injected if is_one_injection(order.cobalamin)),
            planned=planned,
            given=doses_given(scenario, b12),
            all_orders=b12,
            given_before=given_before(scenario),
            undated=undated(scenario, b12),
            renewed=in_force_since(b12),
        )

    def in_force_since(self, order: Order) -> dt.date | None:
        """When an order, or the oldest one that it renews, began; `None`: unknown."""
        return self.renewed.get(order.key, start_of(order))

    @property
    def current(self) -> tuple[Order, ...]:
        """The active orders at treatment dose."""
        return self.loading + self.maintenance + self.oral

    @property
    def is_documented(self) -> bool:
        """Whether any dose, issue, statement or completed loading of 15 months is on record
        (Q55).
        """
        return bool(self.given) or any(is_loading(order) for order in self.ended)

    @property
    def injections(self) -> tuple[DoseGiven, ...]:
        """Doses that are not by mouth; one that is only stated counts with its route alone."""
        return tuple(
            dose for dose in self.given if dose.route is not Route.ORAL and not _of_no_route(dose)
        )

    @property
    def stated(self) -> tuple[DoseGiven, ...]:
        """Doses stated as taken, nobody says by which route: tablets or injections."""
        return tuple(dose for dose in self.given if _of_no_route(dose))

    @property
    def injection_dates(self) -> tuple[dt.date, ...]:
        return tuple(sorted({dose.date for dose in self.injections if dose.date is not None}))

    @property
    def last_injection(self) -> dt.date | None:
        return max(self.injection_dates, default=None)

    def resumed(self, lapsed_at: Decimal) -> tuple[DoseLine, ...]:
        """Return the lines of injections that were ordered and begin since treatment lapsed, for
        one interval: advice that is taken falls silent, as after any order of which no dose is on
        record yet (Q55). `lapsed_at`: the days since the last injection at which it lapsed.
        """
        last = self.last_injection
        found = []
        for order in self.maintenance:
            start, interval = start_of(order), interval_of_order(order)
            if last is None or start is None or interval is None or order.cobalamin is None:
                continue
            written_after = ((order.authored or start) - last).days > lapsed_at
            if written_after and 0 <= self.days_since(start) <= interval:
                found.append(order.cobalamin)
        return tuple(found)

    def just_increased(self, order: Order) -> bool:
        """Whether maintenance was made more frequent while it was in time, and the first dose at
        the new interval is not late: half an interval after its start, as by 2.3 (T1, T2).
        """
        last, start, interval = self.last_injection, start_of(order), interval_of_order(order)
        if last is None or start is None or interval is None:
            return False
        written = order.authored or start
        before = [
            longer
            for one in self.all_orders
            if is_injected(one.cobalamin)
            and (one.authored or one.starts or self.as_of) < written
            and (longer := interval_of_order(one)) is not None
        ]
        was = max(before, default=interval)
        in_time = (written - last).days <= LAPSED_AFTER * min(was, LONGEST_INTERVAL)
        return was > interval and in_time and 2 * self.days_since(start) <= interval

    @property
    def substance(self) -> Substance | None:
        """What was injected last."""
        return next((dose.substance for dose in reversed(self.injections)), None)

    @property
    def last_dose(self) -> dt.date | None:
        return max((dose.date for dose in self.given if dose.date is not None), default=None)

    @property
    def only_issued(self) -> bool:
        """Whether what is known of the injections is prescriptions issued, not doses given."""
        return bool(self.injections) and all(
            dose.kind is DoseKind.ISSUED for dose in self.injections
        )

    @property
    def gaps(self) -> tuple[int, ...]:
        """Days between injections, oldest first."""
        return tuple(
            (later - earlier).days for earlier, later in itertools.pairwise(self.injection_dates)
        )

    @property
    def gap_before_reach(self) -> int | None:
        """Days between the first injection of 15 months and the one before it; `None`: no other."""
        dates = self.injection_dates
        before = [day for day in self.given_before if dates and day < dates[0]]
        return (dates[0] - max(before)).days if before else None

    @property
    def taken(self) -> tuple[DoseGiven, ...]:
        """Tablets dispensed, issued or stated as taken, oldest first; one tablet given without an
        order for more treats nobody.
        """
        taken = tuple(dose for dose in self.given if dose.route is Route.ORAL)
        alone = len(taken) == 1 and taken[0].kind is DoseKind.GIVEN and not self.oral
        return () if alone else taken

    @property
    def oral_stated(self) -> bool:
        """A treatment dose by mouth was dispensed or stated as taken not long ago."""
        since = self.as_of - dt.timedelta(days=look_back.STATED_ORAL_DAYS)
        return any(dose.date is not None and dose.date >= since for dose in self.taken)

    @property
    def days_on_treatment(self) -> int | None:
        starts = [start_of(order) for order in self.current] + [dose.date for dose in self.given]
        known = [start for start in starts if start is not None and start <= self.as_of]
        return (self.as_of - min(known)).days if known else None

    @property
    def dose_documented(self) -> bool:
        """Whether a dose of the course under way is on record (Q12): an order alone is none."""
        return any(dose.date is not None and dose.date >= self.course_since for dose in self.given)

    @property
    def course_since(self) -> dt.date:
        """The day from which a dose belongs to the course under way and not to an earlier one.

        A loading course counts from its own order, the newest where an older one was left active,
        with room for first doses that were given before it was written.
        """
        if self.loading:
            return max(start_of(order) or self.as_of for order in self.loading) - dt.timedelta(
                days=LOADING_WINDOW
            )
        return self.as_of - dt.timedelta(days=int(LAPSED_AFTER * LONGEST_INTERVAL))

    @property
    def alternate_days_on_record(self) -> bool:
        """Whether an alternate-day course was ever ordered or given."""
        ordered = any(is_alternate_days(order) for order in self.all_orders)
        runs = ((gap, len(tuple(same))) for gap, same in itertools.groupby(self.gaps))
        return ordered or any(gap == ALTERNATE_GAP and n >= ALTERNATE_GAPS for gap, n in runs)

    def six_doses_given(self, since: dt.date) -> bool:
        """Whether a loading course was given since that day."""
        dates = [date for date in self.injection_dates if date >= since]
        return any(
            (last - first).days <= LOADING_WINDOW
            for first, last in zip(dates, dates[LOADING_DOSES - 1 :], strict=False)
        )

    def days_since(self, date: dt.date) -> int:
        return (self.as_of - date).days


def _is_unread(order: Order) -> bool:
    return interval_of_order(order) is None and not is_one_injection(order.cobalamin)


def _of_no_route(dose: DoseGiven) -> bool:
    return dose.kind is DoseKind.STATED and dose.route is None


ALTERNATE_GAP, ALTERNATE_GAPS = 2, 3
"""Three gaps of two days in a row are an alternate-day course; three a week has two at most."""
