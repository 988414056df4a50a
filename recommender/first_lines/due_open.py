"""First lines of k1 where deficiency is not shown: prophylaxis, tests, questions."""

from __future__ import annotations

from recommender.case import Case, has_test
from recommender.first_lines.common import no_test, old_and_low, open_level, operation
from recommender.language import Cause, HintAt, NotCounted, Route, Test
from recommender.wording import Words, capital, every_months, quote


def prophylaxis(case: Case, words: Words) -> str:
    a = case.assessment
    ordered = "no B12 ordered" if words.whole_medication_list else "B12 orders not readable"
    if any(order.has_cobalamin for order in case.course.active):
        ordered = "no more than a B12 supplement ordered"
    if a.ileal_resection_over_limit.is_true:
        length = f"{words.ileum} of ileum" if words.ileum else "The terminal ileum"
        return f"{length} resected, {ordered}: {_injections_for_life(case)}"
    if a.crohns_over_limit.is_true:
        extent = f", {words.crohns}" if words.crohns else ""
        return f"Ileal Crohn's{extent}, {ordered}: {_injections_for_life(case)}"
    if Cause.BARIATRIC in a.causes:
        operation = f"Bariatric surgery{words.year_of(Cause.BARIATRIC)}"
        return f"{operation}, {ordered}: {_either_route(case)}"
    if Cause.TOTAL_GASTRECTOMY in a.causes:
        operation = f"Total gastrectomy{words.year_of(Cause.TOTAL_GASTRECTOMY)}"
        test_first = "test it and decide" if _lacks_level(case) else "decide"
        return f"{operation}, {ordered}: {test_first} on injections for life"
    return ""


def _injections_for_life(case: Case) -> str:
    months = case.policy.ileal_maintenance_months
    if months == 1:
        return "monthly injections for life are advised"
    return f"injections {every_months(months)} for life are advised"


def _either_route(case: Case) -> str:
    """Say the routes that are open after bariatric surgery: tablets only where they may be taken
    (P4, I2).
    """
    routes = {phase.line.route for phase in case.offered_phases}
    if Route.ORAL not in routes:
        return "injection every 3 months"
    return "injection every 3 months, or daily tablets" if len(routes) > 1 else "daily tablets"


def lacks_deciding_test(case: Case) -> bool:
    """Return whether the test that the rule asks for first is not drafted."""
    asked = [item.test for item in case.recommendation.follow_ups if not item.months]
    return bool(asked) and not has_test(case, asked[0])


def _lacks_level(case: Case) -> bool:
    """Return whether vitamin B12 was not measured, and is not drafted."""
    asked = any(item.test is Test.SERUM_B12 for item in case.recommendation.follow_ups)
    return asked and not has_test(case, Test.SERUM_B12)


def _last_level(case: Case, words: Words) -> str:
    """Say when vitamin B12 was last measured, also where that is too long ago to decide (I27)."""
    old = (one for one in case.scenario.uncounted_b12 if one.why is NotCounted.TOO_OLD)
    date = case.scenario.total_b12.date or next((one.evidence.date for one in old), None)
    return f" (last {words.day(date)})" if date else ""


def ileum(case: Case, words: Words) -> str:
    when = _last_level(case, words)
    resected = Cause.ILEAL_RESECTION in case.assessment.causes
    if hints := case.scenario.hints_at(HintAt.ILEAL_LENGTH):
        removed = resected or case.scenario.hints_at(HintAt.ILEAL_SURGERY)
        asked = "how much was removed?" if removed else "how much ileum is involved?"
        return f"Record says {quote(hints[0].words)}: B12 yearly{when}; {asked}"
    if resected:
        length = words.ileum or "length not recorded"
        year = words.year_of(Cause.ILEAL_RESECTION)
        return f"Ileal resection{year}, {length}: B12 yearly{when}; how much was removed?"
    extent = words.crohns or "extent not recorded"
    return f"Ileal Crohn's, {extent}: B12 yearly{when}; sources differ on injections"


def p6(case: Case, words: Words) -> str:
    when = _last_level(case, words)
    return f"{operation(case, words)}: which operation? B12 once a year{when}"


def b1(case: Case, words: Words) -> str:
    if case.assessment.pregnant.is_true:
        lead = f"Pregnant, {words.level}" if words.level else "Pregnant"
        return f"{lead}: measure active B12 or methylmalonic acid, ask haematology"
    return open_level(case, words)


def e3(case: Case, words: Words) -> str:
    return old_and_low(case, words)


def e2(case: Case, words: Words) -> str:
    hints = case.scenario.hints_at(HintAt.NEUROLOGY)
    if not words.level and not words.older_level:
        lead = f"record says {quote(hints[0].words, 40)}" if hints else _cause_and_symptoms(words)
        missing = no_test(words, "now")
        return f"{capital(lead)}. {missing}" if lead else missing
    if words.level:
        return f"{words.level} does not exclude deficiency: repeat it with methylmalonic acid"
    if words.older_level:
        return f"{words.older_level} does not decide it: repeat it"
    return ""


def _cause_and_symptoms(words: Words) -> str:
    """Say what asks for a first test: the cause, and the symptoms or signs it meets (Q89)."""
    ill = "symptoms recorded" if words.assessment.symptoms.is_true else "nerve signs recorded"
    return f"{words.cause} and {ill}" if words.cause else ""


def e1(_: Case, words: Words) -> str:
    return f"{words.level} is not low but symptoms persist: measure methylmalonic acid"


def n3(case: Case, words: Words) -> str:
    if case.assessment.urgent_neurology:
        return (
            f"{words.finding}, {words.level} not low: same-day neurology; measure methylmalonic "
            f"acid"
        )
    return (
        f"{words.finding}, {words.level} not low: measure methylmalonic acid before looking "
        f"elsewhere"
    )
