"""Abbreviations that stand beside the words they are made of: "CKD (chronic kidney disease)"."""

from __future__ import annotations

import re

_WORDS = r"[^()\[\]:;,?]{4,80}"
_BEFORE_BRACKETS = re.compile(rf"\b([A-Za-z]{{2,6}})\s*[(\[]({_WORDS})[)\]]")
_BEFORE = re.compile(rf"^\s*\(?([A-Za-z]{{2,6}})\)?\s*(?: [-\u2013]|[:/=]|(?<=\)))\s*({_WORDS})$")
_BEHIND = re.compile(rf"^({_WORDS}?)\s*(?:[-\u2013] |[:/=])\s*([A-Za-z]{{2,6}})\s*$")
_SMALL = frozenset(
    ("of", "the", "and", "a", "in", "to", "with", "en", "de", "du", "des", "la", "le", "der", "die")
)
"""Words of which no letter stands in an abbreviation."""


def spelt_out(text: str) -> str:
    """Return a text without an abbreviation that stands beside the words whose first letters it is
    made of: "PA (pernicious anaemia)", "PA - pernicious anaemia", "pernicious anaemia - PA".
    """
    if not ("(" in text or "[" in text or "-" in text or "/" in text or ":" in text):
        return text
    found = _BEFORE_BRACKETS.search(text)
    if found and _is_made_of(found[1], found[2]):
        return f"{text[: found.start()]}{found[2]}{text[found.end() :]}"
    if (found := _BEFORE.match(text)) and _is_made_of(found[1], found[2]):
        return found[2]
    if (found := _BEHIND.match(text)) and _is_made_of(found[2], found[1]):
        return found[1]
    return text


def _is_made_of(short: str, words: str) -> bool:
    each = re.findall(r"[^\W\d_][^\W_]*", words.lower().replace("'s", ""))
    letters = "".join(word[0] for word in each)
    main = "".join(word[0] for word in each if word not in _SMALL)
    return short.lower() in (letters, main)
