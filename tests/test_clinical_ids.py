"""Every id of the clinical documents that code or tests cite has an anchor in docs/clinical.

An id is one of a statement (S), an external source (X), a conflict (C), a fact (F), a row of a
table (D, G, T, N, U, M, P, B, E), a modifier (K), a clarification (Q), an invariant (I), a review
(V) or a step of product selection (PS). Hazards (H) stand in the register of hazards.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ROOT / "docs" / "clinical"
READ = ("recommender", "fhir_mappings", "cds_service", "cli", "pages", "tests")

CITED = re.compile(r"(?<![\w./:+#-])(?:RN|PS|[SXCFDGTNUMPBEKQIV])\d{1,2}[a-z]?(?![\w:/-]|\.\d)")
"""An id as it stands in words: no part of a longer name, of a code such as D51.0, or of a path."""

NO_IDS = frozenset({"D66", "K0", "N9", "S0", "S93", "X0"})
"""What looks like an id and is none: made up in a test, or a code of the ICD-10."""

LONGEST_LINE = 100


@cache
def anchors() -> frozenset[str]:
    """Return the ids that have an anchor in the clinical documents."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in DOCUMENTS.glob("*.md"))
    return frozenset(re.findall(r'<a id="([^"]+)"></a>', text))


def sources() -> list[Path]:
    """Return the code and tests in which an id may be cited."""
    found = [path for name in READ for path in (ROOT / name).rglob("*.py")]
    found += (ROOT / "tests" / "recommender").rglob("*.yaml")
    return sorted(path for path in found if path.name != Path(__file__).name)


def test_every_cited_id_has_an_anchor() -> None:
    unknown = {
        f"{path.relative_to(ROOT)}: {cited}"
        for path in sources()
        for cited in CITED.findall(path.read_text(encoding="utf-8"))
        if cited.lower() not in anchors() and cited not in NO_IDS
    }
    assert not unknown, "\n".join(sorted(unknown))


@pytest.mark.parametrize(
    ("letter", "last"), [("s", 92), ("x", 39), ("c", 39), ("f", 36), ("q", 93), ("i", 36)]
)
def test_the_registers_are_whole(letter: str, last: int) -> None:
    missing = {f"{letter}{number}" for number in range(1, last + 1)} - anchors()
    assert not missing


def test_an_anchor_stands_once() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(DOCUMENTS.glob("*.md")))
    found = re.findall(r'<a id="([^"]+)"></a>', text)
    twice = {anchor for anchor in found if found.count(anchor) > 1}
    assert not twice


@pytest.mark.parametrize("name", ["decisions", "conflicts", "cards", "evidence", "statements"])
def test_the_documents_are_plain(name: str) -> None:
    """Lines of at most 100 characters beside tables; nothing outside the repository is named."""
    lines = (DOCUMENTS / f"{name}.md").read_text(encoding="utf-8").splitlines()
    too_long = [line for line in lines if len(line) > LONGEST_LINE and not line.startswith("|")]
    assert not too_long
    assert not [line for line in lines if "../" in line]
