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
from cds_service.site import EXPECTED_DAY, read_day
from cli.parsing import NEEDS_PATIENT, OF_A_PATIENT, Refusal, read_file, read_input

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
    kind = body.get("resourceType") if isinstance(body, dict) else None
    if kind == "Bundle" and not as_patient:
        raise Refusal(f"{name}: found a FHIR Bundle, expected a hook request; {OF_A_PATIENT}.")
    if kind == "Patient" and as_patient:
        return Explained(name, _chart_unread(body), is_patient=False)
    if isinstance(body, list) and as_patient and all(isinstance(one, dict) for one in body):
        return Explained(name, _bundle(body), is_patient=True)
    return Explained(name, body, is_patient=as_patient)


def _chart_unread(patient: Json) -> Json:
    """Return the opening of a chart of which nothing but the Patient came: all else is unknown."""
    return {
        "hook": "patient-view",
        "hookInstance": "explain",
        "context": {"userId": "Practitioner/example", "patientId": patient.get("id")},
        "prefetch": {"patient": patient},
    }


def of_patient(bundle: Any, patient_id: str) -> Json:
    """Return the Bundle with the resources of one of its patients; what names no patient, such as
    a Medication, stays.

    Raises: Refusal when the patient is not among them.
    """
    patients = _patients_in(bundle)
    if patient_id not in patients:
        known = ", ".join(patients[:MOST_NAMED]) or "none"
        raise Refusal(f'--only: found "{patient_id}", expected a Patient of the Bundle: {known}.')
    return _bundle([one for one in _resources_in(bundle) if _is_about(one, patient_id)])


MOST_NAMED = 8


def step_for_patients(item: Explained) -> str:
    """Return what to do with a Bundle of no patient or of several; "" for anything else."""
    if not item.is_patient or not isinstance(item.body, dict) or "resourceType" not in item.body:
        return ""
    patients = _patients_in(item.body)
    if not patients:
        return NEEDS_PATIENT
    if len(patients) == 1:
        return ""
    return f"--only ID explains one of them: {', '.join(patients[:MOST_NAMED])}"


def _patients_in(bundle: Any) -> list[str]:
    patients = (one for one in _resources_in(bundle) if one.get("resourceType") == "Patient")
    return [str(one.get("id")) for one in patients]


def _resources_in(bundle: Any) -> list[Json]:
    entries = bundle.get("entry") if isinstance(bundle, dict) else None
    found = [one.get("resource") for one in entries or () if isinstance(one, dict)]
    return [one for one in found if isinstance(one, dict)]


def _is_about(resource: Json, patient_id: str) -> bool:
    if resource.get("resourceType") == "Patient":
        return resource.get("id") == patient_id
    about = resource.get("subject") or resource.get("patient")
    if about is None:
        return resource.get("resourceType") == "Medication"
    reference = about.get("reference") if isinstance(about, dict) else None
    return isinstance(reference, str) and reference.split("/")[-1] == patient_id


def _day_of(name: str, case: Json) -> dt.date | None:
    if "as_of" not in case:
        return None
    try:
        return read_day(case["as_of"])
    except (TypeError, ValueError):
        shown = json.dumps(case["as_of"])[:40]
        raise Refusal(f"{name}: as_of: found {shown}, expected {EXPECTED_DAY}.") from None
