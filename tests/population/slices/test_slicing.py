"""What a slice keeps, and what it says of input that is not as it should be: nothing is lost
silently.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from population.slices import SliceJob, SliceRefused, run_slice
from population.sources import files, find_pieces, reading

Resource = dict[str, Any]

ANA: Resource = {"resourceType": "Patient", "id": "ana", "birthDate": "1970-03-02"}
BEN: Resource = {"resourceType": "Patient", "id": "ben", "birthDate": "1980"}


def entry(kind: str, identity: str, patient: str = "ana", **more: Any) -> Resource:
    who = "patient" if kind == "AllergyIntolerance" else "subject"
    return {"resourceType": kind, "id": identity, who: {"reference": f"Patient/{patient}"}, **more}


def loinc(code: str) -> Resource:
    return {"coding": [{"system": "http://loinc.org", "code": code}]}


def slice_of(tmp_path: Path, **contents: str | bytes) -> tuple[Resource, list[Resource], Resource]:
    """Slice files of these contents (`name_suffix`); return summary, errors and rows by patient."""
    source = tmp_path / "in"
    source.mkdir()
    for name, content in contents.items():
        raw = content.encode() if isinstance(content, str) else content
        (source / name.replace("__", ".")).write_bytes(raw)
    return slice_paths(tmp_path, source)


def slice_paths(
    tmp_path: Path, *inputs: Path, **job: Any
) -> tuple[Resource, list[Resource], Resource]:
    summary = run_slice(SliceJob(inputs, tmp_path / "out", **job), lambda _: None)
    lines = (tmp_path / "out" / "errors.ndjson").read_text().splitlines()
    rows = {
        row["patient"]: row
        for path in sorted((tmp_path / "out").glob("part-*.parquet"))
        for row in pq.read_table(path).to_pylist()
    }
    return summary, [json.loads(line) for line in lines], rows


def lines(*resources: Resource | str) -> str:
    return "".join(
        (one if isinstance(one, str) else json.dumps(one, separators=(",", ":"))) + "\n"
        for one in resources
    )


def test_one_row_per_patient_holds_the_entries_of_every_list_as_they_came(tmp_path: Path) -> None:
    problem = entry("Condition", "c1", code={"text": "Anything at all"})
    summary, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA, BEN),
        Condition__ndjson=lines(problem),
        Claim__ndjson=lines(entry("Claim", "x")),
    )

    assert errors == []
    assert summary["patients"] == 2
    assert (rows["ana"]["birth_year"], rows["ben"]["birth_year"]) == (1970, 1980)
    assert json.loads(rows["ana"]["conditions"]) == problem
    assert rows["ben"]["conditions"] == ""
    assert summary["dropped"] == {"Claim": 1}


def test_a_result_is_dropped_unread_only_where_nothing_of_ours_occurs_in_it(tmp_path: Path) -> None:
    kept = [
        entry("Observation", "by-code", code=loinc("2132-9")),
        entry("Observation", "by-word", code={"text": "Serum Vitamin B-12"}),
        entry("Observation", "escaped", code={"text": "vit\u00e4min"}),
        entry("Observation", "in-component", component=[{"code": loinc("777-3")}]),
    ]
    dropped = entry("Observation", "weight", code={"text": "Body weight"}, valueInteger=70)
    summary, _, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Observation__ndjson=lines(*kept, dropped),
    )

    found = {json.loads(line)["id"] for line in rows["ana"]["labs"].split("\n")}
    assert found == {one["id"] for one in kept}
    assert summary["dropped"] == {"Observation": 1}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json}", "is not JSON"),
        ('{"resourceType":"Condition","id":"c', "is not JSON: it ends in the middle"),
        (json.dumps({"resourceType": "Condition", "id": "c"}), "Condition without a subject"),
        (
            json.dumps(
                {"resourceType": "Condition", "subject": {"identifier": {"value": "MRN 1"}}}
            ),
            "Condition whose subject is named by an identifier only",
        ),
        (
            json.dumps({"resourceType": "Condition", "subject": {"reference": "Group/1"}}),
            "Condition whose subject is not a Patient",
        ),
        ('{"id":"c"}', "is not a FHIR resource"),
        ('{"resourceType":"Patient"}', "Patient without an id"),
    ],
)
def test_a_line_at_fault_costs_that_line_and_is_said_with_its_place(
    tmp_path: Path, line: str, reason: str
) -> None:
    good = entry("Condition", "good", code={"text": "Gout"})
    _, errors, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA), Condition__ndjson=lines(line, good)
    )

    assert errors == [{"file": "Condition.ndjson", "line": 1, "reason": reason}]
    assert json.loads(rows["ana"]["conditions"]) == good


@pytest.mark.parametrize("slash", ["/", "\\/"])
@pytest.mark.parametrize("named", ["ben", "ben_2", "bén"])
def test_a_broken_line_makes_the_list_of_its_patient_incomplete(
    tmp_path: Path, named: str, slash: str
) -> None:
    """Ids are taken as they come: "ben_2" had been taken for "ben"."""
    subject = f'{{"reference":"Patient{slash}{named}"}}'
    broken = f'{{"resourceType":"Condition","subject":{subject},"code":}}'
    ben = {**BEN, "id": named}
    _, _, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA, ben), Condition__ndjson=lines(broken)
    )

    assert "conditions" in json.loads(rows[named]["incomplete"])
    assert rows["ana"]["incomplete"] == ""
    assert rows.keys() == {"ana", named}


def test_a_line_that_breaks_off_within_the_id_is_nobodys(tmp_path: Path) -> None:
    """It had made a patient of half an id."""
    cut = '{"resourceType":"Condition","subject":{"reference":"Patient/be'
    _, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA, BEN),
        Condition__ndjson=lines(cut, entry("Condition", "c1")),
    )

    assert rows.keys() == {"ana", "ben"}
    assert [error["line"] for error in errors] == [1]


@pytest.mark.parametrize(("last", "missing"), [(True, ["conditions"]), (False, [])])
def test_a_line_that_ends_in_the_middle_costs_other_lines_only_where_the_file_ends_with_it(
    tmp_path: Path, last: bool, missing: list[str]
) -> None:
    cut, good = '{"resourceType":"Condition","id":"c', entry("Condition", "good")
    content = lines(good, cut) if last else lines(cut, good)
    (tmp_path / "in").mkdir()
    for name, text in (("Patient", lines(ANA)), ("Condition", content)):
        (tmp_path / "in" / f"{name}.ndjson").write_text(text)
    summary, errors, _ = slice_paths(tmp_path, tmp_path / "in", complete=True)

    assert [error["line"] for error in errors] == [2 if last else 1]
    assert sorted(summary["missing"]) == missing


def test_a_file_that_ends_in_the_middle_makes_its_lists_incomplete_for_everybody(
    tmp_path: Path,
) -> None:
    whole = gzip.compress(lines(*(entry("Condition", f"c{n}") for n in range(3000))).encode())
    summary, errors, _ = slice_of(
        tmp_path, Patient__ndjson=lines(ANA), Condition__ndjson__gz=whole[: len(whole) // 2]
    )

    assert "not read whole" in summary["missing"]["conditions"]
    assert "the zipped file is damaged or ends in the middle" in {one["reason"] for one in errors}


def test_a_type_of_which_nothing_was_exported_is_not_the_same_as_none(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "Patient.ndjson").write_text(lines(ANA))

    summary, _, _ = slice_paths(tmp_path, tmp_path / "in")
    assert summary["missing"]["allergies"] == "not exported"

    summary, _, _ = slice_paths(tmp_path, tmp_path / "in", complete=True)
    assert summary["missing"] == {}


def in_bundle(*resources: Resource) -> str:
    return json.dumps({"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]})


@pytest.mark.parametrize("whole", [in_bundle, lambda *resources: json.dumps(resources)])
@pytest.mark.parametrize("test", [loinc("2132-9"), {"text": "Spirometry"}])
def test_json_of_a_type_each_says_no_more_of_the_others_than_lines_do(
    tmp_path: Path, whole: Any, test: Resource
) -> None:
    """Each file is one JSON value, but none the record of a patient: nobody had an allergy."""
    result = entry("Observation", "o1", code=test)
    summary, _, _ = slice_of(
        tmp_path, Patient__json=whole(ANA, BEN), Observation__json=whole(result)
    )

    assert summary["missing"]["allergies"] == "not exported"
    assert summary["missing"]["medications"] == "not exported"


def test_a_bundle_of_one_patient_is_the_whole_record_also_beside_what_is_nobodys(
    tmp_path: Path,
) -> None:
    ward = {"resourceType": "Location", "id": "ward"}
    tablet = {"resourceType": "Medication", "id": "m", "code": {"text": "Aspirin"}}
    record = in_bundle(ANA, entry("Condition", "c1"))
    summary, _, _ = slice_of(tmp_path, ana__json=record, hospital__json=in_bundle(ward, tablet))

    assert summary["missing"] == {}


def test_what_came_twice_is_kept_once_and_two_versions_are_both_kept_and_said(
    tmp_path: Path,
) -> None:
    same = entry("Condition", "same", code={"text": "Gout"})
    old = entry("Condition", "two", code={"text": "Gout"})
    new = entry("Condition", "two", code={"text": "Gout of toe"})
    summary, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        a__ndjson=lines(same, old),
        b__ndjson=lines(same, new),
    )

    assert len(rows["ana"]["conditions"].split("\n")) == 3
    assert summary["found"] == {"came in two versions": 1, "came twice, the same": 1}
    assert errors == [
        {"file": "b.ndjson", "line": 2, "reason": "Condition that came in another version too"}
    ]


def test_entries_without_an_id_that_are_the_same_are_kept_once_and_counted(tmp_path: Path) -> None:
    nameless = entry("Condition", "", code={"text": "Gout"})
    del nameless["id"]
    other = nameless | {"code": {"text": "Gout of toe"}}
    summary, _, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        a__ndjson=lines(nameless, other, nameless),
        b__ndjson=lines(nameless),
    )

    assert len(rows["ana"]["conditions"].split("\n")) == 2
    assert summary["found"] == {"came twice, the same": 2}


def test_bundles_are_read_one_per_patient_and_one_of_two_patients_is_said(tmp_path: Path) -> None:
    nobody = {"resourceType": "Condition", "id": "c1", "code": {"text": "Gout"}}
    one = {"resourceType": "Bundle", "entry": [{"resource": ANA}, {"resource": nobody}]}
    two = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {**ANA, "id": "cleo"}},
            {"resource": BEN},
            {"resource": nobody},
            {"resource": entry("Condition", "c2", "ben")},
        ],
    }
    _, errors, rows = slice_of(
        tmp_path, one__json=json.dumps(one, indent=2), two__json=json.dumps(two)
    )

    assert json.loads(rows["ana"]["conditions"])["id"] == "c1"
    assert json.loads(rows["ben"]["conditions"])["id"] == "c2"
    assert [error["reason"] for error in errors] == [
        "Condition without a subject",
        "a Bundle of 2 patients: each resource goes to its subject",
    ]


def test_a_parquet_column_of_json_is_read(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    cells = [json.dumps(ANA), json.dumps(entry("Condition", "c1"))]
    pq.write_table(
        pa.table({"number": [1, 2], "note": ["a", "b"], "stored": cells}),
        tmp_path / "in" / "all.parquet",
    )

    _, errors, rows = slice_paths(tmp_path, tmp_path / "in")

    assert errors == []
    assert json.loads(rows["ana"]["conditions"])["id"] == "c1"


@pytest.mark.parametrize("slash", ["/", "\\/"])
@pytest.mark.parametrize("named", ["7", "7_a", "7|a"])
def test_a_medicine_that_an_order_points_to_comes_with_the_order(
    tmp_path: Path, named: str, slash: str
) -> None:
    """JSON may write a slash with a backslash, as PHP does of itself."""
    target = {"reference": f"Medication/{named}"}
    order = entry("MedicationRequest", "m1", medicationReference=target)
    medicines = [{"resourceType": "Medication", "id": one} for one in (named, "8")]
    _, _, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Medication__ndjson=lines(*medicines),
        MedicationRequest__ndjson=lines(order).replace("/", slash),
    )

    found = {json.loads(line)["id"] for line in rows["ana"]["medications"].split("\n")}
    assert found == {"m1", named}


def test_what_an_export_lists_as_deleted_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "all.ndjson").write_text(lines(ANA, entry("Condition", "gone")))
    deleted = tmp_path / "deleted.ndjson"
    request = {"method": "DELETE", "url": "Condition/gone"}
    deleted.write_text(lines({"resourceType": "Bundle", "entry": [{"request": request}]}))

    summary, _, rows = slice_paths(tmp_path, tmp_path / "in", deleted=(deleted,))

    assert rows["ana"]["conditions"] == ""
    assert summary["found"] == {"deleted by the export": 1}


def test_pieces_of_a_file_hold_every_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conditions = [entry("Condition", f"c{n}", code={"text": "x" * (n % 50)}) for n in range(500)]
    monkeypatch.setattr(files, "PIECE_BYTES", 1009)
    _, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Condition__ndjson=lines(*conditions[:250], "{broken}", *conditions[250:]),
    )

    assert errors == [{"file": "Condition.ndjson", "line": 251, "reason": "is not JSON"}]
    found = [json.loads(line)["id"] for line in rows["ana"]["conditions"].split("\n")]
    assert sorted(found) == sorted(one["id"] for one in conditions)


def test_the_bytes_are_the_same_whatever_the_number_of_workers(
    made: Path, sliced: Path, tmp_path: Path
) -> None:
    run_slice(SliceJob((made,), tmp_path, workers=2), lambda _: None)

    names = [path.name for path in sorted(sliced.iterdir())]
    assert [path.name for path in sorted(tmp_path.iterdir())] == names
    for name in names:
        assert (tmp_path / name).read_bytes() == (sliced / name).read_bytes(), name


def test_a_folder_without_anything_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(SliceRefused, match="holds no file that is read"):
        slice_paths(tmp_path, tmp_path / "in")


@pytest.mark.parametrize("workers", [1, 2])
def test_how_far_a_large_file_is_read_is_told_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    """A zipped file and a table are one piece each, however large."""
    monkeypatch.setattr(reading, "LINES_BYTES", 32 << 20)  # of this process; others begin anew
    long = json.dumps(entry("Claim", "x", text=Random(1).randbytes(50_000).hex())) + "\n"
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.ndjson.gz").write_bytes(gzip.compress((long * 700).encode(), 1))
    table = pa.table({"json": pa.array([long[:100] + long[-3:]] * 2500)})
    pq.write_table(table, source / "b.parquet")
    pieces, _ = find_pieces([source])
    told: list[float] = []

    run_slice(SliceJob((source,), tmp_path / "out", workers=workers), told.append)

    assert sum(told) == pytest.approx(sum(piece.size for piece in pieces))
    assert min(told) >= 0
    assert sum(amount > 0 for amount in told) >= 4
