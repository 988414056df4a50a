"""One entry of the record about one medicine: ordered, given, dispensed or stated as taken; when,
and whether it still is.

Source: decisions 2.2 (F9, F25, F27); the statuses of every FHIR version.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from fhir_mappings.fhir import (
    DateSpan,
    Placed,
    Resource,
    is_reversed,
    read_adherence,
    read_date,
    read_flag,
    read_intent,
    read_period,
    read_status,
    statuses,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.intake import Receipt, say_status
from fhir_mappings.medicines.medication_orders import cite_medicine, first_day
from fhir_mappings.medicines.named_medicines import (
    LEADS_NOWHERE,
    Siblings,
    find_product,
    is_nameless,
)
from fhir_mappings.products import Product
from fhir_mappings.terminology import ValueSets
from fhir_mappings.values import denied_name, words_of_not_given
from recommender.language import Evidence, OrderState

ORDER_STATES: dict[str, OrderState] = {
    "active": OrderState.ACTIVE,
    "on-hold": OrderState.ON_HOLD,
    "completed": OrderState.COMPLETED,
    "ended": OrderState.COMPLETED,
    "stopped": OrderState.STOPPED,
    "unknown": OrderState.ACTIVE,
}
"""The statuses of an order that says something about treatment. A draft, a cancelled or a mistaken
one does not; one whose status is unknown or missing may be in force (Q29).
"""


class MedicineUse(NamedTuple):
    """One usable entry about one medicine: an order, or a dose given, dispensed or stated as taken.

    `since` and `last` are the first and the last day it speaks of, `None` when it names none;
    `current` says that it is taken now; `planned`, that it is not known whether the order is in
    force, or what is stated is taken (Q29, Q32).
    """

    placed: Placed
    product: Product
    is_order: bool
    state: OrderState
    current: bool
    since: dt.date | None
    last: dt.date | None
    planned: bool = False

    @property
    def dated(self) -> dt.date | None:
        """The day the entry is of, `None` when it names none."""
        return self.since or self.last

    @property
    def is_stated_stop(self) -> bool:
        """Whether somebody states that the medicine was stopped, by a day that is known."""
        return not self.is_order and self.state is OrderState.STOPPED and self.last is not None

    @property
    def evidence(self) -> Evidence:
        return cite_medicine(self.placed, self.product, self.last or self.since)


def read_use(
    placed: Placed, siblings: Siblings, value_sets: ValueSets, receipt: Receipt
) -> MedicineUse | None:
    """Return what one resource says of a medicine of interest, or `None` with the reason in the
    receipt.
    """
    reader = _reader_of(placed)
    if reader is None:
        return None
    receipt.tick()
    product, medication = find_product(placed.resource, siblings, value_sets)
    if not _is_of_interest(product):
        receipt.ignore(placed, partial(_why_of_no_interest, placed, product, siblings))
        return None
    found = reader(placed, product)
    if isinstance(found, str):
        receipt.ignore(placed, f"{product.name}, {found}")
        return None
    if words_of_denial(found, product):
        receipt.ignore(placed, f"{product.name}, not given by its own words")
        return None
    if product.antidote:  # it may still have raised a level (F9)
        receipt.ignore(placed, "cyanide antidote, not vitamin B12 treatment")
    if medication is not None and medication.place != "contained":
        receipt.note_named(medication, placed)
    return found


def words_of_denial(use: MedicineUse, product: Product) -> str:
    """Return the words by which an entry that tells of doses says that none was given or taken: it
    is no dose, and leaves open whether there is treatment. What is ordered and in force stays
    ordered, but methotrexate, which permits. Of other medicines only the name may deny them: one
    dose refused is no end.
    """
    if use.is_order and use.current and not product.methotrexate:
        return ""
    if product.has_cobalamin:
        return words_of_not_given(use.placed.resource)
    return denied_name(use.placed.resource) if _is_of_interest(product) else ""


def _why_of_no_interest(placed: Placed, product: Product, siblings: Siblings) -> str:
    return (
        LEADS_NOWHERE
        if is_nameless(placed.resource, siblings)
        else f"not a medicine that any fact is read from: {product.name}"
    )


def tells_of_medicine(placed: Placed) -> bool:
    """Return whether an entry says that a medicine was ordered, supplied, given or taken."""
    return _reader_of(placed) is not None


def points_to_medicine(placed: Placed) -> bool:
    """Return whether an entry names its medicine by a reference alone."""
    kind = placed.resource.get("resourceType")
    return (
        isinstance(kind, str)
        and kind in _READERS
        and fhir_versions.read_medication(placed.resource)[0] is None
    )


NAMELESS, ANY = Product("medicine without a name"), Product("any medicine")


def read_nameless_use(placed: Placed, siblings: Siblings) -> MedicineUse | None:
    """Return what an entry would say if it were known which drug it is about; `None` when that is
    known, or the entry says nothing.
    """
    reader = _reader_of(placed)
    if reader is None or not is_nameless(placed.resource, siblings):
        return None
    use = reader(placed, NAMELESS)
    return use if isinstance(use, MedicineUse) else None


def read_any_use(placed: Placed) -> MedicineUse | None:
    """Return what an entry would say whatever its medicine; `None` when its status makes it say
    nothing.
    """
    reader = _reader_of(placed)
    use = reader(placed, ANY) if reader else None
    return use if isinstance(use, MedicineUse) else None


def _is_of_interest(product: Product) -> bool:
    return bool(
        product.ingredients
        or product.lowering
        or product.anticoagulant
        or product.methotrexate
        or product.nitrous_oxide
    )


def _order_use(placed: Placed, product: Product) -> MedicineUse | str:
    resource = placed.resource
    status = read_status(resource) or "unknown"
    intent = read_intent(resource)
    if status not in ORDER_STATES:
        return say_status(status)
    state = ORDER_STATES[status]
    plan = intent == "plan"
    reported = plan and fhir_versions.is_reported(resource)
    over = plan and not reported and state is not OrderState.ACTIVE
    if intent in statuses.NOT_ORDERED or over:
        return f"intent {intent}: not ordered"
    if read_flag(resource.get("doNotPerform")):
        return "an order not to give it"
    authored = first_day(fhir_versions.read_authored(resource))
    return MedicineUse(
        placed,
        product,
        is_order=not reported,
        state=state,
        current=state in (OrderState.ACTIVE, OrderState.ON_HOLD),
        since=authored,
        last=authored,
        planned=not reported
        and (plan or status == "unknown" or (intent == "unknown" and state is OrderState.ACTIVE)),
    )


def _statement_use(placed: Placed, product: Product) -> MedicineUse | str:
    resource = placed.resource
    status = status_of_statement(resource)
    if status not in statuses.TAKEN_STATUSES | statuses.MAY_BE_TAKEN:
        return say_status(status)
    if _is_not_taken(resource):
        return "stated as not taken"
    start, end = _taken_from_to(resource)
    moment = read_date(resource.get("effectiveDateTime"))
    since = start or moment
    last = end or read_date(resource.get("dateAsserted")) or moment or start
    undated = status == "on-hold" and last is None  # nobody knows since when: it may be taken
    current = undated or (status in statuses.GOES_ON and end is None)
    over = _NOT_CURRENT.get(status, OrderState.COMPLETED)
    return MedicineUse(
        placed,
        product,
        False,
        OrderState.ACTIVE if current else over,
        current,
        since.earliest if since else None,
        last.latest if last else None,
        planned=undated or status in statuses.MAY_BE_TAKEN or read_adherence(resource) == "unknown",
    )


_NOT_CURRENT = {"stopped": OrderState.STOPPED, "on-hold": OrderState.ON_HOLD}


def status_of_statement(resource: Resource) -> str:
    """Return the status of a statement; what R5 says of adherence is more than "recorded"."""
    status = read_status(resource) or "unknown"
    more = read_adherence(resource)
    return status if more in ("", "not-taking") or status not in statuses.TAKEN_NOW else more


def _taken_from_to(resource: Resource) -> tuple[DateSpan | None, DateSpan | None]:
    """Return start and end of a statement's period; an end before its start is none."""
    start, end = read_period(resource.get("effectivePeriod"))
    return start, None if is_reversed(start, end) else end


def _is_not_taken(resource: Resource) -> bool:
    return read_adherence(resource) == "not-taking" or bool(read_flag(resource.get("wasNotTaken")))


def _dispense_use(placed: Placed, product: Product) -> MedicineUse | str:
    status = read_status(placed.resource)
    if status not in statuses.DISPENSED_STATUSES:
        return say_status(status)
    day = day_of_dose(placed.resource)
    return MedicineUse(placed, product, False, OrderState.COMPLETED, False, day, day)


def _administration_use(placed: Placed, product: Product) -> MedicineUse | str:
    resource = placed.resource
    status = read_status(resource)
    if status not in statuses.GIVEN_STATUSES:
        return say_status(status)
    if any(read_flag(resource.get(name)) for name in ("notGiven", "wasNotGiven")):
        return "not given"
    day = day_of_dose(resource)
    return MedicineUse(placed, product, False, OrderState.COMPLETED, False, day, day)


def day_of_dose(resource: Resource) -> dt.date | None:
    """Return the day of a dispense or an administration; `None` where it names none."""
    return first_day(fhir_versions.read_dose_time(resource))


_Reader = Callable[[Placed, Product], MedicineUse | str]

_READERS: dict[str, _Reader] = {
    **dict.fromkeys(fhir_versions.MEDICATION_ORDER_TYPES, _order_use),
    **dict.fromkeys(fhir_versions.STATEMENT_TYPES, _statement_use),
    **dict.fromkeys(fhir_versions.DISPENSE_TYPES, _dispense_use),
    **dict.fromkeys(fhir_versions.ADMINISTRATION_TYPES, _administration_use),
}
"""How each resource type is read; a reader answers with the use, or with why there is none."""


def _reader_of(placed: Placed) -> _Reader | None:
    kind = placed.resource.get("resourceType")
    return _READERS.get(kind) if isinstance(kind, str) else None
