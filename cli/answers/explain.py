"""`b12-cds explain`: what the service makes of a request or a patient, and why."""

from __future__ import annotations

import argparse
import datetime as dt
import difflib
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cds_service.decision import (
    WIDTH,
    Decision,
    decide_bundle,
    decide_chart,
    decide_request,
    explain,
    say,
)
from cds_service.protocol import Problem
from cds_service.site import Settings, is_web_url, load_settings, shown_url, tried_on
from cli.answers.explain_inputs import Explained, of_patient, read_inputs, step_for_patients
from cli.answers.explain_page import write_page
from cli.parsing import (
    Refusal,
    authorities_of,
    check_file,
    counted,
    day,
    next_step,
    print_coloured,
    print_json,
    say_problem,
    settings_of,
    take_authorities,
    take_site_file,
    take_token,
)
from fhir_mappings.terminology import ValueSets, load_value_sets

Json = dict[str, Any]

WATCH_SECONDS = 0.5
"""How often a watched file is looked at."""


def add_explain(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "explain",
        help="say what the service makes of requests or of a patient, and why",
        description="Explains hook requests, saved cases, captured exchanges, lines of them "
        "(.ndjson), folders of such files, or the patient-view of one patient.",
    )
    _add_input(command)
    _add_form(command)
    command.set_defaults(run=_explain)


def _add_input(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "inputs",
        nargs="*",
        metavar="INPUT",
        help="a file, a folder, or - for standard input; nothing of it is sent anywhere",
    )
    command.add_argument(
        "--patient",
        nargs="?",
        const="",
        metavar="BUNDLE|ID",
        help="the input is one patient's resources (a FHIR Bundle, or .ndjson of them); with "
        "--fhir the id of the patient to read (default: the input is a request)",
    )
    command.add_argument(
        "--only",
        default="",
        metavar="ID",
        help="of several patients in the Bundle explain this one (default: there is one)",
    )
    command.add_argument("--fhir", metavar="BASE", help="read the patient from here")
    take_token(command, "bearer token for --fhir")
    take_authorities(command)
    take_site_file(command)


def _add_form(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--as-of", type=day, metavar="DATE", help="the day it is true for (default: today)"
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument(
        "--json", action="store_true", help="the explain JSON; one line each for several inputs"
    )
    form.add_argument("--html", type=Path, metavar="OUT", help="write a page for a colleague")
    form.add_argument(
        "--diff", type=Path, metavar="FILE.toml", help="what is said otherwise under this site file"
    )
    command.add_argument("--watch", action="store_true", help="again whenever an input changes")


def _explain(chosen: argparse.Namespace) -> int:
    if chosen.fhir is not None:
        _check_fhir(chosen)
    elif chosen.patient:
        chosen.inputs = [chosen.patient, *chosen.inputs]
    if chosen.fhir is None:
        _check_inputs(chosen)
    if not chosen.watch:
        return _explain_once(chosen)
    return _watch(chosen)


def _check_inputs(chosen: argparse.Namespace) -> None:
    if not chosen.inputs:
        raise Refusal("explain: found no input, expected a file, a folder, or --fhir BASE.")
    for option, value in (("--token", chosen.token), ("--ca-file", chosen.ca_file)):
        if value:
            raise Refusal(f"{option}: goes with --fhir, and would change nothing here.")
    if chosen.only and chosen.patient is None:
        raise Refusal("--only: found no --patient, expected it beside --only.")
    if chosen.watch and "-" in chosen.inputs:
        raise Refusal("--watch: found standard input, expected a file or a folder.")


def _check_fhir(chosen: argparse.Namespace) -> None:
    if not is_web_url(chosen.fhir):
        raise Refusal(f'--fhir: found "{shown_url(chosen.fhir)}", expected an http or https URL.')
    if not chosen.patient:
        raise Refusal("--fhir: found no patient, expected --patient ID beside it.")
    if chosen.inputs:
        raise Refusal("--fhir: found an input file too, expected one of the two.")


def _watch(chosen: argparse.Namespace) -> int:
    """Explain again whenever a file changes, until the command is interrupted."""
    seen: list[float] = []
    while True:
        changed = [_changed_at(Path(name)) for name in (*chosen.inputs, chosen.config) if name]
        if changed != seen:
            seen = changed
            try:
                _explain_once(chosen)
            except (Refusal, Problem) as refusal:
                say_problem(str(refusal))
            sys.stdout.flush()
        time.sleep(WATCH_SECONDS)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _explain_once(chosen: argparse.Namespace) -> int:
    settings = settings_of(chosen)
    explained: list[tuple[str, Json]] = []
    refused: list[Refusal] = []
    for item in counted(_explanations(chosen, settings), "inputs explained"):
        if isinstance(item, Refusal):
            refused.append(item)
        else:
            explained.append(item)
    if chosen.diff is not None:
        check_file(chosen.diff)
        other = replace(load_settings(chosen.diff), public_url=settings.public_url)  # no difference
        others = counted(_explanations(chosen, other), "explained again")
        _print_differences(explained, [item for item in others if not isinstance(item, Refusal)])
    elif chosen.html is not None:
        chosen.html.write_text(write_page(explained), encoding="utf-8")
    else:
        _print(explained, chosen.json)
    for refusal in refused:
        say_problem(str(refusal))
    return 2 if refused else 0


def _explanations(
    chosen: argparse.Namespace, settings: Settings
) -> Iterator[tuple[str, Json] | Refusal]:
    """Yield the explanation of each input with its name, or why there is none."""
    value_sets = load_value_sets(settings.extra_codes)
    today = settings.today(dt.datetime.now(dt.UTC))
    if chosen.fhir:
        yield _explain_chart(chosen, settings, value_sets, chosen.as_of or today)
        return
    for item in read_inputs(chosen.inputs, chosen.patient is not None):
        if isinstance(item, Refusal):
            yield item
            continue
        as_of = chosen.as_of or item.as_of or today
        try:
            decision = _decide(_chosen_patient(item, chosen.only), settings, value_sets, as_of)
        except Problem as problem:
            yield Refusal(f"{item.name}: {_with_next_step(problem, item)}")
        except Refusal as refusal:
            yield Refusal(f"{item.name}: {refusal}")
        else:
            yield item.name, explain(decision)


def _explain_chart(
    chosen: argparse.Namespace, settings: Settings, value_sets: ValueSets, as_of: dt.date
) -> tuple[str, Json]:
    """Return the explanation of a patient of a FHIR server, with its name."""
    from cds_service.retrieval import read_patient

    trusted = authorities_of(chosen) or settings.authorities
    record = read_patient(
        chosen.fhir, chosen.token, chosen.patient, value_sets, authorities=trusted
    )
    person = record.part("patient")
    if not person.resources:
        raise Refusal(
            f"{chosen.fhir}: the Patient {chosen.patient} could not be read: "
            f"{person.reason or 'there is none'}."
        )
    decision = decide_chart(record, tried_on(settings, as_of), value_sets, as_of)
    return f"{chosen.fhir}, patient {chosen.patient}", explain(decision)


def _chosen_patient(item: Explained, only: str) -> Explained:
    return replace(item, body=of_patient(item.body, only)) if only and item.is_patient else item


def _with_next_step(problem: Problem, item: Explained) -> str:
    step = next_step(item.body, item.is_patient) or step_for_patients(item)
    return f"{problem.text.rstrip('.')}; {step}." if step else problem.text


def _decide(item: Explained, settings: Settings, value_sets: Any, as_of: dt.date) -> Decision:
    decide = decide_bundle if item.is_patient else decide_request
    return decide(item.body, tried_on(settings, as_of), value_sets, as_of)


NOT_A_DEVICE = "Not a certified medical device. For integration and testing."
"""Stands above what a person may take for advice on somebody (H116)."""


def _print(explained: Sequence[tuple[str, Json]], as_json: bool) -> None:
    several = len(explained) > 1
    if explained and not as_json:
        print(NOT_A_DEVICE, end="\n" if several else "\n\n")
    at_terminal = sys.stdout.isatty()
    width = min(WIDTH, max(60, shutil.get_terminal_size().columns)) if at_terminal else WIDTH
    for name, one in explained:
        if as_json:
            named = {"input": name, **one} if several else one
            print_json(named)
            continue
        if several:
            print(f"\n=== {name}")
        print_coloured(say(one, at_terminal and "NO_COLOR" not in os.environ, width))


def _print_differences(
    explained: Sequence[tuple[str, Json]], others: Sequence[tuple[str, Json]]
) -> None:
    for (name, one), (_, other) in zip(explained, others, strict=True):
        before, after = (say({**it, "timingMs": {}}, False).splitlines() for it in (one, other))
        lines = list(difflib.unified_diff(before, after, "now", "then", lineterm="", n=0))
        print(f"=== {name}: {'differs' if lines else 'the same under both'}")
        print(*(line for line in lines if not line.startswith("@@")), sep="\n" if lines else "")
