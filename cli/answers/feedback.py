"""`b12-cds feedback`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from cds_service.protocol import write_json
from cli.parsing import Refusal, settings_of


def add_feedback(commands: Any) -> None:
    command = commands.add_parser("feedback", help="what became of the cards")
    reports = command.add_subparsers(dest="report", required=True, metavar="REPORT")
    report = reports.add_parser(
        "report", help="for each card: shown, accepted, overridden by reason"
    )
    report.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report_feedback)


def _report_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.records import StoreUnavailable, format_report, report_as_json, report_feedback

    try:
        report = report_feedback(settings_of(chosen).store_url)
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    if chosen.json:
        sys.stdout.buffer.write(write_json(report_as_json(report)) + b"\n")
    else:
        print(format_report(report))
    return 0
