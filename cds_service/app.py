"""The Flask application: routes, and what holds for every request."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable

import structlog
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from cds_service import health, hooks, metrics
from cds_service.admission import Admission
from cds_service.authentication import NotAuthenticated
from cds_service.deployment import CONFIG_KEY, Deployment, build_deployment, this_deployment, utc_today
from cds_service.guidance import guidance_blueprint
from cds_service.http_rules import allow_origins, not_authenticated, refuse, tidy_paths
from cds_service.logs import describe_failure
from cds_service.problems import Problem
from cds_service.services import BASE
from cds_service.settings import Settings, demonstration
from cds_service.workbench import workbench_blueprint

log = structlog.get_logger(__name__)

STATUS_WORDS = {404: ("not-found", "There is nothing at this path."), 405: ("not-supported", "This path does not take this method.")}


def create_app(settings: Settings | None = None, today: Callable[[], dt.date] = utc_today) -> Flask:
    """Return the service for these settings; the demonstration profile without any.

    Args:
        today: gives the date that advice is true for.
    """
    deployment = build_deployment(settings or demonstration(), today)
    app = Flask(__name__, static_folder=None)
    app.config[CONFIG_KEY] = deployment
    app.url_map.merge_slashes = False
    app.wsgi_app = tidy_paths(app.wsgi_app)  # type: ignore[assignment, method-assign]
    app.register_blueprint(hooks.blueprint)
    app.register_blueprint(health.blueprint)
    _register_pages(app, deployment)
    admission = Admission()
    app.before_request(_start_call)
    app.before_request(lambda: _admit(admission))
    app.after_request(_finish_call)
    app.teardown_request(admission.leave)
    app.register_error_handler(Problem, refuse)
    app.register_error_handler(NotAuthenticated, _refuse_caller)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _fail)
    return app


def _register_pages(app: Flask, deployment: Deployment) -> None:
    app.register_blueprint(guidance_blueprint())
    if deployment.settings.workbench:
        app.register_blueprint(workbench_blueprint(deployment.settings))
    if deployment.settings.metrics:
        app.add_url_rule("/metrics", "metrics", _write_metrics)


def _write_metrics() -> Response:
    text, content_type = metrics.write_metrics()
    return Response(text, content_type=content_type)


def _start_call() -> Response | None:
    """Give the call its id and clock; answer a preflight at once, as it comes without a token (R141)."""
    g.started = time.monotonic()
    g.request_id = uuid.uuid4().hex
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    if request.method == "OPTIONS" and (request.path == BASE or request.path.startswith(f"{BASE}/")):
        methods = request.url_rule.methods if request.url_rule else None
        return Response(
            status=204, mimetype="application/json", headers={"Allow": ", ".join(sorted(methods or ())), "Access-Control-Max-Age": "600"}
        )
    return None


def _admit(admission: Admission) -> None:
    """Let a hook call or feedback take a place; what costs little, or tells how the service is, always gets an answer."""
    if request.method == "POST" and request.path.startswith(BASE):
        admission.enter()


def _finish_call(response: Response) -> Response:
    deployment: Deployment = this_deployment()
    seconds = time.monotonic() - g.started
    endpoint = request.endpoint or "none"
    metrics.count_request(endpoint, response.status_code, seconds)
    response.headers["X-Request-Id"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    timings = getattr(g, "timings_ms", {})
    response.headers["Server-Timing"] = ", ".join(f"{step};dur={ms:.2f}" for step, ms in {**timings, "total": seconds * 1000}.items())
    say = log.debug if endpoint.startswith("health.") else log.info
    say("answered", endpoint=endpoint, status=response.status_code, ms=round(seconds * 1000, 2), **getattr(g, "logged", {}))
    if request.path.startswith(BASE):
        response.headers.setdefault("Cache-Control", "no-store")
        return allow_origins(response, deployment.settings)
    return response


def _refuse_caller(error: NotAuthenticated) -> Response:
    """Answer the bare 401; the reason is for the log only (R128)."""
    metrics.NOT_AUTHENTICATED.labels(request.endpoint or "none").inc()
    log.warning("not authenticated", reason=error.reason)
    return not_authenticated()


def _refuse_http(error: HTTPException) -> Response:
    """Answer what Werkzeug refuses (404, 405, ...) as an OperationOutcome, keeping its headers such as Allow."""
    status = error.code or 500
    code, text = STATUS_WORDS.get(status, ("invalid" if status < 500 else "exception", "The request cannot be answered."))
    methods = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(methods))} if methods else {}
    return refuse(Problem(status, code, text, headers))


def _fail(error: Exception) -> Response:
    """Answer a bug of ours: a loud 500 without half-built cards, and its place, not its words, in the log (R73)."""
    log.error("failed", **describe_failure(error))
    return refuse(Problem(500, "exception", f"The service failed. The request id is {g.request_id}."))
