"""What closed enumerations have in common."""

from __future__ import annotations

import enum


class Choice(enum.Enum):
    """A closed enumeration whose members are told apart by being themselves: that is what looking
    one up in a set or a table costs least.
    """

    __hash__ = object.__hash__
