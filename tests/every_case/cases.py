"""Every case there is, as hook requests: the vignettes, the saved cases, the prepared patients of
the workbench, and the test patients with their chart opened, their order chosen, signed, refilled.

Files of other people's requests are read from the folders that are named.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from cds_service.protocol import HOOKS
from cds_service.site import Settings, demonstration, load_settings
from cds_service.workbench.prepared import load_patients
from synthetic import SandboxPatient, sandbox_patients
from synthetic.client_story import refill_of

TESTS = Path(__file__).parents[1]
DAY = dt.date(2026, 11, 26)

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """One request, the day it is true for, and the settings of the site it is sent to."""

    name: str
    request: Json
    day: dt.date
    settings: Settings

    @property
    def of(self) -> str:
        """The kind of case."""
        return self.name.partition(":")[0]


def every_case(folders: Iterable[Path] = (), at_every_hook: bool = True) -> Iterator[Case]:
    """Yield every case, those in files of these folders last; the test patients at every hook, or
    at the one that their answer is stated for.
    """
    yield from of_vignettes()
    yield from of_saved_cases()
    yield from of_prepared_patients()
    yield from of_test_patients(at_every_hook)
    for folder in folders:
        yield from of_files(folder)


def of_vignettes() -> Iterator[Case]:
    """The worked clinical examples, of both tables."""
    from tests.vignettes import test_vignettes as first
    from tests.vignettes import test_vignettes_50_to_110 as second

    for written in first.VIGNETTES:
        settings = with_policy(written.get("policy", {}))
        request = first.write_request(written)
        yield Case(f"vignette: {written['name']}", request, first.AS_OF, settings)
    for row in second.VIGNETTES:
        settings = with_policy(dict(row.policy))
        yield Case(f"vignette: {row.number}", second.request_of(row), second.TODAY, settings)


def of_saved_cases() -> Iterator[Case]:
    """The cases saved from the workbench, and those in the same form of what went wrong once."""
    for path in sorted((TESTS / "cases" / "http").rglob("*.json")):
        case = json.loads(path.read_text("utf-8"))
        day = dt.date.fromisoformat(case["as_of"])
        yield Case(f"saved case: {path.stem}", case["request"], day, site())


def of_prepared_patients() -> Iterator[Case]:
    """The stories of the workbench."""
    for patient in load_patients():
        yield Case(f"prepared patient: {patient.id}", patient.request_at(DAY), DAY, site())


def of_test_patients(at_every_hook: bool) -> Iterator[Case]:
    """The test patients, at each hook that a client would call or at their own."""
    for patient in sandbox_patients(DAY):
        settings = site(patient.story.site)
        for request in _requests(patient) if at_every_hook else [patient.request()]:
            name = f"test patient: {patient.story.name}, {request['hook']}"
            yield Case(name, request, DAY, settings)


def _requests(patient: SandboxPatient) -> Iterator[Json]:
    """The chart is opened, something is chosen, and it is signed; what can be is refilled."""
    yield patient.request("patient-view")
    if patient.drafts:
        yield patient.request("order-select")
        yield patient.request("order-sign")
    for draft in patient.drafts:
        if draft["resourceType"] == "MedicationRequest":
            yield refill_of(patient, draft)


def of_files(folder: Path) -> Iterator[Case]:
    """The hook requests among the JSON files of a folder, captured exchanges read as their
    requests.
    """
    for path in sorted(folder.rglob("*.json")):
        found = json.loads(path.read_text("utf-8-sig"))
        body = found.get("body", found) if isinstance(found, dict) else None
        if isinstance(body, dict) and body.get("hook") in HOOKS:
            yield Case(f"request in a file: {path.stem}", body, DAY, site())


def with_policy(settings: Json) -> Settings:
    """The demonstration with these settings of the policy."""
    whole = site()
    return replace(whole, policy=whole.policy.from_settings(settings)) if settings else whole


@cache
def site(more: str = "") -> Settings:
    """The demonstration with this part of a site file."""
    if not more:
        return demonstration()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "site.toml"
        file.write_text(f'profile = "demonstration"\n{more}', "utf-8")
        return load_settings(file)
