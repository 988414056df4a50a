"""Laboratory facts: what the newest results say, each within its look-back (F4 to F7, F16, F18,
F19, F23, F24).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import NamedTuple

from fhir_mappings.intake import Demographics, RecordIndex
from fhir_mappings.laboratory.newest_results import (
    Window,
    find_newest,
    measure_newest,
    pass_over,
)
from fhir_mappings.laboratory.observed import MAY_BE_NEWER, Observed
from fhir_mappings.laboratory.recorded_gfr import map_egfr
from fhir_mappings.laboratory.results import Result, Results
from fhir_mappings.laboratory.uncounted_results import (
    doubted_by_unread,
    list_uncounted,
    result_of,
    with_creatinine_named,
)
from fhir_mappings.values import Analyte
from recommender.guidance import look_back
from recommender.language import (
    Because,
    Measurement,
    NotCounted,
    PassedOver,
    Truth,
    UncountedResult,
)

WINDOWS: dict[str, Window] = {
    "total_b12": Window(months=look_back.B12_MONTHS),
    "total_b12_on_treatment": Window(months=look_back.B12_MONTHS),
    "holotranscobalamin": Window(months=look_back.B12_MONTHS),
    "mma": Window(months=look_back.MMA_MONTHS),
    "homocysteine": Window(months=look_back.MMA_MONTHS),
    "homocysteine_on_treatment": Window(days=look_back.HOMOCYSTEINE_ON_TREATMENT_DAYS),
    "folate": Window(months=look_back.FOLATE_MONTHS),
    "egfr": Window(months=look_back.EGFR_MONTHS),
    "platelets": Window(days=look_back.PLATELETS_DAYS),
    "inr": Window(days=look_back.INR_DAYS),
    "haemoglobin": Window(days=look_back.BLOOD_DAYS),
    "mcv": Window(days=look_back.BLOOD_DAYS),
    "potassium": Window(days=look_back.BLOOD_DAYS),
}
"""The look-back of each fact (F4 to F7, F16, F18, F19, F23, F24)."""

EGFR_AFTER_KIDNEY_INJURY = Window(days=look_back.EGFR_AFTER_INJURY_DAYS)
LOW_PLATELETS, LOW_PLATELETS_DAYS = look_back.LOW_PLATELETS
VERY_LOW_PLATELETS, VERY_LOW_PLATELETS_DAYS = look_back.VERY_LOW_PLATELETS
"""A low count ages faster: below 100 it is unknown after 30 days, below 50 it is kept for
precautions but to be repeated (F18, Q10).
"""


class LaboratoryFacts(NamedTuple):
    """What the laboratory results say."""

    total_b12: Measurement
    total_b12_on_treatment: Measurement
    holotranscobalamin: Measurement
    mma: Measurement
    homocysteine: Measurement
    homocysteine_on_treatment: Measurement
    folate: Measurement
    haemoglobin: Measurement
    mcv: Measurement
    potassium: Measurement
    platelets: Measurement
    inr: Measurement
    egfr: Measurement
    uncounted_b12: tuple[UncountedResult, ...] = ()


def map_laboratory(
    index: RecordIndex,
    results: Results,
    who: Demographics,
    treatment_start: dt.date | None,
    kidney_injury: bool,
    passed_over: Sequence[Observed] = (),
) -> LaboratoryFacts:
    """Return the laboratory facts.

    Args:
        results: the results of the record.
        treatment_start: the first day of the current vitamin B12 treatment; only earlier results
            diagnose. `None`: there is none.
        kidney_injury: whether an acute kidney injury is active, after which only an eGFR of the
            last 7 days counts.
        passed_over: the results that cannot count, whatever their value.
    """
    start, newest = treatment_start, partial(_find, index, results)
    since = partial(_find_since, index, results, treatment_start)
    total = newest("total_b12", Analyte.TOTAL_B12, start)
    active = newest("holotranscobalamin", Analyte.HOLOTRANSCOBALAMIN, start)
    egfr_window = EGFR_AFTER_KIDNEY_INJURY if kidney_injury else WINDOWS["egfr"]
    facts = LaboratoryFacts(
        total_b12=total,
        total_b12_on_treatment=since("total_b12_on_treatment", Analyte.TOTAL_B12),
        holotranscobalamin=active,
        uncounted_b12=list_uncounted(index, results, passed_over, (total, active), start),
        mma=newest("mma", Analyte.MMA, start),
        homocysteine=newest("homocysteine", Analyte.HOMOCYSTEINE, start),
        homocysteine_on_treatment=since("homocysteine_on_treatment", Analyte.HOMOCYSTEINE),
        folate=newest("folate", Analyte.FOLATE),
        haemoglobin=newest("haemoglobin", Analyte.HAEMOGLOBIN),
        mcv=newest("mcv", Analyte.MCV),
        potassium=newest("potassium", Analyte.POTASSIUM),
        platelets=_platelets(index, results[Analyte.PLATELETS]),
        inr=newest("inr", Analyte.INR),
        egfr=doubted_by_unread(map_egfr(index, results, who, egfr_window), results, who),
    )
    return _with_named(index, facts, passed_over, who, egfr_window)


def _with_named(
    index: RecordIndex,
    facts: LaboratoryFacts,
    passed_over: Sequence[Observed],
    who: Demographics,
    egfr_window: Window,
) -> LaboratoryFacts:
    """Return the facts, with what cannot count named: cards may say that there is none, and what
    alarms in the future is shown (Q31).
    """
    if not passed_over:
        return facts
    named = partial(_with_passed_over, index, passed_over)
    egfr = named(facts.egfr, Analyte.EGFR, egfr_window)
    return facts._replace(
        haemoglobin=named(facts.haemoglobin, Analyte.HAEMOGLOBIN, WINDOWS["haemoglobin"]),
        potassium=named(facts.potassium, Analyte.POTASSIUM, WINDOWS["potassium"]),
        platelets=named(facts.platelets, Analyte.PLATELETS, WINDOWS["platelets"]),
        inr=named(facts.inr, Analyte.INR, WINDOWS["inr"]),
        mma=named(facts.mma, Analyte.MMA, WINDOWS["mma"]),
        egfr=with_creatinine_named(index, egfr, passed_over, who, egfr_window),
    )


def _with_passed_over(
    index: RecordIndex,
    passed_over: Sequence[Observed],
    measured: Measurement,
    analyte: Analyte,
    window: Window,
) -> Measurement:
    """Return a measurement that names the newest result of the window or of the future that cannot
    count: "none" is never said beside one (I27). Beside a usable one only that matters which may
    be newer and worse, and of it the one that reassures least (Q31, Q35).
    """
    first_day = window.first_day(index.as_of)
    found = [
        result
        for item in passed_over
        if not (measured.is_known and item.not_counted not in MAY_BE_NEWER)
        and (result := result_of(item, analyte)) is not None
        and result.day >= first_day
        and (not measured.is_known or _may_be_newer_and_worse(result, measured))
    ]
    newest = max(found, key=_reassures_least if measured.is_known else _newest, default=None)
    if newest is None or newest.observed.not_counted is None:
        return measured
    known = measured.passed_over.evidence.date if measured.passed_over else None
    if known is not None and known >= newest.day:
        return measured
    why, value = newest.observed.not_counted, newest.may_be
    return measured._replace(
        passed_over=PassedOver(newest.evidence, why, value, several=newest.has_several)
    )


def _may_be_newer_and_worse(result: Result, counts: Measurement) -> bool:
    """Return whether a result that cannot count speaks against one that counts: it is of the
    future (Q31), or of a later day, worse, and only not final yet (Q35).
    """
    if result.observed.not_counted is NotCounted.IN_FUTURE:
        return True
    day, known, value = counts.date, counts.quantity, result.may_be
    if day is None or known is None or value is None or result.day <= day:
        return False
    return result.worry_of(value) > result.worry_of(known)


_newest = attrgetter("day")


def _reassures_least(result: Result) -> tuple[bool, Decimal]:
    """Sorts results; last comes one without a value, before it the most worrying."""
    value = result.may_be
    return value is None, result.worry_of(value) if value else Decimal(0)


def _find(
    index: RecordIndex,
    results: Results,
    fact: str,
    analyte: Analyte,
    before: dt.date | None = None,
) -> Measurement:
    """Return the newest result within the look-back of the fact, of that day or earlier."""
    window = WINDOWS[fact]._replace(before=before) if before else WINDOWS[fact]
    return find_newest(index, analyte, results[analyte], window)


NO_TREATMENT = Measurement(reason="no vitamin B12 treatment", because=Because.NONE_RECORDED)


def _find_since(
    index: RecordIndex, results: Results, start: dt.date | None, fact: str, analyte: Analyte
) -> Measurement:
    """Return the newest result since the treatment began; `None`: there is no treatment."""
    if start is None:
        return NO_TREATMENT
    window = WINDOWS[fact]._replace(after=start)
    return find_newest(index, analyte, results[analyte], window)


def _platelets(index: RecordIndex, counts: list[Result]) -> Measurement:
    newest, source = measure_newest(index, Analyte.PLATELETS, counts, WINDOWS["platelets"])
    aged = _age_platelets(newest, index.as_of)
    if source and not aged.is_known:
        pass_over(index, source, partial(str, aged.reason))
    if not aged.behind:
        return aged
    older = (_age_platelets(one, index.as_of) for one in aged.behind)
    return aged._replace(behind=tuple(one for one in older if one.is_known))


def _age_platelets(count: Measurement, as_of: dt.date) -> Measurement:
    """Return the count, or unknown when it is too old for how low it is (F18); a very low one is
    kept with a reminder (Q10).
    """
    if count.date is None or count.quantity is None:
        return count
    days = (as_of - count.date).days
    if count.below(VERY_LOW_PLATELETS).is_true:
        return (
            count._replace(reason=f"last count {days} days ago, repeat")
            if days > VERY_LOW_PLATELETS_DAYS
            else count
        )
    if count.below(LOW_PLATELETS) is not Truth.FALSE and days > LOW_PLATELETS_DAYS:
        return count._replace(
            quantity=None,
            because=NotCounted.TOO_OLD,
            reason=f"low count older than {LOW_PLATELETS_DAYS} days: {count.evidence[0].reported}, "
            f"{count.date}",
        )
    return count
