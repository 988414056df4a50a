"""Hostile strings through every text of a request, and every output looked at: nothing that a
terminal or browser obeys, no markup, link or address that is not ours, nothing without an end.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from markdown_it import MarkdownIt

from cds_service.cards.cards import escape_markdown
from cds_service.decision import say
from cds_service.protocol import make_plain
from synthetic.sandbox import sandbox_patients
from tests.cds_service.conftest import AS_OF
from tests.hostile import HOSTILE, OBEYED, UNSEEN, without_breaks

Json = dict[str, Any]

ADDRESS = re.compile(
    r"(?i)(?<![\w/])(?:https?|ftp)://\S+|(?<!\w)www\.\w\S*|[\w.+-]+@[\w-]+\.[\w.]+|\b[\w-]+\.example\b"
)
LONGEST = {"summary": 139, "label": 120, "description": 500, "detail": 12_000, "shortLabel": 80}
TEXTS = ("text", "display", "valueString", "unit", "title", "note", "patientInstruction")
OURS = "http://127.0.0.1:8080/guidance"


def with_text(value: Any, hostile: str, alone: bool, key: str = "") -> Any:
    """Return a request in which each text that a person reads is hostile, by itself or behind what
    it was.
    """
    if isinstance(value, dict):
        return {name: with_text(item, hostile, alone, name) for name, item in value.items()}
    if isinstance(value, list):
        return [with_text(item, hostile, alone, key) for item in value]
    if key in TEXTS and isinstance(value, str):
        return hostile if alone else f"{value} {hostile}"
    return value


def requests_with(hostile: str) -> Iterator[tuple[str, Json]]:
    """Yield path and request of several patients and hooks."""
    for number, patient in enumerate(sandbox_patients(AS_OF)):
        if number % 6:
            continue
        for hook in ("patient-view", "order-select", "order-sign"):
            if hook == "patient-view" or patient.drafts:
                request = copy.deepcopy(patient.request(hook))
                for alone in (False, True):
                    yield f"/cds-services/b12-{hook}", with_text(request, hostile, alone)


def texts_of(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of an answer with its key; what goes back to the EHR as it came is left
    out.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            if name != "resource":
                yield from texts_of(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from texts_of(item, key)
    elif isinstance(value, str):
        yield key, value


def check_text(key: str, text: str) -> None:
    assert not OBEYED.search(text.replace("\n", "") if key == "detail" else text), (key, text)
    assert not UNSEEN.search(text), (key, text)
    assert len(text) <= LONGEST.get(key, 12_000), (key, len(text))


def check_detail(detail: str) -> None:
    """Render it as CommonMark: there are paragraphs, lists and links of ours, and nothing else."""
    for token in MarkdownIt("commonmark").parse(detail):
        assert token.type.partition("_")[0] in ("paragraph", "bullet", "list", "inline"), detail
        for child in token.children or ():
            assert child.type in ("text", "softbreak", "link_open", "link_close"), (child, detail)
            if child.type == "link_open":
                assert str(child.attrs["href"]).startswith(OURS), detail
    assert not ADDRESS.search(detail.replace(OURS, "")), ADDRESS.search(detail.replace(OURS, ""))


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_reach_no_card_R77(client: FlaskClient, hostile: str) -> None:
    cards = 0
    for path, request in requests_with(hostile):
        body = json.dumps(request).encode()  # half characters stand escaped
        answer = client.post(path, data=body, content_type="application/json")
        assert answer.status_code in (200, 400), answer.data
        for card in answer.get_json().get("cards", []):
            cards += 1
            for key, text in texts_of(card):
                check_text(key, text)
            check_detail(card["detail"])
        if answer.status_code == 400:
            for key, text in texts_of(answer.get_json()):
                check_text(key, text)
    assert cards > 5 or re.search("[\ud800-\udfff]", hostile)  # half characters are no JSON


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_explained_without_being_obeyed(
    client: FlaskClient, hostile: str
) -> None:
    for _, request in list(requests_with(hostile))[:12]:
        body = json.dumps(request).encode()
        answer = client.post("/workbench/explain", data=body, content_type="application/json")
        if answer.status_code != 200:
            continue
        explained = answer.get_json()
        for key, text in texts_of({**explained, "cards": []}):
            assert not OBEYED.search(without_breaks(text)), (key, text)
        words = say(explained, colour=False)
        assert not OBEYED.search(without_breaks(words)), words


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("before", ["", "B12 ", "x"])
def test_a_detail_shows_hostile_text_as_it_stands_R77(hostile: str, before: str) -> None:
    written = escape_markdown(before + hostile)

    assert len(written) < 4200
    assert not ADDRESS.search(written), ADDRESS.search(written)
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(written)
    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    shown = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in shown} <= {"text"}, written
    text = "".join(child.content for child in shown)
    assert text == make_plain(before + hostile).replace("@", " @ ").replace("  @", " @") or (
        "@" in text
    )


def test_what_is_no_markup_stays_readable() -> None:
    for text in (
        "<150 pg/mL (reference 180 to 900), 2026-05-01",
        "N-LOAD: 1 mg on alternate days; then 1 mg every 2 months.",
        "e.g. 0.5 mg; vit. B12 #2; R&D, a_b; 10 % +/- 2",
    ):
        assert escape_markdown(text) == text
