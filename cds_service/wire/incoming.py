"""What came of one HTTP/1.1 request so far, and whether it is whole.

Only the framing is looked at: where the head ends and how long the body is. Whatever looks odd is
called whole at once, so that the parser of the server, which is strict, refuses it.

Source: R183, R184, R186; RFC 9112 section 6 and 7.
"""

from __future__ import annotations

import enum
import re

from cds_service.protocol import Problem

LONGEST_LINE = 8190
"""Bytes of the first line; the parser reads as many."""

LONGEST_HEAD = 65_536
"""Bytes of all headers; tokens of 16,384 characters fit, and nothing honest is longer."""

MOST_CHUNKS = 20_000
"""Chunks of one body: ten megabytes in pieces of 512 bytes."""

_END = b"\r\n\r\n"
_BARE_LF = re.compile(rb"(?<!\r)\n")
_FRAMING = re.compile(
    rb"\r\n(content-length|transfer-encoding|expect):([^\r\n]*)(?=\r\n)", re.IGNORECASE
)
"""The spaces around a value are cut off afterwards: looked for here, a long run of them would take
the loop minutes.
"""

_ORIGIN = re.compile(rb"\r\norigin:[ \t]*([!-~]{1,255})[ \t]*\r\n", re.IGNORECASE)
_SIZE = re.compile(rb"[0-9a-fA-F]+")


class State(enum.Enum):
    """How far a request is."""

    IDLE = "nothing came"
    HEAD = "the head is not whole"
    BODY = "the body is not whole"
    WHOLE = "it can be answered"
    REFUSED = "it is longer than is read"


def origin_of(head: bytes) -> str | None:
    """Return the origin that a browser's request names, as far as its head came."""
    found = _ORIGIN.search(head)
    return found[1].decode("ascii") if found else None


class Incoming:
    """The bytes of a connection from the beginning of a request on. `refusal` is what to answer in
    the state REFUSED; `expects_continue` whether the client waits to be told to go on.
    """

    def __init__(self, longest_body: int) -> None:
        self._longest_body = longest_body
        self._start()

    def _start(self) -> None:
        self._bytes = bytearray()
        self._searched = 0
        self._begins = 0
        self._ends = 0
        self._chunk = 0
        self._chunked = False
        self._body = 0
        self._chunks = 0
        self.state = State.IDLE
        self.refusal: Problem | None = None
        self.expects_continue = False

    def __len__(self) -> int:
        return len(self._bytes)

    @property
    def head(self) -> bytes:
        """The head of the request, as far as it came."""
        return bytes(self._bytes[: self._begins or LONGEST_HEAD])

    def add(self, data: bytes | memoryview) -> State:
        """Take bytes that came, and return how far the request is now."""
        self._bytes += data
        if self._bytes and self.state is State.IDLE:
            self.state = State.HEAD
        if self.state is State.HEAD:
            self._read_head()
        if self.state is State.BODY:
            self._read_chunks() if self._chunked else self._read_length()
        return self.state

    def take(self) -> tuple[bytes, bytes | None]:
        """Return head and body of a request that is whole, and begin with what came after it. The
        body is `None` where the parser has to find it in what follows the head: of chunks, and of
        what is odd.
        """
        came, begins, ends = self._bytes, self._begins, self._ends
        if self.state is not State.WHOLE or not ends or self._chunked:
            self._start()
            return bytes(came), None
        self._start()
        with memoryview(came) as view:
            if len(came) > ends:
                self.add(view[ends:])
            return bytes(view[:begins]), bytes(view[begins:ends])

    def _read_head(self) -> None:
        ends = self._bytes.find(_END, max(0, self._searched - 3))
        if ends < 0:
            searched, self._searched = max(0, self._searched - 1), len(self._bytes)
            if _BARE_LF.search(self._bytes, searched):
                self.state = State.WHOLE
            elif len(self._bytes) > LONGEST_LINE and b"\r\n" not in self._bytes:
                self._refuse(414, f"The first line is too long: at most {LONGEST_LINE} bytes.")
            elif len(self._bytes) > LONGEST_HEAD:
                self._refuse(431, f"The headers are too long: at most {LONGEST_HEAD} bytes.")
            return
        if ends > LONGEST_HEAD:
            self._refuse(431, f"The headers are too long: at most {LONGEST_HEAD} bytes.")
            return
        self._begin_body(bytes(self._bytes[: ends + 2]), ends + len(_END))

    def _begin_body(self, head: bytes, begins: int) -> None:
        fields: dict[bytes, list[bytes]] = {}
        for name, value in _FRAMING.findall(head):
            fields.setdefault(name.lower(), []).append(value.strip(b" \t"))
        lengths = fields.get(b"content-length", [])
        codings = [coding.lower() for coding in fields.get(b"transfer-encoding", [])]
        expected = [value.lower() for value in fields.get(b"expect", [])]
        self.state = State.WHOLE
        self._begins = begins
        if codings and (codings != [b"chunked"] or lengths):
            self._refuse(400, "Transfer-Encoding: expected chunked, without Content-Length.")
        elif codings:
            self.state, self._chunked, self._chunk = State.BODY, True, begins
        elif len(lengths) == 1 and lengths[0].isdigit() and not codings:
            length = int(lengths[0][:20])
            self._ends = begins + length
            self.state = State.BODY if length else State.WHOLE
            self._check_length(length)
        elif not lengths:
            self._ends = begins
        self.expects_continue = self.state is State.BODY and expected == [b"100-continue"]

    def _check_length(self, length: int) -> None:
        if length > self._longest_body:
            text = f"The body is too long: at most {self._longest_body} bytes are read."
            self._refuse(413, text)

    def _read_length(self) -> None:
        if len(self._bytes) >= self._ends:
            self.state = State.WHOLE

    def _read_chunks(self) -> None:
        """Walk over the chunks that are whole; the walk goes on where it ended."""
        walks = True
        while walks and self.state is State.BODY:
            ends = self._bytes.find(b"\r\n", self._chunk)
            size = self._size_of_chunk(ends) if ends >= 0 else None
            if ends < 0:
                self._check_size_line()
                walks = False
            elif size is None:
                self.state = State.WHOLE
            elif size == 0:
                self._read_trailers(ends)
                walks = False
            else:
                self._check_length(self._body + size)
                walks = self._next_chunk(size, ends + 2 + size + 2)

    def _check_size_line(self) -> None:
        """Refuse the beginning of a line with a chunk's size that no more bytes make right."""
        if self._bytes.find(b"\n", self._chunk) >= 0:
            self._refuse(400, "The body of the request is not framed as HTTP says.")
        elif len(self._bytes) - self._chunk > LONGEST_LINE:
            self.state = State.WHOLE

    def _size_of_chunk(self, ends: int) -> int | None:
        written = bytes(self._bytes[self._chunk : ends]).partition(b";")[0].rstrip(b" \t")
        return int(written, 16) if _SIZE.fullmatch(written) else None

    def _next_chunk(self, size: int, after: int) -> bool:
        """Step over a chunk that ends before `after`; return False when it is not whole."""
        if len(self._bytes) < after:
            return False
        if self._bytes[after - 2 : after] != b"\r\n":
            self.state = State.WHOLE
            return False
        self._body += size
        self._chunks += 1
        self._chunk = after
        if self._chunks > MOST_CHUNKS:
            self._refuse(400, f"The body comes in more than {MOST_CHUNKS} chunks.")
        return True

    def _read_trailers(self, ends: int) -> None:
        has_none = self._bytes[ends + 2 : ends + 4] == b"\r\n"
        if has_none or self._bytes.find(_END, ends) >= 0:
            self.state = State.WHOLE
        elif len(self._bytes) - ends > LONGEST_HEAD:
            self._refuse(431, f"The trailers are too long: at most {LONGEST_HEAD} bytes.")

    def _refuse(self, status: int, text: str) -> None:
        self.state = State.REFUSED
        self.refusal = Problem(status, "structure" if status == 400 else "too-long", text)
