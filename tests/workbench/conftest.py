"""A running service and a real browser for the tests of the pages."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY

TODAY = dt.date(2026, 11, 21)


@dataclass(frozen=True)
class Running:
    """A service that listens on loopback."""

    app: Flask
    url: str

    @property
    def workbench(self) -> str:
        return f"{self.url}/workbench/"


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    store = f"sqlite:///{tmp_path_factory.mktemp('store')}/pages.db"
    server = make_server("127.0.0.1", 0, lambda environ, start: app(environ, start), threaded=True)
    url = f"http://127.0.0.1:{server.server_port}"
    app = create_app(replace(demonstration(url), store_url=store), lambda: TODAY)
    app.config[CONFIG_KEY].store.prepare()  # as a worker does when it starts
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Running(app, url)
    server.shutdown()
    thread.join()
    app.config[CONFIG_KEY].close()


@pytest.fixture
def client(running: Running) -> FlaskClient:
    return running.app.test_client()


@pytest.fixture
def today() -> dt.date:
    return TODAY
