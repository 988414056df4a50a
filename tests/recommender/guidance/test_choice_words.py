"""The words of the settings' choices: every member has them, and other values need none."""

from __future__ import annotations

import enum

import pytest

from recommender.guidance import (
    SETTINGS,
    OralInEstablishedMalabsorption,
    words_of_choice,
)
from recommender.guidance.choice_words import CHOICE_WORDS
from recommender.guidance.policy import Setting

CLOSED = [one for one in SETTINGS if isinstance(one.choices, type) and not one.text]


@pytest.mark.parametrize("setting", CLOSED, ids=lambda one: one.key)
def test_every_choice_of_a_setting_has_words(setting: Setting) -> None:
    words = [words_of_choice(setting, value) for value in setting.allowed]

    assert all(words)
    assert all("_" not in one and one == one.strip() for one in words)
    assert len(set(words)) == len(words)


def test_no_words_stand_for_a_choice_that_no_setting_has() -> None:
    kinds = {one.choices for one in CLOSED}

    assert {type(choice) for choice in CHOICE_WORDS} == kinds
    assert all(isinstance(choice, enum.Enum) for choice in CHOICE_WORDS)


def test_the_same_code_has_the_words_of_its_own_setting() -> None:
    of = {one.key: one for one in SETTINGS}

    assert words_of_choice(of["confirmConsistentOrders"], "NEVER") == "never"
    assert (
        words_of_choice(
            of["oralInEstablishedMalabsorption"], OralInEstablishedMalabsorption.NEVER.value
        )
        == "not accepted"
    )


@pytest.mark.parametrize(
    ("key", "value"), [("oralDoseMcg", 1000), ("refillCards", True), ("cyanoImProtocol", "NONE")]
)
def test_numbers_and_yes_and_no_need_no_words(key: str, value: object) -> None:
    setting = next(one for one in SETTINGS if one.key == key)

    assert words_of_choice(setting, value) == ""
