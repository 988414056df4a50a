"""What is kept: decisions, feedback and used tokens."""

from cds_service.records.kept_requests import each_kept, find_kept, load_keeping
from cds_service.records.patient_key import load_patient_key
from cds_service.records.records import CardRecord, DecisionRecord, FeedbackEntry, Listener
from cds_service.records.sealed_words import open_words
from cds_service.records.store import Store, clean_text, utc
from cds_service.records.store_tables import (
    CALLS,
    CARDS,
    DECISIONS,
    FEEDBACK,
    METADATA,
    MODES,
    NEWEST_SCHEMA,
    StoreUnavailable,
    is_in_memory,
    open_engine,
    upgrade_schema,
)

__all__ = [
    "CALLS",
    "CARDS",
    "DECISIONS",
    "FEEDBACK",
    "METADATA",
    "MODES",
    "NEWEST_SCHEMA",
    "CardRecord",
    "DecisionRecord",
    "FeedbackEntry",
    "Listener",
    "Store",
    "StoreUnavailable",
    "clean_text",
    "each_kept",
    "find_kept",
    "is_in_memory",
    "load_keeping",
    "load_patient_key",
    "open_engine",
    "open_words",
    "upgrade_schema",
    "utc",
]
