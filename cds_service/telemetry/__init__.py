"""What is counted and logged of a call."""

from cds_service.telemetry.call import Call
from cds_service.telemetry.logs import configure_logs, describe_failure, never_wait_for_a_reader
from cds_service.telemetry.metric_files import MetricFiles
from cds_service.telemetry.worker_counts import Counts, WorkerCounts

__all__ = [
    "Call",
    "Counts",
    "MetricFiles",
    "WorkerCounts",
    "configure_logs",
    "describe_failure",
    "never_wait_for_a_reader",
]
