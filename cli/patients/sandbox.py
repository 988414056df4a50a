"""`b12-cds sandbox`: patients to test with, their way onto a test server, and a client's story."""

from __future__ import annotations

import argparse
import ipaddress
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3 import Retry

from cds_service.protocol import write_json
from cds_service.retrieval import describe_failure, plain_session
from cds_service.site import is_web_url, shown_url
from cli.parsing import (
    Refusal,
    authorities_of,
    counted,
    day,
    is_web_page,
    print_json,
    take_authorities,
    take_token,
)
from cli.patients.walk import add_walk, choose_patients
from synthetic import SandboxPatient, sandbox_bundle

SECONDS = 30

NO_TRANSACTIONS = (400, 404, 405, 501)
"""How a server answers that knows no transactions; each resource is put alone then."""


def add_sandbox(commands: Any) -> None:
    command = commands.add_parser("sandbox", help="test patients with the answers that must come")
    steps = command.add_subparsers(dest="step", required=True, metavar="STEP")
    patients = steps.add_parser("patients", help="list them, or write them as one Bundle")
    patients.add_argument(
        "--rule", default="", metavar="N1", help="of this rule or card only (default: all)"
    )
    patients.add_argument("--bundle", type=Path, metavar="OUT.json", help="write a transaction")
    patients.add_argument("--json", action="store_true", help="with the request of each")
    patients.set_defaults(run=_list)
    load = steps.add_parser("load", help="put them on a test server")
    load.add_argument("base", metavar="FHIR_BASE", help="the base address of the server")
    load.add_argument(
        "--rule", default="", metavar="N1", help="of this rule or card only (default: all)"
    )
    take_token(load)
    load.add_argument("--json", action="store_true", help="what became of each patient, as JSON")
    load.add_argument("--yes", action="store_true", help="do not ask, whatever the server")
    take_authorities(load)
    load.set_defaults(run=_load)
    walk = add_walk(steps)
    for step in (patients, load, walk):
        step.add_argument(
            "--as-of", type=day, metavar="DATE", help="the day it is true for (default: today)"
        )


def _list(chosen: argparse.Namespace) -> int:
    patients = choose_patients(chosen, chosen.rule)
    if chosen.bundle:
        chosen.bundle.write_bytes(write_json(sandbox_bundle(patients)) + b"\n")
        print(f"{len(patients)} patients in {chosen.bundle}", file=sys.stderr)
    if chosen.json:
        print_json([patient.as_json() for patient in patients])
    elif not chosen.bundle:
        for patient in patients:
            cards = ", ".join(patient.story.cards) or "-"
            print(f"{patient.story.name:14}{patient.story.rule:10}{cards:6}{patient.story.what}")
    return 0


def _load(chosen: argparse.Namespace) -> int:
    if not is_web_url(chosen.base):
        raise Refusal(
            f'FHIR_BASE: found "{shown_url(chosen.base)}", expected an http or https URL.'
        )
    patients = choose_patients(chosen, chosen.rule)
    host = urlsplit(chosen.base).hostname or ""
    if not chosen.yes and not is_this_machine(host) and not _agreed(len(patients), host):
        print("nothing was sent", file=sys.stderr)
        return 1
    retries = Retry(2, allowed_methods={"PUT"})
    with plain_session(authorities_of(chosen), retries) as session:
        session.headers["Content-Type"] = "application/fhir+json"
        if chosen.token:
            session.headers["Authorization"] = f"Bearer {chosen.token}"
        answered = {
            patient.story.name: _put(session, chosen.base, patient)
            for patient in counted(patients, "patients", len(patients))
        }
    failed = {name: _status(answer) for name, answer in answered.items() if not _is_taken(answer)}
    if chosen.json:
        names = [patient.story.name for patient in patients]
        print_json([{"name": name, "loaded": name not in failed} for name in names])
        return 1 if failed else 0
    print(f"{len(patients) - len(failed)} of {len(patients)} patients are on {host}")
    _say_failed(failed, len(patients), chosen.base)
    return 1 if failed else 0


def _is_taken(answer: requests.Response) -> bool:
    """Return whether a FHIR server took something: a redirect or a page for people takes nothing,
    as of a login that stands before it.
    """
    return 200 <= answer.status_code < 300 and not is_web_page(answer)


def _status(answer: requests.Response) -> str:
    return f"{answer.status_code}{' with a web page' if is_web_page(answer) else ''}"


def _say_failed(failed: Mapping[str, str], asked: int, base: str) -> None:
    """Print who was not taken, with the status of the answer; once where it is so of everybody."""
    statuses = set(failed.values())
    if len(failed) == asked and len(statuses) == 1:
        print(f"each was answered {statuses.pop()}; b12-cds check-server {base} says what is there")
        return
    for name, status in failed.items():
        print(f"not taken by the server, which answered {status}: {name}")


def is_this_machine(host: str) -> bool:
    """Return whether a host is this machine by name or address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _agreed(count: int, host: str, ask: Callable[[str], str] = input) -> bool:
    """Ask before anything is sent to another machine; without a terminal the answer is no."""
    if not sys.stdin.isatty():
        print(f"{host} is not this machine; with --yes it is written to", file=sys.stderr)
        return False
    answer = ask(f"Write {count} made-up patients to {host}, which is not this machine? [y/N] ")
    return answer.strip().lower() in ("y", "yes")


def _put(session: requests.Session, base: str, patient: SandboxPatient) -> requests.Response:
    """Put one patient there: in one transaction, or, where the server knows none, one by one.
    Return the answer that says whether the server took all of it.
    """
    root = base.rstrip("/")
    try:
        try:
            bundle = write_json(sandbox_bundle([patient]))
            answer = session.post(root, data=bundle, timeout=SECONDS, allow_redirects=False)
            if answer.status_code not in NO_TRANSACTIONS:
                return answer
        except requests.ConnectionError:
            pass  # some close the connection on what they do not know, without reading it
        for resource in patient.resources:
            answer = _put_one(session, root, resource)
            if not _is_taken(answer):
                break
        return answer
    except requests.RequestException as error:
        raise Refusal(f"{base} cannot be written to: {describe_failure(error)}.") from None


def _put_one(session: requests.Session, root: str, resource: dict[str, Any]) -> requests.Response:
    url = f"{root}/{resource['resourceType']}/{resource['id']}"
    return session.put(url, data=write_json(resource), timeout=SECONDS, allow_redirects=False)
