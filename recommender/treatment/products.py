"""Product selection PS1 to PS5 (decisions 2.5): which product a recommended phase may be drafted
with, or why none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from recommender.assessment import Assessment
from recommender.guidance import MAINT_1M, Policy, SubcutaneousHydroxocobalamin
from recommender.language import (
    Allergen,
    HintAt,
    Phase,
    PhaseKind,
    Regimen,
    Route,
    Substance,
    Truth,
    changed,
)
from recommender.treatment.recommendation import Option


@dataclass(frozen=True, slots=True)
class Selection:
    """Options that may be drafted. One that lost its regimen keeps its place with `regimen` None;
    `why` says why, empty when none did.
    """

    options: tuple[Option, ...]
    why: str = ""
    citations: tuple[str, ...] = ()


def cyanocobalamin_allowed(assessment: Assessment) -> bool:
    """Whether cyanocobalamin may be suggested: kidneys known to be good, no Leber's disease, no
    reaction that forbids it, nor words that may mean one (I2, I16, PS4).
    """
    no_allergy = not (
        assessment.cyanocobalamin_allergy | assessment.unspecified_b12_allergy
    ).is_true
    return (
        assessment.renal.is_false
        and assessment.lebers.is_false
        and no_allergy
        and HintAt.ALLERGY not in assessment.hinted
        and not _severe_hydroxocobalamin_reaction(assessment)
    )


def hydroxocobalamin_allowed(assessment: Assessment) -> bool:
    """Whether no recorded allergy stands against hydroxocobalamin (PS1)."""
    return not (assessment.hydroxocobalamin_allergy | assessment.unspecified_b12_allergy).is_true


def excipients_reacted_to(
    substance: Substance, route: Route | None, assessment: Assessment, policy: Policy
) -> frozenset[Allergen]:
    """Return which of the excipients that the formulary lists for this product the person has
    reacted to (Q63). Injections are one product by every route, and a form or route that is not
    recorded may be any of them; an excipient that is not listed is not known to be absent.
    """
    return frozenset(
        allergen
        for listed, by, allergen in policy.product_excipients
        if allergen in assessment.excipient_reactions
        and substance in (listed, Substance.COBALAMIN_UNSPECIFIED)
        and (route is None or route is by or (route.is_parenteral and by.is_parenteral))
    )


def can_take_by_mouth(assessment: Assessment, policy: Policy) -> bool:
    """Whether oral cyanocobalamin may be offered without neurological involvement (M6)."""
    product = (Substance.CYANOCOBALAMIN, Route.ORAL)
    available = product in policy.available_products and not excipients_reacted_to(
        *product, assessment, policy
    )
    feasible = not (assessment.oral_infeasible | assessment.severe_anaemia).is_true
    return (
        available
        and feasible
        and assessment.oral_allowed_by_record
        and cyanocobalamin_allowed(assessment)
    )


def could_take_by_mouth_once_checked(assessment: Assessment, policy: Policy) -> bool:
    """Whether only the missing kidney result stands against oral cyanocobalamin (M7)."""
    return assessment.renal.is_unknown and can_take_by_mouth(
        changed(assessment, renal=Truth.FALSE), policy
    )


def select_products(
    options: tuple[Option, ...], assessment: Assessment, policy: Policy
) -> Selection:
    """Return the options with the products that may be drafted (PS1 to PS5)."""
    if not any(option.regimen for option in options):
        return Selection(options)
    selected = tuple(_with_products(option, assessment, policy) for option in options)
    lost = any(
        before.regimen and not after.regimen
        for before, after in zip(options, selected, strict=True)
    )
    if not lost:
        return Selection(selected)
    return Selection(selected, *_why_not(assessment, policy))


def _with_products(option: Option, assessment: Assessment, policy: Policy) -> Option:
    if option.regimen is None:
        return option
    phases = [product_for(phase, assessment, policy) for phase in option.regimen.phases]
    usable = tuple(phase for phase in phases if phase is not None)
    return replace(option, regimen=Regimen(usable) if len(usable) == len(phases) else None)


def product_for(phase: Phase, assessment: Assessment, policy: Policy) -> Phase | None:
    """Return the phase with the product to draft, or `None` when none may be drafted."""
    product = _choose_product(phase, assessment, policy)
    if product is None:
        return None
    line = product.line
    held = excipients_reacted_to(line.substance, line.route, assessment, policy)
    return None if held else product


def _choose_product(phase: Phase, assessment: Assessment, policy: Policy) -> Phase | None:
    if phase.line.route is Route.ORAL:
        drafted = (
            Substance.CYANOCOBALAMIN,
            Route.ORAL,
        ) in policy.available_products and cyanocobalamin_allowed(assessment)
        return phase if drafted else None
    if not hydroxocobalamin_allowed(assessment):
        return None
    if (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR) in policy.available_products:
        return _subcutaneous(phase) if _drafts_subcutaneous(assessment, policy) else phase
    if policy.cyano_im_protocol and cyanocobalamin_allowed(assessment):
        return _cyanocobalamin_injection(phase)
    return None


def _cyanocobalamin_injection(phase: Phase) -> Phase:
    """The site's protocol of cyanocobalamin injections; it is retained less, so maintenance is
    monthly (C27, PS3).
    """
    kept = phase.kind is PhaseKind.LOADING
    timing = phase.line.timing if kept else MAINT_1M.line.timing
    line = replace(phase.line, substance=Substance.CYANOCOBALAMIN, timing=timing)
    return replace(phase, id=f"CC-{phase.id}" if kept else "CC-MAINT-1M", line=line)


def _drafts_subcutaneous(assessment: Assessment, policy: Policy) -> bool:
    """Whether the site drafts the off-label subcutaneous route where bleeding is a risk (C14, K3 to
    K6, PS5).
    """
    drafts = policy.sc_hydroxocobalamin is SubcutaneousHydroxocobalamin.DRAFT
    return drafts and assessment.bleeding_is_a_risk


def _subcutaneous(phase: Phase) -> Phase:
    return replace(phase, line=replace(phase.line, route=Route.SUBCUTANEOUS))


def _severe_hydroxocobalamin_reaction(assessment: Assessment) -> bool:
    return (
        assessment.hydroxocobalamin_allergy.is_true
        and assessment.severe_reaction_hydroxocobalamin.may_be_true
    )


DO_NOT_DELAY = (
    "Do not delay parenteral vitamin B12 if neurological symptoms are present: that risks lasting "
    "damage."
)


SAME_DAY_ADVICE = (
    "With neurological symptoms seek this advice the same day: delay risks lasting damage."
)
"""How urgent allergy advice is (G2, Q52, Q80): before it nothing is given (I16)."""


def _to_be_cleared(assessment: Assessment) -> bool:
    """Return whether a reaction that is or may be severe stands against every injection until it is
    cleared (I16); a mild one delays nothing (I12).
    """
    of_any_form = assessment.unspecified_b12_allergy.is_true
    severe = of_any_form and assessment.severe_reaction_unspecified.may_be_true
    return severe or _severe_hydroxocobalamin_reaction(assessment)


def _why_not(assessment: Assessment, policy: Policy) -> tuple[str, tuple[str, ...]]:
    """Say why a regimen cannot be drafted, and what that rests on. Oral regimens are only offered
    where they can be (M6).
    """
    urgent = DO_NOT_DELAY
    if not hydroxocobalamin_allowed(assessment):
        words, citations = _why_not_with_allergy(assessment)
        urgent = SAME_DAY_ADVICE if _to_be_cleared(assessment) else DO_NOT_DELAY
    elif held := _excipients_of_injection(assessment, policy):
        named = " and ".join(sorted(allergen.value for allergen in held))
        words = (
            f"The injection of this formulary holds {named}, to which a reaction is recorded: ask "
            f"pharmacy for a product without it."
        )
        citations = ("X27",)
    else:
        words = (
            "Hydroxocobalamin injection is not available on the formulary: source it, or ask for a "
            "specialist decision."
        )
        citations = ("S23", "S77", "X12")
    if assessment.neurological.may_be_true:
        words += f" {urgent}"
        citations = (*citations, "S8", "S69")
    return words, citations


def _excipients_of_injection(assessment: Assessment, policy: Policy) -> frozenset[Allergen]:
    """Return what the injection that would be drafted holds that the person has reacted to."""
    hydroxocobalamin = (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR)
    if hydroxocobalamin in policy.available_products:
        return excipients_reacted_to(*hydroxocobalamin, assessment, policy)
    if policy.cyano_im_protocol and cyanocobalamin_allowed(assessment):
        injection = (Substance.CYANOCOBALAMIN, Route.INTRAMUSCULAR)
        return excipients_reacted_to(*injection, assessment, policy)
    return frozenset()


def _why_not_with_allergy(assessment: Assessment) -> tuple[str, tuple[str, ...]]:
    if _severe_hydroxocobalamin_reaction(assessment):
        known = assessment.severe_reaction_hydroxocobalamin.is_true
        found = "A severe reaction" if known else "A reaction, its severity not stated,"
        return f"{found} to hydroxocobalamin is on record: seek urgent allergy advice.", ("X27",)
    if assessment.unspecified_b12_allergy.is_true:
        return (
            "An allergy to vitamin B12 is recorded without saying which form: clarify it before "
            "any product is chosen.",
            ("X27",),
        )
    if cyanocobalamin_allowed(assessment):
        return (
            "An allergy to hydroxocobalamin is recorded; cyanocobalamin may be tolerated: the "
            "prescriber decides.",
            ("X27",),
        )
    return (
        "An allergy to hydroxocobalamin is recorded and cyanocobalamin is not suitable: ask for "
        "allergy and haematology advice.",
        ("X27",),
    )


def is_on_unsuitable_product(assessment: Assessment) -> bool:
    """Whether what is taken is cyanocobalamin, and it may not go on."""
    taken = assessment.treatment.substance is Substance.CYANOCOBALAMIN
    return taken and not cyanocobalamin_may_go_on(assessment)


def cyanocobalamin_may_go_on(assessment: Assessment) -> bool:
    """Whether cyanocobalamin under way may go on: what is known to forbid it stops it; an unknown
    kidney function is asked for.
    """
    forbidden = (
        assessment.renal
        | assessment.lebers
        | assessment.cyanocobalamin_allergy
        | assessment.unspecified_b12_allergy
    )
    return not forbidden.is_true
