"""Resources that came together, each as the bytes of its JSON and the place it came from.

Lines are not parsed here: most of an export is dropped unread.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True, slots=True)
class Lines:
    """Resources that came together: `contents` holds the JSON of each as it stands in the file,
    with or without a line end behind it; blank lines are among them.

    `first` is the number of the first line, counted from 1 in its piece, and `step` 1 for lines or
    0 for the resources of one document. `owner` is whose they are where they do not say so
    themselves: the one patient of a Bundle, or empty. `lacks` says why a Bundle is not whole.
    """

    first: int
    contents: list[bytes]
    step: int = 1
    owner: str = ""
    lacks: str = ""

    def number(self, place: int) -> int:
        """Return the number of the line of one of them."""
        return self.first + place * self.step


def split_lines(content: bytes) -> list[bytes]:
    """Return the lines of a content, each with its line end."""
    return BytesIO(content).readlines()
