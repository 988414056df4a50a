"""What the dearest requests cost: every dimension of `tests/cost/dimensions.py` at the largest size
that is read, and bodies filled to their limit with one thing, in seconds of one processor.

`python -m benchmarks.alone.cost`
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from cds_service.app import create_app
from cds_service.protocol.json_text import write_json
from cds_service.site import demonstration
from cds_service.telemetry import configure_logs
from tests.cost.dimensions import AS_OF, COUNTS, NUMBERS, TEXTS, request
from tests.cost.whole_bodies import whole_bodies

SIZES = (19_900, 190)
"""The largest first; the second where a limit refuses the first."""

LONGEST_TEXT = 4000
LONGEST_NUMBER = 4000
MOST_SECONDS = 2.0


def main() -> None:
    """Print the table, the dearest first."""
    configure_logs(logging.ERROR)
    with tempfile.TemporaryDirectory(prefix="b12-cds-cost-") as folder:
        settings = replace(demonstration(), store_url=f"sqlite:///{folder}/cost.db")
        client = create_app(settings, today=lambda: AS_OF).test_client()
        _cost(client, request())
        rows = sorted(_rows(client), reverse=True)
    for seconds, status, size, name in rows[:25]:
        print(f"{seconds:6.2f} s  {status}  {size:>10}  {name}")
    print(f"{len(rows)} dimensions, the dearest {rows[0][0]:.2f} s of {MOST_SECONDS:g}")


def _rows(client: FlaskClient) -> Iterator[tuple[float, int, int, str]]:
    for name, build in COUNTS.items():
        for size in SIZES:
            seconds, status, text = _cost(client, build(size))
            if status != 400:
                break
            assert "at most" in text, text
        yield seconds, status, size, name
    for names, size in ((TEXTS, LONGEST_TEXT), (NUMBERS, LONGEST_NUMBER)):
        yield from (_row(client, name, build, size) for name, build in names.items())
    for name, make in whole_bodies().items():
        body = make()
        seconds, status, _ = _cost_of(client, body)
        yield seconds, status, len(body), f"a whole body: {name}"


def _row(
    client: FlaskClient, name: str, build: Callable[[int], Any], size: int
) -> tuple[float, int, int, str]:
    seconds, status, _ = _cost(client, build(size))
    return seconds, status, size, name


def _cost(client: FlaskClient, body: Any) -> tuple[float, int, str]:
    return _cost_of(client, write_json(body))


def _cost_of(client: FlaskClient, data: bytes) -> tuple[float, int, str]:
    started = time.process_time()
    answer = client.post(
        "/cds-services/b12-order-select", data=data, content_type="application/json"
    )
    return time.process_time() - started, answer.status_code, answer.get_data(as_text=True)


if __name__ == "__main__":
    main()
