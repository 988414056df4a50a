"""What forbids the product to anybody, at any age: reactions to it or to what it holds besides, and
Leber's disease (Q14, Q52, Q63).
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import Case, Issue, is_treatment, issue_of, may_be_cyanocobalamin
from recommender.language import COBALAMINS, Allergen, Allergy, DoseLine, HintAt, Order, Substance
from recommender.treatment import SAME_DAY_ADVICE, excipients_reacted_to
from recommender.wording import quote


def check_contraindications(case: Case, order: Order) -> Iterator[Issue]:
    """Yield d3 and d4: what forbids the product to anybody, at any age (Q14)."""
    line = order.cobalamin
    if line is None:
        return
    reaction = reaction_to(case, line)
    excipients = _excipients_in(case, line)
    if reaction is not None and (reaction or not excipients or not forbids(excipients[0])):
        yield _reaction_issue(case, order, severe=reaction)
    elif excipients:
        yield _excipient_issue(order, excipients)
    elif case.scenario.hints_at(HintAt.ALLERGY):
        yield from ask_about_allergy(case, (order.key,))
    elif case.assessment.excipient_reactions and is_treatment(order):
        yield _excipient_question(case, order)
    if may_be_cyanocobalamin(line) and not case.assessment.lebers.is_true:
        yield from _perhaps_lebers(case, order)
    if may_be_cyanocobalamin(line) and case.assessment.lebers.is_true:
        reason = (
            f"Cyanocobalamin may destroy sight quickly in Leber's disease; hydroxocobalamin may be "
            f"used.{form_note(line)}"
        )
        yield issue_of(cards.D3_LEBERS, CRITICAL, order, reason, ("X8", "X10"))


def ask_about_allergy(case: Case, about: tuple[str, ...]) -> Iterator[Issue]:
    """Yield d5: words of an allergy entry may mean vitamin B12, ordered or about to be (Q28)."""
    for hint in case.scenario.hints_at(HintAt.ALLERGY)[:1]:
        reason = "Whether it means this product cannot be told from its words."
        said = f"Allergy entry {quote(hint.words)} may mean this B12: clarify before giving"
        yield Issue(cards.D5_PERHAPS_ALLERGY, WARNING, (reason,), ("X26", "X27"), about, said)


def _excipients_in(case: Case, line: DoseLine) -> tuple[Allergy, ...]:
    """Return the recorded reactions to what the formulary lists in the product that is ordered,
    the one that forbids most first (Q63).
    """
    listed = excipients_reacted_to(line.substance, line.route, case.assessment, case.policy)
    found = (one for one in case.scenario.allergies if one.allergen in listed)
    return tuple(sorted(found, key=lambda one: not forbids(one)))


def forbids(allergy: Allergy) -> bool:
    """Return whether the reaction was severe and is not marked as over (Q52)."""
    return allergy.severe.is_true and allergy.active


def _excipient_issue(order: Order, found: tuple[Allergy, ...]) -> Issue:
    """Return d4 of a product that holds what the person reacts to besides vitamin B12."""
    first = found[0]
    named = first.allergen.value
    if forbids(first):
        said = f"Severe reaction to {named} recorded, this product holds it: order one without it"
    elif first.severe.is_true:
        said = f"Past severe reaction to {named}, marked inactive, this product holds it: confirm"
    elif first.severe.is_false:
        said = f"Mild reaction to {named} recorded, this product holds it: clarify before giving"
    else:
        said = f"Allergy to {named} recorded, this product holds it: clarify before giving"
    reason = "The formulary lists it for this product; ask pharmacy for a product without it."
    loud = CRITICAL if forbids(first) else WARNING
    return issue_of(cards.D4_REACTION, loud, order, reason, ("X27",), said)


def _excipient_question(case: Case, order: Order) -> Issue:
    named = " and ".join(sorted(one.value for one in case.assessment.excipient_reactions))
    return issue_of(
        cards.D5_PERHAPS_ALLERGY,
        INFO,
        order,
        "The formulary does not list it for this product; the pharmacy knows.",
        ("X27",),
        f"Allergy to {named} recorded: check the product's excipients",
    )


def _perhaps_lebers(case: Case, order: Order) -> Iterator[Issue]:
    """Yield d6: words of the record may mean Leber's disease (Q28)."""
    if hints := case.scenario.hints_at(HintAt.LEBERS):
        reason = "Hydroxocobalamin may be used whatever they mean."
        words = quote(hints[0].words)
        yield issue_of(
            cards.D6_PERHAPS_LEBERS,
            WARNING,
            order,
            reason,
            ("X8", "X10"),
            f"Record says {words}, perhaps Leber's: no cyanocobalamin until this is clear",
        )


def _reaction_issue(case: Case, order: Order, *, severe: bool) -> Issue:
    """Return d4: critical for a severe reaction, with nerve signs with its urgency (Q50, Q80);
    warning for one whose severity is not recorded or that was mild.
    """
    if severe:
        reason = "Without allergy advice no other form is a safe substitute."
        if case.assessment.neurological.is_true and case.rule != "G2":  # whose advice it is anyway
            reason += f" {SAME_DAY_ADVICE}"
        return issue_of(cards.D4_REACTION, CRITICAL, order, reason, ("X27",))
    reason = "What happened, and after which product, decides whether it may be given."
    return issue_of(cards.D4_REACTION, WARNING, order, reason, ("X27",))


def reaction_to(case: Case, line: DoseLine) -> bool | None:
    """Return whether a recorded reaction to what is ordered was severe and is active; `None` when
    none is recorded (Q52).
    """
    unspecified = line.substance is Substance.COBALAMIN_UNSPECIFIED
    allergens = {Allergen.UNSPECIFIED_B12}
    if unspecified or line.substance is Substance.HYDROXOCOBALAMIN:
        allergens.add(Allergen.HYDROXOCOBALAMIN)
    if may_be_cyanocobalamin(line):
        allergens.add(Allergen.CYANOCOBALAMIN)
    recorded = [item for item in case.scenario.allergies if item.allergen in allergens]
    if not recorded:
        return None
    severe = [item for item in case.scenario.allergies if item.severe.is_true and item.active]
    if case.rule == "G2" and any(item.allergen in COBALAMINS for item in severe):
        return True  # a severe reaction to one form, and one to this form that is not called mild
    return any(item in severe for item in recorded)


def is_severe_where_b12_waits(case: Case) -> bool | None:
    """Return whether the vitamin B12 that comes before folic acid waits for allergy advice: by a
    severe reaction to any of what is drafted, else of what is ordered where no other regimen is
    offered; false where all of it waits for a milder reaction to be clear, `None` where none does.
    """
    orders = case.drafts or case.all_drafts
    if not orders and not any(case.offered_regimens):
        orders = case.standing
    reactions = [reaction_to(case, one.cobalamin) for one in orders if one.cobalamin]
    if any(reactions):
        return True  # without advice no other form is a safe substitute (d4)
    return False if reactions and None not in reactions else None


FORM_NOT_RECORDED = " The form ordered is not recorded; it may be cyanocobalamin."


def form_note(line: DoseLine) -> str:
    return FORM_NOT_RECORDED if line.substance is Substance.COBALAMIN_UNSPECIFIED else ""
