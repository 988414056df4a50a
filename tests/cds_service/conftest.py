"""What the HTTP tests share: the application with a store of its own, on a fixed day."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.site import Settings, demonstration
from cds_service.web.deployment import CONFIG_KEY, Deployment

AS_OF = dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The demonstration profile with a database of its own."""
    return replace(
        demonstration(), store_url=f"sqlite:///{tmp_path_factory.mktemp('store')}/b12.db"
    )


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[FlaskClient]:
    """A client of the application with these settings, on the fixed day."""
    with running(settings) as client:
        yield client


@contextmanager
def running(settings: Settings) -> Iterator[FlaskClient]:
    """Run the application for the time of a test, its store prepared as a worker does it: however
    slow the disk is, what the test asks about is then there.
    """
    app = create_app(settings, today=lambda: AS_OF)
    deployment: Deployment = app.config[CONFIG_KEY]
    deployment.store.prepare()
    try:
        yield app.test_client()
    finally:
        deployment.close()


@pytest.fixture
def order_select() -> dict[str, Any]:
    """The demonstration's request: an oral tablet selected for someone with neurological signs."""
    return copy.deepcopy(load_request(AS_OF))
