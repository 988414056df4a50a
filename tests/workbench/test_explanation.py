"""What the explanation adds for reading: the facts behind each row, results over time, and the
bands they are judged by.
"""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from cds_service.decision.explain_words import say
from cds_service.decision.row_facts import FACTS_BEHIND, facts_of_rows
from recommender.assessment.assessment import assess
from recommender.assessment.bands import bands_of
from recommender.assessment.blood_and_reactions import PLATELET_LIMITS
from recommender.assessment.derived_facts import PlateletBand
from recommender.guidance.policy import Policy
from recommender.language.logic import Measurement, Quantity, Unit
from recommender.language.scenario import ClinicalScenario
from recommender.treatment.table import RULES


def explained(client: FlaskClient, patient: str) -> Any:
    request = client.get(f"/workbench/patients/{patient}").get_json()["request"]
    return client.post("/workbench/explain", json=request).get_json()


def test_every_row_but_the_last_names_the_facts_it_looks_at() -> None:
    by_rule = list(zip(RULES, facts_of_rows(), strict=True))

    assert [rule.id for rule, facts in by_rule if not facts] == ["E2"]
    assert "kidney_function" in {rule.id: facts for rule, facts in by_rule}["M7"]
    assert "lebers" in {rule.id: facts for rule, facts in by_rule}["M6"]


def test_the_facts_behind_the_rows_are_facts_of_the_explanation(client: FlaskClient) -> None:
    named = {fact["name"] for fact in explained(client, "01-numb-feet-tablets")["facts"]}
    known = named | {
        "oral_allowed_by_record"
    }  # whether conditions and procedures came completely, which the receipt says

    assert {fact for facts in facts_of_rows() for fact in facts} - known == set()
    assert {fact for facts in FACTS_BEHIND.values() for fact in facts} - known == set()


def test_the_trace_is_the_whole_table_and_fires_once_for_the_rule(client: FlaskClient) -> None:
    decision = explained(client, "05-kidneys-reduced")["decision"]

    assert [row["rule"] for row in decision["trace"]] == [rule.id for rule in RULES]
    assert [row["rule"] for row in decision["trace"] if row["fired"]] == [decision["rule"]]


@pytest.mark.parametrize("prefetch", [{}, {"patient": None}, "as it came"])
def test_an_explanation_says_where_the_hook_itself_answers_412_R63(
    client: FlaskClient, prefetch: Any
) -> None:
    request = client.get("/workbench/patients/01-numb-feet-tablets").get_json()["request"]
    if isinstance(prefetch, dict):
        request["prefetch"] = prefetch
    explanation = client.post("/workbench/explain", json=request).get_json()
    answer = client.post(f"/cds-services/b12-{request['hook']}", json=request)

    assert answer.status_code == (412 if isinstance(prefetch, dict) else 200)
    assert ("refused" in explanation) is (answer.status_code == 412)
    if answer.status_code == 412:
        why, _ = explanation["refused"].split(":")
        assert why in answer.get_json()["issue"][0]["diagnostics"]
        assert f"answers 412, without cards: {explanation['refused']}" in say(
            explanation, colour=False, width=1000
        )


def test_results_of_two_dates_are_one_series_from_old_to_new(client: FlaskClient) -> None:
    [series] = [
        one
        for one in explained(client, "05-kidneys-reduced")["laboratory"]
        if one["fact"] == "egfr"
    ]

    assert [point["value"] for point in series["points"]] == [41, 38]
    assert [point["used"] for point in series["points"]] == [False, True]


def test_two_unit_systems_are_two_series_I9(client: FlaskClient) -> None:
    request = client.get("/workbench/patients/04-borderline-mass-units").get_json()["request"]
    other = client.get("/workbench/patients/01-numb-feet-tablets").get_json()["request"]
    molar = next(
        entry["resource"]
        for entry in other["prefetch"]["labs"]["entry"]
        if entry["resource"]["id"] == "b12"
    )
    request["prefetch"]["labs"]["entry"].append({"resource": molar | {"id": "b12-molar"}})

    series = client.post("/workbench/explain", json=request).get_json()["laboratory"]

    units = {
        one["unit"]: [band.get("to") for band in one["bands"]]
        for one in series
        if one["fact"] == "total_b12"
    }
    assert units == {"pmol/L": [133, 258, None], "pg/mL": [180, 350, None]}


@pytest.mark.parametrize(
    ("count", "band"),
    [
        ("9.9", PlateletBand.BELOW_10),
        ("10", PlateletBand.FROM_10_TO_24),
        ("24.9", PlateletBand.FROM_10_TO_24),
        ("25", PlateletBand.FROM_25_TO_50),
        ("50", PlateletBand.FROM_25_TO_50),
        ("50.1", PlateletBand.ABOVE_50),
    ],
)
def test_the_bands_shown_for_platelets_are_those_of_the_rules(
    count: str, band: PlateletBand
) -> None:
    today = dt.date(2026, 11, 21)
    scenario = replace(
        ClinicalScenario(today), platelets=Measurement(Quantity(Decimal(count), Unit.PER_NL), today)
    )

    assert assess(scenario, Policy()).platelets is band
    assert PLATELET_LIMITS == (10, 25, 50)


def test_the_bands_move_with_the_policy() -> None:
    policy = Policy.from_settings({"b12LowPmolL": 148, "b12LowPgMl": 200})

    assert [band.high for band in bands_of("total_b12", Unit.PMOL_PER_L, policy)] == [
        148,
        258,
        None,
    ]
    assert [band.high for band in bands_of("total_b12", Unit.PG_PER_ML, policy)] == [200, 350, None]


@pytest.mark.parametrize(
    "fact",
    [
        "total_b12",
        "holotranscobalamin",
        "mma",
        "egfr",
        "platelets",
        "haemoglobin",
        "potassium",
        "inr",
    ],
)
def test_bands_have_no_gap_between_them(fact: str) -> None:
    unit = Unit.PMOL_PER_L
    bands = bands_of(fact, unit, Policy())

    assert bands[0].low is None
    assert bands[-1].high is None
    assert all(lower.high == upper.low for lower, upper in itertools.pairwise(bands))


def test_where_the_rules_have_no_limit_there_is_no_band() -> None:
    assert bands_of("homocysteine", Unit.UMOL_PER_L, Policy()) == ()


def test_a_row_that_lacks_one_condition_of_several_names_it(client: FlaskClient) -> None:
    """Numb feet are recorded, and M2 lacks only that none are; a row of one condition lacks all."""
    trace = explained(client, "01-numb-feet-tablets")["decision"]["trace"]
    short = {row["rule"]: row["oneShort"] for row in trace if "oneShort" in row}

    assert short.keys() >= {"M2", "U1", "N3"}
    assert not short.keys() & {"N1", "M1", "deceased"}
    assert all(short[row["rule"]] in row["needs"] for row in trace if "oneShort" in row)
    assert all(len(row["needs"]) > 1 and not row["fired"] for row in trace if "oneShort" in row)
