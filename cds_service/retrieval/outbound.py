"""Calls from the service to the outside: no proxy variables, and no address that the caller must
not make us reach.

The address is checked between the name's resolution and the connection, and the connection goes to
the very address that was checked, so a name that resolves differently the second time gains
nothing.

Source: R65, R135.
"""

from __future__ import annotations

import enum
import http.cookiejar
import ipaddress
import socket
import time
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

NAT64 = ipaddress.ip_network("64:ff9b::/96")

SITE_NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
"""Addresses that sites give their own machines. Link-local ones, where clouds keep their metadata,
are not among them.
"""

CLOUD_METADATA = frozenset({"fd00:ec2::254", "fd20:ce::254"})
"""Metadata services that live at an address of the site kind."""

CHUNK = 65_536


class Reach(enum.Enum):
    """Which addresses may be connected to."""

    PUBLIC = "public addresses"
    SITE = "public addresses and the site's own network"
    LOOPBACK = "this machine only"
    ANYWHERE = "every address"


def is_public_address(address: str) -> bool:
    """Say whether an IP address belongs to the public internet, also when it is an IPv4 address
    wrapped in IPv6.
    """
    return may_reach(address, Reach.PUBLIC)


def may_reach(address: str, reach: Reach) -> bool:
    """Say whether an IP address may be connected to; an IPv4 address wrapped in IPv6 counts as what
    is inside.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
        if parsed in NAT64:
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if wrapped:
            return may_reach(str(wrapped), reach)
    if reach is Reach.ANYWHERE or (reach is Reach.LOOPBACK and parsed.is_loopback):
        return True
    is_public = parsed.is_global and not parsed.is_multicast
    return reach in (Reach.PUBLIC, Reach.SITE) and (
        is_public or (reach is Reach.SITE and _is_of_the_site(parsed))
    )


def _is_of_the_site(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return str(address) not in CLOUD_METADATA and any(
        address.version == net.version and address in net for net in SITE_NETWORKS
    )


def _connect(connection: HTTPConnection, reach: Reach) -> socket.socket:
    """Resolve the host and connect, when every address it resolves to may be reached."""
    try:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(
            connection, f"the host name cannot be resolved ({type(error).__name__})"
        ) from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(may_reach(address, reach) for address in addresses):
        raise NewConnectionError(connection, f"the host is not within reach: {reach.value}")
    options: Any = connection.socket_options
    for address in addresses:
        try:
            return create_connection(
                (address, connection.port), connection.timeout, connection.source_address, options
            )
        except OSError as error:
            refused = type(error).__name__
    raise NewConnectionError(connection, f"no connection ({refused})")


def _pools_within(reach: Reach) -> dict[str, type[HTTPConnectionPool]]:
    """Return urllib3's pool classes with connections that check where they go."""

    class CheckedHTTPConnection(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, reach)

    class CheckedHTTPSConnection(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, reach)

    class CheckedHTTPPool(HTTPConnectionPool):
        ConnectionCls = CheckedHTTPConnection

    class CheckedHTTPSPool(HTTPSConnectionPool):
        ConnectionCls = CheckedHTTPSConnection

    return {"http": CheckedHTTPPool, "https": CheckedHTTPSPool}


class _CheckedAdapter(HTTPAdapter):
    """Sends requests through connections that check where they go."""

    def __init__(self, reach: Reach, connections: int) -> None:
        self._reach = reach
        super().__init__(pool_connections=connections, pool_maxsize=connections)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _pools_within(self._reach)


class _NoCookies(http.cookiejar.DefaultCookiePolicy):
    """What one call was given must not travel with the next."""

    def set_ok(self, cookie: http.cookiejar.Cookie, request: Any) -> bool:  # noqa: ARG002
        return False


def open_session(reach: Reach, connections: int = 16) -> requests.Session:
    """Return a session that ignores proxy and certificate variables of the environment, keeps no
    cookies and stays within reach.
    """
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(_NoCookies())
    adapter = _CheckedAdapter(reach, connections)
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter)
    return session


class TooLate(Exception):
    """The deadline passed before the answer was complete."""


class TooLong(Exception):
    """The answer is longer than allowed."""


def get_within(
    session: requests.Session, url: str, headers: Mapping[str, str], deadline: float, longest: int
) -> tuple[int, Mapping[str, str], bytes]:
    """Return status, headers and body of a GET, without following redirects.

    Args:
        deadline: on the clock of `time.monotonic`; an endless or dripping answer ends there too.
        longest: bytes of body, after decompression.
    Raises: TooLate, TooLong, requests.RequestException, urllib3.exceptions.HTTPError, OSError.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TooLate
    with session.get(
        url, headers=dict(headers), timeout=(left, left), stream=True, allow_redirects=False
    ) as answer:
        return answer.status_code, answer.headers, _read(answer.raw, deadline, longest)


def _read(raw: BaseHTTPResponse, deadline: float, longest: int) -> bytes:
    body = bytearray()
    while chunk := raw.read1(CHUNK, decode_content=True):
        body += chunk
        if len(body) > longest:
            raise TooLong
        if time.monotonic() > deadline:
            raise TooLate
    return bytes(body)
