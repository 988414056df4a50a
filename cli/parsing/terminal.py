"""What goes to the terminal: nothing that it would obey, but for colours of our own."""

from __future__ import annotations

import json
import sys
from typing import Any, TextIO

from cds_service.protocol import make_json_visible, make_visible, write_json


class VisibleOutput:
    """Standard output that shows control characters of records, files and servers and never sends
    them on.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write the text made visible."""
        self.stream.write(make_visible(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def print_coloured(text: str) -> None:
    """Print text that is made visible already and holds colours of our own."""
    stream = sys.stdout.stream if isinstance(sys.stdout, VisibleOutput) else sys.stdout
    stream.write(text)


def print_json(value: Any) -> None:
    """Print a JSON value on one line; half characters, which UTF-8 has not, are written out."""
    sys.stdout.flush()
    try:
        text = make_json_visible(write_json(value).decode("utf-8"))
    except TypeError:
        text = json.dumps(value)
    sys.stdout.buffer.write(f"{text}\n".encode())  # UTF-8, whatever the terminal is set to
    sys.stdout.buffer.flush()


def say_problem(text: str) -> None:
    """Print one sentence on standard error."""
    print(make_visible(text), file=sys.stderr)
