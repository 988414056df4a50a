"""Small things of drafts: repeats and first days of intervals in days and weeks, and the course and
the reason of an updated order (Q48, Q56).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from fhir_mappings.drafts import draft_changes, medication_request
from recommender.guidance.regimens import MAINT_N, N_LOAD, ORAL
from recommender.language import Phase
from recommender.language.doses import PeriodUnit, Timing
from tests.fhir_mappings.drafts.test_medication_request import CONTEXT, received


def every(period: int, unit: PeriodUnit) -> Phase:
    """Return maintenance at this interval."""
    timing = Timing(1, Decimal(period), unit)
    return replace(MAINT_N, line=replace(MAINT_N.line, timing=timing))


def supply(phase: Phase, months: int = 12) -> dict[str, Any]:
    writing = CONTEXT.writing._replace(prescription_months=months)
    written: dict[str, Any] = medication_request.draft(phase, CONTEXT._replace(writing=writing))
    request: dict[str, Any] = written["dispenseRequest"]
    return request


@pytest.mark.parametrize(
    ("period", "unit", "months", "repeats"),
    [
        (7, PeriodUnit.DAY, 12, 50),  # 360 days hold 51 doses, the first is no repeat
        (28, PeriodUnit.DAY, 12, 11),
        (2, PeriodUnit.WEEK, 12, 24),
        (3, PeriodUnit.WEEK, 3, 3),
        (90, PeriodUnit.DAY, 2, 0),  # never negative
        (2, PeriodUnit.MONTH, 12, 5),
        (3, PeriodUnit.MONTH, 2, 0),
        (1, PeriodUnit.MONTH, 1, 0),
    ],
)
def test_repeats_follow_from_the_interval_and_are_rounded_down(
    period: int, unit: PeriodUnit, months: int, repeats: int
) -> None:
    assert supply(every(period, unit), months)["numberOfRepeatsAllowed"] == repeats


@pytest.mark.parametrize(("months", "repeats"), [(1, 0), (3, 0), (6, 1), (12, 3)])
def test_repeats_of_tablets_are_quarters_of_a_year(months: int, repeats: int) -> None:
    assert supply(ORAL, months)["numberOfRepeatsAllowed"] == repeats


@pytest.mark.parametrize(
    ("period", "unit", "starts"),
    [
        (10, PeriodUnit.DAY, "2026-11-25"),
        (2, PeriodUnit.WEEK, "2026-11-29"),
        (1, PeriodUnit.MONTH, "2026-12-15"),
        (3, PeriodUnit.DAY, "2026-11-21"),  # overdue: today
    ],
)
def test_the_first_day_is_one_interval_after_the_last_injection(
    period: int, unit: PeriodUnit, starts: str
) -> None:
    after = CONTEXT._replace(last_injection=dt.date(2026, 11, 15))
    draft = medication_request.draft(every(period, unit), after)
    repeat = draft["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"]["start"] == starts


def test_an_update_keeps_its_reason_and_takes_the_course() -> None:
    update = draft_changes.rewrite(received(), N_LOAD, CONTEXT)
    assert update["reasonCode"] == [{"text": "Pernicious anaemia"}]
    assert "reasonReference" not in update
    assert update["groupIdentifier"]["value"] == f"urn:uuid:{CONTEXT.group_id}"


def test_an_update_without_a_reason_takes_that_of_the_draft() -> None:
    bare = received()
    del bare["reasonCode"]
    update = draft_changes.rewrite(bare, N_LOAD, CONTEXT)
    assert update["reasonReference"] == [{"reference": "Condition/c1"}]


def test_an_update_keeps_its_own_course() -> None:
    own = {"system": "urn:site", "value": "course-7"}
    update = draft_changes.rewrite(received(groupIdentifier=own), N_LOAD, CONTEXT)
    assert update["groupIdentifier"] == own


def test_an_update_of_a_lifelong_order_to_loading_is_not_continuous_any_more() -> None:
    continuous = {"text": "Continuous long term therapy"}
    update = draft_changes.rewrite(received(courseOfTherapyType=continuous), N_LOAD, CONTEXT)
    assert "courseOfTherapyType" not in update
    lifelong = draft_changes.rewrite(received(courseOfTherapyType=None), MAINT_N, CONTEXT)
    assert lifelong["courseOfTherapyType"]["coding"][0]["code"] == "continuous"


def test_the_order_that_is_renewed_is_named() -> None:
    update = draft_changes.with_prior(received(), "MedicationRequest/old-1", CONTEXT)
    assert update["priorPrescription"] == {"reference": "MedicationRequest/old-1"}
    assert draft_changes.with_prior(received(), "", CONTEXT) is None
