"""Every draft that a card offers, in each FHIR version that is written, judged by the HL7
validation engine; and what US Core asks for beyond it.

`./run test` builds the engine by Maven; without Java or Maven the judge is skipped and says so.
"""

from __future__ import annotations

import copy
import datetime as dt
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.decision import decide_request
from cds_service.site import DEMONSTRATION_CLIENT, demonstration
from cds_service.workbench.prepared import load_patients
from fhir_mappings.drafts import medication_request, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE
from recommender.language.course import FollowUp, Test

HERE = Path(__file__).parent
JAVA = shutil.which("java")
DAY = dt.date(2026, 11, 26)
ENGINE_VERSIONS = {"STU3": "DSTU3", "R4": "R4", "R4B": "R4B", "R5": "R5"}
"""Our name of a FHIR version -> that of the engine."""

Resource = dict[str, Any]

needs_engine = [
    pytest.mark.skipif(JAVA is None, reason="java is not installed: the HL7 engine cannot run"),
    pytest.mark.skipif(
        not (HERE / "target" / "lib").is_dir(),
        reason="the HL7 engine was not built by maven: run ./run test where it is installed",
    ),
]


def judge(resources: list[tuple[str, Resource]]) -> list[list[str]]:
    """Return the errors of each resource, given with the name of its FHIR version."""
    assert JAVA is not None
    lines = [
        f"{ENGINE_VERSIONS[version]} {json.dumps(resource)}" for version, resource in resources
    ]
    path = os.pathsep.join([str(HERE / "target" / "classes"), str(HERE / "target" / "lib" / "*")])
    done = subprocess.run(
        [JAVA, "-cp", path, "Validate"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return [line.split("\t") if line else [] for line in done.stdout.splitlines()]


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


def drafts_on_cards(version: FhirVersion) -> Iterator[Resource]:
    """Yield what the suggestions of every prepared patient would create or update."""
    client = replace(DEMONSTRATION_CLIENT, fhir_version=version.name)
    value_sets = load_value_sets()
    for patient in load_patients():
        request = patient.request_at(DAY)
        for card in decide_request(request, demonstration(), value_sets, DAY, client).cards:
            for suggestion in card.get("suggestions", []):
                for action in suggestion.get("actions", []):
                    if isinstance(action.get("resource"), dict):
                        yield action["resource"]


class TestEngine:
    pytestmark = needs_engine

    @pytest.mark.parametrize("name", ENGINE_VERSIONS)
    def test_the_engine_finds_each_planted_fault_and_no_error_in_any_draft(self, name: str) -> None:
        version = FhirVersion[name]
        drafts = [*drafts_of_the_catalogue(version), *drafts_on_cards(version)]
        faults = list(faults_of(drafts[0]))

        verdicts = judge([(name, resource) for resource in (*drafts, *dict(faults).values())])

        assert len(verdicts) == len(drafts) + len(faults)
        judged = zip(drafts, verdicts[: len(drafts)], strict=True)
        assert [(draft, found) for draft, found in judged if found] == []
        planted = zip(faults, verdicts[len(drafts) :], strict=True)
        assert [what for (what, _), found in planted if not found] == []


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


@pytest.mark.parametrize("name", ENGINE_VERSIONS)
def test_an_order_names_its_requester_as_us_core_asks_R190(name: str) -> None:
    for draft in drafts_of_the_catalogue(FhirVersion[name]):
        if draft["resourceType"] == "MedicationRequest":
            assert draft["requester"], draft
