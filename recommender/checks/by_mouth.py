"""Vitamin B12 by mouth: whether tablets suit, and their dose."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import Case, Column, Issue, daily_dose, is_daily, issue_of, kind_of
from recommender.checks.beside import asks_loudly, has_alternate_days, is_loaded, symptoms_answered
from recommender.guidance import ORAL_DOSES, OralInEstablishedMalabsorption
from recommender.language import (
    SURGERY_HINTS,
    Claim,
    DoseLine,
    HintAt,
    Order,
    OrderState,
    PhaseKind,
    Route,
    describe_interval,
    is_injected,
    is_treatment_dose,
)
from recommender.safety import is_implausible
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import quote


def check_by_mouth(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    """Yield what is said of the route, whatever the dose: it holds while dose and frequency are
    still to be filled in.
    """
    if _has_adequate_treatment_beside(case, order, line):
        return
    if case.rule == "T5b":
        yield _tablets_fail(case, order)
    elif case.assessment.neurological.is_true and not case.is_prophylaxis:
        if not _injections_go_on(case, order):
            yield oral_with_signs(case, order)
    elif _replaces_injections_in_malabsorption(case):
        yield _oral_in_malabsorption(case, order)
    elif case.column is Column.QUESTION and not symptoms_answered(case):
        yield _ask_before_oral(case, order)
    elif (
        case.column is Column.LOADING
        and (case.assessment.malabsorbs_in_part or case.assessment.surgery_hinted)
        and not is_loaded(case, order)
    ):
        yield _injections_preferred(case, order)


def _injections_preferred(case: Case, order: Order) -> Issue:
    """Return b10 of malabsorption in part, or of words that may name an operation (Q74)."""
    reason = "Injections act faster and are preferred; tablets are not wrong."
    hints = case.scenario.hints_at(*SURGERY_HINTS)
    known = case.assessment.malabsorbs_in_part or not hints
    asked = "which operation? Injections are preferred, tablets not wrong"
    said = "" if known else f"Record says {quote(hints[0].words, 30)}: {asked}"
    return issue_of(cards.B10_BY_MOUTH_MALABSORPTION, INFO, order, reason, ("S49", "S50"), said)


def _has_adequate_treatment_beside(case: Case, order: Order, line: DoseLine) -> bool:
    """Return whether the order does no harm beside the treatment of the course: a supplement, or
    oral beside alternate-day injections.
    """
    return _is_supplement_beside_treatment(case, order, line) or has_alternate_days(case, order)


def _injections_go_on(case: Case, order: Order) -> bool:
    """Return whether maintenance injections go on beside the oral order and need no change, by the
    rule or because nothing improves any further (then e2 says the rest).
    """
    maintenance = (
        other
        for other in (*case.standing, *case.all_drafts)
        if kind_of(other) is PhaseKind.MAINTENANCE
    )
    return any(
        other.key != order.key
        and is_treatment_dose(other.cobalamin).is_true
        and (case.rule == "T6" or Claim.NO_FURTHER in other.claims)
        for other in maintenance
    )


_MORE_IS_DUE = ("N1", "N2", "T0", "T1", "T1b", "T4a")
"""Rules of nerve signs, by which injections do not go on as they are."""


def _is_supplement_beside_treatment(case: Case, order: Order, line: DoseLine) -> bool:
    """Return whether a dose below treatment is taken beside vitamin B12 at treatment dose, where
    it does no harm: beside injections, beside what is drafted with it, or as it stands on record
    already; not beside injections of which nobody knows whether they are given (T7), or with nerve
    signs for which they are too few. Fewer tablets in the place of those that are taken are no
    supplement, be it by a later line of one order, nor are those beside a slip of dose or
    frequency, which nobody will take.
    """
    on_record = any(
        other.state is OrderState.ACTIVE and other.cobalamin == line for other in case.course.orders
    )
    not_given = case.assessment.treatment.phase in (TreatmentPhase.UNKNOWN, TreatmentPhase.LAPSED)
    standing = tuple(
        other
        for other in case.standing
        if not (not_given or case.rule in _MORE_IS_DUE)
        and (on_record or (other.cobalamin is not None and is_injected(other.cobalamin)))
    )
    whole = order.part_of or order.key
    others = (
        other for other in (*case.all_drafts, *standing) if (other.part_of or other.key) != whole
    )
    return is_treatment_dose(line).is_false and any(
        is_treatment_dose(other.cobalamin).is_true and not is_implausible(other) for other in others
    )


def oral_with_signs(case: Case, order: Order) -> Issue:
    if case.column is Column.MAINTENANCE and case.rule != "T1":
        reason = (
            f"{case.signs} recorded: injections go on; oral vitamin B12 does not take their place."
        )
        return issue_of(cards.B1_BY_MOUTH_WITH_SIGNS, WARNING, order, reason, ("S47", "S64"))
    if case.assessment.glossitis_only:
        reason = (
            "By one source glossitis calls for the neurological regimen: injections at the start, "
            "not oral vitamin B12."
        )
    else:
        nasal = order.cobalamin is not None and order.cobalamin.route is Route.NASAL
        reason = (
            f"With neurological involvement {'nasal' if nasal else 'oral'} vitamin B12 is not used "
            f"at the start: faster improvement prevents lasting damage."
        )
    open_status = case.rule == "N2" or (case.rule == "G1" and not case.assessment.is_deficient)
    return issue_of(
        cards.B1_BY_MOUTH_WITH_SIGNS,
        WARNING if open_status else CRITICAL,
        order,
        reason,
        ("S3", "S64", "S67", "S68", "S69"),
    )


def _replaces_injections_in_malabsorption(case: Case) -> bool:
    allowed = (
        case.policy.oral_in_established_malabsorption is OralInEstablishedMalabsorption.ALLOWED
    )
    return case.assessment.established_malabsorption.is_true and not allowed


def _oral_in_malabsorption(case: Case, order: Order) -> Issue:
    """Return b10; an info where it only continues tablets that are taken already (T5)."""
    reason = (
        "Evidence does not show that oral vitamin B12 safely replaces injections in established "
        "malabsorption."
    )
    loud = INFO if case.rule == "T5" else WARNING
    return issue_of(cards.B10_BY_MOUTH_MALABSORPTION, loud, order, reason, ("S48", "S49"))


def _tablets_fail(case: Case, order: Order) -> Issue:
    """Return b22: a warning where B12 is still low or malabsorption is established, an info where
    only symptoms persist (Q71).
    """
    a = case.assessment
    loud = (a.b12_still_low | a.established_malabsorption).is_true
    reason = "Check first that the tablets are taken; then injections are the next step."
    return issue_of(
        cards.B22_TABLETS_FAIL, WARNING if loud else INFO, order, reason, ("S48", "S62", "S92")
    )


def _ask_before_oral(case: Case, order: Order) -> Issue:
    a = case.assessment
    why = "are not recorded, which does not mean absent"
    if case.scenario.hints_at(HintAt.NEUROLOGY):
        why = "are not known, words of the record may mean them"
    if a.neurological_unreadable:
        why = "could not be read from the record"
    oral = _is_oral_offered(case)
    without = "oral treatment is suitable" if oral else "fewer injections are"
    if a.malabsorbs_in_part or (oral and a.pregnant.is_true):
        without = "loading injections are preferred and tablets not wrong"
    reason = (
        f"Neurological symptoms {why}. With them, injections on alternate days are needed; without "
        f"them, {without}."
    )
    return issue_of(
        cards.B2_ASK_ABOUT_SIGNS,
        WARNING if asks_loudly(case) else INFO,
        order,
        reason,
        ("S3", "S52", "S64", "S68"),
    )


def _is_oral_offered(case: Case) -> bool:
    """Return whether tablets are among what the guidance offers this person; kidneys, Leber's
    disease or malabsorption may forbid them.
    """
    return any(phase.line.route is Route.ORAL for phase in case.offered_phases)


def check_oral_dose(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if _has_adequate_treatment_beside(case, order, line):
        return
    if line.as_needed or line.timing is None or not is_daily(line.timing):
        often = describe_interval(line.timing) if line.timing else ""
        ordered = "as needed" if line.as_needed else often or "as needed"
        reason = (
            f"Ordered {ordered}; too little is absorbed of each dose to last longer than a day."
        )
        yield issue_of(cards.B6_INTERVAL_TOO_LONG, WARNING, order, reason, ("S47", "S52", "X19"))
        return
    daily = daily_dose(line)
    if daily is None:
        return
    if daily > ORAL_DOSES[1]:
        reason = "Above 2000 micrograms (2 mg) a day no further benefit is shown."
        yield issue_of(cards.B7_DOSE, INFO, order, reason, ("S47", "S52"))
    elif daily < ORAL_DOSES[0] and not _is_accepted_low_dose(case):
        reason = "Below 1000 micrograms (1 mg) a day too little is absorbed to treat deficiency."
        yield issue_of(cards.B7_DOSE, WARNING, order, reason, ("S47", "S52", "S59"))


def _is_accepted_low_dose(case: Case) -> bool:
    """Return whether the site accepts lower doses for a diet that lacks vitamin B12."""
    return case.policy.dietary_low_dose_accepted and case.dietary_only
