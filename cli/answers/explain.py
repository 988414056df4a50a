"""`b12-cds explain`."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from cds_service.decision import WIDTH, decide_bundle, decide_request, explain, say
from cds_service.protocol import write_json
from cli.parsing import Refusal, day, read_input, settings_of
from fhir_mappings.terminology import load_value_sets


def add_explain(commands: Any) -> None:
    command = commands.add_parser(
        "explain",
        help="say what the service makes of one hook request, and why; nothing is fetched or sent",
    )
    command.add_argument(
        "request", metavar="REQUEST.json", help="a hook request, or - for standard input"
    )
    command.add_argument(
        "--patient",
        action="store_true",
        help="the file is a FHIR Bundle of one patient; explain the patient-view of it",
    )
    command.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    command.add_argument(
        "--as-of",
        type=day,
        metavar="DATE",
        help="the day it is true for (YYYY-MM-DD); today without",
    )
    command.add_argument("--json", action="store_true", help="answer with the explain JSON")
    command.set_defaults(run=_explain)


def _explain(chosen: argparse.Namespace) -> int:
    settings = settings_of(chosen)
    body = read_input(chosen.request)
    as_of = chosen.as_of or dt.datetime.now(dt.UTC).date()
    value_sets = load_value_sets(settings.extra_codes)
    if not chosen.patient and isinstance(body, dict) and body.get("resourceType") == "Bundle":
        raise Refusal(
            f"{chosen.request}: found a FHIR Bundle, expected a hook request; with --patient its "
            f"patient-view is explained."
        )
    explained = explain(
        (decide_bundle if chosen.patient else decide_request)(body, settings, value_sets, as_of)
    )
    if chosen.json:
        sys.stdout.buffer.write(write_json(explained) + b"\n")
    else:
        at_terminal = sys.stdout.isatty()
        width = min(WIDTH, max(60, shutil.get_terminal_size().columns)) if at_terminal else WIDTH
        print(say(explained, at_terminal and "NO_COLOR" not in os.environ, width), end="")
    return 0
