"""The conditions of the decision table (decisions 2.4), each with its words, so that rows read like
the table and can say why they fail.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from recommender.assessment import Assessment
from recommender.deficiency import Deficiency
from recommender.guidance import NonNeuroRoute, Policy, look_back
from recommender.language import Allergen, Cause, HintAt, Truth
from recommender.treatment.products import can_take_by_mouth, could_take_by_mouth_once_checked
from recommender.treatment_so_far import TreatmentPhase

ORAL_TRIAL_DAYS = 84
"""Days of oral treatment after which persisting symptoms call for injections: 3 months (T5b,
2.7).
"""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a row: the claim in words, the fields of the assessment that it depends on,
    and whether it holds.
    """

    words: str
    reads: tuple[str, ...]
    holds: Callable[[Assessment, Policy], bool]


def _phase_is(*phases: TreatmentPhase) -> Callable[[Assessment, Policy], bool]:
    return lambda a, _: a.treatment.phase in phases


def _deficiency_is(*states: Deficiency) -> Callable[[Assessment, Policy], bool]:
    return lambda a, _: a.deficiency in states


def _has(cause: Cause) -> Callable[[Assessment, Policy], bool]:
    return lambda a, _: cause in a.causes


# who
DECEASED = Condition(
    "the person is recorded as deceased", ("deceased",), lambda a, _: a.deceased.is_true
)
NOT_KNOWN_TO_BE_ADULT = Condition(
    "the person is under age or of unknown age", ("adult",), lambda a, _: not a.adult.is_true
)


def _no_cobalamin_is_safe(a: Assessment, _: Policy) -> bool:
    """Reactions to both forms, or to vitamin B12 of unknown form, each severe or of unrecorded
    severity, and active (Q80).
    """

    def reacts(allergen: Allergen, recorded: Truth, severe: Truth) -> bool:
        past = allergen in a.past_reactions
        return recorded.is_true and severe.may_be_true and not past

    hydroxocobalamin = reacts(
        Allergen.HYDROXOCOBALAMIN,
        a.hydroxocobalamin_allergy,
        a.severe_reaction_hydroxocobalamin,
    )
    cyanocobalamin = reacts(
        Allergen.CYANOCOBALAMIN, a.cyanocobalamin_allergy, a.severe_reaction_cyanocobalamin
    )
    unspecified = reacts(
        Allergen.UNSPECIFIED_B12, a.unspecified_b12_allergy, a.severe_reaction_unspecified
    )
    return unspecified or (hydroxocobalamin and cyanocobalamin)


SEVERE_REACTION_TO_ALL = Condition(
    "a severe reaction to both hydroxocobalamin and cyanocobalamin, or to vitamin B12 of unknown "
    "form, is recorded",
    (
        "hydroxocobalamin_allergy",
        "severe_reaction_hydroxocobalamin",
        "cyanocobalamin_allergy",
        "severe_reaction_cyanocobalamin",
        "unspecified_b12_allergy",
        "severe_reaction_unspecified",
        "past_reactions",
    ),
    _no_cobalamin_is_safe,
)

# neurological involvement
NEURO_PRESENT = Condition(
    "neurological involvement is recorded", ("neurological",), lambda a, _: a.neurological.is_true
)
NEURO_ABSENT = Condition(
    "neurological involvement is explicitly absent",
    ("neurological",),
    lambda a, _: a.neurological.is_false,
)
NEURO_UNCONFIRMED = Condition(
    "neurological involvement is neither recorded nor excluded",
    ("neurological",),
    lambda a, _: a.neurological.is_unknown,
)
NEURO_NOT_PRESENT = Condition(
    "no neurological involvement is recorded",
    ("neurological",),
    lambda a, _: not a.neurological.is_true,
)
NEURO_NEW = Condition(
    "neurological signs are new or have returned",
    ("neurological_new",),
    lambda a, _: a.neurological_new.is_true,
)

# deficiency
DEFICIENT = Condition(
    "deficiency is confirmed or probable", ("deficiency",), lambda a, _: a.is_deficient
)
OPEN = Condition(
    "deficiency is unresolved or unknown",
    ("deficiency",),
    _deficiency_is(Deficiency.UNRESOLVED, Deficiency.UNKNOWN),
)
UNRESOLVED = Condition(
    "deficiency is unresolved", ("deficiency",), _deficiency_is(Deficiency.UNRESOLVED)
)
UNLIKELY = Condition("deficiency is unlikely", ("deficiency",), _deficiency_is(Deficiency.UNLIKELY))
NOT_SHOWN = Condition(
    "deficiency is unlikely, unresolved or unknown",
    ("deficiency",),
    _deficiency_is(Deficiency.UNLIKELY, Deficiency.UNRESOLVED, Deficiency.UNKNOWN),
)

# treatment so far
UNTREATED = Condition(
    "no vitamin B12 treatment is known to be under way", ("treatment",), lambda a, _: a.untreated
)
TREATED = Condition(
    "vitamin B12 treatment is under way", ("treatment",), lambda a, _: not a.untreated
)
LOADING_OR_ORAL = Condition(
    "loading or oral treatment is under way",
    ("treatment",),
    _phase_is(TreatmentPhase.LOADING, TreatmentPhase.ORAL),
)
NOT_ALTERNATE_DAYS = Condition(
    "the course is not injections on alternate days",
    ("treatment",),
    lambda a, _: not a.treatment.alternate_days,
)
ON_MAINTENANCE = Condition(
    "maintenance injections are under way", ("treatment",), _phase_is(TreatmentPhase.MAINTENANCE)
)
RECURRENCE = Condition(
    "symptoms have returned on maintenance", ("recurrence",), lambda a, _: a.recurrence.is_true
)
LOADING_COMPLETE = Condition(
    "loading is complete",
    ("treatment",),
    lambda a, _: a.treatment.phase is TreatmentPhase.LOADING and a.treatment.loading_complete,
)
NO_MAINTENANCE_ORDER = Condition(
    "no maintenance order exists", ("treatment",), lambda a, _: not a.treatment.maintenance_ordered
)
ALTERNATE_DAYS_ENDED = Condition(
    "a bounded course of injections on alternate days has ended",
    ("treatment",),
    lambda a, _: (
        a.treatment.phase is TreatmentPhase.LOADING and a.treatment.alternate_days_ended is not None
    ),
)
NEVER_ON_ALTERNATE_DAYS = Condition(
    "no injections on alternate days are on record",
    ("treatment",),
    lambda a, _: not a.treatment.alternate_days_on_record,
)
SIGNS_NOT_ANSWERED = Condition(
    "the signs did not begin under treatment that was increased for them",
    ("signs_answered",),
    lambda a, _: not a.signs_answered,
)
STARTED_WITHIN_A_YEAR = Condition(
    "treatment started in the last 12 months",
    ("treatment",),
    lambda a, _: (
        a.treatment.days_on_treatment is not None
        and a.treatment.days_on_treatment <= look_back.YEAR_DAYS
    ),
)
MAY_BE_TREATED = Condition(
    "the record says that there may be treatment, and no dose of it is on record",
    ("treatment",),
    lambda a, _: a.treatment.unknown_by_record,
)
RENEWAL_DUE = Condition(
    "the order has ended or ends soon, and none follows",
    ("treatment",),
    lambda a, _: a.treatment.renewal_due,
)
SIGNS_ALL_OLD = Condition(
    "every nerve sign is older than the last dose",
    ("signs_before_last_dose",),
    lambda a, _: a.signs_before_last_dose,
)
LAPSED = Condition("treatment has lapsed", ("treatment",), _phase_is(TreatmentPhase.LAPSED))


def may_need_reloading(a: Assessment) -> bool:
    """Whether a lapse may call for loading again: nerves were ever involved or that is not known,
    or symptoms are recorded (T4, F11).
    """
    return a.neurological_ever.may_be_true or a.symptoms.is_true


MAY_NEED_RELOADING = Condition(
    "neurological involvement was ever present or is not known, or symptoms are recorded",
    ("neurological_ever", "symptoms"),
    lambda a, _: may_need_reloading(a),
)
ON_ORAL = Condition("oral treatment is under way", ("treatment",), _phase_is(TreatmentPhase.ORAL))
ORAL_FOR_3_MONTHS = Condition(
    "oral treatment has lasted 3 months or more",
    ("treatment",),
    lambda a, _: (
        a.treatment.days_on_treatment is not None
        and a.treatment.days_on_treatment >= ORAL_TRIAL_DAYS
    ),
)
NOT_WORKING = Condition(
    "symptoms persist or vitamin B12 is still low",
    ("symptoms", "recurrence", "b12_still_low"),
    lambda a, _: (a.symptoms | a.recurrence | a.b12_still_low).is_true,
)

# cause
ILEAL_OVER_LIMIT = Condition(
    "more than 20 cm of ileum was resected",
    ("ileal_resection_over_limit",),
    lambda a, _: a.ileal_resection_over_limit.is_true,
)
CROHNS_OVER_LIMIT = Condition(
    "ileal Crohn's disease reaches the extent for prophylaxis",
    ("crohns_over_limit",),
    lambda a, _: a.crohns_over_limit.is_true,
)
ILEAL_DISEASE_OVER_LIMIT = Condition(
    "more than 20 cm of ileum was resected, or ileal Crohn's disease reaches the extent for "
    "prophylaxis",
    ("ileal_resection_over_limit", "crohns_over_limit"),
    lambda a, _: (a.ileal_resection_over_limit | a.crohns_over_limit).is_true,
)
ESTABLISHED_MALABSORPTION = Condition(
    "malabsorption is established",
    ("established_malabsorption",),
    lambda a, _: a.established_malabsorption.is_true,
)
MALABSORPTION = Condition(
    "malabsorption is established, or another malabsorption or gastrectomy is recorded",
    ("established_malabsorption", "causes"),
    lambda a, _: (
        a.established_malabsorption.is_true
        or bool(a.causes & {Cause.OTHER_MALABSORPTION, Cause.GASTRECTOMY_OTHER})
    ),
)
BARIATRIC = Condition("bariatric surgery is recorded", ("causes",), _has(Cause.BARIATRIC))
ILEAL_DISEASE = Condition(
    "ileal Crohn's disease or an ileal resection is recorded, within the limit or of unknown size, "
    "or words of the record point at gastric, bariatric or ileal surgery",
    ("causes", "hinted"),
    lambda a, _: bool(a.causes & {Cause.CROHNS_ILEAL, Cause.ILEAL_RESECTION}) or a.surgery_hinted,
)
TOTAL_GASTRECTOMY = Condition(
    "total gastrectomy is recorded", ("causes",), _has(Cause.TOTAL_GASTRECTOMY)
)
OPERATION_TO_ASK_ABOUT = Condition(
    "a partial gastrectomy or gastric band is recorded, or words of the record point at gastric, "
    "bariatric or ileal surgery",
    ("causes", "hinted"),
    lambda a, _: bool(a.causes & {Cause.GASTRECTOMY_OTHER, Cause.GASTRIC_BAND}) or a.surgery_hinted,
)
LOW_ONCE = Condition(
    "an older or unusable result was low or is flagged low, and nothing answers it",
    ("low_once",),
    lambda a, _: a.low_once,
)
ILEAL_DISEASE_TO_WATCH = Condition(
    "ileal Crohn's disease below the extent for prophylaxis or of unknown extent, an ileal "
    "resection of unknown length, or words of the record that name a length of ileum",
    ("causes", "crohns_over_limit", "ileal_resection_over_limit", "hinted"),
    lambda a, _: (
        (Cause.CROHNS_ILEAL in a.causes and not a.crohns_over_limit.is_true)
        or (Cause.ILEAL_RESECTION in a.causes and a.ileal_resection_over_limit.is_unknown)
        or HintAt.ILEAL_LENGTH in a.hinted
    ),
)

# the site's choice, and what oral treatment needs
INJECTIONS_FIRST = Condition(
    "the site starts with injections", (), lambda _, p: p.non_neuro_route is NonNeuroRoute.IM_FIRST
)
BY_MOUTH = (
    "excipient_reactions",
    "oral_infeasible",
    "severe_anaemia",
    "oral_allowed_by_record",
    "cyanocobalamin_allergy",
    "unspecified_b12_allergy",
    "renal",
    "lebers",
    "hydroxocobalamin_allergy",
    "severe_reaction_hydroxocobalamin",
    "hinted",
)
"""What oral treatment depends on."""

CAN_TAKE_BY_MOUTH = Condition(
    "kidney function is known to be sufficient and nothing stands against oral cyanocobalamin",
    BY_MOUTH,
    can_take_by_mouth,
)
KIDNEYS_UNKNOWN = Condition(
    "kidney function is not known and nothing else stands against oral cyanocobalamin",
    ("renal", *BY_MOUTH),  # told first: it is what the row asks for
    could_take_by_mouth_once_checked,
)
