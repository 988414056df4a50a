"""What is said of the blood: platelets, INR, haemoglobin, potassium, and levels to be repeated."""

from __future__ import annotations

from decimal import Decimal

from recommender.assessment import INR_HIGH_ABOVE, PLATELET_LIMITS, POTASSIUM_LOW_BELOW
from recommender.guidance import look_back
from recommender.language import Measurement, NotCounted, PassedOver, UncountedResult
from recommender.wording.not_known import cannot_be_used, newer_not_usable, with_newer
from recommender.wording.words import Words


def platelets(words: Words) -> str:
    """Say the count; one that is very low and some days old is to be repeated (Q10)."""
    count = words.scenario.platelets
    newer = newer_not_usable(words, count)
    said = words.result("platelets", count)
    limit, days = look_back.VERY_LOW_PLATELETS
    old = count.date is not None and (words.as_of - count.date).days
    if old > days and count.below(limit).is_true:
        said = f"{said}, {old} days ago: repeat it"
    few = few_uncounted(count) if count.is_known else None
    later = cannot_be_used(words, "platelets", few) if few else ""
    return "; ".join(filter(None, (said, newer, later)))


def few_platelets(words: Words) -> str:
    """Say a count of few that cannot be used, with the one that counts; empty without one."""
    count = words.scenario.platelets
    if (few := few_uncounted(count)) is None:
        return ""
    return platelets(words) if count.is_known else cannot_be_used(words, "platelets", few)


def few_uncounted(count: Measurement) -> PassedOver | None:
    """Return a count of 50 or less that cannot count: nobody knows that there are more (Q31,
    Q35).
    """
    found = count.passed_over
    if found is None or found.quantity is None or found.why is NotCounted.TOO_OLD:
        return None
    return None if found.quantity.above(FEW_PLATELETS_UP_TO).may_be_true else found


FEW_PLATELETS_UP_TO = PLATELET_LIMITS[-1]


def high_inr_uncounted(inr: Measurement) -> PassedOver | None:
    """Return an INR above range that cannot count, where none that counts is: nobody knows that it
    is in range (Q31, Q35).
    """
    found = inr.passed_over
    if found is None or found.quantity is None or found.why is NotCounted.TOO_OLD:
        return None
    return found if found.quantity.above(INR_HIGH_ABOVE).is_true else None


def repeat_level(words: Words, result: UncountedResult) -> str:
    """Say a level of vitamin B12 that asks to be repeated (E3): an old one that was low, or one
    that cannot be used and may be.
    """
    said = words.uncounted(result)
    if result.why in (NotCounted.TOO_OLD, NotCounted.NEWER_COUNTS):
        return f"{said} was low, no B12 on record since: repeat it now"
    flagged = ", flagged low" if result.flagged_low else ", may be low"
    return f"{said}{flagged}, {result.why.value}: read it or repeat it"


def inr(words: Words) -> str:
    return with_newer(words, "INR", words.scenario.inr)


def blood(words: Words) -> str:
    a, s = words.assessment, words.scenario
    low = [with_newer(words, "haemoglobin", s.haemoglobin)] if a.severe_anaemia.is_true else []
    low += [with_newer(words, "potassium", s.potassium)] if a.low_potassium.is_true else []
    return ", ".join([*low, *low_uncounted(words)])


def low_uncounted(words: Words) -> list[str]:
    """Say the haemoglobin and the potassium that cannot count and are low (Q31, Q35)."""
    s, hb = words.scenario, words.policy.severe_hb_g_per_l
    low = _low_uncounted(words, "haemoglobin", s.haemoglobin, hb)
    return low + _low_uncounted(words, "potassium", s.potassium, POTASSIUM_LOW_BELOW)


def _low_uncounted(words: Words, name: str, result: Measurement, limit: Decimal) -> list[str]:
    """Say a low result that cannot count, where there is none that does or it is of the future
    (Q31, Q35), unless what counts is low itself.
    """
    found = result.passed_over
    if found is None or found.why is NotCounted.TOO_OLD or result.below(limit).is_true:
        return []
    said = cannot_be_used(words, name, found)
    return [said] if found.quantity and found.quantity.below(limit).is_true else []
