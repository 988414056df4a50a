"""What is counted and logged of a call."""

from cds_service.telemetry.call import Call
from cds_service.telemetry.logs import configure_logs, describe_failure
from cds_service.telemetry.worker_counts import Counts, WorkerCounts

__all__ = [
    "Call",
    "Counts",
    "WorkerCounts",
    "configure_logs",
    "describe_failure",
]
