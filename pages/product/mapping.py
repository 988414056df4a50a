"""docs/generated/mapping.md: every fact, the FHIR it is read from, how many codes, which units, how
far back.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from fhir_mappings.answers import reviews
from fhir_mappings.history import conditions, procedures, signs_and_causes
from fhir_mappings.history.allergy_words import ALLERGENS
from fhir_mappings.laboratory import laboratory_facts as laboratory
from fhir_mappings.laboratory import results
from fhir_mappings.products.substances import SUBSTANCES
from fhir_mappings.said import DIETS
from fhir_mappings.terminology.concepts import Concept
from fhir_mappings.terminology.loading import load_value_sets
from fhir_mappings.terminology.members import Role
from fhir_mappings.terminology.value_sets import ValueSets
from fhir_mappings.values.units import UNITS, Analyte
from recommender.guidance import look_back
from recommender.language import HintAt

PAGE = Path(__file__).parents[2] / "docs" / "generated" / "mapping.md"

HEAD = """# What each fact is read from

This page is generated from the tables of the code by `./run pages`. Names are those of the facts in
the explain JSON and of what the receipt says a resource was used for. F, Q and K numbers are those
of the decision model. *Codes* counts the codes that decide the fact, in all code systems together,
without look-alikes and background codes. *Units* are the accepted UCUM units; each has many
accepted spellings. *Back* is how far the record is looked back.

## Rules that hold for all facts

- A resource about another patient is never used, and the list it came in can then no longer say
  "none"; one that names nobody is taken as the patient's, since it came in the patient's record.
- A resource that came twice is read once, in its newest version. Two with one id are two where
  the addresses of their entries name two servers, or they differ and neither says when it was
  changed; of the entries of a medicine one is read then, and the list is open.
- A code counts by (normalised system, code). A code that says nothing ("Disease", "drug allergy", a
  degraded entry, a null flavour) is no code: the words beside it are read. National editions of the
  ICD-10 are read at the four characters at which they agree with the WHO; of the Spanish one the
  codes on which the WHO and the clinical modification agree. The Canadian one, and one that is in
  no list here, decide by their words alone; what their codes stand for with the WHO is a hint.
- Words decide only as a whole text without negation, doubt or family ("History of", a severity and
  a year may stand around it), where no code of a system that enumerates the fact stands there;
  medicines and allergies also by a name in the text. The evidence then says "matched by text".
- Listed words anywhere else, in notes, beside other codes and beside negations, make the fact
  unknown: a *hint*, quoted and never read.
- "None" is said of a list only if all of it came and every entry was understood: by a code of a
  system that enumerates the fact, or by words mostly of a language of the record. Anything else is
  a *gap*: "N entries of the problem list could not be understood".
- Of a medicine or an allergen the words must hold a known name: "weekly injection" and "red
  medicine" name nothing. Where words point at one fact, the rest of them must be understood for the
  others to be "none".
- An allergy in the problem list counts like one in the list of allergies, and leaves the other
  facts of the problem list alone. One that does not say to what ("drug allergy") makes the
  allergies unknown.
- The last day that counts as today is tomorrow in the site's time zone (Q46). An entry of later is
  no fact, but its fact is then not "none".
- Words are asked in every language for what decides safety. As ordinary words an entry is
  understood in English, and in the other languages with a word list where the site
  (`recordLanguages`), the Patient or the entry states the language.
- Results count with status final, amended or corrected, and by the day of the sample: their own,
  that of the Specimen, that of the report. A day of issue alone may alarm and never reassures
  (Q33). Partial dates count only when all of what they may mean lies in the window. Of several
  results the newest counts; of one moment the more worrying one.
- A newer result that came but cannot be read makes the fact unknown; an older eGFR, platelets, INR,
  potassium or haemoglobin behind it goes on restricting where it alarms (Q35). One that says that
  there is no result leaves the older one standing. An unreadable length since an operation
  outweighs the words of the operation, too.
- Every unusable result has a reason: unit missing, unit not accepted, unit contradicts code, mass
  code with molar unit, implausible, comparator not known, range, words instead of a number, no
  result.
- Conditions: active, recurrence, relapse or no status are current; inactive and remission are not
  current; resolved or abated are past. Refuted is evidence against, never for. Provisional,
  differential and unconfirmed never make a deficiency, and leave a closed-world fact unknown.
- A list that was not available makes what it feeds unknown, the closed-world facts too; of an
  incomplete one what came is used, and only "none" is unknown. A list is incomplete, too, when it
  or an entry is labelled redacted, masked or subsetted, when its `self` link shows a narrower
  search than ours, when it was put together more than a day ago, or when the Patient is inactive or
  replaced by another (Q61).
- Every fact that is not known says why in words and as a code (`reasonCode`): none-recorded,
  could-not-be-read, list-not-complete, not-understood, hint, in-future, not-certain; of results
  also unit-missing, unit-contradicts, in-words, not-readable, implausible, other-status, no-date,
  too-old, on-treatment, higher-by-race, not-computed.

## Facts
"""


@dataclass(frozen=True, slots=True)
class FactRow:
    """One row of the page. `name` is that of the fact, `holds` the field of the scenario where it
    has another name. `back` is in words.
    """

    name: str
    source: str
    read_from: str
    concepts: frozenset[Concept] = frozenset()
    analyte: Analyte | None = None
    back: str = "any time"
    holds: tuple[str, ...] = ()


def _of(*concepts: Concept) -> frozenset[Concept]:
    return frozenset(concepts)


def _result(name: str, source: str, analyte: Analyte, note: str = "") -> FactRow:
    concepts = frozenset(
        concept for concept, measured in results.ANALYTES.items() if measured is analyte
    )
    return FactRow(
        name, source, f"Observation{note}", concepts, analyte, laboratory.WINDOWS[name].words
    )


B12_MEDICINES = frozenset(
    concept
    for concept, holds in SUBSTANCES.items()
    if any(substance.is_cobalamin for substance in holds)
)
FOLATE_MEDICINES = frozenset(
    concept
    for concept, holds in SUBSTANCES.items()
    if any(not substance.is_cobalamin for substance in holds)
)
MEDICINES = "MedicationRequest, MedicationStatement, MedicationDispense, MedicationAdministration"
SCREEN_DAYS = f"{look_back.ANSWER_DAYS} days"

ROWS: tuple[FactRow, ...] = (
    FactRow("age", "F1", "Patient.birthDate; of a partial date only what it decides"),
    FactRow("female", "F1", "Patient.gender"),
    FactRow("deceased", "Q14", "Patient.deceased[x]"),
    FactRow(
        "pregnant",
        "F2",
        "Condition, Observation (the newer of the two)",
        conditions.PREGNANT | _of(Concept.PREGNANCY_STATUS, Concept.NOT_PREGNANT),
        back=f"{look_back.PREGNANCY_DAYS} days; 'not pregnant' {look_back.NOT_PREGNANT_DAYS} days",
    ),
    FactRow(
        "planning_pregnancy",
        "F3",
        "Condition, Observation",
        _of(Concept.PLANNING_PREGNANCY),
        back="12 months",
    ),
    FactRow(
        "breastfeeding",
        "F3",
        "Condition, Observation",
        _of(Concept.BREASTFEEDING, Concept.BREASTFEEDING_STATUS),
        back="12 months",
    ),
    _result("total_b12", "F4", Analyte.TOTAL_B12, ", from before the current treatment"),
    _result(
        "total_b12_on_treatment",
        "T5b",
        Analyte.TOTAL_B12,
        ", from after the current treatment began",
    ),
    _result(
        "holotranscobalamin",
        "F5",
        Analyte.HOLOTRANSCOBALAMIN,
        ", from before the current treatment",
    ),
    _result("mma", "F6", Analyte.MMA, ", from before the current treatment; urine is another test"),
    _result("homocysteine", "F7", Analyte.HOMOCYSTEINE, ", from before the current treatment"),
    _result(
        "homocysteine_on_treatment",
        "V6",
        Analyte.HOMOCYSTEINE,
        ", from after the current treatment began",
    ),
    FactRow(
        "reviews_done",
        "F34",
        "Observation: a vitamin B12, blood count, homocysteine or methylmalonic acid result of any "
        "value, or a review noted as done",
        frozenset(reviews.REVIEW_TESTS),
        back=f"{look_back.REVIEWS_MONTHS} months",
    ),
    FactRow(
        "b12_supplement_before_test",
        "F9",
        MEDICINES,
        B12_MEDICINES,
        back="4 months before the test",
    ),
    _result("folate", "F24", Analyte.FOLATE),
    _result("haemoglobin", "F23", Analyte.HAEMOGLOBIN),
    _result("mcv", "F23", Analyte.MCV),
    _result("potassium", "F23", Analyte.POTASSIUM),
    FactRow(
        "platelets",
        "F18, Q10",
        "Observation",
        _of(Concept.PLATELETS),
        Analyte.PLATELETS,
        f"90 days; {laboratory.LOW_PLATELETS_DAYS} if below {laboratory.LOW_PLATELETS}; "
        f"below {laboratory.VERY_LOW_PLATELETS} kept 90 days, to be repeated after "
        f"{laboratory.VERY_LOW_PLATELETS_DAYS}",
    ),
    _result("inr", "F19", Analyte.INR),
    FactRow(
        "egfr",
        "F16",
        "Observation; else computed from creatinine (CKD-EPI 2021), marked so, as where newer "
        "creatinine gives a lower one; "
        "else the lower of a race-specific pair, marked so",
        _of(Concept.EGFR, Concept.EGFR_NON_BLACK, Concept.CREATININE),
        Analyte.EGFR,
        f"12 months; {laboratory.EGFR_AFTER_KIDNEY_INJURY.words} while an acute kidney injury is "
        f"active",
    ),
    FactRow(
        "deficiency_diagnosis",
        "F8",
        "Condition; E53.8 and its like need a second fact",
        conditions.DEFICIENCY,
    ),
    FactRow(
        "neurological_involvement",
        "F10, F11, Q3, Q4",
        "signs: Condition, Observation",
        frozenset(signs_and_causes.SIGNS),
        back="current; past ones for life",
        holds=("neurological_findings",),
    ),
    FactRow(
        "neurological_screen",
        "F10, Q1",
        "Observation (yes or no)",
        _of(Concept.NEURO_SCREEN),
        back=SCREEN_DAYS,
    ),
    FactRow(
        "neurological_involvement",
        "Q1",
        "signs denied: Condition with verificationStatus refuted",
        frozenset(signs_and_causes.SIGNS),
        back=f"{look_back.NEW_SIGN_DAYS} days",
        holds=("refuted_signs",),
    ),
    FactRow(
        "symptoms",
        "F12, Q3",
        "Condition, Observation (yes or no)",
        _of(Concept.B12_SYMPTOM_FATIGUE, Concept.B12_SYMPTOMS),
        back=SCREEN_DAYS,
    ),
    FactRow(
        "recurrence",
        "F26, Q3",
        "Condition begun after treatment did, or with status recurrence or relapse",
        conditions.DEFICIENCY | _of(Concept.B12_SYMPTOM_FATIGUE),
        back=f"{look_back.NEW_SIGN_DAYS} days",
    ),
    FactRow(
        "kidney_disease",
        "F17, Q7",
        "Condition, Procedure",
        conditions.KIDNEY_DISEASE | _of(Concept.DIALYSIS),
        back="active",
    ),
    FactRow(
        "severe_kidney_disease",
        "Q79",
        "Condition: stage 4 or 5, end-stage",
        conditions.SEVERE_KIDNEY_DISEASE,
        back="active",
    ),
    FactRow(
        "dialysis",
        "F17",
        "Condition, Procedure",
        _of(Concept.DIALYSIS_DEPENDENCE, Concept.DIALYSIS),
        back=f"active; a session {look_back.DIALYSIS_DAYS} days",
    ),
    FactRow(
        "kidney_risk",
        "Q51",
        "Condition, past ones too; Observation: any eGFR below 90, creatinine flagged high; "
        "metformin, the one medicine for diabetes in the value sets",
        conditions.KIDNEY_RISK
        | _of(Concept.EGFR, Concept.CREATININE, Concept.METFORMIN, Concept.METFORMIN_COMBO),
    ),
    FactRow("lebers", "F22", "Condition", _of(Concept.LHON)),
    FactRow(
        "bleeding_disorder",
        "F20",
        "Condition; thrombocytopenia only while the platelet count is not known",
        _of(Concept.HAEMOPHILIA_BLEEDING, Concept.THROMBOCYTOPENIA),
    ),
    FactRow(
        "cause",
        "F13",
        "Condition, Procedure, Observation (antibody, diet), medicines taken long enough",
        frozenset(signs_and_causes.CAUSES)
        | frozenset(procedures.CAUSES)
        | DIETS
        | _of(Concept.INTRINSIC_FACTOR_AB),
        holds=("causes",),
    ),
    FactRow(
        "ileal_resection_length",
        "F14, Q2",
        "Observation; else exactly one 'NN cm' in the words of the Procedure",
        _of(Concept.ILEAL_RESECTION_LENGTH) | procedures.RESECTIONS,
        Analyte.LENGTH,
    ),
    FactRow("ileal_resection_complete", "F14, Q2", "Procedure", _of(Concept.TOTAL_ILEAL_RESECTION)),
    FactRow(
        "crohns_ileal_extent",
        "F14, Q2",
        "Observation; else exactly one 'NN cm' in the words of the Condition",
        _of(Concept.CROHNS_ILEAL_EXTENT, Concept.CROHN_ILEAL),
        Analyte.LENGTH,
    ),
    FactRow(
        "cause_resolved",
        "F15",
        "Condition.abatement[x] of every cause; unknown unless conditions, procedures and "
        "medication orders came completely",
        frozenset(signs_and_causes.CAUSES),
    ),
    FactRow(
        "nitrous_oxide",
        "K14",
        f"Condition, {MEDICINES}",
        conditions.NITROUS_OXIDE | _of(Concept.NITROUS_OXIDE),
        back="active; medicines 18 months",
    ),
    FactRow(
        "haemolysis", "F31", "Condition, ended ones too", _of(Concept.HAEMOLYSIS), back="any time"
    ),
    FactRow("raises_b12", "Q60, Q79", "Condition", _of(Concept.RAISES_B12), back="active"),
    FactRow(
        "allergies",
        "F21, Q52",
        "AllergyIntolerance, not refuted; Condition whose words speak of a reaction (an "
        "Observation is shown, Q27); ended ones while severe",
        frozenset(ALLERGENS),
        holds=("allergies", "allergy_fact"),
    ),
    FactRow(
        "anticoagulant",
        "F19",
        f"{MEDICINES}; a coded 'on an anticoagulant' without its class",
        _of(Concept.ANTICOAGULANT, Concept.ANTICOAGULANT_USE, Concept.ANTICOAGULANT_THERAPY),
        back="active",
        holds=("anticoagulant_fact",),
    ),
    FactRow(
        "lowering_drugs",
        "F27",
        MEDICINES,
        _of(Concept.METFORMIN, Concept.METFORMIN_COMBO, Concept.PPI, Concept.H2RA),
        back="18 months",
    ),
    FactRow("methotrexate", "2.8", f"{MEDICINES}; by ingredient", back="active"),
    FactRow(
        "treatment_phase",
        "F25, Q11, Q12",
        f"orders and doses of vitamin B12: {MEDICINES}, Procedure",
        B12_MEDICINES | frozenset(procedures.INJECTIONS),
        back="15 months",
        holds=("orders", "doses"),
    ),
    FactRow(
        "course", "2.8", f"orders of folic acid: {MEDICINES}", FOLATE_MEDICINES, back="15 months"
    ),
)
"""Every fact of the scenario that the record can give."""

NOT_READ = {
    "oral_feasible": "no code for it is in the value sets; stays unknown, and is never used to "
    "permit",
    "im_feasible": "no code for it is in the value sets; stays unknown",
}
"""Facts of the scenario that no FHIR is read for, and why."""


PROBLEMS = "the problem list"
MEDICINE_LISTS = "medication orders and statements, and what was given or dispensed"
NONE_RESTS_ON: dict[str, tuple[str, tuple[HintAt, ...]]] = {
    "lebers": (PROBLEMS, (HintAt.LEBERS,)),
    "bleeding_disorder": (PROBLEMS, (HintAt.BLEEDING_DISORDER,)),
    "kidney_disease": (f"{PROBLEMS} and the list of procedures", (HintAt.KIDNEY_DISEASE,)),
    "severe_kidney_disease": (PROBLEMS, (HintAt.KIDNEY_DISEASE,)),
    "dialysis": (f"{PROBLEMS} and the list of procedures", (HintAt.DIALYSIS,)),
    "haemolysis": (PROBLEMS, (HintAt.HAEMOLYSIS,)),
    "raises_b12": (PROBLEMS, (HintAt.RAISES_B12,)),
    "nitrous_oxide": (f"{PROBLEMS}, {MEDICINE_LISTS}", (HintAt.NITROUS_OXIDE,)),
    "ileal_resection_complete": ("the list of procedures", (HintAt.ILEAL_SURGERY,)),
    "allergies": ("the list of allergies", (HintAt.ALLERGY, HintAt.COBALT_ALLERGY)),
    "anticoagulant": (MEDICINE_LISTS, (HintAt.ANTICOAGULANT,)),
    "methotrexate": (MEDICINE_LISTS, (HintAt.METHOTREXATE,)),
    "b12_supplement_before_test": (MEDICINE_LISTS, (HintAt.B12_TREATMENT,)),
}
"""On which lists "none" rests, each whole and understood, and which hints forbid it."""

NEVER_NONE = (
    "pregnant, planning_pregnancy, breastfeeding, symptoms, recurrence, deficiency_diagnosis, "
    "neurological_involvement and cause are never concluded from silence: nothing recorded leaves "
    "them unknown. cause_resolved needs an end of every cause, and every list whole."
)


DERIVED = {
    "adult": "the age against the site's lowest age",
    "deficiency": "how sure we are of deficiency (D1 to D7)",
    "neurological_involvement": "signs and screen together (F10, Q1, Q4)",
    "neurological_involvement_ever": "now or in the past (F11, Q5)",
    "new_neurological_signs": "begun after the treatment did (Q3)",
    "kidney_function": "eGFR and kidney diagnoses together (R, Q7)",
    "cause": "the causes in words",
    "permanence_of_cause": "whether the cause stays",
    "established_malabsorption": "whether oral treatment cannot replace injections",
    "ileal_resection_over_20_cm": "the length against its limit",
    "crohns_ileal_extent_over_limit": "the extent against the site's limit",
    "platelet_band": "the count in its band (S31 to S34)",
    "treatment_phase": "where treatment stands, from orders and doses (Q11)",
    "severe_anaemia": "haemoglobin against the site's limit",
    "low_potassium": "potassium against its limit",
}
"""Facts of the explain JSON that the rules derive from the ones above."""


COST = """## What it costs

`python -m benchmarks.alone.mapping` measures mapping a record as a multiple of parsing the same
bytes with orjson, both in turn on a busy machine:

| resources | 20 | 200 | 2000 |
|---|---|---|---|
| results, diagnoses and orders, most of interest | 7.1 | 2.9 to 3.4 | 1.8 to 1.9 |
| before the pass was made short | 9.6 to 10 | 7.6 to 9.2 | 4.6 to 5.5 |
| results of no interest | 5.1 | 1.6 to 2.0 | 1.0 |

The aim was below 1. Only large records of which no rule asks anything come near it (5000 such
results: 0.7). What is left: about 0.2 ms that every record costs (some sixty facts with their
reasons, whether or not anything is recorded), 0.15 ms for each vitamin B12 product that is told
apart by its names and strengths, 0.05 ms for each of its orders (dosage, timing, dates, route), and
5 microseconds for a result of interest. None of it is remembered between calls, since names and
dates are the patient's.
"""


def render() -> str:
    """Return the whole page."""
    value_sets = load_value_sets()
    parts = [
        HEAD,
        *_facts(value_sets),
        "",
        *_derived(),
        "",
        *_none_rests_on(),
        "",
        "## Not read from FHIR",
        "",
        *(f"- `{name}`: {why}." for name, why in NOT_READ.items()),
        "",
        *_totals(value_sets),
        "",
        COST,
    ]
    return "\n".join(parts)


def _facts(value_sets: ValueSets) -> list[str]:
    rows = [
        f"| `{row.name}` | {row.source} | {row.read_from} | "
        f"{_count(value_sets, row.concepts) or ''} | {_units(row.analyte)} | {row.back} |"
        for row in ROWS
    ]
    return ["| fact | model | FHIR | codes | units | back |", "|---|---|---|---|---|---|", *rows]


def _derived() -> list[str]:
    return [
        "## Derived from these",
        "",
        *(f"- `{name}`: {what}." for name, what in DERIVED.items()),
        "",
        "`course` is not a fact but a part of the explain JSON of its own: all orders of ours, "
        "drafted and active, read together.",
        "In the receipt it is what the orders of the request are used for.",
    ]


def _none_rests_on() -> list[str]:
    return [
        '## What "none" rests on',
        "",
        "| fact | lists that must be whole and understood | words that forbid it |",
        "|---|---|---|",
        *(
            f"| `{name}` | {lists} | {', '.join(f'`{hint.value}`' for hint in hints)} |"
            for name, (lists, hints) in NONE_RESTS_ON.items()
        ),
        "",
        *textwrap.wrap(NEVER_NONE, 100),
    ]


def _count(value_sets: ValueSets, concepts: Iterable[Concept]) -> int:
    counted = {Role.INCLUDE, Role.REVIEW, Role.COMPETING_CAUSE, Role.ACCEPT_OLD}
    return len(
        {
            (item.system, item.code)
            for concept in concepts
            for item in value_sets.members.get(concept, ())
            if item.role in counted
        }
    )


def _units(analyte: Analyte | None) -> str:
    return "" if analyte is None else ", ".join(f"`{ucum}`" for ucum in UNITS[analyte])


def _totals(value_sets: ValueSets) -> list[str]:
    members = [member for listed in value_sets.members.values() for member in listed]
    known = len({(member.system, member.code) for member in members})
    kept_out = sum(member.role in (Role.EXCLUDE, Role.CONTEXT, Role.HISTORY) for member in members)
    return [
        "## Value sets",
        "",
        f"{known} codes of {len({member.system for member in members})} code systems in "
        f"{len(value_sets.members)} concepts; "
        f"{kept_out} of their rows are look-alikes, history or background, listed so that the "
        f"receipt can say what they are.",
    ]
