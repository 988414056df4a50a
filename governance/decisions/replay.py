"""Decide a recorded call again, from a kept request or from the request of a file, and say what is
the same and what is not.

Source: R139, R145.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from cds_service.decision import Decision, decide, read_orders
from cds_service.protocol import HookRequest, build_services, parse_hook_request, read_json
from cds_service.retrieval import (
    FhirClient,
    Retrieval,
    assemble_record,
    describe_availability,
    find_open_references,
    read_medications,
    with_medications,
)
from cds_service.site import (
    DEMONSTRATION_CLIENT,
    Basis,
    Client,
    Settings,
    in_force,
    knowledge_version,
    program_version,
    terminology_version,
    tried_on,
)
from fhir_mappings.fhir import Availability, PatientRecord, Placed, RecordPart
from fhir_mappings.terminology import ValueSets, load_value_sets
from governance.decisions.record import Asked, code_facts, digest_answer, write_asked

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that was recorded and is otherwise now; each in a few words or a digest."""

    what: str
    recorded: str
    now: str


@dataclass(frozen=True, slots=True)
class Replayed:
    """A decision taken again. `same` says that input and answer are the same but for uuids, and
    that what is recorded beside their digests is what the same versions make of them;
    `differences` names versions too that differ and change nothing. `altered` says that the
    digests agree and what stands beside them does not: the record was changed after it was written.
    """

    decision: str
    same: bool
    differences: tuple[Difference, ...]
    altered: bool = False


def replay(
    recorded: Mapping[str, Any],
    asked: Asked,
    settings: Settings,
    value_sets: ValueSets,
    hash_text: Callable[[str], str],
) -> Replayed:
    """Return how a recorded decision compares with the one taken now, at the recorded date.

    Args:
        recorded: the row of the decision, with its `cards`.
    """
    as_of = dt.date.fromisoformat(recorded["as_of"])
    settings = in_force(settings, as_of)
    decision = decide_again(asked, settings, value_sets, as_of)
    said = ((finding.card.id, finding.indicator.value) for finding in decision.findings)
    now = {
        "input_digest": hashlib.sha256(write_asked(asked, whole=False)).hexdigest(),
        "answer_digest": digest_answer(decision),
        **versions_of(settings),
        "rule": decision.recommendation.rule,
        "cards": cards_in_words(said),
    }
    before = {**recorded, "cards": cards_in_words(recorded["cards"])}
    differences = [
        Difference(what, before[what], value)
        for what, value in now.items()
        if before[what] != value
    ]
    differences += _different_parts(recorded["prefetch"], describe_availability(asked.record))
    differences += _different_facts(recorded["facts"], code_facts(decision.facts, hash_text))
    same = not {one.what for one in differences} & {"input_digest", "answer_digest"}
    altered = same and _was_altered(differences, versions_of(settings))
    return Replayed(recorded["id"], same and not altered, tuple(differences), altered)


def _was_altered(differences: Iterable[Difference], versions: Json) -> bool:
    """Return whether the same versions make something else of the same input than is recorded. A
    fact that was measured is told apart by its hash alone, which changes with the key.
    """
    if any(one.what in versions for one in differences):
        return False
    return any(not one.recorded.startswith("#") or one.now[:1] != "#" for one in differences)


def decide_again(
    asked: Asked, settings: Settings, value_sets: ValueSets, as_of: dt.date
) -> Decision:
    """Return the decision on a request with the record as it was assembled; nothing is fetched."""
    basis = Basis(settings, value_sets, client_named(settings, asked.client), as_of)
    orders = read_orders(asked.request, basis, asked.medications)
    return decide(asked.request, asked.record, orders, basis)


def client_named(settings: Settings, name: str) -> Client:
    """Return the client of a name; one that the settings do not have is a plain one."""
    known = {client.name: client for client in settings.clients}
    return known.get(name) or msgspec.structs.replace(DEMONSTRATION_CLIENT, name=name)


def versions_of(settings: Settings) -> Json:
    """Return the versions that decide, by the names of the decision record."""
    return {
        "program_version": program_version(),
        "knowledge_version": knowledge_version(),
        "policy_version": settings.policy.version,
        "terminology_version": terminology_version(settings.extra_codes),
    }


def cards_in_words(cards: Any) -> str:
    """Return cards as "b1 critical, d2 warning" in their order."""
    return ", ".join(f"{card} {indicator}" for card, indicator in cards) or "none"


def _different_parts(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    """Say of each part of the record that was there, absent or unknown and is not now, such as one
    that was fetched and is not in the file.
    """
    for key in dict.fromkeys((*before, *now)):
        was, is_now = before.get(key, "not asked for"), now.get(key, "not asked for")
        if was != is_now:
            yield Difference(f"part {key}", was, is_now)


def _different_facts(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Difference]:
    for name in sorted({*before, *now}):
        if before.get(name, "not recorded") != now.get(name, "not known to this version"):
            yield Difference(
                f"fact {name}",
                before.get(name, "not recorded"),
                now.get(name, "not known to this version"),
            )


def asked_of_request(
    body: Any,
    recorded: Mapping[str, Any],
    settings: Settings,
    value_sets: ValueSets,
    as_of: dt.date,
) -> Asked:
    """Return what a hook request of a file asks, with the record as the request alone gives it.

    Raises: Problem 400 when it is not a request of the hook of the recorded decision.
    """
    request = parse_hook_request(body, recorded["hook"])
    offline = replace(request, fhir_server="", access_token="")
    client = client_named(settings, recorded["client"])
    retrieval = Retrieval(offline, client, settings, FhirClient(), time.monotonic() + 1)
    drafts = read_orders(request, Basis(settings, value_sets, client, as_of)).drafts
    medications = read_medications(drafts.unresolved, retrieval)
    record = assemble_record(build_services(value_sets)[0].queries, retrieval)
    beside = (*drafts.unresolved_beside, *find_open_references(record, as_of))
    medications = read_medications(beside, retrieval, medications)
    record = with_medications(record, medications)
    return Asked(request, record, medications.found, recorded["service"], recorded["client"])


@dataclass(frozen=True, slots=True)
class Change:
    """How one kept request is answered under two settings: cards with their indicators."""

    decision: str
    patient: str
    before: str
    after: str

    def as_json(self) -> Json:
        return {
            "decision": self.decision,
            "patient": self.patient,
            "before": self.before,
            "after": self.after,
        }


def compare_settings(
    kept: Iterable[tuple[Mapping[str, Any], bytes | None]], settings: Settings, other: Settings
) -> Iterator[Change | None]:
    """Yield for each kept request how it is answered under the one and the other settings, each at
    the date it was decided for; approvals of the other settings may be given later. `None` for one
    that did not open.
    """
    sides = [load_value_sets(one.extra_codes) for one in (settings, other)]
    for recorded, request in kept:
        if request is None:
            yield None
            continue
        asked = read_asked(request)
        as_of = dt.date.fromisoformat(recorded["as_of"])
        dated = (in_force(settings, as_of), tried_on(other, as_of))
        before, after = (
            _answer_in_words(decide_again(asked, one, value_sets, as_of))
            for one, value_sets in zip(dated, sides, strict=True)
        )
        yield Change(recorded["id"], recorded["patient"], before, after)


def _answer_in_words(decision: Decision) -> str:
    """Return the rule and, per card, its indicator and what its suggestions say."""
    cards = (
        f"{finding.card.id} {finding.indicator.value}"
        + "".join(f" [{one['label']}]" for one in card.get("suggestions", ()))
        for finding, card in zip(decision.findings, decision.cards, strict=True)
    )
    return f"{decision.recommendation.rule}: {'; '.join(cards) or 'no cards'}"


def read_asked(kept: bytes) -> Asked:
    """Return a kept request again."""
    document = read_json(kept)
    sent, record = document["request"], document["record"]
    request = HookRequest(
        hook=sent["hook"],
        hook_instance=sent["hookInstance"],
        patient_id=sent["patientId"],
        encounter_id=sent["encounterId"],
        user_id=sent["userId"],
        selections=tuple(sent["selections"]),
        drafts=_placed(sent["drafts"]),
        fhir_server=sent["fhirServer"],
        prefetch=sent["prefetch"],
        extension=sent["extension"],
        version_hint=sent["versionHint"],
        tolerated=tuple((place, why) for place, why in sent["tolerated"]),
    )
    return Asked(
        request,
        _read_record(record),
        _placed(document["medications"]),
        document["service"],
        document["client"],
    )


def _read_record(record: Json) -> PatientRecord:
    parts = {
        key: RecordPart(
            Availability(part["availability"]),
            _placed(part["resources"]),
            part["reason"],
            part["source"],
            dt.date.fromisoformat(part["stamped"]) if part.get("stamped") else None,
        )
        for key, part in record["parts"].items()
    }
    unusable = tuple((Placed(*placed), why) for placed, why in record["unusable"])
    return PatientRecord(record["patientId"], parts, unusable)


def _placed(rows: Any) -> tuple[Placed, ...]:
    return tuple(Placed(*row) for row in rows)
