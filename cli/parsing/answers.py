"""What somebody else answered, before any of it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_mappings.fhir import as_dict

if TYPE_CHECKING:
    import requests

_NOT_A_LIST = (None,)


def cards_of(answer: requests.Response) -> list[dict[str, Any]] | None:
    """Return the cards of an answer of b12-cds; `None` for an answer of anybody else, as where
    another program has the port or a login page stands before it.
    """
    try:
        cards = as_dict(answer.json()).get("cards")
    except ValueError:
        return None
    return cards if isinstance(cards, list) and all(map(_is_ours, cards)) else None


def is_web_page(answer: requests.Response) -> bool:
    """Return whether a page for people came, whatever its status says."""
    return answer.content.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))


def _is_ours(card: Any) -> bool:
    """Return whether something is a card of ours, as far as commands read it."""
    from cds_service.cards import CARD_SYSTEM  # only here: few commands read an answer

    topic = as_dict(as_dict(as_dict(card).get("source")).get("topic"))
    return (
        topic.get("system") == CARD_SYSTEM
        and _has_texts(topic, "code")
        and _has_texts(card, "indicator", "summary")
        and isinstance(card.get("detail", ""), str)
        and all(map(_is_suggestion, _listed(card, "suggestions")))
        and all(_has_texts(reason, "display") for reason in _listed(card, "overrideReasons"))
    )


def _is_suggestion(value: Any) -> bool:
    return _has_texts(value, "label") and all(map(_is_action, _listed(value, "actions")))


def _is_action(value: Any) -> bool:
    if not _has_texts(value, "type", "description"):
        return False
    resource = value.get("resource")
    if value["type"] == "update":
        return _has_texts(resource, "id")
    return value["type"] == "delete" or isinstance(resource, dict)


def _has_texts(value: Any, *names: str) -> bool:
    return all(isinstance(as_dict(value).get(name), str) for name in names)


def _listed(holder: dict[str, Any], name: str) -> Any:
    """Return the items of a list; of anything else one that is nothing."""
    value = holder.get(name, [])
    return value if isinstance(value, list) else _NOT_A_LIST
