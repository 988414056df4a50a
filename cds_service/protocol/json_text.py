"""JSON as it comes in and goes out: strict, and with every number kept as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

import jiter
import msgspec
import orjson

from cds_service.protocol.errors import Problem
from cds_service.protocol.long_texts import LongText, bound_texts

MOST_VALUES = 1_000_000
"""Values of one JSON text that are read, counted by what begins or parts them; the longest body of
FHIR has about 700,000 (R181).
"""


def read_json(body: bytes) -> Any:
    """Return the JSON value of a request body; numbers with a fraction or exponent are Decimals
    that keep their digits, texts too long to be read are LongTexts.

    Raises: Problem 400 for anything that is not strict JSON: duplicate keys, NaN, a byte order
    mark, invalid UTF-8, too deep nesting; and for more values than are read.
    Source: R1, R6, R7, R8, R181.
    """
    if body.startswith(b"\xef\xbb\xbf"):
        raise Problem(
            400,
            "structure",
            "The body starts with a byte order mark; expected JSON in UTF-8 without one.",
        )
    _check_values(body)
    try:
        value = jiter.from_json(
            body,
            allow_inf_nan=False,
            catch_duplicate_keys=True,
            float_mode="decimal",
            cache_mode="keys",  # what texts say is never kept for the next call
        )
    except ValueError as error:
        raise Problem(
            400, "structure", f"The body is not valid JSON: {_without_content(str(error))}."
        ) from None
    return bound_texts(value, body)


def _check_values(body: bytes) -> None:
    """Raise Problem 400 for a body of more values than are read; no short one holds as many."""
    if len(body) > MOST_VALUES and sum(body.count(sign) for sign in (b",", b"[", b"{")) > (
        MOST_VALUES
    ):
        raise Problem(
            400, "too-costly", f"The body: found too many values, expected at most {MOST_VALUES}."
        )


def _without_content(message: str) -> str:
    """Drop the quoted key that the parser repeats, as a key is content of the request."""
    return re.sub(
        r'Detected duplicate key ".*" at',
        "an object has the same key twice at",
        message,
        flags=re.DOTALL,
    )


class UnreadPrefetch(Mapping[str, Any]):
    """The prefetch of a request, read when it is first looked into; it then raises the Problem 400
    that reading it at once would have.
    """

    def __init__(self, prefetch: bytes, body: bytes) -> None:
        self._prefetch = prefetch
        self._body = body

    @cached_property
    def _read(self) -> dict[str, Any]:
        try:
            read = read_json(b'{"prefetch":' + self._prefetch + b"}")
        except Problem:
            read = read_json(self._body)  # says where in the whole body it is wrong
        prefetch: dict[str, Any] = read["prefetch"]
        return prefetch

    def __getitem__(self, key: str) -> Any:
        return self._read[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


class _OnlyPrefetch(msgspec.Struct):
    prefetch: msgspec.Raw


_FIND_PREFETCH = msgspec.json.Decoder(_OnlyPrefetch)
_PREFETCH_KEY = re.compile(rb'"prefetch"[ \t\r\n]*:[ \t\r\n]*')
_CUT_OUT = b'"cut out"'


def read_all_but_prefetch(body: bytes) -> Any:
    """Return the JSON value of a request as `read_json` does, but the object `prefetch` as
    UnreadPrefetch.

    Most orders are none of ours, and prefetch is nearly all of a request. It is skimmed here:
    malformed JSON and invalid UTF-8 are refused at once, a key that stands twice in one object
    within it only when it is read.

    Raises: Problem 400.
    Source: R7.
    """
    _check_values(body)
    try:
        prefetch = bytes(_FIND_PREFETCH.decode(body).prefetch)
        if not prefetch.isascii():
            prefetch.decode()
    except (ValueError, RecursionError):
        # not an object, without prefetch, or not JSON: the exact parser says what is wrong
        return read_json(body)
    found = _PREFETCH_KEY.search(body)
    if not prefetch.startswith(b"{") or not found or not body.startswith(prefetch, found.end()):
        return read_json(body)
    try:
        rest = read_json(
            b"".join((body[: found.end()], _CUT_OUT, body[found.end() + len(prefetch) :]))
        )
    except Problem:
        return read_json(body)  # says where in the whole body it is wrong
    if rest.get("prefetch") != "cut out":  # it was another member of this name that was found first
        return read_json(body)
    return rest | {"prefetch": UnreadPrefetch(prefetch, body)}


def write_json(value: Any) -> bytes:
    """Return strict JSON in UTF-8; Decimals leave with the digits they came with, and texts that
    were too long to be read leave whole.

    Source: R2, R6, R8, R181.
    """
    try:
        return orjson.dumps(value, _as_it_came, orjson.OPT_PASSTHROUGH_SUBCLASS)
    except TypeError:  # an integer beyond 64 bits, echoed from a draft
        whole = _with_text_integers(value)
        return orjson.dumps(whole, _as_it_came, orjson.OPT_PASSTHROUGH_SUBCLASS)


def write_canonical(value: Any) -> bytes:
    """Return JSON that is the same for values that are the same, whatever the order of members."""
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
    try:
        return orjson.dumps(value, _as_it_came, options)
    except TypeError:  # an integer beyond 64 bits
        return orjson.dumps(_with_text_integers(value), _as_it_came, options)


def _as_it_came(value: Any) -> orjson.Fragment | str:
    if isinstance(value, Decimal) and value.is_finite():  # nearly all that is asked about
        return orjson.Fragment(str(value))
    if isinstance(value, LongText):
        return value.whole
    if isinstance(value, str):
        return str(value)
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
