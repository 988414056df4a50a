"""How often, in words: what is unmistakable is read, what means two things is not (Q43, Q91)."""

from decimal import Decimal

import pytest

from fhir_mappings.dosing.interval_vocabulary import ADVERBS, NUMBERS, UNITS, fold
from fhir_mappings.dosing.interval_words import LONGEST_TEXT, find_rhythm, parse_rhythm
from recommender.language import PeriodUnit, Timing

DAY, WEEK, MONTH, YEAR = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR


def every(
    period: str, unit: PeriodUnit, period_max: str | None = None, times: int = 1, **ends: object
) -> Timing:
    longest = None if period_max is None else Decimal(period_max)
    return Timing(times, Decimal(period), unit, longest, **ends)  # type: ignore[arg-type]


@pytest.mark.parametrize("number", [2, 3, 4, 6, 8, 10, 12])
@pytest.mark.parametrize(("word", "unit"), [("weekly", WEEK), ("monthly", MONTH)])
def test_N_weekly_and_N_monthly_are_every_N(number, word, unit):
    for text in (
        f"{number} {word}",
        f"{number}-{word}",
        f"{number}{word}",
        f"{number} {word.upper()}",
    ):
        assert parse_rhythm(text) == every(str(number), unit)


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("two monthly", every("2", MONTH)),
        ("2-3 monthly", every("2", MONTH, "3")),
        ("every 3/12", every("3", MONTH)),
        ("every 12/52", every("12", WEEK)),
        ("Q12/52", every("12", WEEK)),
        ("3/12ly", every("3", MONTH)),
        ("Q30D", every("30", DAY)),
        ("Q90 days", every("90", DAY)),
        ("q8wk", every("8", WEEK)),
        ("QMONTH", every("1", MONTH)),
        ("q2-3mo", every("2", MONTH, "3")),
        ("q.o.d.", every("2", DAY)),
        ("EOD", every("2", DAY)),
        ("every 2nd day", every("2", DAY)),
        ("alt days", every("2", DAY)),
        ("every 3rd month", every("3", MONTH)),
        ("Mon, Wed, Fri", every("1", WEEK, times=3)),
        ("Mondays and Thursdays", every("1", WEEK, times=2)),
        ("MWF", every("1", WEEK, times=3)),
        ("on Mondays", every("1", WEEK)),
        ("twice weekly", every("1", WEEK, times=2)),
        ("1 injection / 3 months", every("3", MONTH)),
        ("1x/12 wks", every("12", WEEK)),
        ("at 12 week intervals", every("12", WEEK)),
        ("every 12-week", every("12", WEEK)),
        ("3 months apart", every("3", MONTH)),
        ("twice monthly", every("1", MONTH, times=2)),
        ("3x/week", every("1", WEEK, times=3)),
        ("once every 3 months", every("3", MONTH)),
        ("weekly x 4", every("1", WEEK, count=4)),
        ("weekly for 6 doses", every("1", WEEK, count=6)),
        ("daily for 5 to 6 doses", every("1", DAY, count=5, count_max=6)),
        ("3 times a week for 2 weeks", every("1", WEEK, times=3, duration=(Decimal(2), WEEK))),
        ("daily for 2/52", every("1", DAY, duration=(Decimal(2), WEEK))),
        ("fortnightly", every("2", WEEK)),
        ("monthly, lifelong", every("1", MONTH)),
        ("QOW", every("2", WEEK)),
        ("once a fortnight", every("2", WEEK)),
        ("once per 3 months", every("3", MONTH)),
        ("every 3 months as directed", every("3", MONTH)),
        ("3 mthly", every("3", MONTH)),
        ("monthly injection", every("1", MONTH)),
        ("every thirty days", every("30", DAY)),
        ("every alternate day", every("2", DAY)),
        ("once every other day", every("2", DAY)),
        ("MoWeFr", every("1", WEEK, times=3)),
        ("M/W/F", every("1", WEEK, times=3)),
        ("every morning", every("1", DAY)),
        ("in the morning and at night", every("1", DAY, times=2)),
        ("12 hourly", every("1", DAY, times=2)),
        ("half yearly", every("6", MONTH)),
        ("stat", every("1", DAY, count=1)),
        ("single dose", every("1", DAY, count=1)),
        ("one every 3 months", every("3", MONTH)),
        ("at intervals of 3 months", every("3", MONTH)),
        ("once per quarter", every("3", MONTH)),
        ("BDS", every("1", DAY, times=2)),
        ("3 days a week", every("1", WEEK, times=3)),
        (
            "three days each week for 2 weeks",
            every("1", WEEK, times=3, duration=(Decimal(2), WEEK)),
        ),
        ("5 days weekly", every("1", WEEK, times=5)),
        ("Monday to Friday", every("1", WEEK, times=5)),
        ("Mon through Thu", every("1", WEEK, times=4)),
        ("Mon - Wed - Fri", every("1", WEEK, times=3)),
        ("every other Monday", every("2", WEEK)),
        ("alternate Tuesdays", every("2", WEEK)),
        ("3 times a week for a fortnight", every("1", WEEK, times=3, duration=(Decimal(2), WEEK))),
        ("3 injections per week", every("1", WEEK, times=3)),
        (
            "three injections a week for 2 weeks",
            every("1", WEEK, times=3, duration=(Decimal(2), WEEK)),
        ),
    ],
)
def test_english_phrases_and_abbreviations_of_both_sides_of_the_atlantic(words, timing):
    assert parse_rhythm(words) == timing


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("alle 3 Monate", every("3", MONTH)),
        ("jeden zweiten Tag", every("2", DAY)),
        ("3x wöchentlich", every("1", WEEK, times=3)),
        ("vierteljährlich", every("3", MONTH)),
        ("3-monatlich", every("3", MONTH)),
        ("14-tägig", every("2", WEEK)),
        ("tous les 3 mois", every("3", MONTH)),
        ("un jour sur deux", every("2", DAY)),
        ("3 fois par semaine", every("1", WEEK, times=3)),
        ("cada 2-3 meses", every("2", MONTH, "3")),
        ("cada dos días", every("2", DAY)),
        ("tres veces por semana", every("1", WEEK, times=3)),
        ("ogni 2 mesi", every("2", MONTH)),
        ("una volta al mese", every("1", MONTH)),
        ("a cada 3 meses", every("3", MONTH)),
        ("dias alternados", every("2", DAY)),
        ("om de dag", every("2", DAY)),
        ("elke 2 maanden", every("2", MONTH)),
        ("3 keer per week", every("1", WEEK, times=3)),
        ("varannan dag", every("2", DAY)),
        ("var tredje månad", every("3", MONTH)),
        ("var 3:e månad", every("3", MONTH)),
        ("hver 3. måned", every("3", MONTH)),
        ("3 gange om ugen", every("1", WEEK, times=3)),
        ("annenhver dag", every("2", DAY)),
        ("hveranden måned", every("2", MONTH)),
        ("une fois par trimestre", every("3", MONTH)),
        ("elk kwartaal", every("3", MONTH)),
        ("3 Tage pro Woche", every("1", WEEK, times=3)),
        ("3 jours par semaine", every("1", WEEK, times=3)),
        ("lunes a viernes", every("1", WEEK, times=5)),
        ("maandag t/m vrijdag", every("1", WEEK, times=5)),
        ("alle 3 Mon.", every("3", MONTH)),
        ("jd. 2. Tag", every("2", DAY)),
        ("3 mal die Woche", every("1", WEEK, times=3)),
        ("dreimal die Woche", every("1", WEEK, times=3)),
        ("3x wöchentl.", every("1", WEEK, times=3)),
        ("1x mtl.", every("1", MONTH)),
        ("1x/Quartal", every("3", MONTH)),
        ("jedes Vierteljahr", every("3", MONTH)),
        ("1 inj/3 mois", every("3", MONTH)),
        ("1x/trimestre", every("3", MONTH)),
        ("3x/sem.", every("1", WEEK, times=3)),
        ("1 jour/2", every("2", DAY)),
        ("2 fois par an", every("1", YEAR, times=2)),
        ("de 3 em 3 meses", every("3", MONTH)),
        ("dois em dois dias", every("2", DAY)),
        ("dia sim, dia não", every("2", DAY)),
        ("cada trimestre", every("3", MONTH)),
        ("un día sí y otro no", every("2", DAY)),
        ("ogni trimestre", every("3", MONTH)),
        ("3 volte la settimana", every("1", WEEK, times=3)),
        ("un giorno sì e uno no", every("2", DAY)),
        ("1x/3 mnd", every("3", MONTH)),
        ("eens in de 3 maanden", every("3", MONTH)),
        ("1x per 8-12 weken", every("8", WEEK, "12")),
        ("1x daags", every("1", DAY)),
        ("2 dd", every("1", DAY, times=2)),
        ("var tolfte vecka", every("12", WEEK)),
        ("1 gång/3 månader", every("3", MONTH)),
        ("hver tolvte uke", every("12", WEEK)),
        ("hvert kvartal", every("3", MONTH)),
        ("1 gang i kvartalet", every("3", MONTH)),
        ("x 2 daglig", every("1", DAY, times=2)),
    ],
)
def test_other_languages_where_their_words_are_unmistakable(words, timing):
    assert parse_rhythm(words) == timing


@pytest.mark.parametrize(
    "words",
    [
        "biweekly",
        "bi-monthly",
        "bimonthly",
        "semi-monthly",
        "3/12",
        "12/52",
        "3 weekly injections",
        "6 monthly doses",
        "3 weekly for 2 weeks",
        "2 daily",
        "every 3 months or monthly",
        "monthly then every 3 months",
        "every 0 weeks",
        "weekly x 4 for 6 doses",
        "om the dag",
        "2/3 monthly",
        "1/2 weekly",
        "Mon-Fri",
        "Mo - Fr",
        "Monday to Monday",
        "once in 3 months",
        "1 injection in 12 weeks",
        "tablets x 2 daily",
        "hver man",  # a month, or Monday
        "var tredje mån",
        "every 2/3 months",
        "every 3 days a week",
        "5 days a month",
        "8 days a week",
        "days 1, 3 and 5 of each week",
        "",
        "monthly" + " " * LONGEST_TEXT,
    ],
)
def test_what_means_two_things_or_nothing_is_not_read(words):
    assert parse_rhythm(words) is None


def test_an_interval_shorter_than_its_own_duration_is_read_and_an_equal_one_is_not_Q91():
    assert parse_rhythm("3 weekly for 4 weeks") == every("3", WEEK, duration=(Decimal(4), WEEK))
    assert parse_rhythm("3 weekly for 3 weeks") is None


@pytest.mark.parametrize("day", ["annen hver dag", "anden hver dag", "hver annen dag"])
def test_every_other_day_in_two_words_is_not_daily(day: str) -> None:
    assert find_rhythm(fold(f"1 tablett {day}")).timing == every("2", DAY)


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("1 cpr/die", every("1", DAY)),
        ("1 cp/j", every("1", DAY)),
        ("1dd1 tablet", every("1", DAY)),
        ("1 comp al día", every("1", DAY)),
        ("1 compressa al dì", every("1", DAY)),
        ("se emoglobina al di sotto di 10", None),
        ("1 tabl. x 3 dgl.", every("1", DAY, times=3)),
    ],
)
def test_what_is_written_short_behind_an_amount(words, timing):
    assert find_rhythm(fold(words)).timing == timing


@pytest.mark.parametrize("word", sorted(UNITS))
def test_every_unit_word_stands_for_one_unit(word):
    assert parse_rhythm(f"every 2 {word}") is not None


@pytest.mark.parametrize("word", sorted(ADVERBS))
def test_every_adverb_is_read_alone(word):
    assert parse_rhythm(word) is not None


@pytest.mark.parametrize(("word", "number"), sorted(NUMBERS.items()))
def test_every_number_word_is_read(word, number):
    assert parse_rhythm(f"every {word} weeks") == every(str(number), WEEK)


@pytest.mark.parametrize("piece", ["9", "1 ", "every ", "1-", "mon, ", "x", "every 1 ", "/", "a "])
def test_a_long_repetition_costs_no_more_than_its_length(piece):
    assert parse_rhythm(piece * 30_000) is None
    parse_rhythm((piece * LONGEST_TEXT)[:LONGEST_TEXT])


@pytest.mark.parametrize(
    ("words", "timing"),
    [
        ("Once per day on Mon Wed Fri", every("1", WEEK, times=3)),
        ("Once per day on Monday, Wednesday, and Friday", every("1", WEEK, times=3)),
        ("qMWF", every("1", WEEK, times=3)),
        ("Q MWF", every("1", WEEK, times=3)),
        ("Tu,Th,Sa", every("1", WEEK, times=3)),
        ("QODay", every("2", DAY)),
        ("QO DAY", every("2", DAY)),
        ("Daily with breakfast", every("1", DAY)),
        ("Daily before breakfast", every("1", DAY)),
        ("daily 0900", every("1", DAY)),
        ("DAILY@0900", every("1", DAY)),
        ("daily at 0900", every("1", DAY)),
        ("monthly on the 1st", every("1", MONTH)),
        ("first of the month", every("1", MONTH)),
        ("once a day on the 1st of the month", every("1", MONTH)),
        ("on the 15th of each month", every("1", MONTH)),
        ("every 1st of the month", every("1", MONTH)),
        ("every 3 months on the 1st of the month", every("3", MONTH)),
        ("one time a day every 1 month(s) starting on the 5th for 1 day(s)", every("1", MONTH)),
        ("one time a day starting on the 5th and ending on the 5th every month", every("1", MONTH)),
        ("weekly on Wed", every("1", WEEK)),
        ("THREE times a week - Monday/Wednesday/Friday", every("1", WEEK, times=3)),
        ("on alternate days until no further improvement", every("2", DAY)),
        ("q month x 1 year", every("1", MONTH, duration=(Decimal(1), YEAR))),
        ("once a week on Wed", every("1", WEEK)),
        ("every 4 weeks on Mon", every("4", WEEK)),
    ],
)
def test_frequencies_as_american_systems_name_them_are_read_Q43(words, timing):
    assert parse_rhythm(words) == timing
    assert find_rhythm(fold(f"1 mg IM {words}")).timing in (timing, None)


@pytest.mark.parametrize(
    "words",
    [
        "Every Mon",  # or month
        "weekly on Wed and Fri",
        "weekly on Wednesday Friday",
        "weekly on Monday to Friday",
        "daily at 0900 at 2100",
        "daily before breakfast, before dinner",
        "every 4 weeks on Mon, Thu",
        "daily 0900 1800",
        "0900 & 1800",
        "before meals",
        "daily with meals",
        "monthly on the 1st and 15th",
        "on the 1st and 15th of each month",
        "on the 1st Monday of the month",
        "first Monday of the month",
        "monthly on the 1st of every other month",
        "one time a day starting on the 5th and ending on the 9th every month",
        "daily starting on the 5th for 1 day",
        "once a day monthly",
    ],
)
def test_days_and_hours_that_leave_open_how_often_are_not_read(words):
    assert parse_rhythm(words) is None


@pytest.mark.parametrize(
    "words",
    [
        "Once",
        "ONCE STAT",
        "Stat once",
        "once-only",
        "ONE-TIME ONLY",
        "Once now",
        "Single dose only",
    ],
)
def test_a_frequency_of_one_time_is_one_dose_Q43(words):
    assert parse_rhythm(words) == every("1", DAY, count=1)


@pytest.mark.parametrize(
    "words", ["once or twice", "once weekly or monthly", "1 dose", "once PRN x"]
)
def test_once_beside_more_is_no_single_dose(words):
    assert parse_rhythm(words) is None
