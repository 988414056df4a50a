"""Neurological involvement: what the record says of it (F10, F11; Q1, Q3, Q4; C6, C29).

"Not recorded" is never "absent": it is FALSE only by an explicit negative, and never when diagnoses
came incompletely.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from recommender.guidance import Policy, look_back
from recommender.language import (
    Because,
    ClinicalScenario,
    Evidence,
    HintAt,
    NeurologicalFinding,
    NeurologicalSign,
    RecordArea,
    RefutedSign,
    Truth,
    truth_of,
)
from recommender.treatment_so_far import Treatment, TreatmentPhase

EXTENDED_SIGNS = frozenset(
    {NeurologicalSign.ATAXIA, NeurologicalSign.MYELOPATHY, NeurologicalSign.OPTIC_NEUROPATHY}
)
"""Signs that count by C29 though the sources do not list them."""

URGENT_SIGNS = (
    NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
    NeurologicalSign.MYELOPATHY,
    NeurologicalSign.OPTIC_NEUROPATHY,
)
"""Signs of the cord or the optic nerve: same-day route (K15); the one that presses most first."""

PRESSING_DAYS = 90
"""Days for which a sign of the cord or optic nerve presses though treatment is in time (K15)."""

SIGNS_TO_REFUTE = frozenset(
    {
        NeurologicalSign.PERIPHERAL_NEUROPATHY,
        NeurologicalSign.PARAESTHESIA,
        NeurologicalSign.GAIT_DISTURBANCE,
        NeurologicalSign.COGNITIVE_IMPAIRMENT,
    }
)
"""Only all of these refuted together say that there is no involvement (Q1); glossitis too where it
counts.
"""


@dataclass(frozen=True, slots=True)
class Neurology:
    """What the record says of neurological involvement: now, ever, new since treatment began, and
    what kind.
    """

    involved: Truth
    ever: Truth
    new: Truth
    unreadable: bool
    glossitis_only: bool
    urgent: bool
    attribution_uncertain: bool
    reason: str
    evidence: tuple[Evidence, ...]
    dates: tuple[dt.date | None, ...] = ()
    because: Because | None = None

    def seen_within(self, as_of: dt.date, days: int) -> bool:
        """Return whether a sign that counts was recorded so recently; one without a date may have
        been.
        """
        return any(date is None or (as_of - date).days <= days for date in self.dates)

    def all_between(self, after: dt.date, until: dt.date) -> bool:
        """Return whether every sign that counts is known to have begun after one day and by
        another.
        """
        known = [date for date in self.dates if date is not None]
        dated = bool(known) and len(known) == len(self.dates)
        return dated and all(after < date <= until for date in known)

    def all_before(self, day: dt.date) -> bool:
        """Return whether every sign that counts is known to be older than that day."""
        return bool(self.dates) and all(date is not None and date < day for date in self.dates)


def presses(neurology: Neurology, treatment: Treatment, as_of: dt.date) -> bool:
    """Return whether signs of the cord or optic nerve call for the same-day route (K15, Q83): new,
    of the last 90 days, or without treatment in time.
    """
    in_time = treatment.phase in (
        TreatmentPhase.LOADING,
        TreatmentPhase.MAINTENANCE,
        TreatmentPhase.ORAL,
    )
    return neurology.new.is_true or neurology.seen_within(as_of, PRESSING_DAYS) or not in_time


def answered(treatment: Treatment, dates: Iterable[dt.date | None], as_of: dt.date) -> bool:
    """Return whether injections were ordered more often since every one of these signs was
    recorded, not longer ago than a sign is new: what was accepted falls silent, and a sign is new
    again when it is recorded again (Q3, Q55).
    """
    increased = treatment.increased_on
    return (
        increased is not None
        and (as_of - increased).days <= look_back.NEW_SIGN_DAYS
        and all(date is not None and date <= increased for date in dates)
    )


def read_neurology(
    scenario: ClinicalScenario, policy: Policy, *, deficient_on_other_grounds: bool
) -> Neurology:
    """Return neurological involvement under the site's policy.

    Signs whose code names another cause count only when deficiency stands on other grounds (Q4);
    else they leave it UNKNOWN.
    """
    counted = counted_signs(policy)
    recorded = [found for found in scenario.neurological_findings if found.sign in counted]
    present = [found for found in recorded if found.current]
    own = [found for found in present if not found.other_cause]
    others = [found for found in present if found.other_cause]
    counting = own + others if deficient_on_other_grounds else own
    complete = RecordArea.CONDITIONS not in scenario.unavailable | scenario.incomplete
    involved = _involved(scenario, counted, bool(counting), bool(others), complete)
    signs = {found.sign for found in counting}
    return Neurology(
        involved=involved,
        ever=_ever(involved, recorded),
        new=_new(involved, counting),
        unreadable=involved.is_unknown and not complete,
        glossitis_only=signs == {NeurologicalSign.GLOSSITIS}
        and not scenario.neurological_screen.is_true,
        urgent=not signs.isdisjoint(URGENT_SIGNS),
        attribution_uncertain=bool(counting)
        and not own
        and not scenario.neurological_screen.is_true,
        reason=_reason(scenario, involved, bool(others), complete),
        evidence=_evidence(scenario, recorded, involved),
        dates=_dates(scenario, counting),
        because=_because(scenario, bool(others)) if involved.is_unknown else None,
    )


def _evidence(
    scenario: ClinicalScenario, recorded: list[NeurologicalFinding], involved: Truth
) -> tuple[Evidence, ...]:
    """The signs recorded, the screen, and what was refuted where that decides."""
    found: tuple[NeurologicalFinding | RefutedSign, ...] = tuple(recorded)
    if involved.is_false:
        found += scenario.refuted_signs
    return tuple(item.evidence for item in found) + scenario.neurological_screen.evidence


def _dates(
    scenario: ClinicalScenario, counting: list[NeurologicalFinding]
) -> tuple[dt.date | None, ...]:
    """The dates of the signs that count, and of a positive screen."""
    screen = scenario.neurological_screen
    screened = [entry.date for entry in screen.evidence] or [None]
    return tuple(found.evidence.date for found in counting) + (
        tuple(screened) if screen.is_true else ()
    )


def counted_signs(policy: Policy) -> frozenset[NeurologicalSign]:
    """Return the signs that count as neurological involvement at this site (S67, C6, C29)."""
    left_out = frozenset() if policy.neuro_extended else EXTENDED_SIGNS
    if not policy.glossitis_counts_as_neuro:
        left_out |= {NeurologicalSign.GLOSSITIS}
    return EVERY_SIGN - left_out


EVERY_SIGN = frozenset(NeurologicalSign)


def _involved(
    scenario: ClinicalScenario,
    counted: frozenset[NeurologicalSign],
    counting: bool,
    others: bool,
    complete: bool,
) -> Truth:
    if counting or scenario.neurological_screen.is_true:
        return Truth.TRUE
    if others or not complete:
        return Truth.UNKNOWN
    refuted = {found.sign for found in scenario.refuted_signs}
    all_refuted = SIGNS_TO_REFUTE | (counted & {NeurologicalSign.GLOSSITIS}) <= refuted
    return Truth.FALSE if scenario.neurological_screen.is_false or all_refuted else Truth.UNKNOWN


def _ever(involved: Truth, recorded: list[NeurologicalFinding]) -> Truth:
    return involved | truth_of(any(not found.other_cause for found in recorded))


def _new(involved: Truth, counting: list[NeurologicalFinding]) -> Truth:
    """New or recurrent since treatment began (Q3); a residual, older sign is not.

    Without any recorded sign it is a positive screen that says so: new as far as anyone knows.
    """
    if not involved.is_true:
        return involved
    return truth_of(not counting or any(found.is_new for found in counting))


def _because(scenario: ClinicalScenario, others: bool) -> Because:
    """Return as a code why involvement is not known."""
    if RecordArea.CONDITIONS in scenario.unavailable:
        return Because.COULD_NOT_BE_READ
    if RecordArea.CONDITIONS in scenario.incomplete:
        return Because.LIST_NOT_COMPLETE
    if others:
        return Because.NOT_CERTAIN
    if scenario.hints_at(HintAt.NEUROLOGY):
        return Because.HINT
    gaps = scenario.list_of(RecordArea.CONDITIONS).not_understood
    return Because.NOT_UNDERSTOOD if gaps else Because.NONE_RECORDED


def _reason(scenario: ClinicalScenario, involved: Truth, others: bool, complete: bool) -> str:
    if not involved.is_unknown:
        return ""
    if not complete:
        how = "not available" if RecordArea.CONDITIONS in scenario.unavailable else "incomplete"
        return f"{RecordArea.CONDITIONS.value} {how}"
    return "other cause recorded" if others else scenario.neurological_reason
