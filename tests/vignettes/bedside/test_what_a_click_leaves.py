"""What is offered, marked and left as it is, in turns that no other test stands for.

Expectations: decisions Q20, Q56, Q70, Q74, Q82, RN6, M3, M4, N3 with P3; cards.md section 6 and 8.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    LOADING,
    LOW,
    MAINTENANCE,
    NO_SIGNS,
    TABLETS,
    cards_of,
    draft_of,
    labels,
    only_card,
    request,
)

Json = dict[str, Any]

PERNICIOUS = "pernicious anaemia, since 2022-11-15"
OLD_SIGN = "paraesthesia, since 2024-12-20"
NORMAL = ["B12 400 pmol/L, on 2026-09-01", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
INJECTION = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
IN_TIME = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-27" for month in ("05", "07", "09")]
LAPSED = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{month}-27" for month in ("01", "03", "05")]


def marked(card: Json) -> list[bool]:
    return [bool(suggestion.get("isRecommended")) for suggestion in card["suggestions"]]


def topics(asked: Json) -> list[tuple[str, str]]:
    return [(card["source"]["topic"]["code"], card["indicator"]) for card in cards_of(asked)]


# --- stops
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "given", "sure"),
    [
        ([PERNICIOUS], IN_TIME, True),
        ([PERNICIOUS, "paraesthesia, since 2026-11-10"], LAPSED, True),
        ([PERNICIOUS, OLD_SIGN], LAPSED, False),  # unchanged, or worse? (Q70)
    ],
)
def test_what_takes_the_place_of_a_stop_is_marked_where_nothing_is_asked_Q20(
    conditions: list[str], given: list[str], sure: bool
) -> None:
    """Only the stop has come: no active order would remain once it is taken out."""
    card = only_card(
        request(f"stop: {INJECTION}", conditions=conditions, results=NORMAL, given=given)
    )

    assert card["source"]["topic"]["code"] == "f1"
    assert marked(card) == [sure]


def test_the_phases_of_the_order_that_is_stopped_do_not_go_on_Q56() -> None:
    active = f"{LOADING}, since 2026-11-20"
    asked = request(
        f"stop: {LOADING}", conditions=[PERNICIOUS], results=[*LOW, *NO_SIGNS], active=[active]
    )
    stored = asked["prefetch"]["medications"]["entry"][-1]["resource"]
    for order in (draft_of(asked), stored):
        loading = order["dosageInstruction"][0]
        every = {"frequency": 1, "period": 2, "periodUnit": "mo"}
        later = loading | {"sequence": 2, "timing": {"repeat": every}}
        order["dosageInstruction"] = [loading | {"sequence": 1}, later]
    draft_of(asked)["priorPrescription"] = {"reference": f"MedicationRequest/{stored['id']}"}

    assert ("f1", "warning") in topics(asked)


# --- one order of several lines
# --------------------------------------------------------------------------------------------------


def test_the_lines_of_one_order_are_no_second_order_RN6() -> None:
    asked = request(MAINTENANCE, conditions=[PERNICIOUS], results=NORMAL, given=IN_TIME)
    (line,) = draft_of(asked)["dosageInstruction"]
    weekly = {"frequency": 1, "period": 1, "periodUnit": "wk", "count": 4}
    first = line | {"sequence": 1, "timing": {"repeat": weekly}}
    draft_of(asked)["dosageInstruction"] = [first, line | {"sequence": 2}]

    assert "e1" not in {topic for topic, _ in topics(asked)}


# --- tests that are asked for
# --------------------------------------------------------------------------------------------------


def test_an_old_sign_without_a_test_offers_tests_alone_Q82() -> None:
    """Tablets are warned of, and no regimen is offered before the level is known."""
    card = only_card(request(TABLETS, conditions=[OLD_SIGN]))
    (offer,) = card["suggestions"]

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b1", "warning")
    assert {action["type"] for action in offer["actions"]} == {"create"}
    kinds = {action["resource"]["resourceType"] for action in offer["actions"]}
    assert kinds == {"ServiceRequest"}


def test_a_test_that_is_drafted_is_not_offered_again_b13() -> None:
    """Of the tests that are asked for the blood count is ordered with the injections."""
    asked = request(INJECTION)
    count = {
        "resourceType": "ServiceRequest",
        "id": "count",
        "status": "draft",
        "intent": "order",
        "code": {"text": "Full blood count"},
        "subject": {"reference": "Patient/p1"},
    }
    asked["context"]["draftOrders"]["entry"].append({"resource": count})

    assert labels(only_card(asked)) == ["Order B12, methylmalonic acid"]


def test_what_is_answered_by_a_click_is_written_into_the_order_that_stays_T1b() -> None:
    """Else it is asked again: the draft is right, and only names the order it replaces."""
    earlier = "hydroxocobalamin, 1000 mcg, IM, every 3 months, since 2026-05-10"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-05-10", *IN_TIME[1:]]
    signs = [PERNICIOUS, "paraesthesia, since 2026-03-20"]
    asked = request(INJECTION, conditions=signs, results=NORMAL, active=[earlier], given=given)
    last = only_card(asked)["suggestions"][-1]

    assert last["label"].startswith("NO further improvement: this replaces")
    (action,) = last["actions"]
    (basis,) = action["resource"]["extension"]
    assert basis["valueString"].endswith("Stated by the prescriber: no further improvement")


# --- malabsorption in part
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conditions", "procedures"),
    [
        (["'Crohn's disease of ileum', since 2015-01-01"], []),
        ([], ["'Ileal resection', on 2024-01-01"]),
        ([], ["'Ileal resection, 25 cm removed', on 2024-01-01"]),
        ([], ["'Bariatric surgery?', on 2024-01-01"]),
    ],
)
def test_tablets_where_injections_are_due_are_told_as_on_the_opened_chart_M4_Q74(
    conditions: list[str], procedures: list[str]
) -> None:
    results = [*LOW, *NO_SIGNS]
    chart: Json = {"conditions": conditions, "results": results, "procedures": procedures}
    card = only_card(request(TABLETS, **chart))

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("b10", "info")
    assert "not wrong" in card["summary"]
    assert labels(card)[0].startswith("Replace by hydroxocobalamin 1 mg IM x6")
    if "?" in str(procedures) or "removed" in str(procedures):
        assert card["summary"].startswith("Record says")


def test_loading_before_drafted_tablets_says_that_they_stay_M3() -> None:
    """After bariatric surgery both may follow the loading; the prescriber's tablets do."""
    asked = request(
        TABLETS,
        conditions=["'Gastric bypass 2020', since 2020-01-01"],
        results=LOW,
    )
    kept = [label for label in labels(only_card(asked)) if "tablets as ordered" in label]

    assert len(kept) == 1


# --- the size that decides, beside signs that a level does not explain
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", [[], ["'resection of about 25 cm ileum or so', since 2020-01-01"]]
)
def test_beside_old_signs_the_opened_chart_asks_how_much_is_diseased_P3_N3(
    words: list[str],
) -> None:
    conditions = ["'Crohn's disease of ileum', since 2015-01-01", OLD_SIGN, *words]
    results = [*NORMAL, "MMA 180 nmol/L, on 2026-10-01"]
    card = only_card(request(conditions=conditions, results=results))

    assert (card["source"]["topic"]["code"], card["indicator"]) == ("k1", "info")
    assert "Crohn" in card["detail"]


def test_beside_new_signs_the_level_is_looked_behind_first_N3() -> None:
    conditions = ["'Crohn's disease of ileum', since 2015-01-01", "paraesthesia, since 2026-11-10"]
    card = only_card(request(conditions=conditions, results=NORMAL))

    assert "methylmalonic acid" in card["summary"]
