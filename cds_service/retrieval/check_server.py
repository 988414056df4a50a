"""Run every prefetch query against a FHIR server: which work, what each returns, and which codes
and units are not mapped.

Only the command line does this; it goes wherever the person who types the address says.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass
from urllib.parse import quote

from cds_service.protocol import Reading, build_prefetch
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.fhir_client import FhirClient
from cds_service.retrieval.fhir_server import FhirServer
from cds_service.retrieval.patient_record import TOKEN
from cds_service.site import Settings, read_address
from fhir_mappings.fhir import Availability, PatientRecord
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import load_value_sets

SECONDS = 30
"""How long all queries together may take; a check has more time than a call."""

FIRST_PATIENT = "Patient?_count=1"


@dataclass(frozen=True, slots=True)
class QueryResult:
    """What one query gave. `failed` is why it did not work, empty when it did; `incomplete` why
    there may be more.
    """

    key: str
    query: str
    counts: dict[str, int]
    failed: str = ""
    incomplete: str = ""


@dataclass(frozen=True, slots=True)
class ServerReport:
    """All queries, and the resources that the mapping did not use, counted by reason with one
    example each.
    """

    base: str
    patient_id: str
    seconds: float
    queries: tuple[QueryResult, ...]
    not_used: tuple[tuple[str, int, str], ...]

    @property
    def has_failed(self) -> bool:
        return any(query.failed for query in self.queries)


def check_server(base: str, token: str, patient_id: str, settings: Settings) -> ServerReport:
    """Return what the server answers to the prefetch queries for one patient, the first one it
    lists when none is named.
    """
    started = time.monotonic()
    value_sets = load_value_sets(settings.extra_codes)
    address = read_address(base.rstrip("/"))
    if address is None or address.query is not None:
        return _nothing(base, "the address is not an http URL", started)
    server = FhirServer(address, token, Reach.ANYWHERE)
    client = FhirClient()
    try:
        deadline = started + SECONDS
        if not patient_id:
            listed = client.fetch(server, {"patient": [address.below(FIRST_PATIENT)]}, deadline)[
                "patient"
            ]
            patient_id = next(
                (str(placed.resource.get("id", "")) for placed in listed.part.resources), ""
            )
            if not patient_id:
                return _nothing(base, listed.part.reason or "the server lists no patient", started)
        templates = {
            key: template.replace(TOKEN, quote(patient_id, safe=""))
            for key, template in build_prefetch(value_sets).items()
        }
        readings = client.fetch(
            server, {key: [address.below(query)] for key, query in templates.items()}, deadline
        )
    finally:
        client.close()
    queries = tuple(_result(key, templates[key], reading) for key, reading in readings.items())
    record = PatientRecord(patient_id, {key: reading.part for key, reading in readings.items()})
    mapped = map_scenario(record, dt.datetime.now(dt.UTC).date(), value_sets)
    ignored = [(line.ignored, line.reference) for line in mapped.receipt.lines() if not line.used]
    return ServerReport(
        base.rstrip("/"), patient_id, time.monotonic() - started, queries, _by_reason(ignored)
    )


def _nothing(base: str, why: str, started: float) -> ServerReport:
    return ServerReport(
        base,
        "",
        time.monotonic() - started,
        (QueryResult("patient", FIRST_PATIENT, {}, why),),
        (),
    )


def _result(key: str, query: str, reading: Reading) -> QueryResult:
    counts = Counter(str(placed.resource.get("resourceType")) for placed in reading.part.resources)
    match reading.part.availability:
        case Availability.UNAVAILABLE:
            return QueryResult(
                key, query, dict(counts), failed=reading.part.reason or "not available"
            )
        case Availability.INCOMPLETE:
            return QueryResult(key, query, dict(counts), incomplete=reading.part.reason)
        case Availability.COMPLETE:
            missing = "there is no such patient" if key == "patient" and not counts else ""
            return QueryResult(key, query, dict(counts), failed=missing)


def _by_reason(ignored: list[tuple[str, str]]) -> tuple[tuple[str, int, str], ...]:
    counts = Counter(reason for reason, _ in ignored)
    examples = dict(reversed(ignored))
    return tuple((reason, count, examples[reason]) for reason, count in counts.most_common())


def say_report(report: ServerReport) -> str:
    """Return the report as text."""
    lines = [
        f"{report.base}, patient {report.patient_id or '(none)'}, {report.seconds:.1f} s",
        "",
        "Queries",
    ]
    for query in report.queries:
        found = ", ".join(f"{count} {kind}" for kind, count in query.counts.items()) or "nothing"
        state = (
            f"incomplete: {query.incomplete}; {found}" if query.incomplete else f"works; {found}"
        )
        lines.append(f"  {query.key:16} {f'FAILED: {query.failed}' if query.failed else state}")
        lines.append(
            f"  {'':16} {query.query if len(query.query) <= 160 else query.query[:157] + '...'}"
        )
    if report.not_used:
        lines += ["", "Came and was not used: codes, units and statuses to look at"]
        lines += [
            f"  {count:5} x {reason} (for example {example})"
            for reason, count, example in report.not_used
        ]
    return "\n".join(lines) + "\n"
