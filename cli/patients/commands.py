"""The commands from which a report comes again, as they can be copied: inputs by the names that
were given, results in a new folder `again`.

They stand beside a slice and a run in `commands.json`, which is no part of what is decided on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shlex
from collections.abc import Iterable
from pathlib import Path

from cli.parsing import Refusal

FILE = "commands.json"
SLICE, RUN, PAGE = "again/slice", "again/run", "again/report.html"


def slice_command(chosen: argparse.Namespace) -> str:
    """Return the command that slices the same input again; a token is not in it."""
    words = ["b12-cds", "population", "slice"]
    if chosen.from_server:
        words += ["--from-server", chosen.from_server, "--group", chosen.group]
    else:
        words += ["--input", *map(str, chosen.input)]
    words += ["--ca-file", str(chosen.ca_file)] if chosen.ca_file else []
    words += ["--complete"] if chosen.complete else []
    words += ["--policy", str(chosen.policy)] if chosen.policy else []
    return shlex.join([*words, "--out", SLICE])


def run_command(chosen: argparse.Namespace, day: dt.date) -> str:
    """Return the command that decides the slice again, on the day that it was decided for."""
    words = ["b12-cds", "population", "run", "--input", SLICE, "--mode", chosen.mode]
    words += ["--as-of", day.isoformat()]
    for option in ("policy", "against"):
        given = getattr(chosen, option)
        words += [f"--{option}", str(given)] if given else []
    return shlex.join([*words, "--out", RUN])


def report_command(show_small: bool) -> str:
    """Return the command that makes the page again."""
    words = ["b12-cds", "population", "report", "--input", RUN]
    return shlex.join([*words, *(["--show-small"] if show_small else []), "--out", PAGE])


def write_commands(folder: Path, commands: Iterable[str]) -> None:
    """Write the commands that made what is in a folder, the first first."""
    (folder / FILE).write_text(json.dumps(list(commands), indent=1) + "\n", encoding="utf-8")


def read_commands(folder: Path) -> list[str]:
    """Return the commands that made what is in a folder; none where an earlier version made it."""
    path = folder / FILE
    try:
        commands = json.loads(path.read_bytes()) if path.is_file() else []
    except ValueError:
        commands = None
    if not isinstance(commands, list) or not all(isinstance(one, str) for one in commands):
        raise Refusal(f"{path}: is damaged; expected the commands that b12-cds wrote there.")
    return commands
