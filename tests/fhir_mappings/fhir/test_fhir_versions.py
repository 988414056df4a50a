"""Which FHIR version a request speaks, and the differences of shape between versions."""

import copy

import pytest

from fhir_mappings.fhir.record import Placed
from fhir_mappings.fhir.shapes import repair_order, write_shape
from fhir_mappings.fhir.versions import (
    FhirVersion,
    detect_version,
    parse_version,
    read_as_needed,
    read_medication,
    read_reasons,
)


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("R4", FhirVersion.R4),
        ("r4b", FhirVersion.R4B),
        ("STU3", FhirVersion.STU3),
        ("dstu2", FhirVersion.DSTU2),
        ("R5", FhirVersion.R5),
        ("4.0.1", FhirVersion.R4),
        ("4.3.0", FhirVersion.R4B),
        ("3.0.2", FhirVersion.STU3),
        ("1.0.2", FhirVersion.DSTU2),
        ("5.0.0", FhirVersion.R5),
        ("6.0", None),
        ("", None),
        (None, None),
        (4, None),
    ],
)
def test_a_version_is_known_by_name_and_number(name, version):
    assert parse_version(name) is version


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        ({"resourceType": "MedicationOrder"}, FhirVersion.DSTU2),
        ({"resourceType": "DiagnosticOrder"}, FhirVersion.DSTU2),
        ({"resourceType": "ProcedureRequest", "orderer": {}}, FhirVersion.DSTU2),
        ({"resourceType": "ProcedureRequest", "intent": "order"}, FhirVersion.STU3),
        ({"resourceType": "MedicationRequest", "medication": {"concept": {}}}, FhirVersion.R5),
        (
            {"resourceType": "MedicationRequest", "dosageInstruction": [{"doseAndRate": []}]},
            FhirVersion.R4,
        ),
        (
            {"resourceType": "MedicationRequest", "dosageInstruction": {"doseAndRate": {}}},
            FhirVersion.R4,
        ),
        ({"resourceType": "MedicationRequest", "requester": {"agent": {}}}, FhirVersion.STU3),
        ({"resourceType": "MedicationRequest", "context": {}}, FhirVersion.STU3),
        (
            {"resourceType": "MedicationRequest", "dosageInstruction": [{"doseQuantity": {}}]},
            FhirVersion.R4,
        ),
        ({"resourceType": "MedicationRequest"}, FhirVersion.R4),
        ({"resourceType": "ServiceRequest"}, FhirVersion.R4),
        ({}, FhirVersion.R4),
    ],
)
def test_the_shape_of_a_draft_tells_its_version_R158(resource, version):
    assert detect_version([Placed("entry[0]", resource)]) is version


def test_the_first_draft_that_tells_decides_R158():
    drafts = [
        Placed("a", {"resourceType": "Patient"}),
        Placed("b", {"resourceType": "MedicationOrder"}),
    ]

    assert detect_version(drafts) is FhirVersion.DSTU2


def test_what_the_client_names_comes_before_the_shape_R158():
    drafts = [Placed("a", {"resourceType": "MedicationOrder"})]

    assert detect_version(drafts, hint="R4") is FhirVersion.R4


def test_the_setting_of_the_client_comes_first_R158():
    assert detect_version([], hint="R4", configured=FhirVersion.STU3) is FhirVersion.STU3


@pytest.mark.parametrize(
    "resource",
    [
        {"reasonCode": {"text": "a"}},
        {"reasonCode": [{"text": "a"}]},
        {"reasonCodeableConcept": {"text": "a"}},
        {"reason": [{"concept": {"text": "a"}}]},
        {"reasonReference": [{"reference": "Condition/a"}]},
    ],
)
def test_reasons_are_found_under_the_name_of_every_version(resource):
    assert len(read_reasons(resource)) == 1


@pytest.mark.parametrize(
    ("line", "flag"),
    [
        ({"asNeededBoolean": False}, False),
        ({"asNeeded": True}, True),
        ({"asNeededFor": []}, False),
        ({}, False),
    ],
)
def test_as_needed_is_read_as_stated(line, flag):
    assert read_as_needed(line) is flag


R4 = {
    "resourceType": "MedicationRequest",
    "encounter": {"reference": "Encounter/e"},
    "requester": {"reference": "Practitioner/u"},
    "courseOfTherapyType": {"text": "continuous"},
    "medicationCodeableConcept": {"text": "x"},
    "reasonReference": [{"reference": "Condition/c"}],
    "dosageInstruction": [
        {"asNeededBoolean": False, "doseAndRate": [{"doseQuantity": {"value": 1}}]}
    ],
}


def test_writing_another_version_changes_the_shape_and_not_the_original():
    before = copy.deepcopy(R4)

    stu3, r5 = write_shape(R4, FhirVersion.STU3), write_shape(R4, FhirVersion.R5)

    assert before == R4
    assert stu3["context"] == {"reference": "Encounter/e"}
    assert stu3["requester"] == {"agent": {"reference": "Practitioner/u"}}
    assert stu3["dosageInstruction"] == [{"asNeededBoolean": False, "doseQuantity": {"value": 1}}]
    assert "courseOfTherapyType" not in stu3
    assert r5["medication"] == {"concept": {"text": "x"}}
    assert r5["reason"] == [{"reference": {"reference": "Condition/c"}}]
    assert r5["dosageInstruction"][0]["asNeeded"] is False


def test_DSTU2_is_not_written_R159():
    assert write_shape(R4, FhirVersion.DSTU2) is None


def test_known_faults_of_shape_are_mended_and_nothing_else_is_changed_R166():
    faulty = {
        "resourceType": "MedicationRequest",
        "id": "1",
        "priority": None,
        "category": {"text": "community"},
        "insurance": {"reference": "Coverage/1"},
        "extension": [{"url": "urn:x", "valueCode": "kept"}],
        "dosageInstruction": [
            {
                "doseQuantity": {"value": 1},
                "timing": {"repeat": {"period": 1, "periodUnits": "d", "boundsPeriod": {}}},
            }
        ],
    }

    mended = repair_order(faulty, FhirVersion.R4)

    assert mended == {
        "resourceType": "MedicationRequest",
        "id": "1",
        "category": [{"text": "community"}],
        "insurance": [{"reference": "Coverage/1"}],
        "extension": [{"url": "urn:x", "valueCode": "kept"}],
        "dosageInstruction": [
            {
                "doseAndRate": [{"doseQuantity": {"value": 1}}],
                "timing": {"repeat": {"period": 1, "periodUnit": "d"}},
            }
        ],
    }


def test_what_holds_nothing_is_left_out_at_any_depth_R166():
    """No resource may hold an empty text, list or object; a null keeps its place in a list."""
    received = {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": {"coding": [], "text": "folic acid 5 mg"},
        "encounter": {"reference": " "},
        "reasonCode": [{"coding": [{"system": "", "code": "", "display": None}], "text": ""}],
        "note": [{}, {"text": "with food"}],
        "dosageInstruction": [
            {
                "text": "one a day",
                "asNeededBoolean": False,
                "timing": {"event": [None, "2026-12-01"], "_event": [{"id": "a"}, None]},
                "doseAndRate": [{"type": {"coding": []}, "doseQuantity": {"value": 0, "unit": ""}}],
            }
        ],
    }

    assert repair_order(received, FhirVersion.R4) == {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": {"text": "folic acid 5 mg"},
        "note": [{"text": "with food"}],
        "dosageInstruction": [
            {
                "text": "one a day",
                "asNeededBoolean": False,
                "timing": {"event": [None, "2026-12-01"], "_event": [{"id": "a"}, None]},
                "doseAndRate": [{"doseQuantity": {"value": 0}}],
            }
        ],
    }


@pytest.mark.parametrize("dosage", ["1 daily", ["1 daily"], [None], []])
def test_dosage_that_is_no_dosage_is_left_out_R166(dosage):
    assert "dosageInstruction" not in repair_order(
        {"resourceType": "MedicationRequest", "dosageInstruction": dosage}, FhirVersion.R4
    )


NAMED, HELD = {"text": "Hydroxocobalamin 1 mg"}, {"reference": "#m"}


@pytest.mark.parametrize(
    ("written", "concept", "reference"),
    [
        ({"medicationCodeableConcept": NAMED}, NAMED, None),
        ({"medicationReference": HELD}, None, HELD),
        ({"medication": {"concept": NAMED}}, NAMED, None),
        ({"medication": {"reference": HELD}}, None, HELD),
        ({"medication": NAMED}, NAMED, None),
        ({"medication": {"coding": [{"code": "5514"}]}}, {"coding": [{"code": "5514"}]}, None),
        ({"medication": "Hydroxocobalamin 1 mg"}, "Hydroxocobalamin 1 mg", None),
        ({"medication": HELD}, None, HELD),
        ({}, None, None),
    ],
)
def test_the_drug_is_found_in_every_shape_that_clients_write_R166(written, concept, reference):
    assert read_medication(written) == (concept, reference)
