"""The register of what may be cited: statements S1 to S92 of the two source documents, and external
sources X1 to X36.

The documents are secondary summaries. Their reference lists are not included, so no statement can
be traced to its primary paper, and their citation numbers are never shown. The statements are in
our own words; clinical sign-off at the deploying site is awaited.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

KNOWLEDGE_VERSION = "2026.11"
"""Changes whenever a statement, a rule, a regimen or a threshold changes."""

DOCUMENTS: dict[str, str] = {
    "A": "Vitamin B12 1000 mcg Injection Dosing",
    "B": "Vitamin B12 2000 µg Dosing Recommendations",
}
"""The two source documents by their letter."""


class Kind(enum.Enum):
    """What a statement is about."""

    DOSE = "dose"
    TRIGGER = "trigger"
    CONTRAINDICATION = "contraindication"
    MONITORING = "monitoring"
    TECHNIQUE = "technique"
    PITFALL = "pitfall"
    THRESHOLD = "threshold"
    DEFINITION = "definition"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a source document. `lost` names the lost fragment whose heading alone
    remains, empty for all others.
    """

    id: str
    document: str
    heading: str
    text: str
    kinds: tuple[Kind, ...]
    lost: str = ""


@dataclass(frozen=True, slots=True)
class ExternalSource:
    """A source used only where the documents are silent, lost or contradictory; always shown as
    external.

    `secondary_reading` is true where it was read in part, in abstract, or through another source.
    """

    id: str
    label: str
    secondary_reading: bool = True


@dataclass(frozen=True, slots=True)
class LostFragment:
    """A part of the source documents that is missing, and what stands in for it."""

    id: str
    where: str
    stands_in: str


_D, _T, _C, _M = Kind.DOSE, Kind.TRIGGER, Kind.CONTRAINDICATION, Kind.MONITORING
_H, _P, _L, _F, _E = Kind.TECHNIQUE, Kind.PITFALL, Kind.THRESHOLD, Kind.DEFINITION, Kind.EVIDENCE

_NEURO_A, _OTHER_A = (
    "Initial treatment with neurological involvement",
    "Initial treatment without neurological involvement",
)
_MAINTENANCE, _BARIATRIC_A, _CROHNS_A = (
    "Maintenance therapy",
    "After bariatric surgery",
    "Crohn's disease with ileal involvement",
)
_PRODUCT, _TECHNIQUE, _SCHEDULE = "Choice of product", "Injection technique", "Monitoring schedule"
_PITFALLS, _ORAL_A, _LEAD = "Critical pitfalls", "Oral alternative", "Lead"
_DIRECT, _OTHER_B, _NEURO_B = (
    "Direct answer",
    "Without neurological symptoms",
    "With neurological symptoms",
)
_PROPHYLAXIS, _RENAL_B, _GUIDELINE_B = (
    "Groups that need prophylaxis",
    "Cyanocobalamin in kidney disease",
    "Hydroxocobalamin for injections",
)
_YEAR_B, _STABLE_B, _FOLIC_B = (
    "Monitoring in the first year",
    "After stabilisation",
    "Pitfall: folic acid",
)
_STOP_B, _SERUM_B, _INDIVIDUAL = (
    "Pitfall: stopping treatment",
    "Pitfall: relying on serum B12",
    "Individual dosing",
)

_ROWS: tuple[tuple[str, str, str, str, tuple[Kind, ...]], ...] = (
    (
        "S1",
        "A",
        "Title",
        "The subject is the dosing of vitamin B12 1000 microgram injections.",
        (_F,),
    ),
    (
        "S2",
        "A",
        _LEAD,
        "Vitamin B12 deficiency is treated with hydroxocobalamin 1000 micrograms (1 mg) "
        "intramuscularly.",
        (_D,),
    ),
    (
        "S3",
        "A",
        _LEAD,
        "How often to inject is decided by whether neurological symptoms are present.",
        (_T,),
    ),
    ("S4", "A", _LEAD, "With neurological involvement: alternate days until improvement.", (_D,)),
    ("S5", "A", _LEAD, "Without neurological involvement: three times a week for 2 weeks.", (_D,)),
    (
        "S6",
        "A",
        _LEAD,
        "Then maintenance every 2 to 3 months for life, said once for both groups.",
        (_D,),
    ),
    (
        "S7",
        "A",
        _NEURO_A,
        "Hydroxocobalamin 1000 micrograms IM on alternate days until there is no further "
        "neurological improvement.",
        (_D,),
    ),
    (
        "S8",
        "A",
        _NEURO_A,
        "Intensive treatment prevents irreversible damage: neuropathy, subacute combined "
        "degeneration of the cord, cognitive impairment.",
        (_E, _F),
    ),
    (
        "S9",
        "A",
        _NEURO_A,
        "After maximal improvement: 1000 micrograms IM every 2 months for life.",
        (_D,),
    ),
    (
        "S10",
        "A",
        _OTHER_A,
        "Hydroxocobalamin 1000 micrograms IM three times a week for 2 weeks.",
        (_D,),
    ),
    (
        "S11",
        "A",
        _OTHER_A,
        "Another way of loading: 5 to 6 daily injections; drug and strength are implied, not "
        "stated.",
        (_D,),
    ),
    ("S12", "A", _OTHER_A, "Then 1000 micrograms IM every 2 to 3 months for life.", (_D,)),
    (
        "S13",
        "A",
        _MAINTENANCE,
        "Standard maintenance is hydroxocobalamin 1000 micrograms IM every 2 to 3 months for life.",
        (_D,),
    ),
    (
        "S14",
        "A",
        _MAINTENANCE,
        "Monthly (every 4 weeks) is an acceptable alternative that some people need.",
        (_D,),
    ),
    (
        "S15",
        "A",
        _MAINTENANCE,
        "Up to half of the patients need individual, more frequent injections, every 2 to 4 weeks, "
        "to stay free of symptoms.",
        (_D, _L),
    ),
    (
        "S16",
        "A",
        _MAINTENANCE,
        "Never discontinue, even when levels normalise; malabsorption needs lifelong treatment.",
        (_P,),
    ),
    (
        "S17",
        "A",
        _BARIATRIC_A,
        "1000 micrograms IM every 3 months indefinitely; the drug is not named.",
        (_D,),
    ),
    (
        "S18",
        "A",
        _BARIATRIC_A,
        "Or 1000 to 2000 micrograms by mouth daily; the drug is not named.",
        (_D,),
    ),
    ("S19", "A", _BARIATRIC_A, "Check vitamin B12 every 3 months when planning pregnancy.", (_M,)),
    (
        "S20",
        "A",
        "Ileal resection over 20 cm",
        "Resection of more than 20 cm of ileum is a group of its own; only the heading remains.",
        (_L,),
    ),
    ("S21", "A", _CROHNS_A, "Screen every year for deficiency.", (_M,)),
    (
        "S22",
        "A",
        _CROHNS_A,
        "If more than 30 to 60 cm of ileum is involved: prophylactic 1000 micrograms IM monthly; "
        "drug and duration are not named.",
        (_D, _L, _T),
    ),
    ("S23", "A", _PRODUCT, "Hydroxocobalamin is preferred over cyanocobalamin.", (_T,)),
    (
        "S24",
        "A",
        _PRODUCT,
        "Reasons: it stays in tissue better, and its dosing protocols are established.",
        (_E,),
    ),
    (
        "S25",
        "A",
        _PRODUCT,
        "With impaired kidney function avoid cyanocobalamin: cyanide accumulates.",
        (_C,),
    ),
    (
        "S26",
        "A",
        _PRODUCT,
        "Cyanocobalamin there was associated with more cardiovascular events, hazard ratio 2.0.",
        (_L, _E),
    ),
    (
        "S27",
        "A",
        _PRODUCT,
        "With impaired kidney function use methylcobalamin or hydroxocobalamin instead.",
        (_T,),
    ),
    ("S28", "A", _TECHNIQUE, "Inject into the deltoid or vastus lateralis.", (_H,)),
    ("S29", "A", _TECHNIQUE, "Avoid the buttock: the sciatic nerve may be injured.", (_H, _C)),
    (
        "S30",
        "A",
        _TECHNIQUE,
        "If the buttock is used: only the upper outer quadrant, with the needle directed "
        "anteriorly.",
        (_H,),
    ),
    (
        "S31",
        "A",
        _TECHNIQUE,
        "Platelets of 25 to 50 (10*9/L) are called severe thrombocytopenia.",
        (_L, _F),
    ),
    ("S32", "A", _TECHNIQUE, "In that band use a 25 to 27 gauge needle.", (_H,)),
    ("S33", "A", _TECHNIQUE, "In that band press on the site for 5 to 10 minutes.", (_H,)),
    (
        "S34",
        "A",
        _TECHNIQUE,
        "With platelets below 10 (10*9/L) consider platelet transfusion before the injection.",
        (_L, _H),
    ),
    ("S35", "A", _SCHEDULE, "In the first year review 3, 6 and 12 months after the start.", (_M,)),
    (
        "S36",
        "A",
        _SCHEDULE,
        "At each visit: serum vitamin B12, full blood count, homocysteine.",
        (_M,),
    ),
    ("S37", "A", _SCHEDULE, "The homocysteine target is below 10 umol/L.", (_L,)),
    (
        "S38",
        "A",
        _SCHEDULE,
        "Consider methylmalonic acid if vitamin B12 stays borderline or symptoms persist.",
        (_M, _T),
    ),
    (
        "S39",
        "A",
        _SCHEDULE,
        "Stabilised means two consecutive normal checks; then monitor yearly.",
        (_M, _F),
    ),
    (
        "S40",
        "A",
        _PITFALLS,
        "Never give folic acid before adequate vitamin B12 treatment is ensured.",
        (_C,),
    ),
    (
        "S41",
        "A",
        _PITFALLS,
        "Folic acid masks the anaemia while irreversible neurological damage progresses.",
        (_P,),
    ),
    (
        "S42",
        "A",
        _PITFALLS,
        "Do not rely on serum vitamin B12 alone to adjust how often to inject.",
        (_P,),
    ),
    ("S43", "A", _PITFALLS, "Titration by biomarkers should not be practised.", (_P,)),
    (
        "S44",
        "A",
        _PITFALLS,
        "Watch for returning neurological symptoms: paraesthesia, gait disturbance, cognitive "
        "change.",
        (_M,),
    ),
    ("S45", "A", _PITFALLS, "If symptoms return, inject more often.", (_D, _T)),
    (
        "S46",
        "A",
        _PITFALLS,
        "One normal result does not end monitoring: malabsorption can relapse.",
        (_P,),
    ),
    (
        "S47",
        "A",
        _ORAL_A,
        "Oral cyanocobalamin 1000 to 2000 micrograms daily may equal injections without "
        "neurological symptoms and after loading.",
        (_D, _T),
    ),
    (
        "S48",
        "A",
        _ORAL_A,
        "Evidence does not support that oral treatment safely replaces injections in established "
        "malabsorption.",
        (_C,),
    ),
    ("S49", "A", _ORAL_A, "Injections stay preferred in malabsorption.", (_T,)),
    ("S50", "A", _ORAL_A, "Injections bring faster improvement.", (_E,)),
    ("S51", "B", "Title", "The subject is the dosing of vitamin B12 2000 micrograms.", (_F,)),
    (
        "S52",
        "B",
        _DIRECT,
        "In adults with confirmed deficiency oral cyanocobalamin 1000 to 2000 micrograms daily is "
        "first line.",
        (_D, _T),
    ),
    (
        "S53",
        "B",
        _DIRECT,
        "It works as well as injections for most people, malabsorption included.",
        (_E,),
    ),
    ("S54", "B", _DIRECT, "The exception named here is severe neurological symptoms.", (_C,)),
    ("S55", "B", _OTHER_B, "Oral treatment is preferred.", (_T,)),
    (
        "S56",
        "B",
        _OTHER_B,
        "Cyanocobalamin 1000 to 2000 micrograms by mouth daily until levels normalise.",
        (_D,),
    ),
    ("S57", "B", _OTHER_B, "Then continue it as maintenance indefinitely.", (_D,)),
    (
        "S58",
        "B",
        _OTHER_B,
        "The recommended daily allowance is 2.4 micrograms; the dose is more than 200 times that.",
        (_F,),
    ),
    ("S59", "B", _OTHER_B, "It works by passive absorption, even without intrinsic factor.", (_E,)),
    (
        "S60",
        "B",
        _OTHER_B,
        "Oral 1000 to 2000 micrograms daily is therapeutically equivalent to injections.",
        (_E,),
    ),
    (
        "S61",
        "B",
        _OTHER_B,
        "Oral cyanocobalamin 1000 micrograms daily treats even pernicious anaemia: 88.5 % were no "
        "longer deficient after 1 month.",
        (_E,),
    ),
    (
        "S62",
        "B",
        _OTHER_B,
        "If oral treatment is not tolerated: hydroxocobalamin 1000 micrograms IM three times a "
        "week for 2 weeks.",
        (_D, _T),
    ),
    ("S63", "B", _OTHER_B, "Then 1000 micrograms IM every 2 to 3 months for life.", (_D,)),
    ("S64", "B", _NEURO_B, "Injections are mandatory.", (_T, _C)),
    (
        "S65",
        "B",
        _NEURO_B,
        "Hydroxocobalamin 1000 micrograms IM on alternate days until there is no further "
        "neurological improvement.",
        (_D,),
    ),
    ("S66", "B", _NEURO_B, "Then 1000 micrograms IM every 2 months for life.", (_D,)),
    (
        "S67",
        "B",
        _NEURO_B,
        "Neurological involvement includes peripheral neuropathy, paraesthesia, gait disturbance, "
        "cognitive impairment, or glossitis.",
        (_F, _T),
    ),
    (
        "S68",
        "B",
        _NEURO_B,
        "Do not start with oral treatment when neurological symptoms are present.",
        (_C,),
    ),
    ("S69", "B", _NEURO_B, "Faster improvement is critical to prevent irreversible damage.", (_E,)),
    (
        "S70",
        "B",
        _PROPHYLAXIS,
        "People after bariatric surgery need prophylaxis; only the heading remains.",
        (_T,),
    ),
    (
        "S71",
        "B",
        _PROPHYLAXIS,
        "Ileal resection over 20 cm: hydroxocobalamin 1000 micrograms IM monthly for life, even "
        "without documented deficiency.",
        (_D, _T, _L),
    ),
    (
        "S72",
        "B",
        _PROPHYLAXIS,
        "The same for Crohn's disease with ileal involvement; no extent is stated.",
        (_D, _T),
    ),
    (
        "S73",
        "B",
        _PROPHYLAXIS,
        "This is prophylaxis because the malabsorption is permanent.",
        (_F,),
    ),
    (
        "S74",
        "B",
        _RENAL_B,
        "With impaired kidney function methylcobalamin or hydroxocobalamin instead of "
        "cyanocobalamin.",
        (_C,),
    ),
    ("S75", "B", _RENAL_B, "Cyanocobalamin needs the kidneys to clear its cyanide part.", (_E,)),
    (
        "S76",
        "B",
        _RENAL_B,
        "In diabetic nephropathy cyanocobalamin was associated with a two-fold cardiovascular risk "
        "(hazard ratio 2.0).",
        (_E, _L),
    ),
    (
        "S77",
        "B",
        _GUIDELINE_B,
        "Guidelines specify hydroxocobalamin for injections: it stays in tissue, and its regimens "
        "are established.",
        (_T,),
    ),
    ("S78", "B", _YEAR_B, "Recheck serum vitamin B12 at 3, 6 and 12 months.", (_M,)),
    (
        "S79",
        "B",
        _YEAR_B,
        "At each visit: serum vitamin B12, full blood count, homocysteine, and methylmalonic acid "
        "if vitamin B12 is borderline.",
        (_M,),
    ),
    (
        "S80",
        "B",
        _YEAR_B,
        "The homocysteine target is below 10 umol/L for the best outcome.",
        (_L,),
    ),
    ("S81", "B", _STABLE_B, "Only the heading remains.", (_M,)),
    (
        "S82",
        "B",
        _FOLIC_B,
        "Never folic acid before vitamin B12: it masks anaemia while subacute combined "
        "degeneration progresses.",
        (_C, _P),
    ),
    (
        "S83",
        "B",
        _FOLIC_B,
        "Always ensure adequate vitamin B12 treatment before starting folic acid.",
        (_C,),
    ),
    (
        "S84",
        "B",
        _STOP_B,
        "Malabsorption and dietary insufficiency need lifelong treatment; stopping means relapse; "
        "one normal result is no reason.",
        (_P,),
    ),
    (
        "S85",
        "B",
        _STOP_B,
        "The cause is permanent in pernicious anaemia, ileal disease and after surgery of the gut.",
        (_F,),
    ),
    (
        "S86",
        "B",
        _SERUM_B,
        "Do not rely solely on serum vitamin B12: it misses functional deficiency in up to half of "
        "the cases.",
        (_P,),
    ),
    (
        "S87",
        "B",
        _SERUM_B,
        "Borderline vitamin B12 (140 to 200 pmol/L, or 180 to 350 pg/mL) and persisting symptoms: "
        "measure methylmalonic acid.",
        (_L, _T),
    ),
    ("S88", "B", _SERUM_B, "Methylmalonic acid above 271 nmol/L confirms deficiency.", (_L,)),
    (
        "S89",
        "B",
        _INDIVIDUAL,
        "Up to half of the people on standard maintenance may need injections weekly to monthly to "
        "stay free of symptoms.",
        (_D, _L),
    ),
    (
        "S90",
        "B",
        _INDIVIDUAL,
        "Monthly 1000 micrograms IM is an acceptable alternative that may meet needs better.",
        (_D,),
    ),
    (
        "S91",
        "B",
        _INDIVIDUAL,
        "Adjust the frequency when symptoms return, not by laboratory values.",
        (_T, _P),
    ),
    (
        "S92",
        "B",
        _INDIVIDUAL,
        "Clinical response (fatigue, paraesthesia, cognition) matters more than reaching a vitamin "
        "B12 level.",
        (_M, _P),
    ),
)

_LOST = {"S20": "F1", "S70": "F2", "S81": "F3"}

STATEMENTS: dict[str, Statement] = {
    id_: Statement(id_, document, heading, text, kinds, _LOST.get(id_, ""))
    for id_, document, heading, text, kinds in _ROWS
}
"""S1 to S92, in the order of the documents."""

EXTERNAL_SOURCES: dict[str, ExternalSource] = {
    id_: ExternalSource(id_, label, secondary)
    for id_, label, secondary in (
        ("X1", "NICE guideline NG239, vitamin B12 deficiency in over 16s (2024)", True),
        ("X2", "Summary of NICE NG239, BMJ 2024;385:q1019", True),
        ("X3", "NHS Specialist Pharmacy Service, commentary on follow-up in NG239", True),
        ("X4", "NASGP summary of NICE NG239 (2024)", True),
        ("X5", "Draft of NICE NG239 (July 2023), nitrous oxide", True),
        ("X6", "British guideline on cobalamin and folate disorders (Devalia 2014)", True),
        ("X7", "BNF on hydroxocobalamin, as reported by others", True),
        ("X8", "UK product information, hydroxocobalamin 1 mg/mL", True),
        ("X9", "US label, hydroxocobalamin 1000 mcg/mL", True),
        ("X10", "US label, cyanocobalamin injection", True),
        ("X11", "US product information, nasal cyanocobalamin", True),
        ("X12", "openFDA label and shortage records (2026)", False),
        ("X13", "American Family Physician 2017 (Langan)", True),
        ("X14", "American Family Physician 2025 (Patel)", True),
        ("X15", "BOMSS guideline 2020, vitamin B12 rows", True),
        ("X16", "Expert consensus 2024 (Obeid)", True),
        ("X17", "BMJ 2023;383:e071725 (Wolffenbuttel)", True),
        ("X18", "Cohort of oral cyanocobalamin in pernicious anaemia, 26 people", True),
        ("X19", "OB12 trial of oral against injected vitamin B12 (2020)", True),
        ("X20", "Kuzminski 1998, Blood 92:1191", True),
        ("X21", "Cochrane review 2018, oral against injected vitamin B12", False),
        ("X22", "DIVINe trial 2010 and Lancet Neurology 2017 (Spence)", True),
        ("X23", "Methylmalonic acid and kidney function (2018)", True),
        ("X24", "Reviews of ileal disease, ileal resection and oral vitamin B12", True),
        ("X25", "MHRA drug safety update on metformin (June 2022)", False),
        ("X26", "MHRA on cobalt allergy (December 2023)", False),
        ("X27", "Cohort of hypersensitivity to vitamin B12 (2023)", True),
        (
            "X28",
            "NHS Specialist Pharmacy Service, intramuscular injections with anticoagulants",
            True,
        ),
        ("X29", "Vaccination guidance for intramuscular injections in bleeding disorders", False),
        ("X30", "NHS Specialist Pharmacy Service and one UK board, vitamin B12 in pregnancy", True),
        ("X31", "Reviews of nitrous oxide and vitamin B12", True),
        ("X32", "UK product information, folic acid", False),
        ("X33", "NHS Lothian vitamin B12 pages", True),
        ("X34", "UK pages on oral products and on treatment during the pandemic", False),
        ("X35", "ESPEN micronutrient guideline 2022", True),
        ("X36", "ASMBS guideline 2016 and 2019, not read", True),
    )
}
"""X1 to X36, as far as they were read."""

LOST_FRAGMENTS: tuple[LostFragment, ...] = (
    LostFragment(
        "F1",
        "Document A, ileal resection over 20 cm: all text but the heading",
        "S71 and S73 of document B",
    ),
    LostFragment(
        "F2",
        "Document B, post-bariatric surgery: all text but the heading",
        "S17, S18 and S19 of document A",
    ),
    LostFragment(
        "F3", "Document B, after stabilisation: all text but the heading", "S39 of document A"
    ),
    LostFragment(
        "F4", "Both documents: the lists of references", "nothing; citation numbers are never shown"
    ),
)

PROVENANCE = (
    "Documents A and B are secondary summaries without their reference lists: no statement can be "
    "traced to its primary paper. "
    "External sources are marked as such, and most were read in part or through others. "
    "This is not a certified medical device; the guidance awaits clinical sign-off at the site "
    "that deploys it."
)
"""To be shown wherever the sources are named."""


def is_citable(citation: str) -> bool:
    """Return whether the register has this statement or external source."""
    return citation in STATEMENTS or citation in EXTERNAL_SOURCES


def cite(citation: str) -> str:
    """Return the words of a citation; external sources are marked as external.

    Raises: KeyError for one that is not in the register.
    """
    if citation in STATEMENTS:
        return STATEMENTS[citation].text
    source = EXTERNAL_SOURCES[citation]
    return f"External: {source.label}{' (secondary reading)' if source.secondary_reading else ''}"


def check_citations(what: str, citations: tuple[str, ...]) -> None:
    """Refuse what cites nothing, or something that is not in the register.

    Raises: ValueError naming `what`.
    """
    if not citations:
        raise ValueError(f"{what} has no citation")
    unknown = [citation for citation in citations if not is_citable(citation)]
    if unknown:
        raise ValueError(f"{what} cites {', '.join(unknown)}, which the register does not have")
