"""`b12-cds sandbox`: patients to test with, their way onto a test server, and a client's story."""

from __future__ import annotations

import argparse
import datetime as dt
import ipaddress
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests

from cds_service.protocol import write_json
from cds_service.site import is_web_url
from cli.parsing import Refusal, day, print_json
from synthetic import SandboxPatient, sandbox_bundle, sandbox_patients

SECONDS = 30


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
    load.add_argument("--token", default="", metavar="T", help="bearer token")
    load.add_argument("--yes", action="store_true", help="do not ask, whatever the server")
    load.set_defaults(run=_load)
    walk = steps.add_parser("walk", help="send what a client sends along the story of one")
    walk.add_argument("name", metavar="NAME", help="a patient; a part of the name is enough")
    walk.add_argument("--url", default="http://127.0.0.1:8080", metavar="URL", help="the service")
    walk.add_argument("--curl", action="store_true", help="print the requests for curl instead")
    walk.set_defaults(run=_walk)
    for step in (patients, load, walk):
        step.add_argument(
            "--as-of", type=day, metavar="DATE", help="the day it is true for (default: today)"
        )


def _chosen(chosen: argparse.Namespace, rule: str = "") -> list[SandboxPatient]:
    found = sandbox_patients(chosen.as_of or dt.datetime.now(dt.UTC).date(), rule)
    if not found:
        raise Refusal(f'--rule: no test patient has the rule or card "{rule}".')
    return found


def _list(chosen: argparse.Namespace) -> int:
    patients = _chosen(chosen, chosen.rule)
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
        raise Refusal(f'FHIR_BASE: found "{chosen.base}", expected an http or https URL.')
    patients = _chosen(chosen, chosen.rule)
    host = urlsplit(chosen.base).hostname or ""
    if not chosen.yes and not is_this_machine(host) and not _agreed(len(patients), host):
        print("nothing was sent", file=sys.stderr)
        return 1
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Content-Type"] = "application/fhir+json"
        if chosen.token:
            session.headers["Authorization"] = f"Bearer {chosen.token}"
        failed = [
            patient.story.name for patient in patients if not _put(session, chosen.base, patient)
        ]
    print(f"{len(patients) - len(failed)} of {len(patients)} patients are on {host}")
    for name in failed:
        print(f"not taken by the server: {name}")
    return 1 if failed else 0


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


def _put(session: requests.Session, base: str, patient: SandboxPatient) -> bool:
    bundle = write_json(sandbox_bundle([patient]))
    try:
        return session.post(base.rstrip("/"), data=bundle, timeout=SECONDS).ok
    except requests.RequestException as error:
        raise Refusal(f"{base} cannot be written to: {type(error).__name__}.") from None


def _walk(chosen: argparse.Namespace) -> int:
    patient = _named(chosen)
    if chosen.curl:
        _print_for_curl(patient, chosen.url)
        return 0
    print(f"{patient.story.name}: {patient.expected}")
    with requests.Session() as session:
        session.trust_env = False
        answer = _step(session, chosen.url, "the chart is opened", patient.request("patient-view"))
        if patient.drafts:
            _step(session, chosen.url, "the order is chosen", patient.request("order-select"))
            signed = patient.request("order-sign")
            answer = _step(session, chosen.url, "the order is signed", signed)
            drafts = accept(answer, list(patient.drafts))
            if drafts != list(patient.drafts):
                again = patient.request("order-sign", tuple(drafts))
                _step(session, chosen.url, "the suggestion is taken and signed", again)
    return 0


def _named(chosen: argparse.Namespace) -> SandboxPatient:
    wanted = chosen.name.lower()
    found = [patient for patient in _chosen(chosen) if wanted in patient.story.name.lower()]
    if len(found) != 1:
        said = "no" if not found else f"{len(found)}"
        raise Refusal(f'NAME: {said} test patients are called "{chosen.name}"; expected one.')
    return found[0]


def _step(session: requests.Session, url: str, what: str, request: dict[str, Any]) -> Any:
    target = f"{url.rstrip('/')}/cds-services/{quote(service_of(request['hook']))}"
    try:
        response = session.post(
            target,
            data=write_json(request),
            headers={"Content-Type": "application/json"},
            timeout=SECONDS,
        )
    except requests.RequestException as error:
        raise Refusal(f"{url} does not answer ({type(error).__name__}); is it served?") from None
    print(f"\n{what} ({request['hook']}): {response.status_code}")
    answer = response.json() if response.ok else {"cards": []}
    for card in answer["cards"]:
        print(f"  {card['indicator'].upper()} {card['summary']}")
        for suggestion in card.get("suggestions", ()):
            print(f"    [ ] {suggestion['label']}")
    if response.ok and not answer["cards"]:
        print("  no card")
    return answer


def service_of(hook: str) -> str:
    """Return the id of our service of a hook."""
    return f"b12-{hook}"


def accept(answer: Any, drafts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the drafts after the first suggestion of the first card was taken."""
    suggestions = [one for card in answer["cards"] for one in card.get("suggestions", ())]
    for action in suggestions[0].get("actions", ()) if suggestions else ():
        resource = action.get("resource")
        named = action.get("resourceId")
        named = named[0] if isinstance(named, list) and named else named
        if action["type"] == "delete":
            drafts = [one for one in drafts if str(named).rpartition("/")[2] != one["id"]]
        elif resource is not None:
            drafts = [one for one in drafts if one["id"] != resource.get("id")]
            drafts.append({"id": f"taken-{len(drafts)}", **resource})
    return drafts


def _print_for_curl(patient: SandboxPatient, url: str) -> None:
    request = patient.request()
    target = f"{url.rstrip('/')}/cds-services/{service_of(request['hook'])}"
    body = json.dumps(request)
    print(f"curl -s {target} -H 'Content-Type: application/json' -d @- <<'JSON'\n{body}\nJSON")
