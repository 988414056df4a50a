"""How the cost of a call and of each of its steps grows with the record, without network and
server.

Every figure is a median divided by the time orjson takes to parse the same bytes. The last line
gives that time.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
from flask import Flask

from benchmarks.scenarios.bodies import AS_OF, make_bodies
from benchmarks.served.servers import PATH
from cds_service.app import create_app
from cds_service.protocol.json_text import read_json
from cds_service.server import tune_collector
from cds_service.site import demonstration
from cds_service.warm_up import warm_up

SIZES = (20, 200, 2000)
STEPS = ("orders", "record", "map", "recommend", "review", "cards")


def measure(work: Callable[[], Any], rounds: int) -> float:
    """Return the median milliseconds of a piece of work."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def measure_call(app: Flask, body: bytes, rounds: int) -> tuple[float, dict[str, float]]:
    """Return the median milliseconds of a call, and of each of its steps as `Server-Timing` has
    them.
    """
    client = app.test_client()
    steps: dict[str, list[float]] = {}

    def call() -> None:
        answer = client.post(PATH, data=body, content_type="application/json")
        assert answer.status_code == 200
        for entry in answer.headers["Server-Timing"].split(", "):
            name, _, duration = entry.partition(";dur=")
            steps.setdefault(name, []).append(float(duration))

    return measure(call, rounds), {name: statistics.median(times) for name, times in steps.items()}


def print_growth() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory(prefix="b12-cds-bench-") as folder:
        _print_growth(folder)


def _print_growth(folder: str) -> None:
    app = create_app(
        replace(demonstration(), store_url=f"sqlite:///{folder}/growth.db"), today=lambda: AS_OF
    )
    warm_up(app)
    tune_collector()
    rows: dict[str, list[str]] = {}
    for size in SIZES:
        for name, value in measure_size(app, size).items():
            rows.setdefault(name, []).append(value)
    print(f"{'prefetched resources':34}" + "".join(f"{size:>10}" for size in SIZES))
    for name, values in rows.items():
        print(f"{name:34}" + "".join(f"{value:>10}" for value in values))
    gc.unfreeze()


def measure_size(app: Flask, size: int) -> dict[str, str]:
    """Return the column of one size."""
    rounds = 200 if size <= 200 else 20
    body, unrelated = make_bodies(size)
    unit = measure(lambda: orjson.loads(body), rounds)
    ours, steps = measure_call(app, body, rounds)
    other, _ = measure_call(app, unrelated, rounds)
    times = {
        "exact parse, duplicates refused": measure(lambda: read_json(body), rounds),
        "whole call, order of ours": ours,
    }
    times |= {f"  of it: {step}": steps.get(step, 0.0) for step in STEPS}
    times["whole call, unrelated order"] = other
    ratios = {name: f"{value / unit:.1f}" for name, value in times.items()}
    return (
        {"request in KB": f"{len(body) / 1000:.0f}"}
        | ratios
        | {"1.0 stands for, in ms": f"{unit:.3f}"}
    )
