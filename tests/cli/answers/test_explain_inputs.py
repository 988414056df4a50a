"""What `explain` takes: folders, lines, saved cases, a FHIR server; and what it writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.cds_service.misbehaving_fhir import answer_with, fhir_server
from tests.cds_service.misbehaving_fhir import bundle as searchset

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01", "gender": "female"}
B12 = {
    "resourceType": "Observation",
    "id": "b12",
    "status": "final",
    "subject": {"reference": "Patient/p"},
    "code": {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]},
    "effectiveDateTime": "2026-11-01",
    "valueQuantity": {"value": 96, "unit": "pmol/L"},
}
REQUEST = {
    "hook": "patient-view",
    "hookInstance": "1",
    "context": {"patientId": "p"},
    "prefetch": {"patient": PATIENT, "labs": {"resourceType": "Bundle", "entry": []}},
}
ROOT = Path(__file__).parents[3]
AS_OF = ("--as-of", "2026-11-21")


def write(path: Path, *values: Any) -> Path:
    path.write_text("\n".join(json.dumps(value) for value in values), encoding="utf-8")
    return path


def explained(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_each_line_of_requests_is_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "calls.ndjson", REQUEST, REQUEST)

    assert main(["explain", str(path), "--json", *AS_OF]) == 0
    assert [one["input"] for one in explained(capsys)] == [f"{path}:1", f"{path}:2"]


def test_a_folder_is_explained_and_a_bad_file_costs_only_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "a.json", REQUEST)
    (tmp_path / "b.json").write_text("no", encoding="utf-8")
    write(tmp_path / "c.json", REQUEST)
    (tmp_path / "notes.txt").write_text("not looked at", encoding="utf-8")

    assert main(["explain", str(tmp_path), "--json", *AS_OF]) == 2

    captured = capsys.readouterr()
    names = [Path(json.loads(line)["input"]).name for line in captured.out.splitlines()]
    assert names == ["a.json", "c.json"]
    assert "b.json is not valid JSON" in captured.err


def test_an_export_of_one_patient_is_one_chart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "Patient.ndjson", PATIENT)
    write(tmp_path / "Observation.ndjson", B12)

    assert main(["explain", "--patient", str(tmp_path), "--json", *AS_OF]) == 0

    [one] = explained(capsys)
    assert {line["reference"] for line in one["resources"]} == {"Patient/p", "Observation/b12"}


@pytest.mark.parametrize("order", [("--patient", "FILE"), ("FILE", "--patient")])
def test_the_bundle_may_stand_before_or_after_the_flag(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], order: tuple[str, str]
) -> None:
    entries = [{"resource": PATIENT}, {"resource": B12}]
    path = write(tmp_path / "p.json", {"resourceType": "Bundle", "entry": entries})
    arguments = [str(path) if word == "FILE" else word for word in order]

    assert main(["explain", *arguments, "--json", *AS_OF]) == 0
    assert len(explained(capsys)) == 1


def test_a_saved_case_brings_its_day_and_as_of_goes_before_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "case.json", {"name": "x", "as_of": "2026-05-04", "request": REQUEST})

    main(["explain", str(path), "--json"])
    main(["explain", str(path), "--json", *AS_OF])

    assert [one["asOf"] for one in explained(capsys)] == ["2026-05-04", "2026-11-21"]


@pytest.mark.parametrize(
    ("arguments", "refusal"),
    [
        ((), "found no input"),
        (("--fhir", "http://127.0.0.1:1"), "found no patient"),
        (("--fhir", "file:///etc", "--patient", "p"), "expected an http or https URL"),
        (("--fhir", "", "--patient", "p"), '--fhir: found "", expected a value'),
        (("nowhere.json",), "nowhere.json"),
        (("nowhere.json", "--only", "p"), "found no --patient"),
        (("-", "--watch"), "found standard input"),
    ],
)
def test_what_cannot_be_explained_is_said_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], refusal: str
) -> None:
    assert main(["explain", *arguments]) == 2
    assert refusal in capsys.readouterr().err


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-01", "0001-01-01", "9999-12-31"])
def test_a_day_beyond_all_records_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str
) -> None:
    path = write(tmp_path / "case.json", {"as_of": day, "request": REQUEST})

    assert main(["explain", str(path)]) == 2
    assert main(["explain", str(path), "--as-of", day]) == 2
    told = capsys.readouterr().err
    assert told.count("expected a date as YYYY-MM-DD from 1900 to 2199") == 2


@pytest.mark.parametrize("day", ["1900-01-01", "2199-12-31"])
def test_the_first_and_the_last_day_are_explained(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str
) -> None:
    path = write(tmp_path / "request.json", REQUEST)

    assert main(["explain", str(path), "--json", "--as-of", day]) == 0
    assert [one["asOf"] for one in explained(capsys)] == [day]


def test_an_empty_folder_says_what_was_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", str(tmp_path)]) == 2
    assert "holds no file that ends in .json or .ndjson" in capsys.readouterr().err


def test_a_line_that_is_not_json_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.ndjson"
    path.write_text(json.dumps(REQUEST) + "\n{", encoding="utf-8")

    assert main(["explain", str(path)]) == 2
    assert "x.ndjson, line 2" in capsys.readouterr().err


def test_a_patient_is_read_from_a_fhir_server(capsys: pytest.CaptureFixture[str]) -> None:
    answers = {"Patient": answer_with(PATIENT), "Observation": answer_with(searchset(B12))}
    with fhir_server(**answers) as server:
        assert main(["explain", "--fhir", server.base, "--patient", "p", "--json", *AS_OF]) == 0

    [one] = explained(capsys)
    assert "Observation/b12" in {line["reference"] for line in one["resources"]}


def test_the_page_holds_the_answer_and_escapes_the_record(tmp_path: Path) -> None:
    hostile = {**B12, "code": {**B12["code"], "text": "<script>alert(1)</script>"}}
    entries = [{"resource": PATIENT}, {"resource": hostile}]
    path = write(tmp_path / "p.json", {"resourceType": "Bundle", "entry": entries})
    page = tmp_path / "page.html"

    assert main(["explain", "--patient", str(path), "--html", str(page), *AS_OF]) == 0

    text = page.read_text(encoding="utf-8")
    assert "<script" not in text
    known = ("http://loinc.org", "http://127.0.0.1:8080/guidance")
    for place in known:
        text = text.replace(place, "")
    assert "http://" not in text
    assert "Observation/b12" in text


def test_the_page_says_what_is_known_first_and_what_each_suggestion_does(tmp_path: Path) -> None:
    request = json.loads((ROOT / "examples" / "order-select.json").read_text("utf-8"))
    path, page = write(tmp_path / "r.json", request), tmp_path / "page.html"

    assert main(["explain", str(path), "--html", str(page)]) == 0

    known, _, folded = page.read_text(encoding="utf-8").partition("Not known (")
    assert "create: Hydroxocobalamin 1000 micrograms" in known
    assert "delete: Remove the draft order" in known
    assert "96 pmol/L" in known
    assert ">not known<" not in known
    assert '<th scope="row">methylmalonic acid</th>' in folded
    assert "dialysis" in folded.partition("Taken as absent")[2]


def test_the_page_for_a_colleague_names_no_folder_and_facts_in_words(tmp_path: Path) -> None:
    request = json.loads((ROOT / "examples" / "order-select.json").read_text("utf-8"))
    del request["prefetch"]["procedures"]
    path, page = write(tmp_path / "of a patient.json", request), tmp_path / "page.html"

    assert main(["explain", str(path), "--html", str(page), *AS_OF]) == 0

    text = page.read_text(encoding="utf-8")
    assert "of a patient.json, true at 2026-11-21" in text
    assert str(tmp_path) not in text
    assert "deficiency diagnosis, cause of deficiency" in text
    assert "deficiency_diagnosis" not in text
    assert "<strong>Not read whole: procedures.</strong>" in text
    assert text.count("<main>") == 1


def test_the_difference_under_other_settings_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [{"resource": PATIENT}, {"resource": B12}]
    path = write(tmp_path / "p.json", {"resourceType": "Bundle", "entry": entries})
    same, other = tmp_path / "same.toml", tmp_path / "other.toml"
    same.write_text('profile = "demonstration"\n', encoding="utf-8")
    other.write_text('[policy]\nnonNeuroRoute = "IM_FIRST"\noralDoseMcg = 2000\n', encoding="utf-8")

    main(["explain", "--patient", str(path), "--diff", str(same), *AS_OF])
    assert "the same under both" in capsys.readouterr().out
    main(["explain", "--patient", str(path), "--diff", str(other), *AS_OF])
    told = capsys.readouterr().out
    assert "differs" in told
    assert any(line.startswith("+") for line in told.splitlines())


def test_a_bundle_in_a_folder_is_one_patients_chart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [{"resource": one} for one in (PATIENT, B12)]
    write(tmp_path / "a.json", {"resourceType": "Bundle", "entry": entries})
    write(tmp_path / "b.json", REQUEST)

    assert main(["explain", str(tmp_path), "--json", *AS_OF]) == 0
    chart, request = explained(capsys)
    assert (Path(chart["input"]).name, chart["decision"]["rule"]) == ("a.json", "U1")
    assert Path(request["input"]).name == "b.json"


def test_a_line_that_is_not_json_keeps_no_other_line_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "two.ndjson", REQUEST, REQUEST)
    path.write_text("{bad\n" + path.read_text("utf-8"), encoding="utf-8")

    assert main(["explain", str(path), "--json", *AS_OF]) == 2

    told = capsys.readouterr()
    assert [json.loads(line)["input"] for line in told.out.splitlines()] == [
        f"{path}:2",
        f"{path}:3",
    ]
    assert told.err.startswith(f"{path}, line 1: is not valid JSON")


def test_lines_of_resources_name_the_option_that_explains_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "chart.ndjson", PATIENT, B12)

    assert main(["explain", str(path), *AS_OF]) == 2
    assert capsys.readouterr().err == (
        f"{path}: found FHIR resources, expected hook requests; with --patient the patient-view of "
        "the one patient they belong to is explained.\n"
    )


def test_no_line_of_a_patients_record_may_be_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "chart.ndjson", PATIENT, B12)
    path.write_text(path.read_text("utf-8") + "\n{bad\n", encoding="utf-8")

    assert main(["explain", "--patient", str(path), *AS_OF]) == 2
    assert capsys.readouterr().err.startswith(f"{path}, line 3: is not valid JSON")


def test_a_server_that_gives_no_patient_is_said_to_and_nothing_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    nobody = "http://127.0.0.1:1/fhir"

    assert main(["explain", "--fhir", nobody, "--patient", "p", *AS_OF]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"{nobody}: the Patient p could not be read: ")
