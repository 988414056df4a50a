"""The record as it came in: its index, the receipt, the evidence, and the person."""

from fhir_mappings.fhir import is_about_another
from fhir_mappings.intake.demographics import Demographics, completed_years, map_demographics
from fhir_mappings.intake.evidence import (
    ROLE_WORDS,
    cite,
    day_given,
    describe_codes,
    name_entry,
    newest_day,
    say_status,
    why_role_unused,
    why_status,
    why_unknown,
    words_as_recorded,
)
from fhir_mappings.intake.limits import USUAL, Limits
from fhir_mappings.intake.receipt import Cited, Receipt, ReceiptLine, no_clock
from fhir_mappings.intake.record_index import (
    AREAS,
    RecordIndex,
    index_record,
    is_encounter_of_another,
)
from fhir_mappings.intake.steps import Steps, in_one_go, side_by_side
from fhir_mappings.intake.understanding import HINTS, InFuture, that_may_last

__all__ = [
    "AREAS",
    "HINTS",
    "ROLE_WORDS",
    "USUAL",
    "Cited",
    "Demographics",
    "InFuture",
    "Limits",
    "Receipt",
    "ReceiptLine",
    "RecordIndex",
    "Steps",
    "cite",
    "completed_years",
    "day_given",
    "describe_codes",
    "in_one_go",
    "index_record",
    "is_about_another",
    "is_encounter_of_another",
    "map_demographics",
    "name_entry",
    "newest_day",
    "no_clock",
    "say_status",
    "side_by_side",
    "that_may_last",
    "why_role_unused",
    "why_status",
    "why_unknown",
    "words_as_recorded",
]
