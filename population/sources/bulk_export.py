"""Fetch a Bulk Data export of a group: start it, wait for it, and save its files.

Source: FHIR Bulk Data Access 2.0, "Bulk Data Export Operation Request Flow".
"""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

MOST_WAIT_SECONDS = 120.0
"""Between two looks at the status; a server that asks for more is asked at this interval."""

FIRST_WAIT_SECONDS = 1.0
MOST_TROUBLE = 5
"""How often in a row the server may fail to answer before the export is given up."""

BUSY = frozenset({429, 502, 503, 504})
"""Answers after which a server is asked again."""

COPY_BYTES = 1 << 20


class ExportFailed(Exception):
    """An export that cannot be had; the message says why in words, without content of a record."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of which server: the resources of these types of one Group. `token` is the
    bearer token, empty where the server wants none.
    """

    base: str
    group: str
    token: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Export:
    """What was fetched: the files, those that list deleted resources, and what the server said of
    resources it could not export.
    """

    files: tuple[Path, ...]
    deleted: tuple[Path, ...]
    problems: tuple[Path, ...]


def fetch_export(
    wanted: Wanted,
    folder: Path,
    say: Callable[[str], None],
    pause: Callable[[float], None] = time.sleep,
) -> Export:
    """Run `Group/[id]/$export` and save its files in `folder`.

    Args:
        say: is told how far the server is, in one line.
    Raises: ExportFailed.
    """
    with requests.Session() as session:
        session.trust_env = False
        if wanted.token:
            session.headers["Authorization"] = f"Bearer {wanted.token}"
        status_url = _start(session, wanted, pause)
        manifest = _wait(session, status_url, say, pause)
        export = _download(session, manifest, folder, say, pause)
        _finish(session, status_url)
    return export


def _start(session: requests.Session, wanted: Wanted, pause: Callable[[float], None]) -> str:
    url = f"{wanted.base.rstrip('/')}/Group/{quote(wanted.group, safe='')}/$export"
    headers = {"Accept": "application/fhir+json", "Prefer": "respond-async"}
    asked = {"_type": ",".join(sorted(wanted.types)), "_outputFormat": "application/fhir+ndjson"}
    wait = FIRST_WAIT_SECONDS
    for _ in range(MOST_TROUBLE):
        answer = _ask(session, url, headers, asked)
        if answer.status_code not in BUSY:
            break
        wait = _seconds_to_wait(answer.headers.get("Retry-After", ""), wait)
        pause(wait)
    place = answer.headers.get("Content-Location", "")
    if answer.status_code != 202 or not place:
        raise ExportFailed(
            f"The server did not begin the export: it answered {answer.status_code}"
            f"{'' if answer.status_code != 202 else ' without Content-Location'}."
        )
    return place


def _wait(
    session: requests.Session,
    url: str,
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> dict[str, Any]:
    wait, trouble = FIRST_WAIT_SECONDS, 0
    while True:
        answer = _ask(session, url, {"Accept": "application/json"})
        if answer.status_code == 200:
            return _manifest_of(answer)
        if answer.status_code == 202:
            trouble = 0
            progress = answer.headers.get("X-Progress", "in progress")[:80]
            say(f"the server prepares the export: {progress}")
        elif answer.status_code in BUSY and trouble < MOST_TROUBLE:
            trouble += 1
        else:
            gone = ": the job is gone or has expired" if answer.status_code in (404, 410) else ""
            raise ExportFailed(
                f"The export failed on the server: it answered {answer.status_code}{gone}."
            )
        wait = _seconds_to_wait(answer.headers.get("Retry-After", ""), wait)
        pause(wait)


def _seconds_to_wait(asked: str, before: float) -> float:
    """Return what `Retry-After` asks for, in seconds or as a date; without it, longer each time."""
    seconds = float(asked) if asked.isdecimal() else before * 1.5
    if asked and not asked.isdecimal():
        try:
            until = parsedate_to_datetime(asked).astimezone(dt.UTC)
            seconds = (until - dt.datetime.now(dt.UTC)).total_seconds()
        except ValueError:
            seconds = before * 1.5
    return min(max(seconds, 0.0), MOST_WAIT_SECONDS)


def _manifest_of(answer: requests.Response) -> dict[str, Any]:
    try:
        manifest = answer.json()
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("output"), list):
        raise ExportFailed("The server's list of files cannot be read.")
    return manifest


def _download(
    session: requests.Session,
    manifest: dict[str, Any],
    folder: Path,
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> Export:
    saved: dict[str, list[Path]] = {}
    needs_token = manifest.get("requiresAccessToken", True) is not False
    for part in ("output", "deleted", "error"):
        entries = [entry for entry in manifest.get(part) or () if isinstance(entry, dict)]
        for number, entry in enumerate(entries):
            target = folder / part / f"{number:05d}{_named(entry)}.ndjson"
            say(f"fetching {part} {number + 1} of {len(entries)}")
            _save(session, str(entry.get("url", "")), needs_token, target, pause)
            saved.setdefault(part, []).append(target)
    (folder / "manifest.json").write_text(
        json.dumps({"transactionTime": manifest.get("transactionTime", "")}), encoding="utf-8"
    )
    return Export(
        tuple(saved.get("output", ())),
        tuple(saved.get("deleted", ())),
        tuple(saved.get("error", ())),
    )


def _named(entry: dict[str, Any]) -> str:
    """Return the type of a file for its name, so that it is known what a damaged one held."""
    kind = entry.get("type")
    return f"-{kind}" if isinstance(kind, str) and kind.isalpha() and kind.isascii() else ""


NO_TOKEN: dict[str, str | None] = {"Authorization": None}
"""Keeps what the session sends by itself from a request."""


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
    headers = {"Accept": "application/fhir+ndjson"} | ({} if needs_token else NO_TOKEN)
    for attempt in range(1, MOST_TROUBLE + 1):
        asked = ""
        try:
            with session.get(url, headers=headers, stream=True, timeout=60) as answer:
                if answer.status_code != 200:
                    asked = answer.headers.get("Retry-After", "")
                    raise ExportFailed(f"A file of the export answered {answer.status_code}.")
                with partial.open("wb") as file:
                    for block in answer.iter_content(COPY_BYTES):
                        file.write(block)
                _check_whole(answer, partial)
            partial.replace(target)
            return
        except (requests.RequestException, ExportFailed) as error:
            if attempt == MOST_TROUBLE:
                why = str(error) if isinstance(error, ExportFailed) else type(error).__name__
                raise ExportFailed(f"A file of the export cannot be had: {why}") from None
            pause(_seconds_to_wait(asked, FIRST_WAIT_SECONDS * attempt))


def _check_whole(answer: requests.Response, saved: Path) -> None:
    length = answer.headers.get("Content-Length", "")
    if "Content-Encoding" not in answer.headers and length.isdecimal():
        size = saved.stat().st_size
        if size != int(length):
            raise ExportFailed(f"A file of the export broke off after {size} of {length} bytes.")


def _finish(session: requests.Session, status_url: str) -> None:
    """Tell the server that its files may go; that it does not answer changes nothing."""
    try:
        session.delete(status_url, timeout=30)
    except requests.RequestException:
        return


def _ask(
    session: requests.Session,
    url: str,
    headers: dict[str, str],
    parameters: dict[str, str] | None = None,
) -> requests.Response:
    try:
        return session.get(url, headers=headers, params=parameters, timeout=60)
    except requests.RequestException as error:
        raise ExportFailed(
            f"{urlsplit(url).netloc} cannot be asked: {type(error).__name__}."
        ) from None
