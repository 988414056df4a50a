"""What is shipped: the wheel holds every file the service reads, and the locks pin everything and
name no host.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from cds_service import __version__

ROOT = Path(__file__).parents[1]
PACKAGES = ("cds_service", "fhir_mappings", "recommender")
LOCKS = ("requirements.lock", "requirements-build.lock", "requirements-test.lock")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (path,) = folder.glob("b12_cds-*.whl")
    return zipfile.ZipFile(path)


def test_the_wheel_holds_every_file_of_the_packages_and_no_test(wheel: zipfile.ZipFile) -> None:
    listed = subprocess.run(
        ["git", "ls-files", *PACKAGES], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    held = set(wheel.namelist())

    assert sorted(set(listed) - held) == []
    assert not [name for name in held if name.startswith(("tests", "benchmarks", "docs"))]


def test_the_wheel_has_the_command(wheel: zipfile.ZipFile) -> None:
    (entry_points,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))

    assert "b12-cds = cli.main:main" in wheel.read(entry_points).decode()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_everything_by_hash_and_names_no_host(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    requirements = re.findall(r"^(\S+?)==\S+", text, re.MULTILINE)

    assert requirements
    assert "://" not in text
    assert "index" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block


def test_every_dependency_is_in_its_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {
        "requirements.lock": project["project"]["dependencies"],
        "requirements-build.lock": project["dependency-groups"]["build"],
        "requirements-test.lock": project["dependency-groups"]["test"],
    }
    for lock, dependencies in wanted.items():
        pinned = set(
            re.findall(
                r"^([\w.-]+?)(?:\[|==)",
                (ROOT / lock).read_text(encoding="utf-8").lower(),
                re.MULTILINE,
            )
        )
        named = {
            re.match(r"[\w.-]+", one)[0].lower().replace("_", "-").replace(".", "-")
            for one in dependencies
        }  # type: ignore[index]
        assert (
            sorted(named - {name.replace("_", "-").replace(".", "-") for name in pinned}) == []
        ), lock


def test_the_versions_agree() -> None:
    assert f"## [{__version__}] - " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f'"version": "{__version__}"' in (ROOT / "cds_service" / "openapi.json").read_text(
        encoding="utf-8"
    )


def test_the_image_is_given_everything_that_its_dockerfile_copies() -> None:
    """What .dockerignore leaves out cannot be copied; it leaves out all but what it names."""
    given = {
        line.removeprefix("!")
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    copied = {
        name
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    }
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]

    assert copied == given
    assert set(packages["targets"]["wheel"]["packages"]) <= copied
