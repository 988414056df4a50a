"""Approvals in the site file: whose name stands for what is looser or withheld."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.site import (
    SettingsError,
    check_config,
    demonstration,
    ends_of_approvals,
    in_force,
    load_settings,
    tried_on,
)
from cds_service.site.modes import Approval
from recommender.guidance import Policy

APPROVAL = """
[[approvals]]
what = "{what}"
name = "A. Officer"
date = 2026-06-01
reason = "agreed by the committee"
"""


def problems(folder: Path, text: str) -> str:
    """Return what is wrong with a site file; empty for nothing."""
    path = folder / "site.toml"
    path.write_text(text)
    try:
        load_settings(path)
    except SettingsError as error:
        return str(error)
    return ""


def test_a_looser_setting_needs_an_approval_by_its_name_Q62(tmp_path: Path) -> None:
    policy = "[policy]\ncyanoMinEgfr = 50\n"

    said = problems(tmp_path, policy)
    assert "policy.cyanoMinEgfr: found 50, looser than 60" in said
    assert 'what = "cyanoMinEgfr"' in said
    assert "looser" in problems(tmp_path, policy + APPROVAL.format(what="mmaNmolL"))
    assert problems(tmp_path, policy + APPROVAL.format(what="cyanoMinEgfr")) == ""


@pytest.mark.parametrize(
    ("said", "nothing"),
    [("A. Officer", "  "), ("A. Officer", "TBC"), ("agreed by the committee", "...")],
)
def test_an_approval_by_nobody_or_for_no_reason_is_none(
    tmp_path: Path, said: str, nothing: str
) -> None:
    approval = APPROVAL.format(what="cyanoMinEgfr").replace(said, nothing)
    key = "name" if said == "A. Officer" else "reason"

    wrong = problems(tmp_path, f"[policy]\ncyanoMinEgfr = 50\n{approval}")
    assert f"approvals[0].{key}: is missing or empty" in wrong


def test_the_day_of_an_approval_may_stand_in_quotation_marks(tmp_path: Path) -> None:
    policy, quoted = "[policy]\ncyanoMinEgfr = 50\n", APPROVAL.format(what="cyanoMinEgfr")

    assert problems(tmp_path, policy + quoted.replace("2026-06-01", '"2026-06-01"')) == ""
    wrong = problems(tmp_path, policy + quoted.replace("2026-06-01", '"1 June"'))
    assert "approvals[0].date" in wrong


def test_a_setting_at_its_default_or_tighter_needs_none(tmp_path: Path) -> None:
    assert problems(tmp_path, "[policy]\ncyanoMinEgfr = 60\nmaxOralPerDay = 5\n") == ""


@pytest.mark.parametrize(
    ("what", "near"), [("modes.critcal", "modes.critical"), ("cyanoMinEGFR", "cyanoMinEgfr")]
)
def test_an_approval_of_nothing_is_said_with_the_nearest_name(
    tmp_path: Path, what: str, near: str
) -> None:
    said = problems(tmp_path, APPROVAL.format(what=what))

    assert "approvals[0].what: is neither a setting nor" in said
    assert f'the nearest known is "{near}"' in said


DAY = dt.date(2026, 6, 30)
LOW = Policy.from_settings(
    {"b12LowPmolL": 120, "b12LowPgMl": 163, "cyanoMinEgfr": 50, "prefetchMaxAgeHours": 30}
)


def approve(what: str, begins: int = -30, ends: int | None = None) -> Approval:
    """Return an approval that holds from and until so many days after `DAY`."""
    expires = None if ends is None else DAY + dt.timedelta(days=ends)
    return Approval(what, "A. Officer", DAY + dt.timedelta(days=begins), "agreed", expires)


AGE_AND_KIDNEY = replace(Policy(), cyano_min_egfr=50, prefetch_max_age_hours=30)


@pytest.mark.parametrize(
    ("begins", "ends", "in_force_on_the_day"),
    [(-30, None, 50), (-30, 1, 50), (-30, 0, 50), (-30, -1, 60), (0, 9, 50), (1, 9, 60)],
)
def test_a_looser_setting_is_its_default_while_no_approval_of_it_holds_Q62(
    begins: int, ends: int | None, in_force_on_the_day: int
) -> None:
    approvals = (approve("cyanoMinEgfr", begins, ends), approve("prefetchMaxAgeHours"))
    settings = replace(demonstration(), policy=AGE_AND_KIDNEY, approvals=approvals)

    policy = in_force(settings, DAY).policy
    assert policy.cyano_min_egfr == in_force_on_the_day
    assert policy.prefetch_max_age_hours == 30  # what is approved stays
    assert (policy.version == AGE_AND_KIDNEY.version) is (in_force_on_the_day == 50)


def test_a_second_approval_takes_over_where_the_first_ends() -> None:
    both = (approve("cyanoMinEgfr", -30, -1), approve("cyanoMinEgfr", 0, 90))
    settings = replace(demonstration(), policy=AGE_AND_KIDNEY, approvals=both)

    assert in_force(settings, DAY).policy.cyano_min_egfr == 50
    assert "cyanoMinEgfr" not in " ".join(
        ends_of_approvals(AGE_AND_KIDNEY, (*both, approve("prefetchMaxAgeHours")), DAY)
    )


def test_where_one_unit_of_a_limit_falls_back_the_other_does_with_it() -> None:
    approvals = (
        approve("b12LowPmolL", ends=-1),
        *map(approve, ("b12LowPgMl", "cyanoMinEgfr", "prefetchMaxAgeHours")),
    )
    settings = replace(demonstration(), policy=LOW, approvals=approvals)

    assert in_force(settings, DAY).policy == Policy()


def test_a_trial_takes_a_later_approval_as_given_and_an_ended_one_as_ended() -> None:
    for begins, ends, tried in ((9, None, 50), (9, 20, 50), (-30, -1, 60)):
        approvals = (approve("cyanoMinEgfr", begins, ends), approve("prefetchMaxAgeHours"))
        settings = replace(demonstration(), policy=AGE_AND_KIDNEY, approvals=approvals)
        assert tried_on(settings, DAY).policy.cyano_min_egfr == tried


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        (-1, "no [[approvals]] table holds on 2026-06-30 (2026-05-31 until 2026-06-29)"),
        (0, "that of cyanoMinEgfr holds until 2026-06-30, not longer"),
        (30, "that of cyanoMinEgfr holds until 2026-07-30, not longer"),
        (31, ""),
        (None, ""),
    ],
)
def test_the_end_of_an_approval_is_said_before_and_after(ends: int | None, said: str) -> None:
    policy = replace(Policy(), cyano_min_egfr=50)
    found = ends_of_approvals(policy, (approve("cyanoMinEgfr", ends=ends),), DAY)

    assert len(found) == bool(said)
    assert said in " ".join(found)


def test_an_approval_of_withholding_that_has_ended_is_said() -> None:
    [said] = ends_of_approvals(Policy(), (approve("modes.critical", ends=-1),), DAY)
    assert said.endswith("critical cards are shown.")
    assert ends_of_approvals(Policy(), (), DAY) == ()


def test_check_config_says_an_approval_that_has_ended_and_one_that_soon_will(
    tmp_path: Path,
) -> None:
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)
    path = tmp_path / "site.toml"
    for expires, said in (("2026-06-02", "its default is in force"), (str(soon), "not longer")):
        path.write_text(
            "[policy]\ncyanoMinEgfr = 50\n"
            + APPROVAL.format(what="cyanoMinEgfr")
            + f"expires = {expires}\n"
        )
        [problem] = check_config(path)
        assert "cyanoMinEgfr" in problem
        assert said in problem
