"""Kidneys, bleeding, blood and reactions: what the precautions and products look at."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from recommender.assessment.derived_facts import PlateletBand
from recommender.deficiency import renal_is_severe
from recommender.guidance import Policy
from recommender.language import (
    EXCIPIENTS,
    Allergen,
    ClinicalScenario,
    HintAt,
    Measurement,
    NotCounted,
    Quantity,
    RecordArea,
    Truth,
    any_true,
)

INR_HIGH_ABOVE = Decimal("3.0")
"""INR above which it counts as high, for the person's own range is not recorded (K5)."""


PLATELET_LIMITS = (Decimal(10), Decimal(25), Decimal(50))
"""Platelets in 10*9/L at which injection technique changes (S31 to S34, C14)."""


POTASSIUM_LOW_BELOW = Decimal("3.5")
"""mmol/L (K9)."""


Facts = dict[str, Any]
"""Some fields of an Assessment by name."""


def kidneys_and_blood(scenario: ClinicalScenario, policy: Policy) -> Facts:
    inr_high = _unless_later(
        scenario.inr.above(INR_HIGH_ABOVE), scenario.inr, lambda later: later.above(INR_HIGH_ABOVE)
    )
    by_issue_only = scenario.inr.by_issue and inr_high.is_false
    return {
        "renal": _renal(scenario, policy),
        "renal_severe": renal_is_severe(scenario),
        "kidney_risk": scenario.kidney_risk.truth,
        "laboratory_unread": RecordArea.LABORATORY in scenario.unavailable | scenario.incomplete,
        "laboratory_in_part": RecordArea.LABORATORY in scenario.incomplete - scenario.unavailable,
        "platelets": (band := _platelet_band(scenario.platelets)),
        "platelets_unusable": scenario.platelets.by_issue
        or (band is PlateletBand.UNKNOWN and _came(scenario.platelets)),
        "inr_high": Truth.UNKNOWN if by_issue_only else inr_high,
        "on_anticoagulant": _hinted_or(
            scenario, HintAt.ANTICOAGULANT, scenario.anticoagulant_fact.truth
        ),
        "bleeding_disorder": _hinted_or(
            scenario, HintAt.BLEEDING_DISORDER, scenario.bleeding_disorder.truth
        ),
        "anticoagulant": scenario.anticoagulant,
        "severe_anaemia": _below(scenario.haemoglobin, policy.severe_hb_g_per_l),
        "low_potassium": _below(scenario.potassium, POTASSIUM_LOW_BELOW),
        "lebers": _hinted_or(scenario, HintAt.LEBERS, scenario.lebers.truth),
    }


def _hinted_or(scenario: ClinicalScenario, at: HintAt, truth: Truth) -> Truth:
    """A hint at a closed-world fact leaves it unknown at least (Q28, I26)."""
    return Truth.UNKNOWN if truth.is_false and scenario.hints_at(at) else truth


def reactions(scenario: ClinicalScenario) -> Facts:
    hinted = bool(scenario.hints_at(HintAt.ALLERGY))
    return {
        "hydroxocobalamin_allergy": _allergy(scenario, Allergen.HYDROXOCOBALAMIN),
        "cyanocobalamin_allergy": _allergy(scenario, Allergen.CYANOCOBALAMIN),
        "unspecified_b12_allergy": _allergy(scenario, Allergen.UNSPECIFIED_B12),
        "severe_reaction_hydroxocobalamin": _severe_reaction(scenario, Allergen.HYDROXOCOBALAMIN),
        "severe_reaction_cyanocobalamin": _severe_reaction(scenario, Allergen.CYANOCOBALAMIN),
        "severe_reaction_unspecified": _severe_reaction(scenario, Allergen.UNSPECIFIED_B12),
        "cobalt_allergy": _hinted_or(
            scenario, HintAt.COBALT_ALLERGY, _allergy(scenario, Allergen.COBALT)
        ),
        "allergies_unavailable": RecordArea.ALLERGIES in scenario.unavailable,
        "allergy_unclear": hinted
        or scenario.allergy_fact.is_unknown
        or scenario.list_of(RecordArea.ALLERGIES).not_understood > 0,
        "past_reactions": frozenset(
            found.allergen
            for found in scenario.allergies
            if not found.active and found.severe.is_true
        ),
        "excipient_reactions": frozenset(
            found.allergen for found in scenario.allergies if found.allergen in EXCIPIENTS
        ),
    }


def absent_unless_unread(scenario: ClinicalScenario, area: RecordArea) -> Truth:
    """No record counts as absent, unless that part of the record did not come completely."""
    return Truth.UNKNOWN if area in scenario.unavailable | scenario.incomplete else Truth.FALSE


def _renal(scenario: ClinicalScenario, policy: Policy) -> Truth:
    """Return whether kidney function is reduced: by eGFR or diagnosis; never FALSE when diagnoses
    were not available (Q6), when words hint at kidney disease (Q28), or by a date of issue alone
    (Q33).
    """
    below = _below(scenario.egfr, policy.cyano_min_egfr)
    if (below | scenario.kidney_disease.truth | scenario.dialysis.truth).is_true:
        return Truth.TRUE
    hinted = bool(scenario.hints_at(HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS))
    unread = RecordArea.CONDITIONS in scenario.unavailable
    return Truth.UNKNOWN if unread or hinted or scenario.egfr.by_issue else below


def _below(result: Measurement, limit: Decimal) -> Truth:
    """Return whether a result is below a limit; never FALSE where one of the future may be."""
    return _unless_later(result.below(limit), result, lambda later: later.below(limit))


def _unless_later(found: Truth, result: Measurement, alarms: Callable[[Quantity], Truth]) -> Truth:
    """Return a reassuring answer as UNKNOWN where a result dated in the future may alarm."""
    return Truth.UNKNOWN if found.is_false and result.doubted_by_later(alarms) else found


def _came(result: Measurement) -> bool:
    """Return whether a result of a kind came, be it one that cannot be used, whatever its age."""
    found = result.passed_over
    return result.is_known or (found is not None and found.why is not NotCounted.TOO_OLD)


def _platelet_band(platelets: Measurement) -> PlateletBand:
    """Return the most severe band that is certain: "<20" is certainly below 25, and claims no
    more.
    """
    ten, twenty_five, fifty = PLATELET_LIMITS
    if platelets.below(ten).is_true:
        return PlateletBand.BELOW_10
    if platelets.below(twenty_five).is_true:
        return PlateletBand.FROM_10_TO_24
    above = ~_unless_later(~platelets.above(fifty), platelets, lambda later: ~later.above(fifty))
    if above.is_unknown or (above.is_true and platelets.by_issue):
        return PlateletBand.UNKNOWN
    return PlateletBand.ABOVE_50 if above.is_true else PlateletBand.FROM_25_TO_50


def _allergy(scenario: ClinicalScenario, allergen: Allergen) -> Truth:
    recorded = any(allergy.allergen is allergen for allergy in scenario.allergies)
    return Truth.TRUE if recorded else absent_unless_unread(scenario, RecordArea.ALLERGIES)


def _severe_reaction(scenario: ClinicalScenario, allergen: Allergen) -> Truth:
    recorded = any_true(
        allergy.severe for allergy in scenario.allergies if allergy.allergen is allergen
    )
    return recorded | absent_unless_unread(scenario, RecordArea.ALLERGIES)
