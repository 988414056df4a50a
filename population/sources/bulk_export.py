"""Fetch a Bulk Data export of a group: start it, wait for it, and save its files.

Source: FHIR Bulk Data Access 2.0, "Bulk Data Export Operation Request Flow".
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import requests
from requests.auth import AuthBase

from cds_service.retrieval import describe_failure, plain_session
from population.sources.downloads import (
    FIRST_WAIT_SECONDS,
    MOST_TROUBLE,
    PARTS,
    WHY,
    Export,
    ExportFailed,
    download,
    seconds_to_wait,
)

BUSY = frozenset({429, 502, 503, 504})
"""Answers after which a server is asked again."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of which server: the resources of these types of one Group. `token` is the
    bearer token, empty where the server wants none; `authorities` are trusted besides the public
    ones, as PEM text.
    """

    base: str
    group: str
    token: str
    types: tuple[str, ...]
    authorities: str = ""


@dataclass(frozen=True)
class Bearer(AuthBase):
    """Sends the token, but never by http where the server itself is asked by https: an address that
    it tells (the job, a further page, a file) would show it to everybody on the way.
    """

    token: str
    base: str

    def __call__(self, asked: requests.PreparedRequest) -> requests.PreparedRequest:
        schemes = [urlsplit(url).scheme.lower() for url in (asked.url or "", self.base)]
        if schemes[0] == "https" or schemes[1] != "https":
            asked.headers["Authorization"] = f"Bearer {self.token}"
        return asked


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
    with plain_session(wanted.authorities) as session:
        for part in PARTS:  # of an earlier export
            shutil.rmtree(folder / part, ignore_errors=True)
        if wanted.token:
            session.auth = Bearer(wanted.token, wanted.base)
        status_url = _start(session, wanted, pause)
        manifests = _follow(session, _wait(session, status_url, say, pause))
        export = download(session, manifests, folder, say, pause)
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
        wait = seconds_to_wait(answer.headers.get("Retry-After", ""), wait)
        pause(wait)
    place = answer.headers.get("Content-Location", "")
    if answer.status_code != 202 or not place:
        raise ExportFailed(
            f"The server did not begin the export: it answered {answer.status_code}"
            f"{_codes_in(answer) if answer.status_code != 202 else ' without Content-Location'}."
        )
    return urljoin(answer.url, place)


def _said_of(answer: requests.Response) -> str:
    why = WHY.get(answer.status_code, "") or _codes_in(answer)
    return f"it answered {answer.status_code}{why}"


_CODE = re.compile(r"[a-z][a-z-]{1,30}")


def _codes_in(answer: requests.Response) -> str:
    """Return the codes of the issues that a server tells, in brackets; never its free words, which
    may name somebody.
    """
    try:
        issues = answer.json()["issue"]
        codes = [one["code"] for one in issues if isinstance(one["code"], str)]
    except (ValueError, TypeError, KeyError):
        return ""
    known = sorted({code for code in codes if _CODE.fullmatch(code)})
    return f" ({', '.join(known[:5])})" if known else ""


def _wait(
    session: requests.Session,
    url: str,
    say: Callable[[str], None],
    pause: Callable[[float], None],
) -> dict[str, Any]:
    wait, trouble = FIRST_WAIT_SECONDS, 0
    while True:
        try:
            answer = _ask(session, url, {"Accept": "application/json"})
        except ExportFailed:  # the line broke: the server works on
            trouble += 1
            if trouble > MOST_TROUBLE:
                raise
            wait = seconds_to_wait("", wait)
            pause(wait)
            continue
        if answer.status_code == 200:
            return _manifest_of(answer)
        if answer.status_code == 202:
            trouble = 0
            progress = answer.headers.get("X-Progress", "in progress")[:80]
            say(f"the server prepares the export: {progress}")
        elif answer.status_code in BUSY and trouble < MOST_TROUBLE:
            trouble += 1
        else:
            raise ExportFailed(f"The export failed on the server: {_said_of(answer)}.")
        wait = seconds_to_wait(answer.headers.get("Retry-After", ""), wait)
        pause(wait)


def _manifest_of(answer: requests.Response) -> dict[str, Any]:
    try:
        manifest = answer.json()
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("output"), list):
        raise ExportFailed("The server's list of files cannot be read.")
    for part in PARTS:
        entries = manifest[part] = manifest.get(part) or []
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise ExportFailed(f"The server's list of files cannot be read at {part}.")
        for entry in entries:  # an address may be told from that of the list
            entry["url"] = urljoin(answer.url, str(entry.get("url", "")))
    manifest["next"] = next(
        (
            urljoin(answer.url, str(link.get("url", "")))
            for link in manifest.get("link") or ()
            if isinstance(link, dict) and link.get("relation") == "next"
        ),
        "",
    )
    return manifest


def _follow(session: requests.Session, manifest: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the list of files with those that it says go on with it."""
    manifests, seen = [manifest], {""}
    while (url := manifests[-1]["next"]) not in seen:
        seen.add(url)
        answer = _ask(session, url, {"Accept": "application/json"})
        if answer.status_code != 200:
            raise ExportFailed(
                f"A further page of the list of files answered {answer.status_code}."
            )
        manifests.append(_manifest_of(answer))
    return manifests


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
            f"{urlsplit(url).netloc.rpartition('@')[2]} cannot be asked: {describe_failure(error)}."
        ) from None
