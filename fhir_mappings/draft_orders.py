"""The draft set of an order hook: what of it is ours, and what the record holds of the same course.

Source: R36 to R38, R152 to R161; cards.md 1 (what is in scope); Q16, Q20.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fhir_mappings.draft_reading import DraftReading
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    Placed,
    Resource,
    as_text,
    code_of,
    read_medication,
)
from fhir_mappings.intake import Receipt
from fhir_mappings.medicines import Siblings
from fhir_mappings.products import names_nothing
from fhir_mappings.selections import resolve_selections
from fhir_mappings.terminology import ValueSets
from recommender.guidance import look_back
from recommender.language import (
    LoweringDrug,
    Order,
    TestOrder,
)


@dataclass(frozen=True, slots=True)
class Drafts:
    """What of the draft set is ours.

    `resources` holds the drafts of ours as they came, by the key under which a suggestion may
    change or delete them; a draft without an id, or with the id of another, is not among them
    (R161). `lowering_drugs` are the B12-lowering medicines selected. `unresolved` says where the
    selected drafts point that name their drug by a reference which leads to nothing that was read;
    `unresolved_beside` says it of the others. `notes` says what was odd, for the log and the
    receipt.
    """

    orders: tuple[Order, ...] = ()
    tests: tuple[TestOrder, ...] = ()
    lowering_drugs: frozenset[LoweringDrug] = frozenset()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    unresolved: tuple[str, ...] = ()
    unresolved_beside: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def lowering_drug_selected(self) -> bool:
        return bool(self.lowering_drugs)

    @property
    def in_scope(self) -> bool:
        """Whether anything selected is an order of ours; if not, the call is answered at once.

        A B12-lowering medicine is in scope only where the site has switched its cards on (Q19), so
        it is asked for by itself.
        """
        return any(order.selected for order in self.orders) or any(
            test.selected for test in self.tests
        )


def read_drafts(
    drafts: Sequence[Placed],
    selections: Sequence[str] | None,
    patient_id: str,
    value_sets: ValueSets,
    receipt: Receipt,
    others: Iterable[Placed] = (),
) -> Drafts:
    """Return what of the draft set is ours, with the selected orders marked.

    Args:
        selections: the references of order-select; `None` for order-sign, where every draft is
            selected.
        patient_id: drafts about anybody else get no advice (R38).
        others: resources that came otherwise and that a draft may point to.
    """
    reading = DraftReading(value_sets, receipt, Siblings.of((*drafts, *others)))
    own = [placed for placed in drafts if reading.is_order_for(placed, patient_id)]
    selected = (
        {item.place for item in own}
        if selections is None
        else resolve_selections(selections, own, reading.notes)
    )
    for placed in own:
        reading.read(placed, placed.place in selected)
    return Drafts(
        tuple(reading.orders),
        tuple(reading.tests),
        frozenset(reading.lowering_drugs),
        dict(reading.resources),
        tuple(reading.unresolved),
        tuple(reading.unresolved_beside),
        tuple(reading.notes),
    )


def are_all_unrelated(drafts: Sequence[Placed], value_sets: ValueSets) -> bool:
    """Return whether every draft is the order of a medicine that is named in the draft itself and
    is of no interest here: then nothing is in scope whatever is selected, as `read_drafts` would
    find. False where it takes more than a glance to tell.
    """
    for placed in drafts:
        if as_text(placed.resource.get("resourceType")) not in MEDICATION_ORDER_TYPES:
            return False
        concept, reference = read_medication(placed.resource)
        if reference or not concept or not names_nothing(concept, value_sets):
            return False
    return True


def read_stored_halves(
    recorded: Sequence[Placed],
    drafts: Drafts,
    patient_id: str,
    as_of: dt.date,
    value_sets: ValueSets,
    receipt: Receipt,
) -> tuple[Order, ...]:
    """Return the drafts of the record that belong to the course of a draft of the request, by their
    `groupIdentifier` (Q56): the other half of a pair that is signed one by one. Old ones do not
    count (Q78).
    """
    groups = {order.group for order in drafts.orders if order.group}
    if not groups:
        return ()
    waiting = [placed for placed in recorded if _is_stored_draft(placed)]
    reading = DraftReading(value_sets, Receipt(), Siblings.of(recorded))
    for placed in waiting:
        if reading.is_order_for(placed, patient_id):
            reading.read(placed, selected=False)
    drafted = {order.key for order in drafts.orders}
    found = tuple(
        order
        for order in reading.orders
        if order.group in groups and order.key not in drafted and _is_young(order, as_of)
    )
    for placed in waiting:
        if placed.reference in {order.key for order in found}:
            receipt.use(placed, "course")
    return found


def _is_stored_draft(placed: Placed) -> bool:
    return (
        placed.type in MEDICATION_ORDER_TYPES and code_of(placed.resource.get("status")) == "draft"
    )


def _is_young(order: Order, as_of: dt.date) -> bool:
    return (
        order.authored is not None and (as_of - order.authored).days <= look_back.STORED_DRAFT_DAYS
    )
