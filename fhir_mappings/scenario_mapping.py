"""Puts the facts together: one patient record in, a ClinicalScenario and its receipt out. What
cannot be read is unknown, with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from fhir_mappings.fhir import (
    ADMINISTRATION_TYPES,
    DISPENSE_TYPES,
    MEDICATION_ORDER_TYPES,
    STATEMENT_TYPES,
    Availability,
    PatientRecord,
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    code_of,
    read_authored,
    read_medication,
    reference_of,
)
from fhir_mappings.history import (
    AllergyFacts,
    AnswerFacts,
    ConditionFacts,
    ProcedureFacts,
    add_order_reasons,
    judge_lists,
    map_allergies,
    map_answers,
    map_conditions,
    map_procedures,
    map_reviews,
    read_diagnoses,
)
from fhir_mappings.intake import (
    AREAS,
    HINTS,
    Demographics,
    Receipt,
    RecordIndex,
    index_record,
    map_demographics,
    no_clock,
)
from fhir_mappings.judging import Understood, forget_texts, judge_name, meaningful_texts
from fhir_mappings.laboratory import (
    LaboratoryFacts,
    Results,
    kidney_risk_by_results,
    map_laboratory,
    read_observations,
    read_results,
)
from fhir_mappings.medicines import (
    MedicationFacts,
    first_day,
    identify_product,
    map_medications,
    may_matter,
    near_b12_name,
    read_events,
)
from fhir_mappings.terminology import Field, ValueSets, read_words
from recommender.assessment import find_treatment_start, took_b12_before
from recommender.language import (
    Because,
    Cause,
    CauseFinding,
    ClinicalScenario,
    DoseGiven,
    Evidence,
    Fact,
    HintAt,
    ListUnderstood,
    LoweringDrug,
    Measurement,
    Truth,
    changed,
)

MEDICATION_TYPES = (
    "MedicationRequest",
    "MedicationOrder",
    "MedicationPrescription",
    "MedicationStatement",
    "MedicationUsage",
    "MedicationDispense",
    "MedicationAdministration",
    "Medication",
    "Condition",
)
"""Resource types the medication mapping reads: the uses of medicines, and what they point to."""


NOT_READ = Fact(Truth.UNKNOWN, "not read from FHIR", because=Because.NONE_RECORDED)
"""A fact for which no code is in the value sets: the record may well hold it."""


@dataclass(frozen=True, slots=True)
class MappedScenario:
    """What the record says, and for every resource what it was used for or why it was not.

    `gaps` says for a prefetch key that came why it still cannot say "none". `results` are all
    laboratory results, for showing.
    """

    scenario: ClinicalScenario
    receipt: Receipt
    gaps: Mapping[str, str] = field(default_factory=dict)
    results: Results = field(default_factory=dict)


def map_scenario(
    record: PatientRecord,
    as_of: dt.date,
    value_sets: ValueSets,
    drafts: Sequence[Placed] = (),
    tick: Callable[[], None] = no_clock,
) -> MappedScenario:
    """Return the scenario of one patient on one day, with its receipt.

    Args:
        record: what came; a resource about somebody else is never used (R38).
        as_of: the day the scenario is true for, in the site's time zone (Q46).
        drafts: the draft orders, whose reasons are evidence too.
        tick: called again and again; what it raises ends the mapping (R182).
    Raises: TooMany, and what `tick` raises.
    """
    try:
        return _map(index_record(record, as_of, value_sets, tick), drafts)
    finally:
        forget_texts()


def _map(index: RecordIndex, drafts: Sequence[Placed]) -> MappedScenario:
    as_of = index.as_of
    judge_lists(index)
    add_order_reasons(index, drafts)
    _count_medicines(index)
    who = map_demographics(index)
    operations = map_procedures(index)
    observed = read_observations(index)
    medicines = _as_available(index, _read_medicines(index))
    doses = medicines.doses + operations.doses + read_events(index, observed.counted)
    start = find_treatment_start(medicines.orders, doses, as_of)
    holds_b12 = bool(doses) or any(order.has_cobalamin for order in medicines.orders)
    diagnoses = read_diagnoses(index)
    diagnosed = map_conditions(diagnoses, start, holds_b12)
    answers = map_answers(index, observed.counted, start)
    results = read_results(index, observed.counted)
    laboratory = map_laboratory(
        index, results, who, start, diagnosed.acute_kidney_injury, observed.passed_over
    )
    reviews = map_reviews(index, observed)
    measured = kidney_risk_by_results(index, results, laboratory.egfr)
    kidneys = _kidney_risk(index, diagnosed, measured, medicines)
    allergies = map_allergies(index)
    diagnoses.close()
    _close(index)
    scenario = _put_together(
        index, who, laboratory, diagnosed, answers, operations, medicines, doses, allergies
    )
    scenario = changed(scenario, reviews_done=reviews, kidney_risk=kidneys)
    return MappedScenario(scenario, index.receipt, index.gaps, results)


def _put_together(
    index: RecordIndex,
    who: Demographics,
    laboratory: LaboratoryFacts,
    diagnosed: ConditionFacts,
    answers: AnswerFacts,
    operations: ProcedureFacts,
    medicines: MedicationFacts,
    doses: tuple[DoseGiven, ...],
    allergies: AllergyFacts,
) -> ClinicalScenario:
    causes = _causes(diagnosed, answers, operations, medicines)
    joined = partial(_join, index)
    return ClinicalScenario(
        as_of=index.as_of,
        age=who.age,
        female=who.female,
        deceased=who.deceased,
        pregnant=joined("pregnant", newer_of, diagnosed.pregnant, answers.pregnant),
        planning_pregnancy=joined(
            "planning_pregnancy", explicit, diagnosed.planning_pregnancy, answers.planning_pregnancy
        ),
        breastfeeding=joined(
            "breastfeeding", explicit, diagnosed.breastfeeding, answers.breastfeeding
        ),
        total_b12=laboratory.total_b12,
        holotranscobalamin=laboratory.holotranscobalamin,
        mma=laboratory.mma,
        homocysteine=laboratory.homocysteine,
        total_b12_on_treatment=laboratory.total_b12_on_treatment,
        homocysteine_on_treatment=laboratory.homocysteine_on_treatment,
        uncounted_b12=laboratory.uncounted_b12,
        b12_supplement_before_test=_supplement_before_test(index, laboratory, medicines, doses),
        folate=laboratory.folate,
        haemoglobin=laboratory.haemoglobin,
        mcv=laboratory.mcv,
        potassium=laboratory.potassium,
        platelets=laboratory.platelets,
        inr=laboratory.inr,
        egfr=laboratory.egfr,
        deficiency_diagnosis=diagnosed.deficiency,
        deficiency_diagnosed_on=diagnosed.deficiency_since,
        neurological_findings=diagnosed.findings + answers.findings,
        neurological_screen=answers.neurological_screen,
        refuted_signs=diagnosed.refuted_signs,
        neurological_reason=_neurological_reason(index, answers),
        symptoms=joined("symptoms", explicit, diagnosed.symptoms, answers.symptoms),
        recurrence=diagnosed.recurrence,
        kidney_disease=joined(
            "kidney_disease", either, diagnosed.kidney_disease, operations.dialysis
        ),
        dialysis=joined("dialysis", either, diagnosed.dialysis, operations.dialysis),
        lebers=diagnosed.lebers,
        bleeding_disorder=_bleeding_disorder(index, diagnosed, laboratory.platelets),
        causes=causes,
        causes_reason=index.not_recorded("conditions", "procedures", "medications").reason,
        ileal_resection_length=_length(
            index,
            "ileal_resection_length",
            answers.ileal_resection_length,
            operations.ileal_resection_length,
        ),
        ileal_resection_complete=operations.ileal_resection_complete,
        crohns_ileal_extent=_length(
            index, "crohns_ileal_extent", answers.crohns_ileal_extent, diagnosed.crohns_extent
        ),
        cause_resolved=_cause_resolved(diagnosed, causes),
        nitrous_oxide=joined(
            "nitrous_oxide", either, diagnosed.nitrous_oxide, medicines.nitrous_oxide
        ),
        allergies=allergies.allergies,
        allergy_fact=allergies.fact,
        anticoagulant=medicines.anticoagulant,
        anticoagulant_fact=_anticoagulant(index, diagnosed, operations, medicines),
        lowering_drugs=medicines.lowering_drugs,
        methotrexate=medicines.methotrexate,
        haemolysis=diagnosed.haemolysis,
        raises_b12=diagnosed.raises_b12,
        oral_feasible=NOT_READ,
        im_feasible=NOT_READ,
        orders=medicines.orders,
        doses=doses,
        combinations=medicines.combinations,
        unavailable=frozenset(
            area
            for key, area in AREAS.items()
            if index.record.part(key).availability is Availability.UNAVAILABLE
        ),
        incomplete=frozenset(area for key, area in AREAS.items() if _is_incomplete(index, key)),
        lists=tuple(_list_of(index, key) for key in LISTS),
        hints=tuple(index.understanding.hints.values()),
    )


LISTS = tuple(AREAS)
"""The prefetch keys whose understanding is counted (F33)."""


def _list_of(index: RecordIndex, key: str) -> ListUnderstood:
    counts = index.understanding.counts.get(key, {})
    by = [counts.get(kind, 0) for kind in (Understood.BY_CODE, Understood.BY_WORDS, Understood.NOT)]
    complete = (
        index.record.part(key).availability is Availability.COMPLETE and key not in index.gaps
    )
    return ListUnderstood(AREAS[key], complete, sum(by), *by)


def _is_incomplete(index: RecordIndex, key: str) -> bool:
    """Whether more may exist than was read: only a part was sent, or part of what was sent is of no
    use.
    """
    return index.record.part(key).availability is Availability.INCOMPLETE or key in index.gaps


def _join(
    index: RecordIndex, name: str, join: Callable[[Fact, Fact], Fact], one: Fact, other: Fact
) -> Fact:
    """Return a fact from two sources; the receipt no longer says of what was outweighed that it was
    used.
    """
    fact = join(one, other)
    if one.evidence and other.evidence:
        cited = [entry.reference for entry in fact.evidence]
        for entry in (*one.evidence, *other.evidence):
            if entry.reference not in cited:
                index.receipt.take_back(
                    entry.reference, name, f"{entry.display}, outweighed by {', '.join(cited)}"
                )
    return fact


PRECEDENCE = (
    Because.HINT,
    Because.COULD_NOT_BE_READ,
    Because.IN_FUTURE,
    Because.LIST_NOT_COMPLETE,
    Because.NOT_UNDERSTOOD,
    Because.NOT_CERTAIN,
    Because.NONE_RECORDED,
)
"""Of two reasons for one unknown the one that restricts more (Q28)."""


def either(one: Fact, other: Fact) -> Fact:
    """Return the Kleene `or` of two sources of one claim, with the reason and evidence of those
    that decide it.
    """
    if one is other:
        return one
    truth = one.truth | other.truth
    deciding = [fact for fact in (one, other) if fact.truth is truth] or [one]
    reasons = dict.fromkeys(fact.reason for fact in deciding if fact.reason)
    evidence = tuple(dict.fromkeys(item for fact in deciding for item in fact.evidence))
    informative = [reason for reason in reasons if reason != "none recorded"]
    codes = [fact.because for fact in deciding]
    because = next((code for code in PRECEDENCE if code in codes), None)
    words = "; ".join(informative) or next(iter(reasons), "")
    return Fact(truth, words, evidence, because=because)


def explicit(one: Fact, other: Fact) -> Fact:
    """Return an open-world claim from two sources: true if either says so, else false if either
    says so in so many words.
    """
    known = [fact for fact in (one, other) if not fact.is_unknown]
    return next((fact for fact in known if fact.is_true), known[0]) if known else either(one, other)


def newer_of(one: Fact, other: Fact) -> Fact:
    """Return of two known facts the one with the newer evidence, else the known one."""
    if one.is_unknown or other.is_unknown:
        return one if other.is_unknown and (one.evidence or not other.evidence) else other
    dates = [
        max((item.date for item in fact.evidence if item.date), default=dt.date.min)
        for fact in (one, other)
    ]
    return one if dates[0] > dates[1] else other


def _read_medicines(index: RecordIndex) -> MedicationFacts:
    medicines = map_medications(
        index.of_type(*MEDICATION_TYPES), index.as_of, index.value_sets, index.receipt
    )
    if medicines.nameless:
        entries = (
            "1 entry does not say"
            if medicines.nameless == 1
            else f"{medicines.nameless} entries do not say"
        )
        index.gaps.setdefault("medications", f"{entries} which medicine it is")
    if medicines.in_future:
        days = ", ".join(str(day) for day in medicines.in_future[:3])
        index.gaps.setdefault("medications", f"an entry is dated in the future: {days}")
    return medicines


def _count_medicines(index: RecordIndex) -> None:
    """Count by what each entry of the two medication lists was understood (Q26); one that could say
    nothing whatever its medicine is understood. A name that is nearly one of vitamin B12 is shown.
    """
    medications = {placed.reference: placed.resource for placed in index.of_type("Medication")}
    for key, types in MEDICATION_LISTS.items():
        for placed in index.of_type(*sorted(types)):
            stated = _medicine_of(placed.resource, medications)
            by, shown = _understand_medicine(index, placed.resource, stated)
            if not may_matter(placed, index.as_of):
                by = Understood.BY_CODE if by is Understood.NOT else by
            elif _show_medicine(index, placed, shown):
                by = Understood.NOT
            if code_of(placed.resource.get("status")) in UNSURE.get(key, ()):
                _show_unsure(index, placed, stated)
            index.understanding.count(key, placed, by)
    for placed in index.of_type("Medication"):
        code = placed.resource.get("code")
        by = judge_name(index.value_sets, code, index.value_sets.find(code, Field.DRUGS))
        index.receipt.note_understood(placed, by.value)


_ShownOfMedicine = tuple[tuple[HintAt, str], ...]


def _understand_medicine(
    index: RecordIndex, resource: Resource, stated: Any
) -> tuple[Understood, _ShownOfMedicine]:
    """Return by what the name of a medicine was understood, and what the words of one that nothing
    names may mean; the same name is looked at once in a record.
    """
    written = ("medicine", repr(stated), resource.get("language"))
    known: tuple[Understood, _ShownOfMedicine] | None = index.read_before.get(written)
    if known is None:
        found = index.value_sets.find(stated, Field.DRUGS)
        by = judge_name(index.value_sets_for(resource), stated, found)
        shown = () if found else tuple(_shown_of_medicine(index, stated))
        known = index.read_before[written] = (by, shown)
    return known


def _shown_of_medicine(index: RecordIndex, stated: Any) -> Iterator[tuple[HintAt, str]]:
    """Yield what the words of a medicine may mean ("blood thinner"), and that they are nearly the
    name of vitamin B12.
    """
    for text in meaningful_texts(index.value_sets, stated):
        for member in read_words(text, Field.DRUGS).shown:
            for at in HINTS.get(member.concept, ()):
                if at in SHOWN_OF_MEDICINES:
                    yield at, text
    near = near_b12_name(stated)
    if near:
        yield HintAt.B12_TREATMENT, near


def _show_medicine(index: RecordIndex, placed: Placed, shown: _ShownOfMedicine) -> bool:
    """Note what the words of a medicine may mean; return whether it may be vitamin B12."""
    day = first_day(read_authored(placed.resource)) if shown else None
    for at, text in shown:
        index.understanding.hint(at, placed, text, day)
    return any(at is HintAt.B12_TREATMENT for at, _ in shown)


UNSURE = {"administrations": frozenset({"", "unknown", "stopped", "on-hold", "preparation"})}
"""Statuses of an administration or dispense that leave open whether anything was given."""


def _show_unsure(index: RecordIndex, placed: Placed, stated: Any) -> None:
    """Note that vitamin B12 may have been given where an entry leaves that open."""
    product = identify_product(stated, index.value_sets)
    if product.has_cobalamin:
        status = code_of(placed.resource.get("status")) or "missing"
        words = f"{product.name}, status {status}"
        index.understanding.hint(HintAt.B12_TREATMENT, placed, words, None)


SHOWN_OF_MEDICINES = frozenset({HintAt.ANTICOAGULANT, HintAt.METHOTREXATE, HintAt.NITROUS_OXIDE})
"""What the words of a medicine may point at; allergies are none of it."""


def _medicine_of(resource: Resource, medications: Mapping[str, Resource]) -> Any:
    """Return the CodeableConcept of an entry's medicine: its own, or of the one it points to."""
    stated, reference = read_medication(resource)
    if stated is not None:
        return stated
    target = reference_of(reference)
    contained = {
        f"#{as_text(item.get('id'))}": item
        for item in as_list(resource.get("contained"))
        if isinstance(item, dict)
    }
    found = contained.get(target) or medications.get(target) or {}
    return found.get("code") or as_dict(reference).get("display")


MEDICATION_LISTS = {
    "medications": MEDICATION_ORDER_TYPES,
    "statements": STATEMENT_TYPES,
    "administrations": ADMINISTRATION_TYPES | DISPENSE_TYPES,
}


def _as_available(index: RecordIndex, medicines: MedicationFacts) -> MedicationFacts:
    """Turn "none recorded" into unknown where the medication list could not be had completely (Q6),
    was not understood whole, or words anywhere point at the medicine (Q26).
    """

    def none_of(fact: Fact, *at: HintAt) -> Fact:
        return index.nothing_found("medications", at=at) if fact.is_false else fact

    return replace(
        medicines,
        anticoagulant_fact=none_of(medicines.anticoagulant_fact, HintAt.ANTICOAGULANT),
        methotrexate=none_of(medicines.methotrexate, HintAt.METHOTREXATE),
        nitrous_oxide=none_of(medicines.nitrous_oxide, HintAt.NITROUS_OXIDE),
    )


def _supplement_before_test(
    index: RecordIndex,
    laboratory: LaboratoryFacts,
    medicines: MedicationFacts,
    doses: tuple[DoseGiven, ...],
) -> Fact:
    """Return whether vitamin B12 was taken in the 4 months before the test that diagnoses (F9),
    before today where there is none.

    Unknown when the list is (Q6).
    """
    tested = (
        laboratory.total_b12 if laboratory.total_b12.is_known else laboratory.holotranscobalamin
    )
    day = tested.date or index.as_of
    taken = [dose.evidence for dose in doses if took_b12_before(day, (), (dose,))]
    ordered = [
        order for order in medicines.orders if order.evidence and took_b12_before(day, (order,), ())
    ]
    taken += [order.evidence for order in ordered if order.evidence and not order.planned]
    if not taken and ordered:
        planned = tuple(order.evidence for order in ordered if order.evidence)
        why = "an order or statement of which it is not known whether it is taken"
        return Fact(Truth.UNKNOWN, why, planned, because=Because.NOT_CERTAIN)
    if not taken:
        return index.nothing_found("medications", at=(HintAt.B12_TREATMENT,))
    cited: dict[str, Evidence] = {}
    # what is stated as taken is a dose and an order: cited once, as the dose, which has its date
    for entry in taken:
        cited.setdefault(entry.reference, entry)
    index.receipt.use_further(cited, "b12_supplement_before_test")
    when = "in the 4 months before the test" if tested.date else "in the last 4 months"
    return Fact(Truth.TRUE, f"vitamin B12 recorded {when}", tuple(cited.values()))


def _causes(
    diagnosed: ConditionFacts,
    answers: AnswerFacts,
    operations: ProcedureFacts,
    medicines: MedicationFacts,
) -> tuple[CauseFinding, ...]:
    """All causes of F13. A medicine is one once it has been taken for long enough (F27)."""
    drugs = tuple(
        CauseFinding(Cause.DRUG, use.evidence)
        for use in medicines.lowering_drugs
        if use.long_term.is_true
    )
    gas = tuple(
        CauseFinding(Cause.NITROUS_OXIDE, item) for item in medicines.nitrous_oxide.evidence
    )
    found = diagnosed.causes + answers.causes + operations.causes + drugs + gas
    return tuple(dict.fromkeys(found))


def _cause_resolved(diagnosed: ConditionFacts, causes: tuple[CauseFinding, ...]) -> Fact:
    """TRUE only when every cause is a Condition that ended (F15)."""
    resolved = diagnosed.causes_resolved
    if resolved.is_true and not set(causes) <= set(diagnosed.causes):
        return replace(
            resolved, truth=Truth.FALSE, reason="another cause is recorded that has not ended"
        )
    return resolved


def _neurological_reason(index: RecordIndex, answers: AnswerFacts) -> str:
    """Why neurological involvement is not known, should it not be."""
    unread = index.reason_missing("conditions")
    if unread or answers.neurological_screen.evidence:
        return unread or answers.neurological_screen.reason
    hinted = index.understanding.hint_fact((HintAt.NEUROLOGY,))
    if hinted:
        return hinted.reason
    missing = index.reason_missing("labs").removeprefix("none recorded, but ")
    return f"none recorded among the conditions; {missing}" if missing else "none recorded"


def _kidney_risk(
    index: RecordIndex, diagnosed: ConditionFacts, measured: Fact, medicines: MedicationFacts
) -> Fact:
    """Whether anything points at the kidneys (Q51): a diagnosis, an old result, or metformin, the
    one medicine for diabetes that the value sets hold.
    """
    metformin = tuple(
        use.evidence for use in medicines.lowering_drugs if use.drug is LoweringDrug.METFORMIN
    )
    index.receipt.use_further({entry.reference for entry in metformin}, "kidney_risk")
    none = index.nothing_found("medications")
    treated = Fact(Truth.TRUE, "", metformin) if metformin else none
    joined = partial(_join, index, "kidney_risk", either)
    return joined(joined(diagnosed.kidney_risk, measured), treated)


def _bleeding_disorder(
    index: RecordIndex, diagnosed: ConditionFacts, platelets: Measurement
) -> Fact:
    """A coded thrombocytopenia stands in for the count while there is none: it calls for the same
    care with the needle.
    """
    if (
        diagnosed.thrombocytopenia
        and not platelets.is_known
        and not diagnosed.bleeding_disorder.is_true
    ):
        return Fact(
            Truth.TRUE,
            "thrombocytopenia recorded, platelet count not known",
            diagnosed.thrombocytopenia,
        )
    for entry in diagnosed.thrombocytopenia:
        known = (
            "the platelet count is known"
            if platelets.is_known
            else "a bleeding disorder is recorded"
        )
        index.receipt.take_back(
            entry.reference, "bleeding_disorder", f"{entry.display}, not needed: {known}"
        )
    return diagnosed.bleeding_disorder


def _anticoagulant(
    index: RecordIndex,
    diagnosed: ConditionFacts,
    operations: ProcedureFacts,
    medicines: MedicationFacts,
) -> Fact:
    """The medication list decides; a coded "long-term anticoagulant" says that there is one, not
    which.
    """
    coded = diagnosed.anticoagulant_use + operations.anticoagulant_use
    if medicines.anticoagulant_fact.is_true:
        for entry in coded:
            index.receipt.take_back(
                entry.reference,
                "anticoagulant",
                f"{entry.display}, outweighed by the medication list",
            )
    if medicines.anticoagulant_fact.is_true or not coded:
        return medicines.anticoagulant_fact
    return Fact(Truth.TRUE, "recorded as on an anticoagulant, which one is not", coded)


def _length(
    index: RecordIndex, name: str, observed: Measurement, written: Measurement
) -> Measurement:
    """Return the length that was observed, else the one in words (Q2); one observed since that
    cannot be read leaves it unknown.
    """
    since = bool(observed.evidence) and (
        written.date is None or (observed.date is not None and observed.date >= written.date)
    )
    if written.is_known and not observed.is_known and not since:
        return written
    for entry in written.evidence:
        index.receipt.take_back(
            entry.reference,
            name,
            f"{entry.display}, outweighed by {observed.evidence[0].reference}",
        )
    return observed


def _close(index: RecordIndex) -> None:
    """Give the types that no fact is read from their line in the receipt, and say of those that
    stand in no list by what they were understood: their type says it.
    """
    for placed in index.of_type("FamilyMemberHistory"):
        index.receipt.ignore(placed, "family history is never evidence for the person")
    for placed in index.of_type("Patient"):
        index.understanding.count("patient", placed, Understood.BY_CODE)
    for kind in sorted(READ_BY_TYPE & index.by_type.keys()):
        for placed in index.of_type(kind):
            index.receipt.note_understood(placed, Understood.BY_CODE.value)


READ_BY_TYPE = frozenset(
    {"DiagnosticReport", "Specimen", "QuestionnaireResponse", "FamilyMemberHistory"}
)
"""Types whose resources say what they are by their type."""
