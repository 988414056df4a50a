"""An answer of the first release is decided again by the first release, installed beside."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cds_service.database import CARDS
from cds_service.demonstration import load_request
from cds_service.records.store import Store
from cli.main import main
from tests.cds_service.records.records import rows

ROOT = Path(__file__).parents[3]
FIRST_RELEASE = "6c30ef7"
SERVE = """
import json, sys
from dataclasses import replace
from cds_service import settings as site
from cds_service.app import create_app
app = create_app(replace(site.demonstration(), store_url=sys.argv[1]))
app.config["B12_CDS"].store.upgrade()  # what is recorded has 5 s to be written at the end
answer = app.test_client().post("/cds-services/b12-order-select", json=json.load(open(sys.argv[2])))
print(json.dumps(answer.json))
app.config["B12_CDS"].close()
"""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program of the first release, as a command that runs beside ours."""
    folder = tmp_path_factory.mktemp("first-release")
    archive = subprocess.run(
        ["git", "archive", "--output", str(folder / "it.tar"), FIRST_RELEASE],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip("the history of the repository does not hold the first release")
    with tarfile.open(folder / "it.tar") as tar:
        tar.extractall(folder, filter="data")
    command = folder / "b12-cds"
    command.write_text(
        f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" -P -m cds_service.cli "$@"\n'
    )
    command.chmod(0o755)
    return command


def answer_of(released: Path, url: str, request: Path) -> dict[str, Any]:
    """Return what the first release answered, recorded in its own store."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE, url, str(request)],
        env={**os.environ, "PYTHONPATH": str(released.parent)},
        cwd=released.parent,
        capture_output=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


@pytest.fixture
def recorded(released: Path, tmp_path: Path, today: Any) -> tuple[str, Path, Path]:
    """A card of the first release, the request it answered, and the site file of its store, which
    the service of today has taken over.
    """
    request = tmp_path / "request.json"
    request.write_text(json.dumps(load_request(today)))
    url = f"sqlite:///{tmp_path}/b12.db"
    card = answer_of(released, url, request)["cards"][0]["uuid"]
    store = Store(url)
    store.upgrade()
    store.close()
    site = tmp_path / "site.toml"
    site.write_text(f'[store]\nurl = "{url}"\n')
    return card, request, site


@pytest.fixture
def today() -> Any:
    return dt.datetime.now(dt.UTC).date()


@pytest.fixture
def replay(
    recorded: tuple[str, Path, Path], released: Path, capfd: pytest.CaptureFixture[str]
) -> Callable[[Path], tuple[int, str]]:
    card, _, site = recorded

    def replay_it(request: Path) -> tuple[int, str]:
        asked = ["--decision", card, "--request", str(request), "--config", str(site)]
        status = main(["replay", *asked, "--program", str(released)])
        said = capfd.readouterr()
        return status, said.out + said.err

    return replay_it


def test_the_first_release_gives_its_own_answer_again(
    recorded: tuple[str, Path, Path], replay: Callable[[Path], tuple[int, str]]
) -> None:
    status, said = replay(recorded[1])

    assert (status, "the same answer" in said) == (0, True)


def test_another_request_is_not_the_same(
    recorded: tuple[str, Path, Path], replay: Callable[[Path], tuple[int, str]], tmp_path: Path
) -> None:
    changed = json.loads(recorded[1].read_text())
    changed["prefetch"]["conditions"]["entry"] = []
    other = tmp_path / "other.json"
    other.write_text(json.dumps(changed))

    status, said = replay(other)
    assert status == 1
    assert "cards: recorded b1 critical" in said


def test_its_record_says_what_was_shown_after_the_upgrade(
    recorded: tuple[str, Path, Path], tmp_path: Path
) -> None:
    kept = rows(f"sqlite:///{tmp_path}/b12.db", CARDS)

    assert {(row["mode"], row["shown"]) for row in kept} == {("live", True)}


def test_without_the_program_an_answer_that_old_is_refused_in_words(
    recorded: tuple[str, Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    card, request, site = recorded

    status = main(["replay", "--decision", card, "--request", str(request), "--config", str(site)])
    assert (status, "expected --program" in capfd.readouterr().err) == (2, True)
