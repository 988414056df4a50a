"""Which card a rule leads to on each hook, or why it is deliberately silent (cards.md 6, I29).

"s:" stands before the reason of a silence. A right order is one that matches the guidance; what
modifiers say (platelets, kidneys, potassium, ...) is said on it anyway. A cell that names a card
and a silence says when each holds.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Where(enum.Enum):
    """What is happening when a rule is asked: the hook, and what is being ordered."""

    PATIENT_VIEW = "the record is opened"
    RIGHT_ORDER = "a B12 order that is right"
    OTHER_ORDER_OF_B12 = "a B12 order that differs"
    FOLIC_ACID = "folic acid"
    TEST = "a laboratory order"
    REFILL = "a refill"


@dataclass(frozen=True, slots=True)
class Cell:
    """What is said of one rule at one place: the words of the table, the ids of the cards they
    name, and the reason where nothing is said.
    """

    words: str

    @property
    def cards(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_ids(_SILENT.split(self.words)[0])))

    @property
    def silent_because(self) -> str:
        return "".join(_SILENT.split(self.words, maxsplit=1)[1:])


_SILENT = re.compile(r"\bs: ")


def _ids(words: str) -> list[str]:
    """The ids of cards, ranges written out: "b9-b11" is b9, b10 and b11."""
    found = []
    for first, last in re.findall(r"\b([a-m]\d+)(?:-([a-m]\d+))?\b", words):
        low, high = int(first[1:]), int((last or first)[1:])
        found += [f"{first[0]}{number}" for number in range(low, high + 1)]
    return found


def _row(*cells: str) -> dict[Where, Cell]:
    return dict(zip(Where, map(Cell, cells), strict=True))


SPOKEN: dict[str, dict[Where, Cell]] = {
    "deceased": _row(*["s: no cards for somebody who has died"] * len(Where)),
    "G1": _row(
        "s: no adult advice",
        "k4 (treatment dose)",
        "k4; b8, b21, d3-d6",
        "c1 if D CONFIRMED, c2 where B12 is ordered; s: else not a B12 matter",
        "s: not a B12 matter",
        "k4",
    ),
    "G2": _row(
        "k1 if D CONFIRMED/PROBABLE, info beside an old low level; s: no need for B12",
        "d4",
        "d4",
        "c1/c4 without a regimen",
        "s: nothing may be drafted",
        "d4",
    ),
    "T0": _row(
        "k1 warning",
        "s: it is the change",
        "b1, b3",
        "k1",
        "k1",
        "b1, b3",
    ),
    "T1": _row(
        "k1 warning",
        "a1 info if K15, else s: it is the increase",
        "b6, b1",
        "k1",
        "k1",
        "b6, b1",
    ),
    "T1b": _row(
        "k1 warning",
        "s: it is the change",
        "b3",
        "k1",
        "k1",
        "b3",
    ),
    "T2": _row(
        "k1 info",
        "s: it is the increase",
        "b6",
        "k1 info",
        "k1 info; i1 on a B12 test",
        "b6",
    ),
    "T3b": _row(
        "k1 warning",
        "s: either leg is right",
        "b3, b6",
        "k1",
        "k1",
        "b6",
    ),
    "T3": _row(
        "k1 warning",
        "s: it is the maintenance",
        "b5, b6",
        "k1",
        "k1",
        "b6, b5 (the loading again)",
    ),
    "T4a": _row(
        "k1 warning",
        "a1 if K15; s: right",
        "b1, b3",
        "c1-c5 (gate CLOSED)",
        "k1",
        "b1, b3",
    ),
    "T4": _row(
        "k1 warning",
        "b23; s: it is the loading again, or starts today and signs and symptoms are absent",
        "b1-b3, b6, b7, b10, b23 folded",
        "c1-c5 (gate CLOSED)",
        "k1",
        "b23",
    ),
    "T5b": _row(
        "k1 info, warning with EM = T (Q71)",
        "s: injections",
        "b22",
        "c2 (B12 still low: change first (Q71))",
        "k1 info",
        "b22",
    ),
    "T5": _row(
        "k1 info",
        "b2 by words since; a1 by a level to be read; s: injections",
        "b10 (renewal: info)",
        "c3 info by a level to be read; s: gate open; B12 still low: T5b",
        "s: patient-view",
        "b10 info; b2 by words since",
    ),
    "T6": _row(
        "m1 if overdue; k1 info by words since, or a level to be read; s: treated and in time",
        "b2 by words since; a1 by a level to be read; s: right (m1 line if another card speaks)",
        "b6-b11, e1",
        "c3 info by a level to be read; s: gate open (PENDING: c2)",
        "i1 on a B12 test; s: another test sets no interval",
        "a1 if K15, m1, b2 by words since, else s: right",
    ),
    "T7": _row(
        "k1 info if there is a deficiency basis or something is asked for without the order "
        "(Q29), warning if D is CONFIRMED or PROBABLE by a result of the last 12 months (Q73); "
        "s: no basis for deficiency",
        "b23 info, or e1 by Q38",
        "b2, b6, b7, b10, e1 with b23 folded; never b4",
        "c2",
        "k1 warning if D is CONFIRMED or PROBABLE by a result of the last 12 months (Q73); "
        "s: patient-view",
        "b23 info",
    ),
    "T8": _row(
        "k1 info",
        "b2 by words since; s: the renewal",
        "b6, b7",
        "s: gate open",
        "s: patient-view",
        "b2 by words since; s: the renewal",
    ),
    "N1": _row(
        "k1 warning",
        "a1 if K15; s: right",
        "b1, b3, b4, b19; k1 if unreadable",
        "c1, c4, c5",
        "k1",
        "b23 (warning: nerve signs), b1, b3 (as T7, T0); a1 if K15",
    ),
    "N2": _row(
        "k1 info; K15: warning with N-LOAD",
        "b13",
        "b1, b3, b13 folded",
        "c3; regimen offered",
        "k1, TEST only",
        "b13",
    ),
    "N3": _row(
        "k1 info TEST(MMA, Hcy) if neither is on record and the finding is at most 90 days "
        "old or is SCD, myelopathy or optic; else s: tested (Q69)",
        "b17",
        "b17",
        "c3 unless MMA at most 271",
        "s: no B12 action",
        "s: already treated once",
    ),
    "U1": _row(
        "k1 warning",
        "s: either leg is acceptable (hint, or a client without patient-view: b2)",
        "b2, b4-b10",
        "c1, c4, c5",
        "k1",
        "b23 info (as T7)",
    ),
    **dict.fromkeys(
        ("M1", "M2", "M3", "M4", "M5", "M6", "M7", "M8"),
        _row(
            "k1 warning",
            "s: right",
            "b4-b11",
            "c1, c4, c5",
            "k1",
            "b23 info (as T7)",
        ),
    ),
    **dict.fromkeys(
        ("P1", "P2"),
        _row(
            "k1 info",
            "b13 where a level may be low (E3), else s: right",
            "b6, b11",
            "c1-c5 by the gate; k1 info",
            "k1 info",
            "b6, b11",
        ),
    ),
    "P3": _row(
        "k1 info",
        "a1 info (C10 conflict, extent asked; B12 test if none in 12 months)",
        "a1 info, b6",
        "c1-c5 by the gate, s: gate open",
        "s: the test is what P3 asks for",
        "m1 (V7)",
    ),
    "P4": _row(
        "k1 info",
        "b13 where a level may be low (E3), else s: right",
        "b6",
        "c1-c5 by the gate; k1 info",
        "k1 info",
        "m1 (V5)",
    ),
    "P5": _row(
        "k1 info",
        "b13 where a level may be low (E3), else s: right",
        "b6, b10",
        "c1-c5 by the gate; k1 info",
        "k1 info",
        "m1",
    ),
    "P6": _row(
        "k1 info if no B12 in 12 months; s: tested",
        "s: order acceptable, operation asked at patient-view",
        "b6",
        "c1-c5 by the gate, s: gate open",
        "s: the test is what P6 asks for",
        "s: treated",
    ),
    "B1": _row(
        "k1 info",
        "b18",
        "b18",
        "c3",
        "s: patient-view; MMA order is right",
        "b18",
    ),
    "E1": _row(
        "s: no need for B12",
        "b17 (trace at most 25 mcg: s: harmless)",
        "b17",
        "s: gate open (else c3)",
        "s: no need",
        "s: already treated once",
    ),
    "E3": _row(
        "k1 info (symptoms: warning)",
        "b13",
        "b13",
        "c3",
        "s: the B12 test is what E3 asks for (else k1 info)",
        "b13",
    ),
    "E2": _row(
        "k1 info TEST(B12) if a neuro hint, or (symptoms T or neuropathy with another cause "
        "recorded) and a cause in F13; silenced by Q45; else s: screening is in no source "
        "(Q89)",
        "b13 (trace at most 25 mcg: s: harmless)",
        "b13, b14",
        "c3",
        "s: nothing known",
        "s: treated, cause asked at f1",
    ),
}
"""Every rule of the decision table, and the rows of the document beside them (T1b, ...)."""
