"""A command that takes longer than a second says on a terminal how far it is, and nowhere else."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterator

import pytest

from cli.parsing import counted


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def slowly(count: int, seconds: float) -> Iterator[int]:
    for number in range(count):
        time.sleep(seconds)
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
