"""Who is shown a card in a share: the arms of a hundred thousand patients, by the hash that the
service keys them with, under fixed keys.

The bounds are those that chance passes less than once in 1,000 looks; with fixed keys the counts
are the same at every run.
"""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Sequence

import pytest

from cds_service.records.record_key import RecordKey
from governance.decisions.modes import arm_of

PATIENTS = 100_000
EHR, CLINIC = "https://ehr.example.org", "https://clinic.example.org"
KEYS = ("a key of sixteen characters", "another key, also fixed", "0" * 64)

CHI_SQUARE_99, CHI_SQUARE_1 = 148.2, 10.83
"""Chi-square that chance passes once in 1,000, with 99 and with 1 degree of freedom."""

MOST_DEVIATIONS = 3.3
"""Standard deviations that a count passes, to either side, once in 1,000."""


@functools.cache
def arms(key: str, issuer: str, patients: int = PATIENTS) -> list[float]:
    """Return where patients with numbers for ids stand."""
    keyed = RecordKey("sqlite://", key)
    return [arm_of(keyed.hash_patient(issuer, str(number))) for number in range(patients)]


def dependence(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the chi-square of the halves that pairs of arms fall into."""
    halves = Counter((left < 0.5, right < 0.5) for left, right in zip(one, other, strict=True))
    of_one, of_other = (
        {
            half: sum(halves[pair] for pair in halves if pair[place] is half)
            for half in (True, False)
        }
        for place in (0, 1)
    )
    expected = {
        (left, right): of_one[left] * of_other[right] / halves.total()
        for left in (True, False)
        for right in (True, False)
    }
    return sum((halves[pair] - usual) ** 2 / usual for pair, usual in expected.items())


@pytest.mark.parametrize("key", KEYS)
def test_the_arms_are_spread_evenly(key: str) -> None:
    usual = PATIENTS / 100
    hundredths = Counter(int(arm * 100) for arm in arms(key, EHR))

    assert set(hundredths) == set(range(100))
    assert sum((number - usual) ** 2 / usual for number in hundredths.values()) < CHI_SQUARE_99


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.5, 0.9])
def test_a_share_is_that_of_the_patients(share: float) -> None:
    for key in KEYS:
        shown = sum(arm < share for arm in arms(key, EHR))
        assert abs(shown - share * PATIENTS) < MOST_DEVIATIONS * math.sqrt(
            PATIENTS * share * (1 - share)
        )


def test_neighbours_and_the_same_id_at_another_issuer_are_in_arms_of_their_own() -> None:
    here, there = arms(KEYS[0], EHR), arms(KEYS[0], CLINIC)

    assert dependence(here[:-1], here[1:]) < CHI_SQUARE_1
    assert dependence(here, there) < CHI_SQUARE_1


def test_another_key_deals_the_patients_anew() -> None:
    assert dependence(arms(KEYS[0], EHR), arms(KEYS[1], EHR)) < CHI_SQUARE_1


def test_a_dependence_would_be_noticed() -> None:
    here = arms(KEYS[0], EHR, 1000)

    assert dependence(here, here) > CHI_SQUARE_1


def test_small_groups_are_uneven_as_often_as_chance_has_it() -> None:
    """Of 200 patients, 84 or fewer or 116 or more are shown a share of a half at 2.8 % of sites."""
    sites, patients = 1000, 200
    chance = 2 * sum(math.comb(patients, shown) for shown in range(85)) / 2**patients
    uneven = sum(
        abs(sum(arm < 0.5 for arm in arms(f"key {site}", EHR, patients)) - 100) >= 16
        for site in range(sites)
    )

    assert 0.025 < chance < 0.03
    deviation = math.sqrt(sites * chance * (1 - chance))
    assert abs(uneven - sites * chance) < MOST_DEVIATIONS * deviation


def test_who_is_in_a_smaller_share_is_in_a_larger_one() -> None:
    """A card that is shown to more and more patients is taken from none."""
    here = arms(KEYS[0], EHR, 1000)

    assert {place for place, arm in enumerate(here) if arm < 0.1} < {
        place for place, arm in enumerate(here) if arm < 0.5
    }
