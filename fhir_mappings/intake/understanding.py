"""What was understood of each list: entries by code, by words, or not; hints; entries of the
future.

Source: decisions Q26 to Q28 and Q31.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from fhir_mappings.fhir import Placed
from fhir_mappings.intake.receipt import Receipt
from fhir_mappings.judging import Judged, Understood
from fhir_mappings.terminology import Concept
from recommender.guidance import look_back
from recommender.language import Because, Fact, Hint, HintAt, Truth

LONGEST_QUOTE = 60
"""Characters of an entry that are quoted (Q27)."""


class InFuture(NamedTuple):
    """An entry dated in the future: its date as recorded, and where it stands (Q31)."""

    date: str
    reference: str

    @property
    def dated(self) -> str:
        return f"dated {self.date}"

    @property
    def why(self) -> str:
        return f"{self.dated}: {self.reference}"


_SIGNS = (
    Concept.PERIPHERAL_NEUROPATHY,
    Concept.PERIPHERAL_NEUROPATHY_OTHER_CAUSE,
    Concept.PARAESTHESIA_NUMBNESS,
    Concept.GAIT_DISTURBANCE,
    Concept.GAIT_DISTURBANCE_OTHER_CAUSE,
    Concept.ATAXIA,
    Concept.ATAXIA_OTHER_CAUSE,
    Concept.VIBRATION_SENSE_SIGNS,
    Concept.COGNITIVE_IMPAIRMENT,
    Concept.COGNITIVE_IMPAIRMENT_OTHER_CAUSE,
    Concept.COGNITIVE_IMPAIRMENT_OF_B12_DEFICIENCY,
    Concept.COGNITIVE_IMPAIRMENT_LOOKALIKE,
    Concept.SUBACUTE_COMBINED_DEGENERATION,
    Concept.SUBACUTE_COMBINED_DEGENERATION_LOOKALIKE,
    Concept.OPTIC_NEUROPATHY,
    Concept.OPTIC_NEUROPATHY_OTHER_CAUSE,
    Concept.OPTIC_NEUROPATHY_OF_B12_DEFICIENCY,
    Concept.GLOSSITIS,
    Concept.GLOSSITIS_LOOKALIKE,
)
_KIDNEY = (
    Concept.CKD,
    Concept.CKD_STAGE_1_2,
    Concept.CKD_STAGE_3,
    Concept.CKD_STAGE_4,
    Concept.CKD_STAGE_5,
    Concept.CKD_IMPLIED_BY_COMBINATION,
    Concept.ESRD,
    Concept.DIABETIC_NEPHROPATHY,
    Concept.DIABETIC_CKD,
    Concept.RENAL_FAILURE_OTHER,
    Concept.ACUTE_KIDNEY_INJURY,
    Concept.KIDNEY_TRANSPLANT,
)
_CAUSES = (
    Concept.ATROPHIC_GASTRITIS,
    Concept.ATROPHIC_GASTRITIS_LOOKALIKE,
    Concept.BLIND_LOOP_SIBO,
    Concept.FISH_TAPEWORM,
    Concept.COELIAC,
    Concept.COELIAC_LOOKALIKE,
    Concept.SPRUE,
    Concept.SHORT_BOWEL,
    Concept.MALABSORPTION,
    Concept.MALABSORPTION_LOOKALIKE,
    Concept.POSTSURGICAL_MALABSORPTION,
    Concept.PANCREATIC_INSUFFICIENCY,
    Concept.PANCREATIC_LOOKALIKE,
    Concept.CROHN_ILEAL,
    Concept.CROHN_UNSPECIFIED,
    Concept.CROHN_NOT_ILEAL,
    Concept.CROHN_LOOKALIKE,
    Concept.VEGAN,
    Concept.VEGAN_LOOKALIKE,
    Concept.LOW_B12_INTAKE,
)

HINTS: dict[Concept, tuple[HintAt, ...]] = {
    Concept.LHON: (HintAt.LEBERS,),
    Concept.LHON_LOOKALIKE: (HintAt.LEBERS,),
    Concept.HAEMOPHILIA_BLEEDING: (HintAt.BLEEDING_DISORDER,),
    Concept.BLEEDING_LOOKALIKE: (HintAt.BLEEDING_DISORDER,),
    Concept.THROMBOCYTOPENIA: (HintAt.BLEEDING_DISORDER,),
    Concept.DIALYSIS_DEPENDENCE: (HintAt.DIALYSIS, HintAt.KIDNEY_DISEASE),
    Concept.DIALYSIS: (HintAt.DIALYSIS, HintAt.KIDNEY_DISEASE),
    Concept.DIALYSIS_HISTORY: (HintAt.DIALYSIS, HintAt.KIDNEY_DISEASE),
    Concept.DIALYSIS_LOOKALIKE: (HintAt.DIALYSIS, HintAt.KIDNEY_DISEASE),
    **dict.fromkeys(_KIDNEY, (HintAt.KIDNEY_DISEASE,)),
    **dict.fromkeys(_SIGNS, (HintAt.NEUROLOGY,)),
    **dict.fromkeys(_CAUSES, (HintAt.CAUSE,)),
    Concept.PERNICIOUS_ANAEMIA: (HintAt.CAUSE, HintAt.DEFICIENCY),
    Concept.B12_DEFICIENCY: (HintAt.DEFICIENCY,),
    Concept.B12_DEFICIENCY_ANAEMIA: (HintAt.DEFICIENCY,),
    Concept.B12_DEFICIENCY_LOOKALIKE: (HintAt.DEFICIENCY,),
    Concept.PREGNANT: (HintAt.PREGNANCY,),
    Concept.NOT_PREGNANT: (HintAt.PREGNANCY,),
    Concept.POSSIBLE_PREGNANCY: (HintAt.PREGNANCY,),
    Concept.PREGNANCY_LOOKALIKE: (HintAt.PREGNANCY,),
    Concept.PLANNING_PREGNANCY: (HintAt.PLANNING_PREGNANCY,),
    Concept.NITROUS_OXIDE_EXPOSURE: (HintAt.NITROUS_OXIDE,),
    Concept.NITROUS_OXIDE: (HintAt.NITROUS_OXIDE,),
    Concept.INHALANT_MISUSE: (HintAt.NITROUS_OXIDE,),
    Concept.INHALANT_LOOKALIKE: (HintAt.NITROUS_OXIDE,),
    Concept.HAEMOLYSIS: (HintAt.HAEMOLYSIS,),
    Concept.HAEMOLYSIS_LOOKALIKE: (HintAt.HAEMOLYSIS,),
    Concept.RAISES_B12: (HintAt.RAISES_B12,),
    Concept.ANTICOAGULANT_USE: (HintAt.ANTICOAGULANT,),
    Concept.ANTICOAGULANT: (HintAt.ANTICOAGULANT,),
    Concept.ANTICOAGULANT_THERAPY: (HintAt.ANTICOAGULANT,),
    Concept.TOTAL_GASTRECTOMY: (HintAt.GASTRIC_SURGERY,),
    Concept.PARTIAL_GASTRECTOMY: (HintAt.GASTRIC_SURGERY,),
    Concept.GASTRECTOMY_STATUS: (HintAt.GASTRIC_SURGERY,),
    Concept.GASTRECTOMY_LOOKALIKE: (HintAt.GASTRIC_SURGERY,),
    Concept.POST_GASTRIC_SURGERY: (HintAt.GASTRIC_SURGERY,),
    Concept.GASTRIC_BYPASS_RNY: (HintAt.BARIATRIC_SURGERY,),
    Concept.GASTRIC_BYPASS_LOOKALIKE: (HintAt.BARIATRIC_SURGERY,),
    Concept.SLEEVE_GASTRECTOMY: (HintAt.BARIATRIC_SURGERY, HintAt.GASTRIC_SURGERY),
    Concept.SLEEVE_LOOKALIKE: (HintAt.BARIATRIC_SURGERY, HintAt.GASTRIC_SURGERY),
    Concept.BPD_DUODENAL_SWITCH: (HintAt.BARIATRIC_SURGERY,),
    Concept.BARIATRIC_GENERIC: (HintAt.BARIATRIC_SURGERY,),
    Concept.BARIATRIC_LOOKALIKE: (HintAt.BARIATRIC_SURGERY,),
    Concept.BARIATRIC_STATUS: (HintAt.BARIATRIC_SURGERY,),
    Concept.GASTRIC_BAND: (HintAt.BARIATRIC_SURGERY,),
    Concept.GI_BYPASS_HISTORY: (HintAt.BARIATRIC_SURGERY, HintAt.GASTRIC_SURGERY),
    Concept.ILEAL_RESECTION: (HintAt.ILEAL_SURGERY,),
    Concept.TOTAL_ILEAL_RESECTION: (HintAt.ILEAL_SURGERY,),
    Concept.RIGHT_HEMICOLECTOMY: (HintAt.ILEAL_SURGERY,),
    Concept.SMALL_BOWEL_RESECTION_UNSPECIFIED: (HintAt.ILEAL_SURGERY,),
    Concept.ILEAL_LOOKALIKE: (HintAt.ILEAL_SURGERY,),
    Concept.ILEAL_BYPASS: (HintAt.CAUSE,),
    Concept.B12_ADMINISTRATION: (HintAt.B12_TREATMENT,),
    Concept.CYANOCOBALAMIN_INJECTION: (HintAt.B12_TREATMENT,),
    Concept.B12_ADMINISTRATION_STOPPED: (HintAt.B12_TREATMENT,),
    Concept.ALLERGY_GENERIC: (HintAt.ALLERGY,),
    Concept.COBALT: (HintAt.COBALT_ALLERGY,),
    Concept.OTHER_INTERACTING: (HintAt.METHOTREXATE,),
}
"""Which facts the words of a concept point at; a code of it, a look-alike's too, decides these."""

COUNTED_WITH = {"medications": ("medications", "statements", "administrations")}
"""Lists that answer one question together."""

LIST_NAMES = {
    "conditions": "problem list",
    "procedures": "list of procedures",
    "allergies": "list of allergies",
    "medications": "medication list",
    "statements": "medication list",
    "administrations": "medication list",
}


_IN_WORDS = {by: by.value for by in Understood}
NOT_UNDERSTOOD = Understood.NOT
_NONE_YET = dict.fromkeys(Understood, 0)


def _quote(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[: LONGEST_QUOTE - 3]}..."


@dataclass(slots=True)
class Understanding:
    """The ledger of what was understood while one record is mapped. Entries are told apart by their
    place. `missed`: some were not understood. `open_allergy` says why another list leaves it open
    whether there is an allergy.
    """

    receipt: Receipt
    judged: dict[str, Judged] = field(default_factory=dict)
    counts: dict[str, dict[Understood, int]] = field(default_factory=dict)
    hints: dict[tuple[HintAt, str], Hint] = field(default_factory=dict)
    future: dict[HintAt, InFuture] = field(default_factory=dict)
    missed: bool = False
    open_allergy: str = ""

    def count(self, key: str, placed: Placed, by: Understood) -> None:
        """Note by what an entry of a list was understood."""
        counts = self.counts.get(key) or self.counts.setdefault(key, _NONE_YET.copy())
        counts[by] += 1
        if by is NOT_UNDERSTOOD:
            self.missed = True
        self.receipt.note_understood(placed, _IN_WORDS[by])

    def hint(self, at: HintAt, placed: Placed, text: str, date: dt.date | None) -> None:
        """Note that the words of an entry point at a fact; the first words of an entry stay."""
        quoted = _quote(text)
        self.hints.setdefault((at, placed.place), Hint(at, quoted, placed.reference, date))
        self.receipt.note_hint(placed, f"in the record, not read: '{quoted}'")

    def put_off(self, at: HintAt, placed: Placed, text: str, dated: str) -> None:
        """Note an entry of the future: no fact, but its fact cannot be "none", and its words are
        shown with their date (Q31).
        """
        self.future.setdefault(at, InFuture(dated, placed.reference))
        quoted = _quote(f"dated {dated}: {text}")
        hint = Hint(at, quoted, placed.reference, None, in_future=True)
        self.hints.setdefault((at, placed.place), hint)

    def show(self, placed: Placed, judged: Judged, date: dt.date | None) -> None:
        """Note the hints of one entry: what its words point at and no code of it decides."""
        if not judged.shown:
            return
        decided = {at for match in judged.matches for at in HINTS.get(match.concept, ())}
        for shown in judged.shown:
            for at in HINTS.get(shown.concept, ()):
                if at not in decided:
                    self.hint(at, placed, shown.text, date)

    def not_understood(self, keys: Iterable[str]) -> int:
        """Return how many entries of these lists were not understood."""
        if not self.missed:
            return 0
        asked = {part for key in keys for part in COUNTED_WITH.get(key, (key,))}
        return sum(self.counts.get(key, {}).get(Understood.NOT, 0) for key in asked)

    def hint_fact(self, facts: Collection[HintAt]) -> Fact | None:
        """Return the unknown fact that hints, or entries of the future, leave; `None` without."""
        if not (self.hints or self.future):
            return None
        found = [hint for hint in self.hints.values() if hint.at in facts]
        for at in facts:
            later = self.future.get(at)
            if later and all(hint.reference == later.reference for hint in found):
                return Fact(Truth.UNKNOWN, later.why, because=Because.IN_FUTURE)
        if found:
            newest = max(found, key=lambda hint: (hint.date or dt.date.min, hint.reference))
            when = f" ({newest.date})" if newest.date else ""
            return Fact(
                Truth.UNKNOWN,
                f"in the record, not read: '{newest.words}'{when}",
                because=Because.HINT,
            )
        return None

    def gap_fact(self, keys: tuple[str, ...]) -> Fact | None:
        """Return the unknown fact that entries not understood leave; `None` without."""
        if "allergies" in keys and self.open_allergy:
            return Fact(Truth.UNKNOWN, self.open_allergy, because=Because.NOT_UNDERSTOOD)
        number = self.not_understood(keys)
        if not number:
            return None
        names = dict.fromkeys(LIST_NAMES[key] for key in keys if self.not_understood((key,)))
        entries = "1 entry" if number == 1 else f"{number} entries"
        return Fact(
            Truth.UNKNOWN,
            f"{entries} of the {' and the '.join(names)} could not be understood",
            because=Because.NOT_UNDERSTOOD,
        )


_LASTS = {
    HintAt.PREGNANCY: look_back.PREGNANCY_DAYS,
    HintAt.PLANNING_PREGNANCY: 366,
    HintAt.NITROUS_OXIDE: 366,
}
"""Days for which what was done once tells of today (F2, F3, F13)."""


def that_may_last(judged: Judged, day: dt.date | None, as_of: dt.date) -> Judged:
    """Return what a procedure says without words of a pregnancy, of plans for one, or of nitrous
    oxide, that its day makes a thing of the past.
    """
    if day is None or not judged.shown:
        return judged
    age = (as_of - day).days
    kept = [
        one
        for one in judged.shown
        if any(age <= _LASTS.get(at, age) for at in HINTS.get(one.concept, (HintAt.CAUSE,)))
    ]
    return judged._replace(shown=tuple(kept))
