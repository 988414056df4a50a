"""The browser the page tests use, and the few things they all do with the page."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="the page tests need the Python package playwright"
)
from playwright.sync_api import Browser, Page, sync_playwright  # noqa: E402

PATIENCE = 40_000
"""Milliseconds that a page may take on a crowded machine before its test gives up: no measure of
speed.
"""

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
CHROMIUM_SWITCHES = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

needs_chromium = pytest.mark.skipif(
    CHROMIUM is None, reason="Chromium is not installed; `apt-get install chromium` brings it"
)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium that calls nobody by itself."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_SWITCHES))
        yield browser
        browser.close()


def open_patient(page: Page, workbench: str, patient: str) -> None:
    """Open the page on a prepared patient and wait for its answer."""
    page.goto(f"{workbench}#{patient}")
    chosen = page.locator(f'[data-patient="{patient.split("/")[0]}"]')
    if chosen.count():  # else it is no prepared patient, and the first one is shown
        page.locator(f'[data-patient="{patient.split("/")[0]}"][aria-current]').wait_for(
            state="attached", timeout=PATIENCE
        )
    wait_for_answer(page)


def wait_for_answer(page: Page) -> None:
    settled = "body:not(.asking, .drawing) #verdict :is(.rule, .problem)"
    page.locator(settled).wait_for(state="attached", timeout=PATIENCE)


def choose_patient(page: Page, patient: str) -> None:
    page.locator('[data-way="prepared"]').click()
    change_and_wait(page, lambda: page.locator(f'[data-patient="{patient}"]').click())
    page.wait_for_url(re.compile(rf"#{re.escape(patient)}/"), timeout=PATIENCE)


def change_and_wait(page: Page, change: Any) -> None:
    """Do something that asks the service again, and wait for the answer."""
    with page.expect_response("**/workbench/explain*"):
        change()
    wait_for_answer(page)


def open_tab(page: Page, name: str) -> None:
    """Open one of the tabs of the answer."""
    page.locator(f"#tab-{name}").click()


def rule_shown(page: Page) -> str:
    return page.inner_text("#verdict .rule")


def cards_shown(page: Page) -> list[str]:
    return page.locator(".card .indicator").all_inner_texts()


def read_download(page: Page, click: Any) -> dict[str, Any]:
    with page.expect_download() as download:
        click()
    saved: dict[str, Any] = json.loads(Path(download.value.path()).read_text("utf-8"))
    return saved
