"""I26 and I28 as far as one answer shows them: what a hint or a list that is not whole may restrict
is never taken for "no", and words alone never decide. Asked of the derived facts and the answer,
not of the code that wrote them. That the mapping reads words so is shown in its own tests.
"""

from __future__ import annotations

from collections.abc import Iterator

from recommender.cards.findings import Finding, Resolution
from recommender.case.case import Case
from recommender.language.doses import Substance
from recommender.language.edits import AddRegimen, ChangeOrder, RemoveOrder
from recommender.language.understanding import HintAt, RecordArea

HINTED = {
    HintAt.LEBERS: "lebers",
    HintAt.COBALT_ALLERGY: "cobalt_allergy",
    HintAt.KIDNEY_DISEASE: "renal",
    HintAt.DIALYSIS: "renal",
    HintAt.BLEEDING_DISORDER: "bleeding_disorder",
    HintAt.ANTICOAGULANT: "on_anticoagulant",
}
"""Closed-world facts, each with the words that may mean it (Q28)."""


def fact_violations(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """Yield what an answer takes for "no" or for decided against I26 and I28."""
    yield from _closed_world(case)
    yield from _decided(case)
    yield from _offered(case, findings)


def _closed_world(case: Case) -> Iterator[str]:
    a, s = case.assessment, case.scenario
    for at, name in HINTED.items():
        if s.hints_at(at) and getattr(a, name).is_false:
            yield f"I26 {name} is no, though words may mean it"
    if RecordArea.CONDITIONS in s.unavailable and a.renal.is_false:
        yield "I26 kidneys are good, though conditions could not be read"
    unread = s.unavailable | s.incomplete
    if RecordArea.ALLERGIES in unread and a.hydroxocobalamin_allergy.is_false:
        yield "I26 no allergy, though the list did not come whole"
    if RecordArea.MEDICATIONS in unread and a.treatment.phase.name == "NONE":
        yield "I26 no treatment, though the medication list did not come whole"
    if s.hints_at(HintAt.B12_TREATMENT) and a.treatment.phase.name == "NONE" and not s.orders:
        yield "I26 no treatment, though words speak of it"


def _decided(case: Case) -> Iterator[str]:
    """What is true rests on an entry that decides it, never on words that point at it."""
    a, s = case.assessment, case.scenario
    signs = any(found.current for found in s.neurological_findings) or s.neurological_screen.is_true
    if a.neurological.is_true and not signs:
        yield "I28 nerve signs without an entry that says so"
    if a.neurological.is_false and not (s.neurological_screen.is_false or s.refuted_signs):
        yield "I28 no nerve signs without an entry that says so"
    if a.lebers.is_true and not s.lebers.is_true:
        yield "I28 Leber's disease by words"
    results = (s.total_b12, s.holotranscobalamin, s.mma)
    shown = s.deficiency_diagnosis.is_true or any(result.is_known for result in results)
    doubtful = bool(s.uncounted_b12) or a.nitrous_oxide.is_true
    if a.is_deficient and not (shown or doubtful):
        yield "I28 deficiency without a result or a diagnosis"


def _offered(case: Case, findings: tuple[Finding, ...]) -> Iterator[str]:
    """What is drafted where words point at what forbids it (Q28)."""
    s = case.scenario
    forbids = s.hints_at(HintAt.LEBERS, HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)
    for finding in findings:
        for one in finding.resolutions:
            drafted = {
                phase.line.substance
                for edit in one.edits
                if isinstance(edit, AddRegimen | ChangeOrder)
                for phase in (
                    edit.regimen.phases if isinstance(edit, AddRegimen) else (edit.phase,)
                )
            }
            if forbids and Substance.CYANOCOBALAMIN in drafted:
                yield f"{finding.card}: I26 drafts cyanocobalamin, though words may forbid it"
            if _removes_folic_acid(case, one) and s.hints_at(
                HintAt.METHOTREXATE, HintAt.HAEMOLYSIS
            ):
                yield f"{finding.card}: I17 removes folic acid, though words may protect it"
            if drafted and one.recommended and s.hints_at(HintAt.ALLERGY):
                yield f"{finding.card}: I26 marks a regimen, though an allergy may stand against it"


def _removes_folic_acid(case: Case, resolution: Resolution) -> bool:
    gone = {edit.key for edit in resolution.edits if isinstance(edit, RemoveOrder)}
    alone = [one for one in case.course.orders if one.has_folate and not one.has_cobalamin]
    return any(order.key in gone for order in alone)
