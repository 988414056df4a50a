"""A vitamin B12 that speaks for deficiency makes no answer silent by losing its status: it cannot
be used then, and may be low all the same, over every case there is (E3, Q35; I27).
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from decimal import Decimal

from cds_service.decision import decide_request
from cds_service.protocol import Problem
from tests.every_case.cases import Case, Json, every_case
from tests.every_case.test_metamorphic import VALUE_SETS

LEVELS = {"14685-2": 258, "2132-9": 350}
"""Total vitamin B12 in pmol/L and pg/mL, and up to where it is low or borderline (D2, D4)."""
LOUDNESS = {"info": 1, "warning": 2, "critical": 3}


def loudness(case: Case, request: Json) -> int | None:
    try:
        cards = decide_request(request, case.settings, VALUE_SETS, case.day).cards
    except Problem:
        return None
    return max((LOUDNESS[card["indicator"]] for card in cards), default=0)


def levels(request: Json) -> Iterator[int]:
    """Yield the places of the levels of vitamin B12 that can be used."""
    labs = (request.get("prefetch") or {}).get("labs")
    entries = labs.get("entry") if isinstance(labs, dict) else None
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        code = resource.get("code") if isinstance(resource, dict) else None
        codings = code.get("coding") if isinstance(code, dict) else None
        limit = LEVELS.get(codings[0].get("code")) if isinstance(codings, list) else None
        value = (resource.get("valueQuantity") or {}).get("value") if limit else None
        if limit and isinstance(value, int | float | Decimal) and value <= limit:
            yield number


def changed(request: Json, number: int, *, gone: bool) -> Json:
    """Return the request with this level gone, or without its status."""
    request = copy.deepcopy(request)
    labs = request["prefetch"]["labs"]
    if not gone:
        labs["entry"][number]["resource"].pop("status", None)
        return request
    del labs["entry"][number]
    if "total" in labs:
        labs["total"] -= 1
    return request


def test_a_low_level_without_its_status_is_still_told() -> None:
    silent, looked_at = [], 0
    for case in every_case(at_every_hook=False):
        spoke = loudness(case, case.request)
        for number in levels(case.request) if spoke else ():
            without = loudness(case, changed(case.request, number, gone=True))
            if without is None or spoke is None or without >= spoke:
                continue  # it is not the level that speaks
            looked_at += 1
            if loudness(case, changed(case.request, number, gone=False)) == 0:
                silent.append(case.name)
    assert looked_at > 50
    assert silent == [], silent
