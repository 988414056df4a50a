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
from cds_service.cards import EXTENSION
from cds_service.decision import ASKED_BEFORE, OVERRIDDEN, Decision, about, find_asked, find_quiet
from cds_service.protocol import Service
from cds_service.records import CardRecord, DecisionRecord, Listener, Store
from cds_service.retrieval import describe_availability
from cds_service.telemetry import Call, metrics
from cds_service.web.deployment import Deployment
from fhir_mappings.fhir import PatientRecord
from governance.decisions import (
    Asked,
    Showing,
    choose_what_is_shown,
    describe_decision,
    versions_of,
    write_asked,
)

_OVERRIDDEN = Showing("quiet", False, OVERRIDDEN)
_ASKED_BEFORE = Showing("quiet", False, ASKED_BEFORE)


def record_call(
    call: Call,
    deployment: Deployment,
    caller: Caller,
    asked: Asked,
    decision: Decision,
    showings: tuple[Showing, ...],
) -> None:
    """Put the decision on its way to the database, count it, and leave for the log what may stand
    there.
    """
    store = deployment.store
    abouts = (about(finding, decision, store.key.hash_text) for finding in decision.findings)
    cards = tuple(
        read_card(card, about, showing)
        for card, about, showing in zip(decision.cards, abouts, showings, strict=True)
    )
    record = describe_call(call, store, caller, asked, decision, cards)
    store.record_decision(record)
    call.timings_ms.update(decision.timings_ms)
    count_call(asked.record, cards, record.unknown_facts, call.timings_ms)
    metrics.count_understood(decision.scenario.lists, decision.scenario.hints)
    call.logged |= {
        "cards": [card.card for card in cards if card.shown],
        "withheld": [card.card for card in cards if not card.shown],
        "prefetch": record.prefetch,
    }


def describe_call(
    call: Call,
    store: Store,
    caller: Caller,
    asked: Asked,
    decision: Decision,
    cards: tuple[CardRecord, ...],
) -> DecisionRecord:
    """Return what the database keeps of a call: codes and keyed hashes, no words of the record."""
    request = asked.request
    return DecisionRecord(
        id=call.id,
        received_at=dt.datetime.now(dt.UTC),
        service=asked.service,
        hook=request.hook,
        hook_instance=store.key.code_of(request.hook_instance),
        client=caller.client.name,
        status=200,
        duration_ms=(time.monotonic() - call.started) * 1000,
        issuer=caller.issuer,
        tenant=_tenant_of(caller, store),
        token_id=store.key.code_of(caller.token_id),
        patient=store.key.hash_patient(caller.whose_ids, request.patient_id),
        prefetch=describe_availability(asked.record),
        unknown_facts={fact.name: fact.kind_of_reason for fact in decision.unknown_facts},
        timings_ms=dict(decision.timings_ms),
        cards=cards,
        kept=write_asked(asked) if store.keeps_requests else None,
        **versions_of(decision.case.basis.settings),
        **describe_decision(asked, decision, caller.whose_ids, store.key.hash_text),
    )


def _tenant_of(caller: Caller, store: Store) -> str:
    """Return the tenant where the site names it; of any other the code that stands for it."""
    known = caller.tenant in caller.client.tenants
    return caller.tenant if known else store.key.code_of(caller.tenant)


def choose_cards(
    deployment: Deployment, service: Service, caller: Caller, decision: Decision
) -> tuple[Showing, ...]:
    """Return what becomes of each card: by the modes that are set, and not for a while where an
    info card was overridden, or has asked once, by callers who proved who they are.
    """
    store = deployment.store
    patient = store.key.hash_patient(caller.whose_ids, decision.record.patient_id)
    showings = choose_what_is_shown(
        decision, service.hook, caller.client, deployment.settings, patient
    )
    if not caller.issuer:
        return showings
    listener = Listener(caller.client.name, service.id, patient)
    now = dt.datetime.now(dt.UTC)
    quiet = dict.fromkeys(find_asked(decision, store, listener, now), _ASKED_BEFORE)
    quiet |= dict.fromkeys(find_quiet(decision, store, listener, now), _OVERRIDDEN)
    return tuple(
        quiet.get(number, showing) if showing.shown else showing
        for number, showing in enumerate(showings)
    )


def shown_cards(decision: Decision, showings: tuple[Showing, ...]) -> tuple[dict[str, Any], ...]:
    """Return the cards of a decision that are shown."""
    return tuple(
        card for card, showing in zip(decision.cards, showings, strict=True) if showing.shown
    )


def count_call(
    record: PatientRecord,
    cards: tuple[CardRecord, ...],
    unknown: Mapping[str, str],
    timings_ms: Mapping[str, float],
) -> None:
    """Count cards, unknown facts, retrievals and the time of each step."""
    for card in cards:
        if card.shown:
            metrics.CARDS.labels(card.card, card.indicator).inc()
        else:
            metrics.CARDS_WITHHELD.labels(card.card, card.mode).inc()
    metrics.count_unknown_facts(unknown.items())
    for key, part in record.parts.items():
        if part.source == "fhirServer":
            metrics.FETCHES.labels(key, part.reason or part.availability.value).inc()
    metrics.count_steps(timings_ms)


def read_card(card: dict[str, Any], about: str, showing: Showing) -> CardRecord:
    """Return what the record keeps of a card as it is sent or withheld; `about` says what order it
    speaks of.
    """
    ours = card["extension"][EXTENSION]
    return CardRecord(
        uuid=card["uuid"],
        card=card["source"]["topic"]["code"],
        rule=ours["rule"],
        indicator=card["indicator"],
        order=about,
        statements=tuple(ours.get("statements", ())),
        suggestions=tuple(suggestion["uuid"] for suggestion in card.get("suggestions", ())),
        also_found=tuple(ours.get("alsoFound", ())),
        mode=showing.mode,
        shown=showing.shown,
        mode_set_by=showing.set_by,
    )
