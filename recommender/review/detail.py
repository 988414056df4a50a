"""What stands in the detail of a card beside the sentences of its findings: the facts that decided,
what could not be read, the tests, and where the sources differ (cards.md 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from recommender.cards import Card, Detail, cards
from recommender.case import Case, Issue, has_test
from recommender.deficiency import Permanence
from recommender.guidance import NonNeuroRoute
from recommender.language import Cause, FollowUp, Substance, Test, is_injected
from recommender.review.with_signs import with_signs
from recommender.wording import (
    TEST_NAMES,
    Words,
    facts_that_decided,
    hint_lines,
    join,
    judged_by_words,
    undated_dose,
    unread_lines,
)

QUOTES_HINTS = frozenset(
    {
        cards.B2_ASK_ABOUT_SIGNS,
        cards.B10_BY_MOUTH_MALABSORPTION,
        cards.B13_NO_USABLE_TEST,
        cards.B17_NO_INDICATION,
        cards.B18_BORDERLINE,
        cards.B23_LAPSED,
        cards.C3_B12_NOT_KNOWN,
        cards.K1_DUE,
    }
)
"""Cards on which words that may change the answer are quoted, whatever they offer."""


SAYS_C6 = frozenset(
    {
        cards.B1_BY_MOUTH_WITH_SIGNS,
        cards.B3_TOO_SELDOM_WITH_SIGNS,
        cards.B19_ALTERNATE_DAYS_END,
        cards.K1_DUE,
    }
)
"""Cards that say that the sources differ about glossitis."""


def _offers_cyanocobalamin(case: Case) -> bool:
    return any(phase.line.substance is Substance.CYANOCOBALAMIN for phase in case.offered_phases)


def detail_of(
    case: Case,
    issues: Sequence[Issue],
    *,
    offers: bool,
    planned: Sequence[FollowUp] = (),
    said: str = "",
) -> Detail:
    """Return the detail of one card.

    Args:
        said: its first line.
        offers: whether the card offers a regimen.
        planned: tests that go with the treatment it starts.
    """
    words = Words(case.scenario, case.assessment, case.policy)
    found = tuple(dict.fromkeys(issue.card for issue in issues))
    rules = (case.rule, *case.recommendation.also)
    injects = offers and any(is_injected(phase.line) for phase in case.offered_phases)
    facts = facts_that_decided(words, found, rules, offers=offers, injects=injects)
    if offers and _offers_cyanocobalamin(case) and (judged := judged_by_words(words)):
        facts = (*facts, judged)
    quotes = offers or bool(QUOTES_HINTS & set(found))
    told = (said, *(reason for issue in issues for reason in issue.reasons))
    hints = hint_lines(words, " ".join(told)) if quotes else ()
    further = (with_signs(case), undated_dose(words)) if quotes else ()
    return Detail(
        facts=facts,
        unread=(
            *unread_lines(case.scenario, offers=offers, doses=_denies_doses(case, found)),
            *hints,
            *(line for line in further if line),
        ),
        tests=say_tests(case, planned),
        differs=_differs(case, found) if case.policy.sources_differ else "",
    )


def _denies_doses(case: Case, found: Sequence[Card]) -> bool:
    """Return whether a card says of what is ordered that no dose is on record (Q29, Q55)."""
    treatment = case.assessment.treatment
    ordered = treatment.unknown_by_record or treatment.ordered or treatment.order_key
    asks = {cards.K1_DUE, cards.B4_NO_LOADING, cards.B23_LAPSED, cards.C2_FIRST_DOSE_PENDING}
    return bool(asks & set(found) and ordered) and not treatment.dose_documented


TARGET = {Test.HOMOCYSTEINE: " (target under 10)"}


def say_tests(case: Case, planned: Iterable[FollowUp]) -> str:
    """Return the tests not yet drafted by when they are due: "Before the first dose: folate. At 3,
    6 and 12 months: ...".
    """
    due: dict[tuple[int, int], list[Test]] = {}
    for item in planned:
        if not has_test(case, item.test):
            due.setdefault((item.months, item.days), []).append(item.test)
    now = due.pop((0, 0), [])
    first = "Before the first dose" if case.starts_treatment else "Now"
    first = "Before the next dose" if case.had_a_dose else first
    said = [f"{first}: {_named(now, {})}."] if now else []
    said += [
        f"Within {days * 24} hours: {_named(tests)}." for (_, days), tests in due.items() if days
    ]
    by_tests: dict[str, list[str]] = {}
    for (months, days), tests in due.items():
        if months and not days:
            by_tests.setdefault(_named(tests), []).append(str(months))
    said += [
        f"At {join(months)} month{'' if months == ['1'] else 's'}: {tests}."
        for tests, months in by_tests.items()
    ]
    return " ".join(said)


def _named(tests: Iterable[Test], targets: Mapping[Test, str] = TARGET) -> str:
    """Name the tests, with what is aimed at: of a sample before treatment that is nothing."""
    return ", ".join(f"{TEST_NAMES[test]}{targets.get(test, '')}" for test in dict.fromkeys(tests))


# --- where the sources differ (K18)


def _differs(case: Case, found: tuple[Card, ...]) -> str:
    """Return the one line on the conflict that changes what is done, empty where none does."""
    return next((f"Sources differ: {text}." for text in _conflicts(case, found) if text), "")


def _conflicts(case: Case, found: tuple[Card, ...]) -> Iterable[str]:
    a, rule = case.assessment, case.rule
    by_glossitis = a.glossitis_only and a.neurological.is_true
    if by_glossitis and SAYS_C6 & set(found):
        yield C6
    if cards.B22_TABLETS_FAIL in found and not a.b12_still_low.is_true:
        yield C37
    if set(found) & {cards.B10_BY_MOUTH_MALABSORPTION, cards.B22_TABLETS_FAIL} or rule == "T5":
        yield C2
    if cards.F2_STOP_CAUSE_RESOLVED in found or (
        cards.F1_STOP in found and a.permanence is not Permanence.PERMANENT
    ):
        yield C18
    if "P3" in (rule, *case.recommendation.also) and Cause.CROHNS_ILEAL in a.causes:
        yield C10
    if rule in ("P4", "M3"):
        yield C13
    first = rule in ("M5", "M6", "M7", "M8") and not a.pregnant.is_true  # then injections (K10)
    if first and set(found) & {cards.K1_DUE, cards.B4_NO_LOADING}:
        oral = case.policy.non_neuro_route is NonNeuroRoute.ORAL_FIRST
        yield C1.format(first="daily tablets" if oral else "injections")


C1 = (
    "one source starts with injections, the other with daily tablets; this site starts with {first}"
)
C2 = (
    "one source reports tablets work even in pernicious anaemia (23 of 26 people at 1 month), the "
    "other does not let them replace injections"
)
C6 = "one source counts glossitis as neurological; the other does not"
C10 = (
    "in ileal Crohn's one source tests yearly and treats above 30 to 60 cm, the other treats "
    "everyone monthly"
)
C13 = (
    "after bariatric surgery both an injection every 3 months and daily tablets are given as right"
)
C18 = "the sources treat for life; NICE (2024) lets treatment stop when the cause is resolved"
C37 = (
    "NICE (2024) lets the tablet dose be raised or injections be started; the sources change to "
    "injections"
)
"""The conflicts of decisions 1 that a card names, in the words of cards.md 7."""
