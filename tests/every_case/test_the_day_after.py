"""What is accepted today makes the chart no louder tomorrow and is not asked for again, over every
case there is: an order that the rule asks for falls silent, and one that renews an old order is as
old as that (Q29, Q55).
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator

import pytest

from tests.every_case.cases import Case, Json, every_case
from tests.every_case.test_metamorphic import LOUDNESS, cards_of, loudest, said

ORDERED = ("order-select", "order-sign")


def _cases() -> Iterator[Case]:
    for case in every_case(at_every_hook=False):
        lists, context = case.request.get("prefetch"), case.request["context"]
        ordered = case.request["hook"] in ORDERED and isinstance(context, dict)
        medicines = lists.get("medications") if isinstance(lists, dict) else None
        if ordered and isinstance(medicines, dict) and isinstance(medicines.get("entry"), list):
            yield case


CASES = list(_cases())


def opened(case: Case, orders: list[Json]) -> list[Json]:
    """Return the cards of the chart a day later, with these orders active and no dose given."""
    request = copy.deepcopy(case.request)
    request["hook"] = "patient-view"
    request["context"].pop("draftOrders", None)
    request["context"].pop("selections", None)
    medicines = request["prefetch"]["medications"]
    medicines["entry"] += [{"resource": order} for order in orders]
    if "total" in medicines:
        medicines["total"] = len(medicines["entry"])
    return cards_of(case, request, case.day + dt.timedelta(days=1))


def accepted(case: Case, suggestion: Json) -> list[Json]:
    """Return the orders of medicines that are active once a suggestion is taken."""
    entries = case.request["context"]["draftOrders"]["entry"]
    orders = {entry["resource"].get("id"): entry["resource"] for entry in entries}
    for number, action in enumerate(suggestion["actions"]):
        if action["type"] == "delete":
            orders.pop(action["resourceId"].partition("/")[2], None)
        else:
            resource = action["resource"]
            orders[resource.get("id", f"new-{number}")] = {"id": f"new-{number}"} | resource
    medicines = [one for one in orders.values() if one["resourceType"] == "MedicationRequest"]
    day = case.day.isoformat()
    return [{"authoredOn": day} | one | {"status": "active"} for one in medicines]


def is_no_stop(case: Case) -> bool:
    entries = case.request["context"].get("draftOrders", {}).get("entry", [])
    return all(entry["resource"].get("status") in ("draft", "active") for entry in entries)


NO_STOPS = [case for case in CASES if is_no_stop(case)]


def test_there_are_cases_and_suggestions() -> None:
    assert len(NO_STOPS) > 200
    assert sum(len(card.get("suggestions", ())) for one in NO_STOPS for card in cards_of(one)) > 200


@pytest.mark.parametrize("case", NO_STOPS, ids=lambda case: case.name)
def test_advice_that_is_taken_makes_the_chart_no_louder(case: Case) -> None:
    before, cards = loudest(opened(case, [])), cards_of(case)
    taken = [one for card in cards for one in card.get("suggestions", ())]
    if loudest(cards) <= LOUDNESS["info"]:  # nothing speaks against the order as it is
        taken.append({"label": "as ordered", "actions": []})
    for suggestion in taken:
        after = opened(case, accepted(case, suggestion))
        assert loudest(after) <= before, (suggestion["label"], said(after))


STAYS = ("same-day", "on cyanocobalamin")
"""What is said for as long as it holds, whatever is ordered: the emergency route (K15), and the
product that harms while its order is active.
"""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_the_opened_chart_offers_and_is_taken_is_not_asked_for_again(case: Case) -> None:
    for card in opened(case, []):
        for suggestion in card.get("suggestions", ()):
            drafts = [
                action["resource"] | {"id": f"new-{number}", "status": "active"}
                for number, action in enumerate(suggestion["actions"])
                if action.get("resource", {}).get("resourceType") == "MedicationRequest"
            ]
            lines = [line for _, line in said(opened(case, drafts))]
            stays = any(words in card["summary"] for words in STAYS)
            assert stays or not drafts or card["summary"] not in lines, suggestion["label"]
