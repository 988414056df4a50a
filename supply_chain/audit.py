"""Known faults of packages, read from a copy of the OSV database: the zip file of the PyPI
ecosystem, one JSON file for each advisory.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


@dataclass(frozen=True, slots=True)
class Advisory:
    """One advisory against a package of ours in the version we use."""

    package: str
    version: str
    id: str
    summary: str


def find_advisories(database: Path, versions: Mapping[str, str]) -> list[Advisory]:
    """Return the advisories against these packages in these versions; those that were withdrawn do
    not count.

    Raises: OSError or ValueError when the file cannot be read as such a database.
    """
    try:
        with zipfile.ZipFile(database) as archive:
            names = [name for name in archive.namelist() if name.endswith(".json")]
            rows = [
                row for name in names for row in _matches(json.loads(archive.read(name)), versions)
            ]
    except zipfile.BadZipFile as error:
        raise ValueError("not a zip file") from error
    if not names:
        raise ValueError("no advisories")
    return sorted(rows, key=lambda row: (row.package, row.id))


def _matches(record: Mapping[str, Any], versions: Mapping[str, str]) -> Iterator[Advisory]:
    if record.get("withdrawn"):
        return
    for affected in record.get("affected", ()):
        package = affected.get("package", {})
        name = canonicalize_name(package.get("name", ""))
        version = versions.get(name)
        if package.get("ecosystem") != "PyPI" or version is None:
            continue
        if version in affected.get("versions", ()) or _in_a_range(version, affected):
            yield Advisory(name, version, record["id"], record.get("summary", ""))


def _in_a_range(version: str, affected: Mapping[str, Any]) -> bool:
    """Return whether a version is in a range of an advisory, which need not list its versions; a
    range that cannot be read counts.
    """
    ranges = [one for one in affected.get("ranges", ()) if one.get("type") == "ECOSYSTEM"]
    try:
        return any(_holds(Version(version), one.get("events", ())) for one in ranges)
    except InvalidVersion:
        return True


def _holds(version: Version, events: Iterable[Mapping[str, str]]) -> bool:
    told = [(Version(at), kind) for event in events for kind, at in event.items()]
    holds = False
    for at, kind in sorted(told):
        if kind == "introduced" and version >= at:
            holds = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            holds = False
    return holds
