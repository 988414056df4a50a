"""What k1 says of the rule that asks for treatment or a test."""

from __future__ import annotations

from recommender.case import Case
from recommender.language import Test, is_injected
from recommender.treatment import RULES, hydroxocobalamin_allowed
from recommender.wording import capital, every_months

_IN_PREGNANCY = (
    "Vitamin B12 deficiency in pregnancy, no nerve signs: injections first; tablets are a choice."
)


def advice_of(case: Case) -> tuple[str, ...]:
    """Return what the rule says, and what the rows beside it offer with it (P-rows)."""
    beside = {
        rule.id: _of_ileal_disease(case, rule.id) or rule.summary
        for rule in RULES
        if rule.id in case.recommendation.also
    }
    rows = beside.values() if case.is_prophylaxis else ()
    if case.rule == "M6" and case.assessment.pregnant.is_true:
        return (_IN_PREGNANCY,)  # the row speaks of tablets alone
    return (f"{_of_the_row(case)}.", *(f"{row}." for row in rows))


def _of_the_row(case: Case) -> str:
    """Return what the row says of this person: glossitis alone is no nerve sign (C6), a level is
    not the last word while methylmalonic acid is asked for (Q69), and a change is not "go on".
    """
    a = case.assessment
    if a.neurological.is_true and a.glossitis_only and case.rule in _OF_GLOSSITIS:
        return _OF_GLOSSITIS[case.rule]
    if case.rule == "N3" and any(one.test is Test.MMA for one in case.recommendation.follow_ups):
        return "By the level alone deficiency is unlikely; methylmalonic acid tells more"
    if case.rule == "T4" and not hydroxocobalamin_allowed(a):
        return "Treatment has lapsed; allergy advice comes before the next dose"
    if case.rule == "T6" and case.recommendation.options:
        return "Treatment goes on with this change"
    if case.rule in ("M6", "M7") and _injects(case):  # an acceptable choice (C1)
        return "Vitamin B12 deficiency without neurological involvement: loading, then maintenance"
    row = _OF_ROW.get(case.rule, case.recommendation.summary)
    return _of_ileal_disease(case, case.rule) or row


def _injects(case: Case) -> bool:
    """Return whether injections are being ordered, and no tablets."""
    lines = [order.cobalamin for order in case.drafts if order.cobalamin]
    return bool(lines) and all(is_injected(line) for line in lines)


def _of_ileal_disease(case: Case, rule: str) -> str:
    """Return what the row says where the site injects less often than monthly (C12), or in ileal
    Crohn's disease of any extent (C10).
    """
    months, any_extent = (
        case.policy.ileal_maintenance_months,
        case.policy.crohns_any_extent_prophylaxis,
    )
    if rule not in _OF_ILEAL or (months == 1 and not any_extent):
        return ""
    extensive = "" if any_extent else "extensive "
    return capital(_OF_ILEAL[rule].format(every=every_months(months), extensive=extensive))


_OF_ILEAL = {
    "P1": "More than 20 cm of ileum resected: hydroxocobalamin {every} for life as prophylaxis",
    "P2": (
        "{extensive}ileal Crohn's disease: hydroxocobalamin {every} as prophylaxis, vitamin B12 "
        "yearly"
    ),
    "M1": (
        "Vitamin B12 deficiency with {extensive}ileal disease or resection: loading injections, "
        "then maintenance injections for life"
    ),
}


_OF_ROW = {
    "T8": "No order on record follows it",
    "P6": (
        "After total gastrectomy injections for life are decided on; after any other operation B12 "
        "is tested once a year"
    ),
}
"""What adds to a first line that says the row already."""


_OF_GLOSSITIS = {
    "N1": (
        "Vitamin B12 deficiency with glossitis: injections on alternate days until no further "
        "improvement, then for life"
    ),
    "N2": (
        "Glossitis with open vitamin B12 status: take samples, and start injections without waiting"
    ),
    "T0": "Glossitis under treatment: change to injections on alternate days",
}
