"""Mutated requests over HTTP: each is answered as the protocol says, none with a 5xx but a decision
that would take too long, and none takes long.

B12_CDS_FUZZ=5000 makes so many of them.
"""

from __future__ import annotations

import os
from functools import partial
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.protocol import write_json
from synthetic.sandbox import sandbox_patients
from tests.cds_service.conftest import AS_OF, client, settings
from tests.fuzz.mutations import change, words_of
from tests.yardstick import turns_of

__all__ = ["client", "settings"]

REQUESTS = int(os.environ.get("B12_CDS_FUZZ", "300"))
HOOKS = ("order-select", "order-sign", "patient-view", "medication-refill")
MOST_TURNS = 90_000_000
"""Of a plain loop, in which time any request is answered: 2.5 seconds on a fast machine."""


def changed_somewhere(request: Any, random: Random, words: list[str]) -> Any:
    """Return a request with one change: mostly in the drafts, the selections or the prefetch, as
    most others are refused.
    """
    context = request.get("context") if isinstance(request, dict) else None
    place = random.choice(("prefetch", "prefetch", "draftOrders", "selections", "whole"))
    if place == "prefetch" and isinstance(request, dict) and "prefetch" in request:
        return {**request, place: change(request[place], random, words)}
    if isinstance(context, dict) and place in context:
        return {**request, "context": {**context, place: change(context[place], random, words)}}
    return request if place != "whole" else change(request, random, words)


@pytest.mark.parametrize("part", range(5))
def test_mutated_requests_are_answered_as_the_protocol_says_R182(
    client: FlaskClient, part: int
) -> None:
    random = Random(f"mutated requests {part}")
    patients = sandbox_patients(AS_OF)
    words = sorted({word for one in patients[::20] for word in words_of(one.request(HOOKS[0]))})
    statuses: dict[int, int] = {}
    for number in range(REQUESTS // 5):
        patient, hook = random.choice(patients), random.choice(HOOKS)
        request = patient.request(hook)
        for _ in range(random.choice((1, 1, 2, 4, 8))):
            request = changed_somewhere(request, random, words)
        body = write_json(request)
        send = partial(client.post, f"/cds-services/b12-{hook}", data=body)
        answer, turns = turns_of(partial(send, content_type="application/json"))
        statuses[answer.status_code] = statuses.get(answer.status_code, 0) + 1
        assert answer.status_code in (200, 400, 412, 413, 503), (part, number, answer.data)
        assert answer.status_code != 503 or "Retry-After" in answer.headers
        assert turns < MOST_TURNS, (part, number, turns)
    assert statuses[200] > REQUESTS // 5 // 4
