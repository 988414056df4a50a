"""Builds person, course and policy of a case of order review from its words.

`who` and a single `orders` are names of `review_space.py`. `orders` may also be a list: each a line
by its name, or a mapping with `line` or `folate` (micrograms a day; `folinic` the same) and what
else the order says. `known` holds further facts in the words of `people.py`, `tests` the tests that
are drafted beside, `selected_tests` those that are selected, `policy` a name or settings.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

from recommender.guidance.policy import Policy
from recommender.language import read_claims
from recommender.language.course import (
    Course,
    FolateIndication,
    InjectionSite,
    Order,
    OrderState,
    Test,
    TestOrder,
    TestPurpose,
)
from recommender.language.doses import DoseLine, Substance
from recommender.language.scenario import ClinicalScenario
from tests.recommender.people import build_policy, build_scenario, build_timing
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    EXTRAS,
    KIDNEYS,
    LINES,
    LONG_TREATMENT,
    NEUROLOGY,
    POLICIES,
    TODAY,
    TREATMENT,
    TURNS,
    courses,
    folic,
    order,
    person,
    with_record,
)

FACTS = NEUROLOGY | DEFICIENCY | CAUSES | KIDNEYS | TREATMENT | LONG_TREATMENT | TURNS | EXTRAS
COURSES = dict(courses())
WORDS = frozenset(
    {"case", "who", "known", "orders", "tests", "selected_tests", "purpose", "policy"}
)
"""What a case may say of the person and the course."""


def build_case(case: dict[str, Any]) -> tuple[ClinicalScenario, Course, Policy]:
    """Return who it is, the course as drafted with what the record holds, and the policy of the
    site.
    """
    scenario = person(*(FACTS[name] for name in case["who"]), _further(case.get("known") or {}))
    policy = case.get("policy", "default")
    return (
        scenario,
        with_record(_course(case), scenario),
        POLICIES[policy] if isinstance(policy, str) else build_policy(policy),
    )


def _further(known: dict[str, Any]) -> dict[str, Any]:
    built, plain = build_scenario(known), build_scenario({})
    names = [field.name for field in fields(ClinicalScenario)]
    return {
        name: getattr(built, name)
        for name in names
        if getattr(built, name) != getattr(plain, name) or name in known
    }


def _course(case: dict[str, Any]) -> Course:
    drafted = case.get("orders", [])
    base = (
        COURSES[drafted]
        if isinstance(drafted, str)
        else Course(tuple(map(_order, "abcdef", drafted)))
    )
    named = [(name, False) for name in case.get("tests", ())] + [
        (name, True) for name in case.get("selected_tests", ())
    ]
    purpose = TestPurpose(case["purpose"]) if "purpose" in case else None
    tests = tuple(
        TestOrder(f"ServiceRequest/{number}", Test(name), selected, purpose=purpose)
        for number, (name, selected) in enumerate(named, start=10)
    )
    named_tests = (replace(test, purpose=purpose) for test in base.tests)
    return Course(base.orders, (*named_tests, *tests), base.doses, base.lowering_drug_selected)


def _order(name: str, words: str | dict[str, Any]) -> Order:
    if isinstance(words, str):
        return order(name, LINES[words])
    said = dict(words)
    lines = [_line(said)] if "line" in said else []
    lines += [folic(said.pop("folate"))] if "folate" in said else []
    lines += [folic(said.pop("folinic"), Substance.FOLINIC_ACID)] if "folinic" in said else []
    more: dict[str, Any] = {
        key: said.pop(key)
        for key in ("selected", "technique_noted", "product_error")
        if key in said
    }
    more["claims"] = read_claims(said.pop("condition", ""))
    more |= {
        key: f"MedicationRequest/{said.pop(key)}" for key in ("replaces", "part_of") if key in said
    }
    if "unreadable" in said:
        more["not_computable"] = said.pop("unreadable")
    if "site" in said:
        more["site"] = InjectionSite(said.pop("site"))
    if "indication" in said:
        more["folate_indication"] = FolateIndication(said.pop("indication"))
    if "starts_in" in said:
        more["starts"] = TODAY + dt.timedelta(days=said.pop("starts_in"))
    if "written" in said:
        more["written"] = _line({"line": said.pop("written")})
    more |= {
        key: said.pop(key)
        for key in ("words", "implausible", "review_noted", "antidote", "combination", "group")
        if key in said
    }
    more |= {key: said.pop(key) for key in ("count_alone", "planned") if key in said}
    for key in ("authored", "ends"):
        if f"{key}_days_ago" in said:
            more[key] = TODAY - dt.timedelta(days=said.pop(f"{key}_days_ago"))
    state = OrderState(said.pop("state", "draft"))
    assert not said, f"an order may not say {sorted(said)}"
    return order(name, *lines, state=state, **more)


def _line(said: dict[str, Any]) -> DoseLine:
    """The line of this name, with another frequency, number of doses or dose where the case says
    so.
    """
    line = LINES[said.pop("line")]
    if "every" in said:
        line = replace(line, timing=build_timing(said.pop("every")))
    if "times" in said:
        assert line.timing
        line = replace(
            line,
            timing=replace(line.timing, count=said.pop("times"), count_max=None, duration=None),
        )
    if "as_needed" in said:
        line = replace(line, as_needed=said.pop("as_needed"))
    return replace(line, dose=Decimal(said.pop("dose"))) if "dose" in said else line


def describe_person(case: dict[str, Any]) -> str:
    """Say who it is, as the case does."""
    known = case.get("known") or {}
    return ", ".join(
        [
            *case["who"],
            *(f"{name.replace('_', ' ')} {_words(value)}" for name, value in known.items()),
        ]
    )


def describe_orders(case: dict[str, Any]) -> str:
    """Say what is ordered, as the case does."""
    drafted = case.get("orders", [])
    words = [drafted] if isinstance(drafted, str) else [_words(item) for item in drafted]
    return ", ".join([*words, *case.get("tests", ()), *case.get("selected_tests", ())])


def _words(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(
            f"{name.replace('_', ' ')} {_words(item)}" if name != "line" else _words(item)
            for name, item in value.items()
        )
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return (
        {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    )
