"""What the `self` link of a list says of the search that it answers: whether it asked for less than
ours, or for another patient.

Source: Q61, Q64.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote_plus

from cds_service.protocol.long_texts import whole_text
from fhir_mappings.fhir import as_list

NARROWING = frozenset(
    {
        *["_content", "_elements", "_filter", "_id", "_lastUpdated", "_list", "_profile"],
        *["_query", "_security", "_since", "_source", "_summary", "_tag", "_text", "_type"],
        *["end", "max", "start", "abatement-age", "abatement-boolean", "abatement-date"],
        *["abatement-info", "abatement-string", "asserter", "asserted-date", "authoredon"],
        *["based-on", "body-site", "category", "clinical-status", "code", "context"],
        *["criticality", "data-absent-reason", "date", "datewritten", "derived-from"],
        *["device", "effective", "effective-time", "encounter", "evidence"],
        *["evidence-detail", "focus", "has-member", "identifier", "instantiates-canonical"],
        *["instantiates-uri", "intended-dispenser", "intended-performer"],
        *["intended-performertype", "intent", "last-date", "location", "manifestation"],
        *["medication", "method", "notgiven", "onset", "onset-age", "onset-date"],
        *["onset-info", "part-of", "performer", "practitioner", "prescriber", "prescription"],
        *["priority", "reason-code", "reason-given", "reason-not-given", "reason-reference"],
        *["recorded-date", "recorder", "related", "related-target", "related-type"],
        *["reporter", "request", "requester", "route", "severity", "source", "specimen"],
        *["stage", "status", "substance", "taken", "type", "value-concept", "value-date"],
        *["value-quantity", "value-string", "verification-status", "wasnotgiven"],
        *["whenhandedover"],
    }
)
"""Search parameters by which a list holds less than all entries of the patient, of every type that
is read and of FHIR DSTU2 to R5; paging parameters of servers are none of them.
"""

NARROWING_BEGINNINGS = ("_has", "combo-", "component-", "code-value-")

ASKED_OF_RESULTS = frozenset({"code", "category"})
"""Those by which results are searched for all the same: codes are compared with ours."""

LABORATORY = frozenset({"laboratory", "lab"})
"""The category by which results may be searched for."""


ALIKE = (
    frozenset({"MedicationRequest", "MedicationOrder", "MedicationPrescription"}),
    frozenset({"MedicationStatement", "MedicationUsage"}),
)
"""Types that versions of FHIR call differently."""

RESOURCE_TYPES = frozenset(
    {
        *["Account", "AdverseEvent", "AllergyIntolerance", "Appointment", "AppointmentResponse"],
        *["BodySite", "BodyStructure", "Bundle", "CarePlan", "CareTeam", "ClinicalImpression"],
        *["Communication", "CommunicationRequest", "Composition", "Condition", "Consent"],
        *["Coverage", "DetectedIssue", "Device", "DeviceRequest", "DeviceUsage", "DiagnosticOrder"],
        *["DeviceUseStatement", "DiagnosticReport", "DocumentReference", "Encounter"],
        *["EpisodeOfCare", "FamilyMemberHistory", "Flag", "Goal", "Group", "ImagingStudy"],
        *["Immunization", "ImmunizationRecommendation", "List", "Location", "Media"],
        *["Medication", "MedicationAdministration", "MedicationDispense", "MedicationOrder"],
        *["MedicationPrescription", "MedicationRequest", "MedicationStatement"],
        *["MedicationUsage", "NutritionIntake", "NutritionOrder", "Observation"],
        *["OperationOutcome", "Organization", "Parameters", "Patient", "Person", "Practitioner"],
        *["PractitionerRole", "Procedure", "ProcedureRequest", "Provenance", "Questionnaire"],
        *["QuestionnaireResponse", "ReferralRequest", "RelatedPerson", "RequestGroup"],
        *["RequestOrchestration", "RiskAssessment", "Schedule", "ServiceRequest", "Slot"],
        *["Specimen", "SupplyDelivery", "SupplyRequest", "Task", "VisionPrescription"],
    }
)
"""Types of FHIR that hold something of a patient, or that a search for it may name."""


class Asked(NamedTuple):
    """One parameter of a search: its name, what follows a colon or full stop in it, its values."""

    name: str
    modifier: str
    values: tuple[str, ...]


class Search(NamedTuple):
    """A search as its address says it; `kind` is the last segment of the path."""

    path: tuple[str, ...]
    parameters: tuple[Asked, ...]

    @property
    def kind(self) -> str:
        return self.path[-1] if self.path else ""

    @property
    def type(self) -> str:
        """The type that is searched for, or read; empty for what is asked of one patient as a
        whole.
        """
        if self.kind.startswith("$"):
            return "" if self.path[-3:-2] == ("Patient",) else "".join(self.path[-2:-1])
        named = [part for part in self.path[-2:] if part in RESOURCE_TYPES]
        return named[-1] if named else ""


def why_filtered(bundle: dict[str, Any]) -> str:
    """Return by which parameter the search that a list answers was narrower than ours; empty where
    its `self` link says nothing of the kind.
    """
    for search in _searches(bundle):
        narrowed = {one.name for one in search.parameters if _narrows(one, search.kind)}
        if search.kind.startswith("$") and search.kind != "$everything":
            narrowed.add(search.kind)
        if narrowed:
            return f"the EHR searched by {', '.join(sorted(narrowed))} too"
    return ""


def asks_for_fewer(bundle: dict[str, Any], codes: frozenset[str]) -> bool:
    """Return whether the search for results that a list answers named codes, and not all of
    these.
    """
    return any(
        not codes <= {value.rpartition("|")[2] for value in one.values}
        for search in _searches(bundle)
        for one in search.parameters
        if one.name == "code" and search.kind == "Observation"
    )


def asks_for_another(bundle: dict[str, Any], patient_id: str) -> bool:
    """Return whether the search that a list answers names another patient; one that names none, or
    by another thing than an id, does not.
    """
    return any(
        _is_another(named, patient_id)
        for search in _searches(bundle)
        for named in _patients_of(search)
    )


def asks_for_another_type(bundle: dict[str, Any], template: str) -> bool:
    """Return whether the search that a list answers was for another type than our query; an address
    in which no type stands says nothing of it.
    """
    ours = _search(template).kind
    types = next((alike for alike in ALIKE if ours in alike), frozenset({ours}))
    return any(
        named in RESOURCE_TYPES and named not in types
        for search in _searches(bundle)
        for named in [search.type]
    )


def codes_of_template(template: str) -> frozenset[str]:
    """Return the codes that a query of ours asks for; none for a query that names no codes."""
    parameters = _search(template).parameters
    return frozenset(code for one in parameters if one.name == "code" for code in one.values)


def _narrows(asked: Asked, kind: str) -> bool:
    if kind == "Observation" and asked.name in ASKED_OF_RESULTS and not asked.modifier:
        codes = {value.rpartition("|")[2].lower() for value in asked.values}
        return asked.name == "category" and not codes & LABORATORY
    return asked.name in NARROWING or asked.name.startswith(NARROWING_BEGINNINGS)


def _patients_of(search: Search) -> Iterator[str]:
    for one in search.parameters:
        if one.name in ("patient", "subject") and one.modifier in ("", "Patient"):
            yield from one.values
    if search.kind == "$everything" and search.path[-3:-2] == ("Patient",):
        yield search.path[-2]


def _is_another(named: str, patient_id: str) -> bool:
    identity = named.partition("/_history")[0].rstrip("/").rpartition("/")[2]
    return bool(identity) and "|" not in named and identity != patient_id


def _searches(bundle: dict[str, Any]) -> Iterator[Search]:
    for link in as_list(bundle.get("link")):
        if isinstance(link, dict) and link.get("relation") == "self":
            url = link.get("url")
            yield _search(whole_text(url)[:LONGEST_LINK] if isinstance(url, str) else "")


LONGEST_LINK = 65_536
"""Characters of a link that are looked at."""


def _search(url: str) -> Search:
    path, _, query = url.partition("?")
    segments = tuple(unquote_plus(part) for part in path.split("/") if part)
    return Search(segments, tuple(_asked(part) for part in query.split("&") if part))


def _asked(part: str) -> Asked:
    name, _, value = part.partition("=")
    whole = unquote_plus(name)
    plain = whole.partition(":")[0].partition(".")[0]
    return Asked(plain, whole[len(plain) + 1 :], tuple(unquote_plus(value).split(",")))
