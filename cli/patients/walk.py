"""`b12-cds sandbox walk`: the requests of a client along the story of a test patient."""

from __future__ import annotations

import argparse
import datetime as dt
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import requests

from cds_service.cards import BY_HAND, EXTENSION
from cds_service.protocol import SHARED_ID, write_json
from cds_service.retrieval import describe_failure, plain_session
from cds_service.site import GENERIC_2_0, PROFILES, Client, client_of_profile
from cli.parsing import Refusal, authorities_of, cards_of, print_json, take_authorities
from fhir_mappings.fhir import as_dict
from synthetic import SandboxPatient, sandbox_patients
from synthetic.client_story import Step, tell_story

SECONDS = 30

WORDS = {
    "chart": "the chart is opened",
    "chosen": "the order is chosen",
    "a keystroke": "the order is typed on",
    "accepted": "the suggestion is taken",
    "by hand": "what the card says is done by hand",
    "taken too": "what is offered then is taken too",
    "opened again": "the chart is opened again",
    "refilled": "the order is refilled",
}
"""What a step is in words; signing is counted."""


def add_walk(steps: Any) -> argparse.ArgumentParser:
    """Add the command to the parser, and return its own."""
    walk: argparse.ArgumentParser = steps.add_parser(
        "walk", help="send what a client sends along the story of one"
    )
    walk.add_argument("name", metavar="NAME", help="a patient; a part of the name is enough")
    walk.add_argument("--url", default="http://127.0.0.1:8080", metavar="URL", help="the service")
    walk.add_argument(
        "--profile",
        choices=tuple(PROFILES),
        default=GENERIC_2_0,
        help="the kind of client: what it is answered, and what it takes of a suggestion",
    )
    walk.add_argument("--json", action="store_true", help="requests and answers, a line each")
    walk.add_argument("--curl", action="store_true", help="print the request for curl instead")
    take_authorities(walk)
    walk.set_defaults(run=_walk)
    return walk


def choose_patients(chosen: argparse.Namespace, rule: str = "") -> list[SandboxPatient]:
    """Return the test patients, those of one rule or card where one is named.

    Raises: Refusal when there are none.
    """
    found = sandbox_patients(chosen.as_of or dt.datetime.now(dt.UTC).date(), rule)
    if not found:
        raise Refusal(f'--rule: no test patient has the rule or card "{rule}".')
    return found


def _walk(chosen: argparse.Namespace) -> int:
    patient = _named(chosen)
    if chosen.curl:
        _print_for_curl(patient, chosen.url, client_of_profile(chosen.profile))
        return 0
    if chosen.json:
        for step in _steps(chosen, patient):
            print_json({"step": step.what, "request": step.request, "answer": step.answer})
        return 0
    print(f"{patient.story.name}: {patient.expected}")
    print(*_say_all(_steps(chosen, patient)), sep="\n")
    return 0


def _say_all(steps: Iterator[Step]) -> Iterator[str]:
    """Yield the steps in words; one that sends what the one before it sent is no news."""
    before: dict[str, Any] = {}
    for step in steps:
        sent = {key: part for key, part in step.request.items() if key != "hookInstance"}
        if sent != before:
            yield from _say(step)
        before = sent


def _named(chosen: argparse.Namespace) -> SandboxPatient:
    wanted = chosen.name.lower()
    found = [one for one in choose_patients(chosen) if wanted in one.story.name.lower()]
    if len(found) != 1:
        said = "no" if not found else f"{len(found)}"
        raise Refusal(f'NAME: {said} test patients are called "{chosen.name}"; expected one.')
    return found[0]


def _steps(chosen: argparse.Namespace, patient: SandboxPatient) -> Iterator[Step]:
    """Yield the steps of the story: the chart is opened, and what is ordered is followed to its
    refill.
    """
    day = chosen.as_of or dt.datetime.now(dt.UTC).date()
    client = client_of_profile(chosen.profile)
    with plain_session(authorities_of(chosen)) as session:

        def post(request: dict[str, Any]) -> dict[str, Any]:
            return _post(session, chosen.url, client, request)

        opened = {**patient.request("patient-view"), "hookInstance": str(uuid.uuid4())}
        yield Step("chart", opened, post(opened))
        if patient.drafts:
            yield from tell_story(patient, client, day, post)


def _post(
    session: requests.Session, url: str, client: Client, request: dict[str, Any]
) -> dict[str, Any]:
    """Return an answer. Raises: Refusal when none comes, or another than 200."""
    target = f"{url.rstrip('/')}/cds-services/{quote(service_of(request['hook'], client))}"
    headers = {"Content-Type": "application/json"}
    sent = write_json(as_client(request, client))
    try:
        response = session.post(
            target, data=sent, headers=headers, timeout=SECONDS, allow_redirects=False
        )
    except requests.RequestException as error:
        raise Refusal(f"{url} does not answer ({describe_failure(error)}); is it served?") from None
    if response.status_code != 200 or cards_of(response) is None:
        raise Refusal(f"{target}: found status {response.status_code}, expected cards.")
    answered: dict[str, Any] = response.json()
    return answered


def _say(step: Step) -> Iterator[str]:
    words = WORDS.get(step.what) or f"signed: {', '.join(_orders_of(step.request))}"
    yield f"\n{words} ({step.request['hook']}): 200"
    for card in step.answer["cards"]:
        yield f"  {card['indicator'].upper()} {card['summary']}"
        yield from (f"    [ ] {one.get('label', '')}" for one in card.get("suggestions", ()))
        to_do = str(card.get("detail", "")).partition(f"{BY_HAND}\n")[2].partition("\n\n")[0]
        yield from (f"    by hand: {line[2:]}" for line in to_do.splitlines())
    if not step.answer["cards"]:
        told = as_dict(as_dict(step.answer.get("extension")).get(EXTENSION))
        yield f"  no card: {told['why']}" if told.get("why") else "  no card"


def _orders_of(request: dict[str, Any]) -> Iterator[str]:
    """Yield what each draft order names, and its dose in words where it has one."""
    for entry in request["context"]["draftOrders"]["entry"]:
        order = entry["resource"]
        concept = order.get("medicationCodeableConcept", order.get("code", {}))
        [line, *_] = order.get("dosageInstruction") or [{}]
        named, dosed = concept.get("text", ""), line.get("text", "")
        if named and dosed.startswith(named.split()[0]):  # ours say the medicine with the dose
            named = ""
        yield ", ".join(filter(None, (named, dosed))) or "an order"


def service_of(hook: str, client: Client) -> str:
    """Return the id under which a client calls a hook."""
    return SHARED_ID if client.shared_id else f"b12-{hook}"


def as_client(request: dict[str, Any], client: Client) -> dict[str, Any]:
    """Return the request as one that says what kind of client it comes from, which a service in the
    demonstration profile answers accordingly.
    """
    return {**request, "extension": {EXTENSION: {"profile": client.profile}}}


def _print_for_curl(patient: SandboxPatient, url: str, client: Client) -> None:
    request = as_client(patient.request(), client)
    target = f"{url.rstrip('/')}/cds-services/{service_of(request['hook'], client)}"
    body = json.dumps(request)
    print(f"curl -s {target} -H 'Content-Type: application/json' -d @- <<'JSON'\n{body}\nJSON")
