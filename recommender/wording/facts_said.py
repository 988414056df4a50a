"""One fact in words, as it stands behind a card: name, value, unit, date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from recommender.deficiency import Ground, low_in_both_readings, mma_may_be_raised
from recommender.language import (
    Because,
    Cause,
    Fact,
    HintAt,
    NotCounted,
    RecordArea,
    Substance,
    Truth,
)
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording.names import CAUSE_WORDS, doubt_of, named_sign
from recommender.wording.not_known import (
    cannot_be_used,
    no_dose,
    no_kidney_result,
    with_newer,
)
from recommender.wording.short import say_result
from recommender.wording.words import Words

Line = Callable[[Words], str]


def age(words: Words) -> str:
    age = words.scenario.age
    said = say_result("", age, words.as_of, dated=False).removesuffix(" a").strip()
    return f"aged {said}" if age.is_known else "age unknown"


def level(words: Words) -> str:
    s = words.scenario
    known = [
        words.low_in_either_unit or words.result("B12", s.total_b12),
        words.result("active B12", s.holotranscobalamin),
    ]
    said = ", ".join(value for value in known if value)
    against = _newer_not_counted(words), _mma_not_counted(words)
    if said and any(against):
        return "; ".join(filter(None, (said, *against)))
    return said or words.diagnosis or _uncounted(words) or _no_level(words)


def _newer_not_counted(words: Words) -> str:
    """Say a result beside the one that counts that may be the newest: it is dated in the future,
    with a slip in its date (Q31), or is newer and cannot be used (Q36).
    """
    doubts = words.assessment.ground is Ground.NEWER_MAY_BE_LOW
    counts = words.scenario.total_b12.date
    decides = low_in_both_readings(words.scenario, words.policy)
    for result in words.scenario.uncounted_b12:
        day = result.evidence.date
        is_newer = counts is not None and day is not None and day > counts
        is_sound = result.why in (NotCounted.NEWER_COUNTS, NotCounted.ON_TREATMENT)
        says_else = is_newer and not is_sound and not result.flagged_low
        if result is decides:
            continue
        if doubts or result.why is NotCounted.IN_FUTURE or says_else:
            return f"{words.uncounted(result)}, not counted: {result.why.value}"
    return ""


def _mma_not_counted(words: Words) -> str:
    """Say a raised methylmalonic acid that cannot count and excuses no level (Q31, Q35)."""
    found = words.scenario.mma.passed_over
    if found is None or not mma_may_be_raised(words.scenario, words.policy):
        return ""
    return cannot_be_used(words, "methylmalonic acid", found)


def _uncounted(words: Words) -> str:
    """Say the newest result that does not decide, and why unless its date tells it (Q36)."""
    if not words.scenario.uncounted_b12:
        return ""
    why = words.scenario.uncounted_b12[0].why
    told = why in (NotCounted.TOO_OLD, NotCounted.NEWER_COUNTS)
    return words.older_level if told else f"{words.older_level}, not counted: {why.value}"


def _no_level(words: Words) -> str:
    if RecordArea.LABORATORY in words.scenario.unavailable:
        return "B12 result: could not be read"
    if RecordArea.LABORATORY in words.scenario.incomplete:
        return "B12 result: none among those that came"
    return "B12 result: none recorded"


def level_on_treatment(words: Words) -> str:
    return with_newer(words, "B12 on treatment", words.scenario.total_b12_on_treatment)


def mma(words: Words) -> str:
    return words.result("methylmalonic acid", words.scenario.mma)


def mma_asked_for(words: Words) -> str:
    """Say methylmalonic acid where it decides, also one that came and cannot be used (Q35)."""
    found = words.scenario.mma.passed_over
    said = words.scenario.mma.is_known or mma_may_be_raised(words.scenario, words.policy)
    if said or found is None or found.why is NotCounted.TOO_OLD:
        return mma(words)
    return cannot_be_used(words, "methylmalonic acid", found)


def nerves(words: Words) -> str:
    a, s = words.assessment, words.scenario
    if words.findings and a.neurological.is_true:
        said = ", ".join(
            dict.fromkeys(words.on(named_sign(one), one.evidence.date) for one in words.findings)
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
    told_apart = [one for one in words.findings if one.other_cause]
    if told_apart:
        sign = words.on(named_sign(told_apart[0]), told_apart[0].evidence.date)
        return f"{sign}, by its code of another cause"
    if screen.because is Because.IN_FUTURE:
        return f"nerve signs: an entry is {screen.value}, in the future"
    hinted = s.hints_at(HintAt.NEUROLOGY)
    return f"nerve signs: not {'known, words may mean them' if hinted else 'recorded'}"


def _screen(words: Words, day: dt.date | None) -> str:
    return f" (screen {words.day(day)})" if day else ""


def nerves_ever(words: Words) -> str:
    """Nerve signs of any time; those that no longer stand are called earlier ones."""
    ever = words.scenario.neurological_findings
    said = ", ".join(dict.fromkeys(words.on(named_sign(one), one.evidence.date) for one in ever))
    past = words.assessment.neurological_ever.is_true and not words.findings
    return f"earlier {said}" if said and past else said


def nerves_before(words: Words) -> str:
    """Nerve signs now, else those of earlier: they decide how loudly a lapse is asked about."""
    ever = words.assessment.neurological_ever.is_true and not words.findings
    return nerves_ever(words) if ever and nerves_ever(words) else nerves(words)


def causes(words: Words) -> str:
    said = {}
    for one in words.scenario.causes:
        named = CAUSE_WORDS[one.cause]
        if one.cause is Cause.ILEAL_RESECTION:
            named = f"ileum resected{f' {words.ileum}' if words.ileum else ', length not recorded'}"
        if one.cause is Cause.CROHNS_ILEAL:
            named += f" {words.crohns}" if words.crohns else ", extent not recorded"
        doubt = doubt_of(words.scenario.causes, one.cause)
        said[one.cause] = words.on(f"{named}{doubt}", one.evidence.date)
    return ", ".join(said.values()) or "cause not known"


def kidney(words: Words) -> str:
    s = words.scenario
    measured = with_newer(words, "eGFR", s.egfr)
    diagnosed = _dated(words, "dialysis recorded", s.dialysis) or _dated(
        words, "kidney disease recorded", s.kidney_disease
    )
    said = ", ".join(value for value in (measured, diagnosed) if value)
    if said and s.egfr.is_known and s.egfr.passed_over:
        return f"{said}; {no_kidney_result(words)}"
    return said or no_kidney_result(words)


def against_what_is_taken(words: Words) -> str:
    """Say what speaks against cyanocobalamin that is taken: the kidneys; else empty."""
    taken = words.assessment.treatment.substance is Substance.CYANOCOBALAMIN
    return kidney(words) if taken and words.assessment.renal.is_true else ""


def treatment(words: Words) -> str:
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
    nothing = "" if words.last_dose or not s.orders else f", {no_dose(words)}"
    return f"{gone}{words.treatment}{since}{last}{nothing}"


def _treatment_not_known(words: Words) -> str:
    if RecordArea.MEDICATIONS in words.scenario.unavailable:
        return "B12 treatment: medication list could not be read"
    if RecordArea.MEDICATIONS in words.scenario.incomplete:
        return "B12 treatment: the medication list is not complete"
    if words.last_dose:
        return f"last B12 on record {words.day(words.last_dose)}"
    if order := words.only_ordered:
        return f"{words.as_ordered(order)}, {no_dose(words)}"
    if words.last_order:
        return f"last B12 on record ordered {words.day(words.last_order)}, no dose of it"
    return "B12 treatment so far: not known"


def bleeding(words: Words) -> str:
    s = words.scenario
    drug = s.anticoagulant.value if s.anticoagulant else ""
    disorder = _dated(words, "bleeding disorder recorded", s.bleeding_disorder)
    return ", ".join(value for value in (drug, disorder) if value)


def lebers(words: Words) -> str:
    return _dated(words, "Leber's optic neuropathy recorded", words.scenario.lebers)


def not_ruled_out(words: Words) -> str:
    """Why tablets are not offered where only entries that were not understood stand against them:
    they may be Leber's disease (Q26, Q28).
    """
    problems = words.scenario.list_of(RecordArea.CONDITIONS)
    if not (words.scenario.lebers.is_gap and problems.not_understood):
        return ""
    counted = f"{problems.not_understood} of {problems.entries} problems"
    if problems.entries == 1:
        counted = "the one problem on the list"
    return f"{counted} not understood, so Leber's disease is not ruled out: no tablets"


def not_ruled_out_for_tablets(words: Words) -> str:
    """Say the same of tablets that were taken and lapsed."""
    return not_ruled_out(words) if words.assessment.treatment.by_mouth else ""


_SEVERITY = {
    Truth.TRUE: "severe reaction to",
    Truth.FALSE: "mild reaction to",
    Truth.UNKNOWN: "allergy, severity not stated, to",
}


def allergies(words: Words) -> str:
    said = [
        words.on(
            f"{'' if one.active else 'past '}{_SEVERITY[one.severe]} {one.allergen.value}"
            f"{'' if one.active else ', marked inactive'}",
            one.evidence.date,
        )
        for one in words.scenario.allergies
    ]
    return ", ".join(dict.fromkeys(said))


def pregnant(words: Words) -> str:
    return "pregnant" if words.scenario.pregnant.is_true else ""


def planning(words: Words) -> str:
    return "planning pregnancy" if words.scenario.planning_pregnancy.is_true else ""


def nitrous_oxide(words: Words) -> str:
    return "nitrous oxide" if words.assessment.nitrous_oxide.is_true else ""


def symptoms(words: Words) -> str:
    s = words.scenario
    if s.recurrence.is_true:
        return _dated(words, "symptoms returned", s.recurrence)
    return _dated(words, "symptoms recorded", s.symptoms)


def drugs(words: Words) -> str:
    said = [
        f"{use.drug.value} since {words.day(use.evidence.date)}"
        if use.evidence.date
        else use.drug.value
        for use in words.scenario.lowering_drugs
    ]
    return ", ".join(dict.fromkeys(said))


def _dated(words: Words, said: str, fact: Fact) -> str:
    """Say a fact that is true with the date of its first entry; else nothing."""
    day = fact.evidence[0].date if fact.evidence else None
    return words.on(said, day) if fact.is_true else ""
