"""One result as it stands: its value, its day, what it stands for, and why it cannot count.

Source: decisions 2.1 (status), Q33 (which day it is of), Q35 (names that contradict each other).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    COUNTED,
    NOTES,
    DateSpan,
    Placed,
    as_dict,
    as_list,
    as_text,
    code_of,
    is_changed,
    is_mistaken,
    reference_of,
    texts_of,
    what_changes,
)
from fhir_mappings.intake import ROLE_WORDS, RecordIndex, name_entry, why_role_unused, why_status
from fhir_mappings.judging import speaks_of_family
from fhir_mappings.laboratory.names import (
    B12_CONCEPTS,
    COUNTED_ROLES,
    b12_told,
    is_of_another_fluid,
    read_name,
)
from fhir_mappings.laboratory.report_context import OWN_DATES, Dated, ReportContext, moment_of
from fhir_mappings.terminology import Match, Role
from fhir_mappings.text import normalise_text
from fhir_mappings.values import note_of_mistake
from recommender.language import NotCounted

MAY_BE_NEWER = frozenset(
    {
        NotCounted.PRELIMINARY,
        NotCounted.OTHER_STATUS,
        NotCounted.IN_FUTURE,
        NotCounted.NAME_UNCERTAIN,
    }
)
"""What cannot count and may yet be what holds today: not final yet, with a slip in its date, or
under a name that may be of this test.
"""


class Observed(NamedTuple):
    """One result: an Observation, one of its components, or a contained Observation.

    `body` holds its value; `code` what it measures; `matches` what that stands for, or with
    `from_answer` what the coded answer stands for. `day` is when it applied, `written` how the
    record has that; `by_issue`: it is the day of issue alone. `not_counted` says why the result
    cannot count, whatever its value. A tuple, since one call may make thousands.
    """

    placed: Placed
    body: dict[str, Any]
    code: Any
    matches: tuple[Match, ...]
    day: DateSpan | None
    written: Any
    from_answer: bool = False
    by_issue: bool = False
    not_counted: NotCounted | None = None

    @property
    def is_changed(self) -> bool:
        """Whether what is not read modifies it, or its note says that it is a mistake: it came, and
        nobody knows what it says.
        """
        return self.not_counted in (NotCounted.CHANGED, NotCounted.SAID_MISTAKEN)

    @property
    def moment(self) -> str:
        """A text that orders results of one day."""
        return moment_of(self.written)


Known = tuple[dict[str, Any], Any, tuple[Match, ...], bool, NotCounted | None]
"""A body, its code, what that stands for, if by its answer, and how its names contradict."""

CONTRADICTIONS = frozenset(
    {NotCounted.NAMES_CONTRADICT, NotCounted.SEVERAL_TESTS, NotCounted.NAME_UNCERTAIN}
)
"""What leaves open which test a result is of (Q35)."""

_WHOSE_NAMES = {
    NotCounted.NAMES_CONTRADICT: "whose names contradict each other",
    NotCounted.SEVERAL_TESTS: "that names several tests",
    NotCounted.NAME_UNCERTAIN: "whose name leaves open which test it is",
}


def _of_the_person(resource: dict[str, Any], known: Known) -> Known:
    """Return a component or a coded answer marked, where what is not read changes it, or it is
    asked of the family, of a donor or of a child unborn.
    """
    if known[0] is not resource and is_changed(known[0]):
        return (*known[:4], NotCounted.CHANGED)
    names = (resource.get("code"), known[0].get("code"))
    return (*known[:4], NotCounted.ABOUT_ANOTHER) if any(map(speaks_of_family, names)) else known


def _name(found: list[Known]) -> str:
    _, code, matches, *_ = found[0]
    return name_entry(code, matches[0])


def observe(
    index: RecordIndex,
    context: ReportContext,
    placed: Placed,
    resource: dict[str, Any],
    found: list[Known],
    dated: Dated,
) -> list[Observed]:
    """Return what an Observation and its components stand for, each with why it cannot count; the
    receipt says it too.
    """
    if "specimen" in resource:
        found = _of_their_fluid(context, resource, found)
    day, written, by_issue = dated.day, dated.written, dated.by_issue
    sample = context.specimen_of(resource) if "specimen" in resource else {}
    report = context.report_of(placed, resource) if context.reports else {}
    why = _why_not_counted(index, placed, resource, found, dated, (report, sample))
    if len(found) > 1 or found[0][3] or found[0][0] is not resource:
        found = [_of_the_person(resource, known) for known in found]
    observed = [
        Observed(placed, body, code, matches, day, written, by_answer, by_issue, why or contradicts)
        for body, code, matches, by_answer, contradicts in found
    ]
    for item in observed:
        if item.not_counted is NotCounted.ABOUT_ANOTHER:
            index.receipt.ignore(placed, f"{_name(found)}, {NotCounted.ABOUT_ANOTHER.value}")
        if item.not_counted in CONTRADICTIONS:
            index.receipt.ignore(placed, f"{_name(found)}, {item.not_counted.value}")
            _note_uncounted(index, found, _WHOSE_NAMES[item.not_counted])
    return observed


def read_told(
    index: RecordIndex, context: ReportContext, came: Iterable[Observed]
) -> list[Observed]:
    """Return the levels of vitamin B12 that reports and comments tell in words, where none came as
    a result: they cannot be used, and nobody may say that there is no test (I27, Q36).
    """
    observed: list[Observed] = []
    if any(match.concept in B12_CONCEPTS for item in came for match in item.matches):
        return observed
    for kind, said in (("DiagnosticReport", "conclusion"), ("Observation", "valueString")):
        for placed in index.by_type.get(kind, ()):
            told = b12_told(as_text(placed.resource.get(said))) if said in placed.resource else ""
            if told and not is_mistaken(placed.resource):
                body = {**placed.resource, "code": _B12, "valueString": f"in words: {told}"}
                found: list[Known] = [(body, _B12, read_name(index, _B12).matches, False, None)]
                dated = context.date(placed, placed.resource)
                observed += observe(index, context, placed, body, found, dated)
    return observed


_B12 = {"text": "Vitamin B12"}


def _why_not_counted(
    index: RecordIndex,
    placed: Placed,
    resource: dict[str, Any],
    found: list[Known],
    dated: Dated,
    around: tuple[Mapping[str, Any], ...],
) -> NotCounted | None:
    """Return why a result cannot count, whatever its value, and say so in the receipt; `None` when
    it may. `around`: its report and its sample.
    """
    status = code_of(resource.get("status"))
    if status not in COUNTED:
        index.receipt.ignore(placed, why_status(_name(found), status))
        _note_uncounted(index, found, _in_words(status))
        early = status in ("registered", "preliminary")
        return NotCounted.PRELIMINARY if early else NotCounted.OTHER_STATUS
    if dated.day is not None and dated.day.earliest > index.tomorrow:
        index.receipt.ignore(placed, f"{_name(found)}, in the future: {dated.day}")
        _note_uncounted(index, found, "in the future")
        return NotCounted.IN_FUTURE
    why, said = _what_it_says(resource, around)
    if why is not None:
        index.receipt.ignore(placed, f"{_name(found)}, {said}")
        _note_uncounted(index, found, said.removeprefix("it is "))
    return why


def _what_it_says(
    resource: dict[str, Any], around: tuple[Mapping[str, Any], ...]
) -> tuple[NotCounted | None, str]:
    """Return why a result cannot count by what it, its report or its sample says, and that in
    words; of a corrected one a note of a mistake speaks of what was.
    """
    if changes := what_changes(resource):
        return NotCounted.CHANGED, f"changed by {changes}"
    for one in (resource, *around):
        if not one or _SAYING.isdisjoint(one) or code_of(one.get("status")) in _CORRECTED:
            continue
        if note_of_mistake(one, of_result=True):
            return NotCounted.SAID_MISTAKEN, "a mistake by its note"
    if _is_about_another(resource):
        return NotCounted.ABOUT_ANOTHER, NotCounted.ABOUT_ANOTHER.value
    return None, ""


_SAYING = NOTES | {"conclusion"}
_CORRECTED = frozenset({"amended", "corrected", "appended"})


def _is_about_another(resource: dict[str, Any]) -> bool:
    """Return whether a result names a focus other than the patient: a donor, a child unborn, a
    device (FHIR R4 Observation.focus).
    """
    if "focus" not in resource:
        return False
    own = reference_of(as_dict(resource.get("subject")))
    named = [as_dict(focus) for focus in as_list(resource["focus"])]
    return any(focus and reference_of(focus) != own for focus in named)


def _note_uncounted(index: RecordIndex, found: list[Known], why: str) -> None:
    for concept in {
        match.concept
        for _, _, matches, *_ in found
        for match in matches
        if match.role in COUNTED_ROLES
    }:
        index.uncounted.setdefault(concept, []).append(why)


def _in_words(status: str) -> str:
    if status in ("registered", "preliminary", "cancelled", "entered-in-error"):
        return status
    return f"of status {status}" if status else "without a status"


def why_no_day(resource: dict[str, Any]) -> str:
    """Return why a result has no day on which it applied."""
    written = [as_text(resource[name]) for name in OWN_DATES if name in resource]
    if any(written):
        return f"date not readable: {' '.join(written)}"
    return "no date on which the sample was taken, nor one of issue"


def why_not_used(match: Match) -> str:
    """Return what the receipt says of a known code that is not a result to count."""
    return why_role_unused(match, ROLE_WORDS[Role.CONTEXT])


def _of_their_fluid(
    context: ReportContext, resource: dict[str, Any], found: list[Known]
) -> list[Known]:
    """Return the results, those of the blood marked whose sample is of another fluid (Q35)."""
    sample = context.specimen_of(resource).get("type")
    words = [as_text(as_dict(resource["specimen"]).get("display")), *texts_of(sample)]
    return [
        (*known[:4], NotCounted.NAMES_CONTRADICT) if is_of_another_fluid(known[2], words) else known
        for known in found
    ]


_UNDER_TREATMENT = re.compile(
    r"(?:^|\b(?:patient|pt|currently|already|now|is|was|known|while) )on "
    r"(?:(?:regular|oral|im|monthly|long term|maintenance|replacement) )*(?:vit(?:amin)? )?"
    r"(?:b12|hydroxocobalamin|cyanocobalamin)\b|"
    r"\b(?:taking|takes|receiving|receives) (?:vit(?:amin)? )?b12\b|"
    r"\b(?:unter|nimmt|erhalt) (?:vitamin )?b12\b|\bsous (?:vitamine )?b12\b"
)
_IF = re.compile(r"\b(?:if|unless|whether|may|might|could|should|consider|wenn|falls|si)\b")


def text_of_treatment(notes: Iterable[str]) -> str:
    """Return the note of a result that says that vitamin B12 is being taken; empty for none. What a
    laboratory advises everybody ("if on B12 ...") says nothing of this person.
    """
    for note in notes:
        for sentence in re.split(r"[.;\n]", note[:LONGEST_NOTE]):
            normal = normalise_text(sentence)
            if _UNDER_TREATMENT.search(normal) and not _IF.search(normal):
                return note
    return ""


LONGEST_NOTE = 2000
"""Characters of a note that are looked through."""
