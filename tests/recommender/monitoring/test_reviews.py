"""Reviews of the treated that are overdue (V1 to V8, K19): when, which, and where they are said."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.cards.findings import Finding
from recommender.guidance.policy import MonitoringCards, Policy
from recommender.language.course import Course, Test, TestOrder
from recommender.monitoring import ReviewRow, find_overdue
from recommender.review.order_review import review, review_record, review_refill
from recommender.treatment.table import recommend
from tests.recommender.people import build_scenario
from tests.recommender.review_space import LINES, order

PA = {"causes": ["pernicious anaemia or autoimmune gastritis"], "neurological_screen": "no"}
NEVER: dict[str, Any] = {"reviews_done": {}}


def loaded(days: int, **more: Any) -> dict[str, Any]:
    """Somebody loaded so many days ago, on injections every 2 months since."""
    orders = [
        {"phase": "M-LOAD", "state": "completed", "days_ago": days},
        {"phase": "MAINT-N", "days_ago": days - 14},
    ]
    return {**PA, "orders": orders, "injections": [10], **more}


def tablets(days: int, **more: Any) -> dict[str, Any]:
    """Somebody on tablets for so many days: it is not certain that treatment began with them."""
    line = {"substance": "cyanocobalamin", "route": "oral", "dose": 1000, "every": "1 day"}
    return {
        "neurological_screen": "no",
        "causes": ["diet low in vitamin B12"],
        "orders": [line | {"days_ago": days}],
        **more,
    }


def alternate(days: int, maintained: bool = True, **more: Any) -> dict[str, Any]:
    """Somebody with nerve signs on alternate days for so many days."""
    orders = [{"phase": "N-LOAD", "days_ago": days}]
    orders += [{"phase": "MAINT-N", "days_ago": days}] if maintained else []
    return {
        "causes": PA["causes"],
        "signs": ["paraesthesia"],
        "orders": orders,
        "injections": [1, 3, 5],
        **more,
    }


BARIATRIC = {"causes": ["bariatric surgery"], "planning_pregnancy": "yes"}


def row(known: dict[str, Any], policy: Policy | None = None) -> str:
    policy = policy or Policy()
    scenario = build_scenario(known)
    overdue = find_overdue(scenario, recommend(scenario, policy).assessment, policy)
    return overdue.row.value if overdue else ""


@pytest.mark.parametrize(
    ("known", "said"),
    [
        # start 2026-07-22: V1 falls on 22 Oct, 30 days before today; it is overdue after that
        (loaded(122), ""),
        (loaded(123), "V1"),
        # V2 of a start on 2026-04-21 falls on 21 Oct
        (loaded(214), "V2"),
        (loaded(213), "V1"),
        (loaded(396), "V3"),
        # done: any one test from a month before the point on
        (loaded(214, reviews_done={"full blood count": 61}), ""),
        (loaded(214, reviews_done={"full blood count": 62}), "V2"),
        (loaded(214, reviews_done={"homocysteine": 20}), ""),
        (loaded(214, reviews_done={"symptom and neurological review": 20}), ""),
        (loaded(214, reviews_done={"active vitamin B12 (holotranscobalamin)": 20}), ""),
        (loaded(214, reviews_done={"methylmalonic acid": 20}), "V2"),
        # yearly after the last one; half-yearly while it is known not to be stable
        (loaded(800, reviews_done={"serum vitamin B12": 380}), ""),
        (loaded(800, reviews_done={"serum vitamin B12": 396}), "V4"),
        (loaded(800, reviews_done={"serum vitamin B12": 220}), ""),
        (loaded(800, reviews_done={"serum vitamin B12": 220}, symptoms="yes"), "V4"),
        (loaded(800), "V4"),
        # the site's days of grace
        # an uncertain start has yearly points only
        (tablets(200), ""),
        (tablets(390), ""),
        (tablets(396), "V4"),
        (tablets(396, reviews_done={"serum vitamin B12": 40}), ""),
        # nothing under way, nothing to review
        ({"total_b12": 100, "neurological_screen": "no"}, ""),
    ],
)
def test_the_latest_point_that_was_missed_is_the_one_that_is_told(
    known: dict[str, Any], said: str
) -> None:
    assert row(NEVER | known) == said


@pytest.mark.parametrize(("grace", "said"), [(30, "V1"), (31, ""), (90, "")])
def test_the_site_says_how_long_it_waits(grace: int, said: str) -> None:
    assert row(loaded(123, **NEVER), Policy(monitoring_grace_days=grace)) == said


@pytest.mark.parametrize("area", ["unavailable", "incomplete"])
def test_none_on_record_is_not_said_of_results_that_did_not_come_whole_Q58(area: str) -> None:
    assert not row(loaded(214, **NEVER) | {area: ["laboratory results"]})


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"reviews_done": {"serum vitamin B12": 150}}, "V5"),
        ({"reviews_done": {"serum vitamin B12": 121}}, ""),
        ({"reviews_done": {"full blood count": 20}}, "V5"),
        ({"planning_pregnancy": "unknown", "reviews_done": {}}, ""),
        ({"causes": ["diet low in vitamin B12"], "reviews_done": {}}, ""),
        # those who are treated are asked too
        (loaded(60, reviews_done={}) | BARIATRIC, "V5"),
    ],
)
def test_before_a_pregnancy_after_bariatric_surgery_B12_is_due_every_3_months_V5(
    known: dict[str, Any], said: str
) -> None:
    assert row(BARIATRIC | known) == said


@pytest.mark.parametrize(
    ("result", "said"),
    [
        ("10", ""),
        ("10.1", "V6"),
        ("14 umol/L on 2026-08-23", "V6"),
        ("14 umol/L on 2026-08-22", ""),
        ("<15", ""),
    ],
)
def test_homocysteine_over_the_target_is_a_line_for_90_days_V6(result: str, said: str) -> None:
    known = loaded(200, reviews_done={"full blood count": 20}, homocysteine_on_treatment=result)
    assert row(known) == said
    assert not row({"homocysteine_on_treatment": result, **NEVER})


def test_a_level_that_decides_or_cannot_be_used_is_the_last_one_too_I27() -> None:
    crohns = {"causes": ["Crohn's disease of the ileum"], **NEVER}
    assert not row(crohns | {"total_b12": 400})
    assert not row(crohns | {"older_b12": [{"value": 400, "why": "UNIT_MISSING", "days_ago": 30}]})


def test_ileal_crohns_disease_that_is_not_treated_is_tested_yearly_V7() -> None:
    crohns = {"causes": ["Crohn's disease of the ileum"]}
    assert row(crohns | NEVER) == "V7"
    assert row(crohns | {"reviews_done": {"serum vitamin B12": 395}}) == ""
    assert row(crohns | {"reviews_done": {"serum vitamin B12": 396}}) == "V7"


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (alternate(13), ""),
        (alternate(14), "V8"),
        (alternate(40, reviews_done={"symptom and neurological review": 13}), ""),
        (alternate(40, reviews_done={"symptom and neurological review": 14}), "V8"),
        (alternate(40, reviews_done={"serum vitamin B12": 3}), "V8"),
    ],
)
def test_alternate_days_are_reviewed_every_14_days_V8(known: dict[str, Any], said: str) -> None:
    assert row(NEVER | known) == said


# --- where it is said


def _said(findings: tuple[Finding, ...]) -> list[str]:
    return [
        " ".join((found.indicator.value, *map(str, (found.card, *found.also_found))))
        for found in findings
    ]


def _asked(
    known: dict[str, Any],
    hook: str,
    drafts: tuple[str, ...] = (),
    tests: tuple[Test, ...] = (),
    policy: Policy | None = None,
) -> tuple[Finding, ...]:
    policy = policy or Policy()
    scenario = build_scenario(known)
    recommendation = recommend(scenario, policy)
    if hook == "patient-view":
        return review_record(scenario, recommendation, policy)
    drafted = tuple(order(f"d{number}", LINES[name]) for number, name in enumerate(drafts))
    course = Course(
        (*drafted, *scenario.orders),
        tuple(TestOrder(f"ServiceRequest/{test.name}", test) for test in tests),
        scenario.doses,
    )
    ask = review_refill if hook == "refill" else review
    return ask(course, scenario, recommendation, policy)


def test_an_overdue_review_is_said_when_the_record_is_opened_and_on_a_refill() -> None:
    known = loaded(214, **NEVER)
    for hook in ("patient-view", "refill"):
        (found,) = _asked(known, hook, ("every 2 months",) if hook == "refill" else ())
        assert _said((found,)) == ["info m1"]
        assert found.summary == (
            "On B12 since 21 Apr, no B12, blood count or homocysteine on record since then: "
            "review due"
        )
        (suggestion,) = found.resolutions
        assert suggestion.label == "Order symptom review, B12, blood count, homocysteine"


def test_the_last_test_on_record_is_named() -> None:
    (found,) = _asked(loaded(214, reviews_done={"full blood count": 200}), "patient-view")
    assert "homocysteine on record since 5 May: review due" in found.summary


def test_methylmalonic_acid_belongs_to_it_with_symptoms_or_a_borderline_level_V1() -> None:
    for more in ({"symptoms": "yes"}, {"total_b12_on_treatment": 200}):
        (found,) = _asked(loaded(214, **NEVER, **more), "refill", ("every 2 months",))
        assert "methylmalonic acid" in found.resolutions[0].label


@pytest.mark.parametrize("drafts", [("every 2 months",), ("monthly",)])
def test_a_right_order_is_not_met_with_an_overdue_review_I34(drafts: tuple[str, ...]) -> None:
    known = loaded(214, **NEVER) | {"orders": [], "injections": [10, 70, 130, 190]}
    assert _said(_asked(known, "order-sign", drafts)) == []


def test_it_is_a_line_of_a_card_that_speaks_anyway() -> None:
    (found,) = _asked(loaded(214, **NEVER), "order-sign", ("5 mg injection",))
    assert _said((found,))[0].startswith("critical b8")
    assert "m1" in _said((found,))[0]


@pytest.mark.parametrize(
    ("where", "opened", "refilled"),
    [
        (MonitoringCards.PATIENT_VIEW_AND_REFILL, True, True),
        (MonitoringCards.REFILL_ONLY, False, True),
        (MonitoringCards.OFF, False, False),
    ],
)
def test_the_site_says_where_it_wants_them(
    where: MonitoringCards, opened: bool, refilled: bool
) -> None:
    known, policy = loaded(214, **NEVER), Policy(monitoring_cards=where)
    assert bool(_asked(known, "patient-view", policy=policy)) is opened
    assert bool(_asked(known, "refill", ("every 2 months",), policy=policy)) is refilled


@pytest.mark.parametrize(
    "test", [Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN, Test.FULL_BLOOD_COUNT, Test.SYMPTOM_REVIEW]
)
def test_a_drafted_test_of_the_review_ends_it(test: Test) -> None:
    known = loaded(214, **NEVER)
    assert _asked(known, "refill", ("every 2 months",))
    assert not _asked(known, "refill", ("every 2 months",), (test,))


@pytest.mark.parametrize(("days", "indicator"), [(56, "info"), (57, "warning")])
def test_alternate_days_for_months_without_a_review_warn_on_a_refill_Q67(
    days: int, indicator: str
) -> None:
    known = NEVER | alternate(days, maintained=False)
    (found,) = _asked(known, "refill", ("alternate days",))
    assert _said((found,))[0].split(" ")[0] == indicator
    if indicator == "warning":
        assert "go on if improving; if not, every 2 months" in found.summary


def test_a_maintenance_order_ends_that_warning_Q67() -> None:
    for known, drafts in (
        (NEVER | alternate(90), ("alternate days",)),
        (NEVER | alternate(90, maintained=False), ("alternate days", "every 2 months")),
    ):
        found = _asked(known, "refill", drafts)
        assert not any(one.startswith(("warning m1", "critical")) for one in _said(found))


def test_every_row_of_the_document_has_its_citations() -> None:
    from recommender.monitoring import CITATIONS

    assert set(CITATIONS) == set(ReviewRow)
