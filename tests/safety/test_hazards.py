"""Every hazard is controlled or says why not, and the evidence that is named exists."""

from __future__ import annotations

from typing import Any

import pytest

from pages.safety.hazards import (
    FEWEST,
    assumption_rows,
    is_checked_by_machine,
    read_hazards,
    why_missing,
)
from tests.evidence import (
    files_that_check,
    named_invariants,
    named_tests,
    not_run,
    short_name,
)

HAZARDS = read_hazards()


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])
def test_the_evidence_of_a_hazard_exists(hazard: dict[str, list[str]]) -> None:
    missing = {control: why for control in hazard["controls"] if (why := why_missing(control))}

    assert missing == {}


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])
def test_a_hazard_has_two_controls_that_a_machine_checks_or_says_why_not(
    hazard: dict[str, list[str]],
) -> None:
    checked = sum(map(is_checked_by_machine, hazard["controls"]))

    assert (checked < FEWEST) is bool(hazard.get("why_none"))


@pytest.mark.parametrize(
    "control",
    [
        "tests/safety/test_hazards.py::test_that_is_not_there",
        "tests/safety/no_such_file.py::test_the_evidence_of_a_hazard_exists",
        "tests/safety/test_hazards.py::TestNotThere::test_the_evidence_of_a_hazard_exists",
        "tests/cds_service/records/test_faults.py::test_what_stands_in_its_place_is_used_from_then_on",
        "tests/cds_service/records/test_faults.py::TestLocked::"
        "test_what_stands_in_its_place_is_used_from_then_on",
        "tests/safety/test_hazards.py::HAZARDS",
        "tests/evidence.py::named_tests",
        "invariant I" + "999",
        "card z" + "99",
        "rule Z" + "99",
        "setting noSuchSettingAnywhere" + "AtAll",
        "page docs/none.md",
        "page /none-of-ours",
        "recommender/none.py",
        "README.md (no such word in it, " + "surely)",
        "recommender (a folder)",
        "promise to be careful",
    ],
)
def test_evidence_that_does_not_exist_is_noticed(control: str) -> None:
    assert why_missing(control)


def test_evidence_that_did_not_run_is_noticed() -> None:
    ran = [f"{name}[case-1]" for name in named_tests()]

    ran += [f"{sorted(files_that_check(one))[0]}::test_it" for one in named_invariants()]

    assert not_run(ran) == []
    assert not_run(ran[1:]) == [short_name(ran[0])]
    in_another_class = ran[0].replace("::", "::TestElsewhere::", 1)
    assert not_run([in_another_class, *ran[1:]]) == [short_name(ran[0])]
    assert "invariant I1" in not_run([])


def test_an_invariant_is_checked_where_tests_import_what_checks_it() -> None:
    assert "tests/recommender/review/test_fixed_point.py" in files_that_check("I13")
    assert all(files_that_check(one) for one in named_invariants())
    assert files_that_check("I" + "999") == frozenset()


def test_a_hazard_without_two_controls_has_a_reason_of_its_own() -> None:
    reasons = [hazard["why_none"] for hazard in HAZARDS if "why_none" in hazard]

    assert len(set(reasons)) == len(reasons)
    assert not [reason for reason in reasons if len(reason) < 80 or "in this edition" in reason]


def test_hazards_have_ids_of_their_own_and_scores_stay_suggestions() -> None:
    ids = [hazard["id"] for hazard in HAZARDS]

    assert len(set(ids)) == len(ids) == 117
    assert {hazard["score_by_officer"] for hazard in HAZARDS} == {""}


def test_assumptions_name_hazards_that_exist() -> None:
    ids = {hazard["id"] for hazard in HAZARDS}

    assert {name for _, _, opened in assumption_rows() for name in opened} <= ids


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda hazard: hazard["id"])
def test_the_status_of_a_hazard_follows_from_what_is_open(hazard: dict[str, Any]) -> None:
    """Nothing open: controlled, nothing more is proposed, and the risk of now is that of the
    target.
    """
    scores = hazard["suggested"]
    closed = not hazard["gap"]

    assert hazard["status"] == ("controlled" if closed else "open")
    assert bool(hazard["proposed"]) is not closed
    if closed:
        assert not hazard.get("why_none")
        assert scores["likelihood_now"] == scores["likelihood_target"]
        assert scores["risk"][1] == scores["risk"][2]
