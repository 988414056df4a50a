"""Which cobalamins and folates a product holds, by its codes and its name.

Source: C25, I3, Q49, Q75.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from fhir_mappings.fhir import codings_of
from fhir_mappings.terminology import RXNORM, Concept, Match, ValueSets
from recommender.language import Substance

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

SUBSTANCE_WORDS: tuple[tuple[Substance, re.Pattern[str]], ...] = (
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

_LEVOMEFOLIC = re.compile(r"levomefol|methylfolate")


def find_substances(
    matches: list[Match],
    texts: list[str],
    parts: Iterable[str],
    concepts: list[Any],
    value_sets: ValueSets,
) -> tuple[tuple[Substance, ...], str]:
    """Return the ingredients of ours, and why they are in doubt when codes and name do not
    agree; `parts` are those of the texts.
    """
    if any(match.concept is Concept.COBALAMIN_LOOKALIKE for match in matches):
        return (), ""
    coded = {substance for match in matches for substance in _of_match(match, texts)}
    if not coded:
        return (), ""
    spoken = {substance for part in parts for substance in named_in(part)}
    cobalamins = {substance for substance in coded | spoken if substance.is_cobalamin}
    folates = {substance for substance in coded | spoken if not substance.is_cobalamin}
    specific = cobalamins - {Substance.COBALAMIN_UNSPECIFIED}
    found = list(specific) if len(specific) == 1 else []
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


def named_in(part: str) -> tuple[Substance, ...]:
    """Return the substance that a part of a product name speaks of; empty for none of ours."""
    for substance, pattern in SUBSTANCE_WORDS:
        if pattern.search(part):
            return (substance,)
    return ()
