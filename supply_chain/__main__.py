"""What the product is made of, told without a network.

`python -m supply_chain sbom` writes the bill of materials (CycloneDX), `licences` the licence of
each package, and `audit OSV.zip` what is known against them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cds_service import __version__
from supply_chain.audit import find_advisories
from supply_chain.packages import DOCKERFILE, Package, read_base, read_direct_needs, read_packages

PRODUCT = "b12-cds"
BASE_REFERENCE = "base-image"


def main() -> int:
    """Return 0, 1 when something is known against a package, or 2 when it cannot be done."""
    match sys.argv[1:]:
        case ["sbom"]:
            print(json.dumps(write_bill(read_packages()), indent=2))
            say_when_not_pinned()
        case ["licences"]:
            for package in read_packages():
                print(f"{package.name:28}{package.version:16}{package.licence}")
        case ["audit", database]:
            return audit(Path(database))
        case _:
            print("usage: supply_chain sbom | licences | audit OSV.zip", file=sys.stderr)
            return 2
    return 0


def say_when_not_pinned(dockerfile: Path = DOCKERFILE) -> None:
    """Say on standard error that the base of the image is named without its digest."""
    name, tag, digest = read_base(dockerfile)
    if not digest:
        print(
            f"The base of the image, {name}:{tag}, is not pinned by its digest; build with "
            f"--build-arg BASE={name}:{tag}@sha256:...",
            file=sys.stderr,
        )


def audit(database: Path) -> int:
    """Print the advisories against the packages of the lock; return 1 when there are any."""
    packages = read_packages()
    try:
        found = find_advisories(database, {package.name: package.version for package in packages})
    except (OSError, ValueError) as error:
        print(
            f"{database}: cannot be read as a zip file of OSV advisories ({type(error).__name__}).",
            file=sys.stderr,
        )
        return 2
    for advisory in found:
        print(f"{advisory.package} {advisory.version}: {advisory.id} {advisory.summary}")
    print(f"{len(packages)} packages, {len(found)} advisories against them")
    return 1 if found else 0


def write_bill(packages: list[Package]) -> dict[str, Any]:
    """Return the bill of materials in CycloneDX 1.6, with the hashes of the files of the lock and
    the base of the image; the same for the same lock.
    """
    root = {
        "type": "application",
        "bom-ref": PRODUCT,
        "name": PRODUCT,
        "version": __version__,
        "licenses": [{"expression": "Apache-2.0"}],
    }
    needs = {PRODUCT: tuple(read_direct_needs())} | {
        _reference(package): package.needs for package in packages
    }
    references = {package.name: _reference(package) for package in packages}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": root},
        "components": [_base(), *(_component(package) for package in packages)],
        "dependencies": [
            {"ref": ref, "dependsOn": [references[name] for name in names]}
            for ref, names in needs.items()
        ]
        + [{"ref": BASE_REFERENCE, "dependsOn": []}],
    }


def _reference(package: Package) -> str:
    return f"pkg:pypi/{package.name}@{package.version}"


def _component(package: Package) -> dict[str, Any]:
    licence = (
        {"expression": package.licence}
        if package.licence_is_expression
        else {"license": {"name": package.licence}}
    )
    return {
        "type": "library",
        "bom-ref": _reference(package),
        "name": package.name,
        "version": package.version,
        "purl": _reference(package),
        "licenses": [licence],
        "hashes": [{"alg": "SHA-256", "content": digest} for digest in package.hashes],
    }


def _base() -> dict[str, Any]:
    """Return the base of the image, as the Dockerfile names it; with its digest when it is
    pinned.
    """
    name, tag, digest = read_base()
    component: dict[str, Any] = {
        "type": "container",
        "bom-ref": BASE_REFERENCE,
        "name": name,
        "version": tag,
        "purl": f"pkg:docker/{name}@{digest or tag}",
    }
    if digest:
        component["hashes"] = [{"alg": "SHA-256", "content": digest.removeprefix("sha256:")}]
    return component


if __name__ == "__main__":
    raise SystemExit(main())
