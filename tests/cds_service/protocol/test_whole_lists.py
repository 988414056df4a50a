"""What makes a list that came less than all there is (Q61)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds_service.protocol import read_part
from fhir_mappings.fhir import Availability

ENTRY = {"resource": {"resourceType": "Condition", "id": "c1"}}


def read(key: str = "conditions", entry: Any = ENTRY, **changes: Any) -> Any:
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [entry], **changes}
    return read_part(key, bundle, f"prefetch.{key}").part


def link_to(query: str, kind: str = "Condition") -> list[dict[str, str]]:
    return [{"relation": "self", "url": f"https://ehr.example.org/fhir/{kind}?{query}"}]


@pytest.mark.parametrize("label", ["REDACTED", "MASKED", "SUBSETTED"])
@pytest.mark.parametrize("name", ["security", "tag"])
def test_a_list_with_parts_left_out_is_not_whole(name: str, label: str) -> None:
    system = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
    meta = {name: [{"system": system, "code": label}]}
    on_list = read(meta=meta)
    on_entry = read(entry={"resource": {**ENTRY["resource"], "meta": meta}})
    for part in (on_list, on_entry):
        assert part.availability is Availability.INCOMPLETE
        assert part.reason == "the EHR says that part of it is withheld"
        assert len(part.resources) == 1


@pytest.mark.parametrize("label", ["REDACTED", "MASKED", "SUBSETTED"])
@pytest.mark.parametrize("system", [{}, {"system": None}, {"system": ""}])
def test_a_label_without_its_system_may_be_the_one_of_what_was_left_out(
    label: str, system: dict[str, Any]
) -> None:
    meta = {"tag": [{"code": label, **system}]}
    assert read(meta=meta).availability is Availability.INCOMPLETE
    elsewhere = {"tag": [{"code": label, "system": "http://example.org/labels"}]}
    assert read(meta=elsewhere).availability is Availability.COMPLETE


@pytest.mark.parametrize(
    "said",
    [
        {"meta": {"security": {"code": "REDACTED"}}},
        {"meta": {"tag": {"code": "SUBSETTED"}}},
        {"link": {"relation": "next", "url": "https://ehr.example.org/fhir?page=2"}},
        {"total": "2"},
        {"total": Decimal("2.0")},
        {"total": "9" * 5000},
        {"total": -1},
        {"_total": {"extension": [{"url": "urn:x", "valueCode": "masked"}]}},
        {"link": [{"relation": "next"}]},
        {"link": [{"relation": "next", "url": {"value": "https://ehr.example.org/fhir?page=2"}}]},
        {"link": [{"relation": ["next"], "url": "https://ehr.example.org/fhir?page=2"}]},
        {"link": [{"rel": "next", "href": "https://ehr.example.org/fhir?page=2"}]},
        {"link": [None]},
    ],
)
def test_what_a_list_says_of_itself_counts_in_a_shape_that_is_not_quite_right_R166(
    said: dict[str, Any],
) -> None:
    """H17, H18: one object in the place of an array, and a number as text."""
    assert read(**said).availability is Availability.INCOMPLETE


@pytest.mark.parametrize("label", ["N", "R", "HTEST"])
def test_another_label_says_nothing_of_what_was_left_out(label: str) -> None:
    assert read(meta={"security": [{"code": label}]}).availability is Availability.COMPLETE


@pytest.mark.parametrize(
    ("query", "narrowed"),
    [
        ("patient=p1&clinical-status=active", "clinical-status"),
        ("patient=p1&category:in=problem-list-item", "category"),
        ("patient=p1&recorded-date=ge2026-01-01&_count=10", "recorded-date"),
        ("patient=p1&_summary=true", "_summary"),
        ("patient=p1&clinical%2Dstatus=active", "clinical-status"),
        ("patient=p1&severity=24484000", "severity"),
        ("patient=p1&asserter=Practitioner/1", "asserter"),
        ("patient=p1&encounter.class=IMP", "encounter"),
        ("patient=p1&_has:Encounter:diagnosis:_id=1", "_has"),
        ("patient=p1&_since=2026-01-01", "_since"),
    ],
)
def test_a_search_narrower_than_ours_gives_no_whole_list(query: str, narrowed: str) -> None:
    part = read(link=link_to(query))
    assert part.availability is Availability.INCOMPLETE
    assert part.reason == f"the EHR searched by {narrowed} too"


@pytest.mark.parametrize(
    "query", ["patient=p1&_count=250", "subject=Patient/p1&_sort=-date", "_getpages=abc&page=2", ""]
)
def test_a_search_as_wide_as_ours_gives_a_whole_list(query: str) -> None:
    assert read(link=link_to(query)).availability is Availability.COMPLETE


def test_results_are_searched_by_code_all_the_same() -> None:
    entry = {"resource": {"resourceType": "Observation", "id": "o1"}}
    by_code = link_to("patient=p1&code=2132-9&_sort=-date", "Observation")
    assert read("labs", entry, link=by_code).availability is Availability.COMPLETE
    for narrower in (
        "date=ge2026-06-01",
        "code:not=2132-9",
        "category=vital-signs",
        "category:not=laboratory",
        "value-quantity=gt100",
        "combo-code=2132-9",
    ):
        by_more = link_to(f"patient=p1&{narrower}", "Observation")
        assert read("labs", entry, link=by_more).availability is Availability.INCOMPLETE
    by_category = link_to("patient=p1&category=http://x|laboratory", "Observation")
    assert read("labs", entry, link=by_category).availability is Availability.COMPLETE


@pytest.mark.parametrize(
    ("operation", "availability"),
    [
        ("Observation/$lastn", Availability.INCOMPLETE),
        ("Patient/p1/$everything", Availability.COMPLETE),
        ("Patient/p1/$everything?_type=Observation", Availability.INCOMPLETE),
        ("Patient/p1/$everything?start=2020-01-01", Availability.INCOMPLETE),
    ],
)
def test_an_operation_gives_a_whole_list_when_it_gives_everything(
    operation: str, availability: Availability
) -> None:
    link = [{"relation": "self", "url": f"https://ehr.example.org/fhir/{operation}"}]
    assert read(link=link).availability is availability


def test_a_specimen_may_stand_among_the_results() -> None:
    part = read("labs", {"resource": {"resourceType": "Specimen", "id": "s1"}})
    assert [placed.type for placed in part.resources] == ["Specimen"]


@pytest.mark.parametrize(
    ("changes", "stamped"),
    [
        ({"timestamp": "2026-11-20T23:59:00+01:00"}, "2026-11-20"),
        ({"meta": {"lastUpdated": "2026-11-21T00:00:00Z"}}, "2026-11-21"),
        ({"timestamp": "yesterday"}, "None"),
        ({"meta": []}, "None"),
        ({}, "None"),
    ],
)
def test_the_day_on_which_a_list_was_put_together_is_kept(
    changes: dict[str, Any], stamped: str
) -> None:
    assert str(read(**changes).stamped) == stamped


@pytest.mark.parametrize(
    "changes",
    [
        {"timestamp": "yesterday"},
        {"timestamp": "2026-13-45T00:00:00Z"},
        {"timestamp": 1795173145},
        {"timestamp": {"value": "2026-11-20"}},
        {"meta": {"lastUpdated": "unknown"}},
        {"meta": {"lastUpdated": ["2026-11-20T00:00:00Z"]}},
        {"entry": [{}], "timestamp": "yesterday"},
    ],
)
def test_a_list_whose_day_cannot_be_read_is_not_whole_Q61(changes: dict[str, Any]) -> None:
    part = read(**changes)
    assert part.availability is not Availability.COMPLETE
    assert len(part.resources) == len([one for one in changes.get("entry", [ENTRY]) if one])


def test_why_a_list_whose_day_cannot_be_read_is_not_whole_is_said_Q61() -> None:
    part = read(timestamp="yesterday")
    assert part.reason == "the time at which it was put together cannot be read"


@pytest.mark.parametrize("changes", [{"timestamp": None}, {"meta": {"lastUpdated": None}}])
def test_a_list_that_says_no_day_is_whole(changes: dict[str, Any]) -> None:
    assert read(**changes).availability is Availability.COMPLETE


@pytest.mark.parametrize(
    ("code", "status", "whole"),
    [
        ("withheld", "current", False),
        ("notasked", "current", False),
        ("unavailable", "current", False),
        ("closed", "current", False),
        (None, "current", False),
        ("withheld", "entered-in-error", True),
        ("nilknown", "current", True),
    ],
)
def test_a_list_beside_an_empty_one_that_was_not_filled_is_not_whole_Q26(
    code: str | None, status: str, whole: bool
) -> None:
    """FHIR: a List that is empty says why (`emptyReason`): none known, or none asked for."""
    reason = {"coding": [{"code": code}]} if code else {"text": "see paper notes"}
    unfilled = {"resourceType": "List", "status": status, "mode": "snapshot", "emptyReason": reason}
    bundle = {"resourceType": "Bundle", "entry": [ENTRY, {"resource": unfilled}]}
    part = read_part("conditions", bundle, "prefetch.conditions").part
    assert (part.availability is Availability.COMPLETE) is whole
    assert len(part.resources) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"total": "many"},
        {"total": {"value": 9}},
        {"link": [{"relation": "NEXT", "url": "x"}]},
        {"link": {"relation": "Next", "url": "x"}},
    ],
)
def test_a_list_that_may_hold_more_is_not_whole_Q61(changes: dict[str, Any]) -> None:
    assert read(**changes).availability is Availability.INCOMPLETE


@pytest.mark.parametrize("odd", [{}, [], ["REDACTED"], {"coding": []}, 5, True])
def test_a_label_or_reason_of_another_shape_breaks_nothing(odd: Any) -> None:
    """It was an error 500 of the whole call."""
    entry = {"resource": {**ENTRY["resource"], "meta": {"tag": [{"code": odd}]}}}
    assert read(entry=entry).availability is Availability.COMPLETE
    assert read(meta={"security": [{"system": odd, "code": "REDACTED"}]}).availability is (
        Availability.INCOMPLETE
    )
    unfilled = {"resourceType": "List", "emptyReason": {"coding": [{"code": odd}]}}
    bundle = {"resourceType": "Bundle", "entry": [ENTRY, {"resource": unfilled}]}
    part = read_part("conditions", bundle, "prefetch.conditions").part
    assert part.availability is Availability.INCOMPLETE


def outcome(severity: str, code: str) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}


@pytest.mark.parametrize(
    ("issues", "found"),
    [
        (outcome("warning", "informational"), Availability.COMPLETE),
        (outcome("warning", "suppressed"), Availability.INCOMPLETE),
        (outcome("error", "timeout"), Availability.INCOMPLETE),
        ({"resourceType": "OperationOutcome"}, Availability.INCOMPLETE),
    ],
)
def test_issues_beside_the_entries_count_like_an_outcome_among_them_R54(
    issues: Any, found: Availability
) -> None:
    """R5 has a place of its own for what is wrong with a Bundle."""
    assert read(issues=issues).availability is found
    assert read(entry={"resource": issues}).availability is not Availability.COMPLETE or (
        found is Availability.COMPLETE
    )
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [ENTRY], "issues": issues}
    within = read(entry={"resource": bundle})
    assert within.availability is found
    assert len(within.resources) == 1


def test_issues_are_no_match_and_an_error_without_matches_is_a_failed_query_R53() -> None:
    warned = read(issues=outcome("warning", "informational"), total=2)
    assert warned.reason == "the EHR counts more than it sent"
    bundle = {"resourceType": "Bundle", "type": "searchset", "issues": outcome("error", "timeout")}
    reading = read_part("conditions", bundle, "prefetch.conditions")
    assert reading.part.availability is Availability.UNAVAILABLE
    assert not reading.to_fetch  # asking again would fail again
    assert [placed.place for placed, _ in reading.unusable] == ["prefetch.conditions.issues"]


def test_a_list_put_together_by_rules_that_are_not_read_is_not_whole() -> None:
    """`implicitRules` must be understood before content is relied on (FHIR, modifier element)."""
    assert read(implicitRules="https://example.org/rules").availability is Availability.INCOMPLETE
    assert read(implicitRules="").availability is Availability.COMPLETE


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("incomplete", False),
        ("timeout", False),
        ("too-costly", False),
        ("throttled", False),
        ("forbidden", False),
        ("not-found", True),
        ("processing", True),
        ("informational", True),
    ],
)
@pytest.mark.parametrize("beside", [True, False])
def test_a_warning_that_a_source_did_not_answer_leaves_the_list_open_2_1(
    code: str, whole: bool, beside: bool
) -> None:
    """A list of which not all came says no "none"; a warning that there is nothing does (R54)."""
    outcome = {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": code}],
    }
    bundle = {"resourceType": "Bundle", "entry": [{"resource": outcome}] + [ENTRY] * beside}
    for value in (bundle, outcome):
        part = read_part("conditions", value, "prefetch.conditions").part
        assert (part.availability is Availability.COMPLETE) is whole
