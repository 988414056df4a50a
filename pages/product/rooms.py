"""docs/generated/rooms.md: the rooms of the house, what each holds, and which way calls go."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "generated" / "rooms.md"

PACKAGES = (
    "cli",
    "population",
    "synthetic",
    "governance",
    "cds_service",
    "fhir_mappings",
    "recommender",
)
"""The packages, the top one first."""

HEAD = """# Rooms

Generated from the code by `./run pages`. A package is a hall, a folder in it a room with one door,
its `__init__.py`, which names what others may use. Calls go downward only; a test holds that, and
that no room has more than nine files.

```mermaid
graph TD
"""


def render() -> str:
    """Return the page: a picture of the packages, then a table of the rooms of each."""
    arrows = sorted(_arrows(), key=lambda pair: (PACKAGES.index(pair[0]), PACKAGES.index(pair[1])))
    picture = "".join(f"  {one} --> {other}\n" for one, other in arrows)
    tables = "\n".join(_table(package) for package in PACKAGES)
    return f"{HEAD}{picture}```\n\n{tables}"


def _arrows() -> set[tuple[str, str]]:
    """Return which package imports which."""
    return {
        (package, imported)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        for imported in _imported(path)
        if imported in PACKAGES and imported != package
    }


def _imported(path: Path) -> set[str]:
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}


def _table(package: str) -> str:
    rooms = sorted(path.parent for path in (ROOT / package).rglob("__init__.py"))
    lines = [f"## {package}", "", "| room | holds | files |", "|---|---|---|"]
    for room in rooms:
        files = [path for path in room.glob("*.py") if path.stem != "__init__"]
        name = ".".join(room.relative_to(ROOT).parts)
        lines.append(f"| `{name}` | {_what(room)} | {len(files)} |")
    return "\n".join([*lines, ""])


def _what(room: Path) -> str:
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())
