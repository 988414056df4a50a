"""Exports as they should not be: whatever is wrong with a file costs what is wrong, is said with
its place, and never turns into "none recorded".
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from population.slices import SliceRefused, slicing
from population.slices.rows import LISTS
from population.sources import files
from tests.population.slices.test_slicing import (
    ANA,
    BEN,
    Resource,
    entry,
    lines,
    slice_of,
    slice_paths,
)

MARK = b"\xef\xbb\xbf"
EACH_LIST = (
    "Condition",
    "Observation",
    "MedicationRequest",
    "MedicationStatement",
    "MedicationAdministration",
    "Procedure",
    "AllergyIntolerance",
)
PROBLEM = entry("Condition", "c1", code={"text": "Anything at all"})


def bundle(*entries: object, **more: object) -> str:
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries, **more})


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_byte_order_mark_costs_nothing(tmp_path: Path, pack: type[bytes]) -> None:
    suffix = "__ndjson" if pack is bytes else "__ndjson__gz"
    _, errors, rows = slice_of(
        tmp_path,
        **{
            f"Patient{suffix}": pack(MARK + lines(ANA, BEN).encode()),
            f"Condition{suffix}": pack(MARK + lines(PROBLEM).encode()),
        },
    )

    assert errors == []
    assert (rows["ana"]["birth_year"], rows["ana"]["incomplete"]) == (1970, "")
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM


def test_lines_may_end_as_windows_ends_them(tmp_path: Path) -> None:
    _, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA, BEN).replace("\n", "\r\n"),
        Condition__ndjson=lines(PROBLEM).replace("\n", "\r\n"),
    )

    assert errors == []
    assert [json.loads(row["person"])["id"] for row in rows.values()] == list(rows)
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM


def test_what_is_dropped_does_not_depend_on_how_lines_end_H110(tmp_path: Path) -> None:
    """A result of no interest that was kept changed why a fact is unknown."""
    weight = entry("Observation", "weight", code={"text": "Body weight"}, valueInteger=70)
    level = entry("Observation", "level", code={"text": "Vitamin B12"}, valueInteger=70)
    found = []
    for name, end in (("posix", "\n"), ("windows", "\r\n")):
        (tmp_path / name).mkdir()
        summary, errors, rows = slice_of(
            tmp_path / name,
            Patient__ndjson=lines(ANA).replace("\n", end),
            Observation__ndjson=lines(weight, level, weight | {"id": "w2"}).replace("\n", end),
        )
        found.append((summary["dropped"], errors, rows))

    assert found[0] == found[1]
    assert found[0][0] == {"Observation": 2}


@pytest.mark.parametrize("odd", [{"fullUrl": "urn:uuid:1"}, None, "x", {"resource": {"id": "1"}}])
def test_a_bundle_with_an_entry_that_is_no_resource_is_not_whole(
    tmp_path: Path, odd: object
) -> None:
    sent = bundle({"resource": ANA}, odd, {"resource": PROBLEM})
    _, errors, rows = slice_of(tmp_path, ana__json=sent)

    assert [error["reason"] for error in errors] == ["a Bundle in which 1 entries hold no resource"]
    assert set(json.loads(rows["ana"]["incomplete"])) == set(LISTS)
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_bundle_on_a_line_is_opened_however_it_is_written(
    tmp_path: Path, separators: tuple[str, str]
) -> None:
    """Told by its first bytes it was once taken for a type that is not read."""
    each = [
        json.loads(bundle({"resource": who}, {"resource": entry("Condition", "c", who["id"])}))
        for who in (ANA, BEN)
    ]
    content = "".join(json.dumps(one, separators=separators) + "\n" for one in each)
    summary, errors, rows = slice_of(tmp_path, all__ndjson=content)

    assert (errors, sorted(rows)) == ([], ["ana", "ben"])
    assert summary["read"] == {"Condition": 2, "Patient": 2}


@pytest.mark.parametrize(
    "more",
    [
        {"link": [{"relation": "next", "url": "http://ehr/next"}]},
        {"total": 9},
        {
            "meta": {
                "security": [
                    {
                        "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
                        "code": "REDACTED",
                    }
                ]
            }
        },
    ],
)
@pytest.mark.parametrize("suffix", ["json", "ndjson"])
def test_a_bundle_that_says_that_it_is_not_whole_makes_every_list_incomplete(
    tmp_path: Path, more: Resource, suffix: str
) -> None:
    _, errors, rows = slice_of(
        tmp_path, **{f"ana__{suffix}": bundle({"resource": ANA}, {"resource": PROBLEM}, **more)}
    )

    assert errors[0]["reason"].startswith("a Bundle that is not whole: ")
    assert set(json.loads(rows["ana"]["incomplete"])) == set(LISTS)


FAILED = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout"}],
}
INNER = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": PROBLEM}]}


@pytest.mark.parametrize(
    "beside",
    [
        FAILED,
        {**FAILED, "issue": [{"severity": "information", "code": "suppressed"}]},
        {**INNER, "total": 3},
        {**INNER, "link": [{"relation": "next", "url": "http://ehr/next"}]},
        {**INNER, "entry": [{"response": {"status": "500"}}]},
    ],
)
def test_an_error_or_a_part_of_a_list_within_a_bundle_is_no_whole_list(
    tmp_path: Path, beside: Resource
) -> None:
    sent = bundle({"resource": ANA}, {"resource": beside}, {"resource": PROBLEM})
    _, errors, rows = slice_of(tmp_path, ana__json=sent)

    assert errors
    assert set(json.loads(rows["ana"]["incomplete"])) == set(LISTS)


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_an_error_on_a_line_is_said(tmp_path: Path, separators: tuple[str, str]) -> None:
    told = {**FAILED, "issue": [{"severity": "information", "code": "informational"}]}
    each = [json.dumps(one, separators=separators) for one in (told, FAILED)]
    summary, errors, rows = slice_of(tmp_path, Patient__ndjson=lines(ANA, *each))

    assert [(one["line"], one["reason"]) for one in errors] == [
        (3, "an OperationOutcome speaks of an error")
    ]
    assert (summary["dropped"]["OperationOutcome"], list(rows)) == (2, ["ana"])


def test_whose_an_entry_is_must_be_said_and_is_never_guessed(tmp_path: Path) -> None:
    subjects: dict[str, object] = {
        "nobody": None,
        "in words": {"display": "Ana"},
        "an identifier": {"identifier": {"system": "urn:mrn", "value": "1"}},
        "a group": {"reference": "Group/1"},
    }
    odd = [{**PROBLEM, "id": name, "subject": who} for name, who in subjects.items()]
    summary, errors, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA), Condition__ndjson=lines(*odd, PROBLEM)
    )

    counts = (summary["read"], summary["kept"], summary["dropped"])
    assert [one.get("Condition") for one in counts] == [5, 1, 4]
    assert [(error["line"], error["reason"].partition(" ")[2]) for error in errors] == [
        (1, "without a subject"),
        (2, "without a subject"),
        (3, "whose subject is named by an identifier only"),
        (4, "whose subject is not a Patient"),
    ]
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM


def test_a_file_named_twice_or_beside_its_folder_is_read_once(tmp_path: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    people, problems = source / "Patient.ndjson", source / "Condition.ndjson"
    people.write_text(lines(ANA))
    problems.write_text(lines(PROBLEM))
    summary, errors, rows = slice_paths(tmp_path, source, people, problems, source)

    assert (summary["files"], summary["read"]) == (2, {"Condition": 1, "Patient": 1})
    assert (errors, len(rows)) == ([], 1)


def test_an_error_names_the_file_within_the_folder_as_several_may_be_named_alike(
    tmp_path: Path,
) -> None:
    for name in ("first", "second"):
        (tmp_path / "export" / name).mkdir(parents=True)
        (tmp_path / "export" / name / "Patient.ndjson").write_text(lines(ANA))
    (tmp_path / "export" / "second" / "Condition.ndjson").write_text("{\n")

    _, errors, _ = slice_paths(tmp_path, tmp_path / "export")

    assert [error["file"] for error in errors] == ["second/Condition.ndjson"]


@pytest.mark.parametrize("content", ["", "\n\n", "\r\n"])
def test_an_empty_file_exports_nothing_and_says_none_of_nothing(
    tmp_path: Path, content: str
) -> None:
    summary, errors, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA), Condition__ndjson=content
    )

    assert summary["missing"]["conditions"] == "not exported"
    said = {"file": "Condition.ndjson", "line": 1, "reason": "the file is empty"}
    assert (errors, list(rows)) == ([said], ["ana"])


@pytest.mark.parametrize("content", [b"", b"\n\n", b" \n" * 9000])
def test_a_zipped_file_of_nothing_is_said_to_be_empty(tmp_path: Path, content: bytes) -> None:
    summary, errors, _ = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Condition__ndjson__gz=gzip.compress(content) * 2,
        Procedure__ndjson=content or b"\n",
    )

    said = [(error["file"], error["reason"]) for error in errors]
    assert said == [
        ("Condition.ndjson.gz", "the file is empty"),
        ("Procedure.ndjson", "the file is empty"),
    ]
    assert summary["missing"]["conditions"] == "not exported"


def test_a_table_without_rows_is_said_to_be_empty(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Patient.ndjson").write_text(lines(ANA))
    pq.write_table(pa.table({"json": pa.array([], pa.string())}), folder / "Condition.parquet")

    _, errors, _ = slice_paths(tmp_path, folder)

    assert [(one["file"], one["reason"]) for one in errors] == [
        ("Condition.parquet", "the file is empty")
    ]


def test_a_zipped_file_of_no_bytes_is_one_that_was_cut(tmp_path: Path) -> None:
    """A packed file of nothing has twenty bytes: what it held is not known for anybody."""
    summary, errors, _ = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA),
        Condition__ndjson=lines(PROBLEM),
        Condition_2__ndjson__gz=b"",
    )

    (said,) = errors
    assert said["reason"] == "the zipped file is damaged or ends in the middle"
    assert "not read whole" in summary["missing"]["conditions"]


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PROBLEM).encode("utf-16"),
        '{"resourceType":"Condition","id":"ü"}'.encode("latin-1"),
        b"\x00" * 100,
        b"PK\x03\x04",
    ],
)
def test_what_is_not_text_in_utf_8_is_said_and_the_rest_is_read(
    tmp_path: Path, content: bytes
) -> None:
    _, errors, rows = slice_of(
        tmp_path, Patient__ndjson=lines(ANA), Condition__ndjson=content + b"\n"
    )

    assert errors
    assert {error["file"] for error in errors} == {"Condition.ndjson"}
    assert list(rows) == ["ana"]


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.99])
def test_a_zipped_file_that_is_cut_gives_what_came_before_and_nothing_is_none(
    tmp_path: Path, keep: float
) -> None:
    many = [entry("Condition", f"c{n}", code={"text": f"number {n * 7919}"}) for n in range(400)]
    packed = gzip.compress(lines(*many).encode())
    summary, errors, rows = slice_of(
        tmp_path,
        Patient__ndjson=lines(ANA, BEN),
        Condition__ndjson__gz=packed[: int(len(packed) * keep)],
    )

    assert "the zipped file is damaged or ends in the middle" in {one["reason"] for one in errors}
    assert "not read whole" in summary["missing"]["conditions"]
    assert 0 < rows["ana"]["conditions"].count("\n") < 400


BOTH = lines(ANA, BEN)
SPREAD_OUT = json.dumps(PROBLEM, indent=2)
TABLE = "id,code\n1,Anything\n"
# Without a time: two workers that collect in different seconds must see the same test.
DAMAGED = gzip.compress(lines(PROBLEM).encode() * 99, mtime=0)[:30]
UNREAD = [
    ("Condition__ndjson", lines(PROBLEM).encode("utf-16"), "is UTF-16 text"),
    ("Condition__ndjson", lines(PROBLEM).encode("utf-16-be"), "is UTF-16 text"),
    ("Condition__json", SPREAD_OUT.encode("utf-16"), "is UTF-16 text"),
    ("Condition__ndjson", b"PK\x03\x04" + bytes(80), "is a zip archive"),
    ("Condition__ndjson", b"PAR1" + bytes(80), "is a Parquet file by another name"),
    ("Condition__ndjson", TABLE.encode(), "holds no JSON, but text or a table"),
    ("Condition__ndjson", f"{SPREAD_OUT}\n{SPREAD_OUT}".encode(), "is JSON over several lines"),
    ("Condition__json", TABLE.encode(), "the file is not JSON"),
    ("Condition__json", SPREAD_OUT[:-9].encode(), "the file is not JSON"),
    ("Condition__parquet", b"PAR1 and no more", "is not a Parquet file"),
    ("Condition__ndjson__gz", DAMAGED, "is damaged"),
    ("Condition__csv", TABLE.encode(), "is not a kind of file that is read"),
    ("Condition__zip", b"PK\x03\x04" + bytes(80), "is not a kind of file that is read"),
]


@pytest.mark.parametrize(
    ("name", "content", "said"), UNREAD, ids=[f"{n}: {s}" for n, _, s in UNREAD]
)
def test_a_file_of_which_nothing_can_be_read_is_one_message_and_a_list_that_may_lack_some(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    files = {"Patient__ndjson": BOTH, "Other__ndjson": lines(PROBLEM), name: content}
    summary, errors, rows = slice_of(tmp_path, **files)

    named = [error for error in errors if error["file"] == name.replace("__", ".")]
    assert said in named[-1]["reason"]
    assert len(named) <= 2  # a cut file: the line in which it ends, and that it is cut
    assert "not read whole" in summary["missing"]["conditions"]
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM  # of the other file
    assert set(rows) == {"ana", "ben"}


def test_a_file_that_names_no_type_may_have_held_entries_of_any_list(tmp_path: Path) -> None:
    everything = {f"{kind}__ndjson": lines(entry(kind, kind)) for kind in EACH_LIST}
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    whole, _, _ = slice_of(folders[0], Patient__ndjson=BOTH, **everything)
    lacking, errors, _ = slice_of(
        folders[1], Patient__ndjson=BOTH, **everything, export__ndjson=TABLE
    )

    assert whole["missing"] == {}
    assert set(lacking["missing"]) == set(LISTS)
    assert [error["line"] for error in errors if error["file"] == "export.ndjson"] == [1]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Condition__ndjson", SPREAD_OUT.encode()),
        ("Condition__ndjson", json.dumps([PROBLEM], indent=1).encode()),
        ("Condition__json", SPREAD_OUT.encode()),
        ("Condition__ndjson", gzip.compress(lines(PROBLEM).encode())),
        ("Condition__ndjson__gz", lines(PROBLEM).encode()),
        ("Condition__json__gz", json.dumps(PROBLEM).encode()),
    ],
)
def test_what_a_file_holds_counts_and_not_its_name(
    tmp_path: Path, name: str, content: bytes
) -> None:
    summary, errors, rows = slice_of(tmp_path, Patient__ndjson=BOTH, **{name: content})

    assert errors == []
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM
    assert "conditions" not in summary["missing"]


def test_blank_lines_before_the_first_resource_cost_nothing(tmp_path: Path) -> None:
    blank = "\n" * 5000
    _, errors, rows = slice_of(
        tmp_path, Patient__ndjson=BOTH, Condition__ndjson=blank + lines(PROBLEM)
    )

    assert errors == []
    assert json.loads(rows["ana"]["conditions"]) == PROBLEM


def test_an_input_without_a_file_that_is_read_names_the_first(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"PK\x03\x04")

    with pytest.raises(SliceRefused, match=r"export\.zip is not a kind of file that is read"):
        slice_paths(tmp_path, tmp_path)


@pytest.mark.parametrize("change", ["cut", "written to", "removed", "removed early"])
def test_a_file_that_changes_while_it_is_read_is_said_and_its_lists_are_not_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """A large one is read in pieces: those behind the cut had been lost silently."""
    monkeypatch.setattr(files, "PIECE_BYTES", 300)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Patient.ndjson").write_text(lines(ANA))
    problems = folder / "Condition.ndjson"
    problems.write_text(lines(*(PROBLEM | {"id": f"c{number}"} for number in range(40))))
    sort = slicing.sort_lines

    def sort_and_change(*given: Any) -> None:
        sort(*given)
        if change == "cut":
            os.truncate(problems, 310)
        elif change == "written to":
            problems.write_text(problems.read_text() + lines(PROBLEM))
        elif change == "removed early" or b'"c39"' in b"".join(given[0].contents.to_pylist()):
            problems.unlink(missing_ok=True)

    monkeypatch.setattr(slicing, "sort_lines", sort_and_change)
    summary, errors, _ = slice_paths(tmp_path, folder)

    said = {"file": "Condition.ndjson", "line": 0, "reason": CHANGED}
    assert said in errors
    assert "not read whole" in summary["missing"]["conditions"]


CHANGED = "was changed while it was read, expected an export that is at its end; slice it again"
