"""How much and how often: structured timing, strengths, and the same said in words."""

from fhir_mappings.dosing.dosage_words import WrittenDosage, read_written
from fhir_mappings.dosing.doubtful_doses import (
    DosesDiffer,
    by_each_unit,
    in_words,
    names_as_needed_alone,
    names_once_alone,
    slip_among,
    weigh,
    why_implausible,
)
from fhir_mappings.dosing.interval_timings import HIGHEST_COUNT
from fhir_mappings.dosing.interval_vocabulary import fold
from fhir_mappings.dosing.interval_words import is_review_noted
from fhir_mappings.dosing.sequences import (
    THEN,
    by_number,
    follow_one_another,
    in_turn,
    parts_in_turn,
)
from fhir_mappings.dosing.strengths import (
    MASS_UNITS,
    VOLUME_UNITS,
    Strength,
    plain_numbers,
    read_container,
    read_ratio,
    read_strengths,
    spelt_unit,
    with_unit_beside,
)
from fhir_mappings.dosing.timing import (
    NotComputable,
    TimingReading,
    days_of,
    read_bounds,
    read_number,
    read_timing,
    read_worded,
    shorten,
)

__all__ = [
    "HIGHEST_COUNT",
    "MASS_UNITS",
    "THEN",
    "VOLUME_UNITS",
    "DosesDiffer",
    "NotComputable",
    "Strength",
    "TimingReading",
    "WrittenDosage",
    "by_each_unit",
    "by_number",
    "days_of",
    "fold",
    "follow_one_another",
    "in_turn",
    "in_words",
    "is_review_noted",
    "names_as_needed_alone",
    "names_once_alone",
    "parts_in_turn",
    "plain_numbers",
    "read_bounds",
    "read_container",
    "read_number",
    "read_ratio",
    "read_strengths",
    "read_timing",
    "read_worded",
    "read_written",
    "shorten",
    "slip_among",
    "spelt_unit",
    "weigh",
    "why_implausible",
    "with_unit_beside",
]
