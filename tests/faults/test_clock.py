"""The clock of the machine jumps: tokens are judged by the time it shows, deadlines are not, no
record is deleted by it, and all is well when it is right again.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from benchmarks.scenarios.bodies import AS_OF, make_bodies
from benchmarks.served.servers import PATH
from cds_service.app import create_app
from cds_service.database import DECISIONS, REPLAY
from cds_service.records.retention import Clock
from cds_service.records.store import Store
from cds_service.site import demonstration
from cds_service.web.deployment import CONFIG_KEY
from tests.cds_service.records.records import card, decision, rows, wait_until
from tests.cds_service.signing import NOW, claims, client, sign

ORDER = make_bodies(20)[0]
BASE = "https://cds.example.org"
HOUR = 3600


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[FlaskClient]:
    """The service for one registered client."""
    settings = replace(
        demonstration(BASE), store_url=f"sqlite:///{tmp_path}/b12.db", clients=(client(),)
    )
    app = create_app(settings, today=lambda: AS_OF)
    yield app.test_client()
    app.config[CONFIG_KEY].close()


def call(caller: FlaskClient, monkeypatch: pytest.MonkeyPatch, clock: float, issued: float) -> int:
    """Return the status of a call with a fresh token, while the clock of the service shows this
    time.
    """
    monkeypatch.setattr(time, "time", lambda: clock)
    token = sign(claims(aud=BASE + PATH, iat=int(issued), exp=int(issued) + 300))
    return caller.post(
        PATH, data=ORDER, content_type="application/json", headers={"Authorization": token}
    ).status_code


@pytest.mark.parametrize("jump", [HOUR, 24 * HOUR, -HOUR, -24 * HOUR, -NOW])
def test_a_clock_that_jumps_refuses_tokens_and_takes_them_when_it_is_right_again_R130(
    caller: FlaskClient, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    before = call(caller, monkeypatch, NOW, issued=NOW)
    meanwhile = [call(caller, monkeypatch, NOW + jump, issued=NOW) for _ in range(3)]
    after = call(caller, monkeypatch, NOW, issued=NOW)

    assert (before, meanwhile, after) == (200, [401, 401, 401], 200)


@pytest.mark.parametrize("jump", [59, -59])
def test_a_clock_within_the_leeway_changes_nothing_R130(
    caller: FlaskClient, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    assert call(caller, monkeypatch, NOW + jump, issued=NOW) == 200


@pytest.mark.parametrize(
    ("jump", "goes_on", "is_kept"),
    [
        ({"days": 800}, {}, True),
        ({"days": 800}, {"days": 800}, False),
        ({"days": 400}, {"days": 399.5}, False),
        ({"hours": -12}, {}, True),
    ],
    ids=["set two years ahead", "two years pass", "half a day is within its days", "set back"],
)
def test_a_clock_that_was_set_forward_deletes_no_record_R145(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    jump: dict[str, float],
    goes_on: dict[str, float],
    is_kept: bool,
) -> None:
    url = f"sqlite:///{tmp_path}/b12.db"
    store = Store(url, "a key of this test", retention_days=365)
    store.upgrade()  # a token that the database does not take in time is kept in memory alone
    began = Clock.now()
    store.record_decision(decision(card(), received_at=began.shown))
    store.remember_token("iss", "jti", began.shown.timestamp() + 60)
    wait_until(lambda: len(rows(url, DECISIONS)) == 1)
    shown = Clock(
        began.shown + dt.timedelta(**jump),
        began.steady + dt.timedelta(**goes_on).total_seconds(),
    )
    monkeypatch.setattr(Clock, "now", lambda: shown)

    store.tidy()
    store.close()

    assert bool(rows(url, DECISIONS)) is bool(rows(url, REPLAY)) is is_kept


@pytest.mark.parametrize(
    ("newest", "hours", "is_kept"),
    [(800, 0.1, True), (90, 23.9, True), (89, 0.1, False), (800, 24, False)],
    ids=[
        "two years on at the start",
        "three months on",
        "after less than three months",
        "a day later",
    ],
)
def test_a_clock_that_may_be_wrong_at_the_start_deletes_no_record_for_a_day_R145(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    newest: int,
    hours: float,
    is_kept: bool,
) -> None:
    """What comes meanwhile carries the wrong date and proves nothing."""
    url = f"sqlite:///{tmp_path}/b12.db"
    real = Clock.now()
    start = Clock(real.shown + dt.timedelta(days=1000), real.steady)
    monkeypatch.setattr(Clock, "now", lambda: start)
    store = Store(url, "a key of this test", retention_days=365)
    store.upgrade()
    ages = [980, newest] if newest < 980 else [newest]
    for days in ages:
        made = start.shown - dt.timedelta(days=days)
        store.record_decision(decision(card(), received_at=made))
    store.record_decision(decision(card(), received_at=start.shown + dt.timedelta(minutes=1)))
    wait_until(lambda: len(rows(url, DECISIONS)) == len(ages) + 1)
    passed = dt.timedelta(hours=hours)
    later = Clock(start.shown + passed, start.steady + passed.total_seconds())
    monkeypatch.setattr(Clock, "now", lambda: later)

    store.tidy()
    store.close()

    left = len(rows(url, DECISIONS))
    assert (left == len(ages) + 1) is is_kept


@pytest.mark.parametrize(("hours", "is_kept"), [(1, True), (23, True), (25, False)])
def test_a_second_start_with_a_wrong_clock_deletes_no_record_either_R145(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, is_kept: bool
) -> None:
    """What came since the first one carries the wrong date and made the second look right."""
    url = f"sqlite:///{tmp_path}/b12.db"
    real = Clock.now()
    wrong = real.shown + dt.timedelta(days=1000)
    now = Clock(wrong + dt.timedelta(hours=hours), real.steady)
    monkeypatch.setattr(Clock, "now", lambda: now)
    store = Store(url, "a key of this test", retention_days=365)
    store.upgrade()
    for made in (real.shown, wrong):
        store.record_decision(decision(card(), received_at=made))
    wait_until(lambda: len(rows(url, DECISIONS)) == 2)

    store.tidy()
    store.close()

    assert (len(rows(url, DECISIONS)) == 2) is is_kept
