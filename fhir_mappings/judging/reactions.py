"""How an allergy entry describes its reactions, and whether one was severe (F21, Q52)."""

from __future__ import annotations

from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, code_of, says_severe, texts_of
from fhir_mappings.judging.tolerance import is_doubted, speaks_of_anaphylaxis
from recommender.language import Truth, truth_of


def is_severe(resource: dict[str, Any]) -> Truth:
    """Return whether a severe immediate reaction or high criticality is recorded; FALSE only when
    the record says low, or every reaction was mild or moderate.
    """
    reactions = [as_dict(reaction) for reaction in as_list(resource.get("reaction"))]
    named = texts_of(resource.get("code"))
    if any(map(_is_anaphylaxis, reactions)) or any(map(speaks_of_anaphylaxis, named)):
        return Truth.TRUE
    return truth_of(says_severe(resource))


def _is_anaphylaxis(reaction: dict[str, Any]) -> bool:
    described = as_text(reaction.get("description"))
    said = [*_manifestations(reaction), *([] if is_doubted(described) else [described])]
    return any(map(speaks_of_anaphylaxis, said))


def words_of_reaction(reaction: Any) -> list[str]:
    """Return how a reaction is described, and what its manifestations are called."""
    described = as_text(as_dict(reaction).get("description"))
    return [text for text in (described, *_manifestations(reaction)) if text]


def _manifestations(reaction: Any) -> list[str]:
    """Each a CodeableConcept (to R4B) or a CodeableReference (R5)."""
    return [
        text
        for item in as_list(as_dict(reaction).get("manifestation"))
        for text in (*texts_of(item), *texts_of(as_dict(item).get("concept")))
    ]


def describe_reactions(resource: dict[str, Any]) -> str:
    """Return how the reaction is described: criticality, then manifestations."""
    criticality = code_of(resource.get("criticality"))
    said = [f"criticality {criticality}"] if resource.get("criticality") else []
    for reaction in as_list(resource.get("reaction")):
        said += [*_manifestations(reaction), as_text(as_dict(reaction).get("severity"))]
    return ", ".join(dict.fromkeys(item for item in said if item))
