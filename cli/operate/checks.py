"""`b12-cds check-config` and `b12-cds check-server`."""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

from cds_service.protocol import write_json
from cds_service.site import check_config, is_web_url
from cli.parsing import Refusal, check_file, positive_number, settings_of


def add_checks(commands: Any) -> None:
    config = commands.add_parser("check-config", help="say everything that is wrong in a site file")
    config.add_argument("file", type=Path, metavar="FILE")
    config.set_defaults(run=_check_config)
    server = commands.add_parser(
        "check-server",
        help="run every prefetch query against a FHIR server and say what is not mapped",
    )
    server.add_argument("base", metavar="FHIR_BASE")
    server.add_argument("--token", default="", metavar="T", help="bearer token")
    server.add_argument(
        "--patient",
        default="",
        metavar="ID",
        help="the patient to ask for; the first one found without",
    )
    server.add_argument(
        "--config", type=Path, metavar="FILE", help="the site file (TOML), for its local codes"
    )
    server.add_argument(
        "--patients",
        type=positive_number,
        default=1,
        metavar="N",
        help="without --patient: how many of the first patients to ask for (default: 1)",
    )
    server.add_argument(
        "--csv", type=Path, metavar="OUT", help="write what is not known as a table, with counts"
    )
    server.add_argument("--json", action="store_true", help="the whole report for programs")
    server.set_defaults(run=_check_server)


def _check_config(chosen: argparse.Namespace) -> int:
    check_file(chosen.file)
    problems = check_config(chosen.file)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{chosen.file}: nothing wrong")
    return 1 if problems else 0


def _check_server(chosen: argparse.Namespace) -> int:
    from cds_service.retrieval import check_server, report_as_json, rows_of_report, say_report

    if not is_web_url(chosen.base):
        raise Refusal(f'FHIR_BASE: found "{chosen.base}", expected an http or https URL.')
    report = check_server(
        chosen.base, chosen.token, chosen.patient, settings_of(chosen), chosen.patients
    )
    if chosen.csv is not None:
        with chosen.csv.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("kind", "what", "count", "example"))
            table.writerows(rows_of_report(report))
    if chosen.json:
        sys.stdout.buffer.write(write_json(report_as_json(report)) + b"\n")
    else:
        print(say_report(report), end="")
    return 1 if report.has_failed else 0
