"""Names that are nearly those of vitamin B12: slips of the pen, what an injection of it needs
("Syringe for B12 injection"), and other medicines that say it is given ("Apixaban, on B12"); shown
and never decided by. A draft of such a name is checked as vitamin B12 of unknown kind, and never
called right.

Source: decisions Q27 (what words may show), Q28 (a hint at treatment).
"""

from __future__ import annotations

import re
from typing import Any

from fhir_mappings.fhir import texts_of
from fhir_mappings.products.forms import form_of_words
from fhir_mappings.products.product import Ingredient, Product
from fhir_mappings.products.spoken_names import take_spoken_off
from fhir_mappings.text import without_accents
from recommender.language import Substance

_NAMES = ("hydroxocobalamin", "cyanocobalamin")
_GLUED = re.compile(r"[a-z]b ?-?12(?![a-z0-9])|\bb ?-?12[b-d]\b")
"""A brand that ends in B12 ("NeuroB12"), and a form of it by its letter ("vitamin b12b")."""
_STEMS = re.compile(r"cobalam|kobalam|cobamin|bedouz")
_B12 = r"(?:(?:vit(?:amin)? ?)?b[ -]?12\b|\w*[ck]obalamin)"
_GIVEN = re.compile(
    rf"^(?:needle|syringe|spritze|kanule|seringue|jeringa)s?\b.*{_B12}"
    rf"|\b(?:on|gives?|given|gets|takes?|taking|after|before|receiv\w+)(?: \w+)? {_B12}"
    rf"|{_B12} (?:given|inj\w*|im|monthly|weekly|daily)\b"
)
_MAY_BE = re.compile(r"b[ -]?12|[ck]obal|cobam|bedouz|cyano|amin|hydro|xocob", re.IGNORECASE)
"""What every such name holds: of three parts of a name, two slips leave one as it is."""
_NOT_MEANT = re.compile(r"trans[ck]obalamin|haptocorrin")
SHORTEST = 10
SHORTEST_WITH_STEM = 7
MOST_EDITS = 2
LONGEST_TEXT = 500
"""Letters of a word that is compared, and of one that is searched for a stem; edits by which it may
differ; characters of a text.
"""


def near_b12_name(codeable: Any) -> str:
    """Return the first text of a medicine that holds a word which is nearly a name of vitamin B12,
    names what an injection of it needs, or says that it is given; empty for none.
    """
    for text in texts_of(codeable):
        if len(text) > LONGEST_TEXT or _MAY_BE.search(text) is None:
            continue
        if says_b12_is_given(text) or _holds_near_name(text):
            return text
    return ""


def read_nearly(product: Product) -> Product:
    """Return a drafted medicine, as vitamin B12 of unknown kind where its name holds a word that is
    nearly one of its names ("Cyanocobalmin inj"): the draft would pass unseen.
    """
    if product.ingredients or _MAY_BE.search(product.name) is None:
        return product
    if not _holds_near_name(product.name):
        return product
    return product._replace(
        ingredients=(Ingredient(Substance.COBALAMIN_UNSPECIFIED),),
        form=form_of_words(without_accents(product.name.lower())),
        matched_by="text",
        source=product.name,
        doubt="its name is nearly that of vitamin B12",
    )


def _holds_near_name(text: str) -> bool:
    name = take_spoken_off(text)[0]
    return _GLUED.search(name.lower()) is not None or any(map(_is_near, _words(name)))


def says_b12_is_given(text: str) -> bool:
    """Return whether a name says that vitamin B12 is given, or names what an injection of it
    needs.
    """
    return _GIVEN.search(without_accents(text.lower())) is not None


def _words(text: str) -> list[str]:
    return re.findall(rf"[a-z]{{{SHORTEST_WITH_STEM},40}}", without_accents(text.lower()))


def _is_near(word: str) -> bool:
    if _NOT_MEANT.search(word):
        return False
    if _STEMS.search(word):
        return True
    return len(word) >= SHORTEST and any(_edits(word, name) for name in _NAMES)


def _edits(word: str, name: str) -> bool:
    """Return whether so few insertions, deletions and changes turn one into the other."""
    if abs(len(word) - len(name)) > MOST_EDITS:
        return False
    row = list(range(len(name) + 1))
    for place, letter in enumerate(word, start=1):
        before, row[0] = row[0], place
        for column, other in enumerate(name, start=1):
            cost = min(row[column] + 1, row[column - 1] + 1, before + (letter != other))
            before, row[column] = row[column], cost
    return row[-1] <= MOST_EDITS
