"""Override reasons as Codings: the service's own code first, then the HL7 non-adherence reason
where one fits.

Source: CDS Hooks, card `overrideReasons`; the HL7 code system is the one of the CDS Hooks 3.0
ballot.
"""

from __future__ import annotations

from cds_service.protocol import OWN_REASONS, REASONS_OF_HL7
from recommender.cards import OverrideReason
from recommender.cards import override_reasons as reason

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

HL7_REASONS: dict[OverrideReason, tuple[str, str]] = {
    reason.NEURO_UNRELATED: _NOT_APPLICABLE,
    reason.NEURO_ABSENT: _NOT_APPLICABLE,
    reason.GLOSSITIS_ONLY: _NOT_APPLICABLE,
    reason.DIAGNOSIS_WRONG: _NOT_APPLICABLE,
    reason.CYANIDE_POISONING: _NOT_APPLICABLE,
    reason.IM_IMPOSSIBLE: _CONTRAINDICATION,
    reason.PREVIOUS_REACTION: _CONTRAINDICATION,
    reason.ALLERGY: _CONTRAINDICATION,
    reason.PATIENT_DECLINES_IM: _PATIENT_REFUSES,
    reason.PATIENT_DECLINES: _PATIENT_REFUSES,
    reason.SPECIALIST: _EXPERT,
    reason.RENAL_SPECIALIST: _EXPERT,
    reason.METABOLIC_SPECIALIST: _EXPERT,
    reason.HAEMATOLOGY_AGREED: _EXPERT,
    reason.LOCAL_PROTOCOL: _LOCAL_POLICY,
    reason.NOT_AVAILABLE: _NOT_AVAILABLE,
    reason.LOADED_ELSEWHERE: _ACTION_COMPLETED,
    reason.B12_GIVEN_ELSEWHERE: _ACTION_COMPLETED,
    reason.TESTED_ELSEWHERE: _ACTION_COMPLETED,
    reason.MAINT_ELSEWHERE: _ORDER_EXISTS,
    reason.REPLACED: _ORDER_EXISTS,
    reason.MONITORED: _RISK_MITIGATED,
    reason.SOURCED: _ACTION_COMPLETED,
    reason.END_OF_LIFE: _PRIORITY,
    reason.ALLERGY_CLEARED: _EARLIER_WITHOUT_HARM,
}
"""Own reason -> the HL7 code and display that says the same; a reason that is missing here has
no equal there.
"""


def write_override_reasons(reasons: tuple[OverrideReason, ...]) -> list[dict[str, str]]:
    """Return the Codings of a card: each own reason once, then each fitting HL7 reason once.
    Source: R82, R91.
    """
    own = [
        {"system": OWN_REASONS, "code": given.code, "display": given.display} for given in reasons
    ]
    fitting = dict.fromkeys(HL7_REASONS[given] for given in reasons if given in HL7_REASONS)
    return own + [
        {"system": REASONS_OF_HL7, "code": code, "display": display} for code, display in fitting
    ]
