"""Where no order and no dose is on record, no history is sorted out: what is said then is what
sorting out says of a record that holds nothing but folic acid.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.guidance import Policy
from recommender.language import Hint, HintAt, ListUnderstood, RecordArea, Truth
from recommender.treatment_so_far import read_treatment
from tests.recommender.people import build_scenario

FOLIC_ACID = {
    "substance": "folic acid",
    "route": "oral",
    "dose": 400,
    "every": "1 day",
    "days_ago": 90,
}
MEDICINES, STATEMENTS = frozenset({RecordArea.MEDICATIONS}), frozenset({RecordArea.STATEMENTS})


@pytest.mark.parametrize("truth", Truth)
@pytest.mark.parametrize(
    "known",
    [
        {},
        {"incomplete": MEDICINES},
        {"incomplete": STATEMENTS},
        {"incomplete": STATEMENTS, "unavailable": STATEMENTS},
        {"unavailable": MEDICINES},
        {"lists": (ListUnderstood(RecordArea.MEDICATIONS, False, 3, 3),)},
        {"lists": (ListUnderstood(RecordArea.MEDICATIONS, True, 3, 2, 0, 1),)},
        {"lists": (ListUnderstood(RecordArea.STATEMENTS, True, 1, 0, 0, 1),)},
        {"hints": (Hint(HintAt.B12_TREATMENT, "B12 jabs", "Condition/1"),)},
        {
            "hints": (Hint(HintAt.B12_TREATMENT, "B12 jabs", "Condition/1"),),
            "incomplete": MEDICINES,
        },
    ],
)
def test_a_record_without_orders_and_doses_is_read_as_one_with_folic_acid_alone(known, truth):
    nothing = replace(build_scenario({}), **known)
    other = replace(build_scenario({"orders": [FOLIC_ACID]}), **known)
    assert not nothing.orders
    assert other.orders
    assert read_treatment(nothing, truth, Policy()) == read_treatment(other, truth, Policy())
