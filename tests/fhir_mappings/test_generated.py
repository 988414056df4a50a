"""A sample of the generated records: no mapped fact is known and other than what was written, and
nothing that is not understood loosens one.
"""

from __future__ import annotations

import pytest

from recommender.language import Truth
from tests.fhir_mappings.generated import FACTS, loosened_facts, make_record, wrong_facts
from tests.fhir_mappings.generated_medicines import TESTS, USES, loosened_uses, make, wrong_values
from tests.fhir_mappings.generated_people import make_person, wrong_answers
from tests.fhir_mappings.records import scenario_of

RECORDS = 1500
PART = 100


@pytest.mark.parametrize("first", range(0, RECORDS, PART))
def test_no_fact_is_known_and_other_than_written(first: int) -> None:
    for number in range(first, first + PART):
        record = make_record(number)
        assert wrong_facts(record) == [], number
        assert loosened_facts(record, number) == [], number
        made = make(number)
        assert wrong_values(made) == [], number
        assert loosened_uses(made, number) == [], number
        assert wrong_answers(make_person(number)) == [], number


def test_the_sample_writes_every_fact_in_every_truth() -> None:
    written = {
        (name, truth)
        for number in range(RECORDS)
        for name, truth in make_record(number).truths.items()
    }
    assert written == {(item.name, truth) for item in FACTS for truth in Truth}


def test_the_sample_writes_every_use_in_every_truth_and_most_of_them_are_read() -> None:
    sample = [make(number) for number in range(400)]
    assert {(name, truth) for made in sample for name, truth in made.truths.items()} == {
        (use.fact, truth) for use in USES for truth in Truth
    }
    for test in TESTS:
        written = [made for made in sample if made.values[test.fact] is not None]
        read = [getattr(scenario_of(*made.results), test.fact).is_known for made in written]
        assert sum(read) >= 0.9 * len(written) > 50, test.fact
