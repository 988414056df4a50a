"""Allergies to vitamin B12, cobalt, or the excipients of vitamin B12 products (F21)."""

from __future__ import annotations

from functools import partial
from typing import Any

from fhir_mappings.fhir import Placed, as_dict, as_list, as_text, code_of, read_date, texts_of
from fhir_mappings.intake import RecordIndex, cite, describe_codes, why_status
from fhir_mappings.terminology import Concept, Field, Match, Role
from recommender.language import Allergen, Allergy, Truth

ALLERGENS: dict[Concept, Allergen] = {
    Concept.HYDROXOCOBALAMIN: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_INJECTION: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_LOOKALIKE: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE: Allergen.HYDROXOCOBALAMIN,
    Concept.HYDROXOCOBALAMIN_COMBO: Allergen.HYDROXOCOBALAMIN,
    Concept.CYANOCOBALAMIN: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_INJECTION: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_ORAL: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_SUBLINGUAL: Allergen.CYANOCOBALAMIN,
    Concept.CYANOCOBALAMIN_COMBO: Allergen.CYANOCOBALAMIN,
    # The guidance has no word for the other forms; read as vitamin B12 in general, which restricts
    # more.
    Concept.COBALAMIN_UNSPECIFIED: Allergen.UNSPECIFIED_B12,
    Concept.B12_GROUP: Allergen.UNSPECIFIED_B12,
    Concept.B12_GROUP_PILL: Allergen.UNSPECIFIED_B12,
    Concept.METHYLCOBALAMIN: Allergen.UNSPECIFIED_B12,
    Concept.METHYLCOBALAMIN_ORAL: Allergen.UNSPECIFIED_B12,
    Concept.ADENOSYLCOBALAMIN: Allergen.UNSPECIFIED_B12,
    Concept.COBALT: Allergen.COBALT,
    Concept.EXCIPIENT: Allergen.EXCIPIENT,
}
"""What an allergy to a substance or product is to."""

_ANTIDOTE = Concept.HYDROXOCOBALAMIN_CYANIDE_ANTIDOTE
"""The cyanide antidote never counts as treatment, but a reaction to it is one to
hydroxocobalamin.
"""

NOT_CURRENT = frozenset({"inactive", "resolved", "refuted", "entered-in-error"})
"""Clinical or verification statuses (DSTU2: `status`) of an allergy that does not count."""


def map_allergies(index: RecordIndex) -> tuple[Allergy, ...]:
    """Return the active, unrefuted allergies that matter here; suspected ones count."""
    allergies: list[Allergy] = []
    for placed in index.of_type("AllergyIntolerance"):
        status = _status(placed.resource)
        if status in NOT_CURRENT:
            index.receipt.ignore(placed, partial(_why_not_current, placed.resource, status))
            continue
        found = _allergens(index, placed)
        if not found:
            index.receipt.ignore(
                placed,
                f"not an allergy to vitamin B12, cobalt or an excipient: "
                f"{describe_codes(_substances(placed.resource)[0])}",
            )
        allergies += found
    return tuple(allergies)


def _why_not_current(resource: dict[str, Any], status: str) -> str:
    return why_status(f"allergy to {describe_codes(_substances(resource)[0])}", status)


def _status(resource: dict[str, Any]) -> str:
    """Return the status that takes the allergy out of account, else the clinical status."""
    statuses = [
        code_of(resource.get(name)) for name in ("verificationStatus", "clinicalStatus", "status")
    ]
    return next((status for status in statuses if status in NOT_CURRENT), statuses[1])


def _substances(resource: dict[str, Any]) -> list[Any]:
    """Everything the allergy may be to: `code` (STU3 on), `substance` (DSTU2), and the substance of
    each reaction.
    """
    reactions = [
        as_dict(reaction).get("substance") for reaction in as_list(resource.get("reaction"))
    ]
    return [
        resource.get("code") or resource.get("substance"),
        *(substance for substance in reactions if substance),
    ]


def _allergens(index: RecordIndex, placed: Placed) -> list[Allergy]:
    found: dict[Allergen, Allergy] = {}
    date = next(
        (
            span
            for name in ("recordedDate", "assertedDate", "onsetDateTime")
            if (span := read_date(placed.resource.get(name)))
        ),
        None,
    )
    for substance in _substances(placed.resource):
        for match in index.value_sets.find(substance, Field.DRUGS):
            allergen = ALLERGENS.get(match.concept)
            if allergen is None or not _counts(match):
                continue
            evidence = cite(
                placed, match, substance, date.latest if date else None, _described(placed.resource)
            )
            found.setdefault(allergen, Allergy(allergen, _severe(placed.resource), evidence))
            index.receipt.use(placed, "allergies")
    return list(found.values())


def _counts(match: Match) -> bool:
    return match.role is not Role.EXCLUDE or match.concept is _ANTIDOTE


def _severe(resource: dict[str, Any]) -> Truth:
    """An immediate severe reaction or high criticality; FALSE only when the record says low or
    every reaction was mild or moderate.
    """
    criticality = code_of(resource.get("criticality"))
    reactions = [as_dict(reaction) for reaction in as_list(resource.get("reaction"))]
    severities = {code_of(reaction.get("severity")) for reaction in reactions}
    if (
        criticality in ("high", "crith")
        or "severe" in severities
        or any(_is_anaphylaxis(reaction) for reaction in reactions)
    ):
        return Truth.TRUE
    if criticality in ("low", "critl") or (reactions and severities <= {"mild", "moderate"}):
        return Truth.FALSE
    return Truth.UNKNOWN


def _is_anaphylaxis(reaction: dict[str, Any]) -> bool:
    return any(
        "anaphyla" in text.lower()
        for item in as_list(reaction.get("manifestation"))
        for text in _manifestation_texts(item)
    )


def _manifestation_texts(manifestation: Any) -> list[str]:
    """A CodeableConcept (to R4B) or a CodeableReference (R5)."""
    return texts_of(manifestation) + texts_of(as_dict(manifestation).get("concept"))


def _described(resource: dict[str, Any]) -> str:
    """How the reaction is described: criticality, then manifestations."""
    said = (
        [f"criticality {code_of(resource.get('criticality'))}"]
        if resource.get("criticality")
        else []
    )
    for reaction in as_list(resource.get("reaction")):
        said += [
            text
            for item in as_list(as_dict(reaction).get("manifestation"))
            for text in _manifestation_texts(item)
        ]
        said += [as_text(as_dict(reaction).get("severity"))]
    return ", ".join(dict.fromkeys(item for item in said if item))
