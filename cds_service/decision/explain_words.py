"""The explain JSON in words for a terminal: what was decided and why, what the record gave, and
what was not used.

Colour only where asked for; without it the text is plain and can be piped.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from cds_service.protocol import lines_of_markdown, make_all_visible
from recommender.language import Because

Json = dict[str, Any]

WIDTH = 110
_BOLD, _DIM, _RED, _YELLOW, _BLUE, _GREEN, _RESET = (
    "\033[1m",
    "\033[2m",
    "\033[31m",
    "\033[33m",
    "\033[34m",
    "\033[32m",
    "\033[0m",
)
_INDICATOR_COLOURS = {"critical": _RED, "warning": _YELLOW, "info": _BLUE}


class Style(msgspec.Struct, frozen=True):
    """Whether to colour, and how many characters a line may have."""

    colour: bool
    width: int = WIDTH

    def paint(self, text: str, *codes: str) -> str:
        """Return the text in these colours, or as it is."""
        return f"{''.join(codes)}{text}{_RESET}" if self.colour else text

    def heading(self, text: str) -> str:
        """Return a section heading."""
        return "\n" + self.paint(text, _BOLD)

    def wrap(self, text: str, first: str = "  ", rest: str = "    ") -> str:
        """Return the text in lines, the first one and the others with these indents."""
        return textwrap.fill(
            text,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        )


def say(explained: Json, colour: bool, width: int = WIDTH) -> str:
    """Return the explain JSON as text for a reader: the answer first, which is the cards or why
    there is none, then course, facts and the receipt.
    """
    explained = make_all_visible(explained)
    style = Style(colour, width)
    answer = (_say_cards, _say_decision) if explained["cards"] else (_say_decision, _say_cards)
    sections = (
        *answer,
        _say_course,
        _say_facts,
        _say_understood,
        _say_resources,
        _say_timings,
    )
    lines = [line for section in sections for line in section(explained, style)]
    return "\n".join(lines).strip("\n") + "\n"


def _say_decision(explained: Json, style: Style) -> Iterator[str]:
    decision = explained["decision"]
    rule = f"rule {decision['rule']} ({decision['outcome']})"
    moment = f"true at {explained['asOf']}, FHIR {explained['fhirVersion']}"
    if not explained["inScope"]:
        why = "nothing selected is a B12 or folic acid order"
        yield style.heading(f"Decision: no card, as {why}; {moment}")
        yield style.wrap(
            f"The service looks no further. What came of the record would lead to {rule}: "
            f"{decision['summary']}."
        )
        return
    yield style.heading(f"Decision: {rule}, {moment}")
    yield style.wrap(decision["summary"])
    for option in decision.get("alternatives", ()):
        condition = f"{option['condition']}: " if option.get("condition") else ""
        yield style.wrap(f"{condition}{option.get('regimen', 'tests first')}", "  - ")
        yield from (style.wrap(line, "      + ", "        ") for line in _follow_ups(option))
    yield from (style.wrap(line, "  + ") for line in _follow_ups(decision))
    yield from (
        style.wrap(f"{item['id']}: {item['text']}", "  ! ") for item in decision.get("advice", ())
    )
    yield from (style.wrap(f"needs: {need}", "  ? ") for need in decision.get("needs", ()))
    if "notDrafted" in decision:
        yield style.wrap(f"not drafted: {decision['notDrafted']}", "  ? ")
    yield style.wrap(f"Rests on {', '.join(decision.get('statements', ())) or 'no statement'}.")
    if decision.get("wouldChangeIf"):
        yield style.heading("Would change if")
        yield from (style.wrap(change, "  - ") for change in decision["wouldChangeIf"])


def _follow_ups(holder: Json) -> list[str]:
    """Return the tests and reviews of a decision or an option, one line for those of the same time
    and reason.
    """
    named: dict[str, list[str]] = {}
    for item in holder.get("followUps", ()):
        when = (
            f"in {item['months']} months"
            if "months" in item
            else f"in {item['days']} days"
            if "days" in item
            else "now"
        )
        why = item.get("why", "")
        told = (
            when if not why or why == f"review at {when.removeprefix('in ')}" else f"{when}, {why}"
        )
        named.setdefault(told, []).append(item["test"])
    return [f"{told}: {', '.join(tests)}" for told, tests in named.items()]


def _say_cards(explained: Json, style: Style) -> Iterator[str]:
    cards = explained["cards"]
    yield style.heading(f"Cards ({len(cards)})")
    if "refused" in explained:
        why = explained["refused"]
        yield style.wrap(f"To this alone the hook answers 412, without cards: {why}")
    if not cards:
        yield "  none: checked, nothing to say" if explained["inScope"] else "  none"
    for card in cards:
        yield from say_card(card, style)


def say_card(card: Json, style: Style) -> Iterator[str]:
    """Yield one card as lines: indicator, summary, suggestions, override reasons."""
    indicator, topic = card["indicator"], card["source"]["topic"]["code"]
    painted = style.paint(indicator.upper(), _BOLD, _INDICATOR_COLOURS.get(indicator, ""))
    yield f"  {painted} {style.paint(card['summary'], _BOLD)} [{topic}]"
    for line in lines_of_markdown(card.get("detail", "")):
        yield style.wrap(line, "      ", "        ")
    for suggestion in card.get("suggestions", ()):
        yield style.paint(style.wrap(suggestion["label"], "    > ", "      "), _GREEN)
        for action in suggestion.get("actions", ()):
            yield style.wrap(f"{action['type']}: {action['description']}", "        ", "          ")
    if card.get("overrideReasons"):
        yield style.wrap(
            "override: " + "; ".join(reason["display"] for reason in card["overrideReasons"]),
            "    x ",
            "      ",
        )


def say_card_in_words(card: Json, colour: bool = False) -> str:
    """Return one card as text for a reader."""
    return "\n".join(say_card(make_all_visible(card), Style(colour)))


def _say_course(explained: Json, style: Style) -> Iterator[str]:
    if not explained["course"]:
        return
    yield style.heading("Course: orders and tests read together")
    for entry in explained["course"]:
        selected = ", selected" if entry.get("selected") else ""
        words = (
            "; ".join(entry["lines"])
            if entry.get("lines")
            else entry.get("test", entry.get("product", ""))
        )
        odd = "".join(
            f" [{entry[name]}]" for name in ("notComputable", "productError") if name in entry
        )
        yield style.wrap(
            f"{entry['key'] or '(no id)'} ({entry['state']}{selected}): {words}{odd}", "  - "
        )


def _say_facts(explained: Json, style: Style) -> Iterator[str]:
    known = [fact for fact in explained["facts"] if fact["certainty"] == "known"]
    unknown = [fact for fact in explained["facts"] if fact["certainty"] == "unknown"]
    silent = [
        fact["name"]
        for fact in known
        if fact["value"] == "no"
        and fact.get("reasonCode") == Because.NONE_RECORDED.value
        and not fact.get("evidence")
    ]
    yield style.heading(f"Facts ({len(known)} known)")
    for fact in known:
        if fact["name"] in silent:
            continue
        reason = f" ({fact['reason']})" if "reason" in fact else ""
        yield style.wrap(f"{fact['name']}: {fact['value']}{reason}", "  ")
        yield from (
            style.wrap(_evidence(entry), "      ", "        ") for entry in fact.get("evidence", ())
        )
    if silent:
        yield style.wrap(f"no, as none is recorded: {', '.join(silent)}")
    yield style.heading(f"Not known ({len(unknown)})")
    yield from (
        style.wrap(f"{reason}: {', '.join(names)}") for reason, names in _by_reason(unknown).items()
    )


def _evidence(entry: Json) -> str:
    converted = f"= {entry['converted']}" if "converted" in entry else ""
    value = f"{entry.get('reported', '')} {converted}".strip()
    parts = [
        entry.get("display") or entry.get("code", ""),
        value,
        entry.get("date", ""),
        f"from {entry['reference']}",
    ]
    return ", ".join(part for part in parts if part)


def _by_reason(facts: Sequence[Json]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for fact in facts:
        reasons.setdefault(fact.get("reason", "none recorded"), []).append(fact["name"])
    return reasons


def _say_understood(explained: Json, style: Style) -> Iterator[str]:
    """Yield how far each list was understood, and the words that point at a fact."""
    yield style.heading("Lists: how far they were understood")
    for listed in explained["lists"]:
        whole = "" if listed["complete"] else ", not complete"
        yield style.wrap(f"{listed['key']}{whole}: {_understood(listed)}")
    for hint in explained["hints"]:
        when = f", {hint['date']}" if "date" in hint else ""
        yield style.wrap(
            f"in the record, not read: '{hint['words']}' ({hint['reference']}{when}), perhaps "
            f"{hint['fact']}"
        )


def _understood(listed: Json) -> str:
    """Say how many entries a list has and how they were understood; what is 0 is not said."""
    entries = listed["entries"]
    ways = (("byCode", "by code"), ("byWords", "by words"), ("notUnderstood", "not understood"))
    said = [f"{listed[name]} {words}" for name, words in ways if listed[name]]
    counted = "1 entry" if entries == 1 else f"{entries} entries" if entries else "no entry"
    return ", ".join([counted, *said])


def _say_resources(explained: Json, style: Style) -> Iterator[str]:
    used = [line for line in explained["resources"] if line["used"]]
    ignored = [line for line in explained["resources"] if not line["used"]]
    yield style.heading(f"Resources used ({len(used)})")
    yield from (style.wrap(f"{_name_of(line)} for {', '.join(line['for'])}") for line in used)
    yield style.heading(f"Resources not used ({len(ignored)})")
    for reason, references in _references_by_reason(ignored).items():
        yield style.wrap(f"{_list_references(references)}: {reason}")


def _references_by_reason(lines: Sequence[Json]) -> dict[str, list[str]]:
    references: dict[str, list[str]] = {}
    for line in lines:
        references.setdefault(line["ignored"], []).append(_name_of(line))
    return references


def _name_of(line: Json) -> str:
    """Name a resource by its reference; one that is named by its place, for want of an id, also by
    its type.
    """
    by_place = line["reference"] == line["place"] and "type" in line
    return f"{line['reference']} ({line['type']})" if by_place else str(line["reference"])


LISTED = 4
"""Resources with the same reason are named up to so many; of more only the number is told, and the
explain JSON lists them all.
"""


def _list_references(references: Sequence[str]) -> str:
    if len(references) <= LISTED:
        return ", ".join(references)
    return f"{references[0]} and {len(references) - 1} more"


def _say_timings(explained: Json, style: Style) -> Iterator[str]:
    timings = ", ".join(
        f"{step} {milliseconds:.1f} ms" for step, milliseconds in explained["timingMs"].items()
    )
    yield "\n" + style.paint(timings, _DIM)
