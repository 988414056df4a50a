"""An order of vitamin B12 where nothing calls for it yet: the test that decides, another cause."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Issue, has_test, issue_of
from recommender.checks.intervals import check_interval
from recommender.deficiency import Deficiency
from recommender.language import LONGEST_MONTH, Cause, HintAt, Order, RecordArea, Test, is_injected
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import TEST_NAMES, Words, every_months, plain, quote


def check_without_indication(case: Case, order: Order) -> Iterator[Issue]:
    a, line = case.assessment, order.cobalamin
    if case.rule in ("P3", "P6"):
        yield from _too_seldom(case, order)
    match case.rule:
        case "B1":
            yield from measure_first(case, order)
        case "P3" if line is not None and is_injected(line) and not a.low_once:
            if not case.refill:
                yield ileal_conflict(case, (order.key,))
        case "E2" | "E3" | "P3" | "P6":
            if a.deficiency is not Deficiency.UNLIKELY:
                yield from level_first(case, order)
        case "N3":
            yield from _signs_without_deficiency(case, order)
        case "E1":
            yield from _not_low(case, order)


def _too_seldom(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b6 of maintenance further apart than any there is, where prevention may be why it is
    ordered (section 6).
    """
    line = order.cobalamin
    if line is not None and is_injected(line) and line.timing is not None and not line.as_needed:
        yield from (one for one in check_interval(case, order, line, line.timing) if one.is_loud)


def level_first(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b13 of a level that is not known, while the test is not drafted."""
    if has_test(case, Test.SERUM_B12):
        return
    reason = _why_not_known(case)
    loud = WARNING if case.rule == "E3" and case.assessment.symptoms.is_true else INFO
    yield issue_of(cards.B13_NO_USABLE_TEST, loud, order, reason, ("S52", "S87"))


def measure_first(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b18 of a level that does not decide, while the test that does is not drafted."""
    asked = case.recommendation.follow_ups
    if case.excluded_for_now or all(has_test(case, one.test) for one in asked):
        return
    test = next((TEST_NAMES[one.test] for one in asked), "methylmalonic acid")
    reason = (
        f"The level does not decide: the order is not wrong, but {test} says whether there is "
        f"deficiency."
    )
    yield issue_of(cards.B18_BORDERLINE, INFO, order, reason, ("S38", "S87", "S88"))


def _not_low(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b17 of a level that makes deficiency unlikely; symptoms ask for methylmalonic acid."""
    reason = "Deficiency is unlikely at this level."
    if case.assessment.symptoms.is_true:
        if has_test(case, Test.MMA):
            return
        reason = "The level alone does not rule out deficiency."
    yield issue_of(cards.B17_NO_INDICATION, INFO, order, reason, ("S38", "S86"))


def ileal_conflict(case: Case, about: tuple[str, ...]) -> Issue:
    """Return a1 of orders in ileal disease whose extent or length does not decide: by one source
    they are right, the other tests once a year (C10, Q53); b11 where words name a length of ileum
    removed that counts for nothing (Q34).
    """
    words = Words(case.scenario, case.assessment, case.policy)
    hints = case.scenario.hints_at(HintAt.ILEAL_LENGTH)
    said = f"Record says {quote(hints[0].words)}" if hints else ""
    removed = bool(said and case.scenario.hints_at(HintAt.ILEAL_SURGERY))
    if removed or Cause.ILEAL_RESECTION in case.assessment.causes:
        return _resected_length_unknown(case, words, said, about)
    extent = said or f"Ileal Crohn's, {words.crohns or 'extent not recorded'}"
    orders = (order.cobalamin for order in case.drafts if order.key in about)
    injected = all(line is not None and is_injected(line) for line in orders)
    limit = plain(Decimal(case.policy.crohns_extent_cm))
    reason = f"The order is right by one source; the other tests once a year below {limit} cm."
    if not _is_often_enough(case, about):
        reason = f"One source treats every month, the other tests once a year below {limit} cm."
    if not injected:
        reason = "The sources speak of tests and injections, not of tablets: the extent decides."
    summary = f"{extent}: sources differ, yearly B12 test or monthly injections"
    return Issue(
        cards.A1_RIGHT_BUT_MORE, INFO, (reason,), ("S21", "S22", "S71", "S72"), about, summary
    )


def _resected_length_unknown(case: Case, words: Words, said: str, about: tuple[str, ...]) -> Issue:
    """Return a1 of orders after a resection of unknown length; b11 where `said`, the words of the
    record, name a length and the orders are not monthly.
    """
    months = case.policy.ileal_maintenance_months
    every = "monthly" if months == 1 else every_months(months)
    reason = f"More than 20 cm resected calls for injections {every_months(months)} for life."
    if said and not _is_often_enough(case, about):
        summary = f"{said}: if over 20 cm was resected, inject {every_months(months)}"
        return Issue(cards.B11_ILEUM_MONTHLY, INFO, (reason,), ("S20", "S71"), about, summary)
    length = words.ileum or "length not recorded"
    year = words.year_of(Cause.ILEAL_RESECTION)
    summary = f"Ileal resection{year}, {length}: how much was removed? Above 20 cm {every}"
    if said:
        summary = f"{said}: how much was removed? Above 20 cm {every} for life"
    return Issue(cards.A1_RIGHT_BUT_MORE, INFO, (reason,), ("S20", "S21", "S71"), about, summary)


def _is_often_enough(case: Case, about: tuple[str, ...]) -> bool:
    """Return whether every one of these orders is injected as often as in ileal disease (C12)."""
    longest = LONGEST_MONTH * case.policy.ileal_maintenance_months
    lines = [order.cobalamin for order in case.drafts if order.key in about]
    timings = [line.timing for line in lines if line is not None and is_injected(line)]
    return all(timing is not None and timing.longest_interval <= longest for timing in timings)


def _signs_without_deficiency(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b17 of nerve signs with a level that is not low: methylmalonic acid first, then another
    cause (Q69).
    """
    words = Words(case.scenario, case.assessment, case.policy)
    measured = case.scenario.mma.above(case.policy.mma_nmol_l).is_false
    if not measured and has_test(case, Test.MMA):
        return
    reason = "The level alone does not rule out that vitamin B12 is lacking in the nerves."
    summary = (
        f"{words.finding}, {words.level} not low: measure methylmalonic acid before looking "
        f"elsewhere"
    )
    if measured:
        reason = "Deficiency is unlikely: look for another cause of the neurological signs."
        summary = ""
    yield issue_of(cards.B17_NO_INDICATION, INFO, order, reason, ("S86", "S88"), summary)


def _why_not_known(case: Case) -> str:
    """Return the reason of b13: nothing was measured, or what was measured decides nothing, and why
    not.
    """
    a, scenario = case.assessment, case.scenario
    if not (scenario.total_b12.is_known or scenario.holotranscobalamin.is_known):
        unread = RecordArea.LABORATORY in scenario.unavailable | scenario.incomplete
        found = ": no usable result is on record" if scenario.uncounted_b12 else ""
        found = ": the results did not all come" if unread else found
        return f"Whether vitamin B12 is deficient is not known{found}."
    why = {
        "vitamin B12 was, or may have been, taken before it": (
            scenario.b12_supplement_before_test.may_be_true
        ),
        "nitrous oxide makes it mislead": a.nitrous_oxide.is_true,
        "nitrous oxide may make it mislead": (
            a.nitrous_oxide.is_unknown and bool(scenario.hints_at(HintAt.NITROUS_OXIDE))
        ),
        "treatment so far is not known": a.treatment.phase is TreatmentPhase.UNKNOWN,
    }
    said = (
        "; ".join(words for words, holds in why.items() if holds)
        or "it is not exact enough, or another result speaks against it"
    )
    return f"The result on record does not decide it: {said}."


def samples_first(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b13 for N2: the samples come before the first dose, and nothing waits for their
    results.
    """
    if all(has_test(case, item.test) for item in case.recommendation.follow_ups):
        return
    reason = "The samples come before the first dose; treatment does not wait for their results."
    yield issue_of(
        cards.B13_NO_USABLE_TEST,
        INFO,
        order,
        reason,
        ("S69", "X6"),
    )
