"""How far a request is, told from its bytes: the same however they are cut, and as the server's own
parser finds it.
"""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.wire.incoming import LONGEST_HEAD, MOST_CHUNKS, Incoming, State, origin_of

LONGEST = 1000
POST = b"POST /cds-services/b12-order-select HTTP/1.1\r\nHost: x\r\n"

WHOLE = {
    "no body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an empty line before it": b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a body of known length": POST + b"Content-Length: 4\r\n\r\nabcd",
    "a length of nothing": POST + b"Content-Length: 0\r\n\r\n",
    "the longest body": POST + b"Content-Length: 1000\r\n\r\n" + b"x" * LONGEST,
    "chunks": POST
    + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n",
    "a chunk size with zeros in front": POST
    + b"Transfer-Encoding: chunked\r\n\r\n0000000000004\r\nabcd\r\n0\r\n\r\n",
    "no chunks": POST + b"transfer-encoding:\tChunked \r\n\r\n0\r\n\r\n",
    "trailers": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: y\r\nZ: z\r\n\r\n",
    "continue": POST + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
}
ODD = {
    "lines that end with LF alone": b"GET / HTTP/1.1\nHost: x\n\n",
    "two lengths": POST + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\n",
    "a length that is none": POST + b"Content-Length: +4\r\n\r\n",
    "a chunk size that is none": POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n",
    "a negative chunk size": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nabc\r\n",
    "a chunk longer than its size": POST
    + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n0\r\n\r\n",
}
"""Handed over as they are: the parser of the server refuses them."""

REFUSED = {
    "a body one byte too long": (413, POST + b"Content-Length: 1001\r\n\r\n"),
    "a length of many digits": (413, POST + b"Content-Length: " + b"9" * 400 + b"\r\n\r\n"),
    "chunks that are too long": (413, POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFF\r\n"),
    "a chunk size of many digits": (
        413,
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 18 + b"\r\n{}\r\n",
    ),
    "chunks whose lines end with LF alone": (
        400,
        POST + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n",
    ),
    "many chunks": (
        400,
        POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * (MOST_CHUNKS + 1),
    ),
    "another coding": (400, POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n"),
    "length and chunks": (400, POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "a long first line": (414, b"GET /" + b"x" * 9000),
    "long headers": (431, POST + b"X: " + b"y" * LONGEST_HEAD),
    "long trailers": (
        431,
        POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * LONGEST_HEAD,
    ),
}


def given_bytes(data: bytes, longest: int = LONGEST) -> Incoming:
    incoming = Incoming(longest)
    incoming.add(data)
    return incoming


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_request_is_whole_with_its_last_byte_and_not_before_R183(data: bytes) -> None:
    for number in range(1, len(data)):
        assert given_bytes(data[:number]).state in (State.HEAD, State.BODY), data[:number]
    assert given_bytes(data).state is State.WHOLE


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
@given(cuts=st.lists(st.integers(1, 1100), max_size=8))
def test_it_does_not_matter_how_a_request_is_cut(data: bytes, cuts: list[int]) -> None:
    incoming = Incoming(LONGEST)
    places = [0, *sorted({cut for cut in cuts if cut < len(data)}), len(data)]
    for start, end in pairwise(places):
        incoming.add(data[start:end])

    assert incoming.state is State.WHOLE
    head, body = incoming.take()
    assert head + (body or b"") == data
    assert incoming.state is State.IDLE


@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_what_is_odd_is_left_to_the_parser_at_once_R186(data: bytes) -> None:
    assert given_bytes(data).state is State.WHOLE


@pytest.mark.parametrize(("status", "data"), REFUSED.values(), ids=REFUSED)
def test_what_is_too_long_is_refused_before_it_comes_R184(status: int, data: bytes) -> None:
    incoming = given_bytes(data, 10**6 if status == 400 else LONGEST)

    assert incoming.state is State.REFUSED
    assert incoming.refusal
    assert incoming.refusal.status == status


def test_a_client_that_waits_to_be_told_to_go_on_is_known() -> None:
    waits = b"Expect: 100-Continue\r\nContent-Length: 2\r\n\r\n"

    assert given_bytes(POST + waits).expects_continue
    assert not given_bytes(POST + waits.replace(b": 2", b": 2000")).expects_continue
    assert not given_bytes(POST + b"Content-Length: 2\r\n\r\n").expects_continue


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_what_comes_after_a_request_is_the_next_one(data: bytes) -> None:
    incoming = given_bytes(data + WHOLE["a body of known length"])
    head, body = incoming.take()

    if body is None:  # chunks: the parser finds the end, and gives back the rest
        assert head == data + WHOLE["a body of known length"]
        assert incoming.state is State.IDLE
    else:
        assert head + body == data
        assert incoming.state is State.WHOLE
        assert incoming.take()[1] == b"abcd"


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (POST + b"Origin: https://ehr.example\r\nContent-Length: 9\r\n\r\n", "https://ehr.example"),
        (POST + b"origin:https://ehr.example \r\nX: half of a", "https://ehr.example"),
        (POST + b"X-Origin: https://ehr.example\r\nContent-Length: 9\r\n\r\n", None),
        (POST + b"Content-Length: 90\r\n\r\n\r\nOrigin: https://ehr.example\r\n", None),
        (b"", None),
    ],
    ids=["whole head", "half a head", "another header", "in the body", "nothing"],
)
def test_a_refusal_knows_the_origin_that_the_head_names_R141(
    data: bytes, origin: str | None
) -> None:
    assert origin_of(given_bytes(data).head) == origin


@pytest.mark.parametrize("name", [b"Content-Length", b"Transfer-Encoding", b"Expect", b"Origin"])
@pytest.mark.parametrize("run", [b" ", b"\t", b"x"])
def test_a_long_header_holds_up_nobody_R183(name: bytes, run: bytes) -> None:
    head = POST + name + b": a" + run * (LONGEST_HEAD - 200) + b"a\r\n\r\n"
    started = time.process_time()
    incoming = Incoming(LONGEST)
    incoming.add(head)
    origin_of(incoming.head)  # looked up when a request is refused

    assert time.process_time() - started < 0.5  # minutes, were the end of the run looked for anew
