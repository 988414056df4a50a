"""What the guidance says of one scenario: the answer type of `treatment.recommend`."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from recommender.assessment import Assessment
from recommender.deficiency import Deficiency
from recommender.guidance import RuleGroup, RuleId
from recommender.language import Claims, FollowUp, Regimen
from recommender.precautions import Advice


class Outcome(enum.Enum):
    """The outcomes of decisions 2.4."""

    REGIMEN = "regimen"
    CHOICE = "choice"
    TEST = "test"
    PROPHYLAXIS = "prophylaxis"
    CONTINUE = "continue"
    INTENSIFY = "intensify"
    NO_TREATMENT = "no treatment"
    ASK = "ask whether it is given"
    CANNOT = "cannot advise"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing the clinician may pick.

    `claims` is what the prescriber states by taking it, empty for the only option. `regimen` is
    `None` for an option that is a test first. `replaces` is the key of the active order that the
    regimen takes over from (Q16), or empty.
    """

    claims: Claims
    regimen: Regimen | None
    follow_ups: tuple[FollowUp, ...] = ()
    replaces: str = ""


@dataclass(frozen=True, slots=True)
class RowTrace:
    """Why a row of the decision table fired or did not: for the receipt and the workbench."""

    rule: RuleId
    fired: bool
    why: str


@dataclass(frozen=True)
class Recommendation:
    """The outcome of the ordered decision table.

    `rule` is the one primary rule; `also` the rows that accumulate with it (P rows beside N3 or B1,
    ...). `options` hold what may be drafted: one for a regimen, two or more for a choice, none when
    nothing may be drafted. `acceptable` holds regimens that are not proposed but are never called
    wrong. `needs` says what is missing, in words. `not_drafted` says why a regimen of this rule
    cannot be drafted (PS3, PS4), empty when it can. `technique` is the injection technique text for
    this person. `already_ordered`: an active order is what would be drafted, and no dose of it is
    on record yet, so the rule is met (Q55). `may_be_marked`: one option may be shown as recommended
    (P5, Q28, Q58).
    """

    rule: RuleId
    outcome: Outcome
    summary: str
    options: tuple[Option, ...]
    assessment: Assessment
    citations: tuple[str, ...]
    also: tuple[RuleId, ...] = ()
    acceptable: tuple[Regimen, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    advice: tuple[Advice, ...] = ()
    needs: tuple[str, ...] = ()
    not_drafted: str = ""
    technique: tuple[str, ...] = ()
    already_ordered: bool = False
    may_be_marked: bool = True

    @property
    def group(self) -> RuleGroup:
        """What kind of row of the decision table it is."""
        return self.rule.group

    @property
    def indication(self) -> str:
        """What a drafted order is for, in words."""
        if self.outcome is Outcome.PROPHYLAXIS:
            return "Prevention of vitamin B12 deficiency"
        if self.assessment.deficiency in (Deficiency.CONFIRMED, Deficiency.DIAGNOSED):
            return "Vitamin B12 deficiency"
        return "Suspected vitamin B12 deficiency"
