"""Where an injection goes, and the risk of bleeding into muscle (K2 to K6, K17)."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.assessment import (
    FEW_PLATELETS,
    PLATELET_LIMITS,
    VERY_FEW_PLATELETS,
    Assessment,
    PlateletBand,
)
from recommender.cards import CRITICAL, INFO, WARNING, cards
from recommender.case import Case, Issue, has_test, issue_of
from recommender.guidance import SubcutaneousHydroxocobalamin
from recommender.language import (
    Anticoagulant,
    HintAt,
    InjectionSite,
    Order,
    PassedOver,
    Route,
    Test,
    is_injected,
)
from recommender.wording import (
    Words,
    cannot_be_used,
    capital,
    few_uncounted,
    high_inr_uncounted,
    no_inr,
    quote,
    say_alarm,
)


def check_site(case: Case, order: Order) -> Iterator[Issue]:
    """Yield b12: the buttock was ordered."""
    if order.site is not InjectionSite.BUTTOCK:
        return
    a = case.assessment
    loud = (
        a.platelets in FEW_PLATELETS
        or (a.on_anticoagulant | a.bleeding_disorder | a.inr_high).is_true
    )
    reason = "If the buttock must be used: upper outer quadrant only, needle directed anteriorly."
    yield issue_of(
        cards.B12_BUTTOCK, WARNING if loud else INFO, order, reason, ("S28", "S29", "S30")
    )


def check_bleeding(case: Case, order: Order) -> Iterator[Issue]:
    """Yield h1 to h5; the technique written into the order resolves h1 to h3 and h5, an INR test h4
    (Q17).
    """
    a = case.assessment
    if not order.technique_noted:
        yield from _platelets(case, order)
    if needs_inr(a):
        if not has_test(case, Test.INR):
            yield _inr(case, order)
        if not a.bleeding_disorder.is_true:
            return  # of warfarin the INR says it all
    elif (high := high_inr_uncounted(case.scenario.inr)) and not has_test(case, Test.INR):
        yield _unusable_inr(case, order, high)
        return
    if not order.technique_noted:
        yield from _risk_of_bleeding(case, order)


def _unusable_inr(case: Case, order: Order, high: PassedOver) -> Issue:
    """Return h5 of an INR above range that cannot be used, of somebody not known to be on warfarin:
    the liver, or a medicine that is not on the list.
    """
    words = Words(case.scenario, case.assessment, case.policy)
    said = f"{cannot_be_used(words, 'INR', high)}: read or repeat it; fine needle, firm pressure"
    reason = "If it is right: another day or another route for an injection into muscle."
    return issue_of(cards.H5_BLEEDING, INFO, order, reason, ("X28", "X29"), said)


def _inr(case: Case, order: Order) -> Issue:
    """Return h4 of an INR above range, h5 of warfarin without an INR (K5)."""
    sources = ("X28", "X29")
    if case.assessment.inr_high.is_true:
        reason = f"Repeat the INR before the injection.{_by_mouth(case)}"
        return issue_of(cards.H4_INR, WARNING, order, reason, sources)
    sure = case.assessment.on_anticoagulant.is_true  # a plan or an unknown status is no use (I33)
    lead, check = ("On", "check") if sure else ("Perhaps on", "ask, and check")
    drug = _antagonist(case)
    why = no_inr(Words(case.scenario, case.assessment, case.policy))
    summary = f"{lead} {drug}, {why}: {check} it before an IM injection"
    reason = "An INR above range calls for another day or another route."
    return issue_of(cards.H5_BLEEDING, INFO, order, reason, sources, summary)


def _antagonist(case: Case) -> str:
    """Say which vitamin K antagonist it is: warfarin, or another by its name on record (I33)."""
    named = (one.display for one in case.scenario.anticoagulant_fact.evidence)
    shown = next((name for name in named if name), "warfarin")
    return "warfarin" if "warfarin" in shown.lower() else quote(shown, 30)


def _risk_of_bleeding(case: Case, order: Order) -> Iterator[Issue]:
    """Yield h5 of an anticoagulant or a bleeding disorder, recorded or pointed at (K6, Q28)."""
    a = case.assessment
    said = ""
    reason = f"A small injection into muscle is of low risk with this technique.{_by_mouth(case)}"
    if not (a.on_anticoagulant | a.bleeding_disorder).is_true:
        hints = case.scenario.hints_at(HintAt.BLEEDING_DISORDER, HintAt.ANTICOAGULANT)
        if not hints:
            return
        words = quote(hints[0].words)
        said = f"Record says {words}: ask about bleeding; fine needle, firm pressure"
        reason = "What it means could not be read."
    yield issue_of(cards.H5_BLEEDING, INFO, order, reason, ("X28", "X29"), said)


def needs_inr(assessment: Assessment) -> bool:
    """Return whether the INR is to be measured before an injection into muscle: above range, or on
    warfarin and not known (K5).
    """
    warfarin = assessment.anticoagulant is Anticoagulant.WARFARIN
    return assessment.inr_high.is_true or (warfarin and assessment.inr_high.is_unknown)


def puts_off(case: Case, order: Order) -> str:
    """Say which result puts an injection into muscle off: INR above range, very few platelets (K3
    to K5). Empty of another route, and with nerve signs, with which nothing waits (I12).
    """
    a, words = case.assessment, Words(case.scenario, case.assessment, case.policy)
    if not _can_wait(case, order):
        return ""
    if a.inr_high.is_true:
        return say_alarm(words, "INR", case.scenario.inr)
    if a.platelets in VERY_FEW_PLATELETS:
        return say_alarm(words, "platelets", case.scenario.platelets)
    return ""


def may_put_off(case: Case, order: Order) -> str:
    """Say which result that cannot be used puts an injection into muscle off, if it is right."""
    waits = _can_wait(case, order) and not puts_off(case, order)
    return unusable_alarm(case) if waits else ""


def unusable_alarm(case: Case) -> str:
    """Say which result that cannot be used is above range (INR) or very few (platelets), where
    none that counts is: nobody knows that it is not (K3 to K5).
    """
    s, words = case.scenario, Words(case.scenario, case.assessment, case.policy)
    if high := high_inr_uncounted(s.inr):
        return cannot_be_used(words, "INR", high)
    few = few_uncounted(s.platelets) if case.assessment.platelets is PlateletBand.UNKNOWN else None
    if few is None or few.quantity is None or few.quantity.below(_VERY_FEW_BELOW).is_false:
        return ""
    return capital(cannot_be_used(words, "platelets", few))


_VERY_FEW_BELOW = PLATELET_LIMITS[1]


def _can_wait(case: Case, order: Order) -> bool:
    line = order.cobalamin
    return line is not None and is_injected(line) and not case.assessment.neurological.is_true


def _platelets(case: Case, order: Order) -> Iterator[Issue]:
    match case.assessment.platelets:
        case PlateletBand.UNKNOWN if few := few_uncounted(case.scenario.platelets):
            words = Words(case.scenario, case.assessment, case.policy)
            said = f"{capital(cannot_be_used(words, 'platelets', few))}: read or repeat it"
            reason = "If it is right: 25 to 27 gauge needle, and pressure for 5 to 10 minutes."
            summary = f"{said}; fine needle, firm pressure"
            yield issue_of(cards.H5_BLEEDING, INFO, order, reason, ("S32", "S33"), summary)
        case PlateletBand.FROM_25_TO_50:
            yield issue_of(
                cards.H1_PLATELETS_25_TO_50,
                WARNING,
                order,
                "The order does not carry the injection technique for few platelets.",
                ("S31", "S32", "S33"),
            )
        case PlateletBand.FROM_10_TO_24:
            reason = (
                "As a minimum a 25 to 27 gauge needle and pressure for 5 to 10 minutes."
                f"{_other_routes(case)} Not a reason to withhold vitamin B12."
            )
            yield issue_of(cards.H2_PLATELETS_10_TO_24, WARNING, order, reason, ("S32", "S33"))
        case PlateletBand.BELOW_10:
            reason = (
                f"Take same-day haematology advice.{_other_routes(case)} Not a reason to "
                "withhold vitamin B12 when neurological signs are present."
            )
            yield issue_of(
                cards.H3_PLATELETS_BELOW_10, CRITICAL, order, reason, ("S32", "S33", "S34")
            )


def _other_routes(case: Case) -> str:
    """Name the other routes that very few platelets leave: under the skin, unless the site does not
    want it named, and tablets where they suit (C14).
    """
    if case.policy.sc_hydroxocobalamin is SubcutaneousHydroxocobalamin.OFF:
        return _by_mouth(case)
    skin = " Deep under the skin, off-label for hydroxocobalamin, is another route to ask about."
    return f"{skin}{_by_mouth(case)}"


def _by_mouth(case: Case) -> str:
    """Name tablets as another route where the guidance offers or accepts them for this person: not
    with nerve signs, or while these are not known, nor in established malabsorption (C14, K5).
    """
    a, advised = case.assessment, case.recommendation
    regimens = [option.regimen for option in advised.options if option.regimen]
    suits = any(
        all(phase.line.route is Route.ORAL for phase in regimen.phases)
        for regimen in (*regimens, *advised.acceptable)
    )
    if not suits or not a.neurological.is_false or a.established_malabsorption.is_true:
        return ""
    return " Daily tablets are another route."
