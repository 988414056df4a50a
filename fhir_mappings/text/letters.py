"""Letters that only look like those of the words that are read, and signs that nobody sees."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W\d_]+")
_READ_AS_LATIN = frozenset("µμªº")
"""The sign of micro in both its codes, and the raised letters of Spanish and Portuguese."""


def letter_not_latin(text: str) -> str:
    """Return the first letter or figure of another script ("Cyanokit" with a Cyrillic letter), or
    the name of the first sign that nobody sees; empty where there is none. The words of medicines
    are read in ten languages, of which each is written in Latin letters.
    """
    for sign in unicodedata.normalize("NFC", text):
        if not _is_read(sign):
            return sign if sign.isprintable() and sign.isalnum() else _name_of(sign)
    return ""


def word_of_two_scripts(text: str) -> str:
    """Return the first word in which letters of another script stand among Latin ones, or that
    holds a sign that nobody sees; empty where there is none. A word that is wholly of another
    script is none of these: it is another language.
    """
    plain = unicodedata.normalize("NFC", text)
    for word in _WORD.findall(plain):
        if len({_is_read(sign) for sign in word if sign not in _READ_AS_LATIN}) > 1:
            return str(word)
    unseen = (sign for sign in plain if unicodedata.category(sign)[0] == "C")
    return next(map(_name_of, unseen), "")


def is_foreign(text: str) -> bool:
    """Return whether more than half of a text are letters of another script."""
    if text.isascii():
        return False
    return sum(sign.isalpha() and not sign.isascii() for sign in text) * 2 > len(text)


def has_words(text: str) -> bool:
    """Return whether a text has at least three letters and is not in another script (Q26)."""
    return sum(map(str.isalpha, text)) >= 3 and not is_foreign(text)


def _is_read(sign: str) -> bool:
    if sign.isascii():
        return sign.isprintable()
    kind = unicodedata.category(sign)
    if kind[0] == "L":
        return sign in _READ_AS_LATIN or unicodedata.name(sign, "").startswith("LATIN ")
    return kind[0] not in "CM" and kind not in ("Nd", "Nl")


def _name_of(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}")
