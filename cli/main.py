"""The command line `b12-cds`. Exit status: 0 fine, 1 the check found something, 2 usage or input
that cannot be read.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from cds_service import __version__
from cds_service.protocol import Problem
from cds_service.site import SettingsError
from cli.answers import add_diff, add_explain, add_feedback, add_manifest, add_replay
from cli.operate import add_calls, add_checks, add_codes, add_init_config, add_serve, add_store
from cli.parsing import CommandParser, Refusal
from cli.patients import add_population, add_sandbox

GROUPS = (
    add_serve,
    add_explain,
    add_checks,
    add_codes,
    add_init_config,
    add_calls,
    add_feedback,
    add_replay,
    add_population,
    add_sandbox,
    add_manifest,
    add_diff,
    add_store,
)
"""What adds each group of commands, in the order of --help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    if sys.stdout is None:  # closed by who started us
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  stays open until the process ends
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(
            errors="replace"
        )  # a terminal that has no sign for "µ" still gets its answer
    try:
        chosen = _read_arguments(sys.argv[1:] if arguments is None else arguments)
        status: int = chosen.run(chosen)
        sys.stdout.flush()
    except (Refusal, Problem) as error:
        print(str(error), file=sys.stderr)
        return 2
    except SettingsError as error:
        print("The site file cannot be used: " + " ".join(error.problems), file=sys.stderr)
        return 2
    except BrokenPipeError:  # the reader of a pipe went away
        _write_no_more()
        return 0
    except KeyboardInterrupt:
        _write_no_more()
        return 130
    except OSError as error:  # a full disk under standard output, a port that is taken
        print(f"{error.strerror or 'The operation failed'}.", file=sys.stderr)
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
    for add_commands in GROUPS:
        add_commands(commands)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
