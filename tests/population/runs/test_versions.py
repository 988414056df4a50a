"""A run against another installed version, which runs over the same slice by its own program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cli.main import main
from population.runs import CannotAsk, DeciderSetup, Mode, RunJob, run_decisions
from population.runs.versions import is_program
from population.slices import SliceJob, run_slice
from tests.population.conftest import AS_OF


def another_version(folder: Path, policy: str) -> Path:
    """Return a program like ours that decides by a policy of its own, as another version would."""
    folder.mkdir()
    site = folder / "its.toml"
    site.write_text(f'profile = "demonstration"\n[policy]\n{policy}\n')
    program = folder / "b12-cds"
    program.write_text(
        f'#!/bin/sh\n[ "$1" = population ] && set -- "$@" --policy "{site}"\n'
        f'exec "{sys.executable}" -m cli.main "$@"\n'
    )
    program.chmod(0o755)
    return program


def run(
    sliced: Path, out: Path, against: str, mode: Mode = Mode.SNAPSHOT
) -> list[dict[str, object]]:
    job = RunJob(sliced, out, DeciderSetup(mode, AS_OF, "", {}), against)
    run_decisions(job, lambda _: None)
    rows: list[dict[str, object]] = pq.read_table(out / "changes.parquet").to_pylist()
    return rows


@pytest.mark.parametrize("mode", Mode)
def test_who_is_answered_otherwise_by_another_version_is_said_as_with_two_settings(
    sliced: Path, tmp_path: Path, mode: Mode
) -> None:
    program = another_version(tmp_path / "it", 'nonNeuroRoute = "IM_FIRST"')
    by_version = run(sliced, tmp_path / "a", str(program), mode)
    by_settings = run(sliced, tmp_path / "b", str(program.with_name("its.toml")), mode)

    what = [name for name in by_settings[0] if name not in ("facts", "settings")]
    assert [[row[name] for name in what] for row in by_version] == [
        [row[name] for name in what] for row in by_settings
    ]
    assert all(row["facts"] for row in by_version)


def test_the_same_version_changes_nothing(sliced: Path, tmp_path: Path) -> None:
    assert run(sliced, tmp_path / "a", str(another_version(tmp_path / "it", ""))) == []


@pytest.mark.parametrize("beside", ["its.toml", "b12-cds"])
def test_an_order_that_only_one_of_the_two_decides_on_is_a_difference(
    tmp_path: Path, beside: str
) -> None:
    """A code of the site that only one of two site files knows: the order it names is answered
    under that one, and is nothing to the other.
    """
    order = {
        "resourceType": "MedicationRequest",
        "id": "o1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p"},
        "authoredOn": "2026-11-01T10:00:00Z",
        "medicationCodeableConcept": {"coding": [{"system": "https://a.example/f", "code": "77"}]},
    }
    export = tmp_path / "export"
    export.mkdir()
    (export / "MedicationRequest.ndjson").write_text(json.dumps(order) + "\n")
    (tmp_path / "codes.csv").write_text(
        "concept,role,system_uri,code,display\n"
        "cyanocobalamin,include,https://a.example/f,77,Vitamin of the house\n"
    )
    sliced = tmp_path / "slice"
    run_slice(SliceJob((export,), sliced), lambda _: None)
    program = another_version(tmp_path / "it", f'[codes]\nadd = "{tmp_path / "codes.csv"}"')

    (change,) = run(sliced, tmp_path / "out", str(program.with_name(beside)), Mode.REPLAY)

    assert (change["patient"], change["order"]) == ("p", "o1")
    assert (change["rule_before"], change["cards_before"]) == ("", [])
    assert change["rule_after"]
    assert change["cards_after"]


def test_a_program_that_fails_is_said_with_its_status(sliced: Path, tmp_path: Path) -> None:
    program = tmp_path / "broken"
    program.write_text("#!/bin/sh\nexit 7\n")
    program.chmod(0o755)

    with pytest.raises(CannotAsk, match="exit status 7"):
        run(sliced, tmp_path / "out", str(program))
    with pytest.raises(CannotAsk, match="cannot be run"):
        run(sliced, tmp_path / "out", str(tmp_path / "none"))


@pytest.mark.parametrize(("name", "program"), [("", False), ("a.toml", False), ("b12-cds", True)])
def test_what_ends_in_toml_is_a_site_file(name: str, program: bool) -> None:
    assert is_program(name) is program


def test_the_command_says_what_it_cannot_compare_with(
    sliced: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--input", str(sliced), "--out", str(tmp_path / "out")]

    assert main(["population", "run", *given, "--against", "./none"]) == 2
    assert "--against: ./none: cannot be run" in capsys.readouterr().err
