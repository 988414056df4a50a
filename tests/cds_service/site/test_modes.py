"""Approvals in the site file: whose name stands for what is looser or withheld."""

from __future__ import annotations

from pathlib import Path

import pytest

from cds_service.site import load_settings
from cds_service.site.settings import SettingsError

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
