"""Doses of vitamin B12 that the record documents: given, dispensed, issued, stated as taken or
recorded as an event; and multivitamins, which are no treatment.

An order alone is no dose, of whatever age (Q12, Q55).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from fhir_mappings.fhir import as_text, code_of, is_mistaken, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from fhir_mappings.intake import RecordIndex, cite, day_given
from fhir_mappings.laboratory import Observations, Observed
from fhir_mappings.medicines.dosage import Dosage
from fhir_mappings.medicines.medication_orders import cite_medicine, supply_days
from fhir_mappings.medicines.medication_uses import MedicineUse
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.text import normalise_text
from fhir_mappings.values import read_booleanish, words_of_not_given
from recommender.guidance import TRACE_BOUNDS
from recommender.language import (
    LOADING_BELOW_DAYS,
    CombinationUse,
    DoseGiven,
    DoseKind,
    DoseLine,
    HintAt,
    NotCounted,
    OrderState,
    Route,
    Substance,
    is_one_dose,
)


def is_issue(use: MedicineUse, dosage: Dosage) -> bool:
    """Return whether a completed order counts as supplied on its date: whatever its dosage says,
    but for a structured loading course (Q30).
    """
    if not use.is_order or use.state is not OrderState.COMPLETED or not use.product.has_cobalamin:
        return False
    timing = next((line.timing for line in dosage.lines if line.substance.is_cobalamin), None)
    loading = (
        timing is not None
        and timing.is_bounded
        and timing.shortest_interval < LOADING_BELOW_DAYS
        and not is_one_dose(timing)
    )
    return dosage.from_words or not loading


def read_doses(use: MedicineUse, dosage: Dosage, as_of: dt.date) -> list[DoseGiven]:
    """Return the doses that an entry documents; one dated tomorrow counts as of today (Q46)."""
    evidence = cite_medicine(use.placed, use.product, use.last, dosage.text)
    day = day_given(use.last, as_of)
    return [
        DoseGiven(
            line.substance,
            line.route,
            _dose_of(line, use, dosage),
            day,
            evidence,
            _kind_of(use),
            line.timing,
            supply_days(use.placed.resource),
        )
        for line in dosage.lines
        if line.substance.is_cobalamin
    ]


def _dose_of(line: DoseLine, use: MedicineUse, dosage: Dosage) -> Decimal | None:
    """Return the dose in micrograms; of tablets supplied without a word of how they are taken, at
    least the strength of one.
    """
    if line.dose is not None or line.route is not Route.ORAL or line.timing or dosage.text:
        return line.dose
    found = (item for item in use.product.ingredients if item.substance is line.substance)
    strength = next(found).strength
    return strength.micrograms if strength is not None and not strength.per_ml else None


def _kind_of(use: MedicineUse) -> DoseKind:
    if use.is_order:
        return DoseKind.ISSUED
    if use.placed.type in fhir_versions.DISPENSE_TYPES:
        return DoseKind.DISPENSED
    if use.placed.type in fhir_versions.ADMINISTRATION_TYPES:
        return DoseKind.GIVEN
    return DoseKind.STATED


def read_combination(use: MedicineUse, dosage: Dosage) -> CombinationUse | None:
    """Return the use of a multivitamin or of another combination with a trace of vitamin B12;
    `None` for anything else (Q49, Q75).

    Of a product whose content is not stated, or that holds folic acid too, only a multivitamin or a
    B complex is one.
    """
    product = use.product
    with_folate = any(not item.substance.is_cobalamin for item in product.ingredients)
    if not product.is_combination or (with_folate and not product.multivitamin):
        return None
    line = next((line for line in dosage.lines if line.substance.is_cobalamin), None)
    content = _per_day(line, use)
    if content is None and not use.product.multivitamin:
        return None
    if content is not None and content > TRACE_BOUNDS[1]:
        return None
    ends = None if use.current else use.last
    evidence = cite_medicine(use.placed, use.product, use.last or use.since, dosage.text)
    return CombinationUse(content, evidence, use.since, ends, use.current)


def _per_day(line: DoseLine | None, use: MedicineUse) -> Decimal | None:
    """Return the micrograms of vitamin B12 on a day when it is taken: by the dosage, else of one
    piece.
    """
    if line is not None and line.dose is not None and line.timing is not None:
        return line.dose / min(line.timing.shortest_interval, Decimal(1))
    strengths = (item.strength for item in use.product.ingredients if item.substance.is_cobalamin)
    strength = next(strengths, None)
    return strength.micrograms if strength is not None and not strength.per_ml else None


NOT_GIVEN = frozenset(
    {
        "not given",
        "not administered",
        "not done",
        "not required",
        "declined",
        "refused",
        "omitted",
        "withheld",
        "deferred",
        "cancelled",
        "did not attend",
        "dna",
    }
)
"""Values by which an event says that nothing was given."""


def _was_not_given(body: dict[str, Any]) -> bool:
    """Return whether an event says that it did not happen, or that nothing is known of it."""
    if body.get("dataAbsentReason") is not None or read_booleanish(body) is False:
        return True
    texts = [*texts_of(body.get("valueCodeableConcept")), as_text(body.get("valueString"))]
    return any(normalise_text(text) in NOT_GIVEN for text in texts if text)


def _injection_in(item: Observed) -> Match | None:
    for match in item.matches:
        if match.concept is _INJECTION and match.role is Role.INCLUDE:
            return match
    return None


_INJECTION = Concept.B12_ADMINISTRATION


def _ask_about(index: RecordIndex, item: Observed, name: str) -> None:
    """Note that an injection may have been given where an event does not count: for its status, or
    because it is dated after tomorrow (Q28, Q31).
    """
    resource, at = item.placed.resource, HintAt.B12_TREATMENT
    if is_mistaken(resource) or item.not_counted is NotCounted.ABOUT_ANOTHER:
        return
    if item.not_counted is NotCounted.IN_FUTURE:
        index.understanding.put_off(at, item.placed, name, str(item.day))
    elif not _was_not_given(item.body):
        status = code_of(resource.get("status")) or "missing"
        index.understanding.hint(at, item.placed, f"{name}, status {status}", None)


def read_events(index: RecordIndex, observed: Observations) -> tuple[DoseGiven, ...]:
    """Return the injections of vitamin B12 that stand in the record as coded events; a negative
    value says that none was given, and dose and substance are not in the code (Q30).
    """
    doses = []
    for item in (*observed.counted, *observed.passed_over):
        match = _injection_in(item)
        if match is None:
            continue
        if item.not_counted is not None:
            _ask_about(index, item, match.member.display)
            continue
        if _was_not_given(item.body):
            index.receipt.ignore(item.placed, f"{match.member.display}, not given")
            continue
        denied = words_of_not_given(item.body)
        if denied:
            index.understanding.hint(HintAt.B12_TREATMENT, item.placed, denied, None)
            continue
        day = day_given(item.day.latest if item.day else None, index.as_of)
        evidence = cite(item.placed, match, item.code, day)
        doses.append(
            DoseGiven(Substance.COBALAMIN_UNSPECIFIED, None, None, day, evidence, DoseKind.EVENT)
        )
    return tuple(doses)
