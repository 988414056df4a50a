"""The choice of a quick run: its places are there, and what guards a patient stays in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.quick import ONE_IN, SAMPLED, WHOLE, left_out

ROOT = Path(__file__).parent

ALL_CASES_OF = (
    "recommender/treatment/test_decision_table.py",
    "recommender/review/test_order_review.py",
    "fhir_mappings/test_round_trip.py",
    "test_saved_cases.py",
    "safety/test_hazards.py",
)
"""The decision table, the review of orders, the mapping and the saved answers: run to the last
case.
"""


@pytest.mark.parametrize("place", [*WHOLE, *SAMPLED])
def test_a_place_of_the_choice_is_there_and_stands_in_it_once(place: str) -> None:
    assert list(ROOT.glob(f"{place}*")), place
    covering = [other for other in (*WHOLE, *SAMPLED) if place.startswith(other)]
    assert covering == [place]


@pytest.mark.parametrize("place", ALL_CASES_OF)
def test_what_guards_a_patient_is_run_to_the_last_case(place: str) -> None:
    assert (ROOT / place).is_file()
    assert left_out([(place, "test_one")] * 30) == [False] * 30


def test_a_sampled_test_gives_its_first_case_and_one_in_ten() -> None:
    cases = [("vignettes/test_vignettes.py", "test_vignette")] * 25
    taken = [number for number, out in enumerate(left_out(cases)) if not out]
    assert taken == [0, ONE_IN, 2 * ONE_IN]


def test_each_test_of_a_sampled_file_gives_a_case() -> None:
    pair = [("vignettes/test_vignettes.py", name) for name in ("test_one", "test_two")]
    assert left_out(pair) == [False, False]


def test_most_files_of_mapping_and_rules_are_never_left_out_whole() -> None:
    for room in ("recommender", "fhir_mappings", "vignettes"):
        files = list((ROOT / room).rglob("test_*.py"))
        out = [path for path in files if path.relative_to(ROOT).as_posix().startswith(WHOLE)]
        assert len(out) <= len(files) / 10, room
