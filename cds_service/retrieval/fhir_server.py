"""Which FHIR server a call may ask, and with which token: the token is bound to one origin, and
goes nowhere else.

Source: R29, R65, R160, R178, R179.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cds_service.protocol import NO_SERVER, HookRequest
from cds_service.retrieval.addresses import Reach
from cds_service.retrieval.outbound import Outbound, get_within
from cds_service.site import Client, Settings, WebAddress, read_address

ACCEPT = "application/fhir+json, application/json+fhir;q=0.9, application/json;q=0.8"

NO_ADDRESS = "the FHIR server has no http address that can be read in one way only"
NOT_REGISTERED = "the FHIR server is not registered for this client"
NO_TOKEN_TEXT = "the access token is not a text of printable characters"


MOST_REDIRECTS = 3


class Redirected(Exception):
    """The server sends the call to another origin, or in circles."""


class NoAccess(Exception):
    """The FHIR server may not be asked; the text says why, in words for card and receipt."""


@dataclass(frozen=True, slots=True)
class FhirServer:
    """The FHIR server of one call. The token lives here, for this call, and is never shown."""

    base: WebAddress
    token: str = field(repr=False)
    reach: Reach

    def headers_for(self, address: WebAddress) -> dict[str, str]:
        """Return the headers of a request to this address; the token is among them only where
        scheme, host and port are those of the server (R179).
        """
        headers = {
            "Accept": ACCEPT,
            "Accept-Encoding": "identity",
            "User-Agent": "b12-cds",
        }
        if self.token and address.origin == self.base.origin:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def get(
        self, outbound: Outbound, start: WebAddress, deadline: float, longest: int
    ) -> tuple[int, bytes]:
        """Return status and body of a GET, following redirects below the base only.

        Raises: Redirected, and what `get_within` raises.
        """
        address: WebAddress | None = start
        for _ in range(MOST_REDIRECTS + 1):
            if address is None or not self.base.holds(address):
                break
            headers = self.headers_for(address)
            status, answered, body = get_within(outbound, address, headers, deadline, longest)
            if status not in (301, 302, 303, 307, 308):
                return status, body
            address = address.follow(answered.get("Location", ""))
        raise Redirected


def find_server(request: HookRequest, client: Client, settings: Settings) -> FhirServer:
    """Return the FHIR server of this call.

    Raises: NoAccess when none was named, or it is not one of the client's.
    Source: R29, R65, R178.
    """
    if request.no_access or not request.fhir_server:
        raise NoAccess(request.no_access or NO_SERVER)
    named = read_address(request.fhir_server.strip())
    if named is None or named.query is not None:
        raise NoAccess(NO_ADDRESS)
    token = request.access_token
    if token and not (token.isascii() and token.isprintable()):
        raise NoAccess(NO_TOKEN_TEXT)
    if not settings.is_production and not client.fhir_base_urls:
        return FhirServer(named, token, Reach.LOOPBACK)
    if named not in [read_address(base) for base in client.fhir_base_urls]:
        raise NoAccess(NOT_REGISTERED)
    return FhirServer(named, token, _reach(client, settings))


def _reach(client: Client, settings: Settings) -> Reach:
    if not settings.is_production:
        return Reach.ANYWHERE
    return Reach.SITE if client.fhir_on_site_network else Reach.PUBLIC


def find_id(server: FhirServer, kind: str, reference: str) -> str:
    """Return the id of the resource of this kind to which a reference leads on this server; empty
    when it leads anywhere else.

    Source: R65, R160.
    """
    path = reference.strip().partition("/_history/")[0]
    if ":" in path or "\\" in path:
        address = read_address(path)
        if address is None or address.query is not None or not server.base.holds(address):
            return ""
        path = address.path.removeprefix(f"{server.base.path}/")
    found, _, identity = path.partition("/")
    is_plain = identity not in ("", ".", "..") and not set("/?#\\") & set(identity)
    return identity if found == kind and is_plain else ""
