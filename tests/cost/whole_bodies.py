"""Requests as long as a body may be, each filled with one thing: whatever fills it, an answer must
not cost more than 2 s of processor (R182).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cds_service.protocol import write_json
from tests.cost.dimensions import COUNTS, LOINC, SUBJECT, Json, request, with_draft, with_entries

BODY_BYTES = 10_485_760
ROOM = 10_400_000
"""Bytes that are filled; the rest is the request around it."""

SIGNS = ("x", "9", " ", "é", "\\u0000", '\\"', "<", "hydroxocobalamin ")


def put(body: Json, place: str, filling: bytes) -> bytes:
    """Return the request with JSON put where the text `PLACE` stands."""
    text = write_json(body)
    assert text.count(place.encode()) == 1
    return text.replace(f'"{place}"'.encode(), filling)


def of_extension(filling: bytes) -> bytes:
    return put(request() | {"extension": {"x": "PLACE"}}, "PLACE", filling)


def of_prefetch(filling: bytes) -> bytes:
    body = request()
    body["prefetch"]["other"] = "PLACE"
    return put(body, "PLACE", filling)


def of_draft(filling: bytes) -> bytes:
    return put(with_draft(lambda one: one.update(extension="PLACE")), "PLACE", filling)


def of_result(filling: bytes) -> bytes:
    entry = {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "subject": SUBJECT,
        "code": {"coding": [{"system": LOINC, "code": "2132-9"}]},
        "valueQuantity": "PLACE",
    }
    return put(with_entries("labs", [entry]), "PLACE", filling)


def many(one: bytes, room: int = ROOM) -> bytes:
    """Return an array of one thing again and again."""
    return b"[" + b",".join([one] * (room // (len(one) + 1))) + b"]"


def nested(opened: bytes, closed: bytes) -> bytes:
    number = ROOM // (len(opened) + len(closed))
    return opened * number + b"1" + closed * number


def of_size(build: Callable[[int], Json]) -> bytes:
    """Return the longest request of a dimension that is within the limits of body and counts."""
    size = 19_900
    while size > 1 and len(write_json(build(size))) > BODY_BYTES:
        size = size * 9 // 10
    return write_json(build(size))


FILLINGS: dict[str, bytes] = {
    "numbers": many(b"1"),
    "fractions": many(b"1.1e30"),
    "truths": many(b"true"),
    "empty objects": many(b"{}"),
    "objects": many(b'{"a":{"b":[1,{"c":"d"}]}}'),
    "resources": many(b'{"resourceType":"Basic","id":"b"}'),
    "Bundles": many(b'{"resourceType":"Bundle","entry":[{"resource":{}}]}'),
    "references": many(b'{"reference":"Patient/p"}'),
    "keys": b"{" + b",".join(b'"k%d":1' % n for n in range(ROOM // 13)) + b"}",
    "deep arrays": nested(b"[", b"]"),
    "deep objects": nested(b'{"a":', b"}"),
    "deep Bundles": nested(b'{"resourceType":"Bundle","entry":[{"resource":', b"}]}"),
    "one long number": b"9" * ROOM,
    "one long fraction": b"0." + b"9" * ROOM,
    "white space": b"[" + b" " * ROOM + b"]",
    **{
        f"one long text of {sign.strip() or 'spaces'}": b'"'
        + (sign * (ROOM // len(sign.encode()))).encode()
        + b'"'
        for sign in SIGNS
    },
    "texts": many(b'"Vitamin B12 deficiency"'),
    "long texts": many(b'"' + b"vitamin b12 " * 330 + b'"'),
}

PLACES: dict[str, Callable[[bytes], bytes]] = {
    "extension": of_extension,
    "prefetch of another key": of_prefetch,
    "draft": of_draft,
    "value of a result": of_result,
}


def whole_bodies(places: Iterable[str] = tuple(PLACES)) -> dict[str, Callable[[], bytes]]:
    """Return what makes each body by the name of what fills it, in each of these places."""
    filled: dict[str, Callable[[], bytes]] = {
        f"{what} in {place}": lambda place=place, filling=filling: PLACES[place](filling)  # type: ignore[misc]
        for what, filling in FILLINGS.items()
        for place in places
    }
    counted: dict[str, Callable[[], bytes]] = {
        name: lambda build=build: of_size(build)  # type: ignore[misc]
        for name, build in COUNTS.items()
    }
    return filled | counted
