"""Takes pictures of ten views of a running service: docs/develop/before-and-after.md shows them.

    python -m tests.workbench.pictures BASE FOLDER [WIDTH ...] [--dark]

A view is a tab of the workbench where it has tabs, and the part under that heading where it has
none, so that an older version can be pictured beside the newest.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.workbench.browser import launched

NERVES, KIDNEYS = "01-numb-feet-tablets", "05-kidneys-reduced"
HEIGHTS = {390: 844, 1280: 900, 2560: 1440}
TWO_PATIENTS = (
    '{"resourceType": "Bundle", "type": "collection", "entry": ['
    '{"resource": {"resourceType": "Patient", "id": "one"}},'
    '{"resource": {"resourceType": "Patient", "id": "two"}}]}'
)
QUALITY = 33
"""Of the JPEG: a picture of 1280 by 900 pixels takes 60 to 90 kB and is read well."""


def part(tab: str, heading: str) -> Callable[[Page], None]:
    def show(page: Page) -> None:
        if page.locator(f"#tab-{tab}").is_visible():
            page.locator(f"#tab-{tab}").click()
        else:  # on a wide screen all parts stand open
            page.locator(f"#panel-{tab}, #{heading}").first.evaluate("one => one.scrollIntoView()")

    return show


def wrong_input(page: Page) -> None:
    for way_in in ("#source-summary", "[data-way=own]", "#paste > summary"):
        if page.locator(way_in).is_visible() and page.locator("#paste-text").is_hidden():
            page.locator(way_in).click()
    page.locator("#paste-text").fill(TWO_PATIENTS)
    page.locator("#paste-form button").first.click()


def nothing(_: Page) -> None:
    """The view as it opens."""


VIEWS: tuple[tuple[str, str, Callable[[Page], None]], ...] = (
    ("card", f"/workbench/#{NERVES}", nothing),
    ("why", f"/workbench/#{NERVES}", part("why", "decision")),
    ("facts", f"/workbench/#{NERVES}", part("facts", "facts")),
    ("orders", f"/workbench/#{NERVES}", part("orders", "orders")),
    ("results", f"/workbench/#{KIDNEYS}", part("labs", "laboratory-here")),
    ("receipt", f"/workbench/#{NERVES}", part("receipt", "resources")),
    ("raw", f"/workbench/#{NERVES}", part("raw", "timing")),
    ("quiet", "/workbench/#23-another-medicine", nothing),
    ("wrong-input", f"/workbench/#{NERVES}", wrong_input),
    ("guidance", "/guidance", nothing),
)


def main() -> None:
    base, folder, *others = sys.argv[1:]
    scheme = "dark" if "--dark" in others else "light"
    widths = [int(one) for one in others if one.isdecimal()] or [1280]
    Path(folder).mkdir(parents=True, exist_ok=True)
    with launched() as browser:
        for width in widths:
            page = browser.new_page(
                viewport={"width": width, "height": HEIGHTS.get(width, 900)},
                color_scheme="dark" if scheme == "dark" else "light",
            )
            for name, address, show in VIEWS:
                page.goto("about:blank")
                page.goto(base + address)
                page.wait_for_load_state("networkidle")
                show(page)
                page.wait_for_timeout(400)
                place = Path(folder) / f"{name}-{width}-{scheme}.jpg"
                page.screenshot(path=place, type="jpeg", quality=QUALITY)
            page.close()


if __name__ == "__main__":
    main()
