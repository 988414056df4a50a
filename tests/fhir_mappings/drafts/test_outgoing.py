"""The last gate: each fault that a validator is known to let through is caught, and a good draft
passes.
"""

import copy
import datetime as dt
import sys

import pytest

from fhir_mappings.drafts import medication_request, outgoing, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import M_LOAD
from recommender.language.course import FollowUp, Test

VALUE_SETS = load_value_sets()
WRITTEN = [version for version in FhirVersion if version.can_be_written]


def context_in(version: FhirVersion) -> DraftContext:
    return DraftContext(
        version,
        "p1",
        dt.date(2026, 11, 21),
        VALUE_SETS,
        encounter_id="e1",
        user_id="Practitioner/u1",
        rule="M2",
    )


def good(version: FhirVersion = FhirVersion.R4) -> dict:
    return copy.deepcopy(medication_request.draft(M_LOAD, context_in(version)))


def changed(path: str, value: object) -> dict:
    """Return a good draft with one element set: `a.0.b` names the place."""
    resource = good()
    *steps, last = path.split(".")
    target = resource
    for step in steps:
        target = target[int(step)] if step.isdigit() else target[step]
    target[int(last) if last.isdigit() else last] = value
    return resource


@pytest.mark.parametrize("version", WRITTEN)
def test_a_good_draft_passes(version):
    assert outgoing.check_outgoing(good(version), version) == []


REPEAT = "dosageInstruction.0.timing.repeat"
QUANTITY = "dosageInstruction.0.doseAndRate.0.doseQuantity"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("surprise", 1, "surprise: Extra inputs"),
        ("status", "bogus", "a code that is not in its list"),
        ("intent", "wish", "a code that is not in its list"),
        ("priority", "soon", "a code that is not in its list"),
        (f"{REPEAT}.periodUnit", "day", "a code that is not in its list"),
        (f"{REPEAT}.dayOfWeek", ["monday"], "a code that is not in its list"),
        ("subject", {"reference": "Medication/1"}, "a reference to a type that is not allowed"),
        (
            "requester",
            {"reference": "https://ehr.example.org/fhir/Condition/1"},
            "a reference to a type that is not allowed",
        ),
        (
            "reasonReference",
            [{"reference": "Procedure/1"}],
            "a reference to a type that is not allowed",
        ),
        (f"{QUANTITY}.value", "1000", "a number or boolean is written as text"),
        (f"{REPEAT}.frequency", "3", "a number or boolean is written as text"),
        ("dosageInstruction.0.asNeededBoolean", "false", "a number or boolean is written as text"),
        ("medicationReference", {"reference": "Medication/1"}, "medication"),
        ("note", [], "note: is empty"),
        ("priorPrescription", {}, "priorPrescription: is empty"),
        ("priority", "", "priority"),
        ("encounter", None, "encounter: is empty"),
        (QUANTITY, {"value": 1, "code": "mg"}, "a quantity has a code without its system"),
        (
            "priorPrescription",
            {"reference": "#gone"},
            "refers to a contained resource that is not there",
        ),
        ("text", {"status": "generated", "div": "<p>no</p>"}, "the narrative is not an XHTML div"),
        ("authoredOn", "2026-02-30", "authoredOn"),
        ("contained", [{"resourceType": "NoSuchType"}], "does not know"),
        ("contained", True, "contained"),
        ("subject", None, "subject"),
    ],
)
def test_each_fault_is_caught(path, value, said):
    problems = outgoing.check_outgoing(changed(path, value), FhirVersion.R4)

    assert any(said in problem for problem in problems), problems


def test_the_id_is_echoed_and_not_judged_R161():
    assert outgoing.check_outgoing(good() | {"id": "e_R.-" * 50}, FhirVersion.R4) == []


def test_a_reference_whose_type_cannot_be_told_passes():
    assert (
        outgoing.check_outgoing(
            changed("requester", {"reference": "urn:uuid:7c2b7f0e"}), FhirVersion.R4
        )
        == []
    )


def test_a_contained_resource_that_is_there_may_be_referred_to():
    resource = good() | {
        "contained": [
            {"resourceType": "Condition", "id": "c", "subject": {"reference": "Patient/p1"}}
        ]
    }

    assert (
        outgoing.check_outgoing(
            resource | {"reasonReference": [{"reference": "#c"}]}, FhirVersion.R4
        )
        == []
    )


@pytest.mark.parametrize("version", [FhirVersion.STU3, FhirVersion.R5])
def test_intents_cut_short_in_the_metadata_are_still_checked(version):
    resource = service_request.draft(FollowUp(Test.MMA), context_in(version))

    assert outgoing.check_outgoing(resource | {"intent": "filler-order"}, version) == []
    assert outgoing.check_outgoing(resource | {"intent": "wish"}, version) != []


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ({}, FhirVersion.R4),
        ({"resourceType": "Patient"}, FhirVersion.R4),
        (good(), FhirVersion.DSTU2),
    ],
)
def test_what_is_never_written_does_not_pass(resource, version):
    assert outgoing.check_outgoing(resource, version) != []


def test_no_value_of_the_resource_is_in_the_answer():
    secret = changed("status", "Jane Example 1970-01-01") | {
        "surprise": "Jane Example",
        "authoredOn": "Jane Example",
    }

    assert not any("Jane" in problem for problem in outgoing.check_outgoing(secret, FhirVersion.R4))


def test_warming_up_loads_the_models_of_every_version_that_is_written():
    outgoing.warm_up()

    assert {
        "fhir.resources.STU3.timing",
        "fhir.resources.R4B.timing",
        "fhir.resources.timing",
    } <= sys.modules.keys()
