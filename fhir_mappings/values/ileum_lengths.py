"""Lengths of ileum removed or diseased, as fixed forms of words name them.

Source: decisions Q34.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from recommender.language import Quantity, Unit

_NUMBER = r"(?:approx\.? |about )?(\d{1,3}(?:[.,]\d{1,2})?) ?cm"
_ILEUM = r"(?:terminal )?ileum"
_RESECTED = (
    rf"(?:terminal )?(?:ileal|ileum|ileoca?ecal) resection,?(?: of)? {_NUMBER}(?: of {_ILEUM})?",
    rf"resection of {_NUMBER}(?: of)? {_ILEUM}",
    rf"{_NUMBER}(?: of)? {_ILEUM} (?:resected|removed)",
    rf"length of ileum (?:resected|removed): ?{_NUMBER}",
    rf"ileal resection length: ?{_NUMBER}",
)
_INVOLVED = (
    rf"ileal crohn'?s(?: disease)?,? {_NUMBER}(?: involved)?",
    rf"(?:extent of ileal involvement|ileal involvement|ileal extent): ?{_NUMBER}",
    rf"{_NUMBER} of {_ILEUM} involved",
)


def _whole_text(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    before, after = r"(?:status post |s/p )?(?:laparoscopic )?", r"(?:,? (?:in )?(?:19|20)\d\d)?"
    return tuple(re.compile(f"{before}{form}{after}") for form in forms)


_RESECTED_FORMS, _INVOLVED_FORMS = _whole_text(_RESECTED), _whole_text(_INVOLVED)


def read_resected_length(texts: Iterable[str]) -> Quantity | None:
    """Return the length of ileum removed that one whole text names in a fixed form; `None` for
    any other text, whatever number it holds, and where texts differ (Q34).
    """
    return _length_in(texts, _RESECTED_FORMS)


def holds_length(text: str) -> bool:
    """Return whether a text names a length in any form (C34)."""
    return bool(re.search(r"\d[\s-]*(?:cm|mm|inch|in\b|centimet|millimet)", text.lower()))


def read_involved_length(texts: Iterable[str]) -> Quantity | None:
    """Return the length of ileum involved in Crohn's disease, likewise (Q34)."""
    return _length_in(texts, _INVOLVED_FORMS)


def _length_in(texts: Iterable[str], forms: tuple[re.Pattern[str], ...]) -> Quantity | None:
    plain = [" ".join(text.lower().split()).rstrip(".") for text in texts]
    found = {
        Decimal(match[1].replace(",", "."))
        for text in plain
        for form in forms
        if (match := form.fullmatch(text))
    }
    return Quantity(found.pop(), Unit.CM) if len(found) == 1 and 0 not in found else None
