"""The suggestions about folic acid: it waits, for a test or a first dose, or goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from recommender.cards import Indicator, Resolution, cards
from recommender.case import Case, Issue, has_test, kind_of
from recommender.deficiency import Deficiency
from recommender.folic_acid import gas_leaves_level_open, holds_treatment_dose
from recommender.guidance import FolateGateOpens
from recommender.language import AddFollowUps, ChangeStart, Edit, FollowUp, HintAt, PhaseKind, Test
from recommender.remedies.additions import remove
from recommender.remedies.labels import label_of, label_of_tests
from recommender.remedies.other_orders import resolve_not_ordered
from recommender.remedies.towards import day_after
from recommender.safety import is_severe_where_b12_waits
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import say_date


def resolve_removals(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the removal of the drafts that the issues are about; protected folic acid stays."""
    keys = {key for issue in issues for key in issue.about}
    orders = [order for order in (*case.drafts, *case.selected_folate) if order.key in keys]
    edits = tuple(dict.fromkeys(edit for order in orders for edit in remove(case, order)))
    return (Resolution(label_of(edits), edits),) if edits else ()


def resolve_folate(case: Case, issues: Sequence[Issue]) -> tuple[Resolution, ...]:
    """Return the suggestions for folic acid that waits for a test or a first dose (c2, c3)."""
    if any(issue.card == cards.B24_FOLIC_ACID_DOSE for issue in issues):
        return resolve_removals(case, issues)  # never another dose of folic acid (I3)
    keys = [key for issue in issues for key in issue.about]
    failing = case.rule == "T5b" and not case.all_drafts  # else the card of the draft treats
    if failing and any(issue.card == cards.C2_FIRST_DOSE_PENDING for issue in issues):
        return resolve_not_ordered(case)
    if all(issue.card == cards.C2_FIRST_DOSE_PENDING for issue in issues):
        if is_severe_where_b12_waits(case) is not None:
            return ()  # nobody knows the day of a dose that waits for allergy advice (d4)
        day, rescues = day_after(case), folinic_keys(case)
        waiting = (key for key in dict.fromkeys(keys) if key not in rescues)
        edits: tuple[Edit, ...] = tuple(ChangeStart(key, day) for key in waiting)
        return (Resolution(_label_of_a_later_start(case, day), edits),) if edits else ()
    tests = _tests_before_folic_acid(case)
    protected = all(issue.indicator is Indicator.INFO for issue in issues)
    when = "; folic acid goes on" if protected else " before folic acid"
    return (Resolution(label_of_tests(tests, after=when), (AddFollowUps(tests),)),)


def folinic_keys(case: Case) -> frozenset[str]:
    """Return the orders of folinic acid: a rescue is never put off (2.8, I17)."""
    return frozenset(order.key for order in case.selected_folate if order.is_folinic)


def _label_of_a_later_start(case: Case, day: dt.date) -> str:
    """Say from when folic acid starts. The first dose of drafted vitamin B12 has a day; of what is
    ordered already no dose is on record, so that the prescriber sees to it.
    """
    when = say_date(day, case.scenario.as_of)
    treatment = case.assessment.treatment
    waits = case.policy.folate_gate_opens is FolateGateOpens.LOADING_COMPLETE
    drafted = waits and any(kind_of(order) is PhaseKind.LOADING for order in case.all_drafts)
    if drafted or (treatment.dose_documented and treatment.phase is TreatmentPhase.LOADING):
        return f"Start folic acid on {when}, once B12 loading is complete"
    if any(holds_treatment_dose(order) for order in case.all_drafts):
        return f"Start folic acid on {when}, the day after the first B12 dose"
    return f"Start folic acid on {when}, once a B12 dose was given"


def _tests_before_folic_acid(case: Case) -> tuple[FollowUp, ...]:
    """Return vitamin B12, and what decides a level that leaves it open (c3, B1)."""
    level = FollowUp(Test.SERUM_B12, why="before folic acid", citations=("S40", "S83"))
    if gas_leaves_level_open(case):
        return level, FollowUp(Test.MMA, why="before folic acid", citations=("S86", "X31"))
    if case.rule != "B1" and not _is_not_the_last_word(case):
        return (level,)
    asked = tuple(item for item in case.recommendation.follow_ups if not has_test(case, item.test))
    named = any(item.test is Test.MMA for item in asked)
    if case.scenario.hints_at(HintAt.NEUROLOGY) and not named and not has_test(case, Test.MMA):
        asked = (*asked, FollowUp(Test.MMA, why="before folic acid", citations=("S86", "S88")))
    return (level, *asked)


def _is_not_the_last_word(case: Case) -> bool:
    """Return whether a level that is not low leaves folic acid waiting for methylmalonic acid: with
    nerve signs, words that hint at them, or symptoms (2.8, Q69).
    """
    a = case.assessment
    hinted = bool(case.scenario.hints_at(HintAt.NEUROLOGY))
    open_still = a.neurological.is_true or a.symptoms.is_true or hinted
    return a.deficiency is Deficiency.UNLIKELY and open_still
