"""Override reasons as Codings: the service's own code first, then the HL7 non-adherence reason
where one fits.

Source: CDS Hooks, card `overrideReasons`; the HL7 code system is the one of the CDS Hooks 3.0
ballot.
"""

from __future__ import annotations

from recommender.cards import OverrideReason

OWN_SYSTEM = "urn:b12-cds:override-reason"
HL7_SYSTEM = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes"

_ACTION_COMPLETED = ("action-completed", "Recommended action was already completed")
_PATIENT_REFUSES = ("patient-refuses", "Patient refuses/declines (no context given)*")
_CONTRAINDICATION = (
    "patient-contraindication",
    "Patient has contraindication to recommended action",
)
_EXPERT = ("expert-contradicts", "Advice from expert contradicts the recommended action")
_LOCAL_POLICY = (
    "policy-contradicts",
    "Institutional policy/guideline contradicts the recommended action",
)
_NOT_AVAILABLE = ("service-not-available", "Treatment or service is not practically available")
_NOT_APPLICABLE = ("cds-not-applicable", "PC CDS does not apply to patient")
_ORDER_EXISTS = ("indication-order-exists", "Patient has indication/order for intended action")
_RISK_MITIGATED = (
    "mitigate-risk-negative-outcome",
    "Action taken to mitigate risk of negative outcome",
)
_PRIORITY = (
    "action-not-priority",
    "Recommended action is not relevant or a priority in current state of health",
)
_EARLIER_WITHOUT_HARM = (
    "action-performed-no-adverse-effect",
    "Intended action was performed previously without adverse effect",
)

HL7_REASONS: dict[str, tuple[str, str]] = {
    "NEURO-UNRELATED": _NOT_APPLICABLE,
    "NEURO-ABSENT": _NOT_APPLICABLE,
    "GLOSSITIS-ONLY": _NOT_APPLICABLE,
    "DIAGNOSIS-WRONG": _NOT_APPLICABLE,
    "CYANIDE-POISONING": _NOT_APPLICABLE,
    "IM-IMPOSSIBLE": _CONTRAINDICATION,
    "PREVIOUS-REACTION": _CONTRAINDICATION,
    "ALLERGY": _CONTRAINDICATION,
    "PATIENT-DECLINES-IM": _PATIENT_REFUSES,
    "PATIENT-DECLINES": _PATIENT_REFUSES,
    "SPECIALIST": _EXPERT,
    "RENAL-SPECIALIST": _EXPERT,
    "METABOLIC-SPECIALIST": _EXPERT,
    "HAEMATOLOGY-AGREED": _EXPERT,
    "LOCAL-PROTOCOL": _LOCAL_POLICY,
    "NOT-AVAILABLE": _NOT_AVAILABLE,
    "LOADED-ELSEWHERE": _ACTION_COMPLETED,
    "B12-GIVEN-ELSEWHERE": _ACTION_COMPLETED,
    "TESTED-ELSEWHERE": _ACTION_COMPLETED,
    "MAINT-ELSEWHERE": _ORDER_EXISTS,
    "REPLACED": _ORDER_EXISTS,
    "MONITORED": _RISK_MITIGATED,
    "SOURCED": _ACTION_COMPLETED,
    "END-OF-LIFE": _PRIORITY,
    "ALLERGY-CLEARED": _EARLIER_WITHOUT_HARM,
}
"""Own code -> the HL7 code and display that says the same; a code that is missing here has no equal
there.
"""


def write_override_reasons(reasons: tuple[OverrideReason, ...]) -> list[dict[str, str]]:
    """Return the Codings of a card: each own reason once, then each fitting HL7 reason once.
    Source: R82, R91.
    """
    own = [
        {"system": OWN_SYSTEM, "code": reason.code, "display": reason.display} for reason in reasons
    ]
    fitting = dict.fromkeys(
        HL7_REASONS[reason.code] for reason in reasons if reason.code in HL7_REASONS
    )
    return own + [
        {"system": HL7_SYSTEM, "code": code, "display": display} for code, display in fitting
    ]
