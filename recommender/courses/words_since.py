"""What came while treatment was under way and is not known to change it: words that may be nerve
signs, which by a code would be T0 or T1 (Q3, Q28), and a level that may be low on tablets (T5b).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from recommender.cards import INFO, WARNING, cards
from recommender.case import Case, Issue, is_oral, is_treatment, issue_of, kind_of, level_on_tablets
from recommender.guidance import NEW_SIGN_DAYS
from recommender.language import Hint, HintAt, PhaseKind
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import Words, quote, repeat_level

GOES_ON = frozenset({"T5", "T6", "T8"})
"""Rules by which treatment goes on as it is, so that nothing else asks."""

_QUOTED = 40


def ask_about_new_words(case: Case) -> Iterator[Issue]:
    """Yield b2 for tablets and maintenance injections that go on: a warning for tablets, which
    nerve signs would end (T0), an info for injections, which they make more frequent (T1).
    """
    if case.rule not in GOES_ON or any(order.claims for order in case.all_drafts):
        return
    hint = new_words(case)
    for order in case.drafts if hint else ():
        line = order.cobalamin
        if line is None or not is_treatment(order) or kind_of(order) is PhaseKind.LOADING:
            continue
        reason = "Nerve signs that came under treatment change it: ask since when they are there."
        loud, said = (WARNING, "") if is_oral(line) else (INFO, _more_often(hint))
        yield issue_of(cards.B2_ASK_ABOUT_SIGNS, loud, order, reason, ("S44", "S45", "S68"), said)


def due_by_what_is_unread(case: Case) -> Issue | None:
    """Return k1 of the opened chart where treatment goes on and words or a level that are not read
    may change it; `None` for neither.
    """
    return _due_by_new_words(case) or _due_by_level(case)


def _due_by_new_words(case: Case) -> Issue | None:
    """Return k1 of the opened chart where treatment goes on in time (T6); `None` for no such words,
    or while alternate days are given.
    """
    treatment = case.assessment.treatment
    hint = new_words(case) if case.rule == "T6" and not case.course.has_anything_selected else None
    if hint is None or treatment.alternate_days:
        return None
    tablets = treatment.phase is TreatmentPhase.ORAL
    then = "with nerve signs, injections on alternate days are needed"
    said = f"Record says {quote(hint.words, _QUOTED)}: {then}" if tablets else _more_often(hint)
    reason = "Treatment goes on; nerve signs that came under it would change it."
    return Issue(cards.K1_DUE, INFO, (reason,), case.recommendation.citations, (), said)


def _due_by_level(case: Case) -> Issue | None:
    """Return k1 of the opened chart where tablets go on and a level taken after three months of
    them cannot be used and may be low: the tablets may not work, and nobody knows (T5b, Q35).
    """
    level = None if case.course.has_anything_selected else level_on_tablets(case)
    if level is None:
        return None
    said = repeat_level(Words(case.scenario, case.assessment, case.policy), level)
    reason = "Treatment by mouth goes on; a level that is still low would change it to injections."
    return Issue(cards.K1_DUE, INFO, (reason,), case.recommendation.citations, (), said)


def _more_often(hint: Hint | None) -> str:
    words = quote(hint.words, _QUOTED) if hint else ""
    return f"Record says {words}: new? Then inject more often; if it progresses, alternate days"


def new_words(case: Case) -> Hint | None:
    """Return the newest words of 90 days that came after treatment began, or may have where that
    day is not known; none where the signs are known, and none of which nobody knows the day.
    """
    a, today = case.assessment, case.scenario.as_of
    since = today - dt.timedelta(days=NEW_SIGN_DAYS)
    started = a.treatment.started or dt.date.min
    if not a.neurological.is_unknown:
        return None
    dated = [
        (hint.date, hint)
        for hint in case.scenario.hints_at(HintAt.NEUROLOGY)
        if hint.date is not None
        and not hint.in_future
        and started < hint.date
        and since <= hint.date
    ]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None
