"""Builds clinical scenarios from the short words of the YAML cases."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import fields
from decimal import Decimal
from typing import Any

from recommender.guidance.policy import Policy
from recommender.guidance.regimens import CATALOGUE
from recommender.language.course import DoseGiven, DoseKind, Order, OrderState, Test
from recommender.language.doses import DoseLine, PeriodUnit, Route, Substance, Timing
from recommender.language.logic import (
    Comparator,
    Evidence,
    Fact,
    Measurement,
    Quantity,
    Truth,
    Unit,
)
from recommender.language.scenario import (
    Allergen,
    Allergy,
    Anticoagulant,
    Cause,
    CauseFinding,
    ClinicalScenario,
    CombinationUse,
    LoweringDrug,
    LoweringDrugUse,
    NeurologicalFinding,
    NeurologicalSign,
    RefutedSign,
    ReviewDone,
    UncountedResult,
)
from recommender.language.understanding import Hint, HintAt, NotCounted, RecordArea

TODAY = dt.date(2026, 11, 21)

_UNITS = {
    "age": Unit.YEARS,
    "total_b12": Unit.PMOL_PER_L,
    "holotranscobalamin": Unit.PMOL_PER_L,
    "mma": Unit.NMOL_PER_L,
    "homocysteine": Unit.UMOL_PER_L,
    "total_b12_on_treatment": Unit.PMOL_PER_L,
    "homocysteine_on_treatment": Unit.UMOL_PER_L,
    "folate": Unit.NMOL_PER_L,
    "haemoglobin": Unit.G_PER_L,
    "mcv": Unit.FL,
    "potassium": Unit.MMOL_PER_L,
    "platelets": Unit.PER_NL,
    "inr": Unit.RATIO,
    "egfr": Unit.EGFR,
    "ileal_resection_length": Unit.CM,
    "crohns_ileal_extent": Unit.CM,
}

_FACTS = frozenset(field.name for field in fields(ClinicalScenario) if field.type == "Fact")

_UNIT_DAYS = {
    "day": PeriodUnit.DAY,
    "week": PeriodUnit.WEEK,
    "month": PeriodUnit.MONTH,
    "year": PeriodUnit.YEAR,
}


def build_scenario(known: dict[str, Any]) -> ClinicalScenario:
    """Return the scenario of one case; an adult of 50 unless the case says otherwise."""
    fields: dict[str, Any] = {"as_of": TODAY, "age": measure("age", 50)}
    for key, value in known.items():
        fields |= _field(key, value)
    return ClinicalScenario(**fields)


def build_policy(settings: dict[str, Any], available: list[str] | None = None) -> Policy:
    """Return the policy of a case; `available` lists products as "hydroxocobalamin
    intramuscular".
    """
    if available is None:
        return Policy.from_settings(settings)
    products = frozenset(
        (Substance(words.split()[0]), Route(words.split()[1])) for words in available
    )
    return Policy.from_settings(settings, products)


def evidence(reference: str) -> Evidence:
    """Return an entry of the record by this name."""
    return Evidence(reference)


def truth(value: object) -> Truth:
    """Return the truth of yes, no (YAML booleans too) or unknown."""
    return {
        True: Truth.TRUE,
        False: Truth.FALSE,
        "yes": Truth.TRUE,
        "no": Truth.FALSE,
        "unknown": Truth.UNKNOWN,
    }[value]


def measure(name: str, value: object) -> Measurement:
    """Return a result written as `96`, `"<150 pg/mL"` or `"278 pg/mL on 2026-01-05"`."""
    match = re.fullmatch(r"(<=|>=|<|>)?\s*([\d.]+)\s*([^\s]+)?(?: on ([\d-]+))?", str(value))
    assert match, f"not a result: {value!r}"
    comparator, number, unit, day = match.groups()
    quantity = Quantity(
        Decimal(number), Unit(unit) if unit else _UNITS[name], Comparator(comparator or "")
    )
    return Measurement(
        quantity,
        dt.date.fromisoformat(day) if day else TODAY,
        "",
        (evidence(f"Observation/{name}"),),
    )


def _field(key: str, value: Any) -> dict[str, Any]:
    if key in _UNITS:
        return {key: measure(key, value)}
    if key in _FACTS:
        return {
            key: Fact(
                truth(value),
                "none recorded" if value == "unknown" else "",
                (evidence(f"Condition/{key}"),),
            )
        }
    match key:
        case (
            "signs"
            | "past_signs"
            | "new_signs"
            | "signs_with_other_cause"
            | "new_signs_with_other_cause"
        ):
            return {"neurological_findings": tuple(_sign(key, words) for words in value)}
        case "dated_signs":
            return {
                "neurological_findings": tuple(
                    NeurologicalFinding(
                        NeurologicalSign(words),
                        True,
                        evidence(f"Condition/{words}")._replace(date=ago(days)),
                    )
                    for words, days in value.items()
                )
            }
        case "hints":
            return {
                key: tuple(
                    Hint(HintAt(at), words, "Condition/words", date=ago(days[0]) if days else None)
                    for at, told in value.items()
                    for words, *days in [told if isinstance(told, list) else [told]]
                )
            }
        case "older_b12":
            return {"uncounted_b12": tuple(_older(words) for words in value)}
        case "reviews_done":
            return {key: tuple(ReviewDone(Test(test), ago(days)) for test, days in value.items())}
        case "multivitamin":
            amount = None if value == "unstated" else Decimal(value)
            return {"combinations": (CombinationUse(amount, evidence("x"), current=True),)}
        case "refuted_signs":
            return {
                key: tuple(
                    RefutedSign(NeurologicalSign(words), evidence(f"Condition/{words}"))
                    for words in value
                )
            }
        case "neurological_findings":
            return {
                key: tuple(_sign(kind, words) for kind, found in value.items() for words in found)
            }
        case "causes":
            return {
                key: tuple(
                    CauseFinding(Cause(words), evidence(f"Condition/{words}")) for words in value
                )
            }
        case "allergies":
            return {
                key: tuple(
                    Allergy(Allergen(to), truth(severe), evidence(f"AllergyIntolerance/{to}"))
                    for to, severe in value.items()
                )
            }
        case "anticoagulant":
            return {
                key: Anticoagulant(value),
                "anticoagulant_fact": Fact(
                    Truth.TRUE, "", (evidence("MedicationRequest/anticoagulant"),)
                ),
            }
        case "lowering_drugs":
            return {
                key: tuple(
                    LoweringDrugUse(
                        LoweringDrug(words), Truth.TRUE, evidence(f"MedicationRequest/{words}")
                    )
                    for words in value
                )
            }
        case "unavailable" | "incomplete":
            return {key: frozenset(RecordArea(words) for words in value)}
        case "orders":
            return {key: tuple(_order(number, words) for number, words in enumerate(value))}
        case "injections":
            return {"doses": tuple(injection(days) for days in value)}
        case "doses":
            return {key: tuple(_dose(number, words) for number, words in enumerate(value))}
        case "oral_doses":
            return {
                "doses": tuple(
                    DoseGiven(
                        Substance.CYANOCOBALAMIN,
                        Route.ORAL,
                        Decimal(1000),
                        ago(days),
                        evidence("x"),
                        DoseKind.STATED,
                    )
                    for days in value
                )
            }
        case "deficiency_diagnosed_on":
            return {key: value}
        case _:
            raise AssertionError(f"a case may not say {key!r}")


def _older(words: dict[str, Any]) -> UncountedResult:
    """A result that does not decide: its value in pmol/L, its age in days, and why."""
    value = words.get("value")
    readings = () if value is None else (Quantity(Decimal(value), Unit.PMOL_PER_L),)
    return UncountedResult(
        Test.SERUM_B12,
        NotCounted[words["why"]],
        evidence("Observation/older")._replace(date=ago(words["days_ago"]), reported=str(value)),
        readings,
        flagged_low=words.get("flagged", False),
    )


def _sign(kind: str, words: str) -> NeurologicalFinding:
    return NeurologicalFinding(
        NeurologicalSign(words),
        current=kind != "past_signs",
        evidence=evidence(f"Condition/{words}"),
        other_cause="other_cause" in kind,
        is_new=kind.startswith("new"),
    )


def ago(days: int) -> dt.date:
    """Return the day so many days before today."""
    return TODAY - dt.timedelta(days=days)


def injection(days: int) -> DoseGiven:
    """Return hydroxocobalamin 1000 micrograms given so many days ago."""
    name = f"MedicationAdministration/{days}"
    return DoseGiven(
        Substance.HYDROXOCOBALAMIN, Route.INTRAMUSCULAR, Decimal(1000), ago(days), evidence(name)
    )


def _dose(number: int, words: dict[str, Any]) -> DoseGiven:
    route, dose, days = words.get("route"), words.get("dose"), words.get("days_ago")
    return DoseGiven(
        Substance(words.get("substance", "hydroxocobalamin")),
        Route(route) if route else None,
        None if dose is None else Decimal(dose),
        None if days is None else ago(days),
        evidence(f"MedicationAdministration/{number}"),
    )


def _order(number: int, words: dict[str, Any]) -> Order:
    """An order by its phase ("M-LOAD") or by substance, route, dose in micrograms and `every` ("3
    months").
    """
    line = _catalogue_line(words["phase"]) if "phase" in words else _line(words)
    days = words.get("days_ago", 5)
    return Order(
        key=f"MedicationRequest/{number}",
        state=OrderState(words.get("state", "active")),
        lines=(line,),
        product=line.substance.value,
        authored=None if days is None else ago(days),
        ends=ago(words["ended_days_ago"]) if "ended_days_ago" in words else None,
        planned=words.get("planned", False),
        evidence=evidence(f"MedicationRequest/{number}"),
    )


def _catalogue_line(name: str) -> DoseLine:
    return next(phase.line for phase in CATALOGUE if phase.id == name)


def _line(words: dict[str, Any]) -> DoseLine:
    dose, route = words.get("dose"), words.get("route")
    timing = build_timing(words["every"], words.get("times")) if "every" in words else None
    return DoseLine(
        Substance(words["substance"]),
        Route(route) if route else None,
        None if dose is None else Decimal(dose),
        timing,
    )


def build_timing(every: str, times: int | None = None) -> Timing:
    """Return the timing in words ("3 months" from dose to dose, "6 per day"), so many times in
    all.
    """
    if " per " in every:
        often, unit = every.split(" per ")
        return Timing(int(often), Decimal(1), _UNIT_DAYS[unit], count=times)
    number, unit = every.split()
    return Timing(1, Decimal(number), _UNIT_DAYS[unit.rstrip("s")], count=times)
