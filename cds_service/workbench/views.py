"""The workbench over HTTP: the page, its static files, the prepared patients, and one call that
explains a request.
"""

from __future__ import annotations

import hmac
from typing import Any

from flask import Blueprint, Response, render_template, request

from cds_service.decision import decide_request, explain
from cds_service.pages import PAGE_HEADERS
from cds_service.protocol import Problem, read_json
from cds_service.site import Settings
from cds_service.web import json_answer, read_body, this_deployment
from cds_service.workbench.prepared import PreparedPatient, load_controls, load_patients


def workbench_blueprint(settings: Settings) -> Blueprint:
    """Return the workbench under `/workbench/`; behind a password where the site has set one."""
    blueprint = Blueprint(
        "workbench",
        __name__,
        url_prefix="/workbench",
        template_folder="templates",
        static_folder="static",
    )

    @blueprint.before_request
    def ask_for_password() -> Response | None:
        return None if _may_enter(settings.workbench_password) else _password_wanted()

    @blueprint.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(PAGE_HEADERS)
        if request.endpoint != "workbench.static":
            response.headers["Cache-Control"] = "no-store"
        return response

    @blueprint.get("/")
    def page() -> str:
        return render_template("workbench/page.html", patients=load_patients())

    @blueprint.get("/controls")
    def controls() -> Response:
        return json_answer(load_controls())

    @blueprint.get("/patients")
    def patients() -> Response:
        return json_answer([{"id": one.id} | _as_json(one) for one in load_patients()])

    @blueprint.get("/patients/<patient_id>")
    def patient(patient_id: str) -> Response:
        chosen = next((one for one in load_patients() if one.id == patient_id), None)
        if chosen is None:
            raise Problem(404, "not-found", "There is no prepared patient of this name.")
        return json_answer(
            _as_json(chosen) | {"request": chosen.request_at(this_deployment().today())}
        )

    @blueprint.post("/explain")
    def explain_request() -> Response:
        deployment = this_deployment()
        body = read_json(read_body(request.environ, settings.body_bytes))
        return json_answer(
            explain(decide_request(body, settings, deployment.value_sets, deployment.today()))
        )

    return blueprint


def _as_json(one: PreparedPatient) -> dict[str, Any]:
    return {"title": one.title, "story": one.story, "shows": one.shows}


def _may_enter(password: str) -> bool:
    """Return whether the browser has sent the password, or none is wanted."""
    if not password:
        return True
    given = request.authorization
    return given is not None and hmac.compare_digest(
        (given.password or "").encode(), password.encode()
    )


def _password_wanted() -> Response:
    return json_answer(
        {"error": "not authenticated"}, 401, {"WWW-Authenticate": 'Basic realm="workbench"'}
    )
