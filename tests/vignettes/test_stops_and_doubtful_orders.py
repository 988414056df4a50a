"""Stops that something else must take the place of, and orders that say two doses, are changed by
an extension, or whose product is named with another strength than its Medication states.

Expectations: cards.md 1 and f1, b5, b8, b14; decisions 2.4 (T0), Q28, Q41, I1, I2, I11, I33.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from cds_service.decision import decide_request
from cds_service.site import Settings
from fhir_mappings.terminology import load_value_sets
from tests.every_case.cases import site
from tests.vignettes.chart import NOT_AVAILABLE, write_request

Json = dict[str, Any]

TODAY = dt.date(2026, 11, 26)
VALUE_SETS = load_value_sets()

SIGNS = ["pernicious anaemia, since 2022-11-15", "paraesthesia, since 2026-11-10"]
LOW = ["B12 95 pmol/L, on 2026-11-06", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
NO_SIGNS = ["no neurological symptoms, on 2026-11-20"]
TABLETS = "vitamin B12 tablet 1 mg, 1 tablet, oral, daily"
LOADING = "hydroxocobalamin, 1000 mcg, IM, three times a week for 2 weeks"
MAINTENANCE = "hydroxocobalamin, 1000 mcg, IM, every 2 to 3 months"
DIET_ENDED = "vegan diet, since 2020-10-02, resolved 2025-10-20"


def request(*orders: str, **chart: Any) -> Json:
    return write_request(
        {"chart": {"born": "1960-02-02", "sex": "female"} | chart, "orders": orders}
    )


def cards_of(asked: Json, settings: Settings | None = None) -> list[Json]:
    return list(decide_request(asked, settings or site(), VALUE_SETS, TODAY).cards)


def only_card(asked: Json) -> Json:
    (card,) = cards_of(asked)
    return card


def labels(card: Json) -> list[str]:
    return [suggestion["label"] for suggestion in card.get("suggestions", ())]


def draft_of(asked: Json, number: int = 0) -> Json:
    found: Json = asked["context"]["draftOrders"]["entry"][number]["resource"]
    return found


def test_tablets_stopped_with_new_signs_make_room_for_injections_T0() -> None:
    asked = request(
        f"stop: {TABLETS}", conditions=SIGNS, results=LOW, active=[f"{TABLETS}, since 2026-06-10"]
    )
    card = only_card(asked)

    assert card["indicator"] == "critical"
    assert labels(card) == ["Hydroxocobalamin 1 mg IM alternate days, then every 2 months"]
    (suggestion,) = card["suggestions"]
    assert all(action["type"] == "create" for action in suggestion["actions"])  # the stop stays
    assert card["detail"].count("Paraesthesia") == 1


def test_what_is_offered_in_the_place_of_a_stop_has_its_tests_K9() -> None:
    asked = request(
        f"stop: {TABLETS}",
        conditions=SIGNS,
        results=[*LOW, "potassium 3.0 mmol/L, on 2026-11-20"],
    )
    (offer,) = only_card(asked)["suggestions"]

    created = [action["resource"] for action in offer["actions"] if action["type"] == "create"]
    tests = [one["code"]["text"] for one in created if one["resourceType"] == "ServiceRequest"]
    assert any("otassium" in name for name in tests)


def test_injections_stopped_with_new_signs_go_on_otherwise_than_ordered_T1() -> None:
    active = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = [
        f"hydroxocobalamin, 1000 mcg, IM, on {day}"
        for day in ("2026-06-20", "2026-08-20", "2026-10-20")
    ]
    chart = {"active": [f"{active}, since 2025-11-01"], "given": given}
    card = only_card(request(f"stop: {active}", conditions=SIGNS, **chart))

    assert labels(card) == ["Do not stop: B12 goes on, nerve signs decide how"]


@pytest.mark.parametrize("unread", ["an entry", "the list"])
def test_what_was_not_understood_never_makes_a_stop_right_Q28(unread: str) -> None:
    stop = f"stop: {TABLETS}"
    taken = [f"{TABLETS}, since 2026-01-20"]
    asked = request(stop, conditions=SIGNS[:1], results=NO_SIGNS, active=taken)
    if unread == "the list":
        asked["prefetch"]["conditions"] = NOT_AVAILABLE
    else:
        nothing_read = {"system": "urn:oid:1.2.3.4.5", "code": "local-1"}
        unreadable = {"resourceType": "Condition", "id": "x", "code": {"coding": [nothing_read]}}
        asked["prefetch"]["conditions"]["entry"].append({"resource": unreadable})
        asked["prefetch"]["conditions"]["total"] += 1
    card = only_card(asked)

    assert card["indicator"] == "warning"
    assert "is right" not in card["summary"]
    assert not any("cyanocobalamin" in label.lower() for label in labels(card))
    assert not any(label.startswith("Do not stop") for label in labels(card))  # I2


def test_words_that_hint_at_lebers_make_the_stop_right_Q72() -> None:
    asked = request(
        f"stop: {TABLETS}",
        conditions=[*SIGNS[:1], "'Brother has LHON', since 2024-01-01"],
        results=NO_SIGNS,
        active=[f"{TABLETS}, since 2026-01-20"],
    )
    assert "Leber's disease is not ruled out" in only_card(asked)["summary"]


@pytest.mark.parametrize("failed", ["medications", "procedures"])
def test_a_cause_recorded_as_over_is_never_called_not_recorded_so_I33(failed: str) -> None:
    asked = request(
        f"stop: {TABLETS}",
        conditions=[DIET_ENDED],
        results=NO_SIGNS,
        active=[f"{TABLETS}, since 2025-10-21"],
        **{"not available": [failed]},
    )
    card = only_card(asked)

    assert card["indicator"] == "warning"
    assert card["summary"].startswith("Diet low in B12 may not be the only cause")
    assert "not recorded as resolved" not in card["summary"] + card["detail"]


def test_tablets_do_not_follow_injections_for_nerve_signs_b5() -> None:
    alternate = "hydroxocobalamin, 1000 mcg, IM, alternate days"
    asked = request(alternate, TABLETS, conditions=SIGNS, results=LOW)
    first = cards_of(asked)[0]

    assert first["indicator"] == "warning"
    assert first["summary"].startswith("Only tablets follow the injections")
    assert labels(first) == ["Hydroxocobalamin 1 mg IM every 2 months for life"]


def test_a_range_of_doses_is_judged_by_its_dangerous_end_I11() -> None:
    asked = request(LOADING, MAINTENANCE, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS])
    milligrams = {"unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg"}
    ends = {"low": {"value": 1} | milligrams, "high": {"value": 10} | milligrams}
    draft_of(asked)["dosageInstruction"][0]["doseAndRate"] = [{"doseRange": ends}]
    card = cards_of(asked)[0]

    assert card["indicator"] == "critical"
    assert card["summary"].startswith("Dose ordered is 10 mg, 10 times the usual 1 mg")


def test_an_order_changed_by_an_extension_is_never_called_right() -> None:
    asked = request(LOADING, MAINTENANCE, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS])
    assert cards_of(asked) == []
    changed = [{"url": "https://example.org/not", "valueBoolean": True}]
    for number in (0, 1):
        draft_of(asked, number)["modifierExtension"] = changed

    assert any("not checked" in card["summary"] for card in cards_of(asked))


def test_a_name_and_a_medication_of_two_strengths_leave_the_dose_open_Q41() -> None:
    asked = request(LOADING, MAINTENANCE, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS])
    draft = draft_of(asked)
    del draft["medicationCodeableConcept"]
    per = {"unit": "mg", "system": "http://unitsofmeasure.org", "code": "mg", "value": 1}
    volume = {"unit": "mL", "system": "http://unitsofmeasure.org", "code": "mL", "value": 1}
    named = "Hydroxocobalamin 10 mg/mL solution for injection"
    ingredient = {
        "itemCodeableConcept": {"text": "Hydroxocobalamin"},
        "strength": {"numerator": per, "denominator": volume},
    }
    medication = {
        "resourceType": "Medication",
        "id": "m",
        "code": {"text": named},
        "ingredient": [ingredient],
    }
    draft |= {"medicationReference": {"reference": "#m"}, "contained": [medication]}
    draft["dosageInstruction"][0]["doseAndRate"] = [{"doseQuantity": volume}]
    assert any("no loading that could be read" in card["summary"] for card in cards_of(asked))

    medication["code"]["text"] = "Hydroxocobalamin 1 mg/mL solution for injection"
    assert cards_of(asked) == []


def with_allergy(text: str, *orders: str) -> Json:
    asked = request(*orders, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS])
    entry = {
        "resourceType": "AllergyIntolerance",
        "id": "a",
        "patient": {"reference": "Patient/p1"},
        "criticality": "high",
        "code": {"text": text},
    }
    asked["prefetch"]["allergies"] |= {"total": 1, "entry": [{"resource": entry}]}
    return asked


@pytest.mark.parametrize(
    "text",
    [
        "Cyanocobalamin (tolerates hydroxocobalamin)",
        "Cyanocobalamin; verträgt Hydroxocobalamin",
        "Cianocobalamina, tolera hidroxocobalamina",
    ],
)
def test_what_an_allergy_says_is_tolerated_is_not_forbidden_F21(text: str) -> None:
    assert cards_of(with_allergy(text, LOADING, MAINTENANCE)) == []
    other = only_card(with_allergy(text, "cyanocobalamin injection, 1000 mcg, IM, every month"))
    assert other["summary"].startswith("Severe reaction to cyanocobalamin recorded")


@pytest.mark.parametrize(
    "text",
    [
        "Does not tolerate hydroxocobalamin",
        "Hydroxocobalamin not tolerated",
        "no tolera hidroxocobalamina",
        "hydroxocobalamin poorly tolerated",
    ],
)
def test_what_is_not_tolerated_is_an_allergy_and_no_denial_F21(text: str) -> None:
    assert all(
        one["indicator"] == "critical" for one in cards_of(with_allergy(text, LOADING, MAINTENANCE))
    )
    other = cards_of(with_allergy(text, "cyanocobalamin injection, 1000 mcg, IM, every month"))
    assert not any("ydroxocobalamin" in label for one in other for label in labels(one))  # I16


def test_a_suspected_sign_is_called_suspected_I33() -> None:
    asked = write_request(
        {"chart": {"born": "1960-02-02", "sex": "female", "conditions": SIGNS[1:], "results": LOW}}
    )
    assert only_card(asked)["summary"].startswith("Paraesthesia (10 Nov)")
    system = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
    entry = asked["prefetch"]["conditions"]["entry"][0]["resource"]
    entry["verificationStatus"] = {"coding": [{"system": system, "code": "differential"}]}
    assert only_card(asked)["summary"].startswith("Paraesthesia, suspected (10 Nov)")


def suspected(asked: Json, *numbers: int) -> Json:
    """Return the request with these entries of the problem list not confirmed."""
    for number in numbers:
        entry = asked["prefetch"]["conditions"]["entry"][number]["resource"]
        entry["verificationStatus"] = {"coding": [{"code": "provisional"}]}
    return asked


@pytest.mark.parametrize("operation", ["stop: " + MAINTENANCE, TABLETS])
def test_a_suspected_cause_is_called_suspected_F13_I33(operation: str) -> None:
    asked = suspected(request(operation, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS]), 0)
    card = only_card(asked)
    assert card["summary"].startswith("Pernicious anaemia (suspected)")
    assert "\n- Pernicious anaemia (suspected" in card["detail"]


def test_a_cause_that_another_entry_confirms_is_not_called_suspected() -> None:
    twice = [*SIGNS[:1], "pernicious anaemia, since 2024-01-01"]
    asked = suspected(request(TABLETS, conditions=twice, results=[*LOW, *NO_SIGNS]), 0)
    assert "suspected" not in str(only_card(asked))


def test_a_suspected_cause_is_told_where_no_test_is_on_record_E2() -> None:
    asked = suspected(request(TABLETS, conditions=SIGNS[:1], results=LOW[1:]), 0)
    card = only_card(asked)
    assert card["summary"] == "No B12 test on record: take one before the first dose"
    assert "\n- Pernicious anaemia (suspected" in card["detail"]


def test_prophylaxis_is_not_marked_while_it_is_asked_which_operation_it_was_C36() -> None:
    operations = ["sleeve gastrectomy, on 2018-05-01"]
    chart = {"born": "1970-02-02", "sex": "male", "results": ["B12 450 pmol/L, on 2026-11-06"]}
    plain = only_card(write_request({"chart": chart | {"procedures": operations}}))
    operations = [*operations, "'Reversal of gastric bypass', on 2024-01-01"]
    asked = only_card(write_request({"chart": chart | {"procedures": operations}}))

    assert any(one.get("isRecommended") for one in plain["suggestions"])
    assert not any(one.get("isRecommended") for one in asked["suggestions"])


@pytest.mark.parametrize("name", ["Glomerular filtration rate (CKD-EPI 2021)", "eGFR CKD-EPI 2021"])
def test_the_kidneys_are_read_by_the_name_of_the_formula(name: str) -> None:
    asked = request(TABLETS, results=["B12 95 pmol/L, on 2026-11-06", *NO_SIGNS])
    quantity = {"value": 40, "unit": "mL/min/{1.73_m2}", "system": "http://unitsofmeasure.org"}
    result = {
        "resourceType": "Observation",
        "id": "g",
        "status": "final",
        "code": {"text": name},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": "2026-11-06",
        "valueQuantity": quantity | {"code": "mL/min/{1.73_m2}"},
    }
    asked["prefetch"]["labs"]["entry"].append({"resource": result})
    asked["prefetch"]["labs"]["total"] += 1
    assert only_card(asked)["summary"].startswith("eGFR 40 (6 Nov): avoid cyanocobalamin")


def test_pernicious_anaemia_in_dutch_words_counts_Q27() -> None:
    named = ["'Pernicieuze anemie', since 2022-01-01"]
    asked = request(TABLETS, conditions=named, results=[*LOW[1:], *NO_SIGNS])
    assert only_card(asked)["summary"].startswith("Pernicious anaemia: injections are preferred")


@pytest.mark.parametrize(
    "named", ["'Possible pernicious anaemia'", "'?B12 deficiency'", "'Crohn-Krankheit'"]
)
def test_no_reason_is_not_said_beside_words_that_may_name_one_Q28(named: str) -> None:
    high = ["B12 400 pmol/L, on 2026-11-06", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
    asked = request(LOADING, conditions=[f"{named}, since 2024-01-01"], results=high)
    card = only_card(asked)

    assert card["summary"].endswith("is not low: is there another reason for B12?")
    assert named in card["detail"].replace("\\", "").replace("’", "'")


def test_it_is_said_where_every_entry_is_understood() -> None:
    high = ["B12 400 pmol/L, on 2026-11-06", "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"]
    asked = request(LOADING, conditions=["'Asthma', since 2024-01-01"], results=high)
    assert only_card(asked)["summary"].endswith("and no reason for B12 is recorded")


@pytest.mark.parametrize(
    ("verification", "clinical", "said"),
    [
        ("confirmed", "active", "Paraesthesia (26 Nov): start with"),
        ("differential", "active", "Paraesthesia, suspected (26 Nov): start with"),
        ("refuted", "active", "ask about numbness"),
        ("entered-in-error", "active", "ask about numbness"),
        ("confirmed", "resolved", "ask about numbness"),
    ],
)
def test_a_contained_reason_stands_as_its_own_status_says_F10(
    verification: str, clinical: str, said: str
) -> None:
    asked = request(TABLETS, results=LOW)
    system = "http://terminology.hl7.org/CodeSystem/condition-"
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "code": {"coding": [{"system": "http://snomed.info/sct", "code": "91019004"}]},
        "subject": {"reference": "Patient/p1"},
        "clinicalStatus": {"coding": [{"system": f"{system}clinical", "code": clinical}]},
        "verificationStatus": {"coding": [{"system": f"{system}ver-status", "code": verification}]},
    }
    draft_of(asked).update(contained=[condition], reasonReference=[{"reference": "#c"}])
    assert said in only_card(asked)["summary"]


def test_a_multivitamin_in_the_place_of_injections_is_a_stop_f1() -> None:
    active = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = [
        f"hydroxocobalamin, 1000 mcg, IM, on {day}"
        for day in ("2026-06-20", "2026-08-20", "2026-10-20")
    ]
    asked = request(
        "multivitamin, 1 tablet, oral, daily",
        conditions=SIGNS[:1],
        results=NO_SIGNS,
        active=[f"{active}, since 2025-11-01"],
        given=given,
    )
    assert cards_of(asked) == []
    draft_of(asked)["priorPrescription"] = {"reference": "MedicationRequest/active-1"}
    assert only_card(asked)["summary"].startswith("Pernicious anaemia needs B12 for life")


def test_a_medicine_named_under_a_uuid_is_understood_Q26() -> None:
    asked = write_request(
        {"chart": {"born": "1960-02-02", "sex": "female", "results": LOW, "active": []}}
    )
    said = [card["summary"] for card in cards_of(asked)]
    order = {
        "resourceType": "MedicationRequest",
        "id": "m",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-01-10",
        "medicationReference": {"reference": "urn:uuid:7c1f6f0e-51a6-4a8b-9f5b-0d8f9f3b7a11"},
    }
    paracetamol = {"coding": [{"system": "http://www.whocc.no/atc", "code": "N02BE01"}]}
    asked["prefetch"]["medications"] |= {
        "total": 1,
        "entry": [
            {"resource": order},
            {
                "fullUrl": "urn:uuid:7c1f6f0e-51a6-4a8b-9f5b-0d8f9f3b7a11",
                "resource": {"resourceType": "Medication", "id": "x", "code": paracetamol},
                "search": {"mode": "include"},
            },
        ],
    }
    assert [card["summary"] for card in cards_of(asked)] == said


@pytest.mark.parametrize(
    ("born", "says"),
    [
        ("", "Age not recorded: adult B12 guidance is not applied"),
        ("soon", "The birth date on record could not be read: adult B12 guidance is not applied"),
        (
            "2062-03-01",
            "The birth date on record cannot be right: adult B12 guidance is not applied",
        ),
        (
            "1862-03-01",
            "The birth date on record cannot be right: adult B12 guidance is not applied",
        ),
    ],
)
def test_a_birth_date_that_is_of_no_use_is_not_called_unrecorded_I27(born: str, says: str) -> None:
    asked = request(MAINTENANCE)
    asked["prefetch"]["patient"]["birthDate"] = born
    assert [card["summary"] for card in cards_of(asked)] == [says]


def entry(asked: Json, key: str, resource: Json) -> Json:
    """Return the request with one entry more in a list."""
    asked["prefetch"][key]["entry"].append({"resource": resource})
    asked["prefetch"][key]["total"] += 1
    return asked


def dose(day: str, **more: Any) -> Json:
    given = request(given=[f"hydroxocobalamin, 1000 mcg, IM, on {day}"])
    resource: Json = given["prefetch"]["administrations"]["entry"][0]["resource"]
    return resource | {"id": "odd"} | more


@pytest.mark.parametrize(
    ("odd", "said"),
    [
        (dose("2027-01-05"), "Record says 'dated 2027-01-05: Hydroxocobalamin"),
        (dose("2026-11-06", status="unknown"), "Record says 'status unknown: Hydroxocobalamin"),
    ],
)
def test_beside_a_dose_that_is_not_read_none_is_said_to_be_on_record_I27(
    odd: Json, said: str
) -> None:
    chart = {"conditions": ["vegan diet, since 2024-01-01"], "results": [*LOW, *NO_SIGNS]}
    card = only_card(entry(request(TABLETS, **chart), "administrations", odd))
    assert card["summary"].startswith(said)
    assert card["summary"].endswith("if doses were missed, reload first")
    assert "No B12 dose on record" not in card["summary"] + card["detail"]


def test_folic_acid_beside_an_order_with_an_old_dose_names_that_dose_I27() -> None:
    """The headline denied the dose that the fact line below it named."""
    alternate = "hydroxocobalamin, 1000 mcg, IM, alternate days, since 2026-11-21"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2026-08-18"]
    folic = "folic acid tablet 5 mg, 1 tablet, oral, daily"
    asked = request(folic, conditions=SIGNS[:1], results=NO_SIGNS, active=[alternate], given=given)
    card = only_card(asked)
    assert card["summary"] == (
        "B12 ordered 21 Nov, last dose on record 18 Aug: confirm it is given before folic acid"
    )
    assert "last dose 18 Aug" in card["detail"]


def test_loading_beside_an_old_dose_names_that_dose_I27() -> None:
    standing = "hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2024-09-17"
    given = ["hydroxocobalamin, 1000 mcg, IM, on 2025-07-14"]
    chart: Json = {"conditions": SIGNS[:1], "results": [*LOW, *NO_SIGNS]}
    for card in cards_of(request(LOADING, active=[standing], given=given, **chart)):
        assert "no dose on record: is" not in card["summary"] + card["detail"]
        assert "Last B12 on record Jul 2025: is B12 given already?" in card["summary"]


def counts(*results: Json) -> Json:
    asked = request(EVERY_6, conditions=SIGNS[:1], results=[*LOW, *NO_SIGNS])
    for number, result in enumerate(results):
        entry(asked, "labs", result | {"id": f"count-{number}"})
    return asked


EVERY_6 = "hydroxocobalamin, 1000 mcg, IM, every 6 months"


def count(value: int, day: str = "2026-11-20", **more: Any) -> Json:
    asked = request(results=[f"platelets {value} 10*9/L, on {day}"])
    found: Json = asked["prefetch"]["labs"]["entry"][0]["resource"]
    return found | more


UNDATED = count(40)
del UNDATED["effectiveDateTime"]
ISSUED = UNDATED | {"issued": "2026-11-20T08:00:00Z"}
ISSUED["valueQuantity"] = ISSUED["valueQuantity"] | {"value": 240}


@pytest.mark.parametrize(
    "results",
    [
        [UNDATED],
        [UNDATED, count(240, "2025-10-22")],
        [UNDATED, count(240, "2026-11-24", valueQuantity=None, dataAbsentReason={"text": "lost"})],
        [ISSUED],
    ],
)
def test_a_count_that_leaves_the_platelets_open_is_not_called_none_I27(results: list[Json]) -> None:
    """Also where an older one, or one that says that there is none, stands beside it."""
    said = "".join(card["detail"] for card in cards_of(counts(*results)))
    assert "The platelet count on record cannot be used: repeat it" in said
    assert "No recent platelet count" not in said
    assert "No recent platelet count" in "".join(card["detail"] for card in cards_of(counts()))


def signed(asked: Json, suggestion: Json) -> list[Json]:
    """Return the cards of the order-sign that follows when a suggestion was taken."""
    entries = asked["context"]["draftOrders"]["entry"]
    gone = {one["resourceId"].split("/")[1] for one in suggestion["actions"] if "resourceId" in one}
    kept = [one for one in entries if one["resource"]["id"] not in gone]
    new = [one["resource"] for one in suggestion["actions"] if one["type"] == "create"]
    kept += [{"resource": one | {"id": f"new-{number}"}} for number, one in enumerate(new)]
    context = {"patientId": "p1", "userId": "Practitioner/dr", "draftOrders": {"entry": kept}}
    return cards_of(asked | {"hook": "order-sign", "context": context})


EVERY_2_MONTHS = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
SUPPLY = ["vitamin B12 tablet 1 mg, on 2026-11-16, for 90 days"]
LAPSED = ["hydroxocobalamin, 1000 mcg, IM, on 2026-03-01"]
NEW_SIGNS = ["coeliac disease, since 2020-10-18", "paraesthesia, since 2026-11-21"]


@pytest.mark.parametrize("taken", [{"supplied": SUPPLY}, {"given": LAPSED}], ids=["T0", "T4a"])
def test_what_goes_on_instead_of_a_stop_is_loaded_with_nerve_signs_T0_T4a(taken: Json) -> None:
    """Maintenance alone was recommended, which the next card then called too seldom."""
    asked = request(f"stop: {EVERY_2_MONTHS}", conditions=NEW_SIGNS, results=LOW, **taken)
    card = only_card(asked)
    assert card["indicator"] == "critical"
    assert labels(card) == [
        "Do not stop. Hydroxocobalamin 1 mg IM alternate days, then every 2 months"
    ]
    assert all(one["indicator"] == "info" for one in signed(asked, card["suggestions"][0]))


def test_what_goes_on_instead_of_a_stop_brings_the_test_that_an_injection_waits_for_h4() -> None:
    results = ["INR 4.8 {INR}, on 2026-11-23"]
    asked = request(f"stop: {TABLETS}", results=results, supplied=SUPPLY)
    card = only_card(asked)
    assert labels(card)[0].startswith("Do not stop. Hydroxocobalamin 1 mg IM")
    described = [action["description"] for action in card["suggestions"][0]["actions"]]
    assert "Order INR now" in described
    assert not [one for one in signed(asked, card["suggestions"][0]) if one["indicator"] != "info"]


@pytest.mark.parametrize("order", [0, 1])
def test_of_two_loadings_the_one_that_nerve_signs_call_for_stays_e1(order: int) -> None:
    """Signs of long ago: no regimen is drafted, and the removal took out the alternate days."""
    alternate = "hydroxocobalamin, 1000 mcg, IM, alternate days"
    drafts = [LOADING, alternate] if order else [alternate, LOADING]
    signs = ["paraesthesia, since 2025-10-22"]
    card = only_card(request(*drafts, conditions=signs, results=LOW[1:]))
    (suggestion,) = card["suggestions"]
    removed = [one["resourceId"] for one in suggestion["actions"] if one["type"] == "delete"]
    assert removed == [f"MedicationRequest/draft-{1 if order else 2}"]


@pytest.mark.parametrize(
    ("said", "checked"),
    [
        ({"period": 8, "periodUnit": "wk"}, True),
        ({"period": 60, "periodUnit": "d"}, True),
        ({"period": 3, "periodUnit": "mo"}, False),
        ({"period": 1, "periodUnit": "wk"}, False),
    ],
    ids=str,
)
def test_a_stop_of_another_id_finds_the_only_order_of_its_interval_Q56(
    said: Json, checked: bool
) -> None:
    every = "hydroxocobalamin, 1000 mcg, IM, every 2 months"
    given = [
        f"hydroxocobalamin, 1000 mcg, IM, on {day}"
        for day in ("2026-06-20", "2026-08-20", "2026-10-20")
    ]
    asked = request(
        f"stop: {every}",
        conditions=SIGNS[:1],
        results=NO_SIGNS,
        active=[f"{every}, since 2025-11-01"],
        given=given,
    )
    draft_of(asked)["id"] = "unknown"
    asked["context"]["selections"] = ["MedicationRequest/unknown"]
    draft_of(asked)["dosageInstruction"][0]["timing"] = {"repeat": {"frequency": 1} | said}
    codes = [card["source"]["topic"]["code"] for card in cards_of(asked)]
    assert ("f1" in codes) is checked


IN_TURN = "1 mg IM three times a week for 2 weeks, then every 3 months"
GIVEN = [f"hydroxocobalamin, 1000 mcg, IM, on 2026-{at}" for at in ("04-20", "07-18", "10-16")]
EVERY_3_MONTHS = "hydroxocobalamin, 1000 mcg, IM, every 3 months"


def beside_two_phases(order: str) -> Json:
    """Return a request with this order beside an active one of loading and then maintenance."""
    asked = request(
        order,
        conditions=SIGNS[:1],
        results=NO_SIGNS,
        given=GIVEN,
        active=[f"{EVERY_3_MONTHS}, since 2026-01-10"],
    )
    active = asked["prefetch"]["medications"]["entry"][0]["resource"]
    active["dosageInstruction"] = [{"text": IN_TURN}]
    return asked


@pytest.mark.parametrize("of_phases", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_a_stop_ends_an_order_of_several_phases_as_a_whole_f1(of_phases: bool, named: bool) -> None:
    """The phase after the first had counted as treatment that goes on: there was no card."""
    asked = beside_two_phases(f"stop: {EVERY_3_MONTHS}")
    if of_phases:
        draft_of(asked)["dosageInstruction"] = [{"text": IN_TURN}]
    if not named:
        draft_of(asked)["id"] = "stop-1"
        asked["context"]["selections"] = ["MedicationRequest/stop-1"]
    card = only_card(asked)
    assert (card["source"]["topic"]["code"], card["indicator"]) == ("f1", "warning")
    (offer,) = card["suggestions"]
    stop = f"MedicationRequest/{draft_of(asked)['id']}"
    assert [(one["type"], one.get("resourceId")) for one in offer["actions"]] == [("delete", stop)]


def test_what_takes_the_place_of_an_order_of_several_phases_takes_all_of_them_RN2() -> None:
    asked = beside_two_phases(EVERY_3_MONTHS)
    assert only_card(asked)["source"]["topic"]["code"] == "e1"
    draft_of(asked)["priorPrescription"] = {"reference": "MedicationRequest/active-1"}
    assert cards_of(asked) == []
    del draft_of(asked)["priorPrescription"]
    draft_of(asked)["id"] = "active-1"  # the same order, changed
    asked["context"]["selections"] = ["MedicationRequest/active-1"]
    assert cards_of(asked) == []


def test_going_on_with_cyanocobalamin_is_no_advice_while_kidneys_are_unknown_I2() -> None:
    """With a good eGFR going on is marked; without one it is offered, and the card asks for one."""
    chart: Json = {
        "conditions": ["vitamin B12 deficiency, since 2026-01-02", "vegan diet, since 2019-01-01"],
        "active": [f"{TABLETS}, since 2026-06-10"],
    }
    kidneys = "eGFR 90 mL/min/{1.73_m2}, on 2026-11-06"
    known = only_card(request(f"stop: {TABLETS}", **chart, results=[kidneys]))
    unknown = only_card(request(f"stop: {TABLETS}", **chart))

    (marked,), (open_still,) = known["suggestions"], unknown["suggestions"]
    assert marked["label"] == open_still["label"]
    assert marked["isRecommended"] is True
    assert not open_still.get("isRecommended")
    assert "needs a kidney result" in unknown["detail"]
    assert "needs a kidney result" not in known["detail"]


@pytest.mark.parametrize("supplied", [True, False])
def test_what_was_only_supplied_is_not_called_an_injection_I33(supplied: bool) -> None:
    kept = {
        True: {"supplied": ["hydroxocobalamin, on 2026-03-01, for 60 days"]},
        False: {"given": ["hydroxocobalamin, 1000 mcg, IM, on 2026-03-01"]},
    }[supplied]
    card = only_card(
        request(
            conditions=SIGNS[:1],
            results=NO_SIGNS,
            active=["hydroxocobalamin, 1000 mcg, IM, every 2 months, since 2025-11-01"],
            **kept,
        )
    )
    named = "B12 injections last supplied" if supplied else "Last B12 injection"
    assert card["summary"].startswith(f"{named} 1 Mar")


@pytest.mark.parametrize(
    "why",
    [
        {"reasonCode": [{"text": "Vitamin B12 deficiency"}]},
        {"note": [{"text": "intrinsic factor antibodies positive"}]},
    ],
)
def test_a_reason_that_the_order_gives_is_not_called_unrecorded_b17(why: Json) -> None:
    asked = request(LOADING, results=["B12 450 pmol/L, on 2026-11-06", *NO_SIGNS])
    draft_of(asked).update(why)
    card = only_card(asked)
    assert card["summary"].endswith("is not low: is there another reason for B12?")
    assert (why.get("reasonCode") or why["note"])[0]["text"] in card["detail"]


def stop_for(reason: str) -> Json:
    """Return a call that stops maintenance with pernicious anaemia for a reason in words."""
    asked = request(
        f"stop: {MAINTENANCE}", conditions=SIGNS[:1], active=[f"{MAINTENANCE}, since 2025-06-10"]
    )
    draft_of(asked)["statusReason"] = {"text": reason}
    return asked


@pytest.mark.parametrize(
    "reason",
    [
        "Died",
        "Patient died",
        "Patient deceased",
        "Death of patient on 24/11/2026",
        "Verstorben am 24.11.2026",
        "Patient verstorben",
        "Décédé",
        "Fallecimiento",
        "Paziente deceduto",
        "Óbito",
        "Overleden",
        "Pasienten er død",
        "Avliden",
    ],
)
def test_a_stop_because_the_person_died_is_not_argued_with_f1(reason: str) -> None:
    assert cards_of(stop_for(reason)) == []


@pytest.mark.parametrize(
    "reason",
    ["Mother died", "Fear of death", "Not deceased", "Prescription expired", "Tod der Mutter", ""],
)
def test_a_death_of_somebody_else_or_none_stops_no_treatment_f1(reason: str) -> None:
    assert only_card(stop_for(reason))["source"]["topic"]["code"] == "f1"
