"""A name is taken out of what systems put around it in a time that grows with the text (R181)."""

from __future__ import annotations

import pytest

from fhir_mappings.judging import judge
from fhir_mappings.terminology import Field, load_value_sets
from tests.yardstick import turns_of

VALUE_SETS = load_value_sets()


@pytest.mark.parametrize("piece", [" ,", " -", "[", "1.", " NOS", " D51.0"])
def test_what_a_text_costs_grows_no_faster_than_the_text(piece: str) -> None:
    def turns(length: int) -> int:
        text = "x" + piece * (length // len(piece)) + "x"
        return turns_of(lambda: judge(VALUE_SETS, {"text": text}, (Field.CONDITIONS,)))[1]

    turns(100)
    assert turns(40_000) < 30 * (turns(4_000) + 10_000)
