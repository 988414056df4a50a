"""The form in which words are compared."""

from __future__ import annotations

import functools
import re
import unicodedata

_PUNCTUATION = re.compile(
    r"(?:[^a-z0-9.%/+]|\.(?!\d))+"
)  # a full stop before a digit is a decimal point
_B_12 = re.compile(r"\bb[ .]12\b")


@functools.lru_cache(maxsize=8192)
def normalise_text(text: str) -> str:
    """Return words in the form in which they are compared: lower case, no punctuation, "b-12" as
    "b12", "anaemia" as "anemia"; without the flag for risk that American problem lists append
    ("Thrombocytopenia (HCC)").
    """
    lower = text.lower()
    if "hcc" in lower:
        lower = _RISK_FLAG.sub(" ", lower)
    plain = _PUNCTUATION.sub(" ", without_accents(lower)).strip()
    return _B_12.sub("b12", plain).replace("aem", "em").replace("oed", "ed")


def forget_normal_texts() -> None:
    """Forget what was remembered of texts."""
    normalise_text.cache_clear()


_UNSEEN = "\u00ad\u200c\u200d\u200e\u200f\u2060\ufeff"
"""What stands within words unseen and parts none: the soft hyphen, joiners, marks of direction. The
blank without width (U+200B) is not among them: it stands between words as well.
"""
_RISK_FLAG = re.compile(r"(?<=\S)\s*[(\[](?:(?:cms|hhs|rx)[\s/-]{0,3}){0,3}hcc(?:\s*\d{1,3})?[)\]]")
"""A hierarchical condition category, for payment; by itself "HCC" is a cancer of the liver."""

_LETTERS = str.maketrans(
    {"ø": "o", "ß": "ss", "æ": "ae", "œ": "oe", "ł": "l"} | dict.fromkeys(_UNSEEN)
)
"""Letters that are no Latin letter with an accent, and what nobody sees."""


def without_accents(text: str) -> str:
    """Return a text whose letters stand without accents: "Folsäure" as "folsaure"."""
    if text.isascii():
        return text
    parts = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))
