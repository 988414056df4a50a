"""What an entry of vitamin B12 tells of a reaction to it: by its notes, and by the reason for which
it ended (F21, Q27, Q72).
"""

from __future__ import annotations

from collections.abc import Iterator

from fhir_mappings.fhir import (
    Placed,
    Resource,
    as_dict,
    as_list,
    as_text,
    codings_of,
    read_authored,
    read_flag,
    read_status,
    texts_of,
)
from fhir_mappings.history import is_coded_as_allergy, reaction_in
from fhir_mappings.intake import RecordIndex
from fhir_mappings.medicines import day_of_dose, first_day
from fhir_mappings.products import Product
from fhir_mappings.values import reasons_and_notes
from recommender.language import HintAt

_ENDS = frozenset({"stopped", "cancelled", "on-hold", "ended", "revoked"})
_CODED_REACTIONS = frozenset({"salg", "sintol"})
"""Of HL7's reasons for the status of an order: allergy, intolerance."""


def ends_or_forbids(resource: Resource) -> bool:
    """Return whether an order ends or forbids what it names."""
    return read_status(resource) in _ENDS or bool(read_flag(resource.get("doNotPerform")))


def show_reaction(index: RecordIndex, placed: Placed, product: Product) -> None:
    """Note that an entry of vitamin B12 was ended for a reaction, or speaks of one (F21, Q27)."""
    if read_status(placed.resource) == "entered-in-error":
        return
    why = (*reasons_and_notes(placed.resource), *_why_ended(index, placed.resource))
    words = reaction_in(index, why)
    if words:
        authored = first_day(read_authored(placed.resource))
        day = day_of_dose(placed.resource) or authored
        index.understanding.hint(HintAt.ALLERGY, placed, f"{words} ({product.name})", day)


def _why_ended(index: RecordIndex, resource: Resource) -> Iterator[str]:
    """Yield the words for why an order ended: of a reaction that only a code names, "allergy". In
    STU3 the reason of the order is the only place for it.
    """
    reasons = as_list(resource.get("statusReason"))
    if ends_or_forbids(resource):
        reasons = [*reasons, *as_list(resource.get("reasonCode")), *as_list(resource.get("reason"))]
    for reason in (as_dict(as_dict(one).get("concept") or one) for one in reasons):
        yield from texts_of(reason)
        codes = {as_text(coding.get("code")) for coding in codings_of(reason)}
        if codes & _CODED_REACTIONS or is_coded_as_allergy(index.value_sets, reason):
            yield "allergy"
