"""Which rule or card reads each fact of the record, or why none does (Q63).

A fact that is mapped and read by nothing would be a promise that the answer does not keep. A test
holds the table to the code: every fact and every member stands here, what is said to be read is
read, and what is said not to be is not.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a fact: ids of rules, rows and cards; or `why_none`."""

    by: tuple[str, ...] = ()
    why_none: str = ""


def _by(*ids: str) -> Reader:
    return Reader(ids)


def _none(why: str) -> Reader:
    return Reader(why_none=why)


FACTS: dict[str, Reader] = {
    "as_of": _by("every rule"),
    "age": _by("G1", "d2", "k4"),
    "female": _by("K10"),
    "deceased": _by("deceased"),
    "pregnant": _by("D2", "K10", "c3", "c4"),
    "planning_pregnancy": _by("V5", "c3", "c4"),
    "breastfeeding": _by("K11", "a1"),
    "total_b12": _by("D2", "D3", "D4", "D5", "D6"),
    "holotranscobalamin": _by("D2", "D3", "D4", "D5", "D6"),
    "mma": _by("D3", "D4", "D6", "N3"),
    "homocysteine": _by("D4"),
    "total_b12_on_treatment": _by("T5b", "b22", "V1"),
    "homocysteine_on_treatment": _by("V6", "m1"),
    "b12_supplement_before_test": _by("D6"),
    "uncounted_b12": _by("E3", "D5b", "b13", "c3"),
    "reviews_done": _by("V1", "V4", "V5", "V7", "V8", "m1", "i1"),
    "folate": _by("2.7"),
    "haemoglobin": _by("K9", "k2", "D2"),
    "mcv": _none(
        "no rule decides by it: it may be normal in deficiency (S86), and its look-back of 14 days "
        "is too short for the course of treatment; it is shown among the facts"
    ),
    "potassium": _by("K9", "k2"),
    "platelets": _by("K2", "K3", "K4", "h1", "h2", "h3"),
    "inr": _by("K5", "h4"),
    "egfr": _by("K7", "d1", "d2", "M6", "M7", "D3"),
    "deficiency_diagnosis": _by("D2"),
    "deficiency_diagnosed_on": _by("D2"),
    "deficiency_recorded_on": _by("k1", "c3"),
    "neurological_findings": _by("N1", "N2", "N3", "T0", "T1", "T1b", "T4a", "K15"),
    "neurological_screen": _by("M1", "U1", "V8"),
    "refuted_signs": _by("M1", "U1"),
    "neurological_reason": _by("U1", "b2"),
    "symptoms": _by("D4", "T5b", "E3", "b17", "V1"),
    "recurrence": _by("T2", "b6"),
    "kidney_disease": _by("K7", "d1"),
    "severe_kidney_disease": _by("D5", "Q79"),
    "dialysis": _by("d1", "c4"),
    "kidney_risk": _by("d2"),
    "lebers": _by("K8", "d3", "d6", "M6"),
    "bleeding_disorder": _by("K6", "K17", "h5"),
    "haemolysis": _by("c3"),
    "raises_b12": _by("D5", "Q60"),
    "causes": _by("M1", "M2", "M3", "M4", "P1", "P2", "P3", "P4", "P5", "P6", "f1"),
    "causes_reason": _by("K16"),
    "ileal_resection_length": _by("M1", "P1", "P3", "b11"),
    "ileal_resection_complete": _by("M1", "P1"),
    "crohns_ileal_extent": _by("M1", "P2", "P3", "b11"),
    "cause_resolved": _by("f2"),
    "nitrous_oxide": _by("D4", "D6", "K14"),
    "allergies": _by("G2", "d4", "d5", "a1"),
    "allergy_fact": _by("Q28"),
    "anticoagulant": _by("K5", "K6", "h5"),
    "anticoagulant_fact": _by("K6", "K17", "h5"),
    "lowering_drugs": _by("K13", "g1", "g2"),
    "methotrexate": _by("c4"),
    "oral_feasible": _by("M6"),
    "im_feasible": _none(
        "no code for it is in the value sets, and no rule may permit by it (F28); who cannot be "
        "injected is said by the override OR-IM-IMPOSSIBLE"
    ),
    "orders": _by("T0", "T3", "T6", "T7", "T8", "e1", "b5"),
    "doses": _by("T1", "T4", "T6", "c2"),
    "combinations": _by("D6"),
    "unavailable": _by("a1", "a3", "U1", "T7"),
    "incomplete": _by("M6", "D6", "T7"),
    "lists": _by("D6", "T7"),
    "hints": _by("b2", "c1", "d5", "d6", "h5", "P6", "T7"),
}
"""Every fact of the scenario."""

MEMBERS_NOT_READ: dict[str, str] = {
    "Anticoagulant.DIRECT_ORAL": "told from warfarin, which alone asks for an INR (K5, K6)",
    "Anticoagulant.HEPARIN": "told from warfarin, which alone asks for an INR (K5, K6)",
    "LoweringDrug.COLCHICINE": "counts as cause DRUG and as a use; the class is shown (K13)",
    "Allergen.BENZYL_ALCOHOL": "one of EXCIPIENTS: d4 where the formulary lists it, else d5",
    "Allergen.MACROGOL": "one of EXCIPIENTS: d4 where the formulary lists it, else d5",
    "Allergen.PARABENS": "one of EXCIPIENTS: d4 where the formulary lists it, else d5",
    "HintAt.SYMPTOMS": "open world: symptoms stay unknown, the words are quoted",
    **{
        f"NotCounted.{name}": "its words are said of the result that does not decide (Q36)"
        for name in (
            "ABOUT_ANOTHER",
            "NO_VALUE",
            "HIGHER_BY_RACE",
            "NOT_COMPUTED",
        )
    },
}
"""Members that no rule names, and why that is right."""
