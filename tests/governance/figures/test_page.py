"""From the record to the page, the report and the export; the password; the alarms as metrics; the
known case.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from benchmarks.volume.governance import make_record
from cds_service.app import create_app
from cds_service.database import CALLS, open_engine
from cds_service.records import Kind, Tally
from cds_service.records.tallies import add_tallies
from cds_service.site import Settings, demonstration
from cds_service.web import health
from cli.main import main
from tests.cds_service.conftest import AS_OF, running

CALL = "/cds-services/b12-order-select"
HTML, JSON = {"Accept": "text/html"}, {"Accept": "application/json"}
A_DAY_LATER = AS_OF


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db")


@pytest.fixture
def site(settings: Settings, tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(f'[store]\nurl = "{settings.store_url}"\n')
    return path


def use(settings: Settings, request: dict[str, Any]) -> str:
    """Send a request, override its card with a comment, and return the card's id."""
    with running(settings) as client:
        [card, *_] = client.post(CALL, json=request).json["cards"]
    with running(settings) as client:
        entry = {
            "card": card["uuid"],
            "outcome": "overridden",
            "overrideReason": {
                "reason": {"code": "SPECIALIST"},
                "userComment": "=agreed with neurology",
            },
        }
        assert client.post(f"{CALL}/feedback", json={"feedback": [entry]}).status_code == 200
    card_id: str = card["source"]["topic"]["code"]
    return card_id


def page(settings: Settings, path: str, headers: dict[str, str]) -> Any:
    app = create_app(settings)
    return app.test_client().get(path, headers=headers)


def test_what_fired_and_what_became_of_it_is_on_the_page(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    card = use(settings, order_select)

    report = page(settings, "/governance", JSON).json["report"]
    [row] = [row for row in report["cards"] if row["name"] == card]
    assert (row["shown"], row["overridden"]["count"], row["comments"]) == (1, 1, 1)
    assert report["reasons"] == {card: {"expert advice": 1}}
    assert report["unknown"]
    text = page(settings, "/governance", HTML).text
    assert f'href="/guidance#card-{card}"' in text
    assert "expert advice" in text
    assert "serum vitamin B12 on treatment <small><code>total_b12_on_treatment</code>" in text
    assert "neurology" not in text


def test_the_page_says_which_mode_holds_since_when(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    use(replace(settings, modes={"b2": "silent"}), order_select)

    modes = page(settings, "/governance", JSON).json["modes"]
    assert {(mode["what"], mode["mode"]) for mode in modes} >= {
        ("b2", "silent"),
        ("default", "live"),
    }


def test_an_empty_store_has_a_page_too(settings: Settings) -> None:
    with running(settings):
        assert page(settings, "/governance", HTML).status_code == 200


def test_a_store_that_is_not_there_is_a_503_in_words(settings: Settings, tmp_path: Path) -> None:
    gone = replace(settings, store_url=f"sqlite:///{tmp_path}/none/b12.db")

    assert page(gone, "/governance", HTML).status_code == 503


class TestWhoMayEnter:
    def test_the_password_is_asked_for_where_there_is_one(self, settings: Settings) -> None:
        locked = replace(settings, governance_password="a long password of this test")
        client = create_app(locked).test_client()

        assert client.get("/governance").status_code == 401
        assert client.get("/governance", auth=("any", "wrong")).status_code == 401
        assert client.get(
            "/governance", auth=("any", "a long password of this test")
        ).status_code in (
            200,
            503,
        )

    def test_switched_off_there_is_no_page(self, settings: Settings) -> None:
        assert page(replace(settings, governance=False), "/governance", HTML).status_code == 404


class TestCommands:
    def test_the_export_takes_no_word_from_another_service_R173(
        self,
        settings: Settings,
        site: Path,
        order_select: dict[str, Any],
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        with running(settings) as client:
            [card, *_] = client.post(CALL, json=order_select).json["cards"]
            entry = {"card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": []}
            for service in ("b12-order-sign", "b12"):
                path = f"/cds-services/{service}/feedback"
                assert client.post(path, json={"feedback": [entry]}).status_code == 200

        assert main(["feedback", "export", "--config", str(site)]) == 0
        assert json.loads(capfd.readouterr().out)["action"] == "no answer"

    def test_the_export_has_the_six_columns(
        self,
        settings: Settings,
        site: Path,
        order_select: dict[str, Any],
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        order_select["context"]["userId"] = "Practitioner/dr-1"
        card = use(settings, order_select)
        capfd.readouterr()

        assert main(["feedback", "export", "--config", str(site)]) == 0
        rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        [row] = [row for row in rows if row["action"] == "overridden"]
        assert list(row) == ["intervention", "action", "feedback", "user", "date", "place"]
        assert row["intervention"].startswith(f"{card} ")
        assert row["feedback"].startswith("expert advice; SPECIALIST (Specialist advice")
        assert row["user"].startswith("Practitioner ")
        assert "dr-1" not in row["user"]

        assert main(["feedback", "export", "--format", "csv", "--config", str(site)]) == 0
        table = list(csv.reader(io.StringIO(capfd.readouterr().out)))
        assert table[0] == ["intervention", "action", "feedback", "user", "date", "place"]
        assert len(table) == 1 + len(rows)

    @pytest.mark.parametrize("by", ["card", "client", "role", "hook", "week"])
    def test_the_report_has_a_table_by_each(
        self,
        settings: Settings,
        site: Path,
        order_select: dict[str, Any],
        capfd: pytest.CaptureFixture[str],
        by: str,
    ) -> None:
        use(settings, order_select)
        capfd.readouterr()

        assert main(["feedback", "report", "--by", by, "--config", str(site)]) == 0
        assert capfd.readouterr().out.startswith(by)

    def test_a_cell_never_begins_as_a_formula(self) -> None:
        from governance.figures.export import COLUMNS, as_csv

        row = dict.fromkeys(COLUMNS, "=HYPERLINK(1)")
        [_, line] = as_csv(iter([row]))
        assert line.startswith("'=HYPERLINK(1),'=")


class TestReadiness:
    def test_the_known_case_is_answered(self, settings: Settings) -> None:
        with running(settings) as client:
            ready = client.get("/health/ready")

        assert (ready.status_code, ready.json["knownCase"]) == (200, "answered as it must be")

    def test_a_service_that_answers_it_otherwise_is_not_ready(
        self, settings: Settings, order_select: dict[str, Any]
    ) -> None:
        app = create_app(settings)
        order_select["prefetch"]["conditions"]["entry"] = []
        app.config[health.KNOWN_CASE_KEY] = order_select
        client = app.test_client()

        assert client.get("/health/ready").status_code == 503
        assert 'b12_cds_alarms{kind="answer"} 1.0' in _metrics_after_a_call(client, app)

    def test_alarms_are_metrics_and_minus_one_while_they_cannot_be_known(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        gone = replace(settings, store_url=f"sqlite:///{tmp_path}/none/b12.db")

        assert 'b12_cds_alarms{kind="rate"} -1.0' in page(gone, "/metrics", {}).text


def _metrics_after_a_call(client: Any, app: Any) -> str:
    from cds_service.web.deployment import CONFIG_KEY

    app.config[CONFIG_KEY].store.upgrade()
    text: str = client.get("/metrics").text
    return text


def hook_calls(client: FlaskClient) -> dict[tuple[str, str, str], int]:
    """Return how often each (client, hook, outcome) was counted as a metric."""
    line = r'^b12_cds_hook_calls_total{client="(.*?)",hook="(.*?)",outcome="(.*?)"} (\S+)$'
    counted = re.findall(line, client.get("/metrics").text, re.MULTILINE)
    return {(one, hook, outcome): int(float(times)) for one, hook, outcome, times in counted}


def test_calls_are_counted_by_client_hook_and_outcome(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    with running(settings) as client:
        before = hook_calls(client)
        client.post(CALL, json=order_select)
        client.post(CALL, json={"hook": "order-select"})
        told = {one: times - before.get(one, 0) for one, times in hook_calls(client).items()}
    figures = page(settings, "/governance", JSON)

    assert figures.status_code == 200
    from cds_service.database import CALLS
    from tests.cds_service.records.records import rows

    counted = {
        (row["client"], row["hook"], row["outcome"]): row["times"]
        for row in rows(settings.store_url, CALLS)
    }
    assert counted == {
        ("Demonstration", "order-select", "decided"): 1,
        ("Demonstration", "", "400"): 1,
    }
    assert {one: times for one, times in told.items() if times} == counted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("weeks=5", "weeks: found another value, expected one of 4, 13, 26, 52."),
        ("weeks=abc", "weeks: found another value"),
        ("client=Nobody", "client: found another value, expected one of "),
        ("hook=order-dispatch", "hook: found another value, expected one of order-select"),
    ],
)
def test_what_is_not_one_to_choose_is_refused_and_not_answered_with_all(
    settings: Settings, query: str, said: str
) -> None:
    answer = page(settings, f"/governance?{query}", JSON)

    assert answer.status_code == 400
    assert said in answer.json["issue"][0]["diagnostics"]


def test_what_is_left_empty_is_not_asked_for(
    settings: Settings, order_select: dict[str, Any]
) -> None:
    with running(settings) as client:
        client.post(CALL, json=order_select)
    answer = page(settings, "/governance?weeks=&client=&hook=", JSON)

    assert (answer.json["weeks"], answer.json["client"], answer.json["hook"]) == (26, "", "")


def decide_by_week(settings: Settings, fired: list[int], calls: int = 0) -> None:
    """Write 1,000 decisions a week up to AS_OF, with so many of card b2 in each; and calls of the
    last five weeks, a tenth of them refused.
    """
    monday = AS_OF - dt.timedelta(days=AS_OF.weekday())
    counted: dict[Tally, int] = {}
    for before, times in enumerate(reversed(fired)):
        at = ((monday - dt.timedelta(weeks=before)).isoformat(), "EHR", "order-select", "")
        counted[Tally(*at, Kind.DECIDED)] = 1000
        counted[Tally(*at, Kind.FIRED, "b2", "live", "shown")] = times
    days = [AS_OF - dt.timedelta(days=before) for before in range(1, 36)] if calls else []
    rows = [
        {
            "day": day.isoformat(),
            "client": "EHR",
            "hook": "order-select",
            "outcome": one,
            "times": n,
        }
        for day in days
        for one, n in (("decided", calls * 9 // 10), ("400", calls // 10))
    ]
    engine = open_engine(settings.store_url)
    with engine.begin() as connection:
        add_tallies(connection, counted)
        if rows:
            connection.execute(sa.insert(CALLS), rows)
    engine.dispose()


@pytest.mark.parametrize("weeks", ["4", "13", "26", "52"])
def test_changes_and_limits_are_told_by_the_weeks_before_whatever_period_is_looked_at(
    settings: Settings, weeks: str
) -> None:
    """docs/governance.md: this week, and the whole one before it, each with the twelve before it;
    limits around the rate of all points before; refusals over five weeks. A period of four weeks
    said that nothing had changed and that each card was as usual.
    """
    with running(settings) as client:
        decide_by_week(settings, [20] * 12 + [80, 20], calls=1000)
        told = client.get(f"/governance?weeks={weeks}", headers=JSON).json
        text = client.get(f"/governance?weeks={weeks}", headers=HTML).text

    week_before = AS_OF - dt.timedelta(days=AS_OF.weekday() + 7)
    assert told is not None
    assert told["report"]["total"]["decided"] == 1000 * min(14, int(weeks))
    assert [(one["week"], one["before"], one["now"]) for one in told["report"]["changes"]] == [
        (week_before.isoformat(), 20.0, 80.0)
    ]
    [chart] = told["charts"]
    assert len(chart["points"]) == min(14, int(weeks))
    assert [(one["when"], one["mark"]) for one in chart["points"] if one["mark"]] == [
        (week_before.isoformat(), "above its limits")
    ]
    [refused] = told["refusals"]
    assert len(refused["points"]) == 35
    assert "above its limits" in text
    assert "too few before" not in text


def test_a_version_that_began_in_the_first_week_of_the_period_is_told(settings: Settings) -> None:
    """It was compared with the weeks of the period alone, and the first has none before it."""
    monday = AS_OF - dt.timedelta(days=AS_OF.weekday())
    weeks = [(monday - dt.timedelta(weeks=before)).isoformat() for before in range(6)]
    with running(settings) as client:
        decide_by_week(settings, [20] * 6)
        engine = open_engine(settings.store_url)
        with engine.begin() as connection:
            decided = ((week, "old" if week < weeks[3] else "new") for week in weeks)
            at = ("EHR", "order-select", "", Kind.VERSION, "policy")
            add_tallies(connection, {Tally(week, *at, one): 1000 for week, one in decided})
        engine.dispose()
        told = client.get("/governance?weeks=4", headers=JSON).json

    assert told is not None
    assert [(one["week"], one["before"], one["now"]) for one in told["versions"]] == [
        (weeks[3], "old", "new")
    ]


def test_the_command_tells_the_same_changes_of_a_short_period(
    settings: Settings,
    site: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Settings, "today", lambda *_: AS_OF)
    with running(settings):
        decide_by_week(settings, [20] * 12 + [80, 20])

    assert main(["feedback", "report", "--weeks", "4", "--json", "--config", str(site)]) == 0
    report = json.loads(capfd.readouterr().out)["report"]
    assert [one["now"] for one in report["changes"]] == [80.0]
    assert report["total"]["decided"] == 4000


def test_what_too_few_weeks_cannot_tell_is_not_called_usual(settings: Settings) -> None:
    with running(settings) as client:
        decide_by_week(settings, [20, 20, 900])
        text = client.get("/governance", headers=HTML).text

    assert "as usual" not in text
    assert "Not judged yet: fewer than four weeks" in text


def test_a_card_that_always_fires_has_limits_too(settings: Settings) -> None:
    with running(settings) as client:
        decide_by_week(settings, [995] * 8)
        text = client.get("/governance", headers=HTML).text

    assert "as usual" in text
    assert "too few before" not in text


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_call_counts_on_the_day_it_is_at_the_site(
    settings: Settings, order_select: dict[str, Any], zone: str
) -> None:
    """By days of UTC half of yesterday was still to come, and every client had called too
    seldom.
    """
    there = replace(settings, time_zone=zone)
    before = there.today(dt.datetime.now(dt.UTC))
    with running(there) as client:
        client.post(CALL, json=order_select)
    after = there.today(dt.datetime.now(dt.UTC))

    engine = open_engine(settings.store_url)
    with engine.begin() as connection:
        days = connection.execute(sa.select(CALLS.c.day)).scalars().all()
    engine.dispose()
    assert set(days) <= {before.isoformat(), after.isoformat()}
    assert len(days) == 1


def test_twenty_thousand_decisions_are_counted_right(settings: Settings) -> None:
    """What a million costs stands in docs/governance.md."""
    make_record(settings.store_url, 20_000)
    report = page(settings, "/governance?weeks=52", JSON).json["report"]

    assert report["total"]["decided"] == 20_000
    assert sum(row["decided"] for row in report["by_week"]) == 20_000
    assert (
        sum(row["fired"]["count"] for row in report["cards"]) == report["total"]["fired"]["count"]
    )
    assert len(report["by_week"]) == 26
