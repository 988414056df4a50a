"""The coded reasons with which a prescriber may go against a card (cards.md 5), a constant each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class OverrideReason:
    """A coded reason for going against a card. `code` is the code of cards.md section 5, without
    prefix. Each stands once in this module.
    """

    code: str
    display: str
    requires_comment: bool = False


NEURO_UNRELATED = OverrideReason(
    "NEURO-UNRELATED",
    "Neurological findings assessed: not related to vitamin B12",
    requires_comment=True,
)
NEURO_ABSENT = OverrideReason(
    "NEURO-ABSENT", "Asked and examined: no neurological symptoms", requires_comment=True
)
GLOSSITIS_ONLY = OverrideReason("GLOSSITIS-ONLY", "Glossitis only, no neurological involvement")
PLATEAU = OverrideReason(
    "PLATEAU", "No further neurological improvement: the alternate-day course is finished"
)
IM_IMPOSSIBLE = OverrideReason(
    "IM-IMPOSSIBLE", "Intramuscular injection is not possible", requires_comment=True
)
PATIENT_DECLINES_IM = OverrideReason("PATIENT-DECLINES-IM", "Patient declines injections")
PATIENT_DECLINES = OverrideReason("PATIENT-DECLINES", "Patient declines treatment")
SPECIALIST = OverrideReason("SPECIALIST", "Specialist advice for this patient")
RENAL_SPECIALIST = OverrideReason("RENAL-SPECIALIST", "Kidney specialist advice for this patient")
RENAL_NEWER_RESULT = OverrideReason("RENAL-NEWER-RESULT", "A newer kidney function result is known")
LOADED_ELSEWHERE = OverrideReason("LOADED-ELSEWHERE", "Loading course already given elsewhere")
MAINT_ELSEWHERE = OverrideReason("MAINT-ELSEWHERE", "Maintenance is ordered or given elsewhere")
B12_GIVEN_ELSEWHERE = OverrideReason(
    "B12-GIVEN-ELSEWHERE", "Vitamin B12 is already being given elsewhere"
)
TESTED_ELSEWHERE = OverrideReason("TESTED-ELSEWHERE", "Vitamin B12 was tested elsewhere")
CAUSE_RESOLVED = OverrideReason("CAUSE-RESOLVED", "The cause of deficiency is resolved")
STABLE_AT_LONGER = OverrideReason(
    "STABLE-AT-LONGER", "Patient is stable at this longer interval", requires_comment=True
)
LOCAL_PROTOCOL = OverrideReason("LOCAL-PROTOCOL", "Local protocol", requires_comment=True)
LABEL_DOSE = OverrideReason("LABEL-DOSE", "Dose of the product label")
CYANIDE_POISONING = OverrideReason("CYANIDE-POISONING", "Treatment of cyanide poisoning")
METABOLIC_SPECIALIST = OverrideReason(
    "METABOLIC-SPECIALIST", "Inborn error of metabolism, specialist advice", requires_comment=True
)
NOT_AVAILABLE = OverrideReason("NOT-AVAILABLE", "The recommended product is not available")
SOURCED = OverrideReason("SOURCED", "The recommended product has been obtained")
PREVIOUS_REACTION = OverrideReason(
    "PREVIOUS-REACTION", "Previous reaction to the recommended product"
)
ALLERGY = OverrideReason("ALLERGY", "Allergy to vitamin B12")
ALLERGY_CLEARED = OverrideReason("ALLERGY-CLEARED", "Allergy assessed: this product may be used")
SITE_UNSUITABLE = OverrideReason(
    "SITE-UNSUITABLE", "The recommended injection sites are not suitable"
)
SERIOUSLY_ILL_BOTH = OverrideReason(
    "SERIOUSLY-ILL-BOTH",
    "Seriously ill: vitamin B12 and folic acid are given together",
    requires_comment=True,
)
DIAGNOSIS_WRONG = OverrideReason("DIAGNOSIS-WRONG", "The recorded diagnosis is wrong")
REPLACES_OLD = OverrideReason("REPLACES-OLD", "This order replaces the existing one")
REPLACED = OverrideReason("REPLACED", "Another vitamin B12 treatment takes its place")
INTENTIONAL = OverrideReason("INTENTIONAL", "Intended")
END_OF_LIFE = OverrideReason("END-OF-LIFE", "End of life care")
NEWER_COUNT = OverrideReason("NEWER-COUNT", "A newer platelet count is known")
NEWER_INR = OverrideReason("NEWER-INR", "A newer INR is known")
HAEMATOLOGY_AGREED = OverrideReason("HAEMATOLOGY-AGREED", "Agreed with haematology")
SCHEDULED = OverrideReason("SCHEDULED", "Scheduled review")
ADHERENCE = OverrideReason("ADHERENCE", "Test to check that treatment is taken")
OTHER_CAUSE = OverrideReason("OTHER-CAUSE", "Test to look for another cause of symptoms")
SYMPTOMS_CHANGED = OverrideReason("SYMPTOMS-CHANGED", "Symptoms have changed")
MONITORED = OverrideReason("MONITORED", "Blood count and potassium are being monitored")
RENEWAL = OverrideReason("RENEWAL", "This order renews the existing one")
REVIEW_PLANNED = OverrideReason("REVIEW-PLANNED", "A review is planned")
DOSE_CONFIRMED = OverrideReason(
    "DOSE-CONFIRMED", "Dose and frequency checked: as intended", requires_comment=True
)
DOSES_GIVEN = OverrideReason("DOSES-GIVEN", "Doses were given and are not recorded here")
ENTRY_NOT_RELEVANT = OverrideReason(
    "ENTRY-NOT-RELEVANT", "This entry of the record is not about that", requires_comment=True
)
OTHER = OverrideReason("OTHER", "Other reason", requires_comment=True)

OVERRIDE_REASONS = tuple(
    reason for reason in tuple(globals().values()) if isinstance(reason, OverrideReason)
)
"""Every reason above, in that order."""
