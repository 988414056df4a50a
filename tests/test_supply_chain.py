"""What the product is made of is written down whole, its licences are ones it may be shipped with,
and known faults are found.
"""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from supply_chain.__main__ import PRODUCT, audit, say_when_not_pinned, write_bill
from supply_chain.packages import DOCKERFILE, LOCK, read_base, read_packages

PERMISSIVE = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|0BSD|Unlicense|Public Domain",
    re.IGNORECASE,
)
WEAK_COPYLEFT = {
    "certifi": "MPL-2.0",
    "orjson": "MPL-2.0",
    "psycopg": "LGPL-3.0",
    "psycopg-binary": "LGPL-3.0",
}
"""Used as they are and unchanged, which these licences allow without more."""


def advisory(identity: str, name: str, versions: list[str], **members: Any) -> dict[str, Any]:
    return {
        "id": identity,
        "summary": "a fault",
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, "versions": versions}],
        **members,
    }


def write_database(path: Path, *advisories: dict[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for record in advisories:
            archive.writestr(f"{record['id']}.json", json.dumps(record))
    return path


def test_the_bill_names_every_package_of_the_lock_once_and_what_each_needs() -> None:
    bill = write_bill(read_packages())
    pinned = set(re.findall(r"^([a-z0-9._-]+)==", LOCK.read_text().lower(), re.MULTILINE))
    named = [component["name"] for component in bill["components"]]
    references = {component["bom-ref"] for component in bill["components"]}

    assert len(named) == len(set(named))
    assert named[0] == "python"
    assert set(named[1:]) <= {name.replace("_", "-").replace(".", "-") for name in pinned}
    assert {"flask", "fhir-resources", "gunicorn", "orjson"} <= set(named)
    assert {row["ref"] for row in bill["dependencies"]} == references | {PRODUCT}
    assert all(set(row["dependsOn"]) <= references for row in bill["dependencies"])
    assert json.dumps(bill) == json.dumps(write_bill(read_packages())), (
        "the same lock gives the same bill"
    )


def test_every_licence_is_one_the_product_may_be_shipped_with() -> None:
    doubtful = {
        package.name: package.licence
        for package in read_packages()
        if not PERMISSIVE.search(package.licence)
    }

    assert {name: licence for name, licence in doubtful.items() if name not in WEAK_COPYLEFT} == {}


def test_an_advisory_against_a_version_in_use_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flask = next(package for package in read_packages() if package.name == "flask")
    database = write_database(
        tmp_path / "osv.zip",
        advisory("OSV-1", "Flask", [flask.version, "0.1"]),
        advisory("OSV-2", "Flask", ["0.1"]),
        advisory("OSV-3", "flask", [flask.version], withdrawn="2026-01-01T00:00:00Z"),
    )

    assert audit(database) == 1
    found = capsys.readouterr().out
    assert f"flask {flask.version}: OSV-1" in found
    assert "OSV-2" not in found
    assert "OSV-3" not in found


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([{"introduced": "0"}, {"fixed": "99"}], 1),
        ([{"introduced": "0"}], 1),
        ([{"introduced": "0"}, {"last_affected": "{version}"}], 1),
        ([{"fixed": "0.5"}, {"introduced": "0"}, {"introduced": "{version}"}], 1),
        ([{"introduced": "0"}, {"fixed": "not a version"}], 1),
        ([{"introduced": "0"}, {"fixed": "{version}"}], 0),
        ([{"introduced": "0"}, {"last_affected": "0.5"}], 0),
        ([{"introduced": "99"}], 0),
    ],
)
def test_an_advisory_that_names_a_range_and_no_versions_is_found_H103(
    tmp_path: Path, events: list[dict[str, str]], status: int
) -> None:
    flask = next(package for package in read_packages() if package.name == "flask")
    told = [
        {kind: at.format(version=flask.version) for kind, at in event.items()} for event in events
    ]
    record = advisory("OSV-4", "flask", [])
    record["affected"][0] |= {"ranges": [{"type": "ECOSYSTEM", "events": told}]}

    assert audit(write_database(tmp_path / "osv.zip", record)) == status


def test_no_advisory_is_said_and_a_file_that_is_no_database_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit(write_database(tmp_path / "osv.zip", advisory("OSV-2", "flask", ["0.1"]))) == 0
    assert "0 advisories" in capsys.readouterr().out
    (tmp_path / "text").write_text("no zip")
    assert audit(tmp_path / "text") == 2
    assert audit(tmp_path / "none") == 2
    assert audit(write_database(tmp_path / "empty.zip")) == 2


def test_the_image_is_built_on_a_base_that_is_pinned_by_its_digest() -> None:
    text = DOCKERFILE.read_text()
    [digest] = re.findall(r"^ARG BASE=python:3\.13-slim@(sha256:[0-9a-f]{64})$", text, re.MULTILINE)

    assert re.findall(r"^FROM (\S+)", text, re.MULTILINE) == ["${BASE}", "${BASE}"]
    assert read_base() == ("python", "3.13-slim", digest)
    assert write_bill(read_packages())["components"][0]["hashes"] == [
        {"alg": "SHA-256", "content": digest.removeprefix("sha256:")}
    ]


def test_the_bill_has_the_hashes_of_the_lock_and_the_base_of_the_image(tmp_path: Path) -> None:
    base, *components = write_bill(read_packages())["components"]
    text = LOCK.read_text()

    for component in components:
        hashes = [one["content"] for one in component["hashes"]]
        assert hashes
        assert all(f"sha256:{digest}" in text for digest in hashes), component["name"]
    assert (base["type"], base["name"], base["version"]) == ("container", "python", "3.13-slim")
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"ARG BASE=python:3.13-slim@sha256:{'a' * 64}\nFROM ${{BASE}}\n")
    assert read_base(dockerfile) == ("python", "3.13-slim", f"sha256:{'a' * 64}")


@pytest.mark.parametrize(
    ("base", "said"), [("python:3.13-slim", True), ("python:3.13-slim@sha256:" + "a" * 64, False)]
)
def test_a_base_without_its_digest_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], base: str, said: bool
) -> None:
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(f"ARG BASE={base}\nFROM ${{BASE}}\n")

    say_when_not_pinned(dockerfile)

    assert ("is not pinned" in capsys.readouterr().err) == said
