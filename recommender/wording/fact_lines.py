"""The facts behind a card, a line each (cards.md 7, rows 3 and 4).

Which facts decided stands in two tables: by rule of the decision table, and by card.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from recommender.assessment import FEW_PLATELETS
from recommender.cards import Card, cards
from recommender.deficiency import Deficiency, Ground, NotConclusive
from recommender.language import COBALAMINS, Cause
from recommender.wording.blood_said import blood, few_platelets, inr, platelets
from recommender.wording.facts_said import (
    Line,
    against_what_is_taken,
    age,
    allergies,
    bleeding,
    causes,
    drugs,
    kidney,
    lebers,
    level,
    level_on_treatment,
    mma,
    mma_asked_for,
    nerves,
    nerves_before,
    nerves_ever,
    nitrous_oxide,
    not_ruled_out,
    not_ruled_out_for_tablets,
    planning,
    pregnant,
    symptoms,
    treatment,
)
from recommender.wording.short import quote
from recommender.wording.words import Words


def level_since(words: Words) -> str:
    """Say a level taken after the one that decides, and after vitamin B12 was given or ordered: it
    takes nothing back (I18), but who asks whether treatment goes on looks at it first (T7).
    """
    decides, later = words.scenario.total_b12.date, words.scenario.total_b12_on_treatment
    if decides is None or later.date is None or later.date <= decides:
        return ""
    return words.result("B12 since then", later)


def cause_recorded(words: Words) -> str:
    """Say the causes where there are any: what a test is for that none has asked for yet (E2)."""
    return causes(words) if words.scenario.causes else ""


def nerves_earlier(words: Words) -> str:
    """Say nerve signs of earlier, where none are recorded now: they shorten the interval (2.7)."""
    earlier = words.assessment.neurological_ever.is_true and not words.findings
    return nerves_ever(words) if earlier else ""


def diagnosis(words: Words) -> str:
    """Say the recorded deficiency where it decides beside a level that does not (D2)."""
    decides = words.assessment.ground is Ground.DIAGNOSIS and bool(words.level)
    return words.diagnosis if decides else ""


_BASIS: tuple[Line, ...] = (diagnosis, level, mma, nerves, nerves_earlier)


def why_level_is_open(words: Words) -> str:
    """Say what leaves a level that is not low open, where it is no finding of its own: a condition
    that raises it, the kidneys (Q60, Q79).
    """
    a, raises = words.assessment, words.scenario.raises_b12
    if a.not_conclusive is NotConclusive.RAISING_CONDITION and raises.evidence:
        return words.on(f"raises B12: {quote(raises.evidence[0].display)}", raises.evidence[0].date)
    if a.not_conclusive is NotConclusive.KIDNEYS:
        return kidney(words)
    return ""


def signs_of_another_cause(words: Words) -> str:
    """Say the signs that leave the nerves open, for another cause is recorded with them (Q4)."""
    return nerves(words) if words.findings else ""


_PREVENTION: tuple[Line, ...] = (causes, level)


DECIDES_RULE: dict[str, tuple[Line, ...]] = {
    "G1": (age,),
    "G2": (allergies, level, nerves),
    "T0": (nerves, treatment),
    "T1": (nerves, treatment, against_what_is_taken),
    "T1b": (nerves, treatment, against_what_is_taken),
    "T2": (symptoms, treatment, against_what_is_taken),
    "T3": (treatment, nerves, causes),
    "T3b": (treatment, nerves),
    "T4a": (nerves, treatment, against_what_is_taken),
    "T4": (treatment, nerves_before, against_what_is_taken, not_ruled_out_for_tablets),
    "T5": (treatment, causes, against_what_is_taken),
    "T5b": (treatment, level_on_treatment, symptoms, nerves, against_what_is_taken),
    "T6": (treatment, causes, nerves_ever, against_what_is_taken),
    "T7": (treatment, level, level_since),
    "T8": (treatment, against_what_is_taken),
    "N1": _BASIS,
    "N2": (nerves, level, why_level_is_open, mma),
    "N3": _BASIS,
    "U1": _BASIS,
    "M1": (*_BASIS, causes),
    "M2": (*_BASIS, causes),
    "M3": (*_BASIS, causes, kidney, not_ruled_out),
    "M4": (*_BASIS, causes),
    "M5": (*_BASIS, causes),
    "M6": (*_BASIS, causes, kidney),
    "M7": (*_BASIS, causes, kidney),
    "M8": (*_BASIS, causes, kidney, not_ruled_out),
    "P1": _PREVENTION,
    "P2": _PREVENTION,
    "P3": _PREVENTION,
    "P4": (*_PREVENTION, planning, kidney, not_ruled_out),
    "P5": _PREVENTION,
    "P6": _PREVENTION,
    "B1": (level, why_level_is_open, mma_asked_for, pregnant),
    "E1": (level, mma),
    "E2": (level, signs_of_another_cause, cause_recorded),
    "E3": (level,),
}
"""What decided by the row of the table; a row that is not here is shown with level and nerves."""


def reactions_to_b12(words: Words) -> str:
    """Say the reactions where one is to vitamin B12 itself."""
    to_b12 = any(one.allergen in COBALAMINS for one in words.scenario.allergies)
    return allergies(words) if to_b12 else ""


DECIDES_CARD: dict[Card, tuple[Line, ...]] = {
    cards.B1_BY_MOUTH_WITH_SIGNS: (nerves,),
    cards.B2_ASK_ABOUT_SIGNS: (level, nerves),
    cards.B3_TOO_SELDOM_WITH_SIGNS: (nerves,),
    cards.B4_NO_LOADING: (level, treatment),
    cards.B5_NO_MAINTENANCE: (causes,),
    cards.B6_INTERVAL_TOO_LONG: (nerves_before, causes),
    cards.B10_BY_MOUTH_MALABSORPTION: (causes,),
    cards.B11_ILEUM_MONTHLY: (causes,),
    cards.B13_NO_USABLE_TEST: (level,),
    cards.B17_NO_INDICATION: (level,),
    cards.B18_BORDERLINE: (level, why_level_is_open, mma_asked_for),
    cards.B19_ALTERNATE_DAYS_END: (nerves,),
    cards.B22_TABLETS_FAIL: (treatment, level_on_treatment, symptoms),
    cards.B23_LAPSED: (treatment,),
    cards.C1_FOLIC_ACID_FIRST: (level, treatment),
    cards.C2_FIRST_DOSE_PENDING: (treatment, reactions_to_b12),
    cards.C3_B12_NOT_KNOWN: (level, why_level_is_open, nitrous_oxide, mma_asked_for),
    cards.C4_PROTECTED_FOLIC_ACID: (level, treatment),
    cards.C5_LOW_FOLIC_ACID: (level, treatment),
    cards.D1_KIDNEY: (kidney,),
    cards.D2_KIDNEY_NOT_KNOWN: (kidney,),
    cards.D3_LEBERS: (lebers,),
    cards.D4_REACTION: (allergies,),
    cards.E1_SECOND_ORDER: (treatment,),
    cards.F1_STOP: (causes, nerves_ever),
    cards.F2_STOP_CAUSE_RESOLVED: (causes,),
    cards.G1_LOWERING_DRUG: (drugs, level),
    cards.G2_LOWERING_DRUG_UNTESTED: (drugs, level),
    cards.H1_PLATELETS_25_TO_50: (platelets,),
    cards.H2_PLATELETS_10_TO_24: (platelets,),
    cards.H3_PLATELETS_BELOW_10: (platelets,),
    cards.H4_INR: (inr, bleeding),
    cards.H5_BLEEDING: (bleeding, inr, few_platelets),
    cards.I1_LEVEL_SETS_NO_INTERVAL: (treatment,),
    cards.K2_POTASSIUM: (blood,),
    cards.K4_NOT_ADULT: (age,),
    cards.M1_REVIEW_OVERDUE: (treatment,),
}
"""What decided by card, folded ones too."""


SPEAKS_OF_THE_RULE = frozenset(
    {
        cards.A1_RIGHT_BUT_MORE,
        cards.B1_BY_MOUTH_WITH_SIGNS,
        cards.B2_ASK_ABOUT_SIGNS,
        cards.B3_TOO_SELDOM_WITH_SIGNS,
        cards.B4_NO_LOADING,
        cards.B10_BY_MOUTH_MALABSORPTION,
        cards.B13_NO_USABLE_TEST,
        cards.B17_NO_INDICATION,
        cards.B18_BORDERLINE,
        cards.C1_FOLIC_ACID_FIRST,
        cards.C4_PROTECTED_FOLIC_ACID,
        cards.C5_LOW_FOLIC_ACID,
        cards.K1_DUE,
    }
)
"""Cards that say what the rule recommends, whether or not they offer it."""


def facts_that_decided(
    words: Words, found: Iterable[Card], rules: Iterable[str], *, offers: bool, injects: bool
) -> tuple[str, ...]:
    """Return the lines of the facts behind these cards, each once.

    Args:
        rules: the rule of the decision table, then those beside it.
        offers: whether a regimen is offered, which is never shown without what it rests on (I22).
        injects: whether it has an injection, whose technique rests on platelets and INR.
    """
    found = tuple(found)
    shown: list[Line] = []
    if offers or SPEAKS_OF_THE_RULE & set(found):
        for rule in rules:
            shown += DECIDES_RULE.get(rule, (level, nerves))
        shown += _beside(words, offers=offers)
    if injects and words.assessment.platelets in FEW_PLATELETS:
        shown.append(platelets)
    if injects and words.assessment.inr_high.is_true:
        shown.append(inr)
    for card in found:
        shown += DECIDES_CARD.get(card, ())
    if causes in shown and any(one.cause is Cause.NITROUS_OXIDE for one in words.scenario.causes):
        shown = [one for one in shown if one is not nitrous_oxide]  # said with its day
    said = (one(words) for one in dict.fromkeys(shown))
    return tuple(dict.fromkeys(line for line in said if line))


def _beside(words: Words, *, offers: bool) -> Iterator[Line]:
    """Facts that decide by being there, whatever the rule."""
    a = words.assessment
    if a.pregnant.is_true:
        yield pregnant
    if a.nitrous_oxide.is_true:
        yield nitrous_oxide
    if a.deficiency is Deficiency.PROBABLE and a.symptoms.is_true:
        yield symptoms
    if a.lebers.is_true:
        yield lebers
    begins = offers or (a.neurological.is_true and a.deficiency is not Deficiency.UNLIKELY)  # N2
    if begins and a.starts_or_resumes:
        yield blood
    is_open = a.deficiency is Deficiency.UNRESOLVED and words.scenario.mma.is_known
    if is_open or a.ground in (Ground.MMA, Ground.MMA_AGAINST_LEVEL):
        yield kidney  # without it methylmalonic acid would show nothing (C9)
    if words.scenario.allergies:
        yield allergies
