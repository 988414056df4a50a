"""What a document links exists, and its lines fit a screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

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


MAP = ROOT / "docs" / "README.md"


@pytest.mark.parametrize("reader", ["Integrate", "Operate", "Clinical", "Develop"])
def test_the_map_of_the_documents_is_by_reader(reader: str) -> None:
    assert f"\n## {reader}: you " in MAP.read_text(encoding="utf-8")


def test_every_document_stands_in_the_map_of_the_documents() -> None:
    mapped = {(MAP.parent / target).resolve() for target, _ in links_of(MAP)}
    written = {*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "clinical").glob("*.md")} - {MAP}
    assert written - mapped == set()
