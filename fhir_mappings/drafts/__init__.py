"""What goes out: draft orders in the FHIR version of the request, checked before they leave."""

from fhir_mappings.drafts.checked_templates import check_new_draft
from fhir_mappings.drafts.dosage_instruction import write_start
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.medication_request import group_id_of
from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.drafts.service_request import TESTS_OF_B12_STATUS, read_code, read_due, read_test
from fhir_mappings.drafts.supply import Writing

__all__ = [
    "TESTS_OF_B12_STATUS",
    "DraftContext",
    "Writing",
    "check_new_draft",
    "check_outgoing",
    "group_id_of",
    "read_code",
    "read_due",
    "read_test",
    "write_start",
]
