"""Dose, route and site of an order, and what is said when they cannot be computed."""

import re
from decimal import Decimal

import pytest

from fhir_mappings.medicines.dosage import read_dosage, read_phases
from fhir_mappings.products.identify import identify_product
from fhir_mappings.terminology.code_systems import RXNORM, SNOMED
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.course import InjectionSite
from recommender.language.doses import (
    DosePart,
    PeriodUnit,
    Route,
    Substance,
    Timing,
    contradictions,
)

VALUE_SETS = load_value_sets()
DAILY = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
ONCE_A_DAY = Timing(1, Decimal(1), PeriodUnit.DAY)
IM = {"coding": [{"system": SNOMED, "code": "78421000"}]}
UCUM = "http://unitsofmeasure.org"


def product_of(code: str = "", text: str = ""):
    concept = {"coding": [{"system": RXNORM, "code": code}]} if code else {}
    return identify_product(concept | ({"text": text} if text else {}), VALUE_SETS)


TABLET = product_of("309593")
INJECTION = product_of("5514", "Hydroxocobalamin 1 mg/mL solution for injection")
AMPOULE = product_of(text="Hydroxocobalamin 1mg/1ml solution for injection ampoules")
INGREDIENT = product_of("5514")
COMBINATION = product_of("476628")


def read(*lines, product=INJECTION, **order):
    return read_dosage({"dosageInstruction": list(lines), **order}, product, VALUE_SETS)


def given(quantity, **line) -> dict:
    return {"timing": DAILY, "route": IM, "doseAndRate": [{"doseQuantity": quantity}], **line}


@pytest.mark.parametrize(
    ("product", "quantity", "micrograms"),
    [
        (INJECTION, {"value": 1000, "unit": "micrograms", "system": UCUM, "code": "ug"}, 1000),
        (INJECTION, {"value": 1, "unit": "mg"}, 1000),
        (INJECTION, {"value": 1000, "unit": "mcg"}, 1000),
        (INJECTION, {"value": 1000, "unit": "µg"}, 1000),
        (INJECTION, {"value": "1000", "code": "ug"}, 1000),
        (INJECTION, {"value": 1, "unit": "mL"}, 1000),
        (INJECTION, {"value": 0.5, "code": "mL"}, 500),
        (INJECTION, {"value": 1000, "unit": "mg", "code": "mg"}, 1_000_000),
        (INJECTION, {"value": 5, "unit": "g"}, 5_000_000),
        (AMPOULE, {"value": 1, "system": SNOMED, "code": "413516001"}, 1000),
        (AMPOULE, {"value": 2, "unit": "ampoules"}, 2000),
        (AMPOULE, {"value": 1, "unit": "Ampule (unit of presentation)", "code": "732978007"}, 1000),
        (AMPOULE, {"value": 1, "unit": "Vial (unit of presentation)"}, 1000),
        (AMPOULE, {"value": 1, "unit": "Injection - unit of product usage"}, 1000),
        (TABLET, {"value": 1, "system": UCUM, "code": "{pill}"}, 1000),
        (TABLET, {"value": 2, "unit": "tablet"}, 2000),
        (TABLET, {"value": 1, "code": "{tbl}"}, 1000),
        (TABLET, {"value": 1, "system": SNOMED, "code": "428673006", "unit": "tablet"}, 1000),
        (TABLET, {"value": 1, "unit": "stuk", "system": UCUM, "code": "1"}, 1000),
        (AMPOULE, {"value": 1, "unit": "stuk", "system": UCUM, "code": "1"}, 1000),
        (AMPOULE, {"value": 1, "unit": "Spritze"}, 1000),
        (AMPOULE, {"value": 1, "unit": "inj", "code": "inj"}, 1000),
        (TABLET, {"value": 2, "unit": "Stück"}, 2000),
        (TABLET, {"value": 1, "unit": "Tbl."}, 1000),
        (TABLET, {"value": 1, "unit": "tablet(s)"}, 1000),
        (TABLET, {"value": 1, "unit": "Filmtablette", "code": "1"}, 1000),
        (TABLET, {"value": 1, "unit": "tabletti"}, 1000),
        (TABLET, {"value": 1, "unit": "ea", "code": "ea"}, 1000),
    ],
)
def test_a_dose_is_read_in_micrograms(product, quantity, micrograms):
    dosage = read(given(quantity), product=product)

    assert dosage.lines[0].dose == micrograms
    assert dosage.problem == ""


@pytest.mark.parametrize(
    ("product", "quantity", "why"),
    [
        (INJECTION, {"value": 1}, "unit of the dose is missing: 1"),
        (INJECTION, {"value": 0, "unit": "mg"}, "dose is not a usable number: 0 mg"),
        (INJECTION, {"value": -1, "unit": "mg"}, "dose is not a usable number: -1 mg"),
        (
            INJECTION,
            {"value": 1, "unit": "mg", "comparator": ">"},
            "dose is not one number: >1 mg",
        ),
        (
            INJECTION,
            {"value": 1, "unit": "mg", "comparator": ["<"]},
            r"dose is not one number: \?1 mg",
        ),
        (INJECTION, {"value": "1_0", "unit": "mg"}, "dose is not a usable number: 1_0 mg"),
        (INJECTION, {"unit": "mg"}, r"dose is not a usable number: \? mg"),
        (
            INJECTION,
            {"value": 1000, "unit": "IU"},
            "dose cannot be computed from its unit: 1000 IU",
        ),
        (INJECTION, {"value": 1, "code": "G"}, "unit of the dose is missing"),
        (
            INJECTION,
            {"value": 1, "unit": "mg", "code": "ug"},
            "doses that differ: 1 micrograms and 1000 micrograms",
        ),
        (INJECTION, {"value": 1, "code": "{pill}"}, "dose does not fit the product: 1 {pill}"),
        (INJECTION, {"value": 1, "unit": "ampoule"}, "dose does not fit the product: 1 ampoule"),
        (INJECTION, {"value": 1, "unit": "stuk"}, "dose does not fit the product: 1 stuk"),
        (TABLET, {"value": 1, "unit": "stuk", "code": "g"}, "unit and its code disagree"),
        (TABLET, {"value": 1, "unit": "dosis"}, "dose cannot be computed from its unit: 1 dosis"),
        (TABLET, {"value": 1, "unit": "mL"}, "dose does not fit the product: 1 mL"),
        (INGREDIENT, {"value": 1, "unit": "mL"}, "strength of the product is not known: 1 mL"),
        (
            COMBINATION,
            {"value": 1, "unit": "mg"},
            "dose by weight of a product with several ingredients: 1 mg",
        ),
    ],
)
def test_a_dose_that_cannot_be_computed_says_why(product, quantity, why):
    dosage = read(given(quantity), product=product)

    assert dosage.lines[0].dose is None
    assert re.search(why, dosage.problem)


def test_a_combination_gives_the_dose_of_each_ingredient():
    dosage = read(given({"value": 2, "unit": "tablet"}), product=COMBINATION)

    assert {line.substance: line.dose for line in dosage.lines} == {
        Substance.CYANOCOBALAMIN: 1000,
        Substance.FOLIC_ACID: 2000,
    }


@pytest.mark.parametrize(
    "line",
    [
        {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg"}}]},
        {"doseAndRate": {"doseQuantity": {"value": 1, "unit": "mg"}}},
        {"doseQuantity": {"value": 1, "unit": "mg"}},
        {"doseSimpleQuantity": {"value": 1, "unit": "mg"}},
        {"doseRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 1, "unit": "mg"}}},
        {
            "extension": [
                {
                    "url": "https://open.epic.com/fhir/extensions/ordered-dose",
                    "valueQuantity": {"value": 1, "unit": "mg"},
                }
            ]
        },
    ],
)
def test_the_dose_is_found_wherever_a_version_or_client_puts_it_R166(line):
    assert read({"timing": DAILY, "route": IM, **line}).lines[0].dose == 1000


def test_three_dose_entries_that_agree_are_one_dose():
    entries = [
        {"value": 1, "unit": "mg"},
        {"value": 1000, "unit": "mcg"},
        {"value": 1, "unit": "mL"},
    ]

    dosage = read(
        {
            "timing": DAILY,
            "route": IM,
            "doseAndRate": [{"doseQuantity": entry} for entry in entries],
        }
    )

    assert (dosage.lines[0].dose, dosage.problem) == (1000, "")


def test_an_amount_given_without_a_strength_does_not_hide_the_dose_ordered():
    entries = [{"value": 1000, "unit": "mcg"}, {"value": 1, "unit": "tablet"}]

    dosage = read(
        {
            "timing": DAILY,
            "route": IM,
            "doseAndRate": [{"doseQuantity": entry} for entry in entries],
        },
        product=INGREDIENT,
    )

    assert (dosage.lines[0].dose, dosage.problem) == (1000, "")


def test_dose_entries_that_differ_are_not_computable():
    entries = [{"value": 1, "unit": "mg"}, {"value": 500, "unit": "mcg"}]

    dosage = read(
        {
            "timing": DAILY,
            "route": IM,
            "doseAndRate": [{"doseQuantity": entry} for entry in entries],
        }
    )

    assert dosage.lines[0].dose is None
    assert dosage.problem == "doses that differ: 500 micrograms and 1000 micrograms"


@pytest.mark.parametrize(("unit", "code"), [("mg", "ug"), ("mcg", "mg")])
def test_a_slip_of_unit_beside_the_right_one_is_not_passed_over_I11(unit, code):
    """A unit in words that is another than its code: either may be what is given."""
    dosage = read(given({"value": 1000, "unit": unit, "code": code, "system": UCUM}))

    assert dosage.lines[0].dose == 1_000_000
    assert dosage.problem == "doses that differ: 1000 micrograms and 1000000 micrograms"


@pytest.mark.parametrize("words", ["PRN", "as needed", "bei Bedarf"])
def test_a_timing_code_that_says_as_needed_alone_is_that_Q42(words):
    line = given({"value": 1, "unit": "mg"}, timing={"code": {"text": words}})
    dosage = read(line)

    assert (dosage.lines[0].as_needed, dosage.problem) == (True, "")
    with_more = read({**line, "timing": {"code": {"text": f"{words}, see letter"}}})
    assert with_more.problem.startswith("frequency only as text")


def test_a_range_of_doses_is_not_computable():
    dosage = read(
        {
            "timing": DAILY,
            "route": IM,
            "doseRange": {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}},
        }
    )

    assert dosage.problem == "dose is a range: 1 mg to 2 mg"


@pytest.mark.parametrize(
    ("text", "timing"),
    [
        ("1 mg IM every 3 months", Timing(1, Decimal(3), PeriodUnit.MONTH)),
        ("1mg by intramuscular injection 12 weekly", Timing(1, Decimal(12), PeriodUnit.WEEK)),
        ("one mL IM every two months for life", Timing(1, Decimal(2), PeriodUnit.MONTH)),
        ("1 mL i.m. alternate days", Timing(1, Decimal(2), PeriodUnit.DAY)),
        ("1000 Mikrogramm i.m. alle 3 Monate", Timing(1, Decimal(3), PeriodUnit.MONTH)),
        ("1 mg IM weekly x 4", Timing(1, Decimal(1), PeriodUnit.WEEK, count=4)),
    ],
)
def test_dosage_in_free_text_that_is_read_whole_is_computed_Q37_Q43(text, timing):
    dosage = read({"text": text})

    assert dosage.problem == ""
    assert dosage.from_words
    assert dosage.lines[0].timing == timing
    assert dosage.lines[0].dose == 1000
    assert dosage.lines[0].route is Route.INTRAMUSCULAR
    assert dosage.written is None


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM every 3 months unless bleeding",
        "1 mg alternate days for 2 weeks then every 2 months",
        "as discussed with the haematologist",
        "1 mg IM biweekly",
        "1-2 mg IM every 3 months",
        "1 mg IM 3 weekly injections",
        "do not give 1 mg IM every 3 months",
        "1 mg IM every 3 months. First dose after the scan",
    ],
)
def test_dosage_in_free_text_that_is_not_read_whole_is_not_computable(text):
    dosage = read({"text": text})

    assert dosage.problem.startswith("dose only as text")
    assert not dosage.from_words
    assert dosage.text == text


def test_the_rhythm_in_words_holds_within_bounds_that_stand_alone_Q37():
    bounds = {"boundsPeriod": {"start": "2026-10-01", "end": "2026-10-14"}}
    dosage = read({"text": "1 mg IM on alternate days", "timing": {"repeat": bounds}})
    (line,) = dosage.lines

    assert (line.dose, line.timing.period, line.timing.unit) == (1000, 2, PeriodUnit.DAY)
    assert line.timing.duration == (14, PeriodUnit.DAY)
    assert str(dosage.starts) == "2026-10-01"


@pytest.mark.parametrize(
    ("text", "repeat"),
    [
        ("1 mg IM daily for 7 days", {"boundsDuration": {"value": 2, "unit": "wk"}}),
        ("1 mg IM daily", {"boundsPeriod": {}, "count": 3}),
        ("1 mg IM when the nurse comes", {"boundsPeriod": {"start": "2026-10-01"}}),
    ],
)
def test_words_that_bounds_may_contradict_are_not_read_Q37(text, repeat):
    assert read({"text": text, "timing": {"repeat": repeat}}).lines[0].timing is None


def test_a_number_without_a_unit_takes_it_from_the_words_beside_it():
    daily = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    dose = {"doseAndRate": [{"doseQuantity": {"value": 1.0}}], "timing": daily}

    for text, micrograms in (
        ("TAKE ONE TABLET BY MOUTH EVERY DAY", 1000),
        ("TAKE TWO TABLETS BY MOUTH EVERY DAY", None),
        ("TAKE ONE TABLET WHEN THE NURSE COMES", None),
    ):
        (line,) = read({**dose, "text": text}, product=TABLET).lines
        assert line.dose == micrograms


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Inject 10 mg IM three times a week", (DosePart.DOSE,)),
        ("Inject 1 mL (1 mg) into the muscle once every week", (DosePart.FREQUENCY,)),
        ("1 mg by deep subcutaneous injection three times a week", (DosePart.ROUTE,)),
        ("5 mg by mouth daily", (DosePart.DOSE, DosePart.FREQUENCY, DosePart.ROUTE)),
        ("1 mg IM 3 times a week for 12 doses", (DosePart.NUMBER,)),
        ("1 mg IM three times weekly for 2 weeks; check potassium weekly", ()),
        ("5 doses", (DosePart.NUMBER,)),
        ("five injections in all", (DosePart.NUMBER,)),
        ("1 mg IM, 12 doses", (DosePart.NUMBER,)),
        ("1 mg IM x 5", (DosePart.NUMBER,)),
        ("6 doses", ()),
        ("6 injections, the first 2 doses by the nurse", ()),
        ("4 to 6 doses", ()),
        ("as the nurse was told", ()),
        ("1 mg three times a week, then 10 mg monthly", ()),
    ],
)
def test_words_beside_a_structure_are_carried_Q41(text, parts):
    three_a_week = {"repeat": {"frequency": 3, "period": 1, "periodUnit": "wk", "count": 6}}
    dosage = read(
        {
            "text": text,
            "timing": three_a_week,
            "route": IM,
            "doseAndRate": [{"doseQuantity": {"value": 1000, "unit": "ug"}}],
        }
    )

    assert dosage.problem == ""
    assert (contradictions(dosage.lines[0], dosage.written) if dosage.written else ()) == parts


def test_the_instruction_to_the_patient_counts_as_text_Q41():
    dosage = read(given({"value": 1, "unit": "mg"}, patientInstruction="inject 10 mg daily"))

    assert contradictions(dosage.lines[0], dosage.written) == (DosePart.DOSE,)


@pytest.mark.parametrize(
    ("instruction", "parts"),
    [
        ("10 mg", (DosePart.DOSE,)),
        ("every 3 months", (DosePart.FREQUENCY,)),
        ("deep into the deltoid", ()),
        ("every 3 months thereafter", ()),
    ],
)
def test_an_additional_instruction_that_is_a_dosage_counts_as_text_Q41(instruction, parts):
    line = given({"value": 1, "unit": "mg"}, additionalInstruction=[{"text": instruction}])
    timing = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}}
    dosage = read({**line, "timing": timing})

    assert (contradictions(dosage.lines[0], dosage.written) if dosage.written else ()) == parts


def test_a_timing_code_that_differs_from_the_structure_is_carried_as_words_Q41():
    timing = {
        "repeat": {"frequency": 1, "period": 2, "periodUnit": "mo"},
        "code": {"text": "weekly"},
    }
    dosage = read({**given({"value": 1, "unit": "mg"}), "timing": timing})

    assert contradictions(dosage.lines[0], dosage.written) == (DosePart.FREQUENCY,)


@pytest.mark.parametrize(
    ("repeat", "implausible"),
    [
        ({"frequency": 1, "period": 3, "periodUnit": "min"}, "a period counted in minutes"),
        ({"frequency": 1, "period": 90, "periodUnit": "s"}, "a period counted in seconds"),
        ({"frequency": 25, "period": 1, "periodUnit": "d"}, "more than 24 doses a day"),
        ({"frequency": 24, "period": 1, "periodUnit": "d"}, ""),
        ({"frequency": 1, "period": 3, "periodUnit": "mo"}, ""),
    ],
)
def test_a_frequency_that_nobody_can_mean_is_said_Q42(repeat, implausible):
    dosage = read({**given({"value": 1, "unit": "mg"}), "timing": {"repeat": repeat}})

    assert dosage.implausible == implausible


@pytest.mark.parametrize(
    ("text", "noted"),
    [
        ("1 mg IM on alternate days until no further improvement", True),
        ("1 mg IM on alternate days; review nerve signs after 2 weeks", True),
        ("1 mg IM on alternate days, reassess whether to continue", True),
        ("1 mg IM on alternate days, review bloods", False),
        ("1 mg IM on alternate days. Review bloods. Stop smoking", False),
        ("1 mg IM on alternate days, no review, stop after 2 weeks", False),
        ("1 mg IM on alternate days", False),
    ],
)
def test_words_that_bind_the_end_to_improvement_are_noted_Q81(text, noted):
    assert read({"text": text}).review_noted is noted


def test_no_dosage_at_all_says_everything_that_is_missing_R157():
    dosage = read_dosage({}, INJECTION, VALUE_SETS)

    assert dosage.problem == "frequency not stated; route not recorded; dose not stated"
    assert dosage.lines[0].substance is Substance.HYDROXOCOBALAMIN


def test_a_dose_a_thousand_times_too_high_survives_a_missing_frequency_I11():
    dosage = read({"route": IM, "doseQuantity": {"value": 1000, "unit": "mg"}})

    assert dosage.lines[0].dose == 1_000_000
    assert dosage.problem == "frequency not stated"


def test_lines_that_differ_are_not_computable():
    dosage = read(given({"value": 1, "unit": "mg"}), given({"value": 2, "unit": "mg"}))

    assert dosage.lines[0].dose is None
    assert dosage.lines[0].timing is None
    assert dosage.problem == "several dosage lines that differ"


LOADING = given(
    {"value": 1, "unit": "mg"},
    timing={
        "repeat": {
            "frequency": 3,
            "period": 1,
            "periodUnit": "wk",
            "count": 6,
            "boundsDuration": {"value": 2, "code": "wk"},
        }
    },
)
MAINTENANCE = given(
    {"value": 1, "unit": "mg"}, timing={"repeat": {"frequency": 1, "period": 2, "periodUnit": "mo"}}
)
ALTERNATE_DAYS = given(
    {"value": 1, "unit": "mg"}, timing={"repeat": {"frequency": 1, "period": 2, "periodUnit": "d"}}
)


@pytest.mark.parametrize(
    "lines",
    [
        [LOADING, MAINTENANCE],
        [ALTERNATE_DAYS | {"sequence": 1}, MAINTENANCE | {"sequence": 2}],
        [MAINTENANCE | {"sequence": 2}, LOADING | {"sequence": 1}],
    ],
)
def test_loading_and_maintenance_in_one_order_are_two_phases(lines):
    phases = read_phases({"dosageInstruction": lines}, INJECTION, VALUE_SETS)

    assert [phase.problem for phase in phases] == ["", ""]
    assert phases[0].lines[0].timing.shortest_interval < phases[1].lines[0].timing.shortest_interval


@pytest.mark.parametrize(
    "lines",
    [
        [ALTERNATE_DAYS, MAINTENANCE],
        [MAINTENANCE | {"sequence": 1}, ALTERNATE_DAYS | {"sequence": 1}],
        [MAINTENANCE | {"sequence": 1}, MAINTENANCE | {"sequence": 2}],
        [MAINTENANCE | {"sequence": 1}, LOADING | {"sequence": 2}],  # loading would never come
        [MAINTENANCE | {"sequence": 1}, ALTERNATE_DAYS | {"sequence": 2}],
        [LOADING, {"text": "then every 2 months"}],
    ],
)
def test_lines_that_do_not_plainly_follow_one_another_are_not_computable(lines):
    phases = read_phases({"dosageInstruction": lines}, INJECTION, VALUE_SETS)

    assert [phase.problem for phase in phases] == ["several dosage lines that differ"]


@pytest.mark.parametrize(
    ("text", "rhythms"),
    [
        ("1 mg IM three times a week for 2 weeks, then 1 mg every 3 months", [3, 3]),
        ("1mg IM 3x/week for 2 weeks then 3 monthly", [3, 3]),
        ("1 mg IM on alternate days until no further improvement, then every 2 months", [1, 2]),
        ("1 mg IM on alternate days for 2 weeks. Maintenance: 1 mg IM every 2 months", [1, 2]),
        ("1 mg i.m. 3x pro Woche für 2 Wochen, danach alle 3 Monate", [3, 3]),
        ("1 mg IM 3 fois par semaine pendant 2 semaines puis tous les 3 mois", [3, 3]),
        ("1 mg IM 3 fois par semaine pendant 2 semaines puis tous les trimestres", [3, 3]),
        ("1 mg IM driemaal per week gedurende 2 weken, dan elke drie maanden", [3, 3]),
        ("1 mg IM días alternos durante 2 semanas y luego cada 2 meses de por vida", [1, 2]),
        ("1 mg IM tre volte a settimana per 2 settimane, quindi ogni sei mesi", [3, 6]),
        ("1 mg i.m. 3 gange om ugen i 2 uger, herefter hver 3. måned", [3, 3]),
        ("1mg IM x6 over 2 weeks then every 3 months", [6, 3]),
        ("1 mg i.m. 6 Injektionen über 2 Wochen, danach alle 3 Monate", [6, 3]),
    ],
)
def test_words_that_say_loading_then_maintenance_are_two_phases(text, rhythms):
    loading, maintenance = read_phases(
        {"dosageInstruction": [{"text": text}]}, INJECTION, VALUE_SETS
    )

    assert [loading.problem, maintenance.problem] == ["", ""]
    assert [one.lines[0].dose for one in (loading, maintenance)] == [1000, 1000]
    assert [one.lines[0].route for one in (loading, maintenance)] == [Route.INTRAMUSCULAR] * 2
    timings = loading.lines[0].timing, maintenance.lines[0].timing
    assert [timings[0].frequency, int(timings[1].period)] == rhythms
    assert {loading.text, maintenance.text} == {text}


@pytest.mark.parametrize(
    ("text", "often"),
    [
        ("1 mg IM weekly x 4, monthly thereafter", ["wk", "mo"]),
        ("1 mg IM daily for 1 week; every 2 months thereafter.", ["d", "mo"]),
        ("1 mg IM daily for 1 week, weekly for 1 month, then monthly", ["d", "wk", "mo"]),
        ("1 mg IM daily x7d then weekly x4w then monthly", ["d", "wk", "mo"]),
        ("1 mg IM weekly x 4, then monthly thereafter", ["wk", "mo"]),
        ("1 mg IM weekly x4 and monthly thereafter", ["wk", "mo"]),
        ("1 mg IM daily x 1 week, then weekly x 4 weeks, then monthly", ["d", "wk", "mo"]),
        ("1 mg IM daily x7, weekly x4, then monthly x 6 months then recheck", ["d", "wk", "mo"]),
    ],
)
def test_dosages_in_turn_are_read_as_american_orders_write_them(text, often):
    phases = read_phases({"dosageInstruction": [{"text": text}]}, INJECTION, VALUE_SETS)
    assert [phase.lines[0].timing.unit.value for phase in phases] == often
    assert {phase.lines[0].dose for phase in phases} == {1000}


def test_of_doses_in_turn_each_keeps_its_own():
    text = "1 mg IM three times a week for 2 weeks, then 10 mg every 3 months"
    phases = read_phases({"dosageInstruction": [{"text": text}]}, INJECTION, VALUE_SETS)
    assert [phase.lines[0].dose for phase in phases] == [1000, 10000]


@pytest.mark.parametrize(
    "text",
    [
        "1 mg IM weekly, then every 3 months",  # until when?
        "1 mg IM every 3 months for 1 year, then three times a week for 2 weeks",  # a year late
        "1 mg IM every 2 months for 6 doses, then on alternate days until no further improvement",
        "1 mg IM daily for 1 week, then every 3 months for 1 year, then weekly",
        "1 mg IM daily for 5 days, then stop",
        "1 mg IM daily for 5 days, then as directed",
        "1 mg IM daily for 5 days, then 1 mg orally once daily",
        "IM daily for 5 days, then 1 mg every month",
        "1 mg IM for 5 days, then every month",
        "1 mg IM daily for 5 days, then daily",
        "1 mg IM weekly for 4 weeks, then every 2 months or every 3 months",
        "1 mg IM weekly, monthly thereafter",  # until when?
        "1 mg IM daily, weekly, then monthly",
    ],
)
def test_words_that_do_not_plainly_follow_one_another_are_not_read(text):
    (dosage,) = read_phases({"dosageInstruction": [{"text": text}]}, INJECTION, VALUE_SETS)
    assert dosage.problem
    assert dosage.lines[0].timing is None


def test_a_line_sent_twice_is_one_line():
    dosage = read(given({"value": 1, "unit": "mg"}), given({"value": 1, "unit": "mg"}))

    assert (dosage.lines[0].dose, dosage.problem) == (1000, "")


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ({"coding": [{"system": SNOMED, "code": "78421000"}]}, Route.INTRAMUSCULAR),
        ({"coding": [{"system": SNOMED, "code": "255559005"}]}, Route.INTRAMUSCULAR),
        (
            {"coding": [{"system": "http://hl7.org/fhir/v3/RouteOfAdministration", "code": "SQ"}]},
            Route.SUBCUTANEOUS,
        ),
        ({"coding": [{"system": SNOMED, "code": "37839007"}]}, Route.ORAL),
        ({"coding": [{"system": SNOMED, "code": "47625008"}]}, Route.INTRAVENOUS),
        ({"text": "Intramuscular"}, Route.INTRAMUSCULAR),
        (
            {
                "coding": [{"system": SNOMED, "code": "260548002", "display": "Oral"}],
                "text": "Oral",
            },
            Route.ORAL,
        ),
    ],
)
def test_the_route_is_read_from_codes_or_words_Q22(route, expected):
    assert read(given({"value": 1, "unit": "mg"}, route=route)).lines[0].route is expected


OWN_CODE = {"system": "urn:oid:1.2.3.4", "code": "9"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Oral use", Route.ORAL),
        ("Oraal", Route.ORAL),
        ("per os", Route.ORAL),
        ("p.o.", Route.ORAL),
        ("Voie orale", Route.ORAL),
        ("vía oral", Route.ORAL),
        ("zum Einnehmen", Route.ORAL),
        ("Peroral", Route.ORAL),
        ("Intramuscular use", Route.INTRAMUSCULAR),
        ("Intramusculair", Route.INTRAMUSCULAR),
        ("Intramuskuläre Anwendung", Route.INTRAMUSCULAR),
        ("Intramuskulær bruk", Route.INTRAMUSCULAR),
        ("voie intramusculaire", Route.INTRAMUSCULAR),
        ("Vía intramuscular", Route.INTRAMUSCULAR),
        ("Intraveneus", Route.INTRAVENOUS),
        ("IV Push", Route.INTRAVENOUS),
        ("Intravenous Push", Route.INTRAVENOUS),
        ("IVPB", Route.INTRAVENOUS),
        ("INTRAMUSC", Route.INTRAMUSCULAR),
        ("Both Nostrils", Route.NASAL),
        ("subcutaan", Route.SUBCUTANEOUS),
        ("subkutane Anwendung", Route.SUBCUTANEOUS),
    ],
)
def test_a_route_is_read_by_its_name_in_the_languages_of_dosages_Q22(words, expected):
    for route in ({"text": words}, {"coding": [{**OWN_CODE, "display": words}]}):
        line = given({"value": 1, "unit": "mg"}, route=route)
        assert read(line).lines[0].route is expected


@pytest.mark.parametrize(
    "words", ["not oral", "oral or intramuscular", "oral and intramuscular", "oromucosaal", "1"]
)
def test_words_that_name_no_single_route_name_none(words):
    assert read(given({"value": 1, "unit": "mg"}, route={"text": words})).lines[0].route is None


def test_a_route_that_is_not_known_is_named_and_not_guessed():
    dosage = read(
        given(
            {"value": 1, "unit": "mg"},
            route={"coding": [{"system": SNOMED, "code": "372464004", "display": "Intradermal"}]},
        )
    )

    assert dosage.lines[0].route is None
    assert dosage.problem == "route is not known here: Intradermal"


def test_an_injection_without_a_route_keeps_none_but_a_tablet_is_oral():
    no_route = {"timing": DAILY, "doseQuantity": {"value": 1, "unit": "mg"}}

    assert read(no_route, product=INJECTION).lines[0].route is None
    assert read(no_route, product=TABLET).lines[0].route is Route.ORAL


def test_folic_acid_needs_no_route():
    folic = product_of(text="Folic acid 5 mg")

    dosage = read({"timing": DAILY, "doseQuantity": {"value": 5, "unit": "mg"}}, product=folic)

    assert (dosage.lines[0].dose, dosage.lines[0].timing, dosage.problem) == (5000, ONCE_A_DAY, "")


@pytest.mark.parametrize(
    "line",
    [
        {"asNeededBoolean": True},
        {"asNeeded": True},
        {"asNeededBoolean": "true"},
        {"asNeededCodeableConcept": {"text": "x"}},
        {"asNeededFor": [{"text": "x"}]},
    ],
)
def test_as_needed_is_seen_in_every_version(line):
    assert read(given({"value": 1, "unit": "mg"}, **line)).lines[0].as_needed


@pytest.mark.parametrize(
    ("site", "expected"),
    [
        ({"coding": [{"system": SNOMED, "code": "46862004"}]}, InjectionSite.BUTTOCK),
        ({"coding": [{"system": SNOMED, "code": "35259002"}]}, InjectionSite.DELTOID),
        ({"text": "left deltoid"}, InjectionSite.DELTOID),
        ({"text": "abdomen"}, None),
        ({"coding": [{"system": SNOMED, "code": "16982005"}]}, None),
    ],
)
def test_the_site_is_read_where_the_guidance_speaks_of_it(site, expected):
    assert read(given({"value": 1, "unit": "mg"}, site=site)).site is expected


@pytest.mark.parametrize(
    "text",
    [
        "Inject 1 mg into the buttock every 2 months",
        "1 mg IM gluteal every 3 months",
        "1 mg IM every 2 months; upper outer quadrant of the left buttock. Not subcutaneously.",
        "1 mg i.m. in das Gesäß alle 3 Monate",
        "1 mg IM dans la fesse tous les 3 mois",
        "1 mg IM en el glúteo cada 3 meses",
        "1 mg IM nel gluteo ogni 3 mesi",
        "1 mg i.m. in bilspier elke 3 maanden",
        "Inject into the buttock, not the deltoid",
    ],
)
@pytest.mark.parametrize("where", ["text", "patientInstruction", "additionalInstruction"])
def test_the_buttock_is_read_in_the_words_of_a_dosage_b12(text, where):
    said = [{"text": text}] if where == "additionalInstruction" else text

    assert read(given({"value": 1, "unit": "mg"}, **{where: said})).site is InjectionSite.BUTTOCK


@pytest.mark.parametrize(
    "text",
    [
        "Inject 1,000 mcg into the shoulder, thigh, or buttocks every 30 days",
        "Deltoid or buttock, 1 mg IM every 2 months",
        "Inject into the deltoid or vastus lateralis, not the buttock",
        "1 mg IM every 2 months. Avoid the buttocks.",
        "1 mg i.m. ventrogluteal alle 3 Monate",
        "1 mg i.m. ventro-gluteal",
        "1 mg i.m., nicht in das Gesäß",
        "1 mg IM every 2 months",
    ],
)
def test_the_buttock_as_a_choice_or_to_be_avoided_is_not_where_it_goes_b12(text):
    assert read(given({"value": 1, "unit": "mg"}, text=text)).site is not InjectionSite.BUTTOCK


@pytest.mark.parametrize(
    ("order", "noted"),
    [
        ({"note": [{"text": "Use a 25 gauge needle."}]}, True),
        ({"note": {"text": "Press firmly for 10 minutes: keep pressure on."}}, True),
        ({"note": [{"text": "Deltoid or vastus lateralis."}]}, False),
        ({}, False),
    ],
)
def test_injection_technique_is_noted_wherever_the_order_says_it_Q17(order, noted):
    assert read(given({"value": 1, "unit": "mg"}), **order).technique_noted is noted


def test_a_full_stop_before_a_number_behind_then_is_no_decimal_point():
    text = "1 mg IM three times a week for 2 weeks then.1 mg every 3 months"
    (phase,) = read_phases({"dosageInstruction": [{"text": text}]}, AMPOULE, VALUE_SETS)
    assert phase.problem
    assert all(line.dose is None for line in phase.lines)


def test_a_strength_with_a_nought_before_it_is_none():
    (ingredient,) = product_of(text="Hydroxocobalamin 05 mg injection").ingredients
    assert ingredient.strength is None
