"""The requests that are measured: an order of ours and an unrelated one, for a patient with so many
resources.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

import orjson

from benchmarks.scenarios.records import make_record
from cds_service.demonstration import load_request

AS_OF = dt.date(2026, 6, 1)


def make_request(resources: int) -> dict[str, Any]:
    """Return the demonstration's order for a patient with so many resources."""
    request = load_request(AS_OF)
    record = make_record(resources)
    request["context"]["patientId"] = "p1"
    request["context"]["draftOrders"]["entry"][0]["resource"]["subject"] = {
        "reference": "Patient/p1"
    }
    lists = {
        key: {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": one} for one in rows],
        }
        for key, rows in record.items()
    }
    request["prefetch"] = lists | {"patient": record["patient"][0]}
    return request


def make_unrelated(request: dict[str, Any]) -> dict[str, Any]:
    """Return the same request with an order that is none of ours."""
    other = copy.deepcopy(request)
    drug = {
        "coding": [
            {
                "system": "http://www.nlm.nih.gov/research/umls/rxnorm",
                "code": "617310",
                "display": "atorvastatin 20 MG Oral Tablet",
            }
        ]
    }
    other["context"]["draftOrders"]["entry"][0]["resource"]["medicationCodeableConcept"] = drug
    return other


def make_bodies(resources: int) -> tuple[bytes, bytes]:
    """Return the bodies of the order of ours and of the unrelated one."""
    request = make_request(resources)
    return orjson.dumps(request), orjson.dumps(make_unrelated(request))
