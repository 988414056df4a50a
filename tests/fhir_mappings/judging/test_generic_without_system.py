"""A code that says nothing says nothing either where its system was lost on the way; one that is no
text says nothing of the words beside it.
"""

from __future__ import annotations

from typing import Any

import pytest

from fhir_mappings.judging import Understood, judge
from fhir_mappings.terminology import Concept, Field, load_value_sets

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


@pytest.mark.parametrize(
    "code", [26452005, 26452005.0, ["26452005"], {"value": "26452005"}, True, " "]
)
@pytest.mark.parametrize("field", [Field.PROCEDURES, Field.CONDITIONS])
def test_the_words_beside_a_code_that_is_no_text_count(code: Any, field: Field) -> None:
    """Clients write codes that are all digits as numbers."""
    words = {
        Field.PROCEDURES: ("Total gastrectomy", Concept.TOTAL_GASTRECTOMY),
        Field.CONDITIONS: ("Pernicious anemia", Concept.PERNICIOUS_ANAEMIA),
    }
    display, concept = words[field]
    coding = {"system": "http://snomed.info/sct", "code": code, "display": display}
    for concept_said in ({"coding": [coding]}, {"coding": [coding], "text": display}):
        judged = judge(VALUE_SETS, concept_said, (field,))

        assert [match.concept for match in judged.matches] == [concept]
