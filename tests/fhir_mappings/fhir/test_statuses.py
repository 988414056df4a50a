"""A status in every form in which it is written (PROTOCOL R166)."""

from typing import Any

import pytest

from fhir_mappings.fhir.statuses import (
    code_of,
    codes_of,
    read_clinical,
    read_verification,
    sayings_of,
)

HL7 = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
OLD = "http://hl7.org/fhir/condition-ver-status"


def coded(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code} for system, code in pairs]}


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("final", "final"),
        (" FINAL ", "final"),
        ("Entered in Error", "entered-in-error"),
        ("entered_in_error", "entered-in-error"),
        ("on  hold", "on-hold"),
        ({"text": "On Hold"}, "on-hold"),
        ({"coding": [{"display": "In Progress"}]}, "in-progress"),
        (coded(("urn:x", "A"), (HL7, "refuted")), "refuted"),
        (coded(("urn:x", "A"), (OLD, "refuted")), "refuted"),
        (coded((HL7, ""), ("urn:x", "A")), "a"),
        (coded(("urn:x", "A")) | {"text": "Refuted"}, "a"),
        ([coded((HL7, "refuted"))], "refuted"),
        (["final"], "final"),
        ({"coding": [None], "text": "Final"}, "final"),
        (None, ""),
        ("", ""),
        ({}, ""),
        ([None], ""),
        (5, ""),
    ],
)
def test_a_status_has_one_spelling(written: Any, code: str) -> None:
    assert code_of(written) == code


def test_all_of_several_are_there() -> None:
    both = coded((HL7, "refuted"), (HL7, "confirmed"))
    assert codes_of(both) == ["refuted", "confirmed"]
    assert codes_of(coded(("urn:x", "refuted"), (HL7, "confirmed"))) == ["confirmed"]
    display = {"coding": [{"code": "24484000", "display": "Severe"}], "text": "very bad"}
    assert sayings_of([display, "High Risk"]) == {"24484000", "severe", "very-bad", "high-risk"}


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("confirmed", "confirmed"),
        ("provisional", "provisional"),
        (coded((HL7, "confirmed"), ("urn:x", "refuted")), "confirmed"),
        (coded((HL7, "refuted"), (HL7, "entered-in-error")), "entered-in-error"),
        (coded(("urn:x", "A")) | {"text": "Refuted"}, "refuted"),
        (coded((HL7, "refuted"), ("urn:x", "A")), "refuted"),
        (coded((HL7, "refuted")) | {"text": "Entered in error"}, "refuted"),
        (coded((HL7, "refuted")) | {"text": "Confirmed"}, "unconfirmed"),
        (coded((HL7, "confirmed")) | {"text": "Suspected"}, "unconfirmed"),
        (coded((HL7, "confirmed")) | {"text": "Refuted"}, "unconfirmed"),
        (coded((HL7, "confirmed")) | {"text": "Confirmed present"}, "confirmed"),
        (coded((HL7, "refuted"), (HL7, "confirmed")), "unconfirmed"),
        (coded((HL7, "confirmed"), (HL7, "differential")), "unconfirmed"),
        ({"text": "not refuted"}, "unconfirmed"),
        (
            {"coding": [{"code": "1", "display": "Entered in error (qualifier value)"}]},
            "entered-in-error",
        ),
        ({"coding": [{"code": "1", "display": "Known absent (qualifier value)"}]}, "unconfirmed"),
        ({"text": "Verdacht auf"}, "unconfirmed"),
        ({"text": "final diagnosis"}, ""),
        (coded(("urn:x", "C")), ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_what_contradicts_itself_is_unconfirmed(written: Any, says: str) -> None:
    assert read_verification({"verificationStatus": written}) == says


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (coded((HL7, "resolved"), (HL7, "active")), "active"),
        (coded((HL7, "active"), (HL7, "relapse")), "relapse"),
        (coded((HL7, "resolved"), (HL7, "inactive")), "resolved"),
        (coded((HL7, "resolved")) | {"text": "Active"}, "active"),
        (coded((HL7, "resolved")) | {"text": "Resolved in 2019"}, "resolved"),
        (coded((HL7, "resolved"), (HL7, "bogus")), ""),
        ("remission", "remission"),
        ({"text": "Past"}, "past"),
        ({"text": "Resolved."}, "resolved"),
        (coded(("urn:x", "R")) | {"text": "Resolved"}, "resolved"),
        (coded(("urn:x", "R")), "r"),
        (None, ""),
    ],
)
def test_what_contradicts_itself_is_not_over(written: Any, says: str) -> None:
    assert read_clinical({"clinicalStatus": written}) == says
