"""One suggestion: the edits that bring the course to a regimen, and its label."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace

from recommender.assessment import VERY_FEW_PLATELETS, PlateletBand
from recommender.cards import Remedy, Resolution, cards
from recommender.case import Case, Column, Issue, kind_of
from recommender.folic_acid import (
    FolateClass,
    FolateGate,
    first_b12_day,
    folate_class,
    folate_gate,
    holds_treatment_dose,
    starts_after_first_dose,
)
from recommender.guidance import N_LOAD, FolateGateOpens
from recommender.language import (
    AddFollowUps,
    AddRegimen,
    ChangeOrder,
    ChangeStart,
    Claim,
    Claims,
    Edit,
    NameReplaced,
    Order,
    PhaseKind,
    RecordArea,
    RemoveOrder,
    Route,
    apply,
)
from recommender.remedies.additions import remove
from recommender.remedies.labels import HOLD_FOLIC_ACID, LONGEST, label_of
from recommender.remedies.put_right import drafted_loading, put_right
from recommender.remedies.targets import Target
from recommender.safety import unusable_alarm


def towards(
    case: Case, target: Target, issues: Sequence[Issue], *, alone: bool
) -> Resolution | None:
    """Return the resolution that brings the course to the target, or `None` when nothing would
    change.
    """
    edits = put_right(case, target, issues)
    edits += tuple(
        edit for order in folate_to_remove(case, issues, edits) for edit in remove(case, order)
    )
    resumed = _resumed_today(case, target, issues, edits)
    edits += (*folate_after(case, (*edits, *resumed)), *resumed)
    if not any(not isinstance(edit, AddFollowUps) for edit in edits):
        return None
    treats = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    edits = edits if treats else _with_claims(edits, target.claims)
    asked = any(issue.card == cards.B23_LAPSED for issue in issues) and case.rule != "T4"
    open_still = asked or is_open(case)
    open_still = open_still or _is_reasonable(case, issues) or _is_deferred(case, edits)
    recommended = treats and alone and not target.claims and not open_still
    return Resolution(_label(case, edits, target.claims), edits, recommended)


def _with_claims(edits: tuple[Edit, ...], claims: Claims) -> tuple[Edit, ...]:
    """Let the drafts that stay carry what is stated by taking the edits, as drafted ones do: else
    it would be asked again.
    """
    return tuple(
        replace(edit, claims=claims) if isinstance(edit, NameReplaced) else edit for edit in edits
    )


def _is_reasonable(case: Case, issues: Sequence[Issue]) -> bool:
    """Return whether the order goes under the skin where bleeding into muscle is a risk (K3 to K6),
    or all that is said of it is that this is off-label, which few platelets make reasonable (b15):
    into muscle is then offered, and not marked.
    """
    about = {key for issue in issues for key in issue.about}
    lines = (order.cobalamin for order in case.drafts if order.key in about)
    under_the_skin = any(line and line.route is Route.SUBCUTANEOUS for line in lines)
    if under_the_skin and case.assessment.bleeding_is_a_risk:
        return True
    few = bool(issues) and case.assessment.platelets is PlateletBand.FROM_25_TO_50
    return few and all(issue.card == cards.B15_ROUTE and not issue.is_loud for issue in issues)


def _is_deferred(case: Case, edits: tuple[Edit, ...]) -> bool:
    """Return whether the edits inject into somebody of whom the card says to ask haematology first
    (K3, K4) or to wait for the INR (K5), or may if a result that cannot be used is right; with
    nerve signs nothing waits (I12).
    """
    a = case.assessment
    waits = a.platelets in VERY_FEW_PLATELETS or a.inr_high.is_true or unusable_alarm(case)
    if not waits or a.neurological.is_true:
        return False
    phases = [
        phase for edit in edits if isinstance(edit, AddRegimen) for phase in edit.regimen.phases
    ]
    phases += [edit.phase for edit in edits if isinstance(edit, ChangeOrder)]
    return any(phase.line.route is Route.INTRAMUSCULAR for phase in phases)


def _resumed_today(
    case: Case, target: Target, issues: Sequence[Issue], edits: tuple[Edit, ...]
) -> tuple[Edit, ...]:
    """Let an order that resumes treatment start today, unless loading comes first (b23)."""
    if any(phase.kind is PhaseKind.LOADING for phase in target.regimen.phases):
        return ()
    today = case.scenario.as_of
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    about = {key for issue in issues if issue.card == cards.B23_LAPSED for key in issue.about}
    loading = {order.key for order in drafted_loading(case)} - gone
    return tuple(
        ChangeStart(order.key, today)
        for order in case.drafts
        if order.key in about - gone
        and order.starts != today
        and (not loading or order.key in loading)  # maintenance waits for it (I35)
    )


def is_open(case: Case) -> bool:
    """Return whether allergies, what the products hold, or treatment so far are not known, or a
    test comes first (P5), so that nothing is marked as recommended (C35, Q6, Q28, Q58, Q63).
    """
    s = case.scenario
    if case.assessment.excipient_reactions:
        return True
    unread = RecordArea.MEDICATIONS in s.unavailable or s.allergy_fact.is_unknown
    open_still = case.assessment.allergies_unavailable or unread
    return open_still or not case.recommendation.may_be_marked


def _label(case: Case, edits: tuple[Edit, ...], claims: Claims) -> str:
    """Say the edits; where folic acid goes and vitamin B12 comes, say both."""
    folate = {order.key for order in case.selected_folate if not order.has_cobalamin}
    treatment = tuple(
        edit for edit in edits if not (isinstance(edit, RemoveOrder) and edit.key in folate)
    )
    if treatment != edits:
        return label_of(treatment, claims, lead=HOLD_FOLIC_ACID)
    folate |= {order.key for order in case.selected_folate}
    later = any(isinstance(edit, ChangeStart) and edit.key in folate for edit in edits)
    lead = _when_folic_acid_starts(_after(case, edits)) if later else ""
    stated = claims or ((Claim.GLOSSITIS,) if _rests_on_glossitis(case, edits) else ())
    kept = claims and not lead and _keeps_loading(case, edits)
    words = label_of(treatment, stated, lead=lead, kept=bool(kept))
    beside = f"{words}, tablets as ordered"
    tells = _loads_before_tablets(case, edits) and len(beside) <= LONGEST
    return beside if tells else words


def _when_folic_acid_starts(after: Case) -> str:
    waits = after.policy.folate_gate_opens is FolateGateOpens.LOADING_COMPLETE
    return (
        "Folic acid after loading" if waits and drafted_loading(after) else "Folic acid a day later"
    )


def _keeps_loading(case: Case, edits: tuple[Edit, ...]) -> bool:
    """Return whether the drafted loading stays as it is and what follows it is all that is added
    or changed: else two answers to one question would read the same.
    """
    touched = {edit.key for edit in edits if isinstance(edit, ChangeOrder | RemoveOrder)}
    loading = (one for one in case.drafts if kind_of(one) is PhaseKind.LOADING)
    stays = any(order.key not in touched for order in loading)
    added = [edit for edit in edits if isinstance(edit, AddRegimen)]
    phases = [phase for edit in added for phase in edit.regimen.phases]
    phases += [edit.phase for edit in edits if isinstance(edit, ChangeOrder)]
    return stays and bool(phases) and all(one.kind is PhaseKind.MAINTENANCE for one in phases)


def _loads_before_tablets(case: Case, edits: tuple[Edit, ...]) -> bool:
    """Return whether injections are added alone to drafted tablets that stay as they are: they are
    part of what is chosen (M3).
    """
    drafted = [edit for edit in edits if isinstance(edit, AddRegimen)]
    phases = [phase for edit in drafted for phase in edit.regimen.phases]
    touched = {edit.key for edit in edits if isinstance(edit, ChangeOrder | RemoveOrder)}
    tablets = [one for one in case.drafts if kind_of(one) is PhaseKind.ORAL]
    stays = bool(tablets) and not touched.intersection(one.key for one in tablets)
    return stays and [phase.kind for phase in phases] == [PhaseKind.LOADING]


def _rests_on_glossitis(case: Case, edits: tuple[Edit, ...]) -> bool:
    """Return whether alternate days are drafted for glossitis alone (C6)."""
    loads = any(
        N_LOAD in edit.regimen.phases
        if isinstance(edit, AddRegimen)
        else isinstance(edit, ChangeOrder) and edit.phase.id == N_LOAD.id
        for edit in edits
    )
    return loads and case.assessment.glossitis_only and case.column is Column.NEUROLOGICAL


def folate_to_remove(
    case: Case, issues: Sequence[Issue], edits: tuple[Edit, ...]
) -> Iterator[Order]:
    """Yield the folic acid that goes: it waits for vitamin B12 (c1), or nobody can mean its dose
    (b24).
    """
    keys = {
        key
        for issue in issues
        if issue.card.remedy is Remedy.START_FIRST or _is_a_slip(issue)
        for key in issue.about
    }
    gone = {edit.key for edit in edits if isinstance(edit, RemoveOrder)}
    return (order for order in case.selected_folate if order.key in keys and order.key not in gone)


def _is_a_slip(issue: Issue) -> bool:
    return issue.card == cards.B24_FOLIC_ACID_DOSE and issue.is_critical


def folate_after(case: Case, edits: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """Let folic acid that stays start the day after the vitamin B12 that the edits leave drafted
    (c2), unless the gate is open.
    """
    drafted = any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    if not drafted or folate_gate(case) in (FolateGate.OPEN_EXCLUDED, FolateGate.OPEN_TREATED):
        return ()
    after = _after(case, edits)
    return tuple(
        ChangeStart(order.key, day_after(after))
        for order in after.selected_folate
        if _waits(after, order) and not starts_after_first_dose(after, order)
    )


def _after(case: Case, edits: tuple[Edit, ...]) -> Case:
    """Return the case as it is once the edits are taken."""
    return replace(case, course=apply(case.course, edits, case.scenario.as_of))


def _waits(case: Case, order: Order) -> bool:
    """Return whether the order is of therapeutic folic acid, and does not bring vitamin B12 at
    treatment dose itself.
    """
    return folate_class(order, case) is FolateClass.THERAPEUTIC and not holds_treatment_dose(order)


def day_after(case: Case) -> dt.date:
    return first_b12_day(case) + dt.timedelta(days=1)
