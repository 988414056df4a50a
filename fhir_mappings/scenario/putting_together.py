"""Puts the facts that were read together to one ClinicalScenario, group by group."""

from __future__ import annotations

from typing import NamedTuple

from fhir_mappings.answers import AnswerFacts
from fhir_mappings.fhir import Availability
from fhir_mappings.history import AllergyFacts, ConditionFacts, ProcedureFacts
from fhir_mappings.intake import AREAS, Demographics, RecordIndex
from fhir_mappings.judging import Understood
from fhir_mappings.laboratory import LaboratoryFacts
from fhir_mappings.medicines import MedicationFacts
from fhir_mappings.scenario.joining import either, explicit, join, newer_of
from fhir_mappings.scenario.several_sources import (
    anticoagulant,
    bleeding_disorder,
    cause_resolved,
    causes,
    length,
    longer,
    neurological_reason,
    neurological_screen,
    supplement_before_test,
)
from recommender.language import (
    Because,
    Causes,
    ClinicalScenario,
    Diagnoses,
    DoseGiven,
    Fact,
    Laboratory,
    ListUnderstood,
    Medicines,
    Person,
    RecordUnderstood,
    ReviewDone,
    Truth,
)

NOT_READ = Fact(Truth.UNKNOWN, "not read from FHIR", because=Because.NONE_RECORDED)
"""A fact for which no code is in the value sets: the record may well hold it."""


class FactsRead(NamedTuple):
    """What the parts of the record say, each for itself."""

    who: Demographics
    laboratory: LaboratoryFacts
    diagnosed: ConditionFacts
    answers: AnswerFacts
    operations: ProcedureFacts
    medicines: MedicationFacts
    doses: tuple[DoseGiven, ...]
    allergies: AllergyFacts
    reviews: tuple[ReviewDone, ...]
    kidney_risk: Fact


def put_together(index: RecordIndex, read: FactsRead) -> ClinicalScenario:
    """Return the scenario of what was read."""
    return ClinicalScenario(
        **vars(_person(index, read)),
        **vars(_laboratory(index, read)),
        **vars(_diagnoses(index, read)),
        **vars(_causes(index, read)),
        **vars(_medicines(index, read)),
        **vars(_how_far_understood(index)),
    )


def _person(index: RecordIndex, read: FactsRead) -> Person:
    who, diagnosed, answers = read.who, read.diagnosed, read.answers
    return Person(
        as_of=index.as_of,
        age=who.age,
        female=who.female,
        deceased=who.deceased,
        pregnant=join(index, newer_of, diagnosed.pregnant, answers.pregnant),
        planning_pregnancy=join(
            index,
            explicit,
            diagnosed.planning_pregnancy,
            answers.planning_pregnancy,
        ),
        breastfeeding=join(index, explicit, diagnosed.breastfeeding, answers.breastfeeding),
    )


def _laboratory(index: RecordIndex, read: FactsRead) -> Laboratory:
    laboratory = read.laboratory
    return Laboratory(
        total_b12=laboratory.total_b12,
        holotranscobalamin=laboratory.holotranscobalamin,
        mma=laboratory.mma,
        homocysteine=laboratory.homocysteine,
        total_b12_on_treatment=laboratory.total_b12_on_treatment,
        homocysteine_on_treatment=laboratory.homocysteine_on_treatment,
        uncounted_b12=laboratory.uncounted_b12,
        b12_supplement_before_test=supplement_before_test(
            index, laboratory, read.medicines, read.doses
        ),
        reviews_done=read.reviews,
        folate=laboratory.folate,
        haemoglobin=laboratory.haemoglobin,
        mcv=laboratory.mcv,
        potassium=laboratory.potassium,
        platelets=laboratory.platelets,
        inr=laboratory.inr,
        egfr=laboratory.egfr,
    )


def _diagnoses(index: RecordIndex, read: FactsRead) -> Diagnoses:
    diagnosed, answers, operations = read.diagnosed, read.answers, read.operations
    return Diagnoses(
        deficiency_diagnosis=diagnosed.deficiency,
        deficiency_diagnosed_on=diagnosed.deficiency_since,
        deficiency_recorded_on=diagnosed.deficiency_recorded_on,
        neurological_findings=diagnosed.findings + answers.findings,
        neurological_screen=neurological_screen(index, answers),
        refuted_signs=diagnosed.refuted_signs,
        neurological_reason=neurological_reason(index, answers),
        symptoms=join(index, explicit, diagnosed.symptoms, answers.symptoms),
        recurrence=diagnosed.recurrence,
        kidney_disease=join(index, either, diagnosed.kidney_disease, operations.dialysis),
        severe_kidney_disease=diagnosed.severe_kidney_disease,
        dialysis=join(index, either, diagnosed.dialysis, operations.dialysis),
        kidney_risk=read.kidney_risk,
        lebers=diagnosed.lebers,
        bleeding_disorder=bleeding_disorder(index, diagnosed, read.laboratory.platelets),
        haemolysis=diagnosed.haemolysis,
        raises_b12=diagnosed.raises_b12,
    )


def _causes(index: RecordIndex, read: FactsRead) -> Causes:
    diagnosed, answers, operations = read.diagnosed, read.answers, read.operations
    found = causes(diagnosed, answers, operations, read.medicines)
    resected, extent = answers.ileal_resection_length, answers.crohns_ileal_extent
    in_words = (operations.ileal_resection_length, diagnosed.ileum_resected)
    return Causes(
        causes=found,
        causes_reason=index.not_recorded("conditions", "procedures", "medications").reason,
        ileal_resection_length=length(index, resected, longer(index, in_words)),
        ileal_resection_complete=join(
            index, either, diagnosed.ileal_resection_complete, operations.ileal_resection_complete
        ),
        crohns_ileal_extent=length(index, extent, diagnosed.crohns_extent),
        cause_resolved=cause_resolved(diagnosed, found),
        nitrous_oxide=join(index, either, diagnosed.nitrous_oxide, read.medicines.nitrous_oxide),
    )


def _medicines(index: RecordIndex, read: FactsRead) -> Medicines:
    medicines = read.medicines
    return Medicines(
        allergies=read.allergies.allergies,
        allergy_fact=read.allergies.fact,
        anticoagulant=medicines.anticoagulant,
        anticoagulant_fact=anticoagulant(index, read.diagnosed, read.operations, medicines),
        lowering_drugs=medicines.lowering_drugs,
        methotrexate=medicines.methotrexate,
        oral_feasible=NOT_READ,
        im_feasible=NOT_READ,
        orders=medicines.orders,
        doses=read.doses,
        combinations=medicines.combinations,
    )


def _how_far_understood(index: RecordIndex) -> RecordUnderstood:
    not_whole = [key for key in AREAS if key in index.gaps or key not in index.complete]
    return RecordUnderstood(
        unavailable=frozenset(
            AREAS[key]
            for key in not_whole
            if index.record.part(key).availability is Availability.UNAVAILABLE
        ),
        incomplete=frozenset(AREAS[key] for key in not_whole if _is_incomplete(index, key)),
        lists=tuple(_list_of(index, key) for key in LISTS),
        hints=tuple(index.understanding.hints.values()),
    )


LISTS = tuple(AREAS)
"""The prefetch keys whose understanding is counted (F33)."""


def _list_of(index: RecordIndex, key: str) -> ListUnderstood:
    complete = key in index.complete and key not in index.gaps
    counts = index.understanding.counts.get(key)
    if counts is None:
        return ListUnderstood(AREAS[key], complete)
    by = [counts[kind] for kind in _BY]
    return ListUnderstood(AREAS[key], complete, sum(by), *by)


_BY = (Understood.BY_CODE, Understood.BY_WORDS, Understood.NOT)


def _is_incomplete(index: RecordIndex, key: str) -> bool:
    """Whether more may exist than was read: only a part was sent, or part of what was sent is of no
    use.
    """
    return index.record.part(key).availability is Availability.INCOMPLETE or key in index.gaps
