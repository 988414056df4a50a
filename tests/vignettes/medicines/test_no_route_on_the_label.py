"""Labels of general practice name no route: an injection of hydroxocobalamin is checked all the
same, and the missing route is said where nobody injects yet (cards.md b14, conflicts.md).
"""

from __future__ import annotations

import pytest

from tests.vignettes.test_stops_and_doubtful_orders import (
    NO_SIGNS,
    Json,
    cards_of,
    draft_of,
    only_card,
    request,
)

PA = "pernicious anaemia, since 2022-11-15"
SIGNS = "paraesthesia, since 2026-11-10"
KIDNEYS = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
LABEL = "hydroxocobalamin, 'Inject 1 ml every 12 weeks'"
GIVEN = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{day}" for day in ("03-10", "06-02", "08-25")]


def code_of(card: Json) -> tuple[str, str]:
    return card["source"]["topic"]["code"], card["indicator"]


def test_a_second_order_beside_an_active_one_is_seen_e1() -> None:
    asked = request(LABEL, conditions=[PA], given=GIVEN)
    active = draft_of(asked) | {"id": "old", "status": "active", "authoredOn": "2026-06-02"}
    asked["prefetch"]["medications"]["entry"].append({"resource": active})
    assert code_of(only_card(asked)) == ("e1", "warning")


def test_maintenance_with_new_signs_is_too_seldom_b3() -> None:
    assert code_of(only_card(request(LABEL, conditions=[PA, SIGNS]))) == ("b3", "warning")


def test_a_right_order_of_somebody_who_is_injected_is_quiet_T6() -> None:
    assert cards_of(request(LABEL, conditions=[PA], given=GIVEN)) == []


def test_beside_tablets_the_missing_route_is_said_b14() -> None:
    """Treatment under way by mouth (T6) says nothing of how a first injection is to be given."""
    tablets = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
    asked = request(
        LABEL, conditions=[PA], results=NO_SIGNS, active=[f"{tablets}, since 2026-11-02"]
    )
    told = " ".join(f"{card['summary']} {card['detail']}" for card in cards_of(asked))
    assert "is not stated: hydroxocobalamin goes into muscle" in told


def test_where_nobody_injects_yet_the_missing_route_is_said_b14() -> None:
    words = "hydroxocobalamin, 'Inject 1 ml three times a week for 2 weeks'"
    then = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
    card = only_card(request(words, then, conditions=[PA], results=NO_SIGNS))
    assert card["indicator"] == "info"
    told = f"{card['summary']} {card['detail']}"
    assert "is not stated: hydroxocobalamin goes into muscle" in told


@pytest.mark.parametrize(
    "words",
    ["cyanocobalamin injection, 'Inject 1 ml every 12 weeks'", "hydroxocobalamin, 'as directed'"],
)
def test_cyanocobalamin_and_an_order_without_a_dose_stay_unread_b14(words: str) -> None:
    card = only_card(request(words, conditions=[PA], given=GIVEN, results=[KIDNEYS]))
    assert "could not be read" in f"{card['summary']} {card['detail']}"


def test_a_route_that_is_not_known_is_still_not_guessed_H63() -> None:
    asked = request("hydroxocobalamin, 1000 mcg, IM, every 2 months", conditions=[PA], given=GIVEN)
    draft_of(asked)["dosageInstruction"][0]["route"] = {"text": "intrathecal"}
    assert only_card(asked)["summary"].startswith("Route could not be read")
