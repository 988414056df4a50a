"""The last step of `b12-cds population`: the report, and who took the ids of patients."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import pwd
import sys
from pathlib import Path

from cli.parsing import Refusal
from cli.patients.commands import read_commands, report_command
from cli.patients.population_checks import check_report


def report_run(chosen: argparse.Namespace) -> int:
    """Write the page about a run and its tables, and say where they are."""
    from population.report import ReportRefused, write_cases, write_report
    from population.slices import list_parts
    from population.sources import Progress

    check_report(chosen)
    try:
        commands = [*read_commands(chosen.input), report_command(chosen.show_small)]
        progress = Progress("report", "parts", len(list_parts(chosen.input / "decisions")))
        written = write_report(chosen.input, chosen.out, chosen.show_small, commands, progress.add)
    except ReportRefused as error:
        raise Refusal(str(error)) from None
    progress.end()
    if chosen.cases is not None:
        _record_purpose(chosen.input / "cases.ndjson", chosen.purpose)  # before they are taken
        written.append(write_cases(chosen.input, chosen.cases))
    for path in written:
        print(path)
    return 0


def _who() -> str:
    """Return who runs this, as the system knows and not as the environment says; of a user without
    a name, as in many containers, the number.
    """
    user = os.getuid()
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"uid {user}"


def _record_purpose(record: Path, purpose: str) -> None:
    """Write down who took the ids of patients when and what for (H107); a text without a letter or
    a figure says nothing of it.
    """
    stated = any(sign.isalnum() for sign in purpose)
    if not stated:
        print(
            "--cases: no purpose was given, and that is recorded; expected --purpose TEXT.",
            file=sys.stderr,
        )
    told = {
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "by": _who(),
        "purpose": purpose if stated else "not stated",
    }
    handle = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with open(handle, "a", encoding="utf-8") as file:
        file.write(json.dumps(told) + "\n")
