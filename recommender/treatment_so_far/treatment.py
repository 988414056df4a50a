"""Where vitamin B12 treatment stands: the phase, why it is not known, and what the rules ask of the
course.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from recommender.language import Choice, ComparedWhole, DoseLine, Evidence, Substance, Timing


class TreatmentPhase(Choice):
    """Where vitamin B12 treatment stands (decisions 2.3 and Q11)."""

    NONE = "none"
    LOADING = "loading"
    MAINTENANCE = "maintenance"
    ORAL = "oral treatment"
    LAPSED = "lapsed"
    UNKNOWN = "unknown"


class UnknownPhase(Choice):
    """Why the phase is not known. The first nine are "by record" (Q29): T7 asks."""

    STANDING_ORDER = "an old order is still active, no dose with a date is on record"
    ORDERED_NOT_GIVEN = "ordered longer ago than one interval, no dose with a date is on record"
    ONE_ISSUE = "one prescription was issued, nothing since"
    UNREADABLE_ORDER = "an active order could not be read, no dose with a date is on record"
    ONE_ORDERED = "one injection is ordered, no dose with a date is on record"
    PLAN = "a plan of another prescriber, not known to be taken"
    HINT = "words of the record speak of vitamin B12 treatment"
    SUPPLY_NOT_KNOWN = "tablets were supplied, not known for how long"
    STATED = "vitamin B12 is stated as taken, not by which route"
    ONE_INJECTION = "a single injection is recorded"
    UNDATED_DOSE = "a dose is recorded without its date"
    COULD_NOT_BE_READ = "the medication list could not be read"
    LIST_NOT_COMPLETE = "only part of the medication list came"
    NOT_UNDERSTOOD = "an entry of the medication list could not be understood"

    @property
    def is_by_record(self) -> bool:
        """Return whether the record itself says that there may be treatment (Q29)."""
        return self in _BY_RECORD


_BY_RECORD = frozenset(
    {
        UnknownPhase.STANDING_ORDER,
        UnknownPhase.ORDERED_NOT_GIVEN,
        UnknownPhase.ONE_ISSUE,
        UnknownPhase.UNREADABLE_ORDER,
        UnknownPhase.ONE_ORDERED,
        UnknownPhase.PLAN,
        UnknownPhase.HINT,
        UnknownPhase.SUPPLY_NOT_KNOWN,
        UnknownPhase.STATED,
    }
)


@dataclass(frozen=True, eq=False)
class Treatment(ComparedWhole):
    """The current course as far as the rules ask about it. Intervals in days, `None` when not
    known; `timing` is that of the maintenance order, whose interval it is.

    `order_key` names the active order of the current phase, empty when there is none; `ordered_on`
    is its day, also where no dose of it is on record (Q29, Q55). `dose_documented` is that of Q12:
    an order alone is no dose. `reason` says in words why the phase is what it is, `unknown` as a
    code why it is not known. `ordered` are the lines of active orders of which no dose is on record
    yet. `last_dose` is the newest dose at treatment dose of 15 months, `treated_before` the newest
    sign of treatment where none is under way. `alternate_days_ended` is the day on which a bounded
    alternate-day course ended (T3b); `alternate_days_on_record`: there was ever one. `renewal_due`:
    the order ended or ends soon and none follows (T8), on `order_ends`. `started` is the earliest
    sign of treatment at any age; `start_certain`: it is a loading course (Q54). `by_mouth`: what is
    known of it is tablets that were supplied. `increased_on`: the newest day on which injections
    more often than before were ordered, or loading again (T1, T2).
    """

    phase: TreatmentPhase
    order_key: str = ""
    substance: Substance | None = None
    alternate_days: bool = False
    loading_complete: bool = False
    maintenance_ordered: bool = False
    interval: Decimal | None = None
    timing: Timing | None = None
    days_on_treatment: int | None = None
    dose_documented: bool = False
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    unknown: UnknownPhase | None = None
    ordered_on: dt.date | None = None
    ordered: tuple[DoseLine, ...] = ()
    last_dose: dt.date | None = None
    treated_before: dt.date | None = None
    alternate_days_ended: dt.date | None = None
    alternate_days_on_record: bool = False
    renewal_due: bool = False
    order_ends: dt.date | None = None
    started: dt.date | None = None
    start_certain: bool = False
    by_mouth: bool = False
    increased_on: dt.date | None = None

    @property
    def unknown_by_record(self) -> bool:
        """Return whether the record itself says that there may be treatment (Q29): T7 asks."""
        return self.unknown is not None and self.unknown.is_by_record
