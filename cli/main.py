"""The command line `b12-cds`. Exit status: 0 fine, 1 the check found something, 2 usage or input
that cannot be read.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import shutil
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NoReturn

from cds_service import __version__
from cds_service.decision import WIDTH, decide_bundle, decide_request, explain, say
from cds_service.protocol import Problem, read_json, write_json
from cds_service.site import Settings, SettingsError, check_config, is_web_url, load_settings
from fhir_mappings.terminology import load_value_sets


class Refusal(Exception):
    """What cannot be done, as one sentence for stderr; the command ends with exit status 2."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{self.prog}: {message}; see {self.prog} --help")


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
    parser = _Parser(
        prog="b12-cds",
        description="Clinical decision support for vitamin B12 deficiency over CDS Hooks.",
    )
    parser.add_argument("--version", action="version", version=f"b12-cds {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_explain(commands)
    _add_checks(commands)
    _add_feedback(commands)
    return parser.parse_args(arguments)


def _add_serve(commands: Any) -> None:
    command = commands.add_parser(
        "serve",
        help="serve over HTTP; without a site file the demonstration profile, on loopback only",
    )
    command.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    command.add_argument("--host", default="127.0.0.1", metavar="H")
    command.add_argument("--port", type=_port, default=8080, metavar="P")
    command.add_argument(
        "--workers", type=_positive, default=2, metavar="N", help="worker processes"
    )
    command.set_defaults(run=_serve)


def _add_explain(commands: Any) -> None:
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
        type=_date,
        metavar="DATE",
        help="the day it is true for (YYYY-MM-DD); today without",
    )
    command.add_argument("--json", action="store_true", help="answer with the explain JSON")
    command.set_defaults(run=_explain)


def _add_checks(commands: Any) -> None:
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
    server.set_defaults(run=_check_server)


def _add_feedback(commands: Any) -> None:
    command = commands.add_parser("feedback", help="what became of the cards")
    reports = command.add_subparsers(dest="report", required=True, metavar="REPORT")
    report = reports.add_parser(
        "report", help="for each card: shown, accepted, overridden by reason"
    )
    report.add_argument("--config", type=Path, metavar="FILE", help="the site file (TOML)")
    report.add_argument("--json", action="store_true")
    report.set_defaults(run=_report_feedback)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a port from 1 to 65535')
    return int(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a whole number from 1')
    return int(text)


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a date as YYYY-MM-DD') from None


def _settings(chosen: argparse.Namespace) -> Settings:
    if chosen.config is not None:
        _check_file(chosen.config)
    return load_settings(chosen.config)


def _check_file(path: Path) -> None:
    """Refuse a site file that is not there or is no file."""
    if not path.is_file():
        raise Refusal(f"{path}: {'is not a file' if path.exists() else 'there is no such file'}.")


def _serve(chosen: argparse.Namespace) -> int:
    from cds_service.server import serve

    settings = _settings(chosen)
    if not settings.is_production and chosen.host not in ("127.0.0.1", "::1", "localhost"):
        raise Refusal(
            f'--host: found "{chosen.host}", expected a loopback address, as the demonstration '
            f"profile serves nothing else."
        )
    _check_port(chosen.host, chosen.port)
    serve(settings, chosen.host, chosen.port, chosen.workers)
    return 0


def _check_port(host: str, port: int) -> None:
    """Refuse an address that cannot be listened on, before anything is started."""
    try:
        socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        ).close()
    except OSError as error:
        raise Refusal(
            f"--port: {host}:{port} cannot be listened on: {str(error.strerror).split(' (')[0]}."
        ) from None


def _read_file(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refusal(f"{name}: {error.strerror or 'cannot be read'}.") from None


def _read_input(name: str) -> Any:
    """Return the JSON value of a file, or of standard input for "-"."""
    shown, content = ("standard input" if name == "-" else name), _read_file(name)
    if not content.strip():
        raise Refusal(f"{shown} is empty; expected JSON.")
    try:
        return read_json(content)
    except Problem as problem:
        several = (
            "; expected one JSON value, not one on each line"
            if "trailing characters" in problem.text
            else ""
        )
        raise Refusal(
            f"{shown} {problem.text.removeprefix('The body ').rstrip('.')}{several}."
        ) from None


def _explain(chosen: argparse.Namespace) -> int:
    settings = _settings(chosen)
    body = _read_input(chosen.request)
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


def _check_config(chosen: argparse.Namespace) -> int:
    _check_file(chosen.file)
    problems = check_config(chosen.file)
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{chosen.file}: nothing wrong")
    return 1 if problems else 0


def _check_server(chosen: argparse.Namespace) -> int:
    from cds_service.retrieval import check_server, say_report

    if not is_web_url(chosen.base):
        raise Refusal(f'FHIR_BASE: found "{chosen.base}", expected an http or https URL.')
    report = check_server(chosen.base, chosen.token, chosen.patient, _settings(chosen))
    print(say_report(report), end="")
    return 1 if report.has_failed else 0


def _report_feedback(chosen: argparse.Namespace) -> int:
    from cds_service.records import StoreUnavailable, format_report, report_as_json, report_feedback

    try:
        report = report_feedback(_settings(chosen).store_url)
    except StoreUnavailable as error:
        raise Refusal(str(error)) from None
    if chosen.json:
        sys.stdout.buffer.write(write_json(report_as_json(report)) + b"\n")
    else:
        print(format_report(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
