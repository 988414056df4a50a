"""Named test patients: a realistic record with noise, the request a client would send, and the
answer that must come.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from synthetic.noise import add_noise
from synthetic.records import Chart
from synthetic.stories import STORIES, Story

Resource = dict[str, Any]

NOISE_SEED = 20
"""Fixes the noise of each patient, so that the same day gives the same record."""


@dataclass(frozen=True, slots=True)
class SandboxPatient:
    """One test patient. `resources` is the whole record with the Patient first; `drafts` what is
    being ordered.
    """

    story: Story
    patient: str
    resources: tuple[Resource, ...]
    drafts: tuple[Resource, ...]

    @property
    def hook(self) -> str:
        return "order-sign" if self.drafts else "patient-view"

    @property
    def expected(self) -> str:
        """What must be answered, in a sentence."""
        said = f"card {', '.join(self.story.cards)}" if self.story.cards else "no card"
        site = "; needs its own site file" if self.story.site else ""
        failed = "; its queries fail, as the request says them" if self.story.failed else ""
        return f"{self.story.what}: rule {self.story.rule}, {said}{site}{failed}"

    def request(self, hook: str = "", drafts: tuple[Resource, ...] | None = None) -> Resource:
        """Return the request of a hook about this patient, everything in prefetch."""
        chosen = hook or self.hook
        ordered = self.drafts if drafts is None else drafts
        context: Resource = {"patientId": self.patient, "userId": "Practitioner/sandbox"}
        if chosen != "patient-view":
            entries = [{"resource": draft} for draft in ordered]
            context["draftOrders"] = {"resourceType": "Bundle", "entry": entries}
        if chosen == "order-select":
            context["selections"] = [f"{d['resourceType']}/{d['id']}" for d in ordered]
        return {
            "hook": chosen,
            "hookInstance": "5a0b5c0e-7a51-4c46-9d8e-0c1f2a3b4c5d",
            "context": context,
            "prefetch": self._prefetch(),
        }

    def as_json(self) -> Resource:
        """Return the row of `sandbox patients --json`."""
        row: Resource = {
            "name": self.story.name,
            "rules": [self.story.rule],
            "cards": list(self.story.cards),
            "expected": self.expected,
            "request": self.request(),
        }
        return row | {"site": self.story.site} if self.story.site else row

    def _prefetch(self) -> Resource:
        prefetch: Resource = {"patient": self.resources[0]}
        for key, kinds in LISTS.items():
            if key in self.story.failed:
                prefetch[key] = FAILED
                continue
            found = [one for one in self.resources if one["resourceType"] in kinds]
            prefetch[key] = {
                "resourceType": "Bundle",
                "type": "searchset",
                "total": len(found),
                "entry": [{"resource": one} for one in found],
            }
        return prefetch


FAILED: Resource = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout", "diagnostics": "no answer"}],
}
"""What a client sends for a query that failed (R53)."""

LISTS: dict[str, frozenset[str]] = {
    "conditions": frozenset({"Condition"}),
    "labs": frozenset({"Observation"}),
    "medications": frozenset({"MedicationRequest"}),
    "statements": frozenset({"MedicationStatement"}),
    "administrations": frozenset({"MedicationAdministration"}),
    "procedures": frozenset({"Procedure"}),
    "allergies": frozenset({"AllergyIntolerance"}),
}


def sandbox_patients(as_of: dt.date, rule: str = "") -> list[SandboxPatient]:
    """Return the test patients, those of one rule or card where one is named."""
    return [
        _tell(story, as_of)
        for story in STORIES
        if not rule or rule == story.rule or rule in story.cards
    ]


def _tell(story: Story, as_of: dt.date) -> SandboxPatient:
    patient = re.sub(r"[^a-z]+", "-", story.name.lower())
    chart = Chart(patient, as_of)
    chart.write_person(story.name, story.born, story.sex, **died(story))
    chart.write(story.lines)
    drafts = tuple(write_drafts(chart, story))
    add_noise(chart, Random(f"{NOISE_SEED}-{patient}"))
    return SandboxPatient(story, patient, tuple(chart.resources), drafts)


def died(story: Story) -> Resource:
    """Return what the Patient says of a person who died."""
    return {"deceasedBoolean": True} if story.died else {}


def write_drafts(chart: Chart, story: Story) -> Iterator[Resource]:
    """Yield what is being ordered: a new order, a stop of the active one, or a test of B12."""
    for number, words in enumerate(story.orders):
        if words == "stop":
            active = next(
                one for one in chart.resources if one["resourceType"] == "MedicationRequest"
            )
            yield {**active, "status": "stopped"}
        elif words == "test B12":
            yield chart.test_order(f"draft-{number}")
        else:
            yield chart.order(words, f"draft-{number}")


def sandbox_bundle(patients: list[SandboxPatient]) -> Resource:
    """Return one transaction Bundle that puts all patients on a FHIR server."""
    entries = [
        {
            "resource": resource,
            "request": {"method": "PUT", "url": f"{resource['resourceType']}/{resource['id']}"},
        }
        for patient in patients
        for resource in patient.resources
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}
