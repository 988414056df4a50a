"""What each step of `b12-cds population` does with what was chosen for it."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cli.parsing import Refusal, authorities_of, check_file, print_json
from cli.patients.commands import (
    read_commands,
    run_command,
    slice_command,
    write_commands,
)
from cli.patients.population_checks import check_run, check_slice

if TYPE_CHECKING:
    from population.runs import RunJob
    from population.slices import SliceJob


RESOURCE_BYTES, RESOURCE_PACKED = 650, 50
"""What a made resource takes on disk, plain and as gzip; for the estimate only."""


def make_people(chosen: argparse.Namespace) -> int:
    """Write a made-up population and say how many resources of each type it has."""
    return _alone(chosen, _make)


def _make(chosen: argparse.Namespace) -> int:
    from population.sources import Progress, say_size
    from synthetic import MadePopulation, make_population

    weights = dict(_weight(text) for text in chosen.weight)
    plan = MadePopulation(
        chosen.patients,
        chosen.seed,
        chosen.out,
        chosen.as_of or _today(),
        chosen.share,
        chosen.resources,
        weights=weights,
        packed=chosen.gzip,
    )
    size = plan.patients * plan.resources * (RESOURCE_PACKED if plan.packed else RESOURCE_BYTES)
    _check_disk(chosen.out, size)
    print(f"about {say_size(size)} will be written", file=sys.stderr)
    progress = Progress("make", "patients", plan.patients)
    try:
        counts = make_population(plan, progress.add)
    except FileExistsError:
        raise Refusal(
            f"{plan.out}: holds something else already; expected a new folder, or the one of the "
            f"same population."
        ) from None
    progress.end()
    _say_made(counts, chosen.json)
    return 0


def _say_made(counts: dict[str, int], as_json: bool) -> None:
    if as_json:
        print_json(dict(sorted(counts.items())))
        return
    for kind, count in sorted(counts.items()):
        print(f"{kind:28}{count:>12,}")


def _today(policy: Path | None = None) -> dt.date:
    """Return today at the site that a site file tells of, in UTC without one."""
    from cds_service.site import load_settings

    return load_settings(policy).today(dt.datetime.now(dt.UTC))


def _weight(text: str) -> tuple[str, float]:
    rule, _, number = text.partition("=")
    try:
        return rule, float(number)
    except ValueError:
        raise Refusal(f'--weight: found "{text}", expected RULE=NUMBER, such as N1=40.') from None


def _check_disk(folder: Path, size: float) -> None:
    from population.sources import say_size

    place = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    if size > free:
        raise Refusal(f"{folder}: {say_size(size)} are needed and {say_size(free)} are free.")


def _alone(chosen: argparse.Namespace, work: Callable[[argparse.Namespace], int]) -> int:
    """Do the work where no other command writes into the same folder."""
    from population.slices import FolderInUse, alone_in

    try:
        with alone_in(chosen.out):
            return work(chosen)
    except FolderInUse as error:
        raise Refusal(str(error)) from None


def slice_export(chosen: argparse.Namespace) -> int:
    """Slice an export and say what was found; 1 where it holds no patient."""
    check_slice(chosen)
    return _alone(chosen, _slice)


def _slice(chosen: argparse.Namespace) -> int:
    from population.slices import SliceRefused, run_slice
    from population.sources import Progress, TaskFailed, find_pieces, say_size

    job = _slice_of(chosen)
    pieces = find_pieces(job.inputs)[0]
    size = sum(piece.size for piece in pieces)
    about = "about " if any(piece.zipped for piece in pieces) else ""
    _check_disk(chosen.out, size / 5)
    print(
        f"{about}{say_size(size)} to read with {chosen.workers} processes of up to 0.5 GB each; "
        f"up to {say_size(size / 5)} on disk on the way",
        file=sys.stderr,
    )
    progress = Progress("slice", "MB", size / 1e6)
    try:
        summary = run_slice(job, lambda count: progress.add(count / 1e6))
    except SliceRefused as error:
        raise Refusal(str(error)) from None
    except TaskFailed as error:
        raise Refusal(f"{chosen.out}: no slice was made: {error}.") from None
    progress.end()
    write_commands(chosen.out, [slice_command(chosen)])
    _say_slice(summary, chosen)
    if not summary["patients"]:
        print("No patient was found in the input.", file=sys.stderr)
    return 0 if summary["patients"] else 1


def _slice_of(chosen: argparse.Namespace) -> SliceJob:
    """Return what is to be sliced; a server's export is fetched first."""
    from cds_service.site import load_settings
    from population.slices import SliceJob

    inputs, complete = chosen.input, chosen.complete
    deleted: tuple[Path, ...] = ()
    if chosen.from_server:
        inputs, deleted = _export(chosen)
        complete = True
    extra = load_settings(chosen.policy).extra_codes if chosen.policy else None
    return SliceJob(tuple(inputs), chosen.out, chosen.workers, complete, tuple(deleted), extra)


def _export(chosen: argparse.Namespace) -> tuple[list[Path], tuple[Path, ...]]:
    from population.slices import TYPES_ASKED
    from population.sources import ExportFailed, Wanted, fetch_export

    folder = chosen.out / "export"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        export = fetch_export(
            Wanted(
                chosen.from_server, chosen.group, chosen.token, TYPES_ASKED, authorities_of(chosen)
            ),
            folder,
            lambda line: print(line, file=sys.stderr, flush=True),
        )
    except ExportFailed as error:
        raise Refusal(str(error)) from None
    if export.problems:
        print(
            f"the server says of some resources that they could not be exported: "
            f"{', '.join(path.name for path in export.problems)} in {folder / 'error'}",
            file=sys.stderr,
        )
    return [*export.files, *export.problems], export.deleted


def _say_slice(summary: dict[str, Any], chosen: argparse.Namespace) -> None:
    if chosen.json:
        print(json.dumps(summary, indent=1))
        return
    print(f"{summary['patients']:,} patients in {summary['parts']} parts")
    print(f"{'':28}{'read':>12}{'kept':>12}{'dropped':>12}")
    for kind, count in summary["read"].items():
        kept, dropped = summary["kept"].get(kind, 0), summary["dropped"].get(kind, 0)
        print(f"{kind:28}{count:>12,}{kept:>12,}{dropped:>12,}")
    for what, count in summary["found"].items():
        print(f"{what}: {count:,}")
    for key, why in summary["missing"].items():
        print(f"{key}: {why}, so what rests on it is unknown for everybody")
    if summary["errors"]:
        print(f"{summary['errors']:,} lines or files at fault: {chosen.out / 'errors.ndjson'}")


DECISION_BYTES = 500
"""What the decisions on one patient take on disk at most, for the estimate only; made people take
thirty.
"""


def decide_slice(chosen: argparse.Namespace) -> int:
    """Decide every patient of a slice."""
    check_run(chosen)
    return _alone(chosen, _decide)


def _decide(chosen: argparse.Namespace) -> int:
    from population.runs import CannotAsk, RunRefused, count_decided, run_decisions
    from population.sources import Progress, TaskFailed, say_size

    job, patients = _job_of(chosen)
    print(
        f"{patients:,} patients with {chosen.workers} processes of about 0.2 GB each; up to "
        f"{say_size(patients * DECISION_BYTES)} on disk",
        file=sys.stderr,
    )
    progress = Progress("run", "patients", patients, count_decided(job))
    try:
        run_decisions(job, progress.add)
    except RunRefused as error:
        raise Refusal(str(error)) from None
    except TaskFailed as error:
        raise Refusal(
            f"{chosen.out}: the run is not whole: {error}. The same command goes on with it."
        ) from None
    except CannotAsk as error:
        raise Refusal(f"--against: {error}.") from None
    progress.end()
    commands = [*read_commands(chosen.input), run_command(chosen, job.setup.as_of)]
    write_commands(chosen.out, commands)
    return 0


def _job_of(chosen: argparse.Namespace) -> tuple[RunJob, int]:
    """Return what is to be run, and over how many patients."""
    from population.runs import DeciderSetup, Mode, RunJob, RunRefused, is_program, read_slice

    files = [chosen.policy, "" if is_program(chosen.against) else chosen.against]
    for name in filter(None, files):
        check_file(Path(name))
    day, policy = chosen.as_of or _today(chosen.policy), str(chosen.policy or "")
    for name in filter(None, files):
        _say_what_ended(Path(name), day)
    try:
        sliced = read_slice(chosen.input)
    except RunRefused as error:
        raise Refusal(str(error)) from None
    job = RunJob(
        chosen.input,
        chosen.out,
        DeciderSetup(Mode(chosen.mode), day, policy, sliced["missing"]),
        chosen.against,
        chosen.workers,
        chosen.engine == "spark",
    )
    return job, sliced["patients"]


def _say_what_ended(site: Path, day: dt.date) -> None:
    """Say which looser settings of a site file are at their defaults on the day of the run."""
    from cds_service.site import load_settings, tried_on
    from recommender.guidance import looser_settings

    settings = load_settings(site)
    in_force = tried_on(settings, day).policy
    for key in looser_settings(settings.policy):
        if key not in looser_settings(in_force):
            print(
                f"{site}: policy.{key} is at its default, as its approval has ended by {day}",
                file=sys.stderr,
            )
