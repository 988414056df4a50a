"""The medicines of the record: vitamin B12 and folic acid treatment so far, and what else is taken
that the guidance asks about.

Not taken into account: doses given elsewhere that nobody recorded.
Source: decisions 2.2 (F9, F19, F25, F27), Q11, Q12.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from fhir_mappings.fhir import (
    ADMINISTRATION_TYPES,
    DISPENSE_TYPES,
    STATEMENT_TYPES,
    PatientRecord,
    Placed,
    months_before,
    statuses,
)
from fhir_mappings.intake import Receipt, is_about_another
from fhir_mappings.medicines.dosage import read_dosage
from fhir_mappings.medicines.doses import is_issue, read_combination, read_doses
from fhir_mappings.medicines.medication_orders import InCourse, first_day, read_orders
from fhir_mappings.medicines.medication_uses import (
    MedicineUse,
    points_to_medicine,
    read_nameless_use,
    read_use,
    status_of_statement,
    tells_of_medicine,
    words_of_denial,
)
from fhir_mappings.medicines.named_medicines import Siblings, find_product, medication_target
from fhir_mappings.medicines.other_medicines import (
    read_anticoagulant,
    read_exposure,
    read_lowering_drugs,
    read_taken,
)
from fhir_mappings.products import Product
from fhir_mappings.terminology import ValueSets
from recommender.guidance import look_back
from recommender.language import (
    NONE_RECORDED,
    Anticoagulant,
    CombinationUse,
    DoseGiven,
    Fact,
    LoweringDrugUse,
    Order,
    OrderState,
    Substance,
)


class MedicationFacts(NamedTuple):
    """What the medicines of the record say, in the terms of the scenario.

    `nameless` counts the entries of the look-back of which is not known which medicine they are
    about: any of them may be one of ours. `in_future` are the entries that are dated after tomorrow
    and are no fact yet (Q31). `antidotes` are doses of the cyanide antidote, which are no
    treatment and raise a level all the same (F9); so are `periods`, of which somebody states that
    they are over, and who knows when they began.
    """

    orders: tuple[Order, ...] = ()
    doses: tuple[DoseGiven, ...] = ()
    combinations: tuple[CombinationUse, ...] = ()
    lowering_drugs: tuple[LoweringDrugUse, ...] = ()
    anticoagulant: Anticoagulant | None = None
    anticoagulant_fact: Fact = NONE_RECORDED
    methotrexate: Fact = NONE_RECORDED
    nitrous_oxide: Fact = NONE_RECORDED
    nameless: int = 0
    in_future: tuple[MedicineUse, ...] = ()
    antidotes: tuple[DoseGiven, ...] = ()
    periods: tuple[Order, ...] = ()


def map_medications(
    placed: Iterable[Placed],
    as_of: dt.date,
    value_sets: ValueSets,
    receipt: Receipt,
    read_before: dict[Any, Any] | None = None,
) -> MedicationFacts:
    """Return what medication orders, statements, dispenses and administrations of one patient say.

    Whether the lists came whole is not judged here: "none recorded" means none among these.

    Args:
        placed: all resources of the record, Medications and Conditions that others point to among
            them.
        read_before: the medicines told apart so far, by how they are written.
    """
    items = list(placed)
    siblings = Siblings.of(items, read_before=read_before)
    every = [use for item in items if (use := read_use(item, siblings, value_sets, receipt))]
    uses, in_future = _without_future(every, as_of, receipt)
    ours = [use for use in uses if use.product.ingredients and not use.product.antidote]
    treatment = _treatment(ours, as_of, value_sets, siblings, receipt)
    return MedicationFacts(
        tuple(treatment.orders),
        tuple(treatment.doses),
        tuple(treatment.combinations),
        read_lowering_drugs(uses, as_of, receipt),
        *read_anticoagulant(uses, as_of, receipt),
        read_taken([use for use in uses if use.product.methotrexate], as_of, receipt),
        read_exposure([use for use in uses if use.product.nitrous_oxide], as_of, receipt),
        sum(
            _may_count(use, as_of)
            for item in items
            if points_to_medicine(item) and (use := read_nameless_use(item, siblings))
        ),
        in_future,
        tuple(_antidotes(uses, as_of, value_sets)),
        tuple(treatment.periods),
    )


def _antidotes(
    uses: Iterable[MedicineUse], as_of: dt.date, value_sets: ValueSets
) -> Iterator[DoseGiven]:
    """Yield the doses of the cyanide antidote that were given."""
    for use in uses:
        if use.product.antidote and not (use.is_order or use.planned):
            dosage = read_dosage(use.placed.resource, use.product, value_sets)
            yield from read_doses(use, dosage, as_of)


def _without_future(
    uses: list[MedicineUse], as_of: dt.date, receipt: Receipt
) -> tuple[list[MedicineUse], tuple[MedicineUse, ...]]:
    """Return the uses without those dated after tomorrow, and these (Q31, Q46)."""
    tomorrow = as_of + dt.timedelta(days=1)
    uses = [_until_today(use, tomorrow) for use in uses]
    later = [use for use in uses if use.dated is not None and use.dated > tomorrow]
    for use in later:
        receipt.ignore(use.placed, f"{use.product.name}, dated in the future: {use.dated}")
    return [use for use in uses if use.dated is None or use.dated <= tomorrow], tuple(later)


def _until_today(use: MedicineUse, tomorrow: dt.date) -> MedicineUse:
    """Return the use of a statement whose period ends after tomorrow as one that is not over: its
    end is no day on which the medicine was taken. One that was written down later is of that day.
    """
    resource = use.placed.resource
    if use.is_order or use.placed.type not in STATEMENT_TYPES:
        return use
    asserted = first_day(resource.get("dateAsserted"))
    if asserted is not None and asserted > tomorrow:
        return use._replace(since=asserted)
    if use.last is None or use.last <= tomorrow:
        return use
    goes_on = status_of_statement(resource) in statuses.GOES_ON
    return use._replace(
        state=OrderState.ACTIVE if goes_on else use.state,
        current=goes_on or use.current,
        last=first_day(resource.get("dateAsserted")) or use.since,
    )


def _may_count(use: MedicineUse, as_of: dt.date) -> bool:
    """Return whether an entry lies within the look-back of any fact, whatever its medicine."""
    return (
        use.current
        or use.last is None
        or use.last >= months_before(as_of, look_back.LOWERING_DRUG_MONTHS)
    )


def may_matter(use: MedicineUse | None, as_of: dt.date) -> bool:
    """Return whether an entry, read whatever its medicine, could say something for any fact."""
    return use is not None and _may_count(use, as_of)


def denied_words(use: MedicineUse | None, product: Product) -> str:
    """Return the words by which an entry that tells of doses says that none was given or taken;
    empty without, and where it says nothing whatever its medicine.
    """
    return words_of_denial(use, product) if use is not None else ""


def lacks_doses(record: PatientRecord, value_sets: ValueSets, *, is_ordered: bool) -> bool:
    """Return whether vitamin B12 is ordered, now or on record, and no dose or supply of it came: a
    supply that is known elsewhere would say whether it is taken (F9, F25, Q12).

    Args:
        is_ordered: whether the call itself is about an order.
    """
    siblings = Siblings.of(record, read_before=value_sets.memory())
    of_b12 = {
        placed.type
        for placed in record
        if tells_of_medicine(placed)
        and find_product(placed.resource, siblings, value_sets)[0].has_cobalamin
    }
    given = of_b12 & (ADMINISTRATION_TYPES | DISPENSE_TYPES)
    return not given and (is_ordered or bool(of_b12))


def find_nameless(record: PatientRecord, as_of: dt.date) -> tuple[str, ...]:
    """Return where this patient's entries point that could say something if their medicine were
    known.

    What is in force comes first, then the newest.
    """
    if not any(map(points_to_medicine, record)):
        return ()
    items = [
        placed for placed in record if not is_about_another(placed.resource, record.patient_id)
    ]
    siblings = Siblings.of(items)
    uses = [
        use
        for item in items
        if (use := read_nameless_use(item, siblings)) and _may_count(use, as_of)
    ]
    uses.sort(key=lambda use: (use.current, use.last or dt.date.min), reverse=True)
    return tuple(dict.fromkeys(medication_target(use.placed.resource) for use in uses))


@dataclass(slots=True)
class _Treatment:
    """The vitamin B12 and folic acid treatment as far as it is read.

    `ordered` are the substances that an order in force is for.
    """

    as_of: dt.date
    value_sets: ValueSets
    siblings: Siblings
    receipt: Receipt
    ordered: frozenset[Substance]
    orders: list[Order] = field(default_factory=list)
    doses: list[DoseGiven] = field(default_factory=list)
    combinations: list[CombinationUse] = field(default_factory=list)
    periods: list[Order] = field(default_factory=list)

    def read(self, use: MedicineUse) -> None:
        """Read one entry: a multivitamin, or an order, doses, or both."""
        dosage = read_dosage(
            use.placed.resource, use.product, self.value_sets, read_before=self.siblings.lines
        )
        multivitamin = read_combination(use, dosage)
        if multivitamin:
            self.combinations.append(multivitamin)
            return
        stopped = use.is_stated_stop
        if stopped or use.is_order or (use.current and not _substances_of(use) & self.ordered):
            stands = InCourse(use.placed.reference, use.state, planned=use.planned)
            found = read_orders(use.placed, stands, use.product, self.value_sets, self.siblings)
            self.orders += [replace(one, ends=use.last) for one in found] if stopped else found
        elif not use.current and use.last and (use.since is None or use.since < use.last):
            perhaps = use.planned or use.since is None  # nobody knows since when
            stands = InCourse(use.placed.reference, use.state, planned=perhaps)
            found = read_orders(use.placed, stands, use.product, self.value_sets, self.siblings)
            self.periods += [replace(one, starts=use.since, ends=use.last) for one in found]
        given = not (use.is_order or use.planned or stopped)
        if use.product.has_cobalamin and (given or is_issue(use, dosage)):
            self.doses += read_doses(use, dosage, self.as_of)
        elif not use.is_order:
            self.receipt.ignore(
                use.placed,
                f"{use.product.name}, given or taken: no fact is read from it beside an order",
            )


def _substances_of(use: MedicineUse) -> frozenset[Substance]:
    return frozenset(item.substance for item in use.product.ingredients)


def _treatment(
    uses: list[MedicineUse],
    as_of: dt.date,
    value_sets: ValueSets,
    siblings: Siblings,
    receipt: Receipt,
) -> _Treatment:
    """Return the orders, the doses and the multivitamins, however old: what counts for what is
    judged by the rules (F25, Q29).

    What is stated as being taken counts as an order too where none is active for the same
    substance: somebody must have started it.
    """
    in_force = [_substances_of(use) for use in uses if use.is_order and use.current]
    found = _Treatment(as_of, value_sets, siblings, receipt, frozenset().union(*in_force))
    for use in uses:
        receipt.tick()
        found.read(use)
    return found
