"""The known case: the request of the demonstration, whose answer is known; a service that answers
it otherwise is not ready.
"""

from __future__ import annotations

import datetime as dt

from cds_service.decision import decide_request
from cds_service.site import demonstration
from fhir_mappings.terminology import ValueSets

AS_OF = dt.date(2026, 6, 1)
EXPECTED = ("N1", "b1", "critical")
"""Neurological signs and an oral tablet: the rule, the card and its indicator."""


def answers_the_known_case(request: object, value_sets: ValueSets) -> bool:
    """Return whether the known request is answered as it must be under the default policy, with the
    codes of the site; False when it cannot be answered at all.
    """
    try:
        decision = decide_request(request, demonstration(), value_sets, AS_OF)
    except Exception:  # noqa: BLE001 - whatever fails here fails for patients too
        return False
    [first, *_] = [*decision.findings, None]
    return (
        first is not None
        and (
            decision.recommendation.rule,
            first.card.id,
            first.indicator.value,
        )
        == EXPECTED
    )
