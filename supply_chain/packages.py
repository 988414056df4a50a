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
DOCKERFILE = LOCK.with_name("Dockerfile")
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
_FROM = re.compile(r"^ARG BASE=(\S+)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_OSI = "License :: OSI Approved :: "


@dataclass(frozen=True, slots=True)
class Package:
    """One package of the lock: its name in the form that indexes use, its version, its licence in
    words, what it needs, and the SHA-256 of each of its files of which one is installed.
    """

    name: str
    version: str
    licence: str
    licence_is_expression: bool
    needs: tuple[str, ...]
    hashes: tuple[str, ...]


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
    hashes = read_hashes(lock)
    return [
        _read(name, found, set(installed), hashes[name])
        for name, found in sorted(installed.items())
    ]


def read_hashes(lock: Path = LOCK) -> dict[str, tuple[str, ...]]:
    """Return the SHA-256 of the files of each package, as the lock has them."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in re.split(r"\n(?=\S)", lock.read_text()):
        if pin := _PIN.match(entry):
            found[canonicalize_name(pin[1])] = tuple(sorted(_HASH.findall(entry)))
    return found


def read_base(dockerfile: Path = DOCKERFILE) -> tuple[str, str, str]:
    """Return name, tag and digest of the base of the image; the digest is empty when the file does
    not pin it.
    """
    [named] = {found for found in _FROM.findall(dockerfile.read_text()) if found}
    reference, _, digest = named.partition("@")
    name, _, tag = reference.partition(":")
    return name, tag, digest


def read_direct_needs() -> list[str]:
    """Return the packages that the product itself asks for, extras apart."""
    project = tomllib.loads((LOCK.parent / "pyproject.toml").read_text())["project"]
    return sorted(canonicalize_name(Requirement(line).name) for line in project["dependencies"])


def _find(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except ModuleNotFoundError:
        return None


def _read(name: str, found: Distribution, known: set[str], hashes: tuple[str, ...]) -> Package:
    metadata: Any = found.metadata
    expression = metadata.get("License-Expression", "")
    licence = expression or _licence_in_words(metadata)
    needs = tuple(_needs_of(found, known))
    return Package(name, found.version, licence, bool(expression), needs, hashes)


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
