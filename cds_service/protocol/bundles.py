"""The resources of a list, and what it says of itself: whether it is whole, what came along with
the matches, and which of its entries are nothing that can be read.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from cds_service.protocol.own_links import why_filtered
from fhir_mappings.fhir import Placed, as_dict, as_list, as_text, is_changed, is_cut

MORE_PAGES = "there are more pages"
"""Why a list is incomplete as long as its `next` link was not followed."""

WITHHELD = "the EHR says that part of it is withheld"
"""Why a list is incomplete of which something was cut out or not sent."""

UNREADABLE_TOTAL = "how many there are cannot be read"
"""Why a list is incomplete that counts its matches in words."""

UNKNOWN_RULES = "it was put together by a set of rules that is not read"
"""Why a list is incomplete that names them (FHIR's `implicitRules`): they may leave some of it out.
"""

UNREADABLE_STAMP = "the time at which it was put together cannot be read"
"""Why a list is incomplete of which nobody can say how old it is (Q61)."""


DEEPEST_BUNDLE = 8
"""Levels of Bundle and entry that are read; real clients nest two Bundles."""


class Within(NamedTuple):
    """A Bundle within a list; one that lies too deep is not opened."""

    bundle: dict[str, Any]
    place: str
    too_deep: bool


def plain_list(types: Collection[str], value: Any, place: str) -> list[Placed] | None:
    """Return the resources of a Bundle in which every entry holds one of these types, of which
    nothing may have been taken out, as nearly all are; `None` for anything else, which is looked
    through piece by piece.
    """
    is_bundle = isinstance(value, dict) and value.get("resourceType") == "Bundle"
    entries = value.get("entry") if is_bundle else None
    if not isinstance(entries, list) or "issues" in value:
        return None
    found = []
    try:
        for number, entry in enumerate(entries):
            resource = entry["resource"]
            if resource["resourceType"] not in types or "resourceType" in entry:
                return None
            meta = resource.get("meta")
            if "issue" in resource or (
                isinstance(meta, dict) and ("security" in meta or "tag" in meta)
            ):
                return None
            url = entry.get("fullUrl")
            found.append(
                Placed(f"{place}.entry[{number}]", resource, url if isinstance(url, str) else "")
            )
    except (TypeError, KeyError):  # an entry, or its resource, is no object
        return None
    return found


def included(value: dict[str, Any] | list[Any], place: str) -> set[str]:
    """Return the places of entries that came along with the matches and are none themselves
    (R58).
    """
    entries = value.get("entry") if isinstance(value, dict) else None
    modes = (
        [entry.get("search") if isinstance(entry, dict) else None for entry in entries]
        if isinstance(entries, list)
        else []
    )
    beside = {
        f"{place}.entry[{number}]"
        for number, mode in enumerate(modes)
        if isinstance(mode, dict) and mode.get("mode") in ("include", "outcome")
    }
    return beside | {placed.place for placed in _issues_of(value, place)}


def why_not_whole(value: Any, read: int) -> str:
    """Return why a Bundle of which so many resources were read is not all there is, by what it says
    of itself; empty when it says nothing of the kind. Its total counts the matches alone, unless
    all that came is marked as come along (R56, R58).
    """
    if isinstance(value, dict) and is_cut(value):
        return WITHHELD
    if isinstance(value, dict) and is_changed(value):
        return UNKNOWN_RULES
    if isinstance(value, dict) and (filtered := why_filtered(value)):
        return filtered
    if next_link(value) or _may_go_on(value):
        return MORE_PAGES
    if isinstance(value, dict) and ("_total" in value or value.get("total") is not None):
        total = _total_of(value)
        if total is None or total > (read - len(included(value, "")) or read):
            return "the EHR counts more than it sent" if total is not None else UNREADABLE_TOTAL
    if _stamp_of(value) and stamped_on(value) is None:
        return UNREADABLE_STAMP
    return ""


def _total_of(bundle: dict[str, Any]) -> int | float | Decimal | None:
    """Return how many matches a Bundle says there are, written as a number or as text."""
    total = bundle.get("total")
    if isinstance(total, str) and total.strip().isdecimal():
        return float(total)
    return total if isinstance(total, int | float | Decimal) and total >= 0 else None


_STAMPS = ("timestamp", "meta")


def stamped_on(bundle: Any) -> dt.date | None:
    """Return the day on which a list says that it was put together; `None` where it does not, or
    in a form that is no day.
    """
    try:
        return dt.date.fromisoformat(as_text(_stamp_of(bundle))[:10])
    except ValueError:
        return None


def _stamp_of(bundle: Any) -> Any:
    """Return when a list says that it was put together, as written; nothing where it does not."""
    body = as_dict(bundle)
    if body.keys().isdisjoint(_STAMPS):
        return None
    return body.get("timestamp") or as_dict(body.get("meta")).get("lastUpdated")


def lacks_some(within: Iterable[Within]) -> bool:
    """Return whether a Bundle within lies too deep, or says that it is not whole."""
    return any(
        one.too_deep
        or why_not_whole(one.bundle, len(list(resources_within(one.bundle, one.place))))
        for one in within
    )


def next_link(value: dict[str, Any] | list[Any]) -> str:
    """Return the address of the next page, or an empty text."""
    for link in as_list(value.get("link") if isinstance(value, dict) else None):
        if (
            isinstance(link, dict)
            and as_text(link.get("relation")).lower() == "next"
            and isinstance(link.get("url"), str)
        ):
            return str(link["url"])
    return ""


def _may_go_on(value: Any) -> bool:
    """Return whether a link may lead to a next page and cannot be followed: it names no address, or
    does not say where it leads.
    """
    for link in as_list(value.get("link") if isinstance(value, dict) else None):
        relation = link.get("relation") if isinstance(link, dict) else None
        named = isinstance(relation, str) and relation.strip()
        if not named or named.lower() == "next":
            return True
    return False


def bundles_within(value: Any, place: str, depth: int = 0) -> Iterator[Within]:
    """Yield the Bundles within a Bundle or an array: what they say of themselves counts as what the
    outer one says (R56, R57).
    """
    entries = value.get("entry") if isinstance(value, dict) else value
    where, below = (f"{place}.entry", depth + 2) if isinstance(value, dict) else (place, depth + 1)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        inner = entry.get("resource", entry) if isinstance(entry, dict) else None
        if isinstance(inner, dict) and inner.get("resourceType") == "Bundle":
            too_deep = below >= DEEPEST_BUNDLE - 1
            yield Within(inner, f"{where}[{number}]", too_deep)
            if not too_deep:
                yield from bundles_within(inner, f"{where}[{number}]", below)


def empty_entries(value: dict[str, Any] | list[Any], place: str) -> Iterator[str]:
    """Yield the places of entries of which nothing can be read (R57); a single one in the place of
    the array counts as its only one.
    """
    entries = value.get("entry") if isinstance(value, dict) else value
    where = f"{place}.entry" if isinstance(value, dict) else place
    if entries is not None and not isinstance(entries, list):
        entries = [entries]
    for number, entry in enumerate(entries or ()):
        resource = entry.get("resource", entry) if isinstance(entry, dict) else None
        if not (isinstance(resource, dict) and _is_a_type(resource.get("resourceType"))):
            yield f"{where}[{number}]"


def fullest_of(members: Sequence[str], holder: Mapping[str, Any]) -> str:
    """Return the first of these members that holds resources, else the first that is not null."""
    given = [name for name in members if holder.get(name) is not None] or members
    return next((name for name in given if not _is_empty_set(holder.get(name))), given[0])


def _is_empty_set(value: Any) -> bool:
    """Return whether a member that may hold resources is an empty one: no entries, or nothing."""
    if isinstance(value, dict) and value.get("resourceType") in (None, "Bundle"):
        return not value.get("entry")
    return not value


def _is_a_type(kind: Any) -> bool:
    """Return whether a text is written as the types of FHIR are: what stands under another may be
    anything.
    """
    is_word = isinstance(kind, str) and kind.isascii() and kind.isalpha()
    return is_word and kind[0].isupper() and not kind.isupper()


def resources_within(value: Any, place: str) -> list[Placed]:
    """Return every resource of a Bundle, a bare array or a single resource, Bundles within Bundles
    too (R57, R166).
    """
    found: list[Placed] = []
    _collect(value, place, 0, "", found)
    return found


def _collect(value: Any, place: str, depth: int, full_url: str, into: list[Placed]) -> None:
    if depth > DEEPEST_BUNDLE:
        return
    if isinstance(value, list):
        for number, item in enumerate(value):
            inner, url = _unwrapped(item)
            kind = inner.get("resourceType") if isinstance(inner, dict) else None
            # nearly every entry: no Bundle to look into
            if kind and kind != "Bundle" and depth < DEEPEST_BUNDLE:
                into.append(Placed(f"{place}[{number}]", inner, url))
            else:
                _collect(inner, f"{place}[{number}]", depth + 1, url, into)
    elif isinstance(value, dict):
        entries = value.get("entry")
        if value.get("resourceType") == "Bundle" or (
            entries is not None and "resourceType" not in value
        ):
            listed = entries if isinstance(entries, list) else [entries]
            _collect(listed, f"{place}.entry", depth + 1, "", into)
            into.extend(_issues_of(value, place))
        elif value.get("resourceType"):
            into.append(Placed(place, value, full_url))


def _issues_of(bundle: Any, place: str) -> list[Placed]:
    """Return the OperationOutcome that a Bundle of R5 has beside its entries (`issues`); it says
    what one among them would (R54).
    """
    issues = bundle.get("issues") if isinstance(bundle, dict) else None
    return [Placed(f"{place}.issues", issues)] if isinstance(issues, dict) and issues else []


def _unwrapped(item: Any) -> tuple[Any, str]:
    """Return the resource of a Bundle entry, or the item itself in a bare array of resources, and
    the `fullUrl` it stands under.
    """
    if not isinstance(item, dict):
        return item, ""
    url = item.get("fullUrl")
    inner = item if "resourceType" in item else item.get("resource")
    return inner if isinstance(inner, dict) else item, url if isinstance(url, str) else ""
