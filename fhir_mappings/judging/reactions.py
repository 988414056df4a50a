"""How an allergy entry describes its reactions, and whether one was severe (F21, Q52)."""

from __future__ import annotations

import re
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, code_of, says_severe, texts_of
from fhir_mappings.judging.tolerance import (
    is_doubted,
    speaks_of_allergy,
    speaks_of_anaphylaxis,
    without_intolerance,
)
from fhir_mappings.text import normalise_text
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


_SIGN = re.compile(
    r"\b(?:urti[ck]ari\w*|urticaire|orticaria|hives|wheals?|nettle ?rash|nessel(?:sucht|fieber)|"
    r"quaddeln?|galbulten|netelroos|na(?:e)?ldefeber|elveblest|nasselutslag|angi\w*dem\w*|wheez\w*|"
    r"bronchospasm\w*|reacted badly|bad reaction|collaps(?:ed?|us)|kollaps|exanthem\w*|"
    r"hautausschlag|rash(?! (?:at|around|over|near) (?:the )?(?:injection )?site)|"
    r"huidu?itslag|hudutslag|utslett|"
    r"(?:adrenaline|epinephrine|epipen) (?:was )?(?:given|used|administered)|"
    r"(?:facial|face|lips?|tongue|throat) (?:swelling|swollen|swelled)|"
    r"(?:swelling|swollen|swelled)(?: of)?(?: (?:the|his|her))? (?:face|lips?|tongue|throat)|"
    r"generali[sz]ed (?:itch\w*|prurit\w*))\b"
)
"""What follows an injection within minutes to hours and may be an allergy to it; a sore arm, a
faint or a bruise may not.
"""
_DENIED = re.compile(
    r"\b(?:no|not|nil|none|never|without|denie[sd]|nkda|kein\w*|ohne|nicht|pas|sans|aucune?|sin|non|"
    r"senza|sem|nao|geen|zonder|niet|ingen|inte|utan|ikke|uten|uden)\b"
)
_PRECAUTION = re.compile(
    r"\b(?:if|in case|in the event|risks?|watch|such as|signs of|symptoms of|kit|pack|available|"
    r"to hand|leaflet|falls|wenn|risiko)\b"
)
_ROUTINE = re.compile(
    r"\b(?:check\w*|review\w*|confirm\w*|advice|screen\w*|verified|status|consent\w*|protocol|"
    r"guideline|erfragt|gepruft|local reaction|"
    r"reaction (?:at|around) (?:the )?(?:injection )?site)\b|beredskap"
)
_TOLD_OF = re.compile(
    r"\b(?:(?:patient|pt|she|he) (?:(?:was|has been|is|made) )?(?:advised|counsell?ed|warned|told|"
    r"aware|informed (?:of|about))|advi[sc]ed? (?:re|about|of|on|to|regarding)|"
    r"counsell?(?:ed|ing) (?:re|about|on)|"
    r"(?:discussed|explained) (?:risks?|side|possible|potential)|(?:possible|potential) side)\b"
    r"(?:incl\.|[^.;\n])*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;,\n]")
_TREATED = re.compile(
    r"\b(?:treated|managed|settled|resolved|relieved|responded|needed|required|behandelt|behandl[ea]t|"
    r"traite|tratad[ao]|trattat[ao])\b.*"
)


def clauses_of_reaction(note: str) -> list[str]:
    """Return the clauses of a note beside something given that tell of a reaction, which may be to
    it: neither denied nor what is said and done at each injection ("allergies checked").
    """
    return list(filter(_tells_of_reaction, _CLAUSE.split(_TOLD_OF.sub(" ", note))))


def _tells_of_reaction(clause: str) -> bool:
    said = normalise_text(without_intolerance(clause))
    if _DENIED.search(said) or _PRECAUTION.search(said):
        return False
    return bool(_SIGN.search(said)) or (
        speaks_of_allergy(clause) and not _ROUTINE.search(normalise_text(clause))
    )


def without_its_treatment(clause: str) -> str:
    """Return a clause without what a reaction was treated with, which is not what it was to."""
    return _TREATED.sub("", normalise_text(clause))
