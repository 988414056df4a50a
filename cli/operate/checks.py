"""`b12-cds check-config` and `b12-cds check-server`."""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from cds_service.protocol import make_cell
from cds_service.site import Settings, check_config, is_web_url, load_settings, shown_url
from cli.parsing import (
    Refusal,
    authorities_of,
    check_file,
    positive_number,
    print_json,
    settings_of,
    take_authorities,
    take_site_file,
    take_token,
)


def add_checks(commands: Any) -> None:
    config = commands.add_parser("check-config", help="say everything that is wrong in a site file")
    config.add_argument("file", type=Path, metavar="FILE", help="the site file (TOML)")
    config.add_argument("--json", action="store_true", help="the problems as JSON")
    config.set_defaults(run=_check_config)
    _add_check_server(commands)


def _add_check_server(commands: Any) -> None:
    server = commands.add_parser(
        "check-server",
        help="run every prefetch query against a FHIR server and say what is not mapped",
    )
    server.add_argument("base", metavar="FHIR_BASE", help="the base address of the server")
    take_token(server)
    take_authorities(server)
    server.add_argument(
        "--patient",
        default="",
        metavar="ID",
        help="the patient to ask for (default: the first one found)",
    )
    take_site_file(server)
    server.add_argument(
        "--patients",
        type=positive_number,
        default=1,
        metavar="N",
        help="without --patient: how many of the first patients to ask for",
    )
    server.add_argument(
        "--csv", type=Path, metavar="OUT", help="write what is not known as a table, with counts"
    )
    server.add_argument("--json", action="store_true", help="the whole report for programs")
    server.set_defaults(run=_check_server)


def _check_config(chosen: argparse.Namespace) -> int:
    check_file(chosen.file)
    problems = check_config(chosen.file)
    open_to_all = ""
    if not problems:
        settings = load_settings(chosen.file)
        problems = [*_problems_of_keys(settings), *_withheld_too_long(settings)]
        open_to_all = "" if settings.is_production else OPEN_TO_ALL
    if chosen.json:
        print_json({"file": str(chosen.file), "problems": problems})
    else:
        print("\n".join(problems) or f"{chosen.file}: nothing wrong{open_to_all}")
    return 1 if problems else 0


def _problems_of_keys(settings: Settings) -> list[str]:
    """Return what is wrong with the keys of a site: one under which no request would be kept, or
    that can be guessed, and private halves where the service needs public ones only.
    """
    from cds_service.records import SHORTEST_KEY, check_key_file, find_patient_key

    key_file = settings.keep_requests_key_file if settings.keep_requests_days else None
    why = check_key_file(key_file) if key_file else ""
    said = [f"store.keep_requests_key_file: {key_file} {why}."] if why else []
    patients = find_patient_key(settings.store_url, settings.patient_key)
    if patients and len(patients.strip()) < SHORTEST_KEY:
        said.append(
            f"store.patient_key: in force is one of {len(patients.strip())} characters, which can "
            f"be guessed; expected at least {SHORTEST_KEY}."
        )
    return said + [
        f"clients[{number}].keys[{place}]: holds the private half too, with which whoever reads "
        f"this file can sign; expected the public members alone."
        for number, client in enumerate(settings.clients)
        for place, key in enumerate(client.keys)
        if "d" in key
    ]


OPEN_TO_ALL = '; profile "demonstration": callers need no token'
"""What is said of a site file that is right and of the demonstration, as an empty one is."""


def _withheld_too_long(settings: Settings) -> list[str]:
    """Return the modes that have withheld cards for longer than the site allows, by the record of
    the site; that it cannot be read is said beside.
    """
    if not settings.modes and not any(client.modes for client in settings.clients):
        return []
    from cds_service.records import StoreUnavailable
    from governance.figures import load_modes, withheld_too_long

    try:
        modes = load_modes(settings.store_url)
    except StoreUnavailable as error:
        print(f"Since when cards are withheld is not known: {error}", file=sys.stderr)
        return []
    today = settings.today(dt.datetime.now(dt.UTC))
    return [alarm.words for alarm in withheld_too_long(modes, settings, today)]


def _check_server(chosen: argparse.Namespace) -> int:
    from cds_service.retrieval import check_server
    from cli.operate.server_report import report_as_json, rows_of_report, say_report

    if not is_web_url(chosen.base):
        raise Refusal(
            f'FHIR_BASE: found "{shown_url(chosen.base)}", expected an http or https URL.'
        )
    settings = settings_of(chosen)
    settings = replace(settings, authorities=authorities_of(chosen) or settings.authorities)
    report = check_server(chosen.base, chosen.token, chosen.patient, settings, chosen.patients)
    if chosen.csv is not None:
        with chosen.csv.open("w", encoding="utf-8", newline="") as file:
            table = csv.writer(file)
            table.writerow(("kind", "what", "count", "example"))
            for row in rows_of_report(report):
                table.writerow([make_cell(str(cell)) for cell in row])
    if chosen.json:
        print_json(report_as_json(report))
    else:
        print(say_report(report), end="")
    return 1 if report.has_failed else 0
