"""Choices for `b12-cds population` that contradict each other or would harm what is there: each is
refused in one sentence with status 2, and nothing is written.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.main import main
from population.slices import alone_in
from synthetic import MadePopulation, make_population
from tests.population.conftest import AS_OF

ONE = ["--workers", "1"]


def population(*arguments: object) -> int:
    return main(["population", *map(str, arguments)])


@pytest.fixture
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a working folder with an export, its slice and a run."""
    monkeypatch.chdir(tmp_path)
    make_population(
        MadePopulation(20, 3, tmp_path / "made", AS_OF, share=0.5, resources=15), lambda _: None
    )
    day = ["--as-of", AS_OF]
    assert population("slice", "--input", "made", "--out", "slice", *ONE) == 0
    assert population("run", "--input", "slice", "--out", "run", *day, *ONE) == 0
    return tmp_path


def _files(folder: Path) -> dict[str, bytes]:
    return {str(one): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


SERVER = "--from-server"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("slice --input made --out x --group g", "--group: goes with --from-server"),
        ("slice --input made --out x --token t", "--token: goes with --from-server"),
        (f"slice {SERVER} ehr --group g --out x", 'found "ehr", expected an http or https URL'),
        (f"slice {SERVER} http://u:secret@h --group g --out x", 'found "http://u:...@h"'),
        ("slice --input made --out made/within", "lies within the input"),
        ("slice --input made --out made", "holds the input"),
        ("run --input slice --out slice", "holds the slice"),
        ("run --input made --out x", "holds no slice"),
        ("run --input slice --out x --against /bin/true", "is no b12-cds by its --version"),
        ("report --input run --out run/run.json", "expected a page, as report.html"),
        ("report --input run --out x.csv", "expected a page, as report.html"),
        ("report --input run --out x.parquet", "expected a page, as report.html"),
        ("report --input run --out x.html --cases x.html", "is a file of the report"),
        ("report --input run --out x.html --cases ./x.csv", "is a file of the report"),
        ("report --input run --out x.html --cases local-codes.csv", "is a file of the report"),
        ("report --input run --out x.html --cases run/run.json", "lies in the run"),
        ("report --input run --out run/changes.html", "over or among files of the run"),
        ("report --input run --out run/decisions/part-00000.html", "among files of the run"),
        ("report --input run --out slice/part-00000.html", "among files of the run"),
        ("report --input run --out x.html --purpose audit", "goes with --cases"),
    ],
)
def test_choices_that_contradict_each_other_are_refused_and_nothing_is_written(
    there: Path, capsys: pytest.CaptureFixture[str], arguments: str, said: str
) -> None:
    before = _files(there)
    capsys.readouterr()

    assert population(*arguments.split()) == 2

    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert "secret" not in error
    assert _files(there) == before


@pytest.mark.parametrize("name", ["slice/slice.json", "run/run.json", "run/commands.json"])
@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe"])
def test_what_a_step_wrote_about_itself_is_damaged(
    there: Path, capsys: pytest.CaptureFixture[str], name: str, content: bytes
) -> None:
    (there / name).write_bytes(content)
    step = ["run", "--input", "slice", "--out", "run", "--as-of", AS_OF, *ONE]
    if name == "run/commands.json":
        step = ["report", "--input", "run", "--out", "x.html"]

    assert population(*step) == 2

    error = capsys.readouterr().err
    assert f"{name}: is damaged" in error
    assert "Traceback" not in error


def test_a_part_of_the_slice_that_is_cut_is_refused_before_anything_is_decided(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    part = there / "slice" / "part-00002.parquet"
    part.write_bytes(part.read_bytes()[:-10])

    assert population("run", "--input", "slice", "--out", "x", "--as-of", AS_OF, *ONE) == 2

    assert "lacks part-00002.parquet of 4 parts, or they are damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    "step",
    [
        ["make", "--patients", 2, "--as-of", AS_OF],
        ["slice", "--input", "made", *ONE],
        ["run", "--input", "slice", "--as-of", AS_OF, *ONE],
    ],
)
def test_two_commands_do_not_write_into_one_folder(
    there: Path, capsys: pytest.CaptureFixture[str], step: list[object]
) -> None:
    """They had removed each other's files, and one of them failed without saying why."""
    with alone_in(there / "x"):
        assert population(*step, "--out", "x") == 2
    assert "another b12-cds is writing into it" in capsys.readouterr().err
    assert population(*step, "--out", "x") == 0


def test_who_takes_the_ids_is_recorded_before_they_are_written(
    there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (there / "run" / "cases.ndjson").mkdir()  # nothing can be recorded

    assert population("report", "--input", "run", "--out", "x.html", "--cases", "c.csv") == 2

    assert not (there / "c.csv").exists()


def test_results_under_codes_of_the_site_alone_are_not_dropped_silently(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A slice made without the site file had dropped a low vitamin B12 under a local code; the run
    with it said that there is none.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    person = {"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}
    coding = {"system": "urn:lab:x", "code": "Q777", "display": "Zzz"}
    quantity = {"value": 60, "unit": "pg/mL", "code": "pg/mL"}
    quantity["system"] = "http://unitsofmeasure.org"
    result = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": {"reference": "Patient/a"},
        "code": {"coding": [coding]},
        "valueQuantity": quantity,
        "effectiveDateTime": "2026-10-01",
    }
    for one in (person, result):
        line = json.dumps(one, separators=(",", ":")) + "\n"
        (tmp_path / "in" / f"{one['resourceType']}.ndjson").write_text(line)
    rows = "concept,role,system_uri,code,display\n{},include,urn:lab:x,{},Zzz\n"
    for name, concept, code in (
        ("result", "serum_b12", "Q777"),
        ("medicine", "hydroxocobalamin", "Q888"),
    ):
        (tmp_path / f"{name}.csv").write_text(rows.format(concept, code))
        (tmp_path / f"{name}.toml").write_text(
            f'profile = "demonstration"\n[codes]\nadd = "{name}.csv"\n'
        )
    day = ["--as-of", AS_OF, *ONE]
    assert population("slice", "--input", "in", "--out", "plain", *ONE) == 0
    assert population("slice", "--input", "in", "--out", "own", "--policy", "result.toml") == 0
    capsys.readouterr()

    refused = ["run", "--input", "plain", "--out", "x", *day]
    assert population(*refused, "--policy", "result.toml") == 2
    assert "slice again with --policy result.toml" in capsys.readouterr().err
    assert population(*refused, "--against", "result.toml") == 2

    for sliced, policy in (("own", "result.toml"), ("own", "medicine.toml")):
        out = f"run-{policy}"
        assert population("run", "--input", sliced, "--out", out, *day, "--policy", policy) == 0
    assert population(*refused, "--policy", "medicine.toml") == 0  # orders are all kept
