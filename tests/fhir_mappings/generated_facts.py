"""The facts of a history that records are made of: for each the concept whose codes say it, the
wordings that say it whole, and how it is read from what was mapped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fhir_mappings.terminology import Concept
from recommender.language import Allergen, Cause, ClinicalScenario, NeurologicalSign, Truth
from tests.fhir_mappings.records import allergy, condition, procedure

Resource = dict[str, Any]


def newer_condition(diagnosis: str, **changes: Any) -> Resource:
    return condition(diagnosis, days=60, **changes)


@dataclass(frozen=True)
class Written:
    """A fact: the concept whose codes say it, wordings that say it whole, and how it is mapped."""

    name: str
    concept: Concept
    words: tuple[str, ...]
    read: Callable[[ClinicalScenario], Truth]
    make: Callable[..., Resource] = condition


def fact(name: str) -> Callable[[ClinicalScenario], Truth]:
    return lambda scenario: getattr(scenario, name).truth


def cause(which: Cause) -> Callable[[ClinicalScenario], Truth]:
    """A cause listed is TRUE; one that is not is never a known "no" (open world)."""

    def read(scenario: ClinicalScenario) -> Truth:
        found = any(item.cause is which for item in scenario.causes)
        return Truth.TRUE if found else Truth.UNKNOWN

    return read


def allergic(which: Allergen) -> Callable[[ClinicalScenario], Truth]:
    def read(scenario: ClinicalScenario) -> Truth:
        if any(item.allergen is which for item in scenario.allergies):
            return Truth.TRUE
        return Truth.UNKNOWN if scenario.allergy_fact.is_true else scenario.allergy_fact.truth

    return read


def sign(which: NeurologicalSign) -> Callable[[ClinicalScenario], Truth]:
    """A sign found is TRUE; one that is not is never a known "no", unless it was refuted."""

    def read(scenario: ClinicalScenario) -> Truth:
        if any(item.sign is which for item in scenario.neurological_findings):
            return Truth.TRUE
        refuted = any(item.sign is which for item in scenario.refuted_signs)
        return Truth.FALSE if refuted else Truth.UNKNOWN

    return read


FACTS = (
    Written(
        "lebers",
        Concept.LHON,
        (
            "Leber's optic neuropathy",
            "LHON",
            "Leber hereditary optic atrophy",
            "Lebersche hereditäre Optikusneuropathie",
            "Neuropathie optique de Leber",
            "Neuropatía óptica hereditaria de Leber",
            "Neuropatia ottica di Leber",
            "Neuropatia óptica hereditária de Leber",
        ),
        fact("lebers"),
    ),
    Written(
        "bleeding_disorder",
        Concept.HAEMOPHILIA_BLEEDING,
        (
            "Haemophilia A",
            "Hemophilia B",
            "von Willebrand's disease",
            "Factor XI deficiency",
            "Bleeding disorder",
            "Hämophilie A",
            "Bluterkrankheit",
            "Hémophilie A",
            "Hemofilia",
            "Malattia di von Willebrand",
            "Ziekte van von Willebrand",
            "Blödarsjuka",
            "Blødersykdom",
            "Doença de von Willebrand",
        ),
        fact("bleeding_disorder"),
    ),
    Written(
        "dialysis",
        Concept.DIALYSIS_DEPENDENCE,
        ("On dialysis", "On haemodialysis", "Dialysis dependent", "dialysepflichtig"),
        fact("dialysis"),
    ),
    Written(
        "kidney_disease",
        Concept.CKD_STAGE_4,
        ("CKD stage 4", "Chronic kidney disease stage 4"),
        fact("kidney_disease"),
    ),
    Written(
        "haemolysis",
        Concept.HAEMOLYSIS,
        ("Sickle cell disease", "Hereditary spherocytosis", "Autoimmune haemolytic anaemia"),
        fact("haemolysis"),
    ),
    Written(
        "nitrous_oxide",
        Concept.NITROUS_OXIDE_EXPOSURE,
        ("Nitrous oxide misuse", "Recreational nitrous oxide", "Lachgaskonsum"),
        fact("nitrous_oxide"),
    ),
    Written(
        "pernicious",
        Concept.PERNICIOUS_ANAEMIA,
        ("Pernicious anaemia", "Perniziöse Anämie", "Anémie de Biermer", "Anemia perniciosa"),
        cause(Cause.PERNICIOUS_ANAEMIA),
    ),
    Written(
        "bariatric",
        Concept.GASTRIC_BYPASS_RNY,
        ("Gastric bypass", "Roux-en-Y gastric bypass", "Magenbypass", "s/p gastric bypass 2012"),
        cause(Cause.BARIATRIC),
        procedure,
    ),
    Written(
        "gastrectomy",
        Concept.TOTAL_GASTRECTOMY,
        ("Total gastrectomy", "Status post total gastrectomy", "Total gastrectomy 2015"),
        cause(Cause.TOTAL_GASTRECTOMY),
        procedure,
    ),
    Written(
        "allergy_hydroxocobalamin",
        Concept.HYDROXOCOBALAMIN,
        ("Hydroxocobalamin", "Cobalin-H", "Neo-Cytamen", "Hydroxocobalaminacetat"),
        allergic(Allergen.HYDROXOCOBALAMIN),
        allergy,
    ),
    Written(
        "allergy_b12",
        Concept.COBALAMIN_UNSPECIFIED,
        ("Vitamin B12", "B12 injections", "vit B-12"),
        allergic(Allergen.UNSPECIFIED_B12),
        allergy,
    ),
    Written(
        "raises_b12",
        Concept.RAISES_B12,
        ("Chronic myeloid leukaemia", "Polycythaemia vera", "Leberzirrhose", "Cirrhosis of liver"),
        fact("raises_b12"),
    ),
    Written(
        "pregnant",
        Concept.PREGNANT,
        ("Pregnant", "Pregnancy", "Schwangerschaft", "Grossesse", "Embarazo", "Zwanger"),
        fact("pregnant"),
        newer_condition,
    ),
    Written(
        "deficiency_diagnosis",
        Concept.B12_DEFICIENCY,
        ("Vitamin B12 deficiency", "B12 deficiency", "Vitamin-B12-Mangel", "Carence en B12"),
        fact("deficiency_diagnosis"),
    ),
    Written(
        "cord",
        Concept.SUBACUTE_COMBINED_DEGENERATION,
        ("Subacute combined degeneration of the cord", "Funikuläre Myelose"),
        sign(NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION),
    ),
    Written(
        "paraesthesia",
        Concept.PARAESTHESIA_NUMBNESS,
        ("Paraesthesia", "Pins and needles", "Kribbeln", "Fourmillements", "Hormigueo"),
        sign(NeurologicalSign.PARAESTHESIA),
    ),
    Written(
        "optic",
        Concept.OPTIC_NEUROPATHY,
        ("Optic neuropathy", "Optic atrophy", "Optikusatrophie"),
        sign(NeurologicalSign.OPTIC_NEUROPATHY),
    ),
    Written(
        "cognitive",
        Concept.COGNITIVE_IMPAIRMENT,
        ("Cognitive impairment", "Memory loss", "Gedächtnisstörung", "Demencia"),
        sign(NeurologicalSign.COGNITIVE_IMPAIRMENT),
    ),
    Written(
        "gait",
        Concept.GAIT_DISTURBANCE,
        ("Ataxic gait", "Unsteadiness", "Gangstörung"),
        sign(NeurologicalSign.GAIT_DISTURBANCE),
    ),
    Written(
        "neuropathy",
        Concept.PERIPHERAL_NEUROPATHY,
        ("Peripheral neuropathy", "Polyneuropathie", "Neuropathie périphérique"),
        sign(NeurologicalSign.PERIPHERAL_NEUROPATHY),
    ),
    Written(
        "glossitis",
        Concept.GLOSSITIS,
        ("Glossitis", "Glossite", "Smooth tongue"),
        sign(NeurologicalSign.GLOSSITIS),
    ),
    Written(
        "crohns_ileal",
        Concept.CROHN_ILEAL,
        ("Ileal Crohn's disease", "Crohn's disease of terminal ileum"),
        cause(Cause.CROHNS_ILEAL),
    ),
    Written(
        "coeliac",
        Concept.COELIAC,
        ("Coeliac disease", "Celiac sprue", "Zöliakie", "Maladie cœliaque", "Celiachia"),
        cause(Cause.OTHER_MALABSORPTION),
    ),
    Written(
        "dietary",
        Concept.VEGAN,
        ("Vegan", "Vegan diet", "Végétalienne", "Vegane Ernährung"),
        cause(Cause.DIETARY),
    ),
    Written(
        "ileal_resection",
        Concept.ILEAL_RESECTION,
        ("Ileal resection", "Resection of terminal ileum", "Ileocaecal resection"),
        cause(Cause.ILEAL_RESECTION),
        procedure,
    ),
    Written(
        "gastric_band",
        Concept.GASTRIC_BAND,
        ("Magenband",),
        cause(Cause.GASTRIC_BAND),
        procedure,
    ),
    Written(
        "allergy_cyanocobalamin",
        Concept.CYANOCOBALAMIN,
        ("Cyanocobalamin", "Betolvex", "Cytacon", "Cianocobalamina"),
        allergic(Allergen.CYANOCOBALAMIN),
        allergy,
    ),
    Written(
        "allergy_cobalt",
        Concept.COBALT,
        ("Cobalt", "Cobalt chloride"),
        allergic(Allergen.COBALT),
        allergy,
    ),
    Written(
        "allergy_benzyl_alcohol",
        Concept.BENZYL_ALCOHOL,
        ("Benzyl alcohol",),
        allergic(Allergen.BENZYL_ALCOHOL),
        allergy,
    ),
    Written(
        "allergy_macrogol",
        Concept.MACROGOL,
        ("Macrogol",),
        allergic(Allergen.MACROGOL),
        allergy,
    ),
    Written(
        "allergy_parabens",
        Concept.PARABENS,
        ("Parabens",),
        allergic(Allergen.PARABENS),
        allergy,
    ),
)
