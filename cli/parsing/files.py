"""Files that a command is given: the site file, and JSON from a file or standard input."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cds_service.protocol import Problem, read_json
from cds_service.site import Settings, load_settings, read_authorities
from cli.parsing.arguments import Refusal
from cli.parsing.wrong_input import what_text_is


def settings_of(chosen: argparse.Namespace) -> Settings:
    if chosen.config is not None:
        check_file(chosen.config)
    return load_settings(chosen.config)


def authorities_of(chosen: argparse.Namespace) -> str:
    """Return the certificates of the authorities that a command is told to trust; empty when it is
    told of none.
    """
    if chosen.ca_file is None:
        return ""
    try:
        return read_authorities(chosen.ca_file)
    except ValueError as error:
        raise Refusal(f"--ca-file: {chosen.ca_file} {error}.") from None


def check_file(path: Path) -> None:
    """Refuse a site file that is not there or is no file."""
    if not path.is_file():
        raise Refusal(f"{path}: {'is not a file' if path.exists() else 'there is no such file'}.")


def read_file(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refusal(f"{name}: {error.strerror or 'cannot be read'}.") from None


def read_input(name: str) -> Any:
    """Return the JSON value of a file, or of standard input for "-"."""
    shown, content = ("standard input" if name == "-" else name), read_file(name)
    if not content.strip():
        raise Refusal(f"{shown} is empty; expected JSON.")
    try:
        return read_json(content)
    except Problem as problem:
        raise Refusal(f"{shown} {_why_no_json(problem, content)}.") from None


def _why_no_json(problem: Problem, content: bytes) -> str:
    """Return what the parser says, and what the text is instead where that can be told."""
    why = problem.text.removeprefix("The body ").rstrip(".")
    if "trailing characters" in why:
        return f"{why}; expected one JSON value, not one on each line (.ndjson)"
    if "EOF while parsing" in why:
        return f"{why}; it is cut off"
    return "; ".join(filter(None, (why, what_text_is(content))))


def owner_only(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return a command whose files and folders nobody but their owner can read."""

    def run(chosen: argparse.Namespace) -> int:
        before = os.umask(0o077)
        try:
            return command(chosen)
        finally:
            os.umask(before)

    return run
