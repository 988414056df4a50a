"""What is recorded of a decision so that it can be answered for and decided again: codes, digests
and keyed hashes, never a result, a name or a date of the patient.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.cards import FactInWords
from cds_service.decision import Decision
from cds_service.protocol import HookRequest, write_canonical
from fhir_mappings.fhir import PatientRecord, Placed
from fhir_mappings.intake import is_encounter_of_another

Json = dict[str, Any]

UNKNOWN = "unknown"
HASH_DIGITS = 12
AFTER_EIGHT = re.compile(rb"-(?<=[0-9a-f]{8}-)(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
"""A UUID but for its first eight digits: looked for by its first hyphen, which is quick."""


USER_KINDS = frozenset(
    {"Practitioner", "PractitionerRole", "Patient", "RelatedPerson", "Person", "Device"}
)
OTHER_KIND = "other"

ROLES = frozenset({"doctor", "ict", "nurse", "pharmacist", "researcher", "teacher"})
"""The roles of HL7's example list, kept as they stand; any other is kept as its keyed hash."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call was about: the request, the record as it was assembled, the Medications that
    drafts point to and were read, and who called.
    """

    request: HookRequest
    record: PatientRecord
    medications: tuple[Placed, ...]
    service: str
    client: str


def describe_decision(
    asked: Asked, decision: Decision, whose: str, hash_text: Callable[[str], str]
) -> Json:
    """Return what the decision record holds of who asked and what was decided.

    Args:
        whose: whose users, encounters and places are named, as in Caller.whose_ids.
    """
    request = asked.request
    kind = request.user_id.partition("/")[0] if "/" in request.user_id else ""
    role, place = _role_and_place(asked)

    def code_of(text: str) -> str:
        return "#" + hash_text(f"{whose}\n{text}")[:HASH_DIGITS] if text else ""

    return {
        "as_of": decision.as_of.isoformat(),
        "user": hash_text(f"{whose}\n{request.user_id}") if request.user_id else "",
        "user_kind": kind if kind in USER_KINDS or not kind else OTHER_KIND,
        "user_role": role if role in ROLES else code_of(role),
        "encounter": hash_text(f"{whose}\n{request.encounter_id}") if request.encounter_id else "",
        "place": code_of(place),
        "rule": decision.recommendation.rule,
        "facts": code_facts(decision.facts, hash_text),
        "input_digest": hashlib.sha256(write_asked(asked, whole=False)).hexdigest(),
        "answer_digest": digest_answer(decision),
    }


def code_facts(facts: tuple[FactInWords, ...], hash_text: Callable[[str], str]) -> dict[str, str]:
    """Return each fact as a code: the value where it comes from a closed set, "unknown", and for
    what was measured a keyed hash, which tells a change and not the result.
    """
    return {fact.name: _code(fact, hash_text) for fact in facts}


def _code(fact: FactInWords, hash_text: Callable[[str], str]) -> str:
    if not fact.is_known:
        return UNKNOWN
    if fact.value in ("yes", "no"):
        return fact.value
    if any(map(str.isdigit, fact.value)):
        return "#" + hash_text("\n".join((fact.name, fact.value)))[:HASH_DIGITS]
    return "-".join(re.findall(r"\w+", fact.value.casefold()))


def digest_answer(decision: Decision) -> str:
    """Return the digest of all cards of an answer, in which each uuid counts only as the first,
    second, ... that stands there, and links count without the address of the service: the same
    answer is the same wherever it is served.
    """
    text = write_canonical(list(decision.cards))
    address = decision.case.basis.settings.public_url.rstrip("/")
    if address:
        text = text.replace(write_canonical(address)[1:-1], b"")
    return hashlib.sha256(without_uuids(text)).hexdigest()


def without_uuids(text: bytes) -> bytes:
    """Return JSON in which each uuid is replaced by the number of its first appearance."""
    seen: dict[bytes, bytes] = {}
    parts, rest = [], 0
    for found in AFTER_EIGHT.finditer(text):
        begins, ends = found.start() - 8, found.end()
        if begins >= rest:
            number = seen.setdefault(text[begins:ends].lower(), b"uuid-%d" % len(seen))
            parts += [text[rest:begins], number]
            rest = ends
    return b"".join((*parts, text[rest:]))


def write_asked(asked: Asked, whole: bool = True) -> bytes:
    """Return what came and what was fetched as JSON in canonical form, without the access token;
    `whole` adds what decides nothing: the prefetch as it was sent, which the record repeats, and
    the uuid of the call.
    """
    request = asked.request
    sent = {
        "hook": request.hook,
        "patientId": request.patient_id,
        "encounterId": request.encounter_id,
        "userId": request.user_id,
        "selections": list(request.selections),
        "drafts": [list(placed) for placed in request.drafts],
        "fhirServer": request.fhir_server,
        "extension": dict(request.extension),
        "versionHint": request.version_hint,
        "tolerated": [list(one) for one in request.tolerated],
    }
    if whole:
        sent |= {"prefetch": dict(request.prefetch), "hookInstance": request.hook_instance}
    return write_canonical(
        {
            "service": asked.service,
            "client": asked.client,
            "request": sent,
            "record": _record_as_json(asked.record),
            "medications": [list(placed) for placed in asked.medications],
        }
    )


def _record_as_json(record: PatientRecord) -> Json:
    parts = {
        key: {
            "availability": part.availability.value,
            "reason": part.reason,
            "source": part.source,
            "stamped": part.stamped.isoformat() if part.stamped else "",
            "resources": [list(placed) for placed in part.resources],
        }
        for key, part in record.parts.items()
    }
    unusable = [[list(placed), why] for placed, why in record.unusable]
    return {"patientId": record.patient_id, "parts": parts, "unusable": unusable}


def _role_and_place(asked: Asked) -> tuple[str, str]:
    """Return the code of the user's role and the reference of the place, as far as a
    PractitionerRole or the Encounter came with the request; empty otherwise. An Encounter of
    another patient tells neither (R38).
    """
    encounter = asked.request.encounter_id
    foreign = is_encounter_of_another(asked.record, encounter)
    role = place = ""
    for resource in _beside_the_record(asked):
        kind = resource.get("resourceType")
        if kind == "PractitionerRole" and _is_of_user(resource, asked.request.user_id):
            role = role or _first_code(resource.get("code"))
            place = place or _first_reference(resource.get("location"))
        elif kind == "Encounter" and resource.get("id") == encounter and not foreign:
            place = _first_reference(_inner_locations(resource)) or place
            place = place or _first_reference(resource.get("serviceProvider"))
    return role, place


def _inner_locations(encounter: Json) -> list[Any]:
    locations = encounter.get("location")
    rows = locations if isinstance(locations, list) else []
    return [row.get("location") for row in rows if isinstance(row, dict)]


def _beside_the_record(asked: Asked) -> Iterator[Json]:
    """Yield the resources that came under prefetch keys that are not the service's own."""
    yield from (placed.resource for placed, _ in asked.record.unusable)


def _is_of_user(resource: Json, user: str) -> bool:
    practitioner = resource.get("practitioner")
    named = practitioner.get("reference") if isinstance(practitioner, dict) else None
    return user in (f"PractitionerRole/{resource.get('id')}", named)


def _first_code(concepts: object) -> str:
    for concept in concepts if isinstance(concepts, list) else [concepts]:
        codings = concept.get("coding") if isinstance(concept, dict) else None
        for coding in codings if isinstance(codings, list) else []:
            if isinstance(coding, dict) and isinstance(coding.get("code"), str):
                return str(coding["code"])
    return ""


def _first_reference(value: object) -> str:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping) and isinstance(one.get("reference"), str):
            return str(one["reference"])
    return ""
