"""Every line of a file comes once, whole, in order and with its number, however it is cut."""

from __future__ import annotations

import gzip
from pathlib import Path
from random import Random

import pytest

from population.sources import Piece, content, files, find_pieces, read_lines, reading


@pytest.mark.parametrize("seed", range(40))
def test_lines_come_whole_wherever_pieces_and_blocks_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(files, "PIECE_BYTES", chance.choice((40, 200, 1000, 100_000)))
    block = chance.choice((4, 7, 64, 500))
    monkeypatch.setattr(content, "BLOCK_BYTES", block)
    monkeypatch.setattr(reading, "BLOCK_BYTES", block)
    monkeypatch.setattr(reading, "LINES_BYTES", 300)
    lines = [_line(chance) for _ in range(chance.randint(1, 60))]
    ends = [chance.choice((b"\n", b"\n", b"\r\n")) for _ in lines]
    ends[-1] = chance.choice((b"\n", b""))
    whole = b"".join(line + end for line, end in zip(lines, ends, strict=True))
    mark = chance.choice((b"", b"\xef\xbb\xbf"))
    (tmp_path / "a.ndjson").write_bytes(mark + whole)
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(mark + whole))

    for name in ("a.ndjson", "b.ndjson.gz"):
        pieces, _ = find_pieces([tmp_path / name])
        read = [line for piece in pieces for line in _read(piece)]
        assert b"".join(read) == whole, name
        assert [line.rstrip() for line in read] == lines, name


def _line(chance: Random) -> bytes:
    return (
        b'{"a":"'
        + b"x" * chance.choice((0, 3, 30, 250))
        + "é".encode() * (chance.random() < 0.2)
        + b'"}'
    )


def _read(piece: Piece) -> list[bytes]:
    """Return the lines of a piece; the memory they lie in is used again by the next ones."""
    faults: list[tuple[int, str]] = []
    read: list[bytes] = []
    for lines in read_lines(piece, lambda *fault: faults.append(fault), reading.make_room()):
        found = lines.contents.to_pylist()
        assert lines.number(0) == len(read) + 1
        assert not lines.plain or all(map(bytes.isascii, found))
        read += found
    assert faults == []
    return read


def test_a_line_longer_than_what_is_held_is_refused_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "BLOCK_BYTES", 64)
    monkeypatch.setattr(reading, "BLOCK_BYTES", 64)
    monkeypatch.setattr(reading, "LINES_BYTES", 300)
    (tmp_path / "a.ndjson").write_bytes(b'{"a":1}\n' * 60 + b'{"a":"' + b"x" * 900 + b'"}\n')
    (piece,), _ = find_pieces([tmp_path / "a.ndjson"])
    faults: list[tuple[int, str]] = []

    for lines in read_lines(piece, lambda *fault: faults.append(fault), reading.make_room()):
        assert set(lines.contents.to_pylist()) == {b'{"a":1}\n'}

    assert faults == [(61, reading.TOO_LONG)]
