"""The files of a Bulk Data export: fetched each whole or not at all, and compared with what was
announced.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests

from cds_service.retrieval import describe_failure

MOST_WAIT_SECONDS = 3600.0
"""Between two looks at the status; a server that asks for more is asked at this interval."""

MOST_UNASKED_SECONDS = 120.0
"""The same where the server does not say when to come again."""

FIRST_WAIT_SECONDS = 1.0
MOST_TROUBLE = 5
"""How often in a row the server may fail to answer before the export is given up."""

COPY_BYTES = 1 << 20


PARTS = ("output", "deleted", "error")
"""What a list of files has: what was exported, what is deleted, what could not be exported."""


class ExportFailed(Exception):
    """An export that cannot be had; the message says why in words, without content of a record."""


@dataclass(frozen=True, slots=True)
class Export:
    """What was fetched: the files, those that list deleted resources, and what the server said of
    resources it could not export.
    """

    files: tuple[Path, ...]
    deleted: tuple[Path, ...]
    problems: tuple[Path, ...]


WHY = {
    401: ": the token is not accepted, or no longer",
    403: ": the token does not allow it, or the address has expired",
    404: ": the job is gone or has expired",
    410: ": the job is gone or has expired",
}
"""What the answers of a status or a file mean."""


def seconds_to_wait(asked: str, before: float) -> float:
    """Return what `Retry-After` asks for, in seconds or as a date; without it, longer each time."""
    unasked = min(max(before, FIRST_WAIT_SECONDS) * 1.5, MOST_UNASKED_SECONDS)
    if not asked:
        return unasked
    if asked.isdecimal():
        return min(float(asked), MOST_WAIT_SECONDS)
    try:
        until = parsedate_to_datetime(asked).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return unasked
    seconds = (until - dt.datetime.now(dt.UTC)).total_seconds()
    return min(max(seconds, 0.0), MOST_WAIT_SECONDS)


def download(
    session: requests.Session,
    manifests: list[dict[str, Any]],
    folder: Path,
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> Export:
    saved: dict[str, list[Path]] = {}
    needs_token = manifests[0].get("requiresAccessToken", True) is not False
    for part in PARTS:
        entries = [entry for manifest in manifests for entry in manifest[part]]
        for number, entry in enumerate(entries):
            target = folder / part / f"{number:05d}{_named(entry)}.ndjson"
            say(f"fetching {part} {number + 1} of {len(entries)}")
            _save(session, entry["url"], needs_token, target, pause)
            saved.setdefault(part, []).append(target)
            if part == "output" and (short := _count_less(entry, target, say)):
                lacking = folder / "error" / f"count-{target.name}"
                lacking.parent.mkdir(exist_ok=True)
                lacking.write_text(json.dumps(short) + "\n", encoding="utf-8")
                saved.setdefault("error", []).append(lacking)
    told = {"transactionTime": manifests[0].get("transactionTime", "")}
    (folder / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    return Export(
        tuple(saved.get("output", ())),
        tuple(saved.get("deleted", ())),
        tuple(saved.get("error", ())),
    )


def _count_less(
    entry: dict[str, Any], saved: Path, say: Callable[[str], None]
) -> dict[str, Any] | None:
    """Return an OperationOutcome where a file holds fewer resources than the server announced, so
    that its lists count as incomplete; else `None`.
    """
    count = entry.get("count")
    if not isinstance(count, int):
        return None
    with saved.open("rb") as file:
        found = sum(not line.isspace() for line in file)
    if found == count:
        return None
    say(f"{saved.name}: {found} resources came, {count} were announced")
    issue = {"severity": "error", "code": "incomplete"}
    return {"resourceType": "OperationOutcome", "issue": [issue]} if found < count else None


def _named(entry: dict[str, Any]) -> str:
    """Return the type of a file for its name, so that it is known what a damaged one held."""
    kind = entry.get("type")
    return f"-{kind}" if isinstance(kind, str) and kind.isalpha() and kind.isascii() else ""


def _no_token(asked: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keep what the session sends by itself from a request."""
    return asked


def _save(
    session: requests.Session,
    url: str,
    needs_token: bool,
    target: Path,
    pause: Callable[[float], None],
) -> None:
    """Save one file, whole or not at all; one that breaks off is fetched again."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_suffix(".part")
    headers, auth = {"Accept": "application/fhir+ndjson"}, None if needs_token else _no_token
    for attempt in range(1, MOST_TROUBLE + 1):
        asked = ""
        try:
            with session.get(url, headers=headers, auth=auth, stream=True, timeout=60) as answer:
                if answer.status_code != 200:
                    asked = answer.headers.get("Retry-After", "")
                    why = WHY.get(answer.status_code, "")
                    raise ExportFailed(f"A file of the export answered {answer.status_code}{why}.")
                with partial.open("wb") as file:
                    for block in answer.iter_content(COPY_BYTES):
                        file.write(block)
                _check_whole(answer, partial)
            partial.replace(target)
            return
        except (requests.RequestException, ExportFailed) as error:
            if attempt == MOST_TROUBLE:
                why = str(error) if isinstance(error, ExportFailed) else describe_failure(error)
                raise ExportFailed(f"A file of the export cannot be had: {why}") from None
            pause(seconds_to_wait(asked, FIRST_WAIT_SECONDS * attempt))


def _check_whole(answer: requests.Response, saved: Path) -> None:
    length = answer.headers.get("Content-Length", "")
    if "Content-Encoding" not in answer.headers and length.isdecimal():
        size = saved.stat().st_size
        if size != int(length):
            raise ExportFailed(f"A file of the export broke off after {size} of {length} bytes.")
