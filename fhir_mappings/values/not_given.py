"""Whether an entry that its status calls done says in words that nothing was given or taken."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Any

from fhir_mappings.fhir import (
    as_dict,
    as_list,
    as_text,
    read_notes,
    texts_of,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.text import normalise_text

LONGEST_SEARCHED = 2000
"""Characters of a text that are looked through."""

MOST_TEXTS = 20
"""Texts of one entry that are looked through."""

_REASONS = (
    "statusReason",
    "statusReasonCodeableConcept",
    "notPerformedReason",
    "reasonNotGiven",
    "reasonNotTaken",
    "reasonNotPerformed",
    "reasonEnded",
    "outcome",
)

_NOT_GIVEN = re.compile(
    r"\b(?:(?:not|never)(?: been| yet| currently)? "
    r"(?:given|administered|received|taking|taken|had|done|performed)|"
    r"declin(?:ed|es|ing)|refus(?:ed|es|al|ing)|no longer (?:takes|taking)|never (?:took|taken)|"
    r"did(?: not|n t) (?:take|receive|attend|have)|does not take|omitted|withheld|dna|"
    r"(?:not|never|un) ?(?:collected|picked up|issued)|returned to stock|"
    r"(?:ordered|issued|prescribed|entered|recorded|given) in error|wrong patient|"
    r"nicht (?:gegeben|verabreicht|genommen|eingenommen)|verweigert|abgelehnt|lehnt ab|"
    r"pas (?:fait|administre|injecte|recu|pris)e?|refuse|"
    r"non (?:administre|injecte|realise|fait|pris|somministrat|assunt)[a-z]*|"
    r"no (?:administrad|aplicad|tomad|toma)[a-z]*|rechaz[a-z]*|"
    r"nao (?:administrad|aplicad|tomad|toma)[a-z]*|recus(?:ou|ad[ao])|rifiutat[oa]|"
    r"niet (?:gegeven|toegediend|ingenomen)|geweigerd|"
    r"ikke (?:gitt|givet|givet|tatt|taget)|(?:ej|inte) (?:given|givet|gett|tagit)|nekad[a-z]*)\b"
)


_NAME_DENIED = re.compile(
    r"^(?:no|not|nil|none|never|without|denie[sd]|possibl[ey]|probabl[ey]|suspected|query|fhx?|"
    r"avoid|consider(?:ing)?|allerg[a-z]*|"
    r"family|(?:her |his )?(?:mother|father|sister|brother|son|daughter|wife|husband|partner)|"
    r"kein[a-z]*|ohne|nicht|nie|niemals|pas d|pas de|aucune?|jamais|sans|sin|nunca|senza|"
    r"nessun[a-z]*|mai|geen|nooit|zonder|ingen|intet?|ikke|aldrig?|ej|uten|utan|uden|sem|"
    r"nenhum[a-z]*|event(?:uell|uel|ualmente)|peut etre|mogelijk|mulig[a-z]*|"
    r"(?:mutter|vater|mere|pere|madre|padre|meder|moeder|vader|mor|moder|fader|mae|pai|sohn|tochter|"
    r"fille|hij[oa]|figli[oa]|dochter) (?:[a-z]+ )?(?:nimmt|prend|toma|prende|neemt|tar|tager))\b|"
    r"\b(?:(?:never|not) (?:yet )?(?:started|begun|commenced)|ne prend pas|neemt (?:geen|niet)|"
    r"nimmt (?:kein[a-z]*|nicht|nie)|non prende|nao toma|tager (?:ikke|aldrig)|"
    r"tar (?:ikke|inte|ej|aldrig?))\b|"
    r"(?<! dr)(?<!prof) (?:mother|father|sister|brother|wife|husband|mutter|vater)$"
)
"""A medicine's name beside a word that denies or doubts it, or speaks of another person (Q27): "No
vitamin B12", "Mother takes vitamin B12". Further on in a name such a word may be of a part of the
product ("no preservative").
"""

_SENTENCE = re.compile(r"[.;\n]|\bbut\b|\baber\b|\bmais\b|\bpero\b", re.IGNORECASE)
_ANOTHER = (
    r"(?:vaccin[a-z]*|vacun[a-z]*|flu|influenza|grippe[a-z]*|gripe|covid[a-z0-9]*|immuni[sz][a-z]*|"
    r"impfung[a-z]*|pneumococc[a-z]*|shingles|tetanus|chaperone|smear|screening|mammogra[a-z]*|"
    r"bloods?|blood (?:tests?|pressure)|bp|weight|weighing|urine|swab|scan|ecg|referral|leaflet|"
    r"(?:last |previous |follow up )?(?:appointments?|visit)|last (?:time|week|month|year)|"
    r"previous(?:ly)?|counsel[a-z]*|smoking|alcohol|dietit?[a-z]*|interpreter|statins?|metformin|"
    r"warfarin|apixaban|iron|ferrous|folic acid|vitamin d|antibiotics?|paracetamol|aspirin)"
)
_DENIED = r"(?:was |were |is |has been |have been )?(?:not (?:given|taken|done)|declined|refused)"
_OF_ANOTHER = re.compile(
    rf"\b{_ANOTHER}(?: (?:jabs?|vaccin[a-z]*|doses?|injections?|tests?|today|offered|also)){{0,3}} "
    rf"{_DENIED}|\b(?:declin(?:ed|es|ing)|refus(?:ed|es|al of|ing)|omitted|withheld|dna|"
    rf"no longer (?:takes|taking)|did(?: not|n t) attend)"
    rf"(?: (?:the|a|an|any|his|her|further|all|offer of|to have|have|having)){{0,2}} {_ANOTHER}\b"
)
"""What in a note is denied of another thing: that thing stands beside the denial."""

_THIS = re.compile(r"\bb12\b|[ck]obalamin|\b(?:cytamen|injections?|doses?|ampoules?)\b")
_GIVEN = re.compile(
    r"\b(?:given|administered|received|injected|done|had|gegeben|verabreicht|injecte|administrad[ao]|"
    r"aplicad[ao]|gitt|givet|gegeven|toegediend)\b"
)


def words_of_not_given(resource: dict[str, Any]) -> str:
    """Return the words of an entry that say that nothing was given or taken, of its medicine, code,
    reasons, notes and the words of a dose given; empty for none. Beside a status that says the
    opposite they leave open which is true. A note may deny another thing: "flu vaccine declined".
    """
    if name := denied_name(resource):
        return name
    texts = ((text, False) for text in _texts(resource))
    noted = ((text, True) for text in read_notes(resource))
    for text, is_note in itertools.islice(itertools.chain(texts, noted), MOST_TEXTS):
        said = text[:LONGEST_SEARCHED]
        denied = (
            any(map(_denies, _SENTENCE.split(said)))
            if is_note
            else _NOT_GIVEN.search(normalise_text(said)) is not None
        )
        if denied:
            return text
    return _nothing_counted(resource)


def denied_name(resource: dict[str, Any]) -> str:
    """Return the name of an entry's medicine if a word beside it denies or doubts it, or speaks of
    somebody else (Q27); empty for none.
    """
    concept, reference = fhir_versions.read_medication(resource)
    for text in (*texts_of(concept), as_text(as_dict(reference).get("display"))):
        normal = normalise_text(text[:LONGEST_SEARCHED])
        doubted = "?" in (text.strip()[:1], text.strip()[-1:]) or _NAME_DENIED.search(normal)
        if doubted or _NOT_GIVEN.search(normal):
            return text
    return ""


def _nothing_counted(resource: dict[str, Any]) -> str:
    """Return the words for a quantity dispensed, or a dose given, of zero."""
    dose = as_dict(as_dict(resource.get("dosage")).get("dose"))
    if any(as_dict(one).get("value") in (0, "0") for one in (resource.get("quantity"), dose)):
        return "quantity 0"
    return ""


def _denies(sentence: str) -> bool:
    """Return whether a sentence of a note denies the entry: with what it denies of other things
    taken out, too; or in one breath with them ("B12 and flu jab declined").
    """
    normal = normalise_text(sentence)
    if not _NOT_GIVEN.search(normal):
        return False
    rest = _OF_ANOTHER.sub(" ", normal)
    in_one = _THIS.search(rest) is not None and _GIVEN.search(rest) is None
    return in_one or _NOT_GIVEN.search(rest) is not None


_MISTAKEN = re.compile(
    r"(?<!\bno )(?<!\bnot )(?<!\bnot the )(?<!\bkeine )(?<!\bpas d )\b"
    r"(?:(?:wrong|incorrect) patient|not this patient|(?:another|different) patient|misidentif\w*|"
    r"identity (?:\w+ ){0,4}(?:not|unable to) (?:be )?confirm\w*|wbit|wrong blood in tube|"
    r"(?<!previously )(?:entered|recorded|reported|issued|filed) in error|mis ?label\w*|"
    r"label(?:l?ing)? error|(?:sample|specimen|tube)s? mix ?(?:up|ed up)|"
    r"(?:falscher?|anderer) patient|\w*verwechs(?:lung|elt)|vertauscht|falsch beschriftet|"
    r"(?:mauvais|autre) patient|erreur d (?:identi|etiquet)\w+|"
    r"paciente (?:equivocado|erroneo|errado)|(?:otro|outro) paciente|"
    r"error de etiquetado|erro de (?:etiquetagem|identificacao)|amostra trocada|"
    r"paziente (?:sbagliato|errato)|altro paziente|"
    r"scambio di (?:provett|campion)\w*|errore di etichettatura|(?:verkeerde|andere) patient|"
    r"verwissel\w*|fel(?:aktig)? (?:patient|markt)|an(?:nan|den) patient|(?:feil|annen) pasient|"
    r"forkert patient|f(?:or|ej)lregistrer\w*|forvexl\w*|forveksl\w*|forvaxl\w*)\b"
)

_NOT_VALID = re.compile(
    r"\b(?:(?<!no )contaminat(?:ed|ion)|drip arm|disregard|"
    r"ignore (?:(?:this|these|the|all) )?(?:result|value)s?|"
    r"(?:results?|values?) (?:(?:is|are|was|were) )?(?:invalid|not valid|withdrawn|retracted|void)|"
    r"(?:ergebnis|wert) ungultig|verunreinigt|resultat (?:invalide|annule)|"
    r"(?:muestra|amostra) contaminada|(?:resultado|risultato) (?:invalido|anulado|annullato))\b"
)


def note_of_mistake(resource: Mapping[str, Any], *, of_result: bool = False) -> str:
    """Return the note of an entry, or the conclusion of a report, that says that it is of somebody
    else or made by mistake, of a result also that it is not valid; empty for none.
    """
    notes = itertools.islice(read_notes(resource), MOST_TEXTS)
    for note in (as_text(resource.get("conclusion")), *notes):
        normal = normalise_text(note[:LONGEST_SEARCHED])
        if _MISTAKEN.search(normal) or (of_result and _NOT_VALID.search(normal)):
            return note
    return ""


def reasons_and_notes(resource: dict[str, Any]) -> list[str]:
    """Return the words for why an entry ended or was not carried out, and its notes."""
    return [*_reasons(resource), *read_notes(resource)][:MOST_TEXTS]


def _reasons(resource: dict[str, Any]) -> Iterator[str]:
    for name in _REASONS:
        for reason in as_list(resource.get(name)):
            yield from texts_of(as_dict(reason).get("concept") or reason)


def _texts(resource: dict[str, Any]) -> Iterator[str]:
    yield from texts_of(resource.get("code"))
    yield from _reasons(resource)
    dosage = resource.get("dosage")
    if isinstance(dosage, dict):  # of a dose given; that of a statement is a list of instructions
        yield as_text(dosage.get("text"))
