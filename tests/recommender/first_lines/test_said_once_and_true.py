"""Cards read whole: no sentence twice, none that the record does not carry, none against the
suggestion beside it.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.cards import Finding
from recommender.review.order_review import review, review_record
from recommender.treatment.table import recommend
from tests.recommender.review_cases import build_case

CONFIRMED = ["confirmed", "pernicious anaemia", "eGFR 95"]
UNREAD = {"line": "three a week for 2 weeks", "unreadable": "dose only as text"}


def read(who: list[str], *orders: Any, **more: Any) -> Finding:
    """Return the first card about these orders, or about the opened record."""
    scenario, course, policy = build_case({"who": who, "orders": list(orders), **more})
    advised = recommend(scenario, policy)
    if orders:
        return review(course, scenario, advised, policy)[0]
    return review_record(scenario, advised, policy)[0]


def text(finding: Finding) -> str:
    return " ".join((finding.summary, *finding.sentences, *finding.detail.facts))


@pytest.mark.parametrize(
    ("who", "orders", "says"),
    [
        (["no signs", "confirmed", "diet", "eGFR 95", "doses only"], ["every 6 months"], ()),
        (["no signs", "confirmed", "diet", "eGFR 95", "doses only"], ["intravenous"], ()),
        (
            ["no signs", "confirmed", "coeliac", "eGFR 95"],
            ["oral 1000"],
            (),
        ),
        (
            ["no signs", *CONFIRMED, "every 2 months active", "recurrence"],
            ["every 2 months"],
            ("Ordered every 2 months; here at most 1 month apart.",),
        ),
    ],
    ids=["interval", "vein", "partial malabsorption", "the first line says another thing"],
)
def test_what_the_first_line_says_is_not_said_again(
    who: list[str], orders: list[str], says: tuple[str, ...]
) -> None:
    finding = read(who, *orders)
    assert finding.reasons
    assert finding.sentences[: len(says)] == says
    assert finding.reasons[0] in says or finding.reasons[0] not in finding.sentences


@pytest.mark.parametrize(
    ("who", "orders", "says", "never"),
    [
        (
            ["signs", *CONFIRMED],
            ["nasal"],
            "With neurological involvement nasal vitamin B12",
            "oral vitamin B12",
        ),
        (
            ["new signs", *CONFIRMED, "every 2 months active"],
            ["oral 1000"],
            "Paraesthesia on hydroxocobalamin every 2 months: go on with injections, not tablets",
            "start with",
        ),
        (
            ["signs", *CONFIRMED, "loading active"],
            ["oral 1000"],
            "Paraesthesia on hydroxocobalamin three times a week: inject on alternate days",
            "start with",
        ),
        (
            ["no signs", "confirmed", "diet", "eGFR 95"],
            ["injections as needed"],
            "give it three times a week",
            "once daily",
        ),
        (["signs", *CONFIRMED], ["oral as needed"], "no schedule", "every day"),
        (["signs", *CONFIRMED], ["one injection"], "Ordered one injection", "once daily"),
        (
            ["no signs", *CONFIRMED],
            [UNREAD, "every 2 months"],
            "no loading that could be read",
            "no loading on record",
        ),
        (
            ["signs", "unlikely", "cause unknown", "eGFR 95"],
            ["nasal"],
            "Nasal B12 is outside the guidance",
            "daily tablets",
        ),
        (
            ["no signs", *CONFIRMED, "severe HC reaction"],
            ["three a week for 2 weeks"],
            "no dose before allergy advice",
            "Nothing is ordered",
        ),
        (
            ["no signs", *CONFIRMED, "severe HC reaction"],
            ["every 2 months"],
            "no dose before allergy advice",
            "load first",
        ),
        (
            ["new signs", *CONFIRMED, "every 2 months active"],
            ["three a week for 2 weeks"],
            "shorten the interval; if it progresses, alternate days",
            "more frequent than is needed",
        ),
        (
            ["no signs", *CONFIRMED, "warfarin"],
            ["oral 1000"],
            "Anticoagulant: fine needle",
            "oral treatment avoids the injection",
        ),
        (
            ["no signs", "unlikely", "ileum 25 cm", "eGFR 95"],
            ["no route"],
            "25 cm of ileum resected: B12 injections are due",
            "B12 400 pmol/L (21 Nov):",
        ),
        (
            ["unknown", "cause unknown", "eGFR 95", "glossitis"],
            [],
            "Glossitis with open vitamin B12 status",
            "Neurological signs",
        ),
        (
            ["no signs", "confirmed", "diet", "eGFR unknown"],
            [],
            "start loading injections, or eGFR first and tablets",
            "start daily",
        ),
        (
            ["no signs", *CONFIRMED[:-1], "eGFR 40", "CC monthly active"],
            [],
            "eGFR 40 (21 Nov) on cyanocobalamin every month: change to hydroxocobalamin",
            "normal level is no reason to stop",
        ),
        (
            ["signs", *CONFIRMED, "every 3 months for 2 years"],
            [],
            "inject every 2 months (nerve signs, now or earlier)",
            "normal level is no reason to stop",
        ),
        (
            ["signs", "unlikely", "ileum 25 cm", "eGFR 95"],
            [],
            "methylmalonic acid tells more",
            "look for other causes",
        ),
    ],
)
def test_each_sentence_is_true_of_this_person(
    who: list[str], orders: list[Any], says: str, never: str
) -> None:
    if "glossitis" in who:
        known = {"known": {"signs": ["glossitis"]}}
        finding = read([one for one in who if one != "glossitis"], *orders, **known)
    else:
        finding = read(who, *orders)
    assert says in text(finding)
    assert never not in text(finding)


@pytest.mark.parametrize(
    ("who", "order", "labels"),
    [
        (
            ["not recorded", "unlikely", "bariatric", "eGFR 95"],
            "every 6 months",
            ["Change to hydroxocobalamin 1 mg IM every 3 months for life"],
        ),
        (
            ["not recorded", "confirmed", "diet", "eGFR 95"],
            "alternate days of 2000 micrograms",
            [
                "NEURO signs: hydroxocobalamin 1 mg IM alternate days, then every 2 months",
                "NO neuro signs: hydroxocobalamin 1 mg IM x6 in 2 weeks, then every 2-3 months",
            ],
        ),
        (
            ["not recorded", "confirmed", "diet", "eGFR 95"],
            "alternate days",
            [
                "NEURO signs: as ordered, then hydroxocobalamin 1 mg IM every 2 months",
                "NO neuro signs: as ordered, then hydroxocobalamin 1 mg IM every 2-3 months",
            ],
        ),
        (
            ["no signs", *CONFIRMED, "every 2 months active", "severe HC reaction"],
            "every 2 months",
            ["Remove this order"],
        ),
        (
            ["no signs", *CONFIRMED, "every 2 months active"],
            "CC monthly",
            ["This replaces the order of 5 May 2026", "Remove this order"],
        ),
        (
            ["no signs", "unlikely", "cause unknown", "eGFR 95", "symptoms"],
            {"folate": 5000},
            ["Order B12, methylmalonic acid before folic acid"],
        ),
    ],
)
def test_each_suggestion_says_what_tells_it_from_the_other(
    who: list[str], order: Any, labels: list[str]
) -> None:
    assert [one.label for one in read(who, order).resolutions] == labels


def test_two_loading_courses_are_not_called_the_same_order_twice() -> None:
    finding = read(
        ["no signs", "confirmed", "coeliac", "eGFR 95"],
        "three a week for 1 week",
        "three a week for 2 weeks",
        "every 2 months",
    )
    assert finding.summary == "Two B12 orders of one kind are drafted: which of them is meant?"
