"""An info card overridden again and again is not shown for 90 days, for the same patient, order and
rule; louder ones always are.
"""

from __future__ import annotations

import copy
import datetime as dt
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cds_service.app import create_app
from cds_service.decision import quiet_cards
from cds_service.records.store_tables import CARDS
from cds_service.site.settings import Client, Settings
from cds_service.web.deployment import CONFIG_KEY
from cds_service.workbench.prepared import load_patients
from tests.cds_service.records.records import rows, wait_until
from tests.cds_service.signing import claims, client, sign

BASE = "https://cds.example.org"
CALL = "/cds-services/b12-order-select"


def story(name: str) -> dict[str, Any]:
    """Return the request of a prepared patient as of today."""
    request: dict[str, Any] = next(
        patient for patient in load_patients() if patient.id == name
    ).request_at(dt.datetime.now(dt.UTC).date())
    return request


class Clinician:
    """Somebody at an EHR who calls the service and dismisses what it says."""

    def __init__(self, url: str, clients: tuple[Client, ...]) -> None:
        self._url = url
        self._app = create_app(
            Settings(public_url=BASE, store_url=url, patient_key="key", clients=clients)
        )
        self._http = self._app.test_client()

    def _post(self, path: str, body: Any) -> Any:
        now = int(time.time())
        authorization = sign(claims(aud=BASE + path, iat=now, exp=now + 300))
        return self._http.post(path, json=body, headers={"Authorization": authorization}).json

    def cards(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self._post(CALL, request)["cards"]
        return shown

    def override(self, request: dict[str, Any]) -> None:
        [card] = self.cards(request)
        wait_until(lambda: any(row["uuid"] == card["uuid"] for row in rows(self._url, CARDS)))
        self._post(
            f"{CALL}/feedback", {"feedback": [{"card": card["uuid"], "outcome": "overridden"}]}
        )

    def leave(self) -> None:
        self._app.config[CONFIG_KEY].close()


@pytest.fixture
def clinician(tmp_path: Path) -> Iterator[Clinician]:
    someone = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", (client(),))
    someone._app.config[CONFIG_KEY].store.upgrade()
    yield someone
    someone.leave()


def indicators(cards: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards]


def test_after_the_second_override_it_is_not_shown(clinician: Clinician) -> None:
    request = story("03-nothing-asked")
    clinician.override(request)
    assert indicators(clinician.cards(request)) == [("b2", "info")]

    clinician.override(request)
    assert clinician.cards(request) == []


def test_it_is_shown_for_another_patient_and_for_another_order(clinician: Clinician) -> None:
    request = story("03-nothing-asked")
    for _ in range(2):
        clinician.override(request)
    other_order = copy.deepcopy(request)
    [entry] = other_order["context"]["draftOrders"]["entry"]
    entry["resource"]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] = 2

    assert clinician.cards(request) == []
    assert clinician.cards(other_order) != []
    assert clinician.cards(_renamed(request, "another-patient")) != []


def _renamed(request: dict[str, Any], patient: str) -> dict[str, Any]:
    """Return the same request about another patient."""
    text = repr(request).replace(request["context"]["patientId"], patient)
    renamed: dict[str, Any] = eval(text)
    return renamed


def test_it_is_shown_again_when_the_time_is_over(
    clinician: Clinician, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = story("03-nothing-asked")
    for _ in range(2):
        clinician.override(request)
    monkeypatch.setattr(quiet_cards, "QUIET_TIME", -dt.timedelta(hours=1))

    assert indicators(clinician.cards(request)) == [("b2", "info")]


@pytest.mark.parametrize("name", ["01-numb-feet-tablets", "05-kidneys-reduced"])
def test_a_warning_or_critical_card_is_shown_however_often_it_is_overridden(
    clinician: Clinician, name: str
) -> None:
    request = story(name)
    before = indicators(clinician.cards(request))
    for _ in range(3):
        clinician.override(request)

    assert indicators(clinician.cards(request)) == before
    assert before[0][1] in ("warning", "critical")


def test_where_nobody_is_authenticated_nobody_can_silence_a_card(tmp_path: Path) -> None:
    anybody = Clinician(f"sqlite:///{tmp_path / 'b12-cds.db'}", ())
    anybody._app.config[CONFIG_KEY].store.upgrade()
    request = story("03-nothing-asked")
    for _ in range(3):
        anybody.override(request)

    assert indicators(anybody.cards(request)) == [("b2", "info")]
    anybody.leave()
