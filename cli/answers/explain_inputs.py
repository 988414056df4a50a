"""What `explain` can be given: a request, a saved case, a captured exchange, a Bundle of a patient,
lines of any of these, or a folder of such files.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.protocol import Problem, read_json
from cli.parsing import Refusal, read_file, read_input

Json = dict[str, Any]

SUFFIXES = (".json", ".ndjson")


@dataclass(frozen=True, slots=True)
class Explained:
    """One thing to explain: its name, the request or Bundle, and the day a saved case names."""

    name: str
    body: Any
    is_patient: bool
    as_of: dt.date | None = None


def read_inputs(names: Sequence[str], as_patient: bool) -> Iterator[Explained | Refusal]:
    """Yield each input, or why it cannot be read; one that is wrong keeps none of the others back.

    Args:
        as_patient: resources are one patient's, and the patient-view of them is wanted.
    """
    for name in names:
        try:
            yield from (
                _read_folder(name, as_patient) if _is_folder(name) else _read(name, as_patient)
            )
        except Refusal as refusal:
            yield refusal


def _is_folder(name: str) -> bool:
    return name != "-" and Path(name).is_dir()


def _read_folder(name: str, as_patient: bool) -> Iterator[Explained | Refusal]:
    files = sorted(path for path in Path(name).iterdir() if path.suffix in SUFFIXES)
    if not files:
        raise Refusal(f"{name}: holds no file that ends in {' or '.join(SUFFIXES)}.")
    resources = [path for path in files if path.suffix == ".ndjson"]
    if as_patient and resources:  # an export writes one file for each type of resource
        found = [entry for path in resources for entry in _lines(str(path))]
        yield Explained(name, _bundle([body for _, body in found]), is_patient=True)
        files = [path for path in files if path.suffix == ".json"]
    for path in files:
        try:
            yield from _read(str(path), as_patient, charts=True)
        except Refusal as refusal:
            yield refusal


def _read(name: str, as_patient: bool, charts: bool = False) -> Iterator[Explained | Refusal]:
    """Yield what a file holds.

    Args: charts: a Bundle among other files is one patient's, and its patient-view is wanted.
    """
    if name.endswith(".ndjson"):
        yield from _read_lines(name, as_patient)
        return
    body = read_input(name)
    is_bundle = isinstance(body, dict) and body.get("resourceType") == "Bundle"
    yield _one(name, body, as_patient or (charts and is_bundle))


def _read_lines(name: str, as_patient: bool) -> Iterator[Explained | Refusal]:
    """Yield the requests of a file of lines, and the lines that are none; or the one patient whose
    resources they are, for whom every line must be read.
    """
    found = list(_lines_or_refusals(name))
    lines = [one for one in found if not isinstance(one, Refusal)]
    resources = [body for _, body in lines if isinstance(body, dict) and "resourceType" in body]
    if resources and len(resources) == len(lines):
        if not as_patient:
            raise Refusal(
                f"{name}: found FHIR resources, expected hook requests; with --patient the "
                f"patient-view of the one patient they belong to is explained."
            )
        _refuse_first(found)
        yield Explained(name, _bundle(resources), is_patient=True)
        return
    for one in found:
        yield one if isinstance(one, Refusal) else _one(f"{name}:{one[0]}", one[1], as_patient)


def _lines_or_refusals(name: str) -> Iterator[tuple[int, Any] | Refusal]:
    """Yield each line with its number, or why it cannot be read."""
    for number, line in enumerate(read_file(name).splitlines(), start=1):
        if line.strip():
            try:
                yield number, read_json(line)
            except Problem as problem:
                why = problem.text.removeprefix("The body ")
                yield Refusal(f"{name}, line {number}: {why}")


def _refuse_first(found: Sequence[tuple[int, Any] | Refusal]) -> None:
    for one in found:
        if isinstance(one, Refusal):
            raise one


def _lines(name: str) -> list[tuple[int, Any]]:
    """Return each line with its number. Raises: Refusal with the first line that is not JSON."""
    found = list(_lines_or_refusals(name))
    _refuse_first(found)
    return [one for one in found if not isinstance(one, Refusal)]


def _bundle(resources: Sequence[Any]) -> Json:
    entries = [{"resource": resource} for resource in resources]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _one(name: str, body: Any, as_patient: bool) -> Explained:
    if isinstance(body, dict) and isinstance(body.get("request"), dict):  # a saved case
        return Explained(name, body["request"], is_patient=False, as_of=_day_of(name, body))
    is_bundle = isinstance(body, dict) and body.get("resourceType") == "Bundle"
    if is_bundle and not as_patient:
        raise Refusal(
            f"{name}: found a FHIR Bundle, expected a hook request; with --patient its "
            f"patient-view is explained."
        )
    return Explained(name, body, is_patient=as_patient)


def _day_of(name: str, case: Json) -> dt.date | None:
    if "as_of" not in case:
        return None
    try:
        return dt.date.fromisoformat(case["as_of"])
    except (TypeError, ValueError):
        shown = json.dumps(case["as_of"])[:40]
        raise Refusal(f"{name}: as_of: found {shown}, expected a date as YYYY-MM-DD.") from None
