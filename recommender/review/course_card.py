"""The card of a drafted course: its findings folded, the advice and the tests that go with it."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.cards import Card, Finding, Resolution, cards
from recommender.case import Case, Issue
from recommender.deficiency import Ground
from recommender.first_lines import say_waiting_loading
from recommender.language import AddRegimen, ChangeOrder, FollowUp
from recommender.monitoring import CAUSE_TESTS
from recommender.remedies import resolve_course
from recommender.review.detail import SAYS_C6
from recommender.review.merging import fold


def course_card(case: Case, issues: Sequence[Issue]) -> Finding:
    resolutions = resolve_course(case, issues)
    return fold(
        case,
        issues,
        resolutions,
        (*say_waiting_loading(case, issues), *advice_of(case, issues, resolutions)),
        planned_tests(issues, case, resolutions),
    )


ALWAYS_SAID = frozenset({"G2", "T5", "K12", "K15"})
"""Advice that is given although no regimen is offered with it: it is the whole answer of its row,
or does not wait for one (Q50).
"""


LEFT_OUT = frozenset({"K1", "2.7"})
"""The site of injection stands in every drafted order; when to monitor yearly decides nothing about
an order.
"""


SAID_BY: dict[str, set[Card]] = {
    "K2": {cards.H1_PLATELETS_25_TO_50, cards.H2_PLATELETS_10_TO_24, cards.H3_PLATELETS_BELOW_10},
    "K3": {cards.H2_PLATELETS_10_TO_24, cards.H3_PLATELETS_BELOW_10},
    "K4": {cards.H3_PLATELETS_BELOW_10},
    "K5": {cards.H4_INR, cards.H5_BLEEDING},
    "K6": {cards.H5_BLEEDING},
    "K7": {cards.D1_KIDNEY},
    "K8": {cards.D3_LEBERS},
    "K9": {cards.K2_POTASSIUM},
    "T5": {cards.B10_BY_MOUTH_MALABSORPTION, cards.K1_DUE},
}
"""Advice that these cards already give."""


def advice_of(
    case: Case, issues: Sequence[Issue], resolutions: Sequence[Resolution]
) -> tuple[str, ...]:
    """Return what goes with a regimen that is offered: the modifiers, and why nothing can be
    drafted where that is so.
    """
    offers = any(
        isinstance(edit, AddRegimen | ChangeOrder)
        for resolution in resolutions
        for edit in resolution.edits
    )
    found = {issue.card for issue in issues}
    advice = (
        advice.text
        for advice in case.recommendation.advice
        if (offers or advice.id in ALWAYS_SAID or _pregnant_now(case, advice.id))
        and advice.id not in LEFT_OUT
        and not _is_asked_in_vain(case, advice.id)
        and not (advice.id == "C6" and case.policy.sources_differ and found & SAYS_C6)
        and not SAID_BY.get(advice.id, set()) & found
    )
    severe = any(issue.card == cards.D4_REACTION and issue.is_critical for issue in issues)
    told = cards.K3_NOT_AVAILABLE in found and not case.assessment.neurological.is_true
    why = "" if severe or told else case.recommendation.not_drafted
    return (*advice, *((why,) if why else ()))


def _is_asked_in_vain(case: Case, advice: str) -> bool:
    """Return whether pregnancy is not known and would change nothing: only a low total level that
    stands alone is read otherwise in pregnancy (D2, Q84).
    """
    a = case.assessment
    alone = a.ground is Ground.LOW and not a.causes
    ill = (a.neurological | a.symptoms | case.scenario.deficiency_diagnosis.truth).is_true
    return advice == "K10" and a.pregnancy_possible and (not alone or ill)


def _pregnant_now(case: Case, advice: str) -> bool:
    return advice == "K10" and case.assessment.pregnant.is_true


def planned_tests(
    issues: Sequence[Issue], case: Case, resolutions: Sequence[Resolution]
) -> tuple[FollowUp, ...]:
    """Return the tests before the first dose and the reviews that go with treatment that starts;
    nothing waits for them (2.7).
    """
    starts = any(
        isinstance(edit, AddRegimen) for resolution in resolutions for edit in resolution.edits
    )
    matters = any(issue.is_loud or issue.card == cards.K1_DUE for issue in issues)
    if not (starts and matters) or not case.starts_treatment or case.rule == "N2":
        return ()
    # of the tests for the cause the advice speaks already (K16)
    return tuple(item for item in case.recommendation.follow_ups if item.test not in CAUSE_TESTS)
