"""The consistency matrix of cards.md 3: one drafted vitamin B12 order against what is recommended,
read within its course.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards import INFO, WARNING, cards
from recommender.case import (
    WITHOUT_A_DOSE,
    Case,
    Column,
    Issue,
    is_count_alone,
    is_oral,
    is_readable,
    is_trace,
    is_treatment,
    issue_of,
    kind_of,
    level_on_tablets,
    may_need_loading,
)
from recommender.checks.by_mouth import check_by_mouth, check_oral_dose
from recommender.checks.injection_courses import check_resuming
from recommender.checks.injections import check_injection
from recommender.checks.loading import check_count_alone
from recommender.checks.no_indication import (
    check_without_indication,
    level_first,
    measure_first,
    samples_first,
)
from recommender.checks.routes import check_product_and_route
from recommender.language import DoseLine, Order, PhaseKind, Route, is_one_injection
from recommender.safety import check_alone, check_readable, is_implausible
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import Words, repeat_level


def check_order(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the matrix says of one drafted order of vitamin B12.

    A slip of dose, product or frequency leads and hides the rest of the dosage; of an order whose
    words and fields differ nothing is called consistent (Q41, Q42).
    """
    line = order.cobalamin
    if line is None:
        return
    if is_trace(order, case.policy.trace_b12_mcg_per_day):
        yield from _trace(case)
        return
    alone = list(check_alone(case, order))
    yield from alone
    if is_implausible(order):
        return
    yield from check_product_and_route(case, order, line)
    if case.column is Column.NONE:
        yield from check_without_indication(case, order)
    elif is_oral(line):
        yield from check_by_mouth(case, order, line)
    yield from _tests_first(case, order)
    yield from check_resuming(case, order)
    if is_count_alone(order):
        yield from check_count_alone(case, order)
    elif not is_readable(order):
        yield from check_readable(order)
    elif not alone and _is_in_the_guidance(case, line):
        yield from (
            check_oral_dose(case, order, line)
            if is_oral(line)
            else check_injection(case, order, line)
        )


def _tests_first(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b18 beside prophylaxis (B1), b13 where samples come before the first dose (N2), and
    what asks for a level that may be low: prophylaxis lacks the loading then, and tablets do not
    work.
    """
    if case.rule == "B1" and case.is_prophylaxis:
        yield from measure_first(case, order)
    if case.rule == "N2":
        yield from samples_first(case, order)
    if may_need_loading(case) and is_treatment(order) and kind_of(order) is not PhaseKind.LOADING:
        yield from level_first(case, order)
    line = order.cobalamin
    level = level_on_tablets(case) if line is not None and is_oral(line) else None
    if level and is_treatment(order):
        said = repeat_level(Words(case.scenario, case.assessment, case.policy), level)
        reason = "Vitamin B12 that is still low on tablets calls for injections."
        yield issue_of(cards.A1_RIGHT_BUT_MORE, INFO, order, reason, ("S62", "S92"), said)


def _trace(case: Case) -> Iterator[Issue]:
    """Yield k1 of a trace supplement where deficiency is untreated; it does no harm and treats
    nothing (Q49). Beside an order of which nobody knows whether it is given, that is asked as the
    opened chart asks it (Q73).
    """
    if not case.assessment.is_deficient or case.refill or any(map(_treats, case.all_drafts)):
        return
    ordered = any(map(_treats, case.standing))
    asked = ordered and case.rule == "T7"
    known = case.assessment.treatment.phase is not TreatmentPhase.UNKNOWN
    if (ordered and known) or (asked and not case.assessment.positive_by_recent_result):
        return
    # about no order: the multivitamin stays as it is
    reason = f"{case.recommendation.summary}."
    summary = "" if asked else _treats_nothing(case)
    yield Issue(cards.K1_DUE, WARNING, (reason,), case.recommendation.citations, (), summary)


def _treats(order: Order) -> bool:
    return is_treatment(order) and not is_one_injection(order.cobalamin)


def _treats_nothing(case: Case) -> str:
    """Say that a multivitamin does not treat the deficiency, and what is due: of nerve signs that
    are recorded, or ruled out, nobody is to ask (4.1).
    """
    words = Words(case.scenario, case.assessment, case.policy)
    signs = case.assessment.neurological
    if signs.is_true and words.finding:
        due = "start injections on alternate days"
        return f"{words.finding}: a multivitamin does not treat this; {due}"
    asked = "ask about nerve signs, " if signs.is_unknown else ""
    return f"{words.b12}: a multivitamin does not treat this; {asked}start B12"


def _is_in_the_guidance(case: Case, line: DoseLine) -> bool:
    """Return whether the matrix has a dose for this form and route."""
    outside = line.route in (Route.NASAL, Route.INTRAVENOUS) or line.substance in WITHOUT_A_DOSE
    return case.column is not Column.NONE and not outside
