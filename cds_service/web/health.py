"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

import time

from flask import Blueprint, Response, current_app

from cds_service.web.deployment import this_deployment
from cds_service.web.http_rules import json_answer
from governance.decisions import answers_the_known_case

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def say_live() -> Response:
    """Answer that the process runs."""
    return json_answer({"status": "live"})


@blueprint.get("/ready")
def say_ready() -> Response:
    """Answer whether calls can be answered: 503 when the known case is answered otherwise than it
    must be. A database that cannot be written to is said, for all workers, and does not make it
    unready: advice does not wait for it.
    """
    store = this_deployment().store
    state = "available" if store.is_available() else "unavailable"
    counts = store.counts
    holds = known_case_holds()
    return json_answer(
        {
            "status": "ready" if holds else "not ready",
            "knownCase": "answered as it must be" if holds else "answered otherwise",
            "store": state,
            "decisionsWaiting": counts.waiting,
            "decisionsLost": counts.lost,
        },
        200 if holds else 503,
    )


KNOWN_CASE_KEY = "B12_CDS_KNOWN_CASE"
"""Where the application keeps the request of the known case."""

KEPT_SECONDS = 30.0
_KEPT_KEY = "B12_CDS_KNOWN_CASE_HELD"


def known_case_holds() -> bool:
    """Return whether the known case is answered as it must be, found out anew every half minute."""
    config = current_app.config
    held: tuple[float, bool] | None = config.get(_KEPT_KEY)
    if held is None or time.monotonic() - held[0] > KEPT_SECONDS:
        value_sets = this_deployment().value_sets
        holds = answers_the_known_case(config.get(KNOWN_CASE_KEY), value_sets)
        held = config[_KEPT_KEY] = (time.monotonic(), holds)
    return held[1]
