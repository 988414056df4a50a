"""The ordered decision table of decisions 2.4: the first row that holds is the recommendation, P
rows accumulate beside it (2.10).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TypeVar

from recommender.assessment import Assessment, assess
from recommender.deficiency import Deficiency
from recommender.guidance import Policy, RuleId, check_citations
from recommender.language import (
    Claim,
    ClinicalScenario,
    Regimen,
    Route,
    changed,
    distinct_follow_ups,
    is_same_line,
)
from recommender.precautions import (
    Advice,
    advise,
    neurological_advice,
    technique,
    unavailable_record_advice,
)
from recommender.treatment import conditions as c
from recommender.treatment import offers as o
from recommender.treatment import offers_open as open_rows
from recommender.treatment import offers_under_way as under_way
from recommender.treatment.conditions import Condition
from recommender.treatment.offers import Offer, Offering
from recommender.treatment.products import Selection, select_products
from recommender.treatment.recommendation import Option, Outcome, Recommendation, RowTrace
from recommender.treatment_so_far import Treatment, TreatmentPhase

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the decision table: its id, its conditions (all must hold), and what then follows.

    `beside` holds the ids of the rows beside which this one accumulates when one of them is the
    primary rule.
    """

    id: RuleId
    when: tuple[Condition, ...]
    outcome: Outcome
    summary: str
    offer: Offering
    citations: tuple[str, ...]
    beside: tuple[RuleId, ...] = ()

    def __post_init__(self) -> None:
        check_citations(f"rule {self.id}", self.citations)

    def holds(self, assessment: Assessment, policy: Policy) -> bool:
        """Whether every condition of the row holds."""
        for condition in self.when:  # noqa: SIM110 (a loop: each call tries some thirty rows several times over, and `all` takes twice as long)
            if not condition.holds(assessment, policy):
                return False
        return True

    def explain(self, assessment: Assessment, policy: Policy) -> str:
        """Say the conditions that hold, or the first that does not."""
        failed = next(
            (condition for condition in self.when if not condition.holds(assessment, policy)), None
        )
        if failed is not None:
            return f"not met: {failed.words}"
        return "; ".join(condition.words for condition in self.when) or "nothing above holds"


def choice_by_symptoms(assessment: Assessment, policy: Policy) -> Offer:
    """Offer both legs of U1: the neurological regimen, and what M1 to M8 would give. A choice
    inside lists all its legs (Q15).
    """
    present = o.neurological_loading(assessment, policy)
    without = o.without_neurological_symptoms(assessment)
    row = primary_rule(without, policy)
    absent = row.offer(without, policy)
    legs = (
        *(replace(option, claims=(Claim.SIGNS_PRESENT,)) for option in present.options),
        *(
            replace(option, claims=(Claim.SIGNS_ABSENT, *option.claims))
            for option in absent.options
        ),
    )
    needs = ("whether neurological symptoms are present", *absent.needs)
    return replace(
        absent,
        options=legs,
        acceptable=(*present.acceptable, *absent.acceptable),
        needs=needs,
        rows=(row.id,),
    )


def ask_whether_given(assessment: Assessment, policy: Policy) -> Offer:
    """Ask whether the treatment on record is still given, and offer what follows if it is not (T7):
    what the rows for no treatment give.
    """
    treatment = changed(assessment.treatment, phase=TreatmentPhase.NONE, unknown=None)
    untreated = changed(assessment, treatment=treatment)
    row = primary_rule(untreated, policy)
    beside = _rules_beside(row, untreated, policy)
    offer = _offer(row, beside, untreated, policy)
    legs = (
        replace(
            option,
            claims=(*option.claims, Claim.NOT_GIVEN),
            replaces=assessment.treatment.order_key,
        )
        for option in offer.options
    )
    return replace(
        offer,
        options=(Option((Claim.STILL_GIVEN,), None), *legs),
        needs=("whether the vitamin B12 on record is still given", *offer.needs),
        rows=(row.id, *offer.rows),
    )


_NON_NEURO = (c.UNTREATED, c.NEURO_ABSENT, c.DEFICIENT)
_PROPHYLAXIS = (c.UNTREATED, c.NOT_SHOWN)
_BESIDE = (
    RuleId.N3,
    RuleId.B1,
    RuleId.P1,
    RuleId.P2,
    RuleId.P3,
    RuleId.P4,
    RuleId.P5,
    RuleId.P6,
)

RULES: tuple[Rule, ...] = (
    # who the guidance is for; neither document speaks of the dead: their subject is dosing (Q14)
    Rule(
        RuleId.DECEASED,
        (c.DECEASED,),
        Outcome.NO_TREATMENT,
        "The person is recorded as deceased",
        o.nothing,
        ("S1", "S51"),
    ),
    Rule(
        RuleId.G1,
        (c.NOT_KNOWN_TO_BE_ADULT,),
        Outcome.CANNOT,
        "Not known to be an adult: adult vitamin B12 guidance is not applied; for a child seek "
        "paediatric or specialist advice",
        o.nothing,
        ("S52",),
    ),
    Rule(
        RuleId.G2,
        (c.SEVERE_REACTION_TO_ALL,),
        Outcome.CANNOT,
        "A reaction to vitamin B12 that is severe, or not known to be mild, is recorded: allergy "
        "and haematology advice before any product",
        o.allergy_referral,
        ("X27",),
    ),
    # treatment under way
    Rule(
        RuleId.T0,
        (c.TREATED, c.LOADING_OR_ORAL, c.NEURO_PRESENT, c.NOT_ALTERNATE_DAYS),
        Outcome.REGIMEN,
        "Neurological involvement: change to injections on alternate days",
        under_way.switch_to_neurological_loading,
        ("S7", "S9", "S64", "S65", "S68"),
    ),
    Rule(
        RuleId.T1,
        (c.ON_MAINTENANCE, c.NEURO_NEW),
        Outcome.CHOICE,
        "Neurological symptoms have returned on maintenance: inject more often, or reload if "
        "progressive",
        under_way.increase_or_reload,
        ("S44", "S45", "S91", "S92"),
    ),
    Rule(
        RuleId.T1B,
        (
            c.ON_MAINTENANCE,
            c.NEURO_PRESENT,
            c.STARTED_WITHIN_A_YEAR,
            c.NEVER_ON_ALTERNATE_DAYS,
            c.SIGNS_NOT_ANSWERED,
        ),
        Outcome.CHOICE,
        "Nerve signs from before treatment were never treated on alternate days",
        under_way.first_year_on_alternate_days,
        ("S7", "S64", "S65"),
    ),
    Rule(
        RuleId.T2,
        (c.ON_MAINTENANCE, c.RECURRENCE),
        Outcome.INTENSIFY,
        "Symptoms have returned on maintenance: inject more often",
        under_way.increase_frequency,
        ("S14", "S15", "S45", "S89", "S90", "S91", "S92"),
    ),
    Rule(
        RuleId.T3,
        (c.LOADING_COMPLETE, c.NO_MAINTENANCE_ORDER),
        Outcome.REGIMEN,
        "Loading is over: maintenance injections are due",
        under_way.maintenance_after_loading,
        ("S6", "S9", "S12", "S66"),
    ),
    Rule(
        RuleId.T3B,
        (c.ALTERNATE_DAYS_ENDED, c.NO_MAINTENANCE_ORDER),
        Outcome.CHOICE,
        "The alternate-day course has ended: go on while nerve signs improve, else maintenance",
        under_way.go_on_or_maintain,
        ("S7", "S65"),
    ),
    Rule(
        RuleId.T4A,
        (c.LAPSED, c.NEURO_PRESENT, c.SIGNS_ALL_OLD),
        Outcome.CHOICE,
        "Treatment has lapsed with nerve signs, all older than the last dose: alternate days again",
        under_way.reload,
        ("S7", "S64", "S68"),
    ),
    Rule(
        RuleId.T4A,
        (c.LAPSED, c.NEURO_PRESENT),
        Outcome.REGIMEN,
        "Treatment has lapsed and nerve signs are recorded: injections on alternate days again",
        under_way.reload,
        ("S7", "S64", "S68"),
    ),
    Rule(
        RuleId.T4,
        (c.LAPSED, c.MAY_NEED_RELOADING),
        Outcome.CHOICE,
        "Treatment has lapsed: give a dose now and resume, or reload if symptoms are back",
        under_way.resume_or_reload,
        ("S16", "S84"),
    ),
    Rule(
        RuleId.T4,
        (c.LAPSED,),
        Outcome.REGIMEN,
        "Treatment has lapsed: give a dose now and resume maintenance",
        under_way.resume_or_reload,
        ("S16", "S84"),
    ),
    Rule(
        RuleId.T5B,
        (c.ON_ORAL, c.NEURO_NOT_PRESENT, c.ORAL_FOR_3_MONTHS, c.NOT_WORKING),
        Outcome.REGIMEN,
        "Oral treatment has not worked after 3 months: check adherence and change to injections",
        under_way.injections_for_tablets_that_fail,
        ("S62", "S92", "X3"),
    ),
    Rule(
        RuleId.T5,
        (c.ON_ORAL, c.ESTABLISHED_MALABSORPTION),
        Outcome.CONTINUE,
        "Evidence does not show that oral treatment safely replaces injections in established "
        "malabsorption",
        under_way.oral_in_malabsorption,
        ("S48", "S49"),
    ),
    Rule(
        RuleId.T8,
        (c.ON_MAINTENANCE, c.RENEWAL_DUE),
        Outcome.CONTINUE,
        "The order for maintenance injections ends and none follows: renew it",
        under_way.renew,
        ("S16", "S84", "S85"),
    ),
    Rule(
        RuleId.T6,
        (c.TREATED,),
        Outcome.CONTINUE,
        "Continue vitamin B12 treatment; a normal level is no reason to stop",
        under_way.carry_on,
        ("S13", "S16", "S84", "S85"),
    ),
    # treatment that may be under way
    Rule(
        RuleId.T7,
        (c.MAY_BE_TREATED, c.NEURO_NOT_PRESENT),
        Outcome.ASK,
        "Vitamin B12 may be under way: ask whether it is given",
        ask_whether_given,
        ("S16", "S84", "S86"),
    ),
    # untreated, neurological involvement present or unconfirmed
    Rule(
        RuleId.N1,
        (c.UNTREATED, c.NEURO_PRESENT, c.DEFICIENT),
        Outcome.REGIMEN,
        "Neurological vitamin B12 deficiency: injections on alternate days until no further "
        "improvement, then for life",
        o.neurological_loading,
        ("S2", "S3", "S4", "S7", "S8", "S9", "S64", "S65", "S66", "S67", "S68", "S69"),
    ),
    Rule(
        RuleId.N2,
        (c.UNTREATED, c.NEURO_PRESENT, c.OPEN),
        Outcome.TEST,
        "Neurological signs with open vitamin B12 status: take samples, and start injections "
        "without waiting",
        o.loading_while_testing,
        ("S7", "S69", "X6"),
    ),
    Rule(
        RuleId.N3,
        (c.UNTREATED, c.NEURO_PRESENT, c.UNLIKELY),
        Outcome.CANNOT,
        "Vitamin B12 deficiency is unlikely to explain the neurological signs: look for other "
        "causes",
        open_rows.look_for_other_causes,
        ("S86", "S88"),
    ),
    Rule(
        RuleId.U1,
        (c.UNTREATED, c.NEURO_UNCONFIRMED, c.DEFICIENT),
        Outcome.CHOICE,
        "Vitamin B12 deficiency: the treatment depends on whether "
        "neurological symptoms are present",
        choice_by_symptoms,
        ("S3", "S7", "S10", "S52", "S64", "S68"),
    ),
    # untreated, neurological involvement explicitly absent: most malabsorptive cause first
    Rule(
        RuleId.M1,
        (*_NON_NEURO, c.ILEAL_DISEASE_OVER_LIMIT),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency with extensive ileal disease or resection: loading injections, "
        "then monthly for life",
        o.injected_loading,
        ("S10", "S20", "S22", "S71", "S73"),
    ),
    Rule(
        RuleId.M2,
        (*_NON_NEURO, c.MALABSORPTION),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency with malabsorption: loading injections, then maintenance "
        "injections for life",
        o.injected_loading,
        ("S2", "S10", "S12", "S48", "S49", "S85"),
    ),
    Rule(
        RuleId.M3,
        (*_NON_NEURO, c.BARIATRIC),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency after bariatric surgery: loading injections, then maintenance",
        o.bariatric_loading,
        ("S10", "S17", "S18"),
    ),
    Rule(
        RuleId.M4,
        (*_NON_NEURO, c.ILEAL_DISEASE),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency with ileal disease: loading injections, then maintenance; extent "
        "or length is needed",
        o.ileal_loading,
        ("S10", "S12", "S21"),
    ),
    Rule(
        RuleId.M5,
        (*_NON_NEURO, c.INJECTIONS_FIRST),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency: loading injections, then maintenance injections",
        o.injections_first,
        ("S5", "S10", "S12", "S47", "S50"),
    ),
    Rule(
        RuleId.M6,
        (*_NON_NEURO, c.CAN_TAKE_BY_MOUTH),
        Outcome.REGIMEN,
        "Vitamin B12 deficiency without neurological involvement: oral cyanocobalamin daily",
        o.oral_treatment,
        ("S52", "S55", "S56", "S57"),
    ),
    Rule(
        RuleId.M7,
        (*_NON_NEURO, c.KIDNEYS_UNKNOWN),
        Outcome.CHOICE,
        "Vitamin B12 deficiency: check kidney function before oral treatment, or start injections",
        o.kidneys_first_or_injections,
        ("S25", "S74"),
    ),
    Rule(
        RuleId.M8,
        _NON_NEURO,
        Outcome.REGIMEN,
        "Vitamin B12 deficiency, oral treatment not suitable: loading injections, then maintenance "
        "injections",
        o.injected_loading,
        ("S27", "S62", "S63", "S74"),
    ),
    # deficiency not shown
    Rule(
        RuleId.B1,
        (c.UNTREATED, c.NEURO_NOT_PRESENT, c.UNRESOLVED),
        Outcome.TEST,
        "The level of vitamin B12 leaves it open: a further test decides before any treatment",
        open_rows.resolve_borderline,
        ("S38", "S87", "S88"),
    ),
    Rule(
        RuleId.P1,
        (*_PROPHYLAXIS, c.ILEAL_OVER_LIMIT),
        Outcome.PROPHYLAXIS,
        "More than 20 cm of ileum resected: monthly hydroxocobalamin for life as prophylaxis",
        open_rows.ileal_prophylaxis,
        ("S20", "S71", "S73"),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.P2,
        (*_PROPHYLAXIS, c.CROHNS_OVER_LIMIT),
        Outcome.PROPHYLAXIS,
        "Extensive ileal Crohn's disease: monthly hydroxocobalamin as prophylaxis, vitamin B12 "
        "yearly",
        open_rows.ileal_prophylaxis,
        ("S21", "S22", "S72"),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.P3,
        (*_PROPHYLAXIS, c.ILEAL_DISEASE_TO_WATCH),
        Outcome.TEST,
        "Ileal disease of unknown or limited extent: vitamin B12 yearly; "
        "extent or length is needed",
        open_rows.watch_the_ileum,
        ("S21",),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.P4,
        (*_PROPHYLAXIS, c.BARIATRIC),
        Outcome.PROPHYLAXIS,
        "After bariatric surgery: prophylactic vitamin B12",
        open_rows.bariatric_prophylaxis,
        ("S17", "S18", "S70"),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.P5,
        (*_PROPHYLAXIS, c.TOTAL_GASTRECTOMY),
        Outcome.PROPHYLAXIS,
        "After total gastrectomy: decide on injections for life; vitamin B12 is tested once a year",
        open_rows.gastrectomy_prophylaxis,
        ("S13", "S85", "X8"),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.P6,
        (*_PROPHYLAXIS, c.OPERATION_TO_ASK_ABOUT),
        Outcome.TEST,
        "Which operation was done? Vitamin B12 once a year",
        open_rows.ask_about_the_operation,
        ("S70", "S85", "X8", "X15"),
        beside=_BESIDE,
    ),
    Rule(
        RuleId.E1,
        (c.UNTREATED, c.UNLIKELY),
        Outcome.NO_TREATMENT,
        "Vitamin B12 deficiency is unlikely: no treatment indicated",
        open_rows.consider_mma,
        ("S38", "S86"),
    ),
    Rule(
        RuleId.E3,
        (c.UNTREATED, c.LOW_ONCE),
        Outcome.TEST,
        "A vitamin B12 that is old or cannot be used may have been low: repeat it now",
        open_rows.repeat_the_low_result,
        ("S52", "S86", "S87"),
    ),
    Rule(
        RuleId.E2,
        (),
        Outcome.CANNOT,
        "Vitamin B12 status is not known: test before choosing treatment",
        open_rows.ask_for_a_test,
        ("S52",),
    ),
)
"""Decisions 2.4, row by row. T4 stands twice: as a choice where loading may be needed again, else
as a regimen.
"""


def recommend(scenario: ClinicalScenario, policy: Policy) -> Recommendation:
    """Return what the guidance says of this scenario under the site's policy; total, never
    raises.
    """
    return decide(assess(scenario, policy), policy)


NOTHING_GIVEN = Treatment(TreatmentPhase.NONE)

MOST_REMEMBERED = 512
"""Sets of discrete facts of which the advice is remembered."""


def discrete_facts(assessment: Assessment) -> Assessment | None:
    """Return the facts without evidence and words, where nothing was given or ordered yet: all that
    is left are truths and members of closed enumerations. `None` for any other treatment so far,
    which holds days, doses and keys.
    """
    treatment = changed(assessment.treatment, reason="")
    if treatment != NOTHING_GIVEN:
        return None
    return changed(assessment, facts=(), treatment=NOTHING_GIVEN)


def decide(assessment: Assessment, policy: Policy) -> Recommendation:
    """Return what the guidance says of these derived facts.

    What follows from discrete facts alone is worked out once for each policy.
    """
    discrete = discrete_facts(assessment)
    if discrete is None:
        return _decide(assessment, policy)
    return changed(_decide_discrete(discrete, policy), assessment=assessment)


@functools.lru_cache(MOST_REMEMBERED)
def _decide_discrete(discrete: Assessment, policy: Policy) -> Recommendation:
    return _decide(discrete, policy)


def _decide(assessment: Assessment, policy: Policy) -> Recommendation:
    primary = primary_rule(assessment, policy)
    beside = _rules_beside(primary, assessment, policy)
    offer = _offer(primary, beside, assessment, policy)
    kept, reason = _options_to_draft(offer, assessment)
    selection = select_products(kept, assessment, policy)
    advises = primary.id not in (RuleId.DECEASED, RuleId.G1)
    cited = (cited for rule in (primary, *beside) for cited in rule.citations)
    return Recommendation(
        rule=primary.id,
        outcome=primary.outcome,
        summary=primary.summary,
        options=selection.options,
        assessment=assessment,
        citations=_distinct((*cited, *selection.citations)),
        also=offer.rows,
        acceptable=offer.acceptable,
        follow_ups=offer.follow_ups,
        advice=_advice(primary.id, offer, selection, assessment) if advises else (),
        needs=offer.needs,
        not_drafted=" ".join(words for words in (reason, selection.why) if words),
        technique=technique(assessment),
        already_ordered=_is_ordered(selection.options, assessment),
        may_be_marked=_may_be_marked((primary.id, *offer.rows), assessment),
    )


def _advice(
    rule: str, offer: Offer, selection: Selection, assessment: Assessment
) -> tuple[Advice, ...]:
    """All that is said beside a rule; what is itself the rule's advice is not said twice."""
    return (
        *offer.advice,
        *neurological_advice(assessment),
        *advise(
            assessment,
            injecting=_injects(selection.options),
            by_mouth=_may_start_by_mouth(rule, offer, selection),
        ),
        *(one for one in unavailable_record_advice(assessment) if one.id != rule),
    )


def _is_ordered(options: tuple[Option, ...], assessment: Assessment) -> bool:
    """Whether active orders without a dose yet are all that an option would draft (Q55)."""
    ordered = assessment.treatment.ordered
    return any(
        option.regimen is not None
        and all(
            any(is_same_line(phase.line, line) for line in ordered)
            for phase in option.regimen.phases
        )
        for option in options
    )


def _may_be_marked(rows: tuple[RuleId, ...], assessment: Assessment) -> bool:
    """Whether an option may be shown as recommended: not before a test after gastrectomy (P5),
    while a level leaves deficiency open (B1) or it is asked which operation it was (P6), nor while
    allergies or medicines are not known (Q28, Q58).
    """
    untested = RuleId.P5 in rows and assessment.deficiency is not Deficiency.UNLIKELY
    untested = untested or rows[0] is RuleId.B1 or {RuleId.P4, RuleId.P6} <= set(rows)
    doubtful = (
        assessment.allergies_unavailable
        or assessment.allergy_unclear
        or bool(assessment.past_reactions)
        or assessment.medications_unreadable
    )
    return not untested and not doubtful


def trace_rows(found: Recommendation, policy: Policy) -> tuple[RowTrace, ...]:
    """Say of every row of the table whether it fired for this recommendation, and why; rows after
    the first that holds are not reached.
    """
    primary = primary_rule(found.assessment, policy)
    fired = (primary, *_rules_beside(primary, found.assessment, policy))
    rows, reached = [], False
    for rule in RULES:
        passed_over = reached and rule not in fired
        why = (
            f"not reached: {primary.id} holds"
            if passed_over
            else rule.explain(found.assessment, policy)
        )
        rows.append(RowTrace(rule.id, rule in fired, why))
        reached = reached or rule is primary
    return tuple(rows)


def primary_rule(assessment: Assessment, policy: Policy) -> Rule:
    """Return the first row that holds; E2 always does."""
    return next(rule for rule in RULES if rule.holds(assessment, policy))


_ACCUMULATING = tuple(rule for rule in RULES if rule.beside)


def _rules_beside(primary: Rule, assessment: Assessment, policy: Policy) -> tuple[Rule, ...]:
    accumulating = (
        rule for rule in _ACCUMULATING if primary.id in rule.beside and rule is not primary
    )
    return tuple(rule for rule in accumulating if rule.holds(assessment, policy))


def _offer(
    primary: Rule, beside: tuple[Rule, ...], assessment: Assessment, policy: Policy
) -> Offer:
    """Return what the primary row and those beside it offer together."""
    offer = primary.offer(assessment, policy)
    for rule in beside:
        offer = _joined(offer, rule.offer(assessment, policy))
    return replace(offer, rows=(*offer.rows, *(rule.id for rule in beside))) if beside else offer


def _joined(offer: Offer, further: Offer) -> Offer:
    """The first row that proposes a regimen keeps it; tests, advice and needs add up."""
    return Offer(
        options=offer.options or further.options,
        acceptable=_distinct((*offer.acceptable, *further.acceptable)),
        follow_ups=distinct_follow_ups((*offer.follow_ups, *further.follow_ups)),
        advice=(*offer.advice, *further.advice),
        needs=_distinct((*offer.needs, *further.needs)),
    )


def _options_to_draft(offer: Offer, assessment: Assessment) -> tuple[tuple[Option, ...], str]:
    """Leave out regimens in pregnancy where deficiency is neither shown nor treated nor
    neurological (K10).
    """
    shown = assessment.is_deficient or assessment.neurological.is_true or not assessment.untreated
    if not assessment.pregnant.is_true or shown or not offer.options:
        return offer.options, ""
    return (), "In pregnancy nothing is drafted before deficiency is shown: the prescriber decides."


def _regimens(options: tuple[Option, ...]) -> tuple[Regimen, ...]:
    return tuple(option.regimen for option in options if option.regimen)


def _injects(options: tuple[Option, ...]) -> bool:
    lines = [phase.line for regimen in _regimens(options) for phase in regimen.phases]
    return any(line.route is not None and line.route.is_parenteral for line in lines)


def _may_start_by_mouth(rule: str, offer: Offer, selection: Selection) -> bool:
    """Whether tablets from the start are offered, or are as right where the site puts injections
    first (K6: where the conditions of M6 hold).
    """
    regimens = _regimens(selection.options)
    regimens += offer.acceptable if rule == RuleId.M5 else ()
    return any(
        all(phase.line.route is Route.ORAL for phase in regimen.phases) for regimen in regimens
    )


def _distinct(items: tuple[Item, ...]) -> tuple[Item, ...]:
    return tuple(dict.fromkeys(items))
