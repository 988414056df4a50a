"""What the first lines of several cards share."""

from __future__ import annotations

from collections.abc import Callable

from recommender.case import Case, Column, Issue
from recommender.deficiency import (
    Deficiency,
    Ground,
    NotConclusive,
    contradicting_result,
    older_low_result,
)
from recommender.guidance import M_LOAD
from recommender.language import (
    SURGERY_HINTS,
    Cause,
    HintAt,
    Order,
    RecordArea,
    Route,
    describe_interval,
)
from recommender.monitoring import maintenance_phase
from recommender.treatment import hydroxocobalamin_allowed
from recommender.wording import (
    TEST_NAMES,
    Words,
    beside_newer,
    capital,
    has_undated_dose,
    in_sentence,
    is_measured,
    no_dose,
    quote,
    repeat_level,
)

Form = Callable[[Case, Issue, Words], str]
"""A first line from the case, the issue and the facts in words; empty where there is nothing to
put into it.
"""


def order_of(case: Case, issue: Issue) -> Order | None:
    """The drafted order the issue speaks of."""
    numbers = case.once(_numbers_of_orders)
    about = [numbers[key] for key in issue.about if key in numbers]
    return case.course.orders[min(about)] if about else None


def _numbers_of_orders(case: Case) -> dict[str, int]:
    """Return at which place each order stands; of orders of one key the first."""
    return {order.key: n for n, order in reversed(list(enumerate(case.course.orders)))}


def maintenance_words(case: Case) -> str:
    timing = maintenance_phase(case.assessment, case.policy).line.timing
    return describe_interval(timing) if timing else "at the maintenance interval"


def rhythm_due(case: Case, route: Route | None) -> str:
    """How often the first phase that is recommended by this route is given; of injections where
    tablets are recommended loading, else maintenance. Empty for tablets where none are due.
    """
    if route is Route.ORAL:
        return "" if case.column is Column.NEUROLOGICAL else "every day"
    phases = [phase for phase in case.offered_phases if phase.line.timing is not None]
    injected = [phase for phase in phases if phase.line.route is not Route.ORAL]
    if not injected and phases and case.column is Column.LOADING:
        injected = [M_LOAD]
    timing = injected[0].line.timing if injected else None
    return describe_interval(timing) if timing else maintenance_words(case)


def signs_and_level(words: Words) -> str:
    """Say the nerve signs and the level; with nitrous oxide it is the signs that show deficiency,
    whatever the level (D4, K14).
    """
    a = words.assessment
    if a.nitrous_oxide.is_true and a.deficiency is Deficiency.PROBABLE:
        level = f"; {in_sentence(words.level)} may mislead" if words.level else ""
        return f"{words.finding} with nitrous oxide{level}"
    return f"{words.finding} and {in_sentence(words.level)}" if words.level else words.finding


def what_shows_it(words: Words) -> str:
    """{b12}, led by the nerve signs where a level shows no deficiency without them (D4)."""
    by_signs = words.assessment.ground is Ground.PROBABLE and words.finding
    return signs_and_level(words) if by_signs else words.b12


def led(lead: str, then: str) -> str:
    """Return "lead: then", or the rest alone where there is no lead."""
    return f"{lead}: {then}" if lead else capital(then)


def given(words: Words) -> str:
    """Return the newest dose on record: "B12 given 3 Nov", or one without its date; empty for
    none.
    """
    if words.last_dose:
        return f"B12 given {words.day(words.last_dose)}"
    return "A B12 dose without its date" if has_undated_dose(words) else ""


def already_given(case: Case, words: Words) -> str:
    """Loading is ordered while treatment may be under way (T7)."""
    if hints := case.scenario.hints_at(HintAt.B12_TREATMENT):
        known = f"Record says {quote(hints[0].words)}"
    elif last := words.day(words.last_dose):
        known = f"Last B12 on record {last}"
    elif since := words.day(words.order.authored if words.order else None):
        known = f"B12 ordered {since}, {no_dose(words)}"
    else:
        known = "B12 treatment so far is not known"
    return f"{known}: is B12 given already? Ask before loading"


def last_known(case: Case, words: Words) -> str:
    """Say what is known of the last dose: an entry that was not read may be a later one (I27)."""
    if RecordArea.MEDICATIONS in case.scenario.unavailable:
        return "B12 treatment could not be read"
    last = words.last_dose or (words.order.authored if words.order else None)
    for hint in case.scenario.hints_at(HintAt.B12_TREATMENT):
        if last is None or hint.date is None or hint.date > last:
            return f"Record says {quote(hint.words)}"
    if has_undated_dose(words) and not words.last_dose:
        return "A B12 dose is on record without its date"
    return f"No B12 dose on record{f' since {words.day(last)}' if last else ''}"


def no_test_on_record(words: Words) -> str:
    """Say that there is no test, only of results that could be read (Q58)."""
    if RecordArea.LABORATORY in words.scenario.unavailable:
        return "Laboratory results could not be read"
    if RecordArea.LABORATORY in words.scenario.incomplete:
        return "No B12 among the results that came, the list is not complete"
    return "No B12 test on record"


def no_test(words: Words, before: str, *, dosing: bool = False) -> str:
    """Say that there is no test, and what to do before what. `dosing`: a sample is to be taken
    before a dose, so that doses already given are named.
    """
    lead = no_test_on_record(words)
    if RecordArea.LABORATORY in words.scenario.unavailable:
        return f"{lead}: is there a B12 result? If not, test {before}"
    if RecordArea.LABORATORY in words.scenario.incomplete or not dosing:
        return f"{lead}: test {before}"
    if given(words):
        lead = f"{given(words)}, no B12 test on record"
    return f"{lead}: take one {before}"


def tablets_not_enough(case: Case, words: Words) -> str:
    """Say why tablets are changed to injections: the level taken on them, else the symptoms (T5b).

    How long they were taken is said in months of 30 days, at least the 3 that T5b asks for.
    """
    days = case.assessment.treatment.days_on_treatment
    months = f"{max(days // 30, 3)} months" if days else "3 months or more"
    if case.assessment.b12_still_low.is_true:
        result = case.scenario.total_b12_on_treatment
        level = f"{words.result('B12', result)} after {months} of tablets"
        newer = beside_newer(words, result)
        return f"{level}{newer}: check they are taken, change to injections"
    return f"Symptoms persist after {months} of tablets: change to injections"


def open_level(case: Case, words: Words, before: str = "") -> str:
    """Say of a level that leaves deficiency open why it does, and which test decides (D5, D5b,
    Q79); empty where there is no level.

    Args: before: what waits for the test: "before deciding".
    """
    if not words.level:
        return ""
    a = case.assessment
    asked = (one for one in case.recommendation.follow_ups if not one.months)
    test = next((TEST_NAMES[one.test] for one in asked), "methylmalonic acid")
    measure = f"measure {test}{f' {before}' if before else ''}"
    older = contradicting_result(case.scenario, case.policy)
    if a.ground is Ground.CONTRADICT and older is not None:
        waits = f" {before}" if before == "before folic acid" else ""
        both = f"{words.level} after {words.uncounted(older)}, no B12 between"
        return f"{both}: repeat it with {test}{waits}"
    if a.ground is Ground.LEVEL_NOT_CONCLUSIVE:
        why = f" ({_why_open(words)})" if a.not_conclusive else ""
        return f"{words.level} does not exclude deficiency{why}: {measure}"
    return f"{words.level} is borderline: {measure}"


def _why_open(words: Words) -> str:
    """Say in two words why the level decides nothing, by what the record holds (I33)."""
    why = words.assessment.not_conclusive
    if why is NotConclusive.INTRINSIC_FACTOR and is_measured(words, Cause.PERNICIOUS_ANAEMIA):
        return "intrinsic factor antibody"
    if why is NotConclusive.RAISING_CONDITION and not words.scenario.raises_b12.is_true:
        return "a condition that may raise it"
    return _INCONCLUSIVE[why] if why else ""


_INCONCLUSIVE = {
    NotConclusive.INTRINSIC_FACTOR: "pernicious anaemia or autoimmune gastritis",
    NotConclusive.FLAGGED_LOW: "flagged low",
    NotConclusive.RAISING_CONDITION: "a condition that raises it",
    NotConclusive.KIDNEYS: "kidneys raise it",
}


def tablets_for_injections(case: Case) -> str:
    """Say what tablets are in established malabsorption (b10), also beside a reaction to the
    injections.
    """
    if hydroxocobalamin_allowed(case.assessment):
        return "injections are preferred; tablets may not replace them"
    return f"tablets may not replace injections. {ALLERGY_FIRST}"


ALLERGY_FIRST = "Reaction to hydroxocobalamin: allergy advice before any injection"


def old_and_low(case: Case, words: Words) -> str:
    """Say the result that asks to be repeated (E3): an old one that was low, or one that cannot be
    used and may be.
    """
    result = older_low_result(case.scenario, case.policy)
    return repeat_level(words, result) if result else ""


def operation(case: Case, words: Words) -> str:
    """Say which operation on the stomach is asked about, or the words that point at one (P6)."""
    for cause, said in _OPERATIONS.items():
        if cause in case.assessment.causes:
            return f"{said}{words.year_of(cause)}"
    hints = case.scenario.hints_at(*SURGERY_HINTS)
    return f"Record says {quote(hints[0].words)}" if hints else "Gastric or ileal surgery"


_OPERATIONS = {Cause.GASTRECTOMY_OTHER: "Gastric surgery", Cause.GASTRIC_BAND: "Gastric band"}
