"""Order sets: alternatives of which nobody has chosen yet, and orders that stand inside the set.

Expectations: R38, R154 to R156, R161; FHIR's value set action-selection-behavior ("exactly one of
the individual actions in the group must be chosen"); cards.md 1, b1, b4, c1, d1, e1, e2; I1, I2.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import cards_of, request

Json = dict[str, Any]

ANAEMIA = "pernicious anaemia, since 2022-11-15"
VEGAN = "vegan diet, since 2020-01-01"
SIGNS = "paraesthesia, since 2026-11-10"
NO_SIGNS = "no neurological symptoms, on 2026-11-20"
LOW = "B12 96 pmol/L, on 2026-11-02"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
FEWER = "eGFR 20 mL/min/{1.73_m2}, on 2026-11-06"
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
ALTERNATE_DAYS = "hydroxocobalamin, 1000 mcg, IM, alternate days"
EVERY_2 = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
EVERY_2_TO_3 = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
FOLIC_ACID = "folic acid tablet 5 mg, 1 tablet, oral, daily"

WITH_SIGNS = {"conditions": [ANAEMIA, SIGNS], "results": [LOW, KIDNEYS]}
WITHOUT_SIGNS = {"conditions": [VEGAN], "results": [LOW, NO_SIGNS, KIDNEYS]}
DEFICIENT = {"conditions": [ANAEMIA], "results": [LOW, NO_SIGNS, KIDNEYS]}


def one_order(number: int) -> Json:
    return {"resource": {"reference": f"MedicationRequest/draft-{number}"}}


def group(*numbers: int) -> Json:
    return {"action": [one_order(number) for number in numbers]}


def choice(*actions: Json, behaviour: Any = "exactly-one") -> Json:
    return {"selectionBehavior": behaviour, "action": list(actions)}


def of_a_set(asked: Json, *actions: Json, selected: str = "RequestGroup/set") -> Json:
    """Return the request with an order set beside its drafts; only the set is selected."""
    order_set = {"resourceType": "RequestGroup", "id": "set", "action": list(actions)}
    asked["context"]["draftOrders"]["entry"].append({"resource": order_set})
    asked["context"]["selections"] = [selected]
    return asked


def said(asked: Json) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards_of(asked)]


# --- each alternative is judged as if it were the one that is chosen


@pytest.mark.parametrize("behaviour", ["exactly-one", "at-most-one", "Exactly-One"])
def test_tablets_beside_the_right_injections_are_still_wrong_with_nerve_signs_I1(
    behaviour: str,
) -> None:
    asked = request(TABLETS, ALTERNATE_DAYS, EVERY_2, **WITH_SIGNS)
    (card,) = cards_of(of_a_set(asked, choice(one_order(1), group(2, 3), behaviour=behaviour)))

    assert card["indicator"] == "critical"
    assert "start with hydroxocobalamin injections, not tablets" in card["summary"]
    assert "suggestions" not in card  # what it would create is the other alternative


@pytest.mark.parametrize("behaviour", ["all", "all-or-none", "any", "one-or-more", None, "", 7])
def test_what_may_be_chosen_together_is_judged_together(behaviour: Any) -> None:
    asked = request(TABLETS, LOADING, EVERY_2_TO_3, **WITHOUT_SIGNS)
    found = said(of_a_set(asked, choice(one_order(1), group(2, 3), behaviour=behaviour)))
    assert found == [("e2", "info")]


def test_alternatives_that_are_right_are_no_two_orders_e2() -> None:
    asked = request(TABLETS, LOADING, EVERY_2_TO_3, **WITHOUT_SIGNS)
    assert said(of_a_set(asked, choice(one_order(1), group(2, 3)))) == []


def test_the_same_order_as_two_alternatives_is_not_drafted_twice_RN7() -> None:
    treated = {
        "conditions": [ANAEMIA],
        "results": [NO_SIGNS, KIDNEYS],
        "given": [
            f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-20" for month in ("06", "08", "10")
        ],
    }
    together = request(EVERY_2, EVERY_2, **treated)
    assert ("e1", "warning") in said(together)
    asked = of_a_set(request(EVERY_2, EVERY_2, **treated), choice(one_order(1), one_order(2)))
    assert said(asked) == []


def test_a_loading_course_is_none_where_maintenance_is_chosen_instead_b4() -> None:
    asked = request(LOADING, EVERY_2_TO_3, **DEFICIENT)
    assert said(of_a_set(asked, choice(one_order(1), one_order(2)))) == [
        ("b4", "warning"),
        ("b5", "warning"),
    ]


def test_one_harmful_alternative_is_told_and_the_right_one_is_silent_I2() -> None:
    results = [LOW, NO_SIGNS, FEWER]
    asked = request(TABLETS, LOADING, EVERY_2_TO_3, conditions=[VEGAN], results=results)
    assert said(of_a_set(asked, choice(one_order(1), group(2, 3)))) == [("d1", "critical")]


def test_what_is_said_of_two_alternatives_alike_is_said_once() -> None:
    asked = request(TABLETS, TABLETS, **WITH_SIGNS)
    assert said(of_a_set(asked, choice(one_order(1), one_order(2)))) == [("b1", "critical")]


def test_treatment_is_offered_beside_alternatives_that_hold_none_c1() -> None:
    other = "folic acid tablet 0.4 mg, 1 tablet, oral, daily"
    asked = of_a_set(request(FOLIC_ACID, other, **DEFICIENT), choice(one_order(1), one_order(2)))
    assert said(asked) == [("c1", "critical"), ("c5", "warning")]
    assert all(card["suggestions"] for card in cards_of(asked))


def test_choices_within_choices_and_beside_each_other_come_up_each() -> None:
    asked = request(ALTERNATE_DAYS, EVERY_2, TABLETS, LOADING, **WITH_SIGNS)
    within = choice(one_order(3), one_order(4))
    right = group(1, 2)
    assert {code for code, _ in said(of_a_set(asked, choice(right, within)))} == {"b1", "b3"}

    asked = request(ALTERNATE_DAYS, EVERY_2, TABLETS, FOLIC_ACID, **WITH_SIGNS)
    beside = choice(one_order(4), {"title": "no folic acid"})
    found = {code for code, _ in said(of_a_set(asked, choice(right, one_order(3)), beside))}
    assert "b1" in found


def test_the_one_that_was_selected_by_itself_is_the_one_that_is_chosen_R154() -> None:
    asked = request(TABLETS, ALTERNATE_DAYS, EVERY_2, **WITH_SIGNS)
    selected = "MedicationRequest/draft-1"
    asked = of_a_set(asked, choice(one_order(1), group(2, 3)), selected=selected)
    (card,) = cards_of(asked)
    assert card["indicator"] == "critical"
    assert card["suggestions"]


def test_signed_alternatives_are_judged_one_by_one_too() -> None:
    asked = request(TABLETS, ALTERNATE_DAYS, EVERY_2, **WITH_SIGNS)
    asked = of_a_set(asked, choice(one_order(1), group(2, 3)))
    asked["hook"] = "order-sign"
    assert said(asked) == [("b1", "critical")]


# --- orders inside the set, and plans


def held_inside(asked: Json, *, alone: bool = True) -> Json:
    """Return the request with its drafts moved into an order set that lists them."""
    drafts = [entry["resource"] for entry in asked["context"]["draftOrders"]["entry"]]
    actions = [{"resource": {"reference": f"#{draft['id']}"}} for draft in drafts]
    order_set: Json = {
        "resourceType": "RequestGroup",
        "id": "set",
        "subject": {"reference": "Patient/p1"},
        "contained": [{key: draft[key] for key in draft if key != "subject"} for draft in drafts],
        "action": actions if alone else [choice(*actions)],
    }
    asked["context"]["draftOrders"]["entry"] = [{"resource": order_set}]
    asked["context"]["selections"] = ["RequestGroup/set"]
    return asked


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_an_order_inside_the_set_is_read_and_named_by_no_action_R161(hook: str) -> None:
    asked = held_inside(request(TABLETS, **WITH_SIGNS))
    asked["hook"] = hook
    (card,) = cards_of(asked)
    assert card["indicator"] == "critical"
    assert "not tablets" in card["summary"]
    actions = [action for one in card.get("suggestions", ()) for action in one["actions"]]
    assert all(action["type"] == "create" for action in actions)


@pytest.mark.parametrize(
    "order",
    [
        TABLETS,
        "hydroxocobalamin, 1000 mcg, IM, every 6 months",
        "hydroxocobalamin, 'as in the letter'",
        "cyanocobalamin injection, 1000 mcg, IM, every month",
    ],
)
def test_of_what_changes_an_order_inside_the_set_no_part_is_offered_alone_R161(order: str) -> None:
    """Half of it does harm: maintenance without its loading, a second order beside the wrong one,
    tests alone under the label of a regimen. The card says what is not offered, and why.
    """
    asked = request(order, **WITH_SIGNS)
    beside = cards_of(asked)
    assert any(card.get("suggestions") for card in beside)
    cards = cards_of(held_inside(asked))
    assert [card["summary"] for card in cards] == [card["summary"] for card in beside]
    assert not any(card.get("suggestions") for card in cards)
    assert all("Not offered as a draft: " in card["detail"] for card in cards)
    assert all("no action can name it" in card["detail"] for card in cards)


def test_alternatives_inside_the_set_are_judged_one_by_one() -> None:
    asked = held_inside(request(TABLETS, ALTERNATE_DAYS, **WITH_SIGNS), alone=False)
    assert {code for code, _ in said(asked)} == {"b1", "b5"}


def test_the_medication_of_an_order_may_stand_inside_the_set_too_R160() -> None:
    asked = held_inside(request(TABLETS, **WITH_SIGNS))
    order_set = asked["context"]["draftOrders"]["entry"][0]["resource"]
    (draft,) = order_set["contained"]
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": draft["medicationCodeableConcept"],
    }
    del draft["medicationCodeableConcept"]
    draft["medicationReference"] = {"reference": "#m"}
    order_set["contained"].append(medication)
    assert said(asked) == [("b1", "critical")]


@pytest.mark.parametrize("inside", [[{}], [7], ["x"], {}, "x", [{"id": 7}], [{"id": ""}], None])
def test_what_stands_inside_in_another_shape_breaks_nothing_R73(inside: Any) -> None:
    asked = held_inside(request(TABLETS, **WITH_SIGNS))
    order_set = asked["context"]["draftOrders"]["entry"][0]["resource"]
    order_set |= {"contained": inside, "action": [{"resource": {"reference": "#"}}, 7, "x"]}
    assert said(asked) == []


def test_what_an_order_set_holds_and_does_not_list_is_no_order() -> None:
    asked = held_inside(request(TABLETS, **WITH_SIGNS))
    del asked["context"]["draftOrders"]["entry"][0]["resource"]["action"]
    asked["hook"] = "order-sign"
    assert said(asked) == []


def test_an_order_inside_a_set_about_somebody_else_is_not_this_patients_R38() -> None:
    asked = held_inside(request(TABLETS, **WITH_SIGNS))
    order_set = asked["context"]["draftOrders"]["entry"][0]["resource"]
    order_set["subject"] = {"reference": "Patient/other"}
    asked["hook"] = "order-sign"
    assert said(asked) == []


@pytest.mark.parametrize("member", ["reference", "plannedActivityReference"])
def test_who_selects_a_plan_selects_the_orders_of_its_activities_R154(member: str) -> None:
    asked = request(TABLETS, **WITH_SIGNS)
    activity = {member: {"reference": "MedicationRequest/draft-1"}}
    plan = {"resourceType": "CarePlan", "id": "plan", "activity": [activity]}
    asked["context"]["draftOrders"]["entry"].append({"resource": plan})
    asked["context"]["selections"] = ["CarePlan/plan"]
    assert said(asked) == [("b1", "critical")]
