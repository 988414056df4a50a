"""What discovery says of the services, in the form that a client understands (R9 to R25, R167 to
R169).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from cds_service.protocol import SHARED_ID, Service
from cds_service.site import Client
from recommender.guidance import look_back
from recommender.language import MONTH_DAYS

LABORATORY_DAYS = int(look_back.UNCOUNTED_B12_MONTHS * MONTH_DAYS)
"""Days of laboratory results that a client of the 3.0 dialect sends: 1826, as long as any
result is shown (R169); what counts is decided by the mapping.
"""

MOST_RESULTS = 1000
"""The most results that a client of the 3.0 dialect is asked for, over all pages of one query."""

Json = dict[str, Any]


def describe_services(services: Iterable[Service], client: Client) -> Json:
    """Return the discovery answer for a client."""
    return {"services": [describe_service(service, client) for service in services]}


def describe_service(service: Service, client: Client) -> Json:
    """Return one entry: under the id of its own or the one that all hooks share (R167)."""
    described = service.as_json()
    if client.shared_id:
        described["id"] = SHARED_ID
    if client.cds_hooks_version:
        described["version"] = client.cds_hooks_version
    if client.hook_version:
        described["hookVersion"] = service.hook_version
    if client.prefetch_dialect == "3.0":
        described["prefetch"] = _in_dialect_3(described["prefetch"])
    return described


def _in_dialect_3(prefetch: Mapping[str, str]) -> dict[str, str]:
    """Return the templates with relative dates for laboratory results, and a most of results
    (R169).
    """
    since = f"&date=ge{{{{today() - {LABORATORY_DAYS} days}}}}"
    return {
        key: f"{template}{since if key == 'labs' else ''}&_maxresults={MOST_RESULTS}"
        if "?" in template
        else template
        for key, template in prefetch.items()
    }
