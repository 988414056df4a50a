"""First lines about results that decide, results that do not, and folic acid."""

from __future__ import annotations

from recommender.cards import Indicator
from recommender.case import Case, Issue
from recommender.deficiency import Deficiency, older_low_result
from recommender.first_lines.common import (
    given,
    led,
    no_test,
    no_test_on_record,
    open_level,
    what_shows_it,
)
from recommender.folic_acid import gas_leaves_level_open
from recommender.language import HintAt, NotCounted, OrderState, UncountedResult
from recommender.safety import is_severe_where_b12_waits
from recommender.treatment_so_far import TreatmentPhase
from recommender.wording import (
    Words,
    beside_newer,
    capital,
    has_undated_dose,
    in_sentence,
    may_be_under_way,
    no_dose,
    quote,
    say_age,
)


def b13(case: Case, _: Issue, words: Words) -> str:
    s = case.scenario
    before = "before the next dose" if given(words) else "before the first dose"
    if case.rule == "N2":
        return f"{words.finding}, B12 status open: take samples, then give the first dose today"
    if words.level and s.b12_supplement_before_test.may_be_true:
        was = "was" if s.b12_supplement_before_test.is_true else "may have been"
        taken = f"{words.level} {was} taken on B12 and does not exclude deficiency"
        return f"{taken}: ask why B12 was started"
    if words.level and words.diagnosis:
        return f"{words.diagnosis}, {words.level} since: is it still present?"
    if words.level:
        return f"{words.level} does not exclude deficiency: repeat it with methylmalonic acid"
    if s.uncounted_b12:
        newest = s.uncounted_b12[0]
        if newest.why is NotCounted.TOO_OLD and newest.evidence.date:
            age = say_age(newest.evidence.date, words.as_of)
            was_low = newest.flagged_low or older_low_result(s, case.policy) is newest
            low = " and was low" if was_low else ""
            then = "repeat it; do not wait if there are symptoms" if low else f"test {before}"
            return f"Last B12 {newest.evidence.reported} is {age} old{low}: {then}"
        return f"{words.older_level} cannot be used ({_why_unusable(newest)}): confirm or repeat it"
    return no_test(words, before, dosing=True)


def b17(case: Case, _: Issue, words: Words) -> str:
    if not words.level:
        return ""
    if case.rule == "N3":
        return f"{words.level} is not low: look for another cause of the nerve signs"
    if case.assessment.symptoms.is_true:
        return f"{words.level} is not low but symptoms persist: measure methylmalonic acid"
    if words.cause and not case.scenario.cause_resolved.is_true:
        none = f"the guidance gives no preventive B12 for {in_sentence(words.cause)}"
        return f"{words.level} is not low; {none}"
    if any(case.scenario.hints_at(at) for at in (HintAt.CAUSE, HintAt.DEFICIENCY)):
        return f"{words.level} is not low: is there another reason for B12?"
    return f"{words.level} is not low and no reason for B12 is recorded"


def b18(case: Case, _: Issue, words: Words) -> str:
    if case.assessment.pregnant.is_true:
        return led(
            f"Pregnant, {words.level}" if words.level else "Pregnant",
            "measure active B12 or methylmalonic acid, ask haematology",
        )
    return open_level(case, words, "before deciding")


def c1(case: Case, _: Issue, words: Words) -> str:
    first = "B12 before folic acid"
    if not words.whole_medication_list:
        return "B12 deficiency, treatment not readable: make sure B12 is given before folic acid"
    if words.last_dose:
        return f"Last B12 on record {words.day(words.last_dose)}: restart {first}"
    if order := words.only_ordered:
        lead = f"{words.level}; " if words.level else ""
        return capital(f"{lead}{words.as_ordered(order)}, {no_dose(words)}: give {first}")
    if words.last_order:
        return f"Last B12 on record {words.day(words.last_order)}: restart {first}"
    if case.assessment.treatment.unknown_by_record:
        lead = f"{words.level}; " if words.level else ""
        return capital(f"{lead}{may_be_under_way(words)}: give {first}")
    shown = what_shows_it(words)
    if has_undated_dose(words):
        return capital(f"{shown}; {no_dose(words)}: restart {first}")
    if words.level or shown != words.b12:
        return f"{shown}, not treated: start {first}"
    if words.b12:
        known = words.without_level
        known = f"{known} recorded" if known != words.diagnosis else known
        return f"{known}, no B12 treatment: start {first}"
    return ""


def c2(case: Case, issue: Issue, words: Words) -> str:
    order = words.order
    about = [one.is_folinic for one in case.selected_folate if one.key in issue.about]
    rescue = bool(about) and all(about)
    if case.rule == "T5b":
        result = case.scenario.total_b12_on_treatment
        level = words.result("B12", result)
        when = "; folinic acid goes on" if rescue else " before folic acid"
        newer = beside_newer(words, result)
        return f"{level} on tablets{newer}: change to injections{when}"
    if rescue:
        return "Folinic acid does not wait: see that vitamin B12 is given as well"
    if waits := _until_the_reaction_is_clear(case, words):
        return waits
    treatment = case.assessment.treatment
    if treatment.dose_documented and treatment.phase is TreatmentPhase.LOADING:
        since = f", last dose {words.day(words.last_dose)}" if words.last_dose else ""
        return f"B12 loading is not complete{since}: finish it before folic acid"
    confirm = "confirm it is given before folic acid"
    last = words.day(words.last_dose)
    if order is not None and order.state is OrderState.ACTIVE and order.authored:
        given = f"last dose on record {last}" if last else no_dose(words)
        return f"B12 ordered {words.day(order.authored)}, {given}: {confirm}"
    if case.assessment.treatment.unknown_by_record:
        if last:
            return f"Last B12 on record {last}: {confirm}"
        return led(capital(may_be_under_way(words)), confirm)
    return ""


def _until_the_reaction_is_clear(case: Case, words: Words) -> str:
    """Say that the vitamin B12 before folic acid waits itself; empty where it does not."""
    severe = is_severe_where_b12_waits(case)
    if severe is None:
        return ""
    not_known = case.assessment.treatment.phase is TreatmentPhase.UNKNOWN
    which = "a" if not_known else "the next" if words.last_dose else "the first"
    until = "for allergy advice" if severe else "until the reaction is clear"
    return f"Folic acid waits for {which} B12 dose, and that {until}"


def c3(case: Case, issue: Issue, words: Words) -> str:
    if issue.indicator is Indicator.INFO and not case.refill:
        return f"{_why_asked(case, words)}: check B12; continue this folic acid"
    before = "before more folic acid" if case.refill else "before folic acid"
    if case.refill and issue.indicator is Indicator.INFO:
        return f"{_why_asked(case, words)}: check B12 while folic acid goes on"
    a, s = case.assessment, case.scenario
    if words.level and a.deficiency is Deficiency.UNRESOLVED:
        return open_level(case, words, before)
    if words.level and a.deficiency is Deficiency.UNLIKELY:
        return _not_low_and_open(case, words, before)
    if words.level and gas_leaves_level_open(case):
        perhaps = "" if a.nitrous_oxide.is_true else "perhaps "
        gas = f"{words.level}, {perhaps}with nitrous oxide, does not exclude deficiency"
        return f"{gas}: measure methylmalonic acid {before}"
    if words.level:
        return f"{words.level} does not exclude deficiency: repeat it {before}"
    if not s.uncounted_b12:
        return no_test(words, before)
    newest = s.uncounted_b12[0]
    if newest.why is NotCounted.TOO_OLD and newest.evidence.date:
        age = say_age(newest.evidence.date, words.as_of)
        low = " and was low" if newest.flagged_low else ""
        return f"Last B12 {newest.evidence.reported} is {age} old{low}: test {before}"
    return f"{words.older_level} cannot be used ({_why_unusable(newest)}): repeat it {before}"


def _why_unusable(result: UncountedResult) -> str:
    """Say why a result cannot be used, and that its laboratory calls it low (Q35, Q36)."""
    return f"{result.why.value}{', flagged low' if result.flagged_low else ''}"


def _not_low_and_open(case: Case, words: Words, before: str) -> str:
    """Say why a level that is not low does not open the way for folic acid: nerve signs, symptoms,
    or its age (2.8, Q69).
    """
    measure = f"measure methylmalonic acid {before}"
    if words.finding:
        return f"{words.finding}, {words.level} not low: {measure}"
    if hints := case.scenario.hints_at(HintAt.NEUROLOGY):
        return f"Record says {quote(hints[0].words, 30)}, {words.level} not low: {measure}"
    date = case.scenario.total_b12.date
    if case.assessment.symptoms.is_true or date is None:
        lead = "Symptoms recorded, " if case.assessment.symptoms.is_true else ""
        return f"{lead}{words.level} not low: {measure}"
    return f"Last {words.level} is {say_age(date, words.as_of)} old: test {before}"


def _why_asked(case: Case, words: Words) -> str:
    """Say why B12 is asked about beside folic acid that goes on: the risk, else what is known of
    B12.
    """
    if words.cause:
        return f"{words.cause} recorded"
    if case.assessment.pregnant.is_true and words.level:
        return f"Pregnant, {words.level}"
    if words.level or words.older_level:
        return f"{words.level or words.older_level} does not decide"
    return no_test_on_record(words)


def c4(_: Case, __: Issue, words: Words) -> str:
    return _untreated(words, "add B12 now and keep this folic acid")


def c5(_: Case, __: Issue, words: Words) -> str:
    return _untreated(words, "start B12 as well as this folic acid")


def _untreated(words: Words, then: str) -> str:
    """Say "not treated" only where the record carries it (I33)."""
    if not words.whole_medication_list:
        return led(words.b12, f"treatment could not be read; {then}")
    if words.last_dose:
        return f"Last B12 on record {words.day(words.last_dose)}: {then}"
    if order := words.only_ordered:
        lead = f"{words.level}; " if words.level else ""
        return capital(f"{lead}{words.as_ordered(order)}, {no_dose(words)}: {then}")
    if words.last_order:
        return f"Last B12 on record {words.day(words.last_order)}: {then}"
    shown = what_shows_it(words)
    if has_undated_dose(words):
        return capital(f"{shown}; {no_dose(words)}: {then}")
    return f"{shown}, not treated: {then}" if shown else ""
