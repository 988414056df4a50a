"""What the tests of governance share."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cds_service.demonstration import load_request
from tests.cds_service.conftest import AS_OF


@pytest.fixture
def order_select() -> dict[str, Any]:
    """The demonstration's request: an oral tablet selected for someone with neurological signs."""
    return copy.deepcopy(load_request(AS_OF))
