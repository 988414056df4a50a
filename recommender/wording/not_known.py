"""What is not known, in the sentence that is true of the record (Q36, Q58, I27, I33)."""

from __future__ import annotations

import datetime as dt

from recommender.guidance import look_back
from recommender.language import (
    Cause,
    ClinicalScenario,
    DoseKind,
    HintAt,
    Measurement,
    NotCounted,
    PassedOver,
    RecordArea,
    Route,
    Unit,
)
from recommender.treatment_so_far import TreatmentPhase, UnknownPhase
from recommender.wording.names import DOSES, LISTS
from recommender.wording.short import join, quote, say_age, say_quantity
from recommender.wording.words import Words


def no_kidney_result(words: Words) -> str:
    """Say why there is no usable eGFR: too old, not usable, could not be read, list not complete,
    or none in 12 months (F16).
    """
    if (found := words.scenario.egfr.passed_over) is not None:
        if found.why is NotCounted.TOO_OLD and found.evidence.date:
            return f"{_value('eGFR', found)} is {say_age(found.evidence.date, words.as_of)} old"
        return cannot_be_used(words, "eGFR", found)
    if RecordArea.LABORATORY in words.scenario.unavailable:
        return "kidney results could not be read"
    if RecordArea.LABORATORY in words.scenario.incomplete:
        return "no kidney result among those that came, the list is not complete"
    return "no kidney result in 12 months"


def cannot_be_used(words: Words, name: str, found: PassedOver) -> str:
    """Say a result that does not count: "eGFR 25 (3 Mar 2027) cannot be used (it is dated in the
    future)".
    """
    said = words.on(_value(name, found), found.evidence.date)
    return f"{said} cannot be used ({found.why.value})"


def _value(name: str, found: PassedOver) -> str:
    return f"{found.of or name} {_shown(found)}".strip()


def _shown(found: PassedOver) -> str:
    """Return the value; of one whose unit is in doubt as reported, for it may not be that one."""
    given = found.of and found.quantity and found.quantity.unit is Unit.EGFR
    if found.quantity is None or given or found.several or found.why in _UNIT_IN_DOUBT:
        return found.evidence.reported
    return say_quantity(found.quantity)


_UNIT_IN_DOUBT = (
    NotCounted.UNIT_MISSING,
    NotCounted.UNIT_CONTRADICTS,
    NotCounted.NOT_READABLE,
)


def _newer_value(newer: Measurement) -> str:
    if newer.quantity:
        return say_quantity(newer.quantity)
    if not newer.evidence:
        return ""
    (came, *_), named = newer.evidence, newer.passed_over
    return _shown(named) if named and named.evidence == came else came.reported


def say_alarm(words: Words, name: str, result: Measurement) -> str:
    """Say a result that alarms, and the newer one in whose place it stands: "Platelets 8 (1 Nov); a
    newer result cannot be used".
    """
    return f"{words.result(name, result)}{beside_newer(words, result, '; ')}"


def beside_newer(words: Words, result: Measurement, before: str = ", ") -> str:
    """Say that a newer result cannot be used, after the sign given; empty where there is none."""
    newer = result.stands_in_for
    if newer is None or not words.newer:
        return ""
    return f"{before}a newer result {'leaves it open' if newer.is_known else 'cannot be used'}"


def newer_not_usable(words: Words, result: Measurement) -> str:
    """Say the newer result in whose place an older one alarms, and why it does not count: "newer
    result 12 (20 Nov) cannot be used (its unit is missing)"; empty where there is none.
    """
    newer = result.stands_in_for
    if newer is None:
        return ""
    value = _newer_value(newer)
    shown = value if len(value) <= QUOTE_IN_NAME else quote(value, QUOTE_IN_NAME)
    said = words.on(f"newer result {shown}".strip(), newer.date)
    if newer.by_issue:
        return f"{said} leaves it open ({NotCounted.BY_ISSUE.value})"
    if newer.is_known:
        return f"{said} leaves it open"
    why = f" ({newer.because.value})" if isinstance(newer.because, NotCounted) else ""
    return f"{said} cannot be used{why}"


def with_newer(words: Words, name: str, result: Measurement) -> str:
    """Say a result with the newer one in whose place it stands."""
    said, newer = words.result(name, result), newer_not_usable(words, result)
    return f"{said}; {newer}" if newer else said


def no_inr(words: Words) -> str:
    """Say why there is no usable INR: one of the last 30 days cannot be used, results could not be
    read, or none in 30 days (F19, Q58).
    """
    since = words.as_of - dt.timedelta(days=look_back.INR_DAYS)
    found = words.scenario.inr.passed_over
    if found is not None and (found.evidence.date is None or found.evidence.date >= since):
        value = found.evidence.reported
        if found.quantity and not found.several:
            value = say_quantity(found.quantity)
        said = f"INR {value if len(value) <= QUOTE_IN_NAME else quote(value, QUOTE_IN_NAME)}"
        return f"{words.on(said.strip(), found.evidence.date)} cannot be used"
    unread = RecordArea.LABORATORY in words.scenario.unavailable
    return "INR could not be read" if unread else "no INR in 30 days"


QUOTE_IN_NAME = 20
"""Characters of a result as reported that stand in the middle of a sentence."""


def is_planned(words: Words) -> bool:
    """Return whether all that is known of treatment is a plan of another prescriber (Q32)."""
    return words.assessment.treatment.unknown is UnknownPhase.PLAN


def has_undated_dose(words: Words) -> bool:
    """Return whether a dose is on record of which nobody wrote when."""
    return any(dose.date is None and dose.substance.is_cobalamin for dose in words.scenario.doses)


def no_dose(words: Words) -> str:
    """Say that no dose has a date; "none" is not said beside one without (I27)."""
    return "a dose without its date on record" if has_undated_dose(words) else "no dose on record"


def may_be_under_way(words: Words) -> str:
    """Say what speaks of treatment of which no dose is known (Q29): "hydroxocobalamin ordered 19
    Aug, no dose on record"; words of the record are quoted.
    """
    if words.assessment.treatment.unknown is UnknownPhase.HINT:
        hints = words.scenario.hints_at(HintAt.B12_TREATMENT)
        return f"record says {quote(hints[0].words, 40)}" if hints else "B12 treatment not known"
    order = words.order
    if order is None:
        return no_dose(words) if has_undated_dose(words) else "B12 treatment so far is not known"
    when = f" {words.day(first)}" if (first := first_ordered(words)) else ""
    done = "planned or of unknown status" if is_planned(words) else "ordered"
    return f"{words.product} {done}{when}, {no_dose(words)}"


def first_ordered(words: Words) -> dt.date | None:
    """The day of the order that may be under way, or of the oldest one that it renews (Q29)."""
    order, began = words.order, words.assessment.treatment.ordered_on
    if order is None or order.authored is None:
        return None
    return min(order.authored, began) if began else order.authored


def undated_dose(words: Words) -> str:
    """Say that a dose may be later than the last one that has a day, where treatment is told as
    lapsed since that one (I33); empty where none is on record.
    """
    treatment = words.assessment.treatment
    if treatment.phase is not TreatmentPhase.LAPSED:
        return ""
    later = "A B12 dose without its date is on record; it may be a later one."
    return later if has_undated_dose(words) else ""


def last_supply(words: Words) -> str:
    """Say the newest supply of tablets: "Tablets last supplied 29 Jul for 30 days"."""
    dated = [dose for dose in words.scenario.doses if dose.date and dose.route is Route.ORAL]
    newest = max(dated, key=lambda dose: dose.date or dt.date.min, default=None)
    if newest is None:
        return "Tablets of B12 have lapsed"
    days = newest.supply_days
    how_long = f" for {days:f} days" if days is not None else ""
    return f"Tablets last supplied {words.day(newest.date)}{how_long}"


def last_injection(words: Words) -> str:
    """Say the newest dose of injections; what was only supplied is not called an injection (I33).
    Empty when none has a date.
    """
    last = words.last_dose
    kinds = {dose.kind for dose in words.scenario.doses if dose.date and dose.date == last}
    supplied = kinds <= {DoseKind.DISPENSED, DoseKind.ISSUED}
    named = "B12 injections last supplied" if supplied else "Last B12 injection"
    return f"{named} {words.day(last)}" if kinds else ""


def is_measured(words: Words, cause: Cause) -> bool:
    """Return whether a cause rests on a result alone and on no diagnosis: an antibody."""
    found = [one for one in words.scenario.causes if one.cause is cause]
    return bool(found) and all(one.by_result for one in found)


UNLESS_TREATED = " What is offered holds if not already on B12."
"""Said in the first line of a card that offers treatment while nobody could read whether it is
given (Q58).
"""


def unread_lines(
    scenario: ClinicalScenario, *, offers: bool = False, doses: bool = False
) -> tuple[str, ...]:
    """Say which parts of the record could not be read, and which came in part (Q58).

    Args:
        doses: whether the card says that no dose is on record.
        offers: whether treatment is offered, which then holds on a condition where the medication
            list could not be read.
    """
    unread = scenario.unavailable
    in_part = scenario.incomplete - unread
    unless = UNLESS_TREATED if offers and RecordArea.MEDICATIONS in unread else ""
    said = (("Could not be read", unread, unless), ("Not complete", in_part, ""))
    lists = LISTS | DOSES if doses else LISTS
    return tuple(
        f"{lead}: {join([lists[area] for area in lists if area in areas])}.{added}"
        for lead, areas, added in said
        if areas & set(lists)
    )
