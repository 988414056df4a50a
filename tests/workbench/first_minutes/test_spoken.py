"""The page as a screen reader speaks it, and as a keyboard goes through it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workbench.browser import launched, needs_chromium, open_patient, wait_for_answer
from tests.workbench.conftest import Running

pytestmark = needs_chromium

PRESSED = {"button", "link", "tab", "combobox", "textbox", "searchbox", "spinbutton", "Date"}
TABS = ("card", "why", "facts", "orders", "labs", "receipt", "raw", "compare")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def spoken(page: Page) -> list[dict[str, Any]]:
    """The accessibility tree in its order: role, name, and level of each thing that is spoken."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    by_id = {node["nodeId"]: node for node in nodes}
    order, left = [], [node["nodeId"] for node in nodes if "parentId" not in node]
    while left:
        node = by_id.get(left.pop(0), {"ignored": True})
        order.append(node)
        left = [*node.get("childIds", ()), *left]
    return [
        {
            "role": node["role"]["value"],
            "name": node.get("name", {}).get("value", ""),
            "level": next(
                (one["value"]["value"] for one in node["properties"] if one["name"] == "level"), 0
            ),
        }
        for node in order
        if not node["ignored"] and "properties" in node
    ]


@pytest.mark.parametrize("tab", TABS)
def test_everything_that_can_be_pressed_has_a_name_and_no_level_of_headings_is_left_out(
    page: Page, running: Running, tab: str
) -> None:
    page.goto(f"{running.workbench}#05-kidneys-reduced/{tab}")
    wait_for_answer(page)
    heard = spoken(page)

    assert [one for one in heard if one["role"] in PRESSED and not one["name"].strip()] == []
    assert [
        one for one in heard if one["role"] in {"figure", "image", "table"} and not one["name"]
    ] == []
    levels = [one["level"] for one in heard if one["role"] == "heading"]
    assert levels.count(1) == 1
    main = levels[levels.index(1) :]
    assert all(after <= before + 1 for before, after in pairwise(main))


def test_a_number_is_spoken_with_its_unit(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")
    fields = [one["name"] for one in spoken(page) if one["role"] == "spinbutton"]

    assert fields == ["Age, years", "Vitamin B12", "eGFR, mL/min/1.73 m²", "Platelets, ×10⁹/L"]
    assert {"role": "combobox", "name": "Unit of Vitamin B12", "level": 0} in spoken(page)


def test_the_list_says_of_each_patient_what_comes_of_it(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")
    names = [one["name"] for one in spoken(page) if one["role"] == "button"]

    assert "Tablets with reduced kidney function warning, row M8" in names
    assert "An order that is not ours not concerned" in names


def test_a_new_answer_is_told_by_itself(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")

    expect(page.locator("#verdict")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#status")).to_have_attribute("role", "status")


def test_the_arrow_keys_go_through_the_patients_that_were_found(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")
    page.focus("#find")
    page.keyboard.type("platelets")
    shown = page.locator("button.patient:visible")

    page.keyboard.press("ArrowDown")
    expect(shown.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(shown.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#find")).to_be_focused()


def test_a_statement_is_opened_and_left_by_keyboard(page: Page, running: Running) -> None:
    page.goto(f"{running.workbench}#05-kidneys-reduced/why")
    wait_for_answer(page)
    cited = page.locator(".rests-on .citation").first
    cited.focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog#statement")).to_be_visible()
    page.keyboard.press("Escape")

    expect(page.locator("dialog#statement")).to_be_hidden()
    expect(cited).to_be_focused()


def test_what_came_of_an_override_is_said_beside_it(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")
    card = page.locator(".card").first
    card.locator(".override summary").click()
    card.get_by_role("button", name="Override").click()

    expect(card.get_by_role("status")).to_contain_text("Overridden: ")
    expect(card.get_by_role("status")).to_contain_text("Feedback was sent.")


def test_what_did_not_come_is_said_before_what_is_known(page: Page, running: Running) -> None:
    page.goto(f"{running.workbench}#22-record-in-part/facts")
    wait_for_answer(page)
    facts = page.locator("#facts-here").inner_text()

    assert facts.startswith("Not read whole: conditions, procedures, allergies. What they hold is")
    assert "Every resource was" not in facts
    page.goto("about:blank")
    page.goto(f"{running.workbench}#05-kidneys-reduced/facts")
    wait_for_answer(page)
    assert "Not read whole" not in page.locator("#facts-here").inner_text()


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ("null", "Did not come, so not known: conditions"),
        (
            '{"resourceType": "OperationOutcome", "issue": '
            '[{"severity": "error", "code": "exception"}]}',
            "Came, but not whole: conditions. Did not come, so not known: ",
        ),
        (
            '{"resourceType": "Bundle", "type": "searchset", "total": 0}',
            "Came empty: conditions. Did not come",
        ),
    ],
    ids=["null", "a failure", "empty"],
)
def test_a_list_that_failed_is_not_called_empty(
    page: Page, running: Running, conditions: str, said: str
) -> None:
    page.goto(running.workbench)
    wait_for_answer(page)
    page.locator('[data-way="own"]').click()
    page.fill(
        "#paste-text",
        '{"hook": "patient-view", "hookInstance": "7d1b5a0e-56f1-4c5f-9d6c-0f4c0e1a2b3c",'
        '"context": {"userId": "Practitioner/a", "patientId": "p"},'
        '"prefetch": {"patient": {"resourceType": "Patient", "id": "p",'
        f'"birthDate": "1960-01-01"}}, "conditions": {conditions}}}}}',
    )
    with page.expect_response("**/workbench/explain*"):
        page.locator("#paste-form button", has_text="Explain").first.click()
    wait_for_answer(page)

    expect(page.locator("#resources-here .note").first).to_contain_text(said)


def test_on_a_phone_each_value_stands_and_is_spoken_with_the_head_of_its_column(
    page: Page, running: Running
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{running.workbench}#05-kidneys-reduced/facts")
    wait_for_answer(page)
    cells = [one["name"] for one in spoken(page) if one["role"] == "cell"]

    assert "Value: 71 years" in cells
    used = page.locator(".facts td[data-head='Use']").first.bounding_box()
    assert used is not None
    assert used["width"] > 200
    assert used["height"] < 40
    assert "Use:decides" in [one.replace(" ", "") for one in cells]
    assert "Use:" not in [one.strip() for one in cells]


def test_on_a_phone_request_and_answer_stand_under_each_other(page: Page, running: Running) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{running.workbench}#05-kidneys-reduced/raw")
    wait_for_answer(page)
    request, answer = (
        page.locator(".exchange > div").nth(place).bounding_box() for place in (0, 1)
    )

    assert request is not None
    assert answer is not None
    assert request["width"] > 300
    assert answer["y"] >= request["y"] + request["height"]
