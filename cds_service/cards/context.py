"""What the cards of one answer share, read off the case they are written for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from itertools import islice

import msgspec

from cds_service.cards.actions import UNLESS, SuggestionContext
from cds_service.cards.cards import CardContext
from cds_service.cards.facts_in_words import FactInWords
from cds_service.protocol import HookRequest, make_plain
from cds_service.site import Basis
from fhir_mappings.draft_orders import Drafts
from fhir_mappings.drafts import DraftContext, Writing
from fhir_mappings.fhir import (
    MEDICATION_ORDER_TYPES,
    TEST_ORDER_TYPES,
    Availability,
    FhirVersion,
    PatientRecord,
    Resource,
    as_dict,
    as_text,
    detect_version,
    parse_version,
    read_requester,
    subject_id,
)
from fhir_mappings.intake import is_encounter_of_another
from fhir_mappings.scenario_mapping import MappedScenario
from recommender.case import kind_of
from recommender.guidance import Policy
from recommender.language import (
    Cause,
    ClinicalScenario,
    DoseGiven,
    Evidence,
    Fact,
    Order,
    OrderState,
    PhaseKind,
    RecordArea,
    Route,
    Substance,
    is_one_injection,
)
from recommender.treatment import Outcome, Recommendation, nearest_changes
from recommender.treatment_so_far import TreatmentPhase

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


class Case(msgspec.Struct, frozen=True):
    """One patient's case as it was read and judged, before anything is written about it."""

    basis: Basis
    request: HookRequest
    record: PatientRecord
    drafts: Drafts
    mapped: MappedScenario
    facts: tuple[FactInWords, ...]
    recommendation: Recommendation

    @property
    def version(self) -> FhirVersion:
        """The FHIR version of the request, in which drafts are written."""
        shown = self.request.drafts or self.record.part("medications").resources
        configured = parse_version(self.basis.client.fhir_version)
        return detect_version(shown, self.request.version_hint, configured)


def read_context(case: Case) -> CardContext:
    """Return what every card of the case shares."""
    settings, as_of = case.basis.settings, case.basis.as_of
    gaps = _gaps(case.record, case.mapped.gaps)
    changes = nearest_changes(case.recommendation, settings.policy)
    return CardContext(
        would_change_if=tuple(islice(changes, MOST_CHANGES)),
        guidance_url=settings.url_of("/guidance"),
        policy_version=settings.policy.version,
        gaps=(*gaps, *_drafts_of_another(case.request), *_encounter_of_another(case)),
        as_of=as_of,
        valid_until=settings.end_of(as_of),
        suggestions=_suggestion_context(case),
    )


def _suggestion_context(case: Case) -> SuggestionContext:
    orders = case.drafts.orders
    return SuggestionContext(
        drafts=case.drafts.resources,
        names={order.key: _name(order) for order in orders},
        cobalamin_keys=frozenset(order.key for order in orders if order.has_cobalamin),
        draft_context=_draft_context(case),
        client=case.basis.client,
        unless=_unless(case.mapped.scenario),
        undosed=frozenset(order.key for order in orders if order.not_computable),
    )


def _draft_context(case: Case) -> DraftContext:
    basis, request, advised = case.basis, case.request, case.recommendation
    last = _last_injections(case)
    asks = _entry_that_asks(advised, case.mapped.scenario)
    return DraftContext(
        version=case.version,
        patient_id=request.patient_id,
        as_of=basis.as_of,
        value_sets=basis.value_sets,
        formulary=basis.settings.formulary,
        encounter_id="" if _encounter_of_another(case) else request.encounter_id,
        user_id=request.user_id,
        requester_of_the_draft=_requester(case.drafts.resources.values()),
        intent=basis.client.intent,
        preferred_system=basis.client.preferred_system,
        reason_reference=_condition_used(case.mapped.scenario.deficiency_diagnosis)
        or (asks.reference if _is_condition(asks) else ""),
        deficient=advised.assessment.is_deficient,
        writing=_writing(basis.settings.policy),
        last_injection=_first_of_those_after(case) or (last[0].date if last else None),
        lasts_a_month=any(dose.substance is Substance.CYANOCOBALAMIN for dose in last),
        reason_text=advised.indication,
        reason_code=asks.code,
        reason_display=asks.name,
        rule=advised.rule,
        statements=advised.citations,
        review_days=basis.settings.policy.neuro_review_days,
    )


def _name(order: Order) -> str:
    """Return what a draft order is called in a suggestion."""
    kind = "drafted stop" if order.state is OrderState.STOP else "draft order"
    return f"{kind}: {make_plain(order.product, LONGEST_PRODUCT)}"


def _requester(drafts: Iterable[Resource]) -> str:
    """Return whom every draft of ours names as its requester; empty where they name several, or one
    that only they themselves hold (R190).
    """
    named = {as_text(as_dict(read_requester(one)).get("reference")) for one in drafts}
    requester = named.pop() if len(named) == 1 else ""
    return "" if requester.startswith(("#", "urn:")) else requester


def _first_of_those_after(case: Case) -> dt.date | None:
    """Return the day of one injection that is drafted after loading, and stays beside what follows
    it (b5 under T3): that begins one interval later.
    """
    if case.recommendation.rule not in ("T3", "T3b"):
        return None
    today = case.basis.as_of
    once = (order for order in case.drafts.orders if is_one_injection(order.cobalamin))
    return next((max(order.starts or today, today) for order in once), None)


def _last_injections(case: Case) -> list[DoseGiven]:
    """Return the newest injection of the course, which maintenance follows by one interval, with
    others of its day; none while a loading course is under way or drafted, where tablets were last,
    and after a lapse, when a dose is due now (T4).
    """
    treatment = case.recommendation.assessment.treatment
    if treatment.phase is TreatmentPhase.LAPSED:
        return []
    loading = treatment.phase is TreatmentPhase.LOADING and not treatment.loading_complete
    drafted = any(kind_of(order) is PhaseKind.LOADING for order in case.drafts.orders)
    last = treatment.last_dose
    if last is None or loading or drafted:
        return []
    return [
        dose
        for dose in case.mapped.scenario.doses
        if dose.date == last and dose.route is not Route.ORAL
    ]


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


_PREVENTED = {
    "P1": Cause.ILEAL_RESECTION,
    "P2": Cause.CROHNS_ILEAL,
    "P4": Cause.BARIATRIC,
    "P5": Cause.TOTAL_GASTRECTOMY,
}
"""What each rule of prophylaxis is for."""


def _entry_that_asks(recommendation: Recommendation, scenario: ClinicalScenario) -> Evidence:
    """Return the entry behind treatment without shown deficiency: the sign in N2, the disease or
    operation in prophylaxis, a Condition first; an empty one where there is none.
    """
    entries: list[Evidence] = []
    if recommendation.outcome is Outcome.PROPHYLAXIS:
        cause = _PREVENTED.get(recommendation.rule)
        entries = [found.evidence for found in scenario.causes if found.cause is cause]
    elif recommendation.rule == "N2":
        entries = [found.evidence for found in scenario.neurological_findings if found.current]
    return min(entries, key=lambda one: not _is_condition(one), default=Evidence(""))


def _is_condition(entry: Evidence) -> bool:
    return entry.reference.startswith("Condition/")


def _condition_used(diagnosed: Fact) -> str:
    """Return the reference of the Condition that diagnoses the deficiency, or an empty string."""
    evidence = diagnosed.evidence if diagnosed.is_true else ()
    return next((entry.reference for entry in evidence if _is_condition(entry)), "")


def _gaps(record: PatientRecord, gaps: Mapping[str, str]) -> tuple[str, ...]:
    """Say of the parts of the record that came whole why "none" cannot be concluded from them; what
    holds of several is said once.

    What could not be read or came in part is said by the recommender.
    """
    by_reason: dict[str, list[str]] = {}
    for key, words in PARTS_IN_WORDS.items():
        if key in gaps and record.part(key).availability is Availability.COMPLETE:
            by_reason.setdefault(gaps[key], []).append(words)
    return tuple(
        f"{', '.join(words).capitalize() if len(words) == 1 else 'No list counts as whole'}: {why}."
        for why, words in by_reason.items()
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


def _encounter_of_another(case: Case) -> tuple[str, ...]:
    """Say that the encounter of the call is another patient's and was left out (R38, Q64)."""
    foreign = is_encounter_of_another(case.record, case.request.encounter_id)
    return ("The encounter that came is another patient's and was left out.",) if foreign else ()
