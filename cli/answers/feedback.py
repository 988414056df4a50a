"""`b12-cds feedback`."""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cds_service.protocol import write_json
from cli.parsing import Refusal, settings_of

Json = dict[str, Any]

TABLES = ("card", "client", "role", "hook", "week")


def add_feedback(commands: Any) -> None:
    """Add the commands to the parser."""
    command = commands.add_parser("feedback", help="what became of the cards")
    reports = command.add_subparsers(dest="report", required=True, metavar="REPORT")
    report = reports.add_parser(
        "report", help="shown, accepted, overridden by reason; also by client, role, hook and week"
    )
    report.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    report.add_argument(
        "--by", choices=TABLES, default="card", help="what has a line each (default: card)"
    )
    report.add_argument("--json", action="store_true", help="every table, as JSON")
    report.set_defaults(run=_report_feedback)
    export = reports.add_parser("export", help="a row for each card shown, for other programs")
    export.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    export.add_argument("--format", choices=("ndjson", "csv"), default="ndjson")
    export.set_defaults(run=_export_feedback)


def _report_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.feedback import format_report, report_as_json, report_feedback
    from cds_service.records import StoreUnavailable
    from governance.figures import load_figures, make_report

    url = settings_of(chosen).store_url
    try:
        feedback = report_feedback(url)
        report = make_report(load_figures(url))
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    if chosen.json:
        whole = {**report_as_json(feedback), "report": dataclasses.asdict(report)}
        sys.stdout.buffer.write(write_json(whole) + b"\n")
    elif chosen.by == "card":
        print(format_report(feedback))
        print(*_say_changes(report), sep="\n", end="\n" if report.changes else "")
    else:
        tables = (report.clients, report.roles, report.hooks, report.by_week)
        print(*_say_rows(chosen.by, tables[TABLES.index(chosen.by) - 1]), sep="\n")
    return 0


def _say_changes(report: Any) -> Iterable[str]:
    for change in report.changes:
        yield (
            f"{change.name} fires {change.now:.1f} times per 1,000 decisions in the week from "
            f"{change.week}, {change.before:.1f} before: more than chance."
        )


def _say_rows(name: str, rows: Iterable[Any]) -> Iterable[str]:
    yield f"{name:<24}{'decisions':>10}{'per 1,000':>11}{'shown':>8}  {'accepted':<20}overridden"
    for row in rows:
        accepted, overridden = (_share(share) for share in (row.accepted, row.overridden))
        yield (
            f"{row.name[:23]:<24}{row.decided:>10}{1000 * row.fired.value:>11.1f}{row.shown:>8}  "
            f"{accepted:<20}{overridden}"
        )


def _share(share: Any) -> str:
    if not share.total:
        return "nothing shown"
    low, high = (f"{100 * end:.0f}" for end in (share.low, share.high))
    return f"{100 * share.value:.0f} % ({low} to {high})"


def _export_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.records import StoreUnavailable
    from governance.figures import as_csv, as_ndjson, each_row

    settings = settings_of(chosen)
    write = as_csv if chosen.format == "csv" else as_ndjson
    try:
        for line in write(each_row(settings.store_url, settings.patient_key)):
            sys.stdout.write(line)
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    return 0
