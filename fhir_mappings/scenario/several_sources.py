"""Facts that several parts of the record say together: a diagnosis and a result, a medicine and a
code that there is one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from fhir_mappings.answers import AnswerFacts
from fhir_mappings.history import ConditionFacts, ProcedureFacts
from fhir_mappings.intake import RecordIndex
from fhir_mappings.laboratory import LaboratoryFacts
from fhir_mappings.medicines import MedicationFacts
from fhir_mappings.scenario.joining import either, join
from recommender.language import (
    Because,
    Cause,
    CauseFinding,
    DoseGiven,
    Evidence,
    Fact,
    HintAt,
    LoweringDrug,
    Measurement,
    Order,
    Truth,
)
from recommender.treatment_so_far import took_b12_before


def supplement_before_test(
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
    held = (*doses, *medicines.antidotes)
    taken = [dose.evidence for dose in held if took_b12_before(day, (), (dose,))]
    ordered = [
        order
        for order in (*medicines.orders, *medicines.periods)
        if order.evidence and took_b12_before(day, (order,), ())
    ]
    taken += [order.evidence for order in ordered if order.evidence and not order.planned]
    if not taken and (may_be := _perhaps_taken(ordered, held)):
        return may_be
    if not taken:
        return index.nothing_found("medications", at=(HintAt.B12_TREATMENT,))
    cited: dict[str, Evidence] = {}
    # what is stated as taken is a dose and an order: cited once, as the dose, which has its date
    for entry in taken:
        cited.setdefault(entry.reference, entry)
    when = "in the 4 months before the test" if tested.date else "in the last 4 months"
    return Fact(Truth.TRUE, f"vitamin B12 recorded {when}", tuple(cited.values()))


def _perhaps_taken(ordered: Iterable[Order], doses: Iterable[DoseGiven]) -> Fact | None:
    """Return what may have been taken before the test, where nobody knows whether or when."""
    why = "an order or statement of which it is not known whether it is taken"
    found = tuple(order.evidence for order in ordered if order.evidence)
    if not found:
        why = "a dose of vitamin B12 without its date"
        undated = (dose for dose in doses if dose.date is None and dose.substance.is_cobalamin)
        found = tuple(dose.evidence for dose in undated)
    return Fact(Truth.UNKNOWN, why, found, because=Because.NOT_CERTAIN) if found else None


def causes(
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


def cause_resolved(diagnosed: ConditionFacts, causes: tuple[CauseFinding, ...]) -> Fact:
    """TRUE only when every cause is a Condition that ended (F15)."""
    resolved = diagnosed.causes_resolved
    if resolved.is_true and not set(causes) <= set(diagnosed.causes):
        return resolved._replace(
            truth=Truth.FALSE, reason="another cause is recorded that has not ended"
        )
    return resolved


def neurological_screen(index: RecordIndex, answers: AnswerFacts) -> Fact:
    """Return the screen; one that found nothing does not stand beside signs dated in the future,
    of which nobody knows what they mean (Q31), nor beside words of them of its day or since (I30).
    """
    future = index.understanding.future.get(HintAt.NEUROLOGY)
    if future is None or answers.neurological_screen.is_true:
        return _not_told_since(index, answers.neurological_screen)
    for entry in answers.neurological_screen.evidence:
        index.receipt.outweigh(entry.reference, f"{entry.display}, outweighed: {future.why}")
    return Fact(Truth.UNKNOWN, future.why, (), future.dated, Because.IN_FUTURE)


def _not_told_since(index: RecordIndex, screen: Fact) -> Fact:
    """Return the screen, not known where it found nothing and words of signs are newer."""
    if not screen.is_false:
        return screen
    own = {entry.reference for entry in screen.evidence}
    day = max((entry.date for entry in screen.evidence if entry.date), default=None)
    since = [
        hint
        for hint in index.understanding.hints.values()
        if hint.at is HintAt.NEUROLOGY
        and (hint.reference in own or (day and hint.date and hint.date >= day))
    ]
    if not since:
        return screen
    why = f"words recorded since the screen: {since[0].words}"
    for entry in screen.evidence:
        index.receipt.outweigh(entry.reference, f"{entry.display}, outweighed: {why}")
    return Fact(Truth.UNKNOWN, why, because=Because.HINT)


def neurological_reason(index: RecordIndex, answers: AnswerFacts) -> str:
    """Why neurological involvement is not known, should it not be."""
    unread = index.reason_missing("conditions")
    if unread or answers.neurological_screen.evidence:
        return unread or answers.neurological_screen.reason
    hinted = index.understanding.hint_fact((HintAt.NEUROLOGY,))
    if hinted:
        return hinted.reason
    missing = index.reason_missing("labs").removeprefix("none recorded, but ")
    return f"none recorded among the conditions; {missing}" if missing else "none recorded"


def kidney_risk(
    index: RecordIndex, diagnosed: ConditionFacts, measured: Fact, medicines: MedicationFacts
) -> Fact:
    """Whether anything points at the kidneys (Q51): a diagnosis, an old result, or metformin, the
    one medicine for diabetes that the value sets hold.
    """
    metformin = tuple(
        use.evidence for use in medicines.lowering_drugs if use.drug is LoweringDrug.METFORMIN
    )
    none = index.nothing_found("medications")
    treated = Fact(Truth.TRUE, "", metformin) if metformin else none
    joined = partial(join, index, either)
    return joined(joined(diagnosed.kidney_risk, measured), treated)


def bleeding_disorder(
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
        index.receipt.outweigh(entry.reference, f"{entry.display}, not needed: {known}")
    return diagnosed.bleeding_disorder


def anticoagulant(
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
            why = f"{entry.display}, outweighed by the medication list"
            index.receipt.outweigh(entry.reference, why)
    if medicines.anticoagulant_fact.is_true or not coded:
        return medicines.anticoagulant_fact
    return Fact(Truth.TRUE, "recorded as on an anticoagulant, which one is not", coded)


def longer(index: RecordIndex, written: tuple[Measurement, ...]) -> Measurement:
    """Return the longest of the lengths that words name, of an operation and of a problem: one and
    the same resection may stand in both lists.
    """
    known = [one for one in written if one.quantity is not None]
    if not known:
        return written[0]
    longest = max(known, key=lambda one: one.quantity.value if one.quantity else 0)
    for one in known:
        for entry in one.evidence if one is not longest else ():
            why = f"{entry.display}, outweighed by {longest.evidence[0].reference}"
            index.receipt.outweigh(entry.reference, why)
    return longest


def length(index: RecordIndex, observed: Measurement, written: Measurement) -> Measurement:
    """Return the length that was observed, else the one in words (Q2); one observed since that
    cannot be read leaves it unknown.
    """
    since = bool(observed.evidence) and (
        written.date is None or (observed.date is not None and observed.date >= written.date)
    )
    if written.is_known and not observed.is_known and not since:
        return written
    for entry in written.evidence:
        why = f"{entry.display}, outweighed by {observed.evidence[0].reference}"
        index.receipt.outweigh(entry.reference, why)
    return observed
