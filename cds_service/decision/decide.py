"""One decision: the orders read, the record mapped, the guidance asked, the course reviewed, the
cards written (steps 4 and 6 to 9).

The hook endpoints, the command line and the workbench all decide here.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from cds_service.cards import (
    UNLESS,
    CardContext,
    FactInWords,
    SuggestionContext,
    describe_facts,
    write_cards,
)
from cds_service.protocol import (
    HOOK_ROWS,
    HookRequest,
    Reviewed,
    make_plain,
    resources_within,
)
from cds_service.site import Client, Settings
from fhir_mappings.draft_orders import Drafts, read_course, read_drafts, read_stored_halves
from fhir_mappings.drafts import DraftContext, Writing
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    TEST_ORDER_TYPES,
    Availability,
    FhirVersion,
    PatientRecord,
    Placed,
    Resource,
    as_dict,
    as_text,
    detect_version,
    parse_version,
    read_requester,
    subject_id,
)
from fhir_mappings.intake import Receipt, ReceiptLine, no_clock
from fhir_mappings.laboratory import Results
from fhir_mappings.scenario_mapping import map_scenario
from fhir_mappings.terminology import ValueSets
from recommender.cards import Finding
from recommender.guidance import Policy
from recommender.language import ClinicalScenario, Course, OrderState, RecordArea
from recommender.review import review, review_record, review_refill
from recommender.treatment import Outcome, Recommendation, nearest_changes, recommend

MOST_CHANGES = 2
"""Facts named on a card that would change the advice; the receipt has them all."""


LONGEST_PRODUCT = 100
"""Characters of the name of a product that are repeated in a suggestion."""

PARTS_IN_WORDS = {
    "patient": "patient",
    "conditions": "conditions",
    "labs": "laboratory results",
    "medications": "medication orders",
    "procedures": "procedures",
    "allergies": "allergies",
}
"""The parts of the record whose absence a card mentions, by prefetch key."""


@dataclass(frozen=True, slots=True)
class Orders:
    """The drafts of ours, the receipt they were entered in, and whether there is anything to say
    about what was selected.
    """

    drafts: Drafts
    receipt: Receipt
    in_scope: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that one call led to, from the receipts to the cards. `cards` is empty when the
    orders are not in scope.

    `record`, `policy` and `results` are what it was decided from, for explaining it. What only an
    explanation shows is worked out when it is asked for: most calls never are.
    """

    as_of: dt.date
    version: FhirVersion
    in_scope: bool
    course: Course
    receipts: tuple[Receipt, ...]
    facts: tuple[FactInWords, ...]
    scenario: ClinicalScenario
    recommendation: Recommendation
    findings: tuple[Finding, ...]
    cards: tuple[dict[str, Any], ...]
    timings_ms: Mapping[str, float]
    record: PatientRecord
    policy: Policy
    results: Results

    @property
    def receipt(self) -> tuple[ReceiptLine, ...]:
        """Every resource that came in, once."""
        unusable = (
            ReceiptLine.of(placed, ignored=why)._replace(unusable=True)
            for placed, why in self.record.unusable
        )
        return (*(line for receipt in self.receipts for line in receipt.lines()), *unusable)

    @property
    def would_change_if(self) -> tuple[str, ...]:
        """Every single fact that would change the advice."""
        return tuple(nearest_changes(self.recommendation, self.policy))


def read_orders(
    request: HookRequest,
    settings: Settings,
    value_sets: ValueSets,
    medications: tuple[Placed, ...] = (),
) -> Orders:
    """Return the orders of ours among the drafts (step 4); patient-view has none and is always in
    scope.

    Prefetch is only looked through where a draft may point to it: for its drug (R160), or for the
    reason that protects folic acid.

    Args:
        medications: Medications that drafts point to and that were read from the FHIR server.
    """
    selections = request.selections if HOOK_ROWS[request.hook].selects else None
    receipt = Receipt()
    drafts = read_drafts(request.drafts, selections, request.patient_id, value_sets, receipt)
    if (
        drafts.unresolved
        or drafts.unresolved_beside
        or any(order.has_folate for order in drafts.orders)
    ):
        receipt = Receipt()
        others = (*resources_within(list(request.prefetch.values()), "prefetch"), *medications)
        drafts = read_drafts(
            request.drafts, selections, request.patient_id, value_sets, receipt, others
        )
    lowering = settings.policy.lowering_drug_cards and drafts.lowering_drug_selected
    return Orders(
        drafts, receipt, not HOOK_ROWS[request.hook].drafts_in or drafts.in_scope or lowering
    )


def decide(
    request: HookRequest,
    record: PatientRecord,
    orders: Orders,
    settings: Settings,
    client: Client,
    value_sets: ValueSets,
    as_of: dt.date,
    tick: Callable[[], None] = no_clock,
) -> Decision:
    """Return the decision on one hook request (steps 6 to 9).

    Args:
        tick: called again and again; what it raises ends the decision, and there is none (R182).
    Raises: TooMany, and what `tick` raises; nothing else for any record: what cannot be read is an
        unknown fact with its reason.
    """
    timings: dict[str, float] = {}
    with _timed(timings, "map", tick):
        mapped = map_scenario(record, as_of, value_sets, request.drafts, tick)
        stored = read_stored_halves(
            record.part("medications").resources,
            orders.drafts,
            request.patient_id,
            as_of,
            value_sets,
            mapped.receipt,
        )
        course = read_course(orders.drafts, mapped.scenario, stored)
    with _timed(timings, "recommend", tick):
        recommendation = recommend(mapped.scenario, settings.policy)
    with _timed(timings, "review", tick):
        findings = (
            _review(request, course, mapped.scenario, recommendation, settings)
            if orders.in_scope
            else ()
        )
    facts = describe_facts(mapped.scenario, recommendation.assessment)
    version = _version(request, record, client)
    with _timed(timings, "cards", tick):
        cards: tuple[dict[str, Any], ...] = ()
        if findings:
            context = _card_context(
                request,
                orders,
                record,
                mapped.gaps,
                facts,
                mapped.scenario,
                recommendation,
                settings,
                client,
                value_sets,
                as_of,
                version,
            )
            cards = tuple(write_cards(findings, context))
    return Decision(
        as_of=as_of,
        version=version,
        in_scope=orders.in_scope,
        course=course,
        receipts=(orders.receipt, mapped.receipt),
        facts=facts,
        scenario=mapped.scenario,
        recommendation=recommendation,
        findings=findings,
        cards=cards,
        timings_ms=timings,
        record=record,
        policy=settings.policy,
        results=mapped.results,
    )


def _review(
    request: HookRequest,
    course: Course,
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    settings: Settings,
) -> tuple[Finding, ...]:
    match HOOK_ROWS[request.hook].reviewed:
        case Reviewed.ORDERS:
            return review(course, scenario, recommendation, settings.policy)
        case Reviewed.REFILL:
            return review_refill(course, scenario, recommendation, settings.policy)
        case Reviewed.RECORD:
            return review_record(scenario, recommendation, settings.policy)


def _version(request: HookRequest, record: PatientRecord, client: Client) -> FhirVersion:
    shown = request.drafts or record.part("medications").resources
    return detect_version(shown, request.version_hint, parse_version(client.fhir_version))


def _card_context(
    request: HookRequest,
    orders: Orders,
    record: PatientRecord,
    gaps: Mapping[str, str],
    facts: tuple[FactInWords, ...],
    scenario: ClinicalScenario,
    recommendation: Recommendation,
    settings: Settings,
    client: Client,
    value_sets: ValueSets,
    as_of: dt.date,
    version: FhirVersion,
) -> CardContext:
    drafting = DraftContext(
        version=version,
        patient_id=request.patient_id,
        as_of=as_of,
        value_sets=value_sets,
        formulary=settings.formulary,
        encounter_id=request.encounter_id,
        user_id=request.user_id,
        requester_of_the_draft=_requester(orders.drafts.resources.values()),
        intent=client.intent,
        preferred_system=client.preferred_system,
        reason_reference=_condition_used(facts) or _entry_that_asks(recommendation, scenario),
        deficient=recommendation.assessment.is_deficient,
        writing=_writing(settings.policy),
        reason_text=recommendation.indication,
        rule=recommendation.rule,
        statements=recommendation.citations,
        review_days=settings.policy.neuro_review_days,
    )
    names = {
        order.key: f"{'drafted stop' if order.state is OrderState.STOP else 'draft order'}: "
        f"{make_plain(order.product, LONGEST_PRODUCT)}"
        for order in orders.drafts.orders
    }
    cobalamin_keys = frozenset(order.key for order in orders.drafts.orders if order.has_cobalamin)
    return CardContext(
        would_change_if=tuple(
            islice(nearest_changes(recommendation, settings.policy), MOST_CHANGES)
        ),
        guidance_url=settings.url_of("/guidance"),
        policy_version=settings.policy.version,
        gaps=(*_gaps(record, gaps), *_drafts_of_another(request)),
        as_of=as_of,
        valid_until=settings.end_of(as_of),
        suggestions=SuggestionContext(
            orders.drafts.resources,
            names,
            cobalamin_keys,
            drafting,
            client,
            _unless(scenario),
            frozenset(order.key for order in orders.drafts.orders if order.not_computable),
        ),
    )


def _requester(drafts: Iterable[Resource]) -> str:
    """Return whom every draft of ours names as its requester; empty where they name several, or one
    that only they themselves hold (R190).
    """
    named = {as_text(as_dict(read_requester(one)).get("reference")) for one in drafts}
    requester = named.pop() if len(named) == 1 else ""
    return "" if requester.startswith(("#", "urn:")) else requester


def _unless(scenario: ClinicalScenario) -> str:
    """Return what goes below a drafted order where nobody could read whether B12 is given (Q58)."""
    unread = RecordArea.MEDICATIONS in scenario.unavailable
    return UNLESS if unread else ""


def _writing(policy: Policy) -> Writing:
    """Return which parts of a drafted order the site wants (cards.md 8)."""
    return Writing(
        dispense=policy.draft_dispense,
        substitution=policy.draft_substitution,
        site=policy.draft_site,
        start=policy.draft_start,
        prescription_months=policy.prescription_months,
        neuro_repeats=policy.neuro_repeats,
    )


def _entry_that_asks(recommendation: Recommendation, scenario: ClinicalScenario) -> str:
    """Return the Condition behind treatment without shown deficiency: the sign in N2, the cause in
    prophylaxis; empty where there is none.
    """
    entries = [found.evidence for found in scenario.neurological_findings if found.current]
    if recommendation.outcome is Outcome.PROPHYLAXIS:
        entries = [found.evidence for found in scenario.causes]
    elif recommendation.rule != "N2":
        return ""
    return next((one.reference for one in entries if one.reference.startswith("Condition/")), "")


def _condition_used(facts: tuple[FactInWords, ...]) -> str:
    """Return the reference of the Condition that diagnoses the deficiency, or an empty string."""
    evidence = (
        entry
        for fact in facts
        if fact.name == "deficiency_diagnosis" and fact.value == "yes"
        for entry in fact.evidence
    )
    return next(
        (entry.reference for entry in evidence if entry.reference.startswith("Condition/")), ""
    )


def _gaps(record: PatientRecord, gaps: Mapping[str, str]) -> tuple[str, ...]:
    """Say of the parts of the record that came whole why "none" cannot be concluded from them.

    What could not be read or came in part is said by the recommender.
    """
    return tuple(
        f"{words.capitalize()}: {gaps[key]}."
        for key, words in PARTS_IN_WORDS.items()
        if key in gaps and record.part(key).availability is Availability.COMPLETE
    )


def _drafts_of_another(request: HookRequest) -> tuple[str, ...]:
    """Say that orders of another patient came along and were left out (R38, Q64)."""
    orders = MEDICATION_ORDER_TYPES | TEST_ORDER_TYPES
    found = any(
        subject_id(one.resource) not in ("", request.patient_id)
        for one in request.drafts
        if as_text(one.resource.get("resourceType")) in orders
    )
    return ("Draft orders of another patient came along and were left out.",) if found else ()


@contextmanager
def _timed(timings: dict[str, float], step: str, tick: Callable[[], None]) -> Iterator[None]:
    started = time.perf_counter()
    yield
    timings[step] = (time.perf_counter() - started) * 1000
    tick()
