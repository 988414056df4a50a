"""Where vitamin B12 treatment stands: the phase of decisions 2.3, read from active orders and
documented doses (Q11, Q12).

Not taken into account: injections given elsewhere that nobody recorded; the advice says so.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from statistics import median

from recommender.assessment.derived_facts import Treatment, TreatmentPhase
from recommender.language import (
    DAYS_PER_UNIT,
    ClinicalScenario,
    DoseGiven,
    DoseLine,
    Order,
    OrderState,
    RecordArea,
    Route,
    Substance,
    Truth,
    truth_of,
)

TREATMENT_DOSE_INJECTED = Decimal(250)
"""Micrograms of one injection from which it is treatment; anything lower is a supplement (2.3)."""

TREATMENT_DOSE_ORAL = Decimal(1000)
"""Micrograms by mouth a day from which it is treatment; anything lower is a supplement (2.3)."""

LOADING_INTERVAL_BELOW = Decimal(7)
"""Days between injections below which they are a loading course (Q11)."""

LOADING_WINDOW = 21
"""Days: an unbounded loading order counts as one up to this age, six injections within it complete
a loading course (Q11).
"""

LOADING_DOSES = 6
LAPSED_AFTER = Decimal("1.5")
"""Intervals since the last dose after which treatment has lapsed (2.3)."""

FIRST_MAINTENANCE_DUE = Decimal(62)
"""Days after loading within which maintenance begins: two months (S9)."""

LONGEST_INTERVAL = Decimal(93)
"""Days: three months, the longest maintenance interval (S12, S17)."""

LOOKBACK = 457
"""Days for which past treatment is read: 15 months (F25)."""

STATED_ORAL_LOOKBACK = 90
"""Days for which a dispensed or stated oral treatment dose counts as current oral treatment. A
design default.
"""

DOSE_ASSUMED_AFTER = 14
"""Days after which an active treatment-dose order counts as a documented dose (Q12)."""


def read_treatment(scenario: ClinicalScenario, neurological: Truth) -> Treatment:
    """Return where treatment stands; UNKNOWN when the orders could not be had or read.

    `neurological` decides what completes a loading course: after six injections it is complete only
    without neurological involvement (T3, I20).
    """
    if RecordArea.MEDICATIONS in scenario.unavailable:
        return Treatment(TreatmentPhase.UNKNOWN, reason="medication list not available")
    history = _History.of(scenario)
    treatment = _phase(history, neurological, RecordArea.MEDICATIONS in scenario.incomplete)
    orders = history.unreadable if treatment.phase is TreatmentPhase.UNKNOWN else history.current
    lapsed = treatment.phase is TreatmentPhase.LAPSED
    given = [
        dose
        for dose in history.given
        if lapsed or (dose.date is not None and dose.date >= history.course_since)
    ]
    evidence = tuple(order.evidence for order in orders if order.evidence) + tuple(
        dose.evidence for dose in reversed(given[-3:])
    )
    return replace(
        treatment,
        days_on_treatment=history.days_on_tablets
        if treatment.phase is TreatmentPhase.ORAL
        else history.days_on_treatment,
        dose_documented=history.dose_documented,
        treatment_dose_ordered=bool(history.current),
        evidence=evidence,
    )


@dataclass(frozen=True, slots=True)
class _History:
    """The orders and doses of vitamin B12 at treatment dose, sorted out by kind."""

    as_of: dt.date
    loading: tuple[Order, ...]
    maintenance: tuple[Order, ...]
    oral: tuple[Order, ...]
    ended: tuple[Order, ...]
    unreadable: tuple[Order, ...]
    given: tuple[DoseGiven, ...]

    @classmethod
    def of(cls, scenario: ClinicalScenario) -> _History:
        b12 = [order for order in scenario.orders if order.has_cobalamin]
        current = [order for order in b12 if order.state in (OrderState.ACTIVE, OrderState.ON_HOLD)]
        injections = [
            order
            for order in current
            if is_treatment_dose(order.cobalamin).is_true and _is_injected(order.cobalamin)
        ]
        timed = [order for order in injections if _interval(order) is not None]
        return cls(
            as_of=scenario.as_of,
            loading=tuple(order for order in timed if _is_loading(order)),
            maintenance=tuple(order for order in timed if not _is_loading(order)),
            oral=tuple(
                order
                for order in current
                if is_treatment_dose(order.cobalamin).is_true and not _is_injected(order.cobalamin)
            ),
            ended=tuple(
                order
                for order in b12
                if order.state is OrderState.COMPLETED and _ended_recently(order, scenario.as_of)
            ),
            unreadable=tuple(
                order for order in current if is_treatment_dose(order.cobalamin).is_unknown
            )
            + tuple(order for order in injections if _interval(order) is None),
            given=_doses_given(scenario),
        )

    @property
    def current(self) -> tuple[Order, ...]:
        return self.loading + self.maintenance + self.oral

    @property
    def injection_dates(self) -> tuple[dt.date, ...]:
        return tuple(
            sorted(
                {
                    dose.date
                    for dose in self.given
                    if dose.date is not None and dose.route is not Route.ORAL
                }
            )
        )

    @property
    def last_injection(self) -> dt.date | None:
        return max(self.injection_dates, default=None)

    @property
    def gaps(self) -> tuple[int, ...]:
        """Days between injections, oldest first."""
        return tuple(
            (later - earlier).days for earlier, later in itertools.pairwise(self.injection_dates)
        )

    @property
    def oral_stated(self) -> bool:
        """A treatment dose by mouth was dispensed or stated as taken not long ago."""
        since = self.as_of - dt.timedelta(days=STATED_ORAL_LOOKBACK)
        return any(
            dose.route is Route.ORAL and dose.date is not None and dose.date >= since
            for dose in self.given
        )

    @property
    def days_on_treatment(self) -> int | None:
        starts = [_start(order) for order in self.current] + [dose.date for dose in self.given]
        known = [start for start in starts if start is not None and start <= self.as_of]
        return (self.as_of - min(known)).days if known else None

    @property
    def days_on_tablets(self) -> int | None:
        """Days since tablets were begun: by their orders, and by doses without a gap that would
        make it an earlier course.
        """
        ordered = [
            start for start in map(_start, self.oral) if start is not None and start <= self.as_of
        ]
        taken = sorted(
            (
                dose.date
                for dose in self.given
                if dose.route is Route.ORAL and dose.date is not None
            ),
            reverse=True,
        )
        began = min(ordered, default=taken[0] if taken else None)
        for date in taken:
            if began is not None and 0 < (began - date).days <= STATED_ORAL_LOOKBACK:
                began = date
        return self.days_since(began) if began is not None else None

    @property
    def dose_documented(self) -> bool:
        assumed_from = self.as_of - dt.timedelta(days=DOSE_ASSUMED_AFTER)
        given = any(dose.date is not None and dose.date >= self.course_since for dose in self.given)
        return given or any(
            order.authored is not None and order.authored <= assumed_from for order in self.current
        )

    @property
    def course_since(self) -> dt.date:
        """The day from which a dose belongs to the course under way and not to an earlier one.

        A loading course counts from its own order, the newest where an older one was left active,
        with room for first doses that were given before it was written.
        """
        if self.loading:
            return max(_start(order) or self.as_of for order in self.loading) - dt.timedelta(
                days=LOADING_WINDOW
            )
        return self.as_of - dt.timedelta(days=int(LAPSED_AFTER * LONGEST_INTERVAL))

    def six_doses_given(self, since: dt.date) -> bool:
        """Whether a loading course was given since that day."""
        dates = [date for date in self.injection_dates if date >= since]
        return any(
            (last - first).days <= LOADING_WINDOW
            for first, last in zip(dates, dates[LOADING_DOSES - 1 :], strict=False)
        )

    def days_since(self, date: dt.date) -> int:
        return (self.as_of - date).days


def _phase(history: _History, neurological: Truth, incomplete: bool) -> Treatment:
    """First match: a loading course under way, maintenance, oral treatment, a course that ended,
    nothing.
    """
    injected = _course_by_doses(history, neurological)
    if injected is not None and injected.phase is TreatmentPhase.LAPSED and history.oral:
        injected = None  # the tablets ordered since have taken the place of the injections
    return (
        _loading_by_order(history, neurological)
        or _maintenance_by_order(history)
        or injected
        or _oral(history)
        or _ended_course(history, neurological)
        or _nothing_under_way(history, incomplete)
    )


def _loading_by_order(history: _History, neurological: Truth) -> Treatment | None:
    under_way = [order for order in history.loading if _still_loading(order, history)]
    if not under_way:
        return None
    order = _most_frequent(under_way)
    alternate_days = any(_is_alternate_days(order) for order in under_way)
    given = [date for date in history.injection_dates if date >= history.course_since]
    six_given = history.six_doses_given(history.course_since)
    if all(_bound_passed(order, history.as_of) for order in under_way):
        ended = (
            given[-1] if given else max(end for order in under_way if (end := _bound_end(order)))
        )
        if history.days_since(ended) > (
            LOADING_WINDOW if given and not six_given else LAPSED_AFTER * FIRST_MAINTENANCE_DUE
        ):
            # A stale order: nobody went on with the course. Tablets ordered since have taken its
            # place.
            return None if history.oral else _from_order(TreatmentPhase.LAPSED, order, history)
        six_given = six_given or not given
    complete = six_given and not neurological.is_true and not alternate_days
    return _from_order(
        TreatmentPhase.LOADING,
        order,
        history,
        alternate_days=alternate_days,
        loading_complete=complete,
    )


def _still_loading(order: Order, history: _History) -> bool:
    """Whether an active order with less than 7 days from dose to dose is a loading course under way
    (Q11).

    The alternate-day course has no end (S7), so its order counts for as long as it is active. A
    bounded course whose time has passed is over once a maintenance order stands beside it.
    """
    line = order.cobalamin
    if line is None or line.timing is None:
        return False
    if line.timing.is_bounded:
        return not (history.maintenance and _bound_passed(order, history.as_of))
    start = _start(order)
    return _is_alternate_days(order) or (
        start is not None and history.days_since(start) < LOADING_WINDOW
    )


def _maintenance_by_order(history: _History) -> Treatment | None:
    if not history.maintenance:
        return None
    order = _most_frequent(history.maintenance)
    interval = _interval(order)
    last = history.last_injection
    lapsed = (
        last is not None
        and interval is not None
        and history.days_since(last) > LAPSED_AFTER * interval
    )
    return _from_order(
        TreatmentPhase.LAPSED if lapsed else TreatmentPhase.MAINTENANCE,
        order,
        history,
        interval=interval,
    )


def _course_by_doses(history: _History, neurological: Truth) -> Treatment | None:
    """What the injections given say where no order does; one injection alone says nothing."""
    last = history.last_injection
    if last is None or not history.gaps:
        return None
    since = history.days_since(last)
    substance = next(
        (dose.substance for dose in reversed(history.given) if dose.route is not Route.ORAL), None
    )
    if history.gaps[-1] >= LOADING_INTERVAL_BELOW:
        interval = Decimal(median(gap for gap in history.gaps if gap >= LOADING_INTERVAL_BELOW))
        phase = (
            TreatmentPhase.LAPSED if since > LAPSED_AFTER * interval else TreatmentPhase.MAINTENANCE
        )
        return Treatment(
            phase,
            substance=substance,
            interval=interval,
            reason=f"injections given, the last on {last}",
        )
    alternate_days = 1 < median(history.gaps[-LOADING_DOSES:]) <= 2
    complete = (
        history.six_doses_given(last - dt.timedelta(days=LOADING_WINDOW))
        and not neurological.is_true
    )
    if since > (LAPSED_AFTER * FIRST_MAINTENANCE_DUE if complete else LOADING_WINDOW):
        return Treatment(
            TreatmentPhase.LAPSED,
            substance=substance,
            reason=f"the last injection was given on {last}",
        )
    return Treatment(
        TreatmentPhase.LOADING,
        substance=substance,
        alternate_days=alternate_days,
        loading_complete=complete,
        maintenance_ordered=bool(history.oral),
        reason=f"injections given, the last on {last}",
    )


def _oral(history: _History) -> Treatment | None:
    if history.oral:
        return _from_order(TreatmentPhase.ORAL, _most_frequent(history.oral), history)
    if history.oral_stated:
        return Treatment(
            TreatmentPhase.ORAL,
            substance=Substance.CYANOCOBALAMIN,
            reason="oral treatment dispensed or stated as taken",
        )
    return None


def _ended_course(history: _History, neurological: Truth) -> Treatment | None:
    """A course whose order was completed: loading that awaits maintenance, or maintenance that
    nobody renewed.
    """
    ended = [
        order
        for order in history.ended
        if is_treatment_dose(order.cobalamin).is_true and _is_injected(order.cobalamin)
    ]
    if not ended:
        return None
    order = max(ended, key=lambda order: (_end(order) or dt.date.min, order.key))
    end, interval = _end(order), _interval(order)
    if end is None or interval is None:
        return None
    since = history.days_since(max(end, history.last_injection or end))
    was_loading = _is_loading(order)
    lapsed = since > LAPSED_AFTER * (FIRST_MAINTENANCE_DUE if was_loading else interval)
    phase = (
        TreatmentPhase.LAPSED
        if lapsed
        else TreatmentPhase.LOADING
        if was_loading
        else TreatmentPhase.MAINTENANCE
    )
    line = order.cobalamin
    return Treatment(
        phase,
        substance=line.substance if line else None,
        alternate_days=was_loading and _is_alternate_days(order),
        loading_complete=was_loading and (not neurological.is_true or _is_alternate_days(order)),
        interval=None if was_loading else interval,
        reason=f"an order for {'loading' if was_loading else 'maintenance'} injections was "
        f"completed",
    )


def _nothing_under_way(history: _History, incomplete: bool) -> Treatment:
    if history.unreadable or history.loading:
        return Treatment(
            TreatmentPhase.UNKNOWN,
            reason="an active vitamin B12 order could not be read as a course",
        )
    if history.last_injection is not None:
        return Treatment(
            TreatmentPhase.UNKNOWN,
            reason=f"a single injection is recorded, on {history.last_injection}",
        )
    if incomplete:
        return Treatment(TreatmentPhase.UNKNOWN, reason="only part of the medication list came")
    return Treatment(
        TreatmentPhase.NONE, reason="no vitamin B12 treatment recorded in the last 15 months"
    )


def _from_order(
    phase: TreatmentPhase,
    order: Order,
    history: _History,
    *,
    interval: Decimal | None = None,
    alternate_days: bool = False,
    loading_complete: bool = False,
) -> Treatment:
    line = order.cobalamin
    return Treatment(
        phase,
        order_key=order.key,
        substance=line.substance if line else None,
        alternate_days=alternate_days,
        loading_complete=loading_complete,
        maintenance_ordered=bool(history.maintenance or history.oral),
        interval=interval,
        reason=f"an active order for {order.product}",
    )


def is_treatment_dose(line: DoseLine | None) -> Truth:
    """Return whether the line is vitamin B12 at treatment dose; UNKNOWN when its dose, route or
    frequency is not known.
    """
    if line is None or not line.substance.is_cobalamin:
        return Truth.FALSE
    if _is_injected(line):
        return truth_of(None if line.dose is None else line.dose >= TREATMENT_DOSE_INJECTED)
    if line.route is Route.NASAL:
        return Truth.FALSE
    if line.route is None or line.dose is None or line.timing is None:
        return Truth.UNKNOWN
    return truth_of(line.dose * line.timing.doses_per_day >= TREATMENT_DOSE_ORAL)


def _is_injected(line: DoseLine | None) -> bool:
    """An injection by its route; hydroxocobalamin without a route is one, for it exists as
    injection only.
    """
    if line is None:
        return False
    return (
        line.route.is_parenteral
        if line.route is not None
        else line.substance is Substance.HYDROXOCOBALAMIN
    )


def _interval(order: Order) -> Decimal | None:
    line = order.cobalamin
    return line.timing.longest_interval if line is not None and line.timing is not None else None


def _most_frequent(orders: Sequence[Order]) -> Order:
    """The order with the shortest interval; of equal ones the first by key, so that the order in
    the record does not matter.
    """
    return min(orders, key=lambda order: (_interval(order) or Decimal(0), order.key))


def _is_loading(order: Order) -> bool:
    interval = _interval(order)
    return interval is not None and interval < LOADING_INTERVAL_BELOW


def _is_alternate_days(order: Order) -> bool:
    """Every other day, and not bounded: five daily injections or three a week are another course
    (T0).
    """
    interval = _interval(order)
    return interval is not None and 1 < interval <= 2


def _start(order: Order) -> dt.date | None:
    return order.starts or order.authored


def _end(order: Order) -> dt.date | None:
    return order.ends or _start(order)


def _bound_passed(order: Order, as_of: dt.date) -> bool:
    """Whether the time a bounded order was written for is over; false when it cannot be told."""
    end = _bound_end(order)
    return end is not None and as_of > end


def _bound_end(order: Order) -> dt.date | None:
    """The last day for which a bounded order was written; `None` when it cannot be told."""
    line, start = order.cobalamin, _start(order)
    if start is None or line is None or line.timing is None:
        return None
    days = (
        [line.timing.duration[0] * DAYS_PER_UNIT[line.timing.duration[1]][1]]
        if line.timing.duration
        else []
    )
    if line.timing.count is not None:
        days.append((line.timing.count_max or line.timing.count) * line.timing.longest_interval)
    return start + dt.timedelta(days=int(max(days))) if days else None


def _ended_recently(order: Order, as_of: dt.date) -> bool:
    end = _end(order)
    return end is not None and 0 <= (as_of - end).days <= LOOKBACK


def _doses_given(scenario: ClinicalScenario) -> tuple[DoseGiven, ...]:
    """The dated doses at treatment dose of the last 15 months, oldest first."""
    since = scenario.as_of - dt.timedelta(days=LOOKBACK)
    return _by_date(
        dose
        for dose in scenario.doses
        if dose.substance.is_cobalamin
        and dose.date is not None
        and since <= dose.date <= scenario.as_of
        and is_given_at_treatment_dose(dose)
    )


def is_given_at_treatment_dose(dose: DoseGiven) -> bool:
    """An injection of unknown size counts, for none under 250 micrograms is in use; a tablet of
    unknown size may be a supplement.
    """
    match dose.route:
        case Route.NASAL:
            return False
        case Route.ORAL:
            return dose.dose is not None and dose.dose >= TREATMENT_DOSE_ORAL
        case _:
            return dose.dose is None or dose.dose >= TREATMENT_DOSE_INJECTED


def _by_date(doses: Iterable[DoseGiven]) -> tuple[DoseGiven, ...]:
    ordered: Sequence[DoseGiven] = sorted(
        doses, key=lambda dose: (dose.date or dt.date.min, dose.evidence.reference)
    )
    return tuple(ordered)
