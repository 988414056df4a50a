"""Where reading an order turns: which amount counts, which lines are alike, what stands outside."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from fhir_mappings.medicines.dosage import read_dosage, read_phases
from fhir_mappings.products.identify import identify_product
from fhir_mappings.terminology.loading import load_value_sets
from recommender.language.course import FolateIndication
from recommender.language.doses import PeriodUnit
from tests.fhir_mappings.medicines.test_medications import IM_MONTHLY, order, read

VALUE_SETS = load_value_sets()
MG, UG = {"unit": "mg"}, {"unit": "ug"}
SOLUTION = "Hydroxocobalamin 1 mg/mL solution for injection"


def product_of(text: str):
    return identify_product({"text": text}, VALUE_SETS)


def dosage_of(line: dict, text: str = SOLUTION, value_sets=VALUE_SETS):
    usual = {"timing": IM_MONTHLY["timing"], "route": IM_MONTHLY["route"]}
    return read_dosage({"dosageInstruction": [usual | line]}, product_of(text), value_sets)


def dose_of(line: dict, text: str = SOLUTION, value_sets=VALUE_SETS) -> Decimal | None:
    return dosage_of(line, text, value_sets).lines[0].dose


# Which amount counts


@pytest.mark.parametrize(
    ("ends", "dose", "said"),
    [
        ({"low": {"value": 1, **MG}, "high": {"value": 1, **MG}}, 1000, ""),
        ({"high": {"value": 1, **MG}}, None, "dose is a range: 1 mg"),
        ({"low": {"value": 1, **MG}}, None, "dose is a range: 1 mg"),
        (
            {"low": {"value": 1, **MG}, "high": {"value": 1, **UG}},
            None,
            "dose is a range: 1 mg to 1 ug",
        ),
    ],
)
def test_only_a_range_whose_ends_are_equal_is_a_dose(ends, dose, said):
    read_so = dosage_of({"doseRange": ends})

    assert (read_so.lines[0].dose, read_so.problem) == (dose, said)


@pytest.mark.parametrize(
    ("ends", "slip"),
    [
        ({"low": {"value": 1, **MG}, "high": {"value": 1000, **MG}}, 1_000_000),
        ({"high": {"value": 1000, **MG}}, 1_000_000),
        ({"low": {"value": 1000, **MG}}, 1_000_000),
        ({"low": {"value": 1000, **UG}, "high": {"value": 2000, **UG}}, None),
    ],
)
def test_the_higher_end_of_a_range_is_kept_where_it_is_a_slip_of_the_pen(ends, slip):
    assert dose_of({"doseRange": ends}) == slip


def test_an_ampoule_of_a_product_whose_form_is_not_said_is_its_strength():
    assert dose_of({"doseQuantity": {"value": 2, "unit": "ampoule"}}, "Hydroxocobalamin 1 mg") == (
        2000
    )


@pytest.mark.parametrize(
    ("quantities", "dose"),
    [
        (({"value": 1, **MG}, {"value": 20, "unit": "drops"}), 1000),
        (({"value": 1, **MG}, {"value": 0, **MG}), None),
        (({"value": 20, "unit": "drops"},), None),
        (({"value": 10**9, **UG},), 10**9),
        (({"value": 10**9 + 1, **UG},), None),
    ],
)
def test_of_several_amounts_that_can_be_read_counts_and_none_that_is_no_number(quantities, dose):
    assert dose_of({"doseAndRate": [{"doseQuantity": one} for one in quantities]}) == dose


@pytest.mark.parametrize("member", ["unit", "code"])
def test_a_unit_of_the_site_is_read_as_the_unit_it_stands_for(member):
    site = replace(VALUE_SETS, units={"Amp1": "ampoule"})
    line = {"doseQuantity": {"value": 1, member: "Amp1"}}

    assert dose_of(line, "Hydroxocobalamin 1mg/1ml solution for injection ampoules", site) == 1000
    assert dose_of(line, "Hydroxocobalamin 1mg/1ml solution for injection ampoules") is None


# Which line is like another


def test_the_same_line_in_orders_of_two_strengths_is_read_for_each():
    line = IM_MONTHLY | {"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mL"}}]}

    def of(text: str, number: int) -> dict:
        concept = {"medicationCodeableConcept": {"text": text}}
        return order(id=str(number), dosageInstruction=[line]) | concept

    facts, _ = read(
        of("Hydroxocobalamin 1 mg/mL solution for injection", 1),
        of("Hydroxocobalamin 0.5 mg/mL solution for injection", 2),
    )

    assert [found.lines[0].dose for found in facts.orders] == [1000, 500]


def test_the_same_line_is_read_with_the_technique_that_each_order_notes():
    noted = order(id="1", note=[{"text": "25 gauge needle, press for 2 minutes"}])

    assert [found.technique_noted for found in read(noted, order(id="2"))[0].orders] == [
        True,
        False,
    ]


def test_the_same_line_with_an_end_lasts_from_the_day_of_each_order():
    bounds = {"boundsPeriod": {"end": "2026-10-20"}}
    timing = {"repeat": {"frequency": 1, "period": 2, "periodUnit": "d", **bounds}}
    line = IM_MONTHLY | {"timing": timing}
    days = ("2026-10-01", "2026-10-11")
    facts, _ = read(*(order(id=day, authoredOn=day, dosageInstruction=[line]) for day in days))

    lasts = [found.lines[0].timing.duration for found in facts.orders]
    assert lasts == [(20, PeriodUnit.DAY), (10, PeriodUnit.DAY)]


def test_copies_of_a_line_are_one_in_whatever_order_their_members_stand():
    turned = dict(reversed(IM_MONTHLY.items()))
    found = read_dosage(
        {"dosageInstruction": [IM_MONTHLY, turned]}, product_of(SOLUTION), VALUE_SETS
    )

    assert (len(found.lines), found.problem, found.lines[0].dose) == (1, "", 1000)


def test_lines_that_differ_keep_the_words_of_all():
    weekly = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}
    lines = [IM_MONTHLY | {"text": "monthly"}, IM_MONTHLY | {"text": "weekly", "timing": weekly}]
    found = read_dosage(
        {"dosageInstruction": [*lines, IM_MONTHLY]}, product_of(SOLUTION), VALUE_SETS
    )

    assert (found.problem, found.text) == ("several dosage lines that differ", "monthly; weekly")
    assert found.lines[0].timing is None


@pytest.mark.parametrize(
    ("numbers", "phases"),
    [((1, 2), 2), ((2, 1), 1), ((1, 1), 1), ((1, None), 1), ((None, 2), 1)],
)
def test_lines_follow_one_another_by_their_numbers_only_where_each_has_its_own(numbers, phases):
    weekly = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}
    lines = [IM_MONTHLY | {"timing": weekly}, IM_MONTHLY]
    numbered = [
        line | ({"sequence": number} if number else {})
        for line, number in zip(lines, numbers, strict=True)
    ]
    for sent in (numbered, numbered[::-1]):
        found = read_phases({"dosageInstruction": sent}, product_of(SOLUTION), VALUE_SETS)

        assert len(found) == phases  # never the less frequent first (cards.md 2)
        if phases == 2:
            assert found[0].lines[0].timing.unit is PeriodUnit.WEEK


# What an order says outside its lines


@pytest.mark.parametrize(
    ("members", "ends"),
    [
        ({"dateEnded": "2026-12-01"}, dt.date(2026, 12, 1)),
        ({"effectiveDosePeriod": {"end": "2026-12-02"}}, dt.date(2026, 12, 2)),
        ({"dispenseRequest": {"validityPeriod": {"end": "2026-12-03"}}}, None),
        (
            {"effectiveDosePeriod": {"end": "2026-12-02"}, "dateEnded": "2026-12-01"},
            dt.date(2026, 12, 2),
        ),
    ],
)
def test_the_end_outside_the_timing_is_that_of_treatment_and_not_of_the_supply(members, ends):
    assert [found.ends for found in read(order(**members))[0].orders] == [ends]


@pytest.mark.parametrize(
    "members",
    [
        {"effectiveDosePeriod": {"start": "2026-05-05"}},
        {"effectivePeriod": {"start": "2026-05-05"}},
        {"dispenseRequest": {"validityPeriod": {"start": "2026-05-05"}}},
    ],
)
def test_the_start_outside_the_timing_is_read(members):
    assert [found.starts for found in read(order(**members))[0].orders] == [dt.date(2026, 5, 5)]


@pytest.mark.parametrize("member", ["basedOn", "replaces"])
def test_the_orders_that_one_rests_on_are_kept_Q56(member):
    (found,) = read(order(**{member: [{"reference": "MedicationRequest/before"}]}))[0].orders

    assert found.based_on == ("MedicationRequest/before",)


@pytest.mark.parametrize(
    ("text", "quantity", "dose"),
    [
        ("Hydroxocobalamin 500 micrograms/mL, 2 mL ampoules", {"unit": "ampoule"}, 1000),
        ("Hydroxocobalamin 500 micrograms/mL, 2 mL ampoules", {"unit": "mL"}, 500),
        ("Cyanocobalamin 50 microgram tablets", {"unit": "tablet"}, 50),
        ("Cyanocobalamin 50 microgram tablets", {"unit": "ampoule"}, None),
        ("Cyanocobalamin 50 microgram/mL oral solution", {"unit": "tablet"}, None),
        (SOLUTION, {"unit": "tablet"}, None),
        (SOLUTION, {"unit": "ug", "code": "{pill}"}, None),
        (SOLUTION, {"unit": "per spoon", "code": "mL"}, 1000),
    ],
)
def test_one_of_a_unit_is_what_the_product_holds_in_it(text, quantity, dose):
    assert dose_of({"doseQuantity": {"value": 1, **quantity}}, text) == dose


def named(text: str) -> dict:
    return {"medicationCodeableConcept": {"text": text}}


@pytest.mark.parametrize(
    ("reasons", "protected"),
    [
        ({"reasonCode": [{"text": "Pregnancy"}]}, FolateIndication.PREGNANCY),
        ({"reasonReference": [{"display": "Methotrexate"}]}, FolateIndication.METHOTREXATE),
        ({"reasonCode": [{"text": "Fatigue"}]}, None),
        ({"note": [{"text": "on methotrexate"}]}, FolateIndication.METHOTREXATE),
        (
            {"dosageInstruction": [{"text": "5 mg daily", "patientInstruction": "methotrexate"}]},
            FolateIndication.METHOTREXATE,
        ),
        (
            {"dosageInstruction": [{"additionalInstruction": [{"text": "day after MTX"}]}]},
            FolateIndication.METHOTREXATE,
        ),
        (named("Folic acid 5 mg (day after methotrexate)"), FolateIndication.METHOTREXATE),
        (named("Folic acid 5 mg - pregnancy"), FolateIndication.PREGNANCY),
        (named("Folic acid 5 mg for sickle cell disease"), FolateIndication.SPECIALIST),
        (named("Folic acid 5 mg tablets (not pregnant)"), None),
        ({"dosageInstruction": ["not a line"], "reasonCode": [{"text": "Fatigue"}]}, None),
    ],
)
def test_a_reason_protects_folic_acid_wherever_it_stands_F31(reasons, protected):
    (found,) = read(order("4511", **reasons))[0].orders

    assert found.folate_indication is protected


def test_a_medicine_inside_the_order_is_the_one_that_it_names():
    def medicine(name: str, text: str) -> dict:
        return {"resourceType": "Medication", "id": name, "code": {"text": text}}

    inside = [medicine("a", "Amlodipine 5 mg tablets"), medicine("b", SOLUTION)]
    request = order(contained=inside, medicationReference={"reference": "#b"})
    del request["medicationCodeableConcept"]
    (found,) = read(request)[0].orders

    assert found.lines[0].dose == 1000
    other = read(request | {"medicationReference": {"reference": "#a"}})[0]
    assert other.orders == ()
