"""What is kept: decisions, feedback and used tokens."""

from cds_service.records.feedback import take_feedback
from cds_service.records.feedback_report import format_report, report_as_json, report_feedback
from cds_service.records.kept_requests import each_kept, find_kept, load_keeping
from cds_service.records.records import CardRecord, DecisionRecord, Listener
from cds_service.records.store import Store
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
    "Listener",
    "Store",
    "StoreUnavailable",
    "each_kept",
    "find_kept",
    "format_report",
    "is_in_memory",
    "load_keeping",
    "open_engine",
    "report_as_json",
    "report_feedback",
    "take_feedback",
    "upgrade_schema",
]
