"""Feedback: what became of the cards, read as far as it can be read, and stored before the client
is answered.

Source: R112 to R125.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from cds_service.feedback.feedback_codes import code_entry
from cds_service.protocol import Problem, bad_request, kind_of
from cds_service.records import (
    ACCEPTED,
    OVERRIDDEN,
    FeedbackEntry,
    Store,
    StoreUnavailable,
    clean_text,
)
from cds_service.telemetry import metrics

log = structlog.get_logger(__name__)

MOST_ENTRIES = 1000
"""Entries of one call; a client that batches a day sends a few dozen."""

LONGEST_TEXT = 512
LONGEST_COMMENT = 4000
"""Characters kept of the user's own words (R124)."""

RETRY_AFTER_SECONDS = "30"

OUTCOMES = (ACCEPTED, OVERRIDDEN)
"""Any other displaces nothing that is stored (R172)."""


def take_feedback(
    body: object, service: str, client: str, store: Store, received_at: dt.datetime
) -> None:
    """Store the feedback of one call to a service; afterwards the answer is 200 with `{}`.

    Raises: Problem 400 when the body is not feedback, or none of its entries can be read; Problem
    503 when it cannot be kept now.
    Source: R113, R119, R122.
    """
    entries, unreadable = read_feedback(body)
    for item in body["feedback"] if isinstance(body, Mapping) else ():
        metrics.FEEDBACK.labels(client, kind_of_entry(item)).inc()
    for place, problem in unreadable:
        log.warning(
            "feedback entry not read", place=place, problem=problem, service=service, client=client
        )
    if unreadable and not entries:
        place, problem = unreadable[0]
        raise Problem(400, "invalid", f"{place}: {problem}.")
    coded = [code_entry(entry, store.key.code_of, store.key.seal_words) for entry in entries]
    try:
        store.record_feedback(coded, service, client, received_at)
    except StoreUnavailable as error:
        log.error("feedback not stored", why=str(error), service=service, client=client)
        text = "The feedback could not be stored. Please send it again later."
        raise Problem(503, "transient", text, {"Retry-After": RETRY_AFTER_SECONDS}) from None


def read_feedback(body: object) -> tuple[list[FeedbackEntry], list[tuple[str, str]]]:
    """Return the entries that can be read, and for each other one its place and what is wrong with
    it.

    Raises: Problem 400 when the body is no object with an array `feedback`, or the array is far too
    long.
    """
    if not isinstance(body, Mapping):
        raise bad_request("The body", kind_of(body), "an object with the array feedback")
    items = body.get("feedback")
    if not isinstance(items, list):
        raise bad_request(
            "feedback",
            "nothing" if "feedback" not in body else kind_of(items),
            "an array of entries",
        )
    if len(items) > MOST_ENTRIES:
        raise bad_request(
            "feedback", f"{len(items)} entries", f"at most {MOST_ENTRIES} in one call"
        )
    entries: list[FeedbackEntry] = []
    unreadable: list[tuple[str, str]] = []
    for number, item in enumerate(items):
        problem = _problem_of(item)
        if problem:
            unreadable.append((f"feedback[{number}]", problem))
        else:
            entries.append(_read_entry(item))
    return entries, unreadable


def kind_of_entry(item: object) -> str:
    """Return what is off with an entry, by the names that CDS Hooks has for it: accepted without
    suggestions is `cds-fb-2`, an override that gives neither reason nor comment `cds-fb-3`; both
    are kept (R171). `unknown-outcome` and `unreadable` are not (R172).
    """
    if _problem_of(item) or not isinstance(item, Mapping):
        outcome = item.get("outcome") if isinstance(item, Mapping) else None
        spoke = isinstance(outcome, str) and outcome.strip() not in ("", *OUTCOMES)
        return "unknown-outcome" if spoke else "unreadable"
    entry = _read_entry(item)
    if entry.outcome == ACCEPTED and not entry.accepted_suggestions:
        return "cds-fb-2"
    said = entry.reason_code or entry.reason_display or entry.user_comment
    if not said and isinstance(item.get("overrideReason"), Mapping):
        return "cds-fb-3"
    return "as-it-should-be"


def _problem_of(item: object) -> str:
    """Say why an entry cannot be used: without card and outcome it tells nothing (R114, R115)."""
    if not isinstance(item, Mapping):
        return f"found {kind_of(item)}, expected an object"
    for name in ("card", "outcome"):
        value = item.get(name)
        if not isinstance(value, str) or not value.strip():
            return f"{name}: found {kind_of(value) if name in item else 'nothing'}, expected a text"
    if item["outcome"].strip() not in OUTCOMES:
        return f"outcome: found another word, expected {' or '.join(OUTCOMES)}"
    return ""


def _read_entry(item: Mapping[str, Any]) -> FeedbackEntry:
    """Read an entry as sent: any form of card id, and codes that were never offered, are kept
    (R119, R123).
    """
    override = _override_of(item)
    reason = _first_object(override.get("reason"))
    return FeedbackEntry(
        card=_text(item, "card"),
        outcome=_text(item, "outcome"),
        outcome_timestamp=_text(item, "outcomeTimestamp"),
        accepted_suggestions=_suggestion_ids(item.get("acceptedSuggestions")),
        reason_system=_text(reason, "system"),
        reason_code=_text(reason, "code"),
        reason_display=_text(reason, "display"),
        user_comment=_text(override, "userComment", LONGEST_COMMENT),
    )


def _override_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return `overrideReason`, or `overrideReasons` as Epic names the same object."""
    return _first_object(item.get("overrideReason")) or _first_object(item.get("overrideReasons"))


def _first_object(value: object) -> Mapping[str, Any]:
    candidates: Sequence[object] = value if isinstance(value, list) else [value]
    return next((candidate for candidate in candidates if isinstance(candidate, Mapping)), {})


def _suggestion_ids(value: object) -> tuple[str, ...]:
    """Return the ids of the accepted suggestions; none for an acceptance that names none."""
    items = value if isinstance(value, list) else []
    return tuple(
        _text(item, "id") for item in items if isinstance(item, Mapping) and _text(item, "id")
    )


def _text(holder: Mapping[str, Any], name: str, longest: int = LONGEST_TEXT) -> str:
    value = holder.get(name)
    return clean_text(value.strip(), longest) if isinstance(value, str) else ""
