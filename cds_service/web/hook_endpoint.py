"""The endpoint of the hooks, below Flask.

An order-select service is called on every keystroke of an order screen, nearly always about an
order that is none of ours. Routing and contexts of Flask would cost such a call more than all that
is done for it (docs/performance.md), so it is answered before they begin. Everything else is
Flask's.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from cds_service.protocol import BASE, write_json
from cds_service.telemetry import Call, metrics
from cds_service.web.deployment import CONFIG_KEY, Deployment
from cds_service.web.error_responses import refusal_of
from cds_service.web.hooks import ENDPOINT, call_service
from cds_service.web.http_rules import WsgiApp, cors_headers
from fhir_mappings.scenario_mapping import forget_record

STATUS_LINES = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def answer_hooks(app: WsgiApp, config: Mapping[str, Any]) -> WsgiApp:
    """Return the application that answers each POST to a service and leaves the rest to `app`."""

    def answered(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        base, _, service_id = environ["PATH_INFO"].rpartition("/")
        if base != BASE or environ["REQUEST_METHOD"] != "POST":
            return app(environ, start_response)
        status, body, headers = _answer(config[CONFIG_KEY], service_id, environ)
        start_response(STATUS_LINES[status], headers)
        return [body]

    return answered


def _answer(
    deployment: Deployment, service_id: str, environ: dict[str, Any]
) -> tuple[int, bytes, list[tuple[str, str]]]:
    """Return the status, the body and the headers of the answer to one hook request."""
    call = Call()
    status, headers = 200, list[tuple[str, str]]()
    try:
        with deployment.admission:
            body = write_json(call_service(deployment, service_id, call, environ))
    except Exception as error:  # noqa: BLE001 - a bug is answered too, and logged with its place
        answer, status, more = refusal_of(error, ENDPOINT, call.id)
        body, headers = write_json(answer), list(more.items())
    finally:
        forget_record()
    _count(deployment, call, status)
    headers += call.finish(ENDPOINT, status)
    headers += cors_headers(deployment.settings, environ.get("HTTP_ORIGIN"))
    headers += [
        ("Cache-Control", "no-store"),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
    ]
    return status, body, headers


def _count(deployment: Deployment, call: Call, status: int) -> None:
    """Count the call by client, hook and outcome, so that a client that falls silent and refusals
    that pile up are noticed.
    """
    client, hook = call.logged.get("client", ""), call.logged.get("hook", "")
    outcome = str(status)
    if status == HTTPStatus.OK:
        outcome = "decided" if "cards" in call.logged else "not concerned"
    _count_outcome(deployment, client, hook, outcome)


_CALL_OF_A_HOOK = re.compile(rb"POST [^ ?]*" + BASE.encode() + rb"/[^ ?/]+[ ?]")


def count_refused(deployment: Deployment, head: bytes, status: int) -> None:
    """Count a call of a hook that was refused before it was read: too long, or too slow. Who calls
    is not known then.
    """
    if _CALL_OF_A_HOOK.match(head):
        _count_outcome(deployment, "", "", str(status))


def _count_outcome(deployment: Deployment, client: str, hook: str, outcome: str) -> None:
    day = deployment.settings.today(dt.datetime.now(dt.UTC))  # a whole one, seen from the site
    deployment.store.count_call(day.isoformat(), client, hook, outcome)
    metrics.count_hook_call(client, hook, outcome)
