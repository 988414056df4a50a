"""`b12-cds check-server`: what works, how long it takes, what is not known, and what is no FHIR
server.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.protocol import make_cell
from cds_service.retrieval.check_server import (
    BY_CATEGORY,
    PatientReport,
    QueryResult,
    ServerReport,
)
from cli.main import main
from cli.operate.server_report import report_as_json, say_report
from tests.cds_service.misbehaving_fhir import answer_with, bundle, fhir_server

CAPABILITIES = {"resourceType": "CapabilityStatement", "status": "active"}
PATIENTS = bundle(
    *({"resourceType": "Patient", "id": f"p{n}", "birthDate": "1960-01-01"} for n in range(3))
)


def result(code: dict[str, Any], name: str) -> dict[str, Any]:
    return {
        "resourceType": "Observation",
        "id": name,
        "status": "final",
        "subject": {"reference": "Patient/p0"},
        "code": code,
        "valueQuantity": {"value": 98, "unit": "ng/L"},
    }


LOCAL = result({"coding": [{"system": "urn:site", "code": "B12X"}], "text": "Vitamin X"}, "o1")
KNOWN = result({"coding": [{"system": "http://loinc.org", "code": "2132-9"}]}, "o2")
ANSWERS = {
    "metadata": answer_with(CAPABILITIES),
    "Patient": answer_with(PATIENTS),
    "Observation": answer_with(bundle(LOCAL, LOCAL | {"id": "o3"}, KNOWN)),
}


def check(base: str, *more: str) -> int:
    return main(["check-server", f"{base}", *more])


def test_it_lists_codes_not_known_with_counts_and_milliseconds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "codes.csv"
    with fhir_server(**ANSWERS) as server:
        status = check(server.base, "--csv", str(out), "--json")
        asked = list(server.asked)
    report = json.loads(capsys.readouterr().out)
    assert (status, report["problem"], len(report["patients"])) == (0, "", 1)
    queries = {query["key"]: query for query in report["patients"][0]["queries"]}
    assert queries["labs by category"]["found"] == {"Observation": 3}
    assert all(query["ms"] > 0 for query in queries.values())
    assert any("category=laboratory" in path for path in asked)
    unknown = [item for item in report["notKnown"] if item["kind"] == "laboratory code"]
    assert [(item["what"], item["count"]) for item in unknown] == [
        ("urn:site|B12X (Vitamin X) in ng/L", 2)
    ]
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"kind", "what", "count", "example"} == set(rows[0])
    assert "urn:site|B12X (Vitamin X) in ng/L" in [row["what"] for row in rows]


def test_no_word_of_the_server_is_a_formula_of_the_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = result({"text": '=HYPERLINK("http://a.example","B12")\x1b[2J'}, "=1+1")
    out = tmp_path / "codes.csv"
    with fhir_server(**ANSWERS | {"Observation": answer_with(bundle(named, KNOWN))}) as server:
        assert check(server.base, "--csv", str(out)) == 0
    capsys.readouterr()
    cells = [cell for row in csv.reader(out.open(encoding="utf-8", newline="")) for cell in row]
    assert any("HYPERLINK" in cell for cell in cells)
    assert [cell for cell in cells if make_cell(cell) != cell] == []


@pytest.mark.parametrize("odd", [{"value": "2132-9"}, ["2132-9"], [], 5, True, None])
def test_a_code_of_another_shape_is_listed_and_ends_nothing(
    odd: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    named = result({"coding": [{"system": "urn:site", "code": odd}], "text": "Vitamin X"}, "o1")
    with fhir_server(**ANSWERS | {"Observation": answer_with(bundle(named, KNOWN))}) as server:
        status = check(server.base, "--json")
    report = json.loads(capsys.readouterr().out)
    unknown = [one["what"] for one in report["notKnown"] if one["kind"] == "laboratory code"]
    assert status == 0
    assert len(unknown) == 1
    assert "Vitamin X" in unknown[0]


def test_a_result_that_only_its_words_name_is_told_as_one_the_query_does_not_find_H19(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The service asks for results by their codes: platelets under a code of the site never come,
    though it would understand their name. Once the code is added they are found.
    """
    system = [{"system": "urn:site", "code": "PLT9"}]
    local = result({"coding": system, "text": "Platelet count"}, "o1")
    nameless = result({"text": "Vitamin B12"}, "o2")
    both = result({"coding": [*system, {"system": "http://loinc.org", "code": "777-3"}]}, "o4")
    answers = ANSWERS | {"Observation": answer_with(bundle(local, nameless, both, KNOWN))}
    added = tmp_path / "added.csv"
    added.write_text(
        "concept,role,system_uri,code,display\nplatelets,include,urn:site,PLT9,Platelet count\n"
    )
    site = tmp_path / "site.toml"
    site.write_text('[codes]\nadd = "added.csv"\n')

    with fhir_server(**answers) as server:
        assert check(server.base, "--json") == 0
        before = json.loads(capsys.readouterr().out)["notKnown"]
        assert check(server.base, "--json", "--config", str(site)) == 0
        after = json.loads(capsys.readouterr().out)["notKnown"]

    words = ", known by its words alone: the query by codes does not find it"
    told = [one["what"] for one in before if one["kind"] == "laboratory code"]
    assert told == [
        f"urn:site|PLT9 (Platelet count) in ng/L{words}",
        f"Vitamin B12 in ng/L{words}",
    ]
    assert [one["what"] for one in after if one["kind"] == "laboratory code"] == told[1:]


def test_it_asks_for_several_patients(capsys: pytest.CaptureFixture[str]) -> None:
    with fhir_server(**ANSWERS) as server:
        assert check(server.base, "--patients", "2") == 0
    said = capsys.readouterr().out
    assert "2 patients" in said
    assert "Patient p0" in said
    assert "Patient p1" in said
    assert " ms)" in said


@pytest.mark.parametrize(
    "answer",
    [
        answer_with("<html><body>Welcome</body></html>"),
        answer_with({"hello": "world"}),
        answer_with({"resourceType": "Patient", "id": "x"}),
    ],
)
def test_what_is_no_fhir_server_is_said_in_a_clear_word(
    capsys: pytest.CaptureFixture[str], answer: Any
) -> None:
    with fhir_server(metadata=answer, default=answer) as server:
        assert check(server.base) == 1
    assert "this is not a FHIR server" in capsys.readouterr().out


def test_a_server_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert check("http://127.0.0.1:9/fhir") == 1
    said = capsys.readouterr().out
    assert "FAILED: the FHIR server cannot be reached" in said


def test_a_query_that_fails_is_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    with fhir_server(**{**ANSWERS, "Condition": answer_with({}, status=500)}) as server:
        assert check(server.base, "--patient", "p0") == 1
    assert "FAILED: the FHIR server failed" in capsys.readouterr().out


def report(*milliseconds: float, call_ms: int = 400) -> ServerReport:
    queries = [QueryResult("labs", "Observation", {}, ms=ms) for ms in milliseconds]
    queries.append(QueryResult(BY_CATEGORY, "Observation", {}, ms=90_000))
    return ServerReport("base", 1.0, call_ms, (PatientReport("p", tuple(queries)),))


@pytest.mark.parametrize(
    ("slowest", "advised", "said"),
    [
        (80, 150, "a call needs about 150 ms here; 400 is enough."),
        (280, 400, "a call needs about 400 ms here; 400 is enough."),
        (281, 450, "a call needs about 450 ms here; 400 is too little: set call_ms = 450."),
        (1560, 2000, "a call needs about 2000 ms here; 400 is too little: set call_ms = 2000."),
        (1561, 2050, "labs cannot be read within the longest call of 2000 ms"),
    ],
)
def test_the_time_of_a_call_is_advised_from_what_was_measured(
    slowest: float, advised: int, said: str
) -> None:
    measured = report(20, slowest, 40)

    assert report_as_json(measured)["advisedCallMs"] == advised
    assert said in say_report(measured)
    assert report_as_json(measured)["tooSlow"] == (["labs"] if slowest > 1560 else [])


def test_nothing_is_advised_where_nothing_was_measured() -> None:
    assert "call_ms" not in say_report(ServerReport("base", 1.0, 400))


@pytest.mark.parametrize(("status", "exit_status"), [(404, 0), (403, 0), (500, 1)])
def test_supplies_and_answers_may_be_lacking_but_not_fail(
    status: int, exit_status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    lacking = answer_with({}, status=status)
    further = {"MedicationDispense": lacking, "QuestionnaireResponse": lacking}
    with fhir_server(**ANSWERS, **further) as server:
        assert check(server.base, "--json") == exit_status
    [patient] = json.loads(capsys.readouterr().out)["patients"]
    queries = {query["key"]: query for query in patient["queries"]}
    for key in ("supplies", "answers"):
        assert bool(queries[key]["failed"]) is bool(exit_status)
        assert queries[key]["incomplete"].endswith("may be lacking") is not bool(exit_status)
