"""The first line of each card as cards.md 4 has it: the deciding number with its date, then what to
do or ask.

A check that knows more than case and order show gives its own first line in the issue; every other
comes from here, and from the card itself where there is nothing to put into it.
"""

from __future__ import annotations

from recommender.cards import Card, cards
from recommender.case import Case, Issue
from recommender.first_lines import course, due, orders, safety
from recommender.first_lines import tests_and_folate as folate
from recommender.first_lines.common import Form
from recommender.wording import Words

LONGEST_SUMMARY = 139
"""Characters of a first line, as UTF-16 counts them (R76: fewer than 140)."""


def summarise(case: Case, issue: Issue) -> str:
    """Return the first line: with dates; without them where it would be too long, then without the
    newer result that cannot be used, else the card's own.
    """
    if issue.summary:
        return issue.summary
    form = FORMS.get(issue.card)
    if form is not None:
        for dated, newer in ((True, True), (False, True), (False, False)):
            facts = Words(case.scenario, case.assessment, case.policy, dated, newer)
            words = form(case, issue, facts)
            if words and utf16_length(words) <= LONGEST_SUMMARY:
                return words
    return issue.card.summary


def utf16_length(text: str) -> int:
    """Return how many characters a client of UTF-16 counts in a text."""
    return len(text.encode("utf-16-le")) // 2


FORMS: dict[Card, Form] = {
    cards.B1_BY_MOUTH_WITH_SIGNS: orders.b1,
    cards.B2_ASK_ABOUT_SIGNS: orders.b2,
    cards.B3_TOO_SELDOM_WITH_SIGNS: orders.b3,
    cards.B4_NO_LOADING: orders.b4,
    cards.B5_NO_MAINTENANCE: orders.b5,
    cards.B6_INTERVAL_TOO_LONG: orders.b6,
    cards.B7_DOSE: orders.b7,
    cards.B8_UNIT_OR_PRODUCT: safety.b8,
    cards.B10_BY_MOUTH_MALABSORPTION: orders.b10,
    cards.B11_ILEUM_MONTHLY: orders.b11,
    cards.B13_NO_USABLE_TEST: folate.b13,
    cards.B14_UNREADABLE: safety.b14,
    cards.B15_ROUTE: orders.b15,
    cards.B16_METHYLCOBALAMIN: orders.b16,
    cards.B17_NO_INDICATION: folate.b17,
    cards.B18_BORDERLINE: folate.b18,
    cards.B19_ALTERNATE_DAYS_END: orders.b19,
    cards.B20_TEXT_AGAINST_FIELDS: safety.b20,
    cards.B21_FREQUENCY: safety.b21,
    cards.B22_TABLETS_FAIL: orders.b22,
    cards.B23_LAPSED: orders.b23,
    cards.B24_FOLIC_ACID_DOSE: safety.b24,
    cards.C1_FOLIC_ACID_FIRST: folate.c1,
    cards.C2_FIRST_DOSE_PENDING: folate.c2,
    cards.C3_B12_NOT_KNOWN: folate.c3,
    cards.C4_PROTECTED_FOLIC_ACID: folate.c4,
    cards.C5_LOW_FOLIC_ACID: folate.c5,
    cards.D1_KIDNEY: safety.d1,
    cards.D2_KIDNEY_NOT_KNOWN: safety.d2,
    cards.D3_LEBERS: safety.d3,
    cards.D4_REACTION: safety.d4,
    cards.E1_SECOND_ORDER: course.e1,
    cards.F1_STOP: course.f1,
    cards.F2_STOP_CAUSE_RESOLVED: course.f2,
    cards.G1_LOWERING_DRUG: course.g,
    cards.G2_LOWERING_DRUG_UNTESTED: course.g,
    cards.H1_PLATELETS_25_TO_50: safety.with_platelets("25-27 gauge needle, press 5 to 10 minutes"),
    cards.H2_PLATELETS_10_TO_24: safety.with_very_few_platelets(
        "ask haematology before an IM injection, or use another route",
    ),
    cards.H3_PLATELETS_BELOW_10: safety.with_very_few_platelets(
        "consider platelet transfusion before an IM injection",
    ),
    cards.H4_INR: safety.h4,
    cards.H5_BLEEDING: safety.h5,
    cards.K1_DUE: due.k1,
    cards.K2_POTASSIUM: safety.k2,
    cards.K3_NOT_AVAILABLE: safety.k3,
    cards.K4_NOT_ADULT: safety.k4,
    cards.M1_REVIEW_OVERDUE: course.m1,
}
"""Cards whose first line says what the case holds; the others say what stands in the register."""
