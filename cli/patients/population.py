"""`b12-cds population`: make, slice, run, report."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from cli.parsing import (
    day,
    free_text,
    owner_only,
    positive_number,
    take_authorities,
    take_token,
)
from cli.patients.population_report import report_run
from cli.patients.population_steps import decide_slice, make_people, slice_export


def add_population(commands: Any) -> None:
    command = commands.add_parser(
        "population", help="what the service would say to every patient of an export"
    )
    steps = command.add_subparsers(dest="step", required=True, metavar="STEP")
    _add_make(steps)
    _add_slice(steps)
    _add_run(steps)
    _add_report(steps)


def _add_make(steps: Any) -> None:
    make = steps.add_parser("make", help="write a made-up population as Bulk Data files")
    make.add_argument(
        "--patients", type=positive_number, required=True, metavar="N", help="how many"
    )
    make.add_argument(
        "--seed", type=int, default=1, metavar="S", help="the same seed makes the same people"
    )
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    make.add_argument(
        "--as-of", type=day, metavar="DATE", help="the day it is true for (default: today)"
    )
    make.add_argument(
        "--share", type=_share, default=0.08, help="part of all people with a story about B12"
    )
    make.add_argument(
        "--resources", type=positive_number, default=200, metavar="N", help="resources a patient"
    )
    make.add_argument(
        "--weight",
        action="append",
        default=[],
        metavar="RULE=N",
        help="make the stories of a rule more or less frequent (10 is usual)",
    )
    make.add_argument("--gzip", action="store_true", help="write TYPE.ndjson.gz")
    make.add_argument("--json", action="store_true", help="the counts by type, as JSON")
    make.set_defaults(run=make_people)


def _add_slice(steps: Any) -> None:
    cut = steps.add_parser(
        "slice", help="keep of an export what the mapping reads: one row per patient"
    )
    cut.add_argument(
        "--input",
        type=Path,
        nargs="+",
        default=[],
        metavar="PATH",
        help="files or folders of the export",
    )
    cut.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder")
    cut.add_argument("--from-server", metavar="BASE", help="run a Bulk Data export first")
    cut.add_argument("--group", metavar="ID", help="the Group to export")
    take_token(cut)
    take_authorities(cut)
    cut.add_argument(
        "--complete",
        action="store_true",
        help="a type of which nothing is in the input was exported: nobody has any",
    )
    cut.add_argument("--policy", type=Path, metavar="FILE", help="a site file, for its own codes")
    _add_workers(cut)
    cut.add_argument("--json", action="store_true", help="answer with slice.json")
    cut.set_defaults(run=owner_only(slice_export))


def _add_run(steps: Any) -> None:
    run = steps.add_parser("run", help="decide every patient of a slice")
    run.add_argument("--input", type=Path, required=True, metavar="DIR", help="a slice")
    run.add_argument("--out", type=Path, required=True, metavar="DIR2", help="a new folder")
    run.add_argument(
        "--mode",
        choices=("snapshot", "replay"),
        default="snapshot",
        help="each patient as of the day, or each order as it was placed",
    )
    run.add_argument(
        "--as-of", type=day, metavar="DATE", help="the day it is true for (default: today)"
    )
    run.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="the site file (default: the demonstration profile)",
    )
    run.add_argument(
        "--against",
        default="",
        metavar="FILE",
        help="what to compare with: a second site file, or the b12-cds of another version",
    )
    run.add_argument(
        "--engine", choices=("local", "spark"), default="local", help="what shares out the work"
    )
    _add_workers(run)
    run.set_defaults(run=owner_only(decide_slice))


def _add_report(steps: Any) -> None:
    report = steps.add_parser(
        "report", help="one page about a run, and the same as CSV and Parquet"
    )
    report.add_argument("--input", type=Path, required=True, metavar="DIR2", help="a run")
    report.add_argument(
        "--out", type=Path, required=True, metavar="FILE.html", help="the page to write"
    )
    report.add_argument(
        "--show-small", action="store_true", help="show counts below 5 instead of hiding them"
    )
    report.add_argument(
        "--cases", type=Path, metavar="OUT", help="write the ids of patients by rule and card (CSV)"
    )
    report.add_argument(
        "--purpose",
        type=free_text,
        default="",
        metavar="TEXT",
        help="what the ids of --cases are for; recorded in DIR2/cases.ndjson",
    )
    report.set_defaults(run=report_run)


def _add_workers(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        type=positive_number,
        default=os.cpu_count() or 1,
        metavar="N",
        help="processes that share the work",
    )


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a number from 0 to 1')
    return share
