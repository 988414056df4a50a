"""The receipt: every resource that came in, exactly once, with what it was used for or why it was
not.

The mapping writes into a `Receipt` as it goes; what nothing spoke of by the end is closed as not
needed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
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


@dataclass(slots=True)
class Receipt:
    """The ledger of one mapping. Resources are told apart by their place, so two with the same id
    both have a line.
    """

    _placed: dict[str, Placed] = field(default_factory=dict)
    _used: dict[str, list[str]] = field(default_factory=dict)
    _ignored: dict[str, str | Callable[[], str]] = field(default_factory=dict)
    _understood: dict[str, str] = field(default_factory=dict)
    _hinted: dict[str, str] = field(default_factory=dict)
    _left_out: set[str] = field(default_factory=set)
    tick: Callable[[], None] = no_clock
    """Called with every note, so that whoever has a clock can end a mapping that takes too long."""

    def enter(self, placed: Placed) -> None:
        """Note that the resource came in."""
        self._placed.setdefault(placed.place, placed)

    def use(self, placed: Placed, fact: str) -> None:
        """Note that the resource feeds this fact; a use outweighs any reason to ignore it."""
        self.tick()
        self._placed.setdefault(placed.place, placed)
        facts = self._used.setdefault(placed.place, [])
        if fact not in facts:
            facts.append(fact)

    def ignore(self, placed: Placed, why: str | Callable[[], str]) -> None:
        """Note why the resource was not used; the first reason stays. A reason that costs time to
        word is worded when it is read.
        """
        self.tick()
        self._placed.setdefault(placed.place, placed)
        self._ignored.setdefault(placed.place, why)

    def leave_out(self, placed: Placed) -> None:
        """Give this no line of its own: it is a part of an entry that has one."""
        self._left_out.add(placed.place)

    def note_understood(self, placed: Placed, by: str) -> None:
        """Note by what the entry was understood."""
        self._understood[placed.place] = by

    def note_hint(self, placed: Placed, why: str) -> None:
        """Note that words of the entry point at a fact that they do not decide."""
        self._hinted.setdefault(placed.place, why)

    def use_further(self, references: Collection[str], fact: str) -> None:
        """Note that these of the resources used feed this fact too."""
        for place, facts in self._used.items():
            if self._placed[place].reference in references:
                facts.append(fact)

    def take_back(self, why: Mapping[str, str], fact: str) -> None:
        """Note that these resources do not feed this fact after all, since something outweighs
        them.

        Args:
            why: the reason by the reference of each resource.
        """
        for place, facts in self._used.items() if why else ():
            reference = self._placed[place].reference
            if reference in why and fact in facts:
                facts.remove(fact)
                self._ignored[place] = why[reference]

    def lines(self) -> tuple[ReceiptLine, ...]:
        """Return one line per resource, in the order in which they came."""
        return tuple(
            self._line(placed)
            for place, placed in self._placed.items()
            if place not in self._left_out
        )

    def _line(self, placed: Placed) -> ReceiptLine:
        used_for = tuple(self._used.get(placed.place, ()))
        unspoken = (
            "no order or medicine of ours names it"
            if placed.type == "Medication"
            else "not needed for any fact"
        )
        why = self._hinted.get(placed.place) or self._ignored.get(placed.place, unspoken)
        return ReceiptLine(
            placed.reference,
            placed.type,
            placed.place,
            used_for,
            "" if used_for else why if isinstance(why, str) else why(),
            self._understood.get(placed.place, ""),
            placed.place in self._hinted,
        )
