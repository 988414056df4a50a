"""The governance page as it is read: on a screen, on a phone, in the dark, without a script."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from benchmarks.volume.governance import FIRST, make_record
from cds_service.app import create_app
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY
from tests.workbench.browser import launched, needs_chromium
from tests.workbench.test_accessibility import (
    DESKTOP,
    PHONE,
    ZOOMED,
    opened,
    unfold_everything,
    violations,
)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def page_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a service with half a year of made-up decisions, one card silent."""
    folder: Path = tmp_path_factory.mktemp("store")
    store = f"sqlite:///{folder}/b12.db"
    make_record(store, 3000)
    last_day = (FIRST + dt.timedelta(weeks=26)).date()
    app = create_app(replace(demonstration(), store_url=store), today=lambda: last_day)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/governance"
    server.shutdown()
    thread.join()
    app.config[CONFIG_KEY].close()


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        (DESKTOP, "light"),
        (PHONE, "light"),
        (ZOOMED, "dark"),
        ((320, 640), "light"),
    ],
    ids=["desktop, light", "phone, light", "zoomed, dark", "narrow, light"],
)
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    browser: Browser, page_url: str, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    page = opened(browser, size, scheme)
    page.goto(page_url)
    unfold_everything(page)

    assert violations(page) == []
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) <= 0
    page.context.close()


def test_on_a_phone_a_wide_table_says_so_and_keeps_its_first_column(
    browser: Browser, page_url: str
) -> None:
    page = opened(browser, PHONE, "light")
    page.goto(page_url)
    boxes = page.locator(".scroll:visible")

    for box in boxes.all():
        if not box.evaluate("one => one.scrollWidth > one.clientWidth + 2"):
            continue
        said = box.evaluate("one => one.previousElementSibling?.className ?? ''")
        assert "swipe" in said, box.get_attribute("aria-label")
        box.focus()
        page.keyboard.press("End")
        box.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
        first = box.locator("tbody tr > :first-child").first
        assert first.evaluate("one => one.getBoundingClientRect().left") >= 0
    assert page.locator(".swipe:visible").count() > 0
    page.context.close()


def test_it_is_read_without_a_script(browser: Browser, page_url: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(page_url)

    assert page.locator("h1").inner_text() == "Governance"
    assert page.locator("table").count() > 8
    scripts = page.locator("script").evaluate_all("all => all.map(one => one.src)")
    assert [address.rpartition("/")[2] for address in scripts] == ["theme.js"]  # colours alone
    context.close()
