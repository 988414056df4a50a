"""Whether an entry that its status calls done says in words that nothing was given or taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, texts_of
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
    "outcome",
)

_NOT_GIVEN = re.compile(
    r"\b(?:(?:not|never)(?: been| yet| currently)? "
    r"(?:given|administered|received|taking|done|performed)|"
    r"declin(?:ed|es|ing)|refus(?:ed|es|al|ing)|no longer (?:takes|taking)|never (?:took|taken)|"
    r"did(?: not|n t) (?:take|receive|attend|have)|does not take|omitted|withheld|dna|"
    r"nicht (?:gegeben|verabreicht|genommen|eingenommen)|verweigert|abgelehnt|lehnt ab|"
    r"non (?:administre|injecte|realise|fait|pris|somministrat|assunt)[a-z]*|refuse|"
    r"no (?:administrad|aplicad|tomad|toma)[a-z]*|rechaz[a-z]*|"
    r"nao (?:administrad|aplicad|tomad|toma)[a-z]*|recus(?:ou|ad[ao])|rifiutat[oa]|"
    r"niet (?:gegeven|toegediend|ingenomen)|geweigerd|"
    r"ikke (?:gitt|givet|givet|tatt|taget)|(?:ej|inte) (?:given|givet|gett|tagit)|nekad[a-z]*)\b"
)


def words_of_not_given(resource: dict[str, Any]) -> str:
    """Return the words of an entry that say that nothing was given or taken, of its code, reasons,
    notes and the words of a dose given; empty for none. Beside a status that says the opposite they
    leave open which is true.
    """
    for number, text in enumerate(_texts(resource)):
        if number >= MOST_TEXTS:
            break
        if _NOT_GIVEN.search(normalise_text(text[:LONGEST_SEARCHED])):
            return text
    return ""


def _texts(resource: dict[str, Any]) -> Iterator[str]:
    yield from texts_of(resource.get("code"))
    for name in _REASONS:
        for reason in as_list(resource.get(name)):
            yield from texts_of(as_dict(reason).get("concept") or reason)
    for note in (*as_list(resource.get("note")), *as_list(resource.get("notes"))):
        yield as_text(as_dict(note).get("text")) or as_text(note)
    dosage = resource.get("dosage")
    if isinstance(dosage, dict):  # of a dose given; that of a statement is a list of instructions
        yield as_text(dosage.get("text"))
