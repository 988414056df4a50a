"""Drafts read one by one: whose each is, and the orders or the test that it stands for.

Source: R38, R157, R160, R161; cards.md 1 (what is in scope); Q19.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from fhir_mappings.drafts import TESTS_OF_B12_STATUS, read_code, read_due, read_test
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    TEST_ORDER_TYPES,
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    changed_by,
    code_of,
    is_mistaken,
    read_flag,
    read_notes,
    read_reasons,
    subject_id,
    texts_of,
    what_changes,
)
from fhir_mappings.history import SIGNS
from fhir_mappings.intake import why_status
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
from fhir_mappings.products import Product, identify_product, read_nearly
from fhir_mappings.terminology import Concept, Field, ValueSets
from fhir_mappings.text import normalise_text
from recommender.language import (
    DoseLine,
    LoweringDrug,
    Order,
    OrderState,
    Substance,
    TestOrder,
    TestPurpose,
    changed,
)

STOPS = frozenset({"stopped", "cancelled", "on-hold", "ended", "suspended", "revoked"})
"""Statuses by which a drafted order ends treatment instead of starting it."""


NOT_ORDERS = frozenset({"entered-in-error", "completed"})
"""Statuses by which an entry of the draft set orders nothing (any more)."""

ORDERS = frozenset({"", "draft", "active", "unknown", "proposed", "planned", "requested"}) | {
    *("received", "accepted", "in-progress", "review")
}
"""Statuses by which it orders something, in DSTU2 to R5."""

PERHAPS_STOPS = "its status is not understood, so it may be a stop"
"""Why an order of any other status ("discontinued") is never called right."""

PERHAPS_FORBIDS = "it cannot be read whether the order forbids what it names (doNotPerform)"
"""Why an order is never called right of which nobody knows whether it is the opposite of one."""


ORDER_TYPES = MEDICATION_ORDER_TYPES | TEST_ORDER_TYPES


class DraftRead(NamedTuple):
    """One entry of the draft set as it was read: the orders or the test that it stands for, or why
    it is neither.

    `lowering` is the B12-lowering medicine that it is for, `methotrexate` whether it orders that,
    `medication` the Medication that names its drug. `unresolved` says where the reference to its
    drug points that leads to nothing that was read.
    """

    placed: Placed
    selected: bool = False
    key: str = ""
    orders: tuple[Order, ...] = ()
    test: TestOrder | None = None
    lowering: LoweringDrug | None = None
    methotrexate: bool = False
    medication: Placed | None = None
    unresolved: str = ""
    why_not: str = ""

    @property
    def is_ours(self) -> bool:
        return bool(self.orders) or self.test is not None


def why_no_order(placed: Placed, patient_id: str) -> str | None:
    """Return why an entry of the draft set is no order of this patient; `None` for one that is. A
    draft that names nobody is taken to be. Empty for a Medication: the orders say what it is for.
    """
    kind = as_text(placed.resource.get("resourceType"))
    if kind not in ORDER_TYPES:
        return "" if kind == "Medication" else "no order of a medicine, test or procedure"
    about = subject_id(placed.resource)
    if about and about != patient_id:
        return "about another patient"
    status = code_of(placed.resource.get("status"))
    return why_status("draft order", status) if status in NOT_ORDERS else None


def read_draft(
    placed: Placed, key: str, selected: bool, siblings: Siblings, value_sets: ValueSets
) -> DraftRead:
    """Return an order of this patient as it was read.

    Args:
        key: under which a suggestion may change it, should it be ours.
    """
    if as_text(placed.resource.get("resourceType")) in MEDICATION_ORDER_TYPES:
        return _read_medication(DraftRead(placed, selected, key), siblings, value_sets)
    return _read_test(DraftRead(placed, selected, key), value_sets)


def _read_medication(draft: DraftRead, siblings: Siblings, value_sets: ValueSets) -> DraftRead:
    resource = draft.placed.resource
    found, medication = find_product(resource, siblings, value_sets)
    product = read_nearly(found)
    if is_unresolved(resource, siblings):
        draft = draft._replace(unresolved=medication_target(resource))
    if product.ingredients and is_stop(resource) and ended_by_death(resource):
        return draft._replace(why_not="a stop because the person died")
    if product.ingredients:
        state = OrderState.STOP if is_stop(resource) else OrderState.DRAFT
        stands = InCourse(draft.key, state, draft.selected)
        read = read_orders(draft.placed, stands, product, value_sets, siblings)
        forbids = bool(read_flag(resource.get("doNotPerform")))
        named = medication.resource if medication else {}
        orders = tuple(_doubted(changed(order, forbids=forbids), resource, named) for order in read)
        beside = medication if medication and medication.place != "contained" else None
        return draft._replace(orders=orders, medication=beside)
    if product.lowering and not is_stop(resource):
        why = "no vitamin B12 or folic acid, but a medicine that can lower vitamin B12"
        return draft._replace(lowering=product.lowering, why_not=f"{why}: {product.name}")
    draft = draft._replace(methotrexate=product.methotrexate and not is_stop(resource))
    nameless = is_nameless(resource, siblings)
    why = LEADS_NOWHERE if nameless else f"not a vitamin B12 or folic acid order: {product.name}"
    return draft._replace(why_not=why)


def _read_test(draft: DraftRead, value_sets: ValueSets) -> DraftRead:
    placed = draft.placed
    test = read_test(placed.resource, value_sets)
    injection = None if test else _injection_ordered(placed, value_sets)
    if injection:
        order = _doubted(_read_injection(draft, injection), placed.resource, {})
        return draft._replace(orders=(order,))
    if test is None:
        return draft._replace(why_not="not a test or procedure that the guidance asks for")
    if is_stop(placed.resource):
        return draft._replace(why_not="a stop of a test")
    if not _is_understood(placed.resource) or changed_by(placed.resource):
        return draft._replace(why_not="a test of which it is not known whether it is ordered")
    # A test beside the point of vitamin B12 counts as ordered but never brings the service up by
    # itself (cards.md 1).
    in_scope = draft.selected and test in TESTS_OF_B12_STATUS
    due = read_due(placed.resource)
    purpose = read_purpose(placed.resource, value_sets)
    return draft._replace(test=TestOrder(draft.key, test, in_scope, due, purpose=purpose))


_PURPOSES: dict[TestPurpose, re.Pattern[str]] = {
    TestPurpose.ADHERENCE: re.compile(r"\b(?:non ?)?(?:adheren|complian|concordan)"),
    TestPurpose.DIAGNOSIS: re.compile(
        r"\bdiagnos(?:e|is|tic)|\b(?:other|another|different) cause|\bdifferential"
    ),
}
_FOUND_BY = SIGNS.keys() | {Concept.B12_SYMPTOM_FATIGUE}
"""What is found in somebody, and looked into by a test."""


def read_purpose(resource: Resource, value_sets: ValueSets) -> TestPurpose | None:
    """Return whether a test is ordered for adherence or for a diagnosis (Q54): by the words of its
    reasons and notes, or because its reason is a sign or symptom; else `None`.
    """
    reasons = [as_dict(one.get("concept")) or one for one in read_reasons(resource)]
    noted = read_notes(resource)
    shown = [as_text(one.get("display")) for one in reasons]
    worded = [text for one in reasons for text in texts_of(one)]
    words = normalise_text(" ; ".join((*noted, *shown, *worded)))
    said = next((purpose for purpose, found in _PURPOSES.items() if found.search(words)), None)
    signs = (match.concept for one in reasons for match in value_sets.find(one, Field.CONDITIONS))
    return said or (TestPurpose.DIAGNOSIS if _FOUND_BY.intersection(signs) else None)


def is_stop(resource: Resource) -> bool:
    """Return whether a drafted order ends or forbids treatment instead of starting it."""
    return code_of(resource.get("status")) in STOPS or bool(read_flag(resource.get("doNotPerform")))


_DEATH = re.compile(
    r"(?:(?:the )?(?:patient|pt|person|client|resident) )?(?:has |is |was )?"
    r"(?:died|dead|deceased|passed away|(?:patient|pt) (?:has )?expired|"
    r"(?:patient )?death(?: of (?:the )?patient)?|"
    r"(?:patient(?:in)? )?(?:ist )?(?:verstorben|gestorben)|tod(?: des patienten| der patientin)?|"
    r"todesfall|(?:patiente? )?(?:est )?decedee?|deces(?: du patient| de la patiente)?|"
    r"(?:paciente )?(?:ha )?fallecid[oa]|fallecimiento|obito|"
    r"(?:paciente )?falec(?:ido|ida|eu|imento)|"
    r"(?:paziente )?(?:e )?decedut[oa]|decesso|exitus(?: letalis)?|(?:patient )?(?:is )?overleden|"
    r"overlijden|(?:pa[st]ient(?:en)? )?(?:er |ar )?(?:dod|afdod|avliden|avdod)|dodsfall|dodsfald)"
    r"(?: (?:on|am|le|el|il|op|den) )?[0-9 ./-]*"
)
"""A reason that says as a whole that somebody died, in ten languages, with its day or without."""


def ended_by_death(resource: Resource) -> bool:
    """Return whether an order is ended because the person died: by a reason that says it as a
    whole. Nothing is said of such a stop (f1).
    """
    given = (resource.get(name) for name in ("statusReason", "reasonCode", "reason"))
    reasons = [as_dict(one) for value in given for one in as_list(value)]
    texts = [text for one in reasons for text in texts_of(as_dict(one.get("concept")) or one)]
    return any(_DEATH.fullmatch(normalise_text(text)) for text in texts)


def _is_understood(resource: Resource) -> bool:
    """Return whether the status of a draft says that it orders or stops something; without one it
    orders, and one that is there and cannot be read says nothing.
    """
    stated = resource.get("status")
    status = code_of(stated)
    return status in ORDERS | STOPS and bool(status or not stated)


def _doubted(order: Order, resource: Resource, medication: Resource) -> Order:
    """Return an order with what leaves open whether it orders anything, or what by the Medication
    that it names; it is then not checked.
    """
    if changes := what_changes(resource):
        doubt = f"{changes} changes it"  # whatever else it says, it is never called right
    elif changes := what_changes(medication):
        doubt = f"{changes} changes its medicine"
    elif is_mistaken(medication):
        doubt = "its medicine is marked as entered in error"
    elif read_flag(resource.get("doNotPerform")) is None:
        doubt = PERHAPS_FORBIDS
    elif not _is_understood(resource):
        doubt = PERHAPS_STOPS
    else:
        return order
    unread = "; ".join(filter(None, (doubt, order.not_computable)))
    return changed(order, doubt=doubt, not_computable=unread)


def _injection_ordered(placed: Placed, value_sets: ValueSets) -> Product | None:
    """Return the medicine of a procedure order for a vitamin B12 injection."""
    code = read_code(placed.resource)
    if not any(
        match.concept is Concept.B12_ADMINISTRATION
        for match in value_sets.find(code, Field.PROCEDURES)
    ):
        product = identify_product(code, value_sets)
        given = product.matched_by == "code" or any(map(_BY_NEEDLE.search, texts_of(code)))
        return product if product.has_cobalamin and given else None
    return identify_product(code, value_sets)


_BY_NEEDLE = re.compile(r"\b(?:i\.?m\.?|intramuscular\w*|inj|injections?|injektion\w*)(?!\w)", re.I)
"""Words of a procedure order beside a name of vitamin B12 that make it one for an injection."""


def _read_injection(draft: DraftRead, product: Product) -> Order:
    """Return a procedure order for an injection as an order without a dose: such a code names
    none.
    """
    substances = [item.substance for item in product.ingredients if item.substance.is_cobalamin]
    placed = draft.placed
    authored = first_day(placed.resource.get("authoredOn"))
    return Order(
        key=draft.key,
        state=OrderState.STOP if is_stop(placed.resource) else OrderState.DRAFT,
        lines=(
            DoseLine(
                substances[0] if substances else Substance.COBALAMIN_UNSPECIFIED, None, None, None
            ),
        ),
        product=product.name,
        selected=draft.selected,
        not_computable="the order names an injection, not a dose",
        authored=authored,
        evidence=cite_medicine(placed, product, authored),
    )
