"""One parser of web addresses, for settings, requests, links and redirects: the library that
connects reads the text once, and what it reads must be exactly what is written.

Two parsers that read one text differently send a token to a host that nobody allowed. So a text is
refused when any part of it could be read in two ways, and afterwards only its parts are used.

Source: R65, R178 to R180.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable

import msgspec
from msgspec.structs import replace
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

LONGEST_ADDRESS = 8192
"""Characters of an address that is read at all."""

LONGEST_HOST = 253

USUAL_PORTS = {"http": 80, "https": 443}

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without space and backslash."""

_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.(?!-)[a-z0-9_-]{1,63})*")
_NUMBER_LIKE = re.compile(r"(?:.*\.)?(?:\d+|0x[0-9a-f]*)")
_HIDDEN = re.compile(r"%(?:[01][0-9a-f]|7f|2e|2f|5c|25)", re.IGNORECASE)
"""Control characters, dots, slashes, backslashes and per cent signs that a second decoding would
bring out in a path.
"""


class WebAddress(msgspec.Struct, frozen=True):
    """An http or https address in parts. `host` is in lower case, an IPv6 address in brackets;
    `path` has no slash at its end; `query` is None where there is none.
    """

    scheme: str
    host: str
    port: int
    path: str = ""
    query: str | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what a token is bound to."""
        return self.scheme, self.host, self.port

    @property
    def target(self) -> str:
        """What stands in the request line."""
        return (self.path or "/") + ("" if self.query is None else f"?{self.query}")

    def __str__(self) -> str:
        port = "" if self.port == USUAL_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{self.host}{port}" + (
            self.path if self.query is None else self.target
        )

    def holds(self, other: WebAddress) -> bool:
        """Say whether another address has this origin, and this path or one below it."""
        return other.origin == self.origin and f"{other.path}/".startswith(f"{self.path}/")

    def below(self, relative: str) -> WebAddress:
        """Return the address of a path and query below this one; both are ours, and quoted."""
        path, mark, query = relative.partition("?")
        return replace(self, path=f"{self.path}/{path}", query=query if mark else None)

    def without(self, parameter: str) -> WebAddress:
        """Return the address with this parameter taken out of its query."""
        if self.query is None:
            return self
        kept = [one for one in self.query.split("&") if one.partition("=")[0] != parameter]
        return replace(self, query="&".join(kept))

    def follow(self, link: str) -> WebAddress | None:
        """Return where a link on this page leads; None when it cannot be read in one way only.

        A link that names another host and no scheme (`//host/x`) is none.
        """
        if _ABSOLUTE.match(link):
            return read_address(link)
        if not link or link.startswith("//"):
            return None
        start = str(replace(self, path="", query=None))
        if link.startswith("?"):
            return read_address(f"{start}{self.path or '/'}{link}")
        folder = "/" if link.startswith("/") else f"{self.path.rpartition('/')[0]}/"
        return read_address(f"{start}{folder}{link.removeprefix('/')}")


def read_address(text: str) -> WebAddress | None:
    """Return the parts of an absolute http or https address; None for any text that two parsers
    could read differently.

    Refused are user names, backslashes, white space, control and non-ASCII characters, fragments,
    empty hosts, dots at the end of a host, hosts that are numbers in another form than four
    decimals, ports that are empty, 0 or written with zeros in front, empty or dot segments, and
    escaped characters in the path that would mean something else when decoded.
    """
    if len(text) > LONGEST_ADDRESS or not _PLAIN.fullmatch(text) or "#" in text:
        return None
    try:
        parsed = parse_url(text)
    except (LocationParseError, ValueError):
        return None
    scheme, host = parsed.scheme or "", (parsed.host or "").lower()
    if scheme not in USUAL_PORTS or parsed.auth is not None or not _is_host(host):
        return None
    port = parsed.port if parsed.port is not None else USUAL_PORTS[scheme]
    if not 0 < port < 65536 or not _is_written(text, scheme, host, parsed.port):
        return None
    if not _is_plain_path(text):
        return None
    return WebAddress(scheme, host, port, (parsed.path or "").rstrip("/"), parsed.query)


def _is_host(host: str) -> bool:
    """Say whether a host is a name in ASCII, or an address in its usual form."""
    if len(host) > LONGEST_HOST:
        return False
    if host.startswith("["):
        try:
            return "%" not in host and bool(ipaddress.IPv6Address(host.strip("[]")))
        except ValueError:
            return False
    if _NUMBER_LIKE.fullmatch(host):
        try:
            return str(ipaddress.IPv4Address(host)) == host
        except ValueError:
            return False
    return bool(_HOST_NAME.fullmatch(host))


def _is_written(text: str, scheme: str, host: str, port: int | None) -> bool:
    """Say whether the text begins with these very parts, and nothing else stands between them."""
    start = f"{scheme}://{host}" + ("" if port is None else f":{port}")
    rest = text[len(start) :]
    return text[: len(start)].lower() == start and rest[:1] in ("", "/", "?")


def _is_plain_path(text: str) -> bool:
    path = text.partition("://")[2].partition("?")[0]
    segments = (segment.partition(";")[0] for segment in path.split("/")[1:])
    return (
        "//" not in path
        and not _HIDDEN.search(path)
        and not any(segment in (".", "..") for segment in segments)
    )


def is_web_url(url: str) -> bool:
    """Return whether this is an absolute http or https address that can be read in one way only."""
    return read_address(url) is not None


def shown_url(text: str) -> str:
    """Return an address as messages show it: without a password before its host."""
    return _PASSWORD.sub(r"\1:...@", text)


_PASSWORD = re.compile(r"^(\s*[A-Za-z][A-Za-z0-9+.-]*:[/\\]*[^/\\?#:]*):[^/\\?#]*@")


def problems_of_addresses(public_url: str | None, origins: Iterable[str]) -> list[str]:
    """Say what no link could be made of, and which origin no browser would ever send (R141,
    R192).
    """
    problems = []
    public = read_address(public_url or "")
    if public_url and (public is None or public.query is not None):
        problems.append(
            f'service.public_url: found "{shown_url(public_url)}", expected an http or https URL '
            f"without query, fragment or user name."
        )
    problems += [
        f'service.cors_origins: found "{shown_url(origin)}", expected an origin as browsers send '
        f"it: scheme, host and port, in lower case, without a path, a slash at the end or the "
        f"usual port."
        for origin in origins
        if origin != "*" and not _is_origin(origin)
    ]
    return problems


def _is_origin(text: str) -> bool:
    address = read_address(text)
    return address is not None and not address.path and str(address) == text
