"""Run every prefetch query against a FHIR server: which work, what each returns and how long it
takes, and what of it the mapping does not know.

Only the command line does this; it goes wherever the person who types the address says.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

import msgspec

from cds_service.protocol import Reading, build_prefetch
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.fhir_client import (
    CERTIFICATE,
    FAILED,
    LATE,
    NO_CONNECTION,
    NO_VALID_TOKEN,
    NOT_OFFERED,
    REDIRECTED,
    REFUSED,
    RESTING,
    TOO_LONG,
    FhirClient,
)
from cds_service.retrieval.fhir_server import FhirServer
from cds_service.retrieval.patient_record import BESIDE, TOKEN, join_beside
from cds_service.site import LONGEST_CALL_MS, Settings, read_address
from fhir_mappings.fhir import Availability, PatientRecord, as_dict, as_text, codings_of
from fhir_mappings.intake import ReceiptLine, describe_codes
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import (
    Field,
    ValueSets,
    is_searched,
    load_value_sets,
    observation_search_codes,
)

SECONDS = 30
"""How long the queries for one patient may take; a check has more time than a call."""

BY_CATEGORY = "labs by category"
"""The key of the query that asks for every laboratory result, known or not."""

CATEGORY_QUERY = "Observation?patient={patient}&category=laboratory&_count=200"

DECIDING_MS = 50
"""Kept of a call for mapping, deciding and answering."""


class QueryResult(msgspec.Struct, frozen=True):
    """What one query gave, and in how many milliseconds. `failed` is why it did not work, empty
    when it did; `incomplete` why there may be more.
    """

    key: str
    query: str
    counts: dict[str, int]
    failed: str = ""
    incomplete: str = ""
    ms: float = 0


class NotKnown(msgspec.Struct, frozen=True):
    """Something of the server that the mapping does not know or use, with how often it came and one
    example.
    """

    kind: str
    what: str
    count: int
    example: str


class PatientReport(msgspec.Struct, frozen=True):
    """The queries for one patient."""

    patient_id: str
    queries: tuple[QueryResult, ...]


class ServerReport(msgspec.Struct, frozen=True):
    """All queries of all patients, and what was not known. `problem` says why nothing could be
    asked; `call_ms` is the time a call of the service has.
    """

    base: str
    seconds: float
    call_ms: int
    patients: tuple[PatientReport, ...] = ()
    not_known: tuple[NotKnown, ...] = ()
    problem: str = ""

    @property
    def advised_call_ms(self) -> int:
        """The milliseconds a call needs, in steps of 50: its queries run side by side, so those of
        the slowest one seen, a quarter more, and what deciding takes. 0 where none was measured.
        """
        slowest = max((query.ms for query in self._queries_of_calls), default=0)
        return math.ceil((slowest * 1.25 + DECIDING_MS) / 50) * 50 if slowest else 0

    @property
    def too_slow(self) -> tuple[str, ...]:
        """The keys of queries that do not fit into the longest call that may be set."""
        most = (LONGEST_CALL_MS - DECIDING_MS) / 1.25
        return tuple(
            dict.fromkeys(query.key for query in self._queries_of_calls if query.ms > most)
        )

    @property
    def _queries_of_calls(self) -> list[QueryResult]:
        return [
            query
            for patient in self.patients
            for query in patient.queries
            if query.key != BY_CATEGORY
        ]

    @property
    def has_failed(self) -> bool:
        return bool(self.problem) or any(
            query.failed for patient in self.patients for query in patient.queries
        )


class _Check(msgspec.Struct, frozen=True):
    """One check under way."""

    server: FhirServer
    client: FhirClient
    value_sets: ValueSets
    settings: Settings

    def ask(self, key: str, query: str) -> tuple[Reading, float]:
        """Return what one query gives, and how many milliseconds it took."""
        started = time.monotonic()
        reading = self.client.fetch(
            self.server, {key: [self.server.base.below(query)]}, started + SECONDS
        )[key]
        return reading, (time.monotonic() - started) * 1000


def check_server(
    base: str, token: str, patient_id: str, settings: Settings, patients: int = 1
) -> ServerReport:
    """Return what the server answers for the patient named, else for the first ones it lists."""
    started = time.monotonic()
    address = read_address(base.rstrip("/"))

    def report(problem: str = "", **found: Any) -> ServerReport:
        seconds = time.monotonic() - started
        return ServerReport(base.rstrip("/"), seconds, settings.call_ms, problem=problem, **found)

    if address is None or address.query is not None:
        return report("the address is not an http URL")
    client = FhirClient(settings.authorities)
    try:
        server = FhirServer(address, token, Reach.ANYWHERE)
        check = _Check(server, client, load_value_sets(settings.extra_codes), settings)
        problem = _why_no_server(check)
        if problem:
            return report(problem)
        found, why = ((patient_id,), "") if patient_id else _list_patients(check, patients)
        if not found:
            return report(why)
        asked = [_check_patient(check, identity) for identity in found]
    finally:
        client.close()
    not_known = _count(item for _, items in asked for item in items)
    return report(patients=tuple(one for one, _ in asked), not_known=not_known)


def _why_no_server(check: _Check) -> str:
    """Return why there is no FHIR server at the address; empty when there is one, or it does not
    say.
    """
    reading, _ = check.ask("patient", "metadata")
    came = [placed.type for placed in reading.part.resources]
    came += [placed.type for placed, _ in reading.unusable]
    if {"CapabilityStatement", "Conformance"} & set(came):
        return ""
    if reading.part.reason == NO_CONNECTION or reading.part.reason.startswith(CERTIFICATE):
        return reading.part.reason
    if reading.part.reason in _MAY_STILL_ANSWER or "OperationOutcome" in came:
        return ""
    return (
        "this is not a FHIR server: what it answers under /metadata is not a CapabilityStatement. "
        "The address ends where the resource types begin, such as https://host/fhir"
    )


_MAY_STILL_ANSWER = frozenset(
    {NOT_OFFERED, REFUSED, NO_VALID_TOKEN, FAILED, RESTING, LATE, TOO_LONG, REDIRECTED}
)
"""Reasons by which a server that gives no description of itself may yet answer the queries."""


def _list_patients(check: _Check, number: int) -> tuple[tuple[str, ...], str]:
    listed, _ = check.ask("patient", f"Patient?_count={number}")
    ids = [str(placed.resource.get("id") or "") for placed in listed.part.resources]
    found = tuple(dict.fromkeys(filter(None, ids)))[:number]
    return found, listed.part.reason or "the server lists no patient"


def _check_patient(check: _Check, patient_id: str) -> tuple[PatientReport, list[NotKnown]]:
    identity = quote(patient_id, safe="")
    templates = {
        key: template.replace(TOKEN, identity)
        for key, template in build_prefetch(check.value_sets).items()
    }
    templates |= {key: template.replace(TOKEN, identity) for key, template in BESIDE.values()}
    asked = {key: check.ask(key, query) for key, query in templates.items()}
    queries = [_result(key, templates[key], *answer) for key, answer in asked.items()]
    category = CATEGORY_QUERY.format(patient=identity)
    by_category, ms = check.ask("labs", category)
    queries.append(_result(BY_CATEGORY, category, by_category, ms))
    readings = join_beside({key: reading for key, (reading, _) in asked.items()})
    record = PatientRecord(patient_id, {key: one.part for key, one in readings.items()})
    today = check.settings.today(dt.datetime.now(dt.UTC))
    lines = map_scenario(record, today, check.value_sets).lines()
    items = [_of_line(line) for line in lines if not line.used]
    items += _unknown_results(by_category, check.value_sets)
    return PatientReport(patient_id, tuple(queries)), items


def _of_line(line: ReceiptLine) -> NotKnown:
    kind = "not understood" if line.state in ("not understood", "not read") else "not used"
    return NotKnown(kind, line.ignored, 1, line.reference)


def _unknown_results(reading: Reading, value_sets: ValueSets) -> list[NotKnown]:
    """Return the laboratory results whose code and words mean nothing to the mapping, and those
    that are known by their words alone, which the query by codes does not find; with their units.
    """
    items = []
    searched = frozenset(observation_search_codes(value_sets))
    for placed in reading.part.resources:
        code = placed.resource.get("code")
        if placed.type != "Observation":
            continue
        known = value_sets.find(code, Field.LABS, Field.OBSERVATIONS)
        codes = {as_text(coding.get("code")) for coding in codings_of(code)}
        if known and (searched & codes or not is_searched(known)):
            continue
        quantity = as_dict(placed.resource.get("valueQuantity"))
        unit = quantity.get("unit") or quantity.get("code") or "no unit"
        what = f"{describe_codes(code)} in {unit}{BY_WORDS_ALONE if known else ''}"
        items.append(NotKnown("laboratory code", what, 1, placed.reference))
    return items


BY_WORDS_ALONE = ", known by its words alone: the query by codes does not find it"


def _count(items: Iterable[NotKnown]) -> tuple[NotKnown, ...]:
    """Return each thing once, the most frequent first, with its first example."""
    listed = list(items)
    counts = Counter((item.kind, item.what) for item in listed)
    examples = {(item.kind, item.what): item.example for item in reversed(listed)}
    return tuple(
        NotKnown(kind, what, count, examples[kind, what])
        for (kind, what), count in counts.most_common()
    )


_MAY_LACK = frozenset(key for key, _ in BESIDE.values())
"""Keys of which a server takes nothing away by not offering them."""


def _result(key: str, query: str, reading: Reading, ms: float) -> QueryResult:
    counts = dict(Counter(placed.type for placed in reading.part.resources))
    match reading.part.availability:
        case Availability.UNAVAILABLE:
            why = reading.part.reason or "not available"
            if key in _MAY_LACK and why in (NOT_OFFERED, REFUSED):
                return QueryResult(key, query, counts, incomplete=f"{why}; may be lacking", ms=ms)
            return QueryResult(key, query, counts, failed=why, ms=ms)
        case Availability.INCOMPLETE:
            return QueryResult(key, query, counts, incomplete=reading.part.reason, ms=ms)
        case Availability.COMPLETE:
            missing = "there is no such patient" if key == "patient" and not counts else ""
            return QueryResult(key, query, counts, failed=missing, ms=ms)
