"""Texts are bounded where they enter: no reader sees more than so many characters of one, and what
is sent back is whole.

Source: R181; Q26 (3): a text that was cut is not understood and never decides.
"""

from __future__ import annotations

from typing import Any

LONGEST_TEXT = 4096
"""Characters of one text that are read."""

READ_INSTEAD = "[…]"
"""What every reader finds in the place of a longer text: no letters, so that it is understood as
nothing (Q26 (3)).
"""


class LongText(str):
    """A text too long to be read. As a text it is three signs without meaning; `whole` is as it
    came.
    """

    whole: str

    def __new__(cls, whole: str) -> LongText:
        made = super().__new__(cls, READ_INSTEAD)
        made.whole = whole
        return made

    def __getnewargs__(self) -> tuple[str]:
        return (self.whole,)


def whole_text(text: str) -> str:
    """Return a text as it came, however long."""
    return text.whole if isinstance(text, LongText) else text


def bound_texts(value: Any, body: bytes) -> Any:
    """Return a JSON value with each text that is too long as LongText; `body` is what it was parsed
    from.
    """
    return _bounded(value) if may_hold_long_text(body) else value


def may_hold_long_text(body: bytes) -> bool:
    """Say whether a JSON text could hold a text that is too long: whether so many bytes follow one
    another without a quotation mark.
    """
    if len(body) <= LONGEST_TEXT:
        return False
    if b"\\" in body:  # an escaped quotation mark ends no text
        body = body.replace(b"\\\\", b"..").replace(b'\\"', b"..")
    at = 0
    while at + LONGEST_TEXT < len(body):
        quote = body.rfind(b'"', at, at + LONGEST_TEXT + 1)
        if quote < 0:
            return True
        at = quote + 1
    return False


def _bounded(value: Any) -> Any:
    if isinstance(value, str):
        return LongText(value) if len(value) > LONGEST_TEXT else value
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, str | dict | list):
                value[key] = _bounded(item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            if isinstance(item, str | dict | list):
                value[number] = _bounded(item)
    return value
