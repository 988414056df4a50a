"""What would change the advice: one derived fact varied at a time, those not known first."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from recommender.assessment import Assessment
from recommender.deficiency import Deficiency, Permanence
from recommender.guidance import Policy
from recommender.language import Cause, Truth, changed, describe_regimen, say_claims
from recommender.treatment.offers import without_neurological_symptoms
from recommender.treatment.recommendation import Recommendation
from recommender.treatment.table import (
    MOST_REMEMBERED,
    decide,
    discrete_facts,
    primary_rule,
)
from recommender.treatment_so_far import TreatmentPhase


@dataclass(frozen=True, slots=True)
class Variation:
    """One fact set to another value. `applies` is false where it makes no sense; `open` is true
    where the fact is not known now.
    """

    words: str
    vary: Callable[[Assessment], Assessment]
    open: Callable[[Assessment], bool]
    applies: Callable[[Assessment], bool] = lambda _: True


def with_nerve_signs(a: Assessment) -> Assessment:
    """Return the facts as they would be if nerve signs were recorded now."""
    return changed(
        a,
        neurological=Truth.TRUE,
        neurological_ever=Truth.TRUE,
        neurological_new=Truth.TRUE,
        neurological_recent=True,
        deficiency=a.deficiency_with_signs or a.deficiency,
    )


def _with_cause(cause: Cause) -> Callable[[Assessment], Assessment]:
    established = Truth.FALSE if cause is Cause.BARIATRIC else Truth.TRUE
    is_deficiency = cause is Cause.PERNICIOUS_ANAEMIA  # the diagnosis is one of it (F8)

    def vary(a: Assessment) -> Assessment:
        open_still = a.untreated and a.deficiency is not Deficiency.PROBABLE
        over_limit = Truth.TRUE if cause is Cause.ILEAL_RESECTION else a.ileal_resection_over_limit
        return changed(
            a,
            causes=a.causes | {cause},
            permanence=Permanence.PERMANENT,
            established_malabsorption=a.established_malabsorption | established,
            ileal_resection_over_limit=over_limit,
            deficiency=Deficiency.CONFIRMED if is_deficiency and open_still else a.deficiency,
        )

    return vary


def _cause_open(a: Assessment) -> bool:
    return not a.causes


def _pregnancy_possible(a: Assessment) -> bool:
    return a.pregnancy_possible


def _untreated(a: Assessment) -> bool:
    return a.untreated


def _on_maintenance(a: Assessment) -> bool:
    return a.treatment.phase is TreatmentPhase.MAINTENANCE


VARIATIONS: tuple[Variation, ...] = (
    Variation(
        "neurological symptoms were present",
        with_nerve_signs,
        lambda a: a.neurological.is_unknown,
    ),
    Variation(
        "neurological symptoms were explicitly absent",
        without_neurological_symptoms,
        lambda a: a.neurological.is_unknown,
    ),
    Variation(
        "deficiency were confirmed",
        lambda a: changed(a, deficiency=Deficiency.CONFIRMED),
        lambda a: a.deficiency in (Deficiency.UNKNOWN, Deficiency.UNRESOLVED),
        _untreated,
    ),
    Variation(
        "deficiency were unlikely by a usable test",
        lambda a: changed(a, deficiency=Deficiency.UNLIKELY),
        lambda a: a.deficiency in (Deficiency.UNKNOWN, Deficiency.UNRESOLVED),
        _untreated,
    ),
    Variation(
        "kidney function were sufficient",
        lambda a: changed(
            a, renal=Truth.FALSE, deficiency=a.deficiency_with_kidneys or a.deficiency
        ),
        lambda a: a.renal.is_unknown,
    ),
    Variation(
        "kidney function were reduced",
        lambda a: changed(a, renal=Truth.TRUE),
        lambda a: a.renal.is_unknown,
    ),
    Variation(
        "pernicious anaemia were the cause", _with_cause(Cause.PERNICIOUS_ANAEMIA), _cause_open
    ),
    Variation(
        "more than 20 cm of ileum had been resected",
        _with_cause(Cause.ILEAL_RESECTION),
        _cause_open,
    ),
    Variation(
        "bariatric surgery had been done", _with_cause(Cause.BARIATRIC), _cause_open, _untreated
    ),
    Variation(
        "symptoms had returned",
        lambda a: changed(a, recurrence=Truth.TRUE),
        lambda a: a.recurrence.is_unknown,
        _on_maintenance,
    ),
    Variation(
        "the person were pregnant",
        lambda a: changed(a, pregnant=Truth.TRUE),
        _pregnancy_possible,
        _pregnancy_possible,
    ),
)


def nearest_changes(now: Recommendation, policy: Policy) -> Iterator[str]:
    """Yield which single facts would change this advice and into what, facts not known first;
    nothing when none would. What follows from discrete facts alone is worked out once for each
    policy.
    """
    discrete = discrete_facts(now.assessment)
    if discrete is None:
        yield from _changes(now, policy)
    else:
        yield from _changes_of_discrete(discrete, policy)


@functools.lru_cache(MOST_REMEMBERED)
def _changes_of_discrete(discrete: Assessment, policy: Policy) -> tuple[str, ...]:
    return tuple(_changes(decide(discrete, policy), policy))


def _changes(now: Recommendation, policy: Policy) -> Iterator[str]:
    assessment = now.assessment
    for variation in sorted(VARIATIONS, key=lambda variation: not variation.open(assessment)):
        if not variation.applies(assessment):
            continue
        difference = _difference(now, variation.vary(assessment), policy)
        if difference:
            yield f"if {variation.words}: {difference}"


def _difference(now: Recommendation, varied: Assessment, policy: Policy) -> str:
    """Say what is other then: the rule and its summary, or the first option that is not offered
    now; empty when all is the same.
    """
    rule = primary_rule(varied, policy)
    if rule.id != now.rule:
        return f"{rule.id}, {rule.summary}"
    then = decide(varied, policy)
    offered = [option.regimen for option in now.options]
    fresh = next((option for option in then.options if option.regimen not in offered), None)
    if fresh is not None and fresh.regimen is not None:
        words = describe_regimen(fresh.regimen)
        return (
            f"{then.rule}, {say_claims(fresh.claims)}: {words}"
            if fresh.claims
            else f"{then.rule}, {words}"
        )
    return (
        ""
        if len(then.options) >= len(now.options)
        else f"{then.rule}, fewer options: {then.not_drafted or then.summary}"
    )
