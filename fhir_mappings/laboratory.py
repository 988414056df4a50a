"""Laboratory results: of each kind the newest usable one within its look-back window (F4 to F7, F16, F18, F19, F23, F24).

A newer result that came but could not be read makes the fact unknown: the older one no longer speaks for today.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, partial
from operator import attrgetter

from fhir_mappings.concepts import Concept
from fhir_mappings.demographics import Demographics
from fhir_mappings.evidence import cite
from fhir_mappings.kidney_function import compute_egfr
from fhir_mappings.observations import COUNTED_ROLES, Observed, why_no_day, why_not_used
from fhir_mappings.quantities import Reading, read_result
from fhir_mappings.reading import months_before
from fhir_mappings.receipt import Receipt
from fhir_mappings.record_index import RecordIndex
from fhir_mappings.units import Analyte
from fhir_mappings.value_sets import Match, Role
from recommender.logic import Evidence, Measurement, Truth

ANALYTES: dict[Concept, Analyte] = {
    Concept.SERUM_B12: Analyte.TOTAL_B12,
    Concept.ACTIVE_B12_HOLOTC: Analyte.HOLOTRANSCOBALAMIN,
    Concept.MMA_SERUM_PLASMA: Analyte.MMA,
    Concept.HOMOCYSTEINE: Analyte.HOMOCYSTEINE,
    Concept.FOLATE_SERUM: Analyte.FOLATE,
    Concept.HEMOGLOBIN: Analyte.HAEMOGLOBIN,
    Concept.MCV: Analyte.MCV,
    Concept.PLATELETS: Analyte.PLATELETS,
    Concept.CREATININE: Analyte.CREATININE,
    Concept.EGFR: Analyte.EGFR,
    Concept.EGFR_NON_BLACK: Analyte.EGFR,
    Concept.EGFR_BLACK: Analyte.EGFR,
    Concept.POTASSIUM: Analyte.POTASSIUM,
    Concept.INR: Analyte.INR,
}
"""What each concept measures. Urine, red cell and whole blood concepts are not among them: they are other tests."""

HIGH_IS_WORSE = frozenset({Analyte.MMA, Analyte.HOMOCYSTEINE, Analyte.CREATININE, Analyte.INR})
"""Of two results of one moment the more worrying one counts: the higher of these, the lower of all others."""


@dataclass(frozen=True, slots=True)
class Window:
    """How far back a result is looked for (decisions 2.2)."""

    words: str
    months: int = 0
    days: int = 0

    def first_day(self, as_of: dt.date) -> dt.date:
        return months_before(as_of, self.months) - dt.timedelta(days=self.days)


WINDOWS: dict[str, Window] = {
    "total_b12": Window("12 months", months=12),
    "total_b12_on_treatment": Window("12 months", months=12),
    "holotranscobalamin": Window("12 months", months=12),
    "mma": Window("6 months", months=6),
    "homocysteine": Window("6 months", months=6),
    "folate": Window("6 months", months=6),
    "egfr": Window("12 months", months=12),
    "platelets": Window("90 days", days=90),
    "inr": Window("30 days", days=30),
    "haemoglobin": Window("14 days", days=14),
    "mcv": Window("14 days", days=14),
    "potassium": Window("14 days", days=14),
}
"""The look-back of each fact (F4 to F7, F16, F18, F19, F23, F24)."""

EGFR_AFTER_KIDNEY_INJURY = Window("7 days", days=7)
LOW_PLATELETS, LOW_PLATELETS_DAYS = Decimal(100), 30
VERY_LOW_PLATELETS, VERY_LOW_PLATELETS_DAYS = Decimal(50), 7
"""A low count ages faster: below 100 it is unknown after 30 days, below 50 it is kept for precautions but to be repeated (F18, Q10)."""


@dataclass(frozen=True)
class Result:
    """One result of one analyte; its value is read only when somebody asks for it."""

    observed: Observed
    match: Match
    analyte: Analyte
    property_kind: str

    @cached_property
    def reading(self) -> Reading:
        return read_result(self.observed.body, self.analyte, self.property_kind)

    @cached_property
    def evidence(self) -> Evidence:
        day, reported = self.observed.day, self.reading.reported
        if day is not None and not day.is_one_day:  # the earliest day it may mean makes no result look newer than it is
            reported = f"{reported}, taken {day}"
        return cite(self.observed.placed, self.match, self.observed.code, day.earliest if day else None, reported, self.reading.converted)

    @property
    def name(self) -> str:
        return self.analyte.value

    @property
    def day(self) -> dt.date:
        """The last day it may be of; a result without a date sorts before all others."""
        return self.observed.day.latest if self.observed.day else dt.date.min

    @property
    def is_absent(self) -> bool:
        """Whether it says that there is no result."""
        return self.reading.is_absent

    @property
    def newness(self) -> tuple[dt.date, str, bool, Decimal, str]:
        """Sorts results from old to new; of one moment the usable one comes last, of two usable ones the more worrying one."""
        quantity = self.reading.quantity
        value = Decimal(0) if quantity is None else quantity.value
        worry = value if self.analyte in HIGH_IS_WORSE else -value
        return self.day, self.observed.moment, quantity is not None, worry, self.observed.placed.reference


Results = dict[Analyte, list[Result]]
"""The results of a record by what they measure, in no order."""


@dataclass(frozen=True, slots=True)
class LaboratoryFacts:
    """What the laboratory results say."""

    total_b12: Measurement
    total_b12_on_treatment: Measurement
    holotranscobalamin: Measurement
    mma: Measurement
    homocysteine: Measurement
    folate: Measurement
    haemoglobin: Measurement
    mcv: Measurement
    potassium: Measurement
    platelets: Measurement
    inr: Measurement
    egfr: Measurement


def read_results(index: RecordIndex, observed: Iterable[Observed]) -> Results:
    """Return every result of a kind that we know, also old ones and unreadable ones."""
    results: Results = {analyte: [] for analyte in Analyte}
    for item in observed:
        result = _read(index, item)
        if result:
            results[result.analyte].append(result)
    return results


def map_laboratory(
    index: RecordIndex, results: Results, who: Demographics, treatment_start: dt.date | None, kidney_injury: bool
) -> LaboratoryFacts:
    """Return the laboratory facts.

    Args:
        results: the results of the record.
        treatment_start: the first day of the current vitamin B12 treatment; only earlier results diagnose. `None`: there is none.
        kidney_injury: whether an acute kidney injury is active, after which only an eGFR of the last 7 days counts.
    """

    def newest(fact: str, analyte: Analyte, before: dt.date | None = None, after: dt.date | None = None) -> Measurement:
        return find_newest(index, fact, analyte, results[analyte], WINDOWS[fact], before, after)

    start = treatment_start
    nothing_yet = Measurement(reason="no vitamin B12 treatment")
    return LaboratoryFacts(
        total_b12=newest("total_b12", Analyte.TOTAL_B12, before=start),
        total_b12_on_treatment=newest("total_b12_on_treatment", Analyte.TOTAL_B12, after=start) if start else nothing_yet,
        holotranscobalamin=newest("holotranscobalamin", Analyte.HOLOTRANSCOBALAMIN, before=start),
        mma=newest("mma", Analyte.MMA, before=start),
        homocysteine=newest("homocysteine", Analyte.HOMOCYSTEINE, before=start),
        folate=newest("folate", Analyte.FOLATE),
        haemoglobin=newest("haemoglobin", Analyte.HAEMOGLOBIN),
        mcv=newest("mcv", Analyte.MCV),
        potassium=newest("potassium", Analyte.POTASSIUM),
        platelets=_platelets(index, results[Analyte.PLATELETS]),
        inr=newest("inr", Analyte.INR),
        egfr=_egfr(index, results, who, EGFR_AFTER_KIDNEY_INJURY if kidney_injury else WINDOWS["egfr"]),
    )


def _read(index: RecordIndex, item: Observed) -> Result | None:
    """Return the result an Observation holds, if it is one of ours and its codes agree on that."""
    if len(item.matches) == 1:
        (match,) = item.matches
        if match.concept in ANALYTES and match.role in COUNTED_ROLES:
            return Result(item, match, ANALYTES[match.concept], match.member.property)
    counted = [match for match in item.matches if match.concept in ANALYTES and match.role in COUNTED_ROLES]
    against = [match for match in item.matches if match.role is Role.EXCLUDE]
    if not counted or against:
        for match in item.matches:
            why = f"codes contradict each other: {match.source}" if counted else partial(why_not_used, match)
            index.receipt.ignore(item.placed, why)
        return None
    match = counted[0]
    analyte = ANALYTES[match.concept]
    if any(ANALYTES[other.concept] is not analyte for other in counted):
        index.receipt.ignore(item.placed, f"codes contradict each other: {', '.join(other.source for other in counted)}")
        return None
    properties = {other.member.property for other in counted}
    return Result(item, match, analyte, properties.pop() if len(properties) == 1 else "")


def find_newest(
    index: RecordIndex,
    fact: str,
    analyte: Analyte,
    results: Iterable[Result],
    window: Window,
    before: dt.date | None = None,
    after: dt.date | None = None,
) -> Measurement:
    """Return the newest result of the window, or why there is none.

    Args:
        fact: its name in the receipt.
        before: only results of this day or earlier (the sample is taken before the first injection of a day).
        after: only results after this day.
    """
    measured, source = _measure_newest(index, analyte, results, window, before, after)
    if source:
        index.receipt.use(source.observed.placed, fact)
    return measured


def _measure_newest(
    index: RecordIndex,
    analyte: Analyte,
    results: Iterable[Result],
    window: Window,
    before: dt.date | None = None,
    after: dt.date | None = None,
) -> tuple[Measurement, Result | None]:
    """Return the same and, when it is known, the result it was read from: the caller says in the receipt what that was used for."""
    first_day = window.first_day(index.as_of)
    inside: list[Result] = []
    outside: list[tuple[dt.date, _Why]] = []
    for result in results:
        why_not = _outside(result, window, first_day, before, after)
        if why_not:
            index.receipt.ignore(result.observed.placed, partial(_with_name, result, why_not))
            outside.append((result.day, why_not))
        else:
            inside.append(result)
    newest = _last_usable(index, inside, outside)
    if newest is None:
        reasons = [(day, why()) for day, why in outside]
        return Measurement(reason=max(reasons)[1] if reasons else _why_none(index, analyte)), None
    reading, evidence = newest.reading, newest.evidence
    measured = Measurement(reading.quantity, evidence.date, reading.reason, (evidence,))
    if measured.is_known:
        return measured, newest
    _pass_over(index, newest, partial(str, reading.reason))
    return measured, None


def _why_none(index: RecordIndex, analyte: Analyte) -> str:
    """Return why there is no result at all: none came, or none that counts."""
    uncounted = sorted(why for concept, whys in index.uncounted.items() if ANALYTES.get(concept) is analyte for why in whys)
    if not uncounted or index.reason_missing("labs"):
        return index.not_recorded("labs").reason
    return f"none recorded that counts: {', '.join(f'{number} {why}' for why, number in Counter(uncounted).items())}"


_Why = Callable[[], str]
"""A reason for the receipt, worded only when somebody reads it: a record holds many results, and few of them are used."""


def _pass_over(index: RecordIndex, result: Result, why: _Why) -> None:
    """Write into the receipt what the result is and why it is not used."""
    index.receipt.ignore(result.observed.placed, partial(_with_name, result, why))


def _with_name(result: Result, why: _Why) -> str:
    return f"{result.name}, {why()}"


def _last_usable(index: RecordIndex, inside: list[Result], outside: list[tuple[dt.date, _Why]]) -> Result | None:
    """Return the newest result that does not say that there is none; those that say so join the ones outside the window."""
    inside.sort(key=attrgetter("day"), reverse=True)
    for _, one_day in itertools.groupby(inside, key=attrgetter("day")):
        usable = []
        for result in one_day:
            if result.is_absent:
                why = partial(str, result.reading.reason)
                _pass_over(index, result, why)
                outside.append((result.day, why))
            else:
                usable.append(result)
        if usable:
            newest = max(usable, key=attrgetter("newness"))
            for older in inside:
                if older is not newest:
                    why = partial(_why_outweighed, older, newest)
                    index.receipt.ignore(older.observed.placed, partial(_with_name, older, why))
            return newest
    return None


def _outside(result: Result, window: Window, first_day: dt.date, before: dt.date | None, after: dt.date | None) -> _Why | None:
    """Return why a result is not of the window; `None` when it is."""
    day = result.observed.day
    if day is None:
        return partial(why_no_day, result.observed.placed.resource)
    if day.latest < first_day:
        return partial("older than {}: {}".format, window.words, day)
    if day.earliest < first_day:
        return partial("date too coarse to tell whether it is within {}: {}".format, window.words, day)
    if before is not None and day.latest > before:
        return partial("taken after vitamin B12 treatment began: {}".format, day)
    if after is not None and day.earliest <= after:
        return partial("taken before vitamin B12 treatment began: {}".format, day)
    return None


def _why_outweighed(older: Result, newest: Result) -> str:
    if older.reading.quantity is None:
        return older.reading.reason
    where = newest.observed.placed.reference
    if older.observed.day == newest.observed.day:
        return f"outweighed by another result of the same day: {where}"
    return f"outweighed by a newer result: {where} of {newest.observed.day}"


def _platelets(index: RecordIndex, counts: list[Result]) -> Measurement:
    newest, source = _measure_newest(index, Analyte.PLATELETS, counts, WINDOWS["platelets"])
    aged = _age_platelets(newest, index.as_of)
    if source and aged.is_known:
        index.receipt.use(source.observed.placed, "platelets")
    elif source:
        _pass_over(index, source, partial(str, aged.reason))
    return aged


def _age_platelets(count: Measurement, as_of: dt.date) -> Measurement:
    """Return the count, or unknown when it is too old for how low it is (F18); a very low one is kept with a reminder (Q10)."""
    if count.date is None or count.quantity is None:
        return count
    days = (as_of - count.date).days
    if count.below(VERY_LOW_PLATELETS).is_true:
        return replace(count, reason=f"last count {days} days ago, repeat") if days > VERY_LOW_PLATELETS_DAYS else count
    if count.below(LOW_PLATELETS) is not Truth.FALSE and days > LOW_PLATELETS_DAYS:
        return replace(
            count, quantity=None, reason=f"low count older than {LOW_PLATELETS_DAYS} days: {count.evidence[0].reported}, {count.date}"
        )
    return count


def _egfr(index: RecordIndex, results: dict[Analyte, list[Result]], who: Demographics, window: Window) -> Measurement:
    """Return the recorded eGFR; else one computed from creatinine; else a race-specific one, the lower of its pair and said to be (F16).

    A creatinine that is newer than the recorded eGFR and gives a lower one outweighs it: kidneys that got worse since must not permit
    what needs good ones.
    """
    plain = [result for result in results[Analyte.EGFR] if result.match.concept is Concept.EGFR]
    by_race = [result for result in results[Analyte.EGFR] if result.match.concept is not Concept.EGFR]
    creatinine = results[Analyte.CREATININE]
    recorded, source = _measure_newest(index, Analyte.EGFR, plain, window)
    computed = _computed_egfr(index, _since(recorded, creatinine), who, window)
    if computed and (not recorded.is_known or _is_worse_since(computed, recorded)):
        find_newest(index, "egfr", Analyte.CREATININE, creatinine, window)
        if source:
            _pass_over(index, source, partial(str, "outweighed by the lower one computed from a newer creatinine"))
    elif source:
        index.receipt.use(source.observed.placed, "egfr")
        computed = None
    else:
        lower = _egfr_by_race(index, by_race, window)
        if lower.is_known or (by_race and not plain):
            return lower
        return recorded if plain or not creatinine else _not_computed(index, creatinine, window)
    for result in by_race:
        index.receipt.ignore(result.observed.placed, "race-specific eGFR: one without race is used")
    for result in creatinine:
        index.receipt.ignore(result.observed.placed, "creatinine is not needed: an eGFR is recorded")
    return computed or recorded


def _since(recorded: Measurement, creatinine: list[Result]) -> list[Result]:
    """Return the creatinine that may outweigh the recorded eGFR: all where there is none, else what is newer."""
    if not recorded.is_known or recorded.date is None:
        return creatinine
    return [result for result in creatinine if result.day > recorded.date]


def _egfr_by_race(index: RecordIndex, by_race: list[Result], window: Window) -> Measurement:
    """Return the newest race-specific eGFR that is the lower of its pair."""
    for result in by_race:
        if result.match.concept is Concept.EGFR_BLACK:
            index.receipt.ignore(result.observed.placed, "race-specific eGFR, the higher of a pair: never used")
    lower = find_newest(index, "egfr", Analyte.EGFR, [item for item in by_race if item.match.concept is Concept.EGFR_NON_BLACK], window)
    if not lower.is_known:
        return lower
    paired = any(item.match.concept is Concept.EGFR_BLACK and item.evidence.date == lower.date for item in by_race)
    return replace(
        lower, reason="race-specific eGFR: " + ("the lower value of the pair is taken" if paired else "the other of its pair did not come")
    )


def _not_computed(index: RecordIndex, creatinine: list[Result], window: Window) -> Measurement:
    """Return the unknown eGFR of a record that holds creatinine, with the reason why it was not computed."""
    newest, _ = _measure_newest(index, Analyte.CREATININE, creatinine, window)
    why = "it needs an exact value, and an adult's date of birth and sex" if newest.is_known else newest.reason
    for result in creatinine:
        index.receipt.ignore(result.observed.placed, f"no eGFR computed from it: {why}")
    return Measurement(reason=f"none recorded, and not computed from creatinine: {why}", evidence=newest.evidence)


def _computed_egfr(index: RecordIndex, creatinine: list[Result], who: Demographics, window: Window) -> Measurement | None:
    if not creatinine:
        return None
    # What becomes of them is not known yet, so this is written into no receipt.
    newest, _ = _measure_newest(replace(index, receipt=Receipt()), Analyte.CREATININE, creatinine, window)
    born = who.born.earliest if who.born and who.born.is_one_day else None
    return compute_egfr(newest, born, None if who.female.is_unknown else who.female.is_true)


def _is_worse_since(computed: Measurement, recorded: Measurement) -> bool:
    """Return whether the computed eGFR is of a later day than the recorded one, and lower."""
    if computed.quantity is None or recorded.quantity is None or computed.date is None or recorded.date is None:
        return False
    return computed.date > recorded.date and computed.quantity.value < recorded.quantity.value
