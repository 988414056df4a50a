"""Follow-up tests and reviews as draft ServiceRequests, and which test an order asks for.

Source: CONTRACT "The draft order" (follow-up tests); decisions 2.7.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fhir_mappings.drafts.draft_context import DraftContext, write_circumstances
from fhir_mappings.fhir import (
    Resource,
    as_dict,
    as_list,
    read_date,
    texts_of,
    write_shape,
)
from fhir_mappings.terminology import LOINC, SNOMED, Concept, Field, ValueSets
from fhir_mappings.text import normalise_text
from recommender.language import FollowUp, Test, due_date

LOINC_CODES: dict[Test, str] = {
    Test.SERUM_B12: "2132-9",
    Test.HOLOTRANSCOBALAMIN: "72160-5",
    Test.MMA: "13964-2",
    Test.HOMOCYSTEINE: "13965-9",
    Test.FULL_BLOOD_COUNT: "58410-2",
    Test.FOLATE: "2284-8",
    Test.EGFR: "98979-8",
    Test.POTASSIUM: "2823-3",
    Test.INR: "6301-6",
    Test.INTRINSIC_FACTOR_ANTIBODY: "31444-3",
    Test.COELIAC_SEROLOGY: "31017-7",
}
"""The code under which a test is drafted; the review is no laboratory test and is named in
words.
"""

TESTS: dict[Concept, Test] = {
    Concept.SERUM_B12: Test.SERUM_B12,
    Concept.ACTIVE_B12_HOLOTC: Test.HOLOTRANSCOBALAMIN,
    Concept.MMA_SERUM_PLASMA: Test.MMA,
    Concept.HOMOCYSTEINE: Test.HOMOCYSTEINE,
    Concept.CBC_PANEL: Test.FULL_BLOOD_COUNT,
    Concept.FOLATE_SERUM: Test.FOLATE,
    Concept.EGFR: Test.EGFR,
    # A creatinine order answers the same question: eGFR is computed from it.
    Concept.CREATININE: Test.EGFR,
    Concept.POTASSIUM: Test.POTASSIUM,
    Concept.INR: Test.INR,
    Concept.INTRINSIC_FACTOR_AB: Test.INTRINSIC_FACTOR_ANTIBODY,
    Concept.TTG_IGA: Test.COELIAC_SEROLOGY,
    Concept.TTG_IGG: Test.COELIAC_SEROLOGY,
}
"""Which test an ordered code asks for."""

_TEXTS: dict[str, Test] = {normalise_text(test.value): test for test in Test} | {
    "full blood count": Test.FULL_BLOOD_COUNT,
    "fbc": Test.FULL_BLOOD_COUNT,
    "cbc": Test.FULL_BLOOD_COUNT,
    "complete blood count": Test.FULL_BLOOD_COUNT,
    "methylmalonic acid": Test.MMA,
    "mma": Test.MMA,
}
"""Names of tests that laboratory displays do not have, the names that our own drafts carry among
them.
"""

TESTS_OF_B12_STATUS = frozenset(
    {Test.SERUM_B12, Test.HOLOTRANSCOBALAMIN, Test.MMA, Test.HOMOCYSTEINE}
)
"""The laboratory orders that are in scope when selected (cards.md 1)."""

_LABORATORY = ("108252007", "Laboratory procedure")
_EVALUATION = ("386053000", "Evaluation procedure")


def draft(follow_up: FollowUp, context: DraftContext) -> Resource | None:
    """Return the draft of one follow-up test or review; `None` for a FHIR version that is not
    written (R159).
    """
    category, display = _LABORATORY if follow_up.test in LOINC_CODES else _EVALUATION
    due = due_date(follow_up, context.as_of)
    resource: Resource = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "plan",
        "category": [{"coding": [{"system": SNOMED, "code": category, "display": display}]}],
        "code": _code(follow_up.test),
        **write_circumstances(context),
        "occurrenceDateTime": due.isoformat(),
    }
    if follow_up.why:
        resource["reasonCode"] = [{"text": follow_up.why}]
    if follow_up.citations:
        resource["note"] = [
            {
                "text": f"Proposed by vitamin B12 decision support: statements "
                f"{', '.join(follow_up.citations)}."
            }
        ]
    return write_shape(resource, context.version)


def _code(test: Test) -> Resource:
    name = test.value[:1].upper() + test.value[1:]
    coding = [{"system": LOINC, "code": LOINC_CODES[test]}] if test in LOINC_CODES else []
    return ({"coding": coding} if coding else {}) | {"text": name}


def read_test(resource: Mapping[str, Any], value_sets: ValueSets) -> Test | None:
    """Return which of our tests a laboratory or procedure order asks for, or `None`."""
    code = read_code(resource)
    matches = value_sets.find(code, Field.LABS)
    coded = next((TESTS[match.concept] for match in matches if match.concept in TESTS), None)
    return coded or next(
        (_TEXTS[text] for text in map(normalise_text, texts_of(code)) if text in _TEXTS), None
    )


def read_code(resource: Mapping[str, Any]) -> Any:
    """Return what is ordered: `code`, in R5 within a CodeableReference, in DSTU2 on the first item
    of a DiagnosticOrder.
    """
    code = resource.get("code") or as_dict(resource.get("item")).get("code")
    return as_dict(code).get("concept") or code


def read_due(resource: Mapping[str, Any]) -> dt.date | None:
    """Return the day for which the test is ordered, the first of several; `None` when none is
    given.
    """
    timing = as_dict(resource.get("occurrenceTiming") or resource.get("scheduledTiming"))
    bounds = as_dict(as_dict(timing.get("repeat")).get("boundsPeriod"))
    stated = [
        resource.get("occurrenceDateTime"),
        resource.get("scheduledDateTime"),
        bounds.get("start"),
        *as_list(timing.get("event")),
    ]
    stated += [
        as_dict(resource.get(name)).get("start") for name in ("occurrencePeriod", "scheduledPeriod")
    ]
    days = [span.earliest for span in map(read_date, stated) if span]
    return min(days) if days else None
