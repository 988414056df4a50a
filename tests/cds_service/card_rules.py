"""The rules that every answer must keep, as tables: Inferno's generic checks IT8 to IT19 and the
additions IT21 to IT24, re-implemented.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

REQUIRED = {
    "card": {"summary": str, "indicator": str, "source": dict, "uuid": str},
    "source": {"label": str, "topic": dict},
    "suggestion": {"label": str, "uuid": str, "actions": list},
    "action": {"type": str, "description": str},
    "link": {"label": str, "url": str, "type": str},
    "coding": {"code": str, "system": str, "display": str},
}

OPTIONAL = {
    "card": {
        "detail": str,
        "suggestions": list,
        "selectionBehavior": str,
        "overrideReasons": list,
        "links": list,
        "extension": dict,
    }
}


def broken_rules(answer: Json, request: Json) -> list[str]:
    """Return what is wrong with an answer to this request, each with the place; empty when nothing
    is.
    """
    return [*_check_answer(answer, request), *_find_empty(answer, "answer"), *_check_uuids(answer)]


def _check_answer(answer: Json, request: Json) -> Iterator[str]:
    if not isinstance(answer.get("cards"), list):
        yield "answer: no array cards (IT8)"
        return
    if "systemActions" in answer and not isinstance(answer["systemActions"], list):
        yield "answer: systemActions is no array (IT20)"
    for number, card in enumerate(answer["cards"]):
        yield from _check_card(card, f"cards[{number}]", request)


def _check_members(value: Any, kind: str, place: str) -> Iterator[str]:
    for name, expected in REQUIRED[kind].items():
        if not isinstance(value.get(name), expected) or not value[name]:
            yield f"{place}.{name}: missing, blank or not {expected.__name__}"
    for name, expected in OPTIONAL.get(kind, {}).items():
        if name in value and (not isinstance(value[name], expected) or not value[name]):
            yield f"{place}.{name}: blank or not {expected.__name__}"


def _check_card(card: Json, place: str, request: Json) -> Iterator[str]:
    yield from _check_members(card, "card", place)
    if len(card["summary"].encode("utf-16-le")) // 2 > 139:
        yield f"{place}.summary: 140 characters or more (IT9)"
    if card["indicator"] not in ("info", "warning", "critical"):
        yield f"{place}.indicator: {card['indicator']} (IT9)"
    yield from _check_members(card["source"], "source", f"{place}.source")
    if card["indicator"] != "info" and not card.get("overrideReasons"):
        yield f"{place}: {card['indicator']} without override reasons"
    for number, reason in enumerate(card.get("overrideReasons", [])):
        yield from _check_members(reason, "coding", f"{place}.overrideReasons[{number}]")
    for number, link in enumerate(card.get("links", [])):
        yield from _check_link(link, f"{place}.links[{number}]")
    yield from _check_suggestions(card, place, request)


def _check_link(link: Json, place: str) -> Iterator[str]:
    yield from _check_members(link, "link", place)
    if urlsplit(link["url"]).scheme not in ("http", "https") or link["type"] not in (
        "absolute",
        "smart",
    ):
        yield f"{place}: url or type (IT14)"
    if link["type"] == "absolute" and "appContext" in link:
        yield f"{place}: appContext on an absolute link (IT14)"


def _check_suggestions(card: Json, place: str, request: Json) -> Iterator[str]:
    suggestions = card.get("suggestions", [])
    if bool(suggestions) != ("selectionBehavior" in card):
        yield f"{place}: selectionBehavior and suggestions go together (IT12)"
    if card.get("selectionBehavior", "any") not in ("any", "at-most-one"):
        yield f"{place}.selectionBehavior: {card['selectionBehavior']} (IT12)"
    recommended = [one for one in suggestions if one.get("isRecommended")]
    if card.get("selectionBehavior") == "at-most-one" and len(recommended) > 1:
        yield f"{place}: {len(recommended)} recommended of which one may be taken (IT23)"
    if len({one["label"] for one in suggestions}) != len(suggestions):
        yield f"{place}: two suggestions with one label (R96)"
    for number, suggestion in enumerate(suggestions):
        where = f"{place}.suggestions[{number}]"
        yield from _check_members(suggestion, "suggestion", where)
        if "actionSelectionBehavior" in suggestion:
            yield f"{where}: actionSelectionBehavior, which clients need not know (R174)"
        for count, action in enumerate(suggestion.get("actions", [])):
            yield from _check_action(action, f"{where}.actions[{count}]", request)


def _check_action(action: Json, place: str, request: Json) -> Iterator[str]:
    yield from _check_members(action, "action", place)
    drafts = {_reference(entry["resource"]): entry["resource"] for entry in _entries(request)}
    match action["type"]:
        case "create":
            if not action.get("resource", {}).get("resourceType") or "resourceId" in action:
                yield f"{place}: create without resource or with resourceId (IT17)"
            if _reference(action["resource"]) in drafts:
                yield f"{place}: create with the id of a draft (R105)"
        case "update":
            if _reference(action.get("resource", {})) not in drafts or "resourceId" in action:
                yield f"{place}: update of something that is not among the drafts (IT19)"
        case "delete":
            if action.get("resourceId") not in drafts or "resource" in action:
                yield (
                    f"{place}: delete of something that is not among the drafts, or with resource "
                    f"(IT18, IT24)"
                )
        case other:
            yield f"{place}.type: {other} (IT16)"


def _entries(request: Json) -> list[Json]:
    drafts = request["context"].get("draftOrders", {})
    return (
        drafts.get("entry", [])
        if isinstance(drafts, dict)
        else [{"resource": one} for one in drafts]
    )


def _reference(resource: Json) -> str:
    return f"{resource.get('resourceType')}/{resource.get('id')}"


def _find_empty(value: Any, place: str) -> Iterator[str]:
    """Yield each null, blank string, empty array or object (IT21); `cards` may be empty."""
    if value is None or value in ("", [], {}):
        if place != "answer.cards":
            yield f"{place}: is empty (IT21)"
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from _find_empty(member, f"{place}.{name}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from _find_empty(member, f"{place}[{number}]")


def _check_uuids(answer: Json) -> Iterator[str]:
    cards = answer.get("cards", [])
    ids = [card["uuid"] for card in cards] + [
        one["uuid"] for card in cards for one in card.get("suggestions", [])
    ]
    for one in ids:
        if str(uuid.UUID(one)) != one or not re.fullmatch(r"[0-9a-f-]{36}", one):
            yield f"{one}: no UUID (IT22)"
    if len(set(ids)) != len(ids):
        yield "two cards or suggestions share a uuid (IT22)"
