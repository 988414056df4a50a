"""How many Python functions a call runs through: a figure without noise, by which a change that
makes the service dearer is seen before it is felt.

`python -m benchmarks.alone.calls` prints the counts beside those that are recorded in `calls.json`;
`--record` writes them. A test fails where one has grown by more than a twentieth.
"""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask

from benchmarks.scenarios.bodies import AS_OF
from benchmarks.scenarios.scenarios import Scenario, list_scenarios
from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.telemetry import configure_logs
from cds_service.warm_up import warm_up
from cds_service.web.deployment import CONFIG_KEY

RECORDED = Path(__file__).with_name("calls.json")
MAY_GROW = 1.05
"""What a count may be of the recorded one."""

WARM_UPS = 3


def count_all() -> dict[str, int]:
    """Return the mean count of each scenario, by its name and the size of its record."""
    with an_app() as app:
        return {
            f"{scenario.name} {scenario.resources}": count(app, scenario)
            for scenario in list_scenarios()
        }


@contextmanager
def an_app() -> Iterator[Flask]:
    """Give the service with a database of its own, warmed up, that writes no log."""
    configure_logs(logging.CRITICAL)
    with tempfile.TemporaryDirectory(prefix="b12-cds-calls-") as folder:
        settings = replace(demonstration(), store_url=f"sqlite:///{folder}/calls.db")
        app = create_app(settings, today=lambda: AS_OF)
        warm_up(app)
        try:
            yield app
        finally:
            app.config[CONFIG_KEY].close()
            configure_logs()


def count(app: Flask, scenario: Scenario) -> int:
    """Return how many Python functions one call of a scenario enters, the mean over its bodies."""
    for body in scenario.bodies:
        for _ in range(WARM_UPS):
            answer(app, scenario.path, body)
    counted = [
        _entered(lambda body=body: answer(app, scenario.path, body)) for body in scenario.bodies
    ]  # type: ignore[misc]
    return round(sum(counted) / len(counted))


def answer(app: Flask, path: str, body: bytes) -> bytes:
    """Return the body of the answer of the application, below any server; it must be 200."""
    statuses: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": "http",
        "wsgi.version": (1, 0),
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    parts = app.wsgi_app(environ, lambda status, *_: statuses.append(status))
    assert statuses[0].startswith("200"), statuses
    return b"".join(parts)


def _entered(work: Callable[[], Any]) -> int:
    entered = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal entered
        entered += event == "call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return entered


def main() -> None:
    """Print the counts, and write them where asked."""
    recorded = json.loads(RECORDED.read_text()) if RECORDED.exists() else {}
    counted = count_all()
    print(f"{'scenario':16}{'calls':>8}{'recorded':>10}")
    for name, number in counted.items():
        print(f"{name:16}{number:>8}{recorded.get(name, '-'):>10}")
    if "--record" in sys.argv[1:]:
        RECORDED.write_text(json.dumps(counted, indent=2) + "\n")


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)  # nothing waits to be written that anybody needs
