"""Which knowledge decides: a version that changes by itself whenever a rule, a text, a limit or a
code of the packages changes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fhir_mappings.terminology import SiteCodes
from recommender.guidance import KNOWLEDGE_VERSION

PACKAGES = Path(__file__).parents[2]
"""The folder that the packages stand in."""

TABLES = ("recommender", "fhir_mappings", "cds_service/cards", "cds_service/decision")
"""Where rules, limits, texts, the reading of records, and what is kept quiet stand."""

TERMINOLOGY = ("fhir_mappings/terminology",)
SUFFIXES = (".py", ".csv", ".txt")


def digest_of(folders: tuple[str, ...], root: Path = PACKAGES) -> str:
    """Return the SHA-256 over the names and contents of all files of these folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(_files_in(root / folder), key=lambda path: path.split(os.sep)):
            with open(path, "rb") as file:
                content = hashlib.sha256(file.read()).hexdigest()
            name = path.removeprefix(f"{root}{os.sep}").replace(os.sep, "/")
            digest.update(f"{name} {content}\n".encode())
    return digest.hexdigest()


def _files_in(folder: Path) -> Iterator[str]:
    """Return the files of a folder and those in it; `os.walk` takes a third of what `rglob` does,
    and every start does this.
    """
    for place, below, names in os.walk(folder):
        if "__pycache__" in below:
            below.remove("__pycache__")
        yield from (f"{place}{os.sep}{name}" for name in names if name.endswith(SUFFIXES))


@cache
def knowledge_version() -> str:
    """Return the edition of the guidance and the digest of all that decides by it."""
    return f"{KNOWLEDGE_VERSION}+{digest_of(TABLES)[:12]}"


@cache
def terminology_version(extra_codes: SiteCodes | None) -> str:
    """Return the digest of the built-in codes and those that the site adds."""
    added = b"".join(path.read_bytes() for path in extra_codes.paths) if extra_codes else b""
    if extra_codes and extra_codes.languages != ("en",):
        added += ",".join(extra_codes.languages).encode()
    return hashlib.sha256(digest_of(TERMINOLOGY).encode() + added).hexdigest()[:12]


@cache
def program_version() -> str:
    """Return the version of the installed program; empty when it runs without being installed."""
    try:
        return version("b12-cds")
    except PackageNotFoundError:
        return ""
