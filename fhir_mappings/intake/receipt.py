"""The receipt: every resource that came in, exactly once, with what it was used for or why it was
not.

What an entry was used for follows from the facts that cite it; the mapping only writes into a
`Receipt` why it does not use one. What nothing spoke of by the end is closed as not needed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from fhir_mappings.fhir import Placed


class ReceiptLine(NamedTuple):
    """One resource of the request. `ignored` is empty when it was used; `used_for` names the facts
    it feeds. `understood` is by what: "code", "words" or "not"; empty for what stands in no list.
    """

    reference: str
    type: str
    place: str
    used_for: tuple[str, ...] = ()
    ignored: str = ""
    understood: str = ""
    hinted: bool = False
    unusable: bool = False

    @property
    def used(self) -> bool:
        return bool(self.used_for)

    @property
    def state(self) -> str:
        """Return what became of the entry: used; not read (its words point at a fact and were not
        read as one, or it is no resource); not understood; or understood and not used.
        """
        if self.used:
            return "used"
        if self.hinted or self.unusable:
            return "not read"
        return "not understood" if self.understood == "not" else "not used"

    @classmethod
    def of(cls, placed: Placed, used_for: tuple[str, ...] = (), ignored: str = "") -> ReceiptLine:
        """Return the line of what stands at a place."""
        return cls(placed.reference, placed.type, placed.place, used_for, ignored)


def no_clock() -> None:
    """Let a mapping take as long as it takes."""


Why = str | Callable[[], str]
"""A reason; one that costs time to word is worded when it is read."""


class Cited(NamedTuple):
    """The names of the facts that cite an entry, by its reference, or by its place where several
    share the reference: `known` those that are known, `doubted` those that it leaves unknown.
    """

    known: Mapping[str, tuple[str, ...]]
    doubted: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(slots=True)
class Receipt:
    """The ledger of one mapping: what came, and why an entry is not used, should no fact cite it.
    Resources are told apart by their place, so two with the same id both have a line.
    """

    _placed: dict[str, Placed] = field(default_factory=dict)
    _ignored: dict[str, Why] = field(default_factory=dict)
    _otherwise: dict[str, Why] = field(default_factory=dict)
    _outweighed: dict[str, str] = field(default_factory=dict)
    _set_aside: set[str] = field(default_factory=set)
    _named_by: dict[str, list[Placed]] = field(default_factory=dict)
    _understood: dict[str, str] = field(default_factory=dict)
    _hinted: dict[str, str] = field(default_factory=dict)
    _left_out: set[str] = field(default_factory=set)
    tick: Callable[[], None] = no_clock
    """Called with every resource: whoever has a clock can end a mapping that takes too long."""

    def enter(self, placed: Placed) -> None:
        """Note that the resource came in."""
        self._placed.setdefault(placed.place, placed)

    def ignore(self, placed: Placed, why: Why) -> None:
        """Note why the resource does not count; the first reason stays."""
        self.tick()
        place = placed.place
        if place not in self._placed:
            self._placed[place] = placed
        if place not in self._ignored:
            self._ignored[place] = why

    def set_aside(self, placed: Placed, why: Why) -> None:
        """Note why the resource is not read at all: no fact is cited from it, whatever its id."""
        self.ignore(placed, why)
        self._set_aside.add(placed.place)

    def unless_cited(self, placed: Placed, why: Why) -> None:
        """Note what is said of the resource where no fact cites it and nothing else was said."""
        self._otherwise.setdefault(placed.place, why)

    def outweigh(self, reference: str, why: str) -> None:
        """Note by what the resource was outweighed, should no fact cite it."""
        self._outweighed[reference] = why

    def note_named(self, medication: Placed, by: Placed) -> None:
        """Note that an entry names this Medication: it is used for what the entry is used for."""
        self._placed.setdefault(medication.place, medication)
        self._named_by.setdefault(medication.place, []).append(by)

    def leave_out(self, placed: Placed) -> None:
        """Give this no line of its own: it is a part of an entry that has one."""
        self._left_out.add(placed.place)

    def note_understood(self, placed: Placed, by: str) -> None:
        """Note by what the entry was understood."""
        self._understood[placed.place] = by

    def understood_by(self, placed: Placed) -> str:
        """Return by what the entry was understood; empty for one that no list counts."""
        return self._understood.get(placed.place, "")

    def note_hint(self, placed: Placed, why: str) -> None:
        """Note that words of the entry point at a fact that they do not decide."""
        self._hinted.setdefault(placed.place, why)

    def lines(self, cited: Cited) -> tuple[ReceiptLine, ...]:
        """Return one line per resource, in the order in which they came, with the facts that cite
        it.
        """
        return tuple(
            self._line(placed, cited)
            for place, placed in self._placed.items()
            if place not in self._left_out
        )

    def _line(self, placed: Placed, cited: Cited) -> ReceiptLine:
        used_for = self._used_for(placed, cited)
        why = "" if used_for else self._why_not(placed)
        return ReceiptLine(
            placed.reference,
            placed.type,
            placed.place,
            used_for,
            why if isinstance(why, str) else why(),
            self._understood.get(placed.place, ""),
            placed.place in self._hinted,
        )

    def _used_for(self, placed: Placed, cited: Cited) -> tuple[str, ...]:
        if placed.place in self._set_aside:
            return ()
        counted = (cited.known,) if placed.place in self._ignored else cited
        facts = [
            fact
            for key in (placed.place, placed.reference)
            for by in counted
            for fact in by.get(key, ())
        ]
        for entry in self._named_by.get(placed.place, ()):
            facts += self._used_for(entry, cited)
        return tuple(dict.fromkeys(facts))

    def _why_not(self, placed: Placed) -> Why:
        unspoken = (
            "no order and no B12 or folic acid entry names it"
            if placed.type == "Medication"
            else "not needed for any fact"
        )
        return (
            self._hinted.get(placed.place)
            or self._outweighed.get(placed.reference)
            or self._ignored.get(placed.place)
            or self._otherwise.get(placed.place, unspoken)
        )
