"""First lines of k1: treatment, prophylaxis or a test that is due, by rule (cards.md 4.1)."""

from __future__ import annotations

from recommender.case import Case, Issue
from recommender.courses import only_size_is_asked
from recommender.deficiency import Deficiency
from recommender.first_lines.common import led, old_and_low, order_of, signs_and_level
from recommender.first_lines.due_open import (
    b1,
    e1,
    e2,
    e3,
    ileum,
    lacks_deciding_test,
    n3,
    p6,
    prophylaxis,
)
from recommender.first_lines.due_under_way import (
    t0,
    t1,
    t1b,
    t2,
    t3,
    t3b,
    t4,
    t4a,
    t5,
    t5b,
    t6,
    t7,
    t8,
)
from recommender.guidance import N_LOAD, RuleGroup
from recommender.language import (
    COBALAMINS,
    Order,
    OrderState,
    PhaseKind,
    RecordArea,
    Route,
    is_injected,
    read_line,
)
from recommender.treatment import hydroxocobalamin_allowed
from recommender.wording import (
    Words,
    beside_newer,
    capital,
    has_undated_dose,
    in_sentence,
    may_be_under_way,
    name_of,
    no_dose,
)


def k1(case: Case, issue: Issue, words: Words) -> str:
    """Say what is due; with an order that could not be read, that it was not checked (I36)."""
    return _unread(case, issue, words) if issue.about else say_due(case, words)


def _unread(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    words_alone = order is not None and order.words and not (order.doubt or order.misfit)
    kind = "free-text order" if words_alone else "order"
    lead = words.finding or (_prevented(case, words) if case.is_prophylaxis else words.b12)
    if case.rule == "T5b" and case.assessment.b12_still_low.is_true:
        level = case.scenario.total_b12_on_treatment
        lead = f"{words.result('B12', level)} on tablets{beside_newer(words, level)}"
    regimen = _regimen(case)
    line = order.cobalamin if order is not None else None
    if line is not None and is_injected(line) and regimen == TABLETS:
        regimen = "B12"  # what is offered is an injection, as ordered (C1)
    due = f"{regimen} {'is' if regimen == 'B12' else 'are'} due"
    if case.rule != "T4" or len(case.recommendation.options) > 1:
        due = _ASKED_FIRST.get(case.rule, due)
    return led(lead, f"{due}; this {kind} was not checked")


_ASKED_FIRST = {
    "U1": "ask about nerve signs, B12 is due",
    "T1b": "ask whether the signs still improve",
    "T3b": "ask whether the signs still improve",
    "T4": "a dose is due, ask about nerve signs",
    "T7": "ask whether B12 is given",
}
"""What is due by rules that offer a choice: the answer, never one of its legs (I8, I33)."""


def _prevented(case: Case, words: Words) -> str:
    """Say for what vitamin B12 is given ahead of deficiency: the level is not why."""
    if case.assessment.ileal_resection_over_limit.is_true and words.ileum:
        return f"{words.ileum} of ileum resected"
    return words.cause or words.b12


def say_due(case: Case, words: Words) -> str:
    """Return the first line for the rule; empty where the rule has none of its own. A reaction that
    stands against the treatment that is due comes before it.
    """
    if not hydroxocobalamin_allowed(case.assessment) and case.recommendation.not_drafted:
        return _g2(case, words)
    rule = case.rule
    if case.is_prophylaxis and rule != "N3" and not (rule == "B1" and lacks_deciding_test(case)):
        return prophylaxis(case, words)
    beside = rule in ("E1", "E2") and "P3" in case.recommendation.also
    if rule == "P3" or beside or only_size_is_asked(case):
        return ileum(case, words)
    if case.group is RuleGroup.LOADING:
        return _without_signs(case, words)
    form = _BY_RULE.get(rule)
    return form(case, words) if form else ""


def _n1(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return _same_day(words)
    if other := _signs_not_untreated(words):
        return other
    a = case.assessment
    untreated = ", not treated"
    if a.nitrous_oxide.is_true and a.deficiency is Deficiency.PROBABLE:
        untreated = ""
    return f"{signs_and_level(words)}{untreated}: start injections on alternate days"


def _signs_not_untreated(words: Words) -> str:
    """Say what the record carries of treatment where there are nerve signs: the signs lead, and
    nobody is told to wait for the answer (T7, I12); empty where "not treated" holds.
    """
    known = _not_untreated(words)
    if not known:
        return ""
    a, lead, begin = words.assessment, signs_and_level(words), "alternate-day injections"
    if not words.whole_medication_list:
        return f"{lead}; treatment could not be read: if not already on B12, start {begin}"
    if words.last_dose:
        return f"{lead}, last B12 on record {words.day(words.last_dose)}: start {begin}"
    if a.treatment.unknown_by_record:
        return f"{lead}; {may_be_under_way(words)}: {begin} are due"
    return known


def _n2(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return _same_day(words)
    if not case.assessment.neurological_recent:
        return f"{words.finding}, B12 status open: test B12 and MMA now; new or worse: do not wait"
    return f"{words.finding}, B12 status open: test B12 and MMA now, do not wait to treat"


def _same_day(words: Words) -> str:
    return (
        f"{words.finding}: same-day neurology and haematology; take samples, start injections today"
    )


def _u1(_: Case, words: Words) -> str:
    if other := _not_untreated(words):
        return other
    if not words.level:
        return _by_diagnosis(words)
    return f"{words.level}, not treated: ask about numbness, gait and memory, then start B12"


def _without_signs(case: Case, words: Words) -> str:
    if other := _not_untreated(words):
        return other
    if not words.level:
        return _by_diagnosis(words)
    lead = f"{words.level}, no nerve signs, not treated"
    if case.rule == "M7" and any(option.regimen is None for option in case.recommendation.options):
        return f"{lead}: start {_regimen(case)}, or eGFR first and tablets"
    return f"{lead}: start {_regimen(case)}"


def _by_diagnosis(words: Words) -> str:
    if words.cause and words.cause == words.without_level:
        return f"{words.cause} recorded, no B12 treatment on record: start it"
    return led(words.diagnosis, "no B12 treatment on record, start it")


def _not_untreated(words: Words) -> str:
    """Say what the record carries where "not treated" would claim more (I33, Q58)."""
    lead = words.b12 or words.finding
    if words.never_treated:
        return ""
    if RecordArea.MEDICATIONS in words.scenario.unavailable:
        return f"{lead}: treatment could not be read. Is B12 being given?"
    if RecordArea.MEDICATIONS in words.scenario.incomplete:
        return f"{lead}: the medication list is not complete. Is B12 being given?"
    if order := words.only_ordered:
        return f"{lead}; {words.as_ordered(order)}, {_first_of(order, words)}"
    if words.last_dose:
        return f"{lead}, last B12 on record {words.day(words.last_dose)}: start it again"
    if words.last_order:
        return f"{lead}, last B12 on record {words.day(words.last_order)}: start it again"
    if words.assessment.treatment.unknown_by_record or has_undated_dose(words):
        return f"{lead}; {may_be_under_way(words)}: is B12 being given?"
    return f"{lead}: treatment so far is not known. Is B12 being given?"


def _first_of(order: Order, words: Words) -> str:
    """Say what comes before an order of which nothing was given, or nothing for long: loading, or
    the question (Q29, Q78).
    """
    before = f"last B12 on record {words.day(words.last_dose)}" if words.last_dose else ""
    line = order.cobalamin
    is_maintenance = line is not None and read_line(line).kind is PhaseKind.MAINTENANCE
    if is_maintenance:
        return f"{before or 'no loading or dose on record'}: load first"
    if order.state is OrderState.ON_HOLD:
        return f"{before or no_dose(words)}: start it"
    return f"{before or no_dose(words)}: is it given?"


TABLETS = "daily B12 tablets"


def _regimen(case: Case) -> str:
    """Say what is offered first in four words."""
    regimens = case.offered_regimens
    if not regimens:
        return "B12"
    first = regimens[0].phases[0]
    if first == N_LOAD:
        return "injections on alternate days"
    if first.line.route is Route.ORAL:
        return TABLETS
    return "loading injections" if first.kind is PhaseKind.LOADING else "B12 injections"


def _g2(case: Case, words: Words) -> str:
    """Say the reaction that stands against treatment, no stronger than it is recorded (I33)."""
    signs = words.assessment.neurological.is_true
    if words.assessment.low_once and not signs:
        return f"{old_and_low(case, words)}; allergy to B12 recorded"
    cobalamins = [one for one in words.scenario.allergies if one.allergen in COBALAMINS]
    severe = [one for one in cobalamins if one.severe.is_true and one.active]
    first = next(iter((*severe, *cobalamins)), None)
    substance = name_of(first.allergen) if first else "B12"
    lead = words.level or words.cause or words.finding
    beside = f" and {in_sentence(lead)}" if lead else ""
    if first is not None and not first.active:
        past = f"past severe reaction to {substance}"
        if signs:
            return f"{words.finding}, {past}: same-day allergy advice, B12 must not wait long"
        return f"{capital(past)}{beside}: confirm it was cleared before B12"
    if first is not None and not first.severe.is_true:
        day = "the same day" if signs else "first"
        if first.severe.is_false:
            return f"Mild reaction to {substance}{beside}: clarify it {day}"
        return f"Allergy to {substance}, severity not stated{beside}: clarify it {day}"
    reacted = {one.allergen for one in severe}
    named = " and ".join(name_of(one) for one in COBALAMINS if one in reacted) or substance
    if signs and words.finding:
        return (
            f"{words.finding}, severe reaction to {named}: same-day allergy and haematology advice"
        )
    return f"Severe reaction to {named}{beside}: urgent allergy and haematology advice"


_BY_RULE = {
    "N1": _n1,
    "N2": _n2,
    "U1": _u1,
    "T0": t0,
    "T1": t1,
    "T1b": t1b,
    "T2": t2,
    "T3": t3,
    "T3b": t3b,
    "T4a": t4a,
    "T4": t4,
    "T5": t5,
    "T5b": t5b,
    "T6": t6,
    "T7": t7,
    "T8": t8,
    "P6": p6,
    "B1": b1,
    "N3": n3,
    "E1": e1,
    "E2": e2,
    "E3": e3,
    "G2": _g2,
}
