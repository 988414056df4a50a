"""A code that says nothing says nothing either where its system was lost on the way."""

import pytest

from fhir_mappings.judging import Understood, judge
from fhir_mappings.terminology import Field, load_value_sets

VALUE_SETS = load_value_sets()


@pytest.mark.parametrize("system", [{"system": "http://hl7.org/fhir/sid/icd-10"}, {}])
@pytest.mark.parametrize(
    "words", ["Neuropathie périphérique excluded", "Lebersche Optikusatrophie ausgeschlossen"]
)
def test_the_display_of_a_generic_code_makes_no_entry_understood(
    system: dict[str, str], words: str
) -> None:
    coding = {**system, "code": "R69", "display": "Unspecified morbidity"}
    with_code = judge(VALUE_SETS, {"coding": [coding], "text": words}, (Field.CONDITIONS,))
    words_alone = judge(VALUE_SETS, {"text": words}, (Field.CONDITIONS,))

    assert with_code == words_alone
    assert words_alone.matches == ()


def test_the_display_of_another_code_without_a_system_is_read() -> None:
    coding = {"code": "I10", "display": "Essential hypertension"}

    judged = judge(VALUE_SETS, {"coding": [coding]}, (Field.CONDITIONS,))

    assert judged.understood is Understood.BY_WORDS
