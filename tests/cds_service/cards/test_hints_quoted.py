"""What words point at is quoted on the card as long as it is open, and no longer.

Expectations: decisions Q27 (b) ("quoted, and never decides"), Q28 ("hints, always"), 2.1 (open
world), 2.3 (which causes leave no tablets); cards.md section 7 (at most two quotes).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import cards_of, request

LOW = "B12 96 pmol/L, on 2026-11-02"
WELL = "no neurological symptoms, on 2026-11-20"
QUOTED = "In the record, not read: "
NO_CODE_OF_OURS = {"system": "http://snomed.info/sct", "code": "999990001"}


def problem(code: dict[str, Any], number: int = 1) -> dict[str, Any]:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": f"pointed-{number}",
        "clinicalStatus": {"coding": [{"system": status, "code": "active"}]},
        "code": code,
        "recordedDate": "2026-01-15",
    }


TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"


def details(*codes: dict[str, Any], **said: Any) -> str:
    """Return what all cards say for a first order of tablets without an eGFR, with these
    problems.
    """
    asked = request(TABLETS, **{"results": [WELL], **said})
    patient = {"reference": f"Patient/{asked['context']['patientId']}"}
    listed = asked["prefetch"].setdefault("conditions", {"resourceType": "Bundle", "entry": []})
    listed.setdefault("entry", []).extend(
        {"resource": problem(code, number) | {"subject": patient}}
        for number, code in enumerate(codes)
    )
    return "\n".join(card["summary"] + "\n" + card["detail"] for card in cards_of(asked))


OPEN = (
    "Pernicious anaemia",
    "Crohn's disease of terminal ileum",
    "Vitamin B12 deficiency",
    "Coeliac disease",
)


def as_quoted(text: str) -> str:
    return f"{QUOTED}'{text.replace(chr(39), '’')}'"


@pytest.mark.parametrize("text", OPEN)
def test_the_words_beside_a_code_in_no_list_are_quoted_Q27_b(text: str) -> None:
    assert as_quoted(text) in details({"coding": [NO_CODE_OF_OURS | {"display": text}]})


@pytest.mark.parametrize("text", [f"?{OPEN[0]}", f"possible {OPEN[1]}", f"query {OPEN[2]}"])
def test_doubted_words_are_quoted_and_decide_nothing_Q27_b(text: str) -> None:
    said = details({"text": text})
    assert as_quoted(text) in said
    assert "deficiency recorded" not in said


def test_a_cause_that_words_name_is_quoted_beside_confirmed_deficiency() -> None:
    said = details({"text": "?pernicious anaemia"}, results=[LOW, WELL])
    assert as_quoted("?pernicious anaemia") in said


def test_a_cause_that_words_name_is_quoted_beside_one_that_allows_tablets() -> None:
    said = details(
        {"text": "?pernicious anaemia"},
        results=[LOW, WELL],
        conditions=["vegan diet, since 2020-01-01"],
    )
    assert as_quoted("?pernicious anaemia") in said


def test_a_cause_is_settled_where_one_is_known_that_leaves_no_tablets() -> None:
    said = details(
        {"text": "?coeliac disease"},
        results=[LOW, WELL],
        conditions=["pernicious anaemia, since 2022-11-15"],
    )
    assert QUOTED not in said


def test_deficiency_is_settled_by_a_low_level() -> None:
    said = details({"text": "?vitamin B12 deficiency"}, results=[LOW, WELL])
    assert said
    assert QUOTED not in said


def test_of_many_two_are_quoted_and_what_presses_more_comes_first() -> None:
    said = details(
        *({"text": f"?{text}"} for text in OPEN), {"text": "?Leber's hereditary optic neuropathy"}
    )
    assert said.count(QUOTED) <= 2
    assert "Leber’s" in said


def test_the_family_is_quoted_as_written() -> None:
    """The words say themselves whose it is; nobody reads them as the patient's."""
    text = "Family history of pernicious anaemia"
    said = details({"text": text})
    assert as_quoted(text) in said
    assert "- Pernicious anaemia" not in said
