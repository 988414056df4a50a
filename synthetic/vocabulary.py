"""The ways in which a record says a thing: the first is the plain one, the others stand in real
exports beside it.

Every code is one of `fhir_mappings/terminology` (a test holds them together); codes of noise are
local ones, as most of an export is.
"""

from __future__ import annotations

from fhir_mappings.terminology import ATC, LOINC, RXNORM, SNOMED

ICD_10 = "http://hl7.org/fhir/sid/icd-10"
ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm"
UCUM = "http://unitsofmeasure.org"
OWN = "urn:b12-cds:observation"
LOCAL = "http://hospital.example/codes"

Way = tuple[str, str]
"""Code system and code."""

PROBLEMS: dict[str, tuple[Way, ...]] = {
    "vitamin B12 deficiency": ((SNOMED, "190634004"), (SNOMED, "64117007")),
    "pernicious anaemia": ((SNOMED, "84027009"), (ICD_10_CM, "D51.0"), (ICD_10, "D51.0")),
    "paraesthesia": ((SNOMED, "91019004"), (SNOMED, "62507009")),
    "ataxic gait": ((SNOMED, "25136009"), (ICD_10_CM, "R26.0")),
    "subacute combined degeneration": ((SNOMED, "60576007"), (ICD_10_CM, "G32.0")),
    "glossitis": ((SNOMED, "45534005"), (ICD_10_CM, "K14.0"), (ICD_10, "K14.0")),
    "Leber's optic atrophy": ((SNOMED, "58610003"),),
    "Crohn's disease of ileum": ((SNOMED, "38106008"), (SNOMED, "196977009")),
    "vegan diet": ((SNOMED, "24930006"), (SNOMED, "281015005")),
    "pregnant": ((SNOMED, "77386006"),),
    "kidney disease stage 4": ((SNOMED, "431857002"), (ICD_10_CM, "N18.4"), (ICD_10, "N18.4")),
    "dependence on dialysis": ((SNOMED, "105502003"), (ICD_10_CM, "Z99.2"), (ICD_10, "Z99.2")),
    "coeliac disease": ((SNOMED, "396331005"), (ICD_10_CM, "K90.0")),
    "malabsorption": ((SNOMED, "32230006"),),
    "haemophilia": ((SNOMED, "90935002"),),
    "possible Leber's optic neuropathy": (),
}
OPERATIONS: dict[str, tuple[Way, ...]] = {
    "ileal resection": ((SNOMED, "307193005"), (SNOMED, "51346007")),
    "sleeve gastrectomy": ((SNOMED, "427074001"), (SNOMED, "87604009")),
    "partial gastrectomy": ((SNOMED, "49209004"), (SNOMED, "85217002")),
    "total gastrectomy": ((SNOMED, "26452005"), (SNOMED, "708987006")),
}
TESTS: dict[str, tuple[Way, ...]] = {
    "B12 pmol/L": ((LOINC, "14685-2"),),
    "B12 pg/mL": ((LOINC, "2132-9"),),
    "MMA nmol/L": ((LOINC, "13964-2"),),
    "eGFR mL/min/{1.73_m2}": ((LOINC, "98979-8"),),
    "platelets 10*9/L": ((LOINC, "777-3"),),
    "haemoglobin g/dL": ((LOINC, "718-7"),),
    "INR {INR}": ((LOINC, "6301-6"),),
    "potassium mmol/L": ((LOINC, "2823-3"),),
}
"""Tests by name and unit, as the code says which unit may stand beside it."""

ANSWERS: dict[str, tuple[str, bool]] = {
    "no neurological symptoms": ("neuro-screen", False),
    "neurological symptoms found": ("neuro-screen", True),
    "symptoms of B12 deficiency": ("b12-symptoms", True),
}
LENGTHS = {"ileum resected": "ileal-resection-length", "ileal Crohn's": "crohns-ileal-extent"}

PRODUCTS: dict[str, tuple[str, tuple[Way, ...]]] = {
    "hydroxocobalamin": (
        "Hydroxocobalamin 1 mg/mL solution for injection",
        ((RXNORM, "5514"), (SNOMED, "327529002"), (ATC, "B03BA03")),
    ),
    "cyanocobalamin injection": ("Cyanocobalamin 1 mg/mL injection", ((RXNORM, "309594"),)),
    "vitamin B12 tablet 1 mg": ("Vitamin B 12 1 MG Oral Tablet", ((RXNORM, "309593"),)),
    "vitamin B12 tablet 0.1 mg": ("Vitamin B 12 0.1 MG Oral Tablet", ((RXNORM, "309595"),)),
    "methylcobalamin capsule 1 mg": ("mecobalamin 1 MG Oral Capsule", ((RXNORM, "846934"),)),
    "folic acid tablet 5 mg": (
        "Folic Acid 5 MG Oral Tablet",
        ((RXNORM, "199318"), (SNOMED, "327550006")),
    ),
    "folic acid tablet 0.4 mg": ("Folic Acid 0.4 MG Oral Tablet", ((RXNORM, "198640"),)),
    "Cyanokit": ("Cyanokit 5 g", ((RXNORM, "700499"),)),
    "methotrexate": ("Methotrexate", ((RXNORM, "6851"),)),
    "apixaban": ("Apixaban", ((RXNORM, "1364430"),)),
    "metformin": ("Metformin", ((RXNORM, "6809"), (SNOMED, "372567009"))),
    "omeprazole": ("Omeprazole", ((RXNORM, "7646"), (SNOMED, "387137007"))),
    "lisinopril": ("Lisinopril 10 mg tablet", ()),
}
"""Medicines by name: the text of the order, and the codings of which one or more stand there."""

ALLERGENS: dict[str, tuple[Way, ...]] = {
    "hydroxocobalamin": ((RXNORM, "5514"),),
    "cyanocobalamin": ((RXNORM, "11248"),),
    "cobalt": ((SNOMED, "54808007"),),
    "possible vitamin B12 allergy": (),
}
ROUTES: dict[str, Way] = {
    "IM": (SNOMED, "78421000"),
    "oral": (SNOMED, "26643006"),
    "SC": (SNOMED, "34206005"),
    "nasal": (SNOMED, "46713006"),
}
SITES: dict[str, Way] = {"buttock": (SNOMED, "46862004")}
UNIT_CODES = {"mcg": "ug", "mg": "mg", "g": "g", "tablet": "{tbl}"}

RHYTHMS: dict[str, dict[str, object]] = {
    "alternate days": {"frequency": 1, "period": 2, "periodUnit": "d"},
    "every 2 to 3 months": {"frequency": 1, "period": 2, "periodMax": 3, "periodUnit": "mo"},
    "daily": {"frequency": 1, "period": 1, "periodUnit": "d"},
    "weekly": {"frequency": 1, "period": 1, "periodUnit": "wk"},
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
    "as directed": {},
    "480 times a day": {"frequency": 480, "period": 1, "periodUnit": "d"},
    "alternate days for 3 weeks": {
        "frequency": 1,
        "period": 2,
        "periodUnit": "d",
        "boundsDuration": {"value": 3, "unit": "weeks", "system": UCUM, "code": "wk"},
    },
    "every 2 months for a year": {
        "frequency": 1,
        "period": 2,
        "periodUnit": "mo",
        "boundsDuration": {"value": 12, "unit": "months", "system": UCUM, "code": "mo"},
    },
    "every 6 months": {"frequency": 1, "period": 6, "periodUnit": "mo"},
}
SYSTEM_SPELLINGS: dict[str, tuple[str, ...]] = {
    SNOMED: (SNOMED, "urn:oid:2.16.840.1.113883.6.96", "https://snomed.info/sct"),
    LOINC: (LOINC, "urn:oid:2.16.840.1.113883.6.1"),
    RXNORM: (RXNORM, "urn:oid:2.16.840.1.113883.6.88"),
}
"""How exports spell the systems; the first is the canonical one."""

NOISE_TESTS = (
    "Body weight",
    "Body height",
    "Heart rate",
    "Respiratory rate",
    "Temperature",
    "Systolic pressure",
    "Diastolic pressure",
    "Oxygen saturation",
    "Glucose",
    "Urea",
    "Sodium",
    "Chloride",
    "Calcium",
    "Albumin",
    "Bilirubin",
    "ALT",
    "AST",
    "Cholesterol",
    "HDL",
    "LDL",
    "Triglycerides",
    "TSH",
    "CRP",
    "Pain score",
    "Smoking status",
)
NOISE_PROBLEMS = (
    "Essential hypertension",
    "Osteoarthritis of knee",
    "Acute bronchitis",
    "Low back pain",
    "Seasonal rhinitis",
    "Hyperlipidaemia",
    "Cataract",
    "Sprain of ankle",
)
NOISE_OPERATIONS = ("Influenza vaccination given", "Dental check", "X-ray of chest", "Suture")
NOISE_MEDICINES = (
    "Amlodipine 5 mg tablet",
    "Atorvastatin 20 mg tablet",
    "Paracetamol 500 mg tablet",
    "Salbutamol inhaler",
    "Amoxicillin 500 mg capsule",
)
NOISE_ALLERGENS = ("Penicillin", "House dust", "Peanut", "Latex")
LOCAL_TESTS = (
    ("LAB-4711", "Holo-TC", "pmol/l"),
    ("LAB-4712", "Methylmalonsaeure", "nmol/l"),
    ("LAB-0815", "eGFR CKD-EPI neu", "ml/min/1,73"),
    ("LAB-0816", "Vit B12 alt", "pg/ml"),
)
"""Tests that matter under codes nobody mapped: what a report must find."""
