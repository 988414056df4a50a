"""What is kept of an entry of feedback: codes of closed lists, UUIDs, a time and keyed hashes; what
a person wrote is sealed (R124, R187).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from cds_service.protocol import OWN_REASONS, REASONS_OF_HL7
from cds_service.records import FeedbackEntry, plain_uuid
from recommender.cards import OVERRIDE_REASONS

HL7_REASONS = frozenset(
    {
        "action-completed",
        "action-not-priority",
        "action-performed-no-adverse-effect",
        "cds-not-applicable",
        "cds-suboptimal-context",
        "does-not-align-preferences",
        "expert-contradicts",
        "indication-order-exists",
        "mitigate-risk-negative-outcome",
        "not-convenient-feasible",
        "patient-contraindication",
        "patient-refuses",
        "policy-contradicts",
        "recipient-concerns-outcomes",
        "recipient-disagrees-evidence",
        "recipient-does-not-understand",
        "service-not-available",
        "too-costly-uncovered",
    }
)
"""The codes of the HL7 reasons for not following advice, as they are known here."""

KNOWN_REASONS = HL7_REASONS | {reason.code for reason in OVERRIDE_REASONS}
"""The reasons that are kept as they came; the code of another is kept as its keyed hash."""

KNOWN_SYSTEMS = frozenset({OWN_REASONS, REASONS_OF_HL7})
"""The systems that are kept as they came: those of the reasons on our cards."""


def code_entry(
    entry: FeedbackEntry, code_of: Callable[[str], str], seal: Callable[[str, str], str]
) -> FeedbackEntry:
    """Return an entry as it is kept. A reason that is not ours is said in the sealed words, so that
    nothing of it is lost; a time that is none is left out.

    Args:
        code_of: gives the code that stands for a text.
        seal: seals words for a card.
    """
    card = code_of(plain_uuid(entry.card))
    is_known = entry.reason_code in KNOWN_REASONS
    reason = entry.reason_code or entry.reason_display
    return replace(
        entry,
        card=card,
        outcome_timestamp=_time(entry.outcome_timestamp),
        accepted_suggestions=tuple(
            code_of(plain_uuid(suggestion)) for suggestion in entry.accepted_suggestions
        ),
        reason_system=entry.reason_system if entry.reason_system in KNOWN_SYSTEMS else "",
        reason_code=reason if is_known else code_of(reason),
        reason_display="",
        user_comment=seal(entry.user_comment if is_known else _words(entry), card),
    )


def _words(entry: FeedbackEntry) -> str:
    """Return the user's own words, with the reason in front where it is not one of ours."""
    reason = " ".join(part for part in (entry.reason_code, entry.reason_display) if part)
    return ": ".join(part for part in (reason, entry.user_comment) if part)


def _time(text: str) -> str:
    """Return a time of ISO 8601 in its normal form; nothing for any other text (R118, R123)."""
    try:
        return dt.datetime.fromisoformat(text).isoformat()
    except ValueError:
        return ""
