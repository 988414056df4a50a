"""Feedback as clients really send it: read as far as it can be, kept as it came, and never blocking
the EHR. R112 to R125, IT28.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.database import FEEDBACK
from cds_service.feedback.feedback import (
    LONGEST_COMMENT,
    MOST_ENTRIES,
    kind_of_entry,
    read_feedback,
    take_feedback,
)
from cds_service.protocol.errors import Problem
from cds_service.records import store as store_module
from cds_service.records.record_key import NOT_OPENED, open_words
from cds_service.records.records import FeedbackEntry
from cds_service.records.store import Store
from cds_service.telemetry import metrics
from tests.cds_service.records.records import NOW, rows

SANDBOX_ACCEPTED = {
    "card": "a1d18342-efc2-49a3-8ebd-527c82487e7f",
    "outcome": "accepted",
    "acceptedSuggestions": [{"id": "6d5686c0-8c53-4ddd-98e0-c2702cf8a75b"}],
    "outcomeTimestamp": "2026-11-20T11:12:24.802Z",
}
SANDBOX_OVERRIDDEN = {
    "card": "af130476-2e82-453e-b17b-fe82345163c6",
    "outcome": "overridden",
    "outcomeTimestamp": "2026-11-20T11:12:22.115Z",
    "overrideReason": {
        "reason": {"code": "PATIENT-DECLINES-IM", "system": "urn:b12-cds:override-reason"}
    },
}
EPIC_OVERRIDDEN = {
    "card": "123456",
    "outcome": "overridden",
    "outcomeTimestamp": "2022-05-19T19:44:04Z",
    "overrideReasons": {
        "reason": {
            "code": "contraindicated",
            "display": "bad",
            "system": "http://example.org/override-reasons",
        },
        "userComment": "as discussed",
    },
}


def read_one(entry: dict[str, Any]) -> FeedbackEntry:
    [read], unreadable = read_feedback({"feedback": [entry]})
    assert not unreadable
    return read


def test_an_unknown_outcome_is_not_taken_and_its_place_is_said_R172() -> None:
    entries, unreadable = read_feedback({"feedback": [{"card": "c", "outcome": "ignored"}]})

    assert entries == []
    assert unreadable == [
        ("feedback[0]", "outcome: found another word, expected accepted or overridden")
    ]


def refusal(body: object) -> Problem:
    with pytest.raises(Problem) as refused:
        take_feedback(body, "b12-order-select", "Main EHR", Store("sqlite://", "key"), NOW)
    return refused.value


class TestKnownClients:
    def test_the_sandbox_accepting_a_suggestion_R114_R116(self) -> None:
        assert read_one(SANDBOX_ACCEPTED) == FeedbackEntry(
            card="a1d18342-efc2-49a3-8ebd-527c82487e7f",
            outcome="accepted",
            outcome_timestamp="2026-11-20T11:12:24.802Z",
            accepted_suggestions=("6d5686c0-8c53-4ddd-98e0-c2702cf8a75b",),
        )

    def test_the_sandbox_overriding_with_a_reason_that_has_no_display_R117_R123(self) -> None:
        read = read_one(SANDBOX_OVERRIDDEN)

        assert (read.reason_system, read.reason_code, read.reason_display) == (
            "urn:b12-cds:override-reason",
            "PATIENT-DECLINES-IM",
            "",
        )

    def test_epic_overriding_with_its_plural_object_R123(self) -> None:
        read = read_one(EPIC_OVERRIDDEN)

        assert (read.card, read.reason_code, read.reason_display, read.user_comment) == (
            "123456",
            "contraindicated",
            "bad",
            "as discussed",
        )

    def test_epic_overriding_with_nothing_but_an_extension_R123_R149(self) -> None:
        entry = {
            **EPIC_OVERRIDDEN,
            "overrideReasons": {
                "extension": {"com.epic.cdshooks.feedback.override-reason": {"code": 3}}
            },
        }

        assert (read_one(entry).outcome, read_one(entry).reason_code) == ("overridden", "")

    def test_a_comment_without_a_reason_R117(self) -> None:
        assert (
            read_one(
                {**SANDBOX_OVERRIDDEN, "overrideReason": {"userComment": "not now"}}
            ).user_comment
            == "not now"
        )


TOLERATED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "accepted without suggestions": ({"acceptedSuggestions": None}, {"accepted_suggestions": ()}),
    "an empty array of suggestions": ({"acceptedSuggestions": []}, {"accepted_suggestions": ()}),
    "suggestions that are no array": (
        {"acceptedSuggestions": {"id": "x"}},
        {"accepted_suggestions": ()},
    ),
    "a suggestion without id beside one with": (
        {"acceptedSuggestions": [{}, {"id": "x"}, "y"]},
        {"accepted_suggestions": ("x",)},
    ),
    "a card id that is no UUID": ({"card": "card 7"}, {"card": "card 7"}),
    "a time with an offset": (
        {"outcomeTimestamp": "2026-11-20T06:12:24-05:00"},
        {"outcome_timestamp": "2026-11-20T06:12:24-05:00"},
    ),
    "no time": ({"outcomeTimestamp": None}, {"outcome_timestamp": ""}),
    "a time that is a number": ({"outcomeTimestamp": 1795173145}, {"outcome_timestamp": ""}),
    "reasons in an array": ({"overrideReasons": [{"reason": {"code": "X"}}]}, {"reason_code": "X"}),
    "an override that is text": ({"overrideReason": "because"}, {"reason_code": ""}),
    "a reason that is text": ({"overrideReason": {"reason": "because"}}, {"reason_code": ""}),
    "null for the singular beside the plural": (
        {"overrideReason": None, "overrideReasons": {"reason": {"code": "X"}}},
        {"reason_code": "X"},
    ),
    "members nobody knows": ({"extension": {"a": 1}, "user": "Practitioner/1"}, {}),
    "control characters": ({"card": "a\0b\x1b[31mc"}, {"card": "ab[31mc"}),
}


@pytest.mark.parametrize(("change", "expected"), TOLERATED.values(), ids=TOLERATED.keys())
def test_an_entry_is_read_as_far_as_it_can_be_R119_R123(
    change: dict[str, Any], expected: dict[str, Any]
) -> None:
    read = read_one({**SANDBOX_ACCEPTED, **change})

    assert {name: getattr(read, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("length", "kept"),
    [(LONGEST_COMMENT - 1, 3999), (LONGEST_COMMENT, 4000), (LONGEST_COMMENT + 1, 4000)],
)
def test_a_comment_is_kept_up_to_its_limit_R124(length: int, kept: int) -> None:
    assert (
        len(
            read_one(
                {**SANDBOX_OVERRIDDEN, "overrideReason": {"userComment": "x" * length}}
            ).user_comment
        )
        == kept
    )


REFUSED: dict[str, tuple[object, str]] = {
    "no object": ([], "The body: found an array, expected an object with the array feedback."),
    "nothing": (None, "The body: found null, expected an object with the array feedback."),
    "no feedback": ({}, "feedback: found nothing, expected an array of entries."),
    "feedback that is an object": (
        {"feedback": {"card": "x"}},
        "feedback: found an object, expected an array of entries.",
    ),
    "feedback that is null": (
        {"feedback": None},
        "feedback: found null, expected an array of entries.",
    ),
    "only an entry that is no object": (
        {"feedback": ["x"]},
        "feedback[0]: found a string, expected an object.",
    ),
    "only an entry without card": (
        {"feedback": [{"outcome": "accepted"}]},
        "feedback[0]: card: found nothing, expected a text.",
    ),
    "only an entry without outcome": (
        {"feedback": [{"card": "x"}]},
        "feedback[0]: outcome: found nothing, expected a text.",
    ),
    "only an entry with an empty card": (
        {"feedback": [{"card": " ", "outcome": "accepted"}]},
        "card: found a blank string, expected a text.",
    ),
    "far too many": (
        {"feedback": [{}] * (MOST_ENTRIES + 1)},
        "feedback: found 1001 entries, expected at most 1000 in one call.",
    ),
}


@pytest.mark.parametrize(("body", "text"), REFUSED.values(), ids=REFUSED.keys())
def test_a_body_of_which_nothing_can_be_read_is_refused_with_its_place_R122(
    body: object, text: str
) -> None:
    problem = refusal(body)

    assert problem.status == 400
    assert problem.text.endswith(text)


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        (SANDBOX_ACCEPTED, "as-it-should-be"),
        (SANDBOX_OVERRIDDEN, "as-it-should-be"),
        ({"card": "c", "outcome": "overridden"}, "as-it-should-be"),
        ({"card": "c", "outcome": "accepted"}, "cds-fb-2"),
        ({"card": "c", "outcome": "accepted", "acceptedSuggestions": []}, "cds-fb-2"),
        ({"card": "c", "outcome": "overridden", "overrideReason": {}}, "cds-fb-3"),
        ({"card": "c", "outcome": "overridden", "overrideReason": {"reason": {}}}, "cds-fb-3"),
        ({"card": "c", "outcome": "ignored"}, "unknown-outcome"),
        ({"card": "c", "outcome": 7}, "unreadable"),
        ({"outcome": "accepted"}, "unreadable"),
        ("x", "unreadable"),
    ],
)
def test_each_entry_is_counted_by_what_is_off_with_it_R171_R172(entry: object, kind: str) -> None:
    assert kind_of_entry(entry) == kind


class TestStored:
    def test_entries_are_counted_for_each_client_and_violations_are_kept_R171(
        self, url: str, store: Store
    ) -> None:
        client = url.partition(":")[0]
        bare = {"card": "7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11", "outcome": "accepted"}
        silent = {**bare, "outcome": "overridden", "overrideReason": {}}
        other = {**bare, "outcome": "ignored"}

        body = {"feedback": [bare, silent, silent, other]}
        take_feedback(body, "b12-order-select", client, store, NOW)

        assert [row["outcome"] for row in rows(url, FEEDBACK)] == [
            "accepted",
            "overridden",
            "overridden",
        ]
        text = metrics.write_metrics()[0].decode()
        for kind, number in (("cds-fb-2", 1), ("cds-fb-3", 2), ("unknown-outcome", 1)):
            assert f'b12_cds_feedback_total{{client="{client}",kind="{kind}"}} {number}.0' in text

    def test_readable_entries_are_kept_although_others_are_not_R122(
        self, url: str, store: Store
    ) -> None:
        take_feedback(
            {"feedback": [SANDBOX_ACCEPTED, "x", SANDBOX_OVERRIDDEN, {}]},
            "b12-order-select",
            "Main EHR",
            store,
            NOW,
        )

        assert [row["outcome"] for row in rows(url, FEEDBACK)] == ["accepted", "overridden"]

    def test_an_empty_array_is_fine_R113(self, url: str, store: Store) -> None:
        store.upgrade()
        take_feedback({"feedback": []}, "b12-order-select", "Main EHR", store, NOW)

        assert rows(url, FEEDBACK) == []

    def test_an_entry_is_kept_as_codes_and_words_sealed_R117_R119_R187(
        self, url: str, store: Store
    ) -> None:
        take_feedback(
            {"feedback": [{**EPIC_OVERRIDDEN, "acceptedSuggestions": [{"id": "s"}]}]},
            "b12-order-select",
            "Epic",
            store,
            NOW,
        )

        [row] = rows(url, FEEDBACK)
        del row["id"]
        words = open_words(row.pop("user_comment"), row["card"], store.key.secret)
        assert words == "contraindicated bad: as discussed"
        assert row == {
            "received_at": dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC).replace(tzinfo=None),
            "service": "b12-order-select",
            "client": "Epic",
            "card": store.key.code_of("123456"),
            "outcome": "overridden",
            "outcome_timestamp": "2022-05-19T19:44:04+00:00",
            "accepted_suggestions": [store.key.code_of("s")],
            "reason_system": "",
            "reason_code": store.key.code_of("contraindicated"),
            "reason_display": "",
        }

    def test_a_reason_of_ours_is_kept_as_it_came_R117(self, url: str, store: Store) -> None:
        override = SANDBOX_OVERRIDDEN["overrideReason"] | {"userComment": "declined twice"}
        entry = {**SANDBOX_OVERRIDDEN, "overrideReason": override}
        take_feedback({"feedback": [entry]}, "b12-order-select", "EHR", store, NOW)

        [row] = rows(url, FEEDBACK)
        assert (row["card"], row["reason_system"], row["reason_code"]) == (
            SANDBOX_OVERRIDDEN["card"],
            "urn:b12-cds:override-reason",
            "PATIENT-DECLINES-IM",
        )
        assert open_words(row["user_comment"], row["card"], store.key.secret) == "declined twice"
        assert open_words(row["user_comment"], row["card"], b"another key") == NOT_OPENED
        assert open_words(row["user_comment"], "another card", store.key.secret) == NOT_OPENED
        assert open_words("of an earlier version", row["card"], store.key.secret) == (
            "of an earlier version"
        )

    @pytest.mark.parametrize("written", ["{}", "{{{}}}", "urn:uuid:{}", "URN:UUID:{}"])
    @pytest.mark.parametrize("case", [str.lower, str.upper])
    def test_a_uuid_counts_whichever_way_it_comes_back_R114_R116(
        self, url: str, store: Store, written: str, case: Callable[[str], str]
    ) -> None:
        """Swift writes UUIDs in capitals, .NET may put them in braces; they are the same (RFC
        9562). Such feedback was of an unknown card: it was not counted, and quieted nothing.
        """
        ours, suggestion = "9134cc60-0fd1-4452-b123-241b0ea27cf5", SANDBOX_ACCEPTED["card"]
        entry = {
            **SANDBOX_ACCEPTED,
            "card": written.format(case(ours)),
            "acceptedSuggestions": [{"id": written.format(case(suggestion))}],
        }
        take_feedback({"feedback": [entry]}, "b12-order-select", "EHR", store, NOW)

        [row] = rows(url, FEEDBACK)
        assert (row["card"], row["accepted_suggestions"]) == (ours, [suggestion])

    def test_the_same_card_may_be_reported_again_and_unknown_cards_too_R119(
        self, url: str, store: Store
    ) -> None:
        for _ in range(3):
            take_feedback(
                {"feedback": [SANDBOX_ACCEPTED, SANDBOX_ACCEPTED]},
                "b12-order-select",
                "Main EHR",
                store,
                NOW,
            )

        assert len(rows(url, FEEDBACK)) == 6

    def test_the_most_entries_are_kept_in_one_go_R119(self, url: str, store: Store) -> None:
        take_feedback(
            {"feedback": [SANDBOX_ACCEPTED] * MOST_ENTRIES},
            "b12-order-select",
            "Main EHR",
            store,
            NOW,
        )

        assert len(rows(url, FEEDBACK)) == MOST_ENTRIES

    @settings(max_examples=60, deadline=None)
    @given(
        st.dictionaries(
            st.sampled_from(
                ["card", "outcome", "overrideReason", "acceptedSuggestions", "outcomeTimestamp"]
            ),
            st.text(),
        )
    )
    def test_no_text_makes_a_database_fail_R122(self, entry: dict[str, Any]) -> None:
        """Whatever can be read can be kept."""
        entry = {
            **entry,
            "overrideReason": {
                "reason": {"code": entry.get("card", "")},
                "userComment": entry.get("outcome", ""),
            },
        }
        store = Store("sqlite://", "key")
        try:
            take_feedback({"feedback": [entry]}, "s", "c", store, NOW)
        except Problem as problem:
            assert problem.status == 400  # noqa: PT017
        finally:
            store.close()


def test_when_it_cannot_be_kept_the_client_is_told_to_come_back_R122(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 0.2)
    with pytest.raises(Problem) as refused:
        take_feedback(
            {"feedback": [SANDBOX_ACCEPTED]},
            "s",
            "c",
            Store("sqlite:////nowhere/at/all.db", "key"),
            NOW,
        )

    assert (refused.value.status, refused.value.headers) == (503, {"Retry-After": "30"})


def test_no_word_of_the_user_or_the_card_reaches_the_log_R124(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(store_module, "FEEDBACK_SECONDS", 0.2)
    secret = {
        **EPIC_OVERRIDDEN,
        "card": "secret-card",
        "overrideReasons": {"userComment": "secret Mrs Smith", "reason": {"code": "secret"}},
    }
    with structlog.testing.capture_logs() as logged:
        take_feedback(
            {"feedback": [secret, {"secret": 1}]}, "s", "c", Store("sqlite://", "key"), NOW
        )
        with pytest.raises(Problem):
            take_feedback(
                {"feedback": [secret]}, "s", "c", Store("sqlite:////nowhere/at/all.db", "key"), NOW
            )

    assert len(logged) >= 2
    assert "secret" not in repr(logged)
    assert "secret" not in repr(
        read_one(secret).user_comment and FeedbackEntry("c", "o", user_comment="secret")
    )
