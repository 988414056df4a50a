"""Whether a result says yes or no: a boolean, a code, or a word that is plainly one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir import as_text, codings_of, sayings_of, texts_of
from fhir_mappings.text import normalise_text


def read_booleanish(result: dict[str, Any]) -> bool | None:
    """Return whether an Observation says yes or no: `valueBoolean`, or a value that is plainly
    positive or negative; `None` otherwise, also where it says both.

    Reads ordinal results in any of their forms: a coded "Positive", a text "NEGATIVE", a boolean;
    words in the languages of records.
    """
    if result.get("dataAbsentReason") is not None:
        return None
    value, said = result.get("valueBoolean"), result.get("valueCodeableConcept")
    written = (*texts_of(said), as_text(result.get("valueString")))
    texts = {_plain(text) for text in written}
    codes = {as_text(coding.get("code")) for coding in codings_of(said)}
    yes = value is True or codes & _POSITIVE_CODES or texts & _POSITIVE_WORDS
    more = codes and not all(map(_says_no_more, written))  # "NEG: numb toes" is no plain no
    no = value is False or ((codes & _NEGATIVE_CODES or texts & _NEGATIVE_WORDS) and not more)
    return bool(yes) if bool(yes) is not bool(no) else None


FOUND = frozenset({"pos", "positive", "det", "detected", "present"})
NOT_FOUND = frozenset({"neg", "negative", "nd", "not-detected", "absent"})
ABNORMAL = frozenset({"a", "aa", "h", "hh", "abnormal", "critically-abnormal", "high"})
NORMAL = frozenset({"n", "normal"})
"""What interpretations say of something looked for, by code or by what the code is called."""


def read_affirmed(result: Mapping[str, Any]) -> bool | None:
    """Return whether what is looked for is there, by the value, else by the interpretation; `None`
    where neither says, or they contradict each other. Words that only begin with "yes", say how
    much, or "no" in more than a word, count too: this opens questions and decides nothing.
    """
    said = read_booleanish(dict(result))
    if said is None:
        said = _begins(result)
    flags = sayings_of(result.get("interpretation")) if "interpretation" in result else set()
    found, none = bool(flags & (FOUND | ABNORMAL)), bool(flags & (NOT_FOUND | NORMAL))
    if said is not None:
        return None if (said and none) or (not said and found) else said
    return None if found is none else found


def _begins(result: Mapping[str, Any]) -> bool | None:
    """Return whether the words of an answer begin with yes ("Yes, since 2019"), say how much or how
    often ("quite a bit"), or are all of them a no ("nein, nie").
    """
    said = result.get("valueCodeableConcept")
    texts = [text.strip() for text in (*texts_of(said), as_text(result.get("valueString"))) if text]
    if any(text in _TICKED or _YES_FIRST.match(text) for text in texts):
        return True
    if any(_SOME.fullmatch(_plain(text)) for text in texts):
        return True
    return False if texts and all(_NO_ALONE.fullmatch(_plain(text)) for text in texts) else None


_TICKED = frozenset({"✓", "✔", "☑", "☒", "x", "X", "checked", "ticked"})
_YES_FIRST = re.compile(
    r"(?:(?:yes|yeah|ja|oui|sim|sí|sì)\b|(?:si|y)(?=\s*[,;:.(–-]))(?!\s*(?:/|and|or|und|oder)\s*n)",
    re.IGNORECASE,
)
_SOME = re.compile(
    r"(?:a (?:little|bit)|somewhat|quite a bit|very much|a lot|extremely|"
    r"(?:very )?(?:mild|moderate|severe)(?:ly)?|some(?:times| of the time)|occasional(?:ly)?|"
    r"often|frequent(?:ly)?|regularly|(?:almost )?(?:always|constant(?:ly)?)|"
    r"intermittent(?:ly)?|rarely|daily|most days|every day|"
    r"i think so|known|confirmed|diagnosed|current(?:ly)?|ongoing|bekannt|connue?|conocid[ao]|"
    r"manchmal|gelegentlich|oft|haufig|selten|leicht|massig|"
    r"stark|parfois|souvent|un peu|beaucoup|a veces|a menudo|un poco|mucho|qualche volta|spesso|"
    r"un po|molto|as vezes|muitas vezes|um pouco|soms|vaak|een beetje|ibland|ofta|lite|"
    r"av og til|noen ganger|ofte|litt|nogle gange|lidt)"
)
"""Answers that say how much or how often, and so that it is there; those of the questionnaires of
mood ("several days") are none: what they ask of concentration is asked of everybody.
"""
_NO_WORD = (
    r"(?:no|not|nope|nein|non|nao|nee|neen|nej|nei|never|nie|niemals|nunca|jamais|mai|nooit|aldrig|"
    r"aldri)"
)
_NO_ALONE = re.compile(
    rf"{_NO_WORD}(?: (?:{_NO_WORD}|none|at all|any|ever|known|thanks|thank you|applicable))*"
)


def _says_no_more(text: str) -> bool:
    """Return whether a text beside a coded no says no as well: in a word ("Negative"), or all of it
    ("No signs of neuropathy", "Pregnancy test negative"), with nothing behind a comma or a "but".
    """
    plain = _plain(text)
    if plain in _NEGATIVE_WORDS or not plain:
        return True
    more = _GOES_ON.search(text.rstrip(" .)")) or _TURNS.search(plain)
    return _NO_ALONE.fullmatch(plain) is not None or bool(_DENIES.fullmatch(plain) and not more)


_GOES_ON = re.compile(r"[,;:.\n(]")
_TURNS = re.compile(
    r"\b(?:but|except|since|only|aber|ausser|seit|nur|mais|sauf|depuis|pero|salvo|desde|solo|mas|ma|"
    r"tranne|dal|maar|behalve|sinds|alleen|men|sedan|siden|utom|unntatt|undtagen)\b"
)
_DENIES = re.compile(
    r"(?!(?:not?|nicht|pas|niet|inte|ikke|non) (?:sure|yet|known|assess|done|asked|test|exam|"
    r"record|document|applic|answer|idea|inform|data|bekannt|unters|sicher|connu|teste|fait|bekend|gedaan|"
    r"kand|gjort|kjent|exclu|ruled|ausgeschl|uteslut|udeluk|uteluk|uitgesl|escl|change|improv|better|"
    r"resol|unchanged))"
    r"(?:no|not|none|nil|nothing|nein|nicht|keine?[nrs]?|pas|aucune?|sin|ningun[ao]?|nao|sem|"
    r"nenhuma?|non|nessun[ao]?|senza|niet|geen|ingen|inga|inte|ikke|ej|without|ohne|sans|zonder|"
    r"utan|uden|uten) .+|.+ (?:negative?|negativ[aeot]?|negatief|negatif|not detected|absent)"
)


def _plain(text: str) -> str:
    return re.sub(r"[^a-z ]", "", normalise_text(_SEMANTIC_TAG.sub("", text))).strip()


_SEMANTIC_TAG = re.compile(r" \(qualifier value\)$", re.IGNORECASE)
"""What SNOMED CT puts behind the full names of its answers."""


_POSITIVE_CODES: frozenset[str] = frozenset({"POS", "Y"})
_NEGATIVE_CODES: frozenset[str] = frozenset({"NEG", "N"})
_POSITIVE_WORDS = frozenset(
    {
        *("positive", "pos", "detected", "present", "yes", "y", "true", "reactive"),
        *("strongly positive", "weakly positive"),
        *("positiv", "ja", "nachgewiesen", "nachweisbar", "vorhanden", "schwach positiv"),
        *("stark positiv", "positif", "oui", "presente", "detecte", "detectee", "positivo"),
        *("positiva", "si", "detectado", "detectada", "rilevato", "rilevata", "sim"),
        *("positief", "aanwezig", "aangetoond", "positivt", "pavisad", "pavist"),
    }
)
_NEGATIVE_WORDS = frozenset(
    {
        *("negative", "neg", "not detected", "absent", "no", "n", "false", "none", "nonreactive"),
        *("non reactive", "normal"),
        *("negativ", "nein", "nicht nachgewiesen", "nicht nachweisbar", "nicht vorhanden"),
        *("negatif", "non", "absente", "non detecte", "non detectee", "negativo", "negativa"),
        *("ausente", "no detectado", "no detectada", "assente", "non rilevato", "non rilevata"),
        *("nao", "nao detectado", "negatief", "nee", "neen", "afwezig", "niet aanwezig"),
        *("niet aangetoond", "negativt", "nej", "nei", "ej pavisad", "inte pavisad"),
        "ikke pavist",
    }
)
"""Whole answers, without their accents."""
