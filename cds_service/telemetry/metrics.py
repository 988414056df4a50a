"""What is counted: calls, refusals, steps, cards, unknown facts, retrievals. Labels come from
closed sets, never from a request.

Every metric has a label: one without is made when this module is imported, before the server says
that its workers count together, and would never be told.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping
from typing import TypeVar

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector

from recommender.language import Hint, ListUnderstood

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.5, 1, 2)

REQUESTS = Counter("b12_cds_requests", "Requests answered.", ["endpoint", "status"])
REQUEST_SECONDS = Histogram(
    "b12_cds_request_seconds", "Time from request to answer.", ["endpoint"], buckets=SECONDS
)
STEP_SECONDS = Histogram(
    "b12_cds_step_seconds", "Time of one step of a call.", ["step"], buckets=SECONDS
)
HOOK_CALLS = Counter(
    "b12_cds_hook_calls", "Calls of hooks, by client and outcome.", ["client", "hook", "outcome"]
)
ALARMS = Gauge(
    "b12_cds_alarms",
    "Alarms to look at on /governance; -1 while they cannot be found out.",
    ["kind"],
    multiprocess_mode="mostrecent",
)
OUT_OF_CONTROL = Gauge(
    "b12_cds_out_of_control",
    "1 where the last point of a control chart on /governance is marked, by card or refusal.",
    ["chart", "name"],
    multiprocess_mode="mostrecent",
)
WITHHELD_DAYS = Gauge(
    "b12_cds_withheld_days",
    "Days for which a silent or share mode is set, by client (empty: the site) and what.",
    ["client", "what"],
    multiprocess_mode="mostrecent",
)
CARDS = Counter("b12_cds_cards", "Cards sent.", ["card", "indicator"])
CARDS_WITHHELD = Counter(
    "b12_cds_cards_withheld", "Cards decided and not shown, by mode.", ["card", "mode"]
)
UNKNOWN_FACTS = Counter(
    "b12_cds_unknown_facts", "Facts that were not known, by the kind of reason.", ["fact", "reason"]
)
ENTRIES = Counter(
    "b12_cds_entries", "Entries of the lists, by what they were understood.", ["list", "by"]
)
HINTS = Counter("b12_cds_hints", "Entries whose words point at a fact and decide it not.", ["fact"])
FETCHES = Counter("b12_cds_fhir_fetches", "Retrievals from FHIR servers.", ["key", "outcome"])
FEEDBACK = Counter(
    "b12_cds_feedback",
    "Entries of feedback by client: as they should be, or what is off with them.",
    ["client", "kind"],
)
ATTRIBUTES_OPENED = Counter(
    "b12_cds_attributes_opened", "Times the source attributes were opened.", ["form"]
)
NOT_AUTHENTICATED = Counter(
    "b12_cds_not_authenticated", "Calls refused for their token.", ["endpoint"]
)
LOG_LINES_LOST = Counter(
    "b12_cds_log_lines_lost",
    "Lines of the log that could not be written: disk full, reader gone or stalled.",
    ["stream"],
)
OUT_OF_TIME = Counter(
    "b12_cds_out_of_time", "Calls whose decision took longer than is allowed.", ["limit"]
)

WATCHED: tuple[tuple[Counter, tuple[str, ...]], ...] = (
    (LOG_LINES_LOST, ("stderr",)),
    (NOT_AUTHENTICATED, ("cds_hooks.call_service",)),
    (OUT_OF_TIME, ("processor",)),
    (REQUESTS, ("cds_hooks.call_service", "500")),
)
"""What is watched in the hope that it never happens. It is told as 0 from the beginning: a series
that begins with its first failure shows no increase, and one that is not there says nothing.
"""


Metric = TypeVar("Metric", Counter, Histogram)


@functools.lru_cache(maxsize=1000)
def _labelled(metric: Metric, *labels: str) -> Metric:
    return metric.labels(*labels)


def count_request(endpoint: str, status: int, seconds: float) -> None:
    """Count one answer."""
    _labelled(REQUESTS, endpoint, str(status)).inc()
    _labelled(REQUEST_SECONDS, endpoint).observe(seconds)


def count_hook_call(client: str, hook: str, outcome: str) -> None:
    """Count one call of a hook by the name of the registered client and what became of it."""
    _labelled(HOOK_CALLS, client, hook, outcome).inc()


_charts_told: set[tuple[str, str]] = set()
_modes_told: set[tuple[str, str]] = set()


def tell_alarms(alarms: Mapping[str, int], charts: Mapping[tuple[str, str], int]) -> None:
    """Set the gauges of alarms by kind and of charts; a chart that is gone is in control."""
    for kind, number in alarms.items():
        ALARMS.labels(kind).set(number)
    _charts_told.update(charts)
    for chart, name in _charts_told:
        OUT_OF_CONTROL.labels(chart, name).set(charts.get((chart, name), 0))


def tell_withheld(days: Mapping[tuple[str, str], int]) -> None:
    """Set the gauge of modes that withhold cards; one that is gone withholds nothing."""
    _modes_told.update(days)
    for client, what in _modes_told:
        WITHHELD_DAYS.labels(client, what).set(days.get((client, what), 0))


def count_steps(timings_ms: Mapping[str, float]) -> None:
    """Count the time of each step of a call."""
    for step, milliseconds in timings_ms.items():
        _labelled(STEP_SECONDS, step).observe(milliseconds / 1000)


def count_understood(lists: Iterable[ListUnderstood], hints: Iterable[Hint]) -> None:
    """Count entries by list and by what they were understood, and hints by fact; never words."""
    for listed in lists:
        for by, number in (
            ("code", listed.by_code),
            ("words", listed.by_words),
            ("not", listed.not_understood),
        ):
            if number:
                _labelled(ENTRIES, listed.area.value, by).inc(number)
    for hint in hints:
        _labelled(HINTS, hint.at.value).inc()


def count_unknown_facts(unknown: Iterable[tuple[str, str]]) -> None:
    """Count (fact, code of the reason) pairs."""
    for fact, reason in unknown:
        _labelled(UNKNOWN_FACTS, fact, reason).inc()


def write_metrics() -> tuple[bytes, str]:
    """Return the metrics of all workers as text, and its content type."""
    for counter, labels in WATCHED:
        counter.labels(*labels)
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST
