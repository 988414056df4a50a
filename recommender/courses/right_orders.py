"""What is to be said beside orders that are right (card a1): an emergency, a conflict of the
sources, what they could not be checked against, reviews (cards.md 4, Q6, Q50, Q53).
"""

from __future__ import annotations

from collections.abc import Sequence

from recommender.cards import Indicator, cards
from recommender.case import Case, Issue, is_treatment
from recommender.checks import ileal_conflict
from recommender.deficiency import Deficiency
from recommender.language import FollowUp, HintAt, RecordArea
from recommender.wording import LISTS, Words, join, quote

_OPEN_OR_SHOWN = (Deficiency.CONFIRMED, Deficiency.PROBABLE, Deficiency.UNRESOLVED)
"""Where pregnancy changes what is asked (Q84)."""


def sources_differ(case: Case) -> Issue | None:
    """Return what is said where ileal disease of limited or unknown size is treated: one source
    does, the other tests yearly (P3, Q34, Q53).
    """
    if "P3" not in (case.rule, *case.recommendation.also) or not any(
        map(is_treatment, case.drafts)
    ):
        return None
    return ileal_conflict(case, tuple(order.key for order in case.drafts))


def emergency(case: Case) -> Issue | None:
    """Return what signs of the cord or the optic nerve ask for beside orders that are right
    (K15).
    """
    if not case.assessment.is_emergency:
        return None
    about = tuple(order.key for order in case.drafts)
    words = Words(case.scenario, case.assessment, case.policy)
    reason = "The order matches the guidance; it is not the whole of what these signs need."
    summary = (
        f"{words.finding}: use the same-day route to neurology; this B12 order is right and "
        f"not enough"
    )
    return Issue(cards.A1_RIGHT_BUT_MORE, Indicator.INFO, (reason,), ("X33",), about, summary)


def more_than_an_order(case: Case) -> Issue | None:
    """Return what has to be said beside orders that are right: an emergency (K15), or what they
    could not be checked against.
    """
    if urgent := emergency(case):
        return urgent
    about = tuple(order.key for order in case.drafts)
    if case.starts_treatment and (summary := _cobalt(case)):
        reason = "Every form of vitamin B12 contains cobalt; the allergy does not rule it out."
        return Issue(cards.A1_RIGHT_BUT_MORE, Indicator.INFO, (reason,), ("X26",), about, summary)
    unread = [LISTS[area] for area in MUST_BE_READ if area in case.scenario.unavailable]
    if unread:
        reason = "As far as the record could be read, the order matches the guidance."
        summary = f"B12 order not fully checked: {join(unread)} could not be read"
        return Issue(
            cards.A1_RIGHT_BUT_MORE, Indicator.INFO, (reason,), ("X27", "S16"), about, summary
        )
    return None


def _cobalt(case: Case) -> str:
    """Return what is said of a cobalt allergy, recorded or pointed at (K12, Q28); else nothing."""
    watch = "watch for a reaction for 72 hours after each dose"
    if case.assessment.cobalt_allergy.is_true:
        return f"Cobalt allergy recorded: {watch}"
    hints = case.scenario.hints_at(HintAt.COBALT_ALLERGY)
    return f"Record says {quote(hints[0].words, 40)}, perhaps cobalt: {watch}" if hints else ""


MUST_BE_READ = (
    RecordArea.CONDITIONS,
    RecordArea.LABORATORY,
    RecordArea.MEDICATIONS,
    RecordArea.ALLERGIES,
    RecordArea.PROCEDURES,
)
"""Parts of the record without which "nothing to say" would claim too much: signs, kidneys and
platelets, other B12, reactions, operations (Q6, R176).
"""


def right_order(case: Case, tests: Sequence[FollowUp]) -> Issue:
    """Return a1 of an order that matches the guidance, with the reviews that go with it."""
    summary = "" if tests else "B12 order matches guidance"
    if case.assessment.pregnant.is_true and case.assessment.deficiency in _OPEN_OR_SHOWN:
        summary = "Pregnant: ask haematology; active B12 or MMA tells more than total B12"
    return Issue(
        cards.A1_RIGHT_BUT_MORE,
        Indicator.INFO,
        ("Product, dose, route and frequency are as the guidance has them.",),
        ("S35", "S36", "S78", "S79"),
        tuple(order.key for order in case.drafts),
        summary,
    )
