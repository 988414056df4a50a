"""The injection site of a received draft, changed (b12).

Source: S28 to S30; I14; cards.md b12.
"""

from __future__ import annotations

import re
from typing import Any

from fhir_mappings.drafts.dosage_instruction import SITE_CODINGS, first_line
from fhir_mappings.drafts.draft_changes import copy_of, without_rendered
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir import Resource, as_list
from fhir_mappings.medicines import names_buttock, texts_of_dosage
from fhir_mappings.terminology import SNOMED
from recommender.language import InjectionSite

_IN_ENGLISH = re.compile(
    r"(?:(?:the )?upper,? outer quadrant of (?:the )?)?(?:(?:left|right) )?(?:dorso-?)?"
    r"(?:buttocks?|glut(?:eal|eus|eals)\b(?: (?:maximus|medius|muscles?|region|area|site))?)",
    re.IGNORECASE,
)
_IN_OTHER_LANGUAGES = re.compile(
    r"\b(?:ges(?:ä|a|ae)(?:ß|ss)\w*|hinterbacken?|nalgas?|fesses?|fessier\w*|n[áa]degas?|natic(?:a|he)|"
    r"(?:linker|rechter)bil|billen|bilspier|skinkan?|skinkor|seteball\w*|balle|balder|"
    r"gl[uú](?:t(?:e|é)o?|teos|taeus|taal|teaal|teale))\b",
    re.IGNORECASE,
)


def with_site(received: Resource, site: InjectionSite, context: DraftContext) -> Resource | None:
    """Return the draft with this injection site in each dosage line that names one, and in place of
    the buttock in its words; `None` where these cannot be changed.
    """
    order = copy_of(received, context)
    if order is None:
        return None
    code, display = SITE_CODINGS[site]
    lines = order.get("dosageInstruction", ())
    in_words = [line for line in lines if any(map(names_buttock, texts_of_dosage(line)))]
    for line in in_words:
        _say(line, site)
    named = [line for line in lines if "site" in line]
    for line in named or in_words or [first_line(order)]:
        line["site"] = {
            "coding": [{"system": SNOMED, "code": code, "display": display}],
            "text": site.value.capitalize(),
        }
    unchanged = any(names_buttock(text) for line in in_words for text in texts_of_dosage(line))
    return None if unchanged else without_rendered(order)


def _say(line: Resource, site: InjectionSite) -> None:
    """Write the site in place of the buttock in the words of a dosage line."""
    for owner, name in _texts(line):
        if isinstance(owner.get(name), str) and names_buttock(owner[name]):
            written = _IN_ENGLISH.sub(site.value, owner[name])
            owner[name] = _IN_OTHER_LANGUAGES.sub(_LATIN[site], written)


def _texts(line: Resource) -> list[tuple[dict[str, Any], str]]:
    said = [one for one in as_list(line.get("additionalInstruction")) if isinstance(one, dict)]
    return [(line, "text"), (line, "patientInstruction"), *((one, "text") for one in said)]


_LATIN = {
    InjectionSite.DELTOID: "M. deltoideus",
    InjectionSite.VASTUS_LATERALIS: "M. vastus lateralis",
}
