"""The medication lists: what is read of them, by what each entry was understood, and what words
in them may mean (Q26 to Q28).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from fhir_mappings.fhir import (
    ADMINISTRATION_TYPES,
    DISPENSE_TYPES,
    MEDICATION_ORDER_TYPES,
    STATEMENT_TYPES,
    Placed,
    Resource,
    as_dict,
    as_key,
    as_list,
    as_text,
    contained_in,
    months_before,
    read_authored,
    read_medication,
    read_status,
    reference_of,
)
from fhir_mappings.intake import HINTS, RecordIndex
from fhir_mappings.judging import Understood, judge_name, meaningful_texts
from fhir_mappings.medicines import (
    MedicationFacts,
    MedicineUse,
    day_of_dose,
    denied_words,
    first_day,
    map_medications,
    may_matter,
    product_named,
    read_any_use,
)
from fhir_mappings.products import (
    Product,
    b12_given_beside,
    item_of,
    names_nothing,
    near_b12_name,
)
from fhir_mappings.scenario.reactions_beside import ends_or_forbids, show_reaction
from fhir_mappings.terminology import Field, read_words
from recommender.guidance import look_back
from recommender.language import Fact, HintAt, OrderState

_ShownOfMedicine = tuple[tuple[HintAt, str], ...]

MEDICATION_TYPES = (
    "MedicationRequest",
    "MedicationOrder",
    "MedicationPrescription",
    "MedicationStatement",
    "MedicationUsage",
    "MedicationDispense",
    "MedicationAdministration",
    "Medication",
    "Condition",
)
"""Resource types the medication mapping reads: the uses of medicines, and what they point to."""


def read_medicines(index: RecordIndex) -> MedicationFacts:
    """Return the facts of the medicines, as far as the lists can say "none"."""
    medicines = map_medications(
        index.of_type(*MEDICATION_TYPES),
        index.as_of,
        index.value_sets,
        index.receipt,
        index.read_before,
    )
    if medicines.nameless:
        one = medicines.nameless == 1
        entries = "1 entry does not say" if one else f"{medicines.nameless} entries do not say"
        index.gaps.setdefault("medications", f"{entries} which medicine it is")
    _show_future(index, medicines.in_future)
    return _as_available(index, medicines)


def _show_future(index: RecordIndex, later: tuple[MedicineUse, ...]) -> None:
    """Show the medicines of entries dated after tomorrow, which are no fact yet (Q31)."""
    for use in later:
        product, dated = use.product, str(use.dated)
        facts = _other_facts_of(product)
        if product.has_cobalamin and not product.is_combination:
            facts = [HintAt.B12_TREATMENT, *facts]
        for fact in facts:
            index.understanding.put_off(fact, use.placed, product.name, dated)
    if later:
        days = ", ".join(sorted({str(use.dated) for use in later})[:3])
        index.gaps.setdefault("medications", f"an entry is dated in the future: {days}")


def _as_available(index: RecordIndex, medicines: MedicationFacts) -> MedicationFacts:
    """Turn "none recorded" into unknown where the medication list did not come completely (Q6),
    was not understood whole, or words anywhere point at the medicine (Q26).
    """

    def none_of(fact: Fact, *at: HintAt) -> Fact:
        return index.nothing_found("medications", at=at) if fact.is_false else fact

    return medicines._replace(
        anticoagulant_fact=none_of(medicines.anticoagulant_fact, HintAt.ANTICOAGULANT),
        methotrexate=none_of(medicines.methotrexate, HintAt.METHOTREXATE),
        nitrous_oxide=none_of(medicines.nitrous_oxide, HintAt.NITROUS_OXIDE),
    )


def count_medicines(index: RecordIndex) -> None:
    """Count by what each entry of the two medication lists was understood (Q26); one that could say
    nothing whatever its medicine is understood. A name that is nearly one of vitamin B12 is shown.
    """
    medications = _by_name(index.of_type("Medication"))
    for key, types in MEDICATION_LISTS.items():
        for placed in index.of_type(*types):
            index.receipt.tick()
            stated = _medicine_of(placed.resource, medications)
            by, shown = _understand_medicine(index, placed.resource, stated)
            use = read_any_use(placed)
            if not may_matter(use, index.as_of):
                by = Understood.BY_CODE if by is Understood.NOT else by
            elif _show_medicine(index, placed, shown):
                by = Understood.NOT
            product = product_named(stated, index.value_sets, index.read_before)
            if product.has_cobalamin:
                show_reaction(index, placed, product)
            if (status := read_status(placed.resource)) in UNSURE.get(placed.type, ()):
                _show_unsure(index, placed, product, f"status {status or 'missing'}")
            elif said := denied_words(use, product):
                _show_denied(index, placed, product, said)
            elif use is not None and (use.planned or use.state is OrderState.ON_HOLD):
                _show_perhaps_taken(index, use, product)
            index.understanding.count(key, placed, by)
    for placed in index.of_type("Medication"):
        index.receipt.tick()
        code = placed.resource.get("code")
        by = judge_name(index.value_sets, code, index.value_sets.find(code, Field.DRUGS))
        index.receipt.note_understood(placed, by.value)


def _understand_medicine(
    index: RecordIndex, resource: Resource, stated: Any
) -> tuple[Understood, _ShownOfMedicine]:
    """Return by what the name of a medicine was understood, and what the words of one that nothing
    names may mean; the same name is looked at once in a record.
    """
    written = ("medicine", as_key(stated), as_text(resource.get("language")))
    known: tuple[Understood, _ShownOfMedicine] | None = index.read_before.get(written)
    if known is None:
        found = index.value_sets.find(stated, Field.DRUGS)
        by = judge_name(index.value_sets_for(resource), stated, found)
        named = found and not names_nothing(stated, index.value_sets)
        beside = b12_given_beside(stated, index.value_sets) if named else ""
        given = ((HintAt.B12_TREATMENT, beside),) if beside else ()
        shown = given if named else tuple(_shown_of_medicine(index, stated))
        known = index.read_before[written] = (by, shown)
    return known


def _shown_of_medicine(index: RecordIndex, stated: Any) -> Iterator[tuple[HintAt, str]]:
    """Yield what the words of a medicine may mean ("blood thinner"), and that they are nearly the
    name of vitamin B12.
    """
    for text in meaningful_texts(index.value_sets, stated):
        for member in read_words(text, Field.DRUGS).shown:
            for at in HINTS.get(member.concept, ()):
                if at in SHOWN_OF_MEDICINES:
                    yield at, text
    near = near_b12_name(stated)
    if near:
        yield HintAt.B12_TREATMENT, near


def _show_medicine(index: RecordIndex, placed: Placed, shown: _ShownOfMedicine) -> bool:
    """Note what the words of a medicine may mean; return whether it may be vitamin B12."""
    day = first_day(read_authored(placed.resource)) if shown else None
    for at, text in shown:
        index.understanding.hint(at, placed, text, day)
    return any(at is HintAt.B12_TREATMENT for at, _ in shown)


_UNSURE = frozenset({"", "unknown", "stopped", "on-hold", "preparation"})
UNSURE = {
    **dict.fromkeys(ADMINISTRATION_TYPES, _UNSURE),
    **dict.fromkeys(DISPENSE_TYPES, _UNSURE | {"in-progress"}),
}
"""Statuses that leave open whether anything was given: what is being given was given in part, what
is being dispensed may not have been handed over.
"""


def _show_perhaps_taken(index: RecordIndex, use: MedicineUse, product: Product) -> None:
    """Note a medicine that is planned, on hold or of unknown status: it may be in use (F19)."""
    why = "planned or of unknown status" if use.planned else "on hold"
    for at in () if product.has_cobalamin else _other_facts_of(product):
        index.understanding.hint(at, use.placed, f"{why}: {product.name}", use.last)


def _show_denied(index: RecordIndex, placed: Placed, product: Product, said: str) -> None:
    """Note that words of an entry deny what its status says of the medicine (Q27)."""
    words = product.name if said == product.name else f"{product.name}, {said}"
    treatment = [HintAt.B12_TREATMENT] if product.has_cobalamin else []
    for at in treatment or _other_facts_of(product):
        index.understanding.hint(at, placed, words, None)


def _show_unsure(index: RecordIndex, placed: Placed, product: Product, why: str) -> None:
    """Note that vitamin B12 may have been given where an entry leaves that open, or another
    medicine may be in use, where that is of late or of no known day (F19).
    """
    words, day = f"{why}: {product.name}", day_of_dose(placed.resource)  # a name may be cut
    if product.has_cobalamin:
        index.understanding.hint(HintAt.B12_TREATMENT, placed, words, day)
    if day is None or day >= months_before(index.as_of, look_back.SUPPLY_MONTHS):
        for at in _other_facts_of(product):
            index.understanding.hint(at, placed, words, day)


def _by_name(medications: Iterable[Placed]) -> dict[str, Resource]:
    """Return Medications by the names under which entries point to them."""
    return {
        name: placed.resource
        for placed in medications
        for name in (placed.reference, placed.full_url)
        if name
    }


def show_drafted_medicines(
    index: RecordIndex, drafts: Sequence[Placed], beside: Iterable[Placed]
) -> None:
    """Note what the draft orders of this patient say that no list may know yet: a reaction for
    which vitamin B12 is being stopped (F21, Q72), an anticoagulant or nitrous oxide that is being
    started (F19, K17). `beside`: the Medications among them, to which they may point.
    """
    medications = _by_name((*beside, *index.of_type("Medication")))
    for draft in drafts:
        ends = ends_or_forbids(draft.resource)
        if not ends and len(drafts) == 1:
            return  # nothing is ordered beside it
        stated = _medicine_of(draft.resource, medications)
        product = product_named(stated, index.value_sets, index.read_before)
        if not ends:
            _show_started(index, draft, product)
        elif product.has_cobalamin:
            show_reaction(index, draft, product)


def _show_started(index: RecordIndex, draft: Placed, product: Product) -> None:
    for at in _other_facts_of(product):
        if at is not HintAt.METHOTREXATE:  # its draft protects folic acid itself (I17)
            index.understanding.hint(at, draft, f"ordered now: {product.name}", None)


def _other_facts_of(product: Product) -> list[HintAt]:
    """Return the facts that a medicine other than vitamin B12 feeds and that restrict."""
    feeds = {
        HintAt.ANTICOAGULANT: product.anticoagulant,
        HintAt.NITROUS_OXIDE: product.nitrous_oxide,
        HintAt.METHOTREXATE: product.methotrexate,
    }
    return [at for at, said in feeds.items() if said]


SHOWN_OF_MEDICINES = frozenset({HintAt.ANTICOAGULANT, HintAt.METHOTREXATE, HintAt.NITROUS_OXIDE})
"""What the words of a medicine may point at; allergies are none of it."""


def _medicine_of(resource: Resource, medications: Mapping[str, Resource]) -> Any:
    """Return the CodeableConcept of an entry's medicine: its own, or of the one it points to."""
    stated, reference = read_medication(resource)
    if stated is not None:
        return stated
    target = reference_of(reference)
    by_id = f"Medication/{target.removeprefix('urn:uuid:')}"
    found = (
        contained_in(resource, target) or medications.get(target) or medications.get(by_id) or {}
    )
    display = as_text(as_dict(reference).get("display"))
    return found.get("code") or _only_ingredient(found) or ({"text": display} if display else None)


def _only_ingredient(medication: Resource) -> Any:
    """Return what the single ingredient of a Medication without a code is; `None` for several."""
    items = [item_of(part) for part in as_list(medication.get("ingredient"))]
    return items[0] if len(items) == 1 else None


MEDICATION_LISTS = {
    "medications": sorted(MEDICATION_ORDER_TYPES),
    "statements": sorted(STATEMENT_TYPES),
    "administrations": sorted(ADMINISTRATION_TYPES | DISPENSE_TYPES),
}
