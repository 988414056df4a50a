"""What the design of the page promises, measured in the browser for every prepared patient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.workbench.browser import launched, needs_chromium, open_patient, wait_for_answer
from tests.workbench.conftest import Running

pytestmark = needs_chromium

PLACES = """() => {
  const bottom = (found) => found ? found.getBoundingClientRect().bottom : 0;
  const root = document.documentElement;
  return {
    headline: bottom(document.querySelector(".card h3")),
    button: bottom(document.querySelector(".suggestion")),
    height: root.scrollHeight,
    overflow: root.scrollWidth - root.clientWidth,
  };
}"""

SMALLEST = """() => {
  const sizes = { html: 99, axis: 99 };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || !parent.checkVisibility()) continue;
    const kind = parent.closest("svg") ? "axis" : "html";
    sizes[kind] = Math.min(sizes[kind], parseFloat(getComputedStyle(parent).fontSize));
  }
  return sizes;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def stories_of(page: Page, running: Running) -> list[str]:
    page.goto(running.workbench)
    wait_for_answer(page)
    found: list[str] = page.locator("button.patient").evaluate_all(
        "all => all.map(one => one.dataset.patient)"
    )
    return found


def measured(page: Page, running: Running) -> Iterator[tuple[str, dict[str, Any]]]:
    for story in stories_of(page, running):
        open_patient(page, running.workbench, story)
        yield story, page.evaluate(PLACES)


def test_on_a_desk_the_button_stands_high_and_the_page_is_short(
    browser: Browser, running: Running
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    for story, places in measured(page, running):
        assert places["button"] <= 420, story
        assert places["height"] <= 1000, story
        assert places["overflow"] == 0, story
    page.close()


def test_on_a_phone_headline_and_button_need_no_scrolling(
    browser: Browser, running: Running
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    for story, places in measured(page, running):
        assert max(places["headline"], places["button"]) <= 844, story
        assert places["overflow"] == 0, story
    page.close()


@pytest.mark.parametrize("width", [320, 390, 1280, 2560])
def test_no_tab_runs_off_the_side_or_is_written_too_small(
    browser: Browser, running: Running, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    open_patient(page, running.workbench, "12-spinal-cord")
    page.evaluate("document.querySelectorAll('.panel').forEach(one => { one.hidden = false; })")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.locator(".drawing svg").first.wait_for()

    sizes = page.evaluate(SMALLEST)
    assert sizes["html"] >= 13
    assert sizes["axis"] >= 12
    assert page.evaluate(PLACES)["overflow"] == 0
    page.close()
