"""People enumerated over the facts that decide most, to see what two policies or two versions
decide otherwise. Untreated people only; values stand at, below and above the usual limits.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from recommender.guidance import Policy
from recommender.language import (
    NO_RESULT,
    Cause,
    CauseFinding,
    ClinicalScenario,
    Evidence,
    Fact,
    Measurement,
    NeurologicalFinding,
    NeurologicalSign,
    Quantity,
    Truth,
    Unit,
    say_claims,
)
from recommender.treatment import Recommendation, recommend

AS_OF = dt.date(2026, 11, 26)
SEEN = dt.date(2026, 10, 1)
NOBODY = Evidence("enumerated")

B12 = ("", "90", "140", "147", "148", "149", "200", "219", "220", "221", "260", "350", "500")
EGFR = ("", "25", "30", "44", "45", "49", "50", "59", "60", "90")
SIGNS = ("present", "absent", "not asked")
CAUSES = ("", *(cause.name for cause in Cause))
SYMPTOMS = (Truth.TRUE, Truth.UNKNOWN)


class Person(NamedTuple):
    """One enumerated person, in words: total vitamin B12 in pmol/L and eGFR, empty for none."""

    b12: str
    egfr: str
    signs: str
    cause: str
    symptoms: Truth

    @property
    def words(self) -> str:
        return (
            f"B12 {self.b12 or 'none'}, eGFR {self.egfr or 'none'}, signs {self.signs}, cause "
            f"{self.cause or 'none'}, symptoms {self.symptoms.name}"
        )


def each_person() -> Iterator[Person]:
    """Yield every combination, always in the same order."""
    for values in itertools.product(B12, EGFR, SIGNS, CAUSES, SYMPTOMS):
        yield Person(*values)


def scenario_of(person: Person) -> ClinicalScenario:
    """Return an adult with these facts, of whom the whole record came."""
    screen = {
        "absent": Fact(Truth.FALSE, "answered"),
        "present": Fact(Truth.UNKNOWN, "none recorded"),
    }
    sign = NeurologicalFinding(next(iter(NeurologicalSign)), True, NOBODY)
    return ClinicalScenario(
        as_of=AS_OF,
        age=_measured("58", Unit.YEARS),
        total_b12=_measured(person.b12, Unit.PMOL_PER_L),
        egfr=_measured(person.egfr, Unit.EGFR),
        neurological_findings=(sign,) if person.signs == "present" else (),
        neurological_screen=screen.get(person.signs, Fact(Truth.UNKNOWN, "none recorded")),
        symptoms=Fact(person.symptoms, "enumerated"),
        causes=(CauseFinding(Cause[person.cause], NOBODY),) if person.cause else (),
    )


def _measured(value: str, unit: Unit) -> Measurement:
    return Measurement(Quantity(Decimal(value), unit), SEEN) if value else NO_RESULT


def decide_all(policy: Policy) -> Iterator[tuple[Person, str]]:
    """Yield what is decided for each person: rule, outcome and what may be drafted, in words."""
    for person in each_person():
        yield person, in_words(recommend(scenario_of(person), policy))


def in_words(recommendation: Recommendation) -> str:
    """Return what a recommendation comes to, in words that are equal for equal ones."""
    options = (
        f"{say_claims(option.claims) or 'only'}: {option.regimen}"
        for option in recommendation.options
    )
    return f"{recommendation.rule} {recommendation.outcome.value} [{' | '.join(options)}]"
