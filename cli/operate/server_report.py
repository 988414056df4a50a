"""What `check-server` found, as text, as JSON, and as rows of a table."""

from __future__ import annotations

from typing import Any

from cds_service.retrieval import QueryResult, ServerReport
from cds_service.site import LONGEST_CALL_MS

MOST_NAMED = 60
"""Things not known that are printed; the CSV and JSON have all."""


def say_report(report: ServerReport) -> str:
    """Return the report as text."""
    number = len(report.patients)
    asked = "1 patient" if number == 1 else f"{number} patients"
    lines = [f"{report.base}, {asked}, {report.seconds:.1f} s"]
    if report.problem:
        return f"{lines[0]}\nFAILED: {report.problem}.\n"
    for patient in report.patients:
        lines += ["", f"Patient {patient.patient_id}"]
        for query in patient.queries:
            lines += _say_query(query, report.call_ms)
    lines += _say_advice(report)
    if report.not_known:
        lines += ["", "Came and was not used: codes, units and statuses to look at"]
        lines += [
            f"  {item.count:5} x {item.kind}: {item.what} (for example {item.example})"
            for item in report.not_known[:MOST_NAMED]
        ]
        if len(report.not_known) > MOST_NAMED:
            lines.append(f"  and {len(report.not_known) - MOST_NAMED} more: --csv lists them all")
    return "\n".join(lines) + "\n"


def _say_advice(report: ServerReport) -> list[str]:
    """Say which `call_ms` this server needs."""
    advised = report.advised_call_ms
    if not advised:
        return []
    if report.too_slow:
        return [
            "",
            f"call_ms: {', '.join(report.too_slow)} cannot be read within the longest call of "
            f"{LONGEST_CALL_MS} ms; have the client send them by prefetch.",
        ]
    enough = "is enough" if report.call_ms >= advised else f"is too little: set call_ms = {advised}"
    return ["", f"call_ms: a call needs about {advised} ms here; {report.call_ms} {enough}."]


def _say_query(query: QueryResult, call_ms: int) -> list[str]:
    found = ", ".join(f"{count} {kind}" for kind, count in query.counts.items()) or "nothing"
    state = f"incomplete: {query.incomplete}; {found}" if query.incomplete else f"works; {found}"
    slow = f", longer than the {call_ms} ms of a call" if query.ms > call_ms else ""
    asked = query.query if len(query.query) <= 160 else query.query[:157] + "..."
    return [
        f"  {query.key:16} {f'FAILED: {query.failed}' if query.failed else state} "
        f"({query.ms:.0f} ms{slow})",
        f"  {'':16} {asked}",
    ]


def report_as_json(report: ServerReport) -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "base": report.base,
        "problem": report.problem,
        "seconds": round(report.seconds, 3),
        "callMs": report.call_ms,
        "advisedCallMs": report.advised_call_ms,
        "tooSlow": list(report.too_slow),
        "patients": [
            {
                "patient": patient.patient_id,
                "queries": [_query_as_json(query, report.call_ms) for query in patient.queries],
            }
            for patient in report.patients
        ],
        "notKnown": [
            {"kind": item.kind, "what": item.what, "count": item.count, "example": item.example}
            for item in report.not_known
        ],
    }


def _query_as_json(query: QueryResult, call_ms: int) -> dict[str, Any]:
    return {
        "key": query.key,
        "query": query.query,
        "found": query.counts,
        "failed": query.failed,
        "incomplete": query.incomplete,
        "ms": round(query.ms, 1),
        "withinCall": query.ms <= call_ms,
    }


def rows_of_report(report: ServerReport) -> list[tuple[str, str, int, str]]:
    """Return what was not known as rows of a table: kind, what, count, example."""
    return [(item.kind, item.what, item.count, item.example) for item in report.not_known]
