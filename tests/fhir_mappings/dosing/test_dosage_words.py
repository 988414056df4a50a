"""A dosage in free text: what is read, what is set aside, and what makes it unreadable (Q37,
Q41).
"""

from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_mappings.dosing import read_written
from recommender.language import PeriodUnit, Route, Timing

DAY, WEEK, MONTH = PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH
IM, SC, PO = Route.INTRAMUSCULAR, Route.SUBCUTANEOUS, Route.ORAL


def every(period: int, unit: PeriodUnit, times: int = 1) -> Timing:
    return Timing(times, Decimal(period), unit)


@pytest.mark.parametrize(
    ("text", "amounts", "route", "timing"),
    [
        ("1mg IM every 3 months", [(1, "mg")], IM, every(3, MONTH)),
        ("1,000 mcg i.m. q3mo", [(1000, "mcg")], IM, every(3, MONTH)),
        ("Give 1mg IM 3/12ly", [(1, "mg")], IM, every(3, MONTH)),
        ("ONE injection EVERY 12 WEEKS", [(1, "ampoule")], None, every(12, WEEK)),
        ("One To Be Given Every 12 Weeks", [(1, "ampoule")], None, every(12, WEEK)),
        ("1 to be injected every 2 months", [(1, "ampoule")], None, every(2, MONTH)),
        ("Inject contents of one ampoule 8 weekly", [(1, "ampoule")], None, every(8, WEEK)),
        ("Take one tablet daily", [(1, "tablet")], None, every(1, DAY)),
        ("ONE TO BE TAKEN EACH DAY", [(1, "tablet")], None, every(1, DAY)),
        (
            "TAKE 1 TABLET (1000 MCG) BY MOUTH EVERY DAY",
            [(1, "tablet"), (1000, "mcg")],
            PO,
            every(1, DAY),
        ),
        (
            "Inject 1 mL (1,000 mcg total) into the muscle every 30 (thirty) days.",
            [(1, "ml"), (1000, "mcg")],
            IM,
            every(30, DAY),
        ),
        ("Aplicar 1 ampolla intramuscular cada mes", [(1, "ampoule")], IM, every(1, MONTH)),
        ("Administrar 1 ampolla IM cada 2 meses", [(1, "ampoule")], IM, every(2, MONTH)),
        ("Injetar 1 ml IM a cada 2 meses", [(1, "ml")], IM, every(2, MONTH)),
        ("Fare 1 fiala IM ogni mese", [(1, "ampoule")], IM, every(1, MONTH)),
        ("Faire 1 ampoule IM tous les mois", [(1, "ampoule")], IM, every(1, MONTH)),
        ("1 ml settes im hver 3. måned", [(1, "ml")], IM, every(3, MONTH)),
        ("1 tablet Orally Once a day 30 day(s)", [(1, "tablet")], PO, every(1, DAY)),
        ("1 tablet orally once a day 90 days, 90", [(1, "tablet")], PO, every(1, DAY)),
        ("1 mL into muscle every 12 weeks", [(1, "ml")], IM, every(12, WEEK)),
        ("1 mL deep subcutaneous monthly", [(1, "ml")], SC, every(1, MONTH)),
        ("1 mg tiw IM", [(1, "mg")], IM, every(1, WEEK, 3)),
        ("1 mg i.m. alle 3 Monate", [(1, "mg")], IM, every(3, MONTH)),
        ("1 Ampulle i.m. jeden zweiten Tag", [(1, "ampoule")], IM, every(2, DAY)),
        ("1 ampoule IM tous les 3 mois", [(1, "ampoule")], IM, every(3, MONTH)),
        ("1 comprimé par jour", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablet a day", [(1, "tablet")], None, every(1, DAY)),
        (
            "Inject 1 mL (1,000 mcg total) under the skin every 30 (thirty) days.",
            [(1, "ml"), (1000, "mcg")],
            SC,
            every(30, DAY),
        ),
        ("1 Amp. monatlich unter die Haut", [(1, "ampoule")], SC, every(1, MONTH)),
        ("1 tab SL daily", [(1, "tablet")], PO, every(1, DAY)),
        ("Dissolve 1 tablet under your tongue once daily", [(1, "tablet")], PO, every(1, DAY)),
        ("Place one tablet under the tongue each morning", [(1, "tablet")], PO, every(1, DAY)),
        ("1 Tablette täglich unter die Zunge", [(1, "tablet")], PO, every(1, DAY)),
        ("1 comprimé par jour sous la langue", [(1, "tablet")], PO, every(1, DAY)),
        ("chew 1 tablet daily", [(1, "tablet")], None, every(1, DAY)),
        ("1 compressa al giorno", [(1, "tablet")], None, every(1, DAY)),
        ("1000 microgramos IM cada mes", [(1000, "microgramos")], IM, every(1, MONTH)),
        ("1 fiala IM ogni 2 mesi", [(1, "ampoule")], IM, every(2, MONTH)),
        ("1 ampul intramusculair om de dag", [(1, "ampoule")], IM, every(2, DAY)),
        ("1 tablett dagligen", [(1, "tablet")], None, every(1, DAY)),
        ("1 mg IM every 2 months for life", [(1, "mg")], IM, every(2, MONTH)),
        ("1 mg IM every 2 months. Review annually.", [(1, "mg")], IM, every(2, MONTH)),
        ("1000 mcg/day", [(1000, "mcg")], None, every(1, DAY)),
        ("1 mg IM/month", [(1, "mg")], IM, every(1, MONTH)),
        ("1,000 mcg IM per month", [(1000, "mcg")], IM, every(1, MONTH)),
        ("1000 µg/jour", [(1000, "ug")], None, every(1, DAY)),
        ("1 injection IM par mois", [(1, "ampoule")], IM, every(1, MONTH)),
        ("1 comprimé matin et soir", [(1, "tablet")], None, every(1, DAY, 2)),
        ("une injection IM 1 jour sur 2", [(1, "ampoule")], IM, every(2, DAY)),
        ("1 fl im al mese", [(1, "ampoule")], IM, every(1, MONTH)),
        ("1 amp IM c/ 30 dias", [(1, "ampoule")], IM, every(30, DAY)),
        ("1 ampola IM 15/15 dias", [(1, "ampoule")], IM, every(15, DAY)),
        ("1 comp ao dia", [(1, "tablet")], None, every(1, DAY)),
        ("1 injectie per 2 maanden", [(1, "ampoule")], None, every(2, MONTH)),
        ("1 injeksjon hver 3. måned", [(1, "ampoule")], None, every(3, MONTH)),
        ("1 mg i.m. hver 12. uke", [(1, "mg")], IM, every(12, WEEK)),
        ("jeden 2. Tag 1 Amp.", [(1, "ampoule")], None, every(2, DAY)),
        ("1 Amp. alle 2 Wo.", [(1, "ampoule")], None, every(2, WEEK)),
        ("1 Amp. i.m. im Abstand von 3 Monaten", [(1, "ampoule")], IM, every(3, MONTH)),
        ("1 Tbl. 1-0-1", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 tablett 2 ggr dagl", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 mg IM MWF", [(1, "mg")], IM, every(1, WEEK, 3)),
        ("1 tab mane and nocte", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 mg i.m. monatlich", [(1, "mg")], IM, every(1, MONTH)),  # "im Monat" is no route
        ("1 Amp. i. m. vierteljährlich", [(1, "ampoule")], IM, every(3, MONTH)),
        ("1 mg im Monat", [(1, "mg")], None, every(1, MONTH)),
        ("1 mg 1 mal pro Quartal s. c.", [(1, "mg")], SC, every(3, MONTH)),
        ("1 mg en IM tous les 3 mois", [(1, "mg")], IM, every(3, MONTH)),
        ("1 cp par jour", [(1, "tablet")], None, every(1, DAY)),
        ("due fiale intramuscolo ogni due mesi", [(2, "ampoule")], IM, every(2, MONTH)),
        ("1 fiala im a mesi alterni", [(1, "ampoule")], IM, every(2, MONTH)),
        ("1 cpr tutti i giorni", [(1, "tablet")], None, every(1, DAY)),
        ("1 mg IM un día sí y otro no", [(1, "mg")], IM, every(2, DAY)),
        ("1 comprimido VO todos los días", [(1, "tablet")], PO, every(1, DAY)),
        ("um comprimido por dia", [(1, "tablet")], None, every(1, DAY)),
        ("1 ampola IM quinzenal", [(1, "ampoule")], IM, every(2, WEEK)),
        ("1 ml i.m. hver 2.-3. måned", [(1, "ml")], IM, Timing(1, Decimal(2), MONTH, Decimal(3))),
        ("1 ampul i.m. en gang hver 2. måned", [(1, "ampoule")], IM, every(2, MONTH)),
        ("1 ml i.m. var 14:e dag", [(1, "ml")], IM, every(14, DAY)),
        ("1 ml im var fjärde vecka", [(1, "ml")], IM, every(4, WEEK)),
        ("1 tablett to ganger daglig", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 mg IM, per week", [(1, "mg")], IM, every(1, WEEK)),
        ("every 2nd day one mg IM", [(1, "mg")], IM, every(2, DAY)),
        (
            "1 mg IM every 2 months for life; first dose 2 months after the last loading dose.",
            [(1, "mg")],
            IM,
            every(2, MONTH),
        ),
        (
            "Inject 1,000 mcg into the shoulder, thigh, or buttocks every 30 (thirty) days.",
            [(1000, "mcg")],
            IM,
            every(30, DAY),
        ),
        ("Inject 1 mL into the left deltoid muscle monthly", [(1, "ml")], IM, every(1, MONTH)),
        ("1 mL in the buttock every 2 months", [(1, "ml")], IM, every(2, MONTH)),
        ("1 mg SC into the thigh every month", [(1, "mg")], SC, every(1, MONTH)),
        ("1 mL under the skin in the left thigh monthly", [(1, "ml")], SC, every(1, MONTH)),
        (
            "1 tab(s), Oral, Daily, # 90 tab(s), 3 Refill(s), Maintenance",
            [(1, "tablet")],
            PO,
            every(1, DAY),
        ),
        ("Take 1 tab by mouth daily, Disp: 90 tablet, Rfl: 3", [(1, "tablet")], PO, every(1, DAY)),
        ("1 tab PO daily #90", [(1, "tablet")], PO, every(1, DAY)),
        ("1 mL IM q month, disp 10 mL", [(1, "ml")], IM, every(1, MONTH)),
        ("1 mL into the appropriate muscle every 14 days", [(1, "ml")], IM, every(14, DAY)),
        ("Take one 1mg tablet once daily", [(1, "tablet"), (1, "mg")], None, every(1, DAY)),
        ("Take a 1 mg tablet daily", [(1, "tablet"), (1, "mg")], None, every(1, DAY)),
        (
            "Take two 500 microgram tablets every day",
            [(2, "tablet"), (1000, "microgram")],
            None,
            every(1, DAY),
        ),
        ("2 x 500mcg tablets PO daily", [(2, "tablet"), (1000, "mcg")], PO, every(1, DAY)),
        ("one 1 mg ampoule IM every 3 months", [(1, "ampoule"), (1, "mg")], IM, every(3, MONTH)),
        ("3 x 1 Ampulle i.m. pro Woche", [(1, "ampoule")], IM, every(1, WEEK, 3)),
        ("3 x 1 mg per week IM", [(1, "mg")], IM, every(1, WEEK, 3)),
        ("2 x 1 Tablette täglich", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 x 1 mg IM monthly", [(1, "mg")], IM, every(1, MONTH)),
        ("1 ml x 1 i.m. var 3:e månad", [(1, "ml")], IM, every(3, MONTH)),
        ("1 mg im x 1 hver 3. måned", [(1, "mg")], IM, every(3, MONTH)),
        ("1 ml im hver 3. md.", [(1, "ml")], IM, every(3, MONTH)),
        ("1 mg im x 3/vecka", [(1, "mg")], IM, every(1, WEEK, 3)),
        ("1 tablett x 1 dagligen", [(1, "tablet")], None, every(1, DAY)),
        ("1 Ampulle i.m. x 1 pro Monat", [(1, "ampoule")], IM, every(1, MONTH)),
        ("1 fiala im ogni 30 gg", [(1, "ampoule")], IM, every(30, DAY)),
        ("1 fl im a gg alterni", [(1, "ampoule")], IM, every(2, DAY)),
        ("1 fiala intramuscolo alla settimana", [(1, "ampoule")], IM, every(1, WEEK)),
        ("1 cpr die", [(1, "tablet")], None, every(1, DAY)),
        ("1 ml im 1 gg/mån", [(1, "ml")], IM, every(1, MONTH)),
        ("1 tabl 2 gg/dag", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 tablett 2 gg dagligen", [(1, "tablet")], None, every(1, DAY, 2)),
        ("1 tablet dgl.", [(1, "tablet")], None, every(1, DAY)),
        ("1 ml im 4 ganger i året", [(1, "ml")], IM, every(1, PeriodUnit.YEAR, 4)),
        ("1 tablett på morgonen", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablett om morgenen", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablet 's ochtends", [(1, "tablet")], None, every(1, DAY)),
        ("1 comprimido pela manhã", [(1, "tablet")], None, every(1, DAY)),
        ("1 compressa al mattino", [(1, "tablet")], None, every(1, DAY)),
        ("1 Amp. s.c. alle 3 Mt.", [(1, "ampoule")], SC, every(3, MONTH)),
        ("1 Amp. i.m. 1x/Mt.", [(1, "ampoule")], IM, every(1, MONTH)),
        ("1000 mcg PO DIE", [(1000, "mcg")], PO, every(1, DAY)),
        ("1 Tbl. am Morgen", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablet daily on an empty stomach", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablet daily 30 min before breakfast", [(1, "tablet")], None, every(1, DAY)),
        ("1 tablet once daily after food", [(1, "tablet")], None, every(1, DAY)),
        ("Take 1 tablet by mouth nightly at bedtime.", [(1, "tablet")], PO, every(1, DAY)),
        ("Take 1 lozenge by mouth daily", [(1, "tablet")], PO, every(1, DAY)),
        (
            "1 tablet by mouth once daily. Do not crush or chew.",
            [(1, "tablet")],
            PO,
            every(1, DAY),
        ),
        ("1 ML IM ONCE A MONTH. DISCARD VIAL AFTER USE", [(1, "ml")], IM, every(1, MONTH)),
        ("1 mL IM every 28 (twenty-eight) days", [(1, "ml")], IM, every(28, DAY)),
        ("1 mL IM every sixty days", [(1, "ml")], IM, every(60, DAY)),
        ("1 mg IM 48 hrly", [(1, "mg")], IM, every(2, DAY)),
        (
            "1,000 mcg, Intramuscular, Every 30 days, First dose on Mon 11/30/26 at 0900",
            [(1000, "mcg")],
            IM,
            every(30, DAY),
        ),
        ("1 mg, IM, Monthly, First dose today at 1200", [(1, "mg")], IM, every(1, MONTH)),
        ("1 comprimé par jour à jeun", [(1, "tablet")], None, every(1, DAY)),
        ("1 Tbl. morgens nüchtern", [(1, "tablet")], None, every(1, DAY)),
        ("1 comp al día en ayunas", [(1, "tablet")], None, every(1, DAY)),
        ("1 cp al giorno a stomaco vuoto", [(1, "tablet")], None, every(1, DAY)),
    ],
)
def test_what_is_read_whole(text, amounts, route, timing):
    found = read_written(text)

    assert found.whole
    assert [(int(number), unit) for number, unit in found.amounts] == amounts
    assert found.route is route
    assert found.timing == timing


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM today",
        "give 1 mg IM now",
        "1 mg IM once for 1 dose",
        "1 mg IM einmalig",
        "1 mg IM dosis única",
        "1 mg IM una tantum",
        "1 mg IM eenmalig",
        "1 mg IM x1",
        "1 mg IM x 1 dose",
        "1 mg, intramuscular, once, for 1 dose",
        "1,000 mcg, Intramuscular, Once",
        "1,000 mcg = 1 mL, IM, Once",
    ],
)
def test_a_single_dose_is_read_as_one(text):
    found = read_written(text)

    assert found.whole
    assert found.timing is not None
    assert found.timing.count == 1


@pytest.mark.parametrize(
    "text", ["1 mg IM once", "1 mg IM today and every 2 months", "1 mg IM once or twice weekly"]
)
def test_what_may_be_more_than_a_single_dose_is_none(text):
    timing = read_written(text).timing

    assert timing is None or timing.count != 1


@pytest.mark.parametrize(
    "text",
    [
        "as directed by the consultant",
        "1 mg IM every 3 months unless bleeding",
        "1 mg IM on alternate days for 2 weeks then every 2 months",
        "max 1 mg a day",
        "do not give daily",
        "1 mg IM weekly or monthly",
        "1-2 tablets daily",
        "take between 1 and 2 tablets daily",
        "between 500 mcg and 1 mg daily",
        "1 mg IM biweekly",
        "1 mg IM every 2 months; first dose on 3 January",
        "1 mg IM every 2 months; first dose 2 months after the last injection",
        "1 mg im monatlichen Abstand",
        "1 1/2 tablets daily",
        "one and a half tablet daily",
        "change to tablets daily",
        "1 mg IM monthly; next due in 3 weeks",
        "1 mg IM once in 3 months",
        "1 mg IM per MD",
        "1 tablet per MD",
        "inject 1 mg IM once per MD",
        "1 mg IM 2 per MD",
        "x" * 501,
        "",
    ],
)
def test_what_is_not_read_whole(text):
    assert not read_written(text).whole


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("1 Tablette im Monat", every(1, MONTH)),
        ("1x im Quartal 1 Tablette", every(3, MONTH)),
        ("1 Tablette im Wechsel", None),
    ],
)
def test_im_before_a_time_in_german_is_no_route(text, timing):
    found = read_written(text)

    assert (found.route, found.timing) == (None, timing)


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM in the morning, 1 mg at night",
        "1 mane 1 nocte",
        "1 cp matin, 1 cp soir",
        "2-0-1",
        "0-0-0",
        "2-1-0-1",
        "1-0-1-2",
        "1-0-0.5",
        "1-0-0,5",
        "1-0-½",
        "½-0-1",
        "1/2-0-1",
        "1-0-1/2",
        "1-0-1-0-1",
    ],
)
def test_doses_of_several_times_of_day_are_not_one_a_day(text):
    assert read_written(text).timing is None


@pytest.mark.parametrize(
    "text",
    [
        "1 mg alternate days for 2 weeks then 10 mg monthly",
        "increase to 10 mg daily",
        "not 10 mg",
        "if bleeding 10 mg daily",
        "max 10 mg daily",
    ],
)
def test_a_sequence_a_negation_or_a_choice_says_nothing_to_compare(text):
    assert not read_written(text).says_something


def test_the_name_and_strength_of_the_product_are_no_dose():
    name = "Hydroxocobalamin 1mg/1ml solution for injection ampoules"

    assert read_written(f"{name} - 1 ampoule IM monthly", (name,)).amounts == (
        (Decimal(1), "ampoule"),
    )
    assert read_written("hydroxocobalamin 1 mg/mL, 1 mL monthly").amounts == ((Decimal(1), "ml"),)


@pytest.mark.parametrize(
    "text",
    [
        "2 500 mcg tablets daily",
        "1mg tablets daily",
        "5 x 1mg/1ml ampoules",
        "5 x 1 mg ampoules IM",
        "1 x 2 tabletter dagligen",
        "Give six 1 mg injections IM",
    ],
)
def test_a_count_before_a_strength_that_may_be_of_doses_or_of_pieces_is_no_dose(text):
    found = read_written(text)

    assert not found.whole
    assert all(unit != "ampoule" for _, unit in found.amounts)


@pytest.mark.parametrize(
    "text",
    [
        "1 tablet with each meal, daily",
        "1 tablet daily with every meal",
        "1 tablett på morgonen och på kvällen",
        "1 tablett på morgonen och till natten",
        "1 tablet 's ochtends en 's avonds",
        "1 comprimido de manhã e à noite",
        "1 compressa al mattino e alla sera",
    ],
)
def test_meals_and_two_times_of_day_are_not_once_a_day(text):
    assert not read_written(text).whole or read_written(text).timing == every(1, DAY, 2)


@pytest.mark.parametrize(
    "text",
    ["1 tablet after breakfast", "1 tablet before meals", "1 tablet daily after lunch and dinner"],
)
def test_a_meal_alone_does_not_say_how_often(text):
    assert not read_written(text).whole or read_written(text).timing is None


@pytest.mark.parametrize(
    "text",
    [
        "1 tablett x 1",
        "1 tablet, Oral, Once",
        "1,000 mcg, Once",
        "1 tabl x 1",
        "1 mg x 1",
        "1 mg x 1 i 5 dagar",
        "3x1 Tbl.",
        "2 x 1 Tablette",
    ],
)
def test_a_bare_number_of_times_of_what_is_swallowed_means_two_things(text):
    """So many a day, as Nordic and German labels write it, or so many in all."""
    found = read_written(text)

    assert not found.whole
    assert (found.timing, found.count_alone) == (None, None)


@pytest.mark.parametrize(
    ("text", "count"),
    [("6 x 1 mg IM", 6), ("6 x 1 ml i.m.", 6), ("six x 1 mg IM", 6), ("6 x 1 Ampulle i.m.", 6)],
)
def test_a_count_before_an_amount_is_a_number_of_doses(text, count):
    found = read_written(text)

    assert found.count_alone == count
    assert [number for number, _ in found.amounts] == [1]


def test_a_count_before_an_amount_ends_what_is_said_of_how_often():
    timing = read_written("6 x 1mg IM on alternate days").timing

    assert timing == replace(every(2, DAY), count=6)


def test_two_frequencies_are_none():
    assert read_written("1 mg weekly and monthly").timing is None


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("three 1 mg injections a week", every(1, WEEK, 3)),
        ("6 doses over a fortnight", None),
        ("daily except Sundays", None),
    ],
)
def test_what_is_read_beside_other_words_is_what_they_mean_Q41(text, timing):
    assert read_written(text).timing == timing


@pytest.mark.parametrize(("text", "amount"), [("½ tablet daily", "0.5"), ("1½ tabs daily", "1.5")])
def test_a_fraction_of_a_tablet_is_no_whole_one(text, amount):
    assert read_written(text).amounts == ((Decimal(amount), "tablet"),)


@pytest.mark.parametrize(
    ("text", "lasts"),
    [("a settimana per 4 settimane", (4, WEEK)), ("al giorno per 5 giorni", (5, DAY))],
)
def test_per_before_an_italian_unit_is_how_long_and_not_how_often(text, lasts):
    timing = read_written(f"1 fiala i.m. {text}").timing
    assert (timing.frequency, timing.period, timing.unit) == (1, 1, lasts[1])
    assert timing.duration == lasts


@pytest.mark.parametrize(
    ("text", "unit", "lasts"),
    [
        ("1 mg IM daily x7d", DAY, (7, DAY)),
        ("1 mg IM weekly x 4 wks", WEEK, (4, WEEK)),
        ("1 mg SQ monthly x 6 mos", MONTH, (6, MONTH)),
        ("1 mg subq monthly x 3 months then recheck B12", MONTH, (3, MONTH)),
        ("1 mg IM monthly for 3 months, then check levels", MONTH, (3, MONTH)),
        ("1 mg IM monthly for 3 months then repeat B12 level", MONTH, (3, MONTH)),
        ("1 mg IM monthly, until discontinued", MONTH, None),
    ],
)
def test_how_long_is_read_in_short_forms_too(text, unit, lasts):
    found = read_written(text)

    assert found.is_all
    assert found.timing == Timing(1, Decimal(1), unit, duration=lasts)


@pytest.mark.parametrize(
    "text",
    [
        "1 po qd",
        "one PO daily",
        "1 SL daily",
        "1 tab q am",
        "TAKE 1 TAB BY MOUTH ONE TIME A DAY",
        "Give 1 tablet by mouth one time a day for supplement",
        "Give 1 tablet by mouth one time a day related to VITAMIN B12 DEFICIENCY ANEMIA",
        "TAKE ONE TABLET BY MOUTH EVERY DAY *OTC*",
        "Take 1 tablet by mouth once daily. Indications: Vitamin B12 deficiency",
        "Dissolve 1 tablet in mouth daily",
        "Let 1 tablet dissolve under tongue every morning",
        "1 tablet Orally Once a day 30 day(s)",
        "1 tablet Orally Once a day, 90 days",
        "1 tablet by mouth daily - review in 3 months",
    ],
)
def test_a_tablet_a_day_is_read_as_american_systems_and_homes_write_it(text):
    found = read_written(text, of_tablets=True)

    assert found.is_all
    assert (found.amounts, found.timing) == (((1, "tablet"),), every(1, DAY))
    assert found.route is (None if text == "1 tab q am" else PO)


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("Inject 1 ml IM one time a day every 30 day(s) for B12 deficiency", every(30, DAY)),
        ("1 ml IM once a month 90 days", every(1, MONTH)),
        ("1 ml IM daily 7 days", None),  # how long it goes on, or what is handed over?
    ],
)
def test_of_an_injection_days_behind_how_often_are_no_end_unless_it_is_loading(text, timing):
    assert read_written(text).timing == timing


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM monthly then check B12 and if low weekly",
        "1 mg IM monthly then check B12, then weekly",
        "1 mg IM monthly then review by the GP who may give it weekly",
    ],
)
def test_a_check_that_another_dosage_may_follow_is_none_behind_the_last(text):
    assert read_written(text).timing is None


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("1 tablet x1 daily", every(1, DAY)),
        ("1 tablet x 1 a day", every(1, DAY)),
        ("1 mg IM x1 monthly", every(1, MONTH)),
        ("1 mg IM monthly x1", Timing(1, Decimal(1), MONTH, count=1)),
    ],
)
def test_one_before_how_often_is_once_and_behind_it_a_number_of_doses(text, timing):
    assert read_written(text).timing == timing


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM stat, repeat in 1 week",
        "1 mg IM stat then repeat after 3 months",
        "1 mg IM today, repeat",
    ],
)
def test_a_dose_that_is_repeated_is_no_single_one(text):
    assert not read_written(text).is_all


@pytest.mark.parametrize("text", ["1 mg IM 2/3 monthly", "1 mg IM Mon-Fri", "days 1,3,5 each week"])
def test_a_part_of_what_means_two_things_is_no_frequency_to_compare_with_Q41(text):
    assert read_written(text).timing is None


@pytest.mark.parametrize(
    "text", ["1mg IM prn", "1 tablet daily as needed", "bei Bedarf 1 Tablette"]
)
def test_as_needed_is_read(text):
    assert read_written(text).as_needed


@pytest.mark.parametrize(
    ("text", "route", "timing"),
    [
        ("1000 IM monthly", IM, every(1, MONTH)),
        ("1000 i.m. monthly", IM, every(1, MONTH)),
        ("2 intramuscularly weekly", IM, every(1, WEEK)),
        ("500 sc weekly", SC, every(1, WEEK)),
    ],
)
def test_a_number_before_the_route_is_no_part_of_the_interval(text, route, timing):
    read = read_written(text)
    assert (read.amounts, read.route, read.timing, read.whole) == ((), route, timing, False)


def test_a_number_behind_the_route_is_the_interval():
    read = read_written("1 mg IM 3 monthly")
    assert (read.timing, read.whole) == (every(3, MONTH), True)


@pytest.mark.parametrize(
    ("text", "count", "a_day"),
    [
        ("Take one daily", 1, 1),
        ("ONE DAILY", 1, 1),
        ("1 OD", 1, 1),
        ("1 o.d.", 1, 1),
        ("take two daily", 2, 1),
        ("2 BD", 2, 2),
        ("one twice a day", 1, 2),
        ("one three times a day", 1, 3),
        ("Take ONE each morning", 1, 1),
        ("One a day", 1, 1),
        ("4 daily", 4, 1),
        ("1-0-0", 1, 1),
        ("1-0-1", 1, 2),
        ("2-2-2-2", 2, 4),
    ],
)
def test_a_count_without_a_unit_counts_tablets_where_the_product_is_one(
    text: str, count: int, a_day: int
) -> None:
    found = read_written(text, of_tablets=True)
    assert (found.amounts, found.whole) == (((Decimal(count), "tablet"),), True)
    assert found.timing is not None
    assert found.timing.doses_per_day == a_day
    assert read_written(text).amounts == ()


@pytest.mark.parametrize(
    "text",
    [
        "5 daily",
        "400 daily",
        "one or two daily",
        "one weekly",
        "2 weekly",
        "1-0-2",
        "0-0-0",
        "1x1",
        "one as directed",
        "not one daily",
    ],
)
def test_what_is_no_plain_count_of_tablets_a_day_is_none(text: str) -> None:
    assert read_written(text, of_tablets=True).amounts == ()


@pytest.mark.parametrize(
    ("words", "period"),
    [
        ("1 mg IM every three (3) months", 3),
        ("1 mg IM every 3 (three) months", 3),
        ("1 mg IM every 3 calendar months", 3),
        ("1 mg IM once per calendar month", 1),
        ("1000 mcg IM q monthly", 1),
    ],
)
def test_a_number_said_twice_and_a_calendar_month_are_read(words: str, period: int) -> None:
    written = read_written(words)
    assert written.is_all
    assert written.timing == Timing(1, Decimal(period), PeriodUnit.MONTH)


@pytest.mark.parametrize("words", ["1 mg every three (2) months", "1 mg every 30 (twenty) days"])
def test_a_number_said_twice_and_not_alike_is_not_read(words: str) -> None:
    assert not read_written(words).is_all


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        (".1 mg IM every 3 months", ("0.1", "mg")),
        ("inject .5 ml monthly", ("0.5", "ml")),
        ("1 ml (.1 mg) monthly", ("0.1", "mg")),
    ],
)
def test_a_decimal_point_without_a_nought_is_read(words: str, amount: tuple[str, str]) -> None:
    assert (Decimal(amount[0]), amount[1]) in read_written(words).amounts


@pytest.mark.parametrize(
    "words",
    [
        "Frequency: every 3 months",
        "Sig: 1 mg IM every 3 months",
        "Dose: 1 mg Route: IM Frequency: every 3 months",
        "Dosierung: 1 mg i.m. alle 3 Monate",
        "Posologie : 1 mg IM tous les 3 mois",
        "Posología: 1 mg IM cada 3 meses",
        "Dosering: 1 mg intramusculair, frequentie: om de 3 maanden",
        "1 mg IM frequency: 3 monthly",
    ],
)
def test_what_names_a_part_of_a_dosage_says_nothing_of_its_own(words: str) -> None:
    written = read_written(words)
    assert written.is_all
    assert written.timing == Timing(1, Decimal(3), PeriodUnit.MONTH)


@pytest.mark.parametrize(
    "words",
    [
        "Frequency: as before",
        "Previous frequency: monthly",
        "Frequency changed to: monthly",
        "1 mg IM 2 frequency: weekly",
        "Frequency: weekly, then monthly",
        "Instructions: do not give monthly",
    ],
)
def test_a_name_of_a_part_makes_nothing_readable_that_is_not(words: str) -> None:
    assert not read_written(words).is_all


@pytest.mark.parametrize(
    "text",
    [
        "half an ampoule IM monthly",
        "each day 0.5 amp IM",
        "1/2 amp im monthly",
        "eine halbe Ampulle i.m. monatlich",
    ],
)
def test_half_a_piece_is_no_whole_one(text):
    assert read_written(text).amounts == ((Decimal("0.5"), "ampoule"),)


@pytest.mark.parametrize(
    "text",
    [
        "1 mg im drei mal pro Woche über 2 Wochen",
        "1 mg IM três vezes por semana por 2 semanas",
        "1 fiala im tre volte a settimana per due settimane",
        "1 ml i.m. tre ganger per uke i to uker",
    ],
)
def test_how_long_is_read_in_other_languages(text):
    timing = read_written(text).timing
    assert timing == Timing(3, Decimal(1), WEEK, duration=(Decimal(2), WEEK))


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("1 tablet(s) every day", 1, "tablet"),
        ("2 comprimé(s) par jour", 2, "tablet"),
        ("1 Ampulle(n) i.m. alle 3 Monate", 1, "ampoule"),
        ("ONE TO BE INJECTED EVERY 12 WEEKS", 1, "ampoule"),
        ("One to be given every 3 months by the practice nurse", 1, "ampoule"),
    ],
)
def test_a_plural_in_brackets_and_what_is_to_be_given_are_an_amount(
    text: str, amount: int, unit: str
) -> None:
    written = read_written(text)
    assert written.whole
    assert written.amounts == ((Decimal(amount), unit),)


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM every 12 weeks for PA",
        "1 mg IM every 12 weeks by DN (housebound)",
        "1 mg IM every 12 weeks by the district nursing team",
    ],
)
def test_why_and_by_whom_say_nothing_of_how_often(text: str) -> None:
    written = read_written(text)
    assert written.whole
    assert written.timing == every(12, WEEK)


def test_pa_without_for_may_be_a_year() -> None:
    assert not read_written("1 mg IM pa").whole


def test_an_amount_in_two_units_and_what_is_handed_over_are_no_further_doses() -> None:
    found = read_written("1,000 mcg = 1 mL, IM, Inj, qMonth, # 10 mL, 0 Refill(s)")

    assert found.whole
    assert found.amounts == ((Decimal(1000), "mcg"), (Decimal(1), "ml"))
    assert found.timing == every(1, MONTH)


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM daily #7",
        "1 mL IM daily, # 7 mL, 0 Refill(s)",
        "1,000 mcg = 1 mL, IM, Daily, 7 day(s)",
        "1 mg IM every other day, Disp: 6 ampoules",
        "1 mg 3 times a week, qty 6",
    ],
)
def test_what_is_handed_over_for_injections_of_every_few_days_may_be_their_end(text: str) -> None:
    found = read_written(text)

    assert found.timing is None
    assert not found.whole


def test_what_holds_for_now_keeps_its_frequency() -> None:
    assert read_written("1 tablet twice daily for now").timing == every(1, DAY, 2)


@pytest.mark.parametrize(
    "text",
    [
        "1 mg im 2x Auge",
        "1 mg im 6 mal im ahr",
        "1 mg im 2x and",
        "1 mg im every dried",
        "1 mg im every end",
        "1 mg im 2x portage",
        "1 mg IM al days",
        "1,000 mcg IM per moth",
        "1 mg IM x1, monthly",
        "1 ml x 1, i.m. var 3:e månad",
        "1 mg IM x1 (monthly)",
    ],
)
def test_letters_within_a_word_and_slips_of_one_are_no_frequency(text: str) -> None:
    assert read_written(text).timing is None


@pytest.mark.parametrize(
    "text",
    [
        "1000 mcg/mL inject 05 mL IM every 3 months",
        "inject 05 ml monthly",
        "05 mg IM monthly",
        "0100 mcg IM monthly",
    ],
)
def test_a_nought_before_a_weight_or_volume_may_be_a_lost_point(text: str) -> None:
    found = read_written(text)
    assert found.amounts == ()
    assert not found.whole


def test_a_nought_before_a_count_is_a_habit() -> None:
    assert read_written("Tomar 01 comprimido ao dia").amounts == ((Decimal(1), "tablet"),)


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("1 tablet everyday", every(1, DAY)),
        ("1 mg IM 2xwk", every(1, WEEK, 2)),
        ("1 mg IM 3xweekly", every(1, WEEK, 3)),
        ("1 mg im 3xd", every(1, DAY, 3)),
        ("1 mg im var 3:e mån", every(3, MONTH)),
        ("1 mg im var 3:e mån.", every(3, MONTH)),
        ("1 ml x 1 i.m., var 3:e månad", every(3, MONTH)),
        ("1 ml x 1 im. var 3:e månad", every(3, MONTH)),
        ("3 x 1 Ampulle, i.m. pro Woche", every(1, WEEK, 3)),
        ("3 x 1 Ampulle im. pro Woche", every(1, WEEK, 3)),
        ("3 x 1 mg; per week IM", every(1, WEEK, 3)),
        ("1 amp IM al mes", every(1, MONTH)),
        ("1 fiala al giorno", every(1, DAY)),
        ("1 mg IM MoThSa", every(1, WEEK, 3)),
        ("1 mg IM qmonth", every(1, MONTH)),
    ],
)
def test_words_written_together_and_signs_between_them_are_read(text: str, timing: Timing) -> None:
    found = read_written(text)
    assert (found.timing, found.whole) == (timing, True)


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("1 mg IM daily for a week", Timing(1, Decimal(1), DAY, duration=(Decimal(1), WEEK))),
        ("1 mg IM weekly for a month", Timing(1, Decimal(1), WEEK, duration=(Decimal(1), MONTH))),
        ("1000 gammas IM mensual", every(1, MONTH)),
        ("1000 γ i.m. monatlich", every(1, MONTH)),
        ("1 mg IM 3x monatlich", every(1, MONTH, 3)),
        ("1 mg IM three times monthly", every(1, MONTH, 3)),
    ],
)
def test_a_week_is_one_and_a_gamma_is_a_microgram(text: str, timing: Timing) -> None:
    found = read_written(text)
    assert (found.timing, found.whole) == (timing, True)


@pytest.mark.parametrize("text", ["1 mg IM 3 x monthly", "1 mg IM 2x mthly", "1 mg IM 3xmonthly"])
def test_three_x_monthly_may_be_every_three_months_Q43(text: str) -> None:
    assert read_written(text).timing is None


@pytest.mark.parametrize(
    "text", ["1 mg IM first dose on 11/30/26", "1 mg IM daily at 0900 and at 2100"]
)
def test_when_the_first_dose_is_says_nothing_of_how_often(text: str) -> None:
    found = read_written(text)
    assert found.timing is None or not found.whole


def test_a_number_handed_over_ends_no_tablets() -> None:
    assert read_written("1000 mcg daily #90", of_tablets=True).timing == every(1, DAY)
    assert read_written("1000 mcg daily #90").timing is None
