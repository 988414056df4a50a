"""One fact from two sources: which of them decides, and what the receipt says of the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import islice

from fhir_mappings.intake import RecordIndex
from recommender.language import NONE_RECORDED, NOT_RECORDED, Because, Fact

MOST_CITED = 5
"""Entries that a line of the receipt names as outweighing another."""


def join(index: RecordIndex, join: Callable[[Fact, Fact], Fact], one: Fact, other: Fact) -> Fact:
    """Return a fact from two sources; the receipt says by what the other was outweighed."""
    fact = join(one, other)
    if one.evidence and other.evidence:
        cited = dict.fromkeys(entry.reference for entry in fact.evidence)
        by = ", ".join(islice(cited, MOST_CITED))
        for entry in (*one.evidence, *other.evidence):
            if entry.reference not in cited:
                index.receipt.outweigh(entry.reference, f"{entry.display}, outweighed by {by}")
    return fact


BARE = (NOT_RECORDED, NONE_RECORDED)
"""Facts of which nothing is recorded: their reason is said only where there is no other."""

PRECEDENCE = (
    Because.HINT,
    Because.COULD_NOT_BE_READ,
    Because.IN_FUTURE,
    Because.LIST_NOT_COMPLETE,
    Because.NOT_UNDERSTOOD,
    Because.NOT_CERTAIN,
    Because.NONE_RECORDED,
)
"""Of two reasons for one unknown the one that restricts more (Q28)."""


def either(one: Fact, other: Fact) -> Fact:
    """Return the Kleene `or` of two sources of one claim, with the reason and evidence of those
    that decide it.
    """
    if one is other:
        return one
    truth = one.truth | other.truth
    deciding = [fact for fact in (one, other) if fact.truth is truth] or [one]
    reasons = dict.fromkeys(fact.reason for fact in deciding if fact.reason)
    further = dict.fromkeys(fact.reason for fact in deciding if fact not in BARE and fact.reason)
    evidence = tuple(dict.fromkeys(item for fact in deciding for item in fact.evidence))
    codes = [fact.because for fact in deciding]
    because = next((code for code in PRECEDENCE if code in codes), None)
    words = "; ".join(further) or next(iter(reasons), "")
    return Fact(truth, words, evidence, because=because)


def explicit(one: Fact, other: Fact) -> Fact:
    """Return an open-world claim from two sources: true if either says so, else false if either
    says so in so many words.
    """
    known = [fact for fact in (one, other) if not fact.is_unknown]
    return next((fact for fact in known if fact.is_true), known[0]) if known else either(one, other)


def newer_of(one: Fact, other: Fact) -> Fact:
    """Return of two known facts the one with the newer evidence, else the known one."""
    if one.is_unknown or other.is_unknown:
        return one if other.is_unknown and (one.evidence or not other.evidence) else other
    dates = [
        max((item.date for item in fact.evidence if item.date), default=dt.date.min)
        for fact in (one, other)
    ]
    return one if dates[0] > dates[1] else other
