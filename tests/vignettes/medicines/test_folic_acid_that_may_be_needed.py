"""Folic acid that a reason on record may protect, and leaves open, is not taken away: it starts the
day after the first vitamin B12, which is right whatever is true (I17, F2, Q28).
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    Json,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

LOW = "B12 95 pmol/L, on 2026-11-06"
SIGNS = "paraesthesia, since 2026-11-10"
FOLIC_ACID = "folic acid tablet 5 mg, 5 mg, oral, daily"
YOUNG = {"born": "1992-02-02"}

OPEN = {  # each with the words that are quoted
    "pregnant": "pregnant",  # without a day it may be long over
    "'Pregnant'": "Pregnant",
    "'? pregnant'": "? pregnant",
    "'Schwangerschaft?'": "Schwangerschaft?",
    "planning pregnancy": "planning pregnancy",
    "'Kinderwunsch?'": "Kinderwunsch?",
    "'Possible sickle cell disease'": "Possible sickle cell disease",
    "'Haemodialysis patient'": "Haemodialysis patient",
    "'On methotrexate'": "On methotrexate",
    "'Methotrexate monitoring'": "Methotrexate monitoring",
}
NOT_OPEN = ["'Pregnancy test requested'", "'Anxiety'"]


def card_beside(problem: str, *signs: str, order: str = FOLIC_ACID, **person: str) -> Json:
    """Return the card of an order beside a problem that does not say since when."""
    problems = [f"{problem}, since 2026-10-01", *signs]
    asked = request(order, **(YOUNG | person), conditions=problems, results=[LOW])
    written = asked["prefetch"]["conditions"]["entry"][0]["resource"]
    for name in ("onsetDateTime", "recordedDate"):
        written.pop(name, None)
    return only_card(asked)


def removes(card: Json) -> bool:
    return any(
        action["type"] == "delete"
        for suggestion in card["suggestions"]
        for action in suggestion["actions"]
    )


@pytest.mark.parametrize("problem", OPEN)
def test_what_may_need_folic_acid_lets_it_start_a_day_after_b12_I17(problem: str) -> None:
    card = card_beside(problem, SIGNS)

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("c1", "critical")
    assert labels(card)
    assert not removes(card)
    assert all(label.startswith("Folic acid a day later. ") for label in labels(card))
    for suggestion in card["suggestions"]:
        (folic,) = (one for one in suggestion["actions"] if one["type"] == "update")
        repeat = folic["resource"]["dosageInstruction"][0]["timing"]["repeat"]
        assert dt.date.fromisoformat(repeat["boundsPeriod"]["start"]) == dt.date(2026, 11, 27)


@pytest.mark.parametrize(("problem", "words"), OPEN.items())
def test_its_words_are_quoted_Q28(problem: str, words: str) -> None:
    assert f"Record says '{words}" in card_beside(problem, SIGNS)["detail"]


@pytest.mark.parametrize("words", ["5 mg daily until 12 weeks", "5 mg daily, first trimester"])
def test_a_dosage_for_the_first_weeks_of_a_pregnancy_protects_it_I17(words: str) -> None:
    asked = request(FOLIC_ACID, **YOUNG, conditions=[SIGNS], results=[LOW])
    draft_of(asked)["dosageInstruction"][0]["text"] = words
    assert not removes(only_card(asked))


@pytest.mark.parametrize("problem", NOT_OPEN)
def test_what_speaks_of_no_such_reason_lets_folic_acid_be_held(problem: str) -> None:
    card = card_beside(problem, SIGNS)
    assert removes(card)
    assert "Record says" not in card["detail"]


def test_a_pregnancy_that_is_over_lets_folic_acid_be_held_F2() -> None:
    problems = ["pregnant, since 2020-02-01", SIGNS]
    assert removes(only_card(request(FOLIC_ACID, **YOUNG, conditions=problems, results=[LOW])))


@pytest.mark.parametrize("person", [{"sex": "male"}, {"born": "1960-02-02"}])
def test_who_cannot_be_pregnant_has_folic_acid_held(person: dict[str, str]) -> None:
    assert removes(card_beside("pregnant", SIGNS, **person))


def test_whether_there_is_a_pregnancy_is_not_called_unrecorded_K10() -> None:
    """Without nerve signs, where a low level alone is read otherwise in pregnancy (D2)."""
    maintenance = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
    detail = card_beside("pregnant", order=maintenance)["detail"]
    assert "Whether there is a pregnancy is not certain" in detail
    assert "In the record, not read: 'pregnant'" in detail
    assert "Pregnancy status is not recorded" not in detail


def test_a_product_that_holds_b12_too_goes_where_that_is_wrong_I1() -> None:
    """Tablets of both with nerve signs: the B12 in them would go on beside the injections."""
    problems = ["pregnant, since 2026-10-01", SIGNS]
    asked = request(FOLIC_ACID, **YOUNG, conditions=problems, results=[LOW])
    written = asked["prefetch"]["conditions"]["entry"][0]["resource"]
    del written["onsetDateTime"], written["recordedDate"]
    both = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "476628"}
    draft_of(asked)["medicationCodeableConcept"] = {"coding": [both]}
    assert removes(only_card(asked))


WELL = ["B12 450 pmol/L, on 2026-11-06", "no neurological symptoms, on 2026-11-20"]


@pytest.mark.parametrize("problem", ["'Xyzzy'", "'Deranged LFTs'", "'Eosinophilia mild'"])
def test_a_problem_not_understood_takes_nothing_from_a_fresh_level_that_is_not_low_Q28(
    problem: str,
) -> None:
    """No card stands for a gap alone; the level was "23 days old: test before folic acid"."""
    asked = request(FOLIC_ACID, conditions=[f"{problem}, since 2024-01-02"], results=WELL)
    assert cards_of(asked) == []


def test_nitrous_oxide_in_words_does_Q28() -> None:
    words = "'Uses nitrous oxide at times', since 2026-10-02"
    asked = request(FOLIC_ACID, conditions=[words], results=WELL)
    assert only_card(asked)["indicator"] == "warning"


def test_folic_acid_ordered_together_with_methotrexate_is_kept_I17() -> None:
    """As it is beside methotrexate on record: c4 in the place of c1, and nothing taken away."""
    asked = request(
        "methotrexate, 10 mg, oral, weekly", FOLIC_ACID, conditions=[SIGNS], results=[LOW]
    )
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("c4", "warning")
    assert not removes(card)


def test_a_stop_of_methotrexate_protects_nothing() -> None:
    asked = request(
        "methotrexate, 10 mg, oral, weekly", FOLIC_ACID, conditions=[SIGNS], results=[LOW]
    )
    draft_of(asked)["status"] = "stopped"
    assert removes(only_card(asked))


def test_directions_behind_a_name_do_not_hide_folic_acid_c1() -> None:
    asked = request(FOLIC_ACID, conditions=[SIGNS], results=[LOW])
    directions = "Take with water; keep out of the reach of children. " * 12
    draft_of(asked)["medicationCodeableConcept"] = {"text": f"Folic acid 5 mg. {directions}"}
    assert only_card(asked)["source"]["topic"]["code"] == "c1"
