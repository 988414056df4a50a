"""The demonstration: one order-select request in the shape that the CDS Hooks sandbox sends, and
the cards that answer it.
"""

from __future__ import annotations

import datetime as dt
import json
from importlib.resources import files
from typing import Any

from cds_service.workbench import resolve_dates


def load_request(today: dt.date) -> dict[str, Any]:
    """Return the request with its dates counted from this day."""
    text = (files(__package__) / "order_select.json").read_text("utf-8")
    request: dict[str, Any] = resolve_dates(json.loads(text), today)
    return request
