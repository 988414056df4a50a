"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from flask import Blueprint, Response

from cds_service.web.deployment import this_deployment
from cds_service.web.http_rules import json_answer

blueprint = Blueprint("health", __name__, url_prefix="/health")


@blueprint.get("/live")
def say_live() -> Response:
    """Answer that the process runs."""
    return json_answer({"status": "live"})


@blueprint.get("/ready")
def say_ready() -> Response:
    """Answer whether calls can be answered. A database that is down does not make it unready:
    advice does not wait for it.
    """
    store = this_deployment().store
    state = "available" if store.is_available() else "unavailable"
    return json_answer(
        {
            "status": "ready",
            "store": state,
            "decisionsWaiting": store.waiting,
            "decisionsLost": store.dropped,
        }
    )
