"""Start the service with the demonstration profile, send it one order-select request, print the
cards, and keep serving.

`./run demo` runs it.
"""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import requests

from cds_service.demonstration import load_request
from cds_service.web import utc_today

BASE = "http://127.0.0.1:8080"
PATIENCE_SECONDS = 60


def main() -> int:
    """Return the exit status of the server."""
    server = subprocess.Popen([sys.executable, "-m", "cli.main", "serve", *sys.argv[1:]])
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        if not _wait_until_ready(server):
            return server.wait()
        show_demonstration()
        return server.wait()
    except KeyboardInterrupt:
        with contextlib.suppress(KeyboardInterrupt):
            server.wait()
        return 0


def show_demonstration() -> None:
    """Send the request and print question and answer."""
    request = load_request(utc_today())
    answer = requests.post(f"{BASE}/cds-services/b12-order-select", json=request, timeout=10)
    answer.raise_for_status()
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    print(f"\nThe clinician selects: {draft['medicationCodeableConcept']['text']}, once daily.")
    print(
        f"POST {BASE}/cds-services/b12-order-select answers {answer.status_code} in "
        f"{answer.elapsed.total_seconds() * 1000:.0f} ms:\n"
    )
    for card in answer.json()["cards"]:
        print("\n".join(lines_of(card)))
    print(f"Discovery:  {BASE}/cds-services")
    print(f"Workbench:  {BASE}/workbench/")
    print(f"Guidance:   {BASE}/guidance")
    print("Serving until Ctrl-C.", flush=True)


def lines_of(card: dict[str, Any]) -> Iterator[str]:
    """Yield a card as text: summary, detail, and each suggestion with its draft orders."""
    yield f"[{card['indicator'].upper()}] {card['summary']}"
    yield from (f"  {line}" for line in card.get("detail", "").splitlines())
    for suggestion in card.get("suggestions", ()):
        yield f"  -> {suggestion['label']}"
        for action in suggestion.get("actions", ()):
            yield f"     {action['type']}: {action['description']}"
            for dosage in action.get("resource", {}).get("dosageInstruction", ()):
                yield f"       dosage: {dosage.get('text', '')}"
    yield ""


def _wait_until_ready(server: subprocess.Popen[bytes]) -> bool:
    """Return whether the server answers; not when it ended, or something else holds the port."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return requests.get(f"{BASE}/health/ready", timeout=2).status_code == 200
        except requests.ConnectionError:
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
