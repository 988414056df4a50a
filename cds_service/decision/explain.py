"""The explain JSON: one decision with every fact, every resource and every row of the table that
led to it.

Source: CONTRACT, "The explain JSON".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from cds_service.cards import FactInWords
from cds_service.decision.decide import Decision
from cds_service.decision.laboratory_history import describe_history
from cds_service.decision.row_facts import facts_of_condition, facts_of_rows
from cds_service.decision.schedule import draw_schedule, schedule_as_json
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
)
from recommender.treatment import RULES, Option, Outcome, Recommendation, trace_rows

Json = dict[str, Any]


def explain(decision: Decision) -> Json:
    """Return the explain JSON of a decision; members without value are left out.

    `fhirVersion`, `inScope`, `laboratory` and most of `decision` go beyond the contract. What a
    terminal or browser would obey is written out.
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
        "facts": [_fact(fact) for fact in decision.facts],
        "resources": [_resource(line) for line in receipt],
        "lists": [_list_understood(listed) for listed in decision.scenario.lists],
        "hints": [_hint(hint) for hint in decision.scenario.hints],
        "course": [_order(order) for order in decision.course.orders]
        + [_test(test) for test in decision.course.tests],
        "decision": _decision(decision.recommendation, decision.would_change_if)
        | _for_reading(decision)
        | _in_short(decision),
        "laboratory": _laboratory(decision, receipt),
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
                for words, state, says in _conditions(decision)
            ],
        }
    )


def _conditions(decision: Decision) -> Iterator[tuple[str, str, str]]:
    """Return each condition of the table down to the row that fired, once, with its state."""
    assessment = decision.recommendation.assessment
    facts = {fact.name: fact for fact in decision.facts}
    states: dict[str, tuple[str, str]] = {}
    for rule in RULES:
        failed = False
        for condition in rule.when:
            if failed:
                states.setdefault(condition.words, ("not looked at", ""))
                continue
            met = condition.holds(assessment, decision.policy)
            looked_at = [facts[n] for n in facts_of_condition(condition) if n in facts]
            states[condition.words] = ("met" if met else "not met", _record_says(looked_at))
            failed = not met
        if not failed and rule.id == decision.recommendation.rule:
            break
    return ((words, *state) for words, state in states.items())


def _record_says(facts: Sequence[FactInWords]) -> str:
    """Return what is known of these facts; of none, which are not known and why."""
    known = [f"{fact.label}: {fact.value}" for fact in facts if fact.is_known and fact.value]
    unknown = [f"{fact.label}: {fact.reason or 'not known'}" for fact in facts]
    return "; ".join(known or unknown)


def _for_reading(decision: Decision) -> Json:
    """Return the decision table as it was gone through, with the facts each row looked at, and the
    schedule of each option.
    """
    recommendation = decision.recommendation
    schedules = [
        schedule_as_json(
            draw_schedule(
                option.regimen,
                (*recommendation.follow_ups, *option.follow_ups),
                decision.policy.neuro_review_days,
                decision.as_of,
            ),
            option.condition,
        )
        for option in recommendation.options
        if option.regimen
    ]
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
            }
        )
        for rule, row, facts in zip(RULES, traced, facts_of_rows(), strict=True)
    ]


def _laboratory(decision: Decision, receipt: Sequence[ReceiptLine]) -> list[Json]:
    used = {line.place for line in receipt if line.used}
    return describe_history(decision.results, used, decision.policy)


def without_empty(members: Json) -> Json:
    """Return the members that have a value; `False` and 0 are values."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value != "" and value != [] and value != {}
    }


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
            "condition": option.condition,
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
