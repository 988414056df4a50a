"""The patient record as it was assembled for one call: per prefetch key what came, and whether that
is all there is.

`cds_service.retrieval.patient_record` fills it from prefetch and the FHIR server; the mapping only
reads it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from fhir_mappings.fhir.reading import version_key
from recommender.language import Choice

Resource = dict[str, Any]

PREFETCH_KEYS = (
    "patient",
    "conditions",
    "labs",
    "medications",
    "statements",
    "administrations",
    "procedures",
    "allergies",
)
"""The prefetch keys of the service, each a part of the record."""


class Availability(Choice):
    """What is known of one part of the record (PROTOCOL 2.D).

    COMPLETE: all there is came, and no resource means there is none. INCOMPLETE: some came and
    there may be more, so only the conclusion "none" is unknown. UNAVAILABLE: nothing of it came,
    so every fact it feeds is unknown.
    """

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNAVAILABLE = "unavailable"


class Placed(NamedTuple):
    """A resource and the place it came from in words of the request: `prefetch.labs.entry[3]`,
    `context.draftOrders.entry[0]`.

    `resource` is empty where something stood that is no resource. `full_url` is that of its Bundle
    entry, by which others may refer to it; often empty. A tuple, since one call may make thousands.
    """

    place: str
    resource: Resource
    full_url: str = ""

    @property
    def type(self) -> str:
        """The resource type; empty where none is stated in words."""
        kind = self.resource.get("resourceType")
        return kind if isinstance(kind, str) else ""

    @property
    def reference(self) -> str:
        """`Type/id`, or the place for a resource without id or type."""
        kind, identity = self.resource.get("resourceType"), self.resource.get("id")
        if isinstance(kind, str) and isinstance(identity, str) and kind and identity:
            return f"{kind}/{identity}"
        return self.place


def version_of(placed: Placed) -> tuple[str, str]:
    """Return by what the versions of one resource are put in order, the newest last."""
    written = json.dumps(placed.resource, sort_keys=True, default=str)
    return version_key(placed.resource), written


def of_two_servers(one: Placed, other: Placed) -> bool:
    """Return whether two of one type and id that differ are no versions of one resource, by the
    addresses of their entries.
    """
    addresses = {url.partition("://")[2] for url in (one.full_url, other.full_url)}
    return len(addresses) == 2 and "" not in addresses and one.resource != other.resource


def not_known_newer(one: Placed, other: Placed) -> bool:
    """Return whether two of one type and id differ, and neither says when it was changed."""
    undated = not (version_key(one.resource) + version_key(other.resource)).strip()
    return undated and one.resource != other.resource


class RecordPart(NamedTuple):
    """One prefetch key: its resources, how complete they are, and in words why they are not
    complete. `stamped` is the day on which the list says that it was put together, if it does.
    """

    availability: Availability
    resources: tuple[Placed, ...] = ()
    reason: str = ""
    source: str = "prefetch"
    stamped: dt.date | None = None


NOT_AVAILABLE = RecordPart(Availability.UNAVAILABLE, reason="not available")


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Everything that came for one patient. `unusable` lists what came and cannot be used, each
    with the reason.
    """

    patient_id: str
    parts: Mapping[str, RecordPart] = field(default_factory=dict)
    unusable: tuple[tuple[Placed, str], ...] = ()

    def part(self, key: str) -> RecordPart:
        """Return one part of the record; one that is not there at all is unavailable."""
        return self.parts.get(key, NOT_AVAILABLE)

    @property
    def why_nothing(self) -> str:
        """Why not one resource of the patient could be read, so that nothing sensible can be said
        (R63); empty where one could.
        """
        if any(part.resources for part in self.parts.values()):
            return ""
        why = sorted({part.reason for part in self.parts.values() if part.reason})
        text = "No data of the patient came by prefetch or could be read from a FHIR server"
        return f"{text}: {'; '.join(why) or 'every prefetch key is empty'}."

    def __iter__(self) -> Iterator[Placed]:
        for part in self.parts.values():
            yield from part.resources

    def entries(self) -> Iterator[tuple[str, Placed]]:
        """Yield every resource with the prefetch key it came under."""
        for key, part in self.parts.items():
            for placed in part.resources:
                yield key, placed
