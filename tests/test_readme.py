"""A newcomer's walk: the commands of the README are run line by line in a clean copy of what is
tracked, and what it shows must come.

`...` in the README stands for anything, also for several lines.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
READY = "Ready. Ctrl-C ends it.\n"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (ROOT / ".venv" / "bin" / "b12-cds").exists(),
        reason="the walk needs the environment that ./run setup makes",
    ),
]


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Yield each command of the console blocks with what is shown under it."""
    for block in re.findall(r"^```console\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE):
        yield from re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, flags=re.MULTILINE)


def is_as_shown(came: str, shown: str) -> bool:
    """Say whether what came is what was shown, `...` standing for anything."""
    parts = [re.escape(part) for part in shown.strip().split("...")]
    return re.fullmatch(".*".join(parts), came.strip(), flags=re.DOTALL) is not None


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


@contextmanager
def demonstration(command: str, clone: Path) -> Iterator[str]:
    """Run the demonstration and give what it shows until it is ready."""
    running = subprocess.Popen(
        command,
        shell=True,
        cwd=clone,
        env=environment(clone),
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stdout
    lines = []
    for line in running.stdout:
        lines.append(line)
        if line == READY:
            break
    try:
        yield "".join(lines)
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(timeout=30)


def environment(clone: Path) -> dict[str, str]:
    """The environment in which the code of the clone runs, not that of the folder of the tests."""
    return {**os.environ, "PYTHONPATH": str(clone)}


def test_the_commands_of_the_readme_show_what_it_shows(clone: Path) -> None:
    if not port_is_free():
        pytest.skip("something else listens on port 8080")
    (demo, demo_shown), *others = steps(README)
    assert demo == "./run demo"
    assert len(others) >= 2

    with demonstration(demo, clone) as came:
        assert is_as_shown(came, demo_shown), came
        assert not any(is_as_shown(came, lie) for lie in every_lie(demo_shown))
        for command, shown in others:
            ran = subprocess.run(
                command,
                shell=True,
                cwd=clone,
                env=environment(clone),
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert is_as_shown(ran.stdout, shown), ran.stdout
            assert not any(is_as_shown(ran.stdout, lie) for lie in every_lie(shown))


def test_every_file_that_the_readme_links_exists() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_difference_would_be_noticed() -> None:
    assert is_as_shown("one\ntwo\nthree", "one\n...\nthree")
    assert not is_as_shown("one\ntwo", "one\n...\nthree")
    assert [command for command, _ in steps("```console\n$ a\nb\n$ c\n```\n")] == ["a", "c"]
