"""Files and folders that a command writes: a file whole or not at all, a folder by one command at a
time; and what stands in them about the step before.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any


class FolderInUse(Exception):
    """Another command writes into the folder, in one sentence."""


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a folder, made where it is not there, for this command alone; the system lets go of it
    with the process, however that ends.

    Raises: FolderInUse.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder, fcntl.LOCK_EX, "is writing into it or reads it"):
        yield


@contextmanager
def held_still(folder: Path) -> Iterator[None]:
    """Hold a folder that is read, by others too, so that no command writes into it meanwhile.

    Raises: FolderInUse.
    """
    with _held(folder, fcntl.LOCK_SH, "is writing into it"):
        yield


@contextmanager
def _held(folder: Path, how: int, other: str) -> Iterator[None]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"{folder}: another b12-cds {other}; wait for its end, or choose another folder."
            ) from None
        except OSError as error:
            if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EBADF):
                raise  # else a file system that knows no locks
        yield
    finally:
        os.close(handle)


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Yield where to write a file; it takes its place when it is whole, else nothing of it stays.

    Raises: OSError that names the file, as of a disk that is full.
    """
    partial = path.with_name(f"{path.name}.{token_hex(4)}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        why = error.strerror or str(error)
        raise OSError(error.errno or errno.EIO, why, str(path)) from None
    finally:
        partial.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whenever the process is killed."""
    with written_whole(path) as partial:
        partial.write_bytes(content)


def read_description(
    path: Path, expected: Iterable[str], refusal: type[Exception]
) -> dict[str, Any]:
    """Return what a step has written about itself: a JSON object with at least these members.

    Raises: the refusal, in one sentence.
    """
    try:
        described = json.loads(path.read_bytes())
    except ValueError:
        described = None
    if not isinstance(described, dict) or not described.keys() >= set(expected):
        raise refusal(
            f"{path}: is damaged, or not what b12-cds population wrote there; remove its folder "
            f"and make it again."
        )
    return described
