"""Who and what a draft is for, and the elements that say so in any order.

Source: CONTRACT "The draft order"; R190.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from fhir_mappings.drafts.supply import ALL_OF_IT, Following, Writing
from fhir_mappings.fhir import FhirVersion, Resource
from fhir_mappings.formulary import BUILT_IN, FormularyRow
from fhir_mappings.terminology import RXNORM, SNOMED, ValueSets
from recommender.language import Phase


class DraftContext(NamedTuple):
    """Who and what a draft is for.

    `user_id` is `Type/id`; the other ids are bare. `requester_of_the_draft` is whom the draft at
    hand names, for a new one where no user is known (R190). `reason_reference` names the Condition
    used (`Condition/id`), `reason_text` is said where there is none; beside it the deficiency is
    coded with `deficient`, else the sign or operation that asks for treatment (`reason_code`,
    `system|code`, and `reason_display`). `review_days` is after how many days an open-ended loading
    course is reviewed. `group_id` ties the phases of one regimen. `rule`, `statements` and
    `condition`, the claim stated by taking the draft, go into the extension that says what it rests
    on. `after` is the loading phase of the same suggestion, `before` the maintenance that follows
    it there, `last_injection` the day of the newest injection of a course that has no loading to
    come (`lasts_a_month`: of cyanocobalamin), `writing` what the site wants written.
    """

    version: FhirVersion
    patient_id: str
    as_of: dt.date
    value_sets: ValueSets
    formulary: tuple[FormularyRow, ...] = BUILT_IN
    encounter_id: str = ""
    user_id: str = ""
    requester_of_the_draft: str = ""
    intent: str = "order"
    preferred_system: str = RXNORM
    group_id: str = ""
    reason_reference: str = ""
    reason_text: str = ""
    reason_code: str = ""
    reason_display: str = ""
    rule: str = ""
    statements: tuple[str, ...] = ()
    review_days: int | None = None
    condition: str = ""
    deficient: bool = False
    after: Phase | None = None
    before: Phase | None = None
    last_injection: dt.date | None = None
    lasts_a_month: bool = False
    writing: Writing = ALL_OF_IT

    @property
    def follows(self) -> Following:
        """What a maintenance phase comes after."""
        return Following(self.after, self.last_injection, self.lasts_a_month)


def write_circumstances(context: DraftContext) -> Resource:
    """Return subject, encounter, date and requester of any order."""
    circumstances: Resource = {
        "subject": {"reference": f"Patient/{context.patient_id}"},
        "authoredOn": context.as_of.isoformat(),
    }
    if context.encounter_id:
        circumstances["encounter"] = {"reference": f"Encounter/{context.encounter_id}"}
    requester = context.user_id or context.requester_of_the_draft
    if requester:
        circumstances["requester"] = {"reference": requester}
    return circumstances


def write_reason(context: DraftContext) -> Resource:
    """Return what the order is for: the Condition used, else a code with words beside it."""
    if context.reason_reference.startswith("Condition/"):
        return {"reasonReference": [{"reference": context.reason_reference}]}
    if not context.reason_text:
        return {}
    system, _, code = context.reason_code.rpartition("|")
    display = context.reason_display
    if context.deficient:
        system, code, display = SNOMED, "190634004", "Cobalamin deficiency (disorder)"
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    coded = {"coding": [coding]} if system and code else {}
    return {"reasonCode": [coded | {"text": context.reason_text}]}
