"""The workbench over HTTP: the page, its static files, the prepared patients, and one call that
explains a request.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, render_template, request

from cds_service.decision import decide_request, explain
from cds_service.pages import PAGE_HEADERS
from cds_service.protocol import Problem, bad_request, read_json
from cds_service.site import EXPECTED_DAY, Settings, in_force, read_day, tried_on
from cds_service.web import ask_for_password, json_answer, read_body, this_deployment
from cds_service.workbench.charts import read_chart
from cds_service.workbench.listing import by_theme, describe_settings, list_patients
from cds_service.workbench.prepared import PreparedPatient, load_controls, load_patients
from recommender.guidance import Policy, PolicyError, policy_as_dict

TABS = (
    ("card", "Card"),
    ("why", "Why"),
    ("facts", "Facts"),
    ("orders", "Orders"),
    ("labs", "Labs"),
    ("receipt", "Receipt"),
    ("raw", "Raw"),
    ("compare", "Compare"),
)
"""The parts of an answer, in the order in which they are asked for."""


def workbench_blueprint(settings: Settings) -> Blueprint:
    """Return the workbench under `/workbench/`; behind a password where the site has set one."""
    blueprint = Blueprint(
        "workbench",
        __name__,
        url_prefix="/workbench",
        template_folder="templates",
        static_folder="static",
    )
    listed = lru_cache(maxsize=1)(  # of the day before nobody asks again
        lambda today: list_patients(tried_on(settings, today), this_deployment().value_sets, today)
    )
    blueprint.before_request(_check_password)
    blueprint.after_request(_set_headers)
    blueprint.get("/", endpoint="page")(lambda: _page(listed(this_deployment().today())))
    blueprint.get("", endpoint="add_the_slash")(_add_the_slash)
    blueprint.get("/controls", endpoint="controls")(_controls)
    blueprint.get("/patients", endpoint="patients")(_patients)
    blueprint.get("/patients/<patient_id>", endpoint="patient")(_patient)
    blueprint.post("/explain", endpoint="explain_request")(_explain_request)
    blueprint.post("/chart", endpoint="chart")(_chart)
    return blueprint


def _check_password() -> Response | None:
    return ask_for_password(this_deployment().settings.workbench_password, "workbench")


def _set_headers(response: Response) -> Response:
    response.headers.update(PAGE_HEADERS)
    if request.endpoint != "workbench.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _page(patients: list[dict[str, Any]]) -> str:
    return render_template(
        "workbench/page.html",
        themes=by_theme(patients),
        tabs=TABS,
        fhir_server=not this_deployment().settings.is_production,
    )


def _add_the_slash() -> Response:
    """Lead to the page from beside it, whatever host and path a proxy shows it under."""
    return Response(status=308, headers={"Location": "workbench/"}, mimetype="text/plain")


def _controls() -> Response:
    deployment = this_deployment()
    return json_answer(
        {
            **load_controls(),
            "settings": describe_settings(in_force(deployment.settings, deployment.today()).policy),
            "today": deployment.today().isoformat(),
        }
    )


def _patients() -> Response:
    return json_answer([{"id": one.id} | _as_json(one) for one in load_patients()])


def _patient(patient_id: str) -> Response:
    chosen = next((one for one in load_patients() if one.id == patient_id), None)
    if chosen is None:
        raise Problem(404, "not-found", "There is no prepared patient of this name.")
    return json_answer(_as_json(chosen) | {"request": chosen.request_at(this_deployment().today())})


def _explain_request() -> Response:
    deployment = this_deployment()
    body = read_json(read_body(request.environ, deployment.settings.body_bytes))
    as_of = _day(request.args.get("asOf", "")) or deployment.today()
    settings = tried_on(deployment.settings, as_of)
    changed = replace(settings, policy=_policy(settings.policy))
    return json_answer(explain(decide_request(body, changed, deployment.value_sets, as_of)))


def _chart() -> Response:
    deployment = this_deployment()
    if deployment.settings.is_production:
        raise Problem(404, "not-found", "Charts are read in the demonstration profile only.")
    body = read_json(read_body(request.environ, deployment.settings.body_bytes))
    return json_answer(read_chart(body, deployment.value_sets))


def _policy(policy: Policy) -> Policy:
    """Return the policy with the settings that the address names.

    Raises: Problem 400 when one is not known or not allowed.
    """
    named = {key: value for key, value in request.args.items() if key != "asOf"}
    if not named:
        return policy
    in_force = {key: value for key, value in policy_as_dict(policy).items() if value != "NONE"}
    try:
        return Policy.from_settings(
            {**in_force, **named}, policy.available_products, policy.product_excipients
        )
    except PolicyError as error:
        raise Problem(400, "invalid", " ".join(error.problems)) from None


def _day(text: str) -> dt.date | None:
    try:
        return read_day(text) if text else None
    except ValueError:
        raise bad_request("asOf", "another text", EXPECTED_DAY) from None


def _as_json(one: PreparedPatient) -> dict[str, Any]:
    return {"title": one.title, "story": one.story, "shows": one.shows}
