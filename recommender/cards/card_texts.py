"""The cards as cards.md 4 has them: what each says in one sentence, the reasons to go against it,
and which comes first.

The summaries stand alone: a clinician who reads only the first line understands what is wrong or
missing.
"""

from __future__ import annotations

from dataclasses import dataclass

from recommender.cards.findings import Indicator


@dataclass(frozen=True, slots=True)
class CardText:
    """What a card says in its first line, and the codes of the reasons to go against it."""

    summary: str
    overrides: tuple[str, ...] = ()


CARDS: dict[str, CardText] = {
    "a1": CardText("B12 order matches guidance; add 3, 6 and 12 month review"),
    "b1": CardText(
        "Neurological signs recorded: oral B12 is not adequate first treatment; use IM "
        "hydroxocobalamin",
        ("NEURO-UNRELATED", "IM-IMPOSSIBLE", "SPECIALIST"),
    ),
    "b2": CardText(
        "Confirm there are no neurological symptoms before choosing oral B12",
        ("NEURO-ABSENT", "SPECIALIST"),
    ),
    "b3": CardText(
        "Neurological B12 deficiency: give IM on alternate days until no further improvement",
        ("NEURO-UNRELATED", "GLOSSITIS-ONLY", "PLATEAU", "SPECIALIST"),
    ),
    "b4": CardText(
        "Deficiency not yet loaded: start loading injections before maintenance",
        ("LOADED-ELSEWHERE",),
    ),
    "b5": CardText(
        "Loading course has no maintenance order; this cause needs lifelong B12",
        ("MAINT-ELSEWHERE", "CAUSE-RESOLVED"),
    ),
    "b6": CardText(
        "Maintenance interval is longer than recommended for this patient",
        ("STABLE-AT-LONGER", "SPECIALIST"),
    ),
    "b7": CardText(
        "B12 dose differs from guidance: 1000 micrograms per injection",
        ("LOCAL-PROTOCOL", "LABEL-DOSE"),
    ),
    "b8": CardText(
        "Possible 1000-fold dose or product error: B12 dose is 1000 micrograms, not milligrams",
        ("CYANIDE-POISONING", "METABOLIC-SPECIALIST"),
    ),
    "b9": CardText(
        "Hydroxocobalamin is preferred for injections; cyanocobalamin needs monthly dosing",
        ("NOT-AVAILABLE", "PREVIOUS-REACTION"),
    ),
    "b10": CardText(
        "Established malabsorption: injections preferred; oral may not replace them",
        ("PATIENT-DECLINES-IM", "IM-IMPOSSIBLE", "SPECIALIST"),
    ),
    "b11": CardText(
        "Ileal resection over 20 cm: lifelong monthly hydroxocobalamin is advised", ("SPECIALIST",)
    ),
    "b12": CardText(
        "Use deltoid or vastus lateralis; buttock carries sciatic nerve risk", ("SITE-UNSUITABLE",)
    ),
    "b13": CardText(
        "No B12 test on record: check level, then choose route and frequency", ("TESTED-ELSEWHERE",)
    ),
    "b14": CardText("B12 dose or frequency could not be read; not checked against guidance"),
    "b15": CardText(
        "This route is outside the guidance for B12; use intramuscular injection",
        ("IM-IMPOSSIBLE", "SPECIALIST"),
    ),
    "b16": CardText(
        "The guidance gives no dose for this form of B12; hydroxocobalamin is preferred",
        ("SPECIALIST", "NOT-AVAILABLE"),
    ),
    "b17": CardText("No indication for B12 found in the record", ("SPECIALIST",)),
    "b18": CardText(
        "Borderline B12: measure methylmalonic acid before deciding on treatment",
        ("TESTED-ELSEWHERE",),
    ),
    "c1": CardText(
        "Untreated B12 deficiency: start B12 before folic acid to avoid nerve damage",
        ("B12-GIVEN-ELSEWHERE", "SERIOUSLY-ILL-BOTH", "SPECIALIST"),
    ),
    "c2": CardText("Give the first B12 dose before starting folic acid", ("B12-GIVEN-ELSEWHERE",)),
    "c3": CardText(
        "B12 status unknown: check B12 before folic acid", ("TESTED-ELSEWHERE", "SPECIALIST")
    ),
    "c4": CardText(
        "B12 deficiency untreated: add B12 now; do not stop this folic acid",
        ("B12-GIVEN-ELSEWHERE",),
    ),
    "c5": CardText(
        "B12 deficiency untreated: start B12 as well as this low-dose folic acid",
        ("B12-GIVEN-ELSEWHERE",),
    ),
    "d1": CardText(
        "Reduced kidney function: avoid cyanocobalamin; use hydroxocobalamin",
        ("NOT-AVAILABLE", "RENAL-SPECIALIST", "RENAL-NEWER-RESULT"),
    ),
    "d2": CardText(
        "Kidney function unknown: check eGFR or use hydroxocobalamin", ("RENAL-NEWER-RESULT",)
    ),
    "d3": CardText(
        "Leber's disease: cyanocobalamin may cause rapid vision loss; use hydroxocobalamin",
        ("DIAGNOSIS-WRONG",),
    ),
    "d4": CardText(
        "Severe reaction to this B12 product recorded; seek allergy advice before use",
        ("ALLERGY-CLEARED",),
    ),
    "e1": CardText(
        "An active B12 order of the same kind already exists", ("REPLACES-OLD", "INTENTIONAL")
    ),
    "e2": CardText(
        "Oral and injected B12 are both active; one may be unnecessary", ("INTENTIONAL",)
    ),
    "f1": CardText(
        "This cause needs lifelong B12; a normal level is not a reason to stop",
        ("REPLACED", "END-OF-LIFE", "PATIENT-DECLINES", "ALLERGY", "DIAGNOSIS-WRONG"),
    ),
    "f2": CardText(
        "Before stopping B12 confirm the cause is resolved and plan a recheck", ("CAUSE-RESOLVED",)
    ),
    "g1": CardText(
        "This medicine can lower B12 and deficiency is possible: check or treat B12",
        ("TESTED-ELSEWHERE",),
    ),
    "g2": CardText("Long-term use can lower B12; consider a B12 check"),
    "h1": CardText(
        "Platelets 25–50: use a 25–27 gauge needle and press for 5–10 minutes", ("NEWER-COUNT",)
    ),
    "h2": CardText(
        "Platelets 10–24: discuss with haematology before IM injection; consider other route",
        ("HAEMATOLOGY-AGREED",),
    ),
    "h3": CardText(
        "Platelets below 10: consider platelet transfusion before IM injection",
        ("HAEMATOLOGY-AGREED", "NEWER-COUNT"),
    ),
    "h4": CardText(
        "INR above range: defer IM injection or choose another route", ("NEWER-INR", "SPECIALIST")
    ),
    "h5": CardText(
        "Anticoagulant or bleeding disorder: fine needle and firm pressure after injection"
    ),
    "i1": CardText(
        "On B12 injections, adjust by symptoms; the B12 level should not set the interval",
        ("SCHEDULED", "ADHERENCE", "OTHER-CAUSE"),
    ),
    "k1": CardText("B12 treatment is indicated and not ordered", ("B12-GIVEN-ELSEWHERE",)),
    "k2": CardText(
        "Severe anaemia or low potassium: correct and recheck potassium in first 48 hours",
        ("MONITORED",),
    ),
    "k3": CardText(
        "Hydroxocobalamin not available on formulary: choose alternative with pharmacy",
        ("SOURCED",),
    ),
    "k4": CardText("Adult B12 guidance does not apply; seek paediatric advice"),
}
"""Every card but a2 and j, which are the absence of a card, and i2, which is not built (Q20)."""

_MERGE_ORDER: tuple[tuple[str, ...], ...] = (
    ("b8",),
    ("d4",),
    ("d3",),
    ("c1",),
    ("b1",),
    ("h3",),
    ("d1", "d2"),
    ("b2",),
    ("c2", "c3", "c4", "c5"),
    (
        "b3",
        "b4",
        "b5",
        "b6",
        "b7",
        "b9",
        "b10",
        "b11",
        "b12",
        "b15",
        "b16",
        "b13",
        "b17",
        "b18",
        "b14",
    ),
    ("f1", "f2"),
    ("e1",),
    ("h1", "h2", "h4"),
    ("k4", "k3", "k1", "k2"),
)
_RANK = {
    card: (place, index)
    for place, cards in enumerate(_MERGE_ORDER)
    for index, card in enumerate(cards)
}
_LAST = (len(_MERGE_ORDER), 0)
_LOUDNESS = {Indicator.CRITICAL: 0, Indicator.WARNING: 1, Indicator.INFO: 2}


def severity_key(card: str, indicator: Indicator) -> tuple[int, tuple[int, int], str]:
    """Return the key by which cards are ordered, the primary one first (cards.md 5)."""
    return _LOUDNESS[indicator], _RANK.get(card, _LAST), card
