"""A sample of the generated records: no mapped fact is known and other than what was written, and
nothing that is not understood loosens one.
"""

from __future__ import annotations

import pytest

from recommender.language import Truth
from tests.fhir_mappings.generated import FACTS, loosened_facts, make_record, wrong_facts

RECORDS = 1500
PART = 100


@pytest.mark.parametrize("first", range(0, RECORDS, PART))
def test_no_fact_is_known_and_other_than_written(first: int) -> None:
    for number in range(first, first + PART):
        record = make_record(number)
        assert wrong_facts(record) == [], number
        assert loosened_facts(record, number) == [], number


def test_the_sample_writes_every_fact_in_every_truth() -> None:
    written = {
        (name, truth)
        for number in range(RECORDS)
        for name, truth in make_record(number).truths.items()
    }
    assert written == {(item.name, truth) for item in FACTS for truth in Truth}
