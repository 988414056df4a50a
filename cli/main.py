"""The command line `b12-cds`. Exit status: 0 fine, 1 the check found something, 2 usage or input
that cannot be read.
"""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module

from cds_service import __version__
from cds_service.protocol import Problem
from cds_service.site import SettingsError
from cli.parsing import CommandParser, Refusal, VisibleOutput, say_problem

GROUPS: Mapping[tuple[str, ...], tuple[str, str]] = {
    ("serve",): ("cli.operate", "add_serve"),
    ("explain",): ("cli.answers", "add_explain"),
    ("check-config", "check-server"): ("cli.operate", "add_checks"),
    ("codes",): ("cli.operate", "add_codes"),
    ("init-config",): ("cli.operate", "add_init_config"),
    ("token", "call"): ("cli.operate", "add_calls"),
    ("feedback",): ("cli.answers", "add_feedback"),
    ("replay",): ("cli.answers", "add_replay"),
    ("population",): ("cli.patients", "add_population"),
    ("sandbox",): ("cli.patients", "add_sandbox"),
    ("manifest",): ("cli.answers", "add_manifest"),
    ("diff",): ("cli.answers", "add_diff"),
    ("store",): ("cli.operate", "add_store"),
}
"""The commands of each group and what adds them, in the order of --help. Only the group of the
command that is asked for is loaded.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    if sys.stdout is None:  # closed by who started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  stays open until the process ends
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a terminal that has no sign for "µ" still gets its answer
    terminal = sys.stdout
    sys.stdout = VisibleOutput(terminal)  # a stream of text but for its type
    try:
        with _ending_in_order():
            return _run(sys.argv[1:] if arguments is None else arguments)
    finally:
        sys.stdout = terminal


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Hear SIGTERM and SIGHUP as Ctrl-C is heard, so that nothing half done is left behind. One
    that is ignored, as under nohup, stays so.
    """
    heard = [
        one for one in (signal.SIGTERM, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_DFL
    ]
    if threading.current_thread() is not threading.main_thread():
        heard = []
    for one in heard:
        signal.signal(one, _end)
    try:
        yield
    finally:
        for one in heard:
            signal.signal(one, signal.SIG_DFL)


def _end(number: int, _frame: object) -> None:
    raise KeyboardInterrupt(number)


def _run(arguments: Sequence[str]) -> int:
    try:
        chosen = _read_arguments(arguments)
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except (Refusal, Problem) as error:
        say_problem(str(error))
        return 2
    except SettingsError as error:
        say_problem("The site file cannot be used: " + " ".join(error.problems))
        return 2
    except BrokenPipeError:  # the reader of a pipe went away
        _write_no_more()
        return 0
    except KeyboardInterrupt as ended:
        _write_no_more()
        return 128 + next(iter(ended.args), signal.SIGINT)
    except OSError as error:  # a full disk under standard output, a port that is taken
        named = f"{error.filename}: " if isinstance(error.filename, str) else ""
        say_problem(f"{named}{error.strerror or 'The operation failed'}.")
        _write_no_more()
        return 2
    return status


def _write_no_more() -> None:
    """Let the interpreter end without writing what is left for standard output."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _read_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    parser = CommandParser(
        prog="b12-cds",
        description="Clinical decision support for vitamin B12 deficiency over CDS Hooks.",
    )
    parser.add_argument("--version", action="version", version=f"b12-cds {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    asked = [group for group in GROUPS if arguments and arguments[0] in group]
    for room, name in (GROUPS[group] for group in asked or GROUPS):
        getattr(import_module(room), name)(commands)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
