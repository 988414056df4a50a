"""docs/generated/names.md: every concept by the one name that program, codes and documents
use.
"""

from __future__ import annotations

from pathlib import Path

from fhir_mappings.terminology import describe_concepts, load_value_sets
from recommender.guidance.rule_ids import RuleId
from recommender.language import Route, Substance

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "names.md"

HEAD = """# The names of things

One spelling of each concept, British in words and names alike; the codes of a standard and their
displays stay as the standard spells them. A site's file of codes may also say `hemoglobin` for
`haemoglobin`. `b12-cds codes list` prints the concepts with examples. Written by `./run pages`.

## Concepts of the terminology

| concept | meaning | codes |
|---|---|---|
"""


def render() -> str:
    """Return the page."""
    concepts = [
        f"| `{one.concept.value}` | {one.meaning} | {one.codes} |\n"
        for one in describe_concepts(load_value_sets(None))
    ]
    return (
        HEAD
        + "".join(concepts)
        + _section("Substances", [one.value for one in Substance])
        + _section("Routes", [one.value for one in Route])
        + _section("Rows of the decision table", [str(one.value) for one in RuleId])
    )


def _section(title: str, names: list[str]) -> str:
    return f"\n## {title}\n\n{', '.join(names)}\n"
