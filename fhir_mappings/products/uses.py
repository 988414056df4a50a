"""What a medicine is to the guidance beside vitamin B12 and folate: B12-lowering, anticoagulant,
methotrexate, nitrous oxide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fhir_mappings.terminology import Concept, Match
from fhir_mappings.text import without_accents
from recommender.language import Anticoagulant, LoweringDrug

LOWERING_DRUGS: dict[Concept, LoweringDrug] = {
    Concept.METFORMIN: LoweringDrug.METFORMIN,
    Concept.METFORMIN_COMBO: LoweringDrug.METFORMIN,
    Concept.PPI: LoweringDrug.PROTON_PUMP_INHIBITOR,
    # Potassium-competitive acid blockers suppress acid as proton pump inhibitors do and stand in
    # their ATC group.
    Concept.ACID_SUPPRESSOR_PCAB: LoweringDrug.PROTON_PUMP_INHIBITOR,
    Concept.H2RA: LoweringDrug.H2_RECEPTOR_ANTAGONIST,
}

_ANTICOAGULANT_WORDS: dict[Anticoagulant, re.Pattern[str]] = {
    Anticoagulant.WARFARIN: re.compile(
        r"warfarin|acenocoumarol|phenprocoumon|vitamin k antagonist"
    ),
    Anticoagulant.DIRECT_ORAL: re.compile(r"apixaban|rivaroxaban|edoxaban|dabigatran"),
    Anticoagulant.HEPARIN: re.compile(r"heparin|parin\b|fondaparinux|argatroban|bivalirudin"),
}

_NOT_SYSTEMIC = re.compile(r"heparin.{0,100}\b(?:flush|lock|gel|cream|ointment)\b")


def read_uses(matches: Iterable[Match]) -> dict[str, Any]:
    """Return what else the medicine is to the guidance: B12-lowering, anticoagulant, methotrexate,
    nitrous oxide.
    """
    uses: dict[str, Any] = {}
    for match in matches:
        # A text match stands for its whole concept, so the words themselves say which member it is.
        words = without_accents(
            (match.member.display if match.matched_by == "code" else match.source).lower()
        )
        detail = "" if match.matched_by == "code" else match.member.property
        if match.concept in LOWERING_DRUGS:
            uses["lowering"] = LOWERING_DRUGS[match.concept]
        elif match.concept is Concept.OTHER_INTERACTING and "colchicine" in f"{words} {detail}":
            uses["lowering"] = LoweringDrug.COLCHICINE
        elif match.concept is Concept.OTHER_INTERACTING and "methotrexate" in f"{words} {detail}":
            uses["methotrexate"] = True
        elif match.concept is Concept.NITROUS_OXIDE:
            uses["nitrous_oxide"] = True
        elif match.concept is Concept.ANTICOAGULANT and not _NOT_SYSTEMIC.search(words):
            classes = [
                kind
                for kind, pattern in _ANTICOAGULANT_WORDS.items()
                if pattern.search(words) or detail == kind.name.replace("_", " ").lower()
            ]
            uses |= {"anticoagulant": True, "anticoagulant_class": classes[0] if classes else None}
    return uses
