"""The draft set of an order hook: what of it is ours, and what the record holds of the same course.

Source: R36 to R38, R152 to R161; cards.md 1 (what is in scope); Q16, Q20.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fhir_mappings.draft_reading import DraftRead, read_draft, why_no_order
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    Placed,
    Resource,
    as_text,
    code_of,
    read_medication,
)
from fhir_mappings.intake import Cited, Receipt, ReceiptLine
from fhir_mappings.medicines import Siblings
from fhir_mappings.products import names_nothing, near_b12_name
from fhir_mappings.selections import Places, order_sets, resolve_selections, ways_to_choose
from fhir_mappings.terminology import ValueSets
from recommender.guidance import look_back
from recommender.language import (
    FolateIndication,
    LoweringDrug,
    Order,
    OrderState,
    TestOrder,
    changed,
    is_bound_together,
)


@dataclass(frozen=True, slots=True)
class Drafts:
    """The draft set as it was read, each entry once, and what of it is ours.

    `resources` holds the drafts of ours as they came, by the key under which a suggestion may
    change or delete them; a draft without an id, or with the id of another, is not among them
    (R161). `lowering_drugs` are the B12-lowering medicines selected. `left_out` holds, for each way
    to choose among alternatives of an order set, the places of what is then not ordered.
    """

    entries: tuple[DraftRead, ...] = ()
    orders: tuple[Order, ...] = ()
    tests: tuple[TestOrder, ...] = ()
    lowering_drugs: frozenset[LoweringDrug] = frozenset()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    left_out: tuple[Places, ...] = ()

    @classmethod
    def of(cls, entries: Sequence[DraftRead], left_out: tuple[Places, ...] = ()) -> Drafts:
        """Return what these entries come to."""
        orders = tuple(order for entry in entries for order in entry.orders)
        if any(entry.methotrexate for entry in entries):  # its folic acid stays (I17)
            orders = tuple(map(_with_methotrexate, orders))
        return cls(
            tuple(entries),
            orders,
            tuple(entry.test for entry in entries if entry.test),
            frozenset(one.lowering for one in entries if one.lowering and one.selected),
            {one.key: one.placed.resource for one in entries if one.is_ours and has_key(one)},
            left_out,
        )

    @property
    def alternatives(self) -> tuple[Drafts, ...]:
        """The draft set once for each way to choose among alternatives of an order set that leaves
        something selected; itself alone where there is nothing to choose.
        """
        ours = frozenset(one.placed.place for one in self.entries if one.is_ours or one.lowering)
        ways = dict.fromkeys(places & ours for places in self.left_out)
        sets = [
            Drafts.of([one for one in self.entries if one.placed.place not in places])
            for places in ways
        ]
        chosen = [one for one in sets if one.in_scope or one.lowering_drug_selected]
        return tuple(chosen) if len(ways) > 1 and chosen else (self,)

    @property
    def unresolved(self) -> tuple[str, ...]:
        """Where the selected drafts point that name their drug by a reference which leads to
        nothing that was read.
        """
        return tuple(one.unresolved for one in self.entries if one.unresolved and one.selected)

    @property
    def unresolved_beside(self) -> tuple[str, ...]:
        """Where the drafts that are not selected point so."""
        return tuple(one.unresolved for one in self.entries if one.unresolved and not one.selected)

    @property
    def lowering_drug_selected(self) -> bool:
        return bool(self.lowering_drugs)

    @property
    def in_scope(self) -> bool:
        """Whether anything selected is a vitamin B12 or folic acid order, or a test of them; if
        not, the call is answered at once.

        A B12-lowering medicine is in scope only where the site has switched its cards on (Q19), so
        it is asked for by itself.
        """
        return any(order.selected for order in self.orders) or any(
            test.selected for test in self.tests
        )

    @property
    def lines(self) -> tuple[ReceiptLine, ...]:
        """One line per entry: what it was used for, or why it was not."""
        receipt = Receipt()
        for entry in self.entries:
            receipt.enter(entry.placed)
        for entry in self.entries:
            if entry.why_not:
                receipt.ignore(entry.placed, entry.why_not)
            if entry.medication:
                receipt.note_named(entry.medication, entry.placed)
        return receipt.lines(
            Cited({one.placed.place: ("course",) for one in self.entries if one.is_ours})
        )


def _with_methotrexate(order: Order) -> Order:
    """Return an order of folic acid that gives no other reason as one for methotrexate."""
    if order.folate is None or order.folate_indication is not None:
        return order
    return changed(order, folate_indication=FolateIndication.METHOTREXATE)


def has_key(entry: DraftRead) -> bool:
    """Return whether an action can name the draft: by an id that no other draft has (R161)."""
    return entry.key != entry.placed.place


def read_drafts(
    drafts: Sequence[Placed],
    selections: Sequence[str] | None,
    patient_id: str,
    value_sets: ValueSets,
    others: Callable[[], Iterable[Placed]] = tuple,
) -> Drafts:
    """Return the draft set as it was read, with the selected orders marked.

    Args:
        selections: the references of order-select; `None` for order-sign, where every draft is
            selected.
        patient_id: drafts about anybody else get no advice (R38).
        others: resources that came otherwise; looked through where a draft points to one.
    """
    no_order = {one.place: why_no_order(one, patient_id) for one in drafts}
    own = [placed for placed in drafts if no_order[placed.place] is None]
    sets = order_sets(drafts)
    if selections is None:
        selected = {item.place for item in own}
    else:
        selected = resolve_selections(selections, own, sets)
    siblings = Siblings.of(drafts, others)
    entries: list[DraftRead] = []
    taken: set[str] = set()
    for placed in drafts:
        why = no_order[placed.place]
        if why is not None:
            entries.append(DraftRead(placed, why_not=why))
        else:
            key = _free_key(placed, taken)
            entry = read_draft(placed, key, placed.place in selected, siblings, value_sets)
            _take_key(entry, taken)
            entries.append(entry)
    left_out = ways_to_choose(sets, own) if sets else ()
    return Drafts.of(_without_shared_ids(entries, siblings, value_sets), left_out)


def name_drafts(drafts: Drafts, found: Sequence[Placed], value_sets: ValueSets) -> Drafts:
    """Return the draft set with those read again whose medicine was not known, now that these
    resources were found.
    """
    siblings = Siblings.of((one.placed for one in drafts.entries), lambda: found)
    taken = {one.key for one in drafts.entries if one.is_ours and not one.unresolved}
    entries = []
    for entry in drafts.entries:
        if entry.unresolved:
            key = _free_key(entry.placed, taken)
            entry = read_draft(entry.placed, key, entry.selected, siblings, value_sets)
            _take_key(entry, taken)
        entries.append(entry)
    return Drafts.of(_without_shared_ids(entries, siblings, value_sets), drafts.left_out)


def _without_shared_ids(
    entries: list[DraftRead], siblings: Siblings, value_sets: ValueSets
) -> list[DraftRead]:
    """Return the drafts, those of ours without a name for an action whose id a draft of something
    else bears too: its removal or change could meet the other one (R161, H3).
    """
    others = {one.placed.reference for one in entries if not one.is_ours and not one.unresolved}
    return [
        read_draft(one.placed, one.placed.place, one.selected, siblings, value_sets)
        if one.is_ours and one.key in others
        else one
        for one in entries
    ]


def _free_key(placed: Placed, taken: set[str]) -> str:
    """Return the key of a draft, `Type/id` byte for byte; its place when it has no id of its own,
    so that no action can name it.
    """
    return placed.place if placed.reference in taken else placed.reference


def _take_key(entry: DraftRead, taken: set[str]) -> None:
    if entry.is_ours:
        taken.add(entry.key)


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
        if near_b12_name(concept):
            return False
    return True


def read_stored_halves(
    recorded: Sequence[Placed],
    drafts: Drafts,
    patient_id: str,
    as_of: dt.date,
    value_sets: ValueSets,
) -> tuple[Order, ...]:
    """Return the drafts of the record that are one course with a draft of the request, by their
    `groupIdentifier` or because one names the other (Q56): the other half of a pair that is signed
    one by one. Old and cancelled ones do not count as ordered, and say so by their state (Q78), as
    do young drafts of vitamin B12 that nothing binds.
    """
    waiting = [placed for placed in recorded if _is_stored_half(placed)]
    if not waiting or not drafts.orders:
        return ()
    siblings = Siblings.of(recorded)
    drafted = {order.key for order in drafts.orders}
    found: list[Order] = []
    for placed in waiting:
        if why_no_order(placed, patient_id) is None:
            read = read_draft(placed, placed.reference, False, siblings, value_sets)
            orders = [one for one in read.orders if one.key not in drafted]
            if _is_cancelled(placed):
                orders = [replace(one, state=OrderState.CANCELLED) for one in orders]
            found += orders
    states = ((one, _state_of_stored(one, drafts, as_of)) for one in found)
    return tuple(replace(one, state=state) for one, state in states if state)


def _state_of_stored(stored: Order, drafts: Drafts, as_of: dt.date) -> OrderState | None:
    """Return how a stored draft stands to the course; `None` where it has no part in it."""
    young, cancelled = _is_young(stored, as_of), stored.state is OrderState.CANCELLED
    if any(is_bound_together(stored, draft) for draft in drafts.orders):
        return stored.state if young or cancelled else OrderState.OLD_DRAFT
    unbound = young and stored.has_cobalamin and stored.state is OrderState.DRAFT
    return OrderState.UNBOUND_DRAFT if unbound else None


def _is_stored_half(placed: Placed) -> bool:
    """Return whether an order of the record waits to be signed, or never came into force."""
    is_draft = code_of(placed.resource.get("status")) == "draft"
    return placed.type in MEDICATION_ORDER_TYPES and (is_draft or _is_cancelled(placed))


def _is_cancelled(placed: Placed) -> bool:
    return code_of(placed.resource.get("status")) == "cancelled"


def _is_young(order: Order, as_of: dt.date) -> bool:
    return (
        order.authored is not None and (as_of - order.authored).days <= look_back.STORED_DRAFT_DAYS
    )
