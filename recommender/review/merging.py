"""Issues are folded into cards: the loudest first, the others inside it, nothing said twice
(cards.md 5, Q18).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from recommender.cards import (
    LOUDNESS,
    Finding,
    OverrideReason,
    Resolution,
    cards,
    override_reasons,
)
from recommender.case import Case, Column, Issue, may_need_loading, sort_issues
from recommender.first_lines import summarise
from recommender.language import AddFollowUps, AddRegimen, ChangeOrder, FollowUp
from recommender.precautions import SAME_DAY
from recommender.review.detail import detail_of
from recommender.safety import ask_about_allergy

_Item = TypeVar("_Item")

ASKED_ABOUT_REACTIONS = frozenset({cards.D4_REACTION, cards.D5_PERHAPS_ALLERGY})
"""Cards that ask about reactions already; what any other drafts is asked about too (Q28)."""


def fold(
    case: Case,
    issues: Iterable[Issue],
    resolutions: tuple[Resolution, ...],
    further: Sequence[str] = (),
    planned: Sequence[FollowUp] = (),
) -> Finding:
    """Return one card of all the issues, under the first of the merge order.

    Args:
        further: sentences that go below those of the issues.
        planned: tests that go with the treatment the card starts.
    """
    first, *folded = sort_issues(issues)
    edits = [edit for resolution in resolutions for edit in resolution.edits]
    offers = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    folded += _asked_of_the_draft(case, (first, *folded)) if offers else ()
    everything = (first, *folded)
    summary = summarise(case, first)
    said = " ".join((summary, *(summarise(case, issue) for issue in folded)))
    return Finding(
        card=first.card,
        indicator=first.indicator,
        summary=summary,
        reasons=_the_same_day_first(
            (*(said for issue in everything for said in _reasons_of(case, issue, first)), *further)
        ),
        rule=case.rule,
        citations=distinct(citation for issue in everything for citation in issue.citations),
        about=distinct(key for issue in everything for key in issue.about),
        resolutions=_distinct_resolutions(_as_far_as_known(case, everything, resolutions)),
        choice=not _may_all_be_taken(case, resolutions),
        override_reasons=_override_reasons(case, everything),
        also_found=distinct(one.card for one in folded if one.card != first.card),
        detail=detail_of(case, everything, offers=offers, planned=planned, said=said),
    )


def _the_same_day_first(sentences: Iterable[str]) -> tuple[str, ...]:
    """Return the sentences, each once; that of the same-day route leads (K15, Q50)."""
    return tuple(sorted(distinct(sentences), key=lambda said: said != SAME_DAY))


def _asked_of_the_draft(case: Case, issues: Sequence[Issue]) -> tuple[Issue, ...]:
    """Return d5 for a card that drafts vitamin B12 and does not ask about reactions already."""
    asked = {issue.card for issue in issues} & ASKED_ABOUT_REACTIONS
    return () if asked else tuple(ask_about_allergy(case, ()))


def _may_all_be_taken(case: Case, resolutions: Sequence[Resolution]) -> bool:
    """Return whether the suggestions are additions to each other: a test beside prophylaxis."""
    drugs = [
        one for one in resolutions if not all(isinstance(edit, AddFollowUps) for edit in one.edits)
    ]
    return case.is_prophylaxis and len(drugs) < min(2, len(resolutions))


def _reasons_of(case: Case, issue: Issue, first: Issue) -> tuple[str, ...]:
    """A folded card brings its first line as a sentence of the detail, and its reasons only where
    it is critical; the primary card has its first line on top.
    """
    if issue.card == first.card:
        return issue.reasons
    said = summarise(case, issue)
    said = said if said.endswith("?") else f"{said}."
    return (said, *issue.reasons) if issue.is_critical else (said,)


def _override_reasons(case: Case, issues: Sequence[Issue]) -> tuple[OverrideReason, ...]:
    """The reasons of every folded card, and "other" for what is loud; a card of information without
    reasons of its own has none.

    Where glossitis alone counts as neurological, every card that rests on it may be overridden by
    saying so (C6).
    """
    reasons = distinct(reason for issue in issues for reason in issue.card.overrides)
    loud = any(issue.is_loud for issue in issues)
    if case.assessment.glossitis_only and case.column is Column.NEUROLOGICAL:
        reasons = distinct((*reasons, override_reasons.GLOSSITIS_ONLY))
    return (*reasons, override_reasons.OTHER) if reasons or loud else ()


def _as_far_as_known(
    case: Case, issues: Sequence[Issue], resolutions: tuple[Resolution, ...]
) -> tuple[Resolution, ...]:
    """Return the suggestions, none of them marked where the prescriber says first what is open:
    which of two doses of one order is meant (Q41), whether nerve signs are why it is so frequent,
    whether a level that may be low calls for loading before prevention (E3; what is wrong with an
    order is put right all the same), or why what is resumed is ordered less often than before the
    lapse (T4).
    """
    said = {issue.card for issue in issues}
    quiet = {issue.card for issue in issues if not issue.is_loud}
    frequent = case.assessment.neurological.is_unknown and cards.B6_INTERVAL_TOO_LONG in quiet
    resumed = case.rule == "T4" and cards.B23_LAPSED in quiet
    two_doses = cards.B20_TEXT_AGAINST_FIELDS in said
    loading = may_need_loading(case) and len(quiet) == len(said)
    if not (two_doses or frequent or resumed or loading):
        return resolutions
    return tuple(replace(one, recommended=False) for one in resolutions)


def _distinct_resolutions(resolutions: Iterable[Resolution]) -> tuple[Resolution, ...]:
    """Of two suggestions that read the same the first is kept."""
    return tuple(
        {resolution.label: resolution for resolution in reversed(tuple(resolutions))}.values()
    )[::-1]


def either_of(reviews: Sequence[tuple[Finding, ...]], *, offers: bool) -> tuple[Finding, ...]:
    """Return what is to be said where one of several alternatives will be ordered and nobody has
    chosen yet: all that speaks against any of them.

    Args:
        offers: whether treatment is offered as a further draft; not where one of the alternatives
            may be just that.
    """
    if len(reviews) == 1:
        return reviews[0]
    same: dict[tuple[str, str], list[Finding]] = {}
    for finding in itertools.chain(*reviews):
        same.setdefault((finding.card.id, finding.summary), []).append(finding)
    said = (_as_one(found, offers=offers) for found in same.values())
    return tuple(sorted(said, key=lambda one: (LOUDNESS[one.indicator], one.card.id)))


def _as_one(found: Sequence[Finding], *, offers: bool) -> Finding:
    """Return the loudest of findings that say the same, about the orders of all of them."""
    loudest = min(found, key=lambda one: LOUDNESS[one.indicator])
    kept = (
        resolution
        for one in found
        for resolution in one.resolutions
        if offers or not any(isinstance(edit, AddRegimen) for edit in resolution.edits)
    )
    about = distinct(key for one in found for key in one.about)
    return replace(loudest, about=about, resolutions=_distinct_resolutions(kept))


def distinct(items: Iterable[_Item]) -> tuple[_Item, ...]:
    """Return the items without repeats, in their order."""
    return tuple(dict.fromkeys(items))
