"""What is kept and counted of one call: the decision record, the metrics, the log line and the
timings in the answer.

Source: R139, R145.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Mapping
from typing import Any

from cds_service.callers import Caller
from cds_service.decision import Decision, describe_order
from cds_service.protocol import HookRequest, Service
from cds_service.records import CardRecord, DecisionRecord
from cds_service.retrieval import describe_availability
from cds_service.telemetry import Call, metrics
from cds_service.web.deployment import Deployment
from fhir_mappings.fhir import PatientRecord
from recommender.guidance import KNOWLEDGE_VERSION


def record_call(
    call: Call,
    deployment: Deployment,
    service: Service,
    caller: Caller,
    hook_request: HookRequest,
    record: PatientRecord,
    decision: Decision,
) -> None:
    """Put the decision on its way to the database, count it, and leave for the log what may stand
    there.
    """
    abouts = (describe_order(finding, decision.course) for finding in decision.findings)
    cards = tuple(
        read_card(card, about) for card, about in zip(decision.cards, abouts, strict=True)
    )
    unknown = {fact.name: fact.reason for fact in decision.facts if not fact.is_known}
    availability = describe_availability(record)
    deployment.store.record_decision(
        DecisionRecord(
            received_at=dt.datetime.now(dt.UTC),
            service=service.id,
            hook=service.hook,
            hook_instance=hook_request.hook_instance,
            client=caller.client.name,
            status=200,
            duration_ms=(time.monotonic() - call.started) * 1000,
            issuer=caller.issuer,
            tenant=caller.tenant,
            token_id=caller.token_id,
            patient=deployment.store.hash_patient(caller.issuer, hook_request.patient_id),
            policy_version=deployment.settings.policy.version,
            knowledge_version=KNOWLEDGE_VERSION,
            prefetch=availability,
            unknown_facts=unknown,
            timings_ms=dict(decision.timings_ms),
            cards=cards,
        )
    )
    call.timings_ms.update(decision.timings_ms)
    count_call(record, cards, unknown, call.timings_ms)
    call.logged = {
        "client": caller.client.name,
        "cards": [card.card for card in cards],
        "prefetch": availability,
    }


def count_call(
    record: PatientRecord,
    cards: tuple[CardRecord, ...],
    unknown: dict[str, str],
    timings_ms: Mapping[str, float],
) -> None:
    """Count cards, unknown facts, retrievals and the time of each step."""
    for card in cards:
        metrics.CARDS.labels(card.card, card.indicator).inc()
    metrics.count_unknown_facts(unknown.items())
    for key, part in record.parts.items():
        if part.source == "fhirServer":
            metrics.FETCHES.labels(key, part.reason or part.availability.value).inc()
    metrics.count_steps(timings_ms)


def read_card(card: dict[str, Any], about: str) -> CardRecord:
    """Return what the record keeps of a card as it is sent; `about` says what order it speaks
    of.
    """
    ours = card["extension"]["org.b12-cds"]
    return CardRecord(
        uuid=card["uuid"],
        card=card["source"]["topic"]["code"],
        rule=ours["rule"],
        indicator=card["indicator"],
        order=about,
        statements=tuple(ours.get("statements", ())),
        suggestions=tuple(suggestion["uuid"] for suggestion in card.get("suggestions", ())),
        also_found=tuple(ours.get("alsoFound", ())),
    )
