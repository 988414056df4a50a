"""Observations as they stand: which concept, which value, which day; components, contained and
panel results one by one.

Source: decisions 2.1 (status, latest by time of sampling), Q33 (which day that is).
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    DateSpan,
    Placed,
    as_dict,
    as_list,
    as_text,
    code_of,
    read_date,
    reference_of,
)
from fhir_mappings.intake import RecordIndex, name_entry, why_status, why_unknown
from fhir_mappings.judging import Understood
from fhir_mappings.laboratory.names import (
    COUNTED_ROLES,
    name_understood,
    read_name,
    text_of_event,
    understood_as_another,
)
from fhir_mappings.laboratory.report_context import OWN_DATES, Dated, ReportContext, moment_of
from fhir_mappings.terminology import (
    Match,
    Role,
)
from recommender.language import HintAt, NotCounted

COUNTED_STATUSES = frozenset({"final", "amended", "corrected"})
"""Only these results count (decisions 2.1)."""


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
    def moment(self) -> str:
        """A text that orders results of one day."""
        return moment_of(self.written)


class Observations(NamedTuple):
    """The results of a record that stand for something we know: those that count, and those that
    cannot for their status, their date or a contradiction.
    """

    counted: list[Observed]
    passed_over: list[Observed]


def read_observations(index: RecordIndex) -> Observations:
    """Return the results that stand for something we know; the receipt says why the others are not
    read.
    """
    context = ReportContext.of(index)
    observed: list[Observed] = []
    for placed in index.by_type.get("Observation", ()):
        if _passes_over(index, placed):
            continue
        known = _find_known(index, context, placed, placed.resource)
        index.understanding.count("labs", placed, _understood(index, placed.resource, known))
        observed += _read_one(index, context, placed, placed.resource, known)
    for placed in index.by_type.get("DiagnosticReport", ()):
        index.receipt.ignore(placed, "a report: its results are read one by one")
        observed += _read_contained(index, context, placed)
    for placed in index.by_type.get("QuestionnaireResponse", ()):
        observed += _read_answers(index, placed)
    for placed in index.by_type.get("Specimen", ()):
        index.receipt.ignore(placed, "a specimen: it dates its results, which are read one by one")
    return Observations(
        [item for item in observed if item.not_counted is None],
        [item for item in observed if item.not_counted is not None],
    )


HOLD_MORE = frozenset({"component", "contained", "valueCodeableConcept", "language"})
"""Members by which a result may say more than its code does."""


def _passes_over(index: RecordIndex, placed: Placed) -> bool:
    """Note a result of a test that is none of ours, and that holds nothing more to read; return
    whether it is such a one, as most are. The same test is looked at once in a record.
    """
    resource = placed.resource
    if not HOLD_MORE.isdisjoint(resource):
        return False
    written = ("another test", repr(resource.get("code")))
    if written not in index.read_before:
        index.read_before[written] = understood_as_another(index, resource)
    by: Understood | None = index.read_before[written]
    if by is None:
        return False
    index.understanding.count("labs", placed, by)
    index.receipt.ignore(placed, partial(_why_unknown, resource))
    return True


def _understood(index: RecordIndex, resource: dict[str, Any], known: list[_Known]) -> Understood:
    """Return by what a result was understood: by a code, ours or not; by its words; or not."""
    matched = {match.matched_by for _, _, matches, *_ in known for match in matches}
    if "code" in matched:
        return Understood.BY_CODE
    by = name_understood(index, resource)
    return Understood.BY_WORDS if matched and by is not Understood.BY_CODE else by


def _read_one(
    index: RecordIndex,
    context: ReportContext,
    placed: Placed,
    resource: dict[str, Any],
    found: list[_Known],
) -> list[Observed]:
    inside = _read_contained(index, context, placed) if "contained" in resource else []
    if not found:
        index.receipt.ignore(placed, partial(_why_unknown, resource))
        _show_event(index, context, placed, resource)
        return inside
    dated = context.date(placed, resource)
    why = _why_not_counted(index, placed, resource, found, dated)
    observed = [
        Observed(
            placed,
            body,
            code,
            matches,
            dated.day,
            dated.written,
            from_answer,
            dated.by_issue,
            why or contradicts,
        )
        for body, code, matches, from_answer, contradicts in found
    ]
    for item in observed:
        if item.not_counted in CONTRADICTIONS:
            index.receipt.ignore(placed, f"{_name(found)}, {item.not_counted.value}")
            _note_uncounted(index, found, "whose names contradict each other")
    return observed + inside


def _show_event(
    index: RecordIndex, context: ReportContext, placed: Placed, resource: dict[str, Any]
) -> None:
    """Note that the words of an Observation that is no result speak of vitamin B12 given (Q28)."""
    text = text_of_event(resource.get("code"))
    if text:
        day = context.date(placed, resource).day
        index.understanding.hint(HintAt.B12_TREATMENT, placed, text, day.latest if day else None)


def _why_not_counted(
    index: RecordIndex,
    placed: Placed,
    resource: dict[str, Any],
    found: list[_Known],
    dated: Dated,
) -> NotCounted | None:
    """Return why a result cannot count, whatever its value, and say so in the receipt; `None` when
    it may.
    """
    status = code_of(resource.get("status"))
    if status not in COUNTED_STATUSES:
        index.receipt.ignore(placed, why_status(_name(found), status))
        _note_uncounted(index, found, _in_words(status))
        early = status in ("registered", "preliminary")
        return NotCounted.PRELIMINARY if early else NotCounted.OTHER_STATUS
    if dated.day is not None and dated.day.earliest > index.as_of + dt.timedelta(days=1):
        index.receipt.ignore(placed, f"{_name(found)}, in the future: {dated.day}")
        _note_uncounted(index, found, "in the future")
        return NotCounted.IN_FUTURE
    if _is_about_another(resource):
        index.receipt.ignore(placed, f"{_name(found)}, {NotCounted.ABOUT_ANOTHER.value}")
        _note_uncounted(index, found, "about somebody or something else")
        return NotCounted.ABOUT_ANOTHER
    return None


def _is_about_another(resource: dict[str, Any]) -> bool:
    """Return whether a result names a focus other than the patient: a donor, a child unborn, a
    device (FHIR R4 Observation.focus).
    """
    if "focus" not in resource:
        return False
    own = reference_of(as_dict(resource.get("subject")))
    named = [as_dict(focus) for focus in as_list(resource["focus"])]
    return any(focus and reference_of(focus) != own for focus in named)


def _note_uncounted(index: RecordIndex, found: list[_Known], why: str) -> None:
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


_Known = tuple[dict[str, Any], Any, tuple[Match, ...], bool, NotCounted | None]
"""A body, its code, what that stands for, if by its answer, and how its names contradict."""

CONTRADICTIONS = frozenset({NotCounted.NAMES_CONTRADICT, NotCounted.SEVERAL_TESTS})
"""What leaves open which test a result is of (Q35)."""


def _name(found: list[_Known]) -> str:
    _, code, matches, *_ = found[0]
    return name_entry(code, matches[0])


def _find_known(
    index: RecordIndex, context: ReportContext, placed: Placed, resource: dict[str, Any]
) -> list[_Known]:
    """Return of an Observation and its components those that stand for something; an Observation
    without a name of its own takes that of the report whose only result it is.
    """
    parts = [resource]
    if "component" in resource:
        parts += [
            component for component in as_list(resource["component"]) if isinstance(component, dict)
        ]
    found: list[_Known] = []
    for body in parts:
        code = body.get("code")
        if code is None and body is resource:
            code = context.name_by_report(placed, resource)
        named = read_name(index, code)
        if named.says_nothing and body is resource:
            code = context.name_by_report(placed, resource)
            named = read_name(index, code)
        if named.matches:
            found.append((body, code, named.matches, False, named.contradicts))
        elif "valueCodeableConcept" in body:  # what a coded answer stands for ("Diet: vegan")
            answers = index.value_sets.concepts(body["valueCodeableConcept"])
            found += [(body, code, answers, True, None)] if answers else []
    return found


def _read_contained(index: RecordIndex, context: ReportContext, placed: Placed) -> list[Observed]:
    """Read the Observations inside a resource; they take status, time and specimen from it where
    they have none of their own.
    """
    outer = placed.resource
    names = ("status", "effectiveDateTime", "effectivePeriod", "subject", "issued", "specimen")
    inherited = {name: outer[name] for name in outer if name in names}
    if isinstance(inherited.get("specimen"), list):
        inherited["specimen"] = next(iter(inherited["specimen"]), None)
    observed: list[Observed] = []
    for inner in as_list(outer.get("contained")):
        if isinstance(inner, dict) and inner.get("resourceType") == "Observation":
            # What stands inside contained resources is not followed further: FHIR allows no second
            # level.
            resource = {
                name: value for name, value in {**inherited, **inner}.items() if name != "contained"
            }
            known = _find_known(index, context, placed, resource)
            observed += _read_one(index, context, placed, resource, known)
    return observed


ANSWERED_STATUSES = frozenset({"completed", "amended"})


def _read_answers(index: RecordIndex, placed: Placed) -> list[Observed]:
    """Return the answers of a questionnaire whose questions are ours, named by the code of one of
    our own observations (Q1).
    """
    resource = placed.resource
    status = code_of(resource.get("status"))
    if status not in ANSWERED_STATUSES:
        index.receipt.ignore(placed, why_status("questionnaire", status))
        return []
    written = resource.get("authored")
    day = read_date(written)
    if day is not None and day.earliest > index.as_of + dt.timedelta(days=1):
        index.receipt.ignore(placed, f"questionnaire, in the future: {day}")
        return []
    observed = []
    for item in _questions(resource):
        code = {"coding": [{"system": OWN_OBSERVATIONS, "code": as_text(item.get("linkId"))}]}
        matches = index.value_sets.find(code)
        answers = [as_dict(answer) for answer in as_list(item.get("answer"))]
        if matches and len(answers) == 1:
            observed.append(Observed(placed, answers[0], code, matches, day, written))
    if not observed:
        index.receipt.ignore(placed, "no question of ours is answered in it")
    return observed


OWN_OBSERVATIONS = "urn:b12-cds:observation"
MOST_QUESTIONS = 500


def _questions(resource: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the questions of a response and of its groups, level by level."""
    found: list[dict[str, Any]] = []
    level = [item for item in as_list(resource.get("item")) if isinstance(item, dict)]
    while level and len(found) < MOST_QUESTIONS:
        found += level
        level = [
            item for outer in level for item in as_list(outer.get("item")) if isinstance(item, dict)
        ]
    return found[:MOST_QUESTIONS]


def _why_unknown(resource: dict[str, Any]) -> str:
    if ("hasMember" in resource or "related" in resource) and not any(
        name.startswith("value") for name in resource
    ):
        return "a panel: its results are read one by one"
    return why_unknown(resource.get("code"))


def why_no_day(resource: dict[str, Any]) -> str:
    """Return why a result has no day on which it applied."""
    written = [as_text(resource[name]) for name in OWN_DATES if name in resource]
    if any(written):
        return f"date not readable: {' '.join(written)}"
    return "no date on which the sample was taken, nor one of issue"


def why_not_used(match: Match) -> str:
    """Return what the receipt says of a known code that is not a result to count."""
    name = match.member.display
    match match.role:
        case Role.EXCLUDE:
            return f"looks alike, does not count: {name}"
        case Role.REVIEW:
            return f"not specific enough to count: {name}"
        case Role.SEPARATE:
            return f"another test with other limits: {name}"
        case Role.ORDER:
            return f"a panel: its results are read one by one ({name})"
    return f"background, no rule rests on it: {name}"
