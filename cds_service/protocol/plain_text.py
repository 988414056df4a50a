"""Text that a terminal shows and does not obey."""

from __future__ import annotations

import re
from typing import Any

_OBEYED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]|\r(?!\n)"
)
"""Control characters but tabs and ends of lines, what turns the way of writing, half characters."""


_UNSEEN = re.compile(
    f"{_OBEYED.pattern}|[\u00ad\u200b-\u200f\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What is obeyed, and what is there and not seen."""

_FORMULA = re.compile(r"\s*(?:[=@]|[+-](?![\d.]*\Z))")
"""How a formula begins; a number with its sign, and a sign alone, is none."""

_LINK = re.compile(r"(?<!\\)\[([^\]]+)\]\((https?://[^)\s]+)\)")
"""A link of a card's detail, to a page on the web."""

LONGEST_LINE = 2000
"""Characters of one line of text on a card."""


def make_plain(text: str, longest: int = LONGEST_LINE) -> str:
    """Return text on one line, of visible characters only and not longer than allowed."""
    line = " ".join(text.split())
    if not line.isprintable():
        line = " ".join(_UNSEEN.sub("", line).split())
    return line if len(line) <= longest else line[: longest - 2].rstrip() + " …"


def make_visible(text: str) -> str:
    r"""Return the text with each character that a terminal would obey written out, as \x1b or
    \u202e.
    """
    return _OBEYED.sub(lambda found: _written_out(ord(found.group())), text)


def make_json_visible(text: str) -> str:
    """Return JSON text of the same value in which no such character stands as it is."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def make_all_visible(value: Any) -> Any:
    """Return a JSON value with each of its texts made visible."""
    if isinstance(value, str):
        return make_visible(value)
    if isinstance(value, dict):
        return {make_visible(str(key)): make_all_visible(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [make_all_visible(one) for one in value]
    return value


def lines_of_markdown(text: str) -> list[str]:
    """Return the lines of a card's detail for a reader without a renderer: a link as its words and
    its address, bold and escapes as plain words.
    """
    lines = [line.strip() for line in text.splitlines()]
    return [
        _LINK.sub(r"\1, \2", line).replace("**", "").replace("\\", "") for line in lines if line
    ]


def _written_out(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def make_cell(text: str) -> str:
    """Return text as the cell of a CSV file: made visible, and for a spreadsheet no formula."""
    seen = make_visible(text)
    return f"'{seen}" if _FORMULA.match(seen) else seen
