"""The course: drafts, their halves that are stored already, and orders of the record together.

Source: Q16, Q20, Q56.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

from fhir_mappings.draft_orders import Drafts
from recommender.language import (
    ClinicalScenario,
    Course,
    Order,
    OrderState,
    Substance,
    contradictions,
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
    """Return whether both are for the same substances at the same dose, route and frequency, "every
    2 months" and "every 8 weeks" alike (2.7); what the stop does not say does not tell them apart.
    """
    if len(stop.lines) != len(order.lines):
        return False
    pairs = zip(stop.lines, order.lines, strict=True)
    return all(
        _may_be_one(ours.substance, theirs.substance)
        and ours.route in (None, theirs.route)
        and (ours.dose is None or theirs.dose is not None)
        and (ours.timing is None or theirs.timing is not None)
        and not contradictions(ours, theirs)
        for ours, theirs in pairs
    )


def _may_be_one(ours: Substance, theirs: Substance) -> bool:
    """Return whether two orders may be of one substance: "vitamin B12" names any form of it."""
    forms = {ours, theirs} - {Substance.COBALAMIN_UNSPECIFIED}
    return len(forms) <= 1 and all(form.is_cobalamin for form in (ours, theirs) if ours != theirs)


def read_course(
    drafts: Drafts, scenario: ClinicalScenario, stored: tuple[Order, ...] = ()
) -> Course:
    """Return the course: the drafts, their halves that are stored already, the orders of the record
    and the doses given.

    An order of the record that is drafted anew is read from its draft. One that a draft would stop
    stays beside the stop, so that removing the stop leaves it, its key marked where the two share
    it; the stop names it as what it replaces, whatever its own id (Q56). The lines of one order
    that follow one another go with it, and are stopped as a whole.
    """
    stops = {order.key for order in drafts.orders if order.state is OrderState.STOP}
    revised = {order.key for order in drafts.orders} - stops
    recorded = [
        replace(order, key=_marked(order.key, stops), part_of=_marked(order.part_of, stops))
        if stops
        else order
        for order in scenario.orders
        if not {order.key, order.part_of} & revised
    ]
    drafted = [
        replace(order, replaces=found.part_of or found.key)
        if (found := find_stopped(order, recorded))
        else order
        for order in drafts.orders
    ]
    orders = (*drafted, *stored, *recorded)
    return Course(orders, drafts.tests, scenario.doses, drafts.lowering_drug_selected)


def _marked(key: str, stops: Set[str]) -> str:
    return f"{key}#recorded" if key in stops else key
