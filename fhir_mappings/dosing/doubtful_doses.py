"""Doses and frequencies that nobody can mean (I11, Q42). A dose that is a range, or quantities of
one line that disagree, are not read, and not passed over where one of them is such a dose (Q41).
What may mean two things, and what could not be read in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from fhir_mappings.dosing.interval_vocabulary import fold
from fhir_mappings.dosing.interval_words import AS_NEEDED
from fhir_mappings.dosing.strengths import MASS_UNITS
from fhir_mappings.dosing.timing import NotComputable, TimingReading, shorten
from fhir_mappings.fhir import as_dict, as_text, codings_of, texts_of
from fhir_mappings.fhir import versions as fhir_versions
from recommender.language import MOST_DOSES_A_DAY, UNIT_ERROR_INJECTED, Timing


class DosesDiffer(NotComputable):
    """A dose that is a range, or quantities that disagree; `largest` is the highest of them in
    micrograms, `None` when it is not known.
    """

    def __init__(self, why: str, largest: Decimal | None) -> None:
        super().__init__(why)
        self.largest = largest


def weigh(read: Callable[[], Decimal], problems: list[str]) -> Decimal | None:
    """Return a dose in micrograms; where none can be read, note why, and return the highest of
    several that differ if it is an error of unit or product, else `None`.
    """
    try:
        return read()
    except NotComputable as why:
        if str(why) not in problems:
            problems.append(str(why))
        return slip_among((why.largest,)) if isinstance(why, DosesDiffer) else None


def slip_among(doses: Iterable[Decimal | None]) -> Decimal | None:
    """Return the highest of several doses that differ if it is an error of unit or product, else
    `None`: it is not passed over because they cannot be told apart.
    """
    largest = max((dose for dose in doses if dose is not None), default=None)
    return largest if largest and largest >= UNIT_ERROR_INJECTED else None


def by_each_unit(quantity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a dose whose unit in words is another weight than its code as two, for either may be
    what is given (Q41).
    """
    units = [as_text(quantity.get(name)) for name in ("unit", "code")]
    weights = {MASS_UNITS.get(unit.strip("{}").lower()) for unit in units}
    if None in weights or len(weights) == 1:
        return [quantity]
    return [{**quantity, "unit": unit, "code": unit} for unit in units]


def why_implausible(timing: Timing | None, line: Mapping[str, Any]) -> str:
    """Return what of a frequency nobody can mean: doses by the second or minute, more than one an
    hour; empty for none.
    """
    repeat = as_dict(as_dict(line.get("timing")).get("repeat"))
    unit = as_text(fhir_versions.read_period_unit(repeat)).lower()
    if unit in ("s", "sec", "second", "seconds", "min", "minute", "minutes"):
        return f"a period counted in {'seconds' if unit.startswith('s') else 'minutes'}"
    if timing is not None and 1 / timing.shortest_interval > MOST_DOSES_A_DAY:
        return f"more than {MOST_DOSES_A_DAY} doses a day"
    return ""


def names_once_alone(timing: object) -> bool:
    """Return whether the code of a FHIR Timing is "once" and nothing beside it says how often or
    that it is one dose: of what is swallowed it may mean once a day.
    """
    stated = as_dict(timing)
    codes = (as_text(coding.get("code")) for coding in codings_of(stated.get("code")))
    texts = (*texts_of(stated.get("code")), *codes)
    said = "once" in {fold(text).strip(" .,;") for text in texts}
    repeat = as_dict(stated.get("repeat"))
    return said and not (repeat.get("count") or repeat.get("period") or stated.get("event"))


def names_as_needed_alone(timing: object) -> bool:
    """Return whether the code of a FHIR Timing is "as needed" and nothing beside it says how often
    or how many.
    """
    stated = as_dict(timing)
    texts = (*texts_of(stated.get("code")), *map(_code, codings_of(stated.get("code"))))
    said = {fold(text).strip(" .,;") for text in texts if text}
    alone = bool(said) and all(map(AS_NEEDED.fullmatch, said))
    return alone and not (stated.get("repeat") or stated.get("event"))


def _code(coding: Mapping[str, Any]) -> str:
    return as_text(coding.get("code"))


def in_words(problems: list[str], line: Mapping[str, Any], timing: TimingReading) -> str:
    """Return the problems as one sentence; an order that says everything in free text is named as
    that.
    """
    text = as_text(line.get("text")) or as_text(line.get("patientInstruction"))
    nothing_structured = timing.timing is None and not any(fhir_versions.read_dose_quantities(line))
    if text and nothing_structured and problems:
        return f'dose only as text: "{shorten(text)}"'
    return "; ".join(problems)
