"""How certain a diagnosis is by the letter that German records put beside it."""

from __future__ import annotations

import re
from typing import Any

from fhir_mappings.fhir import as_dict, as_list, as_text, code_of

CERTAINTY = "diagnosesicherheit"
"""Stands in the address of the extension, of whatever version and publisher, by which German
records say how certain a diagnosis is: A excluded, V suspected, Z state after, G confirmed.
"""

_BEHIND_THE_CODE = re.compile(
    r"[a-z]\d\d(?:\.[\d-]{1,3})?[*+!\u2020]?[ -]*[rlb]?[ -]*([avzg])[ -]*[rlb]?", re.IGNORECASE
)
"""A code of the ICD-10-GM with its certainty behind it, and the side, as practices write it."""


def certainty_of(resource: dict[str, Any]) -> str:
    """Return the letter of the German certainty of a diagnosis, empty where there is none. It may
    stand on the Coding, the code or the Condition, or behind a code of the ICD-10-GM.
    """
    code = resource.get("code")
    codings = [as_dict(coding) for coding in as_list(as_dict(code).get("coding"))]
    extended = (item for item in (resource, as_dict(code), *codings) if "extension" in item)
    for holder in extended:
        for extension in as_list(holder["extension"]):
            said = as_dict(extension)
            if CERTAINTY in as_text(said.get("url")).lower():
                coded = code_of(said.get("valueCodeableConcept"))
                coded = coded or as_text(as_dict(said.get("valueCoding")).get("code"))
                return (coded or as_text(said.get("valueCode"))).upper()
    return next(filter(None, map(_certainty_behind, codings)), "")


def _certainty_behind(coding: dict[str, Any]) -> str:
    system = as_text(coding.get("system")).lower()
    if "icd-10-gm" not in system and "1.2.276.0.76.5." not in system:
        return ""
    written = _BEHIND_THE_CODE.fullmatch(as_text(coding.get("code")).strip())
    return written[1].upper() if written else ""
