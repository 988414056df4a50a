"""`b12-cds init-config`: a site file by questions."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cds_service.site import PROFILES, check_config, is_web_url, shown_url
from cli.parsing import Refusal

Check = Callable[[str], str]
"""Returns what is wrong with an answer, or nothing."""


def add_init_config(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "init-config", help="write a site file from the answers to a few questions"
    )
    command.add_argument(
        "--out",
        type=Path,
        default=Path("site.toml"),
        metavar="FILE",
        help="where to write it; an existing file is never overwritten (default: %(default)s)",
    )
    command.set_defaults(run=_init_config)


def _init_config(chosen: argparse.Namespace) -> int:
    if chosen.out.exists():
        raise Refusal(f"{chosen.out}: exists already, expected the name of a new file.")
    if not chosen.out.absolute().parent.is_dir():
        raise Refusal(f"{chosen.out}: there is no folder {chosen.out.absolute().parent}.")
    text = write_site(_ask_all())
    problems = _problems_of(text)
    _write_for_its_owner(chosen.out, text)
    for problem in problems:
        print(problem)
    print(f"{chosen.out} is written; check it with: b12-cds check-config {chosen.out}")
    return 1 if problems else 0


def _write_for_its_owner(path: Path, text: str) -> None:
    """Write a new file that nobody else can read: it holds the key of the patient's hash."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Refusal(f"{path}: {error.strerror or 'cannot be written'}.") from None
    with open(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _ask_all() -> dict[str, str]:
    return {
        "public_url": _ask(
            "Address under which the EHR calls this service", "https://cds.example.org", _web
        ),
        "time_zone": _ask("Time zone of the site, which decides what today is", "UTC", _any),
        "store": _ask(
            "Database (sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME)",
            "sqlite:///b12-cds.db",
            _any,
        ),
        "name": _ask("Name of the EHR", "Main EHR", _some),
        "profile": _ask(f"What kind of client it is ({', '.join(PROFILES)})", "generic-2.0", _kind),
        "iss": _ask("Issuer (iss) in its tokens", "https://ehr.example.org", _some),
        "jku": _ask("Address of its key set", "https://ehr.example.org/jwks.json", _web),
        "fhir": _ask("Base address of its FHIR server", "https://ehr.example.org/fhir", _web),
    }


def _ask(question: str, default: str, check: Check) -> str:
    """Return the answer of a person, the default for an empty line; asks again while it is wrong.

    Raises: Refusal at the end of the input, which is nobody's answer.
    """
    while True:
        print(f"{question} [{default}]: ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            print()
            raise Refusal("init-config: the input ended before the questions did; nothing written.")
        answer = line.strip() or default
        wrong = check(answer)
        if not wrong:
            if not sys.stdin.isatty():
                print()
            return answer
        print(wrong)


def _any(_: str) -> str:
    return ""


def _some(answer: str) -> str:
    return "" if answer else "Expected an answer."


def _web(answer: str) -> str:
    return (
        "" if is_web_url(answer) else f'Found "{shown_url(answer)}", expected an http or https URL.'
    )


def _kind(answer: str) -> str:
    known = ", ".join(PROFILES)
    return "" if answer in PROFILES else f'Found "{answer}", expected one of {known}.'


def write_site(answers: dict[str, str]) -> str:
    """Return the site file of these answers as TOML; JSON strings are TOML strings."""
    quoted = {key: json.dumps(value) for key, value in answers.items()}
    time_zone = "" if answers["time_zone"] == "UTC" else f"time_zone = {quoted['time_zone']}\n"
    return f"""\
# Site file of b12-cds. site.example.toml describes every key.

profile = "production"

[service]
public_url = {quoted["public_url"]}
{time_zone}
[store]
url = {quoted["store"]}
patient_key = "{secrets.token_hex(32)}"   # keep it: the decision record is read with it

[[clients]]
name = {quoted["name"]}
profile = {quoted["profile"]}
iss = {quoted["iss"]}
jku = {quoted["jku"]}
fhir_base_urls = [{quoted["fhir"]}]
"""


def _problems_of(text: str) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.toml"
        path.write_text(text, encoding="utf-8")
        return check_config(path)
