"""The front page: what this service is and where to go, and the description of its interface."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, render_template

from cds_service.pages.pages import PAGE_HEADERS, wants_json
from cds_service.protocol import BASE
from cds_service.site import Settings
from cds_service.web import json_answer, this_deployment

WHAT = (
    "Clinical decision support for vitamin B12 deficiency over CDS Hooks. An EHR calls it while a "
    "clinician picks an order; it answers with cards and complete draft orders."
)


def front_blueprint(version: str) -> Blueprint:
    """Return the front page under `/` and the interface description under `/openapi.json`."""
    blueprint = Blueprint("front", __name__, template_folder="templates")

    @blueprint.get("/")
    def front() -> Response | str:
        places = list_places(this_deployment().settings)
        about = {"name": "b12-cds", "version": version, "what": WHAT, "places": places}
        return json_answer(about) if wants_json() else render_template("front.html", **about)

    @blueprint.get("/openapi.json")
    def describe_interface() -> Response:
        return json_answer(read_interface(this_deployment().settings))

    @blueprint.after_request
    def set_headers(response: Response) -> Response:
        response.headers.update(PAGE_HEADERS)
        response.vary.add("Accept")
        return response

    return blueprint


def list_places(settings: Settings) -> list[dict[str, str]]:
    """Return what there is to see with these settings, with absolute addresses."""
    places = [
        ("CDS Hooks discovery", BASE, "the services, for EHRs"),
        ("Interface", "/openapi.json", "every path, as OpenAPI"),
        ("Guidance", "/guidance", "the statements, the rules that rest on them, the site's policy"),
        ("Health", "/health/ready", "whether the service is ready"),
    ]
    if settings.workbench:
        places.insert(
            0, ("Workbench", "/workbench/", "try a prepared patient or a request of your own")
        )
    if settings.governance:
        places.append(("Governance", "/governance", "what fired and what became of it"))
    if settings.metrics:
        places.append(("Metrics", "/metrics", "what is counted, for Prometheus"))
    return [
        {"name": name, "url": settings.url_of(path), "what": what} for name, path, what in places
    ]


def read_interface(settings: Settings) -> dict[str, Any]:
    """Return the OpenAPI document with the public address of this deployment."""
    text = (files("cds_service") / "openapi.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return {**document, "servers": [{"url": settings.url_of("/").rstrip("/")}]}
