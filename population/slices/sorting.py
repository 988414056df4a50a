"""What one line of the input is: kept under a list of its patient, dropped and counted, or at
fault.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec
import orjson
import pyarrow.compute as pc

from cds_service.protocol import Problem, is_failure, read_json
from fhir_mappings.fhir import reference_of, subject_id
from population.slices.kept import EVERY_LIST, HOME, SHARED, Fault, Kept, Sorted, broken
from population.slices.sieve import SIEVED, Sieve
from population.sources import SPEAKS_OF_AN_ERROR, Lines, deleted_in, resources_of

MOST_CODES = 5000
"""Different codes of dropped results that are counted in one piece of the input; further ones are
counted together.
"""


_START = b'{"resourceType":"'


def sort_lines(lines: Lines, sieve: Sieve, into: Sorted) -> None:
    """Sort resources that came together; results are dropped unread where nothing of ours occurs.

    Of lines of one type, as nearly all are, only what must be kept is looked at one by one.
    """
    many = len(lines.contents)
    into.lines = max(into.lines, lines.number(many - 1))
    _note_what_lacks(lines, into)
    kind = _type_at_start(lines.contents[0].as_py())
    if kind is None or (kind in HOME and kind not in SIEVED):
        _sort_one_by_one(lines, range(many), into)
        return
    keep = _not_whole(lines, kind)
    if kind in SIEVED:
        into.loose = into.loose or not lines.owner
        keep |= sieve.find(lines, "|".join((JOINED_PATTERN, *_KEPT.get(kind, ()))))
    into.read[kind] += many - len(keep)
    into.dropped[kind] += many - len(keep)
    if kind in SIEVED:
        _count_codes(lines, keep, into)
    _sort_one_by_one(lines, sorted(keep), into)


WHOLE_ENDS = (b"}\n", b"}\r\n")
"""How a resource ends on its line, as Windows ends lines too."""


def _not_whole(lines: Lines, kind: str) -> set[int]:
    """Return the places of what is not a whole resource of a type on its line. A result without a
    line end may be cut, in the middle of an export.
    """
    begun = pc.starts_with(lines.contents, f'{_START.decode()}{kind}"')
    whole = pc.or_(*(pc.ends_with(lines.contents, end.decode()) for end in WHOLE_ENDS))
    if kind not in SIEVED:
        whole = pc.or_(whole, pc.ends_with(lines.contents, "}"))
    whole = pc.and_(begun, whole)
    if kind not in SIEVED:  # the sieve looks for it with all else
        whole = pc.and_not(whole, pc.match_substring_regex(lines.contents, JOINED_PATTERN))
    places = pc.indices_nonzero(pc.invert(whole))
    last = len(lines.contents) - 1
    return {*places.to_pylist(), *(() if _ends(lines.contents[last].as_py()) else (last,))}


JOINED, JOINED_PATTERN = b'}{"', r'\}\{"'
"""Stands between two resources on one line, as where files were put together of which one had no
line end; in a text the mark behind it would be escaped.
"""


def _ends(content: bytes) -> bool:
    """Return whether a line has its end; without it it may be cut, even behind a bracket."""
    return content.endswith(WHOLE_ENDS)


_KEPT = {
    "DiagnosticReport": ('"result"', '"conclusion', '"codedDiagnosis"'),
    "QuestionnaireResponse": ('"answer"',),
}
"""By what else a resource is kept: a report that lists results may date or name one of ours, and
what reports conclude and people answer is read in words, whatever it is about (decisions Q27, Q28).
"""
_CODE = b'"code":{'


def _count_codes(lines: Lines, keep: set[int], into: Sorted) -> None:
    """Count the codes of what was dropped, of one line in sixteen."""
    sample = [place for place in range(0, len(lines.contents), SAMPLED) if place not in keep]
    for _, content in lines.at(sample):
        begins = content.find(_CODE)
        if begins < 0:
            continue
        ends = content.find(b"}]", begins)
        if ends < 0:
            ends = content.find(b"}", begins) - 1
        code = content[begins + len(_CODE) - 1 : ends + 2]
        if code in into.codes or len(into.codes) < MOST_CODES:
            into.codes[code] += SAMPLED


SAMPLED = 16
"""Codes of dropped results are counted in one line of so many."""


def _note_what_lacks(lines: Lines, into: Sorted) -> None:
    """Note that a Bundle does not hold all there is of its patient."""
    if lines.lacks:
        into.fail(Fault(lines.first, lines.lacks, lines.owner, EVERY_LIST))


def _sort_one_by_one(lines: Lines, places: Sequence[int], into: Sorted) -> None:
    """Sort the lines at these places."""
    for place, content in lines.at(places):
        if not lines.owner and _keep_by_head(lines.number(place), content, into):
            continue
        kind = _type_at_start(content)
        if kind is not None and kind not in HOME and _ends(content) and JOINED not in content:
            into.read[kind] += 1
            into.dropped[kind] += 1
        elif content.strip():
            _sort_read(lines.number(place), content, lines.owner, into)


def _type_at_start(content: bytes) -> str | None:
    """Return the type where the line says it first, as nearly all do; else None. None too for what
    must be parsed: a Bundle, or what may speak of an error.
    """
    if not content.startswith(_START):
        return None
    end = content.find(b'"', len(_START), len(_START) + 50)
    kind = content[len(_START) : end].decode("ascii", "replace") if end > 0 else BUNDLE
    return None if kind in (BUNDLE, OUTCOME) else kind


BUNDLE, OUTCOME = "Bundle", "OperationOutcome"


class _Reference(msgspec.Struct):
    reference: str


class _Head(msgspec.Struct):
    """What sorting needs of a resource of the shape that nearly all have; nothing else is built."""

    resourceType: str  # noqa: N815  as it is written
    id: str
    subject: _Reference | None = None
    patient: _Reference | None = None


_HEAD = msgspec.json.Decoder(_Head)
_OWN = re.compile(r"Patient/([^/\s:#]+)")


def _keep_by_head(number: int, content: bytes, into: Sorted) -> bool:
    """Keep a resource of the usual shape by its head alone; False where it must be read whole.

    The rest of the line is passed over, which finds it wrong as JSON like reading it would.
    """
    try:
        head = _HEAD.decode(content)
        if not content.isascii():
            content.decode()
    except (ValueError, RecursionError):
        return False
    home = HOME.get(head.resourceType)
    subject = head.subject or head.patient
    if home is None or subject is None or not head.id:
        return False
    named = _OWN.fullmatch(subject.reference)
    if named is None or head.resourceType in (SHARED, "Patient"):
        return False
    into.read[head.resourceType] += 1
    into.loose = True
    reference = f"{head.resourceType}/{head.id}"
    into.kept.append(Kept._make((named[1], home, reference, number, content.strip(), False)))
    return True


def _sort_read(number: int, content: bytes, owner: str, into: Sorted) -> None:
    """Sort one resource by reading it."""
    try:
        resource = orjson.loads(content)
    except ValueError:
        _sort_joined(number, content, owner, into)
        return
    inner = resource.get("resource") if isinstance(resource, dict) else None
    body = inner if isinstance(inner, dict) and "resourceType" not in resource else resource
    kind = body.get("resourceType") if isinstance(body, dict) else None
    if isinstance(resource, list):
        _sort_list(number, content, into)
    elif not isinstance(kind, str) or not kind:
        into.fail(broken(content, number)._replace(reason="is not a FHIR resource"))
    elif kind == BUNDLE:
        into.deleted |= deleted_in(body)
        _sort_within(number, body, into)
    else:
        into.read[kind] += 1
        if kind in HOME:
            _keep(number, content, body, owner, into)
            return
        into.dropped[kind] += 1
        if kind == OUTCOME and not owner and is_failure(body):
            into.fail(Fault(number, SPEAKS_OF_AN_ERROR))


def _sort_list(number: int, content: bytes, into: Sorted) -> None:
    """Sort the resources of a list that stands on one line, as those of a file that is a list."""
    try:
        value = read_json(content)
    except Problem:
        into.fail(broken(content, number))
        return
    into.fail(Fault(number, f"is a list of {len(value)}, expected one resource; each is read"))
    _sort_within(number, value, into)


def _sort_within(number: int, value: Any, into: Sorted) -> None:
    """Sort the resources of a Bundle or a list."""
    for found in resources_of(value, number, into.refuse):
        _note_what_lacks(found, into)
        _sort_one_by_one(found, range(len(found.contents)), into)


def _sort_joined(number: int, content: bytes, owner: str, into: Sorted) -> None:
    """Sort a line that is not JSON: each resource by itself where several stand on it."""
    parts = content.split(JOINED)
    joined = [
        (b'{"' if place else b"") + part + (b"}" if place < len(parts) - 1 else b"")
        for place, part in enumerate(parts)
    ]
    try:
        for part in joined:
            orjson.loads(part)
    except ValueError:
        into.fail(broken(content, number))
        return
    into.fail(Fault(number, f"holds {len(joined)} resources, expected one a line; each is read"))
    for part in joined:
        _sort_read(number, part, owner, into)


def _keep(number: int, content: bytes, resource: Any, fallback: str, into: Sorted) -> None:
    kind = str(resource["resourceType"])
    identity = resource.get("id")
    reference = f"{kind}/{identity}" if isinstance(identity, str) and identity else ""
    if kind == SHARED:
        owner, why = fallback, "" if reference else "without an id: nothing can point to it"
    else:
        owner, why = owner_of(resource, fallback)
    if why:
        into.dropped[kind] += 1
        into.fail(Fault(number, f"{kind} {why}", fallback, HOME[kind]))
        return
    if fallback and owner not in ("", fallback):
        into.fail(Fault(number, f"{kind} in the Bundle of another patient: goes to its subject"))
    into.loose = into.loose or (not fallback and kind != SHARED)
    kept = Kept(owner, HOME[kind], reference, number, content.strip(), bool(fallback))
    into.kept.append(kept)


def owner_of(resource: dict[str, Any], fallback: str) -> tuple[str, str]:
    """Return the id of the patient a resource belongs to, and why it has none.

    Args:
        fallback: the one patient of the Bundle it came in, or empty.
    """
    kind = resource.get("resourceType")
    if kind == "Patient":
        identity = resource.get("id")
        if isinstance(identity, str) and identity:
            return identity, ""
        return "", "without an id"
    subject = next(
        (resource[name] for name in ("subject", "patient", "individual") if resource.get(name)),
        None,
    )
    reference = reference_of(subject) if subject is not None else ""
    if reference.startswith("Patient/") or (reference.startswith("urn:uuid:") and not fallback):
        return subject_id(resource), ""
    if reference.startswith("urn:uuid:") and subject_id(resource) != fallback:
        return "", "whose subject is not in its Bundle"
    if fallback:
        return fallback, ""
    if reference:
        return "", "whose subject is not a Patient"
    if isinstance(subject, dict) and subject.get("identifier"):
        return "", "whose subject is named by an identifier only"
    return "", "without a subject"
