"""Checks of a drafted vitamin B12 order that hold whatever is recommended: kidneys, Leber's,
reactions, site, bleeding, anaemia.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import (
    Case,
    Issue,
    has_test,
    is_muscle_or_unknown,
    is_trace,
    is_treatment,
    issue_of,
    may_be_cyanocobalamin,
)
from recommender.language import DoseLine, HintAt, Order, Test, is_injected, is_treatment_dose
from recommender.safety.bleeding import check_bleeding, check_site
from recommender.safety.reactions import check_contraindications, form_note
from recommender.wording import Words, capital, low_uncounted, quote


def check_safety(case: Case, order: Order) -> Iterator[Issue]:
    """Yield the safety issues of one drafted order of vitamin B12."""
    line = order.cobalamin
    if line is None:
        return
    yield from check_contraindications(case, order)
    yield from check_kidneys(case, order, line)
    yield from _starting(case, order)
    if is_injected(line):
        yield from check_site(case, order)
        if is_muscle_or_unknown(line):
            yield from check_bleeding(case, order)


def check_kidneys(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    """Yield d1 or d2; the few micrograms of a multivitamin or in a product of folic acid are not
    cyanocobalamin treatment (Q49).
    """
    supplement_with_folate = order.has_folate and is_treatment_dose(line).is_false
    trace = is_trace(order, case.policy.trace_b12_mcg_per_day)
    if not may_be_cyanocobalamin(line) or supplement_with_folate or trace:
        return
    a = case.assessment
    if a.renal.is_true:
        loud = CRITICAL if a.renal_severe.is_true else WARNING
        reason = f"Hydroxocobalamin needs no kidney result.{form_note(line)}"
        yield issue_of(cards.D1_KIDNEY, loud, order, reason, ("S25", "S27", "S74", "S75"))
    elif a.renal.is_unknown and not has_test(case, Test.EGFR):
        yield _kidneys_not_known(case, order, line)


def _kidneys_not_known(case: Case, order: Order, line: DoseLine) -> Issue:
    """Return d2, quietly for the young, and where words that only may mean the kidneys are all that
    speaks for it (Q28, Q51): beside no result they make it no quieter (I30).
    """
    egfr = case.scenario.egfr
    sufficient = egfr.below(case.policy.cyano_min_egfr).is_false and not case.good_egfr_doubted
    unread = (
        " The eGFR on record is sufficient, but whether kidney disease is diagnosed could not be "
        "read."
        if sufficient
        else ""
    )
    reason = (
        f"Cyanocobalamin needs a kidney result, hydroxocobalamin needs "
        f"none.{unread}{form_note(line)}"
    )
    hints = case.scenario.hints_at(HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)
    said = (
        f"Record says {quote(hints[0].words)}: check eGFR, or use hydroxocobalamin" if hints else ""
    )
    quiet = bool(hints and sufficient) or _kidneys_need_no_haste(case)
    loud = INFO if quiet else WARNING
    return issue_of(cards.D2_KIDNEY_NOT_KNOWN, loud, order, reason, ("S25", "S74"), said)


def _kidneys_need_no_haste(case: Case) -> bool:
    """Return whether somebody is known to be young, and nothing at all points at the kidneys
    (Q51).
    """
    young = case.scenario.age.below(Decimal(case.policy.kidney_ask_age))
    return (young & ~case.assessment.kidney_risk).is_true


def _starting(case: Case, order: Order) -> Iterator[Issue]:
    """Yield k2: treatment starts with severe anaemia or low potassium, be it one that cannot be
    used (a question then), and no potassium test is ordered (K9, Q17, Q35).
    """
    a = case.assessment
    starting = a.first_dose_to_come and is_treatment(order)
    if not starting or has_test(case, Test.POTASSIUM):
        return
    may_fall = "potassium can fall sharply in the first 48 hours of treatment."
    if (a.severe_anaemia | a.low_potassium).is_true:
        found = {"severe anaemia": a.severe_anaemia, "low potassium": a.low_potassium}
        low = [name for name, one in found.items() if one.is_true]
        are = "are" if len(low) > 1 else "is"
        reason = f"{capital(' and '.join(low))} {are} recorded: {may_fall}"
        yield issue_of(cards.K2_POTASSIUM, WARNING, order, reason, ("X8", "X9"))
        return
    uncounted = case.scenario.haemoglobin.passed_over or case.scenario.potassium.passed_over
    if uncounted and (low := low_uncounted(Words(case.scenario, a, case.policy))):
        said = f"{capital(low[0])}: read or repeat it today"
        yield issue_of(cards.K2_POTASSIUM, INFO, order, capital(may_fall), ("X8", "X9"), said)
