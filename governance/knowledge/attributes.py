"""The source attributes of the intervention: what evidence-based decision support says of itself to
those who must judge it, thirteen in a fixed order, and per rule where the rules differ.

What is not used is said to be not used; what is used in a way that may surprise is said with the
direction in which it errs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cds_service.site import knowledge_version, program_version
from governance.knowledge.reviews import list_reviews
from governance.knowledge.rule_attributes import EVERYWHERE, Use, uses_beside, uses_of_rule
from recommender.guidance import DOCUMENTS, RuleId, cite
from recommender.treatment import RULES

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: its number in the order, its name, and what is true of this intervention."""

    number: int
    name: str
    value: str


CITATION, DATES = 1, 4
"""Numbers of the attributes that each rule has of its own."""

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
    """Return the attributes; each rule with those in which it differs from the others; and what
    stands beside the rows (evidence, precautions, reviews, cards) with what it looks at.
    """
    names = {one.number: one.name for one in list_attributes()}
    reviews = {review.rule: review for review in list_reviews()}
    return {
        "attributes": [
            {"number": one.number, "name": one.name, "value": one.value}
            for one in list_attributes()
        ],
        "rules": [
            _of_rule(identity, citations, reviews[identity].due, names)
            for identity, citations in _citations_of_rules().items()
        ],
        "beside": [
            {
                "reader": reader,
                "everywhere": reader in EVERYWHERE,
                "attributes": _in_words(uses, names),
            }
            for reader, uses in uses_beside().items()
        ],
    }


def _of_rule(
    identity: RuleId, citations: tuple[str, ...], due: dt.date, names: Mapping[int, str]
) -> Json:
    uses = uses_of_rule(identity)
    cited = [f"{name}: {cite(name)}" for name in citations]
    review = f"To be read again against its sources by {due}."
    return {
        "rule": identity,
        "citations": cited,
        "uses": list(dict.fromkeys(names[use.attribute] for use in uses)),
        "facts": sorted({use.fact for use in uses}),
        "reviewDue": due.isoformat(),
        "attributes": [
            {"number": CITATION, "name": names[CITATION], "value": "; ".join(cited)},
            {"number": DATES, "name": names[DATES], "value": review},
            *_in_words(uses, names),
        ],
    }


def _in_words(uses: Iterable[Use], names: Mapping[int, str]) -> list[Json]:
    """Return the attributes that are used, in their order, each with every use of it."""
    said: dict[int, list[str]] = {}
    for use in uses:
        said.setdefault(use.attribute, []).append(f"{use.fact}: {use.words}")
    return [
        {"number": number, "name": names[number], "value": "; ".join(dict.fromkeys(said[number]))}
        for number in sorted(said)
    ]


def _citations_of_rules() -> dict[RuleId, tuple[str, ...]]:
    """Return the citations of each rule, of which several rows may have the same id."""
    found: dict[RuleId, tuple[str, ...]] = {}
    for rule in RULES:
        found[rule.id] = tuple(dict.fromkeys((*found.get(rule.id, ()), *rule.citations)))
    return found
