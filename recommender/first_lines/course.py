"""First lines about the course: second orders, stops, medicines that lower B12."""

from __future__ import annotations

from recommender.assessment import Permanence
from recommender.cards import Indicator, cards
from recommender.checks import Case, Issue, is_oral
from recommender.courses import Repeats, repeats
from recommender.first_lines.common import order_of
from recommender.wording import Words, capital, say_date, say_often


def e1(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    if order is None or order.cobalamin is None:
        return ""
    same = [
        other
        for other in case.standing
        if other.cobalamin is not None
        and other.key != order.key
        and is_oral(other.cobalamin) is is_oral(order.cobalamin)
    ]
    if not same:
        return "The same B12 order is drafted twice"
    old = same[0]
    line = old.cobalamin
    if line is None:
        return ""
    named = f"{capital(line.substance.value.partition(' (')[0])} {say_often(line)}".strip()
    since = words.on("", None)
    if old.authored:
        since = f" (from {say_date(old.authored, words.as_of)})"
    if repeats(case, order) is Repeats.CHANGES:
        return f"{named} is still active: does this order replace it?"
    return f"{named}{since} is still active: a renewal, or a second order?"


def f1(case: Case, issue: Issue, words: Words) -> str:
    a = case.assessment
    if issue.indicator is Indicator.CRITICAL:
        year = words.findings[0].evidence.date if words.findings else None
        ever = next(iter(case.scenario.neurological_findings), None)
        named = capital(ever.sign.value) if ever else "Nerve signs"
        date = year or (ever.evidence.date if ever else None)
        return (
            f"{named}{f' in {date.year}' if date else ''}: stopping B12 risks lasting nerve damage"
        )
    if a.permanence is Permanence.UNKNOWN or not words.cause:
        return "Cause not known: a normal level is no reason to stop B12"
    if a.permanence is Permanence.PERSISTENT:
        return f"{words.cause} not recorded as resolved: a normal level is no reason to stop"
    return f"{words.cause} needs B12 for life: a normal level is no reason to stop"


def f2(case: Case, _: Issue, words: Words) -> str:
    evidence = case.scenario.cause_resolved.evidence
    day = f" ({words.day(evidence[0].date)})" if evidence and evidence[0].date else ""
    return (
        f"{words.cause} recorded as resolved{day}: sources differ on stopping; recheck in 3 to 6 "
        f"months"
    )


def g(case: Case, issue: Issue, words: Words) -> str:
    use = next(iter(case.scenario.lowering_drugs), None)
    if use is None:
        return ""
    since = f" since {words.day(use.evidence.date)}" if use.evidence.date else ""
    drug = f"{capital(use.drug.value)}{since}"
    if issue.card is cards.G2_LOWERING_DRUG_UNTESTED:
        return f"{drug}, no B12 in 12 months: consider one"
    return f"{drug} and {words.level}: measure or treat B12" if words.level else ""
