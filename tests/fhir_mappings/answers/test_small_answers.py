"""What single faults in the reading of answers would change: signs observed, lengths, states."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest

from recommender.language import Because, NeurologicalSign, NotCounted
from tests.fhir_mappings.records import (
    OWN,
    SNOMED,
    injection_given,
    map_all,
    observation,
    scenario_of,
    why_ignored,
)

PARAESTHESIA, DIABETIC_NEUROPATHY, BREASTFEEDING = "91019004", "424736006", "866041003"
LENGTH = "ileal-resection-length"


def sign(code: str, days: int = 5, **value: Any) -> dict[str, Any]:
    return observation(code, system=SNOMED, days=days, **value)


def length(value: object = None, days: int = 5, **changes: Any) -> dict[str, Any]:
    return observation(LENGTH, value, "cm" if value else "", days, OWN, **changes)


def test_a_sign_with_a_reason_why_its_answer_is_missing_is_not_affirmed() -> None:
    absent = {"dataAbsentReason": {"coding": [{"code": "asked-unknown"}]}}
    assert scenario_of(sign(PARAESTHESIA, **absent)).neurological_findings == ()
    assert len(scenario_of(sign(PARAESTHESIA)).neurological_findings) == 1


def test_a_sign_observed_says_its_other_cause_and_whether_it_is_new() -> None:
    (other,) = scenario_of(sign(DIABETIC_NEUROPATHY)).neurological_findings
    assert other.sign is NeurologicalSign.PERIPHERAL_NEUROPATHY
    assert (other.other_cause, other.is_new, other.current) == (True, False, True)
    treated = injection_given(40)
    (new,) = scenario_of(treated, sign(PARAESTHESIA)).neurological_findings
    assert (new.other_cause, new.is_new, new.current) == (False, True, True)
    (old,) = scenario_of(treated, sign(PARAESTHESIA, days=200)).neurological_findings
    assert (old.is_new, old.current) == (False, False)
    assert new.evidence.reported == "observed"


def test_a_denied_sign_does_not_hide_the_others() -> None:
    found = scenario_of(
        sign(PARAESTHESIA, days=2, valueBoolean=False), sign(PARAESTHESIA, days=9)
    ).neurological_findings
    assert [item.sign for item in found] == [NeurologicalSign.PARAESTHESIA]


def test_a_positive_antibody_is_used_for_the_cause() -> None:
    antibody = observation("31444-3", valueCodeableConcept={"text": "Positive"})
    mapped = map_all(antibody)
    assert len(mapped.scenario.causes) == 1
    (line,) = [line for line in mapped.lines() if line.type == "Observation"]
    assert line.used_for == ("cause",)


@pytest.mark.parametrize("days", [3, 300])
def test_a_state_of_the_year_is_used_and_says_so(days: int) -> None:
    mapped = map_all(sign(BREASTFEEDING, days=days, valueBoolean=True))
    assert mapped.scenario.breastfeeding.is_true
    (line,) = [line for line in mapped.lines() if line.type == "Observation"]
    assert line.used_for == ("breastfeeding",)


def test_of_two_lengths_of_one_moment_the_longest_counts_and_the_unreadable_none() -> None:
    day = "2026-06-10T10:00:00Z"
    scenario = scenario_of(
        length(12, effectiveDateTime=day),
        length(25, effectiveDateTime=day),
        length(valueString="long", effectiveDateTime=day),
    )
    quantity = scenario.ileal_resection_length.quantity
    assert quantity is not None
    assert quantity.value == 25


def test_of_two_lengths_of_one_day_the_later_counts() -> None:
    scenario = scenario_of(
        length(25, effectiveDateTime="2026-06-10T10:00:00Z"),
        length(12, effectiveDateTime="2026-06-10T11:00:00Z"),
    )
    quantity = scenario.ileal_resection_length.quantity
    assert quantity is not None
    assert quantity.value == 12


def test_a_length_that_cannot_be_read_says_why_as_a_code() -> None:
    measured = scenario_of(length(valueString="long")).ileal_resection_length
    assert measured.because is NotCounted.IN_WORDS
    absent = {"dataAbsentReason": {"text": "not measured"}}
    mapped = map_all(length(**absent))
    assert mapped.scenario.ileal_resection_length.because is Because.NONE_RECORDED
    assert "no result: not measured" in mapped.scenario.ileal_resection_length.reason
    assert any("not measured" in why for why in why_ignored(mapped, "Observation"))


def test_without_a_length_the_lists_it_may_stand_in_say_why() -> None:
    failed = scenario_of(unavailable=["procedures"]).ileal_resection_length
    assert failed.because is Because.COULD_NOT_BE_READ
    assert scenario_of().ileal_resection_length.because is Because.NONE_RECORDED


SAME_DAY = ("2026-06-10", "2026-06-10")
AT = ("2026-06-10T09:00:00Z", "2026-06-10T15:00:00Z")


@pytest.mark.parametrize(
    ("days", "first", "second", "counts"),
    [  # which is newer is not known: yes restricts
        (SAME_DAY, True, False, True),
        (SAME_DAY, False, True, True),
        ((SAME_DAY[0], AT[1]), True, False, True),
        ((AT[0], AT[0]), True, False, True),
        (AT, True, False, False),  # the later of the day counts
        (AT, False, True, True),
        (("2026-06-09", "2026-06-10"), True, False, False),
    ],
)
def test_of_two_answers_of_one_day_yes_outweighs_no(
    days: tuple[str, str], first: bool, second: bool, counts: bool
) -> None:
    given = list(zip(days, (first, second), strict=True))
    screens = [
        observation("neuro-screen", system=OWN, valueBoolean=said, effectiveDateTime=day)
        for day, said in given
    ]
    feeding = [sign(BREASTFEEDING, valueBoolean=said, effectiveDateTime=day) for day, said in given]
    pregnancy = [
        observation(
            "82810-3",
            valueCodeableConcept={"text": "Pregnant" if said else "Not pregnant"},
            effectiveDateTime=day,
        )
        for day, said in given
    ]
    for one, other in ((0, 1), (1, 0)):  # whatever their order and ids
        pairs = ((kind[one], kind[other]) for kind in (screens, feeding, pregnancy))
        scenario = scenario_of(*chain.from_iterable(pairs))
        assert scenario.neurological_screen.is_true is counts
        assert scenario.breastfeeding.is_true is counts
        assert scenario.pregnant.is_true is counts
