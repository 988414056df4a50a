"""The facts behind a card, a line each: name, value, unit as the clinic writes it, date
(cards.md 7, rows 3 and 4).

Which facts decided stands in two tables: by rule of the decision table, and by card.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator

from recommender.assessment import Deficiency, TreatmentPhase
from recommender.cards import Card, cards
from recommender.language import Cause, Fact, RecordArea, Truth
from recommender.wording.short import say_result
from recommender.wording.words import CAUSE_WORDS, Words

Line = Callable[[Words], str]


def _age(words: Words) -> str:
    age = words.scenario.age
    return f"age {say_result('', age, words.as_of, dated=False)}" if age.is_known else "age unknown"


def _level(words: Words) -> str:
    s = words.scenario
    known = [
        words.result("B12", s.total_b12),
        words.result("active B12", s.holotranscobalamin),
    ]
    said = ", ".join(value for value in known if value)
    return said or words.diagnosis or words.older_level or _no_level(words)


def _no_level(words: Words) -> str:
    if RecordArea.LABORATORY in words.scenario.unavailable:
        return "B12 result: could not be read"
    if RecordArea.LABORATORY in words.scenario.incomplete:
        return "B12 result: none among those that came"
    return "B12 result: none recorded"


def _level_on_treatment(words: Words) -> str:
    return words.result("B12 on treatment", words.scenario.total_b12_on_treatment)


def _mma(words: Words) -> str:
    return words.result("methylmalonic acid", words.scenario.mma)


def _nerves(words: Words) -> str:
    a, s = words.assessment, words.scenario
    if words.findings and a.neurological.is_true:
        said = ", ".join(
            dict.fromkeys(words.on(one.sign.value, one.evidence.date) for one in words.findings)
        )
        return f"{said}, other cause recorded" if a.attribution_uncertain else said
    screen = s.neurological_screen
    day = screen.evidence[0].date if screen.evidence else None
    match a.neurological:
        case Truth.TRUE:
            return f"nerve signs{_screen(words, day)}"
        case Truth.FALSE:
            return f"no nerve signs{_screen(words, day)}"
    if RecordArea.CONDITIONS in s.unavailable:
        return "nerve signs: conditions could not be read"
    if RecordArea.CONDITIONS in s.incomplete:
        return "nerve signs: the list of conditions is not complete"
    if words.findings:
        return (
            f"{words.on(words.findings[0].sign.value, words.findings[0].evidence.date)}, by its "
            f"code of another cause"
        )
    return "nerve signs: not recorded"


def _screen(words: Words, day: dt.date | None) -> str:
    return f" (screen {words.day(day)})" if day else ""


def _nerves_ever(words: Words) -> str:
    ever = words.scenario.neurological_findings
    return ", ".join(dict.fromkeys(words.on(one.sign.value, one.evidence.date) for one in ever))


def _nerves_before(words: Words) -> str:
    """Nerve signs now, else those of earlier: they decide how loudly a lapse is asked about."""
    ever = words.assessment.neurological_ever.is_true and not words.findings
    return f"earlier {_nerves_ever(words)}" if ever and _nerves_ever(words) else _nerves(words)


def _causes(words: Words) -> str:
    said = {}
    for one in words.scenario.causes:
        named = CAUSE_WORDS[one.cause]
        if one.cause is Cause.ILEAL_RESECTION:
            named = f"ileum resected {words.ileum or 'length not recorded'}"
        if one.cause is Cause.CROHNS_ILEAL:
            named = f"ileal Crohn's disease {words.crohns or 'extent not recorded'}"
        said[one.cause] = words.on(named, one.evidence.date)
    return ", ".join(said.values()) or "cause not known"


def _kidney(words: Words) -> str:
    s = words.scenario
    measured = words.result("eGFR", s.egfr)
    diagnosed = _dated(words, "dialysis recorded", s.dialysis) or _dated(
        words, "kidney disease recorded", s.kidney_disease
    )
    said = ", ".join(value for value in (measured, diagnosed) if value)
    unread = "could not be read" if RecordArea.LABORATORY in s.unavailable else "none in 12 months"
    return said or f"kidney result: {unread}"


def _treatment(words: Words) -> str:
    a, s = words.assessment, words.scenario
    match a.treatment.phase:
        case TreatmentPhase.NONE if words.never_treated:
            return "no B12 treatment on record"
        case TreatmentPhase.NONE | TreatmentPhase.UNKNOWN:
            return _treatment_not_known(words)
    order = words.order
    since = f", ordered {words.day(order.authored)}" if order and order.authored else ""
    last = f", last dose {words.day(words.last_dose)}" if words.last_dose else ""
    gone = "lapsed: " if a.treatment.phase is TreatmentPhase.LAPSED else ""
    nothing = "" if words.last_dose or not s.orders else ", no dose on record"
    return f"{gone}{words.treatment}{since}{last}{nothing}"


def _treatment_not_known(words: Words) -> str:
    if RecordArea.MEDICATIONS in words.scenario.unavailable:
        return "B12 treatment: medication list could not be read"
    if RecordArea.MEDICATIONS in words.scenario.incomplete:
        return "B12 treatment: the medication list is not complete"
    if words.last_dose:
        return f"last B12 on record {words.day(words.last_dose)}"
    if order := words.only_ordered:
        return f"{words.as_ordered(order)}, no dose on record"
    return "B12 treatment so far: not known"


def _platelets(words: Words) -> str:
    return words.result("platelets", words.scenario.platelets)


def _inr(words: Words) -> str:
    return words.result("INR", words.scenario.inr)


def _bleeding(words: Words) -> str:
    s = words.scenario
    drug = s.anticoagulant.value if s.anticoagulant else ""
    disorder = _dated(words, "bleeding disorder recorded", s.bleeding_disorder)
    return ", ".join(value for value in (drug, disorder) if value)


def _blood(words: Words) -> str:
    a, s = words.assessment, words.scenario
    low = [words.result("haemoglobin", s.haemoglobin)] if a.severe_anaemia.is_true else []
    low += [words.result("potassium", s.potassium)] if a.low_potassium.is_true else []
    return ", ".join(low)


def _lebers(words: Words) -> str:
    return _dated(words, "Leber's optic neuropathy recorded", words.scenario.lebers)


_SEVERITY = {
    Truth.TRUE: "severe reaction to",
    Truth.FALSE: "mild reaction to",
    Truth.UNKNOWN: "allergy, severity not stated, to",
}


def _allergies(words: Words) -> str:
    said = [
        words.on(f"{_SEVERITY[one.severe]} {one.allergen.value}", one.evidence.date)
        for one in words.scenario.allergies
    ]
    return ", ".join(dict.fromkeys(said))


def _pregnant(words: Words) -> str:
    return "pregnant" if words.scenario.pregnant.is_true else ""


def _planning(words: Words) -> str:
    return "planning pregnancy" if words.scenario.planning_pregnancy.is_true else ""


def _nitrous_oxide(words: Words) -> str:
    return "nitrous oxide" if words.assessment.nitrous_oxide.is_true else ""


def _symptoms(words: Words) -> str:
    s = words.scenario
    if s.recurrence.is_true:
        return _dated(words, "symptoms returned", s.recurrence)
    return _dated(words, "symptoms recorded", s.symptoms)


def _drugs(words: Words) -> str:
    said = [
        f"{use.drug.value} since {words.day(use.evidence.date)}"
        if use.evidence.date
        else use.drug.value
        for use in words.scenario.lowering_drugs
    ]
    return ", ".join(dict.fromkeys(said))


def _dated(words: Words, said: str, fact: Fact) -> str:
    """Say a fact that is true with the date of its first entry; else nothing."""
    if not fact.is_true:
        return ""
    return words.on(said, fact.evidence[0].date if fact.evidence else None)


_BASIS: tuple[Line, ...] = (_level, _mma, _nerves)
_PREVENTION: tuple[Line, ...] = (_causes, _level)

DECIDES_RULE: dict[str, tuple[Line, ...]] = {
    "G1": (_age,),
    "G2": (_allergies, _level, _nerves),
    "T0": (_nerves, _treatment),
    "T1": (_nerves, _treatment),
    "T1b": (_nerves, _treatment),
    "T2": (_symptoms, _treatment),
    "T3": (_treatment, _nerves, _causes),
    "T3b": (_treatment, _nerves),
    "T4a": (_nerves, _treatment),
    "T4": (_treatment, _nerves_before),
    "T5": (_treatment, _causes),
    "T5b": (_treatment, _level_on_treatment, _symptoms, _nerves),
    "T6": (_treatment, _causes),
    "T7": (_treatment, _level),
    "T8": (_treatment,),
    "N1": _BASIS,
    "N2": (_nerves, _level, _mma),
    "N3": _BASIS,
    "U1": _BASIS,
    "M1": (*_BASIS, _causes),
    "M2": (*_BASIS, _causes),
    "M3": (*_BASIS, _causes),
    "M4": (*_BASIS, _causes),
    "M5": (*_BASIS, _causes),
    "M6": (*_BASIS, _causes, _kidney),
    "M7": (*_BASIS, _causes, _kidney),
    "M8": (*_BASIS, _causes, _kidney),
    "P1": _PREVENTION,
    "P2": _PREVENTION,
    "P3": _PREVENTION,
    "P4": (*_PREVENTION, _planning),
    "P5": _PREVENTION,
    "P6": _PREVENTION,
    "B1": (_level, _mma, _pregnant),
    "E1": (_level, _mma),
    "E2": (_level,),
    "E3": (_level,),
}
"""What decided by the row of the table; a row that is not here is shown with level and nerves."""

DECIDES_CARD: dict[Card, tuple[Line, ...]] = {
    cards.B1_BY_MOUTH_WITH_SIGNS: (_nerves,),
    cards.B2_ASK_ABOUT_SIGNS: (_level, _nerves),
    cards.B3_TOO_SELDOM_WITH_SIGNS: (_nerves,),
    cards.B4_NO_LOADING: (_level, _treatment),
    cards.B5_NO_MAINTENANCE: (_causes,),
    cards.B6_INTERVAL_TOO_LONG: (_nerves, _causes),
    cards.B10_BY_MOUTH_MALABSORPTION: (_causes,),
    cards.B11_ILEUM_MONTHLY: (_causes,),
    cards.B13_NO_USABLE_TEST: (_level,),
    cards.B17_NO_INDICATION: (_level,),
    cards.B18_BORDERLINE: (_level, _mma),
    cards.B19_ALTERNATE_DAYS_END: (_nerves,),
    cards.B22_TABLETS_FAIL: (_treatment, _level_on_treatment, _symptoms),
    cards.B23_LAPSED: (_treatment,),
    cards.C1_FOLIC_ACID_FIRST: (_level, _treatment),
    cards.C2_FIRST_DOSE_PENDING: (_treatment,),
    cards.C3_B12_NOT_KNOWN: (_level, _mma),
    cards.C4_PROTECTED_FOLIC_ACID: (_level, _treatment),
    cards.C5_LOW_FOLIC_ACID: (_level, _treatment),
    cards.D1_KIDNEY: (_kidney,),
    cards.D2_KIDNEY_NOT_KNOWN: (_kidney,),
    cards.D3_LEBERS: (_lebers,),
    cards.D4_REACTION: (_allergies,),
    cards.E1_SECOND_ORDER: (_treatment,),
    cards.F1_STOP: (_causes, _nerves_ever),
    cards.F2_STOP_CAUSE_RESOLVED: (_causes,),
    cards.G1_LOWERING_DRUG: (_drugs, _level),
    cards.G2_LOWERING_DRUG_UNTESTED: (_drugs, _level),
    cards.H1_PLATELETS_25_TO_50: (_platelets,),
    cards.H2_PLATELETS_10_TO_24: (_platelets,),
    cards.H3_PLATELETS_BELOW_10: (_platelets,),
    cards.H4_INR: (_inr, _bleeding),
    cards.H5_BLEEDING: (_bleeding, _inr),
    cards.I1_LEVEL_SETS_NO_INTERVAL: (_treatment,),
    cards.K2_POTASSIUM: (_blood,),
    cards.K4_NOT_ADULT: (_age,),
    cards.M1_REVIEW_OVERDUE: (_treatment,),
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
    words: Words, found: Iterable[Card], rules: Iterable[str], *, offers: bool
) -> tuple[str, ...]:
    """Return the lines of the facts behind these cards, each once.

    Args:
        rules: the rule of the decision table, then those beside it.
        offers: whether a regimen is offered, which is never shown without what it rests on (I22).
    """
    found = tuple(found)
    shown: list[Line] = []
    if offers or SPEAKS_OF_THE_RULE & set(found):
        for rule in rules:
            shown += DECIDES_RULE.get(rule, (_level, _nerves))
        shown += _beside(words)
    for card in found:
        shown += DECIDES_CARD.get(card, ())
    return tuple(line for one in dict.fromkeys(shown) if (line := one(words)))


def _beside(words: Words) -> Iterator[Line]:
    """Facts that decide by being there, whatever the rule."""
    a = words.assessment
    if a.pregnant.is_true:
        yield _pregnant
    if a.nitrous_oxide.is_true:
        yield _nitrous_oxide
    if a.deficiency is Deficiency.PROBABLE and a.symptoms.is_true:
        yield _symptoms
    if a.lebers.is_true:
        yield _lebers
    if words.scenario.allergies:
        yield _allergies


def unread_lines(words: Words) -> tuple[str, ...]:
    """Say which parts of the record could not be read, and which came in part (Q58)."""
    lines = []
    if words.unread:
        lines.append(f"Could not be read: {words.unread}.")
    if words.not_whole:
        lines.append(f"Not complete: {words.not_whole}.")
    return tuple(lines)
