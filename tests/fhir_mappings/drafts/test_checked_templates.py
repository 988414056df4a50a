"""New drafts are judged as templates: a fault anywhere is still caught, and nothing of a patient is
in what is remembered.
"""

import copy
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.drafts import medication_request, service_request
from fhir_mappings.drafts.checked_templates import check_new_draft, write_template
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE, M_LOAD, ORAL
from recommender.language.course import FollowUp, Test

VALUE_SETS = load_value_sets()
WRITTEN = [version for version in FhirVersion if version.can_be_written]
PATIENT = DraftContext(
    FhirVersion.R4,
    "pat-4711",
    dt.date(2026, 11, 21),
    VALUE_SETS,
    encounter_id="enc-0815",
    user_id="Practitioner/dr-who",
    group_id="7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11",
    reason_reference="Condition/con-31337",
    rule="N1",
)
OF_THE_PATIENT = (
    "pat-4711",
    "enc-0815",
    "dr-who",
    "7c2b7f0e",
    "con-31337",
    "ord-99",
    "2026-11-21",
    "2027",
)


def drafts(context: DraftContext) -> list[dict]:
    """Return one draft of each kind that is written, as new copies."""
    in_words = context._replace(reason_reference="", reason_text="Vitamin B12 deficiency")
    follow_up = FollowUp(Test.MMA, months=3, why="symptoms persist", citations=("S38",))
    made = [
        medication_request.draft(
            M_LOAD, context, ("Press on the site.",), "MedicationRequest/ord-99"
        ),
        medication_request.draft(M_LOAD, in_words),
        service_request.draft(follow_up, context),
    ]
    return [copy.deepcopy(draft) for draft in made if draft]


def places(value, path=()):
    """Yield the path of every member and item within a value."""
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for name, item in items:
        yield (*path, name)
        yield from places(item, (*path, name))


def damaged(draft: dict, path: tuple, value: object) -> dict:
    draft = copy.deepcopy(draft)
    target = draft
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return draft


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize("phase", CATALOGUE, ids=lambda phase: phase.id)
def test_every_new_draft_has_a_template_and_is_valid_with_it(phase, version):
    draft = medication_request.draft(phase, PATIENT._replace(version=version))

    assert write_template(draft) is not None
    assert check_new_draft(draft, version) == check_outgoing(draft, version) == []


@pytest.mark.parametrize("version", WRITTEN)
def test_nothing_of_the_patient_is_in_a_template(version):
    templates = [write_template(draft) for draft in drafts(PATIENT._replace(version=version))]

    assert len(templates) == 3
    assert all(template is not None for template in templates)
    assert not [word for word in OF_THE_PATIENT for one in templates if word.encode() in one]


@pytest.mark.parametrize("version", WRITTEN)
def test_drafts_for_two_people_on_two_days_have_one_template(version):
    context = PATIENT._replace(version=version)
    other = context._replace(
        patient_id="p2",
        encounter_id="e2",
        as_of=dt.date(2030, 2, 28),
        reason_reference="Condition/c2",
        group_id="f" * 8 + PATIENT.group_id[8:],
    )

    assert [write_template(draft) for draft in drafts(context)] == [
        write_template(draft) for draft in drafts(other)
    ]


@pytest.mark.parametrize("version", WRITTEN)
@pytest.mark.parametrize(
    "wrong", [None, "x y", True, {"reference": "Medication/1"}, "2026-02-30"], ids=repr
)
def test_a_draft_damaged_in_any_member_is_judged_as_if_nothing_were_remembered(version, wrong):
    for draft in drafts(PATIENT._replace(version=version)):
        assert check_new_draft(draft, version) == []
        for path in places(draft):
            broken = damaged(draft, path, wrong)

            assert check_new_draft(broken, version) == check_outgoing(broken, version), path


@pytest.mark.parametrize("version", WRITTEN)
def test_a_member_too_many_or_too_few_is_judged_as_if_nothing_were_remembered(version):
    for draft in drafts(PATIENT._replace(version=version)):
        for path in [(), *places(draft)]:
            target = draft
            for step in path:
                target = target[step]
            if isinstance(target, dict):
                more = damaged({"top": draft}, ("top", *path), target | {"surprise": 1})["top"]
                fewer = [
                    damaged(
                        {"top": draft},
                        ("top", *path),
                        {n: v for n, v in target.items() if n != name},
                    )["top"]
                    for name in target
                ]
                for broken in (more, *fewer):
                    assert check_new_draft(broken, version) == check_outgoing(broken, version), path


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from(WRITTEN))
def test_any_damage_is_judged_as_if_nothing_were_remembered(data, version):
    draft = data.draw(st.sampled_from(drafts(PATIENT._replace(version=version))))
    path = data.draw(st.sampled_from(list(places(draft))))
    json_value = st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False)
        | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2)
        ),
        max_leaves=4,
    )
    broken = damaged(draft, path, data.draw(json_value))

    assert check_new_draft(broken, version) == check_outgoing(broken, version)


@pytest.mark.parametrize(
    "member",
    [
        {"id": "ord-1"},
        {"subject": {"reference": "Patient/of a client with odd ids"}},
        {"subject": {"reference": "Patient/p1", "display": "Jane Example"}},
        {"requester": {"reference": "https://ehr.example.org/fhir/Practitioner/u1"}},
        {"authoredOn": "2026-11-21T10:00:00+01:00"},
        {"groupIdentifier": {"value": "a number of the clinic"}},
    ],
    ids=lambda member: next(iter(member)),
)
def test_what_has_another_form_than_ours_is_judged_by_itself_and_not_remembered(member):
    draft = drafts(PATIENT)[0] | member

    assert write_template(draft) is None
    assert check_new_draft(draft, FhirVersion.R4) == check_outgoing(draft, FhirVersion.R4)


def test_drafts_that_start_on_two_days_have_one_template_and_a_period_backwards_has_none():
    first, second = (
        medication_request.draft(ORAL, PATIENT, starts=dt.date(2026, 11, day)) for day in (22, 25)
    )
    backwards = copy.deepcopy(first)
    backwards["dispenseRequest"]["validityPeriod"] = {"start": "2026-12-01", "end": "2026-11-01"}

    assert write_template(first) == write_template(second) is not None
    assert check_new_draft(first, PATIENT.version) == check_outgoing(first, PATIENT.version) == []
    assert write_template(backwards) is None
