"""Reviews on record (F34) and what points at the kidneys (Q51), as the mapping reads them."""

from __future__ import annotations

from typing import Any

import pytest

from recommender.language.course import Test
from recommender.language.logic import Truth
from tests.fhir_mappings.records import (
    RXNORM,
    SUBJECT,
    Resource,
    concept,
    condition,
    days_ago,
    observation,
    scenario_of,
)

OWN = "urn:b12-cds:observation"
B12, HOMOCYSTEINE, HAEMOGLOBIN, MCV = "14685-2", "13965-9", "718-7", "787-2"
EGFR, CREATININE = "98979-8", "14682-9"
COUNT: Resource = {
    "resourceType": "DiagnosticReport",
    "status": "final",
    "code": concept("http://loinc.org", "58410-2"),
    "subject": SUBJECT,
    "effectiveDateTime": days_ago(20),
}


def _noted(done: bool) -> Resource:
    return observation("b12-review", days=20, system=OWN, valueBoolean=done)


def reviewed(*resources: dict[str, Any]) -> list[Test]:
    return [done.test for done in scenario_of(*resources).reviews_done]


@pytest.mark.parametrize(
    ("resource", "tests"),
    [
        (observation(B12, 400, "pmol/L", 20), [Test.SERUM_B12]),
        (observation(HOMOCYSTEINE, 9, "umol/L", 20), [Test.HOMOCYSTEINE]),
        (observation(HAEMOGLOBIN, 130, "g/L", 20), [Test.FULL_BLOOD_COUNT]),
        # one number of a blood count that is not haemoglobin is no review of treatment
        (observation(MCV, 98, "fL", 20), []),
        # a result that cannot be used was taken all the same (I27)
        (observation(B12, 400, "", 20), [Test.SERUM_B12]),
        (observation(B12, 400, "pmol/L", 20, status="preliminary"), [Test.SERUM_B12]),
        (observation(B12, 400, "pmol/L", 20, status="cancelled"), []),
        (observation(B12, 400, "pmol/L", 20, status="entered-in-error"), []),
        # a blood count that came as a report or panel, or under a name that leaves B12 open (I27)
        (COUNT, [Test.FULL_BLOOD_COUNT]),
        (COUNT | {"code": {"text": "Full blood count"}}, [Test.FULL_BLOOD_COUNT]),
        (COUNT | {"status": "cancelled"}, []),
        (observation("58410-2", days=20), [Test.FULL_BLOOD_COUNT]),
        (observation("16695-9", 400, "pg/mL", 20), [Test.SERUM_B12]),
        # 15 months of look-back
        (observation(B12, 400, "pmol/L", 455), [Test.SERUM_B12]),
        (observation(B12, 400, "pmol/L", 458), []),
        # a review that is noted, or noted as not done
        (_noted(True), [Test.SYMPTOM_REVIEW]),
        (_noted(False), []),
    ],
)
def test_a_review_is_a_test_that_was_taken_whatever_came_out_F34(
    resource: dict[str, Any], tests: list[Test]
) -> None:
    assert reviewed(resource) == tests


def test_of_one_day_a_test_counts_once_and_the_newest_comes_first() -> None:
    twice = [observation(B12, 400, "pmol/L", 20, id=name) for name in ("a", "b")]
    newer = observation(HAEMOGLOBIN, 130, "g/L", 5)
    found = scenario_of(*twice, newer).reviews_done
    assert [(done.test, str(done.date)) for done in found] == [
        (Test.FULL_BLOOD_COUNT, days_ago(5)),
        (Test.SERUM_B12, days_ago(20)),
    ]


# --- what points at the kidneys (Q51)

METFORMIN = {
    "resourceType": "MedicationRequest",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": concept(RXNORM, "6809", "Metformin"),
    "subject": {"reference": "Patient/pat-1"},
    "authoredOn": days_ago(30),
}
HIGH = {"interpretation": [{"coding": [{"code": "H"}]}]}


@pytest.mark.parametrize(
    ("resources", "truth"),
    [
        ([], Truth.FALSE),
        ([observation(EGFR, 95, "mL/min/{1.73_m2}", 20)], Truth.FALSE),
        ([observation(EGFR, 90, "mL/min/{1.73_m2}", 2000)], Truth.FALSE),
        ([observation(EGFR, 89, "mL/min/{1.73_m2}", 2000)], Truth.TRUE),
        ([observation(CREATININE, 100, "umol/L", 2000)], Truth.FALSE),
        ([observation(CREATININE, 100, "umol/L", 2000, **HIGH)], Truth.TRUE),
        ([condition("431855005")], Truth.TRUE),  # chronic kidney disease stage 1
        ([condition("14669001", clinical="resolved")], Truth.TRUE),  # acute kidney injury
        ([condition("424736006")], Truth.TRUE),  # neuropathy of another cause
        ([condition("424736006", clinical="resolved")], Truth.TRUE),
        ([METFORMIN], Truth.TRUE),
    ],
)
def test_anything_that_points_at_the_kidneys_counts_at_any_age_Q51(
    resources: list[Resource], truth: Truth
) -> None:
    assert scenario_of(*resources).kidney_risk.truth is truth


@pytest.mark.parametrize("key", ["conditions", "labs", "medications"])
@pytest.mark.parametrize("how", ["unavailable", "incomplete"])
def test_nothing_points_at_the_kidneys_only_where_the_lists_came_whole_Q51(
    key: str, how: str
) -> None:
    assert scenario_of(**{how: [key]}).kidney_risk.is_unknown
