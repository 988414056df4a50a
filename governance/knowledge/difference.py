"""What two policies, or two installed versions, differ in, and how many enumerated people they
decide otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that differs: its kind (setting, mode, approval, rule, text, code, file, version),
    its name, and both values; empty for one that is not there.
    """

    kind: str
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Decided:
    """How the enumerated people are decided: how many there are, how many otherwise, how often one
    rule takes the place of another, and an example of each.
    """

    people: int
    otherwise: int
    changes: Mapping[tuple[str, str], int]
    examples: Mapping[tuple[str, str], str]


def compare_manifests(old: Json, new: Json) -> tuple[Line, ...]:
    """Return the settings, rules, texts, codes, files and versions that differ between two
    manifests; codes as digests of their tables (`compare_codes` tells the rows).
    """
    whole = all("texts" in manifest for manifest in (old, new))
    texts, files = (_texts, _files) if whole else (_digests_of_texts, _folders)
    return (
        *_lines("version", _versions(old), _versions(new)),
        *_lines("setting", old["settings"], new["settings"]),
        *_lines("mode", old.get("modes", {}), new.get("modes", {})),
        *_lines("approval", _listed(old), _listed(new)),
        *_lines("rule", _rules(old), _rules(new)),
        *_lines("text", texts(old), texts(new)),
        *_lines("code", old["digests"]["terminology"], new["digests"]["terminology"]),
        *_lines("file", files(old), files(new)),
    )


def _versions(manifest: Json) -> Json:
    return {name: manifest[name] for name in ("program", "knowledge", "policy", "terminology")}


def _listed(manifest: Json) -> Json:
    return dict.fromkeys(manifest.get("approvals", ()), "given")


def _rules(manifest: Json) -> Json:
    """Return each row of the table by its id and place among the rows of that id."""
    seen: Counter[str] = Counter()
    rules: Json = {}
    for one in manifest["rules"]:
        seen[one["rule"]] += 1
        row = f"when {'; '.join(one['when']) or 'nothing else holds'}: {one['outcome']}, "
        rules[f"{one['rule']}.{seen[one['rule']]}"] = row + one["text"]
    return rules


def _texts(manifest: Json) -> Json:
    texts: Json = manifest["texts"]
    return texts


def _files(manifest: Json) -> Json:
    files: Json = manifest["digests"]["files"]
    return files


def _folders(manifest: Json) -> Json:
    folders: Json = manifest["digests"]["folders"]
    return folders


def _digests_of_texts(manifest: Json) -> Json:
    """Return what a version that lists no texts says of them."""
    digests = manifest["digests"]
    cards = {f"card {name}": digest for name, digest in digests["cards"].items()}
    return {**cards, "statements": digests["statements"], "formulary": digests["formulary"]}


def _lines(kind: str, old: Json, new: Json) -> Iterator[Line]:
    for name in dict.fromkeys((*old, *new)):
        before, after = str(old.get(name, "")), str(new.get(name, ""))
        if before != after:
            yield Line(kind, name, before, after)


def compare_codes(
    old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]
) -> tuple[Line, ...]:
    """Return the rows of codes that one side alone has, by the name of their file."""
    before, after = Counter(old), Counter(new)
    gone = (Line("code", name, row, "") for name, row in (before - after).elements())
    come = (Line("code", name, "", row) for name, row in (after - before).elements())
    return tuple(sorted((*gone, *come), key=lambda line: line.name))


def compare_decisions(old: Iterable[tuple[str, str]], new: Iterable[tuple[str, str]]) -> Decided:
    """Return how two lists of (person, decision in words) differ, people in the same order.

    Raises: ValueError when the people are not the same, so that nothing is compared wrongly.
    """
    people = 0
    changes: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], str] = {}
    for (one, before), (other, after) in zip(old, new, strict=True):
        if one != other:
            raise ValueError("the two versions do not enumerate the same people")
        people += 1
        if before != after:
            pair = before.partition(" ")[0], after.partition(" ")[0]
            changes[pair] += 1
            examples.setdefault(pair, one)
    return Decided(people, changes.total(), dict(changes.most_common()), examples)
