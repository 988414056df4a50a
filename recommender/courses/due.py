"""What is due and not ordered: treatment, prophylaxis or a test, told where the chart is opened or
another order is selected (k1, Q19).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from recommender.cards import INFO, WARNING, Indicator, Remedy, cards
from recommender.case import (
    Case,
    Issue,
    fulfils,
    has_test,
    is_count_alone,
    is_oral,
    is_readable,
    is_trace,
    is_treatment,
)
from recommender.courses.due_words import advice_of
from recommender.courses.words_since import due_by_what_is_unread
from recommender.deficiency import Deficiency, older_low_result
from recommender.guidance import NEW_SIGN_DAYS
from recommender.language import Cause, HintAt, Order, Test
from recommender.safety import is_implausible
from recommender.treatment import Outcome, is_on_unsuitable_product
from recommender.wording import capital, every_months, join, plain


def check_not_ordered(case: Case) -> Iterator[Issue]:
    """Yield k1: treatment is due, and what is selected is another order in scope (Q19)."""
    if any(is_treatment(order) for order in case.all_drafts):
        return
    yield from due_treatment(case)


UNREAD_RANK = 1050
"""Where k1 about an unread order stands among the cards: after c5, before b22 (cards.md 5)."""


def check_unread(case: Case, found: Iterable[Issue]) -> Iterator[Issue]:
    """Yield k1 about a selected draft that cannot be read, where treatment is recommended that
    nothing else in the course gives: what is recommended leads, the reading is folded (Q37, I36).

    Args: found: what is said of the drafts already; a card that brings a regimen leads by itself.
    """
    said = {key for issue in found if _says_what_is_due(issue) for key in issue.about}
    unread = [one for one in case.drafts if _is_unread(case, one) and one.key not in said]
    in_time = case.rule in ("T6", "T8")  # nothing is due: b14 says that it was not checked (Q37)
    if not unread or in_time or case.recommendation.not_drafted or not _lacks_an_option(case):
        return
    loud = case.assessment.neurological.is_true or case.rule in ("T0", "T1")
    by_mouth = any(order.cobalamin and is_oral(order.cobalamin) for order in unread)
    loud = loud or (by_mouth and case.assessment.established_malabsorption.is_true)
    yield Issue(
        cards.K1_DUE,
        WARNING if loud else INFO,
        advice_of(case),
        case.recommendation.citations,
        tuple(order.key for order in unread),
        rank=UNREAD_RANK,
    )


def _says_what_is_due(issue: Issue) -> bool:
    """Return whether a card about route or frequency brings the regimen; one about the product does
    not say what is due.
    """
    about_product = issue.card in (cards.D2_KIDNEY_NOT_KNOWN, cards.B9_SECOND_CHOICE)
    return issue.card.remedy in (Remedy.CHANGE, Remedy.ASK) and not about_product


def _is_unread(case: Case, order: Order) -> bool:
    """Return whether an order cannot be checked; of a trace supplement its content is enough, and
    it stays as it is (Q49, Q75).
    """
    told = is_readable(order) or is_count_alone(order) or is_implausible(order)
    return not told and not is_trace(order, case.policy.trace_b12_mcg_per_day)


def _lacks_an_option(case: Case) -> bool:
    """Return whether regimens are offered and the orders that can be read make up none of them."""
    orders = (*case.all_drafts, *case.standing)
    regimens = case.offered_regimens
    return bool(regimens) and not any(
        all(any(fulfils(order, phase) for order in orders) for phase in regimen.phases)
        for regimen in regimens
    )


def due_treatment(case: Case) -> Iterator[Issue]:
    """Yield k1 when the recommendation asks for treatment, prophylaxis or a test that is not under
    way (Q19). An active order that is what would be drafted meets the rule: accepted advice falls
    silent (Q55).
    """
    recommendation = case.recommendation
    if recommendation.already_ordered or case.excluded_for_now:
        return
    if case.rule == "T7" and not case.course.has_anything_selected:
        if is_worth_asking(case):
            yield _due(case, WARNING if _is_pressing(case) else INFO)
    elif _asks_for_a_first_test(case):
        yield _due(case, INFO)
    elif _presses_under_treatment(case):
        yield _due(case, WARNING)
    elif _tests_come_first(case):
        yield from _tests_due(case)
    elif only_size_is_asked(case):
        yield _due(case, INFO, _size_decides(case))
    elif not _is_on_unsuitable_product(case) and (asked := due_by_what_is_unread(case)):
        yield asked
    elif _is_in_time(case):
        return
    elif (
        any(option.regimen or option.follow_ups for option in recommendation.options)
        or recommendation.not_drafted
        or (recommendation.rule == "T5" and not case.course.has_anything_selected)
        or _is_deficient_without_product(case)
    ):
        yield _due(case, WARNING if _is_pressing(case) else INFO)


def is_worth_asking(case: Case) -> bool:
    """Return whether the opened chart asks if vitamin B12 is given that is ordered and of which no
    dose is known (T7): anything speaks for deficiency, or the chart would ask for something without
    the order, which is never to make it quieter (Q29, Q73), or what is ordered harms this person.
    Else the receipt alone asks.
    """
    asked = set(case.recommendation.also) - {"E1", "E2"}
    a = case.assessment
    speaks = a.has_deficiency_basis or is_on_unsuitable_product(a) or bool(asked)
    return speaks or _calls_for_a_test(case) or _was_low(case)


def _was_low(case: Case) -> bool:
    """Return whether an older or unusable low result is answered by orders at most."""
    as_not_given = replace(case.scenario, orders=())
    return older_low_result(as_not_given, case.policy) is not None


def _due(case: Case, indicator: Indicator, advice: tuple[str, ...] = ()) -> Issue:
    said = advice or advice_of(case)
    return Issue(cards.K1_DUE, indicator, said, case.recommendation.citations, ())


def _presses_under_treatment(case: Case) -> bool:
    """Return whether the opened chart holds recent signs of the cord or the optic nerve while
    treatment is right and under way (K15, Q50, Q83): their same-day route is said all the same.
    """
    return (
        case.rule == "T6" and case.assessment.is_emergency and not case.course.has_anything_selected
    )


def _tests_come_first(case: Case) -> bool:
    """Return whether tests are all that is asked for; after total gastrectomy too, where the site
    offers nothing else (P5, C35).
    """
    tested = case.recommendation.outcome is Outcome.TEST and not case.is_prophylaxis
    tested = tested or (case.rule == "P5" and not case.recommendation.options)
    return tested or _looks_behind_the_level(case)


def _tests_due(case: Case) -> Iterator[Issue]:
    """Yield k1 of tests that nobody has drafted, else of the length or extent that decides."""
    asked = [item for item in case.recommendation.follow_ups if item.months == 0]
    if _is_being_repeated(case):
        return
    if any(not has_test(case, item.test) for item in asked):
        yield _due(case, WARNING if case.assessment.is_emergency or _low_and_ill(case) else INFO)
    elif _ileal_size_is_missing(case) and not case.course.has_anything_selected:
        yield _due(case, INFO, _size_decides(case))


def _is_being_repeated(case: Case) -> bool:
    """Return whether the repeat of an old or unusable low level is what is ordered (E3,
    section 6).
    """
    ordered = case.course.has_anything_selected and has_test(case, Test.SERUM_B12)
    return case.rule == "E3" and ordered


def _asks_for_a_first_test(case: Case) -> bool:
    """Return whether the opened chart asks for a vitamin B12 where nothing is known of it (E2)."""
    opened = not case.course.has_anything_selected
    return case.rule == "E2" and opened and _calls_for_a_test(case)


def _calls_for_a_test(case: Case) -> bool:
    """Return whether words hint at nerve signs, or a cause meets symptoms or nerve signs that
    another cause explains (Q89).
    """
    a, s = case.assessment, case.scenario
    explained = any(found.current and found.other_cause for found in s.neurological_findings)
    return bool(s.hints_at(HintAt.NEUROLOGY)) or (
        bool(a.causes) and (a.symptoms.is_true or explained)
    )


def _looks_behind_the_level(case: Case) -> bool:
    """Return whether the opened chart asks for methylmalonic acid though the level is not low:
    nerve signs that are new, or of the cord or the optic nerve, and neither test done (Q69).
    """
    a, today = case.assessment, case.scenario.as_of
    if case.rule != "N3" or case.course.has_anything_selected:
        return False
    dates = [one.evidence.date for one in case.scenario.neurological_findings if one.current]
    new = any(date and (today - date).days <= NEW_SIGN_DAYS for date in dates)
    return (new or a.urgent_neurology) and not a.tests_on_record & {Test.MMA, Test.HOMOCYSTEINE}


def only_size_is_asked(case: Case) -> bool:
    """Return whether nerve signs are no reason to look behind the level again, and the opened chart
    asks for the length or extent that decides all the same (P3 beside N3).
    """
    opened = case.rule == "N3" and not case.course.has_anything_selected
    return opened and not _looks_behind_the_level(case) and _ileal_size_is_missing(case)


def _size_decides(case: Case) -> tuple[str, ...]:
    """Say from which length or extent on injections are given, of what is recorded only (I33)."""
    causes, hints = case.assessment.causes, case.scenario.hints_at
    resected = Cause.ILEAL_RESECTION in causes or bool(hints(HintAt.ILEAL_SURGERY))
    crohns = Cause.CROHNS_ILEAL in causes or not resected  # what words of a length may be of
    limits = ["more than 20 cm of ileum resected"] if resected else []
    extent = f"ileal Crohn's disease of {plain(case.policy.crohns_extent_cm)} cm or more"
    limits += [extent] if crohns else []
    said = join(limits, "or")
    every = every_months(case.policy.ileal_maintenance_months)
    return (f"{capital(said)} calls for injections {every} for life.",)


def _ileal_size_is_missing(case: Case) -> bool:
    """Return whether only the missing length or extent keeps ileal disease open (P3, Q34)."""
    in_words = bool(case.scenario.hints_at(HintAt.ILEAL_LENGTH))
    return "P3" in (case.rule, *case.recommendation.also) and (
        in_words or case.causes_of_ileal_disease.is_unknown
    )


def _is_deficient_without_product(case: Case) -> bool:
    """Return whether reactions stand against every product (G2) where there is deficiency or
    neurological involvement, or was a low level that nobody repeated.
    """
    return case.rule == "G2" and (_needs_a_product(case) or _was_low(case))


def _needs_a_product(case: Case) -> bool:
    a = case.assessment
    involved = a.neurological.is_true and a.deficiency is not Deficiency.UNLIKELY
    return case.needs_treatment or involved


def _low_and_ill(case: Case) -> bool:
    """Return whether an old or unusable low result meets symptoms, so that its repeat does not
    wait (E3).
    """
    return case.rule == "E3" and case.assessment.symptoms.is_true


def _is_pressing(case: Case) -> bool:
    """Return whether treatment is due now: untreated, lapsed, incomplete or failing deficiency, or
    a product that harms this person. Treatment that may be under way is only asked about, unless a
    recent result shows deficiency (T7, Q73).
    """
    if case.rule == "T7":
        return case.assessment.positive_by_recent_result
    if case.rule == "G2":
        return _needs_a_product(case)
    if case.rule == "M7" and case.assessment.treatment.ordered:
        return False  # tablets are ordered: only the kidney result is asked for (Q51, Q55)
    fails = case.rule == "T5b" and case.assessment.established_malabsorption.is_true  # Q71
    return (
        fails
        or case.assessment.is_deficient
        or case.rule in ("T0", "T1", "T1b", "T3", "T3b", "T4a", "T4")
        or _is_on_unsuitable_product(case)
    )


def _is_in_time(case: Case) -> bool:
    """Return whether treatment goes on as it should and only its order is not on record (section 6,
    T6: who gives it knows); T3 and T8 ask where it ends, T8 where the chart is opened.
    """
    if case.rule == "T8":
        return case.chart_asks and case.course.has_anything_selected
    ordered = case.assessment.treatment.maintenance_ordered
    return case.rule == "T6" and not ordered and not _is_on_unsuitable_product(case)


def _is_on_unsuitable_product(case: Case) -> bool:
    """Return whether treatment under way is by a product that this person must not have; rules that
    are louder by themselves are not asked.
    """
    goes_on = case.rule in ("T2", "T5", "T5b", "T6", "T8")
    return goes_on and is_on_unsuitable_product(case.assessment)
