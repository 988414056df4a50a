"""The reasons of overrides, rolled up to the categories of the HL7 non-adherence reasons."""

from __future__ import annotations

from cds_service.cards import HL7_REASONS
from recommender.cards import OVERRIDE_REASONS

NO_REASON = "no reason"
OTHER = "other"

CATEGORY_OF_HL7: dict[str, str] = {
    "cds-not-applicable": "does not apply",
    "cds-suboptimal-context": "does not apply",
    "action-not-priority": "not a priority",
    "action-completed": "done already",
    "indication-order-exists": "done already",
    "action-performed-no-adverse-effect": "done already",
    "patient-refuses": "patient declines",
    "does-not-align-preferences": "patient declines",
    "recipient-does-not-understand": "patient declines",
    "patient-contraindication": "contra-indicated",
    "recipient-concerns-outcomes": "contra-indicated",
    "mitigate-risk-negative-outcome": "contra-indicated",
    "expert-contradicts": "expert advice",
    "recipient-disagrees-evidence": "expert advice",
    "policy-contradicts": "local policy",
    "service-not-available": "not available",
    "not-convenient-feasible": "not available",
    "too-costly-uncovered": "not available",
}
"""HL7 code -> category; a code that is missing here is "other"."""

CATEGORIES = (*dict.fromkeys(CATEGORY_OF_HL7.values()), OTHER, NO_REASON)

_HL7_OF_OWN = {given.code: code for given, (code, _) in HL7_REASONS.items()}

WORDS = {given.code: given.display for given in OVERRIDE_REASONS}
"""Our own codes in words."""


def category_of(code: str) -> str:
    """Return the category of a reason: of our own code by the HL7 code that says the same, of an
    HL7 code by itself; "no reason" for none, "other" for any other.
    """
    if not code:
        return NO_REASON
    return CATEGORY_OF_HL7.get(_HL7_OF_OWN.get(code, code), OTHER)
