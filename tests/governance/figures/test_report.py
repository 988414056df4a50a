"""From made-up figures to the report: shares, changes, overrides by category, silent and live."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import pytest

from cds_service.site import Client, demonstration
from governance.figures.alarms import find_alarms
from governance.figures.categories import CATEGORIES, category_of
from governance.figures.control import find_changes
from governance.figures.counts import Answered, Called, Decided, Figures, Fired
from governance.figures.report import make_report
from recommender.cards import OVERRIDE_REASONS

MONDAY = dt.date(2026, 3, 2)
WEEKS = [(MONDAY + dt.timedelta(weeks=number)).isoformat() for number in range(13)]


def at(week: str, hook: str = "order-select", client: str = "EHR", role: str = "") -> Decided:
    return Decided(week, client, hook, role)


def weekly(counts: Iterable[int], orders: int = 1000, card: str = "d2") -> Figures:
    """Figures in which a card fires so often each week."""
    decided = {at(week): orders for week in WEEKS}
    cards = {
        Fired(at(week), card, "live", True): number
        for week, number in zip(WEEKS, counts, strict=True)
        if number
    }
    return Figures(decided, cards)


class TestShares:
    FIGURES = Figures(
        decisions={at(WEEKS[0]): 100, at(WEEKS[0], "patient-view", "Ward", "nurse"): 50},
        cards={
            Fired(at(WEEKS[0]), "b1", "live", True): 20,
            Fired(at(WEEKS[0]), "h1", "silent", False): 10,
        },
        answers={
            Answered(at(WEEKS[0]), "b1", "accepted", ""): 8,
            Answered(at(WEEKS[0]), "b1", "overridden", "SPECIALIST"): 5,
        },
        comments={(at(WEEKS[0]), "b1"): 5},
    )

    def test_a_card_has_its_shares_of_what_was_shown(self) -> None:
        b1, h1 = make_report(self.FIGURES).cards

        assert (b1.name, b1.fired.count, b1.decided, b1.shown) == ("b1", 20, 150, 20)
        assert (b1.accepted.count, b1.overridden.count, b1.no_answer, b1.comments) == (8, 5, 7, 5)
        assert (h1.name, h1.fired.count, h1.shown, h1.no_answer) == ("h1", 10, 0, 0)

    def test_orders_are_the_decisions_on_order_hooks(self) -> None:
        report = make_report(self.FIGURES)

        assert (report.total.decided, report.orders) == (150, 100)

    def test_firings_on_orders_are_of_the_orders(self) -> None:
        figures = Figures(
            decisions={at(WEEKS[0]): 100, at(WEEKS[0], "patient-view"): 50},
            cards={
                Fired(at(WEEKS[0]), "b1", "live", True): 120,
                Fired(at(WEEKS[0], "patient-view"), "k1", "live", True): 10,
            },
        )
        report = make_report(figures)

        on_orders = {row.name: (row.on_orders.count, row.on_orders.total) for row in report.cards}
        assert on_orders == {"b1": (120, 100), "k1": (0, 100)}
        assert report.cards[0].fired.value == 120 / 150
        assert [(row.name, row.on_orders.value) for row in report.hooks] == [
            ("order-select", 1.2),
            ("patient-view", 0.0),
        ]

    def test_clients_roles_and_hooks_have_a_line_each(self) -> None:
        report = make_report(self.FIGURES)

        assert [(row.name, row.decided) for row in report.clients] == [("EHR", 100), ("Ward", 50)]
        assert [(row.name, row.decided) for row in report.roles] == [
            ("not told", 100),
            ("nurse", 50),
        ]
        assert [row.name for row in report.hooks] == ["order-select", "patient-view"]

    def test_one_client_or_hook_can_be_looked_at_alone(self) -> None:
        ward = make_report(self.FIGURES.of(client="Ward"))
        selected = make_report(self.FIGURES.of(hook="order-select"))

        assert (ward.total.decided, ward.cards) == (50, ())
        assert selected.total.decided == 100

    def test_overrides_are_rolled_up_and_kept_by_code(self) -> None:
        report = make_report(self.FIGURES)

        assert report.reasons == {"b1": {"expert advice": 5}}
        assert report.codes == {"b1": {"SPECIALIST": 5}}

    def test_only_cards_that_were_not_always_live_are_compared(self) -> None:
        [row] = make_report(self.FIGURES).modes

        assert (row.card, row.mode, row.fired.count, row.fired.total) == ("h1", "silent", 10, 100)

    def test_nothing_at_all_is_a_report_too(self) -> None:
        report = make_report(Figures())

        assert (report.total.decided, report.cards, report.changes) == (0, (), ())


class TestChanges:
    def test_a_steady_rate_is_not_marked(self) -> None:
        assert find_changes(weekly([14, 12, 15, 13, 14, 16, 12, 14, 13, 15, 14, 13, 18])) == ()

    @pytest.mark.parametrize("last", [40, 0])
    def test_a_storm_and_a_silence_are_marked(self, last: int) -> None:
        [change] = find_changes(weekly([14] * 12 + [last]))

        assert (change.name, change.week, change.before, change.now) == ("d2", WEEKS[-1], 14, last)

    @pytest.mark.parametrize(("last", "since"), [(14, 2), (40, 1)])
    def test_what_was_seen_on_sunday_is_still_said_on_monday(self, last: int, since: int) -> None:
        [change] = find_changes(weekly([14] * 11 + [40, last]))

        assert (change.name, change.week) == ("d2", WEEKS[-since])

    def test_a_change_two_weeks_ago_is_not_said_again(self) -> None:
        assert find_changes(weekly([14] * 10 + [40, 14, 14])) == ()

    def test_a_few_firings_more_among_few_are_not_marked(self) -> None:
        assert find_changes(weekly([1] * 12 + [4])) == ()

    def test_without_a_month_of_history_nothing_is_marked(self) -> None:
        figures = Figures(
            {at(week): 1000 for week in WEEKS[:4]},
            {Fired(at(WEEKS[3]), "d2", "live", True): 500},
        )
        assert find_changes(figures) == ()


class TestCategories:
    def test_every_reason_of_ours_has_a_category(self) -> None:
        assert {category_of(reason.code) for reason in OVERRIDE_REASONS} <= set(CATEGORIES)

    @pytest.mark.parametrize(
        ("code", "category"),
        [
            ("NEURO-ABSENT", "does not apply"),
            ("PATIENT-DECLINES-IM", "patient declines"),
            ("B12-GIVEN-ELSEWHERE", "done already"),
            ("LOCAL-PROTOCOL", "local policy"),
            ("patient-contraindication", "contra-indicated"),
            ("something-of-the-clients", "other"),
            ("", "no reason"),
        ],
    )
    def test_a_reason_has_the_category_of_what_it_says(self, code: str, category: str) -> None:
        assert category_of(code) == category


class TestAlarms:
    TODAY = dt.date(2026, 6, 2)
    YESTERDAY = TODAY - dt.timedelta(days=1)

    def alarms(self, calls: dict[Called, int], **client: int) -> list[tuple[str, str]]:
        settings = replace(demonstration(), clients=(Client("EHR", **client),))  # type: ignore[arg-type]
        found = find_alarms(Figures(calls=calls), settings, self.TODAY, known_answer=True)
        return [(alarm.kind, alarm.about) for alarm in found]

    def calls(self, yesterday: int, before: int, outcome: str = "decided") -> dict[Called, int]:
        days = [self.YESTERDAY - dt.timedelta(days=number) for number in range(1, 29)]
        counted = {Called(day.isoformat(), "EHR", "order-select", outcome): before for day in days}
        now = Called(self.YESTERDAY.isoformat(), "EHR", "order-select", outcome)
        return {**counted, now: yesterday}

    @pytest.mark.parametrize(("calls", "alarm"), [(49, True), (50, False), (51, False)])
    def test_a_client_below_its_floor_is_noticed(self, calls: int, alarm: bool) -> None:
        found = self.alarms(self.calls(calls, 100), expected_calls_per_day=50)

        assert (("calls", "EHR") in found) is alarm

    def test_calls_that_were_refused_before_they_named_their_hook_are_counted_once(self) -> None:
        """They had counted twice, so that half of the floor was enough."""
        refused = {Called(self.YESTERDAY.isoformat(), "EHR", "", "400"): 30}

        assert ("calls", "EHR") in self.alarms(refused, expected_calls_per_day=50)

    def test_a_client_that_never_called_is_noticed_where_a_floor_is_set(self) -> None:
        assert self.alarms({}, expected_calls_per_day=1) == [("calls", "EHR")]
        assert self.alarms({}) == []

    @pytest.mark.parametrize(("calls", "alarm"), [(24, True), (25, False)])
    def test_without_a_floor_a_quarter_of_the_usual_day_is_one(
        self, calls: int, alarm: bool
    ) -> None:
        assert (("calls", "EHR") in self.alarms(self.calls(calls, 100))) is alarm

    def test_refusals_that_pile_up_are_noticed_and_steady_ones_are_not(self) -> None:
        answered = self.calls(900, 990)
        storm = self.calls(100, 10, "401")
        steady = self.calls(10, 10, "412")

        assert self.alarms({**answered, **storm, **steady}) == [("refusals", "401")]

    def test_a_known_case_that_is_answered_otherwise_is_an_alarm(self) -> None:
        found = find_alarms(Figures(), demonstration(), self.TODAY, known_answer=False)

        assert [alarm.kind for alarm in found] == ["answer"]
