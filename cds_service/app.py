"""The Flask application: routes, and what holds for every request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import MethodNotAllowed

from cds_service import __version__
from cds_service.demonstration import load_request
from cds_service.pages import (
    front_blueprint,
    governance_blueprint,
    guidance_blueprint,
    name_pages,
)
from cds_service.protocol import BASE
from cds_service.site import Settings, demonstration
from cds_service.telemetry import Call, metrics
from cds_service.web import (
    CONFIG_KEY,
    Deployment,
    answer_hooks,
    build_deployment,
    cors_headers,
    health,
    hooks,
    json_answer,
    refusal_of,
    this_deployment,
    tidy_paths,
)
from cds_service.workbench import workbench_blueprint
from governance.decisions import AS_OF
from governance.figures import Board


def create_app(
    settings: Settings | None = None, today: Callable[[], dt.date] | None = None
) -> Flask:
    """Return the service for these settings; the demonstration profile without any.

    Args:
        today: gives the date that advice is true for; that of the site's time zone without it.
    """
    deployment = build_deployment(settings or demonstration(), today)
    app = Flask(__name__, static_folder=None)
    app.config[CONFIG_KEY] = deployment
    app.url_map.merge_slashes = False
    prefix = urlsplit(deployment.settings.public_url).path.rstrip("/")
    app.wsgi_app = tidy_paths(answer_hooks(app.wsgi_app, app.config), prefix)  # type: ignore[assignment, method-assign]
    app.config[health.KNOWN_CASE_KEY] = load_request(AS_OF)
    app.register_blueprint(hooks.blueprint)
    app.register_blueprint(health.blueprint)
    _register_pages(app, deployment)
    app.before_request(_start_call)
    app.after_request(_finish_call)
    app.register_error_handler(Exception, _refuse)
    return app


def _register_pages(app: Flask, deployment: Deployment) -> None:
    app.context_processor(name_pages)
    app.register_blueprint(front_blueprint(__version__))
    app.register_blueprint(guidance_blueprint())
    if deployment.settings.workbench:
        app.register_blueprint(workbench_blueprint(deployment.settings))
    board = Board(deployment.settings)
    if deployment.settings.governance:
        app.register_blueprint(governance_blueprint(deployment.settings, board))
    if deployment.settings.metrics:

        def write_metrics() -> Response:
            today = deployment.today()
            alarms = board.count_alarms(today, health.known_case_holds())
            metrics.tell_alarms(alarms, board.out_of_control(today))
            metrics.tell_withheld(board.days_withheld(today))
            return _write_metrics()

        app.add_url_rule("/metrics", "metrics", write_metrics)


def _write_metrics() -> Response:
    text, content_type = metrics.write_metrics()
    return Response(text, content_type=content_type)


def _start_call() -> Response | None:
    """Begin the call; answer a preflight at once, as it comes without a token (R141)."""
    g.call = Call()
    if request.method == "OPTIONS" and (
        request.path == BASE or request.path.startswith(f"{BASE}/")
    ):
        methods = request.url_rule.methods if request.url_rule else None
        return Response(
            status=204,
            mimetype="application/json",
            headers={"Allow": ", ".join(sorted(methods or ())), "Access-Control-Max-Age": "600"},
        )
    if isinstance(request.routing_exception, MethodNotAllowed):
        hooks.check_service_of(request.path)
    return None


def _finish_call(response: Response) -> Response:
    call: Call = g.call
    response.headers.update(call.finish(request.endpoint or "none", response.status_code))
    if request.path.startswith(BASE):
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.extend(
            cors_headers(this_deployment().settings, request.headers.get("Origin"))
        )
    return response


def _refuse(error: Exception) -> Response:
    call: Call = g.call
    return json_answer(*refusal_of(error, request.endpoint or "none", call.id))
