"""Parsing: what the advice needs must be right, the rest is read as far as it can be, and each
refusal names its place.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.protocol.errors import Problem
from cds_service.protocol.hook_request import HookRequest, parse_hook_request
from cds_service.protocol.json_text import read_json, write_json

DRAFT = {"resourceType": "MedicationRequest", "id": "m1"}


def body(**changes: Any) -> dict[str, Any]:
    context = {"patientId": "p", "userId": "Practitioner/u", "selections": ["MedicationRequest/m1"]}
    context["draftOrders"] = {"resourceType": "Bundle", "entry": [{"resource": DRAFT}]}
    return {"hook": "order-select", "hookInstance": "i", "context": context, **changes}


def with_context(**changes: Any) -> dict[str, Any]:
    made = body()
    made["context"] = {
        key: value for key, value in {**made["context"], **changes}.items() if value is not ...
    }
    return made


def refusal(value: Any, hook: str = "order-select") -> str:
    with pytest.raises(Problem) as caught:
        parse_hook_request(value, hook)
    assert caught.value.status == 400
    return caught.value.text


def test_a_whole_request_is_read_R26() -> None:
    request = parse_hook_request(
        body(
            fhirServer="https://ehr/fhir",
            fhirAuthorization={
                "access_token": "t",
                "token_type": "bearer",
                "expires_in": "300",
                "scope": "x",
                "subject": "s",
            },
            prefetch={"patient": None},
            extension={"com.epic.cdshooks.request.fhir-version": "R4"},
        ),
        "order-select",
    )

    assert (request.hook_instance, request.patient_id, request.user_id) == (
        "i",
        "p",
        "Practitioner/u",
    )
    assert (request.fhir_server, request.access_token, request.version_hint) == (
        "https://ehr/fhir",
        "t",
        "R4",
    )
    assert request.prefetch == {"patient": None}
    assert request.selections == ("MedicationRequest/m1",)
    assert [placed.place for placed in request.drafts] == ["context.draftOrders.entry[0]"]
    assert request.tolerated == ()


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "The body"),
        ("x", "The body"),
        (None, "The body"),
        ({k: v for k, v in body().items() if k != "hook"}, "hook:"),
        (body(hook="patient-view"), "hook:"),
        (body(hook=7), "hook:"),
        ({k: v for k, v in body().items() if k != "hookInstance"}, "hookInstance:"),
        (body(hookInstance=""), "hookInstance:"),
        (body(hookInstance=["x"]), "hookInstance:"),
        ({k: v for k, v in body().items() if k != "context"}, "context:"),
        (body(context=[]), "context:"),
        (with_context(patientId=...), "context.patientId:"),
        (with_context(patientId=5), "context.patientId:"),
        (with_context(patientId="Patient/"), "context.patientId:"),
        (with_context(patientId=".."), "context.patientId:"),
        (with_context(draftOrders=...), "context.draftOrders:"),
        (with_context(draftOrders="x"), "context.draftOrders:"),
    ],
)
def test_what_is_needed_and_missing_or_of_the_wrong_type_is_refused_by_place_R31(
    value: Any, place: str
) -> None:
    text = refusal(value)

    assert text.startswith(place)
    assert "found" in text
    assert "expected" in text


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ("", "an empty string"),
        (" \t", "a blank string"),
        (True, "a boolean"),
        (1, "a number"),
        (None, "null"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_what_was_found_in_the_place_of_a_text_is_named(given: Any, found: str) -> None:
    assert refusal(with_context(patientId=given)) == (
        f"context.patientId: found {found}, expected a non-empty string."
    )


def test_a_refusal_never_repeats_what_stood_there() -> None:
    assert "Jane" not in refusal(body(hook="Jane Doe"))
    assert "Jane" not in refusal(body(context="Jane Doe"))


@pytest.mark.parametrize(
    "instance", ["not-a-uuid", "70f6b32d-a7df-4ddb-a260-473230109c39", "x" * 300]
)
def test_any_hook_instance_text_is_taken_R28(instance: str) -> None:
    assert parse_hook_request(body(hookInstance=instance), "order-select").hook_instance == instance


@pytest.mark.parametrize(
    ("given_id", "read"),
    [
        ("p", "p"),
        ("Patient/p", "p"),
        ("https://ehr/fhir/Patient/p", "p"),
        ("https://ehr/fhir/Patient/p/_history/3", "p"),
        ("p" * 250, "p" * 250),
        (" p ", "p"),
        ("a.b-c", "a.b-c"),
        ("p/_history/3", "p"),
        ("fhir/p", "p"),
    ],
)
def test_the_patient_id_is_read_bare_R37(given_id: str, read: str) -> None:
    assert parse_hook_request(with_context(patientId=given_id), "order-select").patient_id == read


@pytest.mark.parametrize(
    ("user", "read"),
    [
        ("Practitioner/u", "Practitioner/u"),
        ("https://ehr/fhir/PractitionerRole/r", "PractitionerRole/r"),
        ("Practitioner/u/_history/3", "Practitioner/u"),
        ("RelatedPerson/u", "RelatedPerson/u"),
        ("Account/u", ""),
        ("users/u", ""),
        ("u", ""),
        (None, ""),
        (5, ""),
    ],
)
def test_the_user_is_type_and_id_or_nothing_R37(user: Any, read: str) -> None:
    assert parse_hook_request(with_context(userId=user), "order-select").user_id == read


@pytest.mark.parametrize(
    ("encounter", "read"),
    [
        ("e", "e"),
        ("Encounter/e", "e"),
        ("https://ehr/fhir/Encounter/e", "e"),
        ("e/_history/1", "e"),
        ("Patient/e", ""),
    ],
)
def test_the_encounter_id_is_read_bare_R37(encounter: str, read: str) -> None:
    request = parse_hook_request(with_context(encounterId=encounter), "order-select")

    assert request.encounter_id == read


def test_a_patient_of_another_type_is_refused_R37() -> None:
    with pytest.raises(Problem) as refused:
        parse_hook_request(with_context(patientId="Practitioner/p"), "order-select")

    assert refused.value.text.startswith("context.patientId:")


@pytest.mark.parametrize("encounter", [None, ..., 5, ""])
def test_an_encounter_is_not_needed_R31(encounter: Any) -> None:
    assert (
        parse_hook_request(with_context(encounterId=encounter), "order-select").encounter_id == ""
    )


def test_null_members_count_as_absent() -> None:
    request = parse_hook_request(
        body(fhirServer=None, fhirAuthorization=None, prefetch=None, extension=None), "order-select"
    )

    assert (
        request.fhir_server,
        request.access_token,
        dict(request.prefetch),
        request.tolerated,
    ) == ("", "", {}, ())


@pytest.mark.parametrize("member", ["prefetch", "extension", "fhirServer", "fhirAuthorization"])
def test_an_optional_member_of_the_wrong_type_is_set_aside_and_named_R73(member: str) -> None:
    request = parse_hook_request(body(**{member: 7}), "order-select")

    assert [place for place, _ in request.tolerated] == [member]


@pytest.mark.parametrize(
    "unread", ["Hydroxocobalamin 1 mg", '{"resourceType": "MedicationRequest"}', 5, None, [], {}]
)
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_draft_that_is_no_resource_is_named_and_the_others_are_read_R73(
    unread: Any, wrapped: bool
) -> None:
    entry = {"resource": unread} if wrapped else unread
    order = {"resource": {"resourceType": "MedicationRequest", "id": "a"}}
    drafts = {"resourceType": "Bundle", "entry": [entry, order]}

    request = parse_hook_request(with_context(draftOrders=drafts), "order-select")

    assert [one.resource["id"] for one in request.drafts] == ["a"]
    assert [place for place, _ in request.tolerated] == ["context.draftOrders.entry[0]"]


def test_it_is_named_also_beside_an_order_set_that_holds_an_order_R73() -> None:
    held = {"resourceType": "MedicationRequest", "id": "held"}
    listed = {"resource": {"reference": "#held"}}
    order_set = {"resourceType": "RequestGroup", "contained": [held], "action": [listed]}
    drafts = {"resourceType": "Bundle", "entry": ["Hydroxocobalamin", {"resource": order_set}]}

    request = parse_hook_request(with_context(draftOrders=drafts), "order-select")

    assert len(request.drafts) == 2
    assert [place for place, _ in request.tolerated] == ["context.draftOrders.entry[0]"]


def test_an_authorization_without_server_gives_no_access_R29() -> None:
    request = parse_hook_request(body(fhirAuthorization={"access_token": "t"}), "order-select")

    assert (request.fhir_server, request.access_token) == ("", "")
    assert request.tolerated[0][0] == "fhirServer"


def test_an_authorization_without_token_gives_no_access_R62() -> None:
    request = parse_hook_request(
        body(fhirServer="https://ehr/fhir", fhirAuthorization={"scope": "x"}), "order-select"
    )

    assert (request.fhir_server, request.access_token) == ("", "")


def test_unknown_members_are_ignored_at_every_level_R34_R149() -> None:
    request = parse_hook_request(
        {
            **with_context(taskId="t", extension={"x": 1}),
            "user": "u",
            "applyCql": True,
            "tenant": {},
        },
        "order-select",
    )

    assert request.patient_id == "p"
    assert request.tolerated == ()


@pytest.mark.parametrize(
    "drafts",
    [
        {"resourceType": "Bundle", "entry": [{"resource": DRAFT}]},
        {"entry": [{"resource": DRAFT}]},
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"fullUrl": "urn:uuid:1", "resource": DRAFT}, {}, None, 5],
        },
        [DRAFT],
        [{"resource": DRAFT}],
        {
            "resourceType": "Bundle",
            "entry": [{"resource": {"resourceType": "Bundle", "entry": [{"resource": DRAFT}]}}],
        },
        {"resourceType": "Bundle", "entry": {"resource": DRAFT}},
        DRAFT,
        {"resourceType": "bundle", "entry": [{"resource": DRAFT}]},
        {"resourceType": "Collection", "entry": [{"resource": DRAFT}]},
    ],
)
def test_drafts_are_found_in_every_shape_that_clients_send_R166(drafts: Any) -> None:
    request = parse_hook_request(with_context(draftOrders=drafts), "order-select")

    assert [placed.resource for placed in request.drafts] == [DRAFT]


@pytest.mark.parametrize(
    "empty", [{}, [], {"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": None}]
)
def test_a_session_without_drafts_is_no_error_R157(empty: Any) -> None:
    assert parse_hook_request(with_context(draftOrders=empty), "order-select").drafts == ()


@pytest.mark.parametrize(
    ("selections", "read"),
    [
        (..., ()),
        (None, ()),
        ([], ()),
        ("MedicationRequest/m1", ("MedicationRequest/m1",)),
        (["a", 5, None], ("a",)),
        ({"x": 1}, ()),
    ],
)
def test_selections_are_read_as_far_as_they_can_be_R155(
    selections: Any, read: tuple[str, ...]
) -> None:
    assert (
        parse_hook_request(with_context(selections=selections), "order-select").selections == read
    )


def test_patient_view_needs_no_drafts() -> None:
    request = parse_hook_request(
        {"hook": "patient-view", "hookInstance": "i", "context": {"patientId": "p"}}, "patient-view"
    )

    assert request == HookRequest("patient-view", "i", "p")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b'{"a": 1} x',
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1, "a": 2}',
        b'\xef\xbb\xbf{"a": 1}',
        b'{"a": "\xff"}',
        b'{"a": "\\ud800"}',
        b"\xff\xfe{\x00}\x00",
        b'{"a":' * 300 + b"1" + b"}" * 300,
        b"[" * 100_000,
    ],
)
def test_what_is_not_strict_json_is_refused_R6_R36(text: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_json(text)

    assert caught.value.status == 400
    assert caught.value.text.endswith(".")


def test_a_duplicate_key_is_refused_without_repeating_it() -> None:
    with pytest.raises(Problem) as caught:
        read_json(b'{"Jane Doe": 1, "Jane Doe": 2}')

    assert (
        caught.value.text
        == "The body is not valid JSON: an object has the same key twice at line 1 column 28."
    )


@pytest.mark.parametrize(
    "number",
    [
        "1.00",
        "1.0",
        "0.10",
        "100",
        "123456789012345678901234567890",
        "0.1000000000000000055511151231257827",
        "-0.0",
    ],
)
def test_a_number_leaves_with_the_digits_it_came_with_R8(number: str) -> None:
    assert (
        write_json(read_json(f'{{"value":{number}}}'.encode())) == f'{{"value":{number}}}'.encode()
    )


def test_a_fraction_is_read_exactly_R8() -> None:
    assert read_json(b"0.1") + read_json(b"0.2") == Decimal("0.3")


@pytest.mark.parametrize("value", [Decimal("Infinity"), Decimal("NaN"), object(), {1, 2}])
def test_what_has_no_json_form_never_leaves_R6(value: Any) -> None:
    with pytest.raises(TypeError):
        write_json(value)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(
    st.sampled_from(sorted(body())), st.sampled_from(["", *sorted(body()["context"])]), JSON_VALUES
)
def test_any_value_in_any_place_is_read_or_refused(member: str, inner: str, value: Any) -> None:
    made = body()
    if inner:
        made["context"][inner] = value
    else:
        made[member] = value
    with suppress(Problem):
        request = parse_hook_request(made, "order-select")
        assert request.patient_id
        assert request.hook_instance


@pytest.mark.parametrize("kind", ["MAC", "DPoP", "", "Bearer x", 5, ["Bearer"], {"a": 1}, True])
def test_a_token_that_is_not_of_the_type_bearer_is_not_used_R62(kind: Any) -> None:
    access = {"access_token": "t", "token_type": kind}

    request = parse_hook_request(
        body(fhirServer="https://ehr/fhir", fhirAuthorization=access), "order-select"
    )

    assert (request.fhir_server, request.access_token) == ("", "")
    assert request.no_access == "the EHR's access token is of another type than Bearer"
    assert (
        "fhirAuthorization.token_type",
        "is not Bearer, so nothing was fetched",
    ) in request.tolerated


@pytest.mark.parametrize("kind", ["Bearer", "bearer", " BEARER ", None])
def test_a_bearer_token_is_used_however_the_type_is_written_R62(kind: Any) -> None:
    access = {"access_token": "t", "token_type": kind}

    request = parse_hook_request(
        body(fhirServer="https://ehr/fhir", fhirAuthorization=access), "order-select"
    )

    assert (request.fhir_server, request.access_token) == ("https://ehr/fhir", "t")
    assert request.no_access == ""


def test_an_empty_token_leaves_an_open_server_readable_R60() -> None:
    request = parse_hook_request(
        body(fhirServer="https://ehr/fhir", fhirAuthorization={"access_token": ""}), "order-select"
    )

    assert (request.fhir_server, request.access_token) == ("https://ehr/fhir", "")
