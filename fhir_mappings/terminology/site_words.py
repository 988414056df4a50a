"""What a site may write in files of its own: further codes, spellings of code systems and units,
and words for routes and forms.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from fhir_mappings.terminology.code_systems import normalise_spelling
from fhir_mappings.terminology.members import TerminologyError
from fhir_mappings.text import word_of_two_scripts

SHAPES: dict[str, tuple[str, str]] = {
    "systems": ("spelling", "system_uri"),
    "units": ("spelling", "ucum"),
    "routes": ("text", "concept"),
    "forms": ("text", "concept"),
}
"""The two columns of each file of aliases: how the site writes it, and what it stands for."""

PREFIXES = {"routes": "route_", "forms": "doseform"}
"""How the names of the concepts begin that a route or a form may stand for."""


class AliasError(TerminologyError):
    """A file of aliases that cannot be used; the message lists everything that is wrong."""


class SiteCodes(NamedTuple):
    """The files of `[codes]`: further codes, and aliases of systems, units, routes and forms; and
    in which languages the site's records are written (`recordLanguages`, decisions 2.9).
    """

    add: Path | None = None
    systems: Path | None = None
    units: Path | None = None
    routes: Path | None = None
    forms: Path | None = None
    languages: tuple[str, ...] = ("en",)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files there are, in their order."""
        named = (self.add, self.systems, self.units, self.routes, self.forms)
        return tuple(path for path in named if path is not None)

    def aliases(self, kind: str) -> dict[str, str]:
        """Return what the site's spellings of one kind stand for.

        Raises:
            AliasError: the file cannot be used.
        """
        path: Path | None = getattr(self, kind)
        return read_aliases(path, kind) if path else {}


TOO_MANY_CELLS = "found more cells than columns; expected one with a comma in quotes"


def read_table(path: Path) -> tuple[list[str], list[tuple[int, dict[str, str | None]]]]:
    """Return the columns of a CSV file of a site, and its rows with their line numbers; what a row
    has beyond the columns stands under `None`.

    Raises:
        ValueError: it cannot be read, with why.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)  # a quote that is not closed is refused
            columns = list(reader.fieldnames or ())
            return columns, [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        why = getattr(error, "strerror", None) or error
        if isinstance(error, UnicodeDecodeError):
            why = say_not_utf8(path.read_bytes())
        raise ValueError(f"{path.name} cannot be read as a UTF-8 CSV file: {why}") from error


def say_not_utf8(content: bytes) -> str:
    """Return where a text is not UTF-8, and what to do; "" when it is."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is UTF-16 text; save it as UTF-8"
    if content.startswith(b"\x1f\x8b"):
        return "it is compressed by gzip; unpack it first"
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"line {line}: found the byte 0x{content[error.start]:02X}"
        return f"{found}, expected UTF-8 text; save it as UTF-8"
    return ""


def read_aliases(path: Path, kind: str) -> dict[str, str]:
    """Return the aliases of a file, each spelling once.

    Raises:
        AliasError: the file cannot be read, has other columns, or says two things of one spelling.
    """
    key, value = SHAPES[kind]
    try:
        columns, rows = read_table(path)
    except ValueError as error:
        raise AliasError(str(error)) from error
    if sorted(columns) != sorted((key, value)):
        raise AliasError(
            f"{path.name}: found the columns {', '.join(columns) or 'none'}, "
            f"expected {key}, {value}"
        )
    aliases: dict[str, str] = {}
    problems: list[str] = []
    for line, row in rows:
        spelling, stands_for = (row[key] or "").strip(), (row[value] or "").strip()
        if None in row:
            problems.append(f"line {line}: {TOO_MANY_CELLS}")
        elif not spelling or not stands_for:
            problems.append(f"line {line}: {key} and {value} must both be given")
        elif word := word_of_two_scripts(spelling):
            problems.append(f'line {line}: "{word}" mixes letters that look alike')
        elif aliases.setdefault(spelling, stands_for) != stands_for:
            problems.append(f'line {line}: "{spelling}" stands for two things')
    if problems:
        raise AliasError(f"{path.name} {'; '.join(problems)}")
    return aliases


def refuse_read_already(
    kind: str, aliases: Mapping[str, str], meanings_of: Callable[[str], Collection[str]]
) -> None:
    """Refuse a spelling that is read already, as something else than the site says: one line would
    change the meaning of every entry that is written so (Q62).

    Args:
        meanings_of: returns what a spelling is read as without the site's file.
    Raises: AliasError.
    """
    for spelling, stands_for in aliases.items():
        known = meanings_of(spelling)
        if known and stands_for not in known:
            raise AliasError(
                f'{kind}: "{spelling}" is read as {", ".join(sorted(known))} already, not as '
                f"{stands_for}"
            )


def spellings_of_systems(site: SiteCodes, systems: Mapping[str, str]) -> dict[str, str]:
    """Return the site's spellings of code systems, in small letters too.

    Args:
        systems: the spellings that are known without the site's file.
    Raises: AliasError.
    """
    aliases, known = site.aliases("systems"), set(systems.values())
    refuse_read_already(
        "systems", aliases, lambda text: {normalise_spelling(text, systems)} & known
    )
    for spelling, uri in aliases.items():
        if uri not in known:
            raise AliasError(f'systems: "{spelling}" stands for {uri}, which is not known')
    return aliases | {spelling.lower(): uri for spelling, uri in aliases.items()}
