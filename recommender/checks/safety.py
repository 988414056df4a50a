"""Checks of a drafted vitamin B12 order that hold whatever is recommended: kidneys, Leber's,
reactions, site, bleeding, anaemia.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from recommender.assessment import Assessment, PlateletBand
from recommender.cards import Card, Indicator, cards
from recommender.checks.case import Case, Issue, has_test, is_muscle_or_unknown
from recommender.checks.course_reading import (
    is_treatment,
    may_be_cyanocobalamin,
)
from recommender.language import (
    Allergen,
    Anticoagulant,
    DoseLine,
    HintAt,
    InjectionSite,
    Order,
    RecordArea,
    Substance,
    Test,
    is_injected,
    is_treatment_dose,
)
from recommender.wording import quote

INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL

_FORM_NOT_RECORDED = " The form ordered is not recorded; it may be cyanocobalamin."


def check_safety(case: Case, order: Order) -> Iterator[Issue]:
    """Yield the safety issues of one drafted order of vitamin B12."""
    line = order.cobalamin
    if line is None:
        return
    yield from check_contraindications(case, order)
    yield from _kidneys(case, order, line)
    yield from _starting(case, order)
    if is_injected(line):
        yield from check_site(case, order)
        if is_muscle_or_unknown(line):
            yield from _bleeding(case, order)


def check_contraindications(case: Case, order: Order) -> Iterator[Issue]:
    """Yield d3 and d4: what forbids the product to anybody, at any age (Q14)."""
    line = order.cobalamin
    if line is None:
        return
    reaction = reaction_to(case, line)
    if reaction is not None:
        yield reaction_issue(order, severe=reaction)
    elif hints := case.scenario.hints_at(HintAt.ALLERGY):
        reason = "Whether it means this product cannot be told from its words."
        yield _issue(
            cards.D5_PERHAPS_ALLERGY,
            WARNING,
            order,
            reason,
            ("X26", "X27"),
            f"Allergy entry {quote(hints[0].words)} may mean this B12: clarify before giving",
        )
    elif _excipient_allergy(case) and is_treatment(order):
        yield _excipient_question(order)
    if may_be_cyanocobalamin(line) and not case.assessment.lebers.is_true:
        yield from _perhaps_lebers(case, order)
    if may_be_cyanocobalamin(line) and case.assessment.lebers.is_true:
        reason = (
            f"Cyanocobalamin may destroy sight quickly in Leber's disease; hydroxocobalamin may be "
            f"used.{_form_note(line)}"
        )
        yield _issue(cards.D3_LEBERS, CRITICAL, order, reason, ("X8", "X10"))


def _excipient_question(order: Order) -> Issue:
    return _issue(
        cards.D5_PERHAPS_ALLERGY,
        INFO,
        order,
        "The formulary does not list what else the product holds; the pharmacy knows.",
        ("X27",),
        "Allergy to an excipient of B12 products recorded: check the product's excipients",
    )


def _excipient_allergy(case: Case) -> bool:
    """Return whether an allergy to what B12 products hold besides is recorded and active (Q63)."""
    return any(
        found.allergen is Allergen.EXCIPIENT and found.active for found in case.scenario.allergies
    )


def _perhaps_lebers(case: Case, order: Order) -> Iterator[Issue]:
    """Yield d6: words of the record may mean Leber's disease (Q28)."""
    if hints := case.scenario.hints_at(HintAt.LEBERS):
        reason = "Hydroxocobalamin may be used whatever they mean."
        words = quote(hints[0].words)
        yield _issue(
            cards.D6_PERHAPS_LEBERS,
            WARNING,
            order,
            reason,
            ("X8", "X10"),
            f"Record says {words}, perhaps Leber's: no cyanocobalamin until this is clear",
        )


def reaction_issue(order: Order, *, severe: bool) -> Issue:
    """Return d4: critical for a severe reaction, warning for one whose severity is not recorded or
    that was mild.
    """
    if severe:
        reason = (
            "A severe reaction to this product, or to vitamin B12 of unknown form, is recorded. "
            "Without allergy advice no other form is a safe substitute."
        )
        return _issue(cards.D4_REACTION, CRITICAL, order, reason, ("X27",))
    reason = (
        "An allergy to this product is recorded, not as severe or without saying how severe: "
        "clarify it before use."
    )
    return _issue(
        cards.D4_REACTION,
        WARNING,
        order,
        reason,
        ("X27",),
    )


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
    if case.rule == "G2" and any(item.allergen in _COBALAMINS for item in severe):
        return True  # a severe reaction to one form, and one to this form that is not called mild
    return any(item in severe for item in recorded)


_COBALAMINS = (Allergen.HYDROXOCOBALAMIN, Allergen.CYANOCOBALAMIN, Allergen.UNSPECIFIED_B12)


def _kidneys(case: Case, order: Order, line: DoseLine) -> Iterator[Issue]:
    """Yield d1 or d2; the few micrograms in a product of folic acid are not cyanocobalamin
    treatment.
    """
    supplement_with_folate = order.has_folate and is_treatment_dose(line).is_false
    if not may_be_cyanocobalamin(line) or supplement_with_folate:
        return
    a = case.assessment
    if a.renal.is_true:
        reason = f"Hydroxocobalamin needs no kidney result.{_form_note(line)}"
        yield _issue(
            cards.D1_KIDNEY,
            CRITICAL if a.renal_severe.is_true else WARNING,
            order,
            reason,
            ("S25", "S27", "S74", "S75"),
        )
    elif a.renal.is_unknown and not has_test(case, Test.EGFR):
        sufficient = case.scenario.egfr.below(case.policy.cyano_min_egfr).is_false
        unread = (
            " The eGFR on record is sufficient, but whether kidney disease is diagnosed could not "
            "be read."
            if sufficient
            else ""
        )
        reason = (
            f"Cyanocobalamin needs a kidney result, hydroxocobalamin needs "
            f"none.{unread}{_form_note(line)}"
        )
        hints = case.scenario.hints_at(HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)
        quoted = f"Record says {quote(hints[0].words)}" if hints else ""
        quiet = bool(hints) or _kidneys_need_no_haste(case)
        yield _issue(
            cards.D2_KIDNEY_NOT_KNOWN,
            INFO if quiet else WARNING,
            order,
            reason,
            ("S25", "S74"),
            f"{quoted}: check eGFR, or use hydroxocobalamin" if hints else "",
        )


def _kidneys_need_no_haste(case: Case) -> bool:
    """Return whether somebody is known to be young, and nothing at all points at the kidneys
    (Q51).
    """
    young = case.scenario.age.below(Decimal(case.policy.kidney_ask_age))
    return (young & ~case.assessment.kidney_risk).is_true


def _starting(case: Case, order: Order) -> Iterator[Issue]:
    """Yield k2: treatment starts with severe anaemia or low potassium, and no potassium test is
    ordered (K9, Q17).
    """
    a = case.assessment
    starting = case.starts_treatment and is_treatment(order)
    if (
        starting
        and (a.severe_anaemia | a.low_potassium).is_true
        and not has_test(case, Test.POTASSIUM)
    ):
        found = "Severe anaemia" if a.severe_anaemia.is_true else "Low potassium"
        reason = (
            f"{found} is recorded: potassium can fall sharply in the first 48 hours of treatment."
        )
        yield _issue(cards.K2_POTASSIUM, WARNING, order, reason, ("X8", "X9"))


def check_site(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b12: the buttock was ordered."""
    if order.site is not InjectionSite.BUTTOCK:
        return
    a = case.assessment
    few_platelets = a.platelets not in (PlateletBand.ABOVE_50, PlateletBand.UNKNOWN)
    loud = few_platelets or (a.on_anticoagulant | a.bleeding_disorder | a.inr_high).is_true
    reason = "If the buttock must be used: upper outer quadrant only, needle directed anteriorly."
    yield _issue(cards.B12_BUTTOCK, WARNING if loud else INFO, order, reason, ("S28", "S29", "S30"))


def _bleeding(case: Case, order: Order) -> Iterator[Issue]:
    """Yield h1 to h5; the technique written into the order resolves h1 to h3 and h5, an INR test h4
    (Q17).
    """
    a = case.assessment
    if not order.technique_noted:
        yield from _platelets(case, order)
    if needs_inr(a) and has_test(case, Test.INR):
        return
    if a.inr_high.is_true:
        yield _issue(
            cards.H4_INR,
            WARNING,
            order,
            "Repeat the INR before the injection.",
            ("X28", "X29"),
        )
    elif needs_inr(a):
        summary = f"On warfarin, {_no_inr(case)}: check it before an IM injection"
        yield _issue(
            cards.H5_BLEEDING,
            INFO,
            order,
            "An INR above range calls for another day or another route.",
            ("X28", "X29"),
            summary,
        )
    elif order.technique_noted:
        return
    elif (a.on_anticoagulant | a.bleeding_disorder).is_true:
        yield _issue(
            cards.H5_BLEEDING,
            INFO,
            order,
            "A small injection into muscle is of low risk with this technique.",
            ("X28", "X29"),
        )
    elif hints := case.scenario.hints_at(HintAt.BLEEDING_DISORDER, HintAt.ANTICOAGULANT):
        words = quote(hints[0].words)
        yield _issue(
            cards.H5_BLEEDING,
            INFO,
            order,
            "What it means could not be read.",
            ("X28", "X29"),
            f"Record says {words}: ask about bleeding; fine needle, firm pressure",
        )


def _no_inr(case: Case) -> str:
    """Say why there is no INR, in the sentence that is true (Q58)."""
    unread = RecordArea.LABORATORY in case.scenario.unavailable
    return "INR could not be read" if unread else "no INR in 30 days"


def needs_inr(assessment: Assessment) -> bool:
    """Return whether the INR is to be measured before an injection into muscle: above range, or on
    warfarin and not known (K5).
    """
    warfarin = assessment.anticoagulant is Anticoagulant.WARFARIN
    return assessment.inr_high.is_true or (warfarin and assessment.inr_high.is_unknown)


def _platelets(case: Case, order: Order) -> Iterator[Issue]:
    match case.assessment.platelets:
        case PlateletBand.FROM_25_TO_50:
            yield _issue(
                cards.H1_PLATELETS_25_TO_50,
                WARNING,
                order,
                "The order does not carry the injection technique for few platelets.",
                ("S31", "S32", "S33"),
            )
        case PlateletBand.FROM_10_TO_24:
            reason = (
                "As a minimum a 25 to 27 gauge needle and pressure for 5 to 10 minutes. Not a "
                "reason to withhold vitamin B12."
            )
            yield _issue(cards.H2_PLATELETS_10_TO_24, WARNING, order, reason, ("S32", "S33"))
        case PlateletBand.BELOW_10:
            reason = (
                "Take same-day haematology advice. Not a reason to withhold vitamin B12 when "
                "neurological signs are present."
            )
            yield _issue(
                cards.H3_PLATELETS_BELOW_10, CRITICAL, order, reason, ("S32", "S33", "S34")
            )


def _form_note(line: DoseLine) -> str:
    return _FORM_NOT_RECORDED if line.substance is Substance.COBALAMIN_UNSPECIFIED else ""


def _issue(
    card: Card,
    indicator: Indicator,
    order: Order,
    reason: str,
    citations: tuple[str, ...],
    summary: str = "",
) -> Issue:
    return Issue(card, indicator, (reason,), citations, (order.key,), summary)
