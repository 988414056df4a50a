"""`b12-cds diff OLD NEW`."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.site import load_settings, tried_on
from cli.answers.over_slice import OverSlice, compare_over_slice
from cli.parsing import Refusal, check_file, counted, day, print_json

Json = dict[str, Any]

LONGEST_SECONDS = 300
LONGEST_VALUE = 90
"""Characters shown of a value; the JSON has all of it."""

SAME_BEFORE = 20
"""Characters shown of what two long values begin with alike."""

MOST_ROWS = 10
"""Rows of one table of codes that are shown; the JSON has all of them."""


def add_diff(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "diff",
        help="what two policies or two installed versions decide otherwise",
        description="OLD and NEW are site files (.toml), or the b12-cds programs of two versions. "
        "Exit status 1 when they differ.",
    )
    command.add_argument("old", metavar="OLD", help="a site file, or a program of b12-cds")
    command.add_argument("new", metavar="NEW", help="the other one")
    command.add_argument(
        "--slices",
        type=Path,
        metavar="DIR",
        help="also decide every patient of a slice twice (population slice)",
    )
    command.add_argument(
        "--mode", choices=("snapshot", "replay"), help="how, with --slices (default: snapshot)"
    )
    command.add_argument(
        "--as-of", type=day, metavar="DATE", help="with --slices: the day (default: today)"
    )
    command.add_argument("--json", action="store_true", help="every difference as JSON")
    command.set_defaults(run=_diff)


def _diff(chosen: argparse.Namespace) -> int:
    from governance.knowledge import compare_decisions

    for option, value in (("--mode", chosen.mode), ("--as-of", chosen.as_of)):
        if value and not chosen.slices:
            raise Refusal(f"{option}: goes with --slices, and would change nothing here.")
    chosen.mode = chosen.mode or "snapshot"
    old, new = (_side(name) for name in (chosen.old, chosen.new))
    try:
        lines = _compare(old, new)
    except (KeyError, TypeError, AttributeError):
        raise Refusal("diff: a manifest is not as b12-cds prints it.") from None
    try:
        decided = compare_decisions(old["decisions"], new["decisions"])
    except ValueError as error:
        raise Refusal(f"diff: {error}.") from None
    population = compare_over_slice(chosen) if chosen.slices else None
    if chosen.json:
        _print_json(lines, decided, population)
    else:
        print(*_say(lines, decided), *(population.say() if population else ()), sep="\n")
    changed = lines or decided.otherwise or (population and population.otherwise)
    return 1 if changed else 0


def _compare(old: Json, new: Json) -> list[Any]:
    """Return what differs; of a table of codes its rows where both sides tell them."""
    from governance.knowledge import compare_codes, compare_manifests

    lines = list(compare_manifests(old["manifest"], new["manifest"]))
    if old["codes"] is None or new["codes"] is None:
        return lines
    rows = compare_codes(old["codes"], new["codes"])
    told = {row.name for row in rows}
    return [*(one for one in lines if one.kind != "code" or one.name not in told), *rows]


def _side(name: str) -> Json:
    """Return the manifest, the decisions and the codes of a site file or of another program; no
    codes where it is of a version that does not tell them.
    """
    if name.endswith(".toml"):
        from governance.knowledge import decide_all, list_codes, make_manifest

        check_file(Path(name))
        settings = load_settings(Path(name))
        today = settings.today(dt.datetime.now(dt.UTC))
        settings = tried_on(settings, today)
        decided = counted(decide_all(settings.policy), "people decided")
        return {
            "manifest": make_manifest(settings, today),
            "decisions": [(person.words, words) for person, words in decided],
            "codes": list(list_codes(settings)),
        }
    try:
        manifest = json.loads(_ask(name, "--json"))
        lines = _pairs(_ask(name, "--decisions"))
        codes = _pairs(_ask(name, "--codes")) if "texts" in manifest else None
    except (ValueError, TypeError):
        manifest = None
    if not isinstance(manifest, dict) or "digests" not in manifest:
        raise Refusal(f"{name}: prints no manifest as b12-cds does.")
    return {"manifest": manifest, "decisions": lines, "codes": codes}


def _pairs(printed: bytes) -> list[tuple[str, str]]:
    return [tuple(json.loads(line)) for line in printed.splitlines()]


def _ask(program: str, form: str) -> bytes:
    """Return what the manifest command of another version prints."""
    try:
        done = subprocess.run(
            [program, "manifest", form], capture_output=True, timeout=LONGEST_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        raise Refusal(f"{program}: cannot be run, expected a site file or a b12-cds.") from None
    if done.returncode:
        raise Refusal(f"{program}: prints no manifest; it is of a version that has none.")
    return done.stdout


def _say(lines: Any, decided: Any) -> Iterator[str]:
    rows: Counter[str] = Counter()
    for line in lines:
        rows[line.name] += line.kind == "code"
        if rows[line.name] <= MOST_ROWS:
            old, new = _shown(line.old, line.new)
            yield f"{line.kind} {line.name}: {old} -> {new}"
    for name, number in rows.items():
        if number > MOST_ROWS:
            yield f"code {name}: {number - MOST_ROWS} more rows (--json has them)"
    if not lines:
        yield "Rules, settings, codes and texts are the same."
    yield f"{decided.otherwise} of {decided.people} enumerated people are decided otherwise."
    for (before, after), number in decided.changes.items():
        example = decided.examples[before, after]
        rule = before if before == after else f"{before} -> {after}"
        yield f"  {rule}: {number}, such as {example}"


def _shown(old: str, new: str) -> tuple[str, str]:
    """Return two values as they are shown: long ones from shortly before they differ."""
    pairs = zip(old, new, strict=False)
    same = next((place for place, (one, other) in enumerate(pairs) if one != other), 0)
    start = same - SAME_BEFORE if max(len(old), len(new)) > LONGEST_VALUE else 0
    return _short(old, start), _short(new, start)


def _short(value: str, start: int) -> str:
    shown = value or "none"
    shown = f"...{shown[start:]}" if start > 0 else shown
    return shown if len(shown) <= LONGEST_VALUE else shown[: LONGEST_VALUE - 3] + "..."


def _print_json(lines: Any, decided: Any, population: OverSlice | None) -> None:
    changes = [
        {"old": old, "new": new, "people": number, "example": decided.examples[old, new]}
        for (old, new), number in decided.changes.items()
    ]
    whole = {
        "differences": [dataclasses.asdict(line) for line in lines],
        "people": decided.people,
        "otherwise": decided.otherwise,
        "changes": changes,
    }
    print_json(whole | ({"slice": population.as_json()} if population else {}))
