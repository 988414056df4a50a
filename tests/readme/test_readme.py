"""A newcomer's walk in a clean copy of what is tracked, with the environment that is there already;
`./run walk` makes it from nothing.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.readme.walk import README, ROOT, commands_by_hand, follow, is_as_shown, steps

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / ".venv" / "bin" / "b12-cds").exists(),
        reason="the walk needs the environment that ./run setup makes",
    ),
]


INSTALLED = ("pyproject.toml", "requirements.lock", "requirements-build.lock")


def is_set_up() -> bool:
    """Say whether the environment is that of these files: else the clone would install itself into
    it, and be gone after the test.
    """
    return all(
        (ROOT / ".venv" / f"{name}.installed").read_bytes() == (ROOT / name).read_bytes()
        for name in INSTALLED
    )


def port_is_free() -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", 8080)) != 0


def every_lie(shown: str) -> Iterator[str]:
    """Yield what is shown with one of its lines changed, each in turn."""
    lines = shown.strip().splitlines()
    for number, line in enumerate(lines):
        words = line.replace("...", " ").split()
        if words:
            lie = line.replace(words[0], "something-else", 1)
            yield "\n".join([*lines[:number], lie, *lines[number + 1 :]])


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder with every tracked file and nothing else but the environment, which ./run setup
    would make from the network.
    """
    folder = tmp_path / "clone"
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def test_the_commands_of_the_readme_show_what_it_shows(clone: Path) -> None:
    """The code of the clone runs, not that of the folder of the tests."""
    if not is_set_up():
        pytest.skip("the environment is older than its files; ./run setup renews it")
    if not port_is_free():
        pytest.skip("something else listens on port 8080")

    walked = list(follow(README, clone, {**os.environ, "PYTHONPATH": str(clone)}))

    assert len(walked) >= 3
    assert walked[0].command == "./run demo"
    for step in walked:
        assert step.is_as_shown, step.came
        assert not any(is_as_shown(step.came, lie) for lie in every_lie(step.shown))


def test_the_installation_by_hand_is_what_the_script_does() -> None:
    script = (ROOT / "run").read_text(encoding="utf-8")
    by_hand = commands_by_hand(README)

    assert len(by_hand) == 4
    for lock in ("requirements.lock", "requirements-build.lock"):
        assert any(line.endswith(f"--require-hashes -r {lock}") for line in by_hand)
        assert f"install_lock {lock}" in script
    for option in ("--no-deps", "--no-build-isolation", "--editable ."):
        assert option in by_hand[-1]
        assert option in script


def test_the_script_finds_a_python_while_its_own_environment_is_active(tmp_path: Path) -> None:
    """The README says how to make it active; it has no pip, and its Python comes first."""
    script = (ROOT / "run").read_text(encoding="utf-8")
    find_python = script[script.index("say() {") : script.index("check_port() {")]
    active = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", active], check=True)

    def found(**environment: str) -> str:
        ran = subprocess.run(
            ["sh", "-c", f"{find_python}find_python"],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return ran.stdout.strip()

    plain = found(VIRTUAL_ENV="")
    if not plain:
        pytest.skip("no Python with pip is outside the environments")
    path = f"{active / 'bin'}{os.pathsep}{os.environ['PATH']}"
    assert found(VIRTUAL_ENV=str(active), PATH=path) == plain


def test_every_file_that_the_readme_links_exists() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_difference_would_be_noticed() -> None:
    assert is_as_shown("one\ntwo\nthree", "one\n...\nthree")
    assert not is_as_shown("one\ntwo", "one\n...\nthree")
    assert [command for command, _ in steps("```console\n$ a\nb\n$ c\n```\n")] == ["a", "c"]
    assert commands_by_hand("```sh\na b\n\nc\n```\n") == ["a b", "c"]
