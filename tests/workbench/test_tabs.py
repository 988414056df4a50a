"""The new ways of the page: tabs, the list, the address, comparing, a chart of a FHIR server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.cds_service.misbehaving_fhir import answer_with, fhir_server
from tests.workbench.browser import (
    PATIENCE,
    change_and_wait,
    launched,
    needs_chromium,
    open_patient,
    open_tab,
    rule_shown,
    wait_for_answer,
)
from tests.workbench.conftest import Running

pytestmark = needs_chromium

PATIENT = {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01", "gender": "female"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def test_the_list_is_searched_by_words_row_and_severity(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.fill("#find", "kidney")
    shown = page.locator("button.patient:visible")

    assert 0 < shown.count() < 6
    page.fill("#find", "nothing of this kind")
    expect(page.locator("#find-none")).to_be_visible()
    page.fill("#find", "lebers")
    page.fill("#find", "leber")
    change_and_wait(page, lambda: page.locator("#find").press("Enter"))
    expect(page.locator("#title")).to_contain_text("Leber")


def test_tabs_are_walked_with_arrow_keys(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.locator("#tab-card").focus()
    page.keyboard.press("ArrowRight")

    expect(page.locator("#tab-why")).to_have_attribute("aria-selected", "true")
    expect(page.locator("#panel-why")).to_be_visible()
    expect(page.locator("#panel-card")).to_be_hidden()
    page.keyboard.press("End")
    expect(page.locator("#tab-compare")).to_be_focused()


def test_on_a_wide_screen_all_panels_are_open(browser: Browser, running: Running) -> None:
    page = browser.new_page(viewport={"width": 2560, "height": 1300})
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    for panel in page.locator(".panel").all():
        expect(panel).to_be_visible()
    page.close()


def test_the_address_holds_patient_tab_and_what_if_and_opens_the_same_again(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    change_and_wait(page, lambda: page.fill("#control-egfr", "45"))
    open_tab(page, "why")
    address, rule = page.url, rule_shown(page)
    assert address.endswith("#02-vegan-well/why?control-egfr=45")

    page.goto("about:blank")
    page.goto(address)
    wait_for_answer(page)
    expect(page.locator(".rule").first).to_have_text(rule)
    expect(page.locator("#tab-why")).to_have_attribute("aria-selected", "true")


def test_a_row_of_the_guidance_leads_to_its_patients(page: Page, running: Running) -> None:
    page.goto(f"{running.url}/guidance#rule-M8")
    page.get_by_role("link", name="Patients of row M8 in the workbench").first.click()
    wait_for_answer(page)

    expect(page.locator("#find")).to_have_value("M8")
    assert rule_shown(page) == "M8"
    assert page.locator("button.patient:visible").count() >= 2
    expect(page.locator("#verdict")).to_have_attribute("aria-live", "polite")


def test_nothing_of_ones_own_stands_in_the_address(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.locator('[data-way="own"]').click()
    page.fill(
        "#paste-text",
        '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", '
        '"id": "secret-id", "birthDate": "1950-01-01"}}]}',
    )

    change_and_wait(page, lambda: page.get_by_role("button", name="Explain", exact=True).click())

    assert page.url == running.workbench
    expect(page.locator("#link")).to_be_hidden()


def test_what_differs_is_named_and_as_sent_brings_it_back(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    before = rule_shown(page)
    change_and_wait(page, lambda: page.fill("#control-egfr", "45"))
    page.get_by_role("button", name="Compare", exact=True).click()

    expect(page.locator("#compare-here .lead")).to_contain_text("lines differ")
    assert page.locator("#compare-here tr.differs").count() >= 2
    open_tab(page, "card")
    change_and_wait(page, lambda: page.get_by_role("button", name="As sent").click())
    assert rule_shown(page) == before


def test_another_day_and_other_settings_can_be_tried(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    open_tab(page, "compare")
    shown = page.locator("#policy-nonNeuroRoute option").all_inner_texts()

    assert shown == ["Tablets first (ORAL_FIRST)", "Injections first (IM_FIRST)"]
    change_and_wait(page, lambda: page.select_option("#policy-nonNeuroRoute", "IM_FIRST"))
    expect(page.locator("#compare-here .lead")).to_contain_text("differ")
    change_and_wait(page, lambda: page.fill("#policy-day", "2029-01-01"))
    expect(page.locator("#provenance")).to_contain_text("as of 2029-01-01")


def test_a_chart_is_read_from_a_server_on_this_machine(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.locator('[data-way="server"]').click()
    with fhir_server(Patient=answer_with(PATIENT)) as server:
        page.fill("#server-base", server.base)
        page.fill("#server-patient", "p")
        change_and_wait(page, lambda: page.get_by_role("button", name="Read the chart").click())

    expect(page.locator("#title")).to_have_text("Patient p")
    expect(page.locator("#provenance")).to_contain_text("patient-view")


def test_a_server_elsewhere_is_refused_beside_the_form(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.locator('[data-way="server"]').click()
    page.fill("#server-base", "http://192.0.2.1/fhir")
    page.fill("#server-patient", "p")
    page.get_by_role("button", name="Read the chart").click()

    expect(page.locator("#server-problem")).to_contain_text("does not give the Patient")


def test_the_raw_exchange_can_be_copied_as_curl(browser: Browser, running: Running) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=running.url)
    page = context.new_page()
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    open_tab(page, "raw")
    page.get_by_role("button", name="Copy as curl").click()

    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -s -H 'Content-Type: application/json' --data-binary '{")
    assert copied.endswith(f"{running.url}/cds-services/b12-order-select")
    context.close()


@pytest.mark.parametrize("story", ["01-numb-feet-tablets", "05-kidneys-reduced"])
def test_the_answer_comes_first(page: Page, running: Running, story: str) -> None:
    """The first suggestion can be pressed without scrolling, on a desk and on a phone."""
    open_patient(page, running.workbench, story)
    assert page.locator(".suggestion").first.bounding_box()["y"] < 900 - 44  # type: ignore[index]

    page.set_viewport_size({"width": 390, "height": 844})
    open_patient(page, running.workbench, story)
    expect(page.locator(".card h3").first).to_be_in_viewport()
    expect(page.locator(".suggestion").first).to_be_in_viewport()


def test_the_row_that_decides_says_why_none_before_it_did(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced/why")
    line = page.locator("table.conditions tr", has_text="No row before it is met")
    expect(line).to_contain_text("M6 and M7 lack one thing each")
    expect(line).to_contain_text("eGFR: 38 mL/min/1.73 m²")

    open_tab(page, "facts")
    rows = page.locator("#facts-here table.facts").first.locator("tbody tr")
    expect(rows.filter(has_text="eGFR").first).to_contain_text("read for M7")
    assert page.locator("#tab-facts .count").inner_text() == str(rows.count())


def test_a_first_row_has_none_before_it(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets/why")
    expect(page.locator("table.conditions")).to_contain_text("Neurological involvement is recorded")
    expect(page.locator("table.conditions")).not_to_contain_text("No row before it")


def test_the_answers_to_two_requests_stand_side_by_side(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    open_tab(page, "compare")
    page.select_option("#compare-with", "01-numb-feet-tablets")
    row = page.locator("#compare-here table").first.locator("tr", has_text="Row")

    expect(row).to_contain_text("N1")
    expect(row).to_contain_text("M6")
    expect(page.locator("#compare-here thead").first).to_contain_text("Numb feet")


def test_an_answer_is_kept_and_compared_with_a_later_request(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    open_tab(page, "compare")
    page.click("#keep")
    expect(page.locator("#compare-here .lead")).to_have_text("Both are the same.")
    change_and_wait(page, lambda: page.locator('[data-patient="05-kidneys-reduced"]').click())

    expect(page.locator("#compare-here thead").first).to_contain_text("(kept)")
    expect(page.locator("#compare-here .lead")).to_contain_text("lines differ")


def test_the_colours_that_were_chosen_are_there_before_anything_is_painted(
    browser: Browser, running: Running
) -> None:
    context = browser.new_context(color_scheme="light")
    page = context.new_page()
    open_patient(page, running.workbench, "02-vegan-well")
    paper = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(paper)

    page.get_by_role("combobox", name="Colours").select_option("dark")
    dark = page.evaluate(paper)
    page.goto(f"{running.url}/guidance")
    expect(page.locator("html")).to_have_css("color-scheme", "dark")
    # A script of the head that is neither deferred nor a module runs before anything is painted.
    at_once = page.locator("head > script[src*='theme.js']:not([defer], [async], [type])")
    expect(at_once).to_have_count(1)

    assert light == "rgb(255, 255, 255)"
    assert dark != light
    assert page.evaluate(paper) == dark
    page.get_by_role("combobox", name="Colours").select_option("auto")
    assert page.evaluate(paper) == light
    context.close()
