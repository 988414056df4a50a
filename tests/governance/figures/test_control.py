"""Control charts: steady rates are left alone, storms, silences and shifts are marked."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.app import create_app
from cds_service.database import Database
from cds_service.records import CALLS, open_engine
from cds_service.site import Client, demonstration
from governance.figures import chart_cards, chart_refusals
from governance.figures.alarms import find_alarms
from governance.figures.control import Mark, draw_chart
from governance.figures.counts import Called, Decided, Figures, Fired

STEADY = [14, 12, 15, 13, 14, 16, 12, 14, 13, 15, 14, 13]


def marks(counts: list[int], total: int = 1000) -> list[Mark]:
    chart = draw_chart("d2", [(f"{place:02d}", n, total) for place, n in enumerate(counts)])
    return [point.mark for point in chart.points]


def test_a_steady_rate_stays_within_its_limits() -> None:
    assert set(marks(STEADY)) == {Mark.NONE}


@pytest.mark.parametrize(
    ("last", "mark"),
    [
        (40, Mark.ABOVE),
        (28, Mark.NONE),
        (1, Mark.BELOW),
        (0, Mark.BELOW),
    ],
)
def test_a_storm_and_a_silence_are_outside(last: int, mark: Mark) -> None:
    assert marks([*STEADY, last])[-1] is mark


@pytest.mark.parametrize(
    ("counts", "looked_at", "when"),
    [
        ([*STEADY, 40], 1, "12"),
        ([*STEADY, 40, 14], 1, None),
        ([*STEADY, 40, 14], 2, "12"),
        ([*STEADY, 40, 14, 14], 2, None),
    ],
)
def test_a_mark_is_said_of_the_points_looked_at(
    counts: list[int], looked_at: int, when: str | None
) -> None:
    counted = [(f"{place:02d}", number, 1000) for place, number in enumerate(counts)]
    marked = draw_chart("d2", counted, looked_at).marked

    assert (marked.when if marked else None) == when


def test_the_limits_are_three_deviations_of_a_proportion() -> None:
    chart = draw_chart("d2", [(str(place), 100, 1000) for place in range(9)])

    last = chart.points[-1]
    assert chart.usual == pytest.approx(0.1)
    assert last.low == pytest.approx(0.1 - 3 * (0.1 * 0.9 / 1000) ** 0.5)
    assert last.high == pytest.approx(0.1 + 3 * (0.1 * 0.9 / 1000) ** 0.5)


def test_a_rate_that_always_varied_has_wider_limits() -> None:
    wild = [60, 140] * 6
    chart = draw_chart("d2", [(str(place), n, 1000) for place, n in enumerate([*wild, 150])])

    assert chart.points[-1].high > 0.15
    assert chart.mark is Mark.NONE


@pytest.mark.parametrize(("weeks", "mark"), [(7, Mark.NONE), (8, Mark.HIGHER), (9, Mark.HIGHER)])
def test_eight_in_a_row_above_the_usual_rate_are_a_shift(weeks: int, mark: Mark) -> None:
    assert marks([100] * 12 + [118] * weeks)[-1] is mark


def test_eight_in_a_row_below_are_a_shift_too_and_by_a_hair_are_not() -> None:
    assert marks([100] * 12 + [82] * 8)[-1] is Mark.LOWER
    assert marks([100] * 12 + [101] * 8)[-1] is Mark.NONE


def test_too_little_before_has_no_limits_and_no_mark() -> None:
    chart = draw_chart("d2", [(str(place), n, 1000) for place, n in enumerate([1, 1, 1, 500])])

    assert (chart.points[-1].low, chart.points[-1].high, chart.mark) == (0.0, 1.0, Mark.NONE)


@pytest.mark.parametrize("counted", [[], [("a", 0, 0)] * 9, [("a", 9, 3)] * 9, [("a", 0, 5)] * 9])
def test_nothing_and_more_than_everything_are_charts_too(
    counted: list[tuple[str, int, int]],
) -> None:
    chart = draw_chart("d2", counted)

    assert chart.mark is Mark.NONE
    assert all(0 <= point.rate <= 1 for point in chart.points)


def test_a_first_storm_of_what_never_was_is_marked() -> None:
    assert marks([0] * 12 + [30])[-1] is Mark.ABOVE


def test_cards_are_charted_by_week_and_a_shift_is_an_alarm() -> None:
    monday = dt.date(2026, 3, 2)
    weeks = [(monday + dt.timedelta(weeks=number)).isoformat() for number in range(20)]
    places = [Decided(week, "EHR", "order-select", "") for week in weeks]
    counts = [100] * 12 + [118] * 8
    figures = Figures(
        dict.fromkeys(places, 1000),
        {Fired(at, "d2", "live", True): n for at, n in zip(places, counts, strict=True)},
    )

    [chart] = chart_cards(figures, ["d2"])
    assert (chart.mark, chart.points[-1].count) == (Mark.HIGHER, 118)
    assert chart_cards(figures, ["b1"])[0].points[-1].count == 0
    [alarm] = find_alarms(figures, demonstration(), monday + dt.timedelta(weeks=20), True)
    assert (alarm.kind, alarm.about) == ("rate", "d2")
    assert "eight in a row" in alarm.words


TODAY = dt.date(2026, 6, 2)


def calls(
    outcome: str, usual: int, yesterday: int, hook: str = "order-select"
) -> dict[Called, int]:
    days = [TODAY - dt.timedelta(days=number) for number in range(1, 36)]
    return {
        Called(day.isoformat(), "EHR", hook, outcome): usual if place else yesterday
        for place, day in enumerate(days)
    }


class TestRefusals:
    def test_each_kind_has_a_chart_and_a_storm_is_marked(self) -> None:
        charts = chart_refusals(
            {**calls("decided", 900, 900), **calls("401", 10, 90), **calls("412", 12, 12)}, TODAY
        )

        assert [(chart.name, chart.mark) for chart in charts] == [
            ("401", Mark.ABOVE),
            ("412", Mark.NONE),
        ]
        assert len(charts[0].points) == 35

    def test_fewer_refusals_are_marked_and_no_alarm(self) -> None:
        found = {**calls("decided", 900, 900), **calls("401", 90, 0)}

        assert chart_refusals(found, TODAY)[0].mark is Mark.BELOW
        assert find_alarms(Figures(calls=found), demonstration(), TODAY, True) == ()

    def test_a_day_without_calls_is_no_point(self) -> None:
        found = calls("decided", 900, 0)
        found.update(calls("401", 10, 0))

        assert (
            chart_refusals({one: n for one, n in found.items() if n}, TODAY)[0].points[-1].when
            == (TODAY - dt.timedelta(days=2)).isoformat()
        )


@pytest.mark.parametrize(("yesterday", "alarm"), [(24, True), (25, False)])
def test_a_hook_that_falls_silent_is_noticed_though_the_client_calls(
    yesterday: int, alarm: bool
) -> None:
    found = {
        **calls("decided", 900, 900),
        **calls("decided", 100, yesterday, hook="order-sign"),
    }
    settings = replace(demonstration(), clients=(Client("EHR"),))

    alarms = find_alarms(Figures(calls=found), settings, TODAY, True)

    assert [(one.kind, "order-sign" in one.words) for one in alarms] == [("calls", True)] * alarm


def test_charts_are_on_the_page_and_a_metric(tmp_path: Path) -> None:
    settings = replace(
        demonstration(),
        store_url=f"sqlite:///{tmp_path}/b12.db",
        clients=(Client("EHR"), Client("another")),
    )
    database = Database(settings.store_url)
    database.upgrade()
    database.close()
    engine = open_engine(settings.store_url)
    rows = {**calls("decided", 900, 900), **calls("401", 10, 90)}
    with engine.begin() as connection:
        connection.execute(
            CALLS.insert(), [{**one._asdict(), "times": times} for one, times in rows.items()]
        )
    engine.dispose()
    client = create_app(settings, today=lambda: TODAY).test_client()

    told = client.get("/governance", headers={"Accept": "application/json"}).json
    page = client.get("/governance", headers={"Accept": "text/html"}).text
    [chart] = told["refusals"]
    assert (chart["name"], chart["mark"], len(chart["points"])) == ("401", Mark.ABOVE, 35)
    assert [alarm["kind"] for alarm in told["alarms"]] == ["refusals"]
    assert "Control chart of 401" in page
    assert Mark.ABOVE in page
    text = client.get("/metrics").text
    assert 'b12_cds_out_of_control{chart="refusal",name="401"} 1.0' in text
    assert 'b12_cds_alarms{kind="refusals"} 1.0' in text
    for chosen, refusals in (("EHR", [chart]), ("another", [])):
        of_one = client.get(
            f"/governance?client={chosen}", headers={"Accept": "application/json"}
        ).json
        assert of_one["refusals"] == refusals
