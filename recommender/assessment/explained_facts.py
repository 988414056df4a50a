"""The derived facts as cards and explanations show them: each with its value in words, why it is
so, and what it rests on.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.assessment.derived_facts import Assessment, PlateletBand
from recommender.assessment.neurology import Neurology
from recommender.deficiency import Deficiency, DeficiencyRow, Permanence, deficiency_evidence
from recommender.guidance import Policy
from recommender.language import (
    Because,
    Cause,
    ClinicalScenario,
    Evidence,
    Fact,
    Measurement,
    RecordArea,
    Truth,
    truth_of,
)
from recommender.treatment_so_far import TreatmentPhase

_DEFICIENCY_TRUTH = {
    Deficiency.DIAGNOSED: Truth.TRUE,
    Deficiency.CONFIRMED: Truth.TRUE,
    Deficiency.PROBABLE: Truth.TRUE,
    Deficiency.UNLIKELY: Truth.FALSE,
}


def explain_facts(
    assessment: Assessment,
    scenario: ClinicalScenario,
    policy: Policy,
    neurology: Neurology,
    row: DeficiencyRow,
) -> tuple[tuple[str, Fact], ...]:
    """Return the derived facts by name; every one that is not known says why as a code too."""
    facts = _explain(assessment, scenario, policy, neurology, row)
    unclear = frozenset(item.area for item in scenario.lists if item.not_understood)
    return tuple((name, _with_code(name, fact, scenario, unclear)) for name, fact in facts)


READS: dict[str, tuple[RecordArea, ...]] = {
    "adult": (RecordArea.PATIENT,),
    **dict.fromkeys(
        ("deficiency", "platelet_band", "severe_anaemia", "low_potassium"),
        (RecordArea.LABORATORY,),
    ),
    "kidney_function": (RecordArea.LABORATORY, RecordArea.CONDITIONS),
    **dict.fromkeys(
        ("cause", "permanence_of_cause", "established_malabsorption"),
        (RecordArea.CONDITIONS, RecordArea.PROCEDURES, RecordArea.MEDICATIONS),
    ),
    "ileal_resection_over_20_cm": (RecordArea.PROCEDURES,),
    "crohns_ileal_extent_over_limit": (RecordArea.CONDITIONS,),
    "treatment_phase": (RecordArea.MEDICATIONS, RecordArea.STATEMENTS),
}
"""The parts of the record that a derived fact rests on."""


def _with_code(
    name: str, fact: Fact, scenario: ClinicalScenario, unclear: frozenset[RecordArea]
) -> Fact:
    """Return the fact; one that is not known and has no code gets that of the lists it rests on, of
    which entries of the `unclear` ones were not understood.
    """
    if fact.because or name not in READS or not fact.is_unknown:
        return fact
    areas = READS[name]
    if not scenario.unavailable.isdisjoint(areas):
        because = Because.COULD_NOT_BE_READ
    elif not scenario.incomplete.isdisjoint(areas):
        because = Because.LIST_NOT_COMPLETE
    elif fact.evidence or name == "treatment_phase":
        because = Because.NOT_CERTAIN
    elif not unclear.isdisjoint(areas):
        because = Because.NOT_UNDERSTOOD
    else:
        because = Because.NONE_RECORDED
    return Fact(fact.truth, fact.reason, fact.evidence, fact.value, because)


def _explain(
    assessment: Assessment,
    scenario: ClinicalScenario,
    policy: Policy,
    neurology: Neurology,
    row: DeficiencyRow,
) -> tuple[tuple[str, Fact], ...]:
    return (
        ("adult", Fact(assessment.adult, _age_reason(assessment, scenario), scenario.age.evidence)),
        ("deficiency", _deficiency_fact(assessment, scenario, policy, row)),
        *_neurological_facts(neurology),
        ("kidney_function", _kidney_fact(assessment, scenario)),
        ("cause", _cause_fact(assessment, scenario)),
        ("permanence_of_cause", _permanence_fact(assessment, scenario)),
        ("established_malabsorption", _malabsorption_fact(assessment, scenario)),
        ("ileal_resection_over_20_cm", _ileal_resection_fact(assessment, scenario)),
        ("crohns_ileal_extent_over_limit", _crohns_fact(assessment, scenario)),
        ("platelet_band", _platelet_fact(assessment, scenario)),
        ("treatment_phase", _treatment_fact(assessment)),
        ("severe_anaemia", _measured(assessment.severe_anaemia, scenario.haemoglobin)),
        ("low_potassium", _measured(assessment.low_potassium, scenario.potassium)),
    )


def _deficiency_fact(
    assessment: Assessment, scenario: ClinicalScenario, policy: Policy, row: DeficiencyRow
) -> Fact:
    deficiency = assessment.deficiency
    known = _DEFICIENCY_TRUTH.get(deficiency, Truth.UNKNOWN)
    why = f"{row.words} ({row.id})"
    evidence = deficiency_evidence(scenario, policy, row.ground, known)
    return Fact(known, why, evidence, deficiency.value)


def _permanence_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    known = assessment.permanence is not Permanence.UNKNOWN
    return _valued(known, assessment.permanence.value, scenario.causes_reason)


def _malabsorption_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    why, evidence = _reason(assessment, scenario), _cause_evidence(scenario)
    if assessment.established_malabsorption.is_true:
        evidence = tuple(f.evidence for f in scenario.causes if f.cause in MAY_ESTABLISH)
    return Fact(assessment.established_malabsorption, why, evidence)


MAY_ESTABLISH = frozenset(
    {
        Cause.PERNICIOUS_ANAEMIA,
        Cause.TOTAL_GASTRECTOMY,
        Cause.ILEAL_RESECTION,
        Cause.CROHNS_ILEAL,
    }
)
"""Causes on which established malabsorption can rest (2.3); the others are no evidence for it."""


def _treatment_fact(assessment: Assessment) -> Fact:
    treatment = assessment.treatment
    known = (
        Truth.UNKNOWN
        if treatment.phase is TreatmentPhase.UNKNOWN
        else truth_of(treatment.phase is not TreatmentPhase.NONE)
    )
    return Fact(known, treatment.reason, treatment.evidence, treatment.phase.value)


def _measured(truth: Truth, result: Measurement) -> Fact:
    return Fact(truth, result.reason, result.evidence)


def _in_doubt(result: Measurement) -> str:
    """Return why a result that decides is an older one; empty where it is the newest."""
    return result.reason if result.stands_in_for else ""


def _age_reason(assessment: Assessment, scenario: ClinicalScenario) -> str:
    undecided = assessment.adult.is_unknown and scenario.age.is_known
    return "the date of birth on record is not exact enough" if undecided else scenario.age.reason


def _valued(known: bool, value: str, reason: str, evidence: tuple[Evidence, ...] = ()) -> Fact:
    return Fact(Truth.TRUE if known else Truth.UNKNOWN, "" if known else reason, evidence, value)


def _neurological_facts(neurology: Neurology) -> Iterator[tuple[str, Fact]]:
    truths = {
        "neurological_involvement": neurology.involved,
        "neurological_involvement_ever": neurology.ever,
        "new_neurological_signs": neurology.new,
    }
    said: dict[Truth, Fact] = {}
    for name, truth in truths.items():
        if truth not in said:
            because = neurology.because if truth.is_unknown else None
            said[truth] = Fact(truth, neurology.reason, neurology.evidence, because=because)
        yield name, said[truth]


def _kidney_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    words = {Truth.TRUE: "reduced", Truth.FALSE: "not reduced", Truth.UNKNOWN: "not known"}[
        assessment.renal
    ]
    unread = (
        f"{RecordArea.CONDITIONS.value} not available"
        if RecordArea.CONDITIONS in scenario.unavailable
        else scenario.egfr.reason
    )
    reason = unread if assessment.renal.is_unknown else _in_doubt(scenario.egfr)
    measured = (
        scenario.egfr.evidence if scenario.egfr.is_known or assessment.renal.is_unknown else ()
    )
    return Fact(assessment.renal, reason, measured + scenario.kidney_disease.evidence, words)


def _cause_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    words = ", ".join(sorted(cause.value for cause in assessment.causes)) or "unknown"
    return _valued(
        bool(assessment.causes), words, scenario.causes_reason, _cause_evidence(scenario)
    )


def _ileal_resection_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    if Cause.ILEAL_RESECTION in assessment.causes:
        length = scenario.ileal_resection_length
        return Fact(
            assessment.ileal_resection_over_limit,
            "" if length.is_known else length.reason,
            length.evidence,
        )
    reason = "" if scenario.ileal_resection_complete.is_true else "no ileal resection recorded"
    return Fact(
        assessment.ileal_resection_over_limit, _unread_or(scenario, RecordArea.PROCEDURES, reason)
    )


def _crohns_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    if Cause.CROHNS_ILEAL in assessment.causes:
        extent = scenario.crohns_ileal_extent
        return Fact(
            assessment.crohns_over_limit, "" if extent.is_known else extent.reason, extent.evidence
        )
    return Fact(
        assessment.crohns_over_limit,
        _unread_or(scenario, RecordArea.CONDITIONS, "no ileal Crohn's disease recorded"),
    )


def _platelet_fact(assessment: Assessment, scenario: ClinicalScenario) -> Fact:
    count = scenario.platelets
    known = assessment.platelets is not PlateletBand.UNKNOWN
    fact = _valued(known, assessment.platelets.value, count.reason, count.evidence)
    return fact._replace(reason=fact.reason or _in_doubt(count))


def _cause_evidence(scenario: ClinicalScenario) -> tuple[Evidence, ...]:
    return tuple(found.evidence for found in scenario.causes)


def _reason(assessment: Assessment, scenario: ClinicalScenario) -> str:
    if not assessment.established_malabsorption.is_unknown:
        return ""
    if not assessment.causes:
        return scenario.causes_reason
    if assessment.causes & {Cause.ILEAL_RESECTION, Cause.CROHNS_ILEAL}:
        return "length of ileal resection or extent of ileal Crohn's disease not known"
    unread = [
        area.value
        for area in (RecordArea.CONDITIONS, RecordArea.PROCEDURES)
        if area in scenario.unavailable | scenario.incomplete
    ]
    return f"{' and '.join(unread)} not available, or only in part"


def _unread_or(scenario: ClinicalScenario, area: RecordArea, reason: str) -> str:
    if area in scenario.unavailable:
        return f"{area.value} not available"
    return f"only part of the {area.value} came" if area in scenario.incomplete else reason
