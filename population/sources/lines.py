"""Resources that came together, each as the bytes of its JSON and the place it came from.

Lines are not parsed here: most of an export is dropped unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc


@dataclass
class Lines:
    """Resources that came together, as they stand in the file: `raw` holds the JSON of each on a
    line of its own, without a line end after the last.

    `first` is the number of the first line, counted from 1 in its piece, and `step` 1 for lines or
    0 for the resources of one document. `owner` is whose they are where they do not say so
    themselves: the one patient of a Bundle, or empty. `lacks` says why a Bundle is not whole.
    """

    first: int
    raw: bytes
    step: int = 1
    owner: str = ""
    lacks: str = ""

    @cached_property
    def contents(self) -> list[bytes]:
        """The bytes of each."""
        return self.raw.split(b"\n")

    @property
    def array(self) -> pa.BinaryArray:
        """The bytes of each, without a Python object for each."""
        return pc.split_pattern(pa.array([self.raw], pa.binary()), pattern="\n").flatten()

    @cached_property
    def count(self) -> int:
        """How many there are, blank lines among them."""
        return self.raw.count(b"\n") + 1

    def number(self, place: int) -> int:
        """Return the number of the line of one of them."""
        return self.first + place * self.step
