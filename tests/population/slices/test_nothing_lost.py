"""What a hospital's folders hold beside what they should: each of it is read or said."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from population.slices.rows import LISTS
from tests.population.slices.test_bad_input import EACH_LIST, PROBLEM, bundle
from tests.population.slices.test_slicing import (
    ANA,
    BEN,
    Resource,
    entry,
    lines,
    slice_of,
    slice_paths,
)

CUT_FILE = "a file it came in was not read whole, or the server says that some are missing"


def under(url: str, resource: Resource) -> dict[str, Any]:
    return {"fullUrl": url, "resource": resource}


def of(reference: str, identity: str = "c1") -> Resource:
    return {**PROBLEM, "id": identity, "subject": {"reference": reference}}


def read_rows(row: Resource, key: str) -> list[Resource]:
    entries = [json.loads(line) for line in (row[key] or "").split("\n") if line]
    return [one.get("resource", one) for one in entries]


def test_in_a_bundle_of_one_patient_an_entry_of_another_goes_to_its_own(tmp_path: Path) -> None:
    other = of("Patient/ben", "c2")
    text = bundle({"resource": ANA}, {"resource": PROBLEM}, {"resource": other})
    _, errors, rows = slice_of(tmp_path, a__json=text)

    assert read_rows(rows["ana"], "conditions") == [PROBLEM]
    assert read_rows(rows["ben"], "conditions") == [other]
    assert [error["reason"] for error in errors] == [
        "Condition in the Bundle of another patient: goes to its subject"
    ]


@pytest.mark.parametrize("url", ["urn:uuid:u1", "https://ehr.example.org/fhir/Patient/ana"])
@pytest.mark.parametrize("people", [[ANA], [ANA, BEN]])
def test_a_subject_by_the_url_of_its_bundle_entry_is_that_patient(
    tmp_path: Path, url: str, people: list[Resource]
) -> None:
    others = [under("urn:uuid:u2", one) for one in people[1:]]
    text = bundle(under(url, ANA), *others, under("urn:uuid:u3", of(url)))
    _, _, rows = slice_of(tmp_path, a__json=text)

    assert set(rows) == {one["id"] for one in people}
    assert rows["ana"]["birth_year"] == 1970
    assert read_rows(rows["ana"], "conditions") == [of("Patient/ana")]


def test_a_patient_that_only_its_bundle_names_has_that_name(tmp_path: Path) -> None:
    nameless = {"resourceType": "Patient", "birthDate": "1970"}
    _, errors, rows = slice_of(
        tmp_path, a__json=bundle(under("urn:uuid:u1", nameless), under("", of("urn:uuid:u1")))
    )

    assert (errors, list(rows), rows["u1"]["birth_year"]) == ([], ["u1"], 1970)
    assert len(read_rows(rows["u1"], "conditions")) == 1


def test_a_subject_that_is_not_in_its_bundle_is_nobody_and_the_list_may_lack_it(
    tmp_path: Path,
) -> None:
    _, errors, rows = slice_of(
        tmp_path, a__json=bundle({"resource": ANA}, {"resource": of("urn:uuid:who")})
    )

    assert [error["reason"] for error in errors] == ["Condition whose subject is not in its Bundle"]
    assert "conditions" in json.loads(rows["ana"]["incomplete"])


@pytest.mark.parametrize("element", ["medicationReference", "medication"])
def test_a_medicine_named_by_the_url_of_its_bundle_entry_comes_with_the_order(
    tmp_path: Path, element: str
) -> None:
    """Each Bundle has ids of its own: "m1" of one patient is not "m1" of the next."""
    pointer: Resource = {"reference": "urn:uuid:u9"}
    value = pointer if element == "medicationReference" else {"reference": pointer}
    files = {}
    for person, name in ((ANA, "Cyanocobalamin"), (BEN, "Folic acid")):
        order = entry("MedicationRequest", "r1", person["id"], **{element: value})
        medicine = {"resourceType": "Medication", "id": "m1", "code": {"text": name}}
        files[f"{person['id']}__json"] = bundle(
            {"resource": person}, {"resource": order}, under("urn:uuid:u9", medicine)
        )
    _, _, rows = slice_of(tmp_path, **files)

    for person, name in (("ana", "Cyanocobalamin"), ("ben", "Folic acid")):
        medicine, order = read_rows(rows[person], "medications")
        assert medicine["code"]["text"] == name
        assert "Medication/m1" in json.dumps(order[element])


def test_two_resources_on_one_line_are_both_read_whatever_their_types(tmp_path: Path) -> None:
    """As where files were put together of which one had no line end."""
    visit = entry("Encounter", "e1")
    sugar = entry("Observation", "o1", code={"text": "Glucose"})
    joined = [
        "".join(json.dumps(one, separators=(",", ":")) for one in pair)
        for pair in (
            (visit, PROBLEM),
            (sugar, entry("Condition", "c2", "ben")),
            (visit, sugar, entry("Procedure", "p1")),
            (entry("Condition", "c3"), entry("Condition", "c4", "ben")),
        )
    ]
    plain = [visit] * 3
    for name, order in {"first": joined, "between": [*plain, *joined, *plain]}.items():
        folder = tmp_path / name
        folder.mkdir()
        summary, errors, rows = slice_of(
            folder, all__ndjson=lines(*order), Patient__ndjson=lines(ANA, BEN)
        )
        assert summary["read"]["Condition"] == 4
        assert [len(read_rows(rows[who], "conditions")) for who in ("ana", "ben")] == [2, 2]
        assert len(read_rows(rows["ana"], "procedures")) == 1
        assert {error["reason"] for error in errors} == {
            "holds 2 resources, expected one a line; each is read",
            "holds 3 resources, expected one a line; each is read",
        }


@pytest.mark.parametrize("end", ['{"a":{"b":1}', '{"a":{"b":'])
@pytest.mark.parametrize("kind", ["Encounter", "Observation", "Condition"])
def test_a_file_of_several_types_that_ends_in_the_middle_may_lack_entries_of_any_list(
    tmp_path: Path, end: str, kind: str
) -> None:
    cut = f'{{"resourceType":"{kind}","id":"x","more":{end}'
    each = [entry(one, f"i{place}", "ben") for place, one in enumerate(EACH_LIST)]
    summary, errors, _ = slice_of(
        tmp_path,
        part1__ndjson=lines(ANA, entry("Encounter", "e1")) + cut,
        part2__ndjson=lines(BEN, *each),
    )

    assert [error["reason"] for error in errors] == ["is not JSON: it ends in the middle"]
    assert summary["missing"] == dict.fromkeys(sorted(LISTS), CUT_FILE)


def test_a_broken_line_of_unknown_type_may_be_of_any_list_of_its_patient(tmp_path: Path) -> None:
    rest = '"x","subject":{"reference":"Patient/ana"},"code":{}}\n'
    _, _, rows = slice_of(tmp_path, Condition__ndjson=lines(ANA, BEN) + rest + lines(PROBLEM))

    assert set(json.loads(rows["ana"]["incomplete"])) == set(LISTS)
    assert rows["ben"]["incomplete"] == ""


def test_each_resource_of_a_list_on_one_line_is_read(tmp_path: Path) -> None:
    """It had been said and lost, and the list of its patient counted as whole."""
    measured = entry("Observation", "o1", "ben", valueQuantity={"value": 90.50, "unit": "pmol/L"})
    measured["code"] = {"coding": [{"system": "http://loinc.org", "code": "14685-2"}]}
    written = json.dumps([of("Patient/ben", "c1"), of("Patient/ana", "c2"), measured])
    text = written.replace("90.5", "90.50") + "\n"
    _, errors, rows = slice_of(
        tmp_path, Condition__ndjson=lines(ANA, BEN, of("Patient/ana", "c3")) + text
    )

    assert [one["id"] for one in read_rows(rows["ben"], "conditions")] == ["c1"]
    assert [one["id"] for one in read_rows(rows["ana"], "conditions")] == ["c2", "c3"]
    assert "90.50" in rows["ben"]["labs"]
    assert [error["reason"] for error in errors] == [
        "is a list of 3, expected one resource; each is read"
    ]
    assert "conditions" not in rows["ana"]["incomplete"] + rows["ben"]["incomplete"]


def test_a_resource_written_as_a_text_leaves_the_list_of_its_patient_incomplete(
    tmp_path: Path,
) -> None:
    text = json.dumps(json.dumps(of("Patient/ben"))) + "\n"
    _, errors, rows = slice_of(
        tmp_path, Condition__ndjson=lines(ANA, BEN, of("Patient/ana", "c3")) + text
    )

    assert [error["reason"] for error in errors] == ["is not a FHIR resource"]
    assert set(json.loads(rows["ben"]["incomplete"])) == {"conditions"}
    assert rows["ana"]["incomplete"] == ""


def test_the_newest_version_is_the_one_updated_last_wherever_the_clock_stood(
    tmp_path: Path,
) -> None:
    """By the moment and not by its letters, else by the number of the version."""

    def written(resource: Resource, text: str, **meta: str) -> Resource:
        return {**resource, "code": {"text": text}, "meta": meta}

    medicine: Resource = {"resourceType": "Medication", "id": "m1"}
    order = entry("MedicationRequest", "r1", medicationReference={"reference": "Medication/m1"})
    _, _, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(
            written(ANA, "old", lastUpdated="2026-01-01T10:00:00+02:00"),
            written(ANA, "new", lastUpdated="2026-01-01T09:30:00Z"),
            written(BEN, "new", versionId="10"),
            written(BEN, "old", versionId="9"),
        ),
        Medication__ndjson=lines(
            written(medicine, "old", lastUpdated="2026-01-01T10:00:00+02:00"),
            written(medicine, "new", lastUpdated="2026-01-01T09:30:00Z"),
        ),
        MedicationRequest__ndjson=lines(order),
    )

    assert [json.loads(rows[who]["person"])["code"]["text"] for who in ("ana", "ben")] == [
        "new",
        "new",
    ]
    assert read_rows(rows["ana"], "medications")[0]["code"]["text"] == "new"


def test_one_id_under_two_patients_is_said_and_counted_and_each_keeps_its_own(
    tmp_path: Path,
) -> None:
    problems = [PROBLEM, of("Patient/ben"), of("Patient/ben", "c2"), PROBLEM]
    summary, errors, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA, BEN), Condition__ndjson=lines(*problems)
    )

    assert summary["found"]["ids that stand under two patients"] == 1
    assert [(error["file"], error["line"]) for error in errors] == [
        ("Condition.ndjson", 1),
        ("Condition.ndjson", 2),
    ]
    assert read_rows(rows["ana"], "conditions") == [PROBLEM]


def test_ids_of_a_bundle_are_its_own_and_not_compared_with_those_of_others(tmp_path: Path) -> None:
    files = {
        f"{who['id']}__json": bundle({"resource": who}, {"resource": {**PROBLEM, "subject": None}})
        for who in (ANA, BEN)
    }
    _, errors, rows = slice_of(tmp_path, **files)

    assert (errors, set(rows)) == ([], {"ana", "ben"})


@pytest.mark.parametrize("suffix", ["ndjson", "json"])
def test_what_a_folder_says_is_deleted_is_left_out(tmp_path: Path, suffix: str) -> None:
    gone = [
        {"request": {"method": "DELETE", "url": url}} for url in ("Condition/c1", "Medication/m")
    ]
    order = entry("MedicationRequest", "r1", medicationReference={"reference": "Medication/m"})
    summary, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Condition__ndjson=lines(PROBLEM, entry("Condition", "c2")),
        Medication__ndjson=lines({"resourceType": "Medication", "id": "m"}),
        MedicationRequest__ndjson=lines(order),
        **{f"deleted__{suffix}": bundle(*gone)},
    )

    assert errors == []
    assert summary["found"]["deleted by the export"] == 1
    assert [one["id"] for one in read_rows(rows["ana"], "conditions")] == ["c2"]
    assert read_rows(rows["ana"], "medications") == [order]


TEXTS = [json.dumps(ANA), None, json.dumps(PROBLEM)]
AS_BYTES = [text and text.encode() for text in TEXTS]


@pytest.mark.parametrize("name", ["resource", "anything"])
@pytest.mark.parametrize(
    "column",
    [
        pa.array(TEXTS),
        pa.array(TEXTS, pa.large_string()),
        pa.array(TEXTS).dictionary_encode(),
        pa.array(AS_BYTES, pa.binary()),
        pa.array(AS_BYTES, pa.large_binary()),
        pa.array([None] * 50 + TEXTS),
    ],
    ids=lambda column: f"{column.type}-{len(column)}",
)
def test_json_in_a_parquet_column_of_any_text_is_read_and_rows_of_nothing_are_counted(
    tmp_path: Path, name: str, column: pa.Array
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    table = pa.table({"key": [str(place) for place in range(len(column))], name: column})
    pq.write_table(table, source / "all.parquet", row_group_size=2)
    _, errors, rows = slice_paths(tmp_path, source)

    assert read_rows(rows["ana"], "conditions") == [PROBLEM]
    assert [error["reason"] for error in errors] == [
        f"{len(column) - 2} rows of the Parquet file hold nothing, this one first"
    ]


def test_a_parquet_file_that_is_damaged_within_gives_what_came_before(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    people = [json.dumps({**ANA, "id": f"p{place}"}) for place in range(6000)]
    place = source / "Patient.parquet"
    pq.write_table(pa.table({"json": people}), place, row_group_size=2000, compression="none")
    content = bytearray(place.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 2000] = bytes(2000)
    place.write_bytes(content)
    _, errors, rows = slice_paths(tmp_path, source)

    assert errors[-1]["reason"].startswith(("the Parquet file is damaged", "is not JSON"))
    assert 2000 <= len(rows) < 6000


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.ndjson", bz2.compress(b"{}")),
        ("a.ndjson", lzma.compress(b"{}")),
        ("a.ndjson", b"\x28\xb5\x2f\xfd\0\0"),
        ("a.ndjson.gz", gzip.compress(gzip.compress(b"{}"))),
        ("a.ndjson.gz", gzip.compress(b"PK\x03\x04")),
        ("a.ndjson.gz", gzip.compress(bytes(257) + b"ustar")),
        ("a.tar.gz", b"anything"),
        ("a.zip", b"anything"),
        ("a.ndjson.xz", b"anything"),
    ],
    ids=["bz2", "xz", "zst", "gz in gz", "zip in gz", "tar in gz", "tar.gz", "zip", "xz by name"],
)
def test_what_is_packed_otherwise_is_said_and_may_hold_entries_of_any_list(
    tmp_path: Path, name: str, content: bytes
) -> None:
    each = [entry(kind, "1") for kind in ("Condition", "Observation", "Procedure")]
    summary, errors, _ = slice_of(
        tmp_path, all__ndjson=lines(ANA, *each), **{name.replace(".", "__"): content}
    )

    assert [error["file"] for error in errors] == [name]
    assert "UTF-16" not in errors[0]["reason"]
    assert {key for key, why in summary["missing"].items() if why == CUT_FILE} == {
        "conditions",
        "labs",
        "procedures",
    }


def test_links_are_followed_and_what_cannot_be_opened_or_is_hidden_is_said(tmp_path: Path) -> None:
    source, elsewhere = tmp_path / "in", tmp_path / "elsewhere"
    (elsewhere / "deep er").mkdir(parents=True)
    source.mkdir()
    (source / "Patient ä.ndjson").write_text(lines(ANA))
    (elsewhere / "deep er" / "Condition.ndjson").write_text(lines(PROBLEM))
    (source / "linked").symlink_to(elsewhere)
    (source / "round").symlink_to(source)
    (source / "AllergyIntolerance.ndjson").symlink_to(tmp_path / "gone.ndjson")
    (source / ".Procedure.ndjson").write_text(lines(entry("Procedure", "p1")))
    os.mkfifo(source / "pipe.ndjson")
    Path(os.fsdecode(os.fsencode(source) + b"/odd\xff.ndjson")).write_text("{\n")
    summary, errors, rows = slice_paths(tmp_path, source)

    assert len(read_rows(rows["ana"], "conditions")) == 1
    assert {error["file"]: error["reason"].partition(",")[0] for error in errors} == {
        "AllergyIntolerance.ndjson": "is a link that leads nowhere",
        ".Procedure.ndjson": "is a hidden file",
        "pipe.ndjson": "is no file but a pipe or a device; it is not read",
        "odd\N{REPLACEMENT CHARACTER}.ndjson": "is not JSON: it ends in the middle",
    }
    assert summary["missing"]["conditions"] == CUT_FILE


def test_zeros_behind_the_end_of_a_zipped_file_cost_nothing(tmp_path: Path) -> None:
    packed = gzip.compress(lines(ANA).encode()) + bytes(512) + gzip.compress(lines(BEN).encode())
    _, errors, rows = slice_of(tmp_path, Patient__ndjson__gz=packed + bytes(9))

    assert (errors, set(rows)) == ([], {"ana", "ben"})
