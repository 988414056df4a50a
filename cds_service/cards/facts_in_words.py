"""The facts of one decision in words: what the record says, what was derived from it, and what is
not known.

Cards, the explain JSON and the command line all show facts from here, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, NamedTuple

from fhir_mappings.values import show_number
from recommender.assessment import Assessment
from recommender.language import (
    Because,
    ClinicalScenario,
    Evidence,
    Fact,
    Measurement,
    RecordArea,
    Truth,
)

OTHER = "other"
"""What is counted for a reason that is none of the codes, such as a row that leaves it open."""

WORDS = {Truth.TRUE: "yes", Truth.FALSE: "no"}


class FactInWords(NamedTuple):
    """One fact: its snake_case name, its value in words, and the evidence.

    A fact that is not known may still have a value in words ("unresolved"); its `reason` says what
    is missing, `reason_code` the same as a code of `Because` ("" where something else decided).
    """

    name: str
    is_known: bool
    value: str
    reason: str
    evidence: tuple[Evidence, ...]
    reason_code: str = ""

    @property
    def label(self) -> str:
        return LABELS.get(self.name, self.name.replace("_", " "))

    @property
    def kind_of_reason(self) -> str:
        """The reason as it is counted and kept: a code of a closed list, never the words, which may
        quote the record (R187).
        """
        return self.reason_code or OTHER


LABELS = {
    "total_b12": "serum vitamin B12",
    "total_b12_on_treatment": "serum vitamin B12 on treatment",
    "homocysteine_on_treatment": "homocysteine on treatment",
    "holotranscobalamin": "active vitamin B12",
    "mma": "methylmalonic acid",
    "egfr": "eGFR",
    "adult": "adult (age the guidance is for)",
    "deficiency": "vitamin B12 deficiency",
    "cause": "cause of deficiency",
    "treatment_phase": "vitamin B12 treatment",
    "inr": "INR",
    "mcv": "MCV",
    "lebers": "Leber's optic neuropathy",
    "crohns_ileal_extent": "extent of ileal Crohn's disease",
    "crohns_ileal_extent_over_limit": "ileal Crohn's disease over the limit",
    "b12_supplement_before_test": "vitamin B12 taken before the test",
    "raises_b12": "what raises vitamin B12",
    "oral_feasible": "tablets possible",
    "im_feasible": "injections possible",
    "allergies": "reactions to vitamin B12 products or cobalt",
    "lowering_drugs": "medicines that lower vitamin B12",
}

NOT_BY_THEMSELVES = frozenset({"anticoagulant_fact", "allergy_fact"})
"""Facts of the scenario that are said with the medicines and reactions they are of."""


def describe_facts(scenario: ClinicalScenario, assessment: Assessment) -> tuple[FactInWords, ...]:
    """Return every fact once: the recorded ones in the order of the scenario, then the derived
    ones.

    A derived fact takes the place of a recorded one with the same name.
    """
    facts = {fact.name: fact for fact in _recorded(scenario)}
    facts |= {name: _truth_in_words(name, fact) for name, fact in assessment.facts}
    return tuple(facts.values())


def _recorded(scenario: ClinicalScenario) -> Iterator[FactInWords]:
    for (name, in_words, nothing, said), recorded in zip(_SAID, _VALUES(scenario), strict=True):
        yield said if recorded is nothing else in_words(name, recorded)
    yield _anticoagulant_in_words(scenario)
    yield _allergies_in_words(scenario)
    yield _lowering_drugs_in_words(scenario)


def _anticoagulant_in_words(scenario: ClinicalScenario) -> FactInWords:
    fact = _truth_in_words("anticoagulant", scenario.anticoagulant_fact)
    return fact._replace(value=scenario.anticoagulant.value) if scenario.anticoagulant else fact


REACTION_WORDS = {
    Truth.TRUE: "severe reaction",
    Truth.FALSE: "reaction, not severe",
    Truth.UNKNOWN: "reaction of unrecorded severity",
}


def _allergies_in_words(scenario: ClinicalScenario) -> FactInWords:
    """The recorded reactions to vitamin B12 products and cobalt; "no" only when the whole list came
    (Q6).
    """
    words = [
        f"{allergy.allergen.value} ({REACTION_WORDS[allergy.severe]})"
        for allergy in scenario.allergies
    ]
    if words:
        return FactInWords(
            "allergies",
            True,
            ", ".join(words),
            "",
            tuple(allergy.evidence for allergy in scenario.allergies),
        )
    if scenario.allergy_fact.is_unknown:
        return _truth_in_words("allergies", scenario.allergy_fact)
    return _none_of("allergies", RecordArea.ALLERGIES, scenario)


def _lowering_drugs_in_words(scenario: ClinicalScenario) -> FactInWords:
    """The medicines that lower vitamin B12, and whether each was taken for long enough to do so
    (F27).
    """
    lasting = {
        Truth.TRUE: "long-term",
        Truth.FALSE: "not long-term",
        Truth.UNKNOWN: "for how long is not known",
    }
    words = [f"{use.drug.value} ({lasting[use.long_term]})" for use in scenario.lowering_drugs]
    if words:
        return FactInWords(
            "lowering_drugs",
            True,
            ", ".join(words),
            "",
            tuple(use.evidence for use in scenario.lowering_drugs),
        )
    return _none_of("lowering_drugs", RecordArea.MEDICATIONS, scenario)


def _none_of(name: str, area: RecordArea, scenario: ClinicalScenario) -> FactInWords:
    if area in scenario.unavailable:
        return _unknown(name, f"{area.value} not available", Because.COULD_NOT_BE_READ)
    if area in scenario.incomplete:
        return _unknown(name, f"only part of the {area.value} came", Because.LIST_NOT_COMPLETE)
    number = scenario.list_of(area).not_understood
    if number:
        entries = "1 entry" if number == 1 else f"{number} entries"
        why = f"{entries} of the {area.value} could not be understood"
        return _unknown(name, why, Because.NOT_UNDERSTOOD)
    return FactInWords(
        name, True, WORDS[Truth.FALSE], "none recorded", (), Because.NONE_RECORDED.value
    )


def _unknown(name: str, why: str, because: Because) -> FactInWords:
    return FactInWords(name, False, "", why, (), because.value)


def _measurement_in_words(name: str, measured: Measurement) -> FactInWords:
    if measured.quantity is None:
        code = measured.because.code if measured.because else ""
        return FactInWords(name, False, "", measured.reason, measured.evidence, code)
    number = f"{measured.quantity.comparator.value}{show_number(measured.quantity.value)}"
    unit = UNIT_WORDS.get(measured.quantity.unit.value, measured.quantity.unit.value)
    words = f"{number} {unit}".strip()
    return FactInWords(name, True, words, measured.reason, measured.evidence)


UNIT_WORDS = {
    "a": "years",
    "1": "",
    "{ratio}": "",
    "mL/min/{1.73_m2}": "mL/min/1.73 m²",
    "10*9/L": "×10⁹/L",
    "umol/L": "µmol/L",
}


def _truth_in_words(name: str, fact: Fact) -> FactInWords:
    known = fact.truth is not Truth.UNKNOWN
    value = fact.value or (WORDS[fact.truth] if known else "")
    code = fact.because.value if fact.because else ""
    return FactInWords(name, known, value, fact.reason, fact.evidence, code)


_IN_WORDS: dict[object, Callable[[str, Any], FactInWords]] = {
    "Fact": _truth_in_words,
    "Measurement": _measurement_in_words,
}
_SAID = tuple(
    (field.name, in_words, field.default, in_words(field.name, field.default))
    for field in fields(ClinicalScenario)
    if (in_words := _IN_WORDS.get(field.type)) and field.name not in NOT_BY_THEMSELVES
)
"""Each recorded fact in the order of the scenario: its name, how it is said, what it is where
nothing is recorded, and that in words, which are written once.
"""

_VALUES = attrgetter(*(name for name, *_ in _SAID))
