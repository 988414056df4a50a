"""One medication order of the record or of the draft set as an Order of the course.

Source: decisions 2.8 (what protects folic acid).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from fhir_mappings.dosing import days_of, is_review_noted, read_number
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    is_reversed,
    read_date,
    read_period,
    reference_of,
    texts_of,
)
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.judging import protecting_words
from fhir_mappings.medicines.dosage import Dosage, read_phases
from fhir_mappings.medicines.named_medicines import Siblings
from fhir_mappings.medicines.routes_and_sites import find_misfit
from fhir_mappings.products import Product
from fhir_mappings.terminology import Concept, Field, Role, ValueSets
from recommender.guidance import TRACE_BOUNDS
from recommender.language import Claims, Evidence, FolateIndication, Order, OrderState, read_claims

STATED = "Stated by the prescriber: "
"""What stands in the note of a draft before the claim that a choice rests on."""

BASIS = "urn:b12-cds:basis"
"""The extension of our own drafts that says what they rest on, and the claim stated with them."""


class InCourse(NamedTuple):
    """How an order stands in the course: under which key, in which state, whether it is selected
    in the request, and whether it is a plan that nobody reported as taken (Q32).
    """

    key: str
    state: OrderState
    selected: bool = False
    planned: bool = False


def read_orders(
    placed: Placed, stands: InCourse, product: Product, value_sets: ValueSets, siblings: Siblings
) -> list[Order]:
    """Return an order for a product that holds vitamin B12 or folic acid.

    An order whose dosage lines follow one another is read as one Order for each; those after the
    first have a key of their own (`...#2`), under which nothing can be changed or deleted.
    """
    resource = placed.resource
    authored = first_day(fhir_versions.read_authored(resource))
    phases = read_phases(resource, product, value_sets, authored, siblings.lines)
    whole = _whole(placed, stands, product, authored)
    if product.has_folate:
        whole["folate_indication"] = _folate_indication(resource, value_sets, siblings)
    return [
        Order(
            key=stands.key if number == 1 else f"{stands.key}#{number}",
            part_of="" if number == 1 else stands.key,
            evidence=cite_medicine(placed, product, authored, dosage.text),
            **whole,
            **_of_line(dosage, resource, product),
        )
        for number, dosage in enumerate(phases, start=1)
    ]


def _whole(
    placed: Placed, stands: InCourse, product: Product, authored: dt.date | None
) -> dict[str, Any]:
    """Return what an order says as a whole, by the names of an Order's fields."""
    resource = placed.resource
    return {
        "state": stands.state,
        "product": product.name,
        "selected": stands.selected,
        "product_error": product.error,
        "antidote": product.antidote,
        "authored": authored,
        "replaces": reference_of(resource.get("priorPrescription")),
        "claims": _stated(resource),
        "planned": stands.planned,
        "stated": as_text(resource.get("resourceType")) not in MEDICATION_ORDER_TYPES,
        "group": _identifier(resource.get("groupIdentifier")),
        "based_on": _based_on(resource),
        "identifiers": tuple(filter(None, map(_identifier, as_list(resource.get("identifier"))))),
        "supply_days": supply_days(resource),
        "valid_until": _valid_until(resource),
    }


def _of_line(dosage: Dosage, resource: Resource, product: Product) -> dict[str, Any]:
    """Return what one dosage line of an order says, by the names of an Order's fields."""
    misfit = find_misfit(dosage.lines, product)
    return {
        "lines": dosage.lines,
        "not_computable": "; ".join(filter(None, (dosage.problem, misfit))),
        "misfit": misfit,
        "starts": dosage.starts or _starts(resource),
        "ends": dosage.ends or _ends(resource),
        "site": dosage.site,
        "technique_noted": dosage.technique_noted,
        "written": dosage.written,
        "words": dosage.text,
        "from_words": dosage.from_words,
        "implausible": dosage.implausible,
        "combination": product.is_combination and _may_be_a_trace(dosage, product),
        "review_noted": dosage.review_noted or _review_in_notes(resource),
        "count_alone": dosage.count_alone,
    }


def _may_be_a_trace(dosage: Dosage, product: Product) -> bool:
    """Return whether a combination may hold a trace of vitamin B12 only: by its dosage, else by
    what one piece holds (Q75).
    """
    ours = [line for line in dosage.lines if line.substance.is_cobalamin]
    if not any(line.dose and line.timing for line in ours):
        parts = (item.strength for item in product.ingredients if item.substance.is_cobalamin)
        piece = next(parts, None)
        if piece is not None and not piece.per_ml and piece.micrograms > TRACE_BOUNDS[1]:
            return False
    return product.multivitamin or any(line.dose is not None for line in ours)


def _review_in_notes(resource: Resource) -> bool:
    """Return whether a note or an added instruction binds the end to improvement (Q39, Q81)."""
    lines = map(as_dict, as_list(fhir_versions.read_dosages(resource)))
    added = (one for line in lines for one in fhir_versions.read_additional_instructions(line))
    texts = (text for one in added for text in texts_of(one))
    return any(map(is_review_noted, (*fhir_versions.read_notes(resource), *texts)))


def _identifier(identifier: Any) -> str:
    """Return an Identifier as `system|value`; empty when it has no value."""
    stated = as_dict(identifier)
    value = as_text(stated.get("value"))
    return f"{as_text(stated.get('system'))}|{value}" if value else ""


def _based_on(resource: Resource) -> tuple[str, ...]:
    """Return the keys of the orders that this one rests on or takes the place of (Q56)."""
    named = [*as_list(resource.get("basedOn")), *as_list(resource.get("replaces"))]
    return tuple(filter(None, map(reference_of, named)))


def supply_days(resource: Mapping[str, Any]) -> Decimal | None:
    """Return for how many days the supply lasts, repeats included; `None` when it does not say."""
    request = as_dict(resource.get("dispenseRequest"))
    once = days_of(request.get("expectedSupplyDuration") or resource.get("daysSupply"))
    if once is None:
        return None
    repeats = read_number(request.get("numberOfRepeatsAllowed")) or Decimal(0)
    return once * (1 + repeats) if 0 <= repeats <= MOST_REPEATS else None


MOST_REPEATS = 99
"""More repeats than this are a slip of the pen."""


def _stated(resource: Resource) -> Claims:
    """Return what the prescriber stated by taking one leg of a choice, as our own draft carries it;
    drafts of earlier versions have it in the note. Words that are none of ours state nothing.
    """
    bases = (one for one in map(as_dict, as_list(resource.get("extension"))))
    texts = (
        *(as_text(one.get("valueString")) for one in bases if one.get("url") == BASIS),
        *fhir_versions.read_notes(resource),
    )
    stated = (read_claims(text.partition(STATED)[2].rstrip(".")) for text in texts if text)
    return next((claims for claims in stated if claims), ())


def cite_medicine(
    placed: Placed, product: Product, date: dt.date | None, reported: str = ""
) -> Evidence:
    """Return the evidence of a medicine; one that was known by its name alone says so."""
    code = product.source if product.matched_by == "code" else "matched by text"
    return Evidence(placed.reference, code, product.name, reported, "", date)


def first_day(date: Any) -> dt.date | None:
    """Return the first day a FHIR date may mean, or `None`."""
    span = read_date(date)
    return span.earliest if span else None


def _starts(resource: Resource) -> dt.date | None:
    """Return the start that the order names outside its timing."""
    periods = (
        resource.get("effectiveDosePeriod"),
        as_dict(resource.get("dispenseRequest")).get("validityPeriod"),
    )
    days = [read_period(period)[0] for period in (*periods, resource.get("effectivePeriod"))]
    return next((day.earliest for day in days if day), None)


def _ends(resource: Resource) -> dt.date | None:
    """Return the end that the order names outside its timing; how long its supply is valid is no
    end of treatment.
    """
    periods = [
        read_period(resource.get(name)) for name in ("effectiveDosePeriod", "effectivePeriod")
    ]
    days = [end.latest for start, end in periods if end and not is_reversed(start, end)]
    return next(iter(days), None) or first_day(resource.get("dateEnded"))


def _valid_until(resource: Resource) -> dt.date | None:
    """Return the last day on which the order may be supplied."""
    end = read_period(as_dict(resource.get("dispenseRequest")).get("validityPeriod"))[1]
    return end.latest if end else None


PROTECTING_CONDITIONS: dict[Concept, FolateIndication] = {
    Concept.PREGNANT: FolateIndication.PREGNANCY,
    Concept.PLANNING_PREGNANCY: FolateIndication.PREGNANCY,
    Concept.DIALYSIS_DEPENDENCE: FolateIndication.SPECIALIST,
}


def _folate_indication(
    resource: Resource, value_sets: ValueSets, siblings: Siblings
) -> FolateIndication | None:
    """Return the reason that protects folic acid from removal, from coded reasons, the Conditions
    they name, or words of the order.
    """
    codeables = [
        code
        for reason in fhir_versions.read_reasons(resource)
        for code in _codeables_of(reason, resource, siblings)
    ]
    coded = (
        PROTECTING_CONDITIONS.get(match.concept)
        for codeable in codeables
        for match in value_sets.find(codeable, Field.CONDITIONS)
        if match.role is not Role.EXCLUDE
    )
    texts = [text for codeable in codeables for text in texts_of(codeable)]
    return next(filter(None, coded), None) or protecting_words([*texts, *_words_of(resource)])


def _words_of(resource: Resource) -> list[str]:
    """Return the notes of an order, the words of its dosage lines, and the name of what it
    orders.
    """
    concept, reference = fhir_versions.read_medication(resource)
    dosages = as_list(fhir_versions.read_dosages(resource))
    lines = [line for line in dosages if isinstance(line, dict)]
    added = [each for line in lines for each in fhir_versions.read_additional_instructions(line)]
    names = ("text", "patientInstruction")
    return [
        *fhir_versions.read_notes(resource),
        *(as_text(line.get(name)) for line in lines for name in names),
        *(text for each in (concept, *added) for text in texts_of(each)),
        as_text(as_dict(reference).get("display")),
    ]


def _codeables_of(reason: Mapping[str, Any], holder: Resource, siblings: Siblings) -> list[Any]:
    """Return the concepts of one reason: its own, or those of the Condition it refers to, or the
    words beside the reference.
    """
    reference = reason.get("reference")
    concept = reason.get("concept") or (
        {"coding": reason["coding"]} if "coding" in reason else None
    )
    codeables: list[Any] = [
        concept,
        {"text": as_text(reason.get("text"))},
        {"text": as_text(reason.get("display"))},
    ]
    target = siblings.find(reference, holder) if reference else None
    if target:
        codeables.append(target.resource.get("code"))
    return [codeable for codeable in codeables if codeable]
