"""Hostile strings in files, names, records and feedback: whatever a command prints or writes for
people holds nothing that a terminal or a browser obeys.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from cds_service.records import FeedbackEntry, Store
from cli.main import main
from tests.cds_service.records.records import card, decision
from tests.hostile import HOLDS, HOSTILE, OBEYED, Elements, without_breaks

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
PATIENT = {"reference": "Patient/p"}

HALVES = re.compile("[\ud800-\udfff]")

each = pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)


def print_of(capfd: pytest.CaptureFixture[str], arguments: list[str], *statuses: int) -> str:
    """Return what a command printed, which holds nothing that is obeyed."""
    capfd.readouterr()
    assert main(arguments) in statuses
    said = capfd.readouterr()
    for text in (said.out, said.err):
        assert not OBEYED.search(without_breaks(text)), text
    return said.out + said.err


def patient_with(hostile: str) -> dict[str, Any]:
    """Return a chart in which every text is hostile."""
    resources = [
        {"resourceType": "Patient", "id": "p", "birthDate": "1960-01-01"},
        {"resourceType": "Condition", "id": "c", "subject": PATIENT, "code": {"text": hostile}},
        {
            "resourceType": "MedicationRequest",
            "id": "m",
            "status": "active",
            "intent": "order",
            "subject": PATIENT,
            "medicationCodeableConcept": {"text": f"Hydroxocobalamin {hostile}"},
            "dosageInstruction": [{"text": hostile}],
        },
        {
            "resourceType": "Observation",
            "id": "o",
            "status": "final",
            "subject": PATIENT,
            "code": {"coding": [{"system": "http://loinc.org", "code": "2132-9"}], "text": hostile},
            "valueString": hostile,
        },
    ]
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


@each
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["words", "json"])
def test_explain_shows_the_record_and_obeys_none_of_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], form: list[str], hostile: str
) -> None:
    path = tmp_path / "chart.json"
    path.write_text(json.dumps(patient_with(hostile)), encoding="utf-8")

    said = print_of(capfd, ["explain", "--patient", str(path), *form], 0, 2)

    refused = "is not valid JSON" in said  # of half characters
    assert refused == bool(HALVES.search(hostile))
    assert refused or "Observation" in said


@each
def test_the_page_of_an_explanation_has_the_elements_of_a_harmless_one(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    pages = []
    for text in (hostile, "word"):
        path, page = tmp_path / "chart.json", tmp_path / "page.html"
        path.write_text(json.dumps(patient_with(text)), encoding="utf-8")
        print_of(capfd, ["explain", "--patient", str(path), "--html", str(page)], 0, 2)
        pages.append(page.read_text(encoding="utf-8") if page.exists() else "")

    assert not OBEYED.search(without_breaks(pages[0]))
    assert not HOLDS.search(pages[0].replace("javascript:alert", ""))
    kinds = {name for name, _ in Elements(pages[1]).found}
    assert {name for name, _ in Elements(pages[0]).found} <= kinds
    assert set(Elements(pages[0]).links) <= set(Elements(pages[1]).links)


NOBODY = "http://127.0.0.1:9"
"""Where nothing answers, whatever runs on this machine."""


@each
def test_a_file_that_is_nothing_of_ours_is_not_repeated(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    path = tmp_path / "any.json"
    for body in ({"hook": hostile}, {"resourceType": hostile}, {hostile: 1}, [hostile], hostile):
        path.write_text(json.dumps(body), encoding="utf-8")
        for command in (["explain"], ["explain", "--patient"], ["call", "--url", NOBODY]):
            said = print_of(capfd, [*command, str(path)], 2)
            assert len(said) < 1000


@each
def test_a_site_file_is_found_wrong_in_words_that_are_not_obeyed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    plain = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", "", hostile)
    quoted = json.dumps(plain, ensure_ascii=False)
    path = tmp_path / "site.toml"
    for text in (
        f"profile = {quoted}",
        f"[service]\ntime_zone = {quoted}\ndiscovery_profile = {quoted}",
        f"[store]\nurl = {quoted}",
        f"[policy]\n{quoted} = 1",
        f"[[clients]]\nname = {quoted}\niss = {quoted}\njku = {quoted}\nintent = {quoted}",
        f"[modes]\n{quoted} = {quoted}",
        f"[[formulary]]\nname = {quoted}\nsubstance = {quoted}",
        f"[codes]\nadd = {quoted}",
        f"{quoted} = {quoted}",
    ):
        path.write_text(text, encoding="utf-8")
        said = print_of(capfd, ["check-config", str(path)], *([1, 2] if plain else [0, 1, 2]))
        assert len(said) < 12_000


@each
def test_codes_of_a_site_are_found_wrong_in_words_that_are_not_obeyed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], hostile: str
) -> None:
    path = tmp_path / "codes.csv"
    plain = re.sub(r"[\ud800-\udfff\x00]", "", hostile).replace('"', '""')
    path.write_text(f'concept,system,code,display\n"{plain}","{plain}","{plain}","{plain}"\n')

    print_of(capfd, ["codes", "check", str(path)], 1, 2)
    print_of(capfd, ["codes", "suggest", plain], 0, 1, 2)


def test_feedback_in_the_users_own_words_is_printed_and_not_obeyed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url, site = f"sqlite:///{tmp_path}/b12.db", tmp_path / "site.toml"
    site.write_text(f'[store]\nurl = "{url}"\npatient_key = "a key for this test"\n')
    words = [text for text in HOSTILE.values() if text.isprintable() or not HALVES.search(text)]
    store = Store(url, "a key for this test")
    store.record_decision(
        decision(*(card(uuid=f"u{number}") for number in range(len(words))), received_at=NOW)
    )
    entries = [
        FeedbackEntry(f"u{number}", "overridden", reason_display=text, user_comment=text)
        for number, text in enumerate(words)
    ]
    store.record_feedback(entries, "b12-order-select", "Main EHR", NOW)
    store.close()

    for command in (["report"], ["report", "--json"], ["export"]):
        print_of(capfd, ["feedback", *command, "--config", str(site)], 0)
    table = print_of(capfd, ["feedback", "export", "--format", "csv", "--config", str(site)], 0)
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == len(words)
    for row in rows:
        assert not [cell for cell in row.values() if cell and cell[0] in "=+-@\t\r"]
