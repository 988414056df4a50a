"""The explain JSON: one decision with every fact, every resource and every row of the table that
led to it.

Source: CONTRACT, "The explain JSON".
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from cds_service.cards import FactInWords
from cds_service.decision.decide import Decision
from cds_service.decision.laboratory_history import describe_history
from cds_service.decision.row_facts import conditions_looked_at, facts_of_rows, one_short
from cds_service.decision.schedule import draw_options, without_empty
from cds_service.protocol import make_all_visible
from fhir_mappings.intake import AREAS, ReceiptLine
from recommender.guidance import cite
from recommender.language import (
    Evidence,
    FollowUp,
    Hint,
    ListUnderstood,
    Order,
    Phase,
    TestOrder,
    as_recorded,
    describe_dose,
    describe_line,
    describe_regimen,
    describe_timing,
    say_claims,
)
from recommender.treatment import RULES, Option, Outcome, Recommendation, trace_rows

Json = dict[str, Any]


def explain(decision: Decision) -> Json:
    """Return the explain JSON of a decision; members without value are left out.

    `fhirVersion`, `inScope`, `refused`, `laboratory` and most of `decision` go beyond the contract;
    what a terminal or browser would obey is written out.
    """
    explained: Json = make_all_visible(_explain(decision))
    return explained | {"cards": list(decision.cards)}  # as they are sent


def _explain(decision: Decision) -> Json:
    receipt = decision.receipt
    return {
        "asOf": decision.as_of.isoformat(),
        "outcome": _outcome(decision),
        "fhirVersion": decision.version.value,
        "inScope": decision.in_scope,
        **without_empty({"refused": decision.why_refused}),
        "facts": [_fact(fact) for fact in decision.facts],
        "resources": [_resource(line) for line in receipt],
        "lists": [_list_understood(listed) for listed in decision.scenario.lists],
        "hints": [_hint(hint) for hint in decision.scenario.hints],
        "course": [_order(order) for order in decision.course.orders]
        + [_test(test) for test in decision.course.tests],
        "decision": _decision(decision.recommendation, decision.would_change_if)
        | _for_reading(decision)
        | _in_short(decision),
        "laboratory": describe_history(
            decision.results, {line.place for line in receipt if line.used}, decision.policy
        ),
        "timingMs": {
            step: round(milliseconds, 3) for step, milliseconds in decision.timings_ms.items()
        },
    }


def _outcome(decision: Decision) -> str:
    """Return what the answer amounts to; "speaks" whenever a card is sent."""
    if decision.cards:
        return "speaks"
    if not decision.in_scope:
        return "not concerned"
    cannot = decision.recommendation.outcome is Outcome.CANNOT
    return "cannot advise" if cannot else "nothing to say"


def _in_short(decision: Decision) -> Json:
    """Return the decision as a person reads it: headline, reasons, and the conditions that were
    looked at with what the record says of each.
    """
    first = decision.findings[0] if decision.findings else None
    return without_empty(
        {
            "headline": first.summary if first else decision.recommendation.summary,
            "reasons": list(first.reasons if first else ()),
            "conditions": [
                without_empty({"words": words, "state": state, "recordSays": says})
                for words, state, says in conditions_looked_at(decision)
            ],
        }
    )


def _for_reading(decision: Decision) -> Json:
    """Return the decision table as it was gone through, with the facts each row looked at, and the
    schedule of each option.
    """
    schedules = draw_options(
        decision.recommendation, decision.policy.neuro_review_days, decision.as_of
    )
    return without_empty({"trace": _trace(decision), "schedule": schedules})


def _trace(decision: Decision) -> list[Json]:
    traced = trace_rows(decision.recommendation, decision.policy)
    return [
        without_empty(
            {
                "rule": row.rule,
                "fired": row.fired,
                "why": row.why,
                "facts": list(facts),
                "summary": rule.summary,
                "needs": [condition.words for condition in rule.when],
                "oneShort": one_short(rule, decision),
            }
        )
        for rule, row, facts in zip(RULES, traced, facts_of_rows(), strict=True)
    ]


def _list_understood(listed: ListUnderstood) -> Json:
    return {
        "key": KEYS[listed.area],
        "complete": listed.complete,
        "entries": listed.entries,
        "byCode": listed.by_code,
        "byWords": listed.by_words,
        "notUnderstood": listed.not_understood,
    }


KEYS = {area: key for key, area in AREAS.items()}


def _hint(hint: Hint) -> Json:
    return without_empty(
        {
            "fact": hint.at.value,
            "words": hint.words,
            "reference": hint.reference,
            "date": _iso(hint.date),
        }
    )


def _fact(fact: FactInWords) -> Json:
    return without_empty(
        {
            "name": fact.name,
            "label": fact.label,
            "value": fact.value,
            "certainty": "known" if fact.is_known else "unknown",
            "reason": fact.reason,
            "reasonCode": fact.reason_code if fact.is_known else fact.kind_of_reason,
            "evidence": [_evidence(entry, fact.is_known) for entry in fact.evidence],
        }
    )


def _evidence(entry: Evidence, decided: bool) -> Json:
    """Return one entry; what came for a fact that is not known has decided nothing."""
    return without_empty(
        {
            "reference": entry.reference,
            "code": entry.code,
            "name": entry.name,
            "display": entry.display,
            "reported": entry.reported,
            "converted": entry.converted,
            "date": _iso(entry.date),
            "role": entry.role.value if decided else "",
        }
    )


def _iso(date: dt.date | None) -> str:
    return as_recorded(date) if date else ""


def _resource(line: ReceiptLine) -> Json:
    return without_empty(
        {
            "reference": line.reference,
            "type": line.type,
            "place": line.place,
            "used": line.used,
            "state": line.state,
            "understood": line.understood,
            "for": list(line.used_for),
            "ignored": line.ignored,
        }
    )


def _order(order: Order) -> Json:
    return without_empty(
        {
            "key": order.key,
            "state": order.state.value,
            "selected": order.selected,
            "product": order.product,
            "lines": [describe_line(line) for line in order.lines],
            "notComputable": order.not_computable,
            "productError": order.product_error,
            "authored": _iso(order.authored),
            "starts": _iso(order.starts),
        }
    )


def _test(test: TestOrder) -> Json:
    return without_empty(
        {
            "key": test.key,
            "state": "draft" if test.drafted else "active",
            "selected": test.selected,
            "test": test.test.value,
        }
    )


def _decision(recommendation: Recommendation, would_change_if: tuple[str, ...]) -> Json:
    return without_empty(
        {
            "rule": recommendation.rule,
            "also": list(recommendation.also),
            "outcome": recommendation.outcome.value,
            "summary": recommendation.summary,
            "statements": list(recommendation.citations),
            "statementTexts": {cited: cite(cited) for cited in recommendation.citations},
            "alternatives": [
                described for option in recommendation.options if (described := _option(option))
            ],
            "followUps": [_follow_up(item) for item in recommendation.follow_ups],
            "advice": [
                {"id": item.id, "text": item.text, "statements": list(item.citations)}
                for item in recommendation.advice
            ],
            "technique": list(recommendation.technique),
            "needs": list(recommendation.needs),
            "notDrafted": recommendation.not_drafted,
            "wouldChangeIf": list(would_change_if),
        }
    )


def _option(option: Option) -> Json:
    return without_empty(
        {
            "condition": say_claims(option.claims),
            "regimen": describe_regimen(option.regimen) if option.regimen else "",
            "phases": [_phase(phase) for phase in option.regimen.phases] if option.regimen else [],
            "followUps": [_follow_up(item) for item in option.follow_ups],
        }
    )


def _phase(phase: Phase) -> Json:
    line, timing = phase.line, phase.line.timing
    return without_empty(
        {
            "id": phase.id,
            "kind": phase.kind.value,
            "substance": line.substance.value,
            "route": line.route.value if line.route else "",
            "dose": describe_dose(line.dose),
            "timing": describe_timing(timing) if timing else "",
            "intervalDays": [float(timing.shortest_interval), float(timing.longest_interval)]
            if timing
            else [],
            "count": timing.count if timing else None,
            "ends": phase.ends,
            "lifelong": phase.lifelong,
            "afterLoading": phase.starts_after_loading,
            "statements": list(phase.citations),
        }
    )


def _follow_up(item: FollowUp) -> Json:
    return without_empty(
        {
            "test": item.test.value,
            "months": item.months or None,
            "days": item.days or None,
            "why": item.why,
            "statements": list(item.citations),
        }
    )
