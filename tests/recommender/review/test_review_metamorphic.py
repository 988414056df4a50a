"""What must not change order review, and what may only make it louder: the listing of orders, and
facts that are not known.

Persons and courses are drawn from the space of the proof, always the same ones.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest

from recommender.cards.cards import Indicator
from recommender.cards.findings import Finding
from recommender.language.course import Course
from recommender.language.scenario import ClinicalScenario
from recommender.review.order_review import review
from recommender.treatment.table import recommend
from tests.recommender.review_space import (
    CAUSES,
    DEFICIENCY,
    EXTRAS,
    KIDNEYS,
    NEUROLOGY,
    POLICIES,
    TREATMENT,
    courses,
    person,
    with_record,
)

COURSES = courses()
TABLES = (NEUROLOGY, DEFICIENCY, CAUSES, KIDNEYS, TREATMENT)
PEOPLE = [
    names
    for names in itertools.product(*TABLES)
    if names[4] in ("untreated", "supplement active")
    or names[1] == "confirmed"  # on treatment the results decide nothing
]
POLICY = POLICIES["default"]


def person_of(names: tuple[str, ...]) -> ClinicalScenario:
    return person(*(table[name] for table, name in zip(TABLES, names, strict=True)))


def drawn(seed: int, persons: int, each: int) -> Iterator[tuple[tuple[str, ...], str, Course]]:
    """Yield so many persons, each with so many courses."""
    chance = random.Random(seed)
    for names in chance.sample(PEOPLE, persons):
        for name, course in chance.sample(COURSES, each):
            yield names, name, course


def findings_of(scenario: ClinicalScenario, course: Course) -> tuple[Finding, ...]:
    return review(with_record(course, scenario), scenario, recommend(scenario, POLICY), POLICY)


def loud(findings: tuple[Finding, ...]) -> set[str]:
    """The cards shown as a warning or louder."""
    return {finding.card.id for finding in findings if finding.indicator is not Indicator.INFO}


def named(findings: tuple[Finding, ...]) -> set[str]:
    """Every card that is found, folded into another or not."""
    return {card.id for finding in findings for card in (finding.card, *finding.also_found)}


def without_listing(finding: Finding) -> Finding:
    """The finding with everything that is a list of equals in one order."""
    return replace(
        finding,
        reasons=tuple(sorted(finding.reasons)),
        citations=tuple(sorted(finding.citations)),
        about=tuple(sorted(finding.about)),
        also_found=tuple(sorted(finding.also_found, key=str)),
        resolutions=tuple(resolution.label for resolution in finding.resolutions),  # type: ignore[arg-type]
        override_reasons=tuple(sorted(finding.override_reasons, key=lambda reason: reason.code)),
    )


def test_the_listing_of_the_orders_does_not_matter() -> None:
    compared = 0
    for names, name, course in drawn(1, persons=40, each=40):
        if len(course.orders) < 2:
            continue
        scenario = person_of(names)
        findings = findings_of(scenario, course)
        reversed_ones = findings_of(scenario, replace(course, orders=course.orders[::-1]))
        compared += 1
        assert list(map(without_listing, findings)) == list(map(without_listing, reversed_ones)), (
            names,
            name,
        )
    assert compared > 500


@pytest.mark.parametrize(
    ("table", "known", "blurred"), [(0, "no signs", "not recorded"), (3, "eGFR 95", "eGFR unknown")]
)
def test_losing_an_explicit_no_never_takes_a_warning_away(
    table: int, known: str, blurred: str
) -> None:
    for names, name, course in drawn(2, persons=200, each=8):
        if names[table] == known:
            less = tuple(
                blurred if number == table else other for number, other in enumerate(names)
            )
            before, after = (
                findings_of(person_of(names), course),
                findings_of(person_of(less), course),
            )
            assert loud(before) <= named(after), (names, name)


def test_reduced_kidneys_that_are_no_longer_known_still_speak_against_cyanocobalamin() -> None:
    """Unknown restricts like reduced: the card about the kidneys turns from d1 into d2, and stays a
    warning.
    """
    for names, name, course in drawn(3, persons=150, each=8):
        if names[3] in ("eGFR 40", "eGFR 20"):
            before = findings_of(person_of(names), course)
            if "d1" in named(before):
                after = findings_of(person_of((*names[:3], "eGFR unknown", names[4])), course)
                about_kidneys = [finding for finding in after if {"d1", "d2"} & named((finding,))]
                resolved = any(test.test.name == "EGFR" for test in course.tests)  # Q17
                assert resolved or any(
                    finding.indicator is not Indicator.INFO for finding in about_kidneys
                ), (names, name)


def test_worse_kidneys_never_make_a_card_quieter() -> None:
    """But for methylcobalamin, which the guidance names for reduced kidney function: there its card
    is information (b16); and for a stop of cyanocobalamin, which reduced kidneys make right (Q72).
    """
    levels = ("eGFR 95", "eGFR 40", "eGFR 20")
    for names, name, course in drawn(4, persons=60, each=8):
        if "methylcobalamin" not in name and "stop" not in name:
            answers = [
                findings_of(person_of((*names[:3], level, names[4])), course) for level in levels
            ]
            strengths = [loudest(answer) for answer in answers]
            assert strengths == sorted(strengths), (names, name, strengths)


@pytest.mark.parametrize("extra", ["Leber's", "severe CC reaction", "platelets 5", "INR 4"])
def test_a_recorded_reaction_or_disease_never_makes_a_card_quieter(extra: str) -> None:
    """But for injections under the skin, which are accepted where bleeding into muscle is a risk
    (C14).
    """
    for names, name, course in drawn(5, persons=40, each=6):
        if "subcutaneous" not in name:
            scenario = person(
                *(table[word] for table, word in zip(TABLES, names, strict=True)), EXTRAS[extra]
            )
            assert loudest(findings_of(scenario, course)) >= loudest(
                findings_of(person_of(names), course)
            ), (names, name)


STRENGTH = {Indicator.INFO: 1, Indicator.WARNING: 2, Indicator.CRITICAL: 3}


def loudest(findings: tuple[Finding, ...]) -> int:
    """How loud the loudest card is; 0 for none."""
    return max((STRENGTH[finding.indicator] for finding in findings), default=0)
