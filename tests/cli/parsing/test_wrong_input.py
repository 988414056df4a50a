"""What is no request is named on the command line too, each with the next step, in one line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01", "gender": "female"}
OTHER = PATIENT | {"id": "q"}
B12 = {
    "resourceType": "Observation",
    "id": "b12",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]},
    "effectiveDateTime": "2026-11-01",
    "valueQuantity": {"value": 96, "unit": "pmol/L"},
}
AS_OF = ("--as-of", "2026-11-21")


def bundle(*resources: dict[str, Any]) -> dict[str, Any]:
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def refusal(path: Path, content: Any, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    assert main(["explain", str(path), *options]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    return told.err


@pytest.mark.parametrize(
    ("content", "named", "step"),
    [
        (gzip.compress(b"{}", mtime=0), "compressed by gzip", "unpack it"),
        (b"PK\x03\x04\x14\x00", "a ZIP archive", "unpack it"),
        ("{}".encode("utf-16"), "UTF-16", "save it as UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "an image or another binary file", ""),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "it is XML", "application/fhir+json"),
        (b"<!DOCTYPE html><html></html>", "a web page", "application/fhir+json"),
        (b"MSH|^~\\&|LAB|", "HL7 version 2", "--fhir BASE --patient ID"),
        (b"curl -d '{}' http://127.0.0.1", "a call of curl", "the body behind --data"),
        (b"POST /cds-services HTTP/1.1\r\n\r\n{}", "a call with its headers", "its body alone"),
        (b"eyJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJ4In0.abc", "a token", "the request itself"),
        (b"eyJob29rIjoib3JkZXItc2VsZWN0In0=", "base64", "the request itself"),
        (b"id,b12\n1,100\n", "a table (CSV)", "FHIR resources"),
        (b"[policy]\nnon_neuro_route = 1\n", "a site file", "check-config"),
        (b'{"hook": "order-select", "context"', "EOF", "it is cut off"),
        ({"cards": []}, "an answer with its cards", "explain the request"),
        ({"services": []}, "a list of services", "one of the services"),
        ({"feedback": []}, "feedback on cards", "explain the request"),
        ({"resourceType": "OperationOutcome"}, "OperationOutcome", "ask the server again"),
        ({"resourceType": "ValueSet"}, "a FHIR ValueSet", "no part of a patient's record"),
        (B12, "a FHIR Observation", "into a Bundle with its Patient"),
        (PATIENT, "a FHIR Patient", "with --patient"),
        ([PATIENT, B12], "an array", "with --patient"),
        (bundle(PATIENT), "a FHIR Bundle", "with --patient"),
        ({"context": {}}, "an object of another kind", "add the hook"),
        ({"hook": "order-select"}, "context", "an EHR sends patientId"),
        ({"hook": "order-dispatch", "context": {}}, "another hook", "change its hook"),
    ],
)
def test_what_is_no_request_is_named_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, named: str, step: str
) -> None:
    told = refusal(tmp_path / "given.json", content, capsys)
    assert "given.json" in told
    assert named in told
    assert step in told


@pytest.mark.parametrize(
    ("content", "step"),
    [
        (bundle(PATIENT, OTHER), "--only ID explains one of them: p, q"),
        ([PATIENT, OTHER], "--only ID explains one of them: p, q"),
        (bundle(B12), "add the Patient to whom the resources belong"),
        (bundle(), "add the Patient to whom the resources belong"),
        (B12, "into a Bundle with its Patient"),
        ({"hook": "order-select"}, "leave --patient out"),
        ({"cards": []}, "explain the request"),
    ],
)
def test_what_is_no_patient_is_named_with_the_next_step(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any, step: str
) -> None:
    assert step in refusal(tmp_path / "given.json", content, capsys, "--patient")


def explained(
    path: Path, content: Any, capsys: pytest.CaptureFixture[str], *options: str
) -> dict[str, Any]:
    path.write_text(json.dumps(content), encoding="utf-8")
    assert main(["explain", "--patient", str(path), "--json", *AS_OF, *options]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_one_of_several_patients_is_chosen_with_what_is_about_it_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    medication = {"resourceType": "Medication", "id": "m"}
    both = bundle(PATIENT, OTHER, B12, medication)
    of_p = explained(tmp_path / "two.json", both, capsys, "--only", "p")
    of_q = explained(tmp_path / "two.json", both, capsys, "--only", "q")

    places = [{one["reference"] for one in answer["resources"]} for answer in (of_p, of_q)]
    assert places == [
        {"Patient/p", "Observation/b12", "Medication/m"},
        {"Patient/q", "Medication/m"},
    ]
    assert "expected a Patient of the Bundle: p, q" in refusal(
        tmp_path / "two.json", both, capsys, "--patient", "--only", "z"
    )


def test_a_patient_alone_is_a_chart_of_which_nothing_else_is_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alone = explained(tmp_path / "alone.json", PATIENT, capsys)
    known = {fact["name"]: fact["certainty"] for fact in alone["facts"]}
    assert (known["age"], known["dialysis"], known["pregnant"]) == ("known", "unknown", "unknown")


def test_an_array_of_resources_is_read_as_a_bundle_of_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = explained(tmp_path / "array.json", [PATIENT, B12], capsys)
    assert {one["reference"] for one in answer["resources"]} == {"Patient/p", "Observation/b12"}
