"""The resources of a file that is one JSON value, and whether a Bundle holds all there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import IO, Any

import pyarrow as pa

from cds_service.protocol import (
    Problem,
    bundles_within,
    empty_entries,
    is_failure,
    lacks_some,
    read_json,
    resources_within,
    why_not_whole,
    write_json,
)
from fhir_mappings.fhir import SUBJECT_ELEMENTS, Placed, is_cut, says_suppressed
from population.sources.content import (
    BYTE_ORDER_MARK,
    EMPTY,
    NOT_JSON,
    SPREAD,
    TOO_LARGE,
    Lines,
    Refuse,
    blocks_of,
    split_lines,
)
from population.sources.files import Piece

LARGEST_DOCUMENT = 64 << 20
"""Bytes of a file that is one JSON value, as it must be read whole."""

LINE_NAMES = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
"""How a file is named whose resources stand on a line each."""

SPEAKS_OF_AN_ERROR = "an OperationOutcome speaks of an error"


def read_document(file: IO[bytes], piece: Piece, refuse: Refuse) -> Iterator[Lines]:
    """Read a file that is one JSON value: a Bundle, an array or a resource; else lines of them."""
    blocks, size = [], 0
    for block in blocks_of(file, piece, refuse):
        blocks.append(block)
        size += len(block)
        if size > LARGEST_DOCUMENT:
            refuse(1, TOO_LARGE)
            return
    content = b"".join(blocks).removeprefix(BYTE_ORDER_MARK)
    blocks.clear()
    if not content.strip():
        refuse(1, EMPTY)
        return
    try:
        value = read_json(content)
    except Problem:
        first, _, more = content.partition(b"\n")
        if first.rstrip().endswith(b"}") and more.strip():
            yield Lines(1, split_lines(content))
        else:
            refuse(1, SPREAD if piece.path.lower().endswith(LINE_NAMES) else NOT_JSON)
        return
    if deleted_in(value):  # handed on whole, as what it deletes is no resource
        yield Lines(1, pa.array([content.strip()], pa.binary()))
        return
    del content  # a large one is held once
    yield from resources_of(value, 1, refuse)


def deleted_in(value: Any) -> frozenset[str]:
    """Return the references (`Type/id`) that a Bundle says are deleted."""
    entries = value.get("entry") if isinstance(value, dict) else None
    asked = [
        entry.get("request")
        for entry in (entries if isinstance(entries, list) else ())
        if isinstance(entry, dict)
    ]
    return frozenset(
        "/".join(str(request.get("url", "")).split("/")[-2:])
        for request in asked
        if isinstance(request, dict) and request.get("method") == "DELETE"
    )


def resources_of(value: Any, number: int, refuse: Refuse) -> Iterator[Lines]:
    """Yield the resources of a Bundle, an array or a single one.

    In a Bundle of one patient a resource that names nobody is that patient's. A subject or a
    medicine named by `fullUrl` is written by type and id; other references by `fullUrl` are kept by
    keeping the entry whole.
    """
    placed = [item for item in resources_within(value, "") if item.type]
    if not placed:
        if not deleted_in(value):
            refuse(number, "holds no resource")
        return
    patients = {_id_of(item) for item in placed if item.type == "Patient"} - {""}
    if len(patients) > 1:
        refuse(number, f"a Bundle of {len(patients)} patients: each resource goes to its subject")
    owner = next(iter(patients)) if len(patients) == 1 else ""
    by_url = {
        item.full_url: f"{item.type}/{_id_of(item)}"
        for item in placed
        if item.type in POINTED_TO and item.full_url and _id_of(item)
    }
    contents = pa.array([_content_of(item, by_url) for item in placed], pa.binary())
    yield Lines(number, contents, 0, owner, _why_not_whole(value, placed))


def _id_of(item: Placed) -> str:
    """Return the id of a resource; without one the uuid that its Bundle knows it by, if any."""
    identity = item.resource.get("id")
    if isinstance(identity, str) and identity:
        return identity
    return item.full_url.removeprefix(UUID) if item.full_url.startswith(UUID) else ""


UUID = "urn:uuid:"
POINTED_TO = frozenset({"Patient", "Medication"})
"""Types that come to a row by the references to them, which must tell type and id."""


def _why_not_whole(value: Any, placed: list[Placed]) -> str:
    """Return why a Bundle does not hold all there is: by its own words or those of one within, by
    entries that hold nothing, or by an error or a withholding that stands among them.
    """
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle":
        return ""
    within = list(bundles_within(value, ""))
    bundles = [value, *(one.bundle for one in within)]
    empty = sum(len(list(empty_entries(bundle, ""))) for bundle in bundles)
    outcomes = [item.resource for item in placed if item.type == "OperationOutcome"]
    if empty:
        return f"a Bundle in which {empty} entries hold no resource"
    if any(map(is_failure, outcomes)):
        return f"a Bundle that is not whole: {SPEAKS_OF_AN_ERROR}"
    if any(map(says_suppressed, outcomes)) or any(is_cut(item.resource) for item in placed):
        return "a Bundle that is not whole: part of it is withheld"
    why = "one within it lacks some" if lacks_some(within) else why_not_whole(value, len(placed))
    return f"a Bundle that is not whole: {why}" if why else ""


def _content_of(item: Placed, by_url: Mapping[str, str]) -> bytes:
    """Return the JSON of a resource of a Bundle.

    Args:
        by_url: the Patients and Medications of the Bundle as `Type/id`, by `fullUrl`.
    """
    if item.type in POINTED_TO:
        identity = _id_of(item)
        return write_json({**item.resource, "id": identity} if identity else item.resource)
    resource = {**item.resource, **_by_id(item.resource, by_url)}
    named = item.full_url.startswith("urn:") and not item.full_url.endswith(str(resource.get("id")))
    return write_json({"fullUrl": item.full_url, "resource": resource} if named else resource)


def _by_id(resource: Mapping[str, Any], by_url: Mapping[str, str]) -> dict[str, Any]:
    """Return the subject and the medicine of a resource where they are named by `fullUrl`, by type
    and id.
    """
    found: dict[str, Any] = {}
    for name in (*SUBJECT_ELEMENTS, "medicationReference", "medication"):
        value = resource.get(name)
        if not isinstance(value, dict):
            continue
        target: Any = value.get("reference")
        if isinstance(target, str) and target in by_url:
            found[name] = {**value, "reference": by_url[target]}
        elif isinstance(target, dict) and str(target.get("reference")) in by_url:  # in R5
            by_id = by_url[str(target["reference"])]
            found[name] = {**value, "reference": {**target, "reference": by_id}}
    return found
