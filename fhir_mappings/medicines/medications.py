"""The medicines of the record: vitamin B12 and folic acid treatment so far, and what else is taken
that the guidance asks about.

Not taken into account: doses given elsewhere that nobody recorded.
Source: decisions 2.2 (F9, F19, F25, F27), Q11, Q12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from fhir_mappings.fhir import PatientRecord, Placed, months_before
from fhir_mappings.intake import Receipt, is_about_another
from fhir_mappings.medicines.dosage import read_dosage
from fhir_mappings.medicines.doses import is_issue, read_combination, read_doses
from fhir_mappings.medicines.medication_orders import (
    InCourse,
    Siblings,
    cite_medicine,
    medication_target,
    read_orders,
)
from fhir_mappings.medicines.medication_uses import (
    MedicineUse,
    points_to_medicine,
    read_any_use,
    read_nameless_use,
    read_use,
)
from fhir_mappings.terminology import ValueSets
from recommender.language import (
    NONE_RECORDED,
    Anticoagulant,
    Because,
    CombinationUse,
    DoseGiven,
    Fact,
    LoweringDrug,
    LoweringDrugUse,
    Order,
    OrderState,
    Truth,
)

LOWERING_MONTHS = 18
"""How far back B12-lowering medicines and nitrous oxide are read (F27)."""

SUPPLY_MONTHS = 3
"""For how long a medicine that was given or dispensed counts as taken where no order or statement
says so. A design default.
"""

LONG_TERM_MONTHS: dict[LoweringDrug, int] = {
    LoweringDrug.METFORMIN: 4,
    LoweringDrug.PROTON_PUMP_INHIBITOR: 12,
    LoweringDrug.H2_RECEPTOR_ANTAGONIST: 12,
}
"""From how many months on a medicine is taken long term (F27). Colchicine has no such limit, so its
use stays unknown.
"""


@dataclass(frozen=True, slots=True)
class MedicationFacts:
    """What the medicines of the record say, in the terms of the scenario.

    `nameless` counts the entries of the look-back of which is not known which medicine they are
    about: any of them may be one of ours. `in_future` are the days of entries that are dated after
    tomorrow and are no fact yet (Q31).
    """

    orders: tuple[Order, ...] = ()
    doses: tuple[DoseGiven, ...] = ()
    combinations: tuple[CombinationUse, ...] = ()
    lowering_drugs: tuple[LoweringDrugUse, ...] = ()
    anticoagulant: Anticoagulant | None = None
    anticoagulant_fact: Fact = NONE_RECORDED
    methotrexate: Fact = NONE_RECORDED
    nitrous_oxide: Fact = NONE_RECORDED
    nameless: int = 0
    in_future: tuple[dt.date, ...] = ()


def map_medications(
    placed: Iterable[Placed], as_of: dt.date, value_sets: ValueSets, receipt: Receipt
) -> MedicationFacts:
    """Return what medication orders, statements, dispenses and administrations of one patient say.

    Whether the lists could be had completely is not judged here: "none recorded" means none among
    these.

    Args:
        placed: all resources of the record, Medications and Conditions that others point to among
            them.
    """
    items = list(placed)
    siblings = Siblings.of(items)
    every = [use for item in items if (use := read_use(item, siblings, value_sets, receipt))]
    uses, in_future = _without_future(every, as_of, receipt)
    ours = [use for use in uses if use.product.ingredients]
    treatment = _treatment(ours, as_of, value_sets, siblings, receipt)
    blood, anticoagulant_fact = _anticoagulant(uses, as_of, receipt)
    return MedicationFacts(
        tuple(treatment.orders),
        tuple(treatment.doses),
        tuple(treatment.combinations),
        _lowering_drugs(uses, as_of, receipt),
        blood,
        anticoagulant_fact,
        _taken([use for use in uses if use.product.methotrexate], "methotrexate", as_of, receipt),
        _exposure(
            [use for use in uses if use.product.nitrous_oxide], "nitrous_oxide", as_of, receipt
        ),
        sum(
            _may_count(use, as_of)
            for item in items
            if points_to_medicine(item) and (use := read_nameless_use(item, siblings))
        ),
        in_future,
    )


def _without_future(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[list[MedicineUse], tuple[dt.date, ...]]:
    """Return the uses without those dated after tomorrow, and the days of these (Q31, Q46)."""
    tomorrow = as_of + dt.timedelta(days=1)
    later = [use for use in uses if use.dated is not None and use.dated > tomorrow]
    for use in later:
        receipt.ignore(use.placed, f"{use.product.name}, dated in the future: {use.dated}")
    days = tuple(sorted({use.dated for use in later if use.dated}))
    return [use for use in uses if use.dated is None or use.dated <= tomorrow], days


def _may_count(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether an entry lies within the look-back of any fact, whatever its medicine."""
    return use.current or use.last is None or use.last >= months_before(as_of, LOWERING_MONTHS)


def may_matter(placed: Placed, as_of: dt.date) -> bool:
    """Return whether an entry could say something for any fact, whatever its medicine."""
    use = read_any_use(placed)
    return use is not None and _may_count(use, as_of)


def find_nameless(record: PatientRecord, as_of: dt.date) -> tuple[str, ...]:
    """Return where this patient's entries point that could say something if their medicine were
    known.

    What is in force comes first, then the newest.
    """
    if not any(map(points_to_medicine, record)):
        return ()
    items = [
        placed for placed in record if not is_about_another(placed.resource, record.patient_id)
    ]
    siblings = Siblings.of(items)
    uses = [
        use
        for item in items
        if (use := read_nameless_use(item, siblings)) and _may_count(use, as_of)
    ]
    uses.sort(key=lambda use: (use.current, use.last or dt.date.min), reverse=True)
    return tuple(dict.fromkeys(medication_target(use.placed.resource) for use in uses))


@dataclass(slots=True)
class _Treatment:
    """The vitamin B12 and folic acid treatment as far as it is read."""

    orders: list[Order] = field(default_factory=list)
    doses: list[DoseGiven] = field(default_factory=list)
    combinations: list[CombinationUse] = field(default_factory=list)


def _treatment(
    uses: list[MedicineUse],
    as_of: dt.date,
    value_sets: ValueSets,
    siblings: Siblings,
    receipt: Receipt,
) -> _Treatment:
    """Return the orders, the doses and the multivitamins, however old: what counts for what is
    judged by the rules (F25, Q29).

    What is stated as being taken counts as an order too where none is active for the same
    substance: somebody must have started it.
    """
    ordered = {
        item.substance
        for use in uses
        if use.is_order and use.current
        for item in use.product.ingredients
    }
    found = _Treatment()
    for use in uses:
        receipt.tick()
        fact = "treatment_phase" if use.product.has_cobalamin else "course"
        dosage = read_dosage(
            use.placed.resource, use.product, value_sets, read_before=siblings.lines
        )
        multivitamin = read_combination(use, dosage)
        if multivitamin:
            found.combinations.append(multivitamin)
            use.feeds("trace_supplement", receipt)
            continue
        if use.is_order or (
            use.current and not {item.substance for item in use.product.ingredients} & ordered
        ):
            found.orders += read_orders(
                use.placed,
                InCourse(use.placed.reference, use.state, planned=use.planned),
                use.product,
                value_sets,
                siblings,
            )
            use.feeds(fact, receipt)
        given = not (use.is_order or use.planned)
        if use.product.has_cobalamin and (given or is_issue(use, dosage)):
            found.doses += read_doses(use, dosage, as_of)
            use.feeds(fact, receipt)
        elif not use.is_order:
            receipt.ignore(
                use.placed,
                f"{use.product.name}, given or taken: no fact is read from it beside an order",
            )
    return found


def _is_taken(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether the medicine counts as taken now: ordered or stated as current, or supplied
    not long ago.
    """
    if use.current:
        return True
    return (
        not use.is_order
        and use.last is not None
        and use.last >= months_before(as_of, SUPPLY_MONTHS)
    )


def _was_issued(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether a completed order is so recent that what it supplied may still be taken."""
    recent = months_before(as_of, SUPPLY_MONTHS)
    completed = use.is_order and use.state is OrderState.COMPLETED
    return completed and use.last is not None and use.last >= recent


def _taken(uses: list[MedicineUse], fact: str, as_of: dt.date, receipt: Receipt) -> Fact:
    current = [use for use in uses if _is_taken(use, as_of) or _was_issued(use, as_of)]
    for use in uses:
        if use in current:
            use.feeds(fact, receipt)
        else:
            receipt.ignore(
                use.placed, f"{use.product.name}, no longer taken: {use.last or 'no date'}"
            )
    certain = [use for use in current if not use.planned and _is_taken(use, as_of)]
    if certain:
        return Fact(Truth.TRUE, "on the medication list", tuple(use.evidence for use in certain))
    if current:
        named = ", ".join(use.product.name for use in current)
        return Fact(
            Truth.UNKNOWN,
            f"planned, supplied of late, or of unknown status: {named}",
            tuple(use.evidence for use in current),
            because=Because.NOT_CERTAIN,
        )
    return NONE_RECORDED


def _exposure(uses: list[MedicineUse], fact: str, as_of: dt.date, receipt: Receipt) -> Fact:
    """Return whether somebody was exposed within the look-back; an entry without a date counts."""
    oldest = months_before(as_of, LOWERING_MONTHS)
    recent = [use for use in uses if use.last is None or use.last >= oldest]
    for use in uses:
        if use in recent:
            use.feeds(fact, receipt)
            use.feeds("cause", receipt)
        else:
            receipt.ignore(
                use.placed, f"{use.product.name}, older than {LOWERING_MONTHS} months: {use.last}"
            )
    return (
        Fact(Truth.TRUE, "recorded among the medicines", tuple(use.evidence for use in recent))
        if recent
        else NONE_RECORDED
    )


def _anticoagulant(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[Anticoagulant | None, Fact]:
    """Return the class and the fact; of several classes warfarin comes first, since its INR has to
    be known.
    """
    found = [use for use in uses if use.product.anticoagulant]
    fact = _taken(found, "anticoagulant", as_of, receipt)
    classes = {use.product.anticoagulant_class for use in found if _is_taken(use, as_of)}
    return next((kind for kind in Anticoagulant if kind in classes), None), fact


def _lowering_drugs(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[LoweringDrugUse, ...]:
    """Return each B12-lowering medicine of the last 18 months once.

    Its evidence is the newest entry, or the one that proves that it was taken for long enough to be
    a cause.
    """
    oldest = months_before(as_of, LOWERING_MONTHS)
    found: dict[LoweringDrug, list[MedicineUse]] = {}
    for use in uses:
        if use.product.lowering is None:
            continue
        if not use.current and use.last is not None and use.last < oldest:
            receipt.ignore(
                use.placed, f"{use.product.name}, older than {LOWERING_MONTHS} months: {use.last}"
            )
        elif not (use.current or _is_taken(use, as_of)):
            receipt.ignore(
                use.placed, f"{use.product.name}, no longer taken: {use.last or 'no date'}"
            )
        else:
            use.feeds("lowering_drugs", receipt)
            found.setdefault(use.product.lowering, []).append(use)
    return tuple(
        _in_use(drug, found[drug], uses, as_of, receipt) for drug in LoweringDrug if drug in found
    )


def _in_use(
    drug: LoweringDrug,
    taken: list[MedicineUse],
    uses: list[MedicineUse],
    as_of: dt.date,
    receipt: Receipt,
) -> LoweringDrugUse:
    """Return whether a medicine taken now has been taken for long enough, and what shows it, be it
    an entry of long ago.

    Short entries prove nothing: earlier ones may be missing, so only a stated start makes it FALSE.
    """
    newest = max(taken, key=lambda use: (use.last or dt.date.min, use.placed.place))
    if drug not in LONG_TERM_MONTHS:
        return LoweringDrugUse(drug, Truth.UNKNOWN, newest.evidence)
    limit = months_before(as_of, LONG_TERM_MONTHS[drug])
    proofs = [
        use for use in uses if use.product.lowering is drug and use.since and use.since < limit
    ]
    if proofs:
        proof = max(proofs, key=lambda use: (use in taken, use.since or limit, use.placed.place))
        for fact in ("lowering_drugs", "cause"):
            proof.feeds(fact, receipt)
        return LoweringDrugUse(
            drug, Truth.TRUE, cite_medicine(proof.placed, proof.product, proof.since)
        )
    stated = any(
        not use.is_order and use.current and use.since
        for use in uses
        if use.product.lowering is drug
    )
    return LoweringDrugUse(drug, Truth.FALSE if stated else Truth.UNKNOWN, newest.evidence)
