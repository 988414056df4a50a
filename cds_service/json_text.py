"""JSON as it comes in and goes out: strict, and with every number kept as it was written."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import jiter
import orjson

from cds_service.problems import Problem

DEEPEST = 200
"""Levels of nesting that are read; the parser refuses more."""


def read_json(body: bytes) -> Any:
    """Return the JSON value of a request body; numbers with a fraction or exponent are Decimals that keep their digits.

    Raises: Problem 400 for anything that is not strict JSON: duplicate keys, NaN, a byte order mark, invalid UTF-8, too deep nesting.
    Source: R1, R6, R7, R8.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        raise Problem(400, "structure", "The body starts with a byte order mark; expected JSON in UTF-8 without one.")
    try:
        return jiter.from_json(body, allow_inf_nan=False, catch_duplicate_keys=True, float_mode="decimal")
    except ValueError as error:
        raise Problem(400, "structure", f"The body is not valid JSON: {_without_content(str(error))}.") from None


def _without_content(message: str) -> str:
    """Drop the quoted key that the parser repeats, as a key is content of the request."""
    return re.sub(r'Detected duplicate key ".*" at', "an object has the same key twice at", message, flags=re.DOTALL)


def write_json(value: Any) -> bytes:
    """Return strict JSON in UTF-8; Decimals leave with the digits they came with.

    Source: R2, R6, R8.
    """
    try:
        return orjson.dumps(value, default=_number_text)
    except TypeError:  # an integer beyond 64 bits, echoed from a draft
        return orjson.dumps(_with_text_integers(value), default=_number_text)


def _number_text(value: Any) -> orjson.Fragment:
    if isinstance(value, Decimal) and value.is_finite():
        return orjson.Fragment(str(value))
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _with_text_integers(value: Any) -> Any:
    match value:
        case dict():
            return {key: _with_text_integers(item) for key, item in value.items()}
        case list() | tuple():
            return [_with_text_integers(item) for item in value]
        case int() if not isinstance(value, bool):
            return orjson.Fragment(str(value))
        case _:
            return value
