"""A newcomer's walk: the commands of the README are run line by line, and what it shows must come.

`...` in the README stands for anything, also for several lines.
"""

from __future__ import annotations

import os
import re
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


@contextmanager
def demonstration(command: str) -> Iterator[str]:
    """Run the demonstration and give what it shows until it is ready."""
    running = subprocess.Popen(
        command, shell=True, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
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


def test_the_commands_of_the_readme_show_what_it_shows() -> None:
    if not port_is_free():
        pytest.skip("something else listens on port 8080")
    (demo, demo_shown), *others = steps(README)
    assert demo == "./run demo"
    assert len(others) >= 2

    with demonstration(demo) as came:
        assert is_as_shown(came, demo_shown), came
        for command, shown in others:
            ran = subprocess.run(
                command,
                shell=True,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            )
            assert is_as_shown(ran.stdout, shown), ran.stdout


def test_every_file_that_the_readme_links_exists() -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_difference_would_be_noticed() -> None:
    assert is_as_shown("one\ntwo\nthree", "one\n...\nthree")
    assert not is_as_shown("one\ntwo", "one\n...\nthree")
    assert [command for command, _ in steps("```console\n$ a\nb\n$ c\n```\n")] == ["a", "c"]
