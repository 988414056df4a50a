"""What is said where adult guidance does not hold: a person under age, of unknown age, or of whom
nothing could be read (Q14, Q57).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recommender.cards import Finding, Indicator, Resolution, cards
from recommender.case import Case, Issue, is_treatment
from recommender.checks import check_route
from recommender.deficiency import Deficiency
from recommender.folic_acid import check_folate
from recommender.language import Order, RecordArea
from recommender.remedies import resolve_removals
from recommender.review.merging import distinct, fold
from recommender.safety import check_alone, check_contraindications, check_site

AT_ANY_AGE = frozenset({cards.B8_UNIT_OR_PRODUCT, cards.B21_FREQUENCY})
"""What an order shows by itself that harms at any age; of the rest a child's doctor knows more."""

FOLIC_ACID_AT_ANY_AGE = frozenset({cards.C1_FOLIC_ACID_FIRST, cards.B24_FOLIC_ACID_DOSE})

PATIENT_NOT_READ = "The age could not be read: adult B12 guidance is not applied"

BY_THE_RECORD = frozenset({cards.K4_NOT_ADULT, cards.A3_NOT_CHECKED})
"""Cards that say only that nothing can be said."""


def review_not_adult(case: Case) -> Iterator[Finding]:
    """Yield k4 and the safety cards, with nothing created (Q14)."""
    issues = [issue for order in case.drafts for issue in _at_any_age(case, order)]
    issues += [
        issue
        for order in case.selected_folate
        for issue in check_folate(case, order)
        if issue.card in FOLIC_ACID_AT_ANY_AGE or _waits_for_b12(case, issue)
    ]
    treatment = distinct(
        order.key for order in (*case.drafts, *case.selected_stops) if is_treatment(order)
    )
    if treatment:
        issues.append(_not_applied(case, treatment))
    if issues:
        yield fold(case, issues, _only_removals(case, issues))


def _waits_for_b12(case: Case, issue: Issue) -> bool:
    """Return whether folic acid meets a deficiency that is confirmed, and vitamin B12 of which no
    dose is on record: as without the order it is not passed over (c1, G1).
    """
    confirmed = case.assessment.deficiency is Deficiency.CONFIRMED
    return issue.card == cards.C2_FIRST_DOSE_PENDING and issue.is_loud and confirmed


def says_more_than_the_record(findings: Sequence[Finding]) -> bool:
    """Return whether some card speaks of what an order alone shows, so that it is said even where
    nothing of the patient could be read (Q57).
    """
    said = {card for finding in findings for card in (finding.card, *finding.also_found)}
    return bool(said - BY_THE_RECORD)


def _not_applied(case: Case, about: tuple[str, ...]) -> Issue:
    unread = RecordArea.PATIENT in case.scenario.unavailable
    return Issue(
        cards.K4_NOT_ADULT,
        Indicator.INFO,
        ("Doses and intervals for adults are not applied here.",),
        ("S52",),
        about,
        PATIENT_NOT_READ if unread else "",
    )


def _at_any_age(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what harms at any age; where not even the age could be read, all that the order shows
    by itself (Q57).
    """
    alone = check_alone(case, order)
    if RecordArea.PATIENT in case.scenario.unavailable:
        yield from alone
        yield from check_route(case, order)
        yield from check_site(case, order)
    else:
        yield from (issue for issue in alone if issue.card in AT_ANY_AGE)
    yield from check_contraindications(case, order)


ONLY_IF_CRITICAL = frozenset({cards.D4_REACTION, cards.B21_FREQUENCY})
"""A reaction that is to be clarified first takes no order out (Q52), nor do injections every day:
what a child's doctor may mean by them is not judged here.
"""


def _only_removals(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    harmful = {cards.B8_UNIT_OR_PRODUCT, cards.B24_FOLIC_ACID_DOSE, cards.C1_FOLIC_ACID_FIRST}
    harmful |= {cards.D3_LEBERS}
    return resolve_removals(
        case,
        [
            issue
            for issue in issues
            if issue.card in harmful or (issue.card in ONLY_IF_CRITICAL and issue.is_critical)
        ],
    )
