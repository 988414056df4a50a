"""One medicine as the record names it: its form, its ingredients of ours, what is wrong with it."""

from __future__ import annotations

from typing import NamedTuple

from fhir_mappings.dosing import Strength
from recommender.language import Anticoagulant, Choice, LoweringDrug, Route, Substance


class Form(Choice):
    """What the product is, as far as route and counting of doses go. UNKNOWN: its name and form do
    not say.
    """

    TABLET = "tablet or capsule"
    ORAL_LIQUID = "other oral form"
    INJECTION = "injection"
    NASAL = "nasal"
    UNKNOWN = "not recorded"

    @property
    def route(self) -> Route | None:
        """The only route the form can have. An injection may be given by several, so it has none
        until the order names it.
        """
        return _ROUTE_OF_FORM.get(self)


_ROUTE_OF_FORM = {Form.TABLET: Route.ORAL, Form.ORAL_LIQUID: Route.ORAL, Form.NASAL: Route.NASAL}


class Ingredient(NamedTuple):
    """A cobalamin or folate in a product. `strength` is `None` when it is not known."""

    substance: Substance
    strength: Strength | None = None


class Product(NamedTuple):
    """One medicine as the record names it.

    `ingredients` is empty for a medicine that holds no vitamin B12 or folate. `error` says why the
    product itself is wrong for vitamin B12 replacement; `antidote` is true for the cyanide
    antidote, which never counts as treatment. `doubt` says why its ingredients are uncertain.
    `matched_by` is "code" or "text".
    """

    name: str
    ingredients: tuple[Ingredient, ...] = ()
    form: Form = Form.UNKNOWN
    error: str = ""
    antidote: bool = False
    doubt: str = ""
    matched_by: str = "code"
    source: str = ""
    lowering: LoweringDrug | None = None
    anticoagulant: bool = False
    anticoagulant_class: Anticoagulant | None = None
    methotrexate: bool = False
    nitrous_oxide: bool = False

    combined: bool = False
    multivitamin: bool = False

    @property
    def has_cobalamin(self) -> bool:
        return bool(self.ingredients) and any(
            item.substance.is_cobalamin for item in self.ingredients
        )

    @property
    def is_hydroxocobalamin(self) -> bool:
        """Whether hydroxocobalamin is all that is known to be in it."""
        substances = {item.substance for item in self.ingredients}
        return substances == {Substance.HYDROXOCOBALAMIN}

    @property
    def has_folate(self) -> bool:
        return any(not item.substance.is_cobalamin for item in self.ingredients)

    @property
    def is_combination(self) -> bool:
        """Whether its vitamin B12 is one of several vitamins in it (Q75)."""
        return self.combined and self.has_cobalamin
