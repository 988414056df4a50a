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


_SWOLLEN = (
    r"(?:facial|face|lips?|tongue|throat|gesichts|lippen|zungen?|visage|levres|langue|cara|labios|"
    r"lengua|lingua|volto|viso|labbra|face|gezicht|tong|lappar|ansikte|tunga|laeber|lepper|ansigt|"
    r"ansikt|tunge)"
)
_SWELLING = (
    r"(?:swelling|swollen|swelled|o?edem[ae]|schwellung|geschwollene?[nrs]?|gonflement|gonfle[es]*|"
    r"hinchazon|hinchad[ao]s?|gonfi\w+|inchaco|inchad[ao]s?|gezwollen|zwelling|svull\w*|haeve\w*|"
    r"hoven|hovne)"
)
_SIGN = re.compile(
    r"\b(?:urti[ck]ari\w*|urticaire|orticaria|hives|wheals?|nettle ?rash|nessel(?:sucht|fieber)|"
    r"quaddeln?|galbulten|netelroos|na(?:e)?ldefeber|elveblest|nasselutslag|angi\w*dem\w*|ronchas|"
    r"habones|pomfi|wheez\w*(?! (?:on|with|during) )|bronchospasm\w*|reacted badly|"
    r"reacted (?:to|after) (?:the |last |previous |first |her |his )*(?:inj\w*|dose|jab|b12|it)|"
    r"bad reaction|collaps(?:ed?|us)|\w*kollaps|exanthem\w*|"
    r"hautausschlag|(?<!nappy )(?<!heat )(?<!eczema )rash(?! (?:at|around|over|near) "
    r"(?:the )?(?:injection )?site)(?! (?:cream|is |has )?(?:improv|clear|better|resolv|gone))|"
    r"eruption cutanee|sarpullido|huidu?itslag|hudutslag|utslett|"
    r"(?:adrenaline?|epinephrine|epipen)(?: was)?(?: given| used| administered| x ?\d)|"
    rf"{_SWOLLEN} ?{_SWELLING}|lips? tingl\w*|"
    rf"{_SWELLING}(?: (?:of|der|des|von|du|de|da|del|della|delle|van|i|av))?"
    rf"(?: (?:the|his|her|la|las|los|les|le|het|and|den))* {_SWOLLEN}|"
    r"(?:throat|chest) (?:tight\w*|clos\w*)|"
    r"(?:widespread|generali[sz]ed|diffuse) (?:\w+ )?(?:itch\w*|prurit\w*|rash|eryth?em\w*)|"
    r"(?:itch\w*|prurit\w*|juckreiz|demangeaisons|picor|prurito|coceira|jeuk|klada|kloe) "
    r"(?:all over|everywhere|whole|am ganzen|partout|generali[sz]ad[ao]|diffus\w*|over hel[ea])|"
    r"eritema diffuso)\b"
)
_SOON = re.compile(
    r"\b(?:after|following|post|nach|apres|tras|despues|dopo|depois|apos|na|efter|etter)"
    r"(?: \w+){0,3} (?:inj\w*|dose|jab|b12|im|spritze|gabe|inyec\w*|iniez\w*|prik|spuit|sprut\w*|"
    r"sproyt\w*|administ\w*)\b|\bwithin\b|\b\d+ ?(?:min|mins|minut\w*|h|hrs?|hours?)\b"
)
_SIGN_IF_SOON = re.compile(
    r"\b(?:sob|short(?:ness)? of breath|breathless\w*|difficulty (?:in )?breathing|dyspn\w*|"
    r"dis?pnea|dispneia|tight chest|atemnot|luftnot|gene respiratoire|falta de a(?:ire|r)|affanno|"
    r"benauwd\w*|kortademig\w*|andnod|andenod|tungpust\w*|hypotens\w*|[hi]potens\w*|ipotens\w*|"
    r"bp (?:dropped|fell|drop)|blutdruckabfall|blod?tryk\w*fall?|chute de tension|bloeddrukdaling|"
    r"flush\w*|itch\w*|prurit\w*|juckreiz|demangeaisons?|picor|prurito|coceira|jeuk)\b"
)
_BETTER = re.compile(
    r"\b(?:improv\w*|better|clear(?:ed|ing)(?: up)?|gone|less)\b.*\b(?:with|since|on|"
    r"after (?:start\w*|treat\w*)|following treat\w*)\b|\bno longer\b"
)
"""What a sign of the illness does under treatment: "rash cleared up since starting B12"."""
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
    r"(?:leaflet|information|advice) (?:on|about|re|regarding)|"
    r"(?:discussed|explained) (?:risks?|side|possible|potential)|(?:possible|potential) side)\b"
    r"(?:incl\.|[^.;\n])*",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;,\n]")
_TREATED = re.compile(
    r"\b(?:treated|managed|settled|resolved|relieved|responded|needed|required|behandelt|behandl[ea]t|"
    r"traite|tratad[ao]|trattat[ao])\b.*"
)

_GIVEN_FOR_IT = re.compile(
    r"\b(?:adrenaline?|epinephrine|epipen|antihistamin\w*|piriton|\w*cetirizine?|chlorphen\w*|"
    r"loratadine?|hydrocortisone?|prednisolone?|steroids?|salbutamol)\b"
)
"""Medicines against a reaction, which are not what it was to."""


def clauses_of_reaction(note: str) -> list[str]:
    """Return the clauses of a note beside something given that tell of a reaction, which may be to
    it: neither denied nor what is said and done at each injection ("allergies checked").
    """
    return list(filter(_tells_of_reaction, _CLAUSE.split(_TOLD_OF.sub(" ", note))))


def _tells_of_reaction(clause: str) -> bool:
    said = normalise_text(without_intolerance(clause))
    if _DENIED.search(said) or _PRECAUTION.search(said) or _BETTER.search(said):
        return False
    if _SIGN.search(said) or (_SOON.search(said) and _SIGN_IF_SOON.search(said)):
        return True
    if not speaks_of_allergy(clause) or _ROUTINE.search(normalise_text(clause)):
        return False
    return speaks_of_anaphylaxis(clause) or speaks_of_allergy(said)


def without_its_treatment(clause: str) -> str:
    """Return a clause without what a reaction was treated with, which is not what it was to."""
    return _GIVEN_FOR_IT.sub(" ", _TREATED.sub("", normalise_text(clause)))
