"""The shape of the TOML site file: which keys there are, what type each has, and where in the file
a wrong one stands.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cds_service.protocol import make_plain
from fhir_mappings.terminology import say_not_utf8

TEXT = "a string"
FLAG = "true or false"
NUMBER = "a whole number above 0"
TEXTS = "an array of strings"
DATE = "a date such as 2026-11-26"
TABLE = "a table"
TABLES = "an array of tables"

TOP = {
    "profile": TEXT,
    "service": TABLE,
    "store": TABLE,
    "policy": TABLE,
    "formulary": TABLES,
    "codes": TABLE,
    "clients": TABLES,
    "limits": TABLE,
    "modes": TABLE,
    "approvals": TABLES,
}

SECTIONS: dict[str, dict[str, str]] = {
    "service": {
        "public_url": TEXT,
        "ca_file": TEXT,
        "contact": TEXT,
        "time_zone": TEXT,
        "cors_origins": TEXTS,
        "discovery_requires_token": FLAG,
        "discovery_profile": TEXT,
        "workbench": FLAG,
        "workbench_password": TEXT,
        "metrics": FLAG,
        "governance": FLAG,
        "governance_password": TEXT,
    },
    "store": {
        "url": TEXT,
        "patient_key": TEXT,
        "keep_requests_days": NUMBER,
        "keep_requests_key_file": TEXT,
        "retention_days": NUMBER,
    },
    "codes": {"add": TEXT, "systems": TEXT, "units": TEXT, "routes": TEXT, "forms": TEXT},
    "limits": {"body_bytes": NUMBER, "call_ms": NUMBER, "withheld_days": NUMBER},
}
"""The keys of each plain table. `policy` is checked by the recommender, which owns its names."""

FORMULARY_ROW = {
    "substance": TEXT,
    "route": TEXT,
    "strength": TEXT,
    "text": TEXT,
    "codings": TABLES,
    "available": FLAG,
    "dispense_unit": TEXT,
    "excipients": TEXTS,
}

CLIENT = {
    "name": TEXT,
    "iss": TEXT,
    "jku": TEXT,
    "keys": TABLES,
    "algorithms": TEXTS,
    "audiences": TEXTS,
    "tenants": TEXTS,
    "fhir_base_urls": TEXTS,
    "selection_behavior": TEXT,
    "replace_strategy": TEXT,
    "delete_style": TEXT,
    "intent": TEXT,
    "preferred_system": TEXT,
    "fhir_version": TEXT,
    "fhir_on_site_network": FLAG,
    "profile": TEXT,
    "shared_id": FLAG,
    "cds_hooks_version": TEXT,
    "hook_version": FLAG,
    "prefetch_dialect": TEXT,
    "hooks": TEXTS,
    "ignores": TEXTS,
    "stores_accepted": FLAG,
    "explain_empty": FLAG,
    "modes": TABLE,
    "expected_calls_per_day": NUMBER,
}

APPROVAL = {"what": TEXT, "name": TEXT, "date": DATE, "reason": TEXT, "expires": DATE}


LONGEST_PROBLEM = 1000
"""Characters of what is said of one thing that is wrong in a site file."""


class SettingsError(Exception):
    """The site file cannot be used. `problems` says everything that is wrong, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = [make_plain(one, LONGEST_PROBLEM) for one in problems]
        super().__init__("\n".join(self.problems))


def read_site_file(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Return the document and what is wrong with its shape; keys that are wrong are left out of the
    document.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")  # as editors of Windows write it
    except OSError as error:
        return {}, [f"{path}: cannot be read ({error.strerror or type(error).__name__})."]
    except UnicodeDecodeError:
        return {}, [f"{path}: is not UTF-8 text; {say_not_utf8(path.read_bytes())}."]
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        pasted = ' A table is { kty = "EC" }, with = where JSON has a colon.'
        hint = pasted if re.search(r'\{\s*"[\w-]+"\s*:', text) else ""
        return {}, [f"{path}: is not TOML: {error}.{hint}"]
    problems: list[str] = []
    return _checked_document(document, text, problems), problems


def _checked_document(document: dict[str, Any], text: str, problems: list[str]) -> dict[str, Any]:
    checked = _checked_table(document, TOP, "", text, problems)
    for name, keys in SECTIONS.items():
        if name in checked:
            checked[name] = _checked_table(checked[name], keys, name, text, problems)
    for name, keys in (
        ("formulary", FORMULARY_ROW),
        ("clients", CLIENT),
        ("approvals", APPROVAL),
    ):
        if name in checked:
            checked[name] = [
                _checked_table(row, keys, f"{name}[{number}]", text, problems)
                for number, row in enumerate(checked[name])
            ]
    return checked


def _checked_table(
    table: Mapping[str, Any], keys: Mapping[str, str], name: str, text: str, problems: list[str]
) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for key, value in table.items():
        place = f"{name}.{key}" if name else key
        if key not in keys:
            problems.append(
                f"{place}{line_of(text, name, key)}: is not a known key{nearest(key, keys)}."
            )
        elif keys[key] == DATE and (day := _quoted_day(value)) is not None:
            checked[key] = day
        elif not _is(value, keys[key]):
            problems.append(
                f"{place}{line_of(text, name, key)}: found {_found(key, value)}, expected "
                f"{keys[key]}."
            )
        else:
            checked[key] = value
    return checked


def _is(value: Any, kind: str) -> bool:
    if kind == TEXT:
        return isinstance(value, str)
    if kind == FLAG:
        return isinstance(value, bool)
    if kind == NUMBER:
        return isinstance(value, int) and not isinstance(value, bool) and value > 0
    if kind == TABLE:
        return isinstance(value, dict)
    if kind == DATE:
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    item = str if kind == TEXTS else dict
    return isinstance(value, list) and all(isinstance(one, item) for one in value)


def _quoted_day(value: Any) -> dt.date | None:
    """Return a date that was written in quotation marks."""
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


SECRETS = ("workbench_password", "governance_password", "patient_key", "keys")
"""Keys whose values are never repeated: what is wrong in a site file is printed and logged."""


def _found(key: str, value: Any) -> str:
    return "a value of another kind" if key in SECRETS else shown(value)


def shown(value: Any) -> str:
    """Return a value as a site file writes it, cut after 60 characters."""
    text = _as_toml(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _as_toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(map(_as_toml, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key} = {_as_toml(one)}' for key, one in value.items())}}}"
    return repr(value)


def nearest(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """Return `; the nearest known is "x"`, or nothing when no known word is near."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f'; the nearest known is "{near[0]}"' if near else ""


def line_of(text: str, table: str, key: str) -> str:
    """Return ` (line n)` of a key in the file, or nothing when it cannot be told.

    `table` is the name of the table, with `[n]` for the n-th of an array of tables.
    """
    name, _, rest = table.partition("[")
    wanted, seen, current = int(rest.rstrip("]")) if rest else 0, -1, ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([\w.\"-]+)\s*\]", line)
        if header:
            current = header[1].strip('"')
            seen += current == name
            if not name and current == key:
                return f" (line {number})"
        elif (
            current == name
            and (not name or seen == wanted)
            and re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]", line)
        ):
            return f" (line {number})"
    return ""
