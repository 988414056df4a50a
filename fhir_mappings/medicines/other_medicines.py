"""What else is taken that the guidance asks about: B12-lowering medicines, anticoagulants,
methotrexate, nitrous oxide.

Source: decisions 2.2 (F19, F27).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from fhir_mappings.fhir import ADMINISTRATION_TYPES, DISPENSE_TYPES, STATEMENT_TYPES, months_before
from fhir_mappings.intake import Receipt
from fhir_mappings.medicines.medication_orders import cite_medicine, supply_days
from fhir_mappings.medicines.medication_uses import MedicineUse
from recommender.guidance import look_back
from recommender.language import (
    NONE_RECORDED,
    Anticoagulant,
    Because,
    Fact,
    LoweringDrug,
    LoweringDrugUse,
    OrderState,
    Truth,
)

LONG_TERM_MONTHS: dict[LoweringDrug, int] = {
    LoweringDrug.METFORMIN: 4,
    LoweringDrug.PROTON_PUMP_INHIBITOR: 12,
    LoweringDrug.H2_RECEPTOR_ANTAGONIST: 12,
}
"""From how many months on a medicine is taken long term (F27). Colchicine has no such limit, so its
use stays unknown.
"""


def _is_taken(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether the medicine counts as taken now: ordered or stated as current, or given,
    supplied or put on hold not long ago.
    """
    lately = not (use.is_order or _is_over(use))
    return use.current or (lately and _may_last(use, as_of))


def _may_last(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether what was supplied may last until today: for three months, and for as long as
    the supply is stated to last with its repeats, but for no more than a year.
    """
    if use.last is None or use.state is OrderState.STOPPED:
        return False
    if use.last >= months_before(as_of, look_back.SUPPLY_MONTHS):
        return True
    stated = supply_days(use.placed.resource)
    lasts = stated is not None and (as_of - use.last).days <= stated
    return lasts and use.last >= months_before(as_of, look_back.LONGEST_SUPPLY_MONTHS)


def _was_issued(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether an order or a statement is over, and what it supplied may still be taken; or
    was put on hold long ago, of which nobody knows whether it went on.
    """
    on_hold = use.state is OrderState.ON_HOLD
    return on_hold or (_is_over(use) and _may_last(use, as_of))


def _is_over(use: MedicineUse) -> bool:
    """Return whether an order, or what somebody states or reports, is over; a supply and a dose are
    complete when the medicine has reached the patient.
    """
    told = use.placed.type not in ADMINISTRATION_TYPES | DISPENSE_TYPES
    return told and use.state is OrderState.COMPLETED


def _is_undated_supply(use: MedicineUse) -> bool:
    """Return whether a medicine was given, supplied or issued on a day that nobody knows."""
    told = use.placed.type in STATEMENT_TYPES or use.current
    return not told and use.last is None and use.state is OrderState.COMPLETED


def read_taken(uses: list[MedicineUse], as_of: dt.date, receipt: Receipt) -> Fact:
    """Return whether a medicine is taken now; what is planned, of unknown status, or supplied on no
    known day is unknown.
    """
    current = []
    for use in uses:
        if _is_taken(use, as_of) or _was_issued(use, as_of) or _is_undated_supply(use):
            current.append(use)
        else:
            receipt.ignore(
                use.placed, f"{use.product.name}, no longer taken: {use.last or 'no date'}"
            )
    certain = [use for use in current if not use.planned and _is_taken(use, as_of)]
    if certain:
        return Fact(Truth.TRUE, "on the medication list", tuple(use.evidence for use in certain))
    if current:
        named = ", ".join(use.product.name for use in current)
        undated = all(map(_is_undated_supply, current))
        doubt = (
            "supplied or given on no known day"
            if undated
            else "planned, supplied of late, or of unknown status"
        )
        return Fact(
            Truth.UNKNOWN,
            f"{doubt}: {named}",
            tuple(use.evidence for use in current),
            because=Because.NOT_CERTAIN,
        )
    return NONE_RECORDED


def read_exposure(uses: list[MedicineUse], as_of: dt.date, receipt: Receipt) -> Fact:
    """Return whether somebody was exposed within the look-back; an entry without a date counts."""
    oldest = months_before(as_of, look_back.LOWERING_DRUG_MONTHS)
    recent = []
    for use in uses:
        if use.last is None or use.last >= oldest:
            recent.append(use)
        else:
            receipt.ignore(use.placed, _why_too_old(use))
    return (
        Fact(Truth.TRUE, "recorded among the medicines", tuple(use.evidence for use in recent))
        if recent
        else NONE_RECORDED
    )


def read_anticoagulant(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[Anticoagulant | None, Fact]:
    """Return the class and the fact; of several classes warfarin comes first, since its INR has to
    be known.
    """
    found = [use for use in uses if use.product.anticoagulant]
    fact = read_taken(found, as_of, receipt)
    classes = {use.product.anticoagulant_class for use in found if _is_taken(use, as_of)}
    first = next((kind for kind in Anticoagulant if kind in classes), None) if classes else None
    return first, fact


def read_lowering_drugs(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[LoweringDrugUse, ...]:
    """Return each B12-lowering medicine of the last 18 months once.

    Its evidence is the newest entry, or the one that proves that it was taken for long enough to be
    a cause.
    """
    oldest = months_before(as_of, look_back.LOWERING_DRUG_MONTHS)
    found: dict[LoweringDrug, list[MedicineUse]] = {}
    for use in uses:
        if use.product.lowering is None:
            continue
        if not use.current and use.last is not None and use.last < oldest:
            receipt.ignore(use.placed, _why_too_old(use))
        elif not (_is_taken(use, as_of) or _was_issued(use, as_of)):
            receipt.ignore(
                use.placed, f"{use.product.name}, no longer taken: {use.last or 'no date'}"
            )
        else:
            found.setdefault(use.product.lowering, []).append(use)
    return tuple(
        replace(
            _in_use(drug, found[drug], uses, as_of),
            beside=tuple(use.evidence for use in found[drug]),
        )
        for drug in LoweringDrug
        if drug in found
    )


def _in_use(
    drug: LoweringDrug, taken: list[MedicineUse], uses: list[MedicineUse], as_of: dt.date
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
        now = {use.placed.place for use in taken}
        proof = max(proofs, key=lambda use: (use.placed.place in now, use.since, use.placed.place))
        return LoweringDrugUse(
            drug, Truth.TRUE, cite_medicine(proof.placed, proof.product, proof.since)
        )
    stated = any(
        not use.is_order and use.current and use.since
        for use in uses
        if use.product.lowering is drug
    )
    return LoweringDrugUse(drug, Truth.FALSE if stated else Truth.UNKNOWN, newest.evidence)


def _why_too_old(use: MedicineUse) -> str:
    return f"{use.product.name}, older than {look_back.LOWERING_DRUG_MONTHS} months: {use.last}"
