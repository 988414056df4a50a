"""A request whose prefetch is read later holds the same as one that is read at once, and is refused
for the same.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from cds_service.protocol.errors import Problem
from cds_service.protocol.json_text import UnreadPrefetch, read_all_but_prefetch, read_json

PATH = "/cds-services/b12-order-select"
ATORVASTATIN = {
    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "617310"}],
    "text": "atorvastatin 20 mg tablet",
}


def read_later(body: bytes) -> Any:
    """Return the whole value, its prefetch read last."""
    value = read_all_but_prefetch(body)
    if isinstance(value, dict) and isinstance(value.get("prefetch"), UnreadPrefetch):
        return value | {"prefetch": dict(value["prefetch"])}
    return value


def outcome(reader: Any, body: bytes) -> Any:
    try:
        return reader(body)
    except Problem as problem:
        return problem.status, problem.text


@pytest.mark.parametrize(
    "body",
    [
        b'{"hook": "h", "prefetch": {"a": 1.00}, "context": {}}',
        b'{"prefetch" :\n\t{"a": {"prefetch": {}}} }',
        b'{"context": {"prefetch": {}}, "prefetch": {}}',
        b'{"context": {"prefetch": {}}, "pre\\u0066etch": {}}',
        b'{"x\\"prefetch": {}, "prefetch": {}}',
        b'{"note": "\\"prefetch\\": {}", "prefetch": {}}',
        b'{"prefetch": {}, "prefetch": {}}',
        b'{"prefetch": {"a": 1}, "prefetch": {}}',
        b'{"prefetch": {}, "pre\\u0066etch": {"a": 1}}',
        b'{"prefetch": {}, "hook": 1, "hook": 2}',
        b'{"prefetch": {}, "context": {"a": 1, "a": 2}}',
        b'{"prefetch": {"a": 1, "a": 2}}',
        b'{"prefetch": {"a": NaN}}',
        b'{"prefetch": {"a": "\xff"}}',
        b'{"prefetch": {"a": "\\ud800"}}',
        b'{"prefetch": {"a": "\x01"}}',
        b'{"prefetch": {"a": 1}',
        b'{"prefetch": {}} x',
        b'{"prefetch": ' + b'{"a":' * 300 + b"1" + b"}" * 301,
        b'{"prefetch": ' + b'{"a":' * 100_000,
        b'{"prefetch": {"a": ' + b"1" * 5000 + b"}}",
        b'\xef\xbb\xbf{"prefetch": {}}',
        b'{"prefetch": null}',
        b'{"prefetch": []}',
        b'{"prefetch": "cut out"}',
        b'{"hook": "h"}',
        b"[]",
        b"",
    ],
)
def test_reading_prefetch_later_gives_the_same_value_or_the_same_refusal_R6_R7_R8(
    body: bytes,
) -> None:
    assert outcome(read_later, body) == outcome(read_json, body)


NAMES = st.sampled_from(["prefetch", "hook", "context", 'x"prefetch', "a"])
VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["prefetch", '"prefetch": {}', "é", "cut out", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(
    st.lists(st.tuples(NAMES, VALUES), max_size=4),
    st.sampled_from([": ", ":", " :\n"]),
    st.booleans(),
)
def test_whatever_stands_beside_prefetch_is_read_the_same(
    members: list[tuple[str, Any]], colon: str, ascii_only: bool
) -> None:
    text = (
        "{"
        + ", ".join(
            f"{json.dumps(name)}{colon}{json.dumps(value, ensure_ascii=ascii_only)}"
            for name, value in members
        )
        + "}"
    )

    assert outcome(read_later, text.encode()) == outcome(read_json, text.encode())


@given(st.data())
def test_a_damaged_request_is_read_the_same(data: st.DataObject) -> None:
    whole = (
        b'{"hook":"order-select",'
        b'"prefetch":{"a":{"b":[1.50,"\\u00e9",null]},"c":"\xc3\xa9"},"context":{"prefetch":{}}}'
    )
    at = data.draw(st.integers(0, len(whole)))
    damaged = (
        whole[:at] + data.draw(st.binary(max_size=2)) + whole[at + data.draw(st.integers(0, 3)) :]
    )

    assert outcome(read_later, damaged) == outcome(read_json, damaged)


def unrelated(order_select: dict[str, Any]) -> dict[str, Any]:
    order_select["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"] = (
        ATORVASTATIN
    )
    return order_select


def damage(request: dict[str, Any], prefetch: bytes) -> bytes:
    return json.dumps(request | {"prefetch": "HERE"}).encode().replace(b'"HERE"', prefetch)


def test_the_prefetch_of_an_unrelated_order_is_not_read(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    body = damage(unrelated(order_select), b'{"labs": {"id": "a", "id": "b"}}')

    answer = client.post(PATH, data=body, content_type="application/json").get_json()
    assert answer["cards"] == []


@pytest.mark.parametrize(
    "prefetch",
    [
        b'{"labs": {]}',
        b'{"labs": NaN}',
        b'{"labs": "\xff"}',
        b'{"labs": "\\x"}',
        b'{"labs": 01}',
        b"{",
    ],
)
def test_malformed_prefetch_of_an_unrelated_order_is_refused_R6_R36(
    client: FlaskClient, order_select: dict[str, Any], prefetch: bytes
) -> None:
    answer = client.post(
        PATH, data=damage(unrelated(order_select), prefetch), content_type="application/json"
    )

    assert answer.status_code == 400
    assert answer.get_json()["issue"][0]["diagnostics"].startswith("The body is not valid JSON")


def test_a_key_twice_in_the_prefetch_of_an_order_of_ours_is_refused(
    client: FlaskClient, order_select: dict[str, Any]
) -> None:
    answer = client.post(
        PATH,
        data=damage(order_select, b'{"labs": {"id": "a", "id": "b"}}'),
        content_type="application/json",
    )

    assert answer.status_code == 400
    assert "an object has the same key twice" in answer.get_json()["issue"][0]["diagnostics"]
