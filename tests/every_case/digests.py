"""One digest for every answer there is, so that moving code can be shown to change none.

`python -m tests.every_case.digests FILE [FOLDER ...]` writes a line for each case of the project,
each request in the JSON files of the folders, and each enumerated person, where FILE is not there;
else it compares, prints the names of those that answer otherwise, and exits 1 if there are any. An
answer is its cards and its explanation, without the identifiers made for it, the knowledge version,
which is another one for any change of code, and how long it took.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cds_service.decision import decide_request, explain
from cds_service.protocol import Problem
from cds_service.site.knowledge import knowledge_version
from fhir_mappings.terminology import ValueSets, load_value_sets
from governance.knowledge.scenarios import decide_all
from recommender.guidance import Policy
from tests.every_case.cases import Case, every_case

_MADE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""A uuid made for one answer."""


def digests(folders: Iterable[Path] = ()) -> Iterator[tuple[str, str]]:
    """Yield the name of each case, numbered where several have it, and the digest of its answer."""
    seen: dict[str, int] = {}
    for case in every_case(folders):
        seen[case.name] = seen.get(case.name, 0) + 1
        yield f"{case.name} #{seen[case.name]}", digest_of(case)
    for person, decided in decide_all(Policy()):
        yield f"enumerated: {person.words}", _digest(decided)


def digest_of(case: Case, value_sets: ValueSets | None = None) -> str:
    """Return the digest of what is answered to a case: cards and explanation, or the refusal."""
    try:
        decision = decide_request(case.request, case.settings, value_sets or _VALUE_SETS, case.day)
    except Problem as problem:
        return _digest(f"{problem.status} {problem}")
    told = {name: part for name, part in explain(decision).items() if name != "timingMs"}
    answer = json.dumps([decision.cards, told], sort_keys=True, default=str)
    return _digest(_without_identifiers(answer))


def _without_identifiers(answer: str) -> str:
    """Return an answer in which each uuid is the number of its first place, and the version of the
    code is none.
    """
    numbers: dict[str, str] = {}
    answer = answer.replace(knowledge_version(), "")
    return _MADE.sub(lambda found: numbers.setdefault(found[0], f"id-{len(numbers)}"), answer)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


_VALUE_SETS = load_value_sets()


def main(arguments: list[str]) -> int:
    """Write the file, or compare with it; the exit status is 1 where an answer differs."""
    file, *folders = map(Path, arguments)
    now = dict(digests(folders))
    if not file.exists():
        file.write_text("".join(f"{name}\t{one}\n" for name, one in now.items()), "utf-8")
        print(f"{len(now):,} digests written to {file}")
        return 0
    before = dict(line.split("\t") for line in file.read_text("utf-8").splitlines())
    other = differing(before, now)
    print("".join(f"{name}\n" for name in other) + f"{len(now):,} answers, {len(other):,} differ")
    return 1 if other else 0


def differing(before: dict[str, str], now: dict[str, str]) -> list[str]:
    """Return the names of answers that differ, are new, or are gone."""
    names = before.keys() | now.keys()
    return sorted(name for name in names if before.get(name) != now.get(name))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
