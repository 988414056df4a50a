"""A command that takes longer than a second says on a terminal how far it is, and nowhere else."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from cli.parsing import counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


shown = [0.0]
"""What the clock of these tests shows, in seconds; it goes on by `slowly` alone."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    given = SimpleNamespace(monotonic=lambda: shown[0])
    monkeypatch.setattr("cli.parsing.progress.time", given)


def slowly(count: int, seconds: float) -> Iterator[int]:
    for number in range(count):
        shown[0] += seconds
        yield number


def test_a_slow_loop_is_counted_and_the_line_is_wiped_off(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    assert list(counted(slowly(5, 0.3), "patients", 5)) == [0, 1, 2, 3, 4]

    said = terminal.getvalue()
    assert "4 of 5 patients ..." in said
    assert "1 of 5" not in said, "the first second needs no word"
    assert said.endswith("\r\033[K")


def test_a_quick_loop_and_a_pipe_get_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert list(counted(range(1000), "patients")) == list(range(1000))
    assert terminal.getvalue() == ""

    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stderr", pipe)
    assert list(counted(slowly(4, 0.3), "patients")) == [0, 1, 2, 3]
    assert pipe.getvalue() == ""
