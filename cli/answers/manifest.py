"""`b12-cds manifest`."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from typing import Any

from cds_service.site import tried_on
from cli.parsing import print_json, settings_of, take_site_file

Json = dict[str, Any]


def add_manifest(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "manifest",
        help="digests of everything that decides, the sources, owner and review day of each rule",
    )
    take_site_file(command)
    command.add_argument("--json", action="store_true", help="the whole manifest as JSON")
    command.add_argument(
        "--decisions",
        action="store_true",
        help="what is decided for each enumerated person, a line of JSON each (for diff)",
    )
    command.add_argument(
        "--codes",
        action="store_true",
        help="every row of the codes with its file, a line of JSON each (for diff)",
    )
    command.add_argument(
        "--check", action="store_true", help="exit status 1 when the review day of a rule passed"
    )
    command.set_defaults(run=_print_manifest)


def _print_manifest(chosen: argparse.Namespace) -> int:
    from governance.knowledge import list_codes, make_manifest

    if chosen.decisions:
        return _print_decisions(chosen)
    if chosen.codes:
        for name, row in list_codes(settings_of(chosen)):
            print_json([name, row])
        return 0
    settings = settings_of(chosen)
    manifest = make_manifest(settings, settings.today(dt.datetime.now(dt.UTC)))
    if chosen.json:
        print_json(manifest)
    else:
        print(*_say(manifest), sep="\n")
    if chosen.check and manifest["overdue"]:
        overdue = ", ".join(manifest["overdue"])
        print(f"manifest: the review day of {overdue} has passed.", file=sys.stderr)
        return 1
    return 0


def _print_decisions(chosen: argparse.Namespace) -> int:
    from governance.knowledge import decide_all

    settings = settings_of(chosen)
    settings = tried_on(settings, settings.today(dt.datetime.now(dt.UTC)))
    for person, words in decide_all(settings.policy):
        print_json([person.words, words])
    return 0


def _say(manifest: Json) -> list[str]:
    digests = manifest["digests"]
    lines = [f"{name:<12} {manifest[name]}" for name in ("program", "knowledge", "policy")]
    lines += [f"terminology  {manifest['terminology']}", "", "Digests (SHA-256)"]
    named = {**digests["folders"], **digests["terminology"]}
    named |= {"statements": digests["statements"], "formulary": digests["formulary"]}
    lines += [f"  {name:<24} {digest}" for name, digest in named.items()]
    lines += ["", "Sources"]
    lines += [f"  {one['id']}  {one['title']}: {one['status']}" for one in manifest["documents"]]
    lines += ["", "Rules: to be reviewed by, owner"]
    rules = {one["rule"]: one for one in manifest["rules"]}
    lines += [f"  {name:<9} {one['reviewDue']}  {one['owner']}" for name, one in rules.items()]
    if manifest["overdue"]:
        lines += ["", f"Review day passed: {', '.join(manifest['overdue'])}"]
    return lines
