"""Control characters of records, files and servers are shown and never reach the terminal."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from cds_service.protocol import make_all_visible, make_json_visible, make_visible
from cli.main import main

RED = "\x1b[31m"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\u2066]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{RED}x", "\\x1b[31mx"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("a\rb", "a\\x0db"),
        ("a\tb\nc\r\nd", "a\tb\nc\r\nd"),
        ("Größe µg ≥ 1", "Größe µg ≥ 1"),
    ],
)
def test_what_a_terminal_obeys_is_written_out(text: str, shown: str) -> None:
    assert make_visible(text) == shown


def test_json_stays_the_same_value() -> None:
    value = {"a": f"{RED}\x9b\u202e\u2028é"}
    text = make_json_visible(json.dumps(value, ensure_ascii=False))

    assert not OBEYED.search(text)
    assert json.loads(text) == value
    assert make_all_visible([value]) == [{"a": "\\x1b[31m\\x9b\\u202e\\u2028é"}]


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", f"{RED}.json"],
        [f"{RED}explain"],
        ["call", f"{RED}.json"],
        ["check-config", f"{RED}.toml"],
        ["check-server", RED],
        ["token", "--audience", RED],
        ["token", "--key", RED],
        ["sandbox", "walk", RED],
        ["sandbox", "load", RED],
        ["codes", "check", RED],
        ["diff", RED, RED],
        ["store", "prune", "--older-than", RED],
        ["population", "run", "--input", RED, "--out", "x"],
    ],
)
def test_what_was_typed_is_said_back_without_control_characters(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    said = capsys.readouterr()

    assert not OBEYED.search((said.out + said.err).replace("\n", ""))
    assert said.err.count("\n") == 1


def _patient_with(text: str) -> dict[str, Any]:
    resources = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01"},
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {"reference": "Patient/p"},
            "code": {"text": f"Tingling feet {text}"},
        },
        {
            "resourceType": "MedicationStatement",
            "id": "m",
            "status": "active",
            "subject": {"reference": "Patient/p"},
            "medicationCodeableConcept": {"text": f"Hydroxocobalamin {text}"},
        },
    ]
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_record_cannot_paint_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], form: list[str]
) -> None:
    path = tmp_path / f"{RED}\x9b.json"
    path.write_text(json.dumps(_patient_with(f"{RED}\x9b\u202e")), encoding="utf-8")

    assert main(["explain", "--patient", str(path), str(path), *form]) == 0
    out = capfd.readouterr().out
    assert "Hydroxocobalamin" in out
    assert not OBEYED.search(out.replace("\n", ""))
