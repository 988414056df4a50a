"""Doses in words: the one home of how a regimen, a phase or an order line is said."""

from __future__ import annotations

from decimal import Decimal

from recommender.language.doses import (
    DAYS_PER_UNIT,
    DoseLine,
    PeriodUnit,
    Phase,
    Regimen,
    Route,
    Timing,
)

_ROUTE_WORDS: dict[Route, str] = {
    Route.INTRAMUSCULAR: "by intramuscular injection",
    Route.ORAL: "by mouth",
    Route.SUBCUTANEOUS: "by deep subcutaneous injection",
    Route.NASAL: "into the nose",
    Route.INTRAVENOUS: "by intravenous injection",
}

_UNIT_WORDS: dict[PeriodUnit, str] = {
    PeriodUnit.DAY: "day",
    PeriodUnit.WEEK: "week",
    PeriodUnit.MONTH: "month",
    PeriodUnit.YEAR: "year",
}

_TIMES = {1: "once", 2: "twice", 3: "three times", 4: "four times", 5: "five times", 6: "six times"}


def describe(phase: Phase) -> str:
    """Say a phase: "Hydroxocobalamin 1000 micrograms (1 mg) by intramuscular injection every 2
    months for life".
    """
    words = describe_line(phase.line)
    return (
        words
        if phase.line.timing is not None and phase.line.timing.is_bounded
        else f"{words} {phase.ends}"
    )


def describe_regimen(regimen: Regimen) -> str:
    """Say all phases; a later phase of the same product gives only its frequency: "..., then every
    2 months for life".
    """
    first, *later = regimen.phases
    words = [describe(first)]
    for before, phase in zip(regimen.phases, later, strict=False):
        words.append(
            _frequency_of(phase)
            if _same_product(before.line, phase.line)
            else lower_first(describe(phase))
        )
    return ", then ".join(words)


def describe_line(line: DoseLine) -> str:
    """Say one order line without how it ends; what is not known is left out or said so."""
    parts = [_upper_first(line.substance.value), describe_dose(line.dose)]
    if line.route is not None:
        parts.append(_ROUTE_WORDS[line.route])
    if line.timing is not None:
        parts.append(describe_timing(line.timing))
    if line.as_needed:
        parts.append("as needed")
    return " ".join(parts)


def label(regimen: Regimen) -> str:
    """Say a regimen in short for a button: drug, dose, route and frequency of each phase.

    "Hydroxocobalamin 1 mg IM x6 in 2 weeks, then every 2-3 months"; a single phase says that it is
    for life.
    """
    first, *later = regimen.phases
    words = [_short(first)]
    for before, phase in zip(regimen.phases, later, strict=False):
        words.append(
            _short_timing(phase)
            if _same_product(before.line, phase.line)
            else lower_first(_short(phase))
        )
    alone = not later and first.lifelong and first.line.route is not Route.ORAL
    return ", then ".join(words) + (" for life" if alone else "")


def _short(phase: Phase) -> str:
    line = phase.line
    route = _SHORT_ROUTES.get(line.route, "") if line.route else ""
    parts = (
        _upper_first(line.substance.value),
        short_dose(line.dose),
        route,
        _short_timing(phase),
    )
    return " ".join(part for part in parts if part)


def _short_timing(phase: Phase) -> str:
    return short_timing(phase.line.timing) if phase.line.timing else ""


_SHORT_ROUTES: dict[Route, str] = {
    Route.INTRAMUSCULAR: "IM",
    Route.ORAL: "by mouth",
    Route.SUBCUTANEOUS: "deep SC",
    Route.NASAL: "into the nose",
    Route.INTRAVENOUS: "IV",
}


def short_timing(timing: Timing) -> str:
    """Say how often as a label does: "alternate days", "x6 in 2 weeks", "every 2-3 months"."""
    if timing.count is not None and timing.duration is not None:
        return f"x{timing.count} in {_amount(*timing.duration)}"
    words = describe_interval(timing)
    if words == "on alternate days":
        words = "alternate days"
    if words == "once daily":
        words = "daily"
    if timing.period_max is not None:
        words = words.replace(" to ", "-")
    if timing.count is not None:
        words += f" x{timing.count}{f'-{timing.count_max}' if timing.count_max else ''}"
    return words


def short_dose(micrograms: Decimal | None) -> str:
    """Say "250 micrograms", "1 mg", "5 g"; empty when not known."""
    if micrograms is None:
        return ""
    micrograms = round(micrograms, 3)  # a dose a day may be a fraction without end
    for size, unit in ((1_000_000, "g"), (1000, "mg")):
        if micrograms >= size:
            return f"{_plain(micrograms / size)} {unit}"
    return f"{_plain(micrograms)} micrograms"


def describe_dose(micrograms: Decimal | None) -> str:
    """Say a dose in micrograms, from 1000 on also in milligrams: "1000 micrograms (1 mg)"."""
    if micrograms is None:
        return "(dose not known)"
    words = f"{_plain(micrograms)} {'microgram' if micrograms == 1 else 'micrograms'}"
    return words if micrograms < 1000 else f"{words} ({_plain(micrograms / 1000)} mg)"


def describe_timing(timing: Timing) -> str:
    """Say how often, with its bound: "three times a week for 2 weeks (6 doses)"."""
    words = describe_interval(timing)
    if timing.is_single:
        return words
    if timing.duration is not None:
        words += f" for {_amount(*timing.duration)}"
    if timing.count is not None:
        doses = f"{timing.count} to {timing.count_max}" if timing.count_max else str(timing.count)
        words += f" ({doses} doses)" if timing.duration is not None else f" for {doses} doses"
    return words


def describe_interval(timing: Timing) -> str:
    """Say how often, without any bound: "on alternate days", "once daily", "every 2 to 3
    months"; of a single dose "once".
    """
    if timing.is_single:
        return "once"
    period, latest, unit = timing.period, timing.period_max, timing.unit
    if unit is PeriodUnit.YEAR and (period % 1 or (latest or 0) % 1):  # half a year: 6 months
        period, latest, unit = period * 12, latest and latest * 12, PeriodUnit.MONTH
    word = _UNIT_WORDS[unit]
    if timing.frequency == 1 and latest is None:
        if period == 2 and unit is PeriodUnit.DAY:
            return "on alternate days"
        if period == 1 and unit is PeriodUnit.DAY:
            return "once daily"
        return f"every {word}" if period == 1 else f"every {_rounded(period)} {word}s"
    times = _TIMES.get(timing.frequency, f"{timing.frequency} times")
    if latest is not None and timing.frequency == 1 and latest <= 1 and period < 1:
        return f"{_rounded(1 / latest)} to {_rounded(1 / period)} times a {word}"
    if latest is not None:
        range_words = f"every {_rounded(period)} to {_rounded(latest)} {word}s"
        return range_words if timing.frequency == 1 else f"{times} {range_words}"
    if period == 1:
        return f"{times} a {word}"
    return f"{times} every {_rounded(period)} {word}s"


def describe_length(timing: Timing) -> str:
    """Say for how long: "2 weeks"; empty where no time is said."""
    return _amount(*timing.duration) if timing.duration is not None else ""


def describe_days(days: Decimal) -> str:
    """Say a number of days as the longest reading of whole months or weeks: 62 is "2 months", 21 is
    "3 weeks".
    """
    for unit in (PeriodUnit.MONTH, PeriodUnit.WEEK, PeriodUnit.DAY):
        longest = DAYS_PER_UNIT[unit][1]
        if days % longest == 0:
            return _amount(days / longest, unit)
    return f"{_plain(days)} days"


def _frequency_of(phase: Phase) -> str:
    timing = phase.line.timing
    if timing is None:
        return describe(phase)
    return (
        describe_timing(timing) if timing.is_bounded else f"{describe_timing(timing)} {phase.ends}"
    )


def _same_product(one: DoseLine, other: DoseLine) -> bool:
    return (one.substance, one.route, one.dose) == (other.substance, other.route, other.dose)


def _amount(value: Decimal, unit: PeriodUnit) -> str:
    return f"{_plain(value)} {_UNIT_WORDS[unit]}{'' if value == 1 else 's'}"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _rounded(number: Decimal) -> str:
    """Return a number of days, weeks or months, in hundredths where it has no end."""
    return f"{(round(number, 2) or Decimal(f'{number:.2g}')).normalize():f}"


def _upper_first(words: str) -> str:
    return words[:1].upper() + words[1:]


def lower_first(words: str) -> str:
    """Return the words with a small first letter."""
    return words[:1].lower() + words[1:]
