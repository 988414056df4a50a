"""Puts the facts together: one patient record in, a ClinicalScenario and its receipt out. What
cannot be read is unknown, with a reason.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from fhir_mappings.answers import map_answers, map_reviews
from fhir_mappings.draft_reading import why_no_order
from fhir_mappings.fhir import PatientRecord, Placed
from fhir_mappings.history import (
    add_order_reasons,
    hint_at_reasons,
    judge_lists,
    map_allergies,
    map_conditions,
    map_procedures,
    read_diagnoses,
)
from fhir_mappings.intake import (
    USUAL,
    Limits,
    Receipt,
    ReceiptLine,
    RecordIndex,
    Steps,
    in_one_go,
    index_record,
    map_demographics,
    no_clock,
)
from fhir_mappings.judging import Understood, forget_texts
from fhir_mappings.laboratory import (
    Results,
    kidney_risk_by_results,
    map_laboratory,
    read_observations,
    read_results,
)
from fhir_mappings.medicines import read_events
from fhir_mappings.said import hint_at_what_is_asked, hint_at_what_is_said
from fhir_mappings.scenario import (
    FactsRead,
    cited_by,
    count_medicines,
    kidney_risk,
    put_together,
    read_medicines,
    show_drafted_medicines,
)
from fhir_mappings.terminology import ValueSets
from fhir_mappings.values import forget_units
from recommender.language import ClinicalScenario, forget_lines
from recommender.treatment_so_far import find_treatment_start


@dataclass(frozen=True, slots=True)
class MappedScenario:
    """What the record says, and for every resource what it was used for or why it was not.

    `gaps` says for a prefetch key that came why it still cannot say "none". `results` are all
    laboratory results, for showing.
    """

    scenario: ClinicalScenario
    receipt: Receipt
    gaps: Mapping[str, str] = field(default_factory=dict)
    results: Results = field(default_factory=dict)

    def lines(self, in_course: Iterable[str] = ()) -> tuple[ReceiptLine, ...]:
        """Return one line per resource: the facts that cite it, or why none does.

        Args:
            in_course: references of stored drafts that belong to the course of the request.
        """
        cited = cited_by(self.scenario)
        known = {**cited.known, **dict.fromkeys(in_course, ("course",))}
        return self.receipt.lines(cited._replace(known=known))


def map_scenario(
    record: PatientRecord,
    as_of: dt.date,
    value_sets: ValueSets,
    drafts: Sequence[Placed] = (),
    tick: Callable[[], None] = no_clock,
    limits: Limits = USUAL,
) -> MappedScenario:
    """Return the scenario of one patient on one day, with its receipt.

    Args:
        record: what came; a resource about somebody else is never used (R38).
        as_of: the day the scenario is true for, in the site's time zone (Q46).
        drafts: the draft orders, whose reasons are evidence too.
        tick: called again and again; what it raises ends the mapping (R182).
        limits: what the site set of how old things may be.
    Raises: TooMany, and what `tick` raises.
    """
    return in_one_go(map_in_steps(record, as_of, value_sets, drafts, tick, limits))


def map_in_steps(
    record: PatientRecord,
    as_of: dt.date,
    value_sets: ValueSets,
    drafts: Sequence[Placed] = (),
    tick: Callable[[], None] = no_clock,
    limits: Limits = USUAL,
) -> Steps[MappedScenario]:
    """Do what `map_scenario` does, and pause after each step."""
    try:
        index = index_record(record, as_of, value_sets, tick, limits)
        yield
        return (yield from _map(index, drafts))
    finally:
        if not value_sets.remembers:
            forget_record()


def forget_record() -> None:
    """Forget what was remembered of texts, units and dose lines while a call was answered: nothing
    of it may outlast it.
    """
    forget_texts()
    forget_units()
    forget_lines()


def _map(index: RecordIndex, drafts: Sequence[Placed]) -> Steps[MappedScenario]:
    judge_lists(index)
    add_order_reasons(index, drafts)
    hint_at_reasons(index)
    own = [one for one in drafts if why_no_order(one, index.record.patient_id) is None]
    show_drafted_medicines(index, own, (one for one in drafts if one.type == "Medication"))
    hint_at_what_is_said(index)
    hint_at_what_is_asked(index)
    yield
    count_medicines(index)
    yield
    read, results = yield from _read(index)
    _close(index)
    yield
    return MappedScenario(put_together(index, read), index.receipt, index.gaps, results)


def _read(index: RecordIndex) -> Steps[tuple[FactsRead, Results]]:
    """Read the parts of the record in the order in which one needs the other."""
    who, operations = map_demographics(index), map_procedures(index)
    yield
    observed = read_observations(index)
    yield
    medicines = read_medicines(index)
    yield
    doses = medicines.doses + operations.doses + read_events(index, observed)
    start = find_treatment_start(medicines.orders, doses, index.as_of)
    holds_b12 = bool(doses) or any(order.has_cobalamin for order in medicines.orders)
    diagnoses = read_diagnoses(index)
    diagnosed = map_conditions(diagnoses, start, holds_b12)
    answers = map_answers(index, observed.counted, start, observed.passed_over)
    results = read_results(index, observed.counted, observed.passed_over)
    yield
    labs = map_laboratory(
        index, results, who, start, diagnosed.acute_kidney_injury, observed.passed_over
    )
    yield
    reviews = map_reviews(index, observed)
    measured = kidney_risk_by_results(index, results, labs.egfr, who)
    kidneys = kidney_risk(index, diagnosed, measured, medicines)
    yield
    allergies = map_allergies(index, observed.others)
    diagnoses.close()
    yield
    read = FactsRead(
        who, labs, diagnosed, answers, operations, medicines, doses, allergies, reviews, kidneys
    )
    return read, results


def _close(index: RecordIndex) -> None:
    """Give the types that no fact is read from their line in the receipt, and say of those that
    stand in no list by what they were understood: their type says it.
    """
    for placed in index.of_type("FamilyMemberHistory"):
        index.receipt.ignore(placed, "family history is never evidence for the person")
    for placed in index.of_type("Patient"):
        index.understanding.count("patient", placed, Understood.BY_CODE)
    for kind in sorted(READ_BY_TYPE & index.by_type.keys()):
        for placed in index.of_type(kind):
            index.receipt.note_understood(placed, Understood.BY_CODE.value)


READ_BY_TYPE = frozenset(
    {"DiagnosticReport", "Specimen", "QuestionnaireResponse", "FamilyMemberHistory"}
)
"""Types whose resources say what they are by their type."""
