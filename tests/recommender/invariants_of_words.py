"""The invariants of decisions 2.11 that were added last, as far as one review shows them: I27, I29,
I31, I33, I34 and I36. They are asked of the answer alone, not of the code that wrote it.

I26 and I28 stand in `invariants_of_facts.py`. Where the others are shown: I30 in the tests of the
mapping, I32 in those of the decision (`test_quiet_cards.py`), I35 in those of the drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recommender.cards.cards import Indicator
from recommender.cards.findings import Finding
from recommender.case.case import Case
from recommender.case.course_reading import is_treatment, kind_of
from recommender.folic_acid import starts_after_first_dose
from recommender.folic_acid.gate import FolateClass, FolateGate, folate_class, folate_gate
from recommender.language import is_treatment_dose
from recommender.language.course import OrderState
from recommender.language.edits import RemoveOrder
from recommender.language.logic import Truth
from recommender.language.understanding import RecordArea
from recommender.monitoring import find_overdue
from recommender.review.spoken import SPOKEN, Where
from recommender.treatment_so_far.treatment import TreatmentPhase

UNTREATED = re.compile(r"\bnot treated\b|\buntreated\b|\bno B12 treatment on record\b")
NEVER_LOADED = re.compile(r"\bno loading\b|\bnever loaded\b")
NO_TEST = re.compile(r"\bNo B12 test on record\b|\bB12 once a year, none on record\b")
NOT_ORDERED = re.compile(r"\bno B12 ordered\b|\bnot ordered\b")
SEVERE_REACTION = re.compile(r"\bsevere reaction\b", re.IGNORECASE)
SEVERE_ANAEMIA = re.compile(r"\bsevere anaemia\b", re.IGNORECASE)


NOTHING_TO_RECOMMEND = ("T6", "E1", "E2")
"""Rules with which an order that could not be read stands alone as b14 (Q37)."""


def word_violations(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what an answer says or leaves unsaid against I27, I29, I31, I33, I34 and I36."""
    for finding in findings:
        words = " ".join((finding.summary, *finding.reasons))
        yield from (f"{finding.card}: {problem}" for problem in _claims(case, words))
        yield from (f"{finding.card}: {problem}" for problem in _loudness(case, finding))
    yield from _removal_alone(case, findings)
    yield from _silence(case, findings)


def _claims(case: Case, words: str) -> Iterator[str]:
    s, treatment = case.scenario, case.assessment.treatment
    medicines = RecordArea.MEDICATIONS not in s.unavailable | s.incomplete
    b12_orders = [order for order in case.course.active if order.has_cobalamin]
    treating = [order for order in b12_orders if not is_treatment_dose(order.cobalamin).is_false]
    given = [dose for dose in s.doses if dose.substance.is_cobalamin]
    if UNTREATED.search(words) and (not medicines or treating or given):
        yield "I27 says that somebody with vitamin B12 on record is not treated"
    if NEVER_LOADED.search(words) and treatment.phase is not TreatmentPhase.NONE:
        yield "I27 says that nothing was loaded where treatment is or may be under way"
    tested = s.total_b12.is_known or s.holotranscobalamin.is_known or s.uncounted_b12
    unread = RecordArea.LABORATORY in s.unavailable | s.incomplete
    if NO_TEST.search(words) and (tested or unread):
        yield "I27 says that there is no test"
    if NOT_ORDERED.search(words) and (not medicines or b12_orders):
        yield "I27 says that nothing is ordered"
    severe = any(allergy.severe is Truth.TRUE for allergy in s.allergies)
    if SEVERE_REACTION.search(words) and not severe:
        yield "I33 calls a reaction severe"
    if SEVERE_ANAEMIA.search(words) and not case.assessment.severe_anaemia.is_true:
        yield "I33 calls anaemia severe"


def _loudness(case: Case, finding: Finding) -> Iterator[str]:
    loud = finding.indicator is not Indicator.INFO
    offered = any(option.regimen for option in case.recommendation.options)
    if finding.card.id == "b9" and loud and not case.assessment.neurological.is_true:
        yield "I34 interrupts an order for a product that is only preferred"
    if finding.card.id == "m1" and loud:
        overdue = find_overdue(case.scenario, case.assessment, case.policy)
        if overdue is None or not overdue.pressing:
            yield "I34 interrupts an order for a review"
    if finding.card.id == "b14" and loud:
        yield "I36 is loud about words that could not be read"
    recommended = offered and case.rule not in NOTHING_TO_RECOMMEND
    if finding.card.id == "b14" and recommended and not case.standing and not _fulfilled(case):
        yield "I36 lets free text hide what is recommended"


def _fulfilled(case: Case) -> bool:
    """Whether an order that can be read stands beside the one that cannot."""
    return any(not order.not_computable for order in case.all_drafts)


def _removal_alone(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """I31: a draft of the product and route of an active order may continue it."""
    active = {
        (order.cobalamin.substance, order.cobalamin.route, kind_of(order))
        for order in case.course.active
        if order.cobalamin is not None
    }
    lines = [order.lines for order in case.all_drafts]
    drafts = {
        order.key
        for order in case.drafts
        if order.cobalamin is not None
        and order.state is OrderState.DRAFT
        and (order.cobalamin.substance, order.cobalamin.route, kind_of(order)) in active
        and lines.count(order.lines) == 1  # of two that are identical one may go (RN7)
    }
    for finding in findings:
        if finding.card.id != "e1" or not finding.resolutions:
            continue
        edits = [edit for one in finding.resolutions for edit in one.edits]
        removes = [edit for edit in edits if isinstance(edit, RemoveOrder)]
        if len(removes) == len(edits) and drafts & {edit.key for edit in removes}:
            yield f"{finding.card}: I31 offers nothing but removal of what may be a renewal"


def _silence(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """I29: a rule that fired is seen, or is silent where the table says why."""
    a, course = case.assessment, case.course
    if findings or a.deceased.is_true or not a.adult.is_true or case.refill:
        return
    if course.lowering_drug_selected or case.selected_stops:
        return
    classes = {folate_class(order, case) for order in case.selected_folate}
    if case.drafts and any(test.drafted for test in course.tests):
        return  # the test that the rule asks for may be among them (Q17)
    if case.drafts:
        if not any(is_treatment(order) for order in case.drafts):
            return  # a trace supplement is no order that a rule is about (Q49)
        where = Where.RIGHT_ORDER
    elif any(is_treatment(order) for order in case.all_drafts):
        return  # vitamin B12 is drafted beside: it speaks where it is selected itself
    elif FolateClass.THERAPEUTIC in classes:
        if folate_gate(case) is FolateGate.PENDING and all(
            starts_after_first_dose(case, order) for order in case.selected_folate
        ):
            return  # c2 is resolved: folic acid starts after the first dose of B12 (Q17)
        where = Where.FOLIC_ACID
    elif any(test.selected for test in course.tests):
        where = Where.TEST
    else:
        return
    rules = (case.rule, *case.recommendation.also)
    if not any(SPOKEN[rule][where].silent_because for rule in rules if rule in SPOKEN):
        yield f"I29 rule {case.rule} is met with silence: {where.value}"
