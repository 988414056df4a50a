"""What must hold of every review: the invariants of decisions 2.11 as far as they are about
suggestions, and the fixed point.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from recommender.assessment.derived_facts import PlateletBand
from recommender.cards.cards import Indicator
from recommender.cards.findings import Finding, Resolution
from recommender.case.case import Case, has_test
from recommender.case.course_reading import kind_of
from recommender.folic_acid.gate import FolateClass, FolateGate, folate_class, folate_gate
from recommender.guidance.policy import OralInEstablishedMalabsorption, Policy
from recommender.guidance.statements import check_citations
from recommender.language import Claim, HintAt
from recommender.language.course import Course, InjectionSite, OrderState, Test
from recommender.language.dose_words import short_timing
from recommender.language.doses import Phase, PhaseKind, Route, Substance
from recommender.language.edits import (
    AddFollowUps,
    AddRegimen,
    AddTechnique,
    ChangeOrder,
    ChangeSite,
    ChangeStart,
    Edit,
    RemoveOrder,
    apply,
)
from recommender.language.scenario import ClinicalScenario
from recommender.remedies.labels import ABBREVIATED, LONGEST
from recommender.review.order_review import review
from recommender.treatment.recommendation import Recommendation
from recommender.wording import TEST_NAMES
from tests.recommender.invariants_of_facts import fact_violations
from tests.recommender.invariants_of_words import word_violations

CARDS_WITHOUT_WAY_OUT = {"k3"}
"""Cards whose remedy lies outside the order: the pharmacy."""


def review_violations(
    course: Course, scenario: ClinicalScenario, recommendation: Recommendation, policy: Policy
) -> tuple[tuple[Finding, ...], list[str]]:
    """Return the findings of one review and everything that is wrong with them."""
    findings = review(course, scenario, recommendation, policy)
    case = Case(course, scenario, recommendation, policy)
    problems = [
        problem
        for finding in findings
        for problem in (*_card(finding), *_suggestions(case, finding))
    ]
    problems += [*_together(findings), *_never_silent(case, findings)]
    problems += [*word_violations(case, findings), *_all_accepted(case, findings)]
    problems += fact_violations(case, findings)
    for finding in findings:
        for resolution in finding.resolutions:
            problems += _fixed_point(case, finding, resolution)
    return findings, problems


# --- one card
# --------------------------------------------------------------------------------------------------


def _card(finding: Finding) -> Iterator[str]:
    if not 0 < len(finding.summary) < 140 or finding.summary.endswith("."):
        yield f"{finding.card}: summary of {len(finding.summary)} characters: {finding.summary}"
    if not finding.reasons or not finding.citations or not finding.rule:
        yield f"{finding.card}: without reason, citation or rule"
    check_citations(finding.card.id, finding.citations)
    if len(set(finding.reasons)) != len(finding.reasons):
        yield f"{finding.card}: says a reason twice"
    if finding.indicator is not Indicator.INFO and not finding.override_reasons:
        yield f"{finding.card}: loud and without override reasons"
    labels = [resolution.label for resolution in finding.resolutions]
    if len(set(labels)) != len(labels):
        yield f"{finding.card}: two suggestions with one label: {labels}"
    if sum(resolution.recommended for resolution in finding.resolutions) > 1:
        yield f"{finding.card}: more than one suggestion recommended"


def _suggestions(case: Case, finding: Finding) -> Iterator[str]:
    for resolution in finding.resolutions:
        yield from (
            f"{finding.card}: {problem}: {resolution.label}" for problem in _label(resolution)
        )
        for phase in drafted_phases(resolution.edits):
            yield from (
                f"{finding.card}: {problem}: {resolution.label}"
                for problem in _phase(case, resolution, phase)
            )
        for edit in resolution.edits:
            yield from (
                f"{finding.card}: {problem}: {resolution.label}" for problem in _edit(case, edit)
            )
        if _starts_beside_loading(case, resolution):
            yield f"{finding.card}: I35 starts maintenance beside loading: {resolution.label}"
        if _takes_folic_acid_unseen(case, resolution):
            yield f"{finding.card}: takes folic acid out unseen: {resolution.label}"


def _starts_beside_loading(case: Case, resolution: Resolution) -> bool:
    """Whether injections for life are created while a loading course is drafted, without waiting
    for its end (I35).
    """
    added = [
        phase
        for edit in resolution.edits
        if isinstance(edit, AddRegimen)
        for phase in edit.regimen.phases
        if phase.lifelong and phase.line.route is not Route.ORAL and not phase.starts_after_loading
    ]
    after = replace(case, course=apply(case.course, resolution.edits, case.scenario.as_of))
    loads = (kind_of(order) is PhaseKind.LOADING for order in after.all_drafts)
    return bool(added) and any(loads)


def _takes_folic_acid_unseen(case: Case, resolution: Resolution) -> bool:
    """Whether a suggestion that drafts vitamin B12 also removes folic acid, and does not say so."""
    folate = {order.key for order in case.selected_folate if not order.has_cobalamin}
    removed = {edit.key for edit in resolution.edits if isinstance(edit, RemoveOrder)}
    drafts = any(True for _ in drafted_phases(resolution.edits))
    return drafts and bool(folate & removed) and "Hold folic acid" not in resolution.label


def _label(resolution: Resolution) -> Iterator[str]:
    """A label says every dose and rhythm that accepting it drafts, and every test that it drafts
    alone; it does something.
    """
    label, phases = resolution.label, tuple(drafted_phases(resolution.edits))
    if not resolution.edits:
        yield "does nothing"
    if len(label) > LONGEST:
        yield f"is longer than {LONGEST} characters"
    if "…" in label:
        yield "is cut off: what is not said would be done unseen"
    if any(
        phase.line.timing is None or short_timing(phase.line.timing) not in label
        for phase in said_first(phases, label)
    ):
        yield "drafts what the label does not say"
    tests = [
        item
        for edit in resolution.edits
        if isinstance(edit, AddFollowUps)
        for item in edit.follow_ups
    ]
    number = len({item.test for item in tests})
    counted = f"{number} test{'' if number == 1 else 's'}" in label
    if not phases and not counted and any(not _names(item.test, label) for item in tests):
        yield "orders a test that the label does not say"
    kinds = [type(edit) for edit in resolution.edits]
    if (
        AddRegimen in kinds
        and RemoveOrder in kinds
        and kinds.index(AddRegimen) > kinds.index(RemoveOrder)
    ):
        yield "removes before it creates (Q25)"
    if any(not item.why for item in tests):
        yield "orders a test without saying why"
    for item in tests:
        check_citations(item.test.value, item.citations)
    if len({(item.test, item.months, item.days) for item in tests}) != len(tests):
        yield "orders a test twice"


def said_first(phases: tuple[Phase, ...], label: str) -> tuple[Phase, ...]:
    """The phases that a label must say: all, or the first where the rest does not fit (cards.md
    7).
    """
    loading_first = sorted(phases, key=lambda phase: phase.kind is not PhaseKind.LOADING)
    return tuple(loading_first) if ", then " in label else tuple(loading_first[:1])


def _names(test: Test, label: str) -> bool:
    return any(names.get(test, "?") in label for names in (TEST_NAMES, ABBREVIATED))


def drafted_phases(edits: tuple[Edit, ...]) -> Iterator[Phase]:
    """Yield every phase that the edits draft."""
    for edit in edits:
        if isinstance(edit, AddRegimen):
            yield from edit.regimen.phases
        elif isinstance(edit, ChangeOrder):
            yield edit.phase


def _phase(case: Case, resolution: Resolution, phase: Phase) -> Iterator[str]:
    a, line = case.assessment, phase.line
    if not a.adult.is_true:
        yield "I15 drafts for somebody not known to be adult"
    if not line.substance.is_cobalamin:
        yield "I3 drafts folic acid"
    if line.substance is Substance.CYANOCOBALAMIN and (
        (a.renal | a.lebers).may_be_true
        or a.cyanocobalamin_allergy.is_true
        or HintAt.ALLERGY in a.hinted
    ):
        yield "I2 drafts cyanocobalamin"
    if (
        line.substance not in (Substance.CYANOCOBALAMIN, Substance.HYDROXOCOBALAMIN)
        or line.timing is None
        or line.as_needed
    ):
        yield "PS5 drafts another product, or without a rhythm"
    elif line.route is Route.ORAL:
        yield from _oral_phase(case, resolution, phase)
    else:
        yield from _injected_phase(case, resolution, phase)


def _claims_no_signs(resolution: Resolution) -> bool:
    """Whether the label, and what is drafted, state that there are no neurological symptoms."""
    claims = [
        edit.claims for edit in resolution.edits if isinstance(edit, AddRegimen | ChangeOrder)
    ]
    stated = all(Claim.SIGNS_ABSENT in one for one in claims)
    return stated and ("NO neuro signs" in resolution.label or "NO symptoms" in resolution.label)


def _oral_phase(case: Case, resolution: Resolution, phase: Phase) -> Iterator[str]:
    a, line = case.assessment, phase.line
    initial = a.untreated and a.is_deficient
    if a.neurological.is_true and initial:
        yield "I1 oral at the start with neurological involvement"
    if (
        a.neurological.is_unknown
        and initial
        and (not _claims_no_signs(resolution) or resolution.recommended)
    ):
        yield "I1 oral without the stated condition, or recommended"
    if not Decimal(1000) <= (line.dose or 0) <= Decimal(2000):
        yield "I10 oral dose"
    if line.timing is None or line.timing.longest_interval != 1:
        yield "I25 oral interval"
    if (
        a.established_malabsorption.is_true
        and case.policy.oral_in_established_malabsorption
        is not OralInEstablishedMalabsorption.ALLOWED
    ):
        yield "I19 oral in established malabsorption"


def _injected_phase(case: Case, resolution: Resolution, phase: Phase) -> Iterator[str]:
    a, line = case.assessment, phase.line
    if line.dose != Decimal(1000):
        yield "I10 injected dose"
    if line.timing is not None and phase.kind is not PhaseKind.LOADING:
        limit = (
            Decimal(93)
            if _claims_no_signs(resolution)
            else min(Decimal(93), case.longest_interval(line))
        )
        if line.timing.longest_interval > limit:
            yield f"I6 interval of {line.timing.longest_interval} days"
    if phase.id.startswith("N-LOAD") and (line.timing is None or line.timing.is_bounded):
        yield "I20 bounded alternate-day course"
    if phase.lifelong and (line.timing is None or line.timing.is_bounded):
        yield "I4 an end to what goes on for life"
    severe = (a.hydroxocobalamin_allergy & a.severe_reaction_hydroxocobalamin) | (
        a.unspecified_b12_allergy & a.severe_reaction_unspecified
    )
    if line.substance is Substance.HYDROXOCOBALAMIN and severe.is_true:
        yield "I16 drafts hydroxocobalamin after a severe reaction"
    listed = case.policy.product_excipients
    if any((line.substance, line.route, one) in listed for one in a.excipient_reactions):
        yield "I16 drafts a product that holds what the person reacted to (Q63)"


def _edit(case: Case, edit: Edit) -> Iterator[str]:
    few = case.assessment.platelets in (
        PlateletBand.FROM_25_TO_50,
        PlateletBand.FROM_10_TO_24,
        PlateletBand.BELOW_10,
    )
    match edit:
        case AddRegimen() | ChangeOrder():
            words = " ".join(edit.technique)
            injected = any(phase.line.route is not Route.ORAL for phase in drafted_phases((edit,)))
            if injected and few and "gauge" not in words:
                yield "I13 without technique"
            if (
                injected
                and case.assessment.platelets is PlateletBand.BELOW_10
                and "transfusion" not in words
            ):
                yield "I13 without the transfusion line"
        case RemoveOrder(key):
            yield from _removal(case, key)
        case ChangeSite(_, InjectionSite.BUTTOCK):
            yield "I14 recommends the buttock"
        case AddFollowUps(follow_ups):
            if not follow_ups:
                yield "adds no tests"
            if any(not item.months and has_test(case, item.test) for item in follow_ups):
                yield "orders a test that is drafted already"
            if not case.assessment.adult.is_true:
                yield "Q14 creates something for somebody not known to be adult"
    keys = {order.key for order in case.course.drafts} | {
        order.key for order in case.course.orders if order.state is OrderState.STOP
    }
    if (
        isinstance(edit, ChangeOrder | AddTechnique | ChangeStart | ChangeSite)
        and edit.key not in keys
    ):
        yield "changes what is not drafted"


def _removal(case: Case, key: str) -> Iterator[str]:
    drafted = [order for order in case.course.orders if order.key == key]
    tests = [test for test in case.course.tests if test.key == key]
    if any(order.state not in (OrderState.DRAFT, OrderState.STOP) for order in drafted) or not (
        drafted or tests
    ):
        yield "I4 removes an order that is not drafted"
    if any(
        order.has_folate and folate_class(order, case) is FolateClass.PROTECTED for order in drafted
    ):
        yield "I17 removes protected folic acid"


# --- all cards
# --------------------------------------------------------------------------------------------------


def _together(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Never two cards about one order, two that draft treatment, or one that changes what another
    removes.
    """
    about = [key for finding in findings for key in finding.about]
    if len(set(about)) != len(about):
        shown = [(finding.card.id, finding.about) for finding in findings]
        yield f"two cards about one order: {shown}"
    drafting = [
        finding.card.id
        for finding in findings
        if any(True for item in finding.resolutions for _ in drafted_phases(item.edits))
    ]
    if len(drafting) > 1:
        yield f"two cards draft treatment: {drafting}"
    summaries = [finding.summary for finding in findings]
    if len(set(summaries)) != len(summaries):
        yield f"two cards say the same: {summaries}"
    for finding in findings:
        others = [other for other in findings if other is not finding]
        if _removed(finding) & {key for other in others for key in _changed(other)}:
            yield f"{finding.card} removes what another card changes"


def _removed(finding: Finding) -> set[str]:
    return {
        edit.key
        for resolution in finding.resolutions
        for edit in resolution.edits
        if isinstance(edit, RemoveOrder)
    }


def _changed(finding: Finding) -> set[str]:
    edits = [edit for resolution in finding.resolutions for edit in resolution.edits]
    return {
        edit.key
        for edit in edits
        if isinstance(edit, ChangeOrder | AddTechnique | ChangeSite | ChangeStart)
    }


def _never_silent(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    cards = {card.id for finding in findings for card in (finding.card, *finding.also_found)}
    if case.assessment.deceased.is_true:
        if findings:
            yield "Q14 a card about a deceased person"
        return
    therapeutic = [
        order
        for order in case.selected_folate
        if folate_class(order, case) is FolateClass.THERAPEUTIC
    ]
    if therapeutic and folate_gate(case) is FolateGate.CLOSED and "c1" not in cards:
        yield "I3 silent on therapeutic folic acid with the gate closed"
    for order in case.drafts:
        line = order.cobalamin
        too_much = order.product_error or (
            line and line.dose and line.dose >= (10000 if line.route is Route.ORAL else 5000)
        )
        if too_much and not any(finding.indicator is Indicator.CRITICAL for finding in findings):
            yield "I11 no critical card for a unit or product error"


def _all_accepted(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Whatever a client accepts of several cards at once, one suggestion each or none, nothing
    critical comes of it (Q65).
    """
    ways = [(None, *finding.resolutions) for finding in findings if finding.resolutions]
    if len(ways) < 2:
        return
    before = {finding.card for finding in findings}
    for taken in itertools.product(*ways):
        chosen = [resolution for resolution in taken if resolution is not None]
        if len(chosen) < 2:
            continue
        edits = tuple(edit for resolution in chosen for edit in resolution.edits)
        course = apply(case.course, edits, case.scenario.as_of)
        for later in review(course, case.scenario, case.recommendation, case.policy):
            if later.indicator is Indicator.CRITICAL and later.card not in before:
                labels = [resolution.label for resolution in chosen]
                yield f"Q65 accepting {labels} leads to {later.card}"


def _fixed_point(case: Case, finding: Finding, resolution: Resolution) -> Iterator[str]:
    """Accepting a suggestion leaves nothing loud about what was taken, and nothing loud at all
    where it drafts treatment.

    Two things no draft can mend are left out: a product that cannot be had or given (PS3, PS4), and
    an order that must stay because it holds protected folic acid (I17).
    """
    day: dt.date = case.scenario.as_of
    course = apply(case.course, resolution.edits, day)
    after = review(course, case.scenario, case.recommendation, case.policy)
    touched = {
        edit.key
        for edit in resolution.edits
        if isinstance(edit, ChangeOrder | AddTechnique | ChangeStart | ChangeSite)
    }
    drafts = any(True for _ in drafted_phases(resolution.edits))
    protected = {
        order.key
        for order in case.selected_folate
        if folate_class(order, case) is FolateClass.PROTECTED
    }
    asked_before = any(card.id == "d5" for card in (finding.card, *finding.also_found))
    for later in after:
        mine = bool(set(later.about) & touched) or any(key.startswith("new") for key in later.about)
        if later.indicator is Indicator.INFO or not (mine or drafts):
            continue
        if set(later.about) & protected or (case.recommendation.not_drafted and not drafts):
            continue
        if later.card.id == "d5" and asked_before:
            continue  # an allergy entry that may mean this B12 is clarified by asking (Q28)
        yield (
            f"{finding.card}: after {resolution.label!r} still "
            f"{later.card} {[card.id for card in later.also_found]} "
            f"about {later.about}"
        )
