"""Injection technique for this person, and what is said of nerve signs and of records that could
not be read.
"""

from __future__ import annotations

from recommender.assessment import FEW_PLATELETS, VERY_FEW_PLATELETS, Assessment, PlateletBand
from recommender.precautions.modifiers import (
    NEEDLE_TECHNIQUE,
    SITE_TECHNIQUE,
    Advice,
)
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import say_full_date

HAEMATOLOGY_TECHNIQUE = "Discuss with haematology before the injection; consider another route."


TRANSFUSION_TECHNIQUE = "Consider platelet transfusion before the injection."


BLEEDING_NOT_KNOWN_TECHNIQUE = "Bleeding risk not known: ask; fine needle, firm pressure."


BLEEDING_TECHNIQUE = (
    "Fine needle and firm pressure on the site; tell the person about bleeding into the muscle."
)


def technique(assessment: Assessment) -> tuple[str, ...]:
    """Return the injection technique for this person, as it stands in the order (K1 to K6)."""
    lines = [SITE_TECHNIQUE]
    if assessment.platelets in FEW_PLATELETS:
        lines.append(NEEDLE_TECHNIQUE)
    if assessment.platelets in VERY_FEW_PLATELETS:
        lines.append(HAEMATOLOGY_TECHNIQUE)
    if assessment.platelets is PlateletBand.BELOW_10:
        lines.append(TRANSFUSION_TECHNIQUE)
    if (assessment.on_anticoagulant | assessment.bleeding_disorder | assessment.inr_high).is_true:
        lines.append(BLEEDING_TECHNIQUE)
    elif (assessment.on_anticoagulant | assessment.bleeding_disorder).is_unknown:
        lines.append(BLEEDING_NOT_KNOWN_TECHNIQUE)
    return tuple(lines)


def neurological_advice(assessment: Assessment) -> tuple[Advice, ...]:
    """Return what is said of the neurological signs themselves: urgency, attribution, glossitis
    (C6, Q4).
    """
    if not assessment.neurological.is_true:
        return ()
    if assessment.glossitis_only:
        text = (
            "Glossitis alone calls for the intensive regimen by one source; it is not a sign of "
            "nerve damage."
        )
        return (Advice("C6", text, ("S67",)),)
    if _signs_are_old(assessment):
        return ()  # no emergency: the rule itself says what to do
    words = (
        "Take urgent neurology and haematology advice; start treatment if advice is not "
        "immediately available."
    )
    if assessment.urgent_neurology:  # the same-day route is said beside it (K15)
        words = "Start treatment if advice is not immediately available."
    urgent = Advice("N1", words, ("X7", "S8", "S69"))
    if not assessment.attribution_uncertain:
        return (urgent,)
    text = (
        "The recorded signs name another cause: attribution to vitamin B12 deficiency is "
        "uncertain, and treated as possible."
    )
    return (urgent, Advice("Q4", text, ("S67",)))


def _signs_are_old(assessment: Assessment) -> bool:
    """Return whether the signs stay on maintenance, or are all older than the last dose of a course
    that ended or lapsed (T3b, T4a); signs of the cord or the optic nerve are urgent all the same.
    """
    treatment = assessment.treatment
    if assessment.neurological_new.may_be_true or assessment.urgent_neurology:
        return False
    ended = treatment.alternate_days_ended is not None or treatment.phase is TreatmentPhase.LAPSED
    maintained = treatment.phase is TreatmentPhase.MAINTENANCE
    return maintained or (ended and assessment.signs_before_last_dose)


def unavailable_record_advice(assessment: Assessment) -> tuple[Advice, ...]:
    """Return what is said when parts of the record were not available (Q6)."""
    advice: list[Advice] = []
    if assessment.allergies_unavailable:
        advice.append(
            Advice(
                "Q6",
                "The allergy list was not available: check for reactions to vitamin B12 products.",
                ("X27",),
            )
        )
    elif assessment.allergy_unclear:
        words = (
            "The allergy list holds more than could be read: check it before vitamin B12 is given."
        )
        advice.append(Advice("Q28", words, ("X27",)))
    if assessment.past_reactions:
        advice.append(_past_reaction(assessment))
    advice += _treatment_not_known(assessment)
    return tuple(advice)


def _treatment_not_known(assessment: Assessment) -> list[Advice]:
    """What is said of treatment that the record leaves open: never "untreated" (I27, Q29, Q55)."""
    treatment = assessment.treatment
    if treatment.unknown_by_record:
        signs = assessment.neurological.is_true
        relapse = " If it was given, the signs are a relapse on treatment." if signs else ""
        words = (
            f"Vitamin B12 may be under way ({treatment.reason}): ask whether it is given.{relapse}"
        )
        return [Advice("T7", words, ("S16", "S84", "S86"))]
    if treatment.phase is TreatmentPhase.UNKNOWN:
        words = (
            f"Treatment so far is not known ({treatment.reason}): check for vitamin B12 given "
            f"elsewhere."
        )
        return [Advice("Q6", words, ("S16",))]
    if treatment.ordered:
        since = f" on {say_full_date(treatment.ordered_on)}" if treatment.ordered_on else ""
        words = f"Vitamin B12 was ordered{since}, no dose is on record."
        return [Advice("Q55", words, ("S7", "S16"))]
    return []


def _past_reaction(assessment: Assessment) -> Advice:
    """A severe reaction marked inactive still asks for clearance (Q80)."""
    words = "A past severe reaction is marked inactive: confirm it was cleared before any dose."
    if assessment.neurological.is_true:
        words += " With nerve signs take allergy advice the same day."
    return Advice("Q80", words, ("X27",))
