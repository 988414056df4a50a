"""Reading JSON keeps nothing of what a request says."""

from __future__ import annotations

import jiter

from cds_service.protocol import read_json


def test_no_text_of_a_request_outlasts_the_call() -> None:
    read_json(b'{"patient": {"family": "Surname", "born": ["1950-01-01"]}}')
    before = jiter.cache_usage()

    read_json(b'{"patient": {"family": "Another", "born": ["1960-12-31"]}}')

    assert jiter.cache_usage() == before
