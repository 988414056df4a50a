"""How many patients of a slice two site files, or two installed versions, answer otherwise."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from cli.parsing import Refusal

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OverSlice:
    """Patients of the slice, those answered otherwise, and how many by rule before and after."""

    patients: int
    otherwise: int
    changes: Mapping[tuple[str, str], int]

    def say(self) -> Iterator[str]:
        """Yield it in words; no patient is named."""
        yield f"{self.otherwise} of {self.patients} patients of the slice are answered otherwise."
        for (before, after), number in self.changes.items():
            rule = before if before == after else f"{before or 'none'} -> {after or 'none'}"
            yield f"  {rule}: {number}"

    def as_json(self) -> Json:
        changes = [
            {"old": old, "new": new, "patients": number}
            for (old, new), number in self.changes.items()
        ]
        return {"patients": self.patients, "otherwise": self.otherwise, "changes": changes}


def compare_over_slice(chosen: argparse.Namespace) -> OverSlice:
    """Run both sides over the slice, in a folder that is removed, and count who changes.

    Raises: Refusal.
    """
    from cds_service.decision import facts_of_rules
    from population.runs import CannotAsk, RunRefused, changes_between
    from population.sources import TaskFailed

    if not (chosen.slices / "slice.json").is_file():
        raise Refusal(f"{chosen.slices}: holds no slice; expected what population slice wrote.")
    day = chosen.as_of or today_at((chosen.old, chosen.new))
    with tempfile.TemporaryDirectory(prefix="b12-cds-diff-") as folder:
        sides = Path(folder, "old"), Path(folder, "new")
        try:
            for name, out in zip((chosen.old, chosen.new), sides, strict=True):
                _run(name, out, chosen, day)
        except (RunRefused, CannotAsk, TaskFailed) as error:
            raise Refusal(f"diff: {str(error).removesuffix('.')}.") from None
        changes = Counter[tuple[str, str]]()
        patients: set[tuple[str, tuple[str, str]]] = set()
        for one in changes_between(*sides, facts_of_rules()):
            patients.add((one["patient"], (one["rule_before"], one["rule_after"])))
        changes.update(rules for _, rules in patients)
        everybody = sum(
            pq.read_metadata(part).num_rows for part in sorted(chosen.slices.glob("part-*.parquet"))
        )
    otherwise = len({patient for patient, _ in patients})
    return OverSlice(everybody, otherwise, dict(changes.most_common()))


def today_at(sides: Iterable[str]) -> dt.date:
    """Return today at the first of the sides that is a site file, in UTC where none is; both sides
    are asked for one day.
    """
    from cds_service.site import load_settings

    site = next((Path(name) for name in sides if name.endswith(".toml")), None)
    return load_settings(site).today(dt.datetime.now(dt.UTC))


def _run(name: str, out: Path, chosen: argparse.Namespace, day: dt.date) -> None:
    from population.runs import DeciderSetup, Mode, RunJob, is_program, run_beside, run_decisions

    workers = os.cpu_count() or 1
    if is_program(name):
        options = {
            "input": chosen.slices,
            "out": out,
            "mode": chosen.mode,
            "as-of": day.isoformat(),
        }
        return run_beside(name, {**options, "workers": workers})
    missing = json.loads((chosen.slices / "slice.json").read_bytes())["missing"]
    setup = DeciderSetup(Mode(chosen.mode), day, name, missing)
    run_decisions(RunJob(chosen.slices, out, setup, workers=workers), lambda _: None)
    return None
