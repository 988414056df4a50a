"""How far back the record is read for each fact, in days or months (decisions 2.2, column
Lookback).

Every number here is a design default unless a statement is named beside it; the mapping reads them
and holds none of its own.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

B12_MONTHS: Final = 12
"""A vitamin B12 or holotranscobalamin result (F4, F5)."""

MMA_MONTHS: Final = 6
"""Methylmalonic acid and homocysteine (F6, F7)."""

HOMOCYSTEINE_ON_TREATMENT_DAYS: Final = 90
"""Homocysteine on treatment: a line is worth one above the target (V6)."""

FOLATE_MONTHS: Final = 6
"""Serum folate (F24)."""

EGFR_MONTHS: Final = 12
EGFR_AFTER_INJURY_DAYS: Final = 7
"""Kidney function; after an acute kidney injury only the newest week counts (F16)."""

BLOOD_DAYS: Final = 14
"""Haemoglobin, MCV and potassium (F23)."""

INR_DAYS: Final = 30
"""INR (F19)."""

PLATELETS_DAYS: Final = 90
LOW_PLATELETS: Final = (Decimal(100), 30)
VERY_LOW_PLATELETS: Final = (Decimal(50), 7)
"""Platelets in 10*9/L; below the first number of a pair only so many days count (F18, Q10)."""

YEAR_DAYS: Final = 365
"""Twelve months where days are counted: for so long a sign is one of late (Q83), an older low
result contradicts a newer one (D5b, Q88), and alternate days are worth asking for after treatment
began (T1b).
"""

UNCOUNTED_B12_MONTHS: Final = 60
"""Vitamin B12 results that do not decide are kept for the text and E3; of older ones the newest,
where there is no other (F35).
"""

TREATMENT_DAYS: Final = 457
"""15 months. Doses and ended orders of vitamin B12; active orders count at any age (F25, Q29)."""

SUPPLEMENT_DAYS: Final = 122
"""Days before a test within which any vitamin B12 taken may have raised it: 4 months (F9)."""

LOWERING_DRUG_MONTHS: Final = 18
"""Ended orders of medicines that lower vitamin B12 (F27)."""

SUPPLY_MONTHS: Final = 3
"""How long a dispense without a stated supply counts as use (F19, F27)."""

LONGEST_SUPPLY_MONTHS: Final = 12
"""A supply that is stated to last longer does not count as use for longer (F19, F27)."""

STORED_DRAFT_DAYS: Final = 7
"""The half of a course that is stored as a draft counts as ordered while it is this young (Q78)."""

ANSWER_DAYS: Final = 90
"""An explicit "no nerve signs", or symptoms (F10, F12, Q1)."""

NEW_SIGN_DAYS: Final = 90
"""A sign or symptom this young, and younger than the treatment, is new (Q3)."""

PREGNANCY_DAYS: Final = 42 * 7
NOT_PREGNANT_DAYS: Final = 30
"""A pregnancy, and an answer that there is none (F2)."""

STATE_MONTHS: Final = 12
"""Breastfeeding, and planning a pregnancy (F3)."""

STATED_ORAL_DAYS: Final = 90
"""An oral treatment dose that was dispensed or stated counts as current treatment (F25)."""

DIALYSIS_DAYS: Final = 90
"""A dialysis procedure (F17)."""

REVIEWS_MONTHS: Final = 15
"""Reviews on record (F34)."""
