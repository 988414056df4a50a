"""The modifiers K1 to K17 of decisions 2.6: advice that goes with a recommendation."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from recommender.assessment import FEW_PLATELETS, VERY_FEW_PLATELETS, Assessment, PlateletBand
from recommender.deficiency import Deficiency
from recommender.guidance import check_citations
from recommender.language import Anticoagulant, HintAt, LoweringDrug


@dataclass(frozen=True, slots=True)
class Advice:
    """One sentence that goes with the recommendation, and what it rests on. `id` names the modifier
    or row (K2, T5, ...).
    """

    id: str
    text: str
    citations: tuple[str, ...]


SITE_TECHNIQUE = "Inject into the deltoid or vastus lateralis, not the buttock."


NEEDLE_TECHNIQUE = "25 to 27 gauge needle; press on the site for 5 to 10 minutes."


@dataclass(frozen=True, slots=True)
class Modifier:
    """One modifier: when it applies, what it says, and what it rests on. `injection`: only when
    something is injected; `tablets`: only where tablets from the start are a choice beside it.
    """

    id: str
    applies: Callable[[Assessment], bool]
    text: str
    citations: tuple[str, ...]
    injection: bool = False
    tablets: bool = False

    def __post_init__(self) -> None:
        check_citations(f"modifier {self.id}", self.citations)


def _on_warfarin(a: Assessment) -> bool:
    return a.anticoagulant is Anticoagulant.WARFARIN


def _bleeding_risk(a: Assessment) -> bool:
    """Return whether K6 holds; of an INR above range K5 speaks, of a bleeding disorder both do."""
    thinned = a.on_anticoagulant.is_true and not a.inr_high.is_true
    return thinned or a.bleeding_disorder.is_true


def _cause_unknown(a: Assessment) -> bool:
    return not a.causes and a.is_deficient


def _starts_with_anaemia(a: Assessment) -> bool:
    return a.severe_anaemia.is_true and a.first_dose_to_come


def _starts_with_low_potassium(a: Assessment) -> bool:
    return a.low_potassium.is_true and not a.severe_anaemia.is_true and a.first_dose_to_come


_POTASSIUM = (
    "correct potassium and recheck it within the first 48 hours of treatment; check iron and "
    "folate status; consider hospital if there are symptoms."
)


def _bleeding_not_known(a: Assessment) -> bool:
    either = a.on_anticoagulant | a.bleeding_disorder
    return either.is_unknown and not a.inr_high.is_true


def _pregnant_on_treatment(a: Assessment) -> bool:
    return a.pregnant.is_true and a.deficiency is Deficiency.DIAGNOSED


def _pregnant_with_open_or_shown_deficiency(a: Assessment) -> bool:
    """Q84: with deficiency shown or unresolved; with nerve signs it is open whatever the level."""
    open_or_shown = a.is_deficient or a.deficiency is Deficiency.UNRESOLVED
    return a.pregnant.is_true and (open_or_shown or (a.untreated and a.neurological.is_true))


def _no_platelets(a: Assessment) -> NoCount | None:
    """Return which sentence is true of a platelet count that is not known (Q58)."""
    if a.platelets is not PlateletBand.UNKNOWN:
        return None
    if a.platelets_unusable:
        return NoCount.NOT_USABLE
    if not a.laboratory_unread:
        return NoCount.NONE
    return NoCount.IN_PART if a.laboratory_in_part else NoCount.NOT_READ


SAME_DAY = (
    "Signs of the spinal cord or the optic nerve: same-day emergency route, with neurology and "
    "haematology."
)
"""K15: it leads on every card."""


def _inr_not_known(a: Assessment) -> bool:
    return _on_warfarin(a) and a.inr_high.is_unknown


class NoCount(enum.Enum):
    """Why there is no platelet count."""

    NONE = "none on record"
    NOT_READ = "could not be read"
    IN_PART = "the list is not complete"
    NOT_USABLE = "the one on record cannot be used"


MODIFIERS: tuple[Modifier, ...] = (
    Modifier(
        "K1",
        lambda _: True,
        f"{SITE_TECHNIQUE} If the buttock must be used: upper outer quadrant only, needle directed "
        f"anteriorly.",
        ("S28", "S29", "S30"),
        injection=True,
    ),
    Modifier(
        "K2",
        lambda a: a.platelets in FEW_PLATELETS,
        f"Platelets are 50 or below: {NEEDLE_TECHNIQUE}",
        ("S31", "S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K2",
        lambda a: _no_platelets(a) is NoCount.NONE,
        "No recent platelet count: take one without waiting for it; if 50 or below, 25 to 27 gauge "
        "needle and 5 to 10 minutes of pressure.",
        ("S31", "S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K2",
        lambda a: _no_platelets(a) is NoCount.NOT_READ,
        "A recent platelet count could not be read: look it up without waiting for it; if 50 or "
        "below, 25 to 27 gauge needle and 5 to 10 minutes of pressure.",
        ("S31", "S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K2",
        lambda a: _no_platelets(a) is NoCount.IN_PART,
        "No platelet count among the results that came, the list is not complete: look it up "
        "without waiting for it; if 50 or below, 25 to 27 gauge needle and 5 to 10 minutes of "
        "pressure.",
        ("S31", "S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K2",
        lambda a: _no_platelets(a) is NoCount.NOT_USABLE,
        "The platelet count on record cannot be used: repeat it without waiting for it; if 50 or "
        "below, 25 to 27 gauge needle and 5 to 10 minutes of pressure.",
        ("S31", "S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K3",
        lambda a: a.platelets in VERY_FEW_PLATELETS,
        "Platelets are below 25: contact haematology before an intramuscular injection and "
        "consider another route. "
        "Never a reason to withhold vitamin B12 when neurological signs are present.",
        ("S32", "S33"),
        injection=True,
    ),
    Modifier(
        "K4",
        lambda a: a.platelets is PlateletBand.BELOW_10,
        "Platelets are below 10: consider platelet transfusion before the injection.",
        ("S34",),
        injection=True,
    ),
    Modifier(
        "K5",
        lambda a: a.inr_high.is_true and not a.neurological.is_true,
        "INR is above range: defer the intramuscular injection until it is in range, or choose "
        "another route.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K5",
        lambda a: a.inr_high.is_true and a.neurological.is_true,
        "INR is above range and neurological involvement is recorded: do not delay vitamin B12; "
        "take same-day advice on a fine needle or the way under the skin.",
        ("X28", "X29", "S69"),
    ),
    Modifier(
        "K5",
        lambda a: _inr_not_known(a) and a.laboratory_unread and not a.laboratory_in_part,
        "On warfarin or the like, and a recent INR could not be read: look it up before an "
        "intramuscular injection; with neurological signs, the same day.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K5",
        lambda a: _inr_not_known(a) and a.laboratory_in_part,
        "On warfarin or the like, and no INR among the results that came, the list is not "
        "complete: look it up before an intramuscular injection; with neurological signs, the "
        "same day.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K5",
        lambda a: _inr_not_known(a) and not a.laboratory_unread,
        "On warfarin or the like without a recent INR: check the INR before an intramuscular "
        "injection; with neurological signs, the same day.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K6",
        lambda a: _bleeding_risk(a) and not a.bleeding_disorder.is_true,
        "Anticoagulant: fine needle, firm pressure afterwards, and tell the person what to watch "
        "for.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K6",
        lambda a: _bleeding_risk(a) and a.bleeding_disorder.is_true,
        "Bleeding disorder: fine needle, firm pressure afterwards, tell the person what to watch "
        "for, and involve the haemophilia centre.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K6",
        lambda a: _bleeding_risk(a) and a.neurological.is_false,
        "Where it is suitable, oral treatment avoids the injection.",
        ("X28", "X29"),
        injection=True,
        tablets=True,
    ),
    Modifier(
        "K17",
        _bleeding_not_known,
        "Whether bleeding is a risk is not known: ask about anticoagulants and bleeding; fine "
        "needle and firm pressure.",
        ("X28", "X29"),
        injection=True,
    ),
    Modifier(
        "K7",
        lambda a: a.renal.is_true,
        "Kidney function is reduced: no cyanocobalamin; read methylmalonic acid and homocysteine "
        "with care.",
        ("S25", "S26", "S27", "S74", "S75", "S76"),
    ),
    Modifier(
        "K8",
        lambda a: a.lebers.is_true,
        "Leber's optic neuropathy is recorded: no cyanocobalamin, which may cause rapid loss of "
        "vision.",
        ("X8", "X10"),
    ),
    Modifier(
        "K9",
        _starts_with_anaemia,
        f"Severe anaemia: {_POTASSIUM}",
        ("X8", "X9", "X10"),
    ),
    Modifier(
        "K9",
        _starts_with_low_potassium,
        f"Low potassium: {_POTASSIUM}",
        ("X8", "X9", "X10"),
    ),
    Modifier(
        "K10",
        _pregnant_on_treatment,
        "Pregnant: go on with vitamin B12, review at 1 month.",
        ("X4", "X8", "X30"),
    ),
    Modifier(
        "K10",
        _pregnant_with_open_or_shown_deficiency,
        "Pregnant: holotranscobalamin or methylmalonic acid tells more than total vitamin B12. "
        "Hydroxocobalamin injections are preferred, "
        "preservative-free if available; ask haematology, urgently with anaemia or neurological "
        "signs; review at 1 month.",
        ("X4", "X8", "X30"),
    ),
    Modifier(
        "K10",
        lambda a: a.pregnancy_possible and not a.pregnancy_hinted,
        "Pregnancy status is not recorded: total vitamin B12 falls in normal pregnancy.",
        ("X4", "X30"),
    ),
    Modifier(
        "K10",
        lambda a: a.pregnancy_possible and a.pregnancy_hinted,
        "Whether there is a pregnancy is not certain: total vitamin B12 falls in normal pregnancy.",
        ("X4", "X30"),
    ),
    Modifier(
        "K11",
        lambda a: a.breastfeeding.is_true,
        "Breastfeeding: treat, and watch an exclusively breastfed infant for deficiency.",
        ("X10",),
    ),
    Modifier(
        "K12",
        lambda a: a.cobalt_allergy.is_true,
        "Cobalt allergy is recorded: weigh it up, and watch for reactions for 72 hours after each "
        "dose.",
        ("X26",),
    ),
    Modifier(
        "K13",
        lambda a: LoweringDrug.METFORMIN in a.lowering_drugs,
        "A long-term medicine that lowers vitamin B12 is on the list: treat as advised, do not "
        "stop metformin for it.",
        ("X13", "X25"),
    ),
    Modifier(
        "K13",
        lambda a: bool(a.lowering_drugs) and LoweringDrug.METFORMIN not in a.lowering_drugs,
        "A long-term medicine that lowers vitamin B12 is on the list: treat as advised.",
        ("X13", "X25"),
    ),
    Modifier(
        "K13",
        lambda a: bool(
            a.lowering_drugs
            & {LoweringDrug.PROTON_PUMP_INHIBITOR, LoweringDrug.H2_RECEPTOR_ANTAGONIST}
        ),
        "Review whether the acid-lowering medicine is still needed.",
        ("X13",),
    ),
    Modifier(
        "K14",
        lambda a: a.nitrous_oxide.is_true,
        "Nitrous oxide exposure: stop it. The vitamin B12 level may mislead; avoid nitrous oxide "
        "anaesthesia while deficient.",
        ("X31",),
    ),
    Modifier(
        "K14",
        lambda a: HintAt.NITROUS_OXIDE in a.hinted and not a.nitrous_oxide.is_true,
        "Words of the record point at nitrous oxide: ask about it; the vitamin B12 level may "
        "mislead.",
        ("X31",),
    ),
    Modifier(
        "K15",
        lambda a: a.is_emergency,
        SAME_DAY,
        ("X33",),
    ),
    Modifier(
        "K16",
        _cause_unknown,
        "The cause is not known: test for intrinsic factor antibody and coeliac disease; do not "
        "wait for the results.",
        ("X6",),
    ),
)
"""Decisions 2.6, row by row; a row that says different things in different cases stands here once
for each.
"""


def advise(
    assessment: Assessment, *, injecting: bool, by_mouth: bool = False
) -> tuple[Advice, ...]:
    """Return the modifiers that apply; those about injections only when something is injected,
    that on tablets in their place only where they may be taken from the start (`by_mouth`).
    """
    return tuple(
        Advice(modifier.id, modifier.text, modifier.citations)
        for modifier in MODIFIERS
        if modifier.applies(assessment)
        and (injecting or not modifier.injection)
        and (by_mouth or not modifier.tablets)
    )
