"""What form a product has, by its words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fhir_mappings.fhir import texts_of
from fhir_mappings.products.product import Form
from fhir_mappings.terminology import Field, Match, ValueSets
from fhir_mappings.text import without_accents

_TABLET = re.compile(
    r"tablet|capsul|caplet|\btabs?\b|\bcaps?\b|\bpill|lozenge|chewable|sublingual|pastille|\bodt\b|"
    r"comprim|compress[ae]|kapsel|kapsler|gelule|dragee|\btbl\b|gumm(?:y|ies)\b|troche|"
    r"\b(?:tb(?:cr|ec|er|12|24|dp|so|ef|pk)|subl|lozg|chew|cp(?:dr|cr|ep|er|12|24|sp))\b"
)
"""With the forms as American drug files shorten them ("TBCR", "SL SUBL")."""

_ORAL = re.compile(
    r"\boral|syrup|elixir|by mouth|sachet|granules|tropfen|gouttes|druppels|buvable|sirup|sirop|"
    r"(?<!eye )(?<!ear )\bdrops\b|\bpo (?:soln?|liqd|syrp|susp|elix|conc)\b"
)

_NASAL = re.compile(r"nasal|nasen|\bna (?:soln?|liqd|aero)\b")

_INJECTION = re.compile(
    r"inject|\binj\b|ampoule|ampul|\bvial|prefilled|\bsyringe|injekt|injek|inyect|injec|iniett|"
    r"ampol|\bfial|\bamp\b|injizier|"
    r"\b(?:ij|im|iv|sc) (?:soln?|solr|susp|kit|liqd)\b|\bso(?:sy|aj|ct|tj)\b"
)


def read_form(
    texts: list[str], matches: list[Match], resource: Mapping[str, Any], value_sets: ValueSets
) -> Form:
    """Return the form that names and stated form say, else the displays of the codes."""
    matches_of_form = value_sets.find(resource.get("form"), Field.ROUTES)
    stated = " ".join(match.member.display for match in matches_of_form)
    words = " ".join([*texts, *texts_of(resource.get("form")), stated]).lower()
    named = form_of_words(without_accents(words))
    displays = " ".join(match.member.display for match in matches if match.matched_by == "code")
    return form_of_words(displays.lower()) if named is Form.UNKNOWN else named


def form_of_words(words: str) -> Form:
    """Return the form that a name speaks of. "Oral solution" is checked after injections, which are
    solutions too.
    """
    for form, pattern in (
        (Form.NASAL, _NASAL),
        (Form.INJECTION, _INJECTION),
        (Form.TABLET, _TABLET),
        (Form.ORAL_LIQUID, _ORAL),
    ):
        if pattern.search(words):
            return form
    return Form.UNKNOWN
