"""Drafts read one by one: whose each is, and the order or test that it stands for.

Source: R38, R157, R160, R161; cards.md 1 (what is in scope); Q19.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fhir_mappings.drafts import TESTS_OF_B12_STATUS, read_code, read_due, read_test
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    TEST_ORDER_TYPES,
    Placed,
    Resource,
    as_text,
    code_of,
    subject_id,
)
from fhir_mappings.intake import Receipt, why_status
from fhir_mappings.medicines import (
    LEADS_NOWHERE,
    InCourse,
    Siblings,
    cite_medicine,
    find_product,
    first_day,
    is_nameless,
    is_unresolved,
    medication_target,
    read_orders,
)
from fhir_mappings.products import Product, identify_product
from fhir_mappings.terminology import Concept, Field, ValueSets
from recommender.language import (
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


@dataclass(slots=True)
class DraftReading:
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
