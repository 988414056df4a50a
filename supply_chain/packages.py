"""The packages of the lock file, as they are installed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = Path(__file__).parents[1] / "requirements.lock"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_OSI = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the lock: its name in the form that indexes use, its version, its licence in
    words, and what it needs.
    """

    name: str
    version: str
    licence: str
    licence_is_expression: bool
    needs: tuple[str, ...]


def read_packages(lock: Path = LOCK) -> list[Package]:
    """Return the packages of the lock that are installed here; some are for other systems only.

    Raises: LookupError when the version installed is not the one of the lock.
    """
    pins = {canonicalize_name(name): version for name, version in _PIN.findall(lock.read_text())}
    installed = {name: found for name in pins if (found := _find(name))}
    for name, found in installed.items():
        if found.version != pins[name]:
            raise LookupError(
                f"{name}: found {found.version} installed, expected {pins[name]} as in "
                f"{lock.name}; ./run setup installs it."
            )
    return [_read(name, found, set(installed)) for name, found in sorted(installed.items())]


def read_direct_needs() -> list[str]:
    """Return the packages that the product itself asks for, extras apart."""
    project = tomllib.loads((LOCK.parent / "pyproject.toml").read_text())["project"]
    return sorted(canonicalize_name(Requirement(line).name) for line in project["dependencies"])


def _find(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except ModuleNotFoundError:
        return None


def _read(name: str, found: Distribution, known: set[str]) -> Package:
    metadata: Any = found.metadata
    expression = metadata.get("License-Expression", "")
    licence = expression or _licence_in_words(metadata)
    return Package(name, found.version, licence, bool(expression), tuple(_needs_of(found, known)))


def _licence_in_words(metadata: Any) -> str:
    """Return the licence of a package that has no SPDX expression: its classifiers, else the first
    line of its text.
    """
    named = [
        row.removeprefix(_OSI)
        for row in metadata.get_all("Classifier") or ()
        if row.startswith(_OSI)
    ]
    text = (metadata.get("License") or "").strip()
    return " AND ".join(sorted(named)) or text.partition("\n")[0] or "not stated"


def _needs_of(found: Distribution, known: set[str]) -> list[str]:
    requirements = [Requirement(line) for line in found.requires or ()]
    needed = {
        canonicalize_name(one.name)
        for one in requirements
        if not one.marker or one.marker.evaluate({"extra": ""})
    }
    return sorted(needed & known)
