"""The product of the facts that the decision table reads, for the proof that no combination of them
is answered unsafely.

`core` is what decides the row, `circumstances` what decides product and precautions. Facts that
hang on each other are enumerated together, so that no impossible combination is counted.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from recommender.assessment.derived_facts import Assessment, PlateletBand
from recommender.deficiency.grounds import Deficiency, Permanence
from recommender.guidance.policy import (
    AltDailyLoading,
    BariatricMaintenance,
    GastrectomyProphylaxis,
    NonNeuroMaintenance,
    NonNeuroRoute,
    OralInEstablishedMalabsorption,
    Policy,
    SubcutaneousHydroxocobalamin,
)
from recommender.guidance.regimens import MAINT_N
from recommender.language.doses import Route, Substance
from recommender.language.logic import Truth
from recommender.language.scenario import Allergen, Anticoagulant, Cause
from recommender.language.understanding import HintAt
from recommender.treatment_so_far import Treatment, TreatmentPhase, UnknownPhase

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN

Facts = dict[str, object]

PLAIN = Assessment(
    adult=T,
    deceased=F,
    deficiency=Deficiency.UNKNOWN,
    neurological=U,
    neurological_ever=U,
    neurological_new=U,
    neurological_unreadable=False,
    glossitis_only=False,
    urgent_neurology=False,
    attribution_uncertain=False,
    symptoms=U,
    recurrence=U,
    renal=U,
    renal_severe=U,
    causes=frozenset(),
    ileal_resection_over_limit=F,
    crohns_over_limit=F,
    established_malabsorption=U,
    permanence=Permanence.UNKNOWN,
    platelets=PlateletBand.UNKNOWN,
    inr_high=U,
    on_anticoagulant=F,
    bleeding_disorder=F,
    severe_anaemia=U,
    low_potassium=U,
    pregnant=U,
    lebers=F,
    hydroxocobalamin_allergy=F,
    cyanocobalamin_allergy=F,
    severe_reaction_hydroxocobalamin=F,
    severe_reaction_cyanocobalamin=F,
    severe_reaction_unspecified=F,
    cobalt_allergy=F,
    nitrous_oxide=F,
    oral_infeasible=U,
    oral_allowed_by_record=True,
    b12_still_low=U,
    treatment=Treatment(TreatmentPhase.NONE),
)
"""An adult of whom nothing else is known."""

NEUROLOGY: tuple[Facts, ...] = (
    {"neurological": T, "neurological_ever": T, "neurological_new": T},
    {"neurological": T, "neurological_ever": T, "neurological_new": F},
    {"neurological": U, "neurological_ever": U, "neurological_new": U},
    {"neurological": U, "neurological_ever": T, "neurological_new": U},
    {"neurological": F, "neurological_ever": F, "neurological_new": F},
    {"neurological": F, "neurological_ever": T, "neurological_new": F},
    {
        "neurological": T,
        "neurological_ever": T,
        "neurological_new": F,
        "neurological_recent": False,
    },
)


def _untreated() -> Iterator[Facts]:
    states = (
        Deficiency.CONFIRMED,
        Deficiency.PROBABLE,
        Deficiency.UNRESOLVED,
        Deficiency.UNLIKELY,
        Deficiency.UNKNOWN,
    )
    for state in states:
        yield {"deficiency": state, "treatment": Treatment(TreatmentPhase.NONE)}
        if state is not Deficiency.UNLIKELY:  # an unreadable medication list excludes nothing
            yield {
                "deficiency": state,
                "treatment": Treatment(
                    TreatmentPhase.UNKNOWN,
                    reason="not available",
                    unknown=UnknownPhase.COULD_NOT_BE_READ,
                ),
                "medications_unreadable": True,
            }
            yield {
                "deficiency": state,
                "treatment": Treatment(
                    TreatmentPhase.UNKNOWN,
                    "Order/1",
                    Substance.HYDROXOCOBALAMIN,
                    unknown=UnknownPhase.STANDING_ORDER,
                ),
            }
    yield {
        "deficiency": Deficiency.UNKNOWN,
        "treatment": Treatment(TreatmentPhase.NONE),
        "low_once": True,
    }
    yield {
        "deficiency": Deficiency.CONFIRMED,
        "treatment": Treatment(
            TreatmentPhase.NONE, ordered=(MAINT_N.line,), maintenance_ordered=True
        ),
    }


def _treated() -> Iterator[Facts]:
    for treatment in (
        *_loading(),
        *_maintenance(),
        *_maintenance_with_more_known(),
        *_alternate_days_ended(),
        *_oral(),
        Treatment(TreatmentPhase.LAPSED, "Order/1"),
    ):
        yield {"deficiency": Deficiency.DIAGNOSED, "treatment": treatment}
    yield {
        "deficiency": Deficiency.DIAGNOSED,
        "treatment": Treatment(TreatmentPhase.LAPSED, "Order/1"),
        "signs_before_last_dose": True,
    }


def _loading() -> Iterator[Treatment]:
    for alternate, complete, ordered in itertools.product((True, False), repeat=3):
        for substance in (Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN):
            yield Treatment(
                TreatmentPhase.LOADING, "Order/1", substance, alternate, complete, ordered
            )


def _maintenance() -> Iterator[Treatment]:
    for interval, ordered in itertools.product((None, 7, 14, 28, 31, 62, 93, 124), (True, False)):
        for substance in (Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN):
            days = None if interval is None else Decimal(interval)
            yield Treatment(
                TreatmentPhase.MAINTENANCE,
                "Order/1",
                substance,
                maintenance_ordered=ordered,
                interval=days,
            )


def _maintenance_with_more_known() -> Iterator[Treatment]:
    """The first year without alternate days (T1b), and orders that end (T8)."""
    for days, on_record in itertools.product((None, 365, 366), (True, False)):
        yield Treatment(
            TreatmentPhase.MAINTENANCE,
            "Order/1",
            Substance.HYDROXOCOBALAMIN,
            maintenance_ordered=True,
            interval=Decimal(62),
            days_on_treatment=days,
            alternate_days_on_record=on_record,
        )
    for interval, substance in itertools.product(
        (None, 31, 62, 124), (Substance.HYDROXOCOBALAMIN, Substance.CYANOCOBALAMIN)
    ):
        yield Treatment(
            TreatmentPhase.MAINTENANCE,
            "Order/1",
            substance,
            maintenance_ordered=True,
            interval=None if interval is None else Decimal(interval),
            renewal_due=True,
        )


def _alternate_days_ended() -> Iterator[Treatment]:
    for ordered in (True, False):
        yield Treatment(
            TreatmentPhase.LOADING,
            "Order/1",
            Substance.HYDROXOCOBALAMIN,
            True,
            maintenance_ordered=ordered,
            alternate_days_ended=dt.date(2026, 11, 1),
        )


def _oral() -> Iterator[Treatment]:
    for days in (None, 83, 84):
        yield Treatment(
            TreatmentPhase.ORAL,
            "Order/1",
            Substance.CYANOCOBALAMIN,
            maintenance_ordered=True,
            days_on_treatment=days,
        )


COURSES: tuple[Facts, ...] = (*_untreated(), *_treated())


def _because(*causes: Cause, ileal: Truth = F, crohns: Truth = F, resolved: bool = False) -> Facts:
    permanent = set(causes) & {
        Cause.PERNICIOUS_ANAEMIA,
        Cause.TOTAL_GASTRECTOMY,
        Cause.ILEAL_RESECTION,
        Cause.CROHNS_ILEAL,
        Cause.BARIATRIC,
        Cause.GASTRECTOMY_OTHER,
    }
    certain = T if set(causes) & {Cause.PERNICIOUS_ANAEMIA, Cause.TOTAL_GASTRECTOMY} else F
    passing = Permanence.RESOLVED if resolved else Permanence.PERSISTENT
    return {
        "causes": frozenset(causes),
        "ileal_resection_over_limit": ileal,
        "crohns_over_limit": crohns,
        "established_malabsorption": certain | ileal | crohns | (F if causes else U),
        "permanence": Permanence.PERMANENT
        if permanent
        else passing
        if causes
        else Permanence.UNKNOWN,
    }


CAUSES: tuple[Facts, ...] = (
    _because(),
    _because(ileal=U, crohns=U),
    _because(Cause.PERNICIOUS_ANAEMIA),
    _because(Cause.TOTAL_GASTRECTOMY),
    *(_because(Cause.ILEAL_RESECTION, ileal=truth) for truth in Truth),
    *(_because(Cause.CROHNS_ILEAL, crohns=truth) for truth in Truth),
    _because(Cause.BARIATRIC),
    _because(Cause.OTHER_MALABSORPTION),
    _because(Cause.DIETARY),
    _because(Cause.DIETARY, resolved=True),
    _because(Cause.DRUG),
    _because(Cause.NITROUS_OXIDE),
    _because(Cause.BARIATRIC, Cause.PERNICIOUS_ANAEMIA),
    _because(Cause.BARIATRIC, Cause.OTHER_MALABSORPTION),
    _because(Cause.BARIATRIC, Cause.ILEAL_RESECTION, ileal=T),
    _because(Cause.BARIATRIC, Cause.CROHNS_ILEAL, crohns=U),
    _because(Cause.CROHNS_ILEAL, Cause.ILEAL_RESECTION, ileal=T, crohns=U),
    _because(Cause.CROHNS_ILEAL, Cause.ILEAL_RESECTION, ileal=U, crohns=T),
    _because(Cause.DIETARY, Cause.DRUG, Cause.OTHER_MALABSORPTION),
    _because(Cause.GASTRECTOMY_OTHER),
    _because(Cause.GASTRIC_BAND),
    _because(Cause.GASTRIC_BAND, Cause.DIETARY),
    _because() | {"hinted": frozenset({HintAt.GASTRIC_SURGERY})},
    _because(Cause.DIETARY) | {"hinted": frozenset({HintAt.ILEAL_SURGERY})},
)

KIDNEYS: tuple[Facts, ...] = ({"renal": T}, {"renal": U}, {"renal": F})

PERSISTENCE: tuple[Facts, ...] = (
    {"symptoms": U, "recurrence": U, "b12_still_low": U},
    {"symptoms": T, "recurrence": U, "b12_still_low": F},
    {"symptoms": F, "recurrence": T, "b12_still_low": F},
    {"symptoms": F, "recurrence": F, "b12_still_low": T},
)

ALLERGIES: tuple[Facts, ...] = (
    {},
    {"cyanocobalamin_allergy": T},
    {"cyanocobalamin_allergy": T, "severe_reaction_cyanocobalamin": T},
    {"hydroxocobalamin_allergy": T},
    {"hydroxocobalamin_allergy": T, "severe_reaction_hydroxocobalamin": U},
    {"hydroxocobalamin_allergy": T, "severe_reaction_hydroxocobalamin": T},
    {
        "hydroxocobalamin_allergy": T,
        "severe_reaction_hydroxocobalamin": T,
        "cyanocobalamin_allergy": T,
        "severe_reaction_cyanocobalamin": U,
    },
    {"unspecified_b12_allergy": T},
    {"unspecified_b12_allergy": T, "severe_reaction_unspecified": U},
    {
        "hydroxocobalamin_allergy": U,
        "cyanocobalamin_allergy": U,
        "unspecified_b12_allergy": U,
        "severe_reaction_hydroxocobalamin": U,
        "severe_reaction_cyanocobalamin": U,
        "severe_reaction_unspecified": U,
        "allergies_unavailable": True,
    },
    {"allergy_unclear": True, "hinted": frozenset({HintAt.ALLERGY})},
    {
        "hydroxocobalamin_allergy": T,
        "severe_reaction_hydroxocobalamin": T,
        "past_reactions": frozenset({Allergen.HYDROXOCOBALAMIN}),
    },
    {
        "unspecified_b12_allergy": T,
        "severe_reaction_unspecified": T,
        "past_reactions": frozenset({Allergen.UNSPECIFIED_B12}),
    },
)

ORAL: tuple[Facts, ...] = (
    {},
    {"oral_infeasible": T},
    {"severe_anaemia": T},
    {"oral_allowed_by_record": False},
)
LEBERS: tuple[Facts, ...] = ({"lebers": F}, {"lebers": U}, {"lebers": T})
PREGNANCY: tuple[Facts, ...] = ({"pregnant": U}, {"pregnant": T})
WHO: tuple[Facts, ...] = ({}, {"adult": F}, {"adult": U}, {"deceased": T}, {"deceased": U})

PLATELETS: tuple[Facts, ...] = tuple({"platelets": band} for band in PlateletBand)
BLEEDING: tuple[Facts, ...] = (
    {},
    {"inr_high": T, "anticoagulant": Anticoagulant.WARFARIN, "on_anticoagulant": T},
    {"inr_high": F, "anticoagulant": Anticoagulant.WARFARIN, "on_anticoagulant": T},
    {"anticoagulant": Anticoagulant.WARFARIN, "on_anticoagulant": T},
    {"anticoagulant": Anticoagulant.DIRECT_ORAL, "on_anticoagulant": T},
    {"bleeding_disorder": T},
    {"bleeding_disorder": U},
    {"on_anticoagulant": U, "hinted": frozenset({HintAt.ANTICOAGULANT})},
)

ONLY_ORAL_PRODUCTS = frozenset({(Substance.CYANOCOBALAMIN, Route.ORAL)})

POLICIES: tuple[Policy, ...] = (
    Policy(),
    Policy(non_neuro_route=NonNeuroRoute.IM_FIRST),
    Policy(oral_in_established_malabsorption=OralInEstablishedMalabsorption.ALLOWED),
    Policy(
        oral_in_established_malabsorption=OralInEstablishedMalabsorption.NEVER,
        non_neuro_maintenance=NonNeuroMaintenance.FIXED_3,
    ),
    Policy(
        non_neuro_maintenance=NonNeuroMaintenance.FIXED_2,
        bariatric_maintenance=BariatricMaintenance.IM_3MO,
    ),
    Policy(
        bariatric_maintenance=BariatricMaintenance.ORAL_DAILY,
        oral_dose_mcg=2000,
        alt_daily_loading=AltDailyLoading.OFFER,
    ),
    Policy(
        ileal_maintenance_months=3,
        alt_daily_loading=AltDailyLoading.REJECT,
        min_maintenance_days=28,
    ),
    Policy(sc_hydroxocobalamin=SubcutaneousHydroxocobalamin.DRAFT, ileal_maintenance_months=2),
    Policy(available_products=ONLY_ORAL_PRODUCTS),
    Policy(available_products=ONLY_ORAL_PRODUCTS, cyano_im_protocol="protocol of the pharmacy"),
    Policy(available_products=frozenset()),
    Policy(gastrectomy_prophylaxis=GastrectomyProphylaxis.TEST_ONLY),
)
"""Every setting that the decision table reads, at every value, and three formularies."""

Dimensions = tuple[tuple[Facts, ...], ...]

CORE: Dimensions = (NEUROLOGY, COURSES, CAUSES, KIDNEYS)
CIRCUMSTANCES: Dimensions = (PERSISTENCE, ALLERGIES, ORAL, LEBERS, PREGNANCY)
PRECAUTIONS: Dimensions = (PLATELETS, BLEEDING)

FEW_COURSES: tuple[Facts, ...] = (
    *(facts for facts in _untreated() if facts["deficiency"] is not Deficiency.PROBABLE),
    {
        "deficiency": Deficiency.DIAGNOSED,
        "treatment": Treatment(TreatmentPhase.LOADING, "Order/1", Substance.HYDROXOCOBALAMIN),
    },
    {"deficiency": Deficiency.DIAGNOSED, "treatment": next(_oral())},
    {"deficiency": Deficiency.DIAGNOSED, "treatment": Treatment(TreatmentPhase.LAPSED, "Order/1")},
)
FEW_CAUSES: tuple[Facts, ...] = (
    _because(),
    _because(Cause.PERNICIOUS_ANAEMIA),
    _because(Cause.BARIATRIC),
    _because(Cause.ILEAL_RESECTION, ileal=T),
)
FEW_NEUROLOGY = (NEUROLOGY[0], NEUROLOGY[2], NEUROLOGY[4])


@dataclass(frozen=True)
class Sweep:
    """One product of facts, run under some policies."""

    name: str
    dimensions: Dimensions
    policies: tuple[Policy, ...]

    @property
    def count(self) -> int:
        size = 1
        for dimension in self.dimensions:
            size *= len(dimension)
        return size * len(self.policies)

    def assessments(self) -> Iterator[Assessment]:
        for combination in itertools.product(*self.dimensions):
            merged: dict[str, object] = {}
            for facts in combination:
                merged.update(facts)
            yield replace(PLAIN, **merged)  # type: ignore[arg-type]


QUICK: tuple[Sweep, ...] = (
    Sweep("every row: neurology, course, cause, kidneys", CORE, POLICIES[:1]),
    Sweep("every policy", (FEW_NEUROLOGY, FEW_COURSES, FEW_CAUSES, KIDNEYS), POLICIES[1:]),
    Sweep(
        "every circumstance",
        (FEW_NEUROLOGY, FEW_COURSES[:6:2], FEW_CAUSES[:3], KIDNEYS, *CIRCUMSTANCES[1:]),
        POLICIES[:1],
    ),
    Sweep("who", (WHO, FEW_NEUROLOGY, FEW_COURSES, FEW_CAUSES), POLICIES[:1]),
    Sweep(
        "precautions",
        (PLATELETS, BLEEDING, FEW_NEUROLOGY, FEW_COURSES, FEW_CAUSES[:2]),
        (POLICIES[0], POLICIES[7]),
    ),
    Sweep(
        "symptoms that persist",
        (PERSISTENCE[1:], FEW_NEUROLOGY, COURSES[9:], FEW_CAUSES),
        POLICIES[:1],
    ),
)
"""Run with every test run."""

FULL: tuple[Sweep, ...] = (
    Sweep(
        "core x persistence",
        (*CORE, PERSISTENCE),
        (POLICIES[0], POLICIES[1], POLICIES[3], POLICIES[9]),
    ),
    Sweep(
        "core x circumstances",
        (NEUROLOGY, FEW_COURSES, CAUSES, KIDNEYS, *CIRCUMSTANCES[1:]),
        POLICIES[:1],
    ),
    Sweep("every policy", (NEUROLOGY, FEW_COURSES, CAUSES, KIDNEYS), POLICIES),
    Sweep(
        "precautions",
        (PLATELETS, BLEEDING, NEUROLOGY, FEW_COURSES, CAUSES),
        (POLICIES[0], POLICIES[7]),
    ),
    Sweep("who", (WHO, NEUROLOGY, COURSES, CAUSES), POLICIES[:2]),
)
"""Run by `python -m tests.prove`."""
