"""What is said when the record is opened (Q19): at most one card, of treatment, prophylaxis or a
test that is due.
"""

from __future__ import annotations

from typing import Any

import pytest

from recommender.cards.findings import Finding
from recommender.guidance.policy import Policy
from recommender.review.order_review import review_record
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario

LOW = {"total_b12": 100, "neurological_screen": "no", "egfr": 90}
REACTIONS = {
    "allergies": {"hydroxocobalamin": "yes", "cyanocobalamin": "yes"},
    "neurological_screen": "no",
}
SIGNS = {"signs": ["paraesthesia"]}
DUE = "warning: B12 100 pmol/L (21 Nov), no nerve signs, not treated: start daily B12 tablets"


def opened(policy: Policy | None = None, **known: Any) -> tuple[Finding, ...]:
    policy = policy or Policy()
    scenario = build_scenario(known)
    return review_record(scenario, recommend(scenario, policy), policy)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (LOW, DUE),
        (LOW | {"deceased": "yes"}, ""),
        (LOW | {"deceased": "unknown"}, DUE),
        (LOW | {"age": 17}, ""),
        (LOW | {"age": "<30"}, ""),
        ({}, ""),
        ({"total_b12": 400, "neurological_screen": "no"}, ""),
        (
            {"total_b12": 200, "neurological_screen": "no"},
            "info: B12 200 pmol/L (21 Nov) is borderline: measure methylmalonic acid",
        ),
        (
            {
                "total_b12": 400,
                "causes": ["bariatric surgery"],
                "neurological_screen": "no",
                "egfr": 90,
            },
            "info: Bariatric surgery, no B12 ordered: injection every 3 months, or daily tablets",
        ),
        (  # no kidney result: cyanocobalamin is not offered, so not named (I2)
            {"total_b12": 400, "causes": ["bariatric surgery"], "neurological_screen": "no"},
            "info: Bariatric surgery, no B12 ordered: injection every 3 months",
        ),
        (
            SIGNS,
            "info: Paraesthesia, B12 status open: test B12 and MMA now, do not wait to treat",
        ),
        (
            {"orders": [{"phase": "MAINT-N", "days_ago": 300}], "injections": [300]},
            "warning: Last B12 injection 25 Jan, due every 2 months: give one now",
        ),
        ({"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [50]}, ""),
        # an old order of which no dose is known: nothing is asked where nothing speaks for
        # deficiency, not even a review (Q29)
        ({"orders": [{"phase": "MAINT-BAR", "days_ago": 900}], "reviews_done": {}}, ""),
        (
            {
                "orders": [{"phase": "MAINT-BAR", "days_ago": 900}],
                "reviews_done": {},
                "causes": ["pernicious anaemia or autoimmune gastritis"],
            },
            "info: Hydroxocobalamin every 3 months, ordered Jun 2024, no dose on record since: "
            "still given?",
        ),
        (REACTIONS | {"total_b12": 400}, ""),
        (
            REACTIONS | {"orders": [{"phase": "MAINT-N", "days_ago": 100}], "injections": [50]},
            "warning: Severe reaction to hydroxocobalamin and cyanocobalamin: urgent allergy and "
            "haematology advice",
        ),
    ],
)
def test_what_is_said_when_the_record_is_opened(known: dict[str, Any], said: str) -> None:
    assert (
        "; ".join(f"{finding.indicator.value}: {finding.summary}" for finding in opened(**known))
        == said
    )


def test_with_signs_and_open_status_only_tests_are_offered_while_no_order_is_selected() -> None:
    (finding,) = opened(**SIGNS)
    assert [resolution.label.split(" ")[0] for resolution in finding.resolutions] == ["Order"]


def test_nothing_of_folic_acid_or_duplicates_is_said_when_the_record_is_opened() -> None:
    assert [finding.card.id for finding in opened(**LOW)] == ["k1"]


def test_deficiency_unlikely_gives_no_card_with_signs() -> None:
    assert opened(total_b12=400, nitrous_oxide="no", **SIGNS) == ()


@pytest.mark.parametrize(("level", "marked"), [({}, False), ({"total_b12": 400}, True)])
def test_prophylaxis_after_total_gastrectomy_is_marked_only_after_a_test_C35(
    level: dict[str, Any], marked: bool
) -> None:
    (finding,) = opened(causes=["total gastrectomy"], neurological_screen="no", **level)

    tests, prophylaxis = finding.resolutions
    assert tests.label.startswith("Order ")
    assert not tests.recommended
    assert prophylaxis.recommended is marked
    assert not finding.choice  # both may be taken


def test_the_chart_asks_which_operation_on_the_stomach_it_was_P6() -> None:
    (finding,) = opened(
        causes=["partial gastrectomy, or one of unknown extent"], neurological_screen="no"
    )

    assert finding.summary == "Gastric surgery: which operation? B12 once a year"


@pytest.mark.parametrize(
    ("orders", "said"),
    [
        ([], DUE),
        ([{"phase": "ORAL", "days_ago": 0}], ""),
        ([{"phase": "ORAL", "days_ago": 29}], ""),
        ([{"phase": "ORAL", "days_ago": 5, "state": "on hold"}], "warning: B12 100 pmol/L"),
        ([{"phase": "MAINT-M", "days_ago": 5}], "warning: B12 100 pmol/L"),
    ],
    ids=["nothing ordered", "ordered today", "29 days ago", "on hold", "another course"],
)
def test_what_was_advised_and_is_ordered_falls_silent_Q55(
    orders: list[dict[str, Any]], said: str
) -> None:
    findings = opened(**LOW, orders=orders)

    told = [f"{one.indicator.value}: {one.summary}" for one in findings]
    assert [one[: len(said)] for one in told] == ([said] if said else [])
