"""What is counted and logged of a call."""

from cds_service.telemetry.call import Call
from cds_service.telemetry.logs import configure_logs, describe_failure

__all__ = [
    "Call",
    "configure_logs",
    "describe_failure",
]
