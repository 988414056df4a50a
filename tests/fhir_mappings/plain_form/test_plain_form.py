"""What is plain is valid for the models too, whatever is done to it; orders as they usually come
are plain.
"""

import copy
import datetime as dt
import subprocess
import sys
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.drafts import medication_request, outgoing, service_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.plain_form import is_plain
from fhir_mappings.plain_form.elements import ELEMENTS
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import CATALOGUE, M_LOAD
from recommender.language.course import FollowUp, Test
from tests.whole import WHOLE, one_in

CONTEXT = DraftContext(
    FhirVersion.R4,
    "p1",
    dt.date(2026, 11, 21),
    load_value_sets(),
    encounter_id="e1",
    user_id="Practitioner/u1",
    reason_reference="Condition/c1",
    group_id="7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11",
    rule="M2",
)
SAMPLES = {
    "string": "Sample",
    "markdown": "Sample **text**",
    "xhtml": '<div xmlns="http://www.w3.org/1999/xhtml">Sample</div>',
    "code": "sample",
    "id": "sample-1",
    "uri": "http://example.org/sample",
    "canonical": "http://example.org/sample|1",
    "boolean": False,
    "integer": 1,
    "unsignedInt": 0,
    "positiveInt": 1,
    "decimal": Decimal("0.5"),
    "date": "2026-02-28",
    "dateTime": "2026-02-28T10:00:00+01:00",
}
STRANGE = [
    *("", " ", "\x1f", "\ud800", "a  b", "a\nb", " a", "a ", "é", "1", "true", "x" * 65),
    *("2026", "2026-13-01", "2026-02-30", "0000-01-01", "2026-01-01T00:00:00", "2026-01-01T24:00"),
    *("2026-01-01T23:59:60Z", "2026-01-01T10:00:00.1234567Z", "2026-01-01T10:00:00+14:30"),
    *("Patient/1", "patient/1", "Condition/1", "#gone", "urn:uuid:x", "http://x/Condition/1/_x"),
    *(None, True, False, 0, 1, -1, 1.5, 1e300, float("nan"), float("inf"), 2**31, 2**31 - 1),
    *(Decimal("1E+5"), Decimal("NaN"), Decimal("0.10"), Decimal(10) ** 40, b"x"),
    *([], [None], [[]], {}, {"a": 1}, {"reference": "Condition/1"}, {"text": "x"}, ["mon", "x"]),
    *({"resourceType": "Medication"}, {"resourceType": "Condition"}, [{"url": "u"}]),
    *({"value": 1, "code": "mg"}, {"start": "2026"}, {"extension": [{"url": "u"}]}),
]


def sample_of(kind):
    """Return a value of a type with every element of the table, one leg of each choice."""
    if kind in SAMPLES:
        return SAMPLES[kind]
    made, legs = {}, set()
    for name, element in ELEMENTS[kind].items():
        if element.choice in legs:
            continue
        legs.add(element.choice or name)
        value = sorted(element.codes)[0] if element.codes else sample_of(element.type)
        if element.targets:
            value = value | {"reference": f"{sorted(element.targets)[0]}/1"}
        made[name] = [value] if element.many else value
    return made


def by_models(resource):
    return outgoing._check_model(resource, resource["resourceType"], FhirVersion.R4)


def catalogue():
    made = [medication_request.draft(phase, CONTEXT) for phase in CATALOGUE]
    made.append(service_request.draft(FollowUp(Test.MMA, months=3, why="x"), CONTEXT))
    return [copy.deepcopy(draft) for draft in made if draft]


FULL = [sample_of("MedicationRequest"), sample_of("ServiceRequest")]
START = [*FULL, medication_request.draft(M_LOAD, CONTEXT)]


def places(value, path=()):
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for name, item in items:
        yield (*path, name)
        yield from places(item, (*path, name))


def changed(resource, path, value, name=None):
    """Return a copy with another value at a place, or with a further member beside it."""
    resource = copy.deepcopy(resource)
    target = resource
    for step in path[:-1]:
        target = target[step]
    target[name if name and isinstance(target, dict) else path[-1]] = value
    return resource


@pytest.mark.parametrize("resource", FULL, ids=lambda one: one["resourceType"])
def test_an_order_with_every_element_of_the_table_is_plain_and_valid(resource):
    assert is_plain(resource)
    assert by_models(resource) == []


def test_every_draft_of_the_catalogue_is_plain():
    assert [draft for draft in catalogue() if not is_plain(draft)] == []


@pytest.mark.parametrize("number", range(len(START)))
def test_nothing_is_plain_that_the_models_refuse(number):
    """One pair of place and value in seven, all of them in `./run prove`."""
    resource, let_through = START[number], 0
    for path, value in one_in(7, product(places(resource), STRANGE)):
        damaged = changed(resource, path, value)
        if is_plain(damaged):
            let_through += 1
            assert by_models(damaged) == [], (path, value)
    assert let_through > (100 if WHOLE else 10)


def test_what_is_required_has_to_be_there():
    for resource in FULL:
        for path in places(resource):
            damaged = copy.deepcopy(resource)
            target = damaged
            for step in path[:-1]:
                target = target[step]
            del target[path[-1]]
            if is_plain(damaged):
                assert by_models(damaged) == [], path


def test_two_legs_of_a_choice_are_not_plain():
    both = FULL[0] | {"medicationReference": {"reference": "Medication/1"}}

    assert not is_plain(both)
    assert by_models(both) != []


@pytest.mark.parametrize(
    "resource",
    [{}, {"resourceType": "Patient"}, {"resourceType": ["MedicationRequest"]}, {"status": "draft"}],
)
def test_what_is_no_order_is_not_plain(resource):
    assert not is_plain(resource)


VALUES = st.one_of(
    st.sampled_from(STRANGE),
    st.text(max_size=30),
    st.decimals(),
    st.floats(),
    st.integers(),
    st.datetimes(timezones=st.timezones()).map(lambda one: one.isoformat()),
    st.from_regex(
        r"[12]\d{3}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?", fullmatch=True
    ),
    st.from_regex(r"([A-Za-z:/.]+/)?[A-Z][a-z]+/[a-z0-9._/|]+", fullmatch=True),
)


@settings(max_examples=300, deadline=None)
@given(st.data(), VALUES)
def test_whatever_is_put_in_or_beside_an_element(data, value):
    resource = data.draw(st.sampled_from(START))
    path = data.draw(st.sampled_from(list(places(resource))))
    name = data.draw(st.sampled_from([None, "id", "extension", "_status", "display", "system"]))
    damaged = changed(resource, path, value, name)

    if is_plain(damaged):
        assert by_models(damaged) == []


PROGRAM = """
import sys
from cds_service.app import create_app
from cds_service.demonstration import load_request
from cds_service.warm_up import warm_up
import datetime, json
app = create_app()
warm_up(app)
body = json.dumps(load_request(datetime.date(2026, 11, 21)))
answer = app.test_client().post("/cds-services/b12-order-select", data=body,
                                content_type="application/json")
assert answer.get_json()["cards"][0]["suggestions"]
seldom = {"fhir", "pydantic", "alembic", "mako", "psycopg", "pyarrow", "requests"}
print(sorted(seldom & {name.split(".")[0] for name in sys.modules}))
"""


def test_a_service_starts_and_answers_a_plain_order_without_what_is_seldom_needed():
    """Models, migrations and PostgreSQL; columns of files and an HTTP client of the other commands:
    each takes from 4 to 26 MB.
    """
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=120, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1] == "[]"
