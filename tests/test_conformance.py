"""The conformance table is whole, and the tests it names exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "conformance.md").read_text(encoding="utf-8")
REQUIREMENTS = 192


def rows() -> dict[str, str]:
    found = re.findall(r"^\| (R\d+|IT\d+(?: to IT\d+)?) \|[^|]*\| (.*) \|$", TABLE, re.MULTILINE)
    return dict(found)


def names_of_tests() -> set[str]:
    names = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names |= {
            node.name
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        }
    return names


def test_every_requirement_has_a_row_that_says_something() -> None:
    table = rows()

    assert [number for number in range(1, REQUIREMENTS + 1) if not table.get(f"R{number}")] == []


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(test_[A-Za-z0-9_]+)`", TABLE))

    assert sorted(named - names_of_tests()) == []


def test_every_named_file_exists() -> None:
    for path in re.findall(r"\b((?:docs|tests)/[\w/.-]+\.(?:md|py))\b", TABLE):
        assert (ROOT / path).is_file(), path
