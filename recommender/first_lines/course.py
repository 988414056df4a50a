"""First lines about the course: second orders, stops, medicines that lower B12."""

from __future__ import annotations

from recommender.cards import cards
from recommender.case import Case, Issue
from recommender.courses import Repeats, overdue_review, repeated_order, repeats
from recommender.deficiency import Permanence
from recommender.first_lines.common import order_of
from recommender.guidance import look_back
from recommender.language import months_after
from recommender.monitoring import ReviewRow
from recommender.safety import puts_off
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import Words, capital, name_of, say_date, say_often


def e1(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    if order is None or order.cobalamin is None:
        return ""
    how, old = repeats(case, order), repeated_order(case, order)
    if how is Repeats.BESIDE:
        return "Two B12 orders of one kind are drafted: which of them is meant?"
    if how is Repeats.DRAFT or old is None or old.cobalamin is None:
        return "The same B12 order is drafted twice"
    line = old.cobalamin
    named = f"{capital(name_of(line.substance))} {say_often(line)}".strip()
    since = words.on("", None)
    if old.authored:
        since = f" (from {say_date(old.authored, words.as_of)})"
    if how is Repeats.CHANGES:
        return f"{named}{'' if line.timing else since} is still active: does this order replace it?"
    return f"{named}{since} is still active: a renewal, or a second order?"


def f1(case: Case, issue: Issue, words: Words) -> str:
    a = case.assessment
    if issue.is_critical:
        year = words.findings[0].evidence.date if words.findings else None
        ever = next(iter(case.scenario.neurological_findings), None)
        named = capital(ever.sign.value) if ever else "Nerve signs"
        date = year or (ever.evidence.date if ever else None)
        return (
            f"{named}{f' in {date.year}' if date else ''}: stopping B12 risks lasting nerve damage"
        )
    stopped = next((one for one in case.selected_stops if one.key in issue.about), None)
    if stopped and (result := puts_off(case, stopped)):
        lead = f"{words.cause}, {result}" if words.cause else capital(result)
        return f"{lead}: put the injection off; it is no reason to stop B12"
    if a.permanence is Permanence.UNKNOWN or not words.cause:
        return "Cause not known: a normal level is no reason to stop B12"
    if a.permanence is Permanence.PERSISTENT and case.scenario.cause_resolved.is_unknown:
        return f"{words.cause} may not be the only cause: a normal level is no reason to stop B12"
    if a.permanence is Permanence.PERSISTENT:
        return f"{words.cause} not recorded as resolved: a normal level is no reason to stop"
    return f"{words.cause} needs B12 for life: a normal level is no reason to stop"


def f2(case: Case, _: Issue, words: Words) -> str:
    evidence = case.scenario.cause_resolved.evidence
    day = f" ({words.day(evidence[0].date)})" if evidence and evidence[0].date else ""
    return (
        f"{words.cause} recorded as resolved{day}: sources differ on stopping; recheck in 3 to 6 "
        f"months"
    )


def m1(case: Case, issue: Issue, words: Words) -> str:
    overdue = overdue_review(case)
    if overdue is None:
        return ""
    since, last = words.day(overdue.since), words.day(overdue.last)
    match overdue.row:
        case ReviewRow.V5:
            when = f"last {last}" if last else "none on record in 15 months"
            return f"Planning pregnancy after bariatric surgery: B12 every 3 months, {when}"
        case ReviewRow.V6:
            result = words.result("Homocysteine", case.scenario.homocysteine_on_treatment)
            return f"{result}, target under 10: check folate, kidneys, adherence"
        case ReviewRow.V7:
            when = f"last {last}" if last else "none on record in 15 months"
            known = case.assessment.treatment.phase is TreatmentPhase.NONE
            untreated = ", not treated" if known else ""
            return f"Ileal Crohn's disease{untreated}: B12 once a year, {when}"
        case ReviewRow.V8:
            lead = f"Alternate-day B12 {_since(case)} {since}"
            if issue.is_loud:
                return f"{lead}: go on if improving; if not, every 2 months"
            return f"{lead}: still improving? Review every {case.policy.neuro_review_days} days"
    return _regular_review(case, since, last)


def _regular_review(case: Case, since: str, last: str) -> str:
    """Say since when no test of a review is on record, as far as it is looked for (F34)."""
    treatment = case.assessment.treatment
    least = "" if treatment.start_certain else "at least "
    tests = "no B12, blood count or homocysteine on record"
    started = treatment.started
    known = look_back.REVIEWS_MONTHS  # for so long every review on record is known (F34)
    recent = started is not None and months_after(started, known) > case.scenario.as_of
    when = f"since {last}" if last else ("since then" if recent else "for 15 months")
    lead = "On B12" if _was_given(case) else "B12 ordered"
    return f"{lead} since {least}{since}, {tests} {when}: review due"


def _was_given(case: Case) -> bool:
    """Return whether any dose is on record: what is ordered alone is not given (Q55, I33)."""
    treatment = case.assessment.treatment
    return treatment.dose_documented or treatment.last_dose is not None


def _since(case: Case) -> str:
    return "since" if _was_given(case) else "ordered"


def g(case: Case, issue: Issue, words: Words) -> str:
    use = next(iter(case.scenario.lowering_drugs), None)
    if use is None:
        return ""
    since = f" since {words.day(use.evidence.date)}" if use.evidence.date else ""
    drug = f"{capital(use.drug.value)}{since}"
    if issue.card is cards.G2_LOWERING_DRUG_UNTESTED:
        return f"{drug}, no B12 in 12 months: consider one"
    return f"{drug} and {words.level}: measure or treat B12" if words.level else ""
