"""Observations that answer a question instead of giving a laboratory value: screens, symptoms,
lengths, antibodies, pregnancy, diet.

Source: decisions 2.2 (F2, F3, F10, F12 to F14) and Q1 to Q3. The service's own code system
`urn:b12-cds:observation` names four of them; sites map their own codes to these concepts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from fhir_mappings.answers.answer import (
    Answer,
    Answers,
    affirms,
)
from fhir_mappings.answers.antibodies import read_antibodies
from fhir_mappings.answers.lengths import read_length
from fhir_mappings.answers.pregnancy import hint_at_pregnancy, read_pregnancy
from fhir_mappings.answers.states import read_of_the_year, read_screen
from fhir_mappings.fhir import is_mistaken
from fhir_mappings.history import DIAGNOSED_CAUSES, SIGNS
from fhir_mappings.intake import RecordIndex
from fhir_mappings.laboratory import ANALYTES, MAY_BE_NEWER, Observed
from fhir_mappings.said import DIETS, hint_at_signs, hint_at_signs_noted
from fhir_mappings.terminology import Concept, Role
from fhir_mappings.values import read_booleanish
from recommender.guidance import look_back
from recommender.language import (
    NO_RESULT,
    NOT_RECORDED,
    CauseFinding,
    Fact,
    Measurement,
    NeurologicalFinding,
    NotCounted,
)

SCREENS = frozenset({Concept.NEURO_SCREEN, Concept.B12_SYMPTOMS})


class AnswerFacts(NamedTuple):
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


NOTHING_ANSWERED = AnswerFacts(NOT_RECORDED, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED)
"""The facts of lists that came whole, where no question is answered."""


def map_answers(
    index: RecordIndex,
    observed: Iterable[Observed],
    treatment_start: dt.date | None,
    passed_over: Sequence[Observed] = (),
) -> AnswerFacts:
    """Return the facts of the answering Observations.

    Args:
        treatment_start: when the current vitamin B12 treatment began.
        passed_over: of these only the screens that may be the newest and not say no: what is
            changed by what is not read, a yes that is not final or dated in the future.
    """
    observed = tuple(observed)
    hint_at_signs(index, _places_read((*observed, *passed_over)))
    hint_at_pregnancy(index, passed_over)
    answers = _sort_answers((*observed, *filter(_may_be_newest_screen, passed_over)))
    nothing = index.not_recorded("labs")
    if not answers and index.not_recorded("labs", "procedures", "conditions") is NOT_RECORDED:
        return NOTHING_ANSWERED
    of = answers.get
    feeding = (Concept.BREASTFEEDING_STATUS, Concept.BREASTFEEDING)
    planning = (Concept.PLANNING_PREGNANCY,)
    screened, symptoms = _screened(index, answers), of(Concept.B12_SYMPTOMS, [])
    resected, involved = of(Concept.ILEAL_RESECTION_LENGTH, []), of(Concept.CROHNS_ILEAL_EXTENT, [])
    return AnswerFacts(
        neurological_screen=read_screen(index, screened, nothing),
        symptoms=read_screen(index, symptoms, nothing),
        pregnant=read_pregnancy(index, answers, nothing),
        breastfeeding=read_of_the_year(index, answers, feeding, nothing),
        planning_pregnancy=read_of_the_year(index, answers, planning, nothing),
        ileal_resection_length=read_length(index, resected, "procedures"),
        crohns_ileal_extent=read_length(index, involved, "conditions"),
        findings=_findings(index, answers, treatment_start),
        causes=_causes(index, answers),
    )


def _screened(index: RecordIndex, answers: Answers) -> list[Answer]:
    """Return the screens for nerve signs, with what their notes say of one noted."""
    screened = answers.get(Concept.NEURO_SCREEN, [])
    for answer in screened:
        hint_at_signs_noted(index, answer.observed.placed, answer.date)
    return screened


def _may_be_newest_screen(item: Observed) -> bool:
    if not any(match.concept in SCREENS for match in item.matches):
        return False
    is_yes = read_booleanish(item.body) is True and not is_mistaken(item.placed.resource)
    return item.is_changed or (is_yes and item.not_counted in MAY_BE_NEWER)


def _places_read(observed: Iterable[Observed]) -> set[str]:
    """Return where results and answers stand, but for signs in doubt, which are asked about."""
    return {
        item.placed.place
        for item in observed
        if "valueQuantity" in item.body or not _is_doubted_sign(item)
    }


def _is_doubted_sign(item: Observed) -> bool:
    """Return whether a coded sign is not final yet, or has an answer that is neither yes nor no
    ("possible"): it decides nothing, and what its words say is asked about.
    """
    signs = [match for match in item.matches if match.concept in SIGNS]
    if not signs or item.not_counted in (NotCounted.PRELIMINARY, NotCounted.OTHER_STATUS):
        return bool(signs)
    open_answer = item.not_counted is None and "dataAbsentReason" not in item.body
    return open_answer and affirms(Answer(item, signs[0])) is None


def _sort_answers(observed: Iterable[Observed]) -> Answers:
    """Return the answers by what they answer, the newest first."""
    answers: Answers = {}
    for item in observed:
        for match in item.matches:
            if match.concept not in ANALYTES:  # a measured value answers none of these questions
                answers.setdefault(match.concept, []).append(Answer(item, match))
    for given in answers.values():
        given.sort(key=lambda answer: answer.newness, reverse=True)
    return answers


def _findings(
    index: RecordIndex, answers: Answers, treatment_start: dt.date | None
) -> tuple[NeurologicalFinding, ...]:
    """Neurological signs observed; one older than 90 days no longer says how it is now."""
    found: list[NeurologicalFinding] = []
    for answer in (given for concept in SIGNS for given in answers.get(concept, [])):
        if answer.match.role not in (Role.INCLUDE, Role.COMPETING_CAUSE, Role.REVIEW):
            continue
        if not affirms(answer):
            index.receipt.ignore(
                answer.observed.placed,
                f"not affirmed, and one denied sign does not rule out the others: "
                f"{answer.match.words}",
            )
            continue
        current = answer.is_within(index.as_of, look_back.NEW_SIGN_DAYS)
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


def _causes(index: RecordIndex, answers: Answers) -> tuple[CauseFinding, ...]:
    """A positive intrinsic factor antibody, or a diet without vitamin B12 (F13)."""
    found = read_antibodies(index, answers.get(Concept.INTRINSIC_FACTOR_AB, []))
    for answer in (given for concept in DIETS for given in answers.get(concept, [])):
        if answer.match.role is Role.INCLUDE and affirms(answer):
            found.append(CauseFinding(DIAGNOSED_CAUSES[answer.match.concept], answer.cite()))
        elif answer.match.role is Role.INCLUDE:
            index.receipt.ignore(answer.observed.placed, f"{answer.name}, not affirmed")
    return tuple(found)
