"""Findings become cards: the summary, a detail that can be read unrendered, suggestions and
override reasons.

Source: R74 to R98; CONTRACT of the card (`source.topic`, `extension`).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from cds_service.cards.actions import SuggestionContext
from cds_service.cards.new_ids import new_uuid
from cds_service.cards.override_codings import write_override_reasons
from cds_service.cards.suggestions import Suggestions, write_suggestions
from cds_service.protocol import make_plain, write_canonical
from cds_service.site import knowledge_version
from fhir_mappings.fhir import Resource
from recommender.cards import Finding
from recommender.first_lines import LONGEST_SUMMARY, utf16_length
from recommender.wording import capital

SOURCE_LABEL = "Vitamin B12 dosing guidance"
CARD_SYSTEM = "urn:b12-cds:card"
EXTENSION = "org.b12-cds"
"""Our name in the extensions of cards, answers and requests."""

BY_HAND = "By hand, as the order form does not take it over:"
"""The line above what a client leaves to do by hand."""


class CardContext(msgspec.Struct, frozen=True):
    """What every card of one answer shares. `gaps` says why lists that came are not taken as whole;
    `as_of` is the day the advice is true on, `valid_until` its end at the site.
    """

    would_change_if: tuple[str, ...]
    guidance_url: str
    policy_version: str
    gaps: tuple[str, ...]
    as_of: dt.date
    valid_until: str
    suggestions: SuggestionContext


def write_cards(findings: Sequence[Finding], context: CardContext) -> list[dict[str, Any]]:
    """Return one card for each finding, in their order. Source: R74, R85."""
    return [write_card(finding, context) for finding in findings]


def write_card(finding: Finding, context: CardContext) -> dict[str, Any]:
    """Return the card of one finding; members without value are left out (R3)."""
    suggestions = write_suggestions(finding, context.suggestions)
    card: dict[str, Any] = {
        "uuid": new_uuid(),
        "summary": shorten(make_plain(finding.summary)),
        "detail": write_detail(finding, context, suggestions),
        "indicator": finding.indicator.value,
        "source": {
            "label": SOURCE_LABEL,
            "url": context.guidance_url,
            "topic": {
                "system": CARD_SYSTEM,
                "code": finding.card.id,
                "display": finding.card.name,
            },
        },
    }
    if suggestions.offered:
        card["suggestions"] = list(suggestions.offered)
        # `any` where the client knows nothing else (Epic); there no two legs are offered (R81, Q65)
        card["selectionBehavior"] = context.suggestions.client.selection_behavior
    if finding.override_reasons:
        card["overrideReasons"] = write_override_reasons(finding.override_reasons)
    card["links"] = _links(finding, context)
    return card | {"extension": {EXTENSION: _extension(finding, context)}}


def _links(finding: Finding, context: CardContext) -> list[dict[str, str]]:
    """Return absolute links to the rule, then to each statement the card rests on."""
    targets = [
        (f"Rule {finding.rule}", rule_url(finding, context)),
        *((cited, f"{context.guidance_url}/{cited}") for cited in finding.citations),
    ]
    return [{"label": label, "url": url, "type": "absolute"} for label, url in targets]


def rule_url(finding: Finding, context: CardContext) -> str:
    """Return where the guidance page tells the rule the card rests on."""
    return f"{context.guidance_url}#rule-{finding.rule}"


def _extension(finding: Finding, context: CardContext) -> dict[str, Any]:
    members = {
        "rule": finding.rule,
        "card": finding.card.id,
        "asOf": context.as_of.isoformat(),
        "validUntil": context.valid_until,
        "draftDigest": _draft_digest(finding, context.suggestions.drafts),
        "shortLabel": finding.card.name.capitalize(),
        "alsoFound": [card.id for card in finding.also_found],
        "statements": list(finding.citations),
        "wouldChangeIf": list(context.would_change_if),
        "policyVersion": context.policy_version,
        "knowledgeVersion": knowledge_version(),
    }
    return {name: value for name, value in members.items() if value}


def _draft_digest(finding: Finding, drafts: Mapping[str, Resource]) -> str:
    """Return a digest of the drafts the card speaks of, by which a client sees that they have
    changed since (Q64); empty where it speaks of none.
    """
    spoken_of = [drafts[key] for key in sorted(finding.about) if key in drafts]
    if not spoken_of:
        return ""
    return hashlib.sha256(write_canonical(spoken_of)).hexdigest()[:16]


def write_detail(finding: Finding, context: CardContext, suggestions: Suggestions) -> str:
    """Return the detail (cards.md 7): what could not be read, what is advised, the facts that
    decided, gaps, tests, where the sources differ, and a last line that links to the rule.
    """
    below = finding.detail
    not_drafted = [
        f"Not offered as a draft: {label} ({why})." for label, why in suggestions.withheld
    ]
    if suggestions.in_words:
        not_drafted.append(f"Not offered as an order here: {'; '.join(suggestions.in_words)}.")
    parts = [
        " ".join(escape_markdown(line) for line in below.unread),
        "\n\n".join(escape_markdown(reason) for reason in finding.sentences),
        "\n".join(f"- {escape_markdown(capital(fact))}" for fact in below.facts),
        " ".join(escape_markdown(line) for line in (*context.gaps, *not_drafted)),
        _by_hand(suggestions),
        escape_markdown(below.tests),
        escape_markdown(below.differs),
        f"[Why: rule {finding.rule}]({rule_url(finding, context)})",
    ]
    return "\n\n".join(part for part in parts if part)


def _by_hand(suggestions: Suggestions) -> str:
    """Return what this client does not take over of a suggestion, as a list to be done by hand."""
    lines = [f"- {escape_markdown(line)}" for line in suggestions.by_hand]
    return "\n".join([BY_HAND, *lines]) if lines else ""


def shorten(summary: str) -> str:
    """Return the summary within the limit of the protocol, cut at a word when it must be (R76)."""
    if utf16_length(summary) <= LONGEST_SUMMARY:
        return summary
    words = summary.split(" ")
    while words and utf16_length(" ".join(words) + " …") > LONGEST_SUMMARY:
        words.pop()
    return " ".join(words) + " …"


_MARKUP = re.compile(
    r"[\\`*\[\]~|_<&:.#>+=)-](?:"  # only where one of these stands anything more is asked
    r"(?<=[\\`*\[\]~|])"  # code, emphasis, links, tables
    r"|(?<=_)(?:(?<!\w_)|(?!\w))"
    r"|(?<=<)(?=[A-Za-z/!?])"  # tags; "<150 pg/mL" is none
    r"|(?<=&)(?=#?\w{1,32};)"  # entities
    r"|(?<=https:)|(?<=http:)|(?<=ftp:)|(?<=\bwww\.)"
    r"|(?<=[\w-]\.)(?=[a-z]{2,24}(?:$|[^\w]))"  # domains, which some readers make links of
    r"|(?<=^[+-])(?=\s|$)|(?<=^[#>])|(?<=^=)(?==*$)|(?<=^\d[.)]))",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"@(?<=\S@)(?=\w)")
"""An address stays one for readers that look for them after markup was read, so it is set apart."""


def escape_markdown(text: str) -> str:
    """Return text that a Markdown reader shows as it stands: nothing from the record becomes markup
    or a link (R77).

    Only what could be markup is escaped ("<150 pg/mL" is not), so that the detail stays readable
    where it is not rendered.
    """
    plain = _MAILBOX.sub(" @ ", make_plain(text))
    return _MARKUP.sub(lambda found: "\\" + found.group(), plain)
