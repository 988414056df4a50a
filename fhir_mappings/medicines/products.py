"""Which medicine is this: its ingredients of ours with their strengths, its form, and what is wrong
with it.

A product is known by its codes; words are the last resort and said to be. A combination is its
ingredients.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing import (
    Strength,
    read_container,
    read_ratio,
    read_strengths,
    shorten,
    split_name,
)
from fhir_mappings.fhir import as_dict, as_list, codings_of, texts_of, words_of
from fhir_mappings.terminology import RXNORM, Concept, Field, Match, ValueSets
from fhir_mappings.text import normalise_text, without_accents
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


@dataclass(frozen=True, slots=True)
class Ingredient:
    """A cobalamin or folate in a product. `strength` is `None` when it is not known."""

    substance: Substance
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class Product:
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
        return any(item.substance.is_cobalamin for item in self.ingredients)

    @property
    def is_combination(self) -> bool:
        """Whether its vitamin B12 is one of several vitamins in it (Q75)."""
        return self.combined and self.has_cobalamin


SUBSTANCES: dict[Concept, tuple[Substance, ...]] = {
    Concept.HYDROXOCOBALAMIN: (Substance.HYDROXOCOBALAMIN,),
    Concept.HYDROXOCOBALAMIN_INJECTION: (Substance.HYDROXOCOBALAMIN,),
    Concept.HYDROXOCOBALAMIN_COMBO: (Substance.HYDROXOCOBALAMIN,),
    Concept.HYDROXOCOBALAMIN_LOOKALIKE: (Substance.HYDROXOCOBALAMIN,),
    Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE: (Substance.HYDROXOCOBALAMIN,),
    Concept.CYANOCOBALAMIN: (Substance.CYANOCOBALAMIN,),
    Concept.CYANOCOBALAMIN_INJECTION: (Substance.CYANOCOBALAMIN,),
    Concept.CYANOCOBALAMIN_ORAL: (Substance.CYANOCOBALAMIN,),
    Concept.CYANOCOBALAMIN_SUBLINGUAL: (Substance.CYANOCOBALAMIN,),
    Concept.CYANOCOBALAMIN_COMBO: (Substance.CYANOCOBALAMIN,),
    Concept.B12_GROUP_PILL: (Substance.CYANOCOBALAMIN,),
    Concept.METHYLCOBALAMIN: (Substance.METHYLCOBALAMIN,),
    Concept.METHYLCOBALAMIN_ORAL: (Substance.METHYLCOBALAMIN,),
    Concept.ADENOSYLCOBALAMIN: (Substance.ADENOSYLCOBALAMIN,),
    Concept.COBALAMIN_UNSPECIFIED: (Substance.COBALAMIN_UNSPECIFIED,),
    Concept.B12_GROUP: (Substance.COBALAMIN_UNSPECIFIED,),
    Concept.B_COMPLEX: (Substance.COBALAMIN_UNSPECIFIED,),
    Concept.B12_COMBINATION: (Substance.COBALAMIN_UNSPECIFIED,),
    Concept.B12_FOLIC_COMBO: (Substance.CYANOCOBALAMIN, Substance.FOLIC_ACID),
    Concept.IRON_B12_FOLATE_COMBO: (Substance.COBALAMIN_UNSPECIFIED, Substance.FOLIC_ACID),
    Concept.FOLIC_ACID: (Substance.FOLIC_ACID,),
    Concept.FOLIC_ACID_ORAL: (Substance.FOLIC_ACID,),
    Concept.FOLIC_ACID_COMBO: (Substance.FOLIC_ACID,),
    Concept.FOLATE_RELATIVE: (Substance.FOLINIC_ACID,),
}
"""The ingredients of ours in each concept of the drug list."""

LOWERING_DRUGS: dict[Concept, LoweringDrug] = {
    Concept.METFORMIN: LoweringDrug.METFORMIN,
    Concept.METFORMIN_COMBO: LoweringDrug.METFORMIN,
    Concept.PPI: LoweringDrug.PROTON_PUMP_INHIBITOR,
    # Potassium-competitive acid blockers suppress acid as proton pump inhibitors do and stand in
    # their ATC group.
    Concept.ACID_SUPPRESSOR_PCAB: LoweringDrug.PROTON_PUMP_INHIBITOR,
    Concept.H2RA: LoweringDrug.H2_RECEPTOR_ANTAGONIST,
}

COMBINATIONS = frozenset(
    {
        Concept.B_COMPLEX,
        Concept.B12_COMBINATION,
        Concept.IRON_B12_FOLATE_COMBO,
        Concept.B12_FOLIC_COMBO,
        Concept.CYANOCOBALAMIN_COMBO,
        Concept.HYDROXOCOBALAMIN_COMBO,
    }
)
"""Products in which vitamin B12 is one of several vitamins or minerals (Q75)."""

MULTIVITAMINS = frozenset({Concept.B_COMPLEX, Concept.B12_COMBINATION})
"""Those whose content counts as that of a multivitamin where it is not stated (Q49)."""

_ANTICOAGULANT_WORDS: dict[Anticoagulant, re.Pattern[str]] = {
    Anticoagulant.WARFARIN: re.compile(
        r"warfarin|acenocoumarol|phenprocoumon|vitamin k antagonist"
    ),
    Anticoagulant.DIRECT_ORAL: re.compile(r"apixaban|rivaroxaban|edoxaban|dabigatran"),
    Anticoagulant.HEPARIN: re.compile(r"heparin|parin\b|fondaparinux|argatroban|bivalirudin"),
}

_SUBSTANCE_WORDS: tuple[tuple[Substance, re.Pattern[str]], ...] = (
    (
        Substance.HYDROXOCOBALAMIN,
        re.compile(
            r"h[iy]dr?oxo?[iy]?[ck]obalamin|hydroxo-cobalamin|hydroksokobalamin|id(?:r|ross|rox)"
            r"ocobalamin"
        ),
    ),
    (Substance.CYANOCOBALAMIN, re.compile(r"c[yi]ano[ck]obalamin")),
    (
        Substance.METHYLCOBALAMIN,
        re.compile(r"(?:meth?[iy]l|me)[ck]obalamin|methyl vitamin b[ -]?12"),
    ),
    (
        Substance.ADENOSYLCOBALAMIN,
        re.compile(r"adenosyl[ck]obalamin|cobamamid|cobanamid|dibencozide|coenzyme b[ -]?12"),
    ),
    (
        Substance.COBALAMIN_UNSPECIFIED,
        re.compile(r"\b(?:vit(?:amin[ae]?)?\.? ?)?b[ -]?12\b|\b[ck]obalamin"),
    ),
    (
        Substance.FOLINIC_ACID,
        re.compile(
            r"folinic acid|calcium folinate|\bfolinate|leucovorin|acide folinique|acido folinico|"
            r"levofolin"
        ),
    ),
    (
        Substance.FOLIC_ACID,
        re.compile(
            r"folic acid|\bfolate|levomefol|methylfolate|acide folique|acido folico|acidum folicum|"
            r"folsa?e?ure|folsyr|foliumzuur|foolihappo|vitamin b9"
        ),
    ),
)
"""The words by which the parts of a product name are told apart; the first that fits names the
part.
"""

_TABLET = re.compile(
    r"tablet|capsul|caplet|\btabs?\b|\bcaps?\b|\bpill|lozenge|chewable|sublingual|pastille|\bodt\b|"
    r"comprim|compress[ae]|kapsel|kapsler|gelule|dragee|\btbl\b"
)
_ORAL = re.compile(
    r"\boral|syrup|elixir|by mouth|sachet|granules|tropfen|gouttes|druppels|buvable|sirup|sirop"
)
_NASAL = re.compile(r"nasal|nasen")
_INJECTION = re.compile(
    r"inject|\binj\b|ampoule|ampul|\bvial|prefilled|\bsyringe|injekt|injek|inyect|injec|iniett|"
    r"ampol|\bfial|\bamp\b|injizier"
)
_NOT_A_MEDICINE = re.compile(r"\b(?:level|levels|assay|test|antibod\w+)\b")
_ANTIDOTE = re.compile(r"cyanokit")
_NOT_SYSTEMIC = re.compile(r"heparin.{0,100}\b(?:flush|lock|gel|cream|ointment)\b")
_ISOTOPE = re.compile(r"\bco-?(?:57|58|60)\b|cobalt-?(?:57|58|60)")
_LEVOMEFOLIC = re.compile(r"levomefol|methylfolate")


def identify_product(
    codeable: Any, value_sets: ValueSets, medication: Mapping[str, Any] | None = None
) -> Product:
    """Return the medicine that a CodeableConcept, or the Medication resource it points to, stands
    for.

    Anything that is not of interest here, a look-alike too, comes back as a Product without
    ingredients or uses.
    """
    resource = medication or {}
    concepts = [
        codeable,
        resource.get("code"),
        *(_item_of(part) for part in as_list(resource.get("ingredient"))),
    ]
    texts = list(dict.fromkeys(text for concept in concepts for text in texts_of(concept)))
    matches = _matches(concepts, value_sets)
    name = shorten(
        next(iter(texts), "")
        or next((match.member.display for match in matches), "")
        or _any_code(concepts)
    )
    if not matches:
        return Product(name)
    form = _read_form(texts, matches, resource, value_sets)
    product = Product(
        name,
        form=form,
        matched_by=matches[0].matched_by,
        source=matches[0].source,
        **_uses(matches),
    )
    substances, doubt = _substances(matches, texts, concepts, value_sets)
    if not substances:
        return product
    error, antidote = _product_error(matches, texts, value_sets)
    names = [*texts, *(match.member.display for match in matches if match.matched_by == "code")]
    strengths = _strengths(names, substances) | _stated_strengths(resource, substances, value_sets)
    ingredients = tuple(Ingredient(substance, strengths.get(substance)) for substance in substances)
    concepts_found = {match.concept for match in matches}
    return replace(
        product,
        ingredients=ingredients,
        error=error,
        antidote=antidote,
        doubt=doubt,
        combined=bool(concepts_found & COMBINATIONS),
        multivitamin=bool(concepts_found & MULTIVITAMINS),
    )


def names_nothing(codeable: Any, value_sets: ValueSets) -> bool:
    """Return whether a CodeableConcept names no medicine that is of interest here, by code or by
    words: `identify_product` would find neither ingredients nor uses.
    """
    return not _matches((codeable,), value_sets)


def _item_of(part: Any) -> Any:
    """Return the CodeableConcept of one ingredient of a Medication resource, in any FHIR
    version.
    """
    item = as_dict(part)
    return (
        item.get("itemCodeableConcept")
        or as_dict(item.get("item")).get("concept")
        or item.get("item")
    )


def _any_code(concepts: Iterable[Any]) -> str:
    return next((name for name in map(words_of, concepts) if name), "medicine without a name")


def _matches(concepts: Iterable[Any], value_sets: ValueSets) -> list[Match]:
    """Return what the codes say; only when no code is known, what the words say."""
    listed = list(concepts)
    coded = [match for concept in listed for match in value_sets.concepts(concept)]
    if coded:
        return coded
    spoken = [match for concept in listed for match in value_sets.match_words(concept, Field.DRUGS)]
    return [
        match
        for match in spoken
        if not _NOT_A_MEDICINE.search(words := match.source.lower()) and not _ISOTOPE.search(words)
    ]


def _uses(matches: Iterable[Match]) -> dict[str, Any]:
    """Return what else the medicine is to the guidance: B12-lowering, anticoagulant, methotrexate,
    nitrous oxide.
    """
    uses: dict[str, Any] = {}
    for match in matches:
        # A text match stands for its whole concept, so the words themselves say which member it is.
        words = without_accents(
            (match.member.display if match.matched_by == "code" else match.source).lower()
        )
        detail = "" if match.matched_by == "code" else match.member.property
        if match.concept in LOWERING_DRUGS:
            uses["lowering"] = LOWERING_DRUGS[match.concept]
        elif match.concept is Concept.OTHER_INTERACTING and "colchicine" in f"{words} {detail}":
            uses["lowering"] = LoweringDrug.COLCHICINE
        elif match.concept is Concept.OTHER_INTERACTING and "methotrexate" in f"{words} {detail}":
            uses["methotrexate"] = True
        elif match.concept is Concept.NITROUS_OXIDE:
            uses["nitrous_oxide"] = True
        elif match.concept is Concept.ANTICOAGULANT and not _NOT_SYSTEMIC.search(words):
            classes = [
                kind
                for kind, pattern in _ANTICOAGULANT_WORDS.items()
                if pattern.search(words) or detail == kind.name.replace("_", " ").lower()
            ]
            uses |= {"anticoagulant": True, "anticoagulant_class": classes[0] if classes else None}
    return uses


def _substances(
    matches: list[Match], texts: list[str], concepts: list[Any], value_sets: ValueSets
) -> tuple[tuple[Substance, ...], str]:
    """Return the ingredients of ours, and why they are in doubt when codes and name do not
    agree.
    """
    if any(match.concept is Concept.COBALAMIN_LOOKALIKE for match in matches):
        return (), ""
    coded = {substance for match in matches for substance in _of_match(match, texts)}
    if not coded:
        return (), ""
    spoken = {
        substance for text in texts for part in split_name(text) for substance in _named_in(part)
    }
    cobalamins = {substance for substance in coded | spoken if substance.is_cobalamin}
    folates = {substance for substance in coded | spoken if not substance.is_cobalamin}
    specific = cobalamins - {Substance.COBALAMIN_UNSPECIFIED}
    found: list[Substance] = (
        sorted(specific, key=lambda item: item.value) if len(specific) == 1 else []
    )
    doubt = "its codes and name say different forms of vitamin B12" if len(specific) > 1 else ""
    if cobalamins and not found:
        # RxNorm calls cyanocobalamin "Vitamin B 12".
        rxnorm = any(
            value_sets.normalise_system(coding.get("system")) == RXNORM
            for item in concepts
            for coding in codings_of(item)
        )
        found = [
            Substance.CYANOCOBALAMIN if rxnorm and not doubt else Substance.COBALAMIN_UNSPECIFIED
        ]
    return (*found, *sorted(folates, key=lambda item: item.value)), doubt


def _of_match(match: Match, texts: list[str]) -> tuple[Substance, ...]:
    if match.concept is Concept.FOLATE_RELATIVE and _LEVOMEFOLIC.search(
        " ".join([match.member.display, *texts]).lower()
    ):
        # Levomefolic acid is a folate supplement, not folinic acid rescue: it is judged as folic
        # acid (C25, I3).
        return (Substance.FOLIC_ACID,)
    return SUBSTANCES.get(match.concept, ())


def _named_in(part: str) -> tuple[Substance, ...]:
    return tuple(substance for substance, pattern in _SUBSTANCE_WORDS if pattern.search(part))[:1]


def _product_error(
    matches: Iterable[Match], texts: list[str], value_sets: ValueSets
) -> tuple[str, bool]:
    """Return what is wrong with the product itself, and whether it is the cyanide antidote
    (I11).
    """
    concepts = {match.concept for match in matches}
    if Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE in concepts or any(
        _ANTIDOTE.search(text.lower()) for text in texts
    ):
        return (
            "this product is the cyanide antidote (5 g of hydroxocobalamin), not vitamin B12 "
            "replacement",
            True,
        )
    lookalikes = {
        normalise_text(member.display)
        for member in value_sets.members.get(Concept.HYDROXOCOBALAMIN_LOOKALIKE, ())
    }
    if Concept.HYDROXOCOBALAMIN_LOOKALIKE in concepts or lookalikes & {
        normalise_text(text) for text in texts
    }:
        return (
            "one ampoule of this product holds 10 mg, ten times the 1 mg of the usual ampoule",
            False,
        )
    return "", False


def _read_form(
    texts: list[str], matches: list[Match], resource: Mapping[str, Any], value_sets: ValueSets
) -> Form:
    matches_of_form = value_sets.find(resource.get("form"), Field.ROUTES)
    stated = " ".join(match.member.display for match in matches_of_form)
    words = " ".join([*texts, *texts_of(resource.get("form")), stated]).lower()
    named = _form_of_words(without_accents(words))
    displays = " ".join(match.member.display for match in matches if match.matched_by == "code")
    return _form_of_words(displays.lower()) if named is Form.UNKNOWN else named


def _form_of_words(words: str) -> Form:
    """Return the form that a name speaks of. "Oral solution" is checked after injections, which are
    solutions too.
    """
    for form, pattern in (
        (Form.NASAL, _NASAL),
        (Form.INJECTION, _INJECTION),
        (Form.TABLET, _TABLET),
        (Form.ORAL_LIQUID, _ORAL),
    ):
        if pattern.search(words):
            return form
    return Form.UNKNOWN


def _strengths(
    names: Iterable[str], substances: tuple[Substance, ...]
) -> dict[Substance, Strength]:
    """Return the strength of each ingredient that the names agree on."""
    found: dict[Substance, set[tuple[Decimal, bool]]] = {}
    containers: set[Decimal | None] = set()
    for name in names:
        parts = split_name(name)
        containers.add(read_container(parts))
        for part in parts:
            substance, amounts = (
                _owner(part, substances, alone=len(parts) == 1),
                read_strengths(part),
            )
            if substance and len(amounts) == 1:
                found.setdefault(substance, set()).add((amounts[0].micrograms, amounts[0].per_ml))
                containers.add(amounts[0].container)
    containers.discard(None)
    container = containers.pop() if len(containers) == 1 else None
    agreed = {substance: values.pop() for substance, values in found.items() if len(values) == 1}
    return {
        substance: Strength(*value, container if value[1] else None)
        for substance, value in agreed.items()
    }


def _owner(part: str, substances: tuple[Substance, ...], alone: bool) -> Substance | None:
    """Return the ingredient that a part of the name speaks of; a name of one part that names none
    speaks of the only ingredient.
    """
    named = _named_in(part)
    if not named:
        return substances[0] if alone and len(substances) == 1 else None
    kind = named[0].is_cobalamin
    return next((substance for substance in substances if substance.is_cobalamin == kind), None)


def _stated_strengths(
    resource: Mapping[str, Any], substances: tuple[Substance, ...], value_sets: ValueSets
) -> dict[Substance, Strength]:
    """Return the strengths that a Medication resource states for its ingredients in coded form."""
    stated: dict[Substance, Strength] = {}
    for part in as_list(resource.get("ingredient")):
        item = as_dict(part)
        own = {
            substance
            for match in value_sets.find(_item_of(item), Field.DRUGS)
            for substance in SUBSTANCES.get(match.concept, ())
        }
        ratio = as_dict(item.get("strength") or item.get("strengthRatio") or item.get("amount"))
        strength = read_ratio(ratio)
        stated |= {substance: strength for substance in substances if substance in own and strength}
    return stated
