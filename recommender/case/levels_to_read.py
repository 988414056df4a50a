"""What a level leaves open that cannot be used, or is old, and may be low: it makes nothing quieter
(E3, Q35).
"""

from __future__ import annotations

import datetime as dt

from recommender.case.case import Case
from recommender.deficiency import unusable_low_since
from recommender.language import UncountedResult
from recommender.treatment import ORAL_TRIAL_DAYS
from recommender.treatment_so_far import TreatmentPhase


def may_need_loading(case: Case) -> bool:
    """Return whether prophylaxis is recommended while a level may be low: then loading comes
    first.
    """
    return case.is_prophylaxis and case.assessment.low_once


def level_on_tablets(case: Case) -> UncountedResult | None:
    """Return the level that was taken after three months of tablets, cannot be used and may be low:
    they may not work, and nobody knows (T5b). `None` for none.
    """
    treatment = case.assessment.treatment
    days = treatment.days_on_treatment
    goes_on = case.rule in ("T5", "T6") and treatment.phase is TreatmentPhase.ORAL
    if not goes_on or days is None:
        return None
    since = case.scenario.as_of - dt.timedelta(days=days - ORAL_TRIAL_DAYS)
    return unusable_low_since(case.scenario, case.policy, since)
