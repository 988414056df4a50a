"""The changes of a received draft that a suggestion may make.

A changed draft keeps every element that the change does not mean.
Source: R106, R110, R163, R166; Q16, Q25; decisions 2.5.
"""

from __future__ import annotations

import copy
import datetime as dt
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing import days_of, read_number, read_written
from fhir_mappings.drafts.dosage_instruction import first_line, start_on
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.medication_request import draft_r4, prior_prescription
from fhir_mappings.drafts.supply import gives_the_dose
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    FhirVersion,
    Resource,
    as_dict,
    as_list,
    as_text,
    read_dosages,
    read_medication,
    repair_order,
    texts_of,
    write_shape,
)
from fhir_mappings.medicines import BASIS, STATED, read_phases
from fhir_mappings.products import Form, identify_product
from recommender.language import Phase, PhaseKind, Route


def rewrite(
    received: Resource,
    phase: Phase,
    context: DraftContext,
    technique: tuple[str, ...] = (),
    replaces: str = "",
) -> Resource | None:
    """Return a received draft as this phase, under its own id; `None` when it is no medication
    order or its version is not written.

    The product stays as the clinician picked it when it is the product of the phase, in a strength
    that gives its dose; else it is taken from the formulary.
    """
    fresh = write_shape(draft_r4(phase, context, technique), context.version)
    order = copy_of(received, context)
    if fresh is None or order is None:
        return None
    later: list[Resource] = []
    if _is_product_of(received, phase, context):
        later = _lines_that_follow(order, context)
    else:
        order = _with_product_of(order, fresh)
    order["dosageInstruction"] = [_merged_dosage(order, fresh["dosageInstruction"][0]), *later]
    without_rendered(order)
    _without_end(order)
    order.pop("courseOfTherapyType", None)
    order |= {name: fresh[name] for name in ("courseOfTherapyType",) if name in fresh}
    prior = prior_prescription(replaces)
    if prior:
        order["priorPrescription"] = prior
    others = [one for one in as_list(order.get("extension")) if as_dict(one).get("url") != BASIS]
    course = _course_and_reason(order, fresh)
    return course | order | {"extension": [*others, *fresh["extension"]]}


SUPPLY = ("quantity", "expectedSupplyDuration", "numberOfRepeatsAllowed")


def supply_no_longer_fits(received: Resource, phase: Phase, context: DraftContext) -> bool:
    """Return whether the supply that a rewritten draft keeps was written for another dosage than
    that of the phase: what it says of quantity, days or repeats is not what the phase needs, or a
    course without an end can be supplied only up to a day (cards.md 8).
    """
    kept = as_dict(received.get("dispenseRequest"))
    stated = [name for name in SUPPLY if name in kept]
    if not _is_product_of(received, phase, context):
        stated = [name for name in stated if name != "quantity"]  # goes with the product
    timing = phase.line.timing
    is_open = phase.kind is PhaseKind.LOADING and timing is not None and not timing.is_bounded
    if is_open and as_dict(kept.get("validityPeriod")).get("end"):
        return True
    needed = as_dict(draft_r4(phase, context, ()).get("dispenseRequest")) if stated else {}
    return any(not _is_as_needed(kept[name], needed.get(name)) for name in stated)


def _is_as_needed(stated: Any, needed: Any) -> bool:
    """Return whether a number or quantity is that of the draft. Durations are compared in days; a
    month and 30 days are one.
    """
    days, needed_days = days_of(stated), days_of(needed)
    if days is not None and needed_days is not None:
        return abs(days - needed_days) <= needed_days / 30
    return _number_of(stated) == _number_of(needed)


def _number_of(stated: Any) -> Decimal | None:
    return read_number(stated.get("value") if isinstance(stated, dict) else stated)


def _with_product_of(order: Resource, fresh: Resource) -> Resource:
    """Return the order for the product of the fresh draft, without what it said of its own."""
    names = ("medicationCodeableConcept", "medicationReference", "medication", "substitution")
    for name in names:
        order.pop(name, None)
    order |= {
        name: fresh[name] for name in ("medicationCodeableConcept", "medication") if name in fresh
    }
    return _without_quantity(order)


_REASONS = ("reasonReference", "reasonCode", "reason")
"""Where an order says why, whatever its FHIR version."""


def _course_and_reason(order: Resource, fresh: Resource) -> Resource:
    """Return the group of the fresh draft, and its reason where the order gives none."""
    reasons = () if any(name in order for name in _REASONS) else _REASONS
    return {name: fresh[name] for name in ("groupIdentifier", *reasons) if name in fresh}


def with_technique(
    received: Resource, technique: tuple[str, ...], context: DraftContext
) -> Resource | None:
    """Return the draft with the injection technique among its additional instructions."""
    order = copy_of(received, context)
    if order is None:
        return None
    line = first_line(order)
    present = as_list(line.get("additionalInstruction"))
    known = {text for item in present for text in texts_of(item)}
    line["additionalInstruction"] = [
        *present,
        *({"text": text} for text in technique if text not in known),
    ]
    return order


def with_start(received: Resource, starts: dt.date, context: DraftContext) -> Resource | None:
    """Return the draft with this day as its first."""
    order = copy_of(received, context)
    return None if order is None else start_on(order, starts)


def with_prior(
    received: Resource, replaces: str, context: DraftContext, stated: str = ""
) -> Resource | None:
    """Return the draft with the order that it renews or takes the place of (Q38), and with what the
    prescriber states by it.
    """
    order = copy_of(received, context)
    prior = prior_prescription(replaces)
    if order is None or prior is None:
        return None
    return {**order, **_statement(order, stated, context), "priorPrescription": prior}


def _statement(order: Resource, stated: str, context: DraftContext) -> Resource:
    """Return the extensions of an order with the statement that it carries; nothing without one."""
    if not stated:
        return {}
    others = [one for one in as_list(order.get("extension")) if as_dict(one).get("url") != BASIS]
    basis = {"url": BASIS, "valueString": f"rule {context.rule}; {STATED}{stated}"}
    return {"extension": [*others, basis]}


def without_rendered(order: Resource) -> Resource:
    """Leave out the dosage of R5 as its system rendered it, which says what it was before."""
    for name in ("renderedDosageInstruction", "_renderedDosageInstruction"):
        order.pop(name, None)
    return order


def _without_end(order: Resource) -> None:
    """Leave out until when R5 says that the dosage before was to be given (b19)."""
    period = as_dict(order.pop("effectiveDosePeriod", None))
    if period.get("start"):
        order["effectiveDosePeriod"] = {"start": period["start"]}


def copy_of(received: Resource, context: DraftContext) -> Resource | None:
    """Return a deep copy that may be changed: known faults of shape repaired, the narrative, now
    stale, left out (R110).
    """
    if (
        as_text(received.get("resourceType")) not in MEDICATION_ORDER_TYPES
        or not context.version.can_be_written
    ):
        return None
    order = repair_order(copy.deepcopy(received), context.version)
    order.pop("text", None)
    order.setdefault("status", "draft")
    order.setdefault("intent", context.intent)
    order.setdefault("subject", {"reference": f"Patient/{context.patient_id}"})
    if not order.get("requester"):
        order |= _requester_of_a_change(context)
    return order


def _requester_of_a_change(context: DraftContext) -> Resource:
    """Return the user as the requester of a draft that names none (R190), as the version has it."""
    if not context.user_id:
        return {}
    written = {"reference": context.user_id}
    if context.version is not FhirVersion.STU3:
        return {"requester": written}
    # STU3 allows no PractitionerRole here.
    role = context.user_id.startswith("PractitionerRole/")
    return {} if role else {"requester": {"agent": written}}


def _is_product_of(received: Resource, phase: Phase, context: DraftContext) -> bool:
    """Return whether the draft already orders the product of the phase: its substance alone, in a
    form that its route allows.
    """
    concept, _ = read_medication(received)
    product = identify_product(concept, context.value_sets)
    if (
        product.error
        or product.doubt
        or [item.substance for item in product.ingredients] != [phase.line.substance]
        or not gives_the_dose(product, phase)
    ):
        return False
    return product.form.route is phase.line.route or (
        product.form.route is None and not _is_oral(phase, product.form)
    )


def is_in_another_strength(received: Resource, phase: Phase, context: DraftContext) -> bool:
    """Return whether a draft of the right substance is rewritten for another product, because no
    dose of the phase can be made of its tablets.
    """
    product = identify_product(read_medication(received)[0], context.value_sets)
    same = [item.substance for item in product.ingredients] == [phase.line.substance]
    return same and not gives_the_dose(product, phase)


def _lines_that_follow(order: Resource, context: DraftContext) -> list[Resource]:
    """Return the dosage lines after the first where they follow it (loading, then maintenance), so
    that changing it keeps them.
    """
    product = identify_product(read_medication(order)[0], context.value_sets)
    lines: list[Resource] = order.get("dosageInstruction", [])
    return lines[1:] if len(read_phases(order, product, context.value_sets)) == len(lines) else []


def _is_oral(phase: Phase, form: Form) -> bool:
    return phase.line.route is Route.ORAL and form is Form.INJECTION


def _without_quantity(order: Resource) -> Resource:
    """Leave out how much of the former product to dispense."""
    if not isinstance(order.get("dispenseRequest"), dict):
        return order
    request = {
        name: value
        for name, value in order["dispenseRequest"].items()
        if name not in ("quantity", "initialFill")
    }
    return {name: value for name, value in order.items() if name != "dispenseRequest"} | (
        {"dispenseRequest": request} if request else {}
    )


_KEPT_OF_A_LINE = ("id", "sequence", "additionalInstruction", "site", "method", "modifierExtension")
"""What of the received dosage line is not about dose, route or timing."""


def _merged_dosage(order: Resource, fresh: Resource) -> Resource:
    """Return the new dosage line with what the received one holds besides dose, route and
    timing; an instruction that is a dosage itself would contradict the new one.
    """
    received = as_dict(read_dosages(order))
    kept = {name: received[name] for name in _KEPT_OF_A_LINE if name in received}
    instructions = [
        *(
            item
            for item in as_list(kept.pop("additionalInstruction", None))
            if not any(read_written(text).is_all for text in texts_of(item))
        ),
        *fresh.get("additionalInstruction", []),
    ]
    distinct = [
        item for number, item in enumerate(instructions) if item not in instructions[:number]
    ]
    return fresh | kept | ({"additionalInstruction": distinct} if distinct else {})
