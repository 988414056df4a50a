"""The ids of the rows of the decision table (decisions 2.4), and what kind of row each is."""

from __future__ import annotations

import enum


class RuleGroup(enum.Enum):
    """What a row of the decision table is about."""

    WHO = "who the guidance is for"
    UNDER_WAY = "treatment under way"
    ASK = "treatment that may be under way"
    NEUROLOGICAL = "untreated, with nerve signs"
    CHOICE = "untreated, nerve signs not known"
    LOADING = "untreated, without nerve signs"
    OPEN = "deficiency not shown"
    PROPHYLAXIS = "a cause without deficiency"


class RuleId(enum.StrEnum):
    """Every row of the decision table; the value is how documents and cards cite it."""

    DECEASED = "deceased"
    G1 = "G1"
    G2 = "G2"
    T0 = "T0"
    T1 = "T1"
    T1B = "T1b"
    T2 = "T2"
    T3 = "T3"
    T3B = "T3b"
    T4A = "T4a"
    T4 = "T4"
    T5B = "T5b"
    T5 = "T5"
    T7 = "T7"
    T8 = "T8"
    T6 = "T6"
    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    U1 = "U1"
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    M4 = "M4"
    M5 = "M5"
    M6 = "M6"
    M7 = "M7"
    M8 = "M8"
    B1 = "B1"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"
    P5 = "P5"
    P6 = "P6"
    E1 = "E1"
    E3 = "E3"
    E2 = "E2"

    @property
    def group(self) -> RuleGroup:
        """Return what kind of row it is."""
        return _GROUPS.get(self) or _GROUP_OF_LETTER[self.value[0]]


_GROUPS = {RuleId.DECEASED: RuleGroup.WHO, RuleId.T7: RuleGroup.ASK, RuleId.U1: RuleGroup.CHOICE}
_GROUP_OF_LETTER = {
    "G": RuleGroup.WHO,
    "T": RuleGroup.UNDER_WAY,
    "N": RuleGroup.NEUROLOGICAL,
    "M": RuleGroup.LOADING,
    "B": RuleGroup.OPEN,
    "E": RuleGroup.OPEN,
    "P": RuleGroup.PROPHYLAXIS,
}
