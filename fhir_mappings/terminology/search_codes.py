"""The codes to search Observations by: what the mapping can use, and nothing else, so that answers
stay small.
"""

from __future__ import annotations

from collections.abc import Sequence

from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.members import Field, Match, Role
from fhir_mappings.terminology.value_sets import ValueSets

SEARCHED = (
    Concept.SERUM_B12,
    Concept.ACTIVE_B12_HOLOTC,
    Concept.MMA_SERUM_PLASMA,
    Concept.HOMOCYSTEINE,
    Concept.FOLATE_SERUM,
    Concept.FOLATE_RBC,
    Concept.HAEMOGLOBIN,
    Concept.MCV,
    Concept.PLATELETS,
    Concept.CBC_PANEL,
    Concept.CREATININE,
    Concept.EGFR,
    Concept.EGFR_NON_BLACK,
    Concept.EGFR_BLACK,
    Concept.POTASSIUM,
    Concept.INR,
    Concept.INTRINSIC_FACTOR_AB,
    Concept.PARIETAL_CELL_AB,
    Concept.TTG_IGA,
    Concept.TTG_IGG,
    Concept.PREGNANCY_STATUS,
    Concept.BREASTFEEDING_STATUS,
    Concept.NEURO_SCREEN,
    Concept.B12_SYMPTOMS,
    Concept.B12_REVIEW,
    Concept.ILEAL_RESECTION_LENGTH,
    Concept.CROHNS_ILEAL_EXTENT,
    Concept.B12_ADMINISTRATION,
)

URGENT = (
    Concept.SERUM_B12,
    Concept.ACTIVE_B12_HOLOTC,
    Concept.MMA_SERUM_PLASMA,
    Concept.HOMOCYSTEINE,
    Concept.CREATININE,
    Concept.EGFR,
    Concept.EGFR_NON_BLACK,
    Concept.EGFR_BLACK,
    Concept.PLATELETS,
)
"""What decides most, and is little: asked for by itself, so that it comes first (R189)."""

NOT_SEARCHED = frozenset({Role.EXCLUDE, Role.ORDER, Role.WARN})


def observation_search_codes(
    value_sets: ValueSets, concepts: Sequence[Concept] = SEARCHED
) -> tuple[str, ...]:
    """Return the codes, without their systems, of the Observations of these concepts; the site's
    own codes are among them. Without concepts of every Observation that the mapping reads.

    Takes no account of findings that stand in an Observation under the code of a condition: those
    are read when they come.
    """
    members = [member for concept in concepts for member in value_sets.members.get(concept, ())]
    return tuple(
        dict.fromkeys(member.code for member in members if member.role not in NOT_SEARCHED)
    )


def is_searched(matches: Sequence[Match]) -> bool:
    """Return whether what was found under a code or words is searched for by its codes."""
    return any(one.concept in SEARCHED and one.role not in NOT_SEARCHED for one in matches)


HINTS = (
    "vb12", "cytamen", "cobalin", "behepan", "vibeden", "hydrocobamin", "betolv", "cohemin",
    "megamilbedoce", "dodecavit", "erycytol", "h cg", "hcg", "edd", "edc", "pregnancy", "due date",
    "estimated date", "estimated due", "estimated delivery", "expected date", "expected due",
    "expected delivery", "delivery date", "delivery due", "pregnant", "gestation", "schwanger",
    "ssw", "zwanger", "grossesse", "enceinte", "amenorrhee", "embaraz", "gravid", "incinta",
    "creatinin", "kreatinin", "cockcroft", "crcl", "cr cl", "ccr", "glomerul",
    "potassi", "potasi", "kalium", "moglobin", "inr", "normalized ratio", "normalised ratio",
    "plattchen", "tpk", "vfg", "evfg", "ckd epi", "mdrd", "krea", "kreat", "crea", "creat", "scr",
    "methylmalon", "mma",
    "kaliemi", "caliemi", "kalemi", "calemi", "potas", "glom", "rfg", "creatinemi", "kreatinemi",
    "gonadotrop",
    "plt", "plts", "plaq", "trombocit", "thrombocit", "trom", "tromb", "thrombo", "thrombos",
    "norm ratio", "choriogonadotrop", "partus", "forlossning", "fodsel", "nedkomst", "termin",
    "terminsdato", "accouchement", "parto", "fpp", "dpp", "uitgerekende",
    "allerg", "alerg", "anaphyla", "anaphila", "anafyla", "anafila", "ypersensi", "ipersensi",
    "intoler", "intoller", "sensitivity", "sensitive", "adverse", "reaction", "uberempfindlich",
    "unvertraglich", "overgevoelig", "overfolsom", "overkanslig",
)  # fmt: skip
"""Names in no list by which an Observation is looked at all the same: it may be vitamin B12 given,
a pregnancy or an allergy (`speaks_of_more`), vitamin B12 by another name, or one of the tests of
`test_perhaps_named`.
"""


def observation_words(value_sets: ValueSets) -> tuple[str, ...]:
    """Return every text by which an Observation without a known code may be read, hints among
    them; those by which it is only known for another test (Role.EXCLUDE) are none.
    """
    return (
        tuple(
            dict.fromkeys(
                text
                for field in (Field.LABS, Field.OBSERVATIONS)
                for text in value_sets.texts(field)
                if not _only_excludes(value_sets, text, field)
            )
        )
        + HINTS
    )


def _only_excludes(value_sets: ValueSets, text: str, field: Field) -> bool:
    matches = value_sets.match_text(text, field)
    return bool(matches) and all(match.role is Role.EXCLUDE for match in matches)


def known_systems(value_sets: ValueSets) -> frozenset[str]:
    """Return the code systems of which codes are known, as they are written in the value sets."""
    return frozenset(member.system for listed in value_sets.members.values() for member in listed)
