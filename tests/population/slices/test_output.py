"""A file is written whole or not at all, and a folder by one command at a time."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from population.slices import (
    FolderInUse,
    alone_in,
    held_still,
    read_description,
    written_whole,
)

HOLDS = (
    "import sys, pathlib; from population.slices import alone_in\n"
    "with alone_in(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


def test_a_folder_is_held_by_one_command_and_is_free_when_that_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(FolderInUse, match="another b12-cds is writing"), alone_in(tmp_path):
            pass
        other.kill()
        other.wait()

    with alone_in(tmp_path):
        pass
    with alone_in(tmp_path / "new"):
        assert list(tmp_path.iterdir()) == [tmp_path / "new"]  # nothing is left behind


def test_nobody_writes_into_a_folder_that_is_read_and_many_may_read_it(tmp_path: Path) -> None:
    """A slice that was made anew under a run was decided in part, old and new."""
    busy = pytest.raises(FolderInUse, match="another b12-cds is writing into it")
    with held_still(tmp_path), held_still(tmp_path), busy, alone_in(tmp_path):
        pass
    with alone_in(tmp_path), busy, held_still(tmp_path):
        pass


def test_a_file_that_cannot_be_written_whole_leaves_the_one_before_and_says_which(
    tmp_path: Path,
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("before")

    def write() -> None:
        with written_whole(path) as partial:
            partial.write_text("half of")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device: '.*a\.csv'"):
        write()

    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]
    assert path.read_text() == "before"


@pytest.mark.parametrize("content", [b"", b'{"a": 1', b"[1]", b'{"b": 1}', b"\xff"])
def test_a_damaged_description_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "slice.json"
    path.write_bytes(content)

    with pytest.raises(LookupError, match=r"slice\.json: is damaged"):
        read_description(path, ("a",), LookupError)
