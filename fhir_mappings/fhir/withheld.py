"""Whether a record says of itself that it is not all there is: something was withheld or cut out of
it, or it is not the patient's main record. One label or link in the place of a list of them counts
as its only one (R166).
"""

from __future__ import annotations

from typing import Any

from fhir_mappings.fhir.reading import as_list, as_text, read_flag, what_changes
from fhir_mappings.fhir.statuses import code_of

OBSERVATION_VALUES = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
        "http://hl7.org/fhir/v3/ObservationValue",
        "urn:oid:2.16.840.1.113883.5.1063",
        "",
    }
)
"""The system of the labels as it is written; one that is left out may be it."""

CUT = frozenset({"REDACTED", "MASKED", "SUBSETTED"})
"""HL7's security labels of what was taken out of a resource or Bundle before it was sent."""

SUPPRESSED = "suppressed"
"""HL7's code of an issue that says that matches were not sent."""

NOT_ALL = frozenset(
    {
        *("incomplete", "timeout", "too-costly", "throttled", "transient", "lock-error"),
        *("no-store", "exception", "security", "login", "forbidden", "expired"),
    }
)
"""HL7's codes of issues by which some source did not answer, was not asked, or was not allowed to:
an empty answer with a warning of another kind says that there is nothing (R54).
"""

STAYS_MAIN = frozenset({"replaces", "seealso"})
"""HL7's links to another Patient beside which this one is the main record. `replaced-by` (`replace`
in DSTU2) and `refer` say that the other is; a link of no known type may.
"""


def is_cut(resource: dict[str, Any]) -> bool:
    """Return whether labels say that something was taken out of a resource or Bundle."""
    meta = resource.get("meta")
    if not isinstance(meta, dict):
        return False
    return any(
        isinstance(label, dict)
        and as_text(label.get("system")) in OBSERVATION_VALUES
        and as_text(label.get("code")) in CUT
        for name in ("security", "tag")
        for label in as_list(meta.get(name))
    )


def says_suppressed(outcome: dict[str, Any]) -> bool:
    """Return whether an OperationOutcome says that matches were not sent."""
    return SUPPRESSED in _codes_of_issues(outcome)


def says_not_all_came(outcome: dict[str, Any]) -> bool:
    """Return whether an OperationOutcome says, if only as a warning, that the search was not
    answered in full.
    """
    return not NOT_ALL.isdisjoint(_codes_of_issues(outcome))


def _codes_of_issues(outcome: dict[str, Any]) -> set[str]:
    issues = outcome.get("issue")
    listed = issues if isinstance(issues, list) else []
    return {as_text(issue.get("code")) for issue in listed if isinstance(issue, dict)}


def says_not_filled(resource: dict[str, Any]) -> bool:
    """Return whether a resource is a List that is empty for another reason than that there is none:
    not asked, withheld, not available (FHIR's `emptyReason`).
    """
    reason = resource.get("emptyReason")
    if resource.get("resourceType") != "List" or reason is None:
        return False
    codings = as_list(reason.get("coding")) if isinstance(reason, dict) else []
    codes = {as_text(coding.get("code")) for coding in codings if isinstance(coding, dict)}
    return resource.get("status") != "entered-in-error" and codes.isdisjoint(NIL_KNOWN)


NIL_KNOWN = ("nilknown", "nil-known")
"""The reason of an empty List that says that there is none: R4's code, DSTU2's."""


def is_not_main(patient: dict[str, Any]) -> bool:
    """Return whether a Patient is out of use or names another record as the one that counts; one
    of which it cannot be read whether it is in use counts as out of it.
    """
    links = [link for link in as_list(patient.get("link")) if isinstance(link, dict) and link]
    is_active = patient.get("active", True)
    return is_active not in (True, None) or any(
        code_of(link.get("type")) not in STAYS_MAIN for link in links
    )


DENIALS = frozenset({"doNotPerform", "notGiven", "wasNotGiven", "wasNotTaken"})
"""Elements by which an entry of a medicine says that it was not given, or is not to be."""


def changed_by(medicine: dict[str, Any]) -> str:
    """Return in words what may turn an entry of a medicine into its opposite and cannot be read: an
    extension or rules that modify it, or a denial that is neither true nor false; else empty.
    """
    if changes := what_changes(medicine):
        return changes
    if DENIALS.isdisjoint(medicine):
        return ""
    unread = [name for name in sorted(DENIALS) if read_flag(medicine.get(name)) is None]
    return f"an element {unread[0]} that is not read" if unread else ""
