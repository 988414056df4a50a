"""The key of the patient hash: from the settings or the environment, else made once for the
deployment and kept in a file.

Whoever holds the database without the key cannot tell which patient a record is about.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

import sqlalchemy as sa
import structlog

from cds_service.database import is_in_memory

log = structlog.get_logger(__name__)

VARIABLE = "B12_CDS_PATIENT_KEY"
"""Environment variable that holds the key, for deployments whose workers share no disk."""


def load_patient_key(store_url: str, configured: str) -> bytes:
    """Return the key as configured, else that of the key file, which is made when it is not there.

    With SQLite the file stands beside the database, else in the working directory. Where no file
    can be kept the key lasts as long as the process, and hashes of different processes cannot be
    compared.
    """
    given = configured or os.environ.get(VARIABLE, "")
    if given:
        return given.encode()
    url = sa.make_url(store_url)
    if is_in_memory(url):
        return secrets.token_bytes(32)
    path = (
        Path(url.database + ".patient-key")
        if url.get_backend_name() == "sqlite" and url.database
        else Path("b12-cds.patient-key")
    )
    try:
        return read_or_make_key(path)
    except OSError as error:
        log.error(
            "patient key not kept: patients of earlier records will not be recognised",
            why=error.strerror,
        )
        return secrets.token_bytes(32)


def read_or_make_key(path: Path) -> bytes:
    """Return what the file holds; of several workers that start together, the key of the first
    holds for all.
    """
    if not path.exists():
        handle, name = tempfile.mkstemp(
            dir=path.parent, prefix=path.name
        )  # readable by its owner only
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        try:
            os.link(name, path)
        except FileExistsError:
            pass  # another worker was first
        finally:
            os.unlink(name)
    key = path.read_bytes().strip()
    if not key:
        raise OSError(0, "the key file is empty")
    return key
