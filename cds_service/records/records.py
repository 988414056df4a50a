"""What is kept of each call and of each word of feedback; a patient stands in it only as a keyed
hash.

Source: R119, R124, R145.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CardRecord:
    """A card that was sent: what gives the feedback on its uuid a meaning.

    `card` is the id of cards.md, `order` says in a few stable words what the card was about, so
    that the same advice on the same kind of order is recognised later; draft ids do not do that, as
    clients use them again.
    """

    uuid: str
    card: str
    rule: str
    indicator: str
    order: str = ""
    statements: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    also_found: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One call and its answer.

    `patient` is the keyed hash, see Store.hash_patient. `prefetch` maps each key to `data`,
    `absent` or `unknown`; `unknown_facts` maps a fact to the reason why it is not known;
    `timings_ms` maps a step to its milliseconds.
    """

    received_at: dt.datetime
    service: str
    hook: str
    hook_instance: str
    client: str
    status: int
    duration_ms: float
    issuer: str = ""
    tenant: str = ""
    token_id: str = ""
    patient: str = ""
    policy_version: str = ""
    knowledge_version: str = ""
    prefetch: Mapping[str, str] = field(default_factory=dict)
    unknown_facts: Mapping[str, str] = field(default_factory=dict)
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    cards: tuple[CardRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class FeedbackEntry:
    """What a clinician did with one card, as the client reported it; the same card may be reported
    more than once.

    `outcome` and `outcome_timestamp` are as sent. `user_comment` is free text and may name the
    patient: it is kept, never logged.
    """

    card: str
    outcome: str
    outcome_timestamp: str = ""
    accepted_suggestions: tuple[str, ...] = ()
    reason_system: str = ""
    reason_code: str = ""
    reason_display: str = ""
    user_comment: str = field(default="", repr=False)
