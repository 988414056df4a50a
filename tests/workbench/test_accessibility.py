"""The pages for everybody: axe finds nothing in light, dark, on a phone or at 200 % zoom, and
nothing runs off the side.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from cli.main import main
from tests.workbench.browser import (
    change_and_wait,
    launched,
    needs_chromium,
    open_patient,
    open_tab,
)
from tests.workbench.conftest import Running

pytest.importorskip(
    "axe_playwright_python",
    reason="the accessibility tests need axe, which the package axe-playwright-python brings",
)

pytestmark = needs_chromium

AXE = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")

DESKTOP, PHONE, ZOOMED = (1440, 1000), (390, 844), (720, 500)
"""A page at 200 % on a screen of 1440 pixels has 720 to lay itself out in."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def opened(browser: Browser, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Page:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme
    )
    return context.new_page()


def violations(page: Page) -> list[tuple[str, Any]]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run()")["violations"]
    return [
        (violation["id"], [node["target"] for node in violation["nodes"]][:5])
        for violation in found
    ]


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone, dark"]
)
def test_axe_finds_nothing_in_the_page_for_a_colleague(
    browser: Browser, tmp_path: Path, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    request = Path(__file__).parents[2] / "examples" / "order-select.json"
    assert main(["explain", str(request), "--html", str(tmp_path / "page.html")]) == 0
    page = opened(browser, size, scheme)
    page.goto((tmp_path / "page.html").as_uri())
    unfold_everything(page)

    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def unfold_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.wait_for_timeout(100)


@pytest.mark.parametrize(
    ("size", "scheme"),
    [(DESKTOP, "light"), (PHONE, "light"), (ZOOMED, "dark")],
    ids=["desktop, light", "phone, light", "zoomed, dark"],
)
def test_axe_finds_nothing_in_the_workbench(
    browser: Browser, running: Running, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    page = opened(browser, size, scheme)
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.evaluate("document.querySelectorAll('.panel').forEach(one => { one.hidden = false; })")
    unfold_everything(page)
    assert violations(page) == []
    open_tab(page, "card")

    change_and_wait(page, lambda: page.locator(".suggestion").first.click())
    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/guidance", "/guidance/S42"])
def test_axe_finds_nothing_on_the_guidance_pages(
    browser: Browser, running: Running, path: str, scheme: Literal["light", "dark"]
) -> None:
    page = opened(browser, DESKTOP, scheme)
    page.goto(running.url + path)

    assert violations(page) == []
    page.context.close()


def test_a_link_of_the_guidance_can_be_hit_with_a_finger(
    browser: Browser, running: Running
) -> None:
    """WCAG 2.2, 2.5.8: 24 by 24 pixels, or as much room."""
    page = opened(browser, PHONE, "light")
    page.goto(f"{running.url}/guidance")
    page.evaluate(AXE)

    assert page.evaluate("axe.run({runOnly: ['target-size']})")["violations"] == []
    page.context.close()


@pytest.mark.parametrize("size", [DESKTOP, (320, 640)], ids=["desktop", "narrow"])
def test_a_word_of_the_record_without_an_end_does_not_widen_the_page(
    browser: Browser, running: Running, size: tuple[int, int]
) -> None:
    page = opened(browser, size, "light")
    open_patient(page, running.workbench, "03-nothing-asked")
    page.evaluate(
        """word => {
        const list = document.createElement("div");
        list.className = "not-used";
        list.append(Object.assign(document.createElement("p"), {textContent: word}));
        document.querySelector(".panel:not([hidden])").append(list);
        }""",
        "Hydroxocobalaminacetat" * 18,
    )

    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_axe_finds_nothing_in_an_open_statement(browser: Browser, running: Running) -> None:
    page = opened(browser, DESKTOP, "light")
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    open_tab(page, "why")
    page.locator("tr.fired .citation").first.click()
    page.locator("#statement h2").wait_for()

    assert violations(page) == []
    page.context.close()


@pytest.mark.parametrize("size", [PHONE, ZOOMED, (320, 640)], ids=["phone", "zoomed", "narrow"])
def test_nothing_runs_off_the_side(
    browser: Browser, running: Running, size: tuple[int, int]
) -> None:
    page = opened(browser, size, "light")
    open_patient(page, running.workbench, "03-nothing-asked")
    unfold_everything(page)

    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        <= 0
    )
    for path in ("/", "/guidance", "/guidance/S42", "/guidance/X1", "/guidance/attributes"):
        page.goto(f"{running.url}{path}")
        assert (
            page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            <= 0
        ), path
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_every_page_says_at_its_head_that_this_is_no_medical_device(
    browser: Browser, running: Running, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    for path in ("/", "/guidance", "/guidance/S42", "/guidance/attributes", "/governance"):
        page.goto(f"{running.url}{path}")
        assert "Not a certified medical device" in page.inner_text("header"), path
    page.goto(running.workbench)
    said = page.locator("header .aside").bounding_box()
    assert said
    assert said["y"] + said["height"] < 100
    page.close()


def test_the_workbench_without_a_script_says_so_on_its_first_screen(
    browser: Browser, running: Running
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()

    page.goto(running.workbench)

    said = page.locator("noscript p").bounding_box()
    assert said
    assert said["y"] < 200
    context.close()


def test_the_guidance_page_needs_no_script(browser: Browser, running: Running) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    page.goto(f"{running.url}/guidance#S42")

    assert "serum vitamin B12" in page.inner_text("#S42")
    context.close()
