"""The CDS Hooks services. `call_service` reads as the ten steps of one call; docs/architecture.md
lists them.

`hook_endpoint` calls it; discovery and feedback are Flask's.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, request
from msgspec.structs import replace

from cds_service.callers import Caller, NotAuthenticated, authenticate
from cds_service.cards import EXTENSION
from cds_service.decision import Decision, Orders, decide, explain_silence, name_orders, read_orders
from cds_service.feedback import take_feedback
from cds_service.protocol import (
    BASE,
    ORDER_HOOKS,
    SHARED_ID,
    HookRequest,
    Problem,
    Service,
    bad_request,
    kind_of,
    parse_hook_request,
    read_all_but_prefetch,
    read_json,
)
from cds_service.retrieval import (
    Medications,
    Retrieval,
    assemble_record,
    find_open_references,
    read_medications,
    with_medications,
    with_supplies,
)
from cds_service.site import (
    DEMONSTRATION,
    PROFILES,
    Basis,
    Client,
    client_of_profile,
    demonstration_client,
)
from cds_service.telemetry import Call
from cds_service.web.admission import Patience
from cds_service.web.call_record import choose_cards, record_call, shown_cards
from cds_service.web.deployment import Deployment, this_deployment
from cds_service.web.discovery import describe_services
from cds_service.web.http_rules import json_answer, read_body
from fhir_mappings.draft_orders import are_all_unrelated
from fhir_mappings.fhir import PatientRecord
from governance.decisions import Asked, Showing

blueprint = Blueprint("cds_hooks", __name__)

ENDPOINT = "cds_hooks.call_service"
"""The name of the endpoint of the hooks in logs and metrics."""

RESERVE_SECONDS = 0.05
"""Kept of the call's time for mapping, deciding and answering once the record is there."""


@blueprint.get(BASE)
def discover() -> Response:
    """Answer which services there are, as the client that asks understands them (R9 to R25)."""
    deployment = this_deployment()
    client = client_of_profile(deployment.settings.discovery_profile)
    if deployment.settings.discovery_requires_token:
        client = identify_caller(deployment, request.environ, [BASE]).client
    elif deployment.settings.clients and "Authorization" in request.headers:
        with suppress(NotAuthenticated):  # an open discovery needs no token, so a bad one is none
            client = identify_caller(deployment, request.environ, [BASE]).client
    return json_answer(describe_services(deployment.services.values(), client))


blueprint.add_url_rule(
    f"{BASE}/<service_id>", "call_service", methods=["POST"]
)  # for 405 and OPTIONS: a POST does not come to Flask


def call_service(
    deployment: Deployment, service_id: str, call: Call, environ: dict[str, Any]
) -> dict[str, Any]:
    """Return the answer to one hook request, a WSGI request of which headers and body are read. In
    the demonstration an answer without cards says why.

    Raises: Problem, NotAuthenticated.
    """
    patience = Patience()
    service = find_service(deployment, service_id)
    caller = identify_caller(deployment, environ, [service.path])
    call.logged["client"] = caller.client.name
    call.note_step("authenticate")
    service, caller, asked = _parse(deployment, service, caller, environ, call)
    patience.look()
    if service.hook in ORDER_HOOKS and are_all_unrelated(asked.drafts, deployment.value_sets):
        call.note_step("orders")
        return _answer(deployment, caller.client, asked)
    retrieval = _begin_retrieval(deployment, caller.client, asked, call)
    basis = deployment.basis_for(caller.client)
    orders, medications = _read_orders(retrieval, basis)
    call.note_step("orders")
    if not orders.in_scope:
        return _answer(deployment, caller.client, asked)
    record = with_supplies(assemble_record(service.queries, retrieval), retrieval, basis.value_sets)
    orders, medications = _name_medicines(orders, record, medications, retrieval, basis)
    record = with_medications(record, medications)
    call.note_step("record")
    patience.look()
    decision = decide(asked, record, orders, basis, patience)
    _refuse_where_nothing_is_known(decision)
    showings = choose_cards(deployment, service, caller, decision)
    kept = Asked(asked, record, medications.found, service.id, caller.client.name)
    record_call(call, deployment, caller, kept, decision, showings)
    return _answer(deployment, caller.client, asked, decision, showings)


def _parse(
    deployment: Deployment, service: Service, caller: Caller, environ: dict[str, Any], call: Call
) -> tuple[Service, Caller, HookRequest]:
    """Return the hook request, who it comes from, and the service of its hook where the shared id
    was called; the prefetch of an order hook is read when it is looked into.
    """
    body = read_body(environ, deployment.settings.body_bytes)
    is_lazy = service.id == SHARED_ID or service.hook in ORDER_HOOKS
    read = read_all_but_prefetch(body) if is_lazy else read_json(body)
    if service.id == SHARED_ID:
        service = service_of_hook(deployment, read)
    asked = parse_hook_request(read, service.hook)
    call.logged["hook"] = service.hook
    call.note_step("parse")
    return service, _as_demonstrated(deployment, caller, asked), asked


def _as_demonstrated(deployment: Deployment, caller: Caller, asked: HookRequest) -> Caller:
    """Return who calls; where nobody has to say who they are, a request may name the kind of
    client it comes from in our own extension.

    Raises: Problem 400 for a profile that is not one.
    """
    if deployment.settings.clients:
        return caller
    ours = asked.extension.get(EXTENSION)
    profile = ours.get("profile") if isinstance(ours, dict) else None
    if profile is None:
        return caller
    if profile not in PROFILES:
        place = f"extension.{EXTENSION}.profile"
        raise bad_request(place, kind_of(profile), f"one of {', '.join(PROFILES)}")
    return Caller(demonstration_client(profile))


def _answer(
    deployment: Deployment,
    client: Client,
    asked: HookRequest,
    decision: Decision | None = None,
    showings: tuple[Showing, ...] = (),
) -> dict[str, Any]:
    """Return the answer; one without cards says why in the demonstration and where wanted."""
    cards = shown_cards(decision, showings) if decision else ()
    asked_for = deployment.settings.profile == DEMONSTRATION or client.explain_empty
    if cards or not asked_for:
        return {"cards": cards}
    withheld_by = [one.set_by for one in showings if not one.shown]
    return {"cards": [], "extension": explain_silence(decision, asked, withheld_by)}


@blueprint.post(f"{BASE}/<service_id>/feedback")
def take_feedback_on(service_id: str) -> Response:
    """Keep what became of the cards (R112 to R125)."""
    deployment = this_deployment()
    with deployment.admission:
        service = find_service(deployment, service_id)
        caller = identify_caller(
            deployment, request.environ, [f"{service.path}/feedback", service.path]
        )
        body = read_json(read_body(request.environ, deployment.settings.body_bytes))
        take_feedback(
            body, service.id, caller.client.name, deployment.store, dt.datetime.now(dt.UTC)
        )
    return json_answer({})


def find_service(deployment: Deployment, service_id: str) -> Service:
    """Return the service of this id. Raises: Problem 404 (R36)."""
    service = deployment.services.get(service_id)
    if service_id == SHARED_ID:
        return replace(next(iter(deployment.services.values())), id=SHARED_ID)
    if service is None:
        raise Problem(
            404,
            "not-found",
            f"There is no service of this id; there are {', '.join(deployment.services)}, and "
            f"{SHARED_ID} for every hook.",
        )
    return service


def check_service_of(path: str) -> None:
    """Let a wrong method at the path of a service that does not exist be not found (R36).

    Raises: Problem 404.
    """
    if path.startswith(f"{BASE}/"):
        find_service(this_deployment(), path.removeprefix(f"{BASE}/").removesuffix("/feedback"))


def service_of_hook(deployment: Deployment, body: Any) -> Service:
    """Return the service of the hook that a call to the shared id names (R167).

    Raises: Problem 400 when it names none of our hooks.
    """
    hooks = {service.hook: service for service in deployment.services.values()}
    hook = body.get("hook") if isinstance(body, dict) else None
    if not isinstance(hook, str) or hook not in hooks:
        found = "another hook" if isinstance(hook, str) else kind_of(hook)
        raise bad_request("hook", found, f"one of {', '.join(hooks)}")
    return replace(hooks[hook], id=SHARED_ID)


def identify_caller(
    deployment: Deployment, environ: dict[str, Any], paths: Sequence[str]
) -> Caller:
    """Return who calls; where no clients are registered, which only the demonstration profile
    allows, everybody may.

    Raises: NotAuthenticated.
    Source: R127, R131.
    """
    settings = deployment.settings
    if not settings.clients:
        return Caller(demonstration_client(settings.discovery_profile))
    urls = [settings.url_of(path) for path in paths]
    return authenticate(
        environ.get("HTTP_AUTHORIZATION"),
        urls,
        deployment.keys,
        deployment.store,
        time.time(),
    )


def _begin_retrieval(
    deployment: Deployment, client: Client, asked: HookRequest, call: Call
) -> Retrieval:
    """Return what the call may ask of a FHIR server, which ends early enough to answer in time."""
    settings = deployment.settings
    deadline = call.started + settings.call_ms / 1000 - RESERVE_SECONDS
    return Retrieval(asked, client, settings, deployment.fhir, deadline)


def _read_orders(retrieval: Retrieval, basis: Basis) -> tuple[Orders, Medications]:
    """Return the vitamin B12 and folic acid drafts, and what was read to tell which medicine the
    selected ones are for (R160).
    """
    orders = read_orders(retrieval.request, basis)
    read = read_medications(orders.drafts.unresolved, retrieval)
    return _named(orders, read, retrieval, basis), read


def _named(orders: Orders, read: Medications, retrieval: Retrieval, basis: Basis) -> Orders:
    return name_orders(orders, retrieval.request, basis, read.found) if read.found else orders


def _name_medicines(
    orders: Orders,
    record: PatientRecord,
    before: Medications,
    retrieval: Retrieval,
    basis: Basis,
) -> tuple[Orders, Medications]:
    """Return the orders with the medicines to which only a reference led, as far as they can be
    read, and what was read for orders and record (R160).
    """
    references = (*orders.drafts.unresolved_beside, *find_open_references(record, basis.as_of))
    read = read_medications(references, retrieval, before)
    return _named(orders, read, retrieval, basis), read


def _refuse_where_nothing_is_known(decision: Decision) -> None:
    """Raise Problem 412 where the decision says why the call is refused (R63)."""
    if why := decision.why_refused:
        raise Problem(412, "required", why)
