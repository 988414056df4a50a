"""Every draft that can be written in R4, judged by three validators that share no code with ours or
with each other.

Run `npm ci` in this directory once; without node or its packages the test is skipped, and says so.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from fhir_mappings.drafts import draft_changes, injection_sites, medication_request, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir.record import Resource
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology.code_systems import RXNORM
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE, N_LOAD
from recommender.language.course import FollowUp, InjectionSite, Test

HERE = Path(__file__).parent
NODE = shutil.which("node")
DAY = dt.date(2026, 11, 21)
TECHNIQUE = ("Use a 25 to 27 gauge needle.", "Press on the site for 5 to 10 minutes.")

pytestmark = [
    pytest.mark.skipif(
        NODE is None, reason="node is not installed: the independent FHIR validators cannot run"
    ),
    pytest.mark.skipif(
        not (HERE / "node_modules" / "fhir").is_dir(),
        reason="run `npm ci` in tests/validators to install the validators",
    ),
]

CONTEXT = DraftContext(
    FhirVersion.R4,
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

RECEIVED: Resource = {
    "resourceType": "MedicationRequest",
    "id": "request-123",
    "status": "draft",
    "subject": {"reference": "Patient/p1"},
    "authoredOn": "2026-11-20",
    "category": {
        "coding": [
            {
                "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
                "code": "community",
            }
        ]
    },
    "medicationCodeableConcept": {
        "text": "Vitamin B 12 1 MG Oral Tablet",
        "coding": [{"system": RXNORM, "code": "309593"}],
    },
    "reasonCode": {"text": "Pernicious anaemia"},
    "dosageInstruction": [
        {
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            "doseAndRate": {
                "doseQuantity": {
                    "value": 1,
                    "system": "http://unitsofmeasure.org",
                    "code": "{pill}",
                }
            },
        }
    ],
    "dispenseRequest": {
        "expectedSupplyDuration": {
            "value": 30,
            "unit": "days",
            "system": "http://unitsofmeasure.org",
            "code": "d",
        }
    },
}
"""A draft as the reference sandbox sends it: what our changes make of it has to be valid although
it is not.
"""


def judge(resources: list[Resource]) -> list[dict[str, list[str]]]:
    assert NODE is not None
    done = subprocess.run(
        [NODE, "validate.mjs"],
        cwd=HERE,
        input=json.dumps(resources),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    verdicts: list[dict[str, list[str]]] = json.loads(done.stdout)
    return verdicts


def test_three_independent_validators_find_nothing_wrong_with_any_draft():
    drafts = [
        medication_request.draft(phase, CONTEXT, TECHNIQUE, "MedicationRequest/old", DAY)
        for phase in CATALOGUE
    ]
    drafts += [
        service_request.draft(FollowUp(test, months=3, why="review", citations=("S35",)), CONTEXT)
        for test in Test
    ]
    drafts += [draft_changes.rewrite(RECEIVED, phase, CONTEXT, TECHNIQUE) for phase in CATALOGUE]
    drafts += [
        draft_changes.with_technique(RECEIVED, TECHNIQUE, CONTEXT),
        draft_changes.with_start(RECEIVED, DAY, CONTEXT),
        injection_sites.with_site(RECEIVED, InjectionSite.DELTOID, CONTEXT),
    ]
    resources = [draft for draft in drafts if draft is not None]

    verdicts = judge(resources)

    assert len(verdicts) == 3 + 2 * len(CATALOGUE) + len(Test)
    assert [verdict for verdict in verdicts if any(verdict.values())] == []


def test_each_validator_finds_the_fault_it_is_known_for():
    draft = medication_request.draft(N_LOAD, CONTEXT) or {}
    wrong_period = json.loads(json.dumps(draft))
    wrong_period["dosageInstruction"][0]["timing"]["repeat"]["periodUnit"] = "day"

    schema, medplum, lantana = judge(
        [wrong_period, draft | {"surprise": 1}, draft | {"status": "bogus"}]
    )

    assert schema["schema"]
    assert medplum["medplum"]
    assert lantana["lantana"]
