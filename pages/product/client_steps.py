"""docs/generated/client-steps.md: each client profile from the choice of an order to its refill."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from cds_service.decision import decide_request
from cds_service.site import PROFILES, Client, client_of_profile, demonstration
from fhir_mappings.terminology import load_value_sets
from synthetic import SandboxPatient, sandbox_patients
from synthetic.client_story import Step, tell_story

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "client-steps.md"

DAY = dt.date(2026, 6, 1)

PEOPLE = ("Fred Oakes", "Bea Frost", "Gail Ortiz", "Tina Berg")

HEAD = """# What each client does with an answer

A wrong order is chosen, the hook fires on every keystroke, the suggestion is taken as far as the
client takes it, what it leaves undone is done by hand as the card says, what is offered then is
taken too, each order is signed alone while the other waits as a draft, the chart is opened again,
and the last order is refilled. A cell has the cards and their severity. The same stories run over
HTTP, with tokens, in `tests/synthetic/test_client_story.py`, which says why a card stays. Written
by `./run pages`.

A card after "accepted" means that the form has lost something: the card says what to enter, and
does not offer the same order again. The form of `sandbox` takes the name alone and goes on saying
one pill a day, and it stores nothing: each order is signed as if it were the only one, and its
chart says again what is due.
"""


def render() -> str:
    """Return the page."""
    people = {one.story.name: one for one in sandbox_patients(DAY)}
    return HEAD + "".join(_section(people[name]) for name in PEOPLE)


def _section(patient: SandboxPatient) -> str:
    stories = {profile: _tell(patient, client_of_profile(profile)) for profile in PROFILES}
    steps = [one.what for one in max(stories.values(), key=len) if one.what != "a keystroke"]
    head = f"\n## {patient.story.name}: {patient.story.what}\n\n"
    rows = [["profile", *steps], ["---"] * (len(steps) + 1)]
    for profile, told in stories.items():
        said = {one.what: _said(one) for one in told}
        rows.append([f"`{profile}`", *(said.get(step, "") for step in steps)])
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _tell(patient: SandboxPatient, client: Client) -> list[Step]:
    value_sets = load_value_sets(None)

    def post(request: dict[str, Any]) -> dict[str, Any]:
        decision = decide_request(request, demonstration(), value_sets, DAY, client)
        return {"cards": list(decision.cards)}

    return list(tell_story(patient, client, DAY, post))


def _said(one: Step) -> str:
    cards = one.answer["cards"]
    return (
        ", ".join(f"{card['source']['topic']['code']} {card['indicator']}" for card in cards) or "–"
    )
