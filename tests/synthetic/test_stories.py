"""The test patients are answered as it stands beside them, and their codes are ones we know."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from cds_service.decision import decide_request
from cds_service.site import load_settings
from fhir_mappings.terminology import load_value_sets
from population.runs import Decider, DeciderSetup, Mode, read_rows
from population.slices import SliceJob, list_parts, run_slice
from recommender.cards import CARDS
from recommender.treatment import RULES
from synthetic import (
    STORIES,
    MadePopulation,
    SandboxPatient,
    make_population,
    sandbox_bundle,
    sandbox_patients,
)
from synthetic.vocabulary import (
    ALLERGENS,
    ANSWERS,
    LENGTHS,
    OPERATIONS,
    OWN,
    PROBLEMS,
    PRODUCTS,
    ROUTES,
    SITES,
    TESTS,
)

AS_OF = dt.date(2026, 11, 26)
PATIENTS = sandbox_patients(AS_OF)
VALUE_SETS = load_value_sets()


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda one: one.patient)
def test_a_test_patient_gets_the_answer_that_stands_beside_it(
    patient: SandboxPatient, tmp_path: Path
) -> None:
    settings = load_settings(None)
    if patient.story.site:
        file = tmp_path / "site.toml"
        file.write_text(f'profile = "demonstration"\n{patient.story.site}')
        settings = load_settings(file)

    decision = decide_request(patient.request(), settings, VALUE_SETS, AS_OF)

    cards = [card["source"]["topic"]["code"] for card in decision.cards]
    assert [decision.recommendation.rule, cards] == [patient.story.rule, list(patient.story.cards)]


def test_every_rule_has_a_test_patient() -> None:
    assert {story.rule for story in STORIES} >= {rule.id for rule in RULES}


def test_every_card_has_a_test_patient() -> None:
    there = {card for story in STORIES for card in story.cards}
    assert there >= {card.id for card in CARDS}


def test_names_are_told_apart_and_there_are_forty_or_more() -> None:
    assert len({patient.patient for patient in PATIENTS}) == len(PATIENTS) >= 40


def test_every_code_is_one_of_the_terminology() -> None:
    products = [way for _, ways in PRODUCTS.values() for way in ways]
    tables = (PROBLEMS, OPERATIONS, TESTS, ALLERGENS)
    ways = [way for table in tables for ways in table.values() for way in ways]
    own = [(OWN, code) for code, _ in ANSWERS.values()] + [(OWN, code) for code in LENGTHS.values()]
    for system, code in [*products, *ways, *own, *ROUTES.values(), *SITES.values()]:
        assert VALUE_SETS.match_coding({"system": system, "code": code}), f"{system}|{code}"


def test_the_bundle_puts_every_resource_where_it_is_referred_to() -> None:
    bundle = sandbox_bundle(PATIENTS)

    urls = [entry["request"]["url"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    subjects = {
        (entry["resource"].get("subject") or entry["resource"].get("patient"))["reference"]
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] != "Patient"
    }
    assert subjects <= set(urls)


def test_the_same_plan_makes_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    def made(name: str, seed: int) -> dict[str, bytes]:
        plan = MadePopulation(20, seed, tmp_path / name, AS_OF, resources=30)
        make_population(plan, lambda _: None)
        return {path.name: path.read_bytes() for path in (tmp_path / name).glob("*.ndjson")}

    assert made("a", 1) == made("b", 1)
    assert made("c", 2) != made("a", 1)


def test_all_rules_of_the_demonstration_profile_are_reached(tmp_path: Path) -> None:
    """Stories that need a site file of their own are not made."""
    plan = MadePopulation(
        500, 5, tmp_path / "made", AS_OF, share=1, resources=25, weights=EVEN, gone_wrong=0
    )
    make_population(plan, lambda _: None)
    run_slice(SliceJob((tmp_path / "made",), tmp_path / "slice"), lambda _: None)
    decided = _rules(tmp_path / "slice")
    wanted = {story.rule for story in STORIES if not story.site}
    assert wanted - decided == set()


EVEN = {story.rule: 10.0 for story in STORIES}


def _rules(slices: Path) -> set[str]:
    deciders = [Decider(DeciderSetup(mode, AS_OF, "", {})) for mode in Mode]
    return {
        row["rule"]
        for decider in deciders
        for row in decider.rows_of(read_rows(list_parts(slices)))
    }
