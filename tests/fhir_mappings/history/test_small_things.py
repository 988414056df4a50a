"""Small things on which a fact or the receipt hangs: which date counts, the last day that counts,
what an entry was used for, and in which words it was not.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from recommender.language import Allergen, Because, HintAt, Truth
from tests.fhir_mappings.records import (
    AS_OF,
    SNOMED,
    allergy,
    concept,
    condition,
    days_ago,
    map_all,
    observation,
    procedure,
    scenario_of,
    why_ignored,
)

CERTAINTY = "http://fhir.de/StructureDefinition/icd-10-gm-diagnosesicherheit"


def worded(text: str, **changes: Any) -> dict[str, Any]:
    return condition("", code={"text": text}, **changes)


def used_for(*resources: dict[str, Any], kind: str = "Condition") -> set[str]:
    lines = map_all(*resources).lines()
    return {fact for line in lines if line.type == kind for fact in line.used_for}


# What an entry is used for


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("LHON", {"lebers"}),
        ("Haemophilia A", {"bleeding_disorder"}),
        ("Thrombocytopenia", {"bleeding_disorder"}),
        ("CKD stage 4", {"kidney_disease"}),
        ("On dialysis", {"dialysis", "kidney_disease"}),
        ("Pernicious anaemia", {"cause", "deficiency_diagnosis"}),
        ("Paraesthesia", {"neurological_involvement"}),
        ("Sickle cell disease", {"haemolysis"}),
        ("Nitrous oxide misuse", {"nitrous_oxide", "cause"}),
        ("Total gastrectomy", {"cause"}),
        ("Allergy to hydroxocobalamin", {"allergies"}),
    ],
)
def test_a_condition_is_used_for_its_facts(text: str, facts: set[str]) -> None:
    assert used_for(worded(text)) & facts == facts


def test_an_entry_of_another_list_is_used_for_its_facts() -> None:
    complete = procedure("37593003")
    assert {"cause", "ileal_resection_complete"} <= used_for(complete, kind="Procedure")
    reaction = allergy("", code={"text": "Cobalin-H"})
    assert used_for(reaction, kind="AllergyIntolerance") == {"allergies"}
    sign = observation("91019004", system=SNOMED, days=5, valueBoolean=True)
    assert used_for(sign, kind="Observation") == {"neurological_involvement"}


def test_a_relapse_and_a_cause_that_ended_are_used() -> None:
    relapse = condition("190634004", clinical="relapse", days=10)
    assert "recurrence" in used_for(relapse)
    ended = condition("84027009", clinical="resolved", abatementDateTime=days_ago(30))
    assert "cause_resolved" in used_for(ended)


# In which words it was not used


def test_the_receipt_says_why_an_operation_was_not_used() -> None:
    later = (AS_OF + dt.timedelta(days=2)).isoformat()
    name = "Total gastrectomy"
    code = {"text": name}
    for changes, why in (
        ({"status": "not-done"}, f"{name}, status is 'not-done'"),
        ({"notDone": True}, f"{name}, not done"),
        ({"notPerformed": True}, f"{name}, not done"),
        ({"notDone": "true"}, f"{name}, not done"),
        ({"performedDateTime": later}, f"{name}, in the future: {later}"),
    ):
        mapped = map_all(procedure("", code=code, **changes))
        assert why_ignored(mapped, "Procedure") == [why]
        assert mapped.scenario.causes == ()
    for changes in ({"notDone": False}, {"notPerformed": "false"}, {"notDone": "maybe"}):
        assert map_all(procedure("", code=code, **changes)).scenario.causes


def test_the_receipt_says_why_an_allergy_was_not_used() -> None:
    later = (AS_OF + dt.timedelta(days=2)).isoformat()
    mapped = map_all(allergy("", code={"text": "Cobalin-H"}, recordedDate=later))
    assert why_ignored(mapped, "AllergyIntolerance") == [f"Cobalin-H, in the future: {later}"]
    assert mapped.scenario.allergy_fact.because is Because.IN_FUTURE
    assert mapped.scenario.allergy_fact.reason.startswith(f"dated {later}")


def test_the_receipt_says_why_a_session_of_dialysis_was_not_used() -> None:
    mapped = map_all(procedure("302497006", days=91))
    assert why_ignored(mapped, "Procedure") == [f"dialysis more than 90 days ago: {days_ago(91)}"]
    assert scenario_of(procedure("302497006", days=90)).dialysis.is_true
    undated = procedure("302497006", performedDateTime=None)
    assert scenario_of(undated).dialysis.is_true


# Which date counts, and up to which day

TOMORROW, LATER = (
    (AS_OF + dt.timedelta(days=1)).isoformat(),
    (AS_OF + dt.timedelta(days=2)).isoformat(),
)


@pytest.mark.parametrize(("day", "counts"), [(TOMORROW, True), (LATER, False)])
def test_tomorrow_is_the_last_day_that_counts(day: str, counts: bool) -> None:
    reaction = allergy("", code={"text": "Cobalin-H"}, recordedDate=day)
    assert scenario_of(reaction).allergy_fact.is_true is counts
    operation = procedure("", code={"text": "Total gastrectomy"}, performedDateTime=day)
    assert bool(scenario_of(operation).causes) is counts
    assert scenario_of(worded("LHON", recordedDate=day)).lebers.is_true is counts
    (hint,) = scenario_of(worded("?LHON", recordedDate=day)).hints
    assert hint.words == ("?LHON" if counts else f"dated {day}: ?LHON")


@pytest.mark.parametrize(
    ("dates", "day"),
    [
        ({"recordedDate": "2024-01-01", "assertedDate": "2023-01-01"}, "2024-01-01"),
        ({"assertedDate": "2023-01-01", "onsetDateTime": "2022-01-01"}, "2023-01-01"),
        ({"onsetDateTime": "2022-01-01"}, "2022-01-01"),
    ],
)
def test_an_allergy_is_of_the_day_on_which_it_was_written_down(
    dates: dict[str, str], day: str
) -> None:
    (found,) = scenario_of(allergy("", code={"text": "Cobalin-H"}, **dates)).allergies
    assert str(found.evidence.date) == day
    kept = worded("Allergy to Cobalin-H", **{"recordedDate": None, **dates})
    (found,) = scenario_of(kept).allergies
    assert str(found.evidence.date) == day


@pytest.mark.parametrize("name", ["recordedDate", "assertedDate", "dateRecorded", "onsetDateTime"])
def test_a_condition_is_of_the_day_that_any_version_writes(name: str) -> None:
    entry = worded("LHON", **{"recordedDate": None, name: "2024-05-06"})
    (cited, *_) = scenario_of(entry).lebers.evidence
    assert str(cited.date) == "2024-05-06"
    hinted = worded("?LHON", **{"recordedDate": None, name: "2024-05-06"})
    assert str(scenario_of(hinted).hints[0].date) == "2024-05-06"


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ({"performedDateTime": "2020-02-03"}, "2020-02-03"),
        ({"performedPeriod": {"start": "2020-02-01", "end": "2020-02-03"}}, "2020-02-03"),
        ({"performedPeriod": {"start": "2020-02-03"}}, "2020-02-03"),
        ({"occurrencePeriod": {"start": "2020-02-03"}}, "2020-02-03"),
    ],
)
def test_an_operation_is_of_its_end(when: dict[str, Any], day: str) -> None:
    entry = procedure("", code={"text": "Total gastrectomy"}, **{"performedDateTime": None, **when})
    (cause,) = scenario_of(entry).causes
    assert str(cause.evidence.date) == day
    hinted = procedure("", code={"text": "?gastric bypass"}, **{"performedDateTime": None, **when})
    assert str(scenario_of(hinted).hints[0].date) == day


# Statuses and certainty


@pytest.mark.parametrize("status", ["resolved", "inactive", "remission"])
def test_words_of_what_ended_do_not_point_at_what_counts_only_now(status: str) -> None:
    assert scenario_of(worded("?pregnant", clinical=status)).hints == ()
    assert scenario_of(worded("?pregnant")).hints_at(HintAt.PREGNANCY)
    assert scenario_of(worded("?LHON", clinical=status)).hints_at(HintAt.LEBERS)


def test_an_excluded_diagnosis_points_at_nothing_and_state_after_is_past() -> None:
    said = {"url": CERTAINTY, "valueCoding": {"code": "A"}}
    assert scenario_of(worded("?LHON", extension=[said])).hints == ()
    after = worded("Vitamin B12 deficiency", extension=[{**said, "valueCoding": {"code": "Z"}}])
    after.pop("clinicalStatus")
    fact = scenario_of(after).deficiency_diagnosis
    assert (fact.truth, "inactive" in fact.reason) == (Truth.UNKNOWN, True)


@pytest.mark.parametrize("status", ["entered-in-error", "not-done"])
def test_an_operation_that_was_not_done_points_at_nothing(status: str) -> None:
    assert scenario_of(procedure("", code={"text": "?gastric bypass"}, status=status)).hints == ()
    later = procedure("", code={"text": "Total gastrectomy"}, status=status)
    later["performedDateTime"] = LATER
    assert scenario_of(later).causes == ()


def test_a_severe_reaction_in_the_problem_list_counts_when_it_is_over() -> None:
    text = "Anaphylaxis due to hydroxocobalamin"
    (found,) = scenario_of(worded(text, clinical="resolved")).allergies
    assert (found.allergen, found.severe, found.active) == (
        Allergen.HYDROXOCOBALAMIN,
        Truth.TRUE,
        False,
    )
    assert scenario_of(worded("Allergy to Cobalin-H", clinical="resolved")).allergies == ()


@pytest.mark.parametrize(
    ("changes", "severe"),
    [
        ({"criticality": "low"}, Truth.FALSE),
        ({"criticality": "CRITL"}, Truth.FALSE),
        ({"criticality": "high"}, Truth.TRUE),
        ({"criticality": "CRITH"}, Truth.TRUE),
        ({"criticality": "unable-to-assess"}, Truth.UNKNOWN),
        ({"reaction": [{"severity": "mild"}, {"severity": "moderate"}]}, Truth.FALSE),
        ({"reaction": [{"severity": "mild"}, {"severity": "severe"}]}, Truth.TRUE),
        ({"reaction": [{}]}, Truth.UNKNOWN),
    ],
)
def test_how_severe_a_reaction_was(changes: dict[str, Any], severe: Truth) -> None:
    (found,) = scenario_of(allergy("", code={"text": "Cobalin-H"}, **changes)).allergies
    assert found.severe is severe


def test_a_reaction_is_described_in_its_evidence() -> None:
    reaction = {"manifestation": [{"text": "rash"}, {"text": ""}], "severity": "mild"}
    entry = allergy("", code={"text": "Cobalin-H"}, criticality="low", reaction=[reaction])
    (found,) = scenario_of(entry).allergies
    assert found.evidence.reported == "criticality low, rash, mild"


def test_a_note_of_an_allergy_is_a_hint() -> None:
    entry = allergy("", code=concept(SNOMED, "416098002", "Drug allergy"))
    entry["note"] = [{"text": "after vitamin B12"}]
    assert scenario_of(entry).hints_at(HintAt.ALLERGY)[0].words == "after vitamin B12"


def test_an_old_encounter_is_a_hint_after_12_months_and_not_before() -> None:
    encounter = [{"coding": [{"code": "encounter-diagnosis"}]}]
    for days, hinted in ((364, False), (367, True)):
        entry = condition("91019004", days=days, category=encounter)
        entry.pop("clinicalStatus")
        scenario = scenario_of(entry)
        assert bool(scenario.hints_at(HintAt.NEUROLOGY)) is hinted
        assert bool(scenario.neurological_findings) is not hinted
