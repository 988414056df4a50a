"""`b12-cds replay`: decide recorded calls again."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.site import Settings, load_settings
from cli.parsing import (
    Refusal,
    check_file,
    days,
    print_json,
    read_input,
    settings_of,
    take_site_file,
)
from fhir_mappings.terminology import load_value_sets

Json = dict[str, Any]


def add_replay(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "replay",
        help="decide recorded calls again: one, or all that are kept under other settings",
        description="Says whether a recorded answer comes out the same again, and else which "
        "version or fact differs; or which kept requests would be decided otherwise under another "
        "site file, whatever its modes show. Exit status 1 when something is not the same.",
    )
    take_site_file(command)
    command.add_argument(
        "--decision", metavar="ID", help="the X-Request-Id of the answer, or the uuid of a card"
    )
    command.add_argument(
        "--request", metavar="FILE", help="the hook request (default: the one that is kept)"
    )
    command.add_argument(
        "--program",
        default="",
        metavar="B12-CDS",
        help="decide with the b12-cds of another version that is installed beside (default: this)",
    )
    _add_many(command)
    command.set_defaults(run=_replay)


def _add_many(command: argparse.ArgumentParser) -> None:
    command.add_argument("--since", type=days, metavar="7d", help="all kept since so many days")
    command.add_argument("--against", type=Path, metavar="FILE.toml", help="the other site file")
    command.add_argument(
        "--json", action="store_true", help="the same as JSON, a line for each decision"
    )


def _replay(chosen: argparse.Namespace) -> int:
    if (chosen.decision is None) == (chosen.since is None):
        raise Refusal("replay: expected either --decision ID or --since 7d --against FILE.toml.")
    _refuse_what_does_not_go_together(chosen)
    if chosen.since is not None:
        if chosen.against is None:
            raise Refusal("--since: found no other settings, expected --against FILE.toml.")
        check_file(chosen.against)
        return _replay_since(chosen, settings_of(chosen), load_settings(chosen.against))
    return _replay_one(chosen, settings_of(chosen))


def _refuse_what_does_not_go_together(chosen: argparse.Namespace) -> None:
    """Say which option would go unused."""
    alone = {"--against": chosen.against} if chosen.decision else {}
    if chosen.since is not None:
        alone = {"--request": chosen.request, "--program": chosen.program}
    other = "--since" if chosen.decision else "--decision"
    for option, value in alone.items():
        if value:
            raise Refusal(f"{option}: goes with {other}, and would change nothing here.")


def _sentence(error: Exception) -> str:
    text = str(error)
    return text if text.endswith((".", "?")) else f"{text}."


def _replay_one(chosen: argparse.Namespace, settings: Settings) -> int:
    from cds_service.records import StoreUnavailable, plain_uuid
    from governance.decisions import open_archive

    try:
        with open_archive(settings) as archive:
            recorded = archive.find_decision(plain_uuid(chosen.decision))
            if recorded is None:
                raise Refusal(f"--decision: the record has no decision {chosen.decision}.")
            if chosen.program:
                return _tell(_ask_beside(chosen, recorded), chosen.json)
            return _tell(_ask_here(chosen, recorded, archive, settings), chosen.json)
    except (StoreUnavailable, ValueError) as error:
        raise Refusal(_sentence(error)) from None


def _ask_here(chosen: argparse.Namespace, recorded: Any, archive: Any, settings: Settings) -> Any:
    from governance.decisions import asked_of_request, read_asked, replay

    if not recorded["as_of"]:
        raise Refusal(
            "--decision: it was recorded by a version that kept no digests; expected --program of "
            "that version."
        )
    value_sets = load_value_sets(settings.extra_codes)
    if chosen.request is not None:
        as_of = dt.date.fromisoformat(recorded["as_of"])
        body = read_input(chosen.request)
        asked = asked_of_request(body, recorded, settings, value_sets, as_of)
    else:
        kept = archive.find_kept(recorded["id"])
        if kept is None:
            raise Refusal(f"--decision: {_why_not_kept(settings)}; expected --request FILE.")
        asked = read_asked(kept)
    return replay(recorded, asked, settings, value_sets, archive.hash_text)


def _why_not_kept(settings: Settings) -> str:
    if settings.keep_requests_key_file is None:
        return "no store.keep_requests_key_file is set, so no kept request can be opened"
    return "its request is not kept"


def _ask_beside(chosen: argparse.Namespace, recorded: Any) -> Any:
    from governance.decisions import CannotAsk, replay_beside

    if chosen.request is None:
        raise Refusal("--program: found no request, expected --request FILE.")
    config = str(chosen.config) if chosen.config else ""
    try:
        return replay_beside(recorded, chosen.request, chosen.program, config)
    except CannotAsk as error:
        raise Refusal(f"--program: {error}.") from None


def _tell(result: Any, as_json: bool) -> int:
    """Print how an answer compares, and return the exit status."""
    if as_json:
        print_json(_as_json(result))
    else:
        print(*_say(result), sep="\n")
    return 0 if result.same else 1


def _say(result: Any) -> Iterator[str]:
    verdict = "the same answer, bit for bit but for uuids" if result.same else "not the same"
    if result.altered:
        verdict = "the same answer, but what is recorded of it was changed after it was written"
    yield f"Decision {result.decision}: {verdict}."
    for one in result.differences:
        yield f"  {one.what.replace('_', ' ')}: recorded {one.recorded}, now {one.now}"
    if {one.what for one in result.differences} == {"answer_digest"}:
        yield (
            "  Versions, parts of the record and facts are the same: the site file differs in what "
            "else answers rest on (formulary, clients, time_zone), or the record was changed."
        )


def _as_json(result: Any) -> Json:
    differences = [
        {"what": one.what, "recorded": one.recorded, "now": one.now} for one in result.differences
    ]
    return {"decision": result.decision, "same": result.same, "differences": differences}


def _replay_since(chosen: argparse.Namespace, settings: Settings, other: Settings) -> int:
    from cds_service.records import StoreUnavailable
    from governance.decisions import compare_settings, open_archive

    since = dt.datetime.now(dt.UTC) - dt.timedelta(days=chosen.since)
    decided = changed = unopened = 0
    try:
        with open_archive(settings) as archive:
            for change in compare_settings(archive.each_kept(since), settings, other):
                if change is None:
                    unopened += 1
                    continue
                decided += 1
                if change.before == change.after:
                    continue
                changed += 1
                if chosen.json:
                    print_json(change.as_json())
                else:
                    print(f"{change.patient[:12]}  {change.before} -> {change.after}")
    except (StoreUnavailable, ValueError) as error:
        raise Refusal(_sentence(error)) from None
    print(f"{decided} decided again, {changed} otherwise.", file=sys.stderr)
    if unopened:
        print(f"{unopened} kept with another key, or changed, were not decided.", file=sys.stderr)
    return 1 if changed or unopened else 0
