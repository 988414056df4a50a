"""Every distinct draft of every case, in each FHIR version that is written and as each kind of
client is offered it; and the HL7 validation engine, which judges them.

`python -m tests.hl7_validator.every_draft [FOLDER...]` judges the whole, with the hook requests in
these folders, and writes its dated result; the tests take a sample.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from cds_service.decision import decide_request
from cds_service.protocol import Problem
from cds_service.site import PROFILES, Client, client_of_profile
from fhir_mappings.terminology import load_value_sets
from synthetic import sandbox_patients
from synthetic.client_story import tell_story
from tests.every_case.cases import DAY, Case, every_case, site

HERE = Path(__file__).parent
RESULTS = HERE.parents[1] / "docs" / "results"
JAVA = shutil.which("java")
ENGINE_VERSIONS = {"STU3": "DSTU3", "R4": "R4", "R4B": "R4B", "R5": "R5"}
"""Our name of a FHIR version -> that of the engine."""

Resource = dict[str, Any]

_NAMES = re.compile(
    r'"id": "[^"]*"|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
    r"|(?<=[A-Za-z]/)[A-Za-z0-9.-]+(?=\")|\d{4}-\d\d(?:-\d\d[T0-9:.Z+-]*)?"
)
"""What tells two drafts apart and makes them no other draft: ids, uuids, references, dates."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One draft that a card offers. `received` is the draft that an update changes; `for_user`:
    the request says who asks, so a requester can be named.
    """

    version: str
    of: str
    case: str
    resource: Resource
    received: Resource | None = None
    for_user: bool = True

    @property
    def shape(self) -> str:
        """The draft without what only names it."""
        return f"{self.version} {_NAMES.sub('*', json.dumps(self.resource, sort_keys=True))}"


def distinct(offered: Iterable[Offered]) -> list[Offered]:
    """Return the first of each shape."""
    seen: dict[str, Offered] = {}
    for one in offered:
        seen.setdefault(one.shape, one)
    return list(seen.values())


def clients(version: str) -> Iterator[Client]:
    """Yield a client of each profile that speaks this version."""
    for profile in PROFILES:
        yield msgspec.structs.replace(client_of_profile(profile), fhir_version=version)


_VALUE_SETS = load_value_sets()


def offered_in(case: Case, client: Client) -> Iterator[Offered]:
    """Yield what the cards of one case create or update for a client."""
    try:
        decided = decide_request(case.request, case.settings, _VALUE_SETS, case.day, client)
    except Problem:  # a request that is refused offers nothing
        return
    yield from offered_on(decided.cards, case, client)


def offered_on(cards: Iterable[Resource], case: Case, client: Client) -> Iterator[Offered]:
    """Yield what cards create or update, with the draft that an update changes."""
    received = {
        entry["resource"].get("id"): entry["resource"]
        for name in ("draftOrders", "medications")
        for entry in (case.request["context"].get(name) or {}).get("entry", [])
    }
    for action in actions_of(cards):
        before = received.get(action["resource"].get("id")) if action["type"] == "update" else None
        user = bool(case.request["context"].get("userId"))
        yield Offered(client.fhir_version, case.of, case.name, action["resource"], before, user)


def actions_of(cards: Iterable[Resource]) -> Iterator[Resource]:
    """Yield the actions that carry a resource."""
    for card in cards:
        for suggestion in card.get("suggestions", []):
            for action in suggestion["actions"]:
                if isinstance(action.get("resource"), dict):
                    yield action


def offered_along_stories(client: Client) -> Iterator[Offered]:
    """Yield what is offered to a client from the choice of an order to its refill."""
    for patient in sandbox_patients(DAY):
        settings = site(patient.story.site)

        def post(request: Resource) -> Resource:
            decided = decide_request(request, settings, _VALUE_SETS, DAY, client)  # noqa: B023
            return {"cards": list(decided.cards)}

        for step in tell_story(patient, client, DAY, post) if patient.drafts else ():
            name = f"client story: {patient.story.name}, {step.what}"
            case = Case(name, step.request, DAY, settings)
            yield from offered_on(step.answer["cards"], case, client)


def every_draft(version: str, folders: Iterable[Path] = ()) -> list[Offered]:
    """Return every distinct draft in one FHIR version."""
    cases = list(every_case(folders))
    return distinct(
        offered
        for client in clients(version)
        for source in (
            (one for case in cases for one in offered_in(case, client)),
            offered_along_stories(client),
        )
        for offered in source
    )


def judge(resources: Iterable[tuple[str, Resource]]) -> list[list[str]]:
    """Return the errors of each resource, given with the name of its FHIR version."""
    assert JAVA is not None
    lines = [
        f"{ENGINE_VERSIONS[version]} {json.dumps(resource)}" for version, resource in resources
    ]
    if not lines:
        return []
    path = os.pathsep.join([str(HERE / "target" / "classes"), str(HERE / "target" / "lib" / "*")])
    done = subprocess.run(
        [JAVA, "-cp", path, "Validate"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=3600,
    )
    return [line.split("\t") if line else [] for line in done.stdout.splitlines()]


def words_of(errors: Iterable[str]) -> Counter[str]:
    """Return the errors without where they stand."""
    return Counter(error.partition(": ")[2] for error in errors)


def added_errors(drafts: list[Offered]) -> list[tuple[Offered, list[str]]]:
    """Return the drafts with the errors that are ours: those of a draft which was received stand
    in its update too, and are the client's.
    """
    verdicts = judge((one.version, one.resource) for one in drafts)
    assert len(verdicts) == len(drafts)
    found = [(one, errors) for one, errors in zip(drafts, verdicts, strict=True) if errors]
    before = iter(judge((one.version, one.received) for one, _ in found if one.received))
    ours = (
        (one, [*(words_of(errors) - words_of(next(before) if one.received else ())).elements()])
        for one, errors in found
    )
    return [(one, errors) for one, errors in ours if errors]


def main() -> int:
    """Judge every draft, write the dated result, and return 1 when one has an error of ours."""
    parser = argparse.ArgumentParser(prog="python -m tests.hl7_validator.every_draft")
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="of hook requests")
    folders = parser.parse_args().folders
    if JAVA is None or not (HERE / "target" / "lib").is_dir():
        print("not judged: the HL7 engine needs Java and Maven, see ./run test", file=sys.stderr)
        return 0
    rows, wrong = [], 0
    for version in ENGINE_VERSIONS:
        started = time.perf_counter()
        drafts = every_draft(version, folders)
        errors = added_errors(drafts)
        for one, found in errors:
            print(version, one.case, *found, sep="\n  ")
        kinds = Counter(one.of for one in drafts)
        seconds = time.perf_counter() - started
        rows.append((version, kinds, len(errors), seconds))
        wrong += len(errors)
        print(f"{version}: {len(drafts)} drafts, {len(errors)} wrong, {seconds:.0f} s", flush=True)
    write_result(rows, len(list(every_case(folders))))
    return 1 if wrong else 0


def write_result(rows: list[tuple[str, Counter[str], int, float]], cases: int) -> None:
    """Write what was judged, with the day."""
    today = dt.datetime.now(dt.UTC).date()
    kinds = list(dict.fromkeys(kind for _, counts, _, _ in rows for kind in counts))
    head = ["FHIR version", *kinds, "distinct drafts", "with an error"]
    table = [
        [version, *(f"{counts[kind]:,}" for kind in kinds), f"{counts.total():,}", str(wrong)]
        for version, counts, wrong, _ in rows
    ]
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *table)]
    text = (
        f"# Drafts judged by the HL7 validation engine, {today}\n\n"
        f"{cases:,} requests, answered as each of {len(PROFILES)} client profiles, and the stories "
        "of the test patients from the\nchoice of an order to its refill. A draft counts where it "
        "was met first; drafts that differ by ids,\nreferences and dates alone are one. An error "
        "that a received draft brings along is the client's.\n\n"
    )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"drafts-{today}.md").write_text(text + "\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    sys.exit(main())
