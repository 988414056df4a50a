"""An allergy to what a product holds besides vitamin B12 (Q63): d4 where the formulary lists it for
the product, else d5 as a question; nothing that holds it is ever drafted.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from recommender.cards.cards import Indicator
from recommender.cards.findings import Finding
from recommender.guidance.policy import Policy
from recommender.language.course import Course
from recommender.language.doses import Route, Substance
from recommender.language.edits import AddRegimen, ChangeOrder, RemoveOrder
from recommender.language.logic import Truth
from recommender.language.scenario import Allergen, Allergy, ClinicalScenario
from recommender.treatment.table import recommend
from tests.recommender.review_cases import FACTS
from tests.recommender.review_invariants import review_violations
from tests.recommender.review_space import LINES, SEEN, order, person

HYDROXOCOBALAMIN = (Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR)
CYANOCOBALAMIN = (Substance.CYANOCOBALAMIN, Route.INTRAMUSCULAR)
TABLETS = (Substance.CYANOCOBALAMIN, Route.ORAL)

RIGHT = ("three a week for 2 weeks", "every 2 to 3 months")


def listing(*products: tuple[Substance, Route], allergen: Allergen) -> Policy:
    """Return the policy of a site whose formulary lists the excipient for these products."""
    return Policy(product_excipients=frozenset((*product, allergen) for product in products))


def allergic(
    allergen: Allergen, severe: Truth = Truth.UNKNOWN, *, active: bool = True, signs: str = ""
) -> ClinicalScenario:
    """Return somebody with confirmed deficiency, kidneys known to be good, and this reaction."""
    facts = (FACTS[name] for name in (signs or "no signs", "confirmed", "eGFR 95"))
    reaction = {"allergies": (Allergy(allergen, severe, SEEN, active=active),)}
    return person(*facts, reaction)


def reviewed(
    scenario: ClinicalScenario, policy: Policy, *lines: str
) -> tuple[tuple[Finding, ...], str]:
    """Return the findings on these drafts, checked, and why nothing may be drafted."""
    course = Course(tuple(order(f"o{n}", LINES[name]) for n, name in enumerate(lines)))
    recommendation = recommend(scenario, policy)
    findings, problems = review_violations(course, scenario, recommendation, policy)
    assert not problems
    return findings, recommendation.not_drafted


SEVERITIES = [
    (Truth.TRUE, True, Indicator.CRITICAL, "Severe reaction to benzyl alcohol recorded"),
    (Truth.UNKNOWN, True, Indicator.WARNING, "Allergy to benzyl alcohol recorded"),
    (Truth.FALSE, True, Indicator.WARNING, "Mild reaction to benzyl alcohol recorded"),
    (Truth.TRUE, False, Indicator.WARNING, "Past severe reaction to benzyl alcohol"),
]


@pytest.mark.parametrize(("severe", "active", "loud", "says"), SEVERITIES)
def test_a_listed_excipient_is_d4_as_loud_as_the_reaction(
    severe: Truth, active: bool, loud: Indicator, says: str
) -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.BENZYL_ALCOHOL)
    scenario = allergic(Allergen.BENZYL_ALCOHOL, severe, active=active)
    (card,), _ = reviewed(scenario, policy, *RIGHT)

    assert (card.card.id, card.indicator) == ("d4", loud)
    assert card.summary.startswith(says)
    assert "this product holds it" in card.summary


def test_an_excipient_that_is_not_listed_is_a_question() -> None:
    (card,), _ = reviewed(allergic(Allergen.BENZYL_ALCOHOL, Truth.TRUE), Policy(), *RIGHT)

    assert (card.card.id, card.indicator) == ("d5", Indicator.INFO)
    assert card.summary == ("Allergy to benzyl alcohol recorded: check the product's excipients")


@pytest.mark.parametrize("other", [Allergen.MACROGOL, Allergen.PARABENS])
def test_another_excipient_than_the_listed_one_is_a_question(other: Allergen) -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.BENZYL_ALCOHOL)
    (card,), _ = reviewed(allergic(other, Truth.TRUE), policy, *RIGHT)

    assert card.card.id == "d5"
    assert other.value in card.summary


def test_what_only_another_product_holds_is_a_question() -> None:
    policy = listing(CYANOCOBALAMIN, TABLETS, allergen=Allergen.BENZYL_ALCOHOL)
    (card,), _ = reviewed(allergic(Allergen.BENZYL_ALCOHOL, Truth.TRUE), policy, *RIGHT)

    assert card.card.id == "d5"


@pytest.mark.parametrize("line", ["subcutaneous loading", "B12 injection of unknown form"])
def test_a_listed_excipient_holds_for_every_injection_of_the_substance(line: str) -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.PARABENS)
    findings, _ = reviewed(allergic(Allergen.PARABENS, Truth.TRUE), policy, line)

    assert [(card.card.id, card.indicator) for card in findings] == [("d4", Indicator.CRITICAL)]


def test_an_order_whose_route_is_not_recorded_may_be_the_listed_product() -> None:
    policy = listing(TABLETS, allergen=Allergen.MACROGOL)
    (card,), _ = reviewed(allergic(Allergen.MACROGOL), policy, "no route")

    assert card.card.id == "d4"


def test_nothing_that_holds_it_is_drafted_and_the_card_says_what_to_ask() -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.BENZYL_ALCOHOL)
    scenario = allergic(Allergen.BENZYL_ALCOHOL, signs="signs")
    (card,), why = reviewed(scenario, policy, "oral 1000")
    edits = [edit for one in card.resolutions for edit in one.edits]

    assert (card.card.id, card.indicator) == ("b1", Indicator.CRITICAL)
    assert not any(isinstance(edit, AddRegimen | ChangeOrder) for edit in edits)
    assert why.startswith("The injection of this formulary holds benzyl alcohol")
    assert "Do not delay parenteral vitamin B12" in why
    assert why in card.reasons


def test_tablets_that_hold_it_are_not_offered_and_injections_are() -> None:
    policy = listing(TABLETS, allergen=Allergen.MACROGOL)
    options = recommend(allergic(Allergen.MACROGOL), policy).options
    routes = {
        phase.line.route for option in options if option.regimen for phase in option.regimen.phases
    }
    assert routes == {Route.INTRAMUSCULAR}

    free = recommend(allergic(Allergen.BENZYL_ALCOHOL), policy).options
    assert [phase.line.route for phase in free[0].regimen.phases] == [Route.ORAL]


def test_a_severe_reaction_offers_the_removal_and_nothing_else() -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.BENZYL_ALCOHOL)
    (card,), _ = reviewed(allergic(Allergen.BENZYL_ALCOHOL, Truth.TRUE), policy, *RIGHT)
    kinds = {type(edit) for one in card.resolutions for edit in one.edits}
    assert kinds == {RemoveOrder}


@pytest.mark.parametrize(
    ("excipient", "substance", "loud", "named"),
    [
        (Truth.TRUE, Truth.FALSE, Indicator.CRITICAL, "benzyl alcohol"),
        (Truth.FALSE, Truth.TRUE, Indicator.CRITICAL, "hydroxocobalamin"),
        (Truth.FALSE, Truth.FALSE, Indicator.WARNING, "hydroxocobalamin"),
    ],
)
def test_of_two_reactions_the_graver_one_is_said(
    excipient: Truth, substance: Truth, loud: Indicator, named: str
) -> None:
    policy = listing(HYDROXOCOBALAMIN, allergen=Allergen.BENZYL_ALCOHOL)
    one = allergic(Allergen.BENZYL_ALCOHOL, excipient)
    other = Allergy(Allergen.HYDROXOCOBALAMIN, substance, SEEN)
    (card,), _ = reviewed(replace(one, allergies=(*one.allergies, other)), policy, *RIGHT)

    assert (card.card.id, card.indicator) == ("d4", loud)
    assert named in card.summary


@pytest.mark.parametrize(
    ("allergen", "marked"), [(Allergen.COBALT, True), (Allergen.PARABENS, False)]
)
def test_what_the_product_holds_is_not_known_so_nothing_is_marked(
    allergen: Allergen, marked: bool
) -> None:
    (card,), _ = reviewed(allergic(allergen, signs="signs"), Policy(), "every 2 months")
    assert any(one.recommended for one in card.resolutions) is marked


@pytest.mark.parametrize("allergen", [None, Allergen.BENZYL_ALCOHOL])
def test_beside_a_reaction_to_an_excipient_no_regimen_is_marked(allergen: Allergen | None) -> None:
    """What the product holds is to be checked first (Q63, C35): the loading is offered all the
    same.
    """
    scenario = (
        allergic(allergen)
        if allergen
        else person(*(FACTS[name] for name in ("no signs", "confirmed", "eGFR 95")))
    )
    findings, _ = reviewed(scenario, Policy(), "every 2 to 3 months")
    (offer,) = next(one for one in findings if one.card.id == "b4").resolutions

    assert offer.recommended is (allergen is None)
