"""First lines of k1: treatment, prophylaxis or a test that is due, by rule (cards.md 4.1)."""

from __future__ import annotations

from recommender.assessment import TreatmentPhase
from recommender.checks import Case, Issue
from recommender.first_lines.common import (
    led,
    maintenance_words,
    no_test,
    old_and_low,
    open_level,
    operation,
    order_of,
)
from recommender.guidance import N_LOAD, RuleGroup
from recommender.language import (
    Allergen,
    Cause,
    HintAt,
    Order,
    OrderState,
    PhaseKind,
    RecordArea,
    Route,
    Substance,
    describe_interval,
    read_line,
)
from recommender.treatment import cyanocobalamin_may_go_on, hydroxocobalamin_allowed
from recommender.wording import Words, capital, quote


def k1(case: Case, issue: Issue, words: Words) -> str:
    """Say what is due; with an order that could not be read, that it was not checked (I36)."""
    return _unread(case, issue, words) if issue.about else say_due(case, words)


def _unread(case: Case, issue: Issue, words: Words) -> str:
    order = order_of(case, issue)
    kind = "free-text order" if order is not None and order.words else "order"
    lead = words.finding or words.b12
    regimen = _regimen(case)
    due = f"{regimen} {'is' if regimen == 'B12' else 'are'} due"
    if case.rule == "U1":
        due = "ask about nerve signs, B12 is due"
    return led(lead, f"{due}; this {kind} was not checked")


def say_due(case: Case, words: Words) -> str:
    """Return the first line for the rule; empty where the rule has none of its own. A reaction that
    stands against the treatment that is due comes before it.
    """
    if not hydroxocobalamin_allowed(case.assessment) and case.recommendation.not_drafted:
        return _g2(case, words)
    rule = case.rule
    if case.is_prophylaxis and rule not in ("N3", "B1"):
        return _prophylaxis(case, words)
    if rule in _WATCHED or (rule in ("E1", "E2") and "P3" in case.recommendation.also):
        return _ileum(case, words)
    if case.group is RuleGroup.LOADING:
        return _without_signs(case, words)
    form = _BY_RULE.get(rule)
    return form(case, words) if form else ""


_WATCHED = ("P3",)


# --- untreated


def _n1(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return _same_day(words)
    if other := _not_untreated(words):
        return other
    lead = words.finding if words.level == "" else f"{words.finding} and {words.level}"
    return f"{lead}, not treated: start injections on alternate days"


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
    return f"{words.level}, no nerve signs, not treated: start {_regimen(case)}"


def _by_diagnosis(words: Words) -> str:
    if words.cause:
        return f"{words.cause} recorded, no B12 treatment on record: start it"
    return led(words.diagnosis, "no B12 treatment on record, start it")


def _not_untreated(words: Words) -> str:
    """Say what the record carries where "not treated" would claim more (I33, Q58)."""
    lead = words.level or words.cause or words.diagnosis or words.finding
    if words.never_treated:
        return ""
    if RecordArea.MEDICATIONS in words.scenario.unavailable:
        return f"{lead}: treatment could not be read. Is B12 being given?"
    if RecordArea.MEDICATIONS in words.scenario.incomplete:
        return f"{lead}: the medication list is not complete. Is B12 being given?"
    if words.last_dose:
        return f"{lead}, last B12 on record {words.day(words.last_dose)}: start it again"
    if order := words.only_ordered:
        return f"{lead}; {words.as_ordered(order)}, {_first_of(order)}"
    return f"{lead}: treatment so far is not known. Is B12 being given?"


def _first_of(order: Order) -> str:
    """Say what comes before an order of which nothing was given: loading, or the question (Q78)."""
    line = order.cobalamin
    is_maintenance = line is not None and read_line(line).kind is PhaseKind.MAINTENANCE
    if is_maintenance:
        return "no loading or dose on record: load first"
    if order.state is OrderState.ON_HOLD:
        return "no dose on record: start it"
    return "no dose on record: is it given?"


def _regimen(case: Case) -> str:
    """Say what is offered first in four words."""
    regimens = [option.regimen for option in case.recommendation.options if option.regimen]
    if not regimens:
        return "B12"
    first = regimens[0].phases[0]
    if first == N_LOAD:
        return "injections on alternate days"
    if first.line.route is Route.ORAL:
        return "daily B12 tablets"
    return "loading injections" if first.kind is PhaseKind.LOADING else "B12 injections"


# --- under way


def _t0(_: Case, words: Words) -> str:
    return f"{words.finding} on {words.treatment}: change to injections on alternate days"


def _t1(_: Case, words: Words) -> str:
    return f"{words.finding} since treatment began: inject more often; reload if it progresses"


def _t1b(_: Case, words: Words) -> str:
    return f"{words.finding} since before treatment, no alternate days on record: still improving?"


def _t2(case: Case, words: Words) -> str:
    regimens = [option.regimen for option in case.recommendation.options if option.regimen]
    timing = regimens[0].phases[0].line.timing if regimens else None
    often = f"inject {describe_interval(timing)}" if timing else "inject more often"
    return f"Symptoms have returned on {words.treatment}: {often}"


def _t3(case: Case, words: Words) -> str:
    ended = words.day(words.last_dose)
    when = f"Loading ended {ended}" if ended else "Loading is complete"
    return f"{when}, nothing ordered since: start injections {maintenance_words(case)}"


def _t3b(case: Case, words: Words) -> str:
    ended = words.day(case.assessment.treatment.alternate_days_ended)
    when = f"Alternate days ended {ended}" if ended else "Alternate days have ended"
    return f"{when}: still improving? Go on; if not, every 2 months"


def _t4a(_: Case, words: Words) -> str:
    last = words.day(words.last_dose)
    since = f", last B12 injection {last}" if last else ", B12 treatment has lapsed"
    return f"{words.finding}{since}: injections on alternate days again"


def _t4(case: Case, words: Words) -> str:
    if case.assessment.treatment.by_mouth:
        return f"{words.last_supply}: still taken? Ask about numbness, gait and memory"
    last = words.day(words.last_dose)
    due = f", due {maintenance_words(case)}" if last else ""
    return f"Last B12 injection {last}{due}: give one now" if last else ""


def _t5(_: Case, words: Words) -> str:
    return led(words.cause, "on tablets, injections are preferred")


def _t5b(case: Case, words: Words) -> str:
    days = case.assessment.treatment.days_on_treatment
    months = f"{days // 30} months" if days else "3 months or more"
    if case.assessment.b12_still_low.is_true:
        level = words.result("B12", case.scenario.total_b12_on_treatment)
        return f"{level} after {months} of tablets: check they are taken, change to injections"
    return f"Symptoms persist after {months} of tablets: change to injections"


def _t6(case: Case, words: Words) -> str:
    treatment = case.assessment.treatment
    if treatment.substance is Substance.CYANOCOBALAMIN and not cyanocobalamin_may_go_on(
        case.assessment
    ):
        return "Cyanocobalamin under way does not suit this person: change to hydroxocobalamin"
    if treatment.phase is TreatmentPhase.LOADING:
        return "B12 loading is under way, no maintenance order: order what follows it"
    if not treatment.maintenance_ordered:
        return f"{capital(words.treatment)} is being given, no active order for it is on record"
    return f"{capital(words.treatment)}: inject {maintenance_words(case)} here"


def _t7(case: Case, words: Words) -> str:
    """Ask whether it is given; a recent result that shows deficiency leads (Q73)."""
    order = words.order
    ordered = f"ordered {words.day(order.authored)}" if order and order.authored else "ordered"
    if case.assessment.positive_by_recent_result and words.level:
        return (
            f"{words.level}; {words.product} {ordered}, no dose on record: is it given? "
            f"Ask about numbness, gait, memory"
        )
    if ordered == "ordered":
        return "B12 is ordered, no dose on record: still given?"
    return f"{capital(words.treatment)}, {ordered}, no dose on record since: still given?"


def _t8(case: Case, words: Words) -> str:
    end = case.assessment.treatment.order_ends
    day = f" {words.day(end)}" if end else " soon"
    if end and end < case.scenario.as_of:
        return f"{capital(words.treatment)}: the prescription ended{day}; renew it"
    return f"{capital(words.treatment)}: the prescription ends{day}; renew it"


# --- prevention and tests


def _prophylaxis(case: Case, words: Words) -> str:
    a = case.assessment
    ordered = "no B12 ordered" if words.whole_medication_list else "B12 orders not readable"
    if any(order.has_cobalamin for order in case.course.active):
        ordered = "no more than a B12 supplement ordered"
    if a.ileal_resection_over_limit.is_true:
        length = f"{words.ileum} of ileum" if words.ileum else "The terminal ileum"
        return f"{length} resected, {ordered}: monthly injections for life are advised"
    if a.crohns_over_limit.is_true:
        extent = f", {words.crohns}" if words.crohns else ""
        return f"Ileal Crohn's{extent}, {ordered}: monthly injections for life are advised"
    if Cause.BARIATRIC in a.causes:
        operation = f"Bariatric surgery{words.year_of(Cause.BARIATRIC)}"
        return f"{operation}, {ordered}: injection every 3 months, or daily tablets"
    if Cause.TOTAL_GASTRECTOMY in a.causes:
        operation = f"Total gastrectomy{words.year_of(Cause.TOTAL_GASTRECTOMY)}"
        return f"{operation}, {ordered}: test it and decide on injections for life"
    return ""


def _ileum(case: Case, words: Words) -> str:
    last = words.day(case.scenario.total_b12.date)
    when = f" (last {last})" if last else ""
    if Cause.ILEAL_RESECTION in case.assessment.causes:
        length = words.ileum or "length not recorded"
        year = words.year_of(Cause.ILEAL_RESECTION)
        return f"Ileal resection{year}, {length}: B12 yearly{when}; how much was removed?"
    extent = words.crohns or "extent not recorded"
    return f"Ileal Crohn's, {extent}: B12 yearly{when}; sources differ on injections"


def _p6(case: Case, words: Words) -> str:
    last = words.day(case.scenario.total_b12.date)
    when = f" (last {last})" if last else ""
    return f"{operation(case, words)}: which operation? B12 once a year{when}"


def _b1(case: Case, words: Words) -> str:
    if case.assessment.pregnant.is_true:
        lead = f"Pregnant, {words.level}" if words.level else "Pregnant"
        return f"{lead}: measure active B12 or methylmalonic acid, ask haematology"
    return open_level(case, words)


def _e3(case: Case, words: Words) -> str:
    return old_and_low(case, words)


def _e2(case: Case, words: Words) -> str:
    hints = case.scenario.hints_at(HintAt.NEUROLOGY)
    if hints and not words.level and not words.older_level:
        return f"Record says {quote(hints[0].words, 40)}: {no_test(words, 'now')}"
    if words.level:
        return f"{words.level} does not exclude deficiency: repeat it with methylmalonic acid"
    if words.older_level:
        return f"{words.older_level} does not decide it: repeat it"
    return no_test(words, "now")


def _e1(_: Case, words: Words) -> str:
    return f"{words.level} is not low but symptoms persist: measure methylmalonic acid"


def _n3(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return (
            f"{words.finding}, {words.level} not low: same-day neurology; measure methylmalonic "
            f"acid"
        )
    return (
        f"{words.finding}, {words.level} not low: measure methylmalonic acid before looking "
        f"elsewhere"
    )


def _g2(_: Case, words: Words) -> str:
    """Say the reaction that stands against treatment, no stronger than it is recorded (I33)."""
    cobalamins = [one for one in words.scenario.allergies if one.allergen in _COBALAMINS]
    severe = [one for one in cobalamins if one.severe.is_true and one.active]
    first = next(iter((*severe, *cobalamins)), None)
    substance = first.allergen.value.partition(" (")[0] if first else "B12"
    lead = words.level or words.cause or words.finding
    beside = f" and {lead}" if lead else ""
    if first is not None and not first.active:
        return f"Past severe reaction to {substance}{beside}: confirm it was cleared before B12"
    if first is not None and not first.severe.is_true:
        day = "the same day" if words.assessment.neurological.is_true else "first"
        if first.severe.is_false:
            return f"Mild reaction to {substance}{beside}: clarify it {day}"
        return f"Allergy to {substance}, severity not stated{beside}: clarify it {day}"
    return f"Severe reaction to {substance}{beside}: urgent allergy and haematology advice"


_COBALAMINS = (Allergen.HYDROXOCOBALAMIN, Allergen.CYANOCOBALAMIN, Allergen.UNSPECIFIED_B12)


_BY_RULE = {
    "N1": _n1,
    "N2": _n2,
    "U1": _u1,
    "T0": _t0,
    "T1": _t1,
    "T1b": _t1b,
    "T2": _t2,
    "T3": _t3,
    "T3b": _t3b,
    "T4a": _t4a,
    "T4": _t4,
    "T5": _t5,
    "T5b": _t5b,
    "T6": _t6,
    "T7": _t7,
    "T8": _t8,
    "P6": _p6,
    "B1": _b1,
    "N3": _n3,
    "E1": _e1,
    "E2": _e2,
    "E3": _e3,
    "G2": _g2,
}
