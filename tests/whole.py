"""Whether a long proof is run whole (`./run prove` sets B12_CDS_WHOLE) or a sample of it
(`./run test`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from itertools import islice
from typing import TypeVar

WHOLE = bool(os.environ.get("B12_CDS_WHOLE"))

One = TypeVar("One")


def one_in(number: int, items: Iterable[One]) -> list[One]:
    """Return all of the items, or every so manieth where a sample is run."""
    return list(items) if WHOLE else list(islice(items, 0, None, number))
