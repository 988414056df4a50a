"""What is kept of each call and of each word of feedback; a patient stands in it only as a keyed
hash.

Source: R119, R124, R145.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Listener:
    """Whose overrides count: those of this client at this service about this patient, who stands
    there as a keyed hash (R173).
    """

    client: str
    service: str
    patient: str


@dataclass(frozen=True, slots=True)
class CardRecord:
    """A card that was decided: what gives the feedback on its uuid a meaning.

    `card` is the id of cards.md, `order` a keyed hash of what the card was about and the values
    that decided, so that the same advice on the same kind of order is recognised later; draft ids
    do not do that, as clients use them again.

    `mode` is live, silent, share, or quiet (overridden, or asked before); a card that was not
    `shown` was withheld by what `mode_set_by` names.
    """

    uuid: str
    card: str
    rule: str
    indicator: str
    order: str = ""
    statements: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    also_found: tuple[str, ...] = ()
    mode: str = "live"
    shown: bool = True
    mode_set_by: str = ""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One call and its answer.

    `patient` is the keyed hash, see RecordKey.hash_patient. `prefetch` maps each key to `data`,
    `absent` or `unknown`; `unknown_facts` maps a fact to the reason why it is not known;
    `timings_ms` maps a step to its milliseconds.

    `id` is the `X-Request-Id` of the answer. `user` and `encounter` are keyed hashes like the
    patient; `user_kind`, `user_role` and `place` are empty where the request does not tell them.
    `facts` maps each fact to its code, a measured one to a keyed hash of its value.
    `input_digest` is of what came and what was fetched, `answer_digest` of all cards, withheld
    ones too, without their uuids. `kept` is what is needed to decide again, `None` where requests
    are not kept.
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
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    as_of: str = ""
    user: str = ""
    user_kind: str = ""
    user_role: str = ""
    encounter: str = ""
    place: str = ""
    rule: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    input_digest: str = ""
    answer_digest: str = ""
    program_version: str = ""
    terminology_version: str = ""
    kept: bytes | None = field(default=None, repr=False)
    cards: tuple[CardRecord, ...] = ()


ACCEPTED, OVERRIDDEN = "accepted", "overridden"
"""The outcomes of CDS Hooks."""


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
