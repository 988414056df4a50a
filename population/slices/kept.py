"""What sorting gives: what is kept of the input, and what is at fault in it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

HOME: dict[str, str] = {
    "Patient": "patient",
    "Condition": "conditions",
    "Observation": "labs",
    "DiagnosticReport": "labs",
    "Specimen": "labs",
    "QuestionnaireResponse": "labs",
    "MedicationRequest": "medications",
    "MedicationOrder": "medications",
    "MedicationPrescription": "medications",
    "MedicationStatement": "statements",
    "MedicationUsage": "statements",
    "MedicationAdministration": "administrations",
    "MedicationDispense": "administrations",
    "Medication": "medications",
    "Procedure": "procedures",
    "AllergyIntolerance": "allergies",
}
"""The list, by prefetch key, under which the resources of each type come; other types are not
read.
"""

OF_OTHER_VERSIONS = frozenset({"MedicationOrder", "MedicationPrescription", "MedicationUsage"})
"""Names that FHIR gave in versions without Bulk Data; a server refuses what it does not know."""

TYPES_ASKED = tuple(sorted(HOME.keys() - OF_OTHER_VERSIONS))
"""The types to ask a server for."""

SHARED = "Medication"
"""The type whose resources belong to nobody; they come with the entries that point to them."""

MOST_FAULTS = 10_000
"""Lines at fault that are named one by one in one piece of the input."""


class Kept(NamedTuple):
    """A resource that goes into a slice. `position` is its line; `patient` is empty of what belongs
    to nobody; `bundled` says that it came in a Bundle of one patient, whose ids may be its own.
    """

    patient: str
    key: str
    reference: str
    position: int
    line: bytes
    bundled: bool = False


CUT_LINE = "is not JSON: it ends in the middle"

EVERY_LIST = "*"
"""The key of a fault by which any list of a patient may lack an entry."""


class Fault(NamedTuple):
    """What is wrong with a line, and whose list may lack an entry by it where that can be told.

    `patient` is empty where it is not known; `key` is empty where no list is touched, EVERY_LIST
    where it may be any.
    """

    line: int
    reason: str
    patient: str = ""
    key: str = ""


_PATIENT = re.compile(rb'"reference"\s*:\s*"(?:[^"]*/)?Patient/([^"/\s:#\\]+)["/]')
_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,40})"')


def broken(content: bytes, number: int) -> Fault:
    """Return the fault of a line that is not JSON, or no resource, with whose list it may have
    belonged to; also where the resource stands in a text, with its quotes escaped.
    """
    content = content.replace(b"\\/", b"/").replace(b'\\"', b'"')
    patient, kind = _PATIENT.search(content), _TYPE.search(content)
    named = patient.group(1).decode("utf-8", "replace") if patient else ""
    key = HOME.get(kind.group(1).decode("ascii"), "") if kind else ""
    closed = content.endswith(b"\n") and content.rstrip().endswith(b"}")
    reason = "is not JSON" if closed else CUT_LINE
    return Fault(number, reason, named, key if kind else EVERY_LIST)


@dataclass(slots=True)
class Sorted:
    """What came of one piece of the input; `read` and `dropped` are counts by resource type,
    `deleted` references of resources that it says are deleted, `loose` whether an entry of a list
    came otherwise than in the Bundle of its patient.
    """

    kept: list[Kept] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    codes: Counter[bytes] = field(default_factory=Counter)
    deleted: set[str] = field(default_factory=set)
    lines: int = 0
    loose: bool = False
    more_faults: int = 0

    def refuse(self, number: int, reason: str) -> None:
        """Note a fault of the file itself."""
        self.fail(Fault(number, reason))

    def fail(self, fault: Fault) -> None:
        """Note what is wrong with a line; beyond ten thousand of a piece they are only counted."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)
        else:
            self.more_faults += 1
