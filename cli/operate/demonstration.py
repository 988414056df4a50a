"""`./run demo`: start the service with the demonstration profile, send it one order-select request,
print the cards as a person would read them, and keep serving.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import requests

from cds_service.decision import say_card_in_words
from cds_service.demonstration import load_request
from cds_service.retrieval import plain_session
from cds_service.site import demonstration
from cli.operate.serve import check_port
from cli.parsing import Refusal, port_number

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.5
WIDTH = 110

LOG = Path("b12-cds-demo.log")
"""What the server says while it runs: one line a call."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status of the server."""
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument(
        "--port", type=port_number, default=8080, metavar="N", help="default: %(default)s"
    )
    port = parser.parse_args(arguments).port
    try:
        check_port(HOST, port)
    except Refusal as refusal:
        print(f"./run demo: {refusal} Another one: ./run demo --port 8081", file=sys.stderr)
        return 2
    try:
        log = LOG.open("wb")
    except OSError as error:
        why = f"{LOG}: {error.strerror}; its log and its database are written into this folder."
        print(f"./run demo: {why}", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", "cli.main", "serve", "--port", str(port)]
    with (
        log,
        subprocess.Popen(command, start_new_session=True, stdout=log, stderr=log) as server,
    ):
        return _serve(server, f"http://{HOST}:{port}")


def _serve(server: subprocess.Popen[bytes], base: str) -> int:
    """Show the demonstration, and see to it that no server is left behind whatever ends us."""
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    gone = threading.Event()  # whoever read our output went away
    threading.Thread(target=_end_with_reader, args=(server, gone), daemon=True).start()
    try:
        if _wait_until_ready(server, base):
            show_demonstration(base)
        elif not gone.is_set():
            print(f"The server did not start:\n{LOG.read_text('utf-8')}", file=sys.stderr)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115  until the end
        return 0
    finally:
        server.terminate()
        with contextlib.suppress(KeyboardInterrupt):
            server.wait()


def _end_with_reader(server: subprocess.Popen[bytes], gone: threading.Event) -> None:
    """End the server when nobody reads our output any more: a closed pipe reports an error."""
    import select

    watched = select.poll()
    watched.register(sys.stdout.fileno(), select.POLLERR)
    while server.poll() is None:
        if any(event & select.POLLERR for _, event in watched.poll(LOOK_SECONDS * 1000)):
            gone.set()
            server.terminate()
            return
        time.sleep(LOOK_SECONDS)


def show_demonstration(base: str) -> None:
    """Send the request and print question, answer and where to go."""
    request = load_request(demonstration().today(dt.datetime.now(dt.UTC)))
    url = f"{base}/cds-services/b12-order-select"
    answer = plain_session().post(url, json=request, timeout=PATIENCE_SECONDS)
    answer.raise_for_status()
    draft = request["context"]["draftOrders"]["entry"][0]["resource"]
    print(f"\nA clinician selects: {draft['medicationCodeableConcept']['text']}, once daily.")
    took = answer.elapsed.total_seconds() * 1000
    print(f"The service answers in {took:.0f} ms:\n")
    for card in answer.json()["cards"]:
        print("\n".join(lines_of(card)))
    print(f"Workbench:  {base}/workbench/")
    print(f"Discovery:  {base}/cds-services")
    print(f"Guidance:   {base}/guidance")
    print(f"Log:        {LOG}")
    print("Ready. Ctrl-C ends it.", flush=True)


def lines_of(card: dict[str, Any]) -> Iterator[str]:
    """Yield a card as a person reads it, then the dosage of each draft order it would create."""
    yield say_card_in_words(card, colour=sys.stdout.isatty())
    dosages = [
        dosage.get("text", "")
        for suggestion in card.get("suggestions", ())
        for action in suggestion.get("actions", ())
        for dosage in action.get("resource", {}).get("dosageInstruction", ())
    ]
    if dosages:
        yield "    The draft orders say:"
    for dosage in dosages:
        yield textwrap.fill(dosage, WIDTH, initial_indent="      - ", subsequent_indent="        ")
    yield ""


def _wait_until_ready(server: subprocess.Popen[bytes], base: str) -> bool:
    """Return whether the server answers; not when it ended."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    session = plain_session()  # a proxy of the network knows nothing of this machine's loopback
    print("Starting the service ...", flush=True)
    while time.monotonic() < deadline and server.poll() is None:
        try:
            return session.get(f"{base}/health/ready", timeout=2).status_code == 200
        except (requests.ConnectionError, requests.Timeout):  # not there yet, or busy starting
            time.sleep(0.1)
    return False


if __name__ == "__main__":
    raise SystemExit(main())
