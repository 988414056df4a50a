"""First lines about what was ordered by which route, how often and how long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from recommender.assessment import FEW_PLATELETS
from recommender.cards import Indicator, cards
from recommender.case import (
    Case,
    Column,
    Issue,
    alternate_day_bound,
    is_oral,
    is_readable,
    kind_of,
)
from recommender.deficiency import Permanence
from recommender.first_lines.common import (
    already_given,
    last_known,
    led,
    maintenance_words,
    order_of,
    rhythm_due,
    tablets_for_injections,
    tablets_not_enough,
)
from recommender.guidance import MAINT_N
from recommender.language import (
    DoseLine,
    HintAt,
    Order,
    OrderState,
    PhaseKind,
    Route,
    Substance,
    describe_days,
    is_bound_together,
    is_injected,
    is_treatment_dose,
    lower_first,
    short_dose,
)
from recommender.monitoring import interval_of
from recommender.treatment import hydroxocobalamin_allowed
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import (
    Words,
    capital,
    every_months,
    last_injection,
    last_supply,
    plain,
    quote,
    say_age,
    say_alarm,
    say_often,
)


def b1(case: Case, issue: Issue, words: Words) -> str:
    if case.column is Column.MAINTENANCE and case.rule not in ("T0", "T1"):
        return f"{words.finding}: continue injections; tablets do not replace them"
    order = order_of(case, issue)
    nasal = order and order.cobalamin and order.cobalamin.route is Route.NASAL
    instead = "not nasal B12" if nasal else "not tablets"
    if case.assessment.treatment.phase in (TreatmentPhase.LOADING, TreatmentPhase.MAINTENANCE):
        how = "inject on alternate days" if case.rule == "T0" else "go on with injections"
        return f"{words.finding} on {words.treatment}: {how}, {instead}"
    return f"{words.finding}: start with hydroxocobalamin injections, {instead}"


def b2(case: Case, issue: Issue, words: Words) -> str:
    if hints := case.scenario.hints_at(HintAt.NEUROLOGY):
        return (
            f"Record says {quote(hints[0].words, 40)}: with nerve signs, injections on alternate "
            f"days are needed"
        )
    order = order_of(case, issue)
    ask = "ask about numbness, gait and memory"
    if order is None or order.cobalamin is None or not is_oral(order.cobalamin):
        return led(words.b12, f"{ask}; with signs, inject on alternate days")
    tablets = any(phase.line.route is Route.ORAL for phase in case.offered_phases)
    if not tablets and not case.assessment.malabsorbs_in_part:
        return led(words.b12, f"{ask}, which decide how often to inject")  # no tablets either way
    return led(words.b12, f"{ask}; with signs, injections come before tablets")


def b3(_: Case, issue: Issue, words: Words) -> str:
    if issue.indicator is Indicator.INFO:
        return led(
            words.b12, "ask about numbness, gait and memory; with signs, inject on alternate days"
        )
    return (
        f"{words.finding}: inject on alternate days until no further improvement, then every 2 "
        f"months"
    )


def b4(case: Case, issue: Issue, words: Words) -> str:
    if not words.b12:
        return ""
    if waiting := _waiting(case, issue, words, PhaseKind.LOADING):
        return f"{words.b12}; loading {waiting}: load first, then {maintenance_words(case)}"
    if before := case.assessment.treatment.treated_before:
        last = f"last B12 on record {words.day(before)}"
        again = "load again" if words.last_dose else "load first"
        return f"{words.b12}, {last}: {again}, then {maintenance_words(case)}"
    others = (order for order in case.drafts if order.key not in issue.about)
    unread = any(not is_readable(order) for order in others)
    none = "no loading that could be read" if unread else "no loading on record"
    return f"{words.b12}, {none}: load first, then {maintenance_words(case)}"


def say_waiting_loading(case: Case, issues: Iterable[Issue]) -> tuple[str, ...]:
    """Say of b3 that loading stands on record and does not count (Q78): its first line has no place
    for that.
    """
    words = Words(case.scenario, case.assessment, case.policy)
    asked = (issue for issue in issues if issue.card == cards.B3_TOO_SELDOM_WITH_SIGNS)
    said = (_waiting(case, issue, words, PhaseKind.LOADING) for issue in asked)
    return tuple(f"Loading on record: {waiting}." for waiting in dict.fromkeys(said) if waiting)


def _waiting(case: Case, issue: Issue, words: Words, kind: PhaseKind) -> str:
    """Say of the newest order of this kind on record that does not count why (Q78): "on hold
    (ordered 24 Nov)", "drafted 10 Nov, not signed"; empty where there is none.
    """
    found = [
        order
        for order in case.course.orders
        if _does_not_count(case, issue, order)
        and kind_of(order) is kind
        and is_treatment_dose(order.cobalamin).is_true
    ]
    newest = max(found, key=lambda order: (order.authored or dt.date.min, order.key), default=None)
    if newest is None:
        return ""
    day = words.day(newest.authored)
    if newest.state in UNSIGNED:
        return f"drafted {day}, not signed" if day else "drafted, not signed"
    return f"{newest.state.value} (ordered {day})" if day else newest.state.value


UNSIGNED = (OrderState.OLD_DRAFT, OrderState.UNBOUND_DRAFT)
"""Stored drafts that count as ordered by nobody."""


def _does_not_count(case: Case, issue: Issue, order: Order) -> bool:
    """Return whether an order of the course waits: on hold, a draft of long ago or of no course,
    or the stopped or cancelled half of what is drafted now.
    """
    if order.state in (OrderState.STOPPED, OrderState.CANCELLED):
        drafts = (draft for draft in case.all_drafts if draft.key in issue.about)
        return any(is_bound_together(draft, order) for draft in drafts)
    return order.state is OrderState.ON_HOLD or order.state in UNSIGNED


def b5(case: Case, issue: Issue, words: Words) -> str:
    beside = (one for one in (*case.all_drafts, *case.standing) if one.key not in issue.about)
    unread = any(one.cobalamin and not is_readable(one) for one in beside)
    nothing = (
        f"Nothing {'that could be read ' if unread else ''}is ordered after the loading course"
    )
    if waiting := _waiting(case, issue, words, PhaseKind.MAINTENANCE):
        nothing = f"Maintenance {waiting}, nothing else follows loading"
    if case.assessment.permanence is Permanence.UNKNOWN:
        return f"{nothing}; without a known cause B12 goes on"
    if case.assessment.stays_for_life and words.cause:
        return f"{nothing}; {lower_first(words.cause)} needs B12 for life"
    return nothing


def b6(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    if line is None:
        return ""
    longest = describe_days(case.longest_interval(line))
    if line.as_needed or line.timing is None:
        often = rhythm_due(case, line.route)
        return f"B12 as needed is no schedule{f': give it {often}' if often else ''}"
    if is_oral(line):
        return f"Tablets ordered {say_often(line)}; B12 tablets are taken every day"
    if case.rule == "T1":
        return f"{words.finding} on {words.treatment}: inject more often"
    if case.rule == "T2":
        return f"Symptoms have returned on {words.treatment}: inject at most {longest} apart"
    why = _why_interval(case, line, case.longest_interval(line))
    return f"Ordered {say_often(line)}; here at most {longest} apart{f' ({why})' if why else ''}"


def _why_interval(case: Case, line: DoseLine, longest: Decimal) -> str:
    """Why the longest interval is what it is (2.7), or of a choice, what makes it shorter (Q15)."""
    a = case.assessment
    if case.causes_of_ileal_disease.is_true:
        return "ileal disease"
    if line.substance is Substance.CYANOCOBALAMIN:
        return "cyanocobalamin"
    if a.neurological_ever.is_true:
        return "nerve signs, now or earlier"
    if not a.neurological_ever.is_unknown:
        return ""
    with_signs = longest <= interval_of(MAINT_N)
    return "nerve signs not ruled out" if with_signs else "2 if ever nerve signs"


def b7(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    if line is None or line.dose is None:
        return ""
    if is_injected(line):
        return f"Dose ordered is {short_dose(line.dose)}; each injection is 1 mg"
    daily = line.dose * line.timing.doses_per_day if line.timing else line.dose
    return f"Dose ordered is {short_dose(daily)} a day; treatment needs 1 to 2 mg a day"


def b10(case: Case, issue: Issue, words: Words) -> str:
    partial = not case.assessment.established_malabsorption.is_true
    if issue.indicator is Indicator.INFO and partial:
        return led(words.cause, "injections act faster and are preferred; tablets are not wrong")
    return led(words.cause, tablets_for_injections(case))


def b11(case: Case, _: Issue, words: Words) -> str:
    every = every_months(case.policy.ileal_maintenance_months)
    if case.assessment.ileal_resection_over_limit.is_true:
        length = words.ileum or "All"
        return f"{length} of ileum resected: hydroxocobalamin {every} for life"
    if not words.crohns and case.policy.crohns_any_extent_prophylaxis:
        return f"Ileal Crohn's: hydroxocobalamin {every}"
    limit = plain(Decimal(case.policy.crohns_extent_cm))
    extent = words.crohns or f"{limit} cm or more"
    return f"Ileal Crohn's over {extent}: hydroxocobalamin {every}"


def b15(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    line = order.cobalamin if order else None
    match line.route if line else None:
        case Route.INTRAVENOUS:
            return "Into a vein most of the dose is lost in urine: give it intramuscularly"
        case Route.NASAL:
            if case.column is Column.NONE:
                return "Nasal B12 is outside the guidance"
            tablets = any(phase.line.route is Route.ORAL for phase in case.phases)
            use = "injections or daily tablets" if tablets else "injections"
            return f"Nasal B12 is outside the guidance: use {use}"
    if case.assessment.platelets in FEW_PLATELETS:
        return (
            f"{capital(say_alarm(words, 'platelets', case.scenario.platelets))}: under the skin is "
            f"off-label but reasonable; if IM, fine needle and long pressure"
        )
    return "Under the skin is off-label; the guidance route is intramuscular"


def b16(case: Case, issue: Issue, _: Words) -> str:
    order = order_of(case, issue)
    form = order.cobalamin.substance.value if order and order.cobalamin else "this form"
    return f"The guidance gives no dose of {form}; hydroxocobalamin is preferred"


def b19(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    bound = alternate_day_bound(order) if order else None
    if order is None or bound is None:
        return ""
    if issue.indicator is not Indicator.INFO:
        doses = (bound / 2).to_integral_value(ROUND_CEILING)
        after = f"{plain(doses)} dose{'' if doses == 1 else 's'}"
        return f"Alternate days end after {after}: go on until there is no further improvement"
    begins = order.starts or case.scenario.as_of
    last = begins + dt.timedelta(days=int(bound))
    end = words.day(min(last, order.ends or last))
    return f"Alternate days end on {end}: review then, and go on while improving"


def b22(case: Case, _: Issue, words: Words) -> str:
    return tablets_not_enough(case, words)


def b23(case: Case, _: Issue, words: Words) -> str:
    last = words.last_dose
    if case.rule == "T7" and any(kind_of(order) is PhaseKind.LOADING for order in case.drafts):
        return already_given(case, words)
    if case.rule not in ("T4", "T4a") or (last is None and case.assessment.untreated):
        return f"{last_known(case, words)}: if doses were missed, reload first"
    if last is None:
        return ""
    if case.assessment.treatment.by_mouth:
        return f"{last_supply(words)}: taken since? Ask about nerve signs, they call for injections"
    said = f"{last_injection(words)}, {say_age(last, words.as_of)} ago"
    if not hydroxocobalamin_allowed(case.assessment):
        return f"{said}: allergy advice comes before the next one"
    return f"{said}: give one now; ask about nerve signs, reload if any"
