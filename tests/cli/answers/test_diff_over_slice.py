"""`b12-cds diff --slices`: how many patients of a slice two sides answer otherwise."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import pytest

from cli.answers.over_slice import OverSlice, compare_over_slice, today_at
from cli.parsing import Refusal
from population.slices import SliceJob, run_slice
from synthetic import MadePopulation, make_population

AS_OF = dt.date(2026, 6, 1)


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slice of forty people, most of them with a story that leads to M6."""
    folder = tmp_path_factory.mktemp("slice")
    plan = MadePopulation(40, 3, folder / "made", AS_OF, 0.9, 10, weights={"M6": 400})
    make_population(plan, lambda _: None)
    run_slice(SliceJob((folder / "made",), folder / "slice"), lambda _: None)
    return folder / "slice"


def compare(slices: Path, folder: Path, new: str) -> OverSlice:
    names = {"old.toml": "", "new.toml": new}
    for name, text in names.items():
        (folder / name).write_text(text)
    sides = {name.partition(".")[0]: str(folder / name) for name in names}
    return compare_over_slice(
        argparse.Namespace(**sides, slices=slices, mode="snapshot", as_of=AS_OF)
    )


def test_the_patients_that_are_answered_otherwise_are_counted_by_rule(
    slices: Path, tmp_path: Path
) -> None:
    found = compare(slices, tmp_path, '[policy]\nnonNeuroRoute = "IM_FIRST"\n')

    assert found.patients == 40
    assert 0 < found.otherwise < 40
    told = {(one["old"], one["new"]): one["patients"] for one in found.as_json()["changes"]}
    assert told == found.changes
    assert told["M6", "M5"] > 0
    assert list(told.values()) == sorted(told.values(), reverse=True)
    same = {
        rules for rules in told if rules[0] == rules[1]
    }  # other orders offered in the same card
    assert same
    assert (
        next(iter(found.say()))
        == f"{found.otherwise} of 40 patients of the slice are answered otherwise."
    )


def test_two_sides_that_say_the_same_change_nobody(slices: Path, tmp_path: Path) -> None:
    assert compare(slices, tmp_path, "") == OverSlice(40, 0, {})


def test_a_folder_without_a_slice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="holds no slice"):
        compare(tmp_path, tmp_path, "")


def test_without_a_day_it_is_today_at_the_first_site_file(tmp_path: Path) -> None:
    """Noon to noon these two are a day apart, whatever the hour."""
    for name, zone in (("east", "Pacific/Kiritimati"), ("west", "Pacific/Pago_Pago")):
        text = f'[service]\ntime_zone = "{zone}"\n'
        (tmp_path / f"{name}.toml").write_text(text)
    east, west = str(tmp_path / "east.toml"), str(tmp_path / "west.toml")
    assert today_at([east, west]) > today_at([west, east])
    assert today_at(["/opt/b12-cds", west]) == today_at([west])
