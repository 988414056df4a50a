"""After acceptance: each client profile from the choice of an order to its refill, over HTTP with
its token, as that client takes, stores and signs what is suggested.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient

from cds_service.site import Client, Settings
from cds_service.site.client_profiles import PROFILES, RXNORM_AS_OID
from fhir_mappings.terminology import RXNORM
from synthetic import SandboxPatient, sandbox_patients
from synthetic.client_story import (
    KEYSTROKES,
    Resource,
    Step,
    accept,
    choose,
    finish_by_hand,
    stored,
    tell_story,
)
from synthetic.vocabulary import UCUM
from tests.cds_service.conftest import AS_OF, running, settings  # noqa: F401  a fixture
from tests.cds_service.signing import client as registered
from tests.cds_service.signing import sign

BASE = "https://cds.example.org"
PEOPLE = ("Fred Oakes", "Bea Frost", "Opal Hunt", "Di Walsh", "Tina Berg", "Will Grant")
"""People of whom a wrong order is chosen and a card offers the right one."""

LOUD = ("warning", "critical")


def ignores(profile: str) -> set[str]:
    return set(PROFILES[profile].get("ignores", ()))


def who_ignores(what: str) -> list[str]:
    return [profile for profile in PROFILES if what in ignores(profile)]


def client_of(profile: str) -> Client:
    keys = {key: value for key, value in PROFILES[profile].items() if key != "algorithms"}
    return msgspec.structs.replace(registered(), profile=profile, **keys)


def post_as(client: Client, http: FlaskClient) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return what sends a request as this client does: to its id, with a token of its own."""

    def post(request: dict[str, Any]) -> dict[str, Any]:
        path = f"/cds-services/{'b12' if client.shared_id else 'b12-' + request['hook']}"
        now = int(time.time())
        claims = {"iss": client.iss, "aud": BASE + path, "iat": now, "exp": now + 300}
        token = sign({**claims, "jti": str(uuid.uuid4())})
        answer = http.post(path, json=request, headers={"Authorization": token})
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.get_json()
        return body

    return post


@pytest.fixture(scope="module")
def people() -> dict[str, SandboxPatient]:
    return {one.story.name: one for one in sandbox_patients(AS_OF)}


@pytest.fixture(scope="module", params=PROFILES)
def told(
    request: pytest.FixtureRequest,
    settings: Settings,  # noqa: F811
    people: dict[str, SandboxPatient],
) -> Iterator[tuple[Client, dict[str, list[Step]]]]:
    """Return a client and the stories of all people as it tells them."""
    client = client_of(request.param)
    with running(replace(settings, clients=(client,), public_url=BASE)) as http:
        post = post_as(client, http)
        yield client, {name: list(tell_story(people[name], client, AS_OF, post)) for name in PEOPLE}


Told = tuple[Client, dict[str, list[Step]]]


def step(steps: list[Step], what: str) -> Step:
    return next(one for one in steps if one.what == what)


FOLLOWS = "b5"
"""A client that takes one action of each suggestion is offered the loading course alone; that
maintenance must follow is said when it is signed, and offered there (Q65).
"""


def takes_one_action(client: Client) -> bool:
    return client.replace_strategy == "split" or "second-action" in client.ignores


def loud(one: Step, client: Client | None = None) -> list[str]:
    follows = client is not None and takes_one_action(client)
    return [
        card["summary"]
        for card in one.answer["cards"]
        if card["indicator"] in LOUD
        and not (follows and card["source"]["topic"]["code"] == FOLLOWS)
    ]


def meaning(one: Step) -> list[tuple[Any, ...]]:
    """Return what stays of each card when a hook is fired again."""
    return [
        (
            card["summary"],
            card["detail"],
            card["indicator"],
            card["source"]["topic"]["code"],
            card["extension"]["org.b12-cds"]["draftDigest"],
            [suggestion["label"] for suggestion in card.get("suggestions", [])],
        )
        for card in one.answer["cards"]
    ]


def test_a_hook_fired_on_every_keystroke_means_the_same_each_time(told: Told) -> None:
    for name, steps in told[1].items():
        again = steps[:KEYSTROKES]
        assert len(again) == KEYSTROKES
        assert meaning(again[0]), name
        assert all(meaning(one) == meaning(again[0]) for one in again), name
        uuids = {card["uuid"] for one in again for card in one.answer["cards"]}
        assert len(uuids) == sum(len(one.cards) for one in again)


def test_nothing_loud_is_left_once_the_advice_is_followed(told: Told) -> None:
    client, stories = told
    for name, steps in stories.items():
        assert loud(step(steps, "by hand"), client) == [], name


TABLETS = ("Tina Berg", "Will Grant")
"""People to whom tablets are given; the others get a loading course and maintenance."""

UNTAKEN = ("b23",)
"""Tablets that were ordered today have no dose on record; a refill asks, quietly, about missed
doses (I27).
"""


def what_stays(client: Client, name: str, what: str) -> tuple[str, ...]:
    """Return the cards that a step after the acceptance may have; everything else is silence."""
    if what == "by hand" and takes_one_action(client) and name not in TABLETS:
        return (FOLLOWS,)  # maintenance is offered now, and taken in the next step
    if what == "refilled" and (name in TABLETS or not client.stores_accepted):
        return ("b3",) if name == "Fred Oakes" else UNTAKEN
    if client.stores_accepted:
        return ()
    # nothing is ever on record there: each order is signed as if it were the only one, and the
    # chart says again what is due
    if what == "opened again":
        return ("k1",)
    if not what.startswith("signed") or name in TABLETS:
        return ()
    loads_nothing = "b3" if name == "Fred Oakes" else "b4"
    return (FOLLOWS,) if what == "signed 1" else (loads_nothing,)


def test_each_profile_is_driven_to_silence_or_to_what_stands_here_with_its_reason(
    told: Told,
) -> None:
    client, stories = told
    for name, steps in stories.items():
        names = [one.what for one in steps]
        after = steps[names.index("by hand") :]
        assert [one.what for one in after][-2:] == ["opened again", "refilled"], name
        assert len(after) >= 4, "at least one order is signed"
        for one in after:
            assert one.cards == what_stays(client, name, one.what), (name, one.what)


def test_orders_signed_one_by_one_and_the_chart_afterwards_are_quiet(told: Told) -> None:
    client, stories = told
    for name, steps in stories.items():
        later = [
            one for one in steps if one.what.startswith("signed") or one.what == "opened again"
        ]
        assert len(later) >= 2, name
        if client.stores_accepted:
            assert [loud(one, client) for one in later] == [[]] * len(later), name
        else:  # nothing is on record, so the chart says again what is due
            assert loud(later[-1]), name


@pytest.mark.parametrize(
    "told", [one for one in PROFILES if not ignores(one) - {"links"}], indirect=True
)
def test_a_client_that_takes_all_is_quiet_from_the_acceptance_on(told: Told) -> None:
    for name, steps in told[1].items():
        assert loud(step(steps, "accepted")) == [], name


@pytest.mark.parametrize("told", who_ignores("dose"), indirect=True)
def test_a_form_that_lost_the_dose_is_told_so_and_not_offered_the_same_again(told: Told) -> None:
    client, stories = told
    for name, steps in stories.items():
        first, after = step(steps, "chosen"), step(steps, "accepted")
        if client.profile == "sandbox" and name in TABLETS:
            assert after.cards == (), "its form says one a day, which is right"
            continue
        [card, *_] = after.answer["cards"]
        drafted = [
            entry["resource"]["medicationCodeableConcept"]["text"]
            for entry in after.request["context"]["draftOrders"]["entry"]
        ]
        offered = [
            action["resource"]["medicationCodeableConcept"]["text"]
            for one in after.answer["cards"]
            for suggestion in one.get("suggestions", [])
            for action in suggestion["actions"]
            if action["type"] == "create" and "medicationCodeableConcept" in action["resource"]
        ]
        assert not set(offered) & set(drafted), name
        assert (
            "By hand, as the order form does not take it over" in first.answer["cards"][0]["detail"]
        )
        assert "Enter in the order that is there: " in card["detail"], name


BY_HAND_ALONE = ("Quin Abel", "Xia Chen", "Yara Lind")
"""People whose order is right but for its site, its start, or the technique of two orders."""


@pytest.mark.parametrize("profile", who_ignores("dose"))
def test_site_start_and_technique_are_entered_by_hand_into_the_order_that_is_named(
    settings: Settings,  # noqa: F811
    people: dict[str, SandboxPatient],
    profile: str,
) -> None:
    client = client_of(profile)
    with running(replace(settings, clients=(client,), public_url=BASE)) as http:
        post = post_as(client, http)
        for name in BY_HAND_ALONE:
            first = post(people[name].request("order-select"))
            assert first["cards"], name
            drafts = finish_by_hand(first, people[name].drafts, client)
            assert all(one != two for one, two in zip(drafts, people[name].drafts, strict=True))
            assert post(people[name].request("order-select", tuple(drafts)))["cards"] == [], name


CHANGED = ("Kate Roy", "Liam Shaw", "Pia Roth", "Ida Strand", "Kim Ueda", "May Sutton", "Inge Lund")
"""People whose order stays and is changed: another interval, dose, frequency or technique."""


@pytest.mark.parametrize("profile", who_ignores("dose"))
def test_what_a_card_says_is_to_be_entered_makes_the_order_right(
    settings: Settings,  # noqa: F811
    people: dict[str, SandboxPatient],
    profile: str,
) -> None:
    """The person writes it in words into the order that is there."""
    client = client_of(profile)
    with running(replace(settings, clients=(client,), public_url=BASE)) as http:
        post = post_as(client, http)
        for name in CHANGED:
            first = post(people[name].request("order-select"))
            assert first["cards"], name
            drafts = finish_by_hand(first, people[name].drafts, client)
            assert drafts != list(people[name].drafts), name
            assert post(people[name].request("order-select", tuple(drafts)))["cards"] == [], name


@pytest.mark.parametrize("told", who_ignores("second-action"), indirect=True)
def test_a_client_that_takes_one_action_is_offered_single_ones_that_say_what_they_do(
    told: Told,
) -> None:
    for name, steps in told[1].items():
        suggestions = choose(step(steps, "chosen").answer)
        assert suggestions, name
        for suggestion in suggestions:
            assert len(suggestion["actions"]) == 1
            assert not suggestion["label"].startswith("Replace"), name


@pytest.mark.parametrize("told", who_ignores("delete"), indirect=True)
def test_a_client_that_cannot_delete_is_told_what_to_remove(told: Told) -> None:
    for name, steps in told[1].items():
        first = step(steps, "chosen")
        assert {action["type"] for one in choose(first.answer) for action in one["actions"]} <= {
            "create",
            "update",
        }
        if name == "Fred Oakes":
            detail = first.answer["cards"][0]["detail"]
            assert "- Remove the draft order: Vitamin B 12 1 MG Oral Tablet" in detail


def test_the_shapes_are_those_that_the_profile_names(told: Told) -> None:
    client, stories = told
    [card, *_] = step(stories["Fred Oakes"], "chosen").answer["cards"]
    actions = [action for one in card["suggestions"] for action in one["actions"]]
    created = [action["resource"] for action in actions if action["type"] == "create"]
    assert card["selectionBehavior"] == client.selection_behavior
    assert {one["intent"] for one in created} == {client.intent}
    assert {one["medicationCodeableConcept"]["coding"][0]["system"] for one in created} == {
        client.preferred_system
    }
    for action in actions:
        if action["type"] == "delete":
            member = "resource" if client.delete_style == "resource" else "resourceId"
            assert isinstance(action[member], str)
    assert (client.profile == "epic") == (client.preferred_system == RXNORM_AS_OID)


@pytest.mark.parametrize("profile", PROFILES)
def test_half_a_pair_that_is_stored_alone_is_asked_for_its_other_half(
    settings: Settings,  # noqa: F811
    people: dict[str, SandboxPatient],
    profile: str,
) -> None:
    client, fred = client_of(profile), people["Fred Oakes"]
    with running(replace(settings, clients=(client,), public_url=BASE)) as http:
        post = post_as(client, http)
        answer = post(fred.request("order-select"))
        faithful = msgspec.structs.replace(client, ignores=(), profile="generic-2.0")
        loading = accept(choose(answer), (), faithful)[:1]
        [card, *_] = post(fred.request("order-sign", tuple(loading)))["cards"]

    assert card["source"]["topic"]["code"] == "b5"
    assert [one["label"] for one in card["suggestions"]] == [
        "Hydroxocobalamin 1 mg IM every 2 months for life"
    ]


# --- a client that loses the group of a pair


PAIR = ("Fred Oakes", "Bea Frost", "Iris Lang")
"""People to whom loading and maintenance are given; the last one had maintenance drafted."""


def without_group(order: Resource) -> Resource:
    return {name: value for name, value in order.items() if name != "groupIdentifier"}


@pytest.fixture(scope="module")
def ungrouped(
    settings: Settings,  # noqa: F811
    people: dict[str, SandboxPatient],
) -> Iterator[tuple[Callable[[Resource], Resource], dict[str, tuple[Resource, ...]]]]:
    """Return what sends requests, and the pair of each person as a client stores it that drops
    `groupIdentifier`.
    """
    client = client_of("generic-2.0")
    with running(replace(settings, clients=(client,), public_url=BASE)) as http:
        post = post_as(client, http)
        pairs = {}
        for name in PAIR:
            answer = post(people[name].request("order-select"))
            taken = accept(choose(answer), people[name].drafts, client)
            pairs[name] = tuple(
                stored(without_group(one), AS_OF)
                for one in taken
                if one["resourceType"] == "MedicationRequest"
            )
            assert len(pairs[name]) == 2, name
        yield post, pairs


Ungrouped = tuple[Callable[[Resource], Resource], dict[str, tuple[Resource, ...]]]


def signed_beside(
    person: SandboxPatient,
    signed: Resource,
    waiting: Resource,
    post: Callable[[Resource], Resource],
) -> list[Resource]:
    """Return the cards on one draft that is signed while the other waits on record."""
    chart = replace(person, resources=(*person.resources, signed, waiting))
    cards: list[Resource] = post(chart.request("order-sign", (signed,)))["cards"]
    return cards


def loads(order: Resource) -> bool:
    repeat = order["dosageInstruction"][0]["timing"]["repeat"]
    return bool(repeat["periodUnit"] != "mo")


@pytest.mark.parametrize("name", PAIR)
def test_loading_signed_alone_is_quiet_while_our_own_maintenance_waits_without_a_group_Q56(
    ungrouped: Ungrouped, people: dict[str, SandboxPatient], name: str
) -> None:
    post, pairs = ungrouped
    loading, maintenance = sorted(pairs[name], key=loads, reverse=True)
    assert signed_beside(people[name], loading, maintenance, post) == []


@pytest.mark.parametrize("name", PAIR)
def test_maintenance_signed_alone_is_never_quiet_without_loading_on_record(
    ungrouped: Ungrouped, people: dict[str, SandboxPatient], name: str
) -> None:
    """Loading that nobody signed is not given; b4 names the draft of it (Q78)."""
    post, pairs = ungrouped
    loading, maintenance = sorted(pairs[name], key=loads, reverse=True)
    [card, *_] = signed_beside(people[name], maintenance, loading, post)
    assert card["indicator"] == "warning"
    assert card["source"]["topic"]["code"] in ("b3", "b4")
    if card["source"]["topic"]["code"] == "b4":
        assert "loading drafted 1 Jun, not signed: load first" in card["summary"]


def _days_old(days: int) -> Resource:
    return {"authoredOn": (AS_OF - dt.timedelta(days=days)).isoformat()}


def _repeat(**changes: Any) -> Resource:
    return {"timing": {"repeat": {"frequency": 1, "period": 2, "periodUnit": "mo", **changes}}}


def _dose(micrograms: int) -> Resource:
    return {"doseAndRate": [{"doseQuantity": {"value": micrograms, "system": UCUM, "code": "ug"}}]}


CYANOCOBALAMIN = {"coding": [{"system": RXNORM, "code": "309594"}]}
"""Cyanocobalamin 1 mg/mL injection."""

DOUBTFUL: dict[str, tuple[Resource, Resource]] = {
    "of 8 days ago": (_days_old(8), {}),
    "of no day": ({"authoredOn": None}, {}),
    "another product": ({"medicationCodeableConcept": CYANOCOBALAMIN}, {}),
    "another dose": ({}, _dose(500)),
    "a longer interval": ({}, _repeat(period=3)),
    "a shorter interval": ({}, _repeat(period=1)),
    "in words alone": (
        {},
        {"timing": None, "doseAndRate": None, "route": None, "text": "1 mg IM every 2 months"},
    ),
    "words that say something else": ({}, {"text": "1 mg IM every 3 months"}),
    "as needed": ({}, {"asNeededBoolean": True}),
    "a number of doses": ({}, _repeat(count=3)),
    "an end": ({}, _repeat(boundsPeriod={"end": "2027-06-01"})),
    "a start far away": ({}, _repeat(boundsPeriod={"start": "2026-09-01"})),
    "of somebody else": ({"subject": {"reference": "Patient/other"}}, {}),
    "withdrawn": ({"status": "cancelled"}, {}),
    "on hold": ({"status": "on-hold"}, {}),
    "forbidden": ({"doNotPerform": True}, {}),
}


def changed(order: Resource, top: Resource, line: Resource) -> Resource:
    """Return an order with members of its own and of its dosage line replaced; None: left out."""
    dosage = {**order["dosageInstruction"][0], **line}
    dosage = {name: value for name, value in dosage.items() if value is not None}
    new = {**order, "dosageInstruction": [dosage], **top}
    return {name: value for name, value in new.items() if value is not None}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_what_is_not_without_doubt_our_maintenance_does_not_follow_loading(
    ungrouped: Ungrouped, people: dict[str, SandboxPatient], why: str
) -> None:
    post, pairs = ungrouped
    loading, maintenance = sorted(pairs["Fred Oakes"], key=loads, reverse=True)
    waiting = changed(maintenance, *DOUBTFUL[why])
    cards = signed_beside(people["Fred Oakes"], loading, waiting, post)
    assert "b5" in [card["source"]["topic"]["code"] for card in cards]


@pytest.mark.parametrize(
    ("top", "line"),
    [(_days_old(7), {}), ({}, _repeat(boundsPeriod={"start": "2026-08-02"})), ({}, {"text": None})],
    ids=["of 7 days ago", "starts one interval from now", "without words"],
)
def test_our_maintenance_that_waits_up_to_the_limits_follows_loading(
    ungrouped: Ungrouped, people: dict[str, SandboxPatient], top: Resource, line: Resource
) -> None:
    post, pairs = ungrouped
    loading, maintenance = sorted(pairs["Fred Oakes"], key=loads, reverse=True)
    waiting = changed(maintenance, top, line)
    assert signed_beside(people["Fred Oakes"], loading, waiting, post) == []
