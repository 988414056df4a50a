"""The observations of a record that stand for something: components, contained and panel results
one by one, and the answers of questionnaires.

Source: decisions 2.1 (latest by time of sampling), Q1 (questionnaires), Q28 (events).
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    NOTES,
    DateSpan,
    Placed,
    as_dict,
    as_key,
    as_list,
    as_text,
    code_of,
    is_mistaken,
    read_date,
    read_notes,
    texts_of,
    what_changes,
)
from fhir_mappings.intake import RecordIndex, is_about_another, why_status, why_unknown
from fhir_mappings.judging import (
    Understood,
    text_of_event,
    text_of_pregnancy,
)
from fhir_mappings.laboratory.names import (
    B12_CONCEPTS,
    Named,
    name_understood,
    read_name,
    understood_as_another,
)
from fhir_mappings.laboratory.observed import (
    Known,
    Observed,
    observe,
    read_told,
    text_of_treatment,
)
from fhir_mappings.laboratory.report_context import ReportContext
from fhir_mappings.values import may_be_pregnant, read_affirmed
from recommender.language import HintAt, NotCounted


class Observations(NamedTuple):
    """Results of something we know, and why not all count; `others` may tell of an allergy."""

    counted: list[Observed]
    passed_over: list[Observed]
    others: list[Placed]


def read_observations(index: RecordIndex) -> Observations:
    """Return the results that stand for something we know; the receipt says why the others are not
    read.
    """
    context = ReportContext.of(index)
    observed: list[Observed] = []
    others: list[Placed] = []
    for placed in index.by_type.get("Observation", ()):
        as_written = as_key(placed.resource.get("code"))
        test = _read_test(index, placed.resource, as_written)
        if test is None:
            known = _find_known(index, context, placed, placed.resource, as_written)
            by = _understood(index, placed.resource, known)
        else:
            known, by = _known_by_name(placed.resource, test[0]), test[1]
        index.understanding.count("labs", placed, by)
        if test and not known:
            index.receipt.ignore(placed, partial(_why_unknown, placed.resource))
        else:
            observed += _read_one(index, context, placed, placed.resource, known)
            others += [placed] if all(by_answer for *_, by_answer, _ in known) else []
    for placed in index.by_type.get("DiagnosticReport", ()):
        index.receipt.ignore(placed, "a report: its results are read one by one")
        inside = _read_contained(index, context, placed)
        observed += inside or _read_concluded(index, context, placed)
    for placed in index.by_type.get("QuestionnaireResponse", ()):
        observed += _read_answers(index, placed)
    observed += read_told(index, context, observed)
    for placed in index.by_type.get("Specimen", ()):
        index.receipt.ignore(placed, "a specimen: it dates its results, which are read one by one")
    counted = [item for item in observed if item.not_counted is None]
    passed_over = [item for item in observed if item.not_counted is not None]
    return Observations(counted, passed_over, others)


HOLD_MORE = frozenset({"component", "contained", "valueCodeableConcept", "language"})
"""Members by which a result may say more than its code does."""


def _read_test(
    index: RecordIndex, resource: dict[str, Any], as_written: Hashable
) -> tuple[Named, Understood] | None:
    """Return what the name of a result stands for and by what it was understood; `None` where more
    is to be read than a name, as in few. The same test is looked at once in a record.
    """
    if not HOLD_MORE.isdisjoint(resource):
        return None
    written = ("a test", as_written)
    if written not in index.read_before:
        named = read_name(index, resource.get("code"), as_written)
        by: Understood | None = understood_as_another(index, resource, as_written)
        if named.matches:
            by = _understood(index, resource, _known_by_name(resource, named))
        index.read_before[written] = by and (named, by)
    test: tuple[Named, Understood] | None = index.read_before[written]
    return test


def _known_by_name(resource: dict[str, Any], named: Named) -> list[Known]:
    matches, _, contradicts = named
    return [(resource, resource["code"], matches, False, contradicts)] if matches else []


def _understood(index: RecordIndex, resource: dict[str, Any], known: list[Known]) -> Understood:
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
    found: list[Known],
) -> list[Observed]:
    inside = _read_contained(index, context, placed) if "contained" in resource else []
    if not found:
        index.receipt.ignore(placed, partial(_why_unknown, resource))
        _show_event(index, context, placed, resource)
        return inside
    dated = context.date(placed, resource)
    _show_treatment(index, placed, resource, found, dated.day)
    return observe(index, context, placed, resource, found, dated) + inside


def _show_treatment(
    index: RecordIndex,
    placed: Placed,
    resource: dict[str, Any],
    found: list[Known],
    day: DateSpan | None,
) -> None:
    """Note that a vitamin B12 result says of itself that it was taken on treatment (Q28)."""
    if NOTES.isdisjoint(resource) or is_mistaken(resource):
        return
    noted = read_notes(resource)
    of_b12 = any(match.concept in B12_CONCEPTS for known in found for match in known[2])
    text = text_of_treatment(noted) if of_b12 else ""
    if text:
        index.understanding.hint(HintAt.B12_TREATMENT, placed, text, day and day.latest)


def _show_event(
    index: RecordIndex, context: ReportContext, placed: Placed, resource: dict[str, Any]
) -> None:
    """Note that the words of an Observation that is no result speak of vitamin B12 given, or of a
    pregnancy (Q28).
    """
    denied = is_mistaken(resource) or read_affirmed(resource) is False
    texts = [] if denied else texts_of(resource.get("code"))
    if text := text_of_event(texts):
        day = context.date(placed, resource).day
        index.understanding.hint(HintAt.B12_TREATMENT, placed, text, day.latest if day else None)
    elif text := text_of_pregnancy(texts):
        day = context.date(placed, resource).day
        if not may_be_pregnant(resource, text, day, index.as_of):
            return
        index.understanding.hint(HintAt.PREGNANCY, placed, text, day.latest if day else None)


def _find_known(
    index: RecordIndex,
    context: ReportContext,
    placed: Placed,
    resource: dict[str, Any],
    as_written: Hashable = None,
) -> list[Known]:
    """Return of an Observation and its components those that stand for something; an Observation
    without a name of its own takes that of the report whose only result it is.
    """
    index.receipt.tick()
    parts = [resource]
    if "component" in resource:
        parts += [part for part in as_list(resource["component"]) if isinstance(part, dict)]
    found: list[Known] = []
    for body in parts:
        code, own = body.get("code"), as_written if body is resource else None
        if code is None and body is resource:
            code, own = context.name_by_report(placed, resource), None
        named = read_name(index, code, own)
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
    they have none of their own, and its status where it is a mistake.
    """
    outer = placed.resource
    names = ("status", "effectiveDateTime", "effectivePeriod", "subject", "issued", "specimen")
    inherited = {name: outer[name] for name in outer if name in names}
    mistaken = {"status": outer["status"]} if is_mistaken(outer) else {}
    if isinstance(inherited.get("specimen"), list):
        inherited["specimen"] = next(iter(inherited["specimen"]), None)
    observed: list[Observed] = []
    for inner in as_list(outer.get("contained")):
        is_result = isinstance(inner, dict) and inner.get("resourceType") == "Observation"
        if is_result and not is_about_another(inner, index.record.patient_id):
            resource = {**inherited, **inner, **mistaken}
            resource.pop("contained", None)  # FHIR allows no second level
            known = _find_known(index, context, placed, resource)
            observed += _read_one(index, context, placed, resource, known)
    return observed


def _read_concluded(index: RecordIndex, context: ReportContext, placed: Placed) -> list[Observed]:
    """Read a report of one of our tests none of whose results came: its outcome stands in words, or
    is not told, and nobody may say that there is no test (Q35 v, I27).
    """
    resource = context.conclude(placed.resource)
    found = _find_known(index, context, placed, resource) if resource else []
    return _read_one(index, context, placed, resource, found) if found else []


ANSWERED_STATUSES = frozenset({"completed", "amended"})


def _read_answers(index: RecordIndex, placed: Placed) -> list[Observed]:
    """Return the answers of a questionnaire whose questions are ours, named by the code of one of
    our own observations (Q1).
    """
    resource, status = placed.resource, code_of(placed.resource.get("status"))
    if status not in ANSWERED_STATUSES:
        index.receipt.ignore(placed, why_status("questionnaire", status))
        return []
    day = read_date(written := resource.get("authored"))
    if future := day is not None and day.earliest > index.tomorrow:
        index.receipt.ignore(placed, f"questionnaire, in the future: {day}")
    if changes := what_changes(resource):
        index.receipt.ignore(placed, f"questionnaire, changed by {changes}")
    observed = []
    for item in _questions(resource):
        code = {"coding": [{"system": OWN_OBSERVATIONS, "code": as_text(item.get("linkId"))}]}
        of = index.value_sets.find(code)
        answers = [as_dict(answer) for answer in as_list(item.get("answer"))]
        if of and len(answers) == 1:
            why = NotCounted.CHANGED if changes or what_changes(item) else None
            why = NotCounted.IN_FUTURE if future else why
            observed.append(Observed(placed, answers[0], code, of, day, written, not_counted=why))
    if not observed:
        index.receipt.ignore(placed, "it answers none of the questions asked")
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
