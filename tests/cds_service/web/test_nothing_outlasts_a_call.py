"""Nothing of a call outlasts it: no cache of the process holds texts, units or dose lines of it,
be the order ours or not.
"""

from __future__ import annotations

import json

import pytest

from benchmarks.alone.calls import an_app, answer
from benchmarks.scenarios.bodies import make_request, make_unrelated
from fhir_mappings.scenario_mapping import forget_record
from tests.fhir_mappings.test_nothing_is_kept import remembered

PATH = "/cds-services/b12-order-select"


def bodies(words: str, every_days: int, ours: bool) -> bytes:
    """Return an order whose medicine has words of its own, in a record that has the same."""
    request = make_request(40)
    if not ours:
        request = make_unrelated(request)
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    draft["medicationCodeableConcept"]["text"] = f"{words}, one each"
    for entry in request["prefetch"]["medications"]["entry"]:
        repeat = entry["resource"]["dosageInstruction"][0]["timing"]["repeat"]
        repeat["period"] = every_days
    for entry in request["prefetch"]["labs"]["entry"]:
        entry["resource"]["valueQuantity"] |= {"unit": f"{words} per mL", "code": None}
    return json.dumps(request).encode()


@pytest.mark.parametrize("ours", [True, False])
def test_no_cache_holds_anything_of_a_call(ours: bool) -> None:
    with an_app() as app:
        answer(app, PATH, bodies("the first doctor's", 31, ours))
        forget_record()
        before = remembered()

        answer(app, PATH, bodies("the second doctor's", 37, ours))

        assert remembered() == before
