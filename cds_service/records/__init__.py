"""What is kept: decisions, feedback and used tokens."""

from cds_service.database import (
    CALLS,
    CARDS,
    DECISIONS,
    FEEDBACK,
    KNOWN_SCHEMAS,
    MODES,
    NEWEST_SCHEMA,
    StoreUnavailable,
    is_in_memory,
    open_engine,
    open_for_reading,
    say_failure,
    upgrade_schema,
)
from cds_service.records.kept_requests import check_key_file, each_kept, find_kept, load_keeping
from cds_service.records.record_key import VARIABLE as PATIENT_KEY_VARIABLE
from cds_service.records.record_key import RecordKey, find_patient_key, open_words, plain_uuid
from cds_service.records.records import (
    ACCEPTED,
    OVERRIDDEN,
    CardRecord,
    DecisionRecord,
    FeedbackEntry,
    Listener,
)
from cds_service.records.rows import clean_text
from cds_service.records.store import Store
from cds_service.records.tallies import (
    SHOWN,
    VERSIONED,
    Kind,
    Tally,
    add_tallies,
    count_decisions,
    read_tallies,
    settle_feedback,
    week_of,
)

__all__ = [
    "ACCEPTED",
    "CALLS",
    "CARDS",
    "DECISIONS",
    "FEEDBACK",
    "KNOWN_SCHEMAS",
    "MODES",
    "NEWEST_SCHEMA",
    "OVERRIDDEN",
    "PATIENT_KEY_VARIABLE",
    "SHOWN",
    "VERSIONED",
    "CardRecord",
    "DecisionRecord",
    "FeedbackEntry",
    "Kind",
    "Listener",
    "RecordKey",
    "Store",
    "StoreUnavailable",
    "Tally",
    "add_tallies",
    "check_key_file",
    "clean_text",
    "count_decisions",
    "each_kept",
    "find_kept",
    "find_patient_key",
    "is_in_memory",
    "load_keeping",
    "open_engine",
    "open_for_reading",
    "open_words",
    "plain_uuid",
    "read_tallies",
    "say_failure",
    "settle_feedback",
    "upgrade_schema",
    "week_of",
]
