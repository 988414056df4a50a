"""Drafts of the cases in each FHIR version that is written, judged by the HL7 validation engine;
and what national profiles ask for beyond it, of every draft.

The engine judges a sample here, and all of them in `./run prove`. `./run test` builds it by Maven;
without Java or Maven the judge is skipped and says so.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from fhir_mappings.drafts import medication_request, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE
from recommender.language.course import FollowUp, Test
from tests.every_case.cases import every_case
from tests.hl7_validator.every_draft import (
    ENGINE_VERSIONS,
    HERE,
    JAVA,
    Offered,
    added_errors,
    clients,
    distinct,
    offered_in,
)

DAY = dt.date(2026, 11, 26)
EVERY_NTH = 11
"""Of the distinct drafts, those that the engine judges here."""

Resource = dict[str, Any]

needs_engine = [
    pytest.mark.skipif(JAVA is None, reason="java is not installed: the HL7 engine cannot run"),
    pytest.mark.skipif(
        not (HERE / "target" / "lib").is_dir(),
        reason="the HL7 engine was not built by maven: run ./run test where it is installed",
    ),
]


def drafts_of_the_catalogue(version: FhirVersion) -> Iterator[Resource]:
    context = DraftContext(
        version,
        "p1",
        DAY,
        load_value_sets(),
        encounter_id="e1",
        user_id="Practitioner/u1",
        group_id="7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11",
        reason_reference="Condition/c1",
        rule="N1",
        statements=("S7", "S65"),
        review_days=14,
    )
    technique = ("Use a 25 to 27 gauge needle.",)
    for phase in CATALOGUE:
        for starts in (None, DAY):
            draft = medication_request.draft(
                phase, context, technique, "MedicationRequest/o", starts
            )
            if draft is not None:
                yield draft
    for test in Test:
        follow_up = FollowUp(test, months=3, why="review", citations=("S35",))
        draft = service_request.draft(follow_up, context)
        if draft is not None:
            yield draft


@cache
def drafts_of_cases(name: str) -> list[Offered]:
    """Return the distinct drafts of every case for a client of CDS Hooks 2.0."""
    client = next(clients(name))
    return distinct(one for case in every_case() for one in offered_in(case, client))


class TestEngine:
    pytestmark = needs_engine

    def test_the_engine_finds_each_planted_fault_and_no_error_in_any_draft(self) -> None:
        """All versions at once: the engine takes a minute to start. An error that was received is
        the client's, and one that is added ours.
        """
        drafts, planted = [], []
        for name in ENGINE_VERSIONS:
            catalogue = list(drafts_of_the_catalogue(FhirVersion[name]))
            drafts += [Offered(name, "catalogue", "catalogue", draft) for draft in catalogue]
            drafts += drafts_of_cases(name)[::EVERY_NTH]
            faults = faults_of(catalogue[0])
            planted += [Offered(name, "planted", what, faulty) for what, faulty in faults]
        received = {**drafts[0].resource, "status": "drafted"}
        more = {**received, "intent": "wish"}
        changed = [
            Offered(drafts[0].version, "changed", "same", received, received),
            Offered(drafts[0].version, "changed", "one more", more, received),
        ]

        wrong = added_errors([*drafts, *planted, *changed])

        found = {(one.version, one.case) for one, _ in wrong if one.of == "planted"}
        assert found == {(one.version, one.case) for one in planted}
        assert len(found) == 7 * len(ENGINE_VERSIONS)
        [(added, errors)] = [(one.case, errors) for one, errors in wrong if one.of == "changed"]
        assert added == "one more"
        assert all("wish" in error or "intent" in error.lower() for error in errors)
        ours = [one for one in wrong if one[0].of not in ("planted", "changed")]
        assert [(one.case, errors) for one, errors in ours] == []


def faults_of(draft: Resource) -> Iterator[tuple[str, Resource]]:
    """Yield the draft with one fault each, by name."""

    def changed(**members: Any) -> Resource:
        return {**copy.deepcopy(draft), **members}

    yield "status outside its code list", changed(status="drafted")
    yield "intent outside its code list", changed(intent="wish")
    yield "no subject", {key: value for key, value in draft.items() if key != "subject"}
    yield "an element that does not exist", changed(dose="1 mg")
    yield "a date that is none", changed(authoredOn="2026-13-01")
    unit = copy.deepcopy(draft)
    unit["dosageInstruction"][0]["timing"]["repeat"]["periodUnit"] = "fortnight"
    yield "a unit of time outside its code list", unit
    yield "a list where one value stands", changed(status=["draft"])


def medicines(name: str) -> list[Offered]:
    return [
        one
        for one in drafts_of_cases(name)
        if one.resource["resourceType"] == "MedicationRequest" and one.received is None
    ]


@pytest.mark.parametrize("name", ENGINE_VERSIONS)
def test_an_order_names_its_requester_as_us_core_asks_R190(name: str) -> None:
    """us-core-21: "requester SHALL be present if intent is 'order'". A refill that nobody asked for
    names no user, and its order then names nobody either.
    """
    drafts = list(drafts_of_the_catalogue(FhirVersion[name]))
    offered = [one.resource for one in drafts_of_cases(name) if one.for_user]
    ours = [one for one in (*drafts, *offered) if one["resourceType"] == "MedicationRequest"]
    assert len(ours) > 100

    lacking = [one for one in ours if one["intent"] == "order" and not one.get("requester")]

    assert lacking == []


@pytest.mark.parametrize("name", ENGINE_VERSIONS)
def test_a_new_medicine_says_whether_another_may_be_dispensed_as_uk_core_asks_R191(
    name: str,
) -> None:
    """UK Core has `substitution` 1..1, with `allowed[x]` 1..1 in R4 (`allowed` is a boolean in
    STU3).
    """
    allowed = {"STU3": ("allowed",)}.get(name, ("allowedBoolean", "allowedCodeableConcept"))
    drafts = list(drafts_of_the_catalogue(FhirVersion[name]))
    created = [one for one in drafts if one["resourceType"] == "MedicationRequest"]
    created += [one.resource for one in medicines(name)]
    assert len(created) > 100

    lacking = [
        one for one in created if not any(way in one.get("substitution", {}) for way in allowed)
    ]

    assert lacking == []
