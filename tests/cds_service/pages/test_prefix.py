"""The service behind a proxy that shows it under a path, whether that takes the path off or not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from cds_service.site import Settings
from tests.cds_service.conftest import running

PUBLIC = "https://host.example.org/b12"


@pytest.mark.parametrize("path", ["", "/b12"], ids=["taken off", "passed on"])
def test_every_link_of_a_page_and_of_a_card_has_the_path_of_the_proxy(
    settings: Settings, order_select: dict[str, Any], path: str
) -> None:
    with running(replace(settings, public_url=PUBLIC)) as http:
        [card] = http.post(f"{path}/cds-services/b12-order-select", json=order_select).json["cards"]
        assert card["source"]["url"] == f"{PUBLIC}/guidance"
        assert all(link["url"].startswith(f"{PUBLIC}/") for link in card["links"])
        for page in ("/", "/guidance", "/workbench/", "/guidance/S42"):
            answer = http.get(path + page, headers={"Accept": "text/html"})
            assert answer.status_code == 200, page
            links = re.findall(r'(?:href|src|action)="([^"#]+)', answer.text)
            assert links
            for link in links:
                assert link.startswith(("/b12/", PUBLIC, "data:")), f"{page} links to {link}"


def test_a_path_that_only_begins_like_the_prefix_is_none(settings: Settings) -> None:
    with running(replace(settings, public_url=PUBLIC)) as http:
        assert http.get("/b123/guidance").status_code == 404
        assert http.get("/b12").status_code == 200


def test_the_workbench_without_its_slash_leads_to_it_wherever_it_is(settings: Settings) -> None:
    with running(settings) as http:
        answer = http.get("/workbench")

    assert answer.status_code == 308
    assert answer.headers["Location"] == "workbench/"
    assert answer.data == b""
