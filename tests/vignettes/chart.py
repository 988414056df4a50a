"""Turns a vignette's chart, written in a clinician's words, into the FHIR of a hook request."""

from __future__ import annotations

import re
from typing import Any

Resource = dict[str, Any]

SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"
OURS = "urn:b12-cds:observation"
INTERPRETATION = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"

CONDITIONS = {
    "vitamin B12 deficiency": "190634004",
    "pernicious anaemia": "84027009",
    "paraesthesia": "91019004",
    "ataxic gait": "25136009",
    "subacute combined degeneration": "60576007",
    "glossitis": "45534005",
    "Leber's optic atrophy": "58610003",
    "Crohn's disease of ileum": "38106008",
    "vegan diet": "24930006",
    "pregnant": "77386006",
    "fatigue": "84229001",
    "kidney disease stage 4": "431857002",
    "coeliac disease": "396331005",
    "haemophilia": "90935002",
    "cirrhosis": "19943007",
    "diabetic neuropathy": "230572002",
    "planning pregnancy": "169449001",
    "sickle cell disease": "417357006",
    "dialysis": "105502003",
    "nitrous oxide poisoning": "290484004",
}
PROCEDURES = {
    "ileal resection": "307193005",
    "sleeve gastrectomy": "427074001",
    "total gastrectomy": "26452005",
}
RESULTS = {
    "B12": {"pmol/L": "14685-2", "pg/mL": "2132-9"},
    "MMA": {"nmol/L": "13964-2"},
    "eGFR": {"mL/min/{1.73_m2}": "98979-8"},
    "platelets": {"10*9/L": "777-3"},
    "haemoglobin": {"g/dL": "718-7"},
    "INR": {"{INR}": "6301-6"},
    "potassium": {"mmol/L": "2823-3"},
    "creatinine": {"umol/L": "14682-9"},
}
PRODUCTS = {
    "hydroxocobalamin": {
        "text": "Hydroxocobalamin 1 mg/mL solution for injection",
        "coding": [{"system": RXNORM, "code": "5514"}],
    },
    "hydroxocobalamin 0.25 mg/mL": {
        "text": "Hydroxocobalamin 0.25 MG/ML",
        "coding": [{"system": RXNORM, "code": "103010"}],
    },
    "cyanocobalamin injection": {
        "text": "Cyanocobalamin 1 mg/mL injection",
        "coding": [{"system": RXNORM, "code": "309594"}],
    },
    "vitamin B12 tablet 1 mg": {
        "text": "Vitamin B 12 1 MG Oral Tablet",
        "coding": [{"system": RXNORM, "code": "309593"}],
    },
    "folic acid tablet 5 mg": {
        "text": "Folic Acid 5 MG Oral Tablet",
        "coding": [{"system": RXNORM, "code": "199318"}],
    },
    "folic acid tablet 0.4 mg": {
        "text": "Folic Acid 0.4 MG Oral Tablet",
        "coding": [{"system": RXNORM, "code": "198640"}],
    },
    "methotrexate": {"text": "Methotrexate", "coding": [{"system": RXNORM, "code": "6851"}]},
    "apixaban": {"text": "Apixaban", "coding": [{"system": RXNORM, "code": "1364430"}]},
    "folinic acid": {"text": "Leucovorin", "coding": [{"system": RXNORM, "code": "6313"}]},
    "Cyanokit": {"text": "Cyanokit 5 g", "coding": [{"system": RXNORM, "code": "700499"}]},
    "omeprazole": {"text": "Omeprazole", "coding": [{"system": RXNORM, "code": "7646"}]},
    "warfarin": {"text": "Warfarin", "coding": [{"system": RXNORM, "code": "11289"}]},
    "multivitamin": {"text": "Multivitamin tablet with vitamin B12 10 micrograms"},
    "metformin": {"text": "Metformin", "coding": [{"system": RXNORM, "code": "6809"}]},
    "atorvastatin": {"text": "Atorvastatin 20 mg tablet"},
}
ROUTES = {"IM": "78421000", "oral": "26643006"}
RHYTHMS: dict[str, Resource] = {
    "alternate days": {"frequency": 1, "period": 2, "periodUnit": "d"},
    "alternate days for 2 weeks": {
        "frequency": 1,
        "period": 2,
        "periodUnit": "d",
        "boundsDuration": {"value": 2, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "alternate days for 5 days": {
        "frequency": 1,
        "period": 2,
        "periodUnit": "d",
        "boundsDuration": {"value": 5, "unit": "days", "system": UCUM, "code": "d"},
    },
    "every 2 to 3 months": {"frequency": 1, "period": 2, "periodMax": 3, "periodUnit": "mo"},
    "daily": {"frequency": 1, "period": 1, "periodUnit": "d"},
    "weekly": {"frequency": 1, "period": 1, "periodUnit": "wk"},
    "twice a day": {"frequency": 2, "period": 1, "periodUnit": "d"},
    "daily for 3 weeks": {
        "frequency": 1,
        "period": 1,
        "periodUnit": "d",
        "boundsDuration": {"value": 3, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "three times a week": {"frequency": 3, "period": 1, "periodUnit": "wk"},
    "three times a week for 2 weeks": {
        "frequency": 3,
        "period": 1,
        "periodUnit": "wk",
        "count": 6,
        "boundsDuration": {"value": 2, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "every month": {"frequency": 1, "period": 1, "periodUnit": "mo"},
    "every 2 months": {"frequency": 1, "period": 2, "periodUnit": "mo"},
    "every 3 months": {"frequency": 1, "period": 3, "periodUnit": "mo"},
    "every 6 months": {"frequency": 1, "period": 6, "periodUnit": "mo"},
}
ALLERGENS = {
    "hydroxocobalamin": {"system": RXNORM, "code": "5514"},
    "cyanocobalamin": {"system": RXNORM, "code": "11248"},
    "cobalt": {"system": SNOMED, "code": "54808007"},
}
CRITICALITY = {"severe": "high", "mild": "low", "not stated": "unable-to-assess"}
NOT_AVAILABLE: Resource = {
    "resourceType": "OperationOutcome",
    "issue": [{"severity": "error", "code": "timeout"}],
}
UNITS = {"mcg": "ug", "mg": "mg", "tablet": "{tbl}"}


def write_request(vignette: Resource) -> Resource:
    """Return the hook request of a vignette: patient-view without an order, else order-select of
    its orders.
    """
    chart = vignette["chart"]
    orders = [
        write_order(order, f"draft-{number}", "draft")
        for number, order in enumerate(vignette.get("orders", ()), 1)
    ]
    context: Resource = {"patientId": "p1", "userId": "Practitioner/dr"}
    if orders:
        context["selections"] = [f"MedicationRequest/{order['id']}" for order in orders]
        context["draftOrders"] = {
            "resourceType": "Bundle",
            "entry": [{"resource": order} for order in orders],
        }
    if vignette.get("refill"):
        context = {"patientId": "p1", "medications": context["draftOrders"]}
    hook = "medication-refill" if vignette.get("refill") else "order-select"
    return {
        "hook": hook if orders else "patient-view",
        "hookInstance": "3b5d0c55-2e0f-4a52-9d6e-7a1e0c3f1c11",
        "context": context,
        "prefetch": write_prefetch(chart),
    }


def write_prefetch(chart: Resource) -> Resource:
    """Return every prefetch key; what the chart does not mention is known to be absent."""
    medicines = [
        write_order(order, f"active-{number}", "active")
        for number, order in enumerate(chart.get("active", ()), 1)
    ]
    return {
        "patient": {
            "resourceType": "Patient",
            "id": "p1",
            "gender": chart["sex"],
            "birthDate": str(chart["born"]),
        },
        "conditions": _bundle(
            [
                _condition(entry, number)
                for number, entry in enumerate(chart.get("conditions", ()), 1)
            ]
        ),
        "labs": _bundle(
            [_result(entry, number) for number, entry in enumerate(chart.get("results", ()), 1)]
        ),
        "medications": _bundle(medicines),
        "statements": _bundle([]),
        "administrations": _bundle(
            [_dose(entry, number) for number, entry in enumerate(chart.get("given", ()), 1)]
            + [
                _dispense(entry, number)
                for number, entry in enumerate(chart.get("supplied", ()), 1)
            ]
        ),
        "procedures": _bundle(
            [
                _procedure(entry, number)
                for number, entry in enumerate(chart.get("procedures", ()), 1)
            ]
        ),
        "allergies": _bundle([_allergy(entry) for entry in chart.get("allergies", ())]),
    } | dict.fromkeys(chart.get("not available", ()), NOT_AVAILABLE)


def _allergy(entry: str) -> Resource:
    """Read "severe: hydroxocobalamin", "mild: cyanocobalamin", or "severe, inactive: ..."."""
    severity, substance = entry.split(": ")
    severity, _, status = severity.partition(", ")
    return {
        "resourceType": "AllergyIntolerance",
        "id": f"al-{substance}",
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                    "code": status or "active",
                }
            ]
        },
        "patient": {"reference": "Patient/p1"},
        "criticality": CRITICALITY[severity],
        "code": {"coding": [ALLERGENS[substance]], "text": substance},
    }


def _bundle(resources: list[Resource]) -> Resource:
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(resources),
        "entry": [{"resource": item} for item in resources],
    }


def _dated(entry: str) -> tuple[str, str]:
    """Split "paraesthesia, since 2026-10-02" into what and when."""
    words, _, date = entry.rpartition(", ")
    return words, date.removeprefix("since ").removeprefix("on ")


def _condition(entry: str, number: int) -> Resource:
    """Read "vegan diet, since 2022-10-01, resolved 2025-10-20"; words in quotes are a problem in
    words alone.
    """
    entry, _, ended = entry.partition(", resolved ")
    name, date = _dated(entry)
    code: Resource = {"text": name.strip("'")}
    if not name.startswith("'"):
        code = {"coding": [{"system": SNOMED, "code": CONDITIONS[name], "display": name}]}
    return {
        "resourceType": "Condition",
        "id": f"c{number}",
        "clinicalStatus": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/condition-clinical",
                    "code": "resolved" if ended else "active",
                }
            ]
        },
        "code": code,
        "subject": {"reference": "Patient/p1"},
        "onsetDateTime": date,
        "recordedDate": date,
    } | ({"abatementDateTime": ended} if ended else {})


def _result(entry: str, number: int) -> Resource:
    """Read "B12 96 pmol/L, on 2026-11-02", or "no neurological symptoms, on ..." for the screen;
    what is odd about a result stands after a semicolon.
    """
    words, date = _dated(entry)
    if words == "no neurological symptoms" or words.startswith(
        ("ileal resection", "ileal Crohn's")
    ):
        return _own_observation(words, date, number)
    if words.startswith("intrinsic factor antibody"):
        answer = {"coding": [{"system": SNOMED, "code": "10828004"}], "text": "Positive"}
        return _observation(number, date, LOINC, "31444-3") | {"valueCodeableConcept": answer}
    words, _, odd = words.partition("; ")
    name, value, unit = words.split(" ")
    code = RESULTS[name]["pg/mL" if odd == "under the code by mass" else unit]
    quantity: Resource = {"value": float(value) if "." in value else int(value)}
    if odd != "flagged low, unit missing":
        quantity |= {"unit": unit, "system": UCUM, "code": unit}
    found = _observation(number, date, LOINC, code) | {"valueQuantity": quantity}
    if "flagged low" in odd:
        found["interpretation"] = [{"coding": [{"system": INTERPRETATION, "code": "L"}]}]
    return found


def _own_observation(words: str, date: str, number: int) -> Resource:
    if words == "no neurological symptoms":
        return _observation(number, date, OURS, "neuro-screen") | {"valueBoolean": False}
    code = "ileal-resection-length" if "resection" in words else "crohns-ileal-extent"
    centimetres = int(re.findall(r"\d+", words)[0])
    return _observation(number, date, OURS, code) | {
        "valueQuantity": {"value": centimetres, "unit": "cm", "system": UCUM, "code": "cm"}
    }


def _observation(number: int, date: str, system: str, code: str) -> Resource:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "status": "final",
        "code": {"coding": [{"system": system, "code": code}]},
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": date,
    }


def _procedure(entry: str, number: int) -> Resource:
    name, date = _dated(entry)
    code: Resource = {"text": name.strip("'")}
    if not name.startswith("'"):
        code = {"coding": [{"system": SNOMED, "code": PROCEDURES[name], "display": name}]}
    return {
        "resourceType": "Procedure",
        "id": f"pr{number}",
        "status": "completed",
        "code": code,
        "subject": {"reference": "Patient/p1"},
        "performedDateTime": date,
    }


def write_order(order: str, identity: str, status: str) -> Resource:
    """Read "hydroxocobalamin, 1000 mcg, IM, three times a week, since 2026-11-10"; "stop: ..." is a
    drafted stop, "on hold: ..." an order on hold, and "hydroxocobalamin, 'see letter'" one whose
    dosage is words alone; "...; note: ..." and "...; valid until 2026-12-20" come last.
    """
    order, _, note = order.partition("; note: ")
    order, _, valid_until = order.partition("; valid until ")
    if "'" in order:
        return _in_words(order, identity, status)
    stopped = order.startswith("stop: ")
    if order.startswith("on hold: "):
        order, status = order.removeprefix("on hold: "), "on-hold"
    product, dose, route, rhythm, *since = order.removeprefix("stop: ").split(", ")
    amount, unit = dose.split(" ")
    quantity = {
        "value": float(amount) if "." in amount else int(amount),
        "unit": unit,
        "system": UCUM,
        "code": UNITS[unit],
    }
    beside: Resource = {"note": [{"text": note}]} if note else {}
    if valid_until:
        beside["dispenseRequest"] = {"validityPeriod": {"end": valid_until}}
    return beside | {
        "resourceType": "MedicationRequest",
        "id": "active-1" if stopped else identity,
        "status": "stopped" if stopped else status,
        "intent": "order",
        "medicationCodeableConcept": PRODUCTS[product],
        "subject": {"reference": "Patient/p1"},
        "authoredOn": since[0].removeprefix("since ") if since else "2026-11-21",
        "dosageInstruction": [
            {
                "timing": {"repeat": RHYTHMS[rhythm]},
                "route": {"coding": [{"system": SNOMED, "code": ROUTES[route]}]},
                "doseAndRate": [{"doseQuantity": quantity}],
            }
        ],
    }


def _in_words(order: str, identity: str, status: str) -> Resource:
    product, _, words = order.partition(", ")
    return {
        "resourceType": "MedicationRequest",
        "id": identity,
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": PRODUCTS[product],
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2026-11-21",
        "dosageInstruction": [{"text": words.strip("'")}],
    }


def _dispense(entry: str, number: int) -> Resource:
    """Read "vitamin B12 tablet 1 mg, on 2026-10-07, for 90 days"."""
    product, date, supply = entry.split(", ")
    return {
        "resourceType": "MedicationDispense",
        "id": f"d{number}",
        "status": "completed",
        "medicationCodeableConcept": PRODUCTS[product],
        "subject": {"reference": "Patient/p1"},
        "whenHandedOver": date.removeprefix("on "),
        "daysSupply": {"value": int(supply.split(" ")[1]), "system": UCUM, "code": "d"},
    }


def _dose(entry: str, number: int) -> Resource:
    """Read "hydroxocobalamin, 1000 mcg, IM, on 2026-11-20"."""
    product, dose, route, date = entry.split(", ")
    amount, unit = dose.split(" ")
    return {
        "resourceType": "MedicationAdministration",
        "id": f"a{number}",
        "status": "completed",
        "medicationCodeableConcept": PRODUCTS[product],
        "subject": {"reference": "Patient/p1"},
        "effectiveDateTime": date.removeprefix("on "),
        "dosage": {
            "route": {"coding": [{"system": SNOMED, "code": ROUTES[route]}]},
            "dose": {"value": int(amount), "unit": unit, "system": UCUM, "code": UNITS[unit]},
        },
    }
