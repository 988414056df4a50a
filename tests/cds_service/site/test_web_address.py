"""An address that is read is read the same by every other parser at hand; what could be read in two
ways is refused.
"""

from __future__ import annotations

import random
from urllib.parse import unquote, urlsplit

import pytest
import requests

from cds_service.site import is_web_url, read_address, shown_url

OWN = "https://ehr.example"

REFUSED = (
    f"{OWN}//",
    f"{OWN}//x",
    f"{OWN}//evil.example/x",
    f"{OWN}/fhir//x",
    f"{OWN}/fhir//",
    f"{OWN}/.",
    f"{OWN}/..",
    f"{OWN}/fhir/.;v=1/x",
    f"{OWN}/fhir/..;/..;/x",
    f"{OWN}/fhir/%2f/x",
    f"{OWN}/fhir/%5C/x",
    f"{OWN}/fhir/%25%32%65/x",
    f"{OWN}/fhir/x%0a",
    f"{OWN}/fhir/%1fx",
    f"{OWN}/fhir/%7F",
    f"{OWN}.",
    "https://ehr.example..",
    "https://.ehr.example",
    "https://ehr..example",
    "https://-ehr.example",
    "https://ehr.example%00.evil.example",
    "https://ehr.example%2fevil.example",
    "https://ehr.example%23.evil.example",
    "https://ehr.example&evil.example",
    "https://ehr.example,evil.example",
    "https://ehr.example;evil.example",
    "https://ehr.example'evil.example",
    "https://ehr.example(evil.example)",
    "https://ehr.example|evil.example",
    "https://ehr.example^evil.example",
    "https://{ehr.example}",
    "https://*.example",
    "https://ehr。example",
    "https://ehr．example",
    "https://ﬁ.example",
    "https://еhr.example",
    "https://ehr.example:0",
    "https://ehr.example:00443",
    "https://ehr.example:443:443",
    "https://ehr.example:443a",
    "https://ehr.example:4４3",
    "https://ehr.example:",
    "https://1.2.3",
    "https://1.2.3.4.5",
    "https://01.2.3.4",
    "https://0x1.2.3.4",
    "https://ehr.0x7f",
    "https://256.1.1.1",
    "https://[::1",
    "https://::1",
    "https://[::1]evil.example",
    "https://[::1%25lo]",
    "https://[v1.x]",
    "https://[127.0.0.1]",
    "https:/ehr.example",
    "https:ehr.example",
    "https:///ehr.example",
    "https://",
    "https://?x",
    "https:// ehr.example",
    "\u00a0https://ehr.example",
    "https://ehr.example\u2028/x",
    "view-source:https://ehr.example",
    "https+unix://ehr.example",
    "http%3a//ehr.example",
)

PIECES = (
    *("http", "https", "://", ":/", "//", "/", "@", ":", "?", "#", "%2e", "%2f", "%00", "%0d%0a"),
    *("ehr.example", "evil.example", "127.0.0.1", "[::1]", "[::ffff:1.2.3.4]", "0x7f.1"),
    *("..", ".", ";", "&", "=", "80", "443", "0443", "+80", "-1", "65536", "%25", "user", "[", "]"),
    *("xn--a", "_", "~", "*", ",", "'", "|", "{", "}", "a" * 64, "2130706433", "EHR.EXAMPLE"),
    *("localhost", "http:"),
)


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_could_be_read_in_two_ways_is_refused_R178(address: str) -> None:
    assert not is_web_url(address)


def test_what_is_read_other_parsers_read_the_same_R178() -> None:
    chance, read = random.Random(178), 0
    for _ in range(20_000):
        text = "https://" + "".join(chance.choices(PIECES, k=chance.randint(1, 7)))
        address = read_address(text)
        if address is None:
            continue
        read += 1
        for other in (urlsplit(text), urlsplit(requests.Request("GET", text).prepare().url)):
            assert (other.scheme, other.hostname) == (address.scheme, address.host.strip("[]"))
            assert other.port in (address.port, None)
            assert (other.username, other.password) == (None, None)
            assert unquote(other.path).rstrip("/") == unquote(address.path)
    assert read > 300


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://user:secret@host/fhir", "http://user:...@host/fhir"),
        ("https://us@er:sec@ret@host", "https://us@er:...@host"),
        ("ftp:\\\\user:secret@host", "ftp:\\\\user:...@host"),
        ("https://host/a@b?c=d@e", "https://host/a@b?c=d@e"),
        ("https://user@host", "https://user@host"),
        ("no address", "no address"),
    ],
)
def test_a_message_shows_no_password_of_an_address(text: str, shown: str) -> None:
    assert shown_url(text) == shown
