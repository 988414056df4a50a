"""Who the patient is: age, recorded sex, and whether the person has died (F1)."""

from __future__ import annotations

import datetime as dt
import functools
from decimal import Decimal
from typing import NamedTuple

from fhir_mappings.fhir import DateSpan, Placed, as_text, read_date
from fhir_mappings.intake.record_index import RecordIndex
from recommender.language import (
    NONE_RECORDED,
    Because,
    Comparator,
    Evidence,
    Fact,
    Measurement,
    NotCounted,
    Quantity,
    Truth,
    Unit,
)


class Demographics(NamedTuple):
    """Facts of the Patient resource. `born` is the days the birth date may mean."""

    age: Measurement
    female: Fact
    deceased: Fact
    born: DateSpan | None = None


OLDEST = 120
"""Years of age above which a birth date is not usable (Q61)."""


def map_demographics(index: RecordIndex) -> Demographics:
    """Return the facts of the patient; all unknown when there is no Patient resource, and what
    several that came contradict each other in.
    """
    patients = index.of_type("Patient")
    if not patients:
        missing = index.not_recorded("patient")
        no_age = Measurement(reason=missing.reason, because=missing.because)
        return Demographics(no_age, missing, missing)
    for other in patients[1:]:
        index.receipt.set_aside(other, f"the patient is read from {patients[0].place}")
    index.receipt.unless_cited(patients[0], "neither birth date, sex nor death can be read from it")
    read = [_read(placed, index) for placed in patients]
    return functools.reduce(_unless_contradicted, read)


def _read(placed: Placed, index: RecordIndex) -> Demographics:
    born = read_date(placed.resource.get("birthDate"))
    age = _age(placed, born, index.as_of)
    return Demographics(age, _female(placed), _deceased(placed, index), born)


def _unless_contradicted(one: Demographics, other: Demographics) -> Demographics:
    """Return the facts of one Patient as far as another that came beside it allows: nobody knows
    which of the two is right.
    """
    if one.born and other.born and not _may_be_one_day(one.born, other.born):
        age = Measurement(reason=CONTRADICTED, because=NotCounted.NOT_READABLE)
        one = one._replace(age=age, born=None)
    unknown = Fact(Truth.UNKNOWN, CONTRADICTED, because=Because.COULD_NOT_BE_READ)
    if {one.female.truth, other.female.truth} == {Truth.TRUE, Truth.FALSE}:
        one = one._replace(female=unknown)
    if {one.deceased.truth, other.deceased.truth} == {Truth.TRUE, Truth.FALSE}:
        one = one._replace(deceased=unknown)
    return one


CONTRADICTED = "two Patients came that contradict each other"


def _may_be_one_day(one: DateSpan, other: DateSpan) -> bool:
    return one.earliest <= other.latest and other.earliest <= one.latest


def _age(placed: Placed, born: DateSpan | None, as_of: dt.date) -> Measurement:
    written = as_text(placed.resource.get("birthDate"))
    if born is not None and born.earliest > as_of:
        return Measurement(
            reason=f"birth date not usable: {written}, in the future",
            because=NotCounted.IMPLAUSIBLE,
        )
    if born is None:
        return Measurement(
            reason=f"birth date not readable: {written}" if written else "birth date missing",
            because=NotCounted.NOT_READABLE if written else Because.NONE_RECORDED,
        )
    youngest, oldest = (
        completed_years(min(born.latest, as_of), as_of),
        completed_years(born.earliest, as_of),
    )
    if youngest > OLDEST:
        return Measurement(
            reason=f"birth date not usable: {written}, over {OLDEST} years ago",
            because=NotCounted.IMPLAUSIBLE,
        )
    # Of a birth date without month or day only the lower age is certain.
    comparator = Comparator.EXACT if youngest == oldest else Comparator.AT_LEAST
    evidence = Evidence(placed.reference, "", "birth date", written)
    return Measurement(Quantity(Decimal(youngest), Unit.YEARS, comparator), as_of, "", (evidence,))


def completed_years(since: dt.date, until: dt.date) -> int:
    """Return the full years from one day to another; somebody born on 29 February has a birthday on
    1 March of other years.
    """
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


def _female(placed: Placed) -> Fact:
    gender = as_text(placed.resource.get("gender")).lower()
    evidence = (Evidence(placed.reference, "", "recorded sex", gender),)
    match gender:
        case "female":
            return Fact(Truth.TRUE, "", evidence)
        case "male":
            return Fact(Truth.FALSE, "", evidence)
        case _:
            because = Because.NOT_CERTAIN if gender else Because.NONE_RECORDED
            said = f"recorded as {gender}" if gender else "none recorded"
            return Fact(Truth.UNKNOWN, said, because=because)


def _deceased(placed: Placed, index: RecordIndex) -> Fact:
    """Whether the person has died; a day of death after tomorrow cannot be right, and silences
    nothing (Q31), and neither does one that is no day ("unknown"), or that is denied beside it.
    """
    died = placed.resource.get("deceasedDateTime")
    said = placed.resource.get("deceasedBoolean")
    day = read_date(died)
    if day is not None and day.earliest > index.tomorrow:
        return Fact(Truth.UNKNOWN, f"death is dated {day}", because=Because.IN_FUTURE)
    if day is not None and said is False:
        why = f"death is dated {day} and denied"
        return Fact(Truth.UNKNOWN, why, because=Because.COULD_NOT_BE_READ)
    if day is not None:
        evidence = Evidence(placed.reference, "", "died", str(day))
        return Fact(Truth.TRUE, "", (evidence,))
    if isinstance(said, bool):
        return Fact(
            Truth.TRUE if said else Truth.FALSE,
            "",
            (Evidence(placed.reference, "", "deceased", str(said).lower()),),
        )
    if said is not None or died is not None:
        return Fact(Truth.UNKNOWN, "deceased not readable", because=Because.COULD_NOT_BE_READ)
    unsaid = Evidence(placed.reference, "", "no death recorded")
    return NONE_RECORDED._replace(evidence=(unsaid,))
