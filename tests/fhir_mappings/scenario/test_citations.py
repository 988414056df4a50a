"""What an entry was used for follows from the facts that cite it, and from nothing else."""

import datetime as dt

from fhir_mappings.fhir.record import Placed
from fhir_mappings.intake.receipt import Cited, Receipt
from fhir_mappings.scenario.citations import cited_by
from recommender.language.course import Order, OrderState
from recommender.language.doses import DoseLine, Route, Substance
from recommender.language.logic import Evidence, Fact, Truth
from recommender.language.scenario import Cause, CauseFinding, ClinicalScenario

AS_OF = dt.date(2026, 11, 27)
ENTRY = Placed("prefetch.conditions.entry[0]", {"resourceType": "Condition", "id": "c"})
CITES = (Evidence("Condition/c"),)


def used_for(receipt: Receipt, cited: Cited) -> tuple[str, ...]:
    receipt.enter(ENTRY)
    (line,) = receipt.lines(cited)
    return line.used_for


def test_facts_that_are_known_and_those_that_are_not_are_told_apart() -> None:
    scenario = ClinicalScenario(
        AS_OF,
        lebers=Fact(Truth.FALSE, "", CITES),
        dialysis=Fact(Truth.UNKNOWN, "not certain", CITES),
        causes=(CauseFinding(Cause.DIETARY, CITES[0]),),
    )

    assert cited_by(scenario) == Cited(
        {"Condition/c": ("lebers", "cause")}, {"Condition/c": ("dialysis",)}
    )


def test_orders_are_called_by_what_they_hold() -> None:
    orders = tuple(
        Order(
            f"MedicationRequest/{substance.name}",
            OrderState.ACTIVE,
            (DoseLine(substance, Route.ORAL, None, None),),
            substance.name,
            evidence=Evidence(f"MedicationRequest/{substance.name}"),
        )
        for substance in (Substance.HYDROXOCOBALAMIN, Substance.FOLIC_ACID)
    )

    assert cited_by(ClinicalScenario(AS_OF, orders=orders)).known == {
        "MedicationRequest/HYDROXOCOBALAMIN": ("treatment_phase",),
        "MedicationRequest/FOLIC_ACID": ("course",),
    }


def test_an_entry_that_does_not_count_is_used_only_where_a_known_fact_cites_it() -> None:
    ignored = Receipt()
    ignored.ignore(ENTRY, "too old")

    assert used_for(ignored, Cited({}, {"Condition/c": ("dialysis",)})) == ()
    assert used_for(ignored, Cited({"Condition/c": ("lebers",)})) == ("lebers",)
    assert used_for(Receipt(), Cited({}, {"Condition/c": ("dialysis",)})) == ("dialysis",)


def test_what_was_set_aside_is_not_used_though_another_entry_has_its_id() -> None:
    receipt = Receipt()
    receipt.set_aside(ENTRY, "the same resource came twice")

    assert used_for(receipt, Cited({"Condition/c": ("lebers",)})) == ()


def test_of_several_reasons_the_one_that_decided_is_given() -> None:
    receipt = Receipt()
    receipt.enter(ENTRY)
    nothing = Cited({})
    reasons = [receipt.lines(nothing)[0].ignored]
    receipt.unless_cited(ENTRY, "resolved")
    reasons.append(receipt.lines(nothing)[0].ignored)
    receipt.ignore(ENTRY, "in the future")
    reasons.append(receipt.lines(nothing)[0].ignored)
    receipt.outweigh("Condition/c", "outweighed by another")
    reasons.append(receipt.lines(nothing)[0].ignored)

    assert reasons == [
        "not needed for any fact",
        "resolved",
        "in the future",
        "outweighed by another",
    ]


def test_a_medication_is_used_for_what_the_entry_that_names_it_is_used_for() -> None:
    order = Placed(
        "prefetch.medications.entry[0]", {"resourceType": "MedicationRequest", "id": "o"}
    )
    named = Placed("prefetch.medications.entry[1]", {"resourceType": "Medication", "id": "m"})
    receipt = Receipt()
    receipt.enter(order)
    receipt.note_named(named, order)

    cited = Cited({"MedicationRequest/o": ("treatment_phase",)})
    assert [line.used_for for line in receipt.lines(cited)] == [("treatment_phase",)] * 2
    assert [line.used_for for line in receipt.lines(Cited({}))] == [(), ()]
