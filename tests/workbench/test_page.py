"""The workbench in a real browser: each thing that people do with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.workbench.browser import (
    PATIENCE,
    cards_shown,
    change_and_wait,
    choose_patient,
    launched,
    needs_chromium,
    open_patient,
    open_tab,
    read_download,
    rule_shown,
    wait_for_answer,
)
from tests.workbench.conftest import Running

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, running: Running) -> Iterator[Page]:
    """A page on which nothing may fail and that may talk to nobody but this service."""
    context = browser.new_context(viewport={"width": 1440, "height": 1000}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=running.url)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    troubles: list[str] = []
    page.on(
        "console",
        lambda message: (
            troubles.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((running.url, "data:", "blob:"))
            else troubles.append(request.url)
        ),
    )
    yield page
    context.close()
    assert [trouble for trouble in troubles if "400" not in trouble] == []


@pytest.fixture(scope="module")
def shared_page(browser: Browser, running: Running) -> Iterator[Page]:
    """One page for the many small changes of the vegan's story; loading it anew for each would only
    cost time.
    """
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.set_default_timeout(PATIENCE)
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    yield page
    page.close()


@pytest.fixture
def vegan(shared_page: Page) -> Page:
    choose_patient(shared_page, "02-vegan-well")
    return shared_page


def test_it_opens_on_the_first_story_with_its_card(page: Page, running: Running) -> None:
    page.goto(running.workbench)
    wait_for_answer(page)

    assert rule_shown(page) == "N1"
    assert cards_shown(page) == ["Critical"]
    expect(page.locator("#story")).to_contain_text("numb feet")


def test_every_story_opens_without_an_error(page: Page, running: Running) -> None:
    page.goto(running.workbench)
    wait_for_answer(page)
    stories = page.locator("button.patient").evaluate_all(
        "all => all.map(one => one.dataset.patient)"
    )

    for story in stories[1:]:
        choose_patient(page, story)
        assert not page.locator("#verdict .problem").count(), story
    assert len(stories) >= 12


def test_accepting_a_suggestion_walks_to_the_fixed_point(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    change_and_wait(page, lambda: page.locator(".suggestion").first.click())

    assert "Critical" not in cards_shown(page)
    assert "Warning" not in cards_shown(page)
    expect(page.locator("#walk")).to_contain_text("Fixed point")
    expect(page.locator("#walk")).to_be_in_viewport()
    expect(page.locator("#status")).to_contain_text("Feedback was sent")
    drafts = page.locator("#orders-here .order h4").all_inner_texts()
    assert drafts[:2] == ["Hydroxocobalamin 1 mg/mL solution for injection"] * 2
    change_and_wait(page, lambda: page.get_by_role("button", name="Undo the last").click())
    assert cards_shown(page) == ["Critical"]


def test_accepting_on_patient_view_becomes_an_order_that_is_not_criticised(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "10-sleeve")

    change_and_wait(page, lambda: page.locator(".suggestion").first.click())

    assert not {"Critical", "Warning"} & set(cards_shown(page))
    expect(page.locator('[data-part="draft orders"]')).to_contain_text("Hydroxocobalamin")


def test_overriding_sends_the_reason_and_the_comment(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    card = page.locator(".card").first
    card.get_by_text("Keep it as it is …").click()
    card.get_by_label("Reason for going against the card").select_option(index=0)
    card.get_by_label("Comment").fill("assessed by neurology")

    with page.expect_request("**/feedback") as sent:
        card.get_by_role("button", name="Override").click()

    [entry] = json.loads(sent.value.post_data or "")["feedback"]
    assert entry["outcome"] == "overridden"
    assert entry["overrideReason"]["userComment"] == "assessed by neurology"
    assert entry["overrideReason"]["reason"]["code"]
    said = page.locator(".card .override [role=status]").first
    expect(said).to_contain_text("Overridden")
    expect(said).to_contain_text("Feedback was sent")


def request_on_the_bench(page: Page) -> Any:
    open_tab(page, "raw")
    page.get_by_role("button", name="Edit the request").click()
    text = page.input_value("#paste-text")
    open_tab(page, "card")
    return json.loads(text)


@pytest.mark.parametrize(
    ("control", "value", "rule"),
    [
        ("#control-age", "17", "G1"),
        ("#control-age", "18", "M6"),
        ("#control-total_b12", "258", "B1"),
        ("#control-total_b12", "259", "E1"),
        ("#control-total_b12", "", "E2"),
        ("#control-egfr", "59", "M8"),
        ("#control-egfr", "60", "M6"),
        ("#control-egfr", "", "M7"),
    ],
)
def test_a_number_changes_the_request_and_the_decision(
    vegan: Page, control: str, value: str, rule: str
) -> None:
    change_and_wait(vegan, lambda: vegan.fill(control, value))

    assert rule_shown(vegan) == rule


@pytest.mark.parametrize(
    ("control", "label", "rule"),
    [
        ("#control-neurological", "tingling feet", "N1"),
        ("#control-neurological", "not recorded", "U1"),
        ("#control-cause", "pernicious anaemia", "M2"),
        ("#control-cause", "ileal resection, 25 cm", "M1"),
        ("#control-cause", "ileal Crohn's disease, 40 cm", "M1"),
        ("#control-cause", "sleeve gastrectomy", "M3"),
        ("#control-cause", "not recorded", "M6"),
    ],
)
def test_a_choice_changes_the_request_and_the_decision(
    vegan: Page, control: str, label: str, rule: str
) -> None:
    change_and_wait(vegan, lambda: vegan.select_option(control, label=label))

    assert rule_shown(vegan) == rule
    assert vegan.locator(f"{control} option:checked").inner_text() == label


def test_the_unit_of_vitamin_b12_is_part_of_the_result(page: Page, running: Running) -> None:
    """185 is deficient-looking in pg/mL's borderline and far from it in pmol/L: the number alone
    says nothing.
    """
    open_patient(page, running.workbench, "02-vegan-well")
    change_and_wait(page, lambda: page.fill("#control-total_b12", "300"))
    in_pmol = rule_shown(page)

    change_and_wait(page, lambda: page.select_option("#control-total_b12-unit", "pg/mL"))

    assert (in_pmol, rule_shown(page)) == ("E1", "B1")
    assert "300 pg/mL" in page.inner_text("#facts-here")


def test_platelets_change_what_is_said_of_the_injection(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "12-spinal-cord")
    assert cards_shown(page) == ["Critical"]

    change_and_wait(page, lambda: page.fill("#control-platelets", "250"))

    assert "Critical" not in cards_shown(page)


def test_the_order_selected_changes_the_hook_and_the_drafts(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")
    change_and_wait(page, lambda: page.select_option("#control-order", "folic-5mg"))
    folic = cards_shown(page)

    change_and_wait(page, lambda: page.select_option("#control-order", ""))

    assert folic == ["Critical"]
    assert request_on_the_bench(page)["hook"] == "patient-view"


def test_typing_keeps_the_cursor_where_it_is(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "02-vegan-well")

    change_and_wait(page, lambda: page.fill("#control-egfr", "45"))

    assert page.evaluate("document.activeElement.id") == "control-egfr"


def test_a_pasted_request_is_explained_and_kept_as_it_was_written(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    request = request_on_the_bench(page)
    text = json.dumps(request).replace('"value": 96', '"value": 96.00')
    page.fill("#paste-text", text)

    with page.expect_request("**/workbench/explain*") as sent:
        page.get_by_role("button", name="Explain", exact=True).click()
    wait_for_answer(page)

    assert sent.value.post_data == text
    assert rule_shown(page) == "N1"


def test_a_bundle_of_a_patient_is_looked_at_as_an_opened_chart(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")
    prefetch = request_on_the_bench(page)["prefetch"]
    resources = [
        prefetch.pop("patient"),
        *(entry["resource"] for part in prefetch.values() for entry in part["entry"]),
    ]
    page.fill(
        "#paste-text",
        json.dumps(
            {
                "resourceType": "Bundle",
                "type": "collection",
                "entry": [{"resource": one} for one in resources],
            }
        ),
    )

    change_and_wait(page, lambda: page.get_by_role("button", name="Explain", exact=True).click())

    assert rule_shown(page) == "M8"
    assert request_on_the_bench(page)["hook"] == "patient-view"


def test_a_dropped_file_is_read(page: Page, running: Running, tmp_path: Path) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    request = request_on_the_bench(page)
    file = tmp_path / "captured.json"
    file.write_text(json.dumps(request), "utf-8")
    choose_patient(page, "21-child")

    change_and_wait(page, lambda: page.set_input_files("#file", file))

    assert rule_shown(page) == "N1"
    expect(page.locator("#title")).to_contain_text("captured.json")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{not json", "This is not JSON"),
        ('{"a": 1}', "neither a hook request"),
        ('{"resourceType": "Bundle", "entry": []}', "holds no Patient"),
        (
            '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": '
            '"a"}}, '
            '{"resource": {"resourceType": "Patient", "id": "b"}}]}',
            "holds 2 Patients",
        ),
        ('{"cards": []}', "an answer with 0 cards, not a request"),
        ('{"services": []}', "the list of services"),
        ('{"feedback": [{}]}', "This is feedback on cards"),
        ('{"resourceType": "Observation"}', "This is one Observation. Put it into a Bundle"),
        ('{"resourceType": "OperationOutcome"}', "an error of a server"),
        ('{"hook": "order-select"}', "This request of order-select has no context"),
    ],
)
def test_what_cannot_be_read_is_said_beside_the_text(
    page: Page, running: Running, text: str, said: str
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    open_tab(page, "raw")
    page.get_by_role("button", name="Edit the request").click()
    page.fill("#paste-text", text)

    page.get_by_role("button", name="Explain", exact=True).click()

    expect(page.locator("#paste-problem")).to_contain_text(said)


BUNDLE_OF_TWO = {
    "resourceType": "Bundle",
    "entry": [
        {"resource": {"resourceType": "Patient", "id": "a", "birthDate": "1950-01-01"}},
        {
            "resource": {
                "resourceType": "Patient",
                "id": "b",
                "birthDate": "1960-01-01",
                "name": [{"given": ["Ann"], "family": "Example"}],
            }
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c",
                "subject": {"reference": "Patient/b"},
                "code": {"coding": [{"system": "http://snomed.info/sct", "code": "84027009"}]},
            }
        },
    ],
}


@pytest.mark.parametrize(
    ("text", "offer", "resources"),
    [
        (json.dumps(BUNDLE_OF_TWO), "Explain Ann Example alone", 2),
        (json.dumps(BUNDLE_OF_TWO["entry"][0]["resource"]), "Explain it with all else unknown", 1),
    ],
    ids=["two patients", "a Patient alone"],
)
def test_what_cannot_be_explained_as_it_is_has_a_next_step(
    page: Page, running: Running, text: str, offer: str, resources: int
) -> None:
    open_patient(page, running.workbench, "21-child")
    page.locator('[data-way="own"]').click()
    page.fill("#paste-text", text)
    page.get_by_role("button", name="Explain", exact=True).click()

    change_and_wait(page, lambda: page.get_by_role("button", name=offer).click())

    expect(page.locator("#tab-receipt .count")).to_have_text(str(resources))
    expect(page.locator("#paste-problem")).to_be_empty()


def test_lines_of_requests_are_offered_one_by_one_and_lines_of_resources_are_one_patient(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    request = json.dumps(request_on_the_bench(page))
    page.locator('[data-way="own"]').click()
    page.fill("#paste-text", f"{request}\n{request}\n")
    page.get_by_role("button", name="Explain", exact=True).click()
    expect(page.locator("#paste-problem")).to_contain_text("2 lines of JSON")
    change_and_wait(page, lambda: page.get_by_role("button", name="Explain line 2").click())
    assert rule_shown(page) == "N1"

    lines = "\n".join(json.dumps(one["resource"]) for one in BUNDLE_OF_TWO["entry"][1:])
    page.fill("#paste-text", lines)
    change_and_wait(page, lambda: page.get_by_role("button", name="Explain", exact=True).click())
    expect(page.locator("#tab-receipt .count")).to_have_text("2")


def test_the_first_suggestion_of_every_story_lies_above_the_fold(
    browser: Browser, running: Running
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(running.workbench)
    wait_for_answer(page)
    seen = 0
    for story in page.locator("button.patient").evaluate_all("a => a.map(o => o.dataset.patient)"):
        choose_patient(page, story)
        if page.locator(".suggestion").count():
            seen += 1
            bottom = page.locator(".suggestion").first.evaluate(
                "one => one.getBoundingClientRect().bottom + scrollY"
            )
            assert bottom <= 420, f"{story}: {bottom}"
    assert seen >= 15
    page.close()


def test_the_card_of_every_story_is_at_most_a_thousand_pixels_high(
    browser: Browser, running: Running
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(running.workbench)
    wait_for_answer(page)
    stories = page.locator("button.patient").evaluate_all("a => a.map(o => o.dataset.patient)")
    for story in stories:
        choose_patient(page, story)
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height <= 1000, f"{story}: {height}"
    assert len(stories) >= 20
    page.close()


def test_what_is_folded_says_how_it_begins_and_a_critical_card_folds_no_reason(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "22-record-in-part")
    folds = page.locator(".card .fold summary").all_inner_texts()
    assert [fold.split(" (")[0].split(" Before")[0] for fold in folds] == [
        "Also",
        "From the record",
        "Also plan",
        "Would change this",
    ]
    assert "B12 97 pmol/L" in folds[1]
    page.locator(".card .fold", has_text="From the record").locator("summary").click()
    expect(page.locator(".card .fold li", has_text="B12 97 pmol/L")).to_be_visible()

    choose_patient(page, "12-spinal-cord")
    expect(page.locator(".card > .detail > p", has_text="same-day emergency route")).to_be_visible()


def test_the_receipt_shows_one_state_alone(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    open_tab(page, "receipt")
    receipt = page.locator("#resources-here")
    expect(receipt).to_contain_text("Did not come, so not known: none")

    receipt.get_by_role("button", name="Not used 1").click()

    expect(receipt.get_by_role("heading", name="Not used")).to_be_visible()
    expect(receipt.get_by_role("heading", name="Used", exact=True)).to_be_hidden()
    receipt.get_by_role("button", name="All 11").click()
    expect(receipt.get_by_role("heading", name="Used", exact=True)).to_be_visible()


def test_each_page_leads_to_the_others(page: Page, running: Running) -> None:
    for path in ("/workbench/", "/guidance", "/guidance/S42", "/guidance/attributes"):
        page.goto(running.url + path)
        pages = page.get_by_role("navigation", name="Pages").get_by_role("link")
        assert pages.all_inner_texts() == ["Workbench", "Guidance", "Governance"], path
        assert page.locator('nav [aria-current="page"]').count() == 1, path
    page.get_by_role("link", name="Workbench").click()
    wait_for_answer(page)


def test_a_refusal_of_the_service_is_shown_in_its_words(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    request = request_on_the_bench(page)
    del request["hookInstance"]
    page.fill("#paste-text", json.dumps(request))

    page.get_by_role("button", name="Explain", exact=True).click()

    expect(page.locator("#verdict .problem")).to_contain_text("(HTTP 400) What stands below is")
    expect(page.locator("#verdict .problem")).to_contain_text("hookInstance: found nothing")
    expect(page.get_by_role("button", name="Save as test case")).to_be_disabled()


def test_markup_in_a_request_is_shown_as_text(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    request = request_on_the_bench(page)
    hostile = (
        "<img src=x "
        'onerror="document.title=1"><script>document.title=2</script>'
        "[x](javascript:document.title=3) **bold**"
    )
    for entry in request["prefetch"]["conditions"]["entry"]:
        entry["resource"]["code"]["text"] = hostile
    for entry in request["context"]["draftOrders"]["entry"]:
        entry["resource"]["medicationCodeableConcept"]["text"] = hostile
        entry["resource"]["dosageInstruction"][0]["text"] = hostile
    page.fill("#paste-text", json.dumps(request))

    change_and_wait(page, lambda: page.get_by_role("button", name="Explain", exact=True).click())

    assert page.title().startswith("Workbench")
    assert page.locator("main img, main script, main iframe").count() == 0
    assert page.locator('main a[href^="javascript"]').count() == 0
    assert "<img src=x" in page.inner_text("#facts-here")
    assert "<img src=x" in page.inner_text("#selected")


def test_a_fact_leads_to_its_resource_and_to_the_row_that_reads_it(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    open_tab(page, "facts")
    page.locator('#facts-here [data-fact="neurological_involvement"]').click()

    expect(page.locator(".resource.highlit")).to_have_count(2)
    expect(
        page.locator('.resource.highlit[data-reference="Condition/numb-feet"] pre')
    ).to_contain_text("309087008")
    assert "N1" in page.locator("#decision-here tr.highlit").evaluate_all(
        "all => all.map(one => one.dataset.rule)"
    )
    expect(page.locator("#status")).to_contain_text("N1")


def test_a_row_leads_to_the_facts_it_reads(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    open_tab(page, "why")
    page.locator('#decision-here tr[data-rule="N1"] button').click()

    marked = page.locator("#facts-here tr.highlit [data-fact]").evaluate_all(
        "all => all.map(one => one.dataset.fact)"
    )
    assert {"neurological_involvement", "deficiency", "treatment_phase"} <= set(marked)


def test_the_row_that_fired_is_marked_and_the_rows_above_say_why_not(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "05-kidneys-reduced")

    open_tab(page, "why")
    rows = page.locator("#decision-here .group[open] table.rules tbody tr")
    assert rows.last.get_attribute("data-rule") == "M8"
    assert rows.last.get_attribute("aria-current") == "true"
    assert all("not met" in row for row in rows.all_inner_texts()[:-1])
    needs = page.locator("#decision-here .conditions tbody tr").all_inner_texts()
    assert len(needs) >= 3
    assert all(row.rstrip().endswith("met") and "not met" not in row for row in needs)
    expect(page.locator(".rests-on")).to_contain_text("With impaired kidney function")
    groups = page.locator("#decision-here .group summary").all_inner_texts()
    assert any("Not met, it needs: " in group for group in groups)
    assert any("Not reached: M8 already decides" in group for group in groups)
    expect(page.locator("#decision-here")).to_contain_text("Would change the decision")


def test_a_citation_opens_the_statement_here_and_has_a_page_of_its_own(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    citation = page.locator("tr.fired .citation", has_text="S7").first

    open_tab(page, "why")
    citation.click()

    dialog = page.locator("#statement")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("alternate days")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert citation.get_attribute("href") == f"{running.url}/guidance/S7"


def test_every_resource_is_in_the_ledger_once(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    open_tab(page, "receipt")
    expect(page.locator("#resources-here")).to_contain_text("11 resources came in; 10 were used")
    page.get_by_text("older than 12 months").first.click()
    expect(page.locator("#resources-here")).to_contain_text("Observation/b12-last-year")


def test_the_schedule_is_drawn_and_stands_in_a_table(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    open_tab(page, "orders")
    weeks, figure = page.locator("#schedule-here figure").all()
    assert 10 <= weeks.locator("svg .dose").count() <= 15
    expect(figure.locator("svg .dose").nth(20)).to_be_attached()
    expect(figure.locator("svg .review").nth(2)).to_be_attached()
    figure.get_by_text("The same as a table").click()
    expect(figure.locator("table")).to_contain_text("N-LOAD")
    expect(figure.locator("table")).to_contain_text("MAINT-N")
    expect(figure).to_contain_text("as an example")


def test_results_are_drawn_in_the_unit_they_came_in(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "04-borderline-mass-units")

    open_tab(page, "labs")
    figure = page.locator("#laboratory-here figure", has_text="pg/mL")
    expect(figure.locator("svg")).to_contain_text("180")
    figure.get_by_text("The same as a table").click()
    expect(figure.locator("table")).to_contain_text("borderline")


def test_a_draft_order_can_be_read_and_copied(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    open_tab(page, "orders")
    order = page.locator("#orders-here .order", has_text="Hydroxocobalamin").first

    order.get_by_text("MedicationRequest as JSON").click()
    order.get_by_role("button", name="Copy JSON").click()

    expect(order.get_by_text("Copied")).to_be_visible()
    copied = json.loads(page.evaluate("navigator.clipboard.readText()"))
    assert copied["resourceType"] == "MedicationRequest"
    assert copied["status"] == "draft"
    assert copied["dosageInstruction"][0]["text"] in order.inner_text()


def test_what_is_folded_is_printed_and_json_is_not(page: Page, running: Running) -> None:
    """DESIGN: every page prints; folded parts print open, JSON does not."""
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    page.pdf()
    page.emulate_media(media="print")

    folded = """() => Object.fromEntries([...document.querySelectorAll("details")].map((one) =>
      [one.querySelector("summary").textContent, [...one.children].slice(1).some((part) =>
        part.getBoundingClientRect().height > 0)]))"""
    printed = page.evaluate(folded)
    tables = [name for name in printed if name.startswith("The same as a table")]
    assert len(tables) >= 3
    assert all(printed[name] for name in (*tables, "Response headers")), printed
    assert not any(shown for name, shown in printed.items() if "JSON" in name)
    assert (
        page.locator("#panel-orders details table").first.evaluate(
            "one => getComputedStyle(one).display"
        )
        == "table"
    )


def test_each_step_shows_its_time(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    expect(page.locator("#timing-here")).to_contain_text("round trip")
    assert page.locator("#timing-here tbody tr").count() >= 4


def test_a_saved_case_holds_what_was_asked_and_what_was_answered(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")

    saved = read_download(
        page, lambda: page.get_by_role("button", name="Save as test case").click()
    )

    assert saved["name"] == "Numb feet, and tablets chosen"
    assert saved["as_of"] == "2026-11-21"
    assert saved["expect"] == {"rule": "N1", "cards": [{"topic": "b1", "indicator": "critical"}]}
    assert saved["request"]["hook"] == "order-select"


def test_the_page_can_be_worked_by_keyboard_alone(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.className").startswith("suggestion"):
            break

    change_and_wait(page, lambda: page.keyboard.press("Enter"))

    expect(page.locator("#walk")).to_contain_text("Fixed point")


def two_megabytes(page: Page, **changes: Any) -> str:
    """Return the first story with five thousand more Observations, as text."""
    open_story = request_on_the_bench(page)
    labs = open_story["prefetch"]["labs"]["entry"]
    template = next(entry["resource"] for entry in labs if entry["resource"]["id"] == "mcv")
    codes = [
        {"coding": [{"system": "http://loinc.org", "code": f"none-{number}"}]}
        for number in range(5000)
    ]
    labs += [
        {"resource": template | {"id": f"other-{number}", "code": code} | changes}
        for number, code in enumerate(codes)
    ]
    text = json.dumps(open_story)
    assert len(text) > 2_000_000
    return text


def paste(page: Page, text: str) -> None:
    """Paste a text into the text field, as the keyboard does."""
    page.evaluate("text => navigator.clipboard.writeText(text)", text)
    page.locator("#paste-text").focus()
    page.keyboard.press("Control+V")


def test_two_megabytes_are_explained_as_they_are_pasted_and_drawn_in_portions(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    text = two_megabytes(page)
    page.fill("#paste-text", "")

    with page.expect_request("**/workbench/explain*") as sent:
        paste(page, text)
    wait_for_answer(page)

    assert sent.value.post_data == text
    assert page.input_value("#paste-text") == ""
    assert rule_shown(page) == "N1"
    assert page.evaluate("document.querySelectorAll('main *').length") < 5000
    open_tab(page, "receipt")
    group = page.locator("#resources-here details", has_text="code not in any value set (5000)")
    group.locator("summary").click()
    expect(group.locator("tbody tr")).to_have_count(200)
    group.get_by_role("button", name="Show 200 more of 4800").click()
    expect(group.locator("tbody tr")).to_have_count(400)
    expect(
        group.locator("div:focus > table").get_by_text("Observation/other-200", exact=True)
    ).to_be_visible()
    group.get_by_role("button", name="Show all 4600 more").click()
    expect(group.locator("tbody tr")).to_have_count(5000)
    expect(group.get_by_role("button", name="more")).to_have_count(0)


def test_a_request_too_long_to_edit_says_what_to_do_instead(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    text = two_megabytes(page)
    change_and_wait(page, lambda: paste(page, text))

    open_tab(page, "raw")
    page.get_by_role("button", name="Edit the request").click()

    expect(page.locator("#paste-problem")).to_contain_text("too long to edit here")
    assert page.input_value("#paste-text") == ""


def test_accepting_within_two_megabytes_sends_all_of_it_again(page: Page, running: Running) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    text = two_megabytes(page)
    change_and_wait(page, lambda: paste(page, text))

    with page.expect_request("**/workbench/explain*") as sent:
        page.locator(".suggestion").first.click()
    wait_for_answer(page)

    before, after = json.loads(text), json.loads(sent.value.post_data or "")
    assert after["prefetch"] == before["prefetch"]
    assert {name: after[name] for name in ("hook", "fhirServer") if name in after} == {
        name: before[name] for name in ("hook", "fhirServer") if name in before
    }
    assert after["context"]["draftOrders"] != before["context"]["draftOrders"]
    expect(page.locator("#walk")).to_contain_text("Fixed point")


def test_of_thousands_of_results_the_newest_are_drawn_and_all_stand_in_the_table(
    page: Page, running: Running
) -> None:
    open_patient(page, running.workbench, "01-numb-feet-tablets")
    text = two_megabytes(page, code={"coding": [{"system": "http://loinc.org", "code": "718-7"}]})
    text = text.replace('"fl"', '"g/L"').replace('"fL"', '"g/L"')

    change_and_wait(page, lambda: paste(page, text))

    open_tab(page, "labs")
    figure = page.locator("#laboratory-here figure", has_text="Haemoglobin")
    expect(figure.locator("circle.point").first).to_be_attached()
    assert 200 <= figure.locator("circle.point").count() <= 210
    expect(figure).to_contain_text("older results are not drawn; the table has them")
    figure.get_by_text("The same as a table").click()
    figure.get_by_role("button", name="Show all").click()
    assert figure.locator("tbody tr").count() > 5000 - 10
