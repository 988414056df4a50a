"""What is measured by name: one call each, and the day it is about.

`rules` is every test patient's order in turn, so that each rule is met; `noise` an order for a
patient of whom nearly everything recorded is about something else.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.scenarios.bodies import make_request, make_unrelated
from benchmarks.scenarios.records import AS_OF, make_vital_signs
from synthetic import sandbox_patients

Json = dict[str, Any]

SIZES = (20, 200)


@dataclass(frozen=True, slots=True)
class Scenario:
    """One call: its name, the service it is sent to, how many resources the record has, and the
    bodies, which take turns.
    """

    name: str
    service: str
    resources: int
    bodies: tuple[bytes, ...]

    @property
    def path(self) -> str:
        return f"/cds-services/{self.service}"


def list_scenarios(sizes: tuple[int, ...] = SIZES) -> Iterator[Scenario]:
    """Yield every scenario at each size of the record."""
    for size in sizes:
        order = make_request(size)
        yield _one("order", size, order)
        yield _one("drafts", size, _with_three_drafts(order))
        yield _one("noise", size, _with_noise(make_request(20), size))
        yield _one("unrelated", size, make_unrelated(order))
        yield Scenario("rules", "b12-order-select", size, tuple(map(orjson.dumps, _rules(size))))
        yield _one("chart", size, _chart(order))


def _one(name: str, size: int, request: Json) -> Scenario:
    return Scenario(name, f"b12-{request['hook']}", size, (orjson.dumps(request),))


def _with_three_drafts(request: Json) -> Json:
    """Return the request with two orders of other medicines beside its own."""
    found = copy.deepcopy(request)
    entries = found["context"]["draftOrders"]["entry"]
    for number in (1, 2):
        other = copy.deepcopy(make_unrelated(request)["context"]["draftOrders"]["entry"][0])
        other["resource"]["id"] = f"other-{number}"
        entries.append(other)
    return found


def _with_noise(request: Json, resources: int) -> Json:
    """Return the request of a small record in which so many resources stand in all."""
    found = copy.deepcopy(request)
    held = sum(len(part.get("entry", ())) for part in found["prefetch"].values())
    for result in make_vital_signs(max(0, resources - held))["labs"]:
        result["id"] = f"noise-{result['id']}"
        found["prefetch"]["labs"]["entry"].append({"resource": result})
    return found


def _rules(resources: int) -> Iterator[Json]:
    """Yield the order of every test patient, the record filled up with what is of no interest."""
    for patient in sandbox_patients(AS_OF):
        if patient.drafts:
            yield _with_noise(patient.request("order-select"), resources)


def _chart(request: Json) -> Json:
    """Return the opening of the chart of the same patient."""
    context = {name: request["context"][name] for name in ("patientId", "userId")}
    return {**request, "hook": "patient-view", "context": context}
