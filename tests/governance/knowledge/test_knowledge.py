"""The knowledge version changes with whatever decides; manifest, review days and attributes."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.site import (
    PACKAGES,
    TABLES,
    demonstration,
    digest_of,
    knowledge_version,
    load_settings,
)
from cds_service.telemetry import metrics
from cli.main import main
from governance.knowledge.attributes import attributes_as_json, list_attributes
from governance.knowledge.manifest import make_manifest
from governance.knowledge.reviews import DUE, list_reviews, overdue
from recommender.treatment import RULES
from tests.cds_service.conftest import AS_OF, running

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of everything that decides."""
    root = tmp_path_factory.mktemp("packages")
    for folder in TABLES:
        shutil.copytree(
            PACKAGES / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return root


@pytest.mark.parametrize(
    ("kind", "file", "before", "after"),
    [
        ("a rule", "recommender/treatment/table.py", "Outcome.REGIMEN", "Outcome.CHOICE"),
        ("a limit", "recommender/assessment/assessment.py", "Decimal(20)", "Decimal(21)"),
        ("a text", "recommender/guidance/statements.py", "secondary", "primary"),
        ("a card", "recommender/cards/cards.py", "summary", "summery"),
        ("a code", "fhir_mappings/terminology/labs.csv", "\n", "\n\n"),
        ("a reading", "fhir_mappings/values/units.py", "import", "import "),
        ("a silence", "cds_service/decision/quiet_cards.py", "import", "import "),
    ],
)
def test_the_knowledge_version_changes_with(
    copied: Path, kind: str, file: str, before: str, after: str
) -> None:
    unchanged = digest_of(TABLES, copied)
    assert unchanged == digest_of(TABLES)

    path = copied / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert digest_of(TABLES, copied) != unchanged, kind
    path.write_text(text, encoding="utf-8")
    assert digest_of(TABLES, copied) == unchanged


def test_a_file_that_is_added_or_taken_away_changes_it_too(copied: Path) -> None:
    unchanged = digest_of(TABLES, copied)
    added = copied / "recommender" / "one_more.py"
    added.write_text("", encoding="utf-8")

    assert digest_of(TABLES, copied) != unchanged
    added.unlink()
    assert digest_of(TABLES, copied) == unchanged


def test_a_card_names_the_whole_version(tmp_path: Path, order_select: dict[str, Any]) -> None:
    with running(demonstration()) as client:
        [card, *_] = client.post("/cds-services/b12-order-select", json=order_select).json["cards"]

    version = card["extension"]["org.b12-cds"]["knowledgeVersion"]
    assert version == knowledge_version()
    assert re.fullmatch(r"20\d\d\.\d\d\+[0-9a-f]{12}", version)


class TestReviews:
    def test_every_rule_has_an_owner_and_a_day(self) -> None:
        reviews = list_reviews()

        assert [review.rule for review in reviews] == list(dict.fromkeys(one.id for one in RULES))
        assert all(review.owner for review in reviews)

    @pytest.mark.parametrize(
        ("today", "passed"), [(DUE, False), (DUE + dt.timedelta(days=1), True)]
    )
    def test_a_review_is_overdue_the_day_after(self, today: dt.date, passed: bool) -> None:
        assert ("B1" in {review.rule for review in overdue(today)}) is passed

    def test_a_passed_day_is_said_on_the_guidance_page(self) -> None:
        for day, said in ((AS_OF, False), (DUE + dt.timedelta(days=1), True)):
            app = create_app(demonstration(), today=lambda day=day: day)  # type: ignore[misc]
            client = app.test_client()
            page = client.get("/guidance", headers={"Accept": "text/html"}).text
            assert ("were to be reviewed has passed" in page) is said


@pytest.mark.parametrize("contact", ["", "medication safety, ext. 4711 <b>"])
def test_the_page_that_a_card_leads_to_says_whom_to_tell_of_a_wrong_card(contact: str) -> None:
    """The links of a card lead to /guidance (H97)."""
    client = create_app(replace(demonstration(), contact=contact)).test_client()
    page = client.get("/guidance", headers={"Accept": "text/html"}).text

    assert ("ext. 4711 &lt;b&gt;" in page) is bool(contact)
    assert ("names nobody" in page) is not bool(contact)
    told = client.get("/guidance", headers={"Accept": "application/json"}).json
    assert told["contact"] == contact


@pytest.mark.parametrize("contact", ["   ", "-", "...", "tbc", "To be confirmed.", "n/a", "\u200b"])
def test_a_contact_that_names_nobody_is_none_H97(tmp_path: Path, contact: str) -> None:
    site = tmp_path / "site.toml"
    site.write_text(f'profile = "demonstration"\n[service]\ncontact = "{contact}"\n', "utf-8")
    page = create_app(load_settings(site)).test_client().get("/guidance").text

    assert "names nobody to tell of a card that seems wrong" in page


class TestManifest:
    def test_it_names_what_decides_and_the_status_of_the_sources(self) -> None:
        manifest = make_manifest(demonstration(), AS_OF)

        assert manifest["knowledge"] == knowledge_version()
        assert {one["id"] for one in manifest["documents"]} == {"A", "B"}
        assert all("NICE NG239 superseded" in one["status"] for one in manifest["documents"])
        assert all(len(digest) == 64 for digest in manifest["digests"]["terminology"].values())
        assert {one["rule"] for one in manifest["rules"]} == {rule.id for rule in RULES}
        assert manifest["overdue"] == []

    def test_the_command_prints_it_and_checks_the_review_days(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["manifest", "--json"]) == 0
        assert json.loads(capfd.readouterr().out)["knowledge"] == knowledge_version()
        assert main(["manifest", "--check"]) == (1 if overdue(_today()) else 0)
        assert "Rules: to be reviewed by, owner" in capfd.readouterr().out


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()


class TestAttributes:
    def test_there_are_thirteen_in_order_and_each_says_something(self) -> None:
        attributes = list_attributes()

        assert [one.number for one in attributes] == list(range(1, 14))
        assert all(one.name and one.value for one in attributes)

    def test_json_and_page_are_served_and_counted(self) -> None:
        opened = {form: _opened(form) for form in ("json", "page")}
        with running(demonstration()) as client:
            answer = client.get("/guidance/attributes", headers={"Accept": "application/json"})
            page = client.get("/guidance/attributes", headers={"Accept": "text/html"})

        assert set(answer.json["attributes"][0]) == {"number", "name", "value"}
        assert len(answer.json["attributes"]) == 13
        rows = 13 + len(answer.json["rules"]) + len(answer.json["beside"])
        assert page.text.count("<tr>") == 3 + rows
        assert {form: _opened(form) - before for form, before in opened.items()} == {
            "json": 1,
            "page": 1,
        }

    def test_rules_that_look_at_age_sex_or_race_say_so_and_exist(self) -> None:
        uses = {one["rule"]: one["uses"] for one in attributes_as_json()["rules"]}

        assert uses["G1"] == ["Use of date of birth"]
        assert "Use of race" in uses["M6"]
        assert {use for names in uses.values() for use in names} <= {
            one.name for one in list_attributes()
        }

    def test_the_code_names_no_number_of_a_regulation(self) -> None:
        for package in ("governance", "cds_service", "recommender", "fhir_mappings", "cli"):
            for path in (ROOT / package).rglob("*.py"):
                text = path.read_text(encoding="utf-8")
                assert not re.search(r"170\.3\d\d|2017/745|21 CFR", text), path


def _opened(form: str) -> float:
    value: float = metrics.ATTRIBUTES_OPENED.labels(form)._value.get()
    return value
