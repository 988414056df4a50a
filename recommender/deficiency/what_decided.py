"""What the results and the diagnosis on record do for the claim that somebody is deficient."""

from __future__ import annotations

from collections.abc import Iterator

from recommender.deficiency.deficiency import mma_is_raised
from recommender.deficiency.grounds import Ground
from recommender.deficiency.levels import (
    B12Class,
    class_of_total,
    holotc_class,
    low_in_both_readings,
)
from recommender.deficiency.older_results import contradicting_result
from recommender.guidance import Policy
from recommender.language import (
    Choice,
    ClinicalScenario,
    Evidence,
    EvidenceRole,
    Truth,
)


class Source(Choice):
    """What speaks of deficiency."""

    LEVEL = "level"
    LEVEL_BEFORE = "level before"
    MMA = "methylmalonic acid"
    DIAGNOSIS = "diagnosis"


_RESTS_ON: dict[Ground, frozenset[Source]] = {
    Ground.ON_TREATMENT: frozenset(),
    Ground.LOW: frozenset({Source.LEVEL}),
    Ground.DIAGNOSIS: frozenset({Source.DIAGNOSIS}),
}
"""What decided, where that is not everything: treatment and a diagnosis count whatever the results
are, a low level whatever stands beside it (D1, D2).
"""

_EVERY_SOURCE = frozenset(Source)

Speaking = tuple[Source, Truth, tuple[Evidence, ...]]


def deficiency_evidence(
    scenario: ClinicalScenario, policy: Policy, ground: Ground, truth: Truth
) -> tuple[Evidence, ...]:
    """Return the entries of the record that the rows looked at, each with what it does for the
    claim: one that points the other way contradicts; another decides where the row rests on it,
    else it supports. A result that could not be used decides nothing and is not among them.

    Args:
        ground: of the row that holds.
        truth: of the claim that somebody is deficient; of an UNKNOWN one nothing decides.
    """
    return tuple(
        entry._replace(role=_role(source, points, ground, truth))
        for source, points, entries in _speaking(scenario, policy, ground)
        for entry in entries
    )


def _role(source: Source, points: Truth, ground: Ground, truth: Truth) -> EvidenceRole:
    if points is ~truth and not truth.is_unknown:
        return EvidenceRole.CONTRADICTS
    borderline = points.is_unknown and ground is Ground.LOW
    if source in _RESTS_ON.get(ground, _EVERY_SOURCE) and not borderline:
        return EvidenceRole.DECIDES
    return EvidenceRole.SUPPORTS


def _speaking(scenario: ClinicalScenario, policy: Policy, ground: Ground) -> Iterator[Speaking]:
    """Yield what each kind of entry says; UNKNOWN for a level that is neither low nor not low."""
    total, active, mma = scenario.total_b12, scenario.holotranscobalamin, scenario.mma
    if total.is_known:
        yield Source.LEVEL, _POINTS[class_of_total(total, policy)], total.evidence
    if active.is_known:
        yield Source.LEVEL, _POINTS[holotc_class(active)], active.evidence
    doubtful = low_in_both_readings(scenario, policy)
    if doubtful is not None:
        yield Source.LEVEL, Truth.TRUE, (doubtful.evidence,)
    if ground in (Ground.LOW_BEFORE, Ground.CONTRADICT):
        before = contradicting_result(scenario, policy)
        yield Source.LEVEL_BEFORE, Truth.TRUE, (before.evidence,) if before else ()
    if mma.is_known:
        yield Source.MMA, mma_is_raised(scenario, policy), mma.evidence
    diagnosis = scenario.deficiency_diagnosis
    yield Source.DIAGNOSIS, diagnosis.truth, diagnosis.evidence


_POINTS = dict.fromkeys(B12Class, Truth.UNKNOWN) | {
    B12Class.LOW: Truth.TRUE,
    B12Class.NOT_LOW: Truth.FALSE,
}
