"""Allergies to vitamin B12 and to what its products hold besides (F21)."""

from __future__ import annotations

from dataclasses import dataclass

from recommender.language.choices import Choice
from recommender.language.logic import Evidence, Truth


class Allergen(Choice):
    """What a recorded B12-related allergy is to (F21)."""

    HYDROXOCOBALAMIN = "hydroxocobalamin"
    CYANOCOBALAMIN = "cyanocobalamin"
    UNSPECIFIED_B12 = "vitamin B12 (form not recorded)"
    COBALT = "cobalt"
    BENZYL_ALCOHOL = "benzyl alcohol"
    MACROGOL = "polyethylene glycol"
    PARABENS = "parabens"


COBALAMINS = (Allergen.HYDROXOCOBALAMIN, Allergen.CYANOCOBALAMIN, Allergen.UNSPECIFIED_B12)
"""The allergens that are vitamin B12."""

EXCIPIENTS = frozenset({Allergen.BENZYL_ALCOHOL, Allergen.MACROGOL, Allergen.PARABENS})
"""What vitamin B12 products may hold besides, and people react to (Q63)."""


@dataclass(frozen=True, slots=True)
class Allergy:
    """One unrefuted allergy. `severe` is TRUE for an immediate severe reaction or high criticality,
    UNKNOWN where no severity is stated.

    `active` is false for a severe one that is marked inactive or resolved (Q80); a mild one so
    marked is none.
    """

    allergen: Allergen
    severe: Truth
    evidence: Evidence
    active: bool = True
