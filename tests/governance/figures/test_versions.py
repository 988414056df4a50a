"""New versions of what decides: told by week, drawn in the charts, and in their table."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.volume.governance import FIRST, WEEKS, make_record
from cds_service.app import create_app
from cds_service.records import Store
from cds_service.site import Settings, demonstration
from cds_service.web.deployment import build_deployment
from governance.figures.alarms import find_alarms
from governance.figures.board import load_figures
from governance.figures.counts import Decided, Figures
from governance.figures.versions import NewVersion, find_new_versions
from tests.cds_service.records.records import NOW, decision

ONE, TWO, THREE = "2026-06-01", "2026-06-08", "2026-06-15"
MIDDLE = f"{FIRST + dt.timedelta(weeks=WEEKS // 2):%Y-%m-%d}"


def figures(*decided: tuple[str, str, str]) -> Figures:
    """Return figures in which these versions decided: week, what, version."""
    where = [(Decided(week, "EHR", "order-select", ""), what, name) for week, what, name in decided]
    return Figures(versions=Counter(where))


@pytest.mark.parametrize(
    ("decided", "expected"),
    [
        ([(ONE, "policy", "a"), (TWO, "policy", "a")], []),
        ([(ONE, "policy", "a"), (TWO, "policy", "b")], [(TWO, "policy", "a", "b", ("b",))]),
        (  # a change within a week, told in that week alone
            [
                (ONE, "policy", "a"),
                (TWO, "policy", "a"),
                (TWO, "policy", "b"),
                (THREE, "policy", "b"),
            ],
            [(TWO, "policy", "a", "a, b", ("b",))],
        ),
        (  # a week without decisions stands between
            [(ONE, "knowledge", "a"), (THREE, "knowledge", "b"), (THREE, "policy", "p")],
            [(THREE, "knowledge", "a", "b", ("b",))],
        ),
        (  # back to what decided before
            [(ONE, "policy", "a"), (TWO, "policy", "b"), (THREE, "policy", "a")],
            [
                (TWO, "policy", "a", "b", ("b",)),
                (THREE, "policy", "b", "a", ("a",)),
            ],
        ),
        ([], []),
    ],
)
def test_a_version_is_new_where_it_did_not_decide_the_week_before(
    decided: list[tuple[str, str, str]], expected: list[tuple[str, str, str, str, tuple[str, ...]]]
) -> None:
    assert find_new_versions(figures(*decided)) == tuple(NewVersion(*one) for one in expected)


def test_figures_of_another_client_have_no_marks_of_this_one() -> None:
    changed = figures((ONE, "policy", "a"), (TWO, "policy", "b"))

    assert find_new_versions(changed.of(client="EHR"))
    assert find_new_versions(changed.of(client="Ward")) == ()
    assert find_new_versions(changed.since(TWO)) == ()  # the first week of what is shown


def test_a_new_version_is_drawn_in_each_chart_and_stands_in_the_tables(tmp_path: Path) -> None:
    settings = replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db")
    make_record(settings.store_url, 4000)
    today = (FIRST + dt.timedelta(weeks=WEEKS, days=-1)).date()
    client = create_app(settings, today=lambda: today).test_client()
    told = json.loads(client.get("/governance", headers={"Accept": "application/json"}).data)
    page = client.get("/governance", headers={"Accept": "text/html"}).text

    [version] = told["versions"]
    day = version.pop("day")
    assert day in {f"{dt.date.fromisoformat(MIDDLE) + dt.timedelta(days=day)}" for day in range(7)}
    assert version == {
        "week": MIDDLE,
        "what": "knowledge",
        "before": "k",
        "now": "k2",
        "new": ["k2"],
    }
    assert page.count("<title>new knowledge</title>") == len(told["charts"]) > 1
    assert (
        f'<th scope="row">{MIDDLE}</th><td>{day}</td><td>knowledge</td><td>k</td><td>k2</td>'
        in page
    )


def test_a_chart_by_day_is_marked_on_the_first_day_of_a_new_version(tmp_path: Path) -> None:
    """The week of the change is among the last five here, so refusals are marked too."""
    settings = replace(demonstration(), store_url=f"sqlite:///{tmp_path}/b12.db")
    make_record(settings.store_url, 20_000)
    today = dt.date.fromisoformat(MIDDLE) + dt.timedelta(days=9)
    client = create_app(settings, today=lambda: today).test_client()
    told = json.loads(client.get("/governance", headers={"Accept": "application/json"}).data)
    page = client.get("/governance", headers={"Accept": "text/html"}).text

    [version] = told["versions"]
    days = [point["when"] for point in told["refusals"][0]["points"]]
    assert version["day"] in days
    marks = page.count("<title>new knowledge</title>")
    assert marks == len(told["charts"]) + len(told["refusals"])
    rows = page.split(f'<th scope="row">{version["day"]}</th>')[1:]
    ends = [row.partition("</tr>")[0].endswith("<td>knowledge</td>") for row in rows]
    assert sum(ends) == 1 + (version["day"] == MIDDLE)  # by day, and by week on a Monday


@pytest.mark.parametrize(
    ("minutes", "alarms"),
    [
        ({"a": (0, 90), "b": (30, 90)}, ["a, b"]),  # side by side for an hour
        ({"a": (0, 90), "b": (31, 200)}, []),  # for 59 minutes, while the new one was installed
        ({"a": (0, 90), "b": (91, 600)}, []),  # the one after the other
        ({"a": (0, 600), "b": (100, 300), "c": (100, 400)}, ["a, b, c"]),
        ({"a": (0, 600)}, []),
    ],
)
def test_versions_that_answer_a_client_side_by_side_are_an_alarm_H100(
    tmp_path: Path, minutes: dict[str, tuple[int, int]], alarms: list[str]
) -> None:
    url = f"sqlite:///{tmp_path}/b12.db"
    store = Store(url, "a key of this test")
    for version, times in minutes.items():
        for minute in times:
            at = NOW - dt.timedelta(minutes=600 - minute)
            store.record_decision(decision(received_at=at, policy_version=version))
            store.record_decision(
                decision(received_at=at, policy_version="another", client="Another client")
            )
    store.close()

    found = find_alarms(load_figures(url), demonstration(), NOW.date(), True)
    said = "Main EHR was answered by several versions of the policy side by side: "
    assert [(one.kind, one.about, one.words) for one in found if one.kind == "skew"] == [
        ("skew", "Main EHR", f"{said}{versions}.") for versions in alarms
    ]
    later = find_alarms(load_figures(url), demonstration(), NOW.date() + dt.timedelta(days=2), True)
    assert not [one for one in later if one.kind == "skew"]


def test_a_service_with_other_modes_on_the_same_database_is_an_alarm_H100(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/b12.db"
    one = replace(demonstration(), store_url=url)
    another = replace(one, modes={"b2": "silent"})

    def alarms(settings: Settings) -> list[str]:
        client = create_app(settings).test_client()
        told = client.get("/governance", headers={"Accept": "application/json"}).json
        return [alarm["about"] for alarm in told["alarms"] if alarm["kind"] == "skew"]

    for settings, others in ((one, another), (another, one)):
        deployment = build_deployment(settings)
        deployment.store.prepare()
        deployment.close()
        assert alarms(settings) == []
        assert alarms(others) == ["modes"]
