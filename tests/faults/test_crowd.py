"""More calls at once than a worker answers: the others are told to come back, and afterwards all is
as before.
"""

from __future__ import annotations

import copy
import datetime as dt
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.scenarios.bodies import make_bodies
from benchmarks.served.crowd import call_all_at_once
from benchmarks.served.load import serving, write_call
from benchmarks.served.servers import PATH
from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.retrieval.server_shares import MOST_CALLS
from cds_service.site import demonstration
from cds_service.web.admission import MOST_AT_ONCE
from cds_service.web.deployment import CONFIG_KEY
from tests.cds_service.misbehaving_fhir import answer_with, bundle, fhir_server

PATIENCE = 60
AS_OF = dt.date(2026, 6, 1)
UNRELATED = make_bodies(1)[1]


def insist(app: Flask, request: dict[str, Any]) -> int:
    """Return the status of a call that comes back as long as it finds no place, as one of the
    test's own calls may hold it.
    """
    deadline = time.monotonic() + PATIENCE
    status = 503
    while status == 503 and time.monotonic() < deadline:
        status = app.test_client().post(PATH, json=request).status_code
    return status


def test_a_call_too_many_gets_503_with_retry_after_while_health_is_answered(tmp_path: Path) -> None:
    go_on = threading.Event()
    statuses: list[int] = []

    def answer_when_told(handler: BaseHTTPRequestHandler) -> None:
        go_on.wait(PATIENCE)
        answer_with(bundle())(handler)

    settings = replace(
        demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db", call_ms=PATIENCE * 1000
    )
    app = create_app(settings, today=lambda: AS_OF)
    with ExitStack() as servers:
        slow = []
        for _ in range(MOST_AT_ONCE // MOST_CALLS):  # one server holds no more than its share
            request = copy.deepcopy(load_request(AS_OF))
            fhir = servers.enter_context(fhir_server(default=answer_when_told))
            request["fhirServer"] = fhir.base
            del request["prefetch"]["labs"]
            slow += [request] * MOST_CALLS
        callers = [
            threading.Thread(target=lambda sent=sent: statuses.append(insist(app, sent)))
            for sent in slow
        ]
        for caller in callers:
            caller.start()
        refused = app.test_client().post(PATH, data=UNRELATED, content_type="application/json")
        deadline = time.monotonic() + PATIENCE
        while refused.status_code == 200 and time.monotonic() < deadline:
            refused = app.test_client().post(PATH, data=UNRELATED, content_type="application/json")
        health = app.test_client().get("/health/ready")
        discovery = app.test_client().get("/cds-services")
        go_on.set()
        for caller in callers:
            caller.join(PATIENCE)
        afterwards = app.test_client().post(PATH, data=UNRELATED, content_type="application/json")
    app.config[CONFIG_KEY].close()

    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert refused.json["resourceType"] == "OperationOutcome"
    assert refused.json["issue"][0]["code"] == "throttled"
    assert (health.status_code, discovery.status_code) == (200, 200)
    assert statuses == [200] * MOST_AT_ONCE
    assert afterwards.status_code == 200


def test_a_place_is_given_back_by_calls_that_are_refused_or_fail(tmp_path: Path) -> None:
    app = create_app(
        replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db"), today=lambda: AS_OF
    )
    client = app.test_client()

    malformed = {
        client.post(PATH, data=b"{", content_type="application/json").status_code
        for _ in range(2 * MOST_AT_ONCE)
    }
    unknown = {
        client.post("/cds-services/none", data=b"{}", content_type="application/json").status_code
        for _ in range(2 * MOST_AT_ONCE)
    }
    good = client.post(PATH, data=UNRELATED, content_type="application/json")
    app.config[CONFIG_KEY].close()

    assert (malformed, unknown, good.status_code) == ({400}, {404}, 200)


def test_every_one_of_a_crowd_is_answered_by_the_real_server_and_so_is_the_next(
    tmp_path: Path,
) -> None:
    call = write_call(PATH, make_bodies(20)[0])
    with serving("service", tmp_path) as server:
        answers = call_all_at_once(server.port, call, 300)
        after = call_all_at_once(server.port, call, 1)

    assert {answer.status for answer in answers} <= {200, 503}
    assert any(answer.status == 200 for answer in answers)
    assert all(answer.retry_after for answer in answers if answer.status == 503)
    assert [answer.status for answer in after] == [200]
