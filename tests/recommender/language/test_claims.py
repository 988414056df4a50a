"""What a prescriber states by taking one leg of a choice: the same words to the draft and back."""

import itertools

import pytest

from recommender.language import Claim, read_claims, say_claims
from recommender.remedies.labels import STATED, say_stated


@pytest.mark.parametrize("claims", [*STATED, *((*one, Claim.NOT_GIVEN) for one in STATED)])
def test_what_a_draft_carries_is_read_again(claims: tuple[Claim, ...]) -> None:
    assert read_claims(say_claims(claims)) == claims


def test_the_words_of_one_claim_are_not_the_beginning_of_an_earlier_one() -> None:
    for earlier, later in itertools.combinations(Claim, 2):
        assert not later.value.startswith(earlier.value)


@pytest.mark.parametrize(
    "words",
    ["", "no", "patient agrees", "no neurological symptoms, I think", "neurological symptoms"],
)
def test_words_that_are_none_of_ours_state_nothing(words: str) -> None:
    assert read_claims(words) == ()


def test_a_short_label_keeps_what_is_said_of_nerve_signs_I1() -> None:
    for claims in STATED:
        for stated in (claims, (*claims, Claim.NOT_GIVEN)):
            brief = say_stated(stated, briefly=True)
            assert ("NEURO signs" in brief) is (Claim.SIGNS_PRESENT in stated)
            assert brief.startswith("NO ") or Claim.SIGNS_ABSENT not in stated
            assert len(brief) <= len(say_stated(stated))
