"""Product and route of an order: into a vein, by the nose, under the skin, and forms that are
second choice or have no dose.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.assessment import PlateletBand
from recommender.cards import INFO, WARNING, cards
from recommender.case import (
    WITHOUT_A_DOSE,
    Case,
    Column,
    Issue,
    is_oral,
    is_treatment,
    issue_of,
    may_be_cyanocobalamin,
    names_no_route,
)
from recommender.checks.by_mouth import oral_with_signs
from recommender.language import DoseLine, Order, RecordArea, Route, Substance, is_injected
from recommender.treatment_so_far import TreatmentPhase


def check_product_and_route(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    if line.substance in WITHOUT_A_DOSE:
        yield _without_a_dose(case, order)
    if names_no_route(order) and not _is_injected_already(case):
        yield issue_of(
            cards.B14_UNREADABLE, INFO, order, "Dose and interval were checked.", ("S2",)
        )
    if case.is_advised_product(line):
        return
    match line.route:
        case Route.INTRAVENOUS:
            yield from _into_a_vein(order)
        case Route.NASAL:
            yield from _nasal(case, order)
        case Route.SUBCUTANEOUS if line.substance is Substance.HYDROXOCOBALAMIN:
            yield from _under_the_skin(case, order)
    if is_injected(line) and may_be_cyanocobalamin(line) and case.column is not Column.NONE:
        yield _cyanocobalamin_injection(case, order, line)


def _is_injected_already(case: Case) -> bool:
    """Return whether injections are under way with a dose on record: who gives them knows how."""
    treatment = case.assessment.treatment
    injected = treatment.phase in (TreatmentPhase.LOADING, TreatmentPhase.MAINTENANCE)
    return injected and treatment.dose_documented


def _under_the_skin(case: Case, order: Order) -> Iterator[Issue]:
    if case.assessment.bleeding_is_a_risk:
        return
    few = case.assessment.platelets is PlateletBand.FROM_25_TO_50
    reason = (
        "The guidance gives it into muscle, with the technique for few platelets."
        if few
        else "Deep under the skin is for people in whom bleeding into muscle is a risk."
    )
    yield issue_of(cards.B15_ROUTE, INFO, order, reason, ("S2", "S28"))


def check_route(case: Case, order: Order) -> Iterator[Issue]:
    """Yield what the route shows where not even the age could be read: into a vein; where the
    problem list could not be read either, by mouth or nose with the nerve signs that the order
    gives as its own reason (Q57).
    """
    yield from _into_a_vein(order)
    line = order.cobalamin
    alone = RecordArea.CONDITIONS in case.scenario.unavailable
    absorbed = alone and line is not None and (is_oral(line) or line.route is Route.NASAL)
    if absorbed and is_treatment(order) and case.assessment.neurological.is_true:
        yield oral_with_signs(case, order)


def _into_a_vein(order: Order) -> Iterator[Issue]:
    """Yield b15 for a route that is wrong for anybody (X10)."""
    if order.cobalamin is not None and order.cobalamin.route is Route.INTRAVENOUS:
        reason = "Into a vein most of the dose is lost in urine."
        yield issue_of(cards.B15_ROUTE, WARNING, order, reason, ("X10", "S2"))


def _without_a_dose(case: Case, order: Order) -> Issue:
    """Methylcobalamin or adenosylcobalamin: named in the guidance, but without a dose (C17)."""
    loud = case.column in (Column.NEUROLOGICAL, Column.QUESTION) or (
        case.column is Column.LOADING and not case.kidneys_surely_reduced
    )
    reason = "The guidance names this form only as an alternative in reduced kidney function."
    return issue_of(
        cards.B16_METHYLCOBALAMIN, WARNING if loud else INFO, order, reason, ("S27", "S74", "S77")
    )


def _nasal(case: Case, order: Order) -> Iterator[Issue]:
    if case.assessment.neurological.is_true and case.column in (
        Column.NEUROLOGICAL,
        Column.MAINTENANCE,
    ):
        yield oral_with_signs(case, order)
        return
    loud = case.column in (Column.QUESTION, Column.LOADING)
    reason = "The guidance gives no dose of nasal vitamin B12; it is not a treatment of deficiency."
    yield issue_of(cards.B15_ROUTE, WARNING if loud else INFO, order, reason, ("S2", "S52", "X11"))


def _cyanocobalamin_injection(case: Case, order: Order, line: DoseLine) -> Issue:
    form = (
        ""
        if line.substance is Substance.CYANOCOBALAMIN
        else " The form is not recorded; it may be cyanocobalamin."
    )
    reason = f"Hydroxocobalamin is retained better, and its schedule is established.{form}"
    loud = case.column is Column.NEUROLOGICAL
    return issue_of(
        cards.B9_SECOND_CHOICE,
        WARNING if loud else INFO,
        order,
        reason,
        ("S23", "S24", "S77", "X10"),
    )
