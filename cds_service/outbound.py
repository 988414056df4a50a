"""Calls from the service to the outside: no proxy variables, and no address that only the inside of a network can reach.

The address is checked between the name's resolution and the connection, and the connection goes to the very address that was checked,
so a name that resolves differently the second time gains nothing.

Source: R65, R135.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

NAT64 = ipaddress.ip_network("64:ff9b::/96")


def is_public_address(address: str) -> bool:
    """Say whether an IP address belongs to the public internet, also when it is an IPv4 address wrapped in IPv6."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(parsed, ipaddress.IPv6Address):
        wrapped = parsed.ipv4_mapped or parsed.sixtofour or (parsed.teredo and parsed.teredo[1])
        if parsed in NAT64:
            wrapped = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        if wrapped:
            return is_public_address(str(wrapped))
    return parsed.is_global and not parsed.is_multicast


def _connect_to_public_address(connection: HTTPConnection) -> socket.socket:
    """Resolve the host and connect, when every address it resolves to is public."""
    try:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NewConnectionError(connection, f"the host name cannot be resolved ({type(error).__name__})") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not all(is_public_address(address) for address in addresses):
        raise NewConnectionError(connection, "the host is not at a public address")
    options: Any = connection.socket_options
    for address in addresses:
        try:
            return create_connection((address, connection.port), connection.timeout, connection.source_address, options)
        except OSError as error:
            refused = type(error).__name__
    raise NewConnectionError(connection, f"no connection ({refused})")


class _PublicHTTPConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _connect_to_public_address(self)


class _PublicHTTPSConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _connect_to_public_address(self)


class _PublicHTTPPool(HTTPConnectionPool):
    ConnectionCls = _PublicHTTPConnection


class _PublicHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PublicHTTPSConnection


class _PublicAdapter(HTTPAdapter):
    """Sends requests through connections that reach public addresses only."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PublicHTTPPool, "https": _PublicHTTPSPool}


def open_session(public_only: bool, connections: int = 16) -> requests.Session:
    """Return a session that ignores proxy and certificate variables of the environment; `public_only` keeps it off private addresses."""
    session = requests.Session()
    session.trust_env = False
    adapter = _PublicAdapter if public_only else HTTPAdapter
    for scheme in ("http://", "https://"):
        session.mount(scheme, adapter(pool_connections=connections, pool_maxsize=connections))
    return session
