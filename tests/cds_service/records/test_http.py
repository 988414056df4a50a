"""The whole way, in both databases: a call, its cards, the feedback on them and the report; and a
worker killed among feedback.
"""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests

from cds_service.database import CARDS, DECISIONS, FEEDBACK
from cds_service.demonstration import load_request
from cds_service.records.store import Store
from governance.figures import load_figures, make_report
from tests.cds_service.deployed import Deployed
from tests.cds_service.records.records import rows, wait_until
from tests.cds_service.signing import ISSUER, claims, sign

CALL, FEEDBACK_PATH = "/cds-services/b12-order-select", "/cds-services/b12-order-select/feedback"


def authorization(deployed: Deployed, path: str) -> str:
    now = int(time.time())
    return sign(claims(aud=deployed.base + path, iat=now, exp=now + 300))


def test_feedback_on_a_card_that_was_sent_is_in_the_report_R119_R145(
    url: str, tmp_path: Path
) -> None:
    deployed = Deployed(tmp_path, url, workers=2)
    request = load_request(dt.datetime.now(dt.UTC).date())
    with deployed.running():
        headers = {"Authorization": authorization(deployed, CALL)}
        card = requests.post(
            deployed.base + CALL, json=request, headers=headers, timeout=60
        ).json()["cards"][0]
        entry = {
            "card": card["uuid"],
            "outcome": "overridden",
            "overrideReason": {"reason": {"code": "SPECIALIST"}},
        }
        assert (
            deployed.post(
                FEEDBACK_PATH, {"feedback": [entry]}, authorization(deployed, FEEDBACK_PATH)
            )
            == 200
        )

    [decision] = rows(url, DECISIONS)
    assert (decision["client"], decision["issuer"], decision["hook_instance"]) == (
        "EHR",
        ISSUER,
        request["hookInstance"],
    )
    assert decision["patient"] == Store(url, "a key of this test").key.hash_patient(
        ISSUER, request["context"]["patientId"]
    )
    assert decision["prefetch"]["patient"] == "data"
    assert card["uuid"] in {row["uuid"] for row in rows(url, CARDS)}
    codes = make_report(load_figures(url)).codes
    assert codes == {card["source"]["topic"]["code"]: {"SPECIALIST": 1}}


def workers_of(server: int) -> list[int]:
    return [
        int(child) for child in Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ]


def test_workers_killed_among_feedback_lose_nothing_that_was_answered_R122(
    url: str, tmp_path: Path
) -> None:
    deployed = Deployed(tmp_path, url, workers=2)
    answered: list[str] = []

    def give_feedback(number: int) -> None:
        card = str(uuid.UUID(int=number))
        body: dict[str, Any] = {"feedback": [{"card": card, "outcome": "accepted"}]}
        try:
            if deployed.post(FEEDBACK_PATH, body, authorization(deployed, FEEDBACK_PATH)) == 200:
                answered.append(card)
        except requests.ConnectionError:
            pass  # the worker was killed before it answered

    with deployed.running() as server, ThreadPoolExecutor(4) as clients:
        calls = [clients.submit(give_feedback, number) for number in range(200)]
        for milestone in (20, 60):
            wait_until(
                lambda milestone=milestone: (
                    len(answered) > milestone or all(call.done() for call in calls)
                ),
                60,
            )  # type: ignore[misc]
            os.kill(workers_of(server)[0], signal.SIGKILL)
        for call in calls:
            call.result(60)

    kept = {row["card"] for row in rows(url, FEEDBACK)}
    assert len(answered) > 60
    assert set(answered) <= kept
