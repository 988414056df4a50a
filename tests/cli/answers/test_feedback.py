"""The report on feedback: counts of what was shown, and intervals that can be checked by hand."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pytest

from cds_service.records.records import FeedbackEntry
from cds_service.records.store import Store
from cli.main import main
from governance.figures import wilson
from tests.cds_service.records.records import card, decision, overridden

NOW = dt.datetime.now(dt.UTC)
LAST_MONTH = NOW - dt.timedelta(weeks=5)

WILSON = [
    (0, 10, 0.0, 0.2775),
    (1, 10, 0.0179, 0.4042),
    (5, 10, 0.2366, 0.7634),
    (10, 10, 0.7225, 1.0),
    (81, 263, 0.2553, 0.3662),
]
"""The last row is Newcombe's (1998) worked example, 81 of 263; the others follow from the
formula.
"""


@pytest.mark.parametrize(("count", "total", "low", "high"), WILSON)
def test_the_interval_is_wilsons(count: int, total: int, low: float, high: float) -> None:
    share = wilson(count, total)

    assert (round(share.low, 4), round(share.high, 4)) == (low, high)


def test_of_nothing_shown_nothing_is_known() -> None:
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    path = tmp_path / "site.toml"
    path.write_text(f'[store]\nurl = "sqlite:///{tmp_path}/b12.db"\n')
    return path


@pytest.fixture
def used(site: Path, tmp_path: Path) -> Path:
    """A site after some use: card b2 shown ten times today, h1 once, five weeks ago."""
    url = f"sqlite:///{tmp_path}/b12.db"
    store = Store(url, "key")
    store.record_decision(
        decision(*(card(uuid=f"b2-{number}") for number in range(10)), received_at=NOW)
    )
    store.record_decision(decision(card(uuid="h1-0", card="h1"), received_at=LAST_MONTH))
    store.record_decision(decision(card(card="b10", shown=False), received_at=NOW))
    store.close()
    entries = [
        *(FeedbackEntry(f"b2-{number}", "accepted") for number in range(3)),
        overridden("b2-3", "NEURO-ABSENT"),
        overridden("b2-4", "NEURO-ABSENT"),
        overridden("b2-5", "SPECIALIST"),
        overridden("b2-6", ""),
        FeedbackEntry("nobody-knows-it", "accepted"),
        FeedbackEntry("nobody-knows-it", "accepted"),
    ]
    say(url, entries)
    return site


def say(url: str, entries: list[FeedbackEntry], client: str = "Main EHR") -> None:
    store = Store(url, "key")
    store.record_feedback(entries, "b12-order-select", client, NOW)
    store.close()


def report(capfd: pytest.CaptureFixture[str], site: Path, *arguments: str) -> str:
    capfd.readouterr()
    assert main(["feedback", "report", "--config", str(site), *arguments]) == 0
    return capfd.readouterr().out


def test_the_text_says_counts_shares_and_intervals_R119(
    used: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lines = report(capfd, used).splitlines()

    assert lines[0].split() == ["card", "shown", "accepted", "overridden", "reasons"]
    assert lines[1] == (
        "b2         10  3 = 30 % (11 % to 60 %)       4 = 40 % (17 % to 69 %)       "
        "NEURO-ABSENT 2, SPECIALIST 1, no reason 1"
    )
    assert lines[2] == "h1          1  0 = 0 % (0 % to 79 %)         0 = 0 % (0 % to 79 %)"
    assert lines[-1] == "Feedback on cards that are not in the record: 1"
    assert not [line for line in lines if line.startswith("b10")]
    assert "  card   decided  on orders  per 1,000 orders" in lines
    assert "  b10          1          1  333.3 (4.4 to 1854.6)" in lines


def test_the_json_says_the_same(used: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found = json.loads(report(capfd, used, "--json"))

    assert found["cards"][1] == {
        "card": "h1",
        "shown": 1,
        "accepted": {"count": 0, "low": 0.0, "high": 0.7935},
        "overridden": {"count": 0, "low": 0.0, "high": 0.7935},
    }
    assert found["unknownCards"] == 1
    assert found["report"]["total"]["decided"] == 3


@pytest.mark.parametrize(("weeks", "cards"), [("1", ["b2"]), ("5", ["b2"]), ("6", ["b2", "h1"])])
def test_a_period_is_of_whole_weeks(
    used: Path, capfd: pytest.CaptureFixture[str], weeks: str, cards: list[str]
) -> None:
    found = json.loads(report(capfd, used, "--json", "--weeks", weeks))

    assert [row["card"] for row in found["cards"]] == cards


def test_a_card_reported_again_counts_once_with_its_last_word_R119(
    used: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"sqlite:///{tmp_path}/b12.db"
    say(url, [FeedbackEntry("b2-3", "accepted"), FeedbackEntry("b2-0", "accepted")])
    say(url, [overridden("b2-0"), overridden("b2-1")], client="another client")
    b2 = json.loads(report(capfd, used, "--json"))["cards"][0]

    assert (b2["accepted"]["count"], b2["overridden"]["count"]) == (4, 3)
    assert b2["reasons"]["NEURO-ABSENT"] == 1


def test_what_another_client_says_of_a_card_is_not_exported_in_place_of_its_own(
    used: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    say(f"sqlite:///{tmp_path}/b12.db", [overridden("b2-0")], client="another client")
    capfd.readouterr()
    assert main(["feedback", "export", "--config", str(used)]) == 0
    rows = [json.loads(line) for line in capfd.readouterr().out.splitlines()]

    assert Counter(row["action"] for row in rows) == {
        "accepted": 3,
        "overridden": 4,
        "no answer": 4,
    }


def test_cards_stand_in_the_order_of_their_numbers(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(f"sqlite:///{tmp_path}/b12.db", "key")
    store.record_decision(decision(*(card(card=name) for name in ("b10", "h1", "b2", "a1"))))
    store.close()

    found = json.loads(report(capfd, site, "--json"))
    assert [row["card"] for row in found["cards"]] == ["a1", "b2", "b10", "h1"]


def test_nothing_shown_is_said_in_words(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(f"sqlite:///{tmp_path}/b12.db", "key")
    store.upgrade()
    store.close()

    assert report(capfd, site) == "No cards were sent in this period.\n"


def test_a_store_that_is_not_there_is_said_in_words_and_not_made(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main(["feedback", "report", "--config", str(site)]) == 2
    assert f"no database file yet, {tmp_path}/b12.db;" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == [site]


@pytest.mark.parametrize("form", ["csv", "ndjson"])
def test_an_export_of_nothing_that_can_be_read_has_no_head(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], form: str
) -> None:
    (tmp_path / "b12.db").touch()

    assert main(["feedback", "export", "--format", form, "--config", str(site)]) == 2
    assert capfd.readouterr().out == ""


def test_an_export_of_a_record_without_cards_is_its_head_alone(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    store = Store(f"sqlite:///{tmp_path}/b12.db", "key")
    store.upgrade()
    store.close()

    assert main(["feedback", "export", "--format", "csv", "--config", str(site)]) == 0
    assert capfd.readouterr().out == "intervention,action,feedback,user,date,place\r\n"


def test_a_database_without_our_tables_is_said_in_words(
    site: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "b12.db").touch()

    assert main(["feedback", "report", "--config", str(site)]) == 2
    err = capfd.readouterr().err
    assert "the store cannot be read: the file " in err
    assert "lacks tables that are expected" in err


def test_a_silent_start_tells_how_often_each_card_was_decided(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It said that no cards were sent, and nothing of those it withheld."""
    store = Store(f"sqlite:///{tmp_path}/b12.db", "key")
    for _ in range(3):
        store.record_decision(decision(card(card="b10", shown=False), received_at=NOW))
    store.close()

    assert main(["feedback", "report", "--config", str(site)]) == 0

    first, *rest = capsys.readouterr().out.splitlines()
    assert first == "No cards were sent in this period."
    assert [line.split()[:2] for line in rest if "b10" in line] == [["b10", "3"]]
