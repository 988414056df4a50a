"""A row of a slice as the prefetch of a hook request: what the service would be sent of the same
patient.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cds_service.protocol import Problem, read_json
from population.slices.rows import LISTS


def entries_of(row: Mapping[str, Any], key: str) -> tuple[list[Any], int]:
    """Return the resources of one list, and how many of its lines could not be read.

    The lines are read together, and one by one only where one of them is at fault.
    """
    lines = [line for line in (row.get(key) or "").split("\n") if line]
    try:
        together: list[Any] = read_json(f"[{','.join(lines)}]".encode()) if lines else []
        if len(together) == len(lines):
            return together, 0
    except Problem:
        pass
    entries: list[Any] = []
    for line in lines:
        with suppress(Problem):
            entries.append(read_json(line.encode()))
    return entries, len(lines) - len(entries)


def prefetch_of(row: Mapping[str, Any], missing: Mapping[str, str]) -> tuple[dict[str, Any], int]:
    """Return the prefetch of a patient and how many lines could not be read.

    A list that may lack entries says so as a server does: its `total` is higher than what came. A
    key that is in `missing` was not exported and is not sent, so its facts are unknown.
    """
    prefetch: dict[str, Any] = {}
    incomplete = json.loads(row["incomplete"]) if row.get("incomplete") else {}
    unreadable = 0
    if row.get("person"):
        try:
            prefetch["patient"] = read_json(row["person"].encode())
        except Problem:
            unreadable += 1
    for key in LISTS:
        if missing.get(key) == NOT_EXPORTED and not row.get(key):
            continue
        entries, failed = entries_of(row, key)
        unreadable += failed
        may_lack = bool(failed) or key in incomplete or key in missing
        prefetch[key] = bundle_of(entries, may_lack)
    return prefetch, unreadable


NOT_EXPORTED = "not exported"
"""Why a list is missing for everybody: not one resource of its types was in the whole input."""


def bundle_of(entries: list[Any], may_lack: bool) -> dict[str, Any]:
    """Return a list as the Bundle a search gives."""
    bundle: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [
            entry if "fullUrl" in entry and "resourceType" not in entry else {"resource": entry}
            for entry in entries
            if isinstance(entry, dict)
        ],
    }
    if may_lack:
        bundle["total"] = len(entries) + 1
    return bundle
