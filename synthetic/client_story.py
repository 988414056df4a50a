"""What a client of each kind does with an answer: what it takes of a suggestion into its form, what
it keeps of that, and what it sends next, until the order is refilled.

Source: docs/client-profiles.md; `ignores` and `stores_accepted` of a client; decisions Q56, Q65.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from cds_service.site import GENERIC_2_0, Client
from fhir_mappings.terminology import RXNORM
from synthetic.sandbox import SandboxPatient
from synthetic.vocabulary import UCUM

Resource = dict[str, Any]
Post = Callable[[Resource], Resource]
"""Sends a hook request and returns the answer."""

DOSE = ("dosageInstruction", "dispenseRequest", "courseOfTherapyType")
"""What a form without the dose lacks of an order."""

SANDBOX_FORM: Resource = {
    "dosageInstruction": [
        {
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": 1, "system": UCUM, "code": "{pill}"}}],
        }
    ],
    "dispenseRequest": {
        "expectedSupplyDuration": {"value": 30, "unit": "days", "system": UCUM, "code": "d"}
    },
}
"""What the form of the reference sandbox says of any order until somebody changes it."""

KEYSTROKES = 3
"""How often an order screen asks while the order is typed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of a story: what the person did, and what was answered."""

    what: str
    request: Resource
    answer: Resource

    @property
    def cards(self) -> tuple[str, ...]:
        """The ids of the cards."""
        return tuple(card["source"]["topic"]["code"] for card in self.answer["cards"])


def tell_story(patient: SandboxPatient, client: Client, day: dt.date, post: Post) -> Iterator[Step]:
    """Yield the calls of a client from the choice of an order to its refill: the suggestion is
    taken, what the client leaves undone is done by hand, what is offered then is taken too, each
    order is signed alone.
    """
    first = _call(post, "chosen", patient.request("order-select"))
    yield first
    for _ in range(KEYSTROKES - 1):
        yield _call(post, "a keystroke", patient.request("order-select"))
    taken = accept(choose(first.answer), patient.drafts, client)
    yield _call(post, "accepted", patient.request("order-select", tuple(taken)))
    drafts = finish_by_hand(first.answer, patient.drafts, client)
    followed = _call(post, "by hand", patient.request("order-select", tuple(drafts)))
    yield followed
    if choose(followed.answer):  # what a client could not take at once is offered now
        drafts = finish_by_hand(followed.answer, drafts, client)
        yield _call(post, "taken too", patient.request("order-select", tuple(drafts)))
    for number in range(len(drafts)):
        chart, draft = _about_to_sign(patient, drafts, number, client, day)
        yield _call(post, f"signed {number + 1}", chart.request("order-sign", (draft,)))
    orders = _signed(drafts, day) if client.stores_accepted else ()
    chart = replace(patient, resources=(*patient.resources, *orders))
    yield _call(post, "opened again", chart.request("patient-view"))
    if drafts:
        yield _call(post, "refilled", refill_of(chart, drafts[-1]))


def _call(post: Post, what: str, request: Resource) -> Step:
    sent = {**request, "hookInstance": str(uuid.uuid4())}
    return Step(what, sent, post(sent))


def _about_to_sign(
    patient: SandboxPatient, drafts: Sequence[Resource], number: int, client: Client, day: dt.date
) -> tuple[SandboxPatient, Resource]:
    """Return the chart and the one draft that is about to be signed: those before it are on record,
    the others wait there, where the client stores them.
    """
    if not client.stores_accepted:
        return patient, drafts[number]
    waiting = [stored(one, day) for one in drafts[number:]]
    before = _signed(drafts[:number], day)
    return replace(patient, resources=(*patient.resources, *before, *waiting)), waiting[0]


def choose(answer: Resource) -> list[Resource]:
    """Return the suggestions of the first card that a person takes: each, where any may be taken
    together, else the first.
    """
    for card in answer["cards"]:
        suggestions: list[Resource] = card.get("suggestions", [])
        if suggestions:
            return suggestions if card.get("selectionBehavior") == "any" else suggestions[:1]
    return []


def accept(
    suggestions: Sequence[Resource], drafts: Sequence[Resource], client: Client
) -> list[Resource]:
    """Return the drafts after a client took suggestions: what it ignores is not done."""
    if client.profile == "sandbox":
        return _into_the_form(suggestions[:1], drafts)
    taken = list(drafts)
    for suggestion in suggestions:
        actions = suggestion.get("actions", [])
        for action in actions[:1] if "second-action" in client.ignores else actions:
            taken = _do(action, taken, client)
    return taken


def _into_the_form(suggestions: Sequence[Resource], drafts: Sequence[Resource]) -> list[Resource]:
    """Return the one order of the reference sandbox: its form takes the text and the first code of
    the first medicine that is created or updated, and keeps its own dose.
    """
    for action in (action for one in suggestions for action in one.get("actions", [])):
        concept = action.get("resource", {}).get("medicationCodeableConcept", {})
        if concept.get("text") and concept.get("coding"):
            code = concept["coding"][0]["code"]
            name = {"text": concept["text"], "coding": [{"system": RXNORM, "code": code}]}
            return [{**drafts[0], **SANDBOX_FORM, "medicationCodeableConcept": name}]
    return list(drafts)


def _do(action: Resource, drafts: list[Resource], client: Client) -> list[Resource]:
    if action["type"] == "delete":
        gone = "" if "delete" in client.ignores else _deleted(action)
        return [one for one in drafts if f"{one['resourceType']}/{one['id']}" != gone]
    resource = action["resource"]
    if "dose" in client.ignores:
        resource = {name: value for name, value in resource.items() if name not in DOSE}
    if action["type"] == "update":
        return [resource if one["id"] == resource["id"] else one for one in drafts]
    return [*drafts, {**resource, "id": _new_id(drafts)}]


def _new_id(drafts: Sequence[Resource]) -> str:
    taken = {one["id"] for one in drafts}
    return next(name for name in map("taken-{}".format, range(1, 99)) if name not in taken)


def _deleted(action: Resource) -> str:
    """Return what a delete names; CDS Hooks 1.0 has it as text in `resource`, 2.0 may list it."""
    named = action.get("resourceId", action.get("resource", ""))
    return str(named[0] if isinstance(named, list) else named)


def finish_by_hand(answer: Resource, drafts: Sequence[Resource], client: Client) -> list[Resource]:
    """Return the drafts after a person did what the card says and the client did not: the doses
    entered, the orders removed that are replaced.
    """
    faithful = msgspec.structs.replace(client, ignores=(), profile=GENERIC_2_0)
    whole = accept(choose(answer), drafts, faithful)
    to_do = "\n".join(card.get("detail", "") for card in answer["cards"])
    ours = [one["id"] for one in drafts]
    return [
        _entered(one, _lines_about(one, drafts, to_do)) if one["id"] in ours else one
        for one in whole
        if one["id"] not in ours or f"Remove the draft order: {_name(one)}" not in to_do
    ]


def _in_words(order: Resource) -> str:
    """Return an order as the card names it where there are several."""
    [line, *_] = order.get("dosageInstruction") or [{}]
    return ", ".join(filter(None, (_name(order), line.get("text"))))


def _lines_about(order: Resource, drafts: Sequence[Resource], to_do: str) -> str:
    """Return what is to be done to an order that is there: where there are several, the lines that
    name it.
    """
    if len(drafts) == 1:
        return to_do
    [asked] = [one for one in drafts if one["id"] == order["id"]]
    named = f"- {_in_words(asked)}: "
    lines = (line for line in to_do.replace("\\", "").splitlines() if line.startswith(named))
    return "\n".join(f"- {line.removeprefix(named)}" for line in lines)


def _entered(order: Resource, to_do: str) -> Resource:
    """Return the order that is there as a person writes it anew, in words, where the card says
    which dose to enter, or with what is to be added to it, the site or start that it names.
    """
    [line, *more] = order.get("dosageInstruction") or [{}]
    doses = re.findall(r"- Enter in the order that is there: (.*)", to_do)
    if len(doses) == 1:
        order = {name: value for name, value in order.items() if name not in DOSE}
        line, more = {"text": doses[0]}, []
    for added in re.findall(r"- Add to the order: (.*)", to_do):
        line = {**line, "additionalInstruction": [{"text": added}]}
    for site in re.findall(r"- Change the injection site to: (.*)", to_do):
        line = {**line, "site": {"text": site}}
    for day in re.findall(r"- Let the order start on (.*)", to_do):
        line = _starting(line, dt.datetime.strptime(f"{day} Z", "%d %b %Y %z").date())
    return {**order, "dosageInstruction": [line, *more]} if line else order


def _starting(line: Resource, day: dt.date) -> Resource:
    """Return a dosage line with its start as a form with a date field writes it."""
    timing = line.get("timing", {})
    repeat = {**timing.get("repeat", {}), "boundsPeriod": {"start": day.isoformat()}}
    return {**line, "timing": {**timing, "repeat": repeat}}


def _name(order: Resource) -> str:
    return str(order.get("medicationCodeableConcept", {}).get("text"))


def stored(draft: Resource, day: dt.date) -> Resource:
    """Return a draft as a client keeps it that stores what is accepted."""
    return {**draft, "id": f"stored-{draft['id']}", "authoredOn": day.isoformat()}


def _signed(drafts: Sequence[Resource], day: dt.date) -> tuple[Resource, ...]:
    """Return the orders on record that signing makes of drafts."""
    return tuple({**stored(one, day), "status": "active", "intent": "order"} for one in drafts)


def refill_of(patient: SandboxPatient, order: Resource) -> Resource:
    """Return the request of a refill of an order."""
    request = patient.request("patient-view")
    entry = {"resource": {**order, "status": "draft"}}
    bundle = {"resourceType": "Bundle", "entry": [entry]}
    context = {**request["context"], "medications": bundle}
    return {**request, "hook": "medication-refill", "context": context}
