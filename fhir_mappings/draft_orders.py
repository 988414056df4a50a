"""The draft set of an order hook, the selections resolved, and the course: drafts and active orders
read together.

Source: R36 to R38, R152 to R161; cards.md 1 (what is in scope); Q16, Q20.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fhir_mappings.drafts import TESTS_OF_B12_STATUS, read_code, read_due, read_test
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    TEST_ORDER_TYPES,
    Placed,
    Resource,
    as_text,
    code_of,
    read_medication,
    reference_id,
    reference_of,
    subject_id,
)
from fhir_mappings.intake import Receipt, why_status
from fhir_mappings.medicines import (
    LEADS_NOWHERE,
    InCourse,
    Product,
    Siblings,
    cite_medicine,
    find_product,
    first_day,
    identify_product,
    is_nameless,
    is_unresolved,
    medication_target,
    names_nothing,
    read_orders,
)
from fhir_mappings.terminology import Concept, Field, ValueSets
from recommender.guidance import look_back
from recommender.language import (
    ClinicalScenario,
    Course,
    DoseLine,
    LoweringDrug,
    Order,
    OrderState,
    Substance,
    TestOrder,
    changed,
)

STOPS = frozenset({"stopped", "cancelled", "on-hold", "ended", "suspended", "revoked"})
"""Statuses by which a drafted order ends treatment instead of starting it."""

NOT_ORDERS = frozenset({"entered-in-error", "completed"})

ORDER_TYPES = MEDICATION_ORDER_TYPES | TEST_ORDER_TYPES


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
    reading = _Reading(value_sets, receipt, Siblings.of((*drafts, *others)))
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
    waiting = [
        placed
        for placed in recorded
        if placed.type in MEDICATION_ORDER_TYPES
        and code_of(placed.resource.get("status")) == "draft"
    ]
    reading = _Reading(value_sets, Receipt(), Siblings.of(recorded))
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


def _is_young(order: Order, as_of: dt.date) -> bool:
    return (
        order.authored is not None and (as_of - order.authored).days <= look_back.STORED_DRAFT_DAYS
    )


def resolve_selections(
    selections: Sequence[str], orders: Sequence[Placed], notes: list[str]
) -> set[str]:
    """Return the places of the selected orders.

    A selection is `Type/id`; absolute references, bare ids that are unique, `urn:uuid:` and the
    `fullUrl` of an entry are understood too. Without any, the only order is taken, or else all of
    them. One that is not in the draft set gets no advice.
    Source: R155, R156.
    """
    wanted = [
        selection for selection in selections if isinstance(selection, str) and selection.strip()
    ]
    if not wanted:
        notes.append("no selections came: every draft order was taken as selected")
        return {placed.place for placed in orders}
    by_name, by_id = _index_drafts(orders)
    places: set[str] = set()
    for selection in dict.fromkeys(wanted):
        names = dict.fromkeys((selection, selection.strip(), reference_of(selection)))
        found = [place for name in names for place in by_name.get(name, ())]
        if not found and "/" not in selection:
            of_this_id = by_id.get(reference_id(selection), ())
            found = list(of_this_id) if len(of_this_id) == 1 else []
        if not found:
            notes.append("a selection names no draft order")
        places.update(found)
    return places


def _index_drafts(orders: Sequence[Placed]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the places of the drafts by `Type/id` and `fullUrl`, and by the bare id."""
    by_name: dict[str, list[str]] = {}
    by_id: dict[str, list[str]] = {}
    for placed in orders:
        for name in {placed.reference, placed.full_url}:
            by_name.setdefault(name, []).append(placed.place)
        identity = placed.resource.get("id")
        if isinstance(identity, str):
            by_id.setdefault(identity, []).append(placed.place)
    return by_name, by_id


@dataclass(slots=True)
class _Reading:
    """The drafts as far as they are read."""

    value_sets: ValueSets
    receipt: Receipt
    siblings: Siblings
    orders: list[Order] = field(default_factory=list)
    tests: list[TestOrder] = field(default_factory=list)
    lowering_drugs: set[LoweringDrug] = field(default_factory=set)
    resources: dict[str, Resource] = field(default_factory=dict)
    unresolved: list[str] = field(default_factory=list)
    unresolved_beside: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def is_order_for(self, placed: Placed, patient_id: str) -> bool:
        """Return whether this is an order, and for this patient; a draft that names nobody is taken
        to be.
        """
        self.receipt.enter(placed)
        kind = as_text(placed.resource.get("resourceType"))
        if kind not in ORDER_TYPES:
            if kind != "Medication":  # used, or said to be no order's, when the orders are read
                self.receipt.ignore(placed, "no order of a medicine, test or procedure")
            return False
        about = subject_id(placed.resource)
        if about and about != patient_id:
            self.receipt.ignore(placed, "about another patient")
            self.notes.append("a draft order is about another patient")
            return False
        if code_of(placed.resource.get("status")) in NOT_ORDERS:
            self.receipt.ignore(
                placed, why_status("draft order", code_of(placed.resource.get("status")))
            )
            return False
        return True

    def read(self, placed: Placed, selected: bool) -> None:
        if as_text(placed.resource.get("resourceType")) in MEDICATION_ORDER_TYPES:
            self._read_medication(placed, selected)
        else:
            self._read_test(placed, selected)

    def _read_medication(self, placed: Placed, selected: bool) -> None:
        product, medication = find_product(placed.resource, self.siblings, self.value_sets)
        if is_unresolved(placed.resource, self.siblings):
            (self.unresolved if selected else self.unresolved_beside).append(
                medication_target(placed.resource)
            )
        if product.ingredients:
            state = OrderState.STOP if is_stop(placed.resource) else OrderState.DRAFT
            stands = InCourse(self._key_of(placed), state, selected)
            forbids = placed.resource.get("doNotPerform") is True
            self.orders += [
                changed(order, forbids=forbids)
                for order in read_orders(placed, stands, product, self.value_sets, self.siblings)
            ]
            self.receipt.use(placed, "course")
            if medication and medication.place != "contained":
                self.receipt.use(medication, "course")
        elif product.lowering and not is_stop(placed.resource):
            if selected:
                self.lowering_drugs.add(product.lowering)
            self.receipt.ignore(
                placed,
                f"no vitamin B12 or folic acid, but a medicine that can lower vitamin B12: "
                f"{product.name}",
            )
        else:
            nameless = is_nameless(placed.resource, self.siblings)
            self.receipt.ignore(
                placed, LEADS_NOWHERE if nameless else f"not a medicine of ours: {product.name}"
            )

    def _read_test(self, placed: Placed, selected: bool) -> None:
        test = read_test(placed.resource, self.value_sets)
        injection = None if test else _injection_ordered(placed, self.value_sets)
        if injection:
            self.orders.append(_read_injection(placed, self._key_of(placed), injection, selected))
        elif test and not is_stop(placed.resource):
            # A test beside the point of vitamin B12 counts as ordered but never brings the service
            # up by itself (cards.md 1).
            in_scope = selected and test in TESTS_OF_B12_STATUS
            self.tests.append(
                TestOrder(self._key_of(placed), test, in_scope, read_due(placed.resource))
            )
        else:
            self.receipt.ignore(
                placed, "not a test or procedure of ours" if test is None else "a stop of a test"
            )
            return
        self.receipt.use(placed, "course")

    def _key_of(self, placed: Placed) -> str:
        """Return the key of a draft, `Type/id` byte for byte; its place when it has no id of its
        own, so that no action can name it.
        """
        key = placed.reference
        if key == placed.place or key in self.resources:
            return placed.place
        self.resources[key] = placed.resource
        return key


def is_stop(resource: Resource) -> bool:
    """Return whether a drafted order ends or forbids treatment instead of starting it."""
    return code_of(resource.get("status")) in STOPS or resource.get("doNotPerform") is True


def _injection_ordered(placed: Placed, value_sets: ValueSets) -> Product | None:
    """Return the medicine of a procedure order for a vitamin B12 injection."""
    code = read_code(placed.resource)
    if not any(
        match.concept is Concept.B12_ADMINISTRATION
        for match in value_sets.find(code, Field.PROCEDURES)
    ):
        product = identify_product(code, value_sets)
        return product if product.matched_by == "code" and product.has_cobalamin else None
    return identify_product(code, value_sets)


def _read_injection(placed: Placed, key: str, product: Product, selected: bool) -> Order:
    """Return a procedure order for an injection as an order without a dose: such a code names
    none.
    """
    substances = [item.substance for item in product.ingredients if item.substance.is_cobalamin]
    authored = first_day(placed.resource.get("authoredOn"))
    return Order(
        key=key,
        state=OrderState.STOP if is_stop(placed.resource) else OrderState.DRAFT,
        lines=(
            DoseLine(
                substances[0] if substances else Substance.COBALAMIN_UNSPECIFIED, None, None, None
            ),
        ),
        product=product.name,
        selected=selected,
        not_computable="the order names an injection, not a dose",
        authored=authored,
        evidence=cite_medicine(placed, product, authored),
    )


def find_stopped(stop: Order, recorded: Sequence[Order]) -> Order | None:
    """Return the order of the record that a drafted stop is about: the one that it names by its id,
    an identifier, `basedOn` or `priorPrescription`, else the only active one with the same
    substance, route, dose and frequency; `None` where none or several fit (Q56).
    """
    if stop.state is not OrderState.STOP:
        return None
    named = {f"{stop.key}#recorded", stop.replaces, *stop.based_on} - {""}
    for order in recorded:
        if order.key in named or set(order.identifiers) & set(stop.identifiers):
            return order
    active = [order for order in recorded if order.state is OrderState.ACTIVE and order.lines]
    alike = [order for order in active if _is_same_treatment(stop, order)]
    return alike[0] if len(alike) == 1 else None


def _is_same_treatment(stop: Order, order: Order) -> bool:
    """Return whether both are for the same substances at the same dose, route and frequency; what
    the stop does not say does not tell them apart.
    """
    if len(stop.lines) != len(order.lines):
        return False
    pairs = zip(stop.lines, order.lines, strict=True)
    return all(
        ours.substance is theirs.substance
        and ours.route in (None, theirs.route)
        and ours.dose in (None, theirs.dose)
        and (ours.timing is None or ours.timing == theirs.timing)
        for ours, theirs in pairs
    )


def read_course(
    drafts: Drafts, scenario: ClinicalScenario, stored: tuple[Order, ...] = ()
) -> Course:
    """Return the course: the drafts, their halves that are stored already, the orders of the record
    and the doses given.

    An order of the record that is drafted anew is read from its draft. One that a draft would stop
    stays beside the stop, so that removing the stop leaves it, its key marked where the two share
    it; the stop names it as what it replaces, whatever its own id (Q56).
    """
    stops = {order.key for order in drafts.orders if order.state is OrderState.STOP}
    revised = {order.key for order in drafts.orders} - stops
    recorded = [
        replace(order, key=f"{order.key}#recorded") if order.key in stops else order
        for order in scenario.orders
    ]
    drafted = [
        replace(order, replaces=found.key) if (found := find_stopped(order, recorded)) else order
        for order in drafts.orders
    ]
    orders = (*drafted, *stored, *(order for order in recorded if order.key not in revised))
    return Course(orders, drafts.tests, scenario.doses, drafts.lowering_drug_selected)
