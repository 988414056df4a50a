"""Whatever JSON comes, the readers of medicines and drafts answer, and drafting from it never
fails.
"""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_mappings.draft_orders import read_drafts
from fhir_mappings.drafts import draft_changes, injection_sites
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.fhir.record import Placed
from fhir_mappings.fhir.versions import FhirVersion, detect_version
from fhir_mappings.intake.receipt import Receipt
from fhir_mappings.medicines.medications import map_medications
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import M_LOAD
from recommender.language.course import InjectionSite
from tests.fuzz.mutations import DIGIT_RUNS, renamed

AS_OF = dt.date(2026, 11, 21)
VALUE_SETS = load_value_sets()

WORDS = st.sampled_from(
    [
        *(
            "",
            "active",
            "draft",
            "stopped",
            "completed",
            "ug",
            "mg",
            "mL",
            "{pill}",
            "tablet",
            "d",
            "wk",
            "mo",
            "h",
            "BID",
            "PRN",
            "IM",
        ),
        *(
            "every 2-3 months",
            "http://www.nlm.nih.gov/research/umls/rxnorm",
            "309593",
            "5514",
            "476628",
            "Cyanokit",
            "1",
            "#m",
        ),
        *(
            "Medication/m",
            "2026-11-01",
            "2026-13-45",
            "2026",
            "Vitamin B 12 1 MG Oral Tablet",
            "Hydroxocobalamin 1mg/1ml",
            "-1",
            "1e99",
        ),
        *DIGIT_RUNS,
    ]
)
NUMBERS = st.one_of(
    st.integers(-5, 5), st.integers(), st.floats(), st.sampled_from([1000, 0.5, 1e300])
)
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.text(max_size=8))
NAMES = st.sampled_from(
    [
        *(
            "coding",
            "system",
            "code",
            "display",
            "text",
            "value",
            "unit",
            "repeat",
            "frequency",
            "frequencyMax",
            "period",
            "periodMax",
        ),
        *(
            "periodUnit",
            "periodUnits",
            "count",
            "countMax",
            "boundsPeriod",
            "boundsDuration",
            "boundsRange",
            "start",
            "end",
            "dayOfWeek",
        ),
        *(
            "timeOfDay",
            "when",
            "timing",
            "route",
            "site",
            "doseAndRate",
            "doseQuantity",
            "doseRange",
            "low",
            "high",
            "asNeededBoolean",
        ),
        *(
            "asNeeded",
            "extension",
            "url",
            "valueQuantity",
            "reference",
            "concept",
            "event",
            "dose",
            "quantity",
            "additionalInstruction",
        ),
        *("numerator", "denominator", "strength", "item", "itemCodeableConcept", "id"),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=5)),
    max_leaves=12,
)
ELEMENTS = st.sampled_from(
    [
        *(
            "id",
            "status",
            "intent",
            "subject",
            "patient",
            "medicationCodeableConcept",
            "medicationReference",
            "medication",
            "dosage",
        ),
        *(
            "dosageInstruction",
            "authoredOn",
            "dateWritten",
            "reasonCode",
            "reasonReference",
            "reason",
            "note",
            "category",
            "contained",
        ),
        *(
            "priorPrescription",
            "dispenseRequest",
            "doNotPerform",
            "code",
            "ingredient",
            "form",
            "effectiveDateTime",
            "effectivePeriod",
        ),
        *(
            "whenHandedOver",
            "dateAsserted",
            "taken",
            "occurrenceDateTime",
            "occurrenceTiming",
            "requester",
            "groupIdentifier",
            "meta",
        ),
    ]
)
KINDS = st.sampled_from(
    [
        *(
            "MedicationRequest",
            "MedicationOrder",
            "MedicationStatement",
            "MedicationDispense",
            "MedicationAdministration",
            "Medication",
        ),
        *("ServiceRequest", "ProcedureRequest", "DiagnosticOrder", "Condition", "Patient"),
    ]
)
B12 = {
    "coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "309593"}],
    "text": "Vitamin B 12 1 MG Oral Tablet",
}


@st.composite
def resources(draw):
    resource = draw(st.dictionaries(ELEMENTS, JSON, max_size=8))
    resource["resourceType"] = draw(st.one_of(KINDS, JSON))
    if draw(st.booleans()):
        resource["medicationCodeableConcept"] = B12
    if draw(st.booleans()):
        resource["id"] = draw(st.sampled_from(["1", "2", "a" * 250]))
    return resource


def _place(found, times):
    """Return the resources, each so many times: under ids of their own from the second on."""
    many = [renamed(item, turn) if turn else item for turn in range(times) for item in found]
    return [Placed(f"entry[{number}]", item) for number, item in enumerate(many)]


RECORDS = st.builds(_place, st.lists(resources(), max_size=5), st.sampled_from([*[1] * 9, 25]))
SELECTED = st.one_of(WORDS, st.sampled_from(["MedicationRequest/1", "MedicationOrder/2"]))


@settings(max_examples=100, deadline=None)
@given(RECORDS)
def test_reading_the_medicines_of_any_record_answers(placed):
    receipt = Receipt()

    facts = map_medications(placed, AS_OF, VALUE_SETS, receipt)

    assert all(order.lines for order in facts.orders)
    assert all(line.dose is None or line.dose > 0 for order in facts.orders for line in order.lines)


@settings(max_examples=80, deadline=None)
@given(RECORDS)
def test_the_medicines_do_not_depend_on_the_order_they_come_in(placed):
    forward = map_medications(placed, AS_OF, VALUE_SETS, Receipt())
    backward = map_medications(placed[::-1], AS_OF, VALUE_SETS, Receipt())

    assert set(forward.orders) == set(backward.orders)
    assert set(forward.doses) == set(backward.doses)
    assert (forward.anticoagulant, forward.methotrexate.truth) == (
        backward.anticoagulant,
        backward.methotrexate.truth,
    )


@settings(max_examples=100, deadline=None)
@given(
    RECORDS,
    st.one_of(st.none(), st.lists(SELECTED, max_size=3)),
    st.sampled_from([1, 1, 60]),
)
def test_reading_any_draft_set_answers_R157(placed, selections, times):
    everything = [one.reference for one in placed] if times > 1 else []
    selections = None if selections is None else [*selections, *everything] * times

    drafts = read_drafts(placed, selections, "1", VALUE_SETS)

    assert len(drafts.entries) == len(placed)

    assert detect_version(placed) in FhirVersion
    assert all(
        order.not_computable
        for order in drafts.orders
        for line in order.lines
        if line.dose is None or line.timing is None
    )


@settings(max_examples=100, deadline=None)
@given(resources(), st.sampled_from(list(FhirVersion)))
def test_changing_any_draft_answers_with_a_resource_that_can_be_checked(resource, version):
    context = DraftContext(version, "1", AS_OF, VALUE_SETS)
    technique = ("Use a 25 to 27 gauge needle.",)

    changed = [
        draft_changes.rewrite(resource, M_LOAD, context, technique),
        draft_changes.with_technique(resource, technique, context),
        draft_changes.with_start(resource, AS_OF, context),
        injection_sites.with_site(resource, InjectionSite.DELTOID, context),
    ]

    assert all(
        isinstance(check_outgoing(item, version), list) for item in changed if item is not None
    )
