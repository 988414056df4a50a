"""The worked clinical examples 50 to 110, as the document numbers them, through the decision.

Each says what stands in the record and what is asked, in FHIR, and what must and may not be said.
Not tried here: 80 (`tests/fhir_mappings/dosing`), 109 (`test_quiet_cards.py`) and 110
(`tests/fhir_mappings/test_scenario_mapping.py`), which are no single request.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import msgspec
import pytest

from cds_service.decision.explainable import decide_request
from cds_service.site import DEMONSTRATION_CLIENT, demonstration
from fhir_mappings.terminology.loading import load_value_sets

TODAY = dt.date(2026, 11, 26)
SNOMED, LOINC = "http://snomed.info/sct", "http://loinc.org"
RXNORM, UCUM = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://unitsofmeasure.org"
ICD_10_CM, OWN = "http://hl7.org/fhir/sid/icd-10-cm", "urn:b12-cds:observation"
SUBJECT = {"reference": "Patient/p1"}
UNITS = {"pmol/L": "14685-2", "pg/mL": "2132-9"}

Json = dict[str, Any]


def ago(days: int) -> str:
    return (TODAY - dt.timedelta(days=days)).isoformat()


def coded(code: str, text: str = "", system: str = SNOMED) -> Json:
    return {"coding": [{"system": system, "code": code}], **({"text": text} if text else {})}


def problem(code: Json | str, days: int = 400, **more: Any) -> Json:
    """A problem by its SNOMED CT code, or as it is coded."""
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded("active", "", "http://terminology.hl7.org/CodeSystem/x"),
        "code": code if isinstance(code, dict) else coded(code),
        "subject": SUBJECT,
        "onsetDateTime": ago(days),
        "recordedDate": ago(days),
        **more,
    }


PA, VEGAN, NEUROPATHY = "84027009", "24930006", "302226006"
PARAESTHESIA, ATAXIC_GAIT, SCD = "91019004", "25136009", "60576007"
FATIGUE, CROHNS_ILEUM, SICKLE_CELL = "84229001", "38106008", "417357006"


def result(code: str, value: float | None, unit: str, days: int = 20, **more: Any) -> Json:
    body: Json = {
        "resourceType": "Observation",
        "status": "final",
        "code": coded(code, "", LOINC),
        "subject": SUBJECT,
        "effectiveDateTime": ago(days),
    }
    if value is not None:
        named = {"unit": unit, "system": UCUM, "code": unit} if unit else {}
        body["valueQuantity"] = {"value": value, **named}
    return {name: found for name, found in {**body, **more}.items() if found is not None}


def b12(value: float, days: int = 20, unit: str = "pmol/L", **more: Any) -> Json:
    return result(UNITS[unit], value, unit, days, **more)


def kidneys(value: float = 90, days: int = 30) -> Json:
    return result("98979-8", value, "mL/min/{1.73_m2}", days)


def no_signs(days: int = 10) -> Json:
    return {**result("neuro-screen", None, "", days), "code": coded("neuro-screen", "", OWN)} | {
        "valueBoolean": False
    }


def own(code: str, **value: Any) -> Json:
    return {**result(code, None, "", 10), "code": coded(code, "", OWN)} | value


HC = {
    "text": "Hydroxocobalamin 1 mg/mL solution for injection",
    "coding": [{"system": RXNORM, "code": "5514"}],
}
CC_IM = {
    "text": "Cyanocobalamin 1 mg/mL injection",
    "coding": [{"system": RXNORM, "code": "309594"}],
}
TABLET = {
    "text": "Vitamin B 12 1 MG Oral Tablet",
    "coding": [{"system": RXNORM, "code": "309593"}],
}
FOLIC_5, FOLIC_04 = (
    {"text": text, "coding": [{"system": RXNORM, "code": code}]}
    for text, code in (
        ("Folic Acid 5 MG Oral Tablet", "199318"),
        ("Folic Acid 0.4 MG Oral Tablet", "198640"),
    )
)
MULTIVITAMIN = {"text": "Multivitamin tablet with vitamin B12 10 micrograms"}
IM, ORAL = "78421000", "26643006"
EVERY: dict[str, Json] = {
    "alternate days": {"frequency": 1, "period": 2, "periodUnit": "d"},
    "day": {"frequency": 1, "period": 1, "periodUnit": "d"},
    "month": {"frequency": 1, "period": 1, "periodUnit": "mo"},
    "2 months": {"frequency": 1, "period": 2, "periodUnit": "mo"},
    "3 months": {"frequency": 1, "period": 3, "periodUnit": "mo"},
    "7 a day": {"frequency": 7, "period": 1, "periodUnit": "d"},
    "3 a week for 2 weeks": {
        "frequency": 3, "period": 1, "periodUnit": "wk", "count": 6,
        "boundsDuration": {"value": 2, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "alternate days for 2 weeks": {
        "frequency": 1, "period": 2, "periodUnit": "d",
        "boundsDuration": {"value": 2, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "alternate days x6": {"frequency": 1, "period": 2, "periodUnit": "d", "count": 6},
    "daily x7": {"frequency": 1, "period": 1, "periodUnit": "d", "count": 7},
    "weekly x4": {"frequency": 1, "period": 1, "periodUnit": "wk", "count": 4},
}  # fmt: skip


def order(
    medicine: Json, every: str = "", route: str = "", days: int = 0, mcg: float = 1000, **more: Any
) -> Json:
    """An order: a draft of today, or active since so many days."""
    route = route or (ORAL if medicine in (TABLET, FOLIC_5, FOLIC_04, MULTIVITAMIN) else IM)
    dose = {"value": mcg, "unit": "ug", "system": UCUM, "code": "ug"}
    dosage: Json = {"route": coded(route), "doseAndRate": [{"doseQuantity": dose}]}
    if every:
        dosage["timing"] = {"repeat": EVERY[every]}
    return {
        "resourceType": "MedicationRequest",
        "id": f"o{len(every)}{days}{mcg}".replace(".", "-"),
        "status": "active" if days else "draft",
        "intent": "order",
        "medicationCodeableConcept": medicine,
        "subject": SUBJECT,
        "authoredOn": ago(days),
        "dosageInstruction": [dosage],
        **more,
    }


def folic(medicine: Json = FOLIC_5, mcg: float = 5000, **more: Any) -> Json:
    return order(medicine, "day", ORAL, 0, mcg, **more)


def given(*days: int) -> list[Json]:
    return [
        {
            "resourceType": "MedicationAdministration",
            "status": "completed",
            "medicationCodeableConcept": HC,
            "subject": SUBJECT,
            "effectiveDateTime": ago(day),
            "dosage": {
                "route": coded(IM),
                "dose": {"value": 1000, "unit": "ug", "system": UCUM, "code": "ug"},
            },
        }
        for day in days
    ]


def operation(code: Json | str, days: int = 2000, **more: Any) -> Json:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": code if isinstance(code, dict) else coded(code),
        "subject": SUBJECT,
        "performedDateTime": ago(days),
        **more,
    }


def allergy(text: str, code: Json | None = None, clinical: str = "active", **more: Any) -> Json:
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": coded(clinical, "", "http://terminology.hl7.org/CodeSystem/y"),
        "patient": SUBJECT,
        "code": {**(code or {}), "text": text},
        **more,
    }


def worded(medicine: Json, words: str) -> Json:
    draft = order(medicine)
    return {**draft, "dosageInstruction": [{"text": words}]}


LOADED = given(210, 208, 206, 203, 201, 199, 140, 80, 20)
MAINTAINED = [order(HC, "2 months", days=210), *LOADED]
KEYS = {
    "Condition": "conditions",
    "Observation": "labs",
    "MedicationAdministration": "administrations",
    "MedicationStatement": "statements",
    "Procedure": "procedures",
    "AllergyIntolerance": "allergies",
}


@dataclass(frozen=True)
class Vignette:
    """One row of the document. `record` is all there is, every list whole; without `asked` the
    record is opened. `card` is the first one ("none": none); `says` stand in the answer, `never` do
    not; `folded` are found in the first card; `drafts` are medicines a suggestion drafts.
    """

    number: str
    record: tuple[Json, ...]
    asked: tuple[Json, ...] = ()
    hook: str = ""
    card: str = ""
    indicator: str = ""
    rule: str = ""
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    drafts: tuple[str, ...] = ()
    drafts_nothing: bool = False
    born: str = "1970-03-01"
    policy: tuple[tuple[str, Any], ...] = field(default=())


def V(number: str, record: list[Any], **rest: Any) -> Vignette:
    flat: list[Json] = []
    for item in record:
        flat += item if isinstance(item, list) else [item]
    asked = rest.pop("asked", ())
    return Vignette(number, tuple(flat), tuple(asked), **rest)


STANDING = order(HC, "3 months", days=900)
NUMBNESS = problem({"text": "Numbness and tingling in both feet"}, 30)
FREE_TEXT_3 = [
    problem({"text": text}) for text in ("Low back pain", "Hay fever", "High blood pressure")
]
CODED_11 = [
    problem(code, 400 + number)
    for number, code in enumerate(
        ("38341003", "55822004", "195967001", "44054006", "271737000", "396275006", "13645005",
         "49436004", "22298006", "73211009", "35489007")
    )
]  # fmt: skip
WELL = [kidneys(), no_signs()]

VIGNETTES = [
    V("50", [problem(PA), STANDING], card="k1", indicator="info", rule="T7",
      says=("still given?", "Jun 2024"), never=("not ordered", "not treated")),
    V("51", [problem(PA), STANDING], asked=[order(HC, "3 months")], card="e1", indicator="info",
      folded=("b23",), never=("no loading",)),
    V("52", [problem(PA), STANDING], asked=[folic()], card="c2", indicator="warning",
      says=("confirm it is given before folic acid",)),
    V("53", [problem(VEGAN), order(TABLET, "day", days=800), problem(PARAESTHESIA, 10), b12(480)],
      rule="N2", card="k1", never=("unlikely", "not low")),
    V("54", [problem(PA, 900), *[
        {**order(HC, days=day), "status": "completed",
         "dosageInstruction": [{"text": "as directed by the surgery"}], "id": f"i{day}"}
        for day in (300, 215, 125, 35)]], asked=[order(HC, "3 months")], card="none"),
    V("55", [problem(PA, 900), *[
        {**result("x", None, "", day), "valueBoolean": True, "id": f"g{day}",
         "code": {"text": "B12 injection given"}}
        for day in (300, 215, 125, 35)]], asked=[order(HC, "3 months")], card="none"),
    V("56", [{**order({"text": "Metformin 500 mg tablet",
                       "coding": [{"system": RXNORM, "code": "6809"}]}, "day", ORAL, 2190)},
             b12(128)], rule="U1", says=("edicine that lowers B12",)),
    V("58", [CODED_11, FREE_TEXT_3, problem(VEGAN), b12(110), WELL], rule="M6",
      drafts=("yanocobalamin",), says=("judged by their words only",)),
    V("59", [problem(coded("LOCAL-99", "", "urn:local:problems")), problem(VEGAN), b12(110), WELL],
      card="k1", rule="M8", drafts=("ydroxocobalamin",)),
    V("59b", [problem(coded("LOCAL-99", "", "urn:local:problems")), problem(VEGAN), b12(110), WELL],
      asked=[order(TABLET, "day")], never=("Leber",)),
    V("60", [problem({"text": "Sehnervatrophie Typ Leber"}), problem(VEGAN), b12(110), WELL],
      asked=[order(TABLET, "day")], card="d6", indicator="warning", says=("Typ Leber",)),
    V("61", [problem(PA), b12(96), allergy(
        "Neo-Cytamen injection", coded("416098002"),
        reaction=[{"severity": "severe", "manifestation": [coded("39579001", "Anaphylaxis")]}])],
      asked=[order(HC, "3 a week for 2 weeks")], card="d4", indicator="critical"),
    V("62", [problem(PA), b12(96), allergy("reaction to vitamin jab?")],
      asked=[order(HC, "3 a week for 2 weeks")], card="d5", indicator="warning",
      says=("vitamin jab",)),
    V("63", [problem(PA), b12(96), allergy(
        "Hydroxocobalamin", {"coding": [{"system": RXNORM, "code": "5514"}]}, "inactive",
        reaction=[{"severity": "severe", "manifestation": [coded("39579001", "Anaphylaxis")]}])],
      asked=[order(HC, "3 a week for 2 weeks")], card="d4", indicator="warning",
      says=("marked inactive", "confirm it was cleared")),
    V("64", [problem(PA), b12(96), allergy("vitamin B12")],
      asked=[order(HC, "3 a week for 2 weeks")], card="d4", indicator="warning",
      says=("severity not stated",), drafts_nothing=True),
    V("65", [problem(PA), b12(96), kidneys(), NUMBNESS], asked=[order(TABLET, "day")],
      card="b10", indicator="warning", says=("Numbness and tingling in both feet",)),
    V("66", [problem(VEGAN), b12(90)],
      asked=[order(TABLET, "day", reasonCode=[coded(PARAESTHESIA, "Paraesthesia")])],
      card="b1", indicator="critical"),
    V("67", [problem(VEGAN), b12(110), kidneys(), {
        **problem(PARAESTHESIA, 2600), "clinicalStatus": None,
        "category": [coded("encounter-diagnosis", "", "http://terminology.hl7.org/c")]}],
      asked=[order(TABLET, "day")], card="b2", indicator="warning", says=("aresthesia",)),
    V("68", [problem(PA), problem(NEUROPATHY, 60), b12(80)],
      asked=[worded(HC, "1 mg by IM injection every three months")], card="b3",
      indicator="warning"),
    V("69", [problem(PA), problem(NEUROPATHY, 60), b12(80)],
      asked=[worded(HC, "as directed by hospital")], card="k1", indicator="warning",
      folded=("b14",)),
    V("70", [problem(SCD, 5)], card="k1", indicator="warning", says=("same-day",),
      drafts=("ydroxocobalamin",)),
    V("71", [problem(SCD, 5)], asked=[order(HC, "alternate days")], card="b13", indicator="info",
      says=("same-day",)),
    V("72", [problem(PA), problem(ATAXIC_GAIT, 30), b12(90)],
      asked=[order(HC, "alternate days for 2 weeks"), order(HC, "2 months")], card="b19",
      indicator="info"),
    V("73", [problem(PA), problem(ATAXIC_GAIT, 30), b12(90)],
      asked=[order(HC, "alternate days x6"), order(HC, "2 months")], card="b19",
      indicator="warning"),
    V("74", [problem(PA, 900), *LOADED, {
        **order(HC, "2 months", days=200),
        "dispenseRequest": {"validityPeriod": {"start": ago(200), "end": ago(3)}}}],
      asked=[order(HC, "2 months")], card="none"),
    V("75", [problem(PA, 900), *LOADED, order(HC, "2 months", days=120)],
      asked=[order(HC, "2 months")], card="e1", indicator="warning", says=("a renewal",)),
    V("76", [problem(PA), b12(96), WELL],
      asked=[{**order(CC_IM, "daily x7"), "id": "a"},
             {**order(CC_IM, "weekly x4"), "id": "b"}, {**order(CC_IM, "month"), "id": "c"}],
      card="b9", indicator="info"),
    V("77", [problem(PA), b12(96), problem(NEUROPATHY, 60)],
      asked=[{**order(HC), "dosageInstruction": [{
          **order(HC, "alternate days")["dosageInstruction"][0], "text": "every 3 months"}]}],
      card="b20", indicator="warning", says=("every 3 months",)),
    V("78", [problem(PA, 900), *MAINTAINED],
      asked=[{**order(HC), "dosageInstruction": [{
          **order(HC)["dosageInstruction"][0], "asNeededBoolean": True}]}],
      card="b6", indicator="warning"),
    V("79", [problem(PA), b12(96)], asked=[order(HC, "7 a day")], card="b21",
      indicator="critical"),
    V("81", [problem(PA), b12(96), WELL], asked=[order(HC, "2 months", mcg=5000)], card="b8",
      indicator="critical", says=("5 mg, 5 times the usual 1 mg",)),
    V("82", [result("14685-2", 96, "", 20, interpretation=[coded("L", "", "http://x")])],
      asked=[folic()], card="c3", indicator="warning", says=("B12 96", "cannot be used")),
    V("83", [b12(98, 425)], card="k1", indicator="info", rule="E3", says=("98",)),
    V("84", [b12(90, effectiveDateTime=None, issued=f"{ago(21)}T10:00:00Z"), WELL],
      rule="M6", says=("issued",)),
    V("85", [b12(420, effectiveDateTime=None, issued=f"{ago(21)}T10:00:00Z")], rule="E2"),
    V("86", [result("2132-9", 150, "pmol/L")], asked=[order(HC, "2 months")], card="b13",
      says=("150",), never=("No B12 test on record",)),
    V("86b", [result("2132-9", 95, "pmol/L"), WELL], rule="M6"),
    V("87", [{**result("2132-9", 8, "ng/mL"), "code": coded("2132-9", "Folate", LOINC)}],
      asked=[order(HC, "2 months")], card="b13", never=("No B12 test on record",)),
    V("88", [b12(90, 200), b12(400, 20)], asked=[order(HC, "2 months")], card="b18"),
    V("89", [problem(PA, 900), *MAINTAINED], card="m1", indicator="info"),
    V("90", [problem(PA, 900), *LOADED, {
        **order(HC, "2 months", days=210),
        "dispenseRequest": {"validityPeriod": {"start": ago(210), "end": ago(2)}}}],
      asked=[order(HC, "2 months")], card="none"),
    V("91", [operation("427074001", 900), problem("169449001", 30),
             order(TABLET, "day", days=300), b12(400, 150)],
      card="m1", indicator="info", says=("Planning pregnancy",)),
    V("92", [problem(VEGAN), order(TABLET, "day", days=122), b12(118, 10), WELL],
      asked=[order(TABLET, "day", mcg=2000)], card="b22", indicator="warning",
      drafts=("ydroxocobalamin",)),
    V("93", [problem(PA, 1500), problem(SCD, 1200, clinicalStatus=coded("resolved", "", "http://y"),
                                       abatementDateTime=ago(900)),
             *given(1150, 1148, 1146, 1144, 1142, 1140, 700, 640, 425)],
      asked=[order(HC, "2 months")], card="b23", indicator="warning"),
    V("94", [operation("26452005", 2500), b12(300)], card="k1", indicator="info", rule="P5",
      drafts=("ydroxocobalamin",)),
    V("95", [problem(coded("Z90.3", "", ICD_10_CM))], card="k1", indicator="info", rule="P6",
      says=("which operation",), drafts_nothing=True),
    V("96", [operation(coded("307193005"), note=[{
        "text": "stricture 25 cm from ileocaecal valve; 8 cm segment removed"}]), b12(320),
        no_signs()], says=("stricture 25 cm from ileocaecal valve; 8 cm segment removed",),
      never=("monthly injections for life are advised", "Sources differ"), drafts_nothing=True),
    V("97", [operation(coded("307193005"), note=[{"text": "Length of ileum resected: 25 cm"}]),
             b12(320), no_signs()], rule="P1", says=("25 cm",)),
    V("98", [problem(CROHNS_ILEUM), b12(290), no_signs()], asked=[order(HC, "month")], card="a1",
      indicator="info", says=("sources differ",)),
    V("99", [problem(VEGAN), b12(110), no_signs()], asked=[order(TABLET, "day")], card="d2",
      indicator="info", born="1992-03-01"),
    V("100", [problem(SICKLE_CELL)], asked=[folic()], card="c3", indicator="info"),
    V("101", [], asked=[folic(FOLIC_04, 400)], card="none", born="2011-03-01"),
    V("102", [problem(VEGAN), order(MULTIVITAMIN, "day", ORAL, 200, 10), b12(95), WELL],
      rule="M6", card="k1", indicator="warning"),
    V("103", [problem(VEGAN), order(MULTIVITAMIN, "day", ORAL, 200, 10), b12(300),
              problem(PARAESTHESIA, 20)], rule="N2"),
    V("104", [problem(FATIGUE, 20), b12(351, unit="pg/mL")], asked=[order(HC, "2 months")],
      card="b17", says=("ethylmalonic acid",)),
    V("105", [problem(VEGAN, 1500, clinicalStatus=coded("resolved", "", "http://y"),
                      abatementDateTime=ago(395)),
              order(TABLET, "day", days=300)],
      asked=[{**order(TABLET, "day", days=300), "status": "stopped"}], card="f2",
      indicator="warning", never=("not recorded as resolved",)),
    V("106", [problem(PA, 900), *MAINTAINED],
      asked=[{**order(HC, "2 months"), "id": "stop", "doNotPerform": True}], card="f1",
      indicator="warning"),
    V("107", [problem(PA, 900), *MAINTAINED, result("718-7", 130, "g/L", 30)],
      asked=[order(HC, "2 months")], hook="medication-refill", card="none"),
    V("108", [problem(PA, 900), order(TABLET, "day", days=200), b12(400, 30), WELL,
              result("718-7", 130, "g/L", 30)],
      asked=[order(TABLET, "day")], hook="medication-refill", card="b10", indicator="info"),
]  # fmt: skip


def bundle(resources: list[Json]) -> Json:
    entries = [
        {"resource": {"id": f"{resource['resourceType'][:2].lower()}{number}", **resource}}
        for number, resource in enumerate(resources)
    ]
    for entry in entries:
        resource = entry["resource"]
        entry["resource"] = {name: value for name, value in resource.items() if value is not None}
    return {
        "resourceType": "Bundle", "type": "searchset", "total": len(entries), "entry": entries,
    }  # fmt: skip


def request_of(vignette: Vignette) -> Json:
    prefetch = {key: bundle([]) for key in (*KEYS.values(), "medications")}
    for key in prefetch:
        prefetch[key] = bundle(
            [
                resource
                for resource in vignette.record
                if KEYS.get(resource["resourceType"], "medications") == key
            ]
        )
    patient = {
        "resourceType": "Patient", "id": "p1", "gender": "female", "birthDate": vignette.born,
    }  # fmt: skip
    drafts = bundle(list(vignette.asked)) | {"type": "collection"}
    hook = vignette.hook or ("order-select" if vignette.asked else "patient-view")
    context: Json = {"patientId": "p1", "userId": "Practitioner/dr"}
    if hook == "medication-refill":
        context["medications"] = drafts
    elif vignette.asked:
        context["draftOrders"] = drafts
        context["selections"] = [
            f"MedicationRequest/{entry['resource']['id']}" for entry in drafts["entry"]
        ]
    return {
        "hook": hook,
        "hookInstance": "3b5d0c55-2e0f-4a52-9d6e-7a1e0c3f1c11",
        "context": context,
        "prefetch": {**prefetch, "patient": patient},
    }


@cache
def known() -> Any:
    return demonstration(), load_value_sets()


def answer(vignette: Vignette) -> Any:
    settings, value_sets = known()
    if vignette.policy:
        settings = replace(settings, policy=settings.policy.from_settings(dict(vignette.policy)))
    return decide_request(request_of(vignette), settings, value_sets, TODAY)


def words_of(cards: list[Json]) -> str:
    return " ".join(
        " ".join(
            (card["summary"], card["detail"], *(s["label"] for s in card.get("suggestions", ())))
        )
        for card in cards
    )


def drafted(cards: list[Json]) -> str:
    return " ".join(
        action["description"]
        for card in cards
        for suggestion in card.get("suggestions", ())
        for action in suggestion["actions"]
        if action.get("resource", {}).get("resourceType") == "MedicationRequest"
    )


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette.number)
def test_a_vignette_gets_what_the_document_says(vignette: Vignette) -> None:
    decision = answer(vignette)
    cards = list(decision.cards)
    first = cards[0] if cards else {}
    extension = first.get("extension", {}).get("org.b12-cds", {})
    if vignette.card == "none":
        assert not cards, [card["summary"] for card in cards]
    elif vignette.card:
        assert first, "no card"
        assert first["source"]["topic"]["code"] == vignette.card, first["summary"]
    if vignette.indicator:
        assert first["indicator"] == vignette.indicator, first["summary"]
    if vignette.rule:
        assert str(decision.recommendation.rule) == vignette.rule, decision.recommendation.rule
    assert set(vignette.folded) <= set(extension.get("alsoFound", ()))
    said = words_of(cards)
    for words in vignette.says:
        assert words in said, said
    for words in vignette.never:
        assert words not in said, said
    for medicine in vignette.drafts:
        assert medicine in drafted(cards), drafted(cards)
    if vignette.drafts_nothing:
        assert not drafted(cards)


@pytest.mark.parametrize(
    ("hooks", "cards"),
    [((), []), (("order-select", "patient-view"), []), (("order-select",), ["b2"])],
)
def test_loading_is_asked_about_where_no_chart_is_opened_Q93(
    hooks: tuple[str, ...], cards: list[str]
) -> None:
    """A vegan with B12 96, of whom nerve signs are not recorded, and a whole course ordered."""
    orders = [
        {**order(HC, "3 a week for 2 weeks"), "id": "a"},
        {**order(HC, "2 months"), "id": "b"},
    ]
    case = V("Q93", [problem(VEGAN), b12(96), kidneys()], asked=orders)
    settings, value_sets = known()
    client = msgspec.structs.replace(DEMONSTRATION_CLIENT, hooks=hooks)
    decision = decide_request(request_of(case), settings, value_sets, TODAY, client)

    assert [card["source"]["topic"]["code"] for card in decision.cards] == cards
    assert [card["indicator"] for card in decision.cards] == ["info"] * len(cards)
