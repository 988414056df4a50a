"""The record as a whole: what could not be had, whose data it is, the receipt, and properties over
generated FHIR.
"""

from __future__ import annotations

import copy
import dataclasses
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.fhir.record import Placed
from fhir_mappings.intake import AREAS
from fhir_mappings.scenario_mapping import map_scenario
from recommender.language.logic import NONE_RECORDED, Fact, Measurement
from recommender.language.scenario import Cause, ClinicalScenario
from recommender.language.understanding import RecordArea
from tests.fhir_mappings.records import (
    AS_OF,
    KEY_OF_TYPE,
    LOINC,
    OWN,
    RXNORM,
    SNOMED,
    VALUE_SETS,
    Resource,
    allergy,
    concept,
    condition,
    days_ago,
    injection_given,
    map_all,
    observation,
    patient,
    procedure,
    record_of,
    scenario_of,
    why_ignored,
)

CLOSED_WORLD = {
    "conditions": ("lebers", "bleeding_disorder", "nitrous_oxide", "cause_resolved"),
    "procedures": ("ileal_resection_complete", "dialysis", "cause_resolved"),
    "medications": (
        "anticoagulant_fact",
        "methotrexate",
        "nitrous_oxide",
        "b12_supplement_before_test",
        "cause_resolved",
    ),
}


@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, names in CLOSED_WORLD.items() for name in names]
)
def test_a_closed_world_fact_is_false_only_when_its_list_came_completely(
    key: str, name: str
) -> None:
    assert getattr(scenario_of(), name) == NONE_RECORDED
    for how in ("unavailable", "incomplete"):
        fact = getattr(scenario_of(**{how: [key]}), name)
        assert fact.is_unknown
        assert ("not available" if how == "unavailable" else "incomplete") in fact.reason


@pytest.mark.parametrize(
    "merged",
    [
        {"active": False},
        {"link": [{"type": "replaced-by", "other": {"reference": "Patient/new"}}]},
        {"link": [{"type": "refer", "other": {"reference": "Patient/main"}}]},
        {"link": {"type": "refer", "other": {"reference": "Patient/main"}}},
    ],
)
@pytest.mark.parametrize(
    ("key", "name"), [(key, name) for key, names in CLOSED_WORLD.items() for name in names]
)
def test_a_merged_record_says_none_of_nothing(key: str, name: str, merged: Resource) -> None:
    record = record_of([{**patient(), **merged}])
    scenario = map_scenario(record, AS_OF, VALUE_SETS).scenario

    assert getattr(scenario, name).is_unknown
    assert scenario.incomplete == frozenset(AREAS.values()) - {AREAS["patient"]}


@pytest.mark.parametrize(
    "linked",
    [
        {"active": True},
        {"link": [{"type": "replaces", "other": {"reference": "Patient/old"}}]},
        {"link": [{"type": "seealso", "other": {"reference": "Patient/other"}}]},
    ],
)
def test_the_record_that_others_were_merged_into_is_whole(linked: Resource) -> None:
    record = record_of([{**patient(), **linked}])

    assert not map_scenario(record, AS_OF, VALUE_SETS).scenario.incomplete


@pytest.mark.parametrize("how", ["unavailable", "incomplete"])
def test_what_came_of_an_incomplete_list_is_used(how: str) -> None:
    scenario = scenario_of(
        condition("58610003"),
        procedure("26452005"),
        observation("14685-2", 96, "pmol/L"),
        **{how: ["conditions", "procedures", "labs"]},
    )
    assert scenario.lebers.is_true
    assert {found.cause for found in scenario.causes} == {Cause.TOTAL_GASTRECTOMY}
    assert scenario.total_b12.is_known


@pytest.mark.parametrize("name", ["total_b12", "egfr", "platelets", "mma"])
def test_results_that_could_not_be_had_say_so(name: str) -> None:
    assert (
        getattr(scenario_of(unavailable=["labs"]), name).reason
        == "laboratory results not available"
    )
    assert "incomplete" in getattr(scenario_of(incomplete=["labs"]), name).reason
    assert getattr(scenario_of(), name).reason == "none recorded"


def test_the_areas_that_could_not_be_had_are_named() -> None:
    scenario = scenario_of(unavailable=["labs", "allergies"], incomplete=["procedures"])
    assert scenario.unavailable == {RecordArea.LABORATORY, RecordArea.ALLERGIES}
    assert scenario.incomplete == {RecordArea.PROCEDURES}


@pytest.mark.parametrize(
    ("unavailable", "reason"),
    [
        ([], "none recorded"),
        (["conditions"], "conditions not available"),
        (["labs"], "none recorded among the conditions; laboratory results not available"),
    ],
)
def test_why_neurological_involvement_is_not_known(unavailable: list[str], reason: str) -> None:
    assert scenario_of(unavailable=unavailable).neurological_reason == reason


def test_a_record_of_which_nothing_came_is_all_unknown() -> None:
    scenario = map_scenario(
        record_of([], unavailable=KEY_OF_TYPE.values()), AS_OF, VALUE_SETS
    ).scenario
    assert not scenario.age.is_known
    facts = {
        field.name: getattr(scenario, field.name) for field in dataclasses.fields(ClinicalScenario)
    }
    assert [
        name for name, fact in facts.items() if isinstance(fact, Fact) and not fact.is_unknown
    ] == []


ELSEWHERE = [
    {"reference": "Patient/someone-else"},
    {"reference": "https://ehr.example.org/fhir/Patient/someone-else"},
    {"reference": "Patient/someone-else/_history/2"},
    {"reference": "urn:uuid:someone-else"},
    {"reference": "Group/7"},
    {"reference": "Group/pat-1"},  # the id of another kind may be that of the patient
    {"reference": "https://ehr.example.org/fhir/Device/pat-1"},
    {"reference": "RelatedPerson/pat-1/_history/2"},
    {"reference": "pat-1", "type": "Group"},
]


WHOLE = ("incomplete", "lists")
"""Fields that say how much came: another patient's entry makes a list one that is not whole."""


def assert_nothing_added(with_it: ClinicalScenario, without: ClinicalScenario) -> None:
    """Assert that every fact is what it was, or became unknown; and that no list grew."""
    for field in dataclasses.fields(ClinicalScenario):
        here, there = getattr(with_it, field.name), getattr(without, field.name)
        if isinstance(here, Fact):
            assert here == there or (here.is_unknown and not here.evidence), field.name
        elif isinstance(here, Measurement):
            assert (here.quantity, here.date, here.evidence) == (
                there.quantity,
                there.date,
                there.evidence,
            ), field.name
        elif not field.name.endswith("_reason") and field.name not in WHOLE:
            assert here == there, field.name


@pytest.mark.parametrize(
    ("resource", "area", "name"),
    [
        (condition("84027009"), RecordArea.CONDITIONS, "lebers"),
        (procedure("26452005"), RecordArea.PROCEDURES, "ileal_resection_complete"),
    ],
)
def test_a_list_mixed_with_another_patients_entries_cannot_say_none_R38(
    resource: Resource, area: RecordArea, name: str
) -> None:
    scenario = scenario_of({**resource, "subject": {"reference": "Patient/someone-else"}})
    assert scenario.incomplete == {area}
    assert "another patient" in getattr(scenario, name).reason
    assert getattr(scenario, name).is_unknown


@pytest.mark.parametrize("subject", ELSEWHERE)
def test_a_resource_about_another_patient_is_never_used_R38(subject: Resource) -> None:
    theirs = [
        condition("84027009", subject=subject),
        observation("14685-2", 50, "pmol/L", subject=subject),
        procedure("26452005", subject=subject),
        allergy("5514", RXNORM, patient=subject),
        {**injection_given(5), "subject": subject},
    ]
    mapped = map_all(*theirs)
    assert_nothing_added(mapped.scenario, scenario_of())
    assert [line.ignored for line in mapped.lines() if not line.used] == [
        "about another patient"
    ] * 5


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/pat-1"},
        {"reference": "https://ehr.example.org/fhir/Patient/pat-1"},
        {"reference": "Patient/pat-1/_history/2"},
        {"reference": "urn:uuid:pat-1"},
        {"reference": "pat-1"},
        None,
        {"display": "A name only"},
    ],
)
def test_a_resource_about_this_patient_is_used_however_it_says_so(subject: Resource | None) -> None:
    assert scenario_of(condition("84027009", subject=subject)).deficiency_diagnosis.is_true


def test_another_patient_resource_is_not_who_it_is_about_R38() -> None:
    scenario = map_scenario(record_of([patient(id="someone-else")]), AS_OF, VALUE_SETS).scenario
    assert not scenario.age.is_known
    assert scenario.deceased.is_unknown


def test_every_resource_stands_in_the_receipt_exactly_once_with_a_use_or_a_reason() -> None:
    resources = [
        condition("84027009"),
        condition("38341003"),
        observation("14685-2", 96, "pmol/L"),
        observation("8302-2", 170, "cm"),
        {"resourceType": "Encounter", "status": "finished"},
        {"resourceType": 7},
        {"no": "type"},
    ]
    mapped = map_all(*resources)
    lines = mapped.lines()
    assert len(lines) == len({line.place for line in lines}) == len(resources) + 1
    assert all(bool(line.used_for) != bool(line.ignored) for line in lines)


def test_the_receipt_says_why_in_plain_words() -> None:
    mapped = map_all(
        observation("14685-2", 142, days=5),
        observation("1234-5", 1, "mg/dL", code=concept(LOINC, "1234-5", "Some test")),
        observation("", 1, "mg/dL", code={"text": "Some test"}),
        observation("777-3", 180, "10*9/L", status="entered-in-error"),
        {"resourceType": "Encounter"},
    )
    assert set(why_ignored(mapped, "Observation")) == {
        "total vitamin B12, unit missing: 142",
        "code not in any value set: http://loinc.org|1234-5 (Some test)",
        "without a code, in words not known here: Some test",
        "Platelets [#/volume] in Blood by Automated count, status is 'entered-in-error'",
    }
    assert why_ignored(mapped, "Encounter") == ["not needed for any fact"]


def test_a_used_resource_names_the_facts_it_feeds() -> None:
    mapped = map_all(condition("84027009"))
    (line,) = [line for line in mapped.lines() if line.type == "Condition"]
    assert line.used_for == ("deficiency_diagnosis", "cause")


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ({"lastUpdated": "2026-06-01T00:00:00Z"}, {"lastUpdated": "2026-06-02T00:00:00Z"}),
        ({"lastUpdated": "2026-06-01T10:00:00+02:00"}, {"lastUpdated": "2026-06-01T09:30:00Z"}),
        ({"versionId": "9"}, {"versionId": "10"}),
        ({"versionId": "12"}, {"lastUpdated": "2026-06-01T09:30:00Z"}),
    ],
)
def test_a_resource_that_came_twice_is_read_once_and_the_newest_version_counts(
    earlier: dict[str, str], later: dict[str, str]
) -> None:
    old = observation("14685-2", 300, "pmol/L", id="same", meta=earlier)
    new = observation("14685-2", 96, "pmol/L", id="same", meta=later)
    for pair in ([old, new], [new, old]):
        mapped = map_all(*pair)
        assert str(mapped.scenario.total_b12.quantity.value) == "96"  # type: ignore[union-attr]
        (why,) = why_ignored(mapped, "Observation")
        assert why.startswith("the same resource came at prefetch.labs.entry[")


FULL_RECORD: list[Resource] = [
    patient(),
    condition("84027009", id="c1"),
    condition("302226006", id="c2", days=20),
    condition("E53.8", "http://hl7.org/fhir/sid/icd-10-cm", id="c3"),
    condition("433144002", id="c4", verificationStatus={"coding": [{"code": "provisional"}]}),
    condition("77386006", id="c5", days=40),
    observation("14685-2", 96, "pmol/L", id="o1", days=100),
    observation("14685-2", 180, "pmol/L", id="o2", days=100),
    observation("14685-2", 700, "pmol/L", id="o3", days=3),
    observation("777-3", 42, "K/uL", id="o4", days=20),
    observation("2160-0", 1.1, "mg/dL", id="o5"),
    observation("48642-3", 55, "mL/min/1.73m2", id="o6"),
    observation("neuro-screen", id="o7", system=OWN, valueBoolean=False),
    observation("82810-3", id="o8", valueCodeableConcept=concept(SNOMED, "60001007")),
    observation("ileal-resection-length", 25, "cm", id="o9", system=OWN),
    procedure("51346007", id="p1", note=[{"text": "18 cm of ileum removed"}]),
    procedure("302497006", id="p2", days=20),
    allergy("5514", RXNORM, id="a1", criticality="high"),
    allergy("419382002", id="a2"),
    {**injection_given(60), "id": "m1"},
    {**injection_given(58), "id": "m2"},
    {
        "resourceType": "MedicationRequest",
        "id": "m3",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/pat-1"},
        "medicationCodeableConcept": concept(RXNORM, "11289", "Warfarin"),
        "authoredOn": days_ago(30),
    },
]


def canonical(value: Any) -> Any:
    """Return a value in which the order of tuples does not show."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: canonical(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if hasattr(value, "_asdict"):
        return {name: canonical(said) for name, said in value._asdict().items()}
    if isinstance(value, tuple | frozenset):
        return sorted((canonical(item) for item in value), key=repr)
    return repr(value)


@given(st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_scenario_does_not_depend_on_the_order_of_the_record(shuffled: random.Random) -> None:
    resources = FULL_RECORD[:]
    shuffled.shuffle(resources)
    here = map_scenario(record_of(resources), AS_OF, VALUE_SETS).scenario
    assert canonical(here) == canonical(
        map_scenario(record_of(FULL_RECORD), AS_OF, VALUE_SETS).scenario
    )


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of every element in a JSON value."""
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return (
        [path, *(deeper for key, item in inner for deeper in paths_of(item, (*path, key)))]
        if path
        else [deeper for key, item in inner for deeper in paths_of(item, (*path, key))]
    )


def put(resource: Resource, path: tuple[Any, ...], value: Any) -> Resource:
    changed = copy.deepcopy(resource)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["active", "2026-06-01", "Patient/pat-1", "final", "84027009", SNOMED]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "coding",
                    "code",
                    "system",
                    "text",
                    "reference",
                    "value",
                    "unit",
                    "start",
                    "end",
                    "display",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
MUTATIONS = [
    (number, path) for number, resource in enumerate(FULL_RECORD) for path in paths_of(resource)
]


@given(st.lists(st.tuples(st.sampled_from(MUTATIONS), ANY_JSON), min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_any_element_may_be_anything_and_mapping_still_answers(
    changes: list[tuple[tuple[int, tuple[Any, ...]], Any]],
) -> None:
    resources = copy.deepcopy(FULL_RECORD)
    for (number, path), value in changes:
        try:
            resources[number] = put(resources[number], path, value)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took this element away
    mapped = map_scenario(record_of(resources), AS_OF, VALUE_SETS)
    assert len(mapped.lines()) == len(resources)


TYPES = [
    "Patient",
    "Condition",
    "Observation",
    "Procedure",
    "AllergyIntolerance",
    "MedicationRequest",
    "MedicationStatement",
    "DiagnosticReport",
]
ELEMENTS = [
    "code",
    "status",
    "subject",
    "patient",
    "clinicalStatus",
    "verificationStatus",
    "effectiveDateTime",
    "valueQuantity",
    "component",
]
MORE = [
    "contained",
    "reaction",
    "note",
    "birthDate",
    "onsetDateTime",
    "performedPeriod",
    "medicationCodeableConcept",
    "dosageInstruction",
    "meta",
]


@given(
    st.lists(
        st.builds(
            lambda kind, body: {"resourceType": kind, **body},
            st.sampled_from(TYPES),
            st.dictionaries(st.sampled_from(ELEMENTS + MORE), ANY_JSON, max_size=6),
        ),
        max_size=4,
    )
)
@settings(max_examples=200, deadline=None)
def test_generated_resources_never_stop_the_mapping(resources: list[Resource]) -> None:
    mapped = map_scenario(record_of(resources), AS_OF, VALUE_SETS)
    assert len(mapped.lines()) == len(resources)


@given(st.sampled_from(FULL_RECORD[1:]), st.sampled_from(ELSEWHERE))
@settings(max_examples=60, deadline=None)
def test_nothing_of_another_patient_reaches_the_scenario_R38(
    resource: Resource, subject: Resource
) -> None:
    element = "patient" if "patient" in resource else "subject"
    theirs = {**resource, "id": "theirs", element: subject}
    with_it = map_scenario(record_of([*FULL_RECORD, theirs]), AS_OF, VALUE_SETS)
    without = map_scenario(record_of(FULL_RECORD), AS_OF, VALUE_SETS)
    assert_nothing_added(with_it.scenario, without.scenario)
    assert "theirs" not in repr(with_it.scenario)


def test_mapping_changes_nothing_in_what_came() -> None:
    before = json.dumps(FULL_RECORD)
    map_scenario(record_of(FULL_RECORD), AS_OF, VALUE_SETS)
    assert json.dumps(FULL_RECORD) == before


def test_two_resources_without_an_id_are_told_apart_by_their_place() -> None:
    placed = [
        Placed(f"prefetch.labs.entry[{number}]", observation("8302-2", 170, "cm"))
        for number in range(2)
    ]
    assert [item.reference for item in placed] == [
        "prefetch.labs.entry[0]",
        "prefetch.labs.entry[1]",
    ]
