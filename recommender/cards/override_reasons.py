"""The coded reasons with which a prescriber may go against a card (cards.md 5)."""

from __future__ import annotations

from recommender.cards.findings import OverrideReason

_DISPLAYS: tuple[tuple[str, str], ...] = (
    ("NEURO-UNRELATED", "Neurological findings assessed: not related to vitamin B12"),
    ("NEURO-ABSENT", "Asked and examined: no neurological symptoms"),
    ("GLOSSITIS-ONLY", "Glossitis only, no neurological involvement"),
    ("PLATEAU", "No further neurological improvement: the alternate-day course is finished"),
    ("IM-IMPOSSIBLE", "Intramuscular injection is not possible"),
    ("PATIENT-DECLINES-IM", "Patient declines injections"),
    ("PATIENT-DECLINES", "Patient declines treatment"),
    ("SPECIALIST", "Specialist advice for this patient"),
    ("RENAL-SPECIALIST", "Kidney specialist advice for this patient"),
    ("RENAL-NEWER-RESULT", "A newer kidney function result is known"),
    ("LOADED-ELSEWHERE", "Loading course already given elsewhere"),
    ("MAINT-ELSEWHERE", "Maintenance is ordered or given elsewhere"),
    ("B12-GIVEN-ELSEWHERE", "Vitamin B12 is already being given elsewhere"),
    ("TESTED-ELSEWHERE", "Vitamin B12 was tested elsewhere"),
    ("CAUSE-RESOLVED", "The cause of deficiency is resolved"),
    ("STABLE-AT-LONGER", "Patient is stable at this longer interval"),
    ("LOCAL-PROTOCOL", "Local protocol"),
    ("LABEL-DOSE", "Dose of the product label"),
    ("CYANIDE-POISONING", "Treatment of cyanide poisoning"),
    ("METABOLIC-SPECIALIST", "Inborn error of metabolism, specialist advice"),
    ("NOT-AVAILABLE", "The recommended product is not available"),
    ("SOURCED", "The recommended product has been obtained"),
    ("PREVIOUS-REACTION", "Previous reaction to the recommended product"),
    ("ALLERGY", "Allergy to vitamin B12"),
    ("ALLERGY-CLEARED", "Allergy assessed: this product may be used"),
    ("SITE-UNSUITABLE", "The recommended injection sites are not suitable"),
    ("SERIOUSLY-ILL-BOTH", "Seriously ill: vitamin B12 and folic acid are given together"),
    ("DIAGNOSIS-WRONG", "The recorded diagnosis is wrong"),
    ("REPLACES-OLD", "This order replaces the existing one"),
    ("REPLACED", "Another vitamin B12 treatment takes its place"),
    ("INTENTIONAL", "Intended"),
    ("END-OF-LIFE", "End of life care"),
    ("NEWER-COUNT", "A newer platelet count is known"),
    ("NEWER-INR", "A newer INR is known"),
    ("HAEMATOLOGY-AGREED", "Agreed with haematology"),
    ("SCHEDULED", "Scheduled review"),
    ("ADHERENCE", "Test to check that treatment is taken"),
    ("OTHER-CAUSE", "Test to look for another cause of symptoms"),
    ("SYMPTOMS-CHANGED", "Symptoms have changed"),
    ("MONITORED", "Blood count and potassium are being monitored"),
    ("OTHER", "Other reason"),
)

_COMMENT_REQUIRED = frozenset(
    {
        "NEURO-UNRELATED",
        "NEURO-ABSENT",
        "IM-IMPOSSIBLE",
        "LOCAL-PROTOCOL",
        "METABOLIC-SPECIALIST",
        "STABLE-AT-LONGER",
        "SERIOUSLY-ILL-BOTH",
        "OTHER",
    }
)

OVERRIDE_REASONS: dict[str, OverrideReason] = {
    code: OverrideReason(code, display, code in _COMMENT_REQUIRED) for code, display in _DISPLAYS
}
"""Every reason by its code."""
