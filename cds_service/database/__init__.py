"""The tables, and how a database is opened and upgraded."""

from cds_service.database.database import ASK_SECONDS, Database
from cds_service.database.engine import (
    StoreUnavailable,
    is_in_memory,
    open_engine,
    open_for_reading,
)
from cds_service.database.failures import say_failure
from cds_service.database.tables import (
    CALLS,
    CARDS,
    DECISIONS,
    FEEDBACK,
    KEPT_REQUESTS,
    MODES,
    REPLAY,
    TALLIED,
    TALLIES,
)
from cds_service.database.upgrade import KNOWN_SCHEMAS, NEWEST_SCHEMA, upgrade_schema

__all__ = [
    "ASK_SECONDS",
    "CALLS",
    "CARDS",
    "DECISIONS",
    "FEEDBACK",
    "KEPT_REQUESTS",
    "KNOWN_SCHEMAS",
    "MODES",
    "NEWEST_SCHEMA",
    "REPLAY",
    "TALLIED",
    "TALLIES",
    "Database",
    "StoreUnavailable",
    "is_in_memory",
    "open_engine",
    "open_for_reading",
    "say_failure",
    "upgrade_schema",
]
