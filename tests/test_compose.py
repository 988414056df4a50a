"""How it is deployed: the key of the record is made once and holds over restarts of the container;
the proxy of the documents shows no metrics.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_the_key_of_the_record_is_made_at_the_first_start_and_kept(tmp_path: Path) -> None:
    service = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["b12-cds"]
    shell, option, script, name = service["entrypoint"]
    (tmp_path / "keys").mkdir()
    (tmp_path / "b12-cds").write_text('#!/bin/sh\necho "$B12_CDS_PATIENT_KEY $*"\n')
    (tmp_path / "b12-cds").chmod(0o755)
    (tmp_path / "password").write_text("secret")
    script = (
        script.replace("$$", "$")
        .replace("/var/lib/b12-cds/keys", str(tmp_path / "keys"))
        .replace("/run/secrets/database-password", str(tmp_path / "password"))
        .replace("/tmp/pgpass", str(tmp_path / "pgpass"))
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    starts = [
        subprocess.run(
            [shell, option, script, name, "serve"],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    key, *given = starts[0].split()
    assert (len(key), given) == (64, ["serve"])
    assert starts[0] == starts[1]
    assert (tmp_path / "keys" / "patient-key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "pgpass").read_text() == "database:5432:b12:b12:secret\n"


def test_the_key_stands_where_it_outlives_the_container() -> None:
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text())
    [kept] = [volume for volume in compose["services"]["b12-cds"]["volumes"] if "/keys" in volume]

    assert kept.partition(":")[0] in compose["volumes"]
    assert "/var/lib/b12-cds" not in compose["services"]["b12-cds"]["tmpfs"]


def test_every_image_that_is_not_built_here_is_pinned_by_its_digest() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"].values()
    pulled = [service["image"] for service in services if "build" not in service]
    assert len(pulled) == 1
    assert all(re.fullmatch(r"postgres:17\.\d+@sha256:[0-9a-f]{64}", image) for image in pulled)


def test_the_proxy_of_the_documents_shows_no_metrics_below_any_path() -> None:
    """A public URL may have a path, which the service takes off whatever path it is asked for."""
    written = (ROOT / "docs/deploying.md").read_text("utf-8")
    [denied] = re.findall(r"location ~ (\S+) \{ deny all; \}", written)

    for path in ("/metrics", "/metrics/", "/b12/metrics", "/b12/metrics//"):
        assert re.search(denied, path), path
    for path in ("/cds-services", "/guidance/metrics-of-care", "/b12/health/ready"):
        assert not re.search(denied, path), path
