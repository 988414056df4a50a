"""A steady load with faults: `python -m benchmarks.served.soak [MINUTES] [CALLS_A_SECOND]`.

Meanwhile the FHIR server of the EHR turns slow, dead, lying and endless in turn, the database is
locked for five seconds of every minute, and every tenth minute a worker is killed. Each kind of
call has the answers that the protocol calls for; any other is an error, and so is feedback that was
acknowledged but is not in the database. Only a call to a worker that is killed meanwhile may get no
answer. Memory is printed every minute.
"""

from __future__ import annotations

import itertools
import json
import os
import signal
import sqlite3
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jwt
import orjson
import requests

from benchmarks.scenarios.bodies import make_request, make_unrelated
from benchmarks.served.load import Running, memory_of, processes_of, serving
from benchmarks.served.servers import ISSUER, PATH, read_private_key
from tests.cds_service.misbehaving_fhir import (
    FhirServer,
    answer_drop_by_drop,
    answer_endlessly,
    answer_never,
    answer_with,
    bundle,
    fhir_server,
)

WORKERS = 2
CALLERS = 8
LOCKED_SECONDS = 5
FHIR_SECONDS = 10
FHIR_MOODS = {
    "well": answer_with(bundle()),
    "never answers": answer_never,
    "fails": answer_with({"resourceType": "OperationOutcome"}, 500),
    "lies": answer_with(b'{"resourceType": "Bundle", "entry": 7, "entry": [}'),
    "drips": answer_drop_by_drop,
    "never ends": answer_endlessly,
}
LEFT = {
    "card": "",
    "outcome": "overridden",
    "overrideReason": {"reason": {"code": "patient-declined"}},
}


@dataclass(slots=True)
class Soak:
    """The server under load, and what was seen so far: answers by kind of call, feedback
    acknowledged, milliseconds of answers.
    """

    server: Running
    folder: Path
    fhir: FhirServer
    until: float
    seen: Counter[tuple[str, int]] = field(default_factory=Counter)
    acknowledged: set[str] = field(default_factory=set)
    latencies_ms: list[float] = field(default_factory=list)
    killed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def token(self, path: str, **claims: Any) -> str:
        now = int(time.time())
        usual = {
            "iss": ISSUER,
            "aud": f"http://127.0.0.1:{self.server.port}{path}",
            "iat": now,
            "exp": now + 300,
            "jti": str(uuid.uuid4()),
        }
        return "Bearer " + jwt.encode(
            {**usual, **claims}, read_private_key(self.folder), "ES384", {"kid": "bench"}
        )


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of call: its path, its body, the claims that its token has besides the usual, and
    the answers that are right.
    """

    name: str
    path: str
    body: Callable[[Soak], bytes]
    right: frozenset[int]
    claims: Callable[[], dict[str, Any]] = dict


def _without_labs(soak: Soak) -> bytes:
    request = make_request(20)
    del request["prefetch"]["labs"]
    return orjson.dumps(request | {"fhirServer": soak.fhir.base})


def _feedback(_: Soak) -> bytes:
    return orjson.dumps(
        {
            "feedback": [
                LEFT | {"card": str(uuid.uuid4()), "outcomeTimestamp": "2026-06-01T10:00:00Z"}
            ]
        }
    )


OURS, UNRELATED = orjson.dumps(make_request(20)), orjson.dumps(make_unrelated(make_request(20)))
BUSY = 503
KINDS = (
    Kind("order of ours", PATH, lambda _: OURS, frozenset({200, BUSY})),
    Kind("unrelated order", PATH, lambda _: UNRELATED, frozenset({200, BUSY})),
    Kind(
        "order of ours, results from the FHIR server", PATH, _without_labs, frozenset({200, BUSY})
    ),
    Kind("feedback", f"{PATH}/feedback", _feedback, frozenset({200, BUSY})),
    Kind("not JSON", PATH, lambda _: OURS[:-1], frozenset({400, BUSY})),
    Kind(
        "expired token",
        PATH,
        lambda _: OURS,
        frozenset({401, BUSY}),
        lambda: {"exp": int(time.time()) - 200},
    ),
)


def call_steadily(soak: Soak, number: int, per_second: float) -> None:
    """Send one call after the other at a steady pace, the kinds in turn, until the time is over."""
    session = requests.Session()
    for turn in itertools.count():
        began = time.monotonic()
        if began >= soak.until:
            return
        kind = KINDS[(turn + number) % len(KINDS)]
        body = kind.body(soak)
        headers = {
            "Content-Type": "application/json",
            "Authorization": soak.token(kind.path, **kind.claims()),
        }
        sent = time.monotonic()
        try:
            status = session.post(
                f"http://127.0.0.1:{soak.server.port}{kind.path}",
                data=body,
                headers=headers,
                timeout=30,
            ).status_code
        except requests.RequestException:
            status, session = 0, requests.Session()
        with soak.lock:
            soak.seen[kind.name, status] += 1
            soak.latencies_ms.append((time.monotonic() - sent) * 1000)
            if status == 200 and kind.name == "feedback":
                soak.acknowledged.add(json.loads(body)["feedback"][0]["card"])
        time.sleep(max(0.0, 1 / per_second - (time.monotonic() - began)))


def make_faults(soak: Soak) -> None:
    """Change the FHIR server's mood, lock the database and kill workers, each at its time; print
    the memory of each minute.
    """
    moods = itertools.cycle(FHIR_MOODS.values())
    for second in itertools.count():
        if time.monotonic() >= soak.until:
            return
        if second % FHIR_SECONDS == 0:
            soak.fhir.answers["default"] = next(moods)
        if second % 60 == 20:
            threading.Thread(target=_hold_the_database, args=(soak.folder,)).start()
        if second % 600 == 100:
            os.kill(processes_of(soak.server.pid)[1], signal.SIGKILL)
            soak.killed += 1
        if second % 60 == 59:
            resident, own = memory_of(soak.server.pid)
            print(
                f"minute {second // 60 + 1:3}: {sum(soak.seen.values()):7} calls, worker "
                f"{resident:5.0f} MB, of it its own {own:4.0f}",
                flush=True,
            )
        time.sleep(1)


def _hold_the_database(folder: Path) -> None:
    with sqlite3.connect(folder / "tokens.db", timeout=30, isolation_level=None) as database:
        database.execute("BEGIN EXCLUSIVE")
        time.sleep(LOCKED_SECONDS)
        database.execute("ROLLBACK")


def report(soak: Soak) -> bool:
    """Print what was seen; return whether every answer was right."""
    right = {kind.name: kind.right for kind in KINDS}
    wrong = unanswered = 0
    for (name, status), count in sorted(soak.seen.items()):
        unanswered += count if status == 0 else 0
        wrong += count if status and status not in right[name] else 0
        print(f"{name:46}{status or 'no answer':>10}{count:>9}")
    latencies = sorted(soak.latencies_ms)
    shares = ", ".join(
        f"p{share:g} {latencies[int(len(latencies) * share / 100)]:.1f} ms"
        for share in (50, 95, 99, 99.9)
    )
    with sqlite3.connect(soak.folder / "tokens.db", timeout=30) as database:
        stored = {card for (card,) in database.execute("select card from feedback")}
    lost = len(soak.acknowledged - stored)
    print(
        f"{len(latencies)} calls: {shares}, longest {latencies[-1]:.0f} ms; workers killed: "
        f"{soak.killed}; without an answer: {unanswered}"
    )
    print(
        f"answers that the protocol does not call for: {wrong}; feedback acknowledged: "
        f"{len(soak.acknowledged)}, of it lost: {lost}"
    )
    return wrong == 0 and lost == 0 and unanswered <= soak.killed * CALLERS


def main() -> int:
    """Return 0 when every answer was right and nothing acknowledged was lost."""
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else 10
    per_second = float(sys.argv[2]) if len(sys.argv) > 2 else 40
    with tempfile.TemporaryDirectory(prefix="b12-cds-soak-") as made, fhir_server() as fhir:
        folder = Path(made)
        with serving("tokens", folder, WORKERS) as server:
            soak = Soak(server, folder, fhir, time.monotonic() + minutes * 60)
            threads = [
                threading.Thread(target=call_steadily, args=(soak, number, per_second / CALLERS))
                for number in range(CALLERS)
            ]
            threads.append(threading.Thread(target=make_faults, args=(soak,)))
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            time.sleep(LOCKED_SECONDS + 1)
        return 0 if report(soak) else 1


if __name__ == "__main__":
    raise SystemExit(main())
