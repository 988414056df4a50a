"""The tri-state of prefetch: each row of the decision table, and every shape that real clients send
(IT27).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.protocol.bundles import MORE_PAGES
from cds_service.protocol.prefetch import NOT_SENT, TYPES, read_part
from fhir_mappings.fhir.record import Availability
from tests.cds_service.misbehaving_fhir import bundle

CONDITION = {"resourceType": "Condition", "id": "c1", "subject": {"reference": "Patient/p"}}
WARNING = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "warning", "code": "not-found", "diagnostics": "no results"}],
}
ERROR = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "exception"}]}


def read(value: Any, key: str = "conditions") -> Any:
    return read_part(key, value, f"prefetch.{key}")


def places_of(reading: Any) -> list[str]:
    return [placed.place for placed, _ in reading.unusable]


def test_a_bundle_with_matches_is_all_there_is_R49() -> None:
    reading = read(bundle(CONDITION, {**CONDITION, "id": "c2"}))

    assert reading.part.availability is Availability.COMPLETE
    assert [placed.reference for placed in reading.part.resources] == [
        "Condition/c1",
        "Condition/c2",
    ]
    assert [placed.place for placed in reading.part.resources] == [
        "prefetch.conditions.entry[0]",
        "prefetch.conditions.entry[1]",
    ]
    assert not reading.to_fetch


def test_a_next_link_leaves_the_list_incomplete_R56() -> None:
    reading = read(bundle(CONDITION, next_url="http://ehr/next"))

    assert (reading.part.availability, reading.part.reason, reading.next_url) == (
        Availability.INCOMPLETE,
        MORE_PAGES,
        "http://ehr/next",
    )
    assert len(reading.part.resources) == 1


CUT = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "REDACTED"}
SUPPRESSED = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "information", "code": "suppressed"}],
}


@pytest.mark.parametrize(
    "sent",
    [
        {**bundle(CONDITION), "meta": {"security": [CUT]}},
        {**bundle(), "meta": {"security": [{**CUT, "code": "MASKED"}]}},
        bundle({**CONDITION, "meta": {"security": [{**CUT, "code": "SUBSETTED"}]}}),
        bundle(
            {
                **CONDITION,
                "meta": {
                    "security": [{**CUT, "system": "http://hl7.org/fhir/v3/ObservationValue"}]
                },
            }
        ),
        bundle(CONDITION, SUPPRESSED),
        bundle(SUPPRESSED),
        SUPPRESSED,
    ],
)
def test_a_list_of_which_something_was_withheld_never_says_none(sent: Any) -> None:
    part = read(sent).part

    assert part.availability is not Availability.COMPLETE
    assert part.reason


@pytest.mark.parametrize(
    "label",
    [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"},
        {"system": "http://example.org/labels", "code": "REDACTED"},
        "REDACTED",
    ],
)
def test_other_labels_say_nothing_of_what_came(label: Any) -> None:
    sent = {**bundle(CONDITION), "meta": {"security": [label]}}

    assert read(sent).part.availability is Availability.COMPLETE


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        bundle(),
        {"resourceType": "Bundle", "total": 0},
        {"resourceType": "Bundle", "entry": None},
    ],
)
def test_null_and_an_empty_bundle_are_known_absent_R52(nothing: Any) -> None:
    reading = read(nothing)

    assert reading.part.availability is Availability.COMPLETE
    assert reading.part.resources == ()
    assert not reading.to_fetch


@pytest.mark.parametrize("outcome", [WARNING, bundle(WARNING)])
def test_only_a_warning_outcome_is_known_absent_R54(outcome: Any) -> None:
    reading = read(outcome)

    assert reading.part.availability is Availability.COMPLETE
    assert reading.part.resources == ()


@pytest.mark.parametrize(
    "outcome",
    [
        ERROR,
        bundle(ERROR),
        {"resourceType": "OperationOutcome"},
        {**ERROR, "issue": [{"severity": "fatal"}]},
    ],
)
def test_an_error_outcome_is_unknown_and_not_asked_again_R53(outcome: Any) -> None:
    reading = read(outcome)

    assert reading.part.availability is Availability.UNAVAILABLE
    assert not reading.to_fetch


def test_an_error_beside_matches_leaves_the_list_incomplete_R54() -> None:
    reading = read(bundle(CONDITION, ERROR))

    assert reading.part.availability is Availability.INCOMPLETE
    assert [placed.reference for placed in reading.part.resources] == ["Condition/c1"]


def test_a_missing_key_is_unknown_and_asked_for_R51() -> None:
    reading = read(NOT_SENT)

    assert reading.part.availability is Availability.UNAVAILABLE
    assert reading.to_fetch
    assert reading.part.reason


@pytest.mark.parametrize("malformed", ["text", 7, True, {}, [], {"entry": "x"}])
def test_a_malformed_value_is_unknown_and_named_R57(malformed: Any) -> None:
    reading = read(malformed)

    assert reading.part.availability is not Availability.COMPLETE or reading.part.resources == ()
    if malformed != {"entry": "x"}:
        assert reading.part.availability is Availability.UNAVAILABLE
        assert places_of(reading) == ["prefetch.conditions"]


@pytest.mark.parametrize("entry", [{}, {"a": 1}, "x", 7, [[]], {"resource": None}])
def test_an_entry_that_is_no_array_and_no_resource_is_not_nothing_R57(entry: Any) -> None:
    reading = read({"resourceType": "Bundle", "entry": entry})

    assert reading.part.availability is Availability.UNAVAILABLE
    assert places_of(reading) == ["prefetch.conditions.entry[0]"]


def test_a_single_entry_in_the_place_of_the_array_is_read_R57() -> None:
    reading = read({"resourceType": "Bundle", "entry": {"resource": CONDITION}})

    assert reading.part.availability is Availability.COMPLETE
    assert [placed.reference for placed in reading.part.resources] == ["Condition/c1"]


def nested(inner: dict[str, Any], levels: int) -> dict[str, Any]:
    for _ in range(levels):
        inner = {"resourceType": "Bundle", "entry": [{"resource": inner}]}
    return inner


@pytest.mark.parametrize(
    ("levels", "inner", "read_of_it"),
    [
        (1, bundle(CONDITION) | {"link": [{"relation": "next", "url": "x"}]}, 1),
        (1, bundle(CONDITION) | {"total": 2}, 1),
        (3, bundle(CONDITION) | {"total": 2}, 1),
        (1, bundle(CONDITION) | {"entry": [{"resource": CONDITION}, {}]}, 1),
        (5, CONDITION, 0),
        (9, CONDITION, 0),
    ],
)
def test_a_bundle_within_that_is_not_whole_leaves_the_list_incomplete_R56(
    levels: int, inner: dict[str, Any], read_of_it: int
) -> None:
    reading = read(nested(inner, levels))

    assert reading.part.availability is Availability.INCOMPLETE
    assert len(reading.part.resources) == read_of_it


@pytest.mark.parametrize("levels", [1, 2, 4])
def test_a_bundle_within_that_is_whole_is_all_of_it_R57(levels: int) -> None:
    reading = read(nested(CONDITION, levels))

    assert reading.part.availability is Availability.COMPLETE
    assert len(reading.part.resources) == 1


def test_the_total_counts_the_matches_and_not_what_came_along_R58() -> None:
    along = {"resource": {"resourceType": "Encounter"}, "search": {"mode": "include"}}
    entries = [{"resource": CONDITION, "search": {"mode": "match"}}, along]

    whole = read({"resourceType": "Bundle", "total": 1, "entry": entries})
    part = read({"resourceType": "Bundle", "total": 2, "entry": entries})

    assert whole.part.availability is Availability.COMPLETE
    assert part.part.availability is Availability.INCOMPLETE


@pytest.mark.parametrize(
    "nobody",
    [
        None,
        bundle(),
        {"response": {"status": "404 Not Found"}},
        {"resourceType": "OperationOutcome", "issue": [{"severity": "warning"}]},
    ],
)
def test_no_patient_is_no_patient_that_was_read_and_is_not_asked_for_again_R52(
    nobody: Any,
) -> None:
    reading = read(nobody, "patient")

    assert reading.part.availability is Availability.UNAVAILABLE
    assert reading.part.reason == "there is no such Patient"
    assert not reading.to_fetch


def test_a_list_of_which_every_entry_is_marked_as_come_along_is_counted_as_it_is_R58() -> None:
    along = {"resource": CONDITION, "search": {"mode": "include"}}

    reading = read({"resourceType": "Bundle", "total": 1, "entry": [along]})

    assert reading.part.availability is Availability.COMPLETE


def test_a_bare_array_is_read_R57() -> None:
    assert [placed.place for placed in read([CONDITION]).part.resources] == [
        "prefetch.conditions[0]"
    ]


def test_the_wrapper_of_old_clients_is_read_R57() -> None:
    reading = read({"response": {"status": "200 OK"}, "resource": bundle(CONDITION)})

    assert [placed.reference for placed in reading.part.resources] == ["Condition/c1"]
    assert (
        read({"response": {"status": "500"}, "resource": None}).part.availability
        is Availability.UNAVAILABLE
    )


def test_a_single_resource_for_a_list_is_used_but_not_taken_for_all_R57() -> None:
    reading = read(CONDITION)

    assert [placed.reference for placed in reading.part.resources] == ["Condition/c1"]
    assert reading.part.availability is Availability.INCOMPLETE


def test_a_bundle_for_a_read_is_opened_R57() -> None:
    reading = read(bundle({"resourceType": "Patient", "id": "p"}), "patient")

    assert [placed.reference for placed in reading.part.resources] == ["Patient/p"]
    assert reading.part.availability is Availability.COMPLETE


def test_another_resource_type_is_not_used_and_is_no_absence_R57() -> None:
    reading = read(bundle({"resourceType": "Observation", "id": "o"}))

    assert reading.part.availability is Availability.UNAVAILABLE
    assert reading.part.resources == ()
    assert places_of(reading) == ["prefetch.conditions.entry[0]"]


def test_included_resources_are_no_matches_R58() -> None:
    value = {
        "resourceType": "Bundle",
        "entry": [
            {"search": {"mode": "include"}, "resource": {"resourceType": "Practitioner", "id": "x"}}
        ],
    }

    assert read(value).part.availability is Availability.COMPLETE
    assert read(value).part.resources == ()


@pytest.mark.parametrize(
    "kind",
    ["", " ", "condition", "Condition ", "CONDITION", "Condi\u200btion", "\uff23ondition", "x"],
)
def test_an_entry_whose_type_is_no_type_of_fhir_may_be_anything_R57(kind: str) -> None:
    unread = {**CONDITION, "resourceType": kind}
    alone = read({"resourceType": "Bundle", "entry": [{"resource": unread}]})
    beside = read(
        {"resourceType": "Bundle", "entry": [{"resource": CONDITION}, {"resource": unread}]}
    )

    assert alone.part.availability is Availability.UNAVAILABLE
    assert beside.part.availability is Availability.INCOMPLETE
    assert beside.part.resources != ()
    assert places_of(beside) == ["prefetch.conditions.entry[1]"]


@pytest.mark.parametrize("kind", ["Practitioner", "VisionPrescription", "MolecularSequence"])
def test_an_entry_of_another_type_of_fhir_beside_the_others_is_no_gap_R57(kind: str) -> None:
    other = {"resourceType": kind, "id": "o"}
    reading = read(
        {"resourceType": "Bundle", "entry": [{"resource": CONDITION}, {"resource": other}]}
    )

    assert reading.part.availability is Availability.COMPLETE


def test_an_entry_without_resource_leaves_the_list_incomplete_R57() -> None:
    reading = read(
        {"resourceType": "Bundle", "entry": [{"resource": CONDITION}, {"fullUrl": "urn:uuid:1"}]}
    )

    assert reading.part.availability is Availability.INCOMPLETE
    assert places_of(reading) == ["prefetch.conditions.entry[1]"]


@pytest.mark.parametrize(
    ("total", "expected"), [(1, Availability.COMPLETE), (2, Availability.INCOMPLETE)]
)
def test_a_total_of_1_is_all_of_1_entry_and_a_total_of_2_is_not_R56(
    total: int, expected: Availability
) -> None:
    assert read(bundle(CONDITION, total=total)).part.availability is expected


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["Bundle", "Condition", "next", "error"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "resourceType",
                    "entry",
                    "resource",
                    "link",
                    "relation",
                    "url",
                    "issue",
                    "severity",
                    "search",
                    "mode",
                    "total",
                    "response",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=25,
)


@given(JSON_VALUES, st.sampled_from(sorted(TYPES)))
def test_any_json_is_read_and_absence_is_never_concluded_from_something_unreadable(
    value: Any, key: str
) -> None:
    reading = read(value, key)

    assert all(isinstance(placed.resource, dict) for placed in reading.part.resources)
    if reading.part.availability is not Availability.COMPLETE:
        assert reading.part.reason
    if key != "patient" and reading.next_url:
        assert reading.part.availability is not Availability.COMPLETE


def test_an_entry_whose_type_is_no_text_is_named_once_R57() -> None:
    reading = read(bundle(CONDITION, {"resourceType": ["Condition"], "id": "c2"}))

    ((placed, why),) = reading.unusable
    assert (placed.place, placed.type, why) == (
        "prefetch.conditions.entry[1]",
        "",
        "holds no readable resource",
    )
    assert len(reading.part.resources) == 1
