"""What documents link and name exists, their commands are understood, their lines fit a screen."""

from __future__ import annotations

import argparse
import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from cli.main import GROUPS, main

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.is_file()
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def links_of(path: Path) -> Iterator[tuple[str, str]]:
    yield from LINK.findall(CODE.sub("", path.read_text(encoding="utf-8")))


def anchors_of(text: str) -> set[str]:
    """Return the places that can be linked to: named anchors, and headings as they are linked."""
    headings = re.findall(r"^#+\s+(.+)$", text, re.MULTILINE)
    slugs = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return set(re.findall(r'<a id="([^"]+)"', text)) | {slug.replace(" ", "-") for slug in slugs}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_what_a_document_links_exists(document: Path) -> None:
    missing = []
    for target, anchor in links_of(document):
        linked = (document.parent / target).resolve() if target else document
        if not linked.exists():
            missing.append(target)
        elif (
            anchor
            and linked.suffix == ".md"
            and anchor not in anchors_of(linked.read_text(encoding="utf-8"))
        ):
            missing.append(f"{target}#{anchor}")
    assert missing == []


TERMINOLOGY = ROOT / "fhir_mappings" / "terminology" / "README.md"
WRITTEN = [*(path for path in DOCUMENTS if "generated" not in path.parts), TERMINOLOGY]
FOLDERS = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")
NAMED_PATH = re.compile(rf"(?:{FOLDERS})/[\w./-]+")


@pytest.mark.parametrize("document", WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_files_and_modules_that_a_document_names_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    paths = {name for name in re.findall(r"`([^`\n]+)`", text) if NAMED_PATH.fullmatch(name)}
    modules = {name.rstrip(".") for name in re.findall(r"python -m ([\w.]+)", text)}
    missing = [name for name in paths if not (ROOT / name).exists()]
    assert missing + [name for name in modules if find_spec(name) is None] == []


def commands_of(parser: argparse.ArgumentParser, named: str = "") -> Iterator[tuple[str, set[str]]]:
    """Yield each command as it is typed with its options."""
    yield named, {option for action in parser._actions for option in action.option_strings}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield from commands_of(command, f"{named} {name}".strip())


def every_command() -> dict[str, set[str]]:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    for room, name in GROUPS.values():
        getattr(import_module(room), name)(commands)
    return dict(commands_of(parser))


COMMANDS = every_command()
SHOWN = re.compile(r"(?:^|`|/bin/|\$ )b12-cds ([a-z][^`\n]*)", re.MULTILINE)


@pytest.mark.parametrize(
    "document",
    [*WRITTEN, ROOT / "site.example.toml"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_the_commands_that_a_document_shows_are_understood(document: Path) -> None:
    """Each command with its step, where it has steps, and each of its options."""
    text = re.sub(r"\\\n\s*", " ", document.read_text(encoding="utf-8"))
    wrong = []
    for line in SHOWN.findall(re.sub(r"^ {4}", "", text, flags=re.MULTILINE)):
        words = line.split("#")[0].split()
        step = " ".join(words[:2])
        known = COMMANDS.get(step, COMMANDS.get(words[0]))
        if known is None:
            wrong.append(line)
        else:
            options = re.findall(r"(?<!\S)--[a-z-]+", line.split("#")[0])
            wrong += [f"{step} {option}" for option in options if option not in known]
    assert wrong == []


def test_the_page_of_the_mapping_names_every_fact_of_the_explain_json(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = (ROOT / "docs" / "mapping.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", text.split("## ")[1]))

    assert main(["explain", str(ROOT / "examples" / "order-select.json"), "--json"]) == 0
    explained = json.loads(capsys.readouterr().out)
    assert named >= {fact["name"] for fact in explained["facts"]}
    assert named >= {fact for one in explained["resources"] for fact in one.get("for", ())} - {
        "course"
    }


def events_of_the_log() -> set[str]:
    """Return the first argument of every call that writes a line of the log."""
    calls = (
        node
        for path in (ROOT / "cds_service").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    )
    written = (call for call in calls if ast.unparse(call.func).startswith("log."))
    return {ast.literal_eval(call.args[0]) for call in written} | {"answered"}


def test_the_page_for_operators_names_every_event_of_the_log() -> None:
    """`answered` is written apart, as the one line that every call has."""
    text = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")

    assert set(re.findall(r"^\| `(\w[^`]+)` \| (?:info|warning|error)", text, re.M)) == (
        events_of_the_log()
    )


WITH_LINES_OF_THEIR_OWN = {"generated", "clinical", "CHANGELOG.md"}
PROSE = [path for path in DOCUMENTS if not WITH_LINES_OF_THEIR_OWN & {*path.parts}]


@pytest.mark.parametrize("document", PROSE, ids=lambda path: str(path.relative_to(ROOT)))
def test_lines_have_at_most_a_hundred_characters(document: Path) -> None:
    """Of prose: tables, blocks of code and links that cannot be broken may be longer."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    long = [
        line
        for line in text.splitlines()
        if len(line) > 100 and not line.lstrip().startswith("|") and not line.startswith("    ")
    ]
    assert long == []


GROWN_BY_MERGES = ["CHANGELOG.md", "docs/clinical/conflicts.md"]


@pytest.mark.parametrize("document", GROWN_BY_MERGES)
def test_a_merge_has_doubled_no_line(document: str) -> None:
    """Nor one of which two sides have changed the end."""
    lines = (ROOT / document).read_text(encoding="utf-8").splitlines()
    begun = Counter(line[:80] for line in lines if len(line) > 40 and not line.startswith("|--"))
    assert [line for line, count in begun.items() if count > 1] == []


MAP = ROOT / "docs" / "README.md"


READERS = ("integrate", "operate", "clinical", "develop")


@pytest.mark.parametrize("reader", READERS)
def test_each_reader_has_a_folder_whose_page_the_map_leads_to(reader: str) -> None:
    page = f"{reader}/README.md"

    assert f"\n## {reader.capitalize()}: you " in MAP.read_text(encoding="utf-8")
    assert page in {target for target, _ in links_of(MAP)}
    assert len({target for target, _ in links_of(MAP.parent / page)}) > 5


def test_every_document_is_named_for_some_reader() -> None:
    pages = [MAP, *(MAP.parent / reader / "README.md" for reader in READERS)]
    named = {(page.parent / target).resolve() for page in pages for target, _ in links_of(page)}
    folders = [MAP.parent, *(MAP.parent / reader for reader in READERS)]
    written = {page for folder in folders for page in folder.glob("*.md")} - {MAP}
    assert written - named == set()
