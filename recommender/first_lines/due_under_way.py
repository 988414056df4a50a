"""First lines of k1 for treatment that is under way, or may be (T0 to T8)."""

from __future__ import annotations

from recommender.case import Case
from recommender.first_lines.common import (
    ALLERGY_FIRST,
    led,
    maintenance_words,
    tablets_not_enough,
)
from recommender.language import Substance, describe_interval
from recommender.monitoring import interval_of, maintenance_phase, resumed_phase
from recommender.treatment import hydroxocobalamin_allowed, is_on_unsuitable_product
from recommender.treatment_so_far import Treatment, TreatmentPhase
from recommender.wording import (
    Words,
    capital,
    first_ordered,
    has_undated_dose,
    in_sentence,
    is_planned,
    last_injection,
    last_supply,
    may_be_under_way,
    no_dose,
    say_alarm,
)


def t0(_: Case, words: Words) -> str:
    return f"{words.finding} on {words.treatment}: change to injections on alternate days"


def t1(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return f"{words.finding} since treatment began: same-day neurology; alternate days again"
    often = f"inject {_hydroxocobalamin(case)}more often"
    return f"{words.finding} since treatment began: {often}; reload if it progresses"


def t1b(_: Case, words: Words) -> str:
    return f"{words.finding} since before treatment, no alternate days on record: still improving?"


def t2(case: Case, words: Words) -> str:
    regimens = case.offered_regimens
    timing = regimens[0].phases[0].line.timing if regimens else None
    every = describe_interval(timing) if timing else "more often"
    on = f"Symptoms have returned on {words.treatment}"
    return f"{on}: inject {_hydroxocobalamin(case)}{every}"


def t3(case: Case, words: Words) -> str:
    treatment = case.assessment.treatment
    if treatment.order_key and not treatment.dose_documented:  # ordered is not given (Q55)
        ordered = f" ordered {words.day(treatment.ordered_on)}" if treatment.ordered_on else ""
        start = f"start injections {maintenance_words(case)}"
        return f"Loading{ordered}, {no_dose(words)}: if it was given, {start}"
    ended = words.day(words.last_dose)
    when = f"Loading ended {ended}" if ended else "Loading is complete"
    return f"{when}, nothing ordered since: start injections {maintenance_words(case)}"


def t3b(case: Case, words: Words) -> str:
    ended = words.day(case.assessment.treatment.alternate_days_ended)
    when = f"Alternate days ended {ended}" if ended else "Alternate days have ended"
    on = ", with hydroxocobalamin" if _hydroxocobalamin(case) else ""
    return f"{when}: still improving? Go on{on}; if not, every 2 months"


def t4a(case: Case, words: Words) -> str:
    last = in_sentence(last_injection(words))
    since = f", {last}" if last else ", B12 treatment has lapsed"
    injections = f"{_hydroxocobalamin(case)}injections on alternate days again"
    return f"{words.finding}{since}: {injections}"


def t4(case: Case, words: Words) -> str:
    if case.assessment.treatment.by_mouth:
        if why := _against_cyanocobalamin(case, words) if _hydroxocobalamin(case) else "":
            supplied = in_sentence(last_supply(words))
            return f"{why}{supplied}: if still taken, change to hydroxocobalamin"
        return f"{last_supply(words)}: still taken? Ask about numbness, gait and memory"
    last = last_injection(words)
    due = f", due {maintenance_words(case)}"
    if _stopped_early(case, words):
        given = case.assessment.treatment.interval is not None
        due = f" on {words.treatment}" if given else ", loading stopped"
    one = "hydroxocobalamin" if is_on_unsuitable_product(case.assessment) else "one"
    return f"{last}{due}: give {one} now" if last else ""


def _stopped_early(case: Case, words: Words) -> bool:
    """Return whether the lapse is one of more frequent injections: of a loading course that was not
    finished, by the interval of 2.7 nothing would be due yet; or they go on as they were ordered.
    """
    a, policy, last = case.assessment, case.policy, words.last_dose
    longest = interval_of(maintenance_phase(a, policy))
    if last is None:
        return False
    return (words.as_of - last).days < longest or interval_of(resumed_phase(a, policy)) < longest


def t5(case: Case, words: Words) -> str:
    if not hydroxocobalamin_allowed(case.assessment):
        return led(words.cause, f"on tablets. {ALLERGY_FIRST}")
    return _unsuitable(case, words) or led(words.cause, "on tablets, injections are preferred")


def t5b(case: Case, words: Words) -> str:
    return _unsuitable(case, words) or tablets_not_enough(case, words)


def t6(case: Case, words: Words) -> str:
    treatment = case.assessment.treatment
    if case.assessment.is_emergency:
        return f"{words.finding}: same-day neurology and haematology; B12 goes on"
    if change := _unsuitable(case, words):
        return change
    if treatment.phase is TreatmentPhase.LOADING:
        return "B12 loading is under way, no maintenance order: order what follows it"
    if not treatment.maintenance_ordered:
        return f"{capital(words.treatment)} is being given, no active order for it is on record"
    if treatment.substance is Substance.CYANOCOBALAMIN and not _by_mouth(treatment):
        better = f"hydroxocobalamin {maintenance_words(case)} is preferred"
        return f"{capital(words.treatment)}: cyanocobalamin is repeated monthly; {better}"
    signs = " (nerve signs, now or earlier)" if case.assessment.neurological_ever.is_true else ""
    return f"{capital(words.treatment)}: inject {maintenance_words(case)}{signs or ' here'}"


def _unsuitable(case: Case, words: Words) -> str:
    """Say why the product that is taken is to be changed; empty where it suits the person."""
    if not is_on_unsuitable_product(case.assessment):
        return ""
    why = _against_cyanocobalamin(case, words)
    taken = words.treatment if why else capital(words.treatment)
    return f"{why}{taken}: change to hydroxocobalamin"


def _hydroxocobalamin(case: Case) -> str:
    """Name the product where more of the one that is taken would harm; else empty."""
    return "hydroxocobalamin " if is_on_unsuitable_product(case.assessment) else ""


def _against_cyanocobalamin(case: Case, words: Words) -> str:
    """Say what speaks against cyanocobalamin that is taken: the kidneys, else Leber's disease."""
    s = case.scenario
    if s.egfr.below(case.policy.cyano_min_egfr).is_true:
        open_after = ";" if s.egfr.stands_in_for and words.newer else ""
        return f"{say_alarm(words, 'eGFR', s.egfr)}{open_after} on "
    if case.assessment.renal.is_true:
        return f"{'Dialysis' if s.dialysis.is_true else 'Kidney disease'} recorded, on "
    if case.assessment.lebers.is_true:
        return "Leber's optic neuropathy, on "
    return "Reaction recorded, on " if s.allergies else ""


def _by_mouth(treatment: Treatment) -> bool:
    return treatment.by_mouth or treatment.phase is TreatmentPhase.ORAL


def t7(case: Case, words: Words) -> str:
    """Ask whether it is given; a recent result that shows deficiency leads (Q73)."""
    shown = case.assessment.positive_by_recent_result and words.level
    signs = "Ask about numbness, gait, memory"
    if not shown and is_on_unsuitable_product(case.assessment):
        return _unsuitable_if_given(case, words)
    if words.last_dose:
        lead = f"{words.level}, last" if shown else "Last"
        known = f"{lead} B12 on record {words.day(words.last_dose)}: is it still given?"
        return f"{known} {signs}" if shown else known
    if shown:
        return f"{words.level}; {may_be_under_way(words)}: is it given? {signs}"
    first = first_ordered(words)
    if first is None or is_planned(words):
        return f"{capital(may_be_under_way(words))}: is it given?"
    ordered = f"ordered {words.day(first)}"
    since = "" if has_undated_dose(words) else " since"
    return f"{capital(words.treatment)}, {ordered}, {no_dose(words)}{since}: still given?"


def _unsuitable_if_given(case: Case, words: Words) -> str:
    """Say why what may be under way is to be changed, should it be given (T7, I2)."""
    last = words.day(words.last_dose) if words.last_dose else ""
    taken = f"{words.treatment}, last B12 on record {last}" if last else may_be_under_way(words)
    said = f"{_against_cyanocobalamin(case, words)}{taken}"
    return f"{capital(said)}: if {'still ' if last else ''}given, change to hydroxocobalamin"


def t8(case: Case, words: Words) -> str:
    if change := _unsuitable(case, words):
        return change
    end = case.assessment.treatment.order_ends
    day = f" {words.day(end)}" if end else " soon"
    if end and end < case.scenario.as_of:
        return f"{capital(words.treatment)}: the prescription ended{day}; renew it"
    return f"{capital(words.treatment)}: the prescription ends{day}; renew it"
