"""The digests that show that moving code changed no answer: the same for the same, other for
another.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice

import pytest

from cds_service.cards import cards
from cds_service.decision import decide_request
from fhir_mappings.terminology import load_value_sets
from tests.every_case import digests
from tests.every_case.cases import every_case, of_prepared_patients

CASES = list(islice(of_prepared_patients(), 3))


def test_an_answer_given_twice_has_one_digest() -> None:
    first, second = ([digests.digest_of(case) for case in CASES] for _ in range(2))
    assert first == second
    assert len(set(first)) == len(CASES)


def test_another_policy_gives_another_digest_where_it_decides_otherwise() -> None:
    case = CASES[0]
    other = case.settings.policy.from_settings({"oralDoseMcg": 2000, "neuroReviewDays": 21})
    changed = [
        digests.digest_of(replace(one, settings=replace(case.settings, policy=other)))
        for one in CASES
    ]
    assert changed != [digests.digest_of(one) for one in CASES]


def test_a_refused_request_has_a_digest_too() -> None:
    assert digests.digest_of(replace(CASES[0], request={"hook": "none"}))


def test_code_that_was_moved_gives_the_same_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The knowledge version is another one for every change of code (cards, H104)."""
    before = [digests.digest_of(case) for case in CASES]
    for module in (digests, cards):
        monkeypatch.setattr(module, "knowledge_version", lambda: "2026.11+0123456789ab")
    sent = [
        card
        for case in CASES
        for card in decide_request(case.request, case.settings, load_value_sets(), case.day).cards
    ]

    assert sent
    assert all("2026.11+0123456789ab" in json.dumps(card) for card in sent)
    assert [digests.digest_of(case) for case in CASES] == before


def test_what_differs_is_new_or_gone_is_named() -> None:
    before = {"same": "1", "other": "2", "gone": "3"}
    now = {"same": "1", "other": "4", "new": "5"}
    assert digests.differing(before, now) == ["gone", "new", "other"]
    assert digests.differing(now, now) == []


def test_every_case_has_a_name_of_its_own_when_numbered() -> None:
    assert len(list(every_case())) > 500
