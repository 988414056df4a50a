"""The results of a record: which analyte each is of, and what it reads as when somebody asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import Any

from fhir_mappings.intake import RecordIndex, cite
from fhir_mappings.laboratory.names import COUNTED_ROLES
from fhir_mappings.laboratory.observed import Observed, why_not_used
from fhir_mappings.laboratory.report_context import is_flagged_low
from fhir_mappings.terminology import Concept, Match, Role
from fhir_mappings.values import Analyte, Reading, read_result
from recommender.language import Evidence, NotCounted, Quantity, Test, Unit

ANALYTES: dict[Concept, Analyte] = {
    Concept.SERUM_B12: Analyte.TOTAL_B12,
    Concept.ACTIVE_B12_HOLOTC: Analyte.HOLOTRANSCOBALAMIN,
    Concept.MMA_SERUM_PLASMA: Analyte.MMA,
    Concept.HOMOCYSTEINE: Analyte.HOMOCYSTEINE,
    Concept.FOLATE_SERUM: Analyte.FOLATE,
    Concept.HAEMOGLOBIN: Analyte.HAEMOGLOBIN,
    Concept.MCV: Analyte.MCV,
    Concept.PLATELETS: Analyte.PLATELETS,
    Concept.CREATININE: Analyte.CREATININE,
    Concept.EGFR: Analyte.EGFR,
    Concept.EGFR_NON_BLACK: Analyte.EGFR,
    Concept.EGFR_BLACK: Analyte.EGFR,
    Concept.POTASSIUM: Analyte.POTASSIUM,
    Concept.INR: Analyte.INR,
}
"""What each concept measures. Urine, red cell and whole blood concepts are not among them: they are
other tests.
"""

HIGH_IS_WORSE = frozenset({Analyte.MMA, Analyte.HOMOCYSTEINE, Analyte.CREATININE, Analyte.INR})
"""Of two results of one moment the more worrying one counts: the higher of these, the lower of all
others.
"""

B12_TESTS: dict[Analyte, Test] = {
    Analyte.TOTAL_B12: Test.SERUM_B12,
    Analyte.HOLOTRANSCOBALAMIN: Test.HOLOTRANSCOBALAMIN,
}


@dataclass(frozen=True)
class Result:
    """One result of one analyte; its value is read only when somebody asks for it."""

    observed: Observed
    match: Match
    analyte: Analyte
    property_kind: str
    read_before: dict[Any, Any] | None = None
    """What values read as that were read before, where that may outlast the record."""

    @cached_property
    def reading(self) -> Reading:
        """The value as read; of a result that is changed by what is not read it is no more than
        what it may be.
        """
        written = self._as_written
        if not self.observed.is_changed or written.is_absent:
            return written
        may_be = (written.quantity,) if written.quantity else written.readings
        reported = written.reported
        why = self.observed.not_counted
        said = CHANGED if why is NotCounted.CHANGED else NotCounted.SAID_MISTAKEN.value
        return Reading(None, reported, said, why=why, readings=may_be)

    @cached_property
    def _as_written(self) -> Reading:
        body, unit = self.observed.body, self.match.member.unit
        if self.read_before is None or not _is_quantity_alone(tuple(body)):
            return read_result(body, self.analyte, self.property_kind, unit)
        written = (self.analyte, self.property_kind, unit, repr(body[QUANTITY]))
        known: Reading | None = self.read_before.get(written)
        if known is None:
            known = read_result(body, self.analyte, self.property_kind, unit)
            self.read_before[written] = known
        return known

    @cached_property
    def evidence(self) -> Evidence:
        day, reported = self.observed.day, self.reading.reported
        if day is not None and self.observed.by_issue:
            reported = f"{reported}, issued {day} (sampling date not recorded)".removeprefix(", ")
        return cite(
            self.observed.placed,
            self.match,
            self.observed.code,
            day.earliest if day else None,  # so no result looks newer than it is
            reported,
            self.reading.converted,
        )

    @property
    def first_day(self) -> dt.date:
        """The first day it may be of."""
        return self.observed.day.earliest if self.observed.day else dt.date.min

    @property
    def name(self) -> str:
        return self.analyte.value

    @property
    def day(self) -> dt.date:
        """The last day it may be of; a result without a date sorts before all others."""
        return self.observed.day.latest if self.observed.day else dt.date.min

    @property
    def flagged_low(self) -> bool:
        """Whether its laboratory calls it low (Q60)."""
        return is_flagged_low(self.observed.body)

    @property
    def is_absent(self) -> bool:
        """Whether it says that there is no result."""
        return self.reading.is_absent

    @property
    def newness(self) -> tuple[dt.date, str, bool, Decimal, str]:
        """Sorts results from old to new; of one moment the usable one comes last, of two usable
        ones the more worrying one.
        """
        return (
            self.day,
            self.observed.moment,
            self.reading.quantity is not None,
            self.worry,
            self.observed.placed.reference,
        )

    @property
    def worry(self) -> Decimal:
        """Sorts usable results of one analyte, the most worrying last."""
        quantity = self.reading.quantity
        return Decimal(0) if quantity is None else self.worry_of(quantity)

    @property
    def may_be(self) -> Quantity | None:
        """Its value, or the most worrying one that an unusable result may have (Q35)."""
        return self.reading.quantity or max(self.reading.readings, key=self.worry_of, default=None)

    @property
    def has_several(self) -> bool:
        """Whether it may have one of several values: a range, two units."""
        return len(self.reading.readings) > 1

    def worry_of(self, quantity: Quantity) -> Decimal:
        """Sorts values of this analyte, the most worrying last; vitamin B12 is reported in two
        units (1.1), and this compares no value with a limit.
        """
        per_pmol = MASS_TO_MOLES if quantity.unit is Unit.PG_PER_ML else 1
        return quantity.value * (per_pmol if self.analyte in HIGH_IS_WORSE else -per_pmol)


CHANGED = "changed by what is not read"

QUANTITY = "valueQuantity"


@lru_cache(1024)
def _is_quantity_alone(elements: tuple[str, ...]) -> bool:
    """Return whether the value of a result with these elements is its quantity and nothing else."""
    values = [one for one in elements if one.startswith("value")]
    return values == [QUANTITY] and "dataAbsentReason" not in elements


MASS_TO_MOLES = Decimal("0.738")
"""pmol/L of vitamin B12 in one pg/mL (1.1)."""


Results = dict[Analyte, list[Result]]
"""The results of a record by what they measure, in no order."""


EVERY_ANALYTE = tuple(Analyte)


HEARD_BEHIND = frozenset(
    {
        Analyte.CREATININE,
        Analyte.EGFR,
        Analyte.HAEMOGLOBIN,
        Analyte.INR,
        Analyte.PLATELETS,
        Analyte.POTASSIUM,
    }
)
"""Of these an older result that alarms is heard behind a newer one that cannot be used (I30)."""


def read_results(
    index: RecordIndex, observed: Iterable[Observed], passed_over: Iterable[Observed]
) -> Results:
    """Return every result of a kind that we know, also old ones and unreadable ones.

    Args:
        passed_over: of these only what is changed by what is not read, and only where what alarms
            is heard behind it: it leaves nothing known of today.
    """
    results: Results = {analyte: [] for analyte in EVERY_ANALYTE}
    read_before = index.read_before if index.value_sets.remembers else None
    for item in observed:
        result = _read(index, item, read_before)
        if result:
            results[result.analyte].append(result)
    for item in passed_over:
        result = _read(index, item, read_before) if item.is_changed else None
        if result and result.analyte in HEARD_BEHIND:
            results[result.analyte].append(result)
    return results


def _read(index: RecordIndex, item: Observed, read_before: dict[Any, Any] | None) -> Result | None:
    """Return the result an Observation holds, if it is one of ours and its codes agree on that."""
    if len(item.matches) == 1:
        (match,) = item.matches
        if match.concept in ANALYTES and match.role in COUNTED_ROLES:
            analyte, kind = ANALYTES[match.concept], match.member.property
            return Result(item, match, analyte, kind, read_before)
    counted = [
        match for match in item.matches if match.concept in ANALYTES and match.role in COUNTED_ROLES
    ]
    against = [match for match in item.matches if match.role is Role.EXCLUDE]
    if not counted or against:
        for match in item.matches:
            why = (
                f"codes contradict each other: {match.source}"
                if counted
                else partial(why_not_used, match)
            )
            index.receipt.ignore(item.placed, why)
        return None
    match = counted[0]
    analyte = ANALYTES[match.concept]
    if any(ANALYTES[other.concept] is not analyte for other in counted):
        index.receipt.ignore(
            item.placed,
            f"codes contradict each other: {', '.join(other.source for other in counted)}",
        )
        return None
    properties = {other.member.property for other in counted}
    kind = properties.pop() if len(properties) == 1 else ""
    return Result(item, match, analyte, kind, read_before)
