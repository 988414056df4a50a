"""The register of cards as cards.md has them, a constant each: what a card says in one sentence,
what resolves it, the statements it rests on, the reasons to go against it, and which comes first.

A new card is one constant here, the check that yields it, and, where its remedy is a new one, a
line in the review.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.cards import override_reasons as reason
from recommender.cards.override_reasons import OverrideReason
from recommender.language import Choice, Test


class Indicator(Choice):
    """How loud a card is (cards.md 1): CRITICAL could directly cause serious harm, WARNING
    conflicts with a source rule.
    """

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


INFO, WARNING, CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL


class Remedy(Choice):
    """What a card wants done with the order it speaks of."""

    REPLACE = "the order goes, and what is right is drafted anew"
    CHANGE = "the order is changed, or replaced where its product is another"
    ASK = "the order stands where it fulfils the regimen for the answer at hand"
    ADD = "the order stays; a test, a technique, a site or a start is added"
    ADD_TREATMENT = "the order stays; B12 treatment is added beside it"
    START_FIRST = "B12 is started, and this folic acid goes for now"
    START_BESIDE = "B12 is started, and this folic acid stays"
    OWN = "the card brings its own suggestions, or none"


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """One card of cards.md section 4. Each stands once in this module, and equals itself alone.

    `name` says what it is about in a few words; `summary` is its first line where the case gives
    no numbers; `statements` are those that its findings rest on (empty: those of the rule it
    shows). `rank` is its place among cards of one indicator, lower first (cards.md 5);
    `critical_rank` is another place for its critical form, 0 for the same. `tests` are asked for
    with it.
    """

    id: str
    name: str
    summary: str
    remedy: Remedy
    rank: int
    critical_rank: int = 0
    statements: tuple[str, ...] = ()
    overrides: tuple[OverrideReason, ...] = ()
    tests: tuple[Test, ...] = ()

    def __str__(self) -> str:
        return self.id


A1_RIGHT_BUT_MORE = Card(
    "a1",
    name="right order, and more to say",
    summary="B12 order matches guidance; add reviews at 3, 6 and 12 months",
    remedy=Remedy.OWN,
    rank=1600,
    statements=(
        "S16",
        "S20",
        "S21",
        "S22",
        "S35",
        "S36",
        "S62",
        "S71",
        "S72",
        "S78",
        "S79",
        "S92",
        "X26",
        "X27",
        "X33",
    ),
)

A3_NOT_CHECKED = Card(
    "a3",
    name="nothing could be checked",
    summary="B12 not checked: part of the record could not be read",
    remedy=Remedy.OWN,
    rank=1701,
    statements=("S52",),
)

B1_BY_MOUTH_WITH_SIGNS = Card(
    "b1",
    name="by mouth with nerve signs",
    summary=(
        "Neurological signs recorded: oral B12 is not adequate first treatment; use IM "
        "hydroxocobalamin"
    ),
    remedy=Remedy.CHANGE,
    rank=500,
    statements=("S3", "S47", "S64", "S67", "S68", "S69"),
    overrides=(reason.NEURO_UNRELATED, reason.IM_IMPOSSIBLE, reason.SPECIALIST),
)

B2_ASK_ABOUT_SIGNS = Card(
    "b2",
    name="nerve signs not asked about",
    summary="Confirm there are no neurological symptoms before choosing oral B12",
    remedy=Remedy.ASK,
    rank=900,
    statements=("S3", "S7", "S9", "S10", "S44", "S45", "S52", "S64", "S68"),
    overrides=(reason.NEURO_ABSENT, reason.SPECIALIST),
)

B3_TOO_SELDOM_WITH_SIGNS = Card(
    "b3",
    name="too seldom with nerve signs",
    summary="Neurological B12 deficiency: give IM on alternate days until no further improvement",
    remedy=Remedy.ASK,
    rank=1101,
    statements=("S3", "S7", "S65", "S67", "S69"),
    overrides=(reason.NEURO_UNRELATED, reason.GLOSSITIS_ONLY, reason.PLATEAU, reason.SPECIALIST),
)

B4_NO_LOADING = Card(
    "b4",
    name="maintenance without loading",
    summary="Deficiency not yet loaded: start loading injections before maintenance",
    remedy=Remedy.CHANGE,
    rank=1102,
    statements=("S5", "S10", "S12", "S62"),
    overrides=(reason.LOADED_ELSEWHERE,),
)

B5_NO_MAINTENANCE = Card(
    "b5",
    name="loading without maintenance",
    summary="Loading course has no maintenance order; this cause needs lifelong B12",
    remedy=Remedy.ADD_TREATMENT,
    rank=1103,
    statements=("S6", "S9", "S12", "S16"),
    overrides=(reason.MAINT_ELSEWHERE, reason.CAUSE_RESOLVED),
)

B6_INTERVAL_TOO_LONG = Card(
    "b6",
    name="interval too long",
    summary="Maintenance interval is longer than recommended for this patient",
    remedy=Remedy.CHANGE,
    rank=1104,
    statements=("S2", "S9", "S10", "S12", "S13", "S15", "S47", "S52", "S66", "S89", "S90", "X19"),
    overrides=(reason.STABLE_AT_LONGER, reason.SPECIALIST),
)

B7_DOSE = Card(
    "b7",
    name="dose",
    summary="B12 dose differs from guidance: 1000 micrograms per injection",
    remedy=Remedy.CHANGE,
    rank=1105,
    statements=("S2", "S7", "S10", "S12", "S47", "S52", "S59"),
    overrides=(reason.LOCAL_PROTOCOL, reason.LABEL_DOSE),
)

B8_UNIT_OR_PRODUCT = Card(
    "b8",
    name="unit or product error",
    summary="Check dose and product: each dose of B12 replacement is 1 mg (1000 micrograms)",
    remedy=Remedy.REPLACE,
    rank=100,
    statements=("S2", "X9"),
    overrides=(reason.CYANIDE_POISONING, reason.METABOLIC_SPECIALIST),
)

B9_SECOND_CHOICE = Card(
    "b9",
    name="second choice of product",
    summary="Hydroxocobalamin is preferred for injections; cyanocobalamin is repeated monthly",
    remedy=Remedy.CHANGE,
    rank=1106,
    statements=("S23", "S24", "S77", "X10"),
    overrides=(reason.NOT_AVAILABLE, reason.PREVIOUS_REACTION),
)

B10_BY_MOUTH_MALABSORPTION = Card(
    "b10",
    name="by mouth in malabsorption",
    summary="Established malabsorption: injections preferred; oral may not replace them",
    remedy=Remedy.CHANGE,
    rank=1107,
    statements=("S48", "S49", "S50"),
    overrides=(reason.PATIENT_DECLINES_IM, reason.IM_IMPOSSIBLE, reason.SPECIALIST),
)

B11_ILEUM_MONTHLY = Card(
    "b11",
    name="ileum: every month",
    summary="Ileal resection over 20 cm: lifelong monthly hydroxocobalamin is advised",
    remedy=Remedy.CHANGE,
    rank=1108,
    statements=("S20", "S22", "S71", "S73"),
    overrides=(reason.SPECIALIST,),
)

B12_BUTTOCK = Card(
    "b12",
    name="buttock",
    summary="Inject into the deltoid or vastus lateralis; the buttock risks the sciatic nerve",
    remedy=Remedy.ADD,
    rank=1109,
    statements=("S28", "S29", "S30"),
    overrides=(reason.SITE_UNSUITABLE,),
)

B13_NO_USABLE_TEST = Card(
    "b13",
    name="no usable test",
    summary="Check the B12 level, then choose route and frequency",
    remedy=Remedy.ADD,
    rank=1114,
    statements=("S52", "S69", "S87", "X6"),
    overrides=(reason.TESTED_ELSEWHERE,),
    tests=(Test.SERUM_B12, Test.FULL_BLOOD_COUNT, Test.MMA),
)

B14_UNREADABLE = Card(
    "b14",
    name="dose or frequency unreadable",
    summary="B12 dose or frequency could not be read; not checked against guidance",
    remedy=Remedy.ADD,
    rank=1117,
    statements=("S2",),
)

B15_ROUTE = Card(
    "b15",
    name="route outside the guidance",
    summary="This route is outside the guidance for B12; use intramuscular injection",
    remedy=Remedy.CHANGE,
    rank=1110,
    statements=("S2", "S28", "S52", "X10", "X11"),
    overrides=(reason.IM_IMPOSSIBLE, reason.SPECIALIST),
)

B16_METHYLCOBALAMIN = Card(
    "b16",
    name="methylcobalamin",
    summary="The guidance gives no dose for this form of B12; hydroxocobalamin is preferred",
    remedy=Remedy.CHANGE,
    rank=1111,
    statements=("S27", "S74", "S77"),
    overrides=(reason.SPECIALIST, reason.NOT_AVAILABLE),
)

B17_NO_INDICATION = Card(
    "b17",
    name="no indication found",
    summary="No indication for B12 found in the record",
    remedy=Remedy.ADD,
    rank=1115,
    statements=("S38", "S86", "S88"),
    overrides=(reason.SPECIALIST,),
)

B18_BORDERLINE = Card(
    "b18",
    name="borderline result",
    summary="Borderline B12: measure methylmalonic acid before deciding on treatment",
    remedy=Remedy.ADD,
    rank=1116,
    statements=("S38", "S87", "S88"),
    overrides=(reason.TESTED_ELSEWHERE,),
)

B19_ALTERNATE_DAYS_END = Card(
    "b19",
    name="alternate days with an end",
    summary="Alternate-day injections end too early: go on until there is no further improvement",
    remedy=Remedy.CHANGE,
    rank=1112,
    statements=("S4", "S7", "S65"),
    overrides=(reason.REVIEW_PLANNED, reason.PLATEAU, reason.SPECIALIST),
)

B20_TEXT_AGAINST_FIELDS = Card(
    "b20",
    name="text and fields contradict",
    summary="Fields and text of this order name two doses: which one?",
    remedy=Remedy.ADD,
    rank=800,
    statements=("S2",),
    overrides=(reason.DOSE_CONFIRMED,),
)

B21_FREQUENCY = Card(
    "b21",
    name="implausible frequency",
    summary="This frequency is not plausible: check it",
    remedy=Remedy.CHANGE,
    rank=801,
    critical_rank=120,
    statements=("S7", "S10", "S12"),
    overrides=(reason.DOSE_CONFIRMED, reason.SPECIALIST),
)

B22_TABLETS_FAIL = Card(
    "b22",
    name="tablets without effect",
    summary="No effect after 3 months of tablets: check they are taken, change to injections",
    remedy=Remedy.CHANGE,
    rank=1100,
    statements=("S48", "S62", "S92"),
    overrides=(
        reason.ADHERENCE,
        reason.PATIENT_DECLINES_IM,
        reason.IM_IMPOSSIBLE,
        reason.SPECIALIST,
    ),
)

B23_LAPSED = Card(
    "b23",
    name="treatment lapsed",
    summary=(
        "No B12 dose on record for longer than the interval: give one now, ask about nerve signs"
    ),
    remedy=Remedy.ADD_TREATMENT,
    rank=1113,
    statements=("S5", "S10", "S12", "S16", "S84"),
    overrides=(reason.DOSES_GIVEN, reason.B12_GIVEN_ELSEWHERE, reason.SPECIALIST),
)

B24_FOLIC_ACID_DOSE = Card(
    "b24",
    name="folic acid dose",
    summary="Folic acid dose is far above usual: micrograms or milligrams?",
    remedy=Remedy.ADD,
    rank=802,
    critical_rank=110,
    statements=("X32",),
    overrides=(reason.DOSE_CONFIRMED, reason.SPECIALIST),
)

C1_FOLIC_ACID_FIRST = Card(
    "c1",
    name="folic acid before B12",
    summary="Untreated B12 deficiency: start B12 before folic acid to avoid nerve damage",
    remedy=Remedy.START_FIRST,
    rank=400,
    statements=("S40", "S41", "S82", "S83"),
    overrides=(reason.B12_GIVEN_ELSEWHERE, reason.SERIOUSLY_ILL_BOTH, reason.SPECIALIST),
)

C2_FIRST_DOSE_PENDING = Card(
    "c2",
    name="first B12 dose pending",
    summary="Give the first B12 dose before starting folic acid",
    remedy=Remedy.ADD,
    rank=1000,
    statements=("S40", "S83"),
    overrides=(
        reason.DOSES_GIVEN,
        reason.B12_GIVEN_ELSEWHERE,
    ),
)

C3_B12_NOT_KNOWN = Card(
    "c3",
    name="folic acid, B12 not known",
    summary="B12 status unknown: check B12 before folic acid",
    remedy=Remedy.ADD_TREATMENT,
    rank=1001,
    statements=("S40", "S82", "S83"),
    overrides=(reason.TESTED_ELSEWHERE, reason.SPECIALIST),
    tests=(Test.SERUM_B12,),
)

C4_PROTECTED_FOLIC_ACID = Card(
    "c4",
    name="protected folic acid",
    summary="B12 deficiency untreated: add B12 now; do not stop this folic acid",
    remedy=Remedy.START_BESIDE,
    rank=1002,
    statements=("S40", "S83"),
    overrides=(reason.B12_GIVEN_ELSEWHERE,),
)

C5_LOW_FOLIC_ACID = Card(
    "c5",
    name="low-dose folic acid",
    summary="B12 deficiency untreated: start B12 as well as this low-dose folic acid",
    remedy=Remedy.START_BESIDE,
    rank=1003,
    statements=("S40", "S83", "X32"),
    overrides=(reason.B12_GIVEN_ELSEWHERE,),
)

D1_KIDNEY = Card(
    "d1",
    name="cyanocobalamin, kidneys impaired",
    summary="Reduced kidney function: avoid cyanocobalamin; use hydroxocobalamin",
    remedy=Remedy.REPLACE,
    rank=700,
    statements=("S25", "S27", "S74", "S75"),
    overrides=(reason.NOT_AVAILABLE, reason.RENAL_SPECIALIST, reason.RENAL_NEWER_RESULT),
)

D2_KIDNEY_NOT_KNOWN = Card(
    "d2",
    name="cyanocobalamin, kidneys not known",
    summary="Kidney function unknown: check eGFR or use hydroxocobalamin",
    remedy=Remedy.CHANGE,
    rank=701,
    statements=("S25", "S74"),
    overrides=(
        reason.ENTRY_NOT_RELEVANT,
        reason.RENAL_NEWER_RESULT,
    ),
)

D3_LEBERS = Card(
    "d3",
    name="cyanocobalamin, Leber's disease",
    summary="Leber's disease: cyanocobalamin may cause rapid vision loss; use hydroxocobalamin",
    remedy=Remedy.REPLACE,
    rank=300,
    statements=("X8", "X10"),
    overrides=(reason.DIAGNOSIS_WRONG,),
)

D4_REACTION = Card(
    "d4",
    name="recorded reaction",
    summary="Severe reaction to this B12 product recorded; seek allergy advice before use",
    remedy=Remedy.REPLACE,
    rank=200,
    statements=("X27",),
    overrides=(reason.ALLERGY_CLEARED,),
)

D5_PERHAPS_ALLERGY = Card(
    "d5",
    name="perhaps an allergy",
    summary="An allergy entry may mean this B12: clarify before giving",
    remedy=Remedy.ADD,
    rank=201,
    statements=("X26", "X27"),
    overrides=(reason.ENTRY_NOT_RELEVANT, reason.ALLERGY_CLEARED),
)

D6_PERHAPS_LEBERS = Card(
    "d6",
    name="perhaps Leber's disease",
    summary="An entry may mean Leber's disease: no cyanocobalamin until this is clear",
    remedy=Remedy.REPLACE,
    rank=202,
    statements=("X8", "X10"),
    overrides=(reason.ENTRY_NOT_RELEVANT, reason.DIAGNOSIS_WRONG),
)

E1_SECOND_ORDER = Card(
    "e1",
    name="renewal or second order",
    summary="An active B12 order of the same kind already exists",
    remedy=Remedy.ADD,
    rank=1300,
    statements=("S13", "S16"),
    overrides=(reason.RENEWAL, reason.REPLACES_OLD, reason.INTENTIONAL),
)

E2_TABLETS_AND_INJECTIONS = Card(
    "e2",
    name="tablets and injections",
    summary="Tablets and injections of B12 are both active; one may be unnecessary",
    remedy=Remedy.ADD,
    rank=1601,
    statements=("S47",),
    overrides=(reason.INTENTIONAL,),
)

F1_STOP = Card(
    "f1",
    name="treatment stopped",
    summary="This cause needs lifelong B12; a normal level is not a reason to stop",
    remedy=Remedy.OWN,
    rank=1200,
    statements=("S16", "S84", "S85"),
    overrides=(
        reason.REPLACED,
        reason.END_OF_LIFE,
        reason.PATIENT_DECLINES,
        reason.ALLERGY,
        reason.DIAGNOSIS_WRONG,
    ),
)

F2_STOP_CAUSE_RESOLVED = Card(
    "f2",
    name="stopped, cause resolved",
    summary="Before stopping B12 confirm the cause is resolved and plan a recheck",
    remedy=Remedy.OWN,
    rank=1201,
    statements=("S46", "S84"),
    overrides=(reason.CAUSE_RESOLVED,),
)

G1_LOWERING_DRUG = Card(
    "g1",
    name="medicine that lowers B12",
    summary="This medicine can lower B12 and deficiency is possible: check or treat B12",
    remedy=Remedy.OWN,
    rank=1602,
    statements=("X13", "X25"),
    overrides=(reason.TESTED_ELSEWHERE,),
)

G2_LOWERING_DRUG_UNTESTED = Card(
    "g2",
    name="medicine that lowers B12, no test",
    summary="Long-term use can lower B12; consider a B12 check",
    remedy=Remedy.OWN,
    rank=1603,
    statements=("X13", "X25"),
)

H1_PLATELETS_25_TO_50 = Card(
    "h1",
    name="platelets 25 to 50",
    summary="Platelets 25–50: use a 25–27 gauge needle and press for 5–10 minutes",
    remedy=Remedy.ADD,
    rank=1400,
    statements=("S31", "S32", "S33"),
    overrides=(reason.NEWER_COUNT,),
)

H2_PLATELETS_10_TO_24 = Card(
    "h2",
    name="platelets 10 to 24",
    summary="Platelets 10–24: discuss with haematology before IM injection; consider other route",
    remedy=Remedy.ADD,
    rank=1401,
    statements=("S32", "S33"),
    overrides=(reason.HAEMATOLOGY_AGREED,),
)

H3_PLATELETS_BELOW_10 = Card(
    "h3",
    name="platelets below 10",
    summary="Platelets below 10: consider platelet transfusion before IM injection",
    remedy=Remedy.ADD,
    rank=600,
    statements=("S32", "S33", "S34"),
    overrides=(reason.HAEMATOLOGY_AGREED, reason.NEWER_COUNT),
)

H4_INR = Card(
    "h4",
    name="INR above range",
    summary="INR above range: defer IM injection or choose another route",
    remedy=Remedy.ADD,
    rank=1402,
    statements=("X28", "X29"),
    overrides=(reason.NEWER_INR, reason.SPECIALIST),
)

H5_BLEEDING = Card(
    "h5",
    name="bleeding risk",
    summary="Anticoagulant or bleeding disorder: fine needle and firm pressure after injection",
    remedy=Remedy.ADD,
    rank=1604,
    statements=("S32", "S33", "X28", "X29"),
)

I1_LEVEL_SETS_NO_INTERVAL = Card(
    "i1",
    name="level sets no interval",
    summary="On B12 injections: set the interval by symptoms, not by the level",
    remedy=Remedy.OWN,
    rank=1605,
    statements=("S42", "S43", "S91", "S92"),
    overrides=(reason.SCHEDULED, reason.ADHERENCE, reason.OTHER_CAUSE),
)

K1_DUE = Card(
    "k1",
    name="treatment or test due",
    summary="B12 treatment or a test is due and not ordered",
    remedy=Remedy.OWN,
    rank=1502,
    overrides=(
        reason.DOSES_GIVEN,
        reason.B12_GIVEN_ELSEWHERE,
    ),
)

K2_POTASSIUM = Card(
    "k2",
    name="anaemia or potassium",
    summary="Severe anaemia or low potassium: correct and recheck potassium in first 48 hours",
    remedy=Remedy.ADD,
    rank=1503,
    statements=("X8", "X9"),
    overrides=(reason.MONITORED,),
)

K3_NOT_AVAILABLE = Card(
    "k3",
    name="product not available",
    summary="Hydroxocobalamin not available on formulary: choose alternative with pharmacy",
    remedy=Remedy.CHANGE,
    rank=1501,
    statements=("S23", "S77", "X12"),
    overrides=(reason.SOURCED,),
)

K4_NOT_ADULT = Card(
    "k4",
    name="not an adult",
    summary="Adult B12 guidance does not apply; seek paediatric advice",
    remedy=Remedy.OWN,
    rank=1500,
    statements=("S52",),
)

M1_REVIEW_OVERDUE = Card(
    "m1",
    name="review overdue",
    summary="On B12 and no review on record: review due",
    remedy=Remedy.ADD,
    rank=1700,
    statements=("S19", "S35", "S36", "S38", "S39", "S78", "S79", "S80"),
    overrides=(reason.REVIEW_PLANNED, reason.TESTED_ELSEWHERE),
)

CARDS = tuple(card for card in tuple(globals().values()) if isinstance(card, Card))
"""Every card above, in that order; a2 and j are the absence of a card, i2 is not built (Q20)."""

MAY_BE_SILENCED = frozenset(
    {
        A1_RIGHT_BUT_MORE,
        B2_ASK_ABOUT_SIGNS,
        B9_SECOND_CHOICE,
        B12_BUTTOCK,
        B13_NO_USABLE_TEST,
        B17_NO_INDICATION,
        B18_BORDERLINE,
        B19_ALTERNATE_DAYS_END,
        B23_LAPSED,
        C3_B12_NOT_KNOWN,
        D2_KIDNEY_NOT_KNOWN,
        E1_SECOND_ORDER,
        E2_TABLETS_AND_INJECTIONS,
        G2_LOWERING_DRUG_UNTESTED,
        H5_BLEEDING,
        I1_LEVEL_SETS_NO_INTERVAL,
        K1_DUE,
        M1_REVIEW_OVERDUE,
    }
)
"""Cards that earlier overrides may silence while they are info (Q45, Q92); c3 only on a refill
(Q85); never k4, b14 or what says that something could not be read (I32).
"""

NEVER_SILENCED_WITH_SIGNS = frozenset(
    {A1_RIGHT_BUT_MORE, B13_NO_USABLE_TEST, B17_NO_INDICATION, K1_DUE}
)
"""Nor these with nerve signs of the last 12 months (Q82)."""

LOUDNESS = {Indicator.CRITICAL: 0, Indicator.WARNING: 1, Indicator.INFO: 2}
"""The order of the indicators, the loudest first."""


def severity_key(card: Card, indicator: Indicator) -> tuple[int, int, str]:
    """Return the key by which cards are ordered, the primary one first (cards.md 5)."""
    critical = indicator is Indicator.CRITICAL and card.critical_rank
    return LOUDNESS[indicator], critical or card.rank, card.id
