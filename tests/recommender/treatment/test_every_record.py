"""The proof for derived facts: over records, "not recorded" is never "absent", and what is not
known never opens what was closed.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from recommender.assessment.assessment import assess
from recommender.deficiency.grounds import Deficiency
from recommender.guidance.policy import Policy
from recommender.language import Claim
from recommender.language.course import Order
from recommender.language.doses import Route, Substance
from recommender.language.logic import Evidence, Truth
from recommender.language.scenario import ClinicalScenario
from recommender.language.understanding import RecordArea
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import recommend
from recommender.treatment_so_far.treatment import TreatmentPhase
from tests.recommender.invariants import violations
from tests.recommender.people import build_scenario

POLICY = Policy()

RESULTS: tuple[dict[str, Any], ...] = (
    {},
    {"total_b12": "100 pmol/L"},
    {"total_b12": "135 pmol/L"},
    {"total_b12": "185 pg/mL"},
    {"total_b12": "300 pg/mL"},
    {"total_b12": "400 pg/mL"},
    {"total_b12": "<300 pg/mL"},
    {"holotranscobalamin": 20},
    {"holotranscobalamin": 40},
    {"total_b12": "400 pmol/L", "holotranscobalamin": 90},
)
MMA: tuple[dict[str, Any], ...] = ({}, {"mma": 200}, {"mma": 300}, {"mma": "<300"})
KIDNEYS: tuple[dict[str, Any], ...] = ({}, {"egfr": 40}, {"egfr": 90})
NERVES: tuple[dict[str, Any], ...] = (
    {},
    {"signs": ["paraesthesia"]},
    {"neurological_screen": "no"},
    {"signs_with_other_cause": ["peripheral neuropathy"]},
)
SYMPTOMS: tuple[dict[str, Any], ...] = ({}, {"symptoms": "yes"})
GAS: tuple[dict[str, Any], ...] = ({}, {"nitrous_oxide": "yes"}, {"nitrous_oxide": "unknown"})
SUPPLEMENT: tuple[dict[str, Any], ...] = (
    {},
    {"b12_supplement_before_test": "yes"},
    {"b12_supplement_before_test": "unknown"},
)
DIAGNOSIS: tuple[dict[str, Any], ...] = ({}, {"deficiency_diagnosis": "yes"})
CAUSES: tuple[dict[str, Any], ...] = (
    {},
    {"causes": ["pernicious anaemia or autoimmune gastritis"]},
    {"causes": ["bariatric surgery"]},
    {"causes": ["ileal resection"], "ileal_resection_length": 25},
    {"causes": ["diet low in vitamin B12"]},
)
COURSES: tuple[dict[str, Any], ...] = (
    {},
    {"orders": [{"phase": "M-LOAD"}]},
    {"orders": [{"phase": "MAINT-N", "days_ago": 200}]},
    {"orders": [{"phase": "ORAL", "days_ago": 100}]},
    {"injections": [300, 298, 296]},
)
PLAIN = build_scenario({})


def records(*dimensions: tuple[dict[str, Any], ...]) -> Iterator[ClinicalScenario]:
    """Return every combination as a scenario; what each word means is worked out once."""
    built = [[_changed(known) for known in dimension] for dimension in dimensions]
    for combination in itertools.product(*built):
        fields: dict[str, Any] = {}
        for changed in combination:
            fields |= changed
        yield replace(PLAIN, **fields)


def _changed(known: dict[str, Any]) -> dict[str, Any]:
    scenario = build_scenario(known)
    return {
        field.name: getattr(scenario, field.name)
        for field in dataclasses.fields(PLAIN)
        if getattr(scenario, field.name) != getattr(PLAIN, field.name)
    }


def test_nothing_reassuring_is_concluded_from_a_misleading_test_I18() -> None:
    for scenario in records(RESULTS, MMA, KIDNEYS, NERVES, SYMPTOMS, GAS, SUPPLEMENT, DIAGNOSIS):
        found = assess(scenario, POLICY)
        if found.deficiency is Deficiency.UNLIKELY:
            assert found.nitrous_oxide.is_false
            assert not scenario.b12_supplement_before_test.is_true


def test_not_recorded_is_never_absent_I8() -> None:
    for scenario in records(RESULTS, KIDNEYS, NERVES, COURSES):
        found = assess(scenario, POLICY)
        if found.neurological.is_false:
            assert scenario.neurological_screen.is_false
        if found.renal.is_false:
            assert scenario.egfr.is_known
        if found.deficiency is Deficiency.UNLIKELY:
            assert scenario.total_b12.is_known or scenario.holotranscobalamin.is_known


def test_every_record_is_answered_safely() -> None:
    for scenario in records(RESULTS, MMA[::2], KIDNEYS, NERVES, CAUSES, COURSES):
        found = recommend(scenario, POLICY)
        assert not violations(found, POLICY), scenario


@pytest.mark.parametrize(
    "area",
    [RecordArea.CONDITIONS, RecordArea.PROCEDURES, RecordArea.MEDICATIONS, RecordArea.LABORATORY],
)
@pytest.mark.parametrize("part", ["unavailable", "incomplete"])
def test_a_part_of_the_record_that_did_not_come_opens_nothing(area: RecordArea, part: str) -> None:
    for scenario in records(RESULTS, KIDNEYS, NERVES, CAUSES):
        known = recommend(scenario, POLICY)
        without = recommend(replace(scenario, **{part: frozenset({area})}), POLICY)
        if not unconditional_oral(known):
            assert not unconditional_oral(without)
        if known.assessment.deficiency is not Deficiency.UNLIKELY:
            assert without.assessment.deficiency is not Deficiency.UNLIKELY


@pytest.mark.parametrize("fact", ["neurological_screen", "lebers", "kidney_disease"])
def test_making_a_fact_unknown_opens_nothing(fact: str) -> None:
    values = ({fact: "yes"}, {fact: "no"})
    for scenario in records(RESULTS, KIDNEYS, CAUSES, values):
        known = recommend(scenario, POLICY)
        blurred = recommend(
            replace(scenario, **{fact: getattr(scenario, fact)._replace(truth=Truth.UNKNOWN)}),
            POLICY,
        )
        # A kidney disease that nobody recorded leaves the eGFR to speak, as decisions 2.3 say.
        if fact != "kidney_disease" and not unconditional_oral(known):
            assert not unconditional_oral(blurred)


def unconditional_oral(found: Recommendation) -> bool:
    """Whether oral cyanocobalamin as treatment can be drafted without the clinician saying "no
    neurological symptoms".
    """
    return any(
        phase.line.route is Route.ORAL
        and phase.line.substance is Substance.CYANOCOBALAMIN
        and Claim.SIGNS_ABSENT not in option.claims
        for option in found.options
        if option.regimen
        for phase in option.regimen.phases
        if phase.kind.value != "prophylaxis"
    )


def test_a_level_never_changes_an_injection_interval_I7() -> None:
    levels = ({}, {"total_b12_on_treatment": 50}, {"total_b12_on_treatment": 1500})
    given = {"injections": [200, 140, 80, 20]}
    injected = (
        {"orders": [{"phase": "MAINT-N", "days_ago": 200}], **given},
        {"orders": [{"phase": "MAINT-BAR", "days_ago": 200}], **given},
    )
    for course, cause, nerves in itertools.product(injected, CAUSES, NERVES):
        answers = {
            recommend(build_scenario(course | cause | nerves | level), POLICY).options
            for level in levels
        }
        assert len(answers) == 1


def test_a_level_never_changes_how_an_order_goes_on_that_may_be_given_I7() -> None:
    """Of an order without a dose on record T7 asks; what the level may change is only what follows
    where nothing was given (Q29).
    """
    levels = ({}, {"total_b12_on_treatment": 50}, {"total_b12_on_treatment": 1500})
    ordered = {"orders": [{"phase": "MAINT-N", "days_ago": 200}]}
    for cause in CAUSES:
        asked = [recommend(build_scenario(ordered | cause | level), POLICY) for level in levels]
        assert {found.rule for found in asked} == {"T7"}
        assert len({found.options[0] for found in asked}) == 1
        assert asked[0].options[0].claims == (Claim.STILL_GIVEN,)


INTENSITY = {"ORAL": 2, "PROPH-ORAL": 2, "PROPH-3M": 3, "PROPH-1M": 3, "M-LOAD": 4, "N-LOAD": 5}


def intensity(found: Recommendation) -> int:
    """The most intensive regimen on offer: 0 for none, 5 for alternate days; maintenance counts as
    3.
    """
    return max(
        (
            INTENSITY.get(option.regimen.phases[0].id, 3)
            for option in found.options
            if option.regimen
        ),
        default=0,
    )


def test_more_neurological_is_never_treated_less() -> None:
    for scenario in records(RESULTS, MMA, KIDNEYS, CAUSES, COURSES):
        absent, unknown, present = (
            recommend(
                replace(
                    scenario,
                    neurological_screen=build_scenario(
                        {"neurological_screen": value}
                    ).neurological_screen,
                ),
                POLICY,
            )
            for value in ("no", "unknown", "yes")
        )
        assert (
            intensity(absent) <= intensity(unknown)
            or present.assessment.deficiency is not absent.assessment.deficiency
        )
        assert intensity(unknown) <= intensity(present) or present.rule == "N3"


def test_a_lower_b12_is_never_treated_less() -> None:
    lower_first = ("100 pmol/L", "135 pmol/L", "200 pmol/L", "400 pmol/L")
    for scenario in records(MMA, KIDNEYS, NERVES, SYMPTOMS, CAUSES):
        answers = [
            recommend(
                replace(scenario, total_b12=build_scenario({"total_b12": level}).total_b12), POLICY
            )
            for level in lower_first
        ]
        strengths = [intensity(found) for found in answers]
        # Raised methylmalonic acid speaks for itself where the level is not low, so only levels
        # that decide alone are compared.
        assert strengths[0] >= max(strengths[1:])


def test_worse_kidneys_never_bring_cyanocobalamin() -> None:
    for scenario in records(RESULTS, NERVES, CAUSES, COURSES):
        for value in ("40", "<70"):
            found = recommend(replace(scenario, egfr=build_scenario({"egfr": value}).egfr), POLICY)
            substances = {
                phase.line.substance
                for option in found.options
                if option.regimen
                for phase in option.regimen.phases
            }
            assert Substance.CYANOCOBALAMIN not in substances


def test_the_order_of_the_record_does_not_matter() -> None:
    shuffler = random.Random(1)
    scenario = build_scenario(
        {
            "total_b12": 100,
            "neurological_findings": {
                "signs": ["paraesthesia", "glossitis"],
                "past_signs": ["gait disturbance"],
            },
            "causes": ["bariatric surgery", "diet low in vitamin B12"],
            "allergies": {"cobalt": "no", "cyanocobalamin": "unknown"},
            "orders": [
                {"phase": "M-LOAD"},
                {"phase": "MAINT-N"},
                {"phase": "N-LOAD"},
                {"phase": "ORAL"},
            ],
            "injections": [9, 7, 5, 3, 1],
        }
    )
    first = comparable(recommend(scenario, POLICY))
    for _ in range(50):
        lists = ("neurological_findings", "causes", "allergies", "orders", "doses")
        shuffled = {
            name: tuple(shuffler.sample(getattr(scenario, name), len(getattr(scenario, name))))
            for name in lists
        }
        assert comparable(recommend(replace(scenario, **shuffled), POLICY)) == first


def comparable(found: Recommendation) -> Recommendation:
    """The recommendation without the evidence, which is listed as it came."""
    treatment = replace(found.assessment.treatment, evidence=())
    return replace(found, assessment=replace(found.assessment, facts=(), treatment=treatment))


def test_impossible_records_are_answered_and_never_raise() -> None:
    future = dt.date(2099, 1, 1)
    odd = (
        build_scenario(
            {"orders": [{"phase": "N-LOAD", "days_ago": -400}], "injections": [-30, -20]}
        ),
        build_scenario(
            {
                "orders": [
                    {
                        "substance": "hydroxocobalamin",
                        "route": "intramuscular",
                        "dose": -5,
                        "every": "1 month",
                    }
                ]
            }
        ),
        build_scenario({"age": "0", "total_b12": "0 pmol/L", "egfr": "0", "platelets": "0"}),
        replace(build_scenario({"deficiency_diagnosis": "yes"}), deficiency_diagnosed_on=future),
        replace(
            PLAIN,
            orders=(
                Order(
                    "x",
                    build_scenario({"orders": [{"phase": "ORAL"}]}).orders[0].state,
                    (),
                    "nothing",
                ),
            ),
        ),
        replace(PLAIN, unavailable=frozenset(RecordArea)),
    )
    for scenario in odd:
        assert not violations(recommend(scenario, POLICY), POLICY)


def test_a_future_dose_is_no_dose() -> None:
    assert (
        assess(build_scenario({"injections": [-3, -1]}), POLICY).treatment.phase
        is TreatmentPhase.NONE
    )


def test_every_derived_fact_has_a_value_or_a_reason() -> None:
    for scenario in records(RESULTS, KIDNEYS, NERVES, CAUSES, COURSES):
        for name, fact in assess(scenario, POLICY).facts:
            assert name == name.lower()
            assert fact.reason or not fact.is_unknown, name
            assert all(isinstance(item, Evidence) for item in fact.evidence)
