"""The OpenAPI file says what the service does: schemathesis looks for answers that it does not
describe.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from cds_service.app import create_app
from cds_service.records import open_engine, upgrade_schema
from cds_service.site import demonstration
from tests.cds_service.conftest import AS_OF

DOCUMENT: dict[str, Any] = json.loads((files("cds_service") / "openapi.json").read_text("utf-8"))

PATIENCE = settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)


def test_the_file_names_every_path_that_clients_and_operations_use(client: FlaskClient) -> None:
    for path, operations in DOCUMENT["paths"].items():
        adapter = client.application.url_map.bind("localhost")
        for method in operations:
            if method in ("get", "post"):
                assert adapter.match(
                    path.replace("{id}", "b12-order-select"), method=method.upper()
                )
    services = client.get("/cds-services").json["services"]
    assert {f"/cds-services/{service['id']}" for service in services} <= set(DOCUMENT["paths"])


SCHEMA = schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Any:
    url = f"sqlite:///{tmp_path_factory.mktemp('openapi')}/b12.db"
    upgrade_schema(open_engine(url))  # the governance page is a 503 until there is a database
    return create_app(replace(demonstration(), store_url=url), today=lambda: AS_OF)


@SCHEMA.parametrize()
@PATIENCE
def test_no_answer_is_one_that_the_file_does_not_describe(
    case: schemathesis.Case, app: Any
) -> None:
    """That a request breaks the file is no fault where it is answered: R34 to R37 ask for tolerance
    beyond it. A chart of which nothing at all can be had is 412, however right the body is (R63).
    """
    refused = [positive_data_acceptance] if case.path.endswith(("patient-view", "/b12")) else []
    case.call_and_validate(app=app, excluded_checks=[negative_data_rejection, *refused])


WITHIN_PAGES = {
    "/guidance/static/<path:filename>",
    "/workbench/static/<path:filename>",
    "/workbench",
    "/workbench/controls",
    "/workbench/patients",
    "/workbench/patients/<patient_id>",
    "/workbench/chart",
}
"""What the pages alone ask for; no client does."""


def test_every_route_of_the_service_is_in_the_file(client: FlaskClient) -> None:
    described = {
        (method.upper(), re.sub(r"\{\w+\}", "<>", path))
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
        if method in ("get", "post")
    }
    described |= {("POST", "/cds-services/<>")}  # by the ids of the services
    routes = {
        (method, re.sub(r"<\w+>", "<>", rule.rule))
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in WITHIN_PAGES
    }

    assert routes <= described, routes - described
