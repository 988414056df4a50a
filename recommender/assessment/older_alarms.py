"""The last usable result that alarms, behind a newer one that cannot be used (F16, F18, F19, K9,
T5b).

A doubtful unit, a date of issue or words take back no restriction (I30). So the older result goes
on restricting where it alarms by the limit of its rule; it permits nothing, and where it does not
alarm nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal

from recommender.assessment.blood_and_reactions import (
    INR_HIGH_ABOVE,
    PLATELET_LIMITS,
    POTASSIUM_LOW_BELOW,
)
from recommender.deficiency import SEVERE_RENAL_BELOW, total_b12_is_low
from recommender.guidance import Policy
from recommender.language import Alarm, ClinicalScenario, Measurement, Truth

Question = Callable[[Measurement], Truth]
"""Whether a result alarms by one limit."""


def with_older_alarms(scenario: ClinicalScenario, policy: Policy) -> ClinicalScenario:
    """Return the scenario with each older result that alarms in the place of the newer one that
    cannot be used or leaves it open.
    """
    s = scenario
    alarming = (s.platelets, s.inr, s.potassium, s.egfr, s.haemoglobin, s.total_b12_on_treatment)
    if not any(one.behind for one in alarming):
        return scenario  # most records
    return replace(
        scenario,
        platelets=_that_alarms(s.platelets, Alarm.LOW, *FEW),
        inr=_that_alarms(s.inr, Alarm.HIGH, lambda m: m.above(INR_HIGH_ABOVE)),
        potassium=_that_alarms(s.potassium, Alarm.LOW, _below(POTASSIUM_LOW_BELOW)),
        egfr=_that_alarms(
            s.egfr, Alarm.LOW, _below(SEVERE_RENAL_BELOW), _below(policy.cyano_min_egfr)
        ),
        haemoglobin=_that_alarms(s.haemoglobin, Alarm.LOW, _below(policy.severe_hb_g_per_l)),
        total_b12_on_treatment=s.total_b12_on_treatment
        if s.total_b12_on_treatment.flagged_low  # what is before it goes on deciding (Q35)
        else _that_alarms(s.total_b12_on_treatment, Alarm.LOW, lambda m: _is_low(m, policy)),
    )


def _is_low(level: Measurement, policy: Policy) -> Truth:
    """Return whether a level is low; one that is not by its date of issue alone says nothing of
    today (Q33).
    """
    low = total_b12_is_low(level, policy)
    return Truth.UNKNOWN if low.is_false and level.by_issue else low


def _below(limit: Decimal) -> Question:
    return lambda result: result.below(limit)


_TEN, _TWENTY_FIVE, _FIFTY = PLATELET_LIMITS
FEW: tuple[Question, ...] = (
    _below(_TEN),
    _below(_TWENTY_FIVE),
    lambda result: ~result.above(_FIFTY),
)
"""What makes the band of a platelet count, the most severe first (K2 to K4)."""


def _that_alarms(newest: Measurement, side: Alarm, *questions: Question) -> Measurement:
    """Return the result that alarms most: the newest, or one behind it that no usable one between
    answers; the newest too where none alarms.

    Args:
        questions: the most severe first.
    """
    if not newest.behind:
        return newest
    alone = newest._replace(behind=())
    if _settles(newest, questions):
        return alone
    chain = tuple(_until_settled(newest, questions))
    for question in questions:
        found = next((one for one in chain if not question(one).is_unknown), newest)
        if question(found).is_true:
            return alone if found is newest else _in_place_of(alone, found, side)
    return alone


def _settles(result: Measurement, questions: tuple[Question, ...]) -> bool:
    """Return whether a result says today what it says: it is usable, not only by its date of issue,
    and answers at least one question for certain (Q9).
    """
    return result.alarms_only is None and any(
        not question(result).is_unknown for question in questions
    )


def _until_settled(newest: Measurement, questions: tuple[Question, ...]) -> Iterator[Measurement]:
    yield newest
    for one in newest.behind:
        yield one
        if _settles(one, questions):
            return


def _in_place_of(newest: Measurement, older: Measurement, side: Alarm) -> Measurement:
    said = [] if older.stands_in_for else [f"a newer result {why_not_newer(newest)}"]
    reason = "; ".join([*filter(None, [older.reason]), *said])
    return older._replace(reason=reason, alarms_only=side, behind=(), stands_in_for=newest)


def why_not_newer(newest: Measurement) -> str:
    """Return why a newer result does not take the place of one that alarms."""
    if newest.by_issue:
        return "is known only by its date of issue"
    shown = newest.evidence[0].reported if newest.evidence else ""
    return f"leaves it open: {shown}" if newest.is_known else f"cannot be used: {newest.reason}"
