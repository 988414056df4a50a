"""What closed enumerations have in common, records of many fields, and the claims of choices."""

from __future__ import annotations

import enum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Record = TypeVar("Record", bound=_Dataclass)


class Choice(enum.Enum):
    """A closed enumeration whose members are told apart by being themselves: that is what looking
    one up in a set or a table costs least.
    """

    __hash__ = object.__hash__

    if not TYPE_CHECKING:  # what Enum.value is, at a third of what asking it costs
        value = property(attrgetter("_value_"))

    def __init_subclass__(cls) -> None:
        """Let members be plain attributes, as from Python 3.12 on, and not found by a property."""
        for name, member in cls.__members__.items():
            type.__setattr__(cls, name, member)


def changed(record: Record, **fields: object) -> Record:
    """Return a copy of a frozen record with other values in some fields.

    Does for records of many fields what `dataclasses.replace` does, which sets every field anew;
    they are dataclasses without slots, cached properties and `__post_init__`.

    Raises: TypeError for a field that the record has not, and for a record that holds more than
        its fields.
    """
    held = record.__dict__
    if not fields.keys() <= held.keys() or len(held) != len(record.__dataclass_fields__):
        raise TypeError(f"{type(record).__name__} cannot be changed in {', '.join(fields)}")
    made = object.__new__(type(record))
    made.__dict__.update(held, **fields)
    return made


class ComparedWhole:
    """What records of many fields compare and are hashed by: all of them at once instead of one by
    one. They are dataclasses as for `changed`, with `eq=False`.
    """

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash((*self.__dict__.values(),))


class Claim(Choice):
    """What a prescriber states by taking one leg of a choice, in the words that the draft carries;
    several make one statement.
    """

    SIGNS_PRESENT = "neurological symptoms present"
    SIGNS_ABSENT = "no neurological symptoms"
    NOTHING_ELSE = "no other symptoms"
    OTHERS_BACK = "other symptoms have returned"
    KIDNEYS_FIRST = "check kidney function (eGFR) first, then oral treatment if it is sufficient"
    NO_KIDNEYS_NEEDED = "injections now, which need no kidney result"
    MILD_RETURN = "mild return of symptoms, not progressing"
    PROGRESSIVE = "progressive symptoms or objective signs"
    OLD_UNCHANGED = "signs old and unchanged: give now and resume"
    STILL_IMPROVING = "still improving"
    GO_ON = "no further improvement: go on as ordered"
    NO_FURTHER = "no further improvement"
    STILL_GIVEN = "still given"
    NOT_GIVEN = "not given any more"
    GLOSSITIS = "glossitis"


Claims = tuple[Claim, ...]
"""One statement; empty where nothing need be stated."""


def say_claims(claims: Claims) -> str:
    """Return the statement as a draft and an answer carry it; empty for none."""
    return ", ".join(claim.value for claim in claims)


def read_claims(words: str) -> Claims:
    """Return the statement that these words of a draft hold; what is none of ours states nothing,
    so that the question is asked again.
    """
    claims: list[Claim] = []
    while words:
        found = next((claim for claim in Claim if words.startswith(claim.value)), None)
        if found is None:
            return ()
        claims.append(found)
        words = words.removeprefix(found.value).removeprefix(", ")
    return tuple(claims)
