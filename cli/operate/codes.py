"""`b12-cds codes`: the concepts, what is wrong in a site's codes, and the nearest concepts to a
name.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cli.parsing import check_file, print_json, settings_of, take_site_file


def add_codes(commands: Any) -> None:
    """Add the group of commands to the parser."""
    codes = commands.add_parser(
        "codes",
        help="the concepts, what is wrong in a site's codes, the nearest concepts to a name",
    )
    each = codes.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = each.add_parser("list", help="every concept with its meaning")
    listing.set_defaults(run=_list)
    check = each.add_parser("check", help="say everything that is wrong in a site's file of codes")
    check.add_argument("file", type=Path, metavar="FILE", help="the file (CSV)")
    check.set_defaults(run=_check)
    suggest = each.add_parser("suggest", help="the concepts nearest to a name")
    suggest.add_argument("text", metavar="TEXT", help="a name, such as that of a laboratory test")
    suggest.set_defaults(run=_suggest)
    for command in (listing, check, suggest):
        command.add_argument("--json", action="store_true", help="the same as JSON")
    for command in (listing, suggest):
        take_site_file(command)


def _list(chosen: argparse.Namespace) -> int:
    from fhir_mappings.terminology import describe_concepts, load_value_sets

    described = describe_concepts(load_value_sets(settings_of(chosen).extra_codes))
    if chosen.json:
        print_json(
            [
                {
                    "concept": item.concept.value,
                    "meaning": item.meaning,
                    "codes": item.codes,
                    "example": item.example,
                }
                for item in described
            ]
        )
        return 0
    for item in described:
        example = f" ({item.example})" if item.example else ""
        print(f"{item.concept.value:42} {item.codes:4} codes  {item.meaning}{example}")
    return 0


def _check(chosen: argparse.Namespace) -> int:
    from fhir_mappings.terminology import check_codes

    check_file(chosen.file)
    problems = check_codes(chosen.file)
    if chosen.json:
        print_json({"file": str(chosen.file), "problems": problems})
    else:
        print("\n".join(problems) or f"{chosen.file}: nothing wrong")
    return 1 if problems else 0


def _suggest(chosen: argparse.Namespace) -> int:
    from fhir_mappings.terminology import load_value_sets, suggest_concepts

    found = suggest_concepts(chosen.text, load_value_sets(settings_of(chosen).extra_codes))
    if chosen.json:
        print_json([{"concept": concept.value, "by": name} for concept, name in found])
    else:
        print("\n".join(f"{concept.value:42} {name}" for concept, name in found) or "nothing near")
    return 0 if found else 1
