"""Observations that answer a question instead of giving a laboratory value: screens, symptoms,
lengths, antibodies, pregnancy, diet.

Source: decisions 2.2 (F2, F3, F10, F12 to F14) and Q1 to Q3. The service's own code system
`urn:b12-cds:observation` names four of them; sites map their own codes to these concepts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from fhir_mappings.fhir import code_of, months_before
from fhir_mappings.history.conditions import PREGNANCY_DAYS
from fhir_mappings.history.signs_and_causes import CAUSES as DIAGNOSED_CAUSES
from fhir_mappings.history.signs_and_causes import NEW_SIGN_DAYS, SIGNS
from fhir_mappings.intake import RecordIndex, cite, name_entry, words_as_recorded
from fhir_mappings.laboratory import ANALYTES, Observed
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.values import Analyte, Reading, read_booleanish, read_result
from recommender.language import (
    NO_RESULT,
    Because,
    Cause,
    CauseFinding,
    Evidence,
    Fact,
    Measurement,
    NeurologicalFinding,
    Truth,
    truth_of,
)

ANSWER_DAYS = 90
"""Days for which the answer of a neurological or symptom screen counts (F10, F12, Q1)."""

NOT_PREGNANT_DAYS = 30
"""Days for which "not pregnant" counts. A design default."""

POSITIVE_INTERPRETATIONS = frozenset({"pos", "h", "hh", "a", "aa"})
"""Interpretation codes by which a laboratory calls an antibody present, beside a number."""

NEGATIVE_INTERPRETATIONS = frozenset({"neg", "nd"})
"""Interpretation codes by which something looked for was not found."""

DIET = frozenset({Concept.VEGAN, Concept.LOW_B12_INTAKE})


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """What the answering Observations say."""

    neurological_screen: Fact
    symptoms: Fact
    pregnant: Fact
    breastfeeding: Fact
    planning_pregnancy: Fact
    ileal_resection_length: Measurement = NO_RESULT
    crohns_ileal_extent: Measurement = NO_RESULT
    findings: tuple[NeurologicalFinding, ...] = ()
    causes: tuple[CauseFinding, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """One Observation as one thing it stands for."""

    observed: Observed
    match: Match

    @property
    def date(self) -> dt.date | None:
        return self.observed.day.latest if self.observed.day else None

    def cite(self, reported: str = "", meaning: str = "") -> Evidence:
        return cite(
            self.observed.placed, self.match, self.observed.code, self.date, reported, meaning
        )

    @property
    def name(self) -> str:
        return name_entry(self.observed.code, self.match)

    @property
    def when(self) -> str:
        return str(self.observed.day) if self.observed.day else "no date"

    @property
    def newness(self) -> tuple[dt.date, str, str]:
        """Sorts answers from old to new; one without a date comes first."""
        return self.date or dt.date.min, self.observed.moment, self.observed.placed.reference

    def is_within(self, as_of: dt.date, days: int) -> bool:
        """Return whether it was given in the last so many days; one without a full date cannot show
        that.
        """
        day = self.observed.day
        return day is not None and day.earliest >= as_of - dt.timedelta(days=days)


def map_answers(
    index: RecordIndex, observed: Iterable[Observed], treatment_start: dt.date | None
) -> AnswerFacts:
    """Return the facts of the answering Observations; `treatment_start` is when the current vitamin
    B12 treatment began.
    """
    answers: dict[Concept, list[Answer]] = {}
    for item in observed:
        for match in item.matches:
            if match.concept not in ANALYTES:  # a measured value answers none of these questions
                answers.setdefault(match.concept, []).append(Answer(item, match))
    for given in answers.values():
        given.sort(key=lambda answer: answer.newness, reverse=True)
    nothing = index.not_recorded("labs")
    return AnswerFacts(
        neurological_screen=_screen(
            index, "neurological_screen", answers.get(Concept.NEURO_SCREEN, []), nothing
        ),
        symptoms=_screen(index, "symptoms", answers.get(Concept.B12_SYMPTOMS, []), nothing),
        pregnant=_pregnant(index, answers, nothing),
        breastfeeding=_of_the_year(
            index,
            "breastfeeding",
            answers,
            (Concept.BREASTFEEDING_STATUS, Concept.BREASTFEEDING),
            nothing,
        ),
        planning_pregnancy=_of_the_year(
            index, "planning_pregnancy", answers, (Concept.PLANNING_PREGNANCY,), nothing
        ),
        ileal_resection_length=_length(
            index,
            "ileal_resection_length",
            answers.get(Concept.ILEAL_RESECTION_LENGTH, []),
            "procedures",
        ),
        crohns_ileal_extent=_length(
            index, "crohns_ileal_extent", answers.get(Concept.CROHNS_ILEAL_EXTENT, []), "conditions"
        ),
        findings=_findings(index, answers, treatment_start),
        causes=_causes(index, answers),
    )


def _screen(index: RecordIndex, fact: str, answers: list[Answer], nothing: Fact) -> Fact:
    """Return the newest answer of a yes-or-no screen while it counts; an older or unreadable one
    leaves it unknown.
    """
    newest = _take_newest(index, answers)
    if newest is None:
        return nothing
    said = _said(newest)
    if said is None:
        return _unread(index, newest, NEITHER_YES_NOR_NO)
    if not newest.is_within(index.as_of, ANSWER_DAYS):
        return _unread(index, newest, f"not within {ANSWER_DAYS} days: {newest.when}")
    index.receipt.use(newest.observed.placed, fact)
    return Fact(
        truth_of(said), "", (newest.cite(str(said).lower(), "found" if said else "none found"),)
    )


NEITHER_YES_NOR_NO = "answer not readable as yes or no"


def _take_newest(index: RecordIndex, answers: Iterable[Answer]) -> Answer | None:
    """Return the newest of the answers to one question, after writing into the receipt that it
    outweighs the others.
    """
    listed = list(answers)
    newest = max(listed, key=lambda answer: answer.newness, default=None)
    for older in listed:
        if newest is not None and older.observed.placed is not newest.observed.placed:
            index.receipt.ignore(older.observed.placed, partial(_why_outweighed, older, newest))
    return newest


def _why_outweighed(older: Answer, newest: Answer) -> str:
    reference = newest.observed.placed.reference
    if older.date == newest.date:
        return f"{older.name}, outweighed by another answer of the same day: {reference}"
    return f"{older.name}, outweighed by a newer answer: {reference} of {newest.observed.day}"


def _unread(index: RecordIndex, answer: Answer, why: str) -> Fact:
    """Return the unknown fact of an answer that does not count; the receipt says whose it is,
    too.
    """
    index.receipt.ignore(answer.observed.placed, f"{answer.name}, {why}")
    return Fact(Truth.UNKNOWN, why, (answer.cite(),), because=Because.NOT_CERTAIN)


def _pregnant(index: RecordIndex, answers: dict[Concept, list[Answer]], nothing: Fact) -> Fact:
    """Return what the newest pregnancy status says (F2)."""
    newest = _take_newest(
        index, (answer for concept in _PREGNANCY for answer in answers.get(concept, []))
    )
    if newest is None:
        return nothing
    means = _pregnancy_value(index, newest)
    days = PREGNANCY_DAYS if means.is_true else NOT_PREGNANT_DAYS
    if means.is_unknown:
        return _unread(index, newest, "pregnancy status not readable")
    if not newest.is_within(index.as_of, days):
        return _unread(index, newest, f"not within {days} days: {newest.when}")
    index.receipt.use(newest.observed.placed, "pregnant")
    return Fact(means, "", (newest.cite(_coded_answer(index, newest)),))


_PREGNANCY = (
    Concept.PREGNANCY_STATUS,
    Concept.PREGNANT,
    Concept.NOT_PREGNANT,
    Concept.POSSIBLE_PREGNANCY,
)


def _pregnancy_value(index: RecordIndex, answer: Answer) -> Truth:
    concepts = {
        match.concept
        for match in index.value_sets.concepts(answer.observed.body.get("valueCodeableConcept"))
    }
    if answer.match.concept is not Concept.PREGNANCY_STATUS and not concepts:
        said = _affirms(answer)
        if answer.match.concept is Concept.PREGNANT:
            return truth_of(said)
        concepts = {answer.match.concept} if said else set()
    if concepts & {Concept.PREGNANT, Concept.PREGNANCY_ANSWER_PREGNANT}:
        return Truth.TRUE
    if Concept.NOT_PREGNANT in concepts:
        return Truth.FALSE
    return (
        truth_of(read_booleanish(answer.observed.body))
        if answer.match.concept is Concept.PREGNANCY_STATUS
        else Truth.UNKNOWN
    )


def _coded_answer(index: RecordIndex, answer: Answer) -> str:
    """Return the coded answer in words; empty when there is none."""
    value = answer.observed.body.get("valueCodeableConcept")
    return next((words_as_recorded(value, match) for match in index.value_sets.concepts(value)), "")


def _of_the_year(
    index: RecordIndex,
    fact: str,
    answers: dict[Concept, list[Answer]],
    concepts: tuple[Concept, ...],
    nothing: Fact,
) -> Fact:
    """Return what the newest answer says if it is of the last 12 months (F3)."""
    given = (
        answer
        for concept in concepts
        for answer in answers.get(concept, [])
        if answer.match.role in (Role.INCLUDE, Role.REVIEW)
    )
    newest = _take_newest(index, given)
    if newest is None:
        return nothing
    said = _affirms(newest)
    if said is None:
        return _unread(index, newest, NEITHER_YES_NOR_NO)
    if not newest.is_within(index.as_of, (index.as_of - months_before(index.as_of, 12)).days):
        return _unread(index, newest, f"not within 12 months: {newest.when}")
    index.receipt.use(newest.observed.placed, fact)
    return Fact(truth_of(said), "", (newest.cite(),))


def _said(answer: Answer) -> bool | None:
    """Return what an answer says by its value, else by its interpretation; `None` for neither."""
    said = read_booleanish(answer.observed.body)
    interpretation = code_of(answer.observed.body.get("interpretation"))
    if said is None and interpretation in ("pos", *NEGATIVE_INTERPRETATIONS):
        return interpretation == "pos"
    return said


def _affirms(answer: Answer) -> bool | None:
    """Return whether an Observation that names a finding says that it is there; `None` when its
    answer cannot be read.
    """
    if answer.observed.from_answer:
        return True
    said = _said(answer)
    has_value = any(
        name.startswith("value") or name == "dataAbsentReason" for name in answer.observed.body
    )
    return said if said is not None or has_value else True


def _length(index: RecordIndex, fact: str, answers: list[Answer], words_in: str) -> Measurement:
    """Return the newest length recorded as a quantity (Q2), of one moment the longest; `words_in`
    is the other list it may stand in.

    A newer one that cannot be read leaves the length unknown; one that says that there is no result
    does not count.
    """
    lengths = [(answer, read_result(answer.observed.body, Analyte.LENGTH)) for answer in answers]
    given = [(answer, length) for answer, length in lengths if not length.is_absent]
    for answer, length in lengths:
        if length.is_absent:
            index.receipt.ignore(answer.observed.placed, f"{answer.name}, {length.reason}")
    if not given:
        missing = index.not_recorded("labs", words_in)
        return Measurement(
            reason=lengths[0][1].reason if lengths else missing.reason,
            because=Because.NONE_RECORDED if lengths else missing.because,
        )
    newest, length = max(given, key=_length_newness)
    if length.quantity is None:
        index.receipt.ignore(newest.observed.placed, f"{newest.name}, {length.reason}")
    else:
        index.receipt.use(newest.observed.placed, fact)
    for older, _ in given:
        index.receipt.ignore(older.observed.placed, partial(_why_outweighed, older, newest))
    evidence = cite(
        newest.observed.placed,
        newest.match,
        newest.observed.code,
        newest.date,
        length.reported,
        length.converted,
    )
    return Measurement(length.quantity, newest.date, length.reason, (evidence,), because=length.why)


def _length_newness(given: tuple[Answer, Reading]) -> tuple[dt.date, str, bool, Decimal, str]:
    """Sorts lengths from old to new; of one moment those that can be read come last, the longest at
    the end.
    """
    answer, length = given
    day, moment, reference = answer.newness
    return (
        day,
        moment,
        length.quantity is not None,
        length.quantity.value if length.quantity else Decimal(0),
        reference,
    )


def _findings(
    index: RecordIndex, answers: dict[Concept, list[Answer]], treatment_start: dt.date | None
) -> tuple[NeurologicalFinding, ...]:
    """Neurological signs observed; one older than 90 days no longer says how it is now."""
    found: list[NeurologicalFinding] = []
    for answer in (given for concept in SIGNS for given in answers.get(concept, [])):
        if answer.match.role not in (Role.INCLUDE, Role.COMPETING_CAUSE, Role.REVIEW):
            continue
        if not _affirms(answer):
            index.receipt.ignore(
                answer.observed.placed,
                f"not affirmed, and one denied sign does not rule out the others: "
                f"{answer.match.member.display}",
            )
            continue
        index.receipt.use(answer.observed.placed, "neurological_involvement")
        current = answer.is_within(index.as_of, NEW_SIGN_DAYS)
        day = answer.observed.day
        is_new = (
            current
            and treatment_start is not None
            and day is not None
            and day.earliest > treatment_start
        )
        other = answer.match.role is not Role.INCLUDE
        found.append(
            NeurologicalFinding(
                SIGNS[answer.match.concept], current, answer.cite("observed"), other, is_new
            )
        )
    return tuple(found)


def _causes(index: RecordIndex, answers: dict[Concept, list[Answer]]) -> tuple[CauseFinding, ...]:
    """A positive intrinsic factor antibody, or a diet without vitamin B12 (F13)."""
    found: list[CauseFinding] = []
    for answer in answers.get(Concept.INTRINSIC_FACTOR_AB, []):
        if _is_positive(answer):
            index.receipt.use(answer.observed.placed, "cause")
            found.append(CauseFinding(Cause.PERNICIOUS_ANAEMIA, answer.cite("positive")))
        else:
            index.receipt.ignore(answer.observed.placed, "intrinsic factor antibody not positive")
    for answer in (given for concept in DIET for given in answers.get(concept, [])):
        if answer.match.role is Role.INCLUDE and _affirms(answer):
            index.receipt.use(answer.observed.placed, "cause")
            found.append(CauseFinding(DIAGNOSED_CAUSES[answer.match.concept], answer.cite()))
        elif answer.match.role is Role.INCLUDE:
            index.receipt.ignore(answer.observed.placed, f"{answer.name}, not affirmed")
    return tuple(found)


def _is_positive(answer: Answer) -> bool:
    said = read_booleanish(answer.observed.body)
    return (
        code_of(answer.observed.body.get("interpretation")) in POSITIVE_INTERPRETATIONS
        if said is None
        else said
    )
