"""What arguments may be, and how a wrong one is refused."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from pathlib import Path
from typing import Any, NoReturn

from cds_service.site import EXPECTED_DAY, read_day


class Refusal(Exception):
    """What cannot be done, as one sentence for stderr; the command ends with exit status 2."""


EXIT_STATUS = "Exit status: 0 fine, 1 the check found something, 2 usage or unreadable input."


class _Formatter(argparse.HelpFormatter):
    """Help in which every option that takes a value says what holds without it."""

    def _get_help_string(self, action: argparse.Action) -> str:
        text = action.help or ""
        says_it = action.required or action.nargs == 0 or "default:" in text
        if says_it or not action.option_strings:
            return text
        has_one = action.default not in (None, "", [], ())
        return f"{text} (default: {'%(default)s' if has_one else 'none'})"


class CommandParser(argparse.ArgumentParser):
    """A parser whose help states defaults and exit status, and that refuses in one sentence."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"formatter_class": _Formatter, "epilog": EXIT_STATUS, **options})

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{self.prog}: {message}; see {self.prog} --help")

    def _get_values(self, action: argparse.Action, arg_strings: list[str]) -> Any:
        """Refuse a blank value, as of a variable of the shell that is not set: it would count as
        the option left out, or as the folder one stands in.
        """
        is_checked = action.choices or action.type not in (None, Path, bearer_token)
        if action.option_strings and not is_checked:
            for blank in (text for text in arg_strings if not text.strip()):
                raise argparse.ArgumentError(action, f'found "{blank}", expected a value')
        return super()._get_values(action, arg_strings)


def take_token(command: argparse.ArgumentParser, purpose: str = "bearer token") -> None:
    """Give a command the option by which it is told the token for a FHIR server."""
    command.add_argument("--token", type=bearer_token, default="", metavar="T", help=purpose)


def take_site_file(command: argparse.ArgumentParser) -> None:
    """Give a command the option by which it is told the site file."""
    command.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="the site file (default: the demonstration profile)",
    )


def take_authorities(command: argparse.ArgumentParser) -> None:
    """Give a command the option by which it is told authorities to trust."""
    command.add_argument(
        "--ca-file",
        type=Path,
        metavar="FILE",
        help="certificates (PEM) of authorities that are trusted besides the public ones",
    )


def port_number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a port from 1 to 65535')
    return int(text)


def positive_number(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'found "{text}", expected a whole number from 1')
    return int(text)


def bearer_token(text: str) -> str:
    if re.search(r"[^!-~]", text):
        raise argparse.ArgumentTypeError(
            "found a blank, a line break or another sign that no token holds (what was given is "
            "not repeated), expected the token alone"
        )
    return text


def free_text(text: str) -> str:
    """Words that may be blank."""
    return text


def day(text: str) -> dt.date:
    try:
        return read_day(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'found "{text}", expected {EXPECTED_DAY}') from None


def days(text: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,4})d", text)
    if not found:
        raise argparse.ArgumentTypeError(f'found "{text}", expected days such as 7d')
    return int(found[1])
