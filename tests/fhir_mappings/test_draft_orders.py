"""The draft set of an order hook: selections, foreign patients, stops, tests, and the course they
make with the record.
"""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_mappings.course import read_course
from fhir_mappings.draft_orders import (
    are_all_unrelated,
    name_drafts,
    read_drafts,
    read_stored_halves,
)
from fhir_mappings.fhir.record import Placed
from fhir_mappings.selections import resolve_selections
from fhir_mappings.terminology.code_systems import ATC, LOINC, RXNORM, SNOMED
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language import RemoveOrder, apply
from recommender.language.course import (
    FolateIndication,
    InjectionSite,
    Order,
    OrderState,
    Test,
    TestPurpose,
)
from recommender.language.doses import DoseLine, PeriodUnit, Route, Substance, Timing
from recommender.language.scenario import ClinicalScenario, LoweringDrug

VALUE_SETS = load_value_sets()
AS_OF = dt.date(2026, 11, 21)
LONG_ID = "eRequest.-" + "aB9-." * 48


def place(*resources: dict) -> list[Placed]:
    return [
        Placed(f"context.draftOrders.entry[{number}]", resource)
        for number, resource in enumerate(resources)
    ]


DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
ONE_PILL = {"value": 1, "code": "{pill}"}


def medicine(code: str = "309593", identity: str | None = "d1", **elements) -> dict:
    resource = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code}]},
        "dosageInstruction": [{"timing": DAILY, "doseAndRate": [{"doseQuantity": ONE_PILL}]}],
    }
    return resource | ({"id": identity} if identity else {}) | elements


def laboratory(loinc: str, identity: str = "t1", **elements) -> dict:
    resource = {
        "resourceType": "ServiceRequest",
        "id": identity,
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
    }
    return (
        resource
        | {"intent": "order", "code": {"coding": [{"system": LOINC, "code": loinc}]}}
        | elements
    )


def read(*resources: dict, selections=None, others=()):
    return read_drafts(place(*resources), selections, "p1", VALUE_SETS, lambda: others)


@pytest.mark.parametrize(
    "name", ["Cyanocobalmin 1 mg inj", "cynocobalamin tablets", "hydroxocobolamine 1 mg"]
)
def test_a_draft_that_is_nearly_named_vitamin_b12_is_checked_and_never_called_right_Q27(name):
    [order] = read(medicine(medicationCodeableConcept={"text": name})).orders

    assert [line.substance for line in order.lines] == [Substance.COBALAMIN_UNSPECIFIED]
    assert "its name is nearly that of vitamin B12" in order.not_computable


@pytest.mark.parametrize(
    "name", ["Syringe for B12 injection", "Apixaban 5 mg, on B12", "Hydroxychloroquine 200 mg"]
)
def test_a_draft_of_what_goes_with_vitamin_b12_is_no_order_of_it(name):
    assert read(medicine(medicationCodeableConcept={"text": name})).orders == ()


def test_order_sign_selects_every_draft():
    drafts = read(medicine(identity="a"), medicine("199318", identity="b"))

    assert [(order.key, order.selected) for order in drafts.orders] == [
        ("MedicationRequest/a", True),
        ("MedicationRequest/b", True),
    ]
    assert drafts.in_scope


def test_order_select_marks_the_selected_draft_alone_R154():
    drafts = read(
        medicine(identity="a"), medicine("199318", identity="b"), selections=["MedicationRequest/b"]
    )

    assert [order.selected for order in drafts.orders] == [False, True]


@pytest.mark.parametrize(
    ("selections", "found"),
    [
        (["MedicationRequest/a"], {"a"}),
        (["https://ehr.example.org/fhir/MedicationRequest/a"], {"a"}),
        ([" MedicationRequest/a "], {"a"}),
        (["a"], {"a"}),
        (["urn:uuid:a"], {"a"}),
        (["MedicationRequest/a", "MedicationRequest/b"], {"a", "b"}),
        ([], {"a", "b"}),
        (["", " "], {"a", "b"}),
        (["the second one"], {"a", "b"}),
        (["the second one", "MedicationRequest/b"], {"b"}),
    ],
)
def test_selections_are_resolved_in_every_form_they_are_sent_R155(selections, found):
    drafts = place(medicine(identity="a"), medicine(identity="b"))

    places = resolve_selections(selections, drafts)

    assert {placed.resource["id"] for placed in drafts if placed.place in places} == found


@pytest.mark.parametrize("identity", [7, " 7", "7 ", "7"])
@pytest.mark.parametrize("selection", ["MedicationRequest/7", "7", "urn:uuid:7"])
def test_an_id_that_is_a_number_or_padded_is_found_R155(identity, selection):
    drafts = place(medicine(identity="a"), medicine() | {"id": identity})

    places = resolve_selections([selection], drafts)

    assert [placed.resource["id"] for placed in drafts if placed.place in places] == [identity]


UUID = "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"


@pytest.mark.parametrize(
    "selection",
    [
        f"urn:uuid:{UUID}",
        f"urn:uuid:{UUID.upper()}",
        UUID,
        UUID.upper(),
        f"MedicationRequest/{UUID}",
        f"https://ehr.example.org/fhir/MedicationRequest/{UUID.upper()}",
    ],
)
@pytest.mark.parametrize("by_url", [True, False])
def test_a_uuid_is_found_however_it_is_written_R155(selection, by_url):
    other, meant = medicine(identity="a"), medicine() | {"id": UUID.upper()}
    if by_url:
        del meant["id"]
    drafts = [
        Placed("one", other, "urn:uuid:another"),
        Placed("two", meant, f"urn:uuid:{UUID}" if by_url else ""),
    ]

    assert resolve_selections([selection], drafts) == {"two"}


@pytest.mark.parametrize(
    "selections", [["MedicationRequest/z"], ["MedicationOrder/a"], ["z"], ["the one", "z"]]
)
def test_a_selection_outside_the_draft_set_gets_no_advice_and_no_error_R156(selections):
    drafts = read(medicine(identity="a"), selections=selections)

    assert not drafts.in_scope
    assert [order.selected for order in drafts.orders] == [False]


def order_set(*listed: str, kind: str = "RequestGroup", **elements) -> dict:
    actions = [{"resource": {"reference": reference}} for reference in listed]
    return {"resourceType": kind, "id": "set", "status": "draft", "action": actions} | elements


@pytest.mark.parametrize(
    "chosen",
    [
        order_set("MedicationRequest/a"),
        order_set("ServiceRequest/t1", "https://ehr.example.org/fhir/MedicationRequest/a"),
        order_set("MedicationRequest/a", kind="RequestOrchestration"),
        order_set(action={"title": "B12", "action": order_set("MedicationRequest/a")["action"]}),
    ],
)
def test_who_selects_an_order_set_selects_the_orders_that_it_lists_R154_R155(chosen):
    selected = f"{chosen['resourceType']}/set"

    drafts = read(
        chosen, medicine(identity="a"), medicine(identity="b", code="5514"), selections=[selected]
    )

    assert [order.selected for order in drafts.orders] == [True, False]


@pytest.mark.parametrize(
    "selections", [["MedicationRequest/b"], ["RequestGroup/other"], ["RequestGroup/set"]]
)
def test_an_order_set_selects_nothing_that_it_does_not_list_R156(selections):
    drafts = read(
        order_set("MedicationRequest/elsewhere"),
        medicine(identity="a"),
        laboratory("718-7", identity="b"),
        selections=selections,
    )

    assert not drafts.in_scope


def test_order_sets_that_list_each_other_come_to_an_end():
    first = order_set("RequestGroup/other")
    second = order_set("RequestGroup/set", "MedicationRequest/a") | {"id": "other"}

    drafts = read(first, second, medicine(identity="a"), selections=["RequestGroup/set"])

    assert drafts.in_scope


def test_a_bare_id_that_two_drafts_share_selects_neither():
    drafts = read(medicine(identity="a"), laboratory("2132-9", identity="a"), selections=["a"])

    assert not drafts.in_scope


def test_an_id_of_250_characters_is_kept_byte_for_byte_R161():
    drafts = read(medicine(identity=LONG_ID), selections=[f"MedicationRequest/{LONG_ID}"])

    assert [order.key for order in drafts.orders] == [f"MedicationRequest/{LONG_ID}"]
    assert list(drafts.resources) == [f"MedicationRequest/{LONG_ID}"]


def test_a_draft_without_an_id_is_described_but_nothing_can_name_it_R161():
    drafts = read(medicine(identity=None))

    assert drafts.in_scope
    assert drafts.orders[0].key == "context.draftOrders.entry[0]"
    assert drafts.resources == {}


def test_a_draft_for_another_patient_gets_no_advice_R38():
    drafts = read(medicine(subject={"reference": "Patient/p2"}))

    assert drafts.orders == ()
    assert not drafts.in_scope
    assert [line.ignored for line in drafts.lines] == ["about another patient"]


def test_a_draft_without_a_medicine_yet_is_out_of_scope_R157():
    drafts = read(
        {
            "resourceType": "MedicationRequest",
            "id": "request-123",
            "status": "draft",
            "subject": {"reference": "Patient/p1"},
        }
    )

    assert not drafts.in_scope
    assert drafts.unresolved == ()


def test_an_unrelated_order_is_out_of_scope():
    assert not read(
        medicine("199390", medicationCodeableConcept={"text": "Atorvastatin 20 MG Oral Tablet"})
    ).in_scope


def test_a_lowering_medicine_is_told_apart_and_not_in_scope_by_itself_Q19():
    drafts = read(medicine("6809"))

    assert drafts.lowering_drugs == frozenset({LoweringDrug.METFORMIN})
    assert not drafts.in_scope


@pytest.mark.parametrize(
    ("resource", "why"),
    [
        (
            medicine("6809", "metformin"),
            "no vitamin B12 or folic acid, but a medicine that can lower vitamin B12: ",
        ),
        (
            {"resourceType": "DeviceRequest", "id": "device"},
            "no order of a medicine, test or procedure",
        ),
        (medicine("5514", "done", status="completed"), "draft order, status is 'completed'"),
        (
            {"resourceType": "Medication", "id": "m"},
            "no order and no B12 or folic acid entry names it",
        ),
    ],
)
def test_a_draft_that_is_not_used_says_what_it_is(resource, why):
    lines = read(resource).lines

    assert [line.ignored.startswith(why) for line in lines] == [True]


@pytest.mark.parametrize(
    "elements",
    [
        {"status": "stopped"},
        {"status": "cancelled"},
        {"status": "on-hold"},
        {"doNotPerform": True},
        {"doNotPerform": "true"},
        {"status": "ended"},
    ],
)
def test_a_drafted_stop_is_a_stop(elements):
    assert read(medicine(**elements)).orders[0].state is OrderState.STOP


@pytest.mark.parametrize("flag", [1, "yes", {}, [True]])
def test_a_draft_that_may_forbid_what_it_names_is_never_called_right_R166(flag):
    [order] = read(medicine(doNotPerform=flag)).orders
    assert "cannot be read whether the order forbids" in order.not_computable


@pytest.mark.parametrize("flag", [False, "false", None, ""])
def test_a_draft_that_forbids_nothing_is_one(flag):
    [order] = read(medicine(doNotPerform=flag)).orders
    assert (order.state, order.not_computable) == (OrderState.DRAFT, "")


@pytest.mark.parametrize("status", ["draft", "active", "unknown", None])
def test_any_other_status_in_the_draft_set_is_a_draft(status):
    assert read(medicine(status=status)).orders[0].state is OrderState.DRAFT


@pytest.mark.parametrize("status", ["entered-in-error", "completed"])
def test_a_mistaken_or_completed_entry_is_no_order(status):
    assert read(medicine(status=status)).orders == ()


def test_a_replacement_names_what_it_replaces_Q16():
    assert (
        read(medicine(priorPrescription={"reference": "MedicationRequest/old"})).orders[0].replaces
        == "MedicationRequest/old"
    )


@pytest.mark.parametrize(
    ("identity", "reference", "found"),
    [
        ("m", "#m", True),
        ("#m", "#m", True),
        (" m ", "#m", True),
        (7, "#7", True),
        ("m", "#n", False),
        ("M", "#m", False),
        ("", "#", False),
        (None, "#", False),
        (["m"], "#m", False),
    ],
)
def test_a_medication_may_be_contained_R160(identity, reference, found):
    contained = [
        "no resource",
        {
            "resourceType": "Medication",
            "id": identity,
            "code": {"coding": [{"system": RXNORM, "code": "309593"}]},
        },
    ]
    draft = medicine(contained=contained, medicationReference={"reference": reference})
    del draft["medicationCodeableConcept"]

    assert [order.lines[0].dose for order in read(draft).orders] == [1000] * found


MEDICATION = {
    "resourceType": "Medication",
    "id": "m9",
    "code": {"coding": [{"system": RXNORM, "code": "309593"}]},
}


def by_reference(**reference) -> dict:
    draft = medicine(medicationReference={"reference": "Medication/m9"} | reference)
    del draft["medicationCodeableConcept"]
    return draft


@pytest.mark.parametrize(
    "item",
    [
        {"itemReference": {"reference": "#part"}},
        {"itemReference": {"display": "Hydroxocobalamin 1 mg/ml"}},
        {"item": {"reference": {"reference": "#part"}}},
        {"item": {"reference": "#part"}},
    ],
)
@pytest.mark.parametrize("kind", ["Medication", "Substance"])
def test_an_ingredient_may_be_a_reference_R160(item, kind):
    """A draft of such a Medication passed in silence."""
    contained = [
        {"resourceType": "Medication", "id": "m", "ingredient": [item]},
        {"resourceType": kind, "id": "part", "code": {"text": "Hydroxocobalamin 1 mg/ml"}},
    ]
    draft = medicine(contained=contained, medicationReference={"reference": "#m"})
    del draft["medicationCodeableConcept"]

    assert [order.lines[0].substance for order in read(draft).orders] == [
        Substance.HYDROXOCOBALAMIN
    ]


@pytest.mark.parametrize(
    ("code", "substance"),
    [
        ("VITAMIN B12 1000MCG INJ", Substance.COBALAMIN_UNSPECIFIED),
        ("Hydroxocobalamin", Substance.HYDROXOCOBALAMIN),
        ("FOLIC ACID", Substance.FOLIC_ACID),
    ],
)
@pytest.mark.parametrize("system", [{}, {"system": "urn:pharmacy:names"}])
def test_a_name_in_the_place_of_a_code_is_the_name_of_a_draft(code, substance, system):
    draft = medicine(medicationCodeableConcept={"coding": [{**system, "code": code}]})
    assert read(draft).orders[0].lines[0].substance is substance


@pytest.mark.parametrize("code", ["B12", "HC", "11248", "CYAN1000I"])
def test_a_code_of_a_system_in_no_list_is_no_name(code):
    draft = medicine(medicationCodeableConcept={"coding": [{"system": "urn:x", "code": code}]})
    assert read(draft).orders == ()


def test_a_medication_may_be_a_sibling_in_the_draft_set_R160():
    assert read(by_reference(), MEDICATION).orders[0].lines[0].substance is Substance.CYANOCOBALAMIN


def test_a_medication_may_be_prefetched_R160():
    drafts = read(by_reference(), others=[Placed("prefetch.medications.entry[0]", MEDICATION)])

    assert drafts.orders[0].lines[0].substance is Substance.CYANOCOBALAMIN


def test_a_reference_that_leads_nowhere_leaves_its_display_R160():
    drafts = read(by_reference(display="Hydroxocobalamin 1 mg/mL injection"))

    assert drafts.orders[0].lines[0].substance is Substance.HYDROXOCOBALAMIN


def test_a_reference_that_leads_nowhere_and_says_nothing_is_reported_as_unresolved_R160():
    assert read(by_reference()).unresolved == ("Medication/m9",)


def test_the_medicine_of_an_R5_draft_is_read():
    draft = medicine(medication={"concept": {"coding": [{"system": RXNORM, "code": "309593"}]}})
    del draft["medicationCodeableConcept"]

    assert read(draft).orders[0].lines[0].dose == 1000


def test_a_DSTU2_medication_order_is_read():
    draft = {
        "resourceType": "MedicationOrder",
        "id": "order-123",
        "status": "draft",
        "patient": {"reference": "Patient/p1"},
        "dateWritten": "2026-11-20",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "309593"}]},
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnits": "d"}},
                "doseQuantity": {"value": 1, "code": "{pill}"},
            }
        ],
    }

    order = read(draft, selections=["MedicationOrder/order-123"]).orders[0]

    assert order.lines == (
        DoseLine(
            Substance.CYANOCOBALAMIN,
            Route.ORAL,
            Decimal(1000),
            Timing(1, Decimal(1), PeriodUnit.DAY),
        ),
    )
    assert (order.selected, order.authored) == (True, dt.date(2026, 11, 20))


def test_faulty_shapes_of_known_clients_are_read_R166():
    draft = medicine(
        "199318",
        category={"coding": [{"code": "community"}]},
        reasonCode={"text": "Pregnancy", "coding": [{"system": SNOMED, "code": "77386006"}]},
        dosageInstruction={
            "timing": DAILY,
            "doseAndRate": {"doseQuantity": {"value": 1, "unit": "tablet"}},
        },
    )

    order = read(draft).orders[0]

    assert order.not_computable == ""
    assert order.folate_indication is FolateIndication.PREGNANCY


@pytest.mark.parametrize(
    ("elements", "indication"),
    [
        (
            {"reasonCode": [{"coding": [{"system": SNOMED, "code": "169449001"}]}]},
            FolateIndication.PREGNANCY,
        ),
        ({"reasonCode": [{"text": "with methotrexate"}]}, FolateIndication.METHOTREXATE),
        ({"reasonCode": [{"text": "Haemolytic anaemia"}]}, FolateIndication.SPECIALIST),
        ({"reason": [{"concept": {"text": "preconception"}}]}, FolateIndication.PREGNANCY),
        ({"reasonReference": [{"reference": "Condition/c1"}]}, FolateIndication.PREGNANCY),
        (
            {"reasonReference": [{"reference": "Condition/gone", "display": "Pregnancy"}]},
            FolateIndication.PREGNANCY,
        ),
        (
            {"dosageInstruction": [{"text": "5 mg once a week, on another day than methotrexate"}]},
            FolateIndication.METHOTREXATE,
        ),
        (
            {
                "reasonCode": [
                    {"coding": [{"system": SNOMED, "code": "60001007", "display": "Not pregnant"}]}
                ]
            },
            None,
        ),
        ({"reasonCode": [{"text": "Not pregnant"}]}, None),
        ({"reasonCode": [{"text": "Fatigue"}]}, None),
        ({}, None),
    ],
)
def test_what_protects_folic_acid_is_read_from_its_reason(elements, indication):
    condition = {
        "resourceType": "Condition",
        "id": "c1",
        "code": {"coding": [{"system": SNOMED, "code": "77386006"}]},
    }

    drafts = read(
        medicine("199318", **elements), others=[Placed("prefetch.conditions.entry[0]", condition)]
    )

    assert drafts.orders[0].folate_indication is indication


@pytest.mark.parametrize(
    ("code", "test", "in_scope"),
    [
        ("2132-9", Test.SERUM_B12, True),
        ("72160-5", Test.HOLOTRANSCOBALAMIN, True),
        ("13964-2", Test.MMA, True),
        ("13965-9", Test.HOMOCYSTEINE, True),
        ("58410-2", Test.FULL_BLOOD_COUNT, False),
        ("2823-3", Test.POTASSIUM, False),
        ("98979-8", Test.EGFR, False),
    ],
)
def test_laboratory_orders_are_read_and_only_those_of_vitamin_B12_are_in_scope(
    code, test, in_scope
):
    drafts = read(laboratory(code))

    assert [(item.test, item.selected) for item in drafts.tests] == [(test, in_scope)]
    assert drafts.in_scope is in_scope


def test_a_test_is_due_on_the_day_it_is_ordered_for():
    assert read(laboratory("2132-9", occurrencePeriod={"start": "2027-02-01"})).tests[
        0
    ].due == dt.date(2027, 2, 1)


def test_an_order_for_a_B12_injection_is_an_order_without_a_dose():
    drafts = read(laboratory("", code={"coding": [{"system": SNOMED, "code": "308752009"}]}))

    assert drafts.in_scope
    assert drafts.orders[0].not_computable == "the order names an injection, not a dose"


def test_the_injection_site_of_a_draft_is_read():
    line = {"site": {"coding": [{"system": SNOMED, "code": "46862004"}]}, "text": "1 mg"}

    assert read(medicine(dosageInstruction=[line])).orders[0].site is InjectionSite.BUTTOCK


def test_every_draft_stands_in_the_receipt_once():
    drafts = read(
        medicine(),
        laboratory("2132-9"),
        medicine("199390", identity="x"),
        {"resourceType": "Patient", "id": "p1"},
    )

    assert [(line.reference, line.used) for line in drafts.lines] == [
        ("MedicationRequest/d1", True),
        ("ServiceRequest/t1", True),
        ("MedicationRequest/x", False),
        ("Patient/p1", False),
    ]


def recorded(key: str) -> Order:
    line = DoseLine(
        Substance.HYDROXOCOBALAMIN,
        Route.INTRAMUSCULAR,
        Decimal(1000),
        Timing(1, Decimal(3), PeriodUnit.MONTH),
    )
    return Order(key, OrderState.ACTIVE, (line,), "Hydroxocobalamin")


def test_the_course_holds_drafts_and_orders_of_the_record():
    scenario = ClinicalScenario(AS_OF, orders=(recorded("MedicationRequest/old"),))

    course = read_course(read(medicine()), scenario)

    assert [order.key for order in course.orders] == [
        "MedicationRequest/d1",
        "MedicationRequest/old",
    ]


def test_an_order_that_is_signed_again_is_read_from_its_draft():
    scenario = ClinicalScenario(AS_OF, orders=(recorded("MedicationRequest/d1"),))

    course = read_course(read(medicine(status="active")), scenario)

    assert [order.state for order in course.orders] == [OrderState.DRAFT]


def test_removing_a_stop_leaves_the_order_it_would_have_stopped_Q20():
    scenario = ClinicalScenario(AS_OF, orders=(recorded("MedicationRequest/d1"),))
    course = read_course(read(medicine(status="stopped")), scenario)

    after = apply(course, (RemoveOrder("MedicationRequest/d1"),), AS_OF)

    assert [order.state for order in course.orders] == [OrderState.STOP, OrderState.ACTIVE]
    assert [order.state for order in after.orders] == [OrderState.ACTIVE]


TABLET = DoseLine(
    Substance.CYANOCOBALAMIN, Route.ORAL, Decimal(1000), Timing(1, Decimal(1), PeriodUnit.DAY)
)


def tablets(key: str, **changes) -> Order:
    return replace(Order(key, OrderState.ACTIVE, (TABLET,), "Vitamin B12 1 mg tablet"), **changes)


@pytest.mark.parametrize(
    ("elements", "changes"),
    [
        ({"identifier": [{"system": "urn:rx", "value": "77"}]}, {"identifiers": ("urn:rx|77",)}),
        ({"basedOn": [{"reference": "MedicationRequest/old"}]}, {}),
        ({"priorPrescription": {"reference": "MedicationRequest/old"}}, {}),
        ({}, {}),
    ],
)
def test_a_stop_under_an_id_of_its_own_finds_its_order_Q56(elements, changes):
    scenario = ClinicalScenario(AS_OF, orders=(tablets("MedicationRequest/old", **changes),))

    course = read_course(read(medicine(status="stopped", **elements)), scenario)

    assert [(order.state, order.replaces) for order in course.orders] == [
        (OrderState.STOP, "MedicationRequest/old"),
        (OrderState.ACTIVE, ""),
    ]


@pytest.mark.parametrize(
    "orders",
    [
        (tablets("MedicationRequest/a"), tablets("MedicationRequest/b")),
        (tablets("MedicationRequest/a", state=OrderState.STOPPED),),
        (recorded("MedicationRequest/a"),),
        (tablets("MedicationRequest/a", lines=(replace(TABLET, dose=Decimal(2000)),)),),
        (),
    ],
)
def test_a_stop_that_fits_no_order_or_several_is_about_none_of_them_Q56(orders):
    course = read_course(read(medicine(status="stopped")), ClinicalScenario(AS_OF, orders=orders))

    assert course.orders[0].replaces == ""


@pytest.mark.parametrize(
    ("named", "found"),
    [("Vitamin B12", True), ("Hydroxocobalamin", True), ("Cyanocobalamin", False)],
)
def test_a_stop_of_vitamin_b12_without_its_form_may_be_of_any_form_Q56(named, found):
    stop = medicine(status="stopped", medicationCodeableConcept={"text": named})
    stop = {name: value for name, value in stop.items() if name != "dosageInstruction"}
    injection = recorded("MedicationRequest/old")

    course = read_course(read(stop), ClinicalScenario(AS_OF, orders=(injection,)))

    assert course.orders[0].replaces == ("MedicationRequest/old" if found else "")


@pytest.mark.parametrize(
    ("words", "ordered"),
    [
        ("Vitamin B12 injection 1 mg IM every 3 months", True),
        ("IM hydroxocobalamin 1mg", True),
        ("Nurse appointment for B12 injection", True),
        ("Vitamin-B12-Injektion", True),
        ("B12 supplements advice", False),
        ("Vitamin D injection", False),
        ("Flu injection", False),
    ],
)
def test_a_procedure_order_whose_words_are_an_injection_of_vitamin_b12_is_one(words, ordered):
    order = {
        "resourceType": "ServiceRequest",
        "id": "s1",
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
        "code": {"text": words},
    }

    assert bool(read(order).orders) is ordered


def test_an_order_that_is_no_stop_takes_nothing_over():
    scenario = ClinicalScenario(AS_OF, orders=(tablets("MedicationRequest/old"),))

    assert read_course(read(medicine()), scenario).orders[0].replaces == ""


MEMBERS = [
    member
    for concept, members in VALUE_SETS.members.items()
    for member in members
    if member.system in (RXNORM, SNOMED, ATC)
]


@pytest.mark.parametrize("named", ["code", "words", "both"])
def test_a_draft_is_dismissed_at_a_glance_only_where_reading_it_finds_nothing(named):
    for member in MEMBERS:
        coding = {"system": member.system, "code": member.code, "display": member.display}
        concept = {"coding": [coding]} if named != "words" else {}
        concept |= {"text": member.display} if named != "code" else {}
        draft = {"resourceType": "MedicationRequest", "medicationCodeableConcept": concept}

        drafts = read(draft)

        if are_all_unrelated(place(draft), VALUE_SETS):
            assert not drafts.orders, member
            assert not drafts.lowering_drugs, member
            assert not drafts.unresolved, member


@pytest.mark.parametrize(
    "draft",
    [
        {"resourceType": "MedicationRequest"},
        {"resourceType": "MedicationRequest", "medicationReference": {"reference": "x"}},
        {"resourceType": "ServiceRequest", "code": {"text": "anything"}},
        {"resourceType": "MedicationRequest", "medication": {"reference": {"reference": "x"}}},
        {"resourceType": ["MedicationRequest"]},
        {
            "resourceType": "MedicationRequest",
            "medicationCodeableConcept": {"text": "atorvastatin"},
            "medicationReference": {"reference": "#b12"},
        },
    ],
)
def test_what_takes_more_than_a_glance_is_not_dismissed(draft):
    assert not are_all_unrelated(place(draft), VALUE_SETS)


def test_one_order_among_others_keeps_all_from_being_dismissed():
    other = medicine("617310", identity="d2")
    assert are_all_unrelated(place(other), VALUE_SETS)
    assert not are_all_unrelated(place(other, medicine()), VALUE_SETS)


@pytest.mark.parametrize(
    ("reason", "purpose"),
    [
        ({"reasonCode": [{"text": "adherence check"}]}, TestPurpose.ADHERENCE),
        ({"reasonCode": [{"text": "suspected non-adherence"}]}, TestPurpose.ADHERENCE),
        ({"note": [{"text": "compliance with injections in doubt"}]}, TestPurpose.ADHERENCE),
        ({"reasonCode": [{"text": "to confirm the diagnosis"}]}, TestPurpose.DIAGNOSIS),
        ({"reasonCode": [{"text": "another cause of the anaemia?"}]}, TestPurpose.DIAGNOSIS),
        ({"reasonReference": [{"display": "Diagnostic work-up"}]}, TestPurpose.DIAGNOSIS),
        ({"reason": [{"concept": {"text": "adherence"}}]}, TestPurpose.ADHERENCE),
        (
            {"reasonCode": [{"coding": [{"system": SNOMED, "code": "91019004"}]}]},
            TestPurpose.DIAGNOSIS,
        ),
        ({"reasonCode": [{"coding": [{"system": SNOMED, "code": "84027009"}]}]}, None),
        ({"reasonCode": [{"text": "routine monitoring"}]}, None),
        ({"reasonCode": [{"text": "level before the next injection"}]}, None),
        ({}, None),
    ],
)
def test_what_a_test_is_ordered_for_is_read_from_its_reason_Q54(reason, purpose):
    test = {
        "resourceType": "ServiceRequest",
        "id": "t1",
        "status": "draft",
        "code": {"coding": [{"system": LOINC, "code": "14685-2"}]},
        "subject": {"reference": "Patient/p1"},
    }
    assert [one.purpose for one in read(test | reason).tests] == [purpose]


COURSE = {"groupIdentifier": {"system": "urn:ietf:rfc:3986", "value": "urn:uuid:1"}}


def stored(**elements) -> dict:
    return medicine("5514", "half", **{**COURSE, "authoredOn": AS_OF.isoformat(), **elements})


@pytest.mark.parametrize(
    ("half", "state"),
    [
        (stored(), OrderState.DRAFT),
        (stored(authoredOn=(AS_OF - dt.timedelta(days=7)).isoformat()), OrderState.DRAFT),
        (stored(authoredOn=(AS_OF - dt.timedelta(days=8)).isoformat()), OrderState.OLD_DRAFT),
        (stored(authoredOn=None), OrderState.OLD_DRAFT),
        (
            stored(groupIdentifier=None, basedOn=[{"reference": "MedicationRequest/d1"}]),
            OrderState.DRAFT,
        ),
        (
            stored(groupIdentifier=None, priorPrescription={"reference": "MedicationRequest/d1"}),
            OrderState.DRAFT,
        ),
        (stored(groupIdentifier={"value": "urn:uuid:2"}), OrderState.UNBOUND_DRAFT),
        (stored(status="cancelled"), OrderState.CANCELLED),
        (stored(status="cancelled", authoredOn=None), OrderState.CANCELLED),
        (stored(status="cancelled", groupIdentifier=None), None),
        (stored(status="active"), None),
        (stored(status="entered-in-error"), None),
        (stored(subject={"reference": "Patient/other"}), None),
        (stored(id="d1"), None),
    ],
    ids=[
        "of today",
        "of 7 days ago",
        "of 8 days ago",
        "of no day",
        "of no group, based on the draft",
        "of no group, after the draft",
        "of another course",
        "cancelled",
        "cancelled, of no day",
        "cancelled, of no group",
        "already an order",
        "a mistake",
        "of somebody else",
        "the draft itself",
    ],
)
def test_the_half_of_a_pair_that_is_stored_as_a_draft_is_read_as_ordered_R177_Q56_Q78(half, state):
    drafts = read(medicine(**COURSE))

    found = read_stored_halves(place(half), drafts, "p1", AS_OF, VALUE_SETS)

    assert [order.key for order in found] == ([] if state is None else ["MedicationRequest/half"])
    assert [order.selected for order in found] == [False] * len(found)
    course = read_course(drafts, ClinicalScenario(AS_OF), found)
    assert len(course.drafts) == (2 if state is OrderState.DRAFT else 1)
    assert [order.state for order in course.orders[1:]] == ([] if state is None else [state])


@pytest.mark.parametrize("name", ["basedOn", "priorPrescription", "replaces"])
def test_a_draft_that_names_a_stored_one_is_one_course_with_it_Q56(name):
    named = {"reference": "MedicationRequest/half"}
    drafts = read(medicine(**{name: named if name == "priorPrescription" else [named]}))
    half = stored(groupIdentifier=None)

    (found,) = read_stored_halves(place(half), drafts, "p1", AS_OF, VALUE_SETS)

    assert (found.key, found.state) == ("MedicationRequest/half", OrderState.DRAFT)


@pytest.mark.parametrize(
    ("half", "state"),
    [
        (stored(), OrderState.UNBOUND_DRAFT),
        (stored(authoredOn=(AS_OF - dt.timedelta(days=7)).isoformat()), OrderState.UNBOUND_DRAFT),
        (stored(authoredOn=(AS_OF - dt.timedelta(days=8)).isoformat()), None),
        (stored(authoredOn=None), None),
        (stored(doNotPerform=True), None),
        (stored(medicationCodeableConcept={"text": "Folic acid 5 mg tablet"}), None),
    ],
    ids=["of today", "of 7 days ago", "of 8 days ago", "of no day", "forbidden", "folic acid"],
)
def test_a_stored_draft_that_nothing_binds_waits_and_is_no_draft_of_the_course_Q56(half, state):
    drafts = read(medicine())

    found = read_stored_halves(place(half), drafts, "p1", AS_OF, VALUE_SETS)
    course = read_course(drafts, ClinicalScenario(AS_OF), found)

    assert [order.state for order in found] == ([] if state is None else [state])
    assert len(course.drafts) == 1


def pointing(identity: str, code: str = "309593", **elements) -> dict:
    """Return a draft that names its drug by a reference alone."""
    draft = medicine(code, identity, **elements)
    del draft["medicationCodeableConcept"]
    return draft | {"medicationReference": {"reference": "Medication/m1"}}


B12_TABLET = {
    "resourceType": "Medication",
    "id": "m1",
    "code": {"coding": [{"system": RXNORM, "code": "309593"}]},
}
FETCHED = (Placed("Medication/m1", B12_TABLET),)


def test_a_draft_is_read_again_only_where_its_medicine_was_not_known_R160():
    drafts = read(medicine(identity="a"), pointing("b"))
    assert [order.key for order in drafts.orders] == ["MedicationRequest/a"]
    assert drafts.unresolved == ("Medication/m1",)

    named = name_drafts(drafts, FETCHED, VALUE_SETS)

    assert [order.key for order in named.orders] == ["MedicationRequest/a", "MedicationRequest/b"]
    assert named.orders[0] is drafts.orders[0]
    assert named.unresolved == ()
    assert named == read(medicine(identity="a"), pointing("b"), others=FETCHED)
    assert [line.used for line in named.lines] == [True, True, True]


def test_of_two_drafts_with_one_id_one_has_it_and_the_other_cannot_be_named_R161():
    drafts = read(pointing("a"), medicine(identity="a"))

    named = name_drafts(drafts, FETCHED, VALUE_SETS)

    assert sorted(order.key for order in named.orders) == [
        "MedicationRequest/a",
        "context.draftOrders.entry[0]",
    ]
    assert len(named.resources) == 1


OTHER_MEDICINE = {"medicationCodeableConcept": {"text": "Paracetamol 500 mg tablet"}}


@pytest.mark.parametrize("first", [True, False])
def test_a_draft_whose_id_another_medicine_bears_too_is_named_by_no_action_R161(first):
    """A delete of the tablet could meet the other order (H3)."""
    both = [medicine(identity="a"), medicine(identity="a", **OTHER_MEDICINE)]
    drafts = read(*(both if first else both[::-1]))
    [order] = drafts.orders
    assert order.key.startswith("context.draftOrders.entry[")
    assert drafts.resources == {}

    two_ids = read(medicine(identity="a"), medicine(identity="b", **OTHER_MEDICINE))
    assert [order.key for order in two_ids.orders] == ["MedicationRequest/a"]


def test_a_draft_that_is_found_to_be_another_medicine_takes_the_name_away_R161():
    other = {**B12_TABLET, "code": OTHER_MEDICINE["medicationCodeableConcept"]}
    drafts = read(medicine(identity="a"), pointing("a"))
    assert "MedicationRequest/a" in {order.key for order in drafts.orders}

    named = name_drafts(drafts, (Placed("Medication/m1", other),), VALUE_SETS)
    assert [order.key for order in named.orders] == ["context.draftOrders.entry[0]"]


def test_what_else_came_is_looked_through_only_where_a_draft_points_to_it():
    asked = []

    def others():
        asked.append("others")
        return FETCHED

    read_drafts(place(medicine(identity="a")), None, "p1", VALUE_SETS, others)
    assert asked == []

    found = read_drafts(place(pointing("a"), pointing("b")), None, "p1", VALUE_SETS, others)
    assert asked == ["others"]
    assert len(found.orders) == 2
