"""An answer of an earlier version, decided again with that version where it is installed beside."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Mapping
from typing import Any

from governance.decisions.replay import Difference, Replayed, cards_in_words

LONGEST_SECONDS = 60


class CannotAsk(Exception):
    """The other version did not answer; the text says so without repeating the request."""


def replay_beside(recorded: Mapping[str, Any], request: str, program: str, config: str) -> Replayed:
    """Return how a recorded answer compares with what another installed version makes of the
    request: its rule and its cards with their indicators, in their order.

    Args:
        request: the file of the hook request.
        program: the `b12-cds` of the other version.
        config: the site file, empty for none.
    Raises: CannotAsk.
    """
    day: str = recorded["as_of"] or recorded["received_at"].date().isoformat()
    answer = _explain(program, request, config, day)
    cards = [
        (card["source"]["topic"]["code"], card["indicator"]) for card in answer.get("cards", ())
    ]
    now = {"cards": cards_in_words(cards), "rule": answer.get("decision", {}).get("rule", "")}
    before = {"cards": cards_in_words(recorded["cards"]), "rule": recorded["rule"]}
    differences = tuple(
        Difference(what, before[what], value)
        for what, value in now.items()
        if before[what] and before[what] != value
    )
    return Replayed(recorded["id"], not differences, differences)


def _explain(program: str, request: str, config: str, day: str) -> dict[str, Any]:
    """Ask the other version; one that knows no dates is asked only about today."""
    command = [program, "explain", request, "--json", *(["--config", config] if config else [])]
    status, output = _run([*command, "--as-of", day])
    if status == 2 and day == dt.datetime.now(dt.UTC).strftime("%Y-%m-%d"):
        status, output = _run(command)
    if status:
        raise CannotAsk(f"the other version does not explain this request as of {day}")
    try:
        answer = json.loads(output)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise CannotAsk("what was run does not explain requests as b12-cds does")
    return answer


def _run(command: list[str]) -> tuple[int, bytes]:
    try:
        done = subprocess.run(command, capture_output=True, timeout=LONGEST_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        raise CannotAsk("the other version cannot be run") from None
    return done.returncode, done.stdout
