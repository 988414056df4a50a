"""Neurological signs and causes of deficiency among the Conditions (F10, F13, F15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

from fhir_mappings.fhir import (
    months_before,
    read_clinical,
    read_notes,
    sayings_of,
    texts_of,
)
from fhir_mappings.history.diagnoses import Diagnoses, Diagnosis, Standing
from fhir_mappings.history.procedures import CAUSES as OPERATION_CAUSES
from fhir_mappings.history.procedures import RESECTIONS
from fhir_mappings.intake import newest_day
from fhir_mappings.terminology import Concept, Role
from fhir_mappings.values import holds_length, read_involved_length, read_resected_length
from recommender.guidance import look_back
from recommender.language import (
    NO_RESULT,
    NONE_RECORDED,
    Cause,
    CauseFinding,
    Evidence,
    Fact,
    HintAt,
    Measurement,
    NeurologicalFinding,
    NeurologicalSign,
    Quantity,
    RefutedSign,
    Truth,
)

SIGNS: dict[Concept, NeurologicalSign] = {
    Concept.PERIPHERAL_NEUROPATHY: NeurologicalSign.PERIPHERAL_NEUROPATHY,
    Concept.PERIPHERAL_NEUROPATHY_OTHER_CAUSE: NeurologicalSign.PERIPHERAL_NEUROPATHY,
    Concept.PARAESTHESIA_NUMBNESS: NeurologicalSign.PARAESTHESIA,
    Concept.GAIT_DISTURBANCE: NeurologicalSign.GAIT_DISTURBANCE,
    Concept.GAIT_DISTURBANCE_OTHER_CAUSE: NeurologicalSign.GAIT_DISTURBANCE,
    Concept.ATAXIA: NeurologicalSign.ATAXIA,
    Concept.ATAXIA_OTHER_CAUSE: NeurologicalSign.ATAXIA,
    Concept.VIBRATION_SENSE_SIGNS: NeurologicalSign.ATAXIA,
    Concept.COGNITIVE_IMPAIRMENT: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.COGNITIVE_IMPAIRMENT_OTHER_CAUSE: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.COGNITIVE_IMPAIRMENT_OF_B12_DEFICIENCY: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.SUBACUTE_COMBINED_DEGENERATION: NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
    Concept.OPTIC_NEUROPATHY: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.OPTIC_NEUROPATHY_OTHER_CAUSE: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.OPTIC_NEUROPATHY_OF_B12_DEFICIENCY: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.GLOSSITIS: NeurologicalSign.GLOSSITIS,
}
"""What counts as a neurological sign (S8, S44, S67, C6, C29)."""

CAUSES: dict[Concept, Cause] = {
    **OPERATION_CAUSES,  # an operation may stand in the problem list
    Concept.PERNICIOUS_ANAEMIA: Cause.PERNICIOUS_ANAEMIA,
    Concept.ATROPHIC_GASTRITIS: Cause.PERNICIOUS_ANAEMIA,
    Concept.TOTAL_GASTRECTOMY: Cause.TOTAL_GASTRECTOMY,
    Concept.CROHN_ILEAL: Cause.CROHNS_ILEAL,
    Concept.BARIATRIC_STATUS: Cause.BARIATRIC,
    # The status code stands for the whole stomach or a part of it: the extent is asked (F13, P6).
    Concept.GASTRECTOMY_STATUS: Cause.GASTRECTOMY_OTHER,
    Concept.GI_BYPASS_HISTORY: Cause.OTHER_MALABSORPTION,
    Concept.SHORT_BOWEL: Cause.OTHER_MALABSORPTION,
    Concept.COELIAC: Cause.OTHER_MALABSORPTION,
    Concept.SPRUE: Cause.OTHER_MALABSORPTION,
    Concept.BLIND_LOOP_SIBO: Cause.OTHER_MALABSORPTION,
    Concept.MALABSORPTION: Cause.OTHER_MALABSORPTION,
    Concept.POSTSURGICAL_MALABSORPTION: Cause.OTHER_MALABSORPTION,
    Concept.PANCREATIC_INSUFFICIENCY: Cause.OTHER_MALABSORPTION,
    Concept.FISH_TAPEWORM: Cause.OTHER_MALABSORPTION,
    Concept.VEGAN: Cause.DIETARY,
    Concept.LOW_B12_INTAKE: Cause.DIETARY,
    Concept.DRUG_INDUCED_B12_DEFICIENCY: Cause.DRUG,
    Concept.NITROUS_OXIDE_EXPOSURE: Cause.NITROUS_OXIDE,
}
"""The causes of F13 that a diagnosis names."""


def texts_of_diagnosis(diagnosis: Diagnosis) -> list[str]:
    """Return the words of a diagnosis and its notes."""
    resource = diagnosis.placed.resource
    return [*texts_of(resource.get("code")), *read_notes(resource)]


def is_new(diagnosis: Diagnosis, treatment_start: dt.date | None, as_of: dt.date) -> bool:
    """Recurrent, or begun after the current treatment did and within 90 days (Q3)."""
    if diagnosis.recurrent:
        return True
    began = diagnosis.began
    recent = as_of - dt.timedelta(days=look_back.NEW_SIGN_DAYS)
    return (
        began is not None
        and treatment_start is not None
        and began.earliest > treatment_start
        and began.earliest >= recent
    )


LASTING = frozenset(
    {
        NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
        NeurologicalSign.MYELOPATHY,
        NeurologicalSign.OPTIC_NEUROPATHY,
    }
)
"""Signs that stay, however old the encounter."""


def _is_old_encounter(diagnosis: Diagnosis, since: dt.date) -> bool:
    resource = diagnosis.placed.resource
    return (
        SIGNS[diagnosis.concept] not in LASTING
        and "encounter-diagnosis" in sayings_of(resource.get("category"))
        and read_clinical(resource) in ("", "unknown")
        and diagnosis.standing is Standing.CURRENT
        and diagnosis.began is not None
        and diagnosis.began.latest < since
    )


def _without_old_encounters(diagnoses: Diagnoses, found: list[Diagnosis]) -> list[Diagnosis]:
    """Return the signs without those of old encounters, which are only hints (F10)."""
    since = months_before(diagnoses.index.as_of, diagnoses.index.limits.old_encounter_months)
    kept = []
    for item in found:
        if _is_old_encounter(item, since):
            diagnoses.index.understanding.hint(
                HintAt.NEUROLOGY, item.placed, item.evidence.display, newest_day(item.began)
            )
        else:
            kept.append(item)
    return kept


def read_findings(
    diagnoses: Diagnoses, treatment_start: dt.date | None
) -> tuple[NeurologicalFinding, ...]:
    """Every neurological sign that was not refuted. A code that leaves the cause open is treated
    like one that names another (Q4).
    """
    found = diagnoses.of(
        SIGNS, Standing.CURRENT, Standing.SUSPECTED, Standing.INACTIVE, Standing.RESOLVED
    )
    found = _without_old_encounters(diagnoses, found)
    return tuple(
        NeurologicalFinding(
            SIGNS[item.concept],
            current=item.standing in (Standing.CURRENT, Standing.SUSPECTED),
            evidence=item.evidence,
            other_cause=item.match.role in (Role.COMPETING_CAUSE, Role.REVIEW),
            is_new=is_new(item, treatment_start, diagnoses.index.as_of),
            suspected=item.standing is Standing.SUSPECTED,
        )
        for item in found
    )


def read_refuted_signs(diagnoses: Diagnoses) -> tuple[RefutedSign, ...]:
    """The signs refuted within 90 days (Q1); one without a date of recording does not count."""
    recent = diagnoses.index.as_of - dt.timedelta(days=look_back.NEW_SIGN_DAYS)
    refuted = [
        item
        for item in diagnoses.of(SIGNS, Standing.REFUTED)
        if item.match.role is Role.INCLUDE
        and (said := item.recorded or item.onset) is not None
        and said.earliest >= recent
    ]
    return tuple(RefutedSign(SIGNS[item.concept], item.evidence) for item in refuted)


def read_causes(diagnoses: Diagnoses) -> tuple[CauseFinding, ...]:
    """Every cause ever recorded (F13), suspected ones too: a cause restricts."""
    found = diagnoses.of(
        CAUSES, Standing.CURRENT, Standing.SUSPECTED, Standing.INACTIVE, Standing.RESOLVED
    )
    counted = [item for item in found if item.match.role is Role.INCLUDE]
    return tuple(
        CauseFinding(
            CAUSES[item.concept],
            item.evidence,
            suspected=item.standing is Standing.SUSPECTED,
            dated=item.onset is not None,
        )
        for item in counted
    )


NOT_REFUTED = tuple(standing for standing in Standing if standing is not Standing.REFUTED)


def read_causes_resolved(diagnoses: Diagnoses) -> Fact:
    """TRUE only when every cause recorded as a Condition is recorded as resolved, however long ago
    (F15): a diet that was changed stays changed.

    Where a list that may hold another cause did not come completely, nothing can be said of every
    cause.
    """
    lists = ("conditions", "procedures", "medications")
    if diagnoses.index.reason_missing(*lists):
        return diagnoses.index.not_recorded(*lists)
    found = diagnoses.of(CAUSES, *NOT_REFUTED)
    ended = [item for item in found if item.standing is Standing.RESOLVED]
    if found and len(ended) == len(found):
        return Fact(Truth.TRUE, "", tuple(map(_as_resolved, ended)))
    return NONE_RECORDED


def _as_resolved(diagnosis: Diagnosis) -> Evidence:
    """The diagnosis with the day it ended, which is not the day it began."""
    abated = diagnosis.abated
    return diagnosis.evidence._replace(date=abated.latest if abated else None)


def read_crohns_extent(diagnoses: Diagnoses) -> Measurement:
    """The extent as written in the words of the diagnosis or as an entry of its own, in a fixed
    form only; other words that hold a length are quoted, as is an extent of which nobody recorded
    the disease (Q34).
    """
    known = diagnoses.of({Concept.CROHN_ILEAL}, *NOT_RESOLVED)
    return _length_in_words(diagnoses, INVOLVEMENTS, read_involved_length if known else _not_read)


def read_resected_in_problems(diagnoses: Diagnoses) -> Measurement:
    """The length of ileum removed as written in the problem list, likewise (Q34)."""
    return _length_in_words(diagnoses, RESECTIONS, read_resected_length)


NOT_RESOLVED = (Standing.CURRENT, Standing.INACTIVE, Standing.SUSPECTED)


def _not_read(_: Iterable[str]) -> None:
    """Read no length."""


INVOLVEMENTS = frozenset({Concept.CROHN_ILEAL, Concept.CROHNS_ILEAL_EXTENT})


def _length_in_words(
    diagnoses: Diagnoses,
    concepts: frozenset[Concept],
    read: Callable[[Iterable[str]], Quantity | None],
) -> Measurement:
    """The longest length that a whole text of these entries names; without one, every text that
    holds a length is asked about (C34).
    """
    entries = diagnoses.of(concepts, *NOT_RESOLVED)
    written = [(length, one) for one in entries if (length := read(texts_of_diagnosis(one)))]
    if written:
        length, one = max(written, key=lambda each: each[0].value)
        evidence = one.evidence._replace(reported=f"{length.value:f} cm, read from text")
        return Measurement(length, one.evidence.date, "read from text", (evidence,))
    for one in entries:
        for text in filter(holds_length, texts_of_diagnosis(one)):
            diagnoses.index.understanding.hint(
                HintAt.ILEAL_LENGTH, one.placed, text, one.evidence.date
            )
    return NO_RESULT
