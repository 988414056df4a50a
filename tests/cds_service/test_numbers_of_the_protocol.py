"""The numbers that clients and operators are told: those of the requirements (docs/conformance.md),
written here once more, so that none can be moved unnoticed. Tests that use a limit to try what
happens at it take it from the code, or wait for it no longer than a busy machine allows.
"""

from __future__ import annotations

import pytest

from cds_service.callers import authentication, key_sets
from cds_service.protocol import hook_request, long_texts, prefetch
from cds_service.retrieval import server_shares
from cds_service.site import settings
from cds_service.wire import connection
from fhir_mappings.fhir import reading
from recommender.first_lines import table
from recommender.guidance import Policy

NUMBERS = (
    ("R76 fewer than 140 characters of a summary", table.LONGEST_SUMMARY, 139),
    ("R136 a key set at most, fresh, in seconds", key_sets.LONGEST_FRESH_SECONDS, 86_400),
    ("R137 leeway of a token's times, in seconds", authentication.LEEWAY_SECONDS, 60),
    ("R138 life of a token, in seconds", authentication.LONGEST_LIFETIME_SECONDS, 3600),
    ("R181 characters of a text", long_texts.LONGEST_TEXT, 4096),
    ("R181 drafts", hook_request.MOST_DRAFTS, 200),
    ("R181 selections", hook_request.MOST_SELECTIONS, 200),
    ("R181 dosage lines of an order", reading.MOST_LINES, 200),
    ("R181 codings of a concept", reading.MOST_CODINGS, 200),
    ("R181 entries of a prefetch key", prefetch.MOST_ENTRIES, 20_000),
    ("R183 headers whole within seconds", connection.HEAD_SECONDS, 5),
    ("R183 body whole within seconds", connection.BODY_SECONDS, 10),
    ("R188 failures of a server", server_shares.FAILURES, 5),
    ("R188 within seconds", server_shares.WITHIN_SECONDS, 30),
    ("R188 left alone for seconds", server_shares.REST_SECONDS, 10),
    ("the longest call that a site may set, in ms", settings.LONGEST_CALL_MS, 2000),
    ("Q45 an overridden card is quiet for days", Policy().info_silence_days, 90),
)


@pytest.mark.parametrize(
    ("number", "stated"), [pytest.param(*pair, id=name) for name, *pair in NUMBERS]
)
def test_a_number_is_the_one_that_is_stated(number: float, stated: float) -> None:
    assert number == stated
