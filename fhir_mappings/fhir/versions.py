"""Which FHIR version a request speaks (DSTU2, STU3, R4, R4B or R5), and one name for each element,
whatever its version calls it.

Everything is read with the names of every version at once, because real clients mix them.
Source: PROTOCOL R158, R159, R166 and the table of 3.5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from fhir_mappings.fhir.reading import (
    MOST_LINES,
    as_dict,
    as_list,
    as_text,
    at_most,
    read_flag,
)
from fhir_mappings.fhir.record import Placed
from fhir_mappings.fhir.references import reference_of
from recommender.language import Choice


class FhirVersion(Choice):
    """A FHIR version a client may speak."""

    DSTU2 = "DSTU2"
    STU3 = "STU3"
    R4 = "R4"
    R4B = "R4B"
    R5 = "R5"

    @property
    def can_be_written(self) -> bool:
        """DSTU2 is read only: cards for it carry no actions (R159)."""
        return self is not FhirVersion.DSTU2


MEDICATION_ORDER_TYPES = frozenset(
    {"MedicationRequest", "MedicationOrder", "MedicationPrescription"}
)

TEST_ORDER_TYPES = frozenset(
    {"ServiceRequest", "ProcedureRequest", "DiagnosticOrder", "DiagnosticRequest"}
)

STATEMENT_TYPES = frozenset({"MedicationStatement", "MedicationUsage"})

DISPENSE_TYPES = frozenset({"MedicationDispense"})

ADMINISTRATION_TYPES = frozenset({"MedicationAdministration"})

_BY_NUMBER = {
    "1.0": FhirVersion.DSTU2,
    "3.0": FhirVersion.STU3,
    "4.0": FhirVersion.R4,
    "4.3": FhirVersion.R4B,
    "5.0": FhirVersion.R5,
}


def parse_version(name: object) -> FhirVersion | None:
    """Return the version of a name ("R4", "stu3") or number ("4.0.1"); `None` for anything else."""
    if not isinstance(name, str) or not name:
        return None
    wanted = name.strip().upper()
    number = re.match(r"\d+\.\d+", wanted)
    if number:
        return _BY_NUMBER.get(number.group())
    return next((version for version in FhirVersion if version.value == wanted), None)


def detect_version(
    placed: Iterable[Placed], hint: str = "", configured: FhirVersion | None = None
) -> FhirVersion:
    """Return the FHIR version of a hook request.

    The site's setting for the client wins, then the version the client names (Epic's extension),
    then the shape of the first resource that only one version can have, then R4.

    Args:
        placed: the drafts, and for patient-view, which has none, the prefetched medication orders.
    Source: R158.
    """
    named = configured or parse_version(hint)
    if named:
        return named
    shapes = (_version_of_shape(item.resource) for item in placed)
    return next((version for version in shapes if version), FhirVersion.R4)


def _version_of_shape(resource: Mapping[str, Any]) -> FhirVersion | None:
    """Return the version that only this shape of an order can have, or `None` when it fits
    several.
    """
    kind = resource.get("resourceType")
    if kind in ("MedicationOrder", "MedicationPrescription", "DiagnosticOrder"):
        return FhirVersion.DSTU2
    if kind == "ProcedureRequest":
        return (
            FhirVersion.DSTU2
            if "orderer" in resource or "orderedOn" in resource
            else FhirVersion.STU3
        )
    if kind != "MedicationRequest":
        return None
    if isinstance(resource.get("medication"), Mapping):
        return FhirVersion.R5
    lines = resource.get("dosageInstruction")
    if any(
        isinstance(line, Mapping) and "doseAndRate" in line
        for line in (lines if isinstance(lines, list) else [lines])
    ):
        return FhirVersion.R4
    requester = resource.get("requester")
    if "context" in resource or (isinstance(requester, Mapping) and "agent" in requester):
        return FhirVersion.STU3
    return None


# Reading: one name per meaning, whatever the version calls it.


def first_of(resource: Mapping[str, Any], *names: str) -> Any:
    """Return the first of these members that is there and not null, or `None`."""
    for name in names:
        value = resource.get(name)
        if value is not None:
            return value
    return None


def read_medication(resource: Mapping[str, Any]) -> tuple[Any, Any]:
    """Return the CodeableConcept and the Reference of the drug; either may be `None`. In the place
    of what R5 writes (`concept`, `reference`) clients write either of the two itself, or words.
    """
    medication = resource.get("medication")
    both = medication if isinstance(medication, dict) else {}
    alone = medication if isinstance(medication, str) or {"coding", "text"} & both.keys() else None
    concept = resource.get("medicationCodeableConcept") or both.get("concept") or alone
    reference = resource.get("medicationReference") or both.get("reference")
    return concept, {"reference": reference} if isinstance(reference, str) else reference


def read_authored(resource: Mapping[str, Any]) -> Any:
    return first_of(resource, "authoredOn", "dateWritten", "orderedOn")


_DOSE_TIMES = (
    *("whenHandedOver", "whenPrepared", "effectiveDateTime", "effectiveTimeDateTime"),
    *("occurrenceDateTime", "occurenceDateTime", "recorded"),
)
_DOSE_PERIODS = ("effectivePeriod", "effectiveTimePeriod", "occurrencePeriod", "occurencePeriod")


def read_dose_time(resource: Mapping[str, Any]) -> Any:
    """Return when a dose was handed over or given, of a period its start; `None` without."""
    period = as_dict(first_of(resource, *_DOSE_PERIODS))
    return first_of(resource, *_DOSE_TIMES) or period.get("start")


def read_requester(resource: Mapping[str, Any]) -> Any:
    """Return the Reference to whoever asks for what is ordered; `None` without one."""
    requester = first_of(resource, "requester", "prescriber")
    return requester.get("agent", requester) if isinstance(requester, dict) else None


def read_dosages(resource: Mapping[str, Any]) -> Any:
    """Return the dosage lines of an order, statement, dispense or administration, as they stand;
    what R5 renders of them is the text of the only line without one, and until when R5 says that
    they hold bounds each line without bounds.

    Raises: TooMany.
    """
    lines = first_of(resource, "dosageInstruction", "dosage")
    if rendered := as_text(resource.get("renderedDosageInstruction")).strip():
        lines = _with_text(lines, rendered)
    if as_dict(resource.get("effectiveDosePeriod")).get("end") and isinstance(lines, list):
        lines = [_bounded(line, resource["effectiveDosePeriod"]) for line in lines]
    return (
        at_most(lines, MOST_LINES, "dosage lines of one order")
        if isinstance(lines, list)
        else lines
    )


def _with_text(lines: Any, text: str) -> Any:
    if not lines:
        return [{"text": text}]
    only = lines[0] if isinstance(lines, list) and len(lines) == 1 else None
    if isinstance(only, dict) and not as_text(only.get("text")).strip():
        return [{**only, "text": text}]
    return lines


def _bounded(line: Any, period: Any) -> Any:
    timing = as_dict(as_dict(line).get("timing"))
    repeat = as_dict(timing.get("repeat"))
    if not timing or any(name.startswith("bounds") for name in repeat):
        return line
    return {**line, "timing": {**timing, "repeat": {**repeat, "boundsPeriod": period}}}


def read_reasons(resource: Mapping[str, Any]) -> list[Any]:
    """Return every reason as it stands: CodeableConcepts, References or R5 CodeableReferences."""
    reasons: list[Any] = []
    for name in (
        "reasonCode",
        "reasonCodeableConcept",
        "reason",
        "reasonReference",
        "reasonForUseCodeableConcept",
        "reasonForUse",
    ):
        value = resource.get(name)
        if value is not None:
            reasons += value if isinstance(value, list) else [value]
    return [reason for reason in reasons if isinstance(reason, dict)]


NOTES = frozenset({"note", "notes", "comment", "comments"})
"""Where an entry has words beside its codes, in any version."""


def read_notes(resource: Mapping[str, Any]) -> list[str]:
    """Return the words of the notes and comments of an entry, each an Annotation or plain text
    (DSTU2 and STU3 write both).
    """
    if NOTES.isdisjoint(resource):
        return []
    noted: list[Any] = []
    for name in ("note", "notes", "comment", "comments"):
        value = resource.get(name)
        noted += value if isinstance(value, list) else [value]
    texts = (item.get("text") if isinstance(item, dict) else item for item in noted)
    return [said for text in texts if isinstance(text, str) and (said := text.strip())]


def read_dose_quantities(line: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    """Return the dose quantities and the dose ranges of one dosage line.

    They stand in `doseAndRate` (R4 and later, as list or object), flat on the line (STU3, DSTU2,
    and R4 of tolerant writers), in `dose` (administrations), `quantity` (DSTU2 statements), or in
    Epic's extensions for the dose ordered and the amount given.
    """
    rates = line.get("doseAndRate")
    holders = [line, *(rates if isinstance(rates, list) else [rates])]
    quantities = [
        first_of(holder, "doseQuantity", "doseSimpleQuantity")
        for holder in holders
        if isinstance(holder, dict)
    ]
    ranges = [holder.get("doseRange") for holder in holders if isinstance(holder, dict)]
    quantities += [line.get("dose"), line.get("quantity"), line.get("quantityQuantity")]
    ranges.append(line.get("quantityRange"))
    extensions = line.get("extension")
    for extension in extensions if isinstance(extensions, list) else []:
        if isinstance(extension, dict) and str(extension.get("url", "")).rpartition("/")[2] in (
            "ordered-dose",
            "admin-amount",
        ):
            quantities.append(extension.get("valueQuantity"))
    return [item for item in quantities if item is not None], [
        item for item in ranges if item is not None
    ]


def read_as_needed(line: Mapping[str, Any]) -> bool:
    """Return whether the dose is given only as needed; a stated reason to take it says so too."""
    flag = first_of(line, "asNeededBoolean", "asNeeded")
    return read_flag(flag) is not False or bool(
        first_of(line, "asNeededCodeableConcept", "asNeededFor")
    )


def read_period_unit(repeat: Mapping[str, Any]) -> Any:
    return first_of(repeat, "periodUnit", "periodUnits", "unit")


def read_additional_instructions(line: Mapping[str, Any]) -> list[Any]:
    value = first_of(line, "additionalInstruction", "additionalInstructions")
    return value if isinstance(value, list) else [value]


def is_reported(resource: Mapping[str, Any]) -> bool:
    """Return whether an order tells what the patient or somebody else says is taken, instead of
    what its prescriber orders (Q32).
    """
    reported = resource.get("reportedBoolean", resource.get("reported"))
    if reported is True or as_dict(resource.get("reportedReference")):
        return True
    sources = [as_dict(source) for source in as_list(resource.get("informationSource"))]
    informants = {reference_of(source) for source in sources} - {""}
    return bool(informants - {reference_of(resource.get("requester"))})
