"""One decision: the orders read, the record mapped, the guidance asked, the course reviewed, the
cards written (steps 4 and 6 to 9).

The hook endpoints, the command line and the workbench all decide here.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import msgspec

from cds_service.cards import Case, FactInWords, describe_facts, read_context, write_cards
from cds_service.protocol import (
    HOOK_ROWS,
    HookRequest,
    Reviewed,
    resources_within,
)
from cds_service.site import Basis
from fhir_mappings.course import read_course
from fhir_mappings.draft_orders import Drafts, name_drafts, read_drafts, read_stored_halves
from fhir_mappings.fhir import FhirVersion, PatientRecord, Placed
from fhir_mappings.intake import Limits, ReceiptLine, Steps, in_one_go, no_clock
from fhir_mappings.laboratory import Results
from fhir_mappings.scenario_mapping import MappedScenario, map_in_steps
from recommender.assessment import with_older_alarms
from recommender.cards import Finding
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Course, OrderState
from recommender.review import (
    either_of,
    review,
    review_record,
    review_refill,
    says_more_than_the_record,
)
from recommender.treatment import Recommendation, nearest_changes, recommend


class Orders(msgspec.Struct, frozen=True):
    """The drafts as they were read, and whether there is anything to say about what was
    selected.
    """

    drafts: Drafts
    in_scope: bool


class Decision(msgspec.Struct, frozen=True):
    """Everything that one call led to, from the receipts to the cards. `cards` is empty when the
    orders are not in scope.

    What only an explanation shows is worked out when it is asked for: most calls never are.
    """

    case: Case
    orders: Orders
    course: Course
    findings: tuple[Finding, ...]
    cards: tuple[dict[str, Any], ...]
    timings_ms: Mapping[str, float]

    @property
    def as_of(self) -> dt.date:
        return self.case.basis.as_of

    @property
    def policy(self) -> Policy:
        return self.case.basis.settings.policy

    @property
    def version(self) -> FhirVersion:
        return self.case.version

    @property
    def is_refill(self) -> bool:
        """Whether the orders are taken already and are being refilled."""
        return HOOK_ROWS[self.case.request.hook].reviewed is Reviewed.REFILL

    @property
    def in_scope(self) -> bool:
        return self.orders.in_scope

    @property
    def record(self) -> PatientRecord:
        return self.case.record

    @property
    def scenario(self) -> ClinicalScenario:
        return self.case.mapped.scenario

    @property
    def results(self) -> Results:
        return self.case.mapped.results

    @property
    def facts(self) -> tuple[FactInWords, ...]:
        return self.case.facts

    @property
    def unknown_facts(self) -> tuple[FactInWords, ...]:
        """The facts that nobody could read, each with its reason."""
        return tuple([fact for fact in self.facts if not fact.is_known])

    @property
    def recommendation(self) -> Recommendation:
        return self.case.recommendation

    @property
    def why_refused(self) -> str:
        """Why the hook answers 412: nothing at all of the patient could be read and the order alone
        shows nothing either (R63, R175, Q57); empty where it answers.
        """
        says = not self.in_scope or says_more_than_the_record(self.findings)
        return "" if says else self.record.why_nothing

    @property
    def receipt(self) -> tuple[ReceiptLine, ...]:
        """Every resource that came in, once."""
        drafted = {order.key for order in self.orders.drafts.orders}
        waiting = (one for one in self.course.orders if one.state is OrderState.UNBOUND_DRAFT)
        stored = {order.key for order in (*self.course.drafts, *waiting)} - drafted
        entered = (*self.orders.drafts.lines, *self.case.mapped.lines(stored))
        unusable = (
            ReceiptLine.of(placed, ignored=why)._replace(unusable=True)
            for placed, why in self.record.unusable
        )
        return (*entered, *unusable)

    @property
    def would_change_if(self) -> tuple[str, ...]:
        """Every single fact that would change the advice."""
        return tuple(nearest_changes(self.recommendation, self.policy))


def read_orders(request: HookRequest, basis: Basis, medications: tuple[Placed, ...] = ()) -> Orders:
    """Return the vitamin B12 and folic acid drafts (step 4); patient-view has none and is always in
    scope.

    Prefetch is only looked through where a draft points to something that is not a draft: to its
    drug (R160), or to the reason that protects folic acid.

    Args:
        medications: Medications that drafts point to and that were read from the FHIR server.
    """

    def others() -> tuple[Placed, ...]:
        return (*resources_within(list(request.prefetch.values()), "prefetch"), *medications)

    selections = request.selections if HOOK_ROWS[request.hook].selects else None
    drafts = read_drafts(request.drafts, selections, request.patient_id, basis.value_sets, others)
    return _orders_of(drafts, request, basis)


def name_orders(
    orders: Orders, request: HookRequest, basis: Basis, medications: tuple[Placed, ...]
) -> Orders:
    """Return the orders with those read again whose drug was not known, now that these Medications
    were read from the FHIR server (R160).
    """
    drafts = name_drafts(orders.drafts, medications, basis.value_sets)
    return _orders_of(drafts, request, basis)


def _orders_of(drafts: Drafts, request: HookRequest, basis: Basis) -> Orders:
    lowering = basis.settings.policy.lowering_drug_cards and drafts.lowering_drug_selected
    return Orders(drafts, not HOOK_ROWS[request.hook].drafts_in or drafts.in_scope or lowering)


def decide(
    request: HookRequest,
    record: PatientRecord,
    orders: Orders,
    basis: Basis,
    tick: Callable[[], None] = no_clock,
    written: bool = True,
) -> Decision:
    """Return the decision on one hook request (steps 6 to 9).

    Args:
        written: whether the cards are written; each finding has one, which says no more than it.
        tick: called again and again; what it raises ends the decision, and there is none (R182).
    Raises: TooMany, and what `tick` raises; nothing else for any record: what cannot be read is an
        unknown fact with its reason.
    """
    return in_one_go(decide_in_steps(request, record, orders, basis, tick, written))


def decide_in_steps(
    request: HookRequest,
    record: PatientRecord,
    orders: Orders,
    basis: Basis,
    tick: Callable[[], None] = no_clock,
    written: bool = True,
) -> Steps[Decision]:
    """Do what `decide` does, and pause after each step: so a run over many patients decides."""
    timings: dict[str, float] = {}
    policy, drafts = basis.settings.policy, orders.drafts
    with _timed(timings, "map", tick):
        mapped = yield from _map_record(request, record, basis, tick)
        yield
        course, each = _read_courses(record, orders.drafts, mapped, basis)
    yield
    with _timed(timings, "recommend", tick):
        advised = recommend(mapped.scenario, policy)
    yield
    findings: tuple[Finding, ...] = ()
    with _timed(timings, "review", tick):
        if orders.in_scope:
            findings = _review_each(request, each, mapped.scenario, advised, basis, tick)
    yield
    facts = describe_facts(mapped.scenario, advised.assessment)
    case = Case(basis, request, record, drafts, mapped, facts, advised)
    with _timed(timings, "cards", tick):
        context = read_context(case) if findings and written else None
        cards = tuple(write_cards(findings, context)) if context else ()
    return Decision(case, orders, course, findings, cards, timings)


def _map_record(
    request: HookRequest, record: PatientRecord, basis: Basis, tick: Callable[[], None]
) -> Steps[MappedScenario]:
    policy = basis.settings.policy
    limits = Limits(policy.prefetch_max_age_hours, policy.old_encounter_diagnosis_months)
    mapped = yield from map_in_steps(
        record, basis.as_of, basis.value_sets, request.drafts, tick, limits
    )
    scenario = with_older_alarms(mapped.scenario, policy)  # shown as it decides
    return mapped if scenario is mapped.scenario else replace(mapped, scenario=scenario)


def _read_courses(
    record: PatientRecord, drafts: Drafts, mapped: MappedScenario, basis: Basis
) -> tuple[Course, tuple[Course, ...]]:
    """Return the course of the drafts and the record, the stored halves of drafts with it; and the
    same for each way to choose among alternatives of an order set.
    """
    stored = read_stored_halves(
        record.part("medications").resources,
        drafts,
        record.patient_id,
        basis.as_of,
        basis.value_sets,
    )
    whole = read_course(drafts, mapped.scenario, stored)
    if not drafts.left_out:
        return whole, (whole,)
    each = (read_course(one, mapped.scenario, stored) for one in drafts.alternatives)
    return whole, tuple(each)


def _review_each(
    request: HookRequest,
    courses: tuple[Course, ...],
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    basis: Basis,
    tick: Callable[[], None],
) -> tuple[Finding, ...]:
    """Return what is to be said about the course, or about any of those one may be chosen of."""
    reviews = []
    for course in courses:
        reviews.append(_review(request, course, scenario, recommendation, basis))
        tick()
    drafted = any(order.has_cobalamin for course in courses for order in course.drafts)
    return either_of(reviews, offers=not drafted)


def _review(
    request: HookRequest,
    course: Course,
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    basis: Basis,
) -> tuple[Finding, ...]:
    policy = basis.settings.policy
    match HOOK_ROWS[request.hook].reviewed:
        case Reviewed.ORDERS:
            asks = basis.client.calls_when_opened
            return review(course, scenario, recommendation, policy, chart_asks=asks)
        case Reviewed.REFILL:
            return review_refill(course, scenario, recommendation, policy)
        case Reviewed.RECORD:
            return review_record(scenario, recommendation, policy)


@contextmanager
def _timed(timings: dict[str, float], step: str, tick: Callable[[], None]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - started) * 1000
    tick()
