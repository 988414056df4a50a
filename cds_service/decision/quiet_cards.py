"""Info cards that were overridden for the same patient, order, rule and deciding values, by the
same client at the same service, are not shown for a while.

Never a warning or a critical card, never what says that something could not be read, and never for
callers that were not authenticated, who could otherwise silence cards for others.

The question about nerve signs beside loading is put once to a client that has no patient-view.

Source: decisions Q45, Q82, Q93, I32; R173.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from cds_service.decision.decide import Decision
from cds_service.decision.row_facts import facts_of_rules
from cds_service.records import Listener, Store
from recommender.cards import MAY_BE_SILENCED, NEVER_SILENCED_WITH_SIGNS, Finding, Indicator, cards
from recommender.language import Course, HintAt, Order, describe_line, is_injected

OVERRIDDEN, ASKED_BEFORE = "overridden", "asked before"
"""Why a card is quiet, as it stands in the record."""


def find_quiet(
    decision: Decision, store: Store, listener: Listener, now: dt.datetime
) -> frozenset[int]:
    """Return the numbers of the quiet cards of a decision."""
    since = now - dt.timedelta(days=decision.policy.info_silence_days)
    return frozenset(
        number
        for number, finding in enumerate(decision.findings)
        if may_be_silenced(finding, decision)
        and store.recently_overridden(
            listener,
            finding.card.id,
            finding.rule,
            since,
            about(finding, decision, store.key.hash_text),
        )
    )


def find_asked(
    decision: Decision, store: Store, listener: Listener, now: dt.datetime
) -> frozenset[int]:
    """Return the numbers of the cards that ask once, where no opened chart does, and have asked."""
    since = now - dt.timedelta(days=decision.policy.info_silence_days)
    return frozenset(
        number
        for number, finding in enumerate(decision.findings)
        if asks_once(finding, decision)
        and store.recently_shown(
            listener,
            finding.card.id,
            finding.rule,
            since,
            about(finding, decision, store.key.hash_text),
        )
    )


def asks_once(finding: Finding, decision: Decision) -> bool:
    """Return whether a card does nothing but ask about nerve signs beside loading because the
    client has no patient-view (Q93).
    """
    if decision.case.basis.client.calls_when_opened or not may_be_silenced(finding, decision):
        return False
    alone = finding.card is cards.B2_ASK_ABOUT_SIGNS and not finding.also_found
    orders = [order for order in decision.course.orders if order.key in finding.about]
    return alone and bool(orders) and all(map(_is_injected, orders))


def _is_injected(order: Order) -> bool:
    return order.cobalamin is not None and is_injected(order.cobalamin)


def may_be_silenced(finding: Finding, decision: Decision) -> bool:
    """Return whether overrides can silence a card at all (Q45, Q82, Q85, Q92,
    I32).
    """
    scenario, assessment = decision.scenario, decision.recommendation.assessment
    said = {finding.card, *finding.also_found}
    if finding.indicator is not Indicator.INFO or not said <= MAY_BE_SILENCED:
        return False
    if scenario.unavailable or scenario.incomplete:
        return False
    if cards.B2_ASK_ABOUT_SIGNS in said and scenario.hints:
        return False
    if cards.D2_KIDNEY_NOT_KNOWN in said and scenario.hints_at(*_OF_KIDNEYS):
        return False
    if cards.C3_B12_NOT_KNOWN in said and not decision.is_refill:
        return False
    signs = assessment.neurological.is_true and assessment.neurological_recent
    return not (said & NEVER_SILENCED_WITH_SIGNS and (signs or assessment.urgent_neurology))


_OF_KIDNEYS = (HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)


def about(finding: Finding, decision: Decision, hash_text: Callable[[str], str]) -> str:
    """Return what a finding is about and the values that decided, as a keyed hash: the same for the
    same order drafted again, which the ids of drafts are not, and another once a value changes.
    """
    deciding = facts_of_rules().get(finding.rule, ())
    values = [f"{fact.name}={fact.value}" for fact in decision.facts if fact.name in deciding]
    return hash_text("\n".join([_order_of(finding, decision.course), *values]))


def _order_of(finding: Finding, course: Course) -> str:
    """Return the orders and tests that a finding speaks of, without their ids."""
    orders = [
        describe_line(line)
        for order in course.orders
        if order.key in finding.about
        for line in order.lines
    ]
    tests = [test.test.value for test in course.tests if test.key in finding.about]
    return "; ".join(sorted(orders + tests))
