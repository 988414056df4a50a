"""Nerve signs that stand in words alone, in an observation, a questionnaire or the note of an
order: they are quoted and asked about, and never pass in silence (F10, Q27, Q28).

What an examination did not find is no sign; nor is it an answer "no", which has two forms (Q1).
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    TABLETS,
    cards_of,
    draft_of,
    only_card,
    request,
)

Json = dict[str, Any]

LOW = ["B12 110 pmol/L, on 2026-11-06", "eGFR 88 mL/min/{1.73_m2}, on 2026-10-17"]
ASKED_QUIETLY = ("b2", "info")
ASKED_LOUDLY = ("b2", "warning")


def tablets(*more: Json) -> Json:
    asked = request(TABLETS, conditions=["vegan diet, since 2026-05-10"], results=LOW)
    labs = asked["prefetch"]["labs"]
    labs["entry"] += [{"resource": one} for one in more]
    labs["total"] += len(more)
    return asked


def level(asked: Json) -> tuple[str, str]:
    card = only_card(asked)
    return card["source"]["topic"]["code"], card["indicator"]


def observed(name: str, **value: Any) -> Json:
    return {
        "resourceType": "Observation",
        "id": "seen",
        "status": "final",
        "code": {"text": name},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-20",
    } | value


def answered(question: str, **answer: Any) -> Json:
    item = {"linkId": "2", "text": question, "answer": [answer]}
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "asked",
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "authored": "2026-11-20",
        "item": [{"linkId": "1", "item": [item]}],
    }


QUESTION = "Numbness or tingling in hands or feet?"
YES = {"system": "http://loinc.org", "code": "LA33-6", "display": "Yes"}


@pytest.mark.parametrize(
    ("seen", "quoted"),
    [
        (observed("Symptoms", valueString="numbness in both feet"), "numbness in both feet"),
        (observed("Numbness", valueBoolean=True), "Numbness"),
        (observed("Numbness", valueString="yes"), "Numbness"),
        (observed("Gait", valueString="unsteady"), "unsteady"),
        (observed("Romberg test", valueCodeableConcept={"text": "Positive"}), "Romberg test"),
        (observed("Foot exam", note=[{"text": "numb toes both feet"}]), "numb toes both feet"),
        (observed("Foot exam", comments="pins & needles"), "pins & needles"),
        (answered(QUESTION, valueBoolean=True), QUESTION),
        (answered(QUESTION, valueCoding=YES), QUESTION),
        (answered("Symptoms", valueString="numb feet"), "numb feet"),
    ],
)
def test_a_sign_in_words_is_quoted_and_asked_about(seen: Json, quoted: str) -> None:
    card = only_card(tablets(seen))
    assert (card["source"]["topic"]["code"], card["indicator"]) == ASKED_LOUDLY
    assert card["summary"].startswith(f"Record says '{quoted}'")


@pytest.mark.parametrize("status", ["", None, "submitted", ["?"], 5, {"text": "done"}])
def test_answers_of_which_nobody_knows_whether_they_were_completed_are_quoted(status: Any) -> None:
    card = only_card(tablets(answered(QUESTION, valueBoolean=True) | {"status": status}))
    assert card["summary"].startswith("Record says 'Numbness or tingling")


@pytest.mark.parametrize(
    "seen",
    [
        observed("Neuro exam", valueString="No numbness or tingling"),
        observed("Gait", valueString="normal"),
        observed("Romberg test", valueCodeableConcept={"text": "Negative"}),
        observed("Numbness", valueBoolean=False),
        observed("Symptoms", valueString="numb feet", effectiveDateTime="2025-01-20"),
        observed("Symptoms", valueString="numb feet", status="entered-in-error"),
        observed("Tobacco smoking status", valueCodeableConcept={"text": "Never smoker"}),
        answered(QUESTION, valueBoolean=False),
        answered("Trouble concentrating on things", valueCoding={"display": "Several days"}),
        answered(QUESTION, valueBoolean=True) | {"status": "in-progress"},
        answered(QUESTION, valueBoolean=True) | {"status": "stopped"},
        answered(QUESTION, valueBoolean=True) | {"status": "entered-in-error"},
        answered(QUESTION, valueBoolean=False) | {"status": "submitted"},
    ],
)
def test_what_is_denied_old_or_no_sign_hints_at_nothing_and_answers_nothing(seen: Json) -> None:
    assert level(tablets(seen)) == ASKED_QUIETLY


@pytest.mark.parametrize(
    "words",
    [
        "pins & needles",
        "burning soles",
        "cannot feel the floor, loss of sensation",
        "altered sensation below the knees",
        "wobbly when walking",
        "loss of balance",
        "memory worse",
        "brain fog",
        "worsening neuropathy",
        "Füße taub",
        "Missempfindungen",
        "perte de sensibilité",
        "pérdida de sensibilidad",
        "bruciore ai piedi",
        "brandende voeten",
        "evenwichtsproblemen",
        "myrkrypningar",
        "glemsom",
        "perda de equilíbrio",
    ],
)
def test_the_words_of_nerve_signs_are_known_in_many_forms(words: str) -> None:
    asked = tablets()
    draft_of(asked)["note"] = [{"text": words}]
    assert level(asked) == ASKED_LOUDLY


@pytest.mark.parametrize(
    "words", ["ulnar neuropathy at elbow", "auditory neuropathy", "balanced diet", "take with food"]
)
def test_words_of_other_things_are_no_nerve_signs(words: str) -> None:
    asked = tablets()
    draft_of(asked)["note"] = [{"text": words}]
    assert level(asked) == ASKED_QUIETLY


def test_a_sign_in_words_alone_never_makes_tablets_wrong() -> None:
    (card,) = cards_of(tablets(observed("Symptoms", valueString="numb feet")))
    assert not any(one.get("isRecommended") for one in card.get("suggestions", ()))
    assert "Nerve signs: not known, words may mean them" in card["detail"]


def screened(value: Json, *more: Json) -> Json:
    """Return the request for tablets with a screen of 20 November that found nothing."""
    screen = {
        "resourceType": "Observation",
        "id": "screen",
        "status": "final",
        "code": {"coding": [{"system": "urn:b12-cds:observation", "code": "neuro-screen"}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-20",
        "valueCodeableConcept": value,
    }
    return tablets(screen, *more)


INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
NEGATIVE: Json = {"coding": [{"system": INTERPRETATION, "code": "NEG"}]}


def told(day: str) -> Json:
    return observed("Symptoms", valueString="numbness in both feet", effectiveDateTime=day)


@pytest.mark.parametrize("day", ["2026-11-20", "2026-11-24"])
def test_a_screen_that_found_nothing_does_not_stand_against_words_since_I30(day: str) -> None:
    assert level(screened(NEGATIVE, told(day))) == ASKED_LOUDLY


def test_a_screen_that_found_nothing_stands_against_words_before_it_Q1() -> None:
    assert cards_of(screened(NEGATIVE, told("2026-11-10"))) == []


@pytest.mark.parametrize("text", ["Negative but numb toes", "equivocal"])
def test_a_code_for_no_beside_other_words_is_no_plain_no_I8(text: str) -> None:
    asked = screened(NEGATIVE | {"text": text})
    assert level(asked)[0] == "b2"


@pytest.mark.parametrize(
    ("note", "asks"),
    [
        ("numb toes since June", True),
        ("numb toes, gait normal", True),
        ("Reflexes tested: normal. Toes are numb.", True),
        ("no numbness, no tingling, gait steady", False),
        ("asked about numbness, gait and memory: none", False),
        ("repeat in 3 months", False),
    ],
)
def test_the_note_of_a_screen_that_names_a_sign_leaves_it_open_I30(note: str, asks: bool) -> None:
    asked = screened(NEGATIVE)
    asked["prefetch"]["labs"]["entry"][-1]["resource"]["note"] = [{"text": note}]
    assert bool(cards_of(asked)) is asks
