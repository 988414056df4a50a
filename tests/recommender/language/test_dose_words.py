"""Doses in words: the sentence that a clinician reads on a card and in an order."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from recommender.guidance.regimens import (
    CATALOGUE,
    M_LOAD,
    MAINT_1M,
    MAINT_M,
    MAINT_N,
    N_LOAD,
    ORAL,
    starting_now,
    with_interval,
    with_oral_dose,
)
from recommender.language.dose_words import (
    describe,
    describe_dose,
    describe_line,
    describe_regimen,
    describe_timing,
    label,
    short_dose,
)
from recommender.language.doses import DoseLine, PeriodUnit, Regimen, Route, Substance, Timing

INJECTION = "Hydroxocobalamin 1000 micrograms (1 mg) by intramuscular injection"


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("N-LOAD", f"{INJECTION} on alternate days until no further neurological improvement"),
        ("MAINT-N", f"{INJECTION} every 2 months for life"),
        ("M-LOAD", f"{INJECTION} three times a week for 2 weeks (6 doses)"),
        ("M-LOAD-ALT", f"{INJECTION} once daily for 5 to 6 doses"),
        ("MAINT-M", f"{INJECTION} every 2 to 3 months for life"),
        ("MAINT-1M", f"{INJECTION} every month for life"),
        ("MAINT-BAR", f"{INJECTION} every 3 months indefinitely"),
        ("ORAL", "Cyanocobalamin 1000 micrograms (1 mg) by mouth once daily indefinitely"),
        ("PROPH-1M", f"{INJECTION} every month for life"),
        ("PROPH-3M", f"{INJECTION} every 3 months indefinitely"),
        ("PROPH-ORAL", "Cyanocobalamin 1000 micrograms (1 mg) by mouth once daily indefinitely"),
    ],
)
def test_every_phase_is_said_in_one_sentence(phase: str, words: str) -> None:
    assert describe(next(found for found in CATALOGUE if found.id == phase)) == words


def test_a_later_phase_of_the_same_product_gives_its_frequency_only() -> None:
    assert (
        describe_regimen(Regimen((N_LOAD, MAINT_N)))
        == f"{describe(N_LOAD)}, then every 2 months for life"
    )
    assert (
        describe_regimen(Regimen((MAINT_1M, M_LOAD)))
        == f"{describe(MAINT_1M)}, then three times a week for 2 weeks (6 doses)"
    )


def test_a_later_phase_of_another_product_is_said_in_full() -> None:
    assert describe_regimen(Regimen((M_LOAD, ORAL))).endswith(
        "(6 doses), then cyanocobalamin 1000 micrograms (1 mg) by mouth once daily indefinitely"
    )


def test_a_label_is_short() -> None:
    assert label(Regimen((MAINT_N,))) == "Hydroxocobalamin 1 mg IM every 2 months for life"
    under_the_skin = replace(MAINT_N, line=replace(MAINT_N.line, route=Route.SUBCUTANEOUS))
    assert (
        label(Regimen((under_the_skin,))) == "Hydroxocobalamin 1 mg deep SC every 2 months for life"
    )


@pytest.mark.parametrize(
    ("dose", "words"),
    [
        (None, "(dose not known)"),
        ("1", "1 microgram"),
        ("2.4", "2.4 micrograms"),
        ("999", "999 micrograms"),
        ("1000", "1000 micrograms (1 mg)"),
        ("1500", "1500 micrograms (1.5 mg)"),
        ("1000000", "1000000 micrograms (1000 mg)"),
    ],
)
def test_a_dose_is_said_in_micrograms_and_from_1000_in_milligrams(
    dose: str | None, words: str
) -> None:
    assert describe_dose(None if dose is None else Decimal(dose)) == words


@pytest.mark.parametrize(
    ("timing", "words"),
    [
        (Timing(1, Decimal(1), PeriodUnit.WEEK), "every week"),
        (Timing(1, Decimal(3), PeriodUnit.WEEK), "every 3 weeks"),
        (Timing(1, Decimal(2), PeriodUnit.WEEK), "every 2 weeks"),
        (Timing(1, Decimal(3), PeriodUnit.DAY), "every 3 days"),
        (Timing(1, Decimal(1), PeriodUnit.YEAR), "every year"),
        (Timing(1, Decimal(2), PeriodUnit.YEAR), "every 2 years"),
        (Timing(1, Decimal("0.5"), PeriodUnit.YEAR), "every 6 months"),
        (Timing(1, Decimal("0.25"), PeriodUnit.YEAR, Decimal("0.5")), "every 3 to 6 months"),
        (Timing(2, Decimal(1), PeriodUnit.DAY), "twice a day"),
        (Timing(1, Decimal(1) / 6, PeriodUnit.DAY, Decimal(1)), "1 to 6 times a day"),
        (Timing(1, Decimal(1) / 3, PeriodUnit.WEEK, Decimal("0.5")), "2 to 3 times a week"),
        (Timing(1, Decimal(4) / 3, PeriodUnit.WEEK, Decimal(4)), "every 1.33 to 4 weeks"),
        (Timing(1, Decimal(7) / 1440, PeriodUnit.DAY), "every 0.0049 days"),
        (Timing(7, Decimal(1), PeriodUnit.WEEK), "7 times a week"),
        (Timing(2, Decimal(3), PeriodUnit.WEEK), "twice every 3 weeks"),
        (Timing(2, Decimal(2), PeriodUnit.WEEK, Decimal(4)), "twice every 2 to 4 weeks"),
        (Timing(1, Decimal(1), PeriodUnit.DAY, count=5), "once daily for 5 doses"),
        (
            Timing(1, Decimal(1), PeriodUnit.DAY, duration=(Decimal(1), PeriodUnit.WEEK)),
            "once daily for 1 week",
        ),
    ],
)
def test_a_timing_is_said_as_people_say_it(timing: Timing, words: str) -> None:
    assert describe_timing(timing) == words


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            DoseLine(Substance.COBALAMIN_UNSPECIFIED, None, None, None),
            "Vitamin B12 (form not recorded) (dose not known)",
        ),
        (
            DoseLine(Substance.CYANOCOBALAMIN, Route.NASAL, Decimal(500), None),
            "Cyanocobalamin 500 micrograms into the nose",
        ),
        (
            DoseLine(
                Substance.HYDROXOCOBALAMIN, Route.SUBCUTANEOUS, Decimal(1000), None, as_needed=True
            ),
            "Hydroxocobalamin 1000 micrograms (1 mg) by deep subcutaneous injection as needed",
        ),
        (
            DoseLine(Substance.FOLIC_ACID, Route.INTRAVENOUS, Decimal(1), None),
            "Folic acid 1 microgram by intravenous injection",
        ),
    ],
)
def test_what_is_not_known_is_left_out_or_said(line: DoseLine, words: str) -> None:
    assert describe_line(line) == words


def test_a_phase_at_another_interval_is_named_by_it() -> None:
    assert with_interval(MAINT_M, 2, PeriodUnit.MONTH).id == "MAINT-2M"
    weeks = with_interval(MAINT_1M, 3, PeriodUnit.WEEK, ("S15",))
    assert (weeks.id, weeks.citations, describe(weeks)) == (
        "MAINT-3WK",
        ("S15",),
        f"{INJECTION} every 3 weeks for life",
    )
    assert with_interval(MAINT_1M, 3, PeriodUnit.WEEK).citations == MAINT_1M.citations


def test_a_phase_without_loading_before_it_starts_now() -> None:
    assert MAINT_N.starts_after_loading
    assert not starting_now(MAINT_N).starts_after_loading


def test_the_oral_dose_is_the_sites() -> None:
    assert (
        describe(with_oral_dose(ORAL, 2000))
        == "Cyanocobalamin 2000 micrograms (2 mg) by mouth once daily indefinitely"
    )


@pytest.mark.parametrize(
    ("frequency", "words"),
    [
        (2, "twice a week"),
        (3, "three times a week"),
        (4, "four times a week"),
        (5, "five times a week"),
        (6, "six times a week"),
        (7, "7 times a week"),
    ],
)
def test_how_many_times_a_week(frequency: int, words: str) -> None:
    assert describe_timing(Timing(frequency, Decimal(1), PeriodUnit.WEEK)) == words


def test_a_dose_is_never_rounded_to_another() -> None:
    assert short_dose(Decimal(1001)) == "1.001 mg"
    assert short_dose(Decimal("0.001")) == "0.001 micrograms"
