"""How often a dose is given, in the shapes that EHRs send it in."""

import datetime as dt
from decimal import Decimal

import pytest

from fhir_mappings.dosing.interval_words import parse_rhythm
from fhir_mappings.dosing.timing import NotComputable, read_bounds, read_number, read_timing
from recommender.language.doses import PeriodUnit, Timing

DAY, WEEK, MONTH, YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR


def every(frequency: int, period: str, unit: PeriodUnit, period_max: str | None = None) -> Timing:
    return Timing(
        frequency, Decimal(period), unit, None if period_max is None else Decimal(period_max)
    )


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("BID", every(2, "1", DAY)),
        ("QD", every(1, "1", DAY)),
        ("QOD", every(1, "2", DAY)),
        ("TID", every(3, "1", DAY)),
        ("Q1M", every(1, "1", MONTH)),
        ("Q3M", every(1, "3", MONTH)),
        ("Q2W", every(1, "2", WEEK)),
        ("Q6H", every(4, "1", DAY)),
        ("WK", every(1, "1", WEEK)),
        ("every other day", every(1, "2", DAY)),
        ("On alternate days", every(1, "2", DAY)),
        ("three times a week", every(3, "1", WEEK)),
        ("3 x per week", every(3, "1", WEEK)),
        ("every 12 (twelve) hours", every(2, "1", DAY)),
        ("Every 72 hours", every(1, "3", DAY)),
        ("every two months", every(1, "2", MONTH)),
        ("every 2-3 months", every(1, "2", MONTH, "3")),
        ("every 2 to 3 months", every(1, "2", MONTH, "3")),
        ("every 12 weeks", every(1, "12", WEEK)),
        ("monthly as needed", every(1, "1", MONTH)),
        ("once a day", every(1, "1", DAY)),
        ("annually", every(1, "1", YEAR)),
    ],
)
def test_a_timing_code_or_set_phrase_is_read(words, timing):
    assert parse_rhythm(words) == timing


@pytest.mark.parametrize(
    "words",
    [
        "biweekly",
        "bimonthly",
        "0900 & 1800",
        "once or twice",
        "",
        "every 0 days",
        "every 3-2 months",
    ],
)
def test_words_that_are_ambiguous_or_unknown_are_not_guessed(words):
    assert parse_rhythm(words) is None


@pytest.mark.parametrize(
    ("repeat", "timing"),
    [
        ({"frequency": 1, "period": 2, "periodUnit": "d"}, every(1, "2", DAY)),
        ({"frequency": 3, "period": 1, "periodUnit": "wk"}, every(3, "1", WEEK)),
        (
            {"frequency": 1, "period": 2, "periodMax": 3, "periodUnit": "mo"},
            every(1, "2", MONTH, "3"),
        ),
        ({"frequency": 1, "period": 2, "periodMax": 2, "periodUnit": "mo"}, every(1, "2", MONTH)),
        ({"frequency": 1, "period": 1, "periodUnits": "d"}, every(1, "1", DAY)),
        ({"frequency": 3, "period": 1, "unit": "days"}, every(3, "1", DAY)),
        ({"period": 6, "periodUnit": "h"}, every(4, "1", DAY)),
        ({"frequency": 1, "period": 72, "periodUnit": "h"}, every(1, "3", DAY)),
        ({"frequency": "1", "period": "2", "periodUnit": "d"}, every(1, "2", DAY)),
        ({"frequency": 1, "period": 1.0, "periodUnit": "d"}, every(1, "1", DAY)),
        ({"dayOfWeek": ["mon", "wed", "fri"]}, every(3, "1", WEEK)),
        (
            {"dayOfWeek": ["mon", "wed", "fri"], "frequency": 1, "period": 1, "periodUnit": "d"},
            every(3, "1", WEEK),
        ),
        (
            {"dayOfWeek": ["mon", "wed", "fri"], "frequency": 3, "period": 1, "periodUnit": "wk"},
            every(3, "1", WEEK),
        ),
        (
            {"dayOfWeek": ["mon"], "frequency": 1, "period": 2, "periodUnit": "wk"},
            every(1, "2", WEEK),
        ),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, every(2, "1", DAY)),
        (
            {"timeOfDay": ["08:00:00", "20:00:00"], "period": 1, "periodUnit": "d"},
            every(2, "1", DAY),
        ),
        (
            {"when": ["MORN", "EVE"], "frequency": 2, "period": 1, "periodUnit": "d"},
            every(2, "1", DAY),
        ),
        (
            {"timeOfDay": ["08:00:00"], "frequency": 1, "period": 2, "periodUnit": "d"},
            every(1, "2", DAY),
        ),
        (
            {"frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d"},
            every(1, "0.5", DAY, "1"),
        ),
        (
            {"frequency": 1, "frequencyMax": 2, "period": 12, "periodUnit": "h"},
            every(1, "0.25", DAY, "0.5"),
        ),
        (
            {"frequency": 2, "frequencyMax": 4, "period": 4, "periodUnit": "d"},
            every(1, "1", DAY, "2"),
        ),
        (
            {"frequency": 1, "frequencyMax": 2, "period": 48, "periodUnit": "h"},
            every(1, "1", DAY, "2"),
        ),
    ],
)
def test_repeat_is_read_in_the_shapes_of_every_version(repeat, timing):
    assert read_timing({"repeat": repeat}).timing == timing


@pytest.mark.parametrize(
    ("timing", "why"),
    [
        (None, "frequency not stated"),
        ("daily", "frequency not stated"),
        ({"repeat": {"frequency": 2}}, "frequency without a period"),
        (
            {
                "repeat": {
                    "frequency": 1,
                    "period": 1,
                    "periodUnit": "d",
                    "timeOfDay": ["08:00:00", "20:00:00"],
                }
            },
            "times of day and frequency do not fit together",
        ),
        (
            {"repeat": {"frequency": 0, "period": 1, "periodUnit": "d"}},
            "frequency is not a usable number: 0",
        ),
        (
            {"repeat": {"frequency": 1, "period": -1, "periodUnit": "d"}},
            "period is not a usable number: -1",
        ),
        (
            {"repeat": {"frequency": 1.5, "period": 1, "periodUnit": "d"}},
            "frequency is not a whole number: 1.5",
        ),
        ({"repeat": {"frequency": 1, "period": 1}}, "unit of the period is missing or not known"),
        (
            {"repeat": {"frequency": 1, "period": 1, "periodUnit": "fortnight"}},
            "unit of the period is missing or not known",
        ),
        (
            {"repeat": {"frequency": 1, "period": 10_001, "periodUnit": "d"}},
            "period is not a usable number: 10001",
        ),
        ({"code": {"text": "0900 & 1800"}}, "frequency only as text: 0900 & 1800"),
        (
            {"event": ["2026-11-21", "2026-11-23"]},
            "number of doses without a frequency",
        ),
        ({"repeat": {"count": 2}}, "number of doses without a frequency"),
        (
            {
                "repeat": {
                    "dayOfWeek": ["mon", "wed"],
                    "frequency": 1,
                    "period": 1,
                    "periodUnit": "wk",
                }
            },
            "days of the week and frequency",
        ),
        (
            {"code": {"text": "BID", "coding": [{"code": "QD"}]}},
            "two ways that differ: BID",
        ),
        (
            {
                "repeat": {
                    "frequency": 1,
                    "period": 1,
                    "periodUnit": "d",
                    "boundsPeriod": {"start": "2026-11-21", "end": "2026-11-01"},
                }
            },
            "it ends before it starts",
        ),
    ],
)
def test_what_cannot_be_computed_says_why(timing, why):
    with pytest.raises(NotComputable, match=why):
        read_timing(timing)


def test_a_frequency_of_ten_thousand_is_the_last_that_is_computed_with():
    assert (
        read_timing(
            {"repeat": {"frequency": 10_000, "period": 1, "periodUnit": "a"}}
        ).timing.frequency
        == 10_000
    )


def test_repeat_and_code_that_say_the_same_are_read_once():
    reading = read_timing(
        {
            "repeat": {"frequency": 2, "period": 1, "periodUnit": "d"},
            "code": {"text": "every 12 hours"},
        }
    )

    assert reading.timing == every(2, "1", DAY)


def test_as_needed_is_seen_in_the_code():
    reading = read_timing(
        {"repeat": {"frequency": 1, "period": 4, "periodUnit": "h"}, "code": {"text": "Q4H PRN"}}
    )

    assert reading.as_needed


@pytest.mark.parametrize(
    ("bounds", "count", "duration"),
    [
        (
            {"boundsDuration": {"value": 2, "unit": "wk", "code": "wk"}, "count": 6},
            6,
            (Decimal(2), WEEK),
        ),
        ({"boundsDuration": {"value": 48, "unit": "h"}}, None, (Decimal(2), DAY)),
        (
            {
                "boundsRange": {
                    "low": {"value": 1, "code": "wk"},
                    "high": {"value": 2, "code": "wk"},
                }
            },
            None,
            (Decimal(2), WEEK),
        ),
        ({"boundsPeriod": {"start": "2026-11-01", "end": "2026-11-14"}}, None, (Decimal(14), DAY)),
        (
            {"boundsPeriod": {"start": "2026-11-01", "end": "2026-11-14T23:59:59Z"}},
            None,
            (Decimal(14), DAY),
        ),
        (
            {"boundsPeriod": {"start": "2026-11-01", "end": "2026-11-15T00:00:00Z"}},
            None,
            (Decimal(14), DAY),
        ),
        ({"boundsPeriod": {"start": "2026-11-01"}}, None, None),
        ({"boundsDuration": {}}, None, None),
        ({"boundsPeriod": {"start": "undefined"}}, None, None),
    ],
)
def test_bounds_are_read_and_empty_ones_are_none_R166(bounds, count, duration):
    timing = read_timing(
        {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", **bounds}}
    ).timing

    assert (timing.count, timing.duration) == (count, duration)


def test_an_end_alone_is_counted_from_the_day_the_order_was_written():
    repeat = {"frequency": 1, "period": 1, "periodUnit": "d", "boundsPeriod": {"end": "2026-11-30"}}

    reading = read_timing({"repeat": repeat}, authored=dt.date(2026, 11, 20))

    assert reading.timing.duration == (Decimal(11), DAY)  # the last day belongs to a Period (FHIR)
    assert reading.ends == dt.date(2026, 11, 30)


def test_the_days_of_a_timing_are_read_whatever_else_of_it_is_not():
    period = {"start": "2026-11-27", "end": "2026-12-27"}

    reading = read_bounds({"code": {"text": "per protocol"}, "repeat": {"boundsPeriod": period}})

    assert (reading.starts, reading.ends) == (dt.date(2026, 11, 27), dt.date(2026, 12, 27))
    assert reading.timing is None
    turned = {"start": period["end"], "end": period["start"]}
    assert read_bounds({"repeat": {"boundsPeriod": turned}}).starts is None


@pytest.mark.parametrize(
    "value",
    [
        True,
        None,
        "",
        "abc",
        float("nan"),
        float("inf"),
        "1e99",
        "1e13",
        pytest.param(10**5000, id="5,001 digits"),
        [],
        {},
    ],
)
def test_what_is_no_number_is_not_read_as_one(value):
    assert read_number(value) is None


def test_a_number_is_read_exactly_as_written():
    assert read_number(0.1) == Decimal("0.1")
    assert read_number("2.50") == Decimal("2.5")


@pytest.mark.parametrize(
    "timing",
    [
        {"code": {"text": "Once"}},
        {"code": {"text": "ONCE"}, "repeat": {"count": 1}},
        {"code": {"coding": [{"display": "Once"}]}, "event": ["2026-11-29T15:00:00Z"]},
        {
            "code": {"text": "Once"},
            "repeat": {"boundsPeriod": {"start": "2026-11-29", "end": "2026-11-29"}},
        },
        {
            "code": {"text": "Once"},
            "repeat": {"frequency": 1, "period": 1, "periodUnit": "d", "count": 1},
        },
    ],
)
def test_a_frequency_of_once_is_one_dose(timing):
    found = read_timing(timing)

    assert found.timing.count == 1
    assert found.written is None


@pytest.mark.parametrize("said", ["Once", "STAT", "one time"])
def test_a_frequency_of_once_beside_a_structure_without_an_end_is_told(said):
    found = read_timing(
        {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}, "code": {"text": said}}
    )

    assert found.timing == every(1, "1", DAY)
    assert found.written.count == 1


@pytest.mark.parametrize(
    ("repeat", "said", "timing"),
    [
        ({"timeOfDay": ["09:00:00"]}, "Every 30 days", every(1, "30", DAY)),
        ({"when": ["MORN"]}, "Every 30 days", every(1, "30", DAY)),
        ({"dayOfWeek": ["mon"]}, "Every 2 weeks", every(1, "2", WEEK)),
        ({"frequency": 1}, "Weekly", every(1, "1", WEEK)),
        ({"timeOfDay": ["09:00:00"]}, "Daily", every(1, "1", DAY)),
        ({"timeOfDay": ["09:00:00", "21:00:00"]}, "BID", every(2, "1", DAY)),
    ],
)
def test_an_hour_or_a_day_beside_a_code_says_when_and_the_code_how_often(repeat, said, timing):
    reading = read_timing({"repeat": repeat, "code": {"text": said}})

    assert reading.timing == timing
    assert reading.written is None


def test_an_hour_beside_a_code_that_is_not_read_is_not_every_day():
    with pytest.raises(NotComputable, match="See admin instructions"):
        read_timing(
            {"repeat": {"timeOfDay": ["09:00:00"]}, "code": {"text": "See admin instructions"}}
        )


def test_two_hours_of_a_day_beside_a_code_that_says_otherwise_differ():
    reading = read_timing(
        {"repeat": {"timeOfDay": ["09:00:00", "21:00:00"]}, "code": {"text": "every 30 days"}}
    )

    assert reading.timing == every(2, "1", DAY)
    assert reading.written == every(1, "30", DAY)


@pytest.mark.parametrize(
    "timing",
    [
        {"code": {"text": "Once"}, "repeat": {"count": 6}},
        {"code": {"text": "STAT"}, "repeat": {"count": 6}},
        {"code": {"text": "Once"}, "event": ["2026-11-30", "2026-12-02"]},
        {"code": {"text": "weekly x 4"}, "repeat": {"count": 6}},
    ],
)
def test_a_number_of_doses_that_the_code_denies_is_not_read(timing):
    """ "Once", six times, is no six days of injections."""
    with pytest.raises(NotComputable, match="number of doses is given in two ways"):
        read_timing(timing)


def test_what_the_code_says_of_the_end_stays_beside_a_structure_that_says_less():
    found = read_timing({"code": {"text": "daily for 5 days"}, "repeat": {"count": 5}}).timing

    assert (found.count, found.duration) == (5, (Decimal(5), DAY))


def test_a_highest_frequency_without_a_period_is_not_passed_over():
    with pytest.raises(NotComputable, match="without a period"):
        read_timing({"code": {"text": "Daily"}, "repeat": {"frequency": 1, "frequencyMax": 3}})
