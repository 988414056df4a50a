"""Conditions: what is diagnosed, whether it is current, and what it means for vitamin B12 (F8, F10,
F12, F13, F17, F20, F22).

A refuted condition is evidence against, never for; one that is only suspected restricts but
confirms nothing. Not taken into account: inborn errors of cobalamin metabolism, which the guidance
does not cover.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace

from fhir_mappings.fhir import as_dict, as_list, as_text, codings_of, months_before, texts_of
from fhir_mappings.history.diagnoses import Diagnoses, Diagnosis, Standing
from fhir_mappings.history.procedures import CAUSES as OPERATION_CAUSES
from fhir_mappings.intake import newest_day
from fhir_mappings.laboratory import read_involved_length
from fhir_mappings.terminology import Concept, Role
from recommender.language import (
    NO_RESULT,
    NONE_RECORDED,
    Cause,
    CauseFinding,
    Evidence,
    Fact,
    HintAt,
    Measurement,
    NeurologicalFinding,
    NeurologicalSign,
    Truth,
)

SIGNS: dict[Concept, NeurologicalSign] = {
    Concept.PERIPHERAL_NEUROPATHY: NeurologicalSign.PERIPHERAL_NEUROPATHY,
    Concept.PERIPHERAL_NEUROPATHY_OTHER_CAUSE: NeurologicalSign.PERIPHERAL_NEUROPATHY,
    Concept.PARAESTHESIA_NUMBNESS: NeurologicalSign.PARAESTHESIA,
    Concept.GAIT_DISTURBANCE: NeurologicalSign.GAIT_DISTURBANCE,
    Concept.GAIT_DISTURBANCE_OTHER_CAUSE: NeurologicalSign.GAIT_DISTURBANCE,
    Concept.ATAXIA: NeurologicalSign.ATAXIA,
    Concept.ATAXIA_OTHER_CAUSE: NeurologicalSign.ATAXIA,
    Concept.VIBRATION_SENSE_SIGNS: NeurologicalSign.ATAXIA,
    Concept.COGNITIVE_IMPAIRMENT: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.COGNITIVE_IMPAIRMENT_OTHER_CAUSE: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.COGNITIVE_IMPAIRMENT_OF_B12_DEFICIENCY: NeurologicalSign.COGNITIVE_IMPAIRMENT,
    Concept.SUBACUTE_COMBINED_DEGENERATION: NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
    Concept.OPTIC_NEUROPATHY: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.OPTIC_NEUROPATHY_OTHER_CAUSE: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.OPTIC_NEUROPATHY_OF_B12_DEFICIENCY: NeurologicalSign.OPTIC_NEUROPATHY,
    Concept.GLOSSITIS: NeurologicalSign.GLOSSITIS,
}
"""What counts as a neurological sign (S8, S44, S67, C6, C29)."""

CAUSES: dict[Concept, Cause] = {
    **OPERATION_CAUSES,  # an operation may stand in the problem list
    Concept.PERNICIOUS_ANAEMIA: Cause.PERNICIOUS_ANAEMIA,
    Concept.ATROPHIC_GASTRITIS: Cause.PERNICIOUS_ANAEMIA,
    Concept.TOTAL_GASTRECTOMY: Cause.TOTAL_GASTRECTOMY,
    Concept.CROHN_ILEAL: Cause.CROHNS_ILEAL,
    Concept.BARIATRIC_STATUS: Cause.BARIATRIC,
    # The status code stands for the whole stomach or a part of it: the extent is asked (F13, P6).
    Concept.GASTRECTOMY_STATUS: Cause.GASTRECTOMY_OTHER,
    Concept.GI_BYPASS_HISTORY: Cause.OTHER_MALABSORPTION,
    Concept.SHORT_BOWEL: Cause.OTHER_MALABSORPTION,
    Concept.COELIAC: Cause.OTHER_MALABSORPTION,
    Concept.SPRUE: Cause.OTHER_MALABSORPTION,
    Concept.BLIND_LOOP_SIBO: Cause.OTHER_MALABSORPTION,
    Concept.MALABSORPTION: Cause.OTHER_MALABSORPTION,
    Concept.POSTSURGICAL_MALABSORPTION: Cause.OTHER_MALABSORPTION,
    Concept.PANCREATIC_INSUFFICIENCY: Cause.OTHER_MALABSORPTION,
    Concept.FISH_TAPEWORM: Cause.OTHER_MALABSORPTION,
    Concept.VEGAN: Cause.DIETARY,
    Concept.LOW_B12_INTAKE: Cause.DIETARY,
    Concept.DRUG_INDUCED_B12_DEFICIENCY: Cause.DRUG,
    Concept.NITROUS_OXIDE_EXPOSURE: Cause.NITROUS_OXIDE,
}
"""The causes of F13 that a diagnosis names."""

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

KIDNEY_DISEASE = frozenset(
    {
        Concept.CKD,
        Concept.CKD_STAGE_3,
        Concept.CKD_STAGE_4,
        Concept.CKD_STAGE_5,
        Concept.CKD_IMPLIED_BY_COMBINATION,
        Concept.ESRD,
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

NEW_SIGN_DAYS = 90
"""Days for which a sign counts as new (Q3), and a refuted one as evidence against (Q1)."""

PREGNANCY_DAYS = 42 * 7
"""Days for which a pregnancy recorded once counts (F2)."""


@dataclass(frozen=True, slots=True)
class ConditionFacts:
    """What the Conditions say."""

    deficiency: Fact
    kidney_disease: Fact
    acute_kidney_injury: bool
    dialysis: Fact
    kidney_risk: Fact
    lebers: Fact
    bleeding_disorder: Fact
    nitrous_oxide: Fact
    haemolysis: Fact
    raises_b12: Fact
    pregnant: Fact
    planning_pregnancy: Fact
    breastfeeding: Fact
    symptoms: Fact
    recurrence: Fact
    thrombocytopenia: tuple[Evidence, ...] = ()
    anticoagulant_use: tuple[Evidence, ...] = ()
    deficiency_since: dt.date | None = None
    findings: tuple[NeurologicalFinding, ...] = ()
    refuted_signs: frozenset[NeurologicalSign] = frozenset()
    causes: tuple[CauseFinding, ...] = ()
    causes_resolved: Fact = NONE_RECORDED
    crohns_extent: Measurement = NO_RESULT


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
    open_world = index.not_recorded("conditions")

    def none_of(*at: HintAt) -> Fact:
        return index.nothing_found("conditions", at=at)

    year = months_before(index.as_of, 12)
    ever = (Standing.CURRENT, Standing.INACTIVE, Standing.RESOLVED)
    unsaid = index.not_recorded("conditions", at=(HintAt.DEFICIENCY,))
    deficiency, since = _deficiency(diagnoses, b12_recorded, unsaid)
    return ConditionFacts(
        deficiency=deficiency,
        deficiency_since=since,
        kidney_disease=_kidney_disease(diagnoses, none_of(HintAt.KIDNEY_DISEASE)),
        acute_kidney_injury=bool(diagnoses.of({Concept.ACUTE_KIDNEY_INJURY}, Standing.CURRENT)),
        dialysis=diagnoses.claim("dialysis", ON_DIALYSIS, none_of(HintAt.DIALYSIS)),
        kidney_risk=_kidney_risk(diagnoses, none_of(HintAt.KIDNEY_DISEASE, HintAt.DIALYSIS)),
        lebers=diagnoses.claim("lebers", {Concept.LHON}, none_of(HintAt.LEBERS), ever),
        bleeding_disorder=diagnoses.claim(
            "bleeding_disorder",
            {Concept.HAEMOPHILIA_BLEEDING},
            none_of(HintAt.BLEEDING_DISORDER),
            ever[:2],
        ),
        nitrous_oxide=diagnoses.claim(
            "nitrous_oxide", NITROUS_OXIDE, none_of(HintAt.NITROUS_OXIDE)
        ),
        haemolysis=diagnoses.claim(
            "haemolysis", {Concept.HAEMOLYSIS}, none_of(HintAt.HAEMOLYSIS), ever
        ),
        raises_b12=diagnoses.claim("raises_b12", {Concept.RAISES_B12}, none_of(HintAt.RAISES_B12)),
        pregnant=diagnoses.claim(
            "pregnant",
            PREGNANT,
            index.not_recorded("conditions", at=(HintAt.PREGNANCY,)),
            since=index.as_of - dt.timedelta(days=PREGNANCY_DAYS),
        ),
        planning_pregnancy=diagnoses.claim(
            "planning_pregnancy", {Concept.PLANNING_PREGNANCY}, open_world, since=year
        ),
        breastfeeding=diagnoses.claim(
            "breastfeeding", {Concept.BREASTFEEDING}, open_world, since=year
        ),
        symptoms=diagnoses.claim("symptoms", {Concept.B12_SYMPTOM_FATIGUE}, open_world),
        recurrence=_recurrence(diagnoses, treatment_start, open_world),
        thrombocytopenia=diagnoses.use(
            "bleeding_disorder", diagnoses.of({Concept.THROMBOCYTOPENIA}, Standing.CURRENT)
        ),
        anticoagulant_use=diagnoses.use(
            "anticoagulant", diagnoses.of({Concept.ANTICOAGULANT_USE}, Standing.CURRENT)
        ),
        findings=_findings(diagnoses, treatment_start),
        refuted_signs=_refuted_signs(diagnoses),
        causes=_causes(diagnoses),
        causes_resolved=_causes_resolved(diagnoses),
        crohns_extent=_crohns_extent(diagnoses),
    )


ON_DIALYSIS = frozenset({Concept.DIALYSIS_DEPENDENCE, Concept.DIALYSIS})
"""Dialysis as a diagnosis, or as a procedure that stands in the problem list."""

NITROUS_OXIDE = frozenset({Concept.NITROUS_OXIDE_EXPOSURE, Concept.INHALANT_MISUSE})
PREGNANT = frozenset({Concept.PREGNANT, Concept.POSSIBLE_PREGNANCY})


def _deficiency(
    diagnoses: Diagnoses, b12_recorded: bool, nothing: Fact
) -> tuple[Fact, dt.date | None]:
    """Return whether deficiency is diagnosed and the newest day on which it was (F8)."""
    current = [
        item
        for item in diagnoses.of(DEFICIENCY, Standing.CURRENT)
        if item.match.role is Role.INCLUDE or b12_recorded or names_b12(item)
    ]
    if current:
        days = [item.began.latest for item in current if item.began is not None]
        return Fact(Truth.TRUE, "", diagnoses.use("deficiency_diagnosis", current)), max(
            days, default=None
        )
    for standing, why in (
        (Standing.CURRENT, "the code also stands for other vitamins"),
        (Standing.SUSPECTED, "suspected, not confirmed"),
    ):
        found = diagnoses.of(DEFICIENCY, standing)
        if found:
            return Fact(
                Truth.UNKNOWN,
                f"{why}: {found[0].evidence.display}",
                diagnoses.use("deficiency_diagnosis", found),
            ), None
    past = diagnoses.of(DEFICIENCY, Standing.RESOLVED, Standing.INACTIVE)
    if past:
        evidence = diagnoses.use("deficiency_diagnosis", past)
        return Fact(
            Truth.UNKNOWN,
            f"recorded as {past[0].standing.value}: {past[0].evidence.display}",
            evidence,
        ), None
    refuted = diagnoses.of(DEFICIENCY_ITSELF, Standing.REFUTED)
    none = diagnoses.index.nothing_found("conditions", at=(HintAt.DEFICIENCY,))
    if refuted and none.is_false:  # else an entry that was not read may say otherwise
        return Fact(Truth.FALSE, "refuted", diagnoses.use("deficiency_diagnosis", refuted)), None
    return nothing, None


def names_b12(diagnosis: Diagnosis) -> bool:
    """Return whether the Condition's own words name vitamin B12: the second fact that E53.8 and its
    like need.
    """
    words = " ".join(_texts(diagnosis)).lower()
    return re.search(r"b[\s-]?12\b|cobalamin", words) is not None


def _texts(diagnosis: Diagnosis) -> list[str]:
    resource = diagnosis.placed.resource
    notes = [as_text(as_dict(note).get("text")) for note in as_list(resource.get("note"))]
    return [*texts_of(resource.get("code")), *notes, as_text(resource.get("notes"))]


def _kidney_disease(diagnoses: Diagnoses, nothing: Fact) -> Fact:
    """An unstaged code counts as kidney disease too (Q7)."""
    found = diagnoses.of(KIDNEY_DISEASE, Standing.CURRENT)
    if found:
        return Fact(Truth.TRUE, "", diagnoses.use("kidney_disease", found))
    return diagnoses.claim("kidney_disease", KIDNEY_DISEASE, nothing)


def _kidney_risk(diagnoses: Diagnoses, nothing: Fact) -> Fact:
    """Any entry about the kidneys that was not refuted, past, suspected or mild ones too (Q51)."""
    found = [
        item
        for item in diagnoses.listed
        if item.concept in KIDNEY_RISK
        and item.match.role is not Role.EXCLUDE
        and item.standing is not Standing.REFUTED
    ]
    return Fact(Truth.TRUE, "", diagnoses.use("kidney_risk", found)) if found else nothing


def _is_new(diagnosis: Diagnosis, treatment_start: dt.date | None, as_of: dt.date) -> bool:
    """Recurrent, or begun after the current treatment did and within 90 days (Q3)."""
    if diagnosis.recurrent:
        return True
    began = diagnosis.began
    recent = as_of - dt.timedelta(days=NEW_SIGN_DAYS)
    return (
        began is not None
        and treatment_start is not None
        and began.earliest > treatment_start
        and began.earliest >= recent
    )


def _recurrence(diagnoses: Diagnoses, treatment_start: dt.date | None, nothing: Fact) -> Fact:
    back = [item for item in diagnoses.of(DEFICIENCY, Standing.CURRENT) if item.recurrent]
    symptoms = diagnoses.of({Concept.B12_SYMPTOM_FATIGUE}, Standing.CURRENT)
    found = back + [
        item for item in symptoms if _is_new(item, treatment_start, diagnoses.index.as_of)
    ]
    return Fact(Truth.TRUE, "", diagnoses.use("recurrence", found)) if found else nothing


OLD_ENCOUNTER_MONTHS = 12
"""After so many months the diagnosis of one encounter, without a clinical status, no longer says
how it is now (F10). A design default.
"""

LASTING = frozenset(
    {
        NeurologicalSign.SUBACUTE_COMBINED_DEGENERATION,
        NeurologicalSign.MYELOPATHY,
        NeurologicalSign.OPTIC_NEUROPATHY,
    }
)
"""Signs that stay, however old the encounter."""


def _is_old_encounter(diagnosis: Diagnosis, since: dt.date) -> bool:
    resource = diagnosis.placed.resource
    categories = {
        as_text(coding.get("code"))
        for category in as_list(resource.get("category"))
        for coding in codings_of(category)
    }
    return (
        SIGNS[diagnosis.concept] not in LASTING
        and "encounter-diagnosis" in categories
        and not resource.get("clinicalStatus")
        and diagnosis.standing is Standing.CURRENT
        and diagnosis.began is not None
        and diagnosis.began.latest < since
    )


def _without_old_encounters(diagnoses: Diagnoses, found: list[Diagnosis]) -> list[Diagnosis]:
    """Return the signs without those of old encounters, which are only hints (F10)."""
    since = months_before(diagnoses.index.as_of, OLD_ENCOUNTER_MONTHS)
    kept = []
    for item in found:
        if _is_old_encounter(item, since):
            diagnoses.index.understanding.hint(
                HintAt.NEUROLOGY, item.placed, item.evidence.display, newest_day(item.began)
            )
        else:
            kept.append(item)
    return kept


def _findings(
    diagnoses: Diagnoses, treatment_start: dt.date | None
) -> tuple[NeurologicalFinding, ...]:
    """Every neurological sign that was not refuted. A code that leaves the cause open is treated
    like one that names another (Q4).
    """
    found = diagnoses.of(
        SIGNS, Standing.CURRENT, Standing.SUSPECTED, Standing.INACTIVE, Standing.RESOLVED
    )
    found = _without_old_encounters(diagnoses, found)
    diagnoses.use("neurological_involvement", found)
    return tuple(
        NeurologicalFinding(
            SIGNS[item.concept],
            current=item.standing in (Standing.CURRENT, Standing.SUSPECTED),
            evidence=item.evidence,
            other_cause=item.match.role in (Role.COMPETING_CAUSE, Role.REVIEW),
            is_new=_is_new(item, treatment_start, diagnoses.index.as_of),
        )
        for item in found
    )


def _refuted_signs(diagnoses: Diagnoses) -> frozenset[NeurologicalSign]:
    """The signs refuted within 90 days (Q1); one without a date of recording does not count."""
    recent = diagnoses.index.as_of - dt.timedelta(days=NEW_SIGN_DAYS)
    refuted = [
        item
        for item in diagnoses.of(SIGNS, Standing.REFUTED)
        if item.match.role is Role.INCLUDE
        and (said := item.recorded or item.onset) is not None
        and said.earliest >= recent
    ]
    diagnoses.use("neurological_involvement", refuted)
    return frozenset(SIGNS[item.concept] for item in refuted)


def _causes(diagnoses: Diagnoses) -> tuple[CauseFinding, ...]:
    """Every cause ever recorded (F13), suspected ones too: a cause restricts."""
    found = diagnoses.of(
        CAUSES, Standing.CURRENT, Standing.SUSPECTED, Standing.INACTIVE, Standing.RESOLVED
    )
    counted = [item for item in found if item.match.role is Role.INCLUDE]
    diagnoses.use("cause", counted)
    return tuple(CauseFinding(CAUSES[item.concept], item.evidence) for item in counted)


def _causes_resolved(diagnoses: Diagnoses) -> Fact:
    """TRUE only when every cause recorded as a Condition is recorded as resolved, however long ago
    (F15): a diet that was changed stays changed.

    Where a list that may hold another cause did not come completely, nothing can be said of every
    cause.
    """
    lists = ("conditions", "procedures", "medications")
    if diagnoses.index.reason_missing(*lists):
        return diagnoses.index.not_recorded(*lists)
    found = diagnoses.of(
        CAUSES, *(standing for standing in Standing if standing is not Standing.REFUTED)
    )
    ended = [item for item in found if item.standing is Standing.RESOLVED]
    if found and len(ended) == len(found):
        diagnoses.use("cause_resolved", ended)
        return Fact(Truth.TRUE, "", tuple(map(_as_resolved, ended)))
    return NONE_RECORDED


def _as_resolved(diagnosis: Diagnosis) -> Evidence:
    """The diagnosis with the day it ended, which is not the day it began."""
    abated = diagnosis.abated
    return replace(diagnosis.evidence, date=abated.latest if abated else None)


def _crohns_extent(diagnoses: Diagnoses) -> Measurement:
    """The extent as written in the words of the diagnosis, in a fixed form only (Q34)."""
    for item in diagnoses.of(
        {Concept.CROHN_ILEAL}, Standing.CURRENT, Standing.INACTIVE, Standing.SUSPECTED
    ):
        length = read_involved_length(_texts(item))
        if length is not None:
            diagnoses.use("crohns_ileal_extent", [item])
            evidence = replace(item.evidence, reported=f"{length.value:f} cm, read from text")
            return Measurement(length, item.evidence.date, "read from text", (evidence,))
    return NO_RESULT
