"""One decision: from orders and record to findings, and its explanation."""

from cds_service.decision.decide import (
    Decision,
    Orders,
    decide,
    decide_in_steps,
    name_orders,
    read_orders,
)
from cds_service.decision.explain import explain
from cds_service.decision.explain_words import WIDTH, say, say_card_in_words
from cds_service.decision.explainable import (
    decide_bundle,
    decide_chart,
    decide_request,
)
from cds_service.decision.quiet_cards import (
    ASKED_BEFORE,
    OVERRIDDEN,
    about,
    find_asked,
    find_quiet,
)
from cds_service.decision.row_facts import facts_of_rules
from cds_service.decision.silence import explain_silence

__all__ = [
    "ASKED_BEFORE",
    "OVERRIDDEN",
    "WIDTH",
    "Decision",
    "Orders",
    "about",
    "decide",
    "decide_bundle",
    "decide_chart",
    "decide_in_steps",
    "decide_request",
    "explain",
    "explain_silence",
    "facts_of_rules",
    "find_asked",
    "find_quiet",
    "name_orders",
    "read_orders",
    "say",
    "say_card_in_words",
]
