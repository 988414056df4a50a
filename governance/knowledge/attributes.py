"""The source attributes of the intervention: what evidence-based decision support says of itself to
those who must judge it, thirteen in a fixed order, and per rule where the rules differ.

What is not used is said to be not used; what is used in a way that may surprise is said with the
direction in which it errs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cds_service.site import knowledge_version, program_version
from recommender.guidance import DOCUMENTS, cite
from recommender.treatment import RULES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its number in the order, its name, and what is true of this intervention."""

    number: int
    name: str
    value: str


DOCUMENT_STATUS = (
    "secondary summaries whose lists of references are lost, so no statement can be traced to its "
    "primary paper; they visibly rest on the British guideline of 2014 (BSH), which NICE NG239 "
    "superseded in 2024"
)

_VALUES: tuple[tuple[str, str], ...] = (
    (
        "Bibliographic citation of the intervention",
        "Two documents without author or date: "
        + "; ".join(f'{letter}, "{title}"' for letter, title in DOCUMENTS.items())
        + f". They are {DOCUMENT_STATUS}. Where they are silent, lost or contradict each other, "
        "external sources are cited and marked as such. Every rule cites its statements.",
    ),
    (
        "Developer of the intervention",
        "The authors of b12-cds translated the documents into rules. No clinician has signed the "
        "translation off; the deploying site does so before use.",
    ),
    (
        "Funding source of the development",
        "None. Nobody has paid for the development, and no maker of a medicine or test took part.",
    ),
    (
        "Release and revision dates",
        "",  # by the versions in force
    ),
    (
        "Use of race",
        "Race is not read. An older laboratory report may carry two eGFR values for two races; "
        "the lower is used, which errs towards reduced kidney function. Where eGFR is computed "
        "from creatinine, an equation without race is used.",
    ),
    ("Use of ethnicity", "Not read and not used."),
    (
        "Use of language",
        "Not read. Cards are in English only. Words of a record in languages that the service does "
        "not read are counted as not understood, never as no.",
    ),
    ("Use of sexual orientation", "Not read and not used."),
    (
        "Use of gender identity",
        "Not read. `Patient.gender` is administrative and is used as sex; for somebody recorded as "
        "other than female or male sex is unknown.",
    ),
    (
        "Use of sex",
        "The recorded gender decides which equation gives eGFR from creatinine, and whether an "
        "unrecorded pregnancy is spoken of before folic acid is held back.",
    ),
    (
        "Use of date of birth",
        "Age is computed from it. Advice is for adults; an unknown age gets none. Age enters eGFR "
        "from creatinine and the question for an unrecorded pregnancy.",
    ),
    (
        "Use of social determinants of health",
        "Not read as such. A recorded diet without animal products and recorded use of nitrous "
        "oxide count as causes of deficiency.",
    ),
    (
        "Use of health status assessments",
        "Pregnancy, planned pregnancy and breastfeeding are read. The answer to a question for "
        "neurological symptoms or for symptoms of deficiency is read where the EHR sends it. "
        "Scores of function, disability or mental health are not read.",
    ),
)

KIDNEY = ("Use of race", "Use of sex", "Use of date of birth")
"""What an eGFR may rest on."""

USED_BY_RULES: dict[str, tuple[str, ...]] = {
    "G1": ("Use of date of birth",),
    "M6": KIDNEY,
    "M7": KIDNEY,
    "B1": ("Use of health status assessments",),
    "U1": ("Use of health status assessments",),
}
"""Attributes that a row of the decision table looks at itself; by the facts they feed they may
matter to others too.
"""


def list_attributes() -> tuple[Attribute, ...]:
    """Return the thirteen attributes in their order."""
    dates = (
        f"Program {program_version() or 'not installed'}, not released. Knowledge "
        f"{knowledge_version()}: year and month of the guidance, then a digest that changes with "
        f"any rule, text, limit or code. Changes are listed in CHANGELOG.md, clinical ones apart."
    )
    return tuple(
        Attribute(number, name, value or dates)
        for number, (name, value) in enumerate(_VALUES, start=1)
    )


def attributes_as_json() -> Json:
    """Return the attributes, and each rule with the citations that are its own."""
    return {
        "attributes": [
            {"number": one.number, "name": one.name, "value": one.value}
            for one in list_attributes()
        ],
        "rules": [
            {
                "rule": identity,
                "citations": [f"{name}: {cite(name)}" for name in citations],
                "uses": list(USED_BY_RULES.get(identity, ())),
            }
            for identity, citations in _citations_of_rules().items()
        ],
    }


def _citations_of_rules() -> dict[str, tuple[str, ...]]:
    """Return the citations of each rule, of which several rows may have the same id."""
    found: dict[str, tuple[str, ...]] = {}
    for rule in RULES:
        found[rule.id] = tuple(dict.fromkeys((*found.get(rule.id, ()), *rule.citations)))
    return found
