"""What is no request is named on the page, each with the next step."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workbench.browser import (
    PATIENCE,
    change_and_wait,
    launched,
    needs_chromium,
    open_patient,
    open_tab,
    rule_shown,
)
from tests.workbench.conftest import Running

pytestmark = needs_chromium

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=running.url)
    page = context.new_page()
    open_patient(page, running.workbench, "02-vegan-well")
    page.locator('[data-way="own"]').click()
    yield page
    context.close()


@pytest.mark.parametrize(
    ("content", "named", "next_step"),
    [
        (b"", "This is empty.", "choose a prepared patient"),
        (b" \n ", "This is empty.", "choose a prepared patient"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "This is no text", "Paste or open a hook request"),
        (b"<Bundle xmlns='http://hl7.org/fhir'/>", "This is XML", "application/fhir+json"),
        (b"<!DOCTYPE html><html></html>", "This is a web page", "application/fhir+json"),
        (b"MSH|^~\\&|LAB|", "HL7 version 2", "FHIR server"),
        (b"eyJhbGciOiJFUzM4NCJ9.eyJpc3MiOiJ4In0.abc", "a token", "the request itself"),
        (b"POST /cds-services HTTP/1.1\r\n\r\n{}", "a call with its headers", "body alone"),
        (b"id,b12\n1,100\n", "a table (CSV)", "FHIR server"),
        (b'{"context": {}}', "This request has no hook", "order-select"),
        (
            b'{"resourceType": "Observation"}',
            "This is one Observation",
            "a Bundle with its Patient",
        ),
        (
            b'{"resourceType": "ValueSet"}',
            "no part of a patient's record",
            "a Bundle of one patient",
        ),
        (b'{"cards": []}', "This is an answer with 0 cards", "Paste the request"),
        (b'{"services": []}', "the list of services", "Paste what is sent"),
        (b'{"hook": "order-select", ', "This is not JSON", "Paste or open a hook request"),
        (b"null", "This is neither a hook request", "a Bundle of a patient's resources"),
    ],
)
def test_a_file_that_is_no_request_is_named(
    page: Page, content: bytes, named: str, next_step: str
) -> None:
    page.set_input_files(
        "#file", {"name": "given.json", "mimeType": "application/json", "buffer": content}
    )

    expect(page.locator("#paste-problem")).to_contain_text(named)
    expect(page.locator("#paste-problem")).to_contain_text(next_step)
    assert rule_shown(page) == "M6"  # the last answer stays


def test_a_request_of_another_hook_is_named_and_offered_as_one_of_ours(page: Page) -> None:
    request = json.loads((ROOT / "examples" / "order-select.json").read_text("utf-8"))
    page.fill("#paste-text", json.dumps({**request, "hook": "medication-prescribe"}))
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.locator("#paste-problem")).to_contain_text("the hook medication-prescribe")

    change_and_wait(page, lambda: page.get_by_role("button", name="Explain its draft").click())
    assert rule_shown(page) == "N1"


def test_a_body_that_is_too_long_is_told_with_what_to_keep(page: Page, running: Running) -> None:
    long = json.dumps({"resourceType": "Observation", "note": [{"text": "x" * 11_000_000}]})
    bundle = f'[{{"resourceType": "Patient", "id": "p"}}, {long}]'
    page.set_input_files(
        "#file", {"name": "long.json", "mimeType": "application/json", "buffer": bundle.encode()}
    )

    expect(page.locator("#verdict")).to_contain_text("too long", timeout=PATIENCE)
    expect(page.locator("#verdict")).to_contain_text("Keep the Patient")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the copied call needs curl")
def test_the_copied_call_works_in_a_shell_and_when_it_is_pasted_back(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "19-lebers")  # its words hold an apostrophe
    open_tab(page, "raw")
    page.get_by_role("button", name="Copy as curl").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    answer = subprocess.run(["sh", "-c", copied], capture_output=True, check=True).stdout

    assert [card["indicator"] for card in json.loads(answer)["cards"]] == ["critical"]
    page.locator('[data-way="own"]').click()
    page.fill("#paste-text", copied)
    change_and_wait(page, lambda: page.get_by_role("button", name="Explain", exact=True).click())
    assert rule_shown(page) == "M8"
    assert "19-lebers" not in page.url
