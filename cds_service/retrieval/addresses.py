"""Which IP addresses the service connects to: lists of our own, so that they do not change with the
version of Python. Also the connecting, to the very address that was checked, and an answer that
takes no longer than it may.

Source: R65; the special-purpose registries of IANA (RFC 6890) and the metadata services of clouds.
"""

from __future__ import annotations

import enum
import io
import ipaddress
import socket
import time
from collections.abc import Iterable
from http.client import HTTPResponse
from typing import Any

from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Reach(enum.Enum):
    """Which addresses may be connected to."""

    PUBLIC = "public addresses"
    SITE = "public addresses and the site's own network"
    LOOPBACK = "this machine only"
    ANYWHERE = "every address"


def _networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


NEVER = _networks(
    "0.0.0.0/8",  # this network
    "100.100.100.200/32",  # metadata of a cloud
    "168.63.129.16/32",  # platform service of a cloud
    "169.254.0.0/16",  # link-local, metadata of clouds
    "192.0.0.192/32",  # metadata of a cloud
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
    "::/128",  # unspecified
    "fe80::/10",  # link-local
    "fec0::/10",  # site-local, given up
    "fd00:ec2::/32",  # metadata of a cloud
    "fd20:ce::/32",  # metadata of a cloud
    "ff00::/8",  # multicast
)
"""Never connected to, whoever named them."""

LOOPBACK = _networks("127.0.0.0/8", "::1/128")

OF_SITES = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
"""Addresses that sites give their own machines."""

NOT_PUBLIC = _networks(
    "100.64.0.0/10",  # shared by carriers
    "192.0.0.0/24",  # protocol assignments
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT
    "192.88.99.0/24",  # 6to4 relays
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "64:ff9b:1::/48",  # local translation
    "100::/64",  # discard
    "2001::/23",  # protocol assignments
    "2001:db8::/32",  # documentation
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
    "5f00::/16",  # segment routing
)
"""Neither public nor of a site."""

GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
"""Where the public IPv6 internet is; everything else of IPv6 is not public."""

NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
COMPATIBLE = ipaddress.IPv6Network("::/96")
TUNNEL_IDS = (0x00005EFE, 0x02005EFE)
"""Upper half of an interface id in which ISATAP keeps an IPv4 address."""


def may_reach(address: str, reach: Reach) -> bool:
    """Say whether an IP address may be connected to; an IPv4 address wrapped in IPv6 counts as what
    is inside.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = _wrapped(parsed)
        if wrapped is not None:
            return may_reach(str(wrapped), reach)
    if _is_in(parsed, NEVER):
        return False
    match reach:
        case Reach.ANYWHERE:
            return True
        case Reach.LOOPBACK:
            return _is_in(parsed, LOOPBACK)
        case Reach.SITE:
            return _is_in(parsed, OF_SITES) or _is_public(parsed)
        case Reach.PUBLIC:
            return _is_public(parsed)


def connect(connection: HTTPConnection, reach: Reach) -> socket.socket:
    """Resolve the host and connect, when every address it resolves to may be reached. Of several
    each gets its share of the time, so that one at which nobody answers does not take all of it.
    """
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
    seconds = connection.timeout / len(addresses) if connection.timeout else connection.timeout
    for address in addresses:
        try:
            made = create_connection(
                (address, connection.port), seconds, connection.source_address, options
            )
            made.settimeout(connection.timeout)
            return made
        except OSError as error:
            refused = type(error).__name__
    raise NewConnectionError(connection, f"no connection ({refused})")


class TimedResponse(HTTPResponse):
    """An answer that ends at a moment, its header too, however slowly it drips: the time of a
    socket begins anew with each byte.
    """

    def __init__(self, sock: socket.socket, *args: Any, until: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = io.BufferedReader(_Until(sock, until))


class _Until(io.RawIOBase):
    """What comes over a socket until a moment."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self._sock, self._raw, self._until = sock, sock.makefile("rb", buffering=0), until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _is_public(address: Address) -> bool:
    return not _is_in(address, (*LOOPBACK, *OF_SITES, *NOT_PUBLIC)) and (
        isinstance(address, ipaddress.IPv4Address) or address in GLOBAL_V6
    )


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == net.version and address in net for net in networks)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that an IPv6 address carries to; None for one that carries none."""
    value = int(address)
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if address.teredo:
        return address.teredo[1]
    is_compatible = address in COMPATIBLE and value > 1
    if address in NAT64 or is_compatible or (value >> 32) & 0xFFFFFFFF in TUNNEL_IDS:
        return ipaddress.IPv4Address(value & 0xFFFFFFFF)
    return None
