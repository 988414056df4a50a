"""Reads off the source which statements the findings of each card cite."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import recommender
from recommender.cards import cards
from recommender.guidance.statements import is_citable


def read_card_citations() -> dict[str, set[str]]:
    """Return card id -> the citations written beside it wherever a finding of that card is made."""
    cited: dict[str, set[str]] = {}
    for path in Path(recommender.__file__).parent.rglob("*.py"):
        for card, citations in _issues_in(ast.parse(path.read_text("utf-8"))):
            cited.setdefault(card, set()).update(citations)
    return cited


def _issues_in(tree: ast.AST) -> Iterator[tuple[str, tuple[str, ...]]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("Issue", "_issue", "issue_of")
            and node.args
        ):
            card = node.args[0]
            if isinstance(card, ast.Attribute):
                yield (
                    getattr(cards, card.attr).id,
                    tuple(word for argument in node.args[1:] for word in _citations_of(argument)),
                )


def _citations_of(argument: ast.expr) -> list[str]:
    """Return the words of a tuple that holds nothing but citations."""
    words = (
        [item.value for item in argument.elts if isinstance(item, ast.Constant)]
        if isinstance(argument, ast.Tuple)
        else []
    )
    return words if all(isinstance(word, str) and is_citable(word) for word in words) else []
