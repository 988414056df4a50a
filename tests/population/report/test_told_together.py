"""What several tables tell together to one who knows the rules: no small count follows."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from population.report.change_tables import change_tables
from population.report.counts import Counts, count_decisions
from population.report.page import build_page
from population.report.small_counts import HIDDEN, SMALL, hidden_rows
from population.report.tables import build_tables
from tests.population.report.test_report import row


def told(counts: Counts, name: str, title: str) -> dict[Any, Any]:
    """Return the cells of one column of a table by those of its first."""
    table = next(table for table in build_tables(counts, False) if table.name == name)
    place = table.head.index(title)
    return {cells[0]: cells[place] for cells in table.rows}


def counted(rules: dict[str, int], cards: dict[tuple[str, str], int], **more: Any) -> Counts:
    by_card: Counter[str] = Counter()
    for (_, card), count in cards.items():
        by_card[card] += count
    loud = Counter({(card, "warning"): count for card, count in by_card.items()})
    return Counts(
        decisions=sum(rules.values()),
        patients=sum(rules.values()),
        rules=Counter(rules),
        cards=by_card,
        rule_cards=Counter(cards),
        loud_cards=loud,
        indicators=Counter(warning=by_card.total()),
        **more,
    )


def test_how_many_patients_got_two_cards_does_not_follow_from_the_number_of_cards() -> None:
    """131 with one card and 135 cards among 192 patients: two with two cards."""
    people = [row(f"p{n}") | {"cards": [], "indicators": []} for n in range(59)]
    people += [row(f"q{n}", "b4") for n in range(131)]
    people += [row(f"r{n}", "b4") for n in (1, 1, 2, 2)]

    assert told(count_decisions(people), "repeats", "Patients") == {"0": 59, "1 or more": 133}


@pytest.mark.parametrize(
    ("patients", "shown"),
    [
        ({0: 50, 1: 30, 2: 8, 9: 6}, {"0": 50, "1": 30, "2": 8, "5 or more": 6}),
        ({0: 50, 1: 30, 2: 3, 3: 7}, {"0": 50, "1": 30, "2 or more": 10}),
        ({0: 50, 1: 30, 2: 5, 3: 1}, {"0": 50, "1 or more": 36}),
        ({0: 50, 1: 30, 2: 1}, {"0": "hidden", "1 or more": "hidden"}),
        ({0: 3, 1: 40}, {"0": SMALL, "1 or more": "hidden"}),
        ({0: 50, 1: 30}, {"0": 50, "1": 30}),
    ],
)
def test_patients_are_told_apart_by_their_cards_as_far_as_no_single_one_follows(
    patients: dict[int, int], shown: dict[str, Any]
) -> None:
    counts = Counts(cards_of_patients=Counter(patients))
    assert told(counts, "repeats", "Patients") == shown


def test_a_rule_that_always_asks_does_not_follow_from_what_waited() -> None:
    """Of 27 that lack a level, 23 are of E2, all of which lack the diagnosis: 4 are of B1."""
    waits = {
        ("holotranscobalamin", "none-recorded", rule): n for rule, n in (("B1", 4), ("E2", 23))
    }
    waits["deficiency_diagnosis", "none-recorded", "E2"] = 23
    rules = {"B1": 4, "E2": 23, "T3": 40, "T6": 70, "M2": 50}
    counts = counted(rules, {("M2", "b4"): 50}, waits_for=Counter(waits))

    assert told(counts, "rules", "Decisions")["B1"] == SMALL
    assert "27" not in str(told(counts, "help", "Decisions"))


def test_one_reason_of_a_fact_does_not_follow_from_its_rule() -> None:
    waits = {("neurological_screen", "none-recorded", "U1"): 17}
    waits["neurological_screen", "not-certain", "U1"] = 3
    counts = counted({"U1": 20, "E2": 90}, {("U1", "k1"): 20}, waits_for=Counter(waits))

    assert 17 not in told(counts, "help", "Decisions").values()


def test_a_silent_rule_does_not_follow_from_the_cards_of_the_others() -> None:
    """The one small rule without a card is hidden with one of those without a card."""
    cards = {("M2", "b4"): 50, ("T1", "c1"): 6}
    counts = counted({"M2": 50, "T1": 6, "deceased": 1, "E1": 40, "E2": 900}, cards)
    rules = told(counts, "rules", "Decisions")

    assert [name for name, shown in rules.items() if isinstance(shown, str)] >= ["E1", "deceased"]
    assert rules["E2"] == 900


def test_a_card_does_not_follow_from_the_rules_that_always_give_it() -> None:
    cards = {("M2", "b4"): 50, ("T1", "c1"): 12, ("T2", "c2"): 3, ("T5", "c2"): 8}
    counts = counted({"M2": 50, "T1": 12, "T2": 3, "T5": 30, "E2": 90}, cards)
    rules, shown = told(counts, "rules", "Decisions"), told(counts, "cards", "Cards")

    assert rules["T2"] == SMALL
    assert not (isinstance(shown["c1"], str) and rules["T1"] == 12)


def test_a_small_rule_does_not_follow_from_the_adults_at_the_head() -> None:
    """Of 400 charts 7 are not of adults, G1, and 390 are E2: 3 would be U1."""
    counts = counted({"E2": 390, "G1": 7, "U1": 3}, {("U1", "k1"): 3}, adults=393)
    rules = told(counts, "rules", "Decisions")

    assert rules == {"E2": HIDDEN, "G1": HIDDEN, "U1": SMALL}


RUN = {
    "mode": "replay",
    "asOf": "2026-11-26",
    "slice": "s",
    "policy": "",
    "sliced": {"bytes": 1, "files": 1, "errors": 0, "missing": {}, "found": {}},
}


def at_the_head(show_small: bool = False, **counts: Any) -> str:
    page = build_page(Counts(**counts), RUN, [], [], [], show_small)
    return page[page.index('<table class="kpi">') :].partition("</table>")[0]


@pytest.mark.parametrize(
    ("decisions", "spoken", "said"),
    [
        (10, 8, ">&lt;5<"),
        (10, 7, ">&lt;5<"),
        (40, 35, ">12.5 %<"),
        (40, 5, ">87.5 %<"),
        (40, 4, ">nearly all<"),
        (40, 0, ">100.0 %<"),
        (40, 40, ">0.0 %<"),
    ],
)
def test_no_small_part_follows_from_the_share_of_the_silent(
    decisions: int, spoken: int, said: str
) -> None:
    head = at_the_head(decisions=decisions, patients=decisions, adults=decisions, spoken=spoken)

    assert said in head[head.index('data-l="Silent"') :]


def test_few_people_orders_and_prescribers_are_not_counted_at_the_head() -> None:
    few: dict[str, Any] = {
        "decisions": 4,
        "patients": 3,
        "adults": 3,
        "orders": 4,
        "spoken": 4,
        "prescriber_weeks": Counter({("a", "w"): 2, ("b", "w"): 9}),
    }

    head = at_the_head(**few)
    assert "of &lt;5 decisions" in head
    assert "of &lt;5 patients; &lt;5 orders" in head
    assert "fewer than 5 order" in head
    whole = at_the_head(True, **few)
    assert "of 3 patients; 4 orders" in whole
    assert "median of 2 prescribers" in whole


def test_how_many_stay_with_their_rule_does_not_follow_from_those_that_change() -> None:
    """Of 9 decisions of U1 7 change: 2 stay. Of 40 of M2 6 change."""

    def moved(count: int, rule: str) -> list[dict[str, Any]]:
        rules = {"rule_before": rule, "rule_after": "N1"}
        cards = {"cards_before": ["k1"], "cards_after": ["b1"]}
        offers = {"offers_before": [], "offers_after": []}
        return [rules | cards | offers | {"facts": ["egfr"], "settings": []}] * count

    changes = [*moved(7, "U1"), *moved(6, "M2")]
    counts = Counts(rules=Counter({"U1": 9, "M2": 40}))
    moves, _ = change_tables(changes, counts, False)

    assert moves.rows == (("U1 (k1)", "N1 (b1)", HIDDEN), ("M2 (k1)", "N1 (b1)", 6))
    shown, _ = change_tables(changes, counts, True)
    assert [count for _, _, count in shown.rows] == [7, 6]


def test_a_rule_that_covers_a_small_one_does_not_follow_from_those_that_change() -> None:
    """All seven of M8 change: beside their sum of 11 it told the four of M7."""
    rules = {"E2": 900, "M1": 50, "M2": 40, "M7": 4, "M8": 7}
    counts = counted(rules, {("M8", "d1"): 7, ("M1", "k1"): 50})
    assert told(counts, "rules", "Decisions")["M8"] == HIDDEN

    def moved(rule: str, card: str) -> dict[str, Any]:
        cards = {"cards_before": [card], "cards_after": [card]}
        cards |= {"offers_before": [], "offers_after": []}
        return cards | {"rule_before": rule, "rule_after": "M5", "facts": [], "settings": ["x"]}

    changes = [moved("M8", "d1")] * 7 + [moved("M1", "k1")] * 20

    for show_small, eight in ((False, HIDDEN), (True, 7)):
        moves, _ = change_tables(changes, counts, show_small)
        assert ("M8 (d1)", "M5 (d1)", eight) in moves.rows
        assert ("M1 (k1)", "M5 (k1)", 20) in moves.rows


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ({"a": 4, "b": 4, "c": 9, "d": 30}, "abc"),  # 8 of two from 1 to 4: 4 each
        ({"a": 4, "b": 3, "c": 9, "d": 30}, "ab"),
        ({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 6}, "abcdef"),  # 5 of five: 1 each
        ({"a": 1, "b": 5, "c": 9, "d": 30}, "abc"),  # 6 of one from 1 to 4 and one of 5 or more
        ({"a": 1, "b": 6, "c": 9, "d": 30}, "ab"),
        ({"a": 4, "b": 4}, "ab"),  # there is nothing else to hide them with
        ({"a": 5, "b": 9}, ""),
    ],
)
def test_no_small_count_follows_from_a_sum_and_from_what_stands_for_those_hidden(
    counts: dict[str, int], hidden: str
) -> None:
    """Who reads "<5" twice and knows that both come to 8 knows both."""
    assert hidden_rows(counts, False) == set(hidden)


@pytest.mark.parametrize("seed", range(40))
def test_every_small_count_stands_hidden_and_the_tables_come_to_an_end(seed: int) -> None:
    chance = Random(seed)
    names = ["M1", "M2", "M4", "T1", "T2", "T6", "B1", "E3", "P1", "P3", "G2", "E1", "E2", "U1"]
    rules = {name: chance.choice([1, 3, 5, 7, 30, 200]) for name in names}
    cards: dict[tuple[str, str], int] = {}
    for name, count in rules.items():
        if chance.random() < 0.7:
            part = chance.choice([1.0, 1.0, 0.5])
            cards[name, chance.choice(["b1", "b2", "c1", "d1"])] = max(1, int(part * count))
    counts = counted(rules, cards)
    shown = told(counts, "rules", "Decisions")

    assert all(isinstance(shown[name], str) for name, count in rules.items() if count < 5)
