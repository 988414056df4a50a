"""Conditions: what is diagnosed, whether it is current, and what it means for vitamin B12 (F8, F10,
F12, F13, F17, F20, F22).

A refuted condition is evidence against, never for; one that is only suspected restricts but
confirms nothing. Not taken into account: inborn errors of cobalamin metabolism, which the guidance
does not cover.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from fhir_mappings.fhir import months_before
from fhir_mappings.history.diagnoses import Diagnoses, Diagnosis, Standing, evidence_of
from fhir_mappings.history.signs_and_causes import (
    is_new,
    read_causes,
    read_causes_resolved,
    read_crohns_extent,
    read_findings,
    read_refuted_signs,
    read_resected_in_problems,
    texts_of_diagnosis,
)
from fhir_mappings.terminology import Concept, Role
from recommender.guidance import look_back
from recommender.language import (
    NO_RESULT,
    NONE_RECORDED,
    Because,
    CauseFinding,
    Evidence,
    Fact,
    HintAt,
    Measurement,
    NeurologicalFinding,
    RefutedSign,
    Truth,
)

DEFICIENCY = frozenset(
    {
        Concept.B12_DEFICIENCY,
        Concept.B12_DEFICIENCY_ANAEMIA,
        Concept.PERNICIOUS_ANAEMIA,
        Concept.COGNITIVE_IMPAIRMENT_OF_B12_DEFICIENCY,
        Concept.OPTIC_NEUROPATHY_OF_B12_DEFICIENCY,
    }
)
"""Diagnoses that say "vitamin B12 deficiency" (F8)."""

DEFICIENCY_ITSELF = frozenset({Concept.B12_DEFICIENCY, Concept.B12_DEFICIENCY_ANAEMIA})
"""What refutes the deficiency where it is refuted; a refuted cause or consequence does not."""

SEVERE_KIDNEY_DISEASE = frozenset({Concept.CKD_STAGE_4, Concept.CKD_STAGE_5, Concept.ESRD})
KIDNEY_DISEASE = SEVERE_KIDNEY_DISEASE | frozenset(
    {
        Concept.CKD,
        Concept.CKD_STAGE_3,
        Concept.CKD_IMPLIED_BY_COMBINATION,
        Concept.DIALYSIS_DEPENDENCE,
        Concept.DIALYSIS,
        Concept.DIABETIC_NEPHROPATHY,
        Concept.DIABETIC_CKD,
        Concept.RENAL_FAILURE_OTHER,
        Concept.ACUTE_KIDNEY_INJURY,
    }
)
"""Diagnoses that mean reduced kidney function whatever the eGFR (F17, Q7). Stages 1 and 2 and a
transplant alone do not.
"""

KIDNEY_RISK = KIDNEY_DISEASE | {
    Concept.CKD_STAGE_1_2,
    Concept.KIDNEY_TRANSPLANT,
    Concept.DIALYSIS_HISTORY,
    Concept.PERIPHERAL_NEUROPATHY_OTHER_CAUSE,
}
"""Diagnoses that point at the kidneys, past ones too (Q51). A neuropathy of another cause stands
for diabetes that has done harm: more than it says, since it makes a question louder only.
"""


class ConditionFacts(NamedTuple):
    """What the Conditions say."""

    deficiency: Fact
    kidney_disease: Fact
    severe_kidney_disease: Fact
    acute_kidney_injury: bool
    dialysis: Fact
    kidney_risk: Fact
    lebers: Fact
    bleeding_disorder: Fact
    nitrous_oxide: Fact
    haemolysis: Fact
    raises_b12: Fact
    ileal_resection_complete: Fact
    pregnant: Fact
    planning_pregnancy: Fact
    breastfeeding: Fact
    symptoms: Fact
    recurrence: Fact
    thrombocytopenia: tuple[Evidence, ...] = ()
    anticoagulant_use: tuple[Evidence, ...] = ()
    deficiency_since: dt.date | None = None
    deficiency_recorded_on: dt.date | None = None
    findings: tuple[NeurologicalFinding, ...] = ()
    refuted_signs: tuple[RefutedSign, ...] = ()
    causes: tuple[CauseFinding, ...] = ()
    causes_resolved: Fact = NONE_RECORDED
    crohns_extent: Measurement = NO_RESULT
    ileum_resected: Measurement = NO_RESULT


def map_conditions(
    diagnoses: Diagnoses, treatment_start: dt.date | None, b12_recorded: bool
) -> ConditionFacts:
    """Return the facts of the Conditions.

    Args:
        diagnoses: all Conditions, read.
        treatment_start: when the current vitamin B12 treatment began; `None` when there is none.
        b12_recorded: whether a medicine with vitamin B12 stands in the record, which makes an
        unspecific vitamin B code specific.
    """
    index = diagnoses.index
    deficiency, since, recorded_on = _deficiency(
        diagnoses, b12_recorded, index.not_recorded("conditions", at=(HintAt.DEFICIENCY,))
    )
    return ConditionFacts(
        deficiency=deficiency,
        deficiency_since=since,
        deficiency_recorded_on=recorded_on,
        **_closed_world(diagnoses),
        **_open_world(diagnoses),
        recurrence=_recurrence(diagnoses, treatment_start, index.not_recorded("conditions")),
        acute_kidney_injury=bool(diagnoses.of({Concept.ACUTE_KIDNEY_INJURY}, Standing.CURRENT)),
        thrombocytopenia=evidence_of(diagnoses.of({Concept.THROMBOCYTOPENIA}, Standing.CURRENT)),
        anticoagulant_use=evidence_of(diagnoses.of(ANTICOAGULATED, Standing.CURRENT)),
        findings=read_findings(diagnoses, treatment_start),
        refuted_signs=read_refuted_signs(diagnoses),
        causes=read_causes(diagnoses),
        causes_resolved=read_causes_resolved(diagnoses),
        crohns_extent=read_crohns_extent(diagnoses),
        ileum_resected=read_resected_in_problems(diagnoses),
    )


ANTICOAGULATED = frozenset({Concept.ANTICOAGULANT_USE, Concept.ANTICOAGULANT_THERAPY})
EVER = (Standing.CURRENT, Standing.INACTIVE, Standing.RESOLVED)


def _closed_world(diagnoses: Diagnoses) -> dict[str, Fact]:
    """Return the claims of which "none recorded" is a known no, by their names."""

    def none_of(*at: HintAt) -> Fact:
        return diagnoses.index.nothing_found("conditions", at=at)

    claim, bleeding = diagnoses.claim, {Concept.HAEMOPHILIA_BLEEDING}
    kidneys, dialysis = none_of(HintAt.KIDNEY_DISEASE), none_of(HintAt.DIALYSIS)
    kidneys_at_all = none_of(HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)
    no_bleeding, no_lebers = none_of(HintAt.BLEEDING_DISORDER), none_of(HintAt.LEBERS)
    no_gas, no_haemolysis = none_of(HintAt.NITROUS_OXIDE), none_of(HintAt.HAEMOLYSIS)
    raises, no_ileum = none_of(HintAt.RAISES_B12), none_of(HintAt.ILEAL_SURGERY)
    return {
        "kidney_disease": _kidney_disease(diagnoses, kidneys),
        "severe_kidney_disease": claim(SEVERE_KIDNEY_DISEASE, kidneys),
        "dialysis": claim(ON_DIALYSIS, dialysis),
        "kidney_risk": _kidney_risk(diagnoses, kidneys_at_all),
        "lebers": claim({Concept.LHON}, no_lebers, EVER),
        "bleeding_disorder": claim(bleeding, _bleeding_over(diagnoses) or no_bleeding, EVER[:2]),
        "nitrous_oxide": claim(NITROUS_OXIDE, no_gas),
        "haemolysis": claim({Concept.HAEMOLYSIS}, no_haemolysis, EVER),
        "raises_b12": claim({Concept.RAISES_B12}, raises),
        "ileal_resection_complete": claim({Concept.TOTAL_ILEAL_RESECTION}, no_ileum, EVER),
    }


def _bleeding_over(diagnoses: Diagnoses) -> Fact | None:
    """Return the unknown fact of a bleeding disorder marked as resolved: an inherited one is for
    life, an acquired one may be over (F20).
    """
    over = diagnoses.of({Concept.HAEMOPHILIA_BLEEDING}, Standing.RESOLVED)
    if not over:
        return None
    said = f"recorded as resolved: {over[0].evidence.display}"
    return Fact(Truth.UNKNOWN, said, evidence_of(over), because=Because.NOT_CERTAIN)


def _open_world(diagnoses: Diagnoses) -> dict[str, Fact]:
    """Return the claims of which "none recorded" leaves them unknown, by their names."""
    index, claim = diagnoses.index, diagnoses.claim
    unsaid = index.not_recorded("conditions")
    pregnancy = index.not_recorded("conditions", at=(HintAt.PREGNANCY,))
    year = months_before(index.as_of, look_back.STATE_MONTHS)
    then = index.as_of - dt.timedelta(days=look_back.PREGNANCY_DAYS)
    return {
        "pregnant": claim(PREGNANT, pregnancy, since=then),
        "planning_pregnancy": claim({Concept.PLANNING_PREGNANCY}, unsaid, since=year),
        "breastfeeding": claim({Concept.BREASTFEEDING}, unsaid, since=year),
        "symptoms": claim({Concept.B12_SYMPTOM_FATIGUE}, unsaid),
    }


ON_DIALYSIS = frozenset({Concept.DIALYSIS_DEPENDENCE, Concept.DIALYSIS})
"""Dialysis as a diagnosis, or as a procedure that stands in the problem list."""

NITROUS_OXIDE = frozenset({Concept.NITROUS_OXIDE_EXPOSURE, Concept.INHALANT_MISUSE})
PREGNANT = frozenset({Concept.PREGNANT, Concept.POSSIBLE_PREGNANCY})


def _deficiency(
    diagnoses: Diagnoses, b12_recorded: bool, nothing: Fact
) -> tuple[Fact, dt.date | None, dt.date | None]:
    """Return whether deficiency is diagnosed, the newest day on which it was, and that of an entry
    of the record, which the reason of a draft order is not (F8).
    """
    current = [
        item
        for item in diagnoses.of(DEFICIENCY, Standing.CURRENT)
        if item.match.role is Role.INCLUDE or b12_recorded or names_b12(item)
    ]
    if current:
        dated = [(item.began.latest, item.placed.type) for item in current if item.began]
        days = [day for day, _ in dated]
        recorded = [day for day, kind in dated if kind == "Condition"]
        known = Fact(Truth.TRUE, "", evidence_of(current))
        return known, max(days, default=None), max(recorded, default=None)
    return _not_current(diagnoses) or _refuted(diagnoses) or nothing, None, None


def _not_current(diagnoses: Diagnoses) -> Fact | None:
    """Return the unknown fact of a deficiency that is unspecific, suspected or of the past."""
    for standing, why in (
        (Standing.CURRENT, "the code also stands for other vitamins"),
        (Standing.SUSPECTED, "suspected, not confirmed"),
    ):
        found = diagnoses.of(DEFICIENCY, standing)
        if found:
            evidence = evidence_of(found)
            said = f"{why}: {found[0].evidence.display}"
            return Fact(Truth.UNKNOWN, said, evidence, because=Because.NOT_CERTAIN)
    past = diagnoses.of(DEFICIENCY, Standing.RESOLVED, Standing.INACTIVE)
    if past:
        evidence = evidence_of(past)
        words = f"recorded as {past[0].standing.value}: {past[0].evidence.display}"
        return Fact(Truth.UNKNOWN, words, evidence, because=Because.NOT_CERTAIN)
    return None


def _refuted(diagnoses: Diagnoses) -> Fact | None:
    """Return the known no of a deficiency that was refuted, while every entry of the list was
    read: another may say otherwise.
    """
    refuted = diagnoses.of(DEFICIENCY_ITSELF, Standing.REFUTED)
    none = diagnoses.index.nothing_found("conditions", at=(HintAt.DEFICIENCY,))
    if not refuted or not none.is_false:
        return None
    return Fact(Truth.FALSE, "refuted", evidence_of(refuted))


def names_b12(diagnosis: Diagnosis) -> bool:
    """Return whether the Condition's own words name vitamin B12: the second fact that E53.8 and its
    like need.
    """
    words = " ".join(texts_of_diagnosis(diagnosis)).lower()
    return re.search(r"b[\s-]?12\b|cobalamin", words) is not None


def _kidney_disease(diagnoses: Diagnoses, nothing: Fact) -> Fact:
    """An unstaged code counts as kidney disease too (Q7)."""
    found = diagnoses.of(KIDNEY_DISEASE, Standing.CURRENT)
    if found:
        return Fact(Truth.TRUE, "", evidence_of(found))
    return diagnoses.claim(KIDNEY_DISEASE, nothing)


def _kidney_risk(diagnoses: Diagnoses, nothing: Fact) -> Fact:
    """Any entry about the kidneys that was not refuted, past, suspected or mild ones too (Q51)."""
    found = [
        item
        for item in diagnoses.listed
        if item.concept in KIDNEY_RISK
        and item.match.role is not Role.EXCLUDE
        and item.standing is not Standing.REFUTED
    ]
    return Fact(Truth.TRUE, "", evidence_of(found)) if found else nothing


def _recurrence(diagnoses: Diagnoses, treatment_start: dt.date | None, nothing: Fact) -> Fact:
    back = [item for item in diagnoses.of(DEFICIENCY, Standing.CURRENT) if item.recurrent]
    symptoms = diagnoses.of({Concept.B12_SYMPTOM_FATIGUE}, Standing.CURRENT)
    found = back + [
        item for item in symptoms if is_new(item, treatment_start, diagnoses.index.as_of)
    ]
    return Fact(Truth.TRUE, "", evidence_of(found)) if found else nothing
