"""A made population: records in the shapes of real exports, most of it about other things, written
as Bulk Data files.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from gzip import GzipFile
from io import BufferedWriter
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import IO, Any
from zlib import crc32

import orjson

from synthetic.bulk_noise import BulkNoise
from synthetic.noise import add_noise
from synthetic.records import Chart
from synthetic.sandbox import died, write_drafts
from synthetic.stories import STORIES, Story
from synthetic.vocabulary import LOCAL, LOCAL_TESTS

TOLD_BEFORE_DAYS = 330
"""A story happened up to so many days ago; what it ordered is on record since."""

WRITE_BYTES = 1 << 20

HOW_MADE = ".made.json"
"""The file that says how the population of a folder was made, written when it is whole."""

COMMON_TESTS = (
    ("haemoglobin {} g/dL", 11, 16),
    ("platelets {} 10*9/L", 160, 400),
    ("eGFR {} mL/min/{{1.73_m2}}", 62, 105),
    ("potassium {} mmol/L", 4, 5),
)
"""Results that everybody may have: text, and the lowest and highest whole value."""


@dataclass(frozen=True, slots=True)
class MadePopulation:
    """What to make.

    `share` is the part of all people who have a story about vitamin B12; `weights` replaces the
    share of the stories of a rule among them; `resources` is how many a person has in all, about a
    tenth of which matters; `gone_wrong` is the part of stories told in local codes that nobody
    mapped, or with a result issued without a date. `packed` writes the same as gzip, about a
    fifteenth as large.
    """

    patients: int
    seed: int
    out: Path
    as_of: dt.date
    share: float = 0.08
    resources: int = 200
    gone_wrong: float = 0.05
    weights: Mapping[str, float] = field(default_factory=dict)
    packed: bool = False


def make_population(plan: MadePopulation, advance: Callable[[float], None]) -> Counter[str]:
    """Write a file for each type and return how many resources of each there are.

    The same plan gives the same bytes.
    Raises: FileExistsError when the folder holds anything but the same population.
    """
    plan.out.mkdir(parents=True, exist_ok=True)
    how = plan.out / HOW_MADE
    if any(plan.out.iterdir()) and not (how.is_file() and how.read_text() == _how_made(plan)):
        raise FileExistsError(plan.out)
    how.write_text(_how_made(plan), encoding="utf-8")  # at first, so that half of it begins again
    counts: Counter[str] = Counter()
    noise = BulkNoise(plan.seed, plan.as_of, plan.resources)
    stories = [story for story in STORIES if story.share and not story.site]
    shares = list(accumulate(plan.weights.get(story.rule, story.share) for story in stories))
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {}
        for number in range(plan.patients):
            chance = Random(f"{plan.seed}-{number}")
            story = chance.choices(stories, cum_weights=shares)[0]
            told = story if chance.random() < plan.share else None
            lines = write_person(f"p{plan.seed}-{number:07d}", told, plan, chance)
            for kind, content, count in (*lines, *noise.of(f"p{plan.seed}-{number:07d}", number)):
                if kind not in files:
                    files[kind] = _open_file(plan, kind, stack)
                files[kind].write(content)
                counts[kind] += count
            advance(1)
    return counts


def _open_file(plan: MadePopulation, kind: str, stack: ExitStack) -> IO[bytes]:
    """Open the file of a type; a packed one has no name and no time in it, so its bytes repeat."""
    name = f"{kind}.ndjson.gz" if plan.packed else f"{kind}.ndjson"
    file = stack.enter_context((plan.out / name).open("wb", buffering=WRITE_BYTES))
    if not plan.packed:
        return file
    packed = GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0)
    return stack.enter_context(BufferedWriter(packed, WRITE_BYTES))


def _how_made(plan: MadePopulation) -> str:
    named = {
        "patients": plan.patients,
        "seed": plan.seed,
        "asOf": plan.as_of.isoformat(),
        "share": plan.share,
        "resources": plan.resources,
        "goneWrong": plan.gone_wrong,
        "weights": dict(plan.weights),
        **({"packed": True} if plan.packed else {}),
    }
    return json.dumps(named, indent=1) + "\n"


def write_person(
    patient: str, story: Story | None, plan: MadePopulation, chance: Random
) -> Iterator[tuple[str, bytes, int]]:
    """Yield the resources of one person that matter, by type, as lines."""
    before = chance.randint(1, TOLD_BEFORE_DAYS) if story and story.orders else 0
    chart = Chart(patient, plan.as_of - dt.timedelta(days=before), chance)
    if story is None:
        born = (
            f"{chance.randint(1930, 2016)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        )
        chart.write_person("Made Up", born, chance.choice(("female", "male")))
        chart.write(_common_results(chance))
    else:
        chart.write_person("Made Up", story.born, story.sex, **died(story))
        chart.write(story.lines)
        _sign(chart, story)
        if chance.random() < plan.gone_wrong:
            _go_wrong(chart, chance)
    add_noise(chart, chance, tests=2, most=6)
    _say_who_ordered(chart)
    by_kind: dict[str, list[bytes]] = {}
    for resource in chart.resources:
        by_kind.setdefault(resource["resourceType"], []).append(orjson.dumps(resource))
    for kind, lines in by_kind.items():
        yield kind, b"\n".join(lines) + b"\n", len(lines)


def _common_results(chance: Random) -> Iterator[str]:
    for text, low, high in chance.sample(COMMON_TESTS, chance.randint(2, 4)):
        for _ in range(chance.randint(1, 6)):
            days = chance.randint(1, 1200)
            yield f"result: {text.format(chance.randint(low, high))}, {days}"


def _sign(chart: Chart, story: Story) -> None:
    """Put what the story orders on record; a stop ends the order it names."""
    for number, draft in enumerate(write_drafts(chart, story)):
        if draft["resourceType"] != "MedicationRequest":
            continue
        stopped = draft["status"] == "stopped"
        changed = chart.as_of.isoformat() + "T10:00:00Z"
        if stopped:
            chart.resources = [one for one in chart.resources if one["id"] != draft["id"]]
            chart.resources.append({**draft, "meta": {"lastUpdated": changed}})
        else:
            named = f"mr-{chart.patient}-o{number}"
            chart.resources.append({**draft, "id": named, "status": "active"})


PRESCRIBERS = 60
"""Made-up prescribers, each of whom treats some of the people."""


def _say_who_ordered(chart: Chart) -> None:
    """Name on every prescription who wrote it: for one person always the same prescriber."""
    who = {"reference": f"Practitioner/made-{crc32(chart.patient.encode()) % PRESCRIBERS}"}
    chart.resources = [
        {**one, "requester": who} if one["resourceType"] == "MedicationRequest" else one
        for one in chart.resources
    ]


def _go_wrong(chart: Chart, chance: Random) -> None:
    """Add what a site has and nobody mapped, or take the date from a result."""
    results = [one for one in chart.resources if one["resourceType"] == "Observation"]
    if results and chance.random() < 0.5:
        chance.choice(results).pop("effectiveDateTime", None)
        return
    code, name, unit = chance.choice(LOCAL_TESTS)
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "id": f"local-{chart.patient}",
        "status": "final",
        "code": {"coding": [{"system": LOCAL, "code": code, "display": name}]},
        "subject": {"reference": f"Patient/{chart.patient}"},
        "effectiveDateTime": chart.as_of.isoformat(),
        "issued": chart.as_of.isoformat() + "T09:30:00Z",
        "valueQuantity": {"value": chance.randint(10, 400), "unit": unit},
    }
    chart.resources.append(resource)
