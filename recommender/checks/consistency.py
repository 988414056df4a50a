"""The consistency matrix of cards.md 3: one drafted vitamin B12 order against what is recommended,
read within its course.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.assessment import Deficiency, TreatmentPhase, UnknownPhase
from recommender.cards import Card, Indicator, cards
from recommender.checks.case import Case, Column, Issue, has_test
from recommender.checks.course_reading import (
    LOADING_DOSES,
    WITHOUT_A_DOSE,
    daily_dose,
    is_count_alone,
    is_daily,
    is_oral,
    is_readable,
    is_trace,
    is_treatment,
    kind_of,
    may_be_cyanocobalamin,
)
from recommender.checks.injection_courses import american_course, check_bound, check_resuming
from recommender.checks.plausibility import check_alone, check_readable, is_implausible
from recommender.guidance import INJECTION_DOSE, AltDailyLoading, OralInEstablishedMalabsorption
from recommender.language import (
    Cause,
    DoseLine,
    HintAt,
    Order,
    PhaseKind,
    Rhythm,
    Route,
    Substance,
    Test,
    Timing,
    describe_days,
    describe_interval,
    describe_timing,
    is_injected,
    is_treatment_dose,
    rhythm_of,
    total_doses,
)
from recommender.wording import Words

INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL

ORAL_DOSES = (Decimal(1000), Decimal(2000))
"""Micrograms a day by mouth that the guidance gives (S47, S52)."""

MONTH = Decimal(28)


def check_order(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the matrix says of one drafted order of vitamin B12.

    A slip of dose, product or frequency leads and hides the rest of the dosage; of an order whose
    words and fields differ nothing is called consistent (Q41, Q42).
    """
    line = order.cobalamin
    if line is None:
        return
    if is_trace(order, case.policy.trace_b12_mcg_per_day):
        yield from _trace(case)
        return
    alone = list(check_alone(case, order))
    yield from alone
    if is_implausible(order):
        return
    yield from _product_and_route(case, order, line)
    if case.column is Column.NONE:
        yield from _without_indication(case, order)
    elif is_oral(line):
        yield from _by_mouth(case, order, line)
    if case.rule == "N2":
        yield from _samples_first(case, order)
    yield from check_resuming(case, order)
    if is_count_alone(order):
        yield from _count_alone(case, order)
    elif not is_readable(order):
        yield from check_readable(order)
    elif not alone and _is_in_the_guidance(case, line):
        yield from _oral_dose(case, order, line) if is_oral(line) else _injection(case, order, line)


def _trace(case: Case) -> Iterator[Issue]:
    """Yield k1 of a trace supplement where deficiency is untreated; it does no harm and treats
    nothing (Q49).
    """
    if not case.assessment.is_deficient or case.refill:
        return
    if any(is_treatment(other) for other in (*case.all_drafts, *case.standing)):
        return
    words = Words(case.scenario, case.assessment)
    summary = f"{words.b12}: a multivitamin does not treat this; ask about nerve signs, start B12"
    # about no order: the multivitamin stays as it is
    reason = f"{case.recommendation.summary}."
    yield Issue(cards.K1_DUE, WARNING, (reason,), case.recommendation.citations, (), summary)


def _is_in_the_guidance(case: Case, line: DoseLine) -> bool:
    """Return whether the matrix has a dose for this form and route."""
    outside = line.route in (Route.NASAL, Route.INTRAVENOUS) or line.substance in WITHOUT_A_DOSE
    return case.column is not Column.NONE and not outside


def _issue(
    card: Card,
    indicator: Indicator,
    order: Order,
    reason: str,
    citations: tuple[str, ...],
    summary: str = "",
) -> Issue:
    return Issue(card, indicator, (reason,), citations, (order.key,), summary)


# --- no treatment indicated
# -------------------------------------------------------------------------------------------------


def _without_indication(case: Case, order: Order) -> Iterator[Issue]:
    a = case.assessment
    match case.rule:
        case "B1":
            asked = case.recommendation.follow_ups
            if not case.excluded_for_now and not all(has_test(case, one.test) for one in asked):
                reason = (
                    "The level does not decide: the order is not wrong, but methylmalonic acid "
                    "says whether there is deficiency."
                )
                yield _issue(cards.B18_BORDERLINE, INFO, order, reason, ("S38", "S87", "S88"))
        case "P3" if order.cobalamin is not None and is_injected(order.cobalamin):
            if not case.refill:
                yield _ileal_conflict(case, order)
        case "E2" | "E3" | "P3" | "P6":
            if not has_test(case, Test.SERUM_B12) and a.deficiency is not Deficiency.UNLIKELY:
                reason = _why_not_known(case)
                loud = WARNING if case.rule == "E3" and a.symptoms.is_true else INFO
                yield _issue(cards.B13_NO_USABLE_TEST, loud, order, reason, ("S52", "S87"))
        case "N3":
            yield from _signs_without_deficiency(case, order)
        case "E1":
            if a.symptoms.is_true and not has_test(case, Test.MMA):
                reason = "Symptoms that persist call for methylmalonic acid."
                yield _issue(cards.B17_NO_INDICATION, INFO, order, reason, ("S38", "S86"))
            if not a.symptoms.is_true:
                reason = (
                    "The result makes deficiency unlikely, and no reason for prophylaxis is "
                    "recorded."
                )
                yield _issue(cards.B17_NO_INDICATION, INFO, order, reason, ("S38", "S86"))


def _ileal_conflict(case: Case, order: Order) -> Issue:
    """Return a1 of an order in ileal disease whose extent or length does not decide: by one source
    it is right, the other tests once a year (C10, Q53).
    """
    words = Words(case.scenario, case.assessment)
    if Cause.ILEAL_RESECTION in case.assessment.causes:
        length = words.ileum or "length not recorded"
        year = words.year_of(Cause.ILEAL_RESECTION)
        reason = "More than 20 cm resected calls for injections every month for life."
        summary = f"Ileal resection{year}, {length}: how much was removed? Above 20 cm monthly"
    else:
        extent = words.crohns or "extent not recorded"
        reason = "The order is right by one source; the other tests once a year below 30 cm."
        summary = f"Ileal Crohn's, {extent}: sources differ, yearly B12 test or monthly injections"
    return _issue(cards.A1_RIGHT_BUT_MORE, INFO, order, reason, ("S20", "S21", "S71"), summary)


def _signs_without_deficiency(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b17 of nerve signs with a level that is not low: methylmalonic acid first, then another
    cause (Q69).
    """
    words = Words(case.scenario, case.assessment)
    measured = case.scenario.mma.above(case.policy.mma_nmol_l).is_false
    if not measured and has_test(case, Test.MMA):
        return
    reason = "The level alone does not rule out that vitamin B12 is lacking in the nerves."
    summary = (
        f"{words.finding}, {words.level} not low: measure methylmalonic acid before looking "
        f"elsewhere"
    )
    if measured:
        reason = "Deficiency is unlikely: look for another cause of the neurological signs."
        summary = ""
    yield _issue(cards.B17_NO_INDICATION, INFO, order, reason, ("S86", "S88"), summary)


def _why_not_known(case: Case) -> str:
    """Return the reason of b13: nothing was measured, or what was measured decides nothing, and why
    not.
    """
    a, scenario = case.assessment, case.scenario
    if not (scenario.total_b12.is_known or scenario.holotranscobalamin.is_known):
        return "Whether vitamin B12 is deficient is not known: no usable result is on record."
    why = {
        "vitamin B12 was, or may have been, taken before it": (
            scenario.b12_supplement_before_test.may_be_true
        ),
        "nitrous oxide makes it mislead": a.nitrous_oxide.may_be_true,
        "treatment so far is not known": a.treatment.phase is TreatmentPhase.UNKNOWN,
    }
    said = (
        "; ".join(words for words, holds in why.items() if holds)
        or "it is not exact enough, or another result speaks against it"
    )
    return f"The result on record does not decide it: {said}."


def _samples_first(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b13 for N2: the samples come before the first dose, and nothing waits for their
    results.
    """
    if all(has_test(case, item.test) for item in case.recommendation.follow_ups):
        return
    reason = "The samples come before the first dose; treatment does not wait for their results."
    yield _issue(
        cards.B13_NO_USABLE_TEST,
        INFO,
        order,
        reason,
        ("S69", "X6"),
    )


# --- product and route
# --------------------------------------------------------------------------------------------------


def _product_and_route(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if line.substance in WITHOUT_A_DOSE:
        yield _without_a_dose(case, order)
    if case.is_advised_product(line):
        return
    match line.route:
        case Route.INTRAVENOUS:
            yield from check_route(order)
        case Route.NASAL:
            yield from _nasal(case, order)
        case Route.SUBCUTANEOUS:
            if line.substance is Substance.HYDROXOCOBALAMIN and not case.bleeding_is_a_risk:
                reason = "Deep under the skin is for people in whom bleeding into muscle is a risk."
                yield _issue(
                    cards.B15_ROUTE,
                    INFO,
                    order,
                    reason,
                    ("S2", "S28"),
                )
    if is_injected(line) and may_be_cyanocobalamin(line) and case.column is not Column.NONE:
        yield _cyanocobalamin_injection(case, order, line)


def check_route(order: Order) -> Iterator[Issue]:
    """Yield b15 for a route that is wrong for anybody: into a vein (X10)."""
    if order.cobalamin is not None and order.cobalamin.route is Route.INTRAVENOUS:
        reason = "Vitamin B12 given into a vein is lost in the urine."
        yield _issue(cards.B15_ROUTE, WARNING, order, reason, ("X10", "S2"))


def _without_a_dose(case: Case, order: Order) -> Issue:
    """Methylcobalamin or adenosylcobalamin: named in the guidance, but without a dose (C17)."""
    loud = case.column in (Column.NEUROLOGICAL, Column.QUESTION) or (
        case.column is Column.LOADING and not case.assessment.renal.is_true
    )
    reason = (
        "The guidance names this form as an alternative in reduced kidney function but gives no "
        "dose of it."
    )
    return _issue(
        cards.B16_METHYLCOBALAMIN, WARNING if loud else INFO, order, reason, ("S27", "S74", "S77")
    )


def _nasal(case: Case, order: Order) -> Iterator[Issue]:
    if case.assessment.neurological.is_true and case.column in (
        Column.NEUROLOGICAL,
        Column.MAINTENANCE,
    ):
        yield _oral_with_neurological_signs(case, order)
        return
    loud = case.column in (Column.QUESTION, Column.LOADING)
    reason = "The guidance gives no dose of nasal vitamin B12; it is not a treatment of deficiency."
    yield _issue(cards.B15_ROUTE, WARNING if loud else INFO, order, reason, ("S2", "S52", "X11"))


def _cyanocobalamin_injection(case: Case, order: Order, line: DoseLine) -> Issue:
    form = (
        ""
        if line.substance is Substance.CYANOCOBALAMIN
        else " The form is not recorded; it may be cyanocobalamin."
    )
    reason = f"Hydroxocobalamin is retained better, and its schedule is established.{form}"
    loud = case.column is Column.NEUROLOGICAL
    return _issue(
        cards.B9_SECOND_CHOICE,
        WARNING if loud else INFO,
        order,
        reason,
        ("S23", "S24", "S77", "X10"),
    )


# --- by mouth
# --------------------------------------------------------------------------------------------------


def _by_mouth(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    """Yield what is said of the route, whatever the dose: it holds while dose and frequency are
    still to be filled in.
    """
    if _has_adequate_treatment_beside(case, order, line):
        return
    if case.rule == "T5b":
        yield _tablets_fail(case, order)
    elif case.assessment.neurological.is_true and not case.is_prophylaxis:
        if not _injections_go_on(case, order):
            yield _oral_with_neurological_signs(case, order)
    elif _replaces_injections_in_malabsorption(case):
        yield _oral_in_malabsorption(case, order)
    elif case.column is Column.QUESTION and not _symptoms_answered(case):
        yield _ask_before_oral(case, order)
    elif (
        case.column is Column.LOADING
        and _is_partial_malabsorption(case)
        and not _is_loaded(case, order)
    ):
        reason = (
            "Malabsorption is recorded: injections act faster and stay preferred; an oral order is "
            "not wrong."
        )
        yield _issue(
            cards.B10_BY_MOUTH_MALABSORPTION,
            INFO,
            order,
            reason,
            ("S49", "S50"),
        )


def _has_adequate_treatment_beside(case: Case, order: Order, line: DoseLine) -> bool:
    """Return whether the order does no harm beside the treatment of the course: a supplement, or
    oral beside alternate-day injections.
    """
    return _is_supplement_beside_treatment(case, order, line) or _has_alternate_days(case, order)


def _is_partial_malabsorption(case: Case) -> bool:
    return bool(case.assessment.causes & {Cause.OTHER_MALABSORPTION, Cause.BARIATRIC})


def _injections_go_on(case: Case, order: Order) -> bool:
    """Return whether maintenance injections go on beside the oral order and need no change (then e2
    says the rest).
    """
    maintenance = (
        other
        for other in (*case.standing, *case.all_drafts)
        if kind_of(other) is PhaseKind.MAINTENANCE
    )
    return case.rule == "T6" and any(
        other.key != order.key and is_treatment_dose(other.cobalamin).is_true
        for other in maintenance
    )


def _symptoms_answered(case: Case) -> bool:
    """Return whether the prescriber answered the question about symptoms by taking one leg of the
    choice.
    """
    return any(order.condition for order in case.all_drafts)


def _is_supplement_beside_treatment(case: Case, order: Order, line: DoseLine) -> bool:
    """Return whether a dose below treatment is taken beside vitamin B12 at treatment dose, where it
    does no harm.
    """
    others = (other for other in (*case.all_drafts, *case.standing) if other.key != order.key)
    return is_treatment_dose(line).is_false and any(
        is_treatment_dose(other.cobalamin).is_true for other in others
    )


def _oral_with_neurological_signs(case: Case, order: Order) -> Issue:
    if case.column is Column.MAINTENANCE and case.rule != "T1":
        reason = (
            f"{case.signs} recorded: injections go on; oral vitamin B12 does not take their place."
        )
        return _issue(cards.B1_BY_MOUTH_WITH_SIGNS, WARNING, order, reason, ("S47", "S64"))
    if case.assessment.glossitis_only:
        reason = (
            "By one source glossitis calls for the neurological regimen: injections at the start, "
            "not oral vitamin B12."
        )
    else:
        reason = (
            "With neurological involvement oral vitamin B12 is not used at the start: faster "
            "improvement prevents lasting damage."
        )
    return _issue(
        cards.B1_BY_MOUTH_WITH_SIGNS,
        WARNING if case.rule == "N2" else CRITICAL,
        order,
        reason,
        ("S3", "S64", "S67", "S68", "S69"),
    )


def _replaces_injections_in_malabsorption(case: Case) -> bool:
    allowed = (
        case.policy.oral_in_established_malabsorption is OralInEstablishedMalabsorption.ALLOWED
    )
    return case.assessment.established_malabsorption.is_true and not allowed


def _oral_in_malabsorption(case: Case, order: Order) -> Issue:
    """Return b10; an info where it only continues tablets that are taken already (T5)."""
    reason = (
        "Evidence does not show that oral vitamin B12 safely replaces injections in established "
        "malabsorption."
    )
    loud = INFO if case.rule == "T5" else WARNING
    return _issue(cards.B10_BY_MOUTH_MALABSORPTION, loud, order, reason, ("S48", "S49"))


def _tablets_fail(case: Case, order: Order) -> Issue:
    """Return b22: a warning where B12 is still low or malabsorption is established, an info where
    only symptoms persist (Q71).
    """
    a = case.assessment
    loud = (a.b12_still_low | a.established_malabsorption).is_true
    reason = "Check first that the tablets are taken; then injections are the next step."
    return _issue(
        cards.B22_TABLETS_FAIL, WARNING if loud else INFO, order, reason, ("S48", "S62", "S92")
    )


def _ask_before_oral(case: Case, order: Order) -> Issue:
    a = case.assessment
    why = (
        "could not be read from the record"
        if a.neurological_unreadable
        else "are not recorded, which does not mean absent"
    )
    oral = _is_oral_offered(case)
    without = "oral treatment is suitable" if oral else "fewer injections are"
    reason = (
        f"Neurological symptoms {why}. With them, injections on alternate days are needed; without "
        f"them, {without}."
    )
    summary = "" if oral else "Ask about numbness, gait and memory: they decide how often to inject"
    return _issue(
        cards.B2_ASK_ABOUT_SIGNS,
        WARNING if asks_loudly(case) else INFO,
        order,
        reason,
        ("S3", "S52", "S64", "S68"),
        summary,
    )


def asks_loudly(case: Case) -> bool:
    """Return whether the question about nerve signs is more than the usual one: the record could
    not be read, or words of it point at signs (Q28).
    """
    hinted = bool(case.scenario.hints_at(HintAt.NEUROLOGY))
    return case.assessment.neurological_unreadable or hinted


def _is_oral_offered(case: Case) -> bool:
    """Return whether tablets are among what the guidance offers this person; kidneys, Leber's
    disease or malabsorption may forbid them.
    """
    regimens = [option.regimen for option in case.recommendation.options if option.regimen]
    return any(phase.line.route is Route.ORAL for regimen in regimens for phase in regimen.phases)


def _oral_dose(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if _has_adequate_treatment_beside(case, order, line):
        return
    if line.as_needed or line.timing is None or not is_daily(line.timing):
        ordered = (
            "as needed" if line.as_needed or line.timing is None else describe_interval(line.timing)
        )
        reason = (
            f"Ordered {ordered}; too little is absorbed of each dose to last longer than a day."
        )
        yield _issue(
            cards.B6_INTERVAL_TOO_LONG,
            WARNING,
            order,
            reason,
            ("S47", "S52", "X19"),
        )
        return
    daily = daily_dose(line)
    if daily is None:
        return
    if daily > ORAL_DOSES[1]:
        reason = "Above 2000 micrograms (2 mg) a day no further benefit is shown."
        yield _issue(
            cards.B7_DOSE,
            INFO,
            order,
            reason,
            ("S47", "S52"),
        )
    elif daily < ORAL_DOSES[0] and not (
        case.policy.dietary_low_dose_accepted and case.dietary_only
    ):
        reason = "Below 1000 micrograms (1 mg) a day too little is absorbed to treat deficiency."
        yield _issue(
            cards.B7_DOSE,
            WARNING,
            order,
            reason,
            ("S47", "S52", "S59"),
        )


def _count_alone(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b4 for a number of injections without a frequency, where loading is due; b3 with nerve
    signs where treatment is or may be under way, since loading may have been given (I27).
    """
    due = case.column in (Column.NEUROLOGICAL, Column.QUESTION, Column.LOADING)
    if not due or _is_loaded(case, order) or _loading_is_selected(case, order):
        return
    reason = f"Ordered: {order.count_alone} in all, without saying how often."
    never = case.assessment.treatment.phase is TreatmentPhase.NONE
    if case.column is Column.NEUROLOGICAL and not never:
        yield _issue(cards.B3_TOO_SELDOM_WITH_SIGNS, WARNING, order, reason, ("S7", "S65"))
    else:
        yield _issue(cards.B4_NO_LOADING, WARNING, order, reason, ("S5", "S10", "S12"))


# --- injections
# --------------------------------------------------------------------------------------------------


def _injection(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if line.dose != INJECTION_DOSE:
        reason = "Each injection of the guidance is 1000 micrograms (1 mg)."
        yield _issue(cards.B7_DOSE, WARNING, order, reason, ("S2", "S7", "S10", "S12"))
    if line.as_needed or line.timing is None:
        reason = (
            "Injections as needed are not a treatment: the guidance gives them at fixed intervals."
        )
        yield _issue(
            cards.B6_INTERVAL_TOO_LONG,
            WARNING,
            order,
            reason,
            ("S2", "S13"),
        )
        return
    if order.key in american_course(case):
        yield from _american(case, order)
        return
    match case.column:
        case Column.NEUROLOGICAL:
            yield from _neurological(case, order, line, line.timing)
        case Column.QUESTION:
            yield from _unconfirmed(case, order, line, line.timing)
        case Column.LOADING:
            yield from _loading(case, order, line, line.timing)
        case _:
            yield from _maintenance(case, order, line, line.timing)


def _american(case: Case, order: Order) -> Iterator[Issue]:
    """Yield one issue for the whole course (Q40): with nerve signs it is too seldom, beside
    treatment more than is needed, else it is acceptable.
    """
    keys = tuple(sorted(american_course(case)))
    if order.key != keys[0]:
        return
    if case.column is Column.NEUROLOGICAL:
        reason = "With nerve signs injections go on on alternate days until nothing improves."
        yield Issue(cards.B3_TOO_SELDOM_WITH_SIGNS, WARNING, (reason,), ("S3", "S7", "S65"), keys)
    elif case.column is Column.MAINTENANCE:
        reason = "Loading is not called for here: injections at the maintenance interval do."
        yield Issue(cards.B6_INTERVAL_TOO_LONG, INFO, (reason,), ("S10", "S13"), keys)


def _neurological(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm = rhythm_of(timing)
    if rhythm is Rhythm.ALTERNATE_DAYS:
        yield from check_bound(case, order, line)
    elif rhythm is Rhythm.SINGLE and _never_loaded(case, order):
        yield from _maintenance_before_loading(case, order, line, timing)
    elif _has_alternate_days(case, order) or (
        rhythm is Rhythm.MAINTENANCE and _loading_is_selected(case, order)
    ):
        yield from _interval(case, order, line, timing)
    elif rhythm is Rhythm.DAILY and total_doses(timing) is None:
        yield _more_often(
            order, "Daily injections are more frequent than the alternate days of the guidance."
        )
    else:
        then = " A daily course must go over into alternate days." if rhythm is Rhythm.DAILY else ""
        involved = "glossitis" if case.assessment.glossitis_only else "neurological involvement"
        advised = (
            f"With {involved} injections are given on alternate days until no further improvement."
        )
        reason = f"Ordered {describe_interval(timing)}. {advised}{then}"
        yield _issue(
            cards.B3_TOO_SELDOM_WITH_SIGNS,
            WARNING,
            order,
            reason,
            ("S3", "S7", "S65", "S67", "S69"),
        )


def _never_loaded(case: Case, order: Order) -> bool:
    """Return whether nothing was given, ordered or drafted that loads."""
    never = case.assessment.treatment.phase is TreatmentPhase.NONE
    return never and not _is_loaded(case, order)


def _unconfirmed(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm = rhythm_of(timing)
    if rhythm is Rhythm.ALTERNATE_DAYS:
        return
    if kind_of(order) is PhaseKind.LOADING and not _is_full_loading(timing):
        yield from _less_than_loading(case, order, timing)
    elif kind_of(order) is PhaseKind.LOADING:
        if not _symptoms_answered(case) and not _has_alternate_days(case, order):
            yield from _ask_before_loading(case, order)
    else:
        yield from _maintenance_before_loading(case, order, line, timing)


def _ask_before_loading(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b2 on loading only where words hint at signs or the record could not be read; else the
    opened chart asks (cards.md 3).
    """
    if not asks_loudly(case):
        return
    reason = "With nerve signs, injections are given on alternate days until nothing improves."
    yield _issue(cards.B2_ASK_ABOUT_SIGNS, INFO, order, reason, ("S3", "S7", "S10"))


def _loading(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    rhythm, doses = rhythm_of(timing), total_doses(timing)
    if kind_of(order) is not PhaseKind.LOADING:
        yield from _maintenance_before_loading(case, order, line, timing)
    elif rhythm is Rhythm.ALTERNATE_DAYS:
        yield _more_often(
            order,
            "Without neurological involvement three injections a week for 2 weeks are enough.",
        )
    elif not _is_full_loading(timing):
        yield from _less_than_loading(case, order, timing)
    elif (
        doses is None
        or (rhythm is Rhythm.DAILY and doses > LOADING_DOSES)
        or _rejects_daily(case, rhythm)
    ):
        yield _more_often(
            order,
            "The loading course is three injections a week for 2 weeks: it ends after six doses.",
        )


def _rejects_daily(case: Case, rhythm: Rhythm) -> bool:
    return rhythm is Rhythm.DAILY and case.policy.alt_daily_loading is AltDailyLoading.REJECT


def _is_full_loading(timing: Timing) -> bool:
    """Return whether an order loads in full: 6 doses at three a week or more, or 5 daily ones (S10,
    S11).
    """
    rhythm, doses = rhythm_of(timing), total_doses(timing)
    if rhythm is Rhythm.LESS_THAN_THREE_A_WEEK:
        return False
    enough = LOADING_DOSES - 1 if rhythm is Rhythm.DAILY else LOADING_DOSES
    return doses is None or doses >= enough


def _less_than_loading(case: Case, order: Order, timing: Timing) -> Iterator[Issue]:
    if _has_full_loading(case, order):
        return
    reason = (
        f"Ordered {describe_interval(timing)}. Loading is three injections a week for 2 weeks (6 "
        f"doses)."
    )
    yield _issue(
        cards.B4_NO_LOADING,
        WARNING,
        order,
        reason,
        ("S10", "S62"),
        f"Ordered {describe_timing(timing)}; the loading course is 6 injections in 2 weeks",
    )


def _maintenance_before_loading(
    case: Case, order: Order, line: DoseLine, timing: Timing
) -> Iterator[Issue]:
    if _is_loaded(case, order) or _loading_is_selected(case, order):
        yield from _interval(case, order, line, timing)
        return
    if case.assessment.treatment.phase is TreatmentPhase.UNKNOWN:
        yield _perhaps_not_loaded(case, order)
        return
    reason = (
        f"Ordered {describe_interval(timing)}. No loading course is drafted, active or documented."
    )
    yield _issue(cards.B4_NO_LOADING, WARNING, order, reason, ("S5", "S10", "S12"))


def _perhaps_not_loaded(case: Case, order: Order) -> Issue:
    """Return b23 where the record does not say whether loading was given: b4 would claim that it
    was not (I27).
    """
    treatment = case.assessment.treatment
    words = Words(case.scenario, case.assessment)
    known = f"Last B12 on record {words.day(words.last_dose)}" if words.last_dose else ""
    if treatment.unknown is UnknownPhase.COULD_NOT_BE_READ:
        known = "B12 treatment could not be read"
    if treatment.unknown is UnknownPhase.UNDATED_DOSE:
        known = "A B12 dose without its date is on record"
    known = known or "B12 treatment so far is not known"
    summary = f"{known}: was loading given? If not, load first"
    reason = "Whether loading was given cannot be told from the record."
    return _issue(cards.B23_LAPSED, WARNING, order, reason, ("S5", "S10", "S12"), summary)


def _maintenance(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    if kind_of(order) is not PhaseKind.LOADING:
        if rhythm_of(timing) is Rhythm.MAINTENANCE:
            yield from _interval(case, order, line, timing)
        return
    rhythm, doses = rhythm_of(timing), total_doses(timing)
    if case.rule in ("T3b", "T4", "T5", "T5b", "T7") or case.assessment.treatment.phase in (
        TreatmentPhase.ORAL,
        TreatmentPhase.LOADING,
    ):
        return
    if case.rule == "T1" and rhythm in (Rhythm.ALTERNATE_DAYS, Rhythm.DAILY):
        return
    known_course = rhythm is Rhythm.ALTERNATE_DAYS or (
        rhythm in (Rhythm.DAILY, Rhythm.THREE_A_WEEK) and doses is not None
    )
    if known_course:
        yield _more_often(
            order,
            "A loading course is not called for here: injections at the maintenance interval are "
            "enough.",
        )
    else:
        reason = (
            f"Ordered {describe_interval(timing)}. Outside a loading course injections are at "
            f"least 7 days apart."
        )
        yield _issue(
            cards.B6_INTERVAL_TOO_LONG,
            WARNING,
            order,
            reason,
            ("S15", "S89"),
            f"Ordered {describe_interval(timing)}; outside a loading course at least 7 days apart",
        )


def _more_often(order: Order, reason: str) -> Issue:
    return _issue(
        cards.B6_INTERVAL_TOO_LONG,
        INFO,
        order,
        reason,
        ("S10", "S13"),
        "These B12 injections are more frequent than is needed here",
    )


def _interval(case: Case, order: Order, line: DoseLine, timing: Timing) -> Iterator[Issue]:
    """Check the interval of maintenance against 2.7; a single dose has none."""
    if rhythm_of(timing) is not Rhythm.MAINTENANCE:
        return
    if timing.longest_interval > case.longest_interval(line):
        yield _too_long(case, order, line, timing)
    elif timing.shortest_interval < max(
        MONTH, Decimal(case.policy.min_maintenance_days)
    ) and not _symptoms_recur(case):
        reason = (
            f"Ordered {describe_interval(timing)}. More often than monthly is for symptoms that "
            f"return on maintenance; none are recorded."
        )
        yield _issue(
            cards.B6_INTERVAL_TOO_LONG,
            INFO,
            order,
            reason,
            ("S15", "S89", "S90"),
            f"Ordered {describe_interval(timing)}, no return of symptoms recorded: monthly will do",
        )


def _too_long(case: Case, order: Order, line: DoseLine, timing: Timing) -> Issue:
    reason = (
        f"Ordered {describe_interval(timing)}; here injections are at most "
        f"{describe_days(case.longest_interval(line))} apart."
    )
    if case.causes_of_ileal_disease.is_true and case.rule not in ("T1", "T2"):
        return _issue(cards.B11_ILEUM_MONTHLY, WARNING, order, reason, ("S20", "S22", "S71", "S73"))
    return _issue(cards.B6_INTERVAL_TOO_LONG, WARNING, order, reason, ("S9", "S12", "S13", "S66"))


def _symptoms_recur(case: Case) -> bool:
    a = case.assessment
    return case.rule in ("T1", "T2") or a.recurrence.is_true or a.neurological_new.is_true


# --- what else the course holds
# ---------------------------------------------------------------------------------------------


def _others(case: Case, order: Order) -> Iterator[tuple[Order, Timing]]:
    """Return the other injection orders of the course that count, with their timing: drafts, and
    active ones that are not replaced.
    """
    return ((other, timing) for other, timing in case.once(_injections) if other.key != order.key)


def _injections(case: Case) -> list[tuple[Order, Timing]]:
    return [
        (other, other.cobalamin.timing)
        for other in (*case.all_drafts, *case.standing)
        if other.cobalamin
        and other.cobalamin.timing
        and is_readable(other)
        and is_injected(other.cobalamin)
        and other.cobalamin.dose == INJECTION_DOSE
    ]


def _has_alternate_days(case: Case, order: Order) -> bool:
    return any(rhythm_of(timing) is Rhythm.ALTERNATE_DAYS for _, timing in _others(case, order))


def _loading_is_selected(case: Case, order: Order) -> bool:
    """Return whether loading is being ordered beside this order; what is wrong with it is said of
    the loading order itself.
    """
    return any(
        other.key != order.key and is_readable(other) and kind_of(other) is PhaseKind.LOADING
        for other in case.drafts
    )


def _has_full_loading(case: Case, order: Order) -> bool:
    return any(
        kind_of(other) is PhaseKind.LOADING and _is_full_loading(timing)
        for other, timing in _others(case, order)
    )


def _is_loaded(case: Case, order: Order) -> bool:
    """Return whether loading is drafted, under way or complete beside this order."""
    treatment = case.assessment.treatment
    return (
        case.refill
        or treatment.loading_complete
        or treatment.phase is TreatmentPhase.LOADING
        or _has_full_loading(case, order)
    )
