"""Calls from the service to the outside: to an address that was read once, without proxy variables,
and to no IP address that the caller must not make us reach.

The IP address is checked between the name's resolution and the connection, and the connection goes
to the very one that was checked, so a name that resolves differently the second time gains nothing.

Source: R65, R135, R178, R179.
"""

from __future__ import annotations

import functools
import socket
import ssl
import threading
import time
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

import certifi
from urllib3 import (
    BaseHTTPResponse,
    HTTPConnectionPool,
    HTTPResponse,
    HTTPSConnectionPool,
    PoolManager,
    Retry,
    Timeout,
)
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import LocationValueError
from urllib3.util.ssl_ import create_urllib3_context

from cds_service.retrieval.addresses import Reach, TimedResponse, connect
from cds_service.site import WebAddress

if TYPE_CHECKING:
    import requests

CHUNK = 65_536

LONGEST_IDLE_SECONDS = 30.0
"""A connection that was idle for longer is not used again: firewalls forget connections, some after
a minute, and say nothing, so that what is sent then is never answered.
"""


def trust(authorities: str) -> ssl.SSLContext:
    """Return what certificates of servers are checked by: the public authorities, and these. It is
    made once a process: reading them takes as long as several answers of a FHIR server.
    """
    with _ONE_READS:
        return _read_trusted(authorities)


_ONE_READS = threading.Lock()
"""Queries side by side would each read the authorities."""


@functools.lru_cache(maxsize=4)
def _read_trusted(authorities: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.load_verify_locations(certifi.where(), cadata=authorities or None)
    return context


class TooLate(Exception):
    """The deadline passed before the answer was complete."""


class TooLong(Exception):
    """The answer is longer than allowed."""


class Outbound:
    """Connections within one reach. It keeps no cookies, asks no proxy and reads nothing of the
    environment. `authorities` are trusted besides the public ones, as PEM text.
    """

    def __init__(self, reach: Reach, connections: int = 16, authorities: str = "") -> None:
        self._pools = PoolManager(connections, maxsize=connections)
        self._pools.pool_classes_by_scheme = _pools_within(reach)
        self._authorities = authorities

    def open(
        self, address: WebAddress, headers: Mapping[str, str], seconds: float
    ) -> BaseHTTPResponse:
        """Send a GET to the origin of the address, and return the answer unread.

        Raises: LocationValueError when the connection would go to another origin than the address
        says; urllib3.exceptions.HTTPError, OSError.
        """
        tls = {"ssl_context": trust(self._authorities)} if address.scheme == "https" else None
        pool = self._pools.connection_from_host(
            address.host, address.port, address.scheme, pool_kwargs=tls
        )
        if (pool.scheme, pool.host, pool.port) != (
            address.scheme,
            address.host.strip("[]"),
            address.port,
        ):
            raise LocationValueError("the connection is to another origin")
        return pool.urlopen(
            "GET",
            address.target,
            headers=dict(headers),
            timeout=Timeout(connect=seconds, read=seconds),
            retries=False,
            redirect=False,
            preload_content=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._pools.clear()

    def __enter__(self) -> Outbound:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _Checked(HTTPConnection):
    """A connection that checks where it goes, and is not used again after it was idle for long.

    A GET that crosses with the server closing it is asked once more, over a new one; never where
    the connection was new itself, and never where the server only says nothing.
    """

    reach: Reach
    used_at = 0.0
    asked = 0
    """Requests over the present socket."""
    again: tuple[tuple[Any, ...], dict[str, Any], float] | None = None
    """What to ask again, and by when; held until its answer, as it has the token."""

    def _new_conn(self) -> socket.socket:
        self.used_at = time.monotonic()
        self.asked = 0
        return connect(self, self.reach)

    def request(self, *args: Any, **options: Any) -> None:
        self.used_at = time.monotonic()
        kept = self.asked > 0 and not self.is_closed
        until = self.used_at + (self.timeout or 0.0)
        self.response_class = functools.partial(TimedResponse, until=until)  # type: ignore
        self.again = (args, options, until) if kept and args[0] == "GET" else None
        try:
            super().request(*args, **options)
        finally:
            self.asked += 1

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as in urllib3
        again, self.again = self.again, None
        try:
            return super().getresponse()
        except (ConnectionError, ssl.SSLEOFError):
            left = again[2] - time.monotonic() if again else 0.0
            if again is None or left <= 0:
                raise
        self.close()
        self.timeout = left
        self.request(*again[0], **again[1])
        return super().getresponse()

    @property
    def is_connected(self) -> bool:
        return super().is_connected and time.monotonic() - self.used_at < LONGEST_IDLE_SECONDS


def _pools_within(own_reach: Reach) -> dict[str, type[HTTPConnectionPool]]:
    """Return urllib3's pool classes with connections that check where they go."""

    class CheckedHTTPConnection(_Checked):
        reach = own_reach

    class CheckedHTTPSConnection(CheckedHTTPConnection, HTTPSConnection):
        """The same by https."""

    class CheckedHTTPPool(HTTPConnectionPool):
        ConnectionCls = CheckedHTTPConnection

    class CheckedHTTPSPool(HTTPSConnectionPool):
        ConnectionCls = CheckedHTTPSConnection

    return {"http": CheckedHTTPPool, "https": CheckedHTTPSPool}


def get_within(
    outbound: Outbound,
    address: WebAddress,
    headers: Mapping[str, str],
    deadline: float,
    longest: int,
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of a GET, without following redirects.

    Args:
        deadline: on the clock of `time.monotonic`; an endless or dripping answer ends there too.
        longest: bytes of body, after decompression.
    Raises: TooLate, TooLong, urllib3.exceptions.HTTPError, OSError, ValueError.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate
    answer = outbound.open(address, headers, left)
    try:
        return answer.status, answer.headers, _read(answer, deadline, longest)
    finally:
        answer.close()
        answer.release_conn()


def _read(raw: BaseHTTPResponse, deadline: float, longest: int) -> bytes:
    body = bytearray()
    while chunk := raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > longest:
            raise TooLong
        if time.monotonic() > deadline:
            raise TooLate
    return bytes(body)


def let_go(error: BaseException | None) -> None:
    """Empty the frames that an error went through: they hold the error and the answer read so far,
    and would stay until collected.
    """
    while error is not None:
        traceback.clear_frames(error.__traceback__)
        error = error.__context__


def certificate_problem(error: BaseException | None) -> str:
    """Return what is wrong with the certificate that a server showed, as a clause; empty when that
    is not why a call failed.
    """
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return CERTIFICATE_PROBLEMS.get(error.verify_code, NOT_TRUSTED)
        error = error.__cause__ or error.__context__
    return ""


NOT_TRUSTED = "is of no authority that is trusted here"
CERTIFICATE_PROBLEMS: Mapping[int, str] = {
    9: "is not valid yet",
    10: "has expired",
    62: "is for another name",
    64: "is for another address",
}
"""What is said of the codes with which OpenSSL refuses a certificate (X509_V_ERR)."""


def describe_failure(error: BaseException) -> str:
    """Return why no answer came: what is wrong with the certificate, else the kind of the error."""
    wrong = certificate_problem(error)
    return f"its certificate {wrong}" if wrong else type(error).__name__


def plain_session(authorities: str = "", retries: Retry | int = 0) -> requests.Session:
    """Return a session for the command line: no proxy, no credentials and no certificates but what
    it is given. `authorities` are trusted besides the public ones, as PEM text.
    """
    import requests  # only here: the service itself has no use for it
    from requests.adapters import HTTPAdapter

    class Trusting(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, ca_cert_data=authorities or None, **options)

    session = requests.Session()
    session.trust_env = False
    session.mount("https://", Trusting(max_retries=retries))
    session.mount("http://", HTTPAdapter(max_retries=retries))
    return session
