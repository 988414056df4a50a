"""Which knowledge decides: a version that changes by itself whenever a rule, a text, a limit or a
code of the packages changes.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fhir_mappings.terminology import SiteCodes
from recommender.guidance import KNOWLEDGE_VERSION

PACKAGES = Path(__file__).parents[2]
"""The folder that the packages stand in."""

TABLES = ("recommender", "fhir_mappings", "cds_service/cards")
"""Where rules, limits, texts and the reading of records stand."""

TERMINOLOGY = ("fhir_mappings/terminology",)
SUFFIXES = (".py", ".csv", ".txt")


def digest_of(folders: tuple[str, ...], root: Path = PACKAGES) -> str:
    """Return the SHA-256 over the names and contents of all files of these folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in SUFFIXES and "__pycache__" not in path.parts:
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{path.relative_to(root).as_posix()} {content}\n".encode())
    return digest.hexdigest()


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
