"""What a draft order says, and what changing a received draft leaves alone."""

import copy
import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_mappings.drafts import draft_changes, injection_sites, medication_request
from fhir_mappings.drafts.draft_context import DraftContext
from fhir_mappings.drafts.outgoing import check_outgoing
from fhir_mappings.drafts.supply import Writing
from fhir_mappings.fhir.versions import FhirVersion
from fhir_mappings.formulary import BUILT_IN, FormularyRow
from fhir_mappings.formulary.formulary import ProductCoding
from fhir_mappings.terminology.code_systems import ATC, DMD, RXNORM, SNOMED
from fhir_mappings.terminology.loading import load_value_sets
from recommender.guidance.regimens import (
    CATALOGUE,
    M_LOAD,
    MAINT_1M,
    MAINT_M,
    MAINT_N,
    N_LOAD,
    ORAL,
)
from recommender.language.course import InjectionSite
from recommender.language.doses import Route, Substance

CONTEXT = DraftContext(
    FhirVersion.R4,
    "p1",
    dt.date(2026, 11, 21),
    load_value_sets(),
    encounter_id="e1",
    user_id="Practitioner/u1",
    group_id="7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11",
    reason_reference="Condition/c1",
    rule="N1",
    statements=("S7", "S65"),
    review_days=14,
)
WRITTEN = [version for version in FhirVersion if version.can_be_written]
ORAL_TABLET = {
    "text": "Vitamin B 12 1 MG Oral Tablet",
    "coding": [{"system": RXNORM, "code": "309593"}],
}
HC_INJECTION = {
    "text": "Hydroxocobalamin local product",
    "coding": [{"system": "urn:site", "code": "HC1"}],
}


def received(medication: dict = HC_INJECTION, **elements) -> dict:
    """A draft as the reference sandbox sends it, with its faults of shape."""
    return {
        "resourceType": "MedicationRequest",
        "id": "request-123",
        "status": "draft",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-20",
        "category": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
                    "code": "community",
                }
            ]
        },
        "medicationCodeableConcept": medication,
        "reasonCode": {"text": "Pernicious anaemia"},
        "text": {"status": "generated", "div": "stale"},
        "extension": [{"url": "urn:site:unknown", "valueString": "kept"}],
        "dosageInstruction": [
            {
                "text": "1 daily",
                "patientInstruction": "Take one daily",
                "site": {"text": "left deltoid"},
                "additionalInstruction": [{"text": "Keep in the fridge"}],
                "timing": {
                    "repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {}}
                },
                "doseAndRate": {
                    "doseQuantity": {
                        "value": 1,
                        "system": "http://unitsofmeasure.org",
                        "code": "{pill}",
                    }
                },
            }
        ],
        "dispenseRequest": {
            "quantity": {"value": 30},
            "expectedSupplyDuration": {"value": 30, "unit": "days"},
        },
    } | elements


def test_a_draft_says_who_what_and_why():
    draft = medication_request.draft(N_LOAD, CONTEXT)

    assert (draft["status"], draft["intent"], draft["authoredOn"]) == (
        "draft",
        "order",
        "2026-11-21",
    )
    assert draft["subject"] == {"reference": "Patient/p1"}
    assert draft["encounter"] == {"reference": "Encounter/e1"}
    assert draft["requester"] == {"reference": "Practitioner/u1"}
    assert draft["reasonReference"] == [{"reference": "Condition/c1"}]
    assert draft["groupIdentifier"]["value"] == "urn:uuid:7c2b7f0e-6c43-4f0d-9a55-3d4f6a5d7c11"
    assert draft["note"] == [
        {"text": "Vitamin B12 deficiency with nerve signs: continue until no further improvement."}
    ]


@pytest.mark.parametrize(
    ("loading", "before", "note"),
    [
        (N_LOAD, MAINT_N, " with nerve signs: continue until no further improvement, then every 2"),
        (M_LOAD, MAINT_M, ": six injections in two weeks, then every 2 to 3 months for life."),
        (M_LOAD, ORAL, ": six injections in two weeks, then tablets every day for life."),
        (M_LOAD, None, ": six injections in two weeks."),
    ],
)
def test_the_note_of_loading_says_what_is_drafted_to_follow_it_Q48(loading, before, note):
    draft = medication_request.draft(loading, CONTEXT._replace(before=before))

    assert f"Vitamin B12 deficiency{note}" in draft["note"][0]["text"]


@pytest.mark.parametrize(
    ("last", "starts"),
    [
        (None, None),
        ("2026-11-01", "2027-01-01"),
        ("2026-09-21", "2026-11-21"),
        ("2026-09-20", "2026-11-21"),
    ],
)
def test_maintenance_after_a_loading_that_is_done_starts_one_interval_later_Q48(last, starts):
    given = dt.date.fromisoformat(last) if last else None
    draft = medication_request.draft(MAINT_M, CONTEXT._replace(last_injection=given))

    repeat = draft["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat.get("boundsPeriod", {}).get("start") == starts
    validity = draft["dispenseRequest"]["validityPeriod"]
    assert validity["start"] == (starts or "2026-11-21")
    after_open = CONTEXT._replace(last_injection=given, after=N_LOAD)
    again = medication_request.draft(MAINT_N, after_open)["dosageInstruction"][0]["timing"]
    assert "boundsPeriod" not in again["repeat"]


def test_tablets_do_not_wait_for_the_last_injection():
    late = CONTEXT._replace(last_injection=dt.date(2026, 11, 20))
    repeat = medication_request.draft(ORAL, late)["dosageInstruction"][0]["timing"]["repeat"]

    assert repeat["boundsPeriod"] == {"start": "2026-11-21"}


def test_a_draft_leaves_out_what_is_not_known():
    bare = CONTEXT._replace(encounter_id="", user_id="", group_id="", reason_reference="", rule="")

    draft = medication_request.draft(N_LOAD, bare)

    assert (
        not {"encounter", "requester", "groupIdentifier", "reasonReference", "reasonCode"}
        & draft.keys()
    )
    assert check_outgoing(draft, FhirVersion.R4) == []


def test_a_reason_in_words_stands_where_no_condition_was_used():
    draft = medication_request.draft(
        N_LOAD,
        CONTEXT._replace(reason_reference="", reason_text="Vitamin B12 deficiency"),
    )

    assert draft["reasonCode"] == [{"text": "Vitamin B12 deficiency"}]


SUPPLY = {
    "N-LOAD": (7, "ampoule", (14, "d"), 5, ("2026-11-21", "2027-05-21")),
    "M-LOAD": (6, "ampoule", (14, "d"), 0, ("2026-11-21", "2026-12-19")),
    "MAINT-N": (1, "ampoule", (2, "mo"), 5, ("2026-11-21", "2028-05-21")),
    "MAINT-1M": (1, "ampoule", (1, "mo"), 11, ("2026-11-21", "2028-05-21")),
    "MAINT-BAR": (1, "ampoule", (3, "mo"), 3, ("2026-11-21", "2028-05-21")),
    "ORAL": (90, "tablet", (90, "d"), 3, ("2026-11-21", "2027-11-21")),
    "PROPH-1M": (1, "ampoule", (1, "mo"), 11, ("2026-11-21", "2027-11-21")),
}
"""Quantity, unit, duration, repeats and validity by regimen (cards.md 8, Q93)."""


@pytest.mark.parametrize(
    "phase", [one for one in CATALOGUE if one.id in SUPPLY], ids=lambda p: p.id
)
def test_a_draft_says_what_to_dispense(phase):
    quantity, unit, duration, repeats, validity = SUPPLY[phase.id]
    supply = medication_request.draft(phase, CONTEXT)["dispenseRequest"]

    assert supply["quantity"] == {"value": quantity, "unit": unit}
    assert (
        supply["expectedSupplyDuration"]["value"],
        supply["expectedSupplyDuration"]["code"],
    ) == duration
    assert supply["numberOfRepeatsAllowed"] == repeats
    assert tuple(supply["validityPeriod"].values()) == validity


def test_maintenance_after_a_loading_course_with_an_end_starts_on_a_fixed_day_I35():
    after_six = medication_request.draft(MAINT_M, CONTEXT._replace(after=M_LOAD))
    after_open = medication_request.draft(MAINT_N, CONTEXT._replace(after=N_LOAD))

    repeat = after_six["dosageInstruction"][0]["timing"]["repeat"]
    assert repeat["boundsPeriod"] == {"start": "2027-02-05"}  # two weeks and two months on
    assert after_six["dispenseRequest"]["validityPeriod"]["start"] == "2027-02-05"
    assert "boundsPeriod" not in after_open["dosageInstruction"][0]["timing"]["repeat"]


def test_tablets_after_a_loading_course_do_not_begin_before_its_end_I35():
    starts = {}
    for loading in (M_LOAD, N_LOAD, None):
        draft = medication_request.draft(ORAL, CONTEXT._replace(after=loading))
        repeat = draft["dosageInstruction"][0]["timing"]["repeat"]
        starts[loading and loading.id] = repeat.get("boundsPeriod", {}).get("start")

    today = CONTEXT.as_of
    two_weeks = today + dt.timedelta(days=14)
    assert starts == {
        M_LOAD.id: two_weeks.isoformat(),
        N_LOAD.id: None,
        None: today.isoformat(),
    }


@pytest.mark.parametrize(
    ("strength", "unit", "expected"),
    [
        ("1 mg/mL", "mL", {"value": 6, "unit": "mL"}),
        ("0.5 mg/mL", "ampoule", {"value": 12, "unit": "ampoule"}),
        ("2 mg/mL", "ampoule", {"value": 3, "unit": "ampoule"}),
        ("0.3 mg/mL", "ampoule", None),
        ("", "ampoule", None),
        ("1 mg/mL", "", None),
    ],
)
def test_what_is_counted_is_the_formularys_and_never_guessed(strength, unit, expected):
    row = BUILT_IN[0]._replace(strength=strength, dispense_unit=unit)
    draft = medication_request.draft(M_LOAD, CONTEXT._replace(formulary=(row,)))

    assert draft.get("dispenseRequest", {}).get("quantity") == expected
    assert ("dispenseRequest" in draft) is (strength not in ("", "0.3 mg/mL"))


def test_settings_switch_the_parts_of_a_draft_off_R191():
    nothing = Writing(dispense=False, substitution=False, site=False, start=False)
    draft = medication_request.draft(ORAL, CONTEXT._replace(writing=nothing))
    injection = medication_request.draft(N_LOAD, CONTEXT._replace(writing=nothing))

    assert not {"dispenseRequest", "substitution"} & draft.keys()
    assert "boundsPeriod" not in draft["dosageInstruction"][0]["timing"]["repeat"]
    assert "site" not in injection["dosageInstruction"][0]
    assert medication_request.draft(N_LOAD, CONTEXT)["dosageInstruction"][0]["site"]


def test_any_brand_and_no_other_cobalamin_I23():
    allowed = medication_request.draft(N_LOAD, CONTEXT)["substitution"]
    stu3 = medication_request.draft(M_LOAD, CONTEXT._replace(version=FhirVersion.STU3))

    assert allowed["allowedCodeableConcept"]["coding"][0]["code"] == "G"
    assert stu3["substitution"]["allowed"] is True
    assert "numberOfRepeatsAllowed" not in stu3["dispenseRequest"]


def test_the_claim_a_prescriber_states_is_carried_in_the_extension_and_not_in_the_note():
    draft = medication_request.draft(
        N_LOAD, CONTEXT._replace(condition="neurological symptoms present")
    )

    assert (
        "Stated by the prescriber: neurological symptoms present"
        in (draft["extension"][0]["valueString"])
    )
    assert "Stated" not in draft["note"][0]["text"]


def test_loading_is_not_continuous_and_lifelong_treatment_is():
    assert "courseOfTherapyType" not in medication_request.draft(N_LOAD, CONTEXT)
    assert (
        medication_request.draft(MAINT_N, CONTEXT)["courseOfTherapyType"]["coding"][0]["code"]
        == "continuous"
    )


@pytest.mark.parametrize(
    ("phase", "repeat"),
    [
        (N_LOAD, {"frequency": 1, "period": 2, "periodUnit": "d"}),
        (MAINT_N, {"frequency": 1, "period": 2, "periodUnit": "mo"}),
        (MAINT_M, {"frequency": 1, "period": 2, "periodMax": 3, "periodUnit": "mo"}),
        (MAINT_1M, {"frequency": 1, "period": 1, "periodUnit": "mo"}),
        (
            ORAL,
            {
                "frequency": 1,
                "period": 1,
                "periodUnit": "d",
                "boundsPeriod": {"start": "2026-11-21"},
            },
        ),
    ],
)
def test_timing_is_structured_and_unbounded(phase, repeat):
    assert (
        medication_request.draft(phase, CONTEXT)["dosageInstruction"][0]["timing"]["repeat"]
        == repeat
    )


def test_the_loading_course_of_two_weeks_is_bounded_by_time_and_count():
    repeat = medication_request.draft(M_LOAD, CONTEXT)["dosageInstruction"][0]["timing"]["repeat"]

    bounds = repeat.pop("boundsDuration")
    assert (bounds["value"], bounds["code"]) == (2, "wk")
    assert repeat == {"count": 6, "frequency": 3, "period": 1, "periodUnit": "wk"}


@pytest.mark.parametrize(
    ("phase", "text"),
    [
        (
            N_LOAD,
            "Hydroxocobalamin 1000 micrograms (1 mg) by intramuscular injection on alternate days "
            "until no further neurological improvement; review every 14 days.",
        ),
        (
            MAINT_N,
            "Hydroxocobalamin 1000 micrograms (1 mg) by intramuscular injection every 2 months for "
            "life; "
            "first dose 2 months after the last loading dose.",
        ),
        (
            MAINT_1M,
            "Hydroxocobalamin 1000 micrograms (1 mg) by intramuscular injection every month for "
            "life; "
            "first dose 1 month after the last loading dose.",
        ),
        (ORAL, "Cyanocobalamin 1000 micrograms (1 mg) by mouth once daily indefinitely."),
    ],
)
def test_the_dosage_can_be_read_without_the_rest_of_the_order(phase, text):
    assert medication_request.draft(phase, CONTEXT)["dosageInstruction"][0]["text"] == text


def test_route_and_dose_are_coded():
    line = medication_request.draft(N_LOAD, CONTEXT)["dosageInstruction"][0]

    assert line["route"]["coding"][0] == {
        "system": SNOMED,
        "code": "78421000",
        "display": "Intramuscular route",
    }
    assert line["doseAndRate"][0]["doseQuantity"] == {
        "value": 1000,
        "unit": "micrograms",
        "system": "http://unitsofmeasure.org",
        "code": "ug",
    }


@pytest.mark.parametrize("preferred", [RXNORM, SNOMED, DMD, ATC])
def test_the_preferred_code_system_comes_first_R163(preferred):
    medication = medication_request.draft(N_LOAD, CONTEXT._replace(preferred_system=preferred))[
        "medicationCodeableConcept"
    ]

    assert medication["coding"][0]["system"] == preferred
    assert medication["text"] == "Hydroxocobalamin 1 mg/mL solution for injection"
    assert {coding["system"] for coding in medication["coding"]} == {RXNORM, SNOMED, DMD, ATC}


def test_the_site_formulary_names_the_product():
    row = FormularyRow(
        Substance.HYDROXOCOBALAMIN,
        Route.INTRAMUSCULAR,
        "1 mg/mL",
        "Neo product",
        (ProductCoding("urn:site", "N1"),),
    )
    gone = row._replace(text="Old product", available=False)

    medication = medication_request.draft(N_LOAD, CONTEXT._replace(formulary=(gone, row)))[
        "medicationCodeableConcept"
    ]

    assert medication == {"coding": [{"system": "urn:site", "code": "N1"}], "text": "Neo product"}


def test_a_product_outside_the_formulary_is_named_in_words():
    assert medication_request.draft(N_LOAD, CONTEXT._replace(formulary=()))[
        "medicationCodeableConcept"
    ] == {"text": "Hydroxocobalamin"}


@pytest.mark.parametrize(
    ("replaces", "prior"),
    [
        ("MedicationRequest/old", {"reference": "MedicationRequest/old"}),
        ("MedicationRequest/old#recorded", {"reference": "MedicationRequest/old"}),
        ("MedicationStatement/s1", None),
        ("", None),
    ],
)
def test_a_draft_names_the_order_it_takes_over_from_Q16(replaces, prior):
    assert (
        medication_request.draft(MAINT_N, CONTEXT, replaces=replaces).get("priorPrescription")
        == prior
    )


@pytest.mark.parametrize("version", WRITTEN)
def test_an_update_keeps_what_it_does_not_mean_to_change_R106_R110(version):
    draft = received()
    before = copy.deepcopy(draft)

    update = draft_changes.rewrite(draft, N_LOAD, CONTEXT._replace(version=version))

    assert draft == before
    assert (update["resourceType"], update["id"], update["authoredOn"]) == (
        "MedicationRequest",
        "request-123",
        "2026-11-20",
    )
    assert update["extension"] == [
        {"url": "urn:site:unknown", "valueString": "kept"},
        {"url": "urn:b12-cds:basis", "valueString": "rule N1; regimen N-LOAD; statements S7 S65"},
    ]
    assert update["dosageInstruction"][0]["site"] == {"text": "left deltoid"}
    assert update["dosageInstruction"][0]["additionalInstruction"] == [
        {"text": "Keep in the fridge"}
    ]
    assert update["dispenseRequest"]["quantity"] == {"value": 30}


def test_an_update_drops_an_instruction_that_is_a_dosage_of_before():
    draft = received()
    line = draft["dosageInstruction"][0]
    line["additionalInstruction"] = [{"text": "once weekly"}, {"text": "Keep in the fridge"}]

    update = draft_changes.rewrite(draft, N_LOAD, CONTEXT)

    assert update["dosageInstruction"][0]["additionalInstruction"] == [
        {"text": "Keep in the fridge"}
    ]


def test_an_update_drops_what_would_now_be_wrong_R110():
    update = draft_changes.rewrite(received(), N_LOAD, CONTEXT)

    line = update["dosageInstruction"][0]
    assert "text" not in update
    assert "patientInstruction" not in line
    assert line["text"].startswith("Hydroxocobalamin 1000 micrograms")
    assert line["doseAndRate"][0]["doseQuantity"]["code"] == "ug"


def test_an_update_mends_the_shapes_that_are_known_to_be_faulty_R166():
    update = draft_changes.rewrite(received(), N_LOAD, CONTEXT)

    assert isinstance(update["category"], list)
    assert update["reasonCode"] == [{"text": "Pernicious anaemia"}]
    assert update["intent"] == "order"
    assert check_outgoing(update, FhirVersion.R4) == []


def test_an_update_leaves_the_product_that_the_clinician_picked():
    update = draft_changes.rewrite(received(), N_LOAD, CONTEXT)

    assert update["medicationCodeableConcept"] == HC_INJECTION


@pytest.mark.parametrize(
    "medication",
    [
        ORAL_TABLET,
        {"text": "Cyanokit"},
        {"text": "Hydroxocobalamin", "coding": [{"system": ATC, "code": "B03BA01"}]},
    ],
)
def test_an_update_changes_a_product_that_is_not_the_one_meant(medication):
    update = draft_changes.rewrite(received(medication), N_LOAD, CONTEXT)

    assert (
        update["medicationCodeableConcept"]["text"]
        == "Hydroxocobalamin 1 mg/mL solution for injection"
    )
    assert "quantity" not in update["dispenseRequest"]


def test_an_update_to_oral_does_not_keep_an_injection():
    injection = {"text": "Cyanocobalamin 1 mg/mL injection"}

    update = draft_changes.rewrite(received(injection), ORAL, CONTEXT)

    assert update["medicationCodeableConcept"]["coding"][0]["code"] == "309593"


def test_an_update_of_the_loading_line_keeps_the_maintenance_line_after_it():
    lines = [
        medication_request.draft(phase, CONTEXT)["dosageInstruction"][0]
        for phase in (M_LOAD, MAINT_M)
    ]

    update = draft_changes.rewrite(received(dosageInstruction=lines), N_LOAD, CONTEXT)

    assert [line["timing"]["repeat"]["period"] for line in update["dosageInstruction"]] == [2, 2]
    assert [line["timing"]["repeat"]["periodUnit"] for line in update["dosageInstruction"]] == [
        "d",
        "mo",
    ]


@pytest.mark.parametrize("version", WRITTEN)
def test_technique_is_added_once(version):
    context = CONTEXT._replace(version=version)
    technique = ("Use a 25 to 27 gauge needle.",)

    once = draft_changes.with_technique(received(), technique, context)
    twice = draft_changes.with_technique(once, technique, context)

    assert once["dosageInstruction"][0]["additionalInstruction"] == [
        {"text": "Keep in the fridge"},
        {"text": "Use a 25 to 27 gauge needle."},
    ]
    assert twice == once
    assert check_outgoing(once, version) == []


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, {"boundsPeriod": {"start": "2026-11-22"}}),
        (
            {"boundsPeriod": {"start": "2026-11-21", "end": "2026-12-21"}},
            {"boundsPeriod": {"start": "2026-11-22", "end": "2026-12-21"}},
        ),
        ({"boundsPeriod": {"end": "2026-11-21"}}, {"boundsPeriod": {"start": "2026-11-22"}}),
    ],
)
def test_a_start_day_is_written_into_the_bounds_Q17(bounds, expected):
    draft = received(
        dosageInstruction=[
            {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", **bounds}}}
        ]
    )

    repeat = draft_changes.with_start(draft, dt.date(2026, 11, 22), CONTEXT)["dosageInstruction"][
        0
    ]["timing"]["repeat"]

    assert repeat == {"frequency": 1, "period": 1, "periodUnit": "d"} | expected


def test_a_start_day_can_be_given_to_a_draft_without_dosage():
    draft = received()
    del draft["dosageInstruction"]

    update = draft_changes.with_start(draft, dt.date(2026, 11, 22), CONTEXT)

    assert update["dosageInstruction"] == [
        {"timing": {"repeat": {"boundsPeriod": {"start": "2026-11-22"}}}}
    ]
    assert check_outgoing(update, FhirVersion.R4) == []


def test_the_site_of_an_injection_can_be_changed():
    update = injection_sites.with_site(received(), InjectionSite.DELTOID, CONTEXT)

    assert update["dosageInstruction"][0]["site"]["coding"][0]["code"] == "35259002"
    assert check_outgoing(update, FhirVersion.R4) == []


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Inject 1 mg into the left buttock monthly", "Inject 1 mg into the deltoid monthly"),
        ("1 mg IM, upper outer quadrant of the buttock", "1 mg IM, deltoid"),
        ("1 mg IM gluteal every 3 months", "1 mg IM deltoid every 3 months"),
        ("1 mg i.m. in das Gesäß", "1 mg i.m. in das M. deltoideus"),
        ("1 mg IM en el glúteo", "1 mg IM en el M. deltoideus"),
    ],
)
@pytest.mark.parametrize("where", ["text", "patientInstruction", "additionalInstruction"])
def test_the_site_is_changed_in_the_words_too_b12(text, changed, where):
    draft = received()
    line = draft["dosageInstruction"][0]
    line.pop("site", None)
    line[where] = [{"text": text}] if where == "additionalInstruction" else text

    update = injection_sites.with_site(draft, InjectionSite.DELTOID, CONTEXT)

    written = update["dosageInstruction"][0]
    assert written["site"]["coding"][0]["code"] == "35259002"
    assert written[where] == ([{"text": changed}] if isinstance(line[where], list) else changed)
    assert check_outgoing(update, FhirVersion.R4) == []


def test_words_that_name_the_buttock_in_a_way_that_is_not_changed_leave_the_order_as_it_is():
    draft = received()
    draft["dosageInstruction"][0]["text"] = "1 mg i.m. dorsoglutealt"

    assert injection_sites.with_site(draft, InjectionSite.DELTOID, CONTEXT) is None


def test_what_is_no_medication_order_is_not_rewritten():
    assert (
        draft_changes.rewrite({"resourceType": "ServiceRequest", "id": "1"}, N_LOAD, CONTEXT)
        is None
    )


def test_a_requester_role_that_STU3_does_not_allow_is_left_out():
    draft = medication_request.draft(
        N_LOAD,
        CONTEXT._replace(version=FhirVersion.STU3, user_id="PractitionerRole/r1"),
    )

    assert "requester" not in draft
    assert check_outgoing(draft, FhirVersion.STU3) == []


@pytest.mark.parametrize(
    ("version", "user", "written"),
    [
        (FhirVersion.R4, "Practitioner/u1", {"reference": "Practitioner/u1"}),
        (FhirVersion.R5, "PractitionerRole/r1", {"reference": "PractitionerRole/r1"}),
        (FhirVersion.STU3, "Practitioner/u1", {"agent": {"reference": "Practitioner/u1"}}),
        (FhirVersion.STU3, "PractitionerRole/r1", None),
        (FhirVersion.R4, "", None),
    ],
)
def test_an_update_adds_the_user_as_requester_where_none_is_named_R190(version, user, written):
    context = CONTEXT._replace(version=version, user_id=user)
    anonymous = {name: value for name, value in received().items() if name != "requester"}
    named = anonymous | {"requester": {"reference": "Practitioner/other"}, "intent": "plan"}

    added = injection_sites.with_site(anonymous, InjectionSite.DELTOID, context)
    kept = injection_sites.with_site(named, InjectionSite.DELTOID, context)

    assert added.get("requester") == written
    assert (kept["requester"], kept["intent"]) == (named["requester"], "plan")


def test_a_new_draft_takes_the_requester_of_the_draft_where_no_user_is_known_R190():
    context = CONTEXT._replace(requester_of_the_draft="Practitioner/other")

    by_the_user = medication_request.draft(N_LOAD, context)
    by_the_draft = medication_request.draft(N_LOAD, context._replace(user_id=""))

    assert by_the_user["requester"] == {"reference": "Practitioner/u1"}
    assert by_the_draft["requester"] == {"reference": "Practitioner/other"}


def test_only_new_drafts_of_the_catalogue_are_remembered_and_none_by_whom_or_when_they_are_for():
    medication_request._write_once.cache_clear()
    for day in (CONTEXT.as_of, CONTEXT.as_of + dt.timedelta(days=1)):
        for patient in ("p1", "p2"):
            context = CONTEXT._replace(patient_id=patient, as_of=day, user_id="Practitioner/u9")
            medication_request.draft(M_LOAD, context, starts=day)
            own = replace(M_LOAD, line=replace(M_LOAD.line, dose=Decimal("990")))
            draft_changes.rewrite(medication_request.draft(M_LOAD, context), own, context)

    assert medication_request._write_once.cache_info().currsize == 1


def test_a_draft_that_is_changed_changes_no_other():
    first = medication_request.draft(M_LOAD, CONTEXT)
    before = copy.deepcopy(first)
    medication_request.draft(M_LOAD, CONTEXT, starts=CONTEXT.as_of + dt.timedelta(days=9))
    draft_changes.with_technique(first, ("Press on the site.",), CONTEXT)
    draft_changes.with_start(first, CONTEXT.as_of, CONTEXT)

    assert medication_request.draft(M_LOAD, CONTEXT) == first == before


def test_whatever_is_changed_in_place_in_a_draft_is_changed_in_no_other():
    first = medication_request.draft(M_LOAD, CONTEXT)
    before = copy.deepcopy(first)
    for name, value in first.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict):
                part.clear()
        if isinstance(first[name], list):
            first[name].append("of another patient")

    assert medication_request.draft(M_LOAD, CONTEXT) == before
