"""Findings become cards: the summary, a detail that can be read unrendered, suggestions and
override reasons.

Source: R74 to R98; CONTRACT of the card (`source.topic`, `extension`).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cds_service.cards.facts_in_words import FactInWords
from cds_service.cards.override_codings import write_override_reasons
from cds_service.cards.suggestions import SuggestionContext, Suggestions, write_suggestions
from cds_service.site import knowledge_version
from recommender.cards import Finding
from recommender.language import Evidence
from recommender.treatment import Recommendation

SOURCE_LABEL = "Vitamin B12 dosing guidance"
CARD_SYSTEM = "urn:b12-cds:card"
EXTENSION = "org.b12-cds"
LONGEST_SUMMARY = 139
"""UTF-16 units (R76: fewer than 140 characters)."""

SHOWN_ALWAYS = (
    "deficiency",
    "neurological_involvement",
    "kidney_function",
    "cause",
    "treatment_phase",
)
SHOWN_WHEN_KNOWN = (
    "total_b12",
    "holotranscobalamin",
    "mma",
    "egfr",
    "platelets",
    "haemoglobin",
    "potassium",
    "inr",
    "ileal_resection_length",
    "crohns_ileal_extent",
)
SHOWN_WHEN_TRUE = (
    "allergies",
    "pregnant",
    "lebers",
    "anticoagulant",
    "bleeding_disorder",
    "dialysis",
    "nitrous_oxide",
    "recurrence",
)
SHOWN_UNLESS_TRUE = ("adult",)
MOST_EVIDENCE = 3
"""Entries of the record shown behind one fact; the receipt has them all."""


@dataclass(frozen=True, slots=True)
class CardContext:
    """What every card of one answer shares."""

    facts: tuple[FactInWords, ...]
    recommendation: Recommendation
    would_change_if: tuple[str, ...]
    guidance_url: str
    policy_version: str
    unreadable: tuple[str, ...]
    suggestions: SuggestionContext


def write_cards(findings: Sequence[Finding], context: CardContext) -> list[dict[str, Any]]:
    """Return one card for each finding, in their order. Source: R74, R85."""
    return [write_card(finding, context) for finding in findings]


def write_card(finding: Finding, context: CardContext) -> dict[str, Any]:
    """Return the card of one finding; members without value are left out (R3)."""
    suggestions = write_suggestions(finding.resolutions, context.suggestions)
    card: dict[str, Any] = {
        "uuid": str(uuid.uuid4()),
        "summary": shorten(finding.summary),
        "detail": write_detail(finding, context, suggestions),
        "indicator": finding.indicator.value,
        "source": {
            "label": SOURCE_LABEL,
            "url": context.guidance_url,
            "topic": {
                "system": CARD_SYSTEM,
                "code": finding.card.id,
                "display": shorten(finding.summary),
            },
        },
    }
    if suggestions.offered:
        card["suggestions"] = list(suggestions.offered)
        card["selectionBehavior"] = _selection_behavior(finding, context.suggestions)
    if finding.override_reasons:
        card["overrideReasons"] = write_override_reasons(finding.override_reasons)
    return card | {"extension": {EXTENSION: _extension(finding, context)}}


def _selection_behavior(finding: Finding, context: SuggestionContext) -> str:
    """Return `any` for independent additions and for clients that know nothing else (Epic), else
    `at-most-one` (R81).
    """
    return (
        "at-most-one"
        if finding.choice and context.client.selection_behavior != "any"
        else context.client.selection_behavior
    )


def _extension(finding: Finding, context: CardContext) -> dict[str, Any]:
    members = {
        "rule": finding.rule,
        "card": finding.card.id,
        "alsoFound": [card.id for card in finding.also_found],
        "statements": list(finding.citations),
        "policyVersion": context.policy_version,
        "knowledgeVersion": knowledge_version(),
    }
    return {name: value for name, value in members.items() if value}


def write_detail(finding: Finding, context: CardContext, suggestions: Suggestions) -> str:
    """Return the detail as plain Markdown lists: what is advised, the facts, what is missing, the
    rule, what would change it.
    """
    known, missing = _shown_facts(context.facts)
    parts = [
        _list("", finding.reasons),
        _list("From the record", known),
        _list("Not known", [*missing, *context.unreadable]),
        _list(
            "Not offered as a draft", [f"{label} ({why})" for label, why in suggestions.withheld]
        ),
        _list("Would change this advice", context.would_change_if),
        f"Rule {finding.rule}, resting on {', '.join(finding.citations)}."
        if finding.citations
        else f"Rule {finding.rule}.",
    ]
    return "\n\n".join(part for part in parts if part)


def _list(heading: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    bullets = "\n".join(f"- {escape_markdown(line)}" for line in lines)
    return f"**{heading}**\n\n{bullets}" if heading else bullets


def _shown_facts(facts: Sequence[FactInWords]) -> tuple[list[str], list[str]]:
    """Return the facts a clinician needs to judge the advice: those known, and those that are not.

    A result that already stands behind another fact is not said again.
    """
    by_name = {fact.name: fact for fact in facts}
    known: list[str] = []
    cited: set[str] = set()
    for name in (*SHOWN_UNLESS_TRUE, *SHOWN_ALWAYS, *SHOWN_WHEN_KNOWN, *SHOWN_WHEN_TRUE):
        fact = by_name.get(name)
        if fact is None or not fact.is_known:
            continue
        if (name in SHOWN_WHEN_TRUE and fact.value == "no") or (
            name in SHOWN_UNLESS_TRUE and fact.value != "no"
        ):
            continue
        behind = {entry.reference for entry in fact.evidence}
        if name in SHOWN_ALWAYS or not behind or not behind <= cited:
            known.append(say_fact(fact))
        cited |= {entry.reference for entry in fact.evidence[:MOST_EVIDENCE]}
    asked = [by_name[name] for name in (*SHOWN_UNLESS_TRUE, *SHOWN_ALWAYS) if name in by_name]
    missing = [f"{fact.label}: {fact.reason}" for fact in asked if not fact.is_known]
    return known, missing


def say_fact(fact: FactInWords) -> str:
    """Say a fact with its evidence: "neurological involvement: yes (Paraesthesia, 2026-10-02)"."""
    shown = "; ".join(_say_evidence(entry) for entry in fact.evidence[:MOST_EVIDENCE])
    more = len(fact.evidence) - MOST_EVIDENCE
    source = f" ({shown}{f'; {more} more' if more > 0 else ''})" if shown else ""
    reason = (
        f", {fact.reason}" if fact.reason and fact.name not in ("treatment_phase", "cause") else ""
    )
    return f"{fact.label}: {fact.value}{reason}{source}"


def _say_evidence(entry: Evidence) -> str:
    named = "" if entry.display == entry.code else entry.display
    value = f"{entry.reported} = {entry.converted}" if entry.converted else entry.reported
    return ", ".join(str(part) for part in (named, value, entry.date) if part) or entry.reference


def shorten(summary: str) -> str:
    """Return the summary within the limit of the protocol, cut at a word when it must be (R76)."""
    if _utf16_length(summary) <= LONGEST_SUMMARY:
        return summary
    words = summary.split(" ")
    while words and _utf16_length(" ".join(words) + " …") > LONGEST_SUMMARY:
        words.pop()
    return " ".join(words) + " …"


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


_MARKUP = re.compile(
    r"([\\`*\[\]~|])|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!?])|(?<=https)(:)|(?<=http)(:)|(?<=\bwww)(\.)|^([#>])",
    re.IGNORECASE,
)


def escape_markdown(text: str) -> str:
    """Return text that a Markdown reader shows as it stands: nothing from the record becomes markup
    or a link (R77).

    Only what could be markup is escaped ("<150 pg/mL" is not), so that the detail stays readable
    where it is not rendered.
    """
    return _MARKUP.sub(lambda found: "\\" + found.group(), " ".join(text.split()))
